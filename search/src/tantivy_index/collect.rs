//! Collecting hits: the best behind a cursor, their number and what they are, in one pass over whatever a query matches.

use super::schema;
use crate::entry::year_of;
use crate::facets::most_frequent;
use crate::index::HITS_MAX;
use crate::{Cursor, Facets, Hit, Hits, Order, Query};
use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashMap};
use std::ops::Bound;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{BytesColumn, Column, StrColumn};
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Collects what a query asks for.
pub(super) struct HitCollector<'a> {
    query: &'a Query,
}

/// Hits of one segment and their counts.
pub(super) struct SegmentHits {
    limit: usize,
    order: Order,
    after: Option<(f32, Before)>,
    ids: Option<BytesColumn>,
    days: Option<Column<i64>>,
    /// The worst on top.
    best: BinaryHeap<Reverse<Place>>,
    total: usize,
    counts: Option<Counts>,
}

/// Keys before the one of a cursor, as ordinals of a segment: the cursor's own key may stand elsewhere.
struct Before(u64);

/// A hit inside its segment; ordinals of keys have the order of the keys.
#[derive(Debug, PartialEq)]
struct Place {
    rank: f32,
    id: u64,
}

/// How often each value of a facet occurs in a segment, by its ordinal.
struct Counts {
    texts: [(Option<StrColumn>, Vec<u64>); 3],
    days: Column<i64>,
    years: HashMap<i16, u64>,
}

/// What a segment found.
pub(super) struct Found {
    hits: Vec<Hit>,
    total: usize,
    counts: [HashMap<String, u64>; 4],
}

