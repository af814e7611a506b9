//! Writes that the database refuses, table by table, at every step of a paper's way: the step fails as a whole and says so, nothing of it
//! can be seen, and the same step passes once the table can be written again.

use super::database::Sql;
use super::fixture::*;
use crate::ON_SERVER;
use motlan_repository::record::*;
use motlan_repository::{Error, Repository, Result};

/// A data key is kept before its paper is, on purpose: bytes that are stored can always be opened.
const KEPT_BEFORE: &str = "data_key";
/// Made by the migrations, and nothing that a paper's way writes.
const OF_SQLX: &str = "_sqlx_migrations";

/// A store of which one table at a time can be broken.
struct Breakable {
    repository: Repository,
    sql: Sql,
    tables: Vec<String>,
    /// Steps that failed because of a table.
    failures: u32,
    /// Numbers the triggers: a connection that has not seen one go takes its name for taken.
    breaks: u32,
}

impl Breakable {
    async fn new(fixture: &Fixture) -> Breakable {
        let sql = fixture.sql().await;
        let tables = match ON_SERVER {
            true => {
                "select table_name from information_schema.tables where table_schema = 'public' order by 1"
            }
            false => {
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by 1"
            }
        };
        let mut tables = sql.texts(tables).await;
        tables.retain(|table| table != OF_SQLX);
        if ON_SERVER {
            sql.execute("create function refuse() returns trigger language plpgsql as 'begin raise exception ''refused''; end'")
                .await;
        }
        Breakable { repository: fixture.repository.clone(), sql, tables, failures: 0, breaks: 0 }
    }

    /// From now on nothing can be written to a table.
    async fn break_table(&mut self, table: &str) {
        self.breaks += 1;
        for act in ["insert", "update", "delete"] {
            let then = if ON_SERVER {
                "for each row execute function refuse()"
            } else {
                "begin select raise(abort, 'refused'); end"
            };
            let name = format!("refuse_{act}_{}", self.breaks);
            self.sql.execute(&format!("create trigger {name} before {act} on {table} {then}")).await;
        }
    }

    async fn mend_table(&self, table: &str) {
        for act in ["insert", "update", "delete"] {
            let of = if ON_SERVER { format!("on {table}") } else { String::new() };
            self.sql.execute(&format!("drop trigger refuse_{act}_{} {of}", self.breaks)).await;
        }
    }

    /// Rows of each table, and how far each counter is.
    async fn seen(&self) -> Vec<String> {
        let tables = self.tables.iter().filter(|table| *table != KEPT_BEFORE);
        let counts = tables.map(|table| format!("select '{table} ' || count(*) as seen from {table}"));
        let counters = "select name || ' ' || value as seen from counter".to_owned();
        let all = counts.chain([counters]).collect::<Vec<_>>().join(" union all ");
        self.sql.texts(&format!("select seen from ({all}) as everything order by seen")).await
    }

    /// Takes a step while a table is broken; if it fails, once more while that is mended.
    async fn step<T>(&mut self, table: &str, step: impl AsyncFn(&Repository) -> Result<T>) -> T {
        let before = self.seen().await;
        match step(&self.repository).await {
            Ok(done) => done,
            Err(error) => {
                assert!(matches!(error, Error::Database(_)), "{table}: {error}");
                assert_eq!(self.seen().await, before, "{table}: nothing of it is seen");
                self.failures += 1;
                self.mend_table(table).await;
                let done = step(&self.repository).await.expect("the same step passes afterwards");
                self.break_table(table).await;
                done
            }
        }
    }

    /// A paper's way from receipt to its correction, and looks at it, while a table is broken.
    async fn way(&mut self, table: &str) {
        self.break_table(table).await;
        let bytes = format!("bản quét {table}");
        let receive = async |repository: &Repository| {
            repository.receive(&officer(), paper(), bytes.clone().into()).await
        };
        let id = self.step(table, receive).await.document.id;
        let job = self
            .step(table, async |repository| repository.claim_job("thu", LEASE).await)
            .await
            .expect("a job");
        self.step(table, async |repository| repository.begin_reading(&job, "application/pdf", 1).await).await;
        self.step(table, async |repository| repository.save_page(&job, page(1)).await).await;
        self.step(table, async |repository| repository.finish_reading(&job, proposal()).await).await;
        self.step(table, async |repository| repository.confirm(&officer(), id, confirmation()).await).await;
        let number = own_number();
        let record = confirmation_of(&number);
        let correction = Correction { record, version: 1, reason: "Nhập sai".into() };
        self.step(table, async |repository| repository.correct(&officer(), id, correction.clone()).await)
            .await;
        let revoke = async |repository: &Repository| {
            repository.rule(&officer(), id, Ruling::Revoke, "Theo thông báo").await
        };
        self.step(table, revoke).await;
        self.step(table, async |repository| repository.document(&officer(), id).await).await;
        self.step(table, async |repository| repository.original(&officer(), id).await).await;
        self.step(table, async |repository| repository.page_image(&officer(), id, 1).await).await;
        let by_key =
            async |repository: &Repository| repository.documents_by_key(&officer(), &number, 100).await;
        let found = self.step(table, by_key).await;
        assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [id], "{table}");
        let question = RequirementsQuestion {
            procedure: procedure().code,
            subject: claim().number,
            name: None,
            birth_date: None,
            on: None,
        };
        self.step(table, async |repository| repository.requirements(&officer(), &question).await).await;
        self.step(table, async |repository| repository.open_dossier(&officer(), dossier()).await).await;
        self.mend_table(table).await;
    }
}

#[tokio::test]
async fn a_table_that_cannot_be_written_leaves_nothing_half_done() {
    let fixture = Fixture::new().await;
    let mut store = Breakable::new(&fixture).await;
    let mut felt = Vec::new();
    for table in store.tables.clone() {
        let before = store.failures;
        store.way(&table).await;
        if store.failures > before {
            felt.push(table);
        }
    }
    for table in [
        "document",
        "change",
        "counter",
        "access_entry",
        "job",
        "page",
        "field",
        "document_version",
        "data_key",
    ] {
        assert!(felt.iter().any(|felt| felt == table), "{table} is written: {felt:?}");
    }
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
    let papers = fixture.repository.documents(&officer(), &DocumentFilter::default(), 100).await.unwrap();
    assert_eq!(papers.len(), store.tables.len());
}
