//! What a paper says: its type, its title and its fields, worked out from words and their places. Nothing is looked up and nothing
//! is stored; a person decides.

mod body;
mod checks;
mod code;
mod couple;
mod header;
mod labelled;
mod labels;
mod paper;
mod paper_type;
mod register;
mod signature;
mod table;
#[cfg(test)]
mod tests;
mod values;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::{self, TimeZone};
use paper::Paper;
use repository::DocumentType;
use repository::identifier::{WrittenDate, date_in_words};
use repository::record::{Page, Proposal, ProposedField, Reading};
use repository::spelling::is_same_name;

/// Proposes type, title and fields for a paper from its pages.
pub fn draft(pages: &[(Page, Option<Reading>)]) -> Proposal {
    // Việt Nam has one zone and no summer time.
    let today = TimeZone::fixed(tz::offset(7)).to_datetime(Timestamp::now()).date();
    draft_on(pages, today)
}

/// The same as it is worked out on a day: a date after it is doubted.
fn draft_on(pages: &[(Page, Option<Reading>)], today: Date) -> Proposal {
    let paper = Paper::of(pages);
    let cards = code::cards(pages);
    let decision = paper_type::decide(&paper, cards.first().map(code::FoundCard::evidence));
    let mut fields = proposed(&paper, decision.document_type);
    if decision.document_type == DocumentType::IdentityCard {
        replace(&mut fields, cards.iter().flat_map(code::FoundCard::fields).collect());
    }
    checks::check(&mut fields, decision.document_type, birth_date_in_words(&paper), today);
    cards.iter().for_each(|card| card.bear_witness(&mut fields));
    in_dictionary_order(&mut fields);
    Proposal {
        document_type: decision.document_type,
        title: decision.title,
        type_evidence: decision.evidence,
        fields,
    }
}

/// What was recognised, before any check: the place decides first, then the labels.
fn proposed(paper: &Paper, document_type: DocumentType) -> Vec<ProposedField> {
    let mut fields = header::fields(paper, document_type);
    add_missing(&mut fields, signature::fields(paper, document_type));
    add_missing(&mut fields, table::fields(paper, document_type).into_iter().collect());
    add_missing(&mut fields, body::fields(paper, document_type));
    if document_type.carries("registration_number") {
        add_missing(&mut fields, register::fields(paper));
    }
    if document_type == DocumentType::MarriageCertificate {
        add_missing(&mut fields, couple::fields(paper));
    }
    add_missing(&mut fields, labelled::fields(paper, document_type));
    fields
}

/// The date of birth as papers of civil status repeat it: `Ghi bằng chữ: Ngày mười bốn tháng ba năm …`.
fn birth_date_in_words(paper: &Paper) -> Option<Date> {
    let row = paper.rows.iter().find(|row| row.folded().contains("bang chu ngay"))?;
    date_in_words(&paper::text(&row.words)).and_then(WrittenDate::day)
}

/// Adds the fields whose key is not there yet.
fn add_missing(fields: &mut Vec<ProposedField>, more: Vec<ProposedField>) {
    for field in more {
        if !fields.iter().any(|known| known.key == field.key) {
            fields.push(field);
        }
    }
}

/// Knowledge from a code outranks what was recognised; of one and the same name the printed capitals are kept.
fn replace(fields: &mut Vec<ProposedField>, better: Vec<ProposedField>) {
    for mut field in better {
        let known = fields.iter().position(|known| known.key == field.key).map(|at| fields.remove(at));
        if let Some(known) =
            known.filter(|known| field.key == "full_name" && is_same_name(&known.value, &field.value))
        {
            field.value = known.value;
        }
        fields.push(field);
    }
}

fn in_dictionary_order(fields: &mut [ProposedField]) {
    let place = |key: &str| repository::document_type::FIELD_KEYS.iter().position(|entry| entry.key == key);
    fields.sort_by_key(|field| place(&field.key));
}
