//! Using held papers again, and the ten cases by which the European once-only system is tested, in our words.
//!
//! | theirs | ours |
//! |---|---|
//! | one match | `one_held_paper_is_taken_over` |
//! | no match | `what_is_not_held_cannot_be_taken_over` |
//! | several pieces of evidence | `of_several_the_officer_chooses` |
//! | several providers | `papers_of_two_agencies_and_joint_papers_count` |
//! | preview refused by the person | `a_refusal_leaves_no_copy_and_stands_in_the_log` |
//! | preview accepted | `what_was_previewed_may_be_taken_over` |
//! | error of the provider | `a_paper_whose_bytes_are_damaged_is_not_relied_on` |
//! | time-out | `what_was_broken_off_left_nothing_and_may_be_repeated` |
//! | authentication has run out | `without_a_purpose_nothing_is_taken_over` |
//! | identity does not match | `once_only::a_name_or_day_of_someone_else_is_told_nothing` |

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};
use std::time::Duration;

/// A dossier whose first component asks for a birth certificate or a marriage certificate.
async fn opened(fixture: &Fixture) -> Dossier {
    let mut asking = procedure();
    asking.components[0].document_types.push(DocumentType::MarriageCertificate);
    fixture.repository.put_procedures(&system(), &[asking]).await.expect("the procedure is put");
    fixture.repository.open_dossier(&officer(), dossier()).await.expect("the dossier opens")
}

async fn filed(fixture: &Fixture, bytes: &'static str, number: &str, agency: &str) -> Document {
    let document = fixture.read(bytes).await;
    let confirmation = stating(confirmation_of(number), &[("agency", agency)]);
    let filed = fixture.repository.confirm(&officer(), document.id, confirmation).await;
    filed.expect("the paper is filed").document
}

fn reuse(dossier: &Dossier, document: DocumentId) -> Reuse {
    Reuse { dossier: dossier.id, component: "khai-sinh".into(), document }
}

fn refusal(dossier: &Dossier, asked_by: RefusedBy, reason: &str) -> ReuseRefusal {
    ReuseRefusal { dossier: dossier.id, component: "khai-sinh".into(), asked_by, reason: reason.into() }
}

/// What stands in the component: the paper, the two codes of the national portal and the code of the paper.
fn standing(dossier: &Dossier) -> (Option<DocumentId>, u8, u8, Option<String>) {
    let component = &dossier.components[0];
    let code = component.replacement_code.as_ref().map(|code| code.as_str().to_owned());
    let digitization = component.digitization;
    (component.document, digitization.status_code(), digitization.reuse_code(), code)
}

async fn held(fixture: &Fixture, dossier: &Dossier) -> Vec<DocumentId> {
    let answer = fixture.repository.dossier_requirements(&officer(), dossier.id).await.expect("an answer");
    let held = answer.components.into_iter().filter(|one| one.status == RequirementStatus::Held);
    held.flat_map(|one| one.candidates).map(|paper| paper.id).collect()
}

async fn again(fixture: &Fixture, dossier: &Dossier) -> Dossier {
    fixture.repository.dossier(&officer(), dossier.id).await.expect("the dossier is there")
}

async fn upload(fixture: &Fixture, dossier: &Dossier, bytes: &'static str) -> Result<Received, Error> {
    let place = DossierPlace { dossier: dossier.id, component: Some("khai-sinh".into()) };
    fixture.repository.receive(&officer(), NewDocument { place: Some(place), ..paper() }, bytes.into()).await
}

#[tokio::test]
async fn one_held_paper_is_taken_over() {
    let fixture = Fixture::new().await;
    let paper = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let dossier = opened(&fixture).await;
    assert_eq!(standing(&dossier), (None, 0, 0, None));
    let changed = fixture.repository.take_over(&officer(), &reuse(&dossier, paper.id)).await.unwrap();
    let code = paper.code.map(String::from);
    assert_eq!(standing(&changed), (Some(paper.id), 2, 1, code));
    let repeated = fixture.repository.take_over(&officer(), &reuse(&dossier, paper.id)).await.unwrap();
    assert_eq!(repeated, changed, "the same again changes nothing");
    let store = fixture.repository.store(&officer(), dossier.subject.id).await.unwrap();
    assert_eq!(store.documents.len(), 1, "a paper that serves a dossier too stays in the store");
}

#[tokio::test]
async fn the_outcome_of_another_dossier_is_told_from_a_component() {
    let fixture = Fixture::new().await;
    let first = opened(&fixture).await;
    let place = DossierPlace { dossier: first.id, component: None };
    let new = NewDocument { place: Some(place), ..paper() };
    let id = fixture.repository.receive(&officer(), new, "kết quả".into()).await.unwrap().document.id;
    fixture.read_job(&fixture.claim().await).await;
    let provenance = Provenance { for_agency: true, ..Provenance::default() };
    let confirmation = Confirmation { provenance, ..confirmation() };
    fixture.repository.confirm(&officer(), id, confirmation).await.unwrap();
    let second = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let changed = fixture.repository.take_over(&officer(), &reuse(&second, id)).await.unwrap();
    let (_, status, reused, _) = standing(&changed);
    assert_eq!((status, reused), (3, 2));
}

