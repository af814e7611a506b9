//! Owners of papers as confirmed: one or several, in the order in which they were stated.

use crate::database::{self, Connection, Row};
use crate::error::Result;
use crate::record::*;
use crate::subjects;
use std::collections::HashMap;

/// Makes these the owners of a paper, in place of those before.
pub(crate) async fn put(
    connection: &mut Connection,
    document: DocumentId,
    owners: &[(SubjectId, OwnerRole)],
) -> Result<()> {
    let before = database::query("delete from document_subject where document_id = $1");
    before.bind(document.to_string()).execute(&mut *connection).await?;
    let sql =
        "insert into document_subject (document_id, subject_id, role, position) values ($1, $2, $3, $4)";
    for (position, (subject, role)) in (0..).zip(owners) {
        database::query(sql)
            .bind(document.to_string())
            .bind(subject.to_string())
            .bind(database::word(role))
            .bind(position)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The owners of a paper; none before it is confirmed.
pub(crate) async fn of(connection: &mut Connection, document: DocumentId) -> Result<Vec<Owner>> {
    let sql = "select o.role as o_role, s.id as s_id, s.kind as s_kind, s.number_kind as s_number_kind,
                   s.number as s_number, s.name as s_name, s.birth_date as s_birth_date
               from document_subject o join subject s on s.id = o.subject_id
               where o.document_id = $1 order by o.position";
    let rows = database::query(sql).bind(document.to_string()).fetch_all(connection).await?;
    rows.iter().map(owner_from).collect()
}

/// Names of the owners of papers, in the same order.
pub(crate) async fn names(
    connection: &mut Connection,
    documents: &[DocumentId],
) -> Result<HashMap<DocumentId, Vec<String>>> {
    let sql = "select o.document_id, s.name from document_subject o join subject s on s.id = o.subject_id
               where o.document_id in";
    let question = database::query(sql).with_list(documents.iter().map(DocumentId::to_string));
    let rows = question.with(" order by o.document_id, o.position").fetch_all(connection).await?;
    database::grouped(&rows, |row| row.get("name"))
}

fn owner_from(row: &Row) -> Result<Owner> {
    Ok(Owner { subject: subjects::from_row(row)?, role: database::read_word(row, "o_role")? })
}
