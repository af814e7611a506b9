//! Quét lại một trang: a new scan of one page of a paper that waits, beside the old one.

use super::documents::DocumentViewBody;
use super::extract::Path;
use super::problem::{Problem, ProblemBody};
use super::upload::{UPLOAD_BYTES_MAX, WholeForm, receive_form};
use crate::asking::State;
use crate::state::AppState;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request};
use ingest::ReaderError;
use repository::record::{DocumentId, DocumentView};
use std::sync::atomic::AtomicBool;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The route of new scans, which accepts large bodies.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(rescan)).layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
}

/// The form in which a new scan arrives.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the API description; the parts are read one by one")]
struct RescanForm {
    /// The scan: PDF, JPEG, PNG, TIFF or WebP; of several pages the first counts.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Why the old scan was not enough.
    reason: String,
}

/// Quét lại một trang: takes a new scan of one page of a paper that waits for confirmation, and queues the paper to be read with it. The
/// original stays as it was scanned; earlier readings show its page (`pages/{number}/image?pass=`).
#[utoipa::path(post, path = "/documents/{id}/pages/{number}/rescan", tag = "pages",
    params(("id" = String, Path, format = "uuid"), ("number" = u32, Path)),
    request_body(content = RescanForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, body = DocumentViewBody),
        (status = 409, description = "it does not wait for confirmation", body = ProblemBody, content_type = "application/problem+json"),
        Problem,
))]
async fn rescan(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
    request: Request,
) -> Result<axum::Json<DocumentViewBody>, Problem> {
    Ok(axum::Json(take_in(&state, id, number, request).await?.into()))
}

/// Whether a scan can be opened: one that cannot would stand in the way of every later reading of its paper.
async fn check_opens(state: &AppState, scan: Bytes) -> Result<(), Problem> {
    let reader = state.renditions.reader().clone();
    let open = move || reader.read(&scan, &[], &AtomicBool::new(false), &mut |_| false);
    match tokio::task::spawn_blocking(open).await.map_err(Problem::internal)? {
        Ok(()) | Err(ReaderError::Stopped) => Ok(()),
        Err(ReaderError::Problem(problem)) => Err(Problem::unprocessable(problem.vietnamese())),
        Err(fault) => Err(Problem::internal(fault)),
    }
}

/// Reads the form and hands the scan to the repository.
pub(crate) async fn take_in(
    state: &AppState,
    id: DocumentId,
    number: u32,
    request: Request,
) -> Result<DocumentView, Problem> {
    let WholeForm { pairs, mut files, room: _room } = receive_form(state, request).await?;
    let reason = pairs.iter().find(|(name, _)| name == "reason").map_or("", |(_, reason)| reason);
    let one = "Hãy chọn đúng một tệp của trang quét lại.";
    let (_, _, bytes) =
        files.pop().filter(|_| files.is_empty()).ok_or_else(|| Problem::unprocessable(one))?;
    check_opens(state, bytes.clone()).await?;
    Ok(state.repository.rescan_page(&state.actor, id, number, reason, bytes).await?)
}
