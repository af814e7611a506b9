//! Whether two scans show one paper, from what was read of them: values alone, no database.
//!
//! Papers of one form are alike in everything but what is entered. So the entries decide, words only support them, and an entry that was read
//! surely and says otherwise ends the matter (`docs/decisions/0023-near-duplicates.md`, with the figures behind each number here).

use crate::database::exact_key;
use crate::document_type::{FieldKind, field_key};
use crate::doubt::fails_a_check;
use crate::record::{Field, LikenessSign};
use crate::spelling::fold;
use std::collections::BTreeSet;

/// Numbers under which an office enters each paper anew. Not those of the owner, which all of an owner's papers carry.
const NUMBERS: [&str; 5] =
    ["number", "registration_number", "book_entry_number", "serial_number", "change_number"];
/// Days on which each paper was made. Not those that follow from its owner: two cards of one person may end on the same birthday.
const DAYS: [&str; 3] = ["issued_on", "registered_on", "changed_on"];
/// Whoever declared something is another person on each paper, and may be read from either of two places.
const NOT_COMPARED: [&str; 1] = ["registrant_citizen_id"];
/// From this confidence on a value contradicts: what DIG-12 calls read clearly. None of 60 measured rescans had a number or day that was wrong and
/// this sure.
const SURE: f32 = 90.0;
/// How many of a hundred pairs of words are the same at least, where only a day is: measured rescans had 86 and more, papers of two forms 60
/// and fewer. Two papers of one form may have 97, so that words tell forms apart and nothing else.
const WORDS_BESIDE_DAY_PERCENT: u8 = 70;

/// What is compared of one scan.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) fields: Vec<Field>,
    /// Pairs of words that follow each other on the first pages.
    pairs: BTreeSet<(String, String)>,
}

impl Scan {
    pub(crate) fn new(fields: Vec<Field>, texts: &[String]) -> Scan {
        Scan { fields, pairs: texts.iter().flat_map(|text| pairs(text)).collect() }
    }

    fn value(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.key == key && !field.value.is_empty())
    }
}

/// Why a scan is probably of the held paper, the strongest sign first; empty: it is not.
pub(crate) fn signs(scan: &Scan, held: &Scan) -> Vec<LikenessSign> {
    if scan.fields.iter().any(|field| contradicts(field, held)) {
        return Vec::new();
    }
    let same = |key: &&&str| matches!((scan.value(key), held.value(key)), (Some(one), Some(other)) if is_same(one, other));
    let numbers: Vec<&str> = NUMBERS.iter().filter(same).copied().collect();
    let days: Vec<&str> = DAYS.iter().filter(same).copied().collect();
    let percent = words_percent(scan, held);
    if numbers.is_empty() && (days.is_empty() || percent < WORDS_BESIDE_DAY_PERCENT) {
        return Vec::new();
    }
    let entries = numbers.into_iter().chain(days).map(|key| LikenessSign::Entry { key: key.to_owned() });
    entries.chain([LikenessSign::Words { percent }]).collect()
}

/// Whether an entry was read surely and is another one on the held paper.
fn contradicts(field: &Field, held: &Scan) -> bool {
    let of_kind = field_key(&field.key).is_some_and(|entry| entry.kind != FieldKind::Text);
    let is_telling =
        (of_kind || NUMBERS.contains(&field.key.as_str())) && !NOT_COMPARED.contains(&field.key.as_str());
    let is_sure = field.confidence >= SURE && !fails_a_check(&field.doubts) && !field.value.is_empty();
    is_telling && is_sure && held.value(&field.key).is_some_and(|other| !is_same(field, other))
}

/// Separators and letter case say nothing.
fn is_same(one: &Field, other: &Field) -> bool {
    exact_key(&one.value) == exact_key(&other.value)
}

/// How many of the pairs of words of the scan that has fewer stand on the other too: a page that was cut off loses nothing by it.
fn words_percent(one: &Scan, other: &Scan) -> u8 {
    let fewer = one.pairs.len().min(other.pairs.len());
    let common = one.pairs.intersection(&other.pairs).count();
    (common * 100).checked_div(fewer).map_or(0, |percent| percent as u8)
}

