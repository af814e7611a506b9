//! What a paper is taken from, who answers for it, and what becomes of it after it is filed.

use super::{DocumentId, Field, Owner};
use crate::DocumentType;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Nguồn bản: what was scanned (TT 01/2023 Điều 4.1, DIG-03 and DIG-04).
#[doc(alias = "nguồn bản")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceForm {
    /// Bản chính: what is handed in at the counter.
    #[default]
    Original,
    /// Bản sao điện tử từ sổ gốc.
    RegisterCopy,
    /// Bản sao điện tử chứng thực từ bản chính.
    CertifiedElectronicCopy,
    /// Bản chụp điện tử có bản chính để đối chiếu.
    ScanWithOriginal,
    /// Bản sao chụp: serves its dossier and never enters the person's store.
    Photocopy,
    /// Bản sao giấy có chứng thực: serves its dossier and never enters the person's store.
    CertifiedPaperCopy,
}

impl SourceForm {
    /// Every form, the default of the counter first.
    pub const ALL: [SourceForm; 6] = [
        SourceForm::Original,
        SourceForm::RegisterCopy,
        SourceForm::CertifiedElectronicCopy,
        SourceForm::ScanWithOriginal,
        SourceForm::Photocopy,
        SourceForm::CertifiedPaperCopy,
    ];

    /// Whether papers of this form may enter the person's store.
    pub fn may_be_kept(self) -> bool {
        match self {
            SourceForm::Original
            | SourceForm::RegisterCopy
            | SourceForm::CertifiedElectronicCopy
            | SourceForm::ScanWithOriginal => true,
            SourceForm::Photocopy | SourceForm::CertifiedPaperCopy => false,
        }
    }

    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            SourceForm::Original => "Bản chính",
            SourceForm::RegisterCopy => "Bản sao điện tử từ sổ gốc",
            SourceForm::CertifiedElectronicCopy => "Bản sao điện tử chứng thực từ bản chính",
            SourceForm::ScanWithOriginal => "Bản chụp điện tử, có bản chính để đối chiếu",
            SourceForm::Photocopy => "Bản sao chụp",
            SourceForm::CertifiedPaperCopy => "Bản sao giấy có chứng thực",
        }
    }
}

/// Vai trò of a paper in its dossier (DIG-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentRole {
    /// Thành phần hồ sơ.
    Component,
    /// Kết quả thẩm tra, xác minh, trả lời ý kiến.
    Appraisal,
    /// Kết quả giải quyết.
    Outcome,
}

/// Xác nhận: who answers for something, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Account.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Xuất xứ of a paper: the facts on which its trust rests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// What was scanned; none: nobody said yet.
    pub source_form: Option<SourceForm>,
    /// Vai trò in its dossier, from filing on.
    pub role: Option<DocumentRole>,
    /// Đối chiếu với bản chính.
    pub compared: Option<Mark>,
    /// Ký nhận bản quét: the officer who answers for the scan (DIG-08).
    pub marked: Option<Mark>,
    /// Xác nhận thay mặt cơ quan (DIG-09).
    pub agency_marked: Option<Mark>,
}

/// What a person says of the origin of a paper while confirming it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// What was scanned.
    pub source_form: SourceForm,
    /// It was compared with the original just now.
    pub compared: bool,
    /// I answer for the scan: needed where nobody did at receipt.
    pub marked: bool,
    /// I confirm it for the agency: needed for kết quả giải quyết.
    pub for_agency: bool,
    /// A paper of the dossier that is neither a component nor its outcome: kết quả thẩm tra, xác minh.
    pub appraisal: bool,
}

/// Trạng thái hiệu lực of a stored paper (DOMAIN §4.2, §6.1).
#[doc(alias = "trạng thái hiệu lực")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// Còn hiệu lực.
    Valid,
    /// Hết hạn: follows from the last day of validity and today in Việt Nam; it is never written.
    Expired,
    /// Thu hồi.
    Revoked,
    /// Bị thay thế.
    Superseded,
    /// Hủy: filed by mistake.
    Cancelled,
    /// Nộp lưu: the archive keeps it now; it counts as before.
    Archived,
    /// Tiêu hủy.
    Disposed,
}

impl Validity {
    /// Every one.
    pub const ALL: [Validity; 7] = [
        Validity::Valid,
        Validity::Expired,
        Validity::Revoked,
        Validity::Superseded,
        Validity::Cancelled,
        Validity::Archived,
        Validity::Disposed,
    ];

    /// What was decided, seen on a day: a valid paper is expired from the day after its last one (REUSE-03).
    pub fn on(self, day: Date, valid_until: Option<Date>) -> Validity {
        match self {
            Validity::Valid if valid_until.is_some_and(|last| last < day) => Validity::Expired,
            decided => decided,
        }
    }

    /// Whether people still find the paper by searching: what was revoked, replaced or taken away is found by its codes alone (REUSE-06).
    pub fn is_searched(self) -> bool {
        matches!(self, Validity::Valid | Validity::Expired | Validity::Archived)
    }

    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            Validity::Valid => "Còn hiệu lực",
            Validity::Expired => "Hết hạn",
            Validity::Revoked => "Đã thu hồi",
            Validity::Superseded => "Đã bị thay thế",
            Validity::Cancelled => "Đã hủy",
            Validity::Archived => "Đã nộp lưu",
            Validity::Disposed => "Đã tiêu hủy",
        }
    }
}

