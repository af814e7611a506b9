//! Words whose boxes cannot hold their letters (what leaders, accents and signatures were taken for), words that were read twice, and
//! words torn in two.

use super::accents::give_accents;
use super::strip::{are_level, text_height};
use ocr::{Reading, Word};
use repository::spelling::fold;

// Lengths in heights of the page's words.
/// Letters are higher than this; what remains of a leader or of an accent is not.
const LETTER_HEIGHT_MIN: f32 = 0.3;
/// A few letters as high as this are a signature, unless a title is read surely.
const SIGNATURE_HEIGHT_MIN: f32 = 2.4;
const SIGNATURE_CONFIDENCE_MAX: f32 = 75.0;
/// Few letters, each as wide as this, are a flourish,
const LETTER_WIDTH_MAX: f32 = 1.8;
const FLOURISH_CONFIDENCE_MAX: f32 = 60.0;
/// and so are some letters higher than a line that were read with no confidence to speak of.
const LINE_HEIGHT_MAX: f32 = 1.7;
const TALL_CONFIDENCE_MIN: f32 = 40.0;
const TALL_LETTERS_MAX: usize = 6;
/// Words of a signature have no more letters than this.
const FLOURISH_LETTERS_MAX: usize = 3;
/// Parts of one word stand closer than this: of 17,415 gaps between words read rightly the narrowest was 0.13, but for boxes that lay
/// over each other.
const TORN_GAP: std::ops::RangeInclusive<f32> = -0.05..=0.11;

/// Signs inside dates and numbers.
const FIGURE_SIGNS: &[char] = &['/', '-', '.'];

/// Drops words that no letters can have, from the first reading and from each look after it. An accent that was taken for a whole word
/// is given to the word below it.
pub(super) fn drop_misshapen(reading: &mut Reading, dpi: u32) {
    let text_height = text_height(reading, dpi);
    let is_flat =
        |word: &Word| word.letters() > 0 && (word.bounds.height as f32) < LETTER_HEIGHT_MIN * text_height;
    let flat: Vec<Word> = reading.words().filter(|word| is_flat(word)).cloned().collect();
    give_accents(reading, &flat);
    for line in &mut reading.lines {
        line.words.retain(|word| !is_flat(word) && !is_flourish(word, text_height));
    }
    reading.lines.retain(|line| !line.words.is_empty());
}

fn is_flourish(word: &Word, text_height: f32) -> bool {
    let height = word.bounds.height as f32 / text_height;
    let letter_width = word.bounds.width as f32 / text_height / word.letters().max(1) as f32;
    let few = (1..=FLOURISH_LETTERS_MAX).contains(&word.letters());
    few && height >= SIGNATURE_HEIGHT_MIN && word.confidence < SIGNATURE_CONFIDENCE_MAX
        || few && letter_width >= LETTER_WIDTH_MAX && word.confidence < FLOURISH_CONFIDENCE_MAX
        || height >= LINE_HEIGHT_MAX
            && word.confidence < TALL_CONFIDENCE_MIN
            && (1..=TALL_LETTERS_MAX).contains(&word.letters())
}

/// Drops words that lie on another one which says the same: a line was read twice.
pub(super) fn drop_doubles(reading: &mut Reading) {
    let words: Vec<Word> = reading.words().cloned().collect();
    let doubles: Vec<bool> = (0..).zip(&words).map(|(at, word)| is_double(at, word, &words)).collect();
    let mut at = 0;
    for line in &mut reading.lines {
        line.words.retain(|_| {
            at += 1;
            !doubles[at - 1]
        });
    }
    reading.lines.retain(|line| !line.words.is_empty());
}

/// Of two words in one place whose letters are the same, or some of the other's, the one with fewer letters is the double; of such the less
/// sure one, of such the smaller one, of such the later one. What has no letters says nothing.
fn is_double(at: usize, word: &Word, words: &[Word]) -> bool {
    let is_lesser = |other: &Word, other_at: usize| {
        let by_letters = word.letters().cmp(&other.letters());
        let by_confidence = by_letters.then(word.confidence.total_cmp(&other.confidence));
        by_confidence.then(word.bounds.area().cmp(&other.bounds.area())).then(other_at.cmp(&at)).is_lt()
    };
    let is_in_place = |other: &Word| {
        let smaller = word.bounds.area().min(other.bounds.area());
        word.bounds.intersection_area(&other.bounds) * 2 > smaller
    };
    let mut others = (0..).zip(words).filter(|(other_at, _)| *other_at != at);
    word.letters() > 0
        && others.any(|(other_at, other)| {
            is_in_place(other) && is_lesser(other, other_at) && fold(&other.text).contains(&fold(&word.text))
        })
}

