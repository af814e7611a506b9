//! Finds the codes on a page image: QR codes, and the bar codes of old labels.
//!
//! Two readers look for QR codes, because each sees codes that the other misses. A colour page is looked at through its red
//! channel, where the red of a seal is as bright as the paper: under a seal 70 of 96 codes are read there, 12 of 96 in
//! plain grey. What a code says is told and never acted upon: no address is opened.

mod harder;
mod linear;
mod parts;
mod plane;
mod square;

use image::{DynamicImage, GrayImage};
use serde::{Deserialize, Serialize};

use crate::Kind;
use harder::Search;
use linear::look_for_bars;
use parts::{are_of_a_code, moved, parts};
use plane::{Channel, Plane};
use square::{Sketch, calmly, look_with_rqrr, look_with_rxing, read_with_rxing};

/// Shortest side in pixels that can hold a code: 21 modules of one pixel and the smallest margin that readers accept.
const SIDE_MIN: usize = 25;

/// Pages of at most so many pixels are always looked at in full size too: it takes 5 ms, and such a picture may be the code
/// alone, drawn with 1 or 2 pixels a module.
const ALWAYS_FULL_PIXELS: usize = 1_000_000;

/// How sure a QR code is that one look told: its error correction lets about one misread code of a thousand through.
const ONE_LOOK: f32 = 0.999;

/// How sure a QR code is that two looks told alike.
const TWO_LOOKS: f32 = 1.0;

/// A code that was read on a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// What the code is for, as far as its text tells.
    pub kind: Kind,
    /// The content as text; bytes that are no UTF-8 are read in the character set that the reader guessed.
    pub text: String,
    /// The content as it stands in the code.
    pub bytes: Vec<u8>,
    /// The upright rectangle around the corners, inside the page.
    pub bounds: Bounds,
    /// The corners in pixels of the page: the code's own top left first, then clockwise as the code is meant to be seen.
    pub corners: Vec<(f32, f32)>,
    /// How it is written.
    pub symbology: Symbology,
    /// Which reader read it.
    pub reader: Reader,
    /// How sure the text is, from 0 to 1: of a QR code whether one look told it or two, of a bar code the share of its rows that
    /// say the same.
    pub confidence: f32,
}

/// A way to write text as squares or bars.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// QR code, ISO/IEC 18004.
    Qr,
    /// Code 39, ISO/IEC 16388.
    Code39,
    /// Code 128, ISO/IEC 15417.
    Code128,
}

/// A rectangle in pixels of the page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// The program that read a code.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// The `rxing` crate.
    Rxing,
    /// The `rqrr` crate.
    Rqrr,
}

/// A code as a reader tells it, in pixels of the plane it was shown.
struct Sighting {
    text: String,
    bytes: Vec<u8>,
    corners: Vec<(f32, f32)>,
    symbology: Symbology,
    reader: Reader,
    confidence: f32,
}

impl Bounds {
    /// First column to the right.
    pub fn right(&self) -> u32 {
        self.left.saturating_add(self.width)
    }

    /// First row below.
    pub fn bottom(&self) -> u32 {
        self.top.saturating_add(self.height)
    }

    fn contains(&self, (x, y): (f32, f32)) -> bool {
        (self.left as f32..=self.right() as f32).contains(&x)
            && (self.top as f32..=self.bottom() as f32).contains(&y)
    }
}

/// Every code that can be read on the page, from top to bottom; the same code is told once.
///
/// A single look of a reader may see one of five QR codes on a page, so the page is shown in half and in full size and what
/// all looks saw is put together. Most pages hold no code and are done after the half size: none of 225 degraded codes of
/// 3.54 pixels a module or more was without a corner pattern there. Full size is shown of the surroundings of such patterns, and
/// where corners of a code are seen on a page that tells none, more is tried. A reader that panics saw nothing.
pub fn find(picture: &DynamicImage) -> Vec<Found> {
    let channel = Channel::of(picture);
    if channel.width.min(channel.height) < SIDE_MIN {
        return Vec::new();
    }
    let page = channel.bounds();
    let half = calmly(|| Sketch::of(channel.half()));
    let mut found = Vec::new();
    collect(&mut found, look_for_bars(&channel), page);
    let patterns = half.as_ref().map(|sketch| sketch.patterns_in(page, 0.5)).unwrap_or_default();
    if !patterns.is_empty() {
        let seen = half.map(read_with_rxing).unwrap_or_default();
        collect(&mut found, seen.into_iter().map(|sighting| sighting.scaled(2.0)).collect(), page);
    }
    let is_small = channel.width * channel.height <= ALWAYS_FULL_PIXELS;
    let parts = if is_small { vec![page] } else { parts(&patterns, page) };
    let mut search = Search::of(picture);
    for (at, part) in parts.iter().enumerate() {
        collect_from_part(&mut found, &channel, *part, |part| search.part(part, parts.len() - at));
    }
    found.sort_by_key(|code| (code.bounds.top, code.bounds.left));
    found
}

