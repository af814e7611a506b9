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
use device::{Connection, Next};
use std::thread;
use std::time::{Duration, Instant};

/// How patient a scan is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// How long one request may take: a page of A3 in colour at 600 dpi over a slow network.
    pub(super) request: Duration,
    /// How long a device may be busy or warm up before the next page.
    pub(super) still: Duration,
    /// Between two questions to a device that asked for a moment.
    pub(super) rest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Patience { request: seconds(60), still: seconds(90), rest: seconds(1) }
    }
}

/// How long one run may take: 300 pages at 10 a minute.
const RUN_TIME_MAX: Duration = Duration::from_secs(30 * 60);

/// Scans what lies in the feeder until it is empty.
///
/// # Errors
/// Why it rests before that.
pub(super) fn scan(address: &str, wish: Wish, tray: &Tray, patience: Patience) -> Result<(), Pause> {
    let connection = Connection::new(address, patience.request);
    let abilities = connection.abilities()?;
    let (feeding, settings) = abilities.choose(wish)?;
    if feeding == Feeding::Feeder {
        connection.trouble().map_or(Ok(()), Err)?;
    }
    let job = begin(&connection, &settings, tray, patience)?;
    let scanned = fetch(&connection, &job, tray, patience);
    // Also after the last page: a device that is told so is free at once. It may know the job no more.
    connection.give_up(&job);
    match (scanned?, feeding) {
        (0, _) => Err(connection.trouble().unwrap_or(Pause::NoPaper)),
        (_, Feeding::Glass) => Err(Pause::OneSheet),
        (_, Feeding::Feeder) => {
            connection.trouble().filter(|pause| *pause != Pause::NoPaper).map_or(Ok(()), Err)
        }
    }
}

/// Opens a job, once the device is free.
fn begin(connection: &Connection, settings: &str, tray: &Tray, patience: Patience) -> Result<String, Pause> {
    let began = Instant::now();
    loop {
        if let Some(job) = connection.begin(settings)? {
            return Ok(job);
        }
        wait(tray, patience, began, Pause::Busy)?;
    }
}

/// Fetches pages until the job has no more; how many.
fn fetch(connection: &Connection, job: &str, tray: &Tray, patience: Patience) -> Result<u32, Pause> {
    let (before, began) = (tray.pages(), Instant::now());
    let mut moved = began;
    loop {
        match connection.next(job, tray)? {
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
