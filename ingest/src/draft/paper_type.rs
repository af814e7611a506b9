//! Which type a paper is: decided by the words of its printed title.

use super::paper::{Paper, Row, Word, around, fold, text};
use repository::DocumentType::{self, *};
use repository::record::Evidence;
use repository::spelling::distance_within;

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
    ("Giấy chứng nhận hoàn thành", Certificate),
    ("Bằng tốt nghiệp", Certificate),
    ("Bằng tiến sĩ", Certificate),
    ("Bằng đại học", Certificate),
    ("Bằng cao đẳng", Certificate),
    ("Bằng trung cấp", Certificate),
    ("Bằng nghề", Certificate),
    ("Bằng cử nhân", Certificate),
    ("Bằng kỹ sư", Certificate),
    ("Bằng thạc sĩ", Certificate),
    ("Tờ khai", Application),
    ("Đơn đề nghị", Application),
    ("Đơn xin", Application),
    ("Đơn đăng ký", Application),
    ("Phiếu đề nghị", Application),
    ("Đơn", Application),
    ("Thông báo", Other),
    ("Biên bản", Other),
    ("Giấy xác nhận", Other),
    ("Xác nhận", Other),
    ("Giấy mời", Other),
    ("Báo cáo", Other),
    ("Tờ trình", Other),
    ("Nghị quyết", Other),
    ("Chỉ thị", Other),
    ("Quy chế", Other),
    ("Quy định", Other),
    ("Kế hoạch", Other),
    ("Phương án", Other),
    ("Đề án", Other),
    ("Hợp đồng", Other),
    ("Công điện", Other),
    ("Bản thỏa thuận", Other),
    ("Giấy ủy quyền", Other),
    ("Giấy giới thiệu", Other),
    ("Phiếu chuyển", Other),
    ("Phiếu báo", Other),
    ("Danh sách", Other),
];

/// Printed words of a form's body that no other paper has, for a paper whose title cannot be read. Folded.
const MARKS: &[(&str, DocumentType)] = &[
    ("ho chu dem ten nguoi di khai sinh", BirthCertificate),
    ("noi dang ky ket hon", MarriageCertificate),
    ("giay nay duoc cap de", MaritalStatus),
    ("da chet vao luc", DeathExtract),
    ("ho chu dem ten nguoi di khai tu", DeathExtract),
    ("so vao so cap giay chung nhan", LandCertificate),
    ("so vao so cap gcn", LandCertificate),
    ("ma so doanh nghiep", BusinessRegistration),
    ("tinh trang an tich", CriminalRecord),
    ("noi dang ky kcb ban dau", InsuranceCard),
    ("noi dk kcb ban dau", InsuranceCard),
    ("dac diem nhan dang", IdentityCard),
];
/// One letter in so many of a title may be wrong; `Đơn` and other short ones must have theirs.
const LETTERS_A_WRONG_ONE: usize = 6;
/// No more letters of a title may be wrong than this.
const LETTERS_WRONG_MAX: usize = 2;

/// Quốc hiệu and tiêu ngữ: capitals too, never a title.
const NOT_A_TITLE: &[&str] = &["cong hoa xa hoi", "doc lap tu do", "uy ban nhan dan", "hoi dong nhan dan"];

/// Where the middle of a title lies across the page, as a share of its width.
const MIDDLE: std::ops::RangeInclusive<f32> = 0.35..=0.65;
/// A title may run over this many rows.
const TITLE_ROWS_MAX: usize = 2;
/// A page with a citizen card's code, no other title and no more rows than this is the card (or its copy), not a paper about it.
const CARD_ROWS_MAX: usize = 30;

/// A type, the title that is proposed with it, and the words that decided; none where nothing on the paper did.
pub(super) struct Decision {
    pub(super) document_type: DocumentType,
    pub(super) title: String,
    pub(super) evidence: Option<Evidence>,
}

impl Decision {
    fn of(document_type: DocumentType, title: impl Into<String>, evidence: Option<Evidence>) -> Decision {
        Decision { document_type, title: title.into(), evidence }
    }
}

