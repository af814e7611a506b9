//! Whether a picture's data is whole, as far as its format can tell: decoders paint what is missing grey and say nothing.

use fax::decoder::{DecodeStatus, Group4Decoder};
use flate2::read::ZlibDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use std::io::Read;

/// A compressed JPEG is hardly smaller than the JPEG; more than any upload is made to exhaust a reader.
const INFLATED_BYTES_MAX: u64 = 256 << 20;

/// What a zlib stream holds; `None` when it is damaged or larger than [`INFLATED_BYTES_MAX`].
pub(super) fn inflated(data: &[u8]) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    let read = ZlibDecoder::new(data).take(INFLATED_BYTES_MAX).read_to_end(&mut inflated).ok()?;
    ((read as u64) < INFLATED_BYTES_MAX).then_some(inflated)
}

/// A zlib stream (RFC 1950): all of it is there and its check sum holds.
pub(super) fn zlib(data: &[u8]) -> bool {
    let mut inflater = Decompress::new(true);
    let mut sink = vec![0; 1 << 16];
    loop {
        let before = (inflater.total_in(), inflater.total_out());
        match inflater.decompress(&data[before.0 as usize..], &mut sink, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return true,
            Ok(Status::Ok | Status::BufError) if (inflater.total_in(), inflater.total_out()) != before => {}
            Ok(Status::Ok | Status::BufError) | Err(_) => return false,
        }
    }
}

/// PNG (ISO/IEC 15948): the check sum of every chunk holds, up to the last one.
pub(super) fn png(file: &[u8]) -> bool {
    const SIGNATURE_BYTES: usize = 8;
    let mut rest = file.get(SIGNATURE_BYTES..).unwrap_or_default();
    while let Some((length, after)) = rest.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        let Some((chunk, after)) = length.checked_add(4).and_then(|length| after.split_at_checked(length))
        else {
            return false;
        };
        let Some((sum, after)) = after.split_first_chunk::<4>() else { return false };
        let mut crc = flate2::Crc::new();
        crc.update(chunk);
        if crc.sum() != u32::from_be_bytes(*sum) {
            return false;
        }
        if chunk.starts_with(b"IEND") {
            return true;
        }
        rest = after;
    }
    false
}

/// CCITT Group 4 (ITU-T T.6): as many rows as promised, then the end of the block. A code out of step hardly ends there.
pub(super) fn group4(data: &[u8], width: u32, rows: u32) -> bool {
    let bytes = data.iter().map(|byte| Ok::<u8, std::convert::Infallible>(*byte));
    let Ok(width) = u16::try_from(width) else { return true };
    let Ok(mut decoder) = Group4Decoder::new(bytes, width);
    let is_row = |status| matches!(status, Ok(DecodeStatus::Incomplete));
    (0..rows).all(|_| is_row(decoder.advance())) && matches!(decoder.advance(), Ok(DecodeStatus::End))
}

/// Whether fax data begins with the mark of Group 3 (ITU-T T.4): eleven zeros and a one, which no row of Group 4 begins with.
pub(super) fn is_group3(data: &[u8]) -> bool {
    matches!(data, [0, second, ..] if *second < 0x20)
}

/// JPEG 2000 (ITU-T T.800, annex A): its tile parts are as long as they say, up to the end of the codestream. What stands in them has
/// no check sum.
pub(super) fn jpeg2000(data: &[u8]) -> bool {
    const START: &[u8] = b"\xff\x4f\xff\x51";
    const START_OF_TILE_PART: &[u8] = b"\xff\x90";
    const END: &[u8] = b"\xff\xd9";
    // The codestream may stand inside a box of a JP2 file.
    let Some(start) = data.windows(START.len()).position(|window| window == START) else { return false };
    let mut rest = &data[start + 2..];
    loop {
        if rest.starts_with(END) {
            return true;
        }
        let length = if rest.starts_with(START_OF_TILE_PART) {
            rest.get(6..10).and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes)
        } else {
            let stated = rest.get(2..4).and_then(|bytes| bytes.try_into().ok()).map(u16::from_be_bytes);
            stated.map(|length| u32::from(length) + 2)
        };
        // A last tile part may leave its length open.
        if length == Some(0) {
            return rest.ends_with(END);
        }
        let Some(behind) = length.and_then(|length| rest.get(length as usize..)) else { return false };
        rest = behind;
    }
}

/// WebP (RFC 9649): the file is as long as its header says. Its data has no check sum.
pub(super) fn webp(file: &[u8]) -> bool {
    const HEADER_BYTES: usize = 8;
    let stated = file.get(4..HEADER_BYTES).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    stated.is_some_and(|bytes| file.len() >= HEADER_BYTES + u32::from_le_bytes(bytes) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Every file cut short, and every file with one bit flipped, must be told from the whole one.
    #[track_caller]
    fn check_each_byte(file: &[u8], is_whole: fn(&[u8]) -> bool) {
        assert!(is_whole(file));
        for at in 0..file.len() {
            assert!(!is_whole(&file[..at]), "cut off at {at} of {}", file.len());
            let mut flipped = file.to_vec();
            flipped[at] ^= 1 << (at % 8);
            assert!(!is_whole(&flipped), "flipped at {at} of {}", file.len());
        }
    }

    #[test]
    fn zlib_tells_each_flipped_bit() {
        let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(b"a page, a page, and another page").expect("memory can be written");
        check_each_byte(&writer.finish().expect("memory can be written"), zlib);
    }

    #[test]
    fn png_tells_each_flipped_bit() {
        let picture = image::GrayImage::from_fn(9, 9, |x, y| image::Luma([(x * y) as u8]));
        let mut file = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut file, image::ImageFormat::Png).expect("memory can be written");
        let file = file.into_inner();
        // The signature is looked at before.
        check_each_byte(&file[8..], |chunks| png(&[&file_signature(), chunks].concat()));
    }

    #[test]
    fn group_4_is_counted_in_rows() {
        let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
        let color = |black| if black { fax::Color::Black } else { fax::Color::White };
        for y in 0..40_u16 {
            let row = (0..64_u16).map(|x| color((x * 7 + y * 3) % 11 < 4));
            encoder.encode_line(row, 64).expect("memory can be written");
        }
        let data = encoder.finish().expect("memory can be written").finish();
        assert!(group4(&data, 64, 40) && !is_group3(&data));
        assert!(!group4(&data, 64, 41) && !group4(&data, 64, 39), "another number of rows");
        assert!((0..data.len() - 3).all(|length| !group4(&data[..length], 64, 40)), "cut off");
        assert!(is_group3(&[0, 0x10, 0xff]));
    }

    #[test]
    fn jpeg_2000_is_as_long_as_its_tile_parts_say() {
        let head = b"box\xff\x4f\xff\x51\0\x04xx";
        let tile =
            |length: u8| [b"\xff\x90\0\x0a\0\0\0\0\0".as_slice(), &[length], b"\0\x01\xff\x93data"].concat();
        let file = |length, end: &[u8]| [head, tile(length).as_slice(), end].concat();
        assert!(jpeg2000(&file(18, b"\xff\xd9")) && jpeg2000(&file(0, b"\xff\xd9")));
        assert!(!jpeg2000(&file(18, b"")) && !jpeg2000(&file(0, b"")), "cut off");
        assert!(
            !jpeg2000(&file(17, b"\xff\xd9")) && !jpeg2000(&file(90, b"\xff\xd9")),
            "bytes lost or added"
        );
        assert!(!jpeg2000(b"no codestream"));
    }

    fn file_signature() -> [u8; 8] {
        *b"\x89PNG\r\n\x1a\n"
    }
}
