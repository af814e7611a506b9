//! The text of a query to its parts, letter by letter.

use super::days::{self, NoDays};
use super::names::{FilterName, Unclear, Words};
use super::{Part, SyntaxError};
use crate::question::divides;
use repository::record::Period;
use repository::spelling::fold;
use std::ops::Range;

/// Letters of a wrong value that a message repeats.
const SHOWN_LETTERS_MAX: usize = 40;

/// Words before a colon that may be one name: `tình trạng`, `loại giấy tờ`.
const NAME_WORDS_MAX: usize = 3;

/// Reads a normalised text.
pub(super) fn read(text: &str) -> Result<Vec<Part>, SyntaxError> {
    let mut reader = Reader { letters: text.chars().collect(), at: 0, words_from: 0, parts: Vec::new() };
    while reader.skip_divisions() {
        reader.read_part()?;
    }
    reader.end_words(reader.letters.len());
    Ok(reader.parts)
}

/// Whether it opens or closes a phrase.
pub(super) fn is_quotation_mark(letter: char) -> bool {
    matches!(letter, '"' | '“' | '”' | '„' | '«' | '»')
}

struct Reader {
    letters: Vec<char>,
    /// The next letter.
    at: usize,
    /// Where the plain words that are being read begin.
    words_from: usize,
    parts: Vec<Part>,
}

/// A value of a filter, and where it stands.
#[derive(Clone)]
struct Value {
    text: String,
    place: Range<usize>,
    is_quoted: bool,
}

impl Reader {
    /// Goes to the next letter that is none of a division; false: there is none.
    fn skip_divisions(&mut self) -> bool {
        self.skip(divides);
        self.at < self.letters.len()
    }

    fn skip(&mut self, skipped: impl Fn(char) -> bool) {
        while self.next().is_some_and(&skipped) {
            self.at += 1;
        }
    }

