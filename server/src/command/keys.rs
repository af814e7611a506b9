//! `motlan keys`: the master keys that stored papers are sealed under, and the keys that printed codes are signed with.

mod codes;

use super::Setting;
use super::bar::with_bar;
use clap::{Args, Subcommand};
use repository::record::MasterKeyState;
use repository::{MasterKey, Repository};
use serde::Serialize;
use std::process::ExitCode;

/// Make, list and change the master keys that stored papers are sealed under, and the keys that codes are signed with
///
/// Each paper has a key of its own, which the database keeps under the master key. The master key stands elsewhere: in the file of
/// --key-file, in the variable MOTLAN_KEY, or with the command of MOTLAN_KEY_COMMAND. A copy of it belongs in a safe place: without it no
/// stored paper can be opened, by nobody.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan keys new > master.key              a key for --key-file, MOTLAN_KEY or a vault\n  motlan --data data keys list              which keys the papers need\n  motlan --data data keys rotate            change to a new key while motlan serves"
)]
pub(super) struct Keys {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Print a new key; nothing else is changed
    New,
    /// List the keys by their ids: which one is used, and how many papers need each
    List,
    /// Put the key of every paper under another master key: the first one of the key source, or a new one in the key file
    ///
    /// Stored files are not touched, and `serve` and `work` go on meanwhile. When it was cut short, say it again.
    Rotate,
    /// The keys that printed codes are signed with
    #[command(subcommand)]
    Codes(codes::CodeKeys),
}

#[derive(Serialize)]
struct Report {
    source: String,
    keys: Vec<MasterKeyState>,
}

impl Keys {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::New => println!("{}", MasterKey::random().reveal()),
            Action::List => {
                let repository = setting.open_repository().await?;
                print(setting.json, &repository, repository.master_keys().await?)?;
            }
            Action::Rotate => {
                let repository = setting.open_repository().await?;
                let keys = rotate(&repository).await?;
                print(setting.json, &repository, keys)?;
            }
            Action::Codes(action) => action.run(setting)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn rotate(repository: &Repository) -> anyhow::Result<Vec<MasterKeyState>> {
    with_bar("wrapping keys", async |progress| repository.rotate_keys(progress).await).await
}

fn print(json: bool, repository: &Repository, keys: Vec<MasterKeyState>) -> anyhow::Result<()> {
    let report = Report { source: repository.key_source(), keys };
    if json {
        println!("{}", serde_json::to_string(&report)?);
        return Ok(());
    }
    println!("from {}", report.source);
    for key in &report.keys {
        let is_used = if key.is_used { "used" } else { "old" };
        let is_held = if key.is_held { "" } else { ", not held here" };
        println!("{}  {is_used:4}  {} papers, since {:.0}{is_held}", key.id, key.data_keys, key.added_at);
    }
    if report.keys.iter().any(|key| !key.is_used && key.is_held && key.data_keys == 0) {
        println!(
            "old keys that no paper needs open backups of the time before; take them out of the source when those are gone"
        );
    }
    Ok(())
}
