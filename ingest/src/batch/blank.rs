//! Whether a page is empty: nothing printed, written or stamped on it, however faintly.
//!
//! A page that is wrongly taken for empty is left out of a paper; one that is wrongly taken for full is only a page too many. So in
//! doubt a page is not empty.

use crate::marks::{Ground, Mark, Marks};
use image::{DynamicImage, GrayImage};

/// Marks smaller than this in both directions are dust, in inches: half a millimetre, a full stop of 14-point text.
const DUST_INCHES: f32 = 0.02;
/// Dust on one page from which it is something else: glass that is cleaned now and then leaves up to forty specks, a dotted line of a
/// form across the page, or faint print that fell apart, has more than this.
const SPECKS_MAX: usize = 60;
/// Paper darker than this, of 255, is printed all over, as far as anyone can tell: coloured paper of offices is brighter.
const GROUND_MIN: u8 = 128;
/// Within this of an edge there is shadow of the feeder and of the sheet's rim, in inches.
const RIM_INCHES: f32 = 0.2;
/// Marks beyond dust from which a page is not empty: two may be a staple's holes or a crease.
const MARKS_MIN: usize = 3;
/// A single mark so long, in inches, is a stroke of writing or a seal's ring.
const STROKE_INCHES: f32 = 0.25;

/// Whether nothing is on the page. Looks at the darkest channel, in which red and blue ink is as dark as black.
pub(super) fn is_blank(image: &DynamicImage, dpi: u32) -> bool {
    let gray = darkest(image);
    let ground = Ground::of(&gray, dpi);
    let found = Marks::find(&gray, &ground);
    if found.is_restless || median(ground.paper()) < GROUND_MIN {
        return false;
    }
    let inches = |pixels: u32| pixels as f32 / dpi.max(1) as f32;
    let longer = |mark: &Mark| inches(mark.bounds.width.max(mark.bounds.height));
    let inside = found.marks.iter().filter(|mark| is_inside(mark, &gray, dpi));
    let (specks, seen): (Vec<f32>, Vec<f32>) = inside.map(longer).partition(|longer| *longer <= DUST_INCHES);
    specks.len() <= SPECKS_MAX && seen.len() < MARKS_MIN && seen.iter().all(|longer| *longer < STROKE_INCHES)
}

/// The middle one; of none, the brightest.
fn median(values: &[u8]) -> u8 {
    let mut values = values.to_vec();
    let middle = values.len() / 2;
    if values.is_empty() { u8::MAX } else { *values.select_nth_unstable(middle).1 }
}

/// The darkest of a pixel's colours.
fn darkest(image: &DynamicImage) -> GrayImage {
    match image {
        DynamicImage::ImageLuma8(gray) => gray.clone(),
        other if !other.color().has_color() => other.to_luma8(),
        other => {
            let colour = other.to_rgb8();
            GrayImage::from_fn(colour.width(), colour.height(), |x, y| {
                let [red, green, blue] = colour.get_pixel(x, y).0;
                image::Luma([red.min(green).min(blue)])
            })
        }
    }
}

/// Whether a mark reaches into the page beyond its rim.
fn is_inside(mark: &Mark, page: &GrayImage, dpi: u32) -> bool {
    let rim = (RIM_INCHES * dpi as f32) as u32;
    let bounds = mark.bounds;
    bounds.left + bounds.width > rim
        && bounds.top + bounds.height > rim
        && bounds.left + rim < page.width()
        && bounds.top + rim < page.height()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Rgb, RgbImage};

    const DPI: u32 = 200;

    fn check(draw: impl Fn(&mut RgbImage), expected: bool, what: &str) {
        let mut page = RgbImage::from_fn(1654, 2339, |x, y| {
            // Paper with some grain.
            let grain = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(2_246_822_519)) >> 13 & 7;
            Rgb([245 - grain as u8; 3])
        });
        draw(&mut page);
        assert_eq!(is_blank(&DynamicImage::ImageRgb8(page), DPI), expected, "{what}");
    }

    fn ink(page: &mut RgbImage, (left, top): (u32, u32), (width, height): (u32, u32), colour: [u8; 3]) {
        for (x, y) in (left..left + width).flat_map(|x| (top..top + height).map(move |y| (x, y))) {
            page.put_pixel(x, y, Rgb(colour));
        }
    }

    #[test]
    fn empty_backs_are_blank() {
        check(|_| {}, true, "an empty page");
        let dust = |page: &mut RgbImage| {
            (0..40).for_each(|n| ink(page, (100 + 31 * n, 50 * n + 9), (3, 3), [40; 3]))
        };
        check(dust, true, "dust");
        check(|page| ink(page, (0, 0), (1654, 2339), [250, 235, 160]), true, "yellow paper");
        check(|page| ink(page, (0, 0), (18, 2339), [30; 3]), true, "the shadow of an edge");
        let holes = |page: &mut RgbImage| (0..2).for_each(|n| ink(page, (100 + 90 * n, 90), (8, 8), [20; 3]));
        check(holes, true, "holes of a staple");
        let through = |page: &mut RgbImage| {
            (0..300).for_each(|n| ink(page, (200 + n % 30 * 40, 300 + n / 30 * 60), (12, 16), [232; 3]));
        };
        check(through, true, "print of the other side shining through");
    }

    #[test]
    fn whatever_is_on_a_page_counts() {
        let line =
            |page: &mut RgbImage| (0..6).for_each(|n| ink(page, (300 + n * 30, 400), (12, 16), [30; 3]));
        check(line, false, "a word");
        let ring = |page: &mut RgbImage| {
            (0..3600).for_each(|n| {
                let (sine, cosine) = (n as f32 / 572.9).sin_cos();
                ink(
                    page,
                    ((800.0 + 140.0 * cosine) as u32, (900.0 + 140.0 * sine) as u32),
                    (4, 4),
                    [245, 190, 190],
                );
            });
        };
        check(ring, false, "a faint red seal");
        check(|page| ink(page, (400, 1200), (300, 3), [120; 3]), false, "a stroke of a pencil");
        let dotted =
            |page: &mut RgbImage| (0..90).for_each(|n| ink(page, (200 + n * 14, 700), (3, 3), [40; 3]));
        check(dotted, false, "a dotted line");
        check(|page| ink(page, (0, 0), (1654, 2339), [70; 3]), false, "a page that is dark all over");
        check(|page| ink(page, (0, 0), (1654, 2339), [240, 90, 90]), false, "a red page");
    }
}
