//! The door to the records: what is open, and where. What can be done with it stands in files by subject: `receive`,
//! `documents`, `confirm`, `dossiers`, `deadlines`, `queue`, `procedures`, `subjects`, `requirements`, `jobs`, `reading`, `progress`,
//! `changes`, `access`, `check`, `backup`, `retention`, `disposal`.

use crate::backup;
use crate::bytes::{self, Blobs, Bucket};
use crate::clock::Clock;
use crate::database::{Database, DatabaseUrl, Schema};
use crate::error::{Error, Result};
use crate::identifier::AgencyCode;
use crate::keys::{KeySource, Keyring};
use crate::record::LookUpQuota;
use crate::{dossiers, equal, near_duplicates, requirements, subjects};
use jiff::Timestamp;
use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Agency whose dossier codes are issued until another is configured: a sample one, as in the specification of codes.
const AGENCY_CODE_DEFAULT: &str = "H26.18";

/// Questions for whose answer people wait, however much is held: so that a database can be asked how it answers them.
pub const QUESTIONS: [&str; 5] =
    [subjects::BY_NUMBER, requirements::PAPERS, near_duplicates::HELD, equal::EQUAL, dossiers::PAPERS];

/// Where the records live.
#[derive(Debug, Clone)]
pub struct Options {
    /// Data folder: `motlan.sqlite` and `blobs/` in it. Created when missing, for this user alone; the rights of
    /// one that exists are its owner's decision and stay as they are, with a warning in the log when others may enter.
    pub data_dir: PathBuf,
    /// The PostgreSQL database of the records; none: `motlan.sqlite` in the data folder.
    pub database: Option<DatabaseUrl>,
    /// Where the master keys are.
    pub keys: KeySource,
    /// Where scans and page images are stored; none: in `blobs/` of the data folder.
    pub bucket: Option<Bucket>,
    /// Where checkpoints of the access log are copied; none: `checkpoints/` in the data folder, which protects from slips only. It should
    /// be a place to which whoever can write to the database cannot write, or only add.
    pub checkpoints: Option<PathBuf>,
}

impl Options {
    /// Everything in one folder, the master key too.
    pub fn in_folder(data_dir: impl Into<PathBuf>) -> Options {
        let data_dir = data_dir.into();
        let keys = KeySource::OwnFile(data_dir.join("keys/master.key"));
        Options { data_dir, database: None, keys, bucket: None, checkpoints: None }
    }

    /// The storage of bytes; the data folder is prepared.
    pub(crate) fn open_blobs(&self) -> Result<Blobs> {
        match &self.bucket {
            Some(bucket) => Blobs::open_bucket(bucket),
            None => Blobs::open_folder(&self.data_dir.join("blobs")),
        }
    }
}

/// The embedded database, in the data folder.
pub(crate) const DATABASE_FILE: &str = "motlan.sqlite";

/// The records of one installation. Cheap to clone; safe to share.
#[derive(Debug, Clone)]
pub struct Repository {
    inner: Arc<Inner>,
    agency_code: AgencyCode,
    clock: Clock,
    look_up_quota: LookUpQuota,
}

#[derive(Debug)]
struct Inner {
    data_dir: PathBuf,
    database: Database,
    blobs: Blobs,
    keyring: Keyring,
    checkpoints: PathBuf,
}

impl Repository {
    /// Opens the data folder, creating and migrating it as needed; files of a version that did not seal are sealed first, which may take
    /// minutes. Several processes may have it open at once.
    ///
    /// # Errors
    /// `Keys` when the papers are sealed under a master key that is not to be had; the message says what to do.
    pub async fn open(options: &Options) -> Result<Repository> {
        let folder = options.data_dir.clone();
        let lock = bytes::blocking(move || prepare(&folder)).await?;
        backup::refuse_half_restored(&options.data_dir)?;
        let database = match &options.database {
            None => Database::open_file(&options.data_dir.join(DATABASE_FILE), Schema::Newest).await?,
            Some(url) => Database::open_server(url, Schema::Newest).await?,
        };
        let blobs = options.open_blobs()?;
        let keyring = Keyring::open(options.keys.clone()).await?;
        let data_dir = options.data_dir.clone();
        let checkpoints = options.checkpoints.clone().unwrap_or_else(|| data_dir.join("checkpoints"));
        let inner = Arc::new(Inner { data_dir, database, blobs, keyring, checkpoints });
        let agency_code = AGENCY_CODE_DEFAULT.parse().expect("the default is an agency code");
        let repository =
            Repository { inner, agency_code, clock: Clock::default(), look_up_quota: LookUpQuota::default() };
        repository.check_master_keys().await?;
        repository.open_log().await?;
        repository.seal_plain().await?;
        repository.fill_receiver_keys().await?;
        // Held until here: one process after the other creates and migrates.
        drop(lock);
        Ok(repository)
    }

    /// The same records, seen by the agency with this code: it stands in the dossier codes that are issued (CODE-01).
    pub fn with_agency_code(self, agency_code: AgencyCode) -> Repository {
        Repository { agency_code, ..self }
    }

    /// The same records, whose deadlines are counted by this clock instead of the machine's.
    pub fn with_clock(self, clock: Clock) -> Repository {
        Repository { clock, ..self }
    }

    /// The same records, of which an account may ask for so many in a day.
    pub fn with_look_up_quota(self, look_up_quota: LookUpQuota) -> Repository {
        Repository { look_up_quota, ..self }
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        &self.inner.data_dir
    }

    pub(crate) fn agency_code(&self) -> &AgencyCode {
        &self.agency_code
    }

    pub(crate) fn quota(&self) -> LookUpQuota {
        self.look_up_quota
    }

    /// Now, for deadlines.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.database
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    /// The second place of the access log's checkpoints.
    pub(crate) fn checkpoint_folder(&self) -> &Path {
        &self.inner.checkpoints
    }

    pub(crate) fn keyring(&self) -> &Keyring {
        &self.inner.keyring
    }
}

/// Makes the folders durable and locks the data folder for the time of opening.
pub(crate) fn prepare(folder: &Path) -> Result<File> {
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
