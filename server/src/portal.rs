//! The web pages: Vietnamese, usable without script where that is possible, htmx where a part of a page changes.
//!
//! Not here: rules about records (`repository`), the JSON API ([`crate::api`]).

mod accounts;
mod assets;
mod batches;
mod break_glass;
mod capture;
mod claim;
mod counter;
mod crops;
mod dossier;
mod intake;
mod look_ups;
mod machine_work;
mod near_duplicates;
mod own_account;
mod papers;
mod phone;
mod places;
mod printing;
mod procedures;
mod queries;
mod queue;
mod record;
mod review;
mod review_fields;
mod review_form;
mod review_keying;
mod review_queue;
mod review_unfinished;
mod saved_views;
mod scanned;
mod scans;
mod search_export;
mod search_page;
mod sign_in;
mod similar;
mod stores;
mod verification;
mod viewer;
mod wording;

pub(crate) use crops::RecentStrips;
pub(crate) use queries::RecentQueries;
pub(crate) use wording::{day, moment, progress_phrase};

use crate::api::Problem;
use crate::asking::State;
use crate::sign_in::Door;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use repository::policy;
use repository::record::{Action, Actor};

/// All pages.
pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .merge(assets::router())
        .merge(sign_in::router())
        .merge(own_account::router())
        .merge(accounts::router())
        .merge(break_glass::router())
        .merge(counter::router())
        .merge(papers::router())
        .merge(record::router())
        .merge(machine_work::router())
        .merge(review::router())
        .merge(review_unfinished::router())
        .merge(review_queue::router())
        .merge(crops::router())
        .merge(near_duplicates::router())
        .merge(search_page::router())
        .merge(search_export::router())
        .merge(saved_views::router())
        .merge(similar::router())
        .merge(stores::router())
        .merge(queue::router())
        .merge(intake::router())
        .merge(look_ups::router())
        .merge(procedures::router())
        .merge(dossier::router())
        .merge(phone::router())
        .merge(capture::router())
        .merge(batches::router())
        .merge(scans::router())
        .merge(printing::router())
        .merge(verification::router())
        .route("/help", get(help))
}

/// What stands around every page.
#[derive(Debug, Clone, Default)]
struct Shell {
    /// Title of the page.
    title: String,
    /// Which entry of the menu is the current one.
    current: &'static str,
    /// Name of the officer; empty: nobody is signed in.
    officer: String,
    /// Whether this is a demonstration, which every page says.
    trial: bool,
    /// Whether the officer works with papers: the menu has what they need then.
    papers: bool,
    /// Whether the officer gives accounts.
    accounts: bool,
    /// Whether the officer may open records in an emergency, or judge that somebody did.
    emergencies: bool,
    /// Whether the officer judges, and so is told at once.
    judges: bool,
    /// Where the officer begins.
    home: &'static str,
    /// What stands in the search box.
    query: String,
    /// Folder of style and script, new with each version of them.
    assets: &'static str,
    /// Most bytes of one upload.
    upload_bytes_max: usize,
}

impl Shell {
    fn new(state: &AppState, title: impl Into<String>, current: &'static str) -> Shell {
        let trial = state.door == Door::Demonstration;
        let actor = &state.asker.actor;
        let [papers, accounts, opens, judges] =
            [Action::Search, Action::EditAccount, Action::BreakGlass, Action::ReviewBreakGlass]
                .map(|action| policy::may_ever(actor, action));
        Shell {
            title: title.into(),
            current,
            officer: actor.name.clone(),
            trial,
            papers,
            accounts,
            // Without signing in there is nobody to tell.
            emergencies: !trial && (opens || judges),
            judges: !trial && judges,
            home: home(actor),
            assets: assets::folder(),
            upload_bytes_max: crate::api::UPLOAD_BYTES_MAX,
            ..Shell::default()
        }
    }
}

/// The page where somebody begins: with papers, with accounts, or with their own account.
fn home(actor: &Actor) -> &'static str {
    match () {
        () if policy::may_ever(actor, Action::Search) => "/",
        () if policy::may_ever(actor, Action::EditAccount) => "/accounts",
        () => "/account",
    }
}

/// Draws a template.
fn page(template: &impl Template) -> Result<Response, Problem> {
    let text = template.render().map_err(Problem::internal)?;
    Ok(Html(text).into_response())
}

/// Back to the page at an address; with the sentence, and what `again` keeps of the form, when what was wished is refused.
async fn answer<T, P: Template>(
    done: repository::Result<T>,
    address: &str,
    again: impl AsyncFnOnce(String) -> Result<P, Problem>,
) -> Result<Response, Problem> {
    let trouble = match done {
        Ok(_) => return Ok(Redirect::to(address).into_response()),
        Err(repository::Error::Invalid { message }) => message,
        Err(error) => return Err(error.into()),
    };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again(trouble).await?)?).into_response())
}

/// Whether htmx asks for a part of a page.
fn is_part(headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request")
}

#[derive(Template)]
#[template(path = "help.html")]
struct HelpPage {
    shell: Shell,
}

async fn help(State(state): State<AppState>) -> Result<Response, Problem> {
    page(&HelpPage { shell: Shell::new(&state, "Phím tắt và trợ giúp", "help") })
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    shell: Shell,
    status: u16,
    detail: String,
    /// The paper that it is about; empty: none.
    document: String,
    /// Whether it goes once the person has given the password again.
    wants_proof: bool,
}

/// Turns a problem outside the API into a page for people; a part of a page gets the sentence alone.
pub(crate) async fn problem_pages(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let machine = path.starts_with("/api/") || path == "/readyz" || path == "/metrics";
    let part = is_part(request.headers());
    let response = next.run(request).await;
    match response.extensions().get::<Problem>() {
        Some(problem) if !machine => problem_page(&state, problem.clone(), part),
        _ => response,
    }
}

fn problem_page(state: &AppState, problem: Problem, part: bool) -> Response {
    let Problem { status, detail, document, wants_proof, .. } = problem;
    if part {
        return (status, detail).into_response();
    }
    let template = ProblemPage {
        shell: Shell::new(state, "Không thực hiện được", ""),
        status: status.as_u16(),
        detail,
        document: document.map(|id| id.to_string()).unwrap_or_default(),
        wants_proof,
    };
    match page(&template) {
        Ok(response) => (status, response).into_response(),
        Err(problem) => problem.into_response(),
    }
}
