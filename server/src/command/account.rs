//! `motlan account`: who may sign in, for whoever sits at the console of the machine.

use super::Setting;
use anyhow::Context;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use repository::record::{
    Account, Action, Actor, NewAccount, NewProgramKey, OneTimeLink, ProgramKey, ProgramKeyId, Role,
};
use repository::{AccountChange, Repository};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Give people accounts, review and close them, and let them in again
///
/// Nobody ever knows the password of somebody else: `create` and `link` print a path that works once, for 24 hours, behind the address of the
/// server. Whoever opens it sets the password.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data account create lan.tran --name 'Tran Thi Lan' --agency 'UBND xa Ben Mo' --role counter_officer\n  motlan --data data account link quan.tri            when an administrator forgot the password\n  motlan --data data account list                     the quarterly review\n  motlan --data data account key mot.cua --name 'cong dich vu cong' --only search,view --days 90\n  motlan --data data account close lan.tran --reason 'chuyen cong tac'"
)]
pub(super) struct Accounts {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// List all accounts, with what a review looks at
    List,
    /// Give somebody an account, and print the path by which they set their password
    Create {
        /// Login: letters without accents, digits, dots
        login: String,
        /// Name shown to people
        #[arg(long)]
        name: String,
        /// Agency
        #[arg(long)]
        agency: String,
        /// Unit in the agency
        #[arg(long, default_value = "")]
        unit: String,
        /// What it may do: counter_officer, leader, auditor, administrator
        #[arg(long, value_parser = role)]
        role: Role,
        /// Make it a program's: nobody signs in with it, programs ask with keys (`account key`)
        #[arg(long)]
        service: bool,
        /// File that holds the person's national number, by which another system may vouch for them
        #[arg(long, value_name = "FILE")]
        number: Option<PathBuf>,
    },
    /// Print a path by which somebody sets a new password
    Link {
        /// Login
        login: String,
    },
    /// Change what an account may do, or where it belongs
    Change {
        /// Login
        login: String,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// Another agency
        #[arg(long)]
        agency: Option<String>,
        /// Another unit
        #[arg(long)]
        unit: Option<String>,
        /// Another role
        #[arg(long, value_parser = role)]
        role: Option<Role>,
    },
    /// Print a key by which a program asks the API for an account (Authorization: Bearer KEY)
    Key {
        /// Login of an account made with --service
        login: String,
        /// Which program
        #[arg(long)]
        name: String,
        /// What it may do, and nothing else: view, search, receive, download, …
        #[arg(long, value_delimiter = ',', value_parser = action)]
        only: Vec<Action>,
        /// For how many days
        #[arg(long, default_value_t = 90)]
        days: i64,
        /// Accept it only from the system with this client certificate: SHA-256 of it, in hexadecimal, or its PEM file
        #[arg(long, value_name = "SHA256|FILE")]
        certificate: Option<String>,
    },
    /// List the keys of an account
    Keys {
        /// Login
        login: String,
    },
    /// End a key at once
    EndKey {
        /// Key of the key, from the list
        id: ProgramKeyId,
    },
    /// Close an account; its sessions end at once
    Close {
        /// Login
        login: String,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Open an account that was closed, left alone, or locked for failing too often
    Open {
        /// Login
        login: String,
    },
    /// Take a second factor away whose phone is lost
    ResetSecondFactor {
        /// Login
        login: String,
    },
}

impl Accounts {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let repository = setting.open_repository().await?;
        let actor = setting.acting(Role::Administrator, "motlan account");
        let (login, link) = match self.step {
            Step::List => {
                let (accounts, _) = repository.accounts(&actor).await?;
                setting.print_accounts(&accounts)?;
                return Ok(ExitCode::SUCCESS);
            }
            Step::Create { login, name, agency, unit, role, service, number } => {
                let number = number.map(std::fs::read_to_string).transpose().context("--number")?;
                let number = number.unwrap_or_default();
                let new = NewAccount { login, name, agency, unit, role, is_service: service, number };
                let account = repository.create_account(&actor, new).await?;
                let link = match service {
                    true => None,
                    false => Some(repository.make_link(&actor, account.id).await?),
                };
                (account.login, link)
            }
            Step::Key { login, name, only, days, certificate } => {
                let account = find(&repository, &actor, &login).await?;
                let certificate_sha256 = certificate.map(fingerprint).transpose()?;
                let new = NewProgramKey { name, only, days, certificate_sha256 };
                let (secret, key) = repository.make_program_key(&actor, account.id, new).await?;
                setting.print_key(&key, Some(&secret))?;
                return Ok(ExitCode::SUCCESS);
            }
            Step::Keys { login } => {
                let account = find(&repository, &actor, &login).await?;
                for key in repository.program_keys(&actor, account.id).await? {
                    setting.print_key(&key, None)?;
                }
                return Ok(ExitCode::SUCCESS);
            }
            Step::EndKey { id } => {
                repository.end_program_key(&actor, id).await.with_context(|| format!("key {id}"))?;
                return Ok(ExitCode::SUCCESS);
            }
            Step::Link { login } => {
                let account = find(&repository, &actor, &login).await?;
                (login, Some(repository.make_link(&actor, account.id).await?))
            }
            Step::Change { login, name, agency, unit, role } => {
                let account = find(&repository, &actor, &login).await?;
                let change = AccountChange {
                    name: name.unwrap_or(account.name),
                    agency: agency.unwrap_or(account.agency),
                    unit: unit.unwrap_or(account.unit),
                    role: role.unwrap_or(account.role),
                };
                repository.change_account(&actor, account.id, change).await?;
                (login, None)
            }
            Step::Close { login, reason } => {
                let account = find(&repository, &actor, &login).await?;
                repository.disable_account(&actor, account.id, &reason).await?;
                (login, None)
            }
            Step::Open { login } => {
                let account = find(&repository, &actor, &login).await?;
                repository.open_account(&actor, account.id).await?;
                (login, None)
            }
            Step::ResetSecondFactor { login } => {
                let account = find(&repository, &actor, &login).await?;
                repository.reset_second_factor(&actor, account.id).await?;
                (login, None)
            }
        };
        let account = find(&repository, &actor, &login).await?;
        match link {
            Some(link) => setting.print_link(&account, &link),
            None => setting.print_accounts(&[account])?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The fingerprint of a certificate that is named by its file, or by the fingerprint itself.
fn fingerprint(named: String) -> anyhow::Result<String> {
    if !Path::new(&named).is_file() {
        return Ok(named);
    }
    let certificate = CertificateDer::from_pem_file(&named);
    let certificate = certificate.with_context(|| format!("{named} holds no certificate in PEM"))?;
    Ok(hex::encode(Sha256::digest(certificate)))
}

async fn find(repository: &Repository, actor: &Actor, login: &str) -> anyhow::Result<Account> {
    repository.account_by_login(actor, login).await.with_context(|| format!("there is no account {login}"))
}

impl Setting {
    fn print_accounts(&self, accounts: &[Account]) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string(accounts)?);
        } else {
            accounts.iter().for_each(|account| println!("{}", line(account)));
        }
        Ok(())
    }

