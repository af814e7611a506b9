//! Whether a WebP (RFC 9649) is whole. Its data has no check sum; but a decoder that is out of step ends before the data does, or after
//! it, so the picture is decoded once more without its last bytes, which must fail.

use image::{ImageFormat, ImageReader};
use std::io::Cursor;

const HEADER_BYTES: usize = 12;
/// A lossless picture ends within its last byte; some programs add one, to make them even.
const CUT_LOSSLESS: usize = 2;
/// The arithmetic coder of a lossy one may write some bytes that no decoder needs.
const CUT_LOSSY: usize = 8;

/// Whether the file is as long as its header says and its picture needs all of its data. Moving pictures are judged by the length alone.
pub(in crate::source) fn webp(file: &[u8]) -> bool {
    let stated = file.get(4..8).and_then(|bytes| <[u8; 4]>::try_from(bytes).ok());
    let is_long_enough = stated.is_some_and(|bytes| file.len() >= 8 + u32::from_le_bytes(bytes) as usize);
    is_long_enough && picture(file).is_none_or(|(name, data)| needs_all(name, data))
}

/// The chunk that holds the picture: its name and its data.
fn picture(file: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = file.get(HEADER_BYTES..)?;
    while let Some((name, behind)) = rest.split_at_checked(4) {
        let (length, behind) = behind.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let data = behind.get(..length)?;
        if matches!(name, b"VP8 " | b"VP8L") {
            return Some((name, data));
        }
        rest = behind.get(length.next_multiple_of(2)..)?;
    }
    None
}

fn needs_all(name: &[u8], data: &[u8]) -> bool {
    let cut = if name == b"VP8L" { CUT_LOSSLESS } else { CUT_LOSSY };
    let Some(length) = data.len().checked_sub(cut) else { return false };
    let is_decoded = |data: &[u8]| {
        let mut reader = ImageReader::with_format(Cursor::new(alone(name, data)), ImageFormat::WebP);
        // The budget of pixels is checked already; the process has a memory limit of its own.
        reader.no_limits();
        reader.decode().is_ok()
    };
    !is_decoded(&data[..length])
}

/// The file of a picture without anything beside it.
fn alone(name: &[u8], data: &[u8]) -> Vec<u8> {
    let length = |bytes: usize| (bytes as u32).to_le_bytes();
    let padding = &[0][..data.len() % 2];
    let size = length(4 + 8 + data.len() + padding.len());
    [b"RIFF".as_slice(), &size, b"WEBP", name, &length(data.len()), data, padding].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_needs_all_of_its_data() {
        let letters = |x: u32, y: u32| image::Luma([if x * x / 7 % 5 + y / 3 % 4 > 4 { 20 } else { 240 }]);
        let picture = image::GrayImage::from_fn(160, 60, letters);
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::WebP).expect("memory can be written");
        let file = file.into_inner();
        assert!(webp(&file));
        assert!((0..file.len() - 1).all(|length| !webp(&file[..length])), "cut off");
        let flipped = |bit: usize| {
            let mut flipped = file.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            flipped
        };
        let bits = || (file.len() * 4..file.len() * 8).step_by(7);
        let told = bits().filter(|bit| !webp(&flipped(*bit)) || decoded(&flipped(*bit)).is_none()).count();
        let changed = bits().filter(|bit| decoded(&flipped(*bit)).as_ref() != Some(&picture)).count();
        assert!(told * 3 > changed, "{told} of {changed} flipped bits that change the picture are told");
    }

    fn decoded(file: &[u8]) -> Option<image::GrayImage> {
        let picture = image::load_from_memory_with_format(file, ImageFormat::WebP);
        picture.ok().map(|picture| picture.into_luma8())
    }
}