/// Bước of the way of a paper (DOMAIN §4.2, DIG-06).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentStep {
    /// Sao chụp, tiếp nhận.
    Receive,
    /// Ký nhận bản quét.
    Mark,
    /// Bóc tách.
    Extract,
    /// Không đọc được.
    GiveUp,
    /// Quét lại một trang.
    Rescan,
    /// Nhập kép: one of the people who key a paper apart.
    Key,
    /// Xác nhận dữ liệu.
    Confirm,
    /// Xác nhận thay mặt cơ quan.
    AgencyMark,
    /// Cấp mã kết quả số hóa.
    Code,
    /// Lưu kho.
    Store,
    /// Đính chính.
    Correct,
    /// Thu hồi.
    Revoke,
    /// Thay thế.
    Supersede,
    /// Hủy.
    Cancel,
    /// Khôi phục hiệu lực.
    Reinstate,
    /// Nộp lưu.
    Archive,
    /// Tiêu hủy.
    Dispose,
    /// Rút khỏi hồ sơ: the batch that it came out of was undone.
    TakeBack,
}

impl DocumentStep {
    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            DocumentStep::Receive => "Tiếp nhận",
            DocumentStep::Mark => "Ký nhận bản quét",
            DocumentStep::Extract => "Bóc tách",
            DocumentStep::GiveUp => "Không đọc được",
            DocumentStep::Rescan => "Quét lại một trang",
            DocumentStep::Key => "Nhập kép",
            DocumentStep::Confirm => "Xác nhận dữ liệu",
            DocumentStep::AgencyMark => "Xác nhận thay mặt cơ quan",
            DocumentStep::Code => "Cấp mã",
            DocumentStep::Store => "Lưu kho",
            DocumentStep::Correct => "Đính chính",
            DocumentStep::Revoke => "Thu hồi",
            DocumentStep::Supersede => "Thay thế",
            DocumentStep::Cancel => "Hủy",
            DocumentStep::Reinstate => "Khôi phục",
            DocumentStep::Archive => "Nộp lưu",
            DocumentStep::Dispose => "Tiêu hủy",
            DocumentStep::TakeBack => "Rút khỏi hồ sơ",
        }
    }
}

/// Quyết định about a stored paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Ruling {
    /// Thu hồi: who issued it took it back.
    Revoke,
    /// Thay thế: another stored paper takes its place.
    Supersede {
        /// The paper that counts now.
        by: DocumentId,
    },
    /// Hủy: it was filed by mistake.
    Cancel,
    /// Khôi phục: a ruling of before was a mistake.
    Reinstate,
    /// Nộp lưu.
    Archive,
}

impl Ruling {
    /// The step that it is.
    pub fn step(self) -> DocumentStep {
        match self {
            Ruling::Revoke => DocumentStep::Revoke,
            Ruling::Supersede { .. } => DocumentStep::Supersede,
            Ruling::Cancel => DocumentStep::Cancel,
            Ruling::Reinstate => DocumentStep::Reinstate,
            Ruling::Archive => DocumentStep::Archive,
        }
    }
}

/// Đính chính: a stored record as it should have been filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The whole record as it shall stand.
    pub record: super::Confirmation,
    /// The version that the person looked at.
    pub version: u32,
    /// Why.
    pub reason: String,
}

/// Diễn biến: one step of a paper's way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEvent {
    /// 1, 2, 3, … for each paper.
    pub number: u32,
    /// When.
    pub at: Timestamp,
    /// What.
    pub step: DocumentStep,
    /// Account.
    pub account: String,
    /// Cơ quan.
    pub agency: String,
    /// Why, in the words of who did it.
    pub reason: Option<String>,
    /// The paper that took its place.
    pub other: Option<DocumentId>,
}

/// Phiên bản of a record that no longer counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DocumentVersion {
    /// 1 for what was filed first.
    pub version: u32,
    /// The record as it stood.
    pub record: FiledRecord,
    /// When it was replaced.
    pub replaced_at: Timestamp,
    /// Account that replaced it.
    pub replaced_by: String,
    /// Why.
    pub reason: String,
}

/// What a person confirmed of a paper, as one value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FiledRecord {
    /// Loại giấy tờ.
    pub document_type: DocumentType,
    /// Tên giấy tờ.
    pub title: String,
    /// Owners, as they were called then.
    pub owners: Vec<Owner>,
    /// Fields, in the order of the form.
    pub fields: Vec<Field>,
}

/// Lịch sử of a paper: its steps and the versions that no longer count, each oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Steps.
    pub events: Vec<DocumentEvent>,
    /// Versions before the one that counts.
    pub versions: Vec<DocumentVersion>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_is_valid_to_the_end_of_its_last_day() {
        let check = |decided: Validity, valid_until: Option<&str>, day: &str, expected| {
            let last = valid_until.map(|day| day.parse().unwrap());
            assert_eq!(decided.on(day.parse().unwrap(), last), expected, "{valid_until:?} {day}");
        };
        check(Validity::Valid, Some("2026-03-31"), "2026-03-30", Validity::Valid);
        check(Validity::Valid, Some("2026-03-31"), "2026-03-31", Validity::Valid);
        check(Validity::Valid, Some("2026-03-31"), "2026-04-01", Validity::Expired);
        check(Validity::Valid, None, "2999-01-01", Validity::Valid);
        check(Validity::Revoked, Some("2026-03-31"), "2026-04-01", Validity::Revoked);
    }

    #[test]
    fn copies_on_paper_are_not_kept() {
        let kept = SourceForm::ALL.into_iter().filter(|form| form.may_be_kept());
        assert_eq!(kept.collect::<Vec<_>>(), SourceForm::ALL[..4]);
    }
}
