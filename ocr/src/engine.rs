//! The seam between pages and whatever reads them.

use image::GrayImage;
use serde::{Deserialize, Serialize};

use crate::{Error, Reading};

/// What numbers and days in figures are written with.
pub const FIGURES: &str = "0123456789/-.";

/// Something that reads page images.
///
/// What every engine promises, and `contract::check` tests:
///
/// - A page without ink, also one of zero size, gives a [`Reading`] without lines, not an error.
/// - Text is NFC and never empty; no word holds a line break or a control character.
/// - Boxes are in pixels of the page given, lie inside it and are never empty.
/// - Lines come in reading order, and the words of a line likewise.
/// - One engine reads any number of pages, and no page changes how the next one is read.
/// - No thread is made, nothing is printed, and nothing of a page stays in the engine after the call.
pub trait Engine {
    /// Who reads: kept beside every reading, so that a record remembers which engine and which model proposed it.
    fn identity(&self) -> &EngineIdentity;

    /// Reads an upright page. `dpi` is the resolution the page was scanned at; text height is judged by it.
    fn read(&mut self, page: &GrayImage, dpi: u32) -> Result<Reading, Error>;

    /// Reads a strip that holds one line of text cut out of an upright page; boxes are in pixels of the strip. Everything
    /// promised about pages holds for strips, and the answer has one line at most.
    fn read_line(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error>;

    /// Reads a strip that holds a number or a day in figures: as [`Engine::read_line`], and nothing but [`FIGURES`] can be read.
    fn read_figures(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error>;

    /// Tells how far the page must be turned to stand upright, or `None` when there is too little text to tell.
    fn orientation(&mut self, page: &GrayImage, dpi: u32) -> Result<Option<Orientation>, Error>;
}

/// Which program and which model made a reading.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct EngineIdentity {
    /// The program, for example `tesseract`.
    pub name: String,
    /// The program's own version text.
    pub version: String,
    /// The model's name, for example `vie`.
    pub model: String,
    /// SHA-256 of the model file in lower-case hex: two files called `vie` read differently.
    pub model_sha256: String,
}

/// How a page lies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Orientation {
    /// The clockwise turn that makes the page upright: 0, 90, 180 or 270 degrees.
    pub rotation_degrees: u16,
    /// The engine's own measure, from 0; Tesseract gives about 1 for a guess and more than 2 for a page of text.
    pub confidence: f32,
}
