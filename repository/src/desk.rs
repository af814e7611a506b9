//! The desk of an officer who reviews: which papers lie on it, so that two do not type the same, and what was typed, so that nothing is
//! lost when a browser dies. A paper is only said to be in front of someone, never locked: who opens it all the same may go on.

use crate::Repository;
use crate::access;
use crate::database::{self, Connection, Row};
use crate::documents;
use crate::error::{Error, Result};
use crate::lifecycle::{self, Position};
use crate::record::*;
use jiff::Timestamp;
use std::collections::HashMap;
use std::time::Duration;

/// How long a paper counts as being in front of someone who does nothing more: as long as an idle screen takes to hide itself.
const HELD_FOR: Duration = Duration::from_secs(5 * 60);
/// How long it is kept: nobody goes on with what they left a month ago, and the paper is still there.
const UNFINISHED_KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 3600);
/// Bytes of it at most: all fields of the dictionary, each with a long value.
const UNFINISHED_BYTES_MAX: usize = 256 << 10;
/// What it is sealed as.
const SEALED_AS: &str = "unfinished";

impl Repository {
    /// Lays a paper that waits on the desk of who opens it, and answers what lies there: for those who look at it only, nothing changes.
    pub async fn take_up(&self, actor: &Actor, id: DocumentId) -> Result<Desk> {
        if !self.is_permitted(actor, Action::Confirm, id).await? {
            return Ok(Desk::default());
        }
        let mut transaction = self.database().write().await?;
        check_open(&mut transaction, id).await?;
        put(&mut transaction, id, actor, None).await?;
        let others = others(&mut transaction, &[id], &actor.account).await?.remove(&id).unwrap_or_default();
        let kept = kept(&mut transaction, id, &actor.account).await?;
        transaction.commit().await?;
        let Some((saved_at, sealed)) = kept else { return Ok(Desk { others, unfinished: None }) };
        let text = self.paper_key(id).await?.open_text(SEALED_AS, &sealed)?;
        let typed =
            serde_json::from_str(&text).map_err(|_| Error::Corrupt("what an officer typed".into()))?;
        Ok(Desk { others, unfinished: Some((saved_at, typed)) })
    }

    /// Keeps what was typed of a paper, in place of what was kept before. The first time stands in the access log (`Confirm`): from then on
    /// more is known of the paper than the machine read.
    ///
    /// # Errors
    /// `Conflict` when the paper does not wait any more; `Invalid` when it is too much.
    pub async fn keep_unfinished(
        &self,
        actor: &Actor,
        id: DocumentId,
        unfinished: &Unfinished,
    ) -> Result<Timestamp> {
        self.permit(actor, Action::Confirm, id).await?;
        let text = database::json(unfinished);
        if text.len() > UNFINISHED_BYTES_MAX {
            return Err(Error::invalid(format!(
                "Bản đang sửa dở dài {} kB, chỉ giữ được tối đa {} kB. Hãy rút gọn các ô dài.",
                text.len() >> 10,
                UNFINISHED_BYTES_MAX >> 10
            )));
        }
        let sealed = {
            documents::find_kept(&mut *self.database().read().await?, id).await?;
            self.paper_key(id).await?.seal_text(SEALED_AS, &text)
        };
        let saved_at = database::now();
        let mut transaction = self.database().write().await?;
        check_open(&mut transaction, id).await?;
        let is_first = kept(&mut transaction, id, &actor.account).await?.is_none();
        put(&mut transaction, id, actor, Some((saved_at, sealed))).await?;
        clear_old(&mut transaction, saved_at - UNFINISHED_KEPT_FOR.as_micros() as i64).await?;
        if is_first {
            access::write(&mut transaction, actor, Action::Confirm, id, true).await?;
        }
        transaction.commit().await?;
        Ok(Timestamp::from_microsecond(saved_at).unwrap_or(Timestamp::MAX))
    }

    /// Throws away what this officer typed of a paper.
    pub async fn drop_unfinished(&self, actor: &Actor, id: DocumentId) -> Result<()> {
        self.permit(actor, Action::Confirm, id).await?;
        let mut transaction = self.database().write().await?;
        clear_own(&mut transaction, id, &actor.account).await?;
        transaction.commit().await
    }
}

