//! Rights to search: who was given which, what an actor may find at this moment, and what rights ask of a paper.

use crate::access::{self, Touched};
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::record::*;
use crate::{Repository, filing, merging, policy, subjects};
use std::collections::HashMap;

impl Repository {
    /// What an actor may find now. It is asked for at every search, so that a right that was taken back is gone with the next one.
    pub async fn scope(&self, actor: &Actor) -> Result<Scope> {
        of(&mut *self.database().read().await?, actor).await
    }

    /// Rights that an account was given, the oldest first, those that were taken back too.
    pub async fn search_rights(&self, actor: &Actor, account: &str) -> Result<Vec<GrantedRight>> {
        self.permit(actor, Action::ChangeRights, Touched::NONE).await?;
        granted(&mut *self.database().read().await?, account).await
    }

    /// Gives an account a right, beside finding what its agency received or issued. Access entry `ChangeRights`.
    ///
    /// # Errors
    /// `Invalid` without an account or a reason; `NotFound` when there is no such subject.
    pub async fn grant_search(
        &self,
        actor: &Actor,
        account: &str,
        right: Right,
        reason: &str,
    ) -> Result<GrantedRight> {
        let touched = right.subject.map_or(Touched::NONE, Touched::from);
        self.permit(actor, Action::ChangeRights, Touched::NONE).await?;
        let (account, reason) = (account.trim(), filing::plan_reason(reason)?);
        if account.is_empty() {
            return Err(Error::invalid("Chưa có tên tài khoản được cấp quyền. Hãy nhập tên tài khoản."));
        }
        let id = RightId(database::new_key());
        let mut transaction = self.database().write().await?;
        if let Some(subject) = right.subject {
            subjects::find(&mut transaction, subject).await?.ok_or(Error::NotFound)?;
        }
        let sql =
            "insert into search_right (id, account, subject_id, agency, received_from, received_to, reason,
                       granted_by, granted_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        database::query(sql)
            .bind(id.to_string())
            .bind(account)
            .bind(right.subject.map(|subject| subject.to_string()))
            .bind(right.agency.as_deref())
            .bind(right.received.from.map(|day| day.to_string()))
            .bind(right.received.to.map(|day| day.to_string()))
            .bind(reason)
            .bind(&actor.account)
            .bind(database::now())
            .execute(&mut *transaction)
            .await?;
        let granted = find(&mut transaction, id).await?;
        access::write(&mut transaction, actor, Action::ChangeRights, touched, true).await?;
        transaction.commit().await?;
        Ok(granted)
    }

    /// Takes a right back. Access entry `ChangeRights`.
    ///
    /// # Errors
    /// `NotFound`; `Invalid` when it was taken back before, or without a reason.
    pub async fn revoke_search(&self, actor: &Actor, id: RightId, reason: &str) -> Result<GrantedRight> {
        self.permit(actor, Action::ChangeRights, Touched::NONE).await?;
        let reason = filing::plan_reason(reason)?;
        let mut transaction = self.database().write().await?;
        let before = find(&mut transaction, id).await?;
        let sql = "update search_right set revoked_by = $2, revoked_at = $3, revoked_reason = $4
                   where id = $1 and revoked_at is null";
        let revoked = database::query(sql)
            .bind(id.to_string())
            .bind(&actor.account)
            .bind(database::now())
            .bind(reason)
            .execute(&mut *transaction)
            .await?;
        if revoked == 0 {
            return Err(Error::invalid("Quyền này đã được thu hồi trước đó. Hãy xem lại danh sách quyền."));
        }
        let granted = find(&mut transaction, id).await?;
        let touched = before.right.subject.map_or(Touched::NONE, Touched::from);
        access::write(&mut transaction, actor, Action::ChangeRights, touched, true).await?;
        transaction.commit().await?;
        Ok(granted)
    }
}

