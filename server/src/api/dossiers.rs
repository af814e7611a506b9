//! Hồ sơ and the procedures that they follow.

use super::body::{DossierBody, ProcedureBody};
use super::documents::{LIST_LIMIT_MAX, SubjectClaimBody};
use super::extract::{Json, Path, Query};
use super::problem::Problem;
use crate::asking::State;
use crate::codes;
use crate::state::AppState;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use jiff::civil::Date;
use repository::record::{DossierId, DossierState, NewDossier};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

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
        })
    }
}

/// For when the result is promised.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReceiptQuery {
    /// Ngày hẹn trả kết quả, `YYYY-MM-DD`.
    #[param(value_type = String, format = "date")]
    appointment: Date,
}

/// Mã of the receipt of a dossier (QR-04), to print.
#[utoipa::path(get, path = "/dossiers/{id}/receipt.svg", tag = "dossiers",
    params(("id" = String, Path, format = "uuid"), ReceiptQuery),
    responses(
        (status = 200, content_type = "image/svg+xml"),
        Problem,
))]
pub(crate) async fn receipt_svg(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Query(ReceiptQuery { appointment }): Query<ReceiptQuery>,
) -> Result<impl IntoResponse, Problem> {
    let (_, text) = codes::receipt_text(&state, id, appointment).await?;
    let svg = qr::draw_svg(&text).map_err(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg))
}

/// Lists dossiers, newest first, at most 200.
#[utoipa::path(get, path = "/dossiers", tag = "dossiers", responses((status = 200, body = [DossierBody]), Problem))]
pub(crate) async fn list(State(state): State<AppState>) -> Result<axum::Json<Vec<DossierBody>>, Problem> {
    let dossiers = state.repository.dossiers(&state.actor, LIST_LIMIT_MAX).await?;
    Ok(axum::Json(dossiers.into_iter().map(DossierBody::from).collect()))
}

/// Opens a dossier; the same code, procedure and subject again answer the same dossier.
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
