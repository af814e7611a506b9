//! Whether a log is whole: every entry in its place, under the signed checkpoints; and if not, which entry is the first wrong one.
//!
//! An entry's own signature says whether it was written so, and its number whether it stands in its place; that is how the first wrong
//! one is named exactly. That none was written anew, or left out at the end, is shown by the checkpoints: the entries must lead from
//! one signed root to the next.

use super::checkpoint::Checkpoint;
use super::entry::SignedEntry;
use super::key::PublicKey;
use super::tree::{Frontier, Hash};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What is wrong, and where first.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The entry, or what it says of its owners, is not what was written.
    #[error("entry {number} was changed or replaced")]
    Edited {
        /// Its number.
        number: u64,
    },
    /// The entry is not there.
    #[error("entry {number} is missing")]
    Missing {
        /// Its number.
        number: u64,
    },
    /// Something stands before the entry that does not belong there.
    #[error("before entry {number} something was inserted")]
    Inserted {
        /// Number of the entry before which it stands.
        number: u64,
    },
    /// The entry stands further down.
    #[error("entry {number} was moved: it stands after later ones")]
    Moved {
        /// Its number.
        number: u64,
    },
    /// Every entry carries a good signature, but they do not lead to a signed root: whoever rewrote them had the key.
    #[error(
        "of the entries {first} to {last} at least one was rewritten with the log's own key: they do not fit the checkpoint at {last}"
    )]
    Rewritten {
        /// The first that may be.
        first: u64,
        /// The last that may be.
        last: u64,
    },
    /// The entry says a time that is not after that of the entry before.
    #[error("entry {number} has a time that is not later than the one before it")]
    NotLater {
        /// Its number.
        number: u64,
    },
    /// A checkpoint is not signed by the log's key, or cannot be read.
    #[error("{from} is forged: it is not signed by this key")]
    ForgedCheckpoint {
        /// Where it was found.
        from: String,
    },
    /// The hashes that stand for the entries before the first one are not those of a signed checkpoint.
    #[error("what stands for the entries before {first} does not fit a signed checkpoint at {}", first - 1)]
    WrongStart {
        /// Number of the first entry.
        first: u64,
    },
    /// Two signed checkpoints of one size have different roots: there were two logs.
    #[error("{from} contradicts another signed checkpoint of the same size {size}: the log was forked")]
    Forked {
        /// Number of the newest entry of both.
        size: u64,
        /// Where the second was found.
        from: String,
    },
    /// The entry is genuine, but not shown to be in the tree and of the subject.
    #[error("entry {number} is not proven to be in the log and of this subject")]
    Unproven {
        /// Its number.
        number: u64,
    },
}

/// What was found right.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Entries looked at.
    pub entries: u64,
    /// Number of the newest of them.
    pub newest: u64,
    /// Time of the newest of them.
    pub newest_at: Option<Timestamp>,
    /// Up to this number a signed checkpoint vouches for everything.
    pub covered: u64,
    /// Checkpoints that the entries were compared with.
    pub checkpoints: u64,
    /// Checkpoints of other entries.
    pub checkpoints_elsewhere: u64,
}

/// Takes a log entry by entry, the checkpoints first.
#[derive(Debug)]
pub struct Verifier {
    keys: Vec<PublicKey>,
    marks: BTreeMap<u64, Hash>,
    /// Size and root of the tree before the first entry.
    start: (u64, Hash),
    /// The tree over all that was found right.
    tree: Frontier,
    /// Entries after it, up to the next checkpoint.
    pending: Vec<SignedEntry>,
    wrong: Option<Wrong>,
    /// What is wrong with a checkpoint; an entry that is wrong is told first.
    checkpoint_fault: Option<Fault>,
    outcome: Outcome,
}

/// What is wrong first among the entries.
#[derive(Debug)]
enum Wrong {
    /// The rest of the log tells what kind of wrong it is.
    Suspect(Suspect),
    Certain(Fault),
}

/// What a run of entries comes to.
struct Run {
    tree: Frontier,
    newest_at: Option<Timestamp>,
}

/// The place where the log is wrong first. What kind of wrong it is, the rest of the log tells.
#[derive(Debug)]
pub(super) struct Suspect {
    /// The entry that should stand here.
    number: u64,
    /// What stands here is not of this place at all; otherwise it is a later entry.
    foreign: bool,
    /// The entry that should stand here was seen further down.
    seen: bool,
}

impl Suspect {
    /// The entry `number` should stand where `signed` stands.
    pub(super) fn new(number: u64, signed: &SignedEntry, keys: &[PublicKey]) -> Suspect {
        let later = signed.genuine(keys).is_some_and(|entry| entry.number > number);
        Suspect { number, foreign: !later, seen: false }
    }

    /// Looks whether this is the entry that should have stood there.
    pub(super) fn look(&mut self, signed: &SignedEntry, keys: &[PublicKey]) {
        // Reading the number is quick, checking the signature is not.
        let is_it = || signed.entry().is_some_and(|entry| entry.number == self.number);
        self.seen = self.seen || is_it() && signed.genuine(keys).is_some();
    }

