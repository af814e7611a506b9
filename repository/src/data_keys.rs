//! The data key of each paper: under it stand the paper's scan and page images, and no others. The database keeps it wrapped under a
//! master key; destroying it makes the paper's bytes unreadable for ever, wherever copies of them are.

use crate::Repository;
use crate::bytes::sha256_hex;
use crate::database::{self, Row};
use crate::error::{Error, Result};
use crate::record::DocumentId;
use crate::seal::{self, Key};
use crate::unsealed::PlainLeft;

/// The data key of a paper, ready for use.
#[derive(Debug, Clone)]
pub(crate) struct PaperKey {
    document: DocumentId,
    key: Key,
}

/// A data key as the database keeps it.
#[derive(Debug)]
struct Wrapped {
    document: DocumentId,
    master_key_id: String,
    wrapped: Option<String>,
}

impl PaperKey {
    /// A new key for a paper. It has to be kept before anything sealed under it counts.
    pub(crate) fn new(document: DocumentId) -> PaperKey {
        PaperKey { document, key: Key::random() }
    }

    /// The paper, or the one to be.
    pub(crate) fn document(&self) -> DocumentId {
        self.document
    }

    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// What bytes of this hash are called in the storage, in hexadecimal digits.
    pub(crate) fn name(&self, sha256: &str) -> String {
        hex::encode(self.key.derive(sha256.as_bytes(), "motlan name of sealed bytes"))
    }

    /// Seals a text about the paper that stands in the database only until the paper is filed. `what` tells it from others.
    pub(crate) fn seal_text(&self, what: &str, text: &str) -> String {
        hex::encode(seal::seal(&self.key, &self.bound_to(what), text.as_bytes()))
    }

    /// A text that was sealed as this.
    pub(crate) fn open_text(&self, what: &str, sealed: &str) -> Result<String> {
        let opened = hex::decode(sealed)
            .ok()
            .and_then(|bytes| seal::open(&self.key, &self.bound_to(what), &bytes).ok());
        let text = opened.and_then(|bytes| String::from_utf8(bytes).ok());
        text.ok_or_else(|| Error::Corrupt(format!("the {what} of paper {}", self.document)))
    }

    /// What sealed bytes are bound to: a scan does not open as a page image, nor as one of another paper.
    pub(crate) fn bound_to(&self, sha256: &str) -> Vec<u8> {
        format!("{} {sha256}", self.document).into_bytes()
    }
}

impl Repository {
    /// The data key for a scan of this hash: that of the paper that holds it, that of a receipt which was cut short, or a new one, kept
    /// before anything is sealed under it. Receipts of the same bytes at the same moment get the same key.
    ///
    /// # Errors
    /// `Erased` when the paper with these bytes was erased, or the scan of the stack.
    pub(crate) async fn reserve_key(&self, sha256: &str) -> Result<PaperKey> {
        if let Some(wrapped) = self.key_in_use(sha256).await? {
            self.renew_reservation(wrapped.document).await?;
            return self.unwrap(wrapped).await;
        }
        let sql = "select id from document where sha256 = $1 union select id from batch where sha256 = $1";
        let erased = database::query(sql).bind(sha256);
        if let Some(row) = erased.fetch_optional(self.database().reader()).await? {
            return Err(Error::Erased { document: database::read_word(&row, "id")? });
        }
        self.keep_key(&PaperKey::new(DocumentId(database::new_key())), sha256, PlainLeft::Nothing).await?;
        let kept = self.key_in_use(sha256).await?;
        self.unwrap(kept.ok_or_else(|| Error::Corrupt("a new data key is not there".into()))?).await
    }

