//! What can go wrong in the index, by what a caller can do about it.

use std::path::PathBuf;

/// A failure of the index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process writes this index: end it, or leave the writing to it.
    #[error("the index in {place} is in use by another motlan process; stop it first")]
    Busy {
        /// Folder or name of the index.
        place: String,
    },
    /// There is no index yet, or one of a version with other fields: whoever may write builds it.
    #[error("there is no index in {dir} that this version can read; `motlan reindex` builds it")]
    NotBuilt {
        /// Folder of the index.
        dir: PathBuf,
    },
    /// The files of the index are damaged. Nothing is lost: the repository is the truth.
    #[error("the index is damaged ({message}); `motlan reindex` builds it anew")]
    Damaged {
        /// What was seen.
        message: String,
    },
    /// The index was opened for reading only.
    #[error("the index is open for reading only")]
    ReadOnly,
    /// No rebuild was begun, or it was given up by another one.
    #[error("the index is not being rebuilt")]
    NoRebuild,
    /// The index is on a cluster that does not answer, refuses us, or cannot do now what was asked. Nothing is lost: it is filled when it is
    /// there again.
    #[error("the index does not answer: {reason}")]
    Unavailable {
        /// What was seen.
        reason: String,
    },
    /// The query cannot be read.
    #[error(transparent)]
    Syntax(#[from] crate::SyntaxError),
    /// The index engine failed.
    #[error("index: {0}")]
    Engine(String),
    /// A file of the index folder cannot be touched.
    #[error("{path}: {source}")]
    File {
        /// What was touched.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The repository failed.
    #[error(transparent)]
    Repository(#[from] repository::Error),
}
