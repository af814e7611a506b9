//! The records of motlan: who a paper belongs to, what it says, who confirmed it and who looked at it.
//!
//! Here live the words of the office, the parsed identifiers, the rules ([`policy`]), the SQL, the stored bytes, the access
//! log and the job queue. Not here: pixels, PDF, OCR, search and HTTP.

pub mod administrative_unit;
pub mod audit;
pub mod code;
pub mod document_type;
pub mod doubt;
pub mod ethnicity;
pub mod identifier;
pub mod policy;
pub mod record;
pub mod spelling;

mod access;
mod amend;
mod anchor;
mod backup;
mod bytes;
mod changes;
mod check;
mod checkpoints;
mod confirm;
mod data_keys;
mod database;
mod disposal;
mod documents;
mod dossier_moves;
mod dossiers;
mod equal;
mod error;
mod events;
mod fields;
mod figures;
mod filing;
mod fixity;
mod handout;
mod jobs;
mod keys;
mod lifecycle;
mod likeness;
mod log_export;
mod log_key;
mod merging;
mod near_duplicates;
mod origin;
mod owners;
mod passes;
mod procedures;
mod progress;
mod promise;
mod reading;
mod receive;
mod repair;
mod repository;
mod requirements;
mod reread;
mod retention;
mod reuse;
mod rotate;
mod scrub;
mod seal;
mod subjects;
mod unsealed;

pub use backup::{BackupOptions, BackupReport, RestoreReport, restore};
pub use bytes::Bucket;
pub use checkpoints::read_checkpoints;
pub use database::{DatabaseUrl, DatabaseUrlError};
pub use document_type::DocumentType;
pub use doubt::Doubt;
pub use error::{Error, Result};
pub use handout::Handout;
pub use jobs::{ATTEMPTS_MAX, FAIR_TURN_EVERY};
pub use keys::{KeySource, MasterKey};
pub use repair::{BytesCopy, LEFT_BEHIND_AFTER};
pub use repository::{Options, QUESTIONS, Repository};
