//! The page on which a dossier is opened.

use super::*;
use repository::record::Procedure;

/// Two papers of one person, of which one may come from the store, and one that is only shown.
const CATALOGUE: &str = r#"
code = "1.004194"
name = "Đăng ký mẫu"
field = "Hộ tịch"
agency_level = "xã"
valid_from = "2023-01-01"
term = { working_days = 5 }

[[component]]
key = "giay-khai-sinh"
name = "Giấy khai sinh"
document_types = ["KS"]
required = true
submission = "nop"
digitize_basis = "ket_qua_truoc"

[[component]]
key = "to-khai"
name = "Tờ khai"
document_types = ["DON"]
required = true
submission = "nop"

[[component]]
key = "can-cuoc"
name = "Thẻ căn cước"
document_types = ["CCCD"]
required = true
submission = "xuat_trinh"
"#;

const BOUNDARY: &str = "ranh-gioi";

async fn counter_with_catalogue() -> Counter {
    let counter = Counter::open().await;
    let procedure: Procedure = toml::from_str(CATALOGUE).expect("a procedure");
    counter.state.repository.put_procedures(&counter.state.actor, &[procedure]).await.expect("it is put");
    counter
}

/// The form of the page, with inputs and files by the names of their inputs.
async fn send(counter: &Counter, inputs: &[(&str, &str)], files: &[(&str, &str)]) -> Answer {
    let input = |(name, value): &(&str, &str)| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = |(name, bytes): &(&str, &str)| {
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"tờ.pdf\"\r\n\
             Content-Type: application/pdf\r\n\r\n{bytes}\r\n"
        )
    };
    let parts: String = inputs.iter().map(input).chain(files.iter().map(file)).collect();
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    counter.post("/dossiers/new", &content_type, format!("{parts}--{BOUNDARY}--\r\n")).await
}

fn inputs(procedure: &'static str) -> Vec<(&'static str, &'static str)> {
    vec![
        ("subject_kind", "citizen"),
        ("subject_number", "079199000001"),
        ("subject_name", "Lê Thị Hoài"),
        ("subject_birth_date", "02/03/1999"),
        ("procedure", procedure),
        ("received_on", "05/01/2026"),
    ]
}

/// Asks for the papers of the procedure.
async fn components(counter: &Counter, more: &str) -> String {
    let body = format!("procedure=1.004194&subject_kind=citizen&received_on=05%2F01%2F2026{more}");
    counter.form("/dossiers/new/components", &body).await.text
}

