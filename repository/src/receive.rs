//! Taking a paper in. The order is the promise of invariant 4: bytes durable, then one transaction, then the answer.

use crate::Repository;
use crate::access;
use crate::database::{self, Connection, Row};
use crate::documents;
use crate::dossiers;
use crate::error::{Error, Result};
use crate::promise::{self, Promise};
use crate::record::*;
use crate::ties::Target;
use crate::{changes, events, jobs, passes, policy, reuse, subjects, ties};
use ::bytes::Bytes;

/// Longest file name that is kept: what file systems allow. The rest is cut off, the name is only shown.
const FILE_NAME_CHARS_MAX: usize = 255;

/// Media type until a worker opened the file and knows better.
const MEDIA_TYPE_UNKNOWN: &str = "application/octet-stream";

impl Repository {
    /// Takes a paper in: bytes durable, then record, change, access entry and reading job in one transaction. When this answers, a
    /// power cut loses nothing. The same bytes again answer the paper that holds them (and fill the named place with it); a paper that
    /// was given up as unreadable is queued once more, because bringing it again is how a person asks for that. Those of a scan that was
    /// set aside ([`Repository::use_held`]) answer the held paper, and fill a component with it as one that is used again.
    ///
    /// # Errors
    /// `Invalid` when the named place is not in the dossier, the dossier is closed, the claimed number contradicts itself, or a scan that
    /// was set aside is sent for a place where the held paper does not count;
    /// `AlreadyHeld` when a paper of the store answers the component and nobody wrote down why another one is asked for
    /// ([`Repository::refuse_reuse`]); a backlog that is imported asks nobody. Then no byte is kept.
    pub async fn receive(&self, actor: &Actor, new: NewDocument, bytes: Bytes) -> Result<Received> {
        let dossier = new.place.as_ref().map(|place| place.dossier);
        self.permit(actor, Action::Receive, dossier.map_or(Target::NoOne, Target::Dossier)).await?;
        if new.secret {
            return Err(Error::invalid(
                "Tài liệu mật không được số hóa ở hệ thống này. Không có gì được lưu; hãy xử lý theo quy định về bí mật nhà nước.",
            ));
        }
        let size = bytes.len() as i64;
        let sha256 = Repository::hash(&bytes).await?;
        if new.priority != Priority::Import {
            self.refuse_what_is_held(actor, new.place.as_ref()).await?;
        }
        loop {
            let key = self.reserve_key(&sha256).await?;
            self.blobs().put(&key, &sha256, bytes.clone()).await?;
            let mut transaction = self.database().write().await?;
            // Otherwise it was forgotten or destroyed since, and nobody could open what was put.
            if keeps(&mut transaction, key.document()).await? {
                let received = file(&mut transaction, actor, &new, &sha256, size, key.document()).await?;
                match promise::is_broken(Promise::CommittedFirst) {
                    true => transaction.commit_late(),
                    false => transaction.commit().await?,
                }
                return Ok(received);
            }
        }
    }
}

impl Repository {
    /// Refuses a paper for a component that a held one answers (REUSE-01). The refusal tells which: a look like any other.
    pub(crate) async fn refuse_what_is_held(
        &self,
        actor: &Actor,
        place: Option<&DossierPlace>,
    ) -> Result<()> {
        let Some(DossierPlace { dossier, component: Some(component) }) = place else { return Ok(()) };
        let held = reuse::asked_in_vain(&mut *self.database().read().await?, *dossier, component).await?;
        let Some(held) = held else { return Ok(()) };
        self.note_access(actor, Action::Search, &[held.id.into()]).await?;
        Err(Error::AlreadyHeld {
            document: held.id,
            message: format!(
                "Đã có trong kho: «{}». Hãy dùng lại giấy đó ở trang hồ sơ; nếu vẫn cần nộp bản khác, hãy ghi lý do trước.",
                held.title
            ),
        })
    }
}

/// Whether the data key of a paper is kept.
pub(crate) async fn keeps(connection: &mut Connection, id: DocumentId) -> Result<bool> {
    let sql = "select document_id from data_key where document_id = $1 and destroyed_at is null";
    Ok(database::query(sql).bind(id.to_string()).fetch_optional(connection).await?.is_some())
}

