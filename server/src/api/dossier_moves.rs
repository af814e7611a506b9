//! The way of a dossier from state to state.

use super::body::{DossierBody, DossierMoveBody};
use super::extract::{Json, Path};
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use repository::record::{DossierId, DossierMove, DossierState};
use serde::Deserialize;
use utoipa::ToSchema;

/// Where a dossier shall go.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MoveWishBody {
    /// Name of the state to come, one of `followed_by`.
    #[schema(value_type = String, example = "processing")]
    state: DossierState,
    /// Lý do; must be said when the owner has to be told: refused, supplement or payment asked, withdrawn, stopped; and to accept a dossier while
    /// required papers are missing (nợ giấy).
    reason: Option<String>,
    /// To accept what was registered: keys of components whose papers lie on the counter and are scanned next.
    #[serde(default)]
    in_hand: Vec<String>,
}

/// Chuyển trạng thái: moves a dossier on.
#[utoipa::path(post, path = "/dossiers/{id}/moves", tag = "dossiers", request_body = MoveWishBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DossierBody),
        Problem,
))]
pub(crate) async fn move_on(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Json(body): Json<MoveWishBody>,
) -> Result<axum::Json<DossierBody>, Problem> {
    let wish = DossierMove { state: body.state, reason: body.reason, in_hand: body.in_hand };
    Ok(axum::Json(state.repository.move_dossier(&state.actor, id, wish).await?.into()))
}

/// Diễn biến: the moves of a dossier, oldest first.
#[utoipa::path(get, path = "/dossiers/{id}/moves", tag = "dossiers",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = [DossierMoveBody]),
        Problem,
))]
pub(crate) async fn moves(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
) -> Result<axum::Json<Vec<DossierMoveBody>>, Problem> {
    let history = state.repository.dossier_history(&state.actor, id).await?;
    Ok(axum::Json(history.into_iter().map(DossierMoveBody::from).collect()))
}
