//! Khai thác giấy tờ: the page on which an officer asks the store for one case, and takes what the case needs.

use super::{Shell, page, wording};
use crate::api::{Form, Path, Problem, TakeBody, look_up_package};
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use repository::Error;
use repository::identifier::SubjectNumber;
use repository::policy;
use repository::record::{
    Action, LOOK_UP_TIME, LookUp, LookUpId, LookUpLine, LookedUp, LookedUpPaper, NewLookUp,
    RequirementStatus, Subject,
};
use serde::Deserialize;

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/look-ups", get(form).post(look_up))
        .route("/look-ups/{id}", get(one))
        .route("/look-ups/{id}/papers", post(take))
        .route("/look-ups/{id}/package", get(look_up_package))
}

#[derive(Template)]
#[template(path = "look_up_form.html")]
struct FormPage {
    shell: Shell,
    typed: Typed,
    /// Code and name of each procedure.
    procedures: Vec<(String, String)>,
    /// Look-ups that have not ended.
    recent: Vec<Recent>,
    left: u32,
    hours: i64,
    trouble: String,
}

/// A look-up in the list beside the form.
struct Recent {
    id: LookUpId,
    case: String,
    procedure: String,
    at: String,
}

#[derive(Template)]
#[template(path = "look_up.html")]
struct LookUpPage {
    shell: Shell,
    id: LookUpId,
    case: String,
    procedure: String,
    basis: String,
    /// Whose papers; empty: nothing is held.
    whose: String,
    ends: String,
    components: Vec<Row>,
    /// How many papers were taken.
    taken: usize,
    trouble: String,
}

/// A component as the page shows it.
struct Row {
    key: String,
    name: String,
    standing: String,
    is_held: bool,
    papers: Vec<Paper>,
}

/// A paper that counts.
struct Paper {
    id: String,
    title: String,
    line: String,
    /// When it was taken; empty: it was not.
    taken: String,
    /// Whether the return key takes it.
    is_next: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Typed {
    #[serde(default)]
    case: String,
    #[serde(default)]
    procedure: String,
    #[serde(default)]
    basis: String,
    #[serde(default)]
    number: String,
}

async fn form(State(state): State<AppState>) -> Result<Response, Problem> {
    page(&form_page(&state, Typed::default(), String::new()).await?)
}

async fn form_page(state: &AppState, typed: Typed, trouble: String) -> Result<FormPage, Problem> {
    if !policy::may_ever(&state.actor, Action::LookUp) {
        return Err(Error::Forbidden.into());
    }
    let procedures = state.repository.procedures().await?;
    let recent = state.repository.look_ups(&state.actor).await?;
    let line = |line: LookUpLine| Recent {
        id: line.id,
        case: line.case,
        procedure: line.procedure.to_string(),
        at: wording::moment(line.at),
    };
    Ok(FormPage {
        shell: Shell::new(state, "Khai thác giấy tờ", "look-ups"),
        procedures: procedures.into_iter().map(|one| (one.code.to_string(), one.name)).collect(),
        recent: recent.into_iter().map(line).collect(),
        left: state.repository.look_ups_left(&state.actor).await?,
        hours: LOOK_UP_TIME.as_hours(),
        typed,
        trouble,
    })
}

async fn look_up(State(state): State<AppState>, Form(typed): Form<Typed>) -> Result<Response, Problem> {
    let refused = match wish(&typed) {
        Ok(wish) => match state.repository.look_up(&state.actor, wish).await {
            Ok(look_up) => return Ok(Redirect::to(&format!("/look-ups/{}", look_up.id)).into_response()),
            Err(error @ (Error::Invalid { .. } | Error::QuotaReached { .. })) => error.to_string(),
            Err(error) => return Err(error.into()),
        },
        Err(refused) => refused,
    };
    let again = page(&form_page(&state, typed, refused).await?)?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response())
}

fn wish(typed: &Typed) -> Result<NewLookUp, String> {
    Ok(NewLookUp {
        case: typed.case.clone(),
        procedure: typed.procedure.parse().map_err(|_| "Hãy chọn thủ tục trong danh mục.".to_owned())?,
        basis: typed.basis.clone(),
        number: SubjectNumber::parse(&typed.number).map_err(|error| error.to_string())?,
    })
}

async fn one(State(state): State<AppState>, Path(id): Path<LookUpId>) -> Result<Response, Problem> {
    let look_up = state.repository.look_up_again(&state.actor, id).await?;
    page(&look_up_page(&state, look_up, String::new()))
}

async fn take(
    State(state): State<AppState>,
    Path(id): Path<LookUpId>,
    Form(TakeBody { component, document }): Form<TakeBody>,
) -> Result<Response, Problem> {
    let done = state.repository.take_for_case(&state.actor, id, &component, document).await;
    super::answer(done, &format!("/look-ups/{id}"), async |trouble| {
        let look_up = state.repository.look_up_again(&state.actor, id).await?;
        Ok(look_up_page(&state, look_up, trouble))
    })
    .await
}

fn look_up_page(state: &AppState, look_up: LookUp, trouble: String) -> LookUpPage {
    let taken = look_up.taken().len();
    let mut is_first = true;
    let components = look_up.components.into_iter().map(|component| row(component, &mut is_first)).collect();
    LookUpPage {
        shell: Shell::new(state, format!("Khai thác cho hồ sơ {}", look_up.case), "look-ups"),
        id: look_up.id,
        case: look_up.case,
        procedure: format!("{} · {}", look_up.procedure, look_up.procedure_name),
        basis: look_up.basis,
        whose: look_up.subject.as_ref().map(whose).unwrap_or_default(),
        ends: wording::moment(look_up.ends_at),
        components,
        taken,
        trouble,
    }
}

fn whose(subject: &Subject) -> String {
    format!("{} · {}", subject.name, wording::subject_line(subject))
}

/// The first paper that nobody took yet is the one that the return key takes.
fn row(component: LookedUp, is_first: &mut bool) -> Row {
    let is_taken = component.papers.iter().any(|paper| paper.taken_at.is_some());
    let mut paper = |LookedUpPaper { document, taken_at }: LookedUpPaper| Paper {
        id: document.id.to_string(),
        line: wording::paper_line(&document),
        title: document.title,
        taken: taken_at.map(wording::moment).unwrap_or_default(),
        is_next: !is_taken && std::mem::take(is_first),
    };
    Row {
        papers: component.papers.into_iter().map(&mut paper).collect(),
        key: component.key,
        name: component.name,
        standing: component.reason,
        is_held: component.status == RequirementStatus::Held,
    }
}
