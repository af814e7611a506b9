//! `motlan read`: what scans say, without storing anything.

mod pdf;
mod stages;

use self::stages::StageFolder;
use super::{Setting, scans, sentence};
use crate::config::Model;
use anyhow::{Context, ensure};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use ingest::{Event, Pictures, Reader};
use repository::record::{Page, PageState, Proposal, Reading};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

/// Print what scans say; nothing is stored
///
/// Text goes to standard output in reading order, pages separated by form feeds. With --json: one JSON object a file,
/// one file a line, with every word's box (pixels of the upright page) and confidence.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan read decision.pdf\n  motlan read --json --model accurate *.jpg | jq .document_type\n  motlan read --pdf searchable.pdf scan.jpg"
)]
pub(super) struct Read {
    /// Scans: PDF, JPEG, PNG, TIFF or WebP
    #[arg(required = true)]
    files: Vec<PathBuf>,

    /// Which model reads whole pages [default: `model` of the configuration]
    #[arg(long, value_enum)]
    model: Option<Model>,

    /// Also write the scan as a searchable PDF/A-2b; one scan at a time, and none that is signed
    #[arg(long, value_name = "OUT")]
    pdf: Option<PathBuf>,

    /// Write every stage of the clean-up into this folder, as DIR/FILE/PAGE-NUMBER-STAGE.jpg
    #[arg(long, value_name = "DIR")]
    debug: Option<PathBuf>,

    /// Read without the jail; only for kernels without landlock, and only files that you trust
    #[arg(long)]
    allow_unsandboxed: bool,
}

/// One file as `--json` prints it.
#[derive(Serialize)]
struct FileRead {
    file: String,
    media_type: &'static str,
    document_type: &'static str,
    title: String,
    type_evidence: Option<repository::record::Evidence>,
    pages: Vec<PageRead>,
    fields: Vec<repository::record::ProposedField>,
}

/// One page as `--json` prints it: what is known of it, and its lines of words.
#[derive(Serialize)]
struct PageRead {
    #[serde(flatten)]
    page: Page,
    engine: Option<String>,
    stages: Vec<repository::record::Stage>,
    text: String,
    lines: Vec<LineRead>,
}

#[derive(Serialize)]
struct LineRead {
    text: String,
    words: Vec<repository::record::ReadWord>,
}

/// A file, read.
struct Paper {
    media_type: &'static str,
    pages: Vec<(Page, Option<Reading>)>,
}

impl Paper {
    fn has_failed_page(&self) -> bool {
        self.pages.iter().any(|(page, _)| page.state == PageState::Failed)
    }

    /// One line on standard error for each page that was not read wholly.
    fn tell_doubts(&self, file: &Path) {
        for (page, _) in self.pages.iter().filter(|(page, _)| page.state != PageState::Done) {
            let state = if page.state == PageState::Failed { "not read" } else { "look at it" };
            eprintln!(
                "motlan: {}: page {}: {state}: {}",
                file.display(),
                page.number,
                page.reasons.join(", ")
            );
        }
    }
}

