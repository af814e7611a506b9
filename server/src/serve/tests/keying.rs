//! Nhập kép on the screens: what the second person sees, and what becomes of a form that came too late.

use super::sign_in::{Browser, officer, signing_in};
use super::*;
use repository::record::{Actor, Role};

/// A land certificate of the agency, read with words and values that the second person must not see.
async fn land(counter: &Counter) -> DocumentId {
    let actor = Actor { agency: "UBND xã Bến Mơ".to_owned(), ..demonstration_officer() };
    let new = NewDocument {
        file_name: "so-do.jpg".to_owned(),
        place: None,
        subject: None,
        priority: Priority::Counter,
        secret: false,
    };
    let received = counter.state.repository.receive(&actor, new, "sổ đỏ".into()).await.expect("received");
    let field = |key: &str, value: &str| ProposedField {
        key: key.to_owned(),
        ..saying(proposal().fields[1].clone(), value)
    };
    let evidence = Evidence { text: "QUYỀN SỬ DỤNG ĐẤT".to_owned(), page: 1, region: region(0, 50) };
    let proposal = Proposal {
        document_type: DocumentType::LandCertificate,
        title: "Giấy của bà Lê Thị Hoài".to_owned(),
        type_evidence: Some(evidence),
        fields: vec![field("serial_number", "CM 417263"), field("holder_name", "Lê Thị Hoài")],
    };
    counter.read_next(page(), proposal).await;
    received.document.id
}

fn saying(field: ProposedField, value: &str) -> ProposedField {
    ProposedField { value: value.to_owned(), written: value.to_owned(), ..field }
}

/// What one officer types, having seen so many keyings.
fn typed(keyings: u32, serial: &str) -> String {
    format!(
        "keyings={keyings}&document_type=GCN&title=S%E1%BB%95+%C4%91%E1%BB%8F&subject_kind=citizen&subject_number=079199000001\
         &subject_name=L%C3%AA+Th%E1%BB%8B+Ho%C3%A0i&field-serial_number={serial}&field-holder_name=L%C3%AA+Th%E1%BB%8B+Ho%C3%A0i\
         &absent-number=yes&absent-issued_on=yes&absent-agency=yes&absent-parcel_number=yes"
    )
}

async fn at_the_counter<'a>(counter: &'a Counter, login: &str) -> Browser<'a> {
    officer(counter, login, Role::CounterOfficer).await;
    let mut browser = Browser::new(counter);
    browser.sign_in(login).await;
    browser
}

fn location(answer: &Answer) -> &str {
    answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn the_second_sees_the_scan_alone_and_no_form_of_before_counts() {
    let counter = Counter::open_with(signing_in()).await;
    let (mut lan, mut hoa) = (at_the_counter(&counter, "lan").await, at_the_counter(&counter, "hoa").await);
    let id = land(&counter).await;
    let (paper, confirm) = (format!("/documents/{id}"), format!("/documents/{id}/confirm"));
    let told = ["CM 417263", "Lê Thị Hoài", "data-t=\"Hoài\"", "QUYỀN SỬ DỤNG ĐẤT"];
    let before = hoa.get(&paper).await.text;
    assert!(told.iter().all(|word| before.contains(word)), "{before}");
    // She has it open and types, while another one is done.
    let draft = hoa.ask("POST", &format!("{paper}/unfinished"), &typed(0, "CM+417263"), &[]).await;
    assert_eq!(draft.status, StatusCode::OK, "{}", draft.text);
    let first = lan.ask("POST", &confirm, &typed(0, "CM+417263"), &[]).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.text);
    let late = hoa.ask("POST", &confirm, &typed(0, "CM+417263"), &[]).await;
    assert_eq!(location(&late), format!("{paper}?because=keyed"), "{}", late.text);
    // Nor one with a mistake in it, which comes back as it was typed.
    let wrong = hoa.ask("POST", &confirm, &typed(0, "CM+417263").replace("title=S", "title=&x=S"), &[]).await;
    assert_eq!(location(&wrong), format!("{paper}?because=keyed"), "{}", wrong.text);

    let blind = hoa.get(&format!("{paper}?because=keyed&unfinished=resume")).await.text;
    assert!(blind.contains("id=\"because\"") && blind.contains("Nhập kép, lần 2"), "{blind}");
    let part = hoa.get(&format!("{paper}/viewer/1")).await.text;
    for page in [&blind, &part] {
        assert!(page.contains("id=\"page-image\""), "{page}");
        let seen: Vec<_> = told.iter().filter(|word| page.contains(**word)).collect();
        assert!(seen.is_empty(), "{seen:?}\n{page}");
    }
    assert!(!blind.contains("unfinished-offer") && !blind.contains("Tiếp tục bản đã giữ"), "{blind}");
    let second = hoa.ask("POST", &confirm, &typed(1, "CM+417263&scan_marked=yes"), &[]).await;
    assert_eq!(second.status, StatusCode::SEE_OTHER, "{}", second.text);
    let stored = parse(&hoa.get(&format!("/api/v1{paper}")).await);
    assert_eq!(stored["document"]["state"], "stored");
}

#[tokio::test]
async fn a_form_that_came_after_the_paper_was_read_again_is_kept_and_shown_beside_the_new_reading() {
    let counter = Counter::open().await;
    let id = counter.read_paper("scan.jpg").await;
    let (paper, mut again) = (format!("/documents/{id}"), proposal());
    counter.form(&format!("{paper}/reread"), "model=accurate").await;
    again.fields[1] = saying(again.fields[1].clone(), "079199000009");
    counter.read_next(page(), again).await;
    let form = format!("{CONFIRMED}&subject_number=079199000001&pass=1&keyings=0");
    let late = counter.form(&format!("{paper}/confirm"), &form).await;
    assert_eq!(location(&late), format!("{paper}?unfinished=resume&because=read_again"), "{}", late.text);
    let shown = counter.get(location(&late)).await.text;
    assert!(shown.contains("Máy vừa đọc lại") && shown.contains("value=\"079199000001\""), "{shown}");
    // How surely another value was read says nothing of this one.
    let field = shown.split("data-field=\"citizen_id\"").next().and_then(|before| before.rsplit('<').next());
    assert!(field.is_some_and(|field| field.contains("class=\"field doubt\"")), "{field:?}");
    let known = shown.split("data-field=\"birth_date\"").next().and_then(|before| before.rsplit('<').next());
    assert!(known.is_some_and(|field| field.contains("class=\"field clear\"")), "{known:?}");
}

#[tokio::test]
async fn whoever_was_signed_out_while_typing_comes_back_to_the_paper() {
    let counter = Counter::open_with(signing_in()).await;
    let id = land(&counter).await;
    let late =
        Browser::new(&counter).ask("POST", &format!("/documents/{id}/confirm"), &typed(0, "x"), &[]).await;
    assert_eq!(location(&late), format!("/sign-in?next=/documents/{id}"));
    let other = Browser::new(&counter).ask("POST", "/documents/stickers", "", &[]).await;
    assert_eq!(location(&other), "/sign-in");
}
