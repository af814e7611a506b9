//! `motlan check`: is everything that was promised still there?

use super::bar::with_bar;
use super::{Setting, sentence};
use ::search::Index;
use clap::Args;
use repository::record::{DocumentId, Finding};
use repository::{LEFT_BEHIND_AFTER, Repository};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::sync::Arc;

/// Papers compared with the index at once.
const IDS_PER_STEP: u32 = 1_000;
/// Changes asked for at once.
const CHANGES_PER_STEP: u32 = 10_000;

/// Verify every stored byte, every record and the index
///
/// Each stored file is read to its end: success, changed or missing; one that no record names is untracked. Exit code 0: nothing wrong. 1: the
/// findings are listed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data check --json\n  motlan --data data check --repair-from /backup/data\n  motlan --data data check --remove-left-behind"
)]
pub(super) struct Check {
    /// First mend changed and missing files from this copy: a folder, or s3://BUCKET/PREFIX of the same service
    #[arg(long, value_name = "DIR|URL")]
    repair_from: Option<String>,

    /// First take away what receipts that were cut short left behind more than a day ago
    #[arg(long)]
    remove_left_behind: bool,
}

/// How index and repository differ.
#[derive(Debug, Default, Serialize)]
struct IndexState {
    /// Changes that the index has not applied yet; it catches up while `serve` runs.
    changes_behind: u64,
    /// Papers that the index lacks although it says it applied their changes.
    missing: Vec<DocumentId>,
    /// Papers that searching shall not find and the index has, although it says it applied their changes.
    left_over: Vec<DocumentId>,
    /// Papers of which the index has something else than the records say, although it says it applied their changes.
    different: Vec<DocumentId>,
    /// Why the index could not be looked at.
    problem: Option<String>,
}

#[derive(Serialize)]
struct Report {
    papers: usize,
    /// Stored files that are what they were.
    success: u64,
    /// Files that were mended first.
    repaired: u64,
    /// Objects that were taken away first.
    removed: u64,
    findings: Vec<Finding>,
    index: IndexState,
}

impl Check {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let repaired = match &self.repair_from {
            Some(from) => {
                let copy = setting.config.bytes_copy(from)?;
                with_bar("mending", async |progress| repository.repair_from(&copy, progress).await).await?
            }
            None => 0,
        };
        let removed = match self.remove_left_behind {
            true => repository.remove_left_behind(LEFT_BEHIND_AFTER).await?,
            false => 0,
        };
        let mut objects = 0;
        let findings = with_bar("checking", async |progress| {
            let mut count = |done, total| {
                objects = total;
                progress(done, total);
            };
            repository.check(&mut count).await
        })
        .await?;
        let is_damage = |finding: &&Finding| {
            matches!(finding, Finding::BytesChanged { .. } | Finding::BytesMissing { .. })
        };
        let success = objects - findings.iter().filter(is_damage).count() as u64;
        let listed_at = repository.last_change().await?;
        let papers = all_papers(&repository).await?;
        let index = compare_index(setting.open_index_reader(), &repository, &papers, listed_at).await?;
        let report = Report { papers: papers.len(), success, repaired, removed, findings, index };
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
            && index.different.is_empty()
            && index.problem.is_none()
    }
}

/// Every paper that searching shall find, with the digest of what the index must have of it.
async fn all_papers(repository: &Repository) -> anyhow::Result<BTreeMap<DocumentId, u64>> {
    let mut all = BTreeMap::new();
    let mut after = None;
    loop {
        let ids = repository.document_ids(after, IDS_PER_STEP).await?;
        if ids.is_empty() {
            return Ok(all);
        }
        after = ids.last().copied();
        let papers = repository.indexables(&ids).await?;
        all.extend(papers.iter().map(|paper| (paper.document.id, ::search::digest(paper))));
    }
}

