//! The values that cross the border of this crate: plain, with public fields, writable by hand in a test.
//!
//! Not here: how they are stored. Identifiers that obey a rule are types of their own in [`crate::identifier`].

use crate::DocumentType;
use crate::identifier::{DocumentCode, DossierCode, ProcedureCode, SubjectNumber};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

mod passes;

pub use passes::{Dissent, PageReading, Priority, QueueCount, ReadingModel, Reread, RereadFilter, Rereading};

/// Key of a digitized paper inside this installation; safe to stand in a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DocumentId(pub Uuid);

/// Key of a subject inside this installation; it reveals nothing of the person's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubjectId(pub Uuid);

/// Key of a dossier inside this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DossierId(pub Uuid);

macro_rules! keys_as_text {
    ($($name:ident)*) => {$(
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { self.0.fmt(f) }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> { text.parse().map($name) }
        }
    )*};
}

keys_as_text! { DocumentId SubjectId DossierId }

/// Người hoặc hệ thống thực hiện: who acts, in which role, and what for. Whatever touches a person's record takes one first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Account name, unique in the installation.
    pub account: String,
    /// Name shown to people.
    pub name: String,
    /// Cơ quan of the actor.
    pub agency: String,
    /// Role that decides what the actor may do.
    pub role: Role,
    /// Why: shown to the citizen beside the look-up (PDP-03).
    pub purpose: String,
}

/// Vai trò of an actor (DOMAIN §8, the part that exists before sign-in).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Cán bộ tiếp nhận: receives, confirms, searches.
    CounterOfficer,
    /// Quản trị hệ thống: keeps the machine running, sees no content.
    Administrator,
    /// The program itself: worker, index follower, integrity check.
    System,
}

/// Chủ hồ sơ: the person or organization that a paper belongs to.
#[doc(alias = "chủ hồ sơ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Key.
    pub id: SubjectId,
    /// Cá nhân or tổ chức.
    pub kind: SubjectKind,
    /// Số định danh, CMND, hộ chiếu or mã số thuế (REUSE-04).
    pub number: SubjectNumber,
    /// Full name as confirmed.
    pub name: String,
    /// Ngày sinh, of a citizen.
    pub birth_date: Option<Date>,
}

/// Loại đối tượng of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// Cá nhân.
    Citizen,
    /// Tổ chức.
    Organization,
}

/// What a person states about a subject; [`crate::Repository`] finds the subject with this number or makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectClaim {
    /// Cá nhân or tổ chức.
    pub kind: SubjectKind,
    /// The number that identifies the subject.
    pub number: SubjectNumber,
    /// Full name.
    pub name: String,
    /// Ngày sinh, of a citizen.
    #[serde(default)]
    pub birth_date: Option<Date>,
}

/// Thủ tục hành chính, with the papers it asks for.
#[doc(alias = "thủ tục hành chính")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Procedure {
    /// Mã TTHC (CODE §5.3).
    pub code: ProcedureCode,
    /// Tên thủ tục.
    pub name: String,
    /// Lĩnh vực.
    pub field: String,
    /// Cấp thực hiện: xã, tỉnh, trung ương.
    pub agency_level: String,
    /// First day on which this version applies.
    pub valid_from: Date,
    /// Thành phần hồ sơ, in the order of the procedure. In TOML: `[[procedure.component]]`.
    #[serde(rename = "component", default)]
    pub components: Vec<ProcedureComponent>,
}

/// Thành phần hồ sơ as the procedure demands it.
#[doc(alias = "thành phần hồ sơ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureComponent {
    /// Key inside the procedure.
    pub key: String,
    /// Tên giấy tờ.
    pub name: String,
    /// Types of paper that satisfy it.
    pub document_types: Vec<DocumentType>,
    /// Bắt buộc.
    pub required: bool,
    /// Số bản chính.
    #[serde(default)]
    pub originals: u32,
    /// Số bản sao.
    #[serde(default)]
    pub copies: u32,
    /// Nộp or xuất trình.
    pub submission: Submission,
    /// Why it is digitized (DIG-02); none: it stays in the dossier and is not promoted to the person's store.
    #[serde(default)]
    pub digitize_basis: Option<DigitizeBasis>,
}

/// Hình thức nộp of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Submission {
    /// Nộp.
    Nop,
    /// Xuất trình: shown only, never stored.
    XuatTrinh,
}

