//! Photographs that a phone sent become a paper: all pages of their batch are one part, which goes where the link said, in the name of who
//! made it. Whatever is odd about it is left to an officer, on the page of the batch.

use super::{BatchError, Batches, feed_name};
use anyhow::ensure;
use ingest::batch::{Change, Feed};
use repository::Error;
use repository::record::{Actor, BatchState, PhoneLink, PhoneLinkState};

/// What the access log says of it.
const PURPOSE: &str = "Nhận giấy tờ chụp bằng điện thoại";

/// How the plan of a batch calls photographs: one side of each sheet.
pub(crate) fn feed_of_photographs() -> String {
    feed_name(Feed::OneSided)
}

impl Batches {
    /// Ends links whose day is over, and files what was sent and looked at. A kill in between leaves a link that is filed by the next one.
    ///
    /// # Errors
    /// The records are out of reach, or something could not be filed now that shall be tried again.
    pub(super) async fn file_photographs(&self) -> anyhow::Result<()> {
        self.repository.end_overdue_phone_links(&feed_of_photographs()).await?;
        let (mut after, mut failed) = (None, 0);
        while let Some(link) = self.repository.phone_link_to_file(after).await? {
            after = Some(link.id);
            let state = match self.file(&link).await {
                Ok(()) => PhoneLinkState::Filed,
                Err(error) if is_for_a_person(&error) => {
                    tracing::info!(batch = %link.batch(), %error, "photographs wait for an officer");
                    PhoneLinkState::Waiting
                }
                Err(error) => {
                    tracing::error!(batch = %link.batch(), %error, "photographs could not be filed");
                    failed += 1;
                    continue;
                }
            };
            self.repository.note_phone_link(link.id, state).await?;
        }
        ensure!(failed == 0, "{failed} papers of phones could not be filed");
        Ok(())
    }

    async fn file(&self, link: &PhoneLink) -> Result<(), BatchError> {
        let actor = Actor { purpose: PURPOSE.to_owned(), ..link.maker.clone() };
        let mut planned = self.view(&actor, link.batch()).await?;
        if planned.view.batch.state == BatchState::CarriedOut {
            return Ok(());
        }
        let (_, plan) = planned.plan.as_ref().ok_or(BatchError::NotLookedAt)?;
        let first = plan.unplaced.first().map(|page| page.number);
        if let (Some(page), true) = (first, plan.parts.is_empty()) {
            let place = (link.dossier_code.clone(), link.place.component.clone());
            let change = Change::Begin { page, dossier: place.0, component: place.1 };
            planned = self.change(&actor, link.batch(), planned.view.batch.version, &change).await?;
        }
        self.carry_out(&actor, link.batch(), planned.view.batch.version).await.map(drop)
    }
}

/// Whether it will be the same when it is tried again.
fn is_for_a_person(error: &BatchError) -> bool {
    match error {
        BatchError::Repository(error) => {
            matches!(
                error,
                Error::Invalid { .. } | Error::AlreadyHeld { .. } | Error::NotFound | Error::Forbidden
            )
        }
        BatchError::Change(_) | BatchError::Part { .. } | BatchError::NotLookedAt => true,
        BatchError::Reader(_) | BatchError::Broken(_) => false,
    }
}
