//! Ink that was not read is cut out line by line and read alone; what is left then is told.
//!
//! Tesseract drops whole lines without a word, beside seals, leaders and pictures; nobody would know without looking for ink
//! under no word.

use super::numbering::{numbers_of_list, read_number};
use super::strip::{Strip, are_level, gap, text_height, vouched, vouches};
use crate::marks::Mark;
use image::GrayImage;
use ocr::{Engine, Line, PixelBox, Reading, Word};
use std::ops::RangeInclusive;

/// Strips read alone on one page; a form that was dropped wholly has 40 lines. Bounds the time spent on noise.
const STRIPS_MAX: usize = 40;
/// Mean confidence from which a strip is believed: noise read as letters gets less.
const BELIEVED_CONFIDENCE: f32 = 55.0;
/// Letters and digits that a strip must have.
const LETTERS_MIN: usize = 2;
/// Strips with no more letters than this are often flourishes of a signature, and must be read more surely.
const SHORT_LETTERS: usize = 3;
const SHORT_CONFIDENCE: f32 = 80.0;

// Lengths in heights of the page's words.
/// Ink of letter size.
const LETTER: RangeInclusive<f32> = 0.35..=2.6;
/// Letters that run together are one mark, at most a short word.
const LETTER_WIDTH_MAX: f32 = 8.0;
/// Ink this far apart belongs to one line.
const JOIN_GAP: f32 = 2.2;
/// A gap wider than this parts two columns.
const COLUMN_GAP: f32 = 2.5;
/// A strip is one line: no higher than this, and wider than one letter,
const STRIP_HEIGHT_MAX: f32 = 2.6;
const STRIP_WIDTH_MIN: f32 = 0.8;
/// or a lone digit (of a page, of a list) of this height and width.
const DIGIT_HEIGHT: RangeInclusive<f32> = 0.45..=1.2;
const DIGIT_WIDTH: RangeInclusive<f32> = 0.15..=0.8;

/// Strips with fewer marks are specks, flourishes and parts of a drawing when they were not read,
const TEXT_MARKS_MIN: usize = 3;
/// unless they are so many text heights wide and follow a word: letters of a hand run together, and what follows a label is an
/// entry, not a signature.
const RUN_TOGETHER_WIDTH_MIN: f32 = 3.0;
/// A box that gives each letter less may be cut off, and what belongs to its word stands this near.
const CUT_LETTER_WIDTH_MAX: f32 = 0.42;
const CUT_GAP_MAX: f32 = 0.3;
/// A lone digit is believed from this confidence on.
const DIGIT_CONFIDENCE: f32 = 88.0;

/// Letter-sized ink on one line that no word covers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lost {
    pub(crate) bounds: PixelBox,
    /// Marks in it: letters, or letters that run together.
    pub(crate) marks: usize,
}

/// Strips of lost ink that were looked at, over all looks at one page.
#[derive(Debug, Default)]
pub(crate) struct LostInk {
    /// Places, each asked about once.
    pub(crate) asked: Vec<PixelBox>,
    /// Those that were read and believed.
    pub(crate) read: Vec<PixelBox>,
}

impl LostInk {
    /// Whether nothing new can be learnt there: it was asked about, or is a stroke that was left of a strip that was read.
    fn knows(&self, lost: &Lost) -> bool {
        let is_rest = |read: &PixelBox| lost.bounds.intersection_area(read) == lost.bounds.area();
        self.asked.contains(&lost.bounds) || lost.marks == 1 && self.read.iter().any(is_rest)
    }
}

