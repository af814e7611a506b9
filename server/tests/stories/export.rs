//! A package of papers that the reference checker of BagIt accepts, and a store that comes in by a list.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::paper;
use super::support::*;

/// Papers of the package.
const PAPERS: u8 = 3;

/// What the reference checker says of a package.
fn is_valid(bag: &Path) -> bool {
    let home = std::env::var_os("HOME").expect("a home folder");
    let checker = PathBuf::from(home).join(".cache/motlan/tools/bagit.py");
    assert!(checker.exists(), "{} is missing: run ./setup.sh test", checker.display());
    let checked = Command::new("python3").arg(checker).arg("--validate").arg(bag).output();
    checked.expect("python3 starts").status.success()
}

fn export(data: &Path, bag: &Path, what: &[&str]) -> Value {
    let printed = succeed(motlan(data).args(["--json", "export", "--bagit"]).arg(bag).args(what));
    serde_json::from_str(&printed).expect("sums")
}

#[test]
fn an_exported_package_is_valid_and_holds_the_originals() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &["--no-worker"], &[]);
    let client = server.client();
    for number in 0..PAPERS {
        client.try_upload(&format!("{number}.png"), &paper::small(number)).expect("an answer");
    }
    server.stop();
    let bag = folder.path().join("bag");
    let sums = export(&data, &bag, &["--all"]);
    assert_eq!((&sums["papers"], &sums["files"]), (&PAPERS.into(), &(2 * PAPERS + 1).into()), "{sums}");
    assert!(is_valid(&bag));
    let originals: Vec<PathBuf> = std::fs::read_dir(bag.join("data/originals"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    let kept: BTreeSet<Vec<u8>> = originals.iter().map(|path| std::fs::read(path).expect("a file")).collect();
    assert_eq!(kept, (0..PAPERS).map(paper::small).collect(), "byte for byte");
    let table = std::fs::read_to_string(bag.join("data/papers.csv")).expect("the table");
    assert_eq!(table.lines().count(), 1 + usize::from(PAPERS));
    let mut bytes = std::fs::read(&originals[0]).expect("a file");
    bytes[100] ^= 1;
    std::fs::write(&originals[0], bytes).expect("written");
    assert!(!is_valid(&bag), "the checker sees one changed bit");
    let again = motlan(&data).args(["export", "--all", "--bagit"]).arg(&bag).output().expect("it starts");
    assert!(!again.status.success(), "a package is not written over another");
}

#[test]
fn papers_that_cannot_be_taken_out_are_named_and_the_others_are_taken_out() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &["--no-worker"], &[]);
    let mut ids: Vec<String> =
        (0..PAPERS).map(|number| server.upload(&format!("{number}.png"), &paper::small(number))).collect();
    server.stop();
    let scans: Vec<PathBuf> = blobs(&data.join("blobs"));
    assert_eq!(scans.len(), usize::from(PAPERS), "one file a paper: {scans:?}");
    std::fs::remove_file(&scans[0]).expect("removed");
    let mut bytes = std::fs::read(&scans[1]).expect("a file");
    bytes[100] ^= 1;
    std::fs::write(&scans[1], bytes).expect("written");
    let bag = folder.path().join("bag");
    let output = run(motlan(&data).args(["--json", "export", "--all", "--bagit"]).arg(&bag));
    assert_eq!(output.status.code(), Some(1));
    let sums: Value = serde_json::from_slice(&output.stdout).expect("sums");
    assert_eq!(sums["papers"], PAPERS - 2, "{sums}");
    let told = String::from_utf8_lossy(&output.stderr);
    let lost: Vec<String> = sums["lost"].as_array().expect("a list").iter().map(text).collect();
    assert_eq!(lost.len(), 2, "{sums}");
    for id in &lost {
        assert!(ids.contains(id) && told.contains(id), "{id}: {told}");
    }
    assert!(is_valid(&bag), "what is in it is whole");
    ids.retain(|id| !lost.contains(id));
    let records = std::fs::read_dir(bag.join("data/records")).expect("a folder");
    let names: Vec<String> =
        records.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(names, [format!("{}.json", ids[0])]);
}

/// Stored files.
fn blobs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { blobs(&path) } else { vec![path] }).collect()
}

#[test]
fn a_dossier_is_taken_out_by_its_code() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server = Server::start_with(&data, &["--no-worker"], &[]);
    let subject = json!({ "kind": "citizen", "number": "079199000013", "name": "Trần Văn Mẫu" });
    let dossier = json!({ "procedure": "1.001193", "reason": "Nợ giấy", "received_on": "2026-02-02", "subject": subject });
    let dossier = server.post("/api/v1/dossiers", &dossier).json(201);
    let place = [("dossier", dossier["id"].as_str().expect("a key"))];
    let outcome = server.try_upload_into(&place, "kết quả.png", &paper::small(0)).expect("an answer");
    let outcome = text(&outcome.json(201)["id"]);
    server.upload("khác.png", &paper::small(1));
    server.stop();
    let bag = folder.path().join("bag");
    let sums = export(&data, &bag, &["--dossier", &text(&dossier["code"])]);
    assert_eq!((&sums["papers"], &sums["lost"]), (&json!(1), &json!([])), "{sums}");
    assert!(bag.join(format!("data/records/{outcome}.json")).exists());
    let none = folder.path().join("none");
    let unknown =
        run(motlan(&data).args(["export", "--dossier", "H26.18-260105-9999", "--bagit"]).arg(&none));
    let told = String::from_utf8_lossy(&unknown.stderr);
    assert!(!unknown.status.success() && told.contains("H26.18-260105-9999"), "{told}");
}

