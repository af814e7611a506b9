//! Exported logs that someone changed, a thousand times and each time at another place: the check names the place.

use super::{Checkpoint, Entry, ExportError, Fault, LogKey, Outcome, sample, verify_export};

/// Entries of the log that is tampered with.
const ENTRIES: u64 = 80;
/// Where it has checkpoints.
const SIZES: [u64; 5] = [20, 48, 49, 70, 80];

/// Numbers that look random and are the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

/// An export taken apart: its head with the checkpoints, and of each entry its number and lines.
#[derive(Clone)]
struct Parts {
    head: String,
    entries: Vec<(u64, String)>,
}

impl Parts {
    fn of(export: &str) -> Parts {
        let start = export.find("\nentry ").unwrap() + 1;
        let pieces = export[start..].split("\nentry ").enumerate();
        let entries = pieces.map(|(place, piece)| {
            let piece = piece.trim_end_matches('\n');
            let piece = if place == 0 { format!("{piece}\n") } else { format!("entry {piece}\n") };
            let number = piece.split("\"number\":").nth(1).unwrap().split(',').next().unwrap();
            (number.parse().unwrap(), piece)
        });
        Parts { head: export[..start].to_owned(), entries: entries.collect() }
    }

    fn bytes(&self) -> Vec<u8> {
        let entries = self.entries.iter().map(|(_, lines)| lines.as_str());
        std::iter::once(self.head.as_str()).chain(entries).collect::<String>().into_bytes()
    }

    /// Takes away all checkpoints but the first, as someone who knows that they betray him.
    fn without_checkpoints(&self) -> Parts {
        let (start, checkpoints) = self.head.split_at(self.head.find("checkpoint").unwrap());
        let first = checkpoints.split_inclusive('\n').next().unwrap();
        Parts { head: format!("{start}{first}"), ..self.clone() }
    }
}

fn verify(export: &[u8]) -> Result<Outcome, ExportError> {
    verify_export(export, &[sample::key().public().clone()], &[]).map(|(_, outcome)| outcome)
}

/// The entry that a fault names.
fn place(fault: &Fault) -> Option<u64> {
    match fault {
        Fault::Edited { number }
        | Fault::Missing { number }
        | Fault::Inserted { number }
        | Fault::Moved { number }
        | Fault::NotLater { number }
        | Fault::Unproven { number } => Some(*number),
        Fault::Rewritten { .. }
        | Fault::ForgedCheckpoint { .. }
        | Fault::WrongStart { .. }
        | Fault::Forked { .. } => None,
    }
}

