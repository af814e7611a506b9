//! Finds the QR codes on a page image.
//!
//! Two readers look at the page, because each sees codes that the other misses. A colour page is looked at through its red
//! channel, where the red of a seal is as bright as the paper: under a seal 70 of 96 codes are read there, 12 of 96 in
//! plain grey.

use std::borrow::Cow;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, GrayImage};
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::qrcode::cpp_port::detector::FindFinderPatterns;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult};
use serde::{Deserialize, Serialize};

use crate::Kind;

/// Shortest side in pixels that can hold a code: 21 modules of one pixel and the smallest margin that readers accept.
const SIDE_MIN: usize = 25;

/// Pages of at most so many pixels are always looked at in full size too: it takes 5 ms, and such a picture may be the code
/// alone, drawn with 1 or 2 pixels a module.
const ALWAYS_FULL_PIXELS: usize = 1_000_000;

/// Most corner patterns on a page, 66 codes of three each. The readers try every three of them together, so a page made of
/// thousands would hold them up for minutes.
const PATTERNS_MAX: usize = 200;

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

/// The channel of a page that codes are looked for in.
struct Channel<'a> {
    samples: Cow<'a, [u8]>,
    /// Bytes from one pixel to the next.
    stride: usize,
    width: usize,
    height: usize,
}

/// A grey image, one byte a pixel, row by row.
struct Plane {
    pixels: Vec<u8>,
    width: usize,
    height: usize,
}

