//! Reads the papers that wait in the queue: claims a job, reads its pages in jailed children, stores each page as it comes, and
//! ends with a proposal. A worker that dies loses nothing but the page it was at.

use ingest::{Event, Reader, ReaderError};
use repository::record::Job;
use repository::{Error, Repository};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// A worker that says nothing for this long has died; its job goes to another.
const LEASE: Duration = Duration::from_secs(10);
/// How often the lease is lengthened: three chances before it ends.
const LEASE_RENEWAL: Duration = Duration::from_secs(3);
/// How often an idle worker looks for work; a scan lies on the glass longer than this.
const IDLE_POLL: Duration = Duration::from_millis(250);
/// How long a worker rests after the database failed.
const FAULT_REST: Duration = Duration::from_secs(2);
/// Events waiting between the reading thread and the database: pictures of pages, so few.
const EVENTS_WAITING: usize = 2;

/// Works until `stop` says so; papers under way are left to the next worker.
pub(crate) async fn run(repository: Repository, reader: Reader, lanes: usize, stop: Arc<AtomicBool>) {
    let mut tasks = JoinSet::new();
    for lane in 0..lanes {
        let name = format!("{}-{lane}", std::process::id());
        tasks.spawn(run_lane(repository.clone(), reader.clone(), name, stop.clone()));
    }
    tasks.join_all().await;
}

async fn run_lane(repository: Repository, reader: Reader, name: String, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        match repository.claim_job(&name, LEASE).await {
            Ok(Some(job)) => work_on(&repository, &reader, &job, &stop).await,
            Ok(None) => tokio::time::sleep(IDLE_POLL).await,
            Err(error) => {
                tracing::error!(%error, "no job could be claimed");
                tokio::time::sleep(FAULT_REST).await;
            }
        }
    }
}

/// Works on one job and sees to its end, whatever comes.
async fn work_on(repository: &Repository, reader: &Reader, job: &Job, stop: &AtomicBool) {
    let ended = match read(repository, reader, job, stop).await {
        Ok(()) => Ok(()),
        Err(Failure::Reading(ReaderError::Problem(problem))) => {
            repository.give_up_reading(job, &problem.vietnamese()).await
        }
        Err(Failure::Reading(ReaderError::Stopped)) => Ok(()),
        Err(Failure::Reading(error)) => {
            tracing::error!(%error, job = job.id, "reading failed and will be tried again");
            repository.retry_reading(job, &error.to_string()).await
        }
        Err(Failure::Repository(Error::ClaimLost)) => Ok(()),
        Err(Failure::Repository(error)) => {
            tracing::error!(%error, job = job.id, "storing what was read failed");
            repository.retry_reading(job, &error.to_string()).await
        }
    };
    if let Err(error) = ended {
        // The lease ends by itself and the job is taken up again.
        tracing::error!(%error, job = job.id, "the job could not be ended");
    }
}

enum Failure {
    Reading(ReaderError),
    Repository(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Repository(error)
    }
}

async fn read(repository: &Repository, reader: &Reader, job: &Job, stop: &AtomicBool) -> Result<(), Failure> {
    let (_, bytes) = repository.job_bytes(job).await?;
    let already_read = repository.pages_read(job).await?;
    let (sender, mut events) = mpsc::channel(EVENTS_WAITING);
    let reading = tokio::task::spawn_blocking({
        let reader = reader.clone();
        move || reader.read(&bytes, &already_read, &mut |event| sender.blocking_send(event).is_ok())
    });
    let stored = store_events(repository, job, &mut events, stop).await;
    // When storing failed the channel closes here, and the reading thread stops at its next page.
    drop(events);
    let read = reading.await.expect("the reader does not panic");
    stored?;
    read.map_err(Failure::Reading)?;
    let pages = repository.job_pages(job).await?;
    let proposal = ingest::draft(&pages);
    repository.finish_reading(job, proposal).await?;
    Ok(())
}

async fn store_events(
    repository: &Repository,
    job: &Job,
    events: &mut mpsc::Receiver<Event>,
    stop: &AtomicBool,
) -> Result<(), Error> {
    let mut renewal = tokio::time::interval(LEASE_RENEWAL);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                None => return Ok(()),
                Some(_) if stop.load(Ordering::Relaxed) => return Ok(()),
                Some(Event::Opened { media_type, page_count }) => {
                    repository.begin_reading(job, media_type, page_count).await?;
                }
                Some(Event::Page(page)) => {
                    metrics::counter!("motlan_pages_read_total").increment(1);
                    repository.save_page(job, *page).await?;
                }
            },
            _ = renewal.tick() => repository.extend_job(job, LEASE).await?,
        }
    }
}
