//! A paper as rows of words: what stands on one height is one row, whatever columns the reader cut it into.

use crate::spread;
use repository::record::{Page, ReadWord, Reading, Region};
pub(super) use repository::spelling::fold;

/// Lines that share this part of the lower one's height stand on one row.
const ROW_OVERLAP_MIN: f32 = 0.55;

/// A line is compared with this many rows above it: no more stand on one height, and a page of dust has thousands of lines.
const ROWS_LOOKED_BACK: usize = 24;

/// Words of one page that are worked on: a table on A3 set closely has about 3,000. What goes beyond is texture read as letters, and
/// every word is compared with some hundred labels.
const PAGE_WORDS_MAX: usize = 5_000;

/// A word in its row.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    /// Lower case, without accents and punctuation: what labels are compared with.
    pub(super) folded: String,
    pub(super) region: Region,
    pub(super) confidence: f32,
}

/// Words on one height of one page, left to right.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) page: u32,
    /// Where the page (or the half of a spread) that it stands on begins.
    pub(super) page_left: u32,
    pub(super) page_width: u32,
    pub(super) page_height: u32,
    pub(super) words: Vec<Word>,
}

/// All rows, top to bottom, page by page.
#[derive(Debug, Clone, Default)]
pub(super) struct Paper {
    pub(super) rows: Vec<Row>,
}

impl Paper {
    pub(super) fn of(pages: &[(Page, Option<Reading>)]) -> Paper {
        let read = pages.iter().filter_map(|(page, reading)| Some((page, reading.as_ref()?)));
        Paper { rows: read.flat_map(|(page, reading)| rows(page, reading)).collect() }
    }

    /// Rows of the first page; both halves of a spread.
    pub(super) fn first_page(&self) -> impl Iterator<Item = &Row> {
        let first = self.rows.first().map(|row| row.page);
        self.rows.iter().filter(move |row| Some(row.page) == first)
    }
}

impl Row {
    pub(super) fn top(&self) -> u32 {
        self.words.iter().map(|word| word.region.top).min().unwrap_or(0)
    }

    pub(super) fn text_height(&self) -> u32 {
        let mut heights: Vec<u32> = self.words.iter().map(|word| word.region.height).collect();
        heights.sort_unstable();
        heights.get(heights.len() / 2).copied().unwrap_or(1).max(1)
    }

    /// Where a place of the picture lies across the row's page: 0 at the left edge, 1 at the right.
    pub(super) fn across(&self, x: u32) -> f32 {
        x.saturating_sub(self.page_left) as f32 / self.page_width.max(1) as f32
    }

