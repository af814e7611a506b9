//! Stored bytes: scans and page images under their SHA-256, written so that a power cut loses nothing (invariant 4), checked
//! against their hash whenever they are read. Not here: which record they belong to.

use crate::error::{Error, Result};
use ::bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The folder of all stored bytes.
#[derive(Debug)]
pub(crate) struct Blobs {
    folder: PathBuf,
    store: LocalFileSystem,
}

/// SHA-256 as lower-case hex: the name of stored bytes.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// `ab/cd/abcd…`: two levels of 256 folders keep each folder small up to hundreds of millions of files.
pub(crate) fn object_path(sha256: &str) -> ObjectPath {
    ObjectPath::from(format!("{}/{}/{sha256}", &sha256[..2], &sha256[2..4]))
}

impl Blobs {
    /// Opens the folder, which exists. `with_fsync` makes every write durable: file, rename, folder.
    pub(crate) fn open(folder: &Path) -> Result<Blobs> {
        let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        Ok(Blobs { folder: folder.to_owned(), store })
    }

    /// Makes bytes durable and answers their hash. Bytes that are held already are written again: the new file takes the place of
    /// the old at once, which also heals a damaged one.
    pub(crate) async fn put(&self, bytes: Bytes) -> Result<String> {
        let hashed = bytes.clone();
        let sha256 = blocking(move || Ok(sha256_hex(&hashed))).await?;
        self.store.put(&object_path(&sha256), bytes.into()).await?;
        self.sync_folders(&sha256).await?;
        Ok(sha256)
    }

    /// The bytes of this hash, and no others.
    ///
    /// # Errors
    /// `BytesDamaged` when they are missing or have another hash.
    pub(crate) async fn get(&self, sha256: &str) -> Result<Bytes> {
        let damaged = || Error::BytesDamaged { sha256: sha256.to_owned() };
        let bytes = match self.store.get(&object_path(sha256)).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Err(damaged()),
            Err(other) => return Err(other.into()),
        };
        let hashed = bytes.clone();
        let found = blocking(move || Ok(sha256_hex(&hashed))).await?;
        if found == sha256 { Ok(bytes) } else { Err(damaged()) }
    }

    /// Paths of everything in the folder.
    pub(crate) async fn paths(&self) -> Result<Vec<String>> {
        let objects = self.store.list(None).map(|found| found.map(|object| object.location.to_string()));
        Ok(objects.try_collect().await?)
    }

    /// Syncs the two upper folders. The store syncs those that it makes itself; one that another process made a moment ago may
    /// not be durable yet, and our file stands in it.
    async fn sync_folders(&self, sha256: &str) -> Result<()> {
        let folders = [self.folder.join(&sha256[..2]), self.folder.clone()];
        blocking(move || folders.iter().try_for_each(|folder| sync_folder(folder))).await
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    let synced = std::fs::File::open(folder).and_then(|opened| opened.sync_all());
    synced.map_err(|source| Error::File { path: folder.to_owned(), source })
}

/// Runs what waits for the disk or computes long beside the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.expect("this work neither panics nor is it cancelled")
}
