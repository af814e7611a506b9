//! Fields of a paper: what the machine proposed and what a person confirmed stand side by side (invariant 5).

use crate::anchor::{Words, same_picture};
use crate::database::{self, Connection, Row};
use crate::document_type::field_key;
use crate::documents::{self, select_pages};
use crate::doubt::fails_a_check;
use crate::error::{Error, Result};
use crate::record::*;
use std::collections::HashMap;

/// Pages in which a confirmed value is looked for again: as many as fields are proposed from, title and facts stand there.
const SEARCHED_PAGES_MAX: u32 = 20;

/// The fields of a paper in the order of the form, without those that a person left out.
pub(crate) async fn of(connection: &mut Connection, document: DocumentId) -> Result<Vec<Field>> {
    Ok(of_all(connection, &[document]).await?.remove(&document).unwrap_or_default())
}

/// The same of several papers; one without fields is left out.
pub(crate) async fn of_all(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<HashMap<DocumentId, Vec<Field>>> {
    let sql = "select document_id, key, value, proposed, source, confidence, page, region, written, doubts,
                   confirmed_by, confirmed_at, reason
               from field where value is not null and document_id in";
    let question = database::query(sql).with_list(documents.iter().map(DocumentId::to_string));
    let rows = question.with(" order by document_id, position").fetch_all(connection).await?;
    database::grouped(&rows, field_from)
}

fn field_from(row: &Row) -> Result<Field> {
    Ok(Field {
        key: row.get("key")?,
        value: row.get("value")?,
        proposed: row.get("proposed")?,
        source: database::read_word(row, "source")?,
        confidence: row.get::<f64>("confidence")? as f32,
        page: database::whole_or_none(row, "page")?,
        region: database::read_json_or_none(row, "region")?,
        written: row.get("written")?,
        doubts: database::read_json(row, "doubts")?,
        confirmed_by: row.get("confirmed_by")?,
        confirmed_at: database::read_time_or_none(row, "confirmed_at")?,
        reason: row.get("reason")?,
    })
}

/// Stores what the newest reading proposes, in place of what an earlier one did; a field on which a person has spoken stays. A key that
/// the dictionary does not know, or that came before, is left out.
pub(crate) async fn propose(
    connection: &mut Connection,
    document: DocumentId,
    fields: &[ProposedField],
) -> Result<()> {
    let outdated = database::query("delete from field where document_id = $1 and confirmed_by is null");
    outdated.bind(document.to_string()).execute(&mut *connection).await?;
    let sql = "insert into field (document_id, key, position, value, source, confidence,
                   proposed, proposed_source, proposed_confidence, page, region, written, doubts)
               values ($1, $2, $3, $4, $5, $6, $4, $5, $6, $7, $8, $9, $10) on conflict (document_id, key) do nothing";
    for (position, field) in fields.iter().enumerate().filter(|(_, field)| field_key(&field.key).is_some()) {
        database::query(sql)
            .bind(document.to_string())
            .bind(&field.key)
            .bind(position as i64)
            .bind(field.value.trim())
            .bind(database::word(&field.source))
            .bind(f64::from(field.confidence.clamp(0.0, 100.0)))
            .bind(field.page.map(i64::from))
            .bind(field.region.as_ref().map(database::json))
            .bind(&field.written)
            .bind(database::json(&field.doubts))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Where a field of a stored paper stands in the reading that is to count.
#[derive(Debug)]
pub(crate) struct NewPlace {
    key: String,
    page: u32,
    region: Option<Region>,
    written: String,
}

/// Finds the fields of a stored paper in a pass that is about to count. A place that is not found again is kept while the picture of its
/// page is the same, else dropped.
pub(crate) async fn new_places(
    connection: &mut Connection,
    job: &Job,
    proposed: &[ProposedField],
) -> Result<Vec<NewPlace>> {
    let pages_before = documents::pages(connection, job.document).await?;
    let pages = pages_to_search(connection, job).await?;
    let words = Words::of(&pages);
    let new_place = |field: Field| {
        let before = pages_before.iter().find(|page| Some(page.number) == field.page);
        let again = proposed.iter().find(|again| again.key == field.key);
        if let Some(place) = words.place_of(&field, before, again) {
            let (page, region, written) = (place.page, Some(place.region), place.written);
            return Some(NewPlace { key: field.key, page, region, written });
        }
        let before = before?;
        let now = pages.iter().find(|(page, _)| page.number == before.number);
        let region = field.region.filter(|_| now.is_some_and(|(now, _)| same_picture(before, now)));
        Some(NewPlace { key: field.key, page: before.number, region, written: field.written })
    };
    Ok(of(connection, job.document).await?.into_iter().filter_map(new_place).collect())
}

/// Lets the fields point at these places. Their values stay, and so does what was proposed before they were confirmed.
pub(crate) async fn put_places(
    connection: &mut Connection,
    document: DocumentId,
    places: &[NewPlace],
) -> Result<()> {
    let sql = "update field set page = $3, region = $4, written = $5 where document_id = $1 and key = $2";
    for place in places {
        database::query(sql)
            .bind(document.to_string())
            .bind(&place.key)
            .bind(i64::from(place.page))
            .bind(place.region.as_ref().map(database::json))
            .bind(&place.written)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The pages on which a value may stand: the first ones, from which fields are proposed, and those that a field names. Each by the
/// reading that will count: of this pass, unless only an earlier one could read it ([`crate::passes::let_count`]).
async fn pages_to_search(connection: &mut Connection, job: &Job) -> Result<Vec<(Page, Option<Reading>)>> {
    let sql = select_pages!(
        "where p.document_id = $1 and (p.pass = $2 or p.counts = 1)
             and (p.number <= $3 or p.number in (select page from field where document_id = $1))
         order by p.number, case when r.engine is null then 1 else 0 end, p.pass desc"
    );
    let question = database::query(sql).bind(job.document.to_string());
    let question = question.bind(i64::from(job.pass)).bind(i64::from(SEARCHED_PAGES_MAX));
    let rows = question.fetch_all(connection).await?;
    let mut pages = rows.iter().map(documents::page_with_reading).collect::<Result<Vec<_>>>()?;
    pages.dedup_by_key(|(page, _)| page.number);
    Ok(pages)
}

/// Keys of fields whose check fails and that a person neither changed nor gave a reason for.
pub(crate) async fn unexplained(
    connection: &mut Connection,
    document: DocumentId,
    confirmed: &[(String, String)],
    reasons: &[(String, String)],
) -> Result<Vec<String>> {
    let has = |pairs: &[(String, String)], key: &str, value: Option<&str>| {
        pairs.iter().any(|(of, text)| of == key && value.is_none_or(|value| value == text))
    };
    let doubted = of(connection, document).await?.into_iter().filter(|field| fails_a_check(&field.doubts));
    let open = doubted.filter(|field| {
        has(confirmed, &field.key, field.proposed.as_deref()) && !has(reasons, &field.key, None)
    });
    Ok(open.map(|field| field.key).collect())
}

/// Confirms nothing that fails a check unless a person changed it or says why it is right all the same.
pub(crate) async fn check_doubts(
    connection: &mut Connection,
    document: DocumentId,
    confirmed: &[(String, String)],
    reasons: &[(String, String)],
) -> Result<()> {
    let keys = unexplained(connection, document, confirmed, reasons).await?;
    if keys.is_empty() {
        return Ok(());
    }
    let labels: Vec<_> = keys.iter().filter_map(|key| field_key(key)).map(|entry| entry.label).collect();
    let message = format!(
        "{}: giá trị máy đọc không qua được phép kiểm tra. Hãy đối chiếu với bản giấy rồi sửa lại, hoặc ghi vì sao giá trị vẫn đúng.",
        labels.join(", ")
    );
    Err(Error::Doubtful { keys, message })
}

/// Stores what a person confirmed: exactly these keys and values. What was proposed stays beside it; a proposed field that the
/// person left out keeps its proposal and loses its value.
pub(crate) async fn confirm(
    connection: &mut Connection,
    document: DocumentId,
    fields: &[(String, String)],
    reasons: &[(String, String)],
    account: &str,
    at: i64,
) -> Result<()> {
    database::query(
        "update field set value = null, confirmed_by = $2, confirmed_at = $3 where document_id = $1",
    )
    .bind(document.to_string())
    .bind(account)
    .bind(at)
    .execute(&mut *connection)
    .await?;
    // A value that equals the proposal keeps its source and confidence; any other is the person's own.
    let sql = "insert into field (document_id, key, position, value, source, confidence, confirmed_by, confirmed_at, reason)
               values ($1, $2, $3, $4, $5, 100, $6, $7, $8)
               on conflict (document_id, key) do update set
                   position = excluded.position,
                   value = excluded.value,
                   reason = excluded.reason,
                   source = case when field.proposed = excluded.value then field.proposed_source else excluded.source end,
                   confidence = case when field.proposed = excluded.value then field.proposed_confidence else 100 end";
    for (position, (key, value)) in fields.iter().enumerate() {
        database::query(sql)
            .bind(document.to_string())
            .bind(key)
            .bind(position as i64)
            .bind(value)
            .bind(database::word(&FieldSource::Manual))
            .bind(account)
            .bind(at)
            .bind(reasons.iter().find(|(of, _)| of == key).map(|(_, reason)| reason))
            .execute(&mut *connection)
            .await?;
    }
    let absent = reasons.iter().filter(|(key, _)| fields.iter().all(|(there, _)| there != key));
    for (key, reason) in absent.filter(|(key, _)| field_key(key).is_some()) {
        keep_absence(connection, document, key, reason, (account, at)).await?;
    }
    Ok(())
}

/// Keeps why a field is not on the paper. It has no value, so it is shown nowhere and found by nothing.
async fn keep_absence(
    connection: &mut Connection,
    document: DocumentId,
    key: &str,
    reason: &str,
    (account, at): (&str, i64),
) -> Result<()> {
    let sql = "insert into field (document_id, key, position, source, confidence, confirmed_by, confirmed_at, reason)
               values ($1, $2, 0, $3, 100, $4, $5, $6)
               on conflict (document_id, key) do update set reason = excluded.reason";
    database::query(sql)
        .bind(document.to_string())
        .bind(key)
        .bind(database::word(&FieldSource::Manual))
        .bind(account)
        .bind(at)
        .bind(reason)
        .execute(connection)
        .await?;
    Ok(())
}
