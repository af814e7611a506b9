//! How values stand in columns: enumerations as words, lists as JSON text, times as microseconds, yes and no as 1 and 0.

use super::Row;
use crate::error::{Error, Result};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use unicode_normalization::UnicodeNormalization;

/// The word of an enumeration, as the JSON API spells it.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("an enumeration of plain names serializes as a string, not {other:?}"),
    }
}

/// A value as JSON text.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .expect("records serialize: their keys are strings and nothing in them can fail")
}

/// The key by which exact look-ups forgive separators, letter case and the stroke of Đ: `123/QĐ-UBND` is `123QDUBND`.
pub(crate) fn exact_key(text: &str) -> String {
    let letters = text.nfc().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase);
    letters.map(|letter| if letter == 'Đ' { 'D' } else { letter }).collect()
}

/// What cannot be read back.
fn corrupt(column: &str) -> Error {
    Error::Corrupt(format!("column {column}"))
}

/// Reads a whole number that is smaller than the column allows.
pub(crate) fn whole<T: TryFrom<i64>>(row: &Row, column: &str) -> Result<T> {
    T::try_from(row.get::<i64>(column)?).map_err(|_| corrupt(column))
}

/// Reads a whole number that may be missing.
pub(crate) fn whole_or_none<T: TryFrom<i64>>(row: &Row, column: &str) -> Result<Option<T>> {
    let number = row.get::<Option<i64>>(column)?;
    number.map(|number| T::try_from(number).map_err(|_| corrupt(column))).transpose()
}

/// Reads yes or no, which stand as 1 and 0.
pub(crate) fn flag(row: &Row, column: &str) -> Result<bool> {
    Ok(row.get::<i64>(column)? != 0)
}

/// Reads the word of an enumeration, or a parsed identifier.
pub(crate) fn read_word<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    read_word_or_none(row, column)?.ok_or_else(|| corrupt(column))
}

/// Reads a word that may be missing.
pub(crate) fn read_word_or_none<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>> {
    let word = row.get::<Option<String>>(column)?.map(serde_json::Value::String);
    word.map(|word| serde_json::from_value(word).map_err(|_| corrupt(column))).transpose()
}

/// Reads JSON text.
pub(crate) fn read_json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    serde_json::from_str(row.get(column)?).map_err(|_| corrupt(column))
}

/// Reads JSON text that may be missing.
pub(crate) fn read_json_or_none<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>> {
    let text = row.get::<Option<&str>>(column)?;
    text.map(|text| serde_json::from_str(text).map_err(|_| corrupt(column))).transpose()
}

/// Reads a time.
pub(crate) fn read_time(row: &Row, column: &str) -> Result<Timestamp> {
    Timestamp::from_microsecond(row.get(column)?).map_err(|_| corrupt(column))
}

/// Reads a time that may be missing.
pub(crate) fn read_time_or_none(row: &Row, column: &str) -> Result<Option<Timestamp>> {
    let micros = row.get::<Option<i64>>(column)?;
    micros.map(|micros| Timestamp::from_microsecond(micros).map_err(|_| corrupt(column))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_forgive_separators_case_and_the_stroke() {
        let check = |text: &str, expected: &str| assert_eq!(exact_key(text), expected, "{text}");
        check("123/QĐ-UBND", "123QDUBND");
        check("123/qd-ubnd", "123QDUBND");
        check(" 0314409058 - 002 ", "0314409058002");
        check("KS-261121-000042", "KS261121000042");
        check("Số 12", "SỐ12");
        check("So\u{302}\u{301} 12", "SỐ12");
        check(" -/. ", "");
    }
}