    /// A key that was reserved by a receipt long ago counts as new, or it might be forgotten while it is used.
    async fn renew_reservation(&self, document: DocumentId) -> Result<()> {
        let held = database::query("select id from document where id = $1").bind(document.to_string());
        if held.fetch_optional(self.database().reader()).await?.is_some() {
            return Ok(());
        }
        let mut transaction = self.database().write().await?;
        database::query("update data_key set made_at = $2 where document_id = $1")
            .bind(document.to_string())
            .bind(database::now())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// Keeps the data key of a paper whose scan has this hash, unless another is in use for that.
    pub(crate) async fn keep_key(&self, paper: &PaperKey, sha256: &str, plain_left: PlainLeft) -> Result<()> {
        let sql = "insert into data_key (document_id, sha256, master_key_id, wrapped, plain_left, made_at)
                   select $1, $2, id, $4, $5, $6 from master_key where id = $3 and counts = 1
                   on conflict do nothing";
        let document = paper.document.to_string();
        loop {
            let master = self.master_key().await?;
            let mut transaction = self.database().write().await?;
            database::query(sql)
                .bind(&document)
                .bind(sha256)
                .bind(master.id())
                .bind(master.wrap(&document, &paper.key))
                .bind(plain_left as i64)
                .bind(database::now())
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await?;
            // Not kept when another master key has counted since a moment ago.
            if self.key_in_use(sha256).await?.is_some() {
                return Ok(());
            }
        }
    }

    /// The data key of a paper.
    ///
    /// # Errors
    /// `Erased` when it was destroyed, `Keys` when its master key is not held.
    pub(crate) async fn paper_key(&self, document: DocumentId) -> Result<PaperKey> {
        let sql = "select document_id, master_key_id, wrapped from data_key where document_id = $1";
        let question = database::query(sql).bind(document.to_string());
        let row = question.fetch_optional(self.database().reader()).await?;
        let lost = || Error::Corrupt(format!("the data key of paper {document} is not there"));
        self.unwrap(row.as_ref().map(wrapped_from).ok_or_else(lost)??).await
    }

    async fn key_in_use(&self, sha256: &str) -> Result<Option<Wrapped>> {
        let sql = "select document_id, master_key_id, wrapped from data_key
                   where sha256 = $1 and destroyed_at is null";
        let row = database::query(sql).bind(sha256).fetch_optional(self.database().reader()).await?;
        row.as_ref().map(wrapped_from).transpose()
    }

    async fn unwrap(&self, kept: Wrapped) -> Result<PaperKey> {
        let document = kept.document;
        let wrapped = kept.wrapped.ok_or(Error::Erased { document })?;
        let master = self.keyring().get(&kept.master_key_id).await?;
        let damaged = || Error::Corrupt(format!("the data key of paper {document} does not open"));
        let key = master.unwrap(&document.to_string(), &wrapped).ok_or_else(damaged)?;
        Ok(PaperKey { document, key })
    }

    /// Hashes of all stored bytes of a paper, a batch, a part of a batch that is no paper yet, or a phone link.
    pub(crate) async fn hashes_of(&self, id: DocumentId) -> Result<Vec<String>> {
        let sql = "select sha256 from document where id = $1
                   union select image_sha256 from page where document_id = $1 and image_sha256 is not null
                   union select sha256 from page_rescan where document_id = $1
                   union select sha256 from batch_file where batch_id = $1
                   union select thumbnail_sha256 from batch_page where batch_id = $1
                   union select sha256 from phone_page where link_id = $1
                   union select sha256 from data_key join batch_part on batch_part.document_id = data_key.document_id
                       where data_key.document_id = $1";
        let rows = database::query(sql).bind(id.to_string()).fetch_all(self.database().reader()).await?;
        rows.iter().map(|row| row.get("sha256")).collect()
    }

    /// SHA-256 of bytes, computed beside the async threads.
    pub(crate) async fn hash(bytes: &::bytes::Bytes) -> Result<String> {
        let bytes = bytes.clone();
        crate::bytes::blocking(move || Ok(sha256_hex(&bytes))).await
    }
}

fn wrapped_from(row: &Row) -> Result<Wrapped> {
    Ok(Wrapped {
        document: database::read_word(row, "document_id")?,
        master_key_id: row.get("master_key_id")?,
        wrapped: row.get("wrapped")?,
    })
}
