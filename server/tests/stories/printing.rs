//! What is printed: sound PDF/A with fonts inside, in the sizes of the law, and codes that every reader takes from a scan at 200 dpi.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use image::DynamicImage;
use qr::Found;
use serde_json::{Value, json};

use super::codes::{Filed, file, verify};
use super::rendition::judge;
use super::support::*;

/// Invented: 12 digits that carry the year of birth 1999.
const NUMBER: &str = "001199000022";
/// Every letter of Vietnamese with every tone, as names may have them.
const NAME: &str = "Àáảãạ Ăằắẳẵặ Âầấẩẫậ Đèéẻẽẹ Êềếểễệ Ìíỉĩị Òóỏõọ Ôồốổỗộ Ơờớởỡợ Ùúủũụ Ưừứửữự Ỳýỷỹỵ \
    ÀÁẢÃẠ ĂẰẮẲẴẶ ÂẦẤẨẪẬ ĐÈÉẺẼẸ ÊỀẾỂỄỆ ÌÍỈĨỊ ÒÓỎÕỌ ÔỒỐỔỖỘ ƠỜỚỞỠỢ ÙÚỦŨỤ ƯỪỨỬỮỰ ỲÝỶỸỴ";
/// Resolution of the scan that the codes must be read from (QR-02).
const DPI: f64 = 200.0;
/// Narrowest module that is printed, in millimetres.
const MODULE_MM: f64 = 0.45;
pub(super) const A5: (f64, f64) = (148.0, 210.0);
pub(super) const A4: (f64, f64) = (210.0, 297.0);

/// A printed document.
pub(super) struct Print {
    pdf: PathBuf,
}

/// A code as it lies on a page, in millimetres.
#[derive(Debug)]
pub(super) struct OnPaper {
    pub(super) text: String,
    left: f64,
    top: f64,
    right: f64,
    bottom: f64,
    module: f64,
}

impl Print {
    /// Keeps an answer that is a PDF for the browser to show.
    #[track_caller]
    pub(super) fn keep(folder: &Path, name: &str, answer: &Answer) -> Print {
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (200, "application/pdf"),
            "{}",
            answer.text()
        );
        assert!(!answer.header("content-disposition").contains(NUMBER), "no number in a file name");
        let pdf = folder.join(name);
        fs::write(&pdf, &answer.bytes).expect("the folder can be written");
        Print { pdf }
    }

    /// Sound, fonts inside and cut down, every page of this size within half a millimetre (KHO-05).
    #[track_caller]
    pub(super) fn check(&self, pages: usize, (width, height): (f64, f64)) {
        judge("qpdf", &["--check"], &self.pdf);
        let sizes = self.sizes();
        assert_eq!(sizes.len(), pages);
        for (wide, high) in sizes {
            assert!((wide - width).abs() <= 0.5 && (high - height).abs() <= 0.5, "{wide} × {high} mm");
        }
        let fonts = judge("pdffonts", &[], &self.pdf);
        let fonts: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(!fonts.is_empty() && fonts.iter().all(|font| font.contains("yes yes yes")), "{fonts:?}");
        let images = judge("pdfimages", &["-list"], &self.pdf);
        assert_eq!(images.lines().count(), 2, "codes are no pictures: {images}");
        let bytes = fs::read(&self.pdf).expect("the PDF");
        let has = |part: &str| bytes.windows(part.len()).any(|window| window == part.as_bytes());
        assert!(has("<pdfaid:part>2<") && has("<pdfaid:conformance>U<"), "it says that it is PDF/A-2u");
    }

    fn sizes(&self) -> Vec<(f64, f64)> {
        let said = judge("pdfinfo", &["-f", "1", "-l", "99"], &self.pdf);
        let sizes = said.lines().filter(|line| line.starts_with("Page ") && line.contains("size:"));
        let size = |line: &str| {
            let numbers: Vec<f64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
            let [.., width, height] = numbers[..] else { panic!("{line}") };
            (width * 25.4 / 72.0, height * 25.4 / 72.0)
        };
        sizes.map(size).collect()
    }

    /// All words in reading order.
    pub(super) fn words(&self) -> String {
        let said = Command::new("pdftotext").args([self.pdf.as_path(), Path::new("-")]).output();
        let said = String::from_utf8(said.expect("poppler-utils").stdout).expect("UTF-8");
        said.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// A page from 1 as a scanner sees it.
    fn scan(&self, page: usize) -> DynamicImage {
        let (out, number, dpi) = (self.pdf.with_extension("scan"), page.to_string(), DPI.to_string());
        let drawn = Command::new("pdftoppm")
            .args(["-png", "-singlefile", "-r", &dpi, "-f", &number, "-l", &number])
            .args([&self.pdf, &out])
            .status();
        assert!(drawn.is_ok_and(|status| status.success()), "pdftoppm draws it");
        image::open(out.with_extension("scan.png")).expect("a PNG")
    }

    pub(super) fn codes(&self, page: usize) -> Vec<OnPaper> {
        qr::find(&self.scan(page)).into_iter().map(OnPaper::from).collect()
    }
}

