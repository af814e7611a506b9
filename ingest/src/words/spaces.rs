//! Spaces that the engine did not see: `Dântộc`, `1.Họvàtên:`, `đệm,tên`, `Ảnh4x6cm`.
//!
//! A word is parted only where both the ink and the letters say so: a gap much wider than those between its letters, at a place
//! where a word may end, and what stands on either side is a word.

use super::strip::text_height;
use crate::marks::Mark;
use ocr::{PixelBox, Reading, Word};
use repository::spelling::is_syllable;

/// Words longer than this are no words.
const LETTERS_MAX: usize = 30;
/// Spaces that one word may hide.
const SPACES_MAX: usize = 3;
/// Marks much higher than the text are rules and frames.
const MARK_HEIGHT_MAX: f32 = 2.0;
/// A space is this part of the text's height or wider: a quarter of an em is 0.3 of it, gaps between letters are 0.05–0.15.
const SPACE_MIN: f32 = 0.22;
/// It is this much wider than the gaps between the letters of the same word; typewriters set narrow letters far apart.
const SPACE_TIMES: f32 = 1.6;
/// Letters between the gap and the place where the word is parted.
const LETTERS_OFF_MAX: f32 = 1.3;

/// Capitals without a tone up to this many are letters of a code: VT, UBND.
const ABBREVIATION_MAX: usize = 5;
/// Units of measure that follow figures.
const UNITS: &[&str] = &["m", "m²", "m2", "cm", "ha", "kg", "km"];

/// A gap in the ink of a word: its middle as a share of the word's width, and its width in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Gap {
    at: f32,
    pixels: u32,
}

/// Parts the words of a page that are two or more. `marks`: its ink.
pub(crate) fn part_words(reading: &mut Reading, marks: &[Mark], dpi: u32) {
    let text_height = text_height(reading, dpi);
    for line in &mut reading.lines {
        if line.words.iter().any(may_be_parted) {
            line.words = line.words.drain(..).flat_map(|word| parted(word, marks, text_height)).collect();
        }
    }
}

fn may_be_parted(word: &Word) -> bool {
    let letters = word.text.chars().count();
    (3..=LETTERS_MAX).contains(&letters) && !is_word(&word.text)
}

fn parted(word: Word, marks: &[Mark], text_height: f32) -> Vec<Word> {
    if !may_be_parted(&word) {
        return vec![word];
    }
    let spaces = spaces(gaps(&word.bounds, marks, text_height), text_height);
    match cuts(&word.text, &spaces) {
        Some(cuts) => parts(&word, &cuts, &spaces),
        None => vec![word],
    }
}

/// White columns between the ink of a word, from left to right.
fn gaps(word: &PixelBox, marks: &[Mark], text_height: f32) -> Vec<Gap> {
    let is_letter = |mark: &&Mark| {
        let middle = mark.bounds.top + mark.bounds.height / 2;
        mark.bounds.height as f32 <= MARK_HEIGHT_MAX * text_height
            && (word.top..word.bottom()).contains(&middle)
            && mark.bounds.left < word.right()
            && word.left < mark.bounds.right()
    };
    let mut inked: Vec<(u32, u32)> =
        marks.iter().filter(is_letter).map(|mark| (mark.bounds.left, mark.bounds.right())).collect();
    inked.sort_unstable();
    let mut end = inked.first().map_or(0, |first| first.1);
    let mut gaps = Vec::new();
    for (left, right) in inked {
        if left > end {
            let at = ((left + end) as f32 / 2.0 - word.left as f32) / word.width.max(1) as f32;
            gaps.push(Gap { at, pixels: left - end });
        }
        end = end.max(right);
    }
    gaps
}

