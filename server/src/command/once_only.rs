//! `motlan once-only`: is a paper held already, before anyone is asked for it?

use super::{Setting, personal_number};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use repository::identifier::ProcedureCode;
use repository::record::{Requirement, RequirementStatus, Requirements, RequirementsQuestion};
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:\n  motlan --data data once-only check --procedure 1.000894 < number.txt\n  motlan --data data once-only check --procedure 1.000894 --subject number.txt --on 2026-01-05";

/// Ask what is held already before asking a person for papers
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct OnceOnly {
    #[command(subcommand)]
    question: Question,
}

#[derive(Debug, Subcommand)]
enum Question {
    Check(Check),
}

/// Tell for each component of a procedure whether the subject's paper is held
///
/// The personal number comes on standard input or from a file: what stands on the command line can be seen by others on the machine and
/// stays in the shell's history.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct Check {
    /// Code of the procedure
    #[arg(long, value_name = "CODE")]
    procedure: ProcedureCode,

    /// File that holds the personal number or tax code; `-` is standard input
    #[arg(long, value_name = "FILE", default_value = "-")]
    subject: PathBuf,

    /// Name as the person states it; another one than is known is refused
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Date of birth as the person states it, YYYY-MM-DD; likewise
    #[arg(long, value_name = "DAY")]
    birth_date: Option<Date>,

    /// Day to decide about, YYYY-MM-DD [default: today in Việt Nam]
    #[arg(long, value_name = "DAY")]
    on: Option<Date>,
}

impl OnceOnly {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        match self.question {
            Question::Check(check) => check.run(setting).await,
        }
    }
}

impl Check {
    async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let question = RequirementsQuestion {
            procedure: self.procedure,
            subject: personal_number::read(&self.subject)?,
            name: self.name,
            birth_date: self.birth_date,
            on: self.on,
        };
        let repository = setting.open_repository().await?;
        let actor = setting.operator("motlan once-only check");
        let answer = repository.requirements(&actor, &question).await?;
        match setting.json {
            true => println!("{}", serde_json::to_string(&answer)?),
            false => print(&answer),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(answer: &Requirements) {
    println!("{} {}, {}", answer.procedure, answer.procedure_name, answer.on);
    for component in &answer.components {
        println!("{}", line(component));
    }
    let held = answer.components.iter().filter(|component| component.status == RequirementStatus::Held);
    println!("{} of {} components held", held.count(), answer.components.len());
}

fn line(component: &Requirement) -> String {
    let status = match component.status {
        RequirementStatus::Held => "held",
        RequirementStatus::InSource => "in source",
        RequirementStatus::AwaitingConfirmation => "awaiting confirmation",
        RequirementStatus::BelowTrust => "below trust",
        RequirementStatus::Expired => "expired",
        RequirementStatus::Withdrawn => "withdrawn",
        RequirementStatus::NotHeld => "not held",
    };
    let code = component.candidates.first().and_then(|paper| paper.code.as_ref());
    let code = code.map_or("-", |code| code.as_str());
    format!("{status:<21}  {code:<20}  {}\n    {}", component.name, component.reason)
}
