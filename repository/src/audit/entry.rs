//! The canonical form of an entry: one line of JSON whose bytes are hashed and signed.
//!
//! Version 1: the fields of [`Entry`] in their order, every one present, without blanks; times in UTC with six digits after the
//! second; texts escape only `"`, `\` and control characters.

use super::key::{LogKey, PublicKey};
use super::tree::{self, Hash};
use crate::record::{DocumentId, SubjectId};
use jiff::Timestamp;
use jiff::civil::Date;
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The version of the canonical form that is written.
const VERSION: u8 = 1;
/// What stands before the hash of an entry when it is signed, so that the signature can mean nothing else.
const SIGNED: &[u8] = b"motlan access entry 1\n";

/// Lượt truy cập, as it is kept as evidence.
///
/// It names owners by commitments only: whoever may know of one owner gets that one's [`Opening`], and learns nothing of the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Version of this form.
    pub v: u8,
    /// The log: `motlan/` and a random key.
    pub log: String,
    /// 1, 2, 3, … without gaps, in the order of commits.
    pub number: u64,
    /// When; later than the entry before (SEC-13).
    #[serde(with = "microseconds")]
    pub at: Timestamp,
    /// Account.
    pub account: String,
    /// Name shown for the account.
    pub name: String,
    /// Role that decided what the account might do.
    pub role: String,
    /// Cơ quan.
    pub agency: String,
    /// Đơn vị in the agency; empty: not known.
    pub unit: String,
    /// Address that the request came from (SEC-04); empty: from inside the program.
    pub source: String,
    /// What it was sent to: address and route, or the command.
    pub destination: String,
    /// What was done, a word of [`crate::record::Action`].
    pub action: String,
    /// Why.
    pub purpose: String,
    /// Căn cứ: the legal basis or the dossier, if one was given.
    pub basis: Option<String>,
    /// The paper, if one.
    pub document: Option<DocumentId>,
    /// A commitment ([`Opening::commitment`]) to each person or organization whose record was touched, in the order of their letters.
    pub owners: Vec<String>,
    /// Whether it was allowed.
    pub allowed: bool,
    /// The day from which the owners see it, Asia/Ho_Chi_Minh; null: at once.
    pub visible_from: Option<Date>,
}

/// What opens one commitment of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Whose record was touched.
    pub subject: SubjectId,
    /// Random: without it nobody can tell whether a commitment is to a certain subject.
    pub salt: [u8; 16],
}

/// An entry in its canonical form with its signature and what opens its commitments. Nothing says yet that any of them is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedEntry {
    /// The canonical line.
    pub text: String,
    /// The signature of the log's key.
    pub signature: Vec<u8>,
    /// Whose records were touched: all of them, or the one who may know.
    pub openings: Vec<Opening>,
}

impl Entry {
    /// The version that is written now.
    pub const VERSION: u8 = VERSION;

    /// The canonical line.
    pub fn text(&self) -> String {
        crate::database::json(self)
    }

    /// The entry of these owners, signed.
    pub fn sign(mut self, openings: Vec<Opening>, key: &LogKey) -> SignedEntry {
        self.owners = commitments(&openings);
        let text = self.text();
        let signature = key.sign(&to_sign(&tree::leaf(text.as_bytes()))).to_vec();
        SignedEntry { text, signature, openings }
    }
}

impl Opening {
    /// What will open the commitment of a new entry to this subject.
    pub(crate) fn new(subject: SubjectId) -> Opening {
        Opening { subject, salt: random() }
    }

    /// SHA-256 of the salt and the subject's key as 36 letters, in hexadecimal.
    pub fn commitment(&self) -> String {
        hex::encode(Sha256::new().chain_update(self.salt).chain_update(self.subject.to_string()).finalize())
    }
}

impl SignedEntry {
    /// What the line says; none: it is not in the canonical form.
    pub fn entry(&self) -> Option<Entry> {
        let entry: Entry = serde_json::from_str(&self.text).ok()?;
        (entry.v == VERSION && entry.text() == self.text).then_some(entry)
    }

    /// What the line says, if one of the keys signed it.
    pub fn genuine(&self, keys: &[PublicKey]) -> Option<Entry> {
        self.entry().filter(|_| is_signed_by(&self.leaf(), &self.signature, keys))
    }

