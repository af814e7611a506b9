//! What the typed words of a page cover of what it draws: the judge between typed, scanned and mixed pages.
//!
//! The drawing is the witness, not the structure of the file: a signature stamp on a scan, a form filled in by hand, text drawn as
//! outlines, notes and stamps laid over a page, all of them are ink without typed words.

use crate::copy;
use crate::marks::{Ground, Marks};
use crate::page::{Raster, TypedLine, pixel_box};
use image::GrayImage;
use ocr::PixelBox;
use repository::record::Region;

/// When less than this share of the ink belongs to typed words, the page is a scan: a signature stamp covers 90–210 letters of
/// some 1,500.
const TYPED_SHARE_MIN: f32 = 0.5;
/// Loose ink below this share of a typed page are rules, ticks and specks.
const UNREAD_SHARE_MAX: f32 = 0.06;
/// Unread letters that make a place suspect; fewer are specks.
const UNREAD_MARKS_MIN: usize = 8;
/// Letter-sized: between these parts of the median word height.
const LETTER_HEIGHT: std::ops::RangeInclusive<f32> = 0.45..=1.8;
/// A letter is not much wider than high; longer marks are rules and edges.
const LETTER_ASPECT_MAX: f32 = 3.0;
/// Word boxes are widened by this part of the text height: accents stick out.
const WORD_MARGIN: f32 = 0.3;
/// Between the darkest and the brightest pixel of a word's box there is at least this much, or nothing is drawn there.
const SHOWN_CONTRAST_MIN: u8 = 24;
/// More words than this share that leave no trace are not specks of a drawing program: something is not drawn here.
const UNDRAWN_SHARE_MAX: f32 = 0.1;
/// Pixels around a word in which its paper shows.
const SHOWN_MARGIN: u32 = 2;
/// Loose ink is looked at in squares of this many to the page's width: about a line of text and its neighbours.
const SQUARES_ACROSS: u32 = 48;

/// How much of a page its typed words account for.
#[derive(Debug, PartialEq)]
pub(crate) enum Cover {
    /// All that looks like letters.
    All,
    /// So little that the page is better recognised whole.
    Little,
    /// A part; there are more letters in these places.
    Part(Vec<Region>),
}

/// The words that leave a trace on the drawing: white on white, cropped off or hidden words are no witnesses.
pub(crate) fn shown(mut lines: Vec<TypedLine>, raster: &Raster) -> Vec<TypedLine> {
    let gray = raster.image.to_luma8();
    for line in &mut lines {
        line.words.retain(|word| has_ink(&gray, &word.region));
    }
    lines.retain(|line| !line.words.is_empty());
    lines
}

/// Whether words of the file leave no trace on its drawing: their font is neither in the file nor here, so that others may see what is
/// not read, or they are hidden. Words beyond the edges, which are no wider than a pixel, were cut off on purpose.
pub(crate) fn misses_words(lines: &[TypedLine], raster: &Raster) -> bool {
    let gray = raster.image.to_luma8();
    let words = lines.iter().flat_map(|line| &line.words);
    let words = words.filter(|word| word.region.width > 1 && word.region.height > 1);
    let drawn: Vec<bool> = words.map(|word| has_ink(&gray, &word.region)).collect();
    let missing = drawn.iter().filter(|is_drawn| !**is_drawn).count();
    missing as f32 > UNDRAWN_SHARE_MAX * drawn.len() as f32
}

fn has_ink(gray: &GrayImage, word: &Region) -> bool {
    let (left, top) = (word.left.saturating_sub(SHOWN_MARGIN), word.top.saturating_sub(SHOWN_MARGIN));
    let right = (word.left + word.width + SHOWN_MARGIN).min(gray.width());
    let bottom = (word.top + word.height + SHOWN_MARGIN).min(gray.height());
    let rows = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
    let (darkest, brightest) = rows
        .map(|(x, y)| gray.get_pixel(x, y).0[0])
        .fold((u8::MAX, 0), |(darkest, brightest), pixel| (pixel.min(darkest), pixel.max(brightest)));
    brightest.saturating_sub(darkest) >= SHOWN_CONTRAST_MIN
}

/// Judges a page by its drawing. `pictures`: where the file places pictures; a few letters there count, for a pasted card is small
/// beside a page of text.
pub(crate) fn of(lines: &[TypedLine], raster: &Raster, pictures: &[Region]) -> Cover {
    let words: Vec<PixelBox> =
        lines.iter().flat_map(|line| &line.words).map(|word| pixel_box(word.region)).collect();
    let (unread, all) = letter_ink(&copy::without_seals(&raster.image, raster.dpi), raster.dpi, &words);
    if unread.len() < UNREAD_MARKS_MIN {
        return Cover::All;
    }
    if (all - unread.len()) as f32 <= TYPED_SHARE_MIN * all as f32 {
        return Cover::Little;
    }
    let (on_pictures, loose): (Vec<&PixelBox>, Vec<&PixelBox>) =
        unread.iter().partition(|mark| pictures.iter().any(|picture| holds(picture, mark)));
    let holds_letters = |picture: &&Region| {
        on_pictures.iter().filter(|mark| holds(picture, mark)).count() >= UNREAD_MARKS_MIN
    };
    let mut areas: Vec<Region> = pictures.iter().filter(holds_letters).copied().collect();
    if loose.len() >= UNREAD_MARKS_MIN {
        areas.extend(squares(&loose, raster.image.width(), raster.image.height()));
    }
    let share = unread.len() as f32 / all.max(1) as f32;
    if areas.is_empty() && share <= UNREAD_SHARE_MAX { Cover::All } else { Cover::Part(areas) }
}

