//! Held papers of which a waiting one is probably another scan, and using one of them instead (DIG-07, REUSE-02).

use super::body::{DocumentBody, LikenessSignBody, ReasonBody};
use super::documents::DocumentViewBody;
use super::extract::{Json, Path};
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::state::AppState;
use repository::record::{DocumentId, NearDuplicate, UseHeld};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A held paper of which the waiting one is probably another scan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NearDuplicateBody {
    /// The held paper.
    document: DocumentBody,
    /// Why it is thought so, in Vietnamese.
    reason: String,
    /// The same as facts, the strongest first.
    signs: Vec<LikenessSignBody>,
}

impl From<NearDuplicate> for NearDuplicateBody {
    fn from(near: NearDuplicate) -> NearDuplicateBody {
        let reason = near.reason();
        let signs = near.signs.into_iter().map(LikenessSignBody::from).collect();
        NearDuplicateBody { document: near.document.into(), reason, signs }
    }
}

/// Giấy gần như trùng: held papers in force of the same owner and type of which a waiting paper is probably another scan, the likeliest
/// first; in a component of a dossier only those that count for it and were not refused. Nothing is decided by it.
#[utoipa::path(get, path = "/documents/{id}/near-duplicates", tag = "documents",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = [NearDuplicateBody]),
        Problem,
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<axum::Json<Vec<NearDuplicateBody>>, Problem> {
    let found = state.repository.near_duplicates(&state.actor, id).await?;
    Ok(axum::Json(found.into_iter().map(NearDuplicateBody::from).collect()))
}

/// Which held paper is used instead.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UseHeldBody {
    /// Key of the held paper, one of `near-duplicates`.
    #[schema(value_type = String, format = "uuid")]
    held: DocumentId,
}

/// Dùng bản đã có: sets a waiting paper aside as another scan of a held one; the component that it was handed in for names the held paper.
/// `wait-again` undoes it.
#[utoipa::path(post, path = "/documents/{id}/use-held", tag = "documents", request_body = UseHeldBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DocumentViewBody),
        (status = 409, description = "not waiting any more", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "no near duplicate of it", body = ProblemBody, content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn use_held(
    State(state): State<AppState>,
    Path(document): Path<DocumentId>,
    Json(body): Json<UseHeldBody>,
) -> Result<axum::Json<DocumentViewBody>, Problem> {
    let wish = UseHeld { document, held: body.held };
    Ok(axum::Json(state.repository.use_held(&state.actor, wish).await?.into()))
}

/// Chờ xác nhận lại: undoes `use-held`. While its dossier is open, the component that the paper was handed in for names it again instead of the
/// held one.
#[utoipa::path(post, path = "/documents/{id}/wait-again", tag = "documents", request_body = ReasonBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = DocumentViewBody),
        (status = 409, description = "not set aside", body = ProblemBody, content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn wait_again(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Json(body): Json<ReasonBody>,
) -> Result<axum::Json<DocumentViewBody>, Problem> {
    Ok(axum::Json(state.repository.wait_again(&state.actor, id, &body.reason).await?.into()))
}
