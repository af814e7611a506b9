//! Khai thác: an agency asks for one case, and learns and takes what its procedure needs.

use super::fixture::*;
use jiff::Timestamp;
use motlan_repository::record::*;
use motlan_repository::{Clock, Error, Repository};
use std::sync::{Arc, Mutex};

const BASIS: &str = "Điều 15 Nghị định 224/2026/NĐ-CP";

fn wish() -> NewLookUp {
    NewLookUp {
        case: "G07.99-261123-0042".into(),
        procedure: procedure().code,
        basis: BASIS.into(),
        number: claim().number,
    }
}

/// A birth certificate of Trần Văn Mẫu that the officer's agency filed.
async fn filed(fixture: &Fixture) -> DocumentId {
    let id = fixture.read("giấy khai sinh").await.id;
    fixture.repository.confirm(&officer(), id, confirmation()).await.expect("it is filed");
    id
}

fn held(look_up: &LookUp) -> Vec<(&str, DocumentId)> {
    let papers =
        |component: &'_ LookedUp| component.papers.iter().map(|paper| paper.document.id).collect::<Vec<_>>();
    look_up
        .components
        .iter()
        .flat_map(|component| papers(component).into_iter().map(|paper| (component.key.as_str(), paper)))
        .collect()
}

#[tokio::test]
async fn a_look_up_tells_what_the_procedure_needs_and_opens_it_for_the_case() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let paper = filed(&fixture).await;
    assert!(matches!(repository.document(&elsewhere(), paper).await, Err(Error::NotFound)));
    let look_up = repository.look_up(&elsewhere(), wish()).await.unwrap();
    assert_eq!(held(&look_up), [("khai-sinh", paper)]);
    assert_eq!(look_up.subject.as_ref().map(|subject| subject.name.as_str()), Some("Trần Văn Mẫu"));
    assert!(repository.document(&elsewhere(), paper).await.is_ok(), "it may be looked at");
    assert!(repository.original(&elsewhere(), paper).await.is_ok());
    for other in [
        Actor { account: "can.bo.khac".into(), ..elsewhere() },
        Actor { agency: "Sở Khác".into(), ..elsewhere() },
    ] {
        assert!(
            matches!(repository.document(&other, paper).await, Err(Error::NotFound)),
            "{}",
            other.account
        );
        assert!(matches!(repository.look_up_again(&other, look_up.id).await, Err(Error::NotFound)));
        let taken = repository.take_for_case(&other, look_up.id, "khai-sinh", paper).await;
        assert!(matches!(taken, Err(Error::NotFound)));
    }
    let subject = look_up.subject.clone().unwrap().id;
    assert!(
        matches!(repository.store(&elsewhere(), subject).await, Err(Error::NotFound)),
        "and nothing else"
    );
    let log = repository.subject_access_log(&officer(), subject, 50).await.unwrap();
    let entry = log.iter().find(|entry| entry.action == Action::LookUp).expect("the person reads it");
    assert!(entry.purpose.contains("G07.99-261123-0042"), "{}", entry.purpose);
    assert_eq!(entry.basis.as_deref(), Some(BASIS));
}

#[tokio::test]
async fn who_has_nothing_is_answered_as_who_is_not_known() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    // Known by a dossier, without a paper that counts.
    repository.open_dossier(&officer(), dossier()).await.unwrap();
    let known = repository.look_up(&elsewhere(), wish()).await.unwrap();
    let unknown = NewLookUp { number: number("079099000009"), ..wish() };
    let unknown = repository.look_up(&elsewhere(), unknown).await.unwrap();
    assert_eq!(known.subject, None);
    assert_eq!((known.subject, known.components), (unknown.subject, unknown.components));
}

