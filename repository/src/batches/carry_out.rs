//! Carrying a plan out, and undoing that. The papers' bytes are stored first; then all papers come into their dossiers in one
//! transaction, or none does: a kill in between leaves the batch as it was, and the same act again finds the stored bytes.

use super::{check_version, find, note, papers_of, place, receiver_of};
use crate::Repository;
use crate::access;
use crate::database::{self, Connection};
use crate::documents;
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::lifecycle::{self, Position};
use crate::receive;
use crate::record::*;
use crate::{changes, filing, jobs, keying, retention};
use ::bytes::Bytes;

impl Repository {
    /// Whether this version of a plan may be carried out: asked before its parts are stored.
    ///
    /// # Errors
    /// `Invalid` when the plan is not ready, or was changed meanwhile.
    pub async fn check_batch_ready(&self, id: BatchId, version: u64) -> Result<()> {
        check_ready(&find(&mut *self.database().read().await?, id).await?, version)
    }

    /// Stores the file of one part of a plan, which is a paper only once the batch is carried out.
    ///
    /// # Errors
    /// `Invalid` when it may not go to its place.
    pub async fn stage_part(
        &self,
        id: BatchId,
        part: u32,
        file_name: &str,
        (code, component): (&str, Option<&str>),
        bytes: Bytes,
    ) -> Result<StagedPart> {
        let dossier = free_dossier(&mut *self.database().read().await?, id, part, code, component).await?;
        let sha256 = Repository::hash(&bytes).await?;
        let size = bytes.len() as i64;
        let key = self.reserve_key(&sha256).await?;
        // Before its bytes: they shall go with the stack, even if a kill lets nothing come after them.
        self.note_part(id, key.document()).await?;
        self.blobs().put(&key, &sha256, bytes).await?;
        let place = DossierPlace { dossier, component: component.map(str::to_owned) };
        Ok(StagedPart {
            part,
            cover_serial: None,
            key: key.document(),
            file_name: file_name.to_owned(),
            sha256,
            bytes: size,
            place,
        })
    }

    async fn note_part(&self, id: BatchId, key: DocumentId) -> Result<()> {
        let sql = "insert into batch_part (batch_id, document_id) values ($1, $2) on conflict do nothing";
        let mut transaction = self.database().write().await?;
        let question = database::query(sql).bind(id.to_string()).bind(key.to_string());
        question.execute(&mut *transaction).await?;
        transaction.commit().await
    }

    /// Lets all parts of a plan be papers of their dossiers, in one transaction.
    ///
    /// # Errors
    /// `Invalid` when the plan is not ready, was changed meanwhile, or a place was filled meanwhile; `AlreadyHeld` when the store has a paper
    /// that answers a component. Then nothing is filed.
    pub async fn carry_out_batch(
        &self,
        actor: &Actor,
        id: BatchId,
        version: u64,
        parts: &[StagedPart],
    ) -> Result<BatchView> {
        self.permit(actor, Action::Receive, id).await?;
        for part in parts {
            self.permit(actor, Action::Receive, part.place.dossier).await?;
            self.refuse_what_is_held(actor, Some(&part.place)).await?;
        }
        let mut transaction = self.database().write().await?;
        let batch = find(&mut transaction, id).await?;
        check_ready(&batch, version)?;
        let mut papers = Vec::with_capacity(parts.len());
        for part in parts {
            refuse_what_was_carried_out(&mut transaction, id, part).await?;
            let document = file(&mut transaction, actor, id, part).await?;
            put_paper(&mut transaction, id, part, document).await?;
            papers.push(document);
        }
        put_state(&mut transaction, id, BatchState::CarriedOut).await?;
        note(&mut transaction, actor, id, BatchStep::CarryOut, None).await?;
        let view = super::view(&mut transaction, id).await?;
        for document in papers {
            access::write(&mut transaction, actor, Action::Receive, document, true).await?;
        }
        transaction.commit().await?;
        Ok(view)
    }

