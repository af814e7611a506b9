//! Values as people write them, brought into the form that records keep.

use jiff::civil::Date;
use repository::document_type::{FieldKind, field_key};
use repository::identifier::{WrittenDate, date_in_figures, date_in_words};
use repository::{ethnicity, spelling};

/// A sex stands among the first words behind its label.
const SEX_WORDS_MAX: usize = 3;
/// A number with more letters among its digits than this is a word.
const DIGITS_MISREAD_MAX: usize = 2;

/// The value of a field in the form that its key demands; `None` when the words cannot be that field.
pub(super) fn value(key: &str, written: &str) -> Option<String> {
    match field_key(key)?.kind {
        FieldKind::Date => date_value(written),
        FieldKind::PersonalNumber => number(written),
        FieldKind::Text => shaped(key, &plain(written)?),
    }
}

/// The first day that the words name, as a record keeps it; what is written like a day and is none stays as it stands.
fn date_value(written: &str) -> Option<String> {
    match date_in_figures(written).or_else(|| date_in_figures(&without_gaps(written))) {
        Some(WrittenDate::Day(date)) => Some(date.to_string()),
        Some(WrittenDate::Impossible) => plain(written),
        None => date_in_words(written).and_then(WrittenDate::day).map(|date| date.to_string()),
    }
}

/// Figures that an engine tore apart belong together: `14-02-1 966`.
fn without_gaps(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let is_figure = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
    let is_gap = |at: usize| letters[at] == ' ' && is_figure(at.checked_sub(1)) && is_figure(Some(at + 1));
    (0..letters.len()).filter(|at| !is_gap(*at)).map(|at| letters[at]).collect()
}

/// The first day in figures in a text.
pub(super) fn date(text: &str) -> Option<Date> {
    date_in_figures(text)?.day()
}

/// The first personal number (12 or 9 digits) or tax code (10, 13 digits) in a text, else what looks most like one; digits may be
/// spaced.
fn number(text: &str) -> Option<String> {
    let tokens = text
        .split(|c: char| c.is_whitespace())
        .map(|token| token.trim_matches(|c: char| !c.is_ascii_alphanumeric()));
    let tokens: Vec<&str> = tokens.filter(|token| !token.is_empty()).collect();
    let has = |token: &&&str, counts: std::ops::RangeInclusive<usize>| {
        let digits = token.chars().filter(char::is_ascii_digit).count();
        counts.contains(&digits)
            && digits + DIGITS_MISREAD_MAX >= token.chars().filter(|c| c.is_alphanumeric()).count()
    };
    let whole = |token: &&&str| {
        let digits = token.chars().filter(char::is_ascii_digit).count();
        matches!(digits, 9 | 10 | 12 | 13) && token.chars().all(|c| c.is_ascii_digit() || ".-".contains(c))
    };
    if let Some(torn) = torn_number(&tokens) {
        return Some(torn);
    }
    let found = tokens.iter().find(whole).map(|token| without_groups(token));
    found
        .or_else(|| spaced_number(text))
        .or_else(|| tokens.iter().find(|token| has(token, 8..=14)).map(|token| (*token).to_owned()))
}

/// `079.198.030.218` is one number; the dash of a branch's tax code is part of it.
fn without_groups(token: &str) -> String {
    let digits: String = token.chars().filter(char::is_ascii_digit).collect();
    if matches!(digits.len(), 9 | 12) { digits } else { token.to_owned() }
}

/// Twelve digits in neighbouring words: `031 093787895`.
fn torn_number(tokens: &[&str]) -> Option<String> {
    let is_digits = |token: &&str| token.bytes().all(|byte| byte.is_ascii_digit());
    let runs = tokens.chunk_by(|one, next| is_digits(one) && is_digits(next));
    runs.filter(|run| run.iter().all(is_digits)).map(<[&str]>::concat).find(|digits| digits.len() == 12)
}

fn spaced_number(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let clean = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace());
    (clean && matches!(digits.len(), 9 | 12)).then_some(digits)
}

/// Text without the dots and marks that frame it on a form; `None` when nothing is left.
pub(super) fn plain(text: &str) -> Option<String> {
    let framed = |c: char| c.is_whitespace() || ".,:;…_-–—|\"“”'`~*•=".contains(c);
    let value = text.trim_start_matches(|c| framed(c) || c == '/').trim_end_matches(framed);
    let words = value.split_whitespace().filter(|word| !is_leader(word)).map(without_daggers);
    let value = words.collect::<Vec<_>>().join(" ");
    value.chars().any(char::is_alphanumeric).then_some(value)
}

