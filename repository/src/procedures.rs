//! The catalogue of procedures, versioned by the day from which each version applies.

use crate::Repository;
use crate::access::{self, Touched};
use crate::database::{self, Connection, Row};
use crate::deadlines::Pace;
use crate::error::{Error, Result};
use crate::identifier::ProcedureCode;
use crate::record::*;
use jiff::civil::Date;

/// Of each procedure the version in force on a day, or the first one to come.
macro_rules! select_catalogue {
    ($columns:literal) => {
        concat!(
            $columns,
            " from procedure as one
             where valid_from = coalesce(
                 (select max(valid_from) from procedure as other
                     where other.code = one.code and other.valid_from <= $1),
                 (select min(valid_from) from procedure as other where other.code = one.code))
             order by code"
        )
    };
}

impl Repository {
    /// Adds or replaces procedures of the catalogue. Idempotent. Dossiers that are open keep what they asked for, and what was promised.
    ///
    /// # Errors
    /// `Invalid` when a term is none that can be kept.
    pub async fn put_procedures(&self, actor: &Actor, procedures: &[Procedure]) -> Result<()> {
        self.permit(actor, Action::Configure, Touched::NONE).await?;
        procedures.iter().try_for_each(check_term)?;
        let mut transaction = self.database().write().await?;
        for procedure in procedures {
            put(&mut transaction, procedure).await?;
        }
        access::write(&mut transaction, actor, Action::Configure, Touched::NONE, true).await?;
        transaction.commit().await
    }

    /// The catalogue, by code: of each procedure the version in force today, or the first one to come.
    pub async fn procedures(&self) -> Result<Vec<Procedure>> {
        let mut snapshot = self.database().read().await?;
        let question = database::query(select_catalogue!("select *")).bind(database::today().to_string());
        let rows = question.fetch_all(&mut *snapshot).await?;
        let mut procedures = Vec::new();
        for row in &rows {
            procedures.push(read(&mut snapshot, row).await?);
        }
        Ok(procedures)
    }

    /// Codes and names of the catalogue alone, in one question: what a list to choose from shows.
    pub async fn procedure_names(&self) -> Result<Vec<(ProcedureCode, String)>> {
        let question = database::query(select_catalogue!("select code, name"));
        let rows = question.bind(database::today().to_string()).fetch_all(self.database().reader()).await?;
        rows.iter().map(|row| Ok((database::read_word(row, "code")?, row.get("name")?))).collect()
    }

    /// A procedure as it is on a day; none: it is not known, or not in force yet.
    pub async fn procedure_on(&self, code: &ProcedureCode, on: Date) -> Result<Option<Procedure>> {
        in_force(&mut *self.database().read().await?, code, on).await
    }
}

/// The version of a procedure that was in force on a day: a dossier follows the law of the day it was received.
pub(crate) async fn in_force(
    connection: &mut Connection,
    code: &ProcedureCode,
    on: Date,
) -> Result<Option<Procedure>> {
    let sql = "select * from procedure where code = $1 and valid_from <= $2 order by valid_from desc limit 1";
    let question = database::query(sql).bind(code.as_str()).bind(on.to_string());
    match question.fetch_optional(&mut *connection).await? {
        Some(row) => read(connection, &row).await.map(Some),
        None => Ok(None),
    }
}

fn check_term(procedure: &Procedure) -> Result<()> {
    match procedure.term.is_none_or(Term::is_sensible) {
        true => Ok(()),
        false => Err(Error::invalid(format!(
            "Thời hạn của thủ tục {} phải từ 1 đến {} ngày làm việc.",
            procedure.code,
            Term::DAYS_MAX
        ))),
    }
}

/// What the procedure that a dossier follows says of time.
pub(crate) async fn pace(connection: &mut Connection, dossier: &Dossier) -> Result<Pace> {
    let procedure = in_force(connection, &dossier.procedure, dossier.received_on).await?;
    Ok(procedure.as_ref().map(Pace::from).unwrap_or_default())
}

async fn put(connection: &mut Connection, procedure: &Procedure) -> Result<()> {
    let valid_from = procedure.valid_from.to_string();
    let sql = "insert into procedure (code, valid_from, name, field, agency_level, term, cut_off)
               values ($1, $2, $3, $4, $5, $6, $7)
               on conflict (code, valid_from) do update set
                   name = excluded.name, field = excluded.field, agency_level = excluded.agency_level,
                   term = excluded.term, cut_off = excluded.cut_off";
    database::query(sql)
        .bind(procedure.code.as_str())
        .bind(&valid_from)
        .bind(&procedure.name)
        .bind(&procedure.field)
        .bind(&procedure.agency_level)
        .bind(procedure.term.as_ref().map(database::json))
        .bind(procedure.cut_off.map(|cut_off| cut_off.to_string()))
        .execute(&mut *connection)
        .await?;
    database::query(
        "delete from procedure_component where procedure_code = $1 and procedure_valid_from = $2",
    )
    .bind(procedure.code.as_str())
    .bind(&valid_from)
    .execute(&mut *connection)
    .await?;
    for (position, component) in procedure.components.iter().enumerate() {
        put_component(connection, procedure, position as i64, component).await?;
    }
    Ok(())
}

async fn put_component(
    connection: &mut Connection,
    procedure: &Procedure,
    position: i64,
    component: &ProcedureComponent,
) -> Result<()> {
    let sql = "insert into procedure_component (procedure_code, procedure_valid_from, position, key, name,
                   document_types, required, originals, copies, submission, digitize_basis,
                   trust_level, valid_months, source_database)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    database::query(sql)
        .bind(procedure.code.as_str())
        .bind(procedure.valid_from.to_string())
        .bind(position)
        .bind(&component.key)
        .bind(&component.name)
        .bind(database::json(&component.document_types))
        .bind(component.required)
        .bind(i64::from(component.originals))
        .bind(i64::from(component.copies))
        .bind(database::word(&component.submission))
        .bind(component.digitize_basis.as_ref().map(database::word))
        .bind(component.trust_level.as_ref().map(database::word))
        .bind(component.valid_months.map(i64::from))
        .bind(component.source_database.as_deref())
        .execute(connection)
        .await?;
    Ok(())
}

async fn read(connection: &mut Connection, row: &Row) -> Result<Procedure> {
    let sql = "select * from procedure_component
               where procedure_code = $1 and procedure_valid_from = $2 order by position";
    let question = database::query(sql).bind(row.get::<&str>("code")?).bind(row.get::<&str>("valid_from")?);
    let components = question.fetch_all(connection).await?;
    Ok(Procedure {
        code: database::read_word(row, "code")?,
        name: row.get("name")?,
        field: row.get("field")?,
        agency_level: row.get("agency_level")?,
        valid_from: database::read_word(row, "valid_from")?,
        term: database::read_json_or_none(row, "term")?,
        cut_off: database::read_word_or_none(row, "cut_off")?,
        components: components.iter().map(component_from).collect::<Result<_>>()?,
    })
}

fn component_from(row: &Row) -> Result<ProcedureComponent> {
    Ok(ProcedureComponent {
        key: row.get("key")?,
        name: row.get("name")?,
        document_types: database::read_json(row, "document_types")?,
        required: database::flag(row, "required")?,
        originals: database::whole(row, "originals")?,
        copies: database::whole(row, "copies")?,
        submission: database::read_word(row, "submission")?,
        digitize_basis: database::read_word_or_none(row, "digitize_basis")?,
        trust_level: database::read_word_or_none(row, "trust_level")?,
        valid_months: database::whole_or_none(row, "valid_months")?,
        source_database: row.get("source_database")?,
    })
}