/// Căn cứ số hóa of a component (TT 01/2023 Điều 4.1, DIG-02).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigitizeBasis {
    /// Kết quả TTHC trước.
    KetQuaTruoc,
    /// Bắt buộc theo luật chuyên ngành.
    ChuyenNganh,
    /// Theo quyết định của Bộ trưởng, Chủ tịch tỉnh.
    QuyetDinh,
    /// Theo yêu cầu của người dân.
    TheoYeuCau,
}

/// Hồ sơ TTHC: one request of one subject under one procedure.
#[doc(alias = "hồ sơ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// Key.
    pub id: DossierId,
    /// Mã hồ sơ (CODE-01).
    pub code: DossierCode,
    /// Mã TTHC.
    pub procedure: ProcedureCode,
    /// Tên thủ tục at the time of receipt.
    pub procedure_name: String,
    /// Chủ hồ sơ.
    pub subject: Subject,
    /// Ngày tiếp nhận.
    pub received_on: Date,
    /// Its components and what fills them.
    pub components: Vec<Component>,
    /// Kết quả giải quyết filed under the dossier.
    pub outcomes: Vec<DocumentId>,
}

/// Thành phần hồ sơ of one dossier: what is asked for and, once it is there, the paper that fills it.
#[doc(alias = "thành phần hồ sơ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Component {
    /// Key inside the procedure.
    pub key: String,
    /// Tên giấy tờ.
    pub name: String,
    /// Bắt buộc.
    pub required: bool,
    /// The paper that fills it.
    pub document: Option<DocumentId>,
}

/// What opening a dossier needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewDossier {
    /// A code given by another system; none: the next code of the day is issued.
    pub code: Option<DossierCode>,
    /// Mã TTHC; must be known.
    pub procedure: ProcedureCode,
    /// Chủ hồ sơ.
    pub subject: SubjectClaim,
    /// Ngày tiếp nhận.
    pub received_on: Date,
}

/// Where in a dossier a paper belongs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DossierPlace {
    /// The dossier.
    pub dossier: DossierId,
    /// The component that the paper fills; none: it is an outcome (kết quả giải quyết).
    pub component: Option<String>,
}

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
    /// Chủ giấy tờ.
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
    /// When the bytes were durable.
    pub received_at: Timestamp,
    /// Account that received it.
    pub received_by: String,
    /// When a person confirmed it.
    pub confirmed_at: Option<Timestamp>,
    /// Account that confirmed it.
    pub confirmed_by: Option<String>,
}

/// Trạng thái of a digitized paper (DOMAIN §4.2; signing and disposal have steps of their own, not built yet).
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
    /// 3: số hóa, ký số cá nhân và xác nhận.
    SignedOff,
    /// 4: ký số cơ quan hoặc cơ sở dữ liệu nguồn.
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

/// Rectangle in pixels of the upright page image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Pixels from the left edge.
    pub left: u32,
    /// Pixels from the top edge.
    pub top: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Trang of a paper, as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// 1 for the first page.
    pub number: u32,
    /// Whether every mark on it was read.
    pub state: PageState,
    /// Why it needs a look, as short codes (`low_confidence`, `unread_ink`, `decoder_warning`, `time_limit`, …).
    pub reasons: Vec<String>,
    /// Where its words come from.
    pub source: PageSource,
    /// Width of the upright page image in pixels.
    pub width: u32,
    /// Height of the upright page image in pixels.
    pub height: u32,
    /// Resolution of the page image, dots an inch.
    pub dpi: u32,
    /// Clockwise turn that was applied to make the page upright: 0, 90, 180 or 270 degrees.
    pub rotation_degrees: u16,
    /// Squares and bars found on it.
    pub labels: Vec<Label>,
    /// Ink of letter size that no word accounts for (invariant 8): what a person must look at.
    pub unread: Vec<Region>,
}

/// Whether a page was read wholly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// Every mark was read with confidence.
    Done,
    /// Read in part, or with doubts: a person must look.
    NeedsReview,
    /// Not read at all.
    Failed,
}

/// Where the words of a page come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageSource {
    /// Recognised from pixels.
    Scan,
    /// Typed text that the file itself carries.
    Digital,
    /// Both: typed text, and words recognised where the page shows more than that, e.g. on a scan pasted into it.
    Mixed,
}

