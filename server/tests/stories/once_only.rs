//! A paper is handed in once: what is held is offered, used again, and counted; what is wanted otherwise is said in writing.

use std::path::Path;

use serde_json::{Value, json};

use super::paper;
use super::printing::Print;
use super::support::*;

/// Invented: 12 digits that carry the year of birth 1999.
const NUMBER: &str = "001199000014";
const NAME: &str = "LÊ THỊ MẪU";
/// Đăng ký kết hôn, and its component that the story is about.
const PROCEDURE: &str = "1.000894";
const COMPONENT: &str = "tinh-trang-hon-nhan";

fn subject() -> Value {
    json!({ "kind": "citizen", "number": NUMBER, "name": NAME, "birth_date": "1999-03-02" })
}

/// What the officer confirms of a certificate of marital status.
fn confirmation() -> Value {
    let fields = [
        ("number", "12/UBND-XNTTHN"),
        ("issued_on", "2026-01-05"),
        ("agency", "UBND phường Mẫu"),
        ("full_name", NAME),
        ("marital_status", "Chưa đăng ký kết hôn với ai"),
    ];
    let fields = fields.map(|(key, value)| json!({ "key": key, "value": value, "reason": "Đã đối chiếu" }));
    json!({
        "document_type": "HN", "title": "Giấy xác nhận tình trạng hôn nhân", "subject": subject(), "fields": fields,
    })
}

/// Takes a scan in, waits until it is read, and answers its key and where it is confirmed.
fn read(server: &Server, number: u8) -> (String, String) {
    let id = server.upload(&format!("quét-{number}.png"), &paper::small(number));
    server.wait_read(&id);
    let confirm = format!("/api/v1/documents/{id}/confirm");
    (id, confirm)
}

/// The request for papers names what must be handed in, not what is held and not what is only shown; the receipt says so of each.
fn asked_for_what_is_missing_alone(server: &Server, folder: &Path, address: &str) {
    let go = |state: &str, reason: Option<&str>| {
        server.post(&format!("{address}/moves"), &json!({ "state": state, "reason": reason })).json(200);
    };
    go("supplement_asked", Some("Chưa đủ giấy tờ"));
    let request = Print::keep(folder, "bm02.pdf", &server.get(&format!("{address}/forms/BM02")));
    let words = request.words();
    assert!(words.contains("Tờ khai đăng ký kết hôn"), "{words}");
    assert!(!words.contains("Giấy xác nhận") && !words.contains("Giấy tờ tùy thân"), "{words}");
    go("accepted", None);
    let receipt = server.get(&format!("{address}/receipt.pdf?appointment=2026-02-09"));
    let receipt = Print::keep(folder, "bm01.pdf", &receipt).words();
    for standing in ["Còn thiếu", "Không phải nộp", "Xuất trình"] {
        assert_eq!(receipt.matches(standing).count(), 1, "{standing}: {receipt}");
    }
}

#[test]
fn a_paper_is_handed_in_once() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let server = Server::start(&data);
    let (held, confirm) = read(&server, 1);
    server.post(&confirm, &confirmation()).json(200);
    let dossier = json!({ "procedure": PROCEDURE, "reason": "Nợ giấy", "received_on": "2026-02-02", "subject": subject() });
    let dossier = server.post("/api/v1/dossiers", &dossier).json(201);
    let address = format!("/api/v1/dossiers/{}", text(&dossier["id"]));

    let answer = server.get(&format!("{address}/requirements")).json(200);
    assert_eq!(answer["components"][1]["status"], "held", "{answer}");
    asked_for_what_is_missing_alone(&server, folder.path(), &address);
    let place = [("dossier", dossier["id"].as_str().expect("a key")), ("component", COMPONENT)];
    let refused = server.try_upload_into(&place, "mới.png", &paper::small(2)).expect("the server answers");
    let problem = refused.json(409);
    assert_eq!(
        (&problem["document"], refused.header("content-type")),
        (&json!(held), "application/problem+json")
    );
    server.get(problem["link"].as_str().expect("a link")).json(200);
    let taken =
        server.post(&format!("{address}/reuse"), &json!({ "component": COMPONENT, "document": held }));
    assert_eq!(taken.json(200)["components"][1]["digitization_status"], 2);

    let (issue, confirm) = read(&server, 3);
    let equal = server.post(&confirm, &confirmation()).json(409);
    assert_eq!(equal["document"], json!(held), "{equal}");
    let mut said = confirmation();
    said["beside"] = json!({ "relation": "new_issue", "reason": "Cấp lại vì mờ" });
    server.post(&confirm, &said).json(200);
    let superseded = server.document(&held);
    assert_eq!(superseded["document"]["superseded_by"], json!(issue), "{superseded}");

    for step in [json!({ "state": "processing" }), json!({ "state": "finished" })] {
        server.post(&format!("{address}/moves"), &step).json(200);
    }
    let wrong = server.post(&format!("{address}/moves"), &json!({ "state": "accepted" })).json(422);
    assert!(text(&wrong["detail"]).contains("Bước tiếp theo: «Đã trả kết quả»"), "{wrong}");
    let over_http = server.get("/api/v1/figures?from=2026-02-02&to=2026-02-02").json(200);
    server.wait_indexed();
    server.stop();
    let printed =
        succeed(motlan(&data).args(["figures", "--json", "--from", "2026-02-02", "--to", "2026-02-02"]));
    let figures: Value = serde_json::from_str(&printed).expect("one JSON object");
    assert_eq!(figures, over_http);
    assert_eq!(figures["reused"], json!({ "counted": 1, "of": 1, "percent": 100.0 }));
    assert_eq!(figures["electronic_results"], json!({ "counted": 0, "of": 1, "percent": 0.0 }));
    check_is_clean(&data);
}
