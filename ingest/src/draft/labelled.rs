//! Fields behind a printed label: `Họ, chữ đệm, tên: …`, on one row, on the rows below, or in the columns of a table.

use super::labels::{self, LabelOf, Place};
use super::paper::{Paper, Row, Word, around, confidence, text};
use super::values::{self, Checked};
use repository::DocumentType;
use repository::document_type::{FieldKind, field_key};
use repository::record::{FieldSource, ProposedField};

/// Long values that go on below, at the left edge, when they reach the right one.
const WRAPPING: &[&str] = &[
    "birth_place",
    "home_town",
    "residence",
    "agency",
    "parcel_address",
    "head_office",
    "death_place",
    "enterprise_name",
    "criminal_record",
    "marital_status",
    "purpose",
];
/// A value that ends in this last part of the text's width goes on in the next row.
const RIGHT_EDGE: f32 = 0.86;
/// A value whose form is wrong is shown, but never as sure (a failed check is not corrected silently).
pub(super) const UNSOUND_CONFIDENCE_MAX: f32 = 40.0;
/// Gap between the columns of a table, in text heights.
const COLUMN_GAP: f32 = 1.2;

/// All labelled fields that a paper of this type has; the first value of each.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let labels = labels::all();
    let mut fields: Vec<ProposedField> = Vec::new();
    for index in 0..paper.rows.len() {
        for found in find_labels(&paper.rows[index], &labels) {
            for field in values_of(paper, index, &found, document_type, &labels) {
                if !fields.iter().any(|known| known.key == field.key) {
                    fields.push(field);
                }
            }
        }
    }
    fields
}

/// A label found in a row; the words of its value are `start..until`.
struct FoundLabel {
    key: &'static str,
    start: usize,
    until: usize,
}

/// Labels of a row, in order; each value ends where the next label begins.
fn find_labels(row: &Row, labels: &[LabelOf]) -> Vec<FoundLabel> {
    let mut found: Vec<FoundLabel> = Vec::new();
    let mut at = 0;
    while at < row.words.len() {
        let label = labels.iter().find_map(|label| Some((label, matches_at(row, at, label)?)));
        let Some((label, end)) = label else {
            at += 1;
            continue;
        };
        if let Some(before) = found.last_mut() {
            before.until = before.until.min(at);
        }
        found.push(FoundLabel { key: label.key, start: end, until: row.words.len() });
        at = end;
    }
    found.retain(|label| !label.key.is_empty());
    found
}

/// Where the label ends that begins at word `at`, if it stands where its kind may stand.
fn matches_at(row: &Row, at: usize, label: &LabelOf) -> Option<usize> {
    let words = row.words.get(at..at + label.words.len())?;
    let alike = words.iter().zip(&label.words).all(|(word, wanted)| labels::alike(&word.folded, wanted));
    let end = at + label.words.len();
    (alike && may_stand_here(row, at, end, label.place)).then_some(end)
}

/// A label stands at the beginning of a row or ends with a colon; the same words inside a sentence are no label, unless what follows
/// can be nothing else.
fn may_stand_here(row: &Row, start: usize, end: usize, place: Place) -> bool {
    let next = row.words.get(end);
    let colon = row.words[end - 1].text.ends_with(':') || next.is_some_and(|word| word.text.starts_with(':'));
    let numbering = row.words[..start].iter().all(|word| word.folded.chars().count() <= 2);
    match place {
        Place::Anywhere => {
            colon || numbering || next.is_some_and(|word| word.text.starts_with(|c: char| c.is_ascii_digit()))
        }
        Place::Label => colon || numbering,
        Place::WithColon => colon,
    }
}

/// The values behind one label: one, or husband's and wife's where a row has two columns.
fn values_of(
    paper: &Paper,
    index: usize,
    label: &FoundLabel,
    document_type: DocumentType,
    labels: &[LabelOf],
) -> Vec<ProposedField> {
    let row = &paper.rows[index];
    let words = &row.words[label.start..label.until];
    let couple = labels::couple(label.key).filter(|_| document_type == DocumentType::MarriageCertificate);
    if let Some(keys) = couple {
        let columns = columns(words, row.text_height());
        return keys.iter().zip(columns).filter_map(|(key, words)| proposed(key, row.page, words)).collect();
    }
    let Some(key) = labels::key_on(document_type, label.key) else { return Vec::new() };
    let mut value: Vec<Word> = words.to_vec();
    if value.iter().all(|word| word.folded.is_empty()) {
        value = row_below(paper, index, labels).map(|row| row.words.clone()).unwrap_or_default();
    } else if WRAPPING.contains(&key) && label.until == row.words.len() {
        value.extend(continuation(paper, index, labels));
    }
    proposed(key, row.page, &value).into_iter().collect()
}

/// Cuts words where the gap between two is wider than a column's, or where a table's rule was read as a stroke.
fn columns(words: &[Word], text_height: u32) -> Vec<&[Word]> {
    let gap_min = COLUMN_GAP * text_height as f32;
    let chunks = words.chunk_by(|one, next| {
        let gap = next.region.left.saturating_sub(one.region.left + one.region.width) as f32;
        gap < gap_min && !one.folded.is_empty() && !next.folded.is_empty()
    });
    chunks.filter(|chunk| chunk.iter().any(|word| !word.folded.is_empty())).collect()
}

fn row_below<'a>(paper: &'a Paper, index: usize, labels: &[LabelOf]) -> Option<&'a Row> {
    let row = paper.rows.get(index + 1)?;
    let above = &paper.rows[index];
    let same_page = row.page == above.page && row.page_left == above.page_left;
    (same_page && find_labels(row, labels).is_empty()).then_some(row)
}

/// Words of the row below, when this row runs to the right edge and the next one has no label.
fn continuation(paper: &Paper, index: usize, labels: &[LabelOf]) -> Vec<Word> {
    let row = &paper.rows[index];
    let beside = paper.rows.iter().filter(|other| other.page == row.page && other.page_left == row.page_left);
    let right = |row: &Row| around(&row.words).map(|region| region.left + region.width);
    let right_most = beside.filter_map(right).max().unwrap_or(row.page_left + row.page_width);
    let reaches = right(row).is_some_and(|right| row.across(right) >= RIGHT_EDGE * row.across(right_most));
    match row_below(paper, index, labels) {
        Some(below) if reaches && is_running_on(row, below) => below.words.clone(),
        _ => Vec::new(),
    }
}

/// The next row follows closely, begins near the left edge and is no heading.
fn is_running_on(row: &Row, below: &Row) -> bool {
    let gap = below.top().saturating_sub(row.top());
    let left = around(&below.words).map_or(0.0, |region| below.across(region.left));
    let has_colon = below.words.iter().any(|word| word.text.ends_with(':'));
    gap < row.text_height() * 3 && left < 0.33 && !below.is_capitals() && !has_colon
}

/// Makes a field of the words, in the form that its key demands.
pub(super) fn proposed(key: &str, page: u32, words: &[Word]) -> Option<ProposedField> {
    let written = text(words);
    let checked = match field_key(key)?.kind {
        FieldKind::Date => values::checked_date(&written)?,
        FieldKind::PersonalNumber => values::checked_number(&written)?,
        FieldKind::Text => Checked { value: values::shaped(key, &values::plain(&written)?)?, sound: true },
    };
    let sure = confidence(words);
    Some(ProposedField {
        key: key.into(),
        value: checked.value,
        source: FieldSource::Ocr,
        confidence: if checked.sound { sure } else { sure.min(UNSOUND_CONFIDENCE_MAX) },
        page: Some(page),
        region: around(words),
        written,
        doubts: Vec::new(),
    })
}
