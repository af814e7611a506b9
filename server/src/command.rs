//! The command line: one file for each command.

mod account;
mod audit;
mod backup;
mod bar;
mod batch;
mod calendar;
mod check;
mod dispose;
mod export;
mod figures;
mod import;
mod keys;
mod once_only;
mod personal_number;
mod read;
mod reindex;
mod reread;
mod restore;
mod rights;
mod scans;
mod search;
mod serve;
mod verify;
mod work;

use crate::config::Config;
use ::search::Index;
use anyhow::Context;
use clap::{Parser, Subcommand};
use repository::Repository;
use repository::record::{Actor, LookUpQuota, Role, Route};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tracing_subscriber::EnvFilter;

/// Reads Vietnamese papers, files them once, and finds them again.
#[derive(Debug, Parser)]
#[command(
    name = "motlan",
    version,
    about = "Reads Vietnamese papers, files them once, and finds them again.",
    after_help = "Examples:\n  motlan read scan.pdf                  print what a scan says\n  motlan --data data import samples/    digitize a folder of scans\n  \
                  motlan --data data serve              open the counter at http://127.0.0.1:8080\n  motlan --data data search 'khai sinh' find papers by their words\n\n\
                  Settings come from motlan.toml in the working folder, then MOTLAN_* variables, then the command line."
)]
pub(crate) struct Cli {
    /// Folder of records, scanned files and index [default: motlan-data]
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,

    /// PostgreSQL database of the records, as postgres://user@host/name [default: a file in the data folder]
    ///
    /// Others on this machine can see what stands here: keep a password in the file that MOTLAN_DATABASE_FILE names.
    #[arg(long, global = true, value_name = "ADDRESS")]
    database: Option<String>,

    /// OpenSearch cluster of the index, as https://host:9200/name [default: a folder in the data folder]
    ///
    /// Others on this machine can see what stands here: keep a password in the file that MOTLAN_SEARCH_URL_FILE names.
    #[arg(long, global = true, value_name = "ADDRESS")]
    search_url: Option<String>,

    /// File of the master key that stored papers are sealed under [default: keys/master.key in the data folder]
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,

    /// Bucket for scans and page images, s3://BUCKET/PREFIX [default: blobs/ in the data folder]
    #[arg(long, global = true, value_name = "URL")]
    blobs: Option<String>,

    /// Print JSON instead of tables
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Read(read::Read),
    Import(import::Import),
    Batch(batch::Batch),
    Serve(serve::Serve),
    Work(work::Work),
    Search(search::Search),
    OnceOnly(once_only::OnceOnly),
    Reread(reread::Reread),
    Reindex(reindex::Reindex),
    Check(check::Check),
    Dispose(dispose::Dispose),
    Account(account::Accounts),
    Rights(rights::Rights),
    Calendar(calendar::Calendar),
    Export(export::Export),
    Figures(figures::FiguresOf),
    Backup(backup::Backup),
    Restore(restore::Restore),
    Audit(audit::Audit),
    Keys(keys::Keys),
    Verify(verify::Verify),
}

/// What every command gets.
#[derive(Debug, Clone)]
struct Setting {
    config: Config,
    json: bool,
}

