//! Where there is ink: whether lines run upright, and whether every letter-sized mark was read.
//!
//! Tesseract silently drops whole lines beside dotted leaders and seals; nobody would know without counting ink.

use image::{GrayImage, Luma, imageops};
use imageproc::region_labelling::{Connectivity, connected_components};
use ocr::{PixelBox, Reading};

/// More letter-sized ink than this without words: something was not read.
pub(crate) const UNREAD_SHARE_MAX: f32 = 0.06;

/// Pages are looked at in this width: letters of 10-point text are still five pixels high there.
const LOOK_WIDTH: u32 = 1_200;
/// Darker than its surroundings by this much is ink.
const INK_CONTRAST: i32 = 28;
/// Half the window that a pixel is compared with, in looked-at pixels: about two text heights.
const WINDOW_RADIUS: u32 = 18;
/// Letter-sized: between these parts of the median word height.
const LETTER_HEIGHT: std::ops::RangeInclusive<f32> = 0.45..=1.8;
/// A letter is not much wider than high; longer marks are rules and edges.
const LETTER_ASPECT_MAX: f32 = 3.0;
/// Words below this confidence do not vouch for their ink.
const VOUCHING_CONFIDENCE: f32 = 25.0;
/// Word boxes are widened by this part of the text height: accents stick out.
const WORD_MARGIN: f32 = 0.3;
/// Fewer letter-sized marks than this say nothing about a page.
const MARKS_MIN: usize = 12;
/// Unread marks that make a page suspect whatever their share; fewer are specks.
const UNREAD_MARKS_MIN: usize = 8;
/// Text running down the page makes columns of ink this much sharper than rows.
const SIDEWAYS_RATIO: f64 = 1.25;

/// Whether text seems to run down the page instead of across it: a cheap test before the dear question.
pub(crate) fn looks_sideways(gray: &GrayImage) -> bool {
    let (small, _) = shrink(gray, LOOK_WIDTH / 2);
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

/// Boxes of the words that are sure enough to vouch for the ink under them.
pub(crate) fn vouched(reading: &Reading) -> Vec<PixelBox> {
    let sure = reading.words().filter(|word| word.confidence >= VOUCHING_CONFIDENCE);
    sure.map(|word| word.bounds).collect()
}

/// Share of the letter-sized ink on an upright page that none of `words` covers: 0 when all was read.
pub(crate) fn unread_share(gray: &GrayImage, words: &[PixelBox]) -> f32 {
    let (small, scale) = shrink(gray, LOOK_WIDTH);
    let text_height = median_height(words).unwrap_or(gray.height() as f32 / 100.0) * scale;
    let marks: Vec<PixelBox> =
        marks(&small).into_iter().filter(|mark| is_letter_sized(mark, text_height)).collect();
    if marks.len() < MARKS_MIN {
        return 0.0;
    }
    let covered = cover(&small, words, scale, text_height * WORD_MARGIN);
    let unread = marks.iter().filter(|mark| !is_covered(&covered, mark)).count();
    if unread < UNREAD_MARKS_MIN { 0.0 } else { unread as f32 / marks.len() as f32 }
}

fn shrink(gray: &GrayImage, width: u32) -> (GrayImage, f32) {
    if gray.width() <= width {
        return (gray.clone(), 1.0);
    }
    let scale = width as f32 / gray.width() as f32;
    let height = ((gray.height() as f32 * scale) as u32).max(1);
    (imageops::thumbnail(gray, width, height), scale)
}

/// Boxes of all connected marks that are darker than their surroundings.
fn marks(gray: &GrayImage) -> Vec<PixelBox> {
    let ink = imageproc::contrast::adaptive_threshold(gray, WINDOW_RADIUS, INK_CONTRAST);
    let ink = GrayImage::from_fn(ink.width(), ink.height(), |x, y| Luma([255 - ink.get_pixel(x, y).0[0]]));
    let labels = connected_components(&ink, Connectivity::Eight, Luma([0]));
    let mut edges: Vec<Option<(u32, u32, u32, u32)>> = Vec::new();
    for (x, y, Luma([label])) in labels.enumerate_pixels() {
        let label = *label as usize;
        if label == 0 {
            continue;
        }
        if edges.len() <= label {
            edges.resize(label + 1, None);
        }
        let (left, top, right, bottom) = edges[label].unwrap_or((x, y, x, y));
        edges[label] = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
    }
    let boxes = edges.into_iter().flatten().map(|(left, top, right, bottom)| PixelBox {
        left,
        top,
        width: right - left + 1,
        height: bottom - top + 1,
    });
    boxes.collect()
}

fn is_letter_sized(mark: &PixelBox, text_height: f32) -> bool {
    let height = mark.height as f32;
    LETTER_HEIGHT.contains(&(height / text_height.max(1.0)))
        && (mark.width as f32) < LETTER_ASPECT_MAX * height
}

fn median_height(words: &[PixelBox]) -> Option<f32> {
    let mut heights: Vec<u32> = words.iter().map(|word| word.height).collect();
    heights.sort_unstable();
    heights.get(heights.len() / 2).map(|height| *height as f32)
}

/// A mask of the pixels that words cover.
fn cover(small: &GrayImage, words: &[PixelBox], scale: f32, margin: f32) -> GrayImage {
    let mut covered = GrayImage::new(small.width(), small.height());
    for word in words {
        let left = (word.left as f32 * scale - margin).max(0.0) as u32;
        let top = (word.top as f32 * scale - margin).max(0.0) as u32;
        let right = ((word.right() as f32 * scale + margin) as u32).min(small.width());
        let bottom = ((word.bottom() as f32 * scale + margin) as u32).min(small.height());
        for y in top..bottom {
            for x in left..right {
                covered.put_pixel(x, y, Luma([255]));
            }
        }
    }
    covered
}

fn is_covered(covered: &GrayImage, mark: &PixelBox) -> bool {
    covered.get_pixel(mark.left + mark.width / 2, mark.top + mark.height / 2).0[0] != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use ocr::{EngineIdentity, Line, Word};

    /// A page with `count` letter-like blocks of 12 × 16 pixels on lines of 40.
    fn page_with_blocks(count: u32) -> GrayImage {
        page_with_shifted_blocks(count, 0)
    }

    /// The same with each line beginning `shift` pixels further right: letters of text do not stand below each other.
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

    fn reading_of_lines(lines: u32) -> Reading {
        let engine = EngineIdentity {
            name: "by hand".into(),
            version: "1".into(),
            model: "none".into(),
            model_sha256: String::new(),
        };
        let line = |row: u32| {
            let word = |column: u32| Word {
                text: "x".into(),
                bounds: PixelBox { left: 40 + column * 30, top: 40 + row * 40, width: 12, height: 16 },
                confidence: 95.0,
            };
            Line { words: (0..20).map(word).collect(), block: 0 }
        };
        Reading { engine, lines: (0..lines).map(line).collect() }
    }

    #[test]
    fn ink_without_words_is_counted() {
        let page = page_with_blocks(100);
        assert_eq!(unread_share(&page, &vouched(&reading_of_lines(5))), 0.0, "all five lines were read");
        assert!(
            (unread_share(&page, &vouched(&reading_of_lines(4))) - 0.2).abs() < 0.01,
            "one line of five was lost"
        );
        assert_eq!(unread_share(&page_with_blocks(0), &[]), 0.0, "an empty page has no ink");
    }

    #[test]
    fn text_running_down_the_page_looks_sideways() {
        let page = page_with_shifted_blocks(400, 7);
        assert!(!looks_sideways(&page));
        assert!(looks_sideways(&imageops::rotate90(&page)));
    }
}
