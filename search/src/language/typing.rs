//! What is being typed at the end of a query.

use super::names::FilterName;
use super::reader::is_quotation_mark;

/// Words at the end that may be the beginning of one name: `giấy chứng nhận kết`.
const WORDS_MAX: usize = 4;

/// One way to see the end of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ending<'a> {
    /// What stands before it and stays.
    pub(crate) before: &'a str,
    /// The filter whose value it is; none: plain words.
    pub(crate) filter: Option<FilterName>,
    /// What is there of it.
    pub(crate) typed: &'a str,
}

/// The end of a normalised query: the value of a filter, or else its last words, the most first. None where a phrase is being typed.
pub(crate) fn endings(text: &str) -> Vec<Ending<'_>> {
    if let Some(ending) = value_at_end(text) {
        return vec![ending];
    }
    if text.chars().filter(|letter| is_quotation_mark(*letter)).count() % 2 == 1 {
        return Vec::new();
    }
    let ending = |start: &usize| Ending { before: &text[..*start], filter: None, typed: &text[*start..] };
    let mut starts = word_starts(text);
    starts.reverse();
    starts.truncate(WORDS_MAX);
    starts.iter().rev().map(ending).collect()
}

/// The value that ends a query, if the last filter has no end before.
fn value_at_end(text: &str) -> Option<Ending<'_>> {
    let filter = |(colon, _): (usize, &str)| {
        let starts = word_starts(&text[..colon]);
        let name = starts.iter().rev().take(2).find_map(|start| FilterName::named(&text[*start..colon]))?;
        Some((name, colon + 1))
    };
    let (name, start) = text.rmatch_indices(':').find_map(filter)?;
    let value = text[start..].trim_start();
    let is_list = matches!(name, FilterName::Type | FilterName::State);
    let start = text.len() - value.len();
    let start = value.rfind(',').filter(|_| is_list).map_or(start, |comma| start + comma + 1);
    let value = &text[start..];
    let opened = value.strip_prefix(is_quotation_mark);
    let typed = opened.unwrap_or(value);
    let ends = |letter: char| is_quotation_mark(letter) || letter.is_whitespace() && opened.is_none();
    (!typed.contains(ends)).then_some(Ending { before: &text[..start], filter: Some(name), typed })
}

/// Where the words begin.
fn word_starts(text: &str) -> Vec<usize> {
    let mut was_blank = true;
    let mut starts = Vec::new();
    for (at, letter) in text.char_indices() {
        let is_blank = letter.is_whitespace() || is_quotation_mark(letter);
        if was_blank && !is_blank {
            starts.push(at);
        }
        was_blank = is_blank;
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The endings as what stays, the filter's word, and what is typed.
    fn check(text: &str, expected: &[&str]) {
        let shown = endings(text).into_iter().map(|ending| {
            let filter = ending.filter.map(FilterName::word).unwrap_or_default();
            format!("{}|{filter}|{}", ending.before, ending.typed)
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn the_end_is_a_value_or_words() {
        check("", &[]);
        check("khai", &["||khai"]);
        check("a b c d e", &["a ||b c d e", "a b ||c d e", "a b c ||d e", "a b c d ||e"]);
        check("đất loại:", &["đất loại:|loại|"]);
        check("đất loại: kh", &["đất loại: |loại|kh"]);
        check("loại:ks,kh", &["loại:ks,|loại|kh"]);
        check("cơ quan:\"UBND ph", &["cơ quan:|cơ-quan|UBND ph"]);
        check("loại:ks an", &["||loại:ks an", "loại:ks ||an"]);
        check(
            "cơ-quan:\"UBND\" an",
            &["||cơ-quan:\"UBND\" an", "cơ-quan:\"||UBND\" an", "cơ-quan:\"UBND\" ||an"],
        );
        check("\"khai si", &[]);
        check("kính gửi:an", &["||kính gửi:an", "kính ||gửi:an"]);
    }
}
