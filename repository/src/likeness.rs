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
const NUMBERS: [&str; 4] = ["number", "registration_number", "book_entry_number", "serial_number"];
/// Days on which each paper was made, and which change of a registration it tells of (the first, the second). Not days that follow from its
/// owner: two cards of one person may end on the same birthday.
const DAYS: [&str; 4] = ["issued_on", "registered_on", "changed_on", "change_number"];
/// Whoever declared something is another person on each paper, and may be read from either of two places.
const NOT_COMPARED: [&str; 1] = ["registrant_citizen_id"];
/// From this confidence on a value contradicts: what DIG-12 calls read clearly. None of 60 measured rescans had a number or day that was wrong and
/// this sure.
const SURE: f32 = 90.0;
/// How many of a hundred pairs of words are on both at least, where only a day is the same: measured rescans had 85 and more, papers of two forms
/// 50 and fewer.
const WORDS_BESIDE_DAY_PERCENT: u8 = 70;
/// The same where neither a number nor a day stands on both: two papers of one form for the same people had 93 and fewer, 53 of 60 rescans had
/// this and more.
const WORDS_BESIDE_PICTURE_PERCENT: u8 = 95;
/// Signs of the page pictures that may differ, of 64: between ordinary scans of one sheet 8 at most did, between a good and a bad one 12 at most
/// in 22 of 30, and up to 40 in the rest. Of two papers of one form 2 to 16 do.
const PICTURE_BITS_MAX: u32 = 12;

/// What is compared of one scan.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    pub(crate) fields: Vec<Field>,
    /// Of the first pages, in order.
    pictures: Vec<Option<u64>>,
    /// Pairs of words that follow each other on the first pages.
    pairs: BTreeSet<(String, String)>,
}

