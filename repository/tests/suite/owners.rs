//! Whose papers they are: several owners of one paper, and exact look-ups by the number of each.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

const WIFE: &str = "079199000002";

fn wife() -> OwnerClaim {
    let subject =
        SubjectClaim { number: number(WIFE), name: "Lê Thị Mẫu".into(), birth_date: None, ..claim() };
    OwnerClaim { subject, role: OwnerRole::Wife }
}

fn marriage() -> Confirmation {
    Confirmation {
        title: "Giấy chứng nhận kết hôn".into(),
        co_owners: vec![wife()],
        ..confirmation_as(DocumentType::MarriageCertificate, "1/KH")
    }
}

#[tokio::test]
async fn a_joint_paper_stands_once_in_the_store_of_each_owner() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("giấy kết hôn").await.id;
    let view = repository.confirm(&officer(), id, marriage()).await.unwrap();
    let owners = view.owners.iter().map(|owner| (owner.subject.name.as_str(), owner.role));
    let expected = [("Trần Văn Mẫu", OwnerRole::Husband), ("Lê Thị Mẫu", OwnerRole::Wife)];
    assert_eq!(owners.collect::<Vec<_>>(), expected);
    assert_eq!(view.document.subject.as_ref(), Some(&view.owners[0].subject));
    for owner in &view.owners {
        let store = repository.store(&officer(), owner.subject.id).await.unwrap();
        assert_eq!(store.documents.iter().map(|held| held.id).collect::<Vec<_>>(), [id]);
        let found = repository.documents_by_key(&officer(), owner.subject.number.as_str(), 10).await.unwrap();
        assert_eq!(found.iter().map(|held| held.id).collect::<Vec<_>>(), [id]);
    }
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_new_name_of_any_owner_reaches_the_index() {
    let fixture = Fixture::new().await;
    let joint = fixture.read("giấy kết hôn").await.id;
    fixture.repository.confirm(&officer(), joint, marriage()).await.unwrap();
    let other = fixture.read("khai sinh của vợ").await.id;
    let subject = SubjectClaim { name: "Lê Thị Mới".into(), ..wife().subject };
    let renamed = Confirmation { subject, rename_subject: true, ..confirmation() };
    let before = fixture.repository.last_change().await.unwrap();
    fixture.repository.confirm(&officer(), other, renamed).await.unwrap();
    let changes = fixture.repository.changes_after(before, 10).await.unwrap();
    let named = changes.iter().filter(|change| change.kind == ChangeKind::SubjectNamed);
    assert_eq!(named.map(|change| change.document).collect::<Vec<_>>(), [joint]);
}

#[tokio::test]
async fn owners_are_stated_once_each_and_soundly() {
    let fixture = Fixture::new().await;
    let id = fixture.read("giấy kết hôn").await.id;
    let check = async |change: &dyn Fn(&mut OwnerClaim), expected: &str| {
        let mut confirmation = marriage();
        change(&mut confirmation.co_owners[0]);
        match fixture.repository.confirm(&officer(), id, confirmation).await {
            Err(Error::Invalid { message }) => assert!(message.contains(expected), "{message}"),
            other => panic!("{other:?}"),
        }
    };
    check(&|other| other.subject.number = claim().number, "cùng một số").await;
    check(&|other| other.subject.name = " ".into(), "tên chủ giấy tờ").await;
    check(&|other| other.subject.birth_date = "1998-01-01".parse().ok(), "1999").await;
    assert_eq!(fixture.state(id).await, DocumentState::Extracted);
}