    fn next(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn text(&self, place: Range<usize>) -> String {
        self.letters[place].iter().collect()
    }

    fn read_part(&mut self) -> Result<(), SyntaxError> {
        if self.next().is_some_and(is_quotation_mark) {
            self.end_words(self.at);
            let text = self.take_quoted();
            self.add(Part::Phrase(text));
        } else if self.leaves_out() {
            self.end_words(self.at);
            self.read_left_out()?;
        } else {
            let start = self.at;
            self.skip(|letter| !divides(letter) && !is_quotation_mark(letter));
            if self.next() == Some(':')
                && let Some((name, from)) = self.filter_before_colon(start)?
            {
                self.end_words(from);
                self.read_filter(name, from)?;
            }
        }
        Ok(())
    }

    fn add(&mut self, part: Part) {
        self.parts.push(part);
        self.words_from = self.at;
    }

    /// Makes a part of the plain words before a place.
    fn end_words(&mut self, end: usize) {
        let words = self.text(self.words_from..end);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        // What stuck to the part before stands alone when it is written again, where a hyphen would leave it out.
        let stuck =
            self.words_from > 0 && words.starts_with('-') && !self.letters[self.words_from].is_whitespace();
        let words = if stuck { words.trim_start_matches('-').trim_start() } else { &words };
        if !words.is_empty() {
            self.parts.push(Part::Words(words.to_owned()));
        }
    }

    /// What the quotation marks here hold, up to the closing one or the end.
    fn take_quoted(&mut self) -> String {
        let start = self.at + 1;
        self.at = start;
        self.skip(|letter| !is_quotation_mark(letter));
        let text = self.text(start..self.at);
        self.at = (self.at + 1).min(self.letters.len());
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether a hyphen stands here that leaves out the word or phrase behind it; one inside a word does not.
    fn leaves_out(&self) -> bool {
        let is_first = self.at == 0 || self.letters[self.at - 1].is_whitespace();
        let behind = self.letters.get(self.at + 1);
        is_first
            && self.next() == Some('-')
            && behind.is_some_and(|letter| letter.is_alphanumeric() || is_quotation_mark(*letter))
    }

    fn read_left_out(&mut self) -> Result<(), SyntaxError> {
        let hyphen = self.at;
        self.at += 1;
        let text = if self.next().is_some_and(is_quotation_mark) {
            self.take_quoted()
        } else {
            let start = self.at;
            self.skip(|letter| !divides(letter) && !is_quotation_mark(letter));
            let word = self.text(start..self.at);
            if self.next() == Some(':') && FilterName::named(&word).is_some() {
                let message = format!(
                    "Dấu “-” chỉ bỏ được một từ hoặc một \"cụm từ\", không bỏ được mục “{word}:”. Hãy xóa dấu “-”."
                );
                return Err(SyntaxError { at: hyphen, length: self.at + 1 - hyphen, message });
            }
            word
        };
        self.add(Part::Without(text));
        Ok(())
    }

    /// The filter that the words before the colon here name, and where its name begins. `start` is where the last of them begins.
    fn filter_before_colon(&self, start: usize) -> Result<Option<(FilterName, usize)>, SyntaxError> {
        let starts = self.name_starts(start);
        let named = |from: &usize| Some((FilterName::named(&self.text(*from..self.at))?, *from));
        if let Some(found) = starts.iter().find_map(named) {
            return Ok(Some(found));
        }
        let meant = |from: &usize| Some((FilterName::meant(&self.text(*from..self.at))?, *from));
        if let Some((name, from)) = starts.iter().find_map(meant) {
            return Err(self.no_such_filter(name, from));
        }
        // Sentences put a blank behind a colon; whoever types a filter seldom does.
        let is_sentence = self.letters.get(self.at + 1).is_none_or(|letter| letter.is_whitespace());
        match FilterName::near(&self.text(start..self.at)) {
            Some(name) if !is_sentence => Err(self.no_such_filter(name, start)),
            _ => Ok(None),
        }
    }

    /// Where a name of one word, two words and so on would begin.
    fn name_starts(&self, last: usize) -> Vec<usize> {
        let mut starts = vec![last];
        while starts.len() < NAME_WORDS_MAX
            && let Some(before) = self.word_before(starts[starts.len() - 1])
        {
            starts.push(before);
        }
        starts
    }

    /// Where the plain word before a place begins, if blanks alone stand between.
    fn word_before(&self, start: usize) -> Option<usize> {
        let before = &self.letters[self.words_from..start];
        let blanks = before.iter().rev().take_while(|letter| letter.is_whitespace()).count();
        let word = before.iter().rev().skip(blanks).take_while(|letter| letter.is_alphanumeric()).count();
        let begins = before.iter().rev().nth(blanks + word).is_none_or(|letter| letter.is_whitespace());
        (blanks > 0 && word > 0 && begins).then(|| start - blanks - word)
    }

    fn no_such_filter(&self, meant: FilterName, from: usize) -> SyntaxError {
        let typed = shown(&self.text(from..self.at));
        let names = FilterName::ALL.map(|name| format!("{}:", name.word())).join(" ");
        let message = format!(
            "Không có mục “{typed}:”; có lẽ là “{}:”, ví dụ {}. Các mục: {names}",
            meant.word(),
            meant.example()
        );
        SyntaxError { at: from, length: self.at + 1 - from, message }
    }

    fn read_filter(&mut self, name: FilterName, from: usize) -> Result<(), SyntaxError> {
        let colon = self.at;
        self.at += 1;
        self.skip(char::is_whitespace);
        let is_list = matches!(name, FilterName::Type | FilterName::State);
        let values = self.take_values(is_list);
        let Some(value) = values.first().cloned() else {
            return Err(missing_value(name, from..colon + 1));
        };
        let is_single = !is_list && name != FilterName::Agency;
        if is_single && self.parts.iter().any(|part| part.name() == Some(name)) {
            let message = format!("Mục “{}:” đã có ở trước. Hãy chỉ viết một lần.", name.word());
            return Err(SyntaxError { at: from, length: self.at - from, message });
        }
        let part = match name {
            FilterName::Type => Part::Types(self.read_words(values, &Words::types(), name)?),
            FilterName::State => Part::States(self.read_words(values, &Words::states(), name)?),
            FilterName::Validity => match self.read_words(values, &Words::forces(), name)?[..] {
                [force, ..] => Part::Validity(force),
                [] => return Err(missing_value(name, from..colon + 1)),
            },
            FilterName::Number => Part::Number(value.text),
            FilterName::Agency => Part::Agency(value.text),
            FilterName::Date => Part::Issued(period(&value)?),
        };
        self.add(part);
        Ok(())
    }

    /// The values here: what no blank or comma divides, or quotation marks hold; in a list several, with commas between. Those without
    /// any letter or digit are left out.
    fn take_values(&mut self, is_list: bool) -> Vec<Value> {
        let mut values = vec![self.take_value()];
        while is_list
            && self.next() == Some(',')
            && self.letters.get(self.at + 1).is_some_and(|next| !next.is_whitespace())
        {
            self.at += 1;
            values.push(self.take_value());
        }
        values.retain(|value| value.text.contains(char::is_alphanumeric));
        values
    }

    fn take_value(&mut self) -> Value {
        let start = self.at;
        let is_quoted = self.next().is_some_and(is_quotation_mark);
        let text = if is_quoted {
            self.take_quoted()
        } else {
            self.skip(|letter| letter == ':' || !divides(letter) && !is_quotation_mark(letter));
            self.text(start..self.at)
        };
        Value { text, place: start..self.at, is_quoted }
    }

    /// Values that are words of ours; the last one may go on behind a blank (`loại:khai sinh`).
    fn read_words<T: Copy + PartialEq>(
        &mut self,
        mut values: Vec<Value>,
        words: &Words<T>,
        name: FilterName,
    ) -> Result<Vec<T>, SyntaxError> {
        if let Some(last) = values.last_mut().filter(|last| !last.is_quoted && last.place.end == self.at) {
            self.extend(last, words);
        }
        let mut read = Vec::new();
        for value in values {
            let found = words.read(&value.text).map_err(|unclear| no_such_value(name, &value, unclear))?;
            read.extend(found.into_iter().filter(|one| !read.contains(one)).collect::<Vec<_>>());
        }
        Ok(read)
    }

    /// Takes the words that follow to a value as long as they are more of it: up to the longest word of ours, or, when the value is
    /// none as it stands, as far as one begins like this.
    fn extend<T: Copy + PartialEq>(&mut self, value: &mut Value, words: &Words<T>) {
        let (from, mut end) = (value.place.start, self.at);
        let mut is_word = words.has(&value.text);
        while let Some(next) = self.word_behind(self.at) {
            let text = self.text(from..next);
            if fold(&text) == fold(&value.text) || !words.has_beginning(&text) {
                break;
            }
            self.at = next;
            if words.has(&text) || !is_word {
                is_word |= words.has(&text);
                end = next;
                value.text = text;
            }
        }
        self.at = end;
        value.place.end = end;
    }

    /// Where the plain word behind a place ends, if blanks alone stand between.
    fn word_behind(&self, end: usize) -> Option<usize> {
        let behind = &self.letters[end..];
        let blanks = behind.iter().take_while(|letter| letter.is_whitespace()).count();
        let is_letter = |letter: &&char| !divides(**letter) && !is_quotation_mark(**letter);
        let word = behind[blanks..].iter().take_while(is_letter).count();
        let is_name = behind.get(blanks + word) == Some(&':');
        (blanks > 0 && word > 0 && !is_name && behind[blanks] != '-').then_some(end + blanks + word)
    }
}

fn missing_value(name: FilterName, place: Range<usize>) -> SyntaxError {
    let message = format!("Sau “{}:” chưa có giá trị. Hãy viết thêm, ví dụ {}.", name.word(), name.example());
    SyntaxError { at: place.start, length: place.len(), message }
}

fn period(value: &Value) -> Result<Period, SyntaxError> {
    let typed = shown(&value.text);
    days::read(&value.text).map_err(|wrong| {
        value.error(match wrong {
            NoDays::Unreadable => format!(
                "“{typed}” không phải ngày. Hãy viết 2023, 04/2023 hoặc 05/04/2023; khoảng thời gian viết 2023..2024, 2023.. hoặc ..2024."
            ),
            NoDays::Backwards => {
                format!("“{typed}” có ngày đầu sau ngày cuối. Hãy viết ngày sớm hơn trước, ví dụ 2023..2024.")
            }
        })
    })
}

fn no_such_value(name: FilterName, value: &Value, unclear: Unclear) -> SyntaxError {
    let (typed, name) = (shown(&value.text), name.word());
    value.error(match unclear {
        Unclear::Several(words) => {
            format!("“{typed}” có thể là {}. Hãy viết rõ, ví dụ {name}:{}.", one_of(&words), words[0])
        }
        Unclear::Unknown(words) => {
            format!("Mục “{name}:” không có giá trị “{typed}”. Hãy viết {}.", one_of(&words))
        }
    })
}

impl Value {
    fn error(&self, message: String) -> SyntaxError {
        SyntaxError { at: self.place.start, length: self.place.len(), message }
    }
}

fn one_of(words: &[&str]) -> String {
    match words {
        [head @ .., last] if !head.is_empty() => format!("{} hoặc {last}", head.join(", ")),
        _ => words.concat(),
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN_LETTERS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
