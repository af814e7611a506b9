//! Whether a picture's data is whole, as far as its format can tell: decoders paint what is missing grey and say nothing.

mod jbig2;
mod webp;

pub(super) use jbig2::jbig2;
pub(super) use webp::webp;

use fax::decoder::{DecodeStatus, Group4Decoder};
use flate2::read::ZlibDecoder;
use flate2::{Decompress, FlushDecompress, Status};
use std::io::Read;
use weezl::decode::Decoder as Lzw;
use weezl::{BitOrder, LzwStatus};

/// A compressed JPEG is hardly smaller than the JPEG; more than any upload is made to exhaust a reader.
const INFLATED_BYTES_MAX: u64 = 256 << 20;

/// What a zlib stream holds; `None` when it is damaged or larger than [`INFLATED_BYTES_MAX`].
pub(super) fn inflated(data: &[u8]) -> Option<Vec<u8>> {
    let mut inflated = Vec::new();
    let read = ZlibDecoder::new(data).take(INFLATED_BYTES_MAX).read_to_end(&mut inflated).ok()?;
    ((read as u64) < INFLATED_BYTES_MAX).then_some(inflated)
}

/// How far a zlib stream could be followed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Followed {
    /// Bytes that it holds up to there.
    pub(super) bytes: u64,
    end: End,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// Its own, and its check sum holds.
    Reached,
    /// No more was wanted, or the writer flushed and stopped: nothing is known to be missing.
    Open,
    /// The data ran out or makes no sense.
    Damaged,
}

impl Followed {
    /// Whether nothing is known to be missing.
    pub(super) fn is_sound(self) -> bool {
        self.end != End::Damaged
    }
}

/// Follows a zlib stream (RFC 1950) for as many bytes as wanted. An empty one is sound, and so is one that a flush closes: some
/// programs never write the end.
pub(super) fn inflate(data: &[u8], bytes_max: u64) -> Followed {
    const FLUSHED: &[u8] = b"\0\0\xff\xff";
    let mut inflater = Decompress::new(true);
    let mut sink = vec![0; 1 << 16];
    let is_open = data.trim_ascii().is_empty() || data.trim_ascii_end().ends_with(FLUSHED);
    loop {
        let before = (inflater.total_in(), inflater.total_out());
        let status = inflater.decompress(&data[before.0 as usize..], &mut sink, FlushDecompress::None);
        let has_moved = (inflater.total_in(), inflater.total_out()) != before;
        let end = match status {
            Ok(Status::StreamEnd) => End::Reached,
            Ok(Status::Ok | Status::BufError) if has_moved && inflater.total_out() < bytes_max => continue,
            Ok(Status::Ok | Status::BufError) if has_moved || is_open => End::Open,
            Ok(Status::Ok | Status::BufError) | Err(_) => End::Damaged,
        };
        return Followed { bytes: inflater.total_out(), end };
    }
}

/// A zlib stream (RFC 1950): all of it is there and its check sum holds.
pub(super) fn zlib(data: &[u8]) -> bool {
    inflate(data, u64::MAX).end == End::Reached
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

/// Bytes behind the end of LZW data at most: the end of a line.
const LZW_PADDING: usize = 2;

/// LZW as TIFF 6.0 (section 13) and PDF have it, the high bits first: every code is known, and the end stands where the data ends. Codes out of
/// step hardly end there. `bytes`: how many it must hold, where that is known.
pub(super) fn lzw(data: &[u8], bytes: Option<u64>) -> bool {
    follow_lzw(data, bytes, u64::MAX).is_sound()
}

/// Follows LZW data for as many bytes as wanted.
pub(super) fn follow_lzw(data: &[u8], expected: Option<u64>, bytes_max: u64) -> Followed {
    let early = follow_lzw_by(Lzw::with_tiff_size_switch(BitOrder::Msb, 8), data, expected, bytes_max);
    if early.is_sound() {
        return early;
    }
    // PDF may widen its codes one later (EarlyChange); what it decodes to tells.
    let late = follow_lzw_by(Lzw::new(BitOrder::Msb, 8), data, expected, bytes_max);
    Followed { bytes: early.bytes + late.bytes, ..late }
}

fn follow_lzw_by(mut decoder: Lzw, data: &[u8], expected: Option<u64>, bytes_max: u64) -> Followed {
    let mut sink = vec![0; 1 << 16];
    let (mut at, mut bytes) = (0, 0);
    let end = loop {
        let step = decoder.decode_bytes(&data[at..], &mut sink);
        (at, bytes) = (at + step.consumed_in, bytes + step.consumed_out as u64);
        let is_sound = match step.status {
            Ok(LzwStatus::Ok) if bytes >= bytes_max => break End::Open,
            Ok(LzwStatus::Ok) => continue,
            Ok(LzwStatus::Done) => {
                expected.map_or(data.len() - at <= LZW_PADDING, |expected| bytes == expected)
            }
            // Some writers leave the end out; then only the number of bytes tells.
            Ok(LzwStatus::NoProgress) => expected == Some(bytes),
            Err(_) => false,
        };
        break if is_sound { End::Reached } else { End::Damaged };
    };
    Followed { bytes, end }
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
    fn lzw_ends_where_its_data_ends() {
        let content: Vec<u8> = (0..4_000_u32).map(|at| (at * at % 97 / 3) as u8).collect();
        let data = weezl::encode::Encoder::with_tiff_size_switch(BitOrder::Msb, 8).encode(&content);
        let data = data.expect("memory can be written");
        assert!(lzw(&data, Some(4_000)) && lzw(&data, None));
        assert!(!lzw(&data, Some(4_001)) && !lzw(&data, Some(3_999)), "another number of bytes");
        assert!((0..data.len() - 2).all(|length| !lzw(&data[..length], Some(4_000))), "cut off");
        let flipped = |bit: usize| {
            let mut flipped = data.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        };
        let told = (0..data.len() * 8).filter(|bit| !lzw(&flipped(*bit), Some(4_000))).count();
        assert!(told * 3 > data.len() * 8, "{told} of {} flipped bits are told", data.len() * 8);
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
