//! What else than letters a page draws: its pictures, where they lie and what they hide.

use super::view::{Affine, POINTS, Rect, View};
use super::{DPI_SCAN, streams};
use crate::page::Raster;
use crate::source::PAGE_PIXELS_MAX;
use image::DynamicImage;
use pdfium_render::prelude::*;
use repository::record::Region;

/// Pictures that cover this share of a page make it a scan and set its resolution.
const SCAN_COVER: f32 = 0.5;
/// A picture that covers this share is the whole page; scanners' programs round sizes.
const WHOLE_PAGE_COVER: f32 = 0.98;
/// Drawings inside drawings are followed this far; honest files nest two or three.
const DEPTH_MAX: u32 = 8;
/// Objects that are looked at: a dense map has some ten thousand.
const OBJECTS_MAX: u32 = 200_000;
/// The scanner's pixels are believed when they are about as bright as the drawing; an inverted or masked picture is not.
const BRIGHTNESS_TOLERANCE: f32 = 16.0;
/// A drawing to compare brightness with needs no more.
const DPI_COMPARED: u32 = 36;

/// A picture on the page.
struct Picture {
    rect: Rect,
    /// Resolution along its width, dots an inch.
    dpi: u32,
}

/// What is drawn on a page.
pub(super) struct Survey {
    page: Rect,
    pictures: Vec<Picture>,
    /// Whether a picture's data is damaged or cut off.
    pub(super) is_partly_decoded: bool,
    /// Places of text that was drawn after the last picture that fills the page.
    text_on_top: Vec<Rect>,
    is_filled: bool,
    /// Objects other than pictures and invisible text.
    others: u32,
    objects: u32,
}

impl Survey {
    pub(super) fn of(page: &PdfPage, view: &View) -> Survey {
        let mut survey = Survey {
            page: Rect { left: 0.0, top: 0.0, right: view.width, bottom: view.height },
            pictures: Vec::new(),
            is_partly_decoded: false,
            text_on_top: Vec::new(),
            is_filled: false,
            others: 0,
            objects: 0,
        };
        for object in page.objects().iter() {
            survey.add(&object, &view.affine, 0);
        }
        survey
    }

    fn add(&mut self, object: &PdfPageObject, affine: &Affine, depth: u32) {
        self.objects += 1;
        if self.objects > OBJECTS_MAX {
            return;
        }
        match object {
            PdfPageObject::Image(image) => self.add_picture(image, affine),
            PdfPageObject::Text(text) => self.add_text(text, affine),
            PdfPageObject::XObjectForm(form) if depth < DEPTH_MAX => {
                let Ok(matrix) = form.matrix() else { return };
                let inner = affine.after(&matrix);
                for child in form.iter() {
                    self.add(&child, &inner, depth + 1);
                }
            }
            PdfPageObject::XObjectForm(_)
            | PdfPageObject::Path(_)
            | PdfPageObject::Shading(_)
            | PdfPageObject::Unsupported(_) => self.others += 1,
        }
    }

    fn add_picture(&mut self, image: &PdfPageImageObject, affine: &Affine) {
        let Ok(bounds) = image.bounds() else { return };
        let rect = affine.rect_of(&bounds).within(self.page.right, self.page.bottom);
        if rect.area() <= 0.0 {
            return;
        }
        if rect.area() >= SCAN_COVER * self.page.area() {
            self.is_filled = true;
            self.text_on_top.clear();
        }
        self.is_partly_decoded |= !streams::is_whole(image);
        let inches = (rect.right - rect.left) / POINTS;
        // A picture placed sideways gives a wrong but harmless resolution: the clamp bounds it.
        let dpi = image.width().map_or(0.0, |pixels| pixels as f32 / inches).round() as u32;
        self.pictures.push(Picture { rect, dpi });
    }

