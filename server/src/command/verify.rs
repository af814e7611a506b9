//! `motlan verify`: is this code genuine? It needs the list of keys and nothing else: no network, no data folder.

use super::Setting;
use crate::package::{self, CheckedPackage};
use anyhow::{Context, bail, ensure};
use clap::Args;
use ingest::{Event, Pictures, Reader};
use jiff::Timestamp;
use qr::{CodeError, KeyList, Payload, Person, Published, Verified};
use repository::record::{Label, PageState};
use serde::Serialize;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

/// Check whether a printed code, or a package of papers, is genuine, without a network and without the system that made it
///
/// The list of keys comes from that system: `motlan keys codes list --json`, or its address with /V/keys.json. What a paper is worth today only
/// the system itself can say.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan verify label.png --keys keys.json\n  motlan verify 'HTTPS://MOTLAN.EXAMPLE/V/AGCP…' --keys keys.json\n  \
                  motlan verify scan.pdf --keys new.json --trusted old.json\n  motlan verify khai-thac.zip --keys keys.json\n\nThe exit code is 0 when every code of the system in it is genuine and there is one."
)]
pub(super) struct Verify {
    /// The text of a code, a picture or PDF with codes on it, or a package (ZIP); `-` reads the text from standard input
    code: String,

    /// List of public keys
    #[arg(long, value_name = "FILE")]
    keys: PathBuf,

    /// A list that is trusted already: the other one must be signed by a key of it
    #[arg(long, value_name = "FILE")]
    trusted: Option<PathBuf>,

    /// Read a file without the jail; only for kernels without landlock, and only files that you trust
    #[arg(long)]
    allow_unsandboxed: bool,
}

/// What was found about one code.
#[derive(Serialize)]
struct Finding {
    /// Page of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<u32>,
    genuine: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<Value>,
}

