//! One generation of the index: an engine folder with its writer, its reader and the number of the change it carries.

use super::collect::HitCollector;
use super::readings::Readings;
use super::schema::Fields;
use super::{folder, query, schema};
use crate::entry::Entry;
use crate::{Error, Hits, Query, Update};
use repository::record::DocumentId;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError};

/// Memory of the writer before it makes a segment: about 8,000 pages, so that a batch is usually one segment. tantivy needs 15 MB.
const WRITER_HEAP_BYTES: usize = 64 << 20;

/// Threads that write: one keeps up with any number of scanners, and the cores are for reading pages.
const WRITER_THREADS: usize = 1;

/// How often removed papers are looked for in segments that the engine is merging meanwhile; a merge takes seconds.
const FORGET_TRIES: u32 = 20;

/// An engine over one folder.
pub(super) struct Engine {
    index: tantivy::Index,
    fields: Fields,
    reader: IndexReader,
    access: Access,
    /// The engine's writer; none: the next batch makes one.
    writer: Mutex<Option<Box<IndexWriter>>>,
    /// Number of the last change that searches see, in the process that writes: a commit is on disk before the reader has it.
    seen: AtomicU64,
}

/// What this process does with an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// The only writer: whoever opens the folder so holds its lock.
    Write,
    /// Beside a writer in another process.
    Read,
}

impl Engine {
    /// A new engine in an empty folder.
    pub(super) fn create(dir: &Path) -> Result<Engine, TantivyError> {
        let index = tantivy::Index::create(MmapDirectory::open(dir)?, schema::schema(), Default::default())?;
        Engine::over(index, Access::Write)
    }

    pub(super) fn over(index: tantivy::Index, access: Access) -> Result<Engine, TantivyError> {
        schema::register_tokenizer(&index);
        let fields = Fields::of(&index.schema())?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let seen = AtomicU64::new(last_change(&index)?);
        Ok(Engine { index, fields, reader, access, writer: Mutex::new(None), seen })
    }

    /// Applies a batch and commits it with its number.
    pub(super) fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error> {
        self.write(last_change, |writer| {
            updates.into_iter().try_for_each(|update| self.update(writer, update))
        })
    }

    /// Number of the last change that a search sees.
    pub(super) fn last_change(&self) -> Result<u64, Error> {
        match self.access {
            Access::Write => Ok(self.seen.load(Ordering::SeqCst)),
            // A search that follows reloads, and so sees this commit or a newer one.
            Access::Read => last_change(&self.index).map_err(failure),
        }
    }

    pub(super) fn search(&self, query: &Query) -> Result<Hits, Error> {
        let searcher = self.searcher()?;
        guarded(|| {
            let readings = Readings::of(&searcher, self.fields.text, &query.question)?;
            let tree = query::query(&self.fields, &query.question, &query.scope, &readings);
            searcher.search(&*tree, &HitCollector::new(query))
        })
    }

    pub(super) fn forget_removed(&self) -> Result<(), Error> {
        let last_change = self.last_change()?;
        for _ in 0..FORGET_TRIES {
            // A commit that carries what the one before did.
            self.write(last_change, |writer| self.rewrite_segments(writer))?;
            if self.segments_with_removals().map_err(failure)?.is_empty() {
                return self.collect_garbage();
            }
        }
        Err(Error::Engine("merges of the engine went on while papers were being forgotten".to_owned()))
    }

    pub(super) fn digests(&self) -> Result<Vec<(DocumentId, u64)>, Error> {
        let searcher = self.searcher()?;
        let mut digests = guarded(|| schema::digests(&searcher))?;
        digests.sort_unstable();
        Ok(digests)
    }

    /// Lets merges come to their end: whoever opens the folder next must not see files vanish.
    pub(super) fn close(&self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer
            && let Err(error) = writer.wait_merging_threads()
        {
            tracing::warn!(%error, "a merge of the index did not end well");
        }
    }

