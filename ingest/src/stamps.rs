//! Seals and stamps: ink of one colour pressed over the print, taken out of the grey copy that is read.
//!
//! Ink of a stamp is a filter: below it the paper is darker and the print as dark as before. So each pixel is divided by the
//! brightness that paper has under that much colour, which the page itself tells. Reading one colour channel instead leaves
//! grey rims, for JPEG keeps colour at half the resolution (measured: two dark seals over a form 12.6 → 1.0 % wrong letters).
//! Coloured print and ball-pen writing are text and stay: only what has the size and the shape of a stamp goes.

use crate::stage;
use image::{GrayImage, RgbImage};
use ocr::PixelBox;
use repository::record::{Stage, Step};

/// Side of the squares in which a stamp's shape is looked at, in inches: as wide as a stroke of its ring.
const CELL: f32 = 0.04;
/// Colour beyond the page's own tint from which a pixel is coloured ink.
const INK_EXCESS: i32 = 30;
/// Part of a square's pixels that must be coloured ink.
const CELL_INK_MIN: f32 = 0.12;
/// Sides of a stamp, in inches: round seals are 30 to 42 mm wide (NĐ 99/2016), and two may overlap.
const STAMP_SIDE: std::ops::RangeInclusive<f32> = 0.7..=3.6;
/// Longer side by shorter side of a stamp.
const STAMP_ASPECT_MAX: f32 = 2.2;
/// Part of the outline, round or square, that must be inked before ink is surely a stamp: signatures and writing have none. Blue ink
/// below it stays. Red ink goes, for a faint seal has no whole outline either (seen: 0.47) and hides print, but its place is told.
const OUTLINE_MIN: f32 = 0.6;
/// Red marks larger than stamps are frames and grounds when they cover so little of their box; they hide print as seals do.
const FRAME_FILL_MAX: f32 = 0.35;
/// Reach of a colour beyond the ink that carries it, in inches: JPEG keeps one colour for 2 × 2 pixels and smears it over 8 × 8.
const SMEAR: f32 = 1.0 / 150.0;
/// Colour from which paper counts as inked when its brightness is learned.
const TINTED: u8 = 12;
/// Of the pixels under equally much colour, the brightness below which this part lies is the paper's: print is the minority.
const PAPER_RANK: f32 = 0.6;
/// Width of one step of colour in which paper is measured.
const STEP: usize = 8;
/// Fewest pixels that tell the brightness of a step.
const STEP_PIXELS_MIN: u32 = 50;
/// Under a stamp, what is darker than this part of the paper is print in full, and what is brighter than the second is paper:
/// between lie the rims of the stamp's own strokes.
const PRINT_TO_PAPER: (f32, f32) = (0.15, 0.68);

/// Colour of a stamp's ink.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Ink {
    Red,
    Blue,
}

impl Ink {
    /// How much stronger its channel is than the others.
    fn excess(self, pixel: &[u8]) -> i32 {
        let (red, green, blue) = (i32::from(pixel[0]), i32::from(pixel[1]), i32::from(pixel[2]));
        match self {
            Ink::Red => red - green.max(blue),
            Ink::Blue => blue - green.max(red),
        }
    }

    fn step(self, count: usize) -> Step {
        match self {
            Ink::Red => Step::RedSeal { places: count },
            Ink::Blue => Step::BlueStamp { places: count },
        }
    }
}

/// What was taken out.
#[derive(Default)]
pub(crate) struct Dropped {
    pub(crate) stages: Vec<Stage>,
    /// Places of red ink with the size of a seal and not its outline: it may have been writing.
    pub(crate) maybe_writing: Vec<PixelBox>,
}

/// Takes seals and stamps out of `gray`, the brightness of `colour`.
pub(crate) fn drop_stamps(colour: &RgbImage, gray: &mut GrayImage, dpi: u32) -> Dropped {
    let mut dropped = Dropped::default();
    for ink in [Ink::Red, Ink::Blue] {
        if let Some((stage, maybe_writing)) = drop_ink(colour, gray, dpi, ink) {
            dropped.stages.push(stage);
            dropped.maybe_writing.extend(maybe_writing);
        }
    }
    dropped
}

