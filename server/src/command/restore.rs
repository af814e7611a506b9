//! `motlan restore`: a backup brought back into an empty place.

use super::{Setting, bar, reindex};
use clap::Args;
use repository::RestoreReport;
use repository::record::Role;
use std::path::PathBuf;
use std::process::ExitCode;

/// Bring a backup back into an empty place, and check everything in it
///
/// The place is what --data, --database and --blobs say; it may be another kind of database than the one that was backed up. The backup is
/// read whole before anything is touched. The master key is needed: name it with --key-file, or put it at keys/master.key in the data
/// folder. Exit code 0: everything is as it was. 1: the findings are listed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data new --key-file master.key restore --from /mnt/backup\n  motlan --data new --key-file master.key --database postgres://motlan@localhost/motlan restore --from /mnt/backup"
)]
pub(super) struct Restore {
    /// The folder of the backup
    #[arg(long, value_name = "DIR")]
    from: PathBuf,

    /// The state to bring back, by the name of its folder in snapshots/ [default: the newest]
    #[arg(long, value_name = "NAME")]
    snapshot: Option<String>,
}

impl Restore {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let options = setting.config.repository_options()?;
        let administrator = setting.acting(Role::Administrator, "motlan restore");
        let (repository, report) = bar::with_bar("restoring", async |progress| {
            repository::restore(&options, &self.from, self.snapshot.as_deref(), &administrator, progress)
                .await
        })
        .await?;
        let (papers, _) = reindex::build(setting, &repository).await?;
        print(setting.json, &report, papers)?;
        Ok(if report.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn print(json: bool, report: &RestoreReport, papers: u64) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    for finding in &report.findings {
        println!("{}", serde_json::to_string(finding)?);
    }
    println!(
        "brought back {}: {} rows, {} stored files and {} entries of the access log as of {:.0}; {papers} papers indexed; {} findings",
        report.snapshot.display(),
        report.rows,
        report.objects,
        report.log_entries,
        report.made_at,
        report.findings.len()
    );
    println!("the access log has the root that it had: {}", report.log_root);
    Ok(())
}
