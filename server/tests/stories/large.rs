//! Large sheets and long renditions: all of a sheet is read, and neither takes more memory than one page needs.

use std::io::Cursor;

use image::codecs::jpeg::{JpegEncoder, PixelDensity};
use image::{DynamicImage, GrayImage, Luma};

use super::paper;
use super::resident::peak_mib;
use super::support::*;

/// An A3 sheet at 300 dpi, in pixels.
const A3: (u32, u32) = (3_508, 4_961);
/// Where the typed page of `ocr/fixtures` (1,500 × 1,130 pixels) stands on it, from the left and from the top: two columns whose first
/// and last letters are 5 to 8 mm from the edges.
const COLUMNS: [u32; 2] = [0, 1_950];
const ROWS: [u32; 4] = [0, 1_277, 2_554, 3_831];
/// The server and its reading children together stay below this while an A3 sheet is read.
const A3_MEMORY_MIB_MAX: u64 = 500;

/// Pages of the short and of the long file whose renditions are made.
const SHORT: u32 = 40;
const LONG: u32 = 300;
/// The rendition of the long file may need this much more memory than that of the short one: allocators keep some pieces, and a child
/// hands out 64 pages. One page drawn has 3 MiB.
const RENDITION_GROWTH_MIB_MAX: u64 = 40;

/// The sheet, with text in every corner, as a scanner that states its resolution writes it.
fn a3_scan() -> Vec<u8> {
    let mut sheet = GrayImage::from_pixel(A3.0, A3.1, Luma([255]));
    let block = paper::typed_lines(1_130);
    for (left, top) in ROWS.iter().flat_map(|top| COLUMNS.map(|left| (left, *top))) {
        image::imageops::overlay(&mut sheet, &block, left.into(), top.into());
    }
    let mut file = Cursor::new(Vec::new());
    let mut encoder = JpegEncoder::new_with_quality(&mut file, 85);
    encoder.set_pixel_density(PixelDensity::dpi(300));
    encoder.encode_image(&DynamicImage::ImageLuma8(sheet)).expect("memory can be written");
    file.into_inner()
}

/// Typed A6 pages, each with a number.
fn typed_pdf(pages: u32) -> Vec<u8> {
    let font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec();
    let content = |number: u32| {
        paper::stream("", format!("BT /F 12 Tf 36 360 Td (Trang so {number} cua ho so dai) Tj ET").as_bytes())
    };
    let shared: Vec<Vec<u8>> = std::iter::once(font).chain((1..=pages).map(content)).collect();
    let first = pages + 3;
    let entries = |number: u32| {
        let content = first + number;
        format!("/MediaBox [0 0 298 420] /Contents {content} 0 R /Resources << /Font << /F {first} 0 R >> >>")
    };
    let entries: Vec<String> = (1..=pages).map(entries).collect();
    paper::pdf_of(&entries.iter().map(String::as_str).collect::<Vec<_>>(), &shared)
}

#[test]
fn an_a3_sheet_is_read_whole() {
    let folder = fresh_folder();
    let server = Server::start(&folder.path().join("data"));
    let (view, peak) = peak_mib(&server, || {
        let id = server.upload("a3.jpg", &a3_scan());
        server.wait_read(&id)
    });
    let page = &view["pages"][0];
    assert_eq!((&page["state"], &page["dpi"]), (&"done".into(), &300.into()), "{page}");
    let id = text(&view["document"]["id"]);
    let reading = server.get(&format!("/api/v1/documents/{id}/pages/1/reading")).json(200);
    let lines = reading["lines"].as_array().expect("lines").iter();
    let words = lines.flat_map(|line| line["words"].as_array().expect("words").clone());
    let read: Vec<String> = words.map(|word| text(&word["text"])).collect();
    let read = read.join(" ");
    let expected = include_str!("../../../ocr/fixtures/residence.expected.txt");
    for line in expected.lines().filter(|line| !line.is_empty()) {
        let times = read.matches(line).count();
        assert_eq!(times, COLUMNS.len() * ROWS.len(), "“{line}” stands in every block: {read}");
    }
    println!("peak memory while an A3 sheet was read: {peak} MiB");
    assert!(peak < A3_MEMORY_MIB_MAX, "{peak} MiB");
    server.stop();
}

#[test]
fn a_long_rendition_is_made_in_the_memory_of_a_short_one() {
    let folder = fresh_folder();
    let server = Server::start(&folder.path().join("data"));
    let peak_of = |pages: u32| {
        let id = server.upload(&format!("typed-{pages}.pdf"), &typed_pdf(pages));
        let view = server.wait_read(&id);
        assert_eq!(view["document"]["pages_read"], pages, "{}", view["document"]);
        let path = format!("/api/v1/documents/{id}/rendition.pdf");
        let (answer, peak) = peak_mib(&server, || server.get(&path));
        assert_eq!(answer.status, 200, "{}", answer.text());
        let count = format!("/Count {pages} ");
        assert!(
            answer.bytes.windows(count.len()).any(|part| part == count.as_bytes()),
            "every page is there"
        );
        peak
    };
    let (short, long) = (peak_of(SHORT), peak_of(LONG));
    println!("peak memory while a rendition was made: {short} MiB for {SHORT} pages, {long} MiB for {LONG}");
    assert!(short > 20, "the look at the memory sees something");
    assert!(long <= short + RENDITION_GROWTH_MIB_MAX, "{short} MiB grew to {long} MiB");
    server.stop();
}
