//! What is to be done, and what a check found.

use super::{DocumentId, ReadingModel};
use jiff::Timestamp;
use serde::Serialize;

/// Việc of the queue: a paper to read. It survives a crash; a lease hands it to one worker at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Key.
    pub id: i64,
    /// The paper to read.
    pub document: DocumentId,
    /// 1 at the first try; counted when claimed, so that a job which kills its worker ends too.
    pub attempt: u32,
    /// Fence: only the holder of the newest claim may write.
    pub claim: i64,
    /// Lượt đọc: 1 for the first; the pages of each pass stand beside those of the passes before.
    pub pass: u32,
    /// Which model shall read; none: whichever is configured.
    pub model: Option<ReadingModel>,
    /// Whether it shall be given back while papers of the counter wait and nobody is free to read them.
    pub yields: bool,
}

/// A master key as the database knows it: not the key itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MasterKeyState {
    /// What it is called.
    pub id: String,
    /// When it was used first.
    pub added_at: Timestamp,
    /// Whether new papers are sealed under it: of one key this is true.
    pub is_used: bool,
    /// Papers whose data key it wraps.
    pub data_keys: u64,
    /// Whether this process has it.
    pub is_held: bool,
}

/// What is known of all stored bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FixityState {
    /// Objects found changed and not mended yet.
    pub changed: u64,
    /// Objects found missing and not mended yet.
    pub missing: u64,
    /// The round of the scrub that is under way, since when; none: there never was one.
    pub scrubbing: Option<ScrubRound>,
    /// The last round that came to its end, and when.
    pub last_round: Option<ScrubRound>,
}

/// A round of the scrub through all stored bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ScrubRound {
    /// When it began, or ended.
    pub at: Timestamp,
    /// Objects read.
    pub objects: u64,
    /// Plain bytes read.
    pub bytes: u64,
}

/// One thing that `motlan check` found wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub enum Finding {
    /// A stored file is gone.
    BytesMissing {
        /// SHA-256 that the record names.
        sha256: String,
    },
    /// A stored file does not have the hash that it is named by.
    BytesChanged {
        /// SHA-256 that the record names.
        sha256: String,
    },
    /// A stored file that no record names.
    BytesUntracked {
        /// Path of the object.
        path: String,
    },
    /// A paper in state stored without what a stored paper must have.
    RecordIncomplete {
        /// The paper.
        document: DocumentId,
        /// What is missing.
        missing: String,
    },
    /// The change numbers have a gap.
    ChangeMissing {
        /// First missing number.
        number: u64,
    },
    /// The access log was changed from outside.
    AccessLogWrong {
        /// Which entry is the first wrong one, and what is wrong.
        problem: String,
    },
}
