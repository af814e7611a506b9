//! Words that are none (specks, leaders, frames, flourishes), and signs taken for others.

use super::strip::{are_level, gap, text_height};
use ocr::{PixelBox, Reading, Word};

/// Signs without letters below this are specks, and so are lone short lines.
const NOISE_CONFIDENCE: f32 = 40.0;
/// Lines with no more letters than this are often flourishes of a signature.
const SHORT_LETTERS: usize = 3;
/// Signs by themselves are specks below this; dashes in tables get more.
const SIGN_CONFIDENCE: f32 = 85.0;
/// Signs stand by themselves when the next word is so many text heights away.
const LONE_GAP: f32 = 0.8;
/// Words of a line that lies on its side; two may be a torn word.
const LYING_WORDS_MIN: usize = 3;
/// Marks that frames, folds and specks are taken for. No Vietnamese paper prints them.
const FRAME_MARKS: &[char] = &['|', '¦', '_', '\\', '`', '´', '^', '~', '¬', '¢', '§', '¤', '¥', '€'];
/// Marks that leaders and rules are taken for.
const LEADER_MARKS: &[char] =
    &['.', '_', '…', '·', '-', '—', '–', '=', '*', '‘', '’', '\'', ',', ':', ';', '“', '”', '"'];
/// So many of them in a row are a leader, whatever else is in the word.
const LEADER_LENGTH_MIN: usize = 4;

/// Drops what specks, leaders, frames and flourishes were taken for.
pub(crate) fn drop_noise(reading: &mut Reading, dpi: u32) {
    let text_height = text_height(reading, dpi);
    for line in &mut reading.lines {
        line.words = line.words.iter().flat_map(without_leader).collect();
        for word in &mut line.words {
            word.text = without_marks(&word.text).to_owned();
        }
        line.words.retain(|word| !word.text.is_empty());
        line.words.retain(|word| word.letters() > 0 || word.confidence >= NOISE_CONFIDENCE);
        drop_lone_signs(&mut line.words, text_height);
    }
    reading.lines.retain(|line| {
        let letters: usize = line.words.iter().map(Word::letters).sum();
        let surest = line.words.iter().map(|word| word.confidence).fold(0.0, f32::max);
        letters > SHORT_LETTERS || (surest >= NOISE_CONFIDENCE && !line.words.is_empty())
    });
}

/// Drops lines whose words stand above each other: on an upright page the engine takes the numbers of a list, or the first letters of
/// rows, for a line that lies on its side. Their ink is read anew.
pub(crate) fn drop_lying_lines(reading: &mut Reading) {
    let is_above = |pair: &[Word]| {
        let (a, b) = (pair[0].bounds, pair[1].bounds);
        let shared = a.right().min(b.right()).saturating_sub(a.left.max(b.left));
        shared * 2 > a.width.min(b.width) && !are_level(&a, &b)
    };
    reading.lines.retain(|line| line.words.len() < LYING_WORDS_MIN || !line.words.windows(2).all(is_above));
}

/// Drops signs that stand by themselves between words: punctuation follows a word, and a dash of a list goes before one.
fn drop_lone_signs(words: &mut Vec<Word>, text_height: f32) {
    let boxes: Vec<PixelBox> = words.iter().map(|word| word.bounds).collect();
    let is_apart = |a: usize, b: usize| gap(&boxes[a], &boxes[b]) > LONE_GAP * text_height;
    let is_lone =
        |at: usize| (at == 0 || is_apart(at - 1, at)) && (at + 1 == boxes.len() || is_apart(at, at + 1));
    let mut at = 0;
    words.retain(|word| {
        at += 1;
        word.letters() > 0 || boxes.len() == 1 || word.confidence >= SIGN_CONFIDENCE || !is_lone(at - 1)
    });
}

/// What a leader leaves of a word: `chữ:....Ngày` is two words, each with its share of the box.
fn without_leader(word: &Word) -> Vec<Word> {
    let signs: Vec<char> = word.text.chars().collect();
    let mut parts: Vec<(usize, &[char])> = Vec::new();
    let (mut start, mut at) = (0, 0);
    for run in signs.chunk_by(|a, b| is_leader(*a) == is_leader(*b)) {
        if is_leader(run[0]) && run.len() >= LEADER_LENGTH_MIN {
            parts.push((start, &signs[start..at]));
            start = at + run.len();
        }
        at += run.len();
    }
    parts.push((start, &signs[start..]));
    parts.retain(|(_, part)| !part.is_empty());
    let place = |sign: usize| word.bounds.width * sign as u32 / signs.len() as u32;
    let part = |(start, part): (usize, &[char])| {
        let (left, right) = (place(start), place(start + part.len()));
        let bounds = PixelBox { left: word.bounds.left + left, width: right - left, ..word.bounds };
        Word { text: part.iter().collect(), bounds, confidence: word.confidence }
    };
    parts.into_iter().map(part).collect()
}

