//! Words side by side on papers that are found: where each word stands is read once, whatever it stands beside.

use std::ops::Range;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, Term};

/// Places in the order of the question, and what runs of them are worth.
#[derive(Debug, Clone)]
pub(super) struct InOrder {
    /// What may stand in each place.
    pub(super) places: Vec<Vec<Term>>,
    /// Which places earn what when they stand side by side.
    pub(super) runs: Vec<(Range<usize>, Score)>,
}

/// The same on one segment.
pub(super) struct InOrderScorer {
    places: Vec<Place>,
    runs: Vec<(Range<usize>, Score)>,
}

struct Place {
    forms: Vec<SegmentPostings>,
    /// Where the first place would stand on the paper that is looked at, by each form that stands here; ascending.
    starts: Vec<u32>,
}

impl InOrder {
    pub(super) fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<InOrderScorer> {
        let places = self.places.iter().map(|terms| Place::of(terms, reader));
        let runs = self.runs.iter().map(|(run, worth)| (run.clone(), boost * worth)).collect();
        Ok(InOrderScorer { places: places.collect::<tantivy::Result<_>>()?, runs })
    }
}

impl InOrderScorer {
    /// What a paper earns; papers are asked for in ascending order.
    pub(super) fn worth(&mut self, document: DocId) -> Score {
        let last = self.places.len() as u32;
        for (number, place) in (0..).zip(&mut self.places) {
            place.look_at(document, last - number);
        }
        let is_there = |run: &Range<usize>| {
            let [first, others @ ..] = &self.places[run.clone()] else { return false };
            let is_start = |start| others.iter().all(|other| other.starts.binary_search(start).is_ok());
            first.starts.iter().any(is_start)
        };
        self.runs.iter().filter(|(run, _)| is_there(run)).map(|(_, worth)| worth).sum()
    }
}

impl Place {
    fn of(terms: &[Term], reader: &SegmentReader) -> tantivy::Result<Place> {
        let mut forms = Vec::new();
        for term in terms {
            let index = reader.inverted_index(term.field())?;
            forms.extend(index.read_postings(term, IndexRecordOption::WithFreqsAndPositions)?);
        }
        Ok(Place { forms, starts: Vec::new() })
    }

    /// `ahead` brings every place of a run to where its first one stands, all of them the same way.
    fn look_at(&mut self, document: DocId, ahead: u32) {
        self.starts.clear();
        for form in &mut self.forms {
            if form.doc() < document {
                form.seek(document);
            }
            if form.doc() == document {
                form.append_positions_with_offset(ahead, &mut self.starts);
            }
        }
        self.starts.sort_unstable();
    }
}
