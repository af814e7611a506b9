//! Which scanners there are, and the scans under way. They live as long as the program: a stack that was not finished is scanned again.

use super::scan::{NotNow, Step};
use super::{Device, Pause, Scan, ScanId, Scanner, Tray, Wish};
use crate::batches::feed_name;
use crate::config::Config;
use crate::state::AppState;
use anyhow::{Context, ensure};
use jiff::Timestamp;
use repository::Repository;
use repository::record::{Actor, Batch, NewBatch};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, mpsc, oneshot};

/// Scans that are remembered at most: the newest of a busy day at ten counters. Those that are over go first.
const SCANS_MAX: usize = 50;
/// How long pages wait for a person: over lunch, but not over night.
const WAIT_MAX: Duration = Duration::from_secs(4 * 3600);
/// How long devices get to let go when the program ends: as long as one is given to end by itself.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(6);
/// How long a stack gets to be stored when the program ends: 256 MiB on a slow disk.
const STORE_TIME_MAX: Duration = Duration::from_secs(30);
/// Between two looks whether they did.
const POLL: Duration = Duration::from_millis(50);

/// The scanners and their scans. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scanners(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Folder of unfinished stacks.
    folder: PathBuf,
    /// As configured; none: what this machine has.
    configured: Vec<Scanner>,
    found: Mutex<Found>,
    in_use: Mutex<HashSet<Device>>,
    scans: Mutex<Vec<Arc<Scan>>>,
}

/// What the last search found.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) scanners: Vec<Scanner>,
    /// A search is under way.
    pub(crate) is_searching: bool,
    /// Why nothing could be found out.
    pub(crate) trouble: Option<Pause>,
}

/// Why no scan begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoScan {
    /// No scanner has this name.
    Unknown,
    /// Too many are under way.
    TooMany,
    /// Somebody else's stack is in it: who.
    InUse(String),
    /// There is no place for its pages.
    NoFolder,
}

/// Why a step is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoStep {
    /// The scan does not wait for it.
    NotNow(NotNow),
    /// Somebody else's stack is in the scanner: who.
    InUse(String),
}

/// Folder of unfinished stacks in a data folder.
pub(crate) fn folder(data: &Path) -> PathBuf {
    data.join("scanning")
}

