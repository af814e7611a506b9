//! The index on tantivy, in the process that writes it.
//!
//! The number of the last change travels in the payload of the commit that carries the papers: both are there or neither is. A rebuild
//! fills a second generation beside the searched one. Not here: one generation ([`engine`]), the folder with its lock and its version
//! ([`folder`]), fields and tokens ([`schema`]), queries ([`query`]), hits ([`collect`]).

mod better;
mod collect;
mod engine;
mod folder;
mod query;
mod schema;

pub(crate) use folder::{open, open_reader};

use crate::{Error, Hits, Index, Query, Update};
use engine::{Access, Engine, guarded, last_change};
use folder::Folder;
use repository::record::DocumentId;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The index on tantivy.
struct TantivyIndex {
    folder: Folder,
    access: Access,
    generations: Mutex<Generations>,
}

/// The index that is searched, and the one that a rebuild fills.
struct Generations {
    current: Generation,
    next: Option<Generation>,
}

/// An engine and the name of its folder.
#[derive(Clone)]
struct Generation {
    name: String,
    engine: Arc<Engine>,
    /// Made by another version of the program.
    is_outdated: bool,
}

impl TantivyIndex {
    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine that is searched. Beside a writer in another process, which may have put a new one in its place since.
    fn searched(&self) -> Result<Arc<Engine>, Error> {
        let mut generations = self.generations();
        if self.access == Access::Read && !self.folder.is_current(&generations.current.name)? {
            generations.current = self.folder.open_to_read()?;
        }
        Ok(generations.current.engine.clone())
    }

    /// The engine that batches go into.
    fn filled(&self) -> Arc<Engine> {
        let generations = self.generations();
        generations.next.as_ref().unwrap_or(&generations.current).engine.clone()
    }
}

impl Index for TantivyIndex {
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error> {
        self.filled().apply(updates, last_change)
    }

    fn last_change(&self) -> Result<u64, Error> {
        self.searched()?.last_change()
    }

    fn search(&self, query: &Query) -> Result<Hits, Error> {
        if query.question.is_empty() {
            return Ok(Hits::default());
        }
        self.searched()?.search(query)
    }

    fn begin_rebuild(&self) -> Result<(), Error> {
        if self.access == Access::Read {
            return Err(Error::ReadOnly);
        }
        let mut generations = self.generations();
        if let Some(unfinished) = generations.next.take() {
            unfinished.engine.close();
        }
        generations.next = Some(self.folder.new_generation(&generations.current.name)?);
        Ok(())
    }

    fn finish_rebuild(&self, last_change: u64) -> Result<(), Error> {
        let next = self.generations().next.clone().ok_or(Error::NoRebuild)?;
        next.engine.apply(Vec::new(), last_change)?;
        self.folder.make_current(&next.name)?;
        let old = {
            let mut generations = self.generations();
            generations.next = None;
            std::mem::replace(&mut generations.current, next)
        };
        old.engine.close();
        self.folder.remove_generation(&old.name)
    }

    fn is_outdated(&self) -> bool {
        self.generations().current.is_outdated
    }

    fn forget_removed(&self) -> Result<(), Error> {
        self.filled().forget_removed()
    }

    fn digests(&self) -> Result<Vec<(DocumentId, u64)>, Error> {
        self.searched()?.digests()
    }
}

#[cfg(test)]
mod tests;
