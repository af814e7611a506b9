//! Bản đang sửa dở: what an officer types is kept on the server while they type, and offered when they open the paper again.

use super::review_form::{ReviewForm, keyings};
use super::wording;
use crate::api::{Form, Path, Problem};
use crate::asking::State;
use crate::state::AppState;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use jiff::Timestamp;
use repository::record::{DocumentId, DocumentView, Unfinished};

/// What the log says of keeping it.
const PURPOSE: &str = "Giữ bản đang sửa dở khi kiểm tra bóc tách";

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/documents/{id}/unfinished", post(keep))
        .route("/documents/{id}/unfinished/drop", post(throw_away))
}

/// An unfinished form as the screen speaks of it.
#[derive(Debug, Default)]
pub(super) struct KeptForm {
    /// When it was kept, where it is offered; empty: none is.
    pub(super) offered: String,
    /// What is said of the inputs of this screen.
    pub(super) sentence: String,
}

/// What was kept, unless somebody keyed the paper since: it was typed by another sight of it than whose turn it is now.
pub(super) fn still_fit(
    kept: Option<(Timestamp, Unfinished)>,
    view: &DocumentView,
) -> Option<(Timestamp, Unfinished)> {
    kept.filter(|(_, typed)| ReviewForm::read(&typed.inputs).keyings == keyings(view))
}

impl KeptForm {
    /// Nothing of it stands in the inputs yet.
    pub(super) fn offered(kept: Option<&(Timestamp, Unfinished)>) -> KeptForm {
        KeptForm {
            offered: kept.map(|(at, _)| wording::lately(*at)).unwrap_or_default(),
            sentence: String::new(),
        }
    }

    /// It stands in the inputs.
    pub(super) fn resumed((at, _): &(Timestamp, Unfinished)) -> KeptForm {
        KeptForm {
            offered: String::new(),
            sentence: format!("Tiếp tục bản đã giữ {}.", wording::lately(*at)),
        }
    }

    /// The form as it was left. A paper may have been read again since: what is typed is compared with what the screen shows now.
    pub(super) fn form((_, typed): &(Timestamp, Unfinished), view: &DocumentView) -> ReviewForm {
        let mut form = ReviewForm { pass: Some(view.pass), ..ReviewForm::read(&typed.inputs) };
        form.add_needed();
        form
    }
}

/// Keeps what is typed.
async fn keep(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Form(inputs): Form<Vec<(String, String)>>,
) -> Result<String, Problem> {
    let kept_at = keep_inputs(&state, id, inputs).await?;
    Ok(format!("Đã giữ {}", wording::lately(kept_at)))
}

/// Keeps the inputs of a form.
pub(super) async fn keep_inputs(
    state: &AppState,
    id: DocumentId,
    inputs: Vec<(String, String)>,
) -> Result<Timestamp, Problem> {
    let actor = state.actor_for(PURPOSE);
    Ok(state.repository.keep_unfinished(&actor, id, &Unfinished { inputs }).await?)
}

/// Bỏ bản đang sửa dở: the paper is shown as it was read.
async fn throw_away(State(state): State<AppState>, Path(id): Path<DocumentId>) -> Result<Response, Problem> {
    state.repository.drop_unfinished(&state.actor, id).await?;
    Ok(Redirect::to(&format!("/documents/{id}")).into_response())
}
