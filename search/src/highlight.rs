//! Where a query's words stand: a piece of text around them, and rectangles on a page.

use crate::analysis::{Syllable, normalise, syllables};
use crate::language::parse;
use crate::personal_number::mask;
use crate::question::{Match, Question};
use repository::record::{Reading, Region};
use serde::Serialize;
use std::ops::Range;

/// Characters of a snippet: two lines of a result list.
const SNIPPET_CHARS: usize = 160;

/// Characters before the first match: enough to see what it belongs to.
const LEAD_CHARS: usize = 40;

/// A piece of a page's text, cut around a match. Personal numbers in it are masked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Snippet {
    /// Page that it stands on.
    pub page: u32,
    /// Text and whether it matched, in order; joined they are the piece.
    pub parts: Vec<(String, bool)>,
}

/// Places on a page of the words that a query's words match: those with the query's tones, or, when the page has none such, those that
/// match without, or, when it has none of these either, those with a letter misread. None for a query that cannot be read.
pub fn matching_regions(reading: &Reading, query: &str) -> Vec<Region> {
    let words = reading.lines.iter().flat_map(|line| &line.words).collect::<Vec<_>>();
    let mut text = Vec::new();
    let mut word_of = Vec::new();
    for (number, word) in words.iter().enumerate() {
        let first = text.len();
        for (nth, syllable) in syllables(&normalise(&word.text)).into_iter().enumerate() {
            text.push(Syllable { position: first + nth, ..syllable });
            word_of.push(number);
        }
    }
    let Ok(question) = parse(query, repository::today()) else { return Vec::new() };
    let matches = question.tolerant().matches(&text);
    let mut matched = matches.iter().flat_map(|found| &word_of[found.syllables.clone()]).collect::<Vec<_>>();
    matched.sort_unstable();
    matched.dedup();
    matched.into_iter().map(|number| words[*number].region).collect()
}

/// The best piece of a paper's pages; none when the words stand on no page.
pub fn snippet(pages: &[(u32, String)], words: &Question) -> Option<Snippet> {
    let mut best: Option<(usize, Snippet)> = None;
    for (page, text) in pages {
        let text = mask(&normalise(text));
        let found = best_piece(&text, words);
        if let Some((worth, piece)) =
            found.filter(|(worth, _)| best.as_ref().is_none_or(|(most, _)| worth > most))
        {
            best = Some((worth, Snippet { page: *page, parts: piece }));
        }
    }
    best.map(|(_, snippet)| snippet)
}

/// The piece of a text with the most different words, toned ones counting more, and its worth; the first of equals.
fn best_piece(text: &str, words: &Question) -> Option<(usize, Vec<(String, bool)>)> {
    let syllables = syllables(text);
    let matches = words.matches(&syllables);
    let span = |found: &Match| {
        syllables[found.syllables.start].span.start..syllables[found.syllables.end - 1].span.end
    };
    let spans = matches.iter().map(span).collect::<Vec<_>>();
    let mut best: Option<(usize, Range<usize>)> = None;
    for (first, from) in spans.iter().enumerate() {
        let piece = piece_around(text, from.start);
        let inside =
            matches[first..].iter().zip(&spans[first..]).take_while(|(_, span)| span.start < piece.end);
        let worth = worth(inside.filter(|(_, span)| span.end <= piece.end).map(|(found, _)| found), words);
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, piece));
        }
    }
    best.map(|(worth, piece)| (worth, parts(text, piece, &spans)))
}

/// Different units among the matches; one with its tones is worth two of those without.
fn worth<'a>(matches: impl Iterator<Item = &'a Match>, words: &Question) -> usize {
    let mut worths = vec![0; words.units.len()];
    for found in matches {
        let worth = if found.toned { 2 } else { 1 };
        worths[found.unit] = worth.max(worths[found.unit]);
    }
    worths.iter().sum()
}

/// Bytes of a piece of [`SNIPPET_CHARS`] that begins shortly before `at`; whole words. A text that fits is shown whole.
fn piece_around(text: &str, at: usize) -> Range<usize> {
    if text.chars().nth(SNIPPET_CHARS).is_none() {
        return 0..text.len();
    }
    let lead = text[..at].char_indices().rev().nth(LEAD_CHARS).map(|(start, _)| start);
    let start = match lead {
        None => 0,
        Some(start) => after_space(text, start..at),
    };
    let end = match text[start..].char_indices().nth(SNIPPET_CHARS) {
        None => text.len(),
        Some((end, _)) => {
            let rest = &text[start..start + end];
            start + rest.rfind(char::is_whitespace).filter(|space| start + space > at).unwrap_or(end)
        }
    };
    start..end
}

/// Where the first whole word of a range begins.
fn after_space(text: &str, range: Range<usize>) -> usize {
    let mut letters = text[range.clone()].char_indices();
    let space = letters.find(|(_, letter)| letter.is_whitespace());
    space.map_or(range.end, |(at, space)| range.start + at + space.len_utf8())
}

