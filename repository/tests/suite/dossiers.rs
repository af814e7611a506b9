//! Dossiers and the catalogue of procedures.

use super::fixture::*;
use futures::future::join_all;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error};
use std::collections::BTreeSet;

#[tokio::test]
async fn a_dossier_opens_with_a_code_and_what_the_procedure_asks_for() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    assert_eq!(opened.code.as_str(), "H26.18-260105-0001");
    assert_eq!(
        (opened.procedure_name.as_str(), opened.subject.name.as_str()),
        ("Đăng ký mẫu", "Trần Văn Mẫu")
    );
    let keys = opened.components.iter().map(|component| component.key.as_str()).collect::<Vec<_>>();
    assert_eq!(keys, ["khai-sinh", "can-cuoc", "to-khai"]);
    assert_eq!(fixture.repository.dossier(&officer(), opened.id).await.unwrap(), opened);
    let second = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    assert_eq!(second.code.as_str(), "H26.18-260105-0002");
    assert_eq!(second.subject, opened.subject, "one subject for one number");
    let agency = fixture.another().await.with_agency_code("G09.01".parse().unwrap());
    let third = agency.open_dossier(&officer(), dossier()).await.unwrap();
    assert_eq!(third.code.as_str(), "G09.01-260105-0001", "each agency counts for itself");
    let listed = fixture.repository.dossiers(&officer(), 10).await.unwrap();
    assert_eq!(listed, [third.clone(), second.clone(), opened.clone()]);
    let store = fixture.repository.store(&officer(), opened.subject.id).await.unwrap();
    assert_eq!(store.dossiers, [third, second, opened]);
}

#[tokio::test]
async fn a_code_of_another_system_names_one_dossier() {
    let fixture = Fixture::new().await;
    let given = |code: &str| NewDossier { code: code.parse().ok(), ..dossier() };
    let opened = fixture.repository.open_dossier(&officer(), given("H26.18-260105-0001")).await.unwrap();
    let again = fixture.repository.open_dossier(&officer(), given("H26.18-260105-0001")).await.unwrap();
    assert_eq!(opened, again);
    let mut other = given("H26.18-260105-0001");
    other.subject.number = number("0100233488");
    let refused = fixture.repository.open_dossier(&officer(), other).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "{refused:?}");
    let issued = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    assert_eq!(issued.code.as_str(), "H26.18-260105-0002", "a number that is taken is passed over");
}

#[tokio::test]
async fn a_dossier_needs_a_procedure_in_force_and_a_day_that_has_come() {
    let fixture = Fixture::new().await;
    let check = async |change: &dyn Fn(&mut NewDossier), expected: &str| {
        let mut new = dossier();
        change(&mut new);
        match fixture.repository.open_dossier(&officer(), new).await {
            Err(Error::Invalid { message }) => assert!(message.contains(expected), "{message}"),
            other => panic!("{other:?}"),
        }
    };
    check(&|new| new.procedure = "9.999999".parse().unwrap(), "9.999999").await;
    check(&|new| new.received_on = "2022-12-31".parse().unwrap(), "hiệu lực").await;
    check(&|new| new.received_on = "2099-01-01".parse().unwrap(), "tương lai").await;
    check(&|new| new.subject.birth_date = "1989-01-01".parse().ok(), "năm sinh").await;
    assert_eq!(fixture.repository.dossiers(&officer(), 10).await.unwrap(), vec![]);
    let next = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    assert_eq!(next.code.as_str(), "H26.18-260105-0001", "refused dossiers take no number");
}

