//! Another scan of a paper that is held: offered before anyone types, used with one act, and nothing told of anyone else.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

const WORDS: &str = "GIẤY KHAI SINH họ tên Trần Văn Mẫu sinh ngày mùng bốn tháng ba";
/// Whose papers they are, as a machine reads it.
const OWNER: (&str, &str) = ("citizen_id", "079099000001");

/// A scan with these words of which a machine proposes these entries, each with this confidence.
async fn scanned(
    fixture: &Fixture,
    bytes: &str,
    place: Option<DossierPlace>,
    entries: &[(&str, &str)],
    confidence: f32,
) -> DocumentId {
    let new = NewDocument { place, ..paper() };
    let received = fixture.repository.receive(&officer(), new, bytes.to_owned().into()).await;
    let field = |(key, value): &(&str, &str)| ProposedField { confidence, ..proposed(key, value) };
    read_as(fixture, reread_page(1, WORDS), entries.iter().map(field).collect()).await;
    received.unwrap().document.id
}

/// Reads the paper whose turn it is as one page with these fields.
async fn read_as(fixture: &Fixture, page: NewPage, fields: Vec<ProposedField>) {
    let job = fixture.claim().await;
    fixture.repository.begin_reading(&job, "image/jpeg", 1).await.unwrap();
    fixture.repository.save_page(&job, page).await.unwrap();
    fixture.repository.finish_reading(&job, Proposal { fields, ..proposal() }).await.unwrap();
}

/// A held birth certificate, number 12/2024 of 3 February 2024.
async fn held(fixture: &Fixture) -> DocumentId {
    let id = scanned(fixture, "đã có", None, &[OWNER], 95.0).await;
    fixture.repository.confirm(&officer(), id, confirmation_of("12/2024")).await.unwrap();
    id
}

async fn near(fixture: &Fixture, id: DocumentId) -> Vec<DocumentId> {
    let found = fixture.repository.near_duplicates(&officer(), id).await.unwrap();
    found.into_iter().map(|near| near.document.id).collect()
}

#[tokio::test]
async fn another_scan_of_a_held_paper_is_found_by_its_entries() {
    let fixture = Fixture::new().await;
    let held = held(&fixture).await;
    let check = async |entries: &[(&str, &str)], confidence, expected: &[DocumentId]| {
        let bytes = format!("{entries:?} {confidence}");
        let id = scanned(&fixture, &bytes, None, entries, confidence).await;
        assert_eq!(near(&fixture, id).await, expected, "{bytes}");
    };
    check(&[OWNER, ("number", "12/2024"), ("issued_on", "2024-02-03")], 95.0, &[held]).await;
    check(&[OWNER, ("number", "12/2024"), ("issued_on", "2024-02-08")], 60.0, &[held]).await;
    check(&[OWNER, ("issued_on", "2024-02-03")], 95.0, &[held]).await;
    check(&[OWNER, ("number", "13/2024"), ("issued_on", "2024-02-03")], 95.0, &[]).await;
    check(&[OWNER, ("number", "12/2024"), ("issued_on", "2024-02-08")], 95.0, &[]).await;
    check(&[("number", "12/2024")], 95.0, &[]).await;
    check(&[("citizen_id", "079199000002"), ("number", "12/2024")], 95.0, &[]).await;
}

#[tokio::test]
async fn where_no_entry_was_read_words_and_picture_decide_together() {
    let fixture = Fixture::new().await;
    let held = held(&fixture).await;
    let before = reread_page(1, WORDS).page.picture_hash.expect("the picture of the fixture");
    let check = async |bytes: &'static str, words: &str, picture_hash, expected: &[DocumentId]| {
        let id = fixture.receive(bytes).await.id;
        let mut page = reread_page(1, words);
        page.page.picture_hash = picture_hash;
        read_as(&fixture, page, vec![proposed(OWNER.0, OWNER.1)]).await;
        assert_eq!(near(&fixture, id).await, expected, "{bytes}");
    };
    check("cùng ảnh", WORDS, Some(before ^ 0b111), &[held]).await;
    check("khác ảnh", WORDS, Some(!before), &[]).await;
    check("khác chữ", "TRÍCH LỤC KHAI SINH số bảy ngày mùng chín", Some(before), &[]).await;
    check("đọc trước đây", WORDS, None, &[]).await;
}

#[tokio::test]
async fn each_look_is_in_the_log_and_needs_the_right_to_see_papers() {
    let fixture = Fixture::new().await;
    let held = held(&fixture).await;
    let same = scanned(&fixture, "một", None, &[OWNER, ("number", "12/2024")], 95.0).await;
    let other = scanned(&fixture, "hai", None, &[OWNER, ("number", "13/2024")], 95.0).await;
    let last = async |id| fixture.entries(id).await.pop().unwrap();
    let search = |allowed| ("can.bo.thu".to_owned(), "search".to_owned(), allowed);
    near(&fixture, same).await;
    assert_eq!(last(held).await, search(true));
    let before = fixture.entries(held).await.len();
    near(&fixture, other).await;
    assert_eq!((last(other).await, fixture.entries(held).await.len()), (search(true), before));
    for actor in [administrator(), auditor(), system()] {
        let refused = fixture.repository.near_duplicates(&actor, same).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{:?}", actor.role);
        let wish = UseHeld { document: same, held };
        let refused = fixture.repository.use_held(&actor, wish).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{:?}", actor.role);
    }
    assert_eq!(fixture.state(same).await, DocumentState::Extracted);
}

