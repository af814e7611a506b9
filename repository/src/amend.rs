//! After filing: corrections with their history, and rulings that take a paper out of use (DOMAIN §4.2, PDP-06, REUSE-06).

use crate::Repository;
use crate::access;
use crate::confirm::{difference, put_record};
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::filing;
use crate::keying::{self, Outcome};
use crate::lifecycle::{self, Position};
use crate::record::*;
use crate::{changes, documents, equal, fields, owners};

impl Repository {
    /// Đính chính: replaces what was confirmed of a stored paper. The version before is kept as it stood; code, bytes and origin stay. A paper
    /// that is, or becomes, of a type that is keyed twice stays as it is until two people correct it alike, or a third decides (`keying`).
    ///
    /// # Errors
    /// `Conflict` when someone else corrected it since the person looked, `KeyedMeanwhile` when someone keyed it; `Invalid` when it may not be corrected or a value is wrong;
    /// `Doubtful`, `SubjectDiffers` and `AlreadyHeld` as for a confirmation; what was told apart once is not asked again.
    pub async fn correct(
        &self,
        actor: &Actor,
        id: DocumentId,
        correction: Correction,
    ) -> Result<DocumentView> {
        self.permit(actor, Action::Amend, id).await?;
        let reason = filing::plan_reason(&correction.reason)?;
        let (may_rename, keyings) = (correction.record.rename_subject, correction.record.keyings);
        let filing = filing::plan(correction.record, database::today())?;
        let mut transaction = self.database().write().await?;
        let document = documents::find_kept(&mut transaction, id).await?;
        next(&document, DocumentStep::Correct)?;
        if document.version != correction.version {
            return Err(Error::Conflict { document: id });
        }
        let of_type =
            [document.document_type, filing.document_type].into_iter().find(|one| one.is_keyed_twice());
        let keyed = (of_type.unwrap_or(filing.document_type), keyings);
        let filing = match self.take_keying(&mut transaction, actor, id, filing, keyed).await? {
            Outcome::File(filing) => filing,
            Outcome::Kept => {
                return keying::kept(transaction, actor, id, (Action::Amend, Some(&reason))).await;
            }
        };
        fields::check_doubts(&mut transaction, id, &filing.fields, &filing.reasons).await?;
        if !may_rename && let Some(message) = difference(&mut transaction, actor, &filing, self.now()).await?
        {
            transaction.commit().await?;
            return Err(Error::SubjectDiffers { message });
        }
        let held = equal::held(&mut transaction, id, &filing).await?;
        if let (Some(held), None) = (&held, &filing.beside) {
            return equal::refused(transaction, actor, held).await;
        }
        events::keep_version(&mut transaction, actor, &document, &reason).await?;
        put_record(&mut transaction, actor, id, &filing).await?;
        let sql = "update document set version = version + 1 where id = $1";
        database::query(sql).bind(id.to_string()).execute(&mut *transaction).await?;
        let said = equal::corrected(&reason, held.as_ref(), filing.beside.as_ref());
        let other = held.as_ref().map(|held| held.id);
        let event = NewEvent { step: DocumentStep::Correct, actor: Some(actor), reason: Some(&said), other };
        events::write(&mut transaction, id, event).await?;
        changes::append(&mut transaction, ChangeKind::Corrected, id).await?;
        if let (Some(held), Some(beside)) = (&held, &filing.beside) {
            equal::settle(&mut transaction, actor, id, (held, beside), self.now()).await?;
            access::write(&mut transaction, actor, Action::Amend, held.id, true).await?;
        }
        keying::clear(&mut transaction, id).await?;
        access::write(&mut transaction, actor, Action::Amend, id, true).await?;
        let view = documents::view(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(view)
    }

    /// Takes a stored paper out of use, or back into it. It stays traceable by its codes and its owner's number; searches and offers
    /// leave it out.
    ///
    /// # Errors
    /// `Invalid` when the paper is not where such a ruling is possible, or what shall take its place may not.
    pub async fn rule(
        &self,
        actor: &Actor,
        id: DocumentId,
        ruling: Ruling,
        reason: &str,
    ) -> Result<DocumentView> {
        self.permit(actor, Action::Amend, id).await?;
        if let Ruling::Supersede { by } = ruling {
            self.permit(actor, Action::View, by).await?;
        }
        let reason = filing::plan_reason(reason)?;
        let mut transaction = self.database().write().await?;
        carry_out(&mut transaction, actor, id, ruling, &reason).await?;
        access::write(&mut transaction, actor, Action::Amend, id, true).await?;
        let view = documents::view(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(view)
    }
}

/// Carries a ruling out, but for its access entry. The reason is as it is kept.
pub(crate) async fn carry_out(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    ruling: Ruling,
    reason: &str,
) -> Result<()> {
    let document = documents::find_kept(connection, id).await?;
    let validity = next(&document, ruling.step())?;
    let other = match ruling {
        Ruling::Supersede { by } => {
            check_successor(connection, id, by).await?;
            Some(by)
        }
        Ruling::Revoke | Ruling::Cancel | Ruling::Reinstate | Ruling::Archive => None,
    };
    let sql = "update document set validity = $2, superseded_by = $3 where id = $1";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&validity))
        .bind(other.map(|id| id.to_string()))
        .execute(&mut *connection)
        .await?;
    let event = NewEvent { step: ruling.step(), actor: Some(actor), reason: Some(reason), other };
    events::write(connection, id, event).await?;
    changes::append(connection, ChangeKind::ValidityChanged, id).await
}

/// What becomes of a stored paper by a step, if it may be taken.
fn next(document: &Document, step: DocumentStep) -> Result<Validity> {
    match (lifecycle::after(Position::from(document), step), document.state) {
        (Some(Position::Filed(validity)), DocumentState::Stored) => Ok(validity),
        (_, DocumentState::Stored) => Err(Error::invalid(format!(
            "{}: không làm được khi giấy tờ ở trạng thái «{}». Hãy tải lại trang.",
            step.label(),
            document.validity.label()
        ))),
        (_, DocumentState::Duplicate) => Err(Error::invalid(format!(
            "{}: bản quét này được xếp là trùng với giấy đã có, không lưu riêng. Hãy cho nó chờ xác nhận lại trước.",
            step.label()
        ))),
        _ => Err(Error::invalid(format!(
            "{}: giấy tờ chưa lưu kho. Hãy xác nhận giấy tờ trước.",
            step.label()
        ))),
    }
}

/// What takes the place of a paper is another one that counts itself, of one owner at least.
async fn check_successor(connection: &mut Connection, id: DocumentId, by: DocumentId) -> Result<()> {
    let unfit = || {
        Error::invalid(
            "Giấy tờ thay thế phải là một giấy tờ khác của cùng chủ, đã lưu kho và còn hiệu lực. Hãy chọn lại giấy tờ.",
        )
    };
    let successor = documents::find(connection, by).await?.ok_or_else(unfit)?;
    let owners = owners::of(connection, id).await?;
    let others = owners::of(connection, by).await?;
    let shared = owners.iter().any(|owner| others.iter().any(|other| other.subject.id == owner.subject.id));
    let counts = Position::from(&successor) == Position::Filed(Validity::Valid);
    if by != id && counts && shared { Ok(()) } else { Err(unfit()) }
}