    pub(super) fn fault(&self) -> Fault {
        let number = self.number;
        match (self.foreign, self.seen) {
            (true, true) => Fault::Inserted { number },
            (true, false) => Fault::Edited { number },
            (false, true) => Fault::Moved { number },
            (false, false) => Fault::Missing { number },
        }
    }
}

impl Verifier {
    /// Begins after the entries of `tree`; only the empty one needs no checkpoint.
    pub fn new(keys: Vec<PublicKey>, tree: Frontier) -> Verifier {
        Verifier {
            keys,
            marks: BTreeMap::new(),
            start: (tree.size(), tree.root()),
            tree,
            pending: Vec::new(),
            wrong: None,
            checkpoint_fault: None,
            outcome: Outcome::default(),
        }
    }

    /// Takes a signed checkpoint, all of them before the first entry. `from` says where it was found.
    pub fn checkpoint(&mut self, note: &str, from: &str) {
        let checkpoint = Checkpoint::read(note).ok();
        let Some(checkpoint) = checkpoint.filter(|one| one.is_signed_by(note, &self.keys)) else {
            return self.blame_checkpoint(Fault::ForgedCheckpoint { from: from.to_owned() });
        };
        if checkpoint.size < self.tree.size() {
            self.outcome.checkpoints_elsewhere += 1;
        } else if *self.marks.entry(checkpoint.size).or_insert(checkpoint.root) != checkpoint.root {
            self.blame_checkpoint(Fault::Forked { size: checkpoint.size, from: from.to_owned() });
        }
    }

    fn blame_checkpoint(&mut self, fault: Fault) {
        self.checkpoint_fault.get_or_insert(fault);
    }

    /// Leaves aside checkpoints of more than `size` entries: they were signed after this copy of the log was taken.
    pub fn ends_at(&mut self, size: u64) {
        self.outcome.checkpoints_elsewhere += self.marks.split_off(&(size + 1)).len() as u64;
    }

    /// Takes the next entry.
    pub fn entry(&mut self, signed: SignedEntry) {
        self.outcome.entries += 1;
        match &mut self.wrong {
            Some(Wrong::Suspect(suspect)) => suspect.look(&signed, &self.keys),
            Some(Wrong::Certain(_)) => {}
            None => {
                self.pending.push(signed);
                if self.marks.contains_key(&(self.tree.size() + self.pending.len() as u64)) {
                    self.settle();
                }
            }
        }
    }

    /// Ends, knowing that there should be entries up to `promised`.
    ///
    /// # Errors
    /// The first fault.
    pub fn finish(mut self, promised: u64) -> Result<Outcome, Fault> {
        let (size, root) = self.start;
        if size > 0 && self.marks.get(&size) != Some(&root) {
            return Err(self.checkpoint_fault.unwrap_or(Fault::WrongStart { first: size + 1 }));
        }
        if self.wrong.is_none() {
            self.settle();
        }
        match self.wrong {
            Some(Wrong::Suspect(suspect)) => return Err(suspect.fault()),
            Some(Wrong::Certain(fault)) => return Err(fault),
            None => {}
        }
        let known = self.marks.last_key_value().map_or(promised, |(size, _)| promised.max(*size));
        if self.tree.size() < known {
            return Err(Fault::Missing { number: self.tree.size() + 1 });
        }
        self.outcome.newest = self.tree.size();
        self.outcome.checkpoints = self.marks.len() as u64;
        self.outcome.covered = self.marks.last_key_value().map_or(0, |(size, _)| *size);
        self.checkpoint_fault.map_or(Ok(self.outcome), Err)
    }

    /// Judges the pending entries: each must be signed and stand in its place, and all together must lead to the signed root.
    fn settle(&mut self) {
        let run = self.walk().and_then(|run| match self.marks.get(&run.tree.size()) {
            Some(root) if run.tree.root() != *root => {
                let (first, last) = (self.tree.size() + 1, run.tree.size());
                Err(Wrong::Certain(Fault::Rewritten { first, last }))
            }
            _ => Ok(run),
        });
        match run {
            Ok(run) => {
                self.tree = run.tree;
                self.outcome.newest_at = run.newest_at;
            }
            Err(wrong) => self.wrong = Some(wrong),
        }
        self.pending.clear();
    }

    /// Goes through the pending entries one after the other.
    fn walk(&self) -> Result<Run, Wrong> {
        let mut run = Run { tree: self.tree.clone(), newest_at: self.outcome.newest_at };
        for (place, signed) in self.pending.iter().enumerate() {
            let number = run.tree.size() + 1;
            let genuine = signed.genuine(&self.keys).filter(|entry| signed.names_owners_of(entry));
            let Some(entry) = genuine.filter(|entry| entry.number == number) else {
                return Err(self.suspect(number, place));
            };
            if run.newest_at.is_some_and(|before| entry.at <= before) {
                return Err(Wrong::Certain(Fault::NotLater { number }));
            }
            run.newest_at = Some(entry.at);
            run.tree.push(signed.leaf());
        }
        Ok(run)
    }

    /// The entry `number` should stand at this place of the pending ones, and does not.
    fn suspect(&self, number: u64, place: usize) -> Wrong {
        let mut suspect = Suspect::new(number, &self.pending[place], &self.keys);
        self.pending[place + 1..].iter().for_each(|signed| suspect.look(signed, &self.keys));
        Wrong::Suspect(suspect)
    }
}