/// Adds to `reading` what can be read of the ink that it left out and that was not `looked` at before. `gray` and `marks` are
/// the page that was read; ink in `not_text` is left alone.
pub(crate) fn read_lost_ink(
    engine: &mut dyn Engine,
    gray: &GrayImage,
    marks: &[Mark],
    not_text: &[PixelBox],
    reading: &mut Reading,
    dpi: u32,
    looked: &mut LostInk,
) -> Result<(), ocr::Error> {
    let text_height = text_height(reading, dpi);
    let mut strips = lost_ink(marks, &vouched(reading, text_height), not_text, text_height);
    strips.retain(|lost| !looked.knows(lost));
    strips.truncate(STRIPS_MAX.saturating_sub(looked.asked.len()));
    for lost in strips {
        looked.asked.push(lost.bounds);
        if lost.marks == 1 && read_number(engine, gray, reading, &lost.bounds, text_height, dpi)? {
            looked.read.push(lost.bounds);
            continue;
        }
        let strip = Strip::cut(gray, &lost.bounds, &vouched(reading, text_height), text_height);
        let found = engine.read_line(&strip.gray, dpi)?;
        if is_believable(&found) || (lost.marks == 1 && is_digit(&found)) {
            insert(reading, strip.words(found), &lost.bounds, text_height);
            looked.read.push(lost.bounds);
        }
    }
    Ok(())
}

/// The letter-sized ink that neither `words` nor `not_text` cover, joined to lines; the widest ones when there are too many.
pub(crate) fn lost_ink(
    marks: &[Mark],
    words: &[PixelBox],
    not_text: &[PixelBox],
    text_height: f32,
) -> Vec<Lost> {
    let letters = marks.iter().map(|mark| mark.bounds).filter(|mark| is_letter_sized(mark, text_height));
    let is_lost = |mark: &PixelBox| !is_covered(mark, words) && !is_covered(mark, not_text);
    let mut lost: Vec<PixelBox> = letters.filter(is_lost).collect();
    lost.sort_by_key(|mark| mark.left);
    let mut strips = join(&lost, text_height);
    strips.retain(|strip| {
        let height = strip.bounds.height as f32 / text_height;
        let width = strip.bounds.width as f32 / text_height;
        let may_be_digit = strip.marks == 1 && DIGIT_HEIGHT.contains(&height) && DIGIT_WIDTH.contains(&width);
        height <= STRIP_HEIGHT_MAX && (width >= STRIP_WIDTH_MIN || may_be_digit)
    });
    strips.sort_by_key(|strip| std::cmp::Reverse(strip.bounds.width));
    strips.truncate(STRIPS_MAX);
    strips.sort_by_key(|strip| (strip.bounds.top, strip.bounds.left));
    strips
}

fn is_letter_sized(mark: &PixelBox, text_height: f32) -> bool {
    LETTER.contains(&(mark.height as f32 / text_height))
        && (mark.width as f32) < LETTER_WIDTH_MAX * text_height
}

/// Whether words lie over at least half of the mark.
fn is_covered(mark: &PixelBox, words: &[PixelBox]) -> bool {
    let covered: u64 = words.iter().map(|word| word.intersection_area(mark)).sum();
    covered * 2 >= mark.area()
}

/// Joins boxes, given from left to right, that stand beside each other.
fn join(boxes: &[PixelBox], text_height: f32) -> Vec<Lost> {
    let mut strips: Vec<Lost> = Vec::new();
    let mut ends: Vec<PixelBox> = Vec::new();
    for next in boxes {
        let nearest = (0..strips.len())
            .filter(|strip| {
                gap(&ends[*strip], next) <= JOIN_GAP * text_height && are_level(&ends[*strip], next)
            })
            .min_by(|a, b| gap(&ends[*a], next).total_cmp(&gap(&ends[*b], next)));
        match nearest {
            Some(strip) => {
                strips[strip].bounds = strips[strip].bounds.union(next);
                strips[strip].marks += 1;
                if next.right() >= ends[strip].right() {
                    ends[strip] = *next;
                }
            }
            None => {
                strips.push(Lost { bounds: *next, marks: 1 });
                ends.push(*next);
            }
        }
    }
    strips
}

