//! The picture of a PDF page for its rendition: the scanner's own bytes where the page is nothing but one picture, else drawn.

use super::pictures::Survey;
use super::view::{POINTS, View};
use crate::problem::reason;
use crate::rendition::{self, Loss, PagePicture, Placement};
use crate::source::{PAGE_PIXELS_MAX, raster};
use image::{DynamicImage, ImageFormat, RgbImage};
use pdfium_render::prelude::*;

/// Typed pages are drawn at this resolution: sharp on paper (DIG-14 asks 200 dpi of scans), small without loss.
const DPI_DRAWN: u32 = 200;
/// Longer side of the drawings that are compared, in pixels.
const COMPARED_SIDE: u32 = 320;
/// Two drawings of one page differ by less than this on average (of 255): two programs smooth differently.
const DIFFERENCE_MAX: f64 = 10.0;
/// Side of the squares that are compared one by one: a stamp or a number that is missing is seen there.
const SQUARE: u32 = 16;
/// The same for one square.
const SQUARE_DIFFERENCE_MAX: f64 = 40.0;

type Coded = (PagePicture, Vec<u8>);

/// The page's picture with its bytes.
pub(super) fn picture(page: &PdfPage) -> Result<Coded, &'static str> {
    if let Some(stored) = as_stored(page) {
        return Ok(stored);
    }
    let view = View::of(page).ok_or(reason::DAMAGED)?;
    let dpi = Survey::of(page, &view).scan_dpi().unwrap_or(DPI_DRAWN);
    rendition::code(&view.draw(page, dpi)?.image, Placement::UPRIGHT, Loss::Unseen)
}

/// The only picture of a page that shows nothing else, as it is stored.
fn as_stored(page: &PdfPage) -> Option<Coded> {
    let object = only_picture(page)?;
    let placement = placement(page, &object)?;
    let picture = object.as_image_object()?;
    let pixels = u64::try_from(picture.width().ok()?).ok()? * u64::try_from(picture.height().ok()?).ok()?;
    if pixels > PAGE_PIXELS_MAX {
        return None;
    }
    let (image, coded) = take(picture, placement)?;
    // What the dictionary of the picture says beside (masks, inverted or foreign colours, clips) need not be understood: it shows.
    looks_alike(page, &image, placement).then_some(coded)
}

/// The picture of a page that has one, no annotations, and beside it only text that is not drawn: the layer of an earlier reading.
fn only_picture<'a>(page: &'a PdfPage<'a>) -> Option<PdfPageObject<'a>> {
    if !page.annotations().is_empty() {
        return None;
    }
    let is_unseen = |object: &PdfPageObject| {
        object.as_text_object().is_some_and(|text| text.render_mode() == PdfPageTextRenderMode::Invisible)
    };
    let mut seen = page.objects().iter().filter(|object| !is_unseen(object));
    let only = seen.next()?;
    (seen.next().is_none() && only.as_image_object().is_some()).then_some(only)
}

/// From the unit square of the picture to that of the page as it is shown.
fn placement(page: &PdfPage, object: &PdfPageObject) -> Option<Placement> {
    let matrix = object.matrix().ok()?;
    let bounds = page.boundaries().bounding().ok()?.bounds;
    let (width, height) = (f64::from(bounds.width().value), f64::from(bounds.height().value));
    let (left, bottom) = (f64::from(bounds.left().value), f64::from(bounds.bottom().value));
    let on_sheet = [matrix.a(), matrix.b(), matrix.c(), matrix.d(), matrix.e(), matrix.f()].map(f64::from);
    let to_unit = Placement([1.0 / width, 0.0, 0.0, 1.0 / height, -left / width, -bottom / height]);
    let turn = match page.rotation().ok()? {
        PdfPageRenderRotation::None => 0,
        PdfPageRenderRotation::Degrees90 => 90,
        PdfPageRenderRotation::Degrees180 => 180,
        PdfPageRenderRotation::Degrees270 => 270,
    };
    Some(Placement(on_sheet).then(to_unit).turned(turn))
}

