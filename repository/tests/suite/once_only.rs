//! The once-only check: what a procedure asks for against what is held.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Error, QUESTIONS};

/// A procedure whose components show every way of asking.
fn asking() -> Procedure {
    let [component, ..] = &procedure().components[..] else { panic!("the procedure asks for something") };
    let asked = |key: &str, document_types: &[DocumentType]| ProcedureComponent {
        key: key.into(),
        name: format!("Giấy tờ {key}"),
        document_types: document_types.to_vec(),
        ..component.clone()
    };
    Procedure {
        code: "1.000894".parse().expect("a code"),
        components: vec![
            asked("to-khai", &[DocumentType::Application]),
            ProcedureComponent { valid_months: Some(6), ..asked("hon-nhan", &[DocumentType::MaritalStatus]) },
            asked("quan-he", &[DocumentType::BirthCertificate, DocumentType::MarriageCertificate]),
            ProcedureComponent {
                trust_level: Some(TrustLevel::SignedOff),
                ..asked("quyet-dinh", &[DocumentType::Decision])
            },
            ProcedureComponent {
                source_database: Some("CSDL quốc gia về dân cư".into()),
                ..asked("can-cuoc", &[DocumentType::IdentityCard])
            },
            asked("dieu-le", &[DocumentType::Other]),
        ],
        ..procedure()
    }
}

async fn fixture() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.repository.put_procedures(&system(), &[asking()]).await.expect("the procedure is put");
    fixture
}

fn question(on: &str) -> RequirementsQuestion {
    RequirementsQuestion {
        procedure: asking().code,
        subject: claim().number,
        name: None,
        birth_date: None,
        on: Some(on.parse().expect("a day")),
    }
}

/// Files a paper that states this, and else what papers of its type state.
async fn filed(
    fixture: &Fixture,
    bytes: &'static str,
    document_type: DocumentType,
    fields: &[(&str, &str)],
) -> DocumentId {
    let document = fixture.read(bytes).await;
    let confirmation = stating(confirmation_as(document_type, &own_number()), fields);
    fixture.repository.confirm(&officer(), document.id, confirmation).await.expect("the paper is filed");
    document.id
}

async fn asked(fixture: &Fixture, key: &str, on: &str) -> Requirement {
    let answer = fixture.repository.requirements(&officer(), &question(on)).await.expect("an answer");
    answer.components.into_iter().find(|component| component.key == key).expect("the component")
}

/// How a component stands, by which papers, and that the reason says so.
async fn check(
    fixture: &Fixture,
    (key, on): (&str, &str),
    status: RequirementStatus,
    papers: &[DocumentId],
    said: &str,
) {
    let found = asked(fixture, key, on).await;
    let ids = found.candidates.iter().map(|paper| paper.id).collect::<Vec<_>>();
    assert_eq!((found.status, &ids[..]), (status, papers), "{key} on {on}: {}", found.reason);
    assert!(found.reason.contains(said), "{key} on {on}: {}", found.reason);
}

#[tokio::test]
async fn of_an_unknown_number_nothing_is_held() {
    use RequirementStatus::*;
    let fixture = fixture().await;
    let answer = fixture.repository.requirements(&officer(), &question("2026-01-05")).await.unwrap();
    assert_eq!((answer.subject, answer.procedure_name.as_str()), (None, "Đăng ký mẫu"));
    let found = answer.components.iter().map(|component| component.status).collect::<Vec<_>>();
    assert_eq!(found, [NotHeld, NotHeld, NotHeld, NotHeld, InSource, NotHeld]);
    let log = "select count(*) from access_entry where action = 'search' and allowed = 1";
    assert_eq!(fixture.sql().await.number(log).await, 1, "a look that finds nobody is a look");
}

#[tokio::test]
async fn a_paper_counts_until_its_last_day_and_not_a_day_longer() {
    use RequirementStatus::*;
    let fixture = fixture().await;
    let fields = [("number", "7/XN"), ("issued_on", "2025-08-31")];
    let id = filed(&fixture, "1", DocumentType::MaritalStatus, &fields).await;
    check(&fixture, ("hon-nhan", "2026-02-28"), Held, &[id], "không yêu cầu nộp lại").await;
    check(&fixture, ("hon-nhan", "2026-02-28"), Held, &[id], "28/02/2026").await;
    check(&fixture, ("hon-nhan", "2026-03-01"), Expired, &[id], "hết giá trị sau ngày 28/02/2026").await;
    let fields = [("number", "8/XN"), ("issued_on", "2025-08-31"), ("valid_until", "2025-12-31")];
    let shorter = filed(&fixture, "2", DocumentType::MaritalStatus, &fields).await;
    check(&fixture, ("hon-nhan", "2025-12-31"), Held, &[id, shorter], "28/02/2026").await;
    check(&fixture, ("hon-nhan", "2026-01-01"), Held, &[id], "28/02/2026").await;
    check(&fixture, ("hon-nhan", "2026-03-01"), Expired, &[id, shorter], "28/02/2026").await;
}

