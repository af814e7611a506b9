//! The code on a citizen card, taken apart.
//!
//! The order of the first seven fields is that of the cards since 2021: number, old number, name, date of birth, sex,
//! address, date of issue. The card of 2024 (TT 16/2024/TT-BCA) carries more behind them; that tail is kept as it stands.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// Fields of the shortest text that is taken for a card: the seven without the old number.
const FIELD_COUNT_MIN: usize = 6;

/// Names that some readers write before a value, as in `CCCD: 001090123456`; compared without regard to case.
const LABELS: [&str; 16] = [
    "cccd",
    "căn cước",
    "căn cước công dân",
    "số cccd",
    "số định danh",
    "cmnd",
    "số cmnd",
    "họ tên",
    "họ và tên",
    "ngày sinh",
    "giới tính",
    "địa chỉ",
    "nơi cư trú",
    "nơi thường trú",
    "ngày cấp",
    "ngày cấp cccd",
];

/// What a citizen card says of its holder.
#[doc(alias = "căn cước công dân")]
#[doc(alias = "thẻ căn cước")]
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct CitizenCard {
    /// Số định danh cá nhân: 12 digits, checked for nothing else.
    #[doc(alias = "số định danh cá nhân")]
    pub citizen_id: String,
    /// The number of the identity card before, mostly 9 digits.
    #[doc(alias = "số CMND")]
    pub old_id_number: Option<String>,
    /// Name as on the card, NFC, one space between words.
    pub full_name: String,
    /// Date of birth.
    pub birth_date: Date,
    /// Sex.
    pub sex: Sex,
    /// Place of residence as on the card.
    pub address: String,
    /// When the card was issued, if that can be read.
    pub issued_on: Option<Date>,
    /// What follows the seven known fields, as it stands.
    pub extra: Vec<String>,
    /// What a person should look at before trusting the card.
    pub warnings: Vec<CardWarning>,
}

/// Giới tính.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

/// Something about a card that is odd and not fatal.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardWarning {
    /// The fourth digit of the number belongs to the other sex (NĐ 137/2015 Đ13).
    SexAgainstNumber,
    /// Century and year in the number are not those of the date of birth.
    BirthYearAgainstNumber,
    /// The field of the old number is missing, not only empty.
    OldNumberFieldMissing,
    /// The old number has neither 9 nor 12 digits.
    OldNumberMalformed,
    /// Fields carry labels, as third-party readers write them.
    Labelled,
    /// Dates are written with separators instead of eight digits.
    DateWithSeparators,
    /// There is no date of issue.
    IssueDateMissing,
    /// The date of issue is no date.
    IssueDateMalformed,
    /// The card would be older than its holder.
    IssuedBeforeBirth,
}

/// Why a text is no citizen card. The text itself is never part of the message: it holds a person's data.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CardError {
    /// A card has at least six fields.
    #[error("the code has {count} fields; a citizen card has at least {FIELD_COUNT_MIN}")]
    TooFewFields {
        /// Fields seen.
        count: usize,
    },
    /// The first field is not a citizen number.
    #[error("the first field of the code is not a number of 12 digits")]
    CitizenId,
    /// There is no name.
    #[error("the code holds no name")]
    FullName,
    /// The date of birth is no date.
    #[error("the code holds no date of birth in the form DDMMYYYY")]
    BirthDate,
    /// The sex is neither Nam nor Nữ.
    #[error("the code says neither Nam nor Nữ")]
    Sex,
}

/// The seven known fields under their names, and the rest.
struct Fields {
    citizen_id: String,
    old_id_number: String,
    full_name: String,
    birth_date: String,
    sex: String,
    address: String,
    issued_on: Option<String>,
    extra: Vec<String>,
}

