//! What a code is for, told from its text alone.

use serde::{Deserialize, Serialize};

use crate::CitizenCard;
use crate::signing::{Address, PATH, SHEET_PREFIX};

/// Fewest letters of a receipt or a label of ours: head, an empty map and signature in base 32.
const LABEL_LETTERS_MIN: usize = 114;

/// How every payment code begins: "payload format indicator, two characters, version 01".
const PAYMENT_PREFIX: &str = "000201";

/// Tag and length of the checksum that ends a payment code.
const CHECKSUM_HEAD: &str = "6304";

/// The name under which the Vietnamese interbank scheme stands in a payment code.
const VIETQR_ID: &str = "A000000727";

/// How a signed health certificate begins: the format's name and version, then base 45.
const HEALTH_CERTIFICATE_PREFIX: &str = "HC1:";

/// What a code on a paper is for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Thẻ căn cước: proposes a person.
    #[doc(alias = "thẻ căn cước")]
    CitizenCard,
    /// A receipt or a label that we, or another system like ours, printed; whether it is true [`crate::KeyList::verify`] tells.
    OurLabel,
    /// A sheet that lies before the pages of one paper in a feeder, as we print it.
    CoverSheet,
    /// VietQR or another payment code after EMVCo; kept as text, never acted upon.
    Payment,
    /// Thẻ bảo hiểm y tế.
    #[doc(alias = "thẻ BHYT")]
    HealthInsurance,
    /// A vaccination, test or recovery certificate (HC1); kept as text, its signature is not ours to check.
    HealthCertificate,
    /// A web address; kept as text, never opened.
    Url,
    /// Anything else.
    Unknown,
}

/// Tells the kind; a payment code with a wrong checksum and a card that cannot be taken apart are [`Kind::Unknown`].
pub fn kind_of(text: &str) -> Kind {
    let text = text.trim();
    if text.starts_with(SHEET_PREFIX) {
        Kind::CoverSheet
    } else if is_label(text) {
        Kind::OurLabel
    } else if is_payment(text) {
        Kind::Payment
    } else if CitizenCard::parse(text).is_ok() {
        Kind::CitizenCard
    } else if is_health_insurance(text) {
        Kind::HealthInsurance
    } else if is_health_certificate(text) {
        Kind::HealthCertificate
    } else if is_url(text) {
        Kind::Url
    } else {
        Kind::Unknown
    }
}

/// Whether the parts of a payment code fit together down to the account: a code with the right checksum may still carry a
/// wrong length inside, and deserves a warning.
pub fn is_payment_well_formed(text: &str) -> bool {
    let parts = is_payment(text.trim()).then(|| split_tags(text.trim())).flatten();
    parts.is_some_and(|parts| {
        parts.iter().all(|(tag, value)| !is_template(tag) || is_template_well_formed(value))
    })
}

fn is_label(text: &str) -> bool {
    let letters = text.rsplit_once(PATH).map(|(address, letters)| (Address::new(address), letters));
    letters.is_some_and(|(address, letters)| {
        address.is_ok_and(|address| text.starts_with(address.as_str()))
            && letters.len() >= LABEL_LETTERS_MIN
            && letters.bytes().all(|byte| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte))
    })
}

fn is_payment(text: &str) -> bool {
    let Some((body, checksum)) = text.len().checked_sub(4).and_then(|end| text.split_at_checked(end)) else {
        return false;
    };
    text.starts_with(PAYMENT_PREFIX)
        && body.ends_with(CHECKSUM_HEAD)
        && u16::from_str_radix(checksum, 16).is_ok_and(|checksum| checksum == crc16(body.as_bytes()))
}

/// Tags 26 to 51 hold the account, 62 what is paid for: each is a list of tags itself.
fn is_template(tag: &str) -> bool {
    matches!(tag.parse::<u8>(), Ok(26..=51 | 62))
}

fn is_template_well_formed(value: &str) -> bool {
    let Some(parts) = split_tags(value) else { return false };
    let is_vietqr = parts.iter().any(|(tag, value)| *tag == "00" && *value == VIETQR_ID);
    !is_vietqr || parts.iter().all(|(tag, value)| *tag != "01" || split_tags(value).is_some())
}

/// Two digits of tag, two of length in characters, then the value; `None` unless this uses up the text.
fn split_tags(mut text: &str) -> Option<Vec<(&str, &str)>> {
    let mut parts = Vec::new();
    while !text.is_empty() {
        let (tag, rest) = text.split_at_checked(2)?;
        let (length, rest) = rest.split_at_checked(2)?;
        let is_numeric = (tag.bytes().chain(length.bytes())).all(|byte| byte.is_ascii_digit());
        let end =
            rest.char_indices().map(|(start, _)| start).chain([rest.len()]).nth(length.parse().ok()?)?;
        let (value, rest) = is_numeric.then(|| rest.split_at(end))?;
        parts.push((tag, value));
        text = rest;
    }
    Some(parts)
}

/// CRC-16/CCITT-FALSE: polynomial 0x1021, start 0xFFFF.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(crc ^ (u16::from(*byte) << 8), |crc, _| {
            if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
        })
    })
}

