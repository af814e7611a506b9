//! PDF pages: each one decided by itself, typed or scanned.

mod picture;

use super::{PAGE_PIXELS_MAX, Source};
use crate::Problem;
use crate::page::{PageContent, Raster, TypedLine, TypedWord};
use crate::problem::reason;
use crate::rendition::PagePicture;
use pdfium_render::prelude::*;
use repository::record::Region;
use unicode_normalization::UnicodeNormalization;

/// Drawn at this resolution when the page itself suggests none: what Tesseract's models were trained near.
const DPI_ORDINARY: u32 = 300;
/// A scan inside a PDF is drawn at its own resolution within these.
const DPI_SCAN: std::ops::RangeInclusive<u32> = 150..=400;
/// Typed pages are drawn for people and for finding codes only.
const DPI_TYPED: u32 = 150;
/// Below this a drawing is of no use to a reader.
const DPI_LEAST: u32 = 70;
/// A page whose pictures cover this share is a scan, whatever text lies on it: a signature stamp leaves 90–210 characters.
const SCAN_COVER: f32 = 0.5;
/// A picture that covers this share is the whole page; scanners' programs round sizes.
const WHOLE_PAGE_COVER: f32 = 0.98;
/// Typed pages have at least this many letters; fewer may be a page number on a drawing.
const TYPED_LETTERS_MIN: usize = 16;
/// More strange characters than this share: the font's mapping is broken and the picture is the better witness.
const STRANGE_SHARE_MAX: f32 = 0.05;
/// Which bytes a signature signs; it cannot hide in a compressed object, for its place in the file must be known.
const SIGNATURE_KEY: &[u8] = b"/ByteRange";
/// Points in an inch.
const POINTS: f32 = 72.0;

/// An open PDF.
pub(super) struct Pdf<'a> {
    document: PdfDocument<'a>,
    /// The file has the key of a signature (ISO 32000-1, 12.8.1), even where no form field leads to it.
    has_signature_key: bool,
}

impl<'a> Pdf<'a> {
    pub(super) fn open(file: Vec<u8>, pdfium: &'a Pdfium) -> Result<Pdf<'a>, Problem> {
        let has_signature_key = file.windows(SIGNATURE_KEY.len()).any(|window| window == SIGNATURE_KEY);
        match pdfium.load_pdf_from_byte_vec(file, None) {
            Ok(document) => Ok(Pdf { document, has_signature_key }),
            Err(PdfiumError::PdfiumLibraryInternalError(PdfiumInternalError::PasswordError)) => {
                Err(Problem::Encrypted)
            }
            Err(_) => Err(Problem::Damaged),
        }
    }
}

impl Source for Pdf<'_> {
    fn page_count(&self) -> u32 {
        self.document.pages().len().max(0) as u32
    }

    fn page(&mut self, number: u32) -> Result<PageContent, &'static str> {
        let page = self.document.pages().get(number as PdfPageIndex - 1).map_err(|_| reason::DAMAGED)?;
        let scan_dpi = scan_dpi(&page);
        let typed = if scan_dpi.is_some() { None } else { typed_lines(&page) };
        let wanted = match (&typed, scan_dpi) {
            (Some(_), _) => DPI_TYPED,
            (None, Some(dpi)) => dpi.clamp(*DPI_SCAN.start(), *DPI_SCAN.end()),
            (None, None) => DPI_ORDINARY,
        };
        let whole = if typed.is_none() { whole_page_picture(&page) } else { None };
        let raster = match whole {
            Some(raster) => raster,
            None => draw(&page, wanted)?,
        };
        Ok(match typed {
            Some(lines) => PageContent::Typed { lines: place(lines, &page, raster.dpi), raster },
            None => PageContent::Scanned(raster),
        })
    }

    fn picture(&mut self, number: u32) -> Result<(PagePicture, Vec<u8>), &'static str> {
        let page = self.document.pages().get(number as PdfPageIndex - 1).map_err(|_| reason::DAMAGED)?;
        picture::picture(&page)
    }

    fn is_signed(&self) -> bool {
        self.has_signature_key || !self.document.signatures().is_empty()
    }
}

