//! What the cluster keeps of a paper: fields, and how a text becomes tokens that every engine reads the same way.
//!
//! A text is analysed here and sent as words with spaces between; the cluster only cuts at the spaces. Each syllable takes two places:
//! the folded form, then the toned one. A place without a form has the word [`NO_FORM`], which the cluster leaves out and counts. So one
//! field answers phrases of folded and toned syllables in any mixture, and a personal number keeps its places empty.

use crate::analysis::{Syllable, normalise, syllables};
use crate::entry::{Entry, FORMAT, day_number, year_of};
use repository::record::DocumentId;
use serde_json::{Value, json};

/// The word of a place that has no form. No syllable is this: it is neither letter nor digit.
const NO_FORM: &str = "_";

/// Places between the texts of a paper: no phrase is as long, with two places for each of its syllables.
const GAP_PLACES: u32 = 1_000;

/// Letters of a key that is kept whole; Lucene takes 32,766 bytes, and a letter has up to four.
pub(super) const KEY_LETTERS_MAX: usize = 8_191;

/// Days that stand for none, behind all others of their order: the calendar ends at 3 million days, in the year 9999. The least and the
/// greatest number of the field will not do: a place behind them in a list is read as one behind the last paper.
pub(super) const NO_DAY_NEWEST: i64 = -NO_DAY_OLDEST;
pub(super) const NO_DAY_OLDEST: i64 = 10_000_000;

/// For how long a removal is remembered: a batch that this side has given up may still come in so much later.
const REMOVALS_KEPT: &str = "10m";

/// For how long removed papers are kept for a copy of the index that is away; then it is copied whole.
const COPIES_MISSED_MAX: &str = "5m";

/// Settings and fields of a new index. The numbers of its parts and copies are the operator's, in a template of the cluster.
pub(super) fn definition() -> Value {
    json!({ "settings": settings(), "mappings": mappings() })
}

fn settings() -> Value {
    json!({
        // Nothing of a batch is seen before all of it is there.
        "index.refresh_interval": "-1",
        "index.gc_deletes": REMOVALS_KEPT,
        "index.soft_deletes.retention_lease.period": COPIES_MISSED_MAX,
        // A merge that shall leave nothing of removed papers leaves out no file with few of them.
        "index.merge.policy.expunge_deletes_allowed": 0,
        "analysis": {
            "filter": { "forms": { "type": "stop", "stopwords": [NO_FORM] } },
            "analyzer": { "places": { "type": "custom", "tokenizer": "whitespace", "filter": ["forms"] } },
        },
    })
}

fn mappings() -> Value {
    let key = json!({ "type": "keyword", "ignore_above": KEY_LETTERS_MAX });
    let day = json!({ "type": "integer" });
    let words =
        json!({ "type": "text", "analyzer": "places", "norms": false, "position_increment_gap": GAP_PLACES });
    json!({
        "dynamic": "strict",
        "_meta": { "format": FORMAT },
        // A paper is found again for its replacement only under its routing.
        "_routing": { "required": true },
        // Texts live in the repository; here is only what the index says of itself.
        "_source": { "includes": ["engine"] },
        "properties": {
            "engine": { "type": "object", "enabled": false },
            "id": key, "digest": key, "text": words, "known": words, "agency_words": words,
            "document_type": key, "state": key, "agency": key, "agency_key": key, "number": key, "number_key": key,
            "issued_on": day, "newest": day, "oldest": day, "year": key, "valid_until": day,
            "subjects": key, "agencies": key, "received_on": day,
        },
    })
}

