//! Tiêu hủy: proposed by one person with a decision's number, approved by another, and then nothing is left of the paper but its certificate
//! (ARCH-04, PDP-07, SEC-11). A hold or a term that has not ended forbids it to everyone.

mod erase;

use crate::Repository;
use crate::access;
use crate::bytes::object_path;
use crate::database::{self, Connection, Row};
use crate::documents;
use crate::error::{Error, Result};
use crate::filing;
use crate::lifecycle::{self, Position};
use crate::record::*;
use crate::retention;
use jiff::Timestamp;
use jiff::civil::Date;

/// Longest number of a decision.
const DECISION_LETTERS_MAX: usize = 100;

impl Repository {
    /// Proposes that a paper be destroyed. Access entry `ProposeDisposal`, also when it is refused.
    ///
    /// # Errors
    /// `MustStay` under a hold, or while its term lasts; `Invalid` where the paper is not at the end of its way; `Disposed` when it is
    /// destroyed already.
    pub async fn propose_disposal(
        &self,
        actor: &Actor,
        id: DocumentId,
        new: NewDisposal,
    ) -> Result<Disposal> {
        self.permit(actor, Action::ProposeDisposal, id).await?;
        let reason = filing::plan_reason(&new.reason)?;
        let decision_no = plan_decision(&new.decision_no)?;
        let mut transaction = self.database().write().await?;
        let document = documents::find_kept(&mut transaction, id).await?;
        if let Err(refusal) = check(&mut transaction, &document, new.ground).await {
            return refused(transaction, actor, Action::ProposeDisposal, id, refusal).await;
        }
        let disposal = DisposalId(database::new_key());
        let sql = "insert into disposal (id, document_id, ground, decision_no, reason, proposed_at, proposed_by, agency)
                   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
        let proposed = database::query(sql)
            .bind(disposal.0.to_string())
            .bind(id.to_string())
            .bind(database::word(&new.ground))
            .bind(decision_no)
            .bind(reason)
            .bind(database::now())
            .bind(&actor.account)
            .bind(&actor.agency)
            .execute(&mut *transaction)
            .await?;
        if proposed == 0 {
            let refusal = Error::invalid(
                "Giấy tờ này đang có một đề nghị tiêu hủy chờ quyết định. Hãy quyết định đề nghị đó trước.",
            );
            return refused(transaction, actor, Action::ProposeDisposal, id, refusal).await;
        }
        let disposal = find(&mut transaction, disposal).await?;
        access::write(&mut transaction, actor, Action::ProposeDisposal, id, true).await?;
        transaction.commit().await?;
        Ok(disposal)
    }

    /// Decides a proposal, as another person than the one who made it. An approval destroys the paper at once and for ever: its key, scan,
    /// page pictures, words and fields; the index forgets it with its next change. Access entry `DecideDisposal`, also when it is refused.
    ///
    /// # Errors
    /// `Invalid` for the same account, or when it was decided before; `MustStay` as for a proposal: a hold may have come since.
    pub async fn decide_disposal(&self, actor: &Actor, id: DisposalId, verdict: Verdict) -> Result<Disposal> {
        let proposed = find(&mut *self.database().read().await?, id).await;
        let document = proposed.as_ref().ok().map(|disposal| disposal.document);
        self.permit(actor, Action::DecideDisposal, document).await?;
        let document = proposed?.document;
        let refusal = match verdict {
            Verdict::Approve => None,
            Verdict::Refuse { reason } => Some(filing::plan_reason(&reason)?),
        };
        let objects = self.objects_of(document).await?;
        let mut beside = Vec::new();
        for other in erase::beside(&mut *self.database().read().await?, document).await? {
            beside.extend(self.objects_of(other).await?);
        }
        let mut transaction = self.database().write().await?;
        let disposal = find(&mut transaction, id).await?;
        if let Err(refusal) = check_decision(&mut transaction, actor, &disposal, refusal.is_none()).await {
            return refused(transaction, actor, Action::DecideDisposal, document, refusal).await;
        }
        let entry =
            access::prepare(&mut transaction, actor, Action::DecideDisposal, document.into(), true).await?;
        let certificate = match refusal {
            Some(_) => None,
            None => Some(certificate(&mut transaction, actor, &disposal, objects.len()).await?),
        };
        write_decision(&mut transaction, actor, id, refusal.as_deref(), certificate.as_ref()).await?;
        if certificate.is_some() {
            erase::rows(&mut transaction, actor, document).await?;
        }
        let decided = find(&mut transaction, id).await?;
        access::append_prepared(&mut transaction, entry).await?;
        transaction.commit().await?;
        if certificate.is_some() {
            let removed = self.remove_objects(&[objects, beside].concat()).await;
            self.database().forget().await;
            removed?;
        }
        Ok(decided)
    }

