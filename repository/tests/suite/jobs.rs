//! The queue: one holder at a time, counted attempts, work that goes on where it was left.

use super::fixture::*;
use futures::future::join_all;
use motlan_repository::record::*;
use motlan_repository::{ATTEMPTS_MAX, Error};
use std::collections::HashSet;
use std::time::Duration;

#[tokio::test]
async fn a_leased_job_belongs_to_one_worker() {
    let fixture = Fixture::new().await;
    fixture.receive("bản quét").await;
    let first = fixture.claim().await;
    assert_eq!(first.attempt, 1);
    assert!(fixture.repository.claim_job("hai", LEASE).await.unwrap().is_none());
    fixture.repository.extend_job(&first, LEASE).await.unwrap();
    assert_eq!(fixture.repository.jobs_open().await.unwrap(), 1);
    fixture.read_job(&first).await;
    assert_eq!(fixture.repository.jobs_open().await.unwrap(), 0);
    assert!(fixture.repository.claim_job("hai", LEASE).await.unwrap().is_none());
}

#[tokio::test]
async fn a_lease_ends_by_itself() {
    let fixture = Fixture::new().await;
    fixture.receive("bản quét").await;
    let lease = Duration::from_millis(50);
    let first = fixture.repository.claim_job("một", lease).await.unwrap().unwrap();
    tokio::time::sleep(lease * 2).await;
    let second = fixture.repository.claim_job("hai", LEASE).await.unwrap().unwrap();
    assert_eq!((second.id, second.attempt), (first.id, 2));
}

#[tokio::test]
async fn who_lost_a_claim_writes_nothing_more() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("bản quét").await;
    let repository = &fixture.repository;
    let lost = fixture.claim().await;
    fixture.pass_time().await;
    let holder = fixture.claim().await;
    repository.save_page(&holder, page(1)).await.unwrap();
    let check = |result: Result<(), Error>| assert!(matches!(result, Err(Error::ClaimLost)), "{result:?}");
    check(repository.extend_job(&lost, LEASE).await);
    check(repository.job_bytes(&lost).await.map(drop));
    check(repository.begin_reading(&lost, "image/png", 9).await);
    check(repository.pages_read(&lost).await.map(drop));
    check(repository.save_page(&lost, page(2)).await);
    check(repository.job_pages(&lost, 9).await.map(drop));
    check(repository.finish_reading(&lost, proposal()).await);
    check(repository.give_up_reading(&lost, "Hãy quét lại.").await);
    check(repository.retry_reading(&lost, "lỗi").await);
    check(repository.postpone_reading(&lost, "lỗi").await);
    check(repository.release_job(&lost).await);
    assert_eq!(repository.pages_read(&holder).await.unwrap(), [1]);
    assert_eq!(fixture.state(document.id).await, DocumentState::Received);
    repository.finish_reading(&holder, proposal()).await.unwrap();
    check(repository.finish_reading(&holder, proposal()).await);
    check(repository.save_page(&holder, page(2)).await);
}

#[tokio::test]
async fn a_job_that_is_taken_over_goes_on_after_the_saved_pages() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("ba trang").await;
    let first = fixture.claim().await;
    fixture.repository.begin_reading(&first, "image/tiff", 3).await.unwrap();
    let mut doubtful = page(2);
    doubtful.page.state = PageState::NeedsReview;
    doubtful.page.reasons = vec!["low_confidence".into()];
    fixture.repository.save_page(&first, page(1)).await.unwrap();
    fixture.repository.save_page(&first, doubtful.clone()).await.unwrap();
    // Nothing is given back, another process opens the folder.
    let fixture = fixture.killed().await;
    fixture.pass_time().await;
    let second = fixture.claim().await;
    assert_eq!(fixture.repository.pages_read(&second).await.unwrap(), [1, 2]);
    fixture.repository.save_page(&second, page(3)).await.unwrap();
    let mut failed = page(4);
    (failed.page.state, failed.reading, failed.image_jpeg) = (PageState::Failed, None, None);
    fixture.repository.save_page(&second, failed.clone()).await.unwrap();
    let pages = fixture.repository.job_pages(&second, 9).await.unwrap();
    let expected = [page(1), doubtful, page(3), failed].map(|page| (page.page, page.reading));
    assert_eq!(pages, expected);
    fixture.repository.finish_reading(&second, proposal()).await.unwrap();
    let document = fixture.repository.document(&officer(), document.id).await.unwrap().document;
    assert_eq!((document.page_count, document.pages_read, document.pages_to_review), (Some(3), 4, 2));
    let image = fixture.repository.page_image(&officer(), document.id, 4).await;
    assert!(matches!(image, Err(Error::NotFound)));
}

