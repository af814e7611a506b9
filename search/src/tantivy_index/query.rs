//! The words of a query as a tree of tantivy queries whose constant scores are the [`WEIGHTS`].

use super::schema::Fields;
use crate::analysis::Syllable;
use crate::index::WEIGHTS;
use crate::words::{Unit, Words};
use tantivy::Term;
use tantivy::query::{BooleanQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

/// The tree of a query that has words.
pub(super) fn query(fields: &Fields, words: &Words) -> Box<dyn Query> {
    any(vec![all_words(fields, words), weighted(is_key(fields, &words.key), WEIGHTS.key)])
}

/// Every word somewhere; better with its tones, in order, in the title.
fn all_words(fields: &Fields, words: &Words) -> Box<dyn Query> {
    let mut clauses = Vec::new();
    for unit in &words.units {
        let count = unit.syllables.len() as f32;
        clauses.push((Occur::Must, weighted(folded(fields.text, unit), WEIGHTS.syllable * count)));
        if unit.is_toned() {
            clauses.push((Occur::Should, weighted(toned(fields.text, unit), WEIGHTS.toned * count)));
        }
    }
    if let Some(all) = words.in_order() {
        clauses.push((Occur::Should, weighted(folded(fields.text, &all), WEIGHTS.order)));
    }
    let in_title = words.units.iter().map(|unit| (Occur::Must, folded(fields.title, unit)));
    let in_title = Box::new(BooleanQuery::new(in_title.collect()));
    clauses.push((Occur::Should, weighted(in_title, WEIGHTS.title)));
    Box::new(BooleanQuery::new(clauses))
}

fn is_key(fields: &Fields, key: &str) -> Box<dyn Query> {
    let keys = [fields.document_type, fields.agency, fields.number];
    any(keys.map(|field| exact(Term::from_field_text(field, key))).into())
}

fn folded(field: Field, unit: &Unit) -> Box<dyn Query> {
    side_by_side(field, unit, |syllable| &syllable.folded)
}

fn toned(field: Field, unit: &Unit) -> Box<dyn Query> {
    side_by_side(field, unit, |syllable| syllable.toned.as_ref().unwrap_or(&syllable.folded))
}

fn side_by_side(field: Field, unit: &Unit, form: impl Fn(&Syllable) -> &String) -> Box<dyn Query> {
    let term = |syllable: &Syllable| Term::from_field_text(field, form(syllable));
    match &unit.syllables[..] {
        [one] => exact(term(one)),
        several => Box::new(PhraseQuery::new(several.iter().map(term).collect())),
    }
}

fn exact(term: Term) -> Box<dyn Query> {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

fn any(queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    Box::new(BooleanQuery::union(queries))
}

fn weighted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, weight))
}
