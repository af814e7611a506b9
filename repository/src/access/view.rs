//! The log as those see it whom it concerns: who looked at a paper, or at anything of a subject. Entries that are sealed are left out
//! until their day comes; auditors see them.

use crate::Repository;
use crate::access::Touched;
use crate::database::{self, Row};
use crate::error::{Error, Result};
use crate::merging::one_person;
use crate::policy;
use crate::record::{AccessEntry, Action, Actor, DocumentId, SubjectId};

impl Repository {
    /// Who looked at a paper, newest first, at most `limit`. Looking at the log stands in the log as well (SEC-04).
    pub async fn access_log(&self, actor: &Actor, id: DocumentId, limit: u32) -> Result<Vec<AccessEntry>> {
        let sql = "select * from access_entry
                   where document_id = $1 and (visible_from is null or visible_from <= $2)
                   order by number desc limit $3";
        self.seen(actor, sql, &id.to_string(), id.into(), limit).await
    }

    /// Who looked at anything of a subject, newest first, at most `limit`, also under an older number before both were merged, and after
    /// its papers were destroyed. Of joint papers the entries are there, of their other owners nothing is. Access entry `Audit`.
    pub async fn subject_access_log(
        &self,
        actor: &Actor,
        id: SubjectId,
        limit: u32,
    ) -> Result<Vec<AccessEntry>> {
        let sql = concat!(
            one_person!(),
            "select distinct access_entry.* from access_owner
                 join access_entry on access_entry.number = access_owner.number
             where access_owner.subject_id in (select id from one) and (visible_from is null or visible_from <= $2)
             order by number desc limit $3"
        );
        self.seen(actor, sql, &id.to_string(), id.into(), limit).await
    }

    async fn seen(
        &self,
        actor: &Actor,
        sql: &'static str,
        key: &str,
        touched: Touched,
        limit: u32,
    ) -> Result<Vec<AccessEntry>> {
        self.permit(actor, Action::Audit, touched).await?;
        // Days are compared as text; `A` is after every digit, and so after every day.
        let until = if policy::may_ever(actor, Action::ExportLog) {
            "A".to_owned()
        } else {
            database::today().to_string()
        };
        let question = database::query(sql).bind(key).bind(until).bind(i64::from(limit));
        let rows = question.fetch_all(self.database().reader()).await?;
        let entries = rows.iter().map(entry_from).collect::<Result<Vec<_>>>()?;
        if entries.is_empty() {
            return Err(Error::NotFound);
        }
        self.note_access(actor, Action::Audit, &[touched]).await?;
        Ok(entries)
    }
}

fn entry_from(row: &Row) -> Result<AccessEntry> {
    Ok(AccessEntry {
        number: database::whole(row, "number")?,
        at: database::read_time(row, "at")?,
        account: row.get("account")?,
        name: row.get("name")?,
        agency: row.get("agency")?,
        unit: row.get("unit")?,
        action: database::read_word(row, "action")?,
        purpose: row.get("purpose")?,
        basis: row.get("basis")?,
        document: database::read_word_or_none(row, "document_id")?,
        allowed: database::flag(row, "allowed")?,
    })
}
