//! `motlan rights`: what an account may find.

use super::Setting;
use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use repository::record::{GrantedRight, Period, Right, RightId, Role, SubjectId};
use std::process::ExitCode;

/// Give an account the right to papers beside those of its agency, list its rights, and take them back
///
/// An account finds and opens what its agency received or issued, and what its rights cover. A right that was taken back is gone with
/// the next request.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data rights grant nguyen.thi.a --agency 'UBND xa Mau' --from 2024-01-01 --reason 'thu ly ho so dat dai'\n  motlan --data data rights list nguyen.thi.a\n  motlan --data data rights revoke RIGHT --reason 'chuyen cong tac'"
)]
pub(super) struct Rights {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Give a right; everything that is named must fit
    Grant {
        /// Account that gets it
        account: String,
        /// Only papers of the subject with this key (as in the address of its page)
        #[arg(long, value_name = "KEY")]
        subject: Option<SubjectId>,
        /// Only papers that this agency received or issued, by its name
        #[arg(long, value_name = "NAME")]
        agency: Option<String>,
        /// Only papers received from this day on
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<Date>,
        /// Only papers received until this day
        #[arg(long, value_name = "YYYY-MM-DD")]
        to: Option<Date>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// List the rights of an account, those that were taken back too
    List {
        /// Account
        account: String,
    },
    /// Take a right back
    Revoke {
        /// Key of the right, from the list
        right: RightId,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
}

impl Rights {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let actor = setting.acting(Role::Administrator, "motlan rights");
        let rights = match self.step {
            Step::Grant { account, subject, agency, from, to, reason } => {
                let right = Right { subject, agency, received: Period { from, to } };
                vec![repository.grant_search(&actor, &account, right, &reason).await?]
            }
            Step::List { account } => repository.search_rights(&actor, &account).await?,
            Step::Revoke { right, reason } => {
                let revoked = repository.revoke_search(&actor, right, &reason).await;
                vec![revoked.with_context(|| format!("right {right}"))?]
            }
        };
        if setting.json {
            println!("{}", serde_json::to_string(&rights)?);
        } else {
            rights.iter().for_each(|right| println!("{}", line(right)));
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn line(granted: &GrantedRight) -> String {
    let Right { subject, agency, received } = &granted.right;
    let mut covers = Vec::new();
    covers.extend(subject.map(|subject| format!("subject {subject}")));
    covers.extend(agency.as_ref().map(|name| format!("agency {name}")));
    covers.extend(received.from.map(|day| format!("from {day}")));
    covers.extend(received.to.map(|day| format!("to {day}")));
    let covers = if covers.is_empty() { "everything".to_owned() } else { covers.join(", ") };
    let state = granted.revoked_at.map_or("holds".to_owned(), |at| format!("taken back {at}"));
    format!("{}  {}  {covers}  {state}", granted.id, granted.account)
}
