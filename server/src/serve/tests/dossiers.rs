//! A dossier from state to state, and one person with two numbers.

use super::*;
use crate::state::demonstration_officer;
use repository::record::{Actor, Procedure, Role, Verdict};

pub(super) const CATALOGUE: &str = r#"
code = "1.004194"
name = "Đăng ký mẫu"
field = "Hộ tịch"
agency_level = "xã"
valid_from = "2023-01-01"

[[component]]
key = "giay-khai-sinh"
name = "Giấy khai sinh"
document_types = ["KS"]
required = true
submission = "nop"
digitize_basis = "ket_qua_truoc"
"#;

/// Said of what the store has.
const HELD: &str = "Đã có trong kho, không yêu cầu nộp lại";

const OLD: &str = "012345678";
const NEW: &str = "079199000001";

/// Opens a dossier of someone born 02/03/1999 and answers its address in the API.
pub(super) async fn opened(counter: &Counter, number: &str) -> String {
    let procedure: Procedure = toml::from_str(CATALOGUE).expect("a procedure");
    counter.state.repository.put_procedures(&counter.state.actor, &[procedure]).await.expect("it is put");
    let body = format!(
        r#"{{"procedure":"1.004194","received_on":"2026-01-05","reason":"Nợ giấy","subject":{{"kind":"citizen",
        "number":"{number}","name":"Lê Thị Hoài","birth_date":null}}}}"#
    );
    let opened = counter.json("/api/v1/dossiers", &body).await;
    assert_eq!(opened.status, StatusCode::CREATED, "{}", opened.text);
    format!("/dossiers/{}", parse(&opened)["id"].as_str().expect("a key"))
}

#[tokio::test]
async fn a_dossier_moves_on_with_reasons_and_shows_its_way() {
    let counter = Counter::open().await;
    let dossier = opened(&counter, NEW).await;
    let api = format!("/api/v1{dossier}");
    let state = parse(&counter.get(&api).await)["state"].clone();
    assert_eq!((&state["name"], &state["code"]), (&"accepted".into(), &2.into()));
    let moves = format!("{dossier}/moves");
    let wrong = counter.form(&moves, "state=delivered&reason=xong").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("Bước tiếp theo: «Đang xử lý»") && wrong.text.contains("value=\"xong\""));
    let silent = counter.form(&moves, "state=supplement_asked&reason=").await;
    assert!(silent.text.contains("Thiếu lý do"), "{}", silent.text);
    let asked = "state=supplement_asked&reason=Thi%E1%BA%BFu+t%E1%BB%9D+khai";
    assert_eq!(counter.form(&moves, asked).await.status, StatusCode::SEE_OTHER);
    let state = parse(&counter.get(&api).await)["state"].clone();
    assert_eq!(state["followed_by"], serde_json::json!(["accepted", "withdrawn", "stopped"]), "{state}");
    let page = counter.get(&dossier).await.text;
    let offers = |state: &str| page.contains(&format!("name=\"state\" value=\"{state}\""));
    assert!(offers("accepted") && offers("stopped"), "{page}");
    assert!(!offers("submitted") && !offers("processing"), "it goes back to where it was\n{page}");
    assert_eq!(counter.form(&moves, "state=accepted&reason=").await.status, StatusCode::SEE_OTHER);
    let again = r#"{"state":"supplement_asked","reason":"Thiếu chữ ký"}"#;
    let again = parse(&counter.json(&format!("{api}/moves"), again).await);
    assert_eq!(again["supplements_asked"], 2, "{again}");
    let page = counter.get(&dossier).await.text;
    for shown in [
        "id=\"dossier-state\">Yêu cầu bổ sung giấy tờ",
        "Thiếu tờ khai",
        "Đã yêu cầu bổ sung 2 lần",
        "name=\"file\"",
    ] {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    let withdrawn = r#"{"state":"withdrawn","reason":"Công dân rút hồ sơ"}"#;
    assert_eq!(counter.json(&format!("{api}/moves"), withdrawn).await.status, StatusCode::OK);
    let page = counter.get(&dossier).await.text;
    assert!(!page.contains("name=\"file\"") && !page.contains("move-reason"), "nothing follows\n{page}");
    let history = parse(&counter.get(&format!("{api}/moves")).await);
    let way = history.as_array().expect("moves").iter().map(|step| step["state"].clone());
    assert_eq!(
        way.collect::<Vec<_>>(),
        ["accepted", "supplement_asked", "accepted", "supplement_asked", "withdrawn"],
        "{history}"
    );
}

