//! The access log as evidence: nothing is answered without it, and nobody changes it unseen.

use super::fixture::*;
use motlan_repository::Error;
use motlan_repository::audit::{ExportError, Outcome, PublicKey, verify_export};
use motlan_repository::record::*;
use motlan_repository::{DocumentType, Repository, read_checkpoints};
use std::collections::BTreeSet;

/// Looks of each of those who look at once.
const LOOKS: usize = 25;

async fn export(repository: &Repository, range: (Option<u64>, Option<u64>)) -> Vec<u8> {
    let mut export = Vec::new();
    repository.export_log(&auditor(), range, &mut export).await.expect("the log is exported");
    export
}

fn verified(export: &[u8], key: &PublicKey) -> Result<Outcome, ExportError> {
    verify_export(export, std::slice::from_ref(key), &[]).map(|(_, outcome)| outcome)
}

async fn problems(fixture: &Fixture) -> Vec<String> {
    let findings = fixture.repository.check(&mut |_, _| {}).await.expect("the check runs");
    let problem = |finding| match finding {
        Finding::AccessLogWrong { problem } => Some(problem),
        _ => None,
    };
    findings.into_iter().filter_map(problem).collect()
}

/// Some dozen entries, with a checkpoint in the middle.
async fn store_with_a_log() -> (Fixture, DocumentId) {
    let fixture = Fixture::new().await;
    let id = fixture.read("bản quét").await.id;
    fixture.repository.confirm(&officer(), id, confirmation()).await.unwrap();
    for _ in 0..5 {
        fixture.repository.document(&officer(), id).await.unwrap();
    }
    fixture.repository.checkpoint().await.unwrap();
    for _ in 0..5 {
        fixture.repository.original(&officer(), id).await.unwrap();
    }
    (fixture, id)
}

