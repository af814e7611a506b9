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

/// A page of a part, where its picture is found and where it goes.
struct FilePage {
    /// Which of the scanned files, from 0.
    file: usize,
    number_in_file: u32,
    planned: PlannedPage,
    /// Its place in the part, from 0.
    place: usize,
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
        let pages = self.file_by_file(part)?;
        for of_file in pages.chunk_by(|one, next| one.file == next.file) {
            let numbers: Vec<u32> = of_file.iter().map(|page| page.number_in_file).collect();
            let mut pages = of_file.iter().map(|page| page.planned);
            reader.add_pages(&mut making, self.files[of_file[0].file], &numbers, stop, &mut |_| {
                let page = pages.next().expect("as many pages come as were asked for");
                Ok(self.seen(page.number).map(|seen| (as_turned(seen, page.turn_degrees), None)))
            })?;
        }
        making.arrange(&pages.iter().map(|page| page.place).collect::<Vec<_>>());
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

    /// The pages of a part, one file after the other: each child is given a whole file, and of two passes fronts and backs alternate.
    fn file_by_file(&self, part: &Part) -> Result<Vec<FilePage>, RenditionError> {
        let pages = part.pages.iter().enumerate().map(|(place, page)| self.in_file(place, *page));
        let mut pages: Vec<FilePage> = pages.collect::<Result<_, _>>()?;
        pages.sort_by_key(|page| page.file);
        Ok(pages)
    }

    /// In which file a page stands, and its number there.
    fn in_file(&self, place: usize, planned: PlannedPage) -> Result<FilePage, RenditionError> {
        let mut number_in_file = planned.number;
        for (file, &pages) in self.stack.files.iter().enumerate().take(self.files.len()) {
            if number_in_file <= pages {
                return Ok(FilePage { file, number_in_file, planned, place });
            }
            number_in_file -= pages;
        }
        Err(RenditionError::Page { number: planned.number, reason: reason::DAMAGED.into() })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_opened_once_for_the_pages_of_a_part() {
        let stack = Stack { files: vec![3, 3], pages: Vec::new() };
        let file = PartFile { files: &[b"", b""], stack: &stack, batch_sha256: "" };
        let page = |number: u32| PlannedPage {
            number,
            sheet: 1,
            is_back: number > 3,
            is_blank: false,
            turn_degrees: 0,
        };
        let part = Part {
            number: 1,
            dossier: String::new(),
            component: None,
            cover_page: None,
            expected_sheets: None,
            pages: [2, 5, 3, 4].map(page).to_vec(),
        };
        let pages = file.file_by_file(&part).expect("every page stands in a file");
        let pages: Vec<_> = pages.iter().map(|page| (page.file, page.number_in_file, page.place)).collect();
        assert_eq!(pages, [(0, 2, 0), (0, 3, 2), (1, 2, 1), (1, 1, 3)]);
    }
}
