//! Damaged pictures, made by a seeded hand: what is called done says what the whole picture says (invariant 8).

use std::collections::BTreeMap;

use image::{GrayImage, ImageFormat, Luma};
use serde_json::Value;

use super::paper;
use super::support::*;

/// Where the random damage begins; another number is another run.
const SEED: u64 = 0x6861_6d61_6765;
/// Damaged copies of each file.
const COPIES: u32 = 12;
/// Differences of fewer letters than this share are not the damage's: specks of it stand between the lines.
const SAME_TEXT: f64 = 0.02;

/// Random numbers that are the same in every run (xorshift).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// A few typed lines, as wide as A4 is high at 205 dpi: files that state no resolution are taken for that.
fn lines() -> GrayImage {
    let mut strip = GrayImage::from_pixel(2_400, 340, Luma([255]));
    image::imageops::overlay(&mut strip, &paper::typed_lines(340), 0, 0);
    strip
}

/// The lines in every format that can be made here, by file name.
fn whole_files() -> Vec<(&'static str, Vec<u8>)> {
    let encoded = |format| paper::encoded(lines(), format);
    let jpeg = encoded(ImageFormat::Jpeg);
    let picture =
        "/Type /XObject /Subtype /Image /Width 2400 /Height 340 /ColorSpace /DeviceGray /BitsPerComponent 8";
    let shared = [
        paper::stream("", b"q 840 0 0 119 0 0 cm /I Do Q"),
        paper::stream(&format!("{picture} /Filter /DCTDecode"), &jpeg),
    ];
    let page = "/MediaBox [0 0 840 119] /Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >>";
    vec![
        ("lines.pdf", paper::pdf_of_pages(1, page, &shared)),
        ("lines.jpg", jpeg),
        ("lines.png", encoded(ImageFormat::Png)),
        ("lines.webp", encoded(ImageFormat::WebP)),
        ("lines.tif", encoded(ImageFormat::Tiff)),
    ]
}

/// A typed page, whose contents are deflated as everybody's are.
fn typed_pdf() -> Vec<u8> {
    let line = |number: u32| format!("(Dieu {number}. Nguoi lam don chiu trach nhiem ve noi dung da khai) '");
    let lines: Vec<String> = (1..=30).map(line).collect();
    let content = format!("BT /F 12 Tf 72 780 Td 16 TL {} ET", lines.join(" "));
    let shared = [
        paper::stream("/Filter /FlateDecode", &paper::zlib(content.as_bytes())),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    let page = "/MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >>";
    paper::pdf_of_pages(1, page, &shared)
}

/// One way in which files break: on the way, on a failing disk, in a careless program.
fn damage(file: &[u8], way: u32, chance: &mut Chance) -> Vec<u8> {
    let at = chance.below(file.len());
    let mut damaged = file.to_vec();
    match way % 5 {
        0 => damaged.truncate(at),
        1 => damaged[at] ^= 1 << chance.below(8),
        2 => damaged.iter_mut().skip(at).take(64).for_each(|byte| *byte = 0),
        3 => damaged.iter_mut().skip(at).take(32).for_each(|byte| *byte = chance.below(256) as u8),
        _ => drop(damaged.drain(at..(at + 100).min(file.len()))),
    }
    damaged
}

/// Every file as `motlan read` sees it, by name; a file that it refuses is missing.
fn read_all(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Value> {
    let folder = fresh_folder();
    let paths = files.iter().map(|(name, bytes)| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("the temporary folder can be written");
        path
    });
    let paths: Vec<_> = paths.collect();
    let data = folder.path().join("data");
    let output = run(motlan(&data).args(["read", "--json"]).args(&paths));
    let printed = String::from_utf8(output.stdout).expect("standard output is UTF-8");
    let read = printed.lines().map(|line| serde_json::from_str::<Value>(line).expect("an object a line"));
    read.map(|file| (file_name(&file), file["pages"][0].clone())).collect()
}

fn file_name(file: &Value) -> String {
    text(&file["file"]).rsplit('/').next().unwrap_or_default().to_owned()
}

/// Reads damaged copies of the files beside the whole ones, and counts the states of those that were opened.
#[track_caller]
fn check_damaged(whole_files: Vec<(&str, Vec<u8>)>, mut chance: Chance) -> BTreeMap<String, u32> {
    let mut files = BTreeMap::new();
    for (name, bytes) in whole_files {
        for copy in 0..COPIES {
            files.insert(format!("{copy:02}-{name}"), damage(&bytes, copy, &mut chance));
        }
        files.insert(name.to_owned(), bytes);
    }
    let read = read_all(&files);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for (name, page) in &read {
        let (_, whole) = name.split_once('-').unwrap_or(("", name));
        let expected = &read[whole];
        assert_eq!(expected["state"], "done", "{whole} is whole: {expected}");
        let difference = ocr::measure::character_error_rate(&text(&expected["text"]), &text(&page["text"]));
        assert!(
            page["state"] != "done" || difference <= SAME_TEXT,
            "{name} is called done and differs by {difference}: {}",
            page["text"]
        );
        *counts.entry(text(&page["state"])).or_default() += 1;
    }
    println!("{} files: {} refused, {counts:?}", files.len(), files.len() - read.len());
    counts
}

#[test]
fn what_is_damaged_is_not_called_done() {
    let counts = check_damaged(whole_files(), Chance(SEED));
    assert!(counts.contains_key("needs_review") && counts.contains_key("failed"), "{counts:?}");
}

#[test]
fn a_damaged_typed_page_is_not_called_done() {
    let counts = check_damaged(vec![("typed.pdf", typed_pdf())], Chance(SEED ^ 1));
    assert!(counts.contains_key("needs_review"), "{counts:?}");
}
