//! Files to drafts: what a scanner, a phone or a colleague sends becomes pages, words and proposed fields.
//!
//! Untrusted bytes are parsed only in a child process that has locked itself in ([`jail`]); this side spawns it, hands it the
//! bytes by pipe and gets pages back ([`Reader`]). What a paper says is worked out from its words by [`draft()`], a function of
//! values. Not here: storing anything, HTTP, the recognition itself (`ocr`) and codes (`qr`).

pub mod batch;
pub mod draft;
pub mod jail;
pub mod rendition;

mod accept;
mod bleed_through;
mod child;
mod clean;
mod copy;
mod cover;
mod engines;
mod ink;
mod kind;
mod leaders;
mod marks;
mod page;
mod perspective;
mod picture;
mod picture_hash;
mod place;
mod problem;
mod protocol;
mod reader;
mod skew;
mod source;
mod spread;
mod stage;
mod stamps;
mod strip;
mod syllable;
mod upright;
mod words;

pub use child::run_child;
pub use draft::draft;
pub use kind::FileKind;
pub use problem::{Problem, reason};
pub use protocol::{EngineSpec, Fault, Pictures};
pub use reader::{ARGUMENT_OF_CHILD, Event, Reader, ReaderError, ReaderOptions, StagePicture};
pub use strip::{Band, Strip};
