//! How the database is opened, and how values stand in its columns. The only file that names the kind of database.

use crate::error::{Error, Result};
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use std::path::Path;
use std::time::Duration;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

/// One connection, inside a transaction or not.
pub(crate) type Connection = sqlx::SqliteConnection;
/// A transaction; dropped without `commit` it is undone.
pub(crate) type Transaction = sqlx::Transaction<'static, sqlx::Sqlite>;
/// One row of an answer.
pub(crate) type Row = sqlx::sqlite::SqliteRow;

/// How long a writer waits for writers of other processes: `serve` and `work` share the file, a transaction takes
/// milliseconds, and a disk may stall for seconds. Nobody shall ever see "database is locked".
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);

/// How long a task waits for its turn inside this process: longer than one wait for another process.
const TURN_TIMEOUT: Duration = Duration::from_secs(180);

/// Readers at once: WAL lets them run beside the writer, and look-ups take well under a millisecond each.
const READERS_MAX: u32 = 4;

/// One connection that writes, a few that read.
#[derive(Debug)]
pub(crate) struct Database {
    writer: SqlitePool,
    readers: SqlitePool,
}

impl Database {
    /// Opens the file, creating and migrating it. The caller holds the lock that keeps other processes from opening it at the same
    /// moment: changing to WAL does not wait for others as writing does.
    pub(crate) async fn open(file: &Path) -> Result<Database> {
        let base = SqliteConnectOptions::new().filename(file).foreign_keys(true).busy_timeout(BUSY_TIMEOUT);
        let writing = base
            .clone()
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let writer = pool(1).connect_with(writing).await?;
        sqlx::migrate!("migrations/sqlite").run(&writer).await?;
        let readers = pool(READERS_MAX).connect_with(base.pragma("query_only", "on")).await?;
        Ok(Database { writer, readers })
    }

    /// Begins a transaction that writes. It takes the write lock at once, so that it can never fail halfway because another
    /// writer was first.
    pub(crate) async fn write(&self) -> Result<Transaction> {
        Ok(self.writer.begin_with("begin immediate").await?)
    }

    /// Begins a transaction that sees one state of all records and writes nothing.
    pub(crate) async fn read(&self) -> Result<Transaction> {
        Ok(self.readers.begin().await?)
    }

    /// For a single question.
    pub(crate) fn reader(&self) -> &SqlitePool {
        &self.readers
    }
}

/// Connections stay open: each one costs pragmas, and the last one to close would remove the WAL.
fn pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(TURN_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Takes the next number of a counter, 1 at first. Inside a transaction that is undone the number is given back: no gaps.
pub(crate) async fn next_number(connection: &mut Connection, counter: &str) -> Result<i64> {
    let sql = "insert into counter (name, value) values ($1, 1)
               on conflict (name) do update set value = counter.value + 1 returning value";
    Ok(sqlx::query_scalar(sql).bind(counter).fetch_one(connection).await?)
}

/// Now, as columns keep it: microseconds since 1970.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_microsecond()
}

/// Today in Việt Nam, which has one zone and no summer time.
pub(crate) fn today() -> Date {
    Zoned::new(Timestamp::now(), jiff::tz::TimeZone::fixed(jiff::tz::offset(7))).date()
}

/// A key as columns keep it.
pub(crate) fn new_key() -> Uuid {
    Uuid::now_v7()
}

/// The word of an enumeration, as the JSON API spells it.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        other => unreachable!("an enumeration of plain names serializes as a string, not {other:?}"),
    }
}

/// A value as JSON text.
pub(crate) fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value)
        .expect("records serialize: their keys are strings and nothing in them can fail")
}

/// The key by which exact look-ups forgive separators, letter case and the stroke of Đ: `123/QĐ-UBND` is `123QDUBND`.
pub(crate) fn exact_key(text: &str) -> String {
    let letters = text.nfc().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_uppercase);
    letters.map(|letter| if letter == 'Đ' { 'D' } else { letter }).collect()
}

/// What cannot be read back.
fn corrupt(column: &str) -> Error {
    Error::Corrupt(format!("column {column}"))
}

/// Reads a whole number that is smaller than the column allows.
pub(crate) fn whole<T: TryFrom<i64>>(row: &Row, column: &str) -> Result<T> {
    T::try_from(row.try_get::<i64, _>(column)?).map_err(|_| corrupt(column))
}

/// Reads a whole number that may be missing.
pub(crate) fn whole_or_none<T: TryFrom<i64>>(row: &Row, column: &str) -> Result<Option<T>> {
    let number = row.try_get::<Option<i64>, _>(column)?;
    number.map(|number| T::try_from(number).map_err(|_| corrupt(column))).transpose()
}

/// Reads the word of an enumeration, or a parsed identifier.
pub(crate) fn read_word<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    read_word_or_none(row, column)?.ok_or_else(|| corrupt(column))
}

/// Reads a word that may be missing.
pub(crate) fn read_word_or_none<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>> {
    let word = row.try_get::<Option<String>, _>(column)?.map(serde_json::Value::String);
    word.map(|word| serde_json::from_value(word).map_err(|_| corrupt(column))).transpose()
}

/// Reads JSON text.
pub(crate) fn read_json<T: DeserializeOwned>(row: &Row, column: &str) -> Result<T> {
    serde_json::from_str(row.try_get(column)?).map_err(|_| corrupt(column))
}

/// Reads JSON text that may be missing.
pub(crate) fn read_json_or_none<T: DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>> {
    let text = row.try_get::<Option<&str>, _>(column)?;
    text.map(|text| serde_json::from_str(text).map_err(|_| corrupt(column))).transpose()
}

/// Reads a time.
pub(crate) fn read_time(row: &Row, column: &str) -> Result<Timestamp> {
    Timestamp::from_microsecond(row.try_get(column)?).map_err(|_| corrupt(column))
}

/// Reads a time that may be missing.
pub(crate) fn read_time_or_none(row: &Row, column: &str) -> Result<Option<Timestamp>> {
    let micros = row.try_get::<Option<i64>, _>(column)?;
    micros.map(|micros| Timestamp::from_microsecond(micros).map_err(|_| corrupt(column))).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What invariant 4 rests on: SQLite's own defaults would lose committed rows at a power cut, and forget foreign keys.
    #[tokio::test]
    async fn the_writer_is_durable_and_the_readers_only_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let database = Database::open(&folder.path().join("motlan.sqlite")).await.unwrap();
        let full =
            sqlx::query_scalar::<_, i64>("pragma synchronous").fetch_one(&database.writer).await.unwrap();
        let keys =
            sqlx::query_scalar::<_, i64>("pragma foreign_keys").fetch_one(&database.writer).await.unwrap();
        let mode = sqlx::query_scalar::<_, String>("pragma journal_mode").fetch_one(&database.readers).await;
        assert_eq!((full, keys, mode.unwrap().as_str()), (2, 1, "wal"));
        let written = sqlx::query("delete from change").execute(&database.readers).await;
        assert!(written.is_err(), "{written:?}");
    }

    #[test]
    fn keys_forgive_separators_case_and_the_stroke() {
        let check = |text: &str, expected: &str| assert_eq!(exact_key(text), expected, "{text}");
        check("123/QĐ-UBND", "123QDUBND");
        check("123/qd-ubnd", "123QDUBND");
        check(" 0314409058 - 002 ", "0314409058002");
        check("KS-261121-000042", "KS261121000042");
        check("Số 12", "SỐ12");
        check("So\u{302}\u{301} 12", "SỐ12");
        check(" -/. ", "");
    }
}
