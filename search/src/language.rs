//! The language of queries: plain words, phrases, what to leave out, and filters that staff can read.
//!
//! A query is read into [`Parts`], which can be changed and written again; a [`Question`] is what they ask for. Not here: what the
//! index does with it.

mod days;
mod names;
mod reader;
#[cfg(test)]
mod tests;
mod typing;

use crate::analysis::{exact_key, normalise};
use crate::personal_number::first_personal_number;
use crate::question::{Filter, Force, Question, Room, number_key, settled};
use jiff::civil::Date;
pub use names::FilterName;
pub(crate) use names::Words;
use repository::DocumentType;
use repository::record::{DocumentState, Period};
use std::fmt;
use std::str::FromStr;
pub(crate) use typing::{Ending, endings};

/// Why a query cannot be read, for whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// First character (not byte) of the query in NFC that cannot be read, counted from 0.
    pub at: usize,
    /// How many characters from there on.
    pub length: usize,
    /// A Vietnamese sentence that says what to write instead.
    pub message: String,
}

/// A query taken apart, in the order in which it was written. Its text reads as the same parts again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parts(pub Vec<Part>);

/// Something that a query is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Plain words as they were typed.
    Words(String),
    /// `"cụm từ"`: words side by side.
    Phrase(String),
    /// `-loại-trừ`: a word, or words side by side, that must not stand there.
    Without(String),
    /// `loại:`, one of these.
    Types(Vec<DocumentType>),
    /// `số:`.
    Number(String),
    /// `ngày:`, days of issue.
    Issued(Period),
    /// `cơ-quan:`, words side by side of its name.
    Agency(String),
    /// `hiệu-lực:`.
    Validity(Force),
    /// `trạng-thái:`, one of these.
    States(Vec<DocumentState>),
}

/// Reads a query.
///
/// # Errors
/// Where it cannot be read, and what to write instead.
pub fn parse(text: &str, today: Date) -> Result<Question, SyntaxError> {
    Ok(text.parse::<Parts>()?.question(today))
}

impl FromStr for Parts {
    type Err = SyntaxError;

    fn from_str(text: &str) -> Result<Parts, SyntaxError> {
        reader::read(&normalise(text)).map(Parts)
    }
}

impl Parts {
    /// What they ask for on a day. Nothing, when a personal number stands among them: such numbers are not in the index.
    pub fn question(&self, today: Date) -> Question {
        if self.0.iter().any(Part::names_a_person) {
            return Question::default();
        }
        let mut room = Room::default();
        let mut question = Question { filter: self.filter(today), ..Question::default() };
        for part in &self.0 {
            match part {
                Part::Words(text) => question.units.extend(room.words(text)),
                Part::Phrase(text) => question.units.extend(room.phrase(text)),
                Part::Without(text) => question.excluded.extend(room.phrase(text)),
                _ => {}
            }
        }
        question.units = settled(question.units);
        question.least = question.units.len();
        if let [Part::Words(text)] = &self.0[..]
            && !question.units.is_empty()
        {
            question.key = exact_key(text);
        }
        question
    }

    /// What a paper must be, whoever's number stands in a filter.
    pub(crate) fn filter(&self, today: Date) -> Filter {
        let mut filter = Filter::default();
        for part in self.0.iter().filter(|part| !part.names_a_person()) {
            match part {
                Part::Words(_) | Part::Phrase(_) | Part::Without(_) => {}
                Part::Types(types) => filter.types.extend(types),
                Part::States(states) => filter.states.extend(states),
                Part::Number(number) => filter.number = Some(number_key(number)),
                Part::Issued(period) => filter.issued = *period,
                Part::Agency(name) => {
                    filter.agency.extend(Room::default().phrase(name));
                }
                Part::Validity(force) => filter.force = Some((*force, today)),
            }
        }
        filter
    }

    /// The số, ký hiệu that is asked for and nothing else.
    pub(crate) fn number_alone(&self) -> Option<&str> {
        match &self.0[..] {
            [Part::Number(number)] => Some(number),
            _ => None,
        }
    }

    /// The same with this filter, in the place of those of its name.
    #[must_use]
    pub fn with(mut self, filter: Part) -> Parts {
        self.0.retain(|part| part.name().is_none() || part.name() != filter.name());
        self.0.push(filter);
        self
    }

