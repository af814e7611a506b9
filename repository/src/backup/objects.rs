//! Stored bytes in a backup: copied as they stand in the storage, sealed, after they were opened once and compared with their hash.

use super::lines::{FileFact, Lines, ReadLines, failed};
use super::manifest::{Manifest, OBJECTS, ObjectFact, give_up_snapshot, snapshots};
use crate::Repository;
use crate::bytes::{Blobs, blocking, object_path, sha256_hex};
use crate::data_keys::PaperKey;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::fixity::named_bytes;
use crate::seal;
use ::bytes::Bytes;
use futures::TryStreamExt;
use object_store::path::Path as ObjectPath;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Which bytes the records of this state name: papers and hashes. Gone when they are copied.
const WANTED: &str = "objects.wanted";

/// What became of the bytes of one state.
pub(super) struct Copied {
    /// The list.
    pub(super) list: FileFact,
    /// Bytes of all of them, sealed.
    pub(super) bytes: u64,
    /// How many were copied now.
    pub(super) new_objects: u64,
    /// Their bytes.
    pub(super) new_bytes: u64,
    /// Hashes of those that are nowhere whole.
    pub(super) lost: Vec<String>,
}

/// Objects of the state before this one, in the same order.
struct Before {
    lines: Option<ReadLines>,
    next: Option<ObjectFact>,
}

impl Before {
    fn open(snapshot: Option<&Path>) -> Result<Before> {
        let mut lines = snapshot.map(Manifest::objects).transpose()?;
        let next = lines.as_mut().map(ReadLines::next).transpose()?.flatten();
        Ok(Before { lines, next })
    }

    /// What stands in the backup for these bytes since the state before.
    fn find(&mut self, document: &str, sha256: &str) -> Result<Option<ObjectFact>> {
        let wanted = (document, sha256);
        while self.next.as_ref().is_some_and(|fact| (fact.document.as_str(), fact.sha256.as_str()) < wanted) {
            self.next = self.lines.as_mut().map(ReadLines::next).transpose()?.flatten();
        }
        Ok(self.next.take_if(|fact| (fact.document.as_str(), fact.sha256.as_str()) == wanted))
    }
}

/// Lists the bytes that records name, in the order of papers and hashes.
pub(super) async fn list(connection: &mut Connection, folder: &Path) -> Result<()> {
    let sql = concat!(
        "select document_id, sha256 from (",
        named_bytes!(""),
        ") as named order by document_id, sha256"
    );
    let mut wanted = Lines::create(folder, WANTED)?;
    let keep = |row: Row| wanted.line(&(row.get::<String>("document_id")?, row.get::<String>("sha256")?));
    database::query(sql).each(connection, keep).await?;
    wanted.finish()?;
    Ok(())
}

impl Repository {
    /// Copies what the target does not have yet.
    pub(super) async fn copy_objects(
        &self,
        folder: &Path,
        before: Option<&Path>,
        target: &Blobs,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Copied> {
        let path = folder.join(WANTED);
        let (mut wanted, total) = (ReadLines::open(&path)?, ReadLines::open(&path)?.count()?);
        let (mut before, mut list) = (Before::open(before)?, Lines::create(folder, OBJECTS)?);
        let mut copied = Copied::nothing();
        let mut key: Option<PaperKey> = None;
        for done in 1.. {
            let Some((document, sha256)) = wanted.next::<(String, String)>()? else { break };
            if key.as_ref().is_none_or(|key| key.document().to_string() != document) {
                key = Some(self.key_for_backup(&document).await?);
            }
            let known = before.find(&document, &sha256)?;
            if let Some(key) = &key {
                match self.keep_object(key, &sha256, known, target, &mut copied).await? {
                    Some(fact) => list.line(&fact)?,
                    None => copied.lost.push(sha256),
                }
            }
            progress(done, total);
        }
        fs::remove_file(&path).map_err(failed(&path))?;
        copied.list = list.finish()?;
        Ok(copied)
    }

    async fn key_for_backup(&self, document: &str) -> Result<PaperKey> {
        let id = document.parse().map_err(|_| Error::Corrupt(format!("the paper {document}")))?;
        self.paper_key(id).await.map_err(|error| match error {
            Error::Erased { .. } => Error::ErasedMeanwhile,
            other => other,
        })
    }

    /// One object; none: it is whole neither here nor there.
    async fn keep_object(
        &self,
        key: &PaperKey,
        sha256: &str,
        known: Option<ObjectFact>,
        target: &Blobs,
        copied: &mut Copied,
    ) -> Result<Option<ObjectFact>> {
        let path = object_path(key, sha256);
        if let Some(fact) = known
            && target.size(&path).await? == Some(fact.bytes)
        {
            copied.bytes += fact.bytes;
            return Ok(Some(fact));
        }
        let held = whole(key, sha256, target.raw(&path).await?).await?;
        let sealed = match held {
            Some(sealed) => sealed,
            None => {
                let Some(sealed) = whole(key, sha256, self.blobs().raw(&path).await?).await? else {
                    return Ok(None);
                };
                target.put_raw(&path, sealed.clone()).await?;
                (copied.new_objects, copied.new_bytes) =
                    (copied.new_objects + 1, copied.new_bytes + sealed.len() as u64);
                sealed
            }
        };
        copied.bytes += sealed.len() as u64;
        Ok(Some(fact(key, sha256, &path, sealed).await?))
    }
}

impl Copied {
    fn nothing() -> Copied {
        let list = FileFact { name: OBJECTS.into(), lines: 0, bytes: 0, sha256: String::new() };
        Copied { list, bytes: 0, new_objects: 0, new_bytes: 0, lost: Vec::new() }
    }
}

/// Sealed bytes that open as what they are to be.
async fn whole(key: &PaperKey, sha256: &str, sealed: Option<Bytes>) -> Result<Option<Bytes>> {
    let Some(sealed) = sealed else { return Ok(None) };
    let (key, sha256) = (key.clone(), sha256.to_owned());
    blocking(move || {
        let opened = seal::open(key.key(), &key.bound_to(&sha256), &sealed);
        Ok(opened.is_ok_and(|plain| sha256_hex(&plain) == sha256).then_some(sealed))
    })
    .await
}

async fn fact(key: &PaperKey, sha256: &str, path: &ObjectPath, sealed: Bytes) -> Result<ObjectFact> {
    Ok(ObjectFact {
        document: key.document().to_string(),
        sha256: sha256.to_owned(),
        path: path.to_string(),
        bytes: sealed.len() as u64,
        sealed_sha256: Repository::hash(&sealed).await?,
    })
}

/// Gives up all but the newest states, and the objects that no other state needs; what backups that were cut short copied goes too.
pub(super) async fn give_up(backup: &Path, keep: usize, target: &Blobs) -> Result<u64> {
    let mut old = snapshots(backup)?;
    let kept = old.split_off(old.len().saturating_sub(keep));
    for snapshot in &old {
        give_up_snapshot(snapshot)?;
    }
    let mut named = BTreeSet::new();
    for snapshot in &kept {
        let mut objects = Manifest::objects(snapshot)?;
        while let Some(fact) = objects.next::<ObjectFact>()? {
            named.insert(fact.path);
        }
    }
    let mut stored = target.list();
    while let Some(object) = stored.try_next().await? {
        if !named.contains(object.location.as_ref()) {
            target.remove(&object.location).await?;
        }
    }
    Ok(old.len() as u64)
}
