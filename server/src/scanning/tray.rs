//! Where the pages of a stack lie while it is being scanned: files of a folder that is nobody else's, in the order of scanning.
//!
//! What a device sends is counted and measured here, and looked at for no more than its first and last bytes: it is opened in the jail, as
//! every file is.

use super::pause::Pause;
use axum::body::Bytes;
use ingest::FileKind;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use tempfile::TempDir;

/// Pages of one stack at most: three feeders of 50 sheets, both sides.
pub(crate) const PAGES_MAX: u32 = 300;
/// Bytes of one page at most: A3 in colour at 600 dpi is about 20 MB as JPEG.
pub(crate) const PAGE_BYTES_MAX: u64 = 64 << 20;
/// Bytes of one stack at most, as for an upload: it is held in memory when it is stored.
pub(crate) const STACK_BYTES_MAX: u64 = crate::api::UPLOAD_BYTES_MAX as u64;
/// Zeros behind the end of a JPEG that are passed over: some devices fill up their last block.
const PADDING_BYTES_MAX: usize = 4_096;

/// How the name of a folder begins whose pages somebody still has to bring in.
const LEFT: &str = "kept-";

/// The pages so far.
#[derive(Debug)]
pub(crate) struct Tray {
    folder: TempDir,
    /// Holds the folder for as long as this program runs, whatever number it has.
    _lock: File,
    pages: AtomicU32,
    bytes: AtomicU64,
    is_stopped: AtomicBool,
}

