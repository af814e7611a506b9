//! The raised two of square metres, which the models take for a two on the line and for other small signs.

use crate::marks::Mark;
use ocr::{PixelBox, Reading, Word};

/// What a raised two is read as where it may as well stand on the line.
const TWOS: &[char] = &['2', 'Z', 'z'];
/// What it is read as and what stands raised in any case or cannot stand behind an m.
const NEVER_ON_THE_LINE: &[char] = &['²', '?', '°', 'º', 'Ỷ', 'ỷ', 'ˆ', '”'];

// Lengths in heights of the word: `m²` is as high as its two reaches above the line.
/// A raised sign begins at the top,
const TOP_MAX: f32 = 0.2;
/// ends above the line,
const BOTTOM_MAX: f32 = 0.78;
/// and is no speck.
const HEIGHT_MIN: f32 = 0.25;

/// Writes the raised two behind metres that follow a number, where the ink shows it raised.
pub(super) fn mend_square_metres(reading: &mut Reading, marks: &[Mark]) {
    let mut before_is_number = false;
    for word in reading.lines.iter_mut().flat_map(|line| &mut line.words) {
        if let Some(mended) = square_metres(word, before_is_number, marks) {
            word.text = mended;
        }
        before_is_number = word.text.ends_with(|c: char| c.is_ascii_digit());
    }
}

fn square_metres(word: &Word, is_behind_number: bool, marks: &[Mark]) -> Option<String> {
    let rest = word.text.strip_prefix('m').filter(|_| is_behind_number)?;
    let two = rest.chars().next()?;
    let rest = &rest[two.len_utf8()..];
    let is_raised =
        NEVER_ON_THE_LINE.contains(&two) || TWOS.contains(&two) && has_raised_sign(&word.bounds, marks);
    (is_raised && rest.chars().all(|c| c.is_ascii_punctuation())).then(|| format!("m²{rest}"))
}

fn has_raised_sign(word: &PixelBox, marks: &[Mark]) -> bool {
    let height = word.height as f32;
    let is_raised = |mark: &PixelBox| {
        mark.top as f32 <= word.top as f32 + TOP_MAX * height
            && mark.bottom() as f32 <= word.top as f32 + BOTTOM_MAX * height
            && mark.height as f32 >= HEIGHT_MIN * height
            && mark.left > word.left + word.width / 4
    };
    marks.iter().any(|mark| word.contains_center_of(&mark.bounds) && is_raised(&mark.bounds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{at, page, word};

    #[test]
    fn square_metres_keep_their_two() {
        let check = |text: &str, expected: &str| {
            let mut page = page(&[&[(0, 0, text)]]);
            mend_square_metres(&mut page, &[]);
            assert_eq!(page.text(), expected);
        };
        check("98,4 m?.", "98,4 m².");
        check("98,4 m°", "98,4 m²");
        check("98,4 m2", "98,4 m2");
        check("bao nhiêu m?", "bao nhiêu m?");
        check("500l 0790841O6l12", "500l 0790841O6l12");
    }

    #[test]
    fn a_two_is_raised_where_its_ink_is() {
        let check = |text: &str, two: PixelBox, expected: &str| {
            let marks = [at(100, 108, 24, 20), two].map(|bounds| Mark { bounds, pixels: 90 });
            let read = word(text, at(100, 96, 38, 32), 96.0);
            let mended = square_metres(&read, true, &marks);
            assert_eq!(mended.as_deref().unwrap_or(text), expected, "{two:?}");
        };
        check("m2", at(127, 96, 10, 15), "m²");
        check("mZ;", at(127, 96, 10, 15), "m²;");
        check("m2", at(127, 96, 14, 32), "m2");
        check("m2", at(127, 96, 3, 3), "m2");
        check("m3", at(127, 96, 10, 15), "m3");
    }
}
