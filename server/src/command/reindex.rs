//! `motlan reindex`: the index anew, from the repository.

use super::Setting;
use super::bar::with_bar;
use clap::Args;
use repository::Repository;
use std::process::ExitCode;
use std::time::Instant;

/// Throw the index away and build it anew from the records
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  motlan --data data reindex        (stop `serve` first: it holds the index)"
)]
pub(super) struct Reindex {}

impl Reindex {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let started = Instant::now();
        let (papers, change) = build(setting, &repository).await?;
        let seconds = started.elapsed().as_secs_f64();
        if setting.json {
            println!(
                "{}",
                serde_json::json!({ "papers": papers, "last_change": change, "seconds": seconds })
            );
        } else {
            println!("indexed {papers} papers up to change {change} in {seconds:.1} s");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Builds the index anew, and answers how many papers are in it, up to which change.
pub(super) async fn build(setting: &Setting, repository: &Repository) -> anyhow::Result<(u64, u64)> {
    let index = setting.open_index()?;
    with_bar("indexing", async |progress| {
        let mut papers = 0;
        let mut count = |done, total| {
            papers = done;
            progress(done, total);
        };
        let change = ::search::reindex(repository, index.as_ref(), &mut count).await;
        change.map(|change| (papers, change))
    })
    .await
}
