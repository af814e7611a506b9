//! Fields behind a printed label: `Họ, chữ đệm, tên: …`, on one row, on the rows below, or in the columns of a table.

use super::paper::{Paper, Row, Word, around, confidence, fold, text};
use super::values::{self, Checked};
use repository::DocumentType;
use repository::document_type::{FieldKind, field_key};
use repository::record::{FieldSource, ProposedField};

/// A printed label and the field that follows it; an empty key ends the field before it.
struct LabelOf {
    words: Vec<&'static str>,
    key: &'static str,
}

/// Folded labels. Longer ones win over shorter ones that they begin with.
const LABELS: &[(&str, &str)] = &[
    ("ho chu dem ten", "full_name"),
    ("ho va ten", "full_name"),
    ("ho ten", "full_name"),
    ("ho va ten khai sinh", "full_name"),
    ("ho chu dem va ten khai sinh", "full_name"),
    ("ho va chu dem ten khai sinh", "full_name"),
    ("ho chu dem ten nguoi me", "mother_name"),
    ("ho va ten me", "mother_name"),
    ("ho ten me", "mother_name"),
    ("ho chu dem ten nguoi cha", "father_name"),
    ("ho va ten cha", "father_name"),
    ("ho ten cha", "father_name"),
    ("ho chu dem ten nguoi di khai sinh", "registrant_name"),
    ("ho chu dem ten nguoi di khai tu", "registrant_name"),
    ("ho chu dem ten nguoi di khai", "registrant_name"),
    ("ho chu dem ten nguoi yeu cau", "registrant_name"),
    ("ho ten nguoi di khai", "registrant_name"),
    ("ngay thang nam sinh", "birth_date"),
    ("ngay sinh", "birth_date"),
    ("sinh ngay", "birth_date"),
    ("nam sinh", ""),
    ("ghi bang chu", ""),
    ("gioi tinh", "sex"),
    ("dan toc", "ethnicity"),
    ("quoc tich", "nationality"),
    ("noi sinh", "birth_place"),
    ("noi dang ky khai sinh lan dau", "birth_place"),
    ("que quan", "home_town"),
    ("so dinh danh ca nhan", "citizen_id"),
    ("so can cuoc cong dan", "citizen_id"),
    ("so can cuoc", "citizen_id"),
    ("so dinh danh", "citizen_id"),
    ("can cuoc cong dan so", "citizen_id"),
    ("the can cuoc so", "citizen_id"),
    ("cccd so", "citizen_id"),
    ("giay to tuy than", "citizen_id"),
    ("noi cu tru", "residence"),
    ("noi cu tru cuoi cung", "residence"),
    ("noi thuong tru", "residence"),
    ("noi dang ky thuong tru", "residence"),
    ("dia chi thuong tru", "residence"),
    ("dia chi lien he", "residence"),
    ("tinh trang hon nhan", "marital_status"),
    ("trong thoi gian cu tru tai", ""),
    ("giay nay duoc cap de", "purpose"),
    ("muc dich su dung giay", "purpose"),
    ("da chet vao luc", "death_date"),
    ("ngay mat", "death_date"),
    ("chet ngay", "death_date"),
    ("noi chet", "death_place"),
    ("nguyen nhan chet", ""),
    ("dang ky khai tu tai", ""),
    ("dang ky khai sinh tai", ""),
    ("noi dang ky khai sinh", "agency"),
    ("noi dang ky ket hon", "agency"),
    ("noi dang ky", "agency"),
    ("co quan cap", "agency"),
    ("quan he voi nguoi duoc khai sinh", ""),
    ("ngay thang nam dang ky", "issued_on"),
    ("ngay dang ky", "issued_on"),
    ("ngay cap", "issued_on"),
    ("cap ngay", "issued_on"),
    ("noi cap", "issued_at"),
    ("quyen so", "book_number"),
    ("nguoi su dung dat", "holder_name"),
    ("chu ho", "holder_name"),
    ("ten chu ho", "holder_name"),
    ("ten chu dau tu", "holder_name"),
    ("chu dau tu", "holder_name"),
    ("cap cho", "holder_name"),
    ("thua dat so", "parcel_number"),
    ("thua so", "parcel_number"),
    ("lo dat so", "parcel_number"),
    ("to ban do so", "map_sheet_number"),
    ("dia chi thua dat", "parcel_address"),
    ("dia chi thua", "parcel_address"),
    ("dien tich", "area"),
    ("dien tich dat", "area"),
    ("dien tich lo dat", "area"),
    ("hinh thuc su dung", ""),
    ("muc dich su dung", "land_use"),
    ("muc dich su dung dat", "land_use"),
    ("loai dat", "land_use"),
    ("thoi han su dung", "land_use_term"),
    ("thoi han su dung dat", "land_use_term"),
    ("nguon goc su dung", ""),
    ("so phat hanh", "serial_number"),
    ("so vao so cap giay chung nhan", "book_entry_number"),
    ("so vao so cap gcn", "book_entry_number"),
    ("so vao so", "book_entry_number"),
    ("ma so doanh nghiep", "enterprise_code"),
    ("ma so ho kinh doanh", "enterprise_code"),
    ("ma so thue", "enterprise_code"),
    ("ten cong ty viet bang tieng viet", "enterprise_name"),
    ("ten doanh nghiep viet bang tieng viet", "enterprise_name"),
    ("ten doanh nghiep", "enterprise_name"),
    ("ten cong ty", "enterprise_name"),
    ("ten ho kinh doanh", "enterprise_name"),
    ("ten cong ty viet bang tieng nuoc ngoai", ""),
    ("ten cong ty viet tat", ""),
    ("dia chi tru so chinh", "head_office"),
    ("dia chi tru so", "head_office"),
    ("tru so chinh", "head_office"),
    ("von dieu le", "charter_capital"),
    ("nguoi dai dien theo phap luat", ""),
    ("dien thoai", ""),
    ("chuc danh", ""),
    ("ten cong trinh", "project_name"),
    ("cong trinh", "project_name"),
    ("tinh trang an tich", "criminal_record"),
    ("nganh dao tao", "major"),
    ("nganh", "major"),
    ("nghe", "major"),
    ("xep loai", "grade"),
    ("xep loai tot nghiep", "grade"),
    ("co gia tri den het ngay", "valid_until"),
    ("co gia tri den ngay", "valid_until"),
    ("co gia tri den", "valid_until"),
    ("co thoi han den", "valid_until"),
];

