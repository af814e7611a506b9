//! The dot of the heavy tone below a last y (Tỵ, kỵ, Mỵ), which the model never tells: of 14 such names on held-out pages it read none.

use crate::marks::Mark;
use ocr::{PixelBox, Reading, Word};

// Lengths in heights of the word's first letter, which stands on the line.
/// Sides of the dot.
const DOT: std::ops::RangeInclusive<f32> = 0.07..=0.28;
/// The dot ends no further below the line; the row below begins there.
const BELOW_MAX: f32 = 0.5;
/// It stands below the last letter or a little behind it.
const BEHIND_MAX: f32 = 0.1;
/// A last letter is no wider.
const LETTER_WIDTH_MAX: f32 = 0.9;
/// A first letter, in heights of the word's box.
const FIRST_HEIGHT_MIN: f32 = 0.5;

/// Writes the heavy tone on a last y that follows a consonant, where one dot stands below it.
pub(super) fn mend_heavy_tone(reading: &mut Reading, marks: &[Mark]) {
    for word in reading.lines.iter_mut().flat_map(|line| &mut line.words) {
        let Some(at) = bare_y(&word.text) else { continue };
        if has_dot_below(word, marks) {
            let dotted = if word.text[at..].starts_with('Y') { "Ỵ" } else { "ỵ" };
            word.text.replace_range(at..=at, dotted);
        }
    }
}

/// Where the last letter of a word is an y behind a consonant; signs may follow it.
fn bare_y(text: &str) -> Option<usize> {
    let letters = text.trim_end_matches(|c: char| c.is_ascii_punctuation());
    let before = letters.strip_suffix(['y', 'Y'])?;
    let is_consonant = |c: char| c.is_ascii_alphabetic() && !"aeiouyAEIOUY".contains(c);
    (before.ends_with(is_consonant) && letters.chars().all(char::is_alphabetic)).then_some(before.len())
}

/// Whether one dot stands below the line under the word, and it does so under the last letter.
fn has_dot_below(word: &Word, marks: &[Mark]) -> bool {
    let bounds = &word.bounds;
    let is_first = |mark: &&Mark| {
        bounds.contains_center_of(&mark.bounds)
            && mark.bounds.height as f32 >= FIRST_HEIGHT_MIN * bounds.height as f32
    };
    let Some(first) = marks.iter().filter(is_first).min_by_key(|mark| mark.bounds.left) else { return false };
    let (line, height) = (first.bounds.bottom(), first.bounds.height as f32);
    let is_dot = |mark: &PixelBox| {
        let (width, tall) = (mark.width as f32 / height, mark.height as f32 / height);
        DOT.contains(&width)
            && DOT.contains(&tall)
            && mark.top >= line
            && mark.bottom() as f32 <= line as f32 + BELOW_MAX * height
            && mark.right() > bounds.left
            && mark.left as f32 <= bounds.right() as f32 + BEHIND_MAX * height
    };
    let dots: Vec<&PixelBox> = marks.iter().map(|mark| &mark.bounds).filter(|mark| is_dot(mark)).collect();
    let is_below_last = |dot: &PixelBox| dot.left as f32 >= bounds.right() as f32 - LETTER_WIDTH_MAX * height;
    matches!(dots[..], [dot] if is_below_last(dot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{at, reading, word};

    /// `TY` on a line at row 130, and more ink.
    fn read(text: &str, more: &[PixelBox]) -> String {
        let letters = [at(100, 100, 26, 30), at(130, 100, 28, 30)];
        let marks: Vec<Mark> =
            letters.iter().chain(more).map(|bounds| Mark { bounds: *bounds, pixels: 20 }).collect();
        let mut page = reading(vec![vec![word(text, at(100, 100, 58, 38), 95.0)]]);
        mend_heavy_tone(&mut page, &marks);
        page.text()
    }

    #[test]
    fn a_dot_below_the_last_letter_is_its_tone() {
        let dot = at(142, 133, 5, 5);
        let check = |text: &str, more: &[PixelBox], expected: &str| {
            assert_eq!(read(text, more), expected, "{text} {more:?}");
        };
        check("TY", &[dot], "TỴ");
        check("Ty,", &[dot], "Tỵ,");
        check("TY", &[], "TY");
        check("TY", &[at(142, 125, 5, 5)], "TY");
        check("TY", &[at(108, 133, 5, 5)], "TY");
        check("TY", &[at(122, 133, 5, 5), dot], "TY");
        check("TY", &[at(142, 133, 2, 1)], "TY");
        check("THUY", &[dot], "THUY");
        check("TYA", &[dot], "TYA");
    }
}
