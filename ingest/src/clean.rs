//! The page as it is shown to the engine: evenly lit, without the print of its back side, and without the leaders and rules that make
//! the engine drop lines.
//!
//! Each step is taken only where its cause is seen, for every step made some page worse that did not need it.

use crate::bleed_through::BleedThrough;
use crate::copy::ReadingCopy;
use crate::leaders::Leaders;
use crate::marks::{Ground, Mark, Marks};
use crate::stage::{self, Trace};
use image::GrayImage;
use repository::record::{Stage, Step};

/// Paper darker than this needs light: scanners give 230 and more, and photographs of 210 are still read well as they are.
const DARK_BELOW: u8 = 190;
/// Brightness that even light gives to the paper.
const PAPER: u32 = 245;
/// Ground darker than the page's middle divided by this is a desk, not paper: brightened it would only show its grain.
const DESK_DIVISOR: u8 = 2;

/// What the engine is shown instead of a copy.
#[derive(Default)]
pub(crate) struct Cleaned {
    /// The page where anything was erased or lit, and the ink that is left on it.
    pub(crate) changed: Option<(GrayImage, Marks)>,
    /// Faint ink that was taken for the back side's; some of it may be writing.
    pub(crate) faint: Vec<Mark>,
    pub(crate) stages: Vec<Stage>,
}

/// What becomes of ink that looks like that of the back side.
pub(crate) enum FaintInk {
    Goes,
    Stays,
}

/// A page between two steps.
struct Shown {
    gray: GrayImage,
    ground: Ground,
    marks: Marks,
}

impl Shown {
    fn of(gray: GrayImage, dpi: u32) -> Self {
        let ground = Ground::of(&gray, dpi);
        let marks = Marks::find(&gray, &ground);
        Self { gray, ground, marks }
    }
}

/// Cleans an upright page.
pub(crate) fn clean(copy: &ReadingCopy, faint_ink: FaintInk, trace: &mut Trace) -> Cleaned {
    let mut cleaned = Cleaned::default();
    let lit = with_light(copy, &mut cleaned.stages, trace);
    let (gray, ground, marks) = lit
        .as_ref()
        .map_or((&copy.gray, &copy.ground, &copy.marks), |lit| (&lit.gray, &lit.ground, &lit.marks));
    let back = match faint_ink {
        FaintInk::Goes => BleedThrough::find(gray, ground, marks, copy.dpi),
        FaintInk::Stays => None,
    };
    let bare = back.map(|back| {
        let bare = Shown::of(back.erased(gray, ground, copy.dpi), copy.dpi);
        trace.show("bleed_through", &bare.gray);
        cleaned.stages.push(back.stage());
        cleaned.faint = back.marks;
        bare
    });
    let (gray, ground, marks) =
        bare.as_ref().map_or((gray, ground, marks), |bare| (&bare.gray, &bare.ground, &bare.marks));
    let erased = without_leaders(gray, ground, marks, copy.dpi, &mut cleaned.stages, trace);
    cleaned.changed = erased.or_else(|| bare.or(lit).map(|shown| (shown.gray, shown.marks)));
    cleaned
}

fn with_light(copy: &ReadingCopy, stages: &mut Vec<Stage>, trace: &mut Trace) -> Option<Shown> {
    let middle = middle_brightness(&copy.ground);
    if middle >= DARK_BELOW {
        return None;
    }
    let lit = light_evenly(&copy.gray, &copy.ground, middle / DESK_DIVISOR);
    trace.show("even_light", &lit);
    let confidence = stage::confidence(f32::from(DARK_BELOW) / f32::from(middle.max(1)));
    stages.push(stage::taken(Step::EvenLight { brightness: middle }, confidence));
    Some(Shown::of(lit, copy.dpi))
}

fn without_leaders(
    gray: &GrayImage,
    ground: &Ground,
    marks: &Marks,
    dpi: u32,
    stages: &mut Vec<Stage>,
    trace: &mut Trace,
) -> Option<(GrayImage, Marks)> {
    let leaders = Leaders::find(marks, dpi);
    let taken = leaders.stages(gray);
    let name = taken.last()?.step.name();
    stages.extend(taken);
    let mut erased = gray.clone();
    leaders.erase(&mut erased, ground, dpi);
    trace.show(name, &erased);
    let marks = Marks::find(&erased, ground);
    Some((erased, marks))
}

fn middle_brightness(ground: &Ground) -> u8 {
    let mut paper = ground.paper().to_vec();
    let middle = paper.len() / 2;
    if paper.is_empty() { u8::MAX } else { *paper.select_nth_unstable(middle).1 }
}

