//! Đơn vị hành chính: the places that addresses name, from two dated tables: 34 provinces with their communes since 1 July 2025
//! (NQ 202/2025/QH15), and the 63 provinces with their districts before, whose names stand on papers for ever (DOMAIN §5.10).
//!
//! Not here: communes before July 2025, and which unit became which. An address is compared, never translated.

use crate::spelling::{distance_within, fold, name_key};
use std::sync::LazyLock;

const SINCE_JULY_2025: &str = include_str!("administrative_unit/since-2025-07-01.tsv");
const BEFORE_JULY_2025: &str = include_str!("administrative_unit/before-2025-07-01.tsv");

/// A province's name may be misread by this many letters; the names of provinces are far enough apart.
const PROVINCE_LETTERS_OFF_MAX: usize = 2;
/// Below this many letters a name is compared by its accents only: `Hà Nam` and `Hà Nội` are two letters apart.
const LETTERS_MIN: usize = 7;

/// Words that stand before the name of a province.
const PROVINCE_WORDS: &[&str] = &["tỉnh", "thành phố", "tp.", "tp", "t.p"];
/// Words that stand before the name of a unit below, longer ones first.
const UNIT_WORDS: &[&str] =
    &["thành phố", "thị trấn", "thị xã", "đặc khu", "phường", "huyện", "quận", "tp.", "tp", "xã", "p.", "q."];

/// Words of the units between province and commune, which there were until June 2025.
const DISTRICT_WORDS: &[&str] = &["thành phố", "thị xã", "huyện", "quận", "tp.", "tp", "q."];

/// A province or city with the names of the units right below it.
#[derive(Debug)]
struct Province {
    name: &'static str,
    units: Vec<&'static str>,
}

/// Provinces with their communes, of today.
static TODAY: LazyLock<Vec<Province>> = LazyLock::new(|| provinces(SINCE_JULY_2025).collect());
/// Provinces with their districts, of before.
static BEFORE: LazyLock<Vec<Province>> = LazyLock::new(|| provinces(BEFORE_JULY_2025).collect());

fn provinces(table: &'static str) -> impl Iterator<Item = Province> {
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|row| {
        let mut columns = row.split('\t');
        let name = columns.nth(2)?;
        let units = columns.flat_map(|names| names.split(", ")).filter(|name| !name.is_empty()).collect();
        Some(Province { name, units })
    })
}

/// What the tables say of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AddressCheck {
    /// Every unit that can be checked is known.
    Known,
    /// A unit is spelled a little otherwise than the one that must be meant; the address with that unit's own spelling.
    Near(String),
    /// It names a province or city that there is not and never was.
    Unknown,
    /// It names no province: nothing is known of it.
    NoProvince,
}

/// Compares an address with the tables: its last part is a province, the parts before it are units of that province. A province is
/// matched within two letters, a unit within its accents; a commune of before July 2025 is in no table and passes.
///
/// With `province_expected` the last part is a province even without the word for it, as on citizen cards.
pub fn check_address(address: &str, province_expected: bool) -> AddressCheck {
    let mut parts: Vec<String> = address.split(',').map(|part| part.trim().to_owned()).collect();
    let Some(last) = parts.last() else { return AddressCheck::NoProvince };
    let (word, name) = split_word(last.trim_end_matches('.'), PROVINCE_WORDS);
    if word.is_empty() && !province_expected && matching_province(name) != Matching::Same {
        return AddressCheck::NoProvince;
    }
    let spelled = spelled_word(word, PROVINCE_WORDS);
    let mut repaired = spelled != word;
    let word = spelled;
    let written = name.to_owned();
    let province = match matching_province(name) {
        Matching::Same => written,
        Matching::Near(known) => {
            repaired = true;
            in_case_of(name, known)
        }
        // `thành phố Thanh Hóa` alone: a city below a province that is not named.
        Matching::None if is_unit_anywhere(name) => return AddressCheck::NoProvince,
        Matching::None => return AddressCheck::Unknown,
    };
    let last = parts.len() - 1;
    if repaired {
        parts[last] = format!("{word}{province}");
    }
    repaired |= respell_units(&mut parts[..last], &province);
    match repaired {
        true => AddressCheck::Near(parts.join(", ")),
        false => AddressCheck::Known,
    }
}

