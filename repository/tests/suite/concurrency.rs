//! Several processes on one folder: no one ever meets a locked database, and the numbers of changes have no gaps.

use super::fixture::*;
use futures::future::join_all;
use motlan_repository::Repository;
use motlan_repository::record::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn doors_to_a_new_folder_open_at_the_same_moment() {
    let home = Home::new().await;
    let open = |_| {
        let options = home.options();
        tokio::spawn(async move { Repository::open(&options).await })
    };
    let opened = join_all((0..8).map(open)).await;
    for repository in opened {
        assert_eq!(repository.unwrap().unwrap().last_change().await.unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn officers_and_workers_of_several_processes_get_along() {
    const PAPERS: usize = 40;
    let fixture = Fixture::new().await;
    let doors = [fixture.repository.clone(), fixture.another().await, fixture.another().await];
    let receive = |number: usize| {
        let repository = doors[number % doors.len()].clone();
        tokio::spawn(async move {
            let received = repository.receive(&officer(), paper(), format!("bản quét {number}").into()).await;
            let id = received.unwrap().document.id;
            repository.document(&officer(), id).await.unwrap();
        })
    };
    let work = |number: usize| {
        let repository = doors[number % doors.len()].clone();
        tokio::spawn(async move { work_until_done(&repository, PAPERS as u64).await })
    };
    let tasks = (0..PAPERS).map(receive).chain((0..4).map(work)).collect::<Vec<_>>();
    for task in join_all(tasks).await {
        task.unwrap();
    }
    let counts = fixture.repository.document_counts().await.unwrap();
    assert_eq!(counts, [(DocumentState::Stored, PAPERS as u64)]);
    let changes = fixture.repository.changes_after(0, 1_000).await.unwrap();
    let numbers = changes.iter().map(|change| change.number).collect::<Vec<_>>();
    assert_eq!(numbers, (1..=3 * PAPERS as u64).collect::<Vec<_>>());
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
    let codes = "select count(distinct code) from document where code is not null";
    assert_eq!(fixture.sql().await.number(codes).await, PAPERS as i64);
}

/// Reads and files whatever comes, until every paper is stored.
async fn work_until_done(repository: &Repository, papers: u64) {
    while stored(repository).await < papers {
        let Some(job) = repository.claim_job("thu", LEASE).await.unwrap() else {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            continue;
        };
        repository.begin_reading(&job, "application/pdf", 1).await.unwrap();
        repository.save_page(&job, page(1)).await.unwrap();
        repository.finish_reading(&job, proposal()).await.unwrap();
        repository.confirm(&officer(), job.document, confirmation()).await.unwrap();
    }
}

async fn stored(repository: &Repository) -> u64 {
    let counts = repository.document_counts().await.unwrap();
    counts.iter().find(|(state, _)| *state == DocumentState::Stored).map_or(0, |(_, papers)| *papers)
}
