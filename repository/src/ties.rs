//! Which tie an actor has to what they touch. The rule which tie allows what is [`crate::policy`]; here are the questions to the records.
//!
//! Not here: what lists show, which ask for no more than the actor may see from the beginning ([`receiver_key`], [`Scope`]).

use crate::access::Touched;
use crate::database::{self, Connection};
use crate::error::Result;
use crate::record::*;
use crate::{Repository, break_glass, documents, dossiers, merging, representation, reuse, scope};
use jiff::Timestamp;

/// What an action touches.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// No one's record.
    NoOne,
    /// Something that was asked for and does not exist: answered as what belongs to strangers.
    Nothing,
    /// A paper.
    Document(DocumentId),
    /// A subject.
    Subject(SubjectId),
    /// A dossier.
    Dossier(DossierId),
    /// A stack of paper.
    Batch(BatchId),
}

impl From<Touched> for Target {
    fn from(touched: Touched) -> Target {
        match (touched.document, touched.subject) {
            (Some(document), _) => Target::Document(document),
            (None, Some(subject)) => Target::Subject(subject),
            (None, None) => Target::NoOne,
        }
    }
}

macro_rules! targets {
    ($($key:ident $target:ident)*) => {$(
        impl From<$key> for Target {
            fn from(id: $key) -> Target { Target::$target(id) }
        }
    )*};
}

targets! { DocumentId Document SubjectId Subject DossierId Dossier BatchId Batch }

impl<T: Into<Target>> From<Option<T>> for Target {
    fn from(found: Option<T>) -> Target {
        found.map_or(Target::Nothing, Into::into)
    }
}

/// By what lists of an agency are found: the key of whoever received it.
pub(crate) fn receiver_key(actor: &Actor) -> String {
    agency_key(&actor.agency)
}

impl Target {
    /// Whose record the log names.
    pub(crate) async fn touched(self, connection: &mut Connection) -> Result<Touched> {
        Ok(match self {
            Target::NoOne | Target::Nothing | Target::Batch(_) => Touched::NONE,
            Target::Document(id) => id.into(),
            Target::Subject(id) => id.into(),
            Target::Dossier(id) => {
                dossier(connection, id).await?.map_or(Touched::NONE, |found| found.subject.into())
            }
        })
    }
}

impl Repository {
    /// Gives what older versions took in the key of its agency.
    pub(crate) async fn fill_receiver_keys(&self) -> Result<()> {
        let mut transaction = self.database().write().await?;
        fill_receiver_keys(&mut transaction).await?;
        transaction.commit().await
    }

    /// The strongest tie of an actor to what they touch.
    pub(crate) async fn tie(&self, actor: &Actor, target: Target) -> Result<Tie> {
        let mut snapshot = self.database().read().await?;
        let snapshot: &mut Connection = &mut snapshot;
        match target {
            Target::NoOne => Ok(Tie::NoOne),
            Target::Nothing => Ok(Tie::Stranger),
            Target::Document(id) => to_document(snapshot, actor, id, self.now()).await,
            Target::Subject(id) => to_subject(snapshot, actor, id, self.now()).await,
            Target::Dossier(id) => Ok(of_agency(is_own_dossier(snapshot, actor, id).await?)),
            Target::Batch(id) => {
                let question = database::query("select receiver_key from batch where id = $1");
                let row = question.bind(id.to_string()).fetch_optional(&mut *snapshot).await?;
                let receiver = row.map(|row| row.get::<String>("receiver_key")).transpose()?;
                Ok(of_agency(receiver.is_some_and(|receiver| is_own(actor, &receiver))))
            }
        }
    }
}

/// Whether the actor's agency received a dossier.
pub(crate) async fn is_own_dossier(
    connection: &mut Connection,
    actor: &Actor,
    id: DossierId,
) -> Result<bool> {
    Ok(dossier(connection, id).await?.is_some_and(|found| is_own(actor, &found.receiver)))
}

/// Whether the actor's agency is the one with this key; who has no agency shares none.
fn is_own(actor: &Actor, receiver: &str) -> bool {
    !receiver.is_empty() && receiver == receiver_key(actor)
}

fn of_agency(is_own: bool) -> Tie {
    if is_own { Tie::Agency } else { Tie::Stranger }
}

/// Of a dossier what decides who may see it.
struct WhoseDossier {
    subject: SubjectId,
    receiver: String,
}

async fn dossier(connection: &mut Connection, id: DossierId) -> Result<Option<WhoseDossier>> {
    let question = database::query("select subject_id, receiver_key from dossier where id = $1");
    let row = question.bind(id.to_string()).fetch_optional(connection).await?;
    row.map(|row| {
        Ok(WhoseDossier {
            subject: database::read_word(&row, "subject_id")?,
            receiver: row.get("receiver_key")?,
        })
    })
    .transpose()
}

