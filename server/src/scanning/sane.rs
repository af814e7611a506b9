//! Scanners of this machine, through SANE's own program `scanimage`: drivers of many makers run in a process that may crash or hang, and is
//! ended then.

mod options;
mod program;

use super::pause::Pause;
use super::scanner::{Device, Scanner};
use super::tray::{PAGES_MAX, STACK_BYTES_MAX, Tray};
use super::{Feeding, Wish};
use options::Options;
use program::Program;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

/// How often it is looked at what the program does: pages come every second at most.
const POLL: Duration = Duration::from_millis(100);
/// How long looking for devices, or asking one what it can do, may take: network drivers listen for 15 s.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);
/// How long nothing may come: lamps warm up for a minute.
const STILL_MAX: Duration = Duration::from_secs(90);
/// How long the program may take to end once it said why it will: a sheet under way is thrown out in a few seconds, while some drivers never
/// come back from letting their device go.
const FAREWELL_MAX: Duration = Duration::from_secs(10);
/// How long one run may take: 300 pages at 10 a minute.
const RUN_TIME_MAX: Duration = Duration::from_secs(30 * 60);
/// How `scanimage` shall list a device: maker, model and name, which may hold anything but a line's end.
const LIST_FORMAT: &str = "--formatted-device-list=%v %m\t%d%n";

/// The devices that SANE finds on this machine.
///
/// # Errors
/// The program is missing, or found nothing out in time.
pub(super) fn devices() -> Result<Vec<Scanner>, Pause> {
    let (printed, _) = answer(&[LIST_FORMAT.into()], || false)?;
    let scanner = |line: &str| {
        let (name, device) = line.split_once('\t')?;
        Some(Scanner::found(name, Device::Sane(device.to_owned())))
    };
    Ok(printed.lines().filter_map(scanner).collect())
}

/// Scans what lies in the feeder until it is empty.
///
/// # Errors
/// Why it rests before that.
pub(super) fn scan(device: &str, wish: Wish, tray: &Tray) -> Result<(), Pause> {
    let device = format!("--device-name={device}");
    let (printed, errors) = answer(&[device.clone(), "--all-options".into()], || tray.is_stopped())?;
    let options = Options::read(&printed);
    if options.is_empty() {
        return Err(trouble_in(&errors).unwrap_or(Pause::Unreachable));
    }
    let choice = options.choose(wish)?;
    let before = tray.pages();
    let count = match choice.feeding {
        Feeding::Feeder => PAGES_MAX.saturating_sub(before),
        // Without a feeder it would scan the same sheet for ever.
        Feeding::Glass => 1,
    };
    if before >= PAGES_MAX {
        return Err(Pause::Full);
    }
    let mut arguments = vec![
        device,
        "--format=jpeg".into(),
        // In its own folder: other signs of the folder's name could mean something in this pattern.
        "--batch=%04d.jpg".into(),
        format!("--batch-start={}", before + 1),
        format!("--batch-count={count}"),
    ];
    arguments.extend(choice.arguments);
    let mut program = Program::start(tray.folder(), &arguments)?;
    follow(&mut program, tray)?;
    let errors = program.errors();
    match trouble_in(&errors) {
        Some(Pause::NoPaper) if tray.pages() > before => Ok(()),
        Some(pause) => Err(pause),
        None if tray.pages() >= PAGES_MAX => Err(Pause::Full),
        None if choice.feeding == Feeding::Glass && tray.pages() > before => Err(Pause::OneSheet),
        None => Err(failed(&errors)),
    }
}

