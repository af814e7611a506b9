//! Hàng chờ kiểm tra: the papers that wait for a person, those of the dossiers that are due first at the top.

use super::queue::UrgencyMark;
use super::{Shell, page, wording};
use crate::api::Problem;
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use repository::policy;
use repository::record::{Action, KeyingTurn, ReviewItem};

/// Papers on the page: two screens of a 1366×768 monitor; who works from the top never needs more.
const LIST_LIMIT: u32 = 50;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/review", get(queue)).route("/review/next", get(next))
}

#[derive(Template)]
#[template(path = "review_queue.html")]
struct ReviewQueuePage {
    shell: Shell,
    rows: Vec<ReviewRow>,
    /// All that wait.
    waiting: u64,
    /// The officer may confirm; others only see how much waits.
    may_review: bool,
}

/// A paper on one line.
#[derive(Debug)]
struct ReviewRow {
    id: String,
    title: String,
    document_type: &'static str,
    mark: UrgencyMark,
    /// By when the next step of its dossier is to be done; empty: there is no deadline.
    deadline: String,
    dossier_id: String,
    dossier_code: String,
    received_at: String,
    /// Whose turn it is, of a paper that is keyed twice; empty: one person is enough.
    turn: &'static str,
    /// It is for others.
    is_of_others: bool,
    /// Who has it in front of them.
    others: String,
    is_unfinished: bool,
    pages_to_review: u32,
}

impl From<ReviewItem> for ReviewRow {
    fn from(item: ReviewItem) -> ReviewRow {
        let ReviewItem { document, dossier, next_by, urgency, turn, others, is_unfinished } = item;
        let title = if document.title.is_empty() { &document.original.file_name } else { &document.title };
        let (dossier_id, dossier_code) =
            dossier.map(|(id, code)| (id.to_string(), code.to_string())).unwrap_or_default();
        ReviewRow {
            id: document.id.to_string(),
            title: wording::shown_name(title),
            document_type: document.document_type.label(),
            mark: urgency.into(),
            deadline: next_by.map(wording::moment).unwrap_or_default(),
            dossier_id,
            dossier_code,
            received_at: wording::moment(document.received_at),
            turn: turn_word(turn),
            is_of_others: turn == KeyingTurn::OfOthers,
            others: others.into_iter().map(|holder| holder.name).collect::<Vec<_>>().join(", "),
            is_unfinished,
            pages_to_review: document.pages_to_review,
        }
    }
}

fn turn_word(turn: KeyingTurn) -> &'static str {
    match turn {
        KeyingTurn::Once => "",
        KeyingTurn::First => "nhập kép, lần 1",
        KeyingTurn::Second => "nhập kép, lần 2",
        KeyingTurn::Third => "≠ hai lần nhập khác nhau",
        KeyingTurn::OfOthers => "đã nhập, chờ người khác",
    }
}

async fn queue(State(state): State<AppState>) -> Result<Response, Problem> {
    let queue = state.repository.review_queue(&state.actor, LIST_LIMIT).await?;
    page(&ReviewQueuePage {
        shell: Shell::new(&state, "Chờ kiểm tra", "review"),
        rows: queue.items.into_iter().map(ReviewRow::from).collect(),
        waiting: queue.waiting,
        may_review: policy::may_ever(&state.actor, Action::Confirm),
    })
}

/// To the paper that is this officer's next.
async fn next(State(state): State<AppState>) -> Result<Response, Problem> {
    let next = state.repository.next_to_review(&state.actor).await?;
    let address = next.map_or("/review".to_owned(), |next| format!("/documents/{next}"));
    Ok(Redirect::to(&address).into_response())
}
