//! Thư mục nóng: a folder into which a scanner writes. A file is taken once it is whole, by renaming it into a folder of ours beside it;
//! from there it becomes a batch, and goes only when its bytes are safe. A kill in between loses nothing: what was taken is taken in at
//! the next start, and the same file twice is one batch.
//!
//! Each taken file lies in a folder of its own, called by the moment: the file keeps its name, however long it is, and the log tells files
//! apart without it. Scanners are set up to call files by the number or the name of a person.

use crate::batches::{Batches, feed_name, machine};
use anyhow::Context;
use ingest::FileKind;
use ingest::batch::Feed;
use repository::record::{Actor, NewBatch};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Our folder in the hot one; scanners pass over names with a dot.
const TAKEN: &str = ".motlan-taken";
/// Folder beside it, for files that can never be taken in.
const REFUSED: &str = ".motlan-refused";
/// How often the folder is looked at.
const POLL: Duration = Duration::from_secs(1);
/// How long it rests after a fault.
const FAULT_REST: Duration = Duration::from_secs(30);
/// A file whose end says that it is whole, and that did not change for so long, is taken: scanners over a network write in bursts.
const STILL: Duration = Duration::from_secs(5);
/// A file whose end says nothing is taken after this: longer than any pause between bursts that was heard of.
const STILL_WITHOUT_END: Duration = Duration::from_secs(120);
/// Bytes at the end of a file that hold its end mark; PDF allows a kilobyte behind it.
const END_BYTES: u64 = 1_100;
/// Longest file that is taken, as for an upload.
const FILE_BYTES_MAX: u64 = crate::api::UPLOAD_BYTES_MAX as u64;

/// A hot folder that is watched.
#[derive(Debug)]
pub(crate) struct HotFolder {
    folder: PathBuf,
    feed: Feed,
    /// Cơ quan whose stacks these are.
    agency: String,
    seen: HashMap<PathBuf, Sighting>,
}

/// A file as it was seen, and since when it is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sighting {
    bytes: u64,
    changed: SystemTime,
    since: Instant,
}

impl HotFolder {
    /// Watches a folder, which is made when it is missing. What an older version took, each file under the moment and its name right in
    /// our folder, gets a folder of its own.
    ///
    /// # Errors
    /// The folder or ours in it cannot be made.
    pub(crate) fn open(folder: &Path, feed: Feed, agency: &str) -> anyhow::Result<HotFolder> {
        let taken = folder.join(TAKEN);
        for ours in [&taken, &folder.join(REFUSED)] {
            fs::create_dir_all(ours).with_context(|| format!("cannot make {}", ours.display()))?;
        }
        for file in files_in(&taken)? {
            let name = file.file_name().unwrap_or_default().to_owned();
            take(&file, &taken, name_without_moment(&name))?;
        }
        Ok(HotFolder { folder: folder.to_owned(), feed, agency: agency.to_owned(), seen: HashMap::new() })
    }

