//! The capital of *Ia*, water, with which hundreds of names of places in the Central Highlands begin: most faces draw it like a small l.

use ocr::Reading;

/// Words after which the name of a place stands.
const UNIT_WORDS: &[&str] =
    &["xã", "huyện", "phường", "thị", "trấn", "suối", "làng", "thôn", "buôn", "hồ", "sông"];

/// Writes *Ia* for *la* where the name of a place begins: behind the word for what it is, or at the beginning of a line, and before a capital.
pub(super) fn mend_ia(reading: &mut Reading) {
    for line in &mut reading.lines {
        for at in 0..line.words.len() {
            let begins = |word: &ocr::Word| word.text.starts_with(char::is_uppercase);
            let is_name = line.words.get(at + 1).is_some_and(begins);
            let before = at.checked_sub(1).map(|before| line.words[before].text.to_lowercase());
            let is_place = before.is_none_or(|before| UNIT_WORDS.contains(&before.as_str()));
            if line.words[at].text == "la" && is_name && is_place {
                line.words[at].text = "Ia".into();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::page;

    #[test]
    fn water_begins_with_a_capital() {
        let check = |text: &str, expected: &str| {
            let mut page = page(&[&[(0, 0, text)]]);
            mend_ia(&mut page);
            assert_eq!(page.text(), expected);
        };
        check("Thôn 5, xã la Blang, huyện Chư Sê", "Thôn 5, xã Ia Blang, huyện Chư Sê");
        check("la Blang, ngày 5", "Ia Blang, ngày 5");
        check("XÃ la Grai", "XÃ Ia Grai");
        check("kêu la Nam", "kêu la Nam");
        check("xã la liệt", "xã la liệt");
    }
}
