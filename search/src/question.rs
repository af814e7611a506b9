//! What is looked for: words and phrases, what must not stand there, filters, and where a text has the words.
//!
//! Every word is wanted. Words that are written together (`12/QĐ-UBND`, `nhân-dân`) or in quotation marks are wanted side by side. Not
//! here: the language in which people write filters ([`crate::language`]).

use crate::analysis::{Syllable, TAIL_DIGITS_MIN, TAIL_MARK, exact_key, normalise, syllables};
use crate::entry::Entry;
use crate::personal_number::first_personal_number;
use crate::written_date::day_at;
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

/// Letters of a syllable from which it is also found with a letter that looks alike.
const ALIKE_LETTERS_MIN: usize = 3;

/// Letters of a syllable up to which it is also found misread: the longest Vietnamese one has 7, and names from elsewhere have some more. All its
/// readings as a pattern are then below the 1,000 letters that a cluster takes.
const MISREAD_LETTERS_MAX: usize = 12;

/// What readings take for one another, in both directions.
const ALIKE: &[(&str, &str)] = &[
    ("m", "rn"),
    ("l", "1"),
    ("i", "1"),
    ("i", "l"),
    ("i", "j"),
    ("o", "0"),
    ("m", "ni"),
    ("d", "cl"),
    ("g", "q"),
];

/// Ông and bà, as toned forms: people put them before a name that papers print without.
const TITLES: &[&str] = &["~ông", "~ba2"];

/// Of so many words one may be missing in the most patient question.
const WORDS_OF_A_MISS: usize = 4;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// What is wanted, in the order of the query.
    pub(crate) units: Vec<Unit>,
    /// How many of the units must be there: all, unless words may be missing or similar papers are looked for.
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

/// How a unit was typed: what a paper must have of it to have it as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typed {
    /// With tones or marks: these.
    Toned,
    /// Without any: the word.
    Plain,
    /// As the last digits of a number, in a tolerant question: a number that ends so, too.
    End,
}

