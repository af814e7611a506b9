//! `motlan export`: papers taken out as a package that other archives check and take in.

mod bag;

use super::{Setting, personal_number};
use anyhow::{Context, bail, ensure};
use bag::{Bag, Whole};
use clap::{ArgGroup, Args};
use repository::identifier::DossierCode;
use repository::record::{Actor, Document, DocumentFilter, DocumentId, Validity};
use repository::{Error, Repository};
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Papers asked for at once.
const PAPERS_PER_STEP: u32 = 200;

/// Take papers out as a BagIt package: originals byte for byte, records as JSON and CSV
///
/// The package is a folder that says of each file in it what its SHA-256 is (RFC 8493), so that whoever gets it can check it. Names of files
/// are keys of papers and tell nothing of a person; what is in them does: keep the package as closed as the data folder. Each paper is an
/// entry of the access log. One that cannot be taken out is named, the others are taken out, and the exit code is 1.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").required(true),
    after_help = "Examples:\n  motlan --data data export --bagit /mnt/out/all --all\n  motlan --data data export --bagit /mnt/out/one --dossier H26.18-260105-0001\n  motlan --data data export --bagit /mnt/out/person --subject - < number.txt"
)]
pub(super) struct Export {
    /// The folder of the package; it must not exist
    #[arg(long, value_name = "DIR")]
    bagit: PathBuf,

    /// Papers that came with the dossier with this code, fill its components or are its outcomes
    #[arg(long, value_name = "CODE", group = "what")]
    dossier: Option<DossierCode>,

    /// Papers in the store of the subject whose number this file holds; `-` is standard input
    ///
    /// What was filed for good, in force or not. Papers that wait to be confirmed and those that only served a dossier are in no one's store.
    #[arg(long, value_name = "FILE", group = "what")]
    subject: Option<PathBuf>,

    /// All papers
    #[arg(long, group = "what")]
    all: bool,
}

/// What was taken out.
#[derive(Debug, Serialize)]
struct Taken {
    #[serde(flatten)]
    sums: bag::Sums,
    /// Papers that could not be: their scans are missing or damaged, or they were destroyed meanwhile.
    lost: Vec<DocumentId>,
}

/// Papers on their way into a package.
struct Taking {
    repository: Repository,
    actor: Actor,
    bag: Bag,
    lost: Vec<DocumentId>,
}

impl Export {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let actor = setting.operator("motlan export");
        let bag = Bag::create(&self.bagit)?;
        let mut taking = Taking { repository, actor, bag, lost: Vec::new() };
        if self.all {
            taking.put_all().await?;
        } else {
            let ids = self.papers(&taking.repository, &taking.actor).await?;
            ensure!(!ids.is_empty(), "there is no paper to take out");
            for id in ids {
                taking.put(id).await?;
            }
        }
        let taken = Taken { sums: taking.bag.finish()?, lost: taking.lost };
        self.print(setting.json, &taken)?;
        Ok(if taken.lost.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn print(&self, json: bool, taken: &Taken) -> anyhow::Result<()> {
        if json {
            println!("{}", serde_json::to_string(taken)?);
            return Ok(());
        }
        let bag::Sums { papers, files, bytes } = taken.sums;
        println!(
            "{}: {papers} papers, {files} files, {bytes} bytes; check it with: python3 -m bagit --validate",
            self.bagit.display()
        );
        if !taken.lost.is_empty() {
            println!("NOT in it: {} papers that could not be taken out:", taken.lost.len());
        }
        taken.lost.iter().for_each(|id| println!("{id}"));
        Ok(())
    }

    async fn papers(&self, repository: &Repository, actor: &Actor) -> anyhow::Result<Vec<DocumentId>> {
        if let Some(code) = &self.dossier {
            let papers = repository.papers_of_dossier(actor, code).await;
            return papers.with_context(|| format!("cannot take out the dossier {code}"));
        }
        let Some(file) = &self.subject else { bail!("say which papers") };
        let number = personal_number::read(file)?;
        let found = repository.find_subject(actor, &number).await?;
        let subject = found.context("there is no subject with this number")?;
        let store = repository.store(actor, subject.id).await?;
        Ok(store.documents.iter().chain(&store.former).filter(is_kept).map(|paper| paper.id).collect())
    }
}

fn is_kept(paper: &&Document) -> bool {
    paper.validity != Validity::Disposed
}

impl Taking {
    async fn put_all(&mut self) -> anyhow::Result<()> {
        let mut filter = DocumentFilter::default();
        loop {
            let papers = self.repository.documents(&self.actor, &filter, PAPERS_PER_STEP).await?;
            let Some(last) = papers.last() else { return Ok(()) };
            filter.before = Some(last.id);
            for paper in papers.iter().filter(is_kept) {
                self.put(paper.id).await?;
            }
        }
    }

    /// Puts one paper in, or names it as lost.
    async fn put(&mut self, id: DocumentId) -> anyhow::Result<()> {
        let taken = async {
            let paper = self.repository.hand_out(&self.actor, id).await?;
            let (fields, owners) = (paper.fields().await?, paper.owners().await?);
            let (original, rescans) = (paper.original().await?, paper.rescans().await?);
            Ok(Whole { document: paper.document, fields, owners, original, rescans })
        };
        match taken.await {
            Ok(whole) => self.bag.put(&whole),
            Err(error) if is_of_this_paper(&error) => {
                eprintln!("motlan: cannot take out {id}: {error}");
                self.lost.push(id);
                Ok(())
            }
            Err(error) => Err(error).with_context(|| format!("cannot take out {id}")),
        }
    }
}

/// Whether other papers can be taken out all the same: the bytes of this one are gone or damaged, or it was destroyed meanwhile.
fn is_of_this_paper(error: &Error) -> bool {
    matches!(
        error,
        Error::BytesMissing { .. }
            | Error::BytesDamaged { .. }
            | Error::Erased { .. }
            | Error::Disposed { .. }
    )
}
