//! Thời gian làm việc: how much work passes between two moments, and when so much of it has passed. Terms in days and in hours both stand on these
//! two.

use super::WorkCalendar;
use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};

/// A length of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkingTime {
    /// Whole working days; the day that it begins with is not counted.
    Days(u32),
    /// Time during which the counter is open.
    Open(SignedDuration),
}

/// What work is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Working days.
    Days,
    /// Time during which the counter is open.
    Open,
}

impl WorkingTime {
    /// So many hours of work.
    pub fn hours(hours: u32) -> WorkingTime {
        WorkingTime::Open(SignedDuration::from_hours(i64::from(hours)))
    }
}

impl WorkCalendar {
    /// The moment at which so much work has passed: after whole days the same hour of another day; after time of work, at the end of a session, that
    /// end and not the beginning of the next one.
    pub fn add_working_time(&self, from: DateTime, time: WorkingTime) -> DateTime {
        match time {
            WorkingTime::Days(days) => self.add_working_days(from.date(), days).to_datetime(from.time()),
            WorkingTime::Open(time) if time.is_positive() => self.add_open_time(from, time),
            WorkingTime::Open(_) => from,
        }
    }

    /// The work that passes from one moment to another; none when that is not later.
    pub fn working_time_between(&self, from: DateTime, to: DateTime, measure: Measure) -> WorkingTime {
        match measure {
            Measure::Days => WorkingTime::Days(self.working_days_between(from.date(), to.date())),
            Measure::Open => WorkingTime::Open(self.open_time_between(from, to)),
        }
    }

    fn add_open_time(&self, from: DateTime, time: SignedDuration) -> DateTime {
        let mut left = time;
        for (begins, ends) in self.sessions_from(from.date()) {
            let begin = from.max(begins);
            let room = begin.duration_until(ends).max(SignedDuration::ZERO);
            if left <= room {
                return begin.saturating_add(left);
            }
            left -= room;
        }
        DateTime::MAX
    }

    fn open_time_between(&self, from: DateTime, to: DateTime) -> SignedDuration {
        let sessions = self.sessions_from(from.date()).take_while(|(begins, _)| *begins < to);
        sessions.fold(SignedDuration::ZERO, |passed, (begins, ends)| {
            passed + from.max(begins).duration_until(to.min(ends)).max(SignedDuration::ZERO)
        })
    }

    /// When sessions begin and end, from a day on.
    fn sessions_from(&self, day: Date) -> impl Iterator<Item = (DateTime, DateTime)> {
        let days = day.series(jiff::Span::new().days(1)).filter(|day| self.is_working_day(*day));
        days.flat_map(|day| {
            let sessions = self.hours().sessions().iter();
            sessions.map(move |session| (day.to_datetime(session.from), day.to_datetime(session.to)))
        })
    }
}
