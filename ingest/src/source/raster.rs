//! JPEG, PNG and WebP: one picture, one page.

use super::{PAGE_PIXELS_MAX, Source, dpi, jpeg, whole};
use crate::Problem;
use crate::page::{PageContent, Raster};
use crate::problem::reason;
use crate::rendition::{self, Loss, PagePicture, Placement};
use image::metadata::Orientation;
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

    fn check_budget(&self) -> Result<(), &'static str> {
        let (width, height) = self.dimensions().map_err(|_| reason::DAMAGED)?;
        let fits = u64::from(width) * u64::from(height) <= PAGE_PIXELS_MAX;
        if fits { Ok(()) } else { Err(reason::PIXEL_BUDGET) }
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
        self.check_budget()?;
        let image = decode(&self.file, self.format)?;
        let dpi = dpi::settle(dpi::stated(&self.file), image.width(), image.height());
        let reasons =
            if is_whole(&self.file, self.format) { Vec::new() } else { vec![reason::PARTLY_DECODED] };
        Ok(PageContent::Scanned(Raster { image, dpi, turned_degrees: 0, reasons }))
    }

    fn picture(&mut self, _number: u32) -> Result<(PagePicture, Vec<u8>), &'static str> {
        self.check_budget()?;
        // Decoded also when the stored bytes are taken: a PDF shall not hold what nobody can open.
        let (image, orientation) = decode_stored(&self.file, self.format)?;
        let placement = Placement::oriented(orientation);
        let (stored, loss) = match self.format {
            ImageFormat::Jpeg => (rendition::jpeg_as_stored(self.file.clone(), placement), Loss::Unseen),
            ImageFormat::Png => (rendition::png_as_stored(&self.file, placement), Loss::None),
            _ => (None, Loss::Unseen),
        };
        stored.map_or_else(|| rendition::code(&image, placement, loss), Ok)
    }
}

/// A second, strict opinion: the usual decoders fill damaged parts with grey and say nothing.
fn is_whole(file: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => jpeg::is_whole(file),
        ImageFormat::Png => whole::png(file),
        ImageFormat::WebP => whole::webp(file),
        _ => true,
    }
}

/// Decodes (a picture cut off in the middle is damaged, not half a page) and turns it as the camera says.
pub(super) fn decode(file: &[u8], format: ImageFormat) -> Result<DynamicImage, &'static str> {
    let (mut image, orientation) = decode_stored(file, format)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Decodes without turning; how to turn it stands beside.
pub(super) fn decode_stored(
    file: &[u8],
    format: ImageFormat,
) -> Result<(DynamicImage, Orientation), &'static str> {
    // The decoder paints what is missing of a JPEG grey and says nothing.
    if format == ImageFormat::Jpeg && !is_whole_jpeg(file) {
        return Err(reason::DAMAGED);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    // The budget of pixels is checked already; the process has a memory limit of its own.
    reader.no_limits();
    let mut decoder = reader.into_decoder().map_err(|_| reason::DAMAGED)?;
    let orientation = decoder.orientation().map_err(|_| reason::DAMAGED)?;
    let image = DynamicImage::from_decoder(decoder).map_err(|_| reason::DAMAGED)?;
    Ok((image, orientation))
}

/// Whether a JPEG reaches its end marker (ITU-T T.81, B.1.1.3), looked for behind the first start of scan: the thumbnails before it
/// have ends of their own. Bytes behind the end do no harm.
fn is_whole_jpeg(file: &[u8]) -> bool {
    const START_OF_SCAN: u8 = 0xda;
    const END_OF_IMAGE: &[u8] = b"\xff\xd9";
    let mut rest = file.get(2..).unwrap_or_default();
    while let [0xff, marker, after @ ..] = rest {
        // A marker may be preceded by any number of fill bytes.
        if *marker == 0xff {
            rest = &rest[1..];
            continue;
        }
        if *marker == START_OF_SCAN {
            return after.windows(2).any(|pair| pair == END_OF_IMAGE);
        }
        let [high, low, ..] = after else { return false };
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        rest = after.get(length..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &[u8], expected: bool) {
        assert_eq!(is_whole_jpeg(file), expected, "{file:?}");
    }

    #[test]
    fn a_jpeg_is_whole_with_its_end() {
        let head = b"\xff\xd8\xff\xe1\0\x06\xff\xd8\xff\xd9\xff\xff\xda\0\x02";
        let file = |data: &[u8]| [head, data].concat();
        check(&file(b"\x01\xff\0\x02\xff\xd9"), true);
        check(&file(b"\x01\xff\xd0\x02\xff\xd9trailing"), true);
        check(&file(b"\x01\xff\0\x02"), false);
        check(&file(b"\x01\xff"), false);
        check(&head[..10], false);
        check(b"\xff\xd8\xff\xe1\xff", false);
        check(b"\xff\xd8", false);
        check(b"", false);
    }
}