#[tokio::test]
async fn a_dossier_follows_the_version_of_its_day() {
    let fixture = Fixture::new().await;
    let mut later = procedure();
    later.valid_from = "2026-01-05".parse().unwrap();
    later.name = "Đăng ký mẫu (mới)".into();
    later.components.truncate(1);
    let mut to_come = procedure();
    to_come.valid_from = "2099-01-01".parse().unwrap();
    fixture.repository.put_procedures(&system(), &[later.clone(), to_come]).await.unwrap();
    fixture.repository.put_procedures(&system(), &[later.clone()]).await.unwrap();
    assert_eq!(fixture.repository.procedures().await.unwrap(), [later.clone()]);
    let names = fixture.repository.procedure_names().await.unwrap();
    assert_eq!(names, [(later.code.clone(), later.name.clone())]);
    let on =
        async |day: &str| fixture.repository.procedure_on(&later.code, day.parse().unwrap()).await.unwrap();
    assert_eq!(on("2026-01-04").await, Some(procedure()));
    assert_eq!(on("2026-01-05").await, Some(later.clone()));
    assert_eq!(on("2022-12-31").await, None);
    let mut earlier = dossier();
    earlier.received_on = "2026-01-04".parse().unwrap();
    assert_eq!(fixture.repository.open_dossier(&officer(), earlier).await.unwrap().components.len(), 3);
    let today = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    assert_eq!((today.components.len(), today.procedure_name.as_str()), (1, "Đăng ký mẫu (mới)"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn codes_of_a_day_have_no_gaps_and_no_duplicates_and_do_not_wrap() {
    let fixture = Fixture::new().await;
    fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    fixture.sql().await.execute("update counter set value = 9980 where name like 'dossier:%'").await;
    let other = fixture.another().await;
    let open = |number: usize| {
        let repository = if number.is_multiple_of(2) { fixture.repository.clone() } else { other.clone() };
        tokio::spawn(async move { repository.open_dossier(&officer(), dossier()).await.unwrap().code })
    };
    let codes = join_all((0..40).map(open)).await.into_iter().map(|code| code.unwrap().to_string());
    let expected = (9981..=10020).map(|sequence| format!("H26.18-260105-{sequence}"));
    assert_eq!(codes.collect::<BTreeSet<_>>(), expected.collect::<BTreeSet<_>>());
}

#[tokio::test]
async fn papers_that_only_served_a_dossier_are_not_promoted() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let file = async |component: Option<&str>, bytes: &'static str, document_type| {
        let place = DossierPlace { dossier: opened.id, component: component.map(str::to_owned) };
        let new = NewDocument { place: Some(place), ..paper() };
        let document = fixture.repository.receive(&officer(), new, bytes.into()).await.unwrap().document;
        fixture.read_job(&fixture.claim().await).await;
        let provenance = Provenance { for_agency: component.is_none(), ..Provenance::default() };
        let confirmation = Confirmation { provenance, ..confirmation_as(document_type, bytes) };
        fixture.repository.confirm(&officer(), document.id, confirmation).await
    };
    let kept = file(Some("khai-sinh"), "1", DocumentType::BirthCertificate).await.unwrap().document.id;
    file(Some("to-khai"), "2", DocumentType::Certificate).await.unwrap();
    let outcome = file(None, "3", DocumentType::Decision).await.unwrap().document.id;
    file(None, "4", DocumentType::Application).await.unwrap();
    match file(Some("can-cuoc"), "5", DocumentType::IdentityCard).await {
        Err(Error::Invalid { message }) => assert!(message.contains("xuất trình"), "{message}"),
        other => panic!("{other:?}"),
    }
    let store = fixture.repository.store(&officer(), opened.subject.id).await.unwrap();
    let ids = store.documents.iter().map(|document| document.id).collect::<Vec<_>>();
    assert_eq!(ids, [outcome, kept]);
}

#[tokio::test]
async fn papers_of_a_dossier_are_those_that_came_with_it_fill_it_or_are_its_outcomes() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let other = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let receive = async |dossier: &Dossier, component: Option<&str>, bytes: &'static str| {
        let place = DossierPlace { dossier: dossier.id, component: component.map(str::to_owned) };
        let new = NewDocument { place: Some(place), ..paper() };
        let id = fixture.repository.receive(&officer(), new, bytes.into()).await.unwrap().document.id;
        fixture.read_job(&fixture.claim().await).await;
        id
    };
    let filling = receive(&opened, Some("khai-sinh"), "1").await;
    fixture.repository.confirm(&officer(), filling, confirmation_of("12/2024")).await.unwrap();
    let outcome = receive(&opened, None, "2").await;
    let reuse = Reuse { dossier: other.id, component: "khai-sinh".into(), document: filling };
    fixture.repository.take_over(&officer(), &reuse).await.unwrap();
    let own = receive(&other, Some("to-khai"), "3").await;
    fixture.receive("4").await;
    let papers = async |dossier: &Dossier| {
        fixture.repository.papers_of_dossier(&officer(), &dossier.code).await.unwrap()
    };
    let looks = fixture.subject_entries(opened.subject.id).await;
    assert_eq!(papers(&opened).await, [filling, outcome]);
    assert_eq!(fixture.subject_entries(opened.subject.id).await, looks + 1);
    assert_eq!(papers(&other).await, [filling, own], "a paper taken over belongs to both");
    let place = DossierPlace { dossier: opened.id, component: Some("khai-sinh".into()) };
    let again = NewDocument { place: Some(place), ..paper() };
    let again = fixture.repository.receive(&officer(), again, "5".into()).await.unwrap().document.id;
    for _ in ["4", "5"] {
        fixture.read_job(&fixture.claim().await).await;
    }
    assert_eq!(papers(&opened).await, [filling, outcome, again]);
    fixture.repository.use_held(&officer(), UseHeld { document: again, held: filling }).await.unwrap();
    assert_eq!(papers(&opened).await, [filling, outcome], "another scan of one of them is no paper more");
    let unknown = "H26.18-260105-0099".parse().unwrap();
    let unknown = fixture.repository.papers_of_dossier(&officer(), &unknown).await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
}

