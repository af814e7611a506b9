//! Hồ sơ and the procedures that they follow.

use super::body::{DossierBody, ProcedureBody};
use super::documents::{LIST_LIMIT_MAX, SubjectClaimBody};
use super::extract::{Json, Path};
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use axum::http::StatusCode;
use jiff::civil::Date;
use repository::record::{DossierId, DossierState, NewDossier};
use serde::Deserialize;
use utoipa::ToSchema;

/// What opening a dossier needs.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewDossierBody {
    /// Mã hồ sơ given by another system; left out: the next code of the day.
    code: Option<String>,
    /// Mã TTHC.
    procedure: String,
    /// Chủ hồ sơ.
    subject: SubjectClaimBody,
    /// Ngày tiếp nhận, `YYYY-MM-DD`.
    #[schema(value_type = String, format = "date")]
    received_on: Date,
    /// `accepted`, or `submitted` for what was registered online and is still to be accepted.
    #[serde(default = "accepted")]
    #[schema(value_type = String, default = "accepted")]
    state: DossierState,
    /// Keys of components whose papers lie on the counter and are scanned next.
    #[serde(default)]
    in_hand: Vec<String>,
    /// Lý do nợ giấy: needed when it shall be accepted while required papers are neither held nor in hand.
    #[serde(default)]
    reason: Option<String>,
}

fn accepted() -> DossierState {
    DossierState::Accepted
}

impl TryFrom<NewDossierBody> for NewDossier {
    type Error = Problem;

    fn try_from(body: NewDossierBody) -> Result<NewDossier, Problem> {
        Ok(NewDossier {
            code: body.code.map(|code| code.parse()).transpose()?,
            procedure: body.procedure.parse()?,
            subject: body.subject.try_into()?,
            received_on: body.received_on,
            state: body.state,
            in_hand: body.in_hand,
            reason: body.reason,
        })
    }
}

/// Lists dossiers, newest first, at most 200.
#[utoipa::path(get, path = "/dossiers", tag = "dossiers", responses((status = 200, body = [DossierBody]), Problem))]
pub(crate) async fn list(State(state): State<AppState>) -> Result<axum::Json<Vec<DossierBody>>, Problem> {
    let dossiers = state.repository.dossiers(&state.actor, LIST_LIMIT_MAX).await?;
    Ok(axum::Json(dossiers.into_iter().map(DossierBody::from).collect()))
}

/// Opens a dossier; the same code, procedure and subject again answer the same dossier. One that is accepted has its required papers held or in
/// hand, or a reason; a number that is known under another name or date of birth is refused.
#[utoipa::path(post, path = "/dossiers", tag = "dossiers", request_body = NewDossierBody, responses(
    (status = 201, body = DossierBody),
    Problem,
))]
pub(crate) async fn open(
    State(state): State<AppState>,
    Json(body): Json<NewDossierBody>,
) -> Result<(StatusCode, axum::Json<DossierBody>), Problem> {
    let dossier = state.repository.open_dossier(&state.actor, body.try_into()?).await?;
    Ok((StatusCode::CREATED, axum::Json(dossier.into())))
}

/// One dossier with its components and what fills them.
#[utoipa::path(get, path = "/dossiers/{id}", tag = "dossiers",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DossierBody),
        Problem,
))]
pub(crate) async fn one(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
) -> Result<axum::Json<DossierBody>, Problem> {
    let dossier = state.repository.dossier(&state.actor, id).await?;
    Ok(axum::Json(dossier.into()))
}

/// Danh mục thủ tục hành chính.
#[utoipa::path(get, path = "/procedures", tag = "dossiers", responses((status = 200, body = [ProcedureBody]), Problem))]
pub(crate) async fn procedures(
    State(state): State<AppState>,
) -> Result<axum::Json<Vec<ProcedureBody>>, Problem> {
    let procedures = state.repository.procedures().await?;
    Ok(axum::Json(procedures.into_iter().map(ProcedureBody::from).collect()))
}