/// Gives units of the province their own spelling where only accents differ; whether any was changed. An address with a district is one of
/// before July 2025: its commune is in no table, and may well be called like another one but for an accent.
fn respell_units(parts: &mut [String], province: &str) -> bool {
    let has_district = parts.iter().any(|part| !split_word(part, DISTRICT_WORDS).0.is_empty());
    let (table, words) = if has_district { (&*BEFORE, DISTRICT_WORDS) } else { (&*TODAY, UNIT_WORDS) };
    let key = name_key(province);
    let of_province = table.iter().filter(|known| name_key(known.name) == key);
    let units: Vec<&str> = of_province.flat_map(|known| known.units.iter().copied()).collect();
    let mut any = false;
    for part in parts {
        let (word, name) = split_word(part, words);
        if word.is_empty() || units.iter().any(|unit| name_key(unit) == name_key(name)) {
            continue;
        }
        let mut near: Vec<&str> = units.iter().copied().filter(|unit| fold(unit) == fold(name)).collect();
        near.dedup_by_key(|unit| name_key(unit));
        if let [unit] = near.as_slice() {
            *part = format!("{word}{}", in_case_of(name, unit));
            any = true;
        }
    }
    any
}

fn all_provinces() -> impl Iterator<Item = &'static Province> {
    TODAY.iter().chain(BEFORE.iter())
}

fn is_unit_anywhere(name: &str) -> bool {
    let key = name_key(name);
    all_provinces().flat_map(|province| &province.units).any(|unit| name_key(unit) == key)
}

#[derive(Debug, PartialEq, Eq)]
enum Matching {
    Same,
    Near(&'static str),
    None,
}

fn matching_province(name: &str) -> Matching {
    let key = name_key(name);
    let names = || all_provinces().map(|province| province.name);
    if names().any(|known| name_key(known) == key) {
        return Matching::Same;
    }
    let folded = fold(name);
    if let Some(known) = names().find(|known| fold(known) == folded) {
        return Matching::Near(known);
    }
    let distance = |known: &str| distance_within(&fold(known), &folded, allowed(&folded));
    let nearest =
        names().filter_map(|known| Some((distance(known)?, known))).min_by_key(|(letters, _)| *letters);
    let Some((letters, known)) = nearest else { return Matching::None };
    let is_only =
        names().filter(|other| distance(other) == Some(letters)).all(|other| fold(other) == fold(known));
    if is_only { Matching::Near(known) } else { Matching::None }
}

/// Letters that a folded name may be off.
fn allowed(folded: &str) -> usize {
    match folded.chars().count() {
        0..LETTERS_MIN => 0,
        LETTERS_MIN..10 => 1,
        _ => PROVINCE_LETTERS_OFF_MAX,
    }
}

/// Splits `tỉnh Gia Lai` before the name, whatever accents the word for the kind was read with; the first half is empty where none of the
/// words stands there.
fn split_word<'a>(part: &'a str, words: &[&str]) -> (&'a str, &'a str) {
    let end = |word: &&str| {
        let count = word.chars().count();
        let (end, _) = part.char_indices().nth(count)?;
        let rest = &part[end..];
        let spaces = rest.len() - rest.trim_start().len();
        let is_word = fold(&part[..end]) == fold(word) && (spaces > 0 || word.ends_with('.'));
        is_word.then_some(end + spaces)
    };
    part.split_at(words.iter().find_map(end).unwrap_or(0))
}

/// The word for the kind of a unit, as it is spelled.
fn spelled_word(word: &str, words: &[&str]) -> String {
    let bare = word.trim_end();
    let is_spelled = |known: &&&str| known.to_lowercase() == bare.to_lowercase();
    if words.iter().any(|known| is_spelled(&known)) {
        return word.to_owned();
    }
    let meant = words.iter().find(|known| fold(known) == fold(bare));
    meant.map_or_else(|| word.to_owned(), |known| format!("{} ", in_case_of(bare, known)))
}