impl Scanners {
    /// The scanners of a configuration.
    ///
    /// # Errors
    /// Two have one name, or a name cannot be shown.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Scanners> {
        let configured = config.scanners.clone();
        let mut names = HashSet::new();
        for scanner in &configured {
            let name = &scanner.name;
            ensure!(
                scanner.has_good_name(),
                "scanners: “{name}” is no name; use 1 to 60 letters, without / and \\"
            );
            ensure!(names.insert(name), "scanners: two of them are called “{name}”");
        }
        Ok(Scanners(Arc::new(Inner { folder: folder(&config.data), configured, ..Inner::default() })))
    }

    /// Searches this machine for scanners, unless they are configured or it is done already. Who asks does not wait.
    pub(crate) fn search(&self) {
        let mut found = lock(&self.0.found);
        if !self.0.configured.is_empty() || found.is_searching {
            return;
        }
        found.is_searching = true;
        let inner = self.0.clone();
        thread::spawn(move || {
            // Whatever breaks in there, another search may be asked for.
            let answer = std::panic::catch_unwind(super::find).unwrap_or(Err(Pause::Failed));
            let trouble = answer.as_ref().err().copied();
            let scanners = answer.unwrap_or_default();
            tracing::info!(count = scanners.len(), ?trouble, "searched for scanners");
            *lock(&inner.found) = Found { scanners, is_searching: false, trouble };
        });
    }

    /// The scanners that can be chosen now.
    pub(crate) fn list(&self) -> Found {
        if self.0.configured.is_empty() {
            return lock(&self.0.found).clone();
        }
        Found { scanners: self.0.configured.clone(), ..Found::default() }
    }

    /// Whether the list is the operator's, so that there is nothing to search for.
    pub(crate) fn is_configured(&self) -> bool {
        !self.0.configured.is_empty()
    }

    /// Begins to scan for who acts.
    ///
    /// # Errors
    /// There is no such scanner, or no room.
    pub(crate) fn begin(&self, state: &AppState, scanner: &str, wish: Wish) -> Result<Arc<Scan>, NoScan> {
        let scanner = self.list().scanners.into_iter().find(|known| known.name == scanner);
        let scanner = scanner.ok_or(NoScan::Unknown)?;
        let tray = Tray::new(&self.0.folder).map_err(|error| {
            tracing::error!(%error, "there is no place for scanned pages");
            NoScan::NoFolder
        })?;
        let who = state.actor.as_ref();
        let (scan, steps) =
            self.remember(who, scanner, |id, scanner| Scan::new(id, who, scanner, wish, tray))?;
        let desk = Desk {
            repository: state.repository.clone(),
            room: state.upload_memory.clone(),
            actor: state.actor.clone(),
        };
        tokio::spawn(attend(self.0.clone(), scan.clone(), desk, steps));
        Ok(scan)
    }

    /// A scan of an account.
    pub(crate) fn scan(&self, account: &str, id: ScanId) -> Option<Arc<Scan>> {
        self.of(account).into_iter().find(|scan| scan.id == id)
    }

    /// The scans of an account, newest first.
    pub(crate) fn of(&self, account: &str) -> Vec<Arc<Scan>> {
        let scans = lock(&self.0.scans);
        scans.iter().rev().filter(|scan| scan.account == account).cloned().collect()
    }

    /// Takes a step with a scan, unless it would go on into a device in which somebody else has a stack by now: until it was taken, nobody
    /// begins another one.
    ///
    /// # Errors
    /// It cannot be taken now.
    pub(crate) fn step(&self, scan: &Scan, step: Step) -> Result<(), NoStep> {
        let scans = lock(&self.0.scans);
        match other_at(&scans, &scan.scanner.device, &scan.account).filter(|_| step == Step::GoOn) {
            Some(person) => Err(NoStep::InUse(person)),
            None => scan.step(step).map_err(NoStep::NotNow),
        }
    }

    /// Lets all devices go, and stores what is being stored: the program ends.
    pub(crate) async fn close(&self) {
        for scan in lock(&self.0.scans).iter() {
            scan.stop();
        }
        let began = Instant::now();
        while self.is_busy(began.elapsed()) {
            tokio::time::sleep(POLL).await;
        }
    }

    /// Whether a scan still needs the program that ends, and has not had its time.
    fn is_busy(&self, waited: Duration) -> bool {
        let scans = lock(&self.0.scans);
        waited < CLOSE_TIME_MAX && scans.iter().any(|scan| scan.is_moving())
            || waited < STORE_TIME_MAX && scans.iter().any(|scan| scan.is_storing())
    }

    fn remember(
        &self,
        who: &Actor,
        scanner: Scanner,
        make: impl FnOnce(ScanId, Scanner) -> (Scan, mpsc::Receiver<Step>),
    ) -> Result<(Arc<Scan>, mpsc::Receiver<Step>), NoScan> {
        let mut scans = lock(&self.0.scans);
        if let Some(person) = other_at(&scans, &scanner.device, &who.account) {
            return Err(NoScan::InUse(person));
        }
        if scans.len() >= SCANS_MAX {
            let over = scans.iter().position(|scan| scan.is_over()).ok_or(NoScan::TooMany)?;
            scans.remove(over);
        }
        // By the clock: a page that was open before the program began anew means none of its scans.
        let now = Timestamp::now().as_microsecond().cast_unsigned();
        let id = scans.last().map_or(now, |last| now.max(last.id.0 + 1));
        let (scan, steps) = make(ScanId(id), scanner);
        let scan = Arc::new(scan);
        scans.push(scan.clone());
        Ok((scan, steps))
    }
}

/// Who else has a stack in a device: two people's papers would come into one.
fn other_at(scans: &[Arc<Scan>], device: &Device, account: &str) -> Option<String> {
    let is_others =
        |scan: &&Arc<Scan>| scan.account != account && scan.scanner.device == *device && scan.holds_device();
    scans.iter().find(is_others).map(|scan| scan.person.clone())
}

/// What a scan becomes a batch with.
struct Desk {
    repository: Repository,
    /// Memory for uploads.
    room: Arc<Semaphore>,
    actor: Arc<Actor>,
}

/// Sees a scan through, run by run, until it is a batch or is thrown away.
async fn attend(inner: Arc<Inner>, scan: Arc<Scan>, desk: Desk, mut steps: mpsc::Receiver<Step>) {
    let mut step = Step::GoOn;
    loop {
        let fed = match step {
            Step::GoOn => feed(&inner, &scan).await,
            Step::Finish => Ok(()),
            Step::Discard => return scan.end(None),
        };
        let pause = match fed {
            Ok(()) => {
                scan.begin_storing();
                match store(&scan, &desk).await {
                    Ok(batch) => return scan.end(Some(batch.id)),
                    Err(error) => {
                        tracing::error!(error = format!("{error:#}"), "a scanned stack could not be stored");
                        Pause::NotStored
                    }
                }
            }
            Err(pause) => pause,
        };
        scan.wait(pause);
        // Nobody came for it.
        step = tokio::time::timeout(WAIT_MAX, steps.recv()).await.ok().flatten().unwrap_or(Step::Discard);
    }
}

