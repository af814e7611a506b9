//! Stored papers are sealed: whoever has the files of the data folder without its key and its database learns nothing from them.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::support::*;

const NAME: &str = "HUỲNH NGỌC DIỄM QUỲNH";
const NUMBER: &str = "079198030218";
/// How often the server is killed while a paper is sent to it.
const KILLS: u32 = 8;
/// The paper's size: so large that taking it in lasts longer than the pauses before the kills.
const PAPER_BYTES: usize = 24 << 20;

/// A scan that says a name and a number in plain letters, again and again. Bytes behind the last page harm no TIFF.
fn telling_paper(bytes: usize) -> Vec<u8> {
    let mut paper = sample_bytes("meeting-minutes.tif");
    let words = format!(" {NAME} {NUMBER}");
    paper.extend(words.bytes().cycle().take(bytes));
    paper
}

/// Files under a folder, by what a person would call them.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Neither names nor contents of stored files hold the words; nor does any other file but the database and the index, which are not
/// sealed.
#[track_caller]
pub(crate) fn check_tells_nothing(data: &Path, at_least: usize) {
    let mut files = files(data);
    let is_open = |path: &Path| {
        let name = path.strip_prefix(data).expect("a file of the folder");
        name.starts_with("index") || name.to_string_lossy().starts_with("motlan.sqlite")
    };
    files.retain(|path| !is_open(path));
    let stored = files.iter().filter(|path| path.starts_with(data.join("blobs"))).count();
    assert!(stored >= at_least, "{stored} stored files");
    for path in files {
        let bytes = std::fs::read(&path).expect("a file that stays");
        for words in [NAME, NUMBER] {
            let found = bytes.windows(words.len()).any(|window| window == words.as_bytes());
            assert!(!found && !path.to_string_lossy().contains(words), "{} tells {words}", path.display());
        }
    }
}

#[test]
fn stored_files_tell_nothing_even_after_a_kill() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let mut acknowledged = 0;
    for kill in 0..KILLS {
        let server = Server::start_with(&data, &["--no-worker"], &[]);
        let client = server.client();
        let sender = thread::spawn(move || {
            let paper = telling_paper(PAPER_BYTES + kill as usize);
            client.try_upload(&format!("{kill}.tif"), &paper).is_ok_and(|answer| answer.status == 201)
        });
        thread::sleep(Duration::from_millis(150) * kill);
        server.kill();
        acknowledged += u32::from(sender.join().expect("a sender"));
        check_tells_nothing(&data, 0);
    }
    println!("{acknowledged} of {KILLS} papers were acknowledged before the kill");
    let server = Server::start(&data);
    let id = server.upload("kept.tif", &telling_paper(1_000));
    server.wait_read(&id);
    let confirmation = json!({
        "document_type": "KHAC", "title": "Quyết định",
        "subject": { "kind": "citizen", "number": NUMBER, "name": NAME },
        "fields": [{ "key": "number", "value": "1/QĐ-UBND" }],
    });
    server.post(&format!("/api/v1/documents/{id}/confirm"), &confirmation).json(200);
    assert_eq!(server.find_ids(NUMBER), [id]);
    server.stop();
    check_tells_nothing(&data, 4);
}

fn keys(data: &Path, action: &str) -> Value {
    let printed = succeed(motlan(data).args(["keys", action, "--json"]));
    serde_json::from_str(&printed).expect("one JSON object")
}

#[test]
fn master_keys_are_changed_while_papers_are_served() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let paper = telling_paper(100);
    let before = server.upload("before.tif", &paper);
    let first = keys(&data, "list");
    let rotated = keys(&data, "rotate");
    assert_eq!(
        (first["keys"].as_array().map(Vec::len), rotated["keys"].as_array().map(Vec::len)),
        (Some(1), Some(2))
    );
    assert_eq!((&rotated["keys"][0]["data_keys"], &rotated["keys"][1]["is_used"]), (&json!(0), &json!(true)));
    let after = server.upload("after.tif", &telling_paper(101));
    for id in [&before, &after] {
        server.wait_read(id);
        assert_eq!(server.get(&format!("/api/v1/documents/{id}/original")).status, 200);
    }
    assert!(server.get(&format!("/api/v1/documents/{before}/original")).bytes == paper);
    server.wait_indexed();
    server.stop();
    check_is_clean(&data);
}

#[test]
fn a_store_does_not_open_without_its_key() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let key = succeed(motlan(&data).args(["keys", "new"]));
    let file = folder.path().join("master.key");
    std::fs::write(&file, key).expect("a key file");
    let with_key = |arguments: &[&str]| {
        let mut command = motlan(&data);
        command.arg("--key-file").arg(&file).args(arguments);
        command
    };
    succeed(&mut with_key(&["keys", "list"]));
    assert!(!data.join("keys").exists(), "no key is made where one is given");
    let refused = |command: &mut std::process::Command, words: &str| {
        let output = run(command);
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && errors.contains(words), "{errors}");
    };
    refused(motlan(&data).args(["keys", "list"]), "put that key back");
    refused(with_key(&["keys", "list"]).env("MOTLAN_KEY", "x"), "only one of them");
    refused(motlan(&data).args(["keys", "list"]).env("MOTLAN_KEY_COMMAND", "exit 1"), "exit status: 1");
    succeed(
        motlan(&data).args(["keys", "list"]).env("MOTLAN_KEY_COMMAND", format!("cat '{}'", file.display())),
    );
}
