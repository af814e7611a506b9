//! The folder of the index: its lock, its version, and what happens when either is wrong.
//!
//! `lock` is held by the one writer. `format` names the version of what the engine folder holds; it is written last and removed first,
//! so that a folder without it is unfinished. `tantivy/` belongs to the engine.

use super::schema::schema;
use super::{Access, TantivyIndex, guarded, last_change};
use crate::{Error, Index};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tantivy::TantivyError;
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::{OpenDirectoryError, OpenReadError};

/// Version of everything that decides which words a paper is found by: analysis, entry and schema. Raise it with any change there; an
/// index of another version is built anew by whoever opens it.
const FORMAT: &str = "motlan index 1\n";

/// An index up to this size is read whole when it is opened, to compare its check sums: half a second from a disk, two at worst.
const CHECKED_BYTES_MAX: u64 = 512 << 20;

/// How often a reader looks again at files that seem damaged: the writer beside it may just have merged them away.
const READER_TRIES: u32 = 4;
/// How long it waits in between: a merge's last step takes less.
const READER_REST: Duration = Duration::from_millis(100);

/// Opens the index for writing; makes it when there is none, and again when it is damaged or of another version.
pub(crate) fn open(dir: &Path) -> Result<Arc<dyn Index>, Error> {
    create_dir(dir)?;
    let lock = lock(dir)?;
    if is_current(dir)? {
        match open_engine(dir, writing(&lock, dir)?) {
            Ok(index) => return Ok(Arc::new(index)),
            Err(error @ Error::Damaged { .. }) => tracing::warn!(%error, "the index is built anew"),
            Err(error) => return Err(error),
        }
    }
    let access = writing(&lock, dir)?;
    build(dir, access).map(|index| Arc::new(index) as Arc<dyn Index>)
}

/// Opens the index for reading, beside another process that writes it.
pub(crate) fn open_reader(dir: &Path) -> Result<Arc<dyn Index>, Error> {
    if !is_current(dir)? {
        return Err(Error::NotBuilt { dir: dir.to_owned() });
    }
    let mut opened = open_engine(dir, Access::Read);
    for _ in 1..READER_TRIES {
        if !matches!(opened, Err(Error::Damaged { .. })) {
            break;
        }
        std::thread::sleep(READER_REST);
        opened = open_engine(dir, Access::Read);
    }
    opened.map(|index| Arc::new(index) as Arc<dyn Index>)
}

/// Whether an error means that the files of the index are not what they were.
pub(super) fn is_damage(error: &TantivyError) -> bool {
    match error {
        TantivyError::OpenDirectoryError(OpenDirectoryError::DoesNotExist(_))
        | TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(_))
        | TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_))
        | TantivyError::DataCorruption(_)
        | TantivyError::IncompatibleIndex(_)
        | TantivyError::SchemaError(_)
        | TantivyError::FieldNotFound(_)
        | TantivyError::DeserializeError(_)
        | TantivyError::InternalError(_) => true,
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => is_damaged_file(io_error),
        TantivyError::IoError(error) => is_damaged_file(error),
        _ => false,
    }
}

fn is_damaged_file(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnexpectedEof | ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other
    )
}

fn build(dir: &Path, access: Access) -> Result<TantivyIndex, Error> {
    remove(std::fs::remove_file(format_file(dir)), &format_file(dir))?;
    remove(std::fs::remove_dir_all(engine_dir(dir)), &engine_dir(dir))?;
    create_dir(&engine_dir(dir))?;
    let index = guarded(|| TantivyIndex::create(&engine_dir(dir), access))?;
    write_format(dir).map_err(|source| Error::File { path: format_file(dir), source })?;
    Ok(index)
}

fn open_engine(dir: &Path, access: Access) -> Result<TantivyIndex, Error> {
    guarded(|| {
        let index = tantivy::Index::open(MmapDirectory::open(engine_dir(dir))?)?;
        if index.schema() != schema() {
            return Err(TantivyError::SchemaError("fields of another version".to_owned()));
        }
        last_change(&index)?;
        check_sums(&index, dir)?;
        TantivyIndex::over(index, access)
    })
}

fn check_sums(index: &tantivy::Index, dir: &Path) -> Result<(), TantivyError> {
    if folder_bytes(&engine_dir(dir))? > CHECKED_BYTES_MAX {
        return Ok(());
    }
    match index.validate_checksum()?.len() {
        0 => Ok(()),
        count => Err(TantivyError::SchemaError(format!("{count} files do not have their check sum"))),
    }
}

/// Bytes in a folder; files that a writer merges away meanwhile do not count.
fn folder_bytes(dir: &Path) -> std::io::Result<u64> {
    let size = |entry: std::io::Result<std::fs::DirEntry>| match entry?.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        metadata => Ok(metadata?.len()),
    };
    std::fs::read_dir(dir)?.map(size).sum()
}

/// Takes the lock of the folder; the system gives it back when the process ends, however it ends.
fn lock(dir: &Path) -> Result<File, Error> {
    let path = dir.join("lock");
    let failed = |source| Error::File { path: path.clone(), source };
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Busy { dir: dir.to_owned() }),
        Err(TryLockError::Error(source)) => Err(Error::File { path, source }),
    }
}

fn writing(lock: &File, dir: &Path) -> Result<Access, Error> {
    let lock = lock.try_clone().map_err(|source| Error::File { path: dir.join("lock"), source })?;
    Ok(Access::Write { writer: Mutex::new(None), _lock: lock })
}

fn is_current(dir: &Path) -> Result<bool, Error> {
    match std::fs::read(format_file(dir)) {
        Ok(bytes) => Ok(bytes == FORMAT.as_bytes()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(source) => Err(Error::File { path: format_file(dir), source }),
    }
}

fn write_format(dir: &Path) -> std::io::Result<()> {
    let unfinished = dir.join("format.new");
    let mut file = File::create(&unfinished)?;
    std::io::Write::write_all(&mut file, FORMAT.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(unfinished, format_file(dir))?;
    File::open(dir)?.sync_all()
}

fn create_dir(dir: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(dir).map_err(|source| Error::File { path: dir.to_owned(), source })
}

fn remove(removed: std::io::Result<()>, path: &Path) -> Result<(), Error> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(|source| Error::File { path: path.to_owned(), source }),
    }
}

fn format_file(dir: &Path) -> PathBuf {
    dir.join("format")
}

fn engine_dir(dir: &Path) -> PathBuf {
    dir.join("tantivy")
}
