//! Thủ tục: the catalogue of procedures.

use super::{Shell, page, wording};
use crate::api::Problem;
use crate::asking::State;
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use repository::record::{Procedure, ProcedureComponent, Submission};

pub(super) fn router() -> Router<AppState> {
    Router::new().route("/procedures", get(procedures))
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
    /// How long it takes.
    term: String,
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
    let asked = |component: ProcedureComponent| AskedFor {
        copies: format!("{} bản chính, {} bản sao", component.originals, component.copies),
        shown_only: component.submission == Submission::XuatTrinh,
        required: component.required,
        name: component.name,
    };
    ProcedureCard {
        code: procedure.code.into(),
        name: procedure.name,
        field: procedure.field,
        term: wording::term(procedure.term, procedure.cut_off),
        components: procedure.components.into_iter().map(asked).collect(),
    }
}
