//! Files that are broken, or made to break a reader: each ends in a clear state, and ordinary papers go on beside them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use image::{GrayImage, ImageFormat, Luma};
use serde_json::{Value, json};

use super::paper;
use super::support::*;

/// How a hostile file must end.
enum End {
    /// Not read at all; the sentence for people holds this.
    Unreadable(&'static str),
    /// Opened, and its only page failed for this reason.
    PageFailed(&'static str),
    /// Taken for what it is: an honest page that needs no more memory than allowed.
    Read,
}

struct Hostile {
    name: &'static str,
    bytes: Vec<u8>,
    end: End,
}

fn hostile_files() -> Vec<Hostile> {
    let jpeg = sample_bytes("notice.jpg");
    let pdf = sample_bytes("decision.pdf");
    let file = |name, bytes, end| Hostile { name, bytes, end };
    vec![
        file("empty.pdf", Vec::new(), End::Unreadable("rỗng")),
        file("words.pdf", b"Only words, whatever the name says.".to_vec(), End::Unreadable("không phải PDF")),
        file(
            "program.jpg",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec(),
            End::Unreadable("không phải PDF"),
        ),
        file("cut-off.jpg", jpeg[..jpeg.len() / 2].to_vec(), End::PageFailed("damaged")),
        file("only-a-header.jpg", jpeg[..20].to_vec(), End::Unreadable("hỏng")),
        file("cut-off.pdf", pdf[..pdf.len() / 3].to_vec(), End::Unreadable("hỏng")),
        file("only-a-header.pdf", b"%PDF-1.7\n".to_vec(), End::Unreadable("hỏng")),
        file("locked.pdf", locked_pdf(), End::Unreadable("mật khẩu")),
        file("vast-page.pdf", vast_page_pdf(), End::PageFailed("pixel_budget")),
        file("no-page.pdf", paper::pdf_of_pages(0, "", &[]), End::Unreadable("")),
        file("too-many-pages.pdf", many_pages_pdf(10_000), End::Unreadable("10000 trang")),
        file("bomb.png", png_that_claims(60_000), End::PageFailed("pixel_budget")),
        file("white.png", white_png(8_400), End::Read),
        file("loop.tif", looping_tiff(), End::Unreadable("hỏng")),
    ]
}

/// Locked with a password that nobody has: the check values are nonsense, so that not even the empty password opens it.
fn locked_pdf() -> Vec<u8> {
    let objects: Vec<Vec<u8>> = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>".to_vec(),
        format!("<< /Filter /Standard /V 1 /R 2 /P -44 /O <{0}> /U <{0}> >>", "5a".repeat(32)).into_bytes(),
    ];
    let id = "00112233445566778899aabbccddeeff";
    paper::pdf(&objects, &format!("/Encrypt 4 0 R /ID [<{id}> <{id}>]"))
}

/// A page of 50 by 50 metres in about as many bytes as a page can be told in.
fn vast_page_pdf() -> Vec<u8> {
    let mut file = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj \
        3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 141732 141732]/UserUnit 1>>endobj\ntrailer<</Root 1 0 R>>\n"
        .to_vec();
    file.resize(340, b' ');
    file
}

/// Each page says a word; all of them say the same one.
fn many_pages_pdf(pages: u32) -> Vec<u8> {
    let content = pages + 3;
    let page = format!(
        "/MediaBox [0 0 595 842] /Contents {content} 0 R /Resources << /Font << /F {} 0 R >> >>",
        content + 1
    );
    let words = paper::stream("", b"BT /F 12 Tf 72 720 Td (An ordinary page, many times) Tj ET");
    let font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec();
    paper::pdf_of_pages(pages, &page, &[words, font])
}

/// A PNG whose header claims a square of this side, with hardly any data behind it.
fn png_that_claims(side: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend([side.to_be_bytes(), side.to_be_bytes()].concat());
    header.extend([8, 0, 0, 0, 0]);
    // A zlib stream of one empty stored block.
    let data = [b"IDAT".as_slice(), &[0x78, 0x01, 0x01, 0, 0, 0xff, 0xff, 0, 0, 0, 1]].concat();
    let chunks = [header, data, b"IEND".to_vec()];
    let chunks = chunks.iter().flat_map(|chunk| {
        let length = u32::try_from(chunk.len() - 4).expect("a short chunk").to_be_bytes();
        [length.as_slice(), chunk, &crc32(chunk).to_be_bytes()].concat()
    });
    b"\x89PNG\r\n\x1a\n".iter().copied().chain(chunks).collect()
}

/// The check sum of PNG (ISO 3309), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let crc = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
    });
    !crc
}

/// Seventy million white pixels, just within the budget, in a few kilobytes.
fn white_png(side: u32) -> Vec<u8> {
    let file = paper::encoded(GrayImage::from_pixel(side, side, Luma([255])), ImageFormat::Png);
    assert!(file.len() < 1 << 20, "it decompresses a hundredfold");
    file
}

