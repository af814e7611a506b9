//! Master keys: they stand outside the database and outside the stored bytes, and wrap the data keys of papers.
//!
//! An installation holds one, and two while they are changed. Each is known by an id that says nothing about it; the database
//! remembers which one counts. Not here: data keys ([`crate::data_keys`]) and changing them all to another master key
//! ([`crate::rotate`]).

mod source;

pub use source::{KeySource, warn_if_open, write_key_file};

use crate::bytes::{blocking, sha256_hex};
use crate::error::{Error, Result};
use crate::seal::{self, Key};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, RwLock};

/// How a written key begins: what it is, and which form.
const WRITTEN: &str = "motlan-key-1-";
/// Hexadecimal digits of an id: enough to tell the few keys of one installation apart.
const ID_DIGITS: usize = 16;

/// A master key as it is written in a file, a variable or a vault: `motlan-key-1-` and 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MasterKey(Key);

/// The master keys that this process holds. When the database names another, they are read anew: someone is changing them.
#[derive(Debug)]
pub(crate) struct Keyring {
    source: KeySource,
    held: RwLock<Arc<[MasterKey]>>,
}

impl MasterKey {
    /// A new key of the system's generator.
    pub fn random() -> MasterKey {
        MasterKey(Key::random())
    }

    /// What the database and messages call it.
    pub fn id(&self) -> String {
        let mut id = sha256_hex(&self.0.derive(b"", "motlan master key id"));
        id.truncate(ID_DIGITS);
        id
    }

    /// The key in its written form: whoever has it can open everything.
    pub fn reveal(&self) -> String {
        format!("{WRITTEN}{}", hex::encode(self.0.as_bytes()))
    }

    /// Puts a data key under this one, for this paper alone.
    pub(crate) fn wrap(&self, bound_to: &str, data_key: &Key) -> String {
        hex::encode(seal::seal(&self.0, bound_to.as_bytes(), data_key.as_bytes()))
    }

    /// The data key that was wrapped for this paper; none: changed, or another paper's.
    pub(crate) fn unwrap(&self, bound_to: &str, wrapped: &str) -> Option<Key> {
        let sealed = hex::decode(wrapped).ok()?;
        Key::from_bytes(&zeroize::Zeroizing::new(seal::open(&self.0, bound_to.as_bytes(), &sealed).ok()?))
    }
}

impl FromStr for MasterKey {
    type Err = Error;

    fn from_str(written: &str) -> Result<MasterKey> {
        let digits = written.strip_prefix(WRITTEN).and_then(|digits| hex::decode(digits).ok());
        let key = digits.and_then(|bytes| Key::from_bytes(&bytes)).ok_or_else(|| {
            Error::keys(format!(
                "a master key is written {WRITTEN} and 64 hexadecimal digits; `motlan keys new` makes one"
            ))
        })?;
        Ok(MasterKey(key))
    }
}

/// Which keys there are, never the keys.
impl fmt::Display for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.held().iter().map(MasterKey::id).collect::<Vec<_>>();
        let what = if ids.is_empty() { "no key".to_owned() } else { ids.join(", ") };
        write!(formatter, "{} holds {what}", self.source)
    }
}

impl Keyring {
    /// Reads the keys; a file of an installation that has none yet may be missing.
    pub(crate) async fn open(source: KeySource) -> Result<Keyring> {
        let keyring = Keyring { source, held: RwLock::new(Arc::new([])) };
        keyring.read().await?;
        Ok(keyring)
    }

    /// The keys, the one to be used first.
    pub(crate) fn held(&self) -> Arc<[MasterKey]> {
        self.held.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// Where the keys are.
    pub(crate) fn source(&self) -> &KeySource {
        &self.source
    }

    /// Reads the keys anew.
    pub(crate) async fn read(&self) -> Result<()> {
        let source = self.source.clone();
        let keys = blocking(move || source.read()).await?;
        *self.held.write().unwrap_or_else(|poisoned| poisoned.into_inner()) = keys.into();
        Ok(())
    }

    /// Adds a key before the others, where that can be done.
    pub(crate) async fn add(&self, key: MasterKey) -> Result<()> {
        let source = self.source.clone();
        blocking(move || source.add(&key)).await?;
        self.read().await
    }

    /// The key of this id, looked for in the source once more when it is not held.
    ///
    /// # Errors
    /// `Keys` when it is nowhere; the message says what to do.
    pub(crate) async fn get(&self, id: &str) -> Result<MasterKey> {
        if let Some(key) = self.find(id) {
            return Ok(key);
        }
        self.read().await?;
        self.find(id).ok_or_else(|| self.lacks(id))
    }

    fn find(&self, id: &str) -> Option<MasterKey> {
        self.held().iter().find(|key| key.id() == id).cloned()
    }

    fn lacks(&self, id: &str) -> Error {
        Error::keys(format!(
            "the papers are sealed under the master key {id}, but {self}; put that key back (from its backup), or nothing that was \
             stored can be opened"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_key_is_read_again() {
        let key = MasterKey::random();
        let again: MasterKey = key.reveal().parse().unwrap();
        assert_eq!((again.id(), &again), (key.id(), &key));
        assert_eq!(key.id().len(), ID_DIGITS);
        assert!(!key.reveal().contains(&key.id()));
    }

    #[test]
    fn another_form_is_no_key() {
        let check = |written: &str| {
            assert!(matches!(written.parse::<MasterKey>(), Err(Error::Keys { .. })), "{written}")
        };
        check("");
        check("motlan-key-1-");
        check(&format!("{WRITTEN}{}", "0".repeat(62)));
        check(&format!("{WRITTEN}{}", "g".repeat(64)));
        check(&"0".repeat(64));
    }

    #[test]
    fn a_wrapped_key_is_for_one_paper_under_one_master_key() {
        let (master, other) = (MasterKey::random(), MasterKey::random());
        let key = Key::random();
        let wrapped = master.wrap("paper", &key);
        assert!(master.unwrap("paper", &wrapped) == Some(key));
        assert!(master.unwrap("another", &wrapped).is_none());
        assert!(other.unwrap("paper", &wrapped).is_none());
        assert!(master.unwrap("paper", &wrapped[2..]).is_none());
        assert!(master.unwrap("paper", "no hexadecimal").is_none());
    }
}
