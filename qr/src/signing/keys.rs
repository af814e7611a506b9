//! Keys: the secret ones that sign codes and name people, and the public ones by which anyone can check.

use std::fmt;
use std::str::FromStr;

use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
    UnparsedPublicKey, VerificationAlgorithm,
};
use sha2::{Digest, Sha256};

use super::{KEY_ID_BYTES, SIGNATURE_BYTES};
use crate::payload::{PSEUDONYM_BYTES, Person};

/// How a written secret key begins: what it is, and which form.
const WRITTEN: &str = "motlan-code-key-1-";
/// How a written key of pseudonyms begins.
const WRITTEN_PSEUDONYM: &str = "motlan-pseudonym-key-1-";
/// Said before a number that is made a pseudonym, so that the key serves nothing else.
const PSEUDONYM_CONTEXT: &str = "motlan pseudonym 1\n";
/// Bytes of the seed of an Ed25519 key and of a key of pseudonyms.
const SEED_BYTES: usize = 32;

/// With what codes are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032): our own keys.
    Ed25519,
    /// ECDSA on P-256 with SHA-256 (FIPS 186-5), as keys in tokens have it; signatures as two numbers of 32 bytes.
    P256,
}

/// A key that signs codes. Written `motlan-code-key-1-ed25519-` and the 64 hexadecimal digits of its seed, or
/// `motlan-code-key-1-p256-` and its PKCS #8 document in hexadecimal.
pub struct SigningKey {
    secret: Secret,
    written: String,
    public: PublicKey,
}

/// The public part of a [`SigningKey`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    algorithm: Algorithm,
    bytes: Vec<u8>,
}

/// The key that makes pseudonyms of personal numbers. Written `motlan-pseudonym-key-1-` and 64 hexadecimal digits.
pub struct PseudonymKey {
    key: hmac::Key,
    written: String,
}

/// A key that cannot be read; its text is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no {0}")]
pub struct UnreadableKey(&'static str);

enum Secret {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair, SystemRandom),
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Algorithm; 2] = [Algorithm::Ed25519, Algorithm::P256];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Ed25519 => "ed25519",
            Algorithm::P256 => "p256",
        }
    }

    /// Bytes of a public key; of P-256 the point in its uncompressed form.
    fn public_bytes(self) -> usize {
        match self {
            Algorithm::Ed25519 => 32,
            Algorithm::P256 => 65,
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Algorithm::Ed25519 => &ED25519,
            Algorithm::P256 => &ECDSA_P256_SHA256_FIXED,
        }
    }
}

impl SigningKey {
    /// A new Ed25519 key of the system's generator.
    pub fn random() -> SigningKey {
        SigningKey::from_seed(&random_bytes())
    }

    /// The Ed25519 key that grows from 32 secret random bytes.
    pub fn from_seed(seed: &[u8; SEED_BYTES]) -> SigningKey {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).expect("any 32 bytes are a seed of Ed25519");
        let bytes = pair.public_key().as_ref().to_vec();
        SigningKey {
            public: PublicKey { algorithm: Algorithm::Ed25519, bytes },
            secret: Secret::Ed25519(pair),
            written: format!("{WRITTEN}{}-{}", Algorithm::Ed25519.name(), hex::encode(seed)),
        }
    }

    /// A key on P-256 out of its PKCS #8 document.
    ///
    /// # Errors
    /// It is something else.
    pub fn from_pkcs8(document: &[u8]) -> Result<SigningKey, UnreadableKey> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &random)
            .map_err(|_| UnreadableKey("key on P-256 in PKCS #8"))?;
        let bytes = pair.public_key().as_ref().to_vec();
        Ok(SigningKey {
            public: PublicKey { algorithm: Algorithm::P256, bytes },
            secret: Secret::P256(pair, random),
            written: format!("{WRITTEN}{}-{}", Algorithm::P256.name(), hex::encode(document)),
        })
    }

    /// What others check with.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The key in its written form: whoever has it can sign in this system's name.
    pub fn reveal(&self) -> &str {
        &self.written
    }

    pub(super) fn sign_bytes(&self, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let signature = match &self.secret {
            Secret::Ed25519(pair) => pair.sign(message),
            Secret::P256(pair, random) => pair.sign(random, message).expect("the system gives random bytes"),
        };
        signature.as_ref().try_into().expect("both algorithms give 64 bytes")
    }
}