/// Boxes of lost ink that looks like text, from top to bottom.
pub(crate) fn unread(
    marks: &[Mark],
    words: &[PixelBox],
    not_text: &[PixelBox],
    text_height: f32,
) -> Vec<PixelBox> {
    let is_text = |lost: &Lost| {
        let is_wide = lost.bounds.width as f32 >= RUN_TOGETHER_WIDTH_MIN * text_height;
        lost.marks >= TEXT_MARKS_MIN || (is_wide && follows_a_word(&lost.bounds, words, text_height))
    };
    let lost = lost_ink(marks, words, not_text, text_height);
    let lone = lost.iter().filter(|lost| lost.marks == 1).map(|lost| lost.bounds).collect();
    let numbers = numbers_of_list(lone, words, text_height);
    let is_number = |lost: &Lost| numbers.contains(&lost.bounds);
    lost.into_iter().filter(|lost| is_text(lost) || is_number(lost)).map(|lost| lost.bounds).collect()
}

/// Boxes of ink that runs on behind a word, as an entry behind its label.
pub(crate) fn entries(marks: &[Mark], words: &[PixelBox], text_height: f32) -> Vec<PixelBox> {
    let lost = lost_ink(marks, words, &[], text_height).into_iter().map(|lost| lost.bounds);
    lost.filter(|bounds| follows_a_word(bounds, words, text_height)).collect()
}

/// Whether a word ends on its left, in the same column.
fn follows_a_word(strip: &PixelBox, words: &[PixelBox], text_height: f32) -> bool {
    let is_before = |word: &PixelBox| {
        word.left < strip.left
            && word.right() <= strip.left + strip.width / 2
            && are_level(word, strip)
            && gap(word, strip) <= COLUMN_GAP * text_height
    };
    words.iter().any(is_before)
}

/// The number of a page or of an entry in a list, alone.
fn is_digit(found: &Reading) -> bool {
    let text: String = found.words().map(|word| word.text.as_str()).collect();
    let number = text.trim_end_matches(['.', ')']);
    !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
        && found.mean_confidence() >= DIGIT_CONFIDENCE
}

pub(crate) fn is_believable(found: &Reading) -> bool {
    let letters: usize = found.words().map(Word::letters).sum();
    if letters <= SHORT_LETTERS && found.mean_confidence() < SHORT_CONFIDENCE {
        return false;
    }
    let signs: usize = found.words().map(|word| word.text.chars().count()).sum();
    found.mean_confidence() >= BELIEVED_CONFIDENCE && letters >= LETTERS_MIN && letters * 2 >= signs
}

/// Puts recovered words into the line beside which they stand, or makes a line of them where it belongs. Words that did
/// not vouch for this ink make room.
fn insert(reading: &mut Reading, words: Vec<Word>, strip: &PixelBox, text_height: f32) {
    let mut known = reading.lines.iter_mut().flat_map(|line| &mut line.words);
    if let Some(cut) = known.find(|word| is_part_of(&words, strip, word, text_height)) {
        cut.bounds = cut.bounds.union(strip);
        return;
    }
    for line in &mut reading.lines {
        line.words.retain(|word| vouches(word, text_height) || !is_partly_in(&word.bounds, strip));
    }
    reading.lines.retain(|line| !line.words.is_empty());
    match host(&reading.lines, strip, text_height) {
        Some(line) => {
            let line = &mut reading.lines[line];
            line.words.extend(words);
            line.words.sort_by_key(|word| word.bounds.left);
        }
        None => {
            let at = place(&reading.lines, strip);
            let beside = at.checked_sub(1).or(if reading.lines.is_empty() { None } else { Some(at) });
            let block = beside.map_or(0, |line| reading.lines[line].block);
            reading.lines.insert(at, Line { words, block });
        }
    }
}

