//! Papers in which a mistake is dear are keyed by two people who do not see each other's values; a third decides where they differ.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

/// A land certificate with this serial number.
fn land(serial: &str) -> Confirmation {
    confirmation_as(DocumentType::LandCertificate, serial)
}

/// By somebody who saw so many keyings.
fn seeing(keyings: u32, wish: Confirmation) -> Confirmation {
    Confirmation { keyings, ..wish }
}

fn third() -> Actor {
    Actor { account: "can.bo.ba".into(), ..officer() }
}

fn value<'a>(view: &'a DocumentView, key: &str) -> &'a str {
    view.fields.iter().find(|field| field.key == key).map_or("", |field| &field.value)
}

async fn steps(fixture: &Fixture, id: DocumentId) -> Vec<(DocumentStep, String)> {
    let history = fixture.repository.history(&officer(), id).await.unwrap();
    let of_people = history.events.into_iter().filter(|event| event.account != "motlan");
    of_people.map(|event| (event.step, event.account)).collect()
}

fn invalid<T: std::fmt::Debug>(result: Result<T, Error>, part: &str) {
    assert!(matches!(&result, Err(Error::Invalid { message }) if message.contains(part)), "{result:?}");
}

#[tokio::test]
async fn two_who_key_the_same_file_the_paper() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    let first = repository.confirm(&officer(), id, land("BM 123456")).await.unwrap();
    assert_eq!(first.document.state, DocumentState::Extracted);
    assert_eq!(first.keyings.iter().map(|mark| mark.by.as_str()).collect::<Vec<_>>(), ["can.bo.thu"]);
    assert!(first.fields.iter().all(|field| field.confirmed_by.is_none()), "nothing of it is a record yet");

    invalid(repository.confirm(&officer(), id, land("BM 123456")).await, "người khác");

    let mut again = stating(land("bm  123456"), &[("holder_name", "TRẦN VĂN MẪU")]);
    (again.title, again.keyings) = ("Sổ đỏ".into(), 1);
    let mut first_again = stating(land("BM 123456"), &[("holder_name", "Trần Văn Mẫu")]);
    first_again.reasons = again.reasons.clone();
    let other = fixture.read("bản quét khác").await.id;
    repository.confirm(&officer(), other, first_again).await.unwrap();
    let filed = repository.confirm(&colleague(), other, again).await.unwrap();
    assert_eq!((filed.document.state, filed.document.title.as_str()), (DocumentState::Stored, "Sổ đỏ"));
    assert_eq!(value(&filed, "holder_name"), "Trần Văn Mẫu", "as the first spelled it");
    assert_eq!(value(&filed, "serial_number"), "BM 123456");
    assert_eq!(filed.document.confirmed_by.as_deref(), Some("can.bo.hai"));
    assert_eq!(filed.keyings, []);
    let steps = steps(&fixture, other).await;
    let keyed =
        [(DocumentStep::Key, "can.bo.thu".to_owned()), (DocumentStep::Confirm, "can.bo.hai".to_owned())];
    assert!(keyed.iter().all(|step| steps.contains(step)), "{steps:?}");
    let sql = fixture.sql().await;
    assert_eq!(sql.number("select count(*) from keying").await, 1, "only the other paper's");
    let entries = fixture.entries(other).await;
    let confirmed = |account: &str| entries.contains(&(account.into(), "confirm".into(), true));
    assert!(confirmed("can.bo.thu") && confirmed("can.bo.hai"), "{entries:?}");
}

