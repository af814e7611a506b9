//! Quầy: where papers come in. Drop a file anywhere, watch it being read, go on to confirm it.

use super::papers::{PaperRow, StateCount, counts};
use super::wording;
use super::{Shell, page};
use crate::api::{self, Problem, Upload, receive_upload};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use repository::record::{DocumentFilter, DocumentState};

/// Papers in the list of recent ones: a screen full, so that the counter never scrolls far.
const RECENT_LIMIT: u32 = 20;

pub(super) fn router() -> Router<AppState> {
    let upload = post(upload).layer(DefaultBodyLimit::max(api::UPLOAD_BYTES_MAX));
    Router::new().route("/", get(counter)).route("/counter/recent", get(recent)).route("/upload", upload)
}

#[derive(Template)]
#[template(path = "counter.html")]
struct CounterPage {
    shell: Shell,
    recent: Recent,
}

/// The part that follows what happens.
#[derive(Template)]
#[template(path = "recent.html")]
struct Recent {
    counts: Vec<StateCount>,
    rows: Vec<PaperRow>,
    /// How full the queue is; empty: nothing waits and nothing is read.
    queue: String,
    /// The paper to confirm next; empty: none waits.
    next: String,
}

async fn counter(State(state): State<AppState>) -> Result<Response, Problem> {
    page(&CounterPage { shell: Shell::new(&state, "Quầy", "counter"), recent: read_recent(&state).await? })
}

async fn recent(State(state): State<AppState>) -> Result<Response, Problem> {
    page(&read_recent(&state).await?)
}

async fn read_recent(state: &AppState) -> Result<Recent, Problem> {
    let documents =
        state.repository.documents(&state.actor, &DocumentFilter::default(), RECENT_LIMIT).await?;
    let waiting = documents.iter().find(|document| document.state == DocumentState::Extracted);
    Ok(Recent {
        counts: counts(state, None).await?,
        queue: wording::queue_sentence(&state.repository.queue(&state.actor).await?),
        next: waiting.map(|document| document.id.0.to_string()).unwrap_or_default(),
        rows: documents.iter().map(PaperRow::from).collect(),
    })
}

#[derive(Template)]
#[template(path = "uploaded.html")]
struct UploadedPage {
    shell: Shell,
    lines: Vec<UploadedLine>,
}

/// What became of one file.
#[derive(Debug)]
struct UploadedLine {
    file_name: String,
    /// Empty: it was refused.
    id: String,
    sentence: String,
}

/// The form without script: one file leads back, several show what became of each.
async fn upload(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let Upload { files, place, secret, room: _room, .. } = receive_upload(&state, request).await?;
    let mut lines = Vec::with_capacity(files.len());
    for (file_name, bytes) in files {
        let received = api::receive(&state, file_name.clone(), place.clone(), secret, bytes).await;
        lines.push(uploaded_line(&file_name, received));
    }
    match (place, lines.iter().any(|line| line.id.is_empty())) {
        (_, true) => page(&UploadedPage { shell: Shell::new(&state, "Tiếp nhận", "counter"), lines }),
        (Some(place), false) => Ok(Redirect::to(&format!("/dossiers/{}", place.dossier.0)).into_response()),
        (None, false) => Ok(Redirect::to("/").into_response()),
    }
}

fn uploaded_line(file_name: &str, received: Result<repository::record::Received, Problem>) -> UploadedLine {
    let (id, sentence) = match received {
        Ok(received) if received.already_held => (received.document.id.0.to_string(), "Đã có sẵn trong kho."),
        Ok(received) => (received.document.id.0.to_string(), "Đã nhận."),
        Err(problem) => {
            return UploadedLine {
                file_name: wording::shown_name(file_name),
                id: String::new(),
                sentence: problem.detail,
            };
        }
    };
    UploadedLine { file_name: wording::shown_name(file_name), id, sentence: sentence.to_owned() }
}