/// Whether the ink of a strip belongs to a word beside it that has its letters already: the engine's box was too narrow for the word.
fn is_part_of(found: &[Word], strip: &PixelBox, word: &Word, text_height: f32) -> bool {
    let bounds = &word.bounds;
    let is_narrow = (bounds.width as f32) < CUT_LETTER_WIDTH_MAX * text_height * word.letters() as f32;
    let is_beside = are_level(bounds, strip) && gap(bounds, strip) <= CUT_GAP_MAX * text_height;
    let letters: String = found.iter().map(|word| word.text.as_str()).collect();
    let text = word.text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let is_part =
        if strip.left > bounds.left { text.ends_with(&letters) } else { text.starts_with(&letters) };
    vouches(word, text_height) && is_narrow && is_beside && is_part && letters.len() < text.len()
}

/// Whether a third of the word lies in the strip: one that was read across two lines has its middle in neither.
fn is_partly_in(word: &PixelBox, strip: &PixelBox) -> bool {
    word.intersection_area(strip) * 3 >= word.area()
}

/// The line with a word beside the strip, in the same column.
fn host(lines: &[Line], strip: &PixelBox, text_height: f32) -> Option<usize> {
    let words =
        lines.iter().enumerate().flat_map(|(index, line)| line.words.iter().map(move |word| (index, word)));
    words
        .filter(|(_, word)| are_level(&word.bounds, strip))
        .map(|(index, word)| (index, gap(&word.bounds, strip)))
        .filter(|(_, gap)| *gap <= COLUMN_GAP * text_height)
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(index, _)| index)
}

