//! The picture of one page on its way from the child to the PDF, and what the parent believes of it.

use super::RenditionError;
use crate::problem::reason;
use crate::protocol::{Frame, write_json};
use crate::reader::{Reader, ReaderError};
use crate::source::{PAGE_PIXELS_MAX, Source};
use crate::{FileKind, jail};
use image::metadata::Orientation;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes of one page's picture at most: a page at the pixel budget as JPEG of the best quality has about 100 MB.
pub(crate) const STREAM_BYTES_MAX: u32 = 128 << 20;
/// Pages that one child hands out: each child is given the whole file anew, and pdfium's memory grows with the pages it opened.
const PAGES_PER_CHILD: u32 = 64;
/// A picture never reaches further over its page than this many times the page: honest ones fill it.
const PLACEMENT_MAX: f64 = 8.0;

/// How a page's picture is coded; the bytes themselves travel beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PagePicture {
    pub(crate) coding: Coding,
    /// Pixels as coded.
    pub(crate) width: u32,
    /// Pixels as coded.
    pub(crate) height: u32,
    /// Bits of one component.
    pub(crate) bits: u8,
    pub(crate) colours: Colours,
    /// Where it lies on the page as the file shows it, before the reader turned that page upright.
    pub(crate) placement: Placement,
}

/// A coding that PDF knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Coding {
    /// JPEG, whole file.
    Jpeg,
    /// CCITT group 4; whether a coded black pixel is a 1 (white, as grey).
    Fax { black_is_1: bool },
    /// The IDAT of a PNG.
    Png,
}

/// What the components of a pixel mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Colours {
    Gray,
    Rgb,
    /// Red, green, blue of each number.
    Palette(Vec<u8>),
}

/// An affine map from the picture's unit square to the page's, both with y upwards: `[a b c d e f]` as PDF writes it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Placement(pub(crate) [f64; 6]);