/// What an actor may find now.
pub(crate) async fn of(connection: &mut Connection, actor: &Actor) -> Result<Scope> {
    let granted = granted(connection, &actor.account).await?;
    let mut rights = Vec::new();
    for granted in granted.into_iter().filter(|granted| granted.revoked_at.is_none()) {
        rights.push(of_who_stayed(connection, granted.right).await?);
    }
    Ok(policy::scope(actor, rights))
}

/// What rights ask of these papers.
pub(crate) async fn bounds(
    connection: &mut Connection,
    documents: &[Document],
) -> Result<HashMap<DocumentId, Bounds>> {
    let ids = || documents.iter().map(|document| document.id.to_string());
    let sql = "select document_id, agency from document_event where step = $1 and document_id in";
    let receipts = database::query(sql).bind(database::word(&DocumentStep::Receive)).with_list(ids());
    let rows = receipts.with(" order by document_id, number").fetch_all(&mut *connection).await?;
    let sql = "select id, receiver_key from document where id in";
    let keys = database::query(sql).with_list(ids()).fetch_all(&mut *connection).await?;
    let keys = keys.iter().map(|row| Ok((database::read_word(row, "id")?, row.get("receiver_key")?)));
    let mut keys = keys.collect::<Result<HashMap<DocumentId, Option<String>>>>()?;
    let receivers = database::grouped(&rows, |row| row.get::<String>("agency"))?;
    let sql = "select document_id, subject_id from document_subject where document_id in";
    let owners = database::query(sql).with_list(ids()).with(" order by document_id, position");
    let rows = owners.fetch_all(connection).await?;
    let mut owners = database::grouped(&rows, |row| database::read_word::<SubjectId>(row, "subject_id"))?;
    let bounds = documents.iter().map(|document| {
        let receivers = receivers.get(&document.id).into_iter().flatten();
        let mut subjects = owners.remove(&document.id).unwrap_or_default();
        subjects.extend(document.subject.as_ref().map(|subject| subject.id));
        let mut agencies: Vec<String> =
            receivers.chain(&document.agency).map(|name| agency_key(name)).collect();
        agencies.extend(keys.remove(&document.id).flatten());
        agencies.retain(|key| !key.is_empty());
        agencies.sort_unstable();
        agencies.dedup();
        (document.id, Bounds { subjects, agencies, received_on: database::day_of(document.received_at) })
    });
    Ok(bounds.collect())
}

async fn granted(connection: &mut Connection, account: &str) -> Result<Vec<GrantedRight>> {
    let question = database::query("select * from search_right where account = $1 order by id").bind(account);
    question.fetch_all(connection).await?.iter().map(granted_from).collect()
}

async fn find(connection: &mut Connection, id: RightId) -> Result<GrantedRight> {
    let question = database::query("select * from search_right where id = $1").bind(id.to_string());
    granted_from(&question.fetch_optional(connection).await?.ok_or(Error::NotFound)?)
}

/// A right over a subject that was merged into another one goes with it.
async fn of_who_stayed(connection: &mut Connection, mut right: Right) -> Result<Right> {
    if let Some(subject) = right.subject {
        right.subject = Some(merging::who_stayed(connection, subject).await?);
    }
    Ok(right)
}

fn granted_from(row: &Row) -> Result<GrantedRight> {
    let received = Period {
        from: database::read_word_or_none(row, "received_from")?,
        to: database::read_word_or_none(row, "received_to")?,
    };
    Ok(GrantedRight {
        id: database::read_word(row, "id")?,
        account: row.get("account")?,
        right: Right {
            subject: database::read_word_or_none(row, "subject_id")?,
            agency: row.get("agency")?,
            received,
        },
        reason: row.get("reason")?,
        granted_by: row.get("granted_by")?,
        granted_at: database::read_time(row, "granted_at")?,
        revoked_by: row.get("revoked_by")?,
        revoked_at: database::read_time_or_none(row, "revoked_at")?,
    })
}