fn drop_ink(colour: &RgbImage, gray: &mut GrayImage, dpi: u32, ink: Ink) -> Option<(Stage, Vec<PixelBox>)> {
    let bias = own_tint(colour, ink);
    let cells = Cells::find(colour, dpi, ink, bias);
    let stamps: Vec<Stamp> = cells.stamps(ink);
    if stamps.is_empty() {
        return None;
    }
    let tint = Tint::of(colour, ink, bias, (SMEAR * dpi as f32).round().max(1.0) as u32);
    let mask = cells.mask(&stamps);
    let paper = PaperUnderInk::learn(gray, &tint, &mask)?;
    lighten(gray, &tint, &mask, &paper);
    let confidence = stamps.iter().map(|stamp| stamp.outline).fold(0.0, f32::max) * 100.0;
    let unsure = stamps.iter().filter(|stamp| stamp.outline < OUTLINE_MIN && cells.has_size_of_stamp(stamp));
    let maybe_writing = unsure.map(|stamp| cells.bounds(stamp)).collect();
    Some((stage::taken(ink.step(stamps.len()), confidence), maybe_writing))
}

/// The tint of the paper: lamps and old paper shift every pixel.
fn own_tint(colour: &RgbImage, ink: Ink) -> i32 {
    /// One pixel of so many is asked, a prime so that no pattern of print repeats with it.
    const SAMPLED: usize = 997;
    let mut excesses: Vec<i32> =
        colour.as_raw().chunks_exact(3).step_by(SAMPLED).map(|pixel| ink.excess(pixel)).collect();
    let middle = excesses.len() / 2;
    if excesses.is_empty() { 0 } else { (*excesses.select_nth_unstable(middle).1).max(0) }
}

/// Squares of a page with coloured ink.
struct Cells {
    /// Side of a square in pixels.
    side: u32,
    columns: u32,
    rows: u32,
    is_inked: Vec<bool>,
    inch: f32,
}

/// Connected squares that a stamp inked.
struct Stamp {
    cells: Vec<u32>,
    /// First and last column and row.
    left: u32,
    top: u32,
    right: u32,
    bottom: u32,
    /// Part of the outline that is inked.
    outline: f32,
}

impl Cells {
    fn find(colour: &RgbImage, dpi: u32, ink: Ink, bias: i32) -> Self {
        let side = ((CELL * dpi as f32) as u32).max(2);
        let (columns, rows) = (colour.width().div_ceil(side), colour.height().div_ceil(side));
        let mut counts = vec![0_u32; (columns * rows) as usize];
        let row_bytes = (colour.width() as usize * 3).max(1);
        for (y, row) in colour.as_raw().chunks_exact(row_bytes).enumerate() {
            let first = y / side as usize * columns as usize;
            for (count, square) in counts[first..].iter_mut().zip(row.chunks(side as usize * 3)) {
                let inked = square.chunks_exact(3).filter(|pixel| ink.excess(pixel) - bias > INK_EXCESS);
                *count += inked.count() as u32;
            }
        }
        let least = (CELL_INK_MIN * (side * side) as f32).max(1.0) as u32;
        let is_inked = counts.into_iter().map(|count| count >= least).collect();
        Self { side, columns, rows, is_inked, inch: dpi as f32 / side as f32 }
    }

    fn stamps(&self, ink: Ink) -> Vec<Stamp> {
        let mut is_seen = vec![false; self.is_inked.len()];
        let mut stamps = Vec::new();
        for start in 0..self.is_inked.len() as u32 {
            if self.is_inked[start as usize] && !is_seen[start as usize] {
                let stamp = self.spread(start, &mut is_seen);
                stamps.extend(self.is_stamp(&stamp, ink).then_some(stamp));
            }
        }
        stamps
    }

    /// All inked squares connected with `start`, corners included.
    fn spread(&self, start: u32, is_seen: &mut [bool]) -> Stamp {
        let mut cells = vec![start];
        is_seen[start as usize] = true;
        let mut at = 0;
        while let Some(&cell) = cells.get(at) {
            at += 1;
            for next in self.around(cell) {
                if self.is_inked[next as usize] && !std::mem::replace(&mut is_seen[next as usize], true) {
                    cells.push(next);
                }
            }
        }
        let columns = || cells.iter().map(|cell| cell % self.columns);
        let rows = || cells.iter().map(|cell| cell / self.columns);
        let (left, right) = (columns().min().unwrap_or(0), columns().max().unwrap_or(0));
        let (top, bottom) = (rows().min().unwrap_or(0), rows().max().unwrap_or(0));
        let mut stamp = Stamp { cells, left, top, right, bottom, outline: 0.0 };
        stamp.outline = self.outline(&stamp);
        stamp
    }

