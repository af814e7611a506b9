//! The page as it is shown to the engine: evenly lit, and without the leaders and rules that make it drop lines.
//!
//! Each step is taken only where its cause is seen, for every step made some page worse that did not need it.

use crate::leaders::Leaders;
use crate::marks::{Ground, Marks};
use image::GrayImage;

/// Paper darker than this needs light: scanners give 230 and more, and photographs of 210 are still read well as they are.
const DARK_BELOW: u8 = 190;
/// Brightness that even light gives to the paper.
const PAPER: u32 = 245;
/// Ground darker than the page's middle divided by this is a desk, not paper: brightened it would only show its grain.
const DESK_DIVISOR: u8 = 2;

/// A cleaned page with the ink that is left on it.
pub(crate) struct Cleaned {
    pub(crate) gray: GrayImage,
    pub(crate) marks: Marks,
    /// Whether anything was erased or brightened.
    pub(crate) is_changed: bool,
}

/// Cleans an upright page.
pub(crate) fn clean(gray: &GrayImage, dpi: u32) -> Cleaned {
    let ground = Ground::of(gray, dpi);
    let middle = middle_brightness(&ground);
    if middle >= DARK_BELOW {
        return without_leaders(gray.clone(), &ground, dpi, false);
    }
    let lit = light_evenly(gray, &ground, middle / DESK_DIVISOR);
    let ground = Ground::of(&lit, dpi);
    without_leaders(lit, &ground, dpi, true)
}

fn without_leaders(mut gray: GrayImage, ground: &Ground, dpi: u32, is_changed: bool) -> Cleaned {
    let marks = Marks::find(&gray, ground);
    let leaders = Leaders::find(&marks, dpi);
    if !leaders.disturb(&gray) {
        return Cleaned { gray, marks, is_changed };
    }
    leaders.erase(&mut gray, ground, dpi);
    let marks = Marks::find(&gray, ground);
    Cleaned { gray, marks, is_changed: true }
}

fn middle_brightness(ground: &Ground) -> u8 {
    let mut paper = ground.paper().to_vec();
    let middle = paper.len() / 2;
    if paper.is_empty() { u8::MAX } else { *paper.select_nth_unstable(middle).1 }
}

/// Divides by the brightness of the paper, which a lamp, a shadow or old paper makes uneven; `desk` is the darkest paper.
fn light_evenly(gray: &GrayImage, ground: &Ground, desk: u8) -> GrayImage {
    GrayImage::from_fn(gray.width(), gray.height(), |x, y| {
        let paper = u32::from(ground.paper_at(x, y).max(desk).max(1));
        let pixel = u32::from(gray.get_pixel(x, y).0[0]);
        image::Luma([(pixel * PAPER / paper).min(255) as u8])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    const DPI: u32 = 200;

    /// Paper of one brightness with black boxes `(left, top, width, height)`.
    fn page(paper: u8, boxes: impl IntoIterator<Item = (u32, u32, u32, u32)>) -> GrayImage {
        let mut page = GrayImage::from_pixel(800, 400, Luma([paper]));
        for (left, top, width, height) in boxes {
            for y in top..top + height {
                for x in left..left + width {
                    page.put_pixel(x, y, Luma([paper / 10]));
                }
            }
        }
        page
    }

    fn dots() -> impl Iterator<Item = (u32, u32, u32, u32)> {
        (0..60).map(|dot| (100 + dot * 10, 200, 3, 3))
    }

    fn is_ink(page: &GrayImage, x: u32, y: u32) -> bool {
        page.get_pixel(x, y).0[0] < 128
    }

    #[test]
    fn leader_dots_go_and_letters_on_them_stay() {
        let letters = [(200, 180, 4, 40), (403, 170, 4, 33)];
        let cleaned = clean(&page(245, dots().chain(letters)), DPI);
        assert!(cleaned.is_changed);
        let left = (100..700).filter(|x| is_ink(&cleaned.gray, *x, 201)).count();
        assert!(left <= 20, "{left} columns of dots are left");
        assert!(
            is_ink(&cleaned.gray, 201, 185) && is_ink(&cleaned.gray, 201, 215),
            "a crossing stroke stays"
        );
        assert!(is_ink(&cleaned.gray, 404, 172), "a letter that stands on the dots stays");
    }

    #[test]
    fn few_dots_are_an_ellipsis() {
        let cleaned = clean(&page(245, dots().take(6)), DPI);
        assert!(!cleaned.is_changed);
        assert!(is_ink(&cleaned.gray, 101, 201));
    }

    #[test]
    fn lone_rules_go_and_strokes_across_them_stay() {
        let rules = (0..3).map(|rule| (100, 100 + rule * 100, 500, 3));
        let cleaned = clean(&page(245, rules.chain([(300, 180, 5, 45)])), DPI);
        assert!(cleaned.is_changed);
        assert!(!is_ink(&cleaned.gray, 150, 201) && !is_ink(&cleaned.gray, 550, 201));
        assert!((180..225).all(|y| is_ink(&cleaned.gray, 302, y)), "the stroke is whole");
    }

    #[test]
    fn the_rule_under_a_heading_stays() {
        assert!(!clean(&page(245, [(100, 200, 500, 3)]), DPI).is_changed);
    }

    #[test]
    fn feet_of_letters_are_no_rule() {
        let feet = (0..4).flat_map(|line| (0..40).map(move |foot| (100 + foot * 14, 80 + line * 80, 12, 2)));
        assert!(!clean(&page(245, feet), DPI).is_changed);
    }

    #[test]
    fn tables_stay() {
        let rows = (0..4).map(|row| (100, 50 + row * 80, 500, 3));
        let columns = (0..3).map(|column| (100 + column * 248, 50, 3, 243));
        let table = page(245, rows.chain(columns));
        let cleaned = clean(&table, DPI);
        assert!(!cleaned.is_changed);
        assert_eq!(cleaned.gray, table);
    }

    #[test]
    fn dark_paper_becomes_bright_and_its_ink_stays_dark() {
        let cleaned = clean(&page(110, [(100, 100, 30, 4)]), DPI);
        assert!(cleaned.is_changed);
        assert!(cleaned.gray.get_pixel(400, 300).0[0] > 230);
        assert!(is_ink(&cleaned.gray, 110, 102));
        assert!(!clean(&page(230, [(100, 100, 30, 4)]), DPI).is_changed, "bright paper is left alone");
    }

    #[test]
    fn pages_without_pixels_are_clean() {
        for (width, height) in [(0, 0), (1, 1), (7, 0), (3, 900)] {
            let cleaned = clean(&GrayImage::new(width, height), DPI);
            assert_eq!(cleaned.gray.dimensions(), (width, height));
        }
    }
}
