//! The copy of a page that is read: grey, without seals, flat, upright and level. What was scanned stays as it is.
//!
//! Each step is taken only where its cause is seen. Not here: what is erased or lit for the engine alone (`clean`).

use crate::marks::{Ground, Marks};
use crate::page;
use crate::perspective::Sheet;
use crate::place::Place;
use crate::stage::{self, Trace};
use crate::stamps::Dropped;
use crate::upright::{self, Lie};
use crate::{perspective, skew, stamps, words};
use image::{DynamicImage, GrayImage, RgbImage};
use imageproc::geometric_transformations::Projection;
use ocr::PixelBox;
use repository::record::{Stage, Step};

/// Lines that slant less are read as they are: drawing a page anew blurs it (a real page went from 1.1 to 2.2 % wrong letters),
/// and the engine follows such lines.
const SKEW_READ_AS_IS: f32 = 2.0;

/// Letters in lines outside a sheet from which they are text: a few words. Grain of a desk makes no lines.
const LETTERS_BESIDE_MIN: usize = 15;
/// Ink this near to the edges of a sheet is their shadow, in inches.
const SHEET_MARGIN_INCHES: f32 = 0.1;

/// A reading copy with its ink.
pub(crate) struct ReadingCopy {
    pub(crate) gray: GrayImage,
    pub(crate) ground: Ground,
    pub(crate) marks: Marks,
    pub(crate) dpi: u32,
    pub(crate) place: Place,
    /// Clockwise turn of the picture since it was drawn.
    pub(crate) rotation_degrees: u16,
    /// Size of the picture that people see, turned so.
    pub(crate) picture: (u32, u32),
    pub(crate) stages: Vec<Stage>,
    /// Places on the picture whose ink was taken out and may be writing.
    pub(crate) maybe_writing: Vec<PixelBox>,
}

impl ReadingCopy {
    /// The copy of a page as it lies: seals taken out, a photograph made flat.
    pub(crate) fn of(image: &DynamicImage, dpi: u32, trace: &mut Trace) -> Self {
        Self::called("scan", image, dpi, trace)
    }

    /// Like [`ReadingCopy::of`], with a name for the picture that it begins with.
    fn called(name: &str, image: &DynamicImage, dpi: u32, trace: &mut Trace) -> Self {
        let (mut gray, Dropped { mut stages, maybe_writing }) = without_stamps(name, image, dpi, trace);
        let mut place = Place::default();
        if let Some(sheet) = perspective::find(&gray).filter(|sheet| !has_text_beside(&gray, dpi, sheet)) {
            (gray, place) = place.bent(&gray, sheet.flatten, sheet.size);
            stages.push(stage::taken(Step::Perspective { corners: sheet.corners() }, sheet.confidence));
            trace.show("perspective", &gray);
        }
        let (ground, marks) = ink(&gray, dpi);
        let picture = (image.width(), image.height());
        Self { gray, ground, marks, dpi, place, rotation_degrees: 0, picture, stages, maybe_writing }
    }

    /// How the page lies, as its letters tell.
    pub(crate) fn lie(&self) -> Option<Lie> {
        upright::lie(&self.marks.marks, self.dpi)
    }

    /// The copy of the page turned clockwise; `confidence` from 0 to 100. It is made anew from the picture: where squares and rows
    /// begin tells in some of their pixels, and a page shall be read the same however it lay.
    pub(crate) fn turned(
        image: &DynamicImage,
        dpi: u32,
        degrees: u16,
        confidence: f32,
        trace: &mut Trace,
    ) -> Self {
        let mut copy = Self::called("rotation", &page::turn(image.clone(), degrees), dpi, trace);
        copy.rotation_degrees = degrees;
        if degrees > 0 {
            copy.stages.insert(0, stage::taken(Step::Rotation { degrees }, confidence));
        }
        copy
    }

    /// The copy with level lines, where they slant so much that the engine loses them.
    pub(crate) fn level(mut self, trace: &mut Trace) -> Self {
        let skew = skew::find(&self.marks.marks, self.dpi);
        let Some(skew) = skew.filter(|skew| skew.degrees.abs() >= SKEW_READ_AS_IS) else { return self };
        let (bend, size) = rotation(self.gray.dimensions(), -skew.degrees);
        (self.gray, self.place) = self.place.bent(&self.gray, bend, size);
        (self.ground, self.marks) = ink(&self.gray, self.dpi);
        let confidence = 100.0 * (1.0 - 1.0 / skew.sharper);
        self.stages.push(stage::taken(Step::Skew { degrees: skew.degrees }, confidence));
        trace.show("skew", &self.gray);
        self
    }
}

