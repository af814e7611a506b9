//! Whether the entries of one subject's export are genuine, all there, and in the tree.

use super::super::checkpoint::Checkpoint;
use super::super::entry::Entry;
use super::super::key::PublicKey;
use super::super::tree::{Hash, root_by_path};
use super::super::verify::{Fault, Outcome, Suspect};
use super::Proven;
use crate::record::SubjectId;
use std::collections::BTreeSet;

/// Takes the entries one after the other, the checkpoints first.
pub(super) struct SubjectVerifier<'a> {
    keys: &'a [PublicKey],
    /// Ids of the subject.
    person: BTreeSet<SubjectId>,
    /// Numbers of the entries that are to come.
    expected: &'a [u64],
    /// Entries of the whole log, at the checkpoint to which the paths lead.
    size: u64,
    root: Option<Hash>,
    wrong: Option<Suspect>,
    /// Told when no entry is missing or changed.
    lesser_fault: Option<Fault>,
    outcome: Outcome,
}

impl<'a> SubjectVerifier<'a> {
    pub(super) fn new(
        keys: &'a [PublicKey],
        person: BTreeSet<SubjectId>,
        expected: &'a [u64],
        size: u64,
    ) -> Self {
        let (root, wrong, lesser_fault) = (None, None, None);
        SubjectVerifier {
            keys,
            person,
            expected,
            size,
            root,
            wrong,
            lesser_fault,
            outcome: Outcome::default(),
        }
    }

    pub(super) fn checkpoint(&mut self, note: &str, from: &str) {
        let checkpoint = Checkpoint::read(note).ok();
        match checkpoint.filter(|one| one.is_signed_by(note, self.keys)) {
            None => self.blame(Fault::ForgedCheckpoint { from: from.to_owned() }),
            Some(one) if one.size != self.size => self.outcome.checkpoints_elsewhere += 1,
            Some(one) if *self.root.get_or_insert(one.root) != one.root => {
                self.blame(Fault::Forked { size: one.size, from: from.to_owned() });
            }
            Some(_) => self.outcome.checkpoints += 1,
        }
    }

    pub(super) fn entry(&mut self, proven: &Proven) {
        if let Some(suspect) = &mut self.wrong {
            return suspect.look(&proven.signed, self.keys);
        }
        let Some((number, rest)) = self.expected.split_first() else {
            return self.blame(Fault::Inserted { number: self.size + 1 });
        };
        let Some(entry) = proven.signed.genuine(self.keys).filter(|entry| entry.number == *number) else {
            self.wrong = Some(Suspect::new(*number, &proven.signed, self.keys));
            return;
        };
        if !self.is_proven(proven, &entry) {
            self.blame(Fault::Unproven { number: *number });
        }
        self.expected = rest;
        self.outcome.entries += 1;
        self.outcome.newest = *number;
        self.outcome.newest_at = Some(entry.at);
    }

    /// Whether the entry is in the tree, and of the subject; nobody else is named.
    fn is_proven(&self, proven: &Proven, entry: &Entry) -> bool {
        let openings = &proven.signed.openings;
        let opened = openings.iter().map(|opening| opening.subject).collect::<BTreeSet<_>>();
        let of_subject = !opened.is_empty()
            && opened.len() == openings.len()
            && opened.is_subset(&self.person)
            && openings.iter().all(|opening| entry.owners.contains(&opening.commitment()));
        let root = root_by_path(proven.signed.leaf(), entry.number - 1, self.size, &proven.path);
        of_subject && root.is_some() && root == self.root
    }

    fn blame(&mut self, fault: Fault) {
        self.lesser_fault.get_or_insert(fault);
    }

    pub(super) fn finish(mut self) -> Result<Outcome, Fault> {
        if let Some(suspect) = self.wrong {
            return Err(suspect.fault());
        }
        if let Some(number) = self.expected.first() {
            return Err(Fault::Missing { number: *number });
        }
        if let Some(fault) = self.lesser_fault {
            return Err(fault);
        }
        self.outcome.covered = self.size;
        Ok(self.outcome)
    }
}
