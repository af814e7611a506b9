//! What can go wrong while a page is read.

use std::path::PathBuf;

use crate::PAGE_SIDE_MAX;

/// Why a page could not be read; each variant is something a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The model is not installed: install it, or choose another folder.
    #[error("the reading model {path} is missing; install it or choose another model folder")]
    ModelMissing {
        /// The file that was looked for.
        path: PathBuf,
    },
    /// The model is there and cannot be used: damaged, not readable, or made for another version.
    #[error("the reading model {path} cannot be loaded: {reason}")]
    ModelUnusable {
        /// The file that was tried.
        path: PathBuf,
        /// What the system or the engine said.
        reason: String,
    },
    /// The page is larger than the engine can take: read it at a lower resolution.
    #[error("the page is {width} × {height} pixels; at most {PAGE_SIDE_MAX} a side can be read")]
    PageTooLarge {
        /// Width of the page in pixels.
        width: u32,
        /// Height of the page in pixels.
        height: u32,
    },
    /// The engine gave up on this page; the next page may still be read.
    #[error("{engine} failed while {action}: {reason}")]
    Engine {
        /// Name of the engine.
        engine: String,
        /// What it was doing.
        action: &'static str,
        /// What it said.
        reason: String,
    },
    /// Recorded readings hold nothing for this page: record it first.
    #[error("no reading was recorded for the page whose pixels have SHA-256 {pixels_sha256}")]
    NotRecorded {
        /// The key that was looked for.
        pixels_sha256: String,
    },
    /// A file of recorded readings cannot be read or written.
    #[error("the recorded readings in {path} cannot be used: {reason}")]
    Recording {
        /// The file or folder.
        path: PathBuf,
        /// What the system or the JSON parser said.
        reason: String,
    },
}
