//! The access log (PDP-10): every look at a person's record and every change of it, the refused attempts too. The entry of a change
//! stands in the transaction of the change; the entry of a look is durable before the caller gets what was read.

use crate::Repository;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::policy;
use crate::record::{AccessEntry, Action, Actor, DocumentId, SubjectId};

/// Whose record an entry speaks of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Touched {
    /// The paper.
    pub(crate) document: Option<DocumentId>,
    /// The subject; of a paper it need not be named, the log takes it from the record.
    pub(crate) subject: Option<SubjectId>,
}

impl Touched {
    /// No one's record: a search or list that found nothing, or an act before there is a record.
    pub(crate) const NONE: Touched = Touched { document: None, subject: None };
}

impl From<DocumentId> for Touched {
    fn from(document: DocumentId) -> Touched {
        Touched { document: Some(document), subject: None }
    }
}

impl From<SubjectId> for Touched {
    fn from(subject: SubjectId) -> Touched {
        Touched { document: None, subject: Some(subject) }
    }
}

/// Writes an entry as part of the transaction that touches the record.
pub(crate) async fn write(
    connection: &mut Connection,
    actor: &Actor,
    action: Action,
    touched: impl Into<Touched>,
    allowed: bool,
) -> Result<()> {
    let touched = touched.into();
    let number = next_entry(connection).await?;
    let sql = "insert into access_entry
                   (number, at, account, name, agency, role, action, purpose, document_id, subject_id, allowed)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                   coalesce($10, (select subject_id from document where id = $9)), $11)";
    database::query(sql)
        .bind(number)
        .bind(database::now())
        .bind(&actor.account)
        .bind(&actor.name)
        .bind(&actor.agency)
        .bind(database::word(&actor.role))
        .bind(database::word(&action))
        .bind(&actor.purpose)
        .bind(touched.document.map(|id| id.to_string()))
        .bind(touched.subject.map(|id| id.to_string()))
        .bind(allowed)
        .execute(connection)
        .await?;
    Ok(())
}

/// Takes the next number of the log: no gaps, and in the order of commits. Every transaction writes its entries last, so that the counter
/// is locked no longer than it takes to commit. Entries that stand in the log from before there was the counter go before.
async fn next_entry(connection: &mut Connection) -> Result<i64> {
    let sql = "insert into counter (name, value)
                   values ('access_entry', (select coalesce(max(number), 0) + 1 from access_entry))
               on conflict (name) do update set value = counter.value + 1 returning value";
    database::query(sql).fetch_one(connection).await?.get("value")
}

impl Repository {
    /// Lets the actor pass, or logs the refused attempt and answers `Forbidden`. Comes before any look at a record, so that a
    /// refusal says nothing about whether the record exists.
    pub(crate) async fn permit(
        &self,
        actor: &Actor,
        action: Action,
        touched: impl Into<Touched>,
    ) -> Result<()> {
        if policy::may(actor, action) {
            return Ok(());
        }
        let mut transaction = self.database().write_beside().await?;
        write(&mut transaction, actor, action, touched, false).await?;
        transaction.commit().await?;
        Err(Error::Forbidden)
    }

    /// Logs a look at records, all its entries in one transaction. They are durable before the caller hands out what it read: no
    /// entry, no bytes.
    pub(crate) async fn note_access(&self, actor: &Actor, action: Action, touched: &[Touched]) -> Result<()> {
        let mut transaction = self.database().write_beside().await?;
        for one in touched {
            write(&mut transaction, actor, action, *one, true).await?;
        }
        transaction.commit().await
    }

    /// Who looked at a paper, newest first, at most `limit`. Looking at the log stands in the log as well (SEC-04).
    pub async fn access_log(&self, actor: &Actor, id: DocumentId, limit: u32) -> Result<Vec<AccessEntry>> {
        self.permit(actor, Action::Audit, id).await?;
        let sql = "select number, at, account, agency, action, purpose, document_id, subject_id, allowed
                   from access_entry where document_id = $1 order by number desc limit $2";
        let question = database::query(sql).bind(id.to_string()).bind(i64::from(limit));
        let rows = question.fetch_all(self.database().reader()).await?;
        let entries = rows.iter().map(entry_from).collect::<Result<Vec<_>>>()?;
        if entries.is_empty() {
            return Err(Error::NotFound);
        }
        self.note_access(actor, Action::Audit, &[id.into()]).await?;
        Ok(entries)
    }
}

fn entry_from(row: &Row) -> Result<AccessEntry> {
    Ok(AccessEntry {
        number: database::whole(row, "number")?,
        at: database::read_time(row, "at")?,
        account: row.get("account")?,
        agency: row.get("agency")?,
        action: database::read_word(row, "action")?,
        purpose: row.get("purpose")?,
        document: database::read_word_or_none(row, "document_id")?,
        subject: database::read_word_or_none(row, "subject_id")?,
        allowed: database::flag(row, "allowed")?,
    })
}