#[tokio::test]
async fn an_old_number_goes_into_the_new_one() {
    let counter = Counter::open().await;
    let (of_old, _) = (opened(&counter, OLD).await, opened(&counter, NEW).await);
    let key = async |number: &str| {
        let found = counter.json("/api/v1/subjects/find", &format!(r#"{{"number":"{number}"}}"#)).await;
        parse(&found)["id"].as_str().expect("a key").to_owned()
    };
    let (old, new) = (key(OLD).await, key(NEW).await);
    let merges = format!("/subjects/{new}/merges");
    let unknown = counter.form(&merges, "number=987654321&reason=x").await;
    assert!(unknown.text.contains("Không có chủ hồ sơ nào mang số này"), "{}", unknown.text);
    let itself = counter.form(&merges, &format!("number={NEW}&reason=x")).await;
    assert_eq!(itself.status, StatusCode::UNPROCESSABLE_ENTITY);
    let body = format!(r#"{{"from":"{new}","reason":"Nhầm chiều"}}"#);
    let backwards = counter.json(&format!("/api/v1/subjects/{old}/merges"), &body).await;
    assert!(backwards.text.contains("chiều ngược lại"), "{}", backwards.text);
    let done = counter.form(&merges, &format!("number={OLD}&reason=CMND+c%C5%A9")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert_eq!(key(OLD).await, new, "both numbers lead to one");
    let store = parse(&counter.get(&format!("/api/v1/subjects/{new}/store")).await);
    assert_eq!(store["numbers"], serde_json::json!([NEW, OLD]));
    let keys = store["dossiers"].as_array().expect("dossiers").iter();
    assert!(keys.clone().any(|one| of_old.ends_with(one["id"].as_str().expect("a key"))), "{store}");
    let page = counter.get(&format!("/subjects/{new}")).await.text;
    assert!(page.contains("other-number") && page.contains("CMND cũ"), "{page}");
    assert!(!page.contains(OLD) && !page.contains(NEW), "numbers are masked\n{page}");
    let merge = store["merges"][0]["id"].as_str().expect("a key");
    let long = "x".repeat(10_000);
    let typed = counter.form(&format!("{merges}/{merge}/undo"), &format!("reason={long}")).await;
    assert_eq!(typed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(typed.text.contains(&format!("value=\"{long}\"")), "what was typed is not lost\n{}", typed.text);
    let undo = format!("/api/v1/merges/{merge}/undo");
    let undone = counter.json(&undo, r#"{"reason":"Nhầm người"}"#).await;
    assert!(!parse(&undone)["undone_at"].is_null(), "{}", undone.text);
    assert_eq!(
        counter.json(&undo, r#"{"reason":"Nhầm người"}"#).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(key(OLD).await, old);
}

/// A birth certificate of the same person, stored.
async fn filed(counter: &Counter) -> DocumentId {
    let id = counter.read_paper("scan.jpg").await;
    let form = format!("{CONFIRMED}&subject_number={NEW}&field-number=12%2F2024");
    let stored = counter.form(&format!("/documents/{id}/confirm"), &form).await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER, "{}", stored.text);
    id
}

/// Hands a file in for the one component.
async fn hand_in(counter: &Counter, dossier: &str, bytes: &str) -> Answer {
    let key = dossier.rsplit('/').next().expect("a key");
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = part("file\"; filename=\"moi.jpg", bytes);
    let body = [part("dossier", key), part("component", "giay-khai-sinh"), file, "--b--\r\n".to_owned()];
    counter.post("/api/v1/documents", "multipart/form-data; boundary=b", body.concat()).await
}

#[tokio::test]
async fn what_is_held_is_shown_taken_over_or_refused_in_writing() {
    let counter = Counter::open().await;
    let paper = filed(&counter).await;
    let dossier = opened(&counter, NEW).await;
    let page = counter.get(&dossier).await.text;
    for shown in
        [HELD, "● Có sẵn trong kho: Giấy khai sinh.", "Dùng giấy này ⏎", "số 12/2024", "Vẫn yêu cầu nộp"]
    {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    assert!(
        !page.contains("Còn thiếu") && !page.contains("Đã đủ"),
        "it is neither lacking nor there\n{page}"
    );
    assert!(!page.contains("id=\"file-giay-khai-sinh\""), "nothing is asked for\n{page}");
    let refused = hand_in(&counter, &dossier, "bản khác").await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    let problem = parse(&refused);
    assert_eq!(problem["document"], paper.to_string());
    assert_eq!(problem["link"], format!("/api/v1/documents/{paper}"));
    let form = format!("component=giay-khai-sinh&document={paper}");
    assert_eq!(counter.form(&format!("{dossier}/reuse"), &form).await.status, StatusCode::SEE_OTHER);
    let page = counter.get(&dossier).await.text;
    assert!(page.contains("dùng giấy đã có trong kho") && page.contains("Đã đủ thành phần"), "{page}");
    let component = &parse(&counter.get(&format!("/api/v1{dossier}")).await)["components"][0];
    assert_eq!((&component["digitization_status"], &component["reuse_status"]), (&2.into(), &1.into()));
    let silent = counter
        .form(&format!("{dossier}/refusals"), "component=giay-khai-sinh&asked_by=officer&reason=")
        .await;
    assert_eq!(silent.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = "x".repeat(10_000);
    let typed = format!("component=giay-khai-sinh&asked_by=officer&reason={long}");
    let typed = counter.form(&format!("{dossier}/refusals"), &typed).await;
    assert_eq!(typed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(typed.text.contains("Hãy rút gọn"), "{}", typed.text);
    assert!(typed.text.contains(&format!("value=\"{long}\"")), "what was typed is not lost\n{}", typed.text);
    assert!(typed.text.contains("<details class=\"refuse\" open>"), "{}", typed.text);
    let body = r#"{"component":"giay-khai-sinh","asked_by":"officer","reason":"Bản trong kho mờ dấu"}"#;
    let written = counter.json(&format!("/api/v1{dossier}/refusals"), body).await;
    assert_eq!(written.status, StatusCode::NO_CONTENT, "{}", written.text);
    let page = counter.get(&dossier).await.text;
    assert!(page.contains("Bản trong kho mờ dấu") && page.contains("id=\"file-giay-khai-sinh\""), "{page}");
    assert!(
        page.contains("Còn thiếu: Giấy khai sinh.") && !page.contains(HELD),
        "no line contradicts it\n{page}"
    );
    assert_eq!(hand_in(&counter, &dossier, "bản khác").await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn that_a_paper_was_refused_stands_without_it() {
    let counter = Counter::open().await;
    let (paper, dossier) = (filed(&counter).await, opened(&counter, NEW).await);
    let body = r#"{"component":"giay-khai-sinh","asked_by":"officer","reason":"Bản trong kho mờ dấu"}"#;
    let written = counter.json(&format!("/api/v1{dossier}/refusals"), body).await;
    assert_eq!(written.status, StatusCode::NO_CONTENT, "{}", written.text);
    let cancelled = r#"{"step":"cancel","reason":"Nhập nhầm"}"#;
    let cancelled = counter.json(&format!("/api/v1/documents/{paper}/rulings"), cancelled).await;
    assert_eq!(cancelled.status, StatusCode::OK, "{}", cancelled.text);
    let wish = r#"{"ground":"subject_request","decision_no":"12/QĐ-UBND","reason":"theo yêu cầu"}"#;
    let proposed = counter.json(&format!("/api/v1/documents/{paper}/disposals"), wish).await;
    assert_eq!(proposed.status, StatusCode::CREATED, "{}", proposed.text);
    let id = parse(&proposed)["id"].as_str().expect("a key").parse().expect("a key");
    let head = Actor { account: "lanh.dao".to_owned(), role: Role::Leader, ..demonstration_officer() };
    counter.state.repository.decide_disposal(&head, id, Verdict::Approve).await.expect("destroyed");
    let page = counter.get(&dossier).await.text;
    assert!(page.contains("Không dùng giấy trong kho</small>"), "its reason went with the paper\n{page}");
    assert!(!page.contains("mờ dấu"), "{page}");
}

#[tokio::test]
async fn an_equal_paper_is_asked_about_before_it_is_stored() {
    let counter = Counter::open().await;
    let held = filed(&counter).await;
    let again = counter.read_paper("scan-2.jpg").await;
    let form = format!("{CONFIRMED}&subject_number={NEW}&field-number=12%2F2024");
    let confirm = format!("/documents/{again}/confirm");
    let asked = counter.form(&confirm, &form).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for shown in ["Đã có trong kho", "beside-held", &format!("/documents/{held}")] {
        assert!(asked.text.contains(shown), "{shown}\n{}", asked.text);
    }
    let body = format!(
        r#"{{"document_type":"KS","title":"Giấy khai sinh","fields":[{{"key":"number","value":"12/2024"}},{NEEDED}],
        "subject":{{"kind":"citizen","number":"{NEW}","name":"Lê Thị Hoài","birth_date":null}}}}"#
    );
    let refused = counter.json(&format!("/api/v1/documents/{again}/confirm"), &body).await;
    assert_eq!(
        (refused.status, &parse(&refused)["document"]),
        (StatusCode::CONFLICT, &held.to_string().into())
    );
    let silent = counter.form(&confirm, &format!("{form}&held={held}&beside=new_issue&beside_reason=")).await;
    assert!(silent.text.contains("Thiếu lý do") && silent.text.contains("beside-held"), "{}", silent.text);
    let said = format!("{form}&held={held}&beside=new_issue&beside_reason=C%E1%BA%A5p+l%E1%BA%A1i");
    let stored = counter.form(&confirm, &said).await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER, "{}", stored.text);
    let before = parse(&counter.get(&format!("/api/v1/documents/{held}")).await);
    assert_eq!(before["document"]["validity"], "superseded", "{before}");
}
