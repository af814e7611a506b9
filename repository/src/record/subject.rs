//! Whose papers they are.

use super::{Document, Dossier, MergeId, SubjectId};
use crate::identifier::SubjectNumber;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Chủ hồ sơ: the person or organization that a paper belongs to.
#[doc(alias = "chủ hồ sơ")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Key.
    pub id: SubjectId,
    /// Cá nhân or tổ chức.
    pub kind: SubjectKind,
    /// Số định danh, CMND, hộ chiếu or mã số thuế (REUSE-04).
    pub number: SubjectNumber,
    /// Full name as confirmed.
    pub name: String,
    /// Ngày sinh, of a citizen.
    pub birth_date: Option<Date>,
}

/// Loại đối tượng of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubjectKind {
    /// Cá nhân.
    Citizen,
    /// Tổ chức.
    Organization,
}

/// What a person states about a subject; [`crate::Repository`] finds the subject with this number or makes one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectClaim {
    /// Cá nhân or tổ chức.
    pub kind: SubjectKind,
    /// The number that identifies the subject.
    pub number: SubjectNumber,
    /// Full name.
    pub name: String,
    /// Ngày sinh, of a citizen.
    #[serde(default)]
    pub birth_date: Option<Date>,
}

/// Gộp: one subject into another, because both are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergeWish {
    /// Whose papers, dossiers and numbers go over: the one known by the old number.
    pub from: SubjectId,
    /// Who stays.
    pub into: SubjectId,
    /// Why.
    pub reason: String,
}

/// Lần gộp: the trace of a merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectMerge {
    /// Key, by which it can be undone.
    pub id: MergeId,
    /// Who went over.
    pub from: SubjectId,
    /// Who stayed.
    pub into: SubjectId,
    /// When.
    pub at: Timestamp,
    /// Account.
    pub account: String,
    /// Why.
    pub reason: String,
    /// When it was undone.
    pub undone_at: Option<Timestamp>,
}

/// Kho quản lý dữ liệu điện tử of one subject: a view, not a container (KHO-01).
#[doc(alias = "kho quản lý dữ liệu điện tử")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Store {
    /// Whose store.
    pub subject: Subject,
    /// Every number by which the subject is found, the one shown among them.
    pub numbers: Vec<SubjectNumber>,
    /// Merges by which others went into this subject and that still hold, newest first.
    pub merges: Vec<SubjectMerge>,
    /// Stored papers that count, newest first; those that expired or are in the archive among them.
    pub documents: Vec<Document>,
    /// Papers that were revoked, replaced or cancelled: traceable, and offered to nobody. Newest first.
    pub former: Vec<Document>,
    /// Dossiers, newest first.
    pub dossiers: Vec<Dossier>,
}
