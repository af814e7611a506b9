//! `GET /events`: how papers come along, as server-sent events.

use crate::asking::State;
use crate::state::AppState;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::{Stream, StreamExt};
use repository::record::ReadingProgress;
use serde::Serialize;
use std::convert::Infallible;
use tokio_stream::wrappers::BroadcastStream;
use utoipa::ToSchema;

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

/// Follows the papers: one event `progress` for every page read and every change of state, until the connection ends.
#[utoipa::path(get, path = "/events", tag = "documents", responses(
    (status = 200, description = "events named `progress`, each with this as data",
        body = ProgressBody, content_type = "text/event-stream"),
    super::problem::Problem,
))]
pub(crate) async fn events(
    State(state): State<AppState>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let steps = BroadcastStream::new(state.progress.subscribe());
    let events = steps.filter_map(|step| async { step.ok().and_then(event).map(Ok) });
    let mut closing = state.closing.subscribe();
    let closed = async move {
        // An error means that the server is gone, which ends the stream just as well.
        let _ = closing.wait_for(|closing| *closing).await;
    };
    Sse::new(events.take_until(closed)).keep_alive(KeepAlive::default())
}

fn event(progress: ReadingProgress) -> Option<Event> {
    Event::default().event("progress").json_data(ProgressBody::from(progress)).ok()
}
