//! Reading again: asking for it, what every reading of a page found, and how full the queue is.

use super::body::{DocumentLinks, LineBody, PageBody, StageBody, lines_of, name_of};
use super::extract::{Json, Path};
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::state::AppState;
use crate::worker::MODEL_MISSING;
use axum::http::StatusCode;
use repository::record::{DocumentId, PageReading, QueueCount, ReadingModel, Reread};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Which model shall read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ModelName {
    /// Nhanh.
    Fast,
    /// Chính xác hơn, chậm hơn.
    Accurate,
}

impl From<ModelName> for ReadingModel {
    fn from(name: ModelName) -> ReadingModel {
        match name {
            ModelName::Fast => ReadingModel::Fast,
            ModelName::Accurate => ReadingModel::Accurate,
        }
    }
}

/// How to read a paper again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RereadBody {
    /// Left out: the model that this installation is configured with.
    model: Option<ModelName>,
}

/// A re-reading that is queued.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RereadAnswer {
    /// Key of the paper.
    #[schema(format = "uuid")]
    id: String,
    /// State now: a stored paper stays stored.
    state: String,
    /// A reading of it waited or ran already: nothing new was queued.
    already_queued: bool,
    /// Model of the reading that is queued: `fast`, `accurate`; null: as configured.
    model: Option<String>,
    /// Where to go on.
    links: DocumentLinks,
}

/// Đọc lại: queues another reading. What was read before stays and counts until the new reading is finished; what a person confirmed
/// stays for good. May be sent again: while a reading of the paper waits or runs, nothing more is queued.
#[utoipa::path(post, path = "/documents/{id}/reread", tag = "documents", request_body = RereadBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 202, description = "queued", body = RereadAnswer),
        (status = 200, description = "a reading waits or runs already", body = RereadAnswer),
        (status = 409, description = "this machine does not have the model", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn reread(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Json(body): Json<RereadBody>,
) -> Result<(StatusCode, axum::Json<RereadAnswer>), Problem> {
    let wish = queue_reread(&state, id, body.model.map(ReadingModel::from)).await?;
    let status = if wish.already_queued { StatusCode::OK } else { StatusCode::ACCEPTED };
    let answer = RereadAnswer {
        id: id.to_string(),
        state: name_of(wish.document.state),
        already_queued: wish.already_queued,
        model: wish.model.map(name_of),
        links: DocumentLinks::new(id),
    };
    Ok((status, axum::Json(answer)))
}

/// Queues another reading, unless by a model that this machine does not have: nobody should wait for it.
pub(crate) async fn queue_reread(
    state: &AppState,
    id: DocumentId,
    model: Option<ReadingModel>,
) -> Result<Reread, Problem> {
    if model.is_some_and(|model| !state.models.contains(&model)) {
        return Err(Problem::new(StatusCode::CONFLICT, MODEL_MISSING));
    }
    Ok(state.repository.reread(&state.actor, id, model).await?)
}

/// Lượt đọc: what one pass over the paper found on a page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageReadingBody {
    /// 1 for the first pass.
    number: u32,
    /// Whether the record shows this one.
    counts: bool,
    /// When it was stored (RFC 3339).
    #[schema(format = "date-time")]
    read_at: String,
    /// Mean confidence of its words, 0–100; null: no words.
    confidence: Option<f32>,
    /// What it said of the page.
    page: PageBody,
    /// Engine; null: the page could not be read.
    engine: Option<String>,
    /// Version of the engine.
    engine_version: Option<String>,
    /// Model.
    model: Option<String>,
    /// SHA-256 of the model file; empty for typed text.
    model_sha256: Option<String>,
    /// What was done to the reading copy and to the words, in order.
    stages: Vec<StageBody>,
    /// Lines in reading order; empty in lists.
    lines: Vec<LineBody>,
}

impl From<PageReading> for PageReadingBody {
    fn from(found: PageReading) -> PageReadingBody {
        let (number, counts, read_at) = (found.number, found.counts, found.read_at.to_string());
        let (confidence, page) = (found.confidence, found.page.into());
        let reading = found.reading;
        let fact = |of: fn(&repository::record::Reading) -> &String| reading.as_ref().map(of).cloned();
        PageReadingBody {
            number,
            counts,
            read_at,
            confidence,
            page,
            engine: fact(|reading| &reading.engine),
            engine_version: fact(|reading| &reading.engine_version),
            model: fact(|reading| &reading.model),
            model_sha256: fact(|reading| &reading.model_sha256),
            stages: reading
                .iter()
                .flat_map(|reading| &reading.stages)
                .cloned()
                .map(StageBody::from)
                .collect(),
            lines: reading.map(|reading| lines_of(reading.lines)).unwrap_or_default(),
        }
    }
}

/// Every reading of a page, oldest first, without their lines; those that failed, and one under way, too.
#[utoipa::path(get, path = "/documents/{id}/pages/{number}/readings", tag = "pages",
    params(("id" = String, Path, format = "uuid"), ("number" = u32, Path)),
    responses(
        (status = 200, body = Vec<PageReadingBody>),
        Problem,
))]
pub(crate) async fn list(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
) -> Result<axum::Json<Vec<PageReadingBody>>, Problem> {
    let readings = state.repository.page_readings(&state.actor, id, number).await?;
    Ok(axum::Json(readings.into_iter().map(PageReadingBody::from).collect()))
}

/// One reading of a page with its words, by the number of its pass.
#[utoipa::path(get, path = "/documents/{id}/pages/{number}/readings/{reading}", tag = "pages",
    params(("id" = String, Path, format = "uuid"), ("number" = u32, Path), ("reading" = u32, Path)),
    responses(
        (status = 200, body = PageReadingBody),
        Problem,
))]
pub(crate) async fn one(
    State(state): State<AppState>,
    Path((id, number, reading)): Path<(DocumentId, u32, u32)>,
) -> Result<axum::Json<PageReadingBody>, Problem> {
    let found = state.repository.page_reading(&state.actor, id, number, reading).await?;
    Ok(axum::Json(found.into()))
}

/// Papers of one class in the queue.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadingQueueBody {
    /// `counter`, `import` or `reread`, in the order in which they are read; every eighth turn goes to those behind the counter.
    priority: String,
    /// Wait.
    waiting: u64,
    /// Are being read.
    running: u64,
}

impl From<QueueCount> for ReadingQueueBody {
    fn from(count: QueueCount) -> ReadingQueueBody {
        let QueueCount { priority, waiting, running } = count;
        ReadingQueueBody { priority: name_of(priority), waiting, running }
    }
}

/// Hàng đợi đọc: how many papers wait and are being read; a class without any is left out. Of the own agency, for who runs
/// the machine of all; refused (403) to citizens.
#[utoipa::path(get, path = "/queue", tag = "documents", responses((status = 200, body = Vec<ReadingQueueBody>), Problem))]
pub(crate) async fn queue(
    State(state): State<AppState>,
) -> Result<axum::Json<Vec<ReadingQueueBody>>, Problem> {
    let counts = state.repository.queue(&state.actor).await?;
    Ok(axum::Json(counts.into_iter().map(ReadingQueueBody::from).collect()))
}
