//! Invented logs, for the tests of all parts.

use super::{Checkpoint, Entry, Export, Frontier, Head, LogKey, Opening, Proven, Scope, SignedEntry, path};
use crate::record::{DocumentId, SubjectId};
use jiff::{SignedDuration, Timestamp};

/// The name of the log.
pub(super) const LOG: &str = "motlan/thu";

pub(super) fn key() -> LogKey {
    LogKey::from_seed(LOG, &[7; 32])
}

fn id(number: u64) -> uuid::Uuid {
    format!("01890000-0000-7000-8000-{number:012}").parse().unwrap()
}

pub(super) fn subject(number: u64) -> SubjectId {
    SubjectId(id(number))
}

pub(super) fn opening(number: u64) -> Opening {
    Opening { subject: subject(number), salt: [number as u8; 16] }
}

pub(super) fn at(number: u64) -> Timestamp {
    "2026-01-05T02:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_secs(number as i64)
}

pub(super) fn entry(number: u64) -> Entry {
    Entry {
        v: Entry::VERSION,
        log: LOG.into(),
        number,
        at: at(number),
        account: "can.bo.thu".into(),
        name: "Nguyễn Thị Thử".into(),
        role: "counter_officer".into(),
        agency: "UBND phường Mẫu".into(),
        unit: "Bộ phận một cửa".into(),
        source: "10.0.0.7".into(),
        destination: "127.0.0.1:8080 GET /documents/{id}".into(),
        action: "view".into(),
        purpose: "Tiếp nhận hồ sơ".into(),
        basis: None,
        document: Some(DocumentId(id(number))),
        owners: Vec::new(),
        allowed: true,
        visible_from: None,
    }
}

/// Entries 1 to `count`, signed; each third one is of subject 1 and each fifth one of subject 2.
pub(super) fn entries(count: u64) -> Vec<SignedEntry> {
    let owners =
        |number: u64| [(3, 1), (5, 2)].into_iter().filter(move |(each, _)| number.is_multiple_of(*each));
    let openings = |number| owners(number).map(|(_, owner)| opening(owner)).collect();
    (1..=count).map(|number| entry(number).sign(openings(number), &key())).collect()
}

/// The checkpoints of these entries at these sizes.
pub(super) fn checkpoints(entries: &[SignedEntry], sizes: &[u64]) -> Vec<Checkpoint> {
    let mut tree = Frontier::default();
    let mut checkpoints = Vec::new();
    for entry in entries {
        tree.push(entry.leaf());
        if sizes.contains(&tree.size()) {
            checkpoints.push(Checkpoint {
                log: LOG.into(),
                size: tree.size(),
                root: tree.root(),
                at: at(tree.size()),
            });
        }
    }
    checkpoints
}

/// An exported log of `count` entries with checkpoints at these sizes.
pub(super) fn range(first: u64, count: u64, sizes: &[u64]) -> String {
    let entries = entries(count);
    let mut before = Frontier::default();
    entries[..first as usize - 1].iter().for_each(|entry| before.push(entry.leaf()));
    let head =
        Head { log: LOG.into(), made: at(count), size: count, scope: Scope::Range { before, last: count } };
    let mut export = Export::begin(Vec::new(), &key(), &head).unwrap();
    for checkpoint in checkpoints(&entries, sizes) {
        export.checkpoint(&checkpoint.sign(&key())).unwrap();
    }
    entries[first as usize - 1..].iter().for_each(|entry| export.entry(entry).unwrap());
    String::from_utf8(export.finish().unwrap()).unwrap()
}

/// What subject 1 gets of a log of `count` entries.
pub(super) fn subjects(count: u64) -> String {
    let entries = entries(count);
    let leaves = entries.iter().map(SignedEntry::leaf).collect::<Vec<_>>();
    let numbers = (1..=count).filter(|number| number.is_multiple_of(3)).collect::<Vec<_>>();
    let scope = Scope::Subject { subject: subject(1), older: Vec::new(), entries: numbers.clone() };
    let head = Head { log: LOG.into(), made: at(count), size: count, scope };
    let mut export = Export::begin(Vec::new(), &key(), &head).unwrap();
    export.checkpoint(&checkpoints(&entries, &[count])[0].sign(&key())).unwrap();
    for number in numbers {
        let place = number as usize - 1;
        let signed = SignedEntry { openings: vec![opening(1)], ..entries[place].clone() };
        export.proven(&Proven { signed, path: path(&leaves, place) }).unwrap();
    }
    String::from_utf8(export.finish().unwrap()).unwrap()
}
