//! What time it is for deadlines: the machine's, or in a test the one that it wants.

use crate::database;
use jiff::Timestamp;
use jiff::civil::DateTime;
use std::fmt;
use std::sync::Arc;

/// Đồng hồ that deadlines are counted by.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that says what the function says.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Clock {
        Clock(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::new(Timestamp::now)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// A moment as the clock on the wall of a counter shows it: Việt Nam has one zone and no summer time.
pub fn on_the_wall(moment: Timestamp) -> DateTime {
    moment.to_zoned(database::vietnam()).datetime()
}

/// The moment at which the clock on the wall shows this.
pub fn moment_of(shown: DateTime) -> Timestamp {
    shown.to_zoned(database::vietnam()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}
