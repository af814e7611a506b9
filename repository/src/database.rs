//! How the database is opened and asked. The only place that knows which of two it is: a SQLite file in the data folder, or a PostgreSQL
//! server that several machines share. Everything above writes one SQL text for both.
//!
//! Writers take turns on both, so that what a transaction has checked is still true when it commits, numbers have no gaps, and changes
//! are committed in the order of their numbers. SQLite knows no other way; on PostgreSQL a transaction that [`Database::write`] begins
//! holds one advisory lock to its end.

mod column;
mod file;
mod query;
mod server;
mod tables;

pub(crate) use column::{
    exact_key, flag, json, read_json, read_json_or_none, read_time, read_time_or_none, read_word,
    read_word_or_none, whole, whole_or_none, word,
};
pub(crate) use query::{Query, Row, Value, query};
pub use server::{DatabaseUrl, DatabaseUrlError};
pub(crate) use tables::Table;

use crate::audit::LogKey;
use crate::clock::moment_of;
use crate::error::{Error, Result};
use crate::promise;
use crate::record::DocumentId;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sqlx::migrate::Migrator;
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool};
use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use uuid::Uuid;

/// The database of one installation.
#[derive(Debug)]
pub(crate) struct Database {
    pools: Pools,
    /// What entries of the access log are signed with.
    pen: OnceLock<Arc<LogKey>>,
}

#[derive(Debug)]
enum Pools {
    /// One connection that writes, a few that read.
    File { writer: SqlitePool, readers: SqlitePool },
    /// A few connections that write, and a few that only read.
    Server { writers: PgPool, readers: PgPool },
}

/// One connection inside a transaction. It carries the key of the access log, so that whoever can write can also tell who did.
pub(crate) struct Connection {
    transaction: Begun,
    pen: Option<Arc<LogKey>>,
}

enum Begun {
    File(sqlx::Transaction<'static, Sqlite>),
    Server(sqlx::Transaction<'static, Postgres>),
}

/// A transaction; dropped without `commit` it is undone.
pub(crate) struct Transaction(Connection);

/// Connections for single questions.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Readers<'a> {
    File(&'a SqlitePool),
    Server(&'a PgPool),
}

/// Which tables and columns a database shall have.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Schema<'a> {
    /// Those of this version.
    Newest,
    /// Those that the migrations of these names made: what an older version had.
    Of(&'a [String]),
}

/// What PostgreSQL's first migration holds at once.
const BEGINNING: &[&str] = &["records", "evidence", "passes"];

/// The migrations that lead to a schema.
fn migrations(all: &Migrator, schema: Schema<'_>) -> Result<Migrator> {
    let Schema::Of(names) = schema else {
        return Ok(Migrator::with_migrations(all.iter().cloned().collect()));
    };
    let is_known = |name: &String| {
        BEGINNING.contains(&name.as_str()) || all.iter().any(|migration| migration.description == *name)
    };
    if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
        return Err(Error::DatabaseUnsuitable(format!(
            "this version does not know the step `{unknown}` of its schema; use the version that made it, or a newer one"
        )));
    }
    let wanted = all.iter().filter(|migration| {
        BEGINNING.contains(&&*migration.description)
            || names.iter().any(|name| migration.description == *name)
    });
    Ok(Migrator::with_migrations(wanted.cloned().collect()))
}

impl Database {
    /// Opens the file, creating and migrating it. The caller holds the lock that keeps other processes from opening it at the same
    /// moment: changing to WAL does not wait for others as writing does.
    pub(crate) async fn open_file(file: &Path, schema: Schema<'_>) -> Result<Database> {
        let (writer, readers) = file::open(file, schema).await?;
        Ok(Database { pools: Pools::File { writer, readers }, pen: OnceLock::new() })
    }

    /// Connects to a server and migrates the database there; several machines may do so at once.
    pub(crate) async fn open_server(url: &DatabaseUrl, schema: Schema<'_>) -> Result<Database> {
        let (writers, readers) = server::open(url, schema).await?;
        Ok(Database { pools: Pools::Server { writers, readers }, pen: OnceLock::new() })
    }

    /// From now on entries of the access log are signed with this key; the first one given counts.
    pub(crate) fn sign_with(&self, key: LogKey) {
        // Another task of this process may have been first, with the same key.
        let _ = self.pen.set(Arc::new(key));
    }

    /// What entries of the access log are signed with.
    pub(crate) fn pen(&self) -> Result<&LogKey> {
        self.pen.get().map(Arc::as_ref).ok_or_else(no_pen)
    }

    /// Begins a transaction that writes. It waits for its turn before it sees anything, so that it can never fail halfway because
    /// another writer was first.
    pub(crate) async fn write(&self) -> Result<Transaction> {
        Ok(self.begun(match &self.pools {
            Pools::File { writer, .. } => Begun::File(writer.begin_with(file::BEGIN).await?),
            Pools::Server { writers, .. } => Begun::Server(writers.begin_with(server::BEGIN_TURN).await?),
        }))
    }

    /// Begins a transaction that writes without a turn, where the database can do that. For writing that rests on nothing but the rows
    /// that it locks: the counter of claims, a job, the turn of its agency, the counter of the access log. They are locked in this order,
    /// so nobody ever waits for each other.
    pub(crate) async fn write_beside(&self) -> Result<Transaction> {
        match &self.pools {
            Pools::File { .. } => self.write().await,
            Pools::Server { writers, .. } => Ok(self.begun(Begun::Server(writers.begin().await?))),
        }
    }

    fn begun(&self, transaction: Begun) -> Transaction {
        Transaction(Connection { transaction, pen: self.pen.get().cloned() })
    }

    /// Begins a transaction that sees one state of all records and writes nothing.
    pub(crate) async fn read(&self) -> Result<Transaction> {
        Ok(self.begun(match &self.pools {
            Pools::File { readers, .. } => Begun::File(readers.begin().await?),
            Pools::Server { readers, .. } => Begun::Server(readers.begin_with(server::BEGIN_SNAPSHOT).await?),
        }))
    }

    /// Lets nothing remain of what was overwritten, as far as the database can: a file's log of writes is emptied. A server keeps old rows
    /// until its own tidying comes to them. What was committed stays so whether this works or not; when it does not, because someone
    /// reads an older state, a warning in the program's log says so, and whoever comes here next does it.
    pub(crate) async fn forget(&self) {
        let Pools::File { writer, .. } = &self.pools else { return };
        match file::empty_log(writer).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(
                "someone reads an older state of the records: what was destroyed stays in motlan.sqlite-wal until the next backup or disposal"
            ),
            Err(error) => tracing::warn!(
                %error,
                "what was destroyed stays in motlan.sqlite-wal until the next backup or disposal"
            ),
        }
    }

    /// Ends all connections; a file then stands alone, without its log of writes.
    pub(crate) async fn close(self) {
        match self.pools {
            Pools::File { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Server { writers, readers } => {
                readers.close().await;
                writers.close().await;
            }
        }
    }

    /// For a single question.
    pub(crate) fn reader(&self) -> Readers<'_> {
        match &self.pools {
            Pools::File { readers, .. } => Readers::File(readers),
            Pools::Server { readers, .. } => Readers::Server(readers),
        }
    }
}

impl Connection {
    /// A question whose rows stay locked until the transaction ends. Rows that another transaction has locked are passed over; where
    /// only one transaction writes there are none.
    pub(crate) fn claim_rows(&self, sql: &'static str) -> Query {
        match self.transaction {
            Begun::File(_) => query(sql),
            Begun::Server(_) => query(sql).with(" for update skip locked"),
        }
    }