/// Those of the gaps that are spaces, from left to right; none where that is in doubt.
fn spaces(gaps: Vec<Gap>, text_height: f32) -> Vec<Gap> {
    let mut by_width = gaps;
    by_width.sort_by_key(|gap| std::cmp::Reverse(gap.pixels));
    let is_wide = |gap: &Gap| gap.pixels as f32 >= SPACE_MIN * text_height;
    let is_space = |count: &usize| {
        let narrowest = by_width[*count - 1];
        let next = by_width.get(*count).map_or(0, |gap| gap.pixels);
        is_wide(&narrowest) && narrowest.pixels as f32 >= SPACE_TIMES * next as f32
    };
    let count = (1..=by_width.len().min(SPACES_MAX)).rev().find(is_space).unwrap_or(0);
    by_width.truncate(count);
    by_width.sort_by(|a, b| a.at.total_cmp(&b.at));
    by_width
}

/// Before which letters the word is parted, one for each space: the nearest places that leave words on all sides.
fn cuts(text: &str, spaces: &[Gap]) -> Option<Vec<usize>> {
    let letters: Vec<char> = text.chars().collect();
    let ends = ends(&letters);
    let mut ways: Vec<(f32, Vec<usize>)> = vec![(0.0, Vec::new())];
    for space in spaces {
        let near = |cut: &usize| (ends[*cut] - space.at * ends[letters.len()]).abs();
        let places: Vec<usize> = (1..letters.len()).filter(|cut| near(cut) <= LETTERS_OFF_MAX).collect();
        let longer = |(off, way): &(f32, Vec<usize>)| {
            let behind = places.iter().filter(|cut| way.last().is_none_or(|last| *cut > last));
            let longer = |cut: &usize| (off + near(cut), way.iter().copied().chain([*cut]).collect());
            behind.map(longer).collect::<Vec<_>>()
        };
        ways = ways.iter().flat_map(longer).collect();
    }
    ways.retain(|(_, way)| !way.is_empty() && are_words(&pieces(&letters, way)));
    ways.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, way)| way)
}

/// How far each letter reaches, in widths of an ordinary small letter.
fn ends(letters: &[char]) -> Vec<f32> {
    let width = |letter: char| match letter {
        'i' | 'l' | 'j' | 't' | 'f' | 'r' | 'I' | '1' | '.' | ',' | ':' | ';' | '(' | ')' | 'í' | 'ì'
        | 'ị' | 'ỉ' | 'ĩ' => 0.6,
        'm' | 'w' => 1.6,
        letter if letter.is_uppercase() => 1.4,
        _ => 1.0,
    };
    let mut ends = vec![0.0];
    for letter in letters {
        ends.push(ends[ends.len() - 1] + width(*letter));
    }
    ends
}

fn pieces(letters: &[char], cuts: &[usize]) -> Vec<String> {
    let starts = [0].into_iter().chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain([letters.len()]);
    starts.zip(ends).map(|(start, end)| letters[start..end].iter().collect()).collect()
}

/// Whether all of them can stand between spaces. A capital alone is a name's torn beginning, unless its unit follows: `X (m)`.
fn are_words(pieces: &[String]) -> bool {
    let is_alone = |piece: &String| piece.len() == 1 && piece.starts_with(|c: char| c.is_ascii_uppercase());
    let before_unit = |at: usize| pieces.get(at + 1).is_some_and(|next| next.starts_with('('));
    pieces.iter().enumerate().all(|(at, piece)| is_word(piece) && (!is_alone(piece) || before_unit(at)))
}

/// Whether a text can stand between two spaces: a syllable, figures with their marks, letters of a code or a unit, signs around them.
fn is_word(text: &str) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let opens = text.chars().take_while(|c| !c.is_alphanumeric()).all(|c| matches!(c, '(' | '“' | '"' | '-'));
    let letters = bare.chars().count();
    let is_all = |is: fn(char) -> bool| bare.chars().all(is);
    match () {
        () if bare.is_empty() => false,
        () if bare.chars().any(|c| c.is_ascii_digit()) => is_all(|c| !c.is_alphabetic() || c == 'x'),
        () if !opens => false,
        () if is_all(|c| c.is_ascii_uppercase()) => letters <= ABBREVIATION_MAX,
        () => has_one_case(bare) && (is_syllable(bare) || UNITS.contains(&bare)),
    }
}