/// One run of the feeder, in a thread of its own: the program does not wait for a device that hangs when it ends.
async fn feed(inner: &Arc<Inner>, scan: &Arc<Scan>) -> Result<(), Pause> {
    let claim = Claim::of(inner, &scan.scanner.device).ok_or(Pause::Busy)?;
    let (sender, ended) = oneshot::channel();
    let scan = scan.clone();
    thread::spawn(move || {
        let end = super::run(&scan.scanner.device, scan.wish, &scan.tray);
        drop(claim);
        // An error means that the program ends.
        let _ = sender.send(end);
    });
    // No answer: the thread broke.
    ended.await.unwrap_or(Err(Pause::Failed))
}

async fn store(scan: &Arc<Scan>, desk: &Desk) -> anyhow::Result<Batch> {
    let mib = u32::try_from(scan.tray.bytes().div_ceil(1 << 20).max(1))?;
    let _room = desk.room.acquire_many(mib).await?;
    let read = scan.clone();
    let files = tokio::task::spawn_blocking(move || read.tray.files(&read.scanner.name)).await?;
    let files = files.context("the pages cannot be read back")?;
    let new = NewBatch { files, feed: feed_name(scan.wish.sides.feed()) };
    let (batch, _held) = desk.repository.receive_batch(&desk.actor, new).await?;
    Ok(batch)
}

/// A device that nobody else uses through this program meanwhile.
struct Claim {
    inner: Arc<Inner>,
    device: Device,
}

impl Claim {
    fn of(inner: &Arc<Inner>, device: &Device) -> Option<Claim> {
        let is_free = lock(&inner.in_use).insert(device.clone());
        is_free.then(|| Claim { inner: inner.clone(), device: device.clone() })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        lock(&self.inner.in_use).remove(&self.device);
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is kept is whole between two statements.
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::demonstration_officer;
    use tempfile::TempDir;

    /// A scan of somebody at a device, as if it had just begun.
    fn scan(scanners: &Scanners, folder: &TempDir, account: &str, device: &str) -> Result<Arc<Scan>, NoScan> {
        let who =
            Actor { account: account.into(), name: format!("Ông {account}"), ..demonstration_officer() };
        let tray = Tray::new(folder.path()).expect("a tray");
        let scanner = Scanner::found("Quầy", Device::Sane(device.into()));
        let make = |id, scanner| Scan::new(id, &who, scanner, Wish::default(), tray);
        scanners.remember(&who, scanner, make).map(|(scan, _)| scan)
    }

    #[test]
    fn a_device_holds_the_sheets_of_one_person() {
        let (scanners, folder) = (Scanners::default(), tempfile::tempdir().expect("a folder"));
        let first = scan(&scanners, &folder, "lan", "a").expect("it is free");
        let refused = |account: &str| scan(&scanners, &folder, account, "a").err();
        assert_eq!(refused("minh"), Some(NoScan::InUse("Ông lan".into())));
        scan(&scanners, &folder, "minh", "b").expect("another one is free");
        first.wait(Pause::Jam);
        assert_eq!(refused("minh"), Some(NoScan::InUse("Ông lan".into())), "her sheets are still in it");
        first.begin_storing();
        let second = scan(&scanners, &folder, "minh", "a").expect("they were taken out");
        first.wait(Pause::NotStored);
        let in_use = Err(NoStep::InUse("Ông minh".into()));
        assert_eq!(scanners.step(&first, Step::GoOn), in_use, "she does not go on into his");
        second.end(None);
        scan(&scanners, &folder, "minh", "a")
            .expect("her pages are kept, and none of her sheets lies there")
            .end(None);
    }

    #[tokio::test]
    async fn a_program_that_ends_stores_what_it_has_begun_to() {
        let (scanners, folder) = (Scanners::default(), tempfile::tempdir().expect("a folder"));
        let storing = scan(&scanners, &folder, "lan", "a").expect("it is free");
        scan(&scanners, &folder, "minh", "b").expect("it is free").wait(Pause::Jam);
        storing.begin_storing();
        let closing = tokio::spawn({
            let scanners = scanners.clone();
            async move { scanners.close().await }
        });
        tokio::time::sleep(4 * POLL).await;
        assert!(!closing.is_finished(), "a stack is being stored");
        storing.end(None);
        tokio::time::timeout(CLOSE_TIME_MAX, closing)
            .await
            .expect("a stack that waits holds nobody up")
            .expect("closed");
    }
}
