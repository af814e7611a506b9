//! What a backup says of itself, and where its parts are.
//!
//! ```text
//! DIR/blobs/ab/cd/….sealed                     stored bytes, shared by all snapshots, as they stand in the storage
//! DIR/snapshots/20260105T020304.000005Z/       one state of the records
//!     manifest.json  manifest.json.sha256
//!     tables/TABLE.jsonl                       first line: names of the columns; then a line for each row
//!     objects.jsonl                            which stored bytes belong to it
//! ```

use super::lines::{FileFact, ReadLines, failed, hash_of};
use crate::bytes::{sha256_hex, sync_folder};
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The form that is written here.
pub(super) const FORM: u32 = 1;
/// Where stored bytes are.
pub(super) const BLOBS: &str = "blobs";
/// Which of them belong to a snapshot.
pub(super) const OBJECTS: &str = "objects.jsonl";
/// Where rows are.
pub(super) const TABLES: &str = "tables";
/// Where states of the records are.
const SNAPSHOTS: &str = "snapshots";
/// How a snapshot is named: its moment in UTC, so that names sort by time.
const NAME: &str = "%Y%m%dT%H%M%S.%6fZ";
/// How a snapshot begins that is not finished.
const UNFINISHED: &str = "unfinished-";
const MANIFEST: &str = "manifest.json";
const MANIFEST_HASH: &str = "manifest.json.sha256";

/// Bản kê của bản sao lưu.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// [`FORM`].
    pub(super) form: u32,
    /// Version of the program that wrote it.
    pub(super) motlan: String,
    /// The state of the records is of this moment.
    pub(super) made_at: Timestamp,
    /// Names of the migrations that made the tables.
    pub(super) schema: Vec<String>,
    /// How far the access log was.
    pub(super) log: LogState,
    /// Ids of the master keys that are needed to open what is stored; the keys stand elsewhere (SEC-10).
    pub(super) master_keys: Vec<String>,
    /// One file a table.
    pub(super) tables: Vec<FileFact>,
    /// The list of stored bytes.
    pub(super) objects: FileFact,
    /// Sum of their bytes, as they are stored.
    pub(super) object_bytes: u64,
    /// SHA-256 of stored bytes that were damaged or missing already when the backup was made, and stand in no backup here.
    pub(super) lost: Vec<String>,
}

/// How far the access log was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LogState {
    /// Number of the newest entry.
    pub(super) entries: u64,
    /// Root of the tree over all entries, in hexadecimal digits.
    pub(super) root: String,
}

/// One object of a snapshot.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ObjectFact {
    /// The paper.
    pub(super) document: String,
    /// SHA-256 of the plain bytes.
    pub(super) sha256: String,
    /// Its path under `blobs/`.
    pub(super) path: String,
    /// Bytes as they are stored.
    pub(super) bytes: u64,
    /// SHA-256 of them.
    pub(super) sealed_sha256: String,
}

impl Manifest {
    /// What is in a snapshot.
    ///
    /// # Errors
    /// `BackupDamaged` when it is not what was written, or of a newer form.
    pub(super) fn read(snapshot: &Path) -> Result<Manifest> {
        let path = snapshot.join(MANIFEST);
        let damaged = |why: &str| Error::BackupDamaged { files: vec![format!("{}: {why}", path.display())] };
        let text = fs::read(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => damaged("missing"),
            _ => failed(&path)(error),
        })?;
        let hash = fs::read_to_string(snapshot.join(MANIFEST_HASH)).unwrap_or_default();
        if hash.split_whitespace().next() != Some(sha256_hex(&text).as_str()) {
            return Err(damaged("changed"));
        }
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|_| damaged("not a manifest of this form"))?;
        match manifest.form {
            FORM => Ok(manifest),
            _ => Err(damaged("of a newer version")),
        }
    }

    /// Makes it durable beside what it tells of.
    pub(super) fn write(&self, snapshot: &Path) -> Result<()> {
        let text = database::json(self) + "\n";
        write_durably(&snapshot.join(MANIFEST), text.as_bytes())?;
        let hash = format!("{}  {MANIFEST}\n", sha256_hex(text.as_bytes()));
        write_durably(&snapshot.join(MANIFEST_HASH), hash.as_bytes())
    }

    /// Objects of the snapshot, in the order of papers and hashes.
    pub(super) fn objects(snapshot: &Path) -> Result<ReadLines> {
        ReadLines::open(&snapshot.join(OBJECTS))
    }

    /// Files of the snapshot that are not what they were.
    pub(super) fn damaged_files(&self, snapshot: &Path) -> Result<Vec<String>> {
        let mut damaged = Vec::new();
        for fact in self.tables.iter().chain([&self.objects]) {
            let path = snapshot.join(&fact.name);
            match hash_of(&path)? {
                None => damaged.push(format!("{}: missing", path.display())),
                Some(hash) if hash != fact.sha256 => damaged.push(format!("{}: changed", path.display())),
                Some(_) => {}
            }
        }
        Ok(damaged)
    }
}

