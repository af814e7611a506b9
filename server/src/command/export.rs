//! `motlan export`: papers taken out as a package that other archives check and take in.

mod bag;

use super::{Setting, personal_number};
use anyhow::{Context, bail, ensure};
use bag::Bag;
use clap::{ArgGroup, Args};
use repository::Repository;
use repository::record::{Actor, Document, DocumentFilter, DocumentId, Validity};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;

/// Papers asked for at once.
const PAPERS_PER_STEP: u32 = 200;
/// Papers of one dossier: more than any has.
const PAPERS_OF_DOSSIER_MAX: u32 = 1_000;

/// Take papers out as a BagIt package: originals byte for byte, records as JSON and CSV
///
/// The package is a folder that says of each file in it what its SHA-256 is (RFC 8493), so that whoever gets it can check it. Names of files
/// are keys of papers and tell nothing of a person; what is in them does: keep the package as closed as the data folder. Each paper is an
/// entry of the access log.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("what").required(true),
    after_help = "Examples:\n  motlan --data data export --bagit /mnt/out/all --all\n  motlan --data data export --bagit /mnt/out/one --dossier H26.18-260105-0001\n  motlan --data data export --bagit /mnt/out/person --subject - < number.txt"
)]
pub(super) struct Export {
    /// The folder of the package; it must not exist
    #[arg(long, value_name = "DIR")]
    bagit: PathBuf,

    /// Papers of the dossier with this code
    #[arg(long, value_name = "CODE", group = "what")]
    dossier: Option<String>,

    /// Papers of the subject whose number this file holds; `-` is standard input
    #[arg(long, value_name = "FILE", group = "what")]
    subject: Option<PathBuf>,

    /// All papers
    #[arg(long, group = "what")]
    all: bool,
}

impl Export {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let actor = setting.operator("motlan export");
        let mut bag = Bag::create(&self.bagit)?;
        if self.all {
            put_all(&repository, &actor, &mut bag).await?;
        } else {
            let ids = self.papers(&repository, &actor).await?;
            ensure!(!ids.is_empty(), "there is no paper to take out");
            for id in ids {
                put(&repository, &actor, &mut bag, id).await?;
            }
        }
        let sums = bag.finish()?;
        if setting.json {
            println!("{}", serde_json::to_string(&sums)?);
        } else {
            println!(
                "{}: {} papers, {} files, {} bytes; check it with: python3 -m bagit --validate",
                self.bagit.display(),
                sums.papers,
                sums.files,
                sums.bytes
            );
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn papers(&self, repository: &Repository, actor: &Actor) -> anyhow::Result<Vec<DocumentId>> {
        if let Some(code) = &self.dossier {
            return of_dossier(repository, actor, code).await;
        }
        let Some(file) = &self.subject else { bail!("say which papers") };
        let number = personal_number::read(file)?;
        let found = repository.find_subject(actor, &number).await?;
        let subject = found.context("there is no subject with this number")?;
        let store = repository.store(actor, subject.id).await?;
        Ok(store.documents.iter().chain(&store.former).filter(is_kept).map(|paper| paper.id).collect())
    }
}

/// Papers that came with a dossier, fill its components or are its outcome.
async fn of_dossier(repository: &Repository, actor: &Actor, code: &str) -> anyhow::Result<Vec<DocumentId>> {
    let found = repository.documents_by_key(actor, code, PAPERS_OF_DOSSIER_MAX).await?;
    let papers: BTreeSet<DocumentId> = found.iter().filter(is_kept).map(|paper| paper.id).collect();
    let places: BTreeSet<_> =
        found.iter().filter_map(|paper| paper.place.as_ref()).map(|place| place.dossier).collect();
    for id in places {
        let dossier = repository.dossier(actor, id).await?;
        if dossier.code.as_str().eq_ignore_ascii_case(code) {
            let filling = dossier.components.iter().filter_map(|component| component.document);
            let own: BTreeSet<_> = filling.chain(dossier.outcomes.iter().copied()).collect();
            let came =
                found.iter().filter(|paper| paper.place.as_ref().is_some_and(|place| place.dossier == id));
            let own: BTreeSet<_> = own.into_iter().chain(came.map(|paper| paper.id)).collect();
            return Ok(papers.intersection(&own).copied().collect());
        }
    }
    Ok(Vec::new())
}

fn is_kept(paper: &&Document) -> bool {
    paper.validity != Validity::Disposed
}

async fn put_all(repository: &Repository, actor: &Actor, bag: &mut Bag) -> anyhow::Result<()> {
    let mut filter = DocumentFilter::default();
    loop {
        let papers = repository.documents(actor, &filter, PAPERS_PER_STEP).await?;
        let Some(last) = papers.last() else { return Ok(()) };
        filter.before = Some(last.id);
        for paper in papers.iter().filter(is_kept) {
            put(repository, actor, bag, paper.id).await?;
        }
    }
}

async fn put(repository: &Repository, actor: &Actor, bag: &mut Bag, id: DocumentId) -> anyhow::Result<()> {
    let paper = repository.hand_out(actor, id).await.with_context(|| format!("cannot take out {id}"))?;
    let original = paper.original().await.with_context(|| format!("cannot take out {id}"))?;
    bag.put(&paper.document, &paper.fields().await?, &paper.owners().await?, &original)
}
