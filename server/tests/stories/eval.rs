//! How well the samples are read: character errors and fields, file by file. `make eval` prints the table.

use std::collections::BTreeMap;

use ocr::measure::character_error_rate;
use serde_json::Value;

use super::support::*;

/// Typed running text at 300 dpi is read with fewer wrong characters than this (`samples/README.md`).
const ERROR_RATE_MAX: f64 = 0.01;
/// At least this share of all expected fields is proposed exactly; a little below what was measured last.
const FIELDS_EXACT_MIN: f64 = 0.87;

/// Kinds of fields, told apart in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Number,
    Date,
    Name,
    Other,
}

/// Right and all.
#[derive(Debug, Clone, Copy, Default)]
struct Share {
    right: usize,
    all: usize,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.right += usize::from(right);
        self.all += 1;
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}/{}", self.right, self.all))
    }
}

fn kind_of(key: &str) -> Kind {
    match key {
        _ if key.ends_with("number") || key.ends_with("_id") || key.ends_with("_code") => Kind::Number,
        _ if key.ends_with("_on") || key.ends_with("_date") || key.ends_with("_until") => Kind::Date,
        _ if key.ends_with("name") || key == "signer" => Kind::Name,
        _ => Kind::Other,
    }
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

/// The scan of a sample: the file with its name and another ending.
fn scan_of(stem: &str) -> std::path::PathBuf {
    let endings = ["jpg", "pdf", "tif", "webp", "png"];
    let mut paths = endings.iter().map(|ending| sample(&format!("{stem}.{ending}")));
    paths.find(|path| path.exists()).unwrap_or_else(|| panic!("{stem} has no scan"))
}

fn pages_text(file: &Value) -> Vec<String> {
    file["pages"].as_array().expect("pages").iter().map(|page| text(&page["text"])).collect()
}

/// Pages of the expected text; each but the last is followed by a form feed.
fn expected_pages(stem: &str) -> Vec<String> {
    let expected = std::fs::read_to_string(sample(&format!("{stem}.expected.txt"))).expect("readable");
    expected.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect()
}

#[test]
fn eval_every_sample() {
    let expectations = expectations();
    assert!(expectations.len() >= 15, "{} samples", expectations.len());
    let folder = fresh_folder();
    let mut command = motlan(folder.path());
    command.args(["read", "--json"]).args(expectations.keys().map(|stem| scan_of(stem)));
    let printed = succeed(&mut command);
    let files: Vec<Value> =
        printed.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    assert_eq!(files.len(), expectations.len(), "every sample is read");

    println!(
        "\n{:<30} {:>9} {:>7} {:>7} {:>7} {:>7} {:>7}  state",
        "sample", "type", "CER", "numbers", "dates", "names", "fields"
    );
    let mut types = Share::default();
    let mut sums: BTreeMap<Kind, Share> = BTreeMap::new();
    let mut wrong = Vec::new();
    for ((stem, expected), file) in expectations.iter().zip(&files) {
        let (read_pages, wanted_pages) = (pages_text(file), expected_pages(stem));
        let error_rate = character_error_rate(&wanted_pages.concat(), &read_pages.concat());
        types.count(file["document_type"] == expected["document_type"]);
        let fields = exact_fields(expected, file);
        let of_kind = |kind| fields.get(&kind).copied().unwrap_or_default();
        let total = fields.values().fold(Share::default(), |sum, one| Share {
            right: sum.right + one.right,
            all: sum.all + one.all,
        });
        println!(
            "{stem:<30} {:>4} {:<4} {:>6.2}% {:>7} {:>7} {:>7} {:>7}  {}",
            text(&file["document_type"]),
            if file["document_type"] == expected["document_type"] { "" } else { "!" },
            100.0 * error_rate,
            of_kind(Kind::Number),
            of_kind(Kind::Date),
            of_kind(Kind::Name),
            total,
            states(file)
        );
        for (kind, share) in fields {
            let sum = sums.entry(kind).or_default();
            *sum = Share { right: sum.right + share.right, all: sum.all + share.all };
        }
        if wanted_pages.len() != read_pages.len() {
            wrong.push(format!("{stem}: {} pages instead of {}", read_pages.len(), wanted_pages.len()));
        }
        let is_running = expected["text_class"] == "running" && expected["dpi"] == 300;
        if is_running && error_rate >= ERROR_RATE_MAX {
            wrong.push(format!("{stem}: {:.2} % of characters wrong", 100.0 * error_rate));
        }
    }
    let all = sums
        .values()
        .fold(Share::default(), |sum, one| Share { right: sum.right + one.right, all: sum.all + one.all });
    let share = all.right as f64 / all.all as f64;
    println!("types {types}, fields by kind {sums:?}, all fields {all} = {:.1} %", 100.0 * share);
    if share < FIELDS_EXACT_MIN {
        wrong.push(format!("{all} fields are exact, fewer than {:.0} %", 100.0 * FIELDS_EXACT_MIN));
    }
    assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
}

fn exact_fields(expected: &Value, file: &Value) -> BTreeMap<Kind, Share> {
    let proposed = file["fields"].as_array().expect("fields");
    let mut shares: BTreeMap<Kind, Share> = BTreeMap::new();
    for (key, value) in expected["fields"].as_object().expect("fields") {
        let right = proposed.iter().any(|field| field["key"] == **key && field["value"] == *value);
        shares.entry(kind_of(key)).or_default().count(right);
    }
    shares
}

fn states(file: &Value) -> String {
    let pages = file["pages"].as_array().expect("pages");
    pages.iter().map(|page| text(&page["state"])).collect::<Vec<_>>().join(" ")
}
