//! Vietnamese spelling: what two writings of a word have in common, how far two words are apart, and which syllables and surnames
//! there are. Facts of the language, nothing of any paper.

mod surname;
mod syllable;

pub use surname::{Surname, surname};
pub use syllable::is_syllable;

use unicode_normalization::UnicodeNormalization;

/// The five tones that carry a mark (huyền, sắc, ngã, hỏi, nặng), as combining letters.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// Lower case without accents, letters and digits only: `Đắk Lắk` and `DAK LAK` fold to `daklak`.
pub fn fold(text: &str) -> String {
    let bare = text.nfd().filter(|letter| letter.is_alphanumeric());
    bare.flat_map(char::to_lowercase).map(|letter| if letter == 'đ' { 'd' } else { letter }).collect()
}

/// A syllable without its tone, and the tone. It does not matter on which vowel the tone was written: `hoà` and `hòa` are one.
pub(crate) fn without_tone(syllable: &str) -> (String, Option<char>) {
    let lower = syllable.to_lowercase();
    let tone = lower.nfd().find(|letter| TONES.contains(letter));
    (lower.nfd().filter(|letter| !TONES.contains(letter)).nfc().collect(), tone)
}

/// Whether two texts are one name: case, spaces, marks between words and the place of the tone do not matter, accents do.
pub fn is_same_name(one: &str, other: &str) -> bool {
    name_key(one) == name_key(other)
}

/// Whether two names are one but for letter case, spaces, punctuation and accents, which papers of one person write differently.
pub fn is_same_but_for_accents(one: &str, other: &str) -> bool {
    fold(one) == fold(other)
}

/// What [`is_same_name`] compares.
pub(crate) fn name_key(name: &str) -> String {
    let syllables = name.split(|letter: char| !letter.is_alphanumeric() && !is_mark(letter));
    let keys = syllables.filter(|syllable| !syllable.is_empty()).map(|syllable| {
        let (bare, tone) = without_tone(syllable);
        bare.chars().chain(tone).collect::<String>()
    });
    keys.collect::<Vec<_>>().join(" ")
}

fn is_mark(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

/// Letters that must be put in, left out or replaced to make one text of the other, if no more than `max`.
pub fn distance_within(one: &str, other: &str, max: usize) -> Option<usize> {
    // Most pairs end here, before anything is set aside for them.
    if one.chars().count().abs_diff(other.chars().count()) > max {
        return None;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut costs: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut costs[0], row + 1);
        for column in 0..other.len() {
            let replaced = diagonal + usize::from(*letter != other[column]);
            diagonal = costs[column + 1];
            costs[column + 1] = replaced.min(diagonal + 1).min(costs[column] + 1);
        }
    }
    costs.last().copied().filter(|cost| *cost <= max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_whatever_the_case_and_the_place_of_the_tone() {
        let check =
            |one: &str, other: &str, same: bool| assert_eq!(is_same_name(one, other), same, "{one} {other}");
        check("NGUYỄN KHÁNH AN", "Nguyễn Khánh An", true);
        check("Hoà Bình", "Hòa Bình", true);
        check("Bà Rịa - Vũng Tàu", "Bà Rịa – Vũng Tàu", true);
        check("Nguyễn", "Nguyên", false);
        check("Bà", "Ba", false);
        check("Thủy", "Thuỷ", true);
    }

    #[test]
    fn papers_of_one_person_write_the_name_with_other_accents() {
        let check = |one: &str, other: &str, same| {
            assert_eq!(is_same_but_for_accents(one, other), same, "{one} {other}");
        };
        check("Trần Văn Mẫu", "TRẦN  VĂN MẦU", true);
        check("Đỗ Thị Mơ", "do thi mo", true);
        check("Đỗ Thị Mơ", "\u{110}o\u{302}\u{303} Thi\u{323} Mo\u{31b}", true);
        check("Công ty TNHH Mẫu - Một", "CÔNG TY TNHH MẪU MỘT", true);
        check("Trần Văn Mẫu", "Trần Văn Mới", false);
        check("Trần Văn Mẫu", "Trần Mẫu", false);
        check("", "Trần Văn Mẫu", false);
    }

    #[test]
    fn distances_count_letters_and_end_at_the_bound() {
        let check = |one: &str, other: &str, max, expected| {
            assert_eq!(distance_within(one, other, max), expected, "{one} {other}")
        };
        check("khaisinh", "khaisinh", 0, Some(0));
        check("khaisinh", "khalsinh", 2, Some(1));
        check("khaisinh", "khasinh", 2, Some(1));
        check("khaisinh", "khaisinhh", 2, Some(1));
        check("khaisinh", "khaitu", 2, None);
        check("", "ab", 2, Some(2));
    }

    #[test]
    fn folding_drops_accents_and_marks() {
        assert_eq!(fold("Đắk Lắk,"), "daklak");
        assert_eq!(fold("QĐ-UBND"), "qdubnd");
    }
}
