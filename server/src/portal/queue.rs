//! Việc cần làm: the open dossiers of the counter, the one whose next step is due first at the top.

use super::{Shell, page, wording};
use crate::api::{Problem, Query, name_of};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use repository::identifier::ProcedureCode;
use repository::record::{DossierState, QueueFilter, QueuedDossier, Urgency};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Dossiers on one page: two screens of a 1366×768 monitor.
const LIST_LIMIT: u32 = 50;
/// States in which something is still to be done.
const OPEN_STATES: [DossierState; 7] = [
    DossierState::Submitted,
    DossierState::Accepted,
    DossierState::Processing,
    DossierState::SupplementAsked,
    DossierState::PaymentAsked,
    DossierState::Finished,
    DossierState::Stopped,
];

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/dossiers", get(queue))
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    shell: Shell,
    asked: QueueQuery,
    tabs: Vec<Tab>,
    /// Dossiers of every urgency.
    all: u64,
    rows: Vec<QueueRow>,
    states: Vec<Choice>,
    procedures: Vec<Choice>,
    officers: Vec<Choice>,
    /// Where the next page begins; empty: this is the last.
    next: String,
}

/// What stands on the address; empty: everything.
#[derive(Debug, Default, Deserialize)]
struct QueueQuery {
    #[serde(default)]
    urgency: String,
    #[serde(default)]
    state: String,
    #[serde(default)]
    procedure: String,
    #[serde(default)]
    officer: String,
    #[serde(default)]
    from: String,
}

/// An urgency with its number of dossiers.
#[derive(Debug)]
struct Tab {
    name: String,
    mark: UrgencyMark,
    count: u64,
    is_current: bool,
}

/// One entry of a list to choose from.
#[derive(Debug)]
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

/// Mức khẩn by word, shape and colour together.
#[derive(Debug, Clone, Copy)]
pub(super) struct UrgencyMark {
    pub(super) class: &'static str,
    pub(super) shape: &'static str,
    pub(super) word: &'static str,
}

impl From<Urgency> for UrgencyMark {
    fn from(urgency: Urgency) -> UrgencyMark {
        let (class, shape) = match urgency {
            Urgency::Overdue => ("overdue", "✕"),
            Urgency::Today => ("due-today", "△"),
            Urgency::Soon => ("due-soon", "◐"),
            Urgency::InTime => ("in-time", "●"),
            Urgency::Waiting => ("paused", "◌"),
            Urgency::None => ("paused", "○"),
        };
        UrgencyMark { class, shape, word: urgency.label() }
    }
}

/// A dossier on one line.
#[derive(Debug)]
struct QueueRow {
    id: String,
    code: String,
    procedure_name: String,
    subject: String,
    mark: UrgencyMark,
    /// What is to be done next.
    task: &'static str,
    /// By when, and how far away that is; empty: there is no deadline.
    deadline: String,
    /// The appointment, where it is not the deadline of the next step; empty: it is, or there is none.
    appointment: String,
    received_on: String,
    age: String,
    officer: String,
    is_extended: bool,
}

impl From<QueuedDossier> for QueueRow {
    fn from(queued: QueuedDossier) -> QueueRow {
        let appointment = queued.due_at.filter(|due| queued.next_by != Some(*due));
        QueueRow {
            id: queued.id.to_string(),
            code: queued.code.into(),
            procedure_name: queued.procedure_name,
            subject: queued.subject,
            mark: queued.urgency.into(),
            task: task(queued.state),
            deadline: queued
                .next_by
                .map(|next_by| wording::deadline(next_by, queued.urgency, queued.days_left))
                .unwrap_or_default(),
            appointment: appointment.map(wording::moment).unwrap_or_default(),
            received_on: wording::day(queued.received_on),
            age: queued
                .age_days
                .map_or_else(|| "hơn 2 năm".to_owned(), |days| format!("{days} ngày làm việc")),
            officer: queued.officer.unwrap_or_default(),
            is_extended: queued.is_extended,
        }
    }
}

/// What is to be done next with a dossier in a state.
fn task(state: DossierState) -> &'static str {
    match state {
        DossierState::Submitted => "Tiếp nhận hoặc từ chối",
        DossierState::Accepted => "Chuyển cơ quan giải quyết",
        DossierState::Processing => "Giải quyết",
        DossierState::SupplementAsked => "Chờ người nộp bổ sung",
        DossierState::PaymentAsked => "Chờ nộp phí, lệ phí",
        DossierState::Finished => "Trả kết quả",
        DossierState::Stopped => "Trả lại giấy tờ",
        DossierState::Refused | DossierState::Withdrawn | DossierState::Delivered => "",
    }
}

async fn queue(State(state): State<AppState>, Query(asked): Query<QueueQuery>) -> Result<Response, Problem> {
    let filter = filter(&asked)?;
    let behind = Some(&asked.from).filter(|from| !from.is_empty());
    let behind = behind.map(|from| from.parse().map_err(|()| wrong(from))).transpose()?;
    let found = state.repository.queue_page(&state.actor, &filter, behind, LIST_LIMIT).await?;
    let procedures = state.repository.procedure_names().await?;
    let tab = |(urgency, count): &(Urgency, u64)| Tab {
        name: name_of(urgency),
        mark: (*urgency).into(),
        count: *count,
        is_current: filter.urgency == Some(*urgency),
    };
    page(&QueuePage {
        shell: Shell::new(&state, "Hồ sơ cần làm", "dossiers"),
        tabs: found.counts.iter().map(tab).collect(),
        all: found.counts.iter().map(|(_, count)| count).sum(),
        states: choices(&asked.state, OPEN_STATES.map(|state| (name_of(state), state.label().to_owned()))),
        procedures: choices(&asked.procedure, procedures.into_iter().map(procedure_label)),
        officers: choices(
            &asked.officer,
            found.officers.iter().map(|account| (account.clone(), account.clone())),
        ),
        rows: found.dossiers.into_iter().map(QueueRow::from).collect(),
        next: found.next.map(|place| place.to_string()).unwrap_or_default(),
        asked,
    })
}

fn procedure_label((code, name): (ProcedureCode, String)) -> (String, String) {
    let label = format!("{code} · {name}");
    (code.into(), label)
}

fn choices(asked: &str, all: impl IntoIterator<Item = (String, String)>) -> Vec<Choice> {
    let choice = |(value, label): (String, String)| Choice { selected: value == asked, value, label };
    all.into_iter().map(choice).collect()
}

fn filter(asked: &QueueQuery) -> Result<QueueFilter, Problem> {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Ok(QueueFilter {
        state: said(&asked.state).map(|state| word(&state)).transpose()?,
        procedure: said(&asked.procedure).map(|code| code.parse()).transpose()?,
        officer: said(&asked.officer),
        urgency: said(&asked.urgency).map(|urgency| word(&urgency)).transpose()?,
    })
}

/// The case of an enum by its JSON name.
fn word<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_value(text.into()).map_err(|_| wrong(text))
}

fn wrong(text: &str) -> Problem {
    Problem::unprocessable(format!("Không hiểu «{text}» trên địa chỉ. Hãy mở lại trang Hồ sơ."))
}
