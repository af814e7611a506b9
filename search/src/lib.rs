//! Records to answers: what the repository holds, findable by words. Everything here can be thrown away and rebuilt.
//!
//! Here live the analysis of Vietnamese text, the index and the follower that keeps it behind the changes. Not here: the truth.

use repository::Repository;
use repository::record::{Actor, Document, DocumentId, IndexableDocument, Reading, Region};
use serde::Serialize;
use std::path::Path;
use std::sync::Arc;

/// A failure of the index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The index engine failed.
    #[error("index: {0}")]
    Engine(String),
    /// The repository failed.
    #[error(transparent)]
    Repository(#[from] repository::Error),
}

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Words as a person types them, with or without accents.
    pub text: String,
    /// Most hits wanted.
    pub limit: usize,
    /// Hits to skip.
    pub offset: usize,
}

/// One paper that the index found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The paper.
    pub document: DocumentId,
    /// Higher is better.
    pub score: f32,
}

/// Hits of one query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hits {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
}

/// One paper's place in a batch: the paper as it is now, or its key when it is gone.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// Add, or replace whatever the index has under this key.
    Put(Box<IndexableDocument>),
    /// Forget.
    Remove(DocumentId),
}

/// The index, as a contract (checked by `contract::check` for every implementation):
/// a batch is applied whole or not at all, together with the number of the last change it carries; after `apply` returns, every later
/// `search` sees it; applying a batch twice is the same as once; an empty index answers no hits and `last_change` 0.
pub trait Index: Send + Sync {
    /// Applies a batch and remembers `last_change` in the same commit.
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error>;
    /// Number of the last change that the index carries.
    fn last_change(&self) -> Result<u64, Error>;
    /// Finds papers.
    fn search(&self, query: &Query) -> Result<Hits, Error>;
    /// Forgets everything.
    fn clear(&self) -> Result<(), Error>;
    /// Keys of all papers in the index: for `motlan check`.
    fn document_ids(&self) -> Result<Vec<DocumentId>, Error>;
}

/// Opens the tantivy index below `dir`, making it when missing.
pub fn open(_dir: &Path) -> Result<Arc<dyn Index>, Error> {
    todo!()
}

/// Opens the tantivy index for reading only, beside another process that writes it (`motlan search`).
pub fn open_reader(_dir: &Path) -> Result<Arc<dyn Index>, Error> {
    todo!()
}

/// Brings the index up to the repository's last change, in batches; answers the number it carries then.
pub async fn follow(_repository: &Repository, _index: &dyn Index) -> Result<u64, Error> {
    todo!()
}

/// Throws the index away and builds it anew; `progress` gets (done, total) papers.
pub async fn reindex(
    _repository: &Repository,
    _index: &dyn Index,
    _progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<u64, Error> {
    todo!()
}

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerItem {
    /// The record.
    pub document: Document,
    /// A piece of its text around the best match.
    pub snippet: Option<Snippet>,
}

/// A piece of a page's text, cut around a match.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Snippet {
    /// Page that it stands on.
    pub page: u32,
    /// Text and whether it matched, in order; joined they are the piece.
    pub parts: Vec<(String, bool)>,
}

/// The answer to a person's query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Best first.
    pub items: Vec<AnswerItem>,
    /// How many there are in all.
    pub total: usize,
    /// The query was an exact key (personal number, code): the database answered.
    pub by_key: bool,
    /// The index is behind the repository by this many changes.
    pub changes_behind: u64,
}

/// Answers a person's query: an exact key by the database, words by the index; every item is read from the repository under the
/// actor's rights.
pub async fn find(
    _repository: &Repository,
    _index: &dyn Index,
    _actor: &Actor,
    _query: &Query,
) -> Result<Answer, Error> {
    todo!()
}

/// Places on a page of the words that a query's words match, toned or folded.
pub fn matching_regions(_reading: &Reading, _query: &str) -> Vec<Region> {
    todo!()
}
