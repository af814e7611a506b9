//! What became of each row of a list: a table for people, and the memory of an import that is cut short and said again.

use super::table::Row;
use anyhow::Context;
use repository::record::DocumentId;
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Names of the columns.
const HEADER: [&str; 6] = ["line", "file", "result", "paper", "reason", "row"];
/// Rows between two moments at which the report is made durable: what is lost with a power cut is done again, and found held.
const ROWS_PER_SYNC: u32 = 1_000;

/// More than any line: a path and a sentence.
const LINE_BYTES_MAX: u64 = 64 << 10;

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Its file is a paper that waits to be read, or to be confirmed.
    Received(DocumentId),
    /// It is filed as the list says.
    Filed(DocumentId),
    /// It is not.
    Refused,
}

/// The report beside a list.
pub(super) struct Report {
    path: PathBuf,
    out: csv::Writer<File>,
    /// Papers by the keys of rows: some fifty bytes a row of the list.
    known: HashMap<u64, Outcome>,
    since_sync: u32,
}

impl Report {
    /// Where the report of a list is: beside it.
    pub(super) fn path_of(list: &Path) -> PathBuf {
        let mut name = list.file_name().unwrap_or_default().to_owned();
        name.push(".report.csv");
        list.with_file_name(name)
    }

    /// Opens the report, and reads what it knows of an earlier run. Half a line of a run that was killed counts for nothing.
    pub(super) fn open(path: &Path) -> anyhow::Result<Report> {
        let failed = || format!("cannot write the report {}", path.display());
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).append(true).create(true).mode(0o600).open(path).with_context(failed)?;
        let length = whole_lines(&mut file).with_context(failed)?;
        file.set_len(length).with_context(failed)?;
        let known = known(path).with_context(failed)?;
        let mut out = csv::WriterBuilder::new().has_headers(false).from_writer(file);
        if length == 0 {
            out.write_record(HEADER).with_context(failed)?;
        }
        Ok(Report { path: path.to_owned(), out, known, since_sync: 0 })
    }

    /// What became of a row before.
    pub(super) fn outcome(&self, row: &Row) -> Option<Outcome> {
        self.known.get(&row.key).copied()
    }

    /// Says what became of a row.
    pub(super) fn tell(&mut self, row: &Row, outcome: Outcome, reason: &str) -> anyhow::Result<()> {
        let key = format!("{:016x}", row.key);
        self.write([&row.line.to_string(), row.file(), word(outcome), &paper(outcome), reason, &key])?;
        // A row that was received keeps its paper when filing it is refused.
        if outcome != Outcome::Refused {
            self.known.insert(row.key, outcome);
        }
        Ok(())
    }

    /// Says that a line is no row.
    pub(super) fn tell_line(&mut self, line: u64, reason: &str) -> anyhow::Result<()> {
        self.write([&line.to_string(), "", word(Outcome::Refused), "", reason, ""])
    }

    fn write(&mut self, cells: [&str; 6]) -> anyhow::Result<()> {
        let failed = || format!("cannot write the report {}", self.path.display());
        self.out.write_record(cells).with_context(failed)?;
        self.out.flush().with_context(failed)?;
        self.since_sync += 1;
        if self.since_sync == ROWS_PER_SYNC {
            self.since_sync = 0;
            self.out.get_ref().sync_data().with_context(failed)?;
        }
        Ok(())
    }

    /// Makes all of it durable.
    pub(super) fn finish(&mut self) -> anyhow::Result<()> {
        self.out
            .get_ref()
            .sync_all()
            .with_context(|| format!("cannot write the report {}", self.path.display()))
    }
}

/// How long the report is without a last line that was cut off.
fn whole_lines(file: &mut File) -> std::io::Result<u64> {
    let length = file.metadata()?.len();
    let start = length.saturating_sub(LINE_BYTES_MAX);
    let mut end = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.take(LINE_BYTES_MAX).read_to_end(&mut end)?;
    let last = end.iter().rposition(|byte| *byte == b'\n');
    Ok(last.map_or(start, |place| start + place as u64 + 1))
}

/// What stood last about each row. A refused row is tried again.
fn known(path: &Path) -> anyhow::Result<HashMap<u64, Outcome>> {
    let mut known = HashMap::new();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    for record in reader.records() {
        let record = record?;
        let [_, _, result, paper, _, row] = record.iter().collect::<Vec<_>>()[..] else { continue };
        match (result, u64::from_str_radix(row, 16), paper.parse()) {
            ("received", Ok(row), Ok(paper)) => known.insert(row, Outcome::Received(paper)),
            ("filed", Ok(row), Ok(paper)) => known.insert(row, Outcome::Filed(paper)),
            _ => continue,
        };
    }
    Ok(known)
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Received(_) => "received",
        Outcome::Filed(_) => "filed",
        Outcome::Refused => "refused",
    }
}

fn paper(outcome: Outcome) -> String {
    match outcome {
        Outcome::Received(paper) | Outcome::Filed(paper) => paper.to_string(),
        Outcome::Refused => String::new(),
    }
}
