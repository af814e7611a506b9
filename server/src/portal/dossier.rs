//! One hồ sơ: filled component by component, moved from state to state.

use super::claim::no_day;
use super::near_duplicates::{self, OfferedPaper};
use super::papers::{HeldPaper, PaperRow, has_label};
use super::phone::{self, PhoneStatus};
use super::{Shell, answer, page, wording};
use crate::api::{Form, Path, Problem, Query};
use crate::asking::State;
use crate::print::{self, STICKERS_A_PAGE};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use jiff::Timestamp;
use repository::record::{
    Apology, Component, Document, DocumentId, DocumentState, Dossier, DossierEvent, DossierId, DossierMove,
    DossierState, DossierView, Extension, Form as PrintedForm, Printing, RefusedBy, Requirement,
    RequirementStatus, Reuse, ReuseRefusal, Submission, UseHeld,
};
use serde::Deserialize;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/dossiers/{id}", get(show))
        .route("/dossiers/{id}/moves", post(move_on))
        .route("/dossiers/{id}/extension", post(apologize))
        .route("/dossiers/{id}/originals", post(return_original))
        .route("/dossiers/{id}/use-held", post(use_held))
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
    time: TimeCard,
    /// Forms that can be printed now, beside the receipt.
    forms: Vec<FormLine>,
    /// Forms that were printed, one line each.
    printings: Vec<String>,
    state: &'static str,
    /// Papers were asked for so often; shown from the second time on.
    supplements_asked: u32,
    takes_components: bool,
    takes_outcomes: bool,
    next: Vec<NextState>,
    history: Vec<MoveLine>,
    components: Vec<ComponentRow>,
    outcomes: Vec<PaperRow>,
    /// Photographs on their way.
    phones: Vec<PhoneStatus>,
    /// A paper of the dossier has a label to print.
    has_stored: bool,
    stickers_a_page: usize,
    /// Names of required components that have to be handed in.
    missing: String,
    /// Names of required components that the store can fill.
    in_store: String,
    /// It was opened a moment ago: Enter prints the receipt.
    is_new: bool,
    /// What was refused a moment ago; empty: nothing was.
    trouble: String,
    /// The reason typed with it.
    reason: String,
}

/// Thời hạn of the dossier.
#[derive(Debug)]
struct TimeCard {
    /// Hẹn trả kết quả; empty: none was promised.
    due: String,
    /// Chuyển giải quyết; empty: it was handed over, or there is no such deadline.
    hand_over: String,
    /// Last moment to tell the owner; empty: there is none any more.
    notice: String,
    /// The new appointment in a sentence; empty: it was not put off.
    extension: String,
    /// Another appointment may be promised.
    may_extend: bool,
    /// Years without a list of days off; empty: all are loaded.
    unlisted_years: String,
}

/// A form that can be printed.
#[derive(Debug)]
struct FormLine {
    name: String,
    label: &'static str,
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
    /// What was broken with it.
    breaches: Vec<&'static str>,
}

/// Thành phần on one line.
#[derive(Debug)]
struct ComponentRow {
    key: String,
    name: String,
    required: bool,
    /// Shown at the counter, and not kept.
    is_shown: bool,
    /// Its paper must still be handed in.
    is_asked: bool,
    /// It must be handed in and no paper fills it; the store may have one.
    is_missing: bool,
    paper: Option<PaperRow>,
    /// The paper came from the store.
    reused: bool,
    /// When its original was given back; empty: it was not.
    returned_at: String,
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
    /// Held papers of which the one that was just handed in is probably another scan.
    offered: Vec<OfferedPaper>,
}

impl ComponentRow {
    /// A paper of the store may fill it, and nobody said that it shall not.
    fn is_offered(&self) -> bool {
        !self.held.is_empty() && self.refusal.is_none()
    }
}

/// How the page was come to.
#[derive(Debug, Deserialize)]
struct ShowQuery {
    /// The dossier was just opened.
    #[serde(default)]
    new: bool,
}

