//! Giờ làm việc: when the counter is open on a working day.

use crate::error::{Error, Result};
use jiff::civil::{Time, time};
use serde::{Deserialize, Serialize};

/// Eight hours with a pause at noon: usual at counters of the state; an agency with other hours loads its own.
const USUAL: [Session; 2] = [
    Session { from: time(7, 30, 0, 0), to: time(11, 30, 0, 0) },
    Session { from: time(13, 0, 0, 0), to: time(17, 0, 0, 0) },
];

/// Giờ làm việc of every working day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeHours(Vec<Session>);

/// Buổi làm việc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// When it begins.
    pub from: Time,
    /// When it ends.
    pub to: Time,
}

impl Default for OfficeHours {
    fn default() -> OfficeHours {
        OfficeHours(USUAL.to_vec())
    }
}

impl OfficeHours {
    /// These sessions.
    ///
    /// # Errors
    /// `Invalid` when there are none, or one does not end after it begins or begins before the one before it ended.
    pub fn new(sessions: Vec<Session>) -> Result<OfficeHours> {
        let mut times = sessions.iter().flat_map(|session| [session.from, session.to]);
        match !sessions.is_empty() && times.by_ref().is_sorted_by(|one, next| one < next) {
            true => Ok(OfficeHours(sessions)),
            false => Err(Error::invalid(
                "Giờ làm việc không đúng: cần ít nhất một buổi, mỗi buổi kết thúc sau khi bắt đầu và không chồng lên buổi khác.",
            )),
        }
    }

    /// In the order of the day.
    pub fn sessions(&self) -> &[Session] {
        &self.0
    }

    /// When the first session begins.
    pub fn opens(&self) -> Time {
        self.0.first().map_or(Time::midnight(), |session| session.from)
    }

    /// When the last session ends.
    pub fn closes(&self) -> Time {
        self.0.last().map_or(Time::midnight(), |session| session.to)
    }
}
