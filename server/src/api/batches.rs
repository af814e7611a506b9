//! Tập quét: stacks of paper that went through the feeder, split by their cover sheets.

mod plan_body;

use super::extract::{Json, Path};
use super::problem::{Problem, ProblemBody};
use super::upload::{UPLOAD_BYTES_MAX, Upload, receive_upload};
use crate::asking::State;
use crate::batches::{BatchError, Planned, dossier_of_page, feed_name, feed_of};
use crate::state::AppState;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ingest::ReaderError;
use ingest::batch::{Change, Feed};
use ingest::rendition::RenditionError;
use jiff::Timestamp;
use plan_body::{PlanBody, TroubleBody};
use repository::record::{
    Batch, BatchEvent, BatchFile, BatchId, BatchState, BatchStep, DocumentId, NewBatch,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of batches; the first takes large bodies.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(receive))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES_MAX))
        .routes(routes!(list))
        .routes(routes!(one))
        .routes(routes!(plan))
        .routes(routes!(change))
        .routes(routes!(carry_out))
        .routes(routes!(undo))
        .routes(routes!(thumbnail))
}

/// A batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchBody {
    /// Key.
    #[schema(value_type = String, format = "uuid")]
    id: BatchId,
    /// `received`, `unreadable`, `stopped`, `planned`, `carried_out`, `undone` or `destroyed`.
    #[schema(value_type = String)]
    state: BatchState,
    /// The same in Vietnamese.
    state_label: &'static str,
    /// SHA-256 over the hashes of its files; it never changes.
    sha256: String,
    /// How it was scanned: `one_sided`, `duplex` or `two_passes`.
    feed: String,
    /// Grows with every change; a change names the version that it was made for.
    version: u64,
    /// Pages that were looked at.
    page_count: u32,
    /// Why it cannot be read.
    problem: Option<String>,
    /// When it was received.
    #[schema(value_type = String, format = "date-time")]
    received_at: Timestamp,
    /// Account.
    received_by: String,
    /// Its files as scanned, in order.
    files: Vec<BatchFileBody>,
}

/// A file of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchFileBody {
    file_name: String,
    bytes: u64,
    sha256: String,
}

/// A batch with its plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchViewBody {
    /// The batch.
    batch: BatchBody,
    /// Which pages are which paper; none before they were looked at.
    plan: Option<PlanBody>,
    /// Whatever is odd and nobody settled; the batch is filed only when there is nothing.
    troubles: Vec<TroubleBody>,
    /// Papers that it is now.
    papers: Vec<BatchPaperBody>,
    /// What was done, oldest first.
    events: Vec<BatchEventBody>,
}

/// A paper that a batch became.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchPaperBody {
    /// Number of the part.
    part: u32,
    /// Key of the paper.
    #[schema(value_type = String, format = "uuid")]
    document: DocumentId,
}

/// Something that was done to a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BatchEventBody {
    #[schema(value_type = String, format = "date-time")]
    at: Timestamp,
    /// `receive`, `plan`, `give_up`, `change`, `carry_out` or `undo`.
    #[schema(value_type = String)]
    step: BatchStep,
    account: String,
    /// The change of the plan as JSON, or a reason.
    detail: Option<String>,
}

impl From<Batch> for BatchBody {
    fn from(batch: Batch) -> BatchBody {
        let file = |file: BatchFile| BatchFileBody {
            file_name: file.file_name,
            bytes: file.bytes,
            sha256: file.sha256,
        };
        BatchBody {
            id: batch.id,
            state: batch.state,
            state_label: batch.state.label(),
            sha256: batch.sha256,
            feed: batch.feed,
            version: batch.version,
            page_count: batch.page_count,
            problem: batch.problem,
            received_at: batch.received_at,
            received_by: batch.received_by,
            files: batch.files.into_iter().map(file).collect(),
        }
    }
}

impl From<Planned> for BatchViewBody {
    fn from(planned: Planned) -> BatchViewBody {
        let event = |event: BatchEvent| BatchEventBody {
            at: event.at,
            step: event.step,
            account: event.account,
            detail: event.detail,
        };
        let papers = planned.view.papers.into_iter();
        BatchViewBody {
            batch: planned.view.batch.into(),
            plan: planned.plan.map(|(_, plan)| plan.into()),
            troubles: planned.troubles.into_iter().map(TroubleBody::from).collect(),
            papers: papers
                .map(|paper| BatchPaperBody { part: paper.part, document: paper.document })
                .collect(),
            events: planned.view.events.into_iter().map(event).collect(),
        }
    }
}

