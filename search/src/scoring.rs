//! What a paper earns: a question as signs and their worth, which every engine looks for in its own way.

use crate::question::{Question, Typed, Unit};
use std::ops::Range;

/// What each good sign of a paper is worth: small whole numbers, so that sums are exact in any order. Order counts much: on a page of 350
/// syllables most common ones stand somewhere, and a word of the language is often two of them side by side.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Weights {
    /// For each syllable of a word or phrase that stands somewhere, also misread.
    syllable: f32,
    /// For each syllable of a word or phrase that stands somewhere with all tones and marks that the query has.
    toned: f32,
    /// For each syllable of a word or phrase that stands in what is known of the paper: title, type, number, agency, names, fields.
    known: f32,
    /// For each two neighbouring words of the query that stand somewhere side by side, in order.
    pair: f32,
    /// For each word, when all of three or more stand so.
    whole: f32,
}

/// When words are looked for as they were typed. A word with its tones is worth more than one without that stands beside the next word
/// and in what is known of the paper.
const AS_TYPED: Weights = Weights { syllable: 1.0, toned: 10.0, known: 3.0, pair: 6.0, whole: 4.0 };

/// When misread words are looked for too: readings lose tones more often than letters, and keep the order of words.
const MISREAD: Weights = Weights { toned: 2.0, ..AS_TYPED };

/// Of so many neighbouring words one pair may stand apart on a paper that is well found.
const PAIRS_OF_A_GAP: usize = 4;

/// The query as a whole is the number, the agency or the type code.
pub(crate) const KEY_WORTH: f32 = 16.0;

/// Something that a paper may have, and what it earns by it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sign<'a> {
    /// What is looked for.
    pub(crate) look: Look<'a>,
    /// What it earns.
    pub(crate) worth: f32,
}

/// What is looked for on a paper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Look<'a> {
    /// Words side by side, with or without tones.
    Folded(&'a Unit),
    /// Words side by side with all tones and marks that the query has.
    Toned(&'a Unit),
    /// A word that may be misread ([`Unit::is_tolerant`]).
    Nearly(&'a Unit),
    /// Words side by side in what is known of the paper.
    Known(&'a Unit),
}

impl Question {
    /// Its words, each with what it earns when it cannot be there in another way than as typed; `least` of them must be there.
    pub(crate) fn wanted(&self) -> impl Iterator<Item = Sign<'_>> {
        let weights = self.weights();
        self.units.iter().map(move |unit| {
            let is_always_as_typed = self.as_typed(unit).is_none();
            let worth = weights.syllable + if is_always_as_typed { weights.toned } else { 0.0 };
            let is_nearly = self.tolerant && unit.is_tolerant();
            let look = if is_nearly { Look::Nearly(unit) } else { Look::Folded(unit) };
            Sign { look, worth: worth * unit.length() }
        })
    }

    /// What makes a paper that has the words better, besides their order: words as they were typed, and in what is known of it.
    pub(crate) fn signs(&self) -> Vec<Sign<'_>> {
        let weights = self.weights();
        let mut signs = Vec::new();
        for unit in &self.units {
            let as_typed = self.as_typed(unit);
            signs.extend(as_typed.map(|look| Sign { look, worth: weights.toned * unit.length() }));
            signs.push(Sign { look: Look::Known(unit), worth: weights.known * unit.length() });
        }
        signs
    }

    /// Which of its words earn what when they stand side by side, in a tolerant question each as it may be misread.
    pub(crate) fn runs(&self) -> Vec<(Range<usize>, f32)> {
        let (weights, words) = (self.weights(), self.units.len());
        if words < 2 || !self.is_one_wish() {
            return Vec::new();
        }
        let mut runs = (1..words).map(|next| (next - 1..next + 1, weights.pair)).collect::<Vec<_>>();
        if words > 2 {
            runs.push((0..words, weights.whole * words as f32));
        }
        runs
    }

    /// What a paper earns that has every word as it was typed, and three of four beside the next.
    pub(crate) fn good_score(&self) -> f32 {
        let weights = self.weights();
        let words = self.units.iter().map(Unit::length).sum::<f32>();
        let pairs = self.units.len().saturating_sub(1);
        (weights.syllable + weights.toned) * words + weights.pair * (pairs - pairs / PAIRS_OF_A_GAP) as f32
    }

    fn weights(&self) -> Weights {
        if self.tolerant { MISREAD } else { AS_TYPED }
    }

    /// How a word is looked for as typed; none: it is wanted so and not found in another way.
    fn as_typed<'a>(&self, unit: &'a Unit) -> Option<Look<'a>> {
        match unit.typed(self.tolerant) {
            Typed::Toned => Some(Look::Toned(unit)),
            Typed::Plain if self.tolerant && unit.is_tolerant() => Some(Look::Folded(unit)),
            Typed::Plain | Typed::End => None,
        }
    }
}