    /// Takes the papers of a batch out of their dossiers again, all or none. The batch is as scanned, and can be planned anew.
    ///
    /// # Errors
    /// `Invalid` without a reason, when the batch is not carried out, or when someone has worked on one of its papers since, or holds it; the
    /// sentence names them.
    pub async fn undo_batch(&self, actor: &Actor, id: BatchId, reason: &str) -> Result<BatchView> {
        self.permit(actor, Action::Receive, id).await?;
        let reason = filing::plan_reason(reason)?;
        let mut transaction = self.database().write().await?;
        let batch = find(&mut transaction, id).await?;
        if batch.state != BatchState::CarriedOut {
            return Err(Error::invalid("Tập quét chưa được thực hiện nên không có gì để hoàn tác."));
        }
        let mut entries = Vec::new();
        let papers = papers_of(&mut transaction, id).await?;
        refuse_confirmed(&mut transaction, &papers).await?;
        refuse_held(&mut transaction, &papers).await?;
        for paper in &papers {
            let touched = paper.document.into();
            // Before the paper loses its subject: whose record it was stands in the log.
            entries.push(access::prepare(&mut transaction, actor, Action::Receive, touched, true).await?);
            take_back(&mut transaction, actor, paper.document, &reason).await?;
        }
        let sql = "update batch_paper set undone_at = $2 where batch_id = $1 and undone_at is null";
        let question = database::query(sql).bind(id.to_string()).bind(database::now());
        question.execute(&mut *transaction).await?;
        put_state(&mut transaction, id, BatchState::Undone).await?;
        note(&mut transaction, actor, id, BatchStep::Undo, Some(&reason)).await?;
        let view = super::view(&mut transaction, id).await?;
        for entry in entries {
            access::append_prepared(&mut transaction, entry).await?;
        }
        transaction.commit().await?;
        Ok(view)
    }
}

fn check_ready(batch: &Batch, version: u64) -> Result<()> {
    check_version(batch, version)?;
    (batch.state == BatchState::Planned).then_some(()).ok_or_else(|| {
        Error::invalid(format!(
            "Tập quét đang ở trạng thái «{}» nên chưa thực hiện được. Hãy xử lý hết các vấn đề trước.",
            batch.state.label()
        ))
    })
}

/// The dossier of a place that is free, or why the part may not go there.
async fn free_dossier(
    connection: &mut Connection,
    batch: BatchId,
    part: u32,
    code: &str,
    component: Option<&str>,
) -> Result<DossierId> {
    let receiver = receiver_of(connection, batch).await?;
    let refused = match place(connection, &receiver, code, component).await? {
        BatchPlace::Free { dossier, .. } => return Ok(dossier),
        BatchPlace::NoDossier => format!("Không có hồ sơ {code}."),
        BatchPlace::Closed(_) => format!("Hồ sơ {code} đã kết thúc nên không nhận thêm giấy tờ này."),
        BatchPlace::NoComponent(_) => format!("Hồ sơ {code} không có thành phần này."),
        BatchPlace::Taken(_) => format!("Thành phần này của hồ sơ {code} đã có giấy tờ."),
    };
    Err(Error::invalid(format!("Phần {part}: {refused} Hãy tải lại trang và chọn lại nơi nhận.")))
}

/// Sheets that were scanned once more carry the cover sheet of a paper that is filed: an outcome, of which a dossier may have several, would
/// be filed twice.
async fn refuse_what_was_carried_out(
    connection: &mut Connection,
    id: BatchId,
    part: &StagedPart,
) -> Result<()> {
    let Some(serial) = &part.cover_serial else { return Ok(()) };
    let sql = "select filed_at from batch_paper where cover_serial = $1 and batch_id <> $2
                   and undone_at is null";
    let filed = database::query(sql).bind(serial).bind(id.to_string()).fetch_optional(connection).await?;
    let Some(row) = filed else { return Ok(()) };
    let day = database::day_of(database::read_time(&row, "filed_at")?).strftime("%d/%m/%Y");
    Err(Error::invalid(format!(
        "Phần {}: giấy tờ sau tờ bìa này đã vào hồ sơ ngày {day}, từ một tập quét khác. Hãy để các trang của phần này ra ngoài, hoặc \
         hoàn tác tập quét kia trước.",
        part.part
    )))
}

