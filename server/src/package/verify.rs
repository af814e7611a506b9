//! Checking a package where there is nothing but the package and a list of keys.

use super::{CASE, Case, MANIFEST, SIGNATURE};
use anyhow::{Context, bail, ensure};
use qr::KeyList;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use zip::{CompressionMethod, ZipArchive};

/// How a ZIP begins.
const ZIP: &[u8] = b"PK\x03\x04";
/// Longest list, signature or case that is read: thousands of papers.
const TEXT_BYTES_MAX: u64 = 8 << 20;

/// A package that is what this system put together.
pub(crate) struct CheckedPackage {
    /// The id of the key that signed it.
    pub(crate) key: String,
    /// What it says of itself.
    pub(crate) case: Case<Value>,
}

/// Whether a file is a package and not a picture of a code.
pub(crate) fn is_package(path: &Path) -> io::Result<bool> {
    let mut begin = [0; ZIP.len()];
    let length = File::open(path)?.read(&mut begin)?;
    Ok(&begin[..length] == ZIP)
}

/// Checks the signature over the list, and each file against it; nothing else may lie in the payload.
///
/// # Errors
/// It is no package, it was changed, or somebody else made it; the message says which.
pub(crate) fn check(path: &Path, keys: &KeyList) -> anyhow::Result<CheckedPackage> {
    let mut zip =
        ZipArchive::new(File::open(path)?).context("this is no package: the ZIP cannot be opened")?;
    let manifest = text(&mut zip, MANIFEST)?;
    let signature: qr::Signature =
        serde_json::from_str(&text(&mut zip, SIGNATURE)?).context("the signature cannot be read")?;
    keys.check_package(manifest.as_bytes(), &signature)?;
    let listed = listed(&manifest)?;
    for number in 0..zip.len() {
        let mut file = zip.by_index(number)?;
        ensure!(
            file.compression() == CompressionMethod::Stored,
            "{} is pressed: no package of ours is",
            file.name()
        );
        let name = file.name().to_owned();
        let Some(hash) = listed.get(name.as_str()) else {
            ensure!(!name.starts_with("data/"), "{name} is not in the list: it was put in later");
            continue;
        };
        let mut found = Sha256::new();
        io::copy(&mut file, &mut found).with_context(|| format!("{name} is damaged"))?;
        ensure!(hex::encode(found.finalize()) == *hash, "{name} was changed");
    }
    let names: Vec<String> = zip.file_names().map(str::to_owned).collect();
    if let Some(missing) = listed.keys().find(|name| !names.iter().any(|one| one == *name)) {
        bail!("{missing} is missing");
    }
    let case = serde_json::from_str(&text(&mut zip, CASE)?).context("the case cannot be read")?;
    Ok(CheckedPackage { key: signature.key, case })
}

/// Hashes by the names of files.
fn listed(manifest: &str) -> anyhow::Result<BTreeMap<&str, &str>> {
    let mut listed = BTreeMap::new();
    for one in manifest.lines() {
        let (hash, name) = one.split_once("  ").context("the list of files cannot be read")?;
        ensure!(listed.insert(name, hash).is_none(), "{name} stands twice in the list");
    }
    Ok(listed)
}

fn text(zip: &mut ZipArchive<File>, name: &str) -> anyhow::Result<String> {
    let file =
        zip.by_name(name).with_context(|| format!("this is no package of motlan: {name} is missing"))?;
    let mut text = String::new();
    file.take(TEXT_BYTES_MAX).read_to_string(&mut text).with_context(|| format!("{name} is damaged"))?;
    Ok(text)
}
