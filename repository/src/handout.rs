//! Papers as they are handed out in another form than the original: what a rendition is made of. One access entry (`Download`) stands
//! for the whole of it and is durable before any part can be had.

use crate::Repository;
use crate::database;
use crate::documents::{self, select_pages};
use crate::error::Result;
use crate::record::{Action, Actor, Document, DocumentId, Field, Owner, Page, PageRescan, Reading};
use crate::{fields, owners, rescan};
use ::bytes::Bytes;

/// A paper that someone may take away: that it was handed out stands in the access log.
#[derive(Debug)]
pub struct Handout {
    repository: Repository,
    /// The record.
    pub document: Document,
    /// Pages of it were scanned again: the original alone does not show what was read.
    pub is_rescanned: bool,
}

impl Repository {
    /// Hands a paper out. Access entry `Download`.
    pub async fn hand_out(&self, actor: &Actor, id: DocumentId) -> Result<Handout> {
        self.permit(actor, Action::Download, id).await?;
        let mut snapshot = self.database().read().await?;
        let document = documents::find_kept(&mut snapshot, id).await?;
        let is_rescanned = !rescan::of(&mut snapshot, id).await?.is_empty();
        drop(snapshot);
        self.note_access(actor, Action::Download, &[id.into()]).await?;
        Ok(Handout { repository: self.clone(), document, is_rescanned })
    }
}

impl Handout {
    /// A page with its words, both by the reading that counts; no words when it could not be read. None: no reading came to it (there is
    /// no such page, or the paper was filed by hand before).
    pub async fn page(&self, number: u32) -> Result<Option<(Page, Option<Reading>)>> {
        let sql = select_pages!("where p.document_id = $1 and p.number = $2 and p.counts = 1");
        let question = database::query(sql).bind(self.document.id.to_string()).bind(i64::from(number));
        let found = question.fetch_optional(self.repository.database().reader()).await?;
        found.as_ref().map(documents::page_with_reading).transpose()
    }

    /// Its fields, in the order of the form.
    pub async fn fields(&self) -> Result<Vec<Field>> {
        fields::of(&mut *self.repository.database().read().await?, self.document.id).await
    }

    /// Everyone whose paper it is, in the order stated; none before it is confirmed.
    pub async fn owners(&self) -> Result<Vec<Owner>> {
        owners::of(&mut *self.repository.database().read().await?, self.document.id).await
    }

    /// The scanned file, verified against its hash.
    pub async fn original(&self) -> Result<Bytes> {
        let key = self.repository.paper_key(self.document.id).await?;
        self.repository.blobs().get(&key, &self.document.original.sha256).await
    }

    /// New scans of single pages, the oldest first, each verified against its hash: what was read of these pages stands there.
    pub async fn rescans(&self) -> Result<Vec<(PageRescan, Bytes)>> {
        let id = self.document.id;
        let scans = rescan::with_hashes(&mut *self.repository.database().read().await?, id).await?;
        let key = self.repository.paper_key(id).await?;
        let mut rescans = Vec::with_capacity(scans.len());
        for (rescan, sha256) in scans {
            rescans.push((rescan, self.repository.blobs().get(&key, &sha256).await?));
        }
        Ok(rescans)
    }
}