/// Whether there is text outside the sheet: another sheet beside it, or a slip that lies on a form. Bent, it would be cut off.
fn has_text_beside(gray: &GrayImage, dpi: u32, sheet: &Sheet) -> bool {
    let (_, marks) = ink(gray, dpi);
    let margin = SHEET_MARGIN_INCHES * dpi as f32;
    let beside = marks.marks.into_iter().filter(|mark| sheet.is_beside(&mark.bounds, margin));
    words::lines_of_letters(&beside.collect::<Vec<_>>(), dpi) >= LETTERS_BESIDE_MIN
}

fn ink(gray: &GrayImage, dpi: u32) -> (Ground, Marks) {
    let ground = Ground::of(gray, dpi);
    let marks = Marks::find(gray, &ground);
    (ground, marks)
}

/// Turns about the middle into an image that holds the whole page.
fn rotation((width, height): (u32, u32), degrees: f32) -> (Projection, (u32, u32)) {
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let (wide, high) = (width as f32, height as f32);
    let size = (wide * cosine.abs() + high * sine.abs(), wide * sine.abs() + high * cosine.abs());
    let bend = Projection::translate(-wide / 2.0, -high / 2.0)
        .and_then(Projection::rotate(degrees.to_radians()))
        .and_then(Projection::translate(size.0 / 2.0, size.1 / 2.0));
    (bend, (size.0.ceil() as u32, size.1.ceil() as u32))
}

/// A picture in grey, without its seals and stamps.
pub(crate) fn without_seals(image: &DynamicImage, dpi: u32) -> GrayImage {
    without_stamps("scan", image, dpi, &mut Trace::new(false)).0
}

fn without_stamps(name: &str, image: &DynamicImage, dpi: u32, trace: &mut Trace) -> (GrayImage, Dropped) {
    let colour: &RgbImage = match image {
        DynamicImage::ImageRgb8(colour) => colour,
        DynamicImage::ImageLuma8(gray) => {
            trace.show(name, gray);
            return (gray.clone(), Dropped::default());
        }
        other if !other.color().has_color() => return (other.to_luma8(), Dropped::default()),
        other => return without_stamps(name, &DynamicImage::ImageRgb8(other.to_rgb8()), dpi, trace),
    };
    let mut gray = brightness(colour);
    trace.show(name, &gray);
    let dropped = stamps::drop_stamps(colour, &mut gray, dpi);
    if let Some(last) = dropped.stages.last() {
        trace.show(last.step.name(), &gray);
    }
    (gray, dropped)
}

fn brightness(colour: &RgbImage) -> GrayImage {
    // ITU-R BT.601 in 16-bit fixed point.
    let pixels = colour.as_raw().chunks_exact(3).map(|pixel| {
        let [red, green, blue] = [pixel[0], pixel[1], pixel[2]].map(u32::from);
        ((19_595 * red + 38_470 * green + 7_471 * blue + 32_768) >> 16) as u8
    });
    GrayImage::from_raw(colour.width(), colour.height(), pixels.collect()).expect("one brightness a pixel")
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// A grey desk with a slanting white sheet, and letters in boxes of `(left, top, columns, rows)`.
    fn photograph(letters: &[(u32, u32, u32, u32)]) -> DynamicImage {
        let is_sheet = |x: u32, y: u32| {
            (150 + y / 20..800 + y / 20).contains(&x) && (120 + x / 20..1000 + x / 20).contains(&y)
        };
        let mut page = GrayImage::from_fn(1400, 1200, |x, y| Luma([if is_sheet(x, y) { 240 } else { 150 }]));
        for (left, top, columns, rows) in letters {
            for (letter, line) in (0..*columns).flat_map(|letter| (0..*rows).map(move |line| (letter, line)))
            {
                for (x, y) in (0..10).flat_map(|x| (0..16).map(move |y| (x, y))) {
                    page.put_pixel(left + letter * 15 + x, top + line * 40 + y, Luma([20]));
                }
            }
        }
        DynamicImage::ImageLuma8(page)
    }

    #[test]
    fn a_sheet_is_not_cut_out_of_a_picture_with_text_beside_it() {
        let check = |letters: &[(u32, u32, u32, u32)], expected: &[&str]| {
            let copy = ReadingCopy::of(&photograph(letters), 150, &mut Trace::new(false));
            let stages: Vec<&str> = copy.stages.iter().map(|stage| stage.step.name()).collect();
            assert_eq!(stages, expected, "{letters:?}");
        };
        let on_the_sheet = (300, 300, 20, 12);
        check(&[on_the_sheet], &["perspective"]);
        check(&[on_the_sheet, (1000, 400, 20, 3)], &[]);
        check(&[on_the_sheet, (1000, 400, 2, 3)], &["perspective"]);
    }
}