/// Long values that go on below, at the left edge, when they reach the right one.
const WRAPPING: &[&str] = &[
    "birth_place",
    "home_town",
    "residence",
    "agency",
    "parcel_address",
    "head_office",
    "death_place",
    "project_name",
    "enterprise_name",
    "criminal_record",
    "marital_status",
    "purpose",
];
/// A value that ends in this last part of the text's width goes on in the next row.
const RIGHT_EDGE: f32 = 0.86;
/// A value whose form is wrong is shown, but never as sure (a failed check is not corrected silently).
const UNSOUND_CONFIDENCE_MAX: f32 = 40.0;
/// Gap between the columns of a table, in text heights.
const COLUMN_GAP: f32 = 1.2;

/// All labelled fields that a paper of this type has; the first value of each.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let labels = labels();
    let mut fields: Vec<ProposedField> = Vec::new();
    for (index, row) in paper.rows.iter().enumerate() {
        for found in find_labels(row, &labels) {
            let values = values_of(paper, index, &found, document_type);
            for field in values {
                if belongs(document_type, &field.key) && !fields.iter().any(|known| known.key == field.key) {
                    fields.push(field);
                }
            }
        }
    }
    fields
}

/// Which keys make no sense on a type: they belong to other people named on the paper.
fn belongs(document_type: DocumentType, key: &str) -> bool {
    match document_type {
        DocumentType::BirthCertificate => key != "residence",
        DocumentType::Application => key != "agency",
        _ => true,
    }
}

