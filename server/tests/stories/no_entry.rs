//! No entry, no answer: while the access log cannot be written, nothing of any record is told, at no address of the API.

use serde_json::{Value, json};

use super::support::*;

const PAPER: &str = "criminal-record-upside-down.jpg";
const NUMBER: &str = "031194015520";
const NAME: &str = "TRỊNH HOÀI THƯƠNG ÁI";
/// Addresses that tell of no person.
const OF_NO_ONE: [&str; 7] = [
    "/api/v1/procedures",
    "/api/v1/queue",
    "/api/v1/events",
    "/api/v1/figures",
    "/api/v1/scanners",
    "/api/v1/scans",
    "/api/v1/scans/{id}",
];
/// Have nothing to tell of a paper that was not destroyed, and was not keyed by two people.
const WITH_NOTHING: [&str; 2] = ["/certificate", "/keyings"];

/// A procedure of the samples.
const PROCEDURE: &str = "1.001193";

/// Every address that the API describes, with the keys of this paper, and of what there is of each other kind, in it.
fn addresses(server: &Server, paper: &str, others: [(&str, &str); 4]) -> Vec<String> {
    let description = server.get("/api/openapi.json").json(200);
    let paths = description["paths"].as_object().expect("paths");
    let read = paths
        .iter()
        .filter(|(path, operations)| operations["get"].is_object() && !OF_NO_ONE.contains(&path.as_str()));
    let filled = read.map(|(path, _)| {
        let kind = path.split('/').nth(3);
        let id = others.iter().find(|(other, _)| kind == Some(other)).map_or(paper, |(_, id)| id);
        let path = path.replace("{id}", id).replace("{number}", "1").replace("{reading}", "1");
        let path = path.replace("{form}", "BM06");
        match path.rsplit('/').next() {
            Some("receipt.pdf") => format!("{path}?appointment=2026-02-02"),
            Some("register.pdf") => format!("{path}?from=2026-01-01&to=2026-01-31"),
            _ => path,
        }
    });
    filled.inspect(|path| assert!(!path.contains('{'), "{path} has another parameter")).collect()
}

/// A case for which it is looked up what is held.
fn case() -> Value {
    json!({ "case": "SO-7", "procedure": PROCEDURE, "basis": "Điều 15 Nghị định 224/2026/NĐ-CP", "number": NUMBER })
}

/// What is asked with a body.
fn questions() -> [(&'static str, Value); 5] {
    [
        ("/api/v1/look-ups", case()),
        ("/api/v1/search", json!({ "query": NUMBER })),
        ("/api/v1/search", json!({ "query": NAME })),
        ("/api/v1/subjects/find", json!({ "number": NUMBER })),
        ("/api/v1/requirements/check", json!({ "procedure": PROCEDURE, "number": NUMBER })),
    ]
}

#[test]
fn without_an_access_entry_nothing_is_told() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server = Server::start(&data);
    let scan = sample_bytes(PAPER);
    let id = server.upload(PAPER, &scan);
    server.wait_read(&id);
    let confirmation = json!({
        "document_type": "LLTP", "title": "Phiếu lý lịch tư pháp số 1",
        "fields": [
            { "key": "full_name", "value": NAME },
            { "key": "number", "value": "12/PLLTP" },
            { "key": "issued_on", "value": "2024-02-03" },
            { "key": "agency", "value": "Sở Tư pháp" },
            { "key": "criminal_record", "value": "Không có án tích" },
        ],
        "subject": { "kind": "citizen", "number": NUMBER, "name": NAME, "birth_date": "1994-03-08" },
    });
    let stored = server.post(&format!("/api/v1/documents/{id}/confirm"), &confirmation).json(200);
    let subject = json!({ "kind": "citizen", "number": NUMBER, "name": NAME });
    let dossier = json!({ "procedure": PROCEDURE, "reason": "Nợ giấy", "received_on": "2026-01-02", "subject": subject });
    let dossier = text(&server.post("/api/v1/dossiers", &dossier).json(201)["id"]);
    let batch = server.try_send("/api/v1/batches", &[], PAPER, &scan).expect("the server answers");
    let batch = text(&batch.json(201)["id"]);
    wait_until("its page is looked at", || {
        let view = server.get(&format!("/api/v1/batches/{batch}")).json(200);
        (view["batch"]["state"] == "stopped").then_some(())
    });
    server.wait_indexed();
    let look_up = text(&server.post("/api/v1/look-ups", &case()).json(201)["id"]);
    let subject = text(&stored["document"]["subject"]["id"]);
    let others =
        [("subjects", &*subject), ("dossiers", &*dossier), ("batches", &*batch), ("look-ups", &*look_up)];
    let addresses = addresses(&server, &id, others);
    for of in ["/documents/", "/subjects/", "/dossiers/", "/batches/", "/look-ups/"] {
        assert!(
            addresses.iter().filter(|path| path.contains(of)).count() >= 2,
            "{of} is not in {addresses:?}"
        );
    }
    let ask_all = || {
        let gets = addresses.iter().map(|path| (path.clone(), server.get(path)));
        let posts = questions().map(|(path, body)| (format!("{path} {body}"), server.post(path, &body)));
        gets.chain(posts).collect::<Vec<_>>()
    };
    for (path, answer) in ask_all() {
        assert!(answer.status < 500, "{path}: {}", answer.text());
    }
    rows(
        &data,
        "create trigger no_entry before insert on access_entry begin select raise(abort, 'no entry'); end",
    );
    for (path, answer) in ask_all() {
        let has_nothing = WITH_NOTHING.iter().any(|end| path.ends_with(end)) && answer.status == 404;
        assert!(has_nothing || answer.status / 100 == 5, "{path}: {}", answer.text());
        let told = answer.text();
        assert!(
            !told.contains(NAME) && !told.contains(NUMBER) && answer.bytes.len() < 1_000,
            "{path}: {told}"
        );
    }
    for page in ["/documents", &format!("/documents/{id}"), &format!("/dossiers/{dossier}")] {
        let told = server.get(page);
        assert!(told.status >= 500 && !told.text().contains(NAME), "{page}: {}", told.text());
    }
    let refused = server.try_upload("quet.png", b"another").expect("the server answers");
    assert_eq!(refused.status / 100, 5, "{}", refused.text());
    rows(&data, "drop trigger no_entry");
    for (path, answer) in ask_all() {
        assert!(answer.status < 500, "{path}: {}", answer.text());
    }
    let list = server.get("/api/v1/documents").json(200);
    assert_eq!(list["documents"].as_array().map(Vec::len), Some(2), "what was refused is not there");
    server.stop();
}