/// The pixels of a picture and its coding: its own, or a new one of the same pixels.
fn take(picture: &PdfPageImageObject, placement: Placement) -> Option<(DynamicImage, Coded)> {
    let filters: Vec<String> = picture.filters().iter().map(|filter| filter.name().to_owned()).collect();
    let filters: Vec<&str> = filters.iter().map(String::as_str).collect();
    if filters == ["DCTDecode"] {
        let file = picture.get_raw_image_data().ok()?;
        let (image, _) = raster::decode_stored(&file, ImageFormat::Jpeg).ok()?;
        return Some((image, rendition::jpeg_as_stored(file, placement)?));
    }
    let image = picture.get_raw_image().ok()?;
    let stored = match filters.as_slice() {
        ["CCITTFaxDecode"] => rendition::fax_as_stored(picture.get_raw_image_data().ok()?, &image, placement),
        _ => None,
    };
    let loss = if filters.iter().any(|name| matches!(*name, "JPXDecode" | "DCTDecode")) {
        Loss::Unseen
    } else {
        Loss::None
    };
    let coded = stored.map_or_else(|| rendition::code(&image, placement, loss), Ok).ok()?;
    Some((image, coded))
}

/// Whether the page, drawn, is this picture at this place on white.
fn looks_alike(page: &PdfPage, image: &DynamicImage, placement: Placement) -> bool {
    let longer_inches = page.width().value.max(page.height().value) / POINTS;
    let dpi = (COMPARED_SIDE as f32 / longer_inches) as u32;
    let Some(inverse) = placement.inverse() else { return false };
    let Some(Ok(drawn)) = View::of(page).map(|view| view.draw(page, dpi.max(1))) else { return false };
    let (drawn, small) = (drawn.image.to_rgb8(), image.thumbnail(COMPARED_SIDE, COMPARED_SIDE).to_rgb8());
    let mut differences = Differences::over(&drawn);
    for (x, y, shown) in drawn.enumerate_pixels() {
        let (width, height) = (f64::from(drawn.width()), f64::from(drawn.height()));
        let (s, t) = inverse.apply((f64::from(x) + 0.5) / width, 1.0 - (f64::from(y) + 0.5) / height);
        let expected = pixel_at(&small, s, 1.0 - t);
        let difference: u32 =
            shown.0.iter().zip(expected).map(|(one, other)| u32::from(one.abs_diff(other))).sum();
        differences.add(x, y, difference);
    }
    differences.are_small()
}

/// The pixel at a place of the unit square; white beside it.
fn pixel_at(image: &RgbImage, x: f64, y: f64) -> [u8; 3] {
    if !(0.0..1.0).contains(&x) || !(0.0..1.0).contains(&y) {
        return [255; 3];
    }
    image.get_pixel((x * f64::from(image.width())) as u32, (y * f64::from(image.height())) as u32).0
}

/// Sums of differences by squares of a drawing.
struct Differences {
    columns: u32,
    /// Sum and pixels of each square.
    squares: Vec<(u64, u64)>,
}

impl Differences {
    fn over(drawing: &RgbImage) -> Differences {
        let (columns, rows) = (drawing.width().div_ceil(SQUARE), drawing.height().div_ceil(SQUARE));
        Differences { columns, squares: vec![(0, 0); (columns * rows) as usize] }
    }

    fn add(&mut self, x: u32, y: u32, difference: u32) {
        let (sum, pixels) = &mut self.squares[(y / SQUARE * self.columns + x / SQUARE) as usize];
        (*sum, *pixels) = (*sum + u64::from(difference), *pixels + 3);
    }

    fn are_small(&self) -> bool {
        let mean = |(sum, pixels): (u64, u64)| sum as f64 / pixels.max(1) as f64;
        let all = self.squares.iter().fold((0, 0), |all, square| (all.0 + square.0, all.1 + square.1));
        // A square cut off by the edge has few pixels, and edges are where two programs differ.
        let whole = u64::from(SQUARE * SQUARE * 3) / 2;
        let worst = self
            .squares
            .iter()
            .filter(|square| square.1 >= whole)
            .map(|square| mean(*square))
            .fold(0.0, f64::max);
        mean(all) <= DIFFERENCE_MAX && worst <= SQUARE_DIFFERENCE_MAX
    }
}
