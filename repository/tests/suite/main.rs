//! Stories of the records, told through the public door only, each on a fresh folder.

mod access;
mod concurrency;
mod damage;
mod dossiers;
mod filing;
mod fixture;
mod jobs;
mod model;
mod receiving;
mod rereading;
