//! Looks for codes on pictures, for `bench/eval_qr.py`: paths come in line by line, what was seen goes out as one JSON object a line.
//!
//! CPU time is that of the search alone: a picture is opened before its clock starts.

use std::error::Error;
use std::io::{BufRead, Write, stdin, stdout};
use std::panic::catch_unwind;
use std::time::Duration;

use image::DynamicImage;
use motlan_qr::{Found, find, find_expected};
use serde_json::{Value, json};

/// Nanoseconds that this thread has spent on a processor come first in this file.
const THREAD_TIMES: &str = "/proc/thread-self/schedstat";

fn main() -> Result<(), Box<dyn Error>> {
    let is_expected = std::env::args().any(|argument| argument == "--expected");
    let find = if is_expected { find_expected } else { find };
    for path in stdin().lock().lines() {
        let path = path?;
        let seen = match image::open(&path) {
            Ok(page) => look(&page, find)?,
            Err(error) => json!({ "refused": error.to_string() }),
        };
        writeln!(stdout().lock(), "{}", json!({ "path": path, "seen": seen }))?;
    }
    Ok(())
}

/// What was found and in how many milliseconds of CPU, or that a panic came out of the search.
fn look(page: &DynamicImage, find: fn(&DynamicImage) -> Vec<Found>) -> Result<Value, Box<dyn Error>> {
    let before = thread_time()?;
    let found = catch_unwind(|| find(page));
    let cpu_ms = (thread_time()? - before).as_secs_f64() * 1000.0;
    Ok(match found {
        Ok(codes) => json!({ "cpu_ms": cpu_ms, "codes": codes.iter().map(told).collect::<Vec<_>>() }),
        Err(_) => json!({ "cpu_ms": cpu_ms, "panicked": true }),
    })
}

fn told(code: &Found) -> Value {
    json!({ "text": code.text, "kind": code.kind, "symbology": code.symbology, "reader": code.reader, "confidence": code.confidence })
}

fn thread_time() -> Result<Duration, Box<dyn Error>> {
    let times = std::fs::read_to_string(THREAD_TIMES)?;
    Ok(Duration::from_nanos(times.split_whitespace().next().unwrap_or_default().parse()?))
}
