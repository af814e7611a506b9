//! Records to answers: what the repository holds, findable by words. Everything here can be thrown away and rebuilt.
//!
//! Here live the analysis of Vietnamese text, the index and the follower that keeps it behind the changes. Not here: the truth.

pub mod contract;

mod abbreviation;
mod analysis;
mod answer;
#[cfg(test)]
mod comparison;
mod entry;
mod error;
mod facets;
mod follower;
mod highlight;
mod index;
mod language;
mod memory;
mod opensearch;
mod personal_number;
mod question;
mod scoring;
mod similar;
mod suggestion;
mod tantivy_index;
mod written_date;

pub use answer::{
    Answer, AnswerItem, KEY_PAPERS_MAX, PageStart, Request, changes_behind, find, search_forgiving,
};
pub use entry::digest;
pub use error::Error;
pub use follower::{follow, reindex};
pub use highlight::{Snippet, matching_regions, snippet};
pub use index::{Cursor, Facets, HITS_MAX, Hit, Hits, Index, NoCursor, Order, Query, Update};
pub use language::{FilterName, Part, Parts, SyntaxError, parse};
pub use memory::Memory;
pub use opensearch::{ClusterUrl, ClusterUrlError, open_cluster};
pub use personal_number::{mask, names_a_person};
pub use question::{Filter, Force, Question};
pub use similar::similar;
pub use suggestion::{Suggestion, SuggestionKind, suggest};

use std::path::Path;
use std::sync::Arc;

/// Opens the tantivy index below `dir`, making it when missing. One that is damaged or has other fields is emptied, and [`follow`] fills
/// it again; one of another version with the same fields is searched until [`follow`] has rebuilt it.
///
/// # Errors
/// `Busy` while another process has it open for writing.
pub fn open(dir: &Path) -> Result<Arc<dyn Index>, Error> {
    tantivy_index::open(dir)
}

/// Opens the tantivy index for reading only, beside another process that writes it (`motlan search`).
///
/// # Errors
/// `NotBuilt` when there is none, or one with other fields; `Damaged` when its files are not what they were.
pub fn open_reader(dir: &Path) -> Result<Arc<dyn Index>, Error> {
    tantivy_index::open_reader(dir)
}
