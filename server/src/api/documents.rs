//! Papers: list, one, confirm, who looked.

use super::body::{
    AccessBody, DocumentBody, EvidenceBody, FieldBody, OwnerBody, PageBody, ProposedFieldBody, name_of,
};
use super::extract::{Json, Path, Query};
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::state::AppState;
use jiff::civil::Date;
use repository::identifier::SubjectNumber;
use repository::record::{
    BesideHeld, BesideRelation, Confirmation, DocumentFilter, DocumentId, DocumentState, DocumentView,
    OwnerClaim, OwnerRole, PageRescan, Provenance, SourceForm, SubjectClaim, SubjectKind,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Papers on one answer when the caller does not say: a screen full.
const LIST_LIMIT: u32 = 50;
/// Most papers on one answer: about 200 kB of JSON.
pub(crate) const LIST_LIMIT_MAX: u32 = 200;
/// Most access entries on one answer.
pub(crate) const ACCESS_LIMIT: u32 = 200;

/// Which papers to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListQuery {
    /// Only papers in this state.
    #[param(inline)]
    state: Option<StateName>,
    /// Only papers received before this one: the last key of the page before.
    #[param(value_type = Option<String>, format = "uuid")]
    before: Option<DocumentId>,
    /// At most this many, 1–200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
}

/// Trạng thái of a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StateName {
    /// Đã nhận.
    Received,
    /// Chờ xác nhận.
    Extracted,
    /// Đã lưu kho.
    Stored,
    /// Không đọc được.
    Unreadable,
    /// Bản trùng với giấy đã có.
    Duplicate,
    /// Đã rút khỏi hồ sơ: tập quét chứa giấy này đã được hoàn tác.
    TakenBack,
}

impl From<StateName> for DocumentState {
    fn from(name: StateName) -> DocumentState {
        match name {
            StateName::Received => DocumentState::Received,
            StateName::Extracted => DocumentState::Extracted,
            StateName::Stored => DocumentState::Stored,
            StateName::Unreadable => DocumentState::Unreadable,
            StateName::Duplicate => DocumentState::Duplicate,
            StateName::TakenBack => DocumentState::TakenBack,
        }
    }
}

/// Papers, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentList {
    /// The papers.
    documents: Vec<DocumentBody>,
    /// Give it as `before` to read on; null: this was the end.
    next: Option<String>,
}

/// A paper with its fields and pages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DocumentViewBody {
    /// The record.
    document: DocumentBody,
    /// Everyone whose paper it is, in the order stated; empty before it is confirmed.
    owners: Vec<OwnerBody>,
    /// Lượt đọc whose proposals these are; 0: no reading is finished.
    pass: u32,
    /// Trường dữ liệu, in the order of the form.
    fields: Vec<FieldBody>,
    /// Trang, by the reading of each that counts.
    pages: Vec<PageBody>,
    /// The words that decided the type; null: nothing on the paper did.
    type_evidence: Option<EvidenceBody>,
    /// A re-reading that waits or runs.
    rereading: Option<RereadingBody>,
    /// Why the last re-reading came to nothing and what was kept.
    reread_problem: Option<String>,
    /// What a reading since the confirmation says otherwise; it has replaced nothing.
    dissent: DissentBody,
    /// Nhập kép: who keyed it, or a correction of it, of a paper that is keyed twice and not filed so yet. One: another person keys it now. Two: they differ, and a
    /// third person decides.
    keyings: Vec<KeyingBody>,
    /// Pages that were scanned again, the oldest scan first.
    rescans: Vec<RescanBody>,
}

/// A page that was scanned again.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RescanBody {
    /// Number of the page.
    page: u32,
    /// When.
    at: String,
    /// Account.
    by: String,
    /// Why the old scan was not enough.
    reason: String,
}

impl From<PageRescan> for RescanBody {
    fn from(PageRescan { page, at, by, reason }: PageRescan) -> RescanBody {
        RescanBody { page, at: at.to_string(), by, reason }
    }
}

/// Who keyed a paper.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyingBody {
    /// Account.
    by: String,
    /// When.
    at: String,
}

/// A re-reading under way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RereadingBody {
    /// `fast` or `accurate`; null: as configured.
    model: Option<String>,
    /// Pages in the file, once it was opened.
    page_count: Option<u32>,
    /// Pages read again so far.
    pages_read: u32,
}

/// What the newest reading says otherwise than the confirmed record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DissentBody {
    /// Loại giấy tờ, when it differs.
    document_type: Option<String>,
    /// Fields whose value differs, or which the record does not have.
    fields: Vec<ProposedFieldBody>,
}

