//! The last step that every engine shares: raw findings become a [`Reading`] that keeps the contract.

use image::GrayImage;
use unicode_normalization::UnicodeNormalization;

use crate::{EngineIdentity, Line, PixelBox, Reading, Word};

/// A word as an engine found it, before anything is promised about it.
#[derive(Clone, Debug, PartialEq)]
pub struct RawWord {
    /// Supposed to be UTF-8.
    pub text: Vec<u8>,
    /// First column; may lie outside the page.
    pub left: i64,
    /// First row; may lie outside the page.
    pub top: i64,
    /// Columns; may be nought or less.
    pub width: i64,
    /// Rows; may be nought or less.
    pub height: i64,
    /// Supposed to be between 0 and 100.
    pub confidence: f32,
}

/// Raw words of one line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawLine {
    /// The words in reading order.
    pub words: Vec<RawWord>,
    /// Number of the block on the page.
    pub block: u32,
}

/// Makes a reading of what an engine found on `page`: text repaired to NFC, boxes cut to the page, confidence brought to
/// 0..=100. Words without text or outside the page, and lines without words, are left out.
pub fn tidy(engine: &EngineIdentity, lines: Vec<RawLine>, page: &GrayImage) -> Reading {
    let lines = lines.into_iter().filter_map(|line| tidy_line(line, page)).collect();
    Reading { engine: engine.clone(), lines }
}

fn tidy_line(line: RawLine, page: &GrayImage) -> Option<Line> {
    let words: Vec<Word> = line.words.iter().filter_map(|word| tidy_word(word, page)).collect();
    (!words.is_empty()).then_some(Line { words, block: line.block })
}

fn tidy_word(word: &RawWord, page: &GrayImage) -> Option<Word> {
    let text = tidy_text(&word.text);
    let bounds = cut_to(word, page)?;
    let confidence = if word.confidence.is_finite() { word.confidence.clamp(0.0, 100.0) } else { 0.0 };
    (!text.is_empty()).then_some(Word { text, bounds, confidence })
}

/// Bytes that are no UTF-8 are dropped with the control and zero-width characters: a searcher could never type them.
fn tidy_text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let visible: String =
        text.chars().filter(|c| c.is_whitespace() || !is_invisible(*c)).map(as_printed).nfc().collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Models tell a stroke sometimes as the fraction slash; no Vietnamese office prints one, and numbers are compared letter by letter.
fn as_printed(c: char) -> char {
    if c == '\u{2044}' { '/' } else { c }
}

fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{FFFD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}')
}

fn cut_to(word: &RawWord, page: &GrayImage) -> Option<PixelBox> {
    let cut = |start: i64, length: i64, end: u32| {
        let first = start.clamp(0, i64::from(end));
        let last = start.saturating_add(length).clamp(0, i64::from(end));
        (last > first).then_some((first as u32, (last - first) as u32))
    };
    let (left, width) = cut(word.left, word.width, page.width())?;
    let (top, height) = cut(word.top, word.height, page.height())?;
    Some(PixelBox { left, top, width, height })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_repaired() {
        let check = |bytes: &[u8], expected: &str| assert_eq!(tidy_text(bytes), expected);
        check("Nguyễn".as_bytes(), "Nguyễn");
        check("Nguye\u{0302}\u{0303}n".as_bytes(), "Nguyễn");
        check("e\u{0323}\u{0302}".as_bytes(), "ệ");
        check(b"Hu\xe1\xba", "Hu");
        check("118/2025\u{2044}NĐ-CP".as_bytes(), "118/2025/NĐ-CP");
        check(b"\xff\xfe", "");
        check(" H\u{200B}à\tNội\n".as_bytes(), "Hà Nội");
        check("a\u{0}b".as_bytes(), "ab");
    }

    #[test]
    fn boxes_are_cut_to_the_page() {
        let page = GrayImage::new(100, 50);
        let check = |(left, top, width, height), expected: Option<(u32, u32, u32, u32)>| {
            let raw = RawWord { text: b"x".to_vec(), left, top, width, height, confidence: 1.0 };
            let cut = cut_to(&raw, &page).map(|b| (b.left, b.top, b.width, b.height));
            assert_eq!(cut, expected);
        };
        check((10, 10, 20, 5), Some((10, 10, 20, 5)));
        check((-5, -5, 20, 10), Some((0, 0, 15, 5)));
        check((90, 40, 100, 100), Some((90, 40, 10, 10)));
        check((100, 0, 5, 5), None);
        check((10, 10, 0, 5), None);
        check((10, 10, -3, 5), None);
        check((i64::MAX, 0, i64::MAX, 5), None);
    }

    #[test]
    fn confidence_stays_in_its_range() {
        let page = GrayImage::new(9, 9);
        let check = |confidence: f32, expected: f32| {
            let raw = RawWord { text: b"x".to_vec(), left: 0, top: 0, width: 2, height: 2, confidence };
            assert_eq!(tidy_word(&raw, &page).map(|word| word.confidence), Some(expected));
        };
        check(55.5, 55.5);
        check(-1.0, 0.0);
        check(180.0, 100.0);
        check(f32::NAN, 0.0);
    }
}