/// Counts the pages that the program writes until it ends, or is ended.
fn follow(program: &mut Program, tray: &Tray) -> Result<(), Pause> {
    let began = Instant::now();
    let (mut bytes, mut moved) = (0, began);
    let mut complained: Option<Instant> = None;
    loop {
        // Before the files are looked at: what it wrote last is counted then.
        let is_over = program.is_over()?;
        take_up(tray)?;
        if is_over {
            return Ok(());
        }
        if tray.is_stopped() {
            program.end();
            take_up(tray)?;
            return Err(Pause::Stopped);
        }
        if complained.is_none() && trouble_in(&program.errors()).is_some() {
            complained = Some(Instant::now());
        }
        if complained.is_some_and(|at| at.elapsed() > FAREWELL_MAX) {
            program.end();
            return take_up(tray);
        }
        let written = bytes_in(tray);
        if written > STACK_BYTES_MAX {
            return Err(Pause::TooLarge);
        }
        if written != bytes {
            (bytes, moved) = (written, Instant::now());
        }
        if moved.elapsed() > STILL_MAX || began.elapsed() > RUN_TIME_MAX {
            return Err(Pause::Hung);
        }
        thread::sleep(POLL);
    }
}

/// Counts the pages that are whole: the program gives a file its name when it is.
fn take_up(tray: &Tray) -> Result<(), Pause> {
    while tray.page(tray.pages() + 1).exists() {
        tray.take_up()?;
    }
    Ok(())
}

/// Bytes in the folder, those of the page under way too.
fn bytes_in(tray: &Tray) -> u64 {
    let entries = fs::read_dir(tray.folder()).into_iter().flatten();
    entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len())).sum()
}

/// What the program prints on standard output and as errors, unless someone wants to stop first.
fn answer(arguments: &[String], is_stopped: impl Fn() -> bool) -> Result<(String, String), Pause> {
    let mut program = Program::start(&std::env::temp_dir(), arguments)?;
    let began = Instant::now();
    while !program.is_over()? {
        if is_stopped() {
            return Err(Pause::Stopped);
        }
        if began.elapsed() > ANSWER_TIME_MAX {
            return Err(Pause::Hung);
        }
        thread::sleep(POLL);
    }
    Ok((program.output(), program.errors()))
}

/// What the program complains about; none: about nothing that has a name. SANE words a status always alike, as untranslated.
fn trouble_in(errors: &str) -> Option<Pause> {
    let named = [
        ("No space left on device", Pause::NotKept),
        ("Document feeder jammed", Pause::Jam),
        ("Scanner cover is open", Pause::CoverOpen),
        ("Device busy", Pause::Busy),
        ("Access to resource has been denied", Pause::Refused),
        ("Document feeder out of documents", Pause::NoPaper),
        ("scanimage: not found", Pause::NotInstalled),
        ("Error during device I/O", Pause::Unreachable),
        ("open of device", Pause::Unreachable),
        ("no SANE devices found", Pause::Unreachable),
    ];
    named.into_iter().find(|(words, _)| errors.contains(words)).map(|(_, pause)| pause)
}

fn failed(errors: &str) -> Pause {
    let last = errors.lines().rfind(|line| line.starts_with("scanimage:")).unwrap_or_default();
    tracing::error!(error = last, "scanimage failed");
    Pause::Failed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_understood() {
        let check =
            |errors: &str, expected: Option<Pause>| assert_eq!(trouble_in(errors), expected, "{errors}");
        check("Scanning page 1\nscanimage: sane_read: Document feeder jammed\n", Some(Pause::Jam));
        check("scanimage: sane_start: Document feeder out of documents\n", Some(Pause::NoPaper));
        check("scanimage: sane_start: Scanner cover is open\n", Some(Pause::CoverOpen));
        check("scanimage: open of device x:1 failed: Device busy\n", Some(Pause::Busy));
        check("scanimage: open of device x:1 failed: Invalid argument\n", Some(Pause::Unreachable));
        check("sh: 1: exec: scanimage: not found\n", Some(Pause::NotInstalled));
        check("scanimage: 0003.jpg.part: No space left on device\n", Some(Pause::NotKept));
        check("scanimage: sane_read: Operation was cancelled\n", None);
        check("", None);
    }
}
