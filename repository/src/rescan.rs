//! Quét lại một trang: a page that nobody can read is scanned again. The new scan stands beside the old one, which stays in the original and
//! in the readings of before; every reading from then on takes this page from the new scan.

use crate::Repository;
use crate::access;
use crate::database::{self, Connection, Row};
use crate::documents;
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::filing;
use crate::jobs;
use crate::lifecycle::{self, Position};
use crate::record::*;
use ::bytes::Bytes;

impl Repository {
    /// Takes a new scan of one page of a paper that waits for confirmation, and queues the paper to be read with it, before papers of a
    /// backlog: someone waits. Access entry `Receive`.
    ///
    /// # Errors
    /// `Invalid` without bytes or a reason, when there is no such page, or while the paper is being read; `Conflict` when it does not wait any
    /// more.
    pub async fn rescan_page(
        &self,
        actor: &Actor,
        id: DocumentId,
        page: u32,
        reason: &str,
        bytes: Bytes,
    ) -> Result<DocumentView> {
        self.permit(actor, Action::Receive, id).await?;
        let reason = filing::plan_reason(reason)?;
        if bytes.is_empty() {
            return Err(Error::invalid("Tệp quét lại trống. Hãy quét lại trang này rồi gửi tệp mới."));
        }
        check(&mut *self.database().read().await?, id, page).await?;
        let sha256 = Repository::hash(&bytes).await?;
        self.blobs().put(&self.paper_key(id).await?, &sha256, bytes).await?;
        let mut transaction = self.database().write().await?;
        check(&mut transaction, id, page).await?;
        if !jobs::begin_pass(&mut transaction, id, None, Priority::Counter).await? {
            return Err(is_read());
        }
        let rescan = PageRescan { page, at: jiff::Timestamp::now(), by: actor.account.clone(), reason };
        insert(&mut transaction, id, &sha256, &rescan).await?;
        let said = format!("Trang {page}: {}", rescan.reason);
        let (step, other) = (DocumentStep::Rescan, None);
        let event = NewEvent { step, actor: Some(actor), reason: Some(&said), other };
        events::write(&mut transaction, id, event).await?;
        access::write(&mut transaction, actor, Action::Receive, id, true).await?;
        let view = documents::view(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(view)
    }

    /// The pages that a reading takes from newer scans: the number of each with its bytes (no person looks: the job is the reason).
    pub async fn job_rescans(&self, job: &Job) -> Result<Vec<(u32, Bytes)>> {
        let sql = "select page, sha256 from page_rescan r where document_id = $1 and number = (
                       select max(number) from page_rescan n where n.document_id = r.document_id and n.page = r.page)
                   order by page";
        let question = database::query(sql).bind(job.document.to_string());
        let rows = question.fetch_all(self.database().reader()).await?;
        let mut rescans = Vec::with_capacity(rows.len());
        if rows.is_empty() {
            return Ok(rescans);
        }
        let key = self.paper_key(job.document).await?;
        for row in &rows {
            let sha256: String = row.get("sha256")?;
            rescans.push((database::whole(row, "page")?, self.blobs().get(&key, &sha256).await?));
        }
        Ok(rescans)
    }
}

/// New scans of pages of a paper, the oldest first.
pub(crate) async fn of(connection: &mut Connection, id: DocumentId) -> Result<Vec<PageRescan>> {
    let scans = with_hashes(connection, id).await?;
    Ok(scans.into_iter().map(|(rescan, _)| rescan).collect())
}

/// The same, each with the hash of its bytes.
pub(crate) async fn with_hashes(
    connection: &mut Connection,
    id: DocumentId,
) -> Result<Vec<(PageRescan, String)>> {
    let sql =
        "select page, at, account, reason, sha256 from page_rescan where document_id = $1 order by number";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((rescan_from(row)?, row.get("sha256")?))).collect()
}

fn rescan_from(row: &Row) -> Result<PageRescan> {
    Ok(PageRescan {
        page: database::whole(row, "page")?,
        at: database::read_time(row, "at")?,
        by: row.get("account")?,
        reason: row.get("reason")?,
    })
}

fn is_read() -> Error {
    Error::invalid("Giấy tờ này đang được đọc. Hãy đợi đọc xong rồi gửi trang quét lại.")
}

async fn check(connection: &mut Connection, id: DocumentId, page: u32) -> Result<()> {
    let document = documents::find_kept(connection, id).await?;
    if lifecycle::after(Position::from(&document), DocumentStep::Rescan).is_none() {
        return Err(Error::Conflict { document: id });
    }
    // Before its bytes are kept: what is refused leaves nothing behind.
    if jobs::is_open(connection, id).await? {
        return Err(is_read());
    }
    let pages = document.page_count.unwrap_or_default();
    if (1..=pages).contains(&page) {
        return Ok(());
    }
    Err(Error::invalid(format!("Giấy tờ này có {pages} trang, không có trang {page}. Hãy chọn lại trang.")))
}

async fn insert(
    connection: &mut Connection,
    id: DocumentId,
    sha256: &str,
    rescan: &PageRescan,
) -> Result<()> {
    let sql = "insert into page_rescan (document_id, number, page, sha256, at, account, reason)
               values ($1, (select coalesce(max(number), 0) + 1 from page_rescan where document_id = $1),
                   $2, $3, $4, $5, $6)";
    database::query(sql)
        .bind(id.to_string())
        .bind(i64::from(rescan.page))
        .bind(sha256)
        .bind(rescan.at.as_microsecond())
        .bind(&rescan.by)
        .bind(&rescan.reason)
        .execute(connection)
        .await?;
    Ok(())
}
