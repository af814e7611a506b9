//! Keeps the index behind the repository: changes in order, in batches, each with the number it carries.
//!
//! A kill at any moment loses nothing: papers and number are one commit, and papers are read as they are now, so that a change applied
//! again changes nothing. Not here: when to follow (the server's loop).

use crate::Error;
use crate::index::{Index, Update};
use repository::Repository;
use repository::record::{Change, ChangeKind, DocumentId, IndexableDocument};
use std::collections::HashSet;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::Mutex;

/// Changes of a batch: a commit costs some tens of milliseconds however little it carries, and a search waits for none.
const BATCH_CHANGES: u32 = 1_000;

/// Bytes of text in a batch before it is applied in part: papers of many pages must not pile up in memory.
const BATCH_TEXT_BYTES: usize = 32 << 20;

/// Papers that are read at once: a paper has ten pages at most in general, and 2 kB of text on each.
const CHUNK_PAPERS: usize = 250;

/// Followers and rebuilders of this process take turns: a follower that read "up to 50" before a rebuild emptied the index must not
/// write "up to 60" into it.
static TURN: Mutex<()> = Mutex::const_new(());

/// Brings the index up to the repository's last change, in batches; answers the number it carries then. One that another version of the
/// program made is rebuilt first, while it is searched on.
pub async fn follow(repository: &Repository, index: &dyn Index) -> Result<u64, Error> {
    let _turn = TURN.lock().await;
    if blocking(|| index.is_outdated()) {
        tracing::info!("the index was made by another version and is rebuilt");
        rebuild(repository, index, &mut |_, _| ()).await?;
    }
    catch_up(repository, index).await
}

/// Builds the index anew beside the old one, which is searched until the new one is whole; `progress` gets (done, total) papers. Answers the
/// number of the last change it carries.
pub async fn reindex(
    repository: &Repository,
    index: &dyn Index,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<u64, Error> {
    let _turn = TURN.lock().await;
    rebuild(repository, index, progress).await?;
    catch_up(repository, index).await
}

async fn rebuild(
    repository: &Repository,
    index: &dyn Index,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(), Error> {
    let last_change = repository.last_change().await?;
    let total: u64 = repository.document_counts().await?.iter().map(|(_, count)| count).sum();
    blocking(|| index.begin_rebuild())?;
    let mut done = 0;
    let mut after = None;
    loop {
        let ids = repository.document_ids(after, BATCH_CHANGES).await?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        put(repository, index, &ids, 0, 0).await?;
        done += ids.len() as u64;
        progress(done, total.max(done));
    }
    blocking(|| index.finish_rebuild(last_change))
}

async fn catch_up(repository: &Repository, index: &dyn Index) -> Result<u64, Error> {
    let mut carried = carried(repository, index).await?;
    loop {
        let changes = repository.changes_after(carried, BATCH_CHANGES).await?;
        let Some(last) = changes.last() else { return Ok(carried) };
        if changes.iter().any(|change| change.kind == ChangeKind::Disposed) {
            // The number follows only when nothing is left, so that a kill in between does it again.
            put(repository, index, &documents(&changes), carried, carried).await?;
            blocking(|| index.forget_removed())?;
            blocking(|| index.apply(Vec::new(), last.number))?;
        } else {
            put(repository, index, &documents(&changes), carried, last.number).await?;
        }
        carried = last.number;
    }
}

/// Where to go on. An index that is ahead of the repository (the data folder was restored from a backup) is rebuilt.
async fn carried(repository: &Repository, index: &dyn Index) -> Result<u64, Error> {
    let carried = blocking(|| index.last_change())?;
    let last = repository.last_change().await?;
    if carried <= last {
        return Ok(carried);
    }
    tracing::warn!(carried, last, "the index is ahead of the repository and is rebuilt");
    rebuild(repository, index, &mut |_, _| ()).await?;
    blocking(|| index.last_change())
}

/// Papers of a batch, each once.
fn documents(changes: &[Change]) -> Vec<DocumentId> {
    let mut seen = HashSet::new();
    changes.iter().map(|change| change.document).filter(|document| seen.insert(*document)).collect()
}

/// Puts papers as they are now. Only the last commit carries `after`; the ones before it, of a batch that is too big for one, carry
/// `before`.
async fn put(
    repository: &Repository,
    index: &dyn Index,
    ids: &[DocumentId],
    before: u64,
    after: u64,
) -> Result<(), Error> {
    let mut updates = Vec::new();
    let mut bytes = 0;
    for ids in ids.chunks(CHUNK_PAPERS) {
        let found = repository.indexables(ids).await?;
        let kept = found.iter().map(|paper| paper.document.id).collect::<HashSet<_>>();
        let gone = ids.iter().filter(|id| !kept.contains(id));
        updates.extend(gone.map(|id| Update::Remove(*id)));
        bytes += found.iter().map(text_bytes).sum::<usize>();
        updates.extend(found.into_iter().map(|paper| Update::Put(Box::new(paper))));
        if bytes > BATCH_TEXT_BYTES {
            let part = std::mem::take(&mut updates);
            blocking(|| index.apply(part, before))?;
            bytes = 0;
        }
    }
    blocking(|| index.apply(updates, after))
}

fn text_bytes(paper: &IndexableDocument) -> usize {
    paper.pages.iter().map(|(_, text)| text.len()).sum()
}

/// Runs a piece of work that waits for the disk, without holding up the other tasks of a runtime with several threads.
pub(crate) fn blocking<T>(work: impl FnOnce() -> T) -> T {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}