impl Verify {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let list = read_list(&self.keys)?;
        if let Some(trusted) = &self.trusted {
            list.check_successor_of(&read_list(trusted)?)?;
        }
        if Path::new(&self.code).is_file() && package::is_package(Path::new(&self.code))? {
            return self.package(setting, &list);
        }
        let findings: Vec<Finding> = self.codes(setting, &list)?.into_iter().collect();
        for finding in &findings {
            match setting.json {
                true => println!("{}", serde_json::to_string(finding)?),
                false => print(finding),
            }
        }
        ensure!(!findings.is_empty(), "there is no code of {} on it", list.system());
        Ok(if findings.iter().all(|finding| finding.genuine) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// A package of papers: who put it together, for what, and that nothing in it was changed.
    fn package(&self, setting: &Setting, list: &KeyList) -> anyhow::Result<ExitCode> {
        let CheckedPackage { key, case } = package::check(Path::new(&self.code), list)?;
        if setting.json {
            println!("{}", json!({ "genuine": true, "key": key, "case": case }));
            return Ok(ExitCode::SUCCESS);
        }
        println!(
            "genuine: put together by {} on {} for {}, signed with key {key}",
            case.system,
            case.made_at.strftime("%Y-%m-%d %H:%M UTC"),
            case.agency
        );
        case.papers.iter().for_each(|paper| println!("{}  {}", paper.file, paper.title));
        Ok(ExitCode::SUCCESS)
    }

    fn codes(&self, setting: &Setting, list: &KeyList) -> anyhow::Result<Vec<Finding>> {
        if self.code == "-" {
            let text = std::io::read_to_string(std::io::stdin())?;
            return Ok(vec![Finding::new(None, list.verify(&text))]);
        }
        if !Path::new(&self.code).is_file() {
            let looks_like_file = self.code.contains('.') && !self.code.contains(':');
            ensure!(!looks_like_file, "{} is not there", self.code);
            return Ok(vec![Finding::new(None, list.verify(&self.code))]);
        }
        let mut findings: Vec<Finding> = Vec::new();
        for (page, label) in self.labels(setting)? {
            // Codes of others may stand on a paper too, and say nothing about it.
            match list.verify(&label.value) {
                Err(CodeError::NotOurs) if label.kind != "our_label" => {}
                found => findings.push(Finding::new(Some(page), found)),
            }
        }
        Ok(findings)
    }

    /// The codes on the pages of a file, which is opened in the jail as every file is.
    fn labels(&self, setting: &Setting) -> anyhow::Result<Vec<(u32, Label)>> {
        let pictures = Pictures { page: false, stages: false };
        let options =
            setting.config.reader_options(setting.config.model, pictures, !self.allow_unsandboxed)?;
        let bytes = fs::read(&self.code).with_context(|| self.code.clone())?;
        let mut labels = Vec::new();
        let mut failed: Option<u32> = None;
        Reader::new(options).read(&bytes, &[], &AtomicBool::new(false), &mut |event| {
            if let Event::Page(read) = event {
                let page = read.page;
                failed = failed.or((page.state == PageState::Failed).then_some(page.number));
                labels.extend(page.labels.into_iter().map(|label| (page.number, label)));
            }
            true
        })?;
        if let Some(page) = failed {
            bail!("page {page} of {} could not be looked at", self.code);
        }
        labels.sort_by_key(|(page, _)| *page);
        Ok(labels)
    }
}

/// The list of public keys in a file.
///
/// # Errors
/// The file cannot be read, or is no such list.
pub(super) fn read_list(path: &Path) -> anyhow::Result<KeyList> {
    let text = fs::read_to_string(path).with_context(|| format!("the list of keys, {}", path.display()))?;
    KeyList::from_json(&text).with_context(|| format!("{}", path.display()))
}

impl Finding {
    fn new(page: Option<u32>, found: Result<Verified, CodeError>) -> Finding {
        match found {
            Ok(verified) => Finding {
                page,
                genuine: true,
                problem: None,
                key: Some(verified.key),
                says: Some(says(&verified.payload)),
            },
            Err(error) => {
                Finding { page, genuine: false, problem: Some(error.to_string()), key: None, says: None }
            }
        }
    }
}

/// What a code says, under the names of `docs/qr-format.md` in English.
fn says(payload: &Payload) -> Value {
    let (kind, published, more) = match payload {
        Payload::Receipt(receipt) => {
            ("receipt", Some(&receipt.published), json!({ "appointment": receipt.appointment }))
        }
        Payload::Notice(published) => ("notice", Some(published), json!({})),
        Payload::ResultLabel(label) => {
            let hash = hex::encode(label.file_hash);
            let more = json!({ "code": label.code, "valid_until": label.valid_until, "scope": label.scope, "file_sha256_begins": hash });
            ("result", Some(&label.published), more)
        }
        Payload::CoverSheet(sheet) => {
            let more = json!({ "dossier": sheet.dossier, "component": sheet.component, "sheets": sheet.sheets, "printed_at": sheet.at });
            ("cover_sheet", None, more)
        }
    };
    let mut all = json!({ "kind": kind });
    for part in [published.map(facts), Some(more)].into_iter().flatten() {
        if let (Value::Object(all), Value::Object(part)) = (&mut all, part) {
            all.extend(part);
        }
    }
    all
}

fn facts(published: &Published) -> Value {
    let person = match &published.person {
        Person::Pseudonym(bytes) => format!("pseudonym {}", hex::encode(bytes)),
        Person::Number(number) => number.clone(),
    };
    let at: Timestamp = published.at;
    json!({
        "dossier": published.dossier, "procedure": published.procedure, "person": person,
        "paper": published.paper, "system": published.system, "printed_at": at,
    })
}

fn print(finding: &Finding) {
    let page = finding.page.map(|page| format!("page {page}: ")).unwrap_or_default();
    match (&finding.problem, &finding.says) {
        (Some(problem), _) => println!("{page}NOT GENUINE: {problem}"),
        (None, Some(Value::Object(says))) => {
            println!("{page}genuine, signed with the key {}", finding.key.as_deref().unwrap_or_default());
            for (name, value) in says.iter().filter(|(_, value)| !value.is_null()) {
                println!("  {name:18}  {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            }
        }
        (None, _) => {}
    }
}