/// The piece as matched and other parts, its line ends as spaces.
fn parts(text: &str, piece: Range<usize>, matched: &[Range<usize>]) -> Vec<(String, bool)> {
    let mut parts = Vec::new();
    let mut push = |range: Range<usize>, is_match: bool| {
        let part = text[range].replace(['\n', '\r', '\t'], " ");
        if !part.is_empty() {
            parts.push((part, is_match));
        }
    };
    let mut end = piece.start;
    for span in matched.iter().filter(|span| span.start >= piece.start && span.end <= piece.end) {
        if span.start < end {
            continue; // Two words of the query match here; the first one shows it.
        }
        push(end..span.start, false);
        push(span.clone(), true);
        end = span.end;
    }
    push(end..piece.end, false);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::record::{ReadLine, ReadWord};

    /// The piece with matches in brackets.
    fn check(pages: &[&str], query: &str, expected: Option<&str>) {
        let pages = (1..).zip(pages.iter().map(|text| text.to_string())).collect::<Vec<_>>();
        let shown = snippet(&pages, &Question::words(query)).map(|snippet| {
            let parts = snippet.parts.iter();
            let shown =
                parts.map(|(part, is_match)| if *is_match { format!("[{part}]") } else { part.clone() });
            format!("{}: {}", snippet.page, shown.collect::<String>())
        });
        assert_eq!(shown.as_deref(), expected, "{query}");
    }

    #[test]
    fn a_snippet_shows_the_best_place() {
        check(&[], "đất", None);
        check(&["không có gì"], "đất", None);
        check(&["thửa đất số 5"], "dat", Some("1: thửa [đất] số 5"));
        check(&["dat\nhoa", "đất"], "đất", Some("2: [đất]"));
        check(&["quyền", "quyền sử dụng\nđất"], "quyen dat", Some("2: [quyền] sử dụng [đất]"));
        check(&["số 12, số 12/QĐ-UBND"], "12/QĐ", Some("1: số 12, số [12/QĐ]-UBND"));
        check(&["\u{111}a\u{302}\u{301}t"], "đất", Some("1: [đất]"));
        check(&["khai sinh"], "\"khai sinh\" khai", Some("1: [khai] sinh"));
    }

    #[test]
    fn personal_numbers_are_masked_in_a_snippet() {
        check(&["Họ tên An, số 079099000001."], "an", Some("1: Họ tên [An], số 079*******01."));
        check(&["số 079099000001"], "079099000001", None);
    }

    #[test]
    fn a_snippet_is_cut_at_words_near_the_match() {
        let text = format!("{}đích {}", "trước ".repeat(100), "sau ".repeat(100));
        let pages = [(1, text)];
        let snippet = snippet(&pages, &Question::words("đích")).expect("a snippet");
        let piece = snippet.parts.iter().map(|(part, _)| part.as_str()).collect::<String>();
        assert!(piece.starts_with("trước trước ") && piece.ends_with("sau"), "{piece}");
        assert!(piece.chars().count() <= SNIPPET_CHARS);
        let lead = snippet.parts[0].0.chars().count();
        assert!((LEAD_CHARS - 8..=LEAD_CHARS).contains(&lead), "{lead}");
    }

    #[test]
    fn a_snippet_is_cut_between_letters_of_any_size() {
        for (space, filler) in ["\u{a0}", "\u{3000}", " ", "…", "😀"].into_iter().zip([7, 11, 13, 17, 19])
        {
            let text = format!("{0}đích{space}{0}", format!("ặ{space}").repeat(filler * 20));
            assert!(snippet(&[(1, text)], &Question::words("đích")).is_some(), "{space}");
        }
    }

    #[test]
    fn a_snippet_of_one_endless_word_is_short() {
        let pages = [(1, format!("đích{}", "…".repeat(10_000)))];
        let snippet = snippet(&pages, &Question::words("đích")).expect("a snippet");
        assert_eq!(snippet.parts.iter().map(|(part, _)| part.chars().count()).sum::<usize>(), SNIPPET_CHARS);
    }

    fn check_regions(lines: &[&str], query: &str, expected: &[u32]) {
        let mut left = 0;
        let mut word = |text: &str| {
            left += 1;
            let region = Region { left, top: 0, width: 1, height: 1 };
            ReadWord { text: text.to_owned(), region, confidence: 90.0 }
        };
        let lines = lines.iter().map(|line| ReadLine { words: line.split(' ').map(&mut word).collect() });
        let reading = Reading {
            engine: "recorded".to_owned(),
            engine_version: String::new(),
            model: "vie".to_owned(),
            model_sha256: String::new(),
            stages: Vec::new(),
            lines: lines.collect(),
        };
        let found = matching_regions(&reading, query).iter().map(|region| region.left).collect::<Vec<_>>();
        assert_eq!(found, expected, "{query}");
    }

    #[test]
    fn words_of_a_query_have_places_on_the_page() {
        let lines = ["Quyền sử dụng đất, dat", "số 12/QĐ-UBND 12 quyen"];
        check_regions(&lines, "đất", &[4]);
        check_regions(&lines, "dat", &[4, 5]);
        check_regions(&lines, "quyền đất", &[1, 4]);
        check_regions(&lines, "quyèn", &[1, 9]);
        check_regions(&lines, "12/qđ-ubnd", &[7]);
        check_regions(&lines, "12", &[7, 8]);
        check_regions(&lines, "dat so", &[4, 5, 6]);
        check_regions(&lines, "\"dat so\"", &[5, 6]);
        check_regions(&lines, "", &[]);
        check_regions(&lines, "đất loại:qđ -số", &[4]);
        check_regions(&lines, "quyenn", &[1, 9]);
        check_regions(&lines, "ngày:hôm-qua", &[]);
    }
}
