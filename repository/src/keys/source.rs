//! Where master keys are kept: a file, a variable, or a command that fetches them from a vault.

use super::MasterKey;
use crate::bytes::sync_folder;
use crate::error::{Error, Result};
use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What stands in a key file before its keys.
const NOTE: &str = "# Master keys of motlan; the first is used. Whoever has this file can open every stored paper; without it nobody can.\n\
                    # Keep a copy where the data folder's copies are not.\n";

/// Where the master keys are. Each source gives one or more keys between blanks or line ends, the one to be used first; `#` begins a
/// remark.
#[derive(Clone)]
pub enum KeySource {
    /// A file that motlan makes at the first start, for this user alone.
    OwnFile(PathBuf),
    /// A file that the operator keeps.
    File(PathBuf),
    /// The keys themselves, from the environment.
    Text(String),
    /// A command for the shell that prints them.
    Command(String),
}

impl KeySource {
    /// The keys; none where our own file is not made yet.
    pub(super) fn read(&self) -> Result<Vec<MasterKey>> {
        let text = match self {
            KeySource::OwnFile(path) => match fs::read_to_string(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
                read => read.map_err(|source| self.failed(source))?,
            },
            KeySource::File(path) => fs::read_to_string(path).map_err(|source| self.failed(source))?,
            KeySource::Text(text) => text.clone(),
            KeySource::Command(command) => self.run(command)?,
        };
        if let KeySource::OwnFile(path) | KeySource::File(path) = self {
            warn_if_open(path);
        }
        let keys = parse(&text).map_err(|error| self.failed(error))?;
        if keys.is_empty() { Err(self.failed("there is no key in it")) } else { Ok(keys) }
    }

    /// Adds a key before the others, durably.
    ///
    /// # Errors
    /// `Keys` where the operator keeps the keys; the message says what to do.
    pub(super) fn add(&self, key: &MasterKey) -> Result<()> {
        let (KeySource::OwnFile(path) | KeySource::File(path)) = self else {
            return Err(Error::keys(format!(
                "{self} is not motlan's to write: make a key with `motlan keys new`, put it before the present one, and say this again"
            )));
        };
        let others = match fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => NOTE.to_owned(),
            read => read.map_err(|source| self.failed(source))?,
        };
        let is_remark = |line: &&str| line.starts_with('#');
        let remarks = others.split_inclusive('\n').take_while(is_remark).collect::<String>();
        let text = format!("{remarks}{}\n{}", key.reveal(), &others[remarks.len()..]);
        write_key_file(path, &text).map_err(|source| self.failed(source))
    }

    fn run(&self, command: &str) -> Result<String> {
        let output = Command::new("sh")
            .args(["-c", command])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| self.failed(source))?;
        if !output.status.success() {
            return Err(self.failed(format!("it ended with {}", output.status)));
        }
        String::from_utf8(output.stdout).map_err(|_| self.failed("it printed no text"))
    }

    fn failed(&self, cause: impl fmt::Display) -> Error {
        Error::keys(format!("{self} gives no master key: {cause}"))
    }
}

/// Never the keys themselves.
impl fmt::Display for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeySource::OwnFile(path) | KeySource::File(path) => {
                write!(formatter, "the key file {}", path.display())
            }
            KeySource::Text(_) => formatter.write_str("the variable MOTLAN_KEY"),
            KeySource::Command(_) => formatter.write_str("the key command"),
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

fn parse(text: &str) -> Result<Vec<MasterKey>> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default());
    lines.flat_map(str::split_whitespace).map(str::parse).collect()
}

/// Writes a file of keys for this user alone: beside it, and then in its place, so that a power cut leaves the old keys or the new ones.
pub fn write_key_file(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let beside = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty());
    for folder in [Some(folder), above].into_iter().flatten() {
        sync_folder(folder).map_err(io::Error::other)?;
    }
    Ok(())
}

/// Tells the log when others may read a file of keys.
pub fn warn_if_open(path: &Path) {
    if fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 != 0) {
        tracing::warn!(file = %path.display(), "other users of this machine may read the key file; chmod 600 closes it");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(keys: &[MasterKey]) -> Vec<String> {
        keys.iter().map(MasterKey::id).collect()
    }

    #[test]
    fn keys_stand_between_blanks_and_remarks() {
        let (first, second) = (MasterKey::random(), MasterKey::random());
        let check = |text: String, expected: &[&MasterKey]| {
            let expected = expected.iter().map(|key| key.id()).collect::<Vec<_>>();
            assert_eq!(ids(&parse(&text).unwrap()), expected, "{}", text.len());
        };
        let (one, two) = (first.reveal(), second.reveal());
        check(String::new(), &[]);
        check("# nothing\n\n".into(), &[]);
        check(one.clone(), &[&first]);
        check(format!("# which\n  {one} # old\r\n{two}\n"), &[&first, &second]);
        check(format!("{two} {one}"), &[&second, &first]);
        assert!(parse("some words").is_err());
    }

    #[test]
    fn our_own_file_is_made_closed_and_keeps_its_keys() {
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("keys/master.key");
        let source = KeySource::OwnFile(path.clone());
        assert!(source.read().unwrap().is_empty());
        let (first, second) = (MasterKey::random(), MasterKey::random());
        source.add(&first).unwrap();
        source.add(&second).unwrap();
        assert_eq!(ids(&source.read().unwrap()), [second.id(), first.id()]);
        assert!(fs::read_to_string(&path).unwrap().starts_with(NOTE));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_source_without_a_key_says_which_it_is() {
        let check = |source: KeySource, expected: &str| {
            let error = source.read().unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        check(KeySource::File("/no/such/file".into()), "the key file /no/such/file");
        check(KeySource::Text("  ".into()), "MOTLAN_KEY");
        check(KeySource::Command("exit 3".into()), "exit status: 3");
        check(KeySource::Command("echo nonsense".into()), "64 hexadecimal digits");
        let key = MasterKey::random();
        let printed = KeySource::Command(format!("printf '%s' {}", key.reveal())).read().unwrap();
        assert_eq!(ids(&printed), [key.id()]);
    }
}
