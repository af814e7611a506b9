//! One person with an old and a new number.

use super::fixture::*;
use motlan_repository::Error;
use motlan_repository::record::*;

const OLD: &str = "012345678";
const NEW: &str = "079099000001";

async fn filed(fixture: &Fixture, bytes: &'static str, holder: &str) -> (DocumentId, SubjectId) {
    filed_for(fixture, bytes, SubjectClaim { number: number(holder), birth_date: None, ..claim() }).await
}

async fn filed_for(fixture: &Fixture, bytes: &'static str, subject: SubjectClaim) -> (DocumentId, SubjectId) {
    let id = fixture.read(bytes).await.id;
    let confirmation = Confirmation { subject, ..confirmation() };
    let view = fixture.repository.confirm(&officer(), id, confirmation).await.unwrap();
    (id, view.owners[0].subject.id)
}

fn wish(from: SubjectId, into: SubjectId) -> MergeWish {
    MergeWish { from, into, reason: "Căn cước ghi số CMND cũ".into() }
}

async fn held(fixture: &Fixture, key: &str) -> Vec<DocumentId> {
    let found = fixture.repository.documents_by_key(&officer(), key, 10).await.unwrap();
    found.into_iter().map(|document| document.id).collect()
}

#[tokio::test]
async fn both_numbers_find_everything_and_a_merge_can_be_undone() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (old_paper, old) = filed(&fixture, "cũ", OLD).await;
    let (new_paper, new) = filed(&fixture, "mới", NEW).await;
    let mut of_old = dossier();
    of_old.subject.number = number(OLD);
    let opened = repository.open_dossier(&officer(), of_old).await.unwrap();
    let before = repository.last_change().await.unwrap();
    let merge = repository.merge_subjects(&officer(), wish(old, new)).await.unwrap();
    assert_eq!((merge.from, merge.into, merge.undone_at), (old, new, None));
    for key in [OLD, NEW] {
        assert_eq!(held(&fixture, key).await, [new_paper, old_paper], "{key}");
        let found = repository.find_subject(&officer(), &number(key)).await.unwrap().unwrap();
        assert_eq!((found.id, found.number), (new, number(NEW)), "{key}");
    }
    assert_eq!(repository.store(&officer(), old).await.unwrap().subject.id, new, "an old link leads on");
    let actions = repository.subject_access_log(&officer(), new, 100).await.unwrap();
    let confirmed = actions.iter().filter(|entry| entry.action == Action::Confirm).count();
    assert_eq!(confirmed, 2, "looks at the old number are those of the person");
    let store = repository.store(&officer(), new).await.unwrap();
    assert_eq!((store.documents.len(), store.dossiers[0].id), (2, opened.id));
    assert_eq!(store.numbers, [number(NEW), number(OLD)]);
    assert_eq!(store.merges, std::slice::from_ref(&merge));
    let changes = repository.changes_after(before, 10).await.unwrap();
    assert_eq!(changes.iter().map(|change| change.document).collect::<Vec<_>>(), [old_paper]);
    let (later, holder) = filed(&fixture, "sau", OLD).await;
    assert_eq!(holder, new, "what comes under the old number belongs to the one who stayed");

    let undone = repository.undo_merge(&officer(), merge.id, "Nhầm người").await.unwrap();
    assert!(undone.undone_at.is_some());
    assert_eq!(held(&fixture, OLD).await, [old_paper]);
    assert_eq!(held(&fixture, NEW).await, [later, new_paper]);
    assert_eq!(repository.store(&officer(), old).await.unwrap().dossiers[0].id, opened.id);
    assert_eq!(repository.store(&officer(), new).await.unwrap().merges, []);
    let again = repository.undo_merge(&officer(), merge.id, "Nhầm người").await;
    assert!(matches!(again, Err(Error::Invalid { .. })), "{again:?}");
}

#[tokio::test]
async fn a_paper_of_both_stands_there_once_and_goes_back_to_both() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("giấy đất").await.id;
    let other = SubjectClaim { number: number(OLD), birth_date: None, ..claim() };
    let co_owners = vec![OwnerClaim { subject: other, role: OwnerRole::CoOwner }];
    let view =
        repository.confirm(&officer(), id, Confirmation { co_owners, ..confirmation() }).await.unwrap();
    let (new, old) = (view.owners[0].subject.id, view.owners[1].subject.id);
    let merge = repository.merge_subjects(&officer(), wish(old, new)).await.unwrap();
    assert_eq!(repository.document(&officer(), id).await.unwrap().owners.len(), 1);
    repository.undo_merge(&officer(), merge.id, "Nhầm người").await.unwrap();
    assert_eq!(repository.document(&officer(), id).await.unwrap().owners, view.owners);
}

#[tokio::test]
async fn two_people_are_not_merged() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (_, old) = filed(&fixture, "một", OLD).await;
    let (_, new) = filed_for(&fixture, "hai", claim()).await;
    let (_, other) = filed(&fixture, "ba", "001099000005").await;
    let check = async |from, into, expected: &str| match repository
        .merge_subjects(&officer(), wish(from, into))
        .await
    {
        Err(Error::Invalid { message }) => assert!(message.contains(expected), "{message}"),
        other => panic!("{other:?}"),
    };
    check(old, old, "khác nhau").await;
    check(other, new, "hai số khác nhau").await;
    check(new, old, "chiều ngược lại").await;
    let stranger = SubjectClaim { number: number("987654321"), name: "Lê Thị Lạ".into(), ..claim() };
    let (_, stranger) = filed_for(&fixture, "bốn", stranger).await;
    check(stranger, new, "tên khác nhau").await;
    let younger =
        SubjectClaim { number: number("987654322"), birth_date: "2001-03-04".parse().ok(), ..claim() };
    let (_, younger) = filed_for(&fixture, "năm", younger).await;
    check(younger, new, "ngày sinh khác nhau").await;
    check(younger, other, "năm sinh khác").await;
    repository.merge_subjects(&officer(), wish(old, new)).await.unwrap();
    check(old, new, "đã được gộp").await;
    check(old, other, "đã được gộp").await;
}