    /// A square and its neighbours.
    fn around(&self, cell: u32) -> impl Iterator<Item = u32> + use<> {
        let (columns, rows) = (self.columns, self.rows);
        let (column, row) = (cell % columns, cell / columns);
        (row.saturating_sub(1)..=(row + 1).min(rows - 1)).flat_map(move |row| {
            (column.saturating_sub(1)..=(column + 1).min(columns - 1))
                .map(move |column| row * columns + column)
        })
    }

    fn is_stamp(&self, stamp: &Stamp, ink: Ink) -> bool {
        let (width, height) = ((stamp.right - stamp.left + 1) as f32, (stamp.bottom - stamp.top + 1) as f32);
        let (short, long) = (width.min(height), width.max(height));
        let has_size = STAMP_SIDE.contains(&(short / self.inch)) && STAMP_SIDE.contains(&(long / self.inch));
        let is_compact = has_size && long <= STAMP_ASPECT_MAX * short;
        let is_frame = !has_size
            && short / self.inch > *STAMP_SIDE.start()
            && (stamp.cells.len() as f32) < FRAME_FILL_MAX * width * height;
        match ink {
            Ink::Red => is_compact || is_frame,
            Ink::Blue => is_compact && stamp.outline >= OUTLINE_MIN,
        }
    }

    /// Stamps, not frames.
    fn has_size_of_stamp(&self, stamp: &Stamp) -> bool {
        let longer = (stamp.right - stamp.left).max(stamp.bottom - stamp.top);
        longer as f32 <= *STAMP_SIDE.end() * self.inch
    }

    /// The stamp's box in pixels.
    fn bounds(&self, stamp: &Stamp) -> PixelBox {
        PixelBox {
            left: stamp.left * self.side,
            top: stamp.top * self.side,
            width: (stamp.right - stamp.left + 1) * self.side,
            height: (stamp.bottom - stamp.top + 1) * self.side,
        }
    }

    /// Part of the round or the square outline of the stamp's box along which there is ink.
    fn outline(&self, stamp: &Stamp) -> f32 {
        /// Points of the outline that are asked.
        const POINTS: u32 = 72;
        let (width, height) = ((stamp.right - stamp.left) as f32, (stamp.bottom - stamp.top) as f32);
        let inked = |x: f32, y: f32| {
            let (column, row) =
                (stamp.left + (x * width).round() as u32, stamp.top + (y * height).round() as u32);
            self.around(row * self.columns + column).any(|cell| self.is_inked[cell as usize])
        };
        let turns = || (0..POINTS).map(|point| std::f32::consts::TAU * point as f32 / POINTS as f32);
        let round = turns().filter(|turn| inked(0.5 + 0.5 * turn.cos(), 0.5 + 0.5 * turn.sin())).count();
        let square = turns().filter(|turn| {
            let (x, y) = (turn.cos(), turn.sin());
            let far = x.abs().max(y.abs());
            inked(0.5 + 0.5 * x / far, 0.5 + 0.5 * y / far)
        });
        round.max(square.count()) as f32 / POINTS as f32
    }

    /// The squares under stamps: inside the box of a compact stamp all coloured ink is its own.
    fn mask(&self, stamps: &[Stamp]) -> Mask {
        let mut is_stamped = vec![false; self.is_inked.len()];
        for stamp in stamps {
            let whole = (stamp.top..=stamp.bottom)
                .flat_map(|row| (stamp.left..=stamp.right).map(move |column| row * self.columns + column));
            let cells: Vec<u32> =
                if self.has_size_of_stamp(stamp) { whole.collect() } else { stamp.cells.clone() };
            for near in cells.into_iter().flat_map(|cell| self.around(cell)) {
                is_stamped[near as usize] = true;
            }
        }
        Mask { side: self.side, columns: self.columns, is_stamped }
    }
}

/// Which squares lie under stamps.
struct Mask {
    side: u32,
    columns: u32,
    is_stamped: Vec<bool>,
}

impl Mask {
    /// Calls `on_pixel` for each pixel under a stamp.
    fn for_each(&self, width: u32, height: u32, mut on_pixel: impl FnMut(u32, u32)) {
        for (cell, _) in self.is_stamped.iter().enumerate().filter(|(_, stamped)| **stamped) {
            let (left, top) =
                (cell as u32 % self.columns * self.side, cell as u32 / self.columns * self.side);
            for y in top..(top + self.side).min(height) {
                for x in left..(left + self.side).min(width) {
                    on_pixel(x, y);
                }
            }
        }
    }
}

