//! Reading again, and the order of the queue: passes over a paper, the models that read it, who waits for whom.

use super::{Document, Page, ProposedField, Reading};
use crate::DocumentType;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Mô hình nhận dạng that a re-reading asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadingModel {
    /// Quick, and as good on ordinary scans.
    Fast,
    /// The larger model, for papers that were read badly.
    Accurate,
}

/// Thứ tự ưu tiên of the queue: what goes first stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Giấy tờ ở quầy: someone stands there and waits.
    #[default]
    Counter,
    /// Nhập hàng loạt: a backlog, to be read by tomorrow.
    Import,
    /// Đọc lại: a paper that was read before; nobody waits.
    Reread,
}

impl Priority {
    /// Every class, in the order of the queue.
    pub const ALL: [Priority; 3] = [Priority::Counter, Priority::Import, Priority::Reread];
}

/// Jobs of one class that are not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueCount {
    /// The class.
    pub priority: Priority,
    /// Nobody works on them yet.
    pub waiting: u64,
    /// Being read.
    pub running: u64,
}

/// Which papers to read again; what is left out does not narrow the choice.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RereadFilter {
    /// Only this type.
    pub document_type: Option<DocumentType>,
    /// Only papers with a page whose words have a mean confidence below this, 0–100; a page that could not be read counts as 0.
    pub below_confidence: Option<f32>,
}

/// What became of the wish to read a paper again.
#[derive(Debug, Clone, PartialEq)]
pub struct Reread {
    /// The paper.
    pub document: Document,
    /// It was being read, or waited for it, already: nothing new was queued.
    pub already_queued: bool,
    /// The model of the reading that is queued; none: whichever is configured.
    pub model: Option<ReadingModel>,
}

/// A re-reading under way: what was read before counts until it is finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rereading {
    /// The model asked for; none: whichever is configured.
    pub model: Option<ReadingModel>,
    /// Pages in the file, once it was opened.
    pub page_count: Option<u32>,
    /// Pages read again so far.
    pub pages_read: u32,
}

/// Lượt đọc of one page: what one pass over the paper found on it.
#[derive(Debug, Clone, PartialEq)]
pub struct PageReading {
    /// 1 for the first pass.
    pub number: u32,
    /// Whether it is the one that the record shows.
    pub counts: bool,
    /// When it was stored.
    pub read_at: Timestamp,
    /// What it said of the page.
    pub page: Page,
    /// Engine, stages and words; none when the page could not be read. In lists without its lines.
    pub reading: Option<Reading>,
    /// Mean confidence of its words, 0–100; none: no words.
    pub confidence: Option<f32>,
}

/// What the newest reading says otherwise than a record that a person confirmed. It replaces nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dissent {
    /// Loại giấy tờ, when it differs.
    pub document_type: Option<DocumentType>,
    /// Fields whose value differs from the record's, or which the record does not have.
    pub fields: Vec<ProposedField>,
}
