//! By how much lines slant, told by the feet of letters: on the right slant they fall onto few rows.

use crate::marks::Mark;
use std::collections::HashMap;

/// Steepest slant that is looked for, in degrees: paper laid on glass by hand stays below.
const SKEW_MAX: f32 = 12.0;
/// Steps of the first and of the finer look, in degrees.
const STEP: f32 = 0.4;
const FINE_STEP: f32 = 0.05;
/// Fewest letters that tell a slant.
const LETTERS_MIN: usize = 60;
/// Sizes of letters, in inches: print of 6 to 40 points.
const LETTER_HEIGHT: std::ops::RangeInclusive<f32> = 0.045..=0.5;
const LETTER_ASPECT_MAX: f32 = 3.0;
/// Height of the rows onto which feet are counted, in inches: a quarter of an x-height.
const ROW: f32 = 0.015;
/// How much sharper than level the slant must be to be believed.
const SHARPER_MIN: f32 = 1.15;

/// How the lines of a page slant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Skew {
    /// Degrees by which lines fall to the right.
    pub(crate) degrees: f32,
    /// How many times sharper lines are on this slant than level.
    pub(crate) sharper: f32,
}

/// The slant of the lines; none when there are too few letters or no slant is sharper than level.
pub(crate) fn find(marks: &[Mark], dpi: u32) -> Option<Skew> {
    let inch = dpi as f32;
    let letters = marks.iter().map(|mark| mark.bounds).filter(|mark| {
        LETTER_HEIGHT.contains(&(mark.height as f32 / inch))
            && (mark.width as f32) < LETTER_ASPECT_MAX * mark.height as f32
    });
    let feet: Vec<(f32, f32)> =
        letters.map(|mark| (mark.left as f32 + mark.width as f32 / 2.0, mark.bottom() as f32)).collect();
    if feet.len() < LETTERS_MIN {
        return None;
    }
    let sharpness = |degrees: f32| sharpness(&feet, degrees, ROW * inch);
    let level = sharpness(0.0);
    let coarse = sharpest(around(0.0, SKEW_MAX, STEP), sharpness);
    let degrees = sharpest(around(coarse, STEP, FINE_STEP), sharpness);
    let sharper = sharpness(degrees) / level.max(f32::MIN_POSITIVE);
    (sharper >= SHARPER_MIN).then_some(Skew { degrees, sharper })
}

fn around(middle: f32, reach: f32, step: f32) -> impl Iterator<Item = f32> {
    let steps = (reach / step).round() as i32;
    (-steps..=steps).map(move |at| middle + at as f32 * step)
}

fn sharpest(slants: impl Iterator<Item = f32>, sharpness: impl Fn(f32) -> f32) -> f32 {
    let measured = slants.map(|slant| (slant, sharpness(slant)));
    measured.max_by(|a, b| a.1.total_cmp(&b.1)).map_or(0.0, |(slant, _)| slant)
}

/// Sum of the squares of the feet on each row: high where they stand on few rows.
fn sharpness(feet: &[(f32, f32)], degrees: f32, row: f32) -> f32 {
    let slope = degrees.to_radians().tan();
    let mut rows: HashMap<i32, u64> = HashMap::new();
    for (x, y) in feet {
        *rows.entry(((y - slope * x) / row).round() as i32).or_default() += 1;
    }
    // Whole numbers: their sum does not depend on the order in which the map gives them.
    rows.values().map(|count| count * count).sum::<u64>() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use ocr::PixelBox;

    const DPI: u32 = 300;

    fn lines(degrees: f32) -> Vec<Mark> {
        let letter = |index: u32| {
            let (x, line) = (100 + index % 60 * 30, index / 60);
            let y = 500.0 + line as f32 * 60.0 + x as f32 * degrees.to_radians().tan();
            let tall = if index.is_multiple_of(3) { 12 } else { 0 };
            Mark {
                bounds: PixelBox { left: x, top: y as u32 - tall, width: 20, height: 30 + tall },
                pixels: 300,
            }
        };
        (0..600).map(letter).collect()
    }

    #[test]
    fn the_slant_of_lines_is_found() {
        for degrees in [-7.5, -3.0, -1.2, 1.0, 2.5, 9.0] {
            let skew = find(&lines(degrees), DPI).expect("a slant");
            assert!((skew.degrees - degrees).abs() < 0.15, "{degrees}: {skew:?}");
        }
    }

    #[test]
    fn sharpness_is_a_whole_number_however_many_feet_there_are() {
        // 5,000 rows of one to seven feet: added up as fractions, 32 bits would round on the way.
        let feet: Vec<(f32, f32)> = (0..5_000_u32)
            .flat_map(|row| (0..=row % 7).map(move |_| (0.0, row as f32)))
            .chain((0..5_001).map(|_| (0.0, 9_000.0)))
            .collect();
        let small: u64 = (0..5_000_u64).map(|row| (row % 7 + 1).pow(2)).sum();
        assert_eq!(sharpness(&feet, 0.0, 1.0), (small + 5_001 * 5_001) as f32);
    }

    #[test]
    fn level_lines_and_few_letters_have_no_slant() {
        assert!(find(&lines(0.0), DPI).is_none_or(|skew| skew.degrees.abs() < 0.1));
        assert_eq!(find(&lines(5.0)[..40], DPI), None);
        assert_eq!(find(&[], DPI), None);
    }
}
