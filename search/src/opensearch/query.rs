//! A question inside a scope as the cluster's query, whose constant scores are what each sign is worth; and what the answer says.

use super::document::{KEY_LETTERS_MAX, NO_DAY_NEWEST, NO_DAY_OLDEST, key_of, phrase, toned_phrase};
use crate::Error;
use crate::entry::day_number;
use crate::facets::most_frequent;
use crate::index::{Cursor, FACET_VALUES_MAX, Facets, HITS_MAX, Hit, Hits, Order, Query};
use crate::question::{Filter, Force, Place, Question, Unit};
use crate::scoring::{KEY_WORTH, Look, Sign};
use repository::record::{Period, Right, Scope, agency_key};
use serde_json::{Value, json};
use std::ops::Range;

/// Values of a facet that each part of the index reports: with fewer different ones the counts are exact, however many parts there are.
const FACET_VALUES_LOOKED_AT: usize = 10_000;

/// Readings of a word that are looked for beside others: of one of four letters there are about 400 of letters and digits, and the cluster
/// takes 1,024.
const READINGS_MAX: usize = 1_000;

/// The body of a search.
pub(super) fn search(query: &Query) -> Value {
    let limit = query.limit.min(HITS_MAX);
    let mut body = json!({
        "query": filtered(&query.question, &query.scope),
        "size": limit,
        "sort": sort(query.order),
        "track_total_hits": true,
        "_source": false,
    });
    if let Some(after) = query.after.filter(|_| limit > 0) {
        body["search_after"] = place(query.order, after);
    }
    if query.facets {
        let values = |field: &str| json!({ "terms": { "field": field, "size": FACET_VALUES_MAX, "shard_size": FACET_VALUES_LOOKED_AT } });
        body["aggs"] = json!({
            "types": values("document_type"), "agencies": values("agency"), "years": values("year"), "states": values("state"),
        });
    }
    body
}

/// What the answer to [`search`] says.
pub(super) fn hits(query: &Query, answer: &Value) -> Result<Hits, Error> {
    let strange = || Error::Engine("an answer of another form".to_owned());
    let total = answer["hits"]["total"]["value"].as_u64().ok_or_else(strange)?;
    let found = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
    let hits = found.iter().map(|found| hit(query.order, &found["sort"]).ok_or_else(strange));
    let hits = hits.collect::<Result<_, _>>()?;
    let facets = &answer["aggregations"];
    let facets = Facets {
        types: values(&facets["types"]),
        agencies: values(&facets["agencies"]),
        years: values(&facets["years"]),
        states: values(&facets["states"]),
    };
    Ok(Hits { hits, total: total as usize, facets })
}

fn hit(order: Order, sort: &Value) -> Option<Hit> {
    let rank = match order {
        Order::Relevance => sort[0].as_f64()? as f32,
        Order::Newest | Order::Oldest => {
            order.rank_of_day(sort[0].as_i64().filter(|day| ![NO_DAY_NEWEST, NO_DAY_OLDEST].contains(day)))
        }
    };
    Some(Hit { document: sort[1].as_str()?.parse().ok()?, rank })
}

fn values(facet: &Value) -> Vec<(String, u64)> {
    let buckets = facet["buckets"].as_array().map(Vec::as_slice).unwrap_or_default();
    let value = |bucket: &Value| Some((bucket["key"].as_str()?.to_owned(), bucket["doc_count"].as_u64()?));
    most_frequent(buckets.iter().filter_map(value))
}

fn sort(order: Order) -> Value {
    let first = match order {
        Order::Relevance => json!({ "_score": "desc" }),
        Order::Newest => json!({ "newest": "desc" }),
        Order::Oldest => json!({ "oldest": "asc" }),
    };
    json!([first, { "id": "desc" }])
}

/// A cursor as values of the sort. One of no day is the least rank, and becomes the day that stands for none.
fn place(order: Order, after: Cursor) -> Value {
    let id = key_of(after.document);
    match order {
        Order::Relevance => json!([after.rank.clamp(f32::MIN, f32::MAX), id]),
        Order::Newest => json!([(after.rank as i64).max(NO_DAY_NEWEST), id]),
        Order::Oldest => json!([(-after.rank as i64).min(NO_DAY_OLDEST), id]),
    }
}

/// Papers of this key that any version of the paper may stand under.
pub(super) fn of_keys(keys: &[String]) -> Value {
    json!({ "terms": { "id": keys } })
}

/// All papers, and not what the index says of itself.
pub(super) fn papers() -> Value {
    json!({ "exists": { "field": "id" } })
}

fn filtered(question: &Question, scope: &Scope) -> Value {
    let mut filter = fitting(&question.filter);
    filter.extend(covered(scope));
    let excluded = question.excluded.iter().map(|unit| without("text", unit)).collect::<Vec<_>>();
    json!({ "bool": { "must": [asked(question)], "filter": filter, "must_not": excluded } })
}

fn asked(question: &Question) -> Value {
    if question.units.is_empty() {
        return weighted(papers(), 0.0);
    }
    let by_words = by_words(question);
    if question.key.is_empty() || question.key.chars().count() > KEY_LETTERS_MAX {
        return by_words;
    }
    any(vec![by_words, weighted(is_key(&question.key), KEY_WORTH)])
}

