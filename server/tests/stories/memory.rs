//! A long file is read page by page: its first pages are served while the last ones wait, memory stays flat, and after a kill -9 it
//! goes on where it was.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use image::{GrayImage, ImageFormat, Luma};
use serde_json::Value;

use super::paper;
use super::resident::{LOOK_EVERY, memory_kib};
use super::support::*;

/// Pages of the long file.
const PAGES: u32 = 500;
/// Every tenth page is a scan; the others are typed and read in a fraction of the time.
const SCAN_EVERY: u32 = 10;
/// The server dies when it has read this many.
const PAGES_BEFORE_KILL: u64 = 60;
/// The server and its reading children together stay below this.
const MEMORY_MIB_MAX: u64 = 400;
/// The second half of the file may need this much more than the first: allocators keep some pieces.
const GROWTH_MIB_MAX: u64 = 60;
/// Pages that are waited for at a time.
const PAGES_A_WAIT: usize = 25;

/// A4 pages: typed ones, and between them scans at 150 dpi with a few lines at their top.
fn long_pdf() -> Vec<u8> {
    let lines = paper::typed_lines(340);
    let lines = image::imageops::resize(&lines, 1000, 227, image::imageops::FilterType::Triangle);
    let mut page = GrayImage::from_pixel(1240, 1754, Luma([255]));
    image::imageops::overlay(&mut page, &lines, 120, 120);
    let picture = paper::stream(
        "/Type /XObject /Subtype /Image /Width 1240 /Height 1754 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
        &paper::encoded(page, ImageFormat::Jpeg),
    );
    let words = b"BT /F 12 Tf 72 720 Td 16 TL (Cong hoa xa hoi chu nghia Viet Nam) ' (Doc lap - Tu do - Hanh phuc) ' ET";
    let shared = [
        paper::stream("", b"q 595.2 0 0 841.92 0 0 cm /I Do Q"),
        picture,
        paper::stream("", words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
    ];
    let first = PAGES + 3;
    let scan = page_entries(first, &format!("/XObject << /I {} 0 R >>", first + 1));
    let typed = page_entries(first + 2, &format!("/Font << /F {} 0 R >>", first + 3));
    let kind = |number: u32| if number.is_multiple_of(SCAN_EVERY) { scan.as_str() } else { typed.as_str() };
    paper::pdf_of(&(1..=PAGES).map(kind).collect::<Vec<_>>(), &shared)
}

fn page_entries(content: u32, resources: &str) -> String {
    format!("/MediaBox [0 0 595.2 841.92] /Contents {content} 0 R /Resources << {resources} >>")
}

fn pages_read(server: &Server, id: &str) -> u64 {
    server.document(id)["document"]["pages_read"].as_u64().expect("a number")
}

/// Pages that this process has read, by its own count.
fn pages_counted(server: &Server) -> u64 {
    let metrics = server.get("/metrics").text();
    let line = metrics.lines().find(|line| line.starts_with("motlan_pages_read_total"));
    line.and_then(|line| line.split_whitespace().last()?.parse().ok()).unwrap_or(0)
}

/// The most memory while the first half of the file was read, and while the second was; in MiB.
fn watch(server: &Server, id: &str, begun: u64) -> (u64, u64) {
    let pid = server.program().pid();
    let live = AtomicBool::new(true);
    let (first, second, read) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(begun));
    let half = begun + (u64::from(PAGES) - begun) / 2;
    thread::scope(|scope| {
        let _watched = While(&live);
        scope.spawn(|| {
            while live.load(Ordering::Relaxed) {
                let peak = if read.load(Ordering::Relaxed) < half { &first } else { &second };
                peak.fetch_max(memory_kib(pid), Ordering::Relaxed);
                thread::sleep(LOOK_EVERY);
            }
        });
        // One wait a piece of the file: how long the whole takes is the machine's affair.
        for wanted in (begun..=u64::from(PAGES)).step_by(PAGES_A_WAIT).chain([PAGES.into()]) {
            wait_until("the long paper is read further", || {
                let pages = pages_read(server, id);
                read.store(pages, Ordering::Relaxed);
                (pages >= wanted).then_some(())
            });
        }
        server.wait_read(id);
    });
    (first.into_inner() / 1024, second.into_inner() / 1024)
}

#[track_caller]
fn check_every_page(view: &Value) {
    assert_eq!(view["document"]["state"], "extracted", "{}", view["document"]);
    assert_eq!(view["document"]["pages_read"], PAGES);
    for (number, page) in (1..).zip(view["pages"].as_array().expect("pages")) {
        let source = if u32::is_multiple_of(number, SCAN_EVERY) { "scan" } else { "digital" };
        assert_eq!((&page["number"], &page["source"]), (&number.into(), &source.into()), "{page}");
        assert_ne!(page["state"], "failed", "{page}");
    }
}

#[test]
fn five_hundred_pages_go_on_after_a_kill_in_flat_memory() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let id = server.upload("long.pdf", &long_pdf());
    wait_until("some pages are read", || (pages_read(&server, &id) >= PAGES_BEFORE_KILL).then_some(()));
    let reading = server.get(&format!("/api/v1/documents/{id}/pages/1/reading")).json(200);
    assert_eq!(reading["engine"], "digital", "the first page is served while others wait: {reading}");
    assert_eq!(server.document(&id)["document"]["state"], "received", "the last page is not read yet");
    server.kill();

    let server = Server::start(&data);
    let kept = pages_read(&server, &id);
    assert!(kept >= PAGES_BEFORE_KILL, "{kept} pages survived the kill");
    let (first_mib, second_mib) = watch(&server, &id, kept);
    println!("peak memory of the server and its children: {first_mib} MiB, then {second_mib} MiB");
    check_every_page(&server.document(&id));
    assert_eq!(pages_counted(&server), u64::from(PAGES) - kept, "no page was read again");
    assert!(first_mib > 20, "the look at the memory sees something");
    assert!(first_mib.max(second_mib) < MEMORY_MIB_MAX, "{first_mib} and {second_mib} MiB");
    assert!(second_mib <= first_mib + GROWTH_MIB_MAX, "{first_mib} MiB grew to {second_mib} MiB");
    server.stop();
}