#[tokio::test]
async fn what_is_handed_in_for_the_dossier_is_digitized_once_it_is_confirmed() {
    let fixture = Fixture::new().await;
    let dossier = opened(&fixture).await;
    let id = upload(&fixture, &dossier, "1").await.unwrap().document.id;
    assert_eq!(standing(&again(&fixture, &dossier).await), (Some(id), 0, 0, None));
    fixture.read_job(&fixture.claim().await).await;
    fixture.repository.confirm(&officer(), id, confirmation()).await.unwrap();
    assert_eq!(standing(&again(&fixture, &dossier).await), (Some(id), 1, 0, None));
}

#[tokio::test]
async fn what_is_not_held_cannot_be_taken_over() {
    let fixture = Fixture::new().await;
    let dossier = opened(&fixture).await;
    assert_eq!(held(&fixture, &dossier).await, []);
    let waiting = fixture.read("chưa xác nhận").await;
    let refused = fixture.repository.take_over(&officer(), &reuse(&dossier, waiting.id)).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let nobody = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    let refused = fixture.repository.take_over(&officer(), &reuse(&dossier, nobody)).await;
    assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
    assert_eq!(again(&fixture, &dossier).await, dossier);
}

#[tokio::test]
async fn of_several_the_officer_chooses() {
    let fixture = Fixture::new().await;
    let older = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let newer = filed(&fixture, "2", "2/KS", "UBND phường Mẫu").await;
    let dossier = opened(&fixture).await;
    assert_eq!(held(&fixture, &dossier).await, [newer.id, older.id]);
    let changed = fixture.repository.take_over(&officer(), &reuse(&dossier, older.id)).await.unwrap();
    assert_eq!(changed.components[0].document, Some(older.id));
    let other = fixture.repository.take_over(&officer(), &reuse(&dossier, newer.id)).await;
    assert!(matches!(other, Err(Error::Invalid { .. })), "the place is taken: {other:?}");
}

#[tokio::test]
async fn papers_of_two_agencies_and_joint_papers_count() {
    let fixture = Fixture::new().await;
    let first = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let second = filed(&fixture, "2", "2/KS", "UBND xã Thử").await;
    let joint = fixture.read("3").await;
    let wife = SubjectClaim { number: number("079199000002"), birth_date: None, ..claim() };
    let confirmation = Confirmation {
        subject: SubjectClaim { name: "Lê Thị Mẫu".into(), ..wife },
        co_owners: vec![OwnerClaim { subject: claim(), role: OwnerRole::Husband }],
        ..confirmation_as(DocumentType::MarriageCertificate, "3/KH")
    };
    fixture.repository.confirm(&officer(), joint.id, confirmation).await.unwrap();
    let dossier = opened(&fixture).await;
    let mut found = held(&fixture, &dossier).await;
    found.sort();
    assert_eq!(found, [first.id, second.id, joint.id]);
}

#[tokio::test]
async fn a_refusal_leaves_no_copy_and_stands_in_the_log() {
    let fixture = Fixture::new().await;
    let paper = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let dossier = opened(&fixture).await;
    fixture.repository.take_over(&officer(), &reuse(&dossier, paper.id)).await.unwrap();
    let before = fixture.entries(paper.id).await.len();
    let wish = refusal(&dossier, RefusedBy::Subject, "Không đồng ý dùng giấy này");
    fixture.repository.refuse_reuse(&officer(), &wish).await.unwrap();
    assert_eq!(standing(&again(&fixture, &dossier).await), (None, 0, 0, None));
    let traces = format!("select count(*) from component where document_id = '{}'", paper.id);
    assert_eq!(fixture.sql().await.number(&traces).await, 0);
    assert_eq!(fixture.entries(paper.id).await.len(), before + 1);
    let kept = "select asked_by || ' ' || account || ' ' || reason from reuse_refusal";
    assert_eq!(fixture.sql().await.texts(kept).await, ["subject can.bo.thu Không đồng ý dùng giấy này"]);
}

#[tokio::test]
async fn what_was_previewed_may_be_taken_over() {
    let fixture = Fixture::new().await;
    let paper = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let dossier = opened(&fixture).await;
    let [previewed] = held(&fixture, &dossier).await[..] else { panic!("one is held") };
    assert!(fixture.repository.page_image(&officer(), previewed, 1).await.is_ok());
    let changed = fixture.repository.take_over(&officer(), &reuse(&dossier, previewed)).await.unwrap();
    assert_eq!(changed.components[0].document, Some(paper.id));
}

