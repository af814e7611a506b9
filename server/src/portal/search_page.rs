//! Tra cứu: what is typed comes by POST and is kept under a key, so that no address carries it.

use super::papers::PaperRow;
use super::{Shell, page, scanned, wording};
use crate::api::{Form, Problem, Query, SEARCH_LIMIT, SEARCH_OFFSET_MAX, query_text};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use search::{Answer, AnswerItem};
use serde::Deserialize;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/search", get(results).post(ask))
}

/// What was typed into the search box.
#[derive(Debug, Deserialize)]
struct Typed {
    #[serde(default)]
    query: String,
}

/// Which answer to show.
#[derive(Debug, Deserialize)]
struct Asked {
    /// Key of the query.
    #[serde(default)]
    q: String,
    /// Hits to skip.
    #[serde(default)]
    offset: usize,
}

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    shell: Shell,
    /// Key of the query.
    key: String,
    asked: bool,
    total: usize,
    by_key: bool,
    changes_behind: u64,
    hits: Vec<HitRow>,
    /// First hit shown, counted from one.
    first: usize,
    /// Offsets of the pages before and after; none: there is none.
    before: Option<usize>,
    after: Option<usize>,
}

/// One hit.
#[derive(Debug)]
struct HitRow {
    paper: PaperRow,
    /// Whose, with the ends of the number.
    subject: String,
    /// Page of the snippet; 0: none.
    page: u32,
    snippet: Vec<(String, bool)>,
}

async fn ask(State(state): State<AppState>, Form(typed): Form<Typed>) -> Result<Response, Problem> {
    if typed.query.trim().is_empty() {
        return Ok(Redirect::to("/search").into_response());
    }
    if let Some(address) = scanned::leads_to(&state, typed.query.trim()).await? {
        return Ok(Redirect::to(&address).into_response());
    }
    let key = state.queries.keep(query_text(&typed.query)?);
    Ok(Redirect::to(&format!("/search?q={key}")).into_response())
}

async fn results(State(state): State<AppState>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let Some(text) = state.queries.find(&asked.q) else {
        return page(&SearchPage::empty(&state));
    };
    let offset = asked.offset.min(SEARCH_OFFSET_MAX);
    let query = search::Query { text: text.clone(), limit: SEARCH_LIMIT, offset };
    let answer = search::find(&state.repository, state.index.as_ref(), &state.actor, &query).await?;
    let mut template = SearchPage::answered(&state, asked.q, offset, answer);
    template.shell.query = text;
    page(&template)
}

impl SearchPage {
    fn empty(state: &AppState) -> SearchPage {
        SearchPage {
            shell: Shell::new(state, "Tra cứu", "search"),
            key: String::new(),
            asked: false,
            total: 0,
            by_key: false,
            changes_behind: 0,
            hits: Vec::new(),
            first: 0,
            before: None,
            after: None,
        }
    }

    fn answered(state: &AppState, key: String, offset: usize, answer: Answer) -> SearchPage {
        let after = offset + SEARCH_LIMIT;
        SearchPage {
            key,
            asked: true,
            total: answer.total,
            by_key: answer.by_key,
            changes_behind: answer.changes_behind,
            first: offset + 1,
            before: (offset > 0).then(|| offset.saturating_sub(SEARCH_LIMIT)),
            after: (after < answer.total && after <= SEARCH_OFFSET_MAX).then_some(after),
            hits: answer.items.into_iter().map(HitRow::from).collect(),
            ..SearchPage::empty(state)
        }
    }
}

impl From<AnswerItem> for HitRow {
    fn from(item: AnswerItem) -> HitRow {
        let subject = item.document.subject.as_ref();
        HitRow {
            paper: PaperRow::from(&item.document),
            subject: subject.map(wording::subject_line).unwrap_or_default(),
            page: item.snippet.as_ref().map_or(0, |snippet| snippet.page),
            snippet: item.snippet.map(|snippet| snippet.parts).unwrap_or_default(),
        }
    }
}
