//! Which master key counts, and changing every data key to another one while papers come and go.
//!
//! A change is three steps, each durable before the next: the new key stands in the key source, it counts, data keys are wrapped anew.
//! Whoever is killed in between says the same again and goes on. Stored bytes are not touched.

use crate::Repository;
use crate::database::{self, Row};
use crate::error::{Error, Result};
use crate::keys::{KeySource, MasterKey};
use crate::record::{DocumentId, MasterKeyState};

/// Data keys wrapped anew in one transaction: some milliseconds, so that receipts do not wait.
const KEYS_PER_STEP: i64 = 200;

impl Repository {
    /// At start: the master key that counts is held, and so is every other that some data key still needs. The first start of an
    /// installation takes the first key of its source, and makes our own key file.
    pub(crate) async fn check_master_keys(&self) -> Result<()> {
        if self.id_that_counts().await?.is_none() {
            self.begin_with_a_key().await?;
        }
        let sql = "select id from master_key where counts = 1
                   union select master_key_id as id from data_key where destroyed_at is null";
        for row in database::query(sql).fetch_all(self.database().reader()).await? {
            self.keyring().get(row.get("id")?).await?;
        }
        let (first, counts) = (self.first_key()?, self.master_key().await?);
        if first.id() != counts.id() {
            tracing::warn!(
                first = first.id(),
                in_use = counts.id(),
                "the first master key is not the one in use: `motlan keys rotate` changes to it"
            );
        }
        Ok(())
    }

    async fn begin_with_a_key(&self) -> Result<()> {
        if let (KeySource::OwnFile(path), []) = (self.keyring().source(), &*self.keyring().held()) {
            self.keyring().add(MasterKey::random()).await?;
            tracing::info!(
                file = %path.display(),
                "made the master key; keep a copy of it elsewhere: without it no stored paper can be opened"
            );
        }
        self.let_count(&self.first_key()?).await
    }

    fn first_key(&self) -> Result<MasterKey> {
        let none = || Error::keys(format!("{} gives no master key", self.keyring().source()));
        self.keyring().held().first().cloned().ok_or_else(none)
    }

    /// The master key that counts.
    pub(crate) async fn master_key(&self) -> Result<MasterKey> {
        let id = self.id_that_counts().await?;
        let id = id.ok_or_else(|| Error::Corrupt("no master key counts".into()))?;
        self.keyring().get(&id).await
    }

    async fn id_that_counts(&self) -> Result<Option<String>> {
        let question = database::query("select id from master_key where counts = 1");
        let row = question.fetch_optional(self.database().reader()).await?;
        row.map(|row| row.get("id")).transpose()
    }

    async fn let_count(&self, key: &MasterKey) -> Result<()> {
        let mut transaction = self.database().write().await?;
        database::query("update master_key set counts = 0 where counts = 1")
            .execute(&mut *transaction)
            .await?;
        let sql = "insert into master_key (id, added_at, counts) values ($1, $2, 1)
                   on conflict (id) do update set counts = 1";
        database::query(sql).bind(key.id()).bind(database::now()).execute(&mut *transaction).await?;
        transaction.commit().await
    }

    /// Wraps every data key under another master key: the first of the key source; when that is in use already and nothing is left to do,
    /// a new one, which is put first where the source is a file. `progress` gets (done, total) data keys. May run while papers are received
    /// and read, and be said again after it was cut short. Answers the keys as [`Repository::master_keys`] does.
    ///
    /// # Errors
    /// `Keys` when the new key has to come from the operator first.
    pub async fn rotate_keys(
        &self,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Vec<MasterKeyState>> {
        self.keyring().read().await?;
        let counts = self.master_key().await?;
        if self.first_key()?.id() != counts.id() {
            self.let_count(&self.first_key()?).await?;
        } else if self.left_under_others().await? == 0 {
            self.keyring().add(MasterKey::random()).await?;
            self.let_count(&self.first_key()?).await?;
        }
        let total = self.left_under_others().await?;
        let mut done = 0;
        loop {
            let step = self.rewrap_some().await?;
            if step == 0 {
                let target = self.master_key().await?;
                self.rewrap_log_key(&target).await?;
                self.rewrap_second_factors(&target).await?;
                return self.master_keys().await;
            }
            done += step;
            progress(done, total.max(done));
        }
    }

    async fn left_under_others(&self) -> Result<u64> {
        let sql = "select count(*) as left_over from data_key where destroyed_at is null
                       and master_key_id <> (select id from master_key where counts = 1)";
        database::whole(&database::query(sql).fetch_one(self.database().reader()).await?, "left_over")
    }

    /// Answers how many were done.
    async fn rewrap_some(&self) -> Result<u64> {
        let target = self.master_key().await?;
        let sql = "select document_id, master_key_id, wrapped from data_key
                   where destroyed_at is null and master_key_id <> $1 order by document_id limit $2";
        let question = database::query(sql).bind(target.id()).bind(KEYS_PER_STEP);
        let rows = question.fetch_all(self.database().reader()).await?;
        let mut wrapped_anew = Vec::new();
        for row in &rows {
            let document: DocumentId = database::read_word(row, "document_id")?;
            let key = self.paper_key(document).await;
            match key {
                Ok(key) => wrapped_anew.push((document, target.wrap(&document.to_string(), key.key()))),
                // Since a moment ago.
                Err(Error::Erased { .. }) => {}
                Err(other) => return Err(other),
            }
        }
        let mut transaction = self.database().write().await?;
        for (document, wrapped) in wrapped_anew {
            let sql = "update data_key set master_key_id = $2, wrapped = $3
                       where document_id = $1 and destroyed_at is null";
            database::query(sql)
                .bind(document.to_string())
                .bind(target.id())
                .bind(wrapped)
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(rows.len() as u64)
    }

    /// The master keys that the database knows, oldest first.
    pub async fn master_keys(&self) -> Result<Vec<MasterKeyState>> {
        let sql = "select id, added_at, counts, (select count(*) from data_key
                       where master_key_id = master_key.id and destroyed_at is null) as data_keys
                   from master_key order by added_at, id";
        let rows = database::query(sql).fetch_all(self.database().reader()).await?;
        let held = self.keyring().held();
        let state = |row: &Row| {
            let id: String = row.get("id")?;
            Ok(MasterKeyState {
                is_held: held.iter().any(|key| key.id() == id),
                added_at: database::read_time(row, "added_at")?,
                is_used: database::whole::<u8>(row, "counts")? == 1,
                data_keys: database::whole(row, "data_keys")?,
                id,
            })
        };
        rows.iter().map(state).collect()
    }

    /// Where the master keys are, in words.
    pub fn key_source(&self) -> String {
        self.keyring().source().to_string()
    }
}
