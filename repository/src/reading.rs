//! What a worker reads and writes while it holds a job. Each write is one transaction that begins by checking the claim, and may be
//! repeated: a worker that takes over continues after the pages that are stored.

use crate::Repository;
use crate::database::{self, Connection};
use crate::documents::{self, select_pages};
use crate::error::{Error, Result};
use crate::fields::NewPlace;
use crate::record::*;
use crate::{changes, events, fields, jobs, passes};
use ::bytes::Bytes;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

/// The pass that reads a paper for the first time.
pub(crate) const FIRST_PASS: u32 = 1;

impl Repository {
    /// The bytes to read (no person looks: the job is the reason, and its claim stands in the access log).
    pub async fn job_bytes(&self, job: &Job) -> Result<(Original, Bytes)> {
        self.check_claim(job).await?;
        let document = documents::find(&mut *self.database().read().await?, job.document).await?;
        let original = document.ok_or(Error::NotFound)?.original;
        let key = self.paper_key(job.document).await?;
        let bytes = self.blobs().get(&key, &original.sha256).await?;
        Ok((original, bytes))
    }

    /// Notes what kind of file it is and how many pages it has.
    pub async fn begin_reading(&self, job: &Job, media_type: &str, page_count: u32) -> Result<()> {
        let mut transaction = self.database().write().await?;
        jobs::hold(&mut transaction, job).await?;
        database::query("update job set page_count = $2 where id = $1")
            .bind(job.id)
            .bind(i64::from(page_count))
            .execute(&mut *transaction)
            .await?;
        // What a re-reading counts is the record's only once it is finished.
        if job.pass == FIRST_PASS {
            put_file_facts(&mut transaction, job.document, Some(media_type), page_count).await?;
        }
        transaction.commit().await
    }

    /// Pages that this pass has read and stored already: a job taken over continues after them.
    pub async fn pages_read(&self, job: &Job) -> Result<Vec<u32>> {
        self.check_claim(job).await?;
        let sql = "select number from page where document_id = $1 and pass = $2 order by number";
        let question = database::query(sql).bind(job.document.to_string()).bind(i64::from(job.pass));
        let rows = question.fetch_all(self.database().reader()).await?;
        rows.iter().map(|row| database::whole(row, "number")).collect()
    }

    /// Stores one page; the same page again changes nothing.
    pub async fn save_page(&self, job: &Job, page: NewPage) -> Result<()> {
        let image_sha256 = self.put_image(job.document, page.image_jpeg).await?;
        let mut transaction = self.database().write().await?;
        jobs::hold(&mut transaction, job).await?;
        if insert_page(&mut transaction, job, &page.page, image_sha256).await? {
            if let Some(reading) = &page.reading {
                insert_reading(&mut transaction, job, page.page.number, reading).await?;
            }
            count_pages(&mut transaction, job.document).await?;
        }
        transaction.commit().await
    }

    /// The first pages of this pass with their readings, in order: what a proposal is made from.
    pub async fn job_pages(&self, job: &Job, pages_max: usize) -> Result<Vec<(Page, Option<Reading>)>> {
        self.check_claim(job).await?;
        let sql = select_pages!("where p.document_id = $1 and p.pass = $2 order by p.number limit $3");
        let rows = database::query(sql)
            .bind(job.document.to_string())
            .bind(i64::from(job.pass))
            .bind(i64::try_from(pages_max).unwrap_or(i64::MAX))
            .fetch_all(self.database().reader())
            .await?;
        rows.iter().map(documents::page_with_reading).collect()
    }

    /// Ends the job in one transaction: proposal kept, pages of this pass count, change written. A paper that was read for the first
    /// time waits for confirmation now, with a subject that was named when it was received; one that waits, or was set aside, gets the new
    /// proposal, except where a person has spoken; one that is stored stays as it was confirmed, and its fields point at their places in the
    /// new reading.
    ///
    /// # Errors
    /// `Invalid` when pages are missing: a paper that was read in part is never said to be read (invariant 8).
    pub async fn finish_reading(&self, job: &Job, proposal: Proposal) -> Result<()> {
        // Twice when a person confirms the paper between the two: a stored one stays stored.
        while !self.finish(job, &proposal, self.new_places(job, &proposal).await?).await? {}
        Ok(())
    }

