//! A person's query to an answer: exact keys by the repository, words by the index, every item under the person's rights.

use crate::Error;
use crate::analysis::normalise;
use crate::follower::blocking;
use crate::highlight::{Snippet, snippet};
use crate::index::{HITS_MAX, Index, OFFSET_MAX, Query};
use crate::personal_number::first_personal_number;
use crate::words::Words;
use repository::Repository;
use repository::identifier::{DossierCode, SubjectNumber};
use repository::record::{Actor, Document, DocumentId};
use serde::Serialize;

/// Papers that an exact key names in one answer. Each is noted in the access log as looked up, shown or not, so the number is kept to
/// what a person can have and a screen can list.
const KEY_PAPERS_MAX: u32 = HITS_MAX as u32;

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerItem {
    /// The record.
    pub document: Document,
    /// A piece of its text around the best match.
    pub snippet: Option<Snippet>,
}

/// The answer to a person's query.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Best first.
    pub items: Vec<AnswerItem>,
    /// How many there are in all.
    pub total: usize,
    /// The query was an exact key (personal number, code): the database answered.
    pub by_key: bool,
    /// The index is behind the repository by this many changes.
    pub changes_behind: u64,
}

/// What kind of thing a query is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ask {
    /// A key that the repository alone answers, found or not.
    Key(String),
    /// Has the form of a key that papers also cite: số ký hiệu, a code, a land certificate's number. The repository is asked first, then
    /// the index.
    KeyOrWords(String),
    /// Words.
    Words,
}

/// Answers a person's query: an exact key by the database, words by the index; every item is read from the repository under the
/// actor's rights.
pub async fn find(
    repository: &Repository,
    index: &dyn Index,
    actor: &Actor,
    query: &Query,
) -> Result<Answer, Error> {
    match ask(&query.text) {
        Ask::Key(key) => by_key(repository, index, actor, &key, query).await,
        Ask::KeyOrWords(key) => {
            let answer = by_key(repository, index, actor, &key, query).await?;
            if answer.total > 0 { Ok(answer) } else { by_words(repository, index, actor, query).await }
        }
        Ask::Words => by_words(repository, index, actor, query).await,
    }
}

fn ask(text: &str) -> Ask {
    let text = normalise(text.trim());
    if is_subject_number(&text) || text.parse::<DossierCode>().is_ok() {
        return Ask::Key(text.into_owned());
    }
    if let Some(number) = first_personal_number(&text) {
        return Ask::Key(text[number].to_owned());
    }
    if looks_like_key(&text) { Ask::KeyOrWords(text.into_owned()) } else { Ask::Words }
}

/// A number of one form only; passports share theirs with land certificates (`AB 123456`).
fn is_subject_number(text: &str) -> bool {
    use SubjectNumber::{CitizenId, OldIdNumber, Passport, TaxCode};
    match SubjectNumber::parse(text) {
        Ok(CitizenId(_) | OldIdNumber(_) | TaxCode(_)) => true,
        Ok(Passport(_)) | Err(_) => false,
    }
}

/// Codes may have any form of letters, digits and separators: a word, or a year, is not asked for as a key.
fn looks_like_key(text: &str) -> bool {
    let has_digit = text.contains(|letter: char| letter.is_ascii_digit());
    let is_joined = text.contains(['/', '-', '.', '_']) && !text.contains(char::is_whitespace);
    has_digit && is_joined || SubjectNumber::parse(text).is_ok()
}

async fn by_key(
    repository: &Repository,
    index: &dyn Index,
    actor: &Actor,
    key: &str,
    query: &Query,
) -> Result<Answer, Error> {
    let documents = repository.documents_by_key(actor, key, KEY_PAPERS_MAX).await?;
    let total = documents.len();
    let page = documents.into_iter().skip(query.offset.min(OFFSET_MAX)).take(query.limit.min(HITS_MAX));
    let items = page.map(|document| AnswerItem { document, snippet: None }).collect();
    Ok(Answer { items, total, by_key: true, changes_behind: changes_behind(repository, index).await? })
}

async fn by_words(
    repository: &Repository,
    index: &dyn Index,
    actor: &Actor,
    query: &Query,
) -> Result<Answer, Error> {
    // Asked before the search: a batch that comes in between makes the answer newer than it says, never older.
    let changes_behind = changes_behind(repository, index).await?;
    let found = blocking(|| index.search(query))?;
    let ids = found.hits.iter().map(|hit| hit.document).collect::<Vec<_>>();
    let words = Words::parse(&query.text);
    let mut items = Vec::new();
    for document in repository.documents_by_id(actor, &ids).await? {
        let snippet = snippet_of(repository, document.id, &words).await?;
        items.push(AnswerItem { document, snippet });
    }
    Ok(Answer { items, total: found.total, by_key: false, changes_behind })
}

async fn snippet_of(
    repository: &Repository,
    document: DocumentId,
    words: &Words,
) -> Result<Option<Snippet>, Error> {
    let indexable = repository.indexable(document).await?;
    Ok(indexable.and_then(|indexable| snippet(&indexable.pages, words)))
}

async fn changes_behind(repository: &Repository, index: &dyn Index) -> Result<u64, Error> {
    let carried = blocking(|| index.last_change())?;
    Ok(repository.last_change().await?.saturating_sub(carried))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let shown = match ask(text) {
            Ask::Key(key) => format!("key {key}"),
            Ask::KeyOrWords(key) => format!("maybe {key}"),
            Ask::Words => "words".to_owned(),
        };
        assert_eq!(shown, expected, "{text}");
    }

    #[test]
    fn keys_are_told_from_words() {
        check(" 079099000001 ", "key 079099000001");
        check("079 099 000 001", "key 079 099 000 001");
        check("Nguyễn Văn An 079099000001", "key 079099000001");
        check("số 0314409058-002", "key 0314409058-002");
        check("012345678", "key 012345678");
        check("c1234567", "key c1234567");
        check("1234567890", "key 1234567890");
        check("000.00.00.H10-230530-0001", "key 000.00.00.H10-230530-0001");
        check("KS-261121-000042", "maybe KS-261121-000042");
        check("12/QĐ-UBND", "maybe 12/QĐ-UBND");
        check("12/2024", "maybe 12/2024");
        check("AB 123456", "maybe AB 123456");
        check("AA01695788", "maybe AA01695788");
        check("2.000635", "maybe 2.000635");
        check("số 12/QĐ-UBND", "words");
        check("Nguyễn Văn An", "words");
        check("An", "words");
        check("2024", "words");
        check("và/hoặc", "words");
        check("", "words");
    }
}
