//! Phục hồi: a backup brought back into an empty place, into either database, whichever it was made from.
//!
//! Nothing counts before everything is there: bytes first, then all rows in one transaction, which are read again and compared before
//! they are committed. What was cut short is said again and goes on.

use super::lines::{Lines, ReadLines};
use super::manifest::*;
use super::{verify, write_table};
use crate::Repository;
use crate::access::Touched;
use crate::bytes::{Blobs, blocking, sync_folder};
use crate::database::{Connection, Database, Schema, Table};
use crate::error::{Error, Result};
use crate::keys::Keyring;
use crate::policy;
use crate::record::{Action, Actor, Finding};
use crate::repository::{DATABASE_FILE, Options, prepare};
use futures::TryStreamExt;
use jiff::Timestamp;
use object_store::path::Path as ObjectPath;
use serde::Serialize;
use serde_json::Value as Json;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Says in the data folder which snapshot is being brought back.
const MARK: &str = "restoring";
/// Rows put into the database at once.
const ROWS_PER_STEP: usize = 500;

/// What was brought back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RestoreReport {
    /// The state that was brought back.
    pub snapshot: PathBuf,
    /// Of which moment it is.
    pub made_at: Timestamp,
    /// The version that wrote it.
    pub motlan: String,
    /// Rows, each read again and compared.
    pub rows: u64,
    /// Stored files.
    pub objects: u64,
    /// Entries of the access log.
    pub log_entries: u64,
    /// Root of the access log in hexadecimal digits, the same as when the backup was made.
    pub log_root: String,
    /// What the check of everything found afterwards.
    pub findings: Vec<Finding>,
}

