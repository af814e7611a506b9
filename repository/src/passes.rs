//! Lượt đọc: what each pass over a paper found. Passes stand beside each other and are never rewritten; of each page one counts.

use crate::Repository;
use crate::database::{self, Connection, Row};
use crate::document_type::field_key;
use crate::documents;
use crate::error::{Error, Result};
use crate::record::*;

/// Keeps what a finished pass proposed. A key that the dictionary does not know, or that came before, is left out.
pub(crate) async fn keep_proposal(connection: &mut Connection, job: &Job, proposal: &Proposal) -> Result<()> {
    let sql = "insert into pass (document_id, number, document_type, title, type_evidence, finished_at)
               values ($1, $2, $3, $4, $5, $6)";
    database::query(sql)
        .bind(job.document.to_string())
        .bind(i64::from(job.pass))
        .bind(database::word(&proposal.document_type))
        .bind(proposal.title.trim())
        .bind(proposal.type_evidence.as_ref().map(database::json))
        .bind(database::now())
        .execute(&mut *connection)
        .await?;
    for (position, field) in proposal.fields.iter().enumerate() {
        if field_key(&field.key).is_none() {
            tracing::warn!(document = %job.document, key = field.key, "a proposed field is not in the dictionary");
            continue;
        }
        keep_field(connection, job, position, field).await?;
    }
    Ok(())
}