/// How coloured each pixel is.
struct Tint {
    excess: GrayImage,
    /// Pixels over which colour is smeared.
    smear: u32,
}

impl Tint {
    fn of(colour: &RgbImage, ink: Ink, bias: i32, smear: u32) -> Self {
        let excess =
            colour.as_raw().chunks_exact(3).map(|pixel| (ink.excess(pixel) - bias).clamp(0, 255) as u8);
        let excess = GrayImage::from_raw(colour.width(), colour.height(), excess.collect());
        Self { excess: excess.expect("one value for each pixel"), smear }
    }

    /// The most colour nearby: thin strokes lose most of theirs to the smear.
    fn near(&self, x: u32, y: u32) -> u8 {
        let width = self.excess.width() as usize;
        let columns = x.saturating_sub(self.smear) as usize..((x + self.smear + 1) as usize).min(width);
        let rows = y.saturating_sub(self.smear)..(y + self.smear + 1).min(self.excess.height());
        let row = |y: u32| &self.excess.as_raw()[y as usize * width..][columns.clone()];
        rows.flat_map(|y| row(y).iter().copied()).max().unwrap_or(0)
    }
}

/// Brightness of paper by the colour on it.
struct PaperUnderInk {
    bare: f32,
    by_tint: [f32; 256],
}

impl PaperUnderInk {
    fn learn(gray: &GrayImage, tint: &Tint, mask: &Mask) -> Option<Self> {
        let mut steps = vec![[0_u32; 256]; 256 / STEP];
        mask.for_each(gray.width(), gray.height(), |x, y| {
            let tint = tint.excess.get_pixel(x, y).0[0] as usize;
            steps[tint / STEP][gray.get_pixel(x, y).0[0] as usize] += 1;
        });
        let bare = rank(&steps[0])?;
        let known = steps.iter().enumerate().skip(TINTED as usize / STEP);
        let known = known.filter_map(|(step, pixels)| Some(((step * STEP + STEP / 2) as f32, rank(pixels)?)));
        Some(Self { bare, by_tint: interpolate(bare, known) })
    }
}

fn rank(pixels_by_brightness: &[u32; 256]) -> Option<f32> {
    let pixels: u32 = pixels_by_brightness.iter().sum();
    let mut below = 0;
    let reaches = |count: &u32| {
        below += count;
        below as f32 >= PAPER_RANK * pixels as f32
    };
    let brightness = pixels_by_brightness.iter().position(reaches);
    brightness.filter(|_| pixels >= STEP_PIXELS_MIN).map(|brightness| brightness as f32)
}

/// Straight lines between the known steps; more ink never makes paper brighter.
fn interpolate(bare: f32, known: impl Iterator<Item = (f32, f32)>) -> [f32; 256] {
    let mut by_tint = [bare; 256];
    let (mut from, mut brightness) = (0.0_f32, bare);
    for (to, next) in known {
        let next = next.min(brightness).max(1.0);
        let span = by_tint.iter_mut().enumerate().take(to as usize + 1).skip(from as usize);
        for (tint, paper) in span {
            *paper = brightness + (next - brightness) * (tint as f32 - from) / (to - from).max(1.0);
        }
        (from, brightness) = (to, next);
    }
    by_tint[from as usize..].fill(brightness);
    by_tint
}

