//! PDF pages: each one decided by itself, by what its typed words cover of what is drawn.

mod damage;
mod letters;
mod mapping;
mod picture;
mod pictures;
mod streams;
mod table;
mod view;

use super::Source;
use crate::Problem;
use crate::cover::{self, Cover};
use crate::page::{PageContent, Raster, TypedLine};
use crate::problem::reason;
use crate::rendition::PagePicture;
use pdfium_render::prelude::*;
use pictures::Survey;
use repository::record::Region;
use view::View;

/// Drawn at this resolution when the page itself suggests none: what Tesseract's models were trained near.
const DPI_ORDINARY: u32 = 300;
/// A scan inside a PDF is drawn at its own resolution within these.
const DPI_SCAN: std::ops::RangeInclusive<u32> = 150..=400;
/// Typed pages are drawn for people, for finding codes and for comparing with their words only.
const DPI_TYPED: u32 = 150;
/// Which bytes a signature signs; it cannot hide in a compressed object, for its place in the file must be known.
const SIGNATURE_KEY: &[u8] = b"/ByteRange";

/// An open PDF.
pub(super) struct Pdf<'a> {
    document: PdfDocument<'a>,
    /// The file has the key of a signature (ISO 32000-1, 12.8.1), even where no form field leads to it.
    has_signature_key: bool,
    /// Whether its pages only stand in for a form that another program would build at run time.
    is_dynamic_form: bool,
}

/// Whether the table of objects or one of the compressed streams is damaged.
pub(super) fn is_damaged(file: &[u8]) -> bool {
    !table::is_right(file) || damage::has_damaged_stream(file)
}

impl<'a> Pdf<'a> {
    pub(super) fn open(file: Vec<u8>, pdfium: &'a Pdfium) -> Result<Pdf<'a>, Problem> {
        let has_signature_key = file.windows(SIGNATURE_KEY.len()).any(|window| window == SIGNATURE_KEY);
        match pdfium.load_pdf_from_byte_vec(file, None) {
            Ok(document) => {
                let is_dynamic_form =
                    document.form().is_some_and(|form| form.form_type() == PdfFormType::XfaFull);
                Ok(Pdf { document, has_signature_key, is_dynamic_form })
            }
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
        let mut content = content(&page)?;
        if self.is_dynamic_form {
            content.raster_mut().reasons.push(reason::DYNAMIC_FORM);
        }
        Ok(content)
    }

    fn picture(&mut self, number: u32) -> Result<(PagePicture, Vec<u8>), &'static str> {
        let page = self.document.pages().get(number as PdfPageIndex - 1).map_err(|_| reason::DAMAGED)?;
        picture::picture(&page)
    }

    fn is_signed(&self) -> bool {
        self.has_signature_key || !self.document.signatures().is_empty()
    }
}

fn content(page: &PdfPage) -> Result<PageContent, &'static str> {
    let view = View::of(page).ok_or(reason::DAMAGED)?;
    let survey = Survey::of(page, &view);
    let mut content = decide(page, view, &survey)?;
    if survey.is_partly_decoded {
        content.raster_mut().reasons.push(reason::PARTLY_DECODED);
    }
    Ok(content)
}

/// Typed text is trusted where it covers what is drawn; the rest is recognised.
fn decide(page: &PdfPage, view: View, survey: &Survey) -> Result<PageContent, &'static str> {
    let letters = letters::visible(page, &view, survey);
    if !letters::are_text(&letters) {
        let raster = scan(page, &view, survey)?;
        let misses_words =
            cover::misses_words(&letters::place(&letters::lines_of(letters), &raster), &raster);
        return Ok(told(PageContent::Scanned(raster), misses_words));
    }
    let (letters, view) = letters::upright(letters, view);
    let lines = letters::in_order(letters::lines_of(letters), page);
    let look = view.draw(page, DPI_TYPED)?;
    let placed = letters::place(&lines, &look);
    let misses_words = cover::misses_words(&placed, &look);
    if mapping::is_doubtful(&lines) {
        let raster = view.draw(page, DPI_ORDINARY)?;
        let lines = letters::place(&lines, &raster);
        return Ok(told(PageContent::Doubtful { lines, raster }, misses_words));
    }
    let placed = cover::shown(placed, &look);
    let content = match cover::of(&placed, &look, &survey.pictures_in(&look)) {
        Cover::All => PageContent::Typed { lines: placed, raster: look },
        Cover::Little => PageContent::Scanned(scan(page, &view, survey)?),
        Cover::Part(areas) => {
            let raster = view.draw(page, survey.scan_dpi().unwrap_or(DPI_ORDINARY))?;
            mixed(placed, areas, look.dpi, raster)
        }
    };
    Ok(told(content, misses_words))
}

/// A page that misses words says so.
fn told(mut content: PageContent, misses_words: bool) -> PageContent {
    if misses_words {
        content.raster_mut().reasons.push(reason::UNDRAWN_WORDS);
    }
    content
}

/// Places that were found on a smaller drawing, on the one that is read.
fn mixed(lines: Vec<TypedLine>, areas: Vec<Region>, look_dpi: u32, raster: Raster) -> PageContent {
    let scale = raster.dpi as f32 / look_dpi as f32;
    let lines = lines.into_iter().map(|line| line.scaled(scale)).collect();
    let areas = areas.into_iter().map(|area| crate::page::scaled(area, scale)).collect();
    PageContent::Mixed { lines, areas, raster }
}

/// A page that is recognised whole.
fn scan(page: &PdfPage, view: &View, survey: &Survey) -> Result<Raster, &'static str> {
    match pictures::whole_page(page, view, survey) {
        Some(raster) => Ok(raster),
        None => view.draw(page, survey.scan_dpi().unwrap_or(DPI_ORDINARY)),
    }
}