/// Joins the parts of a word that the engine tore: a capital and what follows, figures around a stroke.
pub(super) fn join_torn(reading: &mut Reading, dpi: u32) {
    let text_height = text_height(reading, dpi);
    for line in &mut reading.lines {
        let mut joined: Vec<Word> = Vec::new();
        for word in line.words.drain(..) {
            match joined.last_mut().filter(|last| is_torn(last, &word, text_height)) {
                Some(last) => {
                    last.text.push_str(&word.text);
                    last.bounds = last.bounds.union(&word.bounds);
                    last.confidence = last.confidence.min(word.confidence);
                }
                None => joined.push(word),
            }
        }
        line.words = joined;
    }
}

fn is_torn(a: &Word, b: &Word, text_height: f32) -> bool {
    let gap = (f64::from(b.bounds.left) - f64::from(a.bounds.right())) as f32 / text_height;
    TORN_GAP.contains(&gap) && goes_on(&a.text, &b.text) && are_level(&a.bounds, &b.bounds)
}

/// Whether letters follow a lone capital, or figures figures and the signs between them. A unit is a word of its own.
fn goes_on(a: &str, b: &str) -> bool {
    let is_figures = |text: &str| text.chars().all(|c| c.is_ascii_digit() || FIGURE_SIGNS.contains(&c));
    let is_capital = a.chars().count() == 1 && a.chars().all(char::is_uppercase);
    let follows = b.chars().next().is_some_and(char::is_alphabetic) && b.chars().count() > 1;
    is_capital && follows || is_figures(a) && is_figures(b) && b.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{at, reading, word};

    /// Twenty-pixel words and the one that is looked at, in a line of its own.
    fn with(extra: Word) -> Reading {
        let text = |left: u32| word("đường", at(left, 100, 60, 20), 96.0);
        reading(vec![vec![text(100), text(180), text(260)], vec![extra]])
    }

    #[test]
    fn what_cannot_be_letters_is_dropped() {
        let check = |text: &str, (width, height): (u32, u32), confidence: f32, stays: bool| {
            let mut page = with(word(text, at(100, 300, width, height), confidence));
            drop_misshapen(&mut page, 200);
            assert_eq!(page.lines.len() == 2, stays, "{text} {width} × {height}, {confidence}");
        };
        check("ng", (60, 3), 90.0, false);
        check("ta", (200, 90), 50.0, false);
        check("nt", (140, 18), 21.0, false);
        check("vxxxy", (250, 45), 16.0, false);
        check("-", (10, 3), 90.0, true);
        check("ta", (24, 20), 50.0, true);
        check("QUYẾT", (300, 50), 96.0, true);
        check("ĐI", (120, 60), 96.0, true);
    }

    #[test]
    fn an_accent_read_as_a_word_goes_to_the_word_below() {
        let mut page = with(word("các", at(120, 292, 5, 5), 96.0));
        page.lines.push(ocr::Line { words: vec![word("cac", at(100, 300, 40, 20), 96.0)], block: 0 });
        drop_misshapen(&mut page, 200);
        assert_eq!(page.lines[1].text(), "các");
        assert_eq!(page.lines.len(), 2);
    }

    #[test]
    fn a_word_read_twice_stands_once() {
        let check = |text: &str, left: u32, lines: usize| {
            let mut page = with(word(text, at(left, 105, 50, 14), 90.0));
            drop_doubles(&mut page);
            assert_eq!(page.lines.len(), lines, "{text} at {left}");
        };
        check("đường", 180, 1);
        check("dườn", 180, 1);
        check("đường", 400, 2);
        check("phố", 180, 2);
        check("…", 180, 2);
        let same = |bounds: ocr::PixelBox, confidence: f32, expected: &str| {
            let mut page = with(word("Đường", bounds, confidence));
            drop_doubles(&mut page);
            assert_eq!(page.text(), expected, "{bounds:?} {confidence}");
        };
        same(at(100, 100, 60, 20), 96.0, "đường đường đường");
        same(at(98, 98, 66, 24), 90.0, "đường đường đường");
        same(at(100, 100, 58, 18), 97.0, "đường đường\nĐường");
    }

    #[test]
    fn torn_words_are_joined() {
        let check = |a: &str, b: &str, gap: u32, expected: &str| {
            let second = at(160 + gap, 100, 60, 20);
            let mut page = reading(vec![vec![word(a, at(100, 100, 60, 20), 90.0), word(b, second, 80.0)]]);
            join_torn(&mut page, 200);
            assert_eq!(page.text(), expected);
        };
        check("H", "ÙNG", 1, "HÙNG");
        check("5/", "6/1973", 2, "5/6/1973");
        check("Thị", "Lan", 5, "Thị Lan");
        check("tên:", "Lan", 1, "tên: Lan");
        check("(", "Lan", 1, "( Lan");
        check("06", "năm", 1, "06 năm");
        check("45", "m²", 1, "45 m²");
    }
}
