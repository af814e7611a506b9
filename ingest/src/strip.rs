//! Dải ảnh cắt: places of a page one below the other in one small picture, so that each can be shown beside the input that it belongs to.
//! One picture for all of them is one look at the page, and one entry of the log.
//!
//! Where each place stands is worked out by [`Strip::of`], a function of values, for who draws the strip and for who shows it.

use crate::protocol::{Frame, write_json};
use crate::reader::{Reader, ReaderError, kind_of};
use crate::source::Source;
use crate::{jail, picture};
use image::{DynamicImage, RgbImage, imageops};
use repository::record::{Page, Region};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

/// What is shown around a place, as a share of its height: accents above and below, and the words that stand before and behind.
const MARGIN: f32 = 0.4;
/// The highest place, as a share of the page: four lines of a form. Of a higher one the first lines are shown.
const PAGE_SHARE_MAX: u32 = 8;
/// Places in one strip at most: a form has some forty fields, the data dictionary twice as many.
const BANDS_MAX: usize = 100;

/// How the places of a page stand in one picture, all in pixels of the page: the picture may be drawn smaller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strip {
    page_width: u32,
    page_height: u32,
    /// As wide as the widest place.
    pub width: u32,
    /// All places, one below the other.
    pub height: u32,
    /// The places, in the order in which they were named.
    pub bands: Vec<Band>,
}

/// One place of the page in the strip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// What is cut out of the page: the place with its margins.
    pub cut: Region,
    /// How far below the upper edge of the strip it begins; on the left it begins at the edge.
    pub top: u32,
}

impl Strip {
    /// Lays out these places of a page.
    pub fn of(page: &Page, places: impl IntoIterator<Item = Region>) -> Strip {
        let mut strip = Strip {
            page_width: page.width.max(1),
            page_height: page.height.max(1),
            width: 0,
            height: 0,
            bands: Vec::new(),
        };
        for place in places.into_iter().take(BANDS_MAX) {
            let cut = strip.with_margins(place);
            strip.bands.push(Band { cut, top: strip.height });
            strip.width = strip.width.max(cut.width);
            strip.height += cut.height;
        }
        strip
    }

    fn with_margins(&self, place: Region) -> Region {
        let margin = (place.height as f32 * MARGIN).ceil() as u32;
        let (left, top) = (place.left.min(self.page_width - 1), place.top.min(self.page_height - 1));
        let (right, bottom) = (left.saturating_add(place.width), top.saturating_add(place.height));
        let (left, top) = (left.saturating_sub(margin), top.saturating_sub(margin));
        let right = right.saturating_add(margin).min(self.page_width);
        let bottom = bottom.saturating_add(margin).min(self.page_height);
        let height_max = (self.page_height / PAGE_SHARE_MAX).max(1);
        Region {
            left,
            top,
            width: right.saturating_sub(left).max(1),
            height: (bottom.saturating_sub(top)).clamp(1, height_max),
        }
    }

    /// The child's side: cuts the places out of the page.
    fn draw(&self, page: &DynamicImage) -> RgbImage {
        let scale = f64::from(page.width()) / f64::from(self.page_width);
        let pixels = |length: u32| (f64::from(length) * scale).round() as u32;
        let (width, height) = (pixels(self.width).max(1), pixels(self.height).max(1));
        let mut strip = RgbImage::from_pixel(width, height, image::Rgb([255, 255, 255]));
        for Band { cut, top } in &self.bands {
            let cut_out = page.crop_imm(
                pixels(cut.left),
                pixels(cut.top),
                pixels(cut.width).max(1),
                pixels(cut.height).max(1),
            );
            imageops::replace(&mut strip, &cut_out.to_rgb8(), 0, i64::from(pixels(*top)));
        }
        strip
    }
}