/// All capitals, all small, or one capital in front: `ViệtNam` is two words.
fn has_one_case(word: &str) -> bool {
    word.chars().skip(1).all(|c| !c.is_uppercase()) || word.chars().all(|c| !c.is_lowercase())
}

/// The word cut before the letters `cuts`, each part with its share of the box.
fn parts(word: &Word, cuts: &[usize], spaces: &[Gap]) -> Vec<Word> {
    let letters: Vec<char> = word.text.chars().collect();
    let edge = |at: f32, side: f32| word.bounds.left + (at * word.bounds.width as f32 + side).max(0.0) as u32;
    let lefts =
        [word.bounds.left].into_iter().chain(spaces.iter().map(|gap| edge(gap.at, gap.pixels as f32 / 2.0)));
    let rights = spaces.iter().map(|gap| edge(gap.at, gap.pixels as f32 / -2.0)).chain([word.bounds.right()]);
    let place =
        |(left, right): (u32, u32)| PixelBox { left, width: right.saturating_sub(left), ..word.bounds };
    let texts = pieces(&letters, cuts).into_iter();
    texts
        .zip(lefts.zip(rights))
        .map(|(text, ends)| Word { text, bounds: place(ends), confidence: word.confidence })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{at, reading, word};

    /// A word whose letters are 8 pixels wide and 2 apart, with 8 more before each letter that follows a space of `written`.
    fn read(written: &str) -> String {
        let mut marks = Vec::new();
        let mut left = 100;
        for letter in written.chars() {
            if letter == ' ' {
                left += 8;
                continue;
            }
            marks.push(Mark { bounds: at(left, 100, 8, 20), pixels: 90 });
            left += 10;
        }
        let glued = word(&written.replace(' ', ""), at(100, 96, left - 102, 28), 80.0);
        let mut page = reading(vec![vec![glued, word("Quê", at(800, 96, 40, 28), 95.0)]]);
        part_words(&mut page, &marks, 200);
        page.text()
    }

    #[test]
    fn words_are_parted_where_ink_and_letters_say_so() {
        let check = |written: &str| assert_eq!(read(written), format!("{written} Quê"));
        check("Dân tộc:");
        check("cư trú");
        check("Việt Nam");
        check("1. Họ và tên:");
        check("đệm, tên");
        check("Ảnh 4x6 cm");
        check("VP 22546");
        check("377,4 m");
        check("XÃ CỦ CHI");
        check("Lưu: VT");
        check("ngày 05");
        check("X (m)");
    }

    #[test]
    fn words_stay_whole_without_a_space_in_the_ink_or_a_word_in_the_letters() {
        let check = |written: &str, expected: &str| assert_eq!(read(written), format!("{expected} Quê"));
        check("Dântộc:", "Dântộc:");
        check("ngh iêng", "nghiêng");
        check("0790 98030218", "079098030218");
        check("Bl ang", "Blang");
        check("lienhe12@cong ty.example", "lienhe12@congty.example");
        check("KT-63/ 2024", "KT-63/2024");
    }

    #[test]
    fn the_parts_keep_their_places() {
        let marks: Vec<Mark> =
            [100, 110, 130, 140].map(|left| Mark { bounds: at(left, 100, 8, 20), pixels: 9 }).into();
        let glued = word("làđi", at(100, 100, 48, 20), 80.0);
        let words = parted(glued, &marks, 20.0);
        let places: Vec<(&str, u32, u32)> =
            words.iter().map(|word| (word.text.as_str(), word.bounds.left, word.bounds.width)).collect();
        assert_eq!(places, [("là", 100, 18), ("đi", 130, 18)]);
    }
}
