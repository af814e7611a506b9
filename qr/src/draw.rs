//! Draws QR codes (TCVN 7322:2009, ISO/IEC 18004), and lets none out that was not read again.

use std::fmt::Write;
use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};

use crate::Error;
use crate::find::is_read_back;

/// White modules around a code; ISO/IEC 18004 asks for four.
const QUIET_MODULES: u32 = 4;

/// Fewest pixels a module: with fewer, a raster scaled by a printer loses modules.
pub const MODULE_PIXELS_MIN: u32 = 3;

/// Most pixels a module: the largest code, 185 modules with its margin, then takes 11,840 pixels a side.
pub const MODULE_PIXELS_MAX: u32 = 64;

/// Pixels a module of the raster in which a vector drawing is read again.
const PROOF_PIXELS: u32 = 4;

/// A code as SVG. One unit is one module and the margin is included, so the caller sets the size on paper: a module should
/// measure 0.45 mm or more to be read at 200 dpi.
pub fn draw_svg(text: &str) -> Result<String, Error> {
    let code = encode(text)?;
    prove(&raster(&code, PROOF_PIXELS), text)?;
    Ok(svg(&code))
}

/// A code as grey PNG, margin included, each module a square of `module_pixels`.
pub fn draw_png(text: &str, module_pixels: u32) -> Result<Vec<u8>, Error> {
    if !(MODULE_PIXELS_MIN..=MODULE_PIXELS_MAX).contains(&module_pixels) {
        return Err(Error::ModulePixels { given: module_pixels });
    }
    let picture = raster(&encode(text)?, module_pixels);
    prove(&picture, text)?;
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

/// The smallest code that holds the text, then the strongest error correction that leaves it that small: on paper bigger
/// modules help more than stronger correction.
fn encode(text: &str) -> Result<QrCode, Error> {
    if text.is_empty() {
        return Err(Error::Empty);
    }
    let smallest = QrCode::with_error_correction_level(text, EcLevel::L)
        .map_err(|_| Error::TooLong { bytes: text.len() })?;
    let version = smallest.version();
    let stronger = [EcLevel::H, EcLevel::Q, EcLevel::M];
    let strongest = stronger.into_iter().find_map(|level| QrCode::with_version(text, version, level).ok());
    Ok(strongest.unwrap_or(smallest))
}

fn prove(picture: &GrayImage, text: &str) -> Result<(), Error> {
    if is_read_back(picture, text) { Ok(()) } else { Err(Error::NotReadBack) }
}

fn raster(code: &QrCode, module_pixels: u32) -> GrayImage {
    let modules = code.width() as u32;
    let colors = code.to_colors();
    let side = (modules + 2 * QUIET_MODULES) * module_pixels;
    GrayImage::from_fn(side, side, |x, y| {
        let column = (x / module_pixels).wrapping_sub(QUIET_MODULES);
        let row = (y / module_pixels).wrapping_sub(QUIET_MODULES);
        let is_inside = column < modules && row < modules;
        let is_dark = is_inside && colors[(row * modules + column) as usize] == Color::Dark;
        Luma([if is_dark { 0 } else { 255 }])
    })
}

fn svg(code: &QrCode) -> String {
    let side = code.width() + 2 * QUIET_MODULES as usize;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{}\"/></svg>\n",
        dark_runs(code)
    )
}

/// One closed path for each run of dark modules in a row.
fn dark_runs(code: &QrCode) -> String {
    let mut path = String::new();
    for (row, colors) in code.to_colors().chunks(code.width()).enumerate() {
        let mut column = 0;
        for run in colors.chunk_by(|left, right| left == right) {
            if run[0] == Color::Dark {
                let (x, y) = (column + QUIET_MODULES as usize, row + QUIET_MODULES as usize);
                write!(path, "M{x} {y}h{0}v1h-{0}z", run.len()).expect("a string takes all that is written");
            }
            column += run.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn correction_is_raised_only_while_the_code_stays_small() {
        let check = |text: &str, modules: usize, level: EcLevel| {
            let code = encode(text).expect("the text fits");
            assert_eq!((code.width(), code.error_correction_level()), (modules, level), "{text}");
        };
        check("1234567", 21, EcLevel::H);
        check(&"1".repeat(41), 21, EcLevel::L);
        check(&"a".repeat(14), 21, EcLevel::M);
        check(&"a".repeat(18), 25, EcLevel::Q);
    }

    #[test]
    fn what_cannot_be_drawn_is_refused() {
        assert!(matches!(draw_svg(""), Err(Error::Empty)));
        assert!(matches!(draw_svg(&"a".repeat(2_954)), Err(Error::TooLong { bytes: 2_954 })));
        assert!(matches!(draw_png("a", 2), Err(Error::ModulePixels { given: 2 })));
        assert!(matches!(draw_png("a", 65), Err(Error::ModulePixels { given: 65 })));
    }

    #[test]
    fn the_largest_text_that_fits_is_drawn() {
        assert!(draw_svg(&"a".repeat(2_953)).is_ok());
    }

    #[test]
    fn a_picture_that_says_something_else_is_withheld() {
        let picture = raster(&encode("one").expect("it fits"), PROOF_PIXELS);
        assert!(prove(&picture, "one").is_ok());
        assert!(matches!(prove(&picture, "two"), Err(Error::NotReadBack)));
        assert!(matches!(prove(&GrayImage::new(100, 100), "one"), Err(Error::NotReadBack)));
    }

    #[test]
    fn the_vector_drawing_shows_the_same_modules_as_the_raster() {
        let code = encode("Bộ phận một cửa").expect("it fits");
        let drawn = raster(&code, 1);
        let mut traced = GrayImage::from_pixel(drawn.width(), drawn.height(), Luma([255]));
        for run in dark_runs(&code).split('M').skip(1) {
            let numbers: Vec<u32> =
                run.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect();
            for x in numbers[0]..numbers[0] + numbers[2] {
                traced.put_pixel(x, numbers[1], Luma([0]));
            }
        }
        assert!(traced == drawn);
    }
}
