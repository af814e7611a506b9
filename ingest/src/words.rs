//! From the first reading of an upright page to its final words: what the pass over the whole page left out or read badly is
//! looked at again, and what is still not read is told.
//!
//! Not here: turning and cleaning the page, and the pass itself (`page`).

use crate::engines::Engines;
use crate::ink;
use crate::marks::Marks;
use crate::problem::reason;
use crate::recover;
use image::GrayImage;
use ocr::{Engine, PixelBox, Reading};
use repository::record::Stage;

/// Below this mean confidence a page is not read well enough to be called done (ordinary scans give 90 and more).
const CONFIDENCE_MIN: f32 = 78.0;
/// Fewer sure letters than this say nothing about a page: pages of text have hundreds.
const SURE_LETTERS_MIN: usize = 40;

/// An upright page as it was read.
pub(crate) struct Sheet<'a> {
    /// The cleaned page; boxes of the reading are in its pixels.
    pub(crate) gray: &'a GrayImage,
    /// All ink of `gray`.
    pub(crate) marks: &'a Marks,
    /// The page before anything was erased or brightened, when that changed it.
    pub(crate) uncleaned: Option<&'a GrayImage>,
    /// Whether it is a form to be filled in: leaders were erased.
    pub(crate) is_form: bool,
    /// Dots an inch.
    pub(crate) dpi: u32,
    /// Places whose ink is no text: codes printed as squares.
    pub(crate) not_text: &'a [PixelBox],
}

/// What is known of a page in the end.
pub(crate) struct Completed {
    pub(crate) reading: Reading,
    /// What was done after the page pass, in order.
    pub(crate) stages: Vec<Stage>,
    /// Boxes of ink that no word accounts for.
    pub(crate) unread: Vec<PixelBox>,
    /// Codes of [`reason`] for what keeps the page from being called done (invariant 8).
    pub(crate) reasons: Vec<&'static str>,
}

/// Completes the first reading of a page. A fault of an engine costs the extra look, not the reading.
pub(crate) fn complete(engines: &mut Engines, sheet: &Sheet, mut first: Reading) -> Completed {
    let mut reasons = Vec::new();
    if recover_lost(engines, sheet, &mut first).is_err() {
        reasons.push(reason::NOT_RECOVERED);
    }
    let (gray, reading) = without_harm(engines.first(), sheet, first);
    reasons.extend(doubts(gray, &reading, sheet.not_text));
    Completed { reading, stages: Vec::new(), unread: Vec::new(), reasons }
}

fn recover_lost(engines: &mut Engines, sheet: &Sheet, reading: &mut Reading) -> Result<(), ocr::Error> {
    recover::read_lost_ink(engines.first(), sheet.gray, sheet.marks, reading, sheet.dpi)?;
    if sheet.is_form {
        recover::read_doubtful_entries(engines.second_opinion(), sheet.gray, reading, sheet.dpi)?;
    }
    Ok(())
}

/// A clean-up is kept only when it helped: a page that reads badly cleaned is read as it was, too.
fn without_harm<'a>(
    engine: &mut dyn Engine,
    sheet: &Sheet<'a>,
    reading: Reading,
) -> (&'a GrayImage, Reading) {
    let Some(uncleaned) = sheet.uncleaned.filter(|_| !is_sure(&reading)) else {
        return (sheet.gray, reading);
    };
    match engine.read(uncleaned, sheet.dpi) {
        Ok(plain) if plain.confident_letters() > reading.confident_letters() => (uncleaned, plain),
        _ => (sheet.gray, reading),
    }
}

fn is_sure(reading: &Reading) -> bool {
    reading.confident_letters() >= SURE_LETTERS_MIN && reading.mean_confidence() >= CONFIDENCE_MIN
}

fn doubts(gray: &GrayImage, reading: &Reading, not_text: &[PixelBox]) -> Vec<&'static str> {
    let mut doubts = Vec::new();
    if reading.words().next().is_some() && reading.mean_confidence() < CONFIDENCE_MIN {
        doubts.push(reason::LOW_CONFIDENCE);
    }
    let accounted = [&ink::vouched(reading), not_text].concat();
    if ink::unread_share(gray, &accounted) > ink::UNREAD_SHARE_MAX {
        doubts.push(reason::UNREAD_INK);
    }
    doubts
}
