//! Days as people write them: a year, a month, a day, or a stretch from one to another.

use jiff::civil::{Date, date};
use repository::record::Period;

/// What a text is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoDays {
    /// Not written in any of our forms, or not in the calendar.
    Unreadable,
    /// The first day stands after the last.
    Backwards,
}

/// `2023`, `04/2023`, `05/04/2023`, `2023-04-05`, or from one of these `..` to another; an end may be left out.
pub(super) fn read(text: &str) -> Result<Period, NoDays> {
    let text = text.trim().replace('…', "..");
    let Some((from, to)) = text.split_once("..") else {
        let (from, to) = stretch(&text).ok_or(NoDays::Unreadable)?;
        return Ok(Period { from: Some(from), to: Some(to) });
    };
    let from = end(from, |(first, _)| first)?;
    let to = end(to.trim_start_matches('.'), |(_, last)| last)?;
    match (from, to) {
        (None, None) => Err(NoDays::Unreadable),
        (Some(from), Some(to)) if from > to => Err(NoDays::Backwards),
        (from, to) => Ok(Period { from, to }),
    }
}

/// A period in the shortest of the forms that [`read`] takes; empty: it has no ends.
pub(super) fn write(period: Period) -> String {
    if let (Some(from), Some(to)) = (period.from, period.to)
        && from == to
    {
        return written(from);
    }
    let from = period.from.map(|day| shortest(day, is_first_of_month, |day| day.month() == 1));
    let to = period.to.map(|day| shortest(day, is_last_of_month, |day| day.month() == 12));
    match (from, to) {
        (None, None) => String::new(),
        (Some(from), Some(to)) if from == to => from,
        (from, to) => format!("{}..{}", from.unwrap_or_default(), to.unwrap_or_default()),
    }
}

fn end(text: &str, of: impl Fn((Date, Date)) -> Date) -> Result<Option<Date>, NoDays> {
    match text.trim() {
        "" => Ok(None),
        text => stretch(text).map(|stretch| Some(of(stretch))).ok_or(NoDays::Unreadable),
    }
}

/// First and last day of a year, a month or a day.
fn stretch(text: &str) -> Option<(Date, Date)> {
    let parts = text.split(['/', '-', '.']).map(number).collect::<Option<Vec<_>>>()?;
    match parts[..] {
        [(year, 4)] => Some((day(year, 1, 1)?, day(year, 12, 31)?)),
        [(month, 1 | 2), (year, 4)] | [(year, 4), (month, 1 | 2)] => {
            let first = day(year, month, 1)?;
            Some((first, first.last_of_month()))
        }
        [(of_month, 1 | 2), (month, 1 | 2), (year, 4)] | [(year, 4), (month, 1 | 2), (of_month, 1 | 2)] => {
            let day = day(year, month, of_month)?;
            Some((day, day))
        }
        _ => None,
    }
}

/// A number of a date and how many digits it was written with.
fn number(text: &str) -> Option<(i16, usize)> {
    let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { Some((text.parse().ok()?, text.len())) } else { None }
}

/// Years from 1: zero is in no calendar of ours.
fn day(year: i16, month: i16, of_month: i16) -> Option<Date> {
    if year == 0 {
        return None;
    }
    Date::new(year, month.try_into().ok()?, of_month.try_into().ok()?).ok()
}

/// A day as its year or month where it begins, or ends, one.
fn shortest(day: Date, ends_month: fn(Date) -> bool, ends_year: fn(Date) -> bool) -> String {
    let (year, month) = (day.year(), day.month());
    match (ends_month(day), ends_year(day)) {
        (true, true) => format!("{year:04}"),
        (true, false) => format!("{month:02}/{year:04}"),
        (false, _) => written(day),
    }
}

fn written(day: Date) -> String {
    format!("{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
}

fn is_first_of_month(day: Date) -> bool {
    day == date(day.year(), day.month(), 1)
}

fn is_last_of_month(day: Date) -> bool {
    day == day.last_of_month()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ends as ISO days, and how it is written by us.
    fn check(text: &str, days: &str, written: &str) {
        let period = read(text).expect(text);
        let end = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
        assert_eq!(format!("{} {}", end(period.from), end(period.to)), days, "{text}");
        assert_eq!(write(period), written, "{text}");
        assert_eq!(read(written), Ok(period), "{written}");
    }

    #[test]
    fn days_are_read_and_written() {
        check("2023", "2023-01-01 2023-12-31", "2023");
        check("2023..2024", "2023-01-01 2024-12-31", "2023..2024");
        check("2023…2024", "2023-01-01 2024-12-31", "2023..2024");
        check("2023...2024", "2023-01-01 2024-12-31", "2023..2024");
        check("2023..", "2023-01-01 ", "2023..");
        check("..2024", " 2024-12-31", "..2024");
        check("2/2024", "2024-02-01 2024-02-29", "02/2024");
        check("2024-02", "2024-02-01 2024-02-29", "02/2024");
        check("05/04/2023", "2023-04-05 2023-04-05", "05/04/2023");
        check("5.4.2023", "2023-04-05 2023-04-05", "05/04/2023");
        check("2023-04-05", "2023-04-05 2023-04-05", "05/04/2023");
        check("01/01/2023", "2023-01-01 2023-01-01", "01/01/2023");
        check("31/12/2023", "2023-12-31 2023-12-31", "31/12/2023");
        check("04/2023..05/05/2023", "2023-04-01 2023-05-05", "04/2023..05/05/2023");
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in
            ["", "..", "23", "13/2023", "31/02/2023", "5/4/23", "hôm qua", "2023/2024", "0000", "1/2/3/4"]
        {
            assert_eq!(read(text), Err(NoDays::Unreadable), "{text}");
        }
        assert_eq!(read("2024..2023"), Err(NoDays::Backwards));
    }
}
