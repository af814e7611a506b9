//! Quét từ máy quét: scanners at the counter, and stacks that are being scanned. A scan that is whole is a batch.

use super::extract::{Json, Path};
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::scanning::{
    Colour, Found, NoScan, NoStep, NotNow, Pause, Scan, ScanId, ScanState, ScanView, Scanner, Sides, Step,
    Wish,
};
use crate::state::AppState;
use axum::http::StatusCode;
use repository::record::BatchId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The routes of scanners and scans.
pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(scanners))
        .routes(routes!(search))
        .routes(routes!(list, begin))
        .routes(routes!(one))
        .routes(routes!(stop))
        .routes(routes!(go_on))
        .routes(routes!(finish))
        .routes(routes!(discard))
}

/// The scanners that can be chosen.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScannersBody {
    /// Their names.
    scanners: Vec<String>,
    /// The list is being made; ask again in some seconds.
    is_searching: bool,
    /// Why it could not be made.
    problem: Option<String>,
}

impl From<Found> for ScannersBody {
    fn from(found: Found) -> ScannersBody {
        ScannersBody {
            scanners: found.scanners.into_iter().map(|scanner: Scanner| scanner.name).collect(),
            is_searching: found.is_searching,
            problem: found.trouble.map(Pause::vietnamese),
        }
    }
}

/// A scan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScanBody {
    /// Key; it holds until the server begins anew.
    #[schema(value_type = u64)]
    id: ScanId,
    /// Name of the scanner.
    scanner: String,
    /// `one` or `both`.
    #[schema(value_type = String)]
    sides: Sides,
    /// `colour` or `grey`.
    #[schema(value_type = String)]
    colour: Colour,
    /// `scanning`, `stopping`, `waiting`, `storing`, `finished` or `discarded`.
    #[schema(value_type = String)]
    state: ScanState,
    /// Pages that are whole; they are kept whatever happens to the next one.
    pages: u32,
    /// Why it waits: `no_paper`, `jam`, `cover_open`, `busy`, `one_sheet`, `sheets_left`, `stopped`, `unreachable`, `hung`, `refused`, `no_duplex`,
    /// `bad_page`, `too_large`, `full`, `not_installed`, `failed`, `not_kept` or
    /// `not_stored`.
    #[schema(value_type = Option<String>)]
    pause: Option<Pause>,
    /// The same in Vietnamese, with what to do next.
    message: Option<String>,
    /// The batch that it became.
    #[schema(value_type = Option<String>, format = "uuid")]
    batch: Option<BatchId>,
}

impl From<ScanView> for ScanBody {
    fn from(view: ScanView) -> ScanBody {
        ScanBody {
            id: view.id,
            scanner: view.scanner,
            sides: view.wish.sides,
            colour: view.wish.colour,
            state: view.state,
            pages: view.pages,
            pause: view.pause,
            message: view.pause.map(Pause::vietnamese),
            batch: view.batch,
        }
    }
}

/// What shall be scanned, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScanWish {
    /// Name of the scanner.
    pub(crate) scanner: String,
    /// `one` (also when left out) or `both`.
    #[serde(default)]
    #[schema(value_type = String)]
    pub(crate) sides: Sides,
    /// `colour` (also when left out) or `grey`.
    #[serde(default)]
    #[schema(value_type = String)]
    pub(crate) colour: Colour,
}

impl From<NotNow> for Problem {
    fn from(not_now: NotNow) -> Problem {
        let sentence = match not_now {
            NotNow::NotWaiting => "Lượt quét này đang chạy hoặc đã kết thúc. Hãy tải lại trang.",
            NotNow::NoPages => "Chưa quét được trang nào. Hãy bấm «Quét tiếp» hoặc «Bỏ».",
        };
        Problem::new(StatusCode::CONFLICT, sentence)
    }
}

/// Begins a scan for who acts, where that role takes papers in.
///
/// # Errors
/// It may not, there is no such scanner, somebody else's sheets are in it, or there is no room.
pub(crate) async fn begin_scan(state: &AppState, wish: &ScanWish) -> Result<Arc<Scan>, Problem> {
    state.repository.may_scan(&state.actor).await?;
    let how = Wish { sides: wish.sides, colour: wish.colour };
    state.scanners.begin(state, &wish.scanner, how).map_err(|no_scan| match no_scan {
        NoScan::Unknown => {
            Problem::unprocessable("Không có máy quét này. Hãy bấm «Tìm lại máy quét» rồi chọn lại.")
        }
        NoScan::TooMany => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Đang có quá nhiều lượt quét dở. Hãy bấm «Xong» hoặc «Bỏ» ở các lượt đó trước.",
        ),
        NoScan::InUse(person) => held_by(&wish.scanner, &person),
        NoScan::NoFolder => Problem::internal("the folder of scans cannot be made"),
    })
}

/// A scan of who acts; of others there is none.
///
/// # Errors
/// There is no such scan.
pub(crate) async fn own_scan(state: &AppState, id: ScanId) -> Result<Arc<Scan>, Problem> {
    state.repository.may_scan(&state.actor).await?;
    let scan = state.scanners.scan(&state.actor.account, id);
    scan.ok_or_else(|| {
        Problem::new(StatusCode::NOT_FOUND, "Không có lượt quét này. Hãy quét lại từ trang «Tập quét».")
    })
}

