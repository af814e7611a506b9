//! Which of the named files are scans.

use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// Endings of files that stand beside scans and are none: notes, tables, scripts.
const NOT_SCANS: &[&str] = &["txt", "json", "toml", "md", "py", "csv", "xml"];

/// The scans among `named`, folders walked through when `recursive`; what is left out is told on standard error.
///
/// # Errors
/// A name does not exist, or no scan is left.
pub(super) fn collect(named: &[PathBuf], recursive: bool) -> anyhow::Result<Vec<PathBuf>> {
    let mut scans = Vec::new();
    for path in named {
        let kind = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
        match kind.is_dir() {
            true if recursive => walk(path, &mut scans)?,
            true => eprintln!("{}: skipped, a folder", path.display()),
            false if is_by_name_no_scan(path) => eprintln!("{}: skipped, not a scan", path.display()),
            false => scans.push(path.clone()),
        }
    }
    if scans.is_empty() {
        bail!("there is no scan among the files given: PDF, JPEG, PNG, TIFF and WebP can be read");
    }
    Ok(scans)
}

fn walk(folder: &Path, scans: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    for path in paths {
        if is_hidden(&path) || is_by_name_no_scan(&path) {
            continue;
        }
        if path.is_dir() { walk(&path, scans)? } else { scans.push(path) }
    }
    Ok(())
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn is_by_name_no_scan(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| NOT_SCANS.contains(&ending.as_str()))
}
