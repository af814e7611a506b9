//! The sealed form in which all bytes stand in storage, and in which keys stand under other keys. Pure functions of values.
//!
//! ```text
//! "motlan" · version · algorithm · 32 random bytes (salt)   then chunk · tag, chunk · tag, …, last chunk · tag
//! ```
//!
//! Each object has a key of its own, HKDF-SHA256 of the given key and the salt, so that numbers of chunks can be nonces: the nonce is
//! the chunk's number and whether it is the last. Cut, lengthened, reordered or mixed objects therefore do not open; neither do those
//! that stand in another's place, because every chunk is bound to what the caller says the object is.
//!
//! Not here: where keys come from ([`crate::keys`]) and where sealed bytes stand ([`crate::bytes`]).

use ::bytes::Bytes;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::{SecureRandom, SystemRandom};
use zeroize::Zeroizing;

/// Length of every key: AES-256.
pub(crate) const KEY_BYTES: usize = 32;
/// Bytes sealed together: small enough that a page image is opened in the processor's cache, large enough that 16 bytes of tag are
/// nothing beside them (0.02 %).
const CHUNK_BYTES: usize = 64 << 10;
/// What AES-GCM adds to a chunk.
const TAG_BYTES: usize = 16;
/// Random bytes of an object: two never have the same.
const SALT_BYTES: usize = 32;
/// How an object begins: name, version 1, algorithm 1 (HKDF-SHA256, AES-256-GCM, chunks of 64 KiB).
const START: [u8; 8] = *b"motlan\x01\x01";
/// All before the first chunk.
const HEADER_BYTES: usize = START.len() + SALT_BYTES;

/// A secret key; it is wiped from memory when dropped, and never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key(Zeroizing<[u8; KEY_BYTES]>);

/// Seals bytes piece by piece, so that a large file does not stand in memory twice.
pub(crate) struct Sealer {
    key: LessSafeKey,
    bound_to: Vec<u8>,
    plain: Bytes,
    chunks_done: u64,
    ended: bool,
    /// Sealed, and not handed out yet.
    ready: Vec<u8>,
}

/// The bytes do not open under this key as what they are said to be: they were changed, or are something else.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unopened;

impl Key {
    /// A new key of the system's generator.
    pub(crate) fn random() -> Key {
        Key(Zeroizing::new(random()))
    }