async fn show(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Query(query): Query<ShowQuery>,
) -> Result<Response, Problem> {
    page(&DossierPage { is_new: query.new, ..dossier_page(&state, id).await? })
}

async fn dossier_page(state: &AppState, id: DossierId) -> Result<DossierPage, Problem> {
    let view = state.repository.dossier_view(&state.actor, id).await?;
    let filled = view.dossier.components.iter().filter_map(|component| component.document);
    let keys: Vec<_> = filled.chain(view.dossier.outcomes.iter().copied()).collect();
    let papers = state.repository.documents_by_id(&state.actor, &keys).await?;
    let mut page = fill_page(state, &view, &papers);
    for row in &mut page.components {
        row.offered = offered_for(state, &view, &row.key, &papers).await?;
    }
    page.phones = phone::links(state, id).await?;
    Ok(page)
}

/// Held papers of which the one in a component, read and not yet confirmed, is probably another scan.
async fn offered_for(
    state: &AppState,
    view: &DossierView,
    component: &str,
    papers: &[Document],
) -> Result<Vec<OfferedPaper>, Problem> {
    let filled = view.dossier.components.iter().find(|one| one.key == component);
    let paper = filled.and_then(|one| papers.iter().find(|paper| Some(paper.id) == one.document));
    match paper.filter(|paper| paper.state == DocumentState::Extracted) {
        Some(paper) => near_duplicates::offered(state, paper.id).await,
        None => Ok(Vec::new()),
    }
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
        time: time_card(view),
        forms: form_lines(view),
        printings: view.printings.iter().map(printing_line).collect(),
        has_stored: papers.iter().any(has_label),
        stickers_a_page: STICKERS_A_PAGE,
        state: dossier.state.label(),
        supplements_asked: dossier.supplements_asked,
        takes_components: dossier.state.takes_components(),
        takes_outcomes: dossier.state.takes_outcomes(),
        next: dossier.followed_by.iter().map(|state| next_state(view, *state)).collect(),
        history: view.history.iter().map(move_line).collect(),
        outcomes: dossier.outcomes.iter().filter_map(|id| paper(*id)).collect(),
        missing: names(components.iter().filter(|row| row.is_asked)),
        in_store: names(components.iter().filter(|row| row.is_missing && row.is_offered())),
        components,
        phones: Vec::new(),
        is_new: false,
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
        is_shown: component.submission == Submission::XuatTrinh,
        is_asked: view.to_hand_in().iter().any(|one| one.key == component.key),
        is_missing: component.is_missing(),
        paper: paper.map(PaperRow::from),
        reused: component.digitization.reuse_code() > 0,
        returned_at: component.original_returned_at.map(wording::moment).unwrap_or_default(),
        standing: standing.unwrap_or_default(),
        held: asked
            .filter(is_held)
            .map(|one| one.candidates.iter().map(HeldPaper::from).collect())
            .unwrap_or_default(),
        is_next: false,
        refusal: refusal.map(|refusal| refusal.reason.clone()),
        typed: String::new(),
        offered: Vec::new(),
    }
}

fn names<'a>(rows: impl Iterator<Item = &'a ComponentRow>) -> String {
    rows.map(|row| row.name.as_str()).collect::<Vec<_>>().join("; ")
}

fn next_state(view: &DossierView, state: DossierState) -> NextState {
    let begins = (view.dossier.state, state) == (DossierState::Submitted, DossierState::Accepted);
    let needs_reason = state.needs_reason() || (begins && !view.to_hand_in().is_empty());
    NextState { name: crate::api::name_of(state), label: state.label(), needs_reason }
}

fn move_line(event: &DossierEvent) -> MoveLine {
    MoveLine {
        at: wording::moment(event.at),
        state: event.state.label(),
        who: [event.account.as_str(), &event.agency].join(" · "),
        reason: event.reason.clone().unwrap_or_default(),
        breaches: event.breaches.iter().map(|breach| breach.label()).collect(),
    }
}

