//! The entry of the register that an extract repeats: `Đăng ký khai sinh tại: …` and below it `Số: 132/2001 Ngày: 11/09/2001`.

use super::header::field;
use super::paper::{Paper, Row, Word, text};
use super::values;
use repository::identifier::{TokenCheck, TokenKind, check_token};
use repository::record::ProposedField;

/// The number stands at most so many rows below the place.
const ROWS_MAX: usize = 3;
/// Folded beginnings of the row with the place of registration.
const PLACES: &[&str] = &["dang ky khai sinh tai", "dang ky khai tu tai", "dang ky ket hon tai"];

/// Number and day of the entry.
pub(super) fn fields(paper: &Paper) -> Vec<ProposedField> {
    let is_place = |row: &Row| PLACES.iter().any(|place| row.folded().starts_with(place));
    let Some(start) = paper.rows.iter().position(is_place) else { return Vec::new() };
    let rows = paper.rows[start + 1..].iter().take(ROWS_MAX);
    // The label is one short word, and often misread; the number behind it is like nothing else there.
    let found = rows.filter_map(|row| Some((row, row.words.iter().position(is_entry)?))).next();
    let Some((row, at)) = found else { return Vec::new() };
    let behind = &row.words[at + 1..];
    let number = values::plain(&row.words[at].text);
    let number = number.map(|number| field("registration_number", number, row.page, &row.words[at..=at]));
    let day = values::date(&text(behind));
    let day = day.map(|day| field("registered_on", day.to_string(), row.page, behind));
    [number, day].into_iter().flatten().collect()
}

/// `132/2001`.
fn is_entry(word: &Word) -> bool {
    let is_day = check_token(TokenKind::Date, &word.text) != TokenCheck::Other;
    !is_day && check_token(TokenKind::DocumentNumber, &word.text) == TokenCheck::Sound
}
