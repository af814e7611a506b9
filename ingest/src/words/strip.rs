//! Cutting single lines out of a page, and how words stand to each other.

use image::{GrayImage, Luma};
use ocr::{PixelBox, Reading, Word};

/// Words below this confidence do not vouch for their ink.
const VOUCHING_CONFIDENCE: f32 = 25.0;
/// A word's box is this part of its height wide for each letter, or it is not where the word stands: the engine now and then gives a
/// word of six letters four pixels. The narrowest letters take 0.15.
const LETTER_WIDTH_MIN: f32 = 0.08;
/// A word higher than this, in heights of the page's words, is of a title, which is read surely, or was read across two lines.
const HEIGHT_MAX: f32 = 1.7;
const TALL_CONFIDENCE: f32 = 75.0;
/// Words that say how high the text of a page is.
const SURE_CONFIDENCE: f32 = 60.0;
/// Height of text on a page without words, in inches: 10 points with accents.
const TEXT_HEIGHT_INCHES: f32 = 0.13;
/// Space around a strip, across and upright, in heights of the page's words.
const PADDING: (f32, f32) = (0.4, 0.35);

/// Pixels around a place that its blurred edges reach.
const RIM: u32 = 2;

/// A line of text cut out of a page.
pub(crate) struct Strip {
    pub(crate) gray: GrayImage,
    /// Where its corner lies on the page.
    corner: (u32, u32),
}

impl Strip {
    /// What stands in `place`, with some paper around it and without the words of `others`.
    pub(crate) fn cut(gray: &GrayImage, place: &PixelBox, others: &[PixelBox], text_height: f32) -> Strip {
        let (across, upright) = ((PADDING.0 * text_height) as u32, (PADDING.1 * text_height) as u32);
        let (left, top) = (place.left.saturating_sub(across), place.top.saturating_sub(upright));
        let width = (place.right() + across).min(gray.width()) - left;
        let height = (place.bottom() + upright).min(gray.height()) - top;
        let mut cut = image::imageops::crop_imm(gray, left, top, width, height).to_image();
        let paper = brightness_of_paper(&cut);
        let area = PixelBox { left, top, width, height };
        for word in others.iter().filter(|word| word.intersection_area(&area) > 0) {
            for y in word.top.max(top)..word.bottom().min(top + height) {
                for x in word.left.max(left)..word.right().min(left + width) {
                    cut.put_pixel(x - left, y - top, paper);
                }
            }
        }
        Strip { gray: cut, corner: (left, top) }
    }

    /// What stands in these places, on paper without anything else.
    pub(crate) fn of_nothing_but(gray: &GrayImage, places: &[PixelBox], text_height: f32) -> Strip {
        let around = places.iter().copied().reduce(|a, b| a.union(&b)).unwrap_or_default();
        let Strip { gray: shown, corner } = Strip::cut(gray, &around, &[], text_height);
        let mut cut = GrayImage::from_pixel(shown.width(), shown.height(), brightness_of_paper(&shown));
        for place in places {
            let (left, top) = (place.left.saturating_sub(RIM), place.top.saturating_sub(RIM));
            for y in top.max(corner.1)..(place.bottom() + RIM).min(corner.1 + cut.height()) {
                for x in left.max(corner.0)..(place.right() + RIM).min(corner.0 + cut.width()) {
                    let (x, y) = (x - corner.0, y - corner.1);
                    cut.put_pixel(x, y, *shown.get_pixel(x, y));
                }
            }
        }
        Strip { gray: cut, corner }
    }

    /// A place of the page on the strip.
    #[cfg(test)]
    pub(crate) fn place_of(&self, place: &PixelBox) -> PixelBox {
        PixelBox { left: place.left - self.corner.0, top: place.top - self.corner.1, ..*place }
    }

    /// Words that were read on the strip, placed on the page.
    pub(crate) fn words(&self, found: Reading) -> Vec<Word> {
        let words = found.lines.into_iter().flat_map(|line| line.words);
        let place = |mut word: Word| {
            word.bounds.left += self.corner.0;
            word.bounds.top += self.corner.1;
            word
        };
        words.map(place).collect()
    }
}

/// Brightness of the paper: the upper quarter of what the strip shows.
fn brightness_of_paper(strip: &GrayImage) -> Luma<u8> {
    let mut pixels = strip.as_raw().clone();
    let at = pixels.len() * 3 / 4;
    if pixels.is_empty() { Luma([u8::MAX]) } else { Luma([*pixels.select_nth_unstable(at).1]) }
}

/// Height of the page's words in pixels: the middle one of those that were read surely.
pub(crate) fn text_height(reading: &Reading, dpi: u32) -> f32 {
    let sure = reading.words().filter(|word| word.confidence >= SURE_CONFIDENCE && word.letters() > 1);
    let boxes: Vec<PixelBox> = sure.map(|word| word.bounds).collect();
    height_of(&boxes, dpi)
}

/// The middle height of boxes of words; that of ordinary print where there are none.
pub(crate) fn height_of(words: &[PixelBox], dpi: u32) -> f32 {
    let mut heights: Vec<u32> = words.iter().map(|word| word.height).collect();
    heights.sort_unstable();
    let middle = heights.get(heights.len() / 2).map(|height| *height as f32);
    middle.unwrap_or(dpi as f32 * TEXT_HEIGHT_INCHES).max(1.0)
}

/// Boxes of the words that are sure enough to vouch for the ink under them.
pub(crate) fn vouched(reading: &Reading, text_height: f32) -> Vec<PixelBox> {
    reading.words().filter(|word| vouches(word, text_height)).map(|word| word.bounds).collect()
}

/// Whether a word is sure enough, and its box likely enough, to vouch for its ink.
pub(crate) fn vouches(word: &Word, text_height: f32) -> bool {
    let width_min = LETTER_WIDTH_MIN * word.bounds.height as f32 * word.letters() as f32;
    let is_tall = word.bounds.height as f32 > HEIGHT_MAX * text_height;
    let least = if is_tall { TALL_CONFIDENCE } else { VOUCHING_CONFIDENCE };
    word.confidence >= least && word.bounds.width as f32 >= width_min
}

/// Pixels between two boxes side by side; 0 when they overlap.
pub(crate) fn gap(a: &PixelBox, b: &PixelBox) -> f32 {
    (b.left.saturating_sub(a.right())).max(a.left.saturating_sub(b.right())) as f32
}

/// Whether two boxes share at least half of the height of the lower one.
pub(crate) fn are_level(a: &PixelBox, b: &PixelBox) -> bool {
    let shared = a.bottom().min(b.bottom()).saturating_sub(a.top.max(b.top));
    shared * 2 >= a.height.min(b.height)
}
