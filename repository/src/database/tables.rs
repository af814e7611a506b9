//! All tables as they are, taken out and put back in one form for both databases: a row is a JSON array, columns stand in the order of
//! their names. Which tables and columns there are is asked of the database, so nothing here has to be kept in step with migrations.

use super::query::{Query, Row, Value};
use super::{Begun, Connection, query};
use crate::error::{Error, Result};
use serde_json::Value as Json;

/// Values in one statement: SQLite takes 32,766, PostgreSQL twice that.
const VALUES_MAX: usize = 30_000;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Whole,
    Real,
}

#[derive(Debug, Clone)]
struct Column {
    name: String,
    kind: Kind,
    /// Place in the primary key, from 1; 0: not in it.
    key: u32,
}

/// A table as it is at this moment.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    name: String,
    columns: Vec<Column>,
}

/// A rule of the server's schema that rows of one table name rows of another.
#[derive(Debug)]
pub(crate) struct Reference {
    /// As the server quotes it.
    table: String,
    name: String,
    rule: String,
}

impl Table {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Names of its columns, in the order of rows.
    pub(crate) fn columns(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_str()).collect()
    }

    fn is_complete(&self) -> bool {
        self.columns.iter().any(|column| column.key > 0)
    }

    /// Rows in the order of the primary key, which sorts texts by their bytes in both databases.
    fn select(&self) -> Query {
        let mut key: Vec<_> = self.columns.iter().filter(|column| column.key > 0).collect();
        key.sort_by_key(|column| column.key);
        let key: Vec<_> = key.iter().map(|column| quoted(&column.name)).collect();
        Query::built(format!(
            "select {} from {} order by {}",
            self.list(),
            quoted(&self.name),
            key.join(", ")
        ))
    }

    fn list(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }

    fn insert(&self, overriding: &str, rows: usize) -> String {
        let row = |first: usize| {
            let places: Vec<_> =
                (first..first + self.columns.len()).map(|place| format!("${place}")).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<_> = (0..rows).map(|number| row(1 + number * self.columns.len())).collect();
        format!(
            "insert into {} ({}) {overriding} values {}",
            quoted(&self.name),
            self.list(),
            rows.join(", ")
        )
    }

    fn read(&self, row: &Row) -> Result<Vec<Json>> {
        self.columns.iter().map(|column| column.read(row)).collect()
    }
}

impl Column {
    /// Real numbers as texts: the shortest that comes back to the last bit, which readers of JSON do not promise for numbers.
    fn read(&self, row: &Row) -> Result<Json> {
        Ok(match self.kind {
            Kind::Text => row.get::<Option<String>>(&self.name)?.into(),
            Kind::Whole => row.get::<Option<i64>>(&self.name)?.into(),
            Kind::Real => row.get::<Option<f64>>(&self.name)?.map(|number| number.to_string()).into(),
        })
    }

    fn value(&self, json: &Json) -> Option<Value> {
        Some(match (self.kind, json) {
            (Kind::Text, Json::Null) => Value::Text(None),
            (Kind::Whole, Json::Null) => Value::Whole(None),
            (Kind::Real, Json::Null) => Value::Real(None),
            (Kind::Text, Json::String(text)) => Value::Text(Some(text.clone())),
            (Kind::Whole, Json::Number(number)) => Value::Whole(Some(number.as_i64()?)),
            (Kind::Real, Json::String(text)) => Value::Real(Some(text.parse().ok()?)),
            _ => return None,
        })
    }
}

impl Connection {
    /// All tables of ours, by name.
    pub(crate) async fn tables(&mut self) -> Result<Vec<Table>> {
        let question = match self.transaction {
            Begun::File(_) => query(
                "select m.name as table_name, c.name as column_name, c.type as type, c.pk as place
                 from sqlite_master m join pragma_table_info(m.name) c
                 where m.type = 'table' and m.name not like 'sqlite_%' and m.name <> '_sqlx_migrations'
                 order by m.name, c.name",
            ),
            Begun::Server(_) => query(
                "select c.table_name::text as table_name, c.column_name::text as column_name, c.data_type::text as type,
                     coalesce((select k.ordinal_position from information_schema.key_column_usage k
                         join information_schema.table_constraints t using (constraint_schema, constraint_name)
                         where t.constraint_type = 'PRIMARY KEY' and k.table_schema = c.table_schema
                             and k.table_name = c.table_name and k.column_name = c.column_name), 0)::bigint as place
                 from information_schema.columns c
                 where c.table_schema = current_schema() and c.table_name <> '_sqlx_migrations'
                 order by c.table_name::text collate \"C\", c.column_name::text collate \"C\"",
            ),
        };
        let mut tables: Vec<Table> = Vec::new();
        for row in question.fetch_all(&mut *self).await? {
            let (name, column) = (row.get::<String>("table_name")?, column_from(&row)?);
            match tables.last_mut() {
                Some(table) if table.name == name => table.columns.push(column),
                _ => tables.push(Table { name, columns: vec![column] }),
            }
        }
        match tables.iter().find(|table| !table.is_complete()) {
            Some(table) => Err(Error::Corrupt(format!("table {} has no primary key", table.name))),
            None => Ok(tables),
        }
    }

