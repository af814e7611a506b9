//! Batches between the reader, which looks at pages, and the records, which keep them: the shell around `ingest::batch`.

mod photographs;

pub(crate) use photographs::feed_of_photographs;

use crate::api::name_of;
use crate::codes::Codes;
use crate::sheet;
use ingest::batch::{self, Change, ChangeError, Feed, Part, PartFile, Plan, Stack, Trouble, TroubleKind};
use ingest::rendition::RenditionError;
use ingest::{Reader, ReaderError};
use qr::KeyList;
use repository::Repository;
use repository::record::{Actor, Batch, BatchId, BatchPlace, BatchPlan, BatchState, BatchView, Role, Route};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;

/// Thumbnails that wait to be stored.
const PAGES_WAITING: usize = 8;
/// How often it is looked whether a stack came: putting it into the feeder took longer.
const IDLE_POLL: Duration = Duration::from_millis(500);
/// How long looking rests after a fault.
const FAULT_REST: Duration = Duration::from_secs(10);

/// A batch with its plan, as people look at it.
#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) view: BatchView,
    /// What its pages show and which are which paper; none: not looked at yet.
    pub(crate) plan: Option<(Stack, Plan)>,
    /// Where each part would go.
    pub(crate) places: Vec<BatchPlace>,
    /// Whatever is odd and not settled, the places too.
    pub(crate) troubles: Vec<Trouble>,
}

/// Why something about a batch cannot be done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BatchError {
    /// The records refuse, or are out of reach.
    #[error(transparent)]
    Repository(#[from] repository::Error),
    /// The change makes no sense.
    #[error(transparent)]
    Change(#[from] ChangeError),
    /// A paper cannot be taken out of the stack.
    #[error("part {part}: {cause}")]
    Part {
        /// Number of the part.
        part: u32,
        /// Pages of the stack that it may be about: files count their own.
        pages: Vec<u32>,
        cause: RenditionError,
    },
    /// The stack cannot be looked at now.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The batch was not looked at yet.
    #[error("the pages of the batch have not been looked at yet")]
    NotLookedAt,
    /// What is stored cannot be read back, or this program broke.
    #[error("{0}")]
    Broken(String),
}

/// Where batches are worked on. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Batches {
    pub(crate) repository: Repository,
    pub(crate) reader: Reader,
}

