//! Phạm vi tra cứu: what an actor may find, as a value that goes into every search. The rule is [`Scope::covers`]; engines of the index
//! say the same in their own words, and each hit is checked by it again.

use super::{Period, SubjectId};
use crate::spelling::fold;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Phạm vi tra cứu of an actor: a paper is inside when one of the rights covers it. Without any right nothing is.
#[doc(alias = "phạm vi tra cứu")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scope {
    /// Any of them suffices.
    pub rights: Vec<Right>,
}

/// One right: everything that it names must fit, and what it leaves out does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Right {
    /// Only papers of this subject.
    pub subject: Option<SubjectId>,
    /// Only papers that this agency received or issued, by its name; letter case, accents and marks do not matter.
    pub agency: Option<String>,
    /// Only papers received in these days.
    #[serde(default)]
    pub received: Period,
}

/// Of a paper what rights ask for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Its owners, and whoever it was received for.
    pub subjects: Vec<SubjectId>,
    /// Keys ([`agency_key`]) of the agency that received it and the one that issued it.
    pub agencies: Vec<String>,
    /// Day of receipt in Việt Nam.
    pub received_on: Date,
}

/// A right that an account was given, and perhaps lost again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrantedRight {
    /// Key.
    pub id: RightId,
    /// Whose.
    pub account: String,
    /// What it lets that account find.
    pub right: Right,
    /// Why it was given.
    pub reason: String,
    /// Account that gave it.
    pub granted_by: String,
    /// When.
    pub granted_at: Timestamp,
    /// Account that took it back; none: it holds.
    pub revoked_by: Option<String>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// Key of a right that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RightId(pub Uuid);

/// Lượt tìm đã lưu: a query under a name.
#[doc(alias = "lượt tìm đã lưu")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SavedView {
    /// Key.
    pub id: SavedViewId,
    /// What its officer calls it.
    pub name: String,
    /// The query as typed.
    pub query: String,
    /// When it was saved last.
    pub saved_at: Timestamp,
}

/// Key of a saved view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SavedViewId(pub Uuid);

/// An agency by its name, whichever way it is written: `UBND phường Bến Mơ` and `Ubnd Phuong Ben Mo` are one.
pub fn agency_key(name: &str) -> String {
    fold(name)
}

impl Scope {
    /// Everything.
    pub fn everything() -> Scope {
        Scope { rights: vec![Right::default()] }
    }

    /// Whether a paper may be found.
    pub fn covers(&self, bounds: &Bounds) -> bool {
        self.rights.iter().any(|right| right.covers(bounds))
    }
}

impl Right {
    /// Whether this right covers a paper.
    pub fn covers(&self, bounds: &Bounds) -> bool {
        self.subject.is_none_or(|subject| bounds.subjects.contains(&subject))
            && self.agency.as_deref().is_none_or(|name| bounds.agencies.contains(&agency_key(name)))
            && self.received.contains(bounds.received_on)
    }
}
