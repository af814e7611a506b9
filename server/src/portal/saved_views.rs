//! Lượt tìm đã lưu: queries that an officer keeps under a name and asks again.

use super::{Shell, page};
use crate::api::{Form, Path, Problem};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use repository::record::SavedViewId;
use serde::Deserialize;

/// Where they are listed.
const LIST: &str = "/search/views";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route(LIST, get(list).post(save))
        .route("/search/views/{id}", post(ask))
        .route("/search/views/{id}/forget", post(forget))
}

#[derive(Template)]
#[template(path = "saved_views.html")]
struct SavedViewsPage {
    shell: Shell,
    views: Vec<ViewRow>,
}

#[derive(Debug)]
struct ViewRow {
    id: String,
    name: String,
    query: String,
}

#[derive(Debug, Deserialize)]
struct NewView {
    /// Key of the query.
    q: String,
    name: String,
}

async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let views = state.repository.saved_views(&state.actor).await?.into_iter();
    let row = |view: repository::record::SavedView| ViewRow {
        id: view.id.to_string(),
        name: view.name,
        query: view.query,
    };
    page(&SavedViewsPage {
        shell: Shell::new(&state, "Lượt tìm đã lưu", "search"),
        views: views.map(row).collect(),
    })
}

async fn save(State(state): State<AppState>, Form(new): Form<NewView>) -> Result<Response, Problem> {
    let expired = || Problem::unprocessable("Lượt tìm này đã hết hạn. Hãy tìm lại rồi lưu.");
    let query = state.queries.find(&state.actor.account, &new.q).ok_or_else(expired)?;
    if search::names_a_person(&query) || search::names_a_person(&new.name) {
        return Err(Problem::unprocessable(
            "Không lưu lượt tìm có số định danh, mã số thuế hay số điện thoại. Hãy tìm bằng từ rồi lưu.",
        ));
    }
    state.repository.save_view(&state.actor, &new.name, &query).await?;
    Ok(Redirect::to(LIST).into_response())
}

/// Asks the query again: it goes under a new key, so that no address carries it.
async fn ask(State(state): State<AppState>, Path(id): Path<SavedViewId>) -> Result<Response, Problem> {
    let view = state.repository.saved_view(&state.actor, id).await?;
    let key = state.queries.keep(&state.actor.account, view.query);
    Ok(Redirect::to(&format!("/search?q={key}")).into_response())
}

async fn forget(State(state): State<AppState>, Path(id): Path<SavedViewId>) -> Result<Response, Problem> {
    state.repository.forget_view(&state.actor, id).await?;
    Ok(Redirect::to(LIST).into_response())
}
