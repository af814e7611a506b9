//! Vân ảnh of a page: sixty-four signs of how ink lies on it, by which two scans of one sheet are alike whatever their resolution, noise
//! and compression. So are two papers of one printed form: it supports what the words say and decides nothing.

use image::{GrayImage, imageops};
use std::f64::consts::PI;

/// Side of the small picture whose waves are looked at: lines of text become greys, blocks of text stay.
const SIDE: u32 = 32;
/// Waves to each side that are kept, of the slowest on: eight times eight signs fill a number.
const WAVES: usize = 8;

/// The hash of an upright page: of each slow wave of its brightness (DCT-II) whether it is stronger than the middle one. None of a page
/// without a pixel.
pub(crate) fn of(page: &GrayImage) -> Option<u64> {
    if page.width() == 0 || page.height() == 0 {
        return None;
    }
    let small = imageops::thumbnail(page, SIDE, SIDE);
    let waves: Vec<f64> =
        (0..WAVES * WAVES).map(|wave| strength(&small, wave % WAVES, wave / WAVES)).collect();
    let mut sorted = waves.clone();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted[sorted.len() / 2];
    Some(waves.iter().fold(0, |signs, strength| signs << 1 | u64::from(*strength > middle)))
}

/// How strong a wave with so many half turns across and down is.
fn strength(small: &GrayImage, across: usize, down: usize) -> f64 {
    let turn = |at: u32, waves: usize| (PI * waves as f64 * (f64::from(at) + 0.5) / f64::from(SIDE)).cos();
    small.enumerate_pixels().map(|(x, y, grey)| f64::from(grey.0[0]) * turn(x, across) * turn(y, down)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;
    use image::imageops::FilterType;

    /// A page with blocks of ink at these places, in tenths of its sides.
    fn page(blocks: &[(u32, u32, u32, u32)]) -> GrayImage {
        let is_ink = |x: u32, y: u32| {
            blocks.iter().any(|(left, top, right, bottom)| {
                (left * 60..right * 60).contains(&x) && (top * 80..bottom * 80).contains(&y) && y % 20 < 8
            })
        };
        GrayImage::from_fn(600, 800, |x, y| Luma([if is_ink(x, y) { 40 } else { 240 }]))
    }

    const FORM: [(u32, u32, u32, u32); 3] = [(1, 1, 4, 2), (5, 1, 9, 3), (1, 4, 9, 8)];

    #[test]
    fn scans_of_one_sheet_are_near_and_other_sheets_far() {
        let hash = |page: &GrayImage| of(page).expect("a page with pixels");
        let form = hash(&page(&FORM));
        let check = |name: &str, page: &GrayImage, bits: std::ops::RangeInclusive<u32>| {
            let differ = (hash(page) ^ form).count_ones();
            assert!(bits.contains(&differ), "{name}: {differ} bits differ");
        };
        check("smaller", &imageops::resize(&page(&FORM), 400, 533, FilterType::Triangle), 0..=4);
        let mut noisy = page(&FORM);
        for (x, y, grey) in noisy.enumerate_pixels_mut() {
            grey.0[0] = grey.0[0].saturating_sub(((x * 31 + y * 17) % 23) as u8);
        }
        check("noisy", &noisy, 0..=4);
        check("another", &page(&[(1, 1, 9, 2), (2, 5, 5, 9)]), 16..=64);
        assert_eq!(of(&GrayImage::new(0, 0)), None);
    }
}
