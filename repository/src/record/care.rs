//! Care over years: how long a paper is kept, what forbids to destroy it, and what stays when it is destroyed.

use super::DocumentId;
use crate::DocumentType;
use crate::identifier::DocumentCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Mã thời hạn lưu trữ (ARCH-02, TT 05/2025/TT-BNV).
#[doc(alias = "thời hạn lưu trữ")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetentionCode {
    /// Vĩnh viễn.
    #[serde(rename = "01")]
    Permanent,
    /// 70 năm.
    #[serde(rename = "02")]
    Years70,
    /// 50 năm.
    #[serde(rename = "03")]
    Years50,
    /// 30 năm.
    #[serde(rename = "04")]
    Years30,
    /// 20 năm.
    #[serde(rename = "05")]
    Years20,
    /// 10 năm.
    #[serde(rename = "06")]
    Years10,
    /// Khác: to a day that is stated.
    #[serde(rename = "07")]
    Other,
}

/// Thời hạn lưu trữ of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// The code.
    pub code: RetentionCode,
    /// Last day on which the paper must be kept; none: for ever.
    pub until: Option<Date>,
}

/// Key of a hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HoldId(pub Uuid);

/// Key of a disposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DisposalId(pub Uuid);

/// Lệnh giữ: as long as one is not lifted, nobody may have the paper destroyed.
#[doc(alias = "phong tỏa")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// Key.
    pub id: HoldId,
    /// The paper.
    pub document: DocumentId,
    /// Why: a lawsuit, an inspection, a complaint.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Account that placed it.
    pub placed_by: String,
    /// Its lifting; none: it holds.
    pub lifted: Option<Lifting>,
}

/// Gỡ lệnh giữ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lifting {
    /// When.
    pub at: Timestamp,
    /// Account.
    pub by: String,
    /// Why.
    pub reason: String,
}

/// Căn cứ tiêu hủy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DisposalGround {
    /// Hết thời hạn lưu trữ (ARCH-04).
    RetentionEnded,
    /// Chủ thể dữ liệu yêu cầu xóa (PDP-07).
    SubjectRequest,
}

/// What someone proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDisposal {
    /// Căn cứ.
    pub ground: DisposalGround,
    /// Số quyết định.
    pub decision_no: String,
    /// Lý do, without a person's name or number: it stays.
    pub reason: String,
}

/// Đề nghị tiêu hủy: proposed by one person, decided by another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disposal {
    /// Key.
    pub id: DisposalId,
    /// The paper.
    pub document: DocumentId,
    /// Căn cứ.
    pub ground: DisposalGround,
    /// Số quyết định.
    pub decision_no: String,
    /// Lý do.
    pub reason: String,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// Account that proposed it.
    pub proposed_by: String,
    /// Cơ quan of that account.
    pub agency: String,
    /// When the second person decided; none: still open.
    pub decided_at: Option<Timestamp>,
    /// Account of the second person.
    pub decided_by: Option<String>,
    /// Why the second person refused; none: approved, or still open.
    pub refusal: Option<String>,
}

/// What the second person says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Phê duyệt: the paper is destroyed at once.
    Approve,
    /// Từ chối.
    Refuse {
        /// Lý do.
        reason: String,
    },
}

/// Chứng nhận tiêu hủy: what stays of a destroyed paper. It names no person whose paper it was.
#[doc(alias = "biên bản tiêu hủy")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The decision that was carried out.
    pub disposal: DisposalId,
    /// The paper.
    pub document: DocumentId,
    /// Mã kết quả số hóa.
    pub code: Option<DocumentCode>,
    /// Loại giấy tờ.
    pub document_type: DocumentType,
    /// SHA-256 of the scanned file.
    pub sha256: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Stored files that were destroyed: the scan and the pictures of its pages.
    pub objects: u64,
    /// When the paper was received.
    pub received_at: Timestamp,
    /// Thời hạn lưu trữ, when one was set.
    pub retention: Option<Retention>,
    /// Căn cứ.
    pub ground: DisposalGround,
    /// Số quyết định.
    pub decision_no: String,
    /// Lý do.
    pub reason: String,
    /// Account that proposed it.
    pub proposed_by: String,
    /// When.
    pub proposed_at: Timestamp,
    /// Account that approved it: another one.
    pub approved_by: String,
    /// Cơ quan.
    pub agency: String,
    /// When the key of the paper was destroyed, and with it everything that was stored of it.
    pub destroyed_at: Timestamp,
}

impl RetentionCode {
    /// Years from the day of filing on; none: for ever, or to a day that is stated.
    pub fn years(self) -> Option<i16> {
        match self {
            RetentionCode::Permanent | RetentionCode::Other => None,
            RetentionCode::Years70 => Some(70),
            RetentionCode::Years50 => Some(50),
            RetentionCode::Years30 => Some(30),
            RetentionCode::Years20 => Some(20),
            RetentionCode::Years10 => Some(10),
        }
    }

    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            RetentionCode::Permanent => "Vĩnh viễn",
            RetentionCode::Years70 => "70 năm",
            RetentionCode::Years50 => "50 năm",
            RetentionCode::Years30 => "30 năm",
            RetentionCode::Years20 => "20 năm",
            RetentionCode::Years10 => "10 năm",
            RetentionCode::Other => "Khác",
        }
    }
}

impl Retention {
    /// Whether it lasts at least as long as another.
    pub fn covers(&self, other: &Retention) -> bool {
        match (self.until, other.until) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(other)) => own >= other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retention_covers_what_ends_no_later() {
        let until = |day: Option<&str>| Retention {
            code: RetentionCode::Other,
            until: day.map(|day| day.parse().unwrap()),
        };
        let check = |own: Option<&str>, other: Option<&str>, expected| {
            assert_eq!(until(own).covers(&until(other)), expected, "{own:?} {other:?}");
        };
        check(None, None, true);
        check(None, Some("2036-01-05"), true);
        check(Some("2036-01-05"), None, false);
        check(Some("2036-01-05"), Some("2036-01-05"), true);
        check(Some("2036-01-05"), Some("2036-01-06"), false);
    }
}
