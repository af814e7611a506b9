//! Draws QR codes (TCVN 7322:2009, ISO/IEC 18004; QR-01), and lets none out that both readers did not read again.

use std::fmt::Write;
use std::io::Cursor;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::{Color, EcLevel, QrCode};

use crate::Error;
use crate::find::is_read_back;

/// White modules around a code; ISO/IEC 18004 asks for four.
const QUIET_MODULES: u32 = 4;

/// Narrowest module on paper in millimetres: 3.5 pixels of a scan at 200 dpi.
pub const MODULE_MM_MIN: f64 = 0.45;

/// Narrowest module of a cover sheet in millimetres: it goes through feeders, and must be read when it is creased or lies askew.
pub const SHEET_MODULE_MM_MIN: f64 = 1.0;

/// Millimetres of an inch.
const INCH_MM: f64 = 25.4;

/// Fewest pixels a module: with fewer, a raster scaled by a printer loses modules.
pub const MODULE_PIXELS_MIN: u32 = 3;

/// Most pixels a module: the largest code, 185 modules with its margin, then takes 11,840 pixels a side.
pub const MODULE_PIXELS_MAX: u32 = 64;

/// Pixels a module of the raster in which a drawing is read again.
const PROOF_PIXELS: u32 = 4;

/// A code that both readers read, as the squares that it is made of. One unit is one module, and the margin is included: whoever draws
/// it sets the size on paper, see [`module_dots`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Modules {
    /// Modules of a side, without the margin.
    inner: u32,
    /// Row by row, without the margin.
    is_dark: Vec<bool>,
}

/// Dark modules beside each other.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Run {
    /// The first one's column.
    pub column: u32,
    /// Their row.
    pub row: u32,
    /// How many they are.
    pub length: u32,
}

/// The smallest whole number of printer dots that measure at least `module_mm`: with a broken number modules come out unequally wide.
pub fn module_dots(module_mm: f64, dpi: u32) -> u32 {
    (module_mm * f64::from(dpi) / INCH_MM).ceil() as u32
}

/// A code for a drawing of one's own.
///
/// # Errors
/// There is no text or too much of it, or a reader did not read it again: that happened to none of 1,500 receipts, labels and cover
/// sheets, and the same paper printed a second later has another code.
pub fn draw(text: &str) -> Result<Modules, Error> {
    let modules = Modules::of(&encode(text)?);
    if modules.are_read_as(text) { Ok(modules) } else { Err(Error::NotReadBack) }
}

/// A code as SVG; the caller sets the size on paper.
///
/// # Errors
/// See [`draw`].
pub fn draw_svg(text: &str) -> Result<String, Error> {
    Ok(svg(&draw(text)?))
}

/// A code as grey PNG, margin included, each module a square of `module_pixels`.
///
/// # Errors
/// See [`draw`]; or a module cannot have so few or so many pixels.
pub fn draw_png(text: &str, module_pixels: u32) -> Result<Vec<u8>, Error> {
    if !(MODULE_PIXELS_MIN..=MODULE_PIXELS_MAX).contains(&module_pixels) {
        return Err(Error::ModulePixels { given: module_pixels });
    }
    let mut png = Cursor::new(Vec::new());
    draw(text)?.raster(module_pixels).write_to(&mut png, ImageFormat::Png)?;
    Ok(png.into_inner())
}

/// The smallest code that holds the text with correction M, then the strongest correction that leaves it that small: on paper bigger modules help
/// more than stronger correction, but a hole of 6 mm and a staple take more than L gives back (6 of 16 codes, none with M). Only a text that is too
/// long for M has L.
fn encode(text: &str) -> Result<QrCode, Error> {
    if text.is_empty() {
        return Err(Error::Empty);
    }
    let weakest = [EcLevel::M, EcLevel::L];
    let smallest =
        weakest.into_iter().find_map(|level| QrCode::with_error_correction_level(text, level).ok());
    let smallest = smallest.ok_or(Error::TooLong { bytes: text.len() })?;
    let stronger = [EcLevel::H, EcLevel::Q];
    let strongest =
        stronger.into_iter().find_map(|level| QrCode::with_version(text, smallest.version(), level).ok());
    Ok(strongest.unwrap_or(smallest))
}

