//! Đại diện and mở khẩn cấp: ties that somebody made, each with a reason and an end.

use super::{Period, SubjectId};
use crate::identifier::SubjectNumber;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// For how long records stay open after an emergency was stated.
pub const BREAK_GLASS_TIME: SignedDuration = SignedDuration::from_mins(60);

/// Key of a representation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RepresentationId(pub Uuid);

/// Đại diện: an account that speaks for a subject.
#[doc(alias = "đại diện")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Representation {
    /// Key.
    pub id: RepresentationId,
    /// Account.
    pub login: String,
    /// For whom.
    pub subject: SubjectId,
    /// As what.
    pub kind: RepresentationKind,
    /// From this day on.
    pub first_day: Date,
    /// To this day; none: until somebody ends it.
    pub last_day: Option<Date>,
    /// Why: the paper that says so.
    pub reason: String,
    /// Account that wrote it down.
    pub made_by: String,
    /// When somebody ended it.
    pub ended_at: Option<Timestamp>,
}

/// As what somebody speaks for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepresentationKind {
    /// Cha, mẹ, người giám hộ of a child.
    Child,
    /// Người đại diện theo pháp luật of an organization.
    Organization,
}

/// What whoever writes a representation down says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRepresentation {
    /// Account of a citizen.
    pub login: String,
    /// For whom.
    pub subject: SubjectId,
    /// As what.
    pub kind: RepresentationKind,
    /// Days on which it holds; without a beginning: from today on.
    pub period: Period,
    /// Why: the paper that says so.
    pub reason: String,
}

/// Key of an emergency opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BreakGlassId(pub Uuid);

/// Lượt mở khẩn cấp: somebody looked at what nothing tied them to.
#[doc(alias = "mở khẩn cấp")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BreakGlass {
    /// Key.
    pub id: BreakGlassId,
    /// Account that opened.
    pub login: String,
    /// Name shown for it.
    pub name: String,
    /// Its agency.
    pub agency: String,
    /// Whose records.
    pub subject: SubjectId,
    /// Why.
    pub reason: String,
    /// When.
    pub began_at: Timestamp,
    /// Until when they were open.
    pub ends_at: Timestamp,
    /// Account of the superior who was told.
    pub told: String,
    /// Whether it was right; none: nobody said yet.
    pub verdict: Option<BreakGlassVerdict>,
    /// What was said about it.
    pub remark: Option<String>,
    /// Account that judged.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_at: Option<Timestamp>,
}

/// Kết luận on an emergency opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakGlassVerdict {
    /// Có căn cứ.
    Justified,
    /// Không có căn cứ.
    Unjustified,
}

/// What whoever opens in an emergency says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBreakGlass {
    /// Number of the subject, exactly.
    pub number: SubjectNumber,
    /// Why; the subject reads it.
    pub reason: String,
    /// Account of the superior who is told at once.
    pub told: String,
}