#[tokio::test]
async fn no_entry_no_answer() {
    let (fixture, id) = store_with_a_log().await;
    let repository = &fixture.repository;
    let subject = repository.find_subject(&officer(), &claim().number).await.unwrap().unwrap().id;
    let log = repository.subject_access_log(&officer(), subject, 10).await.unwrap();
    fixture.sql().await.execute("alter table access_entry rename to access_entry_elsewhere").await;
    let check = |what: &str, answered: Result<(), Error>| {
        assert!(matches!(answered, Err(Error::Database(_))), "{what}: {answered:?}");
    };
    let officer = &officer();
    check("document", repository.document(officer, id).await.map(drop));
    check("original", repository.original(officer, id).await.map(drop));
    check("page image", repository.page_image(officer, id, 1).await.map(drop));
    check("reading", repository.reading(officer, id, 1).await.map(drop));
    check("hand-out", repository.hand_out(officer, id).await.map(drop));
    check("list", repository.documents(officer, &DocumentFilter::default(), 10).await.map(drop));
    check("by id", repository.documents_by_id(officer, &[id]).await.map(drop));
    check("by key", repository.documents_by_key(officer, "12/2024", 10).await.map(drop));
    check("subject", repository.find_subject(officer, &claim().number).await.map(drop));
    check("store", repository.store(officer, subject).await.map(drop));
    check("dossiers", repository.dossiers(officer, 10).await.map(drop));
    check("receipt", repository.receive(officer, paper(), "khác".into()).await.map(drop));
    check("dossier", repository.open_dossier(officer, dossier()).await.map(drop));
    check("log", repository.access_log(officer, id, 10).await.map(drop));
    check("refusal", repository.document(&administrator(), id).await.map(drop));
    fixture.sql().await.execute("alter table access_entry_elsewhere rename to access_entry").await;
    assert_eq!(
        repository.subject_access_log(officer, subject, 1).await.unwrap()[0].number,
        log[0].number + 1
    );
    assert_eq!(repository.documents(officer, &DocumentFilter::default(), 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_exported_log_proves_itself() {
    let (fixture, _) = store_with_a_log().await;
    let key = fixture.repository.log_public_key().unwrap();
    let export = export(&fixture.repository, (None, None)).await;
    let outcome = verified(&export, &key).unwrap();
    let count = fixture.sql().await.number("select count(*) from access_entry").await as u64;
    assert_eq!((outcome.entries, outcome.newest, outcome.covered), (count, count, count));
    let text = String::from_utf8(export).unwrap();
    assert!(text.lines().last().unwrap().contains("\"export_log\""), "the export is an entry itself");
    let edited = text.replacen("Tiếp nhận hồ sơ", "Kiểm tra hồ sơ", 1);
    assert!(verified(edited.as_bytes(), &key).unwrap_err().to_string().starts_with("entry 1 "));
}

#[tokio::test]
async fn a_part_of_the_log_proves_itself() {
    let (fixture, _) = store_with_a_log().await;
    let key = fixture.repository.log_public_key().unwrap();
    let middle = fixture.sql().await.number("select max(size) from access_checkpoint").await as u64;
    let late = verified(&export(&fixture.repository, (Some(middle + 2), None)).await, &key).unwrap();
    assert_eq!(late.newest, middle + late.entries);
    let early = verified(&export(&fixture.repository, (None, Some(2))).await, &key).unwrap();
    assert_eq!((early.entries, early.covered), (middle, middle));
}

#[tokio::test]
async fn only_an_auditor_exports() {
    let (fixture, _) = store_with_a_log().await;
    for actor in [officer(), administrator(), leader(), system()] {
        let mut export = Vec::new();
        let refused = fixture.repository.export_log(&actor, (None, None), &mut export).await;
        assert!(matches!(refused, Err(Error::Forbidden)) && export.is_empty());
    }
    let sql = "select count(*) from access_entry where action = 'export_log' and allowed = 0";
    assert_eq!(fixture.sql().await.number(sql).await, 4);
}

#[tokio::test]
async fn what_is_changed_behind_our_back_is_found() {
    let (fixture, _) = store_with_a_log().await;
    let sql = fixture.sql().await;
    assert_eq!(problems(&fixture).await, [""; 0]);
    let tables = ["access_entry", "access_owner", "counter", "access_checkpoint"];
    for table in tables {
        sql.execute(&format!("create table saved_{table} as select * from {table}")).await;
    }
    let check = async |tampering: &[&str], expected: &str| {
        for statement in tampering {
            sql.execute(statement).await;
        }
        let problems = problems(&fixture).await;
        assert!(problems.len() == 1 && problems[0].contains(expected), "{tampering:?}: {problems:?}");
        for table in tables {
            sql.execute(&format!("delete from {table}")).await;
            sql.execute(&format!("insert into {table} select * from saved_{table}")).await;
        }
    };
    check(&["update access_entry set purpose = 'Khác' where number = 4"], "entry 4 was changed").await;
    check(&["update access_entry set account = 'x' where number >= 4"], "entry 4 was changed").await;
    check(&["update access_entry set at = at + 1 where number = 5"], "entry 5 was changed").await;
    check(&["update access_entry set allowed = 0 where number = 3"], "entry 3 was changed").await;
    check(&["update access_entry set basis = 'x' where number = 3"], "entry 3 was changed").await;
    check(&["update access_entry set visible_from = '2999-01-01' where number = 6"], "entry 6").await;
    check(&["update access_entry set owners = 'x' where number = 3"], "entry 3 was changed").await;
    check(&["update access_entry set signature = 'x' where number = 3"], "entry 3 was changed").await;
    check(&["delete from access_entry where number = 4"], "entry 4 is missing").await;
    check(&["delete from access_entry where number in (2, 3)"], "entry 2 is missing").await;
    let last = sql.number("select max(number) from access_entry").await;
    check(&[&format!("delete from access_entry where number = {last}")], &format!("entry {last} is missing"))
        .await;
    check(
        &[
            "update access_entry set number = -1 where number = 4",
            "update access_entry set number = 4 where number = 5",
            "update access_entry set number = 5 where number = -1",
        ],
        "entry 4 was",
    )
    .await;
    let named = sql.number("select min(number) from access_owner").await;
    check(
        &[&format!("delete from access_owner where number = {named}")],
        &format!("entry {named} was changed"),
    )
    .await;
    let other = "update access_owner set subject_id = '01890000-0000-7000-8000-000000000000' where number";
    check(&[&format!("{other} = {named}")], &format!("entry {named} was changed")).await;
    check(&["update access_checkpoint set note = 'x'"], "is forged").await;
    // All that someone with the database can do: the second place remembers.
    let size = sql.number("select max(size) from access_checkpoint").await;
    check(
        &[
            &format!("delete from access_entry where number > {}", size - 2),
            &format!("delete from access_owner where number > {}", size - 2),
            &format!("update counter set value = {} where name = 'access_entry'", size - 2),
            "delete from access_checkpoint",
        ],
        &format!("entry {} is missing", size - 1),
    )
    .await;
    assert_eq!(problems(&fixture).await, [""; 0]);
}

#[tokio::test]
async fn a_damaged_log_is_not_signed_on() {
    let (fixture, _) = store_with_a_log().await;
    let sql = fixture.sql().await;
    let last = sql.number("select max(number) from access_entry").await;
    let leaf = "0".repeat(64);
    sql.execute(&format!("update access_entry set leaf = '{leaf}' where number = {last}")).await;
    let refused = fixture.repository.checkpoint().await;
    assert!(matches!(refused, Err(Error::LogDamaged { number }) if number == last as u64), "{refused:?}");
    fixture.repository.documents(&officer(), &DocumentFilter::default(), 1).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn doors_that_write_at_once_make_one_log() {
    let (fixture, id) = store_with_a_log().await;
    let mut looking = tokio::task::JoinSet::new();
    for door in [
        fixture.repository.clone(),
        fixture.repository.clone(),
        fixture.another().await,
        fixture.another().await,
    ] {
        looking.spawn(async move {
            for look in 0..LOOKS {
                door.document(&officer(), id).await.expect("the paper is there");
                if look % 10 == 0 {
                    door.checkpoint().await.expect("the log is signed");
                }
            }
        });
    }
    while let Some(looked) = looking.join_next().await {
        looked.expect("nobody failed");
    }
    let sql = fixture.sql().await;
    let count = sql.number("select count(*) from access_entry").await;
    assert_eq!(sql.number("select max(number) from access_entry").await, count);
    assert_eq!(sql.number("select count(distinct at) from access_entry").await, count);
    assert_eq!(problems(&fixture).await, [""; 0]);
}

/// SEC-13: also when the clock was set back.
#[tokio::test]
async fn times_never_go_back() {
    let (fixture, id) = store_with_a_log().await;
    let sql = fixture.sql().await;
    sql.execute("update counter set value = value + 3600000000 where name = 'access_time'").await;
    for _ in 0..3 {
        fixture.repository.document(&officer(), id).await.unwrap();
    }
    let steps = sql
        .texts(
            "select cast(later.at - earlier.at as text) from access_entry later
             join access_entry earlier on earlier.number = later.number - 1 order by later.number desc limit 2",
        )
        .await;
    assert_eq!(steps, ["1", "1"]);
    assert_eq!(problems(&fixture).await, [""; 0]);
}

#[tokio::test]
async fn a_checkpoint_survives_its_maker() {
    let (fixture, _) = store_with_a_log().await;
    let folder = fixture.home.folder.path().join("data/checkpoints");
    let size = fixture.repository.checkpoint().await.unwrap();
    let kept = read_checkpoints(&folder).unwrap();
    // Killed after the commit and before the copy.
    std::fs::remove_file(&kept.last().unwrap().0).unwrap();
    let fixture = fixture.killed().await;
    assert_eq!(fixture.repository.checkpoint().await.unwrap(), size);
    assert_eq!(read_checkpoints(&folder).unwrap(), kept);
}

#[tokio::test]
async fn a_subject_gets_its_own_log_and_nothing_of_others() {
    let (fixture, id) = store_with_a_log().await;
    let repository = &fixture.repository;
    let subject = repository.find_subject(&officer(), &claim().number).await.unwrap().unwrap().id;
    let other = SubjectClaim {
        number: number("079199000002"),
        name: "Lê Thị Khác".into(),
        birth_date: None,
        ..claim()
    };
    let other =
        repository.open_dossier(&officer(), NewDossier { subject: other, ..dossier() }).await.unwrap();
    repository.store(&officer(), other.subject.id).await.unwrap();
    let log = repository.subject_access_log(&officer(), subject, 100).await.unwrap();
    assert!(log.iter().any(|entry| entry.document == Some(id) && entry.action == Action::Download));
    assert!(log.windows(2).all(|pair| pair[0].number > pair[1].number));
    let mut export = Vec::new();
    repository.export_subject_log(&auditor(), subject, &mut export).await.unwrap();
    let outcome = verified(&export, &repository.log_public_key().unwrap()).unwrap();
    assert_eq!(outcome.entries, log.len() as u64 + 2, "the look at the log and the export came after");
    let text = String::from_utf8(export).unwrap();
    for foreign in
        [other.subject.id.to_string(), "Lê Thị Khác".into(), "079199000002".into(), "079099000001".into()]
    {
        assert!(!text.contains(&foreign), "{foreign}");
    }
}

#[tokio::test]
async fn owners_of_a_joint_paper_see_looks_at_it_and_nothing_of_each_other() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("giấy kết hôn").await.id;
    let wife = SubjectClaim {
        number: number("079199000002"),
        name: "Lê Thị Vợ".into(),
        birth_date: None,
        ..claim()
    };
    let marriage = Confirmation {
        co_owners: vec![OwnerClaim { subject: wife, role: OwnerRole::Wife }],
        ..confirmation_as(DocumentType::MarriageCertificate, "1/KH")
    };
    let owners = repository.confirm(&officer(), id, marriage).await.unwrap().owners;
    let [husband, wife] = [owners[0].subject.id, owners[1].subject.id];
    repository.document(&officer(), id).await.unwrap();
    repository.store(&officer(), wife).await.unwrap();
    let key = repository.log_public_key().unwrap();
    for (subject, other, actions) in [
        (husband, wife, vec![Action::View, Action::Confirm]),
        (wife, husband, vec![Action::View, Action::View, Action::Confirm]),
    ] {
        let log = repository.subject_access_log(&officer(), subject, 100).await.unwrap();
        assert_eq!(log.iter().map(|entry| entry.action).collect::<Vec<_>>(), actions);
        let mut export = Vec::new();
        repository.export_subject_log(&auditor(), subject, &mut export).await.unwrap();
        assert_eq!(verified(&export, &key).unwrap().entries, actions.len() as u64 + 2);
        let text = String::from_utf8(export).unwrap();
        assert!(text.contains(&subject.to_string()) && !text.contains(&other.to_string()), "{text}");
    }
}

#[tokio::test]
async fn sealed_looks_are_shown_when_their_day_comes() {
    let (fixture, id) = store_with_a_log().await;
    let repository = &fixture.repository;
    let subject = repository.find_subject(&officer(), &claim().number).await.unwrap().unwrap().id;
    let day = |days: i64| jiff::Zoned::now().date().checked_add(jiff::Span::new().days(days)).unwrap();
    let elsewhere = elsewhere();
    fixture.tie(&elsewhere, subject).await;
    let before = repository.subject_access_log(&officer(), subject, 100).await.unwrap();
    assert!(matches!(repository.seal_looks(&officer(), subject, day(30)).await, Err(Error::Forbidden)));
    assert!(matches!(repository.seal_looks(&leader(), subject, day(-1)).await, Err(Error::Invalid { .. })));
    assert!(matches!(repository.seal_looks(&leader(), subject, day(400)).await, Err(Error::Invalid { .. })));
    repository.seal_looks(&leader(), subject, day(30)).await.unwrap();
    repository.document(&officer(), id).await.unwrap();
    repository.document(&elsewhere, id).await.unwrap();
    let seen = repository.subject_access_log(&officer(), subject, 100).await.unwrap();
    let new = seen[..seen.len() - before.len()].iter().map(|entry| (entry.agency.as_str(), entry.action));
    // The look at the log and the refusal of before the seal, then the other agency's look.
    let expected =
        [("Sở Mẫu", Action::View), ("UBND phường Mẫu", Action::Seal), ("UBND phường Mẫu", Action::Audit)];
    assert_eq!(new.collect::<Vec<_>>(), expected);
    let all = repository.subject_access_log(&auditor(), subject, 100).await.unwrap();
    assert!(all.iter().any(|entry| entry.action == Action::Seal && entry.allowed), "the seal is an entry");
    assert!(all.len() > seen.len() + 1);
    let agency_before = fixture.sql().await;
    agency_before.execute("update access_sealing set visible_from = '2020-01-01'").await;
    repository.document(&officer(), id).await.unwrap();
    let seen = repository.subject_access_log(&officer(), subject, 1).await.unwrap();
    assert_eq!(seen[0].action, Action::View, "a seal ends by itself");
}

#[tokio::test]
async fn the_log_of_an_older_version_is_signed_at_the_first_start() {
    let (fixture, id) = store_with_a_log().await;
    let sql = fixture.sql().await;
    for (number, at) in [(1, 1_000_000), (2, 900_000), (4, 2_000_000)] {
        sql.execute(&format!(
            "insert into access_entry_before (number, at, account, name, agency, role, action, purpose, document_id, subject_id, allowed)
             values ({number}, {at}, 'cu', 'Tên', 'Cơ quan', 'counter_officer', 'view', 'Cũ', '{id}', null, 1)"
        ))
        .await;
    }
    let before = sql.number("select max(number) from access_entry").await;
    let fixture = fixture.killed().await;
    assert_eq!(sql.number("select count(*) from access_entry_before").await, 0);
    let numbers =
        sql.texts("select cast(number as text) from access_entry where account = 'cu' order by number").await;
    assert_eq!(numbers, [before + 1, before + 2, before + 3].map(|number| number.to_string()));
    assert_eq!(problems(&fixture).await, [""; 0]);
}

#[tokio::test]
async fn the_log_keeps_its_key_when_master_keys_change() {
    let (fixture, id) = store_with_a_log().await;
    let key = fixture.repository.log_public_key().unwrap();
    fixture.repository.rotate_keys(&mut |_, _| {}).await.unwrap();
    let fixture = fixture.killed().await;
    assert_eq!(fixture.repository.log_public_key().unwrap(), key);
    fixture.repository.document(&officer(), id).await.unwrap();
    assert_eq!(problems(&fixture).await, [""; 0]);
    let masters = "select count(distinct master_key_id) from access_log where master_key_id =
                   (select id from master_key where counts = 1)";
    assert_eq!(fixture.sql().await.number(masters).await, 1);
}

#[tokio::test]
async fn an_entry_says_who_where_and_why() {
    let fixture = Fixture::new().await;
    let id = fixture.receive("bản quét").await.id;
    let actor = Actor { basis: Some("H26.18-260105-0001".into()), ..officer() };
    fixture.repository.document(&actor, id).await.unwrap();
    let entry = fixture.repository.access_log(&officer(), id, 1).await.unwrap().remove(0);
    assert_eq!(
        (entry.unit.as_str(), entry.basis.as_deref()),
        ("Bộ phận một cửa", Some("H26.18-260105-0001"))
    );
    let sql = "select source || ' ' || destination from access_entry where action = 'view'";
    let routes = fixture.sql().await.texts(sql).await.into_iter().collect::<BTreeSet<_>>();
    let route = officer().route;
    assert_eq!(routes, [format!("{} {}", route.source, route.destination)].into());
}