/// The one transaction of a receipt. Two receipts of the same bytes run one after the other, and the second finds the first.
async fn file(
    connection: &mut Connection,
    actor: &Actor,
    new: &NewDocument,
    sha256: &str,
    size: i64,
    id: DocumentId,
) -> Result<Received> {
    let (id, already_held) = take_in(connection, actor, new, sha256, size, id).await?;
    access::write(connection, actor, Action::Receive, id, true).await?;
    let document = documents::find(connection, id).await?.ok_or(Error::NotFound)?;
    Ok(Received { document, already_held })
}

/// Files a paper, or finds the one that holds its bytes, and puts it in its place; all but the access entry. Answers which paper, and whether
/// it was held.
pub(crate) async fn take_in(
    connection: &mut Connection,
    actor: &Actor,
    new: &NewDocument,
    sha256: &str,
    size: i64,
    id: DocumentId,
) -> Result<(DocumentId, bool)> {
    let held = held(connection, sha256).await?;
    let id = held.as_ref().map_or(id, |held| held.paper);
    match &held {
        None => insert(connection, actor, new, sha256, size, id).await?,
        Some(held) => {
            match held.state {
                DocumentState::TakenBack => come_back(connection, actor, id, new.priority).await?,
                DocumentState::Received
                | DocumentState::Extracted
                | DocumentState::Unreadable
                | DocumentState::Stored
                | DocumentState::Duplicate => {
                    begin_again(connection, id, new.priority, None).await?;
                }
            }
            jobs::hurry(connection, id, new.priority).await?;
            // The scan that was set aside is the sender's; the paper that is used instead may be another's.
            if held.scan == held.paper {
                share(connection, actor, id).await?;
            }
        }
    }
    match (&new.place, &held) {
        (Some(place), Some(held)) if held.scan != held.paper => {
            fill_with_held(connection, actor, place, held).await?;
        }
        (Some(place), _) => fill(connection, actor, place, id).await?,
        (None, _) => {}
    }
    Ok((id, held.is_some()))
}

/// An agency that brings a paper which another one brought before has received it too: the same bytes are one paper.
async fn share(connection: &mut Connection, actor: &Actor, id: DocumentId) -> Result<()> {
    let sql = "select distinct agency from document_event where document_id = $1 and step = $2";
    let question = database::query(sql).bind(id.to_string()).bind(database::word(&DocumentStep::Receive));
    let rows = question.fetch_all(&mut *connection).await?;
    let receivers = rows.iter().map(|row| row.get::<String>("agency")).collect::<Result<Vec<_>>>()?;
    if receivers.iter().any(|name| agency_key(name) == ties::receiver_key(actor)) {
        return Ok(());
    }
    events::note(connection, Some(actor), id, DocumentStep::Receive).await?;
    changes::append(connection, ChangeKind::Received, id).await
}

/// Whose bytes were sent again.
struct HeldBytes {
    /// The scan that has them.
    scan: DocumentId,
    /// The paper that is used: the scan itself, or the held one for which it was set aside.
    paper: DocumentId,
    /// How far that paper is.
    state: DocumentState,
}

async fn held(connection: &mut Connection, sha256: &str) -> Result<Option<HeldBytes>> {
    let sql = "select scan.id as scan_id, coalesce(used.id, scan.id) as paper_id,
                   coalesce(used.state, scan.state) as state from document scan
                   left join document used on used.id = scan.superseded_by and scan.state = 'duplicate'
                       and scan.validity = 'valid' and used.validity in ('valid', 'archived')
               where scan.sha256 = $1";
    let row = database::query(sql).bind(sha256).fetch_optional(connection).await?;
    let bytes_from = |row: &Row| {
        Ok(HeldBytes {
            scan: database::read_word(row, "scan_id")?,
            paper: database::read_word(row, "paper_id")?,
            state: database::read_word(row, "state")?,
        })
    };
    row.as_ref().map(bytes_from).transpose()
}

