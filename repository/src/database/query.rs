//! A statement with its values, and the rows that answer it, for either database.

use super::{Begun, Connection, Readers};
use crate::error::Result;
use futures::TryStreamExt;
use sqlx::postgres::PgRow;
use sqlx::query::Query as Prepared;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Decode, Encode, Postgres, Row as _, Sqlite, Type};
use std::borrow::Cow;

/// A statement that is waiting to be run. Values never stand in its text.
#[derive(Debug)]
pub(crate) struct Query {
    sql: Cow<'static, str>,
    values: Vec<Value>,
}

/// A value as both databases take it; without content it is null, and PostgreSQL still learns its type.
#[derive(Debug)]
pub(crate) enum Value {
    Text(Option<String>),
    Whole(Option<i64>),
    Real(Option<f64>),
}

/// Where a statement is run.
pub(crate) enum Place<'a> {
    Inside(&'a mut Connection),
    Alone(Readers<'a>),
}

/// One row of an answer.
pub(crate) enum Row {
    File(SqliteRow),
    Server(PgRow),
}

/// What a column may be read as.
pub(crate) trait Stored<'r>:
    Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{
}

impl<'r, T> Stored<'r> for T where T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>
{}

/// A statement.
pub(crate) fn query(sql: &'static str) -> Query {
    Query { sql: Cow::Borrowed(sql), values: Vec::new() }
}

/// Runs a prepared statement in its place by one of sqlx's methods, whichever database it is.
macro_rules! run {
    ($query:expr, $place:expr, $method:ident) => {
        match $place.into() {
            Place::Inside(Connection { transaction: Begun::File(transaction), .. }) => {
                Answer::File($query.prepare().$method(&mut **transaction).await?)
            }
            Place::Inside(Connection { transaction: Begun::Server(transaction), .. }) => {
                Answer::Server($query.prepare().$method(&mut **transaction).await?)
            }
            Place::Alone(Readers::File(pool)) => Answer::File($query.prepare().$method(pool).await?),
            Place::Alone(Readers::Server(pool)) => Answer::Server($query.prepare().$method(pool).await?),
        }
    };
}

enum Answer<F, S> {
    File(F),
    Server(S),
}

impl Query {
    /// A statement whose names were asked of the database itself.
    pub(super) fn built(sql: String) -> Query {
        Query { sql: Cow::Owned(sql), values: Vec::new() }
    }

    /// Adds more to the text.
    pub(crate) fn with(self, more: &'static str) -> Query {
        Query { sql: Cow::Owned(self.sql.into_owned() + more), ..self }
    }

    /// Adds a list of values in brackets to the text: `($1, $2, …)`; of none `(null)`, which nothing is in: PostgreSQL takes no empty list.
    pub(crate) fn with_list(mut self, values: impl IntoIterator<Item = impl Into<Value>>) -> Query {
        let first = self.values.len() + 1;
        self.values.extend(values.into_iter().map(Into::into));
        let places = (first..=self.values.len()).map(|place| format!("${place}")).collect::<Vec<_>>();
        let places = if places.is_empty() { "null".to_owned() } else { places.join(", ") };
        Query { sql: Cow::Owned(format!("{} ({places})", self.sql)), ..self }
    }

    /// The value of the next place.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Query {
        self.values.push(value.into());
        self
    }

    /// Runs it and answers how many rows it changed.
    pub(crate) async fn execute(self, place: impl Into<Place<'_>>) -> Result<u64> {
        Ok(match run!(self, place, execute) {
            Answer::File(done) => done.rows_affected(),
            Answer::Server(done) => done.rows_affected(),
        })
    }

    /// All rows.
    pub(crate) async fn fetch_all(self, place: impl Into<Place<'_>>) -> Result<Vec<Row>> {
        Ok(match run!(self, place, fetch_all) {
            Answer::File(rows) => rows.into_iter().map(Row::File).collect(),
            Answer::Server(rows) => rows.into_iter().map(Row::Server).collect(),
        })
    }

    /// Hands out row by row, so that an answer of millions needs the memory of one.
    pub(crate) async fn each(
        self,
        connection: &mut Connection,
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        match &mut connection.transaction {
            Begun::File(transaction) => {
                let mut rows = self.prepare().fetch(&mut **transaction);
                while let Some(row) = rows.try_next().await? {
                    take(Row::File(row))?;
                }
            }
            Begun::Server(transaction) => {
                let mut rows = self.prepare().fetch(&mut **transaction);
                while let Some(row) = rows.try_next().await? {
                    take(Row::Server(row))?;
                }
            }
        }
        Ok(())
    }

    /// The first row; none: there is none.
    pub(crate) async fn fetch_optional(self, place: impl Into<Place<'_>>) -> Result<Option<Row>> {
        Ok(match run!(self, place, fetch_optional) {
            Answer::File(row) => row.map(Row::File),
            Answer::Server(row) => row.map(Row::Server),
        })
    }

    /// The first row of an answer that always has one.
    pub(crate) async fn fetch_one(self, place: impl Into<Place<'_>>) -> Result<Row> {
        Ok(match run!(self, place, fetch_one) {
            Answer::File(row) => Row::File(row),
            Answer::Server(row) => Row::Server(row),
        })
    }

    fn prepare<D>(self) -> Prepared<'static, D, D::Arguments>
    where
        D: sqlx::Database,
        Option<String>: Encode<'static, D> + Type<D>,
        Option<i64>: Encode<'static, D> + Type<D>,
        Option<f64>: Encode<'static, D> + Type<D>,
    {
        // Texts are written in this crate, and hold places for values, never values.
        let prepared = sqlx::query(AssertSqlSafe(self.sql));
        self.values.into_iter().fold(prepared, |prepared, value| match value {
            Value::Text(text) => prepared.bind(text),
            Value::Whole(number) => prepared.bind(number),
            Value::Real(number) => prepared.bind(number),
        })
    }
}

impl Row {
    /// The value of a column.
    pub(crate) fn get<'r, T: Stored<'r>>(&'r self, column: &str) -> Result<T> {
        Ok(match self {
            Row::File(row) => row.try_get(column)?,
            Row::Server(row) => row.try_get(column)?,
        })
    }
}

impl<'a> From<&'a mut Connection> for Place<'a> {
    fn from(connection: &'a mut Connection) -> Place<'a> {
        Place::Inside(connection)
    }
}

impl<'a> From<Readers<'a>> for Place<'a> {
    fn from(readers: Readers<'a>) -> Place<'a> {
        Place::Alone(readers)
    }
}

impl From<String> for Value {
    /// PostgreSQL's texts cannot hold the character NUL, which damaged files bring along; it is left out for both.
    fn from(text: String) -> Value {
        Value::Text(Some(if text.contains('\0') { text.replace('\0', "") } else { text }))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::from(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::from(text.clone())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Whole(Some(number))
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Real(Some(number))
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Value {
        Value::Whole(Some(i64::from(yes)))
    }
}

/// The null of each kind.
trait Kind: Into<Value> {
    const NULL: Value;
}

impl Kind for String {
    const NULL: Value = Value::Text(None);
}

impl Kind for &str {
    const NULL: Value = Value::Text(None);
}

impl Kind for &String {
    const NULL: Value = Value::Text(None);
}

impl Kind for i64 {
    const NULL: Value = Value::Whole(None);
}

impl Kind for f64 {
    const NULL: Value = Value::Real(None);
}

impl<T: Kind> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(T::NULL, Into::into)
    }
}