/// Compares the index with the papers that there were at change `listed_at` or later: a server may go on receiving and indexing.
async fn compare_index(
    index: anyhow::Result<Arc<dyn Index>>,
    repository: &Repository,
    papers: &BTreeMap<DocumentId, u64>,
    listed_at: u64,
) -> anyhow::Result<IndexState> {
    if listed_at == 0 {
        return Ok(IndexState::default());
    }
    let held = index.and_then(|index| Ok((index.last_change()?, index.digests()?)));
    let (applied, indexed) = match held {
        Ok((applied, indexed)) => (applied, BTreeMap::from_iter(indexed)),
        Err(error) => return Ok(IndexState { problem: Some(sentence(&error)), ..IndexState::default() }),
    };
    let late = changed_after(repository, applied.min(listed_at)).await?;
    let without_late = |mut papers: Vec<DocumentId>| {
        papers.retain(|paper| !late.contains(paper));
        papers
    };
    let not_in = |some: &BTreeMap<DocumentId, u64>, others: &BTreeMap<DocumentId, u64>| {
        without_late(some.keys().filter(|id| !others.contains_key(id)).copied().collect())
    };
    let differs = |id: &&DocumentId| indexed.get(id).is_some_and(|digest| papers.get(id) != Some(digest));
    Ok(IndexState {
        changes_behind: listed_at.saturating_sub(applied),
        missing: not_in(papers, &indexed),
        left_over: not_in(&indexed, papers),
        different: without_late(papers.keys().filter(differs).copied().collect()),
        problem: None,
    })
}

/// Papers that changed after a change: what index and list say of them need not agree.
async fn changed_after(repository: &Repository, change: u64) -> anyhow::Result<BTreeSet<DocumentId>> {
    let (mut change, mut papers) = (change, BTreeSet::new());
    loop {
        let changes = repository.changes_after(change, CHANGES_PER_STEP).await?;
        let Some(last) = changes.last() else { return Ok(papers) };
        change = last.number;
        papers.extend(changes.iter().map(|change| change.document));
    }
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
    if report.repaired + report.removed > 0 {
        println!("{} files mended, {} left-behind objects removed", report.repaired, report.removed);
    }
    println!(
        "{} papers, {} stored files as they were, {} findings; index {problem}, {} changes behind, {} missing, {} left over, {} different",
        report.papers,
        report.success,
        report.findings.len(),
        index.changes_behind,
        index.missing.len(),
        index.left_over.len(),
        index.different.len()
    );
    if !report.is_clean() {
        println!(
            "damaged bytes: `motlan check --repair-from COPY`; untracked ones: `--remove-left-behind`; a wrong index: `motlan reindex`"
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::demonstration_officer;
    use repository::Options;
    use repository::record::{NewDocument, Priority};

    #[tokio::test]
    async fn a_paper_that_came_after_the_list_is_no_finding() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::open(&Options::in_folder(folder.path())).await.unwrap();
        let receive = async |name: &str| {
            let new = NewDocument {
                file_name: name.to_owned(),
                place: None,
                subject: None,
                priority: Priority::Counter,
                secret: false,
            };
            repository.receive(&demonstration_officer(), new, name.to_owned().into()).await.unwrap();
        };
        receive("trước.jpg").await;
        let listed_at = repository.last_change().await.unwrap();
        let papers = all_papers(&repository).await.unwrap();
        receive("sau.jpg").await;
        let dir = folder.path().join("index");
        ::search::follow(&repository, ::search::open(&dir).unwrap().as_ref()).await.unwrap();
        let index = || Ok(::search::open_reader(&dir)?);
        let state = compare_index(index(), &repository, &papers, listed_at).await.unwrap();
        assert_eq!((state.missing, state.left_over, state.problem), (vec![], vec![], None));
        let lost = compare_index(index(), &repository, &BTreeMap::new(), u64::MAX).await.unwrap();
        assert_eq!(lost.left_over.len(), 2, "what no list knows is told");
        let others = papers.iter().map(|(id, digest)| (*id, digest ^ 1)).collect();
        let state = compare_index(index(), &repository, &others, u64::MAX).await.unwrap();
        assert_eq!(state.different, papers.keys().copied().collect::<Vec<_>>(), "other words are told");
    }
}
