//! The contract of an index, and the values that cross it.
//!
//! Not here: any index ([`crate::Memory`], [`crate::open`]), and the checks of the contract ([`crate::contract`]).

use crate::Error;
use repository::record::{DocumentId, IndexableDocument};

/// What to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Words as a person types them, with or without accents.
    pub text: String,
    /// Most hits wanted; at most [`HITS_MAX`] are given.
    pub limit: usize,
    /// Hits to skip; at most [`OFFSET_MAX`] can be.
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

/// Hits that one answer carries: five screens of a long list.
pub const HITS_MAX: usize = 200;

/// Hits that can be skipped: nobody turns to page 500, and the engine keeps all skipped hits in memory.
pub const OFFSET_MAX: usize = 10_000;

/// The index, as a contract (checked by [`crate::contract::check`] for every implementation).
///
/// **Writing.** A batch is applied whole or not at all, together with the number of the last change it carries; its updates count in
/// order. After `apply` returns, every later `search` sees it. Applying a batch twice is the same as once. `last_change` may go back:
/// whoever rebuilds says 0 until the end. One process writes; calls from several threads wait for each other.
///
/// **Finding.** A paper is found when it has every word of the query somewhere (title, type, number, agency, name of the subject,
/// confirmed and proposed fields, pages), or when the query as a whole is its number, its agency or the code of its type. Words match
/// without tones and marks. Personal numbers match nothing; a query without words matches nothing.
///
/// **Ranking.** Scores are sums of [`Weights`], so every engine agrees to the bit, and an index that grew gives the same answers as one
/// built anew. Equal scores: the younger paper (the higher key) first.
///
/// An empty index answers no hits and `last_change` 0.
pub trait Index: Send + Sync {
    /// Applies a batch and remembers `last_change` in the same commit.
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error>;
    /// Number of the last change that the index carries.
    fn last_change(&self) -> Result<u64, Error>;
    /// Finds papers.
    fn search(&self, query: &Query) -> Result<Hits, Error>;
    /// Forgets everything.
    fn clear(&self) -> Result<(), Error>;
    /// Leaves nothing on the disk of papers that were removed or replaced: a removal only hides them. Papers that were destroyed by a
    /// decision must be gone (PDP-07). It rewrites what it touches, so it is not for every removal.
    fn forget_removed(&self) -> Result<(), Error>;
    /// Keys of all papers in the index, ascending: for `motlan check`.
    fn document_ids(&self) -> Result<Vec<DocumentId>, Error>;
}

/// What each good sign of a paper is worth. A matching tone outweighs order and title together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// For each syllable of the query.
    pub syllable: f32,
    /// For each syllable of a word or phrase that stands somewhere with all tones and marks that the query has.
    pub toned: f32,
    /// All syllables of a query of several words stand somewhere side by side, in order.
    pub order: f32,
    /// All words stand in the title.
    pub title: f32,
    /// The query as a whole is the number, the agency or the type code.
    pub key: f32,
}

/// The weights that every index uses: small whole numbers, so that sums are exact in any order.
pub const WEIGHTS: Weights = Weights { syllable: 1.0, toned: 4.0, order: 2.0, title: 1.0, key: 16.0 };
