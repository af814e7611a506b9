//! Giấy gần như trùng: of a paper that waits for confirmation, the held papers of which it is probably another scan, and using one of them
//! instead of filing it (DIG-07, REUSE-01). What is alike is decided by values alone, in [`crate::likeness`].

use crate::access::{self, Touched};
use crate::database::{self, Connection};
use crate::doubt::fails_a_check;
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::identifier::SubjectNumber;
use crate::lifecycle::{self, Position};
use crate::likeness::{self, Scan};
use crate::record::*;
use crate::{DocumentType, Repository, changes, documents, fields, requirements, reuse, subjects};

/// Held papers of one owner and type that are compared, newest first. A person has a handful; of an organization's thousands of decisions the
/// one that comes twice was mostly handed in lately, and one that is not compared here is still found at confirmation by its number.
const CANDIDATES_MAX: usize = 20;
/// First pages whose words and pictures are compared: what papers of one type differ in stands there, and a file may have thousands.
const PAGES_COMPARED: i64 = 3;
/// Fields that say whose paper it is.
const OWNER_NUMBERS: [&str; 4] = ["citizen_id", "husband_citizen_id", "wife_citizen_id", "enterprise_code"];
/// What stands in the history of a paper that is another scan of a held one.
const ANOTHER_SCAN: &str = "Bản quét khác của giấy đã có trong kho; dùng giấy đã có";

impl Repository {
    /// Held papers of which this one, waiting for confirmation, is probably another scan, the likeliest first: those of its type in force
    /// that belong to the subject of its dossier or to someone whose number was read on it. None for an application, which is written anew
    /// each time, and for what lies where a dossier keeps its outcomes. Access entry `Search` for each that is told, or one for the paper
    /// itself.
    pub async fn near_duplicates(&self, actor: &Actor, id: DocumentId) -> Result<Vec<NearDuplicate>> {
        self.permit(actor, Action::View, id).await?;
        let mut snapshot = self.database().read().await?;
        let document = documents::find_kept(&mut snapshot, id).await?;
        let found = near(&mut snapshot, &document).await?;
        drop(snapshot);
        let told: Vec<Touched> = found.iter().map(|near| near.document.id.into()).collect();
        let touched = if told.is_empty() { vec![id.into()] } else { told };
        self.note_access(actor, Action::Search, &touched).await?;
        Ok(found)
    }

    /// Uses the held paper of which a waiting one is another scan: that one is set aside and never filed, and the component that it was
    /// handed in for names the held paper (REUSE-02). [`Ruling::Reinstate`] lets it wait again.
    ///
    /// # Errors
    /// `Conflict` when the paper does not wait any more, or the held one is none of its near duplicates now; `Invalid` when the dossier is
    /// closed; `BytesDamaged` when its scan cannot be read.
    pub async fn use_held(&self, actor: &Actor, wish: UseHeld) -> Result<DocumentView> {
        let UseHeld { document: id, held } = wish;
        self.permit(actor, Action::Confirm, id).await?;
        self.check_is_near(id, held).await?;
        self.check_readable(held).await?;
        let mut transaction = self.database().write().await?;
        let document = documents::find_kept(&mut transaction, id).await?;
        let next = lifecycle::after(Position::from(&document), DocumentStep::Supersede);
        let used = documents::find_kept(&mut transaction, held).await?;
        let (Some(Position::Before(state)), true) = (next, counts(&used)) else {
            return Err(Error::Conflict { document: id });
        };
        if let Some(place) = &document.place {
            reuse::replace(&mut transaction, actor, place, id, &used).await?;
        }
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

    /// Nothing is set aside for a paper that is not like it. Many words are compared, so not under the write lock.
    async fn check_is_near(&self, id: DocumentId, held: DocumentId) -> Result<()> {
        let mut snapshot = self.database().read().await?;
        let document = documents::find_kept(&mut snapshot, id).await?;
        let offered = near(&mut snapshot, &document).await?;
        let is_offered = offered.iter().any(|near| near.document.id == held);
        is_offered.then_some(()).ok_or(Error::Conflict { document: id })
    }
}

/// Puts an unfiled paper in another state, with the held paper that is used instead of it.
pub(crate) async fn move_to(
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
    let is_outcome = document.place.as_ref().is_some_and(|place| place.component.is_none());
    let is_written_anew = document.document_type == DocumentType::Application;
    if document.state != DocumentState::Extracted || is_outcome || is_written_anew {
        return Ok(Vec::new());
    }
    let scan = scan(connection, document.id).await?;
    let mut found: Vec<NearDuplicate> = Vec::new();
    for owner in owners(connection, document, &scan).await? {
        let papers = requirements::papers_of(connection, owner, document.document_type).await?;
        let in_force = papers.into_iter().filter(|paper| paper.id != document.id && counts(paper));
        for held in in_force.take(CANDIDATES_MAX) {
            let signs = likeness::signs(&scan, &self::scan(connection, held.id).await?);
            if !signs.is_empty() && found.iter().all(|near| near.document.id != held.id) {
                found.push(NearDuplicate { document: held, signs });
            }
        }
    }
    found.sort_by_key(|near| std::cmp::Reverse(near.signs.len()));
    Ok(found)
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
