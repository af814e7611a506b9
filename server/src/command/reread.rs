//! `motlan reread`: queue papers for another reading, beside the ones that they have.

use super::Setting;
use crate::config::Model;
use anyhow::{Context, bail, ensure};
use clap::Args;
use repository::record::{Actor, DocumentId, ReadingModel, RereadFilter};
use repository::{DocumentType, Repository};
use std::process::ExitCode;

/// Read papers again, beside the readings that they have
///
/// Queues them behind papers of the counter and imports; `serve` or `work` reads them. Old readings stay, and so does everything that a
/// person confirmed: what the new reading says otherwise is shown beside it. A paper that waits to be read already is left alone, so the
/// same command can be run again.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data reread --document KS-260105-000042 --model accurate\n  motlan --data data reread --below-confidence 85 --model accurate\n  motlan --data data reread --all"
)]
pub(super) struct Reread {
    /// This paper, by its key or its code; may be repeated
    #[arg(long = "document", value_name = "ID|CODE")]
    documents: Vec<String>,

    /// Every paper that was read or given up
    #[arg(long, conflicts_with = "documents")]
    all: bool,

    /// Only papers of this type: a code of the dictionary, e.g. KS
    #[arg(long = "type", value_name = "CODE", conflicts_with = "documents")]
    document_type: Option<DocumentType>,

    /// Only papers with a page whose words have a mean confidence below this, 0-100
    #[arg(long, value_name = "N", conflicts_with = "documents", value_parser = confidence)]
    below_confidence: Option<f32>,

    /// Which model reads [default: `model` of the configuration]
    #[arg(long, value_enum)]
    model: Option<Model>,
}

impl Reread {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        if let Some(model) = self.model {
            setting.config.engine(model)?;
        }
        let repository = setting.open_repository().await?;
        let actor = setting.operator("motlan reread");
        let papers = self.papers(&repository, &actor).await?;
        let mut queued = 0;
        for paper in &papers {
            let wish = repository.reread(&actor, *paper, self.model.map(ReadingModel::from)).await;
            let wish = wish.with_context(|| format!("cannot queue {paper}"))?;
            queued += usize::from(!wish.already_queued);
        }
        print(setting.json, papers.len(), queued);
        Ok(ExitCode::SUCCESS)
    }

    async fn papers(&self, repository: &Repository, actor: &Actor) -> anyhow::Result<Vec<DocumentId>> {
        let filter =
            RereadFilter { document_type: self.document_type, below_confidence: self.below_confidence };
        if self.documents.is_empty() {
            let chosen = self.all || filter != RereadFilter::default();
            ensure!(
                chosen,
                "which papers? name them with --document, choose with --type or --below-confidence, or say --all"
            );
            return Ok(repository.papers_to_reread(actor, &filter).await?);
        }
        let mut papers = Vec::new();
        for name in &self.documents {
            papers.push(find(repository, actor, name).await?);
        }
        Ok(papers)
    }
}

/// The paper with this key or code.
pub(super) async fn find(repository: &Repository, actor: &Actor, name: &str) -> anyhow::Result<DocumentId> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let found = repository.documents_by_key(actor, name, 2).await?;
    let mut with_code = found.iter().filter(|document| {
        document.code.as_ref().is_some_and(|code| code.as_str().eq_ignore_ascii_case(name))
    });
    match with_code.next() {
        Some(document) => Ok(document.id),
        None => bail!("no paper has the key or code {name}"),
    }
}

fn confidence(text: &str) -> Result<f32, String> {
    let number = text.parse::<f32>().ok().filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| "a number from 0 to 100 is expected".to_owned())
}

fn print(json: bool, papers: usize, queued: usize) {
    let waiting = papers - queued;
    if json {
        println!("{}", serde_json::json!({ "papers": papers, "queued": queued, "already_queued": waiting }));
    } else {
        println!(
            "{queued} papers queued to be read again, {waiting} waited already; `motlan serve` or `motlan work` reads them"
        );
    }
}
