//! Which type a paper is: decided by the words of its printed title.

use super::paper::{Paper, Row, fold};
use repository::DocumentType::{self, *};

/// Words that begin a title. The title stands alone on its rows, in capitals; it is compared without accents and proposed with the
/// right ones.
const TITLES: &[(&str, DocumentType)] = &[
    ("Giấy chứng nhận quyền sử dụng đất", LandCertificate),
    ("Quyền sử dụng đất", LandCertificate),
    ("Quyền sở hữu nhà ở và tài sản khác gắn liền với đất", LandCertificate),
    ("Giấy chứng nhận kết hôn", MarriageCertificate),
    ("Trích lục kết hôn", MarriageCertificate),
    ("Giấy chứng nhận đăng ký doanh nghiệp", BusinessRegistration),
    ("Giấy chứng nhận đăng ký hộ kinh doanh", BusinessRegistration),
    ("Giấy chứng nhận đăng ký kinh doanh", BusinessRegistration),
    ("Giấy chứng nhận đăng ký hợp tác xã", BusinessRegistration),
    ("Giấy xác nhận tình trạng hôn nhân", MaritalStatus),
    ("Giấy khai sinh", BirthCertificate),
    ("Trích lục khai sinh", BirthCertificate),
    ("Bản sao giấy khai sinh", BirthCertificate),
    ("Trích lục khai tử", DeathExtract),
    ("Giấy chứng tử", DeathExtract),
    ("Phiếu lý lịch tư pháp", CriminalRecord),
    ("Thẻ bảo hiểm y tế", InsuranceCard),
    ("Sổ bảo hiểm xã hội", InsuranceCard),
    ("Giấy chứng minh nhân dân", IdentityCard),
    ("Chứng minh nhân dân", IdentityCard),
    ("Căn cước công dân", IdentityCard),
    ("Thẻ căn cước", IdentityCard),
    ("Căn cước", IdentityCard),
    ("Giấy phép", Permit),
    ("Quyết định", Decision),
    ("Chứng chỉ", Certificate),
    ("Giấy chứng nhận tốt nghiệp", Certificate),
    ("Bằng tốt nghiệp", Certificate),
    ("Bằng cử nhân", Certificate),
    ("Bằng kỹ sư", Certificate),
    ("Bằng thạc sĩ", Certificate),
    ("Tờ khai", Application),
    ("Đơn đề nghị", Application),
    ("Đơn xin", Application),
    ("Đơn đăng ký", Application),
    ("Đơn", Application),
    ("Thông báo", Other),
    ("Biên bản", Other),
    ("Giấy xác nhận", Other),
    ("Xác nhận", Other),
    ("Giấy mời", Other),
    ("Báo cáo", Other),
    ("Tờ trình", Other),
];

/// Quốc hiệu and tiêu ngữ: capitals too, never a title.
const NOT_A_TITLE: &[&str] = &["cong hoa xa hoi", "doc lap tu do", "uy ban nhan dan", "hoi dong nhan dan"];

/// A title may run over this many rows.
const TITLE_ROWS_MAX: usize = 2;
/// A page with a citizen card's code, no other title and no more rows than this is the card (or its copy), not a paper about it.
const CARD_ROWS_MAX: usize = 30;

/// Decides type and title.
pub(super) fn decide(paper: &Paper, has_card_code: bool) -> (DocumentType, String) {
    if let Some(titled) = titled(paper) {
        return titled;
    }
    if has_card_code && paper.rows.len() <= CARD_ROWS_MAX {
        return (IdentityCard, IdentityCard.label().into());
    }
    match is_letter(paper) {
        true => (Other, "Công văn".into()),
        false => (Other, Other.label().into()),
    }
}

/// The first row (or rows) that begin with a type's title.
fn titled(paper: &Paper) -> Option<(DocumentType, String)> {
    let rows: Vec<&Row> = paper.first_page().collect();
    let starts = (0..rows.len()).filter(|at| may_be_title(rows[*at]));
    starts.flat_map(|at| (1..=TITLE_ROWS_MAX).map(move |count| (at, count))).find_map(|(at, count)| {
        let title: Vec<&Row> =
            rows[at..].iter().take(count).copied().take_while(|row| may_be_title(row)).collect();
        let folded = title.iter().map(|row| row.folded()).collect::<Vec<_>>().join(" ");
        let (known, found) =
            TITLES.iter().find(|(known, _)| starts_with_words(&folded, &fold_words(known)))?;
        let printed: Vec<&str> = title[0].words.iter().map(|word| word.text.as_str()).collect();
        // What follows on the title's first row (a number, the form's subject) belongs to it: `… SỐ 1`, `… ĐĂNG KÝ KHAI SINH`.
        let rest = printed.get(known.split(' ').count()..).unwrap_or_default().join(" ").to_lowercase();
        let rest = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
        Some((*found, format!("{known} {rest}").trim().to_owned()))
    })
}

fn fold_words(words: &str) -> String {
    words.split(' ').map(fold).collect::<Vec<_>>().join(" ")
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