/// A TIFF whose first directory names itself as the next.
fn looping_tiff() -> Vec<u8> {
    let entry = |tag: u16, value: u32| {
        [&tag.to_le_bytes()[..], &4_u16.to_le_bytes(), &1_u32.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    // Width, height, bits, no compression, black is zero, strip at, samples, rows, bytes.
    let entries = [(256, 8), (257, 8), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 8), (279, 64)];
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    file.extend(u16::try_from(entries.len()).expect("few").to_le_bytes());
    file.extend(entries.into_iter().flat_map(|(tag, value)| entry(tag, value)));
    file.extend(8_u32.to_le_bytes());
    file
}

#[track_caller]
fn check_end(name: &str, view: &Value, end: &End) {
    let document = &view["document"];
    let states: Vec<(&Value, &Value)> = view["pages"]
        .as_array()
        .expect("pages")
        .iter()
        .map(|page| (&page["state"], &page["reasons"]))
        .collect();
    match end {
        End::Unreadable(word) => {
            assert_eq!(document["state"], "unreadable", "{name}: {view}");
            let problem = text(&document["problem"]);
            assert!(problem.contains(word) && problem.ends_with('.'), "{name}: {problem}");
            // It says what to do next.
            assert!(["Hãy", "hãy"].iter().any(|word| problem.contains(word)), "{name}: {problem}");
            assert_eq!(document["pages_read"], 0, "{name}");
        }
        End::PageFailed(reason) => {
            assert_eq!(document["state"], "extracted", "{name}: {view}");
            assert_eq!(states, [(&json!("failed"), &json!([reason]))], "{name}");
            assert_eq!(document["pages_to_review"], 1, "{name}");
        }
        End::Read => {
            assert_eq!(document["state"], "extracted", "{name}: {view}");
            assert_eq!(states.len(), 1, "{name}");
            assert_ne!(states[0].0, "failed", "{name}: {view}");
        }
    }
}

#[test]
fn hostile_files_end_clearly_while_others_are_read() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let live = AtomicBool::new(true);
    let looks = AtomicU64::new(0);
    thread::scope(|scope| {
        let _watched = While(&live);
        scope.spawn(|| {
            while live.load(Ordering::Relaxed) {
                assert_eq!(server.get("/livez").status, 200, "the server answers throughout");
                looks.fetch_add(1, Ordering::Relaxed);
                thread::sleep(Duration::from_millis(20));
            }
        });
        let mut sent = Vec::new();
        let mut ordinary = Vec::new();
        for (number, file) in (50..).zip(hostile_files()) {
            sent.push((file.name, server.upload(file.name, &file.bytes), file.end));
            ordinary.push(server.upload("ordinary.png", &paper::small(number)));
        }
        for (name, id, end) in &sent {
            check_end(name, &server.wait_read(id), end);
            let page = server.get(&format!("/documents/{id}"));
            assert_eq!(page.status, 200, "{name}: people see what became of it");
        }
        for id in &ordinary {
            let view = server.wait_read(id);
            assert_eq!(view["document"]["state"], "extracted", "{view}");
            assert_ne!(view["pages"][0]["state"], "failed", "{view}");
        }
    });
    assert!(looks.load(Ordering::Relaxed) > 10);
    server.find("ordinary");
    server.stop();
    check_is_clean(&data);
}

#[test]
fn a_page_that_crashes_its_reader_is_one_failed_page() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &[], &[("MOTLAN_READING_FAULT", "crash"), ("MOTLAN_LANES", "1")]);
    let id = server.upload("meeting-minutes.tif", &sample_bytes("meeting-minutes.tif"));
    let view = server.wait_read(&id);
    assert_eq!(view["document"]["state"], "extracted", "{view}");
    let pages = view["pages"].as_array().expect("pages");
    assert_eq!(pages.len(), 3);
    assert_eq!((&pages[1]["state"], &pages[1]["reasons"]), (&json!("failed"), &json!(["crashed"])), "{view}");
    for number in [1, 3] {
        let reading = server.get(&format!("/api/v1/documents/{id}/pages/{number}/reading")).json(200);
        assert!(
            reading["lines"].as_array().is_some_and(|lines| lines.len() > 10),
            "page {number}: {reading}"
        );
    }
    assert_eq!(server.get(&format!("/documents/{id}")).status, 200, "people can go on by hand");
    server.stop();
}

/// The reading children can reach nothing, and say so to whoever asks.
#[test]
fn reading_is_jailed() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let ready = server.get("/readyz").json(200);
    assert_eq!(
        ready,
        json!({ "ready": true, "database": true, "index": true, "jail": "sandboxed", "damaged_files": 0 })
    );
    server.stop();
    let models = std::path::PathBuf::from("/usr/share/tesseract-ocr/5/tessdata");
    let engine = ingest::EngineSpec {
        model: ocr::Model::Installed { dir: models.clone(), name: "vie".into() },
        second_model: None,
        osd_dir: models,
        fault: None,
    };
    let leaks = probe(&engine);
    assert_eq!(leaks, Vec::<String>::new(), "a jailed child can still do these");
}

/// Asks a child of the built program itself, over its own pipe, what it can still do once it is locked in.
fn probe(engine: &ingest::EngineSpec) -> Vec<String> {
    use std::io::{Read, Write};
    let request = json!({
        "kind": "pdf", "wanted": "Words", "pages": [], "engine": engine, "pdfium_library": "/nowhere",
        "pictures": { "page": false, "stages": false }, "jailed": true, "file_bytes": 0,
    });
    let request = request.to_string();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_motlan"))
        .arg(ingest::ARGUMENT_OF_CHILD)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("the built program starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(&u32::try_from(request.len()).expect("short").to_le_bytes()).expect("written");
    input.write_all(request.as_bytes()).expect("written");
    drop(input);
    let mut said = Vec::new();
    child.stdout.take().expect("a pipe").read_to_end(&mut said).expect("read");
    assert!(child.wait().expect("our own child").success());
    let frame: Value = serde_json::from_slice(said.get(4..).expect("a frame")).expect("JSON");
    let leaks = frame["Probed"]["leaks"].as_array().unwrap_or_else(|| panic!("{frame}"));
    leaks.iter().map(text).collect()
}
