//! `motlan serve`: the counter, with a worker and the index's follower inside.

use super::Setting;
use super::work::{open_readers, wait_for_signal};
use crate::codes::Codes;
use crate::hot_folder::HotFolder;
use crate::rendition::Renditions;
use crate::state::{AppState, JailState};
use crate::{serve, worker};
use anyhow::{Context, bail};
use clap::Args;
use repository::Repository;
use search::Index;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// How long the follower rests when the index has every change: a paper can be found this long after it was read.
const FOLLOWER_REST: Duration = Duration::from_millis(300);
/// Between two looks whether stored files are to be read again.
const SCRUB_REST: Duration = Duration::from_secs(60);
/// How long it rests after a fault.
const FAULT_REST: Duration = Duration::from_secs(5);

/// Open the counter: web pages and HTTP API
///
/// Until sign-in exists everyone is one demonstration officer, so only this machine's own address is listened on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data serve\n  motlan --data data serve --listen 127.0.0.1:0"
)]
pub(super) struct Serve {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,

    /// Leave reading to `motlan work` processes
    #[arg(long)]
    no_worker: bool,

    /// Read without the jail; only for kernels without landlock, and only files that you trust
    #[arg(long)]
    allow_unsandboxed: bool,
}

impl Serve {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let address = self.listen.unwrap_or(setting.config.listen);
        if !address.ip().is_loopback() {
            bail!(
                "{address} can be reached by other machines; until sign-in exists only 127.0.0.1 or [::1] may be listened on"
            );
        }
        let (readers, jailed) = open_readers(&setting.config, self.allow_unsandboxed)?;
        let repository = setting.open_repository().await?;
        let index = setting.open_index()?;
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}"))?;
        if setting.config.checkpoints.is_none() {
            tracing::warn!(
                "checkpoints of the access log stand in the data folder; put them where whoever can change the data cannot: set `checkpoints`"
            );
        }
        let stop = Arc::new(AtomicBool::new(false));
        let follower = tokio::spawn(follow(repository.clone(), index.clone(), stop.clone()));
        let scrub = tokio::spawn(scrub(repository.clone(), setting.config.scrub_bytes_per_s));
        let lanes = if self.no_worker { 0 } else { readers.lanes() };
        let (renditions, models) = (Renditions::new(readers.configured.clone()), readers.models());
        let worker = tokio::spawn(worker::run(repository.clone(), readers, lanes, stop.clone()));
        let jail = if jailed { JailState::Sandboxed } else { JailState::Unsandboxed };
        if setting.config.address.is_none() {
            tracing::warn!(
                "printed codes name this machine's own address, which no phone reaches: set `address` before anything is printed"
            );
        }
        let own_address = format!("http://{}", listener.local_addr()?);
        let codes = Codes::open(&setting.config, &own_address)?;
        println!("listening on {own_address}");
        let state = AppState::new(repository, index, jail, renditions, models, codes);
        let looking = tokio::spawn(state.batches().keep_looking(state.codes.clone(), stop.clone()));
        let hot_folder = setting.config.hot_folder.as_deref();
        let hot_folder = hot_folder.map(|folder| HotFolder::open(folder, setting.config.hot_folder_feed));
        let watching =
            hot_folder.transpose()?.map(|hot| tokio::spawn(hot.watch(state.batches(), stop.clone())));
        serve::serve(state, listener, stop_signal()).await?;
        stop.store(true, Ordering::Relaxed);
        // What it was looking at is looked at again.
        looking.abort();
        if let Some(watching) = watching {
            watching.abort();
        }
        // It keeps its place itself, and may be left at any point.
        scrub.abort();
        worker.await?;
        follower.await?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn stop_signal() {
    if let Err(error) = wait_for_signal().await {
        tracing::error!(%error, "signals cannot be waited for");
        std::future::pending::<()>().await;
    }
}

/// Reads stored files again and again, so that damage is found; at a rate of 0 never.
async fn scrub(repository: Repository, bytes_per_s: u64) {
    if bytes_per_s == 0 {
        return;
    }
    // Machines that share a store may have processes of the same number.
    let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let name = format!("{}-{}", std::process::id(), began.as_nanos());
    loop {
        match repository.scrub(&name, bytes_per_s).await {
            Ok(Some(1..)) => {}
            Ok(Some(0) | None) => tokio::time::sleep(SCRUB_REST).await,
            Err(error) => {
                tracing::error!(%error, "stored files could not be scrubbed");
                tokio::time::sleep(SCRUB_REST).await;
            }
        }
    }
}

/// Keeps the index behind the changes.
async fn follow(repository: Repository, index: Arc<dyn Index>, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        let rest = match search::follow(&repository, index.as_ref()).await {
            Ok(_) => FOLLOWER_REST,
            // Of several servers on one cluster one follows.
            Err(search::Error::Busy { .. }) => FAULT_REST,
            Err(error) => {
                tracing::error!(%error, "the index could not be brought up to date");
                FAULT_REST
            }
        };
        tokio::time::sleep(rest).await;
    }
}
