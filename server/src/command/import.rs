//! `motlan import`: a backlog of scans into the store; what was imported before is left alone.

mod listed;
mod manifest;
mod report;
mod stack;
mod summary;
mod table;

use super::work::open_readers;
use super::{Setting, personal_number, scans, sentence};
use crate::worker;
use anyhow::{Context, ensure};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use listed::Sums;
use manifest::Dossiers;
use report::Report;
use repository::Repository;
use repository::identifier::{ProcedureCode, SubjectNumber};
use repository::record::{
    Actor, DocumentId, DocumentState, Dossier, DossierId, DossierPlace, DossierState, NewDocument,
    NewDossier, Priority, SubjectClaim,
};
use stack::StackOptions;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Why a dossier of a backlog is accepted before its papers: they follow from the same folder, and what is missing was missing long ago.
const ACCEPTED_LONG_AGO: &str = "Hồ sơ cũ đã tiếp nhận trước đây; giấy tờ nhập vào sau khi mở hồ sơ.";

/// How often the progress bar asks how far the reading is.
const PROGRESS_POLL: Duration = Duration::from_millis(200);

/// Digitize a backlog: folders or files into the store, resumable
///
/// A folder may hold procedures.toml (the catalogue) and dossiers.toml (which file belongs to which dossier). Files whose bytes are
/// held already are skipped, so the same command can be run again after an interruption.
///
/// With --manifest an existing digitized store comes in by its list: one file a row, as CSV or as JSON objects, one a line. Columns: file,
/// subject_number, subject_name, subject_birth_date, type, title, and any field of the data dictionary (number, issued_on, valid_until,
/// agency, …); Vietnamese names of columns are understood too. What became of each row stands in MANIFEST.report.csv, and the same
/// command goes on where it was cut short.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data import samples/\n  motlan --data data import --procedure 1.001193 --subject - scans/ < number.txt\n  motlan --data data import --manifest store.csv --confirm\n  motlan --data data import --batch --feed duplex --keys keys.json stack.pdf"
)]
pub(super) struct Import {
    /// Folders and files
    #[arg(required_unless_present = "manifest")]
    paths: Vec<PathBuf>,

    /// List of an existing digitized store, .csv or .json
    #[arg(long, value_name = "FILE", conflicts_with_all = ["paths", "procedure", "subject"])]
    manifest: Option<PathBuf>,

    /// File papers as the list says, in my name: I vouch for it. Without it they wait for a person
    #[arg(long, requires = "manifest")]
    confirm: bool,

    #[command(flatten)]
    stack: StackOptions,

    /// Leave the reading to `motlan serve` and `motlan work`
    #[arg(long)]
    no_read: bool,

    /// Open one dossier of this procedure for all files; needs --subject
    #[arg(long, requires = "subject")]
    procedure: Option<ProcedureCode>,

    /// File that holds the personal number or tax code of the subject of all files; `-` is standard input
    ///
    /// Not the number itself: what stands on the command line can be seen by others on the machine.
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,

    /// Name of the subject
    #[arg(long, requires = "subject", default_value = "")]
    subject_name: String,

    /// Read without the jail; only for kernels without landlock, and only files that you trust
    #[arg(long)]
    allow_unsandboxed: bool,
}

/// One file and the paper that it became.
struct Imported {
    file: PathBuf,
    document: DocumentId,
    already_held: bool,
}

