//! The index on tantivy, in the process that writes it.
//!
//! The number of the last change travels in the payload of the commit that carries the papers: both are there or neither is. A rebuild
//! fills a second generation beside the searched one. Not here: one generation ([`engine`]), the folder with its lock and its version
//! ([`folder`]), fields and tokens ([`schema`]), queries ([`query`]), hits ([`collect`]).

mod better;
mod collect;
mod engine;
mod folder;
mod in_order;
mod query;
mod readings;
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
    /// Whoever changes what folders there are waits here, and nobody who searches does.
    folders: Mutex<()>,
}

/// The index that is searched, and the one that a rebuild fills.
#[derive(Clone)]
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

impl Generations {
    fn names(&self) -> Vec<&str> {
        [Some(&self.current), self.next.as_ref()].into_iter().flatten().map(|one| &*one.name).collect()
    }
}

impl TantivyIndex {
    fn generations(&self) -> MutexGuard<'_, Generations> {
        self.generations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folders(&self) -> MutexGuard<'_, ()> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the searched engine answers. A reader asks once more when the writer beside it has put a new engine in its place meanwhile and
    /// has taken its files away.
    fn ask<T>(&self, question: impl Fn(&Engine) -> Result<T, Error>) -> Result<T, Error> {
        let asked = self.searched()?;
        match question(&asked.engine) {
            Err(_) if self.is_replaced(&asked)? => question(&self.searched()?.engine),
            answer => answer,
        }
    }

    /// The generation that is searched. Beside a writer in another process, which may have put a new one in its place since.
    fn searched(&self) -> Result<Generation, Error> {
        let mut generations = self.generations();
        if self.is_replaced(&generations.current)? {
            generations.current = self.folder.open_to_read()?;
        }
        Ok(generations.current.clone())
    }

    fn is_replaced(&self, generation: &Generation) -> Result<bool, Error> {
        Ok(self.access == Access::Read && !self.folder.is_current(&generation.name)?)
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
        self.ask(Engine::last_change)
    }

    fn search(&self, query: &Query) -> Result<Hits, Error> {
        if query.question.is_empty() {
            return Ok(Hits::default());
        }
        self.ask(|engine| engine.search(query))
    }

    fn begin_rebuild(&self) -> Result<(), Error> {
        if self.access == Access::Read {
            return Err(Error::ReadOnly);
        }
        let _folders = self.folders();
        let (current, unfinished) = {
            let mut generations = self.generations();
            (generations.current.name.clone(), generations.next.take())
        };
        if let Some(unfinished) = unfinished {
            unfinished.engine.close();
        }
        let next = self.folder.new_generation(&current)?;
        self.generations().next = Some(next);
        Ok(())
    }

    fn finish_rebuild(&self, last_change: u64) -> Result<(), Error> {
        let _folders = self.folders();
        let next = self.generations().next.clone().ok_or(Error::NoRebuild)?;
        next.engine.apply(Vec::new(), last_change)?;
        self.folder.make_current(&next.name)?;
        let old = {
            let mut generations = self.generations();
            generations.next = None;
            std::mem::replace(&mut generations.current, next)
        };
        old.engine.close();
        // The new one is searched already; whatever is left is taken away at the next opening, or when papers must be forgotten.
        if let Err(error) = self.folder.remove_generation(&old.name) {
            tracing::warn!(%error, "the old index is still on the disk");
        }
        Ok(())
    }

    fn is_outdated(&self) -> bool {
        self.generations().current.is_outdated
    }

    fn forget_removed(&self) -> Result<(), Error> {
        self.filled().forget_removed()?;
        let _folders = self.folders();
        let kept = self.generations().clone();
        self.folder.remove_all_but(&kept.names())
    }

    fn digests(&self) -> Result<Vec<(DocumentId, u64)>, Error> {
        self.ask(Engine::digests)
    }
}

#[cfg(test)]
mod tests;