impl From<BatchError> for Problem {
    fn from(error: BatchError) -> Problem {
        let conflict = |sentence: String| Problem::new(StatusCode::CONFLICT, sentence);
        match error {
            BatchError::Repository(error) => error.into(),
            BatchError::Change(error) => Problem::unprocessable(error.vietnamese()),
            BatchError::Part { part, pages, cause } => match why_no_part(part, &pages, &cause) {
                Some(sentence) => conflict(sentence),
                None => Problem::internal(cause),
            },
            BatchError::NotLookedAt => {
                conflict("Máy đang xem các trang của tập quét. Hãy thử lại sau ít phút.".into())
            }
            BatchError::Reader(error) => Problem::internal(error),
            BatchError::Broken(cause) => Problem::internal(cause),
        }
    }
}

/// Why a part cannot be taken out of its stack, for people at a counter; none where only the operator can do something.
fn why_no_part(part: u32, pages: &[u32], cause: &RenditionError) -> Option<String> {
    Some(match cause {
        RenditionError::Page { .. } => {
            let pages: Vec<String> = pages.iter().map(u32::to_string).collect();
            let pages = pages.join(" hoặc ");
            format!("Phần {part}, trang {pages} không vẽ được. Hãy để trang này ra ngoài, hoặc quét lại tập.")
        }
        RenditionError::TooLarge | RenditionError::TooSlow => {
            format!("Phần {part} quá lớn để ghi thành một tệp. Hãy chia phần này nhỏ hơn rồi thực hiện lại.")
        }
        RenditionError::Signed => format!(
            "Phần {part}: tệp quét có chữ ký số nên không được tách trang. Hãy gửi tệp này như một giấy tờ."
        ),
        RenditionError::Reader(ReaderError::Problem(problem)) => {
            format!("Phần {part}: {}", problem.vietnamese())
        }
        RenditionError::Reader(_) | RenditionError::Io(_) => return None,
    })
}

/// The form in which a stack arrives.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form in the API description; the parts are read one by one")]
struct BatchForm {
    /// The scanned files in the order of scanning; two of them may be the two passes.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<u8>,
    /// `one_sided` (also when left out), `duplex` or `two_passes`.
    feed: Option<String>,
}

/// Tiếp nhận tập quét: takes a stack in. Its pages are looked at afterwards; nothing is filed before someone carries the plan out.
#[utoipa::path(post, path = "/batches", tag = "batches",
    request_body(content = BatchForm, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "a new batch", body = BatchBody),
        (status = 200, description = "the same stack again: the batch that it is", body = BatchBody),
        Problem,
))]
async fn receive(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (batch, held) = take_in(&state, request).await?;
    let status = if held { StatusCode::OK } else { StatusCode::CREATED };
    Ok((status, axum::Json(BatchBody::from(batch))).into_response())
}

/// Hands a stack to the repository; whether it was held.
pub(crate) async fn take_in(state: &AppState, request: Request) -> Result<(Batch, bool), Problem> {
    let Upload { files, feed, secret, room: _room, .. } = receive_upload(state, request).await?;
    if secret {
        return Err(Problem::unprocessable(
            "Tài liệu mật không được số hóa ở hệ thống này. Không có gì được lưu.",
        ));
    }
    let feed = feed.as_deref().map_or(Ok(Feed::OneSided), named_feed)?;
    let new = NewBatch { files, feed: feed_name(feed) };
    Ok(state.repository.receive_batch(&state.actor, new).await?)
}

/// The feed of this name.
pub(crate) fn named_feed(name: &str) -> Result<Feed, Problem> {
    feed_of(name).ok_or_else(|| {
        Problem::unprocessable("Cách quét không đúng: chọn one_sided, duplex hoặc two_passes.")
    })
}

/// Batches, newest first.
#[utoipa::path(get, path = "/batches", tag = "batches", responses((status = 200, body = [BatchBody]), Problem))]
async fn list(State(state): State<AppState>) -> Result<axum::Json<Vec<BatchBody>>, Problem> {
    let batches = state.repository.batches(&state.actor).await?;
    Ok(axum::Json(batches.into_iter().map(BatchBody::from).collect()))
}

