//! What an account may find, and the queries that it keeps.

use super::fixture::*;
use motlan_repository::Error;
use motlan_repository::record::*;

const OLD: &str = "012345678";
const NEW: &str = "079099000001";

fn of_subject(subject: SubjectId) -> Right {
    Right { subject: Some(subject), ..Right::default() }
}

async fn filed(fixture: &Fixture, bytes: &'static str, holder: &str) -> (DocumentId, SubjectId) {
    filed_as(fixture, bytes, holder, &[]).await
}

async fn filed_as(
    fixture: &Fixture,
    bytes: &'static str,
    holder: &str,
    stated: &[(&str, &str)],
) -> (DocumentId, SubjectId) {
    let id = fixture.read(bytes).await.id;
    let subject = SubjectClaim { number: number(holder), birth_date: None, ..claim() };
    let confirmation = stating(Confirmation { subject, ..confirmation() }, stated);
    let view = fixture.repository.confirm(&officer(), id, confirmation).await;
    (id, view.unwrap().owners[0].subject.id)
}

#[tokio::test]
async fn rights_bound_every_way_to_a_paper_and_follow_a_merge() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (one, old) = filed(&fixture, "cũ", OLD).await;
    let (other, new) = filed(&fixture, "mới", NEW).await;
    let found_by = async |actor: Actor| {
        let scope = repository.scope(&actor).await.unwrap();
        let hits = repository.found(&actor, &scope, &[one, other]).await.unwrap();
        hits.into_iter().map(|paper| paper.document.id).collect::<Vec<_>>()
    };
    let found = async || found_by(elsewhere()).await;
    let by_key = async |key: &str| repository.documents_by_key(&elsewhere(), key, 10).await.unwrap().len();
    assert_eq!(found_by(officer()).await, [one, other], "their own agency's");
    assert_eq!((found().await, by_key(OLD).await), (vec![], 0), "another agency's");
    fixture.tie(&elsewhere(), old).await;
    assert_eq!(found().await, [one]);
    assert_eq!((by_key(OLD).await, by_key(NEW).await), (1, 0));
    let wish = MergeWish { from: old, into: new, reason: "Căn cước ghi số CMND cũ".into() };
    repository.merge_subjects(&officer(), wish).await.unwrap();
    assert_eq!(found().await, [one, other], "a right over someone goes with them");
    assert_eq!(by_key(NEW).await, 2);
    for right in repository.search_rights(&administrator(), &elsewhere().account).await.unwrap() {
        repository.revoke_search(&administrator(), right.id, "Chuyển công tác").await.unwrap();
    }
    assert_eq!((found().await, by_key(NEW).await), (vec![], 0), "rights that were taken back");
}

#[tokio::test]
async fn rights_are_given_with_a_reason_and_logged() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (_, subject) = filed(&fixture, "một", NEW).await;
    let give = async |account: &str, right: Right, reason: &str| {
        repository.grant_search(&administrator(), account, right, reason).await
    };
    assert!(matches!(give(" ", of_subject(subject), "Thụ lý").await, Err(Error::Invalid { .. })));
    assert!(matches!(give("an", of_subject(subject), " ").await, Err(Error::Invalid { .. })));
    let nobody = SubjectId("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b".parse().unwrap());
    assert!(matches!(give("an", of_subject(nobody), "Thụ lý").await, Err(Error::NotFound)));
    let given = give("an", of_subject(subject), "Thụ lý").await.unwrap();
    let log = repository.subject_access_log(&leader(), subject, 10).await.unwrap();
    assert!(log.iter().any(|entry| entry.action == Action::ChangeRights), "{log:?}");
    assert_eq!(repository.search_rights(&administrator(), "an").await.unwrap(), [given]);
    let unknown = RightId("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b".parse().unwrap());
    assert!(matches!(
        repository.revoke_search(&administrator(), unknown, "Nhầm").await,
        Err(Error::NotFound)
    ));
    let own = repository.grant_search(&officer(), &officer().account, Right::default(), "Thụ lý").await;
    assert!(matches!(own, Err(Error::Forbidden)), "nobody gives themselves rights");
}

