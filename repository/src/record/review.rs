//! Kiểm tra bóc tách: the papers that wait for it, who has them in front of them, and what was typed of them so far.

use super::{Document, DossierId, Mark, OwnerClaim, SubjectClaim, Urgency};
use crate::DocumentType;
use crate::identifier::DossierCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Quét lại một trang: a new scan of one page, beside the old one.
#[doc(alias = "quét lại")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRescan {
    /// Number of the page.
    pub page: u32,
    /// When.
    pub at: Timestamp,
    /// Account.
    pub by: String,
    /// Why the old scan was not enough.
    pub reason: String,
}

/// Bản đang sửa dở: what an officer typed and did not confirm yet.
#[doc(alias = "bản đang sửa dở")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unfinished {
    /// Name of each input and what stands in it.
    pub inputs: Vec<(String, String)>,
}

/// What an officer finds on opening a paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Desk {
    /// Others who have it in front of them.
    pub others: Vec<Holder>,
    /// What they typed themselves the last time, and when it was kept.
    pub unfinished: Option<(Timestamp, Unfinished)>,
}

/// Who has a paper in front of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Their account.
    pub account: String,
    /// Their name, for people.
    pub name: String,
}

/// What one person keyed of a paper that is keyed twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keyed {
    /// Loại giấy tờ.
    pub document_type: DocumentType,
    /// Chủ giấy tờ; of several the first.
    pub subject: SubjectClaim,
    /// Other owners.
    pub co_owners: Vec<OwnerClaim>,
    /// Key and value of every field.
    pub fields: Vec<(String, String)>,
    /// Key and reason of fields that are right although a check fails, or are not on the paper.
    pub reasons: Vec<(String, String)>,
}

/// Nhập kép: whose turn a paper is.
#[doc(alias = "nhập kép")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyingTurn {
    /// One person is enough.
    Once,
    /// Nobody keyed it yet, and two have to.
    First,
    /// Somebody did; another person does it without seeing what was keyed.
    Second,
    /// Two did, and they differ: a third person sees both and decides.
    Third,
    /// This person did; the turn is somebody else's.
    OfOthers,
}

impl KeyingTurn {
    /// What is there for an account to do with a paper of this type.
    pub fn of(keyings: &[Mark], document_type: DocumentType, account: &str) -> KeyingTurn {
        match keyings {
            done if done.iter().any(|keying| keying.by == account) => KeyingTurn::OfOthers,
            [] if document_type.is_keyed_twice() => KeyingTurn::First,
            [] => KeyingTurn::Once,
            [_] => KeyingTurn::Second,
            [_, _, ..] => KeyingTurn::Third,
        }
    }
}

/// A paper that waits for review.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewItem {
    /// The paper.
    pub document: Document,
    /// The open dossier that it belongs to.
    pub dossier: Option<(DossierId, DossierCode)>,
    /// By when the next step of that dossier is to be done.
    pub next_by: Option<Timestamp>,
    /// How near that is.
    pub urgency: Urgency,
    /// What there is to do for who asks.
    pub turn: KeyingTurn,
    /// Others who have it in front of them.
    pub others: Vec<Holder>,
    /// Who asks typed something that is not confirmed yet.
    pub is_unfinished: bool,
}

/// Hàng chờ kiểm tra: the papers whose dossiers are due first, and how many wait in all.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewQueue {
    /// The first of them.
    pub items: Vec<ReviewItem>,
    /// All that wait.
    pub waiting: u64,
}
