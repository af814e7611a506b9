//! One page: from what the file draws to an upright page with its words, its codes and an honest state.
//!
//! Only the reading copy is changed; what was scanned stays as it is.

use crate::clean::{Cleaned, clean};
use crate::engines::Engines;
use crate::ink;
use crate::problem::reason;
use crate::words::{self, Sheet};
use image::{DynamicImage, GrayImage, RgbImage, imageops};
use ocr::Engine;
use repository::record::{Label, Page, PageSource, PageState, ReadLine, ReadWord, Reading, Region, Stage};

/// Longer side of the picture shown to people, in pixels: A4 at 170 dpi, readable at full width on a 1366-pixel screen.
pub(crate) const PICTURE_SIDE_MAX: u32 = 2_000;
/// JPEG quality of that picture: seals and thin strokes stay clean.
const PICTURE_QUALITY: u8 = 72;
/// A reading with fewer sure letters than this is looked at again the other way up: upright pages of text have hundreds.
const SURE_LETTERS_MIN: usize = 40;
/// Resolution below which a scan does not meet the rule (DIG-14; NĐ 30/2020 Phụ lục I).
const DPI_MIN: u32 = 200;
/// Stated resolutions are rounded by scanners: 199 is 200.
const DPI_TOLERANCE: u32 = 4;
/// How much redder than its other channels a pixel of a seal is.
const SEAL_RED_EXCESS: u8 = 40;
/// Model name under which typed text is stored.
const TYPED_ENGINE: &str = "digital";

/// What a source draws for one page.
pub(crate) enum PageContent {
    /// Pixels; the words must be recognised.
    Scanned(Raster),
    /// The file carries its own words; `raster` shows them.
    Typed { lines: Vec<TypedLine>, raster: Raster },
}

/// A drawn page.
pub(crate) struct Raster {
    pub(crate) image: DynamicImage,
    /// Dots an inch.
    pub(crate) dpi: u32,
    /// Codes of [`reason`] for what was lost while drawing.
    pub(crate) reasons: Vec<&'static str>,
}

/// Typed words of one line.
pub(crate) struct TypedLine {
    pub(crate) words: Vec<TypedWord>,
}

/// A typed word with its place on the drawn page.
pub(crate) struct TypedWord {
    pub(crate) text: String,
    pub(crate) region: Region,
}

/// A page, read.
pub(crate) struct PageRead {
    pub(crate) page: Page,
    pub(crate) reading: Option<Reading>,
    pub(crate) picture_jpeg: Option<Vec<u8>>,
}

/// Reads one page. `engines` are needed for scanned pages only.
pub(crate) fn read(
    number: u32,
    content: PageContent,
    engines: Option<&mut Engines>,
    picture: bool,
) -> PageRead {
    match (content, engines) {
        (PageContent::Typed { lines, raster }, _) => read_typed(number, lines, raster, picture),
        (PageContent::Scanned(raster), Some(engines)) => read_scanned(number, raster, engines, picture),
        (PageContent::Scanned(_), None) => unreachable!("the child starts engines for every scanned page"),
    }
}

fn read_typed(number: u32, lines: Vec<TypedLine>, mut raster: Raster, picture: bool) -> PageRead {
    let words = lines.iter().flat_map(|line| &line.words).map(|word| word.region);
    let words: Vec<ocr::PixelBox> = words.map(pixel_box).collect();
    let labels = find_labels(&raster.image);
    let codes: Vec<ocr::PixelBox> = labels.iter().map(|label| pixel_box(label.region)).collect();
    // A scan pasted into a typed page, a form filled in by hand: ink that the typed words do not cover.
    let unread = words::unread_on(&raster.image.to_luma8(), raster.dpi, &words, &codes);
    if !unread.is_empty() {
        raster.reasons.push(reason::UNREAD_INK);
    }
    let reading = Reading {
        engine: TYPED_ENGINE.into(),
        engine_version: String::new(),
        model: String::new(),
        model_sha256: String::new(),
        stages: Vec::new(),
        lines: lines.into_iter().map(typed_line).collect(),
    };
    let mut read = finish(number, raster, PageSource::Digital, 0, labels, Some(reading), picture);
    read.page.unread = unread.into_iter().map(region).collect();
    read
}

fn typed_line(line: TypedLine) -> ReadLine {
    let word = |word: TypedWord| ReadWord { text: word.text, region: word.region, confidence: 100.0 };
    ReadLine { words: line.words.into_iter().map(word).collect() }
}