    /// Takes in what comes, until `stop`.
    pub(crate) async fn watch(mut self, batches: Batches, stop: Arc<AtomicBool>) {
        while !stop.load(Ordering::Relaxed) {
            let rest = match self.step(&batches).await {
                Ok(()) => POLL,
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "the hot folder cannot be taken from");
                    FAULT_REST
                }
            };
            tokio::time::sleep(rest).await;
        }
    }

    /// Takes what is whole, and takes in what was taken. A file that fails keeps none behind it waiting.
    async fn step(&mut self, batches: &Batches) -> anyhow::Result<()> {
        let mut outcome = self.take_whole_files(Instant::now());
        for folder in folders_in(&self.folder.join(TAKEN))? {
            let taken_in = match take_in(batches, &folder, self.feed, &self.agency).await {
                Err(error) if is_for_good(&error) => set_aside(&folder, &self.folder.join(REFUSED), &error),
                taken_in => taken_in,
            };
            outcome = outcome.and(taken_in.with_context(|| format!("{}", folder.display())));
        }
        outcome
    }

    /// Renames every file that is whole into our folder.
    ///
    /// # Errors
    /// Some could not be renamed; those are looked at again, and all others are taken.
    fn take_whole_files(&mut self, now: Instant) -> anyhow::Result<()> {
        let (mut seen, mut outcome) = (HashMap::new(), Ok(()));
        for file in files_in(&self.folder)? {
            // It may be gone, or be half a rename.
            let Ok(facts) = fs::metadata(&file) else { continue };
            let (bytes, changed) = (facts.len(), facts.modified().unwrap_or(UNIX_EPOCH));
            let since = match self.seen.get(&file) {
                Some(before) if (before.bytes, before.changed) == (bytes, changed) => before.since,
                _ => now,
            };
            let still = now.duration_since(since);
            let is_whole =
                (1..=FILE_BYTES_MAX).contains(&bytes) && still >= STILL && is_over(&file, bytes, still);
            let name = file.file_name().unwrap_or_default();
            let taken = if is_whole { take(&file, &self.folder.join(TAKEN), name) } else { Ok(()) };
            if !is_whole || taken.is_err() {
                seen.insert(file, Sighting { bytes, changed, since });
            }
            outcome = outcome.and(taken);
        }
        self.seen = seen;
        outcome
    }
}

/// Files right in a folder, by name; those with a dot before their name are not meant for us.
fn files_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    entries_in(folder, |kind| kind.is_file())
}

/// Folders right in a folder, by name.
fn folders_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    entries_in(folder, |kind| kind.is_dir())
}

fn entries_in(folder: &Path, is_meant: impl Fn(fs::FileType) -> bool) -> anyhow::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry?;
        if is_meant(entry.file_type()?) && !entry.file_name().to_string_lossy().starts_with('.') {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}

/// Whether nobody writes any more, as far as can be told.
fn is_over(file: &Path, bytes: u64, still: Duration) -> bool {
    still >= STILL_WITHOUT_END || has_end(file, bytes).unwrap_or(false)
}

/// Whether a file has the mark with which files of its kind end.
fn has_end(file: &Path, bytes: u64) -> std::io::Result<bool> {
    let mut file = fs::File::open(file)?;
    let (mut head, mut end) = (Vec::new(), Vec::new());
    (&mut file).take(END_BYTES).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(bytes.saturating_sub(END_BYTES)))?;
    file.take(END_BYTES).read_to_end(&mut end)?;
    let holds = |mark: &[u8]| end.windows(mark.len()).any(|window| window == mark);
    Ok(match FileKind::of(&head) {
        Some(FileKind::Pdf) => holds(b"%%EOF"),
        Some(FileKind::Jpeg) => end.ends_with(b"\xff\xd9"),
        Some(FileKind::Png) => holds(b"IEND"),
        // The length of the whole stands in the head.
        Some(FileKind::WebP) => {
            let length = head.get(4..8).and_then(|length| length.try_into().ok()).map(u32::from_le_bytes);
            length.is_some_and(|length| u64::from(length) + 8 <= bytes)
        }
        Some(FileKind::Tiff) | None => false,
    })
}

