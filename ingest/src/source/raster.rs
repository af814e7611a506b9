//! JPEG, PNG and WebP: one picture, one page.

use super::{PAGE_PIXELS_MAX, Source, dpi};
use crate::Problem;
use crate::page::{PageContent, Raster};
use crate::problem::reason;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader};
use std::io::Cursor;

/// A picture that has not been decoded yet.
pub(super) struct Picture {
    file: Vec<u8>,
    format: ImageFormat,
}

impl Picture {
    pub(super) fn open(file: Vec<u8>, format: ImageFormat) -> Result<Picture, Problem> {
        let picture = Picture { file, format };
        picture.dimensions().map_err(|_| Problem::Damaged)?;
        Ok(picture)
    }

    fn dimensions(&self) -> image::ImageResult<(u32, u32)> {
        ImageReader::with_format(Cursor::new(&self.file), self.format).into_dimensions()
    }
}

impl Source for Picture {
    fn page_count(&self) -> u32 {
        1
    }

    fn page(&mut self, _number: u32) -> Result<PageContent, &'static str> {
        let (width, height) = self.dimensions().map_err(|_| reason::DAMAGED)?;
        if u64::from(width) * u64::from(height) > PAGE_PIXELS_MAX {
            return Err(reason::PIXEL_BUDGET);
        }
        let image = decode(&self.file, self.format)?;
        let dpi = dpi::settle(dpi::stated(&self.file), image.width(), image.height());
        Ok(PageContent::Scanned(Raster { image, dpi, reasons: Vec::new() }))
    }
}

/// Decodes strictly (a picture cut off in the middle is damaged, not half a page) and turns it as the camera says.
pub(super) fn decode(file: &[u8], format: ImageFormat) -> Result<DynamicImage, &'static str> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    // The budget of pixels is checked already; the process has a memory limit of its own.
    reader.no_limits();
    let mut decoder = reader.into_decoder().map_err(|_| reason::DAMAGED)?;
    let orientation = decoder.orientation().map_err(|_| reason::DAMAGED)?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|_| reason::DAMAGED)?;
    image.apply_orientation(orientation);
    Ok(image)
}