/// Runs a command. The exit code says whether all of it went well; an error is one sentence.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let mut config = Config::load()?;
    if let Some(data) = cli.data {
        config.data = data;
    }
    if let Some(address) = cli.database {
        // Not by clap, which would repeat a wrong address with its password.
        (config.database, config.database_file) = (Some(address.parse().context("--database")?), None);
    }
    if let Some(address) = cli.search_url {
        (config.search_url, config.search_url_file) = (Some(address.parse().context("--search-url")?), None);
    }
    (config.search_url, config.search_url_file) = (config.search_cluster()?, None);
    if cli.key_file.is_some() {
        config.key_file = cli.key_file;
    }
    if cli.blobs.is_some() {
        config.blobs = cli.blobs;
    }
    start_logging(&config.log)?;
    let setting = Setting { config, json: cli.json };
    let runtime = tokio::runtime::Runtime::new().context("cannot start the runtime")?;
    match cli.command {
        Command::Read(command) => command.run(&setting),
        Command::Batch(command) => runtime.block_on(command.run(&setting)),
        Command::Import(command) => runtime.block_on(command.run(&setting)),
        Command::Serve(command) => runtime.block_on(command.run(&setting)),
        Command::Work(command) => runtime.block_on(command.run(&setting)),
        Command::OnceOnly(command) => runtime.block_on(command.run(&setting)),
        Command::Search(command) => runtime.block_on(command.run(&setting)),
        Command::Reread(command) => runtime.block_on(command.run(&setting)),
        Command::Reindex(command) => runtime.block_on(command.run(&setting)),
        Command::Backup(command) => runtime.block_on(command.run(&setting)),
        Command::Restore(command) => runtime.block_on(command.run(&setting)),
        Command::Export(command) => runtime.block_on(command.run(&setting)),
        Command::Dispose(command) => runtime.block_on(command.run(&setting)),
        Command::Account(command) => runtime.block_on(command.run(&setting)),
        Command::Rights(command) => runtime.block_on(command.run(&setting)),
        Command::Calendar(command) => runtime.block_on(command.run(&setting)),
        Command::Check(command) => runtime.block_on(command.run(&setting)),
        Command::Figures(command) => runtime.block_on(command.run(&setting)),
        Command::Audit(command) => runtime.block_on(command.run(&setting)),
        Command::Keys(command) => runtime.block_on(command.run(&setting)),
        Command::Verify(command) => command.run(&setting),
    }
}

/// An error with its causes as one sentence. Some errors repeat their cause in their own words; it is said once.
pub(crate) fn sentence(error: &anyhow::Error) -> String {
    let mut sentence = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !sentence.contains(&cause) {
            sentence.push_str(": ");
            sentence.push_str(&cause);
        }
    }
    sentence
}

fn start_logging(filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).context("the setting `log` is not a log filter")?;
    let colours = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).with_ansi(colours);
    lines.with_env_filter(filter).init();
    Ok(())
}

impl Setting {
    async fn open_repository(&self) -> anyhow::Result<Repository> {
        let options = self.config.repository_options()?;
        let opened = Repository::open(&options).await;
        if let Ok(repository) = &opened {
            let repository = repository.clone();
            tokio::spawn(async move { repository.keep_checkpoints().await });
        }
        let quota =
            LookUpQuota { person: self.config.look_ups_a_day, program: self.config.look_ups_a_day_by_system };
        let opened = opened.map(|repository| repository.with_look_up_quota(quota));
        opened.with_context(|| match &options.database {
            None => format!("cannot open the data folder {}", options.data_dir.display()),
            Some(url) => format!("cannot open the data folder {} with {url}", options.data_dir.display()),
        })
    }

    /// The index, for writing.
    fn open_index(&self) -> anyhow::Result<Arc<dyn Index>> {
        match &self.config.search_url {
            Some(cluster) => Ok(::search::open_cluster(cluster)),
            None => ::search::open(&self.index_dir())
                .context("cannot open the index; is another `serve` running?"),
        }
    }

    /// The index, beside whoever writes it.
    fn open_index_reader(&self) -> anyhow::Result<Arc<dyn Index>> {
        match &self.config.search_url {
            Some(cluster) => Ok(::search::open_cluster(cluster)),
            None => ::search::open_reader(&self.index_dir())
                .context("there is no index yet: run `motlan import` or `motlan serve` first"),
        }
    }

    fn index_dir(&self) -> PathBuf {
        self.config.data.join("index")
    }

    /// Commands of the console act for the operator, whose reason is the command.
    fn operator(&self, purpose: &str) -> Actor {
        Actor {
            account: "console".into(),
            name: "Console".into(),
            agency: self.config.agency.clone(),
            unit: String::new(),
            role: Role::CounterOfficer,
            purpose: purpose.into(),
            basis: None,
            only: None,
            route: Route { source: "console".into(), destination: purpose.into() },
        }
    }

    /// Whoever sits at the console, in the role that the command needs.
    fn acting(&self, role: Role, command: &str) -> Actor {
        Actor { role, ..self.operator(command) }
    }
}
