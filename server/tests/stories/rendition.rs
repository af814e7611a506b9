//! Searchable PDFs of papers: judged by other programs (qpdf and poppler), never by our own reading of them.

use std::path::{Path, PathBuf};
use std::process::Command;

use image::{DynamicImage, GrayImage};
use serde_json::Value;

use super::support::*;

/// A rendition of a scan is at most this much larger than the scan.
const GROWTH_MAX: f64 = 1.3;
/// Two programs that draw the same pixels at the same size differ by less than this on average (of 255).
const DIFFERENCE_MAX: f64 = 6.0;

/// What `read --json --pdf` printed, and the PDF that it wrote.
struct Rendered {
    said: Value,
    pdf: PathBuf,
}

#[track_caller]
fn render(folder: &Path, scan: &Path) -> Rendered {
    let pdf = folder.join("rendition.pdf");
    let printed = succeed(motlan(folder).args(["read", "--json", "--pdf"]).args([&pdf, scan]));
    Rendered { said: serde_json::from_str(&printed).expect("one JSON object"), pdf }
}

/// Runs a program that judges PDFs and gives what it printed.
#[track_caller]
pub(super) fn judge(program: &str, arguments: &[&str], pdf: &Path) -> String {
    let output = Command::new(program).args(arguments).arg(pdf).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}; ./setup.sh test installs it"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} on {}: {errors}", pdf.display());
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Rendered {
    /// Every word that was read, in reading order.
    fn words(&self) -> Vec<String> {
        let pages = self.said["pages"].as_array().expect("pages").iter();
        let lines = pages.flat_map(|page| page["lines"].as_array().expect("lines"));
        lines
            .flat_map(|line| line["words"].as_array().expect("words"))
            .map(|word| text(&word["text"]))
            .collect()
    }

    /// It is a sound PDF/A as far as these programs tell, and says exactly what was read.
    #[track_caller]
    fn check(&self) {
        judge("qpdf", &["--check"], &self.pdf);
        let copied = Command::new("pdftotext").arg("-raw").args([&self.pdf, Path::new("-")]).output();
        let copied = String::from_utf8(copied.expect("poppler-utils").stdout).expect("UTF-8");
        assert_eq!(copied.split_whitespace().collect::<Vec<_>>(), self.words(), "copied text is the reading");
        let fonts = judge("pdffonts", &[], &self.pdf);
        let not_embedded = fonts.lines().skip(2).find(|font| !font.contains("yes no  yes"));
        assert_eq!(not_embedded, None, "every font is embedded, whole, and has a way back to Unicode");
        let bytes = std::fs::read(&self.pdf).expect("the PDF");
        let has = |part: &str| bytes.windows(part.len()).any(|window| window == part.as_bytes());
        for wanted in ["<pdfaid:part>2<", "<pdfaid:conformance>B<", "/Lang (vi)", "/GTS_PDFA1", "/ID [<"] {
            assert!(has(wanted), "{wanted}");
        }
        for forbidden in ["/Encrypt", "/Interpolate", "/JavaScript", "/SMask", "/EmbeddedFiles", "/Annots"] {
            assert!(!has(forbidden), "{forbidden}");
        }
    }

    /// A page as poppler draws it, of that many pixels, grey.
    #[track_caller]
    fn draw(&self, page: usize, width: u32, height: u32) -> GrayImage {
        let out = self.pdf.with_extension("drawn");
        let (number, width, height) = (page.to_string(), width.to_string(), height.to_string());
        let size = ["-f", &number, "-l", &number, "-scale-to-x", &width, "-scale-to-y", &height];
        let drawn = Command::new("pdftoppm")
            .args(["-png", "-singlefile"])
            .args(size)
            .args([&self.pdf, &out])
            .status();
        assert!(drawn.is_ok_and(|status| status.success()), "pdftoppm draws it");
        image::open(out.with_extension("drawn.png")).expect("a PNG").to_luma8()
    }

    /// The page shows the picture, upright.
    #[track_caller]
    fn check_shows(&self, page: usize, expected: &DynamicImage) {
        let expected = expected.to_luma8();
        let drawn = self.draw(page, expected.width(), expected.height());
        let pairs = drawn.as_raw().iter().zip(expected.as_raw());
        let sum: u64 = pairs.map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
        let difference = sum as f64 / expected.as_raw().len() as f64;
        assert!(difference < DIFFERENCE_MAX, "page {page} differs by {difference:.1}");
    }

    #[track_caller]
    fn check_size(&self, scan: &Path) {
        let bytes = |path: &Path| std::fs::metadata(path).expect("a file").len() as f64;
        let growth = bytes(&self.pdf) / bytes(scan);
        assert!(growth <= GROWTH_MAX, "{growth:.2} times {}", scan.display());
    }

    /// The JPEGs inside, as poppler takes them out.
    fn jpegs(&self) -> Vec<Vec<u8>> {
        jpegs_of(&self.pdf)
    }
}

