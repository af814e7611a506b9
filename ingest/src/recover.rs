//! Ink that was not read is cut out line by line and read alone.
//!
//! Tesseract drops whole lines without a word, beside seals, leaders and pictures; nobody would know without looking for
//! ink under no word. Entries of a form stand higher than the words printed before them, and what Tesseract reads badly on one
//! line with those it reads well alone.

use crate::marks::{Mark, Marks};
use image::{GrayImage, Luma};
use ocr::{Engine, Line, PixelBox, Reading, Word};
use std::ops::{Range, RangeInclusive};

/// Words below this confidence do not vouch for their ink.
const VOUCHING_CONFIDENCE: f32 = 25.0;
/// Words that say how high the text of a page is.
const SURE_CONFIDENCE: f32 = 60.0;
/// Height of text on a page without words, in inches: 10 points with accents.
const TEXT_HEIGHT_INCHES: f32 = 0.13;
/// Strips read alone on one page; a form that was dropped wholly has 40 lines. Bounds the time spent on noise.
const STRIPS_MAX: usize = 40;
/// Mean confidence from which a strip is believed: noise read as letters gets less.
const BELIEVED_CONFIDENCE: f32 = 55.0;
/// Letters and digits that a strip must have.
const LETTERS_MIN: usize = 2;
/// Strips with no more letters than this are often flourishes of a signature, and must be read more surely.
const SHORT_LETTERS: usize = 3;
const SHORT_CONFIDENCE: f32 = 80.0;
/// Signs without letters below this are specks, and so are lone short lines.
const NOISE_CONFIDENCE: f32 = 40.0;
/// An entry with a word below this is read again by itself; well read words of forms have more than 90.
const DOUBTFUL_CONFIDENCE: f32 = 88.0;
/// Entries read again on one page: a form has 30, and each costs 1 % of a page.
const ENTRIES_MAX: usize = 24;

// Lengths in heights of the page's words.
/// Ink of letter size.
const LETTER: RangeInclusive<f32> = 0.35..=2.6;
/// Letters that run together are one mark, at most a short word.
const LETTER_WIDTH_MAX: f32 = 8.0;
/// Ink this far apart belongs to one line.
const JOIN_GAP: f32 = 2.2;
/// Space around a strip, across and upright.
const PADDING: (f32, f32) = (0.4, 0.35);
/// A gap wider than this parts two columns.
const COLUMN_GAP: f32 = 2.5;
/// A strip is one line: no higher than this, and wider than one letter.
const STRIP_HEIGHT_MAX: f32 = 2.6;
const STRIP_WIDTH_MIN: f32 = 0.8;

/// Adds to `reading` what can be read of the ink that it left out. `gray` and `marks` are the page that was read.
pub(crate) fn read_lost_ink(
    engine: &mut dyn Engine,
    gray: &GrayImage,
    marks: &Marks,
    reading: &mut Reading,
    dpi: u32,
) -> Result<(), ocr::Error> {
    let text_height = text_height(reading, dpi);
    for strip in lost_strips(&marks.marks, reading, text_height) {
        let (cut, origin) = cut_out(gray, reading, &strip, text_height);
        let found = engine.read_line(&cut, dpi)?;
        if is_believable(&found) {
            let words = found.lines.into_iter().flat_map(|line| line.words);
            let words = words.map(|word| moved(word, origin)).collect();
            insert(reading, words, &strip, text_height);
        }
    }
    Ok(())
}

/// Drops what specks, leaders and flourishes were taken for: signs without letters and short lines, both read unsurely.
pub(crate) fn drop_noise(reading: &mut Reading) {
    for line in &mut reading.lines {
        line.words.retain(|word| word.letters() > 0 || word.confidence >= NOISE_CONFIDENCE);
    }
    reading.lines.retain(|line| {
        let letters: usize = line.words.iter().map(Word::letters).sum();
        let surest = line.words.iter().map(|word| word.confidence).fold(0.0, f32::max);
        letters > SHORT_LETTERS || surest >= NOISE_CONFIDENCE
    });
}