    /// Where the fields of a stored paper stand in this pass; none: it is not stored. A search of many words, so not under the write lock.
    async fn new_places(&self, job: &Job, proposal: &Proposal) -> Result<Option<Vec<NewPlace>>> {
        self.check_claim(job).await?;
        let mut snapshot = self.database().read().await?;
        let document = documents::find(&mut snapshot, job.document).await?.ok_or(Error::NotFound)?;
        match document.state {
            DocumentState::Stored => fields::new_places(&mut snapshot, job, &proposal.fields).await.map(Some),
            DocumentState::Received
            | DocumentState::Extracted
            | DocumentState::Unreadable
            | DocumentState::Duplicate
            | DocumentState::TakenBack => Ok(None),
        }
    }

    /// Answers whether it is done: not when the paper is stored and no places are given.
    async fn finish(&self, job: &Job, proposal: &Proposal, places: Option<Vec<NewPlace>>) -> Result<bool> {
        let mut transaction = self.database().write().await?;
        jobs::hold(&mut transaction, job).await?;
        let page_count = check_complete(&mut transaction, job).await?;
        passes::keep_proposal(&mut transaction, job, proposal).await?;
        passes::let_count(&mut transaction, job).await?;
        count_pages(&mut transaction, job.document).await?;
        put_file_facts(&mut transaction, job.document, None, page_count).await?;
        let document = documents::find(&mut transaction, job.document).await?.ok_or(Error::NotFound)?;
        match document.state {
            DocumentState::Stored => {
                let Some(places) = places else { return Ok(false) };
                fields::put_places(&mut transaction, job.document, &places).await?;
                let agrees = document.document_type == proposal.document_type;
                let evidence = proposal.type_evidence.as_ref().filter(|_| agrees);
                put_type_evidence(&mut transaction, job.document, evidence).await?;
            }
            DocumentState::Received
            | DocumentState::Extracted
            | DocumentState::Unreadable
            | DocumentState::Duplicate
            | DocumentState::TakenBack => {
                fields::propose(&mut transaction, job.document, &proposal.fields).await?;
                put_proposal(&mut transaction, job.document, proposal).await?;
            }
        }
        let change = match document.state {
            DocumentState::Received | DocumentState::Unreadable => ChangeKind::Extracted,
            DocumentState::Extracted
            | DocumentState::Stored
            | DocumentState::Duplicate
            | DocumentState::TakenBack => ChangeKind::Reread,
        };
        events::note(&mut transaction, None, job.document, DocumentStep::Extract).await?;
        changes::append(&mut transaction, change, job.document).await?;
        jobs::end(&mut transaction, job.id).await?;
        transaction.commit().await?;
        Ok(true)
    }

    async fn put_image(&self, id: DocumentId, image_jpeg: Option<Vec<u8>>) -> Result<Option<String>> {
        let Some(jpeg) = image_jpeg.map(Bytes::from) else { return Ok(None) };
        let sha256 = Repository::hash(&jpeg).await?;
        self.blobs().put(&self.paper_key(id).await?, &sha256, jpeg).await?;
        Ok(Some(sha256))
    }

    /// Whether the job still belongs to this claim, without the write lock: for steps that only read.
    async fn check_claim(&self, job: &Job) -> Result<()> {
        let sql = "select id from job where id = $1 and claim = $2 and ended_at is null";
        let question = database::query(sql).bind(job.id).bind(job.claim);
        let found = question.fetch_optional(self.database().reader()).await?;
        found.map(|_| ()).ok_or(Error::ClaimLost)
    }
}

/// Answers whether the page is new. Those of the first pass count as they come, so that the first page is seen before the last is
/// read; those of a later one count when it is finished.
async fn insert_page(
    connection: &mut Connection,
    job: &Job,
    page: &Page,
    image_sha256: Option<String>,
) -> Result<bool> {
    let sql =
        "insert into page (document_id, pass, number, counts, state, reasons, source, width, height, dpi,
                   rotation_degrees, labels, unread, image_sha256, read_at, picture_hash)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
               on conflict (document_id, pass, number) do nothing";
    let changed = database::query(sql)
        .bind(job.document.to_string())
        .bind(i64::from(job.pass))
        .bind(i64::from(page.number))
        .bind(job.pass == FIRST_PASS)
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
        .bind(database::now())
        .bind(page.picture_hash.map(u64::cast_signed))
        .execute(connection)
        .await?;
    Ok(changed == 1)
}

