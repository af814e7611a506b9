//! How an entry stands in its row. The canonical line is not stored: it is made of the columns, so that whoever changes one of them
//! changes the line, and the signature tells.

use crate::Repository;
use crate::audit::{Entry, Opening, SignedEntry};
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// Entries read at once: a megabyte of memory.
pub(crate) const ENTRIES_PER_STEP: u64 = 1_000;

/// Stores an entry that was signed just now.
pub(super) async fn insert(connection: &mut Connection, signed: &SignedEntry) -> Result<()> {
    let entry = signed.entry().ok_or_else(|| Error::Corrupt("a new entry of the access log".into()))?;
    let number = i64::try_from(entry.number).map_err(|_| Error::Corrupt("the access log is full".into()))?;
    let sql = "insert into access_entry (number, at, account, name, role, agency, unit, source, destination, action, purpose,
                   basis, document_id, owners, allowed, visible_from, leaf, signature)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    database::query(sql)
        .bind(number)
        .bind(entry.at.as_microsecond())
        .bind(&entry.account)
        .bind(&entry.name)
        .bind(&entry.role)
        .bind(&entry.agency)
        .bind(&entry.unit)
        .bind(&entry.source)
        .bind(&entry.destination)
        .bind(&entry.action)
        .bind(&entry.purpose)
        .bind(entry.basis.as_ref())
        .bind(entry.document.map(|id| id.to_string()))
        .bind(database::json(&entry.owners))
        .bind(entry.allowed)
        .bind(entry.visible_from.map(|day| day.to_string()))
        .bind(hex::encode(signed.leaf()))
        .bind(hex::encode(&signed.signature))
        .execute(&mut *connection)
        .await?;
    for opening in &signed.openings {
        let sql = "insert into access_owner (subject_id, number, salt) values ($1, $2, $3)";
        let insert = database::query(sql).bind(opening.subject.to_string()).bind(number);
        insert.bind(hex::encode(opening.salt)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The entry that the columns of a row make.
pub(super) fn entry_from(row: &Row, log: &str) -> Result<Entry> {
    Ok(Entry {
        v: Entry::VERSION,
        log: log.to_owned(),
        number: database::whole(row, "number")?,
        at: database::read_time(row, "at")?,
        account: row.get("account")?,
        name: row.get("name")?,
        role: row.get("role")?,
        agency: row.get("agency")?,
        unit: row.get("unit")?,
        source: row.get("source")?,
        destination: row.get("destination")?,
        action: row.get("action")?,
        purpose: row.get("purpose")?,
        basis: row.get("basis")?,
        document: database::read_word_or_none(row, "document_id")?,
        owners: database::read_json(row, "owners")?,
        allowed: database::flag(row, "allowed")?,
        visible_from: database::read_word_or_none(row, "visible_from")?,
    })
}

/// Entries from `first` on with all their owners, at most [`ENTRIES_PER_STEP`] numbers. A row that cannot be read makes an entry that
/// nobody signed: whoever judges the entries names the place.
pub(crate) async fn signed_entries(repository: &Repository, first: u64) -> Result<Vec<SignedEntry>> {
    let log = repository.database().pen()?.public().log();
    let last = first.saturating_add(ENTRIES_PER_STEP - 1);
    let mut openings = openings_between(repository, first, last).await?;
    let sql = "select * from access_entry where number between $1 and $2 order by number";
    let question = database::query(sql).bind(bound(first)).bind(bound(last));
    let rows = question.fetch_all(repository.database().reader()).await?;
    let signed = |row: &Row| {
        let number: u64 = database::whole(row, "number")?;
        let text = entry_from(row, log).map(|entry| entry.text()).unwrap_or_default();
        let signature = hex::decode(row.get::<String>("signature")?).unwrap_or_default();
        let openings = openings.remove(&number).unwrap_or_default();
        Ok(SignedEntry { text, signature, openings })
    };
    rows.iter().map(signed).collect()
}

/// What opens the commitments of these entries; a salt that cannot be read opens nothing.
pub(crate) async fn openings_between(
    repository: &Repository,
    first: u64,
    last: u64,
) -> Result<BTreeMap<u64, Vec<Opening>>> {
    let sql = "select subject_id, number, salt from access_owner where number between $1 and $2";
    let question = database::query(sql).bind(bound(first)).bind(bound(last));
    let mut openings = BTreeMap::<u64, Vec<Opening>>::new();
    for row in question.fetch_all(repository.database().reader()).await? {
        let salt = hex::decode(row.get::<String>("salt")?).ok().and_then(|salt| salt.try_into().ok());
        let opening =
            Opening { subject: database::read_word(&row, "subject_id")?, salt: salt.unwrap_or_default() };
        openings.entry(database::whole(&row, "number")?).or_default().push(opening);
    }
    Ok(openings)
}

/// A number as columns compare it.
fn bound(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