#[tokio::test]
async fn an_officer_keeps_queries_of_their_own() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let names = async |actor: &Actor| {
        let views = repository.saved_views(actor).await.unwrap();
        views.into_iter().map(|view| (view.name, view.query)).collect::<Vec<_>>()
    };
    let view = |name: &str, query: &str| (name.to_owned(), query.to_owned());
    repository.save_view(&officer(), "Đất 2024", "loại:gcn ngày:2024").await.unwrap();
    let kept = repository.save_view(&officer(), " An ", "khai sinh").await.unwrap();
    repository.save_view(&officer(), "Đất 2024", "loại:gcn ngày:2025").await.unwrap();
    assert_eq!(names(&officer()).await, [view("An", "khai sinh"), view("Đất 2024", "loại:gcn ngày:2025")]);
    let colleague = Actor { account: "can-bo-hai".into(), ..officer() };
    assert_eq!(names(&colleague).await, []);
    assert!(matches!(repository.saved_view(&colleague, kept.id).await, Err(Error::NotFound)));
    assert_eq!(repository.saved_view(&officer(), kept.id).await.unwrap(), kept);
    assert!(matches!(repository.forget_view(&colleague, kept.id).await, Err(Error::NotFound)));
    repository.forget_view(&officer(), kept.id).await.unwrap();
    assert!(matches!(repository.saved_view(&officer(), kept.id).await, Err(Error::NotFound)));
    assert_eq!(names(&officer()).await, [view("Đất 2024", "loại:gcn ngày:2025")]);
    for (name, query) in [("", "đất"), ("đất", " "), (&*"đ".repeat(81), "đất")] {
        let refused = repository.save_view(&officer(), name, query).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{name:?} {query:?}");
    }
}

/// An account learns of no agency and no number but those of papers that it may find.
#[tokio::test]
async fn agencies_and_numbers_are_suggested_inside_the_scope() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let of_ward = [("agency", "UBND phường Bến Mơ"), ("number", "12/QĐ-UBND")];
    let of_commune = [("agency", "UBND xã Đồi Cam"), ("number", "12/GP-UBND")];
    let (_, subject) = filed_as(&fixture, "một", OLD, &of_ward).await;
    filed_as(&fixture, "hai", NEW, &of_commune).await;
    let agencies_for = async |actor: Actor, word: &str| {
        repository.known_agencies(&actor, |name| name.contains(word), 9).await.unwrap()
    };
    let agencies = async |word: &str| agencies_for(officer(), word).await;
    let numbers_for =
        async |actor: Actor, text: &str| repository.known_numbers(&actor, text, 9).await.unwrap();
    let numbers = async |text: &str| numbers_for(officer(), text).await;
    assert_eq!(agencies("").await, ["UBND phường Bến Mơ", "UBND xã Đồi Cam"]);
    assert_eq!(agencies("xã").await, ["UBND xã Đồi Cam"]);
    assert_eq!(numbers("12/").await, ["12/GP-UBND", "12/QĐ-UBND"]);
    assert_eq!(numbers("12 qd").await, ["12/QĐ-UBND"]);
    assert!(numbers("").await.is_empty());
    assert_eq!(repository.known_numbers(&officer(), "12", 1).await.unwrap(), ["12/GP-UBND"]);
    assert!(agencies_for(elsewhere(), "").await.is_empty());
    fixture.tie(&elsewhere(), subject).await;
    assert_eq!(agencies_for(elsewhere(), "").await, ["UBND phường Bến Mơ"]);
    assert_eq!(numbers_for(elsewhere(), "12/").await, ["12/QĐ-UBND"]);
    let refused = repository.known_numbers(&auditor(), "12", 9).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
}

/// Papers that an account may not find do not stand in the way of those that it may.
#[tokio::test]
async fn a_key_finds_what_lies_inside_behind_what_does_not() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (inside, subject) = filed_as(&fixture, "hai", NEW, &[("number", "12/QĐ-UBND")]).await;
    let (outside, _) = filed_as(&fixture, "ba", OLD, &[("number", "12/QĐ-UBND")]).await;
    let by_number = async |actor: Actor, limit: u32| {
        let papers = repository.documents_by_key(&actor, "12/QĐ-UBND", limit).await.unwrap();
        papers.into_iter().map(|paper| paper.id).collect::<Vec<_>>()
    };
    assert_eq!(by_number(officer(), 9).await, [outside, inside]);
    fixture.tie(&elsewhere(), subject).await;
    assert_eq!(by_number(elsewhere(), 1).await, [inside]);
}
