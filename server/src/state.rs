//! What every request needs: the records, the index, who acts, and how the machine is.
//!
//! Not here: how requests are answered ([`crate::api`], [`crate::portal`]) and how the parts are opened (the commands).

use crate::asking::Asker;
use crate::batches::Batches;
use crate::codes::Codes;
use crate::config::AGENCY_DEFAULT;
use crate::portal::{RecentQueries, RecentStrips};
use crate::rendition::Renditions;
use crate::scanning::Scanners;
use crate::sign_in::{Door, Provider};
use repository::Repository;
use repository::record::{Actor, ReadingModel, ReadingProgress, Role, Route};
use search::Index;
use std::sync::Arc;
use tokio::sync::{Semaphore, broadcast, watch};

/// ReadingProgress messages that a slow browser may fall behind before it misses some; 1,024 is about half a minute of a busy
/// counter, and a browser that missed one reads the list again.
const PROGRESS_BACKLOG: usize = 1024;

/// Memory that uploads under way may hold together, in MiB: two files of the greatest size, or hundreds of usual scans.
/// Others wait for their turn.
pub(crate) const UPLOADS_AT_ONCE_MIB: u32 = 512;

/// Whether untrusted files are read in a jail (invariant 7).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JailState {
    /// Reading children are locked in.
    Sandboxed,
    /// They are not, and the operator allowed that with `--allow-unsandboxed`.
    Unsandboxed,
}

/// Shared by all handlers; cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState {
    /// The records.
    pub(crate) repository: Repository,
    /// The index.
    pub(crate) index: Arc<dyn Index>,
    /// How people get in.
    pub(crate) door: Door,
    /// Another system that vouches for people, if one does.
    pub(crate) provider: Option<Arc<Provider>>,
    /// Who asks; nobody until the door found out.
    pub(crate) asker: Arc<Asker>,
    /// Who acts: whoever asks, with what for and by which way.
    pub(crate) actor: Arc<Actor>,
    /// Whether reading is jailed.
    pub(crate) jail: JailState,
    /// How papers come along, for those who watch.
    pub(crate) progress: broadcast::Sender<ReadingProgress>,
    /// Turns `true` when the server stops: streams end then.
    pub(crate) closing: watch::Sender<bool>,
    /// What people searched for lately, so that no page address needs to carry it.
    pub(crate) queries: Arc<RecentQueries>,
    /// Crops of pages that officers are reviewing.
    pub(crate) strips: Arc<RecentStrips>,
    /// One permit a MiB of upload under way.
    pub(crate) upload_memory: Arc<Semaphore>,
    /// Who makes PDFs of papers.
    pub(crate) renditions: Renditions,
    /// The models that this machine can read again with.
    pub(crate) models: Vec<ReadingModel>,
    /// Who signs and checks what is printed.
    pub(crate) codes: Arc<Codes>,
    /// The scanners at the counter.
    pub(crate) scanners: Scanners,
    /// Cơ quan of the demonstration.
    pub(crate) agency: Arc<str>,
}

impl AppState {
    /// Puts the parts together.
    pub(crate) fn new(
        door: Door,
        repository: Repository,
        index: Arc<dyn Index>,
        jail: JailState,
        renditions: Renditions,
        models: Vec<ReadingModel>,
        codes: Codes,
    ) -> AppState {
        let asker = Asker::nobody();
        AppState {
            door,
            provider: None,
            repository,
            index,
            actor: Arc::new(asker.actor.clone()),
            asker: Arc::new(asker),
            jail,
            progress: broadcast::Sender::new(PROGRESS_BACKLOG),
            closing: watch::Sender::new(false),
            queries: Arc::default(),
            strips: Arc::default(),
            renditions,
            models,
            codes: Arc::new(codes),
            scanners: Scanners::default(),
            agency: AGENCY_DEFAULT.into(),
            upload_memory: Arc::new(Semaphore::new(UPLOADS_AT_ONCE_MIB as usize)),
        }
    }

    /// Where stacks of paper are split.
    pub(crate) fn batches(&self) -> Batches {
        Batches { repository: self.repository.clone(), reader: self.renditions.reader().clone() }
    }

    /// The acting officer with another purpose, for a look that the log should tell apart (PDP-03).
    pub(crate) fn actor_for(&self, purpose: &str) -> Actor {
        Actor { purpose: purpose.to_owned(), ..self.actor.as_ref().clone() }
    }
}

/// Cán bộ of the trial: everybody at this machine when the server is started for a demonstration, and then it listens on loopback only.
pub(crate) fn demonstration_officer() -> Actor {
    Actor {
        account: "can-bo-dung-thu".to_owned(),
        name: "Cán bộ dùng thử".to_owned(),
        agency: AGENCY_DEFAULT.to_owned(),
        unit: String::new(),
        role: Role::CounterOfficer,
        purpose: "Tiếp nhận và số hóa hồ sơ (bản dùng thử)".to_owned(),
        basis: None,
        only: None,
        route: Route::default(),
    }
}
