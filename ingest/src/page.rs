//! One page: from what the file draws to an upright page with its words, its codes and an honest state.
//!
//! Only the reading copy is changed; what was scanned stays as it is.

mod mixed;

use crate::clean::{Cleaned, FaintInk, clean};
use crate::copy::{self, ReadingCopy};
use crate::engines::Engines;
use crate::ink;
use crate::picture;
use crate::picture_hash;
use crate::problem::reason;
use crate::protocol::Pictures;
use crate::stage::{self, StagePicture, Trace};
use crate::upright::Lie;
use crate::words::{self, Sheet};
use image::{DynamicImage, GrayImage};
use ocr::{Engine, PixelBox};
use repository::record::{Label, Page, PageSource, PageState, ReadLine, ReadWord, Reading, Region, Stage};

/// A reading with fewer sure letters than this is looked at again the other way up: upright pages of text have hundreds.
const SURE_LETTERS_MIN: usize = 40;
/// Of the sure letters of a page, so many stay when the print of its back side is taken out: junk of it is seldom sure of itself.
const SURE_LETTERS_KEPT: f32 = 0.97;
/// Resolution below which a scan does not meet the rule (DIG-14; NĐ 30/2020 Phụ lục I).
const DPI_MIN: u32 = 200;
/// Stated resolutions are rounded by scanners: 199 is 200.
const DPI_TOLERANCE: u32 = 4;
/// Model name under which typed text is stored.
const TYPED_ENGINE: &str = "digital";

/// What a source draws for one page.
pub(crate) enum PageContent {
    /// Pixels; the words must be recognised.
    Scanned(Raster),
    /// The file carries its own words; `raster` shows them.
    Typed { lines: Vec<TypedLine>, raster: Raster },
    /// The file carries words that may not be those it shows; the picture decides.
    Doubtful { lines: Vec<TypedLine>, raster: Raster },
    /// The file carries some of the words; in `areas` there are others to be recognised.
    Mixed { lines: Vec<TypedLine>, areas: Vec<Region>, raster: Raster },
}

impl PageContent {
    pub(crate) fn raster_mut(&mut self) -> &mut Raster {
        match self {
            PageContent::Scanned(raster)
            | PageContent::Typed { raster, .. }
            | PageContent::Doubtful { raster, .. }
            | PageContent::Mixed { raster, .. } => raster,
        }
    }

    /// Whether there are words to be recognised.
    pub(crate) fn needs_engine(&self) -> bool {
        !matches!(self, PageContent::Typed { .. })
    }
}

/// A drawn page.
pub(crate) struct Raster {
    pub(crate) image: DynamicImage,
    /// Dots an inch.
    pub(crate) dpi: u32,
    /// Clockwise turn beyond what the file asks for, already done, so that its words stand upright: 0, 90, 180 or 270 degrees.
    pub(crate) turned_degrees: u16,
    /// Codes of [`reason`] for what was lost while drawing.
    pub(crate) reasons: Vec<&'static str>,
}

/// Typed words of one line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TypedLine {
    pub(crate) words: Vec<TypedWord>,
}

impl TypedLine {
    /// The same line on a drawing this many times as large.
    pub(crate) fn scaled(self, scale: f32) -> TypedLine {
        let word = |word: TypedWord| TypedWord { region: scaled(word.region, scale), ..word };
        TypedLine { words: self.words.into_iter().map(word).collect() }
    }
}

/// The same place on a drawing this many times as large.
pub(crate) fn scaled(region: Region, scale: f32) -> Region {
    let pixels = |pixels: u32| (pixels as f32 * scale).round() as u32;
    let Region { left, top, width, height } = region;
    Region {
        left: pixels(left),
        top: pixels(top),
        width: pixels(width).max(1),
        height: pixels(height).max(1),
    }
}

/// A typed word with its place on the drawn page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TypedWord {
    pub(crate) text: String,
    pub(crate) region: Region,
}

/// A page, read.
pub(crate) struct PageRead {
    pub(crate) page: Page,
    pub(crate) reading: Option<Reading>,
    pub(crate) picture_jpeg: Option<Vec<u8>>,
    pub(crate) stage_pictures: Vec<StagePicture>,
}

