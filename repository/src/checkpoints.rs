//! Checkpoints of the access log: signed in the database, and copied to a second place, which whoever writes to the database should not
//! be able to write to.

use crate::Repository;
use crate::audit::{Checkpoint, Frontier, Hash, is_signed_by};
use crate::bytes::{blocking, sync_folder};
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use jiff::Timestamp;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A checkpoint is made when this many entries are new …
const ENTRIES_MAX: u64 = 1_000;
/// … or when one is and the last checkpoint is this old: what can be taken away unseen is a minute at most.
const AGE_MAX: Duration = Duration::from_secs(60);
/// How often it is looked whether one is due.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Entries put under one checkpoint: the others wait for the next, so that no transaction grows without bound.
const ENTRIES_AT_ONCE: u64 = 10_000;
/// Entries of a block whose root is kept, so that a path through a log of ten million needs ten thousand hashes and not ten million.
pub(crate) const BLOCK_ENTRIES: u64 = 1_024;
/// How a checkpoint's file ends.
const EXTENSION: &str = "checkpoint";

/// A checkpoint of the database that our own key signed.
struct Newest {
    tree: Frontier,
    at: Timestamp,
}

impl Repository {
    /// Makes checkpoints whenever they are due, until the program ends. Faults are told in the program's log; entries are written all the
    /// same.
    pub async fn keep_checkpoints(&self) {
        loop {
            if let Err(error) = self.checkpoint_if_due().await {
                tracing::error!(%error, "the access log has no new checkpoint; `motlan check` tells more");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn checkpoint_if_due(&self) -> Result<()> {
        let newest = self.newest_checkpoint().await?;
        let (size, age) =
            newest.as_ref().map_or((0, Duration::MAX), |newest| (newest.tree.size(), age(newest.at)));
        let new = self.log_size().await?.saturating_sub(size);
        if new >= ENTRIES_MAX || (new > 0 && age >= AGE_MAX) {
            self.checkpoint().await?;
        }
        self.copy_checkpoints().await
    }

    /// Puts everything that stands in the log now under a checkpoint, and copies it to the second place. Answers the number of the newest
    /// entry under it.
    ///
    /// # Errors
    /// `LogDamaged` when an entry is missing or was changed: such a log is not signed.
    pub async fn checkpoint(&self) -> Result<u64> {
        let goal = self.log_size().await?;
        loop {
            let size = self.checkpoint_some().await?;
            if size >= goal {
                self.copy_checkpoints().await?;
                return Ok(size);
            }
        }
    }

    /// Number of the newest entry.
    pub(crate) async fn log_size(&self) -> Result<u64> {
        let question = database::query("select value from counter where name = 'access_entry'");
        let row = question.fetch_optional(self.database().reader()).await?;
        row.map_or(Ok(0), |row| database::whole(&row, "value"))
    }

    async fn newest_checkpoint(&self) -> Result<Option<Newest>> {
        let row = newest().fetch_optional(self.database().reader()).await?;
        row.as_ref().map(|row| self.newest_from(row)).transpose()
    }

    /// The tree under a checkpoint; it is believed only because its root is signed.
    fn newest_from(&self, row: &Row) -> Result<Newest> {
        let (size, note) = (database::whole(row, "size")?, row.get::<String>("note")?);
        let peaks: Vec<String> = database::read_json(row, "peaks")?;
        let peaks = peaks.iter().map(|peak| read_hash(peak)).collect::<Option<Vec<_>>>();
        let tree = peaks.and_then(|peaks| Frontier::new(size, peaks));
        let keys = [self.database().pen()?.public().clone()];
        let signed = Checkpoint::read(&note).ok().filter(|checkpoint| checkpoint.is_signed_by(&note, &keys));
        match (tree, signed) {
            (Some(tree), Some(signed)) if signed.size == size && signed.root == tree.root() => {
                Ok(Newest { tree, at: signed.at })
            }
            _ => Err(Error::LogDamaged { number: size }),
        }
    }

    async fn checkpoint_some(&self) -> Result<u64> {
        let mut transaction = self.database().write().await?;
        let known = newest().fetch_optional(&mut *transaction).await?;
        let known = known.as_ref().map(|row| self.newest_from(row)).transpose()?;
        let mut tree = known.map(|newest| newest.tree).unwrap_or_default();
        let before = tree.size();
        self.grow(&mut transaction, &mut tree).await?;
        if tree.size() > before {
            self.store_checkpoint(&mut transaction, &tree).await?;
        }
        transaction.commit().await?;
        Ok(tree.size())
    }

    /// Lets the tree grow by new entries, each of which must carry our signature, and keeps the roots of full blocks.
    async fn grow(&self, connection: &mut Connection, tree: &mut Frontier) -> Result<()> {
        let keys = [self.database().pen()?.public().clone()];
        let mut block = tree.tail(BLOCK_ENTRIES);
        let sql =
            "select number, leaf, signature from access_entry where number > $1 order by number limit $2";
        let question = database::query(sql).bind(column(tree.size())).bind(column(ENTRIES_AT_ONCE));
        for row in question.fetch_all(&mut *connection).await? {
            let number = tree.size() + 1;
            let damaged = || Error::LogDamaged { number };
            let leaf = read_hash(&row.get::<String>("leaf")?).ok_or_else(damaged)?;
            let signature = hex::decode(row.get::<String>("signature")?).map_err(|_| damaged())?;
            if database::whole::<u64>(&row, "number")? != number || !is_signed_by(&leaf, &signature, &keys) {
                return Err(damaged());
            }
            tree.push(leaf);
            block.push(leaf);
            if block.size() == BLOCK_ENTRIES {
                store_block(connection, number / BLOCK_ENTRIES, block.root()).await?;
                block = Frontier::default();
            }
        }
        Ok(())
    }

    async fn store_checkpoint(&self, connection: &mut Connection, tree: &Frontier) -> Result<()> {
        let key = self.database().pen()?;
        let checkpoint = Checkpoint {
            log: key.public().log().to_owned(),
            size: tree.size(),
            root: tree.root(),
            at: Timestamp::now(),
        };
        let peaks = tree.peaks().iter().map(hex::encode).collect::<Vec<_>>();
        let sql = "insert into access_checkpoint (size, at, note, peaks) values ($1, $2, $3, $4)";
        database::query(sql)
            .bind(column(tree.size()))
            .bind(checkpoint.at.as_microsecond())
            .bind(checkpoint.sign(key))
            .bind(database::json(&peaks))
            .execute(connection)
            .await?;
        Ok(())
    }

    /// The tree at the newest checkpoint that has at most `size` entries; the empty one before all checkpoints.
    pub(crate) async fn tree_at(&self, size: u64) -> Result<Frontier> {
        let sql =
            "select size, note, peaks from access_checkpoint where size <= $1 order by size desc limit 1";
        let row = database::query(sql).bind(column(size)).fetch_optional(self.database().reader()).await?;
        let newest = row.as_ref().map(|row| self.newest_from(row)).transpose()?;
        Ok(newest.map(|newest| newest.tree).unwrap_or_default())
    }

    /// The signed notes of these sizes, the smallest first.
    pub(crate) async fn checkpoint_notes(&self, from: u64, to: u64) -> Result<Vec<(u64, String)>> {
        let sql = "select size, note from access_checkpoint where size between $1 and $2 order by size";
        let question = database::query(sql).bind(column(from)).bind(column(to));
        let rows = question.fetch_all(self.database().reader()).await?;
        rows.iter().map(|row| Ok((database::whole(row, "size")?, row.get("note")?))).collect()
    }

    /// Roots of the full blocks under a checkpoint of `size` entries, and the leaves after them.
    pub(crate) async fn blocks_at(&self, size: u64) -> Result<(Vec<Hash>, Vec<Hash>)> {
        let full = size / BLOCK_ENTRIES;
        let sql = "select root from access_block where number <= $1 order by number";
        let rows = database::query(sql).bind(column(full)).fetch_all(self.database().reader()).await?;
        let blocks = rows.iter().map(|row| read_hash(&row.get::<String>("root")?).ok_or_else(lost));
        Ok((blocks.collect::<Result<_>>()?, self.leaves(full * BLOCK_ENTRIES + 1, size).await?))
    }

    /// Leaves of the entries from one number to another.
    pub(crate) async fn leaves(&self, first: u64, last: u64) -> Result<Vec<Hash>> {
        let sql = "select leaf from access_entry where number between $1 and $2 order by number";
        let question = database::query(sql).bind(column(first)).bind(column(last));
        let rows = question.fetch_all(self.database().reader()).await?;
        rows.iter().map(|row| read_hash(&row.get::<String>("leaf")?).ok_or_else(lost)).collect()
    }

    /// Copies the checkpoints that the second place does not have yet.
    async fn copy_checkpoints(&self) -> Result<()> {
        let folder = self.checkpoint_folder().to_owned();
        let newest = blocking({
            let folder = folder.clone();
            move || Ok(files(&folder)?.last().map_or(0, |(size, _)| *size))
        });
        let missing = self.checkpoint_notes(newest.await? + 1, u64::MAX).await?;
        blocking(move || missing.iter().try_for_each(|(size, note)| put(&folder, *size, note))).await
    }

    /// The checkpoints in the second place: path and note.
    pub(crate) async fn kept_elsewhere(&self) -> Result<Vec<(String, String)>> {
        let folder = self.checkpoint_folder().to_owned();
        blocking(move || read_checkpoints(&folder)).await
    }
}

/// All checkpoints in a folder: path and note.
///
/// # Errors
/// `File` when one cannot be read.
pub fn read_checkpoints(folder: &Path) -> Result<Vec<(String, String)>> {
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).map_err(failed(&path))?;
        // What is not text is not a note; whoever checks it says so.
        Ok((path.display().to_string(), String::from_utf8_lossy(&bytes).into_owned()))
    };
    files(folder)?.into_iter().map(|(_, path)| read(path)).collect()
}

/// The checkpoints in a folder by size; none when there is no folder yet.
fn files(folder: &Path) -> Result<Vec<(u64, PathBuf)>> {
    let mut files = Vec::new();
    for day in paths(folder)? {
        for path in if day.is_dir() { paths(&day)? } else { vec![day] } {
            let is_checkpoint = path.extension().is_some_and(|extension| extension == EXTENSION);
            let size = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            files.extend(size.filter(|_| is_checkpoint).map(|size| (size, path)));
        }
    }
    files.sort();
    Ok(files)
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        listed => {
            let entries = listed.and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
            entries.map_err(failed(folder))
        }
    }
}

