//! Người ký: the last office on the paper and the name under it; of an application, who fills it in.

use super::header::field;
use super::paper::{Paper, Row, Word, around, fold, text};
use super::values;
use repository::DocumentType;
use repository::record::ProposedField;
use repository::spelling::distance_within;

/// Right of this share of the page's width is the signer's side.
const SIGNER_SHARE: f32 = 0.4;
/// How far a signer's name may stand outside the column of the office, as a share of the page's width.
const SIGNER_MARGIN: f32 = 0.1;
/// An office of at least so many letters is known with one of them wrong.
const LETTERS_MIN: usize = 7;
/// Rows in which who fills in a form is named have no more words: `Người yêu cầu`, `NGƯỜI LÀM ĐƠN`.
const APPLICANT_WORDS_MAX: usize = 6;

/// Offices of signers as they are printed; longer ones first where one begins another.
const OFFICES: &[&str] = &[
    "CHỦ TỊCH",
    "PHÓ CHỦ TỊCH",
    "GIÁM ĐỐC",
    "PHÓ GIÁM ĐỐC",
    "TỔNG GIÁM ĐỐC",
    "TRƯỞNG PHÒNG",
    "PHÓ TRƯỞNG PHÒNG",
    "CHÁNH VĂN PHÒNG",
    "PHÓ CHÁNH VĂN PHÒNG",
    "TRƯỞNG CÔNG AN",
    "PHÓ TRƯỞNG CÔNG AN",
    "CỤC TRƯỞNG",
    "PHÓ CỤC TRƯỞNG",
    "TỔNG CỤC TRƯỞNG",
    "CHI CỤC TRƯỞNG",
    "VỤ TRƯỞNG",
    "HIỆU TRƯỞNG",
    "PHÓ HIỆU TRƯỞNG",
    "VIỆN TRƯỞNG",
    "CHỦ TRÌ",
    "CHỦ TỌA",
    "TRƯỞNG BAN",
    "PHÓ TRƯỞNG BAN",
    "CÔNG CHỨC TƯ PHÁP",
    "CHÁNH ÁN",
    "BỘ TRƯỞNG",
    "THỨ TRƯỞNG",
];
/// Who signs an application: no office, only a name. Folded.
const APPLICANTS: &[&str] = &[
    "nguoi lam don",
    "nguoi yeu cau",
    "nguoi khai",
    "nguoi de nghi",
    "nguoi viet don",
    "nguoi ke khai",
    "chu ho",
];

/// An office found in a row: how it is spelled, and its words there.
struct Office {
    title: Option<String>,
    words: Vec<Word>,
}

/// Signer and the signer's office, where the paper shows them.
pub(super) fn fields(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let office_in = match document_type {
        DocumentType::IdentityCard | DocumentType::InsuranceCard => return Vec::new(),
        DocumentType::Application => applicant_in,
        _ => office_in,
    };
    let rows = &paper.rows;
    let found = rows.iter().enumerate().rev().find_map(|(index, row)| Some((index, office_in(row)?)));
    let Some((index, office)) = found else { return lone_signer(paper, document_type) };
    let page = rows[index].page;
    let mut fields: Vec<ProposedField> =
        office.title.map(|title| field("signer_title", title, page, &office.words)).into_iter().collect();
    let column = around(&office.words).expect("an office has words");
    let below =
        rows[index + 1..].iter().filter(|row| row.page == page && row.page_left == rows[index].page_left);
    let name = below.filter_map(|row| name_under(row, column.left, column.left + column.width)).next_back();
    fields.extend(name.map(|(name, words)| field("signer", name, page, &words)));
    fields
}

