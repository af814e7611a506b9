//! Filing: a person confirms what the machine proposed, and the paper becomes a record of its owner (DIG-06 steps 3 and 4, DIG-12).
//! First the confirmation is checked as a value ([`crate::filing`]), then one transaction carries it out.

use crate::Repository;
use crate::access;
use crate::database::{self, Connection};
use crate::document_type::field_key;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::filing::{self, Filing};
use crate::keying::{self, Outcome};
use crate::lifecycle::{self, Position};
use crate::record::*;
use crate::{
    changes, code, desk, documents, equal, events, fields, origin, owners, passes, reading, subjects,
};
use jiff::Timestamp;

impl Repository {
    /// Files a paper: fields confirmed, document code issued, subject found or made, state stored, all in one transaction. A paper that
    /// the machine could not read is filed the same way, from fields typed by hand (DOMAIN §4.2). One of a type that is keyed twice goes on
    /// waiting, for another person, until two agree or a third decides (`keying`).
    ///
    /// # Errors
    /// `Conflict` when the paper is not waiting for confirmation; `ReadAgain` when it was read again since the person looked,
    /// `KeyedMeanwhile` when it was keyed since; `Invalid`
    /// when a value or its origin does not allow filing; `Incomplete` when a field that records of the type need is neither there nor
    /// explained (DIG-11); `Doubtful` when a value whose check fails is neither changed nor given a reason; `SubjectDiffers` when the number
    /// is known under another name or date of birth and the confirmation does not say that they shall be replaced; `AlreadyHeld` when an
    /// owner has a paper in force of this type and number and the confirmation does not say what this one is beside it (DIG-07).
    pub async fn confirm(
        &self,
        actor: &Actor,
        id: DocumentId,
        confirmation: Confirmation,
    ) -> Result<DocumentView> {
        self.permit(actor, Action::Confirm, id).await?;
        let (seen, may_rename, keyings) =
            (confirmation.pass, confirmation.rename_subject, confirmation.keyings);
        let filing = filing::plan(confirmation, database::today())?;
        let mut transaction = self.database().write().await?;
        let document = documents::find_kept(&mut transaction, id).await?;
        if lifecycle::after(Position::from(&document), DocumentStep::Store).is_none() {
            return Err(Error::Conflict { document: id });
        }
        check_seen(&mut transaction, id, seen).await?;
        let keyed = (filing.document_type, keyings);
        let filing = match self.take_keying(&mut transaction, actor, id, filing, keyed).await? {
            Outcome::File(filing) => filing,
            Outcome::Kept => return keying::kept(transaction, actor, id, (Action::Confirm, None)).await,
        };
        let origin = origin::settle(&mut transaction, actor, &document, &filing).await?;
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
        put_record(&mut transaction, actor, id, &filing).await?;
        origin::put(&mut transaction, id, &origin).await?;
        store(&mut transaction, actor, id, filing.document_type).await?;
        let why = why(&filing, held.as_ref());
        let confirmed = equal::confirmed(actor, held.as_ref(), why.as_deref());
        note_steps(&mut transaction, &document, &origin, confirmed).await?;
        changes::append(&mut transaction, ChangeKind::Stored, id).await?;
        if let (Some(held), Some(beside)) = (&held, &filing.beside) {
            equal::settle(&mut transaction, actor, id, (held, beside), self.now()).await?;
            access::write(&mut transaction, actor, Action::Amend, held.id, true).await?;
        }
        desk::clear(&mut transaction, id).await?;
        keying::clear(&mut transaction, id).await?;
        access::write(&mut transaction, actor, Action::Confirm, id, true).await?;
        let view = documents::view(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(view)
    }
}

/// What was said of this confirmation: why the paper stands beside an equal one, and why fields are right although a check fails, or are not
/// there.
fn why(filing: &Filing, held: Option<&Document>) -> Option<String> {
    let beside = filing.beside.as_ref().filter(|_| held.is_some()).map(|beside| beside.reason.clone());
    let of_field = |(key, reason): &(String, String)| Some(format!("{}: {reason}", field_key(key)?.label));
    let said: Vec<String> = beside.into_iter().chain(filing.reasons.iter().filter_map(of_field)).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// How the first owner that differs from what is known does. The sentence tells what is known of someone, to those who are tied to them: a look
/// like any other.
pub(crate) async fn difference(
    connection: &mut Connection,
    actor: &Actor,
    filing: &Filing,
    now: Timestamp,
) -> Result<Option<String>> {
    for claim in filing.claims() {
        if let Some(found) = subjects::difference(connection, actor, claim, now).await? {
            access::write(connection, actor, Action::Search, found.subject, true).await?;
            return Ok(Some(found.message));
        }
    }
    Ok(None)
}

/// The proposals that a person saw are those that count: against others the doubts of a value could not be told from its changes.
async fn check_seen(connection: &mut Connection, id: DocumentId, seen: Option<u32>) -> Result<()> {
    match passes::newest(connection, id).await? {
        newest if newest > seen.unwrap_or(reading::FIRST_PASS) => Err(Error::ReadAgain { document: id }),
        _ => Ok(()),
    }
}

/// Every owner as a subject, the first one first. Two numbers may lead to one person, who is named once.
async fn confirm_owners(connection: &mut Connection, filing: &Filing) -> Result<Vec<(SubjectId, OwnerRole)>> {
    let mut owners = vec![(subjects::confirm(connection, &filing.subject).await?, filing.first_role())];
    for other in &filing.co_owners {
        let subject = subjects::confirm(connection, &other.subject).await?;
        if owners.iter().all(|(known, _)| *known != subject) {
            owners.push((subject, other.role));
        }
    }
    Ok(owners)
}

/// Writes what a person states: type, title, owners, fields.
pub(crate) async fn put_record(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    filing: &Filing,
) -> Result<()> {
    let owners = confirm_owners(connection, filing).await?;
    owners::put(connection, id, &owners).await?;
    fields::confirm(connection, id, &filing.fields, &filing.reasons, &actor.account, database::now()).await?;
    let number_key = filing.numbers().next().map(|(_, number)| database::exact_key(number));
    let sql =
        "update document set document_type = $2, title = $3, number = $4, number_key = $5, issued_on = $6,
                   valid_until = $7, agency = $8, subject_id = $9 where id = $1";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&filing.document_type))
        .bind(&filing.title)
        .bind(filing.value("number"))
        .bind(number_key)
        .bind(filing.value("issued_on"))
        .bind(filing.value("valid_until"))
        .bind(filing.value("agency"))
        .bind(owners[0].0.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Issues the code and lets the paper be stored.
async fn store(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    document_type: crate::DocumentType,
) -> Result<()> {
    let today = database::today();
    let sequence = database::next_number(connection, &format!("document:{today}")).await?;
    let code = code::document_code(document_type, today, sequence);
    let sql = "update document set state = $2, code = $3, code_key = $4, problem = null, confirmed_at = $5,
                   confirmed_by = $6 where id = $1";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&DocumentState::Stored))
        .bind(code.as_str())
        .bind(database::exact_key(code.as_str()))
        .bind(database::now())
        .bind(&actor.account)
        .execute(connection)
        .await?;
    Ok(())
}

/// The steps that a confirmation takes, in the order of TT 01/2023 Điều 7.
async fn note_steps(
    connection: &mut Connection,
    before: &Document,
    origin: &Origin,
    confirmed: NewEvent<'_>,
) -> Result<()> {
    let (id, actor) = (before.id, confirmed.actor);
    if before.origin.marked.is_none() {
        events::note(connection, actor, id, DocumentStep::Mark).await?;
    }
    events::write(connection, id, confirmed).await?;
    let agency_mark = origin.agency_marked.is_some().then_some(DocumentStep::AgencyMark);
    for step in agency_mark.into_iter().chain([DocumentStep::Code, DocumentStep::Store]) {
        events::note(connection, actor, id, step).await?;
    }
    Ok(())
}
