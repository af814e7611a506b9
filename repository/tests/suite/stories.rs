//! Stories of the records, told through the public door only, each on a fresh folder and database.

mod access;
mod amending;
pub(crate) mod backup;
mod concurrency;
pub(crate) mod confirmations;
mod damage;
pub(crate) mod database;
mod disposal;
mod dossiers;
mod equal;
mod faults;
mod figures;
mod filing;
mod fixity;
pub(crate) mod fixture;
mod invented;
mod jobs;
mod log;
mod merging;
mod model;
mod once_only;
mod owners;
mod permission;
mod receiving;
mod rereading;
mod reuse;
mod sealing;
