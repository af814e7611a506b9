//! An index in a map: what the contract says, in the fewest lines. For tests, and as the measure of every other engine.

use crate::analysis::{Syllable, normalise, syllables};
use crate::entry::Entry;
use crate::index::{HITS_MAX, OFFSET_MAX, WEIGHTS};
use crate::words::{Unit, Words};
use crate::{Error, Hit, Hits, Index, Query, Update};
use repository::record::DocumentId;
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
}

#[derive(Debug)]
struct Paper {
    entry: Entry,
    title: Vec<Syllable>,
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
        for update in updates {
            match update {
                Update::Put(indexable) => {
                    let entry = Entry::of(*indexable);
                    state.papers.insert(entry.document, Paper::of(entry));
                }
                Update::Remove(document) => {
                    state.papers.remove(&document);
                }
            }
        }
        state.last_change = last_change;
        Ok(())
    }

    fn last_change(&self) -> Result<u64, Error> {
        Ok(self.state().last_change)
    }

    fn search(&self, query: &Query) -> Result<Hits, Error> {
        let words = Words::parse(&query.text);
        let state = self.state();
        let scored = state.papers.values().rev().filter_map(|paper| {
            paper.score(&words).map(|score| Hit { document: paper.entry.document, score })
        });
        let mut hits = scored.collect::<Vec<_>>();
        hits.sort_by(|left, right| right.score.total_cmp(&left.score)); // Stable: the younger paper stays first.
        let total = hits.len();
        let page = hits.into_iter().skip(query.offset.min(OFFSET_MAX)).take(query.limit.min(HITS_MAX));
        Ok(Hits { hits: page.collect(), total })
    }

    fn clear(&self) -> Result<(), Error> {
        *self.state() = State::default();
        Ok(())
    }

    fn forget_removed(&self) -> Result<(), Error> {
        Ok(())
    }

    fn document_ids(&self) -> Result<Vec<DocumentId>, Error> {
        Ok(self.state().papers.keys().copied().collect())
    }
}

impl Paper {
    fn of(entry: Entry) -> Paper {
        let analyse = |text: &String| syllables(&normalise(text));
        Paper { title: analyse(&entry.title), texts: entry.texts.iter().map(analyse).collect(), entry }
    }

    /// The sum of the weights that the paper earns; none when it is not found.
    fn score(&self, words: &Words) -> Option<f32> {
        let by_key = words.has_units() && self.has_key(&words.key);
        let by_words = words.has_units() && words.units.iter().all(|unit| self.has(unit));
        let key = if by_key { WEIGHTS.key } else { 0.0 };
        let sum = if by_words { self.score_of_words(words) } else { 0.0 };
        (by_key || by_words).then_some(key + sum)
    }

    fn score_of_words(&self, words: &Words) -> f32 {
        let units = words.units.iter().map(|unit| {
            let toned = if self.has_toned(unit) { WEIGHTS.toned } else { 0.0 };
            (WEIGHTS.syllable + toned) * unit.syllables.len() as f32
        });
        let in_order = words.in_order().is_some_and(|all| self.has(&all));
        let in_title = words.units.iter().all(|unit| unit.is_in(&self.title));
        units.sum::<f32>()
            + if in_order { WEIGHTS.order } else { 0.0 }
            + if in_title { WEIGHTS.title } else { 0.0 }
    }

    fn has(&self, unit: &Unit) -> bool {
        self.texts.iter().any(|text| unit.is_in(text))
    }

    fn has_toned(&self, unit: &Unit) -> bool {
        self.texts.iter().any(|text| unit.is_toned_in(text))
    }

    fn has_key(&self, key: &str) -> bool {
        let Entry { document_type, agency, number, .. } = &self.entry;
        document_type == key || agency.as_deref() == Some(key) || number.as_deref() == Some(key)
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
