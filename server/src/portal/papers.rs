//! Lists of papers: the rows that several pages show, and the page that lists all.

use super::wording::{self, StateMark};
use super::{Shell, page};
use crate::api::{Problem, Query};
use crate::asking::State;
use crate::print::STICKERS_A_PAGE;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use repository::policy;
use repository::record::{Action, Document, DocumentFilter, DocumentId, DocumentState};
use serde::Deserialize;

/// Papers on one page of the list: two screens of a 1366×768 monitor.
const LIST_LIMIT: u32 = 50;

/// States in the order of a paper's way.
pub(super) const STATES: [DocumentState; 6] = [
    DocumentState::Received,
    DocumentState::Extracted,
    DocumentState::Stored,
    DocumentState::Unreadable,
    DocumentState::Duplicate,
    DocumentState::TakenBack,
];

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/documents", get(list))
}

/// A paper on one line.
#[derive(Debug, Clone)]
pub(super) struct PaperRow {
    pub(super) id: String,
    pub(super) state: StateMark,
    /// Title, or the file's name as long as no title is known.
    pub(super) title: String,
    pub(super) document_type: &'static str,
    pub(super) subject: String,
    pub(super) subject_id: String,
    pub(super) number: String,
    pub(super) file_name: String,
    pub(super) received_at: String,
    pub(super) problem: String,
    /// It can be chosen, to print its label.
    pub(super) choosable: bool,
}

/// A paper of the store that counts for a component.
#[derive(Debug)]
pub(super) struct HeldPaper {
    pub(super) id: String,
    pub(super) title: String,
    /// Number, issue and agency.
    pub(super) line: String,
}

impl From<&Document> for HeldPaper {
    fn from(paper: &Document) -> HeldPaper {
        HeldPaper {
            id: paper.id.to_string(),
            title: wording::shown_name(&paper.title),
            line: wording::paper_line(paper),
        }
    }
}

impl From<&Document> for PaperRow {
    fn from(document: &Document) -> PaperRow {
        let file_name = wording::shown_name(&document.original.file_name);
        let title = wording::shown_name(&document.title);
        let untitled = document.title.is_empty();
        PaperRow {
            id: document.id.0.to_string(),
            state: StateMark::from(document),
            title: if untitled { file_name.clone() } else { title },
            document_type: if document.state == DocumentState::Received {
                ""
            } else {
                document.document_type.label()
            },
            subject: document.subject.as_ref().map(|subject| subject.name.clone()).unwrap_or_default(),
            subject_id: document.subject.as_ref().map(|subject| subject.id.0.to_string()).unwrap_or_default(),
            number: document.number.clone().unwrap_or_default(),
            file_name,
            received_at: wording::moment(document.received_at),
            problem: document.problem.clone().unwrap_or_default(),
            choosable: false,
        }
    }
}

/// One entry of the state filter.
#[derive(Debug)]
pub(super) struct StateCount {
    pub(super) name: &'static str,
    pub(super) shape: &'static str,
    pub(super) word: &'static str,
    pub(super) count: u64,
    pub(super) current: bool,
}

/// Counts of papers by state, all states, with the chosen one marked.
pub(super) async fn counts(
    state: &AppState,
    current: Option<DocumentState>,
) -> Result<Vec<StateCount>, Problem> {
    let counts = state.repository.own_document_counts(&state.actor).await?;
    let count_of = |wanted| counts.iter().find(|(known, _)| *known == wanted).map_or(0, |(_, count)| *count);
    let entry = |document_state: DocumentState| StateCount {
        name: document_state.name(),
        shape: wording::state_shape(document_state),
        word: wording::state_word(document_state),
        count: count_of(document_state),
        current: current == Some(document_state),
    };
    Ok(STATES.into_iter().map(entry).collect())
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    /// Empty: all.
    #[serde(default)]
    state: String,
    before: Option<DocumentId>,
}

#[derive(Template)]
#[template(path = "documents.html")]
struct ListPage {
    shell: Shell,
    counts: Vec<StateCount>,
    state: String,
    rows: Vec<PaperRow>,
    /// Key to read on from; empty: this is the end.
    next: String,
    first: bool,
    /// A paper of the list has a label to print.
    has_stored: bool,
    /// Whether the officer may ask the store for a case.
    may_look_up: bool,
    stickers_a_page: usize,
}

async fn list(State(state): State<AppState>, Query(query): Query<ListQuery>) -> Result<Response, Problem> {
    let wanted = STATES.into_iter().find(|known| known.name() == query.state);
    let filter = DocumentFilter { state: wanted, before: query.before };
    let documents = state.repository.documents(&state.actor, &filter, LIST_LIMIT).await?;
    let next = documents.last().filter(|_| documents.len() == LIST_LIMIT as usize);
    let template = ListPage {
        shell: Shell::new(&state, "Giấy tờ", "documents"),
        counts: counts(&state, wanted).await?,
        state: wanted.map(DocumentState::name).unwrap_or_default().to_owned(),
        next: next.map(|document| document.id.0.to_string()).unwrap_or_default(),
        rows: documents.iter().map(choosable_row).collect(),
        has_stored: documents.iter().any(has_label),
        may_look_up: policy::may_ever(&state.actor, Action::LookUp),
        stickers_a_page: STICKERS_A_PAGE,
        first: query.before.is_none(),
    };
    page(&template)
}

fn choosable_row(document: &Document) -> PaperRow {
    PaperRow { choosable: has_label(document), ..PaperRow::from(document) }
}

/// Labels name the dossier (QR-03), so papers without one have none.
pub(super) fn has_label(document: &Document) -> bool {
    document.state == DocumentState::Stored && document.place.is_some()
}