/// Takes a step with a scan of who acts.
///
/// # Errors
/// There is no such scan, it does not wait, or somebody else's sheets are in the scanner meanwhile.
pub(crate) async fn take_step(state: &AppState, id: ScanId, step: Step) -> Result<Arc<Scan>, Problem> {
    let scan = own_scan(state, id).await?;
    state.scanners.step(&scan, step).map_err(|no_step| match no_step {
        NoStep::NotNow(not_now) => not_now.into(),
        NoStep::InUse(person) => held_by(&scan.view().scanner, &person),
    })?;
    Ok(scan)
}

fn held_by(scanner: &str, person: &str) -> Problem {
    let sentence = format!(
        "Trong máy quét «{scanner}» đang có tập giấy do cán bộ {person} quét. Hãy chờ, hoặc nhờ người đó bấm «Xong» hay «Bỏ» ở lượt quét của mình."
    );
    Problem::new(StatusCode::CONFLICT, sentence)
}

/// Scanners that can be chosen: those of the configuration, or what this machine has.
#[utoipa::path(get, path = "/scanners", tag = "scans", responses((status = 200, body = ScannersBody), Problem))]
async fn scanners(State(state): State<AppState>) -> Result<axum::Json<ScannersBody>, Problem> {
    state.repository.may_scan(&state.actor).await?;
    Ok(axum::Json(state.scanners.list().into()))
}

/// Searches this machine for scanners again; the answer does not wait for it.
#[utoipa::path(post, path = "/scanners/search", tag = "scans", responses((status = 202, body = ScannersBody), Problem))]
async fn search(State(state): State<AppState>) -> Result<(StatusCode, axum::Json<ScannersBody>), Problem> {
    state.repository.may_scan(&state.actor).await?;
    state.scanners.search();
    Ok((StatusCode::ACCEPTED, axum::Json(state.scanners.list().into())))
}

/// One's own scans since the server began, newest first.
#[utoipa::path(get, path = "/scans", tag = "scans", responses((status = 200, body = [ScanBody]), Problem))]
async fn list(State(state): State<AppState>) -> Result<axum::Json<Vec<ScanBody>>, Problem> {
    state.repository.may_scan(&state.actor).await?;
    let scans = state.scanners.of(&state.actor.account);
    Ok(axum::Json(scans.iter().map(|scan| scan.view().into()).collect()))
}

/// Quét: scans what lies in the feeder. When it is empty the stack is stored as a batch; when something is in the way the scan waits.
#[utoipa::path(post, path = "/scans", tag = "scans", request_body = ScanWish,
    responses((status = 201, body = ScanBody),
        (status = 409, description = "somebody else's sheets are in that scanner", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem))]
async fn begin(
    State(state): State<AppState>,
    Json(wish): Json<ScanWish>,
) -> Result<(StatusCode, axum::Json<ScanBody>), Problem> {
    let scan = begin_scan(&state, &wish).await?;
    Ok((StatusCode::CREATED, axum::Json(scan.view().into())))
}

/// How far a scan is.
#[utoipa::path(get, path = "/scans/{id}", tag = "scans", params(("id" = u64, Path)),
    responses((status = 200, body = ScanBody), Problem))]
async fn one(State(state): State<AppState>, Path(id): Path<ScanId>) -> Result<axum::Json<ScanBody>, Problem> {
    Ok(axum::Json(own_scan(&state, id).await?.view().into()))
}

/// Dừng: lets the feeder stop after this sheet; the pages so far are kept.
#[utoipa::path(post, path = "/scans/{id}/stop", tag = "scans", params(("id" = u64, Path)),
    responses((status = 200, body = ScanBody), Problem))]
async fn stop(
    State(state): State<AppState>,
    Path(id): Path<ScanId>,
) -> Result<axum::Json<ScanBody>, Problem> {
    let scan = own_scan(&state, id).await?;
    scan.stop();
    Ok(axum::Json(scan.view().into()))
}

/// Quét tiếp: what lies in the feeder now belongs to the same stack.
#[utoipa::path(post, path = "/scans/{id}/continue", tag = "scans", params(("id" = u64, Path)),
    responses((status = 200, body = ScanBody),
        (status = 409, description = "it does not wait, or somebody else's sheets are in the scanner", body = ProblemBody, content_type = "application/problem+json"),
        Problem))]
async fn go_on(
    State(state): State<AppState>,
    Path(id): Path<ScanId>,
) -> Result<axum::Json<ScanBody>, Problem> {
    step(&state, id, Step::GoOn).await
}

/// Xong: the pages so far are the whole stack.
#[utoipa::path(post, path = "/scans/{id}/finish", tag = "scans", params(("id" = u64, Path)),
    responses((status = 200, body = ScanBody),
        (status = 409, description = "it does not wait, or has no page", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem))]
async fn finish(
    State(state): State<AppState>,
    Path(id): Path<ScanId>,
) -> Result<axum::Json<ScanBody>, Problem> {
    step(&state, id, Step::Finish).await
}

/// Bỏ: throws the pages so far away.
#[utoipa::path(post, path = "/scans/{id}/discard", tag = "scans", params(("id" = u64, Path)),
    responses((status = 200, body = ScanBody),
        (status = 409, description = "it does not wait", body = ProblemBody, content_type = "application/problem+json"),
        Problem))]
async fn discard(
    State(state): State<AppState>,
    Path(id): Path<ScanId>,
) -> Result<axum::Json<ScanBody>, Problem> {
    step(&state, id, Step::Discard).await
}

async fn step(state: &AppState, id: ScanId, step: Step) -> Result<axum::Json<ScanBody>, Problem> {
    Ok(axum::Json(take_step(state, id, step).await?.view().into()))
}
