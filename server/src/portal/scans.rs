//! Quét từ máy quét: one form to begin, one page that counts the pages and says what to do when something is in the way.

use super::{Shell, page};
use crate::api::{Form, Path, Problem, ScanWish, begin_scan, own_scan, take_step};
use crate::asking::State;
use crate::scanning::{Colour, Pause, ScanId, ScanState, ScanView, Sides, Step};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

/// Sides and colours, with what they are called.
const SIDES: [(Sides, &str); 2] = [(Sides::One, "Một mặt"), (Sides::Both, "Hai mặt, một lượt")];
const COLOURS: [(Colour, &str); 2] = [(Colour::Colour, "Màu"), (Colour::Grey, "Xám")];

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/scans", get(form).post(begin))
        .route("/scans/search", post(search))
        .route("/scans/{id}", get(show))
        .route("/scans/{id}/stop", post(stop))
        .route("/scans/{id}/continue", post(go_on))
        .route("/scans/{id}/finish", post(finish))
        .route("/scans/{id}/discard", post(discard))
}

/// The form by which a scan begins; what was chosen last is chosen again.
#[derive(Debug, Default)]
pub(super) struct ScanForm {
    pub(super) scanners: Vec<Choice>,
    pub(super) sides: Vec<Choice>,
    pub(super) colours: Vec<Choice>,
    pub(super) is_searching: bool,
    /// The list is the operator's: there is nothing to search for.
    pub(super) is_configured: bool,
    /// Why no scanner was found; empty: no reason is known.
    pub(super) problem: String,
    /// Scans that are not over.
    pub(super) open: Vec<OpenScan>,
}

/// One of several.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) selected: bool,
}

/// A scan that somebody left.
#[derive(Debug)]
pub(super) struct OpenScan {
    pub(super) id: u64,
    pub(super) line: String,
}

impl ScanForm {
    pub(super) fn new(state: &AppState) -> ScanForm {
        let found = state.scanners.list();
        let views: Vec<ScanView> =
            state.scanners.of(&state.actor.account).iter().map(|scan| scan.view()).collect();
        let last = views.first();
        let scanner = |name: String| {
            let selected = last.is_some_and(|last| last.scanner == name);
            Choice { value: name.clone(), label: name, selected }
        };
        let wish = last.map(|last| last.wish).unwrap_or_default();
        ScanForm {
            scanners: found.scanners.into_iter().map(|found| scanner(found.name)).collect(),
            sides: SIDES.map(|(side, label)| choice(side.name(), label, side == wish.sides)).into(),
            colours: COLOURS.map(|(one, label)| choice(one.name(), label, one == wish.colour)).into(),
            is_searching: found.is_searching,
            is_configured: state.scanners.is_configured(),
            problem: found.trouble.map(Pause::vietnamese).unwrap_or_default(),
            open: views.iter().filter(|view| is_open(view.state)).map(open_scan).collect(),
        }
    }
}

fn choice(value: String, label: &str, selected: bool) -> Choice {
    Choice { value, label: label.to_owned(), selected }
}

fn open_scan(view: &ScanView) -> OpenScan {
    OpenScan {
        id: view.id.0,
        line: format!("{} · {} trang · {}", view.scanner, view.pages, label(view.state)),
    }
}

fn is_open(state: ScanState) -> bool {
    !matches!(state, ScanState::Finished | ScanState::Discarded)
}

#[derive(Template)]
#[template(path = "scan.html")]
struct ScanPage {
    shell: Shell,
    id: u64,
    scanner: String,
    how: String,
    pages: u32,
    state: &'static str,
    shape: &'static str,
    /// Class of a paper's state that looks alike.
    class: &'static str,
    /// What is in the way; empty: nothing.
    message: String,
    /// The machine does something: the page asks again by itself.
    is_moving: bool,
    may_stop: bool,
    is_waiting: bool,
    may_go_on: bool,
    /// Going on is what is probably wanted, and not finishing.
    go_on_is_main: bool,
}

