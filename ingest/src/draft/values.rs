//! Values as people write them, brought into the form that records keep.

use jiff::civil::Date;

/// A value after its check.
pub(super) struct Checked {
    pub(super) value: String,
    /// The value has the form that its field demands.
    pub(super) sound: bool,
}

/// What stands between day, month and year; engines read the stroke also as the fraction slash.
const DATE_JOINERS: &str = " ./-\u{2044}";

/// The first date in a text, in any of the written forms: `05/4/2023`, `5-4-2023`, `05.04.2023`, `ngày 05 tháng 4 năm 2023`.
pub(super) fn date(text: &str) -> Option<Date> {
    let numbers: Vec<(usize, i32)> = numbers(text);
    numbers.windows(3).find_map(|three| {
        let [(start, day), (_, month), (year_start, year)] = three else { return None };
        let between = &text[*start..*year_start];
        let joined = is_written_date(between)
            || between.chars().all(|c| c.is_ascii_digit() || DATE_JOINERS.contains(c));
        let date = || {
            Date::new(i16::try_from(*year).ok()?, i8::try_from(*month).ok()?, i8::try_from(*day).ok()?).ok()
        };
        (joined && (1800..=2200).contains(year)).then(date).flatten()
    })
}

fn is_written_date(between: &str) -> bool {
    let folded = super::paper::fold(between);
    let letters: String = folded.chars().filter(|letter| !letter.is_ascii_digit()).collect();
    letters == "thangnam"
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

/// A date as a record keeps it.
pub(super) fn checked_date(text: &str) -> Option<Checked> {
    date(text).map(|date| Checked { value: date.to_string(), sound: true })
}

/// The first personal number (12 or 9 digits) or tax code (10, 13 digits) in a text; digits may be spaced.
pub(super) fn checked_number(text: &str) -> Option<Checked> {
    let tokens = text
        .split(|c: char| c.is_whitespace())
        .map(|token| token.trim_matches(|c: char| !c.is_ascii_digit()));
    let mut tokens = tokens.filter(|token| !token.is_empty());
    let is_number = |token: &&str| {
        let digits = token.chars().filter(char::is_ascii_digit).count();
        matches!(digits, 9 | 10 | 12 | 13) && token.chars().all(|c| c.is_ascii_digit() || ".-".contains(c))
    };
    let value = tokens.find(is_number).map(str::to_owned).or_else(|| spaced_number(text))?;
    let sound = repository::identifier::SubjectNumber::parse(&value).is_ok();
    Some(Checked { value, sound })
}

fn spaced_number(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let clean = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
    (clean && matches!(digits.len(), 9 | 12)).then_some(digits)
}

/// Text without the dots and marks that frame it on a form; `None` when nothing is left.
pub(super) fn plain(text: &str) -> Option<String> {
    let framed = |c: char| c.is_whitespace() || ".,:;…_-–—|\"“”'`~*•=".contains(c);
    let value = text.trim_start_matches(framed).trim_end_matches(framed);
    let value = value.split_whitespace().filter(|word| !is_leader(word)).collect::<Vec<_>>().join(" ");
    value.chars().any(char::is_alphanumeric).then_some(value)
}

/// A plain text in the shape that its field demands; `None` when it cannot be that field.
pub(super) fn shaped(key: &str, value: &str) -> Option<String> {
    match key {
        "full_name"
        | "holder_name"
        | "registrant_name"
        | "mother_name"
        | "father_name"
        | "representative_name"
        | "husband_name"
        | "wife_name"
        | "signer" => name(value),
        "sex" => sex(value),
        "area" => area(value),
        "book_number" | "parcel_number" | "map_sheet_number" => {
            value.split([' ', ',', ';']).next().map(str::to_owned)
        }
        "number" | "book_entry_number" => Some(until_letters_of_prose(value)),
        "project_name" | "ethnicity" | "nationality" => {
            value.split([',', ';']).next().map(|part| part.trim().to_owned())
        }
        _ => Some(value.to_owned()),
    }
}

/// Forms of address and ranks that stand before a name and are no part of it.
const BEFORE_NAMES: &[&str] = &[
    "ông",
    "bà",
    "anh",
    "chị",
    "thiếu",
    "thượng",
    "trung",
    "đại",
    "tá",
    "úy",
    "tướng",
    "gs",
    "pgs",
    "ts",
    "ths",
    "bs",
    "luật",
    "sư",
];

/// Two to seven capitalised words of letters; what follows them is no name.
pub(super) fn name(value: &str) -> Option<String> {
    let bare = |word: &&str| word.trim_end_matches(['.', ':']).to_lowercase();
    let is_address = |word: &&str| bare(word).split('.').all(|part| BEFORE_NAMES.contains(&part));
    let mut words = Vec::new();
    for word in
        value.split_whitespace().skip_while(|word| is_address(word) || !word.starts_with(char::is_alphabetic))
    {
        let letters = word.trim_end_matches([',', ';', '.']);
        let fits = letters.starts_with(char::is_uppercase)
            && letters.chars().all(|c| c.is_alphabetic() || c == '\'');
        if !fits {
            break;
        }
        words.push(letters);
        if letters.len() < word.len() {
            break;
        }
    }
    (2..=7).contains(&words.len()).then(|| words.join(" "))
}

fn sex(value: &str) -> Option<String> {
    match super::paper::fold(value.split_whitespace().next()?).as_str() {
        "nam" => Some("Nam".into()),
        "nu" => Some("Nữ".into()),
        _ => None,
    }
}

/// A number and its unit. Engines read the small ² as 2 or ?; an area has no other unit that begins with m.
fn area(value: &str) -> Option<String> {
    let mut words = value.split_whitespace();
    let number = words.find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let unit = words.next().map(|unit| unit.trim_end_matches([',', ';', '.']))?;
    match unit {
        "m²" | "m2" | "m?" | "m" => Some(format!("{} m²", number.trim_end_matches([',', ';']))),
        "ha" => Some(format!("{number} ha")),
        _ => None,
    }
}

/// `1204/2023 Khuất Duy Tiến`: the entry ends where a second word of mere letters begins.
fn until_letters_of_prose(value: &str) -> String {
    let mut words: Vec<&str> = Vec::new();
    for word in value.split_whitespace() {
        if !words.is_empty() && !word.chars().any(|c| c.is_ascii_digit()) {
            break;
        }
        words.push(word);
    }
    words.join(" ")
}

/// Nothing but the dots of a leader, read as a word.
fn is_leader(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(|c| ".…_·".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_date(text: &str, expected: Option<&str>) {
        assert_eq!(date(text).map(|date| date.to_string()).as_deref(), expected, "{text}");
    }

    #[test]
    fn dates_in_all_written_forms() {
        check_date("05/4/2023", Some("2023-04-05"));
        check_date("21\u{2044}11\u{2044}2022", Some("2022-11-21"));
        check_date("05-04-2023", Some("2023-04-05"));
        check_date("5.4.2023.", Some("2023-04-05"));
        check_date("Hà Nội, ngày 05 tháng 4 năm 2023", Some("2023-04-05"));
        check_date("ngày 05 tháng 02 năm 2023", Some("2023-02-05"));
        check_date("04 giờ 20 phút, ngày 28/04/2026", Some("2026-04-28"));
        check_date("31/02/2023", None);
        check_date("số 12/2024", None);
        check_date("3 người, 5 hộ, 2020 xã", None);
    }

    #[test]
    fn numbers_are_found_among_words() {
        let check = |text: &str, expected: Option<(&str, bool)>| {
            let found = checked_number(text);
            assert_eq!(found.as_ref().map(|found| (found.value.as_str(), found.sound)), expected, "{text}");
        };
        check("Thẻ căn cước số 079198030218", Some(("079198030218", true)));
        check("0100109106", Some(("0100109106", true)));
        check("0100109107", Some(("0100109107", false)));
        check("0791 9803 0218", Some(("079198030218", true)));
        check("số 12, ngõ 46", None);
    }

    #[test]
    fn values_take_the_shape_of_their_field() {
        let check = |key: &str, value: &str, expected: Option<&str>| {
            assert_eq!(shaped(key, value).as_deref(), expected, "{key} {value}");
        };
        check("full_name", "ông TRƯƠNG CÔNG LẬP, số định danh", Some("TRƯƠNG CÔNG LẬP"));
        check("signer", "GS.TS. Khuất Duy Tiến Đạt", Some("Khuất Duy Tiến Đạt"));
        check("signer", "Trung tá Hồ Văn Lợi", Some("Hồ Văn Lợi"));
        check("holder_name", "chủ sở hữu nhà ở và tài sản", None);
        check("area", "98,4 m?. Cốt nền", Some("98,4 m²"));
        check("area", "xây dựng", None);
        check("sex", "Nữ Dân", Some("Nữ"));
        check("book_entry_number", "CH 02158", Some("CH 02158"));
        check("book_entry_number", "1204/2023 GS.TS. Khuất", Some("1204/2023"));
        check("project_name", "nhà ở riêng lẻ, theo thiết kế", Some("nhà ở riêng lẻ"));
    }

    #[test]
    fn leaders_and_frames_fall_off() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(plain(text).as_deref(), expected, "{text}");
        check(": ....NGUYỄN VĂN A.....", Some("NGUYỄN VĂN A"));
        check(": Nam ......", Some("Nam"));
        check("……………", None);
        check("Số 5, ngách 20/12", Some("Số 5, ngách 20/12"));
    }
}
