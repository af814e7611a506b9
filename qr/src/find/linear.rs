//! Bar codes of old labels: Code 39 and Code 128.
//!
//! A reader of one row takes letters and rules for bars now and then. So rows are read only where a page is striped (the same
//! bars over some millimetres of height, as no line of text is), and a text counts when several rows agree on it.

use std::collections::HashMap;

use rxing::common::{BitArray, GlobalHistogramBinarizer};
use rxing::oned::{Code39Reader, Code128Reader, OneDReader};
use rxing::{BinaryBitmap, DecodeHints, Luma8LuminanceSource};

use super::plane::{Channel, Plane};
use super::square::calmly;
use super::{ALWAYS_FULL_PIXELS, Bounds, Reader, Sighting, Symbology};

/// Rows between two that are compared: 2 mm at 300 dpi. Three of them span 4 mm, more than small letters are high and less than
/// bars are. Small pictures, which are photographs of a label or a part of a page, are looked at with half of it and of [`WINDOW`].
const ROW_STEP: usize = 24;

/// Columns that are judged together: 10.8 mm at 300 dpi, three characters of a narrow code.
const WINDOW: usize = 128;

/// Fewest changes between black and white in a window: 18 modules of the widest bars met, 0.6 mm, have ten.
const EDGES_MIN: usize = 8;

/// Least difference between the darkest and the brightest of a window; the paper's own unevenness is less.
const CONTRAST_MIN: u8 = 64;

/// Share of a window's pixels that may differ between two rows: noise, and the edges of bars that stand a little askew.
const DIFFERENCE_MAX: f32 = 0.15;

/// Share of the rows between them by which bars move aside on a page turned by up to 4°.
const LEAN: f32 = 0.07;

/// Windows, half overlapping, that make a code: four digits in narrow Code 128 measure 14 mm.
const WINDOWS_MIN: usize = 2;

/// Most striped places of a page that are read; a page full of stripes is a picture.
const PLACES_MAX: usize = 12;

/// Margin at both ends of a striped place, in windows: the ends of a code fall between two of them, and readers want white beside it.
const MARGIN_WINDOWS: usize = 1;

/// Rows that are read at each place.
const ROWS: usize = 15;

/// Rows that must say the same: 2 of 15 agreed by chance on no page of text that was tried, one did.
const ROWS_AGREEING_MIN: usize = 3;

/// Shortest text. Code 39 has no check digit: two bars and some noise make a letter.
const LETTERS_MIN: usize = 4;

/// What one code says, and of which kind it is.
type Said = (Symbology, String);

/// Whether a row runs along or down the page.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Across,
    Down,
}

/// Rows of the page, from `step` to `step` pixels; judged are `window` columns at a time.
struct Rows {
    rows: Vec<Vec<u8>>,
    step: usize,
    window: usize,
}

/// Bar codes on a channel.
pub(super) fn look_for_bars(channel: &Channel<'_>) -> Vec<Sighting> {
    let places = [Way::Across, Way::Down].into_iter().flat_map(|way| {
        let places = Rows::of(channel, way).striped_places(channel.bounds(), way);
        places.into_iter().map(move |place| (way, place))
    });
    let read = |(way, place): (Way, Bounds)| {
        let plane = channel.crop(place);
        let plane = if way == Way::Down { plane.turned() } else { plane };
        calmly(|| read_rows(&plane)).map(|(said, share)| sighting(said, share, place))
    };
    places.take(PLACES_MAX).filter_map(read).collect()
}

fn sighting((symbology, text): Said, share: f32, place: Bounds) -> Sighting {
    let (left, top) = (place.left as f32, place.top as f32);
    let (right, bottom) = (place.right() as f32, place.bottom() as f32);
    Sighting {
        bytes: text.clone().into_bytes(),
        text,
        corners: vec![(left, top), (right, top), (right, bottom), (left, bottom)],
        symbology,
        reader: Reader::Rxing,
        confidence: share,
    }
}

impl Bounds {
    /// The same with columns and rows exchanged.
    fn transposed(self) -> Self {
        Self { left: self.top, top: self.left, width: self.height, height: self.width }
    }
}

impl Rows {
    fn of(channel: &Channel<'_>, way: Way) -> Self {
        let times = if channel.width * channel.height <= ALWAYS_FULL_PIXELS { 1 } else { 2 };
        let (step, window) = (ROW_STEP * times / 2, WINDOW * times / 2);
        let sample =
            |column: usize, row: usize| channel.samples[(row * channel.width + column) * channel.stride];
        let (width, height) = (channel.width, channel.height);
        let rows = match way {
            Way::Across => (0..height)
                .step_by(step)
                .map(|row| (0..width).map(|column| sample(column, row)).collect())
                .collect(),
            Way::Down => (0..width)
                .step_by(step)
                .map(|column| (0..height).map(|row| sample(column, row)).collect())
                .collect(),
        };
        Self { rows, step, window }
    }