impl Batches {
    /// Looks at every batch that comes, and files those that phones sent, until `stop`. One that cannot be looked at, for its stored bytes are damaged, say, keeps none behind
    /// it waiting: its turn comes again after them.
    pub(crate) async fn keep_looking(self, codes: Arc<Codes>, stop: Arc<AtomicBool>) {
        let mut failed = None;
        while !stop.load(Ordering::Relaxed) {
            let rest = self.next(&codes, &mut failed).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the next batch cannot be found or filed");
                FAULT_REST
            });
            tokio::time::sleep(rest).await;
        }
    }

    /// Files what phones sent and looks at the next batch; how long to rest then.
    async fn next(&self, codes: &Codes, failed: &mut Option<BatchId>) -> anyhow::Result<Duration> {
        let rest = self.look_at_next(codes, failed).await?;
        self.file_photographs().await?;
        Ok(rest)
    }

    /// Looks at the batch that has waited longest, of those after the one that failed; how long to rest then.
    async fn look_at_next(&self, codes: &Codes, failed: &mut Option<BatchId>) -> anyhow::Result<Duration> {
        let Some(batch) = self.repository.batch_to_look_at(*failed).await? else {
            return Ok(if failed.take().is_some() { FAULT_REST } else { IDLE_POLL });
        };
        if let Err(error) = self.look_at(&machine(), codes.list()?, &batch).await {
            tracing::error!(batch = %batch.id, %error, "a batch could not be looked at");
            *failed = Some(batch.id);
        }
        Ok(Duration::ZERO)
    }

    /// A batch as people look at it.
    pub(crate) async fn view(&self, actor: &Actor, id: BatchId) -> Result<Planned, BatchError> {
        let view = self.repository.batch(actor, id).await?;
        self.planned(view).await
    }

    async fn planned(&self, view: BatchView) -> Result<Planned, BatchError> {
        let Some(plan) = read(&view)? else {
            return Ok(Planned { view, plan: None, places: Vec::new(), troubles: Vec::new() });
        };
        let places = self.places(view.batch.id, &plan.1).await?;
        let troubles = troubles(&plan.1, &places);
        Ok(Planned { view, plan: Some(plan), places, troubles })
    }

    /// Looks at the pages of a batch that was received, and plans it. What cannot be read is given up with a sentence.
    pub(crate) async fn look_at(
        &self,
        actor: &Actor,
        keys: KeyList,
        batch: &Batch,
    ) -> Result<(), BatchError> {
        let files = self.repository.batch_files(batch.id).await?;
        let (sender, mut pages) = mpsc::channel(PAGES_WAITING);
        let reader = self.reader.clone();
        let looking = tokio::task::spawn_blocking(move || {
            let files: Vec<&[u8]> = files.iter().map(|file| file.as_ref()).collect();
            let verify = |text: &str| sheet::verdict(&keys, text);
            reader.look(&files, &verify, &AtomicBool::new(false), &mut |page| {
                sender.blocking_send(page).is_ok()
            })
        });
        while let Some(page) = pages.recv().await {
            if let Some(jpeg) = page.thumbnail_jpeg.filter(|jpeg| !jpeg.is_empty()) {
                self.repository.keep_batch_thumbnail(batch.id, page.seen.number, jpeg).await?;
            }
        }
        match looking.await.map_err(|error| BatchError::Broken(error.to_string()))? {
            Ok(stack) => self.keep_first(actor, batch, &stack).await,
            Err(ReaderError::Problem(problem)) => {
                Ok(self.repository.give_batch_up(actor, batch.id, &problem.vietnamese()).await?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Keeps the first plan of a batch, unless someone else looked at it meanwhile, as an import does beside a server: that plan counts.
    async fn keep_first(&self, actor: &Actor, batch: &Batch, stack: &Stack) -> Result<(), BatchError> {
        let plan = batch::plan(stack, feed_of(&batch.feed).unwrap_or_default());
        let new = NewPlan { follows: batch.version, stack, plan: &plan, change: None };
        match self.keep(actor, batch.id, new).await {
            Err(BatchError::Repository(repository::Error::Invalid { .. }))
                if self.repository.is_batch_looked_at(batch.id).await? =>
            {
                Ok(())
            }
            kept => kept.map(|_| ()),
        }
    }

    /// Plans a batch anew, as fed so; what people changed is given up.
    pub(crate) async fn plan_anew(
        &self,
        actor: &Actor,
        id: BatchId,
        version: u64,
        feed: Feed,
    ) -> Result<Planned, BatchError> {
        let before = self.repository.batch_to_plan(actor, id).await?;
        let (stack, _) = read(&before)?.ok_or(BatchError::NotLookedAt)?;
        let plan = batch::plan(&stack, feed);
        self.keep(actor, id, NewPlan { follows: version, stack: &stack, plan: &plan, change: None }).await?;
        self.view(actor, id).await
    }

    /// Changes a plan.
    pub(crate) async fn change(
        &self,
        actor: &Actor,
        id: BatchId,
        version: u64,
        change: &Change,
    ) -> Result<Planned, BatchError> {
        let before = self.repository.batch_to_plan(actor, id).await?;
        let (stack, plan) = read(&before)?.ok_or(BatchError::NotLookedAt)?;
        let plan = plan.changed(change)?;
        let new = NewPlan { follows: version, stack: &stack, plan: &plan, change: Some(change) };
        self.keep(actor, id, new).await?;
        self.view(actor, id).await
    }

    /// Makes the parts of a plan papers of their dossiers, all or none. A batch that was undone, or in which nothing is odd any more since
    /// it was stopped, is planned as it stands first.
    pub(crate) async fn carry_out(
        &self,
        actor: &Actor,
        id: BatchId,
        version: u64,
    ) -> Result<Planned, BatchError> {
        // Before anything is told or made: whoever may only look at it plans nothing.
        self.repository.batch_to_plan(actor, id).await?;
        let before = self.view(actor, id).await?;
        let version = self.made_ready(actor, &before, version).await?;
        self.repository.check_batch_ready(id, version).await?;
        let (stack, plan) = before.plan.ok_or(BatchError::NotLookedAt)?;
        let before = before.view.batch;
        let files = Arc::new(self.repository.batch_files(id).await?);
        let (stack, sha256) = (Arc::new(stack), before.sha256);
        let mut staged = Vec::with_capacity(plan.parts.len());
        for part in &plan.parts {
            let file = self.part_file(&files, &stack, &sha256, part).await?;
            let place = (part.dossier.as_str(), part.component.as_deref());
            // Not by the scanned file's name: it may name one person, and the papers are several people's.
            let name = format!("{}-{}.pdf", part.dossier, part.number);
            let mut paper = self.repository.stage_part(id, part.number, &name, place, file.into()).await?;
            let cover = part.cover_page.and_then(|page| stack.cover_on(page));
            paper.cover_serial = cover.map(|cover| cover.serial.clone());
            staged.push(paper);
        }
        let view = self.repository.carry_out_batch(actor, id, version, &staged).await?;
        self.planned(view).await
    }

    /// Takes the papers of a batch out of their dossiers again.
    pub(crate) async fn undo(&self, actor: &Actor, id: BatchId, reason: &str) -> Result<Planned, BatchError> {
        let view = self.repository.undo_batch(actor, id, reason).await?;
        self.planned(view).await
    }

    /// Keeps the plan of a batch anew as it is, when only its state says that it may not be carried out; answers the version that may be.
    async fn made_ready(&self, actor: &Actor, before: &Planned, version: u64) -> Result<u64, BatchError> {
        let (state, id) = (before.view.batch.state, before.view.batch.id);
        let Some((stack, plan)) = before.plan.as_ref().filter(|_| before.troubles.is_empty()) else {
            return Ok(version);
        };
        if state == BatchState::Planned || !state.may_change() {
            return Ok(version);
        }
        self.keep(actor, id, NewPlan { follows: version, stack, plan, change: None }).await
    }

    async fn part_file(
        &self,
        files: &Arc<Vec<axum::body::Bytes>>,
        stack: &Arc<Stack>,
        batch_sha256: &str,
        part: &Part,
    ) -> Result<Vec<u8>, BatchError> {
        let (reader, files, stack) = (self.reader.clone(), files.clone(), stack.clone());
        let (batch_sha256, part) = (batch_sha256.to_owned(), part.clone());
        let making = tokio::task::spawn_blocking(move || {
            let files: Vec<&[u8]> = files.iter().map(|file| file.as_ref()).collect();
            let file = PartFile { files: &files, stack: &stack, batch_sha256: &batch_sha256 };
            let mut made = Vec::new();
            let written = file.write(&reader, &part, &AtomicBool::new(false), &mut made);
            written.map(|()| made).map_err(|cause| no_part(&stack, &part, cause))
        });
        making.await.map_err(|error| BatchError::Broken(error.to_string()))?
    }

    async fn places(&self, id: BatchId, plan: &Plan) -> Result<Vec<BatchPlace>, BatchError> {
        let places: Vec<_> =
            plan.parts.iter().map(|part| (part.dossier.clone(), part.component.clone())).collect();
        Ok(self.repository.batch_places(id, &places).await?)
    }

    /// Keeps a plan and answers the batch's version with it.
    async fn keep(&self, actor: &Actor, id: BatchId, new: NewPlan<'_>) -> Result<u64, BatchError> {
        let places = self.places(id, new.plan).await?;
        let kept = BatchPlan {
            follows: new.follows,
            feed: feed_name(new.plan.feed),
            stack: write(new.stack)?,
            page_count: new.stack.pages.len() as u32,
            plan: write(new.plan)?,
            is_ready: troubles(new.plan, &places).is_empty(),
            dossiers: places.iter().filter_map(BatchPlace::dossier).collect(),
            change: new.change.map(write).transpose()?,
        };
        Ok(self.repository.plan_batch(actor, id, kept).await?.version)
    }
}

/// The program itself, which looks at pages.
pub(crate) fn machine() -> Actor {
    Actor {
        account: "motlan".into(),
        name: "motlan".into(),
        agency: String::new(),
        unit: String::new(),
        role: Role::System,
        purpose: "Tiếp nhận và xem trang của tập quét".into(),
        basis: None,
        only: None,
        route: Route::default(),
    }
}

/// A plan that shall be kept.
struct NewPlan<'a> {
    /// Version that it follows.
    follows: u64,
    stack: &'a Stack,
    plan: &'a Plan,
    /// The change that it came from; none: it was planned anew.
    change: Option<&'a Change>,
}

/// Why a part cannot be taken out of its stack. A page is known by its number in its own file; in stacks of several files that may be one of
/// several pages.
fn no_part(stack: &Stack, part: &Part, cause: RenditionError) -> BatchError {
    let mut pages = Vec::new();
    if let RenditionError::Page { number, .. } = &cause {
        let before = stack.files.iter().scan(0, |before, file| {
            let first = *before;
            *before += file;
            Some((first, *file))
        });
        let alike = before.filter(|(_, file)| number <= file).map(|(before, _)| before + number);
        pages = alike.filter(|page| part.pages.iter().any(|own| own.number == *page)).collect();
        // Told by the stack's own number: the file has no such page.
        if pages.is_empty() {
            pages.push(*number);
        }
    }
    BatchError::Part { part: part.number, pages, cause }
}

/// Whatever is odd and not settled: about the pages, and about the places that they would go to.
fn troubles(plan: &Plan, places: &[BatchPlace]) -> Vec<Trouble> {
    let of_place = |(part, place): (&Part, &BatchPlace)| {
        let dossier = part.dossier.clone();
        let kind = match place {
            BatchPlace::Free { .. } => return None,
            BatchPlace::NoDossier => TroubleKind::NoDossier { dossier },
            BatchPlace::Closed(_) => TroubleKind::ClosedDossier { dossier },
            BatchPlace::NoComponent(_) => TroubleKind::NoComponent { dossier },
            BatchPlace::Taken(_) => TroubleKind::TakenComponent { dossier },
        };
        Some(Trouble::of_part(part, kind))
    };
    plan.open_troubles().into_iter().chain(plan.parts.iter().zip(places).filter_map(of_place)).collect()
}

/// Stack and plan of a batch, as they were written down; none: it was not looked at.
fn read(view: &BatchView) -> Result<Option<(Stack, Plan)>, BatchError> {
    let (Some(stack), Some(plan)) = (&view.stack, &view.plan) else { return Ok(None) };
    let broken = |error: serde_json::Error| BatchError::Broken(error.to_string());
    let stack = serde_json::from_str(stack).map_err(broken)?;
    Ok(Some((stack, serde_json::from_str(plan).map_err(broken)?)))
}

fn write<T: Serialize>(value: &T) -> Result<String, BatchError> {
    serde_json::to_string(value).map_err(|error| BatchError::Broken(error.to_string()))
}

/// The dossier that a page goes to by a plan as it was written down; none: to none.
pub(crate) fn dossier_of_page(plan: &str, page: u32) -> Option<String> {
    let plan: Plan = serde_json::from_str(plan).ok()?;
    let holds = |part: &Part| part.pages.iter().any(|planned| planned.number == page);
    plan.parts.into_iter().find(|part| holds(part)).map(|part| part.dossier)
}

/// The name of a feed, in forms and records.
pub(crate) fn feed_name(feed: Feed) -> String {
    name_of(feed)
}

/// The feed of this name.
pub(crate) fn feed_of(name: &str) -> Option<Feed> {
    serde_json::from_value(name.into()).ok()
}
