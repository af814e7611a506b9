//! Hồ sơ: the list, opened for a procedure and a subject; and the catalogue of procedures.

use super::claim::{ClaimForm, Mistakes, no_day};
use super::stores::DossierRow;
use super::{Shell, page, wording};
use crate::api::{Form, Problem, Query};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use repository::record::{DossierState, NewDossier, Procedure, Submission};
use serde::Deserialize;

/// Dossiers in the list.
const LIST_LIMIT: u32 = 100;

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/dossiers", get(list).post(open)).route("/procedures", get(procedures))
}

#[derive(Template)]
#[template(path = "dossiers.html")]
struct ListPage {
    shell: Shell,
    dossiers: Vec<DossierRow>,
    procedures: Vec<ProcedureChoice>,
    claim: ClaimForm,
    received_on: String,
    mistakes: Mistakes,
    trouble: String,
}

impl ListPage {
    /// The sentence beside an input; empty: nothing is wrong with it.
    fn mistake(&self, name: &str) -> &str {
        self.mistakes.get(name).map_or("", String::as_str)
    }
}

#[derive(Debug)]
struct ProcedureChoice {
    code: String,
    name: String,
    selected: bool,
}

/// What the form begins with.
#[derive(Debug, Deserialize)]
struct Begun {
    /// Key of the citizen card that was scanned.
    #[serde(default)]
    card: String,
}

async fn list(State(state): State<AppState>, Query(begun): Query<Begun>) -> Result<Response, Problem> {
    let claim = state.queries.find(&begun.card).and_then(|card| ClaimForm::of_card(&card));
    let received_on = wording::day(repository::today());
    let form = NewForm { received_on, claim: claim.unwrap_or_default(), ..NewForm::default() };
    page(&list_page(&state, form, Mistakes::new()).await?)
}

async fn list_page(state: &AppState, form: NewForm, mistakes: Mistakes) -> Result<ListPage, Problem> {
    let dossiers = state.repository.dossiers(&state.actor, LIST_LIMIT).await?;
    let choice = |procedure: Procedure| ProcedureChoice {
        selected: procedure.code.as_str() == form.procedure,
        code: procedure.code.into(),
        name: procedure.name,
    };
    Ok(ListPage {
        shell: Shell::new(state, "Hồ sơ", "dossiers"),
        dossiers: dossiers.iter().map(DossierRow::from).collect(),
        procedures: state.repository.procedures().await?.into_iter().map(choice).collect(),
        claim: form.claim,
        received_on: form.received_on,
        mistakes,
        trouble: String::new(),
    })
}

/// The form that opens a dossier, as typed.
#[derive(Debug, Clone, Default)]
struct NewForm {
    procedure: String,
    claim: ClaimForm,
    received_on: String,
}

impl NewForm {
    fn read(pairs: &[(String, String)]) -> NewForm {
        let value = |name: &str| {
            let found = pairs.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        NewForm {
            procedure: value("procedure"),
            claim: ClaimForm::read(pairs),
            received_on: value("received_on"),
        }
    }

    fn dossier(&self) -> Result<NewDossier, Mistakes> {
        let mut mistakes = Mistakes::new();
        let procedure = self.procedure.parse();
        if procedure.is_err() {
            mistakes.insert("procedure".to_owned(), "Hãy chọn thủ tục.".to_owned());
        }
        let received_on = wording::parse_day(&self.received_on);
        if received_on.is_none() {
            mistakes.insert("received_on".to_owned(), no_day(&self.received_on));
        }
        match (procedure, self.claim.claim(), received_on) {
            (Ok(procedure), Ok(subject), Some(received_on)) => {
                Ok(NewDossier { code: None, procedure, subject, received_on, state: DossierState::Accepted })
            }
            (_, claim, _) => {
                mistakes.extend(claim.err().unwrap_or_default());
                Err(mistakes)
            }
        }
    }
}

async fn open(
    State(state): State<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let form = NewForm::read(&pairs);
    let (mistakes, trouble) = match form.dossier() {
        Ok(new) => match state.repository.open_dossier(&state.actor, new).await {
            Ok(dossier) => return Ok(Redirect::to(&format!("/dossiers/{}", dossier.id.0)).into_response()),
            Err(repository::Error::Invalid { message }) => (Mistakes::new(), message),
            Err(error) => return Err(error.into()),
        },
        Err(mistakes) => {
            let trouble = format!("Chưa mở được hồ sơ: {} ô cần sửa.", mistakes.len());
            (mistakes, trouble)
        }
    };
    let template = ListPage { trouble, ..list_page(&state, form, mistakes).await? };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&template)?).into_response())
}

#[derive(Template)]
#[template(path = "procedures.html")]
struct ProceduresPage {
    shell: Shell,
    procedures: Vec<ProcedureCard>,
}

#[derive(Debug)]
struct ProcedureCard {
    code: String,
    name: String,
    field: String,
    components: Vec<AskedFor>,
}

/// Thành phần as the procedure demands it, for people.
#[derive(Debug)]
struct AskedFor {
    name: String,
    required: bool,
    copies: String,
    shown_only: bool,
}

async fn procedures(State(state): State<AppState>) -> Result<Response, Problem> {
    let procedures = state.repository.procedures().await?;
    page(&ProceduresPage {
        shell: Shell::new(&state, "Thủ tục hành chính", "procedures"),
        procedures: procedures.into_iter().map(procedure_card).collect(),
    })
}

fn procedure_card(procedure: Procedure) -> ProcedureCard {
    let asked = |component: repository::record::ProcedureComponent| AskedFor {
        copies: format!("{} bản chính, {} bản sao", component.originals, component.copies),
        shown_only: component.submission == Submission::XuatTrinh,
        required: component.required,
        name: component.name,
    };
    ProcedureCard {
        code: procedure.code.into(),
        name: procedure.name,
        field: procedure.field,
        components: procedure.components.into_iter().map(asked).collect(),
    }
}
