//! Codes ↔ squares on paper.
//!
//! [`find`] sees the QR codes on a page image, [`kind_of`] tells what a code is for, [`CitizenCard`] takes the code of a
//! citizen card apart, and [`draw_svg`] and [`draw_png`] draw codes that were read again before they leave.
//!
//! Not here: signing what our labels say, and deciding who a card belongs to.

mod card;
mod draw;
mod error;
mod find;
mod kind;

pub use card::{CardError, CardWarning, CitizenCard, Sex};
pub use draw::{MODULE_PIXELS_MAX, MODULE_PIXELS_MIN, draw_png, draw_svg};
pub use error::Error;
pub use find::{Bounds, Found, Reader, find};
pub use kind::{Kind, LABEL_PREFIX, is_payment_well_formed, kind_of};
