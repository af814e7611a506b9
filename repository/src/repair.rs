//! Mending stored bytes from a copy of them, and taking away what receipts that were cut short left behind.

use crate::Repository;
use crate::bytes::{Blobs, Bucket, blocking, object_path, sha256_hex};
use crate::data_keys::PaperKey;
use crate::database;
use crate::error::{Error, Result};
use crate::fixity::Fixity;
use crate::seal;
use crate::unsealed::plain_path;
use ::bytes::Bytes;
use futures::TryStreamExt;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// How old something must be to count as left behind: a day, where the longest receipt and the longest reading of a page take minutes.
pub const LEFT_BEHIND_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// Objects asked for at once.
const OBJECTS_PER_STEP: u32 = 1_000;

/// Where a copy of stored bytes is.
#[derive(Debug, Clone)]
pub enum BytesCopy {
    /// A copy of a data folder, or of its `blobs/`.
    Folder(PathBuf),
    /// A copy of a bucket.
    Bucket(Bucket),
}

impl BytesCopy {
    fn open(&self) -> Result<Blobs> {
        match self {
            BytesCopy::Bucket(bucket) => Blobs::open_bucket(bucket),
            BytesCopy::Folder(folder) => {
                let inside = folder.join("blobs");
                Blobs::open_folder(if inside.is_dir() { &inside } else { folder })
            }
        }
    }
}

impl Repository {
    /// Mends what is changed or missing from a copy, and answers how many objects that were. What the copy holds is opened and compared with
    /// its hash before it is used; a copy of a version that did not seal serves as well. `progress` gets (done, total) objects.
    pub async fn repair_from(
        &self,
        copy: &BytesCopy,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<u64> {
        let (copy, total) = (copy.open()?, self.tracked_count().await?);
        let (mut done, mut repaired) = (0, 0);
        let mut after = (String::new(), String::new());
        loop {
            let tracked = self.tracked_after(&after.0, &after.1, OBJECTS_PER_STEP).await?;
            let Some((last, last_sha256)) = tracked.last() else { return Ok(repaired) };
            after = (last.document().to_string(), last_sha256.clone());
            for (key, sha256) in tracked {
                repaired += u64::from(self.repair(&key, &sha256, &copy).await?);
                done += 1;
                progress(done, total.max(done));
            }
        }
    }

    async fn repair(&self, key: &PaperKey, sha256: &str, copy: &Blobs) -> Result<bool> {
        if let Fixity::Success { .. } = self.examine(key, sha256).await? {
            return Ok(false);
        }
        let Some(good) = from_copy(key, sha256, copy).await? else { return Ok(false) };
        self.blobs().put(key, sha256, good).await?;
        let fixity = self.examine(key, sha256).await?;
        self.note_fixity(key, sha256, fixity).await?;
        Ok(matches!(fixity, Fixity::Success { .. }))
    }

    /// Takes away what is older than `age` and belongs to no record: objects and data keys of receipts that were cut short, files that a
    /// killed process was writing. Answers how many objects and files. Only while no paper is being read.
    ///
    /// # Errors
    /// `Invalid` while papers wait to be read or are read.
    pub async fn remove_left_behind(&self, age: Duration) -> Result<u64> {
        if self.jobs_open().await? > 0 {
            return Err(Error::invalid("Máy đang đọc giấy tờ. Hãy làm lại việc này khi đã đọc xong."));
        }
        // Keys first: a receipt under way that finds its key gone begins anew, under another name.
        self.forget_reserved_keys(age).await?;
        let named = self.names_in_use().await?;
        let old = jiff::Timestamp::now().as_second() - age.as_secs() as i64;
        let mut stored = self.blobs().list();
        let mut removed = 0;
        while let Some(object) = stored.try_next().await? {
            if object.last_modified.timestamp() < old && !named.contains(object.location.as_ref()) {
                self.blobs().remove(&object.location).await?;
                removed += 1;
            }
        }
        Ok(removed + self.blobs().remove_unfinished(age).await?)
    }

    async fn forget_reserved_keys(&self, age: Duration) -> Result<()> {
        let before = database::now() - age.as_micros() as i64;
        let mut transaction = self.database().write().await?;
        let sql = "delete from data_key where made_at < $1
                       and not exists (select 1 from document where document.id = data_key.document_id)
                       and not exists (select 1 from batch where batch.id = data_key.document_id)
                       and not exists (select 1 from phone_link
                           where phone_link.id = data_key.document_id and phone_link.state = 'open')";
        database::query(sql).bind(before).execute(&mut *transaction).await?;
        transaction.commit().await
    }

    /// Names of all objects that a record names, or that a receipt under way may be writing.
    async fn names_in_use(&self) -> Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        let sql = "select document_id from data_key where destroyed_at is null";
        for row in database::query(sql).fetch_all(self.database().reader()).await? {
            let key = match self.paper_key(database::read_word(&row, "document_id")?).await {
                Err(Error::Erased { .. }) => continue,
                key => key?,
            };
            let reserved = self.reserved_hash(&key).await?;
            let hashes = self.hashes_of(key.document()).await?.into_iter().chain([reserved]);
            names.extend(hashes.map(|sha256| object_path(&key, &sha256).to_string()));
        }
        Ok(names)
    }

    async fn reserved_hash(&self, key: &PaperKey) -> Result<String> {
        let sql = "select sha256 from data_key where document_id = $1";
        let question = database::query(sql).bind(key.document().to_string());
        question.fetch_one(self.database().reader()).await?.get("sha256")
    }
}

/// The bytes of this hash as a copy holds them, sealed or plain; none: not there, or damaged there too.
async fn from_copy(key: &PaperKey, sha256: &str, copy: &Blobs) -> Result<Option<Bytes>> {
    let sealed = copy.raw(&object_path(key, sha256)).await?;
    let plain = copy.raw(&plain_path(sha256)).await?;
    let (key, sha256) = (key.clone(), sha256.to_owned());
    blocking(move || {
        let opened = sealed.and_then(|sealed| seal::open(key.key(), &key.bound_to(&sha256), &sealed).ok());
        let mut candidates = opened.map(Bytes::from).into_iter().chain(plain);
        Ok(candidates.find(|bytes| sha256_hex(bytes) == sha256))
    })
    .await
}
