//! What the index keeps of a paper: one mapping, shared by every engine.
//!
//! Personal numbers are left out (invariant 9): fields of that kind here, and whatever looks like one in [`crate::analysis`].

use crate::analysis::{exact_key, normalise};
use crate::personal_number::first_personal_number;
use crate::question::number_key;
use crate::written_date;
use jiff::civil::Date;
use repository::DocumentType;
use repository::document_type::{FieldKind, field_key};
use repository::record::{Bounds, Document, DocumentId, DocumentState, Field, IndexableDocument};
use sha2::{Digest, Sha256};

/// Version of everything that decides which words a paper is found by: analysis, entry, and the fields and tokens of the engines. Raise
/// it with any change there. An index of another version is rebuilt by whoever follows the changes; until then it is searched, if it has
/// the same fields.
pub(crate) const FORMAT: u64 = 3;

/// A paper as words and keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Key of the paper.
    pub(crate) document: DocumentId,
    /// Its title.
    pub(crate) title: String,
    /// Everything findable, the title among it; no phrase reaches from one text into the next.
    pub(crate) texts: Vec<String>,
    /// How many of the texts, from the first on, are what is known of the paper (title, number, names, fields); the others stand on pages.
    pub(crate) known: usize,
    /// Its type.
    pub(crate) document_type: DocumentType,
    /// How far it is.
    pub(crate) state: DocumentState,
    /// Agency that issued it, as written but for spaces.
    pub(crate) agency: Option<String>,
    /// The same as an exact key.
    pub(crate) agency_key: Option<String>,
    /// Số, ký hiệu as an exact key.
    pub(crate) number: Option<String>,
    /// The same as a key that forgives ([`number_key`]).
    pub(crate) number_key: Option<String>,
    /// Day of issue.
    pub(crate) issued_on: Option<Date>,
    /// Last day of validity; none: it has no end.
    pub(crate) valid_until: Option<Date>,
    /// What rights ask for.
    pub(crate) bounds: Bounds,
}

impl Entry {
    /// What is known of the paper: title, type, number, agency, names, fields, day of issue.
    pub(crate) fn known_texts(&self) -> &[String] {
        &self.texts[..self.known]
    }

    /// What the index keeps of this paper.
    pub(crate) fn of(indexable: IndexableDocument) -> Entry {
        let IndexableDocument { document, owners, fields, pages, bounds } = indexable;
        let mut texts = vec![document.title.clone(), document.document_type.label().to_owned()];
        texts.extend(document.number.clone());
        texts.extend(document.agency.clone());
        // Before it is confirmed a paper has whoever it was received for.
        let received_for = document.subject.map(|subject| subject.name).filter(|name| !owners.contains(name));
        texts.extend(received_for.into_iter().chain(owners));
        texts.extend(fields.iter().flat_map(field_texts));
        texts.extend(document.issued_on.into_iter().flat_map(written_date::spellings));
        let known = texts.len();
        texts.extend(pages.into_iter().map(|(_, text)| text));
        texts.extend(spelled_days(&texts));
        let (agency, number) = (document.agency.and_then(public), document.number.and_then(public));
        Entry {
            document: document.id,
            title: document.title,
            texts,
            known,
            document_type: document.document_type,
            state: document.state,
            agency_key: agency.as_deref().map(exact_key),
            agency,
            number_key: number.as_deref().map(number_key),
            number: number.as_deref().map(exact_key),
            issued_on: document.issued_on,
            valid_until: document.valid_until,
            bounds,
        }
    }

    /// What the record alone says of a paper: for filters, when no page is looked at.
    pub(crate) fn of_record(document: &Document) -> Entry {
        let bounds = Bounds { subjects: Vec::new(), agencies: Vec::new(), received_on: Date::MIN };
        let document = document.clone();
        Entry::of(IndexableDocument {
            document,
            owners: Vec::new(),
            fields: Vec::new(),
            pages: Vec::new(),
            bounds,
        })
    }
}

/// What an index must have of a paper, as a number: papers that differ in anything that searching depends on have different ones, but
/// for one chance in 2⁶⁴.
pub fn digest(paper: &IndexableDocument) -> u64 {
    Entry::of(paper.clone()).digest()
}

impl Entry {
    /// The first bytes of the SHA-256 of everything in it.
    pub(crate) fn digest(&self) -> u64 {
        let Entry {
            document,
            title,
            texts,
            known,
            document_type,
            state,
            agency,
            number,
            issued_on,
            valid_until,
            bounds,
            ..
        } = self;
        let mut hash = Sha256::new();
        let mut add = |part: &str| {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        };
        add(&document.to_string());
        add(title);
        add(&texts.len().to_string());
        add(&known.to_string());
        texts.iter().for_each(|text| add(text));
        add(document_type.code());
        add(state.name());
        for optional in [agency, number] {
            add(optional.as_deref().unwrap_or_default());
        }
        for day in [issued_on, valid_until] {
            add(&day.map(|day| day.to_string()).unwrap_or_default());
        }
        add(&bounds.subjects.len().to_string());
        bounds.subjects.iter().for_each(|subject| add(&subject.to_string()));
        bounds.agencies.iter().for_each(|agency| add(agency));
        add(&bounds.received_on.to_string());
        let bytes = hash.finalize();
        bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}

/// A day as every engine counts it: days since 1970.
pub(crate) fn day_number(day: Date) -> i64 {
    const FIRST: Date = jiff::civil::date(1970, 1, 1);
    day.duration_since(FIRST).as_hours() / 24
}

/// The year of a day's number.
pub(crate) fn year_of(day_number: i64) -> i16 {
    let first = jiff::civil::date(1970, 1, 1);
    first.saturating_add(jiff::SignedDuration::from_hours(day_number.saturating_mul(24))).year()
}

/// A field's value, a day in all spellings; nothing of a person's number.
fn field_texts(field: &Field) -> Vec<String> {
    match field_key(&field.key).map(|entry| entry.kind) {
        Some(FieldKind::PersonalNumber) => Vec::new(),
        Some(FieldKind::Date) => match field.value.parse() {
            Ok(day) => written_date::spellings(day).into(),
            Err(_) => vec![field.value.clone()],
        },
        Some(FieldKind::Text) | None => vec![field.value.clone()],
    }
}

/// Every day of the texts in all spellings that are no text among them yet, as those of the day of issue are.
fn spelled_days(texts: &[String]) -> Vec<String> {
    let texts = texts.iter().map(|text| normalise(text)).collect::<Vec<_>>();
    let days = written_date::days(texts.iter().map(|text| &**text));
    let spellings = days.into_iter().flat_map(written_date::spellings);
    spellings.filter(|spelling| !texts.iter().any(|text| text == spelling)).collect()
}

/// A text in one form with single spaces; none when a person's number stands there, as on an identity card.
fn public(text: String) -> Option<String> {
    let text = normalise(&text).split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty() && first_personal_number(&text).is_none()).then_some(text)
}
