//! Fields and tokens of the tantivy index.
//!
//! Nothing is stored: a hit is a key, and text comes from the repository. Lengths of fields are not kept either, because scores do not
//! depend on them.

use crate::analysis::{Syllable, normalise, syllables};
use crate::entry::{Entry, day_number};
use repository::record::DocumentId;
use tantivy::schema::{
    BytesOptions, FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{Searcher, TantivyDocument, TantivyError, Term};

/// Name of the field that holds the key of the paper.
pub(super) const ID: &str = "id";
/// Name of the field that holds the code of the type.
pub(super) const TYPE: &str = "type";
/// Name of the field that holds the state.
pub(super) const STATE: &str = "state";
/// Name of the field that holds the agency as written.
pub(super) const AGENCY: &str = "agency";
/// Name of the field that holds the day of issue.
pub(super) const ISSUED: &str = "issued_on";
const KNOWN: &str = "known";
const TEXT: &str = "text";
const AGENCY_KEY: &str = "agency_key";
const AGENCY_WORDS: &str = "agency_words";
const NUMBER: &str = "number";
const NUMBER_KEY: &str = "number_key";
const VALID_UNTIL: &str = "valid_until";
const SUBJECTS: &str = "subjects";
const AGENCIES: &str = "agencies";
const RECEIVED: &str = "received_on";
const DIGEST: &str = "digest";

const TOKENIZER: &str = "syllables";

/// The last day of a paper whose validity has no end.
const NO_LAST_DAY: i64 = i64::MAX;

/// The fields of the index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    /// Key of the paper: to replace it, and to order hits.
    id: Field,
    /// Words of what is known of the paper.
    pub(super) known: Field,
    /// Words of everything.
    pub(super) text: Field,
    /// Code of the type.
    pub(super) document_type: Field,
    /// State, as the API names it.
    pub(super) state: Field,
    /// Agency as written, to count.
    agency: Field,
    /// Exact key of the agency.
    pub(super) agency_key: Field,
    /// Words of the agency.
    pub(super) agency_words: Field,
    /// Exact key of số, ký hiệu.
    pub(super) number: Field,
    /// Key of số, ký hiệu that forgives.
    pub(super) number_key: Field,
    /// Day of issue.
    pub(super) issued_on: Field,
    /// Last day of validity.
    pub(super) valid_until: Field,
    /// Keys of the owners.
    pub(super) subjects: Field,
    /// Keys of the agencies that rights name.
    pub(super) agencies: Field,
    /// Day of receipt.
    pub(super) received_on: Field,
    /// What was put, as a number.
    digest: Field,
}

/// The schema of a new index.
pub(super) fn schema() -> Schema {
    let words = TextFieldIndexing::default()
        .set_tokenizer(TOKENIZER)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        .set_fieldnorms(false);
    let words = TextOptions::default().set_indexing_options(words);
    let counted = TextOptions::default().set_fast("raw");
    let mut schema = Schema::builder();
    schema.add_bytes_field(ID, BytesOptions::default().set_indexed().set_fast());
    schema.add_text_field(KNOWN, words.clone());
    schema.add_text_field(TEXT, words.clone());
    schema.add_text_field(TYPE, STRING | counted.clone());
    schema.add_text_field(STATE, STRING | counted.clone());
    schema.add_text_field(AGENCY, counted);
    schema.add_text_field(AGENCY_KEY, STRING);
    schema.add_text_field(AGENCY_WORDS, words);
    schema.add_text_field(NUMBER, STRING);
    schema.add_text_field(NUMBER_KEY, STRING);
    schema.add_i64_field(ISSUED, INDEXED | FAST);
    schema.add_i64_field(VALID_UNTIL, INDEXED | FAST);
    schema.add_text_field(SUBJECTS, STRING);
    schema.add_text_field(AGENCIES, STRING);
    schema.add_i64_field(RECEIVED, INDEXED | FAST);
    schema.add_u64_field(DIGEST, FAST);
    schema.build()
}

/// Teaches an index our syllables.
pub(super) fn register_tokenizer(index: &tantivy::Index) {
    index.tokenizers().register(TOKENIZER, SyllableTokenizer);
}