impl Read {
    pub(super) fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let files = scans::collect(&self.files, false)?;
        ensure!(
            self.pdf.is_none() || files.len() == 1,
            "--pdf writes one scan, but {} are named; name one at a time",
            files.len()
        );
        if let (Some(out), [scan]) = (&self.pdf, files.as_slice()) {
            pdf::check_target(scan, out)?;
        }
        let model = self.model.unwrap_or(setting.config.model);
        let pictures = Pictures { page: false, stages: self.debug.is_some() };
        let options = setting.config.reader_options(model, pictures, !self.allow_unsandboxed)?;
        let reader = Reader::new(options);
        let progress = progress_bar(files.len());
        let mut failed = 0;
        let read = |file: &Path| read_file(&reader, file, self.debug.as_deref());
        read_in_order(&files, read, |file, result| {
            progress.inc(1);
            match result {
                Ok(paper) => {
                    failed += usize::from(paper.has_failed_page());
                    if let Some(out) = &self.pdf
                        && let Err(error) = pdf::write(&reader, file, &paper.pages, out)
                    {
                        failed += 1;
                        progress.suspend(|| eprintln!("motlan: {}: {}", file.display(), sentence(&error)));
                    }
                    progress.suspend(|| {
                        paper.tell_doubts(file);
                        print(setting.json, file, paper)
                    })?;
                }
                Err(error) => {
                    failed += 1;
                    progress.suspend(|| eprintln!("motlan: {}: {}", file.display(), sentence(&error)));
                }
            }
            Ok(())
        })?;
        progress.finish_and_clear();
        Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Reads files on all processors and hands the results on in the order of `files`.
fn read_in_order(
    files: &[PathBuf],
    read: impl Fn(&Path) -> anyhow::Result<Paper> + Sync,
    mut on_result: impl FnMut(&Path, anyhow::Result<Paper>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let next = AtomicUsize::new(0);
    // One file more than processors: while one waits for a slow page the others are kept busy.
    let threads = std::thread::available_parallelism().map_or(1, usize::from) + 1;
    let (sender, receiver) = mpsc::sync_channel(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(files.len()) {
            let (sender, next, read) = (sender.clone(), &next, &read);
            scope.spawn(move || {
                while let Some((index, file)) = take(files, next) {
                    if sender.send((index, read(file))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut wanted = 0;
        for (index, result) in receiver {
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&wanted) {
                on_result(&files[wanted], result)?;
                wanted += 1;
            }
        }
        Ok(())
    })
}

fn take<'a>(files: &'a [PathBuf], next: &AtomicUsize) -> Option<(usize, &'a PathBuf)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    files.get(index).map(|file| (index, file))
}

fn read_file(reader: &Reader, file: &Path, debug: Option<&Path>) -> anyhow::Result<Paper> {
    let bytes = std::fs::read(file).context("cannot be read")?;
    let mut paper = Paper { media_type: "", pages: Vec::new() };
    let mut stages = debug.map(|folder| StageFolder::create(folder, file)).transpose()?;
    let mut written = Ok(());
    reader.read(&bytes, &[], &AtomicBool::new(false), &mut |event| {
        match event {
            Event::Opened { media_type, .. } => paper.media_type = media_type,
            Event::Stage(picture) => {
                if let (Some(stages), Ok(())) = (&mut stages, &written) {
                    written = stages.write(&picture);
                }
            }
            Event::Page(page) => paper.pages.push((page.page, page.reading)),
        }
        true
    })?;
    written?;
    paper.pages.sort_by_key(|(page, _)| page.number);
    Ok(paper)
}

fn print(json: bool, file: &Path, paper: Paper) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    if json {
        serde_json::to_writer(&mut output, &describe(file, paper))?;
        output.write_all(b"\n")?;
    } else {
        let texts =
            paper.pages.iter().map(|(_, reading)| reading.as_ref().map(Reading::text).unwrap_or_default());
        for text in texts {
            write!(output, "{text}\n\u{c}")?;
        }
    }
    output.flush().context("standard output was closed")
}

fn describe(file: &Path, paper: Paper) -> FileRead {
    let Proposal { document_type, title, type_evidence, fields } = ingest::draft(&paper.pages);
    FileRead {
        file: file.display().to_string(),
        media_type: paper.media_type,
        document_type: document_type.code(),
        title,
        type_evidence,
        pages: paper.pages.into_iter().map(describe_page).collect(),
        fields,
    }
}

fn describe_page((page, reading): (Page, Option<Reading>)) -> PageRead {
    let line = |line: repository::record::ReadLine| LineRead {
        text: line.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "),
        words: line.words,
    };
    PageRead {
        page,
        engine: reading
            .as_ref()
            .map(|reading| format!("{} {} {}", reading.engine, reading.engine_version, reading.model)),
        stages: reading.as_ref().map(|reading| reading.stages.clone()).unwrap_or_default(),
        text: reading.as_ref().map(Reading::text).unwrap_or_default(),
        lines: reading.map(|reading| reading.lines.into_iter().map(line).collect()).unwrap_or_default(),
    }
}

fn progress_bar(files: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("reading {pos}/{len} {bar:32} {elapsed}")
        .expect("the template is right");
    ProgressBar::new(files as u64).with_style(style)
}
