//! Gói khai thác: papers that were taken for a case, as one file that anyone checks without this system.
//!
//! It is a BagIt bag (RFC 8493) in a ZIP: `sha256sum -c manifest-sha256.txt` checks what is in it, and `motlan-signature.json` who put it
//! together. The format is written up in `docs/package-format.md`.

mod verify;

pub(crate) use verify::{CheckedPackage, check, is_package};

use crate::api::{LookUpBody, Problem};
use crate::rendition::Made;
use crate::state::AppState;
use axum::http::StatusCode;
use jiff::Timestamp;
use repository::Handout;
use repository::record::{Field, LookUp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use tokio::runtime::Handle;
use zip::write::{SimpleFileOptions, ZipWriter};
use zip::{CompressionMethod, DateTime};

/// The declaration of a bag.
const DECLARED: (&str, &str) = ("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
/// The list of files with their hashes: what is signed.
const MANIFEST: &str = "manifest-sha256.txt";
/// The signature over the list.
const SIGNATURE: &str = "motlan-signature.json";
/// For what the papers were taken, and what they say.
const CASE: &str = "data/case.json";
/// How somebody who gets a package checks it.
const README: (&str, &str) = (
    "DOC-TRUOC.txt",
    "Gói giấy tờ khai thác từ kho dữ liệu điện tử.\n\
     Kiểm tra nội dung: sha256sum -c manifest-sha256.txt\n\
     Kiểm tra chữ ký:   motlan verify GOI.zip --keys keys.json\n\
     (keys.json tải từ địa chỉ của hệ thống, thêm /V/keys.json)\n\n\
     Papers taken from a digital store. Check the content: sha256sum -c manifest-sha256.txt\n\
     Check the signature: motlan verify PACKAGE.zip --keys keys.json\n\
     (keys.json comes from the address of the system with /V/keys.json)\n",
);
/// Bytes of all papers of one package at most: it travels whole.
const PACKAGE_BYTES_MAX: u64 = 512 << 20;

/// What a package says of itself.
#[derive(Serialize, Deserialize)]
pub(crate) struct Case<T> {
    /// Tên hệ thống thông tin.
    pub(crate) system: String,
    /// Where it is reached.
    pub(crate) address: String,
    /// When the package was made.
    pub(crate) made_at: Timestamp,
    /// Account that made it.
    pub(crate) account: String,
    /// Its agency.
    pub(crate) agency: String,
    /// For what.
    pub(crate) look_up: T,
    /// What was taken.
    pub(crate) papers: Vec<PackedPaper>,
}

/// A paper in a package.
#[derive(Serialize, Deserialize)]
pub(crate) struct PackedPaper {
    /// Key of the record.
    document: String,
    /// Its scan in the package.
    pub(crate) file: String,
    /// SHA-256 of the scan.
    sha256: String,
    /// Tên giấy tờ.
    pub(crate) title: String,
    /// Fields that a person confirmed.
    fields: Vec<PackedField>,
}

/// A field that a person confirmed.
#[derive(Serialize, Deserialize)]
pub(crate) struct PackedField {
    /// Key of the data dictionary.
    key: String,
    /// Value; dates as `YYYY-MM-DD`.
    value: String,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_at: Option<Timestamp>,
}

/// Makes the package of what was taken for a case. Access entry `Download` for each paper.
///
/// # Errors
/// Nothing was taken, or it is too much for one package; as [`repository::Repository::hand_out`].
pub(crate) async fn make(state: &AppState, look_up: LookUp) -> Result<Made, Problem> {
    let taken = look_up.taken();
    if taken.is_empty() {
        let detail =
            "Chưa lấy giấy tờ nào cho hồ sơ này. Hãy bấm «Lấy cho hồ sơ» ở giấy cần dùng rồi tải gói.";
        return Err(Problem::new(StatusCode::CONFLICT, detail));
    }
    if taken.iter().map(|paper| paper.original.bytes).sum::<u64>() > PACKAGE_BYTES_MAX {
        let detail = format!(
            "Các giấy đã lấy nặng quá {} MB, không gửi chung một gói được. Hãy tải từng bản gốc.",
            PACKAGE_BYTES_MAX >> 20
        );
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    let speaking = look_up.speaking(&state.actor);
    let mut papers = Vec::new();
    for paper in taken {
        let handout = state.repository.hand_out(&speaking, paper.id).await?;
        let fields = handout.fields().await?;
        papers.push((packed(&handout, fields), handout));
    }
    let case = Case {
        system: state.codes.system().to_owned(),
        address: state.codes.address(),
        made_at: Timestamp::now(),
        account: state.actor.account.clone(),
        agency: state.actor.agency.clone(),
        look_up: LookUpBody::from(look_up),
        papers: Vec::new(),
    };
    let (codes, waiting) = (state.codes.clone(), Handle::current());
    let made = Made::make(state, move |file| {
        let mut bag = Bag::begin(file);
        let mut case = case;
        for (paper, handout) in papers {
            let original = waiting.block_on(handout.original()).map_err(io::Error::other)?;
            bag.put(&paper.file, &original)?;
            case.papers.push(paper);
        }
        bag.put(CASE, &serde_json::to_vec_pretty(&case)?)?;
        bag.finish(|list| codes.sign_package(list).map_err(io::Error::other))
    });
    made.await.map_err(Problem::internal)
}

fn packed(handout: &Handout, fields: Vec<Field>) -> PackedPaper {
    let document = &handout.document;
    let field =
        |field: Field| PackedField { key: field.key, value: field.value, confirmed_at: field.confirmed_at };
    PackedPaper {
        document: document.id.to_string(),
        file: format!("data/originals/{}.{}", document.id, ending(&document.original.media_type)),
        sha256: document.original.sha256.clone(),
        title: document.title.clone(),
        fields: fields.into_iter().filter(|field| field.confirmed_by.is_some()).map(field).collect(),
    }
}

/// A bag that is being written. What is in it is small or pressed already, so nothing is pressed again.
struct Bag {
    zip: ZipWriter<BufWriter<File>>,
    manifest: String,
}

impl Bag {
    fn begin(file: File) -> Bag {
        Bag { zip: ZipWriter::new(BufWriter::new(file)), manifest: String::new() }
    }

    /// A file of the payload stands in the list.
    fn put(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.manifest += &format!("{}  {name}\n", hex::encode(Sha256::digest(bytes)));
        self.write(name, bytes)
    }

    fn finish(mut self, sign: impl FnOnce(&[u8]) -> io::Result<qr::Signature>) -> io::Result<File> {
        let manifest = std::mem::take(&mut self.manifest);
        let signature = sign(manifest.as_bytes())?;
        self.write(MANIFEST, manifest.as_bytes())?;
        self.write(SIGNATURE, &serde_json::to_vec_pretty(&signature)?)?;
        for (name, text) in [DECLARED, README] {
            self.write(name, text.as_bytes())?;
        }
        Ok(self.zip.finish()?.into_inner()?)
    }

    fn write(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.zip.start_file(name, options.last_modified_time(DateTime::default()).large_file(false))?;
        self.zip.write_all(bytes)
    }
}

/// How the name of a file of this type ends.
pub(crate) fn ending(media_type: &str) -> &'static str {
    match media_type {
        "application/pdf" => "pdf",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/tiff" => "tif",
        "image/webp" => "webp",
        _ => "bin",
    }
}
