//! How a page is shown: its box, its turn, and where a point of it falls on the drawing.
//!
//! Places inside a PDF are told before the page is turned (`/Rotate`) and cropped (`/CropBox`); everything outside this file is in
//! points from the top left of the page as it is shown.

use crate::page::Raster;
use crate::problem::reason;
use crate::source::PAGE_PIXELS_MAX;
use pdfium_render::prelude::*;

/// Below this a drawing is of no use to a reader.
const DPI_LEAST: u32 = 70;
/// Points in an inch.
pub(super) const POINTS: f32 = 72.0;
/// The renderer tells places in whole pixels, so it is asked about a page drawn this many times as large; two points this far apart
/// then tell directions to a millionth.
const ASKED_SCALE: f32 = 32.0;
const ASKED_DISTANCE: f32 = 1_000.0;

/// A rectangle in points from the top left of the shown page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Rect {
    pub(super) fn area(&self) -> f32 {
        (self.right - self.left).max(0.0) * (self.bottom - self.top).max(0.0)
    }

    pub(super) fn holds(&self, x: f32, y: f32) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    pub(super) fn within(&self, width: f32, height: f32) -> Rect {
        Rect {
            left: self.left.clamp(0.0, width),
            top: self.top.clamp(0.0, height),
            right: self.right.clamp(0.0, width),
            bottom: self.bottom.clamp(0.0, height),
        }
    }
}

/// x' = a·x + c·y + e, y' = b·x + d·y + f.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Affine {
    pub(super) a: f32,
    pub(super) b: f32,
    pub(super) c: f32,
    pub(super) d: f32,
    pub(super) e: f32,
    pub(super) f: f32,
}

impl Affine {
    fn point(&self, x: f32, y: f32) -> (f32, f32) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    /// First `inner`, then this.
    pub(super) fn after(&self, inner: &PdfMatrix) -> Affine {
        let (e, f) = self.point(inner.e(), inner.f());
        Affine {
            a: self.a * inner.a() + self.c * inner.b(),
            b: self.b * inner.a() + self.d * inner.b(),
            c: self.a * inner.c() + self.c * inner.d(),
            d: self.b * inner.c() + self.d * inner.d(),
            e,
            f,
        }
    }

    /// The upright rectangle around a rectangle that may be turned.
    pub(super) fn rect(&self, left: f32, bottom: f32, right: f32, top: f32) -> Rect {
        let corners = [(left, bottom), (left, top), (right, bottom), (right, top)];
        let corners = corners.map(|(x, y)| self.point(x, y));
        let fold = |values: [f32; 4]| {
            (values.iter().copied().fold(f32::MAX, f32::min), values.iter().copied().fold(f32::MIN, f32::max))
        };
        let (left, right) = fold(corners.map(|corner| corner.0));
        let (top, bottom) = fold(corners.map(|corner| corner.1));
        Rect { left, top, right, bottom }
    }

    pub(super) fn rect_of(&self, bounds: &PdfQuadPoints) -> Rect {
        self.rect(bounds.left().value, bounds.bottom().value, bounds.right().value, bounds.top().value)
    }
}

/// A page as it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// From places inside the PDF to points from the top left of the shown page.
    pub(super) affine: Affine,
    /// Width of the shown page in points.
    pub(super) width: f32,
    /// Height of the shown page in points.
    pub(super) height: f32,
    /// Quarters clockwise by which it is turned beyond what the file asks for, so that its words stand upright.
    quarters: u8,
}

