//! What parent and child say to each other over the pipes: a length, then JSON, then raw bytes where there are any.
//!
//! The parent trusts nothing that it reads here: a child that parsed hostile bytes may say anything, so every length is bounded.

use crate::batch::{LOOK_PICTURE_BYTES_MAX, Look};
use crate::rendition::{PagePicture, STREAM_BYTES_MAX};
use crate::{FileKind, Problem, Strip};
use ocr::Model;
use repository::record::{Page, Reading};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// JSON of one frame at most: a dense A3 page has about 3,000 words of 150 bytes, so this is a hundred times an ordinary page.
const FRAME_BYTES_MAX: u32 = 48 << 20;
/// Picture of one page or stage at most: a noisy A3 page takes about 2 MB for people, and 9 MB as a stage
/// (see [`crate::picture`]).
const PICTURE_BYTES_MAX: u32 = 16 << 20;

/// What the parent asks of one child. The file's bytes follow.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) kind: FileKind,
    pub(crate) wanted: Wanted,
    /// Pages to read, from 1; none: only open the file, count, and look it over.
    pub(crate) pages: Vec<u32>,
    pub(crate) engine: EngineSpec,
    pub(crate) pdfium_library: PathBuf,
    pub(crate) pictures: Pictures,
    /// Lock in before the first byte of the file is looked at.
    pub(crate) jailed: bool,
    pub(crate) file_bytes: u64,
}

/// What is wanted of each page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Wanted {
    /// Its words.
    Words,
    /// Its picture, as it can stand in a PDF.
    Picture,
    /// What tells papers of a stack apart: codes of cover sheets, and whether the page is empty.
    Look,
    /// Some places of it, in one picture.
    Strip(Strip),
}

/// Which engine reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EngineSpec {
    /// The model that reads every page.
    pub model: Model,
    /// Another model, asked where the first one is unsure; none: there is no other.
    pub second_model: Option<Model>,
    /// Folder of `osd.traineddata`.
    pub osd_dir: PathBuf,
    /// A fault to play instead of reading well; for tests.
    pub fault: Option<Fault>,
}

impl EngineSpec {
    /// The folders that the engines read from.
    pub(crate) fn folders(&self) -> Vec<PathBuf> {
        let models = std::iter::once(&self.model).chain(&self.second_model);
        models.filter_map(Model::folder).chain([self.osd_dir.as_path()]).map(PathBuf::from).collect()
    }
}

/// Faults that tests inject into the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// End the process while reading the second page.
    Crash,
    /// Take half a second more for each page.
    Slow,
}

/// Pictures that are wanted beside the words of each page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pictures {
    /// The page as people see it.
    pub page: bool,
    /// The page as it looked after each stage, for whoever looks into a reading.
    pub stages: bool,
}

/// What a child answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Frame {
    /// The file is open. Whether it is damaged where any page may need it is looked at only when no pages were asked for.
    Opened { page_count: u32, is_damaged: bool },
    /// Reading of this page begins: should the child end now, this page is why.
    Started { number: u32 },
    /// The reading copy of this page after a stage; the picture follows.
    Stage { number: u32, name: String, picture_bytes: u32 },
    /// A page; its picture follows when there is one.
    Page { page: Box<Page>, reading: Option<Box<Reading>>, picture_bytes: u32 },
    /// A page's picture; its bytes follow.
    Picture { number: u32, picture: Box<PagePicture>, stream_bytes: u32 },
    /// Why a page has no picture.
    NoPicture { number: u32, reason: String },
    /// What a page of a stack shows; its thumbnail follows.
    Look { number: u32, look: Box<Look>, picture_bytes: u32 },
    /// Places of a page in one picture, which follows; none: it cannot be drawn.
    Strip { picture_bytes: u32 },
    /// The file carries a digital signature: no pictures are handed out.
    Signed,
    /// The file cannot be read.
    Refused(Problem),
    /// The child could not lock itself in and did nothing.
    Unjailed(String),
    /// The child lacks something on this machine: a model, a library.
    Unequipped(String),
    /// Answer to a probe: what a locked child could still do; empty is good.
    Probed { leaks: Vec<String> },
}

pub(crate) fn write_json(to: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(value)?;
    let length = u32::try_from(json.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(&json)
}

pub(crate) fn read_json<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    let json = read_sized(from, FRAME_BYTES_MAX)?;
    serde_json::from_slice(&json).map_err(io::Error::from)
}

/// The raw bytes behind a frame.
pub(crate) fn read_picture(from: &mut impl Read, frame: &Frame) -> io::Result<Option<Vec<u8>>> {
    let (length, length_max) = match frame {
        Frame::Page { picture_bytes, .. }
        | Frame::Stage { picture_bytes, .. }
        | Frame::Strip { picture_bytes } => (*picture_bytes, PICTURE_BYTES_MAX),
        Frame::Picture { stream_bytes, .. } => (*stream_bytes, STREAM_BYTES_MAX),
        Frame::Look { picture_bytes, .. } => (*picture_bytes, LOOK_PICTURE_BYTES_MAX),
        _ => (0, 0),
    };
    match length {
        0 => Ok(None),
        length if length > length_max => Err(io::Error::other("picture is too large")),
        length => {
            let mut picture = vec![0; length as usize];
            from.read_exact(&mut picture)?;
            Ok(Some(picture))
        }
    }
}

fn read_sized(from: &mut impl Read, length_max: u32) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > length_max {
        return Err(io::Error::other(format!("frame of {length} bytes; at most {length_max}")));
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}