#[tokio::test]
async fn what_is_held_is_ticked_and_taken_over_and_files_find_their_places() {
    let counter = counter_with_catalogue().await;
    let held = counter.read_paper("một.jpg").await;
    let record = format!("{CONFIRMED}&subject_number=079199000001");
    let filed = counter.form(&format!("/documents/{held}/confirm"), &record).await;
    assert_eq!(filed.status, StatusCode::SEE_OTHER, "{}", filed.text);

    let nobody = components(&counter, "").await;
    assert!(
        nobody.contains("Ghi số của chủ hồ sơ") && nobody.contains("name=\"file-giay-khai-sinh\""),
        "{nobody}"
    );
    let other =
        components(&counter, "&subject_number=079199000001&subject_name=Tr%E1%BA%A7n+V%C4%83n+An").await;
    assert!(other.contains("không khớp") && !other.contains(&held.to_string()), "{other}");
    let known = components(&counter, "&subject_number=079199000001").await;
    let ticked = format!("name=\"reuse-giay-khai-sinh\" value=\"{held}\" checked");
    assert!(known.contains(&ticked) && known.contains("name=\"file-to-khai\""), "{known}");

    let held = held.to_string();
    let mut wish = inputs("1.004194");
    wish.push(("reuse-giay-khai-sinh", &held));
    let opened = send(&counter, &wish, &[("file-to-khai", "%PDF-1.5 tờ khai")]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let address = opened.headers[header::LOCATION].to_str().expect("a text");
    assert!(address.ends_with("?new=true") && !address.contains("079199"), "{address}");
    let dossier = parse(&counter.get(&format!("/api/v1{}", address.trim_end_matches("?new=true"))).await);
    assert_eq!(dossier["components"][0]["document"], held, "{dossier}");
    assert!(dossier["components"][1]["document"].is_string(), "{dossier}");

    // The same once more: the paper that it names is not one that counts, and the dossier is open all the same.
    let stranger = DocumentId(Default::default()).to_string();
    let mut wish = inputs("1.004194");
    wish.extend([("reuse-to-khai", stranger.as_str()), ("reason", "Bổ sung trong ngày")]);
    let partly = send(&counter, &wish, &[]).await;
    assert_eq!(partly.status, StatusCode::OK);
    assert!(partly.text.contains("đã mở") && partly.text.contains("✕ Tờ khai: "), "{}", partly.text);
}

#[tokio::test]
async fn what_is_wrong_is_said_beside_its_input() {
    let counter = counter_with_catalogue().await;
    let refused = send(&counter, &inputs(""), &[("file-to-khai", "x")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["Hãy chọn thủ tục.", "1 ô cần sửa", "chọn lại các tệp", "value=\"Lê Thị Hoài\""]
    {
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    let unknown = send(&counter, &inputs("9.999999"), &[]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", unknown.text);
    let long = "x".repeat(5000);
    let mut too_long = inputs("1.004194");
    too_long.push(("subject_name", &long));
    assert_eq!(send(&counter, &too_long, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let queue = parse(&counter.get("/api/v1/dossiers/queue").await);
    assert_eq!(queue["dossiers"], serde_json::json!([]), "nothing was opened");
}

#[tokio::test]
async fn a_form_that_is_sent_twice_opens_one_dossier() {
    let counter = counter_with_catalogue().await;
    let page = counter.get("/dossiers/new").await.text;
    let key = page.split("name=\"key\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let key = key.expect("the form has a key").to_owned();
    let mut form = inputs("1.004194");
    form.extend([("key", key.as_str()), ("reason", "Nợ giấy")]);
    let paper = [("file-to-khai", "%PDF-1.5 tờ khai")];
    let both = tokio::join!(send(&counter, &form, &paper), send(&counter, &form, &paper));
    assert_eq!((both.0.status, both.1.status), (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER));
    assert_eq!(both.0.headers[header::LOCATION], both.1.headers[header::LOCATION]);
    assert_eq!(open_count(&counter).await, 1);
    // Gone back to with the browser, and changed: nothing of the new wish is lost in the old dossier.
    let mut other = form.clone();
    other.iter_mut().filter(|(name, _)| *name == "subject_number").for_each(|input| input.1 = "079199000003");
    let refused = send(&counter, &other, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("đã mở một hồ sơ khác"), "{}", refused.text);
}

/// How many dossiers are open.
async fn open_count(counter: &Counter) -> usize {
    let queue = parse(&counter.get("/api/v1/dossiers/queue").await);
    queue["dossiers"].as_array().expect("a list").len()
}

#[tokio::test]
async fn what_is_missing_is_owed_with_a_reason_or_nothing_is_opened() {
    let counter = counter_with_catalogue().await;
    let part = components(&counter, "&reason=m%E1%BA%A5t").await;
    assert!(part.contains("id=\"owed-reason\" name=\"reason\" value=\"mất\""), "what is typed stays: {part}");
    assert_eq!(part.matches("data-lacking").count(), 2, "{part}");
    let ticked = components(&counter, "&in-hand=to-khai").await;
    assert!(ticked.contains("name=\"in-hand\" value=\"to-khai\" checked"), "what is ticked stays: {ticked}");
    let form = [("file-to-khai", "%PDF-1.5 tờ khai")];
    let refused = send(&counter, &inputs("1.004194"), &form).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = "còn thiếu giấy tờ bắt buộc: «Giấy khai sinh». Hãy nhận đủ";
    assert!(refused.text.contains(said) && refused.text.contains("chọn lại các tệp"), "{}", refused.text);
    assert_eq!(open_count(&counter).await, 0);
    let mut in_hand = inputs("1.004194");
    in_hand.extend([("in-hand", "to-khai"), ("in-hand", "giay-khai-sinh")]);
    let scanned_later = send(&counter, &in_hand, &[]).await;
    assert_eq!(scanned_later.status, StatusCode::SEE_OTHER, "{}", scanned_later.text);
    let mut owing = inputs("1.004194");
    owing.push(("reason", "Bản chính đang ở tòa án"));
    let opened = send(&counter, &owing, &form).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let address = opened.headers[header::LOCATION].to_str().expect("a text").trim_end_matches("?new=true");
    let page = counter.get(address).await.text;
    assert!(
        page.contains("Bản chính đang ở tòa án") && page.contains("Còn thiếu: Giấy khai sinh."),
        "{page}"
    );
    let moves = parse(&counter.get(&format!("/api/v1{address}/moves")).await);
    assert_eq!(
        (&moves[0]["state"], &moves[0]["reason"]),
        (&"accepted".into(), &"Bản chính đang ở tòa án".into())
    );
}

#[tokio::test]
async fn a_paper_that_is_only_shown_is_not_taken_in_and_a_component_takes_one_file() {
    let counter = counter_with_catalogue().await;
    let part = components(&counter, "").await;
    assert!(part.contains("Xuất trình") && !part.contains("name=\"file-can-cuoc\""), "{part}");
    assert!(!part.contains("multiple"), "{part}");
    let mut wish = inputs("1.004194");
    wish.push(("reason", "Bổ sung trong ngày"));
    let twice = [("file-to-khai", "%PDF-1.5 một"), ("file-to-khai", "%PDF-1.5 hai")];
    let refused = send(&counter, &wish, &twice).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("Mỗi thành phần nhận một tệp"), "{}", refused.text);
    assert_eq!(open_count(&counter).await, 0);
    let shown = send(&counter, &wish, &[("file-can-cuoc", "%PDF-1.5 thẻ")]).await;
    assert!(shown.text.contains("✕ Thẻ căn cước: chỉ xuất trình"), "{}", shown.text);
    let queue = parse(&counter.get("/api/v1/dossiers/queue").await);
    let id = queue["dossiers"][0]["id"].as_str().expect("a key").to_owned();
    let dossier = parse(&counter.get(&format!("/api/v1/dossiers/{id}")).await);
    let card = &dossier["components"][2];
    let expected = (&"xuat_trinh".into(), &false.into(), &serde_json::Value::Null);
    assert_eq!((&card["submission"], &card["is_missing"], &card["document"]), expected, "{dossier}");
    let page = counter.get(&format!("/dossiers/{id}")).await.text;
    assert!(
        !page.contains("id=\"file-can-cuoc\"") && !page.contains("Còn thiếu: Giấy khai sinh; Tờ khai; Thẻ")
    );
}

#[tokio::test]
async fn a_number_of_someone_else_opens_nothing_and_says_what_to_do() {
    let counter = counter_with_catalogue().await;
    let mut wish = inputs("1.004194");
    wish.push(("reason", "Bổ sung trong ngày"));
    assert_eq!(send(&counter, &wish, &[]).await.status, StatusCode::SEE_OTHER);
    wish.retain(|(name, _)| *name != "subject_name");
    wish.push(("subject_name", "Trần Văn An"));
    let refused = send(&counter, &wish, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for said in ["không khớp với người có số này", "đã đổi tên", "value=\"Trần Văn An\""]
    {
        assert!(refused.text.contains(said), "{said}: {}", refused.text);
    }
    assert!(!refused.text.contains("Hoài"), "nothing of that person is told: {}", refused.text);
    assert_eq!(open_count(&counter).await, 1);
}

#[tokio::test]
async fn the_version_of_the_day_of_receipt_is_asked_for() {
    let counter = counter_with_catalogue().await;
    let earlier: Procedure = toml::from_str(CATALOGUE).expect("a procedure");
    let valid_from = "2026-02-01".parse().expect("a day");
    let later = Procedure { valid_from, components: earlier.components[1..2].to_vec(), ..earlier };
    counter.state.repository.put_procedures(&counter.state.actor, &[later]).await.expect("it is put");
    assert!(components(&counter, "").await.contains("Giấy khai sinh"));
    let on = async |day: &str| {
        let body = format!("procedure=1.004194&subject_kind=citizen&received_on={day}");
        counter.form("/dossiers/new/components", &body).await.text
    };
    let now = on("05%2F02%2F2026").await;
    assert!(now.contains("Tờ khai") && !now.contains("Giấy khai sinh"), "{now}");
    let long_ago = on("05%2F01%2F2022").await;
    assert!(long_ago.contains("chưa có hiệu lực vào ngày 05/01/2022"), "{long_ago}");
}

#[tokio::test]
async fn a_card_that_a_reader_types_fills_the_form() {
    let counter = counter_with_catalogue().await;
    let card = "079199000001%7C%7CL%C3%AA+Th%E1%BB%8B+Ho%C3%A0i%7C02031999%7CN%E1%BB%AF%7CPh%C6%B0%E1%BB%9Dng%7C15042021";
    let part = counter.form("/dossiers/new/claim", &format!("subject_number={card}")).await.text;
    for said in ["value=\"079199000001\"", "value=\"Lê Thị Hoài\"", "value=\"02/03/1999\"", "từ mã QR"]
    {
        assert!(part.contains(said), "{said}: {part}");
    }
    let typed = counter.form("/dossiers/new/claim", "subject_number=079199000001").await.text;
    assert!(typed.contains("value=\"079199000001\"") && !typed.contains("card-note"), "{typed}");
}
