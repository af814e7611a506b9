//! Tesseract 5 in this process, kept warm from page to page.
//!
//! Start the process with `OMP_THREAD_LIMIT=1`: OpenMP's default was measured five times slower on two cores, and the
//! variable is read while the library loads, so setting it here would come too late.

use std::path::PathBuf;

use image::GrayImage;
use tesseract_rs::{TessPageSegMode, TesseractAPI, TesseractError};

use crate::dark::has_dark_area;
use crate::model::LSTM_ONLY;
use crate::{Engine, EngineIdentity, Error, FIGURES, Model, Orientation, RawLine, RawWord, Reading, tidy};

/// Longest side of a page in pixels: Tesseract keeps places in signed 16-bit numbers. At 600 dpi this is 1.38 m.
pub const PAGE_SIDE_MAX: u32 = 32_767;

/// Shortest side of a page in pixels that is handed to Tesseract: it refuses less than 3, and no letter has fewer than 8.
const PAGE_SIDE_MIN: u32 = 8;

/// Tesseract's name for "whatever the model offers": `osd` holds no neural network.
const DEFAULT_ENGINE: i32 = 3;

/// Name of the model that tells which way is up.
const ORIENTATION_MODEL: &str = "osd";

/// The name under which readings of this engine are recorded.
const NAME: &str = "tesseract";

/// What to read with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TesseractOptions {
    /// The model that reads.
    pub model: Model,
    /// Folder that holds `osd.traineddata`, which tells which way is up.
    pub osd_dir: PathBuf,
}

/// The real engine. The reading model is loaded by [`Tesseract::new`], the orientation model by the first question.
pub struct Tesseract {
    identity: EngineIdentity,
    reader: TesseractAPI,
    orientation_model: Model,
    orienter: Option<TesseractAPI>,
}

impl Tesseract {
    /// Loads the model; takes about 0.2 s.
    pub fn new(options: TesseractOptions) -> Result<Self, Error> {
        let TesseractOptions { model, osd_dir } = options;
        let model_sha256 = model.sha256()?;
        let reader = model.load(LSTM_ONLY)?;
        let identity = EngineIdentity {
            name: NAME.into(),
            version: TesseractAPI::version(),
            model: model.name().into(),
            model_sha256,
        };
        let orientation_model = Model::Installed { dir: osd_dir, name: ORIENTATION_MODEL.into() };
        Ok(Self { identity, reader, orientation_model, orienter: None })
    }

    fn read_as(&mut self, layout: TessPageSegMode, page: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        if is_too_small(page) {
            return Ok(Reading::empty(self.identity.clone()));
        }
        self.reader.set_page_seg_mode(layout).map_err(failed("choosing the page layout"))?;
        self.try_white_text(has_dark_area(page, dpi))?;
        show(&self.reader, page, dpi)?;
        let table = self.reader.recognize().and_then(|()| self.reader.get_tsv_text(0));
        self.reader.clear().map_err(failed("forgetting the page"))?;
        let lines = parse_table(&table.map_err(failed("reading the page"))?);
        Ok(tidy(&self.identity, lines, page))
    }

    /// Tesseract reads every doubtful line a second time with black and white exchanged. Where no dark ground is seen this
    /// never helps and was measured at 14 % of the CPU of a page.
    fn try_white_text(&self, is_tried: bool) -> Result<(), Error> {
        let value = if is_tried { "1" } else { "0" };
        self.reader.set_variable("tessedit_do_invert", value).map_err(failed("choosing how to read"))
    }

    fn allow_only(&self, signs: &str) -> Result<(), Error> {
        self.reader
            .set_variable("tessedit_char_whitelist", signs)
            .map_err(failed("choosing the signs to read"))
    }

    /// The orientation engine, loaded when first asked for. It is a second one because Tesseract decides between
    /// reading and orientation when it loads its models.
    fn orienter(&mut self) -> Result<&TesseractAPI, Error> {
        if self.orienter.is_none() {
            let orienter = self.orientation_model.load(DEFAULT_ENGINE)?;
            orienter
                .set_page_seg_mode(TessPageSegMode::PSM_OSD_ONLY)
                .map_err(failed("choosing the page layout"))?;
            self.orienter = Some(orienter);
        }
        Ok(self.orienter.as_ref().expect("the orientation engine was loaded in the line above"))
    }
}

impl Engine for Tesseract {
    fn identity(&self) -> &EngineIdentity {
        &self.identity
    }

    fn read(&mut self, page: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        self.read_as(TessPageSegMode::PSM_AUTO, page, dpi)
    }

