//! The parts that NĐ 30/2020 gives a place: cơ quan top left, số ký hiệu below it, địa danh and date right, trích yếu, người ký.

use super::paper::{Paper, Row, Word, around, confidence, fold, text};
use super::values;
use repository::DocumentType;
use repository::record::{FieldSource, ProposedField};

/// The head of a paper: number, date and agency stand in this upper part of the first page.
const HEAD_SHARE: f32 = 0.45;
/// Trích yếu of a decision runs over at most this many rows.
const SUBJECT_ROWS_MAX: usize = 5;
/// Left of this share of the page's width is the agency's side.
const LEFT_SHARE: f32 = 0.46;
/// Words that quốc hiệu and tiêu ngữ consist of, folded.
const NATIONAL_TITLE: &[&str] = &["cong hoa xa hoi chu nghia viet nam", "doc lap tu do hanh phuc"];
/// Folded beginnings of the row that holds the signer's office.
const OFFICES: &[&str] = &[
    "chu tich",
    "pho chu tich",
    "giam doc",
    "pho giam doc",
    "truong phong",
    "pho truong phong",
    "chanh van phong",
    "truong cong an",
    "pho truong cong an",
    "cuc truong",
    "chi cuc truong",
    "hieu truong",
    "pho hieu truong",
    "chu tri",
    "truong ban",
    "cong chuc tu phap",
    "bo truong",
    "thu truong",
];

/// Fields that are found by their place.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let head: Vec<&Row> =
        paper.first_page().filter(|row| (row.top() as f32) < HEAD_SHARE * row.page_height as f32).collect();
    let mut fields = Vec::new();
    fields.extend(number(&head));
    fields.extend(place_and_date(paper, &head, document_type));
    fields.extend(agency(&head));
    fields.extend(subject_matter(&head, document_type));
    fields.extend(signer(paper));
    fields
}

/// Số, ký hiệu: behind `Số:` at the left of the head.
fn number(head: &[&Row]) -> Option<ProposedField> {
    head.iter().find_map(|row| {
        let at = row.words.iter().position(|word| {
            word.folded == "so" || word.folded.starts_with("so") && word.text.contains(':')
        })?;
        let behind =
            row.words[at].text.split_once(':').map(|(_, rest)| rest.trim()).filter(|rest| !rest.is_empty());
        let words = if behind.is_some() { &row.words[at..=at] } else { row.words.get(at + 1..at + 2)? };
        let value = behind.map_or_else(|| text(words), str::to_owned);
        let value = values::plain(&value)?;
        let like_a_number = value.contains('/') && value.chars().next().is_some_and(|c| c.is_ascii_digit());
        like_a_number.then(|| field("number", value, row.page, words))
    })
}

/// `Hòa Tiến, ngày 12 tháng 8 năm 2026`: in the head, or above the signature of an application.
fn place_and_date(paper: &Paper, head: &[&Row], document_type: DocumentType) -> Vec<ProposedField> {
    let at_end =
        matches!(document_type, DocumentType::Application | DocumentType::Permit | DocumentType::Certificate);
    let in_head = head.iter().copied().find_map(dated);
    let at_foot = || paper.rows.iter().rev().find_map(dated);
    in_head.or_else(|| at_end.then(at_foot).flatten()).unwrap_or_default()
}

fn dated(row: &Row) -> Option<Vec<ProposedField>> {
    let at = row.words.iter().position(|word| word.folded == "ngay")?;
    let date_words = &row.words[at..row.words.len().min(at + 6)];
    let date = values::date(&text(date_words))?;
    let written_out = date_words.iter().any(|word| word.folded == "thang");
    let place = place_before(&row.words[..at]);
    if !written_out || place.is_empty() {
        return None;
    }
    let place_name = values::plain(&text(place))?;
    Some(vec![
        field("issued_on", date.to_string(), row.page, date_words),
        field("issued_at", place_name, row.page, place),
    ])
}

/// The words right before `ngày` that end with a comma, back to a number, a colon or a wide gap.
fn place_before(words: &[Word]) -> &[Word] {
    if !words.last().is_some_and(|word| word.text.ends_with(',')) {
        return &[];
    }
    let ends_before = |pair: &[Word]| {
        let gap = pair[1].region.left.saturating_sub(pair[0].region.left + pair[0].region.width);
        let height = pair[1].region.height.max(1);
        gap > height * 2 || pair[0].text.ends_with(':') || pair[0].text.contains('/')
    };
    let start = words.windows(2).rposition(ends_before).map_or(0, |at| at + 1);
    &words[start..]
}

/// Cơ quan ban hành: rows on the left above the number, beside quốc hiệu.
fn agency(head: &[&Row]) -> Option<ProposedField> {
    let number_row = head.iter().position(|row| row.words.first().is_some_and(|word| word.folded == "so"))?;
    let left_side = |row: &&Row| {
        let edge = LEFT_SHARE * row.page_width as f32;
        without_national_title(row).keep(|word| ((word.region.left + word.region.width / 2) as f32) < edge)
    };
    let rows: Vec<Row> = head[..number_row].iter().map(left_side).filter(Row::is_capitals).collect();
    let words: Vec<Word> = rows.iter().flat_map(|row| row.words.clone()).collect();
    let value = values::plain(&text(&words))?;
    Some(field("agency", value, rows.first()?.page, &words))
}

