//! The searchable PDF/A-2b, page by page: the picture as the scanner coded it, and the invisible words over it.

use super::font::Letters;
use super::objects::{Object, Objects};
use super::text_layer::{self, Scale};
use super::{About, Coding, Colours, PagePicture, colour, label, metadata};
use qr::Modules;
use repository::record::{Page, Reading};
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Points in an inch.
const POINTS: f64 = 72.0;
/// Sides that a page may have, in points (ISO 32000-1, annex C.2).
const SIDE: std::ops::RangeInclusive<f64> = 3.0..=14_400.0;
/// Resolution of a page of which nothing is known.
const DPI_UNKNOWN: u32 = 200;

/// A PDF that is being written.
pub(super) struct Pdf<W> {
    objects: Objects<W>,
    catalog: Object,
    tree: Object,
    font: Object,
    pages: Vec<Object>,
    letters: Letters,
    /// Drawn above the page that is added next.
    label: Option<Modules>,
    /// Of everything that decides the content: the same rendition has the same name.
    id: Sha256,
}

impl<W: Write> Pdf<W> {
    pub(super) fn begin(to: W) -> io::Result<Pdf<W>> {
        let mut objects = Objects::begin(to)?;
        let (catalog, tree, font) = (objects.promise(), objects.promise(), objects.promise());
        let (pages, letters, id) = (Vec::new(), Letters::default(), Sha256::new());
        Ok(Pdf { objects, catalog, tree, font, pages, letters, label: None, id })
    }

    /// Draws a label, if there is one, above the page that is added next.
    pub(super) fn label_next(&mut self, label: Option<Modules>) {
        self.label = label;
    }

    /// Adds a page: as the record has it upright, or as its picture lies when it could not be read.
    pub(super) fn add_page(
        &mut self,
        page: &Page,
        reading: Option<&Reading>,
        picture: &PagePicture,
        stream: &[u8],
    ) -> io::Result<()> {
        let size = PageSize::of(page, picture);
        let image = self.objects.add_stream(&image_entries(picture), stream)?;
        let [a, b, c, d, e, f] = picture.placement.turned(page.rotation_degrees).0;
        let (w, h) = (size.width, size.height);
        let mut content = format!(
            "q\n{:.4} {:.4} {:.4} {:.4} {:.4} {:.4} cm\n/I Do\nQ\n",
            a * w,
            b * h,
            c * w,
            d * h,
            e * w,
            f * h
        );
        if let Some(reading) = reading {
            content.push_str(&text_layer::commands(reading, size.scale(page), &mut self.letters));
        }
        let mut sheet = size;
        if let Some(label) = self.label.take() {
            sheet = label::sheet(size, &label);
            content.push_str(&label::commands(sheet, &label));
        }
        self.id.update(&content);
        let content = self.objects.add_compressed("", content.as_bytes())?;
        let (w, h) = (sheet.width, sheet.height);
        let page = self.objects.add(&format!(
            "<< /Type /Page /Parent {} /MediaBox [0 0 {w:.2} {h:.2}] /Contents {content} \
             /Resources << /XObject << /I {image} >> /Font << /F {} >> >> >>",
            self.tree, self.font
        ))?;
        self.pages.push(page);
        Ok(())
    }

    /// Puts the pages in order that were added so far: the first that was added comes to the first of these places, and so on.
    pub(super) fn arrange(&mut self, places: &[usize]) {
        let mut placed: Vec<(usize, Object)> = places.iter().copied().zip(self.pages.drain(..)).collect();
        placed.sort_by_key(|(place, _)| *place);
        self.pages.extend(placed.into_iter().map(|(_, page)| page));
    }

    pub(super) fn end(mut self, about: &About) -> io::Result<()> {
        let packet = metadata::packet(about);
        self.id.update(&packet);
        self.letters.write(self.font, &mut self.objects)?;
        let kids: Vec<String> = self.pages.iter().map(ToString::to_string).collect();
        let tree = format!("<< /Type /Pages /Count {} /Kids [{}] >>", kids.len(), kids.join(" "));
        self.objects.keep(self.tree, &tree)?;
        // Not compressed: programs that know no PDF find it too (ISO 16684-1, annex A).
        let packet = self.objects.add_stream("/Type /Metadata /Subtype /XML", packet.as_bytes())?;
        let intent = colour::output_intent(&mut self.objects)?;
        let catalog = format!(
            "<< /Type /Catalog /Pages {} /Lang (vi) /Metadata {packet} /OutputIntents [{intent}] \
             /ViewerPreferences << /DisplayDocTitle true >> >>",
            self.tree
        );
        self.objects.keep(self.catalog, &catalog)?;
        let id: String = self.id.finalize()[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        self.objects.end(self.catalog, &id)
    }
}

/// Entries of the picture's dictionary. Interpolation stays off: PDF/A forbids it (ISO 19005-2, 6.2.8).
fn image_entries(picture: &PagePicture) -> String {
    let PagePicture { width, height, bits, .. } = picture;
    let (space, components) = match &picture.colours {
        Colours::Gray => ("/DeviceGray".to_owned(), 1),
        Colours::Rgb => ("/DeviceRGB".to_owned(), 3),
        Colours::Palette(entries) => {
            let table: String = entries.iter().map(|byte| format!("{byte:02x}")).collect();
            (format!("[/Indexed /DeviceRGB {} <{table}>]", entries.len() / 3 - 1), 1)
        }
    };
    let coding = match picture.coding {
        Coding::Jpeg => "/Filter /DCTDecode".to_owned(),
        Coding::Fax { black_is_1 } => format!(
            "/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {width} /Rows {height} /BlackIs1 {black_is_1} >>"
        ),
        Coding::Png => format!(
            "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors {components} /BitsPerComponent {bits} /Columns {width} >>"
        ),
    };
    format!(
        "/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent {bits} /ColorSpace {space} {coding}"
    )
}

/// Size of a page in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct PageSize {
    pub(super) width: f64,
    pub(super) height: f64,
}

impl PageSize {
    fn of(page: &Page, picture: &PagePicture) -> PageSize {
        let is_known = page.width > 0 && page.height > 0 && page.dpi > 0;
        let (width, height, dpi) = match is_known {
            true => (page.width, page.height, page.dpi),
            false => (picture.width, picture.height, DPI_UNKNOWN),
        };
        let points = |pixels: u32| f64::from(pixels) * POINTS / f64::from(dpi);
        let side = |pixels: u32| points(pixels).clamp(*SIDE.start(), *SIDE.end());
        PageSize { width: side(width), height: side(height) }
    }

    fn scale(self, page: &Page) -> Scale {
        let of = |points: f64, pixels: u32| points / f64::from(pixels.max(1));
        Scale { x: of(self.width, page.width), y: of(self.height, page.height), height: self.height }
    }
}