/// What may stand in one place of words side by side.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Place<'a> {
    /// A syllable, with or without tones.
    As(&'a Syllable),
    /// A word that may be misread ([`Unit::readings`]).
    Misread(&'a Unit),
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

    /// The same question, which also finds papers with words misread.
    pub fn tolerant(self) -> Question {
        Question { tolerant: true, ..self }
    }

    /// The tolerant question, which also finds papers without one of every four words: one that the person has wrong.
    pub fn with_misses(self) -> Question {
        let least = self.units.len() - self.misses();
        Question { least, ..self.tolerant() }
    }

    /// Whether it is one that [`Question::tolerant`] gives.
    pub fn is_tolerant(&self) -> bool {
        self.tolerant
    }

    /// The same question about papers of one subject.
    pub fn of_subject(mut self, subject: SubjectId) -> Question {
        self.filter.subject = Some(subject);
        self
    }

    /// Whether it asks for nothing, be it that something must not be there: by that alone nothing is found.
    pub fn is_empty(&self) -> bool {
        self.units.is_empty() && self.filter == Filter::default()
    }

    /// Whether being tolerant can make a difference.
    pub(crate) fn can_be_tolerant(&self) -> bool {
        !self.tolerant && self.units.iter().any(Unit::is_tolerant)
    }

    /// Words that may be missing: none unless all are wanted now.
    pub(crate) fn misses(&self) -> usize {
        if self.wants_all() { self.units.len() / WORDS_OF_A_MISS } else { 0 }
    }

    /// Whether all words are wanted.
    pub(crate) fn wants_all(&self) -> bool {
        self.least == self.units.len()
    }

    /// Whether the words are one wish, so that their order counts.
    pub(crate) fn is_one_wish(&self) -> bool {
        self.tolerant || self.wants_all()
    }

    /// Whether a text has some of its words side by side, in a tolerant question each as it may be misread.
    pub(crate) fn has_in_order(&self, words: &Range<usize>, text: &[Syllable]) -> bool {
        let places = self.units[words.clone()].iter().flat_map(|unit| unit.places(self.tolerant));
        let places = places.collect::<Vec<_>>();
        let has = |place: &Place, has: &Syllable| match place {
            Place::As(want) => want.folded == has.folded,
            Place::Misread(unit) => unit.is_near(has, &unit.look_alikes()),
        };
        text.windows(places.len()).any(|window| {
            let mut pairs = places.iter().zip(window).enumerate();
            pairs.all(|(n, (place, one))| one.position == window[0].position + n && has(place, one))
        })
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

    /// How it was typed, in a question that is tolerant or not.
    pub(crate) fn typed(&self, tolerant: bool) -> Typed {
        if self.is_toned() {
            Typed::Toned
        } else if tolerant && self.tail().is_some() {
            Typed::End
        } else {
            Typed::Plain
        }
    }

    /// Whether it is also found misread: a single word of letters that is long enough, or the last digits of a number.
    pub(crate) fn is_tolerant(&self) -> bool {
        self.single().is_some_and(|one| is_word(one, ALIKE_LETTERS_MIN)) || self.tail().is_some()
    }

    /// The word that is also found with one letter put in, left out or replaced.
    pub(crate) fn misreadable(&self) -> Option<&Syllable> {
        self.single().filter(|one| is_word(one, TOLERANT_LETTERS_MIN))
    }

    /// Other forms of its only word that a tolerant question finds: with a letter that looks alike, as the end of a long number.
    pub(crate) fn other_forms(&self) -> Vec<String> {
        let mut forms = self.look_alikes();
        forms.extend(self.tail());
        forms
    }

    fn look_alikes(&self) -> Vec<String> {
        let word = self.single().filter(|one| is_word(one, ALIKE_LETTERS_MIN));
        word.map(|one| look_alikes(&one.folded)).unwrap_or_default()
    }

    /// Whether a text has it as a tolerant question takes it.
    pub(crate) fn is_nearly_in(&self, text: &[Syllable]) -> bool {
        if !self.is_tolerant() {
            return self.is_in(text);
        }
        let others = self.other_forms();
        text.iter().any(|has| self.is_near(has, &others))
    }

    /// What stands in each of its places.
    pub(crate) fn places(&self, tolerant: bool) -> Vec<Place<'_>> {
        match self.single().filter(|one| tolerant && is_word(one, ALIKE_LETTERS_MIN)) {
            Some(_) => vec![Place::Misread(self)],
            None => self.syllables.iter().map(Place::As).collect(),
        }
    }

    /// Every form that its only word may be read as, as a regular expression: as it is, with letters that look alike, and when it is long
    /// enough with one letter put in, left out or replaced.
    pub(crate) fn readings(&self) -> String {
        let mut forms = vec![self.syllables[0].folded.clone()];
        forms.extend(self.look_alikes());
        forms.extend(self.misreadable().map(|word| one_letter_off(&word.folded)));
        forms.join("|")
    }

    /// Its syllables, as many as a score counts.
    pub(crate) fn length(&self) -> f32 {
        self.syllables.len() as f32
    }

    fn single(&self) -> Option<&Syllable> {
        match &self.syllables[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// The end of a long number that it may be.
    fn tail(&self) -> Option<String> {
        let digits = self.single().filter(|one| one.is_number() && one.span.len() >= TAIL_DIGITS_MIN);
        // As typed: short numbers stand without the zeros before them.
        digits.map(|digits| format!("{TAIL_MARK}{:0>typed$}", digits.folded, typed = digits.span.len()))
    }

    fn is_near(&self, has: &Syllable, others: &[String]) -> bool {
        let is_misread = |one: &Syllable| distance_within(&one.folded, &has.folded, 1).is_some();
        self.syllables[0].folded == has.folded
            || self.misreadable().is_some_and(is_misread)
            || others.iter().any(|other| *other == has.folded || has.tails().contains(other))
    }

    fn misread_matches(&self, number: usize, text: &[Syllable]) -> Vec<Match> {
        let others = self.other_forms();
        let near =
            text.iter().enumerate().filter(|(_, has)| self.is_tolerant() && self.is_near(has, &others));
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
    settled(Room::default().words(text))
}

/// How many syllables a question still has room for.
pub(crate) struct Room {
    syllables: usize,
}

impl Default for Room {
    fn default() -> Room {
        Room { syllables: QUERY_SYLLABLES_MAX }
    }
}

impl Room {
    /// A unit for every wish of plain text, before they are [`settled`] all together.
    pub(crate) fn words(&mut self, text: &str) -> Vec<Unit> {
        chunks(&normalise(text)).into_iter().filter_map(|chunk| self.unit(syllables(chunk))).collect()
    }

    /// One unit.
    pub(crate) fn phrase(&mut self, text: &str) -> Option<Unit> {
        self.unit(syllables(&normalise(text)))
    }

    fn unit(&mut self, mut syllables: Vec<Syllable>) -> Option<Unit> {
        syllables.truncate(self.syllables);
        self.syllables -= syllables.len();
        (!syllables.is_empty()).then_some(Unit { syllables })
    }
}

/// The words that are a wish: not what stands before a name when there is something else, and a day in words as one.
pub(crate) fn settled(units: Vec<Unit>) -> Vec<Unit> {
    let is_title = |unit: &Unit| {
        unit.single().and_then(|one| one.toned.as_deref()).is_some_and(|toned| TITLES.contains(&toned))
    };
    let wishes = units.iter().filter(|unit| !is_title(unit)).cloned().collect::<Vec<_>>();
    with_whole_days(if wishes.is_empty() { units } else { wishes })
}

/// The units, those that are a day together (`5 tháng 4 năm 2023`) as one.
fn with_whole_days(units: Vec<Unit>) -> Vec<Unit> {
    let mut joined = Vec::with_capacity(units.len());
    let mut rest = &units[..];
    while let [first, behind @ ..] = rest {
        let words = rest.iter().map_while(Unit::single).take(5).cloned().collect::<Vec<_>>();
        match day_at(&words) {
            Some((_, taken)) => {
                joined.push(Unit { syllables: words[..taken].to_vec() });
                rest = &rest[taken..];
            }
            None => {
                joined.push(first.clone());
                rest = behind;
            }
        }
    }
    joined
}

/// Whether it is a word of so many letters or more that may be misread, without digits.
fn is_word(syllable: &Syllable, letters_min: usize) -> bool {
    let letters = letters_min..=MISREAD_LETTERS_MAX;
    letters.contains(&syllable.folded.chars().count()) && syllable.folded.chars().all(char::is_alphabetic)
}

/// A word with one letter put in, left out or replaced, as a regular expression.
fn one_letter_off(word: &str) -> String {
    let letters = word.chars().collect::<Vec<_>>();
    let text = |letters: &[char]| letters.iter().collect::<String>();
    let changed =
        (0..letters.len()).map(|at| format!("{}.?{}", text(&letters[..at]), text(&letters[at + 1..])));
    let put_in = (0..=letters.len()).map(|at| format!("{}.{}", text(&letters[..at]), text(&letters[at..])));
    changed.chain(put_in).collect::<Vec<_>>().join("|")
}

/// A word with one of its letters as a reading may have taken it.
fn look_alikes(word: &str) -> Vec<String> {
    let both_ways = ALIKE.iter().flat_map(|(one, other)| [(*one, *other), (*other, *one)]);
    let replaced = both_ways.flat_map(|(meant, read)| {
        word.match_indices(meant)
            .map(move |(at, _)| format!("{}{read}{}", &word[..at], &word[at + meant.len()..]))
    });
    replaced.collect()
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
        check("số 12/QĐ-UBND, Hà Nội", "so 12+qd+uy+ban+nhan+dan ha noi");
        check("ngày 05 tháng 4 năm 2023 tại", "ngay 5+thang+4+nam+2023 tai");
        check("5/4/2023", "5+4+2023");
        check("bà Bùi Thị Mơ", "bui thi mo");
        check("ông bà", "ong ba");
        check("ba Bùi", "ba bui");
        check("\"5\" tháng 13 năm 2023", "5 thang 13 nam 2023");
        check("\"khai sinh\" bản sao", "khai+sinh ban sao");
        check("“khai sinh” bản", "khai+sinh ban");
        check("\"khai sinh", "khai+sinh");
        check("nhân-dân", "nhan+dan");
        check("Nguyễn Văn An 079099000001", "");
        check("079 099 000 001", "");
        check(&"a ".repeat(100), "a ".repeat(64).trim_end());
    }

    #[test]
    fn a_pattern_of_readings_is_short_enough_for_a_cluster() {
        for word in ["nghiêng", &"m".repeat(MISREAD_LETTERS_MAX), &"cl".repeat(MISREAD_LETTERS_MAX / 2)] {
            let question = Question::words(word).tolerant();
            assert!(question.units[0].is_tolerant(), "{word}");
            let pattern = question.units[0].readings();
            assert!(pattern.len() < 1_000, "{word}: {}", pattern.len());
        }
        assert!(!Question::words(&"m".repeat(MISREAD_LETTERS_MAX + 1)).units[0].is_tolerant());
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
