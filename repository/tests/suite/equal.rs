//! One paper, one record: confirming what is held already (DIG-07).

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

fn beside(relation: BesideRelation, reason: &str) -> Option<BesideHeld> {
    Some(BesideHeld { relation, reason: reason.into() })
}

async fn confirm(fixture: &Fixture, bytes: &'static str, wish: Confirmation) -> Result<DocumentView, Error> {
    let id = fixture.read(bytes).await.id;
    fixture.file(id, wish).await
}

#[tokio::test]
async fn an_equal_paper_is_refused_with_the_one_that_is_held() {
    let fixture = Fixture::new().await;
    let held = confirm(&fixture, "một", confirmation_of("12/KS-2024")).await.unwrap().document;
    let again = fixture.read("hai").await.id;
    let before = fixture.repository.last_change().await.unwrap();
    let refused = fixture.repository.confirm(&officer(), again, confirmation_of("12 / ks 2024")).await;
    let Err(Error::AlreadyHeld { document, message }) = refused else { panic!("{refused:?}") };
    assert_eq!(document, held.id);
    assert!(message.contains("số 12/KS-2024 của cùng chủ"), "{message}");
    assert_eq!(fixture.state(again).await, DocumentState::Extracted, "it waits as before");
    assert_eq!(fixture.repository.last_change().await.unwrap(), before);
    let looked = fixture.entries(held.id).await;
    assert!(looked.iter().any(|(_, action, _)| action == "search"), "{looked:?}");
    let silent =
        Confirmation { beside: beside(BesideRelation::Another, " "), ..confirmation_of("12/KS-2024") };
    let refused = fixture.repository.confirm(&officer(), again, silent).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
}

#[tokio::test]
async fn another_paper_of_the_same_number_stands_beside_it_with_a_reason() {
    let fixture = Fixture::new().await;
    let held = confirm(&fixture, "một", confirmation_of("12/2024")).await.unwrap().document;
    let reason = "Hai cơ quan cấp cùng số";
    let wish = Confirmation { beside: beside(BesideRelation::Another, reason), ..confirmation_of("12/2024") };
    let other = confirm(&fixture, "hai", wish).await.unwrap();
    let store = fixture.repository.store(&officer(), other.owners[0].subject.id).await.unwrap();
    assert_eq!(store.documents.len(), 2);
    let events = fixture.repository.history(&officer(), other.document.id).await.unwrap().events;
    let confirmed =
        events.iter().find(|event| event.step == DocumentStep::Confirm).expect("it was confirmed");
    assert_eq!((confirmed.reason.as_deref(), confirmed.other), (Some(reason), Some(held.id)));
}

#[tokio::test]
async fn a_newer_issue_takes_the_place_of_the_held_one() {
    let fixture = Fixture::new().await;
    let held = confirm(&fixture, "một", confirmation_of("12/2024")).await.unwrap().document;
    let wish = Confirmation {
        beside: beside(BesideRelation::NewIssue, "Cấp lại"),
        ..confirmation_of("12/2024")
    };
    let issue = confirm(&fixture, "hai", wish.clone()).await.unwrap().document;
    let before = fixture.repository.document(&officer(), held.id).await.unwrap().document;
    assert_eq!((before.validity, before.superseded_by), (Validity::Superseded, Some(issue.id)));
    let amended = ("can.bo.thu".to_owned(), "amend".to_owned(), true);
    assert!(fixture.entries(held.id).await.contains(&amended));
    let third = confirm(&fixture, "ba", confirmation_of("12/2024")).await;
    let Err(Error::AlreadyHeld { document, .. }) = third else { panic!("{third:?}") };
    assert_eq!(document, issue.id, "what is in force counts, not what it replaced");
}

#[tokio::test]
async fn papers_of_others_of_other_types_or_out_of_force_are_not_equal() {
    let fixture = Fixture::new().await;
    let held = confirm(&fixture, "một", confirmation_of("12/2024")).await.unwrap().document;
    let other = SubjectClaim { number: number("079099000002"), name: "Lê Thị Khác".into(), ..claim() };
    let without = explained(Confirmation { fields: Vec::new(), ..confirmation() });
    for (bytes, wish) in [
        ("người khác", Confirmation { subject: other, ..confirmation_of("12/2024") }),
        ("loại khác", confirmation_as(DocumentType::MarriageCertificate, "12/2024")),
        ("không số", without.clone()),
        ("không số nữa", without),
    ] {
        let filed = confirm(&fixture, bytes, wish).await;
        assert!(filed.is_ok(), "{bytes}: {filed:?}");
    }
    fixture.repository.rule(&officer(), held.id, Ruling::Revoke, "Thu hồi").await.unwrap();
    assert!(confirm(&fixture, "cấp lại", confirmation_of("12/2024")).await.is_ok());
}

