//! A paper from upload to record: sent, reviewed, confirmed, found, corrected, handed out.

use super::*;

#[tokio::test]
async fn each_upload_gets_its_own_result() {
    let counter = Counter::open().await;
    let first = counter.upload(&[("a.jpg", "one")]).await;
    let second = counter.upload(&[("b.jpg", "one")]).await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::OK));
    let (first, second): (Value, Value) = (parse(&first), parse(&second));
    assert_eq!(first["id"], second["id"]);
    assert_eq!((&first["already_held"], &second["already_held"]), (&Value::Bool(false), &Value::Bool(true)));
    let many = counter.upload(&[("c.jpg", "two"), ("a.jpg", "one")]).await;
    assert_eq!(many.status, StatusCode::MULTI_STATUS);
    assert_eq!(parse(&many)["results"][0]["status"], 201);
    assert_eq!(parse(&many)["results"][1]["status"], 200);
    assert_eq!(counter.upload(&[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(counter.json("/api/v1/documents", "{}").await.status, StatusCode::BAD_REQUEST);
    let cut = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\nhal";
    let cut = counter.post("/api/v1/documents", "multipart/form-data; boundary=b", cut).await;
    assert_eq!(cut.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_upload_over_the_limit_is_refused_before_it_is_read() {
    let counter = Counter::open().await;
    let request = request("POST", "/api/v1/documents")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .header(header::CONTENT_LENGTH, (crate::api::UPLOAD_BYTES_MAX + 1).to_string());
    let answer = counter.ask(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(parse(&answer)["detail"].as_str().expect("a sentence").contains("256 MiB"));
}

#[tokio::test]
async fn a_paper_is_reviewed_confirmed_and_found() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;

    let review = counter.get(&format!("/documents/{id}")).await;
    assert!(review.text.contains("id=\"review-form\"") && review.text.contains("Lê Thị Hoai"));
    assert!(review.text.contains("value=\"02/03/1999\""), "days are shown as people write them");

    let wrong =
        counter.form(&format!("/documents/{id}/confirm"), &format!("{CONFIRMED}&subject_number=12")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("value=\"12\"") && wrong.text.contains("class=\"mistake\""),
        "typed values stay"
    );

    let right = format!("{CONFIRMED}&subject_number=079+199+000+001");
    let stored = counter.form(&format!("/documents/{id}/confirm"), &right).await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER, "{}", stored.text);
    let again = counter.form(&format!("/documents/{id}/confirm"), &right).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    counter.follow().await;

    let record = counter.get(&format!("/documents/{id}")).await;
    assert!(record.text.contains("Đã lưu kho") && record.text.contains("079•••••••01"));
    assert!(!record.text.contains(">079199000001<"), "the number is hidden until it is asked for");
    let shown = counter.form(&format!("/documents/{id}/reveal"), "key=citizen_id").await;
    assert!(shown.text.contains("079199000001"));
    let log = counter.get(&format!("/api/v1/documents/{id}/access")).await;
    assert!(
        log.text.contains("Hiện Số định danh cá nhân"),
        "the look at the number is logged with its purpose"
    );

    for query in ["le thi hoai", "Hoài", "079199000001", "079 199 000 001"] {
        let asked = counter.form("/search", &format!("query={}", query.replace(' ', "+"))).await;
        let address = asked.headers[header::LOCATION].to_str().expect("an address").to_owned();
        assert!(!address.contains("079") || !address.contains("199000001"), "{address}");
        let results = counter.get(&address).await;
        assert!(results.text.contains(&id.to_string()), "{query}");
        let key = address.split_once("q=").expect("a key").1;
        let hit = counter.get(&format!("/documents/{id}?q={key}&page=1")).await;
        assert!(hit.text.contains("class=\"hit\""), "{query}: the place on the page is marked");
    }
}

#[tokio::test]
async fn a_known_number_under_another_name_is_asked_about() {
    let counter = Counter::open().await;
    let confirm = async |id: DocumentId, more: &str| {
        let form = format!("{CONFIRMED}&subject_number=079199000001{more}");
        counter.form(&format!("/documents/{}/confirm", id.0), &form).await
    };
    let first = counter.read_paper("một.jpg").await;
    let fresh = counter.get(&format!("/documents/{}", first.0)).await;
    assert!(!fresh.text.contains("rename_subject"), "nobody is asked before there is a question");
    assert_eq!(confirm(first, "").await.status, StatusCode::SEE_OTHER);
    let second = counter.read_paper("hai.jpg").await;
    let path = format!("/api/v1/documents/{}/confirm", second.0);
    let body = |rename: &str| {
        format!(
            r#"{{"document_type":"KS","title":"Giấy khai sinh","subject":{{"kind":"citizen",
            "number":"079199000001","name":"Trần Thị Khác","birth_date":null}},
            "fields":[{{"key":"number","value":"12/2024"}},{NEEDED}]{rename}}}"#
        )
    };
    let refused = counter.json(&path, &body("")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(parse(&refused)["detail"].as_str().expect("a sentence").contains("«Lê Thị Hoài»"));
    assert_eq!(counter.json(&path, &body(r#","rename_subject":true"#)).await.status, StatusCode::OK);
    let third = counter.read_paper("ba.jpg").await;
    let asked = confirm(third, "").await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text.contains("«Trần Thị Khác»") && asked.text.contains("name=\"rename_subject\""));
    assert_eq!(confirm(third, "&rename_subject=yes").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_stored_paper_is_corrected_and_revoked_with_a_reason() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    let form = format!("{CONFIRMED}&subject_number=079199000001&source_form=scan_with_original");
    let refused = counter.form(&format!("/documents/{id}/confirm"), &form).await;
    assert!(refused.text.contains("đối chiếu với bản chính"), "{}", refused.text);
    let form = format!("{form}&original_compared=yes");
    let stored = counter.form(&format!("/documents/{id}/confirm"), &form).await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER, "{}", stored.text);
    let api = format!("/api/v1/documents/{id}");
    let record = |reason: &str, version: u32| {
        format!(
            r#"{{"record":{{"document_type":"KS","title":"Giấy khai sinh","subject":{{"kind":"citizen",
            "number":"079199000001","name":"Lê Thị Hoài","birth_date":null}},
            "fields":[{{"key":"number","value":"13/2024"}},{NEEDED}]}},"version":{version},"reason":"{reason}"}}"#
        )
    };
    let correct = async |body: &str| counter.json(&format!("{api}/corrections"), body).await;
    assert_eq!(correct(&record(" ", 1)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let corrected = correct(&record("Nhập sai số", 1)).await;
    assert_eq!(corrected.status, StatusCode::OK, "{}", corrected.text);
    assert_eq!(parse(&corrected)["document"]["version"], 2);
    assert_eq!(correct(&record("Nhập sai số", 1)).await.status, StatusCode::CONFLICT);
    let rule = async |body: &str| counter.json(&format!("{api}/rulings"), body).await;
    let step = |step: &str| format!(r#"{{"step":"{step}","reason":"Theo thông báo"}}"#);
    assert_eq!(rule(&step("burn")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(rule(&step("supersede")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let revoked = rule(&step("revoke")).await;
    assert_eq!(parse(&revoked)["document"]["validity"], "revoked", "{}", revoked.text);
    assert_eq!(rule(&step("revoke")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let history = parse(&counter.get(&format!("{api}/history")).await);
    assert_eq!(history["versions"][0]["reason"], "Nhập sai số");
    let steps = history["events"].as_array().expect("events").iter().map(|event| event["step"].clone());
    let expected = ["receive", "mark", "extract", "confirm", "code", "store", "correct", "revoke"];
    assert_eq!(steps.collect::<Vec<_>>(), expected);
    let page = counter.get(&format!("/documents/{id}")).await;
    for shown in ["Đã thu hồi", "Bản chụp điện tử", "2 (đã đính chính)", "3/4", "Ký nhận bản quét"]
    {
        assert!(page.text.contains(shown), "{shown}");
    }
}

#[tokio::test]
async fn the_code_of_a_citizen_card_proposes_whose_paper_it_is() {
    let counter = Counter::open().await;
    let mut page = page();
    page.page.labels = vec![Label {
        kind: "citizen_card".to_owned(),
        value: "079199000001||Lê Thị Hoài|02031999|Nữ|Phường Bến Mơ|15042021".to_owned(),
        region: region(10, 10),
    }];
    let nothing = Proposal { fields: Vec::new(), ..proposal() };
    let id = counter.read_paper_as("đơn.jpg", page, nothing).await.0;
    let review = counter.get(&format!("/documents/{id}")).await.text;
    for part in ["value=\"079199000001\"", "value=\"Lê Thị Hoài\"", "value=\"02/03/1999\"", "từ mã QR"]
    {
        assert!(review.contains(part), "{part}");
    }
    let without = counter.read_paper("khác.jpg").await.0;
    assert!(!counter.get(&format!("/documents/{without}")).await.text.contains("từ mã QR"));
}

#[tokio::test]
async fn the_api_confirms_and_finds_too() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    let confirmation = |number: &str| {
        format!(
            r#"{{"document_type":"KS","title":"Giấy khai sinh","subject":{{"kind":"citizen",
        "number":"079199000001","name":"Lê Thị Hoài","birth_date":"1999-03-02"}},"fields":[{number}{NEEDED}]}}"#
        )
    };
    let confirm = format!("/api/v1/documents/{id}/confirm");
    let short = counter.json(&confirm, &confirmation("")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("thiếu trường bắt buộc: Số, ký hiệu."), "{}", short.text);
    let absent = r#"{"key":"number","value":"","reason":"Sổ cũ không ghi"},"#;
    let stored = counter.json(&confirm, &confirmation(absent)).await;
    assert_eq!(stored.status, StatusCode::OK, "{}", stored.text);
    assert_eq!(parse(&stored)["document"]["state"], "stored");
    let label = counter.get(&format!("/api/v1/documents/{id}/label.svg")).await;
    assert_eq!(label.status, StatusCode::CONFLICT);
    assert!(label.text.contains("không thuộc hồ sơ nào"), "{}", label.text);
    let record = counter.get(&format!("/documents/{id}")).await;
    assert!(record.text.contains("Tải bản gốc") && !record.text.contains("nhãn"), "no label is offered");
    let subject = counter.json("/api/v1/subjects/find", r#"{"number":"079 199 000 001"}"#).await;
    let subject = parse(&subject)["id"].as_str().expect("a key").to_owned();
    let store = counter.get(&format!("/api/v1/subjects/{subject}/store")).await;
    assert_eq!(parse(&store)["documents"][0]["id"], id.to_string());
    let page = counter.get(&format!("/subjects/{subject}")).await;
    assert!(page.text.contains("Kho của") && page.text.contains("Lê Thị Hoài"));
    for wrong in ["{}", "[]", "{\"query\":\"\"}", "{\"query\":\"a\",\"limit\":0}", "nonsense"] {
        assert_eq!(
            counter.json("/api/v1/search", wrong).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn the_words_of_a_page_are_handed_out_as_hocr_and_alto() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await.0;
    for (form, word, content_type) in [
        ("hocr", "x_wconf 93\">Hoài</span>", "application/xhtml+xml"),
        ("alto", "WC=\"0.93\" CONTENT=\"Hoài\"/>", "application/xml"),
    ] {
        let page = counter.get(&format!("/api/v1/documents/{id}/pages/1/{form}")).await;
        assert_eq!(
            (page.status, &page.headers[header::CONTENT_TYPE]),
            (StatusCode::OK, &HeaderValue::from_static(content_type))
        );
        assert!(page.text.contains(word), "{}", page.text);
        let missing = counter.get(&format!("/api/v1/documents/{id}/pages/2/{form}")).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
    }
    let log = parse(&counter.get(&format!("/api/v1/documents/{id}/access")).await);
    let downloads =
        log.as_array().expect("entries").iter().filter(|entry| entry["action"] == "download").count();
    assert_eq!(downloads, 4, "also a look for a page that there is not: {log}");
}

#[tokio::test]
async fn there_is_no_pdf_before_a_paper_is_read() {
    let counter = Counter::open().await;
    let new = NewDocument {
        file_name: "a.jpg".to_owned(),
        place: None,
        subject: None,
        priority: Priority::Counter,
        secret: false,
    };
    let received =
        counter.state.repository.receive(&counter.state.actor, new, "a".into()).await.expect("received");
    let id = received.document.id.0;
    let answer = counter.get(&format!("/api/v1/documents/{id}/rendition.pdf")).await;
    assert_eq!(
        (answer.status, answer.text.contains("chưa được đọc xong")),
        (StatusCode::CONFLICT, true),
        "{}",
        answer.text
    );
    let page = counter.get(&format!("/documents/{id}/rendition.pdf")).await;
    assert!(page.status == StatusCode::CONFLICT && page.text.contains("<html"), "{}", page.text);
    assert!(page.text.contains("tải bản gốc"), "{}", page.text);
}