impl Reader {
    /// Draws a strip from the picture of its page, a JPEG; none: it cannot be drawn. The picture was made from untrusted bytes, so it is opened
    /// in a jail as they were.
    ///
    /// # Errors
    /// See [`ReaderError`].
    pub fn draw_strip(
        &self,
        page_jpeg: &[u8],
        strip: Strip,
        stop: &AtomicBool,
    ) -> Result<Option<Vec<u8>>, ReaderError> {
        let request = self.strip_request(kind_of(page_jpeg)?, strip, page_jpeg.len());
        let mut drawn = None;
        self.converse(&request, page_jpeg, stop, &mut |frame, picture| {
            let is_strip = matches!(frame, Frame::Strip { .. });
            if is_strip {
                drawn = picture;
            }
            is_strip
        })?;
        Ok(drawn)
    }
}

/// The child's side: draws the strip of the one page.
pub(crate) fn give_strip(source: &mut dyn Source, strip: &Strip, output: &mut impl Write) -> io::Result<()> {
    jail::arm_page_clock();
    let drawn = match source.page(1) {
        Ok(mut content) => {
            let page = std::mem::take(&mut content.raster_mut().image);
            picture::of_strip(&DynamicImage::ImageRgb8(strip.draw(&page)))
        }
        Err(_) => None,
    };
    let jpeg = drawn.unwrap_or_default();
    let picture_bytes = u32::try_from(jpeg.len()).map_err(io::Error::other)?;
    write_json(output, &Frame::Strip { picture_bytes })?;
    output.write_all(&jpeg)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::child::failed_page;

    fn page(width: u32, height: u32) -> Page {
        Page { width, height, ..failed_page(1, &[]) }
    }

    fn region(left: u32, top: u32, width: u32, height: u32) -> Region {
        Region { left, top, width, height }
    }

    #[test]
    fn places_stand_one_below_the_other_with_their_margins() {
        let strip = Strip::of(&page(1000, 1600), [region(100, 200, 300, 50), region(500, 800, 100, 20)]);
        let expected = [
            Band { cut: region(80, 180, 340, 90), top: 0 },
            Band { cut: region(492, 792, 116, 36), top: 90 },
        ];
        assert_eq!(strip.bands, expected);
        assert_eq!((strip.width, strip.height), (340, 126));
    }

    #[test]
    fn whatever_place_is_named_the_cut_lies_on_the_page() {
        let check = |place: Region| {
            let strip = Strip::of(&page(1000, 1600), [place]);
            let cut = strip.bands[0].cut;
            assert!(cut.left + cut.width <= 1000 && cut.top + cut.height <= 1600, "{place:?} {cut:?}");
            assert!(cut.width > 0 && (1..=200).contains(&cut.height), "{place:?} {cut:?}");
        };
        check(region(0, 0, 1000, 1600));
        check(region(990, 1590, 500, 500));
        check(region(u32::MAX, u32::MAX, u32::MAX, u32::MAX));
        check(region(10, 10, 0, 0));
        assert_eq!(Strip::of(&page(0, 0), []).bands, []);
    }

    #[test]
    fn a_strip_shows_what_stands_in_its_places() {
        let mut image = RgbImage::from_pixel(500, 800, image::Rgb([255, 255, 255]));
        for x in 50..200 {
            for y in 100..125 {
                image.put_pixel(x, y, image::Rgb([10, 20, 30]));
            }
        }
        // The picture is half as large as the page.
        let strip = Strip::of(&page(1000, 1600), [region(600, 900, 60, 10), region(100, 200, 300, 50)]);
        let drawn = strip.draw(&DynamicImage::ImageRgb8(image));
        assert_eq!((drawn.width(), drawn.height()), (170, 54));
        let ink = |x: u32, y: u32| drawn.get_pixel(x, y).0 == [10, 20, 30];
        assert!(!ink(5, 5), "the first place is empty");
        let top = strip.bands[1].top / 2;
        assert!(ink(15, top + 15) && !ink(2, top + 2), "the second has its ink, and white around it");
    }
}
