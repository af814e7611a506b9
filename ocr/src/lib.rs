//! Page image → words with their places and confidence.
//!
//! An [`Engine`] looks at one grey page and answers with a [`Reading`]: lines of words, each word with its box in pixels
//! of the page given and the engine's confidence. [`Tesseract`] is the real one; [`Recorded`] replays what it once said,
//! so that most tests run without it; [`fault`] holds engines that misbehave on purpose.
//!
//! Not here: files and PDF (`ingest`), codes printed as squares (`qr`), and what the words mean. Everything is
//! synchronous and no thread is started: pages are spread over the cores by whoever owns the pages.

#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod dark;
mod engine;
mod error;
pub mod fault;
pub mod measure;
mod model;
mod reading;
mod recorded;
mod tesseract;
mod tidy;

pub use engine::{Engine, EngineIdentity, FIGURES, Orientation};
pub use error::Error;
pub use model::Model;
pub use reading::{CONFIDENT_MIN, Line, PixelBox, Reading, Word};
pub use recorded::{Recorded, Recorder, pixels_sha256};
pub use tesseract::{PAGE_SIDE_MAX, Tesseract, TesseractOptions};
pub use tidy::{RawLine, RawWord, tidy};
