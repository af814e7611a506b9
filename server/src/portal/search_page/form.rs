//! Tìm nâng cao: a form whose fields write the same query that a person could type.

use super::aside;
use repository::DocumentType;
use repository::record::DocumentState;
use search::{FilterName, Force, Part, Parts};
use serde::Deserialize;

/// What was filled in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Filled {
    pub(super) words: String,
    pub(super) phrase: String,
    pub(super) without: String,
    #[serde(rename = "type")]
    pub(super) document_type: String,
    pub(super) number: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) agency: String,
    pub(super) validity: String,
    pub(super) state: String,
    /// Which papers first.
    pub(super) order: String,
}

/// A value that can be chosen.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: &'static str,
    pub(super) selected: bool,
}

impl Filled {
    /// The fields of a query; what the form has no field for stays with the words.
    pub(super) fn of(parts: &Parts) -> Filled {
        let mut filled = Filled::default();
        let (mut words, mut without) = (Vec::new(), Vec::new());
        for part in &parts.0 {
            if let Part::Without(_) = part {
                without.push(part.to_string().trim_start_matches('-').to_owned());
            } else if !filled.take(part) {
                words.push(part.clone());
            }
        }
        filled.words = Parts(words).to_string();
        filled.without = without.join(" ");
        filled
    }

    /// Puts a part into its field, if that is empty and can hold it.
    fn take(&mut self, part: &Part) -> bool {
        let (field, value) = match part {
            Part::Words(_) | Part::Without(_) => return false,
            Part::Phrase(text) => (&mut self.phrase, text.clone()),
            Part::Types(types) => match types[..] {
                [one] => (&mut self.document_type, one.code().to_owned()),
                _ => return false,
            },
            Part::States(states) => match states[..] {
                [one] => (&mut self.state, one.name().to_owned()),
                _ => return false,
            },
            Part::Number(number) => (&mut self.number, number.clone()),
            Part::Agency(name) => (&mut self.agency, name.clone()),
            Part::Validity(Force::InForce) => (&mut self.validity, "còn".to_owned()),
            Part::Validity(Force::Expired) => (&mut self.validity, "hết".to_owned()),
            Part::Issued(_) => return self.take_days(part),
        };
        let is_free = field.is_empty();
        if is_free {
            *field = value;
        }
        is_free
    }

    fn take_days(&mut self, part: &Part) -> bool {
        let written = part.to_string();
        let days = written.split_once(':').map_or("", |(_, days)| days);
        let (from, to) = days.split_once("..").unwrap_or((days, days));
        (self.from, self.to) = (from.to_owned(), to.to_owned());
        true
    }

    /// The query that the fields say. A value that is none stays in it: whoever reads the query says what is wrong.
    pub(super) fn query(&self) -> String {
        let mut parts = vec![self.words.trim().to_owned()];
        let phrase = self.phrase.trim();
        parts.extend((!phrase.is_empty()).then(|| Part::Phrase(phrase.to_owned()).to_string()));
        parts.extend(left_out(&self.without).iter().map(Part::to_string));
        let filters = [
            (FilterName::Type, self.document_type.clone()),
            (FilterName::Number, self.number.clone()),
            (FilterName::Date, self.days()),
            (FilterName::Agency, self.agency.clone()),
            (FilterName::Validity, self.validity.clone()),
            (FilterName::State, self.state.clone()),
        ];
        let filled = filters.into_iter().filter(|(_, value)| !value.trim().is_empty());
        parts.extend(filled.map(|(name, value)| name.with(&value)));
        parts.retain(|part| !part.is_empty());
        parts.join(" ")
    }

    fn days(&self) -> String {
        match (self.from.trim(), self.to.trim()) {
            ("", "") => String::new(),
            (from, to) if from == to => from.to_owned(),
            (from, to) => format!("{from}..{to}"),
        }
    }

    /// Types to choose from.
    pub(super) fn types(&self) -> Vec<Choice> {
        let choice = |one: &DocumentType| Choice {
            value: one.code().to_owned(),
            label: one.label(),
            selected: one.code() == self.document_type,
        };
        DocumentType::ALL.iter().map(choice).collect()
    }

    /// States to choose from.
    pub(super) fn states(&self) -> Vec<Choice> {
        let choice = |(state, label): (DocumentState, &'static str)| Choice {
            value: state.name().to_owned(),
            label,
            selected: state.name() == self.state,
        };
        aside::states().map(choice).collect()
    }

    /// Validity to choose from.
    pub(super) fn validities(&self) -> Vec<Choice> {
        let all = [("còn", "Còn hiệu lực"), ("hết", "Hết hiệu lực")];
        let choice = |(value, label): (&str, _)| Choice {
            value: value.to_owned(),
            label,
            selected: value == self.validity,
        };
        all.into_iter().map(choice).collect()
    }
}

/// Words and phrases that must not stand on a paper, each by itself.
fn left_out(typed: &str) -> Vec<Part> {
    let phrases = typed.split('"').enumerate().flat_map(|(nth, piece)| {
        let is_phrase = nth % 2 == 1;
        let words = if is_phrase { vec![piece.trim()] } else { piece.split_whitespace().collect() };
        words.into_iter().map(|word| word.trim_start_matches('-').to_owned()).collect::<Vec<_>>()
    });
    phrases.filter(|text| text.contains(char::is_alphanumeric)).map(Part::Without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A query comes out of the form as it went in.
    fn check(query: &str, expected: &str) {
        let parts = query.parse::<Parts>().expect(query);
        assert_eq!(Filled::of(&parts).query(), expected, "{query}");
    }

    #[test]
    fn the_form_writes_the_query() {
        check("", "");
        check("bản sao \"khai sinh\" -lại", "bản sao \"khai sinh\" -lại");
        check("đất -\"cho thuê\" -ở", "đất -\"cho thuê\" -ở");
        check("\"một\" \"hai ba\"", "\"hai ba\" \"một\"");
        check("loại:KS ngày:2023 đất", "đất loại:KS ngày:2023");
        check("loại:KS,KH đất", "loại:\"khai-sinh\",\"kết-hôn\" đất");
        check("ngày:2023.. hiệu-lực:hết", "ngày:2023.. hiệu-lực:hết");
        check("trạng-thái:đã-rút số:\"12 qd\"", "số:\"12 qd\" trạng-thái:taken_back");
        check("cơ-quan:\"UBND phường Bến Mơ\"", "cơ-quan:\"UBND phường Bến Mơ\"");
    }

    #[test]
    fn what_is_no_day_stays_for_the_reader_to_say() {
        let filled = Filled { from: "hôm qua".to_owned(), ..Filled::default() };
        assert_eq!(filled.query(), "ngày:\"hôm qua..\"");
        assert!(filled.query().parse::<Parts>().is_err());
    }
}
