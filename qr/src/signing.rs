//! Signed codes: how a payload becomes text that anyone can check, and what is found when that text is checked.
//!
//! The format is written up in `docs/qr-format.md`. Not here: drawing, and what the store says of a paper today.

mod key_list;
mod keys;
mod package;

pub use key_list::{KeyList, KeyListError};
pub use keys::{Algorithm, PseudonymKey, PublicKey, SigningKey, UnreadableKey};
pub use package::Signature;

use std::net::IpAddr;

use data_encoding::BASE32_NOPAD;

use crate::payload::{self, Payload};

/// How the text of a cover sheet begins. A receipt or a label begins with the address of its system instead.
pub const SHEET_PREFIX: &str = "ML1:";
/// What stands between the address of a system and the code in the text of a receipt or a label.
pub const PATH: &str = "/V/";
/// First byte of every code: the version of the format.
const FORMAT: u8 = 1;
/// Signed before the bytes of a code, so that a signature given for something else never fits one.
const CONTEXT: &[u8] = b"motlan code 1\n";
/// Bytes of the id of a key.
pub(crate) const KEY_ID_BYTES: usize = 4;
/// Bytes of a signature, with either algorithm.
pub(crate) const SIGNATURE_BYTES: usize = 64;
/// Bytes before the payload: version and id of the key.
const HEAD_BYTES: usize = 1 + KEY_ID_BYTES;
/// The longest code that is looked at: more letters than the largest square holds (ISO/IEC 18004, version 40-L).
const LETTERS_MAX: usize = 4_296;

/// Where a system can be asked for its codes: `https://HOST`, at most with a port. Written in capitals, as squares hold them in least
/// space; host names do not tell letters apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(String);

/// The address of a system cannot stand in a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{given}` is no address of a system: write it as https://HOST, with nothing behind the host and its port (http:// only for this machine's own addresses)"
)]
pub struct BadAddress {
    given: String,
}

/// A code that was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What it says.
    pub payload: Payload,
    /// The id of the key that signed it, in hexadecimal.
    pub key: String,
}

/// Why a code is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// It is a code of something else, or of a system whose address is not in the list of keys.
    #[error("this is not a code of this system")]
    NotOurs,
    /// It ends before its signature does.
    #[error("the code is cut off: scan it again, whole")]
    CutOff,
    /// There are letters that never stand in a code, or it is not put together as ours are.
    #[error("the code is damaged: scan it again, or type it again")]
    Malformed,
    /// It is of a later version of the format.
    #[error("the code has format {version}, which this version of the program does not know")]
    Version {
        /// Its version.
        version: u8,
    },
    /// No key of the list signed it.
    #[error("the code was signed with the key {key}, which is not in the list of keys")]
    UnknownKey {
        /// The id of the key.
        key: String,
    },
    /// What it says was changed, or someone else made it.
    #[error("the signature does not fit: what the code says was changed, or it was made by someone else")]
    Forged,
}

/// Something that has to stand in a code is missing (QR-03, QR-04).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the code cannot be made: {what} is missing")]
pub struct MissingPart {
    /// Its Vietnamese name.
    pub what: &'static str,
}

impl Address {
    /// Takes `https://HOST[:PORT]`, and `http://` of the machine itself: elsewhere whoever stands between could answer a code as they like.
    pub fn new(given: &str) -> Result<Address, BadAddress> {
        let upper = given.trim().trim_end_matches('/').to_ascii_uppercase();
        let is_host = |host: &str| {
            !host.is_empty()
                && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte))
        };
        let is_address = upper.strip_prefix("HTTPS://").is_some_and(is_host)
            || upper.strip_prefix("HTTP://").is_some_and(is_this_machine);
        if is_address { Ok(Address(upper)) } else { Err(BadAddress { given: given.to_owned() }) }
    }

    /// As it stands in a code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a host in capitals, at most with a port, is only reached from the machine that it is.
fn is_this_machine(host: &str) -> bool {
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let name = host.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(host, |(name, _)| name);
    let number = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(name);
    name == "LOCALHOST" || number.parse::<IpAddr>().is_ok_and(|number| number.is_loopback())
}

