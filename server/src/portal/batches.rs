//! Tập quét: stacks of paper with what they are taken for. Problems come first, every page is shown small, and a plan is changed by plain
//! forms before it is carried out.

use super::scans::ScanForm;
use super::wording;
use super::{Shell, page};
use crate::api::{self, Form, Path, Problem, Query};
use crate::asking::State;
use crate::batches::{BatchError, Planned, feed_name};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use ingest::batch::{self, Change, Feed, Part, Plan, PlannedPage, Stack, Trouble, WhyLeftOut};
use repository::record::{Batch, BatchId, BatchPlace, BatchState};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The ways to scan a stack, with what they are called.
const FEEDS: [(Feed, &str); 3] = [
    (Feed::OneSided, "Một mặt"),
    (Feed::Duplex, "Hai mặt, một lượt"),
    (Feed::TwoPasses, "Hai lượt: mặt trước, rồi mặt sau ngược lại"),
];

pub(super) fn router() -> Router<AppState> {
    let all = get(list).merge(post(receive).layer(DefaultBodyLimit::max(api::UPLOAD_BYTES_MAX)));
    Router::new()
        .route("/batches", all)
        .route("/batches/{id}", get(show))
        .route("/batches/{id}/pages/{number}", get(api::batch_thumbnail))
        .route("/batches/{id}/plan", post(plan_anew))
        .route("/batches/{id}/changes", post(change))
        .route("/batches/{id}/carry-out", post(carry_out))
        .route("/batches/{id}/undo", post(undo))
}

#[derive(Template)]
#[template(path = "batches.html")]
struct BatchesPage {
    shell: Shell,
    scan: ScanForm,
    feeds: Vec<FeedChoice>,
    rows: Vec<BatchRow>,
}

/// A way to scan, in a choice.
#[derive(Debug)]
struct FeedChoice {
    name: String,
    label: &'static str,
    selected: bool,
}

/// A batch on one line.
#[derive(Debug)]
struct BatchRow {
    id: String,
    shape: &'static str,
    class: &'static str,
    state: &'static str,
    name: String,
    pages: u32,
    received: String,
}

impl From<&Batch> for BatchRow {
    fn from(batch: &Batch) -> BatchRow {
        let more = batch.files.len().saturating_sub(1);
        let first = batch.files.first().map(|file| wording::shown_name(&file.file_name)).unwrap_or_default();
        BatchRow {
            id: batch.id.to_string(),
            shape: shape(batch.state),
            class: class(batch.state),
            state: batch.state.label(),
            name: if more == 0 { first } else { format!("{first} và {more} tệp nữa") },
            pages: batch.page_count,
            received: wording::moment(batch.received_at),
        }
    }
}

fn shape(state: BatchState) -> &'static str {
    match state {
        BatchState::Received => "○",
        BatchState::Stopped => "△",
        BatchState::Planned => "◐",
        BatchState::CarriedOut => "●",
        BatchState::Undone => "↩",
        BatchState::Unreadable | BatchState::Destroyed => "✕",
    }
}

/// The class of a paper's state that looks alike.
fn class(state: BatchState) -> &'static str {
    match state {
        BatchState::Received | BatchState::Undone => "received",
        BatchState::Stopped | BatchState::Planned => "extracted",
        BatchState::CarriedOut => "stored",
        BatchState::Unreadable | BatchState::Destroyed => "unreadable",
    }
}

fn feeds(now: &str) -> Vec<FeedChoice> {
    let choice = |(feed, label)| {
        let name = feed_name(feed);
        FeedChoice { selected: name == now, name, label }
    };
    FEEDS.map(choice).into()
}

async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let batches = state.repository.batches(&state.actor).await?;
    page(&BatchesPage {
        shell: Shell::new(&state, "Tập quét", "batches"),
        scan: ScanForm::new(&state),
        feeds: feeds(&feed_name(Feed::OneSided)),
        rows: batches.iter().map(BatchRow::from).collect(),
    })
}

async fn receive(State(state): State<AppState>, request: Request) -> Result<Response, Problem> {
    let (batch, _) = api::take_in_batch(&state, request).await?;
    Ok(to(batch.id))
}

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    shell: Shell,
    row: BatchRow,
    version: u64,
    sha256: String,
    feeds: Vec<FeedChoice>,
    /// Why it cannot be read; empty: it can.
    problem: String,
    /// What was refused a moment ago; empty: nothing was.
    trouble: String,
    /// Its pages are being looked at.
    is_looked_at: bool,
    may_change: bool,
    may_carry_out: bool,
    may_undo: bool,
    troubles: Vec<TroubleLine>,
    settled: Vec<SettledLine>,
    parts: Vec<PartCard>,
    unplaced: Vec<PageCard>,
    left_out: Vec<PageCard>,
    components: Vec<ComponentChoice>,
    history: Vec<EventLine>,
}

