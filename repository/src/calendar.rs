//! Lịch làm việc: which days an agency works, and how terms of working days and hours are counted (DOMAIN §4.1). Values alone: lists of
//! days off are data that somebody loads ([`crate::Repository::put_calendar`]); every time of day here is that of Asia/Ho_Chi_Minh.

mod office_hours;
mod public_holidays;
mod working_time;

use crate::error::{Error, Result};
use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use office_hours::{OfficeHours, Session};
pub use working_time::{Measure, WorkingTime};

/// Longest list of one year: more than its days is a mistake.
const LISTED_DAYS_MAX: usize = 366;
/// Longest name of a day or of the decision behind a list, in letters: one line on a page.
const NAME_LETTERS_MAX: usize = 200;

/// Lịch làm việc of an agency: Monday to Friday, but for public holidays and what the lists of the years say.
#[doc(alias = "lịch làm việc")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WorkCalendar {
    listed_years: BTreeSet<i16>,
    days_off: BTreeMap<Date, String>,
    make_up_days: BTreeMap<Date, String>,
    hours: OfficeHours,
}

/// Danh sách ngày nghỉ of one year: the days that are decided anew each year (Tết, Giỗ Tổ, the second day of Quốc khánh, exchanged days).
/// Days with a fixed date need not stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearList {
    /// The year.
    pub year: i16,
    /// Which decision says so.
    pub source: String,
    /// Days off beside weekends and fixed public holidays; nghỉ bù may stand here or not. In TOML: `[[year.holiday]]`.
    #[serde(rename = "holiday", default)]
    pub holidays: Vec<ListedDay>,
    /// Days at a weekend on which work is made up. In TOML: `[[year.working]]`.
    #[serde(rename = "working", default)]
    pub make_up_days: Vec<ListedDay>,
}

/// A day of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedDay {
    /// The day.
    pub day: Date,
    /// What it is.
    pub name: String,
}

impl WorkCalendar {
    /// The calendar of these lists and hours. A day that is listed as off and as made up is worked.
    pub fn new(lists: impl IntoIterator<Item = YearList>, hours: OfficeHours) -> WorkCalendar {
        let mut calendar = WorkCalendar { hours, ..WorkCalendar::default() };
        let named = |days: Vec<ListedDay>| days.into_iter().map(|listed| (listed.day, listed.name));
        for list in lists {
            calendar.listed_years.insert(list.year);
            calendar.days_off.extend(named(list.holidays));
            calendar.make_up_days.extend(named(list.make_up_days));
        }
        calendar
    }

    /// Giờ làm việc.
    pub fn hours(&self) -> &OfficeHours {
        &self.hours
    }

    /// Whether the agency works on this day.
    pub fn is_working_day(&self, day: Date) -> bool {
        self.make_up_days.contains_key(&day) || (!is_weekend(day) && self.holiday(day).is_none())
    }

    /// Why a day is off, beside weekends; none: it is no public holiday.
    pub fn holiday(&self, day: Date) -> Option<&str> {
        if self.make_up_days.contains_key(&day) {
            return None;
        }
        let listed = self.days_off.get(&day).map(String::as_str);
        listed.or_else(|| public_holidays::name(day)).or_else(|| self.compensation(day))
    }

    /// The working day that follows a day.
    pub fn next_working_day(&self, day: Date) -> Date {
        self.add_working_days(day, 1)
    }

    /// This day when it is worked, else the next one that is.
    pub fn working_day_from(&self, day: Date) -> Date {
        if self.is_working_day(day) { day } else { self.next_working_day(day) }
    }

    /// The last day of a term: the day that it begins with is not counted (Bộ luật Dân sự 2015 Điều 147), only working days are.
    pub fn add_working_days(&self, from: Date, days: u32) -> Date {
        let following = from.series(jiff::Span::new().days(1)).skip(1);
        let mut working = following.filter(|day| self.is_working_day(*day));
        match days {
            0 => from,
            days => working.nth(days as usize - 1).unwrap_or(Date::MAX),
        }
    }

    /// Working days after `from`, up to `to` and with it; 0 when `to` is not later.
    pub fn working_days_between(&self, from: Date, to: Date) -> u32 {
        let following = from.series(jiff::Span::new().days(1)).skip(1).take_while(|day| *day <= to);
        following.filter(|day| self.is_working_day(*day)).fold(0, |count, _| count + 1)
    }

    /// The working day from which a term is counted: what comes in after the cut-off, or on a day off, counts from the next working day.
    pub fn counts_from(&self, received: DateTime, cut_off: Option<Time>) -> Date {
        let day = self.working_day_from(received.date());
        let is_late = day == received.date() && cut_off.is_some_and(|cut_off| received.time() > cut_off);
        if is_late { self.next_working_day(day) } else { day }
    }

    /// When the counter opens on a day.
    pub fn opening(&self, day: Date) -> DateTime {
        day.to_datetime(self.hours.opens())
    }

    /// When the counter closes on a day.
    pub fn closing(&self, day: Date) -> DateTime {
        day.to_datetime(self.hours.closes())
    }

    /// The years from one day to another whose lists were not loaded: what is counted over them knows only days with a fixed date.
    pub fn missing_lists(&self, from: Date, to: Date) -> Vec<i16> {
        (from.year()..=to.year()).filter(|year| !self.listed_years.contains(year)).collect()
    }

    /// Nghỉ bù: for a fixed public holiday at a weekend the next working day is off (Bộ luật Lao động 2019 Điều 111 khoản 3). Where a list names
    /// that day already, it is this one, and no other is given.
    fn compensation(&self, day: Date) -> Option<&'static str> {
        let mut taken = BTreeSet::new();
        for holiday in public_holidays::of_year(day.year()) {
            if is_weekend(holiday) && !self.make_up_days.contains_key(&holiday) {
                let mut following = holiday.series(jiff::Span::new().days(1)).skip(1);
                taken.extend(following.find(|day| !taken.contains(day) && may_compensate(*day)));
            }
        }
        taken.contains(&day).then_some("Nghỉ bù")
    }
}

impl YearList {
    /// Whether every day lies in the year, has a name, and stands in the list once.
    ///
    /// # Errors
    /// `Invalid` with the day that does not fit.
    pub(crate) fn check(&self) -> Result<()> {
        let refused = |what: String| Err(Error::invalid(format!("Danh sách năm {}: {what}", self.year)));
        if !is_line(&self.source) {
            return refused("thiếu văn bản quyết định, hoặc quá dài.".to_owned());
        }
        let mut seen = BTreeSet::new();
        for listed in self.holidays.iter().chain(&self.make_up_days) {
            let day = listed.day.strftime("%d/%m/%Y");
            if listed.day.year() != self.year {
                return refused(format!("ngày {day} không thuộc năm này."));
            }
            if !is_line(&listed.name) {
                return refused(format!("ngày {day} thiếu tên, hoặc tên quá dài."));
            }
            if !seen.insert(listed.day) {
                return refused(format!("ngày {day} có hai lần."));
            }
        }
        match seen.len() > LISTED_DAYS_MAX {
            true => refused(format!("nhiều hơn {LISTED_DAYS_MAX} ngày.")),
            false => Ok(()),
        }
    }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= NAME_LETTERS_MAX
}

fn may_compensate(day: Date) -> bool {
    !is_weekend(day) && public_holidays::name(day).is_none()
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests;