/// Reads one page. `engines` are needed where words are to be recognised.
pub(crate) fn read(
    number: u32,
    content: PageContent,
    engines: Option<&mut Engines>,
    pictures: Pictures,
) -> PageRead {
    match (content, engines) {
        (PageContent::Typed { lines, raster }, _) => read_typed(number, lines, raster, pictures),
        (PageContent::Scanned(raster), Some(engines)) => read_scanned(number, raster, engines, pictures),
        (PageContent::Doubtful { lines, raster }, Some(engines)) => {
            mixed::read_doubtful(number, lines, raster, engines, pictures)
        }
        (PageContent::Mixed { lines, areas, raster }, Some(engines)) => {
            mixed::read_mixed(number, lines, &areas, raster, engines, pictures)
        }
        (_, None) => unreachable!("the child starts engines for every page with words to recognise"),
    }
}

fn read_typed(number: u32, lines: Vec<TypedLine>, mut raster: Raster, pictures: Pictures) -> PageRead {
    let labels = find_labels(&raster.image);
    let reading = typed_reading(lines);
    let gray = copy::without_seals(&raster.image, raster.dpi);
    let unread = unread_beside(&gray, raster.dpi, &reading, &labels);
    if !unread.is_empty() {
        raster.reasons.push(reason::UNREAD_INK);
    }
    let mut read = finish(number, raster, PageSource::Digital, 0, labels, Some(reading), pictures);
    read.page.unread = unread;
    read.page.picture_hash = picture_hash::of(&gray);
    read
}

/// Ink that neither typed words nor codes cover.
fn unread_beside(gray: &GrayImage, dpi: u32, reading: &Reading, labels: &[Label]) -> Vec<Region> {
    let words = reading.lines.iter().flat_map(|line| &line.words);
    let words: Vec<PixelBox> = words.map(|word| pixel_box(word.region)).collect();
    let codes: Vec<PixelBox> = labels.iter().map(|label| pixel_box(label.region)).collect();
    words::unread_on(gray, dpi, &words, &codes).into_iter().map(region).collect()
}

fn typed_reading(lines: Vec<TypedLine>) -> Reading {
    Reading {
        engine: TYPED_ENGINE.into(),
        engine_version: String::new(),
        model: String::new(),
        model_sha256: String::new(),
        stages: Vec::new(),
        lines: lines.into_iter().map(typed_line).collect(),
    }
}

fn typed_line(line: TypedLine) -> ReadLine {
    let word = |word: TypedWord| ReadWord { text: word.text, region: word.region, confidence: 100.0 };
    ReadLine { words: line.words.into_iter().map(word).collect() }
}

fn read_scanned(number: u32, mut raster: Raster, engines: &mut Engines, pictures: Pictures) -> PageRead {
    if raster.dpi + DPI_TOLERANCE < DPI_MIN {
        raster.reasons.push(reason::LOW_RESOLUTION);
    }
    let mut trace = Trace::new(pictures.stages);
    let drawn = Drawn { image: &raster.image, dpi: raster.dpi };
    let mut read = match read_upright(engines.first(), drawn, &mut trace) {
        Ok(pass) => complete(number, raster, engines, pass, pictures),
        Err(_) => {
            raster.reasons.push(reason::ENGINE_FAILED);
            let labels = find_labels(&raster.image);
            finish(number, raster, PageSource::Scan, 0, labels, None, pictures)
        }
    };
    read.stage_pictures = trace.pictures();
    read
}

