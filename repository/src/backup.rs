//! Sao lưu: a copy of everything while the program runs, in a form that either database takes back.
//!
//! Rows first, in one transaction that sees one state of all records; stored bytes after them. Bytes are written before the record that
//! names them, so every record of the state has its bytes. Master keys stay where they are (SEC-10).

mod lines;
mod manifest;
mod objects;
mod restore;
mod verify;

pub(crate) use restore::refuse_half_restored;
pub use restore::{RestoreReport, restore};

use crate::Repository;
use crate::access::Touched;
use crate::bytes::Blobs;
use crate::database::{self, Connection, Table};
use crate::error::{Error, Result};
use crate::record::{Action, Actor};
use jiff::Timestamp;
use lines::{FileFact, Lines, failed};
use manifest::*;
use objects::Copied;
use serde::Serialize;
use std::fs::{DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// Whoever writes to a backup folder holds it.
const LOCK: &str = "backup.lock";

/// What a backup came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BackupReport {
    /// Folder of the state that was kept.
    pub snapshot: PathBuf,
    /// When the state was.
    pub made_at: Timestamp,
    /// Rows of all tables.
    pub rows: u64,
    /// Stored files that belong to it.
    pub objects: u64,
    /// Those of them that were copied now; the others stood in the folder already.
    pub objects_copied: u64,
    /// Bytes that were copied.
    pub bytes_copied: u64,
    /// Entries of the access log.
    pub log_entries: u64,
    /// Root of the access log in hexadecimal digits.
    pub log_root: String,
    /// Master keys that open it, by id. They are not in it.
    pub master_keys: Vec<String>,
    /// SHA-256 of stored files that are damaged or missing here and in the folder.
    pub lost: Vec<String>,
    /// Older states that were given up.
    pub given_up: u64,
}

/// How a backup is made.
#[derive(Debug, Clone, Default)]
pub struct BackupOptions {
    /// Read every stored file of the backup again at its end, not only look at its size.
    pub read_back: bool,
    /// Keep this many states, the newest, and give up older ones with what only they need; none: keep all.
    pub keep: Option<u32>,
}

impl Repository {
    /// Adds the present state of everything to a backup folder, which is made when missing. Stored bytes that stand there already are not
    /// copied again. One that is cut short leaves those before it as they were, and of itself only sealed files, which the next one takes over.
    /// `progress` gets (done, total) stored files. Access entry `Backup`, before the first record is copied.
    ///
    /// # Errors
    /// `Forbidden`; `BackupInUse` while another one writes there; `BackupDamaged` when what was written is not what is read;
    /// `ErasedMeanwhile`.
    pub async fn backup(
        &self,
        actor: &Actor,
        to: &Path,
        options: &BackupOptions,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<BackupReport> {
        self.permit(actor, Action::Backup, Touched::NONE).await?;
        let lock = lock(to)?;
        let target = Blobs::open_folder(&to.join(BLOBS))?;
        let before = snapshots(to)?.pop();
        let unfinished = Unfinished::begin(to)?;
        self.note_access(actor, Action::Backup, &[Touched::NONE]).await?;
        let rows = self.keep_rows(unfinished.folder()).await?;
        let destroyed = rows.destroyed;
        let copied = self.copy_objects(unfinished.folder(), before.as_deref(), &target, progress).await?;
        let manifest = rows.with(&copied);
        manifest.write(unfinished.folder())?;
        let damaged = verify::damaged(to, unfinished.folder(), &manifest, options.read_back).await?;
        if !damaged.is_empty() {
            return Err(Error::BackupDamaged { files: damaged });
        }
        if keys_destroyed(&mut *self.database().read().await?).await? != destroyed {
            return Err(Error::ErasedMeanwhile);
        }
        let snapshot = unfinished.finish(manifest.made_at, before.as_deref())?;
        let given_up = match options.keep {
            Some(keep) => objects::give_up(to, keep.max(1) as usize, &target).await?,
            None => 0,
        };
        drop(lock);
        Ok(report(snapshot, manifest, copied, given_up))
    }

    /// Writes all rows of one state, and which bytes belong to it.
    async fn keep_rows(&self, folder: &Path) -> Result<Rows> {
        let mut transaction = self.database().read().await?;
        transaction.take_time().await?;
        let schema = transaction.schema().await?;
        let made_at = Timestamp::now();
        let mut tables = Vec::new();
        for table in transaction.tables().await? {
            let name = format!("{TABLES}/{}.jsonl", table.name());
            let mut lines = Lines::create(folder, &name)?;
            write_table(&mut transaction, &table, &mut lines).await?;
            tables.push(lines.finish()?);
        }
        let log = log_state(&mut transaction).await?;
        let master_keys = master_keys(&mut transaction).await?;
        objects::list(&mut transaction, folder).await?;
        let destroyed = keys_destroyed(&mut transaction).await?;
        transaction.commit().await?;
        // What was destroyed while the rows were read could not be forgotten before.
        self.database().forget().await;
        Ok(Rows { made_at, schema, tables, log, master_keys, destroyed })
    }
}

/// Names of its columns, then its rows.
async fn write_table(connection: &mut Connection, table: &Table, lines: &mut Lines) -> Result<()> {
    lines.line(&table.columns())?;
    connection.each_row(table, |row| lines.line(&row)).await
}

/// Master keys that some data key needs, or that counts.
async fn master_keys(connection: &mut Connection) -> Result<Vec<String>> {
    let sql = "select id from master_key where counts = 1
               union select master_key_id from data_key where destroyed_at is null order by id";
    let rows = database::query(sql).fetch_all(connection).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// How many papers have lost their keys; their number only grows.
async fn keys_destroyed(connection: &mut Connection) -> Result<u64> {
    let question = database::query("select count(*) as papers from data_key where destroyed_at is not null");
    database::whole(&question.fetch_one(connection).await?, "papers")
}

/// Makes the folder, for this user alone, and keeps other backups out of it.
fn lock(backup: &Path) -> Result<File> {
    let blobs = backup.join(BLOBS);
    DirBuilder::new().recursive(true).mode(0o700).create(&blobs).map_err(failed(&blobs))?;
    let path = backup.join(LOCK);
    let file = File::create(&path).map_err(failed(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::BackupInUse { folder: backup.to_owned() }),
        Err(TryLockError::Error(source)) => Err(Error::File { path, source }),
    }
}

/// The half of a manifest that is known before bytes are copied.
struct Rows {
    made_at: Timestamp,
    schema: Vec<String>,
    tables: Vec<FileFact>,
    log: LogState,
    master_keys: Vec<String>,
    destroyed: u64,
}

impl Rows {
    fn with(self, copied: &Copied) -> Manifest {
        Manifest {
            form: FORM,
            motlan: env!("CARGO_PKG_VERSION").to_owned(),
            made_at: self.made_at,
            schema: self.schema,
            log: self.log,
            master_keys: self.master_keys,
            tables: self.tables,
            objects: copied.list.clone(),
            object_bytes: copied.bytes,
            lost: copied.lost.clone(),
        }
    }
}

fn report(snapshot: PathBuf, manifest: Manifest, copied: Copied, given_up: u64) -> BackupReport {
    BackupReport {
        snapshot,
        made_at: manifest.made_at,
        // The first line of each table names its columns.
        rows: manifest.tables.iter().map(|table| table.lines - 1).sum(),
        objects: copied.list.lines,
        objects_copied: copied.new_objects,
        bytes_copied: copied.new_bytes,
        log_entries: manifest.log.entries,
        log_root: manifest.log.root,
        master_keys: manifest.master_keys,
        lost: copied.lost,
        given_up,
    }
}
