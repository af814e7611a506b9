//! TIFF: a stack of pictures in one file.

use super::{PAGE_PIXELS_MAX, Source, dpi, raster, whole};
use crate::Problem;
use crate::page::{PageContent, Raster};
use crate::problem::{PAGE_COUNT_MAX, reason};
use crate::rendition::{self, Loss, PagePicture, Placement};
use image::ImageFormat;
use std::io::Cursor;
use tiff::decoder::Decoder;
use tiff::tags::Tag;

/// Bytes 0–3 of a BigTIFF, whose offsets are 8 bytes wide.
const BIG_LITTLE_ENDIAN: &[u8] = b"II+\0";
const BIG_BIG_ENDIAN: &[u8] = b"MM\0+";

/// Values of the tag Compression (TIFF 6.0, and its Technical Note 2).
const FAX_GROUP_4: u16 = 4;
const LZW: u16 = 5;
const JPEG: u16 = 7;
const DEFLATE: u16 = 8;
const DEFLATE_OLD: u16 = 32_946;

/// A stack of pictures: where each page's directory begins.
pub(super) struct Stack {
    file: Vec<u8>,
    directories: Vec<u64>,
}

impl Stack {
    pub(super) fn open(file: Vec<u8>) -> Result<Stack, Problem> {
        let directories = directories(&file).map_err(|_| Problem::Damaged)?;
        if directories.len() as u32 > PAGE_COUNT_MAX {
            return Err(Problem::TooManyPages { page_count: directories.len() as u32 });
        }
        Ok(Stack { file, directories })
    }

    /// Makes a page the first of the file, in this process's own copy: the decoder that knows every kind of pixel reads only the first.
    fn bring_to_front(&mut self, number: u32) {
        let directory = self.directories[number as usize - 1];
        let little_endian = self.file.starts_with(b"II");
        if self.file.starts_with(BIG_LITTLE_ENDIAN) || self.file.starts_with(BIG_BIG_ENDIAN) {
            let offset = if little_endian { directory.to_le_bytes() } else { directory.to_be_bytes() };
            self.file[8..16].copy_from_slice(&offset);
        } else {
            let offset = directory as u32;
            let offset = if little_endian { offset.to_le_bytes() } else { offset.to_be_bytes() };
            self.file[4..8].copy_from_slice(&offset);
        }
    }

    /// Brings a page to the front and says its stated resolution, if it is within the budget.
    fn turn_to(&mut self, number: u32) -> Result<Option<f64>, &'static str> {
        self.bring_to_front(number);
        let ((width, height), stated) = self.facts().map_err(|_| reason::DAMAGED)?;
        let fits = u64::from(width) * u64::from(height) <= PAGE_PIXELS_MAX;
        if fits { Ok(stated) } else { Err(reason::PIXEL_BUDGET) }
    }

    /// A second, strict opinion on the strips of the first page: decoders stop where they have enough. `None`: not in strips.
    fn is_whole(&self) -> Option<bool> {
        let mut decoder = Decoder::new(Cursor::new(&self.file)).ok()?;
        let (width, height) = decoder.dimensions().ok()?;
        let compression = decoder.find_tag_unsigned::<u16>(Tag::Compression).ok()??;
        let strip_rows = decoder.find_tag_unsigned::<u32>(Tag::RowsPerStrip).ok()?.unwrap_or(height);
        let strip_rows = strip_rows.clamp(1, height.max(1));
        let offsets = decoder.get_tag_u64_vec(Tag::StripOffsets).ok()?;
        let lengths = decoder.get_tag_u64_vec(Tag::StripByteCounts).ok()?;
        let row_bytes = row_bytes(&mut decoder, width);
        let strips = offsets.iter().zip(&lengths).enumerate();
        Some(strips.into_iter().all(|(index, (offset, length))| {
            let rows = strip_rows.min(height.saturating_sub(index as u32 * strip_rows));
            let end = offset.saturating_add(*length);
            let data = usize::try_from(*offset).ok().zip(usize::try_from(end).ok());
            let Some(data) = data.and_then(|(start, end)| self.file.get(start..end)) else { return false };
            match compression {
                FAX_GROUP_4 => {
                    whole::group4(data, width, rows) || whole::group4(&mirrored(data), width, rows)
                }
                DEFLATE | DEFLATE_OLD => whole::zlib(data),
                LZW => whole::lzw(data, row_bytes.map(|bytes| bytes * u64::from(rows))),
                _ => true,
            }
        }))
    }

    fn facts(&self) -> tiff::TiffResult<((u32, u32), Option<f64>)> {
        let mut decoder = Decoder::new(Cursor::new(&self.file))?;
        let dimensions = decoder.dimensions()?;
        Ok((dimensions, stated_dpi(&mut decoder)))
    }
}