    /// What stays of a destroyed paper. Access entry `View`.
    ///
    /// # Errors
    /// `NotFound` when it was not destroyed.
    pub async fn certificate(&self, actor: &Actor, id: DocumentId) -> Result<Certificate> {
        self.permit(actor, Action::View, id).await?;
        let found = certificate_of(&mut *self.database().read().await?, id).await?.ok_or(Error::NotFound)?;
        self.note_access(actor, Action::View, &[id.into()]).await?;
        Ok(found)
    }

    /// Proposals of a paper, the oldest first. Access entry `View`.
    pub async fn disposals(&self, actor: &Actor, id: DocumentId) -> Result<Vec<Disposal>> {
        self.permit(actor, Action::View, id).await?;
        let question =
            database::query("select * from disposal where document_id = $1 order by proposed_at, id");
        let rows = question.bind(id.to_string()).fetch_all(self.database().reader()).await?;
        self.note_access(actor, Action::View, &[id.into()]).await?;
        rows.iter().map(disposal_from).collect()
    }

    /// Takes away the stored files of a paper whose key is destroyed: nobody can open them any more. Of those that could not be taken away
    /// `motlan check` tells.
    async fn remove_objects(&self, objects: &[object_store::path::Path]) -> Result<()> {
        for path in objects {
            self.blobs().remove(path).await?;
        }
        Ok(())
    }

    /// Names of all stored files of a paper or batch.
    async fn objects_of(&self, id: DocumentId) -> Result<Vec<object_store::path::Path>> {
        let key = match self.paper_key(id).await {
            Err(Error::Erased { .. }) => return Ok(Vec::new()),
            key => key?,
        };
        let hashes = self.hashes_of(id).await?;
        Ok(hashes.iter().map(|sha256| object_path(&key, sha256)).collect())
    }
}

/// A refusal is an entry of the log too.
async fn refused<T>(
    mut transaction: database::Transaction,
    actor: &Actor,
    action: Action,
    id: DocumentId,
    refusal: Error,
) -> Result<T> {
    access::write(&mut transaction, actor, action, id, false).await?;
    transaction.commit().await?;
    Err(refusal)
}

fn plan_decision(decision_no: &str) -> Result<String> {
    let decision_no = decision_no.trim();
    match decision_no.chars().count() {
        1..=DECISION_LETTERS_MAX => Ok(decision_no.to_owned()),
        _ => {
            Err(Error::invalid(format!("Cần số quyết định tiêu hủy, từ 1 đến {DECISION_LETTERS_MAX} ký tự.")))
        }
    }
}

