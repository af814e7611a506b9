//! A PostgreSQL server, for installations of several machines.

use super::Schema;
use crate::error::{Error, Result};
use serde::Deserialize;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Connection as _, PgPool};
use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

/// Begins a transaction and waits for the turn of writers: one lock for all of them, given back when the transaction ends. The number
/// stands for motlan and is nobody else's in this database. The transaction sees what was committed when each of its statements
/// begins, so after the lock all that writers before it did.
pub(super) const BEGIN_TURN: &str =
    "begin isolation level read committed; select pg_advisory_xact_lock(120351824537966)";

/// Begins a transaction that sees one state of all records.
pub(super) const BEGIN_SNAPSHOT: &str = "begin isolation level repeatable read read only";

/// How long a task waits for a connection: a server that does not answer for this long is down, and people learn it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Connections of one process, of each kind: writers take turns anyway, and PostgreSQL's own limit of 100 is enough for twelve processes.
const CONNECTIONS_MAX: u32 = 4;

/// The oldest release whose SQL is tested: Debian 12's.
const VERSION_MIN: i64 = 15;

/// Statements that a connection keeps prepared; there are somewhat over a hundred in all.
const STATEMENTS_KEPT: usize = 256;

/// What each connection asks for, whatever the server's own configuration says.
const SETTINGS: &[(&str, &str)] = &[
    // An answer is given only after the server's disk has it: invariant 4.
    ("synchronous_commit", "on"),
    // A writer waits this long for those before it, each of whom takes milliseconds; then the person is told to try again.
    ("lock_timeout", "60s"),
    // Nothing here runs longer; a list of badly read papers among millions takes some seconds.
    ("statement_timeout", "120s"),
    // A machine that is cut off while it has the turn gives it back after this long. No transaction waits for anything but the database.
    ("idle_in_transaction_session_timeout", "30s"),
    // The same, when the network says nothing.
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "3"),
];

/// Address of a PostgreSQL database: `postgres://user:password@host/name`. Shown without the password.
///
/// Other machines are spoken to over TLS, and their certificate must be right. `sslmode=disable` or `sslmode=require` in the address say
/// on purpose that this is not wanted; `sslrootcert=FILE` names the agency's own root certificate.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct DatabaseUrl(PgConnectOptions);

/// An address that cannot be used. The message does not repeat it: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the address of the database is not right: {reason}")]
pub struct DatabaseUrlError {
    reason: String,
}

impl FromStr for DatabaseUrl {
    type Err = DatabaseUrlError;

    fn from_str(text: &str) -> Result<DatabaseUrl, DatabaseUrlError> {
        let text = text.trim();
        let wrong = |reason: String| DatabaseUrlError { reason };
        if !["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
            return Err(wrong("it begins with postgres://".into()));
        }
        let options = PgConnectOptions::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if options.get_database().is_none() {
            return Err(wrong(
                "it ends with the name of a database, as in postgres://user@host/motlan".into(),
            ));
        }
        let options = match options.get_ssl_mode() {
            // The drivers' default, which falls back to plain text without a word.
            PgSslMode::Prefer | PgSslMode::Allow if !is_local(&options) => {
                options.ssl_mode(PgSslMode::VerifyFull)
            }
            _ => options,
        };
        Ok(DatabaseUrl(options))
    }
}

impl DatabaseUrl {
    /// Whether a table of this name is there and not empty. Changes nothing.
    pub(crate) async fn has_rows(&self, table: &'static str) -> Result<bool> {
        let mut connection = PgConnection::connect_with(&self.0).await?;
        let is_there: bool = sqlx::query_scalar("select to_regclass($1) is not null")
            .bind(table)
            .fetch_one(&mut connection)
            .await?;
        let has_rows = is_there && {
            let sql = AssertSqlSafe(format!("select exists (select 1 from {table})"));
            sqlx::query_scalar(sql).fetch_one(&mut connection).await?
        };
        connection.close().await?;
        Ok(has_rows)
    }
}

impl TryFrom<String> for DatabaseUrl {
    type Error = DatabaseUrlError;