/// A plane in black and white, and where it might hold the corners of codes.
struct Look {
    bitmap: BinaryBitmap<HybridBinarizer<Luma8LuminanceSource>>,
    patterns: Vec<(f32, f32)>,
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
/// A single look of a reader may see one of five codes on a page, so the page is shown in half and in full size and what
/// all looks saw is put together. Most pages hold no code and are done after the half size: none of 225 degraded codes of
/// 3.54 pixels a module or more was without a corner pattern there. A reader that panics saw nothing.
pub fn find(page: &DynamicImage) -> Vec<Found> {
    let channel = Channel::of(page);
    if channel.width.min(channel.height) < SIDE_MIN {
        return Vec::new();
    }
    let half = calmly(|| Look::at(channel.half()));
    let patterns = half.as_ref().map(|look| look.patterns.clone()).unwrap_or_default();
    if patterns.is_empty() && channel.width * channel.height > ALWAYS_FULL_PIXELS {
        return Vec::new();
    }
    let mut found = Vec::new();
    let full = channel.full();
    collect(&mut found, half.map(read_with_rxing).unwrap_or_default(), &full, 2.0);
    collect(&mut found, look_with_rxing(&full), &full, 1.0);
    if has_unread(&patterns, &found) {
        collect(&mut found, look_with_rqrr(&full), &full, 1.0);
    }
    found.sort_by_key(|code| (code.bounds.top, code.bounds.left));
    found
}

/// Whether corner patterns of the half-sized page lie outside all codes found; a single one is mostly a letter or a stamp.
fn has_unread(patterns: &[(f32, f32)], found: &[Found]) -> bool {
    let is_outside = |(x, y): &(f32, f32)| !found.iter().any(|code| code.bounds.contains((x * 2.0, y * 2.0)));
    patterns.iter().filter(|pattern| is_outside(pattern)).count() >= 2
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

impl<'a> Channel<'a> {
    /// The red channel of a colour page, the grey of any other.
    fn of(page: &'a DynamicImage) -> Self {
        let (samples, stride) = match page {
            DynamicImage::ImageLuma8(grey) => (Cow::Borrowed(grey.as_raw().as_slice()), 1),
            DynamicImage::ImageRgb8(colour) => (Cow::Borrowed(colour.as_raw().as_slice()), 3),
            DynamicImage::ImageRgba8(colour) => (Cow::Borrowed(colour.as_raw().as_slice()), 4),
            other => (Cow::Owned(other.to_rgb8().into_raw()), 3),
        };
        Self { samples, stride, width: page.width() as usize, height: page.height() as usize }
    }

    fn full(&self) -> Plane {
        let pixels = self.samples.chunks_exact(self.stride).map(|pixel| pixel[0]).collect();
        Plane { pixels, width: self.width, height: self.height }
    }

    /// Half the size, each pixel the mean of four.
    fn half(&self) -> Plane {
        let (width, height) = (self.width / 2, self.height / 2);
        let row_bytes = self.width * self.stride;
        let mut pixels = Vec::with_capacity(width * height);
        for rows in self.samples.chunks_exact(row_bytes * 2) {
            let (upper, lower) = rows.split_at(row_bytes);
            let pairs = upper.chunks_exact(2 * self.stride).zip(lower.chunks_exact(2 * self.stride));
            pixels.extend(pairs.map(|(a, b)| {
                let sum = [a[0], a[self.stride], b[0], b[self.stride]].map(u16::from).iter().sum::<u16>();
                (sum / 4) as u8
            }));
        }
        Plane { pixels, width, height }
    }
}

impl Look {
    /// `None` when the plane is too small, or holds so many patterns that pairing them would take seconds.
    fn at(plane: Plane) -> Option<Self> {
        let source = Luma8LuminanceSource::new(plane.pixels, plane.width as u32, plane.height as u32).ok()?;
        let bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        // Without trying harder it looks at every 27th row of an A4 page at 300 dpi and steps over small codes.
        let found = FindFinderPatterns(bitmap.get_black_matrix(), true, 0);
        let patterns = found.iter().map(|pattern| (pattern.p.x, pattern.p.y)).collect();
        (found.len() <= PATTERNS_MAX).then_some(Self { bitmap, patterns })
    }
}

/// Runs a reader that may panic: rqrr did on 3 of 966 photographs of codes, and rxing says that its search can.
fn calmly<T: Default>(read: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

fn look_with_rxing(plane: &Plane) -> Vec<Sighting> {
    let plane = Plane { pixels: plane.pixels.clone(), ..*plane };
    calmly(|| Look::at(plane)).map(read_with_rxing).unwrap_or_default()
}

fn read_with_rxing(mut look: Look) -> Vec<Sighting> {
    let hints = DecodeHints {
        PossibleFormats: Some(HashSet::from([BarcodeFormat::QR_CODE])),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let results =
        calmly(|| QrReader.decode_multiple_with_hints(&mut look.bitmap, &hints).unwrap_or_default());
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
            reader: Reader::Rxing,
        }
    }
}

fn look_with_rqrr(plane: &Plane) -> Vec<Sighting> {
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

#[cfg(test)]
mod tests {
    use image::imageops::{self, FilterType};
    use image::{Luma, Rgb, RgbImage};

    use super::*;
    use crate::draw_png;

    /// Long enough for a code of 33 modules, as on a citizen card.
    const CARD: &str = "001090123456||Nguyễn Văn A|01011990|Nam|Tổ dân phố 5, Phường Bến Nghé|15042021";

    /// Pixels of a module of 0.45 mm at 200 dpi.
    const SMALLEST_MODULE: f32 = 3.54;

    fn code(text: &str, module_pixels: f32) -> GrayImage {
        let drawn =
            image::load_from_memory(&draw_png(text, 8).expect("the text fits")).expect("a PNG was drawn");
        let side = (drawn.width() as f32 / 8.0 * module_pixels).round() as u32;
        imageops::resize(&drawn.into_luma8(), side, side, FilterType::Triangle)
    }

    /// Part of an A4 page at 200 dpi with codes at the places given.
    fn page(codes: &[(&GrayImage, i64, i64)]) -> GrayImage {
        let mut page = GrayImage::from_pixel(1200, 900, Luma([235]));
        for (code, left, top) in codes {
            imageops::replace(&mut page, *code, *left, *top);
        }
        page
    }

    fn texts(page: GrayImage) -> Vec<String> {
        find(&DynamicImage::ImageLuma8(page)).into_iter().map(|found| found.text).collect()
    }

    /// The same sequence of small numbers every time.
    fn noisy(mut page: GrayImage, strength: i32) -> GrayImage {
        let mut state = 1_u32;
        for pixel in page.pixels_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = (state >> 16) as i32 % (2 * strength + 1) - strength;
            pixel.0[0] = (i32::from(pixel.0[0]) + noise).clamp(0, 255) as u8;
        }
        page
    }

    /// Turned about the middle, each pixel mixed of the four that it falls between.
    fn turned(page: &GrayImage, degrees: f32) -> GrayImage {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        let (middle_x, middle_y) = (page.width() as f32 / 2.0, page.height() as f32 / 2.0);
        GrayImage::from_fn(page.width(), page.height(), |x, y| {
            let (x, y) = (x as f32 - middle_x, y as f32 - middle_y);
            let (x, y) = (x * cosine + y * sine + middle_x, y * cosine - x * sine + middle_y);
            imageops::interpolate_bilinear(page, x, y).unwrap_or(Luma([235]))
        })
    }

    #[test]
    fn both_readers_read_what_we_draw() {
        let check = |text: &str| {
            // rqrr, unlike rxing, reads only some of these at 3 or 4 pixels a module.
            let plane = Channel::of(&DynamicImage::ImageLuma8(code(text, 5.0))).full();
            for sightings in [look_with_rxing(&plane), look_with_rqrr(&plane)] {
                let read: Vec<(&str, &[u8])> =
                    sightings.iter().map(|s| (s.text.as_str(), s.bytes.as_slice())).collect();
                assert_eq!(read, [(text, text.as_bytes())]);
            }
        };
        check("1");
        check("0123456789");
        check("ML1|H26.01-261121-0001");
        check("https://example.vn/tra-cuu?ma=1");
        check("Nguyễn Thị Thùy Dương");
        check("Nguye\u{0302}\u{0303}n");
        check(CARD);
        check(&"đ".repeat(50));
    }

    #[test]
    fn a_code_is_told_with_its_place() {
        let check = |text: &str, reader: Reader| {
            let picture = code(text, 5.0);
            let page = DynamicImage::ImageLuma8(page(&[(&picture, 300, 200)]));
            let plane = Channel::of(&page).full();
            let sightings = match reader {
                Reader::Rxing => look_with_rxing(&plane),
                Reader::Rqrr => look_with_rqrr(&plane),
            };
            let mut found = Vec::new();
            collect(&mut found, sightings, &plane, 1.0);
            assert_eq!(found.iter().map(|code| code.text.as_str()).collect::<Vec<_>>(), [text], "{reader:?}");
            // The margin of four modules is no part of the code.
            let side = picture.width() as f32 - 40.0;
            check_place(&found[0], (320.0, 220.0), side);
        };
        check(CARD, Reader::Rxing);
        check(CARD, Reader::Rqrr);
        check(&CARD.repeat(3), Reader::Rxing);
    }

    fn check_place(found: &Found, (left, top): (f32, f32), side: f32) {
        let near = |value: f32, expected: f32| {
            assert!((value - expected).abs() <= 6.0, "{value}, not {expected}: {found:?}")
        };
        near(found.bounds.left as f32, left);
        near(found.bounds.top as f32, top);
        near(found.bounds.width as f32, side);
        near(found.bounds.height as f32, side);
        for (corner, (x, y)) in found.corners.iter().zip([(0.0, 0.0), (side, 0.0), (side, side), (0.0, side)])
        {
            near(corner.0, left + x);
            near(corner.1, top + y);
        }
    }

    #[test]
    fn corners_follow_the_code_when_the_page_is_turned() {
        let upright = page(&[(&code(CARD, 5.0), 300, 200)]);
        let found = find(&DynamicImage::ImageLuma8(imageops::rotate180(&upright)));
        let [code] = found.as_slice() else { panic!("one code is on the page, not {}", found.len()) };
        assert_eq!((code.kind, code.corners.len()), (Kind::CitizenCard, 4));
        assert!(
            code.corners[0].0 > code.corners[1].0 && code.corners[0].1 > code.corners[3].1,
            "{:?}",
            code.corners
        );
    }

    #[test]
    fn a_page_full_of_patterns_holds_nobody_up() {
        let pattern = GrayImage::from_fn(9, 9, |x, y| {
            let ring = (x as i32 - 4).abs().max((y as i32 - 4).abs());
            Luma([if ring == 4 || ring == 2 { 255 } else { 0 }])
        });
        let pattern = imageops::resize(&pattern, 36, 36, FilterType::Nearest);
        let page = GrayImage::from_fn(1440, 1440, |x, y| *pattern.get_pixel(x % 36, y % 36));
        let plane = Channel::of(&DynamicImage::ImageLuma8(page.clone())).full();
        assert!(Look::at(plane).is_none(), "there are more patterns than are looked at");
        let start = std::time::Instant::now();
        assert_eq!(texts(page), Vec::<String>::new());
        assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    }

    #[test]
    fn scanned_codes_are_read() {
        let check = |module_pixels: f32, blur: f32, noise: i32, degrees: f32| {
            let picture = code(CARD, module_pixels);
            let page = turned(&page(&[(&picture, 400, 300)]), degrees);
            let page = noisy(if blur > 0.0 { imageops::blur(&page, blur) } else { page }, noise);
            assert_eq!(texts(page), [CARD], "{module_pixels} px, blur {blur}, noise {noise}, {degrees}°");
        };
        check(SMALLEST_MODULE, 0.0, 0, 0.0);
        check(SMALLEST_MODULE, 0.8, 20, 0.0);
        check(SMALLEST_MODULE, 0.8, 20, 3.0);
        check(SMALLEST_MODULE, 0.5, 20, -3.0);
        check(5.3, 1.0, 30, 3.0);
        check(5.3, 1.0, 30, 90.0);
        check(5.3, 1.0, 30, 183.0);
        check(12.0, 2.0, 40, 3.0);
        check(12.0, 2.0, 40, 45.0);
    }

    #[test]
    fn every_code_of_a_page_is_told_once() {
        let codes: Vec<GrayImage> = (0..5).map(|n| code(&format!("ML1|H26.01-261121-000{n}"), 4.0)).collect();
        let places = [(20, 20), (500, 30), (900, 250), (100, 500), (600, 600)];
        let placed: Vec<_> = codes.iter().zip(places).map(|(code, (left, top))| (code, left, top)).collect();
        let expected: Vec<String> = (0..5).map(|n| format!("ML1|H26.01-261121-000{n}")).collect();
        assert_eq!(texts(page(&placed)), expected);
    }

    #[test]
    fn the_same_text_at_two_places_is_two_codes() {
        let picture = code("ML1|x", 4.0);
        assert_eq!(texts(page(&[(&picture, 50, 50), (&picture, 700, 60)])), ["ML1|x", "ML1|x"]);
    }

    #[test]
    fn a_code_under_a_red_seal_is_read() {
        let picture = code(CARD, 5.3);
        let middle = (400.0 + picture.width() as f32 / 2.0, 300.0 + picture.height() as f32 / 2.0);
        let under = page(&[(&picture, 400, 300)]);
        let sealed = RgbImage::from_fn(under.width(), under.height(), |x, y| {
            let paper = under.get_pixel(x, y).0[0];
            let distance = (x as f32 - middle.0).hypot(y as f32 - middle.1);
            let is_ink = (60.0..75.0).contains(&distance) || distance < 30.0;
            // Ink takes away green and blue, and leaves the black of the code black.
            if is_ink { Rgb([paper, paper / 5, paper / 5]) } else { Rgb([paper; 3]) }
        });
        let grey = imageops::grayscale(&sealed);
        assert_ne!(
            look_with_rxing(&Channel::of(&DynamicImage::ImageLuma8(grey)).full()).len(),
            1,
            "the seal covers the code"
        );
        let found = find(&DynamicImage::ImageRgb8(sealed));
        assert_eq!(found.iter().map(|code| code.text.as_str()).collect::<Vec<_>>(), [CARD]);
    }

    #[test]
    fn pages_without_codes_have_none() {
        let check = |page: DynamicImage| assert_eq!(find(&page), []);
        check(DynamicImage::new_luma8(0, 0));
        check(DynamicImage::new_luma8(1, 1));
        check(DynamicImage::new_rgb8(24, 2_000));
        check(DynamicImage::new_luma8(25, 25));
        check(DynamicImage::new_rgba8(333, 41));
        check(DynamicImage::ImageLuma8(noisy(page(&[]), 110)));
        check(DynamicImage::ImageLuma8(GrayImage::from_fn(900, 900, |x, y| {
            Luma([if (x / 4 + y / 4) % 2 == 0 { 0 } else { 255 }])
        })));
    }

    #[test]
    fn any_pixel_format_is_looked_at() {
        let grey = DynamicImage::ImageLuma8(page(&[(&code("ML1|x", 4.0), 99, 99)]));
        for page in [
            DynamicImage::ImageRgb8(grey.to_rgb8()),
            DynamicImage::ImageRgba8(grey.to_rgba8()),
            DynamicImage::ImageLumaA8(grey.to_luma_alpha8()),
            DynamicImage::ImageLuma16(grey.to_luma16()),
        ] {
            assert_eq!(find(&page), find(&grey), "{:?}", page.color());
        }
    }

    #[test]
    fn halving_keeps_the_mean_of_the_channel() {
        let check = |samples: &[u8], stride: usize, expected: u8| {
            let channel = Channel { samples: samples.into(), stride, width: 3, height: 3 };
            let half = channel.half();
            assert_eq!((half.width, half.height, half.pixels), (1, 1, vec![expected]));
        };
        check(&[0, 4, 9, 8, 5, 7, 1, 1, 1], 1, 4);
        check(&[0, 99, 4, 99, 9, 99, 8, 99, 5, 99, 7, 99, 1, 99, 1, 99, 1, 99], 2, 4);
    }
}