async fn to(
    fixture: &Fixture,
    id: DossierId,
    state: DossierState,
    reason: Option<&str>,
) -> Result<Dossier, Error> {
    let wish = DossierMove { state, reason: reason.map(str::to_owned), in_hand: Vec::new() };
    fixture.repository.move_dossier(&officer(), id, wish).await
}

#[tokio::test]
async fn a_dossier_moves_by_the_table_and_remembers_why() {
    use DossierState::*;
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    assert_eq!((opened.state, opened.supplements_asked), (Accepted, 0));
    let check = async |state, reason, expected: &str| match to(&fixture, opened.id, state, reason).await {
        Err(Error::Invalid { message }) => assert!(message.contains(expected), "{message}"),
        other => panic!("{other:?}"),
    };
    check(Delivered, None, "Bước tiếp theo: «Đang xử lý»").await;
    check(SupplementAsked, None, "lý do").await;
    to(&fixture, opened.id, Processing, None).await.unwrap();
    let asked = to(&fixture, opened.id, SupplementAsked, Some("Thiếu tờ khai")).await.unwrap();
    assert_eq!(asked.followed_by, [Processing, Withdrawn, Stopped], "back to where it was, nowhere else");
    check(Accepted, None, "Bước tiếp theo: «Đang xử lý», «Công dân yêu cầu rút hồ sơ», «Dừng xử lý».").await;
    to(&fixture, opened.id, Processing, None).await.unwrap();
    let twice = to(&fixture, opened.id, SupplementAsked, Some("Thiếu chữ ký")).await.unwrap();
    assert_eq!(twice.supplements_asked, 2, "shown, and nothing is blocked");
    for state in [Processing, Finished, Delivered] {
        to(&fixture, opened.id, state, None).await.unwrap();
    }
    check(Processing, None, "không còn bước nào").await;
    let looks = fixture.subject_entries(opened.subject.id).await;
    let history = fixture.repository.dossier_history(&officer(), opened.id).await.unwrap();
    assert_eq!(fixture.subject_entries(opened.subject.id).await, looks + 1);
    let states = history.iter().map(|event| event.state).collect::<Vec<_>>();
    let expected =
        [Accepted, Processing, SupplementAsked, Processing, SupplementAsked, Processing, Finished, Delivered];
    assert_eq!(states, expected);
    assert_eq!(history[2].reason.as_deref(), Some("Thiếu tờ khai"));
    assert!(history.windows(2).all(|pair| pair[0].state == pair[1].before));
}

/// Keys of components.
fn keys(components: &[&Component]) -> Vec<String> {
    components.iter().map(|component| component.key.clone()).collect()
}

