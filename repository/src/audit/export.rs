//! The exported log: a text file that carries its own proof.
//!
//! ```text
//! motlan access log 1
//! log motlan/LOG
//! made 2026-01-05T02:03:04.000005Z
//! size SIZE                       number of the newest entry at that time, with a checkpoint
//! scope range FIRST LAST          or: scope subject SUBJECT OLDER …   ids that were merged into the subject's
//! before HASH …                   (range) the tree before FIRST: roots of its perfect subtrees, in hexadecimal
//! entries NUMBER …                (subject) which entries follow; as many such lines as needed
//! signature BASE64                of the log's key, over all lines above
//! checkpoint "NOTE"               a signed note as a JSON string
//! entry BASE64 CANONICAL          an entry with its signature
//! owner SUBJECT SALT              opens a commitment of the entry above
//! path HASH …                     (subject) leads from the entry above to the root of the one checkpoint
//! ```
//!
//! A range ends at a checkpoint and begins after one. A subject's export names nobody else: of joint papers only this owner's
//! commitments are opened, and other entries are hashes.

mod read;
mod subject;

pub use read::{ExportError, verify_export};

use super::base64;
use super::entry::{Opening, SignedEntry};
use super::key::LogKey;
use super::tree::{Frontier, Hash};
use crate::record::SubjectId;
use jiff::Timestamp;
use std::io::{self, Write};

/// First line of every export.
const TITLE: &str = "motlan access log 1";
/// Numbers on one `entries` line, so that lines stay below [`read::LINE_BYTES_MAX`].
const NUMBERS_PER_LINE: usize = 1_000;

/// What stands at the head of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The log.
    pub log: String,
    /// When it was made.
    pub made: Timestamp,
    /// Number of the newest entry of the log at that time, which had a checkpoint.
    pub size: u64,
    /// What follows.
    pub scope: Scope,
}

/// What an export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All entries from one number to another.
    Range {
        /// The tree before the first.
        before: Frontier,
        /// Number of the last: the size of a checkpoint.
        last: u64,
    },
    /// Entries of one subject.
    Subject {
        /// Whose.
        subject: SubjectId,
        /// Other ids of the same person: those that were merged into it.
        older: Vec<SubjectId>,
        /// Their numbers.
        entries: Vec<u64>,
    },
}

/// An entry of a subject's export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The entry, opened for the subject alone.
    pub signed: SignedEntry,
    /// Its way to the root of the checkpoint.
    pub path: Vec<Hash>,
}

/// Writes an export line by line.
#[derive(Debug)]
pub struct Export<W: Write> {
    out: W,
}

impl<W: Write> Export<W> {
    /// Begins with the signed head.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn begin(mut out: W, key: &LogKey, head: &Head) -> io::Result<Export<W>> {
        let text = head.text();
        writeln!(out, "{text}signature {}", base64(&key.sign(text.as_bytes())))?;
        Ok(Export { out })
    }

    /// Adds a checkpoint; all of them come before the first entry.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn checkpoint(&mut self, note: &str) -> io::Result<()> {
        writeln!(self.out, "checkpoint {}", crate::database::json(&note))
    }

    /// Adds an entry of a range.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn entry(&mut self, signed: &SignedEntry) -> io::Result<()> {
        writeln!(self.out, "entry {} {}", base64(&signed.signature), signed.text)?;
        signed.openings.iter().try_for_each(|opening| self.owner(opening))
    }

    /// Adds an entry of a subject.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn proven(&mut self, proven: &Proven) -> io::Result<()> {
        self.entry(&proven.signed)?;
        writeln!(self.out, "path{}", hashes(&proven.path))
    }

    fn owner(&mut self, opening: &Opening) -> io::Result<()> {
        writeln!(self.out, "owner {} {}", opening.subject, hex::encode(opening.salt))
    }

    /// Ends; what was written still has to be made durable.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }
}

impl Head {
    /// The lines that are signed.
    fn text(&self) -> String {
        let made = self.made.strftime("%Y-%m-%dT%H:%M:%S.%6fZ");
        let scope = match &self.scope {
            Scope::Range { before, last } => {
                format!("scope range {} {last}\nbefore{}\n", before.size() + 1, hashes(before.peaks()))
            }
            Scope::Subject { subject, older, entries } => {
                let older = older.iter().map(|id| format!(" {id}")).collect::<String>();
                let lines = entries.chunks(NUMBERS_PER_LINE).map(numbers).collect::<String>();
                format!("scope subject {subject}{older}\n{lines}")
            }
        };
        format!("{TITLE}\nlog {}\nmade {made}\nsize {}\n{scope}", self.log, self.size)
    }
}

fn numbers(numbers: &[u64]) -> String {
    let numbers = numbers.iter().map(|number| format!(" {number}")).collect::<String>();
    format!("entries{numbers}\n")
}

fn hashes(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| format!(" {}", hex::encode(hash))).collect()
}