/// The row without the words of quốc hiệu or tiêu ngữ.
fn without_national_title(row: &Row) -> Row {
    let folded = row.folded();
    let phrase = NATIONAL_TITLE.iter().find(|phrase| folded.contains(**phrase));
    let Some(phrase) = phrase else { return row.clone() };
    let first = phrase.split(' ').next().expect("the phrases have words");
    let length = phrase.split(' ').count();
    let solid: Vec<usize> = (0..row.words.len()).filter(|at| !row.words[*at].folded.is_empty()).collect();
    let start = solid.windows(length).position(|window| {
        let words: Vec<&str> = window.iter().map(|at| row.words[*at].folded.as_str()).collect();
        words.first() == Some(&first) && words.join(" ") == *phrase
    });
    match start {
        Some(start) => {
            let left = row.words[solid[start]].region.left;
            row.keep(|word| word.region.left < left)
        }
        None => row.clone(),
    }
}

/// Trích yếu: `V/v …` under a letter's number, or the rows between a title and the body.
fn subject_matter(head: &[&Row], document_type: DocumentType) -> Option<ProposedField> {
    letter_subject(head).or_else(|| titled_subject(head, document_type))
}

fn letter_subject(head: &[&Row]) -> Option<ProposedField> {
    let start = head.iter().position(|row| row.words.first().is_some_and(|word| fold(&word.text) == "vv"))?;
    let column = |row: &&Row| row.keep(|word| (word.region.left as f32) < 0.5 * row.page_width as f32);
    let rows = head[start..].iter().map(column);
    let rows: Vec<Row> =
        rows.take(SUBJECT_ROWS_MAX).take_while(|row| !row.folded().starts_with("kinh gui")).collect();
    let words: Vec<Word> = rows.iter().flat_map(|row| row.words.clone()).skip(1).collect();
    Some(field("subject_matter", values::plain(&text(&words))?, rows.first()?.page, &words))
}

fn titled_subject(head: &[&Row], document_type: DocumentType) -> Option<ProposedField> {
    if !matches!(document_type, DocumentType::Decision | DocumentType::Other) {
        return None;
    }
    let title = head.iter().position(|row| {
        let folded = row.folded();
        row.is_capitals() && ["quyet dinh", "thong bao", "bien ban"].iter().any(|title| folded == *title)
    })?;
    let body = |row: &&&Row| !row.is_capitals() && !row.folded().starts_with("can cu") && row.words.len() > 1;
    let rows: Vec<&&Row> = head[title + 1..]
        .iter()
        .take(SUBJECT_ROWS_MAX)
        .take_while(|row| is_centred(row) && body(row))
        .collect();
    let words: Vec<Word> = rows.iter().flat_map(|row| row.words.clone()).collect();
    Some(field("subject_matter", values::plain(&text(&words))?, rows.first()?.page, &words))
}

/// As far from the left edge as from the right one: how titles are set.
fn is_centred(row: &Row) -> bool {
    let Some(region) = around(&row.words) else { return false };
    let right_gap = i64::from(row.page_width) - i64::from(region.left + region.width);
    let centre_shift = (i64::from(region.left) - right_gap).abs();
    centre_shift < i64::from(row.page_width) / 5 && region.left > row.page_width / 8
}

/// Người ký: the last office in capitals on the paper and the name under it.
fn signer(paper: &Paper) -> Vec<ProposedField> {
    let rows = &paper.rows;
    let office =
        rows.iter().enumerate().rev().find_map(|(index, row)| office_in(row).map(|words| (index, words)));
    let Some((index, office)) = office else { return Vec::new() };
    let page = rows[index].page;
    let mut fields = Vec::new();
    fields.extend(values::plain(&text(&office)).map(|title| field("signer_title", title, page, &office)));
    let column = around(&office).expect("an office has words");
    let below = rows[index + 1..].iter().filter(|row| row.page == page);
    let name = below.filter_map(|row| name_under(row, column.left, column.left + column.width)).last();
    fields.extend(name.map(|words| field("signer", text(&words), page, &words)));
    fields
}

/// Words of a signer's office in the right part of a row.
fn office_in(row: &Row) -> Option<Vec<Word>> {
    let right = row.keep(|word| word.region.left as f32 > 0.4 * row.page_width as f32);
    let folded = right.folded();
    let office = OFFICES.iter().any(|office| folded.starts_with(office) || folded.ends_with(office));
    if !(right.is_capitals() && office) {
        return None;
    }
    // A column further left may share the row (NGƯỜI ĐI KHAI … CHỦ TỊCH): keep what begins with the office.
    let start = (0..right.words.len()).find(|at| {
        let rest: Vec<&str> = right.words[*at..].iter().map(|word| word.folded.as_str()).collect();
        OFFICES.iter().any(|office| rest.join(" ").starts_with(office))
    })?;
    Some(right.words[start..].to_vec())
}

/// Two to six capitalised words around the office's column.
fn name_under(row: &Row, left: u32, right: u32) -> Option<Vec<Word>> {
    let margin = row.page_width / 10;
    let words: Vec<Word> = row
        .words
        .iter()
        .filter(|word| word.region.left + margin > left && word.region.left < right + margin)
        .filter(|word| word.text.chars().any(char::is_alphabetic))
        .cloned()
        .collect();
    let capitalised = words.iter().all(|word| word.text.chars().next().is_some_and(char::is_uppercase));
    let letters_only = words.iter().all(|word| word.text.chars().all(char::is_alphabetic));
    ((2..=6).contains(&words.len()) && capitalised && letters_only).then_some(words)
}

fn field(key: &str, value: String, page: u32, words: &[Word]) -> ProposedField {
    ProposedField {
        key: key.into(),
        value,
        source: FieldSource::Ocr,
        confidence: confidence(words),
        page: Some(page),
        region: around(words),
    }
}
