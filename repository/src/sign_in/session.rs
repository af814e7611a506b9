//! Phiên đăng nhập: who is signed in where. The secret of a session is its holder's; here is its hash.

use crate::Repository;
use crate::access::{self, Touched};
use crate::accounts;
use crate::database::{self, Row};
use crate::error::{Error, Result};
use crate::record::{Account, AccountId, Action, Route, SessionRow, Way};
use jiff::Timestamp;

impl Repository {
    /// Keeps a new session; false: its hash is taken.
    pub async fn begin_session(&self, session: &SessionRow) -> Result<bool> {
        let sql = "insert into sign_in_session (hash, account_id, data, made_at, seen_at, ends_at)
                   values ($1, $2, $3, $4, $5, $6) on conflict (hash) do nothing";
        let mut transaction = self.database().write_beside().await?;
        let begun = database::query(sql)
            .bind(&session.hash)
            .bind(session.account.map(|id| id.to_string()))
            .bind(&session.data)
            .bind(session.made_at.as_microsecond())
            .bind(session.seen_at.as_microsecond())
            .bind(session.ends_at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(begun == 1)
    }

    /// Keeps what a session remembers. One that was ended meanwhile stays ended.
    pub async fn keep_session(&self, session: &SessionRow) -> Result<()> {
        let sql = "update sign_in_session set account_id = $2, data = $3, seen_at = $4, ends_at = $5 where hash = $1";
        let mut transaction = self.database().write_beside().await?;
        database::query(sql)
            .bind(&session.hash)
            .bind(session.account.map(|id| id.to_string()))
            .bind(&session.data)
            .bind(session.seen_at.as_microsecond())
            .bind(session.ends_at.as_microsecond())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// A session that has not ended.
    pub async fn session(&self, hash: &str) -> Result<Option<SessionRow>> {
        let sql = "select * from sign_in_session where hash = $1 and ends_at > $2";
        let row = database::query(sql).bind(hash).bind(database::now());
        row.fetch_optional(self.database().reader()).await?.as_ref().map(session_from).transpose()
    }

    /// Ends a session.
    pub async fn end_session(&self, hash: &str) -> Result<()> {
        let mut transaction = self.database().write_beside().await?;
        database::query("delete from sign_in_session where hash = $1")
            .bind(hash)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// Where an account is signed in, the newest first.
    pub async fn sessions(&self, account: AccountId) -> Result<Vec<SessionRow>> {
        let sql = "select * from sign_in_session where account_id = $1 and ends_at > $2 order by seen_at desc, hash";
        let rows = database::query(sql).bind(account.to_string()).bind(database::now());
        rows.fetch_all(self.database().reader()).await?.iter().map(session_from).collect()
    }

    /// Ends the sessions of an account, but one. Access entry `SignOut` when there was another.
    pub async fn end_other_sessions(&self, account: &Account, kept: Option<&str>, way: &Way) -> Result<()> {
        let mut transaction = self.database().write().await?;
        let others = database::query("delete from sign_in_session where account_id = $1 and hash <> $2")
            .bind(account.id.to_string())
            .bind(kept.unwrap_or_default());
        if others.execute(&mut *transaction).await? > 0 {
            let actor = account.actor("Đăng xuất các phiên khác", &way.route);
            access::write(&mut transaction, &actor, Action::SignOut, Touched::NONE, true).await?;
        }
        transaction.commit().await
    }

    /// Forgets sessions, links and attempts that have ended by themselves. Access entry `SignOut` for each session that somebody was in by (SEC-05).
    pub async fn forget_ended(&self) -> Result<()> {
        let (now, mut transaction) = (Timestamp::now(), self.database().write().await?);
        let sql = "delete from account_link where ends_at <= $1";
        database::query(sql).bind(now.as_microsecond()).execute(&mut *transaction).await?;
        super::limit::forget_old(&mut transaction, now).await?;
        let sql = "delete from sign_in_session where ends_at <= $1 returning *";
        let ended = database::query(sql).bind(now.as_microsecond()).fetch_all(&mut *transaction).await?;
        for session in ended.iter().map(session_from) {
            let session = session?;
            let Some(id) = session.account else { continue };
            let account = accounts::find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
            let what = format!("Phiên tự hết lúc {}", session.ends_at.strftime("%Y-%m-%d %H:%M UTC"));
            let actor = account.actor(&what, &Route::default());
            access::write(&mut transaction, &actor, Action::SignOut, Touched::NONE, true).await?;
        }
        transaction.commit().await
    }
}

fn session_from(row: &Row) -> Result<SessionRow> {
    Ok(SessionRow {
        hash: row.get("hash")?,
        account: database::read_word_or_none(row, "account_id")?,
        data: row.get("data")?,
        made_at: database::read_time(row, "made_at")?,
        seen_at: database::read_time(row, "seen_at")?,
        ends_at: database::read_time(row, "ends_at")?,
    })
}