impl From<Found> for OnPaper {
    fn from(found: Found) -> OnPaper {
        let mm = |pixels: u32| f64::from(pixels) * 25.4 / DPI;
        let modules = qr::draw(&found.text).expect("it was drawn once").side() - 8;
        OnPaper {
            left: mm(found.bounds.left),
            top: mm(found.bounds.top),
            right: mm(found.bounds.right()),
            bottom: mm(found.bounds.bottom()),
            // The box may be one pixel too wide.
            module: (mm(found.bounds.width) - mm(1)) / f64::from(modules),
            text: found.text,
        }
    }
}

impl OnPaper {
    /// In the top left quarter of a page, and wide enough (QR-02).
    #[track_caller]
    fn check_top_left(&self, (width, height): (f64, f64)) {
        assert!(self.right <= width / 2.0 && self.bottom <= height / 2.0, "{self:?}");
        assert!(self.left >= 5.0 && self.top >= 5.0 && self.module >= MODULE_MM, "{self:?}");
    }
}

/// What a code says to whoever has the list of keys.
#[track_caller]
pub(super) fn says(server: &Server, folder: &Path, code: &str) -> Value {
    let keys = folder.join("keys.json");
    fs::write(&keys, server.get("/V/keys.json").text()).expect("a list of keys");
    let (is_genuine, printed) = verify(folder, code, &keys);
    assert!(is_genuine, "{printed}");
    serde_json::from_str::<Value>(printed.lines().next().expect("a line")).expect("JSON")["says"].clone()
}

fn open_dossier(server: &Server) -> Value {
    let subject = json!({ "kind": "citizen", "number": NUMBER, "name": NAME, "birth_date": "1999-03-02" });
    let dossier = json!({ "procedure": "1.001193", "reason": "Nợ giấy", "received_on": "2026-02-02", "subject": subject });
    server.post("/api/v1/dossiers", &dossier).json(201)
}

/// The pages' form; what the browser sends.
fn post_form(server: &Server, path: &str, body: &str) -> Answer {
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    server.ask("POST", path, &kind, body.as_bytes()).expect("the server answers")
}

#[test]
fn a_receipt_is_a_sheet_of_a5_with_a_code_that_proves_it() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    let dossier = open_dossier(&server);
    let (id, code) = (text(&dossier["id"]), text(&dossier["code"]));
    assert!(server.get(&format!("/dossiers/{id}")).text().contains("In giấy tiếp nhận"));

    let answer = server.get(&format!("/dossiers/{id}/receipt.pdf?appointment=2026-02-09"));
    let print = Print::keep(folder.path(), "receipt.pdf", &answer);
    print.check(1, A5);
    let words = print.words();
    for expected in [
        "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
        NAME,
        code.as_str(),
        "Đăng ký khai sinh (1.001193)",
        "02/02/2026",
        "09/02/2026",
        "1. Tờ khai đăng ký khai sinh",
        "Còn thiếu",
        "Xuất trình",
        "Cán bộ dùng thử",
        "Người nộp hồ sơ",
        server.address.as_str(),
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    assert!(!words.contains(NUMBER) && !words.contains('□'), "{words}");

    let codes = print.codes(1);
    assert_eq!(codes.len(), 1, "{codes:?}");
    codes[0].check_top_left(A5);
    let said = says(&server, folder.path(), print.pdf.to_str().expect("a path"));
    assert_eq!((&said["kind"], &said["dossier"]), (&json!("receipt"), &dossier["code"]), "{said}");
    assert_eq!(said["appointment"], "2026-02-09T10:00:00Z", "{said}");

    let again = server.get(&format!("/api/v1/dossiers/{id}/receipt.pdf?appointment=2026-02-09"));
    Print::keep(folder.path(), "again.pdf", &again).check(1, A5);
    for wrong in ["2026-02-01", "2026-02-30", ""] {
        let refused = server.get(&format!("/api/v1/dossiers/{id}/receipt.pdf?appointment={wrong}"));
        assert_eq!(refused.status, 422, "{wrong}: {}", refused.text());
    }
}

