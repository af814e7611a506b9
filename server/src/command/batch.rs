//! `motlan batch`: stacks of paper that went through the feeder, split by their cover sheets.

mod scan;
pub(super) mod table;

use super::Setting;
use super::verify::read_list;
use super::work::open_readers;
use crate::codes::Codes;
use crate::sheet;
use anyhow::{Context, ensure};
use clap::{Args, Subcommand, ValueEnum};
use ingest::Reader;
use ingest::batch::{self, Plan, Stack, Trouble};
use qr::KeyList;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

/// Scan a stack, or split a scanned one by its cover sheets
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  motlan batch plan --feed duplex --keys keys.json stack.pdf")]
pub(super) struct Batch {
    #[command(subcommand)]
    command: BatchCommand,
}

#[derive(Debug, Subcommand)]
enum BatchCommand {
    Plan(PlanStack),
    Scan(scan::ScanStack),
}

/// Print which pages of a stack are which paper; nothing is stored
///
/// A stack is cover sheet, pages, next cover sheet, as one PDF or TIFF or as several files in the order of scanning. Everything odd is
/// printed, and the exit code is 1 then.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan batch plan --keys keys.json stack.pdf\n  motlan --json batch plan --feed two-passes --keys keys.json fronts.pdf backs.pdf"
)]
struct PlanStack {
    /// The scanned files, in the order of scanning
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// How the stack went through the scanner
    #[arg(long, value_enum, default_value_t = Feed::OneSided)]
    feed: Feed,

    /// List of the public keys that cover sheets are checked with [default: the keys of this system]
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,

    /// Look without the jail; only for kernels without landlock, and only files that you trust
    #[arg(long)]
    allow_unsandboxed: bool,
}

/// How a stack went through the scanner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Feed {
    /// One side of each sheet
    OneSided,
    /// Both sides of each sheet, one after the other
    Duplex,
    /// All fronts, then the stack turned over: all backs, the last sheet first
    TwoPasses,
}

impl From<Feed> for batch::Feed {
    fn from(feed: Feed) -> Self {
        match feed {
            Feed::OneSided => Self::OneSided,
            Feed::Duplex => Self::Duplex,
            Feed::TwoPasses => Self::TwoPasses,
        }
    }
}

impl Batch {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        match self.command {
            BatchCommand::Plan(command) => command.run(setting),
            BatchCommand::Scan(command) => command.run(setting).await,
        }
    }
}

impl PlanStack {
    fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let keys = read_keys(self.keys.as_deref(), setting)?;
        let (readers, _) = open_readers(&setting.config, self.allow_unsandboxed)?;
        let stack = look(&readers.configured, &self.files, &keys)?;
        let plan = batch::plan(&stack, self.feed.into());
        let troubles = plan.open_troubles();
        match setting.json {
            true => println!("{}", as_json(&plan, &troubles)),
            false => print!("{}", table::of(&plan, &troubles)),
        }
        Ok(if troubles.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The keys that cover sheets are checked with: those of a file, or this system's own.
///
/// # Errors
/// There is no such list, or it is not right.
pub(super) fn read_keys(file: Option<&Path>, setting: &Setting) -> anyhow::Result<KeyList> {
    let Some(file) = file else {
        ensure!(
            setting.config.data.exists(),
            "there is no data folder {} with keys of its own: name the list of public keys with --keys",
            setting.config.data.display()
        );
        return Codes::open(&setting.config, &format!("http://{}", setting.config.listen))?.list();
    };
    read_list(file)
}

fn look(reader: &Reader, files: &[PathBuf], keys: &KeyList) -> anyhow::Result<Stack> {
    let read =
        |file: &PathBuf| std::fs::read(file).with_context(|| format!("cannot read {}", file.display()));
    let files: Vec<Vec<u8>> = files.iter().map(read).collect::<Result<_, _>>()?;
    let files: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    let verify = |text: &str| sheet::verdict(keys, text);
    Ok(reader.look(&files, &verify, &AtomicBool::new(false), &mut |_| true)?)
}

/// The plan, with each trouble in words.
pub(super) fn as_json(plan: &Plan, troubles: &[Trouble]) -> serde_json::Value {
    let told = |trouble: &Trouble| {
        let mut told = json!(trouble);
        told["message"] = trouble.vietnamese().into();
        told
    };
    let troubles: Vec<_> = troubles.iter().map(told).collect();
    json!({
        "feed": plan.feed,
        "parts": plan.parts,
        "unplaced": plan.unplaced,
        "left_out": plan.left_out,
        "troubles": troubles,
    })
}