/// Brings a state of a backup folder, the newest or the one named, into the place that `options` describe, and checks everything in it.
/// Access entry `Restore`, the first thing that is done with what was brought back.
///
/// # Errors
/// `Forbidden`, before anything is read. `BackupDamaged`, before anything is touched, names each file that is not what was written. `NotEmpty`: something is there already.
/// `Keys`: the master key of the backup is not to be had. `DatabaseUnsuitable`: the backup is of a newer version.
pub async fn restore(
    options: &Options,
    from: &Path,
    snapshot: Option<&str>,
    actor: &Actor,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<(Repository, RestoreReport)> {
    // There is no log yet in which a refusal could stand.
    if !policy::may_ever(actor, Action::Restore) {
        return Err(Error::Forbidden);
    }
    let snapshot = find(from, snapshot)?;
    let manifest = Manifest::read(&snapshot)?;
    let damaged = verify::damaged(from, &snapshot, &manifest, true).await?;
    if !damaged.is_empty() {
        return Err(Error::BackupDamaged { files: damaged });
    }
    let keyring = Keyring::open(options.keys.clone()).await?;
    for id in &manifest.master_keys {
        keyring.get(id).await?;
    }
    let data_dir = options.data_dir.clone();
    let lock = blocking(move || prepare(&data_dir)).await?;
    if !is_filled(options, &snapshot, &manifest).await? {
        bring_objects(from, &snapshot, &manifest, &options.open_blobs()?, progress).await?;
        bring_rows(options, &snapshot, &manifest).await?;
    }
    remove(&options.data_dir.join(MARK))?;
    // Opening takes the lock itself.
    drop(lock);
    let repository = Repository::open(options).await?;
    repository.note_access(actor, Action::Restore, &[Touched::NONE]).await?;
    let findings = repository.check(progress).await?;
    Ok((repository, report(snapshot, manifest, findings)))
}

fn report(snapshot: PathBuf, manifest: Manifest, findings: Vec<Finding>) -> RestoreReport {
    RestoreReport {
        snapshot,
        made_at: manifest.made_at,
        motlan: manifest.motlan,
        rows: manifest.tables.iter().map(|table| table.lines - 1).sum(),
        objects: manifest.objects.lines,
        log_entries: manifest.log.entries,
        log_root: manifest.log.root,
        findings,
    }
}

fn find(backup: &Path, name: Option<&str>) -> Result<PathBuf> {
    let mut known = snapshots(backup)?;
    let found = match name {
        None => known.pop(),
        Some(name) => known.into_iter().find(|path| path.file_name().is_some_and(|known| known == name)),
    };
    found.ok_or_else(|| Error::BackupDamaged {
        files: vec![format!("{}: no finished snapshot in it", backup.display())],
    })
}

/// A place that is filled by halves is opened by nobody.
///
/// # Errors
/// `NotEmpty` tells what to do.
pub(crate) fn refuse_half_restored(data_dir: &Path) -> Result<()> {
    match data_dir.join(MARK).exists() {
        true => Err(Error::NotEmpty { what: "this was cut short; say `motlan restore` again".into() }),
        false => Ok(()),
    }
}

/// Whether all rows are there already, because the same wish was cut short at its end. Otherwise the place is empty, but for what the
/// same wish left.
async fn is_filled(options: &Options, snapshot: &Path, manifest: &Manifest) -> Result<bool> {
    let (mark, name) = (options.data_dir.join(MARK), snapshot.to_string_lossy());
    let goes_on = fs::read_to_string(&mark).is_ok_and(|kept| kept == name);
    let is_used = is_used(options, manifest).await?;
    if goes_on {
        return Ok(is_used);
    }
    if is_used {
        return Err(Error::NotEmpty { what: "there are records already".into() });
    }
    if options.open_blobs()?.list().try_next().await?.is_some() {
        return Err(Error::NotEmpty { what: "there are stored files already".into() });
    }
    write_durably(&mark, name.as_bytes())?;
    sync_folder(&options.data_dir)?;
    Ok(false)
}

/// Every installation that was ever opened has a master key.
async fn is_used(options: &Options, manifest: &Manifest) -> Result<bool> {
    let Some(url) = &options.database else { return Ok(options.data_dir.join(DATABASE_FILE).exists()) };
    // Looked at as it is: opening would bring it to another schema.
    if url.has_rows("master_key").await? {
        return Ok(true);
    }
    match Database::open_server(url, Schema::Of(&manifest.schema)).await {
        // It has steps that this schema has not: someone was here.
        Err(Error::Migration(_)) => Ok(true),
        opened => {
            opened?.close().await;
            Ok(false)
        }
    }
}

/// Brings the bytes, and compares them on the way.
async fn bring_objects(
    backup: &Path,
    snapshot: &Path,
    manifest: &Manifest,
    target: &Blobs,
    progress: &mut (dyn FnMut(u64, u64) + Send),
) -> Result<()> {
    let source = Blobs::open_folder(&backup.join(BLOBS))?;
    let mut objects = Manifest::objects(snapshot)?;
    for done in 1.. {
        let Some(fact) = objects.next::<ObjectFact>()? else { break };
        let path = ObjectPath::from(fact.path.as_str());
        if verify::object_is_wrong(target, &fact).await?.is_some() {
            let lost = || Error::BackupDamaged { files: vec![format!("{BLOBS}/{path}: changed")] };
            let sealed = source.raw(&path).await?.ok_or_else(lost)?;
            if Repository::hash(&sealed).await? != fact.sealed_sha256 {
                return Err(lost());
            }
            target.put_raw(&path, sealed).await?;
        }
        progress(done, manifest.objects.lines);
    }
    Ok(())
}

/// Brings all rows into a new database, whole or not at all.
async fn bring_rows(options: &Options, snapshot: &Path, manifest: &Manifest) -> Result<()> {
    let schema = Schema::Of(&manifest.schema);
    if let Some(url) = &options.database {
        let database = Database::open_server(url, schema).await?;
        fill(&database, snapshot, manifest).await?;
        database.close().await;
        return Ok(());
    }
    let beside = options.data_dir.join(format!("{DATABASE_FILE}.restoring"));
    for ending in ["", "-wal", "-shm"] {
        remove(&beside.with_file_name(format!("{DATABASE_FILE}.restoring{ending}")))?;
    }
    let database = Database::open_file(&beside, schema).await?;
    fill(&database, snapshot, manifest).await?;
    database.forget().await;
    database.close().await;
    let file = options.data_dir.join(DATABASE_FILE);
    fs::rename(&beside, &file).map_err(|source| Error::File { path: file, source })?;
    sync_folder(&options.data_dir)
}

async fn fill(database: &Database, snapshot: &Path, manifest: &Manifest) -> Result<()> {
    let mut transaction = database.write().await?;
    transaction.take_time().await?;
    let tables = transaction.tables().await?;
    let references = transaction.begin_filling(&tables).await?;
    for fact in &manifest.tables {
        let name =
            fact.name.strip_prefix(TABLES).and_then(|name| name.strip_prefix('/')?.strip_suffix(".jsonl"));
        let table = tables.iter().find(|table| Some(table.name()) == name);
        let unknown = || Error::Corrupt(format!("{} is of no table of this version", fact.name));
        fill_table(&mut transaction, table.ok_or_else(unknown)?, &snapshot.join(&fact.name)).await?;
    }
    transaction.end_filling(references).await?;
    compare(&mut transaction, &tables, manifest).await?;
    transaction.commit().await
}

async fn fill_table(connection: &mut Connection, table: &Table, file: &Path) -> Result<()> {
    let mut lines = ReadLines::open(file)?;
    let columns = lines.next::<Vec<String>>()?.unwrap_or_default();
    if columns != table.columns() {
        return Err(Error::Corrupt(format!("the columns of table {}", table.name())));
    }
    let mut rows: Vec<Vec<Json>> = Vec::with_capacity(ROWS_PER_STEP);
    while let Some(row) = lines.next()? {
        rows.push(row);
        if rows.len() == ROWS_PER_STEP {
            connection.put_rows(table, &rows).await?;
            rows.clear();
        }
    }
    connection.put_rows(table, &rows).await
}

/// Reads every row again: each table gives the same lines as when the backup was made, and the log has the same root.
async fn compare(connection: &mut Connection, tables: &[Table], manifest: &Manifest) -> Result<()> {
    for fact in &manifest.tables {
        let is_it = |table: &&Table| fact.name == format!("{TABLES}/{}.jsonl", table.name());
        let mut lines = Lines::only_hashed(&fact.name);
        if let Some(table) = tables.iter().find(is_it) {
            write_table(connection, table, &mut lines).await?;
        }
        if lines.finish()? != *fact {
            return Err(Error::Corrupt(format!("{} came back otherwise than it was", fact.name)));
        }
    }
    match log_state(connection).await? == manifest.log {
        true => Ok(()),
        false => Err(Error::Corrupt("the access log has another root than the backup says".into())),
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::File { path: path.to_owned(), source: error })
        }
        _ => Ok(()),
    }
}
