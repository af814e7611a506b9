//! What the index keeps of a paper: one mapping, shared by every engine.
//!
//! Personal numbers are left out (invariant 9): fields of that kind here, and whatever looks like one in [`crate::analysis`].

use crate::analysis::{exact_key, normalise};
use crate::personal_number::first_personal_number;
use repository::document_type::{FieldKind, field_key};
use repository::record::{DocumentId, Field, IndexableDocument};

/// A paper as words and keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Key of the paper.
    pub(crate) document: DocumentId,
    /// Its title.
    pub(crate) title: String,
    /// Everything findable, the title among it; no phrase reaches from one text into the next.
    pub(crate) texts: Vec<String>,
    /// Code of its type as an exact key.
    pub(crate) document_type: String,
    /// Agency as an exact key.
    pub(crate) agency: Option<String>,
    /// Số, ký hiệu as an exact key.
    pub(crate) number: Option<String>,
}

impl Entry {
    /// What the index keeps of this paper.
    pub(crate) fn of(indexable: IndexableDocument) -> Entry {
        let IndexableDocument { document, fields, pages } = indexable;
        let mut texts = vec![document.title.clone(), document.document_type.label().to_owned()];
        texts.extend(document.number.clone());
        texts.extend(document.agency.clone());
        texts.extend(document.subject.map(|subject| subject.name));
        texts.extend(fields.iter().flat_map(field_texts));
        texts.extend(pages.into_iter().map(|(_, text)| text));
        Entry {
            document: document.id,
            title: document.title,
            texts,
            document_type: exact_key(document.document_type.code()),
            agency: document.agency.as_deref().and_then(public_key),
            number: document.number.as_deref().and_then(public_key),
        }
    }
}

/// A field's value as people write it.
fn field_texts(field: &Field) -> Vec<String> {
    match field_key(&field.key).map(|entry| entry.kind) {
        Some(FieldKind::PersonalNumber) => Vec::new(),
        Some(FieldKind::Date) => dates(&field.value),
        Some(FieldKind::Text) | None => vec![field.value.clone()],
    }
}

/// A day as stored (`2023-04-05`) and as papers print it, with and without leading zeros (`05/04/2023`, `5/4/2023`).
fn dates(value: &str) -> Vec<String> {
    let mut texts = vec![value.to_owned()];
    if let Ok(date) = value.parse::<jiff::civil::Date>() {
        let (day, month, year) = (date.day(), date.month(), date.year());
        texts.push(format!("{day:02}/{month:02}/{year}"));
        texts.push(format!("{day}/{month}/{year}"));
    }
    texts
}

/// An exact key; none when a person's number stands there, as on an identity card.
fn public_key(text: &str) -> Option<String> {
    let key = exact_key(text);
    (!key.is_empty() && first_personal_number(&normalise(text)).is_none()).then_some(key)
}
