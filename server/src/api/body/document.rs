//! Papers, and who looked at them.

use super::{SubjectBody, name_of};
use repository::record::{AccessEntry, Document, Mark, Origin, Original};
use serde::Serialize;
use utoipa::ToSchema;

/// Giấy tờ đã số hóa.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentBody {
    /// Key in this installation.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Mã kết quả số hóa, once stored.
    pub(crate) code: Option<String>,
    /// `received`, `extracted`, `stored`, `unreadable` or `duplicate`.
    pub(crate) state: String,
    /// Loại giấy tờ: code of the dictionary, e.g. `KS`.
    pub(crate) document_type: String,
    /// Name of the type.
    pub(crate) document_type_label: String,
    /// Tên giấy tờ.
    pub(crate) title: String,
    /// Số, ký hiệu.
    pub(crate) number: Option<String>,
    /// Ngày cấp, `YYYY-MM-DD`.
    pub(crate) issued_on: Option<String>,
    /// Có giá trị đến, `YYYY-MM-DD`; null: không thời hạn.
    pub(crate) valid_until: Option<String>,
    /// Cơ quan cấp.
    pub(crate) agency: Option<String>,
    /// Chủ giấy tờ.
    pub(crate) subject: Option<SubjectBody>,
    /// Where in a dossier it belongs.
    pub(crate) place: Option<PlaceBody>,
    /// What was scanned.
    pub(crate) original: OriginalBody,
    /// Pages in the file, once it was opened.
    pub(crate) page_count: Option<u32>,
    /// Pages read so far.
    pub(crate) pages_read: u32,
    /// Pages that need a person's eye.
    pub(crate) pages_to_review: u32,
    /// Why it cannot be read and what to do.
    pub(crate) problem: Option<String>,
    /// Mức độ tin cậy on our own scale, not one of the law: `self_declared`, `compared`, `signed_off` or `source`.
    pub(crate) trust_level: Option<String>,
    /// Xuất xứ: what was scanned, and who answers for it.
    pub(crate) origin: OriginBody,
    /// Trạng thái hiệu lực today: `valid`, `expired`, `revoked`, `superseded`, `cancelled`, `archived` or `disposed`.
    pub(crate) validity: String,
    /// The paper that took its place, or of which it is only another scan.
    pub(crate) superseded_by: Option<String>,
    /// Phiên bản of the record: 1 as filed, one more with each correction.
    pub(crate) version: u32,
    /// When the bytes were safe (RFC 3339).
    #[schema(format = "date-time")]
    pub(crate) received_at: String,
    /// Account that received it.
    pub(crate) received_by: String,
    /// When a person confirmed it.
    pub(crate) confirmed_at: Option<String>,
    /// Account that confirmed it.
    pub(crate) confirmed_by: Option<String>,
    /// Where to go on.
    pub(crate) links: DocumentLinks,
}

/// Addresses around one paper.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentLinks {
    /// The record.
    #[serde(rename = "self")]
    pub(crate) itself: String,
    /// The scanned file.
    pub(crate) original: String,
    /// Who looked.
    pub(crate) access: String,
    /// The page for people.
    pub(crate) page: String,
}

impl DocumentLinks {
    pub(crate) fn new(id: impl std::fmt::Display) -> DocumentLinks {
        DocumentLinks {
            itself: format!("/api/v1/documents/{id}"),
            original: format!("/api/v1/documents/{id}/original"),
            access: format!("/api/v1/documents/{id}/access"),
            page: format!("/documents/{id}"),
        }
    }
}

