//! Chủ hồ sơ: found by number (in the body, never in the address), and their store.

use super::body::{AccessBody, StoreBody, SubjectBody};
use super::documents::ACCESS_LIMIT;
use super::extract::{Json, Path};
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use repository::identifier::SubjectNumber;
use repository::record::SubjectId;
use serde::Deserialize;
use utoipa::ToSchema;

/// Whom to find.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NumberBody {
    /// Số định danh, CMND, hộ chiếu or mã số thuế, as typed.
    number: String,
}

/// Finds a subject by number.
#[utoipa::path(post, path = "/subjects/find", tag = "subjects", request_body = NumberBody, responses(
    (status = 200, body = SubjectBody),
    Problem,
))]
pub(crate) async fn find(
    State(state): State<AppState>,
    Json(body): Json<NumberBody>,
) -> Result<axum::Json<SubjectBody>, Problem> {
    let number = SubjectNumber::parse(&body.number)?;
    let subject = state.repository.find_subject(&state.actor, &number).await?;
    let subject = subject.ok_or_else(Problem::not_found)?;
    Ok(axum::Json(subject.into()))
}

/// Kho: everything held for a subject.
#[utoipa::path(get, path = "/subjects/{id}/store", tag = "subjects",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = StoreBody),
        Problem,
))]
pub(crate) async fn store(
    State(state): State<AppState>,
    Path(id): Path<SubjectId>,
) -> Result<axum::Json<StoreBody>, Problem> {
    let store = state.repository.store(&state.actor, id).await?;
    Ok(axum::Json(store.into()))
}

/// Nhật ký truy cập of a subject: who looked at anything of theirs, newest first. Of joint papers nothing of the other owners is told;
/// sealed looks come when their day has come.
#[utoipa::path(get, path = "/subjects/{id}/access", tag = "subjects",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = [AccessBody]),
        Problem,
))]
pub(crate) async fn access_log(
    State(state): State<AppState>,
    Path(id): Path<SubjectId>,
) -> Result<axum::Json<Vec<AccessBody>>, Problem> {
    let entries = state.repository.subject_access_log(&state.actor, id, ACCESS_LIMIT).await?;
    Ok(axum::Json(entries.into_iter().map(AccessBody::from).collect()))
}