fn time_card(view: &DossierView) -> TimeCard {
    let Dossier { state, deadlines, extension, .. } = &view.dossier;
    let is_before_hand_over = matches!(state, DossierState::Accepted);
    let may_be_told =
        matches!(state, DossierState::Submitted | DossierState::Accepted | DossierState::Processing);
    let shown = |moment: Option<Timestamp>, holds: bool| {
        moment.filter(|_| holds).map(wording::moment).unwrap_or_default()
    };
    let years = view.unlisted_years.iter().map(ToString::to_string).collect::<Vec<_>>();
    TimeCard {
        due: shown(deadlines.due_at, true),
        hand_over: shown(deadlines.hand_over_by, is_before_hand_over),
        notice: shown(deadlines.notice_by, may_be_told),
        extension: extension.as_ref().map(extension_line).unwrap_or_default(),
        may_extend: extension.is_none()
            && deadlines.due_at.is_some()
            && matches!(state, DossierState::Accepted | DossierState::Processing),
        unlisted_years: years.join(", "),
    }
}

fn extension_line(extension: &Extension) -> String {
    let late =
        if extension.is_late { ", muộn: phải trước ngày hẹn ít nhất 1 ngày" } else { "" };
    format!(
        "Đã xin lỗi lúc {}{late}; hẹn cũ {}, hẹn lại {}. Lý do: {}",
        wording::moment(extension.at),
        wording::moment(extension.before),
        wording::moment(extension.due_at),
        extension.reason
    )
}

fn form_lines(view: &DossierView) -> Vec<FormLine> {
    let letters = print::ready(view).into_iter().filter(|form| *form != PrintedForm::Receipt);
    letters.map(|form| FormLine { name: crate::api::name_of(form), label: form.label() }).collect()
}

fn printing_line(printing: &Printing) -> String {
    format!("{} · {} · {}", wording::moment(printing.at), printing.form.label(), printing.account)
}

/// What an apology says, as typed.
#[derive(Debug, Deserialize)]
struct ApologyForm {
    #[serde(default)]
    due_on: String,
    #[serde(default)]
    reason: String,
}

/// Xin lỗi và hẹn lại.
async fn apologize(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Form(form): Form<ApologyForm>,
) -> Result<Response, Problem> {
    let due_on = wording::parse_day(&form.due_on);
    let due_on = due_on.ok_or_else(|| Problem::unprocessable(no_day(&form.due_on)))?;
    let done = state.repository.apologize(&state.actor, id, Apology { due_on, reason: form.reason }).await;
    answer(done, &address(id), async |trouble| Ok(DossierPage { trouble, ..dossier_page(&state, id).await? }))
        .await
}

/// Which held paper is used instead of the one that was handed in.
#[derive(Debug, Deserialize)]
struct UseHeldForm {
    document: DocumentId,
    held: DocumentId,
}

/// Dùng bản đã có: sets the paper that was handed in aside as another scan.
async fn use_held(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Form(UseHeldForm { document, held }): Form<UseHeldForm>,
) -> Result<Response, Problem> {
    let done = state.repository.use_held(&state.actor, UseHeld { document, held }).await;
    answer(done, &address(id), async |trouble| Ok(DossierPage { trouble, ..dossier_page(&state, id).await? }))
        .await
}

/// Of which component the original was given back.
#[derive(Debug, Deserialize)]
struct OriginalForm {
    component: String,
}

/// Trả lại bản chính.
async fn return_original(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Form(form): Form<OriginalForm>,
) -> Result<Response, Problem> {
    let done = state.repository.return_original(&state.actor, id, &form.component).await;
    answer(done, &address(id), async |trouble| Ok(DossierPage { trouble, ..dossier_page(&state, id).await? }))
        .await
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
    let wish = DossierMove { state: form.state, reason: Some(form.reason.clone()), in_hand: Vec::new() };
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
