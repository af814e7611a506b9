//! Kho: everything held for one subject.

use super::papers::PaperRow;
use super::record::escaped;
use super::{Shell, page, wording};
use crate::api::{Path, Problem};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use repository::record::{Dossier, SubjectId};

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/subjects/{id}", get(store)).route("/subjects/{id}/reveal", post(reveal))
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
    /// Required ones still missing.
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
            missing: components
                .iter()
                .filter(|component| component.required && component.document.is_none())
                .count(),
        }
    }
}

async fn store(State(state): State<AppState>, Path(id): Path<SubjectId>) -> Result<Response, Problem> {
    let store = state.repository.store(&state.actor, id).await?;
    let subject = &store.subject;
    page(&StorePage {
        shell: Shell::new(&state, format!("Kho của {}", subject.name), "search"),
        id: id.0.to_string(),
        name: subject.name.clone(),
        kind: wording::kind_word(subject.kind),
        number_label: wording::number_label(&subject.number),
        number: wording::masked(subject.number.as_str()),
        birth_date: subject.birth_date.map(wording::day).unwrap_or_default(),
        rows: store.documents.iter().map(PaperRow::from).collect(),
        former: store.former.iter().map(PaperRow::from).collect(),
        dossiers: store.dossiers.iter().map(DossierRow::from).collect(),
    })
}

/// Shows the whole number; the look stands in the access log with its own purpose.
async fn reveal(State(state): State<AppState>, Path(id): Path<SubjectId>) -> Result<Response, Problem> {
    let actor = state.actor_for("Hiện số của chủ hồ sơ");
    let store = state.repository.store(&actor, id).await?;
    let number = escaped(store.subject.number.as_str());
    Ok(Html(format!("<span class=\"revealed\">{number}</span>")).into_response())
}
