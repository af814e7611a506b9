//! One hồ sơ: filled component by component, moved from state to state.

use super::papers::{PaperRow, has_label};
use super::{Shell, answer, page, wording};
use crate::api::{Form, Path, Problem};
use crate::asking::State;
use crate::print::STICKERS_A_PAGE;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use repository::record::{
    Component, Document, DocumentId, DossierEvent, DossierId, DossierMove, DossierState, DossierView,
    RefusedBy, Requirement, RequirementStatus, Reuse, ReuseRefusal,
};
use serde::Deserialize;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/dossiers/{id}", get(show))
        .route("/dossiers/{id}/moves", post(move_on))
        .route("/dossiers/{id}/reuse", post(take_over))
        .route("/dossiers/{id}/refusals", post(refuse))
}

#[derive(Template)]
#[template(path = "dossier.html")]
struct DossierPage {
    shell: Shell,
    id: String,
    code: String,
    procedure: String,
    procedure_name: String,
    subject_id: String,
    subject: String,
    subject_line: String,
    received_on: String,
    /// The same, `YYYY-MM-DD`.
    received_iso: String,
    state: &'static str,
    /// Papers were asked for so often; shown from the second time on.
    supplements_asked: u32,
    takes_components: bool,
    takes_outcomes: bool,
    next: Vec<NextState>,
    history: Vec<MoveLine>,
    components: Vec<ComponentRow>,
    outcomes: Vec<PaperRow>,
    /// A paper of the dossier has a label to print.
    has_stored: bool,
    stickers_a_page: usize,
    /// Names of required components that have to be handed in.
    missing: String,
    /// Names of required components that the store can fill.
    in_store: String,
    /// What was refused a moment ago; empty: nothing was.
    trouble: String,
    /// The reason typed with it.
    reason: String,
}

/// A state that may follow.
#[derive(Debug)]
struct NextState {
    name: String,
    label: &'static str,
    needs_reason: bool,
}

/// Diễn biến on one line.
#[derive(Debug)]
struct MoveLine {
    at: String,
    state: &'static str,
    who: String,
    reason: String,
}

/// Thành phần on one line.
#[derive(Debug)]
struct ComponentRow {
    key: String,
    name: String,
    required: bool,
    paper: Option<PaperRow>,
    /// The paper came from the store.
    reused: bool,
    /// What the store says of it: why a paper counts, or why none does; empty: there is nothing to say.
    standing: String,
    /// Papers of the store that count, best first; none: it has to be handed in.
    held: Vec<HeldPaper>,
    /// Enter takes the first of them over.
    is_next: bool,
    /// Why a held paper is not used, empty when that was destroyed with the paper; none: nobody said that it is not.
    refusal: Option<String>,
    /// A reason typed a moment ago that was not taken; empty: none was.
    typed: String,
}

impl ComponentRow {
    /// A paper of the store may fill it, and nobody said that it shall not.
    fn is_offered(&self) -> bool {
        !self.held.is_empty() && self.refusal.is_none()
    }

    /// It has to be there and is not.
    fn is_lacking(&self) -> bool {
        self.required && self.paper.is_none()
    }
}

/// A paper of the store that counts for a component.
#[derive(Debug)]
struct HeldPaper {
    id: String,
    title: String,
    /// Number, issue and agency.
    line: String,
}

async fn show(State(state): State<AppState>, Path(id): Path<DossierId>) -> Result<Response, Problem> {
    page(&dossier_page(&state, id).await?)
}

async fn dossier_page(state: &AppState, id: DossierId) -> Result<DossierPage, Problem> {
    let view = state.repository.dossier_view(&state.actor, id).await?;
    let filled = view.dossier.components.iter().filter_map(|component| component.document);
    let keys: Vec<_> = filled.chain(view.dossier.outcomes.iter().copied()).collect();
    let papers = state.repository.documents_by_id(&state.actor, &keys).await?;
    Ok(fill_page(state, &view, &papers))
}

fn fill_page(state: &AppState, view: &DossierView, papers: &[Document]) -> DossierPage {
    let dossier = &view.dossier;
    let paper = |id| papers.iter().find(|paper| paper.id == id).map(PaperRow::from);
    let components = component_rows(view, papers);
    DossierPage {
        shell: Shell::new(state, format!("Hồ sơ {}", dossier.code), "dossiers"),
        id: dossier.id.0.to_string(),
        code: dossier.code.to_string(),
        procedure: dossier.procedure.to_string(),
        procedure_name: dossier.procedure_name.clone(),
        subject_id: dossier.subject.id.0.to_string(),
        subject: dossier.subject.name.clone(),
        subject_line: wording::subject_line(&dossier.subject),
        received_on: wording::day(dossier.received_on),
        received_iso: dossier.received_on.to_string(),
        has_stored: papers.iter().any(has_label),
        stickers_a_page: STICKERS_A_PAGE,
        state: dossier.state.label(),
        supplements_asked: dossier.supplements_asked,
        takes_components: dossier.state.takes_components(),
        takes_outcomes: dossier.state.takes_outcomes(),
        next: dossier.followed_by.iter().map(next_state).collect(),
        history: view.history.iter().map(move_line).collect(),
        outcomes: dossier.outcomes.iter().filter_map(|id| paper(*id)).collect(),
        missing: names(components.iter().filter(|row| row.is_lacking() && !row.is_offered())),
        in_store: names(components.iter().filter(|row| row.is_lacking() && row.is_offered())),
        components,
        trouble: String::new(),
        reason: String::new(),
    }
}

