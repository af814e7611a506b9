//! The list of public keys that a system gives out, so that its codes can be checked without it.
//!
//! A system signs its list with every secret key that it holds. Whoever has an older list accepts a newer one that a key of the older one
//! signed: that is how a new key becomes known.

use data_encoding::{BASE64, HEXLOWER};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Address, Algorithm, PublicKey, Signature, SigningKey};

/// What the list is, and in which form.
const FORMAT: &str = "motlan keys 1";
/// Signed before a list, so that a signature given for something else never fits one.
const CONTEXT: &[u8] = b"motlan key list 1\n";

/// The public keys of a system, the newest first, and the addresses under which it makes codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyList {
    system: String,
    addresses: Vec<Address>,
    keys: Vec<PublicKey>,
    issued_at: Timestamp,
    signatures: Vec<Signature>,
}

/// Why a list of keys is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyListError {
    /// It is something else.
    #[error("this is no list of keys: {0}")]
    Form(String),
    /// It was changed, or the newest key in it did not sign it. Whether the older ones did is not asked.
    #[error(
        "the list of keys is not signed by the newest key in it: get it again from the system whose codes you check"
    )]
    Unsigned,
    /// No key of the older list signed it.
    #[error("no key of the older list signed this one: it may be of someone else")]
    NoSuccessor,
}

/// What is signed: this as JSON without blanks, in this order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenList {
    format: String,
    system: String,
    addresses: Vec<String>,
    issued_at: Timestamp,
    keys: Vec<WrittenKey>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    id: String,
    algorithm: String,
    key: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    list: WrittenList,
    signatures: Vec<Signature>,
}

impl KeyList {
    /// The list of a system: of its secret keys, the one in use first.
    ///
    /// # Errors
    /// There is no key.
    pub fn new(
        system: &str,
        addresses: &[Address],
        keys: &[SigningKey],
        issued_at: Timestamp,
    ) -> Result<KeyList, KeyListError> {
        if keys.is_empty() {
            return Err(KeyListError::Form("there is no key in it".into()));
        }
        let public = keys.iter().map(|key| key.public().clone()).collect();
        let mut list = KeyList {
            system: system.to_owned(),
            addresses: addresses.to_vec(),
            keys: public,
            issued_at,
            signatures: Vec::new(),
        };
        let written = list.as_signed();
        list.signatures = keys.iter().map(|key| key.sign_list(CONTEXT, written.as_bytes())).collect();
        Ok(list)
    }

    /// Reads a list, which has to be signed by the newest key in it.
    ///
    /// # Errors
    /// It is something else, or was changed.
    pub fn from_json(text: &str) -> Result<KeyList, KeyListError> {
        let written: Written =
            serde_json::from_str(text).map_err(|error| KeyListError::Form(error.to_string()))?;
        let list = KeyList::read(written)?;
        if list.is_signed_by(&list.keys[0]) { Ok(list) } else { Err(KeyListError::Unsigned) }
    }

    /// As it is given out.
    pub fn to_json(&self) -> String {
        let written = Written { list: self.written(), signatures: self.signatures.clone() };
        serde_json::to_string_pretty(&written).expect("texts and lists are JSON")
    }

    /// Whether someone who trusts an older list may trust this one.
    ///
    /// # Errors
    /// `NoSuccessor`.
    pub fn check_successor_of(&self, older: &KeyList) -> Result<(), KeyListError> {
        let known = older.keys.iter().any(|key| self.is_signed_by(key));
        if known && self.issued_at >= older.issued_at { Ok(()) } else { Err(KeyListError::NoSuccessor) }
    }

    /// Tên hệ thống thông tin.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The addresses under which the system makes or made codes, the present one first.
    pub fn addresses(&self) -> impl Iterator<Item = &Address> {
        self.addresses.iter()
    }

    /// The keys, the newest first.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    pub(super) fn key(&self, id: &[u8]) -> Option<&PublicKey> {
        self.keys.iter().find(|key| key.id() == id)
    }

    fn is_signed_by(&self, key: &PublicKey) -> bool {
        let id = HEXLOWER.encode(&key.id());
        let message = [CONTEXT, self.as_signed().as_bytes()].concat();
        let is_right = |one: &&Signature| one.key == id;
        self.signatures.iter().filter(is_right).any(|one| {
            BASE64.decode(one.signature.as_bytes()).is_ok_and(|bytes| key.has_signed(&message, &bytes))
        })
    }

    fn as_signed(&self) -> String {
        serde_json::to_string(&self.written()).expect("texts and lists are JSON")
    }

    fn written(&self) -> WrittenList {
        let key = |key: &PublicKey| WrittenKey {
            id: HEXLOWER.encode(&key.id()),
            algorithm: key.algorithm().name().to_owned(),
            key: BASE64.encode(key.bytes()),
        };
        WrittenList {
            format: FORMAT.to_owned(),
            system: self.system.clone(),
            addresses: self.addresses.iter().map(|address| address.as_str().to_owned()).collect(),
            issued_at: self.issued_at,
            keys: self.keys.iter().map(key).collect(),
        }
    }

    fn read(written: Written) -> Result<KeyList, KeyListError> {
        let form = |reason: &str| KeyListError::Form(reason.to_owned());
        let Written { list, signatures } = written;
        if list.format != FORMAT {
            return Err(form("its format is not known"));
        }
        let addresses: Result<Vec<Address>, _> =
            list.addresses.iter().map(|address| Address::new(address)).collect();
        let keys: Vec<PublicKey> =
            list.keys.iter().map(read_key).collect::<Option<_>>().ok_or(form("a key is damaged"))?;
        if keys.is_empty() {
            return Err(form("there is no key in it"));
        }
        Ok(KeyList {
            system: list.system,
            addresses: addresses.map_err(|error| KeyListError::Form(error.to_string()))?,
            keys,
            issued_at: list.issued_at,
            signatures,
        })
    }
}

fn read_key(written: &WrittenKey) -> Option<PublicKey> {
    let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.name() == written.algorithm)?;
    let key = PublicKey::new(algorithm, BASE64.decode(written.key.as_bytes()).ok()?).ok()?;
    (HEXLOWER.encode(&key.id()) == written.id).then_some(key)
}
