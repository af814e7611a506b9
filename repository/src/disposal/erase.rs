//! What goes when a paper is destroyed, and what stays: every table with a key of papers or of subjects in it stands in one of these
//! lists, and tests say so. They do not know of words: what officers keep as saved views (`saved_view`) may name whoever the paper named,
//! and stays with their accounts.

use crate::changes;
use crate::database::{self, Connection};
use crate::error::Result;
use crate::events::{self, NewEvent};
use crate::record::*;

/// Statements that take away what a paper said; `$1` is the paper. Rows that refer to others go first.
const PAPER: &[&str] = &[
    "delete from reading where document_id = $1",
    "delete from page where document_id = $1",
    "delete from proposal where document_id = $1",
    "delete from pass where document_id = $1",
    "delete from field where document_id = $1",
    "delete from document_version where document_id = $1",
    "delete from damage where document_id = $1",
    "delete from job where document_id = $1",
    "delete from review_desk where document_id = $1",
    "delete from keying where document_id = $1",
    "delete from page_rescan where document_id = $1",
    // What people wrote about it may name someone.
    "update document_event set reason = null where document_id = $1",
    "update hold set reason = '', lifted_reason = '' where document_id = $1",
    "update reuse_refusal set reason = '' where document_id = $1",
    // Why it was destroyed stands in the certificate; what came to nothing before goes.
    "update disposal set reason = '', refusal = '' where document_id = $1 and refusal is not null",
    "update data_key set wrapped = null, destroyed_at = $2 where document_id = $1 and destroyed_at is null",
    "update document set title = '', number = null, number_key = null, issued_on = null, valid_until = null, agency = null,
         file_name = '', type_evidence = null, problem = null
     where id = $1",
];

/// Says that it was destroyed.
const DISPOSED: &[&str] = &["update document set validity = 'disposed' where id = $1"];

/// Statements that take away the scanned stack that a paper came out of: its pages stand there too.
const STACK: &[&str] = &[
    "update data_key set wrapped = null, destroyed_at = $2 where destroyed_at is null
         and document_id in (select batch_id from batch_paper where document_id = $1)",
    // Parts of it that were stored and never filed.
    "update data_key set wrapped = null, destroyed_at = $2 where destroyed_at is null
         and document_id in (select document_id from batch_part
                             where batch_id in (select batch_id from batch_paper where document_id = $1))
         and not exists (select 1 from document where document.id = data_key.document_id)",
    "update batch_file set file_name = '' where batch_id in (select batch_id from batch_paper where document_id = $1)",
    "update batch_event set detail = null where batch_id in (select batch_id from batch_paper where document_id = $1)",
    "update batch set state = 'destroyed', stack = null, plan = null, version = version + 1
         where id in (select batch_id from batch_paper where document_id = $1)",
];

/// Parts of that stack that were stored and never filed.
const NEVER_FILED: &str = "select distinct part.document_id as id from batch_part part
         join batch_paper paper on paper.batch_id = part.batch_id and paper.document_id = $1
         join data_key on data_key.document_id = part.document_id and data_key.destroyed_at is null
         where not exists (select 1 from document where document.id = part.document_id) order by id";

/// Papers that were taken back with that stack: cut otherwise, they may hold the same pages.
const TAKEN_BACK: &str = "select d.id from document d where d.state = 'taken_back' and d.id <> $1 and d.id in (
         select other.document_id from batch_paper paper join batch_paper other on other.batch_id = paper.batch_id
         where paper.document_id = $1) order by d.id";

/// Whatever else holds pages of a paper: keys of the stacks that it came out of, of papers that were taken back with them, and of parts of
/// them that were never filed.
pub(super) async fn beside(connection: &mut Connection, id: DocumentId) -> Result<Vec<DocumentId>> {
    let question =
        database::query("select batch_id as id from batch_paper where document_id = $1 order by batch_id");
    let stacks = question.bind(id.to_string()).fetch_all(&mut *connection).await?;
    let papers = database::query(TAKEN_BACK).bind(id.to_string()).fetch_all(&mut *connection).await?;
    let parts = database::query(NEVER_FILED).bind(id.to_string()).fetch_all(connection).await?;
    stacks.iter().chain(&papers).chain(&parts).map(|row| database::read_word(row, "id")).collect()
}

/// Statements that take away whose paper it was, and persons of whom nothing else is known here.
const OWNERS: &[&str] = &[
    "delete from document_subject where document_id = $1",
    "update document set subject_id = null where id = $1",
];

/// Persons of whom nothing else is here. A merge is something: it can be undone, and the log of one number leads to the other by it.
const UNKNOWN_SUBJECTS: &str = "select id from subject
     where (id in (select subject_id from document_subject where document_id = $1)
            or id = (select subject_id from document where id = $1))
         and not exists (select 1 from document d where d.subject_id = subject.id and d.id <> $1)
         and not exists (select 1 from document_subject o where o.subject_id = subject.id and o.document_id <> $1)
         and not exists (select 1 from dossier where dossier.subject_id = subject.id)
         and not exists (select 1 from subject_merge m where m.from_id = subject.id or m.into_id = subject.id)";

