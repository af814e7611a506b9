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
    assert!(matches!(gone, Err(Error::Invalid { .. })), "{gone:?}");
}

#[tokio::test]
async fn the_held_paper_is_used_and_the_scan_set_aside() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let held = held(&fixture).await;
    let other = scanned(&fixture, "hai", None, &[OWNER, ("number", "13/2024")], 95.0).await;
    let wrong = repository.use_held(&officer(), UseHeld { document: other, held }).await;
    assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
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
    let filter = RereadFilter { document_type: None, below_confidence: None };
    assert_eq!(repository.papers_to_reread(&officer(), &filter).await.unwrap(), [held, other]);
    let again = repository.receive(&officer(), paper(), "một".into()).await.unwrap();
    assert_eq!((again.document.id, again.already_held), (held, true), "its bytes lead to the held paper");
    for ruling in [Ruling::Cancel, Ruling::Reinstate] {
        let refused = repository.rule(&officer(), same, ruling, "Lưu nhầm").await.unwrap_err();
        assert!(refused.to_string().contains("trùng với giấy đã có"), "{refused}");
    }
    let silent = repository.wait_again(&officer(), same, " ").await;
    assert!(matches!(silent, Err(Error::Invalid { .. })), "{silent:?}");
    let waits = repository.wait_again(&officer(), same, "Là giấy khác").await.unwrap().document;
    assert_eq!((waits.state, waits.superseded_by), (DocumentState::Extracted, None));
    assert_eq!(near(&fixture, same).await, [held]);
    repository.use_held(&officer(), wish).await.unwrap();
    fixture.destroy(same).await;
}

/// A dossier whose component was filled with a scan before the paper was held.
async fn handed_in_first(fixture: &Fixture) -> (Dossier, DocumentId, DocumentId) {
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let place = DossierPlace { dossier: opened.id, component: Some("khai-sinh".into()) };
    // Nothing on it says whose it is: the dossier does.
    let scan = scanned(fixture, "một", Some(place), &[("number", "12/2024")], 95.0).await;
    let held = held(fixture).await;
    (opened, scan, held)
}

/// What the first component names and how that counts for the national portal (REUSE-02), and what the store of the person shows.
async fn named(fixture: &Fixture, opened: &Dossier) -> (Option<DocumentId>, u8, Vec<DocumentId>) {
    let repository = &fixture.repository;
    let component = repository.dossier(&officer(), opened.id).await.unwrap().components.remove(0);
    let store = repository.store(&officer(), opened.subject.id).await.unwrap();
    let store = store.documents.iter().map(|paper| paper.id).collect();
    (component.document, component.digitization.reuse_code(), store)
}

#[tokio::test]
async fn a_component_names_the_held_paper_instead_until_that_is_undone() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (opened, scan, held) = handed_in_first(&fixture).await;
    assert_eq!(near(&fixture, scan).await, [held]);
    repository.use_held(&officer(), UseHeld { document: scan, held }).await.unwrap();
    assert_eq!(named(&fixture, &opened).await, (Some(held), 1, vec![held]));
    repository.wait_again(&officer(), scan, "Là giấy khác").await.unwrap();
    assert_eq!(named(&fixture, &opened).await, (Some(scan), 0, vec![held]));
    let again = repository.wait_again(&officer(), scan, "Là giấy khác").await;
    assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
    let filed = repository.wait_again(&officer(), held, "Là giấy khác").await;
    assert!(matches!(filed, Err(Error::Conflict { .. })), "{filed:?}");
}

#[tokio::test]
async fn what_does_not_count_or_was_refused_is_not_offered_in_a_component() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (opened, scan, held) = handed_in_first(&fixture).await;
    let place = |component: &str| DossierPlace { dossier: opened.id, component: Some(component.into()) };
    let other = scanned(&fixture, "hai", Some(place("to-khai")), &[("number", "12/2024")], 95.0).await;
    assert_eq!(near(&fixture, other).await, []);
    for asked_by in [RefusedBy::Subject, RefusedBy::Officer] {
        let (component, reason) = ("khai-sinh".to_owned(), "Bản đã có mờ".to_owned());
        let refusal = ReuseRefusal { dossier: opened.id, component, asked_by, reason };
        repository.refuse_reuse(&officer(), &refusal).await.unwrap();
        assert_eq!(near(&fixture, scan).await, [], "{asked_by:?}");
    }
    let refused = repository.use_held(&officer(), UseHeld { document: scan, held }).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    assert_eq!(named(&fixture, &opened).await, (Some(scan), 0, vec![held]));
}

#[tokio::test]
async fn the_bytes_of_a_set_aside_scan_name_the_held_paper_wherever_it_counts() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (opened, scan, held) = handed_in_first(&fixture).await;
    repository.use_held(&officer(), UseHeld { document: scan, held }).await.unwrap();
    let send = async |component: Option<&str>| {
        let place = DossierPlace { dossier: opened.id, component: component.map(str::to_owned) };
        repository.receive(&officer(), NewDocument { place: Some(place), ..paper() }, "một".into()).await
    };
    for component in [Some("to-khai"), None] {
        let refused = send(component).await.unwrap_err();
        assert!(refused.to_string().contains(&scan.to_string()), "{component:?}: {refused:?}");
    }
    assert_eq!(named(&fixture, &opened).await, (Some(held), 1, vec![held]), "still in the store");
    let refused = send(Some("khai-sinh")).await;
    assert!(matches!(refused, Err(Error::AlreadyHeld { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_held_paper_is_not_destroyed_before_its_other_scans() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let held = held(&fixture).await;
    let scan = scanned(&fixture, "một", None, &[OWNER, ("number", "12/2024")], 95.0).await;
    repository.use_held(&officer(), UseHeld { document: scan, held }).await.unwrap();
    repository.rule(&officer(), held, Ruling::Cancel, "Lưu nhầm").await.unwrap();
    let ground = DisposalGround::RetentionEnded;
    let wish = || NewDisposal { decision_no: "5/QĐ".into(), ground, reason: "Hết thời hạn".into() };
    let propose = async |id| repository.propose_disposal(&officer(), id, wish()).await;
    let termless = propose(scan).await;
    assert!(matches!(termless, Err(Error::MustStay { .. })), "{termless:?}");
    let over = Some("2020-01-01".parse().unwrap());
    repository.retain(&officer(), held, RetentionCode::Other, over).await.unwrap();
    let refused = propose(held).await.unwrap_err();
    assert!(refused.to_string().contains(&scan.to_string()), "{refused}");
    let hold = repository.hold(&leader(), held, "Lệnh của tòa").await.unwrap();
    let refused = propose(scan).await;
    assert!(matches!(refused, Err(Error::MustStay { .. })), "{refused:?}");
    repository.lift_hold(&leader(), hold.id, "Tòa đã xử").await.unwrap();
    for id in [scan, held] {
        let disposal = propose(id).await.unwrap();
        repository.decide_disposal(&leader(), disposal.id, Verdict::Approve).await.unwrap();
    }
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
