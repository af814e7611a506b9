//! Fields behind a printed label: `Họ, chữ đệm, tên: …`, on one row or on the rows below.

use super::labels::{self, LabelOf, Place};
use super::paper::{Paper, Row, Word, around, confidence, text};
use super::values;
use repository::DocumentType;
use repository::document_type::{FieldKind, field_key};
use repository::record::{FieldSource, ProposedField};
use repository::spelling::distance_within;

/// A long value runs over at most this many more rows.
const MORE_ROWS_MAX: usize = 3;
/// How far the right edge of rows may vary, as a share of the page's width.
const RIGHT_EDGE_SLACK: f32 = 0.015;
/// Keys of values that a form gives no more than one row.
const ONE_ROW: &[&str] =
    &["sex", "ethnicity", "nationality", "birth_year", "phone", "licence_class", "change_number"];
/// A torn label has no more words than this.
const TORN_WORDS_MAX: usize = 14;
/// One letter in so many may be wrong in a torn label; shorter ones must have their words.
const LETTERS_A_WRONG_ONE: usize = 7;
/// A word surer than this before one less sure than [`NOISE_CONFIDENCE_MAX`]: what follows is a seal or a stain, not the value.
const SURE_CONFIDENCE_MIN: f32 = 60.0;
/// See [`SURE_CONFIDENCE_MIN`].
const NOISE_CONFIDENCE_MAX: f32 = 30.0;
/// The letterhead above this share of the page's height is wider than the text below it.
const HEAD_SHARE: f32 = 0.15;
/// A row that goes on with a value begins left of this share of the page's width.
const LEFT_SHARE_MAX: f32 = 0.33;

/// All labelled fields that a paper of this type has; the first value of each.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let labels = labels::all();
    let mut fields: Vec<ProposedField> = Vec::new();
    let mut person = None;
    for index in 0..paper.rows.len() {
        for found in find_labels(&paper.rows[index], &labels) {
            if found.key.ends_with("_name") {
                person = labels::person_of(found.key);
            }
            let Some(key) = labels::key_on(document_type, person, found.key) else { continue };
            if fields.iter().all(|known| known.key != key) {
                fields.extend(value_of(paper, index, &found, key, &labels));
            }
            if key == "change_number" {
                let row = &paper.rows[index];
                fields.extend(proposed("changed_on", row.page, &row.words[found.start..]));
            }
            if key == "map_sheet_number" && fields.iter().all(|known| known.key != "parcel_address") {
                fields.extend(
                    place_behind(paper, index, &found).filter(|_| document_type.carries("parcel_address")),
                );
            }
        }
    }
    fields
}

/// A label found in a row; the words of its value are `start..until`.
pub(super) struct FoundLabel {
    pub(super) key: &'static str,
    /// First word of the label itself.
    at: usize,
    pub(super) start: usize,
    until: usize,
}

/// Labels of a row, in order; each value ends where the next label begins.
pub(super) fn find_labels(row: &Row, labels: &[LabelOf]) -> Vec<FoundLabel> {
    let mut found: Vec<FoundLabel> = Vec::new();
    let mut at = 0;
    while at < row.words.len() {
        let exact = labels.iter().find_map(|label| Some((label, matches_at(row, at, label)?)));
        let Some((label, end)) = exact.or_else(|| torn_at(row, at, labels)) else {
            at += 1;
            continue;
        };
        if let Some(before) = found.last_mut() {
            before.until = before.until.min(at);
        }
        found.push(FoundLabel { key: label.key, at, start: end, until: row.words.len() });
        at = end;
    }
    found
}

/// Where the label ends that begins at word `at`, if it stands where its kind may stand. Marks that were read as words of their own
/// (a comma, a stroke between two languages) stand in no one's way; behind a colon no label goes on.
fn matches_at(row: &Row, at: usize, label: &LabelOf) -> Option<usize> {
    let mut end = at;
    for wanted in &label.words {
        while end > at && row.words.get(end)?.folded.is_empty() {
            end += 1;
        }
        let ended = end > at && row.words[at..end].iter().any(|word| word.text.contains(':'));
        if ended || !labels::alike(&row.words.get(end)?.folded, wanted) {
            return None;
        }
        end += 1;
    }
    may_stand_here(row, at, end, label.place).then_some(end)
}

/// A label whose words were torn or stuck together (`Giớitín:`, `Giới jï tính`): its letters are compared without the spaces. Its first
/// letter must be right, so that no word before it is taken for part of it, and it must end with a colon or begin the row.
fn torn_at<'a>(row: &Row, at: usize, labels: &'a [LabelOf]) -> Option<(&'a LabelOf, usize)> {
    let words = &row.words[at..];
    let ends = words.iter().position(|word| word.text.contains(':')).map_or(words.len(), |colon| colon + 1);
    (1..=ends.min(TORN_WORDS_MAX)).rev().find_map(|count| {
        let joined: String = words[..count].iter().map(|word| word.folded.as_str()).collect();
        let end = at + count;
        let begins = at == 0 || end == row.words.len();
        let fits = |label: &&LabelOf| {
            let wrong_max = joined.len() / LETTERS_A_WRONG_ONE;
            wrong_max > 0
                && joined.chars().next() == label.joined.chars().next()
                && distance_within(&joined, &label.joined, wrong_max).is_some()
                && may_stand_here(row, at, end, label.place)
                && (begins || row.words[end - 1].text.ends_with(':'))
        };
        labels.iter().find(fits).map(|label| (label, end))
    })
}

