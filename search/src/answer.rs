//! A person's query to an answer: exact keys by the repository, words by the index, every item under the person's rights.

use crate::analysis::normalise;
use crate::entry::Entry;
use crate::follower::blocking;
use crate::highlight::{Snippet, snippet};
use crate::index::HITS_MAX;
use crate::personal_number::first_personal_number;
use crate::question::{Filter, Question};
use crate::{Cursor, Error, Facets, Hits, Index, NoCursor, Order, Parts, Query, language};
use jiff::civil::Date;
use repository::Repository;
use repository::identifier::{DossierCode, SubjectNumber};
use repository::record::{Actor, Document, IndexableDocument, Scope};
use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// Papers that an exact key names in one answer. Each is noted in the access log as looked up, shown or not, so the number is kept to
/// what a person can have and a screen can list.
pub const KEY_PAPERS_MAX: usize = HITS_MAX;

/// Hits below which papers with a misread letter are shown too: whoever sees this few looks at all of them.
const FEW_HITS: usize = 10;

/// What a person asks, and how the answer shall look.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Words, a key, or the language of [`crate::parse`].
    pub text: String,
    /// Which papers first.
    pub order: Order,
    /// Most papers wanted; at most [`HITS_MAX`] are given.
    pub limit: usize,
    /// Where the page begins; none: at the first.
    pub from: Option<PageStart>,
    /// Whether to count what the hits are.
    pub facets: bool,
    /// Today in Việt Nam, for what is in force.
    pub today: Date,
}

/// Where a page of an answer begins. As text it is safe in an address.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PageStart {
    /// Papers on the pages before.
    pub before: usize,
    /// How the pages before were found.
    patience: Patience,
    cursor: Cursor,
}

/// Which question of [`search_forgiving`] hits are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// As it was asked.
    None,
    /// With words misread.
    Misread,
    /// With words missing, too.
    Missing,
}

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AnswerItem {
    /// The record.
    pub document: Document,
    /// A piece of its text around the best match.
    pub snippet: Option<Snippet>,
}

/// The answer to a person's request.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Best first.
    pub items: Vec<AnswerItem>,
    /// How many there are in all.
    pub total: usize,
    /// There are more: a key names more papers than are looked up.
    pub is_cut: bool,
    /// The query was an exact key (personal number, code): the database answered.
    pub by_key: bool,
    /// Few papers had the words as they were asked, or none of them well: those with a letter misread are here too and, where there was
    /// still none, those without one of four words.
    pub tolerant: bool,
    /// A key that papers have, where none has the one that was asked for: letter O and digit 0 look alike.
    pub meant: Option<String>,
    /// The index is behind the repository by this many changes, 0 where it was not asked; none: it does not answer, and only keys were
    /// looked up.
    pub changes_behind: Option<u64>,
    /// What the hits are; empty unless asked for.
    #[serde(skip)]
    pub facets: Facets,
    /// The next page; none: this is the last.
    #[serde(skip)]
    pub next: Option<PageStart>,
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

impl Request {
    /// The first papers of a query, best first.
    pub fn new(text: &str, limit: usize, today: Date) -> Request {
        Request { text: text.to_owned(), order: Order::Relevance, limit, from: None, facets: false, today }
    }
}

/// Answers a person's request: an exact key by the database, words by the index; every item is read from the repository under the
/// actor's rights as they are at this moment.
///
/// # Errors
/// `Syntax` when the query cannot be read.
pub async fn find(
    repository: &Repository,
    index: &dyn Index,
    actor: &Actor,
    request: &Request,
) -> Result<Answer, Error> {
    let scope = repository.scope(actor).await?;
    let desk = Desk { repository, index, actor, scope };
    match ask(&request.text) {
        Ask::Key(key) => desk.by_key(&key, request).await,
        Ask::KeyOrWords(key) => {
            let answer = desk.by_key(&key, request).await?;
            if answer.total > 0 { Ok(answer) } else { desk.by_words_of_a_key(answer, request).await }
        }
        Ask::Words => desk.by_words(request).await,
    }
}

/// The first hits of a question as it is; when these are few or poor, of the tolerant one; when there are none at all, of the one that
/// may miss words. With them the question that they are of.
///
/// # Errors
/// Those of the index.
pub fn search_forgiving(index: &dyn Index, mut query: Query) -> Result<(Question, Hits), Error> {
    let mut hits = index.search(&query)?;
    if query.question.can_be_tolerant() && (hits.total < FEW_HITS || !is_well_found(&query, &hits)) {
        look_again(index, &mut query, &mut hits, Question::tolerant)?;
    }
    if query.question.misses() > 0 && hits.total == 0 {
        look_again(index, &mut query, &mut hits, Question::with_misses)?;
    }
    Ok((query.question, hits))
}

