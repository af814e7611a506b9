//! Pictures into codings that PDF knows: the stored bytes themselves where that is possible, else coded anew.

use super::jpeg;
use super::png;
use super::{Coding, Colours, PagePicture, Placement};
use crate::problem::reason;
use fax::decoder::decode_g4;
use fax::encoder::Encoder;
use fax::{Color, VecWriter};
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, GrayImage};

/// Text and drawings at 200 dpi take 0.02–0.1 bytes a pixel without loss, photographs 0.5–2; JPEG takes 0.1–0.3.
const LOSSLESS_BYTES_A_PIXEL: f64 = 0.2;
/// JPEG quality of a photograph that PDF cannot hold as it came: no difference is seen at twice its size.
const JPEG_QUALITY: u8 = 90;
/// A pixel whose channels differ by more has a colour.
const COLOUR_DIFFERENCE: u8 = 8;

/// What may be lost when a picture is coded anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// Nothing: it came without loss.
    None,
    /// What no eye sees, where keeping everything would make a multiple of the bytes.
    Unseen,
}

/// A coded picture with its bytes.
pub(crate) type Coded = (PagePicture, Vec<u8>);

/// A JPEG as it is stored; none when a PDF cannot hold it.
pub(crate) fn jpeg_as_stored(file: Vec<u8>, placement: Placement) -> Option<Coded> {
    let jpeg::Header { width, height, components } = jpeg::header(&file)?;
    let colours = if components == 1 { Colours::Gray } else { Colours::Rgb };
    Some((PagePicture { coding: Coding::Jpeg, width, height, bits: 8, colours, placement }, file))
}

/// The pixels of a PNG as they are stored; none when a PDF cannot hold them.
pub(crate) fn png_as_stored(file: &[u8], placement: Placement) -> Option<Coded> {
    let png::Png { width, height, bits, colours, pixels } = png::take_apart(file)?;
    Some((PagePicture { coding: Coding::Png, width, height, bits, colours, placement }, pixels))
}

/// CCITT group 4 as it is stored, when it is this picture; none else. The picture decides what black is, not the file's header.
pub(crate) fn fax_as_stored(data: Vec<u8>, image: &DynamicImage, placement: Placement) -> Option<Coded> {
    let gray = image.to_luma8();
    let (width, height) = (u16::try_from(gray.width()).ok()?, u16::try_from(gray.height()).ok()?);
    let (mut row, mut same, mut opposite) = (0, true, true);
    decode_g4(data.iter().copied(), width, Some(height), |changes| {
        let pixels = gray.as_raw()[row * usize::from(width)..][..usize::from(width)].iter();
        for (coded, shown) in fax::decoder::pels(changes, width).zip(pixels) {
            let is_black = *shown < 128;
            same &= (coded == Color::Black) == is_black;
            opposite &= (coded == Color::Black) != is_black;
        }
        row += 1;
    })?;
    let whole = row == usize::from(height) && (same || opposite);
    whole.then(|| (fax_picture(&gray, opposite, placement), data))
}

/// Codes a picture anew: two tones as CCITT group 4, text and drawings without loss, photographs as `loss` says.
pub(crate) fn code(image: &DynamicImage, placement: Placement, loss: Loss) -> Result<Coded, &'static str> {
    let flat = flatten(image);
    if let DynamicImage::ImageLuma8(gray) = &flat
        && let Some(data) = two_tones(gray)
    {
        return Ok((fax_picture(gray, false, placement), data));
    }
    let mut file = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::Adaptive);
    flat.write_with_encoder(encoder).map_err(|_| reason::DAMAGED)?;
    let pixels = f64::from(flat.width()) * f64::from(flat.height());
    if loss == Loss::Unseen && file.len() as f64 > LOSSLESS_BYTES_A_PIXEL * pixels {
        file.clear();
        let encoder = JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY);
        flat.write_with_encoder(encoder).map_err(|_| reason::DAMAGED)?;
        return jpeg_as_stored(file, placement).ok_or(reason::DAMAGED);
    }
    png_as_stored(&file, placement).ok_or(reason::DAMAGED)
}

fn fax_picture(gray: &GrayImage, black_is_1: bool, placement: Placement) -> PagePicture {
    let (width, height) = gray.dimensions();
    PagePicture {
        coding: Coding::Fax { black_is_1 },
        width,
        height,
        bits: 1,
        colours: Colours::Gray,
        placement,
    }
}

