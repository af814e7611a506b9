//! The look at a stack: which codes of cover sheets stand on each page, and whether it is empty. The child finds the codes; what they say
//! is checked on this side, so that no key enters the process that parses untrusted bytes.

use super::{PageSeen, SheetCode, SheetSays, Stack, blank};
use crate::problem::{PAGE_COUNT_MAX, reason};
use crate::protocol::{Frame, write_json};
use crate::reader::{Opened, Reader, ReaderError};
use crate::source::{PAGE_PIXELS_MAX, Source};
use crate::{FileKind, Problem, jail, page, picture};
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::sync::atomic::AtomicBool;

/// Pages that one child looks at: each child is given the whole file anew.
const PAGES_PER_CHILD: usize = 64;
/// Bytes of a thumbnail at most: an honest one has about 40,000.
pub(crate) const LOOK_PICTURE_BYTES_MAX: u32 = 1 << 20;
/// Codes on one page that are kept: a cover sheet carries four.
const CODES_MAX: usize = 16;
/// Letters of a code's text at most: the largest QR code holds 7,089 digits.
const CODE_LETTERS_MAX: usize = 8_000;
/// What is lost while drawing and would not be seen to be lost in a copy. A page that was drawn smaller is all there.
const LOSSES: [&str; 2] = [reason::PARTLY_DECODED, reason::DYNAMIC_FORM];

/// What the child says of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    width: u32,
    height: u32,
    dpi: u32,
    is_blank: bool,
    is_incomplete: bool,
    codes: Vec<CodeSeen>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct CodeSeen {
    text: String,
    turned_degrees: u16,
}

/// A page that was looked at.
#[derive(Debug)]
pub struct PageLook {
    /// What it shows.
    pub seen: PageSeen,
    /// A small picture of it; none: it could not be drawn.
    pub thumbnail_jpeg: Option<Vec<u8>>,
}

/// What the text of a code is: none, no code of a cover sheet, so that it never splits a batch.
pub type Verdict = Option<SheetSays>;

/// Says what the text of a code is.
pub type VerifySheet<'a> = dyn Fn(&str) -> Verdict + 'a;

impl Reader {
    /// Looks at every page of a stack, which may be several files. `on_page` gets the pages in order; when it answers `false`, or `stop`
    /// becomes `true`, looking ends.
    ///
    /// # Errors
    /// See [`ReaderError`]. A page that crashes its child, or takes too long, is no error: it says that it could not be drawn.
    pub fn look(
        &self,
        files: &[&[u8]],
        verify: &VerifySheet,
        stop: &AtomicBool,
        on_page: &mut dyn FnMut(PageLook) -> bool,
    ) -> Result<Stack, ReaderError> {
        let mut stack = Stack::default();
        for file in files {
            let Opened { kind, page_count, is_damaged, .. } = self.open(file, stop)?;
            let before = stack.pages.len() as u32;
            if before + page_count > PAGE_COUNT_MAX {
                return Err(Problem::TooManyPages { page_count: before + page_count }.into());
            }
            let pages: Vec<u32> = (1..=page_count).collect();
            for share in pages.chunks(PAGES_PER_CHILD) {
                self.look_at_share(kind, file, share, stop, &mut |number, look, thumbnail_jpeg| {
                    let look =
                        look.map(|look| Look { is_incomplete: look.is_incomplete || is_damaged, ..look });
                    let seen = seen(before + number, look, verify);
                    stack.pages.push(seen.clone());
                    on_page(PageLook { seen, thumbnail_jpeg })
                })?;
            }
            stack.files.push(page_count);
        }
        Ok(stack)
    }

