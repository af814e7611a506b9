//! Reads every file below a folder and prints what became of them: for sets of outside files that never enter the sources.
//!
//! ```text
//! cargo run --release -p motlan-ingest --example outcomes -- FOLDER [PDFIUM_LIBRARY] [OSD_DIR]
//! ```
//!
//! One line a file on standard output (state of each page, reasons, seconds, name), counts by outcome on standard error. What to look
//! at: crashes and time limits among the reasons, and pages that are `done` although their file is known to be damaged.

use motlan_ingest::{ARGUMENT_OF_CHILD, EngineSpec, Event, Pictures, Reader, ReaderError, ReaderOptions};
use ocr::Model;
use repository::record::PageState;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Pages of one file that are read; long files say nothing new after these.
const PAGES_MAX: u32 = 3;
const PDFIUM_LIBRARY: &str = "vendor/libpdfium.so";
const OSD_DIR: &str = "/usr/share/tesseract-ocr/5/tessdata";

/// What became of one file.
struct Outcome {
    /// `done`, `needs_review`, `failed`: the worst of its pages; `refused`: not opened.
    state: &'static str,
    reasons: Vec<String>,
    seconds: f64,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next() else {
        eprintln!("say which folder to read");
        return ExitCode::FAILURE;
    };
    if folder == ARGUMENT_OF_CHILD {
        return motlan_ingest::run_child();
    }
    let pdfium_library = PathBuf::from(arguments.next().unwrap_or_else(|| PDFIUM_LIBRARY.into()));
    let osd_dir = PathBuf::from(arguments.next().unwrap_or_else(|| OSD_DIR.into()));
    let engine = EngineSpec { model: Model::BuiltIn, second_model: None, osd_dir, fault: None };
    let reader = Reader::new(ReaderOptions {
        engine,
        pdfium_library,
        lanes: 1,
        pictures: Pictures { page: false, stages: false },
        jailed: true,
    });
    let mut files = Vec::new();
    collect(Path::new(&folder), &mut files);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for file in files {
        let Ok(bytes) = std::fs::read(&file) else { continue };
        let outcome = read(&reader, &bytes);
        println!(
            "{}\t{}\t{:.1}\t{}",
            outcome.state,
            outcome.reasons.join(","),
            outcome.seconds,
            file.display()
        );
        *counts.entry(outcome.state.to_owned()).or_default() += 1;
        for reason in outcome.reasons {
            *counts.entry(format!("  {reason}")).or_default() += 1;
        }
    }
    for (what, count) in counts {
        eprintln!("{count:6} {what}");
    }
    eprintln!("{:6} MiB at most in a reading child", children_peak_mib());
    ExitCode::SUCCESS
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() { collect(&entry, files) } else { files.push(entry) }
    }
}

fn read(reader: &Reader, bytes: &[u8]) -> Outcome {
    let started = Instant::now();
    let stop = AtomicBool::new(false);
    let mut pages = Vec::new();
    let result = reader.read(bytes, &[], &stop, &mut |event| {
        match event {
            Event::Opened { .. } | Event::Stage(_) => {}
            Event::Page(page) => {
                pages.push(page.page);
                // Saying no would end the children before their pages are counted.
                stop.store(pages.len() as u32 >= PAGES_MAX, Ordering::Relaxed);
            }
        }
        true
    });
    let mut reasons: Vec<String> = pages.iter().flat_map(|page| page.reasons.clone()).collect();
    reasons.sort();
    reasons.dedup();
    let state = match result {
        Ok(()) | Err(ReaderError::Stopped) => worst(pages.iter().map(|page| page.state)),
        Err(error) => {
            reasons.push(error.to_string());
            "refused"
        }
    };
    Outcome { state, reasons, seconds: started.elapsed().as_secs_f64() }
}

fn worst(states: impl Iterator<Item = PageState>) -> &'static str {
    let name = |state| match state {
        PageState::Done => (0, "done"),
        PageState::NeedsReview => (1, "needs_review"),
        PageState::Failed => (2, "failed"),
    };
    states.map(name).max().map_or("refused", |(_, name)| name)
}

/// Largest resident memory of any child that has ended (`ru_maxrss`).
fn children_peak_mib() -> i64 {
    use nix::sys::resource::{UsageWho, getrusage};
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| usage.max_rss() / 1024)
}