#[test]
fn a_long_list_of_papers_goes_on_further_pages() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let name = |number: u32| {
        format!(
            "Giấy tờ thứ {number} với một cái tên dài như các thủ tục về đất đai thường ghi cho từng loại"
        )
    };
    let mut catalogue = String::from(
        "[[procedure]]\ncode = \"9.000001\"\nname = \"Thủ tục nhiều giấy tờ\"\nfield = \"Đất đai\"\nagency_level = \"xã\"\nvalid_from = \"2016-01-01\"\n",
    );
    for number in 1..=60 {
        let name = name(number);
        catalogue.push_str(&format!("[[procedure.component]]\nkey = \"giay-{number}\"\nname = \"{name}\"\ndocument_types = [\"KHAC\"]\nrequired = true\nsubmission = \"nop\"\n"));
    }
    let more = folder.path().join("more");
    fs::create_dir(&more).expect("the folder can be written");
    fs::write(more.join("procedures.toml"), catalogue).expect("the folder can be written");
    fs::write(more.join("scan.png"), super::paper::small(7)).expect("the folder can be written");
    succeed(motlan(&data).arg("import").arg(&more));
    let server = Server::start(&data);
    let subject =
        json!({ "kind": "citizen", "number": NUMBER, "name": "LÊ THỊ MẪU", "birth_date": "1999-03-02" });
    let dossier = json!({ "procedure": "9.000001", "reason": "Nợ giấy", "received_on": "2026-02-02", "subject": subject });
    let id = text(&server.post("/api/v1/dossiers", &dossier).json(201)["id"]);

    let print = Print::keep(
        folder.path(),
        "long.pdf",
        &server.get(&format!("/dossiers/{id}/receipt.pdf?appointment=2026-02-09")),
    );
    let pages = print.sizes().len();
    assert!(pages > 2, "{pages} pages");
    print.check(pages, A5);
    let words = print.words();
    for number in 1..=60 {
        let name = format!("{number}. {}", name(number));
        assert!(words.contains(&name), "{name}: {words}");
    }
    assert_eq!(words.matches("Người nộp hồ sơ").count(), 1, "{words}");
    print.codes(1)[0].check_top_left(A5);
    assert!((2..=pages).all(|page| print.codes(page).is_empty()));
}

#[test]
fn a_cover_sheet_has_its_code_in_all_corners_and_says_the_same_in_words() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    let dossier = open_dossier(&server);
    let (id, code) = (text(&dossier["id"]), text(&dossier["code"]));
    let path = format!("/dossiers/{id}/cover-sheets");

    let answer = post_form(&server, &path, "sheets-to-khai=2&sheets-giay-chung-sinh=&outcome-sheets=12");
    let print = Print::keep(folder.path(), "sheets.pdf", &answer);
    print.check(2, A4);
    let words = print.words();
    for expected in [
        code.as_str(),
        "Tờ khai đăng ký khai sinh",
        "2 tờ",
        "Kết quả giải quyết",
        "12 tờ",
        "MẶT NÀY LÊN TRÊN, ĐẦU NÀY VÀO TRƯỚC",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
    let mut texts = Vec::new();
    for (page, component, sheets) in [(1, json!("to-khai"), 2), (2, Value::Null, 12)] {
        let codes = print.codes(page);
        let is_corner = |right: bool, low: bool| {
            codes.iter().any(|code| (code.left > A4.0 / 2.0, code.top > A4.1 / 2.0) == (right, low))
        };
        assert_eq!(codes.len(), 4, "{codes:?}");
        assert!(
            [(false, false), (true, false), (false, true), (true, true)]
                .iter()
                .all(|(right, low)| is_corner(*right, *low))
        );
        assert!(codes.iter().all(|code| code.text == codes[0].text && code.module >= 0.99), "{codes:?}");
        let said = says(&server, folder.path(), &codes[0].text);
        assert_eq!(
            (&said["dossier"], &said["component"], &said["sheets"]),
            (&dossier["code"], &component, &json!(sheets))
        );
        texts.push(codes[0].text.clone());
    }
    assert_ne!(texts[0], texts[1]);

    for wrong in [
        "",
        "sheets-to-khai=",
        "sheets-to-khai=0",
        "sheets-to-khai=1000",
        "sheets-to-khai=hai",
        "sheets-nothing=1",
    ] {
        assert_eq!(post_form(&server, &path, wrong).status, 422, "{wrong}");
    }
}