    fn add_text(&mut self, text: &PdfPageTextObject, affine: &Affine) {
        if matches!(
            text.render_mode(),
            PdfPageTextRenderMode::Invisible | PdfPageTextRenderMode::InvisibleClipping
        ) {
            return;
        }
        self.others += 1;
        if let (true, Ok(bounds)) = (self.is_filled, text.bounds()) {
            self.text_on_top.push(affine.rect_of(&bounds));
        }
    }

    /// Whether a letter lies behind a picture that fills the page: the layer that programs leave under a scan they recognised.
    pub(super) fn hides(&self, letter: &Rect) -> bool {
        let (x, y) = ((letter.left + letter.right) / 2.0, (letter.top + letter.bottom) / 2.0);
        self.is_filled && !self.text_on_top.iter().any(|text| text.holds(x, y))
    }

    /// Resolution of the largest picture, if pictures cover the page: that of the scan.
    pub(super) fn scan_dpi(&self) -> Option<u32> {
        let largest =
            self.pictures.iter().max_by(|one, other| one.rect.area().total_cmp(&other.rect.area()))?;
        let covered: f32 = self.pictures.iter().map(|picture| picture.rect.area()).sum();
        (covered >= SCAN_COVER * self.page.area())
            .then(|| largest.dpi.clamp(*DPI_SCAN.start(), *DPI_SCAN.end()))
    }

    /// Places of the pictures on a drawing of the page.
    pub(super) fn pictures_in(&self, raster: &Raster) -> Vec<Region> {
        let scale = raster.dpi as f32 / POINTS;
        let region = |picture: &Picture| {
            let (left, top) = (picture.rect.left * scale, picture.rect.top * scale);
            Region {
                left: left as u32,
                top: top as u32,
                width: (picture.rect.right * scale - left).ceil() as u32,
                height: (picture.rect.bottom * scale - top).ceil() as u32,
            }
        };
        self.pictures.iter().map(region).collect()
    }
}

/// The scanner's own pixels, where a page is nothing but one upright picture: drawing them anew blurs them (a noisy page of the
/// samples went from 0.3 to 1.5 % wrong characters by it) and costs time.
pub(super) fn whole_page(page: &PdfPage, view: &View, survey: &Survey) -> Option<Raster> {
    let [picture] = survey.pictures.as_slice() else { return None };
    let is_whole = picture.rect.area() >= WHOLE_PAGE_COVER * survey.page.area();
    if survey.others > 0 || !is_whole || !DPI_SCAN.contains(&picture.dpi) || !page.annotations().is_empty() {
        return None;
    }
    let object = page.objects().iter().find(|object| object.as_image_object().is_some())?;
    let shown = view.affine.after(&object.matrix().ok()?);
    // Right along, and down from the top: PDF pictures hang from their upper edge.
    if !(shown.a > 0.0 && shown.d < 0.0 && shown.b.abs() < 1.0 && shown.c.abs() < 1.0) {
        return None;
    }
    let image = object.as_image_object()?;
    let (width, height) = (image.width().ok()?.max(0) as u64, image.height().ok()?.max(0) as u64);
    if width * height > PAGE_PIXELS_MAX {
        return None;
    }
    let pixels = DynamicImage::ImageRgb8(image.get_raw_image().ok()?.into_rgb8());
    let drawn = view.draw(page, DPI_COMPARED).ok()?.image;
    let is_alike = (brightness(&pixels) - brightness(&drawn)).abs() <= BRIGHTNESS_TOLERANCE;
    is_alike.then_some(Raster { image: pixels, dpi: picture.dpi, turned_degrees: 0, reasons: Vec::new() })
}

fn brightness(image: &DynamicImage) -> f32 {
    let bytes = image.as_bytes();
    // A million samples tell a mean well enough; the step is no multiple of the three colours.
    let step = (bytes.len() / 1_000_000).max(1) * 3 + 1;
    let (sum, count) = bytes
        .iter()
        .step_by(step)
        .fold((0_u64, 0_u64), |(sum, count), byte| (sum + u64::from(*byte), count + 1));
    sum as f32 / count.max(1) as f32
}