/// What the pass over the page left out is looked at once the page stands upright.
fn complete(
    number: u32,
    mut raster: Raster,
    engines: &mut Engines,
    pass: Pass,
    pictures: Pictures,
) -> PageRead {
    let Pass { copy, cleaned, reading } = pass;
    raster.image = turn(raster.image, copy.rotation_degrees);
    let labels = find_labels(&raster.image);
    let on_copy = |label: &Label| copy.place.on_copy(pixel_box(label.region), copy.gray.dimensions());
    let not_text: Vec<PixelBox> = labels.iter().map(on_copy).collect();
    let (gray, marks) =
        cleaned.changed.as_ref().map_or((&copy.gray, &copy.marks), |(gray, marks)| (gray, marks));
    let sheet = Sheet {
        gray,
        marks,
        uncleaned: cleaned.changed.is_some().then_some(&copy.gray),
        faint: &cleaned.faint,
        dpi: raster.dpi,
        not_text: &not_text,
    };
    let completed = words::complete(engines, &sheet, reading);
    raster.reasons.extend(&completed.reasons);
    let cleaning = if completed.is_cleaned { cleaned.stages } else { Vec::new() };
    let stages = [copy.stages, cleaning, completed.stages].concat();
    let on_picture = |bounds: PixelBox| region(copy.place.on_picture(bounds, copy.picture));
    let reading = to_record(completed.reading, stages, on_picture);
    let maybe_writing = copy.maybe_writing.into_iter().map(region);
    let unread: Vec<Region> = completed.unread.into_iter().map(on_picture).chain(maybe_writing).collect();
    if !unread.is_empty() && !raster.reasons.contains(&reason::UNREAD_INK) {
        raster.reasons.push(reason::UNREAD_INK);
    }
    let mut read =
        finish(number, raster, PageSource::Scan, copy.rotation_degrees, labels, Some(reading), pictures);
    read.page.unread = unread;
    read.page.picture_hash = picture_hash::of(&copy.gray);
    read
}

/// One pass over the page, lying one way.
struct Pass {
    copy: ReadingCopy,
    cleaned: Cleaned,
    reading: ocr::Reading,
}

/// The picture of a page as it lies.
#[derive(Clone, Copy)]
struct Drawn<'a> {
    image: &'a DynamicImage,
    dpi: u32,
}

impl Drawn<'_> {
    fn copy_as_it_lies(self, trace: &mut Trace) -> ReadingCopy {
        ReadingCopy::of(self.image, self.dpi, trace)
    }

    fn copy_turned(self, degrees: u16, confidence: f32, trace: &mut Trace) -> ReadingCopy {
        ReadingCopy::turned(self.image, self.dpi, degrees % 360, confidence, trace)
    }
}

/// Reads the page as its letters stand. Only where they tell nothing, or what was read is like nonsense, the dearer question is asked
/// which way is up.
fn read_upright(engine: &mut dyn Engine, drawn: Drawn, trace: &mut Trace) -> Result<Pass, ocr::Error> {
    let copy = upright(engine, drawn, trace)?;
    let is_surely_upright = matches!(copy.lie(), Some(Lie { turn: Some((0, _)), .. }));
    let first = read_copy(engine, copy, trace)?;
    if is_surely_upright || is_mostly_words(&first.reading) {
        return Ok(first);
    }
    Ok(read_otherwise(engine, drawn, first, trace))
}

fn upright(engine: &mut dyn Engine, drawn: Drawn, trace: &mut Trace) -> Result<ReadingCopy, ocr::Error> {
    let copy = drawn.copy_as_it_lies(trace);
    match copy.lie() {
        Some(Lie { turn: Some((0, _)), .. } | Lie { is_sideways: false, turn: None }) => Ok(copy),
        Some(Lie { turn: Some((degrees, share)), .. }) => {
            Ok(drawn.copy_turned(degrees, 100.0 * share, trace))
        }
        Some(Lie { is_sideways: true, turn: None }) => turn_as_asked(engine, drawn, copy, trace),
        None if ink::looks_sideways(&copy.gray) => turn_as_asked(engine, drawn, copy, trace),
        None => Ok(copy),
    }
}

/// Reads the page the other way, should the engine say that it lies wrong, and keeps what has more sure letters. A fault of the engine
/// costs this look, not the first reading.
fn read_otherwise(engine: &mut dyn Engine, drawn: Drawn, first: Pass, trace: &mut Trace) -> Pass {
    let found = engine.orientation(&first.copy.gray, first.copy.dpi).ok().flatten();
    let Some(found) = found.filter(|found| found.rotation_degrees > 0) else { return first };
    let degrees = first.copy.rotation_degrees + found.rotation_degrees;
    let turned = drawn.copy_turned(degrees, osd_confidence(found), trace);
    match read_copy(engine, turned, trace) {
        Ok(second) if second.reading.confident_letters() > first.reading.confident_letters() => second,
        _ => first,
    }
}

