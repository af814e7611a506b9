//! One paper, one record: confirming what is held already (DIG-07).

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

fn beside(relation: BesideRelation, reason: &str) -> Option<BesideHeld> {
    Some(BesideHeld { relation, reason: reason.into() })
}

async fn confirm(fixture: &Fixture, bytes: &'static str, wish: Confirmation) -> Result<DocumentView, Error> {
    let id = fixture.read(bytes).await.id;
    fixture.repository.confirm(&officer(), id, wish).await
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
    let document_type = DocumentType::MarriageCertificate;
    let without = Confirmation { fields: Vec::new(), ..confirmation() };
    for (bytes, wish) in [
        ("người khác", Confirmation { subject: other, ..confirmation_of("12/2024") }),
        ("loại khác", Confirmation { document_type, ..confirmation_of("12/2024") }),
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