impl Fields {
    /// The fields of a schema of ours.
    pub(super) fn of(schema: &Schema) -> Result<Fields, TantivyError> {
        Ok(Fields {
            id: schema.get_field(ID)?,
            known: schema.get_field(KNOWN)?,
            text: schema.get_field(TEXT)?,
            document_type: schema.get_field(TYPE)?,
            state: schema.get_field(STATE)?,
            agency: schema.get_field(AGENCY)?,
            agency_key: schema.get_field(AGENCY_KEY)?,
            agency_words: schema.get_field(AGENCY_WORDS)?,
            number: schema.get_field(NUMBER)?,
            number_key: schema.get_field(NUMBER_KEY)?,
            issued_on: schema.get_field(ISSUED)?,
            valid_until: schema.get_field(VALID_UNTIL)?,
            subjects: schema.get_field(SUBJECTS)?,
            agencies: schema.get_field(AGENCIES)?,
            received_on: schema.get_field(RECEIVED)?,
            digest: schema.get_field(DIGEST)?,
        })
    }

    /// The term that names a paper.
    pub(super) fn id_term(&self, document: DocumentId) -> Term {
        Term::from_field_bytes(self.id, document.0.as_bytes())
    }

    /// A paper as tantivy takes it.
    pub(super) fn document(&self, entry: &Entry) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_bytes(self.id, entry.document.0.as_bytes());
        entry.known_texts().iter().for_each(|text| document.add_text(self.known, text));
        for text in &entry.texts {
            document.add_text(self.text, text);
        }
        document.add_text(self.document_type, entry.document_type.code());
        document.add_text(self.state, entry.state.name());
        let optional = [
            (self.agency, &entry.agency),
            (self.agency_key, &entry.agency_key),
            (self.agency_words, &entry.agency),
            (self.number, &entry.number),
            (self.number_key, &entry.number_key),
        ];
        for (field, text) in optional {
            if let Some(text) = text {
                document.add_text(field, text);
            }
        }
        if let Some(day) = entry.issued_on {
            document.add_i64(self.issued_on, day_number(day));
        }
        document.add_i64(self.valid_until, entry.valid_until.map_or(NO_LAST_DAY, day_number));
        for subject in &entry.bounds.subjects {
            document.add_text(self.subjects, subject.to_string());
        }
        for agency in &entry.bounds.agencies {
            document.add_text(self.agencies, agency);
        }
        document.add_i64(self.received_on, day_number(entry.bounds.received_on));
        document.add_u64(self.digest, entry.digest());
        document
    }
}

/// The key of a paper from its bytes.
pub(super) fn document_id(bytes: Vec<u8>) -> Result<DocumentId, TantivyError> {
    let key = bytes.try_into().map_err(|_| TantivyError::SchemaError("key of a paper".to_owned()))?;
    Ok(DocumentId(key))
}

/// All papers with their digests, in no order.
pub(super) fn digests(searcher: &Searcher) -> Result<Vec<(DocumentId, u64)>, TantivyError> {
    let mut found = Vec::new();
    for segment in searcher.segment_readers() {
        let Some(keys) = segment.fast_fields().bytes(ID)? else { continue };
        let digests = segment.fast_fields().u64(DIGEST)?;
        for document in segment.doc_ids_alive() {
            for ord in keys.term_ords(document) {
                let mut key = Vec::new();
                keys.ord_to_bytes(ord, &mut key)?;
                found.push((document_id(key)?, digests.first(document).unwrap_or_default()));
            }
        }
    }
    Ok(found)
}

/// Text to tokens: of each syllable the folded form and, at the same position, the toned one and the tails of a number.
#[derive(Debug, Clone)]
struct SyllableTokenizer;

struct SyllableStream {
    syllables: std::vec::IntoIter<Syllable>,
    /// Forms of the syllable that are still to come.
    others: Vec<String>,
    token: Token,
}

impl Tokenizer for SyllableTokenizer {
    type TokenStream<'a> = SyllableStream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SyllableStream {
        let syllables = syllables(&normalise(text)).into_iter();
        SyllableStream { syllables, others: Vec::new(), token: Token::default() }
    }
}

impl TokenStream for SyllableStream {
    fn advance(&mut self) -> bool {
        if let Some(form) = self.others.pop() {
            self.token.text = form;
            return true;
        }
        let Some(syllable) = self.syllables.next() else { return false };
        self.token.position = syllable.position;
        self.token.offset_from = syllable.span.start;
        self.token.offset_to = syllable.span.end;
        self.others = syllable.tails();
        self.others.extend(syllable.toned);
        self.token.text = syllable.folded;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_stand_at_one_position() {
        let mut tokens = Vec::new();
        let mut tokenizer = SyllableTokenizer;
        tokenizer
            .token_stream("Đất ở, so\u{302}\u{301} 12/QĐ")
            .process(&mut |token| tokens.push(format!("{} {}", token.position, token.text)));
        assert_eq!(tokens, ["0 dat", "0 ~đât1", "1 o", "1 ~ơ3", "2 so", "2 ~sô1", "3 12", "4 qd", "4 ~qđ"]);
    }
}
