//! The index on tantivy, in the process that writes it.
//!
//! The number of the last change travels in the payload of the commit that carries the papers: both are there or neither is. Not here:
//! the folder with its lock and its version ([`folder`]), fields and tokens ([`schema`]), queries ([`query`]).

mod folder;
mod query;
mod schema;

pub(crate) use folder::{open, open_reader};

use crate::entry::Entry;
use crate::index::{HITS_MAX, OFFSET_MAX};
use crate::words::Words;
use crate::{Error, Hit, Hits, Index, Query, Update};
use repository::record::DocumentId;
use schema::Fields;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tantivy::collector::sort_key::{SortByBytes, SortBySimilarityScore};
use tantivy::collector::{Count, TopDocs};
use tantivy::directory::MmapDirectory;
use tantivy::index::SegmentId;
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, Searcher, TantivyError};

/// Memory of the writer before it makes a segment: about 8,000 pages, so that a batch is usually one segment. tantivy needs 15 MB.
const WRITER_HEAP_BYTES: usize = 64 << 20;

/// Threads that write: one keeps up with any number of scanners, and the cores are for reading pages.
const WRITER_THREADS: usize = 1;

/// How often removed papers are looked for in segments that the engine is merging meanwhile; a merge takes seconds.
const FORGET_TRIES: u32 = 20;

/// The index on tantivy.
struct TantivyIndex {
    index: tantivy::Index,
    fields: Fields,
    reader: IndexReader,
    access: Access,
    /// Number of the last change that searches see, in the process that writes: a commit is on disk before the reader has it.
    seen: AtomicU64,
}

/// How the index was opened.
enum Access {
    /// The only writer: it holds the lock of the folder as long as it lives. No engine writer: the next batch makes one.
    Write { writer: Mutex<Option<Box<IndexWriter>>>, _lock: File },
    /// Beside a writer in another process.
    Read,
}

impl TantivyIndex {
    fn create(dir: &Path, access: Access) -> Result<TantivyIndex, TantivyError> {
        let index = tantivy::Index::create(MmapDirectory::open(dir)?, schema::schema(), Default::default())?;
        TantivyIndex::over(index, access)
    }

    fn over(index: tantivy::Index, access: Access) -> Result<TantivyIndex, TantivyError> {
        schema::register_tokenizer(&index);
        let fields = Fields::of(&index.schema())?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let seen = AtomicU64::new(last_change(&index)?);
        Ok(TantivyIndex { index, fields, reader, access, seen })
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
        let Access::Write { writer: slot, .. } = &self.access else { return Err(Error::ReadOnly) };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
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
        let Access::Write { writer: slot, .. } = &self.access else { return Err(Error::ReadOnly) };
        let slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.as_ref() {
            Some(writer) => writer.garbage_collect_files().wait().map(drop).map_err(failure),
            None => Ok(()),
        }
    }

    fn searcher(&self) -> Result<Searcher, Error> {
        match self.access {
            Access::Write { .. } => {}
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

    fn find(&self, words: &Words, query: &Query) -> Result<Hits, TantivyError> {
        let searcher = self.reader.searcher();
        let query_tree = query::query(&self.fields, words);
        let limit = query.limit.min(HITS_MAX);
        if limit == 0 {
            return Ok(Hits { hits: Vec::new(), total: searcher.search(&*query_tree, &Count)? });
        }
        let page = TopDocs::with_limit(limit).and_offset(query.offset.min(OFFSET_MAX));
        let best_first = page.order_by((SortBySimilarityScore, SortByBytes::for_field(schema::ID)));
        let (total, found) = searcher.search(&*query_tree, &(Count, best_first))?;
        let hits = found.into_iter().map(|((score, key), _)| {
            schema::document_id(key.unwrap_or_default()).map(|document| Hit { document, score })
        });
        Ok(Hits { hits: hits.collect::<Result<_, _>>()?, total })
    }
}

impl Drop for TantivyIndex {
    /// Lets merges come to their end: whoever opens the folder next must not see files vanish.
    fn drop(&mut self) {
        let Access::Write { writer, .. } = &mut self.access else { return };
        let writer = writer.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(writer) = writer.take()
            && let Err(error) = writer.wait_merging_threads()
        {
            tracing::warn!(%error, "a merge of the index did not end well");
        }
    }
}

impl Index for TantivyIndex {
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error> {
        self.write(last_change, |writer| {
            updates.into_iter().try_for_each(|update| self.update(writer, update))
        })
    }

    fn last_change(&self) -> Result<u64, Error> {
        match self.access {
            Access::Write { .. } => Ok(self.seen.load(Ordering::SeqCst)),
            // A search that follows reloads, and so sees this commit or a newer one.
            Access::Read => last_change(&self.index).map_err(failure),
        }
    }

    fn search(&self, query: &Query) -> Result<Hits, Error> {
        let words = Words::parse(&query.text);
        if !words.has_units() {
            return Ok(Hits::default());
        }
        self.searcher()?;
        guarded(|| self.find(&words, query))
    }

    fn clear(&self) -> Result<(), Error> {
        self.write(0, |writer| writer.delete_all_documents().map(|_| ()))
    }

    fn forget_removed(&self) -> Result<(), Error> {
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

    fn document_ids(&self) -> Result<Vec<DocumentId>, Error> {
        let searcher = self.searcher()?;
        let mut ids = guarded(|| schema::document_ids(&searcher))?;
        ids.sort_unstable();
        Ok(ids)
    }
}

fn commit(writer: &mut IndexWriter, last_change: u64) -> Result<(), TantivyError> {
    let mut commit = writer.prepare_commit()?;
    commit.set_payload(&last_change.to_string());
    commit.commit().map(|_| ())
}

/// The number in the newest commit; a new index has none yet and carries nothing.
fn last_change(index: &tantivy::Index) -> Result<u64, TantivyError> {
    let Some(payload) = index.load_metas()?.payload else { return Ok(0) };
    payload.parse().map_err(|_| TantivyError::SchemaError(format!("commit payload {payload:?}")))
}

/// Runs code that reads the files of the index: on damaged ones tantivy may panic, which must not end the program.
fn guarded<T>(read: impl FnOnce() -> Result<T, TantivyError>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(answer) => answer.map_err(failure),
        Err(_) => Err(Error::Damaged { message: "the engine stumbled over its files".to_owned() }),
    }
}

fn failure(error: TantivyError) -> Error {
    if folder::is_damage(&error) {
        Error::Damaged { message: error.to_string() }
    } else {
        Error::Engine(error.to_string())
    }
}

#[cfg(test)]
mod tests;