    fn read_line(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        // Told that there is a line, Tesseract reads one on blank paper too.
        if is_blank(strip) {
            return Ok(Reading::empty(self.identity.clone()));
        }
        let read = self.read_as(TessPageSegMode::PSM_SINGLE_LINE, strip, dpi)?;
        if !read.lines.is_empty() {
            return Ok(read);
        }
        // An entry that stands higher than its label makes Tesseract find no line; raw, it reads whatever it is shown.
        self.read_as(TessPageSegMode::PSM_RAW_LINE, strip, dpi)
    }

    fn read_figures(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        self.allow_only(FIGURES)?;
        let read = self.read_line(strip, dpi);
        // Nothing allowed means everything.
        self.allow_only("")?;
        read
    }

    fn orientation(&mut self, page: &GrayImage, dpi: u32) -> Result<Option<Orientation>, Error> {
        if is_too_small(page) {
            return Ok(None);
        }
        let orienter = self.orienter()?;
        show(orienter, page, dpi)?;
        let found = orienter.detect_os();
        orienter.clear().map_err(failed("forgetting the page"))?;
        match found {
            Ok((lies_at, confidence, _, _)) => Ok(upright_by(lies_at, confidence)),
            // This is how Tesseract says that it saw too few letters.
            Err(TesseractError::OcrError) => Ok(None),
            Err(error) => Err(failed("looking for the orientation")(error)),
        }
    }
}

fn is_too_small(page: &GrayImage) -> bool {
    page.width().min(page.height()) < PAGE_SIDE_MIN
}

fn is_blank(strip: &GrayImage) -> bool {
    let pixels = strip.as_raw();
    pixels.iter().all(|pixel| *pixel == pixels[0])
}

/// Hands the pixels over as they are, one byte each: Tesseract keeps the only copy.
fn show(api: &TesseractAPI, page: &GrayImage, dpi: u32) -> Result<(), Error> {
    let (width, height) = page.dimensions();
    if width.max(height) > PAGE_SIDE_MAX {
        return Err(Error::PageTooLarge { width, height });
    }
    api.set_image(page.as_raw(), width as i32, height as i32, 1, width as i32)
        .and_then(|()| api.set_source_resolution(i32::try_from(dpi).unwrap_or(i32::MAX)))
        .map_err(failed("taking the page"))
}

/// Tesseract says how far the page lies turned counter-clockwise from upright.
fn upright_by(lies_at: i32, confidence: f32) -> Option<Orientation> {
    let rotation_degrees = u16::try_from((360 - lies_at).rem_euclid(360)).ok()?;
    Some(Orientation { rotation_degrees, confidence: confidence.max(0.0) })
}

fn failed(action: &'static str) -> impl Fn(TesseractError) -> Error {
    move |error| Error::Engine { engine: NAME.into(), action, reason: error.to_string() }
}

/// One row of Tesseract's table that describes a word.
struct Row {
    line: (u32, u32, u32),
    word: RawWord,
}

/// Tesseract's tab-separated table: level, page, block, paragraph, line, word, left, top, width, height, confidence,
/// text. It costs nothing next to the reading, and unlike the bindings' iterator it numbers the lines.
fn parse_table(table: &str) -> Vec<RawLine> {
    let mut lines: Vec<RawLine> = Vec::new();
    let mut current = None;
    for row in table.lines().filter_map(parse_row) {
        if current != Some(row.line) {
            current = Some(row.line);
            lines.push(RawLine { words: Vec::new(), block: row.line.0.saturating_sub(1) });
        }
        if let Some(line) = lines.last_mut() {
            line.words.push(row.word);
        }
    }
    lines
}

