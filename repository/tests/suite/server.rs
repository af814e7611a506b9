//! What only a server can do: sort otherwise, go away in the middle, and come back.

use crate::stories::backup::{another_place, back_up, bring_back, check_older, filled, older_backup, rows};
use crate::stories::database::{ServerDatabase, Sql};
use crate::stories::fixture::*;
use motlan_repository::{DatabaseUrl, Error, Options, Repository};
use std::time::Duration;
use tempfile::TempDir;

/// The lock of the writers' turn, as the repository takes it.
const TURN: &str = "select 1 from (select pg_advisory_lock(120351824537966)) as turn";

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let fixture = Fixture::new().await;
    let server = "select table_name || '.' || column_name from information_schema.columns where table_schema = 'public'";
    let file = "select m.name || '.' || c.name from sqlite_master m join pragma_table_info(m.name) c
                where m.type = 'table' and m.name not like 'sqlite_%'";
    let folder = tempfile::TempDir::new().unwrap();
    Repository::open(&Options::in_folder(folder.path())).await.unwrap();
    let embedded = Sql::file(&folder.path().join("motlan.sqlite")).await;
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(sorted(fixture.sql().await.texts(server).await), sorted(embedded.texts(file).await));
}

#[tokio::test]
async fn every_text_is_sorted_by_its_bytes() {
    let fixture = Fixture::new().await;
    let sql = "select table_name || '.' || column_name from information_schema.columns
               where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C'
                   and table_name <> '_sqlx_migrations'";
    assert_eq!(fixture.sql().await.texts(sql).await, [""; 0]);
}

#[tokio::test]
async fn a_lost_connection_loses_nothing_and_the_next_call_has_another() {
    let fixture = Fixture::new().await;
    let turn = fixture.sql().await;
    assert_eq!(turn.number(&format!("select count(*) from ({TURN}) as held")).await, 1);
    let receive = |repository: Repository| {
        tokio::spawn(async move { repository.receive(&officer(), paper(), "bản quét".into()).await })
    };
    let waiting = receive(fixture.repository.clone());
    let other = fixture.sql().await;
    let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity
               where datname = current_database() and application_name = 'motlan' and wait_event = 'advisory'";
    while other.number(cut).await == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let lost = waiting.await.unwrap();
    assert!(matches!(lost, Err(Error::DatabaseUnavailable(_))), "{lost:?}");
    drop(turn);
    // All others too, while they rest.
    other.number(&cut.replace(" and wait_event = 'advisory'", "")).await;
    let received = receive(fixture.repository.clone()).await.unwrap().unwrap();
    assert!(!received.already_held);
    assert_eq!(fixture.repository.last_change().await.unwrap(), 1);
}

#[tokio::test]
async fn a_restore_changes_nothing_where_records_are() {
    let (fixture, _) = filled().await;
    let (backup, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    back_up(&fixture.repository, backup.path()).await;
    // As a version wrote it that did not know the last step of the schema.
    let sql = fixture.sql().await;
    sql.run(
        "drop index job_due; alter table job drop column agency; drop table agency_turn;
         create index job_due on job (priority, due_at, id) where ended_at is null;
         delete from _sqlx_migrations where version >= 8",
    )
    .await;
    let steps = "select count(*) from _sqlx_migrations";
    let before = sql.number(steps).await;
    let elsewhere = Options { data_dir: folder.path().join("data"), ..fixture.home.options() };
    let keys = another_place(&fixture, &folder).keys;
    let refused = bring_back(&Options { keys, ..elsewhere }, backup.path()).await;
    assert!(matches!(refused, Err(Error::NotEmpty { .. })), "{refused:?}");
    assert_eq!(sql.number(steps).await, before);
}

#[tokio::test]
async fn a_server_that_cannot_be_used_is_named_and_its_password_is_not() {
    let folder = tempfile::TempDir::new().unwrap();
    let open = async |url: DatabaseUrl| {
        let options = Options { database: Some(url), ..Options::in_folder(folder.path()) };
        Repository::open(&options).await.map(drop)
    };
    let nowhere = format!("postgres://motlan:bí-mật@localhost/kho?host={}", folder.path().display());
    match open(nowhere.parse().unwrap()).await {
        Err(error @ Error::DatabaseUnavailable(_)) => assert!(!format!("{error} {error:?}").contains("mật")),
        other => panic!("{other:?}"),
    }
    let ascii =
        ServerDatabase::with("encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0");
    match open(ascii.await.url()).await {
        Err(Error::DatabaseUnsuitable(why)) => assert!(why.contains("SQL_ASCII"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_store_moves_from_one_database_to_the_other_and_back_and_stays_the_same() {
    let (fixture, filed) = filled().await;
    let [from_server, from_file, from_server_again] = [(); 3].map(|()| TempDir::new().unwrap());
    let made = back_up(&fixture.repository, from_server.path()).await;
    let place = TempDir::new().unwrap();
    let (file, report) = bring_back(&another_place(&fixture, &place), from_server.path()).await.unwrap();
    assert_eq!((report.findings, &report.log_root), (vec![], &made.log_root));
    file.original(&officer(), filed).await.unwrap();
    let made = back_up(&file, from_file.path()).await;
    assert_eq!(rows(from_file.path()), rows(from_server.path()));
    let (place, database) = (TempDir::new().unwrap(), ServerDatabase::new().await);
    let options = Options { database: Some(database.url()), ..another_place(&fixture, &place) };
    let (server, report) = bring_back(&options, from_file.path()).await.unwrap();
    assert_eq!((report.findings, &report.log_root), (vec![], &made.log_root));
    back_up(&server, from_server_again.path()).await;
    assert_eq!(rows(from_server_again.path()), rows(from_server.path()));
    // Numbers that the server gives go on, and references hold again.
    let job = server.claim_job("thu", LEASE).await.unwrap().expect("one paper waits");
    server.begin_reading(&job, "application/pdf", 1).await.unwrap();
    server.receive(&officer(), paper(), "mới".into()).await.unwrap();
    let rules = "select count(*) from pg_constraint where contype = 'f'";
    let sql = Sql::server(&database).await;
    assert_eq!(sql.number(rules).await, fixture.sql().await.number(rules).await);
    let refused = bring_back(&options, from_file.path()).await;
    assert!(matches!(refused, Err(Error::NotEmpty { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_backup_of_an_older_version_from_a_file_comes_back_into_a_server() {
    let (place, database) = (TempDir::new().unwrap(), ServerDatabase::new().await);
    let (_, keys) = older_backup();
    let options =
        Options { keys, database: Some(database.url()), ..Options::in_folder(place.path().join("data")) };
    check_older(&options).await;
}

/// PostgreSQL locks rows as it finds them: who forgets old attempts takes them in the order in which attempts are counted.
#[tokio::test]
async fn old_attempts_are_forgotten_while_others_are_counted() {
    let fixture = Fixture::new().await;
    let sql = fixture.sql().await;
    // The one that is counted last was kept first.
    for name in ["login x", "address y"] {
        sql.execute(&format!("insert into sign_in_limit (name, attempts, since) values ('{name}', 1, 1)"))
            .await;
    }
    let counts = "begin; update sign_in_limit set attempts = 2 where name = 'address y'; select pg_sleep(2);
                  update sign_in_limit set attempts = 2 where name = 'login x'; commit";
    let forgets = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        fixture.repository.forget_ended().await
    };
    let ((), forgotten) = tokio::join!(sql.run(counts), forgets);
    forgotten.expect("neither waits for the other for ever");
    assert_eq!(sql.number("select count(*) from sign_in_limit").await, 0);
}
