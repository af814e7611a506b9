//! What stands in the index for words that may be misread.

use crate::question::{Place, Question, Unit};
use std::collections::{BTreeSet, HashMap};
use tantivy::schema::Field;
use tantivy::{Searcher, TantivyError};
use tantivy_fst::Regex;

/// Words of the index by the word of the question that they may be a reading of.
#[derive(Debug, Default)]
pub(super) struct Readings(HashMap<String, Vec<String>>);

impl Readings {
    /// Looks up those of a question.
    pub(super) fn of(
        searcher: &Searcher,
        field: Field,
        question: &Question,
    ) -> Result<Readings, TantivyError> {
        let mut readings = HashMap::new();
        for unit in &question.units {
            if let [Place::Misread(unit)] = &unit.places(question.tolerant)[..] {
                readings.insert(word(unit).to_owned(), look_up(searcher, field, &unit.readings())?);
            }
        }
        Ok(Readings(readings))
    }

    /// Those of one word, ascending; none when it is not taken as misread.
    pub(super) fn of_unit(&self, unit: &Unit) -> &[String] {
        self.0.get(word(unit)).map(Vec::as_slice).unwrap_or_default()
    }
}

fn word(unit: &Unit) -> &str {
    &unit.syllables[0].folded
}

fn look_up(searcher: &Searcher, field: Field, wanted: &str) -> Result<Vec<String>, TantivyError> {
    let wanted = Regex::new(wanted).map_err(|error| TantivyError::InvalidArgument(error.to_string()))?;
    let mut found = BTreeSet::new();
    for segment in searcher.segment_readers() {
        let index = segment.inverted_index(field)?;
        let mut words = index.terms().search(&wanted).into_stream()?;
        while words.advance() {
            found.extend(std::str::from_utf8(words.key()).map(str::to_owned));
        }
    }
    Ok(found.into_iter().collect())
}