fn parse_row(row: &str) -> Option<Row> {
    let cells: Vec<&str> = row.splitn(12, '\t').collect();
    let [level, _, block, paragraph, line, _, left, top, width, height, confidence, text] = cells[..] else {
        return None;
    };
    if level != "5" {
        return None;
    }
    Some(Row {
        line: (block.parse().ok()?, paragraph.parse().ok()?, line.parse().ok()?),
        word: RawWord {
            text: text.as_bytes().to_vec(),
            left: left.parse().ok()?,
            top: top.parse().ok()?,
            width: width.parse().ok()?,
            height: height.parse().ok()?,
            confidence: confidence.parse().ok()?,
        },
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use image::{Luma, imageops};

    use super::*;
    use crate::{Recorder, contract, measure};

    /// Debian's folder; `MOTLAN_TESSDATA` names another one.
    fn model_dir() -> PathBuf {
        std::env::var_os("MOTLAN_TESSDATA").unwrap_or("/usr/share/tesseract-ocr/5/tessdata".into()).into()
    }

    fn vie_in(dir: impl Into<PathBuf>) -> TesseractOptions {
        TesseractOptions {
            model: Model::Installed { dir: dir.into(), name: "vie".into() },
            osd_dir: model_dir(),
        }
    }

    fn engine() -> Tesseract {
        Tesseract::new(vie_in(model_dir())).expect("tesseract-ocr-vie is installed")
    }

    fn built_in() -> Tesseract {
        let options = TesseractOptions { model: Model::BuiltIn, osd_dir: model_dir() };
        Tesseract::new(options).expect("the model is inside the program")
    }

    #[test]
    fn tables_become_lines() {
        let check = |table: &str, expected: &[(u32, &[&str])]| {
            let lines = parse_table(table);
            let text = |word: &RawWord| String::from_utf8(word.text.clone()).expect("the table is UTF-8");
            let read: Vec<(u32, Vec<String>)> =
                lines.iter().map(|line| (line.block, line.words.iter().map(text).collect())).collect();
            let expected: Vec<(u32, Vec<String>)> = expected
                .iter()
                .map(|(block, words)| (*block, words.iter().map(|w| w.to_string()).collect()))
                .collect();
            assert_eq!(read, expected);
        };
        check("", &[]);
        check("1\t1\t0\t0\t0\t0\t0\t0\t90\t90\t-1\t\n", &[]);
        check(
            "5\t1\t1\t1\t1\t1\t3\t4\t5\t6\t96.5\tHà\n5\t1\t1\t1\t1\t2\t9\t4\t5\t6\t91\tNội\n",
            &[(0, &["Hà", "Nội"])],
        );
        check(
            "5\t1\t1\t1\t1\t1\t3\t4\t5\t6\t96\ta\n4\t1\t1\t1\t2\t0\t3\t4\t5\t6\t-1\t\n5\t1\t1\t1\t2\t1\t3\t4\t5\t6\t96\tb\n",
            &[(0, &["a"]), (0, &["b"])],
        );
        check(
            "5\t1\t1\t1\t1\t1\t3\t4\t5\t6\t96\ta\n5\t1\t3\t1\t1\t1\t3\t4\t5\t6\t96\tb\n",
            &[(0, &["a"]), (2, &["b"])],
        );
        check("5\t1\t1\t1\t1\t1\t3\t4\t5\t6\tmuch\ta\n5\t1\n", &[]);
    }

    #[test]
    fn the_turn_is_the_opposite_of_how_the_page_lies() {
        let check = |lies_at: i32, expected: u16| {
            assert_eq!(upright_by(lies_at, 1.0).map(|o| o.rotation_degrees), Some(expected));
        };
        check(0, 0);
        check(90, 270);
        check(180, 180);
        check(270, 90);
    }

    #[test]
    fn a_missing_model_is_told_by_its_path() {
        let error = Tesseract::new(vie_in("no/such/folder")).err().expect("the folder does not exist");
        assert!(
            matches!(&error, Error::ModelMissing { path } if path == Path::new("no/such/folder/vie.traineddata"))
        );
        assert!(error.to_string().contains("no/such/folder/vie.traineddata"));
    }

    #[test]
    fn real_tesseract_keeps_the_contract() {
        contract::check(&mut engine());
        contract::check(&mut built_in());
    }

    #[test]
    fn the_built_in_model_is_told_from_the_systems() {
        let (own, systems) = (built_in().identity().clone(), engine().identity().clone());
        assert_eq!((own.model.as_str(), systems.model.as_str()), ("vie-motlan", "vie"));
        assert_ne!(own.model_sha256, systems.model_sha256);
        assert_eq!(own.model_sha256.len(), systems.model_sha256.len());
    }

    #[test]
    fn real_tesseract_reads_stacked_accents() {
        let check = |mut engine: Tesseract| {
            let reading = engine.read(&contract::text_page(), 300).expect("the page can be read");
            let rate = measure::character_error_rate(&contract::text_expected(), &reading.text());
            assert!(rate < 0.01, "{rate}: {}", reading.text());
            assert!(reading.mean_confidence() > 80.0, "{}", reading.mean_confidence());
            assert_eq!(reading.lines.len(), contract::text_expected().lines().count());
        };
        check(engine());
        check(built_in());
    }

    #[test]
    fn real_tesseract_reads_white_text_on_dark_ground() {
        let mut page = contract::text_page();
        // The third line becomes a title box.
        for (x, y, pixel) in page.enumerate_pixels_mut() {
            if (80..880).contains(&x) && (275..350).contains(&y) {
                pixel.0[0] = 255 - pixel.0[0];
            }
        }
        let reading = engine().read(&page, 300).expect("the page can be read");
        let rate = measure::character_error_rate(&contract::text_expected(), &reading.text());
        assert!(rate < 0.02, "{rate}: {}", reading.text());
    }

    #[test]
    fn real_tesseract_boxes_hold_the_ink() {
        let page = contract::text_page();
        let reading = engine().read(&page, 300).expect("the page can be read");
        let all =
            reading.words().map(|word| word.bounds).reduce(|a, b| a.union(&b)).expect("there are words");
        let mut outside = 0;
        for (x, y, pixel) in page.enumerate_pixels() {
            let inside = (all.left..all.right()).contains(&x) && (all.top..all.bottom()).contains(&y);
            outside += u32::from(pixel.0[0] < 128 && !inside);
        }
        assert_eq!(outside, 0, "ink outside {all:?}");
    }

    #[test]
    fn real_tesseract_tells_which_way_is_up() {
        let mut engine = engine();
        let page = contract::text_page();
        let mut check = |page: &GrayImage, expected: u16| {
            let orientation = engine.orientation(page, 300).expect("the page can be looked at");
            assert_eq!(orientation.map(|o| o.rotation_degrees), Some(expected));
        };
        check(&page, 0);
        check(&imageops::rotate90(&page), 270);
        check(&imageops::rotate180(&page), 180);
        check(&imageops::rotate270(&page), 90);
    }

    #[test]
    fn real_tesseract_needs_its_orientation_model_only_when_asked() {
        let options = TesseractOptions { osd_dir: "no/such/folder".into(), ..vie_in(model_dir()) };
        let mut engine = Tesseract::new(options).expect("the reading model is there");
        let error =
            engine.orientation(&contract::text_page(), 300).expect_err("the orientation model is not there");
        assert!(
            matches!(error, Error::ModelMissing { path } if path == Path::new("no/such/folder/osd.traineddata"))
        );
    }

    #[test]
    fn real_tesseract_refuses_a_damaged_model() {
        let dir = std::env::temp_dir().join(format!("motlan-damaged-model-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("the temporary folder can be written");
        fs::write(dir.join("vie.traineddata"), b"not a model").expect("the temporary folder can be written");
        let error = Tesseract::new(vie_in(&dir)).err().expect("this is no model");
        fs::remove_dir_all(&dir).expect("the folder was made above");
        assert!(matches!(error, Error::ModelUnusable { .. }), "{error}");
    }

    #[test]
    fn real_tesseract_is_not_asked_about_pages_beyond_its_numbers() {
        let page = GrayImage::from_pixel(PAGE_SIDE_MAX + 1, 8, Luma([255]));
        let error = engine().read(&page, 300).expect_err("the page is too wide");
        assert!(matches!(error, Error::PageTooLarge { width, height: 8 } if width == PAGE_SIDE_MAX + 1));
    }

    #[test]
    fn real_tesseract_is_still_as_recorded() {
        let committed = contract::fixtures().join("recorded/contract.json");
        let path = match std::env::var_os("MOTLAN_RECORD") {
            Some(_) => committed.clone(),
            None => std::env::temp_dir().join(format!("motlan-contract-{}.json", std::process::id())),
        };
        contract::check(&mut Recorder::new(engine(), path.clone()));
        let (mut now, mut before) = (load_recording(&path), load_recording(&committed));
        let page = contract::text_page();
        let text = |engine: &mut crate::Recorded| engine.read(&page, 300).map(|reading| reading.text());
        assert_eq!(text(&mut now).expect("just recorded"), text(&mut before).expect("recorded before"));
        if path != committed {
            fs::remove_file(path).expect("the recorder wrote it");
        }
    }

    fn load_recording(path: &Path) -> crate::Recorded {
        crate::Recorded::load(path).expect("the recording was written by the recorder")
    }

    #[test]
    fn an_entry_that_stands_higher_than_its_label_is_read_with_it() {
        let path = contract::fixtures().join("raised-entry.png");
        let strip = image::open(&path).expect("the fixture is there").into_luma8();
        let mut engine = built_in();
        let found =
            engine.read_as(TessPageSegMode::PSM_SINGLE_LINE, &strip, 300).expect("the strip can be read");
        assert_eq!(found.lines.len(), 0, "what the second way is for");
        let read = engine.read_line(&strip, 300).expect("the strip can be read");
        assert_eq!(read.text(), "Họ, chữ đệm, tên: DƯƠNG NGỌC PHƯỢNG");
    }

    #[test]
    fn specks_and_noise_are_no_line() {
        let mut engine = built_in();
        let mut check = |strip: &GrayImage| {
            for read in [engine.read_line(strip, 300), engine.read_figures(strip, 300)] {
                let read = read.expect("the strip can be read");
                assert_eq!(read.words().map(crate::Word::letters).sum::<usize>(), 0, "{}", read.text());
            }
        };
        for side in [2, 5, 9] {
            check(&GrayImage::from_fn(300, 60, |x, y| {
                let is_in = (150..150 + side).contains(&x) && (30..30 + side).contains(&y);
                Luma([if is_in { 0 } else { 255 }])
            }));
        }
        let mut seed = 1_u32;
        check(&GrayImage::from_fn(300, 60, |_, _| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            Luma([if seed >> 24 < 40 { 0 } else { 255 }])
        }));
    }
}
