//! Records as the API shows them: the same words as in `repository::record`, with times and keys as text.

use repository::record::{
    AccessEntry, Component, Document, Dossier, Evidence, Field, Label, Original, Page, Procedure,
    ProcedureComponent, ProposedField, ReadLine, Reading, Region, Stage, Store, Subject,
};
use serde::Serialize;
use utoipa::ToSchema;

/// The JSON name of an enum's case, e.g. `extracted`.
pub(crate) fn name_of(case: impl Serialize) -> String {
    match serde_json::to_value(case) {
        Ok(serde_json::Value::String(name)) => name,
        _ => unreachable!("only enums without content are named"),
    }
}

/// Giấy tờ đã số hóa.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentBody {
    /// Key in this installation.
    #[schema(format = "uuid")]
    pub(crate) id: String,
    /// Mã kết quả số hóa, once stored.
    pub(crate) code: Option<String>,
    /// `received`, `extracted`, `stored` or `unreadable`.
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
    /// Mức độ tin cậy: `self_declared`, `compared`, `signed_off` or `source`.
    pub(crate) trust_level: Option<String>,
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
            received_at: document.received_at.to_string(),
            received_by: document.received_by,
            confirmed_at: document.confirmed_at.map(|at| at.to_string()),
            confirmed_by: document.confirmed_by,
            links: DocumentLinks::new(document.id.0),
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

/// Chủ hồ sơ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SubjectBody {
    /// Key in this installation; it reveals nothing of the number.
    #[schema(format = "uuid")]
    id: String,
    /// `citizen` or `organization`.
    kind: String,
    /// Kind of number: `citizen_id`, `old_id_number`, `passport` or `tax_code`.
    number_kind: String,
    /// The number.
    number: String,
    /// Full name.
    name: String,
    /// Ngày sinh, `YYYY-MM-DD`.
    birth_date: Option<String>,
}

impl From<Subject> for SubjectBody {
    fn from(subject: Subject) -> SubjectBody {
        use repository::identifier::SubjectNumber;
        let number_kind = match &subject.number {
            SubjectNumber::CitizenId(_) => "citizen_id",
            SubjectNumber::OldIdNumber(_) => "old_id_number",
            SubjectNumber::Passport(_) => "passport",
            SubjectNumber::TaxCode(_) => "tax_code",
        };
        SubjectBody {
            id: subject.id.0.to_string(),
            kind: name_of(subject.kind),
            number_kind: number_kind.to_owned(),
            number: subject.number.as_str().to_owned(),
            name: subject.name,
            birth_date: subject.birth_date.map(|day| day.to_string()),
        }
    }
}

/// Trường dữ liệu.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FieldBody {
    /// Key of the data dictionary, e.g. `full_name`.
    key: String,
    /// Value now; dates as `YYYY-MM-DD`.
    value: String,
    /// What the machine proposed.
    proposed: Option<String>,
    /// `ocr`, `qr` or `manual`.
    source: String,
    /// 0–100.
    confidence: f32,
    /// Page it stands on.
    page: Option<u32>,
    /// Where it stands.
    region: Option<RegionBody>,
    /// The words as they stand on the paper; empty when a person added the field.
    written: String,
    /// Codes of the checks that the proposed value fails; such a value is confirmed only with a reason.
    doubts: Vec<String>,
    /// Account that confirmed it.
    confirmed_by: Option<String>,
    /// When (RFC 3339).
    confirmed_at: Option<String>,
    /// Why it was confirmed although a check fails.
    reason: Option<String>,
}

impl From<Field> for FieldBody {
    fn from(field: Field) -> FieldBody {
        FieldBody {
            key: field.key,
            value: field.value,
            proposed: field.proposed,
            source: name_of(field.source),
            confidence: field.confidence,
            page: field.page,
            region: field.region.map(RegionBody::from),
            written: field.written,
            doubts: field.doubts,
            confirmed_by: field.confirmed_by,
            confirmed_at: field.confirmed_at.map(|at| at.to_string()),
            reason: field.reason,
        }
    }
}

/// A field as a machine proposes it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposedFieldBody {
    /// Key of the data dictionary.
    key: String,
    /// Value; dates as `YYYY-MM-DD`.
    value: String,
    /// `ocr` or `qr`.
    source: String,
    /// 0–100.
    confidence: f32,
    /// Page it stands on.
    page: Option<u32>,
    /// Where it stands.
    region: Option<RegionBody>,
    /// The words as they stand on the paper.
    written: String,
    /// Codes of the checks that it fails.
    doubts: Vec<String>,
}