/// Something odd, with its place in the list of what is odd.
#[derive(Debug)]
struct TroubleLine {
    index: usize,
    message: String,
    page: Option<u32>,
    may_be_settled: bool,
}

/// Something odd that a person found to be right.
#[derive(Debug)]
struct SettledLine {
    message: String,
    reason: String,
}

/// A paper of the plan.
#[derive(Debug)]
struct PartCard {
    number: u32,
    dossier: String,
    component: String,
    /// What the place is called; empty: there is none.
    place: String,
    sheets: String,
    /// Key of the paper that it is; empty: not carried out.
    paper: String,
    pages: Vec<PageCard>,
}

/// A page, small.
#[derive(Debug)]
struct PageCard {
    number: u32,
    turn: u16,
    /// What is to be said about it; empty: nothing.
    note: &'static str,
    /// Parts that it could go to.
    others: Vec<u32>,
    /// It is a page of a paper, or may become one.
    may_move: bool,
}

/// A component of one of the dossiers.
#[derive(Debug)]
struct ComponentChoice {
    key: String,
    name: String,
}

/// Diễn biến on one line.
#[derive(Debug)]
struct EventLine {
    at: String,
    step: &'static str,
    who: String,
}

/// How the page of a batch is asked for.
#[derive(Debug, Deserialize)]
struct Asked {
    /// By the page itself, which waits for the machine. Until there is something new it gets nothing, and nobody has looked.
    #[serde(default)]
    waiting: bool,
}

async fn show(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    if asked.waiting && !state.repository.is_batch_looked_at(id).await? {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let planned = state.batches().view(&state.actor, id).await?;
    page(&batch_page(&state, planned, String::new()).await?)
}

async fn batch_page(state: &AppState, planned: Planned, trouble: String) -> Result<BatchPage, Problem> {
    let components = components(state, &planned.places).await?;
    let Planned { view, plan, places, troubles } = planned;
    let kept = view.batch;
    let may_change = kept.state.may_change();
    let is_planned = plan.is_some();
    let plan = plan.map_or_else(|| batch::plan(&Stack::default(), Feed::OneSided), |(_, plan)| plan);
    let history = view.events.iter().rev().map(|event| EventLine {
        at: wording::moment(event.at),
        step: event.step.label(),
        who: event.account.clone(),
    });
    let paper_of = |part: &Part| view.papers.iter().find(|paper| paper.part == part.number);
    let parts = plan.parts.iter().zip(&places).map(|(part, place)| PartCard {
        paper: paper_of(part).map(|paper| paper.document.to_string()).unwrap_or_default(),
        ..part_card(&plan, part, place)
    });
    Ok(BatchPage {
        shell: Shell::new(state, "Tập quét", "batches"),
        row: BatchRow::from(&kept),
        version: kept.version,
        sha256: kept.sha256,
        feeds: feeds(&kept.feed),
        problem: kept.problem.unwrap_or_default(),
        trouble,
        is_looked_at: kept.state == BatchState::Received,
        may_change,
        may_carry_out: may_change && is_planned && troubles.is_empty(),
        may_undo: kept.state == BatchState::CarriedOut,
        troubles: troubles.iter().enumerate().map(trouble_line).collect(),
        settled: plan.settled.iter().map(settled_line).collect(),
        parts: parts.collect(),
        unplaced: plan.unplaced.iter().map(|page| page_card(&plan, *page, 0)).collect(),
        left_out: plan.left_out.iter().map(|out| left_out_card(&plan, out.page, out.why)).collect(),
        components,
        history: history.collect(),
    })
}

fn trouble_line((index, trouble): (usize, &Trouble)) -> TroubleLine {
    TroubleLine {
        index,
        message: trouble.vietnamese(),
        page: trouble.page,
        may_be_settled: trouble.may_be_settled(),
    }
}

fn settled_line(settled: &batch::Settled) -> SettledLine {
    SettledLine { message: settled.trouble.vietnamese(), reason: settled.reason.clone() }
}

fn part_card(plan: &Plan, part: &Part, place: &BatchPlace) -> PartCard {
    let counted = part.sheet_count();
    PartCard {
        number: part.number,
        dossier: part.dossier.clone(),
        component: part.component.clone().unwrap_or_default(),
        place: match place {
            BatchPlace::Free { name, .. } => name.clone(),
            BatchPlace::NoDossier
            | BatchPlace::Closed(_)
            | BatchPlace::NoComponent(_)
            | BatchPlace::Taken(_) => String::new(),
        },
        sheets: match part.expected_sheets {
            Some(expected) => format!("{counted}/{expected} tờ"),
            None => format!("{counted} tờ"),
        },
        paper: String::new(),
        pages: part.pages.iter().map(|page| page_card(plan, *page, part.number)).collect(),
    }
}

fn page_card(plan: &Plan, page: PlannedPage, part: u32) -> PageCard {
    PageCard {
        number: page.number,
        turn: page.turn_degrees,
        note: if page.is_blank { "trang trắng" } else { "" },
        others: plan.parts.iter().map(|part| part.number).filter(|number| *number != part).collect(),
        may_move: true,
    }
}

fn left_out_card(plan: &Plan, page: PlannedPage, why: WhyLeftOut) -> PageCard {
    let note = match why {
        WhyLeftOut::Cover => "tờ bìa",
        WhyLeftOut::DoubtfulCover => "tờ bìa không tin được",
        WhyLeftOut::BackOfCover => "mặt sau tờ bìa",
        WhyLeftOut::BlankBack => "mặt sau trắng",
        WhyLeftOut::ByPerson => "để ngoài",
    };
    PageCard { note, may_move: why != WhyLeftOut::Cover, ..page_card(plan, page, 0) }
}

/// Components of the dossiers that the plan names, for typing fewer keys.
async fn components(state: &AppState, places: &[BatchPlace]) -> Result<Vec<ComponentChoice>, Problem> {
    let mut known = BTreeSet::new();
    let mut choices = Vec::new();
    for dossier in places.iter().filter_map(BatchPlace::dossier).collect::<BTreeSet<_>>() {
        for component in state.repository.dossier(&state.actor, dossier).await?.components {
            if known.insert(component.key.clone()) {
                choices.push(ComponentChoice { key: component.key, name: component.name });
            }
        }
    }
    Ok(choices)
}

/// A form of the page: what shall be done, and with which page, part or problem.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ChangeForm {
    version: u64,
    /// `move:2`, `turn:90`, `turn_all:180`, `begin`, `leave_out`, `place`, `drop`, `settle`.
    act: String,
    page: u32,
    part: u32,
    dossier: String,
    component: String,
    /// Place in the list of what is odd.
    trouble: usize,
    reason: String,
}

