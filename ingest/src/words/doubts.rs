//! A second opinion on words that were read unsurely: the part of the line around them is cut out and read alone, and the surer
//! reading stays, word by word.
//!
//! Entries of a form stand higher than the label printed before them, and what is read badly on one line with it is read well
//! alone, by the same model. The other model errs on other words, but on more of them: it is asked only about what stays likely wrong
//! (decision 24 has the figures).

use super::grid::Table;
use super::looked;
use super::strip::{Strip, gap, text_height, vouched};
use image::GrayImage;
use ocr::{Engine, Line, PixelBox, Reading, Word};
use repository::record::{Stage, Step};
use std::ops::Range;

/// A word below this is doubtful: of those below 84 half are wrong, of those above 88 one in a hundred (measured).
pub(crate) const DOUBTFUL_CONFIDENCE: f32 = 88.0;
/// Parts of lines read again on one page; each costs 1 % of a page.
const ENTRIES_MAX: usize = 20;
/// How much surer the second opinion must be to be followed.
const SURER_BY: f32 = 2.0;
/// A word that the second opinion does not see at all is dropped below this.
const UNSEEN_CONFIDENCE: f32 = 60.0;
/// A word that only the second opinion sees is taken from this on.
const NEW_CONFIDENCE: f32 = 85.0;

// Lengths in heights of the page's words.
/// A gap wider than this parts two entries.
const COLUMN_GAP: f32 = 2.5;
/// Words of both readings that overlap by more stand in one place.
const OVERLAP_MIN: f32 = 0.2;

/// Part of a line: number of the line, and its words.
type Entry = (usize, Range<usize>);

/// Has the parts of lines with a word below a confidence read again by `engine` and follows it where it is surer. Tells so, if there are any.
pub(crate) fn ask_again(
    engine: &mut dyn Engine,
    below: f32,
    gray: &GrayImage,
    tables: &[Table],
    reading: &mut Reading,
    dpi: u32,
) -> Result<Option<Stage>, ocr::Error> {
    let text_height = text_height(reading, dpi);
    let entries = doubtful_entries(reading, below, tables, text_height);
    let (parts, mut all_changed) = (entries.len(), 0);
    for (line, range) in entries.into_iter().rev() {
        let before = reading.lines[line].words[range.clone()].to_vec();
        let place = before.iter().map(|word| word.bounds).reduce(|a, b| a.union(&b)).unwrap_or_default();
        let others = vouched_without(reading, line, &range, text_height);
        let strip = Strip::cut(gray, &place, &others, text_height);
        let found = engine.read_line(&strip.gray, dpi)?;
        let (words, changed) = merged(before, strip.words(found), text_height);
        all_changed += changed;
        reading.lines[line].words.splice(range, words);
    }
    reading.lines.retain(|line| !line.words.is_empty());
    let ocr::EngineIdentity { model, model_sha256: sha256, .. } = engine.identity().clone();
    let step = Step::AskedAgain { model, sha256, parts, changed: all_changed };
    Ok((parts > 0).then(|| looked(step, all_changed, parts)))
}

fn vouched_without(reading: &Reading, line: usize, range: &Range<usize>, text_height: f32) -> Vec<PixelBox> {
    let mut others = reading.clone();
    others.lines[line].words.drain(range.clone());
    vouched(&others, text_height)
}