/// Draws the page on white, at `dpi` or at what the pixel budget allows.
fn draw(page: &PdfPage, dpi: u32) -> Result<Raster, &'static str> {
    let (width_inches, height_inches) = (page.width().value / POINTS, page.height().value / POINTS);
    let square_inches = f64::from(width_inches) * f64::from(height_inches);
    if !square_inches.is_finite() || square_inches <= 0.0 {
        return Err(reason::DAMAGED);
    }
    let affordable = (PAGE_PIXELS_MAX as f64 / square_inches).sqrt() as u32;
    if affordable < DPI_LEAST {
        return Err(reason::PIXEL_BUDGET);
    }
    let used = dpi.min(affordable);
    let pixels = |inches: f32| ((inches * used as f32).round() as i32).max(1);
    // A page thinner than a pixel may be as long as it likes by the sum above.
    if pixels(width_inches) as u64 * pixels(height_inches) as u64 > PAGE_PIXELS_MAX {
        return Err(reason::PIXEL_BUDGET);
    }
    let config = PdfRenderConfig::new()
        .set_fixed_size(pixels(width_inches), pixels(height_inches))
        .use_lcd_text_rendering(false)
        .render_form_data(true);
    let bitmap = page.render_with_config(&config).map_err(|_| reason::DAMAGED)?;
    let image = bitmap.as_image().map_err(|_| reason::DAMAGED)?;
    let reasons = if used < dpi { vec![reason::REDUCED] } else { Vec::new() };
    Ok(Raster { image: image::DynamicImage::ImageRgb8(image.into_rgb8()), dpi: used, reasons })
}

/// The scanner's own pixels, where a page is nothing but one upright picture: drawing them anew blurs them (a noisy page of the
/// samples went from 0.3 to 1.5 % wrong characters by it) and costs time.
fn whole_page_picture(page: &PdfPage) -> Option<Raster> {
    let upright = matches!(page.rotation(), Ok(PdfPageRenderRotation::None));
    if !upright || !page.annotations().is_empty() || page.objects().len() != 1 {
        return None;
    }
    let object = page.objects().iter().next()?;
    let (bounds, matrix) = (object.bounds().ok()?, object.matrix().ok()?);
    let covered = bounds.width().value * bounds.height().value / (page.width().value * page.height().value);
    let straight = matrix.a() > 0.0 && matrix.d() > 0.0 && matrix.b() == 0.0 && matrix.c() == 0.0;
    if covered < WHOLE_PAGE_COVER || !straight {
        return None;
    }
    let picture = object.as_image_object()?;
    let (width, height) = (picture.width().ok()?.max(0) as u64, picture.height().ok()?.max(0) as u64);
    let dpi = (width as f32 / (bounds.width().value / POINTS)).round() as u32;
    if width * height > PAGE_PIXELS_MAX || !DPI_SCAN.contains(&dpi) {
        return None;
    }
    let image = picture.get_raw_image().ok()?;
    Some(Raster { image: image::DynamicImage::ImageRgb8(image.into_rgb8()), dpi, reasons: Vec::new() })
}

/// Resolution of the picture that fills the page, if one does.
fn scan_dpi(page: &PdfPage) -> Option<u32> {
    let page_area = page.width().value * page.height().value;
    let pictures = page.objects().iter().filter_map(|object| {
        let bounds = object.bounds().ok()?;
        let (width, height) = (bounds.width().value, bounds.height().value);
        let picture = object.as_image_object()?;
        let pixels = picture.width().ok()?;
        Some((width * height, pixels as f32 / (width / POINTS)))
    });
    let pictures: Vec<(f32, f32)> = pictures.collect();
    let covered: f32 = pictures.iter().map(|(area, _)| area).sum();
    let largest = pictures.into_iter().max_by(|one, other| one.0.total_cmp(&other.0))?;
    // A picture placed sideways gives a wrong but harmless resolution: the clamp bounds it.
    (covered >= SCAN_COVER * page_area).then_some(largest.1.round() as u32)
}

