//! What the screens and the API say of doubts, of unread ink and of papers that were read again.

use super::*;

/// The form as it is sent: what was proposed, with the name corrected.
fn confirmed() -> String {
    format!("{CONFIRMED}&subject_number=079199000001")
}

/// A proposal whose number fails a check, and a page with ink left over.
fn doubtful() -> (NewPage, Proposal) {
    let (mut page, mut proposal) = (page(), proposal());
    page.page.unread = vec![region(500, 700)];
    if let Some(reading) = &mut page.reading {
        reading.stages = vec![Stage { step: Step::RedSeal { places: 2 }, confidence: 80.0 }];
    }
    proposal.type_evidence =
        Some(Evidence { text: "GIẤY KHAI SINH".to_owned(), page: 1, region: region(0, 50) });
    proposal.fields[1].doubts = vec!["birth_year".to_owned()];
    proposal.fields[2].written = "ngày 02 tháng 3 năm 1999".to_owned();
    (page, proposal)
}

#[tokio::test]
async fn a_failed_check_is_shown_and_confirmed_only_on_purpose() {
    let counter = Counter::open().await;
    let (page, proposal) = doubtful();
    let id = counter.read_paper_as("scan.jpg", page, proposal).await.0;
    let screen = counter.get(&format!("/documents/{id}")).await.text;
    for expected in [
        "Năm sinh trong số định danh khác",
        "name=\"reason-citizen_id\"",
        "Trên giấy: <bdi>«ngày 02 tháng 3 năm 1999»",
        "class=\"unread\" x=\"500\" y=\"700\"",
        "1 chỗ có mực",
        "Tách mực đỏ ở 2 chỗ (dấu, khung) khỏi chữ (chắc 80 %)",
        "Loại giấy tờ nhận ra từ «GIẤY KHAI SINH» (trang 1)",
    ] {
        assert!(screen.contains(expected), "{expected}\n{screen}");
    }
    assert!(!screen.contains("reason-full_name"), "only where a check fails");
    let confirm = format!("/documents/{id}/confirm");
    let refused = counter.form(&confirm, &confirmed()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("id=\"wrong-field-citizen_id\""), "{}", refused.text);
    let reason = "&reason-citizen_id=Gi%E1%BA%A5y+ghi+nh%C6%B0+v%E1%BA%ADy";
    let explained = counter.form(&confirm, &format!("{}{reason}", confirmed())).await;
    assert_eq!(explained.status, StatusCode::SEE_OTHER, "{}", explained.text);
    let view = parse(&counter.get(&format!("/api/v1/documents/{id}")).await);
    let field =
        |key: &str| view["fields"].as_array().unwrap().iter().find(|field| field["key"] == key).unwrap();
    assert_eq!(field("citizen_id")["reason"], "Giấy ghi như vậy");
    assert_eq!(field("citizen_id")["doubts"], serde_json::json!(["birth_year"]));
    assert_eq!(view["pages"][0]["unread"][0]["left"], 500);
    assert_eq!(view["type_evidence"]["text"], "GIẤY KHAI SINH");
    assert!(counter.get(&format!("/documents/{id}")).await.text.contains("Giấy ghi như vậy"));
    let history = parse(&counter.get(&format!("/api/v1/documents/{id}/history")).await);
    let said = history["events"].as_array().unwrap().iter().find(|event| event["step"] == "confirm").unwrap();
    let reason = said["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("Số định danh cá nhân: Giấy ghi như vậy; "), "{reason}");
}

#[tokio::test]
async fn the_api_wants_a_reason_too() {
    let counter = Counter::open().await;
    let (page, proposal) = doubtful();
    let id = counter.read_paper_as("scan.jpg", page, proposal).await.0;
    let body = |reason: &str| {
        format!(
            r#"{{"document_type":"KS","title":"Giấy khai sinh","fields":[{{"key":"citizen_id","value":"079199000001"{reason}}},{{"key":"number","value":"12/2024"}},{NEEDED}],
                "subject":{{"kind":"citizen","number":"079199000001","name":"Lê Thị Hoài"}}}}"#
        )
    };
    let path = format!("/api/v1/documents/{id}/confirm");
    let refused = counter.json(&path, &body("")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
    assert!(parse(&refused)["detail"].as_str().unwrap().contains("Số định danh cá nhân"));
    let stored = counter.json(&path, &body(r#","reason":"Sổ gốc ghi như vậy""#)).await;
    assert_eq!(stored.status, StatusCode::OK, "{}", stored.text);
}

#[tokio::test]
async fn what_the_machine_reads_again_stands_beside_the_record() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await;
    counter.form(&format!("/documents/{}/confirm", id.0), &confirmed()).await;
    let record = format!("/documents/{}", id.0);
    assert!(counter.get(&record).await.text.contains("id=\"reread\""));
    let asked = counter.form(&format!("{record}/reread"), "model=accurate").await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let waiting = counter.get(&record).await.text;
    assert!(waiting.contains("Chờ đọc lại") && waiting.contains("data-follow"), "{waiting}");
    assert!(!waiting.contains("id=\"reread\""), "one at a time");
    let queue = parse(&counter.get("/api/v1/queue").await);
    assert_eq!(queue, serde_json::json!([{ "priority": "reread", "waiting": 1, "running": 0 }]));
    assert!(counter.get("/").await.text.contains("chờ: 1 đọc lại"));
    assert_eq!(
        counter.form(&format!("{record}/reread"), "model=x").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let mut again = proposal();
    again.fields[0].value = "Lê Thị Hoa".to_owned();
    again.fields[1].value = "079199000009".to_owned();
    counter.read_next(page(), again).await;
    let shown = counter.get(&record).await.text;
    assert!(shown.contains("máy đọc lại: <bdi>Lê Thị Hoa</bdi>"), "{shown}");
    assert!(!shown.contains("079199000009"), "a number is shown on demand");
    let revealed = counter.form(&format!("{record}/reveal"), "key=reread%3Acitizen_id").await;
    assert!(revealed.text.contains("079199000009"), "{}", revealed.text);
    assert!(shown.contains("Lê Thị Hoài") && shown.contains("Lượt đọc 2"), "{shown}");
    let readings = parse(&counter.get(&format!("/api/v1/documents/{}/pages/1/readings", id.0)).await);
    let counts: Vec<&Value> = readings.as_array().unwrap().iter().map(|reading| &reading["counts"]).collect();
    assert_eq!(counts, [false, true]);
    let first = parse(&counter.get(&format!("/api/v1/documents/{}/pages/1/readings/1", id.0)).await);
    assert_eq!(first["lines"][0]["words"][0]["text"], "GIẤY");
    let missing = counter.get(&format!("/api/v1/documents/{}/pages/1/readings/3", id.0)).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_form_shown_before_a_re_reading_is_refused() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    let screen = counter.get(&format!("/documents/{id}")).await.text;
    assert!(screen.contains(r#"name="pass" value="1""#), "{screen}");
    counter.form(&format!("/documents/{id}/reread"), "model=fast").await;
    counter.read_next(page(), proposal()).await;
    let refused = counter.form(&format!("/documents/{id}/confirm"), &format!("{}&pass=1", confirmed())).await;
    assert_eq!(refused.status, StatusCode::SEE_OTHER, "{}", refused.text);
    let back = refused.headers[header::LOCATION].to_str().expect("a text").to_owned();
    let screen = counter.get(&back).await.text;
    assert!(screen.contains("vừa đọc lại") && screen.contains(r#"name="pass" value="2""#), "{screen}");
    let stored = counter.form(&format!("/documents/{id}/confirm"), &format!("{}&pass=2", confirmed())).await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER, "{}", stored.text);
}

#[tokio::test]
async fn a_file_that_nobody_could_open_has_no_rendition() {
    let counter = Counter::open().await;
    let id = parse(&counter.upload(&[("khoa.pdf", "%PDF")]).await)["id"].as_str().expect("a key").to_owned();
    let repository = &counter.state.repository;
    let job = repository.claim_job("test", Duration::from_secs(60)).await.expect("a queue").expect("a job");
    repository.give_up_reading(&job, "Tệp có mật khẩu.").await.expect("given up");
    let stored = counter.form(&format!("/documents/{id}/confirm"), &confirmed()).await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER, "{}", stored.text);
    let refused = counter.get(&format!("/api/v1/documents/{id}/rendition.pdf")).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
}

#[tokio::test]
async fn a_model_that_is_not_installed_is_refused_at_once() {
    let mut counter = Counter::open().await;
    counter.state.models = vec![ReadingModel::Fast];
    counter.router = router(counter.state.clone());
    let id = counter.read_paper("scan.jpg").await.0;
    let check = async |model: &str, form: StatusCode, api: StatusCode| {
        let asked = counter.form(&format!("/documents/{id}/reread"), &format!("model={model}")).await;
        assert_eq!(asked.status, form, "{}", asked.text);
        let body = format!(r#"{{"model":"{model}"}}"#);
        let asked = counter.json(&format!("/api/v1/documents/{id}/reread"), &body).await;
        assert_eq!(asked.status, api, "{}", asked.text);
    };
    check("accurate", StatusCode::CONFLICT, StatusCode::CONFLICT).await;
    assert_eq!(parse(&counter.get("/api/v1/queue").await), serde_json::json!([]), "nothing waits for it");
    check("fast", StatusCode::SEE_OTHER, StatusCode::OK).await;
}
