//! What kind of file some bytes are: decided by content, never by name.

use serde::{Deserialize, Serialize};

/// A kind of file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// PDF.
    Pdf,
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// TIFF, of one or many pages.
    Tiff,
    /// WebP.
    WebP,
}

/// A PDF may carry junk before its header; readers look this far (ISO 32000-1, Annex H.3.4.1).
const PDF_HEADER_WITHIN: usize = 1024;

impl FileKind {
    /// Looks at the first bytes; `None` when they are of no kind that can be read.
    pub fn of(bytes: &[u8]) -> Option<FileKind> {
        let starts = |magic: &[u8]| bytes.starts_with(magic);
        match () {
            () if starts(b"\xff\xd8\xff") => Some(FileKind::Jpeg),
            () if starts(b"\x89PNG\r\n\x1a\n") => Some(FileKind::Png),
            () if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") => {
                Some(FileKind::Tiff)
            }
            () if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") => Some(FileKind::WebP),
            () if has_pdf_header(bytes) => Some(FileKind::Pdf),
            () => None,
        }
    }

    /// Media type, as stored and served.
    pub fn media_type(self) -> &'static str {
        match self {
            FileKind::Pdf => "application/pdf",
            FileKind::Jpeg => "image/jpeg",
            FileKind::Png => "image/png",
            FileKind::Tiff => "image/tiff",
            FileKind::WebP => "image/webp",
        }
    }

    /// Whether a file of this kind is one page, without opening it.
    pub(crate) fn is_single_page(self) -> bool {
        match self {
            FileKind::Jpeg | FileKind::Png | FileKind::WebP => true,
            FileKind::Pdf | FileKind::Tiff => false,
        }
    }
}

fn has_pdf_header(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(PDF_HEADER_WITHIN)];
    head.windows(5).any(|window| window == b"%PDF-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<FileKind>) {
        assert_eq!(FileKind::of(bytes), expected, "{bytes:?}");
    }

    #[test]
    fn kind_is_decided_by_content() {
        check(b"%PDF-1.7\n", Some(FileKind::Pdf));
        check(b"\r\n\r\njunk %PDF-1.4", Some(FileKind::Pdf));
        check(b"\xff\xd8\xff\xe0\0\x10JFIF", Some(FileKind::Jpeg));
        check(b"\x89PNG\r\n\x1a\n\0\0", Some(FileKind::Png));
        check(b"II*\0\x08\0\0\0", Some(FileKind::Tiff));
        check(b"MM\0*\0\0\0\x08", Some(FileKind::Tiff));
        check(b"RIFF\x10\0\0\0WEBPVP8 ", Some(FileKind::WebP));
        check(b"RIFF\x10\0\0\0WAVEfmt ", None);
        check(b"PK\x03\x04", None);
        check(b"", None);
    }
}
