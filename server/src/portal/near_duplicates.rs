//! Giấy gần như trùng on the screen of a paper that waits: offered before anyone types, used with one act, undone with another.

use super::wording;
use crate::api::{Form, Path, Problem};
use crate::asking::State;
use crate::state::AppState;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use repository::record::{DocumentId, NearDuplicate, UseHeld};
use serde::Deserialize;

/// What stands in the history of a scan that waits again.
const NOT_THE_SAME: &str = "Không phải bản quét khác của giấy đã có";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/documents/{id}/use-held", post(use_held))
        .route("/documents/{id}/wait-again", post(wait_again))
}

/// A held paper that is offered.
#[derive(Debug)]
pub(super) struct OfferedPaper {
    pub(super) id: String,
    pub(super) title: String,
    /// Number and day of issue, as far as they are known.
    pub(super) facts: String,
    /// Why it is thought to be the same.
    pub(super) reason: String,
}

impl From<NearDuplicate> for OfferedPaper {
    fn from(near: NearDuplicate) -> OfferedPaper {
        let number = near.document.number.as_ref().map(|number| format!("số {number}"));
        let day = near.document.issued_on.map(|day| format!("ngày {}", wording::day(day)));
        OfferedPaper {
            id: near.document.id.to_string(),
            title: wording::shown_name(&near.document.title),
            facts: number.into_iter().chain(day).collect::<Vec<_>>().join(", "),
            reason: near.reason(),
        }
    }
}

/// What is offered for a paper that waits.
pub(super) async fn offered(state: &AppState, id: DocumentId) -> Result<Vec<OfferedPaper>, Problem> {
    let found = state.repository.near_duplicates(&state.actor, id).await?;
    Ok(found.into_iter().map(OfferedPaper::from).collect())
}

#[derive(Debug, Deserialize)]
struct HeldChoice {
    held: DocumentId,
}

/// Dùng bản đã có.
async fn use_held(
    State(state): State<AppState>,
    Path(document): Path<DocumentId>,
    Form(HeldChoice { held }): Form<HeldChoice>,
) -> Result<Response, Problem> {
    state.repository.use_held(&state.actor, UseHeld { document, held }).await?;
    Ok(to(document))
}

/// The way back, when it was another paper after all.
async fn wait_again(
    State(state): State<AppState>,
    Path(document): Path<DocumentId>,
) -> Result<Response, Problem> {
    state.repository.wait_again(&state.actor, document, NOT_THE_SAME).await?;
    Ok(to(document))
}

fn to(document: DocumentId) -> Response {
    Redirect::to(&format!("/documents/{document}")).into_response()
}