fn turn_as_asked(
    engine: &mut dyn Engine,
    drawn: Drawn,
    copy: ReadingCopy,
    trace: &mut Trace,
) -> Result<ReadingCopy, ocr::Error> {
    let found = engine.orientation(&copy.gray, copy.dpi)?.filter(|found| found.rotation_degrees > 0);
    Ok(match found {
        Some(found) => drawn.copy_turned(found.rotation_degrees, osd_confidence(found), trace),
        None => copy,
    })
}

/// The engine's own measure as 0 to 100: 1 is a guess, 10 a page of text.
fn osd_confidence(found: ocr::Orientation) -> f32 {
    stage::confidence(found.confidence)
}

fn read_copy(engine: &mut dyn Engine, copy: ReadingCopy, trace: &mut Trace) -> Result<Pass, ocr::Error> {
    let copy = copy.level(trace);
    let cleaned = clean(&copy, FaintInk::Goes, trace);
    let reading = read_cleaned(engine, &copy, &cleaned)?;
    if cleaned.faint.is_empty() {
        return Ok(Pass { copy, cleaned, reading });
    }
    // What looks like the back side may be the entries of a form: it goes only where no sure words go with it.
    let uncleaned = clean(&copy, FaintInk::Stays, &mut Trace::new(false));
    let whole = read_cleaned(engine, &copy, &uncleaned)?;
    if reading.confident_letters() as f32 >= SURE_LETTERS_KEPT * whole.confident_letters() as f32 {
        Ok(Pass { copy, cleaned, reading })
    } else {
        Ok(Pass { copy, cleaned: uncleaned, reading: whole })
    }
}

fn read_cleaned(
    engine: &mut dyn Engine,
    copy: &ReadingCopy,
    cleaned: &Cleaned,
) -> Result<ocr::Reading, ocr::Error> {
    let gray = cleaned.changed.as_ref().map_or(&copy.gray, |(gray, _)| gray);
    let mut reading = engine.read(gray, copy.dpi)?;
    words::drop_noise(&mut reading, copy.dpi);
    Ok(reading)
}

/// A page that lies wrong reads as a few sure letters among many unsure ones; a badly printed form does not.
fn is_mostly_words(reading: &ocr::Reading) -> bool {
    let letters: usize = reading.words().map(ocr::Word::letters).sum();
    reading.confident_letters() >= SURE_LETTERS_MIN && reading.confident_letters() * 2 >= letters
}

fn finish(
    number: u32,
    raster: Raster,
    source: PageSource,
    rotation_degrees: u16,
    labels: Vec<Label>,
    reading: Option<Reading>,
    pictures: Pictures,
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
        rotation_degrees: (raster.turned_degrees + rotation_degrees) % 360,
        labels,
        unread: Vec::new(),
        picture_hash: None,
    };
    let picture_jpeg = if pictures.page { picture::of_page(&raster.image) } else { None };
    PageRead { page, reading, picture_jpeg, stage_pictures: Vec::new() }
}

pub(crate) fn turn(image: DynamicImage, clockwise_degrees: u16) -> DynamicImage {
    match clockwise_degrees {
        90 => image.rotate90(),
        180 => image.rotate180(),
        270 => image.rotate270(),
        _ => image,
    }
}

fn find_labels(image: &DynamicImage) -> Vec<Label> {
    qr::find(image).into_iter().map(label).collect()
}

fn label(found: qr::Found) -> Label {
    let kind = match found.kind {
        qr::Kind::CitizenCard => "citizen_card",
        qr::Kind::OurLabel => "our_label",
        qr::Kind::CoverSheet => "cover_sheet",
        qr::Kind::Payment => "payment",
        qr::Kind::HealthInsurance => "health_insurance",
        qr::Kind::HealthCertificate => "health_certificate",
        qr::Kind::Url => "url",
        qr::Kind::Unknown => "unknown",
    };
    let qr::Bounds { left, top, width, height } = found.bounds;
    Label { kind: kind.into(), value: found.text, region: Region { left, top, width, height } }
}

pub(crate) fn pixel_box(region: Region) -> PixelBox {
    let Region { left, top, width, height } = region;
    PixelBox { left, top, width, height }
}

fn region(bounds: PixelBox) -> Region {
    let PixelBox { left, top, width, height } = bounds;
    Region { left, top, width, height }
}