/// The card's number (two letters and 13 digits, or 10 digits since 2021), then name and more as hex of UTF-8.
fn is_health_insurance(text: &str) -> bool {
    let fields: Vec<&str> = text.split('|').collect();
    fields.len() >= 5 && is_insurance_number(fields[0]) && is_hex_of_name(fields[1])
}

/// Base 45 has three letters for two bytes, and two for a last one.
fn is_health_certificate(text: &str) -> bool {
    let letters = text.strip_prefix(HEALTH_CERTIFICATE_PREFIX).unwrap_or_default();
    let is_letter = |c: u8| c.is_ascii_digit() || c.is_ascii_uppercase() || b" $%*+-./:".contains(&c);
    !letters.is_empty() && letters.len() % 3 != 1 && letters.bytes().all(is_letter)
}

fn is_insurance_number(field: &str) -> bool {
    let digits = match field.split_at_checked(2) {
        Some((letters, digits)) if letters.bytes().all(|byte| byte.is_ascii_uppercase()) => digits,
        _ => field,
    };
    let expected = if digits.len() == field.len() { 10 } else { 13 };
    digits.len() == expected && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_hex_of_name(field: &str) -> bool {
    let digits: Option<Vec<u8>> = field.chars().map(|c| c.to_digit(16).map(|digit| digit as u8)).collect();
    let bytes: Vec<u8> =
        digits.unwrap_or_default().chunks(2).map(|pair| pair.iter().fold(0, |b, d| b << 4 | d)).collect();
    let name = String::from_utf8(bytes).unwrap_or_default();
    field.len().is_multiple_of(2)
        && name.chars().any(char::is_alphabetic)
        && !name.chars().any(char::is_control)
}

fn is_url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '['))
        && !text.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAYMENT: &str =
        "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F";
    const PAYMENT_WRONG_INSIDE: &str =
        "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5";

    #[test]
    fn kinds() {
        let check = |text: &str, kind: Kind| assert_eq!(kind_of(text), kind, "{text}");
        let label = format!("HTTPS://MOTLAN.EXAMPLE:8080/V/{}", "A2".repeat(80));
        check(&label, Kind::OurLabel);
        check(&label.to_lowercase(), Kind::Url);
        check(&label.replace("A2", "A1"), Kind::Url);
        check("HTTPS://MOTLAN.EXAMPLE/V/A2", Kind::Url);
        check("ML1:A2", Kind::CoverSheet);
        check("ML2:A2", Kind::Unknown);
        check(
            "001090123456||Nguyễn Văn A|01011990|Nam|Tổ dân phố 5, Phường Bến Nghé|15042021",
            Kind::CitizenCard,
        );
        check("001090123456||Nguyễn Văn A|01011990|Nam", Kind::Unknown);
        check(PAYMENT, Kind::Payment);
        check(PAYMENT_WRONG_INSIDE, Kind::Payment);
        check(&PAYMENT.to_lowercase(), Kind::Unknown);
        check(&PAYMENT.replace("9E6F", "9E6E"), Kind::Unknown);
        check(&PAYMENT.replace("8QRIBFTTA", "8QRIBFTTB"), Kind::Unknown);
        check("000201", Kind::Unknown);
        check(
            "HC4010012345678|4c6920546fc3a06e|01/02/1990|1|4869|01 - 001|-|01/01/2020|-",
            Kind::HealthInsurance,
        );
        check("0123456789|4c6920546fc3a06e|01/02/1990|1|4869", Kind::HealthInsurance);
        check("0123456789|Li Toàn|01/02/1990|1|4869", Kind::Unknown);
        check("0123456789|ffff|01/02/1990|1|4869", Kind::Unknown);
        check("HC401001234567|4c6920546fc3a06e|01/02/1990|1|4869", Kind::Unknown);
        check("HC1:6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$", Kind::HealthCertificate);
        check("HC1:6BFOXN", Kind::HealthCertificate);
        check("HC1:6BFOXNX", Kind::Unknown);
        check("HC1:6bfoxn", Kind::Unknown);
        check("HC1:", Kind::Unknown);
        check("https://dichvucong.gov.vn/?a=1", Kind::Url);
        check("HTTP://EXAMPLE.VN", Kind::Url);
        check("https://", Kind::Unknown);
        check("javascript:alert(1)", Kind::Unknown);
        check("xem https://example.vn", Kind::Unknown);
        check("", Kind::Unknown);
        check("ệ", Kind::Unknown);
    }

    #[test]
    fn payments_are_looked_into() {
        let check = |text: &str, expected: bool| assert_eq!(is_payment_well_formed(text), expected, "{text}");
        check(PAYMENT, true);
        check(PAYMENT_WRONG_INSIDE, false);
        check("https://example.vn", false);
    }

    #[test]
    fn lengths_count_characters() {
        assert_eq!(split_tags("5902Hà6002VN"), Some(vec![("59", "Hà"), ("60", "VN")]));
        assert_eq!(split_tags("5903Hà"), None);
        assert_eq!(split_tags("59+1a"), None);
    }

    #[test]
    fn the_checksum_has_its_published_check_value() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
    }
}