fn labels() -> Vec<LabelOf> {
    let mut labels: Vec<LabelOf> =
        LABELS.iter().map(|(words, key)| LabelOf { words: words.split(' ').collect(), key }).collect();
    labels.sort_by_key(|label| std::cmp::Reverse(label.words.len()));
    labels
}

/// A label found in a row: words `start..end` are the label, its value goes to `until`.
struct FoundLabel<'a> {
    key: &'static str,
    end: usize,
    until: usize,
    row: &'a Row,
}

fn find_labels<'a>(row: &'a Row, labels: &[LabelOf]) -> Vec<FoundLabel<'a>> {
    let mut found: Vec<(usize, FoundLabel)> = Vec::new();
    let mut at = 0;
    while at < row.words.len() {
        let label =
            labels.iter().find_map(|label| matches_at(row, at, &label.words).map(|end| (label.key, end)));
        match label {
            Some((key, end)) if is_label_here(row, at, end) => {
                if let Some((_, before)) = found.last_mut() {
                    before.until = at;
                }
                found.push((at, FoundLabel { key, end, until: row.words.len(), row }));
                at = end;
            }
            _ => at += 1,
        }
    }
    found.into_iter().map(|(_, label)| label).filter(|label| !label.key.is_empty()).collect()
}

/// A label stands at the beginning of a row or a column, or ends with a colon; the same words inside a sentence are no label.
fn is_label_here(row: &Row, start: usize, end: usize) -> bool {
    let colon = row.words[end - 1].text.ends_with(':')
        || row.words.get(end).is_some_and(|word| word.text.starts_with(':'));
    colon || start == 0 || (start == 1 && row.words[0].folded.chars().count() <= 2)
}

/// Where the label that begins at word `at` ends. Words of one letter group ("chữ đệm," "tên") are compared folded, with one wrong
/// letter forgiven in words of four and more.
fn matches_at(row: &Row, at: usize, label: &[&str]) -> Option<usize> {
    let mut next = at;
    for wanted in label {
        let word = row.words.get(next)?;
        if !alike(&word.folded, wanted) {
            return None;
        }
        next += 1;
    }
    Some(next)
}

fn alike(read: &str, wanted: &str) -> bool {
    if read == wanted {
        return true;
    }
    let (read, wanted): (Vec<char>, Vec<char>) = (read.chars().collect(), wanted.chars().collect());
    read.len() == wanted.len()
        && wanted.len() >= 4
        && read.iter().zip(&wanted).filter(|(one, other)| one != other).count() == 1
}

/// The values behind one label: one, or husband's and wife's where a row has two columns.
fn values_of(
    paper: &Paper,
    index: usize,
    label: &FoundLabel,
    document_type: DocumentType,
) -> Vec<ProposedField> {
    let words = &label.row.words[label.end..label.until];
    if document_type == DocumentType::MarriageCertificate {
        if let Some(keys) = couple_keys(label.key) {
            let columns = columns(words, label.row.text_height());
            return keys
                .iter()
                .zip(columns)
                .filter_map(|(key, words)| proposed(key, label.row.page, words))
                .collect();
        }
    }
    let mut value: Vec<Word> = words.to_vec();
    if value.iter().all(|word| word.folded.is_empty()) {
        value = row_below(paper, index).map(|row| row.words.clone()).unwrap_or_default();
    } else if WRAPPING.contains(&label.key) && label.until == label.row.words.len() {
        value.extend(continuation(paper, index));
    }
    proposed(label.key, label.row.page, &value).into_iter().collect()
}