/// Adds what is seen of a part of the page in full size: by the second reader only where corner patterns are left over, and by more
/// means only where they are those of a code and the page has told none yet: noise looks like corners too.
fn collect_from_part(
    found: &mut Vec<Found>,
    channel: &Channel<'_>,
    part: Bounds,
    search: impl FnOnce(Bounds) -> Vec<Sighting>,
) {
    let page = channel.bounds();
    let plane = channel.crop(part);
    let Some(sketch) = calmly(|| Sketch::of(plane.clone())) else { return };
    let mut unread = sketch.patterns_in(part, 1.0);
    collect(found, moved(read_with_rxing(sketch), part, 1), page);
    unread.retain(|pattern| pattern.is_outside(found));
    // A single one is mostly a letter or a stamp.
    if unread.len() >= 2 {
        collect(found, moved(look_with_rqrr(&plane), part, 1), page);
        unread.retain(|pattern| pattern.is_outside(found));
    }
    if found.is_empty() && are_of_a_code(&unread) {
        collect(found, search(part), page);
    }
}

/// The same for a page that should carry a code, such as a cover sheet: when [`find`] sees none, the page is searched with
/// means that an ordinary page is not worth, up to a second of CPU at 300 dpi.
pub fn find_expected(page: &DynamicImage) -> Vec<Found> {
    let mut found = find(page);
    if found.is_empty() {
        collect(&mut found, Search::of(page).whole(), Channel::of(page).bounds());
    }
    found
}

/// Adds what is new: the same bytes at the same place are the same code, told by a second look.
fn collect(found: &mut Vec<Found>, sightings: Vec<Sighting>, page: Bounds) {
    for sighting in sightings.into_iter().filter(|sighting| !sighting.bytes.is_empty()) {
        let code = sighting.on_page(page);
        let middle = middle(&code.corners);
        let is_same = |known: &&mut Found| known.bytes == code.bytes && known.bounds.contains(middle);
        match found.iter_mut().find(is_same) {
            Some(known) => known.confidence = TWO_LOOKS,
            None => found.push(code),
        }
    }
}

impl Sighting {
    /// The same on a plane so many times larger.
    fn scaled(self, scale: f32) -> Self {
        Self { corners: self.corners.iter().map(|(x, y)| (x * scale, y * scale)).collect(), ..self }
    }

    fn on_page(self, page: Bounds) -> Found {
        Found {
            kind: crate::kind_of(&self.text),
            bounds: around(&self.corners, page),
            text: self.text,
            bytes: self.bytes,
            corners: self.corners,
            symbology: self.symbology,
            reader: self.reader,
            confidence: self.confidence,
        }
    }
}

fn around(corners: &[(f32, f32)], page: Bounds) -> Bounds {
    let span = |values: &mut dyn Iterator<Item = f32>, end: u32| {
        let (low, high) =
            values.fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)));
        let first = low.floor().clamp(0.0, end as f32) as u32;
        (first, (high.ceil().clamp(0.0, end as f32) as u32).saturating_sub(first))
    };
    let (left, width) = span(&mut corners.iter().map(|corner| corner.0), page.width);
    let (top, height) = span(&mut corners.iter().map(|corner| corner.1), page.height);
    Bounds { left, top, width, height }
}

fn middle(corners: &[(f32, f32)]) -> (f32, f32) {
    let count = corners.len().max(1) as f32;
    let (x, y) = corners.iter().fold((0.0, 0.0), |(x, y), corner| (x + corner.0, y + corner.1));
    (x / count, y / count)
}

/// Whether both readers take exactly `text` from a picture of one code.
pub(crate) fn is_read_back(picture: &GrayImage, text: &str) -> bool {
    let plane = Plane {
        pixels: picture.as_raw().clone(),
        width: picture.width() as usize,
        height: picture.height() as usize,
    };
    let says_text =
        |sightings: Vec<Sighting>| sightings.iter().any(|sighting| sighting.bytes == text.as_bytes());
    says_text(look_with_rxing(&plane)) && says_text(look_with_rqrr(&plane))
}

#[cfg(test)]
mod tests;
