//! Gộp: one person with an old and a new number.

use super::body::{MergeBody, ReasonBody};
use super::extract::{Json, Path};
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::state::AppState;
use axum::http::StatusCode;
use repository::record::{MergeId, MergeWish, SubjectId};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which subject goes over into this one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeWishBody {
    /// Key of the subject that is known by the old number.
    #[schema(value_type = String, format = "uuid")]
    from: SubjectId,
    /// Lý do.
    reason: String,
}

/// Merges another subject into this one: papers, dossiers and numbers go over, and both numbers find the one who stays.
#[utoipa::path(post, path = "/subjects/{id}/merges", tag = "subjects", request_body = MergeWishBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 201, body = MergeBody),
        (status = 422, description = "the two cannot be one", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn merge(
    State(state): State<AppState>,
    Path(into): Path<SubjectId>,
    Json(body): Json<MergeWishBody>,
) -> Result<(StatusCode, axum::Json<MergeBody>), Problem> {
    let wish = MergeWish { from: body.from, into, reason: body.reason };
    let merge = state.repository.merge_subjects(&state.actor, wish).await?;
    Ok((StatusCode::CREATED, axum::Json(merge.into())))
}

/// Hoàn tác: undoes a merge. What went over goes back; what was filed since stays with the one who stayed.
#[utoipa::path(post, path = "/merges/{id}/undo", tag = "subjects", request_body = ReasonBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = MergeBody),
        Problem,
))]
pub(crate) async fn undo(
    State(state): State<AppState>,
    Path(id): Path<MergeId>,
    Json(body): Json<ReasonBody>,
) -> Result<axum::Json<MergeBody>, Problem> {
    Ok(axum::Json(state.repository.undo_merge(&state.actor, id, &body.reason).await?.into()))
}