    /// Folded words with single spaces.
    pub(super) fn folded(&self) -> String {
        let words = self.words.iter().map(|word| word.folded.as_str()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join(" ")
    }

    /// Whether its letters are (nearly) all capitals.
    pub(super) fn is_capitals(&self) -> bool {
        let letters =
            || self.words.iter().flat_map(|word| word.text.chars()).filter(|letter| letter.is_alphabetic());
        let capitals = letters().filter(|letter| letter.is_uppercase()).count();
        capitals >= 4 && capitals * 10 >= letters().count() * 9
    }

    /// The row without some of its words.
    pub(super) fn keep(&self, wanted: impl Fn(&Word) -> bool) -> Row {
        Row { words: self.words.iter().filter(|word| wanted(word)).cloned().collect(), ..self.clone() }
    }
}

/// Original text of words, single spaces.
pub(super) fn text(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The rectangle around words.
pub(super) fn around(words: &[Word]) -> Option<Region> {
    let left = words.iter().map(|word| word.region.left).min()?;
    let top = words.iter().map(|word| word.region.top).min()?;
    let right = words.iter().map(|word| word.region.left + word.region.width).max()?;
    let bottom = words.iter().map(|word| word.region.top + word.region.height).max()?;
    Some(Region { left, top, width: right - left, height: bottom - top })
}

/// Confidence of a value: its weakest word decides, since one wrong word makes a wrong name.
pub(super) fn confidence(words: &[Word]) -> f32 {
    words.iter().map(|word| word.confidence).fold(100.0, f32::min)
}

fn rows(page: &Page, reading: &Reading) -> Vec<Row> {
    let within_limit = reading.lines.iter().scan(0, |count, line| {
        *count += line.words.len();
        (*count <= PAGE_WORDS_MAX).then_some(line)
    });
    let lines: Vec<Vec<Word>> =
        within_limit.map(|line| line.words.iter().flat_map(words).collect()).collect();
    let ends =
        lines.iter().filter_map(|line| around(line)).map(|place| (place.left, place.left + place.width));
    let middle = spread::middle((page.width, page.height), page.dpi, ends).unwrap_or(page.width);
    let (left, right): (Vec<Vec<Word>>, Vec<Vec<Word>>) =
        lines.into_iter().partition(|words| around(words).is_none_or(|place| place.left < middle));
    let mut rows = rows_of(page, 0, middle, left);
    rows.extend(rows_of(page, middle, page.width - middle, right));
    rows
}

fn rows_of(page: &Page, page_left: u32, page_width: u32, lines: Vec<Vec<Word>>) -> Vec<Row> {
    let mut placed: Vec<(Region, Vec<Word>)> =
        lines.into_iter().filter_map(|words| Some((around(&words)?, words))).collect();
    placed.sort_by_key(|(place, _)| place.top);
    let mut rows: Vec<(Region, Vec<Word>)> = Vec::new();
    for (place, words) in placed {
        let start = rows.len().saturating_sub(ROWS_LOOKED_BACK);
        match rows[start..].iter_mut().find(|(other, _)| on_one_height(&place, other)) {
            Some((row_place, row)) => {
                row.extend(words);
                *row_place = around(row).unwrap_or(*row_place);
            }
            None => rows.push((place, words)),
        }
    }
    rows.sort_by_key(|(place, _)| place.top);
    let row = |(_, mut words): (Region, Vec<Word>)| {
        words.sort_by_key(|word| word.region.left);
        Row { page: page.number, page_left, page_width, page_height: page.height, words }
    };
    rows.into_iter().map(row).collect()
}

/// A word as it was read, or two where a label's colon and the value's first word stuck together (`sinh:14/03/2019`, `hộ:.....HOÀNG`),
/// or a numbering and the label's first word (`1.Họ`).
fn words(read: &ReadWord) -> Vec<Word> {
    let text = read.text.as_str();
    let numbering = text.find('.').map(|at| at + 1).filter(|end| {
        let is_number = (2..=3).contains(end) && text[..*end - 1].bytes().all(|byte| byte.is_ascii_digit());
        is_number && text[*end..].starts_with(char::is_alphabetic)
    });
    let colon = text.find(':').map(|at| at + 1).filter(|end| {
        let after = text[*end..].trim_start_matches(['.', '…', ':']);
        let is_label = text[..*end - 1].chars().last().is_some_and(char::is_alphabetic);
        is_label && after.starts_with(char::is_alphanumeric)
    });
    let Some(end) = numbering.or(colon) else { return vec![word(read, text, read.region)] };
    let share = text[..end].chars().count() as f32 / text.chars().count() as f32;
    let width = (read.region.width as f32 * share) as u32;
    let label = Region { width, ..read.region };
    let value = Region { left: read.region.left + width, width: read.region.width - width, ..read.region };
    vec![word(read, &text[..end], label), word(read, &text[end..], value)]
}

fn word(read: &ReadWord, text: &str, region: Region) -> Word {
    Word { folded: fold(text), text: text.to_owned(), region, confidence: read.confidence }
}

/// Same height, and side by side rather than over each other.
fn on_one_height(one: &Region, other: &Region) -> bool {
    let top = one.top.max(other.top);
    let bottom = (one.top + one.height).min(other.top + other.height);
    let shared = bottom.saturating_sub(top) as f32;
    let apart = one.left + one.width <= other.left || other.left + other.width <= one.left;
    apart && shared >= ROW_OVERLAP_MIN * one.height.min(other.height) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::record::ReadLine;

    #[test]
    fn a_page_of_dust_is_worked_on_in_part() {
        let word = |left: u32, top: u32| ReadWord {
            text: "bụi".to_owned(),
            region: Region { left, top, width: 5, height: 5 },
            confidence: 30.0,
        };
        let line = |top: u32| ReadLine { words: (0..50).map(|left| word(6 * left, 6 * top)).collect() };
        let reading = Reading {
            engine: "recorded".to_owned(),
            engine_version: String::new(),
            model: String::new(),
            model_sha256: String::new(),
            stages: Vec::new(),
            lines: (0..400).map(line).collect(),
        };
        let paper = Paper::of(&[(crate::child::failed_page(1, &[]), Some(reading))]);
        assert_eq!(paper.rows.iter().map(|row| row.words.len()).sum::<usize>(), PAGE_WORDS_MAX);
    }
}