    /// Whether it opens every commitment of the entry, and nothing else.
    pub fn names_owners_of(&self, entry: &Entry) -> bool {
        commitments(&self.openings) == entry.owners
    }

    /// Its leaf in the tree.
    pub fn leaf(&self) -> Hash {
        tree::leaf(self.text.as_bytes())
    }
}

/// Whether one of the keys signed the entry with this leaf.
pub(crate) fn is_signed_by(leaf: &Hash, signature: &[u8], keys: &[PublicKey]) -> bool {
    keys.iter().any(|key| key.has_signed(&to_sign(leaf), signature))
}

/// Bytes of the system's generator.
fn random<const LENGTH: usize>() -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    SystemRandom::new().fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

fn commitments(openings: &[Opening]) -> Vec<String> {
    let mut commitments = openings.iter().map(Opening::commitment).collect::<Vec<_>>();
    commitments.sort();
    commitments
}

fn to_sign(leaf: &Hash) -> Vec<u8> {
    [SIGNED, leaf].concat()
}

/// Times as `2026-01-05T02:03:04.000005Z`.
mod microseconds {
    use super::*;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ"))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::deserialize(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    /// The form that checkers of others rely on: this text changes only with a new version.
    #[test]
    fn the_canonical_form_is_this() {
        let entry = Entry {
            purpose: "Tra cứu \"hồ sơ\"\\\n".into(),
            owners: vec![sample::opening(1).commitment()],
            visible_from: Some("2026-03-01".parse().unwrap()),
            ..sample::entry(5)
        };
        let expected = "{\"v\":1,\"log\":\"motlan/thu\",\"number\":5,\"at\":\"2026-01-05T02:00:05.000000Z\",\
            \"account\":\"can.bo.thu\",\"name\":\"Nguyễn Thị Thử\",\"role\":\"counter_officer\",\"agency\":\"UBND phường Mẫu\",\
            \"unit\":\"Bộ phận một cửa\",\"source\":\"10.0.0.7\",\"destination\":\"127.0.0.1:8080 GET /documents/{id}\",\
            \"action\":\"view\",\"purpose\":\"Tra cứu \\\"hồ sơ\\\"\\\\\\n\",\"basis\":null,\
            \"document\":\"01890000-0000-7000-8000-000000000005\",\
            \"owners\":[\"f085aa7c8875c5caaee81b7b31add3fe0edd044772f4e7ef293044d4fa9fadfb\"],\
            \"allowed\":true,\"visible_from\":\"2026-03-01\"}";
        assert_eq!(entry.text(), expected);
    }

    #[test]
    fn only_the_canonical_form_is_an_entry() {
        let check = |what: &str, text: String, expected: bool| {
            let signed = SignedEntry { text, signature: Vec::new(), openings: Vec::new() };
            assert_eq!(signed.entry().is_some(), expected, "{what}");
        };
        let text = sample::entry(5).text();
        check("as written", text.clone(), true);
        check("a blank", text.replacen(',', ", ", 1), false);
        check("another version", text.replacen("\"v\":1", "\"v\":2", 1), false);
        check("a field more", text.replacen("\"v\":1", "\"v\":1,\"w\":1", 1), false);
        check("a field twice", text.replacen("\"v\":1", "\"v\":1,\"v\":1", 1), false);
        check("a field less", text.replacen(",\"basis\":null", "", 1), false);
        check("fewer digits of the time", text.replacen(".000000Z", "Z", 1), false);
        check("another escape", text.replacen("UBND", "\\u0055BND", 1), false);
        check("cut", text[..text.len() - 1].into(), false);
        check("nothing", String::new(), false);
    }

    #[test]
    fn a_signature_is_for_one_entry_by_one_key() {
        let (key, other) = (sample::key(), LogKey::from_seed("motlan/thu", &[9; 32]));
        let signed = sample::entry(1).sign(Vec::new(), &key);
        assert_eq!(signed.genuine(&[other.public().clone(), key.public().clone()]), Some(sample::entry(1)));
        assert_eq!(signed.genuine(&[other.public().clone()]), None);
        assert_eq!(signed.genuine(&[]), None);
        let changed = SignedEntry { text: sample::entry(2).text(), ..signed };
        assert_eq!(changed.genuine(&[key.public().clone()]), None);
    }
}
