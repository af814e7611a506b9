//! The folder of the index: its lock, its version, its generations, and what happens when something is wrong with them.
//!
//! `lock` is held by the one writer. `format` names the version of what the engine folder holds, and that folder; it is written when
//! everything in there is whole, so that a folder which it does not name is unfinished or old. `tantivy-N/` belong to the engine.

use super::schema::schema;
use super::{Access, Engine, Generation, Generations, TantivyIndex, guarded, last_change};
use crate::{Error, Index, entry};
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tantivy::TantivyError;
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::{OpenDirectoryError, OpenReadError};

/// An index up to this size is read whole when it is opened, to compare its check sums: half a second from a disk, two at worst.
const CHECKED_BYTES_MAX: u64 = 512 << 20;

/// How often a reader looks again at files that seem damaged or gone: the writer beside it may just have merged them away, or rebuilt.
const READER_TRIES: u32 = 4;
/// How long it waits in between: a merge's last step takes less.
const READER_REST: Duration = Duration::from_millis(100);

/// The folder.
pub(super) struct Folder {
    dir: PathBuf,
    /// Held as long as this lives; a reader has none.
    _lock: Option<File>,
}

/// What `format` says.
struct Named {
    is_of_this_version: bool,
    generation: String,
}

/// Opens the index for writing; makes it when there is none, and again when it is damaged or has other fields.
pub(crate) fn open(dir: &Path) -> Result<Arc<dyn Index>, Error> {
    create_dir(dir)?;
    let folder = Folder { dir: dir.to_owned(), _lock: Some(lock(dir)?) };
    let current = match folder.open_current(Access::Write) {
        Ok(Some(current)) => current,
        Ok(None) => folder.first_generation()?,
        Err(error @ Error::Damaged { .. }) => {
            tracing::warn!(%error, "the index is built anew");
            folder.first_generation()?
        }
        Err(error) => return Err(error),
    };
    if let Err(error) = folder.remove_all_but(&[&current.name]) {
        tracing::warn!(%error, "an old index is still on the disk");
    }
    Ok(Arc::new(folder.index(current, Access::Write)))
}

/// Opens the index for reading, beside another process that writes it.
pub(crate) fn open_reader(dir: &Path) -> Result<Arc<dyn Index>, Error> {
    Ok(Arc::new(reader(dir)?))
}

pub(super) fn reader(dir: &Path) -> Result<TantivyIndex, Error> {
    let folder = Folder { dir: dir.to_owned(), _lock: None };
    let current = folder.open_to_read()?;
    Ok(folder.index(current, Access::Read))
}

impl Folder {
    /// Opens what another process writes.
    pub(super) fn open_to_read(&self) -> Result<Generation, Error> {
        let not_built = || Error::NotBuilt { dir: self.dir.clone() };
        let mut opened = self.open_current(Access::Read);
        for _ in 1..READER_TRIES {
            if opened.is_ok() {
                break;
            }
            std::thread::sleep(READER_REST);
            opened = self.open_current(Access::Read);
        }
        opened?.ok_or_else(not_built)
    }

    /// Whether a generation is still the one that is searched.
    pub(super) fn is_current(&self, generation: &str) -> Result<bool, Error> {
        Ok(self.named()?.is_some_and(|named| named.generation == generation))
    }

    /// An empty engine beside the current one.
    pub(super) fn new_generation(&self, current: &str) -> Result<Generation, Error> {
        self.remove_all_but(&[current])?;
        let number = current.rsplit_once('-').and_then(|(_, number)| number.parse::<u64>().ok());
        let name = format!("{ENGINE}-{}", number.unwrap_or_default() + 1);
        let dir = self.dir.join(&name);
        create_dir(&dir)?;
        let engine = Arc::new(guarded(|| Engine::create(&dir))?);
        Ok(Generation { name, engine, is_outdated: false })
    }

    /// Names a generation as the one that is searched; on an error the one before stays it.
    pub(super) fn make_current(&self, generation: &str) -> Result<(), Error> {
        let text = format!("{}\n{generation}\n", first_line());
        let written = write_whole(&self.dir, "format", text.as_bytes());
        written.map_err(|source| Error::File { path: self.dir.join("format"), source })
    }

