//! A paper: as it arrives, as it is known, as a person confirms it and as it is shown.

use super::{
    Bounds, Dissent, DocumentId, DossierPlace, Evidence, Field, Mark, Origin, Owner, OwnerClaim, Page,
    PageRescan, Priority, Provenance, Rereading, Subject, SubjectClaim, Validity,
};
use crate::DocumentType;
use crate::identifier::DocumentCode;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A paper as it arrives, before anyone read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDocument {
    /// Name of the file as the sender called it; shown, never trusted.
    pub file_name: String,
    /// Where in a dossier it belongs, when that is known already.
    pub place: Option<DossierPlace>,
    /// Whose paper it is, when that is known already (import with `--subject`).
    pub subject: Option<SubjectClaim>,
    /// Who waits for it to be read.
    pub priority: Priority,
    /// Tài liệu mật, as the sender says: such a paper is refused before any byte is kept (DIG-04).
    pub secret: bool,
}

/// What [`crate::Repository::receive`] answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Received {
    /// The paper, new or held.
    pub document: Document,
    /// The same bytes were here before: nothing new was stored (DIG-07).
    pub already_held: bool,
}

/// Giấy tờ đã số hóa: one paper, from the scan to its place in the store.
#[doc(alias = "giấy tờ đã số hóa")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Key.
    pub id: DocumentId,
    /// Mã kết quả số hóa, from filing on (CODE-03).
    pub code: Option<DocumentCode>,
    /// How far it is (DOMAIN §4.2).
    pub state: DocumentState,
    /// Loại giấy tờ, proposed until confirmed.
    pub document_type: DocumentType,
    /// Tên giấy tờ, proposed until confirmed.
    pub title: String,
    /// Số, ký hiệu.
    pub number: Option<String>,
    /// Ngày cấp, ban hành.
    pub issued_on: Option<Date>,
    /// Last day of validity; none: không thời hạn.
    pub valid_until: Option<Date>,
    /// Cơ quan cấp.
    pub agency: Option<String>,
    /// Chủ giấy tờ; of several the first ([`DocumentView::owners`]).
    pub subject: Option<Subject>,
    /// The dossier it was received under, and as what.
    pub place: Option<DossierPlace>,
    /// What was scanned, byte for byte.
    pub original: Original,
    /// Pages in the file, known once it was opened.
    pub page_count: Option<u32>,
    /// Pages read so far.
    pub pages_read: u32,
    /// Pages on which something needs a person's eye (invariant 8).
    pub pages_to_review: u32,
    /// Why it cannot be read, as a Vietnamese sentence that says what to do next.
    pub problem: Option<String>,
    /// Mức độ tin cậy on our own scale, from filing on.
    pub trust_level: Option<TrustLevel>,
    /// Xuất xứ: what was scanned, and who answers for it.
    pub origin: Origin,
    /// Trạng thái hiệu lực today.
    pub validity: Validity,
    /// The paper that took its place, or of which it is only another scan.
    pub superseded_by: Option<DocumentId>,
    /// Phiên bản of the record: 1 as filed, one more with each correction.
    pub version: u32,
    /// When the bytes were durable.
    pub received_at: Timestamp,
    /// Account that received it.
    pub received_by: String,
    /// When a person confirmed it.
    pub confirmed_at: Option<Timestamp>,
    /// Account that confirmed it.
    pub confirmed_by: Option<String>,
}

/// Trạng thái of a digitized paper (DOMAIN §4.2; signing and disposal have steps of their own, not built yet; that of a second scan is ours).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Đã nhận: bytes are safe, reading is queued or under way.
    Received,
    /// Chờ xác nhận: read, fields proposed, a person must confirm.
    Extracted,
    /// Đã lưu kho: confirmed, coded and in the store of its subject.
    Stored,
    /// Không đọc được: see [`Document::problem`].
    Unreadable,
    /// Bản trùng: another scan of a paper that was held, see [`Document::superseded_by`]; it was set aside before it was filed.
    Duplicate,
    /// Đã rút khỏi hồ sơ: the batch that it came out of was undone. Its pages stand in the batch.
    TakenBack,
}

impl DocumentState {
    /// Its name in the API, in the index and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            DocumentState::Received => "received",
            DocumentState::Extracted => "extracted",
            DocumentState::Stored => "stored",
            DocumentState::Unreadable => "unreadable",
            DocumentState::Duplicate => "duplicate",
            DocumentState::TakenBack => "taken_back",
        }
    }
}