#[tokio::test]
async fn a_dossier_is_accepted_when_nothing_is_missing_or_somebody_says_why() {
    let fixture = Fixture::new().await;
    let without_reason = || NewDossier { reason: Some(" ".into()), ..dossier() };
    let in_hand = |keys: &[&str]| NewDossier {
        in_hand: keys.iter().map(|key| (*key).to_owned()).collect(),
        ..without_reason()
    };
    let open = async |new| fixture.repository.open_dossier(&officer(), new).await;
    let refused = async |new, expected: &[&str], unexpected: &str| match open(new).await {
        Err(Error::Invalid { message }) => {
            assert!(expected.iter().all(|name| message.contains(name)), "{message}");
            assert!(!message.contains(unexpected), "{message}");
        }
        other => panic!("{other:?}"),
    };
    let (birth, form, card) = ("«Giấy tờ khai-sinh»", "«Giấy tờ to-khai»", "can-cuoc");
    refused(without_reason(), &[birth, form, "nợ giấy"], card).await;
    refused(in_hand(&["to-khai"]), &[birth], form).await;
    refused(in_hand(&["to-khai", "la"]), &["không có thành phần"], birth).await;
    assert_eq!(fixture.repository.dossiers(&officer(), 10).await.unwrap(), vec![], "nothing was opened");

    let complete = open(in_hand(&["to-khai", "khai-sinh"])).await.unwrap();
    let first_step = async |id| fixture.repository.dossier_history(&officer(), id).await.unwrap().remove(0);
    let step = first_step(complete.id).await;
    assert_eq!(
        (step.before, step.state, step.reason),
        (DossierState::Submitted, DossierState::Accepted, None)
    );
    let said_in_vain = NewDossier { reason: dossier().reason, ..in_hand(&["to-khai", "khai-sinh"]) };
    let complete = open(said_in_vain).await.unwrap();
    assert_eq!(first_step(complete.id).await.reason, None, "no paper is owed");
    let owing = open(dossier()).await.unwrap();
    assert_eq!(first_step(owing.id).await.reason.as_deref(), Some("Nợ giấy, bổ sung sau"));

    let online = open(NewDossier { state: DossierState::Submitted, ..without_reason() }).await.unwrap();
    assert_eq!(fixture.repository.dossier_history(&officer(), online.id).await.unwrap(), []);
    let accepted = to(&fixture, online.id, DossierState::Accepted, None).await;
    assert!(matches!(accepted, Err(Error::Invalid { .. })), "{accepted:?}");
    to(&fixture, online.id, DossierState::Accepted, Some("Bổ sung trong ngày")).await.unwrap();
    assert_eq!(first_step(online.id).await.reason.as_deref(), Some("Bổ sung trong ngày"));
    let online = open(NewDossier { state: DossierState::Submitted, ..without_reason() }).await.unwrap();
    let in_hand_now = ["to-khai", "khai-sinh"].map(str::to_owned).to_vec();
    let wish = DossierMove { state: DossierState::Accepted, reason: None, in_hand: in_hand_now };
    fixture
        .repository
        .move_dossier(&officer(), online.id, wish)
        .await
        .expect("all of it lies on the counter");
    assert_eq!(first_step(online.id).await.reason, None);

    let paper = fixture.read("giấy đã có").await;
    fixture.repository.confirm(&officer(), paper.id, confirmation()).await.unwrap();
    let with_held = open(in_hand(&["to-khai"])).await.unwrap();
    assert_eq!(with_held.components[0].document, None, "it is held, and need not be ticked first");
}

#[tokio::test]
async fn only_what_must_be_handed_in_is_asked_for() {
    let fixture = Fixture::new().await;
    let paper = fixture.read("giấy đã có").await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let to_hand_in = async || {
        let view = fixture.repository.dossier_view(&officer(), opened.id).await.unwrap();
        keys(&view.to_hand_in())
    };
    assert_eq!(to_hand_in().await, ["khai-sinh", "to-khai"], "what is shown is not handed in");
    fixture.repository.confirm(&officer(), paper.id, confirmation()).await.unwrap();
    assert_eq!(to_hand_in().await, ["to-khai"], "what is held is not asked for");
    let (asked_by, reason) = (RefusedBy::Officer, "Bản trong kho mờ".to_owned());
    let refusal = ReuseRefusal { dossier: opened.id, component: "khai-sinh".into(), asked_by, reason };
    fixture.repository.refuse_reuse(&officer(), &refusal).await.unwrap();
    assert_eq!(to_hand_in().await, ["khai-sinh", "to-khai"]);
    let place = DossierPlace { dossier: opened.id, component: Some("to-khai".into()) };
    let new = NewDocument { place: Some(place), ..super::fixture::paper() };
    fixture.repository.receive(&officer(), new, "tờ khai".into()).await.unwrap();
    assert_eq!(to_hand_in().await, ["khai-sinh"]);
    let shown = opened.components.iter().find(|component| component.key == "can-cuoc").unwrap();
    assert_eq!((shown.submission, shown.is_missing()), (Submission::XuatTrinh, false));
}

