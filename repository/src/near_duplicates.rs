//! Giấy gần như trùng: of a paper that waits for confirmation, the held papers of which it is probably another scan, and using one of them
//! instead of filing it (DIG-07, REUSE-01). What is alike is decided by values alone, in [`crate::likeness`].

use crate::access::{self, Touched};
use crate::database::{self, Connection};
use crate::documents::{self, select_documents};
use crate::doubt::fails_a_check;
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::identifier::SubjectNumber;
use crate::lifecycle::{self, Position};
use crate::likeness::{self, Scan};
use crate::record::*;
use crate::subjects::{self, promoted};
use crate::{DocumentType, Repository, changes, fields, filing, reuse};

/// Held papers of one owner and type that are compared, newest first. A person has a handful; of an organization's thousands of decisions the
/// one that comes twice was mostly handed in lately, and one that is not compared here is still found at confirmation by its number.
const CANDIDATES_MAX: i64 = 20;
/// First pages whose words and pictures are compared: what papers of one type differ in stands there, and a file may have thousands.
const PAGES_COMPARED: i64 = 3;
/// Fields that say whose paper it is.
const OWNER_NUMBERS: [&str; 4] = ["citizen_id", "husband_citizen_id", "wife_citizen_id", "enterprise_code"];
/// What stands in the history of a paper that is another scan of a held one.
const ANOTHER_SCAN: &str = "Bản quét khác của giấy đã có trong kho; dùng giấy đã có";

/// Papers of a type in force that stand in the store of a subject. The cross join keeps SQLite from beginning with all stored papers.
pub(crate) const HELD: &str = select_documents!(
    "where d.id in (
         select document_id from document_subject cross join document
             where id = document_id and document_subject.subject_id = $1 and document_type = $2 and state = 'stored'
                 and validity in ('valid', 'archived') and (valid_until is null or valid_until >= $3))
     and ",
    promoted!(),
    " order by d.id desc limit $4"
);

impl Repository {
    /// Held papers of which this one, waiting for confirmation, is probably another scan, the likeliest first: those of its type in force
    /// in the store of the subject of its dossier or of someone whose number was read on it, as far as the actor may see them. None for an application, which is written anew
    /// each time, for what lies among the outcomes of a dossier, and in a component for which the held paper does not count or was
    /// refused in writing. Access entry `Search` for each that is told, or one for the paper itself.
    pub async fn near_duplicates(&self, actor: &Actor, id: DocumentId) -> Result<Vec<NearDuplicate>> {
        self.permit(actor, Action::View, id).await?;
        let mut snapshot = self.database().read().await?;
        let document = documents::find_kept(&mut snapshot, id).await?;
        let mut found = near(&mut snapshot, &document).await?;
        drop(snapshot);
        let mut seen = Vec::with_capacity(found.len());
        for near in &found {
            seen.push(self.is_permitted(actor, Action::View, near.document.id).await?);
        }
        let mut seen = seen.into_iter();
        found.retain(|_| seen.next().unwrap_or_default());
        let told: Vec<Touched> = found.iter().map(|near| near.document.id.into()).collect();
        let touched = if told.is_empty() { vec![id.into()] } else { told };
        self.note_access(actor, Action::Search, &touched).await?;
        Ok(found)
    }

    /// Uses the held paper of which a waiting one is another scan: that one is set aside and never filed, and the component that it was
    /// handed in for names the held paper (REUSE-02). [`Repository::wait_again`] undoes it.
    ///
    /// # Errors
    /// `Conflict` when the paper does not wait any more; `Invalid` when the held one is none of its near duplicates now, or the dossier is
    /// closed; `BytesDamaged` when its scan cannot be read.
    pub async fn use_held(&self, actor: &Actor, wish: UseHeld) -> Result<DocumentView> {
        let UseHeld { document: id, held } = wish;
        self.permit(actor, Action::Confirm, id).await?;
        self.permit(actor, Action::Receive, held).await?;
        self.check_is_near(id, held).await?;
        self.check_readable(held).await?;
        let mut transaction = self.database().write().await?;
        let document = documents::find_kept(&mut transaction, id).await?;
        let next = lifecycle::after(Position::from(&document), DocumentStep::Supersede);
        let used = documents::find_kept(&mut transaction, held).await?;
        let Some(Position::Before(state)) = next else {
            return Err(Error::Conflict { document: id });
        };
        if !counts(&used) {
            return Err(not_near());
        }
        reuse::replace(&mut transaction, actor, &document, held).await?;
        move_to(&mut transaction, id, state, Some(held)).await?;
        let event = NewEvent {
            step: DocumentStep::Supersede,
            actor: Some(actor),
            reason: Some(ANOTHER_SCAN),
            other: Some(held),
        };
        events::write(&mut transaction, id, event).await?;
        changes::append(&mut transaction, ChangeKind::ValidityChanged, id).await?;
        let view = documents::view(&mut transaction, id).await?;
        access::write(&mut transaction, actor, Action::Receive, held, true).await?;
        access::write(&mut transaction, actor, Action::Confirm, id, true).await?;
        transaction.commit().await?;
        Ok(view)
    }