#[tokio::test]
async fn without_case_basis_or_procedure_there_is_no_answer() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    filed(&fixture).await;
    let own = repository.open_dossier(&elsewhere(), dossier()).await.unwrap();
    let stranger = number("079099000009");
    let wishes = [
        ("mã hồ sơ", NewLookUp { case: " ".into(), ..wish() }),
        ("căn cứ pháp lý", NewLookUp { basis: "luật".into(), ..wish() }),
        ("Thủ tục", NewLookUp { procedure: "9.999999".parse().unwrap(), ..wish() }),
        ("chủ hồ sơ", NewLookUp { case: own.code.to_string(), number: stranger, ..wish() }),
    ];
    for (said, wish) in wishes {
        let refused = repository.look_up(&elsewhere(), wish).await.unwrap_err().to_string();
        assert!(refused.contains(said), "{said}: {refused}");
    }
    for role in [Role::Archivist, Role::Auditor, Role::Administrator, Role::Citizen] {
        let actor = Actor { role, ..elsewhere() };
        assert!(matches!(repository.look_up(&actor, wish()).await, Err(Error::Forbidden)), "{role:?}");
    }
    assert_eq!(repository.look_ups(&elsewhere()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn taking_a_paper_is_noted_as_reuse() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let paper = filed(&fixture).await;
    let look_up = repository.look_up(&elsewhere(), wish()).await.unwrap();
    assert!(look_up.taken().is_empty());
    for _ in 0..2 {
        let taken = repository.take_for_case(&elsewhere(), look_up.id, "khai-sinh", paper).await.unwrap();
        assert_eq!(taken.taken().iter().map(|paper| paper.id).collect::<Vec<_>>(), [paper]);
    }
    let elsewhere_in_it = repository.take_for_case(&elsewhere(), look_up.id, "to-khai", paper).await;
    assert!(matches!(elsewhere_in_it, Err(Error::NotFound)));
    // The case is a dossier here: its component is filled.
    let own = repository.open_dossier(&elsewhere(), dossier()).await.unwrap();
    let wish = NewLookUp { case: own.code.to_string(), ..wish() };
    let look_up = repository.look_up(&elsewhere(), wish).await.unwrap();
    repository.take_for_case(&elsewhere(), look_up.id, "khai-sinh", paper).await.unwrap();
    let own = repository.dossier(&elsewhere(), own.id).await.unwrap();
    let component = own.components.iter().find(|component| component.key == "khai-sinh").unwrap();
    assert_eq!(component.document, Some(paper));
    assert!(component.digitization.reuse_code() > 0);
}

#[tokio::test]
async fn a_look_up_ends_and_so_does_the_day() {
    let fixture = Fixture::new().await;
    let paper = filed(&fixture).await;
    let hands = Arc::new(Mutex::new("2026-11-23T01:00:00Z".parse::<Timestamp>().unwrap()));
    let clock = {
        let hands = hands.clone();
        Clock::new(move || *hands.lock().unwrap())
    };
    let quota = LookUpQuota { person: 2, program: 3 };
    let repository: Repository = fixture.repository.clone().with_clock(clock).with_look_up_quota(quota);
    let look_up = repository.look_up(&elsewhere(), wish()).await.unwrap();
    let withdrawn =
        repository.look_up(&elsewhere(), NewLookUp { number: number("079099000009"), ..wish() }).await;
    assert!(withdrawn.is_ok(), "who is not known counts too");
    assert_eq!(repository.look_ups_left(&elsewhere()).await.unwrap(), 0);
    let refused = repository.look_up(&elsewhere(), wish()).await;
    let Err(Error::QuotaReached { quota: 2, retry_after_s }) = refused else { panic!("{refused:?}") };
    assert_eq!(retry_after_s, 16 * 3600, "until midnight in Việt Nam");
    let program = Actor { role: Role::Service, account: "he.thong.so".into(), ..elsewhere() };
    for _ in 0..3 {
        repository.look_up(&program, wish()).await.unwrap();
    }
    assert!(matches!(repository.look_up(&program, wish()).await, Err(Error::QuotaReached { .. })));
    *hands.lock().unwrap() += LOOK_UP_TIME - jiff::SignedDuration::from_secs(1);
    assert!(repository.document(&elsewhere(), paper).await.is_ok());
    assert!(repository.look_up(&elsewhere(), wish()).await.is_ok(), "another day");
    *hands.lock().unwrap() += LOOK_UP_TIME;
    assert!(matches!(repository.look_up_again(&elsewhere(), look_up.id).await, Err(Error::NotFound)));
    assert!(matches!(repository.document(&elsewhere(), paper).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn what_is_withdrawn_meanwhile_is_told_no_more() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let paper = filed(&fixture).await;
    let look_up = repository.look_up(&elsewhere(), wish()).await.unwrap();
    repository.rule(&officer(), paper, Ruling::Revoke, "Cấp sai").await.unwrap();
    let again = repository.look_up_again(&elsewhere(), look_up.id).await.unwrap();
    assert_eq!((held(&again), &again.subject), (Vec::new(), &None));
    let taken = repository.take_for_case(&elsewhere(), look_up.id, "khai-sinh", paper).await;
    assert!(matches!(taken, Err(Error::NotFound)), "{taken:?}");
}
