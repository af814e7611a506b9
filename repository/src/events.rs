//! What was done to each paper, step by step (DIG-06): who, when, why. And the versions that no longer count.

use crate::Repository;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::record::*;
use crate::{documents, fields, owners};

/// Account of the program where it acts by itself.
const MACHINE: &str = "motlan";

/// One step as it is to be written.
pub(crate) struct NewEvent<'a> {
    pub(crate) step: DocumentStep,
    /// None: the program itself.
    pub(crate) actor: Option<&'a Actor>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) other: Option<DocumentId>,
}

/// Writes a step without a reason.
pub(crate) async fn note(
    connection: &mut Connection,
    actor: Option<&Actor>,
    id: DocumentId,
    step: DocumentStep,
) -> Result<()> {
    write(connection, id, NewEvent { step, actor, reason: None, other: None }).await
}

/// Writes a step as part of the transaction that takes it.
pub(crate) async fn write(connection: &mut Connection, id: DocumentId, event: NewEvent<'_>) -> Result<()> {
    let sql = "insert into document_event (document_id, number, at, step, account, agency, reason, other_id)
               values ($1, (select coalesce(max(number), 0) + 1 from document_event where document_id = $1),
                   $2, $3, $4, $5, $6, $7)";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::now())
        .bind(database::word(&event.step))
        .bind(event.actor.map_or(MACHINE, |actor| actor.account.as_str()))
        .bind(event.actor.map_or("", |actor| actor.agency.as_str()))
        .bind(event.reason)
        .bind(event.other.map(|id| id.to_string()))
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps the version that counts now as it stands, because a correction is about to replace it.
pub(crate) async fn keep_version(
    connection: &mut Connection,
    actor: &Actor,
    document: &Document,
    reason: &str,
) -> Result<()> {
    let record = FiledRecord {
        document_type: document.document_type,
        title: document.title.clone(),
        owners: owners::of(connection, document.id).await?,
        fields: fields::of(connection, document.id).await?,
    };
    let sql = "insert into document_version (document_id, version, record, replaced_at, replaced_by, reason)
               values ($1, $2, $3, $4, $5, $6)";
    database::query(sql)
        .bind(document.id.to_string())
        .bind(i64::from(document.version))
        .bind(database::json(&record))
        .bind(database::now())
        .bind(&actor.account)
        .bind(reason)
        .execute(connection)
        .await?;
    Ok(())
}

impl Repository {
    /// What was done to a paper, and its versions that no longer count. Access entry `Audit`: older versions may hold what was wrong
    /// about a person.
    pub async fn history(&self, actor: &Actor, id: DocumentId) -> Result<History> {
        // Whoever reads the log alone sees no content.
        self.permit(actor, Action::View, id).await?;
        self.permit(actor, Action::Audit, id).await?;
        let mut snapshot = self.database().read().await?;
        documents::find(&mut snapshot, id).await?.ok_or(Error::NotFound)?;
        let sql = "select * from document_event where document_id = $1 order by number";
        let rows = database::query(sql).bind(id.to_string()).fetch_all(&mut *snapshot).await?;
        let events = rows.iter().map(event_from).collect::<Result<_>>()?;
        let sql = "select * from document_version where document_id = $1 order by version";
        let rows = database::query(sql).bind(id.to_string()).fetch_all(&mut *snapshot).await?;
        let versions = rows.iter().map(version_from).collect::<Result<_>>()?;
        drop(snapshot);
        self.note_access(actor, Action::Audit, &[id.into()]).await?;
        Ok(History { events, versions })
    }
}

fn event_from(row: &Row) -> Result<DocumentEvent> {
    Ok(DocumentEvent {
        number: database::whole(row, "number")?,
        at: database::read_time(row, "at")?,
        step: database::read_word(row, "step")?,
        account: row.get("account")?,
        agency: row.get("agency")?,
        reason: row.get("reason")?,
        other: database::read_word_or_none(row, "other_id")?,
    })
}

fn version_from(row: &Row) -> Result<DocumentVersion> {
    Ok(DocumentVersion {
        version: database::whole(row, "version")?,
        record: database::read_json(row, "record")?,
        replaced_at: database::read_time(row, "replaced_at")?,
        replaced_by: row.get("replaced_by")?,
        reason: row.get("reason")?,
    })
}