/// Reads the doubtful entries of a form again, each by itself, and keeps the surer reading.
pub(crate) fn read_doubtful_entries(
    engine: &mut dyn Engine,
    gray: &GrayImage,
    reading: &mut Reading,
    dpi: u32,
) -> Result<(), ocr::Error> {
    let text_height = text_height(reading, dpi);
    let entries = doubtful_entries(reading, text_height);
    for (line, range) in entries.into_iter().take(ENTRIES_MAX).rev() {
        let before = entry_reading(reading, line, range.clone());
        let strip = before.lines[0].bounds();
        let mut others = reading.clone();
        others.lines[line].words.drain(range.clone());
        let (cut, origin) = cut_out(gray, &others, &strip, text_height);
        let found = engine.read_line(&cut, dpi)?;
        if is_better(&found, &before) {
            let words = found.lines.into_iter().flat_map(|line| line.words).map(|word| moved(word, origin));
            reading.lines[line].words.splice(range, words);
        }
    }
    Ok(())
}

/// Lines are parted behind colons and at gaps between columns; the parts with a doubtful word, by line and words.
fn doubtful_entries(reading: &Reading, text_height: f32) -> Vec<(usize, Range<usize>)> {
    let mut entries = Vec::new();
    for (index, line) in reading.lines.iter().enumerate() {
        let is_together = |a: &Word, b: &Word| {
            !a.text.ends_with(':') && gap(&a.bounds, &b.bounds) <= COLUMN_GAP * text_height
        };
        let mut start = 0;
        for entry in line.words.chunk_by(is_together) {
            let range = start..start + entry.len();
            start = range.end;
            if entry.iter().any(|word| word.confidence < DOUBTFUL_CONFIDENCE) {
                entries.push((index, range));
            }
        }
    }
    entries
}

fn entry_reading(reading: &Reading, line: usize, range: Range<usize>) -> Reading {
    let Line { words, block } = &reading.lines[line];
    Reading {
        engine: reading.engine.clone(),
        lines: vec![Line { words: words[range].to_vec(), block: *block }],
    }
}

/// Surer, and nothing was left out.
fn is_better(found: &Reading, before: &Reading) -> bool {
    let letters = |reading: &Reading| reading.words().map(Word::letters).sum::<usize>();
    found.mean_confidence() > before.mean_confidence() && letters(found) * 10 >= letters(before) * 9
}

fn text_height(reading: &Reading, dpi: u32) -> f32 {
    let sure = reading.words().filter(|word| word.confidence >= SURE_CONFIDENCE && word.letters() > 1);
    let mut heights: Vec<u32> = sure.map(|word| word.bounds.height).collect();
    heights.sort_unstable();
    let middle = heights.get(heights.len() / 2).map(|height| *height as f32);
    middle.unwrap_or(dpi as f32 * TEXT_HEIGHT_INCHES).max(1.0)
}