/// Divides by the brightness of the paper, which a lamp, a shadow or old paper makes uneven; `desk` is the darkest paper.
fn light_evenly(gray: &GrayImage, ground: &Ground, desk: u8) -> GrayImage {
    GrayImage::from_fn(gray.width(), gray.height(), |x, y| {
        let paper = u32::from(ground.paper_at(x, y).max(desk).max(1));
        let pixel = u32::from(gray.get_pixel(x, y).0[0]);
        image::Luma([(pixel * PAPER / paper).min(255) as u8])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{DynamicImage, Luma};

    const DPI: u32 = 200;

    /// Paper of one brightness with black boxes `(left, top, width, height)`.
    fn page(paper: u8, boxes: impl IntoIterator<Item = (u32, u32, u32, u32)>) -> GrayImage {
        let mut page = GrayImage::from_pixel(800, 400, Luma([paper]));
        for (left, top, width, height) in boxes {
            for y in top..top + height {
                for x in left..left + width {
                    page.put_pixel(x, y, Luma([paper / 10]));
                }
            }
        }
        page
    }

    fn dots() -> impl Iterator<Item = (u32, u32, u32, u32)> {
        (0..60).map(|dot| (100 + dot * 10, 200, 3, 3))
    }

    fn clean_page(page: &GrayImage) -> Cleaned {
        let mut trace = Trace::new(false);
        let copy = ReadingCopy::of(&DynamicImage::ImageLuma8(page.clone()), DPI, &mut trace);
        clean(&copy, FaintInk::Goes, &mut trace)
    }

    /// The cleaned page; a page that needed nothing fails the test.
    fn cleaned(page: &GrayImage) -> GrayImage {
        clean_page(page).changed.expect("something was cleaned").0
    }

    fn is_ink(page: &GrayImage, x: u32, y: u32) -> bool {
        page.get_pixel(x, y).0[0] < 128
    }

    #[test]
    fn leader_dots_go_and_letters_on_them_stay() {
        let letters = [(200, 180, 4, 40), (403, 170, 4, 33)];
        let cleaned = cleaned(&page(245, dots().chain(letters)));
        let left = (100..700).filter(|x| is_ink(&cleaned, *x, 201)).count();
        assert!(left <= 20, "{left} columns of dots are left");
        assert!(is_ink(&cleaned, 201, 185) && is_ink(&cleaned, 201, 215), "a crossing stroke stays");
        assert!(is_ink(&cleaned, 404, 172), "a letter that stands on the dots stays");
    }

    #[test]
    fn few_dots_before_an_entry_go_where_there_are_many_leaders() {
        let leader = |line: u32, dots: u32| (0..dots).map(move |dot| (100 + dot * 10, 80 + line * 60, 3, 3));
        let leaders = |count| (0..count).flat_map(move |line| leader(line, 40)).chain(leader(4, 4));
        assert!(!is_ink(&cleaned(&page(245, leaders(4))), 111, 321));
        assert!(is_ink(&cleaned(&page(245, leaders(2))), 111, 321), "an ellipsis stays");
    }

    #[test]
    fn lone_rules_go_and_strokes_across_them_stay() {
        let rules = (0..3).map(|rule| (100, 100 + rule * 100, 500, 3));
        let cleaned = cleaned(&page(245, rules.chain([(300, 180, 5, 45)])));
        assert!(!is_ink(&cleaned, 150, 201) && !is_ink(&cleaned, 550, 201));
        assert!((180..225).all(|y| is_ink(&cleaned, 302, y)), "the stroke is whole");
    }

    #[test]
    fn what_disturbs_nobody_stays() {
        let check = |page: GrayImage, what: &str| assert!(clean_page(&page).changed.is_none(), "{what}");
        check(page(245, dots().take(6)), "few dots are an ellipsis");
        check(page(245, [(100, 200, 500, 3)]), "the rule under a heading");
        let feet = (0..4).flat_map(|line| (0..40).map(move |foot| (100 + foot * 14, 80 + line * 80, 12, 2)));
        check(page(245, feet), "feet of letters are no rule");
        // VIT: the bars of I and T touch.
        let bars = |y| [(100, y, 26, 2), (111, y, 5, 26), (129, y, 45, 2), (135, y, 5, 26), (160, y, 5, 26)];
        check(page(245, (0..4).flat_map(|line| bars(60 + line * 80))), "bars of capitals are no rule");
        let rows = (0..4).map(|row| (100, 50 + row * 80, 500, 3));
        let columns = (0..3).map(|column| (100 + column * 248, 50, 3, 243));
        check(page(245, rows.chain(columns)), "a table");
        check(page(230, [(100, 100, 30, 4)]), "bright paper");
    }

    #[test]
    fn dark_paper_becomes_bright_and_its_ink_stays_dark() {
        let cleaned = cleaned(&page(110, [(100, 100, 30, 4)]));
        assert!(cleaned.get_pixel(400, 300).0[0] > 230);
        assert!(is_ink(&cleaned, 110, 102));
    }

    #[test]
    fn stages_tell_what_was_done() {
        let names = |page: &GrayImage| -> Vec<&str> {
            clean_page(page).stages.into_iter().map(|stage| stage.step.name()).collect()
        };
        assert_eq!(names(&page(245, dots())), ["leaders"]);
        assert_eq!(names(&page(110, dots())), ["even_light", "leaders"]);
        assert_eq!(names(&page(245, (0..3).map(|rule| (100, 100 + rule * 100, 500, 3)))), ["rules"]);
        assert_eq!(names(&page(245, [])), [""; 0]);
    }

    #[test]
    fn pages_without_pixels_are_clean() {
        for (width, height) in [(0, 0), (1, 1), (7, 0), (3, 900)] {
            assert!(clean_page(&GrayImage::from_pixel(width, height, Luma([255]))).changed.is_none());
        }
    }
}
