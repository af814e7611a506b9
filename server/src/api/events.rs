//! `GET /events`: how papers come along, as server-sent events.

use super::problem::Problem;
use crate::asking::{Pass, State};
use crate::state::AppState;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::future::ready;
use futures::{Stream, StreamExt};
use repository::record::{ReadingProgress, agency_key};
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio_stream::wrappers::BroadcastStream;
use utoipa::ToSchema;

/// How often it is asked again whether whoever follows still may: soon after somebody was locked out, at two small questions each time.
const ASK_AGAIN_EVERY: Duration = Duration::from_secs(10);

/// One step of one paper: event `progress`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressBody {
    /// The paper.
    #[schema(format = "uuid")]
    id: String,
    /// State now.
    state: String,
    /// Pages read so far.
    pages_read: u32,
    /// Pages in the file, once it was opened.
    page_count: Option<u32>,
    /// Where it stands in the queue: `counter`, `import` or `reread`; null: nothing of it waits or is being read.
    priority: Option<String>,
    /// A reading under way is a re-reading; the counts are its own.
    rereading: bool,
    /// The same as a Vietnamese phrase for the list.
    message: String,
}

impl From<ReadingProgress> for ProgressBody {
    fn from(progress: ReadingProgress) -> ProgressBody {
        ProgressBody {
            id: progress.document.0.to_string(),
            state: super::body::name_of(progress.state),
            pages_read: progress.pages_read,
            page_count: progress.page_count,
            priority: progress.priority.map(super::body::name_of),
            rereading: progress.rereading,
            message: crate::portal::progress_phrase(&progress),
        }
    }
}

/// Follows the papers of the caller's agency: one event `progress` for every page read and every change of state, until the connection ends.
#[utoipa::path(get, path = "/events", tag = "documents", responses(
    (status = 200, description = "events named `progress`, each with this as data",
        body = ProgressBody, content_type = "text/event-stream"),
    Problem,
))]
pub(crate) async fn events(
    State(state): State<AppState>,
    pass: Pass,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    state.repository.may_follow(&state.actor).await?;
    let steps = BroadcastStream::new(state.progress.subscribe());
    // Who is moved to another agency is signed out, so this holds as long as the stream.
    let receiver = agency_key(&state.actor.agency);
    let own = move |progress: &ReadingProgress| progress.receiver == receiver;
    let events = steps.filter_map(move |step| ready(step.ok().filter(&own).and_then(event).map(Ok)));
    let mut closing = state.closing.subscribe();
    let over = async move {
        tokio::select! {
            // An error means that the server is gone, which ends the stream just as well.
            _ = closing.wait_for(|closing| *closing) => {}
            () = turned_away(state, pass) => {}
        }
    };
    Ok(Sse::new(events.take_until(over)).keep_alive(KeepAlive::default()))
}

/// Waits until whoever follows may no more: their session or key ended, or their rights changed.
async fn turned_away(state: AppState, pass: Pass) {
    loop {
        tokio::time::sleep(ASK_AGAIN_EVERY).await;
        let Ok(Some(asker)) = pass.asker_now(&state).await else { return };
        if state.repository.may_follow(&asker.actor).await.is_err() {
            return;
        }
    }
}

fn event(progress: ReadingProgress) -> Option<Event> {
    Event::default().event("progress").json_data(ProgressBody::from(progress)).ok()
}
