//! The access log: one entry for each look, the refused ones too.

use super::fixture::*;
use motlan_repository::Error;
use motlan_repository::record::*;

#[tokio::test]
async fn every_look_at_a_paper_leaves_one_entry() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    let mut expected = vec![("can.bo.thu", "receive"), ("worker:thu", "read")];
    let check = async |expected: &[(&str, &str)]| {
        let expected =
            expected.iter().map(|(account, action)| (account.to_string(), action.to_string(), true));
        assert_eq!(fixture.entries(id).await, expected.collect::<Vec<_>>());
    };
    check(&expected).await;
    repository.document(&officer(), id).await.unwrap();
    expected.push(("can.bo.thu", "view"));
    check(&expected).await;
    repository.page_image(&officer(), id, 1).await.unwrap();
    expected.push(("can.bo.thu", "view"));
    check(&expected).await;
    repository.reading(&officer(), id, 1).await.unwrap();
    expected.push(("can.bo.thu", "view"));
    check(&expected).await;
    repository.original(&officer(), id).await.unwrap();
    expected.push(("can.bo.thu", "download"));
    check(&expected).await;
    repository.documents_by_id(&officer(), &[id]).await.unwrap();
    expected.push(("can.bo.thu", "search"));
    check(&expected).await;
    repository.documents_by_key(&officer(), "12/2024", 10).await.unwrap();
    expected.push(("can.bo.thu", "search"));
    check(&expected).await;
    repository.confirm(&officer(), id, confirmation()).await.unwrap();
    expected.push(("can.bo.thu", "confirm"));
    check(&expected).await;
    let log = repository.access_log(&officer(), id, 3).await.unwrap();
    let actions = log.iter().map(|entry| entry.action).collect::<Vec<_>>();
    assert_eq!(actions, [Action::Confirm, Action::Search, Action::Search]);
    assert_eq!(
        (log[0].purpose.as_str(), log[0].agency.as_str()),
        (officer().purpose.as_str(), "UBND phường Mẫu")
    );
    expected.push(("can.bo.thu", "audit"));
    check(&expected).await;
}

#[tokio::test]
async fn refused_attempts_are_logged_and_tell_nothing() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let id = fixture.read("bản quét").await.id;
    let nobody: DocumentId = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    let admin = administrator();
    let check = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Forbidden)), "{result:?}");
    check(repository.document(&admin, id).await.map(drop));
    check(repository.document(&admin, nobody).await.map(drop));
    check(repository.original(&admin, id).await.map(drop));
    check(repository.page_image(&admin, id, 1).await.map(drop));
    check(repository.confirm(&admin, id, confirmation()).await.map(drop));
    check(repository.receive(&admin, paper(), "khác".into()).await.map(drop));
    check(repository.documents_by_key(&admin, "12/2024", 10).await.map(drop));
    check(repository.find_subject(&admin, &claim().number).await.map(drop));
    check(repository.open_dossier(&admin, dossier()).await.map(drop));
    check(repository.document(&system(), id).await.map(drop));
    let refused =
        fixture.entries(id).await.into_iter().filter(|(_, _, allowed)| !allowed).collect::<Vec<_>>();
    let expected =
        ["view", "download", "view", "confirm"].map(|action| ("quan.tri.thu".into(), action.into(), false));
    let expected = expected.into_iter().chain([("he.thong".into(), "view".into(), false)]);
    assert_eq!(refused, expected.collect::<Vec<_>>());
    let all = fixture.sql().await.number("select count(*) from access_entry where allowed = 0").await;
    assert_eq!(all, 10, "attempts on what does not exist, searches and changes are logged too");
}

#[tokio::test]
async fn nobody_looks_without_a_purpose() {
    let fixture = Fixture::new().await;
    let id = fixture.receive("bản quét").await.id;
    let purposeless = Actor { purpose: " ".into(), ..officer() };
    assert!(matches!(fixture.repository.document(&purposeless, id).await, Err(Error::Forbidden)));
    assert!(!fixture.entries(id).await.last().unwrap().2);
}

#[tokio::test]
async fn looks_at_a_subject_are_found_by_the_subject() {
    let fixture = Fixture::new().await;
    let subject = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap().subject;
    fixture.repository.find_subject(&officer(), &claim().number).await.unwrap();
    fixture.repository.store(&officer(), subject.id).await.unwrap();
    let sql = format!(
        "select action from access_entry join access_owner on access_owner.number = access_entry.number
         where subject_id = '{}' order by access_entry.number",
        subject.id
    );
    let actions = fixture.sql().await.texts(&sql).await;
    assert_eq!(actions, ["receive", "search", "view"]);
}

#[tokio::test]
async fn a_list_is_a_look_at_everyone_it_names() {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let searches = async |column: &str, id: Option<String>| {
        let what = id.map_or("document_id is null and subject_id is null".to_owned(), |id| {
            format!("{column} = '{id}'")
        });
        let sql = format!(
            "select count(*) from access_entry left join access_owner on access_owner.number = access_entry.number
             where action = 'search' and {what}"
        );
        fixture.sql().await.number(&sql).await
    };
    repository.documents(&officer(), &DocumentFilter::default(), 10).await.unwrap();
    repository.dossiers(&officer(), 10).await.unwrap();
    assert_eq!(searches("", None).await, 2, "a list of nothing is a look as well");
    let subject = repository.open_dossier(&officer(), dossier()).await.unwrap().subject.id;
    repository.open_dossier(&officer(), dossier()).await.unwrap();
    let new = NewDocument { subject: Some(claim()), ..paper() };
    let named = repository.receive(&officer(), new, "của ai".into()).await.unwrap().document.id;
    let nameless = fixture.receive("không của ai").await.id;
    repository.documents(&officer(), &DocumentFilter::default(), 1).await.unwrap();
    assert_eq!(searches("document_id", Some(nameless.to_string())).await, 1);
    assert_eq!(searches("document_id", Some(named.to_string())).await, 0, "the list was cut before it");
    repository.documents(&officer(), &DocumentFilter::default(), 10).await.unwrap();
    assert_eq!(searches("document_id", Some(nameless.to_string())).await, 2);
    assert_eq!(searches("document_id", Some(named.to_string())).await, 1);
    assert_eq!(searches("subject_id", Some(subject.to_string())).await, 1, "the entry names the owner");
    repository.dossiers(&officer(), 10).await.unwrap();
    assert_eq!(searches("subject_id", Some(subject.to_string())).await, 2, "once for two dossiers");
    assert_eq!(searches("", None).await, 2);
}

#[tokio::test]
async fn the_log_never_holds_a_number_of_a_person() {
    let fixture = Fixture::new().await;
    let id = fixture.read("bản quét").await.id;
    fixture.repository.confirm(&officer(), id, confirmation()).await.unwrap();
    fixture.repository.find_subject(&officer(), &claim().number).await.unwrap();
    fixture.repository.documents_by_key(&officer(), "079099000001", 1).await.unwrap();
    let mut export = Vec::new();
    fixture.repository.export_log(&auditor(), (None, None), &mut export).await.unwrap();
    let export = String::from_utf8(export).unwrap();
    assert!(export.contains("\"confirm\"") && !export.contains("079099000001"), "{export}");
}
