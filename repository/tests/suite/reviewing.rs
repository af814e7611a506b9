//! Officers at the review: whose paper comes next, who has it in front of them, and what they typed so far.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};

fn typed(name: &str) -> Unfinished {
    Unfinished { inputs: vec![("field-full_name".into(), name.into()), ("pass".into(), "1".into())] }
}

#[tokio::test]
async fn what_was_typed_is_kept_for_who_typed_it_until_the_paper_is_filed() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    assert_eq!(repository.take_up(&officer(), id).await.unwrap(), Desk::default());
    let first = repository.keep_unfinished(&officer(), id, &typed("Trần Văn")).await.unwrap();
    let later = repository.keep_unfinished(&officer(), id, &typed("Trần Văn Mẫu")).await.unwrap();
    assert!(later > first);
    // Its program was killed, and the browser with it.
    let fixture = fixture.killed().await;
    let repository = &fixture.repository;
    let desk = repository.take_up(&officer(), id).await.unwrap();
    assert_eq!(desk.unfinished, Some((later, typed("Trần Văn Mẫu"))));
    assert_eq!(repository.take_up(&colleague(), id).await.unwrap().unfinished, None);
    let kept = fixture.entries(id).await.into_iter().filter(|(_, action, _)| action == "confirm");
    assert_eq!(kept.count(), 1, "the log tells of it once");

    repository.confirm(&officer(), id, confirmation()).await.unwrap();
    assert_eq!(fixture.sql().await.number("select count(*) from review_desk").await, 0);
    let late = repository.keep_unfinished(&officer(), id, &typed("muộn")).await;
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    assert!(matches!(repository.take_up(&officer(), id).await, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn what_was_typed_is_sealed_and_bounded_and_can_be_thrown_away() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    repository.keep_unfinished(&officer(), id, &typed("Người Giữ Kín")).await.unwrap();
    let kept = fixture.sql().await.texts("select unfinished from review_desk").await;
    let opened = hex::decode(&kept[0]).unwrap();
    assert!(!opened.windows(6).any(|part| part == "Người".as_bytes().get(..6).unwrap()));
    let endless = repository.keep_unfinished(&officer(), id, &typed(&"x".repeat(300 << 10))).await;
    assert!(matches!(&endless, Err(Error::Invalid { message }) if message.contains("256 kB")), "{endless:?}");
    for may_not in [leader(), auditor(), administrator(), system()] {
        let refused = repository.keep_unfinished(&may_not, id, &typed("x")).await;
        assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    }
    repository.drop_unfinished(&officer(), id).await.unwrap();
    assert_eq!(repository.take_up(&officer(), id).await.unwrap().unfinished, None);
}

#[tokio::test]
async fn desks_are_cleared_of_what_nobody_has_touched_for_a_month() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let [typed_of, looked_at, now] =
        [fixture.read("một").await.id, fixture.read("hai").await.id, fixture.read("ba").await.id];
    repository.keep_unfinished(&officer(), typed_of, &typed("cũ")).await.unwrap();
    repository.take_up(&officer(), looked_at).await.unwrap();
    let sql = fixture.sql().await;
    sql.execute("update review_desk set saved_at = 1 where saved_at is not null").await;
    sql.execute("update review_desk set held_until = 1").await;
    repository.keep_unfinished(&officer(), now, &typed("mới")).await.unwrap();
    assert_eq!(sql.texts("select document_id from review_desk").await, [now.to_string()]);
}

#[tokio::test]
async fn two_officers_are_not_given_the_same_paper() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let first = fixture.read("một").await.id;
    let second = fixture.read("hai").await.id;
    assert_eq!(repository.next_to_review(&officer()).await.unwrap(), Some(first));
    repository.take_up(&officer(), first).await.unwrap();
    assert_eq!(repository.next_to_review(&officer()).await.unwrap(), Some(first), "it is still hers");
    assert_eq!(repository.next_to_review(&colleague()).await.unwrap(), Some(second));
    let desk = repository.take_up(&colleague(), first).await.unwrap();
    assert_eq!(desk.others.iter().map(|holder| holder.name.as_str()).collect::<Vec<_>>(), ["Nguyễn Thị Thử"]);
    // Whoever only looks has nothing on a desk.
    assert_eq!(repository.take_up(&leader(), second).await.unwrap(), Desk::default());
    // She went home.
    fixture.sql().await.execute("update review_desk set held_until = 0").await;
    assert_eq!(repository.next_to_review(&colleague()).await.unwrap(), Some(first));
    assert!(matches!(repository.next_to_review(&leader()).await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn nobody_is_given_a_paper_that_they_keyed() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("sổ đỏ").await.id;
    let keyed = confirmation_as(DocumentType::LandCertificate, "BM 123456");
    repository.confirm(&officer(), id, keyed).await.unwrap();
    assert_eq!(repository.next_to_review(&officer()).await.unwrap(), None);
    assert_eq!(repository.next_to_review(&colleague()).await.unwrap(), Some(id));
    let turn = async |actor: Actor| repository.review_queue(&actor, 10).await.unwrap().items[0].turn;
    assert_eq!((turn(officer()).await, turn(colleague()).await), (KeyingTurn::OfOthers, KeyingTurn::Second));
}

#[tokio::test]
async fn papers_of_the_dossier_that_is_due_first_come_first() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let loose = fixture.read("không thuộc hồ sơ").await.id;
    let mut papers = Vec::new();
    for bytes in ["muộn", "sớm"] {
        let opened = repository.open_dossier(&officer(), dossier()).await.unwrap();
        let place = DossierPlace { dossier: opened.id, component: Some("khai-sinh".into()) };
        let new = NewDocument { place: Some(place), ..paper() };
        let received = repository.receive(&officer(), new, bytes.into()).await.unwrap();
        fixture.read_job(&fixture.claim().await).await;
        papers.push((received.document.id, opened.code));
    }
    let [(late, late_code), (early, early_code)] = &papers[..] else { panic!("two papers") };
    // Both are due on days to come, in the other order than they were opened.
    for (code, day) in [(early_code, 2_000_000_000_000_000_i64), (late_code, 2_000_086_400_000_000)] {
        let sql = format!("update dossier set next_by = {day} where code = '{code}'");
        fixture.sql().await.execute(&sql).await;
    }
    let queue = repository.review_queue(&officer(), 10).await.unwrap();
    let order: Vec<DocumentId> = queue.items.iter().map(|item| item.document.id).collect();
    assert_eq!((order, queue.waiting), (vec![*early, *late, loose], 3));
    assert_eq!(queue.items[0].dossier.as_ref().map(|(_, code)| code), Some(early_code));
    assert!(queue.items[0].next_by < queue.items[1].next_by);
    assert_eq!((queue.items[2].next_by, queue.items[2].urgency), (None, Urgency::None));
    assert_eq!(repository.next_to_review(&colleague()).await.unwrap(), Some(*early));
    assert_eq!(repository.review_queue(&officer(), 1).await.unwrap().items.len(), 1);
    let entries = fixture.entries(*early).await;
    assert!(entries.contains(&("can.bo.thu".into(), "search".into(), true)), "{entries:?}");
    assert!(matches!(repository.review_queue(&auditor(), 10).await, Err(Error::Forbidden)));
}
