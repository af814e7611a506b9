//! Taking papers in: once each, whatever happens at the same time.

use super::fixture::*;
use futures::future::join_all;
use motlan_repository::Error;
use motlan_repository::record::*;
use std::collections::HashSet;

#[tokio::test]
async fn the_same_bytes_are_one_paper() {
    let fixture = Fixture::new().await;
    let receive = async |bytes: &'static str| {
        fixture.repository.receive(&officer(), paper(), bytes.into()).await.unwrap()
    };
    let first = receive("một").await;
    let again = receive("một").await;
    let other = receive("hai").await;
    assert!(!first.already_held && again.already_held && !other.already_held);
    assert_eq!(first.document, again.document);
    assert_ne!(first.document.id, other.document.id);
    assert_eq!(fixture.repository.jobs_open().await.unwrap(), 2);
    assert_eq!(fixture.repository.last_change().await.unwrap(), 2);
    assert_eq!(fixture.repository.document_counts().await.unwrap(), [(DocumentState::Received, 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_receipts_of_the_same_bytes_at_once_end_with_one_paper() {
    let fixture = Fixture::new().await;
    let other = fixture.another().await;
    let receive = |number: usize| {
        let repository = if number.is_multiple_of(2) { fixture.repository.clone() } else { other.clone() };
        tokio::spawn(async move {
            repository.receive(&officer(), paper(), "cùng một bản quét".into()).await
        })
    };
    let received = join_all((0..40).map(receive)).await;
    let received = received.into_iter().map(|task| task.unwrap().unwrap()).collect::<Vec<_>>();
    let ids = received.iter().map(|received| received.document.id).collect::<HashSet<_>>();
    assert_eq!(ids.len(), 1);
    assert_eq!(received.iter().filter(|received| !received.already_held).count(), 1);
    assert_eq!(fixture.repository.last_change().await.unwrap(), 1);
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_held_paper_fills_the_place_it_is_brought_for() {
    let fixture = Fixture::new().await;
    let held = fixture.receive("đã có").await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let receive = async |component: Option<&str>| {
        let place = DossierPlace { dossier: opened.id, component: component.map(str::to_owned) };
        let new = NewDocument { place: Some(place), ..paper() };
        fixture.repository.receive(&officer(), new, "đã có".into()).await.unwrap()
    };
    let received = receive(Some("khai-sinh")).await;
    assert!(received.already_held);
    assert_eq!(received.document.id, held.id);
    assert_eq!(received.document.place.unwrap().component.as_deref(), Some("khai-sinh"));
    assert_eq!(received.document.subject.unwrap().number, claim().number, "proposed by the dossier");
    receive(None).await;
    receive(None).await;
    let dossier = fixture.repository.dossier(&officer(), opened.id).await.unwrap();
    assert_eq!(dossier.components[0].document, Some(held.id));
    assert_eq!(dossier.components[1].document, None);
    assert_eq!(dossier.outcomes, [held.id]);
}

#[tokio::test]
async fn a_paper_for_no_place_of_the_dossier_is_not_received() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let check = async |dossier: DossierId, component: Option<&str>| {
        let place = DossierPlace { dossier, component: component.map(str::to_owned) };
        let new = NewDocument { place: Some(place), ..paper() };
        let received = fixture.repository.receive(&officer(), new, "lạc".into()).await;
        assert!(matches!(received, Err(Error::Invalid { .. } | Error::NotFound)), "{received:?}");
    };
    let nowhere = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    check(opened.id, Some("không có")).await;
    check(nowhere, Some("khai-sinh")).await;
    check(nowhere, None).await;
    assert_eq!(fixture.repository.jobs_open().await.unwrap(), 0);
    assert_eq!(fixture.repository.last_change().await.unwrap(), 0);
}

#[tokio::test]
async fn a_claimed_subject_stays_the_proposed_one_until_a_person_confirms() {
    let fixture = Fixture::new().await;
    let new = NewDocument { subject: Some(claim()), ..paper() };
    let document = fixture.repository.receive(&officer(), new, "của ai".into()).await.unwrap().document;
    fixture.read_job(&fixture.claim().await).await;
    let view = fixture.repository.document(&officer(), document.id).await.unwrap();
    let subject = view.document.subject.unwrap();
    assert_eq!(subject.number, claim().number);
    let store = fixture.repository.store(&officer(), subject.id).await.unwrap();
    assert_eq!(store.documents, vec![], "what nobody confirmed is not in the store");
}

#[tokio::test]
async fn a_subject_known_by_number_alone_gets_the_first_name_that_is_said() {
    let fixture = Fixture::new().await;
    let receive = async |name: &str, bytes: &'static str| {
        let subject = SubjectClaim { name: name.into(), birth_date: None, ..claim() };
        let new = NewDocument { subject: Some(subject), ..paper() };
        let received = fixture.repository.receive(&officer(), new, bytes.into()).await.unwrap();
        received.document.subject.unwrap()
    };
    let first = receive("", "1").await;
    let second = receive("Trần Văn Mẫu", "2").await;
    let third = receive("Trần Văn Khác", "3").await;
    assert_eq!([first.name.as_str(), &second.name, &third.name], ["", "Trần Văn Mẫu", "Trần Văn Mẫu"]);
    assert_eq!((first.id, second.id), (second.id, third.id));
}

#[tokio::test]
async fn progress_is_counted_without_a_trace_in_the_log() {
    let fixture = Fixture::new().await;
    let (first, second) = (fixture.receive("1").await.id, fixture.receive("2").await.id);
    let entries = fixture.entries(second).await;
    let job = fixture.claim().await;
    fixture.repository.begin_reading(&job, "image/tiff", 3).await.unwrap();
    fixture.repository.save_page(&job, page(1)).await.unwrap();
    let nobody = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    let progress = fixture.repository.progress(&[second, nobody, first]).await.unwrap();
    let counts = |progress: &[ReadingProgress]| {
        progress.iter().map(|one| (one.document, one.pages_read, one.page_count)).collect::<Vec<_>>()
    };
    assert_eq!(counts(&progress), [(second, 0, None), (first, 1, Some(3))]);
    for number in [2, 3] {
        fixture.repository.save_page(&job, page(number)).await.unwrap();
    }
    fixture.repository.finish_reading(&job, proposal()).await.unwrap();
    let unread = fixture.repository.progress_of_open(10).await.unwrap();
    assert_eq!(counts(&unread), [(second, 0, None)]);
    assert_eq!(fixture.entries(second).await, entries);
}

#[tokio::test]
async fn lists_run_newest_first_and_page_by_page() {
    let fixture = Fixture::new().await;
    let mut ids = Vec::new();
    for bytes in ["1", "2", "3", "4", "5"] {
        ids.push(fixture.receive(bytes).await.id);
    }
    let list = async |state, before, limit| {
        let filter = DocumentFilter { state, before };
        let found = fixture.repository.documents(&officer(), &filter, limit).await.unwrap();
        found.iter().map(|document| document.id).collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, 2).await, [ids[4], ids[3]]);
    assert_eq!(list(None, Some(ids[3]), 10).await, [ids[2], ids[1], ids[0]]);
    fixture.repository.give_up_reading(&fixture.claim().await, "Hãy quét lại.").await.unwrap();
    assert_eq!(list(Some(DocumentState::Unreadable), None, 10).await, [ids[0]]);
    assert_eq!(list(Some(DocumentState::Received), Some(ids[2]), 10).await, [ids[1]]);
    assert_eq!(fixture.repository.document_ids(None, 3).await.unwrap(), ids[..3]);
    assert_eq!(fixture.repository.document_ids(Some(ids[2]), 3).await.unwrap(), ids[3..]);
    let asked = [ids[3], "01890000-0000-7000-8000-000000000000".parse().unwrap(), ids[0]];
    let found = fixture.repository.documents_by_id(&officer(), &asked).await.unwrap();
    assert_eq!(found.iter().map(|document| document.id).collect::<Vec<_>>(), [ids[3], ids[0]]);
}