/// A character with its box in points from the top left.
struct Character {
    letter: char,
    left: f32,
    top: f32,
    right: f32,
    bottom: f32,
}

/// The page's own text, if it has enough that can be believed. Boxes in points.
fn typed_lines(page: &PdfPage) -> Option<Vec<Vec<Vec<Character>>>> {
    let text = page.text().ok()?;
    let characters: Vec<Character> =
        text.chars().iter().filter_map(|c| character(&c, page.height().value)).collect();
    let letters = characters.iter().filter(|c| c.letter.is_alphanumeric()).count();
    let strange = characters.iter().filter(|c| is_strange(c.letter)).count();
    let believable = strange as f32 <= STRANGE_SHARE_MAX * characters.len() as f32;
    (letters >= TYPED_LETTERS_MIN && believable).then(|| lines_of(characters))
}

fn character(c: &PdfPageTextChar, page_height: f32) -> Option<Character> {
    // Text that is not drawn (an OCR layer under a scan) is no witness of what the page shows.
    if matches!(c.render_mode(), Ok(PdfPageTextRenderMode::Invisible)) {
        return None;
    }
    let letter = c.unicode_char()?;
    let bounds = c.loose_bounds().ok()?;
    Some(Character {
        letter,
        left: bounds.left().value,
        right: bounds.right().value,
        top: page_height - bounds.top().value,
        bottom: page_height - bounds.bottom().value,
    })
}

/// Marks of a font without a usable mapping to Unicode.
fn is_strange(letter: char) -> bool {
    letter == '\u{fffd}'
        || ('\u{e000}'..='\u{f8ff}').contains(&letter)
        || (letter.is_control() && !letter.is_whitespace())
}

/// Cuts the stream of characters into lines (at breaks, or where the next one stands at another height) and words (at spaces).
fn lines_of(characters: Vec<Character>) -> Vec<Vec<Vec<Character>>> {
    let mut lines: Vec<Vec<Vec<Character>>> = vec![vec![Vec::new()]];
    let mut floor: Option<(f32, f32)> = None;
    for c in characters {
        let line_break = matches!(c.letter, '\n' | '\r')
            || (!c.letter.is_whitespace()
                && floor.is_some_and(|(top, bottom)| c.top > bottom || c.bottom < top));
        if line_break {
            lines.push(vec![Vec::new()]);
            floor = None;
        }
        let line = lines.last_mut().expect("there is always a line");
        if c.letter.is_whitespace() {
            line.push(Vec::new());
            continue;
        }
        floor = Some((c.top, c.bottom));
        line.last_mut().expect("a line always has a word").push(c);
    }
    for line in &mut lines {
        line.retain(|word| !word.is_empty());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// Points become pixels of the drawn page.
fn place(lines: Vec<Vec<Vec<Character>>>, page: &PdfPage, dpi: u32) -> Vec<TypedLine> {
    let scale = dpi as f32 / POINTS;
    let (page_width, page_height) =
        ((page.width().value * scale).max(1.0), (page.height().value * scale).max(1.0));
    let word = |characters: &Vec<Character>| {
        let edge = |pick: fn(&Character) -> f32, fold: fn(f32, f32) -> f32, start: f32| {
            characters.iter().map(pick).fold(start, fold) * scale
        };
        let left = edge(|c| c.left, f32::min, f32::MAX).clamp(0.0, page_width - 1.0);
        let top = edge(|c| c.top, f32::min, f32::MAX).clamp(0.0, page_height - 1.0);
        let right = edge(|c| c.right, f32::max, f32::MIN).clamp(left + 1.0, page_width.max(left + 1.0));
        let bottom = edge(|c| c.bottom, f32::max, f32::MIN).clamp(top + 1.0, page_height.max(top + 1.0));
        let region = Region {
            left: left as u32,
            top: top as u32,
            width: (right - left).ceil() as u32,
            height: (bottom - top).ceil() as u32,
        };
        TypedWord { text: characters.iter().map(|c| c.letter).nfc().collect(), region }
    };
    lines.iter().map(|line| TypedLine { words: line.iter().map(word).collect() }).collect()
}
