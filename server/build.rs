//! Looks for the script file that the program carries inside itself, so that its absence is said in a sentence instead
//! of as a compile error far away.

use std::path::Path;

/// What `setup.sh` fetches.
const HTMX: &str = "assets/vendor/htmx.min.js";

fn main() {
    println!("cargo::rerun-if-changed={HTMX}");
    if !Path::new(HTMX).is_file() {
        eprintln!("server/{HTMX} is missing: run ./setup.sh first");
        std::process::exit(1);
    }
}