    /// Looks at some pages of one file. When the child dies, the page it was at could not be drawn and a new child goes on behind it.
    fn look_at_share(
        &self,
        kind: FileKind,
        file: &[u8],
        share: &[u32],
        stop: &AtomicBool,
        on_look: &mut dyn FnMut(u32, Result<Look, &'static str>, Option<Vec<u8>>) -> bool,
    ) -> Result<(), ReaderError> {
        let mut left = share;
        while let Some(&first) = left.first() {
            let request = self.look_request(kind, left.to_vec(), file.len());
            let ended = self.converse(&request, file, stop, &mut |frame, picture| {
                let (number, look) = match frame {
                    Frame::Look { number, look, .. } => (number, Ok(*look)),
                    Frame::NoPicture { number, reason } => (number, Err(reason::known(&reason))),
                    _ => return false,
                };
                if left.first() != Some(&number) {
                    return false;
                }
                left = &left[1..];
                if !on_look(number, look, picture) {
                    stop.store(true, std::sync::atomic::Ordering::Relaxed);
                }
                true
            })?;
            if let Some(&culprit) = left.first() {
                left = &left[1..];
                on_look(culprit, Err(ended.reason()), None);
            }
            debug_assert!(left.first() != Some(&first), "each child takes a page at least");
        }
        Ok(())
    }
}

/// What the parent believes of a look.
fn seen(number: u32, look: Result<Look, &'static str>, verify: &VerifySheet) -> PageSeen {
    let look = look.and_then(|look| {
        let pixels = u64::from(look.width) * u64::from(look.height);
        let is_believable = (1..=PAGE_PIXELS_MAX).contains(&pixels);
        if is_believable { Ok(look) } else { Err(reason::PIXEL_BUDGET) }
    });
    match look {
        Err(failure) => PageSeen { number, failure: Some(failure.into()), ..PageSeen::default() },
        Ok(Look { width, height, dpi, is_blank, is_incomplete, codes }) => {
            let codes = codes.into_iter().take(CODES_MAX).filter_map(|code| believed(code, verify)).collect();
            // What was not drawn may be all that is on it.
            let is_blank = is_blank && !is_incomplete;
            PageSeen { number, width, height, dpi, is_blank, codes, failure: None, is_incomplete }
        }
    }
}

fn believed(code: CodeSeen, verify: &VerifySheet) -> Option<SheetCode> {
    if code.text.chars().count() > CODE_LETTERS_MAX {
        return None;
    }
    let turned_degrees = code.turned_degrees % 360 / 90 * 90;
    verify(&code.text).map(|says| SheetCode { says, turned_degrees })
}

/// The child's side: looks at these pages, in order.
pub(crate) fn give_looks(source: &mut dyn Source, pages: &[u32], output: &mut impl Write) -> io::Result<()> {
    if source.is_signed() {
        write_json(output, &Frame::Refused(Problem::SignedStack))?;
        return output.flush();
    }
    for &number in pages {
        jail::arm_page_clock();
        match look_at(source, number) {
            Ok((look, thumbnail)) => {
                let picture_bytes = u32::try_from(thumbnail.len()).map_err(io::Error::other)?;
                write_json(output, &Frame::Look { number, look: Box::new(look), picture_bytes })?;
                output.write_all(&thumbnail)?;
            }
            Err(reason) => write_json(output, &Frame::NoPicture { number, reason: reason.into() })?,
        }
        output.flush()?;
    }
    Ok(())
}

fn look_at(source: &mut dyn Source, number: u32) -> Result<(Look, Vec<u8>), &'static str> {
    let mut content = source.page(number)?;
    let raster = content.raster_mut();
    // As the file shows it: a stack that lies wrong shall be seen to lie wrong.
    let image = page::turn(std::mem::take(&mut raster.image), (360 - raster.turned_degrees) % 360);
    let codes = qr::find(&image).into_iter().map(CodeSeen::from).collect();
    let (width, height, dpi) = (image.width(), image.height(), raster.dpi);
    let is_incomplete = raster.reasons.iter().any(|reason| LOSSES.contains(reason));
    let look = Look { width, height, dpi, is_blank: blank::is_blank(&image, dpi), is_incomplete, codes };
    let thumbnail =
        picture::of_thumbnail(&image).filter(|jpeg| jpeg.len() <= LOOK_PICTURE_BYTES_MAX as usize);
    Ok((look, thumbnail.unwrap_or_default()))
}

impl From<qr::Found> for CodeSeen {
    fn from(found: qr::Found) -> CodeSeen {
        let turned_degrees = match found.corners.as_slice() {
            [(left, top), (right, other), ..] => quarter_turns(right - left, other - top) * 90,
            _ => 0,
        };
        CodeSeen { text: found.text, turned_degrees }
    }
}

/// How many right angles clockwise the upper edge of a code is turned; y grows downwards.
fn quarter_turns(x: f32, y: f32) -> u16 {
    match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
        (true, true, _) => 0,
        (false, _, true) => 1,
        (true, false, _) => 2,
        (false, _, false) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look() -> Look {
        Look { width: 1654, height: 2339, dpi: 200, is_blank: true, is_incomplete: false, codes: Vec::new() }
    }

    #[test]
    fn what_a_child_says_is_brought_within_what_can_be() {
        let check = |look: Result<Look, &'static str>, expected: PageSeen| {
            assert_eq!(seen(7, look, &|_| None), PageSeen { number: 7, ..expected });
        };
        let honest = PageSeen { width: 1654, height: 2339, dpi: 200, is_blank: true, ..PageSeen::default() };
        check(Ok(look()), honest.clone());
        let incomplete = PageSeen { is_blank: false, is_incomplete: true, ..honest };
        check(Ok(Look { is_incomplete: true, ..look() }), incomplete);
        let failed = |code: &str| PageSeen { failure: Some(code.into()), ..PageSeen::default() };
        check(Ok(Look { width: 0, ..look() }), failed(reason::PIXEL_BUDGET));
        check(Err(reason::known("pixel_budget")), failed(reason::PIXEL_BUDGET));
        check(Err(reason::known(&"x".repeat(1 << 20))), failed(reason::DAMAGED));
    }

    #[test]
    fn a_code_tells_how_the_sheet_lies() {
        let check = |x: f32, y: f32, expected: u16| assert_eq!(quarter_turns(x, y), expected, "{x} {y}");
        check(100.0, 3.0, 0);
        check(100.0, -3.0, 0);
        check(-2.0, 100.0, 1);
        check(-100.0, 4.0, 2);
        check(1.0, -100.0, 3);
    }

    #[test]
    fn a_drawn_code_is_seen_turned_as_it_is() {
        let code = qr::draw_png("ML1:A COVER SHEET", 6).expect("the text fits");
        let code = image::load_from_memory(&code).expect("a picture").to_luma8();
        let mut sheet = image::GrayImage::from_pixel(900, 1200, image::Luma([255]));
        image::imageops::replace(&mut sheet, &code, 40, 40);
        let sheet = image::DynamicImage::ImageLuma8(sheet);
        for degrees in [0, 90, 180, 270] {
            let turned = page::turn(sheet.clone(), degrees);
            let seen: Vec<CodeSeen> = qr::find(&turned).into_iter().map(CodeSeen::from).collect();
            assert_eq!(seen, [CodeSeen { text: "ML1:A COVER SHEET".into(), turned_degrees: degrees }]);
        }
    }
}
