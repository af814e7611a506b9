//! Which tie an actor has to what they touch. The rule which tie allows what is [`crate::policy`]; here are the questions to the records.
//!
//! Not here: what lists show, which ask for no more than the actor may see from the beginning ([`receiver_key`], [`Scope`]).

use crate::access::Touched;
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::record::*;
use crate::{Repository, break_glass, documents, dossiers, look_up, merging, representation, reuse, scope};
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
        find(&mut *self.database().read().await?, actor, target, self.now()).await
    }
}

/// The strongest tie of an actor to what they touch, as a transaction sees it.
pub(crate) async fn find(
    connection: &mut Connection,
    actor: &Actor,
    target: Target,
    now: Timestamp,
) -> Result<Tie> {
    match target {
        Target::NoOne => Ok(Tie::NoOne),
        Target::Nothing => Ok(Tie::Stranger),
        Target::Document(id) => to_document(connection, actor, id, now).await,
        Target::Subject(id) => to_subject(connection, actor, id, now).await,
        Target::Dossier(id) => to_dossier(connection, actor, id, now).await,
        Target::Batch(id) => {
            let question = database::query("select receiver_key from batch where id = $1");
            let row = question.bind(id.to_string()).fetch_optional(connection).await?;
            let receiver = row.map(|row| row.get::<String>("receiver_key")).transpose()?;
            let is_own = receiver.is_some_and(|receiver| is_own(actor, &receiver));
            Ok(if is_own { Tie::Agency } else { Tie::Stranger })
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

async fn to_dossier(
    connection: &mut Connection,
    actor: &Actor,
    id: DossierId,
    now: Timestamp,
) -> Result<Tie> {
    match dossier(connection, id).await? {
        None => Ok(Tie::Stranger),
        Some(found) if actor.role == Role::Citizen => {
            representation::tie(connection, actor, &[found.subject]).await
        }
        Some(found) if is_own(actor, &found.receiver) => Ok(Tie::Agency),
        Some(found) => in_emergency(connection, actor, &[found.subject], now).await,
    }
}

async fn to_document(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    now: Timestamp,
) -> Result<Tie> {
    // Nearly all who ask are asked about what lies on their own desks, picture by picture: one question suffices for them.
    let question = database::query("select receiver_key from document where id = $1").bind(id.to_string());
    let Some(row) = question.fetch_optional(&mut *connection).await? else { return Ok(Tie::Stranger) };
    if actor.role != Role::Citizen && is_own(actor, &row.get::<String>("receiver_key")?) {
        return Ok(Tie::Agency);
    }
    let Some(document) = documents::find(connection, id).await? else { return Ok(Tie::Stranger) };
    let bounds = scope::bounds(connection, std::slice::from_ref(&document)).await?;
    let Some(bounds) = bounds.get(&id) else { return Ok(Tie::Stranger) };
    if actor.role == Role::Citizen {
        return representation::tie(connection, actor, &bounds.subjects).await;
    }
    if scope::of(connection, actor).await?.covers(bounds) {
        // Until it is filed, each agency that brought it may do so.
        let is_filed = document.state == DocumentState::Stored;
        let brought = !is_filed && bounds.agencies.contains(&receiver_key(actor));
        return Ok(if brought { Tie::Agency } else { Tie::Shared });
    }
    if look_up::tells(connection, actor, id, now).await? {
        return Ok(Tie::Case);
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

const FILED_HERE: &str = "select 1 as known where exists (
         select 1 from document_subject owner join document on document.id = owner.document_id
         where owner.subject_id = $1 and document.receiver_key = $2 and document.state = 'stored')";
const KNOWN_HERE: &str =
    "select 1 as known where exists (select 1 from dossier where subject_id = $1 and receiver_key = $2)
         or exists (select 1 from document where subject_id = $1 and receiver_key = $2)";
const KNOWN_ELSEWHERE: &str =
    "select 1 as known where exists (select 1 from dossier where subject_id = $1 and receiver_key <> $2)
         or exists (select 1 from document where subject_id = $1 and receiver_key <> $2)
         or exists (select 1 from document_subject owner join document on document.id = owner.document_id
             where owner.subject_id = $1 and document.receiver_key <> $2)";

/// A filed paper makes an agency answer for a subject. A dossier, or a paper that somebody says is theirs, lets it look, and makes it answer
/// for a subject that no other agency knows: a number written in a form alone is no key to what others filed.
async fn to_subject(
    connection: &mut Connection,
    actor: &Actor,
    id: SubjectId,
    now: Timestamp,
) -> Result<Tie> {
    let id = merging::who_stayed(connection, id).await?;
    if actor.role == Role::Citizen {
        return representation::tie(connection, actor, &[id]).await;
    }
    let receiver = receiver_key(actor);
    let known = async |connection: &mut Connection, sql| {
        let question = database::query(sql).bind(id.to_string()).bind(&receiver);
        Ok::<_, Error>(!receiver.is_empty() && question.fetch_optional(connection).await?.is_some())
    };
    if known(connection, FILED_HERE).await? {
        return Ok(Tie::Agency);
    }
    if known(connection, KNOWN_HERE).await? {
        let is_shared = known(connection, KNOWN_ELSEWHERE).await?;
        return Ok(if is_shared { Tie::Shared } else { Tie::Agency });
    }
    let granted = scope::of(connection, actor).await?.rights;
    if granted.iter().any(|right| right.subject == Some(id)) {
        return Ok(Tie::Shared);
    }
    in_emergency(connection, actor, &[id], now).await
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

/// Gives what older versions took in the key of its agency, from the names that stand in its history and in the log.
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
    let rows = database::query(sql).fetch_all(&mut *connection).await?;
    let names = rows.iter().map(|row| row.get::<String>("agency")).collect::<Result<Vec<_>>>()?;
    for sql in FILLING {
        for name in &names {
            database::query(sql).bind(name).bind(agency_key(name)).execute(&mut *connection).await?;
        }
    }
    let mut keys: Vec<String> = names.iter().map(|name| agency_key(name)).collect();
    keys.retain(|key| !key.is_empty());
    keys.dedup();
    // Of an installation of one agency everything is that agency's.
    let rest = if let [only] = &keys[..] { only } else { "" };
    for sql in [
        "update document set receiver_key = $1 where receiver_key is null",
        "update dossier set receiver_key = $1 where receiver_key is null",
        "update batch set receiver_key = $1 where receiver_key is null",
    ] {
        database::query(sql).bind(rest).execute(&mut *connection).await?;
    }
    Ok(())
}

/// In the order in which they are tried, each with all names. A dossier of an older version names no agency: it is that of its first move, of
/// the entry that its opening left in the log, or else of one of its papers.
const FILLING: [&str; 6] = [
    "update document set receiver_key = $2 where receiver_key is null and exists (
         select 1 from document_event where document_id = document.id and number = 1 and agency = $1)",
    "update document set receiver_key = $2 where receiver_key is null
         and not exists (select 1 from document_event where document_id = document.id and number = 1)
         and exists (select 1 from access_entry where document_id = document.id and action = 'receive' and agency = $1)",
    "update dossier set receiver_key = $2 where receiver_key is null and exists (
         select 1 from dossier_event where dossier_id = dossier.id and number = 1 and agency = $1)",
    // The entry is written in the transaction that opens: within seconds.
    "update dossier set receiver_key = $2 where receiver_key is null and exists (
         select 1 from access_owner join access_entry on access_entry.number = access_owner.number
         where access_owner.subject_id = dossier.subject_id and access_entry.action = 'receive'
             and access_entry.allowed = 1 and access_entry.agency = $1
             and access_entry.at between dossier.opened_at and dossier.opened_at + 10000000)",
    "update dossier set receiver_key = $2 where receiver_key is null and exists (
         select 1 from component join document on document.id = component.document_id
         where component.dossier_id = dossier.id and component.reused = 0 and document.receiver_key = $2)",
    "update batch set receiver_key = $2 where receiver_key is null and exists (
         select 1 from batch_event where batch_id = batch.id and number = 1 and agency = $1)",
];