async fn keep_field(
    connection: &mut Connection,
    job: &Job,
    position: usize,
    field: &ProposedField,
) -> Result<()> {
    let sql = "insert into proposal (document_id, pass, key, position, value, source, confidence, page, region, written, doubts)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (document_id, pass, key) do nothing";
    database::query(sql)
        .bind(job.document.to_string())
        .bind(i64::from(job.pass))
        .bind(&field.key)
        .bind(position as i64)
        .bind(field.value.trim())
        .bind(database::word(&field.source))
        .bind(f64::from(field.confidence.clamp(0.0, 100.0)))
        .bind(field.page.map(i64::from))
        .bind(field.region.as_ref().map(database::json))
        .bind(&field.written)
        .bind(database::json(&field.doubts))
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets the pages of a finished pass count in place of those before it. A page that it could not read gives way to an earlier
/// reading: a crash of a newer engine takes no text out of the index.
pub(crate) async fn let_count(connection: &mut Connection, job: &Job) -> Result<()> {
    let outdone = "update page set counts = 0 where document_id = $1 and pass <> $2 and counts = 1
                   and number in (select number from page where document_id = $1 and pass = $2)
                   and (number in (select page_number from reading where document_id = $1 and pass = $2)
                       or not exists (select 1 from reading r where r.document_id = page.document_id
                           and r.pass = page.pass and r.page_number = page.number))";
    let counting = "update page set counts = 1 where document_id = $1 and pass = $2
                    and number not in (select number from page where document_id = $1 and counts = 1)";
    for sql in [outdone, counting] {
        let (document, pass) = (job.document.to_string(), i64::from(job.pass));
        database::query(sql).bind(document).bind(pass).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Number of the newest pass that is finished; 0: none is.
pub(crate) async fn newest(connection: &mut Connection, document: DocumentId) -> Result<u32> {
    let sql = "select coalesce(max(number), 0) as number from pass where document_id = $1";
    let row = database::query(sql).bind(document.to_string()).fetch_one(connection).await?;
    database::whole(&row, "number")
}

/// What the newest pass since the confirmation says otherwise than a stored record.
pub(crate) async fn dissent(connection: &mut Connection, document: &Document) -> Result<Dissent> {
    if document.state != DocumentState::Stored {
        return Ok(Dissent::default());
    }
    let sql = "select number, document_type from pass
               where document_id = $1 and finished_at > (select confirmed_at from document where id = $1)
               order by number desc limit 1";
    let question = database::query(sql).bind(document.id.to_string());
    let Some(newest) = question.fetch_optional(&mut *connection).await? else {
        return Ok(Dissent::default());
    };
    let proposed: crate::DocumentType = database::read_word(&newest, "document_type")?;
    let sql = "select p.* from proposal p
                   left join field f on f.document_id = p.document_id and f.key = p.key
               where p.document_id = $1 and p.pass = $2 and p.value <> ''
                   and p.value is distinct from coalesce(f.value, f.proposed)
               order by p.position";
    let rows = database::query(sql)
        .bind(document.id.to_string())
        .bind(newest.get::<i64>("number")?)
        .fetch_all(connection)
        .await?;
    let fields = rows.iter().map(proposed_from).collect::<Result<_>>()?;
    Ok(Dissent { document_type: Some(proposed).filter(|kind| *kind != document.document_type), fields })
}

/// A proposed field from a row of `proposal`.
fn proposed_from(row: &Row) -> Result<ProposedField> {
    Ok(ProposedField {
        key: row.get("key")?,
        value: row.get("value")?,
        source: database::read_word(row, "source")?,
        confidence: row.get::<f64>("confidence")? as f32,
        page: database::whole_or_none(row, "page")?,
        region: database::read_json_or_none(row, "region")?,
        written: row.get("written")?,
        doubts: database::read_json(row, "doubts")?,
    })
}

/// Mean confidence of the words of a reading; none when it has no words.
pub(crate) fn mean_confidence(reading: &Reading) -> Option<f64> {
    let words = reading.lines.iter().flat_map(|line| &line.words);
    let (sum, count) =
        words.fold((0.0, 0_u32), |(sum, count), word| (sum + f64::from(word.confidence), count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

impl Repository {
    /// Every reading of a page, oldest first, those that failed too, without their lines. A pass under way is among them. Access entry
    /// `View`.
    pub async fn page_readings(&self, actor: &Actor, id: DocumentId, page: u32) -> Result<Vec<PageReading>> {
        self.readings_of(actor, id, page, None).await
    }

    /// One reading of a page with its lines, by the number of its pass. Access entry `View`.
    pub async fn page_reading(
        &self,
        actor: &Actor,
        id: DocumentId,
        page: u32,
        number: u32,
    ) -> Result<PageReading> {
        self.readings_of(actor, id, page, Some(number)).await?.pop().ok_or(Error::NotFound)
    }

    async fn readings_of(
        &self,
        actor: &Actor,
        id: DocumentId,
        page: u32,
        pass: Option<u32>,
    ) -> Result<Vec<PageReading>> {
        self.permit(actor, Action::View, id).await?;
        let sql = "select p.*, r.engine, r.engine_version, r.model, r.model_sha256, r.stages, r.confidence,
                       case when $3 is null then '[]' else r.lines end as lines
                   from page p left join reading r
                       on r.document_id = p.document_id and r.pass = p.pass and r.page_number = p.number
                   where p.document_id = $1 and p.number = $2 and ($3 is null or p.pass = $3)
                   order by p.pass";
        let rows = database::query(sql)
            .bind(id.to_string())
            .bind(i64::from(page))
            .bind(pass.map(i64::from))
            .fetch_all(self.database().reader())
            .await?;
        let found = rows.iter().map(page_reading_from).collect::<Result<Vec<_>>>()?;
        if found.is_empty() {
            return Err(Error::NotFound);
        }
        self.note_access(actor, Action::View, &[id.into()]).await?;
        Ok(found)
    }
}

fn page_reading_from(row: &Row) -> Result<PageReading> {
    let (page, reading) = documents::page_with_reading(row)?;
    Ok(PageReading {
        number: database::whole(row, "pass")?,
        counts: database::flag(row, "counts")?,
        read_at: database::read_time(row, "read_at")?,
        page,
        reading,
        confidence: row.get::<Option<f64>>("confidence")?.map(|mean| mean as f32),
    })
}
