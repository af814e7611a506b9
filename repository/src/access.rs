//! The access log (PDP-10): every look at a person's record and every change of it, the refused attempts too. The entry of a change
//! stands in the transaction of the change; the entry of a look is durable before the caller gets what was read.
//!
//! Not here: how entries are shown to those they concern (`access::view`), put under checkpoints (`checkpoints`), taken elsewhere
//! (`log_export`) and checked ([`crate::audit`]).

mod row;
mod sealing;
mod view;

pub(crate) use row::{ENTRIES_PER_STEP, openings_between, signed_entries};

use crate::Repository;
use crate::audit::{Entry, Opening};
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::policy;
use crate::record::{Action, Actor, DocumentId, SubjectId, Tie};
use crate::ties::Target;
use jiff::Timestamp;
use jiff::civil::Date;

/// Longest text of an actor that the log keeps: three lines of the citizen's page.
const TEXT_LETTERS_MAX: usize = 500;

/// Whose record an entry speaks of.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Touched {
    /// The paper.
    pub(crate) document: Option<DocumentId>,
    /// The subject; the owners of a paper need not be named, the log takes them from the record.
    pub(crate) subject: Option<SubjectId>,
}

impl Touched {
    /// No one's record: a search or list that found nothing, or an act before there is a record.
    pub(crate) const NONE: Touched = Touched { document: None, subject: None };
}

impl From<DocumentId> for Touched {
    fn from(document: DocumentId) -> Touched {
        Touched { document: Some(document), subject: None }
    }
}

impl From<SubjectId> for Touched {
    fn from(subject: SubjectId) -> Touched {
        Touched { document: None, subject: Some(subject) }
    }
}

/// Writes an entry as part of the transaction that touches the record. It stands last in the transaction: from here to the commit the
/// end of the log is locked.
pub(crate) async fn write(
    connection: &mut Connection,
    actor: &Actor,
    action: Action,
    touched: impl Into<Touched>,
    allowed: bool,
) -> Result<()> {
    let prepared = prepare(connection, actor, action, touched.into(), allowed).await?;
    append_prepared(connection, prepared).await
}

/// An entry that knows whose record it speaks of, before the transaction takes that away.
pub(crate) struct Prepared {
    entry: Entry,
    owners: Vec<SubjectId>,
}

/// Settles what an entry says; it is written by [`append_prepared`].
pub(crate) async fn prepare(
    connection: &mut Connection,
    actor: &Actor,
    action: Action,
    touched: Touched,
    allowed: bool,
) -> Result<Prepared> {
    let (owners, visible_from) = owners(connection, touched, actor).await?;
    let entry = of_actor(actor, &database::word(&action), touched.document, allowed, visible_from);
    Ok(Prepared { entry, owners })
}

/// Writes an entry, last in its transaction as [`write`] does.
pub(crate) async fn append_prepared(connection: &mut Connection, prepared: Prepared) -> Result<()> {
    append(connection, prepared.entry, database::now(), &prepared.owners).await
}

/// What the log says of an act; its place in the log is still to come.
fn of_actor(
    actor: &Actor,
    action: &str,
    document: Option<DocumentId>,
    allowed: bool,
    visible_from: Option<Date>,
) -> Entry {
    Entry {
        v: Entry::VERSION,
        log: String::new(),
        number: 0,
        at: Timestamp::UNIX_EPOCH,
        account: plain(&actor.account),
        name: plain(&actor.name),
        role: database::word(&actor.role),
        agency: plain(&actor.agency),
        unit: plain(&actor.unit),
        source: plain(&actor.route.source),
        destination: plain(&actor.route.destination),
        action: action.to_owned(),
        purpose: plain(&actor.purpose),
        basis: actor.basis.as_deref().map(plain),
        document,
        owners: Vec::new(),
        allowed,
        visible_from,
    }
}

/// A text as the log keeps it: one line, not endless, and the same in every database.
fn plain(text: &str) -> String {
    let letters = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    letters.take(TEXT_LETTERS_MAX).collect()
}

/// Whose record is touched, and the day from which they may see it: the latest, when looks of this agency at one of them are sealed, also
/// under the number into which an older one was merged.
async fn owners(
    connection: &mut Connection,
    touched: Touched,
    actor: &Actor,
) -> Result<(Vec<SubjectId>, Option<Date>)> {
    let sql = "with recursive person (owner, id) as (
                   select subject_id, subject_id from (
                       select cast($1 as text) as subject_id
                       union select subject_id from document where id = $2
                       union select subject_id from document_subject where document_id = $2) as owner
                   where subject_id is not null
                   union select person.owner, subject.merged_into from person join subject on subject.id = person.id
                   where subject.merged_into is not null)
               select person.owner, max(sealing.visible_from) as visible_from
               from person left join access_sealing as sealing on sealing.subject_id = person.id
                   and sealing.agency = $3 and sealing.visible_from > $4
               group by person.owner order by person.owner";
    let rows = database::query(sql)
        .bind(touched.subject.map(|id| id.to_string()))
        .bind(touched.document.map(|id| id.to_string()))
        .bind(plain(&actor.agency))
        .bind(database::today().to_string())
        .fetch_all(connection)
        .await?;
    let (mut owners, mut latest) = (Vec::new(), None::<Date>);
    for row in &rows {
        owners.push(database::read_word(row, "owner")?);
        latest = latest.max(database::read_word_or_none(row, "visible_from")?);
    }
    Ok((owners, latest))
}