/// Boxes around the letter-sized ink that no word covers, joined to lines; the widest ones when there are too many.
fn lost_strips(marks: &[Mark], reading: &Reading, text_height: f32) -> Vec<PixelBox> {
    let words: Vec<PixelBox> = reading
        .words()
        .filter(|word| word.confidence >= VOUCHING_CONFIDENCE)
        .map(|word| word.bounds)
        .collect();
    let letters = marks.iter().map(|mark| mark.bounds).filter(|mark| is_letter_sized(mark, text_height));
    let mut lost: Vec<PixelBox> = letters.filter(|mark| !is_covered(mark, &words)).collect();
    lost.sort_by_key(|mark| mark.left);
    let mut strips = join(&lost, text_height);
    strips.retain(|strip| {
        strip.height as f32 <= STRIP_HEIGHT_MAX * text_height
            && strip.width as f32 >= STRIP_WIDTH_MIN * text_height
    });
    strips.sort_by_key(|strip| std::cmp::Reverse(strip.width));
    strips.truncate(STRIPS_MAX);
    strips.sort_by_key(|strip| (strip.top, strip.left));
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
fn join(boxes: &[PixelBox], text_height: f32) -> Vec<PixelBox> {
    let mut strips: Vec<PixelBox> = Vec::new();
    let mut ends: Vec<PixelBox> = Vec::new();
    for next in boxes {
        let nearest = (0..strips.len())
            .filter(|strip| {
                gap(&ends[*strip], next) <= JOIN_GAP * text_height && are_level(&ends[*strip], next)
            })
            .min_by(|a, b| gap(&ends[*a], next).total_cmp(&gap(&ends[*b], next)));
        match nearest {
            Some(strip) => {
                strips[strip] = strips[strip].union(next);
                if next.right() >= ends[strip].right() {
                    ends[strip] = *next;
                }
            }
            None => {
                strips.push(*next);
                ends.push(*next);
            }
        }
    }
    strips
}

/// Pixels between two boxes side by side; 0 when they overlap.
fn gap(a: &PixelBox, b: &PixelBox) -> f32 {
    (b.left.saturating_sub(a.right())).max(a.left.saturating_sub(b.right())) as f32
}

/// Whether two boxes share at least half of the height of the lower one.
fn are_level(a: &PixelBox, b: &PixelBox) -> bool {
    let shared = a.bottom().min(b.bottom()).saturating_sub(a.top.max(b.top));
    shared * 2 >= a.height.min(b.height)
}

/// The strip with some paper around it and without the words that were read; and where its corner lies on the page.
fn cut_out(
    gray: &GrayImage,
    reading: &Reading,
    strip: &PixelBox,
    text_height: f32,
) -> (GrayImage, (u32, u32)) {
    let (across, upright) = ((PADDING.0 * text_height) as u32, (PADDING.1 * text_height) as u32);
    let (left, top) = (strip.left.saturating_sub(across), strip.top.saturating_sub(upright));
    let width = (strip.right() + across).min(gray.width()) - left;
    let height = (strip.bottom() + upright).min(gray.height()) - top;
    let mut cut = image::imageops::crop_imm(gray, left, top, width, height).to_image();
    let paper = brightest(&cut);
    let area = PixelBox { left, top, width, height };
    let vouched = reading.words().filter(|word| word.confidence >= VOUCHING_CONFIDENCE);
    for word in vouched.filter(|word| word.bounds.intersection_area(&area) > 0) {
        for y in word.bounds.top.max(top)..word.bounds.bottom().min(top + height) {
            for x in word.bounds.left.max(left)..word.bounds.right().min(left + width) {
                cut.put_pixel(x - left, y - top, paper);
            }
        }
    }
    (cut, (left, top))
}

/// Brightness of the paper: the upper quarter of what the strip shows.
fn brightest(strip: &GrayImage) -> Luma<u8> {
    let mut pixels = strip.as_raw().clone();
    let at = pixels.len() * 3 / 4;
    if pixels.is_empty() { Luma([u8::MAX]) } else { Luma([*pixels.select_nth_unstable(at).1]) }
}

fn is_believable(found: &Reading) -> bool {
    let letters: usize = found.words().map(Word::letters).sum();
    if letters <= SHORT_LETTERS && found.mean_confidence() < SHORT_CONFIDENCE {
        return false;
    }
    let signs: usize = found.words().map(|word| word.text.chars().count()).sum();
    found.mean_confidence() >= BELIEVED_CONFIDENCE && letters >= LETTERS_MIN && letters * 2 >= signs
}

fn moved(mut word: Word, (left, top): (u32, u32)) -> Word {
    word.bounds.left += left;
    word.bounds.top += top;
    word
}

/// Puts recovered words into the line beside which they stand, or makes a line of them where it belongs. Words that did
/// not vouch for this ink make room.
fn insert(reading: &mut Reading, words: Vec<Word>, strip: &PixelBox, text_height: f32) {
    for line in &mut reading.lines {
        line.words
            .retain(|word| word.confidence >= VOUCHING_CONFIDENCE || !strip.contains_center_of(&word.bounds));
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
    use ocr::EngineIdentity;

    fn at(left: u32, top: u32, width: u32, height: u32) -> PixelBox {
        PixelBox { left, top, width, height }
    }

    fn word(text: &str, bounds: PixelBox, confidence: f32) -> Word {
        Word { text: text.into(), bounds, confidence }
    }

    fn reading(lines: Vec<Vec<Word>>) -> Reading {
        let engine = EngineIdentity {
            name: "by hand".into(),
            version: "1".into(),
            model: "none".into(),
            model_sha256: String::new(),
        };
        let lines = lines.into_iter().map(|words| Line { words, block: 0 }).collect();
        Reading { engine, lines }
    }

    /// Says the same about every strip.
    struct Says(Reading);

    impl Engine for Says {
        fn identity(&self) -> &ocr::EngineIdentity {
            &self.0.engine
        }

        fn read(&mut self, _page: &GrayImage, _dpi: u32) -> Result<Reading, ocr::Error> {
            Ok(self.0.clone())
        }

        fn read_line(&mut self, _strip: &GrayImage, _dpi: u32) -> Result<Reading, ocr::Error> {
            Ok(self.0.clone())
        }

        fn orientation(
            &mut self,
            _page: &GrayImage,
            _dpi: u32,
        ) -> Result<Option<ocr::Orientation>, ocr::Error> {
            Ok(None)
        }
    }

    /// Two lines of 20-pixel words at rows 100 and 300; ink of ten letters at the place given.
    fn recovered(lost: PixelBox, confidence: f32) -> String {
        let gray = GrayImage::from_pixel(800, 500, Luma([255]));
        let letter = |index: u32| Mark { bounds: at(lost.left + index * 20, lost.top, 14, 20), pixels: 100 };
        let marks = Marks { marks: (0..10).map(letter).collect(), runs: Vec::new() };
        let mut page = reading(vec![
            vec![word("Tên:", at(50, 100, 60, 20), 95.0)],
            vec![word("Quê:", at(50, 300, 60, 20), 95.0)],
        ]);
        let mut engine = Says(reading(vec![vec![word("Lan", at(7, 7, 40, 20), confidence)]]));
        read_lost_ink(&mut engine, &gray, &marks, &mut page, 200).expect("this engine never fails");
        page.text()
    }

    #[test]
    fn lost_ink_is_read_into_its_place() {
        let check = |lost: PixelBox, confidence: f32, expected: &str| {
            assert_eq!(recovered(lost, confidence), expected, "ink at {lost:?}");
        };
        check(at(130, 98, 0, 0), 95.0, "Tên: Lan\nQuê:");
        check(at(130, 200, 0, 0), 95.0, "Tên:\nLan\nQuê:");
        check(at(130, 302, 0, 0), 95.0, "Tên:\nQuê: Lan");
        check(at(400, 98, 0, 0), 95.0, "Tên:\nLan\nQuê:");
        check(at(50, 20, 0, 0), 95.0, "Lan\nTên:\nQuê:");
        check(at(130, 98, 0, 0), 50.0, "Tên:\nQuê:");
    }

    #[test]
    fn ink_under_words_is_not_lost() {
        let page = reading(vec![vec![word("Hà Nội", at(50, 100, 200, 20), 95.0)]]);
        let mark = |left| Mark { bounds: at(left, 100, 14, 20), pixels: 100 };
        assert_eq!(lost_strips(&[mark(60), mark(80)], &page, 20.0), vec![]);
        assert_eq!(lost_strips(&[mark(300), mark(330)], &page, 20.0), vec![at(300, 100, 44, 20)]);
        assert_eq!(lost_strips(&[mark(300), mark(500)], &page, 20.0), vec![], "single letters are no line");
    }

    #[test]
    fn doubtful_entries_are_read_again() {
        let check = |confidence: f32, expected: &str| {
            let gray = GrayImage::from_pixel(400, 200, Luma([255]));
            let label = word("Tên:", at(50, 100, 60, 20), 95.0);
            let mut page = reading(vec![vec![label, word("Lam", at(120, 96, 50, 20), confidence)]]);
            let mut engine = Says(reading(vec![vec![word("Lan", at(7, 7, 40, 20), 85.0)]]));
            read_doubtful_entries(&mut engine, &gray, &mut page, 200).expect("this engine never fails");
            assert_eq!(page.text(), expected);
        };
        check(60.0, "Tên: Lan");
        check(86.0, "Tên: Lam");
        check(95.0, "Tên: Lam");
    }

    #[test]
    fn noise_is_dropped_and_marks_that_mean_something_stay() {
        let anywhere = at(0, 0, 10, 10);
        let mut page = reading(vec![
            vec![word("-", anywhere, 90.0), word("Lưu", anywhere, 90.0), word("_-", anywhere, 12.0)],
            vec![word("lY", anywhere, 20.0)],
            vec![word("2", anywhere, 92.0)],
        ]);
        drop_noise(&mut page);
        assert_eq!(page.text(), "- Lưu\n2");
    }
}