#[tokio::test]
async fn each_type_is_known_by_a_number_of_its_own() {
    let fixture = Fixture::new().await;
    let check = async |document_type: DocumentType, held: &[(&str, &str)], again: &[(&str, &str)]| {
        let numbers =
            ["number", "serial_number", "registration_number", "enterprise_code", "insurance_number"];
        let mut unnumbered = confirmation_as(document_type, "");
        unnumbered.fields.retain(|(key, _)| !numbers.contains(&key.as_str()));
        let wish = |values| explained(stating(unnumbered.clone(), values));
        let key = document_type.code();
        let file = async |bytes: String, wish| {
            let received = fixture.repository.receive(&officer(), paper(), bytes.into()).await.unwrap();
            fixture.read_job(&fixture.claim().await).await;
            fixture.file(received.document.id, wish).await
        };
        let first = file(format!("{key} một"), wish(held)).await.unwrap().document;
        let refused = file(format!("{key} hai"), wish(again)).await;
        let Err(Error::AlreadyHeld { document, message }) = refused else { panic!("{key}: {refused:?}") };
        assert_eq!(document, first.id, "{key}");
        assert!(!message.contains("079099000001"), "{message}");
    };
    use DocumentType::*;
    check(IdentityCard, &[], &[]).await;
    check(LandCertificate, &[("serial_number", "BM 123456")], &[("serial_number", "bm123456")]).await;
    check(BusinessRegistration, &[("enterprise_code", "0314409058")], &[("enterprise_code", "0314409058")])
        .await;
    check(BirthCertificate, &[("registration_number", "7")], &[("registration_number", "7")]).await;
    check(InsuranceCard, &[("insurance_number", "7912345678")], &[("insurance_number", "79 12345678")]).await;
    let both = [("serial_number", "CĐ 000001"), ("number", "9/GCN")];
    let land = LandCertificate;
    check(Certificate, &[("number", "5/VB"), ("book_entry_number", "1")], &[("number", "5-VB")]).await;
    check(Decision, &[("number", "5/QĐ")], &[("number", "5/qd")]).await;
    let fixture = Fixture::new().await;
    let held = stating(explained(confirmation_as(land, "")), &both);
    confirm(&fixture, "một", held.clone()).await.unwrap();
    for (bytes, without) in [("hai", "number"), ("ba", "serial_number")] {
        let mut wish = held.clone();
        wish.fields.retain(|(key, _)| key != without);
        let refused = confirm(&fixture, bytes, explained(wish)).await;
        assert!(matches!(refused, Err(Error::AlreadyHeld { .. })), "{without}: {refused:?}");
    }
    let in_book = stating(explained(confirmation_as(land, "BM 1")), &[("book_entry_number", "CH 9")]);
    confirm(&fixture, "bốn", in_book.clone()).await.unwrap();
    let mut without_serial = in_book;
    without_serial.fields.retain(|(key, _)| key != "serial_number");
    let refused = confirm(&fixture, "năm", explained(without_serial)).await;
    assert!(matches!(refused, Err(Error::AlreadyHeld { .. })), "by a number that is no key: {refused:?}");
}

