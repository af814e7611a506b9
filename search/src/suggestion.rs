//! What a query could go on with while it is being typed: names of filters, types, states, agencies and numbers of papers that the
//! caller may find. Never a name of a person, and nothing of a paper outside the caller's scope.

use crate::Error;
use crate::analysis::normalise;
use crate::language::{Ending, FilterName, Words, endings, quoted};
use crate::personal_number::first_personal_number;
use repository::Repository;
use repository::record::Actor;
use repository::spelling::fold;

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What it is.
    pub kind: SuggestionKind,
    /// What people read.
    pub label: String,
    /// The whole query with it.
    pub query: String,
}

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionKind {
    /// Name of a filter, of which the value is still to be typed.
    Filter,
    /// A type of paper.
    Type,
    /// An agency.
    Agency,
    /// Số, ký hiệu.
    Number,
    /// A value of another filter.
    Value,
}

/// Suggestions of one answer: what can be seen at one glance.
const SUGGESTIONS_MAX: usize = 8;

/// Agencies, or numbers, of one answer, so that they leave room for others.
const RECORDS_MAX: usize = 4;

/// Letters and digits of plain words from which types and numbers are suggested: fewer begin too many.
const LETTERS_MIN: usize = 2;

/// Letters of plain words from which agencies are looked up: names of agencies have many words, of which each may be the first.
const AGENCY_LETTERS_MIN: usize = 3;

/// How a query could go on. A query with a personal number is not looked at.
///
/// # Errors
/// When the repository fails, or the actor may not search.
pub async fn suggest(repository: &Repository, actor: &Actor, text: &str) -> Result<Vec<Suggestion>, Error> {
    let text = normalise(text);
    if first_personal_number(&text).is_some() {
        return Ok(Vec::new());
    }
    let endings = endings(&text);
    let mut suggestions = of_language(&endings);
    let room = |found: usize| RECORDS_MAX.min(SUGGESTIONS_MAX.saturating_sub(found));
    suggestions.truncate(SUGGESTIONS_MAX - RECORDS_MAX * usize::from(asks_records(&endings)));
    let fitting = |name: &str| endings.iter().find(|ending| names_agency(ending, name));
    if endings.iter().any(can_name_agency) {
        let most = room(suggestions.len());
        let known = repository.known_agencies(actor, |name| fitting(name).is_some(), most).await?;
        let known = known.iter().filter(|name| first_personal_number(name).is_none());
        suggestions.extend(known.filter_map(|name| Some(fitting(name)?.with(FilterName::Agency, name))));
    }
    for ending in endings.iter().filter(|ending| can_be_number(ending)) {
        let most = room(suggestions.len());
        let known = repository.known_numbers(actor, ending.typed, most).await?;
        let known = known.iter().filter(|number| first_personal_number(number).is_none());
        suggestions.extend(known.map(|number| ending.with(FilterName::Number, number)));
    }
    Ok(suggestions)
}

/// What the language itself knows. A type that more words begin takes them all.
fn of_language(endings: &[Ending]) -> Vec<Suggestion> {
    let mut suggestions: Vec<Suggestion> = Vec::new();
    for ending in endings {
        let typed = fold(ending.typed);
        match ending.filter {
            None if typed.chars().count() >= LETTERS_MIN => {
                let types = ending.types().into_iter();
                let new = types.filter(|one| suggestions.iter().all(|known| known.label != one.label));
                suggestions.extend(new.collect::<Vec<_>>());
            }
            Some(FilterName::Type) => suggestions.extend(ending.types()),
            Some(FilterName::State) => suggestions.extend(ending.values(FilterName::State, &Words::states())),
            Some(FilterName::Validity) => {
                suggestions.extend(ending.values(FilterName::Validity, &Words::forces()));
            }
            None | Some(FilterName::Number | FilterName::Date | FilterName::Agency) => {}
        }
    }
    if let Some(last) = endings.last().filter(|last| last.filter.is_none() && !last.typed.contains(':')) {
        let typed = fold(last.typed);
        let names = FilterName::ALL.into_iter().filter(|name| fold(name.word()).starts_with(&typed));
        suggestions.extend(names.filter(|_| !typed.is_empty()).map(|name| last.named(name)));
    }
    suggestions
}

fn asks_records(endings: &[Ending]) -> bool {
    endings.iter().any(|ending| can_name_agency(ending) || can_be_number(ending))
}

