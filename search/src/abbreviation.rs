//! Short forms of office papers and the words that they stand for: `UBND phường` and `Ủy ban nhân dân phường` are found by one another.
//!
//! The same table serves texts and queries. Not here: codes that are part of a number (`QĐ`, `NQ`), which people type as they are.

/// Short forms without accents, and the words in full.
const ALWAYS: &[(&str, &str)] = &[
    ("bhxh", "bảo hiểm xã hội"),
    ("bhyt", "bảo hiểm y tế"),
    ("gcnqsdd", "giấy chứng nhận quyền sử dụng đất"),
    ("gpxd", "giấy phép xây dựng"),
    ("hdnd", "hội đồng nhân dân"),
    ("qsdd", "quyền sử dụng đất"),
    ("tnmt", "tài nguyên và môi trường"),
    ("tp", "thành phố"),
    ("tthc", "thủ tục hành chính"),
    ("ubnd", "ủy ban nhân dân"),
];

/// Short forms that stand for words only with a full stop behind: else they are letters of a list or of another number.
const BEFORE_A_STOP: &[(&str, &str)] = &[
    ("h", "huyện"),
    ("p", "phường"),
    ("q", "quận"),
    ("t", "tỉnh"),
    ("tt", "thị trấn"),
    ("tx", "thị xã"),
    ("x", "xã"),
];

/// Letters of the longest short form.
const LETTERS_MAX: usize = 7;

/// What a run of letters stands for; `folded` is the run without accents and `rest` the text behind it.
pub(crate) fn in_full(folded: &str, rest: &str) -> Option<&'static str> {
    if folded.len() > LETTERS_MAX {
        return None;
    }
    let of = |table: &'static [(&str, &str)]| {
        table.iter().find(|(short, _)| *short == folded).map(|(_, full)| *full)
    };
    of(ALWAYS).or_else(|| rest.starts_with('.').then(|| of(BEFORE_A_STOP)).flatten())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_forms_stand_for_words() {
        assert_eq!(in_full("ubnd", " phường"), Some("ủy ban nhân dân"));
        assert_eq!(in_full("p", ". Bến Mơ"), Some("phường"));
        assert_eq!(in_full("p", " Bến Mơ"), None);
        assert_eq!(in_full("tt", "-BTC"), None);
        assert_eq!(in_full("uy", ""), None);
    }

    #[test]
    fn no_short_form_is_longer_than_what_is_looked_up() {
        let longest = ALWAYS.iter().chain(BEFORE_A_STOP).map(|(short, _)| short.len()).max();
        assert_eq!(longest, Some(LETTERS_MAX));
    }
}