impl From<DocumentView> for DocumentViewBody {
    fn from(view: DocumentView) -> DocumentViewBody {
        DocumentViewBody {
            document: view.document.into(),
            owners: view.owners.into_iter().map(OwnerBody::from).collect(),
            pass: view.pass,
            fields: view.fields.into_iter().map(FieldBody::from).collect(),
            pages: view.pages.into_iter().map(PageBody::from).collect(),
            type_evidence: view.type_evidence.map(EvidenceBody::from),
            rereading: view.rereading.map(|rereading| RereadingBody {
                model: rereading.model.map(name_of),
                page_count: rereading.page_count,
                pages_read: rereading.pages_read,
            }),
            reread_problem: view.reread_problem,
            dissent: DissentBody {
                document_type: view.dissent.document_type.map(|kind| kind.code().to_owned()),
                fields: view.dissent.fields.into_iter().map(ProposedFieldBody::from).collect(),
            },
            keyings: view
                .keyings
                .into_iter()
                .map(|keying| KeyingBody { by: keying.by, at: keying.at.to_string() })
                .collect(),
            rescans: view.rescans.into_iter().map(RescanBody::from).collect(),
        }
    }
}

/// Lists papers, newest first.
#[utoipa::path(get, path = "/documents", tag = "documents", params(ListQuery), responses(
    (status = 200, body = DocumentList),
    Problem,
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Query(query): Query<ListQuery>,
) -> Result<axum::Json<DocumentList>, Problem> {
    let limit = query.limit.unwrap_or(LIST_LIMIT);
    if !(1..=LIST_LIMIT_MAX).contains(&limit) {
        return Err(Problem::unprocessable(format!("limit là {limit}; phải từ 1 đến {LIST_LIMIT_MAX}.")));
    }
    let filter = DocumentFilter { state: query.state.map(DocumentState::from), before: query.before };
    let documents = state.repository.documents(&state.actor, &filter, limit).await?;
    let full = documents.len() == limit as usize;
    let next = documents.last().filter(|_| full).map(|document| document.id.0.to_string());
    Ok(axum::Json(DocumentList { documents: documents.into_iter().map(DocumentBody::from).collect(), next }))
}

/// One paper with fields and pages.
#[utoipa::path(get, path = "/documents/{id}", tag = "documents",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DocumentViewBody),
        Problem,
))]
pub(crate) async fn one(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<axum::Json<DocumentViewBody>, Problem> {
    let view = state.repository.document(&state.actor, id).await?;
    Ok(axum::Json(view.into()))
}

/// What a person confirms: the record as it shall be filed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfirmationBody {
    /// Loại giấy tờ: code of the dictionary, e.g. `KS`.
    document_type: String,
    /// Tên giấy tờ.
    title: String,
    /// Chủ giấy tờ; of several the first.
    subject: SubjectClaimBody,
    /// Other owners of the same paper: the wife beside the husband, those who hold a piece of land together.
    #[serde(default)]
    co_owners: Vec<OwnerClaimBody>,
    /// What it was taken from, and who answers for it; left out: an original that was marked at receipt.
    #[serde(default)]
    provenance: ProvenanceBody,
    /// Lượt đọc that was looked at (`pass` of the paper); left out: 1. When another is finished by then, the confirmation is refused
    /// (409): its proposals and doubts are others.
    pass: Option<u32>,
    /// Every field of the record; a field left out is dropped.
    fields: Vec<FieldValue>,
    /// Đúng là người này: the number is known under another name or date of birth, and those stated here shall replace them. Left
    /// out, such a confirmation is refused (422) with a sentence that says what is known.
    #[serde(default)]
    rename_subject: bool,
    /// What it is beside a paper in force of the same owner, type and number. Left out, such a confirmation is refused (409) with a
    /// link to that paper.
    #[serde(default)]
    beside: Option<BesideBody>,
    /// How often the paper had been keyed when it was looked at (length of its `keyings`); left out: 0. When somebody keyed it since, the
    /// confirmation is refused (409). Of two keyings that differ a third person has to have seen both: 2.
    #[serde(default)]
    keyings: u32,
}

/// What a paper is beside an equal one that is held.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BesideBody {
    /// `another`: both count; `new_issue`: it takes the place of the held one.
    #[schema(value_type = String, example = "new_issue")]
    relation: BesideRelation,
    /// Lý do.
    reason: String,
}

impl From<BesideBody> for BesideHeld {
    fn from(BesideBody { relation, reason }: BesideBody) -> BesideHeld {
        BesideHeld { relation, reason }
    }
}

