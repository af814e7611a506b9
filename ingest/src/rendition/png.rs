//! The pixels of a PNG as a PDF takes them: the IDAT chunks are a zlib stream of predicted rows in both (ISO/IEC 15948, 10;
//! ISO 32000-1, 7.4.4.4).

use super::Colours;

/// A PNG whose pixels a PDF can hold as they are.
pub(super) struct Png {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bits: u8,
    pub(super) colours: Colours,
    /// The IDAT chunks, joined.
    pub(super) pixels: Vec<u8>,
}

/// Takes a PNG apart; none when it is interlaced, transparent or cut off.
pub(super) fn take_apart(file: &[u8]) -> Option<Png> {
    let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let (mut header, mut palette, mut pixels) = (None, None, Vec::new());
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let body = rest.get(8..length.checked_add(8)?)?;
        match rest.get(4..8)? {
            b"IHDR" => header = Some(body),
            b"PLTE" => palette = Some(body.to_vec()),
            b"tRNS" => return None,
            b"IDAT" => pixels.extend_from_slice(body),
            b"IEND" => break,
            _ => {}
        }
        rest = rest.get(length.checked_add(12)?..)?;
    }
    let header = header?;
    let side = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let (width, height) = (side(0)?, side(4)?);
    // bits, colour type, compression, filter, interlace
    let (bits, colours) = match *header.get(8..13)? {
        [bits, 0, 0, 0, 0] => (bits, Colours::Gray),
        [bits, 2, 0, 0, 0] => (bits, Colours::Rgb),
        [bits, 3, 0, 0, 0] => (bits, Colours::Palette(palette?)),
        _ => return None,
    };
    Some(Png { width, height, bits, colours, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, ImageFormat};
    use std::io::Cursor;

    fn png(image: &DynamicImage) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        image.write_to(&mut file, ImageFormat::Png).expect("a PNG");
        file.into_inner()
    }

    #[test]
    fn opaque_pixels_are_taken_as_they_are() {
        let gray = take_apart(&png(&DynamicImage::new_luma8(7, 5))).expect("held");
        assert_eq!((gray.width, gray.height, gray.bits, gray.colours), (7, 5, 8, Colours::Gray));
        assert_eq!(gray.pixels[0] & 0x0f, 8, "a zlib stream");
        assert_eq!(take_apart(&png(&DynamicImage::new_rgb8(7, 5))).expect("held").colours, Colours::Rgb);
        assert!(take_apart(&png(&DynamicImage::new_rgba8(7, 5))).is_none(), "transparent");
        let whole = png(&DynamicImage::new_luma8(7, 5));
        for length in 0..whole.len() - 12 {
            assert!(take_apart(&whole[..length]).is_none(), "cut off after {length}");
        }
    }
}
