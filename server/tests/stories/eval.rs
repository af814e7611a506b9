//! How well the samples are read, as floors that no change may break. `make eval` tells more: every figure, on these and on
//! invented pages, beside other programs.

use std::collections::BTreeMap;

use ocr::measure::character_error_rate;
use serde_json::Value;

use super::support::*;

/// Typed running text at 300 dpi is read with fewer wrong characters than this (`samples/README.md`).
const ERROR_RATE_MAX: f64 = 0.01;
/// At least this share of all expected fields is proposed exactly; a little below what was measured last.
const FIELDS_EXACT_MIN: f64 = 0.92;

#[test]
fn samples_are_read_no_worse_than_before() {
    let expectations = expectations();
    assert!(expectations.len() >= 15, "{} samples", expectations.len());
    let files = read(expectations.keys());
    assert_eq!(files.len(), expectations.len(), "every sample is read");

    let mut wrong = Vec::new();
    let (mut exact, mut all) = (0, 0);
    for ((stem, expected), file) in expectations.iter().zip(&files) {
        wrong.extend(wrong_pages(stem, expected, file));
        exact += exact_fields(expected, file);
        all += expected["fields"].as_object().expect("fields").len();
    }
    if (exact as f64) < FIELDS_EXACT_MIN * all as f64 {
        wrong
            .push(format!("{exact} of {all} fields are exact, fewer than {:.0} %", 100.0 * FIELDS_EXACT_MIN));
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

/// The samples' names without ending, with what is expected of them.
fn expectations() -> BTreeMap<String, Value> {
    let entries = std::fs::read_dir(sample("")).expect("the samples are in the checkout");
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let stems = names.filter_map(|name| name.strip_suffix(".expected.json").map(str::to_owned));
    let expected = |stem: String| {
        let json = std::fs::read_to_string(sample(&format!("{stem}.expected.json"))).expect("readable");
        (stem, serde_json::from_str(&json).expect("JSON"))
    };
    stems.map(expected).collect()
}

fn read<'a>(stems: impl Iterator<Item = &'a String>) -> Vec<Value> {
    let folder = fresh_folder();
    let mut command = motlan(folder.path());
    command.args(["read", "--json"]).args(stems.map(|stem| scan_of(stem)));
    let printed = succeed(&mut command);
    printed.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

/// The scan of a sample: the file with its name and another ending.
fn scan_of(stem: &str) -> std::path::PathBuf {
    let endings = ["jpg", "pdf", "tif", "webp", "png"];
    let mut paths = endings.iter().map(|ending| sample(&format!("{stem}.{ending}")));
    paths.find(|path| path.exists()).unwrap_or_else(|| panic!("{stem} has no scan"))
}

/// Pages missing or too many, and running text with too many errors.
fn wrong_pages(stem: &str, expected: &Value, file: &Value) -> Option<String> {
    let (read, wanted) = (pages_text(file), expected_pages(stem));
    if wanted.len() != read.len() {
        return Some(format!("{stem}: {} pages instead of {}", read.len(), wanted.len()));
    }
    let error_rate = character_error_rate(&wanted.concat(), &read.concat());
    let is_running = expected["text_class"] == "running" && expected["dpi"] == 300;
    (is_running && error_rate >= ERROR_RATE_MAX)
        .then(|| format!("{stem}: {:.2} % of characters wrong", 100.0 * error_rate))
}

fn pages_text(file: &Value) -> Vec<String> {
    file["pages"].as_array().expect("pages").iter().map(|page| text(&page["text"])).collect()
}

/// Pages of the expected text; each but the last is followed by a form feed.
fn expected_pages(stem: &str) -> Vec<String> {
    let expected = std::fs::read_to_string(sample(&format!("{stem}.expected.txt"))).expect("readable");
    expected.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}

fn exact_fields(expected: &Value, file: &Value) -> usize {
    let proposed = file["fields"].as_array().expect("fields");
    let is_proposed =
        |key: &str, value: &Value| proposed.iter().any(|one| one["key"] == *key && one["value"] == *value);
    expected["fields"]
        .as_object()
        .expect("fields")
        .iter()
        .filter(|(key, value)| is_proposed(key, value))
        .count()
}
