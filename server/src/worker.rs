//! Reads the papers that wait in the queue: claims a job, reads its pages in jailed children, stores each page as it comes, and
//! ends with a proposal. A worker that dies loses nothing but the page it was at.

use axum::body::Bytes;
use ingest::{Event, Reader, ReaderError};
use repository::record::{Job, ReadingModel};
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
/// A proposal is made from this many first pages: title and fields of a paper stand there, what follows is annexes.
const DRAFT_PAGES_MAX: usize = 20;
/// Events waiting between the reading thread and the database: pictures of pages, so few.
const EVENTS_WAITING: usize = 2;

/// Said when a paper shall be read by a model that this machine does not have. True of papers that were read before and of others.
pub(crate) const MODEL_MISSING: &str =
    "Máy này chưa cài mô hình nhận dạng được yêu cầu. Hãy chọn mô hình khác, hoặc báo quản trị cài thêm.";

/// The readers of one machine, by model; all share its lanes.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    /// Reads papers for which nobody asked for a model.
    pub(crate) configured: Reader,
    /// The fast model; none: not installed.
    pub(crate) fast: Option<Reader>,
    /// The accurate model; none: not installed.
    pub(crate) accurate: Option<Reader>,
}

impl Readers {
    /// The reader for this model; none: not installed.
    fn of(&self, model: Option<ReadingModel>) -> Option<&Reader> {
        match model {
            None => Some(&self.configured),
            Some(ReadingModel::Fast) => self.fast.as_ref(),
            Some(ReadingModel::Accurate) => self.accurate.as_ref(),
        }
    }

    /// The models that are installed.
    pub(crate) fn models(&self) -> Vec<ReadingModel> {
        let models = [ReadingModel::Fast, ReadingModel::Accurate].into_iter();
        models.filter(|model| self.of(Some(*model)).is_some()).collect()
    }

    /// Papers that are read at once.
    pub(crate) fn lanes(&self) -> usize {
        self.configured.lanes()
    }
}

/// Works until `stop` says so; papers under way are given back.
pub(crate) async fn run(repository: Repository, readers: Readers, lanes: usize, stop: Arc<AtomicBool>) {
    let mut tasks = JoinSet::new();
    for lane in 0..lanes {
        let name = format!("{}-{}-{lane}", machine(), std::process::id());
        tasks.spawn(run_lane(repository.clone(), readers.clone(), name, stop.clone()));
    }
    tasks.join_all().await;
}

/// Name of this machine: workers of several share one queue, and the access log names who read.
fn machine() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.trim().to_owned()
}

async fn run_lane(repository: Repository, readers: Readers, name: String, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        match repository.claim_job(&name, LEASE).await {
            Ok(Some(job)) => work_on(&repository, &readers, job, &stop).await,
            Ok(None) => tokio::time::sleep(IDLE_POLL).await,
            Err(error) => {
                tracing::error!(%error, "no job could be claimed");
                tokio::time::sleep(FAULT_REST).await;
            }
        }
    }
}

/// Works on one job and sees to its end, whatever comes: a panic ends the job's own task, not the lane.
async fn work_on(repository: &Repository, readers: &Readers, job: Job, stop: &Arc<AtomicBool>) {
    let ended = match readers.of(job.model) {
        None => repository.give_up_reading(&job, MODEL_MISSING).await,
        Some(reader) => try_to_read(repository, reader, &job, stop).await,
    };
    if let Err(error) = ended {
        // The lease ends by itself and the job is taken up again.
        tracing::error!(%error, job = job.id, "the job could not be ended");
    }
}

async fn try_to_read(
    repository: &Repository,
    reader: &Reader,
    job: &Job,
    stop: &Arc<AtomicBool>,
) -> repository::Result<()> {
    let task = read(repository.clone(), reader.clone(), job.clone(), stop.clone());
    match tokio::spawn(task).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(failure)) => end(repository, job, failure).await,
        Err(panic) => {
            tracing::error!(%panic, job = job.id, "reading panicked");
            repository.retry_reading(job, "the worker panicked").await
        }
    }
}

