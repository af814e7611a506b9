//! `motlan read --pdf`: the searchable PDF/A of one scan, for people without a server.

use anyhow::{Context, ensure};
use ingest::Reader;
use ingest::rendition::About;
use repository::record::{Page, Reading};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// The scan is never overwritten by what was made of it, under whatever name.
///
/// # Errors
/// `out` is the scan.
pub(super) fn check_target(scan: &Path, out: &Path) -> anyhow::Result<()> {
    let is_scan =
        out.canonicalize().ok().is_some_and(|out| scan.canonicalize().is_ok_and(|scan| scan == out));
    ensure!(!is_scan, "{} is the scan itself; name another file for --pdf", out.display());
    Ok(())
}

/// Writes what was read of `scan` as a PDF. `out` appears whole or not at all.
///
/// # Errors
/// The scan is signed, a page cannot be drawn, or `out` cannot be written.
pub(super) fn write(
    reader: &Reader,
    scan: &Path,
    pages: &[(Page, Option<Reading>)],
    out: &Path,
) -> anyhow::Result<()> {
    let bytes = std::fs::read(scan).context("cannot be read")?;
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let part = out.with_extension("pdf.part");
    let file = File::create(&part).with_context(|| format!("cannot write in {}", folder.display()))?;
    let made = render(reader, &bytes, pages, file).and_then(|()| Ok(std::fs::rename(&part, out)?));
    if made.is_err() {
        // Gone already, or left behind for the person to see: the error says more.
        let _ = std::fs::remove_file(&part);
    }
    made
}

fn render(reader: &Reader, scan: &[u8], pages: &[(Page, Option<Reading>)], file: File) -> anyhow::Result<()> {
    let about = About { original_sha256: sha256(scan), ..About::default() };
    let mut to = BufWriter::new(file);
    let mut page_of = |number: u32| Ok(pages.get(number as usize - 1).cloned());
    let page_count = pages.len() as u32;
    reader.render(scan, &about, page_count, &mut page_of, &AtomicBool::new(false), &mut to)?;
    to.into_inner()?.sync_all()?;
    Ok(())
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scan_is_no_target() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("scan.pdf"), b"%PDF-1.7").unwrap();
        std::fs::write(path("other.pdf"), b"%PDF-1.7").unwrap();
        std::os::unix::fs::symlink(path("scan.pdf"), path("link.pdf")).unwrap();
        let check = |out: &str, is_fine| {
            assert_eq!(check_target(&path("scan.pdf"), &path(out)).is_ok(), is_fine, "{out}");
        };
        check("scan.pdf", false);
        check("link.pdf", false);
        check("./scan.pdf", false);
        check("other.pdf", true);
        check("new.pdf", true);
    }
}
