//! The checks of proposed values: each that fails leaves its code on the field and takes its confidence below the one that needs no look.
//! Nothing is corrected, but for the spelling of a known place (`docs/decisions/0010-doubts-not-corrections.md`).

use super::values;
use jiff::civil::Date;
use repository::administrative_unit::{AddressCheck, check_address};
use repository::document_type::{FieldKind, field_key};
use repository::identifier::{CitizenId, Sex, TokenCheck, TokenKind, check_token};
use repository::record::{FieldSource, ProposedField};
use repository::spelling::{Surname, fold, is_same_name, is_syllable, surname};
use repository::{DocumentType, Doubt, ethnicity};

/// A value whose check fails is never surer than this: it must be confirmed (DIG-12).
const FAILED_CONFIDENCE_MAX: f32 = 40.0;
/// A place matched with the table is probably right, and is checked by a person (DIG-12: 70–89).
const MATCHED_CONFIDENCE_MAX: f32 = 80.0;
/// Addresses that end with a province.
const ADDRESSES: &[&str] = &[
    "residence",
    "home_town",
    "birth_place",
    "parcel_address",
    "head_office",
    "death_place",
    "registration_place",
];
/// Days that may be to come.
const MAY_BE_TO_COME: &[&str] = &["valid_until", "valid_from"];
/// Names of which two on one paper are often one person's.
const NAMES_OF_ONE: &[&str] = &[
    "full_name",
    "holder_name",
    "registrant_name",
    "mother_name",
    "father_name",
    "husband_name",
    "wife_name",
    "representative_name",
    "signer",
];

/// Adds a doubt to a field.
pub(super) fn doubt(field: &mut ProposedField, doubt: Doubt) {
    let max = if doubt == Doubt::UnitMatched { MATCHED_CONFIDENCE_MAX } else { FAILED_CONFIDENCE_MAX };
    field.confidence = field.confidence.min(max);
    if field.doubts.iter().all(|code| code != doubt.code()) {
        field.doubts.push(doubt.code().into());
    }
}

/// Checks every field alone, then those that must agree. `words_of_birth` is the date of birth in words, `today` the last day that can have
/// been.
pub(super) fn check(
    fields: &mut [ProposedField],
    document_type: DocumentType,
    words_of_birth: Option<Date>,
    today: Date,
) {
    for field in fields.iter_mut().filter(|field| field.source == FieldSource::Ocr) {
        match_place(field, document_type);
        for found in doubts_of(field, document_type, today) {
            doubt(field, found);
        }
    }
    for field in fields.iter_mut().filter(|field| field.source == FieldSource::Qr && is_exact(&field.key)) {
        doubts_of(field, document_type, today).into_iter().for_each(|found| doubt(field, found));
    }
    let mut pairs = Vec::new();
    pairs.extend(person_disagrees(fields));
    pairs.extend(days_disagree(fields, words_of_birth));
    pairs.extend(number_year_disagrees(fields));
    for (key, found) in pairs {
        fields.iter_mut().filter(|field| field.key == key).for_each(|field| doubt(field, found));
    }
    compare_names(fields);
}

/// Whether a value can be wrong although a code told it exactly: numbers and days can, the spelling of names is the card's own.
fn is_exact(key: &str) -> bool {
    matches!(field_key(key).map(|entry| entry.kind), Some(FieldKind::Date | FieldKind::PersonalNumber))
}

/// Doubts that one value raises by itself.
fn doubts_of(field: &ProposedField, document_type: DocumentType, today: Date) -> Vec<Doubt> {
    let key = field.key.as_str();
    let value = field.value.as_str();
    match field_key(key).map(|entry| entry.kind) {
        Some(FieldKind::Date) => day_doubt(key, value, today).into_iter().collect(),
        Some(FieldKind::PersonalNumber) => number_doubt(key, value).into_iter().collect(),
        _ if values::is_name_key(key) => name_doubts(value),
        _ if key.ends_with("ethnicity") && !ethnicity::is_known(value) => vec![Doubt::UnknownPeople],
        _ if key == "number" && token_kind(key, document_type) == Some(TokenKind::DocumentNumber) => {
            let sound = check_token(TokenKind::DocumentNumber, value) == TokenCheck::Sound;
            (!sound).then_some(Doubt::NumberForm).into_iter().collect()
        }
        _ => token_kind(key, document_type).and_then(|kind| failed(kind, value)).into_iter().collect(),
    }
}

