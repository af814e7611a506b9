//! What can go wrong while a code is drawn; finding codes has no errors, for a page without codes is an answer.

use crate::{MODULE_PIXELS_MAX, MODULE_PIXELS_MIN};

/// Why a code could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is nothing to draw.
    #[error("a code needs at least one character")]
    Empty,
    /// The text does not fit into the largest code: say less.
    #[error("{bytes} bytes do not fit into one code; at most 2,953 do")]
    TooLong {
        /// Length of the text in bytes.
        bytes: usize,
    },
    /// The squares asked for are too small to be read or too large to be sensible.
    #[error(
        "a module of {given} pixels was asked for; {MODULE_PIXELS_MIN} to {MODULE_PIXELS_MAX} are possible"
    )]
    ModulePixels {
        /// What was asked for.
        given: u32,
    },
    /// The code was drawn and no reader could read it back, so it was withheld.
    #[error("the drawn code could not be read back, so it was not given out")]
    NotReadBack,
    /// The picture could not be written.
    #[error("the picture of the code could not be written")]
    Picture(#[from] image::ImageError),
}