#[tokio::test]
async fn a_third_person_decides_where_two_differ() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    repository.confirm(&officer(), id, land("BM 123456")).await.unwrap();
    assert!(
        matches!(repository.keyed(&colleague(), id).await, Err(Error::NotFound)),
        "nothing to decide yet"
    );
    let second = repository.confirm(&colleague(), id, seeing(1, land("BM 123458"))).await.unwrap();
    assert_eq!((second.document.state, second.keyings.len()), (DocumentState::Extracted, 2));

    for one_of_two in [officer(), colleague()] {
        assert!(matches!(repository.keyed(&one_of_two, id).await, Err(Error::Forbidden)));
        let decided = seeing(2, land("BM 123456"));
        invalid(repository.confirm(&one_of_two, id, decided).await, "người khác");
    }
    assert!(matches!(repository.keyed(&leader(), id).await, Err(Error::Forbidden)));
    let [one, other] = repository.keyed(&third(), id).await.unwrap();
    assert_eq!(one.fields_unlike(&other), ["serial_number"]);
    assert_eq!(
        (one.value("serial_number"), other.value("serial_number")),
        (Some("BM 123456"), Some("BM 123458"))
    );

    let unseen = repository.confirm(&third(), id, seeing(1, land("BM 123458"))).await;
    assert!(matches!(unseen, Err(Error::KeyedMeanwhile { .. })), "{unseen:?}");
    let filed = repository.confirm(&third(), id, seeing(2, land("BM 123458"))).await.unwrap();
    assert_eq!((filed.document.state, value(&filed, "serial_number")), (DocumentState::Stored, "BM 123458"));
    assert_eq!(filed.document.confirmed_by.as_deref(), Some("can.bo.ba"));
    assert_eq!(fixture.sql().await.number("select count(*) from keying").await, 0);
    let entries = fixture.entries(id).await;
    assert!(entries.contains(&("can.bo.ba".into(), "view".into(), true)), "{entries:?}");
    assert!(entries.contains(&("lanh.dao.thu".into(), "confirm".into(), false)), "{entries:?}");
}

#[tokio::test]
async fn nobody_is_the_second_who_began_before_the_first_was_done() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    repository.confirm(&officer(), id, land("BM 123456")).await.unwrap();
    // She had opened it before, and saw what the machine proposes.
    let not_blind = repository.confirm(&colleague(), id, land("BM 123456")).await;
    assert!(matches!(not_blind, Err(Error::KeyedMeanwhile { document }) if document == id), "{not_blind:?}");
    let view = repository.document(&colleague(), id).await.unwrap();
    assert_eq!((view.document.state, view.keyings.len()), (DocumentState::Extracted, 1));
    let filed = repository.confirm(&colleague(), id, seeing(1, land("BM 123456"))).await.unwrap();
    assert_eq!(filed.document.state, DocumentState::Stored);
}

/// The values that every paper of the fixture proposes, with a doubt about its number.
fn doubted() -> Proposal {
    let number =
        ProposedField { doubts: vec!["check_digit".into()], ..proposed("serial_number", "BM 123456") };
    Proposal { document_type: DocumentType::LandCertificate, fields: vec![number], ..proposal() }
}

#[tokio::test]
async fn a_doubted_value_asks_the_first_for_a_reason_and_never_the_second() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    fixture.read_again(id, page(1), doubted()).await;
    let land = || Confirmation { pass: Some(2), ..land("BM 123456") };
    let unexplained = repository.confirm(&officer(), id, land()).await;
    assert!(
        matches!(&unexplained, Err(Error::Doubtful { keys, .. }) if keys == &["serial_number"]),
        "{unexplained:?}"
    );
    let reason = ("serial_number".to_owned(), "Giấy ghi như vậy".to_owned());
    let explained = Confirmation { reasons: vec![reason], ..land() };
    repository.confirm(&officer(), id, explained).await.unwrap();
    let filed = repository.confirm(&colleague(), id, seeing(1, land())).await.unwrap();
    let why = |view: &DocumentView| {
        view.fields.iter().find(|field| field.key == "serial_number").unwrap().reason.clone()
    };
    assert_eq!(why(&filed).as_deref(), Some("Giấy ghi như vậy"));

    // The doubt came with a reading after the first keying: nobody can be asked any more, and two agree.
    let id = fixture.read("bản khác").await.id;
    let other = || Confirmation { title: "Sổ khác".into(), ..super::keying::land("BM 123456") };
    let another = || Confirmation {
        beside: Some(BesideHeld { relation: BesideRelation::Another, reason: "Giấy khác".into() }),
        ..other()
    };
    repository.confirm(&officer(), id, other()).await.unwrap();
    fixture.read_again(id, page(1), doubted()).await;
    let second = Confirmation { pass: Some(2), keyings: 1, ..another() };
    let filed = repository.confirm(&colleague(), id, second).await.unwrap();
    assert_eq!(why(&filed).as_deref(), Some("Hai người nhập độc lập như nhau"));
}

