//! The map of the project as a test: which crate of ours may use which, where each outside crate lives, and whether
//! `ARCHITECTURE.md` still names things that exist.
//!
//! The checks are functions of plain values (`Crate`, text, paths) that give a list of sentences; the tests at the end
//! feed them with the real workspace, and with made-up ones that they must catch.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

/// Which of our crates each of our crates uses, exactly.
const MAP: &[(&str, &[&str])] = &[
    ("ingest", &["ocr", "qr", "repository"]),
    ("ocr", &[]),
    ("qr", &[]),
    ("repository", &[]),
    ("search", &["repository"]),
    ("server", &["ingest", "ocr", "qr", "repository", "search"]),
];

/// Outside crates that any crate of ours may use: values, texts, times, errors, and what tests write into.
const EVERYWHERE: &[&str] = &[
    "hex",
    "jiff",
    "serde",
    "serde_json",
    "sha2",
    "tempfile",
    "thiserror",
    "tracing",
    "unicode-normalization",
];

/// Every other outside crate and its home. A crate with several homes says why. A new dependency is a new line here.
const HOMES: &[(&str, &[&str])] = &[
    // Letters.
    ("tesseract-rs", &["ocr"]),
    // Squares.
    ("qrcode", &["qr"]),
    ("data-encoding", &["qr"]),
    ("minicbor", &["qr"]),
    ("rqrr", &["qr"]),
    ("rxing", &["qr"]),
    // Pixels travel from a file to whoever looks at them, and no further than the draft; the stories draw papers.
    ("image", &["ingest", "ocr", "qr", "server"]),
    ("imageproc", &["ingest"]),
    // Files, and the jail in which they are opened.
    ("landlock", &["ingest"]),
    // The server ends a scanner's program by it.
    ("nix", &["ingest", "server"]),
    ("pdfium-render", &["ingest"]),
    ("seccompiler", &["ingest"]),
    ("tiff", &["ingest"]),
    ("fax", &["ingest"]),
    ("flate2", &["ingest"]),
    ("weezl", &["ingest"]),
    // Records: the database and the bytes.
    ("object_store", &["repository"]),
    ("sqlx", &["repository"]),
    ("bytes", &["repository"]),
    ("ring", &["qr", "repository"]),
    ("reqwest", &["repository"]),
    ("rustls", &["repository", "search", "server"]),
    ("zeroize", &["repository"]),
    ("uuid", &["repository"]),
    // The access log as evidence; another implementation of its hash tree judges ours in tests.
    ("base64", &["repository", "search"]),
    ("ct-merkle", &["repository"]),
    // Who is who: passwords and codes of an app.
    ("argon2", &["repository"]),
    ("totp-rs", &["repository"]),
    ("zxcvbn", &["repository"]),
    // The index.
    ("tantivy", &["search"]),
    ("tantivy-fst", &["search"]),
    ("percent-encoding", &["search"]),
    // The search cluster, systems that vouch for people, and network scanners; the stories speak with the built program by it too.
    ("ureq", &["search", "server"]),
    // Waiting happens at the edges only: reading a page (`ingest`, `ocr`, `qr`) is a synchronous function of values.
    ("futures", &["repository", "server"]),
    ("tokio", &["repository", "search", "server"]),
    ("tokio-stream", &["server"]),
    // The door for other systems, and packages of papers.
    ("tokio-rustls", &["server"]),
    ("zip", &["server"]),
    // People and wires.
    ("anyhow", &["server"]),
    ("async-trait", &["server"]),
    ("askama", &["server"]),
    ("axum", &["server"]),
    ("clap", &["server"]),
    ("csv", &["server"]),
    ("figment", &["server"]),
    ("indicatif", &["server"]),
    ("krilla", &["server"]),
    ("metrics", &["server"]),
    ("metrics-exporter-prometheus", &["server"]),
    ("openidconnect", &["server"]),
    ("quick-xml", &["server"]),
    ("skrifa", &["server"]),
    ("toml", &["server"]),
    ("tower", &["server"]),
    ("tower-http", &["server"]),
    ("tower-sessions", &["server"]),
    ("tracing-subscriber", &["server"]),
    ("utoipa", &["server"]),
    ("utoipa-axum", &["server"]),
    // The stories that run the built program.
    ("cargo_metadata", &["server"]),
    ("fantoccini", &["server"]),
    ("hyper-util", &["server"]),
];

