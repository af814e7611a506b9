//! The API as its own description tells it, and its door.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use super::paper;
use super::support::*;

/// Letters that only Vietnamese sentences have.
const VIETNAMESE: &str = "ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ";
/// A well-formed key that names nothing.
const NOTHING: &str = "01900000-0000-7000-8000-000000000000";
/// Operations that take files.
const TAKE_FILES: [&str; 3] =
    ["/api/v1/documents", "/api/v1/batches", "/api/v1/documents/{id}/pages/{number}/rescan"];
/// A number of an invented person.
const NUMBER: &str = "001319018402";

/// An error is problem+json with the status in it and a Vietnamese sentence.
#[track_caller]
fn check_problem(answer: &Answer, expected_status: u16) {
    assert_eq!(answer.header("content-type"), "application/problem+json", "{}", answer.text());
    let problem = answer.json(expected_status);
    assert_eq!(problem["status"], expected_status, "{problem}");
    let detail = text(&problem["detail"]);
    assert!(detail.to_lowercase().chars().any(|letter| VIETNAMESE.contains(letter)), "{detail}");
    assert!(detail.ends_with('.'), "{detail}");
}

/// A plausible body of an operation that wants one.
fn plausible_body(path: &str) -> Option<Value> {
    let subject = json!({ "kind": "citizen", "number": NUMBER, "name": "NGUYỄN KHÁNH AN" });
    match path {
        "/api/v1/search/suggestions" => Some(json!({ "query": "khai" })),
        "/api/v1/search" => Some(json!({ "query": "khai sinh" })),
        "/api/v1/subjects/find" => Some(json!({ "number": NUMBER })),
        "/api/v1/requirements/check" => Some(json!({ "procedure": "1.001193", "number": NUMBER })),
        "/api/v1/look-ups" => Some(
            json!({ "case": "SO-7", "procedure": "1.001193", "basis": "Điều 15 Nghị định 224/2026/NĐ-CP", "number": NUMBER }),
        ),
        "/api/v1/look-ups/{id}/papers" => Some(json!({ "component": "khai-sinh", "document": NOTHING })),
        "/api/v1/dossiers" => Some(
            json!({ "procedure": "1.001193", "reason": "Nợ giấy", "subject": subject, "received_on": "2026-01-02" }),
        ),
        "/api/v1/documents/{id}/confirm" => Some(
            json!({ "document_type": "KHAC", "title": "Giấy mời họp", "subject": subject, "fields": [] }),
        ),
        "/api/v1/documents/{id}/corrections" => Some(json!({
            "record": { "document_type": "KHAC", "title": "Giấy mời họp", "subject": subject, "fields": [] },
            "version": 1,
            "reason": "Nhập sai",
        })),
        "/api/v1/documents/{id}/rulings" => Some(json!({ "step": "cancel", "reason": "Nhập nhầm" })),
        "/api/v1/dossiers/{id}/extension" => Some(json!({ "due_on": "2026-01-12", "reason": "Chờ ý kiến" })),
        "/api/v1/scans" => Some(json!({ "scanner": "may-khong-co" })),
        "/api/v1/dossiers/{id}/moves" => Some(json!({ "state": "processing" })),
        "/api/v1/subjects/{id}/merges" => Some(json!({ "from": NOTHING, "reason": "Số cũ" })),
        "/api/v1/merges/{id}/undo" => Some(json!({ "reason": "Nhầm người" })),
        "/api/v1/dossiers/{id}/reuse" => Some(json!({ "component": "khai-sinh", "document": NOTHING })),
        "/api/v1/dossiers/{id}/refusals" => {
            Some(json!({ "component": "khai-sinh", "asked_by": "officer", "reason": "Bản mờ" }))
        }
        "/api/v1/documents/{id}/use-held" => Some(json!({ "held": NOTHING })),
        "/api/v1/documents/{id}/reread" => Some(json!({ "model": "fast" })),
        "/api/v1/documents/{id}/retention" => Some(json!({ "code": "06" })),
        "/api/v1/codes/verify" => Some(json!({ "code": "ML1:A" })),
        "/api/v1/documents/{id}/wait-again" => Some(json!({ "reason": "Là giấy khác" })),
        "/api/v1/documents/{id}/holds" | "/api/v1/holds/{id}/lifting" => {
            Some(json!({ "reason": "Có khiếu nại" }))
        }
        "/api/v1/documents/{id}/disposals" => Some(
            json!({ "ground": "retention_ended", "decision_no": "12/QĐ-UBND", "reason": "Hết thời hạn" }),
        ),
        "/api/v1/batches/{id}/plan" => Some(json!({ "version": 1, "feed": "duplex" })),
        "/api/v1/batches/{id}/changes" => {
            Some(json!({ "version": 1, "change": { "change": "turn_all", "degrees": 180 } }))
        }
        "/api/v1/batches/{id}/carry-out" => Some(json!({ "version": 1 })),
        "/api/v1/batches/{id}/undo" => Some(json!({ "reason": "Lẫn hai hồ sơ" })),
        "/api/v1/disposals/{id}/decision" => Some(json!({ "approve": true })),
        _ => None,
    }
}

