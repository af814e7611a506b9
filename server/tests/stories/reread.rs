//! A paper is read again by the accurate model: what the officer corrected stays, and both readings can be asked for.

use serde_json::{Value, json};

use super::paper;
use super::support::*;

/// A residence paper of an invented man, scanned with half the light missing.
const PAPER: &str = "residence-low-light.jpg";
const NUMBER: &str = "092085077145";
/// His name as the officer types it; the paper says another.
const NAME: &str = "THẠCH SƠN TÙNG";

/// The proposal as it is, with the name corrected. No reason is given for anything: each value passes its checks, or is refused.
fn confirmation(view: &Value) -> Value {
    let proposed = view["fields"].as_array().expect("fields");
    let kept = proposed.iter().filter(|field| field["key"] != "full_name" && field["key"] != "citizen_id");
    let as_proposed = |field: &Value| json!({ "key": field["key"], "value": field["value"] });
    let mut fields: Vec<Value> = kept.map(as_proposed).collect();
    fields.push(json!({ "key": "full_name", "value": NAME }));
    json!({
        "document_type": view["document"]["document_type"], "title": "Xác nhận thông tin về cư trú",
        "fields": fields, "subject": { "kind": "citizen", "number": NUMBER, "name": NAME },
    })
}

fn field(view: &Value, key: &str) -> Value {
    let fields = view["fields"].as_array().expect("fields");
    fields.iter().find(|field| field["key"] == key).unwrap_or_else(|| panic!("no {key} in {view}")).clone()
}

/// The paper once no reading of it waits or runs.
fn wait_reread(server: &Server, id: &str) -> Value {
    wait_until("the paper is read again", || {
        Some(server.document(id)).filter(|view| view["rereading"].is_null())
    })
}

#[test]
fn a_correction_survives_the_accurate_model() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let id = server.upload(PAPER, &sample_bytes(PAPER));
    let first = server.wait_read(&id);
    let stored = server.post(&format!("/api/v1/documents/{id}/confirm"), &confirmation(&first)).json(200);
    let code = text(&stored["document"]["code"]);
    assert_eq!(server.find_ids("thach son tung"), [id.as_str()]);

    succeed(motlan(&data).args(["reread", "--document", &code, "--model", "accurate"]));
    let again = wait_reread(&server, &id);
    assert_eq!(again["reread_problem"], Value::Null, "{again}");
    assert_eq!(again["document"], stored["document"], "a stored paper stays as it was confirmed");
    let (before, after) = (field(&stored, "full_name"), field(&again, "full_name"));
    for key in ["value", "source", "proposed", "confirmed_by", "confirmed_at"] {
        assert_eq!(after[key], before[key], "{key}");
    }
    check_near(&before["region"], &after["region"]);

    let readings = server.get(&format!("/api/v1/documents/{id}/pages/1/readings")).json(200);
    let readings = readings.as_array().expect("readings");
    let counts: Vec<&Value> = readings.iter().map(|reading| &reading["counts"]).collect();
    assert_eq!(counts, [false, true]);
    assert_eq!(readings[0]["engine"], readings[1]["engine"]);
    assert_ne!(readings[0]["model_sha256"], readings[1]["model_sha256"], "another model read it");
    assert_eq!(text(&readings[1]["model_sha256"]).len(), 64);
    for number in [1, 2] {
        let one = server.get(&format!("/api/v1/documents/{id}/pages/1/readings/{number}")).json(200);
        assert!(one["lines"].as_array().is_some_and(|lines| lines.len() > 5), "{one}");
    }
    let counting = server.get(&format!("/api/v1/documents/{id}/pages/1/reading")).json(200);
    assert_eq!(counting["model_sha256"], readings[1]["model_sha256"]);
    for query in ["thach son tung", NUMBER, &code, "tran viet chau"] {
        assert_eq!(server.find_ids(query), [id.as_str()], "{query}");
    }
    let log = server.get(&format!("/api/v1/documents/{id}/access")).json(200);
    let of = |action: &str| {
        log.as_array().expect("entries").iter().filter(|entry| entry["action"] == action).count()
    };
    assert_eq!((of("reread"), of("read")), (1, 2));
    server.stop();
    check_is_clean(&data);
}

