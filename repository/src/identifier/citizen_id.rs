//! Số định danh cá nhân (DOMAIN §5.5): `PPP G YY NNNNNN`, place of registration, century and sex, year, random; no check digit.

use super::{CitizenId, IdentifierError, is_digits, without_separators};
use crate::database;
use jiff::civil::Date;

/// Giới tính, as a citizen number carries it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Nam.
    Male,
    /// Nữ.
    Female,
}

impl Sex {
    /// Vietnamese word, as papers carry it.
    pub fn label(self) -> &'static str {
        match self {
            Sex::Male => "Nam",
            Sex::Female => "Nữ",
        }
    }

    /// The sex that a word on paper means; none for any other word.
    pub fn from_word(word: &str) -> Option<Sex> {
        match word.trim().to_lowercase().as_str() {
            "nam" => Some(Sex::Male),
            "nữ" => Some(Sex::Female),
            _ => None,
        }
    }
}

pub(super) fn canonical(text: &str) -> Result<String, IdentifierError> {
    canonical_in(text, database::today().year())
}

/// Numbers below this are codes of the 63 provinces before 2025, from it on codes of countries.
const COUNTRY_CODE_MIN: u16 = 100;
/// Codes below 97 that no province had (DOMAIN §5.5).
const NEVER_A_PLACE: &[u16] = &[
    0, 3, 5, 7, 9, 13, 16, 18, 21, 23, 28, 29, 32, 39, 41, 43, 47, 50, 53, 55, 57, 59, 61, 63, 65, 69, 71,
    73, 76, 78, 81, 85, 88, 90, 97, 98, 99,
];

/// Whether three digits name a place that registers births: a province before 2025 (its code stays valid) or a country.
pub(super) fn is_place_code(code: &str) -> bool {
    code.parse::<u16>().is_ok_and(|code| code >= COUNTRY_CODE_MIN || !NEVER_A_PLACE.contains(&code))
}

/// Place codes are not checked here: a number with a strange one is shown as doubtful, not refused.
fn canonical_in(text: &str, this_year: i16) -> Result<String, IdentifierError> {
    let digits = without_separators(text);
    if !is_digits(&digits, 12, 12) {
        return Err(IdentifierError::expected(
            "Số định danh cá nhân gồm đúng 12 chữ số. Hãy kiểm tra lại số.",
        ));
    }
    if birth_year(&digits) > this_year {
        return Err(IdentifierError::expected(
            "Số định danh cá nhân này cho năm sinh ở tương lai. Hãy kiểm tra chữ số thứ 4 đến thứ 6.",
        ));
    }
    Ok(digits)
}

/// The value of the digit at a position, from 0.
fn digit(digits: &str, position: usize) -> i16 {
    i16::from(digits.as_bytes()[position] - b'0')
}

/// The fourth digit counts half centuries from 1900: even for men, odd for women.
fn birth_year(digits: &str) -> i16 {
    1900 + 100 * (digit(digits, 3) / 2) + 10 * digit(digits, 4) + digit(digits, 5)
}

impl CitizenId {
    /// Sex that the number carries.
    pub fn sex(&self) -> Sex {
        if digit(self.as_str(), 3) % 2 == 0 { Sex::Male } else { Sex::Female }
    }

    /// Year of birth that the number carries.
    pub fn birth_year(&self) -> i16 {
        birth_year(self.as_str())
    }

    /// Three digits of the place where the birth was registered, from the tables before 2025.
    pub fn place_code(&self) -> &str {
        &self.as_str()[..3]
    }

    /// Whether a date of birth fits the number.
    pub fn agrees_with(&self, birth_date: Date) -> bool {
        self.birth_year() == birth_date.year()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_carry_place_sex_and_year() {
        let check = |text: &str, place: &str, sex, year| {
            let number: CitizenId = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                (number.place_code(), number.sex(), number.birth_year()),
                (place, sex, year),
                "{text}"
            );
        };
        check("079099000001", "079", Sex::Male, 1999);
        check("010164000002", "010", Sex::Female, 1964);
        check("010066000003", "010", Sex::Male, 1966);
        check("079303000001", "079", Sex::Female, 2003);
        check(" 079099000001 ", "079", Sex::Male, 1999);
        check("079 099 000 001", "079", Sex::Male, 1999);
        check("001090123456", "001", Sex::Male, 1990);
    }

    #[test]
    fn sixty_three_provinces_have_codes() {
        assert_eq!((0..COUNTRY_CODE_MIN).filter(|code| is_place_code(&format!("{code:03}"))).count(), 63);
        assert!(is_place_code("001") && is_place_code("096") && is_place_code("210"));
    }

    #[test]
    fn wrong_numbers_are_refused() {
        let check = |text: &str| assert!(text.parse::<CitizenId>().is_err(), "{text}");
        check("07909900000");
        check("0790990000010");
        check("07909A000001");
        check("079099000@01");
        check("079499000001");
        check("079999000001");
        check("");
    }

    #[test]
    fn nobody_is_born_in_the_future() {
        let check =
            |text: &str, this_year, ok| assert_eq!(canonical_in(text, this_year).is_ok(), ok, "{text}");
        check("079226000001", 2026, true);
        check("079227000001", 2026, false);
        check("079227000001", 2027, true);
        check("079499000001", 2199, true);
    }

    #[test]
    fn a_date_of_birth_is_compared_by_year() {
        let number: CitizenId = "001090123456".parse().unwrap();
        assert!(number.agrees_with(date(1990, 1, 1)));
        assert!(!number.agrees_with(date(1991, 1, 1)));
    }

    #[test]
    fn words_of_sex() {
        let check = |word: &str, expected| assert_eq!(Sex::from_word(word), expected, "{word}");
        check("Nam", Some(Sex::Male));
        check(" NỮ ", Some(Sex::Female));
        check("khác", None);
    }
}
