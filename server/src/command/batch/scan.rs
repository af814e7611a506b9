//! `motlan batch scan`: a stack from a scanner, without a browser.

use crate::batches::feed_name;
use crate::command::Setting;
use crate::command::work::wait_for_signal;
use crate::scanning::{self, Colour, Pause, Scanner, Scanners, Sides, Tray, Wish};
use anyhow::{Context, bail, ensure};
use clap::Args;
use repository::Repository;
use repository::record::{Actor, Batch, NewBatch};
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// How often the pages so far are told.
const TELL_EVERY: Duration = Duration::from_millis(500);

/// Scan what lies in the feeder, and store it as a batch
///
/// Scanners are those of motlan.toml (its tables "scanners", with name and device), or what scanimage finds on this machine. After a paper jam the
/// pages so far are kept: put things right and press Enter.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  motlan --data data batch scan --list\n  motlan --data data batch scan --scanner 'Counter 3' --sides both"
)]
pub(super) struct ScanStack {
    /// Name of the scanner [default: the only one]
    #[arg(long, value_name = "NAME")]
    scanner: Option<String>,

    /// Which sides of the sheets
    #[arg(long, value_enum, default_value_t = Sides::One)]
    sides: Sides,

    /// In colour, or in greys
    #[arg(long, value_enum, default_value_t = Colour::Colour)]
    colour: Colour,

    /// Print the names of the scanners, and scan nothing
    #[arg(long)]
    list: bool,
}

impl ScanStack {
    pub(super) async fn run(self, setting: &Setting) -> anyhow::Result<ExitCode> {
        let scanners = known(setting)?;
        if self.list {
            let names: Vec<&str> = scanners.iter().map(|scanner| scanner.name.as_str()).collect();
            match setting.json {
                true => println!("{}", json!(names)),
                false => names.iter().for_each(|name| println!("{name}")),
            }
            return Ok(ExitCode::SUCCESS);
        }
        let scanner = self.chosen(scanners)?;
        let repository = setting.open_repository().await?;
        let tray = Tray::new(&scanning::folder(&setting.config.data))
            .context("there is no place for scanned pages")?;
        let (tray, wish) = (Arc::new(tray), Wish { sides: self.sides, colour: self.colour });
        while let Err(pause) = run(&scanner, wish, &tray).await? {
            if !is_to_go_on(pause, tray.pages()).await? {
                break;
            }
            tray.begin_run();
        }
        let actor = setting.operator("motlan batch scan");
        let (batch, held) = loop {
            match store(&repository, &actor, &tray, &scanner.name, self.sides).await {
                Ok(stored) => break stored,
                Err(error) => ask_again(&tray, &error).await?,
            }
        };
        match setting.json {
            true => println!("{}", json!({ "batch": batch.id, "pages": tray.pages(), "already_held": held })),
            false => println!(
                "batch {} with {} pages{}",
                batch.id,
                tray.pages(),
                if held { ", held already" } else { "" }
            ),
        }
        Ok(ExitCode::SUCCESS)
    }

    fn chosen(&self, scanners: Vec<Scanner>) -> anyhow::Result<Scanner> {
        ensure!(
            !scanners.is_empty(),
            "no scanner was found; switch it on, or name it in motlan.toml ([[scanners]])"
        );
        let names: Vec<&str> = scanners.iter().map(|scanner| scanner.name.as_str()).collect();
        let names = names.join(", ");
        match (&self.scanner, scanners.len()) {
            (None, 1) => Ok(scanners.into_iter().next().expect("there is one")),
            (None, _) => bail!("there are several scanners, choose one with --scanner: {names}"),
            (Some(wished), _) => {
                let mut scanners = scanners.into_iter();
                scanners
                    .find(|scanner| scanner.name == *wished)
                    .with_context(|| format!("no scanner is called “{wished}”; there are: {names}"))
            }
        }
    }
}

/// The scanners of the configuration, or what this machine has.
fn known(setting: &Setting) -> anyhow::Result<Vec<Scanner>> {
    let scanners = Scanners::open(&setting.config)?;
    if scanners.is_configured() {
        return Ok(scanners.list().scanners);
    }
    Ok(scanning::find()?)
}

/// One run of the feeder. Ctrl+C stops it and keeps the pages so far.
async fn run(scanner: &Scanner, wish: Wish, tray: &Arc<Tray>) -> anyhow::Result<Result<(), Pause>> {
    let (device, into) = (scanner.device.clone(), tray.clone());
    let mut running = tokio::task::spawn_blocking(move || scanning::run(&device, wish, &into));
    let mut told = tray.pages();
    loop {
        tokio::select! {
            end = &mut running => return Ok(end?),
            stopped = wait_for_signal() => { stopped?; tray.stop(); }
            () = tokio::time::sleep(TELL_EVERY) => {}
        }
        if tray.pages() != told {
            told = tray.pages();
            eprintln!("{told} pages");
        }
    }
}

async fn store(
    repository: &Repository,
    actor: &Actor,
    tray: &Tray,
    scanner: &str,
    sides: Sides,
) -> anyhow::Result<(Batch, bool)> {
    let new = NewBatch { files: tray.files(scanner)?, feed: feed_name(sides.feed()) };
    Ok(repository.receive_batch(actor, new).await?)
}

/// Waits until somebody has put right what keeps the stack from being stored.
///
/// # Errors
/// Nobody is there: the pages are left where they are, and the message says where.
async fn ask_again(tray: &Tray, error: &anyhow::Error) -> anyhow::Result<()> {
    let error = crate::command::sentence(error);
    eprintln!("the stack could not be stored: {error}");
    eprintln!("{} pages are kept. Enter: try again. Ctrl+C: leave them.", tray.pages());
    if answer().await?.is_some() {
        return Ok(());
    }
    let left = tray.leave().context("the pages cannot be left")?;
    bail!(
        "nothing was stored: {error}; the pages are in {}: upload them as one stack, then remove them",
        left.display()
    )
}

/// Whether the feeder shall run once more; otherwise the pages so far are the stack.
///
/// # Errors
/// Nobody is there to decide, or wants neither.
async fn is_to_go_on(pause: Pause, pages: u32) -> anyhow::Result<bool> {
    eprintln!("{pause}");
    eprintln!("{pages} pages are kept. Enter: go on. f and Enter: finish. Ctrl+C: throw them away.");
    match answer().await?.as_deref() {
        Some("") => Ok(true),
        Some("f") if pages > 0 => Ok(false),
        Some(_) | None => bail!("nothing was stored: {pause}"),
    }
}

/// What somebody types at the console; none: nobody is there, or wants no more.
async fn answer() -> anyhow::Result<Option<String>> {
    let (sender, said) = oneshot::channel();
    // A thread of its own: the program ends without waiting for a line.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = std::io::stdin().read_line(&mut line);
        // An error means that the program ends.
        let _ = sender.send(read.ok().filter(|bytes| *bytes > 0).map(|_| line.trim().to_owned()));
    });
    tokio::select! {
        said = said => Ok(said.ok().flatten()),
        signal = wait_for_signal() => { signal?; Ok(None) }
    }
}