    /// A key that was kept; none: another length.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Key> {
        Some(Key(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// Bytes that only holders of this key can compute, another for every `salt` and `use_of_it`.
    pub(crate) fn derive(&self, salt: &[u8], use_of_it: &str) -> [u8; KEY_BYTES] {
        let mut derived = [0; KEY_BYTES];
        Salt::new(HKDF_SHA256, salt)
            .extract(self.as_bytes())
            .expand(&[use_of_it.as_bytes()], Length)
            .and_then(|okm| okm.fill(&mut derived))
            .expect("HKDF gives 32 bytes");
        derived
    }

    fn of_object(&self, salt: &[u8]) -> LessSafeKey {
        let derived = Zeroizing::new(self.derive(salt, "motlan sealed bytes"));
        LessSafeKey::new(UnboundKey::new(&AES_256_GCM, derived.as_slice()).expect("the key has its length"))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key")
    }
}

struct Length;

impl KeyType for Length {
    fn len(&self) -> usize {
        KEY_BYTES
    }
}

/// Seals a small value at once.
pub(crate) fn seal(key: &Key, bound_to: &[u8], plain: &[u8]) -> Vec<u8> {
    Sealer::new(key, bound_to, Bytes::copy_from_slice(plain)).next_part(usize::MAX)
}

/// Opens sealed bytes.
///
/// # Errors
/// `Unopened`, and then nothing of them is handed out.
pub(crate) fn open(key: &Key, bound_to: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Unopened> {
    let (header, mut rest) = sealed.split_at_checked(HEADER_BYTES).ok_or(Unopened)?;
    let salt = header.strip_prefix(&START).ok_or(Unopened)?;
    let key = key.of_object(salt);
    let mut plain = Vec::with_capacity(rest.len());
    for number in 0.. {
        let (chunk, after) = rest.split_at(rest.len().min(CHUNK_BYTES + TAG_BYTES));
        let start = plain.len();
        plain.extend_from_slice(chunk);
        let opened = key
            .open_in_place(nonce(number, after.is_empty()), Aad::from(bound_to), &mut plain[start..])
            .map_err(|_| Unopened)?
            .len();
        plain.truncate(start + opened);
        if after.is_empty() {
            break;
        }
        rest = after;
    }
    Ok(plain)
}

impl Sealer {
    /// Begins an object that opens only as what `bound_to` says.
    pub(crate) fn new(key: &Key, bound_to: &[u8], plain: Bytes) -> Sealer {
        let salt: [u8; SALT_BYTES] = random();
        Sealer {
            key: key.of_object(&salt),
            bound_to: bound_to.to_vec(),
            plain,
            chunks_done: 0,
            ended: false,
            ready: [START.as_slice(), &salt].concat(),
        }
    }

    /// The next `part_bytes` of the object; fewer, and then [`Sealer::is_done`], at its end.
    pub(crate) fn next_part(&mut self, part_bytes: usize) -> Vec<u8> {
        while self.ready.len() < part_bytes && !self.ended {
            self.seal_chunk();
        }
        let rest = self.ready.split_off(self.ready.len().min(part_bytes));
        std::mem::replace(&mut self.ready, rest)
    }

    /// Whether everything was handed out.
    pub(crate) fn is_done(&self) -> bool {
        self.ended && self.ready.is_empty()
    }

    fn seal_chunk(&mut self) {
        let chunk = self.plain.split_to(self.plain.len().min(CHUNK_BYTES));
        self.ended = self.plain.is_empty();
        let start = self.ready.len();
        self.ready.extend_from_slice(&chunk);
        let nonce = nonce(self.chunks_done, self.ended);
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce, Aad::from(&self.bound_to), &mut self.ready[start..])
            .expect("a chunk is far below what AES-GCM may seal");
        self.ready.extend_from_slice(tag.as_ref());
        self.chunks_done += 1;
    }
}

fn nonce(chunk: u64, is_last: bool) -> Nonce {
    let mut bytes = [0; 12];
    bytes[3..11].copy_from_slice(&chunk.to_be_bytes());
    bytes[11] = u8::from(is_last);
    Nonce::assume_unique_for_key(bytes)
}

pub(crate) fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(length: usize) -> Vec<u8> {
        (0..length).map(|place| (place % 251) as u8).collect()
    }

    #[test]
    fn what_is_sealed_opens_whole() {
        let check = |length: usize| {
            let key = Key::random();
            let sealed = seal(&key, b"paper", &plain(length));
            assert!(open(&key, b"paper", &sealed).unwrap() == plain(length), "{length}");
            let chunks = length.div_ceil(CHUNK_BYTES).max(1);
            assert_eq!(sealed.len(), HEADER_BYTES + length + chunks * TAG_BYTES, "{length}");
        };
        check(0);
        check(1);
        check(CHUNK_BYTES - 1);
        check(CHUNK_BYTES);
        check(CHUNK_BYTES + 1);
        check(3 * CHUNK_BYTES);
    }

    #[test]
    fn parts_make_the_same_object() {
        let check = |length: usize, part_bytes: usize| {
            let key = Key::random();
            let mut sealer = Sealer::new(&key, b"paper", plain(length).into());
            let mut parts = Vec::new();
            while !sealer.is_done() {
                parts.push(sealer.next_part(part_bytes));
            }
            let (last, others) = parts.split_last().unwrap();
            assert!(others.iter().all(|part| part.len() == part_bytes) && last.len() <= part_bytes);
            assert!(open(&key, b"paper", &parts.concat()).unwrap() == plain(length));
        };
        check(0, 10);
        check(100, 7);
        check(3 * CHUNK_BYTES, CHUNK_BYTES);
        check(3 * CHUNK_BYTES + 5, 2 * CHUNK_BYTES);
    }

    #[test]
    fn nothing_changed_opens() {
        let key = Key::random();
        let sealed = seal(&key, b"paper", &plain(3 * CHUNK_BYTES));
        let refused =
            |what: &str, sealed: &[u8]| assert_eq!(open(&key, b"paper", sealed), Err(Unopened), "{what}");
        for place in (0..sealed.len()).step_by(997).chain(0..HEADER_BYTES) {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            refused(&format!("bit of byte {place}"), &changed);
        }
        let (header, chunks) = sealed.split_at(HEADER_BYTES);
        let chunk = |number: usize| &chunks[number * (CHUNK_BYTES + TAG_BYTES)..][..CHUNK_BYTES + TAG_BYTES];
        refused("nothing", b"");
        refused("header alone", header);
        refused("cut in a chunk", &sealed[..sealed.len() - 1]);
        refused("cut between chunks", &[header, chunk(0), chunk(1)].concat());
        refused("lengthened", &[&sealed, chunk(2)].concat());
        refused("reordered", &[header, chunk(1), chunk(0), chunk(2)].concat());
        refused("doubled", &[header, chunk(0), chunk(0), chunk(2)].concat());
        refused("plain", &plain(500));
    }

    #[test]
    fn nothing_opens_in_another_place_or_under_another_key() {
        let (key, other) = (Key::random(), Key::random());
        let sealed = seal(&key, b"paper", b"scan");
        assert_eq!(open(&key, b"another paper", &sealed), Err(Unopened));
        assert_eq!(open(&other, b"paper", &sealed), Err(Unopened));
        assert_ne!(seal(&key, b"paper", b"scan"), sealed, "equal bytes look different each time");
    }

    #[test]
    fn keys_are_not_printed() {
        assert_eq!(format!("{:?}", Key::random()), "Key");
    }
}