#[tokio::test]
async fn a_paper_whose_bytes_are_damaged_is_not_relied_on() {
    let fixture = Fixture::new().await;
    let (paper, object) = fixture.receive_object("1").await;
    fixture.read_job(&fixture.claim().await).await;
    fixture.repository.confirm(&officer(), paper.id, confirmation()).await.unwrap();
    let dossier = opened(&fixture).await;
    fixture.overwrite(&object, "khác").await;
    let refused = fixture.repository.take_over(&officer(), &reuse(&dossier, paper.id)).await;
    assert!(matches!(refused, Err(Error::BytesDamaged { .. })), "{refused:?}");
    assert_eq!(again(&fixture, &dossier).await, dossier);
}

#[tokio::test]
async fn what_was_broken_off_left_nothing_and_may_be_repeated() {
    let fixture = Fixture::new().await;
    let paper = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let dossier = opened(&fixture).await;
    let wish = reuse(&dossier, paper.id);
    let broken = tokio::time::timeout(Duration::ZERO, fixture.repository.take_over(&officer(), &wish)).await;
    assert!(broken.is_err(), "it takes longer than no time");
    assert_eq!(again(&fixture, &dossier).await, dossier);
    let repeated = fixture.repository.take_over(&officer(), &wish).await.unwrap();
    assert_eq!(repeated.components[0].document, Some(paper.id));
}

#[tokio::test]
async fn without_a_purpose_nothing_is_taken_over() {
    let fixture = Fixture::new().await;
    let paper = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let dossier = opened(&fixture).await;
    let nobody = Actor { purpose: " ".into(), ..officer() };
    let refused = fixture.repository.take_over(&nobody, &reuse(&dossier, paper.id)).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    let refused = fixture.repository.dossier_requirements(&nobody, dossier.id).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    assert_eq!(again(&fixture, &dossier).await, dossier);
}

#[tokio::test]
async fn handing_in_what_is_held_needs_a_written_reason() {
    let fixture = Fixture::new().await;
    let paper = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let dossier = opened(&fixture).await;
    let before = (fixture.stored().await, fixture.repository.last_change().await.unwrap());
    for bytes in ["bản quét khác", "1"] {
        let refused = upload(&fixture, &dossier, bytes).await;
        let Err(Error::AlreadyHeld { document, message }) = refused else { panic!("{refused:?}") };
        assert_eq!(document, paper.id);
        assert!(message.contains("ghi lý do"), "{message}");
    }
    assert_eq!(again(&fixture, &dossier).await, dossier);
    let after = (fixture.stored().await, fixture.repository.last_change().await.unwrap());
    assert_eq!(after, before, "no byte is kept");
    let place = DossierPlace { dossier: dossier.id, component: Some("khai-sinh".into()) };
    let backlog = NewDocument { place: Some(place), priority: Priority::Import, ..super::fixture::paper() };
    let asks_nobody = fixture.repository.receive(&officer(), backlog, "cũ".into()).await;
    assert!(asks_nobody.is_ok(), "{asks_nobody:?}");
    let scanned_anew = upload(&fixture, &dossier, "rõ hơn").await.unwrap();
    assert_eq!(again(&fixture, &dossier).await.components[0].document, Some(scanned_anew.document.id));
}

#[tokio::test]
async fn with_a_written_reason_another_paper_is_handed_in() {
    let fixture = Fixture::new().await;
    let paper = filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let dossier = opened(&fixture).await;
    fixture.repository.take_over(&officer(), &reuse(&dossier, paper.id)).await.unwrap();
    let over = upload(&fixture, &dossier, "bản quét khác").await;
    assert!(matches!(over, Err(Error::AlreadyHeld { .. })), "over what was taken over: {over:?}");
    let spoken = refusal(&dossier, RefusedBy::Officer, "Bản trong kho mờ dấu");
    fixture.repository.refuse_reuse(&officer(), &spoken).await.unwrap();
    let received = upload(&fixture, &dossier, "bản quét khác").await.unwrap();
    let view = fixture.repository.dossier_view(&officer(), dossier.id).await.unwrap();
    assert_eq!(view.dossier.components[0].document, Some(received.document.id));
    let [kept] = &*view.refusals else { panic!("{:?}", view.refusals) };
    assert_eq!((kept.document, kept.reason.as_str()), (paper.id, "Bản trong kho mờ dấu"));
    assert_eq!(view.held.unwrap().components[0].status, RequirementStatus::Held);
}

#[tokio::test]
async fn not_using_a_held_paper_needs_a_written_reason() {
    let fixture = Fixture::new().await;
    let dossier = opened(&fixture).await;
    let spoken = refusal(&dossier, RefusedBy::Officer, "Bản trong kho mờ dấu");
    let refused = fixture.repository.refuse_reuse(&officer(), &spoken).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "nothing is held: {refused:?}");
    filed(&fixture, "1", "1/KS", "UBND phường Mẫu").await;
    let silent = refusal(&dossier, RefusedBy::Officer, "  ");
    let refused = fixture.repository.refuse_reuse(&officer(), &silent).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    fixture.repository.refuse_reuse(&officer(), &spoken).await.unwrap();
    let kept = "select asked_by || ' ' || reason from reuse_refusal";
    assert_eq!(fixture.sql().await.texts(kept).await, ["officer Bản trong kho mờ dấu"]);
}