impl FromStr for SigningKey {
    type Err = UnreadableKey;

    fn from_str(written: &str) -> Result<SigningKey, UnreadableKey> {
        let unreadable = UnreadableKey("key for codes; `motlan keys codes new` makes one");
        let (algorithm, digits) =
            written.strip_prefix(WRITTEN).and_then(|written| written.split_once('-')).ok_or(unreadable)?;
        let bytes = hex::decode(digits).map_err(|_| unreadable)?;
        match algorithm {
            "ed25519" => Ok(SigningKey::from_seed(&bytes.try_into().map_err(|_| unreadable)?)),
            "p256" => SigningKey::from_pkcs8(&bytes),
            _ => Err(unreadable),
        }
    }
}

/// Never the secret.
impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SigningKey({})", hex::encode(self.public.id()))
    }
}

impl PublicKey {
    /// A key from its parts.
    ///
    /// # Errors
    /// The bytes have not the length of such a key.
    pub fn new(algorithm: Algorithm, bytes: Vec<u8>) -> Result<PublicKey, UnreadableKey> {
        if bytes.len() == algorithm.public_bytes() {
            Ok(PublicKey { algorithm, bytes })
        } else {
            Err(UnreadableKey("public key of its algorithm"))
        }
    }

    /// With what it checks.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What stands in codes to name it: the first bytes of the SHA-256 of its algorithm's name, a line feed and the key.
    pub fn id(&self) -> [u8; KEY_ID_BYTES] {
        let hash =
            Sha256::new().chain_update(self.algorithm.name()).chain_update(b"\n").chain_update(&self.bytes);
        let hash: [u8; 32] = hash.finalize().into();
        hash[..KEY_ID_BYTES].try_into().expect("a hash is longer than an id")
    }

    /// Whether this key's owner signed the message.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(self.algorithm.verification(), &self.bytes).verify(message, signature).is_ok()
    }
}

impl PseudonymKey {
    /// A new key of the system's generator.
    pub fn random() -> PseudonymKey {
        PseudonymKey::from_bytes(&random_bytes())
    }

    /// The key of 32 secret random bytes.
    pub fn from_bytes(bytes: &[u8; SEED_BYTES]) -> PseudonymKey {
        PseudonymKey {
            key: hmac::Key::new(hmac::HMAC_SHA256, bytes),
            written: format!("{WRITTEN_PSEUDONYM}{}", hex::encode(bytes)),
        }
    }

    /// What stands in a code for a number: HMAC-SHA256 under this key, cut. Only who has the key can tell that a number is meant; trying
    /// all numbers, of which there are few, needs the key too.
    pub fn pseudonym(&self, number: &str) -> Person {
        let tag = hmac::sign(&self.key, format!("{PSEUDONYM_CONTEXT}{number}").as_bytes());
        Person::Pseudonym(tag.as_ref()[..PSEUDONYM_BYTES].try_into().expect("a tag is longer"))
    }

    /// The key in its written form: whoever has it can tell whose codes are whose.
    pub fn reveal(&self) -> &str {
        &self.written
    }
}

impl FromStr for PseudonymKey {
    type Err = UnreadableKey;

    fn from_str(written: &str) -> Result<PseudonymKey, UnreadableKey> {
        let digits = written.strip_prefix(WRITTEN_PSEUDONYM).and_then(|digits| hex::decode(digits).ok());
        let bytes: Option<[u8; SEED_BYTES]> = digits.and_then(|bytes| bytes.try_into().ok());
        bytes.map(|bytes| PseudonymKey::from_bytes(&bytes)).ok_or(UnreadableKey("key for pseudonyms"))
    }
}

/// Never the secret.
impl fmt::Debug for PseudonymKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PseudonymKey")
    }
}

fn random_bytes() -> [u8; SEED_BYTES] {
    ring::rand::generate(&SystemRandom::new()).expect("the system gives random bytes").expose()
}
