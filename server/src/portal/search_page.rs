//! Tra cứu: what is typed comes by POST and is kept under a key, so that no address carries it.

mod aside;
mod form;

use super::papers::PaperRow;
use super::{Shell, page, scanned, wording};
use crate::api::{Form, Problem, Query, SEARCH_LIMIT, query_text};
use crate::asking::State;
use crate::state::AppState;
use aside::{Chip, Group};
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use form::Filled;
use search::{Answer, AnswerItem, Order, PageStart, Parts, Request, Suggestion, SuggestionKind, SyntaxError};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/search", get(results).post(ask))
        .route("/search/form", post(ask_by_form))
        .route("/search/suggestions", post(suggestions))
}

/// What was typed into the search box, or stands behind a button.
#[derive(Debug, Deserialize)]
struct Typed {
    #[serde(default)]
    query: String,
    /// Which papers first.
    #[serde(default)]
    order: String,
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
    /// Which papers first.
    #[serde(default)]
    order: String,
}

/// Orders to choose from: the word in addresses, and the one for people.
const ORDERS: [(&str, Order, &str); 3] = [
    ("", Order::Relevance, "Khớp nhất"),
    ("newest", Order::Newest, "Ngày cấp mới nhất"),
    ("oldest", Order::Oldest, "Ngày cấp cũ nhất"),
];

#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    shell: Shell,
    /// Key of the query; empty: nothing was asked.
    key: String,
    /// Word of the order, as addresses have it.
    order: &'static str,
    form: Filled,
    chips: Vec<Chip>,
    outcome: Outcome,
}

/// What came of a query.
enum Outcome {
    /// Nothing was asked.
    Nothing,
    /// It cannot be read.
    Unreadable(Unreadable),
    /// The index cannot be asked at all.
    NoIndex,
    /// Papers, or none.
    Found(Box<Found>),
}

/// A query with the place that cannot be read.
struct Unreadable {
    before: String,
    marked: String,
    after: String,
    message: String,
}

/// One page of an answer.
struct Found {
    total: usize,
    /// There are more than that.
    is_cut: bool,
    by_key: bool,
    /// None: the index does not answer.
    changes_behind: Option<u64>,
    /// Hits with a letter misread are here too.
    tolerant: bool,
    /// A key that papers have, where none has the one that was asked for.
    meant: Option<String>,
    hits: Vec<HitRow>,
    groups: Vec<Group>,
    /// First hit shown, counted from one.
    first: usize,
    /// Where the next page begins; none: there is none.
    next: Option<PageStart>,
}

/// One hit.
#[derive(Debug)]
pub(super) struct HitRow {
    pub(super) paper: PaperRow,
    /// Whose, with the ends of the number.
    pub(super) subject: String,
    pub(super) agency: String,
    pub(super) issued_on: String,
    /// Page of the snippet; 0: none.
    pub(super) page: u32,
    pub(super) snippet: Vec<(String, bool)>,
}

#[derive(Template)]
#[template(path = "suggestions.html")]
struct SuggestionsPart {
    items: Vec<SuggestionRow>,
}

/// One way to go on.
struct SuggestionRow {
    kind: &'static str,
    label: String,
    query: String,
}

async fn ask(State(state): State<AppState>, Form(typed): Form<Typed>) -> Result<Response, Problem> {
    if let Some(address) = scanned::leads_to(&state, typed.query.trim()).await? {
        return Ok(Redirect::to(&address).into_response());
    }
    keep(&state, &typed.query, &typed.order)
}

async fn ask_by_form(State(state): State<AppState>, Form(filled): Form<Filled>) -> Result<Response, Problem> {
    keep(&state, &filled.query(), &filled.order)
}

/// Keeps a query and leads to its answer.
fn keep(state: &AppState, query: &str, order: &str) -> Result<Response, Problem> {
    if query.trim().is_empty() {
        return Ok(Redirect::to("/search").into_response());
    }
    let key = state.queries.keep(&state.actor.account, query_text(query)?);
    let order = match order_of(order) {
        ("", _) => String::new(),
        (word, _) => format!("&order={word}"),
    };
    Ok(Redirect::to(&format!("/search?q={key}{order}")).into_response())
}