async fn insert_reading(connection: &mut Connection, job: &Job, page: u32, reading: &Reading) -> Result<()> {
    let sql =
        "insert into reading (document_id, pass, page_number, engine, engine_version, model, model_sha256,
                   stages, lines, text, confidence)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    database::query(sql)
        .bind(job.document.to_string())
        .bind(i64::from(job.pass))
        .bind(i64::from(page))
        .bind(&reading.engine)
        .bind(&reading.engine_version)
        .bind(&reading.model)
        .bind(&reading.model_sha256)
        .bind(database::json(&reading.stages))
        .bind(database::json(&reading.lines))
        .bind(reading.text())
        .bind(passes::mean_confidence(reading))
        .execute(connection)
        .await?;
    Ok(())
}

/// Writes what opening the file told: its kind, unless that is known, and its pages.
async fn put_file_facts(
    connection: &mut Connection,
    document: DocumentId,
    media_type: Option<&str>,
    page_count: impl Into<Option<u32>>,
) -> Result<()> {
    let sql =
        "update document set media_type = coalesce($2, media_type), page_count = coalesce($3, page_count)
               where id = $1";
    database::query(sql)
        .bind(document.to_string())
        .bind(media_type)
        .bind(page_count.into().map(i64::from))
        .execute(connection)
        .await?;
    Ok(())
}

/// Counts again what is stored, so that the figures cannot drift from the pages.
async fn count_pages(connection: &mut Connection, document: DocumentId) -> Result<()> {
    let sql = "update document set
                   pages_read = (select count(*) from page where document_id = $1 and counts = 1),
                   pages_to_review = (select count(*) from page where document_id = $1 and counts = 1 and state <> $2)
               where id = $1";
    let done = database::word(&PageState::Done);
    database::query(sql).bind(document.to_string()).bind(done).execute(connection).await?;
    Ok(())
}

/// Every page that was counted when the file was opened is stored, if only as failed. Answers how many those are.
async fn check_complete(connection: &mut Connection, job: &Job) -> Result<Option<u32>> {
    let sql = "select page_count, (select count(*) from page
                   where page.document_id = job.document_id and page.pass = job.pass) as pages_read
               from job where id = $1";
    let row = database::query(sql).bind(job.id).fetch_one(connection).await?;
    let page_count = database::whole_or_none::<u32>(&row, "page_count")?;
    let pages_read = database::whole::<u32>(&row, "pages_read")?;
    match page_count {
        Some(page_count) if pages_read < page_count => Err(Error::invalid(format!(
            "Mới đọc {pages_read} trong {page_count} trang. Hãy đọc tiếp các trang còn lại."
        ))),
        known => Ok(known),
    }
}

async fn put_type_evidence(
    connection: &mut Connection,
    document: DocumentId,
    evidence: Option<&Evidence>,
) -> Result<()> {
    database::query("update document set type_evidence = $2 where id = $1")
        .bind(document.to_string())
        .bind(evidence.map(database::json))
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_proposal(connection: &mut Connection, document: DocumentId, proposal: &Proposal) -> Result<()> {
    let value = |key: &str| {
        let field = proposal.fields.iter().find(|field| field.key == key)?;
        Some(field.value.trim().nfc().collect::<String>()).filter(|value| !value.is_empty())
    };
    let day = |key: &str| value(key)?.parse::<Date>().ok().map(|day| day.to_string());
    let number = value("number");
    // What was set aside stays aside, and is proposed anew for the day on which it waits again.
    let sql = "update document set state = case when state in ('duplicate', 'taken_back') then state else $2 end,
                   document_type = $3, title = $4, number = $5, number_key = $6, issued_on = $7, valid_until = $8, agency = $9, type_evidence = $10 where id = $1";
    database::query(sql)
        .bind(document.to_string())
        .bind(database::word(&DocumentState::Extracted))
        .bind(database::word(&proposal.document_type))
        .bind(proposal.title.trim())
        .bind(number.as_deref())
        .bind(number.as_deref().map(database::exact_key))
        .bind(day("issued_on"))
        .bind(day("valid_until"))
        .bind(value("agency"))
        .bind(proposal.type_evidence.as_ref().map(database::json))
        .execute(connection)
        .await?;
    Ok(())
}
