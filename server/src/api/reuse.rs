//! Using held papers for a dossier instead of asking for them again (REUSE-01, REUSE-02).

use super::body::{DossierBody, RequirementsBody};
use super::extract::{Json, Path};
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use axum::http::StatusCode;
use repository::record::{DocumentId, DossierId, RefusedBy, Reuse, ReuseRefusal};
use serde::Deserialize;
use utoipa::ToSchema;

/// Tells for each component of a dossier whether a paper is held already, by the law of the day of its receipt.
#[utoipa::path(get, path = "/dossiers/{id}/requirements", tag = "dossiers",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = RequirementsBody),
        Problem,
))]
pub(crate) async fn held(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
) -> Result<axum::Json<RequirementsBody>, Problem> {
    Ok(axum::Json(state.repository.dossier_requirements(&state.actor, id).await?.into()))
}

/// Which held paper fills which component.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReuseBody {
    /// Key of the component.
    component: String,
    /// Key of the held paper, one of the `candidates` of `requirements`.
    #[schema(value_type = String, format = "uuid")]
    document: DocumentId,
}

/// Tái sử dụng: fills a component with a held paper. Nothing is copied, and the same again changes nothing.
#[utoipa::path(post, path = "/dossiers/{id}/reuse", tag = "dossiers", request_body = ReuseBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DossierBody),
        Problem,
))]
pub(crate) async fn take_over(
    State(state): State<AppState>,
    Path(dossier): Path<DossierId>,
    Json(body): Json<ReuseBody>,
) -> Result<axum::Json<DossierBody>, Problem> {
    let reuse = Reuse { dossier, component: body.component, document: body.document };
    Ok(axum::Json(state.repository.take_over(&state.actor, &reuse).await?.into()))
}

/// Why a held paper is not used.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefusalBody {
    /// Key of the component.
    component: String,
    /// `officer`: asks for another paper all the same; `subject`: does not want the held one used.
    #[schema(value_type = String, example = "officer")]
    asked_by: RefusedBy,
    /// Lý do.
    reason: String,
}

/// Keeps in writing why a held paper is not used; from then on another one may be handed in. A component that had taken it over is empty
/// again.
#[utoipa::path(post, path = "/dossiers/{id}/refusals", tag = "dossiers", request_body = RefusalBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 204, description = "it is written down"),
        Problem,
))]
pub(crate) async fn refuse(
    State(state): State<AppState>,
    Path(dossier): Path<DossierId>,
    Json(body): Json<RefusalBody>,
) -> Result<StatusCode, Problem> {
    let RefusalBody { component, asked_by, reason } = body;
    let refusal = ReuseRefusal { dossier, component, asked_by, reason };
    state.repository.refuse_reuse(&state.actor, &refusal).await?;
    Ok(StatusCode::NO_CONTENT)
}
