//! Papers in which a mistake is dear are keyed by two people who do not see each other's values; a third decides where they differ.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

/// A land certificate with this serial number.
fn land(serial: &str) -> Confirmation {
    confirmation_as(DocumentType::LandCertificate, serial)
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
    again.title = "Sổ đỏ".into();
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
    let second = repository.confirm(&colleague(), id, land("BM 123458")).await.unwrap();
    assert_eq!((second.document.state, second.keyings.len()), (DocumentState::Extracted, 2));

    for one_of_two in [officer(), colleague()] {
        assert!(matches!(repository.keyed(&one_of_two, id).await, Err(Error::Forbidden)));
        let decided = Confirmation { decides: true, ..land("BM 123456") };
        invalid(repository.confirm(&one_of_two, id, decided).await, "người khác");
    }
    assert!(matches!(repository.keyed(&leader(), id).await, Err(Error::Forbidden)));
    let [one, other] = repository.keyed(&third(), id).await.unwrap();
    assert_eq!(one.fields_unlike(&other), ["serial_number"]);
    assert_eq!(
        (one.value("serial_number"), other.value("serial_number")),
        (Some("BM 123456"), Some("BM 123458"))
    );

    invalid(repository.confirm(&third(), id, land("BM 123458")).await, "khác nhau");
    let decided = Confirmation { decides: true, ..land("BM 123458") };
    let filed = repository.confirm(&third(), id, decided).await.unwrap();
    assert_eq!((filed.document.state, value(&filed, "serial_number")), (DocumentState::Stored, "BM 123458"));
    assert_eq!(filed.document.confirmed_by.as_deref(), Some("can.bo.ba"));
    assert_eq!(fixture.sql().await.number("select count(*) from keying").await, 0);
    let entries = fixture.entries(id).await;
    assert!(entries.contains(&("can.bo.ba".into(), "view".into(), true)), "{entries:?}");
    assert!(entries.contains(&("lanh.dao.thu".into(), "confirm".into(), false)), "{entries:?}");
}

#[tokio::test]
async fn what_one_person_keyed_is_sealed_and_told_to_nobody() {
    let fixture = Fixture::new().await;
    let id = fixture.read("bản quét").await.id;
    let keyed = stating(land("BM 123456"), &[("holder_name", "Người Giữ Kín")]);
    fixture.repository.confirm(&officer(), id, keyed).await.unwrap();
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
    let view = repository.confirm(&colleague(), id, confirmation()).await.unwrap();
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
