//! Where the measured stores live, and how the database fills them itself.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use motlan_repository::DatabaseUrl;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::Failure;

/// Papers written in one transaction: some hundred megabytes of log.
const BULK: u64 = 50_000;

/// A durable server that lives as long as this value.
pub(super) struct PostgresServer {
    program: Child,
    address: String,
}

impl PostgresServer {
    pub(super) fn start() -> Result<PostgresServer, Failure> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/postgres.sh");
        let mut program = Command::new(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        let output = program.stdout.take().ok_or("standard output is a pipe")?;
        BufReader::new(output).read_line(&mut address)?;
        Ok(PostgresServer { program, address: address.trim().to_owned() })
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // Closing its standard input ends it.
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}

/// The statements for some of the papers.
fn papers(first: u64, last: u64) -> String {
    include_str!("../invented.sql")
        .replace("{first}", &first.to_string())
        .replace("{last}", &last.to_string())
}

/// First and last of each part of so many papers.
fn parts(size: u64) -> impl Iterator<Item = (u64, u64)> {
    (1..=size).step_by(BULK as usize).map(move |first| (first, size.min(first + BULK - 1)))
}

/// Fills a file that was opened before.
pub(super) async fn fill_file(file: &Path, size: u64) -> Result<(), Failure> {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false);
    let options = options.synchronous(SqliteSynchronous::Off).pragma("cache_size", "-1000000");
    let mut connection = options.connect().await?;
    for (first, last) in parts(size) {
        sqlx::raw_sql(AssertSqlSafe(papers(first, last))).execute(&mut connection).await?;
    }
    Ok(connection.close().await?)
}

impl PostgresServer {
    fn address_of(&self, size: u64) -> String {
        self.address.replace("/postgres?", &format!("/papers_{size}?"))
    }

    async fn obey(&self, sql: String) -> Result<(), Failure> {
        let mut connection = PgConnection::connect(&self.address).await?;
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await?;
        Ok(())
    }

    pub(super) async fn new_database(&self, size: u64) -> Result<DatabaseUrl, Failure> {
        self.obey(format!("create database papers_{size}")).await?;
        Ok(self.address_of(size).parse()?)
    }

    pub(super) async fn drop_database(&self, size: u64) -> Result<(), Failure> {
        self.obey(format!("drop database papers_{size} with (force)")).await
    }

    pub(super) async fn fill(&self, size: u64) -> Result<(), Failure> {
        let mut connection = PgConnection::connect(&self.address_of(size)).await?;
        let quick = "set synchronous_commit = off; set session_replication_role = replica";
        sqlx::raw_sql(quick).execute(&mut connection).await?;
        for (first, last) in parts(size) {
            sqlx::raw_sql(AssertSqlSafe(papers(first, last))).execute(&mut connection).await?;
        }
        sqlx::raw_sql("vacuum analyze").execute(&mut connection).await?;
        sqlx::raw_sql("checkpoint").execute(&mut connection).await?;
        Ok(())
    }
}