impl Import {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        ensure!(
            self.manifest.is_some() || self.stack.batch || !self.no_read,
            "--no-read goes with --manifest or --batch"
        );
        if let Some(list) = &self.manifest {
            return self.run_list(setting, list).await;
        }
        if self.stack.batch {
            return self.run_stack(setting).await;
        }
        let claim = self.claim()?;
        let repository = setting.open_repository().await?;
        let (readers, _) = open_readers(&setting.config, self.allow_unsandboxed)?;
        let actor = setting.operator("motlan import");
        let mut dossiers = self.dossiers(&repository, &actor, claim.clone()).await?;
        let files = scans::collect(&self.paths, true)?;
        let mut imported = Vec::new();
        let mut refused = 0;
        for file in files {
            let place = dossiers.place_of(&repository, &actor, &file).await?;
            match receive(&repository, &actor, file, place, claim.clone()).await {
                Ok(one) => imported.push(one),
                Err(error) => {
                    refused += 1;
                    eprintln!("motlan: {}", sentence(&error));
                }
            }
        }
        let stop = Arc::new(AtomicBool::new(false));
        let lanes = readers.lanes();
        let worker = tokio::spawn(worker::run(repository.clone(), readers, lanes, stop.clone()));
        show_progress(&repository, &imported).await?;
        stop.store(true, Ordering::Relaxed);
        worker.await?;
        index(setting, &repository).await?;
        let unreadable = summary::print(setting.json, &repository, &actor, &imported).await?;
        Ok(if unreadable + refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Brings in a store by its list: takes files in, has them read, files them.
    async fn run_list(&self, setting: &Setting, list: &Path) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let actor = setting.operator("motlan import");
        let path = Report::path_of(list);
        let mut report = Report::open(&path)?;
        let mut sums = Sums::default();
        listed::take_in(&repository, &actor, list, &mut report, &mut sums).await?;
        if !self.no_read {
            self.read_waiting(setting, &repository).await?;
        }
        if self.confirm {
            listed::file(&repository, &actor, list, &mut report, &mut sums).await?;
        }
        index(setting, &repository).await?;
        print_sums(setting.json, &sums, &path)?;
        Ok(if sums.refused + sums.unread == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Reads until no paper of an import waits.
    async fn read_waiting(&self, setting: &Setting, repository: &Repository) -> anyhow::Result<()> {
        let (readers, _) = open_readers(&setting.config, self.allow_unsandboxed)?;
        let stop = Arc::new(AtomicBool::new(false));
        let lanes = readers.lanes();
        let worker = tokio::spawn(worker::run(repository.clone(), readers, lanes, stop.clone()));
        let style = ProgressStyle::with_template("{pos} papers wait to be read {elapsed}")
            .expect("the template is right");
        let bar = ProgressBar::new_spinner().with_style(style);
        loop {
            let waiting = listed::waiting(repository).await?;
            bar.set_position(waiting);
            if waiting == 0 {
                break;
            }
            tokio::time::sleep(PROGRESS_POLL).await;
        }
        bar.finish_and_clear();
        stop.store(true, Ordering::Relaxed);
        worker.await?;
        Ok(())
    }

    fn claim(&self) -> anyhow::Result<Option<SubjectClaim>> {
        let number = self.subject.as_deref().map(personal_number::read).transpose()?;
        let claim = |number: SubjectNumber| SubjectClaim {
            kind: number.subject_kind(),
            number,
            name: self.subject_name.clone(),
            birth_date: None,
        };
        Ok(number.map(claim))
    }

    /// Reads the catalogue and the list of dossiers beside the scans, or opens the one dossier of the command line.
    async fn dossiers(
        &self,
        repository: &Repository,
        actor: &Actor,
        claim: Option<SubjectClaim>,
    ) -> anyhow::Result<Dossiers> {
        let folders: Vec<&Path> =
            self.paths.iter().map(PathBuf::as_path).filter(|path| path.is_dir()).collect();
        for folder in &folders {
            let procedures = manifest::procedures(folder)?;
            repository.put_procedures(actor, &procedures).await?;
        }
        match (&self.procedure, claim) {
            (Some(procedure), Some(subject)) => {
                Ok(Dossiers::one(self.one_dossier(repository, actor, procedure, subject).await?))
            }
            _ => Dossiers::listed_in(&folders),
        }
    }
}

impl Import {
    /// The dossier of `--procedure` and `--subject`: the one received today, so that a run can be repeated, or a new one.
    async fn one_dossier(
        &self,
        repository: &Repository,
        actor: &Actor,
        procedure: &ProcedureCode,
        subject: SubjectClaim,
    ) -> anyhow::Result<DossierId> {
        let received_on = repository::today();
        if let Some(known) = repository.find_subject(actor, &subject.number).await? {
            let store = repository.store(actor, known.id).await?;
            let is_this =
                |dossier: &&Dossier| dossier.procedure == *procedure && dossier.received_on == received_on;
            if let Some(dossier) = store.dossiers.iter().find(is_this) {
                return Ok(dossier.id);
            }
        }
        let new = NewDossier {
            code: None,
            procedure: procedure.clone(),
            subject,
            received_on,
            state: DossierState::Accepted,
            in_hand: Vec::new(),
            reason: Some(ACCEPTED_LONG_AGO.to_owned()),
        };
        Ok(repository.open_dossier(actor, new).await.context("cannot open the dossier")?.id)
    }
}

fn print_sums(json: bool, sums: &Sums, report: &Path) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string(sums)?);
        return Ok(());
    }
    println!(
        "{} rows: {} done before, {} received, {} held already, {} filed, {} keyed once and waiting for a second person, {} not read yet, {} refused; see {}",
        sums.rows,
        sums.known,
        sums.received,
        sums.held,
        sums.filed,
        sums.keyed,
        sums.unread,
        sums.refused,
        report.display()
    );
    Ok(())
}

async fn receive(
    repository: &Repository,
    actor: &Actor,
    file: PathBuf,
    place: Option<DossierPlace>,
    subject: Option<SubjectClaim>,
) -> anyhow::Result<Imported> {
    let bytes = std::fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let file_name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let new = NewDocument { file_name, place, subject, priority: Priority::Import, secret: false };
    let received = repository
        .receive(actor, new, bytes.into())
        .await
        .with_context(|| format!("cannot store {}", file.display()))?;
    Ok(Imported { file, document: received.document.id, already_held: received.already_held })
}

/// Shows how many papers of this import are read, until all are.
async fn show_progress(repository: &Repository, imported: &[Imported]) -> anyhow::Result<()> {
    let ids: Vec<DocumentId> = imported.iter().map(|one| one.document).collect();
    let style = ProgressStyle::with_template("digitizing {pos}/{len} papers {bar:32} {msg} {elapsed}")
        .expect("the template is right");
    let bar = ProgressBar::new(ids.len() as u64).with_style(style);
    loop {
        let papers = repository.progress(&ids).await?;
        let waiting = papers.iter().filter(|paper| paper.state == DocumentState::Received).count();
        let pages: u32 = papers.iter().map(|paper| paper.pages_read).sum();
        bar.set_position((papers.len() - waiting) as u64);
        bar.set_message(format!("{pages} pages"));
        if waiting == 0 {
            bar.finish_and_clear();
            return Ok(());
        }
        tokio::time::sleep(PROGRESS_POLL).await;
    }
}

/// Brings the index up to date, unless a running server does that already.
async fn index(setting: &Setting, repository: &Repository) -> anyhow::Result<()> {
    let index = match setting.open_index() {
        Ok(index) => index,
        Err(error) => {
            tracing::info!(%error, "the index is held by a running server, which follows by itself");
            return Ok(());
        }
    };
    match search::follow(repository, index.as_ref()).await {
        Err(search::Error::Busy { .. }) => tracing::info!("a running server keeps the index"),
        Err(search::Error::Unavailable { reason }) => {
            tracing::warn!(reason, "the index does not answer; `serve` catches up when it does")
        }
        followed => drop(followed?),
    }
    Ok(())
}
