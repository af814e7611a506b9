//! Fields behind a printed label: `Họ, chữ đệm, tên: …`, on one row or on the rows below.

use super::labels::{self, LabelOf, Place};
use super::paper::{Paper, Row, Word, around, confidence, text};
use super::values;
use repository::DocumentType;
use repository::document_type::{FieldKind, field_key};
use repository::record::{FieldSource, ProposedField};
use repository::spelling::{Surname, distance_within, surname};

/// A long value runs over at most this many more rows.
const MORE_ROWS_MAX: usize = 3;
/// How far the right edge of rows may vary, as a share of the page's width.
const RIGHT_EDGE_SLACK: f32 = 0.015;
/// Keys of values that a form gives no more than one row.
const ONE_ROW: &[&str] =
    &["sex", "ethnicity", "nationality", "birth_year", "phone", "licence_class", "change_number"];
/// A torn label has no more words than this.
const TORN_WORDS_MAX: usize = 14;
/// One letter in so many may be wrong in a torn label; shorter ones must have their letters.
const LETTERS_A_WRONG_ONE: usize = 7;
/// A torn label has so many letters; fewer begin too many other words.
const TORN_LETTERS_MIN: usize = 6;
/// A word surer than this before one less sure than [`NOISE_CONFIDENCE_MAX`]: what follows is a seal or a stain, not the value.
const SURE_CONFIDENCE_MIN: f32 = 60.0;
/// See [`SURE_CONFIDENCE_MIN`].
const NOISE_CONFIDENCE_MAX: f32 = 30.0;
/// The rest of a name in the next row has no more words.
const NAME_REST_WORDS_MAX: usize = 4;
/// The letterhead above this share of the page's height is wider than the text below it.
const HEAD_SHARE: f32 = 0.15;
/// A row that goes on with a value begins left of this share of the page's width.
const LEFT_SHARE_MAX: f32 = 0.33;