/// The known spelling in capitals, or with a capital, where the paper writes so.
fn in_case_of(written: &str, known: &str) -> String {
    let begins_big = written.starts_with(char::is_uppercase);
    match written.chars().any(char::is_lowercase) {
        false => known.to_uppercase(),
        true if begins_big && known.starts_with(char::is_lowercase) => {
            let mut letters = known.chars();
            letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
        }
        true => known.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_have_every_unit() {
        let since: Vec<Province> = provinces(SINCE_JULY_2025).collect();
        assert_eq!(since.len(), 34);
        assert_eq!(since.iter().map(|province| province.units.len()).sum::<usize>(), 3321);
        let before: Vec<Province> = provinces(BEFORE_JULY_2025).collect();
        assert_eq!(before.len(), 64, "63 provinces, and Huế also as the city that it was for half a year");
        assert!(before.iter().map(|province| province.units.len()).sum::<usize>() >= 696);
    }

    fn check(address: &str, expected: AddressCheck) {
        assert_eq!(check_address(address, false), expected, "{address}");
    }

    fn near(address: &str) -> AddressCheck {
        AddressCheck::Near(address.to_owned())
    }

    #[test]
    fn known_addresses_of_today_and_before() {
        check("số 40 đường Ngô Mây, phường Quy Nhơn, tỉnh Gia Lai", AddressCheck::Known);
        check("Xóm 5, xã Nghi Kiều, huyện Nghi Lộc, tỉnh Nghệ An", AddressCheck::Known);
        check("Số 9 đường số 41, phường Tân Quy, Quận 7, Thành phố Hồ Chí Minh", AddressCheck::Known);
        check("Phường Bến Nghé, Quận 1, TP. Hồ Chí Minh", AddressCheck::Known);
        check("TỈNH HOÀ BÌNH", AddressCheck::Known);
        check("phường Phú Xuân, thành phố Huế.", AddressCheck::Known);
        check("Xã Đại Thắng, thành phố Hà Nội", AddressCheck::Known);
    }

    #[test]
    fn misread_units_are_matched_with_the_one_they_must_be() {
        check(
            "Xã Tân Dân, huyện Phú Xuyên, thành phố Hà Nôi",
            near("Xã Tân Dân, huyện Phú Xuyên, thành phố Hà Nội"),
        );
        check("phường Quy Nhon, tỉnh Gia Lai", near("phường Quy Nhơn, tỉnh Gia Lai"));
        check("xã Quảng Trung, huyện Quảng Xương, tỉnh Thanh Hóa", AddressCheck::Known);
        check("xã Lấp Vò, tinh Đồng Tháp", near("xã Lấp Vò, tỉnh Đồng Tháp"));
        check("Thành phô Huế", near("Thành phố Huế"));
        check("tỉnh Thái Nguyèn", near("tỉnh Thái Nguyên"));
        check("tỉnh Tháí Nguyenh", near("tỉnh Thái Nguyên"));
        check("HUYỆN NGHI LÔC, TỈNH NGHỆ AN", near("HUYỆN NGHI LỘC, TỈNH NGHỆ AN"));
    }

    #[test]
    fn no_province_and_no_such_province() {
        check("Bệnh viện Trung ương Huế", AddressCheck::NoProvince);
        check("phường 5, thành phố Thanh Hóa", AddressCheck::Known);
        check("thành phố Vinh", AddressCheck::NoProvince);
        check("tỉnh Atlantis", AddressCheck::Unknown);
        check("", AddressCheck::NoProvince);
        assert_eq!(check_address("Trung Tự, Đống Đa, Hà Nội", true), AddressCheck::Known);
        assert_eq!(check_address("Trung Tự, Đống Đa, Hà Nôi", true), near("Trung Tự, Đống Đa, Hà Nội"));
    }
}