fn lighten(gray: &mut GrayImage, tint: &Tint, mask: &Mask, paper: &PaperUnderInk) {
    let (print, blank) = PRINT_TO_PAPER;
    mask.for_each(gray.width(), gray.height(), |x, y| {
        let ink = tint.near(x, y);
        if ink < TINTED {
            return;
        }
        let pixel = &mut gray.get_pixel_mut(x, y).0[0];
        let share = f32::from(*pixel) / paper.by_tint[ink as usize];
        // Faint colour is the paper's own; the full curve is for full ink.
        let curved = ((share - print) / (blank - print)).clamp(0.0, 1.0);
        let strength = (f32::from(ink) / (2.0 * INK_EXCESS as f32)).min(1.0);
        let lit = share + (curved - share) * strength;
        *pixel = (lit * paper.bare).clamp(0.0, 255.0) as u8;
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    const DPI: u32 = 100;
    const RED: [u8; 3] = [190, 40, 50];
    const BLUE: [u8; 3] = [50, 70, 180];
    const BLACK: [u8; 3] = [20, 20, 20];

    /// Draws where `is_ink` says; ink over ink lets through what both let through.
    fn draw(page: &mut RgbImage, ink: [u8; 3], is_ink: impl Fn(f32, f32) -> bool) {
        for (_, _, Rgb(pixel)) in page.enumerate_pixels_mut().filter(|(x, y, _)| is_ink(*x as f32, *y as f32))
        {
            for (channel, through) in pixel.iter_mut().zip(ink) {
                *channel = (u16::from(*channel) * u16::from(through) / 255) as u8;
            }
        }
    }

    fn ring(x: f32, y: f32) -> bool {
        (60.0..70.0).contains(&(x - 200.0).hypot(y - 200.0))
    }

    /// Strokes of 4 pixels, 12 apart, on lines 16 high.
    fn writing(left: f32, top: f32, width: f32) -> impl Fn(f32, f32) -> bool {
        move |x, y| {
            (left..left + width).contains(&x) && (top..top + 16.0).contains(&y) && (x - left) % 12.0 < 4.0
        }
    }

    fn paper() -> RgbImage {
        RgbImage::from_pixel(600, 400, Rgb([245, 240, 232]))
    }

    /// The page as it is read, and the names of its stages.
    fn dropped(page: &RgbImage) -> (GrayImage, Vec<&'static str>) {
        let (gray, dropped) = drop_from(page);
        (gray, dropped.stages.into_iter().map(|stage| stage.step.name()).collect())
    }

    fn drop_from(page: &RgbImage) -> (GrayImage, Dropped) {
        let bright = |Rgb([red, green, blue]): &Rgb<u8>| {
            ((u16::from(*red) + u16::from(*green) + u16::from(*blue)) / 3) as u8
        };
        let pixels = page.pixels().map(bright).collect();
        let mut gray = GrayImage::from_raw(page.width(), page.height(), pixels).expect("one value a pixel");
        let dropped = drop_stamps(page, &mut gray, DPI);
        (gray, dropped)
    }

    #[test]
    fn a_seal_goes_and_the_print_below_stays() {
        let check = |ink: [u8; 3], stage: &str| {
            let mut page = paper();
            draw(&mut page, BLACK, writing(100.0, 192.0, 200.0));
            draw(&mut page, ink, ring);
            let (gray, stages) = dropped(&page);
            assert_eq!(stages, [stage]);
            assert!(gray.get_pixel(200, 135).0[0] > 200, "the ring is paper");
            assert!(gray.get_pixel(137, 200).0[0] < 90, "print under the ring is print");
            assert!(gray.get_pixel(198, 200).0[0] < 90, "print inside the ring is print");
        };
        check(RED, "red_seal");
        check(BLUE, "blue_stamp");
    }

    #[test]
    fn red_ink_without_the_outline_of_a_seal_is_told() {
        let check = |is_ink: &dyn Fn(f32, f32) -> bool, expected: usize| {
            let mut page = paper();
            draw(&mut page, RED, is_ink);
            let told = drop_from(&page).1.maybe_writing;
            assert_eq!(told.len(), expected);
            assert!(told.iter().all(|place| place.intersection_area(&PixelBox {
                left: 250,
                top: 100,
                width: 100,
                height: 90
            }) > 5_000));
        };
        // A note of a hand: loops that run down and across, 100 by 90 pixels.
        check(&|x, y| (x - 300.0 - 45.0 * (y / 9.0).sin()).abs() < 3.0 && (100.0..190.0).contains(&y), 1);
        check(&ring, 0);
    }

    #[test]
    fn coloured_print_and_writing_stay() {
        let check = |ink: [u8; 3], is_ink: &dyn Fn(f32, f32) -> bool| {
            let mut page = paper();
            draw(&mut page, ink, is_ink);
            let (gray, stages) = dropped(&page);
            assert_eq!(stages, [""; 0]);
            assert!(
                page.enumerate_pixels()
                    .all(|(x, y, _)| !is_ink(x as f32, y as f32) || gray.get_pixel(x, y).0[0] < 130)
            );
        };
        check(RED, &writing(100.0, 100.0, 400.0));
        check(BLUE, &writing(100.0, 100.0, 400.0));
        check(BLUE, &|x, y| (x - 300.0 - 90.0 * (y / 9.0).sin()).abs() < 3.0 && (100.0..190.0).contains(&y));
        check(BLACK, &ring);
    }

    #[test]
    fn pages_without_pixels_have_no_stamps() {
        assert_eq!(dropped(&RgbImage::new(0, 0)).1, [""; 0]);
        assert_eq!(dropped(&RgbImage::new(1, 700)).1, [""; 0]);
    }
}
