//! How much memory the program takes, with its reading children.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use super::support::*;

/// Between two looks at the memory; a scanned page takes several of them.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Memory of a process and its children in KiB. A child that has not become a program of its own yet is its parent's memory seen
/// twice.
pub(crate) fn memory_kib(server: u32) -> u64 {
    let own = command_of(server);
    let children = children_of(server).into_iter().filter(|child| command_of(*child) != own);
    std::iter::once(server).chain(children).filter_map(resident_kib).sum()
}

fn command_of(pid: u32) -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{pid}/cmdline")).ok()
}

fn resident_kib(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Does something and tells the most memory that a server and its children had meanwhile, in MiB.
pub(crate) fn peak_mib<T>(server: &Server, work: impl FnOnce() -> T) -> (T, u64) {
    let pid = server.program().pid();
    let (live, peak) = (AtomicBool::new(true), AtomicU64::new(0));
    let done = thread::scope(|scope| {
        let _watched = While(&live);
        scope.spawn(|| {
            while live.load(Ordering::Relaxed) {
                peak.fetch_max(memory_kib(pid), Ordering::Relaxed);
                thread::sleep(LOOK_EVERY);
            }
        });
        work()
    });
    (done, peak.into_inner() / 1024)
}
