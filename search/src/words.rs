//! What a query asks for: words and phrases, and where a text has them.
//!
//! Every word is wanted. Words that are written together (`12/QĐ-UBND`, `nhân-dân`) or in quotation marks are wanted side by side.

use crate::analysis::{Syllable, exact_key, normalise, syllables};
use crate::personal_number::first_personal_number;
use std::ops::Range;

/// Syllables of a query that count: ten times a long question. Each costs a posting list.
const QUERY_SYLLABLES_MAX: usize = 64;

/// The words of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// What is wanted, in the order of the query. Empty: nothing can be found by words.
    pub(crate) units: Vec<Unit>,
    /// The whole query as an exact key.
    pub(crate) key: String,
}

/// A word, or several that are wanted side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Never empty.
    pub(crate) syllables: Vec<Syllable>,
}

/// Where a text has a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Match {
    /// Which unit of the query.
    pub(crate) unit: usize,
    /// Which syllables of the text.
    pub(crate) syllables: Range<usize>,
    /// With all tones and marks that the query has.
    pub(crate) toned: bool,
}

impl Words {
    /// Takes a query apart. One that contains a personal number asks for nothing: such numbers are not in the index.
    pub(crate) fn parse(query: &str) -> Words {
        let query = normalise(query);
        if first_personal_number(&query).is_some() {
            return Words { units: Vec::new(), key: String::new() };
        }
        let mut left = QUERY_SYLLABLES_MAX;
        let mut units = Vec::new();
        for chunk in chunks(&query) {
            let mut syllables = syllables(chunk);
            syllables.truncate(left);
            left -= syllables.len();
            units.extend((!syllables.is_empty()).then_some(Unit { syllables }));
        }
        Words { units, key: exact_key(&query) }
    }

    /// Whether anything can be found at all.
    pub(crate) fn has_units(&self) -> bool {
        !self.units.is_empty()
    }

    /// All syllables in order, as one unit; none when the query has a single unit, which says the same already.
    pub(crate) fn in_order(&self) -> Option<Unit> {
        let syllables = || self.units.iter().flat_map(|unit| unit.syllables.iter().cloned()).collect();
        (self.units.len() > 1).then(|| Unit { syllables: syllables() })
    }

    /// Every place where a text has a word of the query. A word that the text has with its tones is not also matched without them.
    pub(crate) fn matches(&self, text: &[Syllable]) -> Vec<Match> {
        let mut matches = Vec::new();
        for (number, unit) in self.units.iter().enumerate() {
            let mut found = unit.matches(number, text);
            if found.iter().any(|found| found.toned) {
                found.retain(|found| found.toned);
            }
            matches.extend(found);
        }
        matches.sort_by_key(|found| (found.syllables.start, found.syllables.end));
        matches
    }
}

impl Unit {
    /// Whether the query wrote any tone or mark here.
    pub(crate) fn is_toned(&self) -> bool {
        self.syllables.iter().any(|syllable| syllable.toned.is_some())
    }

    /// Whether a text has it, with or without tones.
    pub(crate) fn is_in(&self, text: &[Syllable]) -> bool {
        text.windows(self.syllables.len()).any(|window| self.is_folded_at(window))
    }

    /// Whether a text has it with all tones and marks that the query has.
    pub(crate) fn is_toned_in(&self, text: &[Syllable]) -> bool {
        text.windows(self.syllables.len()).any(|window| self.is_folded_at(window) && self.is_toned_at(window))
    }

    fn matches(&self, number: usize, text: &[Syllable]) -> Vec<Match> {
        let length = self.syllables.len();
        let windows = text.windows(length).enumerate().filter(|(_, window)| self.is_folded_at(window));
        let found = |(start, window): (usize, &[Syllable])| Match {
            unit: number,
            syllables: start..start + length,
            toned: self.is_toned_at(window),
        };
        windows.map(found).collect()
    }

    fn is_folded_at(&self, window: &[Syllable]) -> bool {
        let mut pairs = self.syllables.iter().zip(window).enumerate();
        pairs.all(|(n, (want, has))| want.folded == has.folded && has.position == window[0].position + n)
    }

    fn is_toned_at(&self, window: &[Syllable]) -> bool {
        let mut pairs = self.syllables.iter().zip(window);
        self.is_toned() && pairs.all(|(want, has)| want.toned.is_none() || want.toned == has.toned)
    }
}

/// Parts of a query that stay together: what quotation marks hold, and else what no space or comma divides.
fn chunks(query: &str) -> Vec<&str> {
    let mut chunks = Vec::new();
    for (nth, piece) in query.split(['"', '“', '”', '„', '«', '»']).enumerate() {
        if nth % 2 == 1 {
            chunks.push(piece);
        } else {
            chunks.extend(piece.split(divides).filter(|chunk| !chunk.is_empty()));
        }
    }
    chunks
}

fn divides(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '{' | '}' | '!' | '?' | '|')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units as folded words, those side by side joined by `+`.
    fn check(query: &str, expected: &str) {
        let units = Words::parse(query).units.into_iter().map(|unit| {
            unit.syllables.into_iter().map(|syllable| syllable.folded).collect::<Vec<_>>().join("+")
        });
        assert_eq!(units.collect::<Vec<_>>().join(" "), expected, "{query}");
    }

    #[test]
    fn queries_are_taken_apart() {
        check("", "");
        check(" , ", "");
        check("Quyền sử dụng đất", "quyen su dung dat");
        check("số 12/QĐ-UBND, Hà Nội", "so 12+qd+ubnd ha noi");
        check("\"khai sinh\" bản sao", "khai+sinh ban sao");
        check("“khai sinh” bản", "khai+sinh ban");
        check("\"khai sinh", "khai+sinh");
        check("nhân-dân", "nhan+dan");
        check("Nguyễn Văn An 079099000001", "");
        check("079 099 000 001", "");
        check(&"a ".repeat(100), "a ".repeat(64).trim_end());
    }

    fn check_matches(query: &str, text: &str, expected: &[&str]) {
        let text = normalise(text);
        let syllables = syllables(&text);
        let shown = Words::parse(query).matches(&syllables).into_iter().map(|found| {
            let span =
                syllables[found.syllables.start].span.start..syllables[found.syllables.end - 1].span.end;
            format!("{}{}", &text[span], if found.toned { "!" } else { "" })
        });
        assert_eq!(shown.collect::<Vec<_>>(), expected, "{query} in {text}");
    }

    #[test]
    fn tones_are_preferred_where_the_text_has_them() {
        check_matches("má", "ma má mã", &["má!"]);
        check_matches("má", "ma mã", &["ma", "mã"]);
        check_matches("ma", "ma má mã", &["ma", "má", "mã"]);
        check_matches("má hòa", "ma hoà hoa", &["ma", "hoà!"]);
        check_matches("15/QĐ", "15 ngày, 15/QĐ-UBND", &["15/QĐ!"]);
        check_matches("đất", "dat đất dất", &["đất!"]);
        check_matches("đ", "d", &["d"]);
    }
}
