//! One person with an old and a new number.

use super::fixture::*;
use motlan_repository::audit::{Scope, verify_export};
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

const OLD: &str = "012345678";
const NEW: &str = "079099000001";

async fn filed(fixture: &Fixture, bytes: &'static str, holder: &str) -> (DocumentId, SubjectId) {
    filed_for(fixture, bytes, SubjectClaim { number: number(holder), birth_date: None, ..claim() }).await
}

async fn filed_for(fixture: &Fixture, bytes: &'static str, subject: SubjectClaim) -> (DocumentId, SubjectId) {
    filed_by(fixture, &officer(), bytes, subject).await
}

async fn filed_by(
    fixture: &Fixture,
    actor: &Actor,
    bytes: &'static str,
    subject: SubjectClaim,
) -> (DocumentId, SubjectId) {
    let received = fixture.repository.receive(actor, paper(), bytes.into()).await.unwrap().document;
    fixture.read_job(&fixture.claim().await).await;
    let confirmation = Confirmation { subject, ..confirmation() };
    let view = fixture.repository.confirm(actor, received.id, confirmation).await.unwrap();
    (received.id, view.owners[0].subject.id)
}

/// Lets an agency answer for the person under both numbers: it filed papers of them too.
async fn known_to(fixture: &Fixture, actor: &Actor) {
    for (bytes, holder) in [("cũ của sở", OLD), ("mới của sở", NEW)] {
        let subject = SubjectClaim { number: number(holder), birth_date: None, ..claim() };
        filed_by(fixture, actor, bytes, subject).await;
    }
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
async fn the_one_that_stays_takes_the_place_further_ahead_and_gives_it_back() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("giấy đất").await.id;
    let other = SubjectClaim { number: number("001099000005"), name: "Lê Thị Khác".into(), ..claim() };
    let new = SubjectClaim { number: number(NEW), birth_date: None, ..claim() };
    let co_owners = [other, new].map(|subject| OwnerClaim { subject, role: OwnerRole::CoOwner }).to_vec();
    let subject = SubjectClaim { number: number(OLD), birth_date: None, ..claim() };
    let joint = Confirmation { subject, co_owners, ..confirmation() };
    let before = repository.confirm(&officer(), id, joint).await.unwrap().owners;
    let [old, other, new] = [0, 1, 2].map(|place| before[place].subject.id);
    let merge = repository.merge_subjects(&officer(), wish(old, new)).await.unwrap();
    let view = repository.document(&officer(), id).await.unwrap();
    let owners = view.owners.iter().map(|owner| owner.subject.id).collect::<Vec<_>>();
    assert_eq!(owners, [new, other], "the first owner is the one whose number stood first");
    assert_eq!(view.document.subject.unwrap().id, new);
    repository.undo_merge(&officer(), merge.id, "Nhầm người").await.unwrap();
    let view = repository.document(&officer(), id).await.unwrap();
    assert_eq!((view.owners, view.document.subject.unwrap().id), (before, old));
}

#[tokio::test]
async fn a_name_goes_over_to_a_number_that_has_none_and_back() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (old_paper, old) = filed_for(&fixture, "cũ", SubjectClaim { number: number(OLD), ..claim() }).await;
    let nameless = SubjectClaim { number: number(NEW), name: String::new(), birth_date: None, ..claim() };
    let proposed = NewDocument { subject: Some(nameless), ..paper() };
    let received = repository.receive(&officer(), proposed, "mới".into()).await.unwrap().document;
    let new = received.subject.unwrap().id;
    let before = repository.last_change().await.unwrap();
    let merge = repository.merge_subjects(&officer(), wish(old, new)).await.unwrap();
    let mut told: Vec<_> =
        repository.changes_after(before, 10).await.unwrap().iter().map(|change| change.document).collect();
    told.sort();
    assert_eq!(told, [old_paper, received.id], "its own paper shows the name too, and each is told once");
    let known = async || repository.find_subject(&officer(), &number(NEW)).await.unwrap().unwrap();
    let stayed = known().await;
    assert_eq!((stayed.id, stayed.name, stayed.birth_date), (new, claim().name, claim().birth_date));
    repository.undo_merge(&officer(), merge.id, "Nhầm người").await.unwrap();
    let stayed = known().await;
    assert_eq!((stayed.id, stayed.name.as_str(), stayed.birth_date), (new, "", None));
    let old = repository.find_subject(&officer(), &number(OLD)).await.unwrap().unwrap();
    assert_eq!((old.name, old.birth_date), (claim().name, claim().birth_date));
}

#[tokio::test]
async fn a_birth_date_that_a_paper_of_ones_own_says_stays() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (_, old) = filed_for(&fixture, "cũ", SubjectClaim { number: number(OLD), ..claim() }).await;
    let silent = |number: &str| {
        let mut wish = confirmation_as(DocumentType::MaritalStatus, number);
        wish.subject.birth_date = None;
        wish.fields.retain(|(key, _)| key != "birth_date");
        stating(wish, &[("birth_year", "1999")])
    };
    let new_paper = fixture.read("mới").await.id;
    let new = repository.confirm(&officer(), new_paper, silent("1/HN")).await.unwrap().owners[0].subject.id;
    let known = async || repository.find_subject(&officer(), &number(NEW)).await.unwrap().unwrap().birth_date;
    let merge_and_undo = async || {
        let merge = repository.merge_subjects(&officer(), wish(old, new)).await.unwrap();
        assert_eq!(known().await, claim().birth_date);
        merge.id
    };
    let merge = merge_and_undo().await;
    repository.undo_merge(&officer(), merge, "Nhầm người").await.unwrap();
    assert_eq!(known().await, None, "only papers of the other one say it");
    let merge = merge_and_undo().await;
    filed_for(&fixture, "sau", claim()).await;
    repository.undo_merge(&officer(), merge, "Nhầm người").await.unwrap();
    assert_eq!(known().await, claim().birth_date);
}