fn couple_keys(key: &str) -> Option<[&'static str; 2]> {
    match key {
        "full_name" => Some(["husband_name", "wife_name"]),
        "birth_date" => Some(["husband_birth_date", "wife_birth_date"]),
        "citizen_id" => Some(["husband_citizen_id", "wife_citizen_id"]),
        _ => None,
    }
}

/// Cuts words where the gap between two is wider than a column's.
fn columns(words: &[Word], text_height: u32) -> Vec<&[Word]> {
    let gap_min = COLUMN_GAP * text_height as f32;
    let chunks = words.chunk_by(|one, next| {
        (next.region.left.saturating_sub(one.region.left + one.region.width) as f32) < gap_min
    });
    chunks.filter(|chunk| chunk.iter().any(|word| !word.folded.is_empty())).collect()
}

fn row_below(paper: &Paper, index: usize) -> Option<&Row> {
    let row = paper.rows.get(index + 1)?;
    let labels = labels();
    (row.page == paper.rows[index].page && find_labels(row, &labels).is_empty()).then_some(row)
}

/// Words of the row below, when this row runs to the right edge and the next one has no label.
fn continuation(paper: &Paper, index: usize) -> Vec<Word> {
    let row = &paper.rows[index];
    let text_right =
        paper.rows.iter().filter(|other| other.page == row.page).filter_map(|other| around(&other.words));
    let right_most = text_right.map(|region| region.left + region.width).max().unwrap_or(row.page_width);
    let reaches =
        around(&row.words).is_some_and(|r| (r.left + r.width) as f32 >= RIGHT_EDGE * right_most as f32);
    match row_below(paper, index) {
        Some(below) if reaches && is_running_on(row, below) => below.words.clone(),
        _ => Vec::new(),
    }
}

/// The next row follows closely, begins near the left edge and is no heading.
fn is_running_on(row: &Row, below: &Row) -> bool {
    let gap = below.top().saturating_sub(row.top());
    let left = around(&below.words).map_or(0, |region| region.left);
    let has_colon = below.words.iter().any(|word| word.text.ends_with(':'));
    gap < row.text_height() * 3 && left < below.page_width / 3 && !below.is_capitals() && !has_colon
}

/// Makes a field of the words, in the form that its key demands.
fn proposed(key: &str, page: u32, words: &[Word]) -> Option<ProposedField> {
    let written = text(words);
    let checked = match field_key(key)?.kind {
        FieldKind::Date => values::checked_date(&written)?,
        FieldKind::PersonalNumber => values::checked_number(&written)?,
        FieldKind::Text => Checked { value: tidy(key, &values::plain(&written)?)?, sound: true },
    };
    let sure = confidence(words);
    Some(ProposedField {
        key: key.into(),
        value: checked.value,
        source: FieldSource::Ocr,
        confidence: if checked.sound { sure } else { sure.min(UNSOUND_CONFIDENCE_MAX) },
        page: Some(page),
        region: around(words),
    })
}

/// What a value of this key looks like, where the paper prints more around it.
fn tidy(key: &str, value: &str) -> Option<String> {
    match key {
        "sex" => match fold(value.split_whitespace().next()?).as_str() {
            "nam" => Some("Nam".into()),
            "nu" => Some("Nữ".into()),
            _ => Some(value.into()),
        },
        "book_number" | "parcel_number" | "map_sheet_number" => {
            value.split([' ', ',', ';']).next().map(str::to_owned)
        }
        "area" => Some(value.split([',', ';', '(']).take(2).collect::<Vec<_>>().join(",").trim().to_owned()),
        "full_name" | "holder_name" | "registrant_name" | "mother_name" | "father_name" => {
            let bare = value.trim_start_matches(|c: char| c.is_ascii_digit() || ". ".contains(c));
            let bare = ["Ông:", "Bà:", "Ông ", "Bà ", "ông ", "bà "]
                .iter()
                .fold(bare, |name, title| name.strip_prefix(title).unwrap_or(name));
            Some(bare.trim().to_owned())
        }
        _ => Some(value.into()),
    }
}
