//! Changes: what happened to papers, numbered without gaps in the order of commits. The index follows them.

use crate::Repository;
use crate::database::{self, Connection, Row};
use crate::error::Result;
use crate::record::{Change, ChangeKind, Document, DocumentId, DocumentState, IndexableDocument, Validity};
use crate::{documents, fields, owners, scope};
use std::collections::HashMap;

/// Papers that one question asks for: PostgreSQL and SQLite take 32,000 places in a statement, and the texts of this many papers fit into
/// memory.
const CHUNK: usize = 250;

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
        Ok(self.indexables(&[id]).await?.pop())
    }

    /// The same of several papers, in no order, without those that searching shall not find. A few questions a `CHUNK` of papers.
    pub async fn indexables(&self, ids: &[DocumentId]) -> Result<Vec<IndexableDocument>> {
        let mut snapshot = self.database().read().await?;
        let mut found = Vec::new();
        for ids in ids.chunks(CHUNK) {
            found.extend(indexables(&mut snapshot, ids).await?);
        }
        Ok(found)
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

async fn indexables(connection: &mut Connection, ids: &[DocumentId]) -> Result<Vec<IndexableDocument>> {
    let mut documents = documents::all(connection, ids).await?;
    documents.retain(is_searched);
    let ids = documents.iter().map(|document| document.id).collect::<Vec<_>>();
    let mut fields = fields::of_all(connection, &ids).await?;
    let mut pages = page_texts(connection, &ids).await?;
    let mut owners = owners::names(connection, &ids).await?;
    let mut bounds = scope::bounds(connection, &documents).await?;
    let indexable = |document: Document| {
        let id = document.id;
        let (fields, pages) = (fields.remove(&id).unwrap_or_default(), pages.remove(&id).unwrap_or_default());
        let owners = owners.remove(&id).unwrap_or_default();
        Some(IndexableDocument { bounds: bounds.remove(&id)?, document, owners, fields, pages })
    };
    Ok(documents.into_iter().filter_map(indexable).collect())
}

fn is_searched(document: &Document) -> bool {
    let is_aside = matches!(document.state, DocumentState::Duplicate | DocumentState::TakenBack);
    document.validity.is_searched() && !is_aside
}

/// Text of each page by the reading that counts.
async fn page_texts(
    connection: &mut Connection,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, Vec<(u32, String)>>> {
    let sql = "select p.document_id, r.page_number, r.text from page p join reading r
                   on r.document_id = p.document_id and r.pass = p.pass and r.page_number = p.number
               where p.counts = 1 and p.document_id in";
    let question = database::query(sql).with_list(ids.iter().map(DocumentId::to_string));
    let rows = question.with(" order by p.document_id, r.page_number").fetch_all(connection).await?;
    database::grouped(&rows, |row| Ok((database::whole(row, "page_number")?, row.get("text")?)))
}