/// The paper as a document. What is missing of it is left out.
pub(super) fn document(entry: &Entry) -> Value {
    let issued_on = entry.issued_on.map(day_number);
    let texts = entry.texts.iter().map(|text| syllables(&normalise(text))).collect::<Vec<_>>();
    let words = texts.iter().map(|text| places(text)).collect::<Vec<_>>();
    let mut document = json!({
        "id": key_of(entry.document),
        "digest": format!("{:016x}", entry.digest()),
        "known": words[..entry.known],
        "text": words.into_iter().chain(tails(&texts)).collect::<Vec<_>>(),
        "agency_words": entry.agency.as_deref().map(|agency| places(&syllables(&normalise(agency)))),
        "document_type": entry.document_type.code(),
        "state": entry.state.name(),
        "agency": entry.agency,
        "agency_key": entry.agency_key,
        "number": entry.number,
        "number_key": entry.number_key,
        "issued_on": issued_on,
        "newest": issued_on.unwrap_or(NO_DAY_NEWEST),
        "oldest": issued_on.unwrap_or(NO_DAY_OLDEST),
        "year": issued_on.map(|day| year_of(day).to_string()),
        "valid_until": entry.valid_until.map(day_number),
        "subjects": entry.bounds.subjects.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "agencies": entry.bounds.agencies,
        "received_on": day_number(entry.bounds.received_on),
    });
    if let Value::Object(fields) = &mut document {
        fields.retain(|_, value| !value.is_null());
    }
    document
}

/// Which part of the index a paper lives in: that of its first owner, so that papers of one person lie together.
pub(super) fn routing(entry: &Entry) -> String {
    match entry.bounds.subjects.first() {
        Some(subject) => subject.to_string(),
        None => key_of(entry.document),
    }
}

/// A paper's key as text that sorts as keys do.
pub(super) fn key_of(document: DocumentId) -> String {
    document.0.simple().to_string()
}

/// A text as the words that the cluster gets.
fn places(text: &[Syllable]) -> String {
    let mut words = Vec::new();
    for syllable in text {
        words.resize(2 * syllable.position, NO_FORM);
        words.push(&syllable.folded);
        words.push(syllable.toned.as_deref().unwrap_or(NO_FORM));
    }
    words.join(" ")
}

/// The tails of all long numbers as a text of their own; none: there are none. They are asked for alone, never in a phrase.
fn tails(texts: &[Vec<Syllable>]) -> Option<String> {
    let tails = texts.iter().flatten().flat_map(Syllable::tails).collect::<Vec<_>>();
    (!tails.is_empty()).then(|| tails.join(" "))
}

/// Syllables side by side, with or without tones, as the words that are asked for.
pub(super) fn phrase(syllables: &[Syllable]) -> String {
    let folded = syllables.iter().map(|syllable| format!("{} {NO_FORM}", syllable.folded));
    trimmed(&folded.collect::<Vec<_>>().join(" "))
}

/// The same with all tones and marks that the query has.
pub(super) fn toned_phrase(syllables: &[Syllable]) -> String {
    let toned = syllables.iter().map(|syllable| match &syllable.toned {
        Some(toned) => format!("{NO_FORM} {toned}"),
        None => format!("{} {NO_FORM}", syllable.folded),
    });
    trimmed(&toned.collect::<Vec<_>>().join(" "))
}

/// Without empty places at its ends.
fn trimmed(words: &str) -> String {
    words.trim_matches(|letter| letter == ' ' || NO_FORM.contains(letter)).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Question;

    #[test]
    fn every_syllable_has_two_places() {
        let places = |text: &str| places(&syllables(text));
        assert_eq!(places("Đất ở lâu dài"), "dat ~đât1 o ~ơ3 lau ~lâu dai ~dai2");
        assert_eq!(places("nha dat"), "nha _ dat _");
        assert_eq!(places("a 012 345 678 b"), "a _ _ _ _ _ _ _ b _");
        assert_eq!(places("079099000001 b"), "_ _ b _");
        assert_eq!(places(""), "");
    }

    #[test]
    fn phrases_ask_for_the_same_places() {
        let asked = |text: &str| {
            let units = Question::words(text).units;
            (phrase(&units[0].syllables), toned_phrase(&units[0].syllables))
        };
        let pair = |folded: &str, toned: &str| (folded.to_owned(), toned.to_owned());
        assert_eq!(asked("đất"), pair("dat", "~đât1"));
        assert_eq!(asked("\"đất o nhà\""), pair("dat _ o _ nha", "~đât1 o _ _ ~nha2"));
        assert_eq!(asked("12/QĐ-SNV"), pair("12 _ qd _ snv", "12 _ _ ~qđ snv"));
    }
}