/// All labelled fields that a paper of this type has; the first value of each.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let labels = labels::all();
    let mut fields: Vec<ProposedField> = Vec::new();
    let mut named = Named::default();
    for index in 0..paper.rows.len() {
        for found in labels_in(paper, index, &labels) {
            let left = paper.rows[index].words[found.at].region.left;
            if found.key.ends_with("_name") {
                named.add(index, left, labels::person_of(found.key));
            }
            let person = named.above(left, paper.rows[index].text_height());
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

/// Who was named last: one person, or two whose entries stand side by side (husband and wife).
#[derive(Default)]
struct Named {
    row: usize,
    /// Left edge of the label of each name; none for the person that the paper is about.
    persons: Vec<(u32, Option<&'static str>)>,
}

impl Named {
    fn add(&mut self, row: usize, left: u32, person: Option<&'static str>) {
        if self.row != row {
            self.persons.clear();
        }
        self.row = row;
        self.persons.push((left, person));
    }

    /// Whose label begins at `left`: the last one who was named left of it.
    fn above(&self, left: u32, slack: u32) -> Option<&'static str> {
        let before = self.persons.iter().rev().find(|(start, _)| *start <= left + slack);
        before.or(self.persons.first()).and_then(|(_, person)| *person)
    }
}

/// A label found in a row; the words of its value are `start..until`.
pub(super) struct FoundLabel {
    pub(super) key: &'static str,
    /// First word of the label itself.
    at: usize,
    pub(super) start: usize,
    until: usize,
}

/// Labels of a row of the paper, those included that begin at the end of the row above (`…; địa` / `chỉ: …`).
fn labels_in(paper: &Paper, index: usize, labels: &[LabelOf]) -> Vec<FoundLabel> {
    let row = &paper.rows[index];
    let mut found = find_labels(row, labels);
    if let Some((label, taken)) =
        index.checked_sub(1).and_then(|above| wrapped_label(&paper.rows[above], row, labels))
    {
        let start = label.words.len() - taken;
        found.retain(|other| other.at >= start);
        let until = found.first().map_or(row.words.len(), |next| next.at);
        found.insert(0, FoundLabel { key: label.key, at: 0, start, until });
    }
    let below = next_row(paper, index).and_then(|below| wrapped_label(row, below, labels));
    if let Some((last, (_, taken))) = found.last_mut().zip(below) {
        last.until = last.until.min(row.words.len() - taken).max(last.start);
    }
    found
}

/// The label that the rows share, and how many of its words end the upper one. It must end with a colon.
fn wrapped_label<'a>(above: &Row, below: &Row, labels: &'a [LabelOf]) -> Option<(&'a LabelOf, usize)> {
    let is = |words: &[Word], wanted: &[&str]| {
        words.len() == wanted.len()
            && words.iter().zip(wanted).all(|(word, wanted)| labels::alike(&word.folded, wanted))
    };
    labels.iter().find_map(|label| {
        let taken = (1..label.words.len().min(above.words.len() + 1)).find(|taken| {
            let (first, rest) = label.words.split_at(*taken);
            is(&above.words[above.words.len() - taken..], first)
                && below
                    .words
                    .get(..rest.len())
                    .is_some_and(|words| is(words, rest) && words[words.len() - 1].text.ends_with(':'))
        });
        Some((label, taken?))
    })
}

/// Labels of a row, in order; each value ends where the next label begins.
pub(super) fn find_labels(row: &Row, labels: &[LabelOf]) -> Vec<FoundLabel> {
    let mut found: Vec<FoundLabel> = Vec::new();
    let mut at = 0;
    while at < row.words.len() {
        let Some((label, end)) = label_at(row, at, labels) else {
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

/// The label that begins at word `at`, and where it ends. One with a misread word (`tên người mọ:`) is longer than the one that it begins
/// with (`tên`), and ends with the colon.
fn label_at<'a>(row: &Row, at: usize, labels: &'a [LabelOf]) -> Option<(&'a LabelOf, usize)> {
    let exact = labels.iter().find_map(|label| Some((label, matches_at(row, at, label)?)));
    match exact {
        Some((_, end)) if ends_label(&row.words[end - 1]) => exact,
        Some((_, end)) => torn_at(row, at, end + 1, labels).or(exact),
        None => torn_at(row, at, at + 1, labels),
    }
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
/// letter must be right, so that no word before it is taken for part of it, and it must end with a colon or begin the row. The label with
/// the fewest wrong letters is meant, of those the longest; it ends at `least` or behind.
fn torn_at<'a>(row: &Row, at: usize, least: usize, labels: &'a [LabelOf]) -> Option<(&'a LabelOf, usize)> {
    let words = &row.words[at..];
    let ends = words.iter().position(ends_label).map_or(words.len(), |colon| colon + 1);
    let runs = (least - at..=ends.min(TORN_WORDS_MAX)).map(|count| {
        let joined: String = words[..count].iter().map(|word| word.folded.as_str()).collect();
        (at + count, joined)
    });
    let fits = |(end, joined): (usize, String)| {
        let begins = at == 0 || end == row.words.len();
        let wrong = |label: &LabelOf| {
            let is_meant = joined.chars().next() == label.joined.chars().next()
                && may_stand_here(row, at, end, label.place)
                && (begins || ends_label(&row.words[end - 1]));
            let wrong_max = joined.len() / LETTERS_A_WRONG_ONE;
            is_meant.then(|| distance_within(&joined, &label.joined, wrong_max))?
        };
        let found = labels.iter().filter(|_| joined.len() >= TORN_LETTERS_MIN);
        found.filter_map(|label| Some((wrong(label)?, label, end))).min_by_key(|(wrong, ..)| *wrong)
    };
    let best = runs.filter_map(fits).min_by_key(|(wrong, _, end)| (*wrong, std::cmp::Reverse(*end)));
    best.map(|(_, label, end)| (label, end))
}

/// A colon, which engines take for a semicolon.
fn ends_label(word: &Word) -> bool {
    word.text.ends_with([':', ';'])
}

/// A label stands at the beginning of a row or ends with a colon; the same words inside a sentence are no label, unless what follows
/// can be nothing else.
fn may_stand_here(row: &Row, start: usize, end: usize, place: Place) -> bool {
    let next = row.words.get(end);
    let last = &row.words[end - 1];
    let colon = last.text.ends_with(':') || next.is_some_and(|word| word.text.starts_with(':'));
    let numbering = row.words[..start].iter().all(|word| word.folded.chars().count() <= 2);
    match place {
        // At the end of a row the number stands at the beginning of the next.
        Place::Anywhere => {
            colon
                || numbering
                || ends_label(last)
                || next.is_none_or(|word| word.text.starts_with(|c: char| c.is_ascii_digit()))
        }
        Place::Label => colon || numbering || ends_label(last),
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
        if values::is_name_key(key) && !begins_with_surname(&value) {
            return None;
        }
    }
    if label.until == row.words.len() {
        for _ in 0..more_rows(key) {
            let Some(below) = continuation(paper, last, &value, labels) else { break };
            if values::is_name_key(key) && !is_rest_of_name(below) {
                break;
            }
            value.extend(below.words.iter().cloned());
            last += 1;
        }
    }
    proposed(key, row.page, &value)
}

/// What stands below the label of a name without one may be anything: a title, the next part of the form.
fn begins_with_surname(words: &[Word]) -> bool {
    let first = words.iter().find(|word| !word.folded.is_empty());
    first.is_some_and(|word| surname(&word.text) != Surname::Unknown)
}

/// Nothing but a few words that a name may end with.
fn is_rest_of_name(row: &Row) -> bool {
    let is_name =
        |word: &Word| word.text.starts_with(char::is_uppercase) && word.text.chars().all(char::is_alphabetic);
    row.words.len() <= NAME_REST_WORDS_MAX && row.words.iter().all(is_name)
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

/// Rows that a value may go on over.
fn more_rows(key: &str) -> usize {
    let is_text = field_key(key).is_some_and(|entry| entry.kind == FieldKind::Text);
    match () {
        () if values::is_name_key(key) => 1,
        () if is_text && !ONE_ROW.contains(&key) && !key.ends_with("number") => MORE_ROWS_MAX,
        () => 0,
    }
}

/// Words of the row below up to its first label: `số định danh cá nhân` at the end of a row, the number at the beginning of the next.
fn below_until_label(paper: &Paper, index: usize, labels: &[LabelOf]) -> Option<Vec<Word>> {
    let row = next_row(paper, index)?;
    let end = labels_in(paper, index + 1, labels).first().map_or(row.words.len(), |label| label.at);
    Some(row.words[..end].to_vec())
}

fn next_row(paper: &Paper, index: usize) -> Option<&Row> {
    let above = &paper.rows[index];
    paper.rows.get(index + 1).filter(|row| row.page == above.page && row.page_left == above.page_left)
}

fn row_below<'a>(paper: &'a Paper, index: usize, labels: &[LabelOf]) -> Option<&'a Row> {
    next_row(paper, index).filter(|_| labels_in(paper, index + 1, labels).is_empty())
}

/// The row below, when its first word would not have found room at the end of this one.
fn continuation<'a>(paper: &'a Paper, index: usize, value: &[Word], labels: &[LabelOf]) -> Option<&'a Row> {
    let row = &paper.rows[index];
    let below = row_below(paper, index, labels)?;
    let first = below.words.iter().find(|word| !word.folded.is_empty())?;
    let slack = (RIGHT_EDGE_SLACK * row.page_width as f32) as u32;
    let needed = first.region.width + row.text_height() / 4 + slack;
    let fills_row = right_edge(row) + needed > right_margin(paper, row, slack);
    (fills_row && is_running_on(row, value, below)).then_some(below)
}