impl Placement {
    /// The picture fills the page as it is.
    pub(crate) const UPRIGHT: Placement = Placement([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// The picture fills the page once it is turned as the camera or scanner said.
    pub(crate) fn oriented(orientation: Orientation) -> Placement {
        Placement(match orientation {
            Orientation::NoTransforms => Placement::UPRIGHT.0,
            Orientation::FlipHorizontal => [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0],
            Orientation::Rotate180 => [-1.0, 0.0, 0.0, -1.0, 1.0, 1.0],
            Orientation::FlipVertical => [1.0, 0.0, 0.0, -1.0, 0.0, 1.0],
            Orientation::Rotate90 => [0.0, -1.0, 1.0, 0.0, 0.0, 1.0],
            Orientation::Rotate270 => [0.0, 1.0, -1.0, 0.0, 1.0, 0.0],
            Orientation::Rotate90FlipH => [0.0, -1.0, -1.0, 0.0, 1.0, 1.0],
            Orientation::Rotate270FlipH => [0.0, 1.0, 1.0, 0.0, 0.0, 0.0],
        })
    }

    /// The same picture on the page turned clockwise by whole right angles.
    pub(crate) fn turned(self, clockwise_degrees: u16) -> Placement {
        self.then(Placement::oriented(match clockwise_degrees {
            90 => Orientation::Rotate90,
            180 => Orientation::Rotate180,
            270 => Orientation::Rotate270,
            _ => Orientation::NoTransforms,
        }))
    }

    /// This map, then the other.
    pub(crate) fn then(self, Placement([a, b, c, d, e, f]): Placement) -> Placement {
        let at = |x: f64, y: f64| (a * x + c * y, b * x + d * y);
        let [ax, ay, bx, by, ox, oy] = self.0;
        let ((ax, ay), (bx, by), (ox, oy)) = (at(ax, ay), at(bx, by), at(ox, oy));
        Placement([ax, ay, bx, by, ox + e, oy + f])
    }

    /// The map back; none when the picture has no area.
    pub(crate) fn inverse(self) -> Option<Placement> {
        let [a, b, c, d, e, f] = self.0;
        let area = a * d - b * c;
        let inverse =
            [d / area, -b / area, -c / area, a / area, (c * f - d * e) / area, (b * e - a * f) / area];
        inverse.iter().all(|number| number.is_finite()).then_some(Placement(inverse))
    }

    /// Where a point of the picture lies on the page.
    pub(crate) fn apply(self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.0;
        (a * x + c * y + e, b * x + d * y + f)
    }
}

impl PagePicture {
    /// What the parent checks before it writes any of it: a child that parsed hostile bytes may say anything.
    fn is_believable(&self) -> bool {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let palette = match &self.colours {
            Colours::Palette(entries) => {
                !entries.is_empty() && entries.len() <= 3 * 256 && entries.len() % 3 == 0
            }
            Colours::Gray | Colours::Rgb => true,
        };
        let placed =
            self.placement.0.iter().all(|number| number.is_finite() && number.abs() <= PLACEMENT_MAX);
        (1..=PAGE_PIXELS_MAX).contains(&pixels)
            && matches!(self.bits, 1 | 2 | 4 | 8 | 16)
            && palette
            && placed
    }
}

/// The child's side: hands out the pictures of these pages, in order.
pub(crate) fn give_pictures(
    source: &mut dyn Source,
    pages: &[u32],
    output: &mut impl Write,
) -> io::Result<()> {
    if source.is_signed() {
        write_json(output, &Frame::Signed)?;
        return output.flush();
    }
    for &number in pages {
        jail::arm_page_clock();
        let picture =
            if number <= source.page_count() { source.picture(number) } else { Err(reason::DAMAGED) };
        match picture {
            Ok((picture, stream)) if stream.len() as u64 <= u64::from(STREAM_BYTES_MAX) => {
                let stream_bytes = stream.len() as u32;
                write_json(output, &Frame::Picture { number, picture: Box::new(picture), stream_bytes })?;
                output.write_all(&stream)?;
            }
            Ok(_) => write_json(output, &Frame::NoPicture { number, reason: reason::PIXEL_BUDGET.into() })?,
            Err(reason) => write_json(output, &Frame::NoPicture { number, reason: reason.into() })?,
        }
        output.flush()?;
    }
    Ok(())
}

type OnPicture<'a> = dyn FnMut(u32, PagePicture, Vec<u8>) -> Result<(), RenditionError> + 'a;

impl Reader {
    /// The parent's side: the picture of each of these pages, in this order.
    pub(super) fn each_picture(
        &self,
        file: &[u8],
        pages: &[u32],
        stop: &AtomicBool,
        on_picture: &mut OnPicture,
    ) -> Result<(), RenditionError> {
        let kind = crate::reader::kind_of(file).map_err(ReaderError::from)?;
        for share in pages.chunks(PAGES_PER_CHILD as usize) {
            self.share_of_pictures(kind, file, share, stop, on_picture)?;
        }
        Ok(())
    }

    fn share_of_pictures(
        &self,
        kind: FileKind,
        file: &[u8],
        share: &[u32],
        stop: &AtomicBool,
        on_picture: &mut OnPicture,
    ) -> Result<(), RenditionError> {
        let mut left = share.iter().copied();
        let mut next = left.next();
        let mut failed = None;
        let request = self.picture_request(kind, share.to_vec(), file.len());
        let ended = self.converse(&request, file, stop, &mut |frame, stream| {
            let result = match (frame, stream) {
                (Frame::Signed, _) => Err(RenditionError::Signed),
                (Frame::NoPicture { number, reason }, _) => {
                    Err(RenditionError::Page { number, reason: reason::known(&reason).into() })
                }
                (Frame::Picture { number, picture, .. }, Some(stream))
                    if Some(number) == next && picture.is_believable() =>
                {
                    next = left.next();
                    on_picture(number, *picture, stream)
                }
                _ => return false,
            };
            if let Err(error) = result {
                failed.get_or_insert(error);
                stop.store(true, Ordering::Relaxed);
            }
            true
        });
        match (failed, ended, next) {
            (Some(error), _, _) => Err(error),
            (None, Err(error), _) => Err(error.into()),
            (None, Ok(ended), Some(number)) => {
                Err(RenditionError::Page { number, reason: ended.reason().into() })
            }
            (None, Ok(_), None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_orientation_maps_corners_as_the_decoder_turns_pixels() {
        // A picture of 2 × 3 different pixels, turned by the decoder's own rule and by the placement.
        let picture = image::GrayImage::from_fn(2, 3, |x, y| image::Luma([(10 * x + y) as u8]));
        for orientation in (1..=8).filter_map(Orientation::from_exif) {
            let mut turned = image::DynamicImage::ImageLuma8(picture.clone());
            turned.apply_orientation(orientation);
            let (width, height) = (turned.width(), turned.height());
            let placement = Placement::oriented(orientation);
            for (x, y, pixel) in picture.enumerate_pixels() {
                let (u, v) = ((f64::from(x) + 0.5) / 2.0, 1.0 - (f64::from(y) + 0.5) / 3.0);
                let (u, v) = placement.apply(u, v);
                let (x, y) = ((u * f64::from(width)) as u32, ((1.0 - v) * f64::from(height)) as u32);
                assert_eq!(turned.to_luma8().get_pixel(x, y), pixel, "{orientation:?}");
            }
        }
    }

    #[test]
    fn there_and_back_is_where_it_was() {
        let placement = Placement([0.9, 0.1, -0.2, 0.7, 0.05, 0.1]).turned(90);
        let (x, y) = placement.apply(0.3, 0.6);
        let (x, y) = placement.inverse().expect("an area").apply(x, y);
        assert!((x - 0.3).abs() < 1e-9 && (y - 0.6).abs() < 1e-9, "{x} {y}");
        assert_eq!(Placement([1.0, 1.0, 1.0, 1.0, 0.0, 0.0]).inverse(), None);
    }

    #[test]
    fn the_parent_believes_only_what_can_be() {
        let honest = PagePicture {
            coding: Coding::Jpeg,
            width: 2480,
            height: 3508,
            bits: 8,
            colours: Colours::Rgb,
            placement: Placement::UPRIGHT,
        };
        let check = |picture: PagePicture, expected: bool| {
            assert_eq!(picture.is_believable(), expected, "{picture:?}")
        };
        check(honest.clone(), true);
        check(PagePicture { width: 0, ..honest.clone() }, false);
        check(PagePicture { width: u32::MAX, height: u32::MAX, ..honest.clone() }, false);
        check(PagePicture { bits: 7, ..honest.clone() }, false);
        check(PagePicture { colours: Colours::Palette(vec![0; 4]), ..honest.clone() }, false);
        check(PagePicture { placement: Placement([f64::NAN; 6]), ..honest.clone() }, false);
        check(PagePicture { placement: Placement([1e9; 6]), ..honest }, false);
    }
}
