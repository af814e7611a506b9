//! A BagIt package (RFC 8493) that is being written. Its declaration comes last: a package that was cut short is none.

use crate::api::name_of;
use crate::package::ending;
use anyhow::Context;
use axum::body::Bytes;
use ingest::FileKind;
use repository::record::{Document, Field, Owner, PageRescan};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// What stands in the file by which a package is known.
const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// Its name.
const DECLARED: &str = "bagit.txt";
/// The list of the payload.
const MANIFEST: &str = "manifest-sha256.txt";
/// One row a paper, for those who read tables.
const TABLE: &str = "data/papers.csv";

/// A package that is being written.
pub(super) struct Bag {
    folder: PathBuf,
    /// The list of the payload, line by line: a million papers must not pile up in memory.
    manifest: BufWriter<File>,
    table: csv::Writer<File>,
    sums: Sums,
}

/// What a package holds.
#[derive(Debug, Default, Clone, Serialize)]
pub(super) struct Sums {
    /// Papers.
    pub(super) papers: u64,
    /// Files of the payload.
    pub(super) files: u64,
    /// Their bytes.
    pub(super) bytes: u64,
}

/// Everything known of a paper.
#[derive(Serialize)]
struct Record<'a> {
    document: &'a Document,
    owners: &'a [Owner],
    fields: &'a [Field],
    /// Where its scan is in the package.
    file: &'a str,
    /// Pages that were scanned again, the oldest scan first.
    rescans: &'a [Rescanned<'a>],
}

/// A page that was scanned again.
#[derive(Serialize)]
struct Rescanned<'a> {
    #[serde(flatten)]
    rescan: &'a PageRescan,
    /// Where that scan is in the package.
    file: String,
}

/// A paper with all that goes with it.
pub(super) struct Whole {
    pub(super) document: Document,
    pub(super) fields: Vec<Field>,
    pub(super) owners: Vec<Owner>,
    pub(super) original: Bytes,
    pub(super) rescans: Vec<(PageRescan, Bytes)>,
}

impl Bag {
    /// Begins a package in a new folder, for this user alone.
    pub(super) fn create(folder: &Path) -> anyhow::Result<Bag> {
        let failed = || format!("cannot make {}", folder.display());
        DirBuilder::new().mode(0o700).create(folder).with_context(failed)?;
        for part in ["data", "data/originals", "data/records"] {
            DirBuilder::new().mode(0o700).create(folder.join(part)).with_context(failed)?;
        }
        let manifest = BufWriter::new(create(&folder.join(MANIFEST))?);
        let mut table = csv::Writer::from_writer(create(&folder.join(TABLE))?);
        table.write_record([
            "id",
            "code",
            "type",
            "title",
            "number",
            "issued_on",
            "valid_until",
            "agency",
            "subject_number",
            "subject_name",
            "validity",
            "trust_level",
            "received_at",
            "file",
            "media_type",
            "bytes",
            "sha256",
        ])?;
        Ok(Bag { folder: folder.to_owned(), manifest, table, sums: Sums::default() })
    }

    /// Puts a paper in: its scan byte for byte, and those of pages that were scanned again, its record as JSON, a row of the table.
    pub(super) fn put(&mut self, paper: &Whole) -> anyhow::Result<()> {
        let Whole { document, fields, owners, original, rescans } = paper;
        let file = format!("data/originals/{}.{}", document.id, ending(&document.original.media_type));
        self.write_payload(&file, original)?;
        let mut rescanned = Vec::with_capacity(rescans.len());
        for (number, (rescan, scan)) in (1..).zip(rescans) {
            let kind = FileKind::of(scan).map_or("", FileKind::media_type);
            let file = format!(
                "data/originals/{}-page-{}-rescan-{number}.{}",
                document.id,
                rescan.page,
                ending(kind)
            );
            self.write_payload(&file, scan)?;
            rescanned.push(Rescanned { rescan, file });
        }
        let record = Record { document, owners, fields, file: &file, rescans: &rescanned };
        let record = serde_json::to_vec_pretty(&record)?;
        self.write_payload(&format!("data/records/{}.json", document.id), &record)?;
        self.table.write_record(row(document, &file))?;
        self.sums.papers += 1;
        Ok(())
    }

