//! Papers as they are handed out in another form than the original: what a rendition is made of. One access entry (`Download`) stands
//! for the whole of it and is durable before any part can be had.

use crate::Repository;
use crate::documents;
use crate::error::{Error, Result};
use crate::record::{Action, Actor, Document, DocumentId, Page, Reading};
use ::bytes::Bytes;

/// A paper that someone may take away: that it was handed out stands in the access log.
#[derive(Debug)]
pub struct Handout {
    repository: Repository,
    /// The record.
    pub document: Document,
    /// Its pages that were read so far, in order.
    pub pages: Vec<Page>,
}

impl Repository {
    /// Hands a paper out. Access entry `Download`.
    pub async fn hand_out(&self, actor: &Actor, id: DocumentId) -> Result<Handout> {
        self.permit(actor, Action::Download, id).await?;
        let mut snapshot = self.database().read().await?;
        let document = documents::find(&mut snapshot, id).await?.ok_or(Error::NotFound)?;
        let pages = documents::pages(&mut snapshot, id).await?;
        drop(snapshot);
        self.note_access(actor, Action::Download, &[id.into()]).await?;
        Ok(Handout { repository: self.clone(), document, pages })
    }
}

impl Handout {
    /// The words of a page, by its newest reading; none when it could not be read.
    pub async fn reading(&self, page: u32) -> Result<Option<Reading>> {
        documents::newest_reading(&mut *self.repository.database().read().await?, self.document.id, page)
            .await
    }

    /// The scanned file, verified against its hash.
    pub async fn original(&self) -> Result<Bytes> {
        self.repository.blobs().get(&self.document.original.sha256).await
    }
}
