//! The embedded database: one SQLite file in the data folder.

use super::Schema;
use crate::error::Result;
use crate::promise::{self, Promise};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection, SqlitePool};
use std::path::Path;
use std::time::Duration;

/// Takes the write lock at once.
pub(super) const BEGIN: &str = "begin immediate";

/// How long a writer waits for writers of other processes: `serve` and `work` share the file, a transaction takes
/// milliseconds, and a disk may stall for seconds. Nobody shall ever see "database is locked".
const BUSY_TIMEOUT: Duration = Duration::from_secs(60);

/// How long emptying the log of writes waits for readers, and writers for that: look-ups take milliseconds, and what takes longer is a
/// backup, which empties the log itself at its end.
const LOG_TIMEOUT: Duration = Duration::from_secs(2);

/// How long a task waits for its turn inside this process: longer than one wait for another process.
const TURN_TIMEOUT: Duration = Duration::from_secs(180);

/// Readers at once: WAL lets them run beside the writer, and look-ups take well under a millisecond each.
const READERS_MAX: u32 = 4;

/// What became of the schema, step by step.
static MIGRATIONS: &Migrator = &sqlx::migrate!("migrations/sqlite");

/// Opens the file, creating and migrating it to this schema: the connection that writes, and those that read.
pub(super) async fn open(file: &Path, schema: Schema<'_>) -> Result<(SqlitePool, SqlitePool)> {
    let base = SqliteConnectOptions::new().filename(file).foreign_keys(true).busy_timeout(BUSY_TIMEOUT);
    let writing = base
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous())
        // What is destroyed is overwritten, not only left out.
        .pragma("secure_delete", "on");
    let writer = pool(1).connect_with(writing).await?;
    super::migrations(MIGRATIONS, schema)?.run(&writer).await?;
    let readers = pool(READERS_MAX).connect_with(base.pragma("query_only", "on")).await?;
    Ok((writer, readers))
}

/// Brings the log of writes into the file and empties it, over a connection of its own. False: someone reads an older state, which stands
/// there alone.
pub(super) async fn empty_log(writer: &SqlitePool) -> Result<bool> {
    let options = writer.connect_options().as_ref().clone().busy_timeout(LOG_TIMEOUT);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let sql = "pragma wal_checkpoint(truncate)";
    let is_busy: bool = sqlx::query_scalar(sql).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(!is_busy)
}

/// Each commit is on the disk before it is answered.
fn synchronous() -> SqliteSynchronous {
    if promise::is_broken(Promise::OnTheDisk) { SqliteSynchronous::Off } else { SqliteSynchronous::Full }
}

/// Connections stay open: each one costs pragmas, and the last one to close would remove the WAL.
fn pool(connections_max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections_max)
        .acquire_timeout(TURN_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .after_release(|connection, _| Box::pin(is_usable(connection)))
}

/// Whether a connection that was given back has left its transaction, once everything it was told is done. When the disk fails a commit,
/// SQLite undoes the transaction by itself, and sqlx, whose own undoing then fails, takes it for open: no other could ever begin.
async fn is_usable(connection: &mut SqliteConnection) -> sqlx::Result<bool> {
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What invariant 4 rests on: SQLite's own defaults would lose committed rows at a power cut, and forget foreign keys.
    #[tokio::test]
    async fn the_writer_is_durable_and_the_readers_only_read() {
        let folder = tempfile::TempDir::new().unwrap();
        let (writer, readers) = open(&folder.path().join("motlan.sqlite"), Schema::Newest).await.unwrap();
        let full = sqlx::query_scalar::<_, i64>("pragma synchronous").fetch_one(&writer).await.unwrap();
        let keys = sqlx::query_scalar::<_, i64>("pragma foreign_keys").fetch_one(&writer).await.unwrap();
        let mode = sqlx::query_scalar::<_, String>("pragma journal_mode").fetch_one(&readers).await;
        assert_eq!((full, keys, mode.unwrap().as_str()), (2, 1, "wal"));
        let written = sqlx::query("delete from change").execute(&readers).await;
        assert!(written.is_err(), "{written:?}");
    }

    #[tokio::test]
    async fn the_log_of_writes_is_emptied_once_nobody_reads_an_older_state() {
        let folder = tempfile::TempDir::new().unwrap();
        let (writer, readers) = open(&folder.path().join("motlan.sqlite"), Schema::Newest).await.unwrap();
        let log_bytes = || std::fs::metadata(folder.path().join("motlan.sqlite-wal")).unwrap().len();
        let mut older = readers.begin().await.unwrap();
        sqlx::query("select count(*) from counter").fetch_one(&mut *older).await.unwrap();
        sqlx::query("insert into counter (name, value) values ('thử', 1)").execute(&writer).await.unwrap();
        assert!(!empty_log(&writer).await.unwrap());
        assert!(log_bytes() > 0);
        older.rollback().await.unwrap();
        assert!(empty_log(&writer).await.unwrap());
        assert_eq!(log_bytes(), 0);
    }
}
