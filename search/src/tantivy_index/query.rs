//! A question inside a scope as a tree of tantivy queries whose constant scores are what each sign is worth.

use super::better::Better;
use super::in_order::InOrder;
use super::readings::Readings;
use super::schema::Fields;
use crate::analysis::Syllable;
use crate::entry::day_number;
use crate::question::{Filter, Force, Place, Question, Unit};
use crate::scoring::{KEY_WORTH, Look, Sign};
use repository::record::{Period, Right, Scope, agency_key};
use std::collections::BTreeSet;
use std::ops::Bound;
use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

/// The weight of what must be so and says nothing of how well a paper fits.
const NO_WEIGHT: f32 = 0.0;

type Clause = (Occur, Box<dyn Query>);

/// The tree of a question that is not empty; `readings` are those of its words that stand in the index.
pub(super) fn query(
    fields: &Fields,
    question: &Question,
    scope: &Scope,
    readings: &Readings,
) -> Box<dyn Query> {
    let mut limits = covered(fields, scope).map(must_be).into_iter().collect::<Vec<_>>();
    limits.extend(fitting(fields, &question.filter).into_iter().map(must_be));
    limits.extend(question.excluded.iter().map(|unit| (Occur::MustNot, without(fields, unit))));
    let within = |clauses: Vec<Clause>| {
        let limits = limits.iter().map(|(occur, query)| (*occur, query.box_clone()));
        all(clauses.into_iter().chain(limits).collect())
    };
    if question.units.is_empty() {
        return within(vec![must_be(Box::new(AllQuery))]);
    }
    let required = within(all_wanted(fields, question, readings));
    let sign = |sign: &Sign| (looked_for(fields, sign.look, readings), sign.worth);
    let signs = question.signs().iter().map(sign).collect();
    let by_words = Box::new(Better { required, signs, in_order: in_order(fields, question, readings) });
    if question.key.is_empty() {
        return by_words;
    }
    // Each side is within the limits: joined first, every paper with the words would be looked at.
    let by_key = within(vec![must(weighted(is_key(fields, &question.key), KEY_WORTH))]);
    any(vec![by_words, by_key])
}

/// As many of the words as are wanted, somewhere.
fn all_wanted(fields: &Fields, question: &Question, readings: &Readings) -> Vec<Clause> {
    let wanted = question.wanted().map(|sign| weighted(looked_for(fields, sign.look, readings), sign.worth));
    if question.wants_all() {
        return wanted.map(must).collect();
    }
    let wanted = wanted.map(should).collect();
    vec![must(Box::new(BooleanQuery::with_minimum_required_clauses(wanted, question.least)))]
}

fn looked_for(fields: &Fields, look: Look, readings: &Readings) -> Box<dyn Query> {
    let term = |form: &String| Term::from_field_text(fields.text, form);
    match look {
        Look::Folded(unit) => folded(fields.text, unit),
        Look::Toned(unit) => toned(fields.text, unit),
        Look::Nearly(unit) => any(nearly(unit, readings).map(|form| exact(term(&form))).collect()),
        Look::Known(unit) => folded(fields.known, unit),
    }
}

/// Every form that a tolerant question finds a word by; long numbers also by their tails.
fn nearly(unit: &Unit, readings: &Readings) -> impl Iterator<Item = String> {
    let mut forms = unit.other_forms();
    forms.push(unit.syllables[0].folded.clone());
    forms.extend(readings.of_unit(unit).iter().cloned());
    forms.into_iter().collect::<BTreeSet<_>>().into_iter()
}

fn in_order(fields: &Fields, question: &Question, readings: &Readings) -> InOrder {
    let places = question.units.iter().map(|unit| unit.places(question.tolerant)).collect::<Vec<_>>();
    let begins = |unit: usize| places[..unit].iter().map(Vec::len).sum::<usize>();
    let term = |form: &String| Term::from_field_text(fields.text, form);
    let terms = |place: &Place| match place {
        Place::As(syllable) => vec![term(&syllable.folded)],
        Place::Misread(unit) => readings.of_unit(unit).iter().map(term).collect(),
    };
    let runs = question.runs().into_iter();
    let runs = runs.map(|(run, worth)| (begins(run.start)..begins(run.end), worth)).collect::<Vec<_>>();
    // Without runs no place is looked at.
    let places = places.iter().filter(|_| !runs.is_empty()).flatten().map(terms).collect();
    InOrder { places, runs }
}