/// Mức độ tin cậy: our own scale (DOMAIN §10.3), not one of the law.
#[doc(alias = "mức độ tin cậy")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustLevel {
    /// 1: tự khai, chưa đối chiếu.
    SelfDeclared,
    /// 2: bản chụp đã đối chiếu.
    Compared,
    /// 3: cán bộ ký nhận bản quét, dữ liệu được xác nhận.
    SignedOff,
    /// 4: cơ quan xác nhận hoặc cơ sở dữ liệu nguồn.
    Source,
}

/// Facts of the scanned file; its bytes are never rewritten (invariant 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Name given by the sender.
    pub file_name: String,
    /// Media type decided from the content, e.g. `application/pdf`; `application/octet-stream` until it was opened.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
}

/// What a paper is beside an equal one that is held: same owner, type and number, both in force (DIG-07).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BesideHeld {
    /// What it is.
    pub relation: BesideRelation,
    /// Why, in writing.
    pub reason: String,
}

/// How a paper relates to an equal one that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BesideRelation {
    /// Giấy khác: both count.
    Another,
    /// Bản cấp mới: takes the place of the held one.
    NewIssue,
}

/// What a person confirms: the record as it shall be filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Loại giấy tờ.
    pub document_type: DocumentType,
    /// Tên giấy tờ.
    pub title: String,
    /// Chủ giấy tờ; of several the first.
    pub subject: SubjectClaim,
    /// Other owners of the same paper: the wife beside the husband, those who hold a piece of land together.
    #[serde(default)]
    pub co_owners: Vec<OwnerClaim>,
    /// What it was taken from, and who answers for it.
    #[serde(default)]
    pub provenance: Provenance,
    /// Lượt đọc whose proposals the person saw ([`DocumentView::pass`]); none: those of the first reading.
    #[serde(default)]
    pub pass: Option<u32>,
    /// Key and value of every field; a field left out is dropped from the record.
    pub fields: Vec<(String, String)>,
    /// Key and reason of fields that are right as proposed although a check fails.
    #[serde(default)]
    pub reasons: Vec<(String, String)>,
    /// Said on purpose: the number is known under another name or date of birth, and those stated here shall replace them.
    #[serde(default)]
    pub rename_subject: bool,
    /// What it is beside an equal paper that is held; none: such a paper is refused.
    pub beside: Option<BesideHeld>,
    /// How often the paper had been keyed when the person began ([`DocumentView::keyings`]): what they saw depends on it, nothing for the second
    /// person, both for the third.
    #[serde(default)]
    pub keyings: u32,
}

/// A paper with everything that the screen of one record shows.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentView {
    /// The record.
    pub document: Document,
    /// Everyone whose paper it is, in the order stated; none before it is confirmed.
    pub owners: Vec<Owner>,
    /// Lượt đọc whose proposals it shows: the newest that is finished; 0: none is.
    pub pass: u32,
    /// Its fields, in the order of the form.
    pub fields: Vec<Field>,
    /// Its pages, by the reading of each that counts.
    pub pages: Vec<Page>,
    /// The words that decided the type; none: nothing on the paper did.
    pub type_evidence: Option<Evidence>,
    /// A re-reading that waits or runs.
    pub rereading: Option<Rereading>,
    /// Why the last re-reading came to nothing, as a Vietnamese sentence.
    pub reread_problem: Option<String>,
    /// What a reading since the confirmation says otherwise.
    pub dissent: Dissent,
    /// Who keyed it, or a correction of it, of a paper that is keyed twice and not filed so yet; the first one first.
    pub keyings: Vec<Mark>,
    /// Pages that were scanned again, the oldest scan first.
    pub rescans: Vec<PageRescan>,
}

/// Tiến độ đọc of one paper: counts, and nothing of what it says or whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingProgress {
    /// The paper.
    pub document: DocumentId,
    /// Key ([`agency_key`](crate::record::agency_key)) of the agency that received it: others are not told.
    pub receiver: String,
    /// How far it is.
    pub state: DocumentState,
    /// Pages in the file, known once it was opened.
    pub page_count: Option<u32>,
    /// Pages read so far; of a re-reading, those read again.
    pub pages_read: u32,
    /// Where it stands in the queue; none: nothing of it waits or is being read.
    pub priority: Option<Priority>,
    /// Whether its job is a re-reading.
    pub rereading: bool,
}

/// Which papers a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocumentFilter {
    /// Only this state.
    pub state: Option<DocumentState>,
    /// Only papers received before this one: the cursor of the next page (lists run newest first).
    pub before: Option<DocumentId>,
}

/// A paper as the index needs it: the record with the text of its pages.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexableDocument {
    /// The record.
    pub document: Document,
    /// Names of its owners.
    pub owners: Vec<String>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Text of each page, in order (page number, text).
    pub pages: Vec<(u32, String)>,
    /// What rights ask for.
    pub bounds: Bounds,
}
