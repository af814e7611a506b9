//! From the first reading of an upright page to its final words: what the pass over the whole page left out or read badly is
//! looked at again, and what is still not read is told.
//!
//! Not here: turning and cleaning the page, and the pass itself (`page`).

mod accents;
#[cfg(test)]
pub(crate) mod by_hand;
mod capitals;
mod cells;
mod doubts;
mod grid;
mod heavy_tone;
mod lost_ink;
mod noise;
mod numbering;
mod numbers;
mod order;
mod raised;
mod shape;
mod spaces;
mod strip;
mod wordless;

pub(crate) use noise::drop_noise;

use crate::engines::Engines;
use crate::marks::{Ground, Mark, Marks};
use crate::problem::reason;
use crate::stage;
use accents::read_lost_accents;
use cells::read_cells;
use doubts::{DOUBTFUL_CONFIDENCE, ask_again};
use image::GrayImage;
use lost_ink::{LostInk, read_lost_ink};
use numbers::Looked;
use ocr::{Engine, PixelBox, Reading, Word};
use repository::record::{Stage, Step};

/// Below this mean confidence a page is not read well enough to be called done (ordinary scans give 90 and more).
const CONFIDENCE_MIN: f32 = 78.0;
/// Of the words below this three in four are wrong (measured), of those above 90 one in 250: a page with one of them is not done.
const WORD_CONFIDENCE_MIN: f32 = 60.0;
/// Shorter words below it are specks, flourishes and bullets as often as text.
const DOUBTED_LETTERS_MIN: usize = 2;
/// Fewer sure letters than this say nothing about a page: pages of text have hundreds.
const SURE_LETTERS_MIN: usize = 40;
/// Marks beside each other from which they are a line of letters: a word or two.
const LINE_LETTERS_MIN: usize = 5;

/// An upright page as it was read.
pub(crate) struct Sheet<'a> {
    /// The cleaned page; boxes of the reading are in its pixels.
    pub(crate) gray: &'a GrayImage,
    /// All ink of `gray`.
    pub(crate) marks: &'a Marks,
    /// The page before anything was erased or brightened, when that changed it.
    pub(crate) uncleaned: Option<&'a GrayImage>,
    /// Faint ink that was taken out; what follows a word may be an entry.
    pub(crate) faint: &'a [Mark],
    /// Dots an inch.
    pub(crate) dpi: u32,
    /// Places whose ink is no text: codes printed as squares.
    pub(crate) not_text: &'a [PixelBox],
}

/// What is known of a page in the end.
pub(crate) struct Completed {
    pub(crate) reading: Reading,
    /// Whether the words are of the cleaned page, not of the page before.
    pub(crate) is_cleaned: bool,
    /// What was done after the page pass, in order.
    pub(crate) stages: Vec<Stage>,
    /// Boxes of ink that no word accounts for.
    pub(crate) unread: Vec<PixelBox>,
    /// Codes of [`reason`] for what keeps the page from being called done (invariant 8).
    pub(crate) reasons: Vec<&'static str>,
}

/// Completes the first reading of a page. A fault of an engine costs the extra look, not the reading.
pub(crate) fn complete(engines: &mut Engines, sheet: &Sheet, first: Reading) -> Completed {
    let mut stages = Vec::new();
    let mut reasons = Vec::new();
    let (mut reading, is_cleaned) = without_harm(engines.first(), sheet, first);
    noise::drop_lying_lines(&mut reading);
    shape::drop_misshapen(&mut reading, sheet.dpi);
    if look_again(engines, sheet, &mut reading, &mut stages).is_err() {
        reasons.push(reason::NOT_RECOVERED);
    }
    drop_what_is_none(&mut reading, sheet.dpi);
    shape::join_torn(&mut reading, sheet.dpi);
    spaces::part_words(&mut reading, &sheet.marks.marks, sheet.dpi);
    raised::mend_square_metres(&mut reading, &sheet.marks.marks);
    capitals::mend_ia(&mut reading);
    heavy_tone::mend_heavy_tone(&mut reading, &sheet.marks.marks);
    if look_at_numbers(engines, sheet, &mut reading, &mut stages).is_err() {
        reasons.push(reason::NOT_RECOVERED);
    }
    let lean = order::lean(&reading);
    let tables = grid::find_tables(sheet.marks, lean, sheet.dpi);
    order::put_in_order(&mut reading, &tables, lean, sheet.gray.dimensions(), sheet.dpi);
    let text_height = strip::text_height(&reading, sheet.dpi);
    let size = sheet.gray.dimensions();
    let vouched = strip::vouched(&reading, text_height);
    let mut unread = unread(sheet.marks, size, &vouched, sheet.not_text, text_height);
    unread.extend(lost_ink::entries(sheet.faint, &vouched, text_height));
    if unread.is_empty() && reading.words().all(|word| word.letters() == 0) {
        unread.extend(wordless::drawn(&sheet.marks.marks, sheet.not_text, size, sheet.dpi));
    }
    reasons.extend(doubts(&reading, &unread));
    Completed { reading, is_cleaned, stages, unread, reasons }
}