fn day_doubt(key: &str, value: &str, today: Date) -> Option<Doubt> {
    let Ok(day) = value.parse::<Date>() else { return Some(Doubt::ImpossibleDate) };
    (day > today && !MAY_BE_TO_COME.contains(&key)).then_some(Doubt::FutureDate)
}

/// A personal number has 12 digits (9 on old cards); a code of an enterprise, and the tax code of a branch, 10 or 13.
fn number_doubt(key: &str, value: &str) -> Option<Doubt> {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let is_plain = value.chars().all(|c| c.is_ascii_digit() || ".- ".contains(c));
    match digits {
        9 if is_plain && key != "enterprise_code" => None,
        10 | 13 => failed(TokenKind::TaxCode, value),
        _ => match check_token(TokenKind::CitizenId, value) {
            TokenCheck::Sound => None,
            TokenCheck::Doubtful(doubt) => Some(doubt),
            TokenCheck::Other => Some(Doubt::NumberLength),
        },
    }
}

fn failed(kind: TokenKind, value: &str) -> Option<Doubt> {
    match check_token(kind, value) {
        TokenCheck::Doubtful(doubt) => Some(doubt),
        TokenCheck::Sound | TokenCheck::Other => None,
    }
}

/// What a text field's value should look like.
fn token_kind(key: &str, document_type: DocumentType) -> Option<TokenKind> {
    match (key, document_type) {
        ("number", DocumentType::InsuranceCard) | ("insurance_number", _) => Some(TokenKind::InsuranceNumber),
        ("number", DocumentType::Certificate) => None,
        ("number" | "registration_number", _) => Some(TokenKind::DocumentNumber),
        ("serial_number", _) => Some(TokenKind::LandCertificateSerial),
        ("phone", _) => Some(TokenKind::Phone),
        _ => None,
    }
}

/// Names of other peoples and of foreigners are right as they are; they show themselves by their letters.
fn name_doubts(name: &str) -> Vec<Doubt> {
    let is_other = |word: &str| {
        word.contains(['\'', '’'])
            || matches!(fold(word).as_str(), "y" | "h")
            || word.contains(['F', 'J', 'W', 'Z', 'f', 'j', 'w', 'z'])
    };
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.iter().any(|word| is_other(word)) {
        return Vec::new();
    }
    let mut doubts = Vec::new();
    if words.iter().any(|word| !is_syllable(word)) {
        doubts.push(Doubt::ImpossibleSyllable);
    }
    if words.first().is_some_and(|first| matches!(surname(first), Surname::OtherAccents(_))) {
        doubts.push(Doubt::SurnameAccent);
    }
    doubts
}

/// Gives a place the spelling of the unit that must be meant; says where there is none.
fn match_place(field: &mut ProposedField, document_type: DocumentType) {
    let persons = ["mother_", "father_", "husband_", "wife_"];
    let own = persons.iter().find_map(|person| field.key.strip_prefix(person)).unwrap_or(&field.key);
    if !ADDRESSES.contains(&own) {
        return;
    }
    let on_card = document_type == DocumentType::IdentityCard;
    match check_address(&field.value, on_card) {
        AddressCheck::Known | AddressCheck::NoProvince => {}
        AddressCheck::Unknown => doubt(field, Doubt::UnknownUnit),
        AddressCheck::Near(spelled) => {
            field.value = spelled;
            doubt(field, Doubt::UnitMatched);
        }
    }
}

fn value_of<'a>(fields: &'a [ProposedField], key: &str) -> Option<&'a str> {
    fields.iter().find(|field| field.key == key).map(|field| field.value.as_str())
}

fn day_of(fields: &[ProposedField], key: &str) -> Option<Date> {
    value_of(fields, key)?.parse().ok()
}

/// A personal number carries the year of birth and the sex (DOMAIN §5.5). Where they disagree both values are shown as unsure.
fn person_disagrees(fields: &[ProposedField]) -> Vec<(String, Doubt)> {
    let mut pairs = Vec::new();
    for (person, sex) in [("", None), ("husband_", Some(Sex::Male)), ("wife_", Some(Sex::Female))] {
        let key = |name: &str| format!("{person}{name}");
        let number = value_of(fields, &key("citizen_id")).and_then(|number| number.parse::<CitizenId>().ok());
        let Some(number) = number else { continue };
        let year_key = if value_of(fields, &key("birth_date")).is_some() {
            key("birth_date")
        } else {
            key("birth_year")
        };
        let year = value_of(fields, &year_key).and_then(|day| day.get(..4)?.parse::<i16>().ok());
        if year.is_some_and(|year| year != number.birth_year()) {
            pairs.extend([key("citizen_id"), year_key].map(|key| (key, Doubt::BirthYear)));
        }
        let sex = sex.or_else(|| value_of(fields, "sex").and_then(Sex::from_word));
        if sex.is_some_and(|sex| sex != number.sex()) {
            pairs.extend([key("citizen_id"), key("sex")].map(|key| (key, Doubt::Sex)));
        }
    }
    pairs
}

