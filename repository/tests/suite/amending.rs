//! After filing: corrections keep what stood before, rulings take a paper out of use without losing its trace.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{Error, Repository};

async fn filed(fixture: &Fixture, bytes: &'static str) -> Document {
    let id = fixture.read(bytes).await.id;
    fixture.repository.confirm(&officer(), id, confirmation()).await.unwrap().document
}

fn correction(version: u32) -> Correction {
    let record = confirmation_of("13/2024");
    Correction { record, version, reason: "Nhập sai số".into() }
}

async fn found(repository: &Repository, key: &str) -> Vec<DocumentId> {
    let found = repository.documents_by_key(&officer(), key, 10).await.unwrap();
    found.into_iter().map(|document| document.id).collect()
}

fn steps(history: &History) -> Vec<DocumentStep> {
    history.events.iter().map(|event| event.step).collect()
}

#[tokio::test]
async fn the_steps_of_filing_stand_in_the_order_of_the_law() {
    let fixture = Fixture::new().await;
    let document = filed(&fixture, "bản quét").await;
    let history = fixture.repository.history(&officer(), document.id).await.unwrap();
    use DocumentStep::*;
    assert_eq!(steps(&history), [Receive, Mark, Extract, Confirm, Code, Store]);
    let accounts = history.events.iter().map(|event| event.account.as_str()).collect::<Vec<_>>();
    assert_eq!(accounts, ["can.bo.thu", "can.bo.thu", "motlan", "can.bo.thu", "can.bo.thu", "can.bo.thu"]);
    assert_eq!(history.versions, vec![]);
    assert_eq!(document.origin.marked.map(|mark| mark.by), Some("can.bo.thu".to_owned()));
}

#[tokio::test]
async fn a_correction_makes_a_version_and_keeps_the_one_before() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let before = filed(&fixture, "bản quét").await;
    let after = repository.correct(&officer(), before.id, correction(1)).await.unwrap().document;
    assert_eq!((after.version, after.number.as_deref()), (2, Some("13/2024")));
    assert_eq!(
        (&after.code, after.confirmed_at, after.trust_level),
        (&before.code, before.confirmed_at, before.trust_level)
    );
    assert_eq!(found(repository, "13/2024").await, [before.id]);
    let number_before = before.number.expect("it has a number");
    assert_eq!(found(repository, &number_before).await, []);
    let history = repository.history(&officer(), before.id).await.unwrap();
    let [version] = &history.versions[..] else { panic!("{:?}", history.versions) };
    assert_eq!((version.version, version.reason.as_str()), (1, "Nhập sai số"));
    assert_eq!(version.replaced_by, "can.bo.thu");
    let number = version.record.fields.iter().find(|field| field.key == "number").unwrap();
    assert_eq!(number.value, number_before);
    assert_eq!(version.record.owners[0].subject.name, "Trần Văn Mẫu");
    let stale = repository.correct(&officer(), before.id, correction(1)).await;
    assert!(matches!(stale, Err(Error::Conflict { .. })), "{stale:?}");
    let unread = fixture.receive("chưa đọc").await.id;
    let refused = repository.correct(&officer(), unread, correction(1)).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let silent = Correction { reason: " ".into(), ..correction(2) };
    let refused = repository.correct(&officer(), before.id, silent).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_revoked_paper_is_traceable_and_offered_to_nobody() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let document = filed(&fixture, "bản quét").await;
    let subject = document.subject.clone().unwrap().id;
    let store = async || {
        let store = repository.store(&officer(), subject).await.unwrap();
        (store.documents.len(), store.former.len())
    };
    assert_eq!(store().await, (1, 0));
    assert!(repository.indexable(document.id).await.unwrap().is_some());
    let rule = async |ruling| repository.rule(&officer(), document.id, ruling, "Theo thông báo").await;
    let before = repository.last_change().await.unwrap();
    let revoked = rule(Ruling::Revoke).await.unwrap().document;
    assert_eq!((revoked.validity, revoked.state), (Validity::Revoked, DocumentState::Stored));
    assert_eq!(store().await, (0, 1));
    assert!(repository.indexable(document.id).await.unwrap().is_none(), "searches leave it out");
    assert_eq!(found(repository, document.code.unwrap().as_str()).await, [document.id], "traceable");
    let kinds = repository.changes_after(before, 10).await.unwrap();
    assert_eq!(kinds.iter().map(|change| change.kind).collect::<Vec<_>>(), [ChangeKind::ValidityChanged]);
    for ruling in [Ruling::Revoke, Ruling::Cancel, Ruling::Archive, Ruling::Supersede { by: document.id }] {
        assert!(matches!(rule(ruling).await, Err(Error::Invalid { .. })), "{ruling:?}");
    }
    assert_eq!(rule(Ruling::Reinstate).await.unwrap().document.validity, Validity::Valid);
    assert_eq!(store().await, (1, 0));
    let log = fixture.entries(document.id).await;
    assert_eq!(log.iter().filter(|(_, action, _)| action == "amend").count(), 2);
}

