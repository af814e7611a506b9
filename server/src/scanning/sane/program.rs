//! One run of `scanimage`: limited, told to end when it must, and never left behind.

use crate::scanning::pause::Pause;
use crate::scanning::tray::PAGE_BYTES_MAX;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

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
            // Words of a status come untranslated; a group of its own lets its helpers end with it.
            command.current_dir(folder).env("LC_ALL", "C").process_group(0).stdin(Stdio::null());
            command.stdout(output.try_clone()?).stderr(errors.try_clone()?);
            Ok(Program { child: command.spawn()?, output, errors })
        };
        start().map_err(|error: std::io::Error| {
            tracing::error!(%error, "scanimage cannot be started");
            Pause::Failed
        })
    }

    /// Whether it ended.
    ///
    /// # Errors
    /// Nobody knows.
    pub(super) fn is_over(&mut self) -> Result<bool, Pause> {
        self.child.try_wait().map(|status| status.is_some()).map_err(|error| {
            tracing::error!(%error, "scanimage cannot be waited for");
            Pause::Failed
        })
    }

    /// What it printed so far.
    pub(super) fn output(&mut self) -> String {
        printed(&mut self.output)
    }

    /// What it printed as errors so far.
    pub(super) fn errors(&mut self) -> String {
        printed(&mut self.errors)
    }

    /// Asks it to let the scanner go, and kills it when that takes too long.
    pub(super) fn end(&mut self) {
        let asked = Instant::now();
        self.signal(Signal::SIGTERM);
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < END_TIME_MAX {
            thread::sleep(POLL);
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::SIGKILL);
            // Ends at once; an error means that it was waited for already.
            let _ = self.child.wait();
        }
    }

    fn signal(&self, signal: Signal) {
        // An error means that it has just ended.
        let _ = killpg(Pid::from_raw(self.child.id().cast_signed()), signal);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.end();
        }
    }
}

/// The end of what stands in a file: complaints come last.
fn printed(file: &mut File) -> String {
    let mut text = Vec::new();
    let length = file.seek(SeekFrom::End(0)).unwrap_or_default();
    let read = file.seek(SeekFrom::Start(length.saturating_sub(PRINTED_BYTES_MAX)));
    // What cannot be read is as if it had not been printed.
    let _ = read.and_then(|_| file.take(PRINTED_BYTES_MAX).read_to_end(&mut text));
    String::from_utf8_lossy(&text).into_owned()
}
