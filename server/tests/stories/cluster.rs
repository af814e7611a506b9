//! The index on a search cluster: several machines use one, and while it is down everything but searching by words goes on.

use serde_json::{Value, json};

use super::osmem::Osmem;
use super::paper;
use super::support::*;

/// What the papers of these stories say, without accents.
const WORDS: &str = "cong hoa xa hoi chu nghia";

/// An answer to a question, without waiting for the index.
fn asked(server: &Server, query: &str) -> Value {
    server.post("/api/v1/search", &json!({ "query": query })).json(200)
}

fn count(answer: &Value) -> usize {
    answer["items"].as_array().expect("hits").len()
}

/// Confirms a paper and answers its code.
fn confirm(server: &Server, id: &str) -> String {
    let subject = json!({ "kind": "citizen", "number": "001199000014", "name": "LÊ THỊ MẪU", "birth_date": "1999-03-02" });
    let confirmation =
        json!({ "document_type": "KHAC", "title": "Giấy xác nhận cư trú", "fields": [], "subject": subject });
    let stored = server.post(&format!("/api/v1/documents/{id}/confirm"), &confirmation).json(200);
    text(&stored["document"]["code"])
}

#[test]
fn a_cluster_that_is_down_stops_searching_by_words_alone() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let cluster = Osmem::start();
    let address = cluster.address().to_owned();
    let file = folder.path().join("search");
    std::fs::write(&file, format!("{address}/kho\n")).expect("the folder can be written");
    let settings = [("MOTLAN_SEARCH_URL_FILE", file.to_str().expect("UTF-8"))];
    let server = Server::start_with(&data, &[], &settings);
    let first = server.upload("scan-1.png", &paper::small(1));
    server.wait_read(&first);
    assert_eq!(server.find_ids(WORDS), [first.as_str()]);
    let code = confirm(&server, &first);
    server.wait_indexed();

    drop(cluster);
    let answer = asked(&server, WORDS);
    assert_eq!((count(&answer), &answer["changes_behind"]), (0, &Value::Null), "{answer}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("query={}", WORDS.replace(' ', "+"));
    let moved = server.ask("POST", "/search", &form, body.as_bytes()).expect("the server answers");
    let page = server.get(moved.header("location"));
    assert!(page.text().contains("chưa cập nhật"), "{}", page.text());
    let by_code = asked(&server, &code);
    assert_eq!((count(&by_code), &by_code["by_key"]), (1, &json!(true)), "{by_code}");
    let ready = server.get("/readyz").json(200);
    assert_eq!((&ready["ready"], &ready["index"]), (&json!(true), &json!(false)), "{ready}");
    let second = server.upload("scan-2.png", &paper::small(2));
    server.wait_read(&second);
    confirm(&server, &second);
    let report = check(&data, &settings, false);
    assert!(text(&report["index"]["problem"]).contains("does not answer"), "{report}");

    // It lost everything; a cluster that kept it would only get the second paper.
    let _cluster = Osmem::start_again(&address);
    assert_eq!(server.find_ids(WORDS), [second.as_str(), &first]);
    server.stop();
    let report = check(&data, &settings, true);
    assert_eq!((&report["index"]["changes_behind"], &report["index"]["problem"]), (&json!(0), &Value::Null));
    assert!(!data.join("index").exists(), "nothing of the index is in the data folder");
}

/// What `motlan check` says, which ends well or does not.
fn check(data: &std::path::Path, settings: &[(&str, &str)], ends_well: bool) -> Value {
    let output = run(motlan(data).envs(settings.iter().copied()).args(["check", "--json"]));
    let printed = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.success(), ends_well, "{printed}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&printed).expect("one JSON object")
}

#[test]
fn servers_share_a_cluster_and_commands_use_it() {
    let folder = fresh_folder();
    let (data, scans) = (folder.path().join("data"), folder.path().join("scans"));
    std::fs::create_dir(&scans).expect("the folder can be written");
    std::fs::write(scans.join("scan.png"), paper::small(1)).expect("the folder can be written");
    let cluster = Osmem::start();
    let address = format!("--search-url={}", cluster.address());
    let command = |arguments: &[&str]| succeed(motlan(&data).arg(&address).args(arguments));
    command(&["import", scans.to_str().expect("UTF-8")]);
    assert!(command(&["search", WORDS]).contains("1 found"), "the paper is found");
    assert!(command(&["reindex"]).contains("indexed 1 papers"), "the index is built anew");
    let servers = [1, 2].map(|_| Server::start_with(&data, &[&address], &[]));
    let second = servers[0].upload("scan-2.png", &paper::small(2));
    servers[1].wait_read(&second);
    for server in &servers {
        assert_eq!(server.find(WORDS).len(), 2);
    }
    // Whichever of them followed is gone, and the other goes on.
    let [first, other] = servers;
    first.stop();
    let third = other.upload("scan-3.png", &paper::small(3));
    other.wait_read(&third);
    assert_eq!(other.find(WORDS).len(), 3);
    other.stop();
    assert!(command(&["check"]).contains("0 changes behind, 0 missing, 0 left over"));
}

#[test]
fn a_wrong_address_is_refused_without_its_password() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let check = |arguments: &[&str], settings: &[(&str, &str)], expected: &str| {
        let output = run(motlan(&data).args(arguments).arg("check").envs(settings.iter().copied()));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(expected) && !said.contains("bi-mat"), "{said}");
    };
    let clear = "http://an:bi-mat@search.example";
    check(&["--search-url", clear], &[], "in the clear");
    check(&[], &[("MOTLAN_SEARCH_URL", clear)], "in the clear");
    let right = ("MOTLAN_SEARCH_URL", "https://an:bi-mat@127.0.0.1:1/kho");
    check(&[], &[right, ("MOTLAN_SEARCH_URL_FILE", "search")], "both set");
}