/// Takes another question when more papers have it.
fn look_again(
    index: &dyn Index,
    query: &mut Query,
    hits: &mut Hits,
    patient: fn(Question) -> Question,
) -> Result<(), Error> {
    let question = patient(query.question.clone());
    let patient = Query { question, ..query.clone() };
    let more = index.search(&patient)?;
    if more.total > hits.total {
        (*query, *hits) = (patient, more);
    }
    Ok(())
}

/// Whether the best hit earns what a good one does: else the words may be scattered over pages that mean something else. Hits by day say
/// nothing of it.
fn is_well_found(query: &Query, hits: &Hits) -> bool {
    let best = hits.hits.first().map_or(f32::MIN, |hit| hit.rank);
    query.order != Order::Relevance || best >= query.question.good_score()
}

/// Whoever answers, for whom, inside which scope.
struct Desk<'a> {
    repository: &'a Repository,
    index: &'a dyn Index,
    actor: &'a Actor,
    scope: Scope,
}

impl Desk<'_> {
    async fn by_key(&self, key: &str, request: &Request) -> Result<Answer, Error> {
        let Desk { repository, actor, scope, .. } = self;
        let filter = key_filter(request)?;
        let fits = |document: &Document| filter.fits(&Entry::of_record(document));
        let limit = KEY_PAPERS_MAX as u32 + 1;
        let mut documents = repository.found_by_key(actor, scope, key, limit, fits).await?;
        let is_cut = documents.len() > KEY_PAPERS_MAX;
        documents.truncate(KEY_PAPERS_MAX);
        let total = documents.len();
        let meant = if total == 0 { self.meant(key).await? } else { None };
        // Newest first: what was received meanwhile stands before the page.
        let is_on_page = |paper: &Document| request.from.is_none_or(|from| paper.id < from.cursor.document);
        documents.retain(is_on_page);
        let is_last = documents.len() <= request.limit.min(HITS_MAX);
        documents.truncate(request.limit.min(HITS_MAX));
        let before = request.from.map_or(0, |from| from.before) + documents.len();
        let next = documents.last().filter(|_| !is_last).map(|last| PageStart {
            before,
            patience: Patience::None,
            cursor: Cursor { rank: 0.0, document: last.id },
        });
        let items = documents.into_iter().map(|document| AnswerItem { document, snippet: None }).collect();
        Ok(Answer { items, total, is_cut, by_key: true, meant, next, ..Answer::nothing() })
    }

    /// Nobody has the key: papers that cite it are found by their words.
    async fn by_words_of_a_key(&self, nothing: Answer, request: &Request) -> Result<Answer, Error> {
        let answer = self.by_words(request).await?;
        let meant = nothing.meant.filter(|_| answer.total == 0);
        Ok(Answer { meant, ..answer })
    }

    /// The key with O and 0 changed for one another that papers inside the scope have.
    async fn meant(&self, key: &str) -> Result<Option<String>, Error> {
        let Desk { repository, actor, .. } = self;
        for other in with_other_zeros(key) {
            if !repository.documents_by_key(actor, &other, 1).await?.is_empty() {
                return Ok(Some(other));
            }
        }
        Ok(None)
    }

    async fn by_words(&self, request: &Request) -> Result<Answer, Error> {
        let question = language::parse(&request.text, request.today)?;
        // Asked before the search: a batch that comes in between makes the answer newer than it says, never older.
        let Some(changes_behind) = changes_behind(self.repository, self.index).await? else {
            return Ok(Answer { changes_behind: None, ..Answer::nothing() });
        };
        let found = match self.search(question, request) {
            Err(Error::Unavailable { reason }) => {
                tracing::warn!(reason, "the index does not answer");
                return Ok(Answer { changes_behind: None, ..Answer::nothing() });
            }
            found => found?,
        };
        let (question, Hits { hits, total, facets }) = found;
        let ids = hits.iter().map(|hit| hit.document).collect::<Vec<_>>();
        let papers = self.repository.found(self.actor, &self.scope, &ids).await?;
        let lost = ids.len() - papers.len();
        let before = request.from.map_or(0, |from| from.before) + ids.len();
        let next = hits.last().filter(|_| before < total).map(|last| PageStart {
            before,
            patience: Patience::of(&question),
            cursor: Cursor { rank: last.rank, document: last.document },
        });
        Ok(Answer {
            items: papers.into_iter().map(|paper| item(paper, &question)).collect(),
            total: total - lost.min(total),
            tolerant: question.tolerant,
            changes_behind: Some(changes_behind),
            facets,
            next,
            ..Answer::nothing()
        })
    }

    /// The page that is asked for, and the question that its hits are of.
    fn search(&self, question: Question, request: &Request) -> Result<(Question, Hits), Error> {
        let patience = request.from.map_or(Patience::None, |from| from.patience);
        let query = Query {
            question: patience.ask(question),
            scope: self.scope.clone(),
            order: request.order,
            limit: request.limit,
            after: request.from.map(|from| from.cursor),
            facets: request.facets,
        };
        match request.from {
            Some(_) => {
                let hits = blocking(|| self.index.search(&query))?;
                Ok((query.question, hits))
            }
            None => blocking(|| search_forgiving(self.index, query)),
        }
    }
}