/// A code found on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What it is: `citizen_card`, `our_label`, `payment`, `health_insurance`, `url`, `unknown`.
    pub kind: String,
    /// Its text.
    pub value: String,
    /// Where it is.
    pub region: Region,
}

/// Kết quả nhận dạng of one page by one engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Engine: `tesseract`, or `digital` for typed text.
    pub engine: String,
    /// Version of the engine.
    pub engine_version: String,
    /// Model, e.g. `vie`.
    pub model: String,
    /// SHA-256 of the model file, hex; empty for typed text.
    pub model_sha256: String,
    /// What was done to the reading copy and to the words, in order.
    pub stages: Vec<Stage>,
    /// Lines in reading order.
    pub lines: Vec<ReadLine>,
}

/// Bước xử lý of a reading: taken only where its cause was seen. The scan itself is never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Name, e.g. `rotation`, `perspective`, `even_light`, `red_seal`, `leaders`, `lost_ink`, `grid`, `second_model`.
    pub name: String,
    /// How sure its cause was, 0–100.
    pub confidence: f32,
    /// What it did, for people: `90°`, `14 lines`, the second model's name and SHA-256.
    pub detail: String,
}

/// Dòng: words that stand on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadLine {
    /// Words from left to right.
    pub words: Vec<ReadWord>,
}

/// Từ with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadWord {
    /// NFC text, never empty.
    pub text: String,
    /// Where it stands.
    pub region: Region,
    /// 0–100.
    pub confidence: f32,
}

impl Reading {
    /// The text, one line each.
    pub fn text(&self) -> String {
        let lines = self
            .lines
            .iter()
            .map(|line| line.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A page as a worker hands it over.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPage {
    /// What is known of it.
    pub page: Page,
    /// Its words; none when the page could not be read.
    pub reading: Option<Reading>,
    /// The picture shown to people (JPEG); none when the page could not be drawn.
    pub image_jpeg: Option<Vec<u8>>,
}

/// What the machine proposes for a paper, before a person confirms it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Loại giấy tờ.
    pub document_type: DocumentType,
    /// Tên giấy tờ.
    pub title: String,
    /// The words that decided the type; none: nothing on the paper did.
    pub type_evidence: Option<Evidence>,
    /// Fields, in the order of the form.
    pub fields: Vec<ProposedField>,
}

/// Căn cứ of a proposal: words on a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The words as they stand there.
    pub text: String,
    /// Page they stand on.
    pub page: u32,
    /// Where they stand.
    pub region: Region,
}

/// A field as the machine read it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProposedField {
    /// Key of the data dictionary, e.g. `full_name`.
    pub key: String,
    /// Value; dates as `YYYY-MM-DD`.
    pub value: String,
    /// Who says so.
    pub source: FieldSource,
    /// 0–100.
    pub confidence: f32,
    /// Page it stands on.
    pub page: Option<u32>,
    /// Where it stands.
    pub region: Option<Region>,
    /// The words as they stand on the paper, before they were brought into the form of the key.
    pub written: String,
    /// Codes of the checks that the value fails, e.g. `birth_year`, `check_digit`: shown, never silently corrected.
    pub doubts: Vec<String>,
}

/// Trường dữ liệu of a paper: what was proposed and what a person confirmed (DIG-12).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Key of the data dictionary.
    pub key: String,
    /// Value now: confirmed if someone did, else proposed.
    pub value: String,
    /// What the machine proposed; none when a person added the field.
    pub proposed: Option<String>,
    /// Who says so.
    pub source: FieldSource,
    /// 0–100; 100 for a person.
    pub confidence: f32,
    /// Page it stands on.
    pub page: Option<u32>,
    /// Where it stands.
    pub region: Option<Region>,
    /// The words as they stand on the paper; empty when a person added the field.
    pub written: String,
    /// Codes of the checks that the proposed value fails.
    pub doubts: Vec<String>,
    /// Account that confirmed it.
    pub confirmed_by: Option<String>,
    /// When.
    pub confirmed_at: Option<Timestamp>,
    /// Why it was confirmed although a check fails, in the words of who did.
    pub reason: Option<String>,
}

/// Nguồn of a field's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldSource {
    /// Recognised.
    Ocr,
    /// From a code on the paper: a claim, not proof.
    Qr,
    /// Typed by a person.
    Manual,
}