async fn to_document(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    now: Timestamp,
) -> Result<Tie> {
    let Some(document) = documents::find(connection, id).await? else { return Ok(Tie::Stranger) };
    let bounds = scope::bounds(connection, std::slice::from_ref(&document)).await?;
    let Some(bounds) = bounds.get(&id) else { return Ok(Tie::Stranger) };
    if actor.role == Role::Citizen {
        return representation::tie(connection, actor, &bounds.subjects).await;
    }
    if scope::of(connection, actor).await?.covers(bounds) {
        return Ok(Tie::Agency);
    }
    for subject in &bounds.subjects {
        if is_needed(connection, actor, *subject, id).await? {
            return Ok(Tie::Case);
        }
    }
    in_emergency(connection, actor, &bounds.subjects, now).await
}

/// Whether an open dossier of the actor's agency asks for a paper: it took it over already, or may.
async fn is_needed(
    connection: &mut Connection,
    actor: &Actor,
    subject: SubjectId,
    paper: DocumentId,
) -> Result<bool> {
    for open in dossiers::open_of_subject(connection, subject, &receiver_key(actor)).await? {
        if open.components.iter().any(|component| component.document == Some(paper)) {
            return Ok(true);
        }
        let held = reuse::held_for(connection, &open).await?;
        let mut candidates = held.into_iter().flat_map(|held| held.components).flat_map(|one| one.candidates);
        if candidates.any(|candidate| candidate.id == paper && candidate.state == DocumentState::Stored) {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn to_subject(
    connection: &mut Connection,
    actor: &Actor,
    id: SubjectId,
    now: Timestamp,
) -> Result<Tie> {
    if actor.role == Role::Citizen {
        return representation::tie(connection, actor, &[id]).await;
    }
    let id = merging::who_stayed(connection, id).await?;
    let granted = scope::of(connection, actor).await?.rights;
    let is_granted = granted.iter().any(|right| right.subject == Some(id));
    if is_granted || is_known_here(connection, actor, id).await? {
        return Ok(Tie::Agency);
    }
    in_emergency(connection, actor, &[id], now).await
}

/// Whether the actor's agency has a dossier or a paper of a subject.
async fn is_known_here(connection: &mut Connection, actor: &Actor, id: SubjectId) -> Result<bool> {
    let receiver = receiver_key(actor);
    if receiver.is_empty() {
        return Ok(false);
    }
    let sql = "select 1 as known where exists (select 1 from dossier where subject_id = $1 and receiver_key = $2)
                   or exists (select 1 from document where subject_id = $1 and receiver_key = $2)
                   or exists (select 1 from document_subject owner join document on document.id = owner.document_id
                       where owner.subject_id = $1 and document.receiver_key = $2)";
    let question = database::query(sql).bind(id.to_string()).bind(receiver);
    Ok(question.fetch_optional(connection).await?.is_some())
}

async fn in_emergency(
    connection: &mut Connection,
    actor: &Actor,
    subjects: &[SubjectId],
    now: Timestamp,
) -> Result<Tie> {
    let is_open = break_glass::is_open(connection, actor, subjects, now).await?;
    Ok(if is_open { Tie::Emergency } else { Tie::Stranger })
}

/// Gives what older versions took in the key of its agency, from the names that stand in its history.
async fn fill_receiver_keys(connection: &mut Connection) -> Result<()> {
    let sql = "select 1 as missing where exists (select 1 from document where receiver_key is null)
                   or exists (select 1 from dossier where receiver_key is null)
                   or exists (select 1 from batch where receiver_key is null)";
    if database::query(sql).fetch_optional(&mut *connection).await?.is_none() {
        return Ok(());
    }
    let sql = "select agency from document_event where number = 1 union select agency from dossier_event
               union select agency from batch_event where number = 1
               union select agency from access_entry where action = 'receive' order by agency";
    let names = database::query(sql).fetch_all(&mut *connection).await?;
    for row in &names {
        let name = row.get::<String>("agency")?;
        for sql in FILLING {
            let fill = database::query(sql).bind(&name).bind(agency_key(&name));
            fill.execute(&mut *connection).await?;
        }
    }
    for sql in [
        "update document set receiver_key = '' where receiver_key is null",
        "update dossier set receiver_key = '' where receiver_key is null",
        "update batch set receiver_key = '' where receiver_key is null",
    ] {
        database::query(sql).execute(&mut *connection).await?;
    }
    Ok(())
}

/// A dossier of an older version names no agency: it is that of its moves, or else of its papers.
const FILLING: [&str; 4] = [
    "update document set receiver_key = $2 where receiver_key is null and exists (
         select 1 from document_event where document_id = document.id and number = 1 and agency = $1)",
    "update document set receiver_key = $2 where receiver_key is null
         and not exists (select 1 from document_event where document_id = document.id and number = 1)
         and exists (select 1 from access_entry where document_id = document.id and action = 'receive' and agency = $1)",
    "update dossier set receiver_key = $2 where receiver_key is null and (
         exists (select 1 from dossier_event where dossier_id = dossier.id and agency = $1)
         or exists (select 1 from component join document on document.id = component.document_id
             where component.dossier_id = dossier.id and document.receiver_key = $2))",
    "update batch set receiver_key = $2 where receiver_key is null and exists (
         select 1 from batch_event where batch_id = batch.id and number = 1 and agency = $1)",
];
