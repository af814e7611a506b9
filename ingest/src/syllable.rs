//! Whether a written word can be a Vietnamese syllable: initial consonant, vowels, final consonant, at most one tone.
//!
//! A loose grammar: it tells Vietnamese from letters that went through the wrong table, not right spelling from wrong.

use unicode_normalization::UnicodeNormalization;

/// Initials, longer ones first.
const INITIALS: &[&str] = &[
    "ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu", "b", "c", "d", "đ", "g", "h", "k",
    "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];
const FINALS: &[&str] = &["", "c", "ch", "m", "n", "ng", "nh", "p", "t"];
/// Vowel groups, without tones; the last row is for text written without any marks.
const VOWELS: &[&str] = &[
    "a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "ay", "âu", "ây", "eo",
    "êu", "ia", "iê", "iu", "oa", "oă", "oe", "oi", "oo", "ôi", "ơi", "ua", "uâ", "uê", "ui", "uô", "uơ",
    "uy", "ưa", "ưi", "ươ", "ưu", "yê", "iêu", "oai", "oao", "oay", "oeo", "uao", "uây", "uôi", "uya", "uyê",
    "uyu", "ươi", "ươu", "yêu", "ie", "uo", "ye", "ue", "ieu", "uay", "uoi", "uou", "uye", "yeu",
];
/// Words in capitals up to this long are taken for abbreviations: UBND, TNHH, CCCD.
const ABBREVIATION_MAX: usize = 6;

/// Signs inside file numbers, addresses and compound words.
const CODE_SIGNS: &str = "/.:-_@&+%#";

/// `None` for what is no word to judge: numbers, abbreviations, single letters, codes.
pub(crate) fn is_likely(word: &str) -> Option<bool> {
    let bare = word.trim_matches(|c: char| c.is_ascii_punctuation() || "“”‘’…–—".contains(c));
    let is_code = bare.chars().any(|c| c.is_ascii_digit() || CODE_SIGNS.contains(c));
    let letters = bare.chars().count();
    if is_code
        || letters < 2
        || (letters <= ABBREVIATION_MAX && bare.chars().all(|c| c.is_uppercase() && c.is_ascii()))
    {
        return None;
    }
    Some(has_one_case(bare) && is_syllable(&bare.to_lowercase()))
}

/// All capitals, all small, or one capital in front.
fn has_one_case(word: &str) -> bool {
    let behind_first = || word.chars().skip(1);
    behind_first().all(|c| !c.is_uppercase()) || word.chars().all(|c| !c.is_lowercase())
}

fn is_syllable(word: &str) -> bool {
    let mut tones = 0;
    let toneless: String = word
        .nfd()
        .filter(|c| {
            let is_tone = matches!(c, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
            tones += usize::from(is_tone);
            !is_tone
        })
        .nfc()
        .collect();
    tones <= 1 && INITIALS.iter().any(|initial| toneless.strip_prefix(initial).is_some_and(is_rhyme))
}

fn is_rhyme(rhyme: &str) -> bool {
    FINALS.iter().any(|last| rhyme.strip_suffix(last).is_some_and(|vowels| VOWELS.contains(&vowels)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &str, expected: Option<bool>) {
        for word in words.split_whitespace() {
            assert_eq!(is_likely(word), expected, "{word}");
        }
    }

    #[test]
    fn syllables_are_told_from_mojibake() {
        check(
            "nghiêng Quyết định khuỷu thuở yêu nước giếng gì Đường ƯƠNG hòa hoà quốc tuyên gia UỶ Viet nguoi duoc",
            Some(true),
        );
        check("chøng nhËn GiÊy ®¨ng h«n Dpoh Nfxt Coäng hoøa strict DộOH!IÓB!YÄ", Some(false));
        check("12 UBND TNHH 118/2025/NĐ-CP a . a@b.vn", None);
    }
}