impl Modules {
    fn of(code: &QrCode) -> Self {
        let is_dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Self { inner: code.width() as u32, is_dark }
    }

    /// Modules of a side, the margin on both ends included.
    pub fn side(&self) -> u32 {
        self.inner + 2 * QUIET_MODULES
    }

    /// The dark squares, row by row.
    pub fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for (row, modules) in (QUIET_MODULES..).zip(self.is_dark.chunks(self.inner as usize)) {
            let mut column = QUIET_MODULES;
            for run in modules.chunk_by(|left, right| left == right) {
                let length = run.len() as u32;
                if run[0] {
                    runs.push(Run { column, row, length });
                }
                column += length;
            }
        }
        runs
    }

    fn are_read_as(&self, text: &str) -> bool {
        is_read_back(&self.raster(PROOF_PIXELS), text)
    }

    fn raster(&self, module_pixels: u32) -> GrayImage {
        let side = self.side() * module_pixels;
        let mut picture = GrayImage::from_pixel(side, side, Luma([255]));
        for run in self.runs() {
            let [left, top, width] = [run.column, run.row, run.length].map(|modules| modules * module_pixels);
            for y in top..top + module_pixels {
                for x in left..left + width {
                    picture.put_pixel(x, y, Luma([0]));
                }
            }
        }
        picture
    }
}

fn svg(modules: &Modules) -> String {
    let side = modules.side();
    let mut path = String::new();
    for Run { column, row, length } in modules.runs() {
        write!(path, "M{column} {row}h{length}v1h-{length}z").expect("a string takes all that is written");
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>\n"
    )
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
        check(&"1".repeat(41), 25, EcLevel::Q);
        check(&"1".repeat(63), 25, EcLevel::M);
        check(&"a".repeat(2_953), 177, EcLevel::L);
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
    fn a_drawing_that_says_something_else_is_withheld() {
        let modules = draw("one").expect("it fits");
        assert!(modules.are_read_as("one"));
        assert!(!modules.are_read_as("two"));
        let blank = Modules { inner: 21, is_dark: vec![false; 21 * 21] };
        assert!(!blank.are_read_as("one"));
    }

    #[test]
    fn one_reader_is_not_enough() {
        let text = "HTTPS://MOTLAN.EXAMPLE/V/ABCDEFG";
        let whole = draw(text).expect("it fits");
        let only_one = (1..whole.inner).map(|rows| whole.without_rows(rows)).any(|damaged| {
            let picture = damaged.raster(PROOF_PIXELS);
            !crate::find(&picture.into()).is_empty() && !damaged.are_read_as(text)
        });
        assert!(only_one, "some damage lies between the two readers");
    }

    impl Modules {
        /// With so many of the last rows blank.
        fn without_rows(&self, rows: u32) -> Modules {
            let kept = ((self.inner - rows) * self.inner) as usize;
            let is_dark = (0..self.is_dark.len()).map(|at| at < kept && self.is_dark[at]).collect();
            Modules { inner: self.inner, is_dark }
        }
    }

    #[test]
    fn modules_are_whole_dots_and_wide_enough() {
        let check = |module_mm: f64, dpi: u32, dots: u32| assert_eq!(module_dots(module_mm, dpi), dots);
        check(MODULE_MM_MIN, 300, 6);
        check(MODULE_MM_MIN, 600, 11);
        check(SHEET_MODULE_MM_MIN, 300, 12);
        check(SHEET_MODULE_MM_MIN, 600, 24);
        check(25.4, 300, 300);
    }

    #[test]
    fn the_vector_drawing_shows_the_modules_of_the_encoder() {
        let code = encode("Bộ phận một cửa").expect("it fits");
        let drawn = Modules::of(&code).raster(1);
        let colors = code.to_colors();
        for (x, y, pixel) in drawn.enumerate_pixels() {
            let inside = |at: u32| at.checked_sub(QUIET_MODULES).filter(|at| *at < code.width() as u32);
            let dark = inside(x)
                .zip(inside(y))
                .is_some_and(|(x, y)| colors[(y * code.width() as u32 + x) as usize] == Color::Dark);
            assert_eq!(pixel.0[0] == 0, dark, "{x} {y}");
        }
    }
}