#[test]
fn stickers_begin_where_the_sheet_is_still_full() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    let Filed { document, dossier } = file(&server);
    let id = text(&dossier["id"]);
    assert!(server.get("/documents").text().contains("In nhãn của các giấy tờ đã đánh dấu"));

    let record = server.get(&format!("/documents/{document}")).text();
    assert!(record.contains("action=\"/documents/stickers\"") && record.contains("label=true"), "{record}");

    let answer = server.get(&format!("/dossiers/{id}/stickers.pdf?start=14"));
    let print = Print::keep(folder.path(), "last.pdf", &answer);
    print.check(1, A4);
    let codes = print.codes(1);
    assert_eq!(codes.len(), 1, "{codes:?}");
    assert!(
        codes[0].left > 105.0 && codes[0].top > 6.0 * 297.0 / 7.0 && codes[0].module >= MODULE_MM,
        "{codes:?}"
    );
    let said = says(&server, folder.path(), &codes[0].text);
    assert_eq!((&said["kind"], &said["dossier"]), (&json!("result"), &dossier["code"]), "{said}");
    let stored = server.document(&document);
    let words = print.words();
    for expected in
        [text(&stored["document"]["code"]).as_str(), "Giấy xác nhận tình trạng hôn nhân", "Số 12/UBND-XNTTHN"]
    {
        assert!(words.contains(expected), "{expected}: {words}");
    }

    let sixteen = format!("start=13{}", format!("&document={document}").repeat(16));
    let print = Print::keep(folder.path(), "many.pdf", &post_form(&server, "/documents/stickers", &sixteen));
    print.check(2, A4);
    assert_eq!([print.codes(1).len(), print.codes(2).len()], [2, 14]);

    let wrong = [
        "start=1".to_owned(),
        format!("start=0&document={document}"),
        format!("start=15&document={document}"),
    ];
    for wrong in wrong {
        assert_eq!(post_form(&server, "/documents/stickers", &wrong).status, 422, "{wrong}");
    }
}

#[test]
fn a_label_stands_above_the_first_page_of_a_rendition_and_nowhere_else() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    let Filed { document, dossier } = file(&server);
    let path = format!("/api/v1/documents/{document}/rendition.pdf");
    let plain = Print::keep(folder.path(), "plain.pdf", &server.get(&path));
    let labelled = Print::keep(folder.path(), "labelled.pdf", &server.get(&format!("{path}?label=true")));
    judge("qpdf", &["--check"], &labelled.pdf);
    assert!(plain.codes(1).is_empty());

    let codes = labelled.codes(1);
    assert_eq!(codes.len(), 1, "{codes:?}");
    let ((width, height), (wide, high)) = (plain.sizes()[0], labelled.sizes()[0]);
    let strip = high - height;
    assert!((wide - width).abs() < 0.1 && codes[0].bottom < strip, "{codes:?} on {strip} mm");
    assert!(
        codes[0].left >= 5.0
            && codes[0].right <= wide / 2.0
            && codes[0].module >= MODULE_MM * (A4.1 + strip) / A4.1,
        "{codes:?}"
    );
    let said = says(&server, folder.path(), labelled.pdf.to_str().expect("a path"));
    assert_eq!((&said["kind"], &said["dossier"]), (&json!("result"), &dossier["code"]), "{said}");
    assert_eq!(labelled.words(), plain.words(), "the words are those of the paper");

    let unfiled = server.upload("khác.png", &super::paper::small(9));
    server.wait_read(&unfiled);
    let refused = server.get(&format!("/api/v1/documents/{unfiled}/rendition.pdf?label=true"));
    assert_eq!(refused.status, 409, "{}", refused.text());
}