impl ChangeForm {
    /// The change that is meant; `troubles` as the page showed them.
    fn change(&self, troubles: &[Trouble]) -> Option<Change> {
        let component = Some(self.component.trim().to_owned()).filter(|component| !component.is_empty());
        let (dossier, page, part) = (self.dossier.trim().to_owned(), self.page, self.part);
        let (act, number) = self.act.split_once(':').unwrap_or((&self.act, ""));
        Some(match act {
            "move" => Change::Move { page, part: number.parse().ok()? },
            "turn" => Change::Turn { page, degrees: number.parse().ok()? },
            "turn_all" => Change::TurnAll { degrees: number.parse().ok()? },
            "begin" => Change::Begin { page, dossier, component },
            "leave_out" => Change::LeaveOut { page },
            "place" => Change::Place { part, dossier, component },
            "drop" => Change::Drop { part },
            "settle" => {
                Change::Settle { trouble: troubles.get(self.trouble)?.clone(), reason: self.reason.clone() }
            }
            _ => return None,
        })
    }
}

async fn change(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Form(form): Form<ChangeForm>,
) -> Result<Response, Problem> {
    let batches = state.batches();
    let before = batches.view(&state.actor, id).await?;
    let change = form.change(&before.troubles);
    let change = change.ok_or_else(|| Problem::unprocessable("Biểu mẫu gửi lên thiếu ô hoặc sai dạng."))?;
    answer(&state, id, batches.change(&state.actor, id, form.version, &change).await).await
}

#[derive(Debug, Deserialize)]
struct PlanForm {
    version: u64,
    feed: String,
}

async fn plan_anew(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Form(form): Form<PlanForm>,
) -> Result<Response, Problem> {
    let feed = api::named_feed(&form.feed)?;
    answer(&state, id, state.batches().plan_anew(&state.actor, id, form.version, feed).await).await
}

#[derive(Debug, Deserialize)]
struct CarryOutForm {
    version: u64,
}

async fn carry_out(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Form(form): Form<CarryOutForm>,
) -> Result<Response, Problem> {
    answer(&state, id, state.batches().carry_out(&state.actor, id, form.version).await).await
}

#[derive(Debug, Deserialize)]
struct UndoForm {
    reason: String,
}

async fn undo(
    State(state): State<AppState>,
    Path(id): Path<BatchId>,
    Form(form): Form<UndoForm>,
) -> Result<Response, Problem> {
    answer(&state, id, state.batches().undo(&state.actor, id, &form.reason).await).await
}

/// Back to the batch; with the sentence, when what was wished is refused.
async fn answer(
    state: &AppState,
    id: BatchId,
    done: Result<Planned, BatchError>,
) -> Result<Response, Problem> {
    let refused = match done {
        Ok(_) => return Ok(to(id)),
        Err(error) => Problem::from(error),
    };
    if !matches!(refused.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT) {
        return Err(refused);
    }
    let planned = state.batches().view(&state.actor, id).await?;
    Ok((refused.status, page(&batch_page(state, planned, refused.detail).await?)?).into_response())
}

fn to(id: BatchId) -> Response {
    Redirect::to(&format!("/batches/{id}")).into_response()
}