async fn check(connection: &mut Connection, document: &Document, ground: DisposalGround) -> Result<()> {
    let mut holds = retention::holds_of(connection, document.id).await?;
    let mut retention = retention::of(connection, document.id).await?;
    if let (DocumentState::Duplicate, Some(held)) = (document.state, document.superseded_by) {
        // It shows the same paper: what holds that one holds it too, and it may go at the end of that one's term.
        holds.extend(retention::holds_of(connection, held).await?);
        if ground == DisposalGround::RetentionEnded && retention.is_none() {
            retention = retention::of(connection, held).await?;
        }
    }
    if let Some(message) = must_stay(&holds, retention, ground, database::today()) {
        return Err(Error::MustStay { document: document.id, message });
    }
    if let Some(scan) = other_scan(connection, document.id).await? {
        return Err(Error::invalid(format!(
            "Giấy tờ này còn bản quét khác đã xếp là trùng ({scan}). Hãy tiêu hủy bản quét đó trước, để không còn gì của giấy tờ."
        )));
    }
    match lifecycle::after(Position::from(document), DocumentStep::Dispose) {
        Some(_) => Ok(()),
        None => Err(Error::invalid(
            "Chỉ tiêu hủy giấy tờ đã nộp lưu, đã thu hồi, bị thay thế, đã hủy, hoặc chưa lưu kho. Hãy nộp lưu hoặc hủy giấy tờ trước.",
        )),
    }
}

