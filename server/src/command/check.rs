//! `motlan check`: is everything that was promised still there?

use super::Setting;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use repository::Repository;
use repository::record::{DocumentId, Finding};
use serde::Serialize;
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Papers compared with the index at once.
const IDS_PER_STEP: u32 = 10_000;

/// Verify every stored byte, every record and the index
///
/// Exit code 0: nothing wrong. 1: the findings are listed.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  motlan --data data check --json")]
pub(super) struct Check {}

/// How index and repository differ.
#[derive(Debug, Default, Serialize)]
struct IndexState {
    /// Changes that the index has not applied yet; it catches up while `serve` runs.
    changes_behind: u64,
    /// Papers that the index lacks although it says it applied their changes.
    missing: Vec<DocumentId>,
    /// Papers that the index has and the repository does not.
    left_over: Vec<DocumentId>,
    /// Why the index could not be looked at.
    problem: Option<String>,
}

#[derive(Serialize)]
struct Report {
    papers: usize,
    findings: Vec<Finding>,
    index: IndexState,
}

impl Check {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let findings = check_repository(&repository).await?;
        let ids = all_ids(&repository).await?;
        let index = compare_index(setting, &repository, &ids).await?;
        let report = Report { papers: ids.len(), findings, index };
        print(setting.json, &report)?;
        Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Report {
    fn is_clean(&self) -> bool {
        let index = &self.index;
        self.findings.is_empty()
            && index.missing.is_empty()
            && index.left_over.is_empty()
            && index.problem.is_none()
    }
}

async fn check_repository(repository: &Repository) -> anyhow::Result<Vec<Finding>> {
    let style = ProgressStyle::with_template("checking {pos}/{len} {bar:32} {elapsed}")
        .expect("the template is right");
    let bar = ProgressBar::new(0).with_style(style);
    let findings = repository
        .check(&mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })
        .await?;
    bar.finish_and_clear();
    Ok(findings)
}

async fn all_ids(repository: &Repository) -> anyhow::Result<BTreeSet<DocumentId>> {
    let mut all = BTreeSet::new();
    loop {
        let ids = repository.document_ids(all.last().copied(), IDS_PER_STEP).await?;
        if ids.is_empty() {
            return Ok(all);
        }
        all.extend(ids);
    }
}

async fn compare_index(
    setting: &Setting,
    repository: &Repository,
    ids: &BTreeSet<DocumentId>,
) -> anyhow::Result<IndexState> {
    let last_change = repository.last_change().await?;
    if last_change == 0 {
        return Ok(IndexState::default());
    }
    let index = match ::search::open_reader(&setting.index_dir()) {
        Ok(index) => index,
        Err(error) => return Ok(IndexState { problem: Some(error.to_string()), ..IndexState::default() }),
    };
    let changes_behind = last_change.saturating_sub(index.last_change()?);
    let indexed: BTreeSet<DocumentId> = index.document_ids()?.into_iter().collect();
    // A paper whose change is still to come is not missing, only late.
    let missing = if changes_behind > 0 { Vec::new() } else { ids.difference(&indexed).copied().collect() };
    Ok(IndexState {
        changes_behind,
        missing,
        left_over: indexed.difference(ids).copied().collect(),
        problem: None,
    })
}

fn print(json: bool, report: &Report) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(report)?);
        return Ok(());
    }
    for finding in &report.findings {
        println!("{}", serde_json::to_string(finding)?);
    }
    let index = &report.index;
    let problem = index.problem.as_deref().unwrap_or("readable");
    println!(
        "{} papers, {} findings; index {problem}, {} changes behind, {} missing, {} left over",
        report.papers,
        report.findings.len(),
        index.changes_behind,
        index.missing.len(),
        index.left_over.len()
    );
    if !report.is_clean() {
        println!(
            "damaged bytes: restore the named files from a copy of blobs/; a wrong index: `motlan reindex`"
        );
    }
    Ok(())
}
