//! Pictures of pages for people: small enough to send, good enough to read.

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, imageops};

/// Longer side of the picture shown to people, in pixels: A4 at 170 dpi, readable at full width on a 1366-pixel screen.
pub(crate) const SIDE_MAX: u32 = 2_000;
/// JPEG quality of that picture: seals and thin strokes stay clean.
const QUALITY: u8 = 72;
/// Longer side of a thumbnail: headings can be read, and forty pages take 1.5 MB.
const THUMBNAIL_SIDE_MAX: u32 = 640;
/// JPEG quality of a thumbnail.
const THUMBNAIL_QUALITY: u8 = 65;
/// Longer side of the picture of a stage: A3 at 300 dpi, so that single dots can be looked at.
const STAGE_SIDE_MAX: u32 = 5_000;
/// JPEG quality of that picture: strokes of one pixel are judged by it.
const STAGE_QUALITY: u8 = 90;

/// The page as it is shown on screens.
pub(crate) fn of_page(image: &DynamicImage) -> Option<Vec<u8>> {
    draw(image, SIDE_MAX, QUALITY)
}

/// The page among others of its stack.
pub(crate) fn of_thumbnail(image: &DynamicImage) -> Option<Vec<u8>> {
    draw(image, THUMBNAIL_SIDE_MAX, THUMBNAIL_QUALITY)
}

/// The page as it looked after a stage.
pub(crate) fn of_stage(image: &DynamicImage) -> Option<Vec<u8>> {
    draw(image, STAGE_SIDE_MAX, STAGE_QUALITY)
}

/// Places of a page as they are shown beside inputs: in the size of the page's own picture, whatever they measure together.
pub(crate) fn of_strip(image: &DynamicImage) -> Option<Vec<u8>> {
    draw(image, u32::MAX, QUALITY)
}

fn draw(image: &DynamicImage, side_max: u32, quality: u8) -> Option<Vec<u8>> {
    let longer = image.width().max(image.height());
    let scaled;
    let shown = if longer > side_max {
        let scale = f64::from(side_max) / f64::from(longer);
        let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
        scaled = shrink(image, side(image.width()), side(image.height()));
        &scaled
    } else {
        image
    };
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, quality);
    match shown {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => shown.write_with_encoder(encoder).ok()?,
        other => DynamicImage::ImageRgb8(other.to_rgb8()).write_with_encoder(encoder).ok()?,
    }
    Some(jpeg)
}

fn shrink(image: &DynamicImage, width: u32, height: u32) -> DynamicImage {
    match image {
        DynamicImage::ImageLuma8(gray) => DynamicImage::ImageLuma8(imageops::thumbnail(gray, width, height)),
        DynamicImage::ImageRgb8(rgb) => DynamicImage::ImageRgb8(imageops::thumbnail(rgb, width, height)),
        other => DynamicImage::ImageRgb8(imageops::thumbnail(&other.to_rgb8(), width, height)),
    }
}