/// Names that say nothing about what lives inside.
const NAMES_REFUSED: &[&str] = &["common", "domain", "shared", "util", "utils"];

/// Folders that are not ours to judge: build output, stored papers, fetched scripts.
const FOLDERS_SKIPPED: &[&str] = &["target", "data", "vendor"];

/// One crate of the workspace as far as the map is concerned.
#[derive(Debug)]
struct Crate {
    /// Its name without the `motlan-` in front.
    name: String,
    /// Our crates that it uses, in any section of its manifest.
    ours: BTreeSet<String>,
    /// Outside crates that it uses, in any section of its manifest.
    outside: BTreeSet<String>,
}

/// Edges between our crates that are not on [`MAP`], and edges of [`MAP`] that are gone.
fn wrong_edges(crates: &[Crate]) -> Vec<String> {
    let mut wrong = Vec::new();
    for krate in crates {
        let Some((_, allowed)) = MAP.iter().find(|(name, _)| *name == krate.name) else {
            wrong.push(format!("{} is not on the map", krate.name));
            continue;
        };
        let allowed: BTreeSet<String> = allowed.iter().map(ToString::to_string).collect();
        for used in krate.ours.symmetric_difference(&allowed) {
            let verb = if allowed.contains(used) { "no longer uses" } else { "must not use" };
            wrong.push(format!("{} {verb} {used}", krate.name));
        }
    }
    wrong
}

/// Outside crates used away from home, or without a line in [`HOMES`] and [`EVERYWHERE`].
fn wrong_homes(crates: &[Crate]) -> Vec<String> {
    let mut wrong = Vec::new();
    for krate in crates {
        for used in &krate.outside {
            match home_of(used) {
                Some(homes) if homes.is_empty() || homes.contains(&krate.name.as_str()) => {}
                Some(homes) => {
                    wrong.push(format!("{} uses {used}, whose home is {}", krate.name, homes.join(", ")))
                }
                None => wrong.push(format!("{} uses {used}, which has no line in HOMES", krate.name)),
            }
        }
    }
    wrong
}

/// Lines of [`HOMES`] and [`EVERYWHERE`] that no crate needs any more.
fn idle_lines(crates: &[Crate]) -> Vec<String> {
    let used_by = |home: &str, name: &str| {
        crates.iter().any(|krate| krate.name == home && krate.outside.contains(name))
    };
    let mut idle = Vec::new();
    for (name, homes) in HOMES {
        let gone = homes.iter().filter(|home| !used_by(home, name));
        idle.extend(gone.map(|home| format!("{home} does not use {name} any more")));
    }
    let nobody = EVERYWHERE.iter().filter(|name| !crates.iter().any(|krate| krate.outside.contains(**name)));
    idle.extend(nobody.map(|name| format!("nobody uses {name} any more")));
    idle
}

/// The crates that may use `outside`: empty for all of them, `None` when the table has no such line.
fn home_of(outside: &str) -> Option<&'static [&'static str]> {
    if EVERYWHERE.contains(&outside) {
        return Some(&[]);
    }
    HOMES.iter().find(|(name, _)| *name == outside).map(|(_, homes)| *homes)
}

/// Crates whose name says nothing.
fn wrong_names(crates: &[Crate]) -> Vec<String> {
    let named = crates.iter().filter(|krate| NAMES_REFUSED.contains(&krate.name.as_str()));
    named.map(|krate| format!("a crate named {} has no one idea", krate.name)).collect()
}