/// Lines are parted behind colons, at gaps between columns and between cells; the least sure parts, in the order of the page.
fn doubtful_entries(reading: &Reading, below: f32, tables: &[Table], text_height: f32) -> Vec<Entry> {
    let mut entries: Vec<(f32, Entry)> = Vec::new();
    for (index, Line { words, .. }) in reading.lines.iter().enumerate() {
        let is_together = |a: &Word, b: &Word| {
            !a.text.ends_with(':')
                && gap(&a.bounds, &b.bounds) <= COLUMN_GAP * text_height
                && tables.iter().all(|table| table.cell_of(&a.bounds) == table.cell_of(&b.bounds))
        };
        let mut start = 0;
        for entry in words.chunk_by(is_together) {
            let range = start..start + entry.len();
            start = range.end;
            let least = entry.iter().map(|word| word.confidence).fold(100.0, f32::min);
            if least < below {
                entries.push((least, (index, range)));
            }
        }
    }
    entries.sort_by(|a, b| a.0.total_cmp(&b.0));
    entries.truncate(ENTRIES_MAX);
    entries.sort_by_key(|(_, (line, range))| (*line, range.start));
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// Both readings joined place by place, and the number of places that changed.
fn merged(before: Vec<Word>, found: Vec<Word>, text_height: f32) -> (Vec<Word>, usize) {
    let mut words = Vec::new();
    let mut changed = 0;
    for Place { old, new } in places(before, found, OVERLAP_MIN * text_height) {
        let (kept, is_changed) = decide(old, new);
        words.extend(kept);
        changed += usize::from(is_changed);
    }
    (words, changed)
}

/// What both readings say of one place.
#[derive(Default)]
struct Place {
    old: Vec<Word>,
    new: Vec<Word>,
}

fn places(before: Vec<Word>, found: Vec<Word>, overlap: f32) -> Vec<Place> {
    let mut words: Vec<(bool, Word)> = before.into_iter().map(|word| (false, word)).collect();
    words.extend(found.into_iter().map(|word| (true, word)));
    words.sort_by_key(|(_, word)| word.bounds.left);
    let mut places: Vec<Place> = Vec::new();
    let mut end = 0.0_f32;
    for (is_new, word) in words {
        if places.is_empty() || word.bounds.left as f32 + overlap >= end {
            places.push(Place::default());
        }
        end = end.max(word.bounds.right() as f32);
        let place = places.last_mut().expect("a place was pushed for the first word");
        if is_new { place.new.push(word) } else { place.old.push(word) }
    }
    places
}

/// The words that stay in one place, and whether they are others than before.
fn decide(mut old: Vec<Word>, new: Vec<Word>) -> (Vec<Word>, bool) {
    let text = |words: &[Word]| words.iter().map(|word| word.text.as_str()).collect::<String>();
    let least = |words: &[Word]| words.iter().map(|word| word.confidence).fold(100.0, f32::min);
    let letters = |words: &[Word]| words.iter().map(Word::letters).sum::<usize>();
    if old.is_empty() {
        let is_sure = least(&new) >= NEW_CONFIDENCE && letters(&new) > 0;
        return if is_sure { (new, true) } else { (old, false) };
    }
    if new.is_empty() {
        let is_stray = least(&old) < UNSEEN_CONFIDENCE;
        return if is_stray { (Vec::new(), true) } else { (old, false) };
    }
    if text(&old) == text(&new) {
        // Two looks that agree are surer than either.
        if old.len() == new.len() {
            for (word, other) in old.iter_mut().zip(&new) {
                word.confidence = word.confidence.max(other.confidence);
            }
        }
        return (old, false);
    }
    let is_doubtful = least(&old) < DOUBTFUL_CONFIDENCE;
    let is_surer = least(&new) >= least(&old) + SURER_BY;
    let is_whole = letters(&new) * 10 >= letters(&old) * 7;
    if is_doubtful && is_surer && is_whole { (new, true) } else { (old, false) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{Says, at, reading, word};
    use image::Luma;

    /// `Tên: Lam` was read, the name with this confidence; the second opinion says what is given, at the name's place.
    fn asked(before: f32, second: &[(&str, f32)]) -> String {
        let gray = GrayImage::from_pixel(400, 200, Luma([255]));
        let label = word("Tên:", at(50, 100, 60, 20), 95.0);
        let mut page = reading(vec![vec![label, word("Lam", at(120, 96, 50, 20), before)]]);
        let says = second.iter().map(|(text, confidence)| word(text, at(7, 7, 40, 20), *confidence));
        let mut engine = Says(reading(vec![says.collect()]));
        ask_again(&mut engine, DOUBTFUL_CONFIDENCE, &gray, &[], &mut page, 200)
            .expect("this engine never fails");
        page.text()
    }

    #[test]
    fn the_surer_opinion_stays() {
        let check = |before: f32, second: &[(&str, f32)], expected: &str| {
            assert_eq!(asked(before, second), expected, "{before} against {second:?}");
        };
        check(60.0, &[("Lan", 85.0)], "Tên: Lan");
        check(86.0, &[("Lan", 85.0)], "Tên: Lam");
        check(95.0, &[("Lan", 99.0)], "Tên: Lam");
        check(60.0, &[("L", 99.0)], "Tên: Lam");
        check(70.0, &[], "Tên: Lam");
        check(40.0, &[], "Tên:");
    }

    #[test]
    fn agreement_makes_sure() {
        let (words, changed) =
            decide(vec![word("Lan", at(0, 0, 9, 9), 70.0)], vec![word("Lan", at(0, 0, 9, 9), 91.0)]);
        assert_eq!((words[0].confidence, changed), (91.0, false));
    }

    #[test]
    fn words_are_compared_place_by_place() {
        let before = vec![word("Nghỉ", at(0, 0, 40, 20), 80.0), word("Lộc", at(50, 0, 30, 20), 95.0)];
        let found = vec![word("Nghi", at(1, 0, 40, 20), 92.0), word("Lóc", at(51, 0, 30, 20), 97.0)];
        let (words, changed) = merged(before, found, 20.0);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!((texts, changed), (vec!["Nghi", "Lộc"], 1));
    }
}
