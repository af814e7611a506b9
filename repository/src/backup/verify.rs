//! Whether a snapshot is what was written.

use super::manifest::{BLOBS, Manifest, ObjectFact};
use crate::Repository;
use crate::bytes::Blobs;
use crate::error::Result;
use object_store::path::Path as ObjectPath;
use std::path::Path;

/// Each file that is not what it was, and what is wrong with it. Rows are always read to their end; stored bytes are when `read_all`
/// says so, otherwise only their size is looked at.
pub(super) async fn damaged(
    backup: &Path,
    snapshot: &Path,
    manifest: &Manifest,
    read_all: bool,
) -> Result<Vec<String>> {
    let mut damaged = manifest.damaged_files(snapshot)?;
    if damaged.iter().any(|file| file.starts_with(&*snapshot.join(&manifest.objects.name).to_string_lossy()))
    {
        return Ok(damaged);
    }
    let blobs = Blobs::open_folder(&backup.join(BLOBS))?;
    let mut objects = Manifest::objects(snapshot)?;
    while let Some(fact) = objects.next::<ObjectFact>()? {
        let wrong = match read_all {
            true => object_is_wrong(&blobs, &fact).await?,
            false => size_is_wrong(&blobs, &fact).await?,
        };
        damaged
            .extend(wrong.map(|what| format!("{}: {what}", backup.join(BLOBS).join(&fact.path).display())));
    }
    Ok(damaged)
}

async fn size_is_wrong(blobs: &Blobs, fact: &ObjectFact) -> Result<Option<&'static str>> {
    Ok(match blobs.size(&ObjectPath::from(fact.path.as_str())).await? {
        None => Some("missing"),
        Some(bytes) if bytes != fact.bytes => Some("changed"),
        Some(_) => None,
    })
}

/// What is wrong with stored bytes; none: they are what they were.
pub(super) async fn object_is_wrong(blobs: &Blobs, fact: &ObjectFact) -> Result<Option<&'static str>> {
    Ok(match blobs.raw(&ObjectPath::from(fact.path.as_str())).await? {
        None => Some("missing"),
        Some(sealed) if Repository::hash(&sealed).await? != fact.sealed_sha256 => Some("changed"),
        Some(_) => None,
    })
}