#[tokio::test]
async fn a_correction_makes_no_equal_paper_in_silence() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let held = confirm(&fixture, "một", confirmation_of("12/2024")).await.unwrap().document;
    let other = confirm(&fixture, "hai", confirmation_of("13/2024")).await.unwrap().document;
    let correct = async |version, beside| {
        let record = Confirmation { beside, ..confirmation_of("12/2024") };
        let correction = Correction { record, version, reason: "Nhập sai số".into() };
        repository.correct(&officer(), other.id, correction).await
    };
    let refused = correct(1, None).await;
    let Err(Error::AlreadyHeld { document, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(document, held.id);
    let looked = fixture.entries(held.id).await;
    assert!(looked.iter().any(|(_, action, _)| action == "search"), "{looked:?}");
    let unchanged = repository.document(&officer(), other.id).await.unwrap().document;
    assert_eq!((unchanged.version, unchanged.number.as_deref()), (1, Some("13/2024")));
    let reason = "Hai cơ quan cấp cùng số";
    correct(1, beside(BesideRelation::Another, reason)).await.unwrap();
    let last = repository.history(&officer(), other.id).await.unwrap().events.pop().unwrap();
    assert_eq!((last.step, last.other), (DocumentStep::Correct, Some(held.id)));
    assert!(last.reason.is_some_and(|said| said.contains("Nhập sai số") && said.contains(reason)));
    correct(2, None).await.expect("they were told apart already");
    correct(3, beside(BesideRelation::NewIssue, "Cấp lại")).await.expect("nothing else is equal");
    let in_force = repository.document(&officer(), held.id).await.unwrap().document;
    assert_eq!(in_force.validity, Validity::Valid);
}

#[tokio::test]
async fn a_scan_that_was_set_aside_and_waits_again_was_not_told_apart() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let held = confirm(&fixture, "một", confirmation_of("12/2024")).await.unwrap().document.id;
    let new = NewDocument { subject: Some(claim()), ..paper() };
    let scan = repository.receive(&officer(), new, "quét lại".into()).await.unwrap().document.id;
    fixture.read_job(&fixture.claim().await).await;
    repository.use_held(&officer(), UseHeld { document: scan, held }).await.unwrap();
    repository.wait_again(&officer(), scan, "Xem lại").await.unwrap();
    let refused = repository.confirm(&officer(), scan, confirmation_of("12/2024")).await;
    assert!(matches!(refused, Err(Error::AlreadyHeld { document, .. }) if document == held), "{refused:?}");
    let told_apart = Confirmation {
        beside: beside(BesideRelation::Another, "Hai cơ quan cấp cùng số"),
        ..confirmation_of("12/2024")
    };
    repository.confirm(&officer(), scan, told_apart).await.unwrap();
    let again = Correction { record: confirmation_of("12/2024"), version: 1, reason: "Sửa tên".into() };
    repository.correct(&officer(), scan, again).await.expect("they were told apart");
}

#[tokio::test]
async fn a_paper_that_took_the_place_of_another_was_not_told_apart() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let one = confirm(&fixture, "một", confirmation_of("12/2024")).await.unwrap().document.id;
    let other = confirm(&fixture, "hai", confirmation_of("13/2024")).await.unwrap().document.id;
    repository.rule(&officer(), one, Ruling::Supersede { by: other }, "Nhầm").await.unwrap();
    repository.rule(&officer(), one, Ruling::Reinstate, "Không thay").await.unwrap();
    let wish =
        Correction { record: confirmation_of("12/2024"), version: 1, reason: "Nhập sai số".into() };
    let refused = repository.correct(&officer(), other, wish).await;
    assert!(matches!(refused, Err(Error::AlreadyHeld { document, .. }) if document == one), "{refused:?}");
}

#[tokio::test]
async fn a_correction_may_say_that_it_is_the_newer_issue() {
    let fixture = Fixture::new().await;
    let held = confirm(&fixture, "một", confirmation_of("12/2024")).await.unwrap().document;
    let other = confirm(&fixture, "hai", confirmation_of("13/2024")).await.unwrap().document;
    let newer = beside(BesideRelation::NewIssue, "Cấp lại");
    let record = Confirmation { beside: newer, ..confirmation_of("12/2024") };
    let correction = Correction { record, version: 1, reason: "Nhập sai số".into() };
    fixture.repository.correct(&officer(), other.id, correction).await.unwrap();
    let before = fixture.repository.document(&officer(), held.id).await.unwrap().document;
    assert_eq!((before.validity, before.superseded_by), (Validity::Superseded, Some(other.id)));
    let amended = ("can.bo.thu".to_owned(), "amend".to_owned(), true);
    assert!(fixture.entries(held.id).await.contains(&amended));
}

#[tokio::test]
async fn a_joint_paper_is_equal_for_each_of_its_owners() {
    let fixture = Fixture::new().await;
    let wife = SubjectClaim {
        number: number("079199000002"),
        name: "Lê Thị Mẫu".into(),
        birth_date: None,
        ..claim()
    };
    let co_owners = vec![OwnerClaim { subject: wife.clone(), role: OwnerRole::CoOwner }];
    let joint = Confirmation { co_owners, ..confirmation_of("12/2024") };
    let held = confirm(&fixture, "chung", joint).await.unwrap().document;
    let of_wife = Confirmation { subject: wife, ..confirmation_of("12/2024") };
    let refused = confirm(&fixture, "của vợ", of_wife).await;
    assert!(
        matches!(refused, Err(Error::AlreadyHeld { document, .. }) if document == held.id),
        "{refused:?}"
    );
}