fn is_key(fields: &Fields, key: &str) -> Box<dyn Query> {
    let terms = [
        Term::from_field_text(fields.document_type, &key.to_uppercase()),
        Term::from_field_text(fields.agency_key, key),
        Term::from_field_text(fields.number, key),
    ];
    any(terms.map(exact).into())
}

/// Words to leave out are meant with the tones that they have.
///
/// It stands twice, as a union: an excluded phrase alone is asked for papers before the one that it stands at, at which it stumbles
/// ("target (0) should be greater than or equal to doc (2)"); a union is not.
fn without(fields: &Fields, unit: &Unit) -> Box<dyn Query> {
    let unwanted = if unit.is_toned() { toned(fields.text, unit) } else { folded(fields.text, unit) };
    any(vec![unwanted.box_clone(), unwanted])
}

/// What the scope covers; none: everything.
fn covered(fields: &Fields, scope: &Scope) -> Option<Box<dyn Query>> {
    if scope.rights.iter().any(|right| *right == Right::default()) {
        return None;
    }
    Some(any(scope.rights.iter().map(|right| covered_by(fields, right)).collect()))
}

fn covered_by(fields: &Fields, right: &Right) -> Box<dyn Query> {
    let Right { subject, agency, received } = right;
    let subject = subject.map(|subject| exact(Term::from_field_text(fields.subjects, &subject.to_string())));
    let agency = agency.as_deref();
    let agency = agency.map(|name| exact(Term::from_field_text(fields.agencies, &agency_key(name))));
    let received = in_period(fields.received_on, *received);
    all([subject, agency, received].into_iter().flatten().map(must).collect())
}

fn fitting(fields: &Fields, filter: &Filter) -> Vec<Box<dyn Query>> {
    let Filter { types, states, number, issued, agency, force, subject } = filter;
    let mut queries: Vec<Box<dyn Query>> = Vec::new();
    if !types.is_empty() {
        let term =
            |one: &repository::DocumentType| exact(Term::from_field_text(fields.document_type, one.code()));
        queries.push(any(types.iter().map(term).collect()));
    }
    if !states.is_empty() {
        let term =
            |one: &repository::record::DocumentState| exact(Term::from_field_text(fields.state, one.name()));
        queries.push(any(states.iter().map(term).collect()));
    }
    queries.extend(number.as_ref().map(|number| exact(Term::from_field_text(fields.number_key, number))));
    queries.extend(in_period(fields.issued_on, *issued));
    queries.extend(agency.iter().map(|unit| folded(fields.agency_words, unit)));
    queries.extend(force.map(|(force, today)| {
        let today = Term::from_field_i64(fields.valid_until, day_number(today));
        let range = match force {
            Force::InForce => RangeQuery::new(Bound::Included(today), Bound::Unbounded),
            Force::Expired => RangeQuery::new(Bound::Unbounded, Bound::Excluded(today)),
        };
        Box::new(range) as Box<dyn Query>
    }));
    queries
        .extend(subject.map(|subject| exact(Term::from_field_text(fields.subjects, &subject.to_string()))));
    queries
}

/// Days of a period; none: it has no ends.
fn in_period(field: Field, period: Period) -> Option<Box<dyn Query>> {
    let bound = |day: Option<jiff::civil::Date>| {
        day.map_or(Bound::Unbounded, |day| Bound::Included(Term::from_field_i64(field, day_number(day))))
    };
    (period != Period::default())
        .then(|| Box::new(RangeQuery::new(bound(period.from), bound(period.to))) as Box<dyn Query>)
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

fn any(mut queries: Vec<Box<dyn Query>>) -> Box<dyn Query> {
    match queries.len() {
        0 => Box::new(EmptyQuery),
        1 => queries.remove(0),
        _ => Box::new(BooleanQuery::union(queries)),
    }
}

fn all(mut clauses: Vec<Clause>) -> Box<dyn Query> {
    match &clauses[..] {
        [(Occur::Must, _)] => clauses.remove(0).1,
        _ => Box::new(BooleanQuery::new(clauses)),
    }
}

fn must(query: Box<dyn Query>) -> Clause {
    (Occur::Must, query)
}

fn must_be(query: Box<dyn Query>) -> Clause {
    must(weighted(query, NO_WEIGHT))
}

fn should(query: Box<dyn Query>) -> Clause {
    (Occur::Should, query)
}

fn weighted(query: Box<dyn Query>, weight: f32) -> Box<dyn Query> {
    Box::new(ConstScoreQuery::new(query, weight))
}