/// Gives an entry its place at the end of the log and signs it.
pub(crate) async fn append(
    connection: &mut Connection,
    entry: Entry,
    at: i64,
    owners: &[SubjectId],
) -> Result<()> {
    let pen = connection.pen()?;
    let openings = owners.iter().map(|subject| Opening::new(*subject)).collect::<Vec<_>>();
    let (number, at) = next_place(connection, at).await?;
    let log = pen.public().log().to_owned();
    let entry = Entry { log, number, at, ..entry };
    row::insert(connection, &entry.sign(openings, &pen)).await
}

/// The next number of the log, without gaps and in the order of commits, and a time that is later than that of the entry before
/// (SEC-13), even when the clock was set back.
async fn next_place(connection: &mut Connection, at: i64) -> Result<(u64, Timestamp)> {
    let sql = "insert into counter (name, value) values ('access_entry', 1), ('access_time', $1)
               on conflict (name) do update set value = case
                   when counter.name = 'access_entry' then counter.value + 1
                   when counter.value >= excluded.value then counter.value + 1
                   else excluded.value end
               returning name, value";
    let rows = database::query(sql).bind(at).fetch_all(connection).await?;
    let (mut number, mut time) = (None, None);
    for row in &rows {
        match row.get::<String>("name")?.as_str() {
            "access_entry" => number = Some(database::whole(row, "value")?),
            _ => time = Some(database::read_time(row, "value")?),
        }
    }
    number.zip(time).ok_or_else(|| Error::Corrupt("the counters of the access log".into()))
}

impl Repository {
    /// Lets the actor pass and answers by which tie, or logs the refused attempt. Comes before any look at a record.
    ///
    /// # Errors
    /// `Forbidden` for what the actor may do to nobody's records; `NotFound` for a record to which they are not tied, exactly as for one
    /// that does not exist: the same questions are asked and the same entry is written.
    pub(crate) async fn permit(
        &self,
        actor: &Actor,
        action: Action,
        target: impl Into<Target>,
    ) -> Result<Tie> {
        let target = target.into();
        let tie = match (target, policy::asks_for_tie(actor, action)) {
            (Target::NoOne, _) => Tie::NoOne,
            (_, true) => self.tie(actor, target).await?,
            // Then all answers are the same.
            (_, false) => Tie::Stranger,
        };
        if policy::may(actor, action, tie) {
            return Ok(tie);
        }
        let mut transaction = self.database().write_beside().await?;
        let touched = target.touched(&mut transaction).await?;
        write(&mut transaction, actor, action, touched, false).await?;
        transaction.commit().await?;
        let may_elsewhere = !matches!(target, Target::NoOne) && policy::may_ever(actor, action);
        Err(if may_elsewhere { Error::NotFound } else { Error::Forbidden })
    }

    /// Whether the actor may do this to a paper, without trying to: for what a page offers.
    pub async fn is_permitted(&self, actor: &Actor, action: Action, id: DocumentId) -> Result<bool> {
        Ok(policy::may(actor, action, self.tie(actor, id.into()).await?))
    }

    /// Whether the actor may open the store of a subject, without trying to.
    pub async fn may_open_store(&self, actor: &Actor, id: SubjectId) -> Result<bool> {
        Ok(policy::may(actor, Action::View, self.tie(actor, id.into()).await?))
    }

    /// Logs a look at records, all its entries in one transaction. They are durable before the caller hands out what it read: no
    /// entry, no bytes.
    pub(crate) async fn note_access(&self, actor: &Actor, action: Action, touched: &[Touched]) -> Result<()> {
        let mut transaction = self.database().write_beside().await?;
        for one in touched {
            write(&mut transaction, actor, action, *one, true).await?;
        }
        transaction.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_one_line() {
        let check = |text: &str, expected: &str| assert_eq!(plain(text), expected);
        check("Tra cứu", "Tra cứu");
        check("hai\ndòng\0", "hai dòng ");
        check(&"ấ".repeat(TEXT_LETTERS_MAX + 1), &"ấ".repeat(TEXT_LETTERS_MAX));
    }
}