fn read_scanned(number: u32, mut raster: Raster, engines: &mut Engines, picture: bool) -> PageRead {
    let gray = reading_copy(&raster.image);
    if raster.dpi + DPI_TOLERANCE < DPI_MIN {
        raster.reasons.push(reason::LOW_RESOLUTION);
    }
    match read_upright(engines.first(), gray, raster.dpi) {
        Err(_) => {
            raster.reasons.push(reason::ENGINE_FAILED);
            let labels = find_labels(&raster.image);
            finish(number, raster, PageSource::Scan, 0, labels, None, picture)
        }
        Ok(pass) => {
            raster.image = turn(raster.image, pass.rotation_degrees);
            complete(number, raster, engines, pass, picture)
        }
    }
}

/// What the pass over the page left out is looked at once the page stands upright.
fn complete(number: u32, mut raster: Raster, engines: &mut Engines, pass: Pass, picture: bool) -> PageRead {
    let Pass { gray, cleaned, rotation_degrees, reading } = pass;
    let labels = find_labels(&raster.image);
    let not_text: Vec<ocr::PixelBox> = labels.iter().map(|label| pixel_box(label.region)).collect();
    let sheet = Sheet {
        gray: &cleaned.gray,
        marks: &cleaned.marks,
        uncleaned: cleaned.is_changed.then_some(&gray),
        dpi: raster.dpi,
        not_text: &not_text,
    };
    let completed = words::complete(engines, &sheet, reading);
    raster.reasons.extend(&completed.reasons);
    let reading = to_record(completed.reading, completed.stages);
    let mut read = finish(number, raster, PageSource::Scan, rotation_degrees, labels, Some(reading), picture);
    read.page.unread = completed.unread.into_iter().map(region).collect();
    read
}

/// One pass over the page, lying one way.
struct Pass {
    gray: GrayImage,
    cleaned: Cleaned,
    rotation_degrees: u16,
    reading: ocr::Reading,
}

/// Reads the page as it lies unless it looks sideways or reads like nonsense; only then is the dearer question asked which way is
/// up.
fn read_upright(engine: &mut dyn Engine, gray: GrayImage, dpi: u32) -> Result<Pass, ocr::Error> {
    let suspected = if ink::looks_sideways(&gray) { ask_rotation(engine, &gray, dpi)? } else { 0 };
    let first = read_turned(engine, &gray, suspected, dpi)?;
    if is_mostly_words(&first.reading) {
        return Ok(first);
    }
    let further = ask_rotation(engine, &first.gray, dpi)?;
    if further == 0 {
        return Ok(first);
    }
    let second = read_turned(engine, &gray, (suspected + further) % 360, dpi)?;
    let is_better = second.reading.confident_letters() > first.reading.confident_letters();
    Ok(if is_better { second } else { first })
}

fn read_turned(
    engine: &mut dyn Engine,
    gray: &GrayImage,
    degrees: u16,
    dpi: u32,
) -> Result<Pass, ocr::Error> {
    let gray = match degrees {
        90 => imageops::rotate90(gray),
        180 => imageops::rotate180(gray),
        270 => imageops::rotate270(gray),
        _ => gray.clone(),
    };
    let cleaned = clean(&gray, dpi);
    let mut reading = engine.read(&cleaned.gray, dpi)?;
    words::drop_noise(&mut reading, dpi);
    Ok(Pass { gray, cleaned, rotation_degrees: degrees, reading })
}

/// A page that lies wrong reads as a few sure letters among many unsure ones; a badly printed form does not.
fn is_mostly_words(reading: &ocr::Reading) -> bool {
    let letters: usize = reading.words().map(ocr::Word::letters).sum();
    reading.confident_letters() >= SURE_LETTERS_MIN && reading.confident_letters() * 2 >= letters
}

fn ask_rotation(engine: &mut dyn Engine, gray: &GrayImage, dpi: u32) -> Result<u16, ocr::Error> {
    Ok(engine.orientation(gray, dpi)?.map_or(0, |orientation| orientation.rotation_degrees))
}

fn finish(
    number: u32,
    raster: Raster,
    source: PageSource,
    rotation_degrees: u16,
    labels: Vec<Label>,
    reading: Option<Reading>,
    picture: bool,
) -> PageRead {
    let state = match (&reading, raster.reasons.as_slice()) {
        (None, _) => PageState::Failed,
        (Some(_), []) => PageState::Done,
        (Some(_), _) => PageState::NeedsReview,
    };
    let page = Page {
        number,
        state,
        reasons: raster.reasons.iter().map(|reason| reason.to_string()).collect(),
        source,
        width: raster.image.width(),
        height: raster.image.height(),
        dpi: raster.dpi,
        rotation_degrees,
        labels,
        unread: Vec::new(),
    };
    let picture_jpeg = if picture { draw_picture(&raster.image) } else { None };
    PageRead { page, reading, picture_jpeg }
}