impl SigningKey {
    /// The text of a code: for a square in alphanumeric mode, and for an ordinary phone an address to open.
    ///
    /// # Errors
    /// A fact that the law demands is missing (QR-03).
    pub fn sign(&self, payload: &Payload, address: &Address) -> Result<String, MissingPart> {
        if let Some(what) = payload.missing() {
            return Err(MissingPart { what });
        }
        let head = [&[FORMAT][..], &self.public().id()].concat();
        let mut bytes = [head, payload::encode(payload)].concat();
        let signature = self.sign_bytes(&signed(&bytes));
        bytes.extend(signature);
        let letters = BASE32_NOPAD.encode(&bytes);
        Ok(match payload {
            Payload::CoverSheet(_) => format!("{SHEET_PREFIX}{letters}"),
            Payload::Receipt(_) | Payload::ResultLabel(_) | Payload::Notice(_) => {
                format!("{}{PATH}{letters}", address.as_str())
            }
        })
    }
}

impl KeyList {
    /// Checks the whole text of a code: of a cover sheet, or with the address of one of the systems of this list.
    ///
    /// # Errors
    /// Why the code is not accepted.
    pub fn verify(&self, text: &str) -> Result<Verified, CodeError> {
        let text = text.trim();
        let (letters, is_sheet) = match text.strip_prefix(SHEET_PREFIX) {
            Some(letters) => (letters, true),
            None => (self.without_address(text).ok_or(CodeError::NotOurs)?, false),
        };
        self.verify_as(letters, is_sheet)
    }

    /// Checks the letters of a receipt or a label alone, as they stand in the path of a page.
    ///
    /// # Errors
    /// Why the code is not accepted.
    pub fn verify_letters(&self, letters: &str) -> Result<Verified, CodeError> {
        self.verify_as(letters, false)
    }

    /// A sheet under an address, or a label without one, was put together from parts.
    fn verify_as(&self, letters: &str, is_sheet: bool) -> Result<Verified, CodeError> {
        let verified = self.check(letters)?;
        let fits = matches!(verified.payload, Payload::CoverSheet(_)) == is_sheet;
        if fits { Ok(verified) } else { Err(CodeError::Malformed) }
    }

    fn check(&self, letters: &str) -> Result<Verified, CodeError> {
        let bytes = bytes_of(letters)?;
        let (head, rest) = bytes.split_at_checked(HEAD_BYTES).ok_or(CodeError::CutOff)?;
        if head[0] != FORMAT {
            return Err(CodeError::Version { version: head[0] });
        }
        let id = &head[1..];
        let key = self.key(id).ok_or_else(|| CodeError::UnknownKey { key: hex::encode(id) })?;
        let signature_at = HEAD_BYTES + payload::length(rest).map_err(unreadable)?;
        let (message, signature) = bytes.split_at_checked(signature_at).ok_or(CodeError::CutOff)?;
        if signature.len() < SIGNATURE_BYTES {
            return Err(CodeError::CutOff);
        }
        if !key.has_signed(&signed(message), signature) {
            return Err(CodeError::Forged);
        }
        let payload = payload::decode(&message[HEAD_BYTES..]).ok_or(CodeError::Malformed)?;
        Ok(Verified { payload, key: hex::encode(id) })
    }

    fn without_address<'a>(&self, text: &'a str) -> Option<&'a str> {
        self.addresses().find_map(|address| text.strip_prefix(address.as_str())?.strip_prefix(PATH))
    }
}

/// Why the length of a payload is not known: it ends too early, or it is none.
fn unreadable(error: minicbor::decode::Error) -> CodeError {
    if error.is_end_of_input() { CodeError::CutOff } else { CodeError::Malformed }
}

fn signed(message: &[u8]) -> Vec<u8> {
    [CONTEXT, message].concat()
}

/// Only the one way of writing them that [`SigningKey::sign`] uses: capitals, no padding, nothing in the bits left over.
fn bytes_of(letters: &str) -> Result<Vec<u8>, CodeError> {
    if letters.len() > LETTERS_MAX {
        return Err(CodeError::Malformed);
    }
    let is_letter = |byte: u8| byte.is_ascii_uppercase() || (b'2'..=b'7').contains(&byte);
    if !letters.bytes().all(is_letter) {
        return Err(CodeError::Malformed);
    }
    // All letters are right, so what is wrong is where it ends.
    BASE32_NOPAD.decode(letters.as_bytes()).map_err(|_| CodeError::CutOff)
}