/// Opaque on white, and grey when it has no colour.
fn flatten(image: &DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() && !image.color().has_color() {
        return DynamicImage::ImageLuma8(image.to_luma8());
    }
    let mut rgb = image.to_rgb8();
    if image.color().has_alpha() {
        for (pixel, shown) in rgb.pixels_mut().zip(image.to_rgba8().pixels()) {
            let alpha = u16::from(shown.0[3]);
            pixel.0 = pixel.0.map(|part| ((u16::from(part) * alpha + 255 * (255 - alpha)) / 255) as u8);
        }
    }
    let has_colour = rgb.pixels().any(|pixel| {
        let [red, green, blue] = pixel.0;
        red.max(green).max(blue) - red.min(green).min(blue) > COLOUR_DIFFERENCE
    });
    let rgb = DynamicImage::ImageRgb8(rgb);
    if has_colour { rgb } else { DynamicImage::ImageLuma8(rgb.to_luma8()) }
}

/// Black and white pixels only, as CCITT group 4.
fn two_tones(gray: &GrayImage) -> Option<Vec<u8>> {
    let width = u16::try_from(gray.width()).ok()?;
    if gray.as_raw().iter().any(|pixel| !matches!(pixel, 0 | 255)) {
        return None;
    }
    let mut encoder = Encoder::new(VecWriter::new());
    for row in gray.as_raw().chunks_exact(usize::from(width)) {
        let pixels = row.iter().map(|pixel| if *pixel == 0 { Color::Black } else { Color::White });
        let Ok(()) = encoder.encode_line(pixels, width);
    }
    let Ok(writer) = encoder.finish();
    Some(writer.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb, RgbImage};

    fn stripes() -> DynamicImage {
        DynamicImage::ImageLuma8(GrayImage::from_fn(60, 40, |x, y| {
            Luma([if (x / 7 + y / 3) % 2 == 0 { 0 } else { 255 }])
        }))
    }

    #[track_caller]
    fn check(image: &DynamicImage, loss: Loss, expected: (Coding, Colours)) {
        let (picture, stream) = code(image, Placement::UPRIGHT, loss).expect("coded");
        assert_eq!((picture.coding, picture.colours), expected);
        assert_eq!((picture.width, picture.height), (image.width(), image.height()));
        assert!(!stream.is_empty());
    }

    #[test]
    fn each_kind_of_picture_has_its_coding() {
        let noise = |x: u32, y: u32| ((x * 7_919) ^ (y * 104_729)).wrapping_mul(2_654_435_761).to_be_bytes();
        let photo = RgbImage::from_fn(80, 80, |x, y| Rgb([noise(x, y)[0], noise(x, y)[1], noise(x, y)[2]]));
        let photo = DynamicImage::ImageRgb8(photo);
        check(&stripes(), Loss::None, (Coding::Fax { black_is_1: false }, Colours::Gray));
        check(
            &DynamicImage::ImageRgb8(stripes().to_rgb8()),
            Loss::None,
            (Coding::Fax { black_is_1: false }, Colours::Gray),
        );
        check(&photo, Loss::Unseen, (Coding::Jpeg, Colours::Rgb));
        check(&photo, Loss::None, (Coding::Png, Colours::Rgb));
        let grey_drawing = DynamicImage::ImageLuma8(GrayImage::from_pixel(80, 80, Luma([130])));
        check(&grey_drawing, Loss::Unseen, (Coding::Png, Colours::Gray));
        check(
            &DynamicImage::new_rgba8(80, 80),
            Loss::Unseen,
            (Coding::Fax { black_is_1: false }, Colours::Gray),
        );
    }

    #[test]
    fn a_stored_fax_is_taken_only_when_it_is_the_picture() {
        let (_, data) = code(&stripes(), Placement::UPRIGHT, Loss::None).expect("coded");
        let taken = |image: &DynamicImage| {
            fax_as_stored(data.clone(), image, Placement::UPRIGHT).map(|(picture, _)| picture.coding)
        };
        assert_eq!(taken(&stripes()), Some(Coding::Fax { black_is_1: false }));
        let mut inverted = stripes();
        inverted.invert();
        assert_eq!(taken(&inverted), Some(Coding::Fax { black_is_1: true }));
        assert_eq!(taken(&DynamicImage::new_luma8(60, 40)), None);
        assert_eq!(taken(&stripes().rotate90()), None);
    }
}
