//! An opened file, page by page, whatever kind it is.

mod dpi;
mod jpeg;
mod pdf;
mod raster;
mod tiff;
mod whole;

use crate::page::PageContent;
use crate::rendition::PagePicture;
use crate::{FileKind, Problem};
use pdfium_render::prelude::Pdfium;

/// Pixels of one page at most: A3 at 600 dpi (69.6 million) fits; read in colour that takes 750 MiB of the child's 2 GiB.
pub(crate) const PAGE_PIXELS_MAX: u64 = 72_000_000;

/// A file whose pages can be drawn one by one.
pub(crate) trait Source {
    /// Pages in the file.
    fn page_count(&self) -> u32;
    /// Draws a page (from 1).
    ///
    /// # Errors
    /// A code of [`crate::reason`]; the other pages can still be drawn.
    fn page(&mut self, number: u32) -> Result<PageContent, &'static str>;
    /// The picture of a page (from 1) with its bytes, as stored where a PDF can hold that.
    ///
    /// # Errors
    /// Like [`Source::page`].
    fn picture(&mut self, number: u32) -> Result<(PagePicture, Vec<u8>), &'static str>;
    /// Whether the file carries a digital signature.
    fn is_signed(&self) -> bool {
        false
    }
}

/// Opens a file. The pixel budget is checked from headers, before anything is drawn.
pub(crate) fn open<'a>(
    kind: FileKind,
    file: Vec<u8>,
    pdfium: Option<&'a Pdfium>,
) -> Result<Box<dyn Source + 'a>, Problem> {
    match kind {
        FileKind::Jpeg => Ok(Box::new(raster::Picture::open(file, image::ImageFormat::Jpeg)?)),
        FileKind::Png => Ok(Box::new(raster::Picture::open(file, image::ImageFormat::Png)?)),
        FileKind::WebP => Ok(Box::new(raster::Picture::open(file, image::ImageFormat::WebP)?)),
        FileKind::Tiff => Ok(Box::new(tiff::Stack::open(file)?)),
        FileKind::Pdf => {
            let pdfium = pdfium.expect("the child loads pdfium before it opens a PDF");
            Ok(Box::new(pdf::Pdf::open(file, pdfium)?))
        }
    }
}

/// Whether something is damaged that any page may need. It costs a walk over the whole file; what a single page needs, its drawing tells.
pub(crate) fn is_damaged(kind: FileKind, file: &[u8]) -> bool {
    kind == FileKind::Pdf && pdf::is_damaged(file)
}