    /// Takes away a generation that is not searched any more.
    pub(super) fn remove_generation(&self, name: &str) -> Result<(), Error> {
        let dir = self.dir.join(name);
        remove(std::fs::remove_dir_all(&dir), &dir)
    }

    fn index(self, current: Generation, access: Access) -> TantivyIndex {
        let generations = Mutex::new(Generations { current, next: None });
        TantivyIndex { folder: self, access, generations, folders: Mutex::new(()) }
    }

    fn first_generation(&self) -> Result<Generation, Error> {
        let old = self.named()?.map(|named| named.generation).unwrap_or_default();
        let generation = self.new_generation(&old)?;
        self.make_current(&generation.name)?;
        Ok(generation)
    }

    /// The named generation; none: there is none, or one whose fields this version does not know.
    fn open_current(&self, access: Access) -> Result<Option<Generation>, Error> {
        let Some(Named { is_of_this_version, generation: name }) = self.named()? else { return Ok(None) };
        let dir = self.dir.join(&name);
        match guarded(|| open_engine(&dir, access)) {
            Ok(Some(engine)) => {
                Ok(Some(Generation { name, engine: Arc::new(engine), is_outdated: !is_of_this_version }))
            }
            Ok(None) if is_of_this_version => {
                Err(Error::Damaged { message: "fields of another version".to_owned() })
            }
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn named(&self) -> Result<Option<Named>, Error> {
        let path = self.dir.join("format");
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::File { path, source }),
        };
        let mut lines = text.lines();
        let is_of_this_version = lines.next().is_some_and(|line| line == first_line());
        // Before version 2 there was one generation without a number.
        let generation = lines.next().unwrap_or(ENGINE).to_owned();
        let is_ours = generation.starts_with(ENGINE) && !generation.contains(['/', '.']);
        Ok(is_ours.then_some(Named { is_of_this_version, generation }))
    }

    /// Takes away what a rebuild that was cut off left, and old generations.
    pub(super) fn remove_all_but(&self, kept: &[&str]) -> Result<(), Error> {
        let failed = |source| Error::File { path: self.dir.clone(), source };
        for entry in std::fs::read_dir(&self.dir).map_err(failed)? {
            let name = entry.map_err(failed)?.file_name();
            if let Some(name) = name.to_str().filter(|name| name.starts_with(ENGINE) && !kept.contains(name))
            {
                self.remove_generation(name)?;
            }
        }
        Ok(())
    }
}

/// What `format` says first in an index of this version.
fn first_line() -> String {
    format!("motlan index {}", entry::FORMAT)
}

/// What engine folders are called, followed by a number.
const ENGINE: &str = "tantivy";

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

/// The engine in a folder; none when it has other fields.
fn open_engine(dir: &Path, access: Access) -> Result<Option<Engine>, TantivyError> {
    let index = tantivy::Index::open(MmapDirectory::open(dir)?)?;
    if index.schema() != schema() {
        return Ok(None);
    }
    last_change(&index)?;
    check_sums(&index, dir)?;
    Engine::over(index, access).map(Some)
}

fn check_sums(index: &tantivy::Index, dir: &Path) -> Result<(), TantivyError> {
    if folder_bytes(dir)? > CHECKED_BYTES_MAX {
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
        Err(TryLockError::WouldBlock) => Err(Error::Busy { place: dir.display().to_string() }),
        Err(TryLockError::Error(source)) => Err(Error::File { path, source }),
    }
}

/// Writes a file that is there whole or as it was before. On an error it is as it was.
fn write_whole(dir: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    let unfinished = dir.join(format!("{name}.new"));
    let mut file = File::create(&unfinished)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    std::fs::rename(unfinished, dir.join(name))?;
    // It has its name: an error would say that it has not.
    if let Err(error) = File::open(dir).and_then(|dir| dir.sync_all()) {
        tracing::warn!(%error, name, "the disk may not keep this file's new content");
    }
    Ok(())
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
