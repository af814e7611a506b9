//! Changes: what happened to papers, numbered without gaps in the order of commits. The index follows them.

use crate::Repository;
use crate::database::{self, Connection, Row};
use crate::error::Result;
use crate::record::{Change, ChangeKind, Document, DocumentId, DocumentState, IndexableDocument, Validity};
use crate::{documents, fields};

/// Writes a change as part of the transaction that makes it. The number is taken last-minute under the write lock, so that
/// numbers and commits have the same order.
pub(crate) async fn append(
    connection: &mut Connection,
    kind: ChangeKind,
    document: DocumentId,
) -> Result<()> {
    let number = database::next_number(connection, "change").await?;
    database::query("insert into change (number, at, kind, document_id) values ($1, $2, $3, $4)")
        .bind(number)
        .bind(database::now())
        .bind(database::word(&kind))
        .bind(document.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

impl Repository {
    /// Changes with a number above `after`, in order, at most `limit`.
    pub async fn changes_after(&self, after: u64, limit: u32) -> Result<Vec<Change>> {
        let sql =
            "select number, at, kind, document_id from change where number > $1 order by number limit $2";
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let rows = database::query(sql)
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(self.database().reader())
            .await?;
        rows.iter().map(change_from).collect()
    }

    /// Number of the last change; 0 when there is none.
    pub async fn last_change(&self) -> Result<u64> {
        let sql = "select coalesce(max(number), 0) as number from change";
        database::whole(&database::query(sql).fetch_one(self.database().reader()).await?, "number")
    }

    /// A paper as the index needs it; `None` when searching shall not find it: it does not exist, was taken
    /// out of use (REUSE-06), or is only another scan of one that is found.
    pub async fn indexable(&self, id: DocumentId) -> Result<Option<IndexableDocument>> {
        let mut snapshot = self.database().read().await?;
        let found = documents::find(&mut snapshot, id).await?;
        let is_searched = |document: &Document| {
            let is_aside = matches!(document.state, DocumentState::Duplicate | DocumentState::TakenBack);
            document.validity.is_searched() && !is_aside
        };
        let Some(document) = found.filter(is_searched) else {
            return Ok(None);
        };
        let fields = fields::of(&mut snapshot, id).await?;
        let pages = page_texts(&mut snapshot, id).await?;
        Ok(Some(IndexableDocument { document, fields, pages }))
    }

    /// Keys of the papers that searching shall find, after `after`, in ascending order, at most `limit`.
    pub async fn document_ids(&self, after: Option<DocumentId>, limit: u32) -> Result<Vec<DocumentId>> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let searched = Validity::ALL.into_iter().filter(|validity| validity.is_searched());
        let rows =
            database::query("select id from document where id > $1 and state not in ('duplicate', 'taken_back') and validity in")
                .bind(after)
                .bind(i64::from(limit))
                .with_list(searched.map(|validity| database::word(&validity)))
                .with(" order by id limit $2")
                .fetch_all(self.database().reader())
                .await?;
        rows.iter().map(|row| database::read_word(row, "id")).collect()
    }
}

fn change_from(row: &Row) -> Result<Change> {
    Ok(Change {
        number: database::whole(row, "number")?,
        at: database::read_time(row, "at")?,
        kind: database::read_word(row, "kind")?,
        document: database::read_word(row, "document_id")?,
    })
}

/// Text of each page by the reading that counts.
async fn page_texts(connection: &mut Connection, id: DocumentId) -> Result<Vec<(u32, String)>> {
    let sql = "select r.page_number, r.text from page p join reading r
                   on r.document_id = p.document_id and r.pass = p.pass and r.page_number = p.number
               where p.document_id = $1 and p.counts = 1 order by r.page_number";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((database::whole(row, "page_number")?, row.get("text")?))).collect()
}
