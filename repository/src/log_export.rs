//! The access log taken out of the program with its proof, and checked where it stands.

use crate::Repository;
use crate::access::{Touched, openings_between, signed_entries};
use crate::audit::{Export, Frontier, Hash, Head, Proven, Scope, SignedEntry, Verifier, path, root};
use crate::checkpoints::BLOCK_ENTRIES;
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::merging::{self, one_person};
use crate::record::{Action, Actor, Finding, SubjectId};
use jiff::Timestamp;
use jiff::civil::Date;
use std::io::{self, Write};
use std::path::Path;

/// Most entries in an export of one subject: a thousand a year for a lifetime.
const SUBJECT_ENTRIES_MAX: i64 = 100_000;

/// The tree at the checkpoint of an export, from which paths are taken.
struct Proofs {
    size: u64,
    /// Roots of the full blocks, and of the rest as the last.
    blocks: Vec<Hash>,
}

impl Repository {
    /// Writes the entries from one number to another with their checkpoints, as `verify_export` takes them; none: from the first, to the
    /// newest, this export's own entry included. A range begins after a checkpoint and ends at one, so it may hold some entries more.
    /// Access entry `ExportLog`. Answers how many entries were written.
    ///
    /// # Errors
    /// `LogDamaged` when the newest entries cannot be signed any more; `File` when the export cannot be written.
    pub async fn export_log(
        &self,
        actor: &Actor,
        range: (Option<u64>, Option<u64>),
        out: impl Write,
    ) -> Result<u64> {
        self.permit(actor, Action::ExportLog, Touched::NONE).await?;
        self.note_access(actor, Action::ExportLog, &[Touched::NONE]).await?;
        let size = self.checkpoint().await?;
        let before = match range.0 {
            Some(first) => self.tree_at(first.saturating_sub(1)).await?,
            None => Frontier::default(),
        };
        let notes = self.checkpoint_notes(before.size(), size).await?;
        let last =
            range.1.and_then(|last| notes.iter().map(|(at, _)| *at).find(|at| *at >= last)).unwrap_or(size);
        let (mut number, last) = (before.size() + 1, last.max(before.size()));
        let head = self.head(size, Scope::Range { before, last })?;
        let mut export = Export::begin(out, self.database().pen()?, &head).map_err(failed)?;
        for (_, note) in notes.iter().filter(|(at, _)| *at <= last) {
            export.checkpoint(note).map_err(failed)?;
        }
        let first = number;
        while number <= last {
            let mut entries = signed_entries(self, number).await?;
            entries.truncate((last - number + 1) as usize);
            let Some(count) = std::num::NonZero::new(entries.len() as u64) else {
                return Err(Error::LogDamaged { number });
            };
            entries.iter().try_for_each(|entry| export.entry(entry)).map_err(failed)?;
            number += count.get();
        }
        export.finish().map_err(failed)?;
        Ok(last + 1 - first)
    }