/// Reads what the pass left out, and asks for a second opinion on what it read unsurely.
fn look_again(
    engines: &mut Engines,
    sheet: &Sheet,
    reading: &mut Reading,
    stages: &mut Vec<Stage>,
) -> Result<(), ocr::Error> {
    let (gray, dpi) = (sheet.gray, sheet.dpi);
    let tables = grid::find_tables(sheet.marks, order::lean(reading), dpi);
    let marks = &sheet.marks.marks;
    let cells = read_cells(engines.first(), gray, marks, &tables, reading, dpi)?;
    let mut lost_ink = LostInk::default();
    read_lost_ink(engines.first(), gray, marks, sheet.not_text, reading, dpi, &mut lost_ink)?;
    let accents = read_lost_accents(engines.first(), gray, marks, reading, dpi)?;
    let asked = cells.lines + lost_ink.asked.len() + accents.lines;
    stages.extend(found_ink(cells.read + lost_ink.read.len() + accents.changed, asked));
    stages.extend(ask_again(engines.first(), DOUBTFUL_CONFIDENCE, gray, &tables, reading, dpi)?);
    if reading.words().any(is_likely_wrong)
        && let Some(other) = engines.second_opinion()
    {
        stages.extend(ask_again(other, WORD_CONFIDENCE_MIN, gray, &tables, reading, dpi)?);
    }
    let words = reading.words().count();
    drop_what_is_none(reading, dpi);
    if reading.words().count() < words {
        // What was no word may have lain over words.
        let before = (lost_ink.read.len(), lost_ink.asked.len());
        read_lost_ink(engines.first(), gray, marks, sheet.not_text, reading, dpi, &mut lost_ink)?;
        stages.extend(found_ink(lost_ink.read.len() - before.0, lost_ink.asked.len() - before.1));
    }
    Ok(())
}

/// That lines of ink were read which had not been, if any were.
fn found_ink(lines: usize, asked: usize) -> Option<Stage> {
    (lines > 0).then(|| looked(Step::LostInk { lines }, lines, asked))
}

/// Drops what specks, leaders, accents, signatures and second looks at the same ink left among the words.
fn drop_what_is_none(reading: &mut Reading, dpi: u32) {
    noise::drop_noise(reading, dpi);
    shape::drop_misshapen(reading, dpi);
    shape::drop_doubles(reading);
}

fn look_at_numbers(
    engines: &mut Engines,
    sheet: &Sheet,
    reading: &mut Reading,
    stages: &mut Vec<Stage>,
) -> Result<(), ocr::Error> {
    let Looked { failing, replaced } = numbers::look_again(engines, sheet.gray, reading, sheet.dpi)?;
    if failing > 0 {
        let step = Step::SecondLook { failing, left: failing - replaced };
        stages.push(looked(step, replaced, failing));
    }
    Ok(())
}

/// A second look is as sure of itself as the share of its questions that it answered.
fn looked(step: Step, answered: usize, asked: usize) -> Stage {
    stage::taken(step, 100.0 * answered as f32 / asked.max(1) as f32)
}

/// A clean-up is kept only when it helped: a page that reads badly cleaned is read as it was, too. Tells whether it was kept.
fn without_harm(engine: &mut dyn Engine, sheet: &Sheet, reading: Reading) -> (Reading, bool) {
    let Some(uncleaned) = sheet.uncleaned.filter(|_| !is_sure(&reading)) else { return (reading, true) };
    match engine.read(uncleaned, sheet.dpi) {
        Ok(plain) if plain.confident_letters() > reading.confident_letters() => (plain, false),
        _ => (reading, true),
    }
}

fn is_sure(reading: &Reading) -> bool {
    reading.confident_letters() >= SURE_LETTERS_MIN && reading.mean_confidence() >= CONFIDENCE_MIN
}

