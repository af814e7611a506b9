//! Days as papers and people write them: `5/4/2023`, `05-04-2023`, `ngày 05 tháng 4 năm 2023`. A paper is found by each of them.

use crate::analysis::{Syllable, syllables};
use jiff::civil::Date;

/// Years that a date is looked for in; other numbers between strokes are numbers of papers.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

/// Different days of one paper that get their other spellings: a long list of people has hundreds.
const DAYS_MAX: usize = 64;

/// Bytes before a year in which the rest of its date stands: `05 tháng 12 năm ` has 18.
const BEFORE_YEAR: usize = 40;

/// The days that stand in normalised texts, each once, in order.
pub(crate) fn days<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Date> {
    let mut days = Vec::new();
    for text in texts {
        for year in years(text) {
            let near = syllables(around(text, year));
            let found = (0..near.len()).filter_map(|start| day_at(&near[start..]));
            for (day, _) in found {
                if days.len() < DAYS_MAX && !days.contains(&day) {
                    days.push(day);
                }
            }
        }
    }
    days
}

/// Where runs of four digits begin: most of a page need not be looked at more closely.
fn years(text: &str) -> impl Iterator<Item = usize> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    (0..bytes.len()).filter(move |&at| {
        matches!(bytes[at], b'1' | b'2')
            && !at.checked_sub(1).is_some_and(is_digit)
            && (at + 1..at + 4).all(is_digit)
            && !is_digit(at + 4)
    })
}

/// A year and what stands before it.
fn around(text: &str, year: usize) -> &str {
    &text[text.floor_char_boundary(year.saturating_sub(BEFORE_YEAR))..year + 4]
}

/// A day as it is written with words, with strokes, and by machines.
pub(crate) fn spellings(day: Date) -> [String; 3] {
    let (day, month, year) = (day.day(), day.month(), day.year());
    [
        format!("ngày {day} tháng {month} năm {year}"),
        format!("{day}/{month}/{year}"),
        format!("{year}-{month}-{day}"),
    ]
}

/// The day that a text begins with, and how many syllables it takes.
pub(crate) fn day_at(text: &[Syllable]) -> Option<(Date, usize)> {
    let word = |nth: usize| text.get(nth).map_or("", |syllable| syllable.folded.as_str());
    let date = |day: &str, month: &str, year: &str| {
        let year = year.parse().ok().filter(|year| YEARS.contains(year))?;
        Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    };
    if !word(0).starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    if word(1) == "thang" && word(3) == "nam" {
        return date(word(0), word(2), word(4)).map(|day| (day, 5));
    }
    date(word(0), word(1), word(2)).map(|day| (day, 3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::normalise;

    fn check(text: &str, expected: &[&str]) {
        let days = days([&*normalise(text)].into_iter());
        assert_eq!(days.iter().map(Date::to_string).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn days_are_read_in_every_spelling() {
        check("ngày 05 tháng 4 năm 2023", &["2023-04-05"]);
        check("5/4/2023, 05-04-2023, 05.04.2023", &["2023-04-05"]);
        check("từ 01/02/2024 đến 3/4/2025", &["2024-02-01", "2025-04-03"]);
        check("31/02/2024", &[]);
        check("tháng 4 năm 2023", &[]);
        check("17/2024/NQ-HĐND", &[]);
        check("1/2/3000", &[]);
        check(&format!("{0} 15 tháng 12 năm 1999 {0}", "đất ".repeat(50)), &["1999-12-15"]);
    }

    #[test]
    fn spellings_of_people_are_read_again() {
        let day = jiff::civil::date(2023, 4, 5);
        for spelling in &spellings(day)[..2] {
            check(spelling, &["2023-04-05"]);
        }
    }
}
