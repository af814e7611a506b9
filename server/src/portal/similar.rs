//! Giấy tờ tương tự: papers that share entries with one.

use super::search_page::HitRow;
use super::{Shell, page};
use crate::api::{Path, Problem};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use repository::record::DocumentId;

/// Papers that are listed: one screen.
const LIST_LIMIT: usize = 20;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/documents/{id}/similar", get(list))
}

#[derive(Template)]
#[template(path = "similar.html")]
struct SimilarPage {
    shell: Shell,
    document: DocumentId,
    /// Key of the query whose words are shown on the pages: none.
    key: String,
    hits: Vec<HitRow>,
}

async fn list(State(state): State<AppState>, Path(document): Path<DocumentId>) -> Result<Response, Problem> {
    let found =
        search::similar(&state.repository, state.index.as_ref(), &state.actor, document, LIST_LIMIT).await?;
    page(&SimilarPage {
        shell: Shell::new(&state, "Giấy tờ tương tự", "search"),
        document,
        key: String::new(),
        hits: found.into_iter().map(HitRow::from).collect(),
    })
}