#[tokio::test]
async fn what_is_sealed_stays_sealed_after_a_merge() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (paper, old) = filed(&fixture, "cũ", OLD).await;
    let (own_paper, new) = filed(&fixture, "mới", NEW).await;
    let day = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(30)).unwrap();
    repository.seal_looks(&leader(), old, day).await.unwrap();
    let elsewhere = elsewhere();
    known_to(&fixture, &elsewhere).await;
    let merge = repository.merge_subjects(&elsewhere, wish(old, new)).await.unwrap();
    let seen = async |subject| {
        let log = repository.subject_access_log(&elsewhere, subject, 100).await.unwrap();
        log.iter().filter(|entry| entry.action == Action::View && entry.agency == officer().agency).count()
    };
    let before = seen(new).await;
    for paper in [paper, own_paper] {
        repository.document(&officer(), paper).await.unwrap();
    }
    repository.store(&officer(), old).await.unwrap();
    assert_eq!(seen(new).await, before, "looks of the agency that sealed");
    repository.undo_merge(&elsewhere, merge.id, "Nhầm người").await.unwrap();
    repository.document(&officer(), own_paper).await.unwrap();
    assert_eq!(seen(new).await, before + 1, "nothing is sealed of the other one");
    repository.document(&officer(), paper).await.unwrap();
    assert_eq!(seen(old).await, 0);
}

#[tokio::test]
async fn looks_under_an_older_number_are_sealed_by_what_is_sealed_under_the_newer() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (_, old) = filed(&fixture, "cũ", OLD).await;
    let (_, new) = filed(&fixture, "mới", NEW).await;
    repository.merge_subjects(&officer(), wish(old, new)).await.unwrap();
    let day = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(30)).unwrap();
    repository.seal_looks(&leader(), old, day).await.unwrap();
    let before = repository.subject_access_log(&officer(), new, 100).await.unwrap();
    assert!(matches!(repository.seal_looks(&officer(), old, day).await, Err(Error::Forbidden)));
    repository.store(&officer(), new).await.unwrap();
    let after = repository.subject_access_log(&officer(), new, 100).await.unwrap();
    assert_eq!(before.len(), after.len(), "{after:?}");
}

#[tokio::test]
async fn what_was_sealed_of_both_stays_sealed_of_each_after_they_are_parted() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (_, old) = filed(&fixture, "cũ", OLD).await;
    let (_, new) = filed(&fixture, "mới", NEW).await;
    let day = jiff::Zoned::now().date().checked_add(jiff::Span::new().days(30)).unwrap();
    let elsewhere = elsewhere();
    known_to(&fixture, &elsewhere).await;
    let seen = async |subject| {
        let log = repository.subject_access_log(&elsewhere, subject, 100).await.unwrap();
        log.iter().filter(|entry| entry.action == Action::View && entry.agency == officer().agency).count()
    };
    for merged in ["once", "again"] {
        let merge = repository.merge_subjects(&elsewhere, wish(old, new)).await.unwrap();
        if merged == "once" {
            repository.seal_looks(&leader(), new, day).await.unwrap();
        }
        repository.undo_merge(&elsewhere, merge.id, "Nhầm người").await.unwrap();
        for subject in [old, new] {
            repository.store(&officer(), subject).await.unwrap();
            assert_eq!(seen(subject).await, 0, "{merged}");
        }
    }
}

#[tokio::test]
async fn the_exported_log_of_a_person_has_looks_under_every_number() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (old_paper, old) = filed(&fixture, "cũ", OLD).await;
    let (_, new) = filed(&fixture, "mới", NEW).await;
    repository.document(&officer(), old_paper).await.unwrap();
    let merge = repository.merge_subjects(&officer(), wish(old, new)).await.unwrap();
    let key = [repository.log_public_key().unwrap()];
    let exported = async || {
        let shown = repository.subject_access_log(&officer(), new, 100).await.unwrap().len() as u64;
        let mut export = Vec::new();
        repository.export_subject_log(&auditor(), new, &mut export).await.unwrap();
        let (head, outcome) = verify_export(&export[..], &key, &[]).unwrap();
        assert_eq!(outcome.entries, shown + 2, "the look at the log and the export came after");
        head.scope
    };
    let scope = exported().await;
    assert!(
        matches!(&scope, Scope::Subject { subject, older, .. } if (*subject, &older[..]) == (new, &[old][..])),
        "{scope:?}"
    );
    repository.undo_merge(&officer(), merge.id, "Nhầm người").await.unwrap();
    let scope = exported().await;
    assert!(matches!(&scope, Scope::Subject { older, .. } if older.is_empty()), "{scope:?}");
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