/// One way to tamper: what it is called, what it makes of an export, and which entry is then the first wrong one.
type Way = (&'static str, fn(&mut Parts, &mut Dice) -> (Vec<u8>, u64));

const WAYS: [Way; 13] = [
    ("one bit of an entry", flip_bit),
    ("a field in the canonical form", edit_field),
    ("a field, signed with another key", sign_again),
    ("a field, and no checkpoints left", |parts, dice| edit_field(&mut parts.without_checkpoints(), dice)),
    ("delete", delete),
    ("delete, and no checkpoints left", |parts, dice| delete(&mut parts.without_checkpoints(), dice)),
    ("delete many", delete_many),
    ("swap", swap),
    ("move to later", move_to_later),
    ("insert a copy", insert_copy),
    ("insert a forged one", insert_forged),
    ("put another in its place", replace),
    ("truncate", truncate),
];

fn flip_bit(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let place = dice.below(parts.entries.len());
    let before =
        parts.entries[..place].iter().map(|(_, lines)| lines.len()).sum::<usize>() + parts.head.len();
    let (number, lines) = &parts.entries[place];
    // The line's end is not the entry's: without it two entries are one line, and the entry after it is missing as well.
    let byte = before + dice.below(lines.len() - 1);
    let mut bytes = parts.bytes();
    bytes[byte] ^= 1 << dice.below(8);
    (bytes, *number)
}

fn edited(lines: &str, dice: &mut Dice) -> (String, Entry) {
    let (start, rest) = lines.split_at(lines.find('{').unwrap());
    let (text, rest) = rest.split_once('\n').unwrap();
    let mut entry: Entry = serde_json::from_str(text).unwrap();
    match dice.below(8) {
        0 => entry.account.push('x'),
        1 => entry.purpose = "Khác".into(),
        2 => entry.allowed = !entry.allowed,
        3 => entry.number += 1 + dice.below(3) as u64,
        4 => entry.document = None,
        5 => entry.visible_from = Some("2099-01-01".parse().unwrap()),
        6 => entry.owners.push("0".repeat(64)),
        _ => entry.at += jiff::SignedDuration::from_millis(1),
    }
    (format!("{start}{}\n{rest}", entry.text()), entry)
}

fn edit_field(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let place = dice.below(parts.entries.len());
    parts.entries[place].1 = edited(&parts.entries[place].1, dice).0;
    (parts.bytes(), parts.entries[place].0)
}

fn sign_again(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let place = dice.below(parts.entries.len());
    let (_, entry) = edited(&parts.entries[place].1, dice);
    let signed = entry.sign(Vec::new(), &LogKey::from_seed(sample::LOG, &[66; 32]));
    parts.entries[place].1 = format!("entry {} {}\n", super::base64(&signed.signature), signed.text);
    (parts.bytes(), parts.entries[place].0)
}

fn delete(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let (number, _) = parts.entries.remove(dice.below(parts.entries.len()));
    (parts.bytes(), number)
}

fn delete_many(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let first = dice.below(parts.entries.len());
    let end = parts.entries.len().min(first + 2 + dice.below(60));
    let number = parts.entries[first].0;
    parts.entries.drain(first..end);
    (parts.bytes(), number)
}

fn two(parts: &Parts, dice: &mut Dice) -> (usize, usize) {
    let first = dice.below(parts.entries.len() - 1);
    (first, first + 1 + dice.below(parts.entries.len() - first - 1))
}

fn swap(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let (first, second) = two(parts, dice);
    let number = parts.entries[first].0;
    parts.entries.swap(first, second);
    (parts.bytes(), number)
}

fn move_to_later(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let (first, second) = two(parts, dice);
    let moved = parts.entries.remove(first);
    let number = moved.0;
    parts.entries.insert(second, moved);
    (parts.bytes(), number)
}

fn insert_copy(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let (first, second) = two(parts, dice);
    let (copy, number) = (parts.entries[first].clone(), parts.entries[second].0);
    // Before the entry that follows its original a copy stands as the original would.
    parts.entries.insert(second, copy);
    (parts.bytes(), number)
}

fn insert_forged(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let place = dice.below(parts.entries.len());
    let (number, lines) = parts.entries[place].clone();
    parts.entries.insert(place, (number, edited(&lines, dice).0));
    (parts.bytes(), number)
}

fn replace(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let (first, second) = two(parts, dice);
    let (place, other) = if dice.below(2) == 0 { (first, second) } else { (second, first) };
    let number = parts.entries[place].0;
    parts.entries[place].1 = parts.entries[other].1.clone();
    (parts.bytes(), number)
}

fn truncate(parts: &mut Parts, dice: &mut Dice) -> (Vec<u8>, u64) {
    let place = dice.below(parts.entries.len());
    let (number, lines) = parts.entries[place].clone();
    let kept = dice.below(lines.len() - 1);
    parts.entries.truncate(place);
    let mut bytes = parts.bytes();
    bytes.extend_from_slice(&lines.as_bytes()[..kept]);
    (bytes, number)
}

fn locate_all(export: &str, times: usize, seed: u64) {
    verify(export.as_bytes()).unwrap();
    let (parts, mut dice) = (Parts::of(export), Dice(seed));
    for time in 0..times {
        let (way, tamper) = WAYS[time % WAYS.len()];
        let (bytes, number) = tamper(&mut parts.clone(), &mut dice);
        match verify(&bytes) {
            Err(ExportError::Fault(fault)) => {
                assert_eq!(place(&fault), Some(number), "{way}, time {time}: {fault}")
            }
            other => panic!("{way}, time {time}, entry {number}: {other:?}"),
        }
    }
}

#[test]
fn a_thousand_tamperings_are_located() {
    locate_all(&sample::range(1, ENTRIES, &SIZES), 1_000, 1);
}

#[test]
fn tampering_with_a_part_of_the_log_is_located() {
    locate_all(&sample::range(49, ENTRIES, &SIZES[1..]), 300, 2);
}

#[test]
fn tampering_with_the_log_of_a_subject_is_located() {
    locate_all(&sample::subjects(ENTRIES), 300, 3);
}

#[test]
fn a_changed_head_is_not_believed() {
    let export = sample::range(49, ENTRIES, &SIZES[1..]);
    let parts = Parts::of(&export);
    let head_end = export.find("signature ").unwrap();
    let mut dice = Dice(4);
    for _ in 0..200 {
        let mut bytes = parts.bytes();
        bytes[dice.below(head_end)] ^= 1 << dice.below(8);
        assert!(matches!(verify(&bytes), Err(ExportError::Head | ExportError::Form { .. })));
    }
}

#[test]
fn what_happened_is_said() {
    let check = |tamper: fn(&mut Vec<(u64, String)>), expected: Fault| {
        let mut parts = Parts::of(&sample::range(1, 60, &[20, 60]));
        tamper(&mut parts.entries);
        match verify(&parts.bytes()) {
            Err(ExportError::Fault(fault)) => assert_eq!(fault, expected),
            other => panic!("{expected}: {other:?}"),
        }
    };
    check(|entries| entries[9].1 = entries[9].1.replace("can.bo", "canbo"), Fault::Edited { number: 10 });
    check(|entries| drop(entries.remove(9)), Fault::Missing { number: 10 });
    check(|entries| drop(entries.split_off(30)), Fault::Missing { number: 31 });
    check(|entries| entries.clear(), Fault::Missing { number: 1 });
    check(|entries| entries.insert(9, entries[2].clone()), Fault::Inserted { number: 10 });
    check(|entries| entries.swap(9, 40), Fault::Moved { number: 10 });
    check(|entries| entries.push((61, "more\n".into())), Fault::Edited { number: 61 });
    // Whose record it was belongs to the entry.
    check(|entries| entries[14].1 = without_line(&entries[14].1, 1), Fault::Edited { number: 15 });
    check(|entries| entries[14].1 = without_line(&entries[14].1, 2), Fault::Edited { number: 15 });
    check(|entries| entries[14].1 = entries[2].1.replace("entry ", ""), Fault::Edited { number: 15 });
}

fn without_line(lines: &str, place: usize) -> String {
    let others = lines.split_inclusive('\n').enumerate().filter(|(other, _)| *other != place);
    others.map(|(_, line)| line).collect()
}

/// The newest entries can be cut off together with their checkpoints, and an old export can be shown again: only a checkpoint that was
/// kept elsewhere tells.
#[test]
fn checkpoints_kept_elsewhere_tell_of_what_is_gone() {
    let keys = [sample::key().public().clone()];
    let entries = sample::entries(60);
    let note = |size: u64| sample::checkpoints(&entries, &[size])[0].sign(&sample::key());
    let check = |export: String, kept: String, expected: Option<Fault>| {
        let found = verify_export(export.as_bytes(), &keys, &[("checkpoint file".into(), kept)]);
        match (found, expected) {
            (Ok(_), None) => {}
            (Err(ExportError::Fault(fault)), Some(expected)) => assert_eq!(fault, expected),
            (found, expected) => panic!("{expected:?}: {found:?}"),
        }
    };
    let cut = || sample::range(1, 40, &[40]);
    check(cut(), note(40), None);
    check(cut(), note(20), None);
    check(cut(), note(60), None);
    let early = Checkpoint { at: sample::at(30), ..sample::checkpoints(&entries, &[60]).remove(0) };
    check(cut(), early.sign(&sample::key()), Some(Fault::Missing { number: 41 }));
    let forked = Checkpoint { root: [0; 32], ..sample::checkpoints(&entries, &[40]).remove(0) };
    let forked_at = Some(Fault::Forked { size: 40, from: "checkpoint file".into() });
    check(cut(), forked.sign(&sample::key()), forked_at.clone());
    check(sample::subjects(40), forked.sign(&sample::key()), forked_at);
    let between = Checkpoint { root: [0; 32], ..sample::checkpoints(&entries, &[30]).remove(0) };
    check(cut(), between.sign(&sample::key()), Some(Fault::Rewritten { first: 1, last: 30 }));
    let forged = note(20).replace("motlan/thu\n20", "motlan/thu\n21");
    check(cut(), forged, Some(Fault::ForgedCheckpoint { from: "checkpoint file".into() }));
}

/// How long an auditor waits: a hundred thousand entries are a busy week of a commune. Seconds when optimised; the limit is loose because
/// tests run beside each other.
#[test]
fn a_long_log_is_checked_in_seconds() {
    let export = sample::range(1, 2_000, &[1_000, 2_000]);
    let start = std::time::Instant::now();
    assert_eq!(verify(export.as_bytes()).unwrap().entries, 2_000);
    let took = start.elapsed();
    println!("2,000 entries in {took:?}");
    assert!(took.as_secs() < 30, "{took:?}");
}