    /// Does a piece of writing and commits it with `last_change`. When it fails, or panics, the engine writer goes, and with it whatever
    /// it had taken in since its last commit.
    ///
    /// The number is lowered before and raised after the reader has the commit: never told before it can be found.
    fn write(
        &self,
        last_change: u64,
        work: impl FnOnce(&mut IndexWriter) -> Result<(), TantivyError>,
    ) -> Result<(), Error> {
        if self.access == Access::Read {
            return Err(Error::ReadOnly);
        }
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut writer = match slot.take() {
            Some(writer) => writer,
            None => Box::new(self.engine_writer().map_err(failure)?),
        };
        work(&mut writer).map_err(failure)?;
        self.seen.fetch_min(last_change, Ordering::SeqCst);
        commit(&mut writer, last_change).map_err(failure)?;
        *slot = Some(writer);
        self.reader.reload().map_err(failure)?;
        self.seen.store(last_change, Ordering::SeqCst);
        Ok(())
    }

    /// A writer over a tidy folder: a process that was killed in the middle of a commit leaves files that no commit names, and the
    /// engine refuses to write one of the same name again.
    fn engine_writer(&self) -> Result<IndexWriter, TantivyError> {
        let writer = self.index.writer_with_num_threads(WRITER_THREADS, WRITER_HEAP_BYTES)?;
        writer.garbage_collect_files().wait()?;
        Ok(writer)
    }

    /// Segments in which removed papers are only hidden.
    fn segments_with_removals(&self) -> Result<Vec<SegmentId>, TantivyError> {
        let segments = self.index.searchable_segments()?;
        Ok(segments.iter().filter(|one| one.meta().has_deletes()).map(tantivy::Segment::id).collect())
    }

    /// Writes those segments anew without the removed papers. One that is being merged by the engine at this moment is looked at again.
    fn rewrite_segments(&self, writer: &mut IndexWriter) -> Result<(), TantivyError> {
        for segment in self.segments_with_removals()? {
            if let Err(error) = writer.merge(&[segment]).wait() {
                tracing::info!(%error, "a segment is being merged already");
            }
        }
        Ok(())
    }

    /// Takes away files that no commit names any more. The reader has let go of them: it was reloaded after the last commit.
    fn collect_garbage(&self) -> Result<(), Error> {
        let slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.as_ref() {
            Some(writer) => writer.garbage_collect_files().wait().map(drop).map_err(failure),
            None => Ok(()),
        }
    }

    fn searcher(&self) -> Result<Searcher, Error> {
        match self.access {
            Access::Write => {}
            // Another process commits whenever it likes.
            Access::Read => self.reader.reload().map_err(failure)?,
        }
        Ok(self.reader.searcher())
    }

    fn update(&self, writer: &IndexWriter, update: Update) -> Result<(), TantivyError> {
        match update {
            Update::Put(indexable) => {
                let entry = Entry::of(*indexable);
                writer.delete_term(self.fields.id_term(entry.document));
                writer.add_document(self.fields.document(&entry))?;
            }
            Update::Remove(document) => {
                writer.delete_term(self.fields.id_term(document));
            }
        }
        Ok(())
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}

fn commit(writer: &mut IndexWriter, last_change: u64) -> Result<(), TantivyError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&last_change.to_string());
    commit.commit().map(|_| ())
}

/// The number in the newest commit; a new index has none yet and carries nothing.
pub(super) fn last_change(index: &tantivy::Index) -> Result<u64, TantivyError> {
    let Some(payload) = index.load_metas()?.payload else { return Ok(0) };
    payload.parse().map_err(|_| TantivyError::SchemaError(format!("commit payload {payload:?}")))
}

/// Runs code that reads the files of the index: on damaged ones tantivy may panic, which must not end the program.
pub(super) fn guarded<T>(read: impl FnOnce() -> Result<T, TantivyError>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(answer) => answer.map_err(failure),
        Err(_) => Err(Error::Damaged { message: "the engine stumbled over its files".to_owned() }),
    }
}

pub(super) fn failure(error: TantivyError) -> Error {
    if folder::is_damage(&error) {
        Error::Damaged { message: error.to_string() }
    } else {
        Error::Engine(error.to_string())
    }
}