/// Statements that take away such a person; `$1` is the subject. What a right to search covers stays, for it shall not cover more.
const SUBJECT: &[&str] = &[
    "update search_right set reason = '', revoked_reason = null where subject_id = $1",
    "update break_glass set reason = '', remark = null where subject_id = $1",
    "update look_up set subject_id = null where subject_id = $1",
    "delete from representation where subject_id = $1",
    "delete from subject_number where subject_id = $1",
    "delete from subject where id = $1",
];

/// Takes away everything that is known of a paper, but that it was there.
pub(super) async fn rows(connection: &mut Connection, actor: &Actor, id: DocumentId) -> Result<()> {
    let question = database::query(UNKNOWN_SUBJECTS).bind(id.to_string());
    let subjects = question.fetch_all(&mut *connection).await?;
    let taken_back = database::query(TAKEN_BACK).bind(id.to_string()).fetch_all(&mut *connection).await?;
    for row in &taken_back {
        run(connection, PAPER, database::read_word(row, "id")?).await?;
    }
    for statements in [PAPER, OWNERS, STACK, DISPOSED] {
        run(connection, statements, id).await?;
    }
    for row in &subjects {
        let subject: String = row.get("id")?;
        for sql in SUBJECT {
            database::query(sql).bind(&subject).execute(&mut *connection).await?;
        }
    }
    let event = NewEvent { step: DocumentStep::Dispose, actor: Some(actor), reason: None, other: None };
    events::write(connection, id, event).await?;
    changes::append(connection, ChangeKind::Disposed, id).await
}

async fn run(connection: &mut Connection, statements: &[&'static str], id: DocumentId) -> Result<()> {
    for sql in statements {
        let statement = database::query(sql).bind(id.to_string());
        let statement = if sql.contains("$2") { statement.bind(database::now()) } else { statement };
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{Database, Schema};
    use std::collections::BTreeSet;

    /// Tables that name papers and stay: that something was, and when, and who looked.
    const STAYS: &[&str] = &[
        "access_entry",
        "access_entry_before",
        "batch_paper",
        "batch_part",
        "change",
        "component",
        "look_up_paper",
        "outcome",
    ];

    #[tokio::test]
    async fn every_table_that_names_papers_is_emptied_or_stays_on_purpose() {
        let folder = tempfile::TempDir::new().unwrap();
        let database =
            Database::open_file(&folder.path().join("motlan.sqlite"), Schema::Newest).await.unwrap();
        let tables = database.read().await.unwrap().tables().await.unwrap();
        let naming = tables.iter().filter(|table| table.columns().contains(&"document_id"));
        let naming: BTreeSet<&str> = naming.map(|table| table.name()).collect();
        let emptied =
            PAPER.iter().chain(OWNERS).filter_map(
                |sql| match sql.split_whitespace().collect::<Vec<_>>()[..] {
                    ["delete", "from", table, ..] | ["update", table, ..] if table != "document" => {
                        Some(table)
                    }
                    _ => None,
                },
            );
        let decided: BTreeSet<&str> = emptied.chain(STAYS.iter().copied()).collect();
        assert_eq!(naming, decided);
    }

    /// Tables that name subjects and stay as long as one of their papers, dossiers or merges does; the log keeps who looked for ever.
    const KEEPS_SUBJECT: &[&str] =
        &["access_entry_before", "access_owner", "access_sealing", "document", "document_subject", "dossier"];

    #[tokio::test]
    async fn every_table_that_names_subjects_is_decided() {
        let folder = tempfile::TempDir::new().unwrap();
        let database =
            Database::open_file(&folder.path().join("motlan.sqlite"), Schema::Newest).await.unwrap();
        let tables = database.read().await.unwrap().tables().await.unwrap();
        let naming = tables.iter().filter(|table| table.columns().contains(&"subject_id"));
        let naming: BTreeSet<&str> = naming.map(|table| table.name()).collect();
        let emptied = SUBJECT.iter().filter(|sql| sql.contains("subject_id = $1")).map(|sql| {
            let words = sql.split_whitespace().collect::<Vec<_>>();
            if words[0] == "update" { words[1] } else { words[2] }
        });
        let decided: BTreeSet<&str> = emptied.chain(KEEPS_SUBJECT.iter().copied()).collect();
        assert_eq!(naming, decided);
    }

    #[tokio::test]
    async fn who_takes_a_subject_away_reads_no_whole_table() {
        let folder = tempfile::TempDir::new().unwrap();
        let database =
            Database::open_file(&folder.path().join("motlan.sqlite"), Schema::Newest).await.unwrap();
        let sql = "select m.name || '.' || f.\"from\" as reference
                   from sqlite_master m join pragma_foreign_key_list(m.name) f on f.\"table\" = 'subject'
                   where not exists (select 1 from pragma_index_list(m.name) i join pragma_index_info(i.name) c
                       where i.partial = 0 and c.seqno = 0 and c.name = f.\"from\")";
        let rows = database::query(sql).fetch_all(database.reader()).await.unwrap();
        let without_index = rows.iter().map(|row| row.get::<String>("reference").unwrap());
        assert_eq!(without_index.collect::<Vec<_>>(), [""; 0]);
    }
}
