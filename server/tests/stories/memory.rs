//! A long file is read page by page: memory stays flat.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use image::{GrayImage, ImageFormat, Luma};

use super::paper;
use super::support::*;

/// Pages of the long file.
const PAGES: u32 = 300;
/// The server and its reading children together stay below this.
const MEMORY_MIB_MAX: u64 = 400;
/// Between two looks at the memory; a page takes several of them.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A4 at 150 dpi with a few typed lines at its top, in a PDF that shows it on every page.
fn long_pdf() -> Vec<u8> {
    let lines = paper::typed_lines(340);
    let lines = image::imageops::resize(&lines, 1000, 227, image::imageops::FilterType::Triangle);
    let mut page = GrayImage::from_pixel(1240, 1754, Luma([255]));
    image::imageops::overlay(&mut page, &lines, 120, 120);
    let jpeg = paper::encoded(page, ImageFormat::Jpeg);
    let content = PAGES + 3;
    let picture = paper::stream(
        "/Type /XObject /Subtype /Image /Width 1240 /Height 1754 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode",
        &jpeg,
    );
    let page = format!(
        "/MediaBox [0 0 595.2 841.92] /Contents {content} 0 R /Resources << /XObject << /I {} 0 R >> >>",
        content + 1
    );
    paper::pdf_of_pages(PAGES, &page, &[paper::stream("", b"q 595.2 0 0 841.92 0 0 cm /I Do Q"), picture])
}

/// Memory of a process and its children in KiB.
fn memory_kib(server: u32) -> u64 {
    std::iter::once(server).chain(children_of(server)).filter_map(resident_kib).sum()
}

fn resident_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn three_hundred_pages_need_no_more_memory_than_a_few() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let pid = server.program().pid();
    let live = AtomicBool::new(true);
    let peak = AtomicU64::new(0);
    let view = thread::scope(|scope| {
        let _watched = While(&live);
        scope.spawn(|| {
            while live.load(Ordering::Relaxed) {
                peak.fetch_max(memory_kib(pid), Ordering::Relaxed);
                thread::sleep(LOOK_EVERY);
            }
        });
        let id = server.upload("long.pdf", &long_pdf());
        server.wait_read(&id)
    });
    assert_eq!(view["document"]["state"], "extracted", "{}", view["document"]);
    assert_eq!(view["document"]["pages_read"], PAGES);
    let pages = view["pages"].as_array().expect("pages");
    assert!(
        pages.iter().all(|page| page["state"] != "failed" && page["source"] == "scan"),
        "every page was read"
    );
    let peak_mib = peak.load(Ordering::Relaxed) / 1024;
    println!("peak memory of the server and its children over {PAGES} pages: {peak_mib} MiB");
    assert!(peak_mib > 20, "the look at the memory sees something");
    assert!(peak_mib < MEMORY_MIB_MAX, "{peak_mib} MiB; at most {MEMORY_MIB_MAX}");
    server.stop();
}