/// Renames a file into a folder that no other file has.
///
/// # Errors
/// It stays where it is. The error does not name it.
fn take(file: &Path, taken: &Path, name: &OsStr) -> anyhow::Result<()> {
    let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let folder = taken.join(moment.to_string());
    fs::create_dir(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    // When it fails, the empty folder goes with the next step.
    fs::rename(file, folder.join(name)).context("a file that is whole cannot be renamed")
}

/// The name of a file that an older version took.
fn name_without_moment(name: &OsStr) -> &OsStr {
    let rest = name.to_str().and_then(|name| name.split_once('-'));
    rest.filter(|(moment, rest)| !rest.is_empty() && moment.bytes().all(|letter| letter.is_ascii_digit()))
        .map_or(name, |(_, rest)| OsStr::new(rest))
}

/// Whether a file will be refused however often it is tried: its stack was destroyed, or it cannot be one.
fn is_for_good(error: &anyhow::Error) -> bool {
    use repository::Error::{Disposed, Erased, Invalid};
    matches!(error.downcast_ref(), Some(Invalid { .. } | Erased { .. } | Disposed { .. }))
}

/// Puts a folder of ours where nothing is taken from, for a person to look at. Said once, in the log.
fn set_aside(folder: &Path, refused: &Path, why: &anyhow::Error) -> anyhow::Result<()> {
    let place = refused.join(folder.file_name().unwrap_or_default());
    fs::rename(folder, &place).context("a file that was refused cannot be set aside")?;
    tracing::error!(why = %why, place = %place.display(), "a file of the hot folder is refused and set aside");
    Ok(())
}

/// Makes the file of a folder a batch. Both go once the store has its bytes; an empty folder goes too, which a kill left behind.
async fn take_in(batches: &Batches, folder: &Path, feed: Feed, agency: &str) -> anyhow::Result<()> {
    for file in files_in(folder)? {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let bytes = tokio::fs::read(&file).await?;
        let new = NewBatch { files: vec![(name, bytes.into())], feed: feed_name(feed) };
        let (batch, held) =
            batches.repository.receive_batch(&Actor { agency: agency.to_owned(), ..machine() }, new).await?;
        tokio::fs::remove_file(&file).await?;
        tracing::info!(batch = %batch.id, held, "taken from the hot folder");
    }
    Ok(tokio::fs::remove_dir(folder).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::AGENCY_DEFAULT;
    use std::io::Write;

    fn hot() -> (tempfile::TempDir, HotFolder) {
        let folder = tempfile::tempdir().expect("a folder");
        let hot =
            HotFolder::open(&folder.path().join("hot"), Feed::Duplex, AGENCY_DEFAULT).expect("it opens");
        (folder, hot)
    }

    fn taken(hot: &HotFolder) -> Vec<PathBuf> {
        let folders = folders_in(&hot.folder.join(TAKEN)).expect("a folder");
        folders.iter().flat_map(|folder| files_in(folder).expect("a folder")).collect()
    }

    /// A file that is whole.
    fn scan(hot: &HotFolder, name: &str) -> PathBuf {
        let file = hot.folder.join(name);
        fs::write(&file, "%PDF-1.7\n%%EOF\n").expect("the folder can be written");
        file
    }

    #[test]
    fn a_file_that_is_written_in_bursts_is_taken_once_and_whole() {
        let (_folder, mut hot) = hot();
        let file = hot.folder.join("scan.pdf");
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut writing = fs::File::create(&file).expect("a file");
        let mut whole = b"%PDF-1.7\n".to_vec();
        writing.write_all(&whole).expect("written");
        for burst in 0..6_u8 {
            // Ten seconds of silence between bursts: longer than a whole file is waited for.
            for second in 0..10 {
                hot.take_whole_files(at(u64::from(burst) * 10 + second)).expect("a look");
            }
            assert!(taken(&hot).is_empty(), "half a file is never taken");
            let more = vec![burst; 40_000];
            writing.write_all(&more).expect("written");
            whole.extend(more);
        }
        writing.write_all(b"\n%%EOF\n").expect("written");
        whole.extend(b"\n%%EOF\n");
        for second in [60, 64] {
            hot.take_whole_files(at(second)).expect("a look");
            assert!(taken(&hot).is_empty() && file.exists());
        }
        hot.take_whole_files(at(65)).expect("a look");
        let [only] = taken(&hot).try_into().expect("one file");
        assert_eq!(fs::read(only).expect("it is there"), whole);
        assert!(!file.exists());
        hot.take_whole_files(at(300)).expect("a look");
        assert_eq!(taken(&hot).len(), 1);
    }

    #[test]
    fn a_file_with_the_longest_name_is_taken_under_it() {
        let (_folder, mut hot) = hot();
        let name = format!("{}.pdf", "a".repeat(251));
        let long = scan(&hot, &name);
        scan(&hot, "b.pdf");
        let start = Instant::now();
        for second in [0, 5] {
            hot.take_whole_files(start + Duration::from_secs(second)).expect("a look");
        }
        assert!(!long.exists());
        let names: Vec<_> =
            taken(&hot).iter().filter_map(|file| file.file_name()?.to_str().map(str::to_owned)).collect();
        assert_eq!(names, [name.as_str(), "b.pdf"]);
    }

    /// Older versions took each file under the moment and its name, right in our folder.
    #[test]
    fn what_an_older_version_took_is_not_left_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let ours = folder.path().join(TAKEN);
        fs::create_dir(&ours).expect("a folder");
        for name in ["1763800000000000000-máy-quét.pdf", "1763800000000000001-b.pdf", "c.pdf"] {
            fs::write(ours.join(name), name).expect("written");
        }
        let hot = HotFolder::open(folder.path(), Feed::Duplex, AGENCY_DEFAULT).expect("it opens");
        let mut names: Vec<_> =
            taken(&hot).iter().filter_map(|file| file.file_name()?.to_str().map(str::to_owned)).collect();
        names.sort();
        assert_eq!(names, ["b.pdf", "c.pdf", "máy-quét.pdf"]);
        assert!(files_in(&ours).expect("a folder").is_empty());
    }

    #[test]
    fn what_is_refused_for_good_is_set_aside() {
        let (_folder, mut hot) = hot();
        scan(&hot, "a.pdf");
        let start = Instant::now();
        for second in [0, 5] {
            hot.take_whole_files(start + Duration::from_secs(second)).expect("a look");
        }
        let document = repository::record::DocumentId(Default::default());
        let (erased, passing) = (repository::Error::Erased { document }, repository::Error::ClaimLost);
        assert!(!is_for_good(&passing.into()), "it is tried again");
        let erased = anyhow::Error::from(erased);
        assert!(is_for_good(&erased));
        let [ours] = folders_in(&hot.folder.join(TAKEN)).expect("a folder").try_into().expect("one file");
        let refused = hot.folder.join(REFUSED);
        set_aside(&ours, &refused, &erased).expect("it is set aside");
        assert!(taken(&hot).is_empty());
        let [aside] = folders_in(&refused).expect("a folder").try_into().expect("one file");
        assert!(aside.join("a.pdf").exists());
        hot.take_whole_files(start + Duration::from_secs(300)).expect("a look");
        assert!(taken(&hot).is_empty(), "nothing is taken from there");
    }

    #[test]
    fn what_says_nothing_of_its_end_waits_longer_and_what_is_not_for_us_stays() {
        let (_folder, mut hot) = hot();
        for (name, bytes) in
            [("a.tif", &b"II*\0rest"[..]), ("empty.pdf", b""), (".b.pdf", b"%PDF-1.7\n%%EOF")]
        {
            fs::write(hot.folder.join(name), bytes).expect("written");
        }
        let start = Instant::now();
        for (second, expected) in [(0, 0), (10, 0), (119, 0), (120, 1)] {
            hot.take_whole_files(start + Duration::from_secs(second)).expect("a look");
            assert_eq!(taken(&hot).len(), expected, "{second} s");
        }
        assert!(hot.folder.join("empty.pdf").exists() && hot.folder.join(".b.pdf").exists());
    }

    #[test]
    fn the_end_of_a_file_is_known_by_its_kind() {
        let folder = tempfile::tempdir().expect("a folder");
        let check = |bytes: &[u8], expected: bool| {
            let file = folder.path().join("file");
            fs::write(&file, bytes).expect("written");
            assert_eq!(has_end(&file, bytes.len() as u64).expect("it can be read"), expected, "{bytes:?}");
        };
        check(b"%PDF-1.4\n%%EOF\r\n", true);
        check(b"%PDF-1.4\n", false);
        check(b"\xff\xd8\xff\xe0 \xff\xd9", true);
        check(b"\xff\xd8\xff\xe0 \xff", false);
        check(b"\x89PNG\r\n\x1a\n IEND\xae\x42\x60\x82", true);
        check(b"RIFF\x04\0\0\0WEBP", true);
        check(b"RIFF\x05\0\0\0WEBP", false);
        check(b"", false);
    }
}