/// Source files whose name says nothing: `thing.rs` stands beside `thing/`.
fn wrong_files(files: &[PathBuf]) -> Vec<String> {
    let refused = |file: &&PathBuf| {
        let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        file.extension().is_some_and(|kind| kind == "rs") && (stem == "mod" || NAMES_REFUSED.contains(&stem))
    };
    files
        .iter()
        .filter(refused)
        .map(|file| format!("{} needs the name of its idea", file.display()))
        .collect()
}

/// The texts between back-ticks, outside fenced blocks.
fn quoted(markdown: &str) -> Vec<&str> {
    let mut quoted = Vec::new();
    let mut fenced = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            quoted.extend(line.split('`').skip(1).step_by(2));
        }
    }
    quoted
}

/// Is this quoted text the path of something in the checkout? Commands, web addresses and Rust names are not.
fn is_path(text: &str) -> bool {
    let known_ending = [".md", ".rs", ".sh", ".toml"].iter().any(|ending| text.ends_with(ending));
    let odd = text.starts_with(['/', '~', '$']) || text.contains([' ', ':', '*', '<']);
    !odd && (text.contains('/') || known_ending)
}

/// A quoted Rust name of ours, `ocr::Engine`, as crate and last word.
fn is_item(text: &str) -> Option<(&str, &str)> {
    let (krate, rest) = text.split_once("::")?;
    let item = rest.rsplit("::").next()?;
    MAP.iter().any(|(name, _)| *name == krate).then_some((krate, item))
}

/// Does this source text declare `item`?
fn declares(source: &str, item: &str) -> bool {
    ["struct", "enum", "trait", "type", "fn", "mod", "const"].iter().any(|kind| {
        let declaration = format!("{kind} {item}");
        source.match_indices(&declaration).any(|(at, _)| {
            let next = source[at + declaration.len()..].chars().next();
            !next.is_some_and(|next| next.is_alphanumeric() || next == '_')
        })
    })
}

/// What a page names although it is not there: paths by `exists`, Rust names by `is_declared`.
fn missing(
    markdown: &str,
    exists: impl Fn(&str) -> bool,
    is_declared: impl Fn(&str, &str) -> bool,
) -> Vec<String> {
    let is_missing = |text: &&str| match is_item(text) {
        Some((krate, item)) => !is_declared(krate, item),
        None => is_path(text) && !exists(text),
    };
    quoted(markdown).into_iter().filter(is_missing).map(|text| format!("`{text}` does not exist")).collect()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the server stands in the workspace")
}

/// The workspace as `cargo metadata` describes it, without looking at the network.
fn workspace() -> Vec<Crate> {
    let manifest = root().join("Cargo.toml");
    let metadata =
        MetadataCommand::new().manifest_path(manifest).no_deps().exec().expect("cargo metadata answers");
    let crates = metadata.packages.iter().map(|package| {
        let (ours, outside) = package.dependencies.iter().partition::<Vec<_>, _>(|used| used.path.is_some());
        Crate {
            name: short(&package.name),
            ours: ours.iter().map(|used| short(&used.name)).collect(),
            outside: outside.iter().map(|used| used.name.clone()).collect(),
        }
    });
    crates.collect()
}

fn short(package: &str) -> String {
    package.strip_prefix("motlan-").unwrap_or(package).to_owned()
}

/// All files under `folder`, hidden and skipped folders left out.
fn files_under(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the checkout can be read") {
        let path = entry.expect("an entry of the checkout can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_file() {
            files.push(path);
        } else if !name.starts_with('.') && !FOLDERS_SKIPPED.contains(&name) {
            files.extend(files_under(&path));
        }
    }
    files
}

fn is_declared(krate: &str, item: &str) -> bool {
    let sources = files_under(&root().join(krate).join("src"));
    sources.iter().any(|file| fs::read_to_string(file).is_ok_and(|source| declares(&source, item)))
}

/// The facts about the real checkout.
mod checkout {
    use super::*;

    #[track_caller]
    fn check(wrong: Vec<String>) {
        assert!(wrong.is_empty(), "\n  {}\n", wrong.join("\n  "));
    }