impl<'a> HitCollector<'a> {
    pub(super) fn new(query: &'a Query) -> HitCollector<'a> {
        HitCollector { query }
    }
}

impl Collector for HitCollector<'_> {
    type Fruit = Hits;
    type Child = SegmentHits;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentHits> {
        let fast = segment.fast_fields();
        let ids = fast.bytes(schema::ID)?;
        let days = match self.query.order {
            Order::Relevance => None,
            Order::Newest | Order::Oldest => Some(fast.i64(schema::ISSUED)?),
        };
        Ok(SegmentHits {
            limit: self.query.limit.min(HITS_MAX),
            order: self.query.order,
            after: self.query.after.map(|after| before(ids.as_ref(), after)).transpose()?,
            ids,
            days,
            best: BinaryHeap::new(),
            total: 0,
            counts: self.query.facets.then(|| Counts::of(segment)).transpose()?,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.query.order == Order::Relevance
    }

    fn merge_fruits(&self, segments: Vec<tantivy::Result<Found>>) -> tantivy::Result<Hits> {
        let mut hits = Vec::new();
        let mut total = 0;
        let mut counts: [HashMap<String, u64>; 4] = Default::default();
        for found in segments {
            let found = found?;
            hits.extend(found.hits);
            total += found.total;
            for (sum, of_segment) in counts.iter_mut().zip(found.counts) {
                of_segment.into_iter().for_each(|(value, count)| *sum.entry(value).or_default() += count);
            }
        }
        hits.sort_by(|one, other| other.rank.total_cmp(&one.rank).then(other.document.cmp(&one.document)));
        hits.truncate(self.query.limit.min(HITS_MAX));
        let [types, agencies, states, years] = counts.map(most_frequent);
        Ok(Hits { hits, total, facets: Facets { types, agencies, years, states } })
    }
}

impl SegmentCollector for SegmentHits {
    type Fruit = tantivy::Result<Found>;

    fn collect(&mut self, document: DocId, score: Score) {
        self.total += 1;
        if let Some(counts) = &mut self.counts {
            counts.add(document);
        }
        let rank = match &self.days {
            None => score,
            Some(days) => self.order.rank_of_day(days.first(document)),
        };
        if self.limit == 0 || self.is_certainly_worse(rank) {
            return;
        }
        let Some(id) = self.ids.as_ref().and_then(|ids| ids.ords().first(document)) else { return };
        let place = Place { rank, id };
        if self.is_behind_cursor(&place) {
            self.take(place);
        }
    }

    fn harvest(self) -> tantivy::Result<Found> {
        let mut hits = Vec::with_capacity(self.best.len());
        if let Some(ids) = &self.ids {
            for Reverse(Place { rank, id }) in self.best {
                let mut key = Vec::new();
                ids.ord_to_bytes(id, &mut key)?;
                hits.push(Hit { document: schema::document_id(key)?, rank });
            }
        }
        let counts = self.counts.map(Counts::by_value).transpose()?.unwrap_or_default();
        Ok(Found { hits, total: self.total, counts })
    }
}

impl SegmentHits {
    /// Whether a rank alone says that a hit is not wanted: most of a broad question's hits end here.
    fn is_certainly_worse(&self, rank: f32) -> bool {
        let is_before_cursor = self.after.as_ref().is_some_and(|(last, _)| rank > *last);
        let worst = self.best.peek().filter(|_| self.best.len() == self.limit);
        is_before_cursor || worst.is_some_and(|Reverse(worst)| rank < worst.rank)
    }

    fn is_behind_cursor(&self, place: &Place) -> bool {
        self.after.as_ref().is_none_or(|(rank, Before(end))| place.rank < *rank || place.id < *end)
    }

    fn take(&mut self, place: Place) {
        self.best.push(Reverse(place));
        if self.best.len() > self.limit {
            self.best.pop();
        }
    }
}

/// Where the keys of papers younger than a cursor's, which stand before it, begin in a segment.
fn before(ids: Option<&BytesColumn>, after: Cursor) -> tantivy::Result<(f32, Before)> {
    let key = Bound::Excluded(after.document.0.as_bytes().as_slice());
    let bounds = ids.map(|ids| ids.dictionary().term_bounds_to_ord(Bound::Unbounded, key)).transpose()?;
    let end = match bounds {
        Some((_, Bound::Excluded(end))) => end,
        Some((_, Bound::Included(last))) => last + 1,
        Some((_, Bound::Unbounded)) => u64::MAX,
        None => 0,
    };
    Ok((after.rank, Before(end)))
}

impl Counts {
    fn of(segment: &SegmentReader) -> tantivy::Result<Counts> {
        let fast = segment.fast_fields();
        let text = |name| -> tantivy::Result<_> {
            let column = fast.str(name)?;
            let values = column.as_ref().map_or(0, |column| column.num_terms());
            Ok((column, vec![0; values]))
        };
        Ok(Counts {
            texts: [text(schema::TYPE)?, text(schema::AGENCY)?, text(schema::STATE)?],
            days: fast.i64(schema::ISSUED)?,
            years: HashMap::new(),
        })
    }

    fn add(&mut self, document: DocId) {
        for (column, counts) in &mut self.texts {
            if let Some(value) = column.as_ref().and_then(|column| column.ords().first(document)) {
                counts[value as usize] += 1;
            }
        }
        if let Some(day) = self.days.first(document) {
            *self.years.entry(year_of(day)).or_default() += 1;
        }
    }

    /// Counts by the values themselves: types, agencies, states, years.
    fn by_value(self) -> tantivy::Result<[HashMap<String, u64>; 4]> {
        let mut counts: [HashMap<String, u64>; 4] = Default::default();
        for ((column, by_ordinal), by_value) in self.texts.into_iter().zip(&mut counts) {
            let Some(column) = column else { continue };
            for (ordinal, count) in (0..).zip(by_ordinal).filter(|(_, count)| *count > 0) {
                let mut value = String::new();
                column.ord_to_str(ordinal, &mut value)?;
                by_value.insert(value, count);
            }
        }
        counts[3] = self.years.into_iter().map(|(year, count)| (year.to_string(), count)).collect();
        Ok(counts)
    }
}

impl Eq for Place {}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Place) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Place) -> Ordering {
        self.rank.total_cmp(&other.rank).then(self.id.cmp(&other.id))
    }
}