    /// Lets a paper that was set aside as another scan wait for confirmation again. While its dossier is open, the component that it was
    /// handed in for names it again instead of the held paper.
    ///
    /// # Errors
    /// `Conflict` when it is not set aside; `Invalid` without a reason.
    pub async fn wait_again(&self, actor: &Actor, id: DocumentId, reason: &str) -> Result<DocumentView> {
        self.permit(actor, Action::Amend, id).await?;
        let reason = filing::plan_reason(reason)?;
        let mut transaction = self.database().write().await?;
        let document = documents::find_kept(&mut transaction, id).await?;
        let step = DocumentStep::Reinstate;
        let Some(Position::Before(state)) = lifecycle::after(Position::from(&document), step) else {
            return Err(Error::Conflict { document: id });
        };
        reuse::give_back(&mut transaction, &document).await?;
        move_to(&mut transaction, id, state, None).await?;
        let event = NewEvent { step, actor: Some(actor), reason: Some(&reason), other: None };
        events::write(&mut transaction, id, event).await?;
        changes::append(&mut transaction, ChangeKind::ValidityChanged, id).await?;
        access::write(&mut transaction, actor, Action::Amend, id, true).await?;
        let view = documents::view(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(view)
    }

    /// Nothing is set aside for a paper that is not like it. Many words are compared, so not under the write lock.
    async fn check_is_near(&self, id: DocumentId, held: DocumentId) -> Result<()> {
        let mut snapshot = self.database().read().await?;
        let document = documents::find_kept(&mut snapshot, id).await?;
        if document.state != DocumentState::Extracted {
            return Err(Error::Conflict { document: id });
        }
        let offered = near(&mut snapshot, &document).await?;
        offered.iter().any(|near| near.document.id == held).then_some(()).ok_or_else(not_near)
    }
}

fn not_near() -> Error {
    Error::invalid("Giấy đã chọn không còn được coi là trùng với bản quét này. Hãy tải lại trang.")
}

/// Puts an unfiled paper in another state, with the held paper that is used instead of it.
async fn move_to(
    connection: &mut Connection,
    id: DocumentId,
    state: DocumentState,
    instead: Option<DocumentId>,
) -> Result<()> {
    database::query("update document set state = $2, superseded_by = $3 where id = $1")
        .bind(id.to_string())
        .bind(database::word(&state))
        .bind(instead.map(|id| id.to_string()))
        .execute(connection)
        .await?;
    Ok(())
}

async fn near(connection: &mut Connection, document: &Document) -> Result<Vec<NearDuplicate>> {
    let is_written_anew = document.document_type == DocumentType::Application;
    if document.state != DocumentState::Extracted || is_written_anew {
        return Ok(Vec::new());
    }
    let replaceable = reuse::replaceable(connection, document).await?;
    let scan = scan(connection, document.id).await?;
    let mut found: Vec<NearDuplicate> = Vec::new();
    for owner in owners(connection, document, &scan).await? {
        for held in held_of(connection, owner, document.document_type).await? {
            if found.iter().any(|near| near.document.id == held.id) || !replaceable.by(held.id) {
                continue;
            }
            let signs = likeness::signs(&scan, &self::scan(connection, held.id).await?);
            if !signs.is_empty() {
                found.push(NearDuplicate { document: held, signs });
            }
        }
    }
    found.sort_by_key(|near| std::cmp::Reverse(likeness::strength(&near.signs)));
    Ok(found)
}

async fn held_of(
    connection: &mut Connection,
    owner: SubjectId,
    document_type: DocumentType,
) -> Result<Vec<Document>> {
    let question = database::query(HELD).bind(owner.to_string()).bind(database::word(&document_type));
    let question = question.bind(database::today().to_string()).bind(CANDIDATES_MAX);
    question.fetch_all(connection).await?.iter().map(documents::from_row).collect()
}

/// Whether a paper is filed and in force.
fn counts(paper: &Document) -> bool {
    let in_force = matches!(paper.validity, Validity::Valid | Validity::Archived);
    let is_over = paper.valid_until.is_some_and(|last| last < database::today());
    paper.state == DocumentState::Stored && in_force && !is_over
}

/// Who may own the paper: whoever is named for it, and whose number was read on it without a failed check.
async fn owners(connection: &mut Connection, document: &Document, scan: &Scan) -> Result<Vec<SubjectId>> {
    let mut owners: Vec<SubjectId> = document.subject.iter().map(|subject| subject.id).collect();
    let read = scan.fields.iter().filter(|field| OWNER_NUMBERS.contains(&field.key.as_str()));
    for field in read.filter(|field| !fails_a_check(&field.doubts)) {
        let Ok(number) = SubjectNumber::parse(&field.value) else { continue };
        let holder = subjects::holder(connection, &number).await?;
        owners.extend(holder.map(|holder| holder.id).filter(|id| !owners.contains(id)));
    }
    Ok(owners)
}

async fn scan(connection: &mut Connection, id: DocumentId) -> Result<Scan> {
    let sql = "select p.picture_hash, r.text from page p left join reading r
                   on r.document_id = p.document_id and r.pass = p.pass and r.page_number = p.number
               where p.document_id = $1 and p.counts = 1 and p.number <= $2 order by p.number";
    let question = database::query(sql).bind(id.to_string()).bind(PAGES_COMPARED);
    let (mut texts, mut pictures) = (Vec::new(), Vec::new());
    for row in &question.fetch_all(&mut *connection).await? {
        texts.extend(row.get::<Option<String>>("text")?);
        pictures.push(documents::picture_hash_from(row)?);
    }
    Ok(Scan::new(fields::of(connection, id).await?, &texts, pictures))
}
