//! Where the pixels of a reading copy lie on the picture of the page that people see.
//!
//! People see what was scanned, turned by right angles at most; a copy may be straightened further. Its words are brought
//! back, so that boxes, crops and renditions always refer to the scan.

use image::{GrayImage, Luma};
use imageproc::geometric_transformations::{Border, Interpolation, Projection, warp_into};
use ocr::PixelBox;

/// What lies outside the scan is drawn as paper.
const OUTSIDE: Luma<u8> = Luma([255]);

/// From pixels of the picture to pixels of the copy; none when they are the same.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    to_copy: Option<Projection>,
}

impl Place {
    /// The copy bent by `bend`, drawn in the size given; and where its pixels lie now.
    pub(crate) fn bent(
        self,
        gray: &GrayImage,
        bend: Projection,
        (width, height): (u32, u32),
    ) -> (GrayImage, Self) {
        let mut bent = GrayImage::new(width, height);
        warp_into(gray, bend, Interpolation::Bilinear, Border::Constant(OUTSIDE), &mut bent);
        let to_copy = self.to_copy.map_or(bend, |before| before.and_then(bend));
        (bent, Self { to_copy: Some(to_copy) })
    }

    /// The box on the picture around a box of the copy.
    pub(crate) fn on_picture(&self, bounds: PixelBox, picture: (u32, u32)) -> PixelBox {
        self.to_copy.map_or(bounds, |to_copy| around(to_copy.invert(), bounds, picture))
    }

    /// The box on the copy around a box of the picture.
    pub(crate) fn on_copy(&self, bounds: PixelBox, copy: (u32, u32)) -> PixelBox {
        self.to_copy.map_or(bounds, |to_copy| around(to_copy, bounds, copy))
    }
}

/// The box around the corners of `bounds` where `projection` brings them, cut to the image, one pixel at least.
fn around(projection: Projection, bounds: PixelBox, (width, height): (u32, u32)) -> PixelBox {
    let (left, top) = (bounds.left as f32, bounds.top as f32);
    let (right, bottom) = (bounds.right() as f32, bounds.bottom() as f32);
    let corners =
        [(left, top), (right, top), (left, bottom), (right, bottom)].map(|corner| projection * corner);
    let low = |values: [f32; 4], side: u32| {
        values.into_iter().fold(f32::MAX, f32::min).round().clamp(0.0, side.saturating_sub(1) as f32) as u32
    };
    let high = |values: [f32; 4], first: u32, side: u32| {
        (values.into_iter().fold(f32::MIN, f32::max).round().clamp(0.0, side as f32) as u32).max(first + 1)
    };
    let (xs, ys) = (corners.map(|corner| corner.0), corners.map(|corner| corner.1));
    let (left, top) = (low(xs, width), low(ys, height));
    PixelBox { left, top, width: high(xs, left, width) - left, height: high(ys, top, height) - top }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: (u32, u32) = (400, 600);

    fn check(place: Place, copy: (u32, u32), picture: (u32, u32), on_copy: PixelBox, expected: PixelBox) {
        let found = place.on_picture(on_copy, picture);
        assert_eq!(found, expected);
        assert_eq!(place.on_copy(found, copy), on_copy, "and back");
    }

    #[test]
    fn boxes_of_a_copy_lie_on_the_picture() {
        let bounds = PixelBox { left: 10, top: 20, width: 30, height: 5 };
        check(Place::default(), PICTURE, PICTURE, bounds, bounds);
        let bend = Projection::scale(0.5, 0.5).and_then(Projection::translate(-4.0, 0.0));
        let gray = GrayImage::new(PICTURE.0, PICTURE.1);
        let (copy, place) = Place::default().bent(&gray, bend, (200, 300));
        assert_eq!(copy.dimensions(), (200, 300));
        check(place, (200, 300), PICTURE, bounds, PixelBox { left: 28, top: 40, width: 60, height: 10 });
    }

    #[test]
    fn boxes_outside_the_picture_end_at_its_edge() {
        let gray = GrayImage::new(PICTURE.0, PICTURE.1);
        let (_, place) = Place::default().bent(&gray, Projection::translate(50.0, 50.0), PICTURE);
        let outside = PixelBox { left: 10, top: 10, width: 20, height: 20 };
        assert_eq!(place.on_picture(outside, PICTURE), PixelBox { left: 0, top: 0, width: 1, height: 1 });
    }
}
