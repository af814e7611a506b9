//! The numbers before the entries of a list: a lone digit that the pass over the page left out says little by itself, and is read together
//! with the words behind it, or told.

use super::strip::{Strip, are_level, gap, vouched};
use image::GrayImage;
use ocr::{Engine, Line, PixelBox, Reading, Word};

/// A number is believed from this confidence on, when the words behind it were read again as they were.
const BELIEVED_CONFIDENCE: f32 = 55.0;
/// Words that are read with a number: the point behind it and the next two.
const NUMBERED_WORDS: usize = 3;

// Lengths in heights of the page's words.
/// A number stands no further before its entry.
const NUMBER_GAP: f32 = 1.2;
/// Left edges of the numbers of one list differ by less.
const LIST_TOLERANCE: f32 = 0.35;

/// Reads the number before an entry of a list together with the words behind it, for one digit alone says little; whether it was one.
/// The words must be read again as they were.
pub(crate) fn read_number(
    engine: &mut dyn Engine,
    gray: &GrayImage,
    reading: &mut Reading,
    digit: &PixelBox,
    text_height: f32,
    dpi: u32,
) -> Result<bool, ocr::Error> {
    let Some((line, count)) = entry_behind(&reading.lines, digit, text_height) else { return Ok(false) };
    let behind: Vec<Word> = reading.lines[line].words[..count].to_vec();
    let place = behind.iter().fold(*digit, |place, word| place.union(&word.bounds));
    let mut others = vouched(reading, text_height);
    others.retain(|other| behind.iter().all(|word| word.bounds != *other));
    let strip = Strip::cut(gray, &place, &others, text_height);
    let found = strip.words(engine.read_line(&strip.gray, dpi)?);
    let is_number = numbers_entry(&found, &behind);
    if is_number {
        reading.lines[line].words.splice(..count, found);
    }
    Ok(is_number)
}

/// The line that begins right behind a digit, and how many of its words are read with it.
fn entry_behind(lines: &[Line], digit: &PixelBox, text_height: f32) -> Option<(usize, usize)> {
    let begins = |line: &Line| {
        let first = line.words[0].bounds;
        let solid = line.words.iter().find(|word| word.letters() > 0).map_or(first, |word| word.bounds);
        first.left >= digit.right()
            && gap(digit, &first) <= NUMBER_GAP * text_height
            && are_level(digit, &solid)
    };
    let line = lines.iter().position(|line| !line.words.is_empty() && begins(line))?;
    Some((line, lines[line].words.len().min(NUMBERED_WORDS)))
}

/// Whether the words are a number of a list and the words that were behind it.
fn numbers_entry(found: &[Word], behind: &[Word]) -> bool {
    let solid = |words: &[Word]| {
        let text: String = words.iter().map(|word| word.text.as_str()).collect();
        text.trim_start_matches(['.', ')', ' ']).to_owned()
    };
    let Some((first, rest)) = found.split_first() else { return false };
    let number = first.text.trim_end_matches(['.', ')']);
    let is_figure = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    is_figure && first.confidence >= BELIEVED_CONFIDENCE && !rest.is_empty() && solid(rest) == solid(behind)
}

/// Lone marks before the first words of lines, two or more under each other: the numbers of a list. One alone is a speck.
pub(crate) fn numbers_of_list(
    mut lone: Vec<PixelBox>,
    words: &[PixelBox],
    text_height: f32,
) -> Vec<PixelBox> {
    let is_before = |mark: &PixelBox| {
        let level = || words.iter().filter(|word| are_level(word, mark));
        level().all(|word| word.left >= mark.right())
            && level().any(|word| gap(mark, word) <= NUMBER_GAP * text_height)
    };
    lone.retain(is_before);
    let is_below = |one: &PixelBox, other: &PixelBox| {
        one.top != other.top && one.left.abs_diff(other.left) as f32 <= LIST_TOLERANCE * text_height
    };
    lone.iter().filter(|one| lone.iter().any(|other| is_below(one, other))).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{Says, at, reading, word};
    use image::Luma;

    #[test]
    fn the_number_of_an_entry_is_read_with_its_words() {
        let check = |says: &[(&str, f32)], expected: &str| {
            let gray = GrayImage::from_pixel(800, 500, Luma([255]));
            let mut page = reading(vec![vec![
                word(".", at(42, 114, 3, 3), 90.0),
                word("Giới", at(52, 100, 40, 20), 95.0),
                word("tính:", at(98, 100, 50, 20), 95.0),
                word("Nam", at(160, 94, 40, 20), 95.0),
            ]]);
            let says =
                says.iter().map(|(text, confidence)| word(text, at(7, 7, 9, 9), *confidence)).collect();
            let mut engine = Says(reading(vec![says]));
            let digit = at(30, 101, 10, 16);
            let read = read_number(&mut engine, &gray, &mut page, &digit, 20.0, 200);
            assert_eq!(page.text(), expected);
            assert_eq!(read.expect("this engine never fails"), expected.starts_with('2'));
        };
        check(&[("2.", 80.0), ("Giới", 96.0), ("tính:", 96.0)], "2. Giới tính: Nam");
        check(&[("2.", 40.0), ("Giới", 96.0), ("tính:", 96.0)], ". Giới tính: Nam");
        check(&[("2.", 80.0), ("Gi", 96.0)], ". Giới tính: Nam");
        check(&[("Z.", 80.0), ("Giới", 96.0), ("tính:", 96.0)], ". Giới tính: Nam");
    }
}