/// Words of a signer's office in the right part of a row. A column further left may share the row (NGƯỜI ĐI KHAI … CHỦ TỊCH).
fn office_in(row: &Row) -> Option<Office> {
    let right = row.keep(|word| {
        word.folded.chars().any(char::is_alphabetic) && row.across(word.region.left) > SIGNER_SHARE
    });
    let (start, printed) =
        (0..right.words.len()).find_map(|at| Some((at, office_at(&right.words[at..])?)))?;
    let words = right.words[start..].to_vec();
    let is_capitals = Row { words: words.clone(), ..row.clone() }.is_capitals();
    let count = printed.split(' ').count();
    // Printed words are spelled as they are printed; what follows them (CÔNG AN PHƯỜNG) stands as it was read.
    let title = [printed.to_owned()].into_iter().chain(words[count..].iter().map(|word| word.text.clone()));
    let title = values::plain(&title.collect::<Vec<_>>().join(" "));
    // `KT. CHỦ TỊCH`: who signs is a deputy, whose own office in the next row was not read.
    let is_deputy = start > 0 && right.words[start - 1].folded == "kt";
    let title = title.filter(|_| !is_deputy);
    is_capitals.then_some(Office { title, words })
}

/// The longest office that the words begin with; one wrong letter is forgiven in long ones.
fn office_at(words: &[Word]) -> Option<&'static str> {
    let fits = |office: &&&str| {
        let wanted: Vec<String> = office.split(' ').map(fold).collect();
        let Some(run) = words.get(..wanted.len()) else { return false };
        let (read, wanted): (String, String) =
            (run.iter().map(|word| word.folded.as_str()).collect(), wanted.concat());
        read == wanted || wanted.len() >= LETTERS_MIN && distance_within(&read, &wanted, 1).is_some()
    };
    OFFICES.iter().filter(fits).max_by_key(|office| office.len()).copied()
}

/// `Người yêu cầu` above the applicant's signature, in capitals or not, alone on its side of the paper.
fn applicant_in(row: &Row) -> Option<Office> {
    let words = row.keep(|word| row.across(word.region.left) > SIGNER_SHARE && !word.folded.is_empty()).words;
    let read: Vec<&str> = words.iter().map(|word| word.folded.as_str()).collect();
    let read = read.join(" ");
    let fits =
        |applicant: &&str| read.starts_with(*applicant) || distance_within(&read, applicant, 1).is_some();
    let alone = words.len() <= APPLICANT_WORDS_MAX && words.iter().all(|word| !word.text.ends_with(':'));
    (alone && APPLICANTS.iter().any(fits)).then_some(Office { title: None, words })
}

/// Where no office can be read: the last name that stands alone on the right, below `TM.`, `KT.` or `Nơi nhận`.
fn lone_signer(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let begins_block = |row: &Row| {
        row.words.iter().any(|word| matches!(word.folded.as_str(), "tm" | "kt" | "tl" | "tuq"))
            || row.folded().starts_with("noi nhan")
            || document_type == DocumentType::Application
                && row.words.iter().any(|word| word.folded == "ngay")
    };
    let rows = &paper.rows;
    let Some(start) = rows.iter().rposition(begins_block) else { return Vec::new() };
    let block = rows[start + 1..].iter().filter(|row| row.page == rows[start].page);
    let left = |row: &Row| row.page_left + (SIGNER_SHARE * row.page_width as f32) as u32;
    let names =
        block.filter_map(|row| Some((row.page, name_under(row, left(row), row.page_left + row.page_width)?)));
    let mut names = names.rev();
    let name = names.find(|(_, (name, _))| name.chars().any(char::is_lowercase));
    name.map(|(page, (name, words))| field("signer", name, page, &words)).into_iter().collect()
}

/// A name around the office's column, and its words.
fn name_under(row: &Row, left: u32, right: u32) -> Option<(String, Vec<Word>)> {
    if row.words.iter().any(|word| word.folded == "ngay") {
        return None;
    }
    let margin = (SIGNER_MARGIN * row.page_width as f32) as u32;
    let near = |word: &Word| word.region.left + margin > left && word.region.left < right + margin;
    let words = row.keep(near).words;
    let name = values::name(&text(&words))?;
    Some((name, words))
}
