//! Giấy in ra: receipts, cover sheets and sheets of stickers as PDF/A-2u, with codes as vectors and fonts inside.
//!
//! One file for each form: what stands on it is a value, and drawing is a function of that value; `records` and `forms` make the values. Not here:
//! what a code says ([`crate::codes`]), how it is made of squares (`qr`), and the label on a rendition (`ingest::rendition`).

mod cover_sheet;
mod faces;
mod flow;
mod forms;
mod head;
mod letter;
mod page;
mod receipt;
mod records;
mod stickers;
mod table;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use faces::Faces;

pub(crate) use forms::{print_form, print_register, ready};
pub(crate) use records::{Stacked, print_cover_sheets, print_receipt, print_stickers};
pub(crate) use stickers::STICKERS_A_PAGE;

/// A PDF that the browser shows; saved, it has this name. No number of a person stands in it.
#[derive(Debug)]
pub(crate) struct Printed {
    name: String,
    pdf: Vec<u8>,
}

impl IntoResponse for Printed {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "application/pdf".to_owned()),
            (header::CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", self.name)),
        ];
        (headers, self.pdf).into_response()
    }
}
