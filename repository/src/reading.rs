//! What a worker reads and writes while it holds a job. Each write is one transaction that begins by checking the claim, and may be
//! repeated: a worker that takes over continues after the pages that are stored.

use crate::Repository;
use crate::bytes::Blobs;
use crate::database::{self, Connection};
use crate::documents;
use crate::error::{Error, Result};
use crate::record::*;
use crate::{changes, fields, jobs};
use ::bytes::Bytes;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

impl Repository {
    /// The bytes to read (no person looks: the job is the reason, and its claim stands in the access log).
    pub async fn job_bytes(&self, job: &Job) -> Result<(Original, Bytes)> {
        self.check_claim(job).await?;
        let document = documents::find(&mut *self.database().read().await?, job.document).await?;
        let original = document.ok_or(Error::NotFound)?.original;
        let bytes = self.blobs().get(&original.sha256).await?;
        Ok((original, bytes))
    }

    /// Notes what kind of file it is and how many pages it has.
    pub async fn begin_reading(&self, job: &Job, media_type: &str, page_count: u32) -> Result<()> {
        let mut transaction = self.database().write().await?;
        jobs::hold(&mut transaction, job).await?;
        sqlx::query("update document set media_type = $2, page_count = $3 where id = $1")
            .bind(job.document.to_string())
            .bind(media_type)
            .bind(i64::from(page_count))
            .execute(&mut *transaction)
            .await?;
        Ok(transaction.commit().await?)
    }

    /// Pages that are read and stored already: a job taken over continues after them.
    pub async fn pages_read(&self, job: &Job) -> Result<Vec<u32>> {
        self.check_claim(job).await?;
        let sql = "select number from page where document_id = $1 order by number";
        let question = sqlx::query(sql).bind(job.document.to_string());
        let rows = question.fetch_all(self.database().reader()).await?;
        rows.iter().map(|row| database::whole(row, "number")).collect()
    }