fn is_leader(sign: char) -> bool {
    matches!(sign, '.' | '_' | '…' | '·')
}

/// The word without the frame beside it; nothing of what is a leader only.
fn without_marks(text: &str) -> &str {
    let text = text.trim_matches(FRAME_MARKS);
    let is_leader_only =
        text.chars().count() >= LEADER_LENGTH_MIN && text.chars().all(|c| LEADER_MARKS.contains(&c));
    if is_leader_only { "" } else { text }
}

/// What a token would be if the letters among its digits were figures (`0790841O6l12`). A question for a second look, no answer.
/// Never for `|`, which is a frame.
pub(crate) fn figures_meant(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let looks_alike = |c: char| matches!(c, 'O' | 'o' | 'l' | 'I' | 'ó');
    if digits <= 2 * letters || !text.chars().filter(|c| c.is_alphabetic()).all(looks_alike) {
        return text.to_owned();
    }
    let digit = |c: char| match c {
        'O' | 'o' => '0',
        'l' | 'I' => '1',
        'ó' => '6',
        other => other,
    };
    text.chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{at, page, reading, word};

    #[test]
    fn noise_is_dropped_and_marks_that_mean_something_stay() {
        let anywhere = at(0, 0, 10, 10);
        let mut page = reading(vec![
            vec![word("-", anywhere, 90.0), word("Lưu", anywhere, 90.0), word("_-", anywhere, 12.0)],
            vec![word("lY", anywhere, 20.0)],
            vec![word("2", anywhere, 92.0)],
            vec![word("|", anywhere, 96.0)],
        ]);
        drop_noise(&mut page, 200);
        assert_eq!(page.text(), "- Lưu\n2");
    }

    #[test]
    fn lines_on_their_side_are_none() {
        let check = |words: Vec<Word>, lines: usize| {
            let mut page = reading(vec![words]);
            drop_lying_lines(&mut page);
            assert_eq!(page.lines.len(), lines);
        };
        let above = |count: u32| {
            (0..count).map(|at_row| word("©-", at(321, 1300 - 90 * at_row, 42, 66), 50.0)).collect()
        };
        check(above(3), 0);
        check(above(2), 1);
        check((0..3).map(|index| word("án", at(300 + 60 * index, 100, 42, 30), 96.0)).collect(), 1);
    }

    #[test]
    fn signs_between_columns_are_specks() {
        let mut page = page(&[&[(0, 0, "NGƯỜI KHAI"), (200, 0, "--"), (300, 0, "CHỦ TỊCH :")]]);
        page.lines[0].words[2].confidence = 74.0;
        drop_noise(&mut page, 200);
        assert_eq!(page.text(), "NGƯỜI KHAI CHỦ TỊCH :");
    }

    #[test]
    fn frames_fall_off_words() {
        let check = |text: &str, expected: &str| assert_eq!(without_marks(text), expected);
        check("|TẠ", "TẠ");
        check("3_", "3");
        check("_24/10/1945", "24/10/1945");
        check("-.—.-", "");
        check("ký./.", "ký./.");
        check("...", "...");
        check("-", "-");
    }

    #[test]
    fn leaders_fall_off_words_and_part_them() {
        let check = |text: &str, expected: &[(&str, u32, u32)]| {
            let width = 10 * text.chars().count() as u32;
            let words = without_leader(&word(text, at(100, 0, width, 20), 90.0));
            let words: Vec<(&str, u32, u32)> =
                words.iter().map(|word| (word.text.as_str(), word.bounds.left, word.bounds.width)).collect();
            assert_eq!(words, expected, "{text}");
        };
        check("_____", &[]);
        check("____HIỆU", &[("HIỆU", 140, 40)]);
        check("Nội......", &[("Nội", 100, 30)]);
        check("chữ:.....Ngày", &[("chữ:", 100, 40), ("Ngày", 190, 40)]);
        check("ký./.", &[("ký./.", 100, 50)]);
        check("v.v...", &[("v.v...", 100, 60)]);
        check("a_b@thu.example", &[("a_b@thu.example", 100, 150)]);
    }

    #[test]
    fn letters_between_digits_may_be_digits() {
        let check = |text: &str, expected: &str| assert_eq!(figures_meant(text), expected);
        check("0790841O6l12", "079084106112");
        check("2ó/03/1994", "26/03/1994");
        check("12|34", "12|34");
        check("TO", "TO");
        check("25A", "25A");
        check("1O", "1O");
    }
}
