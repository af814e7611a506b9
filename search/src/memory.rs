//! An index in a map: what the contract says, in the fewest lines. For tests, and as the measure of every other engine.

use crate::analysis::{Syllable, normalise, syllables};
use crate::entry::{Entry, day_number, year_of};
use crate::facets::tally;
use crate::index::HITS_MAX;
use crate::question::{Question, Unit};
use crate::scoring::{KEY_WORTH, Look};
use crate::{Error, Facets, Hit, Hits, Index, Query, Update};
use repository::record::DocumentId;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The index in memory. It looks at every paper for every query.
#[derive(Debug, Default)]
pub struct Memory {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    papers: BTreeMap<DocumentId, Paper>,
    last_change: u64,
    /// Papers of a rebuild that is under way.
    rebuilt: Option<BTreeMap<DocumentId, Paper>>,
}

#[derive(Debug)]
struct Paper {
    entry: Entry,
    texts: Vec<Vec<Syllable>>,
}

impl Memory {
    /// An empty index.
    pub fn new() -> Memory {
        Memory::default()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index for Memory {
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error> {
        let mut state = self.state();
        let State { papers, rebuilt, .. } = &mut *state;
        let is_searched = rebuilt.is_none();
        let papers = rebuilt.as_mut().unwrap_or(papers);
        for update in updates {
            match update {
                Update::Put(indexable) => {
                    let entry = Entry::of(*indexable);
                    papers.insert(entry.document, Paper::of(entry));
                }
                Update::Remove(document) => {
                    papers.remove(&document);
                }
            }
        }
        if is_searched {
            state.last_change = last_change;
        }
        Ok(())
    }

    fn last_change(&self) -> Result<u64, Error> {
        Ok(self.state().last_change)
    }

    fn search(&self, query: &Query) -> Result<Hits, Error> {
        let state = self.state();
        let found = state.papers.values().filter_map(|paper| Some((paper, paper.rank(query)?)));
        let mut found = found.collect::<Vec<_>>();
        let facets = if query.facets { facets(&found) } else { Facets::default() };
        found.sort_by(|(left, one), (right, other)| {
            other.total_cmp(one).then(right.entry.document.cmp(&left.entry.document))
        });
        let total = found.len();
        let hits = found.into_iter().map(|(paper, rank)| Hit { document: paper.entry.document, rank });
        let is_behind = |hit: &Hit| {
            query.after.is_none_or(|after| match hit.rank.total_cmp(&after.rank) {
                Ordering::Less => true,
                Ordering::Equal => hit.document < after.document,
                Ordering::Greater => false,
            })
        };
        Ok(Hits { hits: hits.filter(is_behind).take(query.limit.min(HITS_MAX)).collect(), total, facets })
    }

    fn begin_rebuild(&self) -> Result<(), Error> {
        self.state().rebuilt = Some(BTreeMap::new());
        Ok(())
    }

    fn finish_rebuild(&self, last_change: u64) -> Result<(), Error> {
        let mut state = self.state();
        let papers = state.rebuilt.take().ok_or(Error::NoRebuild)?;
        *state = State { papers, last_change, rebuilt: None };
        Ok(())
    }

    fn is_outdated(&self) -> bool {
        false
    }

    fn forget_removed(&self) -> Result<(), Error> {
        Ok(())
    }

    fn digests(&self) -> Result<Vec<(DocumentId, u64)>, Error> {
        Ok(self.state().papers.iter().map(|(id, paper)| (*id, paper.entry.digest())).collect())
    }
}

fn facets(found: &[(&Paper, f32)]) -> Facets {
    let of = |value: fn(&Entry) -> Option<String>| {
        tally(found.iter().filter_map(|(paper, _)| value(&paper.entry)))
    };
    Facets {
        types: of(|entry| Some(entry.document_type.code().to_owned())),
        agencies: of(|entry| entry.agency.clone()),
        years: of(|entry| entry.issued_on.map(|day| year_of(day_number(day)).to_string())),
        states: of(|entry| Some(entry.state.name().to_owned())),
    }
}

impl Paper {
    fn of(entry: Entry) -> Paper {
        let analyse = |text: &String| syllables(&normalise(text));
        Paper { texts: entry.texts.iter().map(analyse).collect(), entry }
    }

    /// What the paper is ordered by; none when it is not found.
    fn rank(&self, query: &Query) -> Option<f32> {
        let is_inside = query.scope.covers(&self.entry.bounds) && query.question.filter.fits(&self.entry);
        let score = self.score(&query.question).filter(|_| is_inside)?;
        match query.order {
            crate::Order::Relevance => Some(score),
            by_day => Some(by_day.rank_of_day(self.entry.issued_on.map(day_number))),
        }
    }

    /// The sum of the weights that the paper earns; none when it has not the words.
    fn score(&self, question: &Question) -> Option<f32> {
        if question.is_empty() || question.excluded.iter().any(|unit| self.has_excluded(unit)) {
            return None;
        }
        let by_key = !question.key.is_empty() && self.has_key(&question.key);
        let earned = question.wanted().filter(|sign| self.has(&sign.look)).map(|sign| sign.worth);
        let earned = earned.collect::<Vec<_>>();
        let by_words = earned.len() >= question.least;
        let words = if by_words { earned.iter().sum::<f32>() + self.better(question) } else { 0.0 };
        let key = if by_key { KEY_WORTH } else { 0.0 };
        (by_key || by_words).then_some(key + words)
    }

    fn better(&self, question: &Question) -> f32 {
        let signs = question.signs().into_iter().filter(|sign| self.has(&sign.look)).map(|sign| sign.worth);
        let is_there = |run: &Range<usize>| self.texts.iter().any(|text| question.has_in_order(run, text));
        let runs = question.runs().into_iter().filter(|(run, _)| is_there(run)).map(|(_, worth)| worth);
        signs.chain(runs).sum()
    }

    fn has(&self, look: &Look) -> bool {
        let known = &self.texts[..self.entry.known];
        match look {
            Look::Folded(unit) => self.texts.iter().any(|text| unit.is_in(text)),
            Look::Toned(unit) => self.texts.iter().any(|text| unit.is_toned_in(text)),
            Look::Nearly(unit) => self.texts.iter().any(|text| unit.is_nearly_in(text)),
            Look::Known(unit) => known.iter().any(|text| unit.is_in(text)),
        }
    }

    /// Words to leave out are meant with the tones that they have.
    fn has_excluded(&self, unit: &Unit) -> bool {
        self.has(&if unit.is_toned() { Look::Toned(unit) } else { Look::Folded(unit) })
    }

    fn has_key(&self, key: &str) -> bool {
        let Entry { document_type, agency_key, number, .. } = &self.entry;
        document_type.code() == key.to_uppercase()
            || agency_key.as_deref() == Some(key)
            || number.as_deref() == Some(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn memory_keeps_the_contract() {
        crate::contract::check(|| Arc::new(Memory::new()));
    }
}