async fn results(State(state): State<AppState>, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let Some(text) = state.queries.find(&state.actor.account, &asked.q) else {
        return page(&SearchPage::new(&state, Outcome::Nothing));
    };
    // An address that someone changed by hand leads to the first page.
    let from: Option<PageStart> = asked.from.parse().ok();
    let (word, order) = order_of(&asked.order);
    let request =
        Request { from, order, facets: true, ..Request::new(&text, SEARCH_LIMIT, repository::today()) };
    let parts = text.parse::<Parts>().unwrap_or_default();
    let outcome = match search::find(&state.repository, state.index.as_ref(), &state.actor, &request).await {
        Ok(answer) => Outcome::Found(Box::new(Found::new(&parts, from, answer))),
        Err(search::Error::Syntax(error)) => Outcome::Unreadable(Unreadable::new(&text, error)),
        Err(search::Error::Repository(error)) => return Err(error.into()),
        Err(error) => {
            tracing::error!(%error, "the index cannot be searched");
            Outcome::NoIndex
        }
    };
    let mut template = SearchPage { key: asked.q, order: word, ..SearchPage::new(&state, outcome) };
    template.form = Filled { order: word.to_owned(), ..Filled::of(&parts) };
    template.chips = aside::chips(&parts);
    template.shell.query = text;
    page(&template)
}

/// How the query in the box could go on. Whatever is wrong with it is said when it is asked.
async fn suggestions(State(state): State<AppState>, Form(typed): Form<Typed>) -> Result<Response, Problem> {
    let query = query_text(&typed.query).map(|_| typed.query).unwrap_or_default();
    let found = search::suggest(&state.repository, &state.actor, &query).await?;
    page(&SuggestionsPart { items: found.into_iter().map(SuggestionRow::from).collect() })
}

fn order_of(word: &str) -> (&'static str, Order) {
    let found = ORDERS.iter().find(|(known, ..)| *known == word);
    found.map(|(word, order, _)| (*word, *order)).unwrap_or_default()
}

impl SearchPage {
    fn new(state: &AppState, outcome: Outcome) -> SearchPage {
        SearchPage {
            shell: Shell::new(state, "Tra cứu", "search"),
            key: String::new(),
            order: "",
            form: Filled::default(),
            chips: Vec::new(),
            outcome,
        }
    }

    /// What an address says of the order, behind the key.
    fn order_in_address(&self) -> String {
        if self.order.is_empty() { String::new() } else { format!("&order={}", self.order) }
    }
}

impl Found {
    fn new(parts: &Parts, from: Option<PageStart>, answer: Answer) -> Found {
        Found {
            total: answer.total,
            is_cut: answer.is_cut,
            by_key: answer.by_key,
            changes_behind: answer.changes_behind,
            tolerant: answer.tolerant,
            meant: answer.meant,
            first: from.map_or(0, |from| from.before) + 1,
            next: answer.next,
            groups: aside::groups(parts, &answer.facets),
            hits: answer.items.into_iter().map(HitRow::from).collect(),
        }
    }

    /// Last hit shown, counted from one.
    fn last(&self) -> usize {
        self.first + self.hits.len() - 1
    }
}

impl Unreadable {
    /// The place is counted in letters of the text in one form.
    fn new(text: &str, error: SyntaxError) -> Unreadable {
        let mut letters = text.nfc();
        let before = letters.by_ref().take(error.at).collect();
        let marked = letters.by_ref().take(error.length).collect();
        Unreadable { before, marked, after: letters.collect(), message: error.message }
    }
}

impl From<AnswerItem> for HitRow {
    fn from(item: AnswerItem) -> HitRow {
        let subject = item.document.subject.as_ref();
        HitRow {
            paper: PaperRow::from(&item.document),
            subject: subject.map(wording::subject_line).unwrap_or_default(),
            agency: item.document.agency.clone().unwrap_or_default(),
            issued_on: item.document.issued_on.map(wording::day).unwrap_or_default(),
            page: item.snippet.as_ref().map_or(0, |snippet| snippet.page),
            snippet: item.snippet.map(|snippet| snippet.parts).unwrap_or_default(),
        }
    }
}

impl From<Suggestion> for SuggestionRow {
    fn from(suggestion: Suggestion) -> SuggestionRow {
        let kind = match suggestion.kind {
            SuggestionKind::Filter => "mục",
            SuggestionKind::Type => "loại giấy tờ",
            SuggestionKind::Agency => "cơ quan",
            SuggestionKind::Number => "số, ký hiệu",
            SuggestionKind::Value => "giá trị",
        };
        SuggestionRow { kind, label: suggestion.label, query: suggestion.query }
    }
}
