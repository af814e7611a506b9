//! The index under kill -9: a process that follows the changes is killed again and again in the middle of its commits. Each time the index
//! opens, catches up and is what the database says.

#[path = "support/paper.rs"]
mod paper;

use motlan_search::{Index, digest, follow, open, reindex};
use repository::{Options, Repository};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Kills of one run.
const KILLS: u64 = 200;
/// Names the data folder for the process that is killed.
const VICTIM: &str = "MOTLAN_TEST_VICTIM";

async fn repository(folder: &Path) -> Repository {
    Repository::open(&Options::in_folder(folder.join("data"))).await.expect("a repository")
}

/// What the killed process does: it follows, change by change, and rebuilds now and then.
#[test]
fn follows_until_it_is_killed() {
    let Ok(folder) = std::env::var(VICTIM) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = Path::new(&folder);
        let repository = repository(folder).await;
        let index = open(&folder.join("index")).expect("an index");
        println!("ready");
        for round in 0.. {
            one_by_one(&repository, &*index).await;
            index.forget_removed().expect("forgotten");
            if round % 2 == 1 {
                reindex(&repository, &*index, &mut |_, _| {}).await.expect("rebuilt");
            }
        }
    });
}

/// Applies every change anew as a commit of its own, as if each had come alone.
async fn one_by_one(repository: &Repository, index: &dyn Index) {
    follow(repository, index).await.expect("followed");
    let last = repository.last_change().await.expect("a number");
    for paper in repository.document_ids(None, 1_000).await.expect("keys") {
        let now = repository.indexable(paper).await.expect("a paper");
        let update =
            now.map_or(motlan_search::Update::Remove(paper), |now| motlan_search::Update::Put(Box::new(now)));
        index.apply(vec![update], last).expect("applied");
    }
}

fn start(folder: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "follows_until_it_is_killed", "--nocapture"])
        .env(VICTIM, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let stdout = child.stdout.take().expect("a pipe");
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(stdout));
    let is_ready = lines.any(|line| line.is_ok_and(|line| line.contains("ready")));
    assert!(is_ready, "the process that is to be killed has the index open");
    child
}

#[test]
fn an_index_whose_process_is_killed_catches_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for round in 0..KILLS {
        let name = format!("giấy {round}");
        let received = async { paper::receive(&repository(folder.path()).await, &name).await };
        runtime.block_on(received).expect("received");
        let mut child = start(folder.path());
        // Spread over the commits of one round, and over the rebuilds between them.
        std::thread::sleep(Duration::from_micros(round * 7_919 % 120_000));
        child.kill().expect("killed");
        child.wait().expect("ended");
        runtime.block_on(assert_equal(folder.path(), round));
    }
}

/// The index opens, catches up, and has what the database has, to the last word.
async fn assert_equal(folder: &Path, round: u64) {
    let repository = repository(folder).await;
    let index = open(&folder.join("index")).expect("the index opens after a kill");
    let carried = follow(&repository, &*index).await.expect("followed");
    assert_eq!(carried, repository.last_change().await.expect("a number"));
    let ids = repository.document_ids(None, 10_000).await.expect("keys");
    let mut papers = repository.indexables(&ids).await.expect("papers");
    papers.sort_by_key(|paper| paper.document.id);
    let expected = papers.iter().map(|paper| (paper.document.id, digest(paper))).collect::<Vec<_>>();
    assert_eq!(index.digests().expect("papers"), expected, "after kill {round}");
}