    /// The same without the part of this number.
    #[must_use]
    pub fn without(mut self, number: usize) -> Parts {
        if number < self.0.len() {
            self.0.remove(number);
        }
        self
    }
}

impl FilterName {
    /// A filter as it is written in a query, whatever its value is.
    pub fn with(self, value: &str) -> String {
        format!("{}:{}", self.word(), quoted(value.trim(), false))
    }
}

impl Part {
    /// The filter of this name and value; none: there is no such value.
    pub fn filter(name: FilterName, value: &str) -> Option<Part> {
        let part = name.with(value).parse::<Parts>().ok()?.0.pop();
        part.filter(|part| part.name() == Some(name))
    }

    /// Name of the filter that it is; none: it is words.
    pub fn name(&self) -> Option<FilterName> {
        match self {
            Part::Words(_) | Part::Phrase(_) | Part::Without(_) => None,
            Part::Types(_) => Some(FilterName::Type),
            Part::Number(_) => Some(FilterName::Number),
            Part::Issued(_) => Some(FilterName::Date),
            Part::Agency(_) => Some(FilterName::Agency),
            Part::Validity(_) => Some(FilterName::Validity),
            Part::States(_) => Some(FilterName::State),
        }
    }

    /// Whether a personal number stands in it.
    fn names_a_person(&self) -> bool {
        self.text().is_some_and(|text| first_personal_number(&text).is_some())
    }

    /// Words of its own that someone typed.
    fn text(&self) -> Option<String> {
        match self {
            Part::Words(text)
            | Part::Phrase(text)
            | Part::Without(text)
            | Part::Number(text)
            | Part::Agency(text) => Some(normalise(text).into_owned()),
            Part::Types(_) | Part::Issued(_) | Part::Validity(_) | Part::States(_) => None,
        }
    }

    /// Values of a filter as they are written; none for words.
    fn values(&self) -> Option<Vec<String>> {
        let owned = |word: &str| word.to_owned();
        match self {
            Part::Words(_) | Part::Phrase(_) | Part::Without(_) => None,
            Part::Types(types) => {
                let words = Words::types();
                Some(types.iter().map(|one| owned(words.word(*one))).collect())
            }
            Part::States(states) => {
                let words = Words::states();
                Some(states.iter().map(|one| owned(words.word(*one))).collect())
            }
            Part::Validity(force) => Some(vec![owned(Words::forces().word(*force))]),
            Part::Issued(period) => Some(vec![days::write(*period)]),
            Part::Number(text) | Part::Agency(text) => Some(vec![text.clone()]),
        }
    }

    /// Whether a plain word behind its value could be read as more of the value.
    fn takes_words(&self) -> bool {
        matches!(self, Part::Types(_) | Part::States(_) | Part::Validity(_))
    }
}

impl fmt::Display for Parts {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let mut parts = self.0.iter().peekable();
        while let Some(part) = parts.next() {
            match parts.peek() {
                Some(Part::Words(_)) if part.takes_words() => write!(f, "{part:#} ")?,
                Some(_) => write!(f, "{part} ")?,
                None => write!(f, "{part}")?,
            }
        }
        Ok(())
    }
}

/// As it is written in a query; in the alternate form every value stands in quotation marks.
impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match (self, self.name(), self.values()) {
            (_, Some(name), Some(values)) => {
                let values = values.iter().map(|value| quoted(value, f.alternate())).collect::<Vec<_>>();
                write!(f, "{}:{}", name.word(), values.join(","))
            }
            (Part::Phrase(text), ..) => f.write_str(&quoted(text, true)),
            (Part::Without(text), ..) => write!(f, "-{}", quoted(text, false)),
            (other, ..) => f.write_str(&other.text().unwrap_or_default()),
        }
    }
}

/// A value with quotation marks where it needs them, or always.
pub(crate) fn quoted(text: &str, always: bool) -> String {
    let begins = text.starts_with(|letter: char| letter.is_alphanumeric() || letter == '.');
    let is_bare = |letter: char| letter.is_alphanumeric() || matches!(letter, '/' | '-' | '.' | '_');
    if begins && text.chars().all(is_bare) && !always {
        return text.to_owned();
    }
    let inside = text.split(reader::is_quotation_mark).map(str::trim).collect::<Vec<_>>().join(" ");
    format!("\"{}\"", inside.trim())
}
