//! Digitizing a backlog: again, after a kill, and into one dossier.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};

use super::paper;
use super::support::*;

/// Papers of the backlog.
const PAPERS: u8 = 8;

/// A folder of scans as a scanner leaves it, notes between them.
fn backlog(folder: &Path) -> std::path::PathBuf {
    let scans = folder.join("scans");
    std::fs::create_dir_all(scans.join("tray 2")).expect("the folder can be written");
    for number in 0..PAPERS {
        let tray = if number % 2 == 0 { scans.clone() } else { scans.join("tray 2") };
        std::fs::write(tray.join(format!("scan {number}.png")), paper::small(100 + number)).expect("written");
    }
    std::fs::write(scans.join("notes.txt"), "not a scan").expect("written");
    scans
}

/// One row a file, by path.
#[track_caller]
fn import(data: &Path, arguments: &[&str], scans: &Path) -> BTreeMap<String, Value> {
    let printed = succeed(motlan(data).args(["--json", "import"]).args(arguments).arg(scans));
    let rows = printed.lines().map(|line| serde_json::from_str::<Value>(line).expect("one object a line"));
    rows.map(|row| (text(&row["file"]), row)).collect()
}

#[track_caller]
fn check_rows(rows: &BTreeMap<String, Value>, held: bool) {
    assert_eq!(rows.len(), usize::from(PAPERS));
    for row in rows.values() {
        assert_eq!((&row["already_held"], &row["state"]), (&json!(held), &json!("extracted")), "{row}");
        assert_eq!(row["pages"], 1, "{row}");
    }
}

fn ids(rows: &BTreeMap<String, Value>) -> Vec<&Value> {
    rows.values().map(|row| &row["id"]).collect()
}

#[test]
fn importing_again_changes_nothing() {
    let folder = fresh_folder();
    let (data, scans) = (folder.path().join("data"), backlog(folder.path()));
    let first = import(&data, &[], &scans);
    check_rows(&first, false);
    assert_eq!(check_is_clean(&data)["papers"], PAPERS);
    let again = import(&data, &[], &scans);
    check_rows(&again, true);
    assert_eq!(ids(&first), ids(&again));
    assert_eq!(check_is_clean(&data)["papers"], PAPERS);
    let table = succeed(motlan(&data).arg("import").arg(&scans));
    assert!(
        table.contains(&format!("{PAPERS} papers, {PAPERS} pages; 0 new, {PAPERS} held before")),
        "{table}"
    );
    let found = succeed(motlan(&data).args(["search", "--json", "xac nhan cu tru"]));
    let found: Value = serde_json::from_str(&found).expect("one JSON object");
    assert_eq!(found["total"], PAPERS, "{found}");
}

#[test]
fn an_import_that_was_killed_is_finished_by_the_next() {
    let folder = fresh_folder();
    let (data, scans) = (folder.path().join("data"), backlog(folder.path()));
    let mut command = motlan(&data);
    command
        .arg("import")
        .arg(&scans)
        .env("MOTLAN_READING_FAULT", "slow")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("the built program starts");
    // In the middle: the papers are taken in and the first children read.
    wait_until("a paper is being read", || {
        (!children_of(child.id()).is_empty() && held(&data) > 0).then_some(())
    });
    child.kill().expect("our own child can be killed");
    child.wait().expect("our own child can be waited for");
    let rows = import(&data, &[], &scans);
    assert_eq!(rows.len(), usize::from(PAPERS));
    assert!(rows.values().all(|row| row["state"] == "extracted" && row["pages"] == 1), "{rows:?}");
    assert!(rows.values().any(|row| row["already_held"] == true), "the first run had taken papers in");
    assert_eq!(check_is_clean(&data)["papers"], PAPERS);
}

/// Objects stored so far.
fn held(data: &Path) -> usize {
    fn files(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
    }
    files(&data.join("blobs"))
}

#[test]
fn procedure_and_subject_open_one_dossier_once() {
    let folder = fresh_folder();
    let (data, scans) = (folder.path().join("data"), backlog(folder.path()));
    std::fs::copy(sample("procedures.toml"), scans.join("procedures.toml")).expect("the catalogue is copied");
    let number = folder.path().join("number.txt");
    std::fs::write(&number, "001319018402\n").expect("the number is written");
    let number = number.to_str().expect("a plain path");
    let arguments = ["--procedure", "1.001193", "--subject", number, "--subject-name", "NGUYỄN KHÁNH AN"];
    check_rows(&import(&data, &arguments, &scans), false);
    check_rows(&import(&data, &arguments, &scans), true);
    let server = Server::start(&data);
    let dossiers = server.get("/api/v1/dossiers").json(200);
    assert_eq!(dossiers.as_array().map(Vec::len), Some(1), "{dossiers}");
    let dossier = &dossiers[0];
    assert_eq!(dossier["procedure"], "1.001193");
    assert_eq!(dossier["subject"]["number"], "001319018402");
    assert_eq!(dossier["outcomes"].as_array().map(Vec::len), Some(usize::from(PAPERS)), "{dossier}");
    server.stop();
}
