//! Renditions of a paper that was read: a searchable PDF/A-2b, hOCR and ALTO, made on demand and never stored.
//!
//! The child that parses the untrusted file hands out nothing but the picture of each page, where possible as the very bytes that
//! the scanner wrote (`PagePicture`). The PDF around it, its invisible words and its metadata are written here, from the record.
//! hOCR and ALTO come from the record alone. Not here: reading ([`Reader::read`]) and who may have a rendition (`repository`).

mod alto;
mod colour;
mod font;
mod hocr;
mod image_code;
mod jpeg;
mod label;
mod metadata;
mod objects;
mod pdf;
mod picture;
mod png;
mod text_layer;
mod xml;

pub use alto::alto;
pub use hocr::hocr;
pub(crate) use image_code::{Loss, code, fax_as_stored, jpeg_as_stored, png_as_stored};
pub(crate) use picture::{Coding, Colours, PagePicture, Placement, STREAM_BYTES_MAX, give_pictures};

use crate::child::failed_page;
use crate::reader::{Reader, ReaderError};
use pdf::Pdf;
use repository::record::{Page, Reading};
use std::io::{self, Write};
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

/// A PDF of one paper at most: four times the largest upload. Only drawn pages can make a rendition larger than its file.
const RENDITION_BYTES_MAX: u64 = 1 << 30;
/// Longest that one rendition may take: a page costs about a tenth of a second, so this is three times a file of 2,000 pages.
const RENDITION_TIME_MAX: Duration = Duration::from_secs(600);

/// What a rendition says of the paper in its metadata and its label. No number of a person belongs here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Tên giấy tờ.
    pub title: String,
    /// Mã kết quả số hóa, once there is one.
    pub code: Option<String>,
    /// SHA-256 of the original, hex.
    pub original_sha256: String,
    /// The code that is drawn above the first page; none: the rendition is the paper alone.
    pub label: Option<qr::Modules>,
}

/// Why there is no rendition. [`RenditionError::vietnamese`] and `Display` say it to people.
#[derive(Debug, thiserror::Error)]
pub enum RenditionError {
    /// The original carries a digital signature: any other PDF of it would be worth less.
    #[error(
        "the PDF is digitally signed and is never rewritten; use the original (its words are in hOCR and ALTO)"
    )]
    Signed,
    /// A page cannot be put into the PDF, and one with a page missing would be a false copy.
    #[error("page {number} cannot be drawn ({reason}); use the original")]
    Page {
        /// Number from 1.
        number: u32,
        /// A code of [`crate::reason`].
        reason: String,
    },
    /// More bytes than a rendition may have.
    #[error("the rendition would be larger than {} MiB; use the original", RENDITION_BYTES_MAX >> 20)]
    TooLarge,
    /// More time than a rendition may take.
    #[error("the rendition takes longer than {} s; use the original", RENDITION_TIME_MAX.as_secs())]
    TooSlow,
    /// The file or this machine is at fault, or nobody waits any more.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// A page's words could not be had, or the PDF not be written.
    #[error("the rendition cannot be written: {0}")]
    Io(#[from] io::Error),
}

impl RenditionError {
    /// The same for people at a counter; none where only the operator can do something.
    pub fn vietnamese(&self) -> Option<String> {
        match self {
            RenditionError::Signed => Some(
                "Tệp PDF này có chữ ký số nên không được tạo lại dưới dạng khác: bản gốc mới có giá trị. Hãy tải bản gốc; \
                 chữ máy đọc được có ở dạng hOCR và ALTO."
                    .into(),
            ),
            RenditionError::Page { number, .. } => Some(format!(
                "Không dựng được trang {number} nên không tạo bản PDF/A thiếu trang. Hãy tải bản gốc."
            )),
            RenditionError::TooLarge => {
                let most = RENDITION_BYTES_MAX >> 20;
                Some(format!("Bản PDF/A sẽ lớn hơn {most} MB, vượt mức cho phép. Hãy tải bản gốc."))
            }
            RenditionError::TooSlow => Some("Tạo bản PDF/A mất quá nhiều thời gian. Hãy tải bản gốc.".into()),
            RenditionError::Reader(ReaderError::Problem(problem)) => Some(problem.vietnamese()),
            RenditionError::Reader(_) | RenditionError::Io(_) => None,
        }
    }
}

impl Reader {
    /// Writes the searchable PDF/A-2b of a file that was read. `page_of` gives each page (1 to `page_count`, in this order) as the
    /// record has it, if it does; a page without a reading stands there as a picture. One page at a time is in memory. Equal input, equal bytes.
    /// Waits for a free lane like reading does; when `stop` becomes `true` it ends.
    ///
    /// # Errors
    /// See [`RenditionError`]; what was written until then is worth nothing.
    pub fn render(
        &self,
        file: &[u8],
        about: &About,
        page_count: u32,
        page_of: &mut dyn FnMut(u32) -> io::Result<Option<(Page, Option<Reading>)>>,
        stop: &AtomicBool,
        to: &mut dyn Write,
    ) -> Result<(), RenditionError> {
        let mut making = Making::begin(to)?;
        making.pdf.label_next(about.label.clone());
        let pages: Vec<u32> = (1..=page_count).collect();
        self.add_pages(&mut making, file, &pages, stop, page_of)?;
        making.end(about)
    }

    /// Adds these pages of a file, in this order.
    pub(crate) fn add_pages(
        &self,
        making: &mut Making,
        file: &[u8],
        pages: &[u32],
        stop: &AtomicBool,
        page_of: &mut PageOf,
    ) -> Result<(), RenditionError> {
        let written = self.each_picture(file, pages, stop, &mut |number, picture, stream| {
            if making.started.elapsed() > RENDITION_TIME_MAX {
                return Err(RenditionError::TooSlow);
            }
            let (page, reading) = page_of(number)?.unwrap_or_else(|| (failed_page(number, &[]), None));
            Ok(making.pdf.add_page(&page, reading.as_ref(), &picture, &stream)?)
        });
        written.map_err(too_large)
    }
}

/// Gives each page as the record has it, if it does.
pub(crate) type PageOf<'a> = dyn FnMut(u32) -> io::Result<Option<(Page, Option<Reading>)>> + 'a;

/// A PDF that is being made, within the limits of a rendition.
pub(crate) struct Making<'a> {
    pdf: Pdf<Bounded<'a>>,
    started: Instant,
}

impl<'a> Making<'a> {
    pub(crate) fn begin(to: &'a mut dyn Write) -> Result<Making<'a>, RenditionError> {
        let pdf = Pdf::begin(Bounded { to, bytes_left: RENDITION_BYTES_MAX })?;
        Ok(Making { pdf, started: Instant::now() })
    }

    /// Puts the pages in order that were added so far: where each of them belongs.
    pub(crate) fn arrange(&mut self, places: &[usize]) {
        self.pdf.arrange(places);
    }

    pub(crate) fn end(self, about: &About) -> Result<(), RenditionError> {
        self.pdf.end(about).map_err(|error| too_large(error.into()))
    }
}

/// A writer that takes no more than the limit.
struct Bounded<'a> {
    to: &'a mut dyn Write,
    bytes_left: u64,
}

impl Write for Bounded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.bytes_left {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let written = self.to.write(bytes)?;
        self.bytes_left -= written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

fn too_large(error: RenditionError) -> RenditionError {
    match error {
        RenditionError::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => RenditionError::TooLarge,
        other => other,
    }
}
