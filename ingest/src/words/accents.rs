//! Accents above capitals that the page pass counted among the line before, or to none: the line is read again with them.
//!
//! Titles over signatures are set close (KT. CHỦ TỊCH above PHÓ CHỦ TỊCH). Tesseract cuts the lower line off at the height of its plain
//! capitals and reads PHO CHU, sure of it.

use super::strip::{Strip, text_height};
use crate::marks::Mark;
use image::GrayImage;
use ocr::{Engine, PixelBox, Reading, Word};
use unicode_normalization::UnicodeNormalization;

/// Lines read again on one page; each costs 1 % of a page.
const LINES_MAX: usize = 12;
/// A reading less sure than this changes nothing.
const CONFIDENCE_MIN: f32 = 70.0;

// Lengths in heights of the word below.
/// How far above its word an accent ends, and how far it may reach into it.
const ABOVE: f32 = 0.35;
const INSIDE: f32 = 0.1;
const HEIGHT_MIN: f32 = 0.1;
const HEIGHT_MAX: f32 = 0.6;
const WIDTH_MAX: f32 = 0.9;

/// A mark as wide as it is high, within this factor,
const ROUND: f32 = 1.35;
/// and inked to this part, is the dot below a letter of the line before.
const DOT_FILL_MIN: f32 = 0.65;

/// What was asked and what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Recovered {
    /// Lines that were read again.
    pub(crate) lines: usize,
    /// Lines in which words have accents now that they had not.
    pub(crate) changed: usize,
}

/// Adds to `reading` the accents that it left out; no word gets other letters.
pub(crate) fn read_lost_accents(
    engine: &mut dyn Engine,
    gray: &GrayImage,
    marks: &[Mark],
    reading: &mut Reading,
    dpi: u32,
) -> Result<Recovered, ocr::Error> {
    let text_height = text_height(reading, dpi);
    let mut recovered = Recovered::default();
    for line in &mut reading.lines {
        let accents = lost_accents(&line.words, marks);
        if accents.is_empty() || recovered.lines == LINES_MAX {
            continue;
        }
        recovered.lines += 1;
        let kept: Vec<PixelBox> = line.words.iter().map(|word| word.bounds).chain(accents).collect();
        let strip = Strip::of_nothing_but(gray, &kept, text_height);
        let found = strip.words(engine.read_line(&strip.gray, dpi)?);
        recovered.changed += usize::from(take_accents(&mut line.words, &found));
    }
    Ok(recovered)
}

/// Marks above the words of a line that can be accents of theirs and lie in none of them.
fn lost_accents(words: &[Word], marks: &[Mark]) -> Vec<PixelBox> {
    let capitals: Vec<PixelBox> =
        words.iter().filter(|word| is_in_capitals(&word.text)).map(|word| word.bounds).collect();
    let is_lost = |mark: &&Mark| {
        !is_dot(mark)
            && capitals.iter().any(|word| stands_above(&mark.bounds, word))
            && !words.iter().any(|word| word.bounds.contains_center_of(&mark.bounds))
    };
    marks.iter().filter(is_lost).map(|mark| mark.bounds).collect()
}