    fn print_key(&self, key: &ProgramKey, secret: Option<&str>) -> anyhow::Result<()> {
        if self.json {
            println!("{}", json!({ "key": key, "secret": secret }));
            return Ok(());
        }
        let only = key.only.iter().map(crate::api::name_of).collect::<Vec<_>>().join(",");
        let used = key.used_at.map_or("never".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
        let until = key.ends_at.strftime("%Y-%m-%d");
        let bound = key.certificate_sha256.as_deref().map_or("any connection", |hash| &hash[..12]);
        println!(
            "{}  {}  only {only}  until {until}  last used: {used}  certificate: {bound}",
            key.id, key.name
        );
        if let Some(secret) = secret {
            println!("{secret}");
        }
        Ok(())
    }

    fn print_link(&self, account: &Account, OneTimeLink { secret, ends_at }: &OneTimeLink) {
        let path = format!("/sign-in/links/{secret}");
        if self.json {
            println!("{}", json!({ "login": account.login, "path": path, "ends_at": ends_at }));
        } else {
            println!("{}: {path} (once, until {})", account.login, ends_at.strftime("%Y-%m-%d %H:%M UTC"));
        }
    }
}

fn line(account: &Account) -> String {
    let state = match account.is_open(Timestamp::now()) {
        true if account.needs_link => "open (needs a new link: too many wrong codes)".to_owned(),
        true => "open".to_owned(),
        false => format!("closed ({})", account.state_reason),
    };
    let signed_in =
        account.signed_in_at.map_or("never".to_owned(), |at| at.strftime("%Y-%m-%d %H:%M").to_string());
    let factor = if account.has_second_factor { "second factor" } else { "password only" };
    format!(
        "{}  {}  {}  {}  {state}  {factor}  last in: {signed_in}  made {} by {}",
        account.login,
        word(&account.role),
        account.name,
        account.agency,
        account.made_at.strftime("%Y-%m-%d"),
        account.made_by
    )
}

/// A role by the word that the API has for it.
fn role(word: &str) -> Result<Role, String> {
    parse(word).ok_or_else(|| "one of counter_officer, leader, auditor, administrator".to_owned())
}

/// What can be done to records, by the word that the log has for it.
fn action(word: &str) -> Result<Action, String> {
    parse(word)
        .ok_or_else(|| format!("{word} is nothing that can be done; e.g. view, search, receive, download"))
}

fn parse<T: DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(json!(word)).ok()
}

fn word(role: &Role) -> String {
    crate::api::name_of(*role).to_string()
}
