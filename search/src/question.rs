//! What is looked for: words and phrases, what must not stand there, filters, and where a text has the words.
//!
//! Every word is wanted. Words that are written together (`12/QĐ-UBND`, `nhân-dân`) or in quotation marks are wanted side by side. Not
//! here: the language in which people write filters ([`crate::language`]).

use crate::analysis::{Syllable, exact_key, normalise, syllables};
use crate::entry::Entry;
use crate::personal_number::first_personal_number;
use jiff::civil::Date;
use repository::DocumentType;
use repository::record::{DocumentState, Period, SubjectId};
use repository::spelling::distance_within;
use std::ops::Range;

/// Syllables of a query that count: ten times a long question. Each costs a posting list.
pub(crate) const QUERY_SYLLABLES_MAX: usize = 64;

/// Letters of a syllable from which it is also found with one letter misread. Of three letters (`dat`), another one makes a different
/// word as often as a misread one.
const TOLERANT_LETTERS_MIN: usize = 4;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// What is wanted, in the order of the query.
    pub(crate) units: Vec<Unit>,
    /// How many of the units must be there: all, unless similar papers are looked for.
    pub(crate) least: usize,
    /// What must not stand on the paper.
    pub(crate) excluded: Vec<Unit>,
    /// The whole query as an exact key; empty when it has more parts than words.
    pub(crate) key: String,
    /// What the paper must be.
    pub(crate) filter: Filter,
    /// Whether single words may have one letter misread ([`Unit::is_tolerant`]).
    pub(crate) tolerant: bool,
}

/// What a paper must be, whatever words stand on it. What is left out does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// Of one of these types.
    pub types: Vec<DocumentType>,
    /// In one of these states.
    pub states: Vec<DocumentState>,
    /// With this số, ký hiệu as a key that forgives separators, letter case and accents.
    pub number: Option<String>,
    /// Issued in these days.
    pub issued: Period,
    /// Issued by an agency whose name has these words.
    pub(crate) agency: Vec<Unit>,
    /// In force, or not any more, on a day.
    pub force: Option<(Force, Date)>,
    /// Of this subject.
    pub subject: Option<SubjectId>,
}

impl Filter {
    /// Whether a paper is what it must be.
    pub(crate) fn fits(&self, entry: &Entry) -> bool {
        let Filter { types, states, number, issued, agency, force, subject } = self;
        let is_issued_then =
            *issued == Period::default() || entry.issued_on.is_some_and(|day| issued.contains(day));
        let has_force = force.is_none_or(|(force, today)| {
            let is_past = entry.valid_until.is_some_and(|last| last < today);
            is_past == (force == Force::Expired)
        });
        let name = || syllables(entry.agency.as_deref().unwrap_or_default());
        (types.is_empty() || types.contains(&entry.document_type))
            && (states.is_empty() || states.contains(&entry.state))
            && number.as_ref().is_none_or(|number| entry.number_key.as_ref() == Some(number))
            && is_issued_then
            && (agency.is_empty() || agency.iter().all(|unit| unit.is_in(&name())))
            && has_force
            && subject.is_none_or(|subject| entry.bounds.subjects.contains(&subject))
    }
}

/// Hiệu lực of a paper on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Force {
    /// Còn hiệu lực: no last day, or not past it.
    InForce,
    /// Hết hiệu lực: past its last day.
    Expired,
}