impl CitizenCard {
    /// Takes the text of a card's code apart.
    ///
    /// Fewer than six fields, or a number, name, date of birth or sex that cannot be read, are errors; whatever else is odd
    /// becomes a warning.
    pub fn parse(text: &str) -> Result<Self, CardError> {
        let mut warnings = Vec::new();
        let fields = name_fields(split(text, &mut warnings)?, &mut warnings);
        let card = Self {
            citizen_id: parse_citizen_id(fields.citizen_id)?,
            old_id_number: parse_old_number(fields.old_id_number, &mut warnings),
            full_name: parse_name(fields.full_name)?,
            birth_date: parse_date(&fields.birth_date, &mut warnings).ok_or(CardError::BirthDate)?,
            sex: parse_sex(&fields.sex)?,
            address: fields.address,
            issued_on: parse_issue_date(fields.issued_on.as_deref(), &mut warnings),
            extra: fields.extra,
            warnings: Vec::new(),
        };
        warnings.extend(card.contradictions());
        warnings.dedup();
        Ok(Self { warnings, ..card })
    }

    /// Whether number, dates and sex agree; a card that contradicts itself says nothing about whose it is (DOMAIN §5.6).
    pub fn is_consistent(&self) -> bool {
        self.contradictions().is_empty()
    }

    /// What the number, the dates and the sex say against each other.
    fn contradictions(&self) -> Vec<CardWarning> {
        let (sex, birth_year) = numbered_sex_and_year(&self.citizen_id);
        let mut found = Vec::new();
        if sex != self.sex {
            found.push(CardWarning::SexAgainstNumber);
        }
        if birth_year != self.birth_date.year() {
            found.push(CardWarning::BirthYearAgainstNumber);
        }
        if self.issued_on.is_some_and(|issued_on| issued_on < self.birth_date) {
            found.push(CardWarning::IssuedBeforeBirth);
        }
        found
    }
}

/// Fourth digit: twice the centuries since 1900, plus one for women; fifth and sixth: the year in its century.
fn numbered_sex_and_year(citizen_id: &str) -> (Sex, i16) {
    let digit = |index: usize| i16::from(citizen_id.as_bytes()[index] - b'0');
    let sex = if digit(3) % 2 == 0 { Sex::Male } else { Sex::Female };
    (sex, 1900 + digit(3) / 2 * 100 + digit(4) * 10 + digit(5))
}

fn split(text: &str, warnings: &mut Vec<CardWarning>) -> Result<Vec<String>, CardError> {
    let text: String = text.nfc().collect();
    let fields: Vec<String> = text.split('|').map(|field| unlabelled(field, warnings)).collect();
    if fields.len() < FIELD_COUNT_MIN {
        return Err(CardError::TooFewFields { count: fields.len() });
    }
    Ok(fields)
}