/// What a person confirms: the record as it shall be filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// Loại giấy tờ.
    pub document_type: DocumentType,
    /// Tên giấy tờ.
    pub title: String,
    /// Chủ giấy tờ.
    pub subject: SubjectClaim,
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
}

/// A paper with everything that the screen of one record shows.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentView {
    /// The record.
    pub document: Document,
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
}

/// Kho quản lý dữ liệu điện tử of one subject: a view, not a container (KHO-01).
#[doc(alias = "kho quản lý dữ liệu điện tử")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Store {
    /// Whose store.
    pub subject: Subject,
    /// Stored papers, newest first.
    pub documents: Vec<Document>,
    /// Dossiers, newest first.
    pub dossiers: Vec<Dossier>,
}

/// Tiến độ đọc of one paper: counts, and nothing of what it says or whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadingProgress {
    /// The paper.
    pub document: DocumentId,
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

/// Lượt truy cập: one look at, or change of, a person's record (PDP-10).
#[doc(alias = "nhật ký truy cập")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// Number in the log.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Account.
    pub account: String,
    /// Cơ quan.
    pub agency: String,
    /// What was done.
    pub action: Action,
    /// Why.
    pub purpose: String,
    /// The paper, if one.
    pub document: Option<DocumentId>,
    /// The subject, if known.
    pub subject: Option<SubjectId>,
    /// Whether it was allowed.
    pub allowed: bool,
}

/// What can be done to records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Tiếp nhận a paper or a dossier.
    Receive,
    /// Xem a record or its pages.
    View,
    /// Tải bản gốc.
    Download,
    /// Tra cứu a subject or search.
    Search,
    /// Xác nhận a draft.
    Confirm,
    /// Read by the machine.
    Read,
    /// Yêu cầu đọc lại: ask for another reading.
    Reread,
    /// Configure procedures.
    Configure,
    /// Look at the access log.
    Audit,
}

/// Thay đổi: what happened to a paper, numbered without gaps, in the order of commits. The index follows these.
#[doc(alias = "thay đổi")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// 1, 2, 3, …
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: ChangeKind,
    /// The paper.
    pub document: DocumentId,
}

/// What a change was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Received, for the first time or again after it was given up.
    Received,
    /// Read, fields proposed.
    Extracted,
    /// Read again: its pages say what the newest reading says.
    Reread,
    /// Confirmed, coded, stored.
    Stored,
    /// Given up as unreadable.
    Unreadable,
    /// Its subject is called otherwise now: another paper of the same subject was confirmed under a new name.
    SubjectNamed,
}

/// A paper as the index needs it: the record with the text of its pages. `None` pages text: not read yet.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexableDocument {
    /// The record.
    pub document: Document,
    /// Its fields.
    pub fields: Vec<Field>,
    /// Text of each page, in order (page number, text).
    pub pages: Vec<(u32, String)>,
}

/// Việc of the queue: a paper to read. It survives a crash; a lease hands it to one worker at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Key.
    pub id: i64,
    /// The paper to read.
    pub document: DocumentId,
    /// 1 at the first try; counted when claimed, so that a job which kills its worker ends too.
    pub attempt: u32,
    /// Fence: only the holder of the newest claim may write.
    pub claim: i64,
    /// Lượt đọc: 1 for the first; the pages of each pass stand beside those of the passes before.
    pub pass: u32,
    /// Which model shall read; none: whichever is configured.
    pub model: Option<ReadingModel>,
    /// Whether it shall be given back while papers of the counter wait and nobody is free to read them.
    pub yields: bool,
}

/// One thing that `motlan check` found wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub enum Finding {
    /// A stored file is gone.
    BytesMissing {
        /// SHA-256 that the record names.
        sha256: String,
    },
    /// A stored file does not have the hash that it is named by.
    BytesChanged {
        /// SHA-256 that the record names.
        sha256: String,
    },
    /// A stored file that no record names.
    BytesUntracked {
        /// Path of the object.
        path: String,
    },
    /// A paper in state stored without what a stored paper must have.
    RecordIncomplete {
        /// The paper.
        document: DocumentId,
        /// What is missing.
        missing: String,
    },
    /// The change numbers have a gap.
    ChangeMissing {
        /// First missing number.
        number: u64,
    },
}