/// Nothing is issued before the birth of the person, nothing ends before it is issued, and figures say what words say.
fn days_disagree(fields: &[ProposedField], words_of_birth: Option<Date>) -> Vec<(String, Doubt)> {
    let mut pairs = Vec::new();
    let mut doubt_both =
        |one: &str, other: &str, doubt| pairs.extend([one, other].map(|key| (key.to_owned(), doubt)));
    let birth = day_of(fields, "birth_date");
    for key in ["issued_on", "registered_on", "death_date", "valid_until"] {
        if birth.zip(day_of(fields, key)).is_some_and(|(birth, day)| day < birth) {
            doubt_both("birth_date", key, Doubt::BeforeBirth);
        }
    }
    if day_of(fields, "issued_on")
        .zip(day_of(fields, "valid_until"))
        .is_some_and(|(issued, until)| until < issued)
    {
        doubt_both("issued_on", "valid_until", Doubt::EndsBeforeIssue);
    }
    if birth.zip(words_of_birth).is_some_and(|(figures, words)| figures != words) {
        pairs.push(("birth_date".to_owned(), Doubt::DateWords));
    }
    pairs
}

/// `87/2019` was registered in 2019.
fn number_year_disagrees(fields: &[ProposedField]) -> Vec<(String, Doubt)> {
    let pairs = [("number", "issued_on"), ("registration_number", "registered_on")];
    let disagree = |(number, day): &(&str, &str)| {
        let year = value_of(fields, number).and_then(|number| number.split('/').nth(1)?.parse::<i16>().ok());
        year.filter(|year| (1900..2200).contains(year))
            .zip(day_of(fields, day))
            .is_some_and(|(year, day)| year != day.year())
    };
    let found = pairs.into_iter().filter(disagree);
    found.flat_map(|(number, day)| [number, day].map(|key| (key.to_owned(), Doubt::NumberYear))).collect()
}

/// A name that stands twice and agrees is surer than each reading of it; one that differs in accents only is doubted at both places.
fn compare_names(fields: &mut [ProposedField]) {
    let of_one =
        fields.iter().filter(|field| field.key == "members" || NAMES_OF_ONE.contains(&field.key.as_str()));
    let each = |field: &ProposedField| -> Vec<(String, String, f32)> {
        field.value.split("; ").map(|name| (field.key.clone(), name.to_owned(), field.confidence)).collect()
    };
    let names: Vec<(String, String, f32)> = of_one.flat_map(each).collect();
    for field in fields.iter_mut().filter(|field| NAMES_OF_ONE.contains(&field.key.as_str())) {
        let own = field.key.clone();
        for (_, other, confidence) in names.iter().filter(|(key, ..)| *key != own) {
            if is_same_name(&field.value, other) && field.doubts.is_empty() {
                field.confidence = field.confidence.max(agreeing(field.confidence, *confidence));
            } else if !is_same_name(&field.value, other) && fold(&field.value) == fold(other) {
                doubt(field, Doubt::NamesDiffer);
            }
        }
    }
}