/// Every operation of the description is there and answers as described.
#[test]
fn every_described_operation_answers() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let id = server.upload("scan.png", &paper::small(1));
    server.wait_read(&id);
    let description = server.get("/api/openapi.json").json(200);
    assert!(text(&description["openapi"]).starts_with("3."), "{}", description["openapi"]);
    for name in named(&description) {
        assert!(description.pointer(&name).is_some(), "{name} is named and not described");
    }
    let mut operations = 0;
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            check_shapes(&description, path, operation);
            check_operation(&server, &id, path, &method.to_uppercase(), operation);
            operations += 1;
        }
    }
    assert!(operations >= 15, "{operations} operations");
    server.stop();
}

/// Where the parts of a description are that other parts name.
fn named(part: &Value) -> Vec<String> {
    match part {
        Value::Object(parts) => {
            let own = parts.get("$ref").and_then(|name| name.as_str()?.strip_prefix('#'));
            own.map(str::to_owned).into_iter().chain(parts.values().flat_map(named)).collect()
        }
        Value::Array(parts) => parts.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}

/// Every answer in JSON has a shape with a name, and every object in it has parts.
#[track_caller]
fn check_shapes(description: &Value, path: &str, operation: &Value) {
    for (status, response) in operation["responses"].as_object().expect("responses") {
        let Some(schema) = response.pointer("/content/application~1json/schema") else { continue };
        let is_named = schema["$ref"].is_string() || schema["items"]["$ref"].is_string();
        assert!(is_named, "{path} {status}: {schema}");
        for shape in shapes(description, schema) {
            assert!(!is_bare(shape), "{path} {status}: {shape}");
        }
    }
}

/// A shape and all that it names, directly or not.
fn shapes<'a>(description: &'a Value, shape: &'a Value) -> Vec<&'a Value> {
    let (mut found, mut names) = (vec![shape], named(shape));
    let mut next = 0;
    while let Some(name) = names.get(next) {
        let shape = description.pointer(name).expect("what is named is described");
        found.push(shape);
        let new: Vec<String> = named(shape).into_iter().filter(|name| !names.contains(name)).collect();
        names.extend(new);
        next += 1;
    }
    found
}

/// Whether a shape, or one inside it, is an object of which nothing is told.
fn is_bare(shape: &Value) -> bool {
    match shape {
        Value::Object(parts) => {
            let tells = ["properties", "additionalProperties", "allOf", "oneOf"];
            let is_object = parts.get("type").is_some_and(|kind| kind == "object");
            (is_object && !tells.iter().any(|key| parts.contains_key(*key))) || parts.values().any(is_bare)
        }
        Value::Array(parts) => parts.iter().any(is_bare),
        _ => false,
    }
}

#[track_caller]
fn check_operation(server: &Server, id: &str, path: &str, method: &str, operation: &Value) {
    if path.ends_with("/events") {
        // It never ends; only its head is read.
        return assert!(head_of(server, path, "127.0.0.1").contains("text/event-stream"));
    }
    // Scans have numbers, and there is none.
    let id = if path.starts_with("/api/v1/scans/") { "1" } else { id };
    let real = path.replace("{id}", id).replace("{number}", "1").replace("{reading}", "1");
    let real = real.replace("{component}", "to-khai").replace("{form}", "BM01");
    assert!(!real.contains('{'), "{path} has another parameter");
    let answer = match plausible_body(path).filter(|_| method != "GET") {
        Some(body) => {
            let json = [("content-type", "application/json")];
            server.ask(method, &real, &json, body.to_string().as_bytes()).expect("an answer")
        }
        None if method == "POST" && TAKE_FILES.contains(&path) => {
            server.try_send(&real, &[], "other.png", &paper::small(2)).expect("an answer")
        }
        None => {
            assert!(
                operation["requestBody"].is_null(),
                "{method} {path} wants a body that is not known here"
            );
            server.ask(method, &real, &[], b"").expect("an answer")
        }
    };
    let described = &operation["responses"][answer.status.to_string()];
    // What a request is refused for is a problem, whatever its status.
    let problem = &operation["responses"]["default"]["content"]["application/problem+json"]["schema"];
    assert_eq!(problem["$ref"], "#/components/schemas/ProblemBody", "{method} {path}");
    let is_described = !described.is_null() || (400..500).contains(&answer.status);
    assert!(
        is_described,
        "{method} {path} answers {}, which is not described: {}",
        answer.status,
        answer.text()
    );
    if answer.status >= 400 {
        check_problem(&answer, answer.status);
        assert!(!answer.text().contains("kiểm tra lại đường dẫn"), "{method} {path} leads nowhere");
    }
    for value in answer.headers.values() {
        assert!(!value.contains(NUMBER), "{method} {path}: a personal number in a header");
    }
}

/// The head of an answer over a bare connection, with a `Host` of one's own.
fn head_of(server: &Server, path: &str, host: &str) -> String {
    let address = server.address.strip_prefix("http://").expect("an address");
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).expect("a time-out");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("written");
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

#[test]
fn errors_are_vietnamese_sentences() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    check_problem(&server.get("/api/v1/nothing"), 404);
    check_problem(&server.get(&format!("/api/v1/documents/{NOTHING}")), 404);
    check_problem(&server.get("/api/v1/documents/no-key"), 404);
    check_problem(&server.get(&format!("/api/v1/subjects/{NUMBER}/store")), 404);
    check_problem(&server.get("/api/v1/documents?limit=0"), 422);
    check_problem(&server.get("/api/v1/documents?state=lost"), 422);
    check_problem(&server.post("/api/v1/search", &json!({ "query": "  " })), 422);
    check_problem(&server.post("/api/v1/search", &json!({ "query": "x".repeat(501) })), 422);
    check_problem(&server.post("/api/v1/search", &json!({ "question": "x" })), 422);
    let wrong = server.post("/api/v1/search", &json!({ "query": " đất loại:xyz" }));
    check_problem(&wrong, 422);
    assert_eq!((&wrong.json(422)["at"], &wrong.json(422)["length"]), (&json!(10), &json!(3)));
    check_problem(&server.post("/api/v1/subjects/find", &json!({ "number": "123" })), 422);
    check_problem(&server.post("/api/v1/subjects/find", &json!({ "number": NUMBER })), 404);
    let ask = |method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]| {
        server.ask(method, path, headers, body).expect("an answer")
    };
    check_problem(&ask("DELETE", "/api/v1/documents", &[], b""), 405);
    check_problem(&ask("POST", "/api/v1/search", &[], b"{}"), 415);
    check_problem(&ask("POST", "/api/v1/search", &[("content-type", "application/json")], b"{"), 422);
    check_problem(&ask("POST", "/api/v1/documents", &[("content-type", "text/plain")], b"x"), 400);
    server.stop();
}

