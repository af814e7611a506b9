//! Where on a paper the thing searched for stands: words by the search crate's own rules, a number or code as a whole.

use repository::record::{Field, ReadLine, Reading, Region};

/// Digits from which a query is a number or a code and not words: the shortest key that people look for is a land certificate's.
const KEY_DIGITS_MIN: usize = 6;

/// Places on one page.
pub(super) fn places(reading: Option<&Reading>, fields: &[Field], page: u32, query: &str) -> Vec<Region> {
    let Some(key) = key(query) else {
        return reading.map(|reading| search::matching_regions(reading, query)).unwrap_or_default();
    };
    let lines = reading.iter().flat_map(|reading| &reading.lines);
    let mut places: Vec<Region> = lines.flat_map(|line| on_line(line, &key)).collect();
    if places.is_empty() {
        let fields = fields.iter().filter(|field| field.page == Some(page) && squeezed(&field.value) == key);
        places.extend(fields.filter_map(|field| field.region));
    }
    places
}

/// The page on which a field has the number or code that was searched for.
pub(super) fn page_of_key(fields: &[Field], query: &str) -> Option<u32> {
    let key = key(query)?;
    fields.iter().find(|field| squeezed(&field.value) == key).and_then(|field| field.page)
}

/// A query that is a number or a code, without the separators that people put in.
fn key(query: &str) -> Option<String> {
    let key = squeezed(query);
    let digits = key.chars().filter(char::is_ascii_digit).count();
    let letters = key.chars().count() - digits;
    (digits >= KEY_DIGITS_MIN && letters <= digits).then_some(key)
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// Words beside each other that together are the key: `079 199 000 001` is four of them.
fn on_line(line: &ReadLine, key: &str) -> Vec<Region> {
    let texts: Vec<String> = line.words.iter().map(|word| squeezed(&word.text)).collect();
    let mut places = Vec::new();
    for first in 0..texts.len() {
        let mut joined = String::new();
        for (last, text) in texts.iter().enumerate().skip(first) {
            joined.push_str(text);
            if !key.starts_with(&joined) || text.is_empty() {
                break;
            }
            if joined == key {
                places.extend(line.words[first..=last].iter().map(|word| word.region));
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::record::ReadWord;

    fn check(line: &str, query: &str, expected: &[u32]) {
        let word = |(number, text): (usize, &str)| ReadWord {
            text: text.to_owned(),
            region: Region { left: number as u32, top: 0, width: 1, height: 1 },
            confidence: 90.0,
        };
        let words = line.split(' ').enumerate().map(word).collect();
        let found = on_line(&ReadLine { words }, &key(query).expect("a key"));
        assert_eq!(found.iter().map(|region| region.left).collect::<Vec<_>>(), expected, "{line} / {query}");
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        check("Số: 079199000001", "079199000001", &[1]);
        check("Số: 079199000001.", "079 199 000 001", &[1]);
        check("số 079 199 000 001 cấp", "079199000001", &[1, 2, 3, 4]);
        check("0791990000012", "079199000001", &[]);
        check("079 199 000", "079199000001", &[]);
        check("mã KS-261122-000001", "ks261122000001", &[1]);
    }

    #[test]
    fn words_are_no_keys() {
        for query in ["nguyễn văn an", "ngày 01/02/1999 tại hà nội quận ba đình", "12345", ""] {
            assert_eq!(key(query), None, "{query}");
        }
    }
}