/// Puts the held paper in the place of its other scan, which was sent again: as one that is used again (REUSE-02), since nothing new came in.
async fn fill_with_held(
    connection: &mut Connection,
    actor: &Actor,
    place: &DossierPlace,
    held: &HeldBytes,
) -> Result<()> {
    let dossier = dossiers::find(connection, place.dossier).await?.ok_or_else(unknown_dossier)?;
    let Some(component) = place.component.clone() else {
        return Err(does_not_fit(held.scan));
    };
    dossiers::check_open(&dossier, true)?;
    let reuse = Reuse { dossier: dossier.id, component, document: held.paper };
    match reuse::fill(connection, actor, &dossier, &reuse).await {
        Err(Error::Invalid { .. }) => Err(does_not_fit(held.scan)),
        other => other,
    }
}

fn does_not_fit(scan: DocumentId) -> Error {
    Error::invalid(format!(
        "Bản quét này đã được xếp là trùng với giấy đã có trong kho, và giấy đó không dùng được ở đây. Nếu là giấy khác, hãy mở bản quét đã có ({scan}), cho nó chờ xác nhận lại rồi gửi lại."
    ))
}

/// Queues a held paper again if it was given up, and answers whether it was; any other stays as it is.
pub(crate) async fn begin_again(
    connection: &mut Connection,
    id: DocumentId,
    priority: Priority,
    model: Option<ReadingModel>,
) -> Result<bool> {
    let sql = "update document set state = $2, problem = null where id = $1 and state = $3";
    let changed = database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&DocumentState::Received))
        .bind(database::word(&DocumentState::Unreadable))
        .execute(&mut *connection)
        .await?;
    let was_given_up = changed == 1;
    if was_given_up {
        jobs::begin_again(connection, id, priority, model).await?;
        changes::append(connection, ChangeKind::Received, id).await?;
    }
    Ok(was_given_up)
}

/// Takes a paper in again that was taken back with its batch: with what was read of it before, otherwise it is read now.
async fn come_back(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    priority: Priority,
) -> Result<()> {
    events::note(connection, Some(actor), id, DocumentStep::Receive).await?;
    let was_read = passes::newest(connection, id).await? > 0;
    let state = if was_read {
        events::note(connection, None, id, DocumentStep::Extract).await?;
        DocumentState::Extracted
    } else {
        jobs::begin_again(connection, id, priority, None).await?;
        DocumentState::Received
    };
    let sql = "update document set state = $2, problem = null where id = $1";
    let question = database::query(sql).bind(id.to_string()).bind(database::word(&state));
    question.execute(&mut *connection).await?;
    changes::append(connection, ChangeKind::Received, id).await
}

/// A new paper with its change and its job. Whose it is, is proposed by the sender or by the dossier, until a person confirms.
async fn insert(
    connection: &mut Connection,
    actor: &Actor,
    new: &NewDocument,
    sha256: &str,
    size: i64,
    id: DocumentId,
) -> Result<()> {
    let subject = match &new.subject {
        Some(claim) => Some(subjects::find_or_make(connection, claim).await?.to_string()),
        None => None,
    };
    let file_name = shown_name(&new.file_name);
    let sql = "insert into document (id, state, document_type, title, subject_id, file_name, media_type,
                   bytes, sha256, received_at, received_by, marked_by, marked_at, receiver_key)
               values ($1, $2, $3, $4, $5, $4, $6, $7, $8, $9, $10, $11, $12, $13)";
    let now = database::now();
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&DocumentState::Received))
        .bind(database::word(&crate::DocumentType::Other))
        .bind(file_name)
        .bind(subject)
        .bind(MEDIA_TYPE_UNKNOWN)
        .bind(size)
        .bind(sha256)
        .bind(now)
        .bind(&actor.account)
        .bind(may_mark(actor).then_some(actor.account.as_str()))
        .bind(may_mark(actor).then_some(now))
        .bind(ties::receiver_key(actor))
        .execute(&mut *connection)
        .await?;
    events::note(connection, Some(actor), id, DocumentStep::Receive).await?;
    if may_mark(actor) {
        events::note(connection, Some(actor), id, DocumentStep::Mark).await?;
    }
    changes::append(connection, ChangeKind::Received, id).await?;
    jobs::add(connection, id, new.priority, &actor.agency).await
}

