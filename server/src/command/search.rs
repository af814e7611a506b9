//! `motlan search`: papers by words, codes or numbers.

use super::Setting;
use clap::Args;
use repository::record::Document;
use search::{Answer, Request};
use std::process::ExitCode;

/// Find papers by words (with or without accents), code, or personal number
///
/// A personal number on the command line stays in the shell's history: use `-` and type it on standard input.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data search 'quyen su dung dat'\n  echo 079198030218 | motlan --data data search -"
)]
pub(super) struct Search {
    /// Words to look for; `-` reads them from standard input
    query: String,

    /// Most papers shown
    #[arg(long, default_value_t = 20)]
    limit: usize,
}

impl Search {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let text = if self.query == "-" { std::io::read_to_string(std::io::stdin())? } else { self.query };
        let repository = setting.open_repository().await?;
        let index = setting.open_index_reader()?;
        let actor = setting.operator("motlan search");
        let request = Request::new(text.trim(), self.limit, repository::today());
        let answer = search::find(&repository, index.as_ref(), &actor, &request).await?;
        if setting.json {
            println!("{}", serde_json::to_string(&answer)?)
        } else {
            print(&answer)
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(answer: &Answer) {
    for item in &answer.items {
        println!("{}", line(&item.document));
        if let Some(snippet) = &item.snippet {
            let text: String = snippet.parts.iter().map(|(text, _)| text.as_str()).collect();
            println!("    page {}: {}", snippet.page, text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
    let more = if answer.is_cut { "more than " } else { "" };
    println!("{more}{} found, {} shown", answer.total, answer.items.len());
    match answer.changes_behind {
        None => println!("the index does not answer: only codes and numbers were looked up"),
        Some(0) => {}
        Some(count) => println!(
            "the index is {count} changes behind; `motlan serve` catches up, or run `motlan reindex`"
        ),
    }
}

fn line(document: &Document) -> String {
    let code = document.code.as_ref().map_or("not confirmed", |code| code.as_str());
    let number = document.number.as_deref().unwrap_or("-");
    format!("{code:<20}  {:<32}  {number:<24}  {}", document.title, document.original.file_name)
}
