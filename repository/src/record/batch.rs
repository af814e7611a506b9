//! Tập quét: a stack of paper that went through the feeder, and what became of it. Which pages are which paper is thought out elsewhere;
//! here a plan is kept as it was written down.

use super::{DocumentId, DossierId};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Key of a batch inside this installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BatchId(pub Uuid);

/// How far a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    /// Đã nhận: bytes are safe, its pages have not been looked at.
    Received,
    /// Không đọc được: see [`Batch::problem`].
    Unreadable,
    /// Bị dừng: something is odd, a person must look before it is filed.
    Stopped,
    /// Sẵn sàng: nothing is odd.
    Planned,
    /// Đã thực hiện: its papers are in their dossiers.
    CarriedOut,
    /// Đã hoàn tác: its papers left their dossiers again. It can be planned and carried out anew.
    Undone,
    /// Đã tiêu hủy: one of its papers was destroyed, and with it the scan of the whole stack. The other papers stay.
    Destroyed,
}

/// What was done to a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStep {
    /// Tiếp nhận.
    Receive,
    /// Lập kế hoạch chia.
    Plan,
    /// Không đọc được.
    GiveUp,
    /// Sửa kế hoạch.
    Change,
    /// Thực hiện.
    CarryOut,
    /// Hoàn tác.
    Undo,
}

/// A stack that is handed in.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// The scanned files with their names, in the order of scanning.
    pub files: Vec<(String, Bytes)>,
    /// How it was scanned, as the plan calls it.
    pub feed: String,
}

/// A batch, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Key.
    pub id: BatchId,
    /// How far it is.
    pub state: BatchState,
    /// SHA-256 over the SHA-256 of its files in their order; of a single file it is not that file's own.
    pub sha256: String,
    /// How it was scanned, as the plan calls it.
    pub feed: String,
    /// Grows with every change of the plan.
    pub version: u64,
    /// Pages that were looked at.
    pub page_count: u32,
    /// Why it cannot be read, in Vietnamese.
    pub problem: Option<String>,
    /// When.
    pub received_at: Timestamp,
    /// Account.
    pub received_by: String,
    /// Its files.
    pub files: Vec<BatchFile>,
}

/// A file of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFile {
    /// Name, without folders.
    pub file_name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, hex.
    pub sha256: String,
}

/// A batch with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchView {
    /// The batch.
    pub batch: Batch,
    /// What its pages show, as JSON; none: they were not looked at.
    pub stack: Option<String>,
    /// Its plan, as JSON.
    pub plan: Option<String>,
    /// Papers that it is now.
    pub papers: Vec<BatchPaper>,
    /// What was done, oldest first.
    pub events: Vec<BatchEvent>,
}

/// A paper that a batch became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPaper {
    /// The part of the plan.
    pub part: u32,
    /// The paper.
    pub document: DocumentId,
}

/// Something that was done to a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchEvent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub step: BatchStep,
    /// Account.
    pub account: String,
    /// The change of the plan as JSON, or a reason in the words of who acted.
    pub detail: Option<String>,
}

/// A plan as it is to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPlan {
    /// The version that it follows: another one was kept meanwhile when this is not the batch's.
    pub follows: u64,
    /// How the stack was scanned.
    pub feed: String,
    /// What its pages show, as JSON.
    pub stack: String,
    /// Pages of the stack.
    pub page_count: u32,
    /// The plan, as JSON.
    pub plan: String,
    /// Nothing is odd, so that it may be carried out.
    pub is_ready: bool,
    /// Dossiers that it names.
    pub dossiers: Vec<DossierId>,
    /// The change that it came from as JSON; none: it was planned anew.
    pub change: Option<String>,
}

/// Where a part of a plan would go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchPlace {
    /// No dossier has this code.
    NoDossier,
    /// This dossier takes no paper of this kind any more.
    Closed(DossierId),
    /// This dossier has no such component.
    NoComponent(DossierId),
    /// The component of this dossier has a paper, which would be pushed aside.
    Taken(DossierId),
    /// It may go there.
    Free {
        /// The dossier.
        dossier: DossierId,
        /// Tên thành phần, or what an outcome is called.
        name: String,
    },
}

/// A part of a batch whose file is stored already and becomes a paper with all others at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StagedPart {
    /// The part of the plan.
    pub part: u32,
    /// Serial of its cover sheet: the same sheets scanned once more carry it again. None: a person opened this part.
    pub cover_serial: Option<String>,
    /// Key of the paper to be.
    pub(crate) key: DocumentId,
    /// Name that is shown.
    pub(crate) file_name: String,
    pub(crate) sha256: String,
    pub(crate) bytes: i64,
    /// Where it goes.
    pub(crate) place: super::DossierPlace,
}

impl BatchPlace {
    /// The dossier, whether or not the part may go there: its pages are taken for papers of that dossier's subject.
    pub fn dossier(&self) -> Option<DossierId> {
        match self {
            BatchPlace::NoDossier => None,
            BatchPlace::Closed(dossier)
            | BatchPlace::NoComponent(dossier)
            | BatchPlace::Taken(dossier)
            | BatchPlace::Free { dossier, .. } => Some(*dossier),
        }
    }
}

impl BatchState {
    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            BatchState::Received => "Đang xem trang",
            BatchState::Unreadable => "Không đọc được",
            BatchState::Stopped => "Cần xem lại",
            BatchState::Planned => "Sẵn sàng",
            BatchState::CarriedOut => "Đã thực hiện",
            BatchState::Undone => "Đã hoàn tác",
            BatchState::Destroyed => "Đã tiêu hủy bản quét",
        }
    }

    /// Whether its plan may be changed.
    pub fn may_change(self) -> bool {
        matches!(self, BatchState::Stopped | BatchState::Planned | BatchState::Undone)
    }
}

impl BatchStep {
    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            BatchStep::Receive => "Tiếp nhận",
            BatchStep::Plan => "Lập kế hoạch",
            BatchStep::GiveUp => "Không đọc được",
            BatchStep::Change => "Sửa kế hoạch",
            BatchStep::CarryOut => "Thực hiện",
            BatchStep::Undo => "Hoàn tác",
        }
    }
}