impl From<Document> for DocumentBody {
    fn from(document: Document) -> DocumentBody {
        DocumentBody {
            id: document.id.0.to_string(),
            code: document.code.map(String::from),
            state: name_of(document.state),
            document_type: document.document_type.code().to_owned(),
            document_type_label: document.document_type.label().to_owned(),
            title: document.title,
            number: document.number,
            issued_on: document.issued_on.map(|day| day.to_string()),
            valid_until: document.valid_until.map(|day| day.to_string()),
            agency: document.agency,
            subject: document.subject.map(SubjectBody::from),
            place: document
                .place
                .map(|place| PlaceBody { dossier: place.dossier.0.to_string(), component: place.component }),
            original: document.original.into(),
            page_count: document.page_count,
            pages_read: document.pages_read,
            pages_to_review: document.pages_to_review,
            problem: document.problem,
            trust_level: document.trust_level.map(name_of),
            origin: document.origin.into(),
            validity: name_of(document.validity),
            superseded_by: document.superseded_by.map(|id| id.to_string()),
            version: document.version,
            received_at: document.received_at.to_string(),
            received_by: document.received_by,
            confirmed_at: document.confirmed_at.map(|at| at.to_string()),
            confirmed_by: document.confirmed_by,
            links: DocumentLinks::new(document.id.0),
        }
    }
}

/// What a paper was taken from, and who answers for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginBody {
    /// Nguồn bản: `original`, `register_copy`, `certified_electronic_copy`, `scan_with_original`, `photocopy` or
    /// `certified_paper_copy`; null: nobody said yet.
    source_form: Option<String>,
    /// `component`, `appraisal` or `outcome`, from filing on.
    role: Option<String>,
    /// Đối chiếu với bản chính.
    compared: Option<MarkBody>,
    /// Ký nhận bản quét.
    marked: Option<MarkBody>,
    /// Xác nhận thay mặt cơ quan.
    agency_marked: Option<MarkBody>,
}

/// Who answers for something, and since when.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MarkBody {
    /// Account.
    by: String,
    /// When (RFC 3339).
    at: String,
}

impl From<Mark> for MarkBody {
    fn from(mark: Mark) -> MarkBody {
        MarkBody { by: mark.by, at: mark.at.to_string() }
    }
}

impl From<Origin> for OriginBody {
    fn from(origin: Origin) -> OriginBody {
        OriginBody {
            source_form: origin.source_form.map(name_of),
            role: origin.role.map(name_of),
            compared: origin.compared.map(MarkBody::from),
            marked: origin.marked.map(MarkBody::from),
            agency_marked: origin.agency_marked.map(MarkBody::from),
        }
    }
}

/// Where in a dossier a paper belongs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlaceBody {
    /// The dossier.
    dossier: String,
    /// Key of the component; null: kết quả giải quyết.
    component: Option<String>,
}

/// Facts of the scanned file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OriginalBody {
    /// Name given by the sender.
    file_name: String,
    /// Decided from the content.
    media_type: String,
    /// Size in bytes.
    bytes: u64,
    /// SHA-256, lower-case hex.
    sha256: String,
}

impl From<Original> for OriginalBody {
    fn from(original: Original) -> OriginalBody {
        let Original { file_name, media_type, bytes, sha256 } = original;
        OriginalBody { file_name, media_type, bytes, sha256 }
    }
}

/// Lượt truy cập.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccessBody {
    /// Number in the log.
    number: u64,
    /// When (RFC 3339).
    at: String,
    /// Account.
    account: String,
    /// Cơ quan.
    agency: String,
    /// Đơn vị in the agency; empty: not known.
    unit: String,
    /// Căn cứ: the legal basis or the dossier; null: none was given.
    basis: Option<String>,
    /// The paper; null: the look was at the subject.
    document: Option<String>,
    /// What was done, e.g. `view`.
    action: String,
    /// Why.
    purpose: String,
    /// Whether it was allowed.
    allowed: bool,
}

impl From<AccessEntry> for AccessBody {
    fn from(entry: AccessEntry) -> AccessBody {
        AccessBody {
            number: entry.number,
            at: entry.at.to_string(),
            account: entry.account,
            agency: entry.agency,
            unit: entry.unit,
            basis: entry.basis,
            document: entry.document.map(|id| id.to_string()),
            action: name_of(entry.action),
            purpose: entry.purpose,
            allowed: entry.allowed,
        }
    }
}