/// The grey copy that is read: red ink (seals) is as bright as paper there, everything else keeps its brightness.
fn reading_copy(image: &DynamicImage) -> GrayImage {
    let rgb: &RgbImage = match image {
        DynamicImage::ImageRgb8(rgb) => rgb,
        DynamicImage::ImageLuma8(gray) => return gray.clone(),
        other if !other.color().has_color() => return other.to_luma8(),
        other => return reading_copy(&DynamicImage::ImageRgb8(other.to_rgb8())),
    };
    let pixels =
        rgb.as_raw().chunks_exact(3).map(|pixel| brightness_without_red(pixel[0], pixel[1], pixel[2]));
    GrayImage::from_raw(rgb.width(), rgb.height(), pixels.collect()).expect("one brightness for each pixel")
}

fn brightness_without_red(red: u8, green: u8, blue: u8) -> u8 {
    if red > green.max(blue).saturating_add(SEAL_RED_EXCESS) {
        return red;
    }
    // ITU-R BT.601 in 16-bit fixed point.
    ((19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue) + 32_768) >> 16) as u8
}

fn turn(image: DynamicImage, clockwise_degrees: u16) -> DynamicImage {
    match clockwise_degrees {
        90 => image.rotate90(),
        180 => image.rotate180(),
        270 => image.rotate270(),
        _ => image,
    }
}

fn draw_picture(image: &DynamicImage) -> Option<Vec<u8>> {
    let longer = image.width().max(image.height());
    let scaled;
    let shown = if longer > PICTURE_SIDE_MAX {
        let scale = f64::from(PICTURE_SIDE_MAX) / f64::from(longer);
        let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
        scaled = imageops::thumbnail(&image.to_rgb8(), side(image.width()), side(image.height()));
        DynamicImage::ImageRgb8(scaled)
    } else {
        DynamicImage::ImageRgb8(image.to_rgb8())
    };
    let mut jpeg = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut jpeg, PICTURE_QUALITY);
    shown.write_with_encoder(encoder).ok()?;
    Some(jpeg)
}

fn find_labels(image: &DynamicImage) -> Vec<Label> {
    qr::find(image).into_iter().map(label).collect()
}

fn label(found: qr::Found) -> Label {
    let kind = match found.kind {
        qr::Kind::CitizenCard => "citizen_card",
        qr::Kind::OurLabel => "our_label",
        qr::Kind::Payment => "payment",
        qr::Kind::HealthInsurance => "health_insurance",
        qr::Kind::Url => "url",
        qr::Kind::Unknown => "unknown",
    };
    let qr::Bounds { left, top, width, height } = found.bounds;
    Label { kind: kind.into(), value: found.text, region: Region { left, top, width, height } }
}

fn pixel_box(region: Region) -> ocr::PixelBox {
    let Region { left, top, width, height } = region;
    ocr::PixelBox { left, top, width, height }
}

fn region(bounds: ocr::PixelBox) -> Region {
    let ocr::PixelBox { left, top, width, height } = bounds;
    Region { left, top, width, height }
}

fn to_record(reading: ocr::Reading, stages: Vec<Stage>) -> Reading {
    Reading {
        engine: reading.engine.name,
        engine_version: reading.engine.version,
        model: reading.engine.model,
        model_sha256: reading.engine.model_sha256,
        stages,
        lines: reading.lines.into_iter().map(record_line).collect(),
    }
}

fn record_line(line: ocr::Line) -> ReadLine {
    let word = |word: ocr::Word| ReadWord {
        text: word.text,
        region: region(word.bounds),
        confidence: word.confidence,
    };
    ReadLine { words: line.words.into_iter().map(word).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seals_vanish_and_ink_stays() {
        assert_eq!(brightness_without_red(220, 40, 40), 220, "a red seal is as bright as its red channel");
        assert_eq!(brightness_without_red(20, 20, 20), 20, "black ink stays");
        assert!(brightness_without_red(40, 50, 160) < 70, "a blue signature stays dark");
        assert_eq!(brightness_without_red(255, 255, 255), 255);
    }
}