impl From<ProposedField> for ProposedFieldBody {
    fn from(field: ProposedField) -> ProposedFieldBody {
        ProposedFieldBody {
            key: field.key,
            value: field.value,
            source: name_of(field.source),
            confidence: field.confidence,
            page: field.page,
            region: field.region.map(RegionBody::from),
            written: field.written,
            doubts: field.doubts,
        }
    }
}

/// Căn cứ: words on a page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvidenceBody {
    /// The words as they stand there.
    text: String,
    /// Page they stand on.
    page: u32,
    /// Where.
    region: RegionBody,
}

impl From<Evidence> for EvidenceBody {
    fn from(evidence: Evidence) -> EvidenceBody {
        EvidenceBody { text: evidence.text, page: evidence.page, region: evidence.region.into() }
    }
}

/// Rectangle in pixels of the upright page image.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegionBody {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl From<Region> for RegionBody {
    fn from(region: Region) -> RegionBody {
        let Region { left, top, width, height } = region;
        RegionBody { left, top, width, height }
    }
}

/// Trang.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageBody {
    /// 1 for the first.
    number: u32,
    /// `done`, `needs_review` or `failed`.
    state: String,
    /// Why it needs a look.
    reasons: Vec<String>,
    /// `scan` or `digital`.
    source: String,
    /// Pixels.
    width: u32,
    /// Pixels.
    height: u32,
    /// Dots an inch.
    dpi: u32,
    /// Clockwise turn that made it upright.
    rotation_degrees: u16,
    /// Codes found on it.
    labels: Vec<LabelBody>,
    /// Ink of letter size that no word accounts for: what a person must look at.
    unread: Vec<RegionBody>,
}

/// A code found on a page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LabelBody {
    /// What it is.
    kind: String,
    /// Its text.
    value: String,
    /// Where it is.
    region: RegionBody,
}

impl From<Page> for PageBody {
    fn from(page: Page) -> PageBody {
        let label =
            |label: Label| LabelBody { kind: label.kind, value: label.value, region: label.region.into() };
        PageBody {
            number: page.number,
            state: name_of(page.state),
            reasons: page.reasons,
            source: name_of(page.source),
            width: page.width,
            height: page.height,
            dpi: page.dpi,
            rotation_degrees: page.rotation_degrees,
            labels: page.labels.into_iter().map(label).collect(),
            unread: page.unread.into_iter().map(RegionBody::from).collect(),
        }
    }
}

/// Kết quả nhận dạng of one page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadingBody {
    /// Engine.
    engine: String,
    /// Its version.
    engine_version: String,
    /// Model.
    model: String,
    /// SHA-256 of the model file; empty for typed text.
    model_sha256: String,
    /// What was done to the reading copy and to the words, in order.
    stages: Vec<StageBody>,
    /// Lines in reading order.
    lines: Vec<LineBody>,
}

/// Bước xử lý of a reading.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageBody {
    /// Name, e.g. `red_seal`.
    name: String,
    /// How sure its cause was, 0–100.
    confidence: f32,
    /// What it did.
    detail: String,
}

impl From<Stage> for StageBody {
    fn from(stage: Stage) -> StageBody {
        StageBody { name: stage.name, confidence: stage.confidence, detail: stage.detail }
    }
}

/// Dòng.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineBody {
    /// Words from left to right.
    words: Vec<WordBody>,
}

/// Từ with its place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WordBody {
    /// NFC.
    text: String,
    /// 0–100.
    confidence: f32,
    /// Where it stands.
    region: RegionBody,
}

/// Lines as the API shows them.
pub(crate) fn lines_of(lines: Vec<ReadLine>) -> Vec<LineBody> {
    let word = |word: repository::record::ReadWord| WordBody {
        text: word.text,
        confidence: word.confidence,
        region: word.region.into(),
    };
    lines.into_iter().map(|line| LineBody { words: line.words.into_iter().map(word).collect() }).collect()
}