    /// Stores one page; the same page again changes nothing.
    pub async fn save_page(&self, job: &Job, page: NewPage) -> Result<()> {
        let image_sha256 = put_image(self.blobs(), page.image_jpeg).await?;
        let mut transaction = self.database().write().await?;
        jobs::hold(&mut transaction, job).await?;
        if insert_page(&mut transaction, job.document, &page.page, image_sha256).await? {
            if let Some(reading) = &page.reading {
                insert_reading(&mut transaction, job.document, page.page.number, reading).await?;
            }
            count_pages(&mut transaction, job.document).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The first stored pages with their readings, in order: what a proposal is made from.
    pub async fn job_pages(&self, job: &Job, pages_max: usize) -> Result<Vec<(Page, Option<Reading>)>> {
        self.check_claim(job).await?;
        let mut snapshot = self.database().read().await?;
        let mut pages = Vec::new();
        for page in documents::pages(&mut snapshot, job.document).await?.into_iter().take(pages_max) {
            let reading = documents::newest_reading(&mut snapshot, job.document, page.number).await?;
            pages.push((page, reading));
        }
        Ok(pages)
    }

    /// Ends the job: proposal stored, paper waits for confirmation, change written; one transaction. A subject that was named when
    /// the paper was received stays its proposed subject.
    ///
    /// # Errors
    /// `Invalid` when pages are missing: a paper that was read in part is never said to be read (invariant 8).
    pub async fn finish_reading(&self, job: &Job, proposal: Proposal) -> Result<()> {
        let mut transaction = self.database().write().await?;
        jobs::hold(&mut transaction, job).await?;
        check_complete(&mut transaction, job.document).await?;
        fields::propose(&mut transaction, job.document, &proposal.fields).await?;
        put_proposal(&mut transaction, job.document, &proposal).await?;
        changes::append(&mut transaction, ChangeKind::Extracted, job.document).await?;
        jobs::end(&mut transaction, job.id).await?;
        Ok(transaction.commit().await?)
    }

    /// Whether the job still belongs to this claim, without the write lock: for steps that only read.
    async fn check_claim(&self, job: &Job) -> Result<()> {
        let sql = "select id from job where id = $1 and claim = $2 and ended_at is null";
        let question = sqlx::query(sql).bind(job.id).bind(job.claim);
        let found = question.fetch_optional(self.database().reader()).await?;
        found.map(|_| ()).ok_or(Error::ClaimLost)
    }
}

async fn put_image(blobs: &Blobs, image_jpeg: Option<Vec<u8>>) -> Result<Option<String>> {
    match image_jpeg {
        Some(jpeg) => blobs.put(jpeg.into()).await.map(Some),
        None => Ok(None),
    }
}

/// Answers whether the page is new.
async fn insert_page(
    connection: &mut Connection,
    document: DocumentId,
    page: &Page,
    image_sha256: Option<String>,
) -> Result<bool> {
    let sql = "insert into page (document_id, number, state, reasons, source, width, height, dpi,
                   rotation_degrees, labels, unread, image_sha256)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
               on conflict (document_id, number) do nothing";
    let done = sqlx::query(sql)
        .bind(document.to_string())
        .bind(i64::from(page.number))
        .bind(database::word(&page.state))
        .bind(database::json(&page.reasons))
        .bind(database::word(&page.source))
        .bind(i64::from(page.width))
        .bind(i64::from(page.height))
        .bind(i64::from(page.dpi))
        .bind(i64::from(page.rotation_degrees))
        .bind(database::json(&page.labels))
        .bind(database::json(&page.unread))
        .bind(image_sha256)
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

async fn insert_reading(
    connection: &mut Connection,
    document: DocumentId,
    page: u32,
    reading: &Reading,
) -> Result<()> {
    let sql = "insert into reading (document_id, page_number, engine, engine_version, model, model_sha256,
                   stages, lines, text, read_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    sqlx::query(sql)
        .bind(document.to_string())
        .bind(i64::from(page))
        .bind(&reading.engine)
        .bind(&reading.engine_version)
        .bind(&reading.model)
        .bind(&reading.model_sha256)
        .bind(database::json(&reading.stages))
        .bind(database::json(&reading.lines))
        .bind(reading.text())
        .bind(database::now())
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts again what is stored, so that the figures cannot drift from the pages.
async fn count_pages(connection: &mut Connection, document: DocumentId) -> Result<()> {
    let sql = "update document set
                   pages_read = (select count(*) from page where document_id = $1),
                   pages_to_review = (select count(*) from page where document_id = $1 and state <> $2)
               where id = $1";
    let done = database::word(&PageState::Done);
    sqlx::query(sql).bind(document.to_string()).bind(done).execute(connection).await?;
    Ok(())
}

/// Every page that was counted when the file was opened is stored, if only as failed.
async fn check_complete(connection: &mut Connection, document: DocumentId) -> Result<()> {
    let document = documents::find(connection, document).await?.ok_or(Error::NotFound)?;
    match document.page_count {
        Some(page_count) if document.pages_read < page_count => Err(Error::invalid(format!(
            "Mới đọc {} trong {page_count} trang. Hãy đọc tiếp các trang còn lại.",
            document.pages_read
        ))),
        _ => Ok(()),
    }
}

async fn put_proposal(connection: &mut Connection, document: DocumentId, proposal: &Proposal) -> Result<()> {
    let value = |key: &str| {
        let field = proposal.fields.iter().find(|field| field.key == key)?;
        Some(field.value.trim().nfc().collect::<String>()).filter(|value| !value.is_empty())
    };
    let day = |key: &str| value(key)?.parse::<Date>().ok().map(|day| day.to_string());
    let number = value("number");
    let sql = "update document set state = $2, document_type = $3, title = $4, number = $5, number_key = $6,
                   issued_on = $7, valid_until = $8, agency = $9, type_evidence = $10 where id = $1";
    sqlx::query(sql)
        .bind(document.to_string())
        .bind(database::word(&DocumentState::Extracted))
        .bind(database::word(&proposal.document_type))
        .bind(proposal.title.trim())
        .bind(&number)
        .bind(number.as_deref().map(database::exact_key))
        .bind(day("issued_on"))
        .bind(day("valid_until"))
        .bind(value("agency"))
        .bind(proposal.type_evidence.as_ref().map(database::json))
        .execute(connection)
        .await?;
    Ok(())
}