/// A batch with its plan and its history.
#[utoipa::path(get, path = "/batches/{id}", tag = "batches",
    params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = BatchViewBody), Problem))]
async fn one(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
) -> Result<axum::Json<BatchViewBody>, Problem> {
    Ok(axum::Json(state.batches().view(&state.actor, id).await?.into()))
}

/// How a batch was really scanned.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlanWish {
    /// Version of the batch that was looked at.
    version: u64,
    /// `one_sided`, `duplex` or `two_passes`.
    #[schema(value_type = String, example = "duplex")]
    feed: Feed,
}

/// Lập lại kế hoạch: plans a batch anew; what people changed is given up.
#[utoipa::path(post, path = "/batches/{id}/plan", tag = "batches", request_body = PlanWish,
    params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = BatchViewBody), Problem))]
async fn plan(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Json(wish): Json<PlanWish>,
) -> Result<axum::Json<BatchViewBody>, Problem> {
    Ok(axum::Json(state.batches().plan_anew(&state.actor, id, wish.version, wish.feed).await?.into()))
}

/// One change of a plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangeWish {
    /// Version of the batch that was looked at.
    version: u64,
    /// One of `{"change": "move", page, part}`, `{"change": "begin", page, dossier, component}`, `{"change": "place", part, dossier, component}`,
    /// `{"change": "turn", page, degrees}`, `{"change": "turn_all", degrees}`, `{"change": "leave_out", page}`, `{"change": "drop", part}`,
    /// `{"change": "settle", trouble, reason}`, where `trouble` is the `facts` of one.
    #[schema(value_type = Object)]
    change: Change,
}

/// Sửa kế hoạch: changes one thing about a plan. Nothing is filed by it.
#[utoipa::path(post, path = "/batches/{id}/changes", tag = "batches", request_body = ChangeWish,
    params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = BatchViewBody), Problem))]
async fn change(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Json(wish): Json<ChangeWish>,
) -> Result<axum::Json<BatchViewBody>, Problem> {
    Ok(axum::Json(state.batches().change(&state.actor, id, wish.version, &wish.change).await?.into()))
}

/// Which plan is carried out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CarryOutWish {
    /// Version of the batch that was looked at.
    version: u64,
}

/// Thực hiện: makes the parts papers of their dossiers, all or none.
#[utoipa::path(post, path = "/batches/{id}/carry-out", tag = "batches", request_body = CarryOutWish,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = BatchViewBody),
        (status = 409, description = "a held paper answers a component, or a page cannot be taken out; nothing is filed",
            body = ProblemBody, content_type = "application/problem+json"),
        Problem,
))]
async fn carry_out(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Json(wish): Json<CarryOutWish>,
) -> Result<axum::Json<BatchViewBody>, Problem> {
    Ok(axum::Json(state.batches().carry_out(&state.actor, id, wish.version).await?.into()))
}

/// Why a batch is undone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UndoWish {
    /// Lý do.
    reason: String,
}

/// Hoàn tác: takes the papers of a batch out of their dossiers again, all or none; it can be planned and carried out anew.
#[utoipa::path(post, path = "/batches/{id}/undo", tag = "batches", request_body = UndoWish,
    params(("id" = String, Path, format = "uuid")),
    responses((status = 200, body = BatchViewBody), Problem))]
async fn undo(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Json(wish): Json<UndoWish>,
) -> Result<axum::Json<BatchViewBody>, Problem> {
    Ok(axum::Json(state.batches().undo(&state.actor, id, &wish.reason).await?.into()))
}

/// The small picture of a page, as it was scanned.
#[utoipa::path(get, path = "/batches/{id}/pages/{number}/thumbnail", tag = "batches",
    params(("id" = String, Path, format = "uuid"), ("number" = u32, Path)),
    responses((status = 200, content_type = "image/jpeg"), Problem))]
pub(crate) async fn thumbnail(
    State(state): State<AppState>,
    Path((id, number)): Path<(BatchId, u32)>,
) -> Result<impl IntoResponse, Problem> {
    let whose = |plan: &str| dossier_of_page(plan, number);
    let jpeg = state.repository.batch_thumbnail(&state.actor, id, number, whose).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg))
}