fn to_record(reading: ocr::Reading, stages: Vec<Stage>, on_picture: impl Fn(PixelBox) -> Region) -> Reading {
    let word = |word: ocr::Word| ReadWord {
        text: word.text,
        region: on_picture(word.bounds),
        confidence: word.confidence,
    };
    let line = |line: ocr::Line| ReadLine { words: line.words.into_iter().map(word).collect() };
    Reading {
        engine: reading.engine.name,
        engine_version: reading.engine.version,
        model: reading.engine.model,
        model_sha256: reading.engine.model_sha256,
        stages,
        lines: reading.lines.into_iter().map(line).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{at, reading, word};
    use image::Luma;

    /// Reads one sure word, then another that is shorter, or fails; and says that every page lies on its side.
    struct Sideways {
        readings: Vec<Option<ocr::Reading>>,
        identity: ocr::EngineIdentity,
    }

    impl Sideways {
        fn new(second: Option<&str>) -> Self {
            let says = |text: &str| reading(vec![vec![word(text, at(100, 100, 50, 20), 95.0)]]);
            let identity = says("").engine;
            Self { readings: vec![second.map(says), Some(says("Chứng"))], identity }
        }
    }

    impl Engine for Sideways {
        fn identity(&self) -> &ocr::EngineIdentity {
            &self.identity
        }

        fn read(&mut self, _page: &GrayImage, _dpi: u32) -> Result<ocr::Reading, ocr::Error> {
            let broken = ocr::Error::PageTooLarge { width: 1, height: 1 };
            self.readings.pop().flatten().ok_or(broken)
        }

        fn read_line(&mut self, strip: &GrayImage, dpi: u32) -> Result<ocr::Reading, ocr::Error> {
            self.read(strip, dpi)
        }

        fn read_figures(&mut self, strip: &GrayImage, dpi: u32) -> Result<ocr::Reading, ocr::Error> {
            self.read(strip, dpi)
        }

        fn orientation(
            &mut self,
            _page: &GrayImage,
            _dpi: u32,
        ) -> Result<Option<ocr::Orientation>, ocr::Error> {
            Ok(Some(ocr::Orientation { rotation_degrees: 90, confidence: 2.0 }))
        }
    }

    /// Lines of letters that run down the page, slanting by 4°; across the page they stand in no line.
    fn lines_down_the_page() -> DynamicImage {
        const LINES_START: [u32; 8] = [0, 13, 5, 17, 9, 2, 19, 11];
        let mut page = GrayImage::from_pixel(800, 800, Luma([255]));
        for letter in 0..200 {
            let line = letter / 25;
            let along = 100 + LINES_START[line as usize] + letter % 25 * 22 + letter * letter % 7;
            let across = 100 + line * 70 + along * 7 / 100;
            for (x, y) in (0..14).flat_map(|x| (0..14).map(move |y| (x, y))) {
                page.put_pixel(across + x, along + y, Luma([10]));
            }
        }
        DynamicImage::ImageLuma8(page)
    }

    #[test]
    fn the_first_reading_stays_with_its_own_copy() {
        let check = |second: Option<&str>| {
            let mut engine = Sideways::new(second);
            let mut trace = Trace::new(false);
            let image = lines_down_the_page();
            let drawn = Drawn { image: &image, dpi: 200 };
            let copy = drawn.copy_as_it_lies(&mut trace);
            let first = read_copy(&mut engine, copy, &mut trace).expect("the first reading never fails");
            let levelled = drawn.copy_turned(90, 0.0, &mut trace).level(&mut trace);
            let names: Vec<&str> = levelled.stages.iter().map(|stage| stage.step.name()).collect();
            assert_eq!(names, ["rotation", "skew"]);
            let (stages, size) = (first.copy.stages.clone(), first.copy.gray.dimensions());
            let place = first.copy.place.on_picture(at(90, 80, 70, 60), first.copy.picture);
            let Pass { copy, reading, .. } = read_otherwise(&mut engine, drawn, first, &mut trace);
            assert_eq!(
                (reading.text().as_str(), copy.stages, copy.gray.dimensions()),
                ("Chứng", stages, size)
            );
            assert_eq!(copy.place.on_picture(at(90, 80, 70, 60), copy.picture), place);
        };
        check(Some("Chứ"));
        check(None);
    }
}