/// A label stands at the beginning of a row or ends with a colon; the same words inside a sentence are no label, unless what follows
/// can be nothing else.
fn may_stand_here(row: &Row, start: usize, end: usize, place: Place) -> bool {
    let next = row.words.get(end);
    let colon = row.words[end - 1].text.ends_with(':') || next.is_some_and(|word| word.text.starts_with(':'));
    let numbering = row.words[..start].iter().all(|word| word.folded.chars().count() <= 2);
    match place {
        // At the end of a row the number stands at the beginning of the next.
        Place::Anywhere => {
            colon || numbering || next.is_none_or(|word| word.text.starts_with(|c: char| c.is_ascii_digit()))
        }
        Place::Label => colon || numbering,
        Place::WithColon => colon,
    }
}

/// The value behind a label: on its row, going on below, or wholly below it.
fn value_of(
    paper: &Paper,
    index: usize,
    label: &FoundLabel,
    key: &str,
    labels: &[LabelOf],
) -> Option<ProposedField> {
    let row = &paper.rows[index];
    let mut value: Vec<Word> = row.words[label.start..label.until].to_vec();
    let mut last = index;
    if value.iter().all(|word| word.folded.is_empty()) {
        last += 1;
        value = below_until_label(paper, index, labels)?;
    }
    if label.until == row.words.len() && is_long(key) {
        for _ in 0..MORE_ROWS_MAX {
            let Some(below) = continuation(paper, last, labels) else { break };
            value.extend(below.words.iter().cloned());
            last += 1;
        }
    }
    proposed(key, row.page, &value)
}

/// The place that a sentence names behind the map sheet: `tờ bản đồ số 31, phường Quy Nhơn, tỉnh Gia Lai; diện tích …`.
fn place_behind(paper: &Paper, index: usize, label: &FoundLabel) -> Option<ProposedField> {
    let row = &paper.rows[index];
    let next = next_row(paper, index).map(|row| row.words.as_slice()).unwrap_or_default();
    let words: Vec<Word> = row.words[label.start..].iter().chain(next).cloned().collect();
    let start = words.iter().position(|word| word.text.ends_with(','))? + 1;
    let end = start + words[start..].iter().position(|word| word.text.ends_with([';', '.']))? + 1;
    let is_unit = ["xa", "phuong", "thi", "thon", "dac"].contains(&words[start].folded.as_str());
    proposed("parcel_address", row.page, &words[start..end]).filter(|_| is_unit)
}

fn is_long(key: &str) -> bool {
    let is_text = field_key(key).is_some_and(|entry| entry.kind == FieldKind::Text);
    is_text && !ONE_ROW.contains(&key) && !key.ends_with("number") && !values::is_name_key(key)
}

/// Words of the row below up to its first label: `số định danh cá nhân` at the end of a row, the number at the beginning of the next.
fn below_until_label(paper: &Paper, index: usize, labels: &[LabelOf]) -> Option<Vec<Word>> {
    let row = next_row(paper, index)?;
    let end = find_labels(row, labels).first().map_or(row.words.len(), |label| label.at);
    Some(row.words[..end].to_vec())
}

fn next_row(paper: &Paper, index: usize) -> Option<&Row> {
    let above = &paper.rows[index];
    paper.rows.get(index + 1).filter(|row| row.page == above.page && row.page_left == above.page_left)
}

fn row_below<'a>(paper: &'a Paper, index: usize, labels: &[LabelOf]) -> Option<&'a Row> {
    next_row(paper, index).filter(|row| find_labels(row, labels).is_empty())
}

/// The row below, when its first word would not have found room at the end of this one.
fn continuation<'a>(paper: &'a Paper, index: usize, labels: &[LabelOf]) -> Option<&'a Row> {
    let row = &paper.rows[index];
    let below = row_below(paper, index, labels)?;
    let is_body = |other: &&Row| other.top() as f32 > HEAD_SHARE * other.page_height as f32;
    let beside = paper.rows.iter().filter(|other| other.page == row.page && other.page_left == row.page_left);
    let beside = beside.filter(is_body);
    let right = |row: &Row| around(&row.words).map(|region| region.left + region.width);
    let right_most = beside.filter_map(right).max()?;
    let first = below.words.iter().find(|word| !word.folded.is_empty())?;
    let slack = (RIGHT_EDGE_SLACK * row.page_width as f32) as u32;
    let needed = first.region.width + row.text_height() / 4 + slack;
    (right(row)? + needed > right_most && is_running_on(row, below)).then_some(below)
}

/// The next row follows closely, begins near the left edge and is no heading.
fn is_running_on(row: &Row, below: &Row) -> bool {
    let gap = below.top().saturating_sub(row.top());
    let left = around(&below.words).map_or(0.0, |region| below.across(region.left));
    let has_colon = below.words.iter().any(|word| word.text.ends_with(':'));
    gap < row.text_height() * 3 && left < LEFT_SHARE_MAX && !below.is_capitals() && !has_colon
}

/// Makes a field of the words, in the form that its key demands. Noise behind the value is left out of it and makes it unsure.
pub(super) fn proposed(key: &str, page: u32, words: &[Word]) -> Option<ProposedField> {
    let written = text(words);
    Some(ProposedField {
        key: key.into(),
        value: values::value(key, &text(without_noise(words))).or_else(|| values::value(key, &written))?,
        source: FieldSource::Ocr,
        confidence: confidence(words),
        page: Some(page),
        region: around(words),
        written,
        doubts: Vec::new(),
    })
}

/// The words before the first that is noise behind sure ones.
fn without_noise(words: &[Word]) -> &[Word] {
    let noise = words.windows(2).position(|pair| {
        pair[0].confidence >= SURE_CONFIDENCE_MIN && pair[1].confidence < NOISE_CONFIDENCE_MAX
    });
    let end = noise.map_or(words.len(), |at| at + 1);
    let rest_is_noise = words[end..].iter().all(|word| word.confidence < SURE_CONFIDENCE_MIN);
    if rest_is_noise { &words[..end] } else { words }
}