impl Tray {
    /// An empty one, in a folder of its own under `parent`; it goes with the tray. Those of programs that were killed go now.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub(crate) fn new(parent: &Path) -> io::Result<Tray> {
        fs::create_dir_all(parent)?;
        // One at a time: nobody takes a folder away that was made and is not locked yet.
        let door = File::open(parent)?;
        door.lock()?;
        clear_up(parent)?;
        let folder = tempfile::Builder::new().prefix("stack-").tempdir_in(parent)?;
        let lock = File::open(folder.path())?;
        lock.lock()?;
        let (pages, bytes) = (AtomicU32::new(0), AtomicU64::new(0));
        Ok(Tray { folder, _lock: lock, pages, bytes, is_stopped: AtomicBool::new(false) })
    }

    /// Pages that are whole.
    pub(crate) fn pages(&self) -> u32 {
        self.pages.load(Ordering::Relaxed)
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Asks whoever scans into it to stop soon.
    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// A new run begins, which nobody asked to stop.
    pub(crate) fn begin_run(&self) {
        self.is_stopped.store(false, Ordering::Relaxed);
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }

    /// The file of a page.
    pub(super) fn page(&self, number: u32) -> PathBuf {
        self.folder().join(format!("{number:04}.jpg"))
    }

    /// Keeps a page that came whole.
    ///
    /// # Errors
    /// It is no page, or too much; it is not kept.
    pub(super) fn keep(&self, page: &[u8]) -> Result<(), Pause> {
        let file = self.page(self.pages() + 1);
        fs::write(&file, page).map_err(not_kept)?;
        self.take_up()
    }

    /// Counts the next page, whose file somebody else wrote.
    ///
    /// # Errors
    /// It is no page, or too much; its file goes.
    pub(super) fn take_up(&self) -> Result<(), Pause> {
        let file = self.page(self.pages() + 1);
        let refused = |pause| {
            // Otherwise the next run writes over it.
            let _ = fs::remove_file(&file);
            pause
        };
        if self.pages() >= PAGES_MAX {
            return Err(refused(Pause::Full));
        }
        let bytes = fs::metadata(&file).map_err(not_kept)?.len();
        if bytes > PAGE_BYTES_MAX || self.bytes.load(Ordering::Relaxed) + bytes > STACK_BYTES_MAX {
            return Err(refused(Pause::TooLarge));
        }
        if !is_jpeg(&fs::read(&file).map_err(not_kept)?) {
            return Err(refused(Pause::BadPage));
        }
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.pages.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Takes the front of a sheet back whose other side did not come: the sheet is scanned again, and without this its pages would pair with
    /// those of the next one, which may be another person's.
    pub(super) fn take_back_half_a_sheet(&self) {
        let last = self.pages();
        if !last.is_multiple_of(2) {
            let file = self.page(last);
            self.bytes.fetch_sub(fs::metadata(&file).map_or(0, |facts| facts.len()), Ordering::Relaxed);
            self.pages.fetch_sub(1, Ordering::Relaxed);
            // Otherwise it is written over.
            let _ = fs::remove_file(file);
        }
    }

    /// The pages with names, in their order.
    ///
    /// # Errors
    /// A file cannot be read.
    pub(crate) fn files(&self, name: &str) -> io::Result<Vec<(String, Bytes)>> {
        let file = |number| Ok((format!("{name} {number:04}.jpg"), fs::read(self.page(number))?.into()));
        (1..=self.pages()).map(file).collect()
    }

    /// Removes what is no page that was counted: a run that broke off leaves pages behind one that was refused, and the next one would count them.
    pub(super) fn clear_rest(&self) {
        let counted: Vec<PathBuf> = (1..=self.pages()).map(|number| self.page(number)).collect();
        for entry in fs::read_dir(self.folder()).into_iter().flatten().flatten() {
            if !counted.contains(&entry.path()) {
                // What cannot be removed is written over.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Leaves the pages where they are, for somebody to bring them in; answers where.
    ///
    /// # Errors
    /// They cannot be left; they go with the tray.
    pub(crate) fn leave(&self) -> io::Result<PathBuf> {
        let name = self.folder().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let left = self.folder().with_file_name(format!("{LEFT}{name}"));
        fs::rename(self.folder(), &left).map(|()| left)
    }

    /// Bytes of all pages.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Removes the pages, which are stored or wanted no more, and what came of one that was not whole; how many there were is still known.
    pub(crate) fn empty(&self) {
        for entry in fs::read_dir(self.folder()).into_iter().flatten().flatten() {
            if let Err(error) = fs::remove_file(entry.path()) {
                tracing::warn!(%error, "a scanned page cannot be removed");
            }
        }
    }
}

/// Removes the folders that no running program holds. Meanwhile one may go, or get another name: whoever scans is not kept from it by that.
fn clear_up(parent: &Path) -> io::Result<()> {
    for entry in fs::read_dir(parent)?.flatten() {
        let is_left = entry.file_name().to_string_lossy().starts_with(LEFT);
        let Some(folder) = File::open(entry.path()).ok().filter(|_| !is_left) else { continue };
        let is_folder = folder.metadata().is_ok_and(|facts| facts.is_dir());
        if is_folder
            && folder.try_lock().is_ok()
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(%error, "an old stack cannot be removed");
        }
    }
    Ok(())
}

/// Whether a file begins and ends as a JPEG picture does.
fn is_jpeg(file: &[u8]) -> bool {
    let padding = file.iter().rev().take(PADDING_BYTES_MAX).take_while(|byte| **byte == 0).count();
    FileKind::of(file) == Some(FileKind::Jpeg) && file[..file.len() - padding].ends_with(b"\xff\xd9")
}

fn not_kept(error: io::Error) -> Pause {
    tracing::error!(%error, "a scanned page cannot be kept");
    Pause::NotKept
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &[u8] = b"\xff\xd8\xff\xe0 a page \xff\xd9";

    fn tray() -> (TempDir, Tray) {
        let parent = tempfile::tempdir().expect("a folder");
        let tray = Tray::new(&parent.path().join("scanning")).expect("a tray");
        (parent, tray)
    }

    #[test]
    fn pages_are_kept_in_their_order_and_what_is_no_page_is_not() {
        let (_parent, tray) = tray();
        let other = [PAGE, &[0; 100]].concat();
        tray.keep(PAGE).expect("a page");
        for bad in [&PAGE[..PAGE.len() - 1], b"", b"%PDF-1.7\n%%EOF", &[PAGE, b"\n"].concat()] {
            assert_eq!(tray.keep(bad), Err(Pause::BadPage), "{bad:?}");
        }
        tray.keep(&other).expect("filled up with zeros");
        let files = tray.files("Quầy").expect("they can be read");
        let expected =
            [("Quầy 0001.jpg".to_owned(), PAGE.into()), ("Quầy 0002.jpg".to_owned(), other.into())];
        assert_eq!(files, expected);
        fs::write(tray.folder().join("0003.jpg.part"), "half").expect("written");
        tray.empty();
        assert_eq!((tray.pages(), fs::read_dir(tray.folder()).expect("a folder").count()), (2, 0));
    }

    #[test]
    fn half_a_sheet_is_taken_back() {
        let (_parent, tray) = tray();
        let check = |pages: u64| {
            tray.take_back_half_a_sheet();
            assert_eq!((u64::from(tray.pages()), tray.bytes()), (pages, pages * PAGE.len() as u64));
        };
        check(0);
        tray.keep(PAGE).expect("a page");
        check(0);
        (0..3).for_each(|_| tray.keep(PAGE).expect("a page"));
        check(2);
        check(2);
        assert!(!tray.page(3).exists());
    }

    #[test]
    fn a_stack_has_an_end() {
        let (_parent, tray) = tray();
        tray.bytes.store(STACK_BYTES_MAX, Ordering::Relaxed);
        assert_eq!(tray.keep(PAGE), Err(Pause::TooLarge));
        tray.bytes.store(0, Ordering::Relaxed);
        tray.pages.store(PAGES_MAX, Ordering::Relaxed);
        assert_eq!(tray.keep(PAGE), Err(Pause::Full));
    }

    #[test]
    fn what_a_killed_program_left_goes_and_what_a_living_one_has_stays() {
        let (parent, tray) = tray();
        let scanning = parent.path().join("scanning");
        // Of a program whose number this one may have got.
        let left = [scanning.join(format!("{}-abc", std::process::id())), scanning.join("stack-abc")];
        left.iter().for_each(|left| fs::create_dir(left).expect("a folder"));
        tray.keep(PAGE).expect("a page");
        let next = Tray::new(&scanning).expect("a tray");
        assert!(left.iter().all(|left| !left.exists()));
        assert!(tray.page(1).exists() && next.folder().exists());
        let kept = tray.leave().expect("it can be left");
        drop(tray);
        Tray::new(&scanning).expect("a tray");
        assert_eq!(fs::read(kept.join("0001.jpg")).expect("the page"), PAGE);
    }

    #[test]
    fn what_a_broken_run_left_is_not_counted_by_the_next() {
        let (_parent, tray) = tray();
        tray.keep(PAGE).expect("a page");
        for name in ["0002.jpg.part", "0003.jpg"] {
            fs::write(tray.folder().join(name), PAGE).expect("written");
        }
        tray.clear_rest();
        tray.keep(PAGE).expect("a page");
        assert_eq!(tray.take_up(), Err(Pause::NotKept), "there is no third page");
        assert_eq!((tray.pages(), fs::read_dir(tray.folder()).expect("a folder").count()), (2, 2));
    }

    #[test]
    fn a_page_that_cannot_be_written_down_is_told_as_that() {
        let (_parent, tray) = tray();
        fs::remove_dir(tray.folder()).expect("the folder goes");
        assert_eq!(tray.keep(PAGE), Err(Pause::NotKept));
        assert_eq!(tray.pages(), 0);
    }
}