/// Files one part. Its place is looked at again: it may have been filled since.
async fn file(
    connection: &mut Connection,
    actor: &Actor,
    batch: BatchId,
    part: &StagedPart,
) -> Result<DocumentId> {
    let DossierPlace { dossier, component } = &part.place;
    let code = database::query("select code from dossier where id = $1").bind(dossier.to_string());
    let code: String = code.fetch_optional(&mut *connection).await?.ok_or(Error::NotFound)?.get("code")?;
    free_dossier(connection, batch, part.part, &code, component.as_deref()).await?;
    if !receive::keeps(connection, part.key).await? {
        return Err(Error::invalid("Tệp của một phần không còn trong kho. Hãy thực hiện lại."));
    }
    let new = NewDocument {
        file_name: part.file_name.clone(),
        place: Some(part.place.clone()),
        subject: None,
        priority: Priority::Counter,
        secret: false,
    };
    let (document, _) = receive::take_in(connection, actor, &new, &part.sha256, part.bytes, part.key).await?;
    Ok(document)
}

async fn put_paper(
    connection: &mut Connection,
    id: BatchId,
    part: &StagedPart,
    document: DocumentId,
) -> Result<()> {
    let sql = "insert into batch_paper (batch_id, document_id, part, filed_at, cover_serial) values ($1, $2, $3, $4, $5)
               on conflict (batch_id, document_id) do update
                   set part = excluded.part, filed_at = excluded.filed_at, cover_serial = excluded.cover_serial,
                       undone_at = null";
    database::query(sql)
        .bind(id.to_string())
        .bind(document.to_string())
        .bind(i64::from(part.part))
        .bind(database::now())
        .bind(part.cover_serial.as_deref())
        .execute(connection)
        .await?;
    Ok(())
}

async fn put_state(connection: &mut Connection, id: BatchId, state: BatchState) -> Result<()> {
    let sql = "update batch set state = $2, version = version + 1 where id = $1";
    let question = database::query(sql).bind(id.to_string()).bind(database::word(&state));
    question.execute(connection).await?;
    Ok(())
}

/// A paper that a person confirmed, keyed, set aside or had destroyed stays: undoing the batch would undo their work too.
async fn refuse_confirmed(connection: &mut Connection, papers: &[BatchPaper]) -> Result<()> {
    let mut named = Vec::new();
    for paper in papers {
        let document = documents::find(connection, paper.document).await?.ok_or(Error::NotFound)?;
        let is_keyed = !keying::of(connection, paper.document).await?.is_empty();
        if is_keyed || lifecycle::after(Position::from(&document), DocumentStep::TakeBack).is_none() {
            named.push(format!("phần {} («{}»)", paper.part, document.title));
        }
    }
    if named.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "Đã có người xử lý giấy tờ của {}. Không hoàn tác được cả tập; hãy sửa từng giấy tờ ở trang của nó.",
        named.join(", ")
    )))
}

/// A paper under a hold stays where it is: out of its dossier it would go with the stack when another paper of that is destroyed.
async fn refuse_held(connection: &mut Connection, papers: &[BatchPaper]) -> Result<()> {
    let mut named = Vec::new();
    for paper in papers {
        let holds = retention::holds_of(connection, paper.document).await?;
        if holds.iter().any(|hold| hold.lifted.is_none()) {
            named.push(format!("phần {}", paper.part));
        }
    }
    if named.is_empty() {
        return Ok(());
    }
    Err(Error::invalid(format!(
        "Giấy tờ của {} đang bị giữ theo lệnh nên không rút khỏi hồ sơ được. Hãy gỡ lệnh giữ trước.",
        named.join(", ")
    )))
}

/// Takes a paper out of its dossier. It was never confirmed, so whose it is was only proposed by its place.
async fn take_back(connection: &mut Connection, actor: &Actor, id: DocumentId, reason: &str) -> Result<()> {
    for sql in [
        "update component set document_id = null, filled_at = null where document_id = $1",
        "delete from outcome where document_id = $1",
        "delete from review_desk where document_id = $1",
        "update document set state = 'taken_back', subject_id = null, place_dossier_id = null, place_component = null
         where id = $1",
    ] {
        database::query(sql).bind(id.to_string()).execute(&mut *connection).await?;
    }
    jobs::call_off(connection, id).await?;
    let step = DocumentStep::TakeBack;
    events::write(connection, id, NewEvent { step, actor: Some(actor), reason: Some(reason), other: None })
        .await?;
    changes::append(connection, ChangeKind::ValidityChanged, id).await
}
