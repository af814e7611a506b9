//! Stored bytes: scans and page images, sealed under the data key of their paper, written so that a power cut loses nothing
//! (invariant 4), and checked against their SHA-256 whenever they are read.
//!
//! Their names say nothing: the name of an object is the SHA-256 of its plain bytes under the data key of its paper, so that nobody can
//! ask the storage whether a known paper is held, or which papers have the same page. The same bytes of the same paper have the same
//! name: writing them again heals what was damaged. Not here: which record bytes belong to, and where keys come from.

mod bucket;

pub use bucket::Bucket;

use crate::data_keys::PaperKey;
use crate::error::{Error, Result};
use crate::promise::{self, Promise};
use crate::seal::{self, Sealer};
use ::bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::{MultipartUpload, ObjectMeta, ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};
use tokio::task::JoinHandle;

/// Larger objects travel in parts of this size: a part that is lost on the way is sent again, not the whole, and no more of a file
/// than this is held sealed in memory. S3 takes parts from 5 MiB and up to 10,000 of them: 80 GB.
const PART_BYTES: usize = 8 << 20;

/// How names of sealed objects end; files of versions that did not seal have no ending.
pub(crate) const SEALED: &str = ".sealed";

/// In the name of a file that is being written.
const UNFINISHED: &str = ".sealed#";

/// The storage of all bytes.
#[derive(Debug)]
pub(crate) struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// The folder when it is one: names in it are made durable here.
    folder: Option<PathBuf>,
}

/// SHA-256 as lower-case hex: the identity of bytes in the records.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// `ab/cd/abcd….sealed`: two levels of 256 folders keep each folder small up to hundreds of millions of files.
pub(crate) fn object_path(key: &PaperKey, sha256: &str) -> ObjectPath {
    let name = key.name(sha256);
    ObjectPath::from(format!("{}/{}/{name}{SEALED}", &name[..2], &name[2..4]))
}

impl Blobs {
    /// Opens a folder, which exists. `with_fsync` makes every write durable: file, rename, folder.
    pub(crate) fn open_folder(folder: &Path) -> Result<Blobs> {
        let store =
            LocalFileSystem::new_with_prefix(folder)?.with_fsync(!promise::is_broken(Promise::OnTheDisk));
        Ok(Blobs { store: Arc::new(store), folder: Some(folder.to_owned()) })
    }

    /// Opens a bucket; whether it can be reached is seen when it is used.
    pub(crate) fn open_bucket(bucket: &Bucket) -> Result<Blobs> {
        Ok(Blobs { store: bucket.open()?, folder: None })
    }

    /// Makes bytes durable, sealed under the key of their paper. Bytes that are held already are written again: the new object takes
    /// the place of the old at once.
    pub(crate) async fn put(&self, key: &PaperKey, sha256: &str, bytes: Bytes) -> Result<()> {
        let path = object_path(key, sha256);
        let sealer = Sealer::new(key.key(), &key.bound_to(sha256), bytes);
        let (sealer, part) = next_part(sealer).await?;
        if sealer.is_done() {
            self.store.put(&path, part.into()).await?;
        } else {
            let mut upload = self.store.put_multipart(&path).await?;
            if let Err(error) = put_parts(upload.as_mut(), sealer, part).await {
                // Parts that cannot be taken back either are the storage's to clear: it never shows them.
                let _ = upload.abort().await;
                return Err(error);
            }
        }
        self.sync_folders(&path).await
    }

