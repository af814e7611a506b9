//! The key of the access log: made at the first start, kept in the database under a master key. Whoever has the database alone cannot
//! sign.

use crate::Repository;
use crate::access;
use crate::audit::{Entry, LogKey, PublicKey};
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::keys::MasterKey;
use crate::record::SubjectId;
use crate::seal::Key;

/// What the key is bound to under the master key: it opens as nothing else.
const BOUND_TO: &str = "access log";

/// Entries of an older version signed in one transaction: half a second.
const ADOPTED_PER_STEP: i64 = 1_000;

impl Repository {
    /// The public key of the access log: with it anyone can check an exported log. Give it away and keep it where the data is not.
    pub fn log_public_key(&self) -> Result<PublicKey> {
        Ok(self.database().pen()?.public().clone())
    }

    /// At start: opens the key of the log, or makes it, and signs what stood in the log of an older version.
    pub(crate) async fn open_log(&self) -> Result<()> {
        let master = self.master_key().await?;
        let mut transaction = self.database().write().await?;
        let known = database::query("select log, public_key, master_key_id, wrapped from access_log");
        let key = match known.fetch_optional(&mut *transaction).await? {
            Some(row) => self.unwrap_log_key(&row).await?,
            None => make(&mut transaction, &master).await?,
        };
        transaction.commit().await?;
        self.database().sign_with(key);
        while self.adopt_some().await? {}
        Ok(())
    }

    async fn unwrap_log_key(&self, row: &Row) -> Result<LogKey> {
        let master = self.keyring().get(&row.get::<String>("master_key_id")?).await?;
        let seed = master.unwrap(BOUND_TO, &row.get::<String>("wrapped")?);
        let key =
            seed.map(|seed| Ok::<_, Error>(LogKey::from_seed(&row.get::<String>("log")?, seed.as_bytes())));
        let key = key.transpose()?.filter(|key| {
            row.get::<String>("public_key").is_ok_and(|known| known == key.public().to_string())
        });
        key.ok_or_else(|| Error::Corrupt("the key of the access log does not open".into()))
    }

    /// Puts the key of the log under another master key.
    pub(crate) async fn rewrap_log_key(&self, target: &MasterKey) -> Result<()> {
        let mut transaction = self.database().write().await?;
        let sql = "select master_key_id, wrapped from access_log where master_key_id <> $1";
        if let Some(row) = database::query(sql).bind(target.id()).fetch_optional(&mut *transaction).await? {
            let master = self.keyring().get(&row.get::<String>("master_key_id")?).await?;
            let seed = master.unwrap(BOUND_TO, &row.get::<String>("wrapped")?);
            let seed =
                seed.ok_or_else(|| Error::Corrupt("the key of the access log does not open".into()))?;
            let sql = "update access_log set master_key_id = $1, wrapped = $2";
            let update = database::query(sql).bind(target.id()).bind(target.wrap(BOUND_TO, &seed));
            update.execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    /// Takes entries of an older version into the signed log, in their order and with their times; whether there may be more.
    async fn adopt_some(&self) -> Result<bool> {
        let mut transaction = self.database().write().await?;
        let sql = "select * from access_entry_before order by number limit $1";
        let rows = database::query(sql).bind(ADOPTED_PER_STEP).fetch_all(&mut *transaction).await?;
        for row in &rows {
            let (entry, subject) = old_entry(row)?;
            let at = entry.at.as_microsecond();
            access::append(&mut transaction, entry, at, subject.as_slice()).await?;
        }
        if let Some(last) = rows.last() {
            let delete = database::query("delete from access_entry_before where number <= $1");
            delete.bind(last.get::<i64>("number")?).execute(&mut *transaction).await?;
        }
        transaction.commit().await?;
        Ok(!rows.is_empty())
    }
}

async fn make(connection: &mut Connection, master: &MasterKey) -> Result<LogKey> {
    let seed = Key::random();
    let key = LogKey::from_seed(&format!("motlan/{}", database::new_key()), seed.as_bytes());
    let sql =
        "insert into access_log (id, log, public_key, master_key_id, wrapped) values (1, $1, $2, $3, $4)";
    database::query(sql)
        .bind(key.public().log())
        .bind(key.public().to_string())
        .bind(master.id())
        .bind(master.wrap(BOUND_TO, &seed))
        .execute(connection)
        .await?;
    Ok(key)
}

/// An entry as it stood in the log before entries were signed.
fn old_entry(row: &Row) -> Result<(Entry, Option<SubjectId>)> {
    let entry = Entry {
        v: Entry::VERSION,
        log: String::new(),
        number: 0,
        at: database::read_time(row, "at")?,
        account: row.get("account")?,
        name: row.get("name")?,
        role: row.get("role")?,
        agency: row.get("agency")?,
        unit: String::new(),
        source: String::new(),
        destination: String::new(),
        action: row.get("action")?,
        purpose: row.get("purpose")?,
        basis: None,
        document: database::read_word_or_none(row, "document_id")?,
        owners: Vec::new(),
        allowed: database::flag(row, "allowed")?,
        visible_from: None,
    };
    Ok((entry, database::read_word_or_none(row, "subject_id")?))
}