/// A store of some files and its list: one row names a missing file, one a type that does not exist.
fn store(folder: &Path) -> PathBuf {
    let list = folder.join("store/list.csv");
    std::fs::create_dir_all(folder.join("store/box 1")).expect("the folder can be made");
    let mut rows = "Tệp;Loại giấy tờ;Số, ký hiệu;Ngày cấp;Số định danh;Họ và tên\n".to_owned();
    for number in 0..PAPERS {
        std::fs::write(folder.join(format!("store/box 1/{number}.png")), paper::small(number))
            .expect("written");
        rows += &format!(
            "box 1/{number}.png;Giấy khai sinh;{number}/2024;03/02/2024;079199000013;Trần Văn Mẫu\n"
        );
    }
    rows += "box 1/none.png;Giấy khai sinh;;;;\nbox 1/0.png;Vé số;;;;\n";
    std::fs::write(&list, rows).expect("written");
    list
}

#[test]
fn a_store_comes_in_by_its_list_and_a_second_run_does_what_is_left() {
    let folder = fresh_folder();
    let (data, list) = (folder.path().join("data"), store(folder.path()));
    let first = import_list(&data, &list, &["--no-read"]);
    assert_eq!(
        (&first["rows"], &first["received"], &first["refused"]),
        (&5.into(), &PAPERS.into(), &2.into()),
        "{first}"
    );
    let report = list.with_file_name("list.csv.report.csv");
    let told = std::fs::read_to_string(&report).expect("the report");
    for words in ["5,box 1/none.png,refused", "6,box 1/0.png,refused", "type: no type of paper"] {
        assert!(told.contains(words), "{words} is not in {told}");
    }
    assert!(!told.contains("079199000013"), "no number of a person in the report");
    // A run that was killed leaves half a line.
    std::fs::write(&report, &told.as_bytes()[..told.len() - 30]).expect("written");
    let second = import_list(&data, &list, &["--confirm"]);
    assert_eq!(
        (&second["known"], &second["filed"], &second["refused"]),
        (&PAPERS.into(), &PAPERS.into(), &2.into()),
        "{second}"
    );
    let third = import_list(&data, &list, &["--confirm", "--no-read"]);
    assert_eq!(
        (&third["known"], &third["filed"], &third["received"]),
        (&PAPERS.into(), &0.into(), &0.into()),
        "{third}"
    );
    let bag = folder.path().join("bag");
    let number = folder.path().join("number.txt");
    std::fs::write(&number, "079199000013").expect("written");
    let sums = export(&data, &bag, &["--subject", number.to_str().expect("UTF-8")]);
    assert_eq!(sums["papers"], PAPERS, "all of them are in the store of the person");
    assert!(is_valid(&bag));
    let table = std::fs::read_to_string(bag.join("data/papers.csv")).expect("the table");
    assert!(table.contains(",KS,") && table.contains("2/2024") && table.contains("2024-02-03"), "{table}");
    let names: Vec<String> = std::fs::read_dir(bag.join("data/records"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert!(names.iter().all(|name| !name.contains("079199000013")), "{names:?}");
    assert_eq!(check_is_clean(&data)["papers"], PAPERS);
}

#[test]
fn a_row_that_names_another_owner_is_not_told_to_be_filed() {
    let folder = fresh_folder();
    let (data, list) = (folder.path().join("data"), folder.path().join("list.csv"));
    std::fs::write(folder.path().join("0.png"), paper::small(0)).expect("written");
    let row = |number, name| format!("0.png,KS,{number},{name}\n");
    let rows = ["file,type,cccd,họ tên\n".to_owned(), row("079199000013", "Trần Văn Mẫu")];
    std::fs::write(&list, rows.concat() + &row("001319018402", "NGUYỄN KHÁNH AN")).expect("written");
    // Once at once, and once again: a refused row is tried again.
    for filed in [1, 0] {
        let sums = import_list(&data, &list, &["--confirm"]);
        assert_eq!((&sums["filed"], &sums["refused"]), (&json!(filed), &json!(1)), "{sums}");
    }
    let told = std::fs::read_to_string(list.with_file_name("list.csv.report.csv")).expect("the report");
    let of_row = |line: &str| told.lines().rfind(|row| row.starts_with(line)).expect("a row");
    assert!(of_row("2,").contains(",filed,"), "{told}");
    assert!(of_row("3,").contains(",refused,") && of_row("3,").contains("none of its owners"), "{told}");
    let number = folder.path().join("number.txt");
    std::fs::write(&number, "001319018402").expect("written");
    let other = run(motlan(&data)
        .args(["export", "--bagit"])
        .arg(folder.path().join("bag"))
        .arg("--subject")
        .arg(&number));
    assert!(!other.status.success(), "nothing is in the store of the other one");
}