fn can_name_agency(ending: &Ending) -> bool {
    match ending.filter {
        Some(FilterName::Agency) => true,
        Some(_) => false,
        None => fold(ending.typed).chars().count() >= AGENCY_LETTERS_MIN,
    }
}

/// Whether the name has words that begin like what is typed.
fn names_agency(ending: &Ending, name: &str) -> bool {
    let typed = fold(ending.typed);
    let words = name.split_whitespace().collect::<Vec<_>>();
    can_name_agency(ending)
        && (0..words.len()).any(|first| fold(&words[first..].concat()).starts_with(&typed))
}

fn can_be_number(ending: &Ending) -> bool {
    let is_long = fold(ending.typed).chars().count() >= LETTERS_MIN;
    match ending.filter {
        Some(FilterName::Number) => !ending.typed.trim().is_empty(),
        Some(_) => false,
        None => {
            is_long
                && ending.typed.starts_with(|letter: char| letter.is_ascii_digit())
                && !ending.typed.contains(' ')
        }
    }
}

impl Ending<'_> {
    fn types(&self) -> Vec<Suggestion> {
        let words = Words::types();
        let found = if self.typed.trim().is_empty() {
            words.all().map(|(one, _)| one).collect()
        } else {
            words.beginning(self.typed)
        };
        let suggestion = |one: repository::DocumentType| Suggestion {
            kind: SuggestionKind::Type,
            label: one.label().to_owned(),
            query: self.query(FilterName::Type, words.word(one)),
        };
        found.into_iter().map(suggestion).collect()
    }

    fn values<T: Copy + PartialEq>(&self, name: FilterName, words: &Words<T>) -> Vec<Suggestion> {
        let typed = fold(self.typed);
        let found = words.all().map(|(_, word)| word).filter(|word| fold(word).starts_with(&typed));
        let suggestion = |word: &str| Suggestion {
            kind: SuggestionKind::Value,
            label: name.with(word),
            query: self.query(name, word),
        };
        found.map(suggestion).collect()
    }

    fn named(&self, name: FilterName) -> Suggestion {
        let query = format!("{}{}:", self.before, name.word());
        Suggestion { kind: SuggestionKind::Filter, label: name.example().to_owned(), query }
    }

    fn with(&self, name: FilterName, value: &str) -> Suggestion {
        let kind = if name == FilterName::Agency { SuggestionKind::Agency } else { SuggestionKind::Number };
        Suggestion { kind, label: value.to_owned(), query: self.query(name, value) }
    }

    /// The whole query with a value at the end.
    fn query(&self, name: FilterName, value: &str) -> String {
        match self.filter {
            Some(_) => format!("{}{} ", self.before, quoted(value, false)),
            None => format!("{}{} ", self.before, name.with(value)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found = of_language(&endings(text)).into_iter().map(|suggestion| suggestion.query);
        assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn the_language_goes_on() {
        check("khai", &["loại:khai-sinh ", "loại:khai-tử "]);
        check("Mơ giấy khai s", &["Mơ loại:khai-sinh ", "Mơ giấy khai số:"]);
        check("l", &["loại:"]);
        check("co", &["cơ-quan:"]);
        check("đất loại:khai", &["đất loại:khai-sinh ", "đất loại:khai-tử "]);
        check("loại:ks,khai-t", &["loại:ks,khai-tử "]);
        check("hiệu-lực:", &["hiệu-lực:còn ", "hiệu-lực:hết "]);
        check("trạng-thái:ch", &["trạng-thái:chờ-đọc ", "trạng-thái:chờ-xác-nhận "]);
        check("\"khai", &[]);
        check("Nguyễn Văn", &[]);
    }

    #[test]
    fn agencies_are_named_from_any_word_on() {
        let check = |text: &str, expected: bool| {
            let found = endings(text).iter().any(|ending| names_agency(ending, "UBND phường Bến Mơ"));
            assert_eq!(found, expected, "{text}");
        };
        check("ubnd ph", true);
        check("ben m", true);
        check("đất bến mơ", true);
        check("cơ-quan:", true);
        check("cơ-quan:\"phuong ben", true);
        check("cơ-quan:sở", false);
        check("ong ben", true);
        check("ben ong", false);
        check("mơ", false);
    }
}