/// Boxes of what looks like text on an upright page and lies under none of the `words` and no code.
pub(crate) fn unread_on(gray: &GrayImage, dpi: u32, words: &[PixelBox], codes: &[PixelBox]) -> Vec<PixelBox> {
    let marks = Marks::find(gray, &Ground::of(gray, dpi));
    unread(&marks, gray.dimensions(), words, codes, strip::height_of(words, dpi))
}

/// How many of the marks stand in lines like letters.
pub(crate) fn lines_of_letters(marks: &[Mark], dpi: u32) -> usize {
    let strips = lost_ink::lost_ink(marks, &[], &[], strip::height_of(&[], dpi));
    strips.iter().map(|strip| strip.marks).filter(|marks| *marks >= LINE_LETTERS_MIN).sum()
}

/// Of a page that is too restless to look for ink nobody can say that all was read: all of it is told.
fn unread(
    marks: &Marks,
    (width, height): (u32, u32),
    words: &[PixelBox],
    not_text: &[PixelBox],
    text_height: f32,
) -> Vec<PixelBox> {
    if marks.is_restless {
        return vec![PixelBox { left: 0, top: 0, width, height }];
    }
    lost_ink::unread(&marks.marks, words, not_text, text_height)
}

fn doubts(reading: &Reading, unread: &[PixelBox]) -> Vec<&'static str> {
    let mut doubts = Vec::new();
    if is_unsure(reading) {
        doubts.push(reason::LOW_CONFIDENCE);
    }
    if !unread.is_empty() {
        doubts.push(reason::UNREAD_INK);
    }
    doubts
}

/// Whether the page, or one of its words, was read so unsurely that it is likely to be wrong.
fn is_unsure(reading: &Reading) -> bool {
    let is_page_unsure = reading.words().next().is_some() && reading.mean_confidence() < CONFIDENCE_MIN;
    is_page_unsure || reading.words().any(is_likely_wrong)
}

fn is_likely_wrong(word: &Word) -> bool {
    word.confidence < WORD_CONFIDENCE_MIN && word.letters() >= DOUBTED_LETTERS_MIN
}

#[cfg(test)]
mod tests {
    use super::*;
    use by_hand::{Says, at, reading, word};
    use image::Luma;

    #[test]
    fn a_second_look_is_as_sure_as_it_was_useful() {
        let check = |second: &str, confidence: f32| {
            let gray = GrayImage::from_pixel(400, 200, Luma([255]));
            let marks = Marks::default();
            let sheet =
                Sheet { gray: &gray, marks: &marks, uncleaned: None, faint: &[], dpi: 200, not_text: &[] };
            let says = reading(vec![vec![word(second, at(7, 7, 200, 20), 90.0)]]);
            let mut engines = Engines::of(Box::new(Says(says)), None);
            let first = reading(vec![vec![word("31/02/1994", at(50, 100, 200, 20), 95.0)]]);
            let completed = complete(&mut engines, &sheet, first);
            let stages: Vec<(&str, f32)> =
                completed.stages.iter().map(|stage| (stage.step.name(), stage.confidence)).collect();
            assert_eq!(stages, [("second_look", confidence)], "{second}");
        };
        check("21/02/1994", 100.0);
        check("31/02/1994", 0.0);
    }

    #[test]
    fn a_page_with_a_word_that_is_likely_wrong_is_doubted() {
        let check = |text: &str, confidence: f32, expected: &[&str]| {
            let line =
                vec![word("Chứng nhận", at(0, 0, 90, 20), 96.0), word(text, at(100, 0, 40, 20), confidence)];
            assert_eq!(doubts(&reading(vec![line]), &[]), expected, "{text} {confidence}");
        };
        check("1994", 61.0, &[]);
        check("1994", 59.0, &[reason::LOW_CONFIDENCE]);
        check("•", 10.0, &[]);
        check("a", 10.0, &[]);
    }

    #[test]
    fn a_page_too_restless_to_look_at_is_unread() {
        let check = |stripes_below: u32, expected: &[PixelBox]| {
            let brightness = |x: u32, y: u32| if y < stripes_below && x.is_multiple_of(2) { 0 } else { 255 };
            let page = GrayImage::from_fn(2600, 2400, |x, y| Luma([brightness(x, y)]));
            assert_eq!(unread_on(&page, 300, &[], &[]), expected);
        };
        check(2400, &[PixelBox { left: 0, top: 0, width: 2600, height: 2400 }]);
        check(0, &[]);
    }
}