impl Source for Stack {
    fn page_count(&self) -> u32 {
        self.directories.len() as u32
    }

    fn page(&mut self, number: u32) -> Result<PageContent, &'static str> {
        let stated = self.turn_to(number)?;
        let image = raster::decode(&self.file, ImageFormat::Tiff)?;
        let dpi = dpi::settle(stated, image.width(), image.height());
        let reasons = if self.is_whole().unwrap_or(true) { Vec::new() } else { vec![reason::PARTLY_DECODED] };
        Ok(PageContent::Scanned(Raster { image, dpi, turned_degrees: 0, reasons }))
    }

    fn picture(&mut self, number: u32) -> Result<(PagePicture, Vec<u8>), &'static str> {
        self.turn_to(number)?;
        let (image, orientation) = raster::decode_stored(&self.file, ImageFormat::Tiff)?;
        let placement = Placement::oriented(orientation);
        let Strip { data, compression } = strip(&self.file).map_err(|_| reason::DAMAGED)?;
        let stored = match (compression, data) {
            (FAX_GROUP_4, Some(data)) => {
                let mirrored = mirrored(&data);
                rendition::fax_as_stored(data, &image, placement)
                    .or_else(|| rendition::fax_as_stored(mirrored, &image, placement))
            }
            _ => None,
        };
        let loss = if compression == JPEG { Loss::Unseen } else { Loss::None };
        stored.map_or_else(|| rendition::code(&image, placement, loss), Ok)
    }
}

/// Some scanners write the bits of each byte from the right (tag FillOrder); what it decodes to tells.
fn mirrored(data: &[u8]) -> Vec<u8> {
    data.iter().map(|byte| byte.reverse_bits()).collect()
}

/// How a page is stored, and its data when that is a single strip.
struct Strip {
    data: Option<Vec<u8>>,
    compression: u16,
}

fn strip(file: &[u8]) -> tiff::TiffResult<Strip> {
    let mut decoder = Decoder::new(Cursor::new(file))?;
    let compression = decoder.find_tag_unsigned::<u16>(Tag::Compression)?.unwrap_or(1);
    let mut numbers = |tag| decoder.find_tag_unsigned_vec::<u64>(tag).map(Option::unwrap_or_default);
    let (offsets, lengths) = (numbers(Tag::StripOffsets)?, numbers(Tag::StripByteCounts)?);
    let data = match (offsets.as_slice(), lengths.as_slice()) {
        ([offset], [length]) => {
            let end = offset.saturating_add(*length);
            file.get(*offset as usize..end as usize).map(<[u8]>::to_vec)
        }
        _ => None,
    };
    Ok(Strip { data, compression })
}

/// Walks the chain of directories; the decoder refuses chains that bite their own tail.
fn directories(file: &[u8]) -> tiff::TiffResult<Vec<u64>> {
    let mut decoder = Decoder::new(Cursor::new(file))?;
    let mut directories = Vec::new();
    loop {
        directories.extend(decoder.ifd_pointer().map(|pointer| pointer.0));
        if !decoder.more_images() || directories.len() as u32 > PAGE_COUNT_MAX {
            return Ok(directories);
        }
        decoder.next_image()?;
    }
}

/// Bytes of a row as it is stored; `None` where the colours of a page are stored apart or are subsampled.
fn row_bytes(decoder: &mut Decoder<Cursor<&Vec<u8>>>, width: u32) -> Option<u64> {
    const CHUNKY: u16 = 1;
    const YCBCR: u16 = 6;
    let mut number = |tag| decoder.find_tag_unsigned::<u16>(tag).ok().flatten();
    let is_plain = number(Tag::PlanarConfiguration).unwrap_or(CHUNKY) == CHUNKY
        && number(Tag::PhotometricInterpretation) != Some(YCBCR);
    let bits = decoder.find_tag_unsigned_vec::<u16>(Tag::BitsPerSample).ok()?.unwrap_or(vec![1]);
    let bits: u64 = bits.into_iter().map(u64::from).sum();
    is_plain.then(|| (bits * u64::from(width)).div_ceil(8))
}

/// Tags XResolution and ResolutionUnit (TIFF 6.0): 2 is inches, 3 centimetres.
fn stated_dpi<R: std::io::Read + std::io::Seek>(decoder: &mut Decoder<R>) -> Option<f64> {
    let resolution = match decoder.find_tag(Tag::XResolution).ok()?? {
        tiff::decoder::ifd::Value::Rational(dots, per) if per > 0 => f64::from(dots) / f64::from(per),
        _ => return None,
    };
    match decoder.find_tag_unsigned::<u16>(Tag::ResolutionUnit).ok()? {
        None | Some(2) => Some(resolution),
        Some(3) => Some(resolution * 2.54),
        Some(_) => None,
    }
}
