//! A paper destroyed by a decision: over HTTP it is gone, and no file of the data folder knows a word of it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::paper;
use super::support::*;

/// What the paper says, as the reader of the sample finds it.
const TYPED: &str = "cong hoa xa hoi chu nghia";

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Files of the data folder that hold these bytes.
fn holding(data: &Path, words: &str) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    };
    files(data).into_iter().filter(holds).collect()
}

fn dispose(data: &Path, arguments: &[&str]) -> Value {
    let printed = succeed(motlan(data).arg("dispose").args(arguments));
    serde_json::from_str(&printed).expect("an object")
}

/// Approves a proposal under an open account that may, and under no other name.
fn decided_at_the_console(data: &Path, proposal: &str) {
    let account = |arguments: &[&str]| succeed(motlan(data).arg("account").args(arguments));
    let who = ["--name", "Phạm Thị Duyệt", "--agency", "Bộ phận một cửa (dùng thử)", "--role"];
    account(&[&["create", "lanh.dao"][..], &who, &["leader"]].concat());
    account(&[&["create", "lan.tran"][..], &who, &["counter_officer"]].concat());
    account(&["close", "lanh.dao", "--reason", "nghỉ phép"]);
    for (login, word) in [("nobody", "no account nobody"), ("lanh.dao", "is closed"), ("lan.tran", "")] {
        let refused = run(motlan(data).args(["dispose", "approve", proposal, "--as", login]));
        let errors = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && errors.contains(word), "{login}: {errors}");
    }
    account(&["open", "lanh.dao"]);
    dispose(data, &["approve", proposal, "--as", "lanh.dao"]);
    let entries = "select distinct name, role, source from access_entry where account = 'lanh.dao'";
    assert_eq!(rows(data, entries), ["Phạm Thị Duyệt leader console"]);
}

#[test]
fn a_destroyed_paper_is_gone_from_every_door_and_file() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let id = text(
        &server.client().try_upload("mẫu-lạ-kỳ.png", &paper::small(7)).expect("an answer").json(201)["id"],
    );
    let view = server.wait_read(&id);
    let reading = server.get(&format!("/api/v1/documents/{id}/pages/1/reading")).json(200);
    let word = reading["lines"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|line| line["words"].as_array().into_iter().flatten())
        .map(|word| text(&word["text"]))
        .max_by_key(String::len)
        .expect("a word was read");
    assert_eq!(server.find_ids(TYPED), std::slice::from_ref(&id));
    assert!(!holding(&data, &word).is_empty() && !holding(&data, "mẫu-lạ-kỳ").is_empty(), "{view}");
    let path = format!("/api/v1/documents/{id}");
    let held = server.post(&format!("{path}/holds"), &json!({ "reason": "khiếu nại" })).json(201);
    let wish = json!({ "ground": "subject_request", "decision_no": "12/QĐ-UBND", "reason": "theo yêu cầu" });
    let refused = server.post(&format!("{path}/disposals"), &wish).json(409);
    assert!(text(&refused["detail"]).contains("khiếu nại"), "{refused}");
    server
        .post(&format!("/api/v1/holds/{}/lifting", text(&held["id"])), &json!({ "reason": "xong" }))
        .json(200);
    let proposed = server.post(&format!("{path}/disposals"), &wish).json(201);
    let decision = format!("/api/v1/disposals/{}/decision", text(&proposed["id"]));
    server.post(&decision, &json!({ "approve": true })).json(403);
    decided_at_the_console(&data, &text(&proposed["id"]));
    for door in ["", "/original", "/pages/1/image", "/pages/1/reading", "/rendition.pdf"] {
        let gone = server.get(&format!("{path}{door}")).json(410);
        assert_eq!(gone["certificate"]["decision_no"], "12/QĐ-UBND", "{door}: {gone}");
    }
    let certificate = server.get(&format!("{path}/certificate")).json(200);
    assert_eq!(certificate, dispose(&data, &["certificate", &id]));
    assert_eq!((&certificate["approved_by"], &certificate["objects"]), (&json!("lanh.dao"), &json!(2)));
    wait_until("the index forgets the paper", || server.find_ids(TYPED).is_empty().then_some(()));
    server.stop();
    for words in [word.as_str(), "mẫu-lạ-kỳ"] {
        assert_eq!(holding(&data, words), Vec::<PathBuf>::new(), "{words}");
    }
    assert!(files(&data.join("blobs")).is_empty());
    assert_eq!(check_is_clean(&data)["papers"], 0);
}
