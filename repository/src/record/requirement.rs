//! Once-only: what a procedure asks for, held against what is in the store already (REUSE-01).

use super::{Document, Subject};
use crate::DocumentType;
use crate::identifier::{ProcedureCode, SubjectNumber};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Whose papers are wanted for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementsQuestion {
    /// Mã TTHC.
    pub procedure: ProcedureCode,
    /// Number of the subject.
    pub subject: SubjectNumber,
    /// Name as the person states it; when it is another than the one known under the number, nothing is answered.
    pub name: Option<String>,
    /// Date of birth as the person states it; likewise.
    pub birth_date: Option<Date>,
    /// Day that decides about the version of the procedure and about validity; none: today in Việt Nam.
    pub on: Option<Date>,
}

/// Kết quả kiểm tra: each component of the procedure, with what is held for it.
#[doc(alias = "kiểm tra giấy tờ đã có")]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requirements {
    /// Mã TTHC.
    pub procedure: ProcedureCode,
    /// Tên thủ tục.
    pub procedure_name: String,
    /// First day of the version that was in force.
    pub valid_from: Date,
    /// The day asked about.
    pub on: Date,
    /// Who is known under the number; none: nothing is held for it.
    pub subject: Option<Subject>,
    /// In the order of the procedure.
    pub components: Vec<Requirement>,
}

/// One component and what is held for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    /// Key inside the procedure.
    pub key: String,
    /// Tên giấy tờ.
    pub name: String,
    /// Bắt buộc.
    pub required: bool,
    /// Types of paper that satisfy it.
    pub document_types: Vec<DocumentType>,
    /// How the best paper stands.
    pub status: RequirementStatus,
    /// Why, as a Vietnamese sentence that says what to do.
    pub reason: String,
    /// Papers that stand so, best first: highest trust, longest valid, newest.
    pub candidates: Vec<Document>,
}

/// How a component is provided for. The order is that of preference: the first that any paper reaches is the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequirementStatus {
    /// Có sẵn: a paper counts; it must not be asked for again.
    Held,
    /// Tra cứu ở nguồn: the facts stand in a database of the state; no paper is asked for.
    InSource,
    /// Cần xác nhận: a paper of the type is in hand, nobody has confirmed it.
    AwaitingConfirmation,
    /// Chưa đủ mức tin cậy.
    BelowTrust,
    /// Hết hạn, or without the day of issue from which the time would count.
    Expired,
    /// Đã bị thu hồi, thay thế, hủy (REUSE-06).
    Withdrawn,
    /// Cần nộp: none is held.
    NotHeld,
}

impl RequirementStatus {
    /// Whether no paper has to be handed in: one counts, the facts are looked up, or a scan is there and waits for the officer.
    pub fn provides(self) -> bool {
        match self {
            RequirementStatus::Held
            | RequirementStatus::InSource
            | RequirementStatus::AwaitingConfirmation => true,
            RequirementStatus::BelowTrust
            | RequirementStatus::Expired
            | RequirementStatus::Withdrawn
            | RequirementStatus::NotHeld => false,
        }
    }
}
