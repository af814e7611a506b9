//! Kho: everything held for one subject.

use super::papers::PaperRow;
use super::record::escaped;
use super::{Shell, answer, page, wording};
use crate::api::{Form, Path, Problem};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use repository::identifier::SubjectNumber;
use repository::record::{Dossier, MergeId, MergeWish, Store, SubjectId, SubjectMerge};
use serde::Deserialize;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/subjects/{id}", get(store))
        .route("/subjects/{id}/reveal", post(reveal))
        .route("/subjects/{id}/merges", post(merge))
        .route("/subjects/{id}/merges/{merge}/undo", post(undo_merge))
}

#[derive(Template)]
#[template(path = "store.html")]
struct StorePage {
    shell: Shell,
    id: String,
    name: String,
    kind: &'static str,
    number_label: &'static str,
    number: String,
    birth_date: String,
    rows: Vec<PaperRow>,
    /// Revoked, replaced, cancelled, disposed of.
    former: Vec<PaperRow>,
    dossiers: Vec<DossierRow>,
    /// Numbers beside the one that is shown, masked.
    other_numbers: Vec<String>,
    merges: Vec<MergeLine>,
    /// A merge, or its undoing, that was refused a moment ago; empty: none was.
    trouble: String,
    /// What was typed of a merge.
    wish: MergeForm,
}

/// Lần gộp on one line.
#[derive(Debug)]
struct MergeLine {
    id: String,
    at: String,
    account: String,
    reason: String,
    /// A reason for undoing it, typed a moment ago, that was not taken; empty: none was.
    typed: String,
}

/// A dossier on one line.
#[derive(Debug)]
pub(super) struct DossierRow {
    pub(super) id: String,
    pub(super) code: String,
    pub(super) procedure_name: String,
    pub(super) subject: String,
    pub(super) received_on: String,
    /// Components that are there, and those that are asked for.
    pub(super) filled: usize,
    pub(super) asked: usize,
    /// Those that must be handed in and that no paper fills yet. The store may hold one: whether it does is asked when the dossier is opened, since that is a
    /// look at the papers of its subject.
    pub(super) missing: usize,
}

impl From<&Dossier> for DossierRow {
    fn from(dossier: &Dossier) -> DossierRow {
        let components = &dossier.components;
        DossierRow {
            id: dossier.id.0.to_string(),
            code: dossier.code.to_string(),
            procedure_name: dossier.procedure_name.clone(),
            subject: dossier.subject.name.clone(),
            received_on: wording::day(dossier.received_on),
            filled: components.iter().filter(|component| component.document.is_some()).count(),
            asked: components.len(),
            missing: components.iter().filter(|component| component.is_missing()).count(),
        }
    }
}

async fn store(State(state): State<AppState>, Path(id): Path<SubjectId>) -> Result<Response, Problem> {
    page(&store_page(&state, id).await?)
}

async fn store_page(state: &AppState, id: SubjectId) -> Result<StorePage, Problem> {
    let store = state.repository.store(&state.actor, id).await?;
    Ok(fill_page(state, &store))
}

fn fill_page(state: &AppState, store: &Store) -> StorePage {
    let subject = &store.subject;
    let others = store.numbers.iter().filter(|number| **number != subject.number);
    StorePage {
        shell: Shell::new(state, format!("Kho của {}", subject.name), "search"),
        id: subject.id.0.to_string(),
        name: subject.name.clone(),
        kind: wording::kind_word(subject.kind),
        number_label: wording::number_label(&subject.number),
        number: wording::masked(subject.number.as_str()),
        birth_date: subject.birth_date.map(wording::day).unwrap_or_default(),
        rows: store.documents.iter().map(PaperRow::from).collect(),
        former: store.former.iter().map(PaperRow::from).collect(),
        dossiers: store.dossiers.iter().map(DossierRow::from).collect(),
        other_numbers: others.map(|number| wording::masked(number.as_str())).collect(),
        merges: store.merges.iter().map(merge_line).collect(),
        trouble: String::new(),
        wish: MergeForm::default(),
    }
}

fn merge_line(merge: &SubjectMerge) -> MergeLine {
    MergeLine {
        id: merge.id.to_string(),
        at: wording::moment(merge.at),
        account: merge.account.clone(),
        reason: merge.reason.clone(),
        typed: String::new(),
    }
}

/// Gộp as typed: the old number in the body, never in the address.
#[derive(Debug, Default, Deserialize)]
struct MergeForm {
    number: String,
    reason: String,
}

/// Merges the one who is known by another number into this subject.
async fn merge(
    State(state): State<AppState>,
    Path(id): Path<SubjectId>,
    Form(form): Form<MergeForm>,
) -> Result<Response, Problem> {
    let done = match SubjectNumber::parse(&form.number) {
        Ok(number) => merge_number(&state, id, &number, &form.reason).await,
        Err(wrong) => Err(repository::Error::Invalid { message: wrong.message }),
    };
    answer(done, &address(id), async |trouble| {
        Ok(StorePage { trouble, wish: form, ..store_page(&state, id).await? })
    })
    .await
}

async fn merge_number(
    state: &AppState,
    into: SubjectId,
    number: &SubjectNumber,
    reason: &str,
) -> repository::Result<()> {
    let from = state.repository.find_subject(&state.actor, number).await?;
    let from = from.ok_or_else(|| repository::Error::Invalid {
        message: "Không có chủ hồ sơ nào mang số này nên không có gì để gộp.".to_owned(),
    })?;
    let wish = MergeWish { from: from.id, into, reason: reason.to_owned() };
    state.repository.merge_subjects(&state.actor, wish).await.map(|_| ())
}

/// Why a merge was wrong.
#[derive(Debug, Deserialize)]
struct UndoForm {
    reason: String,
}

async fn undo_merge(
    State(state): State<AppState>,
    Path((id, merge)): Path<(SubjectId, MergeId)>,
    Form(form): Form<UndoForm>,
) -> Result<Response, Problem> {
    let done = state.repository.undo_merge(&state.actor, merge, &form.reason).await;
    answer(done, &address(id), async |trouble| {
        let mut page = StorePage { trouble, ..store_page(&state, id).await? };
        if let Some(line) = page.merges.iter_mut().find(|line| line.id == merge.to_string()) {
            line.typed = form.reason;
        }
        Ok(page)
    })
    .await
}

fn address(id: SubjectId) -> String {
    format!("/subjects/{}", id.0)
}

/// Shows the whole number; the look stands in the access log with its own purpose.
async fn reveal(State(state): State<AppState>, Path(id): Path<SubjectId>) -> Result<Response, Problem> {
    let actor = state.actor_for("Hiện số của chủ hồ sơ");
    let store = state.repository.store(&actor, id).await?;
    let number = escaped(store.subject.number.as_str());
    Ok(Html(format!("<span class=\"revealed\">{number}</span>")).into_response())
}
