//! Which scanners there are, and the scans under way. They live as long as the program: a stack that was not finished is scanned again.

use super::scan::Step;
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoScan {
    /// No scanner has this name.
    Unknown,
    /// Too many are under way.
    TooMany,
    /// There is no place for its pages.
    NoFolder,
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
            let answer = super::find();
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
        let account = state.actor.account.clone();
        let (scan, steps) = self.remember(|id| Scan::new(id, account, scanner, wish, tray))?;
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

    /// Lets all devices go: the program ends.
    pub(crate) async fn close(&self) {
        for scan in lock(&self.0.scans).iter() {
            scan.stop();
        }
        let began = Instant::now();
        while !lock(&self.0.in_use).is_empty() && began.elapsed() < CLOSE_TIME_MAX {
            tokio::time::sleep(POLL).await;
        }
    }

    fn remember(
        &self,
        make: impl FnOnce(ScanId) -> (Scan, mpsc::Receiver<Step>),
    ) -> Result<(Arc<Scan>, mpsc::Receiver<Step>), NoScan> {
        let mut scans = lock(&self.0.scans);
        if scans.len() >= SCANS_MAX {
            let over = scans.iter().position(|scan| scan.is_over()).ok_or(NoScan::TooMany)?;
            scans.remove(over);
        }
        // By the clock: a page that was open before the program began anew means none of its scans.
        let now = Timestamp::now().as_microsecond().cast_unsigned();
        let id = scans.last().map_or(now, |last| now.max(last.id.0 + 1));
        let (scan, steps) = make(ScanId(id));
        let scan = Arc::new(scan);
        scans.push(scan.clone());
        Ok((scan, steps))
    }
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

/// Gives scanners of one name numbers, in the order in which they were found.
pub(super) fn told_apart(found: Vec<Scanner>) -> Vec<Scanner> {
    let mut known: Vec<Scanner> = Vec::new();
    for scanner in found {
        let has = |name: &str| known.iter().any(|other| other.name == name);
        let mut names = (2..).map(|number| format!("{} {number}", scanner.name));
        let name = match has(&scanner.name) {
            true => names.find(|name| !has(name)).expect("numbers do not end"),
            false => scanner.name.clone(),
        };
        known.push(Scanner { name, ..scanner });
    }
    known
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is kept is whole between two statements.
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
