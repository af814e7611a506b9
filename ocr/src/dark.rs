//! Tells pages that may carry white text on dark ground from the many that cannot.

use image::GrayImage;

/// Grey below which a pixel counts as dark.
const DARK_BELOW: u8 = 128;

/// Side of the squares in inches, 1.6 mm: a band that holds white text of 9 points covers some square wholly, and the
/// strokes of printed black text do not fill one.
const SQUARE_INCHES: f32 = 1.0 / 16.0;

/// Mostly dark squares side by side that make an area: 6.4 mm, longer than any stroke of a heading.
const RUN_SQUARES: u32 = 4;

/// Whether the page has an area dark enough to hold white text. `dpi` is the page's resolution.
pub(crate) fn has_dark_area(page: &GrayImage, dpi: u32) -> bool {
    let side = ((dpi as f32 * SQUARE_INCHES) as usize).max(4);
    let width = page.width() as usize;
    let mut rows = page.as_raw().chunks_exact((width * side).max(1));
    rows.any(|band| has_dark_run(&dark_pixels(band, width, side), side * side))
}

/// Dark pixels of each square of a band.
fn dark_pixels(band: &[u8], width: usize, side: usize) -> Vec<usize> {
    let mut squares = vec![0; width / side];
    for row in band.chunks_exact(width) {
        for (count, pixels) in squares.iter_mut().zip(row.chunks_exact(side)) {
            *count += pixels.iter().map(|pixel| usize::from(*pixel < DARK_BELOW)).sum::<usize>();
        }
    }
    squares
}

fn has_dark_run(dark: &[usize], pixels: usize) -> bool {
    let mut run = 0;
    dark.iter().any(|dark| {
        run = if dark * 2 > pixels { run + 1 } else { 0 };
        run >= RUN_SQUARES
    })
}

#[cfg(test)]
mod tests {
    use image::Luma;

    use super::*;
    use crate::contract;

    #[test]
    fn areas_are_seen_and_strokes_are_not() {
        let check = |left: u32, top: u32, width: u32, height: u32, expected: bool| {
            let inside =
                |x: u32, y: u32| (left..left + width).contains(&x) && (top..top + height).contains(&y);
            let page = GrayImage::from_fn(900, 600, |x, y| Luma([if inside(x, y) { 40 } else { 240 }]));
            assert_eq!(has_dark_area(&page, 300), expected, "{width} × {height} at {left}, {top}");
        };
        check(100, 100, 300, 40, true);
        check(107, 113, 300, 40, true);
        check(0, 0, 900, 600, true);
        check(100, 100, 300, 8, false);
        check(100, 100, 40, 400, false);
        check(0, 0, 0, 0, false);
    }

    #[test]
    fn black_text_on_white_is_no_area_and_white_text_on_black_is() {
        let mut page = contract::text_page();
        assert!(!has_dark_area(&page, 300));
        image::imageops::invert(&mut page);
        assert!(has_dark_area(&page, 300));
    }

    #[test]
    fn pages_smaller_than_a_square_have_no_area() {
        assert!(!has_dark_area(&GrayImage::new(0, 0), 300));
        assert!(!has_dark_area(&GrayImage::new(3, 3), 0));
        assert!(!has_dark_area(&GrayImage::new(10, 10), u32::MAX));
    }
}