/// Snapshots that are whole, the oldest first.
pub(super) fn snapshots(backup: &Path) -> Result<Vec<PathBuf>> {
    let mut found = listed(backup)?;
    found.retain(|path| !is_unfinished(path));
    found.sort();
    Ok(found)
}

/// A snapshot that counts for nothing until it is finished, and goes away when it is given up: records stand in it that anyone can read.
pub(super) struct Unfinished {
    folder: PathBuf,
}

impl Unfinished {
    /// Begins a snapshot. What backups left that were killed is taken away.
    pub(super) fn begin(backup: &Path) -> Result<Unfinished> {
        for left in listed(backup)?.into_iter().filter(|path| is_unfinished(path)) {
            fs::remove_dir_all(&left).map_err(failed(&left))?;
        }
        let folder = backup.join(SNAPSHOTS).join(format!("{UNFINISHED}{}", database::new_key()));
        let unfinished = Unfinished { folder };
        let tables = unfinished.folder.join(TABLES);
        fs::create_dir_all(&tables).map_err(failed(&tables))?;
        Ok(unfinished)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Lets the snapshot count, durably; from here on it is whole or not there. It is named by its moment, and after the newest one before
    /// it, also when the clock was set back: names tell which is the newest.
    pub(super) fn finish(self, made_at: Timestamp, newest: Option<&Path>) -> Result<PathBuf> {
        let after = newest.and_then(named_at).map(|newest| newest + SignedDuration::from_micros(1));
        let named = after.map_or(made_at, |after| after.max(made_at));
        let snapshot = self.folder.with_file_name(named.strftime(NAME).to_string());
        sync_folder(&self.folder.join(TABLES))?;
        sync_folder(&self.folder)?;
        fs::rename(&self.folder, &snapshot).map_err(failed(&snapshot))?;
        sync_folder(snapshot.parent().unwrap_or(&snapshot))?;
        Ok(snapshot)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let folder = self.folder.display();
                tracing::warn!(%folder, %error, "what a backup left that was cut short could not be removed; the next one tries again");
            }
            _ => {}
        }
    }
}

/// Gives a snapshot up: it counts no more from the first moment, and is then taken away.
pub(super) fn give_up_snapshot(snapshot: &Path) -> Result<()> {
    let name = snapshot.file_name().unwrap_or_default().to_string_lossy();
    let left = snapshot.with_file_name(format!("{UNFINISHED}{name}"));
    fs::rename(snapshot, &left).map_err(failed(snapshot))?;
    sync_folder(left.parent().unwrap_or(&left))?;
    fs::remove_dir_all(&left).map_err(failed(&left))
}

/// The moment by which a snapshot is named.
fn named_at(snapshot: &Path) -> Option<Timestamp> {
    let name = snapshot.file_name()?.to_str()?;
    let moment = jiff::fmt::strtime::parse(NAME, name).ok()?.to_datetime().ok()?;
    jiff::tz::Offset::UTC.to_timestamp(moment).ok()
}

/// How far the log is in this transaction.
pub(super) async fn log_state(connection: &mut Connection) -> Result<LogState> {
    let (entries, root) = crate::checkpoints::tree_of_all(connection).await?;
    Ok(LogState { entries, root: hex::encode(root) })
}

fn listed(backup: &Path) -> Result<Vec<PathBuf>> {
    let folder = backup.join(SNAPSHOTS);
    match fs::read_dir(&folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        entries => {
            let paths = entries.and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
            paths.map_err(failed(&folder))
        }
    }
}

fn is_unfinished(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED))
}

pub(super) fn write_durably(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = File::create(path).map_err(failed(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed(path))
}
