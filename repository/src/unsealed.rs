//! Data folders of versions that did not seal: when one is opened, its files are sealed before anything else is done with it. It goes
//! paper by paper, each only ever whole, so that a start that is cut short goes on where it was: first every paper is sealed, then the
//! plain files are taken away.

use crate::Repository;
use crate::bytes::{blocking, object_path, sha256_hex};
use crate::data_keys::PaperKey;
use crate::database;
use crate::error::Result;
use crate::record::DocumentId;
use ::bytes::Bytes;
use object_store::path::Path as ObjectPath;
use std::time::{Duration, Instant};

/// Between two lines of the log: sealing takes about 20 ms a file, most of it the disk's, so a large folder keeps its people waiting.
const REPORT_EVERY: Duration = Duration::from_secs(10);

/// What is left to do for a paper, as the column says it.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(crate) enum PlainLeft {
    Nothing = 0,
    ToRemove = 1,
    ToSeal = 2,
}

impl Repository {
    /// Seals what an older version left in the clear.
    pub(crate) async fn seal_plain(&self) -> Result<()> {
        self.give_keys().await?;
        self.seal_papers().await?;
        for id in self.papers_with(PlainLeft::ToRemove).await? {
            self.remove_plain(id).await?;
            self.note_left(id, PlainLeft::Nothing).await?;
        }
        Ok(())
    }

    async fn give_keys(&self) -> Result<()> {
        let sql = "select id, sha256 from document
                   where not exists (select 1 from data_key where data_key.document_id = document.id) order by id";
        for row in database::query(sql).fetch_all(self.database().reader()).await? {
            let paper = PaperKey::new(database::read_word(&row, "id")?);
            self.keep_key(&paper, row.get("sha256")?, PlainLeft::ToSeal).await?;
        }
        Ok(())
    }

    async fn seal_papers(&self) -> Result<()> {
        let papers = self.papers_with(PlainLeft::ToSeal).await?;
        let mut reported = Instant::now();
        for (done, id) in papers.iter().enumerate() {
            if done == 0 || reported.elapsed() > REPORT_EVERY {
                tracing::info!(done, of = papers.len(), "sealing the stored files of an older version");
                reported = Instant::now();
            }
            self.seal_paper(*id).await?;
            self.note_left(*id, PlainLeft::ToRemove).await?;
        }
        Ok(())
    }

    async fn papers_with(&self, left: PlainLeft) -> Result<Vec<DocumentId>> {
        let sql =
            "select document_id from data_key where plain_left > 0 and plain_left = $1 order by document_id";
        let rows = database::query(sql).bind(left as i64).fetch_all(self.database().reader()).await?;
        rows.iter().map(|row| database::read_word(row, "document_id")).collect()
    }

    async fn note_left(&self, id: DocumentId, left: PlainLeft) -> Result<()> {
        let mut transaction = self.database().write().await?;
        database::query("update data_key set plain_left = $2 where document_id = $1")
            .bind(id.to_string())
            .bind(left as i64)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }

    /// A file that is damaged or missing stays so, and `motlan check` tells of it.
    async fn seal_paper(&self, id: DocumentId) -> Result<()> {
        let paper = self.paper_key(id).await?;
        for sha256 in self.hashes_of(id).await? {
            match self.plain(&sha256).await? {
                Some(bytes) => self.blobs().put(&paper, &sha256, bytes).await?,
                None => {
                    tracing::error!(document = %id, sha256, "a stored file is damaged or missing; it was not sealed");
                }
            }
        }
        Ok(())
    }

    /// Bytes as an older version stored them; none: damaged or missing.
    async fn plain(&self, sha256: &str) -> Result<Option<Bytes>> {
        let Some(bytes) = self.blobs().raw(&plain_path(sha256)).await? else { return Ok(None) };
        let hashed = bytes.clone();
        let found = blocking(move || Ok(sha256_hex(&hashed))).await?;
        Ok(Some(bytes).filter(|_| found == sha256))
    }

    /// All papers are sealed by now, so that nobody needs a plain file any more: page images of several papers were one file.
    async fn remove_plain(&self, id: DocumentId) -> Result<()> {
        let paper = self.paper_key(id).await?;
        for sha256 in self.hashes_of(id).await? {
            if self.blobs().holds(&object_path(&paper, &sha256)).await? {
                self.blobs().remove(&plain_path(&sha256)).await?;
            }
        }
        Ok(())
    }
}

/// Where older versions put bytes: under their SHA-256.
pub(crate) fn plain_path(sha256: &str) -> ObjectPath {
    ObjectPath::from(format!("{}/{}/{sha256}", &sha256[..2], &sha256[2..4]))
}
