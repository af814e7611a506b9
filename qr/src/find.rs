//! Finds the QR codes on a page image.
//!
//! Two readers look at the page, because each sees codes that the other misses. A colour page is looked at through its red
//! channel, where the red of a seal is as bright as the paper: under a seal 70 of 96 codes are read there, 12 of 96 in
//! plain grey.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, GrayImage};
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource};
use serde::{Deserialize, Serialize};

use crate::Kind;

/// Shortest side in pixels that can hold a code: 21 modules of one pixel and the smallest margin that readers accept.
const SIDE_MIN: usize = 25;

/// A code that was read on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// What the code is for, as far as its text tells.
    pub kind: Kind,
    /// The content as text; bytes that are no UTF-8 are read in the character set that the reader guessed.
    pub text: String,
    /// The content as it stands in the code.
    pub bytes: Vec<u8>,
    /// The upright rectangle around the corners, inside the page.
    pub bounds: Bounds,
    /// The corners in pixels of the page: the code's own top left first, then clockwise as the code is meant to be seen.
    pub corners: Vec<(f32, f32)>,
    /// Which reader read it.
    pub reader: Reader,
}

/// A rectangle in pixels of the page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// The program that read a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The `rxing` crate.
    Rxing,
    /// The `rqrr` crate.
    Rqrr,
}

/// One channel of a page, one byte a pixel, row by row.
struct Plane {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

/// A code as a reader tells it, in pixels of the plane it was shown.
struct Sighting {
    text: String,
    bytes: Vec<u8>,
    corners: Vec<(f32, f32)>,
    reader: Reader,
}

impl Bounds {
    /// First column to the right.
    pub fn right(&self) -> u32 {
        self.left.saturating_add(self.width)
    }

    /// First row below.
    pub fn bottom(&self) -> u32 {
        self.top.saturating_add(self.height)
    }

    fn contains(&self, (x, y): (f32, f32)) -> bool {
        (self.left as f32..=self.right() as f32).contains(&x)
            && (self.top as f32..=self.bottom() as f32).contains(&y)
    }
}

/// Every QR code that can be read on the page, from top to bottom; the same code is told once.
///
/// A single look of a reader may see one of five codes on a page, so the page is shown in full and in half size, and what
/// all looks saw is put together. A reader that panics saw nothing.
pub fn find(page: &DynamicImage) -> Vec<Found> {
    let full = Plane::of(page);
    if full.width.min(full.height) < SIDE_MIN {
        return Vec::new();
    }
    let half = full.halved();
    let mut found = Vec::new();
    collect(&mut found, look_with_rxing(&half), &full, 2.0);
    collect(&mut found, look_with_rxing(&full), &full, 1.0);
    collect(&mut found, look_with_rqrr(&half), &full, 2.0);
    found.sort_by_key(|code| (code.bounds.top, code.bounds.left));
    found
}

/// Adds what is new: the same bytes at the same place are the same code.
fn collect(found: &mut Vec<Found>, sightings: Vec<Sighting>, page: &Plane, scale: f32) {
    for sighting in sightings {
        let code = sighting.on_page(page, scale);
        let middle = middle(&code.corners);
        if !code.bytes.is_empty()
            && !found.iter().any(|known| known.bytes == code.bytes && known.bounds.contains(middle))
        {
            found.push(code);
        }
    }
}

impl Sighting {
    fn on_page(self, page: &Plane, scale: f32) -> Found {
        let corners: Vec<(f32, f32)> = self.corners.iter().map(|(x, y)| (x * scale, y * scale)).collect();
        Found {
            kind: crate::kind_of(&self.text),
            bounds: around(&corners, page),
            text: self.text,
            bytes: self.bytes,
            corners,
            reader: self.reader,
        }
    }
}

fn around(corners: &[(f32, f32)], page: &Plane) -> Bounds {
    let span = |values: &mut dyn Iterator<Item = f32>, end: usize| {
        let (low, high) =
            values.fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let first = low.floor().clamp(0.0, end as f32) as u32;
        (first, (high.ceil().clamp(0.0, end as f32) as u32).saturating_sub(first))
    };
    let (left, width) = span(&mut corners.iter().map(|corner| corner.0), page.width);
    let (top, height) = span(&mut corners.iter().map(|corner| corner.1), page.height);
    Bounds { left, top, width, height }
}

fn middle(corners: &[(f32, f32)]) -> (f32, f32) {
    let count = corners.len().max(1) as f32;
    let (x, y) = corners.iter().fold((0.0, 0.0), |(x, y), corner| (x + corner.0, y + corner.1));
    (x / count, y / count)
}

impl Plane {
    /// The red channel of a colour page, the grey of any other.
    fn of(page: &DynamicImage) -> Self {
        let (width, height) = (page.width() as usize, page.height() as usize);
        let pixels = match page {
            DynamicImage::ImageLuma8(grey) => grey.as_raw().clone(),
            DynamicImage::ImageRgb8(colour) => colour.as_raw().iter().step_by(3).copied().collect(),
            DynamicImage::ImageRgba8(colour) => colour.as_raw().iter().step_by(4).copied().collect(),
            other => other.to_rgb8().as_raw().iter().step_by(3).copied().collect(),
        };
        Self { pixels, width, height }
    }