/// Two boxes on nearly the same spot of the same paper.
#[track_caller]
fn check_near(before: &Value, after: &Value) {
    for side in ["left", "top"] {
        let at = |region: &Value| region[side].as_f64().unwrap_or_else(|| panic!("no {side} in {region}"));
        assert!((at(before) - at(after)).abs() < 60.0, "{side}: {before} and {after}");
    }
}

#[test]
fn a_wish_over_http_is_queued_once() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &[], &[("MOTLAN_READING_FAULT", "slow")]);
    let id = server.upload("scan.png", &paper::small(1));
    let wish = || server.post(&format!("/api/v1/documents/{id}/reread"), &json!({ "model": "fast" }));
    assert_eq!(wish().json(200)["already_queued"], true, "its first reading waits");
    server.wait_read(&id);
    assert_eq!(wish().json(202)["model"], "fast");
    let second = wish().json(200);
    assert_eq!((&second["already_queued"], &second["state"]), (&json!(true), &json!("extracted")));
    wait_reread(&server, &id);
    let readings = server.get(&format!("/api/v1/documents/{id}/pages/1/readings")).json(200);
    assert_eq!(readings.as_array().map(Vec::len), Some(2), "{readings}");
    assert_eq!(server.get("/api/v1/queue").json(200), json!([]));
    server.stop();
}

#[test]
fn a_kill_while_a_paper_is_read_again_loses_nothing() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let slow = [("MOTLAN_READING_FAULT", "slow"), ("MOTLAN_LANES", "1")];
    let server = Server::start_with(&data, &[], &slow);
    let id = server.upload("minutes.tif", &sample_bytes("meeting-minutes.tif"));
    let before = server.wait_read(&id);
    let texts = |server: &Server| {
        let page = |page| server.get(&format!("/api/v1/documents/{id}/pages/{page}/reading")).json(200);
        [1, 2, 3].map(page)
    };
    let (read_before, found) = (texts(&server), server.find_ids("cong hoa xa hoi chu nghia"));
    assert_eq!(found, [id.as_str()]);
    server.post(&format!("/api/v1/documents/{id}/reread"), &json!({ "model": "accurate" })).json(202);
    wait_until("a page is read again", || {
        let rereading = server.document(&id)["rereading"].clone();
        assert!(!rereading.is_null(), "the re-reading ended before the kill");
        rereading["pages_read"].as_u64().filter(|pages| *pages >= 1)
    });
    server.kill();

    let server = Server::start_with(&data, &["--no-worker"], &[]);
    let during = server.document(&id);
    assert!(!during["rereading"].is_null(), "the job waits for its next worker");
    for key in ["document", "fields", "pages"] {
        assert_eq!(during[key], before[key], "the old reading counts: {key}");
    }
    assert_eq!(texts(&server), read_before);
    assert_eq!(server.find_ids("cong hoa xa hoi chu nghia"), [id.as_str()]);
    server.stop();

    let server = Server::start_with(&data, &[], &slow);
    let after = wait_reread(&server, &id);
    assert_eq!(after["document"]["pages_read"], 3);
    for page in 1..=3 {
        let readings = server.get(&format!("/api/v1/documents/{id}/pages/{page}/readings")).json(200);
        assert_eq!(readings.as_array().map(Vec::len), Some(2), "each page once a pass: {readings}");
    }
    assert_ne!(texts(&server), read_before);
    assert_eq!(server.find_ids("cong hoa xa hoi chu nghia"), [id.as_str()]);
    server.stop();
    check_is_clean(&data);
}
