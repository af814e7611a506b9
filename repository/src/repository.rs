//! The door to the records: what is open, and where. What can be done with it stands in files by subject: `receive`,
//! `documents`, `confirm`, `dossiers`, `procedures`, `subjects`, `jobs`, `reading`, `progress`,
//! `changes`, `access`, `check`.

use crate::bytes::{self, Blobs};
use crate::database::{Database, DatabaseUrl};
use crate::error::{Error, Result};
use crate::identifier::AgencyCode;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Agency whose dossier codes are issued until another is configured: a sample one, as in the specification of codes.
const AGENCY_CODE_DEFAULT: &str = "H26.18";

/// Where the records live.
#[derive(Debug, Clone)]
pub struct Options {
    /// Data folder: `motlan.sqlite` and `blobs/` in it. Created when missing, for this user alone; the rights of
    /// one that exists are its owner's decision and stay as they are, with a warning in the log when others may enter.
    pub data_dir: PathBuf,
    /// The PostgreSQL database of the records; none: `motlan.sqlite` in the data folder.
    pub database: Option<DatabaseUrl>,
}

impl Options {
    /// Everything in one folder.
    pub fn in_folder(data_dir: impl Into<PathBuf>) -> Options {
        Options { data_dir: data_dir.into(), database: None }
    }
}

/// The records of one installation. Cheap to clone; safe to share.
#[derive(Debug, Clone)]
pub struct Repository {
    inner: Arc<Inner>,
    agency_code: AgencyCode,
}

#[derive(Debug)]
struct Inner {
    data_dir: PathBuf,
    database: Database,
    blobs: Blobs,
}

impl Repository {
    /// Opens the data folder, creating and migrating it as needed. Several processes may have it open at once.
    pub async fn open(options: &Options) -> Result<Repository> {
        let folder = options.data_dir.clone();
        let lock = bytes::blocking(move || prepare(&folder)).await?;
        let database = match &options.database {
            None => Database::open_file(&options.data_dir.join("motlan.sqlite")).await?,
            Some(url) => Database::open_server(url).await?,
        };
        let blobs = Blobs::open(&options.data_dir.join("blobs"))?;
        // Held until here: one process after the other creates and migrates.
        drop(lock);
        let inner = Arc::new(Inner { data_dir: options.data_dir.clone(), database, blobs });
        let agency_code = AGENCY_CODE_DEFAULT.parse().expect("the default is an agency code");
        Ok(Repository { inner, agency_code })
    }

    /// The same records, seen by the agency with this code: it stands in the dossier codes that are issued (CODE-01).
    pub fn with_agency_code(self, agency_code: AgencyCode) -> Repository {
        Repository { agency_code, ..self }
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    pub(crate) fn agency_code(&self) -> &AgencyCode {
        &self.agency_code
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }
}

/// Makes the folders durable and locks the data folder for the time of opening.
fn prepare(folder: &Path) -> Result<File> {
    let failed = |source: io::Error| Error::File { path: folder.to_owned(), source };
    // Personal data: nobody else on the machine shall read it.
    DirBuilder::new().recursive(true).mode(0o700).create(folder.join("blobs")).map_err(failed)?;
    let folder = folder.canonicalize().map_err(failed)?;
    if open_to_others(&folder).map_err(failed)? {
        tracing::warn!(folder = %folder.display(), "other users of this machine may enter the data folder; chmod 700 closes it");
    }
    bytes::sync_folder(&folder)?;
    if let Some(parent) = folder.parent() {
        bytes::sync_folder(parent)?;
    }
    let lock = File::create(folder.join("open.lock")).map_err(failed)?;
    lock.lock().map_err(failed)?;
    Ok(lock)
}

/// Whether anyone but the owner has any right on a folder.
fn open_to_others(folder: &Path) -> io::Result<bool> {
    Ok(folder.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_new_folder_is_closed_and_the_rights_of_an_old_one_stay() {
        let check = |mode: Option<u32>, mode_after: u32, open: bool| {
            let parent = tempfile::TempDir::new().unwrap();
            let folder = parent.path().join("data");
            if let Some(mode) = mode {
                fs::create_dir(&folder).unwrap();
                fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
            }
            prepare(&folder).unwrap();
            let found = fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
            assert_eq!((found, open_to_others(&folder).unwrap()), (mode_after, open), "{mode:?}");
        };
        check(None, 0o700, false);
        check(Some(0o700), 0o700, false);
        check(Some(0o750), 0o750, true);
        check(Some(0o755), 0o755, true);
        check(Some(0o701), 0o701, true);
    }
}
