//! Whether typed text says what it shows: fonts without a usable mapping to Unicode, or with the codes of the time before it
//! (TCVN3, VNI: "GiÊy chøng nhËn"), draw good letters and tell wrong ones.
//!
//! Doubt is cheap here: the page is recognised, and the typed words are kept if the picture agrees.

use super::letters::Line;
use crate::syllable;

/// More strange characters than this share: the font has no usable mapping.
const STRANGE_SHARE_MAX: f32 = 0.05;
/// Fewer likely syllables than this share among the words: of the samples' pages none is below 0.9, mojibake of TCVN3 is at 0.6,
/// shifted letters at 0.2, and English at 0.4.
const LIKELY_SHARE_MIN: f32 = 0.8;
/// Fewer words than this tell nothing of a language.
const WORDS_MIN: usize = 6;

/// Whether the picture should be asked.
pub(super) fn is_doubtful(lines: &[Line]) -> bool {
    let letters = || lines.iter().flatten().flatten().map(|letter| letter.letter);
    let strange = letters().filter(|letter| is_strange(*letter)).count();
    if strange as f32 > STRANGE_SHARE_MAX * letters().count() as f32 {
        return true;
    }
    let words =
        lines.iter().flatten().map(|word| word.iter().map(|letter| letter.letter).collect::<String>());
    is_unlikely(words)
}

fn is_unlikely(words: impl Iterator<Item = String>) -> bool {
    let judged: Vec<bool> = words.filter_map(|word| syllable::is_likely(&word)).collect();
    let likely = judged.iter().filter(|is_likely| **is_likely).count();
    judged.len() >= WORDS_MIN && (likely as f32) < LIKELY_SHARE_MIN * judged.len() as f32
}

/// Marks of a font without a usable mapping to Unicode.
fn is_strange(letter: char) -> bool {
    letter == '\u{fffd}'
        || ('\u{e000}'..='\u{f8ff}').contains(&letter)
        || (letter.is_control() && !letter.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(is_unlikely(text.split_whitespace().map(String::from)), expected, "{text}");
    }

    #[test]
    fn letters_of_another_alphabet_are_doubted() {
        check("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc", false);
        check("Căn cứ Nghị định số 118/2025/NĐ-CP ngày 09 tháng 6 năm 2025 của Chính phủ; QĐ-UBND", false);
        check("GiÊy chøng nhËn ®¨ng ký kÕt h«n cña ñy ban nh©n d©n x· Hßa B×nh", true);
        check("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam Ñoäc laäp Töï do Haïnh phuùc", true);
        check("Dìoh iõb yä iõj dið oghjã Wjêu Obn Eôd mêq Uü ep", true);
        check("DộOH!IÓB!YÄ!IộJ DIủ!OHIĩB!WJệU!OBN đỚd!mẮq!.!UỲ!ep Iạoi!qiúd gọ-!diữ ufo! Usầo! Uiị!", true);
        check("12 345 678", false);
    }
}
