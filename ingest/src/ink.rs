//! Whether lines of text run upright, seen from the ink alone.

use image::{GrayImage, Luma, imageops};

/// Pages are looked at in this width: lines of 10-point text are still apart there.
const LOOK_WIDTH: u32 = 600;
/// Text running down the page makes columns of ink this much sharper than rows.
const SIDEWAYS_RATIO: f64 = 1.25;

/// Whether text seems to run down the page instead of across it: a cheap test before the dear question.
pub(crate) fn looks_sideways(gray: &GrayImage) -> bool {
    let small = shrink(gray);
    let mut rows = vec![0_f64; small.height() as usize];
    let mut columns = vec![0_f64; small.width() as usize];
    for (x, y, Luma([brightness])) in small.enumerate_pixels() {
        let darkness = f64::from(255 - brightness);
        rows[y as usize] += darkness;
        columns[x as usize] += darkness;
    }
    let across = sharpness(&rows) / f64::from(small.width()).max(1.0);
    let down = sharpness(&columns) / f64::from(small.height()).max(1.0);
    down > across * SIDEWAYS_RATIO
}

/// Mean change from one sum to the next: high where lines of text and gaps alternate.
fn sharpness(sums: &[f64]) -> f64 {
    let changes: f64 = sums.windows(2).map(|pair| (pair[1] - pair[0]).abs()).sum();
    changes / sums.len().max(1) as f64
}

fn shrink(gray: &GrayImage) -> GrayImage {
    if gray.width() <= LOOK_WIDTH {
        return gray.clone();
    }
    let scale = LOOK_WIDTH as f32 / gray.width() as f32;
    let height = ((gray.height() as f32 * scale) as u32).max(1);
    imageops::thumbnail(gray, LOOK_WIDTH, height)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page with `count` letter-like blocks of 12 × 16 pixels on lines of 40, each line beginning `shift` pixels further right: letters of text do not stand below each other.
    fn page_with_shifted_blocks(count: u32, shift: u32) -> GrayImage {
        let mut page = GrayImage::from_pixel(800, 1000, Luma([255]));
        for index in 0..count {
            let (left, top) = (40 + (index % 20) * 30 + index / 20 * shift % 30, 40 + (index / 20) * 40);
            for y in top..top + 16 {
                for x in left..left + 12 {
                    page.put_pixel(x, y, Luma([10]));
                }
            }
        }
        page
    }

    #[test]
    fn text_running_down_the_page_looks_sideways() {
        let page = page_with_shifted_blocks(400, 7);
        assert!(!looks_sideways(&page));
        assert!(looks_sideways(&imageops::rotate90(&page)));
    }
}
