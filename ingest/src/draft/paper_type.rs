//! Which type a paper is: decided by the words of its printed title.

use super::paper::{Paper, Row, text};
use repository::DocumentType::{self, *};

/// Folded words that begin a title, longest first within a type. The title stands alone on its row, in capitals.
const TITLES: &[(&str, DocumentType)] = &[
    ("giay chung nhan quyen su dung dat", LandCertificate),
    ("giay chung nhan ket hon", MarriageCertificate),
    ("giay chung nhan dang ky doanh nghiep", BusinessRegistration),
    ("giay chung nhan dang ky ho kinh doanh", BusinessRegistration),
    ("giay chung nhan dang ky kinh doanh", BusinessRegistration),
    ("giay chung nhan dang ky hop tac xa", BusinessRegistration),
    ("giay xac nhan tinh trang hon nhan", MaritalStatus),
    ("giay khai sinh", BirthCertificate),
    ("trich luc khai sinh", BirthCertificate),
    ("ban sao giay khai sinh", BirthCertificate),
    ("trich luc khai tu", DeathExtract),
    ("giay chung tu", DeathExtract),
    ("trich luc ket hon", MarriageCertificate),
    ("phieu ly lich tu phap", CriminalRecord),
    ("the bao hiem y te", InsuranceCard),
    ("so bao hiem xa hoi", InsuranceCard),
    ("chung minh nhan dan", IdentityCard),
    ("giay chung minh nhan dan", IdentityCard),
    ("can cuoc cong dan", IdentityCard),
    ("the can cuoc", IdentityCard),
    ("can cuoc", IdentityCard),
    ("giay phep", Permit),
    ("quyet dinh", Decision),
    ("chung chi", Certificate),
    ("giay chung nhan tot nghiep", Certificate),
    ("bang tot nghiep", Certificate),
    ("bang cu nhan", Certificate),
    ("bang ky su", Certificate),
    ("bang thac si", Certificate),
    ("to khai", Application),
    ("don de nghi", Application),
    ("don xin", Application),
    ("don dang ky", Application),
    ("don", Application),
];

/// Titles of papers that are of no type of their own.
const OTHER_TITLES: &[&str] =
    &["thong bao", "bien ban", "giay xac nhan", "xac nhan", "giay moi", "bao cao", "to trinh", "giay"];

/// Quốc hiệu and tiêu ngữ: capitals too, never a title.
const NOT_A_TITLE: &[&str] = &["cong hoa xa hoi", "doc lap tu do", "uy ban nhan dan", "hoi dong nhan dan"];

/// Decides type and title.
pub(super) fn decide(paper: &Paper) -> (DocumentType, String) {
    let candidates: Vec<&Row> = paper.first_page().filter(|row| may_be_title(row)).collect();
    let titled = candidates.iter().find_map(|row| {
        let folded = row.folded();
        TITLES.iter().find(|(title, _)| starts_with_words(&folded, title)).map(|(_, found)| (*found, *row))
    });
    if let Some((document_type, row)) = titled {
        return (document_type, sentence_case(&text(&row.words)));
    }
    let other = candidates.iter().find(|row| {
        let folded = row.folded();
        OTHER_TITLES.iter().any(|title| starts_with_words(&folded, title))
    });
    match other {
        Some(row) => (Other, sentence_case(&text(&row.words))),
        None if is_letter(paper) => (Other, "Công văn".into()),
        None => (Other, Other.label().into()),
    }
}

/// Công văn have no title but a trích yếu under their number (NĐ 30/2020, Phụ lục I).
fn is_letter(paper: &Paper) -> bool {
    paper.first_page().any(|row| row.words.iter().any(|word| word.text.to_lowercase().starts_with("v/v")))
}

fn may_be_title(row: &Row) -> bool {
    let folded = row.folded();
    row.is_capitals() && !NOT_A_TITLE.iter().any(|phrase| folded.contains(phrase))
}

fn starts_with_words(folded: &str, title: &str) -> bool {
    folded.strip_prefix(title).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// `TRÍCH LỤC KHAI SINH` → `Trích lục khai sinh`.
fn sentence_case(title: &str) -> String {
    let lower = title.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
