//! Numbers that stand on papers (DOMAIN §5.8): số, ký hiệu of documents and số phát hành of land certificates.

use super::{IdentifierError, is_digits};
use unicode_normalization::UnicodeNormalization;

pub(super) fn canonical(text: &str) -> Result<String, IdentifierError> {
    let number = text.nfc().filter(|letter| !letter.is_whitespace()).collect::<String>();
    match is_document_number(&number) {
        true => Ok(number),
        false => Err(IdentifierError::expected(
            "Số, ký hiệu có dạng số/năm/ký hiệu, ví dụ 15/QĐ-UBND, 45/2020/NĐ-CP hoặc 12/2024.",
        )),
    }
}

/// `15/QĐ-UBND`, `45/2020/NĐ-CP`, and `12/2024` of the registers of civil status.
fn is_document_number(number: &str) -> bool {
    let parts = number.split('/').collect::<Vec<_>>();
    let is_number = is_digits(parts[0], 1, 6);
    match parts[1..] {
        [year_or_notation] => {
            is_number && (is_digits(year_or_notation, 4, 4) || is_notation(year_or_notation))
        }
        [year, notation] => is_number && is_digits(year, 4, 4) && is_notation(notation),
        _ => false,
    }
}

/// `QĐ-UBND`: groups that begin with a capital; dots only after the first group.
fn is_notation(text: &str) -> bool {
    let mut groups = text.split('-');
    let first = groups.next().unwrap_or_default();
    is_notation_group(first) && !first.contains('.') && groups.all(is_notation_group)
}

fn is_notation_group(group: &str) -> bool {
    let capital = |letter: char| letter.is_ascii_uppercase() || letter == 'Đ';
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, 'Đ' | '.');
    group.starts_with(capital) && group.chars().all(allowed)
}

/// Old `AB 123456` (one or two letters, Đ too), new `AA 01695788`; canonical with one space.
pub(super) fn land_certificate_serial(text: &str) -> Result<String, IdentifierError> {
    let serial = text.nfc().filter(|letter| !letter.is_whitespace()).flat_map(char::to_uppercase);
    let serial = serial.collect::<String>();
    let split = serial.find(|letter: char| letter.is_ascii_digit()).unwrap_or(serial.len());
    let (letters, digits) = serial.split_at(split);
    match is_old_serial(letters, digits) || is_new_serial(letters, digits) {
        true => Ok(format!("{letters} {digits}")),
        false => Err(IdentifierError::expected(
            "Số phát hành gồm một hoặc hai chữ cái rồi 6 chữ số (AB 123456), loại mới là hai chữ cái rồi 8 chữ số.",
        )),
    }
}

fn is_old_serial(letters: &str, digits: &str) -> bool {
    let is_letter = |letter: char| letter.is_ascii_uppercase() || letter == 'Đ';
    (1..=2).contains(&letters.chars().count()) && letters.chars().all(is_letter) && is_digits(digits, 6, 6)
}

fn is_new_serial(letters: &str, digits: &str) -> bool {
    letters.len() == 2 && letters.bytes().all(|byte| byte.is_ascii_uppercase()) && is_digits(digits, 8, 8)
}

#[cfg(test)]
mod tests {
    use crate::identifier::{DocumentNumber, LandCertificateSerial};

    #[test]
    fn document_numbers() {
        let check = |text: &str, ok: bool| assert_eq!(text.parse::<DocumentNumber>().is_ok(), ok, "{text}");
        check("15/QĐ-UBND", true);
        check("45/2020/NĐ-CP", true);
        check("91/2025/QH15", true);
        check("766/QĐ-TTg", true);
        check("7197/BKHCN-CĐSQG", true);
        check("12/2024", true);
        check("12 / 2024", true);
        check("QĐ-15", false);
        check("15/qđ-ubnd", false);
        check("1234567/QĐ", false);
        check("15/20/QĐ", false);
        check("15/2020/QĐ/1", false);
        check("15/", false);
        check("", false);
    }

    #[test]
    fn serials_of_land_certificates() {
        let check = |text: &str, expected: Option<&str>| {
            let parsed = text.parse::<LandCertificateSerial>().ok();
            assert_eq!(parsed.as_ref().map(LandCertificateSerial::as_str), expected, "{text}");
        };
        check("AB 123456", Some("AB 123456"));
        check("AB123456", Some("AB 123456"));
        check("Đ 123456", Some("Đ 123456"));
        check("AA 01695788", Some("AA 01695788"));
        check("A 01695788", None);
        check("ABC 123456", None);
        check("AB 12345", None);
        check("123456", None);
        check("CN 653", None);
    }
}
