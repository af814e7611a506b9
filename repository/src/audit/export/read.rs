//! Reading an exported log, and whether it is whole. Needs no database and no network.

use super::super::checkpoint::Checkpoint;
use super::super::entry::{Opening, SignedEntry};
use super::super::from_base64;
use super::super::key::PublicKey;
use super::super::tree::{Frontier, Hash};
use super::super::verify::{Fault, Outcome, Verifier};
use super::subject::SubjectVerifier;
use super::{Head, Proven, Scope, TITLE};
use std::io::{self, BufRead, Read};

/// Longest line that is read: an entry is about a thousand bytes, a line of numbers at most 21 kB.
const LINE_BYTES_MAX: u64 = 1 << 20;

/// Why an exported log is not right.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be read.
    #[error("the export cannot be read: {0}")]
    File(#[from] io::Error),
    /// It does not begin as an export.
    #[error("line {line} does not stand as an export has it; is this an exported access log?")]
    Form {
        /// Which line.
        line: u64,
    },
    /// The head is not signed by the key.
    #[error("the head of the export is not signed by this key: it was changed, or it is another log's")]
    Head,
    /// The log itself is wrong.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The lines, with one held back to see what comes.
struct Lines<R> {
    source: R,
    taken: u64,
    next: Option<String>,
    /// The lines of the head as they stand in the file, until it ends.
    head: Option<String>,
}

/// Checks an exported log with the public keys of its log and the checkpoints that were kept elsewhere: (where, note).
///
/// # Errors
/// `Fault` names the first wrong entry.
pub fn verify_export(
    source: impl BufRead,
    keys: &[PublicKey],
    kept_elsewhere: &[(String, String)],
) -> Result<(Head, Outcome), ExportError> {
    let mut lines = Lines::new(source)?;
    let head = lines.head(keys)?;
    let mut notes = lines.checkpoints()?;
    check_size(&head, keys, kept_elsewhere)?;
    notes.extend_from_slice(kept_elsewhere);
    let outcome = match &head.scope {
        Scope::Range { before, last } => {
            let mut verifier = Verifier::new(keys.to_vec(), before.clone());
            notes.iter().for_each(|(from, note)| verifier.checkpoint(note, from));
            verifier.ends_at(*last);
            while let Some(Proven { signed, .. }) = lines.entry()? {
                verifier.entry(signed);
            }
            verifier.finish(*last)?
        }
        Scope::Subject { subject, older, entries } => {
            let person = older.iter().copied().chain([*subject]).collect();
            let mut verifier = SubjectVerifier::new(keys, person, entries, head.size);
            notes.iter().for_each(|(from, note)| verifier.checkpoint(note, from));
            while let Some(proven) = lines.entry()? {
                verifier.entry(&proven);
            }
            verifier.finish()?
        }
    };
    Ok((head, outcome))
}

/// Whether a checkpoint from before the export tells of more entries than the log had: then its newest ones were taken away.
fn check_size(head: &Head, keys: &[PublicKey], kept_elsewhere: &[(String, String)]) -> Result<(), Fault> {
    let knows_more = |note: &str| {
        let checkpoint = Checkpoint::read(note).ok().filter(|one| one.is_signed_by(note, keys));
        checkpoint.is_some_and(|one| one.size > head.size && one.at <= head.made)
    };
    let cut = kept_elsewhere.iter().any(|(_, note)| knows_more(note));
    if cut { Err(Fault::Missing { number: head.size + 1 }) } else { Ok(()) }
}

impl<R: BufRead> Lines<R> {
    fn new(source: R) -> io::Result<Lines<R>> {
        let mut lines = Lines { source, taken: 0, next: None, head: Some(String::new()) };
        lines.read()?;
        Ok(lines)
    }

    fn read(&mut self) -> io::Result<()> {
        let mut bytes = Vec::new();
        let read = self.source.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes)?;
        let text = String::from_utf8_lossy(&bytes);
        self.next = (read > 0).then(|| text.strip_suffix('\n').unwrap_or(&text).to_owned());
        Ok(())
    }

    /// The next line, if it begins so: what follows the word.
    fn take(&mut self, word: &str) -> io::Result<Option<String>> {
        let Some(line) = self.next.take_if(|line| line.starts_with(word)) else { return Ok(None) };
        if let Some(head) = &mut self.head {
            head.extend([line.as_str(), "\n"]);
        }
        self.taken += 1;
        self.read()?;
        Ok(Some(line[word.len()..].to_owned()))
    }

    fn demand(&mut self, word: &str) -> Result<String, ExportError> {
        let line = self.taken + 1;
        self.take(word)?.ok_or(ExportError::Form { line })
    }

    /// The head; what it says is believed only because it is signed.
    fn head(&mut self, keys: &[PublicKey]) -> Result<Head, ExportError> {
        self.demand(TITLE)?;
        let log = self.demand("log ")?;
        let made = parsed(&self.demand("made ")?, self.taken)?;
        let size = parsed(&self.demand("size ")?, self.taken)?;
        let scope = self.scope()?;
        let head = Head { log, made, size, scope };
        let text = self.head.take().unwrap_or_default();
        let signature = from_base64(&self.demand("signature ")?).map_err(|_| ExportError::Head)?;
        let is_signed =
            |key: &PublicKey| key.log() == head.log && key.has_signed(text.as_bytes(), &signature);
        if keys.iter().any(is_signed) { Ok(head) } else { Err(ExportError::Head) }
    }

    fn scope(&mut self) -> Result<Scope, ExportError> {
        if let Some(range) = self.take("scope range ")? {
            let (first, last) = range.split_once(' ').ok_or(ExportError::Form { line: self.taken })?;
            let first: u64 = parsed(first, self.taken)?;
            let peaks = hashes(&self.demand("before")?).ok_or(ExportError::Form { line: self.taken })?;
            let before = first.checked_sub(1).and_then(|size| Frontier::new(size, peaks));
            let before = before.ok_or(ExportError::Form { line: self.taken })?;
            return Ok(Scope::Range { before, last: parsed(last, self.taken)? });
        }
        let person = self.demand("scope subject ")?;
        let mut ids = person.split(' ').map(|id| parsed(id, self.taken));
        let subject = ids.next().ok_or(ExportError::Form { line: self.taken })??;
        let older = ids.collect::<Result<_, _>>()?;
        let mut entries = Vec::new();
        while let Some(numbers) = self.take("entries ")? {
            for number in numbers.split(' ') {
                entries.push(parsed(number, self.taken)?);
            }
        }
        Ok(Scope::Subject { subject, older, entries })
    }

    /// The checkpoints and where each was found; one that cannot be read is an empty note, which is a forged one.
    fn checkpoints(&mut self) -> io::Result<Vec<(String, String)>> {
        let mut notes = Vec::new();
        while let Some(json) = self.take("checkpoint ")? {
            let from = format!("the checkpoint on line {} of the export", self.taken);
            notes.push((from, serde_json::from_str(&json).unwrap_or_default()));
        }
        Ok(notes)
    }

    /// The next entry with the lines that belong to it. Whatever does not stand as exported makes an entry that nobody signed, so that
    /// whoever judges the entries names the place.
    fn entry(&mut self) -> io::Result<Option<Proven>> {
        if self.next.is_none() {
            return Ok(None);
        }
        let line = self.take("entry ")?;
        if line.is_none() {
            self.take("")?;
        }
        let (openings, path) = (self.owners()?, self.take("path")?);
        let signed = line.as_deref().and_then(signed_entry);
        let path = path.as_deref().map_or(Some(Vec::new()), hashes);
        let whole = signed.zip(openings).zip(path);
        Ok(Some(whole.map_or_else(nobodys, |((signed, openings), path)| Proven {
            signed: SignedEntry { openings, ..signed },
            path,
        })))
    }

    /// The `owner` lines that come now; none: one of them is wrong.
    fn owners(&mut self) -> io::Result<Option<Vec<Opening>>> {
        let mut openings = Vec::new();
        while let Some(line) = self.take("owner ")? {
            openings.push(opening(&line));
        }
        Ok(openings.into_iter().collect())
    }
}

fn nobodys() -> Proven {
    let signed = SignedEntry { text: String::new(), signature: Vec::new(), openings: Vec::new() };
    Proven { signed, path: Vec::new() }
}

fn signed_entry(line: &str) -> Option<SignedEntry> {
    let (signature, text) = line.split_once(' ')?;
    Some(SignedEntry { text: text.to_owned(), signature: from_base64(signature).ok()?, openings: Vec::new() })
}

fn opening(line: &str) -> Option<Opening> {
    let (subject, salt) = line.split_once(' ')?;
    Some(Opening { subject: subject.parse().ok()?, salt: hex::decode(salt).ok()?.try_into().ok()? })
}

fn hashes(text: &str) -> Option<Vec<Hash>> {
    text.split_ascii_whitespace().map(|hash| hex::decode(hash).ok()?.try_into().ok()).collect()
}

fn parsed<T: std::str::FromStr>(text: &str, line: u64) -> Result<T, ExportError> {
    text.parse().map_err(|_| ExportError::Form { line })
}