impl View {
    /// `None` when the page has no size.
    pub(super) fn of(page: &PdfPage) -> Option<View> {
        let (width, height) = (page.width().value, page.height().value);
        if !(width.is_finite() && height.is_finite() && width > 0.0 && height > 0.0) {
            return None;
        }
        // The renderer counts pixels in 32 bits; a page of kilometres is refused when it is drawn.
        let scale = ASKED_SCALE.min(1e8 / width.max(height));
        let config = PdfRenderConfig::new()
            .set_fixed_size((width * scale).ceil() as i32, (height * scale).ceil() as i32);
        let ask = |x: f32, y: f32| {
            let (x, y) = page.points_to_pixels(PdfPoints::new(x), PdfPoints::new(y), &config).ok()?;
            Some((x as f32 / scale, y as f32 / scale))
        };
        let (origin, along, up) = (ask(0.0, 0.0)?, ask(ASKED_DISTANCE, 0.0)?, ask(0.0, ASKED_DISTANCE)?);
        let affine = Affine {
            a: (along.0 - origin.0) / ASKED_DISTANCE,
            b: (along.1 - origin.1) / ASKED_DISTANCE,
            c: (up.0 - origin.0) / ASKED_DISTANCE,
            d: (up.1 - origin.1) / ASKED_DISTANCE,
            e: origin.0,
            f: origin.1,
        };
        Some(View { affine, width, height, quarters: 0 })
    }

    /// The same page turned clockwise by this many quarters more.
    pub(super) fn turned(self, quarters: u8) -> View {
        (0..quarters % 4).fold(self, |view, _| view.turned_once())
    }

    fn turned_once(self) -> View {
        let View { affine: Affine { a, b, c, d, e, f }, width, height, quarters } = self;
        // Clockwise: what was at the bottom left comes to the top left.
        let affine = Affine { a: -b, b: a, c: -d, d: c, e: height - f, f: e };
        View { affine, width: height, height: width, quarters: quarters + 1 }
    }

    /// Draws the page on white, at `dpi` or at what the pixel budget allows.
    pub(super) fn draw(&self, page: &PdfPage, dpi: u32) -> Result<Raster, &'static str> {
        let (width, height) = (page.width().value / POINTS, page.height().value / POINTS);
        let affordable = (PAGE_PIXELS_MAX as f64 / (f64::from(width) * f64::from(height))).sqrt() as u32;
        if affordable < DPI_LEAST {
            return Err(reason::PIXEL_BUDGET);
        }
        let used = dpi.min(affordable);
        let pixels = |inches: f32| ((inches * used as f32).round() as i32).max(1);
        // A page thinner than a pixel may be as long as it likes by the sum above.
        if pixels(width) as u64 * pixels(height) as u64 > PAGE_PIXELS_MAX {
            return Err(reason::PIXEL_BUDGET);
        }
        let config = PdfRenderConfig::new()
            .set_fixed_size(pixels(width), pixels(height))
            .use_lcd_text_rendering(false)
            .render_form_data(true);
        let bitmap = page.render_with_config(&config).map_err(|_| reason::DAMAGED)?;
        let image = bitmap.as_image().map_err(|_| reason::DAMAGED)?.into_rgb8();
        let reasons = if used < dpi { vec![reason::REDUCED] } else { Vec::new() };
        let turned_degrees = u16::from(self.quarters) * 90;
        let image = crate::page::turn(image::DynamicImage::ImageRgb8(image), turned_degrees);
        Ok(Raster { image, dpi: used, turned_degrees, reasons })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of 200 × 100 points shown as it lies: y runs upwards inside the PDF.
    const PLAIN: View = View {
        affine: Affine { a: 1.0, b: 0.0, c: 0.0, d: -1.0, e: 0.0, f: 100.0 },
        width: 200.0,
        height: 100.0,
        quarters: 0,
    };

    fn check(quarters: u8, expected: Rect) {
        let view = PLAIN.turned(quarters);
        let rect = view.affine.rect(10.0, 80.0, 30.0, 90.0);
        assert_eq!(rect, expected, "{quarters} quarters");
        assert!(rect.right <= view.width && rect.bottom <= view.height, "{rect:?} on {view:?}");
    }

    #[test]
    fn a_word_stays_in_its_corner_of_the_paper() {
        check(0, Rect { left: 10.0, top: 10.0, right: 30.0, bottom: 20.0 });
        check(1, Rect { left: 80.0, top: 10.0, right: 90.0, bottom: 30.0 });
        check(2, Rect { left: 170.0, top: 80.0, right: 190.0, bottom: 90.0 });
        check(3, Rect { left: 10.0, top: 170.0, right: 20.0, bottom: 190.0 });
        check(4, Rect { left: 10.0, top: 10.0, right: 30.0, bottom: 20.0 });
    }
}
