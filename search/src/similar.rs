//! Giấy tờ tương tự: papers that share what is entered on one, the more the higher.

use crate::analysis::normalise;
use crate::answer::{AnswerItem, item};
use crate::follower::blocking;
use crate::question::{Question, Unit, side_by_side};
use crate::{Error, Index, Query};
use repository::Repository;
use repository::document_type::{FieldKind, field_key};
use repository::record::{Actor, DocumentId, IndexableDocument};

/// Entries of a paper that are compared: each costs a posting list, and the first dozen of a form say what it is about.
const ENTRIES_MAX: usize = 12;

/// Entries of this many syllables are compared: one syllable alone stands everywhere, a whole sentence nowhere else.
const ENTRY_SYLLABLES: std::ops::RangeInclusive<usize> = 2..=12;

/// One of so many entries must be shared.
const SHARED_ONE_OF: usize = 4;

/// Papers inside the actor's scope that share entries with one, the paper itself not among them, at most `limit`. Empty when the paper
/// has no entries, or may not be found by the actor.
pub async fn similar(
    repository: &Repository,
    index: &dyn Index,
    actor: &Actor,
    document: DocumentId,
    limit: usize,
) -> Result<Vec<AnswerItem>, Error> {
    let scope = repository.scope(actor).await?;
    let found = repository.found(actor, &scope, &[document]).await?;
    let Some(question) = found.first().and_then(entries_of) else { return Ok(Vec::new()) };
    // One more: the paper itself shares everything with itself.
    let query = Query::new(question, scope.clone(), limit + 1);
    let hits = blocking(|| index.search(&query))?.hits;
    let others = hits.iter().map(|hit| hit.document).filter(|other| *other != document).take(limit);
    let papers = repository.found(actor, &scope, &others.collect::<Vec<_>>()).await?;
    Ok(papers.into_iter().map(|paper| item(paper, &query.question)).collect())
}

/// What is entered on a paper as phrases, of which some must stand elsewhere too; none: nothing is.
fn entries_of(paper: &IndexableDocument) -> Option<Question> {
    let is_text = |key: &str| field_key(key).is_none_or(|entry| entry.kind == FieldKind::Text);
    let values = paper.fields.iter().filter(|field| is_text(&field.key)).map(|field| &field.value);
    let mut units: Vec<Unit> = Vec::new();
    for unit in values.filter_map(|value| side_by_side(&normalise(value))) {
        if ENTRY_SYLLABLES.contains(&unit.syllables.len()) && !units.contains(&unit) {
            units.push(unit);
        }
    }
    units.truncate(ENTRIES_MAX);
    let least = units.len().div_ceil(SHARED_ONE_OF);
    (!units.is_empty()).then(|| Question { units, least, ..Question::default() })
}