/// Decides type and title: by the title, by a citizen card's code (`card`), by what a letter or the body of a form shows.
pub(super) fn decide(paper: &Paper, card: Option<Evidence>) -> Decision {
    if let Some(titled) = titled(paper, 0) {
        return titled;
    }
    if card.is_some() && paper.rows.len() <= CARD_ROWS_MAX {
        return Decision::of(IdentityCard, IdentityCard.label(), card);
    }
    if let Some(titled) = titled(paper, LETTERS_WRONG_MAX).or_else(|| marked(paper)) {
        return titled;
    }
    match regarding(paper) {
        Some(evidence) => Decision::of(Other, "Công văn", Some(evidence)),
        None => Decision::of(Other, Other.label(), None),
    }
}

/// The first row (or rows) that begin with a type's title, with at most so many wrong letters.
fn titled(paper: &Paper, wrong_max: usize) -> Option<Decision> {
    let rows: Vec<&Row> = paper.first_page().collect();
    let starts = (0..rows.len()).filter(|at| may_be_title(rows[*at]));
    starts.flat_map(|at| (1..=TITLE_ROWS_MAX).map(move |count| (at, count))).find_map(|(at, count)| {
        let title: Vec<&Row> =
            rows[at..].iter().take(count).copied().take_while(|row| may_be_title(row)).collect();
        let words: Vec<Word> = title
            .iter()
            .flat_map(|row| row.words.iter().filter(|word| !word.folded.is_empty()))
            .cloned()
            .collect();
        let (known, found) = TITLES.iter().find(|(known, found)| {
            begins_with_title(&words, known, wrong_max) && (*found != Other || is_in_the_middle(title[0]))
        })?;
        let length = known.split(' ').count();
        // What follows on the title's first row (a number, the form's subject) belongs to it: `… SỐ 1`, `… ĐĂNG KÝ KHAI SINH`.
        let first_row = title[0].words.iter().filter(|word| !word.folded.is_empty()).count();
        let rest = text(words.get(length..first_row).unwrap_or_default()).to_lowercase();
        let rest = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
        let evidence = evidence(rows[at].page, &words[..length.min(words.len())]);
        Some(Decision::of(*found, format!("{known} {rest}").trim(), evidence))
    })
}

/// Titles of papers of no type of their own are ordinary words: `PHƯỜNG AN KHÁNH` in the letterhead begins like `Phương án`.
fn is_in_the_middle(row: &Row) -> bool {
    around(&row.words).is_some_and(|region| MIDDLE.contains(&row.across(region.left + region.width / 2)))
}

/// Whether words begin with a title. Compared by letters, so that a torn word does no harm; each word of it must begin with its letter.
fn begins_with_title(words: &[Word], known: &str, wrong_max: usize) -> bool {
    let wanted: Vec<String> = known.split(' ').map(fold).collect();
    let Some(run) = words.get(..wanted.len()) else { return false };
    let read: String = run.iter().map(|word| word.folded.as_str()).collect();
    let wanted = wanted.concat();
    let allowed = wrong_max.min(wanted.len() / LETTERS_A_WRONG_ONE);
    distance_within(&read, &wanted, allowed).is_some()
}

/// A form told by the printed words of its body.
fn marked(paper: &Paper) -> Option<Decision> {
    paper.first_page().find_map(|row| {
        let words: Vec<Word> = row.words.iter().filter(|word| !word.folded.is_empty()).cloned().collect();
        (0..words.len()).find_map(|at| {
            let found =
                MARKS.iter().find(|(mark, _)| begins_with_title(&words[at..], mark, LETTERS_WRONG_MAX));
            let (mark, found) = found?;
            let evidence = evidence(row.page, &words[at..at + mark.split(' ').count()]);
            Some(Decision::of(*found, found.label(), evidence))
        })
    })
}

fn evidence(page: u32, words: &[Word]) -> Option<Evidence> {
    Some(Evidence { text: text(words), page, region: around(words)? })
}

/// Công văn have no title but a trích yếu under their number (NĐ 30/2020, Phụ lục I).
fn regarding(paper: &Paper) -> Option<Evidence> {
    paper.first_page().find_map(|row| {
        let at = row.words.iter().position(|word| word.text.to_lowercase().starts_with("v/v"))?;
        evidence(row.page, &row.words[at..=at])
    })
}

fn may_be_title(row: &Row) -> bool {
    let folded = row.folded();
    row.is_capitals() && !NOT_A_TITLE.iter().any(|phrase| folded.contains(phrase))
}