#[tokio::test]
async fn what_does_not_count_any_more_is_not_offered() {
    let fixture = Fixture::new().await;
    let held = held(&fixture).await;
    let same = scanned(&fixture, "một", None, &[OWNER, ("number", "12/2024")], 95.0).await;
    assert_eq!(near(&fixture, held).await, [], "of a stored paper nothing is asked");
    fixture.repository.rule(&officer(), held, Ruling::Revoke, "Thu hồi").await.unwrap();
    assert_eq!(near(&fixture, same).await, []);
    let gone = fixture.repository.use_held(&officer(), UseHeld { document: same, held }).await;
    assert!(matches!(gone, Err(Error::Conflict { .. })), "{gone:?}");
}

#[tokio::test]
async fn the_held_paper_is_used_and_the_scan_set_aside() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let held = held(&fixture).await;
    let other = scanned(&fixture, "hai", None, &[OWNER, ("number", "13/2024")], 95.0).await;
    let wrong = repository.use_held(&officer(), UseHeld { document: other, held }).await;
    assert!(matches!(wrong, Err(Error::Conflict { .. })), "{wrong:?}");
    let same = scanned(&fixture, "một", None, &[OWNER, ("number", "12/2024")], 95.0).await;
    let wish = UseHeld { document: same, held };
    let aside = repository.use_held(&officer(), wish).await.unwrap().document;
    assert_eq!((aside.state, aside.superseded_by), (DocumentState::Duplicate, Some(held)));
    let event = repository.history(&officer(), same).await.unwrap().events.pop().unwrap();
    assert_eq!((event.step, event.other), (DocumentStep::Supersede, Some(held)));
    assert!(repository.indexable(same).await.unwrap().is_none(), "searches do not find it");
    assert!(!repository.document_ids(None, 100).await.unwrap().contains(&same));
    for refused in [
        repository.use_held(&officer(), wish).await,
        repository.confirm(&officer(), same, confirmation()).await,
    ] {
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
    }
    fixture.read_again(same, reread_page(1, WORDS), proposal()).await;
    assert_eq!(fixture.state(same).await, DocumentState::Duplicate, "read again, it stays aside");
    let filter = RereadFilter { document_type: None, below_confidence: None };
    assert_eq!(repository.papers_to_reread(&officer(), &filter).await.unwrap(), [held, other]);
    let again = repository.receive(&officer(), paper(), "một".into()).await.unwrap();
    assert_eq!((again.document.id, again.already_held), (held, true), "its bytes lead to the held paper");
    let waits = repository.rule(&officer(), same, Ruling::Reinstate, "Là giấy khác").await.unwrap().document;
    assert_eq!((waits.state, waits.superseded_by), (DocumentState::Extracted, None));
    assert_eq!(near(&fixture, same).await, [held]);
    repository.use_held(&officer(), wish).await.unwrap();
    fixture.destroy(same).await;
}

#[tokio::test]
async fn a_component_names_the_held_paper_instead() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let held = held(&fixture).await;
    let opened = repository.open_dossier(&officer(), dossier()).await.unwrap();
    let component = "khai-sinh".to_owned();
    let reason = "Bản đã có mờ".to_owned();
    let refusal = ReuseRefusal {
        dossier: opened.id,
        component: component.clone(),
        asked_by: RefusedBy::Officer,
        reason,
    };
    repository.refuse_reuse(&officer(), &refusal).await.unwrap();
    let place = DossierPlace { dossier: opened.id, component: Some(component) };
    // Nothing on it says whose it is: the dossier does.
    let same = scanned(&fixture, "một", Some(place), &[("number", "12/2024")], 95.0).await;
    assert_eq!(near(&fixture, same).await, [held]);
    repository.use_held(&officer(), UseHeld { document: same, held }).await.unwrap();
    let component = repository.dossier(&officer(), opened.id).await.unwrap().components.remove(0);
    assert_eq!((component.document, component.digitization.reuse_code()), (Some(held), 1));
    // Also where another component was chosen: the officer holds the very paper.
    let place = DossierPlace { dossier: opened.id, component: Some("to-khai".into()) };
    let again = scanned(&fixture, "hai", Some(place), &[("number", "12/2024")], 95.0).await;
    repository.use_held(&officer(), UseHeld { document: again, held }).await.unwrap();
    let component = repository.dossier(&officer(), opened.id).await.unwrap().components.remove(2);
    assert_eq!((component.document, component.digitization.reuse_code()), (Some(held), 1));
    let store = repository.store(&officer(), opened.subject.id).await.unwrap();
    assert_eq!(store.documents.iter().map(|paper| paper.id).collect::<Vec<_>>(), [held]);
}

#[tokio::test]
async fn applications_and_results_are_new_papers() {
    let fixture = Fixture::new().await;
    held(&fixture).await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let outcome = DossierPlace { dossier: opened.id, component: None };
    let result = scanned(&fixture, "kết quả", Some(outcome), &[OWNER, ("number", "12/2024")], 95.0).await;
    assert_eq!(near(&fixture, result).await, []);
    let application = fixture.receive("đơn").await.id;
    let job = fixture.claim().await;
    fixture.repository.begin_reading(&job, "image/jpeg", 1).await.unwrap();
    fixture.repository.save_page(&job, reread_page(1, WORDS)).await.unwrap();
    let fields = vec![proposed(OWNER.0, OWNER.1), proposed("number", "12/2024")];
    let proposal = Proposal { document_type: DocumentType::Application, fields, ..proposal() };
    fixture.repository.finish_reading(&job, proposal).await.unwrap();
    assert_eq!(near(&fixture, application).await, []);
}