/// Where the text of the row's page ends: the furthest edge that two rows share, for one alone may be a stain beside the text.
fn right_margin(paper: &Paper, row: &Row, slack: u32) -> u32 {
    let is_beside = |other: &&Row| {
        other.page == row.page
            && other.page_left == row.page_left
            && other.top() as f32 > HEAD_SHARE * other.page_height as f32
    };
    let mut edges: Vec<u32> = paper.rows.iter().filter(is_beside).map(right_edge).collect();
    edges.sort_unstable_by(|one, other| other.cmp(one));
    let shared = edges.windows(2).find(|pair| pair[0] - pair[1] <= slack).map(|pair| pair[0]);
    shared.or(edges.first().copied()).unwrap_or_default()
}

fn right_edge(row: &Row) -> u32 {
    around(&row.words).map_or(0, |region| region.left + region.width)
}

/// The next row follows closely, begins near the left edge and is no heading: capitals go on from capitals only, and at the same edge.
fn is_running_on(row: &Row, value: &[Word], below: &Row) -> bool {
    let gap = below.top().saturating_sub(row.top());
    let left = |words: &[Word]| around(words).map_or(0, |region| region.left);
    let is_aligned = [&row.words, value]
        .iter()
        .any(|words| left(words).abs_diff(left(&below.words)) <= 2 * row.text_height());
    let goes_on = !below.is_capitals()
        || (row.keep(|word| value.iter().any(|one| one.region == word.region)).is_capitals() && is_aligned);
    let has_colon = below.words.iter().any(|word| word.text.ends_with(':'));
    let is_part = below.words.first().is_some_and(is_numbering);
    !is_part
        && gap < row.text_height() * 3
        && below.across(left(&below.words)) < LEFT_SHARE_MAX
        && goes_on
        && !has_colon
}

/// `II.`, `3.`, `b)`: the next part of the form begins.
fn is_numbering(word: &Word) -> bool {
    let Some(number) = word.text.strip_suffix(['.', ')']) else { return false };
    let is_figure = number.len() <= 2 && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_roman = number.chars().all(|c| matches!(c, 'I' | 'V' | 'X'));
    let is_letter = number.chars().count() == 1 && number.chars().all(char::is_lowercase);
    !number.is_empty() && (is_figure || is_roman || is_letter)
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