/// Whose fault it was decides what becomes of the job.
async fn end(repository: &Repository, job: &Job, failure: Failure) -> repository::Result<()> {
    match failure {
        Failure::Reading(ReaderError::Problem(problem)) => {
            repository.give_up_reading(job, &problem.vietnamese()).await
        }
        Failure::Reading(ReaderError::Stopped) => repository.release_job(job).await,
        Failure::Reading(
            fault @ (ReaderError::Unequipped(_) | ReaderError::Unjailed(_) | ReaderError::Spawn(_)),
        ) => {
            tracing::error!(%fault, job = job.id, "this machine cannot read papers");
            repository.postpone_reading(job, &fault.to_string()).await
        }
        Failure::Repository(Error::ClaimLost) => Ok(()),
        Failure::Repository(
            fault @ (Error::DatabaseUnavailable(_)
            | Error::Database(_)
            | Error::Bytes(_)
            | Error::Keys { .. }
            | Error::File { .. }),
        ) => {
            tracing::error!(%fault, job = job.id, "what was read cannot be stored now");
            repository.postpone_reading(job, &fault.to_string()).await
        }
        Failure::Repository(error) => {
            tracing::error!(%error, job = job.id, "storing what was read failed");
            repository.retry_reading(job, &error.to_string()).await
        }
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

async fn read(
    repository: Repository,
    reader: Reader,
    job: Job,
    stop: Arc<AtomicBool>,
) -> Result<(), Failure> {
    let (_, bytes) = repository.job_bytes(&job).await?;
    let already_read = repository.pages_read(&job).await?;
    let rescans = repository.job_rescans(&job).await?;
    let (sender, mut events) = mpsc::channel(EVENTS_WAITING);
    let cancelled = Arc::new(AtomicBool::new(false));
    let reading = tokio::task::spawn_blocking({
        let cancelled = cancelled.clone();
        move || read_paper(&reader, &bytes, &rescans, &already_read, &cancelled, &sender)
    });
    let stored = store_events(&repository, &job, &mut events, &stop).await;
    cancelled.store(stored.is_err(), Ordering::Relaxed);
    // A reading thread that waits to send an event learns here that nobody wants it.
    drop(events);
    let read = reading.await.expect("the reader does not panic");
    stored?;
    read.map_err(Failure::Reading)?;
    Ok(with_lease(&repository, &job, propose(&repository, &job)).await?)
}

/// Reads the pages of a paper: those that were scanned again from their new scans, the others from the original.
fn read_paper(
    reader: &Reader,
    original: &[u8],
    rescans: &[(u32, Bytes)],
    already_read: &[u32],
    cancelled: &AtomicBool,
    events: &mpsc::Sender<Event>,
) -> Result<(), ReaderError> {
    let left_out: Vec<u32> =
        already_read.iter().copied().chain(rescans.iter().map(|(number, _)| *number)).collect();
    reader.read(original, &left_out, cancelled, &mut |event| events.blocking_send(event).is_ok())?;
    for (number, scan) in rescans.iter().filter(|(number, _)| !already_read.contains(number)) {
        reader.read(scan, &[], cancelled, &mut |event| match event {
            // A scan of one page; what a file has behind that is no page of this paper.
            Event::Page(mut page) if page.page.number == 1 => {
                page.page.number = *number;
                events.blocking_send(Event::Page(page)).is_ok()
            }
            Event::Page(_) | Event::Opened { .. } | Event::Stage(_) => true,
        })?;
    }
    Ok(())
}

async fn propose(repository: &Repository, job: &Job) -> repository::Result<()> {
    let pages = repository.job_pages(job, DRAFT_PAGES_MAX).await?;
    let drafting = tokio::task::spawn_blocking(move || ingest::draft(&pages));
    let proposal = drafting.await.expect("a panic while drafting ends this job's task");
    repository.finish_reading(job, proposal).await
}

/// Keeps the lease for as long as `work` takes; both go on at once, since each may wait for the other's transaction.
async fn with_lease<T>(
    repository: &Repository,
    job: &Job,
    work: impl Future<Output = repository::Result<T>>,
) -> repository::Result<T> {
    let renewing = async {
        let mut renewal = tokio::time::interval(LEASE_RENEWAL);
        loop {
            renewal.tick().await;
            if let Err(error) = repository.extend_job(job, LEASE).await {
                return error;
            }
        }
    };
    tokio::select! {
        // Work that is done has ended its claim.
        biased;
        done = work => done,
        error = renewing => Err(error),
    }
}

/// Stores pages as they come and keeps the lease; ends with the last page, or early when the worker stops or someone at the counter
/// waits for it. Pages that are stored then stay read.
async fn store_events(
    repository: &Repository,
    job: &Job,
    events: &mut mpsc::Receiver<Event>,
    stop: &AtomicBool,
) -> Result<(), Failure> {
    let mut renewal = tokio::time::interval(LEASE_RENEWAL);
    let mut stop_poll = tokio::time::interval(IDLE_POLL);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                None => return Ok(()),
                Some(Event::Opened { media_type, page_count }) => {
                    repository.begin_reading(job, media_type, page_count).await?;
                }
                // Never asked for here.
                Some(Event::Stage(_)) => {}
                Some(Event::Page(page)) => {
                    metrics::counter!("motlan_pages_read_total").increment(1);
                    repository.save_page(job, *page).await?;
                }
            },
            _ = renewal.tick() => {
                repository.extend_job(job, LEASE).await?;
                if job.yields && repository.counter_waits().await? {
                    return Err(Failure::Reading(ReaderError::Stopped));
                }
            }
            _ = stop_poll.tick() => if stop.load(Ordering::Relaxed) {
                return Err(Failure::Reading(ReaderError::Stopped));
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::demonstration_officer;
    use repository::Options;
    use repository::record::{NewDocument, Priority};

    #[tokio::test]
    async fn a_job_stays_with_its_worker_while_it_drafts() {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::open(&Options::in_folder(folder.path())).await.unwrap();
        let new = NewDocument {
            file_name: "a.jpg".into(),
            place: None,
            subject: None,
            priority: Priority::Counter,
            secret: false,
        };
        repository.receive(&demonstration_officer(), new, "scan".into()).await.unwrap();
        let nearly_over = Duration::from_millis(50);
        let job = repository.claim_job("one", nearly_over).await.unwrap().expect("a job");
        let drafting = async {
            tokio::time::sleep(4 * nearly_over).await;
            repository.claim_job("two", LEASE).await
        };
        assert_eq!(with_lease(&repository, &job, drafting).await.unwrap(), None);
        repository.release_job(&job).await.unwrap();
        repository.claim_job("two", LEASE).await.unwrap().expect("given back");
        let lost = with_lease(&repository, &job, std::future::pending::<repository::Result<()>>()).await;
        assert!(matches!(lost, Err(Error::ClaimLost)), "{lost:?}");
    }
}