/// Pairs of words that follow each other, without case and accents, which are what is misread most.
fn pairs(text: &str) -> Vec<(String, String)> {
    let words: Vec<String> = text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
    words.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::FieldSource;

    const TEXT: &str = "GIẤY XÁC NHẬN Số: 12/UBND Xác nhận bà Lê Thị Mẫu chưa đăng ký kết hôn với ai";
    const HELD: [(&str, &str); 4] = [
        ("number", "12/UBND"),
        ("issued_on", "2026-01-05"),
        ("citizen_id", "001199000014"),
        ("registrant_citizen_id", "001199000099"),
    ];

    fn scan(fields: &[(&str, &str)], confidence: f32, text: &str) -> Scan {
        let field = |(key, value): &(&str, &str)| Field {
            key: (*key).into(),
            value: (*value).into(),
            proposed: None,
            source: FieldSource::Ocr,
            confidence,
            page: None,
            region: None,
            written: String::new(),
            doubts: Vec::new(),
            confirmed_by: None,
            confirmed_at: None,
            reason: None,
        };
        Scan::new(fields.iter().map(field).collect(), &[text.to_owned()])
    }

    /// The entries that the scan of a held paper is known by.
    fn check(fields: &[(&str, &str)], confidence: f32, text: &str, expected: &[&str]) {
        let found = signs(&scan(fields, confidence, text), &scan(&HELD, 100.0, TEXT));
        let entries = found.iter().filter_map(|sign| match sign {
            LikenessSign::Entry { key } => Some(key.as_str()),
            LikenessSign::Words { .. } => None,
        });
        assert_eq!(entries.collect::<Vec<_>>(), expected, "{fields:?} {confidence} {text}");
    }

    #[test]
    fn the_same_number_or_the_same_day_and_words_tell() {
        check(&[("number", "12-ubnd")], 95.0, "", &["number"]);
        check(&[("issued_on", "2026-01-05")], 95.0, TEXT, &["issued_on"]);
        check(&[("issued_on", "2026-01-05")], 95.0, "ĐƠN ĐỀ NGHỊ cấp phép xây dựng", &[]);
        check(&[("number", "12/UBND"), ("issued_on", "2026-01-05")], 50.0, "", &["number", "issued_on"]);
    }

    #[test]
    fn words_alone_and_the_owner_alone_tell_nothing() {
        check(&[], 100.0, TEXT, &[]);
        check(&[("citizen_id", "001199000014")], 100.0, TEXT, &[]);
        check(&[("number", "")], 100.0, TEXT, &[]);
    }

    #[test]
    fn what_was_read_surely_and_is_another_ends_it() {
        check(&[("number", "13/UBND"), ("issued_on", "2026-01-05")], 90.0, TEXT, &[]);
        check(&[("number", "13/UBND"), ("issued_on", "2026-01-05")], 89.0, TEXT, &["issued_on"]);
        check(&[("number", "12/UBND"), ("issued_on", "2026-01-06")], 90.0, TEXT, &[]);
        check(&[("number", "12/UBND"), ("citizen_id", "001199000028")], 90.0, TEXT, &[]);
        check(&[("number", "12/UBND"), ("registrant_citizen_id", "001199000028")], 90.0, TEXT, &["number"]);
    }

    #[test]
    fn a_value_that_fails_a_check_contradicts_nothing() {
        let mut doubted = scan(&[("number", "12/UBND"), ("issued_on", "2062-01-05")], 99.0, TEXT);
        doubted.fields[1].doubts = vec!["future_date".into()];
        assert!(!signs(&doubted, &scan(&HELD, 100.0, TEXT)).is_empty());
    }

    #[test]
    fn accents_and_case_make_no_other_words() {
        let other = TEXT.to_lowercase().replace('ậ', "â").replace('ị', "i");
        let found = signs(&scan(&HELD[..1], 95.0, &other), &scan(&HELD, 100.0, TEXT));
        assert_eq!(found.last(), Some(&LikenessSign::Words { percent: 100 }));
    }
}
