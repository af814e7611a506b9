//! Stacks of paper as a feeder scans them: cover sheets with signed codes, pages of text, empty backs.

use std::path::{Path, PathBuf};

use image::{GrayImage, ImageFormat, Luma, imageops};
use jiff::Timestamp;
use qr::{Address, CoverSheet, KeyList, Payload, PseudonymKey, SigningKey};

use super::paper;

/// A4 at 150 dpi.
const WIDTH: u32 = 1240;
const HEIGHT: u32 = 1754;
/// Pixels a module of a code: 1 mm.
const MODULE_PIXELS: u32 = 6;
/// From the edges of a sheet to its codes, in pixels.
const MARGIN: u32 = 40;

/// The keys of an office that prints cover sheets.
pub(crate) struct Office {
    key: SigningKey,
    address: Address,
}

impl Office {
    pub(crate) fn new() -> Office {
        let address = Address::new("https://motcua.example").expect("an address");
        Office { key: SigningKey::random(), address }
    }

    /// Its public keys, as a file.
    pub(crate) fn keys(&self, folder: &Path) -> PathBuf {
        let list = KeyList::new(
            "Một cửa",
            std::slice::from_ref(&self.address),
            std::slice::from_ref(&self.key),
            Timestamp::now(),
        );
        let file = folder.join("keys.json");
        std::fs::write(&file, list.expect("there is a key").to_json()).expect("the folder can be written");
        file
    }

    /// Its secret keys, as a server takes them from its environment.
    pub(crate) fn secrets(&self) -> String {
        format!("{} {}", self.key.reveal(), PseudonymKey::random().reveal())
    }

    /// The text of a cover sheet's code.
    pub(crate) fn code(&self, dossier: &str, component: Option<&str>, sheets: u16, serial: u8) -> String {
        let sheet = CoverSheet {
            dossier: dossier.to_owned(),
            component: component.map(str::to_owned),
            sheets,
            serial: [serial; 8],
            at: Timestamp::UNIX_EPOCH,
        };
        self.key.sign(&Payload::CoverSheet(sheet), &self.address).expect("nothing is missing")
    }

    /// A cover sheet: its code stands in all four corners.
    pub(crate) fn cover(&self, dossier: &str, component: Option<&str>, sheets: u16, serial: u8) -> GrayImage {
        with_codes(&self.code(dossier, component, sheets, serial))
    }
}

/// A sheet with this code in all four corners.
pub(crate) fn with_codes(text: &str) -> GrayImage {
    let code = drawn(text);
    let mut sheet = words(0);
    let (right, bottom) = (WIDTH - MARGIN - code.width(), HEIGHT - MARGIN - code.height());
    for (left, top) in [(MARGIN, MARGIN), (right, MARGIN), (MARGIN, bottom), (right, bottom)] {
        imageops::replace(&mut sheet, &code, left.into(), top.into());
    }
    sheet
}

/// A page of text with a code of someone else in the middle.
pub(crate) fn with_foreign_code(number: u32, text: &str) -> GrayImage {
    let mut page = words(number);
    imageops::replace(&mut page, &drawn(text), 300, 1100);
    page
}

fn drawn(text: &str) -> GrayImage {
    let png = qr::draw_png(text, MODULE_PIXELS).expect("the text fits");
    image::load_from_memory(&png).expect("a picture").into_luma8()
}

/// A page of text; pages with different numbers look different.
pub(crate) fn words(number: u32) -> GrayImage {
    let mut page = blank();
    let lines = paper::typed_lines(340);
    let lines = imageops::resize(&lines, WIDTH - 200, 200, imageops::FilterType::Triangle);
    imageops::replace(&mut page, &lines, 100, i64::from(520 + number % 8 * 40));
    for bit in (0..16).filter(|bit| number >> bit & 1 == 1) {
        imageops::replace(&mut page, &GrayImage::from_pixel(20, 20, Luma([0])), 200 + 40 * bit, 900);
    }
    page
}

/// An empty page, with the dust of a scanner's glass.
pub(crate) fn blank() -> GrayImage {
    let mut page = GrayImage::from_pixel(WIDTH, HEIGHT, Luma([250]));
    (0..30).for_each(|speck| page.put_pixel(101 + 37 * speck % 1100, 97 + 53 * speck, Luma([60])));
    page
}

/// Cut away but for the upper left corner: what a torn sheet leaves.
pub(crate) fn torn(sheet: &GrayImage) -> GrayImage {
    let mut rest = blank();
    let corner = imageops::crop_imm(sheet, 0, 0, WIDTH / 2, HEIGHT / 3).to_image();
    imageops::replace(&mut rest, &corner, 0, 0);
    rest
}

/// The pages as a PDF of JPEGs, as feeders write it.
pub(crate) fn pdf(pages: &[GrayImage]) -> Vec<u8> {
    let count = pages.len();
    // Objects 1 and 2 are the catalogue and the tree, then the pages; what they share follows.
    let shown = 3 + count;
    let entries: Vec<String> = (0..count)
        .map(|page| {
            format!(
                "/MediaBox [0 0 595 842] /Contents {shown} 0 R /Resources << /XObject << /I {} 0 R >> >>",
                shown + 1 + page
            )
        })
        .collect();
    let mut shared = vec![paper::stream("", b"q 595 0 0 842 0 0 cm /I Do Q")];
    let head = format!(
        "/Type /XObject /Subtype /Image /Width {WIDTH} /Height {HEIGHT} /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /DCTDecode"
    );
    shared.extend(
        pages.iter().map(|page| paper::stream(&head, &paper::encoded(page.clone(), ImageFormat::Jpeg))),
    );
    paper::pdf_of(&entries.iter().map(String::as_str).collect::<Vec<_>>(), &shared)
}
