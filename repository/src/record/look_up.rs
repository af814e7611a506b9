//! Khai thác giấy tờ: an agency asks what the store holds for one case, and takes what the case needs.

use super::{Document, DocumentId, RequirementStatus, Subject};
use crate::identifier::{ProcedureCode, SubjectNumber};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// For how long what a look-up found may be looked at and taken: a working day, so that nobody keeps it for later.
pub const LOOK_UP_TIME: SignedDuration = SignedDuration::from_hours(24);

/// Key of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LookUpId(pub Uuid);

/// What whoever looks up says: there is no look-up without a case, a procedure, a legal basis and the exact number (PDP-03).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLookUp {
    /// Mã hồ sơ of the case, here or in the agency's own system.
    pub case: String,
    /// Mã TTHC; decides what is answered.
    pub procedure: ProcedureCode,
    /// Căn cứ pháp lý: the law by which the agency may ask.
    pub basis: String,
    /// Number of the subject, exactly.
    pub number: SubjectNumber,
}

/// Lượt khai thác: what an account of an agency was told for a case.
#[doc(alias = "khai thác dữ liệu")]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LookUp {
    /// Key.
    pub id: LookUpId,
    /// Account that asked.
    pub login: String,
    /// Its agency.
    pub agency: String,
    /// Mã hồ sơ of the case.
    pub case: String,
    /// Mã TTHC.
    pub procedure: ProcedureCode,
    /// Tên thủ tục.
    pub procedure_name: String,
    /// Căn cứ pháp lý.
    pub basis: String,
    /// When.
    pub at: Timestamp,
    /// Until when the papers may be looked at and taken.
    pub ends_at: Timestamp,
    /// Whose papers; none when nothing is held for the procedure, so that nobody learns who is known at all.
    pub subject: Option<Subject>,
    /// In the order of the procedure.
    pub components: Vec<LookedUp>,
}

/// A look-up in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookUpLine {
    /// Key.
    pub id: LookUpId,
    /// Mã hồ sơ of the case.
    pub case: String,
    /// Mã TTHC.
    pub procedure: ProcedureCode,
    /// When.
    pub at: Timestamp,
}

/// One component and what is held for it. What waits to be confirmed, has expired or was withdrawn is told as a status, without the paper.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LookedUp {
    /// Key inside the procedure.
    pub key: String,
    /// Tên giấy tờ.
    pub name: String,
    /// How it stands.
    pub status: RequirementStatus,
    /// Why, as a Vietnamese sentence.
    pub reason: String,
    /// Papers that count, best first.
    pub papers: Vec<LookedUpPaper>,
}

/// A held paper that counts for a component.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LookedUpPaper {
    /// The record.
    pub document: Document,
    /// When it was taken for the case; none: it was not.
    pub taken_at: Option<Timestamp>,
}

/// What one account may ask in one day: enough for the busiest counter, too little to copy a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookUpQuota {
    /// By a person.
    pub person: u32,
    /// By a program, which asks for a whole agency.
    pub program: u32,
}

impl Default for LookUpQuota {
    fn default() -> LookUpQuota {
        LookUpQuota { person: 200, program: 10_000 }
    }
}

impl LookUp {
    /// Papers that were taken for the case, each once.
    pub fn taken(&self) -> Vec<&Document> {
        let papers = self.components.iter().flat_map(|component| &component.papers);
        let mut taken: Vec<&Document> = Vec::new();
        for paper in papers.filter(|paper| paper.taken_at.is_some()) {
            if taken.iter().all(|one| one.id != paper.document.id) {
                taken.push(&paper.document);
            }
        }
        taken
    }

    /// The paper of a component.
    pub fn paper(&self, component: &str, document: DocumentId) -> Option<&LookedUpPaper> {
        let component = self.components.iter().find(|one| one.key == component)?;
        component.papers.iter().find(|paper| paper.document.id == document)
    }
}
