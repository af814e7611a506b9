//! Files of lines of JSON in a backup: written with their hash, durably, and read with it again.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Bytes hashed at once.
const PIECE_BYTES: usize = 1 << 20;

/// What a file must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileFact {
    /// Its path in the folder of its snapshot.
    pub(super) name: String,
    /// Lines.
    pub(super) lines: u64,
    /// Bytes.
    pub(super) bytes: u64,
    /// SHA-256 in hexadecimal digits.
    pub(super) sha256: String,
}

/// A file of lines that is being written, or one that is only hashed.
pub(super) struct Lines {
    name: String,
    path: PathBuf,
    out: Option<BufWriter<File>>,
    hash: Sha256,
    lines: u64,
    bytes: u64,
}

impl Lines {
    /// A new file, for this user alone.
    pub(super) fn create(folder: &Path, name: &str) -> Result<Lines> {
        let path = folder.join(name);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.map_err(|source| Error::File { path: path.clone(), source })?;
        Ok(Lines { out: Some(BufWriter::new(file)), path, ..Lines::only_hashed(name) })
    }

    /// The same without a file: what would stand in it.
    pub(super) fn only_hashed(name: &str) -> Lines {
        let (name, path) = (name.to_owned(), PathBuf::from(name));
        Lines { name, path, out: None, hash: Sha256::new(), lines: 0, bytes: 0 }
    }

    /// Adds a line.
    pub(super) fn line(&mut self, value: &impl Serialize) -> Result<()> {
        let line = crate::database::json(value) + "\n";
        self.hash.update(&line);
        (self.lines, self.bytes) = (self.lines + 1, self.bytes + line.len() as u64);
        match &mut self.out {
            Some(out) => out.write_all(line.as_bytes()).map_err(failed(&self.path)),
            None => Ok(()),
        }
    }

    /// Makes the file durable.
    pub(super) fn finish(self) -> Result<FileFact> {
        if let Some(out) = self.out {
            let file = out.into_inner().map_err(|error| failed(&self.path)(error.into_error()))?;
            file.sync_all().map_err(failed(&self.path))?;
        }
        let sha256 = hex::encode(self.hash.finalize());
        Ok(FileFact { name: self.name, lines: self.lines, bytes: self.bytes, sha256 })
    }
}

/// Lines of a file, one after the other.
pub(super) struct ReadLines {
    path: PathBuf,
    lines: io::Lines<BufReader<File>>,
}

impl ReadLines {
    pub(super) fn open(path: &Path) -> Result<ReadLines> {
        let file = File::open(path).map_err(failed(path))?;
        Ok(ReadLines { path: path.to_owned(), lines: BufReader::new(file).lines() })
    }

    /// How many lines are still to come.
    pub(super) fn count(self) -> Result<u64> {
        let path = self.path;
        self.lines.map(|line| line.map_err(failed(&path))).try_fold(0, |count, line| line.map(|_| count + 1))
    }

    /// The next line; none: the end.
    pub(super) fn next<T: for<'a> Deserialize<'a>>(&mut self) -> Result<Option<T>> {
        let Some(line) = self.lines.next() else { return Ok(None) };
        let line = line.map_err(failed(&self.path))?;
        let wrong =
            |_| Error::BackupDamaged { files: vec![format!("{}: not a line of ours", self.path.display())] };
        serde_json::from_str(&line).map(Some).map_err(wrong)
    }
}

/// SHA-256 of a whole file; none: there is none.
pub(super) fn hash_of(path: &Path) -> Result<Option<String>> {
    let mut file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened.map_err(failed(path))?,
    };
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE_BYTES]);
    loop {
        match file.read(&mut piece).map_err(failed(path))? {
            0 => return Ok(Some(hex::encode(hash.finalize()))),
            read => hash.update(&piece[..read]),
        }
    }
}

/// What became of a file or folder.
pub(super) fn failed(path: &Path) -> impl Fn(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |source| Error::File { path: path.clone(), source }
}
