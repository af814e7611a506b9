//! The access log as evidence: its canonical form, its hash tree, its signatures, and the check that needs nothing but an exported
//! file and a public key. `docs/decisions/0015-access-log.md` tells it whole, for whoever writes a checker of their own.
//!
//! Not here: how entries are written and read in the database, which is in `access` and `checkpoints`.

mod checkpoint;
mod entry;
mod export;
mod key;
mod tree;
mod verify;

pub use checkpoint::Checkpoint;
pub(crate) use entry::is_signed_by;
pub use entry::{Entry, Opening, SignedEntry};
pub use export::{Export, ExportError, Head, Proven, Scope, verify_export};
pub use key::{LogKey, PublicKey};
pub use tree::{Frontier, Hash, leaf, path, root, root_by_path};
pub use verify::{Fault, Outcome, Verifier};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A text that is not in the form it should have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadForm(&'static str);

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

fn from_base64(text: &str) -> Result<Vec<u8>, BadForm> {
    STANDARD.decode(text).map_err(|_| BadForm("this is not base64"))
}

/// Invented logs, for the tests of all parts.
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tampering;
