//! One paper from the scanner to a citizen's record and back to whoever looks for it.

use std::path::Path;

use serde_json::{Value, json};

use super::support::*;

/// An upside-down criminal record of an invented woman, scanned at 200 dpi.
const PAPER: &str = "criminal-record-upside-down.jpg";
const NUMBER: &str = "031194015520";
/// Her name as an officer corrects it; the paper says another.
const NAME: &str = "TRỊNH HOÀI THƯƠNG ÁI";

/// Why she leaves a value as it was read although a check of it may fail.
const COMPARED: &str = "Đã đối chiếu với bản giấy";

/// What the officer confirms: the proposal, with the name corrected and the number as on the paper.
fn confirmation(view: &Value) -> Value {
    let proposed = view["fields"].as_array().expect("fields");
    let kept =
        proposed.iter().filter(|field| !["full_name", "citizen_id"].contains(&text(&field["key"]).as_str()));
    let mut fields: Vec<Value> = kept
        .map(|field| json!({ "key": field["key"], "value": field["value"], "reason": COMPARED }))
        .collect();
    fields.push(json!({ "key": "full_name", "value": NAME }));
    fields.push(json!({ "key": "citizen_id", "value": NUMBER }));
    json!({
        "document_type": "LLTP", "title": "Phiếu lý lịch tư pháp số 1", "fields": fields,
        "subject": { "kind": "citizen", "number": NUMBER, "name": NAME, "birth_date": "1994-03-08" },
    })
}

#[test]
fn a_paper_becomes_a_record_that_is_found_again() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start_with(
        &data,
        &[],
        &[("MOTLAN_READING_FAULT", "slow"), ("MOTLAN_LOG", "info,motlan=debug")],
    );
    let scan = sample_bytes(PAPER);

    let id = server.upload(PAPER, &scan);
    // The answer came before anything was read: with the slow engine that takes at least half a second more.
    assert_eq!(server.document(&id)["document"]["state"], "received");
    let view = server.wait_read(&id);
    assert_eq!(view["document"]["state"], "extracted", "{view}");
    assert_eq!(view["document"]["document_type"], "LLTP");
    assert_eq!(view["pages"][0]["rotation_degrees"], 180);
    assert_eq!(
        server.get(&format!("/api/v1/documents/{id}/label.svg")).status,
        409,
        "no label without a code"
    );

    let stored = server.post(&format!("/api/v1/documents/{id}/confirm"), &confirmation(&view)).json(200);
    assert_eq!(stored["document"]["state"], "stored");
    assert!(text(&stored["document"]["code"]).len() > 8, "{stored}");
    let name = stored["fields"]
        .as_array()
        .and_then(|fields| fields.iter().find(|field| field["key"] == "full_name"));
    assert_eq!(name.expect("the name is a field")["value"], NAME);
    let again = server.post(&format!("/api/v1/documents/{id}/confirm"), &confirmation(&view));
    assert_eq!(again.status, 409, "confirmed once");

    check_findable(&server, &id);
    check_parts(&server, &id, &scan);
    check_store(&server, &id, &stored);
    check_access_log(&server, &id);
    let log = server.program().log();
    assert!(!log.contains(NUMBER) && !log.contains("HOÀI"), "no personal data in the log:\n{log}");
    let answers = answers(&server);
    server.stop();

    check_is_clean(&data);
    check_reindexed(&data, &answers);
}

#[track_caller]
fn check_findable(server: &Server, id: &str) {
    for query in
        ["trinh hoai thuong ai", "Trịnh Hoài Thương Ái", "TRINH THUONG AI", NUMBER, "ly lich tu phap"]
    {
        assert_eq!(server.find_ids(query), [id], "{query}");
    }
    assert_eq!(server.find_ids("nguyen khong co ai ten vay").len(), 0);
    let by_number = server.post("/api/v1/search", &json!({ "query": NUMBER })).json(200);
    assert_eq!(by_number["by_key"], true);
}

#[track_caller]
fn check_parts(server: &Server, id: &str, scan: &[u8]) {
    let original = server.get(&format!("/api/v1/documents/{id}/original"));
    assert_eq!(original.status, 200);
    assert_eq!(original.header("content-type"), "image/jpeg");
    assert_eq!(sha256(&original.bytes), sha256(scan), "the original is what was scanned");
    assert_eq!(server.document(id)["document"]["original"]["sha256"], sha256(scan));

    let picture = server.get(&format!("/api/v1/documents/{id}/pages/1/image"));
    assert_eq!(picture.header("content-type"), "image/jpeg");
    let drawn = image::load_from_memory_with_format(&picture.bytes, image::ImageFormat::Jpeg);
    let drawn = drawn.expect("the picture is a JPEG");
    assert!(drawn.height() > drawn.width(), "the page stands upright");

    let reading = server.get(&format!("/api/v1/documents/{id}/pages/1/reading")).json(200);
    let lines = reading["lines"].as_array().expect("lines");
    assert!(lines.len() > 10, "{reading}");
}

/// The store of the subject, found by a number that stands in a body only.
#[track_caller]
fn check_store(server: &Server, id: &str, stored: &Value) {
    let subject = server.post("/api/v1/subjects/find", &json!({ "number": NUMBER })).json(200);
    assert_eq!(subject["name"], NAME);
    assert_eq!(subject["id"], stored["document"]["subject"]["id"]);
    let store = server.get(&format!("/api/v1/subjects/{}/store", text(&subject["id"]))).json(200);
    let papers: Vec<&Value> =
        store["documents"].as_array().expect("papers").iter().map(|paper| &paper["id"]).collect();
    assert_eq!(papers, [&Value::from(id)]);
}

/// Every look of this story has its entry, with who and why.
#[track_caller]
fn check_access_log(server: &Server, id: &str) {
    let log = server.get(&format!("/api/v1/documents/{id}/access")).json(200);
    let entries = log.as_array().expect("entries");
    for action in ["receive", "read", "view", "download", "search", "confirm"] {
        let of_action = |entry: &&Value| entry["action"] == action && entry["allowed"] == true;
        let entry = entries.iter().find(of_action).unwrap_or_else(|| panic!("no {action} in {log}"));
        assert!(!text(&entry["account"]).is_empty() && !text(&entry["purpose"]).is_empty(), "{entry}");
    }
    let looked_again = server.get(&format!("/api/v1/documents/{id}/access")).json(200);
    assert_eq!(looked_again[0]["action"], "audit", "looking at the log is logged");
}

/// Answers that must be the same from an index built anew.
fn answers(server: &Server) -> Vec<Vec<String>> {
    QUERIES.iter().map(|query| server.find_ids(query)).collect()
}

const QUERIES: [&str; 4] = ["hoai thuong", "tư pháp", NUMBER, "công an hải phòng"];

#[track_caller]
fn check_reindexed(data: &Path, expected: &[Vec<String>]) {
    let printed = succeed(motlan(data).args(["reindex", "--json"]));
    let report: Value = serde_json::from_str(&printed).expect("one JSON object");
    assert_eq!(report["papers"], 1, "{report}");
    check_is_clean(data);
    let server = Server::start(data);
    assert_eq!(answers(&server), expected);
    server.stop();
}