#[tokio::test]
async fn a_paper_that_was_read_in_part_is_not_said_to_be_read() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("hai trang").await;
    let job = fixture.claim().await;
    fixture.repository.begin_reading(&job, "image/tiff", 2).await.unwrap();
    fixture.repository.save_page(&job, page(1)).await.unwrap();
    let finished = fixture.repository.finish_reading(&job, proposal()).await;
    assert!(matches!(finished, Err(Error::Invalid { .. })), "{finished:?}");
    assert_eq!(fixture.state(document.id).await, DocumentState::Received);
    fixture.repository.save_page(&job, page(2)).await.unwrap();
    fixture.repository.finish_reading(&job, proposal()).await.unwrap();
    assert_eq!(fixture.state(document.id).await, DocumentState::Extracted);
}

#[tokio::test]
async fn the_same_page_again_changes_nothing() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("bản quét").await;
    let job = fixture.claim().await;
    fixture.repository.save_page(&job, page(1)).await.unwrap();
    let mut other = page(1);
    other.page.state = PageState::Failed;
    other.reading = None;
    fixture.repository.save_page(&job, other).await.unwrap();
    assert_eq!(fixture.repository.job_pages(&job, 9).await.unwrap(), [(page(1).page, page(1).reading)]);
    let view = fixture.repository.document(&officer(), document.id).await.unwrap();
    assert_eq!((view.document.pages_read, view.document.pages_to_review), (1, 0));
}

#[tokio::test]
async fn a_fault_that_does_not_pass_ends_the_paper_as_unreadable() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("bản quét").await;
    for attempt in 1..=ATTEMPTS_MAX {
        let job = fixture.claim().await;
        assert_eq!(job.attempt, attempt);
        fixture.repository.retry_reading(&job, "hết bộ nhớ").await.unwrap();
        assert!(matches!(fixture.repository.extend_job(&job, LEASE).await, Err(Error::ClaimLost)));
        assert!(fixture.repository.claim_job("vội", LEASE).await.unwrap().is_none(), "not due yet");
        fixture.pass_time().await;
    }
    check_given_up(&fixture, document.id).await;
}

#[tokio::test]
async fn a_broken_installation_makes_no_paper_unreadable() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("bản quét").await;
    for _ in 0..3 * ATTEMPTS_MAX {
        let job = fixture.claim().await;
        assert_eq!(job.attempt, 1);
        fixture.repository.postpone_reading(&job, "thiếu mô hình").await.unwrap();
        assert!(matches!(fixture.repository.extend_job(&job, LEASE).await, Err(Error::ClaimLost)));
        assert!(fixture.repository.claim_job("vội", LEASE).await.unwrap().is_none(), "not due yet");
        fixture.pass_time().await;
    }
    fixture.read_job(&fixture.claim().await).await;
    assert_eq!(fixture.state(document.id).await, DocumentState::Extracted);
}

#[tokio::test]
async fn a_worker_that_stops_gives_its_job_to_the_next_at_once() {
    let fixture = Fixture::new().await;
    fixture.receive("bản quét").await;
    for _ in 0..3 * ATTEMPTS_MAX {
        let job = fixture.claim().await;
        assert_eq!(job.attempt, 1);
        fixture.repository.release_job(&job).await.unwrap();
        assert!(matches!(fixture.repository.extend_job(&job, LEASE).await, Err(Error::ClaimLost)));
    }
}

