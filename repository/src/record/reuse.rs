//! Tái sử dụng: a held paper fills a component, or is not wanted for a reason.

use super::{DocumentId, DossierId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Wish to fill a component with a held paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reuse {
    /// The dossier.
    pub dossier: DossierId,
    /// Key of the component.
    pub component: String,
    /// The held paper.
    pub document: DocumentId,
}

/// A held paper is not to be used: an officer asks for it anyway, or the person does not want it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReuseRefusal {
    /// The dossier.
    pub dossier: DossierId,
    /// Key of the component.
    pub component: String,
    /// Who does not want it used.
    pub asked_by: RefusedBy,
    /// Why, in writing.
    pub reason: String,
}

/// Lý do đã ghi: a refusal as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedReuse {
    /// Key of the component.
    pub component: String,
    /// The paper that was held.
    pub document: DocumentId,
    /// Who did not want it used.
    pub asked_by: RefusedBy,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// Account that wrote it down.
    pub account: String,
}

/// Who does not want a held paper used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusedBy {
    /// Cán bộ: asks for the paper all the same.
    Officer,
    /// Người dân: saw what is held and does not want it used.
    Subject,
}

/// Tình trạng số hóa of a component (REUSE-02).
#[doc(alias = "TrangThaiSoHoa")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Digitization {
    /// Chưa số hóa: no confirmed paper fills it.
    #[default]
    None,
    /// Được số hóa: from a paper that was handed in for this dossier.
    Digitized,
    /// Tái sử dụng: a paper that came in as a component before.
    Reused,
    /// Tái sử dụng từ kết quả hồ sơ khác.
    ReusedOutcome,
}

impl Digitization {
    /// `TrangThaiSoHoa` of the national portal.
    pub fn status_code(self) -> u8 {
        match self {
            Digitization::None => 0,
            Digitization::Digitized => 1,
            Digitization::Reused => 2,
            Digitization::ReusedOutcome => 3,
        }
    }

    /// `DuocTaiSuDung` of the national portal: its values are known, what tells 1 from 2 is our reading of them.
    pub fn reuse_code(self) -> u8 {
        match self {
            Digitization::None | Digitization::Digitized => 0,
            Digitization::Reused => 1,
            Digitization::ReusedOutcome => 2,
        }
    }
}