    /// The bytes of this hash, and no others.
    ///
    /// # Errors
    /// `BytesMissing`, or `BytesDamaged` when they do not open or have another hash.
    pub(crate) async fn get(&self, key: &PaperKey, sha256: &str) -> Result<Bytes> {
        let sealed = match self.store.get(&object_path(key, sha256)).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => {
                return Err(Error::BytesMissing { sha256: sha256.to_owned() });
            }
            Err(other) => return Err(other.into()),
        };
        let (key, sha256) = (key.clone(), sha256.to_owned());
        blocking(move || {
            let opened = seal::open(key.key(), &key.bound_to(&sha256), &sealed);
            match opened {
                Ok(plain) if sha256_hex(&plain) == sha256 => Ok(plain.into()),
                Ok(_) | Err(seal::Unopened) => Err(Error::BytesDamaged { sha256 }),
            }
        })
        .await
    }

    /// Everything in the storage.
    pub(crate) fn list(&self) -> BoxStream<'static, Result<ObjectMeta>> {
        self.store.list(None).err_into().boxed()
    }

    /// Takes an object away; that it is gone already is no error.
    pub(crate) async fn remove(&self, path: &ObjectPath) -> Result<()> {
        match self.store.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(other) => Err(other.into()),
        }
    }

    /// Takes away files that a killed process was writing, once they are older than `age`, and answers how many. A bucket never shows such,
    /// and clears them by its own rule.
    pub(crate) async fn remove_unfinished(&self, age: Duration) -> Result<u64> {
        let Some(folder) = self.folder.clone() else { return Ok(0) };
        blocking(move || {
            let failed = |source| Error::File { path: folder.clone(), source };
            remove_unfinished_in(&folder, age).map_err(failed)
        })
        .await
    }

    /// An object as it stands; none: there is none.
    pub(crate) async fn raw(&self, path: &ObjectPath) -> Result<Option<Bytes>> {
        match self.store.get(path).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Puts an object as it stands elsewhere, durably.
    pub(crate) async fn put_raw(&self, path: &ObjectPath, bytes: Bytes) -> Result<()> {
        self.store.put(path, bytes.into()).await?;
        self.sync_folders(path).await
    }

    /// How many bytes an object has; none: there is none.
    pub(crate) async fn size(&self, path: &ObjectPath) -> Result<Option<u64>> {
        match self.store.head(path).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(other) => Err(other.into()),
        }
    }

    /// Whether there is such an object.
    pub(crate) async fn holds(&self, path: &ObjectPath) -> Result<bool> {
        Ok(self.size(path).await?.is_some())
    }

    /// Syncs the two upper folders. The store syncs those that it makes itself; one that another process made a moment ago may
    /// not be durable yet, and our file stands in it.
    async fn sync_folders(&self, path: &ObjectPath) -> Result<()> {
        let Some(folder) = self.folder.clone() else { return Ok(()) };
        let first = path.parts().next().map(|part| folder.join(part.as_ref()));
        blocking(move || first.iter().chain([&folder]).try_for_each(|folder| sync_folder(folder))).await
    }
}

async fn put_parts(upload: &mut dyn MultipartUpload, mut sealer: Sealer, mut part: Vec<u8>) -> Result<()> {
    loop {
        upload.put_part(part.into()).await?;
        if sealer.is_done() {
            upload.complete().await?;
            return Ok(());
        }
        (sealer, part) = next_part(sealer).await?;
    }
}

async fn next_part(mut sealer: Sealer) -> Result<(Sealer, Vec<u8>)> {
    blocking(move || {
        let part = sealer.next_part(PART_BYTES);
        Ok((sealer, part))
    })
    .await
}

/// The store writes `NAME#1` beside NAME, then renames it.
fn remove_unfinished_in(folder: &Path, age: Duration) -> io::Result<u64> {
    let mut removed = 0;
    for entry in fs::read_dir(folder)? {
        let (path, file) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?)))?;
        if file.is_dir() {
            removed += remove_unfinished_in(&path, age)?;
        } else if path.to_string_lossy().contains(UNFINISHED)
            && file.modified()?.elapsed().is_ok_and(|old| old > age)
        {
            fs::remove_file(path)?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<()> {
    if promise::is_broken(Promise::OnTheDisk) {
        return Ok(());
    }
    let synced = std::fs::File::open(folder).and_then(|opened| opened.sync_all());
    synced.map_err(|source| Error::File { path: folder.to_owned(), source })
}

/// Runs what waits for the disk or computes long beside the async threads.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    joined(tokio::task::spawn_blocking(work)).await
}

/// What the work answers. Work that panicked panics here too. Work is given up unstarted only when the program ends: whoever waits for it
/// then is given up as well, in a moment, and never goes on.
async fn joined<T>(work: JoinHandle<T>) -> T {
    match work.await {
        Ok(answer) => answer,
        Err(failed) => match failed.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_given_up) => std::future::pending().await,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future as _;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn work_given_up_at_the_end_of_the_program_panics_nowhere() {
        let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let ending = runtime.handle().clone();
        runtime.shutdown_background();
        let late =
            std::pin::pin!(joined(ending.spawn_blocking(|| unreachable!("nobody comes to this work"))));
        assert_eq!(late.poll(&mut Context::from_waker(Waker::noop())), Poll::<()>::Pending);
    }
}
