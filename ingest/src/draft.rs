//! What a paper says: its type, its title and its fields, worked out from words and their places. Nothing is looked up and nothing
//! is stored; a person decides.

mod header;
mod labelled;
mod labels;
mod paper;
mod paper_type;
mod values;

use paper::Paper;
use repository::DocumentType;
use repository::identifier::CitizenId;
use repository::record::{FieldSource, Label, Page, Proposal, ProposedField, Reading};

/// A citizen card's code is exact where it was read; it is still only a claim (DOMAIN §5.6), so it stays below a person's word.
const CARD_CONFIDENCE: f32 = 99.0;
/// Kind of label that a citizen card carries.
const CARD_LABEL: &str = "citizen_card";

/// Proposes type, title and fields for a paper from its pages.
pub fn draft(pages: &[(Page, Option<Reading>)]) -> Proposal {
    let paper = Paper::of(pages);
    let has_card_code = pages.iter().flat_map(|(page, _)| &page.labels).any(|label| label.kind == CARD_LABEL);
    let (document_type, title) = paper_type::decide(&paper, has_card_code);
    let mut fields = header::fields(&paper, document_type);
    add_missing(&mut fields, labelled::fields(&paper, document_type));
    replace(&mut fields, card_fields(pages, document_type));
    doubt_foreign_number(&mut fields);
    in_dictionary_order(&mut fields);
    Proposal { document_type, title, type_evidence: None, fields }
}

/// Adds the fields whose key is not there yet.
fn add_missing(fields: &mut Vec<ProposedField>, more: Vec<ProposedField>) {
    for field in more {
        if !fields.iter().any(|known| known.key == field.key) {
            fields.push(field);
        }
    }
}

/// Knowledge from a code outranks what was recognised.
fn replace(fields: &mut Vec<ProposedField>, better: Vec<ProposedField>) {
    fields.retain(|field| !better.iter().any(|other| other.key == field.key));
    fields.extend(better);
}

/// A personal number carries the year of birth (DOMAIN §5.5). One that disagrees with the date of birth is misread or another person's:
/// both values are shown as unsure, neither is corrected.
fn doubt_foreign_number(fields: &mut [ProposedField]) {
    let value = |key: &str| fields.iter().find(|field| field.key == key).map(|field| field.value.as_str());
    let number = value("citizen_id").and_then(|number| number.parse::<CitizenId>().ok());
    let birth_date = value("birth_date").and_then(|date| date.parse().ok());
    if number.zip(birth_date).is_none_or(|(number, birth_date)| number.agrees_with(birth_date)) {
        return;
    }
    for field in fields.iter_mut().filter(|field| ["citizen_id", "birth_date"].contains(&field.key.as_str()))
    {
        field.confidence = field.confidence.min(labelled::UNSOUND_CONFIDENCE_MAX);
    }
}

fn in_dictionary_order(fields: &mut [ProposedField]) {
    let place = |key: &str| repository::document_type::FIELD_KEYS.iter().position(|entry| entry.key == key);
    fields.sort_by_key(|field| place(&field.key));
}

/// Fields of a citizen card, when the paper is that card. On any other paper the code may be somebody else's.
fn card_fields(pages: &[(Page, Option<Reading>)], document_type: DocumentType) -> Vec<ProposedField> {
    if document_type != DocumentType::IdentityCard {
        return Vec::new();
    }
    let labels = pages.iter().flat_map(|(page, _)| page.labels.iter().map(move |label| (page.number, label)));
    let cards = labels.filter(|(_, label)| label.kind == CARD_LABEL);
    cards.flat_map(|(page, label)| one_card(page, label)).collect()
}

fn one_card(page: u32, label: &Label) -> Vec<ProposedField> {
    let Ok(card) = qr::CitizenCard::parse(&label.value) else { return Vec::new() };
    let sex = match card.sex {
        qr::Sex::Male => "Nam",
        qr::Sex::Female => "Nữ",
    };
    let mut values = vec![
        ("citizen_id", card.citizen_id),
        ("full_name", card.full_name),
        ("birth_date", card.birth_date.to_string()),
        ("sex", sex.to_string()),
        ("residence", card.address),
    ];
    values.extend(card.issued_on.map(|date| ("issued_on", date.to_string())));
    let field = |(key, value): (&str, String)| ProposedField {
        key: key.into(),
        written: value.clone(),
        doubts: Vec::new(),
        value,
        source: FieldSource::Qr,
        confidence: CARD_CONFIDENCE,
        page: Some(page),
        region: Some(label.region),
    };
    values.into_iter().filter(|(_, value)| !value.is_empty()).map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(key: &str, value: &str) -> ProposedField {
        ProposedField {
            key: key.into(),
            value: value.into(),
            written: value.into(),
            doubts: Vec::new(),
            source: FieldSource::Ocr,
            confidence: 95.0,
            page: None,
            region: None,
        }
    }

    fn check(citizen_id: &str, birth_date: &str, expected_confidence: f32) {
        let mut fields =
            [field("citizen_id", citizen_id), field("birth_date", birth_date), field("sex", "Nam")];
        doubt_foreign_number(&mut fields);
        let confidence: Vec<f32> = fields.iter().map(|field| field.confidence).collect();
        assert_eq!(confidence, [expected_confidence, expected_confidence, 95.0], "{citizen_id} {birth_date}");
    }

    #[test]
    fn a_number_of_another_year_is_never_sure() {
        check("001095041226", "1995-03-02", 95.0);
        check("001095041226", "2026-10-21", 40.0);
        check("not read", "2026-10-21", 95.0);
    }
}
