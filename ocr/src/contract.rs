//! The promises of [`Engine`] as one test that every implementation runs.

use std::fs;
use std::path::PathBuf;

use image::{GrayImage, Luma, imageops};
use unicode_normalization::is_nfc;

use crate::{Engine, FIGURES, Line, PixelBox, Reading, Word};

/// How often [`check`] calls `read`.
pub const READS: u32 = 7;

/// Resolution of [`text_page`].
const DPI: u32 = 300;

/// Rows of [`text_page`] that hold its first line.
const FIRST_LINE_TOP: u32 = 72;
const FIRST_LINE_HEIGHT: u32 = 96;

/// Runs the contract; panics with the promise that was broken.
///
/// What a page says is not part of it, for an engine may read badly: only the shape of the answer is.
pub fn check(engine: &mut dyn Engine) {
    check_identity(engine);
    pages_without_ink_give_empty_readings(engine);
    readings_are_well_formed(engine);
    a_strip_gives_one_line(engine);
    figures_are_nothing_else(engine);
    pages_do_not_change_each_other(engine);
    orientation_is_a_right_angle(engine);
}

/// A page of 300 dpi with ten lines of Vietnamese.
pub fn text_page() -> GrayImage {
    let path = fixtures().join("residence.png");
    image::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).into_luma8()
}

/// What [`text_page`] says.
pub fn text_expected() -> String {
    let path = fixtures().join("residence.expected.txt");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Folder of the pages and recordings.
pub(crate) fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// The page turned clockwise by a right angle.
fn turned_page() -> GrayImage {
    imageops::rotate90(&text_page())
}

/// The first line of the page.
fn text_strip() -> GrayImage {
    imageops::crop_imm(&text_page(), 0, FIRST_LINE_TOP, text_page().width(), FIRST_LINE_HEIGHT).to_image()
}

fn blank_page() -> GrayImage {
    GrayImage::from_pixel(400, 300, Luma([255]))
}

fn read(engine: &mut dyn Engine, page: &GrayImage) -> Reading {
    engine.read(page, DPI).unwrap_or_else(|error| panic!("a page of {:?} pixels: {error}", page.dimensions()))
}

fn read_line(engine: &mut dyn Engine, strip: &GrayImage) -> Reading {
    let dimensions = strip.dimensions();
    engine.read_line(strip, DPI).unwrap_or_else(|error| panic!("a strip of {dimensions:?} pixels: {error}"))
}

fn check_identity(engine: &dyn Engine) {
    let identity = engine.identity();
    assert!(!identity.name.is_empty() && !identity.version.is_empty(), "an engine has a name and a version");
    assert!(!identity.model.is_empty(), "an engine names its model");
    let is_hash = identity.model_sha256.len() == 64
        && identity.model_sha256.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
    assert!(is_hash, "the model's hash is 64 lower-case hex digits, not {:?}", identity.model_sha256);
}

fn pages_without_ink_give_empty_readings(engine: &mut dyn Engine) {
    for page in [GrayImage::new(0, 0), GrayImage::new(1, 1), blank_page()] {
        let reading = read(engine, &page);
        assert!(reading.lines.is_empty(), "a blank page has no words, not {:?}", reading.text());
    }
}

fn readings_are_well_formed(engine: &mut dyn Engine) {
    for page in [text_page(), turned_page()] {
        let reading = read(engine, &page);
        assert_eq!(&reading.engine, engine.identity(), "a reading names its engine");
        for line in &reading.lines {
            check_line(line, &page);
        }
    }
}

fn a_strip_gives_one_line(engine: &mut dyn Engine) {
    for strip in [GrayImage::new(0, 0), blank_page(), text_strip()] {
        let reading = read_line(engine, &strip);
        assert!(reading.lines.len() <= 1, "a strip holds one line, not {:?}", reading.text());
        assert_eq!(&reading.engine, engine.identity(), "a reading names its engine");
        for line in &reading.lines {
            check_line(line, &strip);
        }
    }
    assert!(read_line(engine, &blank_page()).lines.is_empty(), "a blank strip has no words");
}

fn figures_are_nothing_else(engine: &mut dyn Engine) {
    let strip = text_strip();
    let reading = engine.read_figures(&strip, DPI).expect("a strip can be read for figures");
    assert!(reading.lines.len() <= 1, "a strip holds one line, not {:?}", reading.text());
    for word in reading.words() {
        check_word(word);
        check_bounds(&word.bounds, &strip);
        assert!(word.text.chars().all(|c| FIGURES.contains(c)), "only figures, not {:?}", word.text);
    }
}

fn check_line(line: &Line, page: &GrayImage) {
    assert!(!line.words.is_empty(), "a line has words");
    for word in &line.words {
        check_word(word);
        check_bounds(&word.bounds, page);
    }
}

fn check_word(word: &Word) {
    assert!(!word.text.trim().is_empty(), "a word has text");
    assert!(is_nfc(&word.text), "text is NFC: {:?}", word.text);
    assert!(!word.text.chars().any(char::is_control), "no control characters: {:?}", word.text);
    assert!((0.0..=100.0).contains(&word.confidence), "confidence is 0 to 100, not {}", word.confidence);
}

fn check_bounds(bounds: &PixelBox, page: &GrayImage) {
    assert!(bounds.area() > 0, "a box is not empty: {bounds:?}");
    assert!(bounds.right() <= page.width() && bounds.bottom() <= page.height(), "{bounds:?} leaves the page");
}

fn pages_do_not_change_each_other(engine: &mut dyn Engine) {
    let first = read(engine, &text_page());
    let _turned = engine.orientation(&turned_page(), DPI);
    let _strip = engine.read_line(&text_strip(), DPI);
    assert_eq!(read(engine, &text_page()), first, "the same page reads the same after another one");
}

fn orientation_is_a_right_angle(engine: &mut dyn Engine) {
    for page in [GrayImage::new(0, 0), blank_page(), text_page(), turned_page()] {
        let orientation = engine.orientation(&page, DPI).expect("orientation of a small page is told");
        if let Some(orientation) = orientation {
            assert!(matches!(orientation.rotation_degrees, 0 | 90 | 180 | 270), "{orientation:?}");
            assert!(orientation.confidence.is_finite() && orientation.confidence >= 0.0, "{orientation:?}");
        }
    }
}