fn unlabelled(field: &str, warnings: &mut Vec<CardWarning>) -> String {
    let value = match field.split_once(':') {
        Some((label, value)) if LABELS.contains(&label.trim().to_lowercase().as_str()) => {
            warnings.push(CardWarning::Labelled);
            value
        }
        _ => field,
    };
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A date in third place can only be the date of birth: then the field of the old number is missing.
fn name_fields(mut fields: Vec<String>, warnings: &mut Vec<CardWarning>) -> Fields {
    if read_date(&fields[2]).is_some() {
        warnings.push(CardWarning::OldNumberFieldMissing);
        fields.insert(1, String::new());
    }
    let mut fields = fields.into_iter();
    let mut next = || fields.next().unwrap_or_default();
    Fields {
        citizen_id: next(),
        old_id_number: next(),
        full_name: next(),
        birth_date: next(),
        sex: next(),
        address: next(),
        issued_on: fields.next(),
        extra: fields.collect(),
    }
}

fn parse_citizen_id(field: String) -> Result<String, CardError> {
    if is_digits(&field, 12) { Ok(field) } else { Err(CardError::CitizenId) }
}

/// A name has letters and no digits: a date in its place stands in the wrong field.
fn parse_name(field: String) -> Result<String, CardError> {
    let is_name = field.chars().any(char::is_alphabetic) && !field.chars().any(char::is_numeric);
    if is_name { Ok(field) } else { Err(CardError::FullName) }
}

fn parse_old_number(field: String, warnings: &mut Vec<CardWarning>) -> Option<String> {
    if field.is_empty() {
        return None;
    }
    if !is_digits(&field, 9) && !is_digits(&field, 12) {
        warnings.push(CardWarning::OldNumberMalformed);
    }
    Some(field)
}

fn parse_sex(field: &str) -> Result<Sex, CardError> {
    match field.to_lowercase().as_str() {
        "nam" => Ok(Sex::Male),
        "nữ" => Ok(Sex::Female),
        _ => Err(CardError::Sex),
    }
}

fn parse_issue_date(field: Option<&str>, warnings: &mut Vec<CardWarning>) -> Option<Date> {
    let Some(field) = field.filter(|field| !field.is_empty()) else {
        warnings.push(CardWarning::IssueDateMissing);
        return None;
    };
    let date = parse_date(field, warnings);
    if date.is_none() {
        warnings.push(CardWarning::IssueDateMalformed);
    }
    date
}

fn parse_date(field: &str, warnings: &mut Vec<CardWarning>) -> Option<Date> {
    let date = read_date(field)?;
    if !is_digits(field, 8) && !warnings.contains(&CardWarning::DateWithSeparators) {
        warnings.push(CardWarning::DateWithSeparators);
    }
    Some(date)
}

/// DDMMYYYY, or day, month and year with `/`, `-` or `.` between them.
fn read_date(field: &str) -> Option<Date> {
    let parts: Vec<&str> = field.split(['/', '-', '.']).map(str::trim).collect();
    let (day, month, year) = match parts[..] {
        [digits] if is_digits(digits, 8) => (&digits[..2], &digits[2..4], &digits[4..]),
        [day, month, year] if is_short(day) && is_short(month) && is_digits(year, 4) => (day, month, year),
        _ => return None,
    };
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn is_short(digits: &str) -> bool {
    is_digits(digits, 1) || is_digits(digits, 2)
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const PUBLIC: &str =
        "001090123456|012345678|NGUYEN VAN A|01011990|Nam|Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh|15042021";

    fn card() -> CitizenCard {
        CitizenCard {
            citizen_id: "001090123456".into(),
            old_id_number: None,
            full_name: "Nguyễn Văn A".into(),
            birth_date: date(1990, 1, 1),
            sex: Sex::Male,
            address: "Tổ dân phố 5, Phường Bến Nghé".into(),
            issued_on: Some(date(2021, 4, 15)),
            extra: vec![],
            warnings: vec![],
        }
    }

    #[test]
    fn cards() {
        let check =
            |text: &str, expected: CitizenCard| assert_eq!(CitizenCard::parse(text), Ok(expected), "{text}");
        check(
            PUBLIC,
            CitizenCard {
                old_id_number: Some("012345678".into()),
                full_name: "NGUYEN VAN A".into(),
                address: "Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh".into(),
                ..card()
            },
        );
        check("001090123456||Nguyễn Văn A|01011990|Nam|Tổ dân phố 5, Phường Bến Nghé|15042021", card());
        check(
            " 001090123456 ||Nguye\u{0302}\u{0303}n  Văn A|01011990|NAM| Tổ dân phố 5, Phường Bến Nghé|15042021\r\n",
            card(),
        );
        check(
            "001090123456||Nguyễn Văn A|01011990|Nam|Tổ dân phố 5, Phường Bến Nghé|15042021||Trần Thị B|x",
            CitizenCard { extra: vec!["".into(), "Trần Thị B".into(), "x".into()], ..card() },
        );
    }

    #[test]
    fn odd_cards_are_accepted_with_a_warning() {
        let sex = CardWarning::SexAgainstNumber;
        let year = CardWarning::BirthYearAgainstNumber;
        let check = |text: &str, expected: &[CardWarning]| {
            let card = CitizenCard::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(card.warnings, expected, "{text}");
            let contradictions = [sex, year, CardWarning::IssuedBeforeBirth];
            assert_eq!(
                card.is_consistent(),
                !expected.iter().any(|one| contradictions.contains(one)),
                "{text}"
            );
            assert_eq!((card.citizen_id.len(), card.birth_date), (12, date(1990, 1, 1)), "{text}");
            assert_eq!(
                (card.full_name.as_str(), card.address.as_str()),
                ("Nguyễn Văn A", "Bến Nghé"),
                "{text}"
            );
        };
        check("001090123456||Nguyễn Văn A|01011990|Nữ|Bến Nghé|15042021", &[sex]);
        check("001190123456||Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021", &[sex]);
        check("001190123456||Nguyễn Văn A|01011990|Nữ|Bến Nghé|15042021", &[]);
        check("001091123456||Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021", &[year]);
        check("001290123456||Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021", &[year]);
        check("001391123456||Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021", &[sex, year]);
        check(
            "001090123456|Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021",
            &[CardWarning::OldNumberFieldMissing],
        );
        check(
            "001090123456|Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021|x",
            &[CardWarning::OldNumberFieldMissing],
        );
        check(
            "001090123456|12|Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021",
            &[CardWarning::OldNumberMalformed],
        );
        check(
            "001090123456||Nguyễn Văn A|01/01/1990|Nam|Bến Nghé|15/4/2021",
            &[CardWarning::DateWithSeparators],
        );
        check("001090123456||Nguyễn Văn A|01011990|Nam|Bến Nghé", &[CardWarning::IssueDateMissing]);
        check("001090123456||Nguyễn Văn A|01011990|Nam|Bến Nghé|", &[CardWarning::IssueDateMissing]);
        check(
            "001090123456||Nguyễn Văn A|01011990|Nam|Bến Nghé|31022021",
            &[CardWarning::IssueDateMalformed],
        );
        check("001090123456||Nguyễn Văn A|01011990|Nam|Bến Nghé|31121989", &[CardWarning::IssuedBeforeBirth]);
        check(
            "CCCD: 001090123456|CMND:|Họ và tên: Nguyễn Văn A|Ngày sinh: 01011990|Giới tính: Nam|Địa chỉ: Bến Nghé|15042021",
            &[CardWarning::Labelled],
        );
    }

    #[test]
    fn what_is_no_card_is_refused() {
        let check =
            |text: &str, expected: CardError| assert_eq!(CitizenCard::parse(text), Err(expected), "{text}");
        check("", CardError::TooFewFields { count: 1 });
        check("001090123456|Nguyễn Văn A|01011990|Nam|Bến Nghé", CardError::TooFewFields { count: 5 });
        check("00109012345||Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021", CardError::CitizenId);
        check("0010901234560||Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021", CardError::CitizenId);
        check("00109A123456||Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021", CardError::CitizenId);
        check("٠٠١٠٩٠||Nguyễn Văn A|01011990|Nam|Bến Nghé|15042021", CardError::CitizenId);
        check("001090123456|||01011990|Nam|Bến Nghé|15042021", CardError::FullName);
        check("001090123456|15-4-2021|01/01/1990|Nam|Bến Nghé|15042021", CardError::FullName);
        check("001090123456||-|01011990|Nam|Bến Nghé|15042021", CardError::FullName);
        check("001090123456||Nguyễn Văn A|30021990|Nam|Bến Nghé|15042021", CardError::BirthDate);
        check("001090123456||Nguyễn Văn A|1990|Nam|Bến Nghé|15042021", CardError::BirthDate);
        check("001090123456||Nguyễn Văn A|ệệệệ|Nam|Bến Nghé|15042021", CardError::BirthDate);
        check("001090123456||Nguyễn Văn A|01011990|Khác|Bến Nghé|15042021", CardError::Sex);
        check("||||||", CardError::CitizenId);
    }

    #[test]
    fn messages_hold_no_personal_data() {
        let error =
            CitizenCard::parse("001090123456||Nguyễn Văn A|1990|Nam|Bến Nghé|15042021").expect_err("no date");
        assert!(!error.to_string().contains("Nguyễn") && !error.to_string().contains("0010"));
    }
}