/// As many of the words as are wanted, somewhere, and what makes a paper that has them better.
fn by_words(question: &Question) -> Value {
    let earning = |sign: Sign| weighted(looked_for(&sign.look), sign.worth);
    let wanted = question.wanted().map(earning).collect::<Vec<_>>();
    let mut better = question.signs().into_iter().map(earning).collect::<Vec<_>>();
    better.extend(question.runs().into_iter().map(|(run, worth)| weighted(in_order(question, run), worth)));
    let wanted = json!({ "bool": { "should": wanted, "minimum_should_match": question.least } });
    json!({ "bool": { "must": [wanted], "should": better, "minimum_should_match": 0 } })
}

fn looked_for(look: &Look) -> Value {
    match look {
        Look::Folded(unit) => folded("text", unit),
        Look::Toned(unit) => toned("text", unit),
        Look::Nearly(unit) => nearly("text", unit),
        Look::Known(unit) => folded("known", unit),
    }
}

/// Words side by side. Between two of them lies one place: the toned form of the first.
fn in_order(question: &Question, run: Range<usize>) -> Value {
    let places = question.units[run].iter().flat_map(|unit| unit.places(question.tolerant));
    let places = places.map(|place| span(&place)).collect::<Vec<_>>();
    json!({ "span_near": { "slop": places.len() - 1, "clauses": places, "in_order": true } })
}

fn span(place: &Place) -> Value {
    match place {
        Place::As(syllable) => json!({ "span_term": { "text": syllable.folded } }),
        Place::Misread(unit) => {
            let rewrite = format!("top_terms_{READINGS_MAX}");
            let readings = json!({ "value": unit.readings(), "rewrite": rewrite });
            json!({ "span_multi": { "match": { "regexp": { "text": readings } } } })
        }
    }
}

fn is_key(key: &str) -> Value {
    any(vec![exact("document_type", &key.to_uppercase()), exact("agency_key", key), exact("number", key)])
}

/// Words to leave out are meant with the tones that they have.
fn without(field: &str, unit: &Unit) -> Value {
    if unit.is_toned() { toned(field, unit) } else { folded(field, unit) }
}

/// What the scope covers; none: everything.
fn covered(scope: &Scope) -> Option<Value> {
    let covers_all = scope.rights.contains(&Right::default());
    (!covers_all).then(|| any(scope.rights.iter().map(covered_by).collect()))
}

fn covered_by(right: &Right) -> Value {
    let Right { subject, agency, received } = right;
    let subject = subject.map(|subject| exact("subjects", &subject.to_string()));
    let agency = agency.as_deref().map(|name| exact("agencies", &agency_key(name)));
    let received = in_period("received_on", *received);
    let all = [subject, agency, received].into_iter().flatten().collect::<Vec<_>>();
    json!({ "bool": { "filter": all } })
}

fn fitting(filter: &Filter) -> Vec<Value> {
    let Filter { types, states, number, issued, agency, force, subject } = filter;
    let mut fitting = Vec::new();
    if !types.is_empty() {
        let codes = types.iter().map(|one| one.code()).collect::<Vec<_>>();
        fitting.push(json!({ "terms": { "document_type": codes } }));
    }
    if !states.is_empty() {
        let words = states.iter().map(|one| one.name()).collect::<Vec<_>>();
        fitting.push(json!({ "terms": { "state": words } }));
    }
    fitting.extend(number.as_ref().map(|number| exact("number_key", number)));
    fitting.extend(in_period("issued_on", *issued));
    fitting.extend(agency.iter().map(|unit| folded("agency_words", unit)));
    fitting.extend(force.map(|(force, today)| {
        let expired = json!({ "range": { "valid_until": { "lt": day_number(today) } } });
        match force {
            Force::Expired => expired,
            Force::InForce => json!({ "bool": { "must_not": [expired] } }),
        }
    }));
    fitting.extend(subject.map(|subject| exact("subjects", &subject.to_string())));
    fitting
}

/// Days of a period; none: it has no ends.
fn in_period(field: &str, period: Period) -> Option<Value> {
    let mut ends = serde_json::Map::new();
    ends.extend(period.from.map(|day| ("gte".to_owned(), json!(day_number(day)))));
    ends.extend(period.to.map(|day| ("lte".to_owned(), json!(day_number(day)))));
    (!ends.is_empty()).then(|| json!({ "range": { field: ends } }))
}

fn folded(field: &str, unit: &Unit) -> Value {
    side_by_side(field, phrase(&unit.syllables))
}

fn toned(field: &str, unit: &Unit) -> Value {
    side_by_side(field, toned_phrase(&unit.syllables))
}

fn side_by_side(field: &str, words: String) -> Value {
    if words.contains(' ') { json!({ "match_phrase": { field: words } }) } else { exact(field, &words) }
}

fn nearly(field: &str, unit: &Unit) -> Value {
    let mut ways = vec![folded(field, unit)];
    ways.extend(unit.other_forms().iter().map(|form| exact(field, form)));
    if let Some(word) = unit.misreadable() {
        // With scores left out every word at this distance counts, and not only the first fifty of them.
        let near = json!({ "value": word.folded, "fuzziness": 1, "transpositions": false, "rewrite": "constant_score" });
        ways.push(json!({ "fuzzy": { field: near } }));
    }
    any(ways)
}

fn exact(field: &str, value: &str) -> Value {
    json!({ "term": { field: value } })
}

fn weighted(query: Value, weight: f32) -> Value {
    json!({ "constant_score": { "filter": query, "boost": weight } })
}

fn any(queries: Vec<Value>) -> Value {
    if queries.is_empty() {
        return json!({ "match_none": {} });
    }
    json!({ "bool": { "should": queries, "minimum_should_match": 1 } })
}
