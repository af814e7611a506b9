//! How long papers are kept, what holds them, their disposal, and the reason that each of it needs.

use super::name_of;
use repository::record::{Certificate, Disposal, Hold, Lifting, Retention};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why something is done: a hold, its lifting, the undoing of a merge.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReasonBody {
    /// Lý do.
    pub(crate) reason: String,
}

/// Thời hạn lưu trữ of a paper.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RetentionBody {
    /// 01 vĩnh viễn, 02 70 năm, 03 50 năm, 04 30 năm, 05 20 năm, 06 10 năm, 07 khác.
    code: String,
    /// Last day on which the paper must be kept, `YYYY-MM-DD`; null: for ever.
    until: Option<String>,
}

/// Lệnh giữ: as long as one is not lifted, nobody may have the paper destroyed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HoldBody {
    /// Key.
    #[schema(format = "uuid")]
    id: String,
    /// Key of the paper.
    #[schema(format = "uuid")]
    document: String,
    /// Lý do.
    reason: String,
    /// Since when (RFC 3339).
    since: String,
    /// Account that placed it.
    placed_by: String,
    /// Its lifting; null: it holds.
    lifted: Option<LiftingBody>,
}

/// Gỡ lệnh giữ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiftingBody {
    /// When (RFC 3339).
    at: String,
    /// Account.
    by: String,
    /// Lý do.
    reason: String,
}

/// Đề nghị tiêu hủy: proposed by one person, decided by another.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisposalBody {
    /// Key.
    #[schema(format = "uuid")]
    id: String,
    /// Key of the paper.
    #[schema(format = "uuid")]
    document: String,
    /// `retention_ended` or `subject_request`.
    ground: String,
    /// Số quyết định.
    decision_no: String,
    /// Lý do.
    reason: String,
    /// When it was proposed (RFC 3339).
    proposed_at: String,
    /// Account that proposed it.
    proposed_by: String,
    /// Cơ quan of that account.
    agency: String,
    /// When the second person decided (RFC 3339); null: still open.
    decided_at: Option<String>,
    /// Account of the second person.
    decided_by: Option<String>,
    /// Why the second person refused; null: approved, or still open.
    refusal: Option<String>,
}

/// Chứng nhận tiêu hủy: what stays of a destroyed paper. It names no person whose paper it was.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CertificateBody {
    /// Key of the decision that was carried out.
    #[schema(format = "uuid")]
    disposal: String,
    /// Key of the paper.
    #[schema(format = "uuid")]
    document: String,
    /// Mã kết quả số hóa.
    code: Option<String>,
    /// Code of the loại giấy tờ.
    document_type: String,
    /// SHA-256 of the scanned file, lower-case hexadecimal.
    sha256: String,
    /// Its size.
    bytes: u64,
    /// Stored files that were destroyed: the scan and the pictures of its pages.
    objects: u64,
    /// When the paper was received (RFC 3339).
    received_at: String,
    /// Thời hạn lưu trữ, when one was set.
    retention: Option<RetentionBody>,
    /// `retention_ended` or `subject_request`.
    ground: String,
    /// Số quyết định.
    decision_no: String,
    /// Lý do.
    reason: String,
    /// Account that proposed it.
    proposed_by: String,
    /// When (RFC 3339).
    proposed_at: String,
    /// Account that approved it: another one.
    approved_by: String,
    /// Cơ quan.
    agency: String,
    /// When the key of the paper was destroyed, and with it everything that was stored of it (RFC 3339).
    destroyed_at: String,
}

impl From<Retention> for RetentionBody {
    fn from(retention: Retention) -> RetentionBody {
        RetentionBody { code: name_of(retention.code), until: retention.until.map(|day| day.to_string()) }
    }
}

impl From<Hold> for HoldBody {
    fn from(hold: Hold) -> HoldBody {
        HoldBody {
            id: hold.id.0.to_string(),
            document: hold.document.to_string(),
            reason: hold.reason,
            since: hold.since.to_string(),
            placed_by: hold.placed_by,
            lifted: hold.lifted.map(LiftingBody::from),
        }
    }
}

impl From<Lifting> for LiftingBody {
    fn from(lifting: Lifting) -> LiftingBody {
        LiftingBody { at: lifting.at.to_string(), by: lifting.by, reason: lifting.reason }
    }
}

impl From<Disposal> for DisposalBody {
    fn from(disposal: Disposal) -> DisposalBody {
        DisposalBody {
            id: disposal.id.0.to_string(),
            document: disposal.document.to_string(),
            ground: name_of(disposal.ground),
            decision_no: disposal.decision_no,
            reason: disposal.reason,
            proposed_at: disposal.proposed_at.to_string(),
            proposed_by: disposal.proposed_by,
            agency: disposal.agency,
            decided_at: disposal.decided_at.map(|at| at.to_string()),
            decided_by: disposal.decided_by,
            refusal: disposal.refusal,
        }
    }
}

impl From<Certificate> for CertificateBody {
    fn from(certificate: Certificate) -> CertificateBody {
        CertificateBody {
            disposal: certificate.disposal.0.to_string(),
            document: certificate.document.to_string(),
            code: certificate.code.map(String::from),
            document_type: certificate.document_type.code().to_owned(),
            sha256: certificate.sha256,
            bytes: certificate.bytes,
            objects: certificate.objects,
            received_at: certificate.received_at.to_string(),
            retention: certificate.retention.map(RetentionBody::from),
            ground: name_of(certificate.ground),
            decision_no: certificate.decision_no,
            reason: certificate.reason,
            proposed_by: certificate.proposed_by,
            proposed_at: certificate.proposed_at.to_string(),
            approved_by: certificate.approved_by,
            agency: certificate.agency,
            destroyed_at: certificate.destroyed_at.to_string(),
        }
    }
}