/// Puts a checkpoint into the folder of its day, durably, and never over another one.
fn put(folder: &Path, size: u64, note: &str) -> Result<()> {
    let day = Checkpoint::read(note).map(|checkpoint| checkpoint.at.strftime("%Y-%m-%d").to_string());
    let day = folder.join(day.map_err(|_| lost())?);
    DirBuilder::new().recursive(true).mode(0o700).create(&day).map_err(failed(&day))?;
    let path = day.join(format!("{size:012}.{EXTENSION}"));
    let beside = path.with_extension(format!("{}.new", database::new_key()));
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside).map_err(failed(&beside))?;
    file.write_all(note.as_bytes()).and_then(|()| file.sync_all()).map_err(failed(&beside))?;
    match fs::hard_link(&beside, &path) {
        // Another process was first, with the same checkpoint.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        linked => linked.map_err(failed(&path))?,
    }
    fs::remove_file(&beside).map_err(failed(&beside))?;
    sync_folder(&day)?;
    sync_folder(folder)
}

fn failed(path: &Path) -> impl Fn(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::File { path: path.clone(), source }
}

fn newest() -> database::Query {
    database::query("select size, note, peaks from access_checkpoint order by size desc limit 1")
}

/// How many entries there are, and the root of the tree over all of them.
pub(crate) async fn tree_of_all(connection: &mut Connection) -> Result<(u64, Hash)> {
    let mut tree = Frontier::default();
    let leaves = database::query("select leaf from access_entry order by number");
    let grow = |row: Row| {
        tree.push(read_hash(&row.get::<String>("leaf")?).ok_or_else(lost)?);
        Ok(())
    };
    leaves.each(connection, grow).await?;
    Ok((tree.size(), tree.root()))
}

async fn store_block(connection: &mut Connection, number: u64, root: Hash) -> Result<()> {
    let sql = "insert into access_block (number, root) values ($1, $2)";
    database::query(sql).bind(column(number)).bind(hex::encode(root)).execute(connection).await?;
    Ok(())
}

fn read_hash(text: &str) -> Option<Hash> {
    hex::decode(text).ok()?.try_into().ok()
}

fn lost() -> Error {
    Error::Corrupt("checkpoints of the access log".into())
}

fn age(at: Timestamp) -> Duration {
    Timestamp::now().duration_since(at).unsigned_abs()
}

/// A number as columns have it.
fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
