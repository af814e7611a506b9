//! Numbers of persons and organizations, read from where other users of the machine cannot see them.

use anyhow::{Context, anyhow};
use repository::identifier::SubjectNumber;
use std::io::Read;
use std::path::Path;

/// More than any number with its separators; whoever names a scan by mistake gets a sentence, not its bytes in memory.
const NUMBER_BYTES_MAX: u64 = 200;

/// The number that a file holds; `-`: standard input. Errors do not repeat it.
pub(super) fn read(file: &Path) -> anyhow::Result<SubjectNumber> {
    let text = match file.as_os_str() == "-" {
        true => text(std::io::stdin().lock()).context("standard input")?,
        false => std::fs::File::open(file)
            .map_err(anyhow::Error::from)
            .and_then(text)
            .with_context(|| file.display().to_string())?,
    };
    SubjectNumber::parse(text.trim()).map_err(|error| anyhow!(error.message))
}

fn text(source: impl Read) -> anyhow::Result<String> {
    let mut text = String::new();
    source.take(NUMBER_BYTES_MAX).read_to_string(&mut text).context("cannot read a number")?;
    Ok(text)
}
