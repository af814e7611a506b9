//! `motlan backup`: a copy of everything while the program runs.

use super::{Setting, bar};
use clap::Args;
use repository::record::Role;
use repository::{BackupOptions, BackupReport};
use std::path::PathBuf;
use std::process::ExitCode;

/// Copy everything to a folder, while motlan runs
///
/// The records of one moment, then every scan and page picture that they name. What the folder holds already is not copied again, and a
/// backup that is cut short leaves those before it whole. The records stand as lines of JSON, which SQLite and PostgreSQL both take back:
/// `motlan restore`. Master keys are not in it: keep them elsewhere.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data backup --to /mnt/backup\n  motlan --data data backup --to /mnt/backup --keep 30 --read-back"
)]
pub(super) struct Backup {
    /// The folder; it is made when missing, for this user alone
    #[arg(long, value_name = "DIR")]
    to: PathBuf,

    /// Keep this many states, the newest; older ones are given up with what only they need [default: all]
    #[arg(long, value_name = "COUNT")]
    keep: Option<u32>,

    /// Read every stored file of the backup again at the end, not only look at its size
    #[arg(long)]
    read_back: bool,
}

impl Backup {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let options = BackupOptions { read_back: self.read_back, keep: self.keep };
        let administrator = setting.acting(Role::Administrator, "motlan backup");
        let report = bar::with_bar("copying", async |progress| {
            repository.backup(&administrator, &self.to, &options, progress).await
        })
        .await?;
        print(setting.json, self.read_back, &report)?;
        Ok(if report.lost.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn print(json: bool, read_back: bool, report: &BackupReport) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    let seen = match read_back {
        true => "all of it read again and as it was written",
        false => "rows read again and as they were written, files looked at for their sizes",
    };
    println!(
        "{}: {} rows and {} stored files as of {:.0}; {seen}",
        report.snapshot.display(),
        report.rows,
        report.objects,
        report.made_at
    );
    println!(
        "copied now: {} files, {} bytes; states given up: {}; access log: {} entries, root {}",
        report.objects_copied, report.bytes_copied, report.given_up, report.log_entries, report.log_root
    );
    println!("NOT in it: the master keys it needs ({}); keep them elsewhere", report.master_keys.join(", "));
    if !report.lost.is_empty() {
        println!(
            "{} stored files are damaged or missing here and in no backup of this folder: `motlan check` names them",
            report.lost.len()
        );
    }
    Ok(())
}