/// The letter-sized marks that no word covers, and how many letter-sized marks there are.
fn letter_ink(gray: &GrayImage, dpi: u32, words: &[PixelBox]) -> (Vec<PixelBox>, usize) {
    let mut heights: Vec<u32> = words.iter().map(|word| word.height).collect();
    heights.sort_unstable();
    let text_height =
        heights.get(heights.len() / 2).map_or(gray.height() as f32 / 100.0, |height| *height as f32);
    let is_letter = |mark: &PixelBox| {
        LETTER_HEIGHT.contains(&(mark.height as f32 / text_height.max(1.0)))
            && (mark.width as f32) < LETTER_ASPECT_MAX * mark.height as f32
    };
    let marks = Marks::find(gray, &Ground::of(gray, dpi)).marks;
    let letters: Vec<PixelBox> = marks.iter().map(|mark| mark.bounds).filter(is_letter).collect();
    let margin = (text_height * WORD_MARGIN) as u32;
    let is_unread = |mark: &&PixelBox| !words.iter().any(|word| is_within(mark, word, margin));
    (letters.iter().filter(is_unread).copied().collect(), letters.len())
}

fn is_within(mark: &PixelBox, word: &PixelBox, margin: u32) -> bool {
    let (x, y) = (mark.left + mark.width / 2, mark.top + mark.height / 2);
    (word.left.saturating_sub(margin)..word.left + word.width + margin).contains(&x)
        && (word.top.saturating_sub(margin)..word.top + word.height + margin).contains(&y)
}

fn holds(picture: &Region, mark: &PixelBox) -> bool {
    let (x, y) = (mark.left + mark.width / 2, mark.top + mark.height / 2);
    (picture.left..picture.left + picture.width).contains(&x)
        && (picture.top..picture.top + picture.height).contains(&y)
}

/// The squares that hold marks, each with its neighbours to the left and right.
fn squares(marks: &[&PixelBox], width: u32, height: u32) -> Vec<Region> {
    let side = (width / SQUARES_ACROSS).max(1);
    let mut rows: std::collections::BTreeSet<(u32, u32)> = std::collections::BTreeSet::new();
    for mark in marks {
        let (column, row) = ((mark.left + mark.width / 2) / side, (mark.top + mark.height / 2) / side);
        for row in row.saturating_sub(1)..=row + 1 {
            for column in column.saturating_sub(1)..=column + 1 {
                rows.insert((row, column));
            }
        }
    }
    let square = |(row, column): (u32, u32)| {
        let (left, top) = (column * side, row * side);
        Region {
            left,
            top,
            width: side.min(width.saturating_sub(left)),
            height: side.min(height.saturating_sub(top)),
        }
    };
    rows.into_iter().map(square).filter(|square| square.width > 0 && square.height > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::TypedWord;
    use image::{DynamicImage, Luma};

    const COLUMNS: u32 = 20;

    /// A page with lines of twenty letter-like blocks; the first `typed` lines have a typed word over each block.
    fn page(rows: u32, typed: u32) -> (Vec<TypedLine>, Raster) {
        let mut gray = GrayImage::from_pixel(800, 1000, Luma([255]));
        for index in 0..rows * COLUMNS {
            let block = block(index);
            for y in block.top..block.top + block.height {
                for x in block.left..block.left + block.width {
                    gray.put_pixel(x, y, Luma([10]));
                }
            }
        }
        let word = |index| TypedWord { text: "x".into(), region: block(index) };
        let line = |row| TypedLine { words: (row * COLUMNS..(row + 1) * COLUMNS).map(word).collect() };
        let raster = Raster {
            image: DynamicImage::ImageLuma8(gray),
            dpi: 150,
            turned_degrees: 0,
            reasons: Vec::new(),
        };
        ((0..typed).map(line).collect(), raster)
    }

    fn block(index: u32) -> Region {
        Region { left: 40 + index % COLUMNS * 30, top: 40 + index / COLUMNS * 40, width: 12, height: 16 }
    }

    #[test]
    fn typed_words_cover_all_a_part_or_little() {
        let judge = |rows, typed, pictures: &[Region]| {
            let (lines, raster) = page(rows, typed);
            of(&lines, &raster, pictures)
        };
        assert_eq!(judge(20, 20, &[]), Cover::All);
        assert_eq!(judge(20, 2, &[]), Cover::Little, "a signature stamp on a scan");
        let pasted = Region { left: 0, top: 780, width: 800, height: 60 };
        assert_eq!(judge(20, 19, &[pasted]), Cover::Part(vec![pasted]), "a pasted scan is looked at alone");
        assert!(matches!(judge(20, 18, &[]), Cover::Part(areas) if areas.iter().all(|area| area.top > 680)));
        assert_eq!(judge(20, 20, &[pasted]), Cover::All, "a picture without letters is no scan");
    }

    #[test]
    fn words_without_ink_are_no_witnesses() {
        let (lines, raster) = page(10, 12);
        assert_eq!(shown(lines, &raster).len(), 10);
    }

    #[test]
    fn words_that_are_not_drawn_are_told() {
        let check = |rows: u32, typed: u32, expected: bool| {
            let (lines, raster) = page(rows, typed);
            assert_eq!(misses_words(&lines, &raster), expected, "{typed} lines on {rows}");
        };
        check(10, 10, false);
        check(10, 11, false);
        check(10, 12, true);
        check(0, 1, true);
        check(10, 0, false);
    }
}