/// Where a new line goes: behind the last line that stands above it, or left of it at the same height.
fn place(lines: &[Line], strip: &PixelBox) -> usize {
    let middle = strip.top + strip.height / 2;
    let is_before = |line: &Line| {
        let bounds = line.bounds();
        let is_level = are_level(&bounds, strip);
        if is_level { bounds.left < strip.left } else { bounds.top + bounds.height / 2 < middle }
    };
    lines.iter().rposition(is_before).map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{Says, at, reading, word};
    use image::Luma;

    /// Two lines of 20-pixel words at rows 100 and 300; ink of ten letters at the place given.
    fn recovered(lost: PixelBox, confidence: f32, not_text: &[PixelBox]) -> String {
        let gray = GrayImage::from_pixel(800, 500, Luma([255]));
        let letter = |index: u32| Mark { bounds: at(lost.left + index * 20, lost.top, 14, 20), pixels: 100 };
        let marks: Vec<Mark> = (0..10).map(letter).collect();
        let mut page = reading(vec![
            vec![word("Tên:", at(50, 100, 60, 20), 95.0)],
            vec![word("Quê:", at(50, 300, 60, 20), 95.0)],
        ]);
        let mut engine = Says(reading(vec![vec![word("Lan", at(7, 7, 40, 20), confidence)]]));
        let mut looked = LostInk::default();
        read_lost_ink(&mut engine, &gray, &marks, not_text, &mut page, 200, &mut looked)
            .expect("this engine never fails");
        page.text()
    }

    #[test]
    fn lost_ink_is_read_into_its_place() {
        let check = |lost: PixelBox, confidence: f32, expected: &str| {
            assert_eq!(recovered(lost, confidence, &[]), expected, "ink at {lost:?}");
        };
        check(at(130, 98, 0, 0), 95.0, "Tên: Lan\nQuê:");
        check(at(130, 200, 0, 0), 95.0, "Tên:\nLan\nQuê:");
        check(at(130, 302, 0, 0), 95.0, "Tên:\nQuê: Lan");
        check(at(400, 98, 0, 0), 95.0, "Tên:\nLan\nQuê:");
        check(at(50, 20, 0, 0), 95.0, "Lan\nTên:\nQuê:");
        check(at(130, 98, 0, 0), 50.0, "Tên:\nQuê:");
    }

    #[test]
    fn ink_is_asked_about_again_only_where_something_may_be_learnt() {
        let (read, unread) = (at(100, 100, 200, 20), at(100, 300, 200, 20));
        let looked = LostInk { asked: vec![read, unread], read: vec![read] };
        let check = |bounds: PixelBox, marks: usize, expected: bool| {
            assert_eq!(looked.knows(&Lost { bounds, marks }), expected, "{bounds:?} {marks}");
        };
        check(read, 9, true);
        check(unread, 9, true);
        check(at(150, 100, 10, 20), 1, true);
        check(at(150, 100, 60, 20), 4, false);
        check(at(150, 300, 10, 20), 1, false);
        check(at(290, 100, 20, 20), 1, false);
    }

    #[test]
    fn a_lone_digit_is_a_number() {
        let check = |text: &str, confidence: f32, expected: bool| {
            assert_eq!(
                is_digit(&reading(vec![vec![word(text, at(0, 0, 9, 9), confidence)]])),
                expected,
                "{text}"
            );
        };
        check("2", 92.0, true);
        check("4.", 92.0, true);
        check("2", 70.0, false);
        check("S", 96.0, false);
        check(".", 96.0, false);
    }

    #[test]
    fn ink_that_looks_like_text_is_told() {
        let mark = |left| Mark { bounds: at(left, 100, 14, 20), pixels: 100 };
        let check =
            |marks: &[Mark], expected: &[PixelBox]| assert_eq!(unread(marks, &[], &[], 20.0), expected);
        check(&[mark(300), mark(320), mark(340)], &[at(300, 100, 54, 20)]);
        check(&[mark(300), mark(320)], &[]);
    }

    #[test]
    fn numbers_of_a_list_that_were_not_read_are_told() {
        let digit = |left, top| Mark { bounds: at(left, top, 9, 14), pixels: 60 };
        let words = [at(120, 100, 200, 20), at(120, 140, 200, 20)];
        let check =
            |marks: &[Mark], expected: usize| assert_eq!(unread(marks, &words, &[], 20.0).len(), expected);
        check(&[digit(100, 103), digit(102, 143)], 2);
        check(&[digit(100, 103)], 0);
        check(&[digit(100, 103), digit(60, 143)], 0);
        check(&[digit(325, 103), digit(325, 143)], 0);
    }

    #[test]
    fn a_hand_behind_a_label_is_told_and_a_signature_is_not() {
        let check = |label: PixelBox, expected: bool| {
            let written = Mark { bounds: at(300, 96, 130, 30), pixels: 900 };
            let told = unread(&[written], &[label], &[], 20.0);
            assert_eq!(told, if expected { vec![written.bounds] } else { Vec::new() }, "{label:?}");
        };
        check(at(200, 100, 80, 20), true);
        check(at(200, 40, 80, 20), false);
        check(at(150, 100, 80, 20), false);
        check(at(450, 100, 80, 20), false);
    }

    #[test]
    fn ink_of_codes_is_left_alone() {
        assert_eq!(recovered(at(130, 200, 0, 0), 95.0, &[at(120, 190, 300, 40)]), "Tên:\nQuê:");
    }

    #[test]
    fn ink_under_words_is_not_lost() {
        let words = [at(50, 100, 200, 20)];
        let mark = |left| Mark { bounds: at(left, 100, 14, 20), pixels: 100 };
        let check =
            |marks: &[Mark], expected: &[Lost]| assert_eq!(lost_ink(marks, &words, &[], 20.0), expected);
        check(&[mark(60), mark(80)], &[]);
        check(&[mark(300), mark(330)], &[Lost { bounds: at(300, 100, 44, 20), marks: 2 }]);
        check(
            &[mark(300), mark(500)],
            &[
                Lost { bounds: at(300, 100, 14, 20), marks: 1 },
                Lost { bounds: at(500, 100, 14, 20), marks: 1 },
            ],
        );
        let speck = Mark { bounds: at(300, 100, 3, 4), pixels: 12 };
        check(&[speck], &[]);
    }
}