#[tokio::test]
async fn a_limit_of_months_needs_a_day_of_issue() {
    let fixture = fixture().await;
    let id = fixture.read("1").await.id;
    let mut undated = confirmation_as(DocumentType::MaritalStatus, "7/XN");
    undated.fields.retain(|(key, _)| key != "issued_on");
    fixture.repository.confirm(&officer(), id, explained(undated)).await.unwrap();
    let expired = RequirementStatus::Expired;
    check(&fixture, ("hon-nhan", "2026-01-05"), expired, &[id], "không rõ ngày cấp").await;
}

#[tokio::test]
async fn any_of_several_types_will_do_and_the_best_comes_first() {
    use RequirementStatus::*;
    let fixture = fixture().await;
    let fields = [("number", "1/KS"), ("issued_on", "2024-02-03")];
    let birth = filed(&fixture, "1", DocumentType::BirthCertificate, &fields).await;
    check(&fixture, ("quan-he", "2026-01-05"), Held, &[birth], "số 1/KS cấp ngày 03/02/2024").await;
    let fields = [("number", "2/KH"), ("issued_on", "2025-02-03")];
    let marriage = filed(&fixture, "2", DocumentType::MarriageCertificate, &fields).await;
    check(&fixture, ("quan-he", "2026-01-05"), Held, &[marriage, birth], "2/KH").await;
    let trusted = format!("update document set trust_level = 'source' where id = '{birth}'");
    fixture.sql().await.execute(&trusted).await;
    check(&fixture, ("quan-he", "2026-01-05"), Held, &[birth, marriage], "1/KS").await;
}

#[tokio::test]
async fn a_paper_below_the_needed_trust_does_not_count() {
    use RequirementStatus::*;
    let fixture = fixture().await;
    let id = filed(&fixture, "1", DocumentType::Decision, &[("number", "5/QĐ-UBND")]).await;
    let compared = format!("update document set trust_level = 'compared' where id = '{id}'");
    fixture.sql().await.execute(&compared).await;
    check(&fixture, ("quyet-dinh", "2026-01-05"), BelowTrust, &[id], "2/4 thấp hơn mức cần 3/4").await;
    let trusted = format!("update document set trust_level = 'signed_off' where id = '{id}'");
    fixture.sql().await.execute(&trusted).await;
    check(&fixture, ("quyet-dinh", "2026-01-05"), Held, &[id], "không thời hạn").await;
}

#[tokio::test]
async fn a_paper_that_nobody_confirmed_is_told_as_such() {
    let fixture = fixture().await;
    let awaiting = RequirementStatus::AwaitingConfirmation;
    let new = NewDocument { subject: Some(claim()), ..paper() };
    let id = fixture.repository.receive(&officer(), new, "1".into()).await.unwrap().document.id;
    fixture.read_job(&fixture.claim().await).await;
    check(&fixture, ("quan-he", "2026-01-05"), awaiting, &[id], "xác nhận bản đó").await;
    fixture.repository.confirm(&officer(), id, confirmation()).await.unwrap();
    check(&fixture, ("quan-he", "2026-01-05"), RequirementStatus::Held, &[id], "Đã có trong kho").await;
}

#[tokio::test]
async fn papers_without_a_type_of_their_own_are_told_apart_by_their_title() {
    let fixture = fixture().await;
    let check_title = async |bytes: &'static str, title: &str, expected: RequirementStatus| {
        let document = fixture.read(bytes).await;
        let (document_type, title) = (DocumentType::Other, title.to_owned());
        let confirmation = Confirmation { title, ..confirmation_as(document_type, "") };
        fixture.repository.confirm(&officer(), document.id, confirmation).await.unwrap();
        assert_eq!(asked(&fixture, "dieu-le", "2026-01-05").await.status, expected);
    };
    check_title("1", "Bản vẽ thiết kế", RequirementStatus::NotHeld).await;
    check_title("2", "GIẤY TỜ ĐIỀU LỆ", RequirementStatus::Held).await;
}

#[tokio::test]
async fn papers_of_others_and_papers_that_only_served_a_dossier_do_not_count() {
    let fixture = fixture().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let file = async |bytes: &'static str, component: &str, subject: SubjectClaim| {
        let place = DossierPlace { dossier: opened.id, component: Some(component.into()) };
        let new = NewDocument { place: Some(place), ..paper() };
        let document = fixture.repository.receive(&officer(), new, bytes.into()).await.unwrap().document;
        fixture.read_job(&fixture.claim().await).await;
        let confirmation = Confirmation { subject, ..confirmation() };
        fixture.repository.confirm(&officer(), document.id, confirmation).await.unwrap();
        document.id
    };
    let other = SubjectClaim { number: number("079099000002"), name: "Lê Thị Khác".into(), ..claim() };
    file("1", "khai-sinh", other).await;
    file("2", "to-khai", claim()).await;
    assert_eq!(asked(&fixture, "quan-he", "2026-01-05").await.status, RequirementStatus::NotHeld);
    let kept = file("3", "khai-sinh", claim()).await;
    check(&fixture, ("quan-he", "2026-01-05"), RequirementStatus::Held, &[kept], "Đã có").await;
}