    /// What an entry of the access log is signed with.
    pub(crate) fn pen(&self) -> Result<Arc<LogKey>> {
        self.pen.clone().ok_or_else(no_pen)
    }
}

impl Transaction {
    /// Makes it durable.
    pub(crate) async fn commit(self) -> Result<()> {
        match self.0.transaction {
            Begun::File(transaction) => transaction.commit().await?,
            Begun::Server(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    /// Makes it durable some time, after the answer: the promise that [`promise`] may break.
    pub(crate) fn commit_late(self) {
        tokio::spawn(async {
            tokio::time::sleep(promise::LATE_BY).await;
            self.commit().await
        });
    }
}

impl Deref for Transaction {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl DerefMut for Transaction {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.0
    }
}

fn no_pen() -> Error {
    Error::Corrupt("the access log has no key yet".into())
}

/// Takes the next number of a counter, 1 at first. Inside a transaction that is undone the number is given back: no gaps. The counter
/// stays locked until the transaction ends, so that numbers and commits have the same order.
pub(crate) async fn next_number(connection: &mut Connection, counter: &str) -> Result<i64> {
    let sql = "insert into counter (name, value) values ($1, 1)
               on conflict (name) do update set value = counter.value + 1 returning value";
    query(sql).bind(counter).fetch_one(connection).await?.get("value")
}

/// Rows of several papers by their column `document_id`, each list in the order of the rows.
pub(crate) fn grouped<T>(
    rows: &[Row],
    from_row: impl Fn(&Row) -> Result<T>,
) -> Result<HashMap<DocumentId, Vec<T>>> {
    let mut groups: HashMap<DocumentId, Vec<T>> = HashMap::new();
    for row in rows {
        groups.entry(read_word(row, "document_id")?).or_default().push(from_row(row)?);
    }
    Ok(groups)
}

/// Now, as columns keep it: microseconds since 1970.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_microsecond()
}

/// Today in Việt Nam, which has one zone and no summer time.
pub fn today() -> Date {
    day_of(Timestamp::now())
}

/// Asia/Ho_Chi_Minh, which has been UTC+7 all year round since 1975.
pub(crate) fn vietnam() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(7))
}

/// The day of a moment in Việt Nam.
pub(crate) fn day_of(moment: Timestamp) -> Date {
    moment.to_zoned(vietnam()).date()
}

/// When a day begins in Việt Nam.
pub(crate) fn start_of(day: Date) -> Timestamp {
    moment_of(day.to_datetime(jiff::civil::Time::midnight()))
}

/// A key as columns keep it.
pub(crate) fn new_key() -> Uuid {
    Uuid::now_v7()
}