#[tokio::test]
async fn a_number_that_is_known_under_another_name_opens_no_dossier() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let entries = fixture.subject_entries(opened.subject.id).await;
    let stated = |name: &str, birth_date: Option<&str>| {
        let birth_date = birth_date.map(|day| day.parse().unwrap());
        NewDossier { subject: SubjectClaim { name: name.into(), birth_date, ..claim() }, ..dossier() }
    };
    for wrong in [stated("Lê Văn Khác", None), stated("Trần Văn Mẫu", Some("1999-04-03"))] {
        match fixture.repository.open_dossier(&officer(), wrong).await {
            Err(Error::SubjectDiffers { message }) => assert!(!message.contains("Mẫu"), "{message}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        fixture.subject_entries(opened.subject.id).await,
        entries + 2,
        "each told that somebody is known"
    );
    for same in [stated("TRAN VAN MAU", None), stated("", Some("1999-03-04"))] {
        let again = fixture.repository.open_dossier(&officer(), same).await.unwrap();
        assert_eq!(again.subject, opened.subject);
    }
    assert_eq!(fixture.repository.dossiers(&officer(), 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn an_original_that_was_given_back_is_that_of_the_paper_which_was_scanned() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let hand_in = async |bytes: &'static str| {
        let place = DossierPlace { dossier: opened.id, component: Some("khai-sinh".into()) };
        let new = NewDocument { place: Some(place), ..paper() };
        fixture.repository.receive(&officer(), new, bytes.into()).await.unwrap().document.id
    };
    let returned_at = async || {
        fixture.repository.dossier(&officer(), opened.id).await.unwrap().components[0].original_returned_at
    };
    let give_back = async || fixture.repository.return_original(&officer(), opened.id, "khai-sinh").await;
    let first = hand_in("bản một").await;
    give_back().await.unwrap();
    let told = returned_at().await;
    assert!(told.is_some());
    assert_eq!(hand_in("bản một").await, first);
    assert_eq!(returned_at().await, told, "the same paper again");
    hand_in("bản hai").await;
    assert_eq!(returned_at().await, None, "another paper, whose original is still there");
    give_back().await.unwrap();

    for _ in 0..2 {
        fixture.read_job(&fixture.claim().await).await;
    }
    fixture.repository.confirm(&officer(), first, confirmation()).await.unwrap();
    let other = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let reuse = Reuse { dossier: other.id, component: "khai-sinh".into(), document: first };
    fixture.repository.take_over(&officer(), &reuse).await.unwrap();
    let reused = fixture.repository.return_original(&officer(), other.id, "khai-sinh").await;
    assert!(matches!(reused, Err(Error::Invalid { .. })), "nobody brought an original: {reused:?}");
}

#[tokio::test]
async fn what_was_registered_online_is_accepted_or_refused() {
    let fixture = Fixture::new().await;
    let online = NewDossier { state: DossierState::Submitted, ..dossier() };
    let opened = fixture.repository.open_dossier(&officer(), online.clone()).await.unwrap();
    assert_eq!((opened.state, opened.state.code()), (DossierState::Submitted, 1));
    let refused = to(&fixture, opened.id, DossierState::Refused, Some("Không thuộc thẩm quyền")).await;
    assert_eq!(refused.unwrap().state, DossierState::Refused);
    let finished = NewDossier { state: DossierState::Finished, ..online };
    let wrong = fixture.repository.open_dossier(&officer(), finished).await;
    assert!(matches!(wrong, Err(Error::Invalid { .. })), "{wrong:?}");
    let log = "select count(*) from access_entry where action = 'process' and allowed = 1";
    assert_eq!(fixture.sql().await.number(log).await, 1);
}

#[tokio::test]
async fn papers_of_a_withdrawn_dossier_leave_the_store() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let place = DossierPlace { dossier: opened.id, component: Some("khai-sinh".into()) };
    let new = NewDocument { place: Some(place), ..paper() };
    let id = fixture.repository.receive(&officer(), new, "bản quét".into()).await.unwrap().document.id;
    fixture.read_job(&fixture.claim().await).await;
    fixture.repository.confirm(&officer(), id, confirmation()).await.unwrap();
    let held =
        async || fixture.repository.store(&officer(), opened.subject.id).await.unwrap().documents.len();
    assert_eq!(held().await, 1);
    to(&fixture, opened.id, DossierState::Withdrawn, Some("Công dân rút hồ sơ")).await.unwrap();
    assert_eq!(held().await, 0);
    assert_eq!(fixture.state(id).await, DocumentState::Stored, "the record itself stays");
    for component in [Some("khai-sinh".to_owned()), None] {
        let new = NewDocument { place: Some(DossierPlace { dossier: opened.id, component }), ..paper() };
        let late = fixture.repository.receive(&officer(), new, "đến muộn".into()).await;
        let Err(Error::Invalid { message }) = late else { panic!("{late:?}") };
        assert!(message.contains("đã kết thúc"), "{message}");
    }
}