#[tokio::test]
async fn the_version_of_the_day_decides_what_is_asked_for() {
    let fixture = fixture().await;
    let later = Procedure {
        valid_from: "2026-01-05".parse().unwrap(),
        components: asking().components[..2].to_vec(),
        ..asking()
    };
    fixture.repository.put_procedures(&system(), &[later]).await.unwrap();
    let count = async |on| {
        fixture.repository.requirements(&officer(), &question(on)).await.map(|answer| answer.components.len())
    };
    assert_eq!(count("2026-01-04").await.unwrap(), 6);
    assert_eq!(count("2026-01-05").await.unwrap(), 2);
    assert!(
        matches!(count("2022-12-31").await, Err(Error::Invalid { message }) if message.contains("31/12/2022"))
    );
}

#[tokio::test]
async fn a_name_or_day_of_someone_else_is_told_nothing() {
    let fixture = fixture().await;
    filed(&fixture, "1", DocumentType::BirthCertificate, &[("number", "1/KS")]).await;
    let subject = fixture.repository.find_subject(&officer(), &claim().number).await.unwrap().unwrap();
    let ask = async |name: Option<&str>, day: Option<&str>| {
        let (name, birth_date) = (name.map(str::to_owned), day.map(|day| day.parse().unwrap()));
        let question = RequirementsQuestion { name, birth_date, ..question("2026-01-05") };
        fixture.repository.requirements(&officer(), &question).await
    };
    let refused = async |name, day| {
        let before = fixture.subject_entries(subject.id).await;
        match ask(name, day).await {
            Err(Error::SubjectDiffers { message }) => assert!(!message.contains("Mẫu"), "{message}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(fixture.subject_entries(subject.id).await, before + 1, "the attempt stands in the log");
    };
    refused(Some("Lê Thị Khác"), None).await;
    refused(None, Some("1999-04-03")).await;
    refused(Some("Trần Văn Mẫu"), Some("1999-04-03")).await;
    assert!(ask(Some("TRAN VAN MAU"), Some("1999-03-04")).await.is_ok());
    assert!(ask(Some(" "), None).await.is_ok());
}

#[tokio::test]
async fn who_may_not_search_is_refused_and_logged() {
    let fixture = fixture().await;
    let refused = fixture.repository.requirements(&administrator(), &question("2026-01-05")).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    let log = "select count(*) from access_entry where action = 'search' and allowed = 0";
    assert_eq!(fixture.sql().await.number(log).await, 1);
}

#[tokio::test]
async fn no_question_that_people_wait_for_scans_a_table() {
    let fixture = fixture().await;
    let sql = fixture.sql().await;
    for statement in QUESTIONS {
        let (scans, plan) = sql.scans(statement).await;
        assert!(!scans, "{statement}\n{plan}");
    }
    let (scans, plan) = sql.scans("select id from document where title = $1").await;
    assert!(scans, "a question without an index is recognized: {plan}");
}

#[tokio::test]
async fn a_joint_paper_counts_for_each_owner() {
    let fixture = fixture().await;
    let id = fixture.read("giấy kết hôn").await.id;
    let wife = SubjectClaim {
        number: number("079199000002"),
        name: "Lê Thị Mẫu".into(),
        birth_date: None,
        ..claim()
    };
    let co_owners = vec![OwnerClaim { subject: wife.clone(), role: OwnerRole::Wife }];
    let joint = Confirmation { co_owners, ..confirmation_as(DocumentType::MarriageCertificate, "1/KH") };
    fixture.repository.confirm(&officer(), id, joint).await.unwrap();
    for subject in [claim().number, wife.number] {
        let question = RequirementsQuestion { subject, ..question("2026-01-05") };
        let answer = fixture.repository.requirements(&officer(), &question).await.unwrap();
        let held = answer.components.iter().filter(|component| component.status == RequirementStatus::Held);
        let ids = held.flat_map(|component| &component.candidates).map(|paper| paper.id);
        assert_eq!(ids.collect::<Vec<_>>(), [id]);
    }
}

#[tokio::test]
async fn a_paper_that_was_withdrawn_does_not_count_and_stays_traceable() {
    let fixture = fixture().await;
    let id = filed(&fixture, "1", DocumentType::BirthCertificate, &[("number", "1/KS")]).await;
    let check_validity = async |validity: &str, status, said| {
        let sql = format!("update document set validity = '{validity}' where id = '{id}'");
        fixture.sql().await.execute(&sql).await;
        check(&fixture, ("quan-he", "2026-01-05"), status, &[id], said).await;
    };
    check_validity("revoked", RequirementStatus::Withdrawn, "đã bị thu hồi").await;
    check_validity("superseded", RequirementStatus::Withdrawn, "đã được thay thế").await;
    check_validity("cancelled", RequirementStatus::Withdrawn, "đã bị hủy").await;
    check_validity("disposed", RequirementStatus::Withdrawn, "đã tiêu hủy").await;
    check_validity("archived", RequirementStatus::Held, "Đã có trong kho").await;
    check_validity("valid", RequirementStatus::Held, "Đã có trong kho").await;
}
