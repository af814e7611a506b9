//! The command line: what it prints, how it ends, and that every failure is one clear sentence.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::paper;
use super::support::*;

/// Every command, with a word that its help must hold.
const COMMANDS: [(&str, &str); 20] = [
    ("read", "--model"),
    ("import", "--procedure"),
    ("batch", "plan"),
    ("serve", "--demonstration"),
    ("work", "--data"),
    ("search", "--limit"),
    ("once-only", "check"),
    ("reread", "--data"),
    ("reindex", "--data"),
    ("check", "--json"),
    ("dispose", "approve"),
    ("account", "create"),
    ("rights", "grant"),
    ("export", "--bagit"),
    ("figures", "--from"),
    ("backup", "--read-back"),
    ("restore", "--data"),
    ("audit", "--data"),
    ("keys", "rotate"),
    ("verify", "--keys"),
];

/// Runs a command that must fail with one sentence holding `expected`.
#[track_caller]
fn check_refused(command: &mut Command, expected: &str) {
    let output = run(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{errors}");
    assert!(output.status.code().is_some(), "ended by itself: {:?}", output.status);
    assert!(errors.contains(expected), "{expected:?} is not in: {errors}");
    assert!(!errors.contains("backtrace"), "{errors}");
}

/// The same, for failures that the program words itself: one line that begins with its name and says nothing twice.
#[track_caller]
fn check_sentence(command: &mut Command, expected: &str) {
    check_refused(command, expected);
    let output = run(command);
    let errors = String::from_utf8_lossy(&output.stderr);
    let said: Vec<&str> = errors.lines().filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(said.len(), 1, "one sentence: {errors}");
    assert!(said[0].starts_with("motlan: "), "{errors}");
    let parts: Vec<&str> = said[0].split(": ").collect();
    let different: BTreeSet<&str> = parts.iter().copied().collect();
    assert_eq!(parts.len(), different.len(), "says it twice: {errors}");
}

fn file(folder: &Path, name: &str, bytes: &[u8]) -> std::path::PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("the folder can be written");
    path
}

#[test]
fn help_explains_every_command() {
    let folder = fresh_folder();
    let overview = succeed(motlan(folder.path()).arg("--help"));
    for (command, word) in COMMANDS {
        assert!(overview.contains(command), "{command} is not in {overview}");
        let help = succeed(motlan(folder.path()).args([command, "--help"]));
        assert!(help.contains("Usage: motlan") && help.contains("Example"), "{help}");
        assert!(help.contains(word), "{word} is not in {help}");
    }
    assert!(succeed(motlan(folder.path()).arg("--version")).starts_with("motlan "));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "help writes nothing");
}

/// As in `motlan … | head`, when head has seen enough.
#[test]
fn whoever_is_read_no_more_ends_without_a_word() {
    let folder = fresh_folder();
    let mut command = motlan(&folder.path().join("data"));
    let command = command.args(["keys", "new"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the built program starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(128 + 13));
}

#[test]
fn read_prints_text_with_a_form_feed_after_each_page() {
    let folder = fresh_folder();
    let printed = succeed(motlan(folder.path()).arg("read").arg(sample("meeting-minutes.tif")));
    let pages: Vec<&str> = printed.split('\u{c}').collect();
    assert_eq!(pages.len(), 4, "three pages, each ended");
    assert_eq!(pages[3].trim(), "");
    assert!(pages[..3].iter().all(|page| page.split_whitespace().count() > 50), "{printed}");
    assert!(pages[0].contains("Độc lập - Tự do - Hạnh phúc"), "{}", pages[0]);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "read stores nothing");
}

#[test]
fn read_prints_json_with_every_documented_key() {
    let folder = fresh_folder();
    let mut command = motlan(folder.path());
    command
        .args(["read", "--json"])
        .arg(sample("permit-application-mixed.pdf"))
        .arg(sample("citizen-card-copy.jpg"));
    let printed = succeed(&mut command);
    let files: Vec<Value> =
        printed.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    assert_eq!(files.len(), 2, "one line a file, in the order given");
    let (mixed, card) = (&files[0], &files[1]);
    for file in &files {
        has(file, &["file", "media_type", "document_type", "title", "pages", "fields"]);
        each(&file["pages"], check_page);
        each(&file["fields"], |field| {
            has(field, &["key", "value", "source", "confidence", "page", "region"]);
        });
    }
    assert_eq!(mixed["media_type"], "application/pdf");
    assert_eq!(mixed["document_type"], "DON");
    let sources: Vec<&Value> =
        mixed["pages"].as_array().expect("pages").iter().map(|page| &page["source"]).collect();
    assert_eq!(sources, ["digital", "scan"]);
    assert_eq!(card["media_type"], "image/jpeg");
    assert_eq!(card["document_type"], "CCCD");
    each(&card["pages"][0]["labels"], |label| has(label, &["kind", "value", "region"]));
    assert!(
        card["pages"][0]["labels"].as_array().is_some_and(|labels| !labels.is_empty()),
        "the card's code"
    );
}