/// Takes a paper off the desk of one officer.
pub(crate) async fn clear_own(connection: &mut Connection, id: DocumentId, account: &str) -> Result<()> {
    let sql = "delete from review_desk where document_id = $1 and account = $2";
    database::query(sql).bind(id.to_string()).bind(account).execute(connection).await?;
    Ok(())
}

/// Clears desks of what nobody has touched since then.
async fn clear_old(connection: &mut Connection, since: i64) -> Result<()> {
    let sql = "delete from review_desk where coalesce(saved_at, held_until) < $1";
    database::query(sql).bind(since).execute(connection).await?;
    Ok(())
}

/// Takes a paper off all desks.
pub(crate) async fn clear(connection: &mut Connection, id: DocumentId) -> Result<()> {
    let sql = "delete from review_desk where document_id = $1";
    database::query(sql).bind(id.to_string()).execute(connection).await?;
    Ok(())
}

/// Who else has these papers in front of them now.
pub(crate) async fn others(
    connection: &mut Connection,
    ids: &[DocumentId],
    account: &str,
) -> Result<HashMap<DocumentId, Vec<Holder>>> {
    let sql = "select document_id, account, name from review_desk where held_until > $1 and account <> $2 and document_id in";
    let question = database::query(sql).bind(database::now()).bind(account);
    let question =
        question.with_list(ids.iter().map(DocumentId::to_string)).with(" order by document_id, account");
    database::grouped(&question.fetch_all(connection).await?, holder_from)
}

fn holder_from(row: &Row) -> Result<Holder> {
    Ok(Holder { account: row.get("account")?, name: row.get("name")? })
}

/// Of these papers, those of which this officer typed something that is not confirmed yet.
pub(crate) async fn unfinished(
    connection: &mut Connection,
    ids: &[DocumentId],
    account: &str,
) -> Result<Vec<DocumentId>> {
    let sql = "select document_id from review_desk where unfinished is not null and account = $1 and document_id in";
    let question = database::query(sql).bind(account).with_list(ids.iter().map(DocumentId::to_string));
    let rows = question.fetch_all(connection).await?;
    rows.iter().map(|row| database::read_word(row, "document_id")).collect()
}

/// Only a paper that can still be confirmed lies on desks.
async fn check_open(connection: &mut Connection, id: DocumentId) -> Result<()> {
    let document = documents::find_kept(connection, id).await?;
    match lifecycle::after(Position::from(&document), DocumentStep::Store) {
        Some(_) => Ok(()),
        None => Err(Error::Conflict { document: id }),
    }
}

/// Lays a paper on a desk, with what was typed if there is more, when it was kept and as it is sealed.
async fn put(
    connection: &mut Connection,
    id: DocumentId,
    actor: &Actor,
    typed: Option<(i64, String)>,
) -> Result<()> {
    let (saved_at, sealed) = typed.unzip();
    let sql = "insert into review_desk (document_id, account, name, held_until, saved_at, unfinished)
               values ($1, $2, $3, $4, $5, $6) on conflict (document_id, account) do update set
                   name = excluded.name,
                   held_until = excluded.held_until,
                   saved_at = coalesce(excluded.saved_at, review_desk.saved_at),
                   unfinished = coalesce(excluded.unfinished, review_desk.unfinished)";
    database::query(sql)
        .bind(id.to_string())
        .bind(&actor.account)
        .bind(&actor.name)
        .bind(after(HELD_FOR))
        .bind(saved_at)
        .bind(sealed)
        .execute(connection)
        .await?;
    Ok(())
}

/// When something was kept, and what, as it is sealed.
async fn kept(
    connection: &mut Connection,
    id: DocumentId,
    account: &str,
) -> Result<Option<(Timestamp, String)>> {
    let sql = "select saved_at, unfinished from review_desk
               where document_id = $1 and account = $2 and unfinished is not null";
    let row = database::query(sql).bind(id.to_string()).bind(account).fetch_optional(connection).await?;
    row.map(|row| Ok((database::read_time(&row, "saved_at")?, row.get("unfinished")?))).transpose()
}

fn after(time: Duration) -> i64 {
    database::now() + time.as_micros() as i64
}