/// Whether a key's value is the name of a person.
pub(super) fn is_name_key(key: &str) -> bool {
    key == "signer" || key.ends_with("_name") && !matches!(key, "enterprise_name" | "project_name")
}

/// A plain text in the shape that its field demands; `None` when it cannot be that field.
fn shaped(key: &str, value: &str) -> Option<String> {
    match key {
        key if is_name_key(key) => name(value),
        "sex" => sex(value),
        "area" => area(value),
        "birth_year" | "father_birth_year" | "mother_birth_year" => year(value),
        "phone" => phone(value),
        "book_number" | "parcel_number" | "map_sheet_number" | "change_number" => {
            value.split([' ', ',', ';']).next().map(str::to_owned)
        }
        "number" | "book_entry_number" => Some(until_letters_of_prose(value)),
        "project_name" => value.split([',', ';']).next().map(|part| part.trim().to_owned()),
        // The label's last word may stand on the value's row: `xã: Không`.
        "office_ban" => value.rsplit(':').next().and_then(plain),
        key if key.ends_with("ethnicity") => people(value),
        key if key.ends_with("nationality") => nationality(value),
        _ => Some(value.to_owned()),
    }
}

/// The people that a value begins with, else all of it up to a mark.
fn people(value: &str) -> Option<String> {
    let until_mark = value.split([',', ';', '.', ':', '(']).next()?.trim();
    let words: Vec<&str> = until_mark.split_whitespace().collect();
    let known =
        (1..=words.len()).rev().map(|count| words[..count].join(" ")).find(|name| ethnicity::is_known(name));
    known.or_else(|| (!until_mark.is_empty()).then(|| until_mark.to_owned()))
}

/// What this country is called, whatever accents were read; other countries as they stand.
fn nationality(value: &str) -> Option<String> {
    let until_mark = value.split([',', ';', '.', ':', '(']).next()?.trim();
    let first_two = until_mark.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let is_here = spelling::fold(&first_two) == "vietnam";
    Some(if is_here { "Việt Nam".to_owned() } else { until_mark.to_owned() }).filter(|name| !name.is_empty())
}

fn year(value: &str) -> Option<String> {
    let mut numbers = value.split(|c: char| !c.is_ascii_digit());
    numbers
        .find(|number| number.len() == 4 && (number.starts_with("19") || number.starts_with("20")))
        .map(str::to_owned)
}

