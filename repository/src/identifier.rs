//! Identifiers that are built by parsing and, once built, are right.

use serde::{Deserialize, Serialize};

/// Why a text is not the identifier it should be; the message is Vietnamese, for the person who typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct IdentifierError {
    /// What is wrong and what is expected.
    pub message: String,
}

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The canonical text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
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
            fn from_str(_text: &str) -> Result<Self, IdentifierError> { todo!() }
        }
    )*};
}

identifiers! {
    /// Số định danh cá nhân, 12 digits (DOMAIN §5.5).
    CitizenId;
    /// CMND 9 số.
    OldIdNumber;
    /// Số hộ chiếu.
    PassportNumber;
    /// Mã số thuế, mã số doanh nghiệp (DOMAIN §5.7).
    TaxCode;
    /// Mã hồ sơ (DOMAIN §5.1).
    DossierCode;
    /// Mã TTHC (DOMAIN §5.3).
    ProcedureCode;
    /// Mã kết quả số hóa (DOMAIN §5.4).
    DocumentCode;
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
    pub fn parse(_text: &str) -> Result<SubjectNumber, IdentifierError> {
        todo!()
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
}