/// A scan that was set aside because this paper is held: whoever has the scan has the paper.
async fn other_scan(connection: &mut Connection, held: DocumentId) -> Result<Option<DocumentId>> {
    let sql = "select id from document
               where superseded_by = $1 and state = 'duplicate' and validity <> 'disposed' order by id limit 1";
    let row = database::query(sql).bind(held.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(|row| database::read_word(row, "id")).transpose()
}

/// Why a paper must stay, in a sentence; none: it may go.
fn must_stay(
    holds: &[Hold],
    retention: Option<Retention>,
    ground: DisposalGround,
    today: Date,
) -> Option<String> {
    if let Some(hold) = holds.iter().find(|hold| hold.lifted.is_none()) {
        return Some(format!(
            "Giấy tờ đang bị giữ theo lệnh của {} ({}); không ai được tiêu hủy cho đến khi lệnh giữ được gỡ.",
            hold.placed_by, hold.reason
        ));
    }
    match (retention, ground) {
        (Some(Retention { until: None, .. }), _) => Some(
            "Giấy tờ thuộc diện lưu trữ vĩnh viễn theo pháp luật về lưu trữ, không được tiêu hủy.".into(),
        ),
        (Some(Retention { until: Some(until), .. }), _) if today <= until => Some(format!(
            "Pháp luật về lưu trữ yêu cầu giữ giấy tờ này đến hết ngày {}; chưa được tiêu hủy.",
            until.strftime("%d/%m/%Y")
        )),
        (None, DisposalGround::RetentionEnded) => Some(
            "Giấy tờ chưa có mã thời hạn lưu trữ. Hãy xác định thời hạn trước khi đề nghị tiêu hủy.".into(),
        ),
        _ => None,
    }
}

async fn check_decision(
    connection: &mut Connection,
    actor: &Actor,
    disposal: &Disposal,
    approves: bool,
) -> Result<()> {
    if disposal.decided_at.is_some() {
        return Err(Error::invalid("Đề nghị này đã được quyết định. Hãy tải lại trang."));
    }
    if disposal.proposed_by == actor.account {
        return Err(Error::invalid(
            "Người quyết định phải khác người đề nghị tiêu hủy. Hãy chuyển cho người có thẩm quyền khác.",
        ));
    }
    if !approves {
        return Ok(());
    }
    let document = documents::find_kept(connection, disposal.document).await?;
    check(connection, &document, disposal.ground).await
}

async fn certificate(
    connection: &mut Connection,
    actor: &Actor,
    disposal: &Disposal,
    objects: usize,
) -> Result<Certificate> {
    let document = documents::find_kept(connection, disposal.document).await?;
    Ok(Certificate {
        disposal: disposal.id,
        document: document.id,
        code: document.code,
        document_type: document.document_type,
        sha256: document.original.sha256,
        bytes: document.original.bytes,
        objects: objects as u64,
        received_at: document.received_at,
        retention: retention::of(connection, disposal.document).await?,
        ground: disposal.ground,
        decision_no: disposal.decision_no.clone(),
        reason: disposal.reason.clone(),
        proposed_by: disposal.proposed_by.clone(),
        proposed_at: disposal.proposed_at,
        approved_by: actor.account.clone(),
        agency: actor.agency.clone(),
        destroyed_at: Timestamp::now(),
    })
}

async fn write_decision(
    connection: &mut Connection,
    actor: &Actor,
    id: DisposalId,
    refusal: Option<&str>,
    certificate: Option<&Certificate>,
) -> Result<()> {
    let sql =
        "update disposal set decided_at = $2, decided_by = $3, refusal = $4, certificate = $5 where id = $1";
    database::query(sql)
        .bind(id.0.to_string())
        .bind(database::now())
        .bind(&actor.account)
        .bind(refusal)
        .bind(certificate.map(database::json))
        .execute(connection)
        .await?;
    Ok(())
}

/// What stays of a paper; none: it was not destroyed.
pub(crate) async fn certificate_of(
    connection: &mut Connection,
    id: DocumentId,
) -> Result<Option<Certificate>> {
    let sql = "select certificate from disposal where document_id = $1 and certificate is not null";
    let row = database::query(sql).bind(id.to_string()).fetch_optional(connection).await?;
    row.map(|row| database::read_json(&row, "certificate")).transpose()
}

async fn find(connection: &mut Connection, id: DisposalId) -> Result<Disposal> {
    let question = database::query("select * from disposal where id = $1").bind(id.0.to_string());
    let row = question.fetch_optional(connection).await?;
    row.as_ref().map(disposal_from).transpose()?.ok_or(Error::NotFound)
}

fn disposal_from(row: &Row) -> Result<Disposal> {
    Ok(Disposal {
        id: database::read_word(row, "id")?,
        document: database::read_word(row, "document_id")?,
        ground: database::read_word(row, "ground")?,
        decision_no: row.get("decision_no")?,
        reason: row.get("reason")?,
        proposed_at: database::read_time(row, "proposed_at")?,
        proposed_by: row.get("proposed_by")?,
        agency: row.get("agency")?,
        decided_at: database::read_time_or_none(row, "decided_at")?,
        decided_by: row.get("decided_by")?,
        refusal: row.get("refusal")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_stays_under_a_hold_and_while_its_term_lasts() {
        let hold = |lifted: bool| Hold {
            id: HoldId(database::new_key()),
            document: DocumentId(database::new_key()),
            reason: "thanh tra".into(),
            since: Timestamp::UNIX_EPOCH,
            placed_by: "lanh.dao".into(),
            lifted: lifted.then(|| Lifting {
                at: Timestamp::UNIX_EPOCH,
                by: "lanh.dao".into(),
                reason: "xong".into(),
            }),
        };
        let until = |day: Option<&str>| {
            Some(Retention { code: RetentionCode::Other, until: day.map(|day| day.parse().unwrap()) })
        };
        let check = |holds: &[Hold], retention, ground, expected: Option<&str>| {
            let message = must_stay(holds, retention, ground, "2026-02-28".parse().unwrap());
            match (&message, expected) {
                (Some(message), Some(words)) => assert!(message.contains(words), "{message}"),
                _ => assert_eq!(message.as_deref(), expected),
            }
        };
        use DisposalGround::*;
        let over = until(Some("2026-02-27"));
        check(&[], over, RetentionEnded, None);
        check(&[], over, SubjectRequest, None);
        check(&[], None, SubjectRequest, None);
        check(&[], None, RetentionEnded, Some("chưa có mã"));
        check(&[], until(Some("2026-02-28")), SubjectRequest, Some("28/02/2026"));
        check(&[], until(None), SubjectRequest, Some("vĩnh viễn"));
        check(&[hold(true)], over, RetentionEnded, None);
        check(&[hold(true), hold(false)], over, RetentionEnded, Some("lanh.dao (thanh tra)"));
        check(&[hold(false)], None, SubjectRequest, Some("bị giữ"));
    }
}
