//! Print of the back side that shines through the paper, taken out of the copy that is read.
//!
//! Such ink is much fainter than the print of the page, and there is next to nothing between the two; worn print and writing are
//! spread over all shades instead. Read as it is, a page through which the other side is seen gets junk between its words (measured on
//! six invented pages: 0.8 → 7.0 % wrong letters in any order).

use crate::marks::{Ground, Mark, Marks};
use crate::stage;
use image::{GrayImage, Luma};
use imageproc::distance_transform::Norm;
use imageproc::morphology::dilate;
use repository::record::{Stage, Step};

/// Height of marks that are letters or words run together by blur, in inches: print of 6 to 40 points.
const LETTER_HEIGHT: std::ops::RangeInclusive<f32> = 0.045..=0.5;
const LETTER_ASPECT_MAX: f32 = 8.0;
/// Of all letters, the contrast that this part stays below is that of the page's own print.
const PRINT_RANK: f32 = 0.8;
/// Ink of less than this part of the print's contrast is faint; through thin paper at most 0.45 is seen, and blur takes some of that.
const FAINT_MAX: f32 = 0.5;
/// Contrast between faint ink and print, in parts of the print's, that next to no mark has.
const BETWEEN: std::ops::Range<f32> = 0.5..0.7;
/// Marks between faint ink and print at most, as a share of the faint ones: rims of stamps, thin strokes.
const BETWEEN_SHARE_MAX: f32 = 0.2;
/// Faint marks from which a back side is seen: some lines, and this share of all. What is left of seals is at most 0.1 of a page.
const FAINT_MARKS_MIN: usize = 60;
const FAINT_SHARE_MIN: f32 = 0.15;
/// Ink this near to print, in inches, is its rim or a thin stroke of it.
const RIM_INCHES: f32 = 0.01;

/// A back side that is seen.
pub(crate) struct BleedThrough {
    /// Faint marks.
    pub(crate) marks: Vec<Mark>,
    /// Contrast from which ink is the page's own.
    print_from: u8,
    /// Share of the marks that is faint.
    share: f32,
}

impl BleedThrough {
    /// Looks for faint ink of letter size; none on pages whose ink is of one kind.
    pub(crate) fn find(gray: &GrayImage, ground: &Ground, ink: &Marks, dpi: u32) -> Option<Self> {
        let is_letter = |mark: &Mark| {
            let (width, height) = (mark.bounds.width as f32, mark.bounds.height as f32);
            LETTER_HEIGHT.contains(&(height / dpi as f32)) && width < LETTER_ASPECT_MAX * height
        };
        let contrasts = contrasts(gray, ground, ink);
        let letters: Vec<(Mark, u8)> =
            ink.marks.iter().copied().zip(contrasts).filter(|(mark, _)| is_letter(mark)).collect();
        let print = rank(letters.iter().map(|(_, contrast)| *contrast).collect())?;
        let part = |contrast: u8| f32::from(contrast) / f32::from(print.max(1));
        let marks: Vec<Mark> = letters
            .iter()
            .filter(|(_, contrast)| part(*contrast) < FAINT_MAX)
            .map(|(mark, _)| *mark)
            .collect();
        let between = letters.iter().filter(|(_, contrast)| BETWEEN.contains(&part(*contrast))).count();
        let share = marks.len() as f32 / letters.len() as f32;
        let is_seen = marks.len() >= FAINT_MARKS_MIN
            && share >= FAINT_SHARE_MIN
            && between as f32 <= BETWEEN_SHARE_MAX * marks.len() as f32;
        let print_from = (FAINT_MAX * f32::from(print)) as u8;
        is_seen.then_some(Self { marks, print_from, share })
    }

    pub(crate) fn stage(&self) -> Stage {
        let step = Step::BleedThrough { marks: self.marks.len() };
        stage::taken(step, stage::confidence(self.share / FAINT_SHARE_MIN))
    }

    /// The page without it: what is not print, nor near to print, becomes paper.
    pub(crate) fn erased(&self, gray: &GrayImage, ground: &Ground, dpi: u32) -> GrayImage {
        let contrast = |x, y| ground.paper_at(x, y).saturating_sub(gray.get_pixel(x, y).0[0]);
        let print = GrayImage::from_fn(gray.width(), gray.height(), |x, y| {
            Luma([if contrast(x, y) >= self.print_from { u8::MAX } else { 0 }])
        });
        let kept = dilate(&print, Norm::LInf, (RIM_INCHES * dpi as f32).round() as u8);
        GrayImage::from_fn(gray.width(), gray.height(), |x, y| match kept.get_pixel(x, y) {
            Luma([0]) => Luma([ground.paper_at(x, y).max(gray.get_pixel(x, y).0[0])]),
            _ => *gray.get_pixel(x, y),
        })
    }
}

/// How much darker than the paper the darkest pixel of each mark is.
fn contrasts(gray: &GrayImage, ground: &Ground, ink: &Marks) -> Vec<u8> {
    let mut contrasts = vec![0; ink.marks.len()];
    for run in &ink.runs {
        let darkest = (run.start..run.end).map(|x| gray.get_pixel(x, run.row).0[0]).min().unwrap_or(u8::MAX);
        let contrast = &mut contrasts[run.mark as usize];
        *contrast = ground.paper_at(run.start, run.row).saturating_sub(darkest).max(*contrast);
    }
    contrasts
}

fn rank(mut contrasts: Vec<u8>) -> Option<u8> {
    let at = (PRINT_RANK * contrasts.len() as f32) as usize;
    (at < contrasts.len()).then(|| *contrasts.select_nth_unstable(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DPI: u32 = 200;
    const PAPER: u8 = 240;

    /// A page with lines of letters, each line of its own brightness.
    fn page(lines: &[u8]) -> GrayImage {
        let mut page = GrayImage::from_pixel(800, 40 * lines.len() as u32 + 40, Luma([PAPER]));
        for (line, brightness) in (0..).zip(lines) {
            for letter in 0..35 {
                for (x, y) in (0..12).flat_map(|x| (0..16).map(move |y| (x, y))) {
                    page.put_pixel(30 + letter * 20 + x, 40 + line * 40 + y, Luma([*brightness]));
                }
            }
        }
        page
    }

    fn found(page: &GrayImage) -> Option<(BleedThrough, Ground)> {
        let ground = Ground::of(page, DPI);
        let marks = Marks::find(page, &ground);
        BleedThrough::find(page, &ground, &marks, DPI).map(|found| (found, ground))
    }

    #[test]
    fn a_back_side_goes_and_print_stays() {
        let page = page(&[20, 20, 170, 20, 170, 20, 170]);
        let (found, ground) = found(&page).expect("a back side is seen");
        assert_eq!(found.marks.len(), 3 * 35);
        let erased = found.erased(&page, &ground, DPI);
        assert!(erased.get_pixel(35, 125).0[0] >= PAPER - 5, "{:?}", erased.get_pixel(35, 125));
        assert_eq!(erased.get_pixel(35, 45).0[0], 20);
    }

    #[test]
    fn ink_of_one_kind_and_ink_of_all_shades_stay() {
        let check = |lines: &[u8], what: &str| assert!(found(&page(lines)).is_none(), "{what}");
        check(&[20; 7], "print");
        check(&[150; 7], "a faint copy");
        check(&[20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 170], "a line of a pencil");
        check(&[20, 60, 90, 120, 130, 20, 170, 180], "worn print");
        check(&[20, 20, 20, 110, 110, 110], "writing");
        check(&[], "nothing");
    }
}
