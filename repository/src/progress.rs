//! How far the machine is: counts without names, asked for again and again by progress bars. No one's record is shown, so there is no
//! access entry; a list of papers would write one a paper, to disk, at each tick.

use crate::Repository;
use crate::access::Touched;
use crate::database::{self, Row};
use crate::error::Result;
use crate::jobs;
use crate::record::{Action, Actor, DocumentId, DocumentState, ReadingProgress};
use std::collections::HashMap;

/// Columns of a paper `d` and its job `j`, as [`progress_from`] reads them. Of a re-reading the pages of its own pass are counted.
macro_rules! select_progress {
    ($tail:literal) => {
        concat!(
            "select d.id, d.state, d.receiver_key, j.priority, j.ended_at,
                 case when j.ended_at is null and j.pass > 1 then j.page_count else d.page_count end as page_count,
                 case when j.ended_at is null and j.pass > 1
                     then (select count(*) from page p where p.document_id = d.id and p.pass = j.pass)
                     else d.pages_read end as pages_read
             from document d join job j on j.document_id = d.id ",
            $tail
        )
    };
}

/// Papers asked for in one statement: databases limit the number of parameters, SQLite to 32,766.
const PAPERS_A_STATEMENT: usize = 1_000;

impl Repository {
    /// Lets somebody follow how papers come along: whoever may list them.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn may_follow(&self, actor: &Actor) -> Result<()> {
        self.permit(actor, Action::Search, Touched::NONE).await.map(drop)
    }

    /// How far the reading of these papers is, in the order asked, of those that exist.
    pub async fn progress(&self, ids: &[DocumentId]) -> Result<Vec<ReadingProgress>> {
        let mut known = HashMap::new();
        for some in ids.chunks(PAPERS_A_STATEMENT) {
            let keys = some.iter().map(DocumentId::to_string);
            let question = database::query(select_progress!("where d.id in")).with_list(keys);
            for row in question.fetch_all(self.database().reader()).await? {
                known.insert(row.get::<String>("id")?, progress_from(&row)?);
            }
        }
        Ok(ids.iter().filter_map(|id| known.get(&id.to_string()).cloned()).collect())
    }

    /// How far the papers are that wait to be read, are being read, or read again: those of the counter first, at most `limit`.
    pub async fn progress_of_open(&self, limit: u32) -> Result<Vec<ReadingProgress>> {
        let sql = select_progress!("where j.ended_at is null order by j.priority, d.id desc limit $1");
        let question = database::query(sql).bind(i64::from(limit));
        question.fetch_all(self.database().reader()).await?.iter().map(progress_from).collect()
    }
}

fn progress_from(row: &Row) -> Result<ReadingProgress> {
    let state = database::read_word(row, "state")?;
    let is_open = row.get::<Option<i64>>("ended_at")?.is_none();
    Ok(ReadingProgress {
        document: database::read_word(row, "id")?,
        receiver: row.get("receiver_key")?,
        state,
        priority: is_open.then(|| jobs::priority_from(row)).transpose()?,
        rereading: is_open && state != DocumentState::Received,
        page_count: database::whole_or_none(row, "page_count")?,
        pages_read: database::whole(row, "pages_read")?,
    })
}
