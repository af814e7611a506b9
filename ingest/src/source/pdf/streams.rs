//! A second, strict opinion on the pictures inside a PDF: the renderer draws what it can of a damaged stream and says nothing.

use crate::source::{jpeg, whole};
use pdfium_render::prelude::*;

/// Whether nothing is known to be missing or damaged in the data of a picture.
pub(super) fn is_whole(image: &PdfPageImageObject) -> bool {
    let filters: Vec<String> = image.filters().iter().map(|filter| filter.name().to_owned()).collect();
    let Ok(data) = image.get_raw_image_data() else { return false };
    match filters.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["DCTDecode" | "DCT"] => jpeg::is_whole(&data),
        ["FlateDecode" | "Fl"] => whole::zlib(&data),
        ["FlateDecode" | "Fl", "DCTDecode" | "DCT"] => {
            whole::inflated(&data).is_some_and(|data| jpeg::is_whole(&data))
        }
        ["CCITTFaxDecode" | "CCF"] => match (image.width(), image.height()) {
            (Ok(width), Ok(height)) => {
                whole::is_group3(&data) || whole::group4(&data, width.max(0) as u32, height.max(0) as u32)
            }
            _ => false,
        },
        ["LZWDecode" | "LZW"] => whole::lzw(&data, None),
        ["JPXDecode"] => whole::jpeg2000(&data) && image.get_raw_image().is_ok(),
        // What stands in its segments has no check sum, but the renderer draws nothing where it gives up.
        ["JBIG2Decode"] => whole::jbig2(&data) && image.get_raw_image().is_ok(),
        // Raw pixels have nothing to check.
        _ => true,
    }
}