#[track_caller]
fn check_page(page: &Value) {
    has(
        page,
        &["number", "state", "reasons", "source", "width", "height", "dpi", "rotation_degrees", "labels"],
    );
    has(page, &["engine", "text", "lines"]);
    let (width, height) = (page["width"].as_u64().expect("pixels"), page["height"].as_u64().expect("pixels"));
    each(&page["lines"], |line| {
        has(line, &["text", "words"]);
        each(&line["words"], |word| {
            has(word, &["text", "region", "confidence"]);
            let edge = |at: &str, size: &str| {
                word["region"][at].as_u64().zip(word["region"][size].as_u64()).map(|(at, size)| at + size)
            };
            assert!(edge("left", "width").is_some_and(|right| right <= width), "{word} of {width}");
            assert!(edge("top", "height").is_some_and(|bottom| bottom <= height), "{word} of {height}");
            let confidence = word["confidence"].as_f64().expect("a number");
            assert!((0.0..=100.0).contains(&confidence), "{word}");
        });
    });
}

#[track_caller]
fn has(value: &Value, keys: &[&str]) {
    let missing: Vec<_> = keys.iter().filter(|key| value.get(**key).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?} missing in {value}");
}

#[track_caller]
fn each(list: &Value, check: impl Fn(&Value)) {
    list.as_array().unwrap_or_else(|| panic!("{list} is no list")).iter().for_each(check);
}

#[test]
fn one_bad_file_does_not_hide_the_good_one() {
    let folder = fresh_folder();
    let bad = file(folder.path(), "bad.pdf", b"only words");
    let good = file(folder.path(), "good.png", &paper::small(4));
    let output = run(motlan(folder.path()).arg("read").args([&bad, &good]));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "a file could not be read");
    assert!(errors.contains("bad.pdf") && errors.contains("not a PDF, JPEG"), "{errors}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("CỘNG HÒA"), "the good one was printed");
}

#[test]
fn what_cannot_be_done_is_one_sentence() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let text = file(folder.path(), "a.png", b"words");
    check_sentence(motlan(&data).args(["read", "/nowhere/scan.pdf"]), "/nowhere/scan.pdf");
    check_sentence(motlan(&data).arg("read").arg(&text), "not a PDF");
    check_sentence(motlan(&data).args(["search", "khai sinh"]), "no index yet");
    check_sentence(motlan(&data).args(["serve", "--listen", "0.0.0.0:0"]), "other machines");
    check_sentence(motlan(&data).args(["serve", "--listen", "[::]:0"]), "other machines");
    check_sentence(motlan(&data).args(["import", "/nowhere"]), "/nowhere");
    check_sentence(motlan(&text).arg("check"), "cannot open the data folder");
    check_sentence(
        motlan(&data).arg("read").arg(&text).env("MOTLAN_MODEL_DIR", "/nowhere").env("MOTLAN_LANES", "x"),
        "MOTLAN_",
    );
    check_sentence(motlan(&data).arg("check").env("MOTLAN_NONSENSE", "1"), "nonsense");
    check_refused(motlan(&data).arg("read"), "FILES");
    check_refused(motlan(&data).arg("reed"), "read");
    check_refused(motlan(&data).args(["import", "--procedure", "1.001193", "x"]), "--subject");
    let wrong = file(folder.path(), "number.txt", b"123");
    check_sentence(motlan(&data).args(["import", "x", "--subject"]).arg(&wrong), "Số");
    check_sentence(motlan(&data).args(["import", "x", "--subject", "/nowhere"]), "/nowhere");
    check_sentence(
        motlan(&data).args(["once-only", "check", "--procedure", "1.001193", "--subject"]).arg(&wrong),
        "Số",
    );
    check_refused(motlan(&data).args(["once-only", "check"]), "--procedure");
}

#[test]
fn an_unknown_key_of_the_file_is_refused() {
    let folder = fresh_folder();
    file(folder.path(), "motlan.toml", b"dota = \"x\"\n");
    check_sentence(motlan(&folder.path().join("data")).arg("check").current_dir(folder.path()), "dota");
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    check_sentence(motlan(&data).args(["serve", "--listen", "127.0.0.1:0"]), "another `serve`");
    check_sentence(motlan(&data).arg("reindex"), "`serve`");
    assert_eq!(server.get("/livez").status, 200);
    server.stop();
}
