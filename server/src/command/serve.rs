//! `motlan serve`: the counter, with a worker and the index's follower inside.

use super::Setting;
use super::work::{open_readers, wait_for_signal};
use crate::codes::Codes;
use crate::config::Config;
use crate::hot_folder::HotFolder;
use crate::rendition::Renditions;
use crate::scanning::Scanners;
use crate::sign_in::{Door, Proxy};
use crate::state::{AppState, JailState};
use crate::{serve, worker};
use anyhow::{Context, bail, ensure};
use clap::Args;
use jiff::Timestamp;
use repository::Repository;
use search::Index;
use std::net::{IpAddr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;

/// How long the follower rests when the index has every change: a paper can be found this long after it was read.
const FOLLOWER_REST: Duration = Duration::from_millis(300);
/// Between two looks whether stored files are to be read again.
const SCRUB_REST: Duration = Duration::from_secs(60);
/// Between two looks whether accounts were left alone for too long.
const TIDY_REST: Duration = Duration::from_secs(3600);
/// How long it rests after a fault.
const FAULT_REST: Duration = Duration::from_secs(5);

/// Open the counter: web pages and HTTP API
///
/// People sign in. The first start prints a link by which someone becomes the first administrator. Other machines reach it through a proxy
/// that speaks TLS, under the address of the setting `address`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data serve\n  motlan --data data serve --demonstration       nobody signs in; this machine only\n  motlan --data data serve --listen 10.0.0.5:8080 --behind-tls-proxy --proxy 10.0.0.4"
)]
pub(super) struct Serve {
    /// Address and port; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,

    /// Let everybody at this machine be one demonstration officer, without signing in
    #[arg(long)]
    demonstration: bool,

    /// A proxy that speaks TLS stands before this server, passes the Host header on, and sets X-Forwarded-For
    #[arg(long, conflicts_with = "demonstration")]
    behind_tls_proxy: bool,

    /// Address from which that proxy asks, when it is another machine; several times for several
    #[arg(long, value_name = "ADDR", requires = "behind_tls_proxy")]
    proxy: Vec<IpAddr>,

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
        let door = self.door(&setting.config, address)?;
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
        if door != Door::Demonstration {
            setting.config.check_agency()?;
            let reached = setting.config.address.as_ref().filter(|_| self.behind_tls_proxy);
            invite_first(&repository, reached.unwrap_or(&own_address)).await?;
            tokio::spawn(keep_tidy(repository.clone()));
        }
        let systems = match setting.config.systems_door()? {
            Some(_) if door == Door::Demonstration => {
                bail!("systems_listen: other systems are not let into a demonstration")
            }
            Some(systems) => Some(systems.open().await?),
            None => None,
        };
        if let Some(systems) = &systems {
            tracing::info!("listening for other systems on https://{}", systems.address());
        }
        println!("listening on {own_address}");
        let provider = setting.config.provider()?.map(Arc::new);
        let scanners = Scanners::open(&setting.config)?;
        scanners.search();
        let state = AppState::new(door, repository, index, jail, renditions, models, codes);
        let state = AppState {
            provider,
            scanners: scanners.clone(),
            agency: setting.config.agency.as_str().into(),
            ..state
        };
        let looking = tokio::spawn(state.batches().keep_looking(state.codes.clone(), stop.clone()));
        let hot_folder = setting.config.hot_folder.as_deref();
        let hot_folder = hot_folder
            .map(|folder| HotFolder::open(folder, setting.config.hot_folder_feed, &setting.config.agency));
        let watching =
            hot_folder.transpose()?.map(|hot| tokio::spawn(hot.watch(state.batches(), stop.clone())));
        serve::serve(state, listener, systems, stop_signal()).await?;
        stop.store(true, Ordering::Relaxed);
        scanners.close().await;
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

impl Serve {
    /// How people get in.
    ///
    /// # Errors
    /// Other machines could reach the address, and nothing hides what they send.
    fn door(&self, config: &Config, address: SocketAddr) -> anyhow::Result<Door> {
        if !address.ip().is_loopback() && !self.behind_tls_proxy {
            bail!(
                "{address} can be reached by other machines, and passwords would go there in the clear: listen on 127.0.0.1 or [::1], or put a \
                 proxy that speaks TLS before it and say --behind-tls-proxy"
            );
        }
        if self.demonstration {
            return Ok(Door::Demonstration);
        }
        if !self.behind_tls_proxy {
            return Ok(Door::SignIn { proxy: None });
        }
        ensure!(
            address.ip().is_loopback() || !self.proxy.is_empty(),
            "{address} can be reached by other machines: name the address from which the proxy asks (--proxy ADDR), whose X-Forwarded-For is \
             believed; others are refused"
        );
        let proxy = Proxy { host: config.host()?, addresses: self.proxy.clone() };
        Ok(Door::SignIn { proxy: Some(proxy) })
    }
}

/// At the first start: prints the link by which someone becomes the first administrator.
async fn invite_first(repository: &Repository, address: &str) -> anyhow::Result<()> {
    if let Some(link) = repository.first_link().await? {
        println!(
            "there is no account yet; whoever opens this link first becomes the administrator (once, until {}):\n  {address}/sign-in/links/{}",
            link.ends_at.strftime("%Y-%m-%d %H:%M UTC"),
            link.secret
        );
    }
    Ok(())
}

/// Closes accounts that nobody uses, and forgets what has ended.
async fn keep_tidy(repository: Repository) {
    loop {
        let closed = repository.disable_idle_accounts(Timestamp::now()).await;
        let forgotten = repository.forget_ended().await;
        if let Err(error) = closed.and(forgotten) {
            tracing::error!(%error, "accounts could not be tidied");
        }
        tokio::time::sleep(TIDY_REST).await;
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