/// Số, ký hiệu as a key that forgives separators, letter case and accents: `123/QĐ-UBND` and `123 qd ubnd` are one.
pub(crate) fn number_key(number: &str) -> String {
    repository::spelling::fold(number)
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

impl Question {
    /// A question of words alone: nothing in the text is a sign of the language. One that contains a personal number asks for nothing:
    /// such numbers are not in the index.
    pub fn words(text: &str) -> Question {
        let text = normalise(text);
        let units = units(&text);
        let key = if units.is_empty() { String::new() } else { exact_key(&text) };
        Question { least: units.len(), units, key, ..Question::default() }
    }

    /// The same question, which also finds papers with one letter misread in a word of four letters or more without digits.
    pub fn tolerant(self) -> Question {
        Question { tolerant: true, ..self }
    }

    /// The same question about papers of one subject.
    pub fn of_subject(mut self, subject: SubjectId) -> Question {
        self.filter.subject = Some(subject);
        self
    }

    /// Whether it asks for anything: nothing is found by what must not be there alone.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty() && self.filter == Filter::default()
    }

    /// Whether being tolerant can make a difference.
    pub(crate) fn can_be_tolerant(&self) -> bool {
        !self.tolerant && self.units.iter().any(Unit::is_tolerant)
    }

    /// Whether all words are wanted.
    pub(crate) fn wants_all(&self) -> bool {
        self.least == self.units.len()
    }

    /// All syllables in order, as one unit; none when the query has a single unit, which says the same already, or does not want all.
    pub(crate) fn in_order(&self) -> Option<Unit> {
        let syllables = || self.units.iter().flat_map(|unit| unit.syllables.iter().cloned()).collect();
        (self.units.len() > 1 && self.wants_all()).then(|| Unit { syllables: syllables() })
    }

    /// Every place where a text has a word of the query. A word that the text has with its tones is not also matched without them, and
    /// one that it has is not also matched with a letter misread.
    pub(crate) fn matches(&self, text: &[Syllable]) -> Vec<Match> {
        let mut matches = Vec::new();
        for (number, unit) in self.units.iter().enumerate() {
            let mut found = unit.matches(number, text);
            if found.is_empty() && self.tolerant {
                found = unit.misread_matches(number, text);
            }
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

    /// Whether it is also found with one letter misread: a single word that is long enough and no number.
    pub(crate) fn is_tolerant(&self) -> bool {
        match &self.syllables[..] {
            [one] => {
                one.folded.chars().count() >= TOLERANT_LETTERS_MIN
                    && one.folded.chars().all(char::is_alphabetic)
            }
            _ => false,
        }
    }

    /// Whether a text has it with at most one letter of a tolerant word put in, left out or replaced.
    pub(crate) fn is_nearly_in(&self, text: &[Syllable]) -> bool {
        if self.is_tolerant() { text.iter().any(|has| self.is_near(has)) } else { self.is_in(text) }
    }

    fn is_near(&self, has: &Syllable) -> bool {
        distance_within(&self.syllables[0].folded, &has.folded, 1).is_some()
    }

    fn misread_matches(&self, number: usize, text: &[Syllable]) -> Vec<Match> {
        let near = text.iter().enumerate().filter(|(_, has)| self.is_tolerant() && self.is_near(has));
        near.map(|(at, _)| Match { unit: number, syllables: at..at + 1, toned: false }).collect()
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

/// Units of a normalised text; none when it contains a personal number.
pub(crate) fn units(text: &str) -> Vec<Unit> {
    if first_personal_number(text).is_some() {
        return Vec::new();
    }
    let mut left = QUERY_SYLLABLES_MAX;
    let mut units = Vec::new();
    for chunk in chunks(text) {
        let mut syllables = syllables(chunk);
        syllables.truncate(left);
        left -= syllables.len();
        units.extend((!syllables.is_empty()).then_some(Unit { syllables }));
    }
    units
}

/// A normalised text as one unit, its syllables side by side; none without any, or with a personal number.
pub(crate) fn side_by_side(text: &str) -> Option<Unit> {
    let mut syllables = syllables(text);
    syllables.truncate(QUERY_SYLLABLES_MAX);
    (!syllables.is_empty() && first_personal_number(text).is_none()).then_some(Unit { syllables })
}

/// Parts of a query that stay together: what quotation marks hold, and else what no space or comma divides.
pub(crate) fn chunks(query: &str) -> Vec<&str> {
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

/// Whether a letter stands between words and belongs to none.
pub(crate) fn divides(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '{' | '}' | '!' | '?' | '|')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units as folded words, those side by side joined by `+`.
    fn check(query: &str, expected: &str) {
        let units = Question::words(query).units.into_iter().map(|unit| {
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
        let shown = Question::words(query).matches(&syllables).into_iter().map(|found| {
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