fn jpegs_of(pdf: &Path) -> Vec<Vec<u8>> {
    taken_out(pdf, "-j", "jpg")
}

/// The pictures of a PDF that poppler takes out in this form, in order.
#[track_caller]
fn taken_out(pdf: &Path, form: &str, ending: &str) -> Vec<Vec<u8>> {
    let folder = fresh_folder();
    let taken = Command::new("pdfimages").arg(form).args([pdf, &folder.path().join("p")]).status();
    assert!(taken.is_ok_and(|status| status.success()), "pdfimages takes them out");
    let entries = std::fs::read_dir(folder.path()).expect("a folder");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|found| found == ending));
    files.iter().map(|file| std::fs::read(file).expect("a picture")).collect()
}

#[test]
fn a_jpeg_stays_what_it_was_whichever_way_it_lay() {
    let folder = fresh_folder();
    for (name, turn) in [
        ("birth-certificate-200dpi.jpg", DynamicImage::clone as fn(&DynamicImage) -> DynamicImage),
        ("criminal-record-upside-down.jpg", DynamicImage::rotate180),
    ] {
        let rendered = render(folder.path(), &sample(name));
        rendered.check();
        rendered.check_size(&sample(name));
        assert!(rendered.words().len() > 100, "{name}");
        assert!(rendered.jpegs() == [sample_bytes(name)], "the very bytes of {name}");
        rendered.check_shows(1, &turn(&image::open(sample(name)).expect("a JPEG")));
    }
}

#[test]
fn a_picture_that_the_camera_turned_is_turned_by_the_page() {
    let folder = fresh_folder();
    let upright = sample_bytes("birth-certificate-200dpi.jpg");
    // As a phone held sideways stores it: Exif says “turn by 90°”, so the page stands in the PDF as the paper does.
    let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let turned = [&upright[..2], exif, &upright[2..]].concat();
    let scan = folder.path().join("phone.jpg");
    std::fs::write(&scan, &turned).expect("the folder can be written");
    let rendered = render(folder.path(), &scan);
    rendered.check();
    assert!(rendered.jpegs() == [turned], "the very bytes");
    assert_eq!(rendered.said["pages"][0]["rotation_degrees"], 270, "the reader turned it back");
    rendered.check_shows(1, &image::open(sample("birth-certificate-200dpi.jpg")).expect("a JPEG"));
}

#[test]
fn a_fax_stays_what_it_was() {
    let folder = fresh_folder();
    let scan = sample("meeting-minutes.tif");
    let rendered = render(folder.path(), &scan);
    rendered.check();
    rendered.check_size(&scan);
    let images = judge("pdfimages", &["-list"], &rendered.pdf);
    assert_eq!(images.matches(" ccitt ").count(), 3, "{images}");
    // That scanner cut its pages into strips; they are joined without losing a pixel.
    let expected = image::open(&scan).expect("a TIFF").to_luma8();
    let joined = taken_out(&rendered.pdf, "-png", "png").remove(0);
    assert!(image::load_from_memory(&joined).expect("a PNG").to_luma8() == expected, "every pixel");

    // A page in one strip keeps its very bytes.
    let strip = taken_out(&rendered.pdf, "-ccitt", "ccitt").remove(0);
    let scan = folder.path().join("one-strip.tif");
    std::fs::write(&scan, fax_in_one_strip(&strip, expected.width(), expected.height())).expect("a folder");
    let rendered = render(folder.path(), &scan);
    rendered.check();
    assert!(taken_out(&rendered.pdf, "-ccitt", "ccitt") == [strip], "the very bytes");
    rendered.check_shows(1, &DynamicImage::ImageLuma8(expected));
}

/// A TIFF of one page at 300 dpi: CCITT group 4, 0 is white.
fn fax_in_one_strip(strip: &[u8], width: u32, height: u32) -> Vec<u8> {
    let directory_at = 8 + strip.len() as u32;
    let tags = [
        (256, width),
        (257, height),
        (258, 1),
        (259, 4),
        (262, 0),
        (273, 8),
        (278, height),
        (279, strip.len() as u32),
    ];
    let mut file = [b"II*\0".as_slice(), &directory_at.to_le_bytes(), strip].concat();
    file.extend((tags.len() as u16).to_le_bytes());
    for (tag, value) in tags {
        file.extend([(tag as u16).to_le_bytes(), 4_u16.to_le_bytes()].concat());
        file.extend([1, value].map(u32::to_le_bytes).concat());
    }
    file.extend(0_u32.to_le_bytes());
    file
}

