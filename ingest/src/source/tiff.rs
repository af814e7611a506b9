//! TIFF: a stack of pictures in one file.

use super::{PAGE_PIXELS_MAX, Source, dpi, raster};
use crate::Problem;
use crate::page::{PageContent, Raster};
use crate::problem::{PAGE_COUNT_MAX, reason};
use image::ImageFormat;
use std::io::Cursor;
use tiff::decoder::Decoder;
use tiff::tags::Tag;

/// Bytes 0–3 of a BigTIFF, whose offsets are 8 bytes wide.
const BIG_LITTLE_ENDIAN: &[u8] = b"II+\0";
const BIG_BIG_ENDIAN: &[u8] = b"MM\0+";

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
        self.bring_to_front(number);
        let ((width, height), stated) = self.facts().map_err(|_| reason::DAMAGED)?;
        if u64::from(width) * u64::from(height) > PAGE_PIXELS_MAX {
            return Err(reason::PIXEL_BUDGET);
        }
        let image = raster::decode(&self.file, ImageFormat::Tiff)?;
        let dpi = dpi::settle(stated, image.width(), image.height());
        Ok(PageContent::Scanned(Raster { image, dpi, reasons: Vec::new() }))
    }
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
