//! The page on which a dossier is opened.

use super::*;
use repository::record::Procedure;

/// Two papers of one person, of which one may come from the store.
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
    wish.push(("reuse-to-khai", &stranger));
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