impl ScanPage {
    fn new(state: &AppState, view: ScanView) -> ScanPage {
        let name_in = |names: &[(Sides, &'static str)]| {
            names.iter().find(|(side, _)| *side == view.wish.sides).map_or("", |(_, name)| name)
        };
        let colour =
            COLOURS.iter().find(|(colour, _)| *colour == view.wish.colour).map_or("", |(_, name)| name);
        let is_waiting = view.state == ScanState::Waiting;
        let may_go_on = is_waiting && view.pause.is_some_and(Pause::may_go_on);
        // The pages of a feeder that had run empty, or of a glass, may well be all.
        let is_probably_all =
            view.pages > 0 && matches!(view.pause, Some(Pause::NoPaper | Pause::OneSheet | Pause::NotStored));
        ScanPage {
            shell: Shell::new(state, "Quét từ máy quét", "batches"),
            id: view.id.0,
            how: format!("{}, {}", name_in(&SIDES), colour.to_lowercase()),
            scanner: view.scanner,
            pages: view.pages,
            state: label(view.state),
            shape: shape(view.state),
            class: class(view.state),
            message: view.pause.filter(|_| is_waiting).map(Pause::vietnamese).unwrap_or_default(),
            is_moving: is_open(view.state) && !is_waiting,
            may_stop: view.state == ScanState::Scanning,
            is_waiting,
            may_go_on,
            go_on_is_main: may_go_on && !is_probably_all,
        }
    }
}

fn label(state: ScanState) -> &'static str {
    match state {
        ScanState::Scanning => "Đang quét",
        ScanState::Stopping => "Đang dừng",
        ScanState::Waiting => "Đang chờ",
        ScanState::Storing => "Đang lưu",
        ScanState::Finished => "Đã xong",
        ScanState::Discarded => "Đã bỏ",
    }
}

fn shape(state: ScanState) -> &'static str {
    match state {
        ScanState::Scanning | ScanState::Stopping | ScanState::Storing => "◐",
        ScanState::Waiting => "△",
        ScanState::Finished => "●",
        ScanState::Discarded => "✕",
    }
}

fn class(state: ScanState) -> &'static str {
    match state {
        ScanState::Scanning | ScanState::Stopping | ScanState::Storing => "received",
        ScanState::Waiting => "extracted",
        ScanState::Finished => "stored",
        ScanState::Discarded => "unreadable",
    }
}

/// The form alone, for the page that waits until scanners are found.
#[derive(Template)]
#[template(path = "scan_form.html")]
struct ScanCard {
    scan: ScanForm,
}

async fn form(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Problem> {
    state.repository.may_scan(&state.actor).await?;
    if !super::is_part(&headers) {
        return Ok(Redirect::to("/batches").into_response());
    }
    page(&ScanCard { scan: ScanForm::new(&state) })
}

async fn begin(State(state): State<AppState>, Form(wish): Form<ScanWish>) -> Result<Response, Problem> {
    let scan = begin_scan(&state, &wish).await?;
    Ok(to(scan.view().id))
}

async fn search(State(state): State<AppState>) -> Result<Response, Problem> {
    state.repository.may_scan(&state.actor).await?;
    state.scanners.search();
    Ok(Redirect::to("/batches").into_response())
}

/// The page of a scan; what it became, once it is over.
async fn show(
    State(state): State<AppState>,
    Path(id): Path<ScanId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let view = own_scan(&state, id).await?.view();
    let elsewhere = match (view.state, view.batch) {
        (_, Some(batch)) => Some(format!("/batches/{batch}")),
        (ScanState::Discarded, None) => Some("/batches".to_owned()),
        _ => None,
    };
    match elsewhere {
        // The part of a page that asks by itself cannot be another page.
        Some(address) if super::is_part(&headers) => Ok([("hx-redirect", address)].into_response()),
        Some(address) => Ok(Redirect::to(&address).into_response()),
        None => page(&ScanPage::new(&state, view)),
    }
}

async fn stop(State(state): State<AppState>, Path(id): Path<ScanId>) -> Result<Response, Problem> {
    own_scan(&state, id).await?.stop();
    Ok(to(id))
}

async fn go_on(State(state): State<AppState>, Path(id): Path<ScanId>) -> Result<Response, Problem> {
    step(&state, id, Step::GoOn).await
}

async fn finish(State(state): State<AppState>, Path(id): Path<ScanId>) -> Result<Response, Problem> {
    step(&state, id, Step::Finish).await
}

async fn discard(State(state): State<AppState>, Path(id): Path<ScanId>) -> Result<Response, Problem> {
    step(&state, id, Step::Discard).await
}

async fn step(state: &AppState, id: ScanId, step: Step) -> Result<Response, Problem> {
    take_step(state, id, step).await?;
    Ok(to(id))
}

fn to(id: ScanId) -> Response {
    Redirect::to(&format!("/scans/{}", id.0)).into_response()
}