/// Two readings that agree are wrong together only where both are wrong.
fn agreeing(one: f32, other: f32) -> f32 {
    100.0 - (100.0 - one) * (100.0 - other) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn field(key: &str, value: &str) -> ProposedField {
        ProposedField {
            key: key.into(),
            value: value.into(),
            written: value.into(),
            doubts: Vec::new(),
            source: FieldSource::Ocr,
            confidence: 95.0,
            page: None,
            region: None,
        }
    }

    /// Doubts of the last of these fields, on a birth certificate, on 21 November 2026.
    fn check(fields: &[(&str, &str)], expected: &[&str]) {
        let mut proposed: Vec<ProposedField> = fields.iter().map(|(key, value)| field(key, value)).collect();
        super::check(&mut proposed, DocumentType::BirthCertificate, None, date(2026, 11, 21));
        let last = proposed.last().expect("a field");
        assert_eq!(last.doubts, expected, "{fields:?}");
        assert_eq!(last.value, fields.last().expect("a field").1, "nothing is corrected");
        assert_eq!(last.confidence <= FAILED_CONFIDENCE_MAX, !expected.is_empty(), "{fields:?}");
    }

    #[test]
    fn a_number_of_another_year_or_sex_is_never_sure() {
        check(&[("citizen_id", "001095041226"), ("birth_date", "1995-03-02")], &[]);
        check(&[("citizen_id", "001095041226"), ("birth_date", "2016-03-02")], &["birth_year"]);
        check(&[("birth_date", "2016-03-02"), ("citizen_id", "001095041226")], &["birth_year"]);
        check(&[("birth_year", "1972"), ("citizen_id", "038072020846")], &[]);
        check(&[("birth_year", "1973"), ("citizen_id", "038072020846")], &["birth_year"]);
        check(&[("sex", "Nữ"), ("citizen_id", "001095041226")], &["sex"]);
        check(&[("husband_birth_date", "1997-04-03"), ("husband_citizen_id", "036197009950")], &["sex"]);
        check(&[("birth_date", "not read"), ("citizen_id", "001095041226")], &[]);
    }

    #[test]
    fn numbers_by_themselves() {
        check(&[("citizen_id", "07919803021")], &["number_length"]);
        check(&[("citizen_id", "07919803O218")], &["number_length"]);
        check(&[("citizen_id", "099198030218")], &["place_code"]);
        check(&[("citizen_id", "012345678")], &[]);
        check(&[("enterprise_code", "0100109107")], &["check_digit"]);
        check(&[("number", "2142022")], &["number_form"]);
        check(&[("number", "87/2019")], &[]);
        check(&[("serial_number", "CM 41726")], &["serial_form"]);
        check(&[("phone", "900 000 218")], &["phone_form"]);
    }

    #[test]
    fn days_must_be_possible() {
        check(&[("issued_on", "31/02/2023")], &["impossible_date"]);
        check(&[("issued_on", "2026-11-22")], &["future_date"]);
        check(&[("valid_until", "2027-11-22")], &[]);
        check(&[("birth_date", "2019-03-14"), ("issued_on", "2018-03-25")], &["before_birth"]);
        check(&[("issued_on", "2026-10-12"), ("valid_until", "2026-04-12")], &["ends_before_issue"]);
        check(&[("number", "87/2019"), ("issued_on", "2018-03-25")], &["number_year"]);
    }

    #[test]
    fn figures_must_say_what_words_say() {
        let mut fields = [field("birth_date", "2014-02-18")];
        super::check(
            &mut fields,
            DocumentType::BirthCertificate,
            Some(date(2019, 2, 18)),
            date(2026, 11, 21),
        );
        assert_eq!(fields[0].doubts, ["date_words"]);
    }

    #[test]
    fn names_must_be_spellable_and_agree() {
        check(&[("full_name", "NGUYỄN KHÁNH AN")], &[]);
        check(&[("full_name", "NGUYÊN KHÁNH AN")], &["surname_accent"]);
        check(&[("full_name", "CHÂU DIỄH CHUYÊN")], &["impossible_syllable"]);
        check(&[("full_name", "H'Blen Niê")], &[]);
        check(&[("father_name", "PHẠM ĐÌNH TRONG"), ("signer", "Phạm Đình Trọng")], &["names_differ"]);
        check(
            &[("members", "TẠ NGUYỄN AN; CAO THỊ VY"), ("representative_name", "TẠ NGUYÊN AN")],
            &["names_differ"],
        );
        check(&[("ethnicity", "Tìy")], &["unknown_people"]);
    }

    #[test]
    fn agreeing_names_are_surer_than_each() {
        let mut fields = [field("registrant_name", "PHẠM ĐÌNH TRỌNG"), field("signer", "Phạm Đình Trọng")];
        super::check(&mut fields, DocumentType::Application, None, date(2026, 11, 21));
        assert!(fields.iter().all(|field| field.confidence > 99.0));
    }

    #[test]
    fn places_take_the_spelling_of_the_table_and_say_so() {
        let mut fields =
            [field("residence", "phường Quy Nhon, tỉnh Gia Lai"), field("home_town", "tỉnh Atlantis")];
        super::check(&mut fields, DocumentType::BirthCertificate, None, date(2026, 11, 21));
        let [residence, home_town] = fields;
        assert_eq!(
            (residence.value.as_str(), residence.written.as_str()),
            ("phường Quy Nhơn, tỉnh Gia Lai", "phường Quy Nhon, tỉnh Gia Lai")
        );
        assert_eq!(residence.doubts, ["unit_matched"]);
        assert_eq!(home_town.doubts, ["unknown_unit"]);
    }
}
