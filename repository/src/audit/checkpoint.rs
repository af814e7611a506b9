//! A signed statement of how long the log is and what its root is: once it lies elsewhere, nothing before it can be changed unseen.
//!
//! The text form is the signed note of C2SP `tlog-checkpoint` with one extension line, the time:
//!
//! ```text
//! motlan/LOG
//! SIZE
//! ROOT in base64
//! at 2026-01-05T02:03:04.000005Z
//!
//! — motlan/LOG ID and signature in base64
//! ```

use super::key::{LogKey, PublicKey};
use super::tree::Hash;
use super::{BadForm, base64, from_base64};
use jiff::Timestamp;

/// What stands before the signature of a note.
const SIGNATURE: &str = "\u{2014} ";

/// Điểm chốt: the log had this many entries, and they were these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub log: String,
    /// Number of its newest entry.
    pub size: u64,
    /// Root of the tree over its entries.
    pub root: Hash,
    /// When it was signed.
    pub at: Timestamp,
}

impl Checkpoint {
    /// What is signed.
    fn body(&self) -> String {
        let at = self.at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ");
        format!("{}\n{}\n{}\nat {at}\n", self.log, self.size, base64(&self.root))
    }

    /// The signed note.
    pub fn sign(&self, key: &LogKey) -> String {
        let body = self.body();
        let signature = [key.public().id().as_slice(), &key.sign(body.as_bytes())].concat();
        format!("{body}\n{SIGNATURE}{} {}\n", key.public().log(), base64(&signature))
    }

    /// What a note says, whether or not it is signed rightly.
    ///
    /// # Errors
    /// It has not the form of a checkpoint.
    pub fn read(note: &str) -> Result<Checkpoint, BadForm> {
        let bad = || BadForm("this is not a checkpoint");
        let mut lines = note.lines();
        let mut line = || lines.next().ok_or_else(bad);
        let (log, size, root, at) = (line()?, line()?, line()?, line()?);
        let checkpoint = Checkpoint {
            log: log.to_owned(),
            size: size.parse().map_err(|_| bad())?,
            root: from_base64(root)?.try_into().map_err(|_| bad())?,
            at: at.strip_prefix("at ").and_then(|at| at.parse().ok()).ok_or_else(bad)?,
        };
        if note.starts_with(&format!("{}\n", checkpoint.body())) { Ok(checkpoint) } else { Err(bad()) }
    }

    /// Whether a note, besides saying this, is signed by one of the keys.
    pub fn is_signed_by(&self, note: &str, keys: &[PublicKey]) -> bool {
        let signature = |key: &PublicKey| {
            let start = format!("{SIGNATURE}{} ", key.log());
            let line =
                note.split_inclusive('\n').find_map(|line| line.strip_prefix(&start)?.strip_suffix('\n'))?;
            from_base64(line).ok()?.strip_prefix(&key.id()).map(<[u8]>::to_vec)
        };
        keys.iter().any(|key| {
            key.log() == self.log
                && signature(key).is_some_and(|signature| key.has_signed(self.body().as_bytes(), &signature))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn checkpoint() -> Checkpoint {
        sample::checkpoints(&sample::entries(5), &[5]).remove(0)
    }

    #[test]
    fn a_note_is_read_again() {
        let note = checkpoint().sign(&sample::key());
        assert_eq!(Checkpoint::read(&note), Ok(checkpoint()));
        assert!(checkpoint().is_signed_by(&note, &[sample::key().public().clone()]));
        let lines = note.lines().collect::<Vec<_>>();
        assert_eq!((lines.len(), lines[0], lines[1], lines[4]), (6, "motlan/thu", "5", ""));
        assert!(lines[5].starts_with("— motlan/thu "), "{}", lines[5]);
    }

    #[test]
    fn a_changed_note_is_not_signed() {
        let keys = [sample::key().public().clone()];
        let note = checkpoint().sign(&sample::key());
        for place in 0..note.len() {
            let mut changed = note.clone().into_bytes();
            changed[place] ^= 1;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            let read = Checkpoint::read(&changed);
            assert!(!read.is_ok_and(|read| read.is_signed_by(&changed, &keys)), "{changed}");
        }
    }

    #[test]
    fn another_key_has_not_signed() {
        let check = |key: LogKey| {
            let note = checkpoint().sign(&key);
            assert!(!checkpoint().is_signed_by(&note, &[sample::key().public().clone()]));
        };
        check(LogKey::from_seed("motlan/thu", &[8; 32]));
        check(LogKey::from_seed("motlan/khac", &[7; 32]));
    }
}