#[test]
fn other_sites_and_names_stay_outside() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    assert!(head_of(&server, "/livez", "127.0.0.1").starts_with("HTTP/1.1 200"));
    for host in ["motlan.example", "127.0.0.1.example:80", "10.0.0.1"] {
        assert!(head_of(&server, "/livez", host).starts_with("HTTP/1.1 403"), "{host}");
    }
    let post = |name: &str, value: &str| {
        let headers = [("content-type", "application/json"), (name, value)];
        server.ask("POST", "/api/v1/search", &headers, br#"{"query":"x"}"#).expect("an answer")
    };
    check_problem(&post("origin", "http://other.example"), 403);
    check_problem(&post("sec-fetch-site", "cross-site"), 403);
    assert_eq!(post("origin", &server.address).status, 200);
    assert_eq!(post("sec-fetch-site", "same-origin").status, 200);
    server.stop();
}

/// A number is asked for in a body; where the browser is sent afterwards does not carry it, nor does anything logged or counted.
#[test]
fn a_personal_number_stands_in_no_address() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let body = format!("query={NUMBER}");
    let answer = server.ask("POST", "/search", &form, body.as_bytes()).expect("an answer");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let location = answer.header("location");
    assert!(location.starts_with("/search?q=") && !location.contains(NUMBER), "{location}");
    assert_eq!(server.get(location).status, 200);
    assert_eq!(server.post("/api/v1/search", &json!({ "query": NUMBER })).status, 200);
    assert!(!server.get("/metrics").text().contains(NUMBER));
    assert!(!server.program().log().contains(NUMBER));
    server.stop();
}