    /// Rectangles of the page in which bars stand, with a margin at both ends.
    fn striped_places(&self, page: Bounds, way: Way) -> Vec<Bounds> {
        let mut places: Vec<Bounds> = Vec::new();
        for (number, rows) in self.rows.windows(3).enumerate() {
            for (start, end) in self.striped_runs(rows) {
                let top = (number * self.step) as u32;
                join(
                    &mut places,
                    Bounds { left: start, top, width: end - start, height: 2 * self.step as u32 },
                );
            }
        }
        let margin = (MARGIN_WINDOWS * self.window) as u32;
        let length = if way == Way::Across { page.width } else { page.height };
        let on_page = |place: Bounds| {
            let (left, right) = (place.left.saturating_sub(margin), (place.right() + margin).min(length));
            let place = Bounds { left, width: right - left, ..place };
            if way == Way::Across { place } else { place.transposed() }
        };
        places.into_iter().map(on_page).collect()
    }

    /// From where to where three rows show the same bars.
    fn striped_runs(&self, rows: &[Vec<u8>]) -> Vec<(u32, u32)> {
        let stride = self.window / 2;
        let windows = rows[0].len().saturating_sub(self.window) / stride;
        let striped: Vec<bool> = (0..windows).map(|number| self.is_striped(rows, number * stride)).collect();
        let mut runs = Vec::new();
        let mut first = 0;
        for run in striped.chunk_by(|a, b| a == b) {
            if run[0] && run.len() >= WINDOWS_MIN {
                runs.push(((first * stride) as u32, ((first + run.len() - 1) * stride + self.window) as u32));
            }
            first += run.len();
        }
        runs
    }

    fn is_striped(&self, rows: &[Vec<u8>], start: usize) -> bool {
        let Some(bars) = black_and_white(&rows[0][start..start + self.window]) else { return false };
        let edges = bars.windows(2).filter(|pair| pair[0] != pair[1]).count();
        edges >= EDGES_MIN
            && (1..rows.len()).all(|below| self.is_continued(&bars, &rows[below], start, below * self.step))
    }

    /// Whether a row so many pixels below shows the same bars, a little aside at most.
    fn is_continued(&self, bars: &[bool], other: &[u8], start: usize, rows_below: usize) -> bool {
        let lean_max = (rows_below as f32 * LEAN).ceil() as usize;
        let from = start.saturating_sub(lean_max);
        let until = (start + self.window + lean_max).min(other.len());
        let Some(others) = black_and_white(&other[from..until]) else { return false };
        let differing_max = (DIFFERENCE_MAX * self.window as f32) as usize;
        others
            .windows(self.window)
            .any(|other| bars.iter().zip(other).filter(|(bar, other)| bar != other).count() <= differing_max)
    }
}

/// Which pixels are darker than the middle of their range; `None` for paper without ink.
fn black_and_white(pixels: &[u8]) -> Option<Vec<bool>> {
    let (dark, bright) = (pixels.iter().min()?, pixels.iter().max()?);
    let middle = dark / 2 + bright / 2;
    (bright - dark >= CONTRAST_MIN).then(|| pixels.iter().map(|pixel| *pixel < middle).collect())
}

/// Adds a run to the place that it continues, or as a new one.
fn join(places: &mut Vec<Bounds>, run: Bounds) {
    let continued = places
        .iter_mut()
        .find(|place| place.bottom() >= run.top && place.left < run.right() && run.left < place.right());
    match continued {
        Some(place) => {
            let (left, right) = (place.left.min(run.left), place.right().max(run.right()));
            *place = Bounds { left, width: right - left, height: run.bottom() - place.top, ..*place };
        }
        None => places.push(run),
    }
}

/// What the rows of a plane agree on, and the share of the rows that were read and say so.
fn read_rows(plane: &Plane) -> Option<(Said, f32)> {
    let source =
        Luma8LuminanceSource::new(plane.pixels.clone(), plane.width as u32, plane.height as u32).ok()?;
    let bitmap = BinaryBitmap::new(GlobalHistogramBinarizer::new(source));
    let mut votes: HashMap<Said, usize> = HashMap::new();
    for number in 1..=ROWS {
        let row = bitmap.get_black_row(number * plane.height / (ROWS + 1));
        if let Some(said) = row.ok().and_then(|row| read_row(row.into_owned())) {
            *votes.entry(said).or_default() += 1;
        }
    }
    let all: usize = votes.values().sum();
    let (said, count) = votes.into_iter().max_by_key(|(_, count)| *count)?;
    let is_agreed = count >= ROWS_AGREEING_MIN && 2 * count > all && said.1.chars().count() >= LETTERS_MIN;
    is_agreed.then_some((said, count as f32 / all as f32))
}

/// Reads a row from both ends.
fn read_row(mut row: BitArray) -> Option<Said> {
    let forwards = read_one_way(&row);
    forwards.or_else(|| {
        row.reverse();
        read_one_way(&row)
    })
}

fn read_one_way(row: &BitArray) -> Option<Said> {
    let hints = DecodeHints::default();
    let code_128 = Code128Reader.decode_row(0, row, &hints).map(|read| (Symbology::Code128, read));
    let read = code_128.or_else(|_| {
        Code39Reader::default().decode_row(0, row, &hints).map(|read| (Symbology::Code39, read))
    });
    read.ok().map(|(symbology, read)| (symbology, read.getText().to_owned()))
}
