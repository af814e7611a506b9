//! Numbers of people and organizations inside a text, by their form: kept out of the index and masked in what is shown.
//!
//! Form is all there is on a page, so the net is wide: it takes phone numbers and sums of nine digits too. Not here: parsing a number
//! that a person typed, which is `repository::identifier`.

use crate::analysis::{normalise, runs};
use std::ops::Range;

/// Digits of one run from which it counts as a personal number: CMND has 9, a tax code 10, số định danh 12 (DOMAIN §5.5, §5.7), while
/// dates and land certificate numbers (DOMAIN §5.8) end at 8.
const PERSONAL_DIGITS_MIN: usize = 9;

/// Digits that the groups of one written number have together: CMND; tax code and phone; số định danh; tax code of a branch.
const GROUPED_DIGITS: [usize; 4] = [9, 10, 12, 13];

/// Digits of a group in a number that is written in groups, e.g. `079 099 000 001` or `0912.345.678`.
const GROUP_DIGITS: std::ops::RangeInclusive<usize> = 2..=4;

/// Letters and digits of passport numbers. Two letters with 6 or 8 digits are passports too, but have the form of a land certificate's
/// number (DOMAIN §5.8), which people do look for.
const PASSPORT_FORMS: [(usize, usize); 3] = [(1, 7), (1, 8), (2, 7)];

/// Digits shown of a masked number at its beginning and at its end (PDP-02: `079*******80`).
const SHOWN_DIGITS: (usize, usize) = (3, 2);

/// Bytes of the text on which numbers of people stand; `runs` are its runs of letters and digits.
pub(crate) fn personal_numbers(text: &str, runs: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < runs.len() {
        let taken = number_at(text, &runs[at..]);
        if taken > 0 {
            numbers.push(runs[at].start..runs[at + taken - 1].end);
        }
        at += taken.max(1);
    }
    numbers
}

/// Whether a text contains a number of a person or an organization, by its form: such a text is kept nowhere but in records.
pub fn names_a_person(text: &str) -> bool {
    first_personal_number(&normalise(text)).is_some()
}

/// Where a text contains a number of a person first.
pub(crate) fn first_personal_number(text: &str) -> Option<Range<usize>> {
    personal_numbers(text, &runs(text)).into_iter().next()
}

/// A text with its personal numbers masked; every digit keeps its place.
pub fn mask(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut end = 0;
    for number in personal_numbers(text, &runs(text)) {
        masked.push_str(&text[end..number.start]);
        masked.push_str(&mask_digits(&text[number.clone()]));
        end = number.end;
    }
    masked.push_str(&text[end..]);
    masked
}

fn mask_digits(number: &str) -> String {
    let count = digits(number);
    let mut nth = 0;
    let mask = |letter: char| {
        if !letter.is_ascii_digit() {
            return letter;
        }
        nth += 1;
        if nth <= SHOWN_DIGITS.0 || nth > count - SHOWN_DIGITS.1 { letter } else { '*' }
    };
    number.chars().map(mask).collect()
}

/// How many runs from the first on make a personal number; 0 when it is none.
fn number_at(text: &str, runs: &[Range<usize>]) -> usize {
    let first = &text[runs[0].clone()];
    if is_long_number(first) || is_passport(first) {
        return if is_branch(text, runs) { 2 } else { 1 };
    }
    let groups = groups_at(text, runs);
    let total: usize = runs[..groups].iter().map(|run| run.len()).sum();
    if groups > 1 && GROUPED_DIGITS.contains(&total) { groups } else { 0 }
}

/// Letters beside the digits hide nothing: `GD4790012345678` is an insurance number, and readings glue words to numbers.
fn is_long_number(run: &str) -> bool {
    digits(run) >= PERSONAL_DIGITS_MIN
}

/// A tax code with the number of a branch: `0314409058-002` (DOMAIN §5.7).
fn is_branch(text: &str, runs: &[Range<usize>]) -> bool {
    let [code, branch, ..] = runs else { return false };
    let is_number = |run: &Range<usize>, length| run.len() == length && digits(&text[run.clone()]) == length;
    is_number(code, 10) && is_number(branch, 3) && &text[code.end..branch.start] == "-"
}

fn is_passport(run: &str) -> bool {
    let number = run.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    digits(number) == number.len() && PASSPORT_FORMS.contains(&(run.len() - number.len(), number.len()))
}

/// How many runs from the first on are groups of digits that the same separator joins.
fn groups_at(text: &str, runs: &[Range<usize>]) -> usize {
    let is_group =
        |run: &Range<usize>| GROUP_DIGITS.contains(&run.len()) && digits(&text[run.clone()]) == run.len();
    if !is_group(&runs[0]) {
        return 0;
    }
    let separator = runs.get(1).map(|second| &text[runs[0].end..second.start]);
    let joined = |pair: &&[Range<usize>]| {
        let between = &text[pair[0].end..pair[1].start];
        matches!(between, " " | "." | "-") && Some(between) == separator && is_group(&pair[1])
    };
    1 + runs.windows(2).take_while(joined).count()
}

fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, masked: &str) {
        assert_eq!(mask(text), masked);
    }

    #[test]
    fn numbers_of_people_are_masked() {
        check("Số: 079099000001.", "Số: 079*******01.");
        check("079 099 000 001", "079 *** *** *01");
        check("CMND 012345678", "CMND 012****78");
        check("MST 0314409058-002", "MST 031*******-*02");
        check("ĐT 0912.345.678", "ĐT 091*.***.*78");
        check("Thẻ GD4790012345678", "Thẻ GD479********78");
        check("Hộ chiếu C1234567", "Hộ chiếu C123**67");
        check("a 012345678 b 079099000001", "a 012****78 b 079*******01");
    }

    #[test]
    fn other_numbers_stay() {
        for text in [
            "",
            "12/QĐ-UBND",
            "45/2020/NĐ-CP",
            "05/04/2023",
            "05-04-2023 12-04-2023",
            "AA 01695788",
            "AB 123456",
            "AB123456",
            "AA01695788",
            "2.000635",
            "1.500.000 đồng",
            "thửa 12 tờ 345",
            "QH15",
        ] {
            check(text, text);
        }
    }
}