/// How many changes the index is behind the repository; none: it does not answer.
pub async fn changes_behind(repository: &Repository, index: &dyn Index) -> Result<Option<u64>, Error> {
    match blocking(|| index.last_change()) {
        Ok(carried) => Ok(Some(repository.last_change().await?.saturating_sub(carried))),
        Err(Error::Unavailable { reason }) => {
            tracing::warn!(reason, "the index does not answer");
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

impl Answer {
    fn nothing() -> Answer {
        Answer {
            items: Vec::new(),
            total: 0,
            is_cut: false,
            by_key: false,
            tolerant: false,
            meant: None,
            changes_behind: Some(0),
            facets: Facets::default(),
            next: None,
        }
    }
}

/// What papers with a key must be besides; a key that was asked for as `số:` is looked up already.
fn key_filter(request: &Request) -> Result<Filter, Error> {
    let parts = request.text.parse::<Parts>()?;
    let is_number = parts.number_alone().is_some();
    Ok(if is_number { Filter::default() } else { parts.filter(request.today) })
}

/// A line of an answer.
pub(crate) fn item(paper: IndexableDocument, question: &Question) -> AnswerItem {
    AnswerItem { snippet: snippet(&paper.pages, question), document: paper.document }
}

/// The key with every letter O as the digit, and with every zero as the letter.
fn with_other_zeros(key: &str) -> Vec<String> {
    let digits = key.replace(['O', 'o'], "0");
    let letters = key.replace('0', "O");
    [digits, letters].into_iter().filter(|other| other != key).collect()
}

impl Patience {
    const ALL: [Patience; 3] = [Patience::None, Patience::Misread, Patience::Missing];

    fn of(question: &Question) -> Patience {
        match question.tolerant {
            false => Patience::None,
            true if question.wants_all() => Patience::Misread,
            true => Patience::Missing,
        }
    }

    fn ask(self, question: Question) -> Question {
        match self {
            Patience::None => question,
            Patience::Misread => question.tolerant(),
            Patience::Missing => question.with_misses(),
        }
    }

    /// Letter of it in an address.
    fn letter(self) -> char {
        match self {
            Patience::None => 's',
            Patience::Misread => 't',
            Patience::Missing => 'm',
        }
    }
}

impl fmt::Display for PageStart {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}{}-{}", self.patience.letter(), self.before, self.cursor)
    }
}

impl FromStr for PageStart {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<PageStart, NoCursor> {
        let (start, cursor) = text.split_once('-').ok_or(NoCursor)?;
        let patience =
            Patience::ALL.into_iter().find(|one| start.starts_with(one.letter())).ok_or(NoCursor)?;
        let before: u32 = start[1..].parse().map_err(|_| NoCursor)?;
        Ok(PageStart { before: before as usize, patience, cursor: cursor.parse()? })
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
    // Whoever reads the question says what is wrong with it.
    let parts = text.parse::<Parts>().unwrap_or_default();
    match parts.number_alone() {
        Some(number) => Ask::KeyOrWords(number.to_owned()),
        None if looks_like_key(&text) => Ask::KeyOrWords(text.into_owned()),
        None => Ask::Words,
    }
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
    let is_filter = text.contains(':');
    has_digit && is_joined && !is_filter || SubjectNumber::parse(text).is_ok()
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
        check("Số: 12/QĐ-UBND", "maybe 12/QĐ-UBND");
        check("số:\"12 qd\"", "maybe 12 qd");
        check("số:12/QĐ-UBND", "maybe 12/QĐ-UBND");
        check("ngày:2023..2024", "words");
        check("số:12/QĐ-UBND loại:QD", "words");
        check("số:079099000001", "key 079099000001");
        check("số:1 loại:xyz", "words");
        check("Nguyễn Văn An", "words");
        check("An", "words");
        check("2024", "words");
        check("và/hoặc", "words");
        check("", "words");
    }
}
