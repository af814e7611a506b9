//! A query with signs that make its papers better without being asked for: each is looked for on the papers that are found, and nowhere else.
//!
//! The engine's own way joins such signs before it looks which papers are found, so that a search among a person's ten papers costs as
//! much as one among millions.

use super::in_order::{InOrder, InOrderScorer};
use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, TantivyError, Term};

/// Finds what `required` finds; every sign that is there adds its worth to the score.
#[derive(Debug)]
pub(super) struct Better {
    /// What is found.
    pub(super) required: Box<dyn Query>,
    /// What makes it better, and how much.
    pub(super) signs: Vec<(Box<dyn Query>, Score)>,
    /// Which words side by side make it better.
    pub(super) in_order: InOrder,
}

impl Clone for Better {
    fn clone(&self) -> Better {
        let signs = self.signs.iter().map(|(sign, worth)| (sign.box_clone(), *worth)).collect();
        Better { required: self.required.box_clone(), signs, in_order: self.in_order.clone() }
    }
}

impl Query for Better {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let required = self.required.weight(scoring)?;
        let Some(searcher) = scoring.searcher().filter(|_| scoring.is_scoring_enabled()) else {
            return Ok(required);
        };
        let unscored = EnableScoring::disabled_from_searcher(searcher);
        let sign = |(sign, worth): &(Box<dyn Query>, Score)| Ok((sign.weight(unscored)?, *worth));
        let signs = self.signs.iter().map(sign).collect::<tantivy::Result<_>>()?;
        Ok(Box::new(BetterWeight { required, signs, in_order: self.in_order.clone() }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.required.query_terms(visitor);
        self.signs.iter().for_each(|(sign, _)| sign.query_terms(visitor));
    }
}

struct BetterWeight {
    required: Box<dyn Weight>,
    signs: Vec<(Box<dyn Weight>, Score)>,
    in_order: InOrder,
}

impl Weight for BetterWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let required = self.required.scorer(reader, boost)?;
        let first = required.doc();
        if first == TERMINATED {
            return Ok(required);
        }
        let sign = |(weight, worth): &(Box<dyn Weight>, Score)| {
            let (result, docs) = weight.scorer_danger(reader, first, 1.0)?;
            Ok(Sign { docs, worth: boost * worth, asked: first, result })
        };
        let signs = self.signs.iter().map(sign).collect::<tantivy::Result<_>>()?;
        let in_order = self.in_order.scorer(reader, boost)?;
        Ok(Box::new(BetterScorer { required, signs, in_order, scored: None }))
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > document || scorer.seek(document) != document {
            return Err(TantivyError::InvalidArgument(format!("document {document} is not found")));
        }
        Ok(Explanation::new("better by its signs", scorer.score()))
    }

    fn count(&self, reader: &SegmentReader) -> tantivy::Result<u32> {
        self.required.count(reader)
    }
}

struct BetterScorer {
    required: Box<dyn Scorer>,
    signs: Vec<Sign>,
    in_order: InOrderScorer,
    /// The last document that was scored: the engine may ask again.
    scored: Option<(DocId, Score)>,
}

struct Sign {
    docs: Box<dyn Scorer>,
    worth: Score,
    /// The last document that was asked for, and what was said.
    asked: DocId,
    result: SeekDangerResult,
}

impl Sign {
    fn is_on(&mut self, document: DocId) -> bool {
        let is_known_absent =
            matches!(self.result, SeekDangerResult::SeekLowerBound(next) if next > document);
        if self.asked < document && !is_known_absent {
            self.asked = document;
            self.result = self.docs.seek_danger(document);
        }
        self.asked == document && self.result == SeekDangerResult::Found
    }
}

impl DocSet for BetterScorer {
    fn advance(&mut self) -> DocId {
        self.required.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.required.seek(target)
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        self.required.seek_danger(target)
    }

    fn doc(&self) -> DocId {
        self.required.doc()
    }

    fn size_hint(&self) -> u32 {
        self.required.size_hint()
    }

    fn cost(&self) -> u64 {
        self.required.cost()
    }
}

impl Scorer for BetterScorer {
    fn score(&mut self) -> Score {
        let document = self.required.doc();
        if let Some((_, score)) = self.scored.filter(|(scored, _)| *scored == document) {
            return score;
        }
        let worth = |sign: &mut Sign| if sign.is_on(document) { sign.worth } else { 0.0 };
        let signs = self.signs.iter_mut().map(worth).sum::<Score>();
        let score = self.required.score() + signs + self.in_order.worth(document);
        self.scored = Some((document, score));
        score
    }
}
