//! What becomes of the pages of a phone: in one transaction the link ends and they are a batch, under the key that they were sealed with, so
//! that no byte is moved. The program then makes the paper out of it and files it in the name of who made the link.

use super::{all_from, by_phone, find, of_phone, select_links, subject_of};
use crate::Repository;
use crate::access::{self, Touched};
use crate::batches;
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::record::*;
use jiff::Timestamp;

impl Repository {
    /// Xong, said on the phone: no page comes any more, and the paper is made. Access entry `Receive`.
    ///
    /// # Errors
    /// `NotFound` when the link does not work for this phone; `Invalid` when no page came.
    pub async fn send_phone_pages(&self, phone: Phone<'_>, route: &Route, feed: &str) -> Result<()> {
        let mut transaction = self.database().write().await?;
        let now = self.now();
        let link = of_phone(&mut transaction, phone, now).await?;
        if link.pages.is_empty() {
            return Err(Error::invalid("Chưa có trang nào được gửi. Hãy chụp ít nhất một trang."));
        }
        let actor = by_phone(&link, route, "Nhận giấy tờ chụp bằng điện thoại");
        end(&mut transaction, &actor, &link, feed, PhoneLinkState::Sent, now).await?;
        transaction.commit().await
    }

    /// Xong, said at the counter: as on the phone; a link without pages only ends.
    ///
    /// # Errors
    /// `NotFound`; a link that ended already stays as it is.
    pub async fn end_phone_link(
        &self,
        actor: &Actor,
        dossier: DossierId,
        id: PhoneLinkId,
        feed: &str,
    ) -> Result<()> {
        self.permit(actor, Action::Receive, dossier).await?;
        let mut transaction = self.database().write().await?;
        let found = find(&mut transaction, id).await?;
        let link = found.filter(|link| link.place.dossier == dossier).ok_or(Error::NotFound)?;
        if link.state == PhoneLinkState::Open {
            end(&mut transaction, actor, &link, feed, PhoneLinkState::Sent, self.now()).await?;
        }
        transaction.commit().await
    }

    /// Ends links whose time is over. What came by them was acknowledged and is not lost, but nobody said that it is the whole paper: it is a
    /// batch that an officer has to look at.
    pub async fn end_overdue_phone_links(&self, feed: &str) -> Result<()> {
        let now = self.now();
        let sql = select_links!("where l.state = 'open' and l.ends_at <= $1 order by l.id limit 20");
        let overdue = || database::query(sql).bind(now.as_microsecond());
        // It is asked twice a second, and nobody shall wait for a turn to write because of it.
        if overdue().fetch_optional(self.database().reader()).await?.is_none() {
            return Ok(());
        }
        let mut transaction = self.database().write().await?;
        let rows = overdue().fetch_all(&mut *transaction).await?;
        for link in all_from(&mut transaction, &rows).await? {
            end(&mut transaction, &link.maker, &link, feed, PhoneLinkState::Waiting, now).await?;
        }
        transaction.commit().await
    }

    /// The link that was sent first, after the given one, whose batch the program has looked at: its paper is to be filed.
    pub async fn phone_link_to_file(&self, after: Option<PhoneLinkId>) -> Result<Option<PhoneLink>> {
        let mut snapshot = self.database().read().await?;
        let sql = select_links!(
            "join batch b on b.id = l.id where l.state = 'sent' and b.state <> 'received' and l.id > $1 order by l.id limit 1"
        );
        let question = database::query(sql).bind(after.map(|id| id.to_string()).unwrap_or_default());
        let rows = question.fetch_all(&mut *snapshot).await?;
        Ok(all_from(&mut snapshot, &rows).await?.pop())
    }

    /// Notes what became of pages that were sent: `Filed`, or `Waiting` for an officer.
    pub async fn note_phone_link(&self, id: PhoneLinkId, state: PhoneLinkState) -> Result<()> {
        let mut transaction = self.database().write().await?;
        put_state(&mut transaction, id, state, self.now()).await?;
        transaction.commit().await
    }
}

/// Ends a link. With pages it goes to the state, and they are a batch; without, it is closed. The access entry stands last in the
/// transaction, or before that of who ends it.
pub(super) async fn end(
    connection: &mut Connection,
    actor: &Actor,
    link: &PhoneLink,
    feed: &str,
    state: PhoneLinkState,
    now: Timestamp,
) -> Result<()> {
    if link.pages.is_empty() {
        return put_state(connection, link.id, PhoneLinkState::Closed, now).await;
    }
    let (id, key) = (link.id.to_string(), DocumentId(link.id.0));
    let sql = "select file_name, bytes, sha256 from phone_page where link_id = $1 order by number";
    let rows = database::query(sql).bind(&id).fetch_all(&mut *connection).await?;
    let files = rows.iter().map(batches::file_from).collect::<Result<Vec<_>>>()?;
    let sha256 = batches::hash_of(&id, &files);
    let sql = "update data_key set sha256 = $2 where document_id = $1 and destroyed_at is null";
    database::query(sql).bind(&id).bind(&sha256).execute(&mut *connection).await?;
    batches::insert(connection, &link.maker, key, &sha256, feed, &files).await?;
    database::query("delete from phone_page where link_id = $1").bind(&id).execute(&mut *connection).await?;
    put_state(connection, link.id, state, now).await?;
    let subject = subject_of(connection, link.place.dossier).await?;
    access::write(connection, actor, Action::Receive, Touched::from(subject), true).await
}

async fn put_state(
    connection: &mut Connection,
    id: PhoneLinkId,
    state: PhoneLinkState,
    now: Timestamp,
) -> Result<()> {
    let sql = "update phone_link set state = $2, ended_at = coalesce(ended_at, $3) where id = $1";
    let question = database::query(sql).bind(id.to_string()).bind(database::word(&state));
    question.bind(now.as_microsecond()).execute(connection).await?;
    Ok(())
}
