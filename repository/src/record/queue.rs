//! Việc cần làm: the open dossiers of a counter, the most urgent first.

use super::{DossierId, DossierState};
use crate::identifier::{DossierCode, ProcedureCode};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Mức khẩn of an open dossier, by the deadline of its next step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Quá hạn.
    Overdue,
    /// Đến hạn hôm nay.
    Today,
    /// Sắp đến hạn: on the next working day at the latest.
    Soon,
    /// Còn hạn.
    InTime,
    /// Chờ người nộp: the term stands still, or the result waits to be collected.
    Waiting,
    /// Không có hạn: its procedure names no term, or it was over when the dossier was entered.
    None,
}

impl Urgency {
    /// Every one, the most urgent first.
    pub const ALL: [Urgency; 6] =
        [Urgency::Overdue, Urgency::Today, Urgency::Soon, Urgency::InTime, Urgency::Waiting, Urgency::None];

    /// Vietnamese name for people.
    pub fn label(self) -> &'static str {
        match self {
            Urgency::Overdue => "Quá hạn",
            Urgency::Today => "Đến hạn hôm nay",
            Urgency::Soon => "Sắp đến hạn",
            Urgency::InTime => "Còn hạn",
            Urgency::Waiting => "Chờ người nộp",
            Urgency::None => "Không có hạn",
        }
    }
}

/// Which open dossiers are wanted; what is left out matches all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// In this state.
    pub state: Option<DossierState>,
    /// Of this procedure.
    pub procedure: Option<ProcedureCode>,
    /// Whose last step this account did.
    pub officer: Option<String>,
    /// So urgent.
    pub urgency: Option<Urgency>,
}

/// Where a page of the queue begins: behind the last dossier of the page before. As text it stands in addresses and says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueuePlace {
    /// What the queue is sorted by.
    pub next_by: i64,
    /// The last dossier of the page before.
    pub id: DossierId,
}

/// A part of the queue.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuePage {
    /// The most urgent first.
    pub dossiers: Vec<QueuedDossier>,
    /// Where the next page begins; none: this is the last.
    pub next: Option<QueuePlace>,
    /// How many there are of each urgency, whatever urgency was asked for.
    pub counts: Vec<(Urgency, u64)>,
    /// Accounts that did the last step of an open dossier.
    pub officers: Vec<String>,
}

/// A dossier in the queue: one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedDossier {
    /// Key.
    pub id: DossierId,
    /// Mã hồ sơ.
    pub code: DossierCode,
    /// Mã TTHC.
    pub procedure: ProcedureCode,
    /// Tên thủ tục.
    pub procedure_name: String,
    /// Name of its owner.
    pub subject: String,
    /// Trạng thái.
    pub state: DossierState,
    /// Ngày tiếp nhận.
    pub received_on: Date,
    /// How old it is, in working days since its receipt; none: more than two years.
    pub age_days: Option<u32>,
    /// By when the next step has to be done.
    pub next_by: Option<Timestamp>,
    /// What was promised.
    pub due_at: Option<Timestamp>,
    /// How urgent that is.
    pub urgency: Urgency,
    /// Whole working days until `next_by`, below zero after it: today is 0. None: more than two years, either way.
    pub days_left: Option<i64>,
    /// Who did the last step.
    pub officer: Option<String>,
    /// The appointment was put off with an apology.
    pub is_extended: bool,
}

impl std::fmt::Display for QueuePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.next_by, self.id)
    }
}

impl std::str::FromStr for QueuePlace {
    type Err = ();

    fn from_str(text: &str) -> Result<QueuePlace, ()> {
        let (next_by, id) = text.split_once('.').ok_or(())?;
        Ok(QueuePlace { next_by: next_by.parse().map_err(drop)?, id: id.parse().map_err(drop)? })
    }
}