#[tokio::test]
async fn nobody_corrects_a_land_certificate_alone() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    fixture.file(id, land("BM 123456")).await.unwrap();
    let correction = |keyings, record: Confirmation| Correction {
        record: seeing(keyings, record),
        version: 1,
        reason: "Nhập sai số".into(),
    };
    let kept = repository.correct(&officer(), id, correction(0, land("BM 654321"))).await.unwrap();
    assert_eq!(
        (kept.document.version, value(&kept, "serial_number"), kept.keyings.len()),
        (1, "BM 123456", 1)
    );
    invalid(repository.correct(&officer(), id, correction(1, land("BM 654321"))).await, "người khác");
    let unseen = repository.correct(&colleague(), id, correction(0, land("BM 654321"))).await;
    assert!(matches!(unseen, Err(Error::KeyedMeanwhile { .. })), "{unseen:?}");
    let done = repository.correct(&colleague(), id, correction(1, land("BM 654321"))).await.unwrap();
    assert_eq!(
        (done.document.version, value(&done, "serial_number"), done.keyings.len()),
        (2, "BM 654321", 0)
    );
    let steps = steps(&fixture, id).await;
    let keyed = steps.iter().filter(|(step, _)| *step == DocumentStep::Key).count();
    assert!(keyed == 2 && steps.contains(&(DocumentStep::Correct, "can.bo.hai".into())), "{steps:?}");

    // Nor makes one out of something else, or something else out of one.
    let id = fixture.read("giấy khai sinh").await.id;
    repository.confirm(&officer(), id, confirmation()).await.unwrap();
    let made = repository.correct(&officer(), id, correction(0, land("BM 777777"))).await.unwrap();
    assert_eq!((made.document.document_type, made.keyings.len()), (DocumentType::BirthCertificate, 1));
    let id = fixture.read("sổ đỏ").await.id;
    fixture.file(id, land("BM 888888")).await.unwrap();
    let unmade = repository.correct(&officer(), id, correction(0, confirmation())).await.unwrap();
    assert_eq!((unmade.document.document_type, unmade.keyings.len()), (DocumentType::LandCertificate, 1));
}

#[tokio::test]
async fn what_one_person_keyed_is_sealed_and_told_to_nobody() {
    let fixture = Fixture::new().await;
    let id = fixture.read("bản quét").await.id;
    let keyed = stating(land("BM 123456"), &[("holder_name", "Người Giữ Kín")]);
    let draft = Unfinished { inputs: vec![("field-holder_name".into(), "Người Giữ Kín".into())] };
    fixture.repository.keep_unfinished(&colleague(), id, &draft).await.unwrap();
    fixture.repository.confirm(&officer(), id, keyed).await.unwrap();
    let desk = fixture.repository.take_up(&colleague(), id).await.unwrap();
    assert_eq!(desk.unfinished, None, "it was typed beside what the machine proposes");
    let kept = fixture.sql().await.texts("select keyed from keying").await;
    assert_eq!(kept.len(), 1);
    let opened = hex::decode(&kept[0]).unwrap();
    for words in ["Người Giữ Kín", "BM 123456", "079099000001"] {
        assert!(!opened.windows(words.len()).any(|part| part == words.as_bytes()), "{words}");
    }
    let view = fixture.repository.document(&colleague(), id).await.unwrap();
    assert!(!format!("{view:?}").contains("Người Giữ Kín"));
}

#[tokio::test]
async fn only_types_that_ask_for_it_are_keyed_twice_and_whatever_was_keyed_once_is() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    repository.confirm(&officer(), id, land("BM 123456")).await.unwrap();
    // The second says that it is something else: that is a difference too.
    let view = repository.confirm(&colleague(), id, seeing(1, confirmation())).await.unwrap();
    assert_eq!((view.document.state, view.keyings.len()), (DocumentState::Extracted, 2));
    let id = fixture.read("giấy khai sinh").await.id;
    let view = repository.confirm(&officer(), id, confirmation()).await.unwrap();
    assert_eq!(view.document.state, DocumentState::Stored);
}

#[tokio::test]
async fn what_was_keyed_goes_with_a_paper_that_is_destroyed() {
    let fixture = Fixture::new().await;
    let id = fixture.read("bản quét").await.id;
    fixture.repository.confirm(&officer(), id, land("BM 123456")).await.unwrap();
    fixture.repository.keep_unfinished(&colleague(), id, &Unfinished { inputs: Vec::new() }).await.unwrap();
    fixture.destroy(id).await;
    let sql = fixture.sql().await;
    assert_eq!(sql.number("select count(*) from keying").await, 0);
    assert_eq!(sql.number("select count(*) from review_desk").await, 0);
}
