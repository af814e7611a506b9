//! `motlan work`: a worker process beside the server.

use super::Setting;
use crate::config::{Config, Model};
use crate::worker::{self, Readers};
use anyhow::bail;
use clap::Args;
use ingest::{Pictures, Reader};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Screens show the page; nobody looks at stages here.
const PICTURES: Pictures = Pictures { page: true, stages: false };

/// Read waiting papers in a process of its own, beside `serve`
///
/// `serve` runs a worker inside already; further ones, started with the same --data, share the queue.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  motlan --data data work")]
pub(super) struct Work {
    /// Read without the jail; only for kernels without landlock, and only files that you trust
    #[arg(long)]
    allow_unsandboxed: bool,
}

impl Work {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let (readers, _) = open_readers(&setting.config, self.allow_unsandboxed)?;
        let stop = Arc::new(AtomicBool::new(false));
        let lanes = readers.lanes();
        let worker = tokio::spawn(worker::run(repository, readers, lanes, stop.clone()));
        println!("working with {lanes} lanes; press Ctrl+C to stop");
        wait_for_signal().await?;
        stop.store(true, Ordering::Relaxed);
        worker.await?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Readers by model, and whether they are jailed, which was tried.
///
/// # Errors
/// See [`open_reader`].
pub(super) fn open_readers(config: &Config, allow_unsandboxed: bool) -> anyhow::Result<(Readers, bool)> {
    let (configured, jailed) = open_reader(config, allow_unsandboxed)?;
    let with_model = |model| Some(configured.with_engine(config.engine(model).ok()?));
    let (fast, accurate) = (with_model(Model::Fast), with_model(Model::Accurate));
    Ok((Readers { configured, fast, accurate }, jailed))
}

/// A reader whose jail was tried, and whether it is jailed.
///
/// # Errors
/// pdfium is missing, or the jail does not hold on this machine and nobody allowed to go without.
fn open_reader(config: &Config, allow_unsandboxed: bool) -> anyhow::Result<(Reader, bool)> {
    config.check_pdfium()?;
    let jailed = Reader::new(config.reader_options(config.model, PICTURES, true)?);
    let why = match jailed.probe_jail() {
        Ok(leaks) if leaks.is_empty() => return Ok((jailed, true)),
        Ok(leaks) => leaks.join(", "),
        Err(error) => error.to_string(),
    };
    if !allow_unsandboxed {
        bail!(
            "scans cannot be read safely on this machine ({why}): use Linux 5.13 or newer, or start with --allow-unsandboxed"
        );
    }
    tracing::warn!(why, "reading without a jail, as allowed");
    Ok((Reader::new(config.reader_options(config.model, PICTURES, false)?), false))
}

/// Waits for Ctrl+C or the service manager's stop.
pub(super) async fn wait_for_signal() -> anyhow::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => result?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
