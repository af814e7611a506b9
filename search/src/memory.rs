//! An index in a map: what the contract says, in the fewest lines. For tests, and as the measure of every other engine.

use crate::analysis::{Syllable, normalise, syllables};
use crate::entry::{Entry, day_number, year_of};
use crate::facets::tally;
use crate::index::{HITS_MAX, WEIGHTS};
use crate::question::{Question, Typed, Unit};
use crate::{Error, Facets, Hit, Hits, Index, Query, Update};
use repository::record::DocumentId;
use std::cmp::Ordering;
use std::collections::BTreeMap;
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
        let there = question.units.iter().filter(|unit| self.has_wanted(unit, question.tolerant)).count();
        let by_words = there >= question.least;
        let key = if by_key { WEIGHTS.key } else { 0.0 };
        let sum = if by_words { self.score_of_words(question) } else { 0.0 };
        (by_key || by_words).then_some(key + sum)
    }

    fn score_of_words(&self, question: &Question) -> f32 {
        let words = question.units.iter().map(|unit| {
            let syllable = if self.has_wanted(unit, question.tolerant) { WEIGHTS.syllable } else { 0.0 };
            let toned = if self.has_as_typed(unit, question.tolerant) { WEIGHTS.toned } else { 0.0 };
            let known = if self.known().any(|text| unit.is_in(text)) { WEIGHTS.known } else { 0.0 };
            (syllable + toned + known) * unit.syllables.len() as f32
        });
        let side_by_side =
            question.neighbours().iter().filter(|ways| ways.iter().any(|pair| self.has(pair))).count();
        words.sum::<f32>() + WEIGHTS.order * side_by_side as f32
    }

    fn has_wanted(&self, unit: &Unit, tolerant: bool) -> bool {
        if tolerant { self.texts.iter().any(|text| unit.is_nearly_in(text)) } else { self.has(unit) }
    }

    /// Words to leave out are meant with the tones that they have.
    fn has_excluded(&self, unit: &Unit) -> bool {
        if unit.is_toned() { self.has_toned(unit) } else { self.has(unit) }
    }

    fn has(&self, unit: &Unit) -> bool {
        self.texts.iter().any(|text| unit.is_in(text))
    }

    fn has_as_typed(&self, unit: &Unit, tolerant: bool) -> bool {
        match unit.typed(tolerant) {
            Typed::End => self.has_wanted(unit, tolerant),
            Typed::Toned => self.has_toned(unit),
            Typed::Plain => self.has(unit),
        }
    }

    fn known(&self) -> impl Iterator<Item = &Vec<Syllable>> {
        self.texts[..self.entry.known].iter()
    }

    fn has_toned(&self, unit: &Unit) -> bool {
        self.texts.iter().any(|text| unit.is_toned_in(text))
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