impl From<Reading> for ReadingBody {
    fn from(reading: Reading) -> ReadingBody {
        ReadingBody {
            engine: reading.engine,
            engine_version: reading.engine_version,
            model: reading.model,
            model_sha256: reading.model_sha256,
            stages: reading.stages.into_iter().map(StageBody::from).collect(),
            lines: lines_of(reading.lines),
        }
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
            action: name_of(entry.action),
            purpose: entry.purpose,
            allowed: entry.allowed,
        }
    }
}

/// Hồ sơ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DossierBody {
    /// Key.
    #[schema(format = "uuid")]
    id: String,
    /// Mã hồ sơ.
    code: String,
    /// Mã TTHC.
    procedure: String,
    /// Tên thủ tục.
    procedure_name: String,
    /// Chủ hồ sơ.
    subject: SubjectBody,
    /// Ngày tiếp nhận, `YYYY-MM-DD`.
    received_on: String,
    /// Thành phần and what fills them.
    components: Vec<ComponentBody>,
    /// Papers filed as kết quả.
    outcomes: Vec<String>,
}

/// Thành phần hồ sơ.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ComponentBody {
    /// Key inside the procedure.
    key: String,
    /// Tên giấy tờ.
    name: String,
    /// Bắt buộc.
    required: bool,
    /// The paper that fills it.
    document: Option<String>,
}

impl From<Dossier> for DossierBody {
    fn from(dossier: Dossier) -> DossierBody {
        let component = |component: Component| ComponentBody {
            key: component.key,
            name: component.name,
            required: component.required,
            document: component.document.map(|id| id.0.to_string()),
        };
        DossierBody {
            id: dossier.id.0.to_string(),
            code: dossier.code.into(),
            procedure: dossier.procedure.into(),
            procedure_name: dossier.procedure_name,
            subject: dossier.subject.into(),
            received_on: dossier.received_on.to_string(),
            components: dossier.components.into_iter().map(component).collect(),
            outcomes: dossier.outcomes.iter().map(|id| id.0.to_string()).collect(),
        }
    }
}

/// Thủ tục hành chính.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureBody {
    /// Mã TTHC.
    code: String,
    /// Tên.
    name: String,
    /// Lĩnh vực.
    field: String,
    /// Cấp thực hiện.
    agency_level: String,
    /// First day of this version, `YYYY-MM-DD`.
    valid_from: String,
    /// Thành phần hồ sơ.
    components: Vec<ProcedureComponentBody>,
}

/// Thành phần as the procedure demands it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProcedureComponentBody {
    /// Key inside the procedure.
    key: String,
    /// Tên giấy tờ.
    name: String,
    /// Codes of the types that satisfy it.
    document_types: Vec<String>,
    /// Bắt buộc.
    required: bool,
    /// Số bản chính.
    originals: u32,
    /// Số bản sao.
    copies: u32,
    /// `nop` or `xuat_trinh`.
    submission: String,
    /// Căn cứ số hóa: `ket_qua_truoc`, `chuyen_nganh`, `quyet_dinh` or `theo_yeu_cau`.
    digitize_basis: Option<String>,
}

impl From<Procedure> for ProcedureBody {
    fn from(procedure: Procedure) -> ProcedureBody {
        let component = |component: ProcedureComponent| ProcedureComponentBody {
            key: component.key,
            name: component.name,
            document_types: component.document_types.iter().map(|kind| kind.code().to_owned()).collect(),
            required: component.required,
            originals: component.originals,
            copies: component.copies,
            submission: name_of(component.submission),
            digitize_basis: component.digitize_basis.map(name_of),
        };
        ProcedureBody {
            code: procedure.code.into(),
            name: procedure.name,
            field: procedure.field,
            agency_level: procedure.agency_level,
            valid_from: procedure.valid_from.to_string(),
            components: procedure.components.into_iter().map(component).collect(),
        }
    }
}

/// Kho of one subject.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StoreBody {
    /// Whose.
    subject: SubjectBody,
    /// Stored papers, newest first.
    documents: Vec<DocumentBody>,
    /// Dossiers, newest first.
    dossiers: Vec<DossierBody>,
}

impl From<Store> for StoreBody {
    fn from(store: Store) -> StoreBody {
        StoreBody {
            subject: store.subject.into(),
            documents: store.documents.into_iter().map(DocumentBody::from).collect(),
            dossiers: store.dossiers.into_iter().map(DossierBody::from).collect(),
        }
    }
}
