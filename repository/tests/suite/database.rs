//! The databases that stories use: files, or databases of one PostgreSQL server that lives as long as the test program.

use motlan_repository::DatabaseUrl;
use sqlx::postgres::{PgConnection, PgPool};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, Connection, Row};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

/// The server; it ends when this program does, because that closes its standard input.
static SERVER: OnceLock<Server> = OnceLock::new();
/// Numbers the databases.
static DATABASES: AtomicU32 = AtomicU32::new(0);

struct Server {
    address: String,
    _program: Child,
}

/// A database on the server, gone with this value.
#[derive(Debug)]
pub(crate) struct ServerDatabase {
    name: String,
}

/// The way past the doors, for faults and for what no door shows.
pub(crate) enum Sql {
    File(SqlitePool),
    Server(PgPool),
}

fn server() -> &'static Server {
    SERVER.get_or_init(|| {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/postgres.sh");
        let mut command = Command::new(script);
        // In a group of its own: Ctrl-C ends the tests, and their end ends the server.
        command.arg("--quick").stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut program = command.spawn().expect("scripts/postgres.sh starts");
        let mut address = String::new();
        let output = program.stdout.take().expect("standard output is a pipe");
        BufReader::new(output).read_line(&mut address).expect("the address is printed");
        assert!(!address.is_empty(), "no PostgreSQL server: see the message of scripts/postgres.sh above");
        Server { address: address.trim().to_owned(), _program: program }
    })
}

impl ServerDatabase {
    pub(crate) async fn new() -> ServerDatabase {
        ServerDatabase::with("").await
    }

    /// One that is created otherwise.
    pub(crate) async fn with(options: &str) -> ServerDatabase {
        let name = format!("story_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        administer(format!("create database {name} {options}")).await;
        ServerDatabase { name }
    }

    pub(crate) fn address(&self) -> String {
        server().address.replace("/postgres?", &format!("/{}?", self.name))
    }

    pub(crate) fn url(&self) -> DatabaseUrl {
        self.address().parse().expect("an address")
    }
}

impl Drop for ServerDatabase {
    fn drop(&mut self) {
        let sql = format!("drop database {} with (force)", self.name);
        let dropping = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(administer(sql));
        });
        // A story that failed has said why already.
        let _ = dropping.join();
    }
}

async fn administer(sql: String) {
    let mut connection = PgConnection::connect(&server().address).await.expect("the server answers");
    sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.expect("the server obeys");
}

impl Sql {
    pub(crate) async fn file(file: &Path) -> Sql {
        let options = SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_secs(60));
        Sql::File(SqlitePool::connect_with(options).await.expect("the database opens"))
    }

    pub(crate) async fn server(database: &ServerDatabase) -> Sql {
        Sql::Server(PgPool::connect(&database.address()).await.expect("the server answers"))
    }

    pub(crate) async fn execute(&self, sql: &str) {
        let done = match self {
            Sql::File(pool) => sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(drop),
            Sql::Server(pool) => sqlx::query(AssertSqlSafe(sql)).execute(pool).await.map(drop),
        };
        done.expect("the statement is right");
    }

    /// Runs several statements on one connection.
    pub(crate) async fn run(&self, script: &str) {
        let done = match self {
            Sql::File(pool) => sqlx::raw_sql(AssertSqlSafe(script)).execute(pool).await.map(drop),
            Sql::Server(pool) => sqlx::raw_sql(AssertSqlSafe(script)).execute(pool).await.map(drop),
        };
        done.expect("the statements are right");
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let found = match self {
            Sql::File(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await,
            Sql::Server(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await,
        };
        found.expect("the statement is right")
    }

    /// Whether the database would read a whole table to run a statement, even when the tables are so large that this is never cheaper;
    /// and its plan, for people.
    pub(crate) async fn scans(&self, sql: &str) -> (bool, String) {
        let sql = (1..=9).fold(sql.to_owned(), |sql, place| sql.replace(&format!("${place}"), "'1'"));
        let lines: Vec<String> = match self {
            Sql::File(pool) => {
                let sql = AssertSqlSafe(format!("explain query plan {sql}"));
                let rows = sqlx::raw_sql(sql).fetch_all(pool).await.expect("a plan");
                rows.iter().map(|row| row.get("detail")).collect()
            }
            Sql::Server(pool) => {
                let sql = AssertSqlSafe(format!("set enable_seqscan = off; explain {sql}"));
                let rows = sqlx::raw_sql(sql).fetch_all(pool).await.expect("a plan");
                rows.iter().map(|row| row.get(0)).collect()
            }
        };
        // Nearly all papers have the same state: who looks them up by that alone reads them all.
        let reads_all = |line: &String| {
            line.starts_with("SCAN ") || line.contains("Seq Scan") || line.contains("(state=?)")
        };
        let scans = lines.iter().any(reads_all);
        (scans, lines.join("\n"))
    }

    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        let found = match self {
            Sql::File(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await,
            Sql::Server(pool) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(pool).await,
        };
        found.expect("the statement is right")
    }
}
