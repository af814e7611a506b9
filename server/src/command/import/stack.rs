//! `motlan import --batch`: a scanned stack into the store, split by its cover sheets.

use super::Import;
use crate::batches::{Batches, Planned, feed_name};
use crate::command::batch::{Feed, as_json, read_keys, table};
use crate::command::{Setting, work::open_readers};
use anyhow::Context;
use clap::Args;
use repository::record::{Actor, BatchId, BatchState, NewBatch};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// How a stack is brought in.
#[derive(Debug, Args)]
pub(super) struct StackOptions {
    /// The files are one stack, in the order of scanning, to be split by its cover sheets
    ///
    /// Nothing is filed unless nothing is odd. A stack that was stopped waits in the store for a person, who can look at it and change
    /// the plan on the page of batches.
    #[arg(long, conflicts_with_all = ["manifest", "procedure", "subject"])]
    pub(super) batch: bool,

    /// How the stack went through the scanner
    #[arg(long, value_enum, default_value_t = Feed::OneSided, requires = "batch")]
    feed: Feed,

    /// List of the public keys that cover sheets are checked with [default: the keys of this system]
    #[arg(long, value_name = "FILE", requires = "batch")]
    keys: Option<PathBuf>,
}

impl Import {
    /// Brings a stack in, has it looked at, and files its papers when nothing is odd.
    pub(super) async fn run_stack(&self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let keys = read_keys(self.stack.keys.as_deref(), setting)?;
        let repository = setting.open_repository().await?;
        let (readers, _) = open_readers(&setting.config, self.allow_unsandboxed)?;
        let batches = Batches { repository: repository.clone(), reader: readers.configured };
        let actor = setting.operator("motlan import");
        let new = NewBatch { files: read_files(&self.paths)?, feed: feed_name(self.stack.feed.into()) };
        let (batch, _) = repository.receive_batch(&actor, new).await?;
        if batch.state == BatchState::Received {
            batches.look_at(&actor, keys, &batch).await?;
        }
        let planned = file_if_nothing_is_odd(&batches, &actor, batch.id).await?;
        print(setting.json, &planned);
        if planned.view.batch.state != BatchState::CarriedOut {
            return Ok(ExitCode::FAILURE);
        }
        if !self.no_read {
            self.read_waiting(setting, &repository).await?;
        }
        super::index(setting, &repository).await?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn file_if_nothing_is_odd(batches: &Batches, actor: &Actor, id: BatchId) -> anyhow::Result<Planned> {
    let planned = batches.view(actor, id).await?;
    match planned.view.batch.state {
        BatchState::Planned if planned.troubles.is_empty() => {
            Ok(batches.carry_out(actor, id, planned.view.batch.version).await?)
        }
        _ => Ok(planned),
    }
}

fn read_files(paths: &[PathBuf]) -> anyhow::Result<Vec<(String, axum::body::Bytes)>> {
    let read = |path: &PathBuf| {
        let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok((name_of(path), bytes.into()))
    };
    paths.iter().map(read).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn print(json: bool, planned: &Planned) {
    let batch = &planned.view.batch;
    match (&planned.plan, &batch.problem) {
        (Some((_, plan)), _) if json => {
            let mut told = as_json(plan, &planned.troubles);
            told["batch"] = batch.id.to_string().into();
            told["state"] = serde_json::json!(batch.state);
            println!("{told}");
        }
        (Some((_, plan)), _) => print!("{}", table::of(plan, &planned.troubles)),
        (None, Some(problem)) => eprintln!("motlan: {problem}"),
        (None, None) => {}
    }
    if !json {
        println!("batch {}: {}", batch.id, batch.state.label());
    }
}
