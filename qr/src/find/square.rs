//! The two readers of QR codes, and what each of them sees on a plane.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::qrcode::cpp_port::detector::FindFinderPatterns;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult};

use super::plane::Plane;
use super::{Bounds, Found, ONE_LOOK, Reader, Sighting, Symbology};

/// Most corner patterns on a page, 66 codes of three each. The readers try every three of them together, so a page made of
/// thousands would hold them up for minutes.
const PATTERNS_MAX: usize = 200;

/// A plane in black and white, and where it might hold the corners of codes.
pub(super) struct Sketch {
    bitmap: BinaryBitmap<HybridBinarizer<Luma8LuminanceSource>>,
    patterns: Vec<Pattern>,
}

/// What looks like a corner of a code: nested squares.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern {
    /// Its middle, in pixels of the plane.
    pub(super) middle: (f32, f32),
    /// Its side, in pixels of the plane: seven modules.
    pub(super) side: f32,
}

impl Sketch {
    /// `None` when the plane is too small, or holds so many patterns that pairing them would take seconds.
    pub(super) fn of(plane: Plane) -> Option<Self> {
        let source = Luma8LuminanceSource::new(plane.pixels, plane.width as u32, plane.height as u32).ok()?;
        let bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        // Without trying harder it looks at every 27th row of an A4 page at 300 dpi and steps over small codes.
        let found = FindFinderPatterns(bitmap.get_black_matrix(), true, 0);
        let pattern = |middle: (f32, f32), side: f32| Pattern { middle, side };
        let patterns = found.iter().map(|found| pattern((found.p.x, found.p.y), found.size as f32)).collect();
        (found.len() <= PATTERNS_MAX).then_some(Self { bitmap, patterns })
    }
}

impl Sketch {
    /// The patterns in pixels of the page, of which the sketch shows a part in a size that many times that of the page.
    pub(super) fn patterns_in(&self, part: Bounds, scale: f32) -> Vec<Pattern> {
        let (left, top) = (part.left as f32, part.top as f32);
        let on_page = |pattern: &Pattern| Pattern {
            middle: (pattern.middle.0 / scale + left, pattern.middle.1 / scale + top),
            side: pattern.side / scale,
        };
        self.patterns.iter().map(on_page).collect()
    }
}

impl Pattern {
    /// Whether it belongs to none of the codes.
    pub(super) fn is_outside(&self, found: &[Found]) -> bool {
        !found.iter().any(|code| code.bounds.contains(self.middle))
    }
}

/// Runs a reader that may panic: rqrr did on 3 of 966 photographs of codes, and rxing says that its search can.
pub(super) fn calmly<T: Default>(read: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

/// What rxing reads on the plane.
pub(super) fn look_with_rxing(plane: &Plane) -> Vec<Sighting> {
    calmly(|| Sketch::of(plane.clone())).map(read_with_rxing).unwrap_or_default()
}

/// What rxing reads on a plane that is black and white already.
pub(super) fn read_with_rxing(mut sketch: Sketch) -> Vec<Sighting> {
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let results =
        calmly(|| QrReader.decode_multiple_with_hints(&mut sketch.bitmap, &hints).unwrap_or_default());
    results.into_iter().map(Sighting::from).collect()
}

impl From<RXingResult> for Sighting {
    fn from(result: RXingResult) -> Self {
        let bytes = result.getRawBytes().to_vec();
        let mut corners: Vec<(f32, f32)> =
            result.getPoints().iter().map(|point| (point.x, point.y)).collect();
        if corners.len() == 4 {
            // rxing tells them row by row, not around.
            corners.swap(2, 3);
        }
        Self {
            text: String::from_utf8(bytes.clone()).unwrap_or_else(|_| result.getText().to_owned()),
            bytes,
            corners,
            symbology: Symbology::Qr,
            reader: Reader::Rxing,
            confidence: ONE_LOOK,
        }
    }
}

/// What rqrr reads on the plane.
pub(super) fn look_with_rqrr(plane: &Plane) -> Vec<Sighting> {
    calmly(|| try_rqrr(plane))
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
            symbology: Symbology::Qr,
            reader: Reader::Rqrr,
            confidence: ONE_LOOK,
        })
    };
    prepared.detect_grids().into_iter().filter_map(sighting).collect()
}

fn decode_grid<G: rqrr::BitGrid>(grid: &rqrr::Grid<G>, bytes: &mut Vec<u8>) -> Option<rqrr::MetaData> {
    grid.decode_to(bytes).ok()
}
