//! One run of `scanimage`: limited, told to end when it must, and never left behind.

use crate::scanning::pause::Pause;
use crate::scanning::tray::PAGE_BYTES_MAX;
use nix::sys::signal::{Signal, killpg};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::Pid;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Variables that the program gets of ours, beside `LC_ALL`: where it and its settings are. The others may be keys and passwords.
const PASSED_ON: [&str; 7] =
    ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SANE_CONFIG_DIR", "SANE_NET_HOSTS", "SANE_NET_TIMEOUT"];
/// Memory that the program may take, in KiB: drivers hold a page or two, and A3 in colour at 600 dpi is 200 MB.
const MEMORY_KIB_MAX: u64 = 2 << 20;
/// What the shell counts the length of files in.
const BLOCK_BYTES: u64 = 512;
/// Bytes of what it prints that are read: the options of a device take about ten thousand.
const PRINTED_BYTES_MAX: u64 = 256 << 10;
/// How long it gets to let the scanner go before it is killed: a sheet under way is thrown out in about two seconds.
const END_TIME_MAX: Duration = Duration::from_secs(5);
/// Between two looks whether it ended.
const POLL: Duration = Duration::from_millis(50);

/// A running `scanimage`; ended when dropped.
#[derive(Debug)]
pub(super) struct Program {
    child: Child,
    /// It was waited for: its number may be another's by now.
    is_collected: bool,
    output: File,
    errors: File,
}

impl Program {
    /// Starts it in a folder, within limits that a shell sets.
    ///
    /// # Errors
    /// It cannot be started.
    pub(super) fn start(folder: &Path, arguments: &[String]) -> Result<Program, Pause> {
        let limits = format!("ulimit -v {MEMORY_KIB_MAX} && ulimit -f {}", PAGE_BYTES_MAX / BLOCK_BYTES);
        let start = || {
            let (output, errors) = (tempfile::tempfile()?, tempfile::tempfile()?);
            let mut command = Command::new("sh");
            command.arg("-c").arg(format!("{limits} && exec scanimage \"$@\"")).arg("sh").args(arguments);
            command
                .env_clear()
                .envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
            // Words of a status come untranslated; a group of its own lets its helpers end with it.
            command.current_dir(folder).env("LC_ALL", "C").process_group(0).stdin(Stdio::null());
            command.stdout(output.try_clone()?).stderr(errors.try_clone()?);
            Ok(Program { child: command.spawn()?, is_collected: false, output, errors })
        };
        start().map_err(|error: std::io::Error| {
            tracing::error!(%error, "scanimage cannot be started");
            Pause::Failed
        })
    }

    /// Whether it ended; helpers that it left end then.
    ///
    /// # Errors
    /// Nobody knows.
    pub(super) fn is_over(&mut self) -> Result<bool, Pause> {
        let is_running = !self.is_collected
            && self.is_running().map_err(|error| {
                tracing::error!(%error, "scanimage cannot be waited for");
                Pause::Failed
            })?;
        if !is_running && !self.is_collected {
            self.collect();
        }
        Ok(!is_running)
    }

    /// What it printed so far.
    pub(super) fn output(&self) -> String {
        printed(&self.output)
    }

    /// What it printed as errors so far.
    pub(super) fn errors(&self) -> String {
        printed(&self.errors)
    }

    /// Asks it to let the scanner go, and kills it when that takes too long; its helpers too.
    pub(super) fn end(&mut self) {
        if self.is_collected {
            return;
        }
        let asked = Instant::now();
        self.signal(Signal::SIGTERM);
        while matches!(self.is_running(), Ok(true)) && asked.elapsed() < END_TIME_MAX {
            thread::sleep(POLL);
        }
        self.collect();
    }

    /// Whether it runs; one that ended stays to be waited for.
    fn is_running(&self) -> std::io::Result<bool> {
        let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        Ok(waitid(Id::Pid(self.pid()), flags)? == WaitStatus::StillAlive)
    }

    /// Ends its whole group, then waits for it: until then nobody else gets the number of the group.
    fn collect(&mut self) {
        self.signal(Signal::SIGKILL);
        // Ends at once; an error means that it was waited for already.
        let _ = self.child.wait();
        self.is_collected = true;
    }

    fn signal(&self, signal: Signal) {
        // An error means that it has just ended.
        let _ = killpg(self.pid(), signal);
    }

    fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

/// The end of what stands in a file: complaints come last. The program writes where the file stands, so that nobody else may move it.
fn printed(file: &File) -> String {
    let length = file.metadata().map_or(0, |facts| facts.len());
    let mut text = vec![0; usize::try_from(length.min(PRINTED_BYTES_MAX)).unwrap_or_default()];
    // What cannot be read is as if it had not been printed.
    let read = file.read_at(&mut text, length.saturating_sub(PRINTED_BYTES_MAX)).unwrap_or_default();
    String::from_utf8_lossy(&text[..read]).into_owned()
}