#[tokio::test]
async fn a_paper_that_was_given_up_and_is_brought_again_is_read_again() {
    let fixture = Fixture::new().await;
    let id = fixture.receive("bản quét").await.id;
    let receive = async || fixture.repository.receive(&officer(), paper(), "bản quét".into()).await.unwrap();
    for _ in 1..=ATTEMPTS_MAX {
        fixture.repository.retry_reading(&fixture.claim().await, "hết bộ nhớ").await.unwrap();
        fixture.pass_time().await;
    }
    check_given_up(&fixture, id).await;
    let again = receive().await;
    assert!(again.already_held);
    assert_eq!((again.document.id, again.document.state), (id, DocumentState::Received));
    assert_eq!(again.document.problem, None);
    let job = fixture.claim().await;
    assert_eq!((job.document, job.attempt), (id, 1));
    fixture.repository.give_up_reading(&job, "Tệp bị hỏng. Hãy quét lại.").await.unwrap();
    assert_eq!(receive().await.document.state, DocumentState::Received);
    fixture.read_job(&fixture.claim().await).await;
    assert_eq!(receive().await.document.state, DocumentState::Extracted, "a paper that was read stays read");
    assert_eq!(fixture.repository.jobs_open().await.unwrap(), 0);
    let changes = fixture.repository.changes_after(0, 10).await.unwrap();
    use ChangeKind::{Extracted, Received, Unreadable};
    let expected = [Received, Unreadable, Received, Unreadable, Received, Extracted];
    assert_eq!(changes.iter().map(|change| change.kind).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_paper_that_kills_its_worker_ends_as_unreadable() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("bản quét").await;
    for _ in 1..=ATTEMPTS_MAX {
        fixture.claim().await;
        fixture.pass_time().await;
    }
    assert_eq!(fixture.repository.jobs_open().await.unwrap(), 1);
    assert!(fixture.repository.claim_job("thu", LEASE).await.unwrap().is_none());
    check_given_up(&fixture, document.id).await;
}

async fn check_given_up(fixture: &Fixture, id: DocumentId) {
    let document = fixture.repository.document(&officer(), id).await.unwrap().document;
    assert_eq!(document.state, DocumentState::Unreadable);
    assert!(document.problem.unwrap().contains("quét lại"));
    assert_eq!(fixture.repository.jobs_open().await.unwrap(), 0);
    let changes = fixture.repository.changes_after(1, 10).await.unwrap();
    assert_eq!(changes.iter().map(|change| change.kind).collect::<Vec<_>>(), [ChangeKind::Unreadable]);
}

#[tokio::test]
async fn what_the_index_gets_is_the_newest_text_of_each_page() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("bản quét").await;
    let unread = fixture.repository.indexable(document.id).await.unwrap().unwrap();
    assert_eq!((unread.pages, unread.fields), (vec![], vec![]));
    fixture.read_job(&fixture.claim().await).await;
    let read = fixture.repository.indexable(document.id).await.unwrap().unwrap();
    assert_eq!(read.pages, [(1, "GIẤY KHAI SINH\ntrang-1".to_owned())]);
    assert_eq!(read.fields.len(), proposal().fields.len());
    fixture.read_again(document.id, reread_page(1, "đọc lại"), proposal()).await;
    let again = fixture.repository.indexable(document.id).await.unwrap().unwrap();
    assert_eq!(again.pages, [(1, "đọc lại".to_owned())]);
    assert_eq!(fixture.repository.reading(&officer(), document.id, 1).await.unwrap().engine, "newer");
    let nobody = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    assert_eq!(fixture.repository.indexable(nobody).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_of_several_processes_never_get_the_same_job() {
    let fixture = Fixture::new().await;
    for bytes in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] {
        fixture.receive(bytes).await;
    }
    let other = fixture.another().await;
    let claim = |number: usize| {
        let repository = if number.is_multiple_of(2) { fixture.repository.clone() } else { other.clone() };
        tokio::spawn(async move { repository.claim_job(&format!("w{number}"), LEASE).await })
    };
    let claimed = join_all((0..20).map(claim)).await;
    let jobs = claimed.into_iter().filter_map(|task| task.unwrap().unwrap()).collect::<Vec<_>>();
    assert_eq!(jobs.len(), 10);
    assert_eq!(jobs.iter().map(|job| job.document).collect::<HashSet<_>>().len(), 10);
}

#[tokio::test]
async fn papers_of_the_counter_go_before_a_backlog_which_still_moves_on() {
    let fixture = Fixture::new().await;
    let counts = async || {
        let queue = fixture.repository.queue(&officer()).await.unwrap();
        queue.iter().map(|of| (of.priority, of.waiting, of.running)).collect::<Vec<_>>()
    };
    assert_eq!(counts().await, []);
    let again = fixture.read("đọc lại").await.id;
    fixture.repository.reread(&officer(), again, Some(ReadingModel::Accurate)).await.unwrap();
    let mut kinds = std::collections::HashMap::from([(again, "reread")]);
    for bytes in ["n1", "n2"] {
        kinds.insert(fixture.receive_as(bytes, Priority::Import).await.id, "import");
    }
    for bytes in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"] {
        kinds.insert(fixture.receive(bytes).await.id, "counter");
    }
    let waiting = [(Priority::Counter, 13, 0), (Priority::Import, 2, 0), (Priority::Reread, 1, 0)];
    assert_eq!(counts().await, waiting);
    let mut order = Vec::new();
    // One claim was made before, to read the first paper.
    for claim in 2..=17 {
        let job = fixture.claim().await;
        let fair_turn = claim % motlan_repository::FAIR_TURN_EVERY == 0;
        assert_eq!(job.yields, !fair_turn && kinds[&job.document] != "counter", "claim {claim}");
        order.push(kinds[&job.document]);
    }
    let mut expected = vec!["counter"; 6];
    expected.push("reread");
    expected.extend(["counter"; 7]);
    expected.extend(["import", "import"]);
    assert_eq!(order, expected);
    assert_eq!(counts().await.iter().map(|(_, waiting, _)| waiting).sum::<u64>(), 0);
}