fn is_in_capitals(text: &str) -> bool {
    text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

fn is_dot(mark: &Mark) -> bool {
    let (width, height) = (mark.bounds.width as f32, mark.bounds.height as f32);
    width < ROUND * height && height < ROUND * width && mark.pixels as f32 >= DOT_FILL_MIN * width * height
}

fn stands_above(mark: &PixelBox, word: &PixelBox) -> bool {
    let height = word.height as f32;
    let middle = mark.left + mark.width / 2;
    let gap = word.top as f32 - mark.bottom() as f32;
    (word.left..word.right()).contains(&middle)
        && (-INSIDE * height..=ABOVE * height).contains(&gap)
        && (HEIGHT_MIN * height..=HEIGHT_MAX * height).contains(&(mark.height as f32))
        && mark.width as f32 <= WIDTH_MAX * height
}

/// Gives words the accents that were found at their places. Tells whether any changed.
fn take_accents(words: &mut [Word], found: &[Word]) -> bool {
    let mut is_changed = false;
    for word in words {
        let better = found
            .iter()
            .find(|other| word.bounds.contains_center_of(&other.bounds) && has_more_accents(other, word));
        if let Some(better) = better {
            *word = Word { bounds: word.bounds.union(&better.bounds), ..better.clone() };
            is_changed = true;
        }
    }
    is_changed
}

/// Gives words the accents of those that lie just above them and were read from the accents' ink alone.
pub(super) fn give_accents(reading: &mut Reading, strays: &[Word]) {
    for word in reading.lines.iter_mut().flat_map(|line| &mut line.words) {
        let better = strays.iter().find(|stray| {
            let is_at_place =
                stands_above(&stray.bounds, &word.bounds) || word.bounds.contains_center_of(&stray.bounds);
            is_at_place && has_more_accents(stray, word)
        });
        if let Some(better) = better {
            word.text.clone_from(&better.text);
            word.bounds = word.bounds.union(&better.bounds);
        }
    }
}

/// Whether `other` is the same word, surely read with more accents.
fn has_more_accents(other: &Word, word: &Word) -> bool {
    other.confidence >= CONFIDENCE_MIN
        && accents(&other.text) > accents(&word.text)
        && plain(&other.text) == plain(&word.text)
}

fn is_accent(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn accents(text: &str) -> usize {
    text.nfd().filter(|c| is_accent(*c)).count()
}

fn plain(text: &str) -> String {
    text.nfd().filter(|c| !is_accent(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{Says, at, reading, word};
    use image::Luma;

    fn mark(left: u32, top: u32, width: u32, height: u32, fill: f32) -> Mark {
        Mark { bounds: at(left, top, width, height), pixels: (fill * (width * height) as f32) as u32 }
    }

    #[test]
    fn accents_are_small_marks_right_above_capitals() {
        let check = |text: &str, mark: Mark, is_accent: bool| {
            let words = [word(text, at(100, 100, 120, 40), 97.0)];
            assert_eq!(!lost_accents(&words, &[mark]).is_empty(), is_accent, "{text} {mark:?}");
        };
        check("PHO", mark(180, 86, 14, 11, 0.5), true);
        check("pho", mark(180, 86, 14, 11, 0.5), false);
        // The dot below a letter of the line before.
        check("PHO", mark(180, 86, 11, 11, 0.8), false);
        // Too far, beside, too large, part of the word.
        check("PHO", mark(180, 60, 14, 11, 0.5), false);
        check("PHO", mark(230, 86, 14, 11, 0.5), false);
        check("PHO", mark(180, 60, 30, 38, 0.5), false);
        check("PHO", mark(180, 101, 14, 11, 0.5), false);
    }

    #[test]
    fn words_get_accents_and_no_other_letters() {
        let check = |second: &str, confidence: f32, expected: &str| {
            let gray = GrayImage::from_pixel(400, 200, Luma([255]));
            let mut page = reading(vec![vec![word("PHO", at(100, 100, 120, 40), 97.0)]]);
            let place =
                Strip::of_nothing_but(&gray, &[at(100, 86, 120, 54)], 40.0).place_of(&at(100, 86, 120, 54));
            let mut engine = Says(reading(vec![vec![word(second, place, confidence)]]));
            let marks = [mark(180, 86, 14, 11, 0.5)];
            let recovered = read_lost_accents(&mut engine, &gray, &marks, &mut page, 300);
            let expected_change = usize::from(expected != "PHO");
            assert_eq!(
                recovered.expect("this engine never fails"),
                Recovered { lines: 1, changed: expected_change }
            );
            assert_eq!(page.text(), expected, "{second} {confidence}");
        };
        check("PHÓ", 90.0, "PHÓ");
        check("PHÓ", 50.0, "PHO");
        check("PHÔI", 90.0, "PHO");
        check("PHO", 99.0, "PHO");
    }
}
