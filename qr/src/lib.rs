//! Codes ↔ squares on paper.
//!
//! [`find`] sees the codes on a page image, [`kind_of`] tells what a code is for, [`CitizenCard`] takes the code of a
//! citizen card apart, and [`draw`], [`draw_svg`] and [`draw_png`] draw codes that were read again before they leave. A [`SigningKey`] makes a
//! [`Payload`] the text of a code of ours, and a [`KeyList`] checks one.
//!
//! Not here: what the store says of a paper today, and deciding who a card belongs to.

mod card;
mod draw;
mod error;
mod find;
mod kind;
mod payload;
mod signing;

pub use card::{CardError, CardWarning, CitizenCard, Sex};
pub use draw::{
    MODULE_MM_MIN, MODULE_PIXELS_MAX, MODULE_PIXELS_MIN, Modules, Run, SHEET_MODULE_MM_MIN, draw, draw_png,
    draw_svg, module_dots,
};
pub use error::Error;
pub use find::{Bounds, Found, Reader, Symbology, find, find_expected};
pub use kind::{Kind, is_payment_well_formed, kind_of};
pub use payload::{
    CoverSheet, FILE_HASH_BYTES, PSEUDONYM_BYTES, Payload, Person, Published, Receipt, ResultLabel,
    SERIAL_BYTES,
};
pub use signing::{
    Address, Algorithm, BadAddress, CodeError, KeyList, KeyListError, MissingPart, PATH, PseudonymKey,
    PublicKey, SHEET_PREFIX, Signature, SigningKey, UnreadableKey, Verified,
};
