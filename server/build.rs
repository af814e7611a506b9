//! Looks for the script files that the program carries inside itself, so that a missing one is said in a sentence
//! instead of as a compile error far away.

use std::path::Path;

/// What `setup.sh` puts under `server/assets/vendor`.
const VENDORED: [&str; 2] = ["assets/vendor/htmx.min.js", "assets/vendor/sse.js"];

fn main() {
    for file in VENDORED {
        println!("cargo::rerun-if-changed={file}");
    }
    if let Some(file) = VENDORED.iter().find(|file| !Path::new(file).is_file()) {
        eprintln!("server/{file} is missing: run ./setup.sh first");
        std::process::exit(1);
    }
}
