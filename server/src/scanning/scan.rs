//! One scan: a stack in the making, who makes it, and how far it is.

use super::{Pause, Scanner, Tray, Wish};
use repository::record::{Actor, BatchId};
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// How long a stack that waits keeps a device from others: who comes back later than that has found the sheets taken out by them.
const HELD_MAX: Duration = Duration::from_secs(15 * 60);

/// Key of a scan, in this run of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ScanId(pub(crate) u64);

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ScanState {
    /// Đang quét.
    Scanning,
    /// Đang dừng: someone asked for it.
    Stopping,
    /// Đang chờ: something is to be done by hand first, or someone decides that this was all.
    Waiting,
    /// Đang lưu.
    Storing,
    /// Đã xong: it is a batch now.
    Finished,
    /// Đã bỏ: nothing of it is kept.
    Discarded,
}

/// What a person wants done with a scan that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Quét tiếp: what lies in the feeder now belongs to the same stack.
    GoOn,
    /// Xong: the pages so far are the whole stack.
    Finish,
    /// Bỏ: they are thrown away.
    Discard,
}

/// A scan, as people look at it.
#[derive(Debug, Clone)]
pub(crate) struct ScanView {
    pub(crate) id: ScanId,
    /// Name of the scanner.
    pub(crate) scanner: String,
    pub(crate) wish: Wish,
    pub(crate) state: ScanState,
    /// Pages that are whole.
    pub(crate) pages: u32,
    /// Why it waits.
    pub(crate) pause: Option<Pause>,
    /// What it became.
    pub(crate) batch: Option<BatchId>,
}

/// A step that cannot be taken now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotNow {
    /// It does not wait: it scans, or is over.
    NotWaiting,
    /// There is no page to store.
    NoPages,
}

/// A scan.
#[derive(Debug)]
pub(crate) struct Scan {
    pub(super) id: ScanId,
    /// Whose it is.
    pub(super) account: String,
    /// What they are called.
    pub(super) person: String,
    pub(super) scanner: Scanner,
    pub(super) wish: Wish,
    pub(super) tray: Tray,
    progress: Mutex<Progress>,
    steps: mpsc::Sender<Step>,
}

#[derive(Debug)]
struct Progress {
    state: ScanState,
    /// Since when.
    since: Instant,
    pause: Option<Pause>,
    batch: Option<BatchId>,
}

impl Scan {
    /// A scan that begins; its steps come out at the other end.
    pub(super) fn new(
        id: ScanId,
        who: &Actor,
        scanner: Scanner,
        wish: Wish,
        tray: Tray,
    ) -> (Scan, mpsc::Receiver<Step>) {
        let (state, since) = (ScanState::Scanning, Instant::now());
        let progress = Mutex::new(Progress { state, since, pause: None, batch: None });
        let (steps, taken) = mpsc::channel(1);
        let (account, person) = (who.account.clone(), who.name.clone());
        (Scan { id, account, person, scanner, wish, tray, progress, steps }, taken)
    }

    /// How far it is.
    pub(crate) fn view(&self) -> ScanView {
        let progress = self.progress();
        ScanView {
            id: self.id,
            scanner: self.scanner.name.clone(),
            wish: self.wish,
            state: progress.state,
            pages: self.tray.pages(),
            pause: progress.pause,
            batch: progress.batch,
        }
    }

    /// Dừng: asks a run to end soon. One that is over is left as it is.
    pub(crate) fn stop(&self) {
        let mut progress = self.progress();
        if progress.state == ScanState::Scanning {
            progress.state = ScanState::Stopping;
            self.tray.stop();
        }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// It cannot be taken now.
    pub(crate) fn step(&self, step: Step) -> Result<(), NotNow> {
        let mut progress = self.progress();
        if progress.state != ScanState::Waiting {
            return Err(NotNow::NotWaiting);
        }
        progress.state = match step {
            Step::GoOn => ScanState::Scanning,
            Step::Finish if self.tray.pages() == 0 => return Err(NotNow::NoPages),
            Step::Finish => ScanState::Storing,
            Step::Discard => ScanState::Discarded,
        };
        if step == Step::GoOn {
            self.tray.begin_run();
        }
        // Whoever waits takes one step and then waits no more, so there is room for it.
        self.steps.try_send(step).map_err(|_| NotNow::NotWaiting)
    }

    /// It waits for a person.
    pub(super) fn wait(&self, pause: Pause) {
        let mut progress = self.progress();
        (progress.state, progress.since, progress.pause) = (ScanState::Waiting, Instant::now(), Some(pause));
    }

    /// All pages are there.
    pub(super) fn begin_storing(&self) {
        self.progress().state = ScanState::Storing;
    }

    /// It is over; the batch that it became, if any.
    pub(super) fn end(&self, batch: Option<BatchId>) {
        let mut progress = self.progress();
        progress.state = if batch.is_some() { ScanState::Finished } else { ScanState::Discarded };
        (progress.pause, progress.batch) = (None, batch);
        self.tray.empty();
    }

    /// Whether its sheets lie in the device, or may.
    pub(super) fn holds_device(&self) -> bool {
        let progress = self.progress();
        match progress.state {
            ScanState::Scanning | ScanState::Stopping => true,
            // The feeder ran empty.
            ScanState::Waiting if progress.pause == Some(Pause::NotStored) => false,
            ScanState::Waiting => progress.since.elapsed() < HELD_MAX,
            ScanState::Storing | ScanState::Finished | ScanState::Discarded => false,
        }
    }

    /// Whether the program does something for it.
    pub(super) fn is_moving(&self) -> bool {
        matches!(self.progress().state, ScanState::Scanning | ScanState::Stopping | ScanState::Storing)
    }

    /// Whether pages are being stored.
    pub(super) fn is_storing(&self) -> bool {
        self.progress().state == ScanState::Storing
    }

    /// Whether it is over.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.progress().state, ScanState::Finished | ScanState::Discarded)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        // What is kept is whole between two statements.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