    #[test]
    fn our_crates_use_each_other_as_the_map_says() {
        let crates = workspace();
        assert_eq!(crates.len(), MAP.len(), "every line of the map is a crate");
        check(wrong_edges(&crates));
    }

    #[test]
    fn every_outside_crate_is_at_home() {
        check(wrong_homes(&workspace()));
    }

    #[test]
    fn no_line_of_the_table_is_idle() {
        check(idle_lines(&workspace()));
    }

    #[test]
    fn names_say_what_lives_inside() {
        check(wrong_names(&workspace()));
        check(wrong_files(&files_under(root())));
    }

    #[test]
    fn the_architecture_page_names_what_exists() {
        let page = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md can be read");
        check(missing(&page, |path| root().join(path).exists(), is_declared));
    }
}

/// The checks catch what they are for.
mod made_up {
    use super::*;

    fn krate(name: &str, ours: &[&str], outside: &[&str]) -> Crate {
        let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Crate { name: name.to_owned(), ours: set(ours), outside: set(outside) }
    }

    #[track_caller]
    fn check(wrong: Vec<String>, expected: &[&str]) {
        assert_eq!(wrong, expected);
    }

    #[test]
    fn an_edge_is_right_or_wrong() {
        check(wrong_edges(&[krate("search", &["repository"], &[])]), &[]);
        check(wrong_edges(&[krate("ocr", &["repository"], &[])]), &["ocr must not use repository"]);
        check(
            wrong_edges(&[krate("search", &["ingest", "repository"], &[])]),
            &["search must not use ingest"],
        );
        check(wrong_edges(&[krate("search", &[], &[])]), &["search no longer uses repository"]);
        check(wrong_edges(&[krate("common", &[], &[])]), &["common is not on the map"]);
    }

    #[test]
    fn an_outside_crate_has_a_home() {
        check(wrong_homes(&[krate("repository", &[], &["sqlx", "serde"])]), &[]);
        check(
            wrong_homes(&[krate("search", &[], &["sqlx"])]),
            &["search uses sqlx, whose home is repository"],
        );
        check(
            wrong_homes(&[krate("ocr", &[], &["left-pad"])]),
            &["ocr uses left-pad, which has no line in HOMES"],
        );
    }

    #[test]
    fn a_table_line_without_use_is_idle() {
        let idle = idle_lines(&[krate("repository", &[], &["sqlx"])]);
        assert!(idle.contains(&"search does not use tantivy any more".to_owned()));
        assert!(idle.contains(&"nobody uses serde any more".to_owned()));
        assert!(!idle.contains(&"repository does not use sqlx any more".to_owned()));
    }

    #[test]
    fn a_name_that_says_nothing_is_refused() {
        check(wrong_names(&[krate("ocr", &[], &[])]), &[]);
        check(wrong_names(&[krate("utils", &[], &[])]), &["a crate named utils has no one idea"]);
        check(wrong_files(&["qr/src/card.rs".into(), "docs/mod.md".into()]), &[]);
        check(
            wrong_files(&["qr/src/card/mod.rs".into()]),
            &["qr/src/card/mod.rs needs the name of its idea"],
        );
    }

    #[test]
    fn a_page_names_paths_and_items() {
        let page = "`ocr/` `make run` `/api/v1` `README.md` `ocr::Engine`\n```\n`fenced/away`\n```\n`a/b.rs`, `ocr::page::Lost`";
        let exists = |path: &str| path == "ocr/";
        let declared = |_: &str, item: &str| item == "Engine";
        let expected =
            ["`README.md` does not exist", "`a/b.rs` does not exist", "`ocr::page::Lost` does not exist"];
        check(missing(page, exists, declared), &expected);
    }

    #[test]
    fn a_declaration_is_a_whole_word() {
        assert!(declares("pub trait Engine {", "Engine"));
        assert!(declares("pub fn may(actor", "may"));
        assert!(!declares("pub struct EngineName;", "Engine"));
        assert!(!declares("use ocr::Engine;", "Engine"));
    }
}
