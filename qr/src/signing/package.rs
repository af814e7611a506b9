//! Signed packages: the list of what is in one, with a signature that anyone can check without this system.

use super::{CodeError, KeyList, SigningKey};
use data_encoding::{BASE64, HEXLOWER};
use serde::{Deserialize, Serialize};

/// Signed before the list, so that a signature given for something else never fits one.
const CONTEXT: &[u8] = b"motlan package 1\n";

/// Chữ ký of one key over a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The id of the key, in hexadecimal.
    pub key: String,
    /// The signature, in Base64.
    pub signature: String,
}

impl SigningKey {
    /// Signs a list with what comes before it.
    pub(super) fn sign_list(&self, context: &[u8], list: &[u8]) -> Signature {
        let signature = self.sign_bytes(&[context, list].concat());
        Signature { key: HEXLOWER.encode(&self.public().id()), signature: BASE64.encode(&signature) }
    }

    /// Signs the list of files of a package, which names each with its hash.
    pub fn sign_package(&self, list: &[u8]) -> Signature {
        self.sign_list(CONTEXT, list)
    }
}

impl KeyList {
    /// Checks whether this system signed the list of files of a package.
    ///
    /// # Errors
    /// `UnknownKey`; `Forged`.
    pub fn check_package(&self, list: &[u8], signature: &Signature) -> Result<(), CodeError> {
        let unknown = || CodeError::UnknownKey { key: signature.key.clone() };
        let id = HEXLOWER.decode(signature.key.as_bytes()).map_err(|_| unknown())?;
        let key = self.key(&id).ok_or_else(unknown)?;
        let bytes = BASE64.decode(signature.signature.as_bytes()).map_err(|_| CodeError::Forged)?;
        let fits = key.has_signed(&[CONTEXT, list].concat(), &bytes);
        if fits { Ok(()) } else { Err(CodeError::Forged) }
    }
}