    /// Numbers of the first entry of one day and of the last of another, days as Việt Nam has them.
    pub async fn log_numbers(
        &self,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Result<(Option<u64>, Option<u64>)> {
        let first =
            "select coalesce(min(number), (select coalesce(max(number), 0) + 1 from access_entry)) as number
                     from access_entry where at >= $1";
        let last = "select coalesce(max(number), 0) as number from access_entry where at < $1";
        let to = to.map(|day| day.tomorrow().unwrap_or(day));
        Ok((self.number_at(first, from).await?, self.number_at(last, to).await?))
    }

    async fn number_at(&self, sql: &'static str, day: Option<Date>) -> Result<Option<u64>> {
        let Some(day) = day else { return Ok(None) };
        let question = database::query(sql).bind(database::start_of(day).as_microsecond());
        database::whole(&question.fetch_one(self.database().reader()).await?, "number").map(Some)
    }

    /// Writes what the log has of one subject, also under the older numbers that were merged into it, each entry with its path to the newest
    /// checkpoint; nobody else is named. Sealed entries are left out until their day. Access entry `ExportLog`. Answers how many entries were written.
    ///
    /// # Errors
    /// As [`Repository::export_log`].
    pub async fn export_subject_log(
        &self,
        actor: &Actor,
        subject: SubjectId,
        out: impl Write,
    ) -> Result<u64> {
        self.permit(actor, Action::ExportLog, subject).await?;
        self.note_access(actor, Action::ExportLog, &[subject.into()]).await?;
        let size = self.checkpoint().await?;
        let mut snapshot = self.database().read().await?;
        let person = merging::ids_of_person(&mut snapshot, subject).await?;
        let numbers = numbers_of(&mut snapshot, subject, size).await?;
        drop(snapshot);
        let older = person.iter().copied().filter(|id| *id != subject).collect();
        let head = self.head(size, Scope::Subject { subject, older, entries: numbers.clone() })?;
        let mut export = Export::begin(out, self.database().pen()?, &head).map_err(failed)?;
        for (_, note) in self.checkpoint_notes(size, size).await? {
            export.checkpoint(&note).map_err(failed)?;
        }
        let proofs = self.proofs(size).await?;
        for number in &numbers {
            let proven = self.proven(&proofs, &person, *number).await?;
            export.proven(&proven).map_err(failed)?;
        }
        export.finish().map_err(failed)?;
        Ok(numbers.len() as u64)
    }

    fn head(&self, size: u64, scope: Scope) -> Result<Head> {
        let log = self.database().pen()?.public().log().to_owned();
        Ok(Head { log, made: Timestamp::now(), size, scope })
    }

    async fn proofs(&self, size: u64) -> Result<Proofs> {
        let (mut blocks, rest) = self.blocks_at(size).await?;
        if !rest.is_empty() {
            blocks.push(root(&rest));
        }
        Ok(Proofs { size, blocks })
    }

    /// An entry opened for its subject alone, under whichever ids, and its path to the root.
    async fn proven(&self, proofs: &Proofs, person: &[SubjectId], number: u64) -> Result<Proven> {
        let damaged = || Error::LogDamaged { number };
        let block = (number - 1) / BLOCK_ENTRIES;
        let (first, last) = (block * BLOCK_ENTRIES + 1, ((block + 1) * BLOCK_ENTRIES).min(proofs.size));
        let leaves = self.leaves(first, last).await?;
        if leaves.len() as u64 != last + 1 - first {
            return Err(damaged());
        }
        let inside = path(&leaves, (number - first) as usize);
        let path = [inside, path(&proofs.blocks, block as usize)].concat();
        let signed = signed_entries(self, number).await?.into_iter().next().ok_or_else(damaged)?;
        let mut openings = openings_between(self, number, number).await?.remove(&number).unwrap_or_default();
        openings.retain(|opening| person.contains(&opening.subject));
        Ok(Proven { signed: SignedEntry { openings, ..signed }, path })
    }

    /// Whether the log is whole: every entry against its signature, the checkpoints of the database and those of the second place.
    pub(crate) async fn check_access_log(&self) -> Result<Vec<Finding>> {
        let key = self.log_public_key()?;
        let promised = self.log_size().await?;
        let mut verifier = Verifier::new(vec![key], Frontier::default());
        for (size, note) in self.checkpoint_notes(0, u64::MAX).await? {
            verifier.checkpoint(&note, &format!("the checkpoint at entry {size} in the database"));
        }
        for (path, note) in self.kept_elsewhere().await? {
            verifier.checkpoint(&note, &path);
        }
        let last = self.last_entry().await?;
        let mut number = 1;
        while number <= last {
            signed_entries(self, number).await?.into_iter().for_each(|entry| verifier.entry(entry));
            number += crate::access::ENTRIES_PER_STEP;
        }
        let fault = verifier.finish(promised).err();
        Ok(fault.map(|fault| Finding::AccessLogWrong { problem: fault.to_string() }).into_iter().collect())
    }

    async fn last_entry(&self) -> Result<u64> {
        let question = database::query("select coalesce(max(number), 0) as number from access_entry");
        database::whole(&question.fetch_one(self.database().reader()).await?, "number")
    }
}

/// Numbers of the entries that a subject may see.
async fn numbers_of(connection: &mut Connection, subject: SubjectId, size: u64) -> Result<Vec<u64>> {
    let sql = concat!(
        one_person!(),
        "select distinct access_owner.number from access_owner
             join access_entry on access_entry.number = access_owner.number
         where access_owner.subject_id in (select id from one) and access_owner.number <= $2
             and (visible_from is null or visible_from <= $3)
         order by access_owner.number desc limit $4"
    );
    let question =
        database::query(sql).bind(subject.to_string()).bind(i64::try_from(size).unwrap_or(i64::MAX));
    let question = question.bind(database::today().to_string()).bind(SUBJECT_ENTRIES_MAX);
    let rows = question.fetch_all(connection).await?;
    rows.iter().rev().map(|row| database::whole(row, "number")).collect()
}

fn failed(source: io::Error) -> Error {
    Error::File { path: Path::new("the export").to_owned(), source }
}