#[test]
fn scans_inside_a_pdf_stay_what_they_were_and_typed_pages_are_drawn() {
    let folder = fresh_folder();
    let scan = sample("decision-noisy.pdf");
    let rendered = render(folder.path(), &scan);
    rendered.check();
    rendered.check_size(&scan);
    assert!(rendered.jpegs() == jpegs_of(&scan), "the very bytes");

    let mixed = render(folder.path(), &sample("permit-application-mixed.pdf"));
    mixed.check();
    assert_eq!(mixed.said["pages"][0]["source"], "digital");
    let drawn = Command::new("pdftoppm")
        .args(["-png", "-singlefile", "-r", "200"])
        .args([&sample("permit-application-mixed.pdf"), &folder.path().join("typed")])
        .status();
    assert!(drawn.is_ok_and(|status| status.success()));
    mixed.check_shows(1, &image::open(folder.path().join("typed.png")).expect("a PNG"));
}

#[test]
fn an_empty_page_is_a_picture_without_words() {
    let folder = fresh_folder();
    let scan = folder.path().join("empty.png");
    DynamicImage::ImageLuma8(GrayImage::from_pixel(827, 1169, image::Luma([250])))
        .save(&scan)
        .expect("a PNG");
    let rendered = render(folder.path(), &scan);
    assert_eq!(rendered.words(), Vec::<String>::new());
    rendered.check_shows(1, &image::open(&scan).expect("a PNG"));
    judge("qpdf", &["--check"], &rendered.pdf);
}

#[test]
fn a_signed_original_is_never_rewritten() {
    let folder = fresh_folder();
    let (scan, out) = (sample("signed-decision.pdf"), folder.path().join("out.pdf"));
    let before = sample_bytes("signed-decision.pdf");
    let output = run(motlan(folder.path()).args(["read", "--pdf"]).args([&out, &scan]));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("digitally signed"), "{errors}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("Độc lập"), "its words are still printed");
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "nothing was left behind");
    assert_eq!(sha256(&sample_bytes("signed-decision.pdf")), sha256(&before));

    let server = Server::start(&folder.path().join("data"));
    let id = server.upload("signed-decision.pdf", &before);
    server.wait_read(&id);
    let refused = server.get(&format!("/api/v1/documents/{id}/rendition.pdf")).json(409);
    assert!(text(&refused["detail"]).contains("chữ ký số"), "{refused}");
    let page = server.get(&format!("/documents/{id}/rendition.pdf"));
    assert!(page.status == 409 && page.text().contains("Hãy tải bản gốc"), "{}", page.text());
    let original = server.get(&format!("/api/v1/documents/{id}/original"));
    assert_eq!(sha256(&original.bytes), sha256(&before));
    let hocr = server.get(&format!("/api/v1/documents/{id}/pages/1/hocr"));
    assert!(hocr.status == 200 && hocr.text().contains("ocrx_word"), "{}", hocr.text());
    let alto = server.get(&format!("/api/v1/documents/{id}/pages/1/alto"));
    assert!(alto.status == 200 && alto.text().contains("<String "), "{}", alto.text());
    server.stop();
}

#[test]
fn a_stored_paper_is_handed_out_and_the_log_says_so() {
    let folder = fresh_folder();
    let server = Server::start(&folder.path().join("data"));
    let scan = sample_bytes("birth-certificate-200dpi.jpg");
    let id = server.upload("giấy tờ 079199000001.jpg", &scan);
    server.wait_read(&id);
    let answer = server.get(&format!("/documents/{id}/rendition.pdf"));
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/pdf"));
    assert_eq!(answer.header("content-length"), answer.bytes.len().to_string());
    let pdf = folder.path().join("handed-out.pdf");
    std::fs::write(&pdf, &answer.bytes).expect("the folder can be written");
    judge("qpdf", &["--check"], &pdf);
    assert!(jpegs_of(&pdf) == [scan], "the very bytes");
    let again = server.get(&format!("/api/v1/documents/{id}/rendition.pdf"));
    assert_eq!(sha256(&again.bytes), sha256(&answer.bytes), "the same paper, the same bytes");
    // The title is not known yet and the sender's file name, which holds a number, is not used.
    let metadata = judge("pdfinfo", &["-meta"], &pdf);
    assert!(!metadata.contains("079199000001") && metadata.contains("sha256:"), "{metadata}");
    assert!(!answer.header("content-disposition").contains("0791"), "{:?}", answer.headers);
    let log = server.get(&format!("/api/v1/documents/{id}/access")).json(200);
    let downloads =
        log.as_array().expect("entries").iter().filter(|entry| entry["action"] == "download").count();
    assert_eq!(downloads, 2, "{log}");
    server.stop();
}