    /// Names of the migrations that were applied, oldest first. Both databases have the same names, though not the same numbers.
    pub(crate) async fn schema(&mut self) -> Result<Vec<String>> {
        let question = query("select description from _sqlx_migrations order by version");
        let rows = question.fetch_all(&mut *self).await?;
        rows.iter().map(|row| row.get("description")).collect()
    }

    /// From here on statements of this transaction may take as long as they need: they go through whole tables.
    pub(crate) async fn take_time(&mut self) -> Result<()> {
        if let Begun::Server(_) = self.transaction {
            query("set local statement_timeout = 0").execute(&mut *self).await?;
        }
        Ok(())
    }

    /// Hands out every row of a table, one after the other.
    pub(crate) async fn each_row(
        &mut self,
        table: &Table,
        mut take: impl FnMut(Vec<Json>) -> Result<()>,
    ) -> Result<()> {
        table.select().each(self, |row| take(table.read(&row)?)).await
    }

    /// Puts rows into a table.
    ///
    /// # Errors
    /// `Corrupt` when a row has not the form of this table.
    pub(crate) async fn put_rows(&mut self, table: &Table, rows: &[Vec<Json>]) -> Result<()> {
        // The server gives numbers of its own otherwise.
        let overriding = match self.transaction {
            Begun::File(_) => "",
            Begun::Server(_) => "overriding system value",
        };
        for some in rows.chunks(VALUES_MAX / table.columns.len()) {
            let mut statement = Query::built(table.insert(overriding, some.len()));
            for (column, json) in some.iter().flat_map(|row| table.columns.iter().zip(row)) {
                let wrong = || Error::Corrupt(format!("column {} of table {}", column.name, table.name));
                statement = statement.bind(column.value(json).ok_or_else(wrong)?);
            }
            statement.execute(&mut *self).await?;
        }
        Ok(())
    }

    /// Empties every table and lets rows come in any order; [`Connection::end_filling`] looks that they fit together.
    pub(crate) async fn begin_filling(&mut self, tables: &[Table]) -> Result<Vec<Reference>> {
        let references = match self.transaction {
            Begun::File(_) => {
                query("pragma defer_foreign_keys = on").execute(&mut *self).await?;
                Vec::new()
            }
            Begun::Server(_) => self.take_references().await?,
        };
        for table in tables {
            Query::built(format!("delete from {}", quoted(&table.name))).execute(&mut *self).await?;
        }
        Ok(references)
    }

    /// Rows refer to each other as they must, from now on too, and numbers that the database gives go on after the greatest.
    pub(crate) async fn end_filling(&mut self, references: Vec<Reference>) -> Result<()> {
        for Reference { table, name, rule } in references {
            Query::built(format!("alter table {table} add constraint {} {rule}", quoted(&name)))
                .execute(&mut *self)
                .await?;
        }
        if let Begun::Server(_) = self.transaction {
            let sql = "select table_name::text as table_name, column_name::text as column_name
                       from information_schema.columns
                       where table_schema = current_schema() and is_identity = 'YES'";
            for row in query(sql).fetch_all(&mut *self).await? {
                let (table, column) = (row.get::<String>("table_name")?, row.get::<String>("column_name")?);
                let (table, column) = (quoted(&table), quoted(&column));
                let sql = format!(
                    "select setval(pg_get_serial_sequence($1, $2), coalesce(max({column}), 0) + 1, false) from {table}"
                );
                Query::built(sql).bind(&table).bind(column.trim_matches('"')).fetch_one(&mut *self).await?;
            }
        }
        Ok(())
    }

    /// Takes all references between rows out of the server's schema, which checks them at each statement otherwise.
    async fn take_references(&mut self) -> Result<Vec<Reference>> {
        let sql = "select conrelid::regclass::text as table_name, conname::text as name, pg_get_constraintdef(oid) as rule
                   from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace";
        let mut taken = Vec::new();
        for row in query(sql).fetch_all(&mut *self).await? {
            let reference =
                Reference { table: row.get("table_name")?, name: row.get("name")?, rule: row.get("rule")? };
            let sql = format!("alter table {} drop constraint {}", reference.table, quoted(&reference.name));
            Query::built(sql).execute(&mut *self).await?;
            taken.push(reference);
        }
        Ok(taken)
    }
}

fn column_from(row: &Row) -> Result<Column> {
    let name: String = row.get("column_name")?;
    let kind = match row.get::<String>("type")?.to_ascii_lowercase().as_str() {
        "text" => Kind::Text,
        "integer" | "bigint" => Kind::Whole,
        "real" | "double precision" => Kind::Real,
        other => return Err(Error::Corrupt(format!("column {name} is of the type {other}"))),
    };
    Ok(Column { name, kind, key: super::whole(row, "place")? })
}

/// Names come from the database's own catalogue.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
