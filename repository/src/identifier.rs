//! Identifiers that are built by parsing and, once built, are right. Parsing trims, forgives separators that people type, and
//! answers the canonical text. Not here: how codes are made ([`crate::code`]).

mod agency_code;
mod citizen_id;
mod document_code;
mod document_number;
mod dossier_code;
mod personal_number;
mod procedure_code;
mod tax_code;
mod token;
mod written_date;

pub use citizen_id::Sex;
pub use token::{TokenCheck, TokenKind, check_token};
pub use written_date::{WrittenDate, date_in_figures, date_in_words};

use crate::record::SubjectKind;
use serde::{Deserialize, Serialize};

/// Why a text is not the identifier it should be; the message is Vietnamese, for the person who typed it. It says what is expected
/// and never repeats what was typed, which may be a person's number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct IdentifierError {
    /// What is wrong and what is expected.
    pub message: String,
}

impl IdentifierError {
    fn expected(message: impl Into<String>) -> IdentifierError {
        IdentifierError { message: message.into() }
    }
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident $canonical:path, $debug:path;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The canonical text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({})", stringify!($name), $debug(&self.0))
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> String { value.0 }
        }
        impl TryFrom<String> for $name {
            type Error = IdentifierError;
            fn try_from(text: String) -> Result<Self, IdentifierError> { text.parse() }
        }
        impl std::str::FromStr for $name {
            type Err = IdentifierError;
            fn from_str(text: &str) -> Result<Self, IdentifierError> { $canonical(text).map($name) }
        }
    )*};
}

identifiers! {
    /// Số định danh cá nhân, 12 digits (DOMAIN §5.5).
    CitizenId citizen_id::canonical, masked;
    /// CMND 9 số.
    OldIdNumber personal_number::old_id_number, masked;
    /// Số hộ chiếu.
    PassportNumber personal_number::passport_number, masked;
    /// Mã số thuế, mã số doanh nghiệp (DOMAIN §5.7): ten digits, of a branch `0314409058-002`.
    TaxCode tax_code::canonical, masked;
    /// Mã định danh cơ quan (DOMAIN §5.2).
    AgencyCode agency_code::canonical, plain;
    /// Mã hồ sơ (DOMAIN §5.1).
    DossierCode dossier_code::canonical, plain;
    /// Mã TTHC (DOMAIN §5.3).
    ProcedureCode procedure_code::canonical, plain;
    /// Mã kết quả số hóa (DOMAIN §5.4).
    DocumentCode document_code::canonical, plain;
    /// Số, ký hiệu văn bản (DOMAIN §5.8). Papers carry many other forms: a number that is not this one is no error of the paper.
    DocumentNumber document_number::canonical, plain;
    /// Số phát hành of a land certificate (DOMAIN §5.8).
    LandCertificateSerial document_number::land_certificate_serial, plain;
}

/// How identifiers that are no one's secret look in logs.
fn plain(text: &str) -> &str {
    text
}

/// How personal numbers look in logs: the first three and the last two characters (PDP-02).
fn masked(text: &str) -> String {
    let hidden = text.len().saturating_sub(5);
    format!("{}{}{}", &text[..3], "*".repeat(hidden), &text[text.len() - 2..])
}

/// The number that identifies a subject (REUSE-04). As JSON: `{"kind":"citizen_id","value":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum SubjectNumber {
    /// Số định danh cá nhân.
    CitizenId(CitizenId),
    /// CMND 9 số.
    OldIdNumber(OldIdNumber),
    /// Số hộ chiếu.
    Passport(PassportNumber),
    /// Mã số thuế.
    TaxCode(TaxCode),
}