/// Whether the sender answers for the scan by sending it: an officer who scans at the counter or imports a backlog does (DIG-08), the
/// program that finds a file in the hot folder does not, and a person must do so before such a paper is confirmed.
fn may_mark(actor: &Actor) -> bool {
    policy::may_ever(actor, Action::Confirm)
}

/// A file name without folders and control characters, cut to a length that pages can show.
pub(crate) fn shown_name(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|letter| !letter.is_control()).take(FILE_NAME_CHARS_MAX).collect()
}

/// Puts a paper in its place in a dossier, and notes the place in the paper unless it has one already or is another agency's. A paper whose
/// subject nobody named belongs, until someone knows better, to the subject of the dossier.
async fn fill(
    connection: &mut Connection,
    actor: &Actor,
    place: &DossierPlace,
    id: DocumentId,
) -> Result<()> {
    let dossier = dossiers::find(connection, place.dossier).await?.ok_or_else(unknown_dossier)?;
    dossiers::check_open(&dossier, place.component.is_some())?;
    match &place.component {
        Some(component) => fill_component(connection, place.dossier, component, id).await?,
        None => add_outcome(connection, place.dossier, id).await?,
    }
    let sql = "update document set place_dossier_id = $2, place_component = $3,
                   subject_id = coalesce(subject_id, (select subject_id from dossier where id = $2))
               where id = $1 and place_dossier_id is null and receiver_key = $4";
    database::query(sql)
        .bind(id.to_string())
        .bind(place.dossier.to_string())
        .bind(place.component.as_deref())
        .bind(ties::receiver_key(actor))
        .execute(connection)
        .await?;
    Ok(())
}

/// Puts a paper that was handed in into a component. That an original was given back is said of the paper that it was scanned from, and ends with
/// it.
pub(crate) async fn fill_component(
    connection: &mut Connection,
    dossier: DossierId,
    component: &str,
    id: DocumentId,
) -> Result<()> {
    let sql = "update component set document_id = $3, filled_at = $4, reused = 0, replacement_code = null,
                   reused_at = null, reused_by = null,
                   original_returned_at = case when document_id = $3 then original_returned_at end,
                   original_returned_by = case when document_id = $3 then original_returned_by end
               where dossier_id = $1 and key = $2";
    let changed = database::query(sql)
        .bind(dossier.to_string())
        .bind(component)
        .bind(id.to_string())
        .bind(database::now())
        .execute(connection)
        .await?;
    match changed {
        0 => Err(Error::invalid(
            "Hồ sơ không có thành phần này. Hãy tải lại trang hồ sơ và chọn lại thành phần.",
        )),
        _ => Ok(()),
    }
}

async fn add_outcome(connection: &mut Connection, dossier: DossierId, id: DocumentId) -> Result<()> {
    let sql = "insert into outcome (dossier_id, document_id, filed_at) values ($1, $2, $3)
               on conflict (dossier_id, document_id) do nothing";
    database::query(sql)
        .bind(dossier.to_string())
        .bind(id.to_string())
        .bind(database::now())
        .execute(connection)
        .await?;
    Ok(())
}

fn unknown_dossier() -> Error {
    Error::invalid("Không tìm thấy hồ sơ. Hãy tải lại trang và chọn lại hồ sơ.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_shown_without_folders_and_control_characters() {
        let check = |name: &str, expected: &str| assert_eq!(shown_name(name), expected, "{name:?}");
        check("giấy khai sinh.pdf", "giấy khai sinh.pdf");
        check("../../etc/passwd", "passwd");
        check("C:\\quét\\1.tif", "1.tif");
        check("a\r\nb.pdf", "ab.pdf");
        check("", "");
        assert_eq!(shown_name(&"x".repeat(300)).chars().count(), FILE_NAME_CHARS_MAX);
    }
}
