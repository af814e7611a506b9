//! Tra cứu: what is typed comes by POST and is kept under a key, so that no address carries it.

use super::papers::PaperRow;
use super::{Shell, page, scanned, wording};
use crate::api::{Form, Problem, Query, SEARCH_LIMIT, query_text};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use search::{Answer, AnswerItem, PageStart, Request};
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
    /// Where the page begins.
    #[serde(default)]
    from: String,
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
    /// None: the index does not answer.
    changes_behind: Option<u64>,
    /// Hits with a letter misread are here too.
    tolerant: bool,
    /// A key that papers have, where none has the one that was asked for.
    meant: Option<String>,
    hits: Vec<HitRow>,
    /// First hit shown, counted from one.
    first: usize,
    /// Whether there is a page before.
    has_before: bool,
    /// Where the next page begins; none: there is none.
    next: Option<PageStart>,
}

/// One hit.
#[derive(Debug)]
pub(super) struct HitRow {
    pub(super) paper: PaperRow,
    /// Whose, with the ends of the number.
    pub(super) subject: String,
    /// Page of the snippet; 0: none.
    pub(super) page: u32,
    pub(super) snippet: Vec<(String, bool)>,
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
    // An address that someone changed by hand leads to the first page.
    let from = asked.from.parse().ok();
    let request = Request { from, ..Request::new(&text, SEARCH_LIMIT, repository::today()) };
    let answer = search::find(&state.repository, state.index.as_ref(), &state.actor, &request).await?;
    let mut template = SearchPage::answered(&state, asked.q, from, answer);
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
            changes_behind: Some(0),
            tolerant: false,
            meant: None,
            hits: Vec::new(),
            first: 0,
            has_before: false,
            next: None,
        }
    }

    fn answered(state: &AppState, key: String, from: Option<PageStart>, answer: Answer) -> SearchPage {
        SearchPage {
            key,
            asked: true,
            total: answer.total,
            by_key: answer.by_key,
            changes_behind: answer.changes_behind,
            tolerant: answer.tolerant,
            meant: answer.meant,
            first: from.map_or(0, |from| from.before) + 1,
            has_before: from.is_some(),
            next: answer.next,
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
