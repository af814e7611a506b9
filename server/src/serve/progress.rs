//! One task that looks how papers come along and tells all browsers, whichever process reads them.

use crate::state::AppState;
use repository::record::{DocumentId, ReadingProgress};
use std::collections::HashMap;
use std::time::Duration;

/// Time between two looks: quick enough that a bar moves page by page, rare enough to cost nothing.
const LOOK_EVERY: Duration = Duration::from_millis(300);
/// Papers under way that are followed page by page; those behind them wait anyway.
const FOLLOWED_MAX: u32 = 100;
/// Changes told in one look.
const CHANGES_MAX: u32 = 500;

/// What was told already.
#[derive(Debug, Default)]
struct Seen {
    last_change: u64,
    pages: HashMap<DocumentId, (u32, Option<u32>)>,
}

/// Looks and tells until the task is ended. A look that fails is followed by the next one.
pub(super) async fn watch(state: AppState) {
    let mut seen = Seen::default();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if let Err(error) = look(&state, &mut seen).await {
            tracing::warn!(%error, "cannot look how papers come along");
        }
    }
}

/// One look. While no browser listens it only keeps the place.
async fn look(state: &AppState, seen: &mut Seen) -> repository::Result<()> {
    if state.progress.receiver_count() == 0 {
        seen.last_change = state.repository.last_change().await?;
        seen.pages.clear();
        return Ok(());
    }
    let changes = state.repository.changes_after(seen.last_change, CHANGES_MAX).await?;
    seen.last_change = changes.last().map_or(seen.last_change, |change| change.number);
    let changed: Vec<DocumentId> = changes.iter().map(|change| change.document).collect();
    for progress in state.repository.progress(&changed).await? {
        tell(state, progress);
    }
    let open = state.repository.progress_of_open(FOLLOWED_MAX).await?;
    let is_open = |id: &DocumentId| open.iter().any(|progress| progress.document == *id);
    // A re-reading that came to nothing changes no record, and who waits for it must hear of its end all the same.
    let gone: Vec<DocumentId> = seen.pages.keys().filter(|id| !is_open(id)).copied().collect();
    for progress in state.repository.progress(&gone).await? {
        tell(state, progress);
    }
    seen.pages.retain(|id, _| !gone.contains(id));
    for progress in open {
        let pages = (progress.pages_read, progress.page_count);
        if seen.pages.insert(progress.document, pages) != Some(pages) {
            tell(state, progress);
        }
    }
    Ok(())
}

fn tell(state: &AppState, progress: ReadingProgress) {
    // An error only means that the last browser has just left.
    let _ = state.progress.send(progress);
}
