//! Numbers of persons that carry nothing: old identity cards and passports (DOMAIN §5.5).

use super::{IdentifierError, is_digits, without_separators};

pub(super) fn old_id_number(text: &str) -> Result<String, IdentifierError> {
    let digits = without_separators(text);
    match is_digits(&digits, 9, 9) {
        true => Ok(digits),
        false => Err(IdentifierError::expected("CMND gồm đúng 9 chữ số. Hãy kiểm tra lại số.")),
    }
}

/// Vietnamese passports are a letter and seven or eight digits (from memory, so not a hard rule); foreign ones have up to two letters
/// and six to nine digits.
pub(super) fn passport_number(text: &str) -> Result<String, IdentifierError> {
    let number = without_separators(text).to_ascii_uppercase();
    let digits = number.trim_start_matches(|letter: char| letter.is_ascii_uppercase());
    let letters = number.len() - digits.len();
    match (1..=2).contains(&letters) && is_digits(digits, 6, 9) {
        true => Ok(number),
        false => Err(IdentifierError::expected(
            "Số hộ chiếu gồm một hoặc hai chữ cái rồi 6 đến 9 chữ số, ví dụ C1234567. Hãy kiểm tra lại số.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::identifier::{OldIdNumber, PassportNumber};

    #[test]
    fn old_id_numbers_have_nine_digits() {
        let check = |text: &str, expected: Option<&str>| {
            let parsed = text.parse::<OldIdNumber>().ok();
            assert_eq!(parsed.as_ref().map(OldIdNumber::as_str), expected, "{text}");
        };
        check("012345678", Some("012345678"));
        check(" 012 345 678 ", Some("012345678"));
        check("01234567", None);
        check("0123456789", None);
        check("01234567A", None);
    }

    #[test]
    fn passports_are_letters_and_digits() {
        let check = |text: &str, expected: Option<&str>| {
            let parsed = text.parse::<PassportNumber>().ok();
            assert_eq!(parsed.as_ref().map(PassportNumber::as_str), expected, "{text}");
        };
        check("C1234567", Some("C1234567"));
        check("B12345678", Some("B12345678"));
        check(" c 1234567 ", Some("C1234567"));
        check("1234567", None);
        check("C12345", None);
        check("ABC123456", None);
        check("Đ1234567", None);
    }
}
