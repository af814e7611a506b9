//! What is printed from the pages of dossiers and papers.

use super::papers::has_label;
use crate::api::{Form, Path, Problem, Query};
use crate::asking::State;
use crate::print::{self, Printed, STICKERS_A_PAGE, Stacked};
use crate::state::AppState;
use axum::Router;
use axum::routing::{get, post};
use repository::record::{DocumentId, DossierId};
use serde::Deserialize;

/// Before the key of a component in the name of the input that takes its number of sheets.
const SHEETS_OF: &str = "sheets-";
/// The input for the sheets of an outcome.
const SHEETS_OF_OUTCOME: &str = "outcome-sheets";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/dossiers/{id}/receipt.pdf", get(crate::api::receipt_pdf))
        .route("/dossiers/{id}/forms/{form}", get(crate::api::form_pdf))
        .route("/dossiers/register.pdf", get(crate::api::register_pdf))
        .route("/dossiers/{id}/cover-sheets", post(cover_sheets))
        .route("/dossiers/{id}/stickers.pdf", get(dossier_stickers))
        .route("/documents/stickers", post(stickers))
}

async fn cover_sheets(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Printed, Problem> {
    print::print_cover_sheets(&state, id, &stack(&pairs)?).await
}

/// The papers for which a number of sheets was typed.
fn stack(pairs: &[(String, String)]) -> Result<Vec<Stacked>, Problem> {
    let mut stack = Vec::new();
    for (name, value) in pairs {
        let component = match name.strip_prefix(SHEETS_OF) {
            Some(key) => Some(key.to_owned()),
            None if name == SHEETS_OF_OUTCOME => None,
            None => continue,
        };
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        let wrong =
            |_| Problem::unprocessable(format!("“{value}” không phải số tờ. Hãy ghi một số, ví dụ 3."));
        stack.push(Stacked { component, sheets: value.parse().map_err(wrong)? });
    }
    Ok(stack)
}

/// Where on the first sheet printing begins.
#[derive(Debug, Deserialize)]
struct StartQuery {
    /// Place from 1, row by row.
    #[serde(default = "first_place")]
    start: usize,
}

fn first_place() -> usize {
    1
}

/// Stickers of every stored paper of a dossier.
async fn dossier_stickers(
    State(state): State<AppState>,
    Path(id): Path<DossierId>,
    Query(query): Query<StartQuery>,
) -> Result<Printed, Problem> {
    let dossier = state.repository.dossier(&state.actor, id).await?;
    let filled = dossier.components.iter().filter_map(|component| component.document);
    let keys: Vec<_> = filled.chain(dossier.outcomes.iter().copied()).collect();
    let papers = state.repository.documents_by_id(&state.actor, &keys).await?;
    let labelled: Vec<_> = papers.iter().filter(|paper| has_label(paper)).map(|paper| paper.id).collect();
    print::print_stickers(&state, &labelled, places_used(query.start)?).await
}

/// Stickers of the papers that were chosen in a list.
async fn stickers(
    State(state): State<AppState>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Printed, Problem> {
    let values = |wanted: &'static str| {
        pairs.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.trim())
    };
    let papers = values("document").map(str::parse).collect::<Result<Vec<DocumentId>, _>>();
    let papers = papers.map_err(|_| Problem::not_found())?;
    let start = values("start").next().and_then(|start| start.parse().ok()).unwrap_or_default();
    print::print_stickers(&state, &papers, places_used(start)?).await
}

fn places_used(start: usize) -> Result<usize, Problem> {
    match start {
        1..=STICKERS_A_PAGE => Ok(start - 1),
        _ => Err(Problem::unprocessable(format!("Ô bắt đầu phải từ 1 đến {STICKERS_A_PAGE}."))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_is_what_has_a_number() {
        let check = |typed: &[(&str, &str)], expected: Option<&[(Option<&str>, u16)]>| {
            let pairs: Vec<_> =
                typed.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            let expected = expected.map(|all| {
                let stacked = |(key, sheets): &(Option<&str>, u16)| Stacked {
                    component: key.map(str::to_owned),
                    sheets: *sheets,
                };
                all.iter().map(stacked).collect::<Vec<_>>()
            });
            assert_eq!(stack(&pairs).ok(), expected, "{typed:?}");
        };
        check(
            &[("sheets-to-khai", " 2 "), ("sheets-x", ""), ("outcome-sheets", "1")],
            Some(&[(Some("to-khai"), 2), (None, 1)]),
        );
        check(&[("sheets-to-khai", "hai")], None);
        check(&[("sheets-to-khai", "-1")], None);
        check(&[("sheets-to-khai", "65536")], None);
        check(&[("reason", "3")], Some(&[]));
    }
}
