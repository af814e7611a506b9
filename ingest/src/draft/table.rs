//! Tables of persons: members of an enterprise, of a household.

use super::header::field;
use super::paper::{Paper, Row, Word, text};
use super::values;
use repository::DocumentType;
use repository::record::ProposedField;

/// Words of the heading above a column of names, folded.
const NAME_HEADINGS: &[&str] =
    &["ten thanh vien", "ten co dong", "ho va ten", "ho chu dem va ten", "ho chu dem ten", "ho ten"];
/// More persons than this are not one household or partnership.
const PERSONS_MAX: usize = 50;

/// How engines read the rules of a table.
const RULES: [char; 4] = ['|', '[', ']', '¦'];

/// The names in a numbered table of persons.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Option<ProposedField> {
    if !document_type.carries("members") {
        return None;
    }
    let start = paper.rows.iter().position(is_heading)? + 1;
    let page = paper.rows.get(start)?.page;
    let rows = paper.rows[start..].iter().take(2 * PERSONS_MAX).take_while(|row| row.page == page);
    let mut names = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    for row in rows {
        // A row that goes on with a cell has no number of its own.
        let Some((name, cell)) = numbered_name(row, names.len() + 1) else { continue };
        names.push(name);
        words.extend(cell);
    }
    (!names.is_empty()).then(|| field("members", names.join("; "), page, &words))
}

/// `STT`, a column of names, and something else about each.
fn is_heading(row: &Row) -> bool {
    let folded = row.folded();
    let is_numbered = ["stt ", "tt ", "so tt "].iter().any(|number| folded.starts_with(number));
    is_numbered && NAME_HEADINGS.iter().any(|heading| folded.contains(heading))
}

/// The name behind the row's number, if it is the one that comes next.
fn numbered_name(row: &Row, number: usize) -> Option<(String, Vec<Word>)> {
    let solid: Vec<Word> = row.words.iter().filter(|word| !word.folded.is_empty()).cloned().collect();
    let (first, rest) = solid.split_first()?;
    let is_next = first.folded.parse::<usize>() == Ok(number);
    let name = values::name(&text(rest).replace(RULES, " ")).filter(|_| is_next)?;
    let cell = rest[..name.split(' ').count().min(rest.len())].to_vec();
    Some((name, cell))
}
