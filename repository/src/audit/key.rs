//! The key that signs the log, and the public one by which anyone can check it.

use super::{BadForm, base64, from_base64};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// How Ed25519 is called in a written public key and in its id: the forms are those of the signed notes of C2SP, which other programs
/// read as well.
const ED25519_KIND: u8 = 1;
/// Bytes of a key's id, which stands before each signature of a checkpoint.
const ID_BYTES: usize = 4;

/// Khóa ký nhật ký: signs entries and checkpoints of one log.
pub struct LogKey {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

/// The public key of a log, written `motlan/LOG+ID+KEY`: the log's name, the key's id in hexadecimal, the key in base64.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey {
    log: String,
    bytes: [u8; 32],
}

impl LogKey {
    /// The key that grows from 32 secret random bytes.
    pub fn from_seed(log: &str, seed: &[u8; 32]) -> LogKey {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed of Ed25519");
        let bytes = pair.public_key().as_ref().try_into().expect("a public key of Ed25519 has 32 bytes");
        LogKey { pair, public: PublicKey { log: log.to_owned(), bytes } }
    }

    /// What others check signatures with.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs, always with the same signature for the same message.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.pair.sign(message).as_ref().try_into().expect("a signature of Ed25519 has 64 bytes")
    }
}

/// Never the secret.
impl fmt::Debug for LogKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LogKey({})", self.public)
    }
}

impl PublicKey {
    /// The log whose key it is.
    pub fn log(&self) -> &str {
        &self.log
    }

    /// Whether this key's owner signed the message.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.bytes).verify(message, signature).is_ok()
    }

    /// What stands before its signatures, to tell keys apart.
    pub(crate) fn id(&self) -> [u8; ID_BYTES] {
        let hash = Sha256::new()
            .chain_update(&self.log)
            .chain_update([b'\n', ED25519_KIND])
            .chain_update(self.bytes);
        let hash: [u8; 32] = hash.finalize().into();
        hash[..ID_BYTES].try_into().expect("a hash is longer than an id")
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519_KIND], self.bytes.as_slice()].concat();
        write!(formatter, "{}+{}+{}", self.log, hex::encode(self.id()), base64(&key))
    }
}

impl FromStr for PublicKey {
    type Err = BadForm;

    fn from_str(written: &str) -> Result<PublicKey, BadForm> {
        let bad = || BadForm("a public key is written motlan/LOG+ID+KEY");
        let mut parts = written.trim().splitn(3, '+');
        let mut part = || parts.next().ok_or_else(bad);
        let (log, id, key) = (part()?, part()?, from_base64(part()?)?);
        let bytes = key.strip_prefix(&[ED25519_KIND]).and_then(|key| key.try_into().ok()).ok_or_else(bad)?;
        let key = PublicKey { log: log.to_owned(), bytes };
        if hex::encode(key.id()) == id {
            Ok(key)
        } else {
            Err(BadForm("the public key was mistyped: its id does not fit"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> LogKey {
        LogKey::from_seed("motlan/thu", &[7; 32])
    }

    #[test]
    fn a_written_key_is_read_again() {
        let written = key().public().to_string();
        assert_eq!(written.parse::<PublicKey>().unwrap(), *key().public());
        assert_eq!(format!(" {written}\n").parse::<PublicKey>().unwrap(), *key().public());
    }

    #[test]
    fn a_mistyped_key_is_refused() {
        let check = |written: &str| assert!(written.parse::<PublicKey>().is_err(), "{written}");
        let written = key().public().to_string();
        check("");
        check("motlan/thu");
        check(&written[..written.len() - 4]);
        check(&written.replace("thu", "khac"));
        check(&written.replacen('A', "B", 1));
    }

    #[test]
    fn only_the_owner_signs_and_only_this() {
        let signature = key().sign(b"entry");
        let other = LogKey::from_seed("motlan/thu", &[8; 32]);
        assert!(key().public().has_signed(b"entry", &signature));
        assert!(!key().public().has_signed(b"another", &signature));
        assert!(!key().public().has_signed(b"entry", &signature[1..]));
        assert!(!other.public().has_signed(b"entry", &signature));
        assert_eq!(format!("{:?}", key()), format!("LogKey({})", key().public()));
    }
}