    fn try_from(text: String) -> Result<DatabaseUrl, DatabaseUrlError> {
        text.parse()
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, name) = (self.0.get_username(), self.0.get_database().unwrap_or_default());
        match self.0.get_socket() {
            Some(socket) => write!(formatter, "postgres://{user}@{}/{name}", socket.display()),
            None => {
                write!(formatter, "postgres://{user}@{}:{}/{name}", self.0.get_host(), self.0.get_port())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// Whether what is said stays on this machine.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
}

/// What became of the schema, step by step.
static MIGRATIONS: &Migrator = &sqlx::migrate!("migrations/postgres");

/// Connects and migrates to this schema: the connections that write, and those that only read.
pub(super) async fn open(url: &DatabaseUrl, schema: Schema<'_>) -> Result<(PgPool, PgPool)> {
    let options = url.0.clone().application_name("motlan").statement_cache_capacity(STATEMENTS_KEPT);
    // A pool would go on knocking at a server that is down, and then say less than why.
    check(PgConnection::connect_with(&options).await?).await?;
    // Without limits of time: a migration may take longer than any statement.
    let migrating = pool().max_connections(1).connect_with(options.clone()).await?;
    super::migrations(MIGRATIONS, schema)?.run(&migrating).await?;
    migrating.close().await;
    let writing = options.options(SETTINGS.iter().copied());
    let reading = writing.clone().options([("default_transaction_read_only", "on")]);
    Ok((pool().connect_with(writing).await?, pool().connect_with(reading).await?))
}

fn pool() -> PgPoolOptions {
    PgPoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(CONNECT_TIMEOUT)
}

/// Whether this server can keep our records.
async fn check(mut connection: PgConnection) -> Result<()> {
    let sql =
        "select current_setting('server_version_num')::bigint / 10000, current_setting('server_encoding'),
                   current_setting('fsync')";
    let (version, encoding, fsync): (i64, String, String) =
        sqlx::query_as(sql).fetch_one(&mut connection).await?;
    connection.close().await?;
    if version < VERSION_MIN {
        return Err(Error::DatabaseUnsuitable(format!(
            "it is PostgreSQL {version}; at least {VERSION_MIN} is needed"
        )));
    }
    if encoding != "UTF8" {
        return Err(Error::DatabaseUnsuitable(format!(
            "its encoding is {encoding}; create it with: encoding 'UTF8'"
        )));
    }
    if fsync != "on" {
        tracing::warn!("the database server runs with fsync off: a power cut there loses papers");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_machines_are_spoken_to_over_tls_unless_the_address_says_otherwise() {
        let check = |address: &str, expected: PgSslMode| {
            let url: DatabaseUrl = address.parse().unwrap();
            assert_eq!(format!("{:?}", url.0.get_ssl_mode()), format!("{expected:?}"), "{address}");
        };
        check("postgres://motlan@localhost/motlan", PgSslMode::Prefer);
        check("postgres://motlan@127.0.0.1:5433/motlan", PgSslMode::Prefer);
        check("postgres://motlan@[::1]/motlan", PgSslMode::Prefer);
        check("postgres:///motlan?host=/run/postgresql&user=motlan", PgSslMode::Prefer);
        check("postgresql://motlan@db.example/motlan", PgSslMode::VerifyFull);
        check("postgres://motlan@10.1.2.3/motlan", PgSslMode::VerifyFull);
        check("postgres://motlan@localhost.example/motlan", PgSslMode::VerifyFull);
        check("postgres://motlan@db.example/motlan?sslmode=prefer", PgSslMode::VerifyFull);
        check("postgres://motlan@db.example/motlan?sslmode=allow", PgSslMode::VerifyFull);
        check("postgres://motlan@db.example/motlan?sslmode=require", PgSslMode::Require);
        check("postgres://motlan@db.example/motlan?sslmode=disable", PgSslMode::Disable);
    }

    #[test]
    fn an_address_is_never_shown_with_its_password() {
        let check = |address: &str, expected: &str| {
            let shown = match address.parse::<DatabaseUrl>() {
                Ok(url) => format!("{url} {url:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains("bí") && !shown.contains("mat"), "{shown}");
            assert!(shown.contains(expected), "{shown}");
        };
        check("postgres://motlan:mat@db.example:5433/kho", "postgres://motlan@db.example:5433/kho");
        check("postgres://motlan@db.example/kho?password=mat", "postgres://motlan@db.example:5432/kho");
        check("mysql://motlan:mat@db.example/kho", "begins with postgres://");
        check("motlan:mat@db.example/kho", "begins with postgres://");
        check("postgres://motlan:mat@db.example:99999/kho", "port");
        check("postgres://motlan:mat@db.example", "name of a database");
        check("postgres://motlan:mat@db.example/kho?sslmode=khac", "ssl_mode");
    }
}
