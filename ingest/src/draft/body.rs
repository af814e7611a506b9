//! The parts of a decision or a letter below its head: what it is based on, and who receives it (NĐ 30/2020, Phụ lục I).

use super::header::field;
use super::paper::{Paper, Row, Word, text};
use super::values;
use repository::DocumentType;
use repository::record::ProposedField;

/// Folded beginnings of a ground.
const GROUNDS: &[&str] = &["can cu ", "theo de nghi ", "xet de nghi ", "xet to trinh "];
/// Grounds and recipients are no longer than this; what follows is another part of the paper.
const ROWS_MAX: usize = 30;
/// Recipients stand left of this share of the page's width.
const LEFT_SHARE: f32 = 0.5;
/// A field holds no more characters (`repository` refuses longer values).
const CHARS_MAX: usize = 4_000;

/// Căn cứ and nơi nhận, where the type carries them.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let grounds = || part("legal_grounds", &grounds(paper));
    let recipients = || part("recipients", &recipients(paper));
    let found = [("legal_grounds", grounds()), ("recipients", recipients())];
    found.into_iter().filter(|(key, _)| document_type.carries(key)).filter_map(|(_, field)| field).collect()
}

fn part(key: &str, rows: &[Row]) -> Option<ProposedField> {
    let words: Vec<Word> = rows.iter().flat_map(|row| row.words.iter().cloned()).collect();
    let value = values::plain(&text(&words))?;
    (value.chars().count() <= CHARS_MAX).then(|| field(key, value, rows[0].page, &words))
}

/// From the first `Căn cứ` to the capitals that decide.
fn grounds(paper: &Paper) -> Vec<Row> {
    let begins = |row: &Row| GROUNDS.iter().any(|ground| row.folded().starts_with(ground));
    let rows = paper.rows.iter().skip_while(|row| !begins(row)).take(ROWS_MAX);
    rows.take_while(|row| !row.is_capitals() && !row.folded().starts_with("dieu 1")).cloned().collect()
}

/// Behind `Nơi nhận:`, on the left: the rows that begin with a dash, and what goes on from them.
fn recipients(paper: &Paper) -> Vec<Row> {
    let Some(start) = paper.rows.iter().rposition(|row| row.folded().starts_with("noi nhan")) else {
        return Vec::new();
    };
    let left = |row: &Row| row.keep(|word| row.across(word.region.left) < LEFT_SHARE);
    let rows = paper.rows[start + 1..].iter().filter(|row| row.page == paper.rows[start].page).map(left);
    let is_item = |row: &Row| row.words.first().is_some_and(|word| word.text.starts_with(['-', '–', '—']));
    rows.filter(|row| !row.words.is_empty()).take(ROWS_MAX).take_while(is_item).collect()
}
