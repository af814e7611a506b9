//! After filing: corrections, rulings, and what was done to a paper.

use super::body::{FieldBody, OwnerBody, name_of};
use super::documents::{ConfirmationBody, DocumentViewBody};
use super::extract::{Json, Path};
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::state::AppState;
use repository::record::{Correction, DocumentEvent, DocumentId, DocumentVersion, History, Ruling};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Đính chính: a stored record as it should have been filed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectionBody {
    /// The whole record as it shall stand; its `provenance` and `pass` are not looked at.
    record: ConfirmationBody,
    /// The version that was looked at (`version` of the paper); when it is no longer the newest, the answer is 409.
    version: u32,
    /// Lý do.
    reason: String,
}

/// Corrects what was confirmed of a stored paper; the version before is kept. A paper of a type that is keyed twice (`GCN`) stays as it is until
/// two people correct it alike or a third one decides; the answer says so by `version` and `keyings`.
#[utoipa::path(post, path = "/documents/{id}/corrections", tag = "documents", request_body = CorrectionBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DocumentViewBody),
        (status = 409, description = "corrected or keyed by someone else meanwhile, or held already", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn correct(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Json(body): Json<CorrectionBody>,
) -> Result<axum::Json<DocumentViewBody>, Problem> {
    let CorrectionBody { record, version, reason } = body;
    let correction = Correction { record: record.try_into()?, version, reason };
    Ok(axum::Json(state.repository.correct(&state.actor, id, correction).await?.into()))
}

/// Quyết định about a stored paper.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RulingBody {
    /// `revoke`, `supersede`, `cancel`, `reinstate` or `archive`.
    #[schema(example = "revoke")]
    step: String,
    /// Key of the paper that takes its place; for `supersede` only.
    #[schema(value_type = Option<String>, format = "uuid")]
    by: Option<DocumentId>,
    /// Lý do.
    reason: String,
}

impl RulingBody {
    fn ruling(&self) -> Result<Ruling, Problem> {
        match (self.step.as_str(), self.by) {
            ("revoke", None) => Ok(Ruling::Revoke),
            ("supersede", Some(by)) => Ok(Ruling::Supersede { by }),
            ("cancel", None) => Ok(Ruling::Cancel),
            ("reinstate", None) => Ok(Ruling::Reinstate),
            ("archive", None) => Ok(Ruling::Archive),
            _ => Err(Problem::unprocessable(
                "step là revoke, supersede, cancel, reinstate hoặc archive; riêng supersede cần by, các bước khác thì không.",
            )),
        }
    }
}

/// Takes a stored paper out of use, or back into it.
#[utoipa::path(post, path = "/documents/{id}/rulings", tag = "documents", request_body = RulingBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DocumentViewBody),
        Problem,
))]
pub(crate) async fn rule(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Json(body): Json<RulingBody>,
) -> Result<axum::Json<DocumentViewBody>, Problem> {
    let view = state.repository.rule(&state.actor, id, body.ruling()?, &body.reason).await?;
    Ok(axum::Json(view.into()))
}

/// Lịch sử of a paper, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HistoryBody {
    /// Steps.
    events: Vec<EventBody>,
    /// Versions that no longer count.
    versions: Vec<VersionBody>,
}

/// One step of a paper's way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EventBody {
    /// When (RFC 3339).
    at: String,
    /// What, e.g. `confirm`.
    step: String,
    /// Account.
    account: String,
    /// Cơ quan.
    agency: String,
    /// Lý do.
    reason: Option<String>,
    /// The paper that took its place.
    other: Option<String>,
}

/// Phiên bản that no longer counts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionBody {
    /// 1 for what was filed first.
    version: u32,
    /// Loại giấy tờ.
    document_type: String,
    /// Tên giấy tờ.
    title: String,
    /// Owners, as they were called then.
    owners: Vec<OwnerBody>,
    /// Trường dữ liệu.
    fields: Vec<FieldBody>,
    /// When it was replaced (RFC 3339).
    replaced_at: String,
    /// Account that replaced it.
    replaced_by: String,
    /// Lý do.
    reason: String,
}

impl From<DocumentEvent> for EventBody {
    fn from(event: DocumentEvent) -> EventBody {
        EventBody {
            at: event.at.to_string(),
            step: name_of(event.step),
            account: event.account,
            agency: event.agency,
            reason: event.reason,
            other: event.other.map(|id| id.to_string()),
        }
    }
}

impl From<DocumentVersion> for VersionBody {
    fn from(version: DocumentVersion) -> VersionBody {
        VersionBody {
            version: version.version,
            document_type: version.record.document_type.code().to_owned(),
            title: version.record.title,
            owners: version.record.owners.into_iter().map(OwnerBody::from).collect(),
            fields: version.record.fields.into_iter().map(FieldBody::from).collect(),
            replaced_at: version.replaced_at.to_string(),
            replaced_by: version.replaced_by,
            reason: version.reason,
        }
    }
}

/// What was done to a paper, and its versions that no longer count.
#[utoipa::path(get, path = "/documents/{id}/history", tag = "documents",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = HistoryBody),
        Problem,
))]
pub(crate) async fn history(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<axum::Json<HistoryBody>, Problem> {
    let History { events, versions } = state.repository.history(&state.actor, id).await?;
    Ok(axum::Json(HistoryBody {
        events: events.into_iter().map(EventBody::from).collect(),
        versions: versions.into_iter().map(VersionBody::from).collect(),
    }))
}