fn component_rows(view: &DossierView, papers: &[Document]) -> Vec<ComponentRow> {
    let mut rows: Vec<_> =
        view.dossier.components.iter().map(|component| component_row(view, component, papers)).collect();
    if let Some(next) = rows.iter_mut().find(|row| row.is_offered()) {
        next.is_next = true;
    }
    rows
}

fn component_row(view: &DossierView, component: &Component, papers: &[Document]) -> ComponentRow {
    let paper = component.document.and_then(|id| papers.iter().find(|paper| paper.id == id));
    let asked =
        view.held.as_ref().and_then(|held| held.components.iter().find(|one| one.key == component.key));
    let asked = asked.filter(|_| component.document.is_none() && view.dossier.state.takes_components());
    let is_held = |one: &&Requirement| one.status == RequirementStatus::Held;
    let refusal = view.refusals.iter().rfind(|refusal| refusal.component == component.key);
    // That no other paper is asked for is over once somebody wrote why one is.
    let standing = asked.filter(|_| refusal.is_none()).map(|one| one.reason.clone());
    ComponentRow {
        key: component.key.clone(),
        name: component.name.clone(),
        required: component.required,
        paper: paper.map(PaperRow::from),
        reused: component.digitization.reuse_code() > 0,
        standing: standing.unwrap_or_default(),
        held: asked
            .filter(is_held)
            .map(|one| one.candidates.iter().map(held_paper).collect())
            .unwrap_or_default(),
        is_next: false,
        refusal: refusal.map(|refusal| refusal.reason.clone()),
        typed: String::new(),
    }
}

fn held_paper(paper: &Document) -> HeldPaper {
    let number = paper.number.as_ref().map(|number| format!("số {number}"));
    let issued_on = paper.issued_on.map(|day| format!("cấp ngày {}", wording::day(day)));
    let parts = [number, issued_on, paper.agency.clone()];
    HeldPaper {
        id: paper.id.to_string(),
        title: wording::shown_name(&paper.title),
        line: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
    }
}

fn names<'a>(rows: impl Iterator<Item = &'a ComponentRow>) -> String {
    rows.map(|row| row.name.as_str()).collect::<Vec<_>>().join("; ")
}

fn next_state(state: &DossierState) -> NextState {
    NextState { name: crate::api::name_of(state), label: state.label(), needs_reason: state.needs_reason() }
}

fn move_line(event: &DossierEvent) -> MoveLine {
    MoveLine {
        at: wording::moment(event.at),
        state: event.state.label(),
        who: [event.account.as_str(), &event.agency].join(" · "),
        reason: event.reason.clone().unwrap_or_default(),
    }
}

/// Where the dossier shall go, as the form says it.
#[derive(Debug, Deserialize)]
struct MoveForm {
    state: DossierState,
    #[serde(default)]
    reason: String,
}

async fn move_on(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Form(form): Form<MoveForm>,
) -> Result<Response, Problem> {
    let wish = DossierMove { state: form.state, reason: Some(form.reason.clone()) };
    let moved = state.repository.move_dossier(&state.actor, id, wish).await;
    answer(moved, &address(id), async |trouble| {
        Ok(DossierPage { trouble, reason: form.reason, ..dossier_page(&state, id).await? })
    })
    .await
}

/// Which held paper fills which component.
#[derive(Debug, Deserialize)]
struct ReuseForm {
    component: String,
    document: DocumentId,
}

/// Dùng giấy đã có: fills a component with a paper of the store.
async fn take_over(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Form(form): Form<ReuseForm>,
) -> Result<Response, Problem> {
    let reuse = Reuse { dossier: id, component: form.component, document: form.document };
    let done = state.repository.take_over(&state.actor, &reuse).await;
    answer(done, &address(id), async |trouble| Ok(DossierPage { trouble, ..dossier_page(&state, id).await? }))
        .await
}

/// Why a held paper is not used.
#[derive(Debug, Deserialize)]
struct RefusalForm {
    component: String,
    asked_by: RefusedBy,
    #[serde(default)]
    reason: String,
}

/// Keeps in writing why another paper is asked for.
async fn refuse(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Form(form): Form<RefusalForm>,
) -> Result<Response, Problem> {
    let RefusalForm { component, asked_by, reason } = form;
    let refusal = ReuseRefusal { dossier: id, component, asked_by, reason };
    let done = state.repository.refuse_reuse(&state.actor, &refusal).await;
    answer(done, &address(id), async |trouble| {
        let mut page = DossierPage { trouble, ..dossier_page(&state, id).await? };
        if let Some(row) = page.components.iter_mut().find(|row| row.key == refusal.component) {
            row.typed = refusal.reason;
        }
        Ok(page)
    })
    .await
}

fn address(id: DossierId) -> String {
    format!("/dossiers/{}", id.0)
}
