//! Counting what hits are: the order and the number of values, the same in every engine.

use crate::index::FACET_VALUES_MAX;
use std::collections::HashMap;

/// How often each value occurs.
pub(crate) fn tally(values: impl Iterator<Item = String>) -> Vec<(String, u64)> {
    let mut counts: HashMap<String, u64> = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    most_frequent(counts)
}

/// The most frequent first, of equals the smaller value.
pub(crate) fn most_frequent(counts: impl IntoIterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut counts = counts.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>();
    counts.sort_by(|(one, left), (other, right)| right.cmp(left).then_with(|| one.cmp(other)));
    counts.truncate(FACET_VALUES_MAX);
    counts
}
