//! The plain values that a reading is made of.

use serde::{Deserialize, Serialize};

use crate::EngineIdentity;

/// Confidence from which a word counts as surely read. Noise read as letters gets less than 55 from Tesseract, well
/// printed words get more than 80; the clean-up steps of a page are compared by the letters above this line.
pub const CONFIDENT_MIN: f32 = 60.0;

/// A rectangle in pixels of the image it belongs to; `right` and `bottom` are the first column and row outside it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct PixelBox {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// One word as it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The letters, NFC, never empty.
    pub text: String,
    /// Where it stands, in pixels of the image that was read.
    pub bounds: PixelBox,
    /// The engine's confidence, 0 to 100.
    pub confidence: f32,
}

/// Words on one baseline, left to right; never empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// The words in reading order.
    pub words: Vec<Word>,
    /// Number of the block (column, table cell, heading) that the line belongs to, counted from 0 on each page.
    pub block: u32,
}

/// All that an engine read on one page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Who read it.
    pub engine: EngineIdentity,
    /// The lines in reading order.
    pub lines: Vec<Line>,
}

impl PixelBox {
    /// First column to the right of the box.
    pub fn right(&self) -> u32 {
        self.left.saturating_add(self.width)
    }

    /// First row below the box.
    pub fn bottom(&self) -> u32 {
        self.top.saturating_add(self.height)
    }

    /// Pixels inside.
    pub fn area(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// The smallest box around both.
    pub fn union(&self, other: &PixelBox) -> PixelBox {
        let left = self.left.min(other.left);
        let top = self.top.min(other.top);
        PixelBox {
            left,
            top,
            width: self.right().max(other.right()) - left,
            height: self.bottom().max(other.bottom()) - top,
        }
    }

    /// Pixels that lie in both boxes.
    pub fn intersection_area(&self, other: &PixelBox) -> u64 {
        let width = self.right().min(other.right()).saturating_sub(self.left.max(other.left));
        let height = self.bottom().min(other.bottom()).saturating_sub(self.top.max(other.top));
        u64::from(width) * u64::from(height)
    }

    /// Whether the middle of `other` lies in this box: the test for "this word stands in that cell".
    pub fn contains_center_of(&self, other: &PixelBox) -> bool {
        let (x, y) = (other.left + other.width / 2, other.top + other.height / 2);
        (self.left..self.right()).contains(&x) && (self.top..self.bottom()).contains(&y)
    }
}

impl Word {
    /// Letters and digits in the word; punctuation says nothing about how well a page was read.
    pub fn letters(&self) -> usize {
        self.text.chars().filter(|c| c.is_alphanumeric()).count()
    }
}

impl Line {
    /// The words with one space between them.
    pub fn text(&self) -> String {
        let words: Vec<&str> = self.words.iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }

    /// The smallest box around the words.
    pub fn bounds(&self) -> PixelBox {
        let boxes = self.words.iter().map(|word| word.bounds);
        boxes.reduce(|around, next| around.union(&next)).unwrap_or_default()
    }
}

impl Reading {
    /// A reading of a page without words.
    pub fn empty(engine: EngineIdentity) -> Self {
        Self { engine, lines: Vec::new() }
    }

    /// Every word in reading order.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.lines.iter().flat_map(|line| &line.words)
    }

    /// The lines, one a row, with an empty row between blocks.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (index, line) in self.lines.iter().enumerate() {
            if index > 0 {
                text.push_str(if self.lines[index - 1].block == line.block { "\n" } else { "\n\n" });
            }
            text.push_str(&line.text());
        }
        text
    }

    /// Mean confidence, every letter counting once; 0 when nothing was read.
    pub fn mean_confidence(&self) -> f32 {
        let letters: usize = self.words().map(Word::letters).sum();
        if letters == 0 {
            return 0.0;
        }
        let sum: f64 = self.words().map(|word| f64::from(word.confidence) * word.letters() as f64).sum();
        (sum / letters as f64) as f32
    }

    /// Letters in words of at least [`CONFIDENT_MIN`]: of two readings of one page, the better one has more.
    pub fn confident_letters(&self) -> usize {
        self.words().filter(|word| word.confidence >= CONFIDENT_MIN).map(Word::letters).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(left: u32, top: u32, width: u32, height: u32) -> PixelBox {
        PixelBox { left, top, width, height }
    }

    fn word(text: &str, left: u32, confidence: f32) -> Word {
        Word { text: text.into(), bounds: square(left, 10, 20, 5), confidence }
    }

    fn reading(lines: Vec<Line>) -> Reading {
        let engine = EngineIdentity {
            name: "by hand".into(),
            version: "1".into(),
            model: "none".into(),
            model_sha256: String::new(),
        };
        Reading { engine, lines }
    }

    #[test]
    fn boxes_meet() {
        let check = |a: PixelBox, b: PixelBox, union: PixelBox, area: u64| {
            assert_eq!(a.union(&b), union);
            assert_eq!(b.union(&a), union);
            assert_eq!(a.intersection_area(&b), area);
        };
        check(square(0, 0, 4, 4), square(2, 2, 4, 4), square(0, 0, 6, 6), 4);
        check(square(0, 0, 2, 2), square(5, 7, 1, 1), square(0, 0, 6, 8), 0);
        check(square(3, 3, 2, 2), square(0, 0, 9, 9), square(0, 0, 9, 9), 4);
        check(square(0, 0, 4, 4), square(4, 0, 4, 4), square(0, 0, 8, 4), 0);
    }

    #[test]
    fn a_word_stands_in_the_cell_that_holds_its_middle() {
        let cell = square(10, 10, 10, 10);
        assert!(cell.contains_center_of(&square(5, 12, 12, 4)));
        assert!(!cell.contains_center_of(&square(0, 12, 12, 4)));
        assert!(!cell.contains_center_of(&square(18, 12, 5, 4)));
    }

    #[test]
    fn text_has_one_row_a_line_and_a_gap_between_blocks() {
        let line = |text: &str, block| Line { words: vec![word(text, 0, 90.0), word("x", 30, 90.0)], block };
        let page = reading(vec![line("a", 0), line("b", 0), line("c", 1)]);
        assert_eq!(page.text(), "a x\nb x\n\nc x");
        assert_eq!(page.lines[0].bounds(), square(0, 10, 50, 5));
        assert_eq!(reading(vec![]).text(), "");
    }

    #[test]
    fn confidence_is_weighted_by_letters() {
        let page =
            reading(vec![Line { words: vec![word("ba.", 0, 90.0), word("sáuchữ", 30, 50.0)], block: 0 }]);
        assert_eq!(page.mean_confidence(), 60.0);
        assert_eq!(page.confident_letters(), 2);
        assert_eq!(reading(vec![]).mean_confidence(), 0.0);
    }
}