#[tokio::test]
async fn an_archived_paper_counts_until_it_is_revoked() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let document = filed(&fixture, "bản quét").await;
    let subject = document.subject.clone().unwrap().id;
    let rule = async |ruling| repository.rule(&officer(), document.id, ruling, "Nộp lưu năm 2026").await;
    let store = async || repository.store(&officer(), subject).await.unwrap();
    assert_eq!(rule(Ruling::Archive).await.unwrap().document.validity, Validity::Archived);
    assert_eq!((store().await.documents.len(), store().await.former.len()), (1, 0));
    assert!(repository.indexable(document.id).await.unwrap().is_some());
    assert!(matches!(rule(Ruling::Reinstate).await, Err(Error::Invalid { .. })));
    assert_eq!(rule(Ruling::Revoke).await.unwrap().document.validity, Validity::Revoked);
    assert_eq!((store().await.documents.len(), store().await.former.len()), (0, 1));
    assert!(matches!(rule(Ruling::Archive).await, Err(Error::Invalid { .. })), "it would count again");
}

#[tokio::test]
async fn a_superseded_paper_names_what_took_its_place() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let (old, new) = (filed(&fixture, "cũ").await.id, filed(&fixture, "mới").await.id);
    let stranger = fixture.read("người khác").await.id;
    let subject = SubjectClaim { number: number("010164000002"), birth_date: None, ..claim() };
    repository.confirm(&officer(), stranger, Confirmation { subject, ..confirmation() }).await.unwrap();
    let unread = fixture.receive("chưa đọc").await.id;
    let supersede = async |by| repository.rule(&officer(), old, Ruling::Supersede { by }, "Cấp lại").await;
    for by in [old, stranger, unread] {
        assert!(matches!(supersede(by).await, Err(Error::Invalid { .. })), "{by}");
    }
    let nowhere = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    assert!(matches!(supersede(nowhere).await, Err(Error::NotFound)));
    let view = supersede(new).await.unwrap();
    assert_eq!((view.document.validity, view.document.superseded_by), (Validity::Superseded, Some(new)));
    let history = repository.history(&officer(), old).await.unwrap();
    assert_eq!(history.events.last().and_then(|event| event.other), Some(new));
    assert!(repository.rule(&officer(), new, Ruling::Supersede { by: old }, "vòng").await.is_err());
}

#[tokio::test]
async fn a_paper_expires_by_itself_and_is_still_found() {
    let fixture = Fixture::new().await;
    let id = fixture.read("giấy phép").await.id;
    let mut permit = confirmation();
    permit.fields.push(("valid_until".into(), "2024-03-01".into()));
    let document = fixture.repository.confirm(&officer(), id, permit).await.unwrap().document;
    assert_eq!(document.validity, Validity::Expired);
    let written = fixture.sql().await.texts("select validity from document").await;
    assert_eq!(written, ["valid"], "a day writes nothing");
    assert!(fixture.repository.indexable(id).await.unwrap().is_some());
}

#[tokio::test]
async fn copies_scans_and_secrets_are_kept_out() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let secret = NewDocument { secret: true, ..paper() };
    let refused = repository.receive(&officer(), secret, "mật".into()).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    assert_eq!(fixture.sql().await.number("select count(*) from document").await, 0);
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), vec![], "no byte was kept");

    let opened = repository.open_dossier(&officer(), dossier()).await.unwrap();
    let place = DossierPlace { dossier: opened.id, component: Some("khai-sinh".into()) };
    let new = NewDocument { place: Some(place), ..paper() };
    let id = repository.receive(&officer(), new, "bản sao".into()).await.unwrap().document.id;
    fixture.read_job(&fixture.claim().await).await;
    let of_form = |source_form, compared| {
        let provenance = Provenance { source_form, compared, ..Provenance::default() };
        Confirmation { provenance, ..confirmation() }
    };
    let refused = repository.confirm(&officer(), id, of_form(SourceForm::ScanWithOriginal, false)).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let view =
        repository.confirm(&officer(), id, of_form(SourceForm::CertifiedPaperCopy, true)).await.unwrap();
    assert_eq!(view.document.trust_level, Some(TrustLevel::Compared));
    let store = repository.store(&officer(), opened.subject.id).await.unwrap();
    assert_eq!(store.documents, vec![], "it serves its dossier only");
    let loose = fixture.read("bản sao rời").await.id;
    let refused = repository.confirm(&officer(), loose, of_form(SourceForm::Photocopy, true)).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_the_program_found_by_itself_needs_a_persons_mark() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = repository.receive(&system(), paper(), "thư mục nóng".into()).await.unwrap().document.id;
    fixture.read_job(&fixture.claim().await).await;
    let refused = repository.confirm(&officer(), id, confirmation()).await;
    assert!(
        matches!(&refused, Err(Error::Invalid { message }) if message.contains("ký nhận")),
        "{refused:?}"
    );
    let provenance = Provenance { marked: true, ..Provenance::default() };
    let view =
        repository.confirm(&officer(), id, Confirmation { provenance, ..confirmation() }).await.unwrap();
    assert_eq!(view.document.origin.marked.map(|mark| mark.by), Some("can.bo.thu".to_owned()));
    use DocumentStep::*;
    let history = repository.history(&officer(), id).await.unwrap();
    assert_eq!(steps(&history), [Receive, Extract, Mark, Confirm, Code, Store]);
}