/// What a person says of the origin of a paper.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ProvenanceBody {
    /// Nguồn bản: `original`, `register_copy`, `certified_electronic_copy`, `scan_with_original`, `photocopy` or
    /// `certified_paper_copy`. The last two serve a dossier and never enter the person's store.
    #[schema(value_type = String, example = "original")]
    source_form: SourceForm,
    /// Đã đối chiếu với bản chính just now.
    compared: bool,
    /// Ký nhận bản quét: needed where nobody did at receipt.
    marked: bool,
    /// Xác nhận thay mặt cơ quan: needed for kết quả giải quyết.
    for_agency: bool,
    /// Kết quả thẩm tra, xác minh: of the dossier, neither component nor outcome.
    appraisal: bool,
}

impl From<ProvenanceBody> for Provenance {
    fn from(body: ProvenanceBody) -> Provenance {
        let ProvenanceBody { source_form, compared, marked, for_agency, appraisal } = body;
        Provenance { source_form, compared, marked, for_agency, appraisal }
    }
}

/// One field of a confirmation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldValue {
    /// Key of the data dictionary.
    key: String,
    /// Value; dates as `YYYY-MM-DD`.
    value: String,
    /// Why it is right as proposed, when a check of it fails (`doubts`); or, with an empty value, why a field that records of the type need
    /// is not on the paper. Without it such a confirmation is refused (422).
    reason: Option<String>,
}

/// What a person states about a subject.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SubjectClaimBody {
    /// `citizen` or `organization`.
    #[schema(value_type = String, example = "citizen")]
    kind: SubjectKind,
    /// Số định danh, CMND, hộ chiếu or mã số thuế, as typed.
    number: String,
    /// Full name.
    name: String,
    /// Ngày sinh, `YYYY-MM-DD`.
    #[schema(value_type = Option<String>, format = "date")]
    birth_date: Option<Date>,
}

/// What a person states about another owner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnerClaimBody {
    /// Who.
    subject: SubjectClaimBody,
    /// `owner`, `husband`, `wife` or `co_owner`.
    #[schema(value_type = String, example = "wife")]
    role: OwnerRole,
}

impl TryFrom<OwnerClaimBody> for OwnerClaim {
    type Error = Problem;

    fn try_from(body: OwnerClaimBody) -> Result<OwnerClaim, Problem> {
        Ok(OwnerClaim { subject: body.subject.try_into()?, role: body.role })
    }
}

impl TryFrom<SubjectClaimBody> for SubjectClaim {
    type Error = Problem;

    fn try_from(body: SubjectClaimBody) -> Result<SubjectClaim, Problem> {
        let SubjectClaimBody { kind, number, name, birth_date } = body;
        Ok(SubjectClaim { kind, number: SubjectNumber::parse(&number)?, name, birth_date })
    }
}

impl TryFrom<ConfirmationBody> for Confirmation {
    type Error = Problem;

    fn try_from(body: ConfirmationBody) -> Result<Confirmation, Problem> {
        let unknown = |_| Problem::unprocessable(format!("Không có loại giấy tờ «{}».", body.document_type));
        let reason = |field: &FieldValue| Some((field.key.clone(), field.reason.clone()?));
        Ok(Confirmation {
            document_type: body.document_type.parse().map_err(unknown)?,
            title: body.title,
            subject: body.subject.try_into()?,
            co_owners: body.co_owners.into_iter().map(OwnerClaim::try_from).collect::<Result<_, _>>()?,
            provenance: body.provenance.into(),
            pass: body.pass,
            reasons: body.fields.iter().filter_map(reason).collect(),
            fields: body.fields.into_iter().map(|field| (field.key, field.value)).collect(),
            rename_subject: body.rename_subject,
            beside: body.beside.map(BesideHeld::from),
            keyings: body.keyings,
        })
    }
}

/// Xác nhận: files a paper with what a person has checked. A paper of a type that is keyed twice (`GCN`) goes on waiting instead, until two
/// people say the same or a third one decides; the answer says so by `state` and `keyings`.
#[utoipa::path(post, path = "/documents/{id}/confirm", tag = "documents", request_body = ConfirmationBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DocumentViewBody),
        (status = 409, description = "held already, not waiting for confirmation, or read again or keyed meanwhile", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn confirm(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Json(body): Json<ConfirmationBody>,
) -> Result<axum::Json<DocumentViewBody>, Problem> {
    let view = state.repository.confirm(&state.actor, id, body.try_into()?).await?;
    Ok(axum::Json(view.into()))
}

/// Nhật ký truy cập: who looked at a paper, newest first.
#[utoipa::path(get, path = "/documents/{id}/access", tag = "documents",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = [AccessBody]),
        Problem,
))]
pub(crate) async fn access_log(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<axum::Json<Vec<AccessBody>>, Problem> {
    let entries = state.repository.access_log(&state.actor, id, ACCESS_LIMIT).await?;
    Ok(axum::Json(entries.into_iter().map(AccessBody::from).collect()))
}