impl SubjectNumber {
    /// Recognises a number by its form, tolerant of spaces, dots and dashes.
    ///
    /// # Errors
    /// The text is none of the four kinds.
    pub fn parse(text: &str) -> Result<SubjectNumber, IdentifierError> {
        let compact = without_separators(text);
        let digits = compact.chars().all(|letter| letter.is_ascii_digit());
        match compact.len() {
            12 if digits => compact.parse().map(SubjectNumber::CitizenId),
            9 if digits => compact.parse().map(SubjectNumber::OldIdNumber),
            10 | 13 if digits => compact.parse().map(SubjectNumber::TaxCode),
            _ if compact.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                compact.parse().map(SubjectNumber::Passport)
            }
            _ => Err(IdentifierError::expected(
                "Số này không đúng dạng. Hãy nhập số định danh (12 chữ số), CMND (9 chữ số), \
                 mã số thuế (10 hoặc 13 chữ số) hoặc số hộ chiếu.",
            )),
        }
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        match self {
            SubjectNumber::CitizenId(number) => number.as_str(),
            SubjectNumber::OldIdNumber(number) => number.as_str(),
            SubjectNumber::Passport(number) => number.as_str(),
            SubjectNumber::TaxCode(number) => number.as_str(),
        }
    }

    /// The kind as JSON and columns spell it.
    pub fn kind(&self) -> &'static str {
        match self {
            SubjectNumber::CitizenId(_) => "citizen_id",
            SubjectNumber::OldIdNumber(_) => "old_id_number",
            SubjectNumber::Passport(_) => "passport",
            SubjectNumber::TaxCode(_) => "tax_code",
        }
    }

    /// Whom such a number identifies.
    pub fn subject_kind(&self) -> SubjectKind {
        match self {
            SubjectNumber::TaxCode(_) => SubjectKind::Organization,
            SubjectNumber::CitizenId(_) | SubjectNumber::OldIdNumber(_) | SubjectNumber::Passport(_) => {
                SubjectKind::Citizen
            }
        }
    }
}

/// Drops what people type between groups of a number: spaces, dots and dashes.
fn without_separators(text: &str) -> String {
    let separator = |letter: char| letter.is_whitespace() || matches!(letter, '.' | '-' | '\u{2013}');
    text.chars().filter(|letter| !separator(*letter)).collect()
}

/// Whether a text is `min` to `max` ASCII digits.
fn is_digits(text: &str, min: usize, max: usize) -> bool {
    (min..=max).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_number_is_known_by_its_form() {
        let check = |text: &str, kind: &str, canonical: &str| {
            let number = SubjectNumber::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((number.kind(), number.as_str()), (kind, canonical), "{text}");
        };
        check("079099000001", "citizen_id", "079099000001");
        check(" 0790 9900 0001 ", "citizen_id", "079099000001");
        check("079.099.000.001", "citizen_id", "079099000001");
        check("012345678", "old_id_number", "012345678");
        check("012 345 678", "old_id_number", "012345678");
        check("0100233488", "tax_code", "0100233488");
        check("0314409058-002", "tax_code", "0314409058-002");
        check("0314409058 002", "tax_code", "0314409058-002");
        check("c1234567", "passport", "C1234567");
        check("C12345678", "passport", "C12345678");
    }

    #[test]
    fn other_texts_are_no_subject_number() {
        let check = |text: &str| assert!(SubjectNumber::parse(text).is_err(), "{text}");
        check("");
        check("Nguyễn Văn A");
        check("12345678");
        check("07909900000");
        check("0100233480");
        check("079999000001");
        check("C12");
        check("٠٧٩٠٩٩٠٠٠٠٠١");
    }

    #[test]
    fn the_json_form_names_the_kind_and_is_checked() {
        let number = SubjectNumber::parse("079099000001").unwrap();
        let text = r#"{"kind":"citizen_id","value":"079099000001"}"#;
        assert_eq!(serde_json::to_string(&number).unwrap(), text);
        assert_eq!(serde_json::from_str::<SubjectNumber>(text).unwrap(), number);
        let wrong = r#"{"kind":"citizen_id","value":"07909900000"}"#;
        assert!(serde_json::from_str::<SubjectNumber>(wrong).is_err());
    }

    #[test]
    fn personal_numbers_are_masked_in_logs() {
        let check =
            |text: &str, shown: &str| assert_eq!(format!("{:?}", SubjectNumber::parse(text).unwrap()), shown);
        check("079099000001", "CitizenId(CitizenId(079*******01))");
        check("012345678", "OldIdNumber(OldIdNumber(012****78))");
        check("C1234567", "Passport(PassportNumber(C12***67))");
        check("0100233488", "TaxCode(TaxCode(010*****88))");
    }

    #[test]
    fn messages_never_repeat_the_number() {
        let check = |text: &str| {
            let message = SubjectNumber::parse(text).unwrap_err().message;
            assert!(!message.contains(text), "{message}");
        };
        check("079999000001");
        check("0100233480");
        check("12345678");
    }
}
