//! Fields of a paper: what the machine proposed and what a person confirmed stand side by side (invariant 5).

use crate::database::{self, Connection, Row};
use crate::document_type::field_key;
use crate::error::Result;
use crate::record::{DocumentId, Field, FieldSource, ProposedField};
use sqlx::Row as _;

/// The fields of a paper in the order of the form, without those that a person left out.
pub(crate) async fn of(connection: &mut Connection, document: DocumentId) -> Result<Vec<Field>> {
    let sql = "select key, value, proposed, source, confidence, page, region, written, doubts, confirmed_by,
                   confirmed_at
               from field where document_id = $1 and value is not null order by position";
    let rows = sqlx::query(sql).bind(document.to_string()).fetch_all(connection).await?;
    rows.iter().map(field_from).collect()
}

fn field_from(row: &Row) -> Result<Field> {
    Ok(Field {
        key: row.try_get("key")?,
        value: row.try_get("value")?,
        proposed: row.try_get("proposed")?,
        source: database::read_word(row, "source")?,
        confidence: row.try_get::<f64, _>("confidence")? as f32,
        page: database::whole_or_none(row, "page")?,
        region: database::read_json_or_none(row, "region")?,
        written: row.try_get("written")?,
        doubts: database::read_json(row, "doubts")?,
        confirmed_by: row.try_get("confirmed_by")?,
        confirmed_at: database::read_time_or_none(row, "confirmed_at")?,
    })
}

/// Stores what the machine proposes. A key that the dictionary does not know, or that came before, is left out.
pub(crate) async fn propose(
    connection: &mut Connection,
    document: DocumentId,
    fields: &[ProposedField],
) -> Result<()> {
    let sql = "insert into field (document_id, key, position, value, source, confidence,
                   proposed, proposed_source, proposed_confidence, page, region, written, doubts)
               values ($1, $2, $3, $4, $5, $6, $4, $5, $6, $7, $8, $9, $10) on conflict (document_id, key) do nothing";
    for (position, field) in fields.iter().enumerate() {
        if field_key(&field.key).is_none() {
            tracing::warn!(document = %document, key = field.key, "a proposed field is not in the dictionary");
            continue;
        }
        sqlx::query(sql)
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

/// Stores what a person confirmed: exactly these keys and values. What was proposed stays beside it; a proposed field that the
/// person left out keeps its proposal and loses its value.
pub(crate) async fn confirm(
    connection: &mut Connection,
    document: DocumentId,
    fields: &[(String, String)],
    account: &str,
    at: i64,
) -> Result<()> {
    sqlx::query("update field set value = null, confirmed_by = $2, confirmed_at = $3 where document_id = $1")
        .bind(document.to_string())
        .bind(account)
        .bind(at)
        .execute(&mut *connection)
        .await?;
    // A value that equals the proposal keeps its source and confidence; any other is the person's own.
    let sql = "insert into field (document_id, key, position, value, source, confidence, confirmed_by, confirmed_at)
               values ($1, $2, $3, $4, $5, 100, $6, $7)
               on conflict (document_id, key) do update set
                   position = excluded.position,
                   value = excluded.value,
                   source = case when field.proposed = excluded.value then field.proposed_source else excluded.source end,
                   confidence = case when field.proposed = excluded.value then field.proposed_confidence else 100 end";
    for (position, (key, value)) in fields.iter().enumerate() {
        sqlx::query(sql)
            .bind(document.to_string())
            .bind(key)
            .bind(position as i64)
            .bind(value)
            .bind(database::word(&FieldSource::Manual))
            .bind(account)
            .bind(at)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
