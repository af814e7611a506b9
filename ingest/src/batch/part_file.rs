//! The file of one paper of a batch: its pages, as the scanner coded them where a PDF can hold that, turned as the plan says.

use super::{PageSeen, Part, PlannedPage, Stack};
use crate::child::failed_page;
use crate::problem::reason;
use crate::reader::Reader;
use crate::rendition::{About, Making, RenditionError};
use repository::record::Page;
use std::io::Write;
use std::sync::atomic::AtomicBool;

/// A batch as it was scanned, for taking papers out of it.
#[derive(Debug, Clone, Copy)]
pub struct PartFile<'a> {
    /// The scanned files.
    pub files: &'a [&'a [u8]],
    /// What they show.
    pub stack: &'a Stack,
    /// The batch's own hash, hex; it stands in every paper that came out of it.
    pub batch_sha256: &'a str,
}

impl PartFile<'_> {
    /// Writes one paper as PDF. Equal parts of one batch have equal bytes, and parts with other pages, turns or places have others: so a
    /// part that was taken into the store is known again, and only that one.
    ///
    /// # Errors
    /// See [`RenditionError`]; what was written until then is worth nothing.
    pub fn write(
        &self,
        reader: &Reader,
        part: &Part,
        stop: &AtomicBool,
        to: &mut dyn Write,
    ) -> Result<(), RenditionError> {
        let mut making = Making::begin(to)?;
        let places: Vec<(usize, u32, PlannedPage)> =
            part.pages.iter().map(|page| self.place_of(*page)).collect::<Result<_, _>>()?;
        for run in places.chunk_by(|one, next| one.0 == next.0) {
            let numbers: Vec<u32> = run.iter().map(|(_, number, _)| *number).collect();
            let mut pages = run.iter().map(|(.., page)| page);
            reader.add_pages(&mut making, self.files[run[0].0], &numbers, stop, &mut |_| {
                let page = pages.next().expect("as many pages come as were asked for");
                Ok(self.seen(page.number).map(|seen| (as_turned(seen, page.turn_degrees), None)))
            })?;
        }
        making.end(&About {
            title: title(part),
            code: Some(self.name(part)),
            original_sha256: self.batch_sha256.into(),
            label: None,
        })
    }

    fn seen(&self, number: u32) -> Option<&PageSeen> {
        self.stack.pages.get(number as usize - 1)
    }

    /// In which file a page stands, and its number there.
    fn place_of(&self, page: PlannedPage) -> Result<(usize, u32, PlannedPage), RenditionError> {
        let mut number = page.number;
        for (file, &pages) in self.stack.files.iter().enumerate().take(self.files.len()) {
            if number <= pages {
                return Ok((file, number, page));
            }
            number -= pages;
        }
        Err(RenditionError::Page { number: page.number, reason: reason::DAMAGED.into() })
    }

    /// What tells this part from every other part of the batch.
    fn name(&self, part: &Part) -> String {
        let pages: Vec<String> = part.pages.iter().map(|page| page.number.to_string()).collect();
        let component = part.component.as_deref().unwrap_or_default();
        format!("{}/{component}/{}", part.dossier, pages.join(","))
    }
}

fn title(part: &Part) -> String {
    match part.pages.as_slice() {
        [] => String::new(),
        [only] => format!("Trang {} của tập quét", only.number),
        [first, .., last] => format!("Trang {}–{} của tập quét", first.number, last.number),
    }
}

/// The page as it stands after its turn.
fn as_turned(seen: &PageSeen, turn_degrees: u16) -> Page {
    let (width, height) = match turn_degrees {
        90 | 270 => (seen.height, seen.width),
        _ => (seen.width, seen.height),
    };
    Page { width, height, dpi: seen.dpi, rotation_degrees: turn_degrees, ..failed_page(seen.number, &[]) }
}