/// The digits at the beginning, as they are grouped.
fn phone(value: &str) -> Option<String> {
    let end = value.find(|c: char| !(c.is_ascii_digit() || " .-+()".contains(c))).unwrap_or(value.len());
    let number = value[..end].trim_end_matches(|c: char| !c.is_ascii_digit());
    (number.chars().filter(char::is_ascii_digit).count() >= 8).then(|| number.to_owned())
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

/// Two to seven capitalised words of letters; what follows them is no name. Signs before it, and a lone small letter, are what a
/// flourish or the end of a leader was taken for.
pub(super) fn name(value: &str) -> Option<String> {
    let bare = |word: &&str| word.trim_end_matches(['.', ':']).to_lowercase();
    let is_address = |word: &&str| bare(word).split('.').all(|part| BEFORE_NAMES.contains(&part));
    let is_letter = |c: char| c.is_uppercase() || c.is_lowercase();
    let is_speck = |word: &&str| {
        let mut letters = word.chars().filter(|c| is_letter(*c));
        letters.next().is_none_or(|first| first.is_lowercase() && letters.next().is_none())
    };
    let mut words = Vec::new();
    for word in value
        .split_whitespace()
        .map(|word| word.trim_start_matches(|c: char| !c.is_alphanumeric()))
        .skip_while(|word| is_address(word) || is_speck(word))
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

/// The first word for a sex among the first few, in one piece or torn (`N am`): what stands before it is noise of the label.
fn sex(value: &str) -> Option<String> {
    let words: Vec<String> = value.split_whitespace().take(SEX_WORDS_MAX).map(spelling::fold).collect();
    let torn = words.windows(2).map(<[String]>::concat);
    words
        .iter()
        .cloned()
        .chain(torn)
        .filter_map(|word| match word.as_str() {
            "nam" => Some("Nam".to_owned()),
            "nu" => Some("Nữ".to_owned()),
            _ => None,
        })
        .next()
}

/// A number and its unit. Engines read the small ² as 2, ?, ˆ or a quote; an area has no other unit that begins with m.
fn area(value: &str) -> Option<String> {
    let is_figure = |c: char| c.is_ascii_digit() || matches!(c, ',' | '.');
    let from = value.split_whitespace().position(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let rest = value.split_whitespace().skip(from).collect::<Vec<_>>().join(" ");
    let (number, rest) = rest.split_at(rest.find(|c| !is_figure(c))?);
    let number = number.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = rest.split_whitespace().next()?.trim_end_matches([',', ';', '.']);
    match unit {
        "ha" => Some(format!("{number} ha")),
        unit if unit.starts_with('m') && unit.chars().count() <= 2 => Some(format!("{number} m²")),
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

/// Engines read the t of some fonts as a dagger, which no form prints: inside a word it is the letter.
fn without_daggers(word: &str) -> String {
    if word.chars().any(char::is_alphabetic) { word.replace('\u{2020}', "t") } else { word.to_owned() }
}

/// Nothing but the dots of a leader, read as a word.
fn is_leader(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(|c| ".…_·".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_kept_as_records_keep_them() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(date_value(text).as_deref(), expected, "{text}");
        check("19/07/1998 ......", Some("1998-07-19"));
        check("Ngày năm tháng tư năm hai nghìn không trăm hai mươi ba", Some("2023-04-05"));
        check("31/02/2023", Some("31/02/2023"));
        check("năm 1958", None);
    }

    #[test]
    fn numbers_are_found_among_words() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(number(text).as_deref(), expected, "{text}");
        check("Thẻ căn cước số 079198030218", Some("079198030218"));
        check("0100109107", Some("0100109107"));
        check("0791 9803 0218", Some("079198030218"));
        check("079.198.030.218", Some("079198030218"));
        check("0314409058-002", Some("0314409058-002"));
        check("số 07919803O218", Some("07919803O218"));
        check("031 093787895", Some("031093787895"));
        check("số 12, ngõ 46", None);
    }

    #[test]
    fn days_are_found_though_their_figures_were_torn_apart() {
        let check = |written: &str, expected: Option<&str>| {
            assert_eq!(date_value(written).as_deref(), expected, "{written}");
        };
        check("14-02-1 966 Giới tính: Nữ", Some("1966-02-14"));
        check("số 12 14-02-1966", Some("1966-02-14"));
        check("14-02 1 966", None);
    }

    #[test]
    fn values_take_the_shape_of_their_field() {
        let check = |key: &str, value: &str, expected: Option<&str>| {
            assert_eq!(shaped(key, value).as_deref(), expected, "{key} {value}");
        };
        check("full_name", "ông TRƯƠNG CÔNG LẬP, số định danh", Some("TRƯƠNG CÔNG LẬP"));
        check("signer", "GS.TS. Khuất Duy Tiến Đạt", Some("Khuất Duy Tiến Đạt"));
        check("signer", "Trung tá Hồ Văn Lợi", Some("Hồ Văn Lợi"));
        check("signer", ">>—==Trần Sỹ Đạt", Some("Trần Sỹ Đạt"));
        check("signer", "x-.. Vũ Xuân Dũng", Some("Vũ Xuân Dũng"));
        check("full_name", "ˆ ĐỖ SỸ MẪN", Some("ĐỖ SỸ MẪN"));
        check("full_name", "người mọ: ĐỖ SỸ MẪN", None);
        check("holder_name", "chủ sở hữu nhà ở và tài sản", None);
        check("area", "98,4 m?. Cốt nền", Some("98,4 m²"));
        check("area", "57,0 mˆ", Some("57,0 m²"));
        check("area", "842,2m2", Some("842,2 m²"));
        check("area", "là 1.204,5 m2; đất ở", Some("1.204,5 m²"));
        check("area", "1,2 ha", Some("1,2 ha"));
        check("area", "12 mét", None);
        check("area", "xây dựng", None);
        check("sex", "Nữ Dân", Some("Nữ"));
        check("sex", "N am", Some("Nam"));
        check("ethnicity", "Kinh. KỒ", Some("Kinh"));
        check("mother_ethnicity", "Ê Đê Quốc", Some("Ê Đê"));
        check("ethnicity", "Hường", Some("Hường"));
        check("nationality", "Viêt Nam 4", Some("Việt Nam"));
        check("nationality", "Lào", Some("Lào"));
        check("father_birth_year", ": 1993 .", Some("1993"));
        check("phone", "0900 000 218 Fax", Some("0900 000 218"));
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
        check("/Mường", Some("Mường"));
    }
}
