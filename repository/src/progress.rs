//! How far the machine is: counts without names, asked for again and again by progress bars. No one's record is shown, so there is no
//! access entry; a list of papers would write one a paper, to disk, at each tick.

use crate::Repository;
use crate::database::{self, Row};
use crate::error::Result;
use crate::record::{DocumentId, DocumentState, ReadingProgress};
use sqlx::{QueryBuilder, Row as _};
use std::collections::HashMap;

/// Papers asked for in one statement: databases limit the number of parameters, SQLite to 32,766.
const PAPERS_A_STATEMENT: usize = 1_000;

impl Repository {
    /// How far the reading of these papers is, in the order asked, of those that exist.
    pub async fn progress(&self, ids: &[DocumentId]) -> Result<Vec<ReadingProgress>> {
        let mut known = HashMap::new();
        for some in ids.chunks(PAPERS_A_STATEMENT) {
            let mut sql =
                QueryBuilder::new("select id, state, page_count, pages_read from document where id in (");
            let mut keys = sql.separated(", ");
            for id in some {
                keys.push_bind(id.to_string());
            }
            sql.push(")");
            for row in sql.build().fetch_all(self.database().reader()).await? {
                known.insert(row.try_get::<String, _>("id")?, progress_from(&row)?);
            }
        }
        Ok(ids.iter().filter_map(|id| known.get(&id.to_string()).cloned()).collect())
    }

    /// How far the reading of the papers that are not read yet is, newest first, at most `limit`.
    pub async fn progress_of_unread(&self, limit: u32) -> Result<Vec<ReadingProgress>> {
        let sql = "select id, state, page_count, pages_read from document where state = $1 order by id desc limit $2";
        let question = sqlx::query(sql).bind(database::word(&DocumentState::Received)).bind(i64::from(limit));
        question.fetch_all(self.database().reader()).await?.iter().map(progress_from).collect()
    }
}

fn progress_from(row: &Row) -> Result<ReadingProgress> {
    Ok(ReadingProgress {
        document: database::read_word(row, "id")?,
        state: database::read_word(row, "state")?,
        page_count: database::whole_or_none(row, "page_count")?,
        pages_read: database::whole(row, "pages_read")?,
    })
}