#[tokio::test]
async fn agencies_take_turns_whatever_the_length_of_their_backlog() {
    let fixture = Fixture::new().await;
    let mut agency_of = std::collections::HashMap::new();
    for (agency, papers) in [("một", ["1", "2", "3", "4"].as_slice()), ("hai", &["5", "6"]), ("ba", &["7"])]
    {
        let officer = Actor { agency: agency.into(), ..officer() };
        for bytes in papers {
            let new = NewDocument { priority: Priority::Import, ..paper() };
            let received = fixture.repository.receive(&officer, new, (*bytes).into()).await.unwrap();
            agency_of.insert(received.document.id, agency);
        }
    }
    let mut order = Vec::new();
    for _ in 0..7 {
        order.push(agency_of[&fixture.claim().await.document]);
    }
    assert_eq!(order, ["một", "hai", "ba", "một", "hai", "một", "một"]);
}

#[tokio::test]
async fn a_job_that_kills_its_workers_keeps_nobody_waiting() {
    let fixture = Fixture::new().await;
    let poison = fixture.receive("độc").await.id;
    let mut rest = vec![fixture.receive("lành 1").await.id, fixture.receive("lành 2").await.id];
    let mut attempts = 0;
    while let Some(job) = fixture.repository.claim_job("thu", LEASE).await.unwrap() {
        if job.document == poison {
            // The worker dies here; another one comes when the lease is over.
            attempts += 1;
        } else {
            fixture.read_job(&job).await;
            rest.retain(|id| *id != job.document);
        }
        fixture.pass_time().await;
    }
    assert_eq!((attempts, rest), (3, vec![]));
    assert_eq!(fixture.state(poison).await, DocumentState::Unreadable);
}

#[tokio::test]
async fn a_paper_brought_to_the_counter_leaves_the_backlog() {
    let fixture = Fixture::new().await;
    let first = fixture.receive_as("một", Priority::Import).await;
    let second = fixture.receive_as("hai", Priority::Import).await;
    assert!(!fixture.repository.counter_waits().await.unwrap());
    assert_eq!(fixture.receive("hai").await.id, second.id);
    fixture.pass_time().await;
    assert!(fixture.repository.counter_waits().await.unwrap());
    assert_eq!(fixture.claim().await.document, second.id);
    assert!(!fixture.repository.counter_waits().await.unwrap(), "someone reads it");
    fixture.receive_as("một", Priority::Import).await;
    assert_eq!(fixture.claim().await.document, first.id);
}
