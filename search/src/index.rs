//! The contract of an index, and the values that cross it.
//!
//! Not here: any index ([`crate::Memory`], [`crate::open`]), and the checks of the contract ([`crate::contract`]).

use crate::{Error, Question};
use repository::record::{DocumentId, IndexableDocument, Scope};
use std::fmt;
use std::str::FromStr;

/// What to look for, and how the answer shall look.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// What is looked for.
    pub question: Question,
    /// What may be found: nothing of an answer speaks of a paper outside, neither hits nor counts.
    pub scope: Scope,
    /// Which papers first.
    pub order: Order,
    /// Most hits wanted; at most [`HITS_MAX`] are given.
    pub limit: usize,
    /// Only hits behind this place; none: from the first.
    pub after: Option<Cursor>,
    /// Whether to count what the hits are.
    pub facets: bool,
}

impl Query {
    /// The first hits of a question, best first, without facets.
    pub fn new(question: Question, scope: Scope, limit: usize) -> Query {
        Query { question, scope, order: Order::Relevance, limit, after: None, facets: false }
    }
}

/// Which papers first; of equals the younger one (the higher key).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The highest score.
    #[default]
    Relevance,
    /// The latest day of issue; papers without one last.
    Newest,
    /// The earliest day of issue; papers without one last.
    Oldest,
}

/// One paper that the index found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The paper.
    pub document: DocumentId,
    /// What it is ordered by, higher first: its score, or a number that its day of issue stands for (`Order::rank_of_day`).
    pub rank: f32,
}

/// Hits of one query.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hits {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many there are in all, those before the cursor too.
    pub total: usize,
    /// What they are; empty unless asked for.
    pub facets: Facets,
}

/// How many of all hits have a value, the most frequent first, of equals the smaller value; at most a dozen of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// Codes of types.
    pub types: Vec<(String, u64)>,
    /// Agencies that issued them, as written.
    pub agencies: Vec<(String, u64)>,
    /// Years of issue.
    pub years: Vec<(String, u64)>,
    /// States, as the API names them.
    pub states: Vec<(String, u64)>,
}

/// A place in a list of hits: behind this one. As text it is safe in an address; it says nothing of whoever is found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    /// Rank of the last hit before.
    pub rank: f32,
    /// That hit.
    pub document: DocumentId,
}

/// One paper's place in a batch: the paper as it is now, or its key when it is gone.
#[derive(Debug, Clone, PartialEq)]
pub enum Update {
    /// Add, or replace whatever the index has under this key.
    Put(Box<IndexableDocument>),
    /// Forget.
    Remove(DocumentId),
}

/// Hits that one answer carries: what an export takes at a time.
pub const HITS_MAX: usize = 200;

/// Values of a facet that an answer carries: more than a screen lists beside the hits.
pub(crate) const FACET_VALUES_MAX: usize = 12;

/// The index, as a contract (checked by [`crate::contract::check`] for every implementation).
///
/// **Writing.** The updates of a batch count in order; with them goes the number of the last change that they carry. The number is never
/// ahead of the papers: a batch that failed may have come in part, has not moved the number, and is completed by applying it again, which
/// is the same as once. After `apply` returns, every later `search` sees the batch. One process writes; calls from several threads wait
/// for each other.
///
/// **Rebuilding.** From `begin_rebuild` to `finish_rebuild` batches go into a new, empty index beside the one that is searched; finishing
/// puts it in the place of the old one in one step. An unfinished one is given up by the next `begin_rebuild`, or when the process ends.
///
/// **Finding.** A paper is found when the scope covers it, the filter fits, none of the excluded words stands on it, and it has every
/// word of the question somewhere (title, type, number, agency, names of the owners, day of issue, confirmed and proposed fields, pages; a
/// day in every spelling), or when the question as a whole is its number, its agency or the code of its type. Words match without tones
/// and marks; excluded ones with them only, if they have any. In a tolerant question a word of four to twelve letters without digits
/// matches with one letter put in, left out or replaced, too, one of three to twelve with a letter that looks alike, and four digits or
/// more match the end of a number of six to eight. Only in a question with misses may one word of four be missing. Personal numbers match
/// nothing; an empty question matches nothing.
///
/// **Ranking.** Scores are sums of small whole numbers (`scoring.rs`), so every engine agrees to the bit, and an index that grew gives the
/// same answers as one built anew. Equal ranks: the younger paper (the higher key) first.
///
/// An empty index answers no hits and `last_change` 0.
pub trait Index: Send + Sync {
    /// Applies a batch and remembers `last_change` with it.
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error>;
    /// Number of the last change that the searched index carries.
    fn last_change(&self) -> Result<u64, Error>;
    /// Finds papers.
    fn search(&self, query: &Query) -> Result<Hits, Error>;
    /// Lets batches go into a new, empty index that nobody searches yet.
    fn begin_rebuild(&self) -> Result<(), Error>;
    /// Puts the new index, which carries `last_change`, in the place of the old one.
    fn finish_rebuild(&self, last_change: u64) -> Result<(), Error>;
    /// Whether the searched index was made by another version of the program and shall be rebuilt.
    fn is_outdated(&self) -> bool;
    /// Leaves nothing on the disk of papers that were removed or replaced: a removal only hides them. Papers that were destroyed by a
    /// decision must be gone (PDP-07). It rewrites what it touches, so it is not for every removal.
    fn forget_removed(&self) -> Result<(), Error>;
    /// All papers in the searched index by their keys, ascending, each with the [`crate::digest`] of what was put: for `motlan check`.
    fn digests(&self) -> Result<Vec<(DocumentId, u64)>, Error>;
}

impl Order {
    /// Rank of a paper that was issued on a day, as days since 1970; none: no day is known.
    pub(crate) fn rank_of_day(self, day: Option<i64>) -> f32 {
        match (self, day) {
            (Order::Relevance, _) | (_, None) => f32::MIN,
            (Order::Newest, Some(day)) => day as f32,
            (Order::Oldest, Some(day)) => -day as f32,
        }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:08x}{}", self.rank.to_bits(), self.document.0.simple())
    }
}

/// A text that is no cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no cursor of a list of hits")]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Cursor, NoCursor> {
        let (rank, document) = text.split_at_checked(8).ok_or(NoCursor)?;
        let rank = f32::from_bits(u32::from_str_radix(rank, 16).map_err(|_| NoCursor)?);
        let document = document.parse().map_err(|_| NoCursor)?;
        if rank.is_nan() { Err(NoCursor) } else { Ok(Cursor { rank, document }) }
    }
}
