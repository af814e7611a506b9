//! What stands around the hits: filters that are on, and counts by which a filter can be put on.

use crate::portal::papers::STATES;
use crate::portal::wording;
use repository::DocumentType;
use repository::record::DocumentState;
use search::{Facets, FilterName, Force, Part, Parts};

/// Values of a facet that are shown: more push the next one off the screen.
const SHOWN_VALUES_MAX: usize = 6;

/// A filter that is on.
#[derive(Debug)]
pub(super) struct Chip {
    pub(super) label: String,
    /// The query without it.
    pub(super) query: String,
}

/// Counts by one property.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) values: Vec<Value>,
}

/// A value that hits have.
#[derive(Debug)]
pub(super) struct Value {
    pub(super) label: String,
    pub(super) count: u64,
    /// The query with its filter.
    pub(super) query: String,
    /// The filter is on.
    pub(super) is_on: bool,
}

/// The filters of a query, and what it leaves out.
pub(super) fn chips(parts: &Parts) -> Vec<Chip> {
    let chip = |(number, part): (usize, &Part)| {
        Some(Chip { label: label(part)?, query: parts.clone().without(number).to_string() })
    };
    parts.0.iter().enumerate().filter_map(chip).collect()
}

/// Groups of counts that have a value.
pub(super) fn groups(parts: &Parts, facets: &Facets) -> Vec<Group> {
    let group = |(title, name, counts): (&'static str, FilterName, &Vec<(String, u64)>)| {
        let values = counts.iter().filter_map(|(value, count)| {
            let filter = Part::filter(name, value)?;
            Some(Value {
                label: value_label(&filter)?,
                count: *count,
                is_on: parts.0.contains(&filter),
                query: parts.clone().with(filter).to_string(),
            })
        });
        Group { title, values: values.take(SHOWN_VALUES_MAX).collect() }
    };
    let groups = [
        ("Loại giấy tờ", FilterName::Type, &facets.types),
        ("Cơ quan cấp", FilterName::Agency, &facets.agencies),
        ("Năm cấp", FilterName::Date, &facets.years),
        ("Trạng thái", FilterName::State, &facets.states),
    ];
    groups.into_iter().map(group).filter(|group| !group.values.is_empty()).collect()
}

/// A part as a chip says it; none: it is words that stand in the search box.
fn label(part: &Part) -> Option<String> {
    let value = value_label(part)?;
    Some(match part {
        Part::Words(_) | Part::Phrase(_) => return None,
        Part::Without(_) => format!("Không có: {value}"),
        Part::Types(_) => format!("Loại: {value}"),
        Part::Number(_) => format!("Số: {value}"),
        Part::Issued(_) => format!("Ngày cấp: {value}"),
        Part::Agency(_) => format!("Cơ quan: {value}"),
        Part::Validity(_) => value,
        Part::States(_) => format!("Trạng thái: {value}"),
    })
}

fn value_label(part: &Part) -> Option<String> {
    let joined = |words: Vec<&str>| words.join(" hoặc ");
    Some(match part {
        Part::Words(_) | Part::Phrase(_) => return None,
        Part::Without(text) | Part::Number(text) | Part::Agency(text) => text.clone(),
        Part::Types(types) => joined(types.iter().copied().map(DocumentType::label).collect()),
        Part::States(states) => joined(states.iter().copied().map(wording::state_word).collect()),
        Part::Issued(_) => days(part.to_string().split_once(':')?.1),
        Part::Validity(Force::InForce) => "Còn hiệu lực".to_owned(),
        Part::Validity(Force::Expired) => "Hết hiệu lực".to_owned(),
    })
}

/// Days of a filter as people say them.
fn days(written: &str) -> String {
    match written.split_once("..") {
        None => written.to_owned(),
        Some((from, "")) => format!("từ {from}"),
        Some(("", to)) => format!("đến hết {to}"),
        Some((from, to)) => format!("{from} – {to}"),
    }
}

/// States as the form offers them, each with its word: those of papers that words find.
pub(super) fn states() -> impl Iterator<Item = (DocumentState, &'static str)> {
    STATES.into_iter().filter(|state| !is_aside(*state)).map(|state| (state, wording::state_word(state)))
}

/// Scans that were put aside are found by their keys alone.
fn is_aside(state: DocumentState) -> bool {
    match state {
        DocumentState::Duplicate | DocumentState::TakenBack => true,
        DocumentState::Received
        | DocumentState::Extracted
        | DocumentState::Stored
        | DocumentState::Unreadable => false,
    }
}