impl Scan {
    /// A scan with its fields, the texts of its first pages and their pictures' hashes.
    pub(crate) fn new(fields: Vec<Field>, texts: &[String], pictures: Vec<Option<u64>>) -> Scan {
        Scan { fields, pictures, pairs: texts.iter().flat_map(|text| pairs(text)).collect() }
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
    let on_both = |keys: &[&'static str]| {
        let both = |key: &&'static str| Some((*key, scan.value(key)?, held.value(key)?));
        keys.iter().filter_map(both).map(|(key, one, other)| (key, is_same(one, other))).collect::<Vec<_>>()
    };
    let (numbers, days) = (on_both(&NUMBERS), on_both(&DAYS));
    let (percent, alike) = (words_percent(scan, held), have_near_pictures(scan, held));
    let has_same = |entries: &[(&str, bool)]| entries.iter().any(|(_, is_same)| *is_same);
    let is_likely = has_same(&numbers)
        || has_same(&days) && percent >= WORDS_BESIDE_DAY_PERCENT
        || numbers.is_empty() && days.is_empty() && alike && percent >= WORDS_BESIDE_PICTURE_PERCENT;
    if !is_likely {
        return Vec::new();
    }
    let same = numbers.into_iter().chain(days).filter(|(_, is_same)| *is_same);
    let entries = same.map(|(key, _)| LikenessSign::Entry { key: key.to_owned() });
    entries.chain([LikenessSign::Words { percent }]).chain(alike.then_some(LikenessSign::Picture)).collect()
}

/// What decides between two papers that both are likely: a number, then a day, then words.
pub(crate) fn strength(signs: &[LikenessSign]) -> (bool, bool, u8) {
    let has_one_of = |keys: &[&str]| {
        signs.iter().any(|sign| matches!(sign, LikenessSign::Entry { key } if keys.contains(&key.as_str())))
    };
    let percent = signs.iter().find_map(|sign| match sign {
        LikenessSign::Words { percent } => Some(*percent),
        LikenessSign::Entry { .. } | LikenessSign::Picture => None,
    });
    (has_one_of(&NUMBERS), has_one_of(&DAYS), percent.unwrap_or_default())
}

/// Whether every first page of both looks alike.
fn have_near_pictures(one: &Scan, other: &Scan) -> bool {
    let is_near = |(one, other): (&Option<u64>, &Option<u64>)| {
        one.zip(*other).is_some_and(|(one, other)| (one ^ other).count_ones() <= PICTURE_BITS_MAX)
    };
    let same_pages = one.pictures.len() == other.pictures.len() && !one.pictures.is_empty();
    same_pages && one.pictures.iter().zip(&other.pictures).all(is_near)
}

/// Whether an entry was read surely and is another one on the held paper.
fn contradicts(field: &Field, held: &Scan) -> bool {
    let of_kind = field_key(&field.key).is_some_and(|entry| entry.kind != FieldKind::Text);
    let key = field.key.as_str();
    let is_telling =
        (of_kind || NUMBERS.contains(&key) || DAYS.contains(&key)) && !NOT_COMPARED.contains(&key);
    let is_sure = field.confidence >= SURE && !fails_a_check(&field.doubts) && !field.value.is_empty();
    is_telling && is_sure && held.value(&field.key).is_some_and(|other| !is_same(field, other))
}

/// Separators and letter case say nothing, and a value of nothing else is like none.
fn is_same(one: &Field, other: &Field) -> bool {
    let key = exact_key(&one.value);
    !key.is_empty() && key == exact_key(&other.value)
}

/// How many of the pairs of words of the scan that has more are on the other too: what says little is like nothing.
fn words_percent(one: &Scan, other: &Scan) -> u8 {
    let more = one.pairs.len().max(other.pairs.len());
    let common = one.pairs.intersection(&other.pairs).count();
    (common * 100).checked_div(more).map_or(0, |percent| percent as u8)
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

    fn scan(fields: &[(&str, &str)], confidence: f32, text: &str, picture: u64) -> Scan {
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
        Scan::new(fields.iter().map(field).collect(), &[text.to_owned()], vec![Some(picture)])
    }

    /// The entries that the scan of a held paper is known by.
    fn check(fields: &[(&str, &str)], confidence: f32, text: &str, expected: &[&str]) {
        let found = signs(&scan(fields, confidence, text, u64::MAX), &scan(&HELD, 100.0, TEXT, 0));
        let entries = found.iter().filter_map(|sign| match sign {
            LikenessSign::Entry { key } => Some(key.as_str()),
            LikenessSign::Words { .. } | LikenessSign::Picture => None,
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
    fn the_picture_decides_only_where_no_entry_can_and_never_alone() {
        let near = (1 << PICTURE_BITS_MAX) - 1;
        let check = |fields: &[(&str, &str)], text: &str, picture, expected: &[LikenessSign]| {
            let found = signs(&scan(fields, 50.0, text, picture), &scan(&HELD, 100.0, TEXT, 0));
            assert_eq!(found, expected, "{fields:?} {text} {picture:b}");
        };
        let (words, number) =
            (LikenessSign::Words { percent: 100 }, LikenessSign::Entry { key: "number".into() });
        check(&[], TEXT, near, &[words.clone(), LikenessSign::Picture]);
        check(&[], TEXT, near << 1 | 1, &[]);
        check(&[], "GIẤY XÁC NHẬN Số: 12/UBND Xác nhận", near, &[]);
        check(&[], "ĐƠN ĐỀ NGHỊ cấp phép xây dựng", near, &[]);
        check(&[("number", "31/UBND")], TEXT, near, &[]);
        check(&[("number", "12/UBND")], TEXT, near, &[number, words, LikenessSign::Picture]);
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
    fn which_change_it_is_tells_only_beside_words_and_a_stroke_tells_nothing() {
        let held = scan(&[("change_number", "1"), ("number", "-")], 100.0, TEXT, 0);
        let found = |fields: &[(&str, &str)], text: &str| signs(&scan(fields, 100.0, text, u64::MAX), &held);
        assert!(found(&[("change_number", "1")], "ĐƠN ĐỀ NGHỊ").is_empty());
        assert!(!found(&[("change_number", "1")], TEXT).is_empty());
        assert!(found(&[("change_number", "2")], TEXT).is_empty());
        assert!(found(&[("number", ".")], TEXT).is_empty());
    }

    #[test]
    fn a_number_is_stronger_than_a_day_and_a_picture() {
        let entry = |key: &str| LikenessSign::Entry { key: key.into() };
        let words = |percent| LikenessSign::Words { percent };
        let number = strength(&[entry("number"), words(60)]);
        assert!(number > strength(&[entry("issued_on"), words(98), LikenessSign::Picture]));
        assert!(strength(&[entry("issued_on"), words(98)]) > strength(&[entry("issued_on"), words(90)]));
    }

    #[test]
    fn a_value_that_fails_a_check_contradicts_nothing() {
        let mut doubted = scan(&[("number", "12/UBND"), ("issued_on", "2062-01-05")], 99.0, TEXT, 0);
        doubted.fields[1].doubts = vec!["future_date".into()];
        assert!(!signs(&doubted, &scan(&HELD, 100.0, TEXT, 0)).is_empty());
    }

    #[test]
    fn accents_and_case_make_no_other_words() {
        let other = TEXT.to_lowercase().replace('ậ', "â").replace('ị', "i");
        let found = signs(&scan(&HELD[..1], 95.0, &other, u64::MAX), &scan(&HELD, 100.0, TEXT, 0));
        assert_eq!(found.last(), Some(&LikenessSign::Words { percent: 100 }));
    }
}
