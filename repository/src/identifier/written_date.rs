//! Days as people write them: in figures, with the words of NĐ 30/2020, and wholly in words.

use crate::spelling::fold;
use jiff::civil::Date;
use std::ops::RangeInclusive;

/// A day that a text names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenDate {
    /// A day of the calendar.
    Day(Date),
    /// Written like a day, and no day of the calendar: `31/02/2023`.
    Impossible,
}

impl WrittenDate {
    /// The day, if it is one.
    pub fn day(self) -> Option<Date> {
        match self {
            WrittenDate::Day(date) => Some(date),
            WrittenDate::Impossible => None,
        }
    }
}

/// What stands between day, month and year; engines read the stroke also as the fraction slash.
const JOINERS: &str = " ./-\u{2044}";
/// Years that papers speak of; other numbers of four digits are no years.
const YEARS: RangeInclusive<i32> = 1800..=2200;

/// The first day in a text that is written in figures: `05/4/2023`, `5-4-2023`, `05.04.2023`, `ngày 05 tháng 4 năm 2023`.
pub fn date_in_figures(text: &str) -> Option<WrittenDate> {
    numbers(text).windows(3).find_map(|three| {
        let [(start, day), (_, month), (year_start, year)] = three else { return None };
        let between = &text[*start..*year_start];
        let bare = between.chars().all(|c| c.is_ascii_digit() || JOINERS.contains(c));
        let fits =
            (bare && between.contains(|c: char| c != ' ' && JOINERS.contains(c))) || is_worded(between);
        (fits && YEARS.contains(year)).then(|| calendar(*day, *month, *year))
    })
}

/// `05 tháng 4 năm `, one misread letter in each word forgiven.
fn is_worded(between: &str) -> bool {
    let words: Vec<String> =
        between.split(|c: char| c.is_ascii_digit()).map(fold).filter(|word| !word.is_empty()).collect();
    let alike = |word: &str, wanted: &str| crate::spelling::distance_within(word, wanted, 1).is_some();
    matches!(words.as_slice(), [month, year] if alike(month, "thang") && alike(year, "nam"))
}

fn calendar(day: i32, month: i32, year: i32) -> WrittenDate {
    let date =
        || Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    date().map_or(WrittenDate::Impossible, WrittenDate::Day)
}

/// Runs of digits with the byte where each begins.
fn numbers(text: &str) -> Vec<(usize, i32)> {
    let mut numbers = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_ascii_digit(), start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                numbers.extend(text[begin..at].parse().map(|number| (begin, number)));
                start = None;
            }
            _ => {}
        }
    }
    numbers
}

/// The first day in a text that is written in words: `Ngày mười bốn tháng ba năm hai nghìn không trăm mười chín`. Accents do not matter.
pub fn date_in_words(text: &str) -> Option<WrittenDate> {
    let words: Vec<String> = text.split_whitespace().map(fold).filter(|word| !word.is_empty()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let month_at = words.iter().position(|word| *word == "thang")?;
    let year_at = (month_at + 2..words.len()).find(|at| begins_year(&words[*at..]))?;
    let day_start = words[..month_at].iter().rposition(|word| *word == "ngay").map_or(0, |at| at + 1);
    let day = number_in_words(&words[day_start..month_at])?;
    let month = number_in_words(&words[month_at + 1..year_at])?;
    let year = number_in_words(&words[year_at + 1..])?;
    YEARS.contains(&year).then(|| calendar(day, month, year))
}

/// `năm hai nghìn …`: the word for year is also that for five, so what follows decides.
fn begins_year(words: &[&str]) -> bool {
    matches!(words, ["nam", "mot" | "hai", "nghin" | "ngan", ..])
}

/// A number below ten thousand in words; it ends at the first word that is none of a number.
fn number_in_words(words: &[&str]) -> Option<i32> {
    let (mut total, mut digit, mut any) = (0, 0, false);
    for word in words {
        match *word {
            "nghin" | "ngan" => (total, digit) = (total + 1000 * digit, 0),
            "tram" => (total, digit) = (total + 100 * digit, 0),
            "muoi" => (total, digit) = (total + 10 * digit.max(1), 0),
            "linh" | "le" | "mung" => {}
            word => match digit_in_words(word) {
                Some(value) => digit = value,
                None => break,
            },
        }
        any = true;
    }
    any.then_some(total + digit)
}

fn digit_in_words(word: &str) -> Option<i32> {
    Some(match word {
        "khong" => 0,
        "mot" => 1,
        "hai" => 2,
        "ba" => 3,
        "bon" | "tu" => 4,
        "nam" | "lam" | "nham" => 5,
        "sau" => 6,
        "bay" => 7,
        "tam" => 8,
        "chin" => 9,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_in_figures() {
        let check = |text: &str, expected: Option<&str>| {
            let day = date_in_figures(text).and_then(WrittenDate::day);
            assert_eq!(day.map(|date| date.to_string()).as_deref(), expected, "{text}");
        };
        check("05/4/2023", Some("2023-04-05"));
        check("21\u{2044}11\u{2044}2022", Some("2022-11-21"));
        check("05-04-2023", Some("2023-04-05"));
        check("5.4.2023.", Some("2023-04-05"));
        check("Hà Nội, ngày 05 tháng 4 năm 2023", Some("2023-04-05"));
        check("ngày 05 tháng 02 năm 2023", Some("2023-02-05"));
        check("ngày 05 thảng 4 nãm 2023", Some("2023-04-05"));
        check("ngày 05 tháno 4 năm 2023", Some("2023-04-05"));
        check("04 giờ 20 phút, ngày 28/04/2026", Some("2026-04-28"));
        check("05 04 2023", None);
        check("số 12/2024", None);
        check("3 người, 5 hộ, 2020 xã", None);
    }

    #[test]
    fn what_is_written_like_a_day_and_is_none() {
        let check =
            |text: &str, expected: Option<WrittenDate>| assert_eq!(date_in_figures(text), expected, "{text}");
        check("31/02/2023", Some(WrittenDate::Impossible));
        check("ngày 15 tháng 13 năm 2020", Some(WrittenDate::Impossible));
        check("12/5 đường 2023", None);
    }

    #[test]
    fn days_in_words() {
        let check = |text: &str, expected: Option<&str>| {
            let day = date_in_words(text).and_then(WrittenDate::day);
            assert_eq!(day.map(|date| date.to_string()).as_deref(), expected, "{text}");
        };
        check("Ngày năm tháng tư năm hai nghìn không trăm hai mươi ba", Some("2023-04-05"));
        check("Ngày mười bốn tháng ba năm hai nghìn không trăm mười chín", Some("2019-03-14"));
        check("Ngày ba mươi tháng tám năm hai nghìn không trăm linh một", Some("2001-08-30"));
        check("ngày mười lăm tháng năm năm một nghìn chín trăm chín mươi tám", Some("1998-05-15"));
        check("Ngày hai mươi mốt tháng mười hai năm một ngàn chín trăm tám mươi", Some("1980-12-21"));
        check("Ngày ba mươi mốt tháng hai năm hai nghìn", None);
        check("tháng ba năm hai nghìn người", None);
    }
}
