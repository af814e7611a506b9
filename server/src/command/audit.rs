//! `motlan audit`: the access log taken out, checked without the program's data, and sealed for a while.

use super::Setting;
use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use repository::audit::{ExportError, Head, Outcome, PublicKey, Scope, verify_export};
use repository::identifier::SubjectNumber;
use repository::record::{Actor, Role, SubjectId};
use repository::{Repository, read_checkpoints};
use serde::Serialize;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, BufWriter};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Take the access log out, check an exported one, seal looks
///
/// Who looked at whose records stands in a log that nobody can change unseen. An exported log proves itself: `verify` needs the file and
/// the public key, no data folder and no network.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data audit key > log.pub\n  motlan --data data audit export --out log.txt\n  motlan audit verify log.txt --public-key log.pub --checkpoints /mnt/elsewhere"
)]
pub(super) struct Audit {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print the public key that exported logs are checked with
    Key,
    /// Write the log, or what it says of one subject, with its proof; this is an entry of the log itself
    Export {
        /// First day, as 2026-01-31 in Việt Nam; some entries before it come along
        #[arg(long, value_name = "DAY", conflicts_with = "subject")]
        from: Option<Date>,
        /// Last day; some entries after it come along
        #[arg(long, value_name = "DAY", conflicts_with = "subject")]
        to: Option<Date>,
        /// Only what one subject may see; its number is read from standard input
        #[arg(long)]
        subject: bool,
        /// The file to write; it must not exist
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Check an exported log: OK, or the first wrong entry and what is wrong with it
    ///
    /// Exit code 0: everything is as it was written. 1: it is not.
    Verify {
        /// The exported log
        file: PathBuf,
        /// The public key, or a file with it; more than one when the key was changed
        #[arg(long, value_name = "KEY", required = true)]
        public_key: Vec<String>,
        /// Folder of checkpoints that were kept elsewhere: they tell when newest entries were taken away
        #[arg(long, value_name = "DIR")]
        checkpoints: Option<PathBuf>,
    },
    /// Keep this agency's looks at a subject from the subject until a day; the number is read from standard input
    Seal {
        /// The day from which the subject sees them; a year away at most
        #[arg(long, value_name = "DAY")]
        until: Date,
        /// Why: kept with the decision
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

/// What a check found, for programs.
#[derive(Serialize)]
struct Report {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    entries: u64,
    newest: u64,
    covered: u64,
    checkpoints: u64,
    checkpoints_elsewhere: u64,
    took_ms: u128,
}

impl Audit {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::Key => {
                println!("{}", setting.open_repository().await?.log_public_key()?);
                Ok(ExitCode::SUCCESS)
            }
            Action::Export { from, to, subject, out } => {
                let repository = setting.open_repository().await?;
                let auditor = setting.acting(Role::Auditor, "motlan audit export");
                let subject = if subject { Some(subject_of(setting, &repository).await?) } else { None };
                let file = create(&out)?;
                let written = BufWriter::new(&file);
                let count = match subject {
                    Some(subject) => repository.export_subject_log(&auditor, subject, written).await?,
                    None => {
                        let range = repository.log_numbers(from, to).await?;
                        repository.export_log(&auditor, range, written).await?
                    }
                };
                file.sync_all().with_context(|| format!("cannot write {}", out.display()))?;
                println!("{count} entries in {}; check them with: motlan audit verify", out.display());
                Ok(ExitCode::SUCCESS)
            }
            Action::Verify { file, public_key, checkpoints } => {
                let keys = public_key.iter().map(|key| read_key(key)).collect::<anyhow::Result<Vec<_>>>()?;
                let kept = checkpoints.as_deref().map(read_checkpoints).transpose()?.unwrap_or_default();
                let export = File::open(&file).with_context(|| format!("cannot open {}", file.display()))?;
                let start = Instant::now();
                let found = verify_export(BufReader::new(export), &keys, &kept);
                tell(setting.json, found, start.elapsed())
            }
            Action::Seal { until, reason } => {
                let repository = setting.open_repository().await?;
                let subject = subject_of(setting, &repository).await?;
                let leader = Actor { purpose: reason, ..setting.acting(Role::Leader, "motlan audit seal") };
                repository.seal_looks(&leader, subject, until).await?;
                println!("looks of {} are shown to the subject from {until}", leader.agency);
                Ok(ExitCode::SUCCESS)
            }
        }
    }
}

/// The subject whose number stands on standard input: numbers of persons do not belong on command lines, which others can see.
async fn subject_of(setting: &Setting, repository: &Repository) -> anyhow::Result<SubjectId> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("standard input cannot be read")?;
    let number = SubjectNumber::parse(line.trim())
        .context("standard input has no number of a person or an organization")?;
    let found = repository.find_subject(&setting.operator("motlan audit"), &number).await?;
    Ok(found.context("there is no subject with this number")?.id)
}

fn create(path: &std::path::Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot create {}", path.display()))
}

fn read_key(key: &str) -> anyhow::Result<PublicKey> {
    if let Ok(key) = key.parse() {
        return Ok(key);
    }
    let text = std::fs::read_to_string(key)
        .with_context(|| format!("{key} is neither a public key nor a file with one"))?;
    ensure!(!text.trim().is_empty(), "{key} is empty");
    text.parse().with_context(|| format!("{key} holds no public key"))
}

fn tell(json: bool, found: Result<(Head, Outcome), ExportError>, took: Duration) -> anyhow::Result<ExitCode> {
    if let Err(error @ ExportError::File(_)) = found {
        return Err(error.into());
    }
    let problem = found.as_ref().err().map(ToString::to_string);
    let outcome = found.as_ref().map_or_else(|_| Outcome::default(), |(_, outcome)| outcome.clone());
    if json {
        let Outcome { entries, newest, covered, checkpoints, checkpoints_elsewhere, .. } = outcome;
        let (ok, took_ms) = (problem.is_none(), took.as_millis());
        let report =
            Report { ok, problem, entries, newest, covered, checkpoints, checkpoints_elsewhere, took_ms };
        println!("{}", serde_json::to_string(&report)?);
    } else {
        match &found {
            Ok((head, outcome)) => println!("{}", praise(head, outcome, took)),
            Err(error) => println!("WRONG: {error}"),
        }
    }
    Ok(if found.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn praise(head: &Head, outcome: &Outcome, took: Duration) -> String {
    let what = match &head.scope {
        Scope::Range { before, last } => format!("entries {} to {last}", before.size() + 1),
        Scope::Subject { subject, .. } => format!("{} entries of subject {subject}", outcome.entries),
    };
    let elsewhere = match outcome.checkpoints_elsewhere {
        0 => String::new(),
        count => format!(" ({count} others are of entries that are not in this file)"),
    };
    format!(
        "OK: {what} of {} are as they were written; checked in {:.1} s\n\
         exported {}, when the log had {} entries; newest entry here: {}\n\
         {} checkpoints agree{elsewhere}",
        head.log,
        took.as_secs_f64(),
        head.made,
        head.size,
        outcome.newest_at.map_or_else(|| "none".to_owned(), |at| at.to_string()),
        outcome.checkpoints,
    )
}