    /// Writes the table and the manifests.
    pub(super) fn finish(mut self) -> anyhow::Result<Sums> {
        self.table.flush().context("cannot write the table of papers")?;
        let (hash, bytes) = hash_of(&self.folder.join(TABLE))?;
        self.count(TABLE, &hash, bytes)?;
        self.manifest.flush().context("cannot write the manifest")?;
        self.table
            .get_ref()
            .sync_all()
            .and_then(|()| self.manifest.get_ref().sync_all())
            .context("cannot write the lists")?;
        let info = format!(
            "Bag-Software-Agent: motlan {}\nBagging-Date: {}\nPayload-Oxum: {}.{}\nInternal-Sender-Description: {} papers with their records\n",
            env!("CARGO_PKG_VERSION"),
            jiff::Timestamp::now().strftime("%Y-%m-%d"),
            self.sums.bytes,
            self.sums.files,
            self.sums.papers
        );
        self.write("bag-info.txt", info.as_bytes())?;
        self.write(DECLARED, DECLARATION.as_bytes())?;
        let mut tags = String::new();
        for name in [DECLARED, "bag-info.txt", MANIFEST] {
            tags += &line(name, &hash_of(&self.folder.join(name))?.0);
        }
        self.write("tagmanifest-sha256.txt", tags.as_bytes())?;
        Ok(self.sums)
    }

    fn write_payload(&mut self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        self.write(name, bytes)?;
        self.count(name, &format!("{:x}", Sha256::digest(bytes)), bytes.len() as u64)
    }

    /// A file of the payload stands in the manifest and in the sums.
    fn count(&mut self, name: &str, hash: &str, bytes: u64) -> anyhow::Result<()> {
        (self.sums.files, self.sums.bytes) = (self.sums.files + 1, self.sums.bytes + bytes);
        self.manifest.write_all(line(name, hash).as_bytes()).context("cannot write the manifest")
    }

    fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        let mut file = create(&path)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        written.with_context(|| format!("cannot write {}", path.display()))
    }
}

fn create(path: &Path) -> anyhow::Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.with_context(|| format!("cannot write {}", path.display()))
}

/// SHA-256 and bytes of a file that was written before.
fn hash_of(path: &Path) -> anyhow::Result<(String, u64)> {
    let mut hash = Sha256::new();
    let bytes = File::open(path).and_then(|mut file| std::io::copy(&mut file, &mut hash));
    let bytes = bytes.with_context(|| format!("cannot read {}", path.display()))?;
    Ok((format!("{:x}", hash.finalize()), bytes))
}

fn line(name: &str, hash: &str) -> String {
    format!("{hash}  {name}\n")
}

fn row(document: &Document, file: &str) -> Vec<String> {
    let subject = document.subject.as_ref();
    vec![
        document.id.to_string(),
        document.code.as_ref().map(ToString::to_string).unwrap_or_default(),
        document.document_type.code().to_owned(),
        document.title.clone(),
        document.number.clone().unwrap_or_default(),
        document.issued_on.map(|day| day.to_string()).unwrap_or_default(),
        document.valid_until.map(|day| day.to_string()).unwrap_or_default(),
        document.agency.clone().unwrap_or_default(),
        subject.map(|subject| subject.number.as_str().to_owned()).unwrap_or_default(),
        subject.map(|subject| subject.name.clone()).unwrap_or_default(),
        name_of(document.validity),
        document.trust_level.map(name_of).unwrap_or_default(),
        document.received_at.to_string(),
        file.to_owned(),
        document.original.media_type.clone(),
        document.original.bytes.to_string(),
        document.original.sha256.clone(),
    ]
}
