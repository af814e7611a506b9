//! Sessions of browsers: `tower-sessions` over the records, which keep only hashes of their secrets.

use super::{ABSOLUTE, HOLDER, Holder, IDLE, STEPS};
use async_trait::async_trait;
use jiff::Timestamp;
use repository::Repository;
use repository::record::SessionRow;
use sha2::{Digest, Sha256};
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// Name of the cookie; the prefix has browsers refuse it from any other site, for parts of this one, and without TLS. Browsers count the
/// machine's own addresses as safe.
const COOKIE: &str = "__Host-motlan";

/// The header that has a browser forget the cookie: without Secure it would not let one of this prefix go.
pub(crate) const SESSION_GONE: &str = "__Host-motlan=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0";

/// Where sessions are kept.
#[derive(Debug, Clone)]
pub(crate) struct Sessions(Repository);

/// The layer that gives every request its session.
pub(crate) fn layer(repository: Repository) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions(repository))
        .with_name(COOKIE)
        .with_secure(true)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        // It goes with the browser; how long it holds at most is decided here, and not by what a browser keeps.
        .with_expiry(Expiry::OnSessionEnd)
}

/// Under which name a session is kept.
pub(crate) fn hash_of(id: Id) -> String {
    hex::encode(Sha256::digest(id.0.to_be_bytes()))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self.0.begin_session(&row(record)?).await.map_err(failed)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.0.keep_session(&row(record)?).await.map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(row) = self.0.session(&hash_of(*id)).await.map_err(failed)? else { return Ok(None) };
        let data = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(row.ends_at.as_second());
        let expiry_date = expiry_date.map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.0.end_session(&hash_of(*id)).await.map_err(failed)
    }
}

fn failed(error: repository::Error) -> Error {
    Error::Backend(error.to_string())
}

fn row(record: &Record) -> Result<SessionRow> {
    let now = Timestamp::now();
    let holder = record.data.get(HOLDER).cloned().map(serde_json::from_value::<Holder>);
    let holder = holder.transpose().map_err(|error| Error::Encode(error.to_string()))?;
    let ends_at = match &holder {
        Some(holder) => (holder.seen_at + IDLE).min(holder.began_at + ABSOLUTE),
        // Who is only about to be in does not come back after lunch.
        None => now + STEPS,
    };
    Ok(SessionRow {
        hash: hash_of(record.id),
        account: holder.map(|holder| holder.account),
        data: serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?,
        made_at: now,
        seen_at: now,
        ends_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;
    use repository::record::AccountId;

    /// A session that is written for another reason lasts no longer for it.
    #[test]
    fn a_session_ends_by_what_its_holder_did() {
        let seen_at = Timestamp::now() - SignedDuration::from_mins(10);
        let check = |began_at: Timestamp, ends_at: Timestamp| {
            let account: AccountId = "01890000-0000-7000-8000-000000000000".parse().expect("a key");
            let holder = Holder { account, began_at, seen_at, proved_at: began_at };
            let data = [(HOLDER.to_owned(), serde_json::to_value(holder).expect("JSON"))].into();
            let record = Record { id: Id::default(), data, expiry_date: OffsetDateTime::now_utc() };
            assert_eq!(row(&record).expect("a row").ends_at, ends_at);
        };
        check(seen_at, seen_at + IDLE);
        let long_ago = seen_at - ABSOLUTE + SignedDuration::from_mins(11);
        check(long_ago, long_ago + ABSOLUTE);
    }
}
