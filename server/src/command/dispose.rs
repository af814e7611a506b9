//! `motlan dispose`: destroying a paper by a decision, which one person proposes and another one approves.

use super::{Setting, reread};
use anyhow::{Context, ensure};
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use repository::Repository;
use repository::record::{AccountKind, Actor, DisposalGround, DisposalId, NewDisposal, Role, Verdict};
use serde::Serialize;
use std::process::ExitCode;

/// Destroy a paper for ever, by a decision: one person proposes, another one approves
///
/// The key of the paper is destroyed, and with it its scan, page pictures, words and fields; the index forgets it. What stays is a
/// certificate. A hold, or a retention term that has not ended, forbids it to everyone. Backups made before still hold the paper until they
/// are given up (`motlan backup --keep`).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data dispose propose KS-260105-000042 --as nguyen.thi.a --ground retention-ended --decision 12/QD-UBND --reason 'het thoi han luu tru'\n  motlan --data data dispose approve DISPOSAL --as tran.van.b\n  motlan --data data dispose certificate KS-260105-000042"
)]
pub(super) struct Dispose {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Propose that a paper be destroyed; prints the key of the proposal
    Propose {
        /// Code or key of the paper
        paper: String,
        /// Account of whoever proposes it
        #[arg(long = "as", value_name = "ACCOUNT")]
        account: String,
        /// Why it may go
        #[arg(long)]
        ground: Ground,
        /// Number of the decision
        #[arg(long, value_name = "NUMBER")]
        decision: String,
        /// Why, without a person's name or number: it stays
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Approve a proposal, as another account than the one that made it: the paper is destroyed at once
    Approve {
        /// Key of the proposal
        proposal: DisposalId,
        /// Account of whoever approves it
        #[arg(long = "as", value_name = "ACCOUNT")]
        account: String,
    },
    /// Refuse a proposal
    Refuse {
        /// Key of the proposal
        proposal: DisposalId,
        /// Account of whoever refuses it
        #[arg(long = "as", value_name = "ACCOUNT")]
        account: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Print what stays of a destroyed paper
    Certificate {
        /// Code or key of the paper
        paper: String,
    },
}

/// Why a paper may go.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Ground {
    /// Its retention term has ended
    RetentionEnded,
    /// The person asks for it, and no law keeps it
    SubjectRequest,
}

impl Dispose {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        match self.step {
            Step::Propose { paper, account, ground, decision, reason } => {
                let actor = person(setting, &repository, &account).await?;
                let paper = reread::find(&repository, &actor, &paper).await?;
                let new = NewDisposal { ground: ground.into(), decision_no: decision, reason };
                print(&repository.propose_disposal(&actor, paper, new).await?)?;
            }
            Step::Approve { proposal, account } => {
                let actor = person(setting, &repository, &account).await?;
                print(&repository.decide_disposal(&actor, proposal, Verdict::Approve).await?)?;
            }
            Step::Refuse { proposal, account, reason } => {
                let actor = person(setting, &repository, &account).await?;
                print(&repository.decide_disposal(&actor, proposal, Verdict::Refuse { reason }).await?)?;
            }
            Step::Certificate { paper } => {
                let actor = setting.operator("motlan dispose");
                let paper = reread::find(&repository, &actor, &paper).await?;
                print(&repository.certificate(&actor, paper).await?)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl From<Ground> for DisposalGround {
    fn from(ground: Ground) -> DisposalGround {
        match ground {
            Ground::RetentionEnded => DisposalGround::RetentionEnded,
            Ground::SubjectRequest => DisposalGround::SubjectRequest,
        }
    }
}

/// Who sits at the console: two persons must, each with an open account of their own that may do it. The log says that it was at the console.
async fn person(setting: &Setting, repository: &Repository, login: &str) -> anyhow::Result<Actor> {
    let console = setting.acting(Role::Administrator, "motlan dispose");
    let account = repository.account_by_login(&console, login).await;
    let account = account.with_context(|| format!("--as: there is no account {login}"))?;
    ensure!(
        account.kind == AccountKind::Person && account.is_open(Timestamp::now()),
        "--as: {login} is closed, or nobody's who works with papers"
    );
    Ok(account.actor(&console.purpose, &console.route))
}

fn print(value: &impl Serialize) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}