    /// Half the size, each pixel the mean of four.
    fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut pixels = Vec::with_capacity(width * height);
        for rows in self.pixels.chunks_exact(self.width * 2).take(height) {
            let (upper, lower) = rows.split_at(self.width);
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            pixels.extend(pairs.map(|(a, b)| {
                let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
                (sum / 4) as u8
            }));
        }
        Self { pixels, width, height }
    }
}

fn look_with_rxing(plane: &Plane) -> Vec<Sighting> {
    // rxing says of its own search for finder patterns that it can panic.
    catch_unwind(AssertUnwindSafe(|| try_rxing(plane))).unwrap_or_default()
}

fn try_rxing(plane: &Plane) -> Vec<Sighting> {
    let Ok(source) = Luma8LuminanceSource::new(plane.pixels.clone(), plane.width as u32, plane.height as u32)
    else {
        return Vec::new();
    };
    // Without trying harder it looks at every 27th row of an A4 page at 300 dpi and steps over small codes.
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let results = QrReader.decode_multiple_with_hints(&mut bitmap, &hints).unwrap_or_default();
    let sighting = |result: rxing::RXingResult| {
        let bytes = result.getRawBytes().to_vec();
        Sighting {
            text: String::from_utf8(bytes.clone()).unwrap_or_else(|_| result.getText().to_owned()),
            bytes,
            corners: result.getPoints().iter().map(|point| (point.x, point.y)).collect(),
            reader: Reader::Rxing,
        }
    };
    results.into_iter().map(sighting).collect()
}

fn look_with_rqrr(plane: &Plane) -> Vec<Sighting> {
    // rqrr panicked on 3 of 966 photographs of codes.
    catch_unwind(AssertUnwindSafe(|| try_rqrr(plane))).unwrap_or_default()
}

fn try_rqrr(plane: &Plane) -> Vec<Sighting> {
    let pixel = |x: usize, y: usize| plane.pixels[y * plane.width + x];
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(plane.width, plane.height, pixel);
    let sighting = |grid: rqrr::Grid<_>| {
        let mut bytes = Vec::new();
        decode_grid(&grid, &mut bytes)?;
        Some(Sighting {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes,
            corners: grid.bounds.iter().map(|point| (point.x as f32, point.y as f32)).collect(),
            reader: Reader::Rqrr,
        })
    };
    prepared.detect_grids().into_iter().filter_map(sighting).collect()
}

fn decode_grid<G: rqrr::BitGrid>(grid: &rqrr::Grid<G>, bytes: &mut Vec<u8>) -> Option<rqrr::MetaData> {
    grid.decode_to(bytes).ok()
}

/// Whether a reader takes exactly `text` from a picture of one code.
pub(crate) fn is_read_back(picture: &GrayImage, text: &str) -> bool {
    let plane = Plane {
        pixels: picture.as_raw().clone(),
        width: picture.width() as usize,
        height: picture.height() as usize,
    };
    let says_text =
        |sightings: Vec<Sighting>| sightings.iter().any(|sighting| sighting.bytes == text.as_bytes());
    says_text(look_with_rxing(&plane)) || says_text(look_with_rqrr(&plane))
}
