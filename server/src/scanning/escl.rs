//! Scanners on the network that speak eSCL (AirScan, Mopria): what the device can do, one job for the stack, page after page, and the job
//! taken back whatever happens.
//!
//! The address is the operator's; what a device answers names no other one. Every answer is measured while it is read.

mod device;
#[cfg(test)]
mod tests;
mod xml;

use super::pause::Pause;
use super::tray::{PAGES_MAX, Tray};
use super::{Feeding, Wish};
use device::{Connection, Feeder, Job, Next};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How patient a scan is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// How long one request may take: a page of A3 in colour at 600 dpi over a slow network.
    pub(super) request: Duration,
    /// How long a device may be busy or warm up before the next page.
    pub(super) still: Duration,
    /// How long after the last page it may take to notice that its feeder is empty.
    pub(super) notice: Duration,
    /// Between two questions to a device that asked for a moment.
    pub(super) rest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Patience { request: seconds(60), still: seconds(90), notice: seconds(3), rest: seconds(1) }
    }
}

/// How long one run may take: 300 pages at 10 a minute.
const RUN_TIME_MAX: Duration = Duration::from_secs(30 * 60);
/// How often it is looked whether someone wants to stop, while a device keeps its answer back.
const HEAR_EVERY: Duration = Duration::from_millis(100);

/// Scans what lies in the feeder until it is empty.
///
/// # Errors
/// Why it rests before that.
pub(super) fn scan(address: &str, wish: Wish, tray: &Tray, patience: Patience) -> Result<(), Pause> {
    let device = Arc::new(Connection::new(address, patience.request));
    let abilities = ask(&device, tray, |device| device.abilities())?;
    let (feeding, settings) = abilities.choose(wish)?;
    if feeding == Feeding::Feeder {
        look_before(&device, tray)?;
    }
    let job = begin(&device, settings.into(), tray, patience)?;
    let scanned = fetch(&device, &job, tray, patience);
    // Also after the last page: a device that is told so is free at once.
    drop(job);
    match (scanned?, feeding) {
        (0, _) => Err(look_after(&device, tray, patience).err().unwrap_or(Pause::NoPaper)),
        (_, Feeding::Glass) => Err(Pause::OneSheet),
        (_, Feeding::Feeder) => look_after(&device, tray, patience),
    }
}

/// Whether there is paper, as far as the device tells.
fn look_before(device: &Arc<Connection>, tray: &Tray) -> Result<(), Pause> {
    match ask(device, tray, |device| device.feeder()) {
        Ok(Feeder::Empty) => Err(Pause::NoPaper),
        Ok(Feeder::Blocked(pause)) | Err(pause @ Pause::Stopped) => Err(pause),
        // The job itself will tell.
        Ok(Feeder::Loaded | Feeder::Moving | Feeder::Untold) | Err(_) => Ok(()),
    }
}

/// How the stack ended: whole only where the feeder ran empty, or the device has no word for that.
fn look_after(device: &Arc<Connection>, tray: &Tray, patience: Patience) -> Result<(), Pause> {
    let began = Instant::now();
    loop {
        match ask(device, tray, |device| device.feeder()) {
            Ok(Feeder::Empty | Feeder::Untold) => return Ok(()),
            Ok(Feeder::Blocked(pause)) => return Err(pause),
            Ok(Feeder::Moving) => wait(tray, patience, began, Pause::SheetsLeft)?,
            Ok(Feeder::Loaded) if began.elapsed() > patience.notice => return Err(Pause::SheetsLeft),
            Ok(Feeder::Loaded) => thread::sleep(patience.rest),
            // All pages are there: a device that cannot say so just now is asked again.
            Err(pause) => wait(tray, patience, began, pause)?,
        }
    }
}

/// Opens a job, once the device is free.
fn begin(
    device: &Arc<Connection>,
    settings: Arc<str>,
    tray: &Tray,
    patience: Patience,
) -> Result<Job, Pause> {
    let began = Instant::now();
    loop {
        let settings = settings.clone();
        if let Some(job) = ask(device, tray, move |device| device.begin(&settings))? {
            return Ok(job);
        }
        wait(tray, patience, began, Pause::Busy)?;
    }
}

/// Fetches pages until the job has no more; how many.
fn fetch(device: &Arc<Connection>, job: &Job, tray: &Tray, patience: Patience) -> Result<u32, Pause> {
    let (before, began) = (tray.pages(), Instant::now());
    let mut moved = began;
    loop {
        let path = job.path().to_owned();
        match ask(device, tray, move |device| device.next(&path))? {
            Next::Page(page) => {
                tray.keep(&page)?;
                moved = Instant::now();
            }
            Next::NotYet => wait(tray, patience, moved, Pause::Hung)?,
            Next::Nothing => return Ok(tray.pages() - before),
        }
        if tray.is_stopped() {
            return Err(Pause::Stopped);
        }
        if tray.pages() >= PAGES_MAX {
            return Err(Pause::Full);
        }
        if began.elapsed() > RUN_TIME_MAX {
            return Err(Pause::Hung);
        }
    }
}

/// Asks the device, and waits for what it says until someone wants to stop. A request that nobody waits for any more ends by its own limit of
/// time, and a job that it opened is given back.
fn ask<T: Send + 'static>(
    device: &Arc<Connection>,
    tray: &Tray,
    question: impl FnOnce(&Arc<Connection>) -> Result<T, Pause> + Send + 'static,
) -> Result<T, Pause> {
    let (sender, said) = channel();
    let asked = device.clone();
    thread::spawn(move || {
        // An error means that nobody waits.
        let _ = sender.send(question(&asked));
    });
    loop {
        match said.recv_timeout(HEAR_EVERY) {
            Ok(said) => return said,
            Err(RecvTimeoutError::Timeout) if tray.is_stopped() => return Err(Pause::Stopped),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(Pause::Failed),
        }
    }
}

/// Waits a moment, unless that was done for too long since a moment in time.
fn wait(tray: &Tray, patience: Patience, since: Instant, otherwise: Pause) -> Result<(), Pause> {
    if tray.is_stopped() {
        return Err(Pause::Stopped);
    }
    if since.elapsed() > patience.still {
        return Err(otherwise);
    }
    thread::sleep(patience.rest);
    Ok(())
}
