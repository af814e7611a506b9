//! The invisible words of a page: drawn in reading order, each over its box, so that what is selected on the picture is copied.

use super::font::{DESCENT, LETTER_WIDTH, Letters};
use super::xml::printable;
use repository::record::{ReadLine, ReadWord, Reading};
use std::fmt::Write;

/// Steeper lines than this (8.7°) are no lines but words that a reading put together.
const SLOPE_MAX: f64 = 0.15;
/// A line is as high as its highest word, but not higher than this many times its middle word: a stroke of a signature may be.
const HEIGHT_TO_MIDDLE_MAX: f64 = 2.0;
/// Gap before the next word, of the size of the text: poppler takes less than 0.15 for none.
const GAP: f64 = 0.2;
/// A word never shrinks below this share of its width for the sake of the gap.
const SHRUNK_MIN: f64 = 0.2;
/// Smallest size of text, in points.
const SIZE_MIN: f64 = 1.0;

/// From pixels of the upright page to points of the PDF page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// Points of one pixel, sideways and upwards.
    pub(super) x: f64,
    pub(super) y: f64,
    /// Height of the page in points.
    pub(super) height: f64,
}

/// Drawing commands for the words of a reading; empty when there are none. The font's name on the page is `/F`.
pub(super) fn commands(reading: &Reading, scale: Scale, letters: &mut Letters) -> String {
    let mut commands = String::new();
    for line in &reading.lines {
        draw_line(line, scale, letters, &mut commands);
    }
    if commands.is_empty() { commands } else { format!("BT\n3 Tr\n{commands}ET\n") }
}

fn draw_line(line: &ReadLine, scale: Scale, letters: &mut Letters, to: &mut String) {
    let words: Vec<(Place, String)> = line
        .words
        .iter()
        .map(|word| (place(word, scale), printable(&word.text).collect()))
        .filter(|(_, text): &(Place, String)| !text.is_empty())
        .collect();
    let places: Vec<Place> = words.iter().map(|(place, _)| *place).collect();
    let Some(floor) = Floor::under(&places) else { return };
    let _ = writeln!(to, "/F {:.2} Tf", floor.size);
    for (number, (place, text)) in words.iter().enumerate() {
        let mut codes: Vec<u16> = text.chars().filter_map(|letter| letters.code(letter)).collect();
        if codes.is_empty() {
            continue;
        }
        let next = places.get(number + 1);
        let natural = codes.len() as f64 * floor.size * f64::from(LETTER_WIDTH) / 1000.0;
        let stretch = (100.0 * place.drawn_width(next, floor.size) / natural).max(1.0);
        let (cos, sin) = floor.direction();
        let baseline = floor.at(place.left) + floor.size * f64::from(DESCENT) / 1000.0;
        codes.extend(next.and_then(|_| letters.code(' ')));
        let codes: String = codes.iter().map(|code| format!("{code:04X}")).collect();
        let _ = writeln!(
            to,
            "{stretch:.1} Tz {cos:.4} {sin:.4} {minus:.4} {cos:.4} {left:.2} {baseline:.2} Tm <{codes}> Tj",
            minus = -sin,
            left = place.left,
        );
    }
}

/// A word's box in points, y upwards.
#[derive(Debug, Clone, Copy)]
struct Place {
    left: f64,
    right: f64,
    bottom: f64,
    top: f64,
}

impl Place {
    /// As wide as the word, but for the gap that programs want to see before the next one: some pay no heed to spaces.
    fn drawn_width(&self, next: Option<&Place>, size: f64) -> f64 {
        let width = self.right - self.left;
        match next {
            Some(next) if next.left > self.left => {
                let room = next.left - self.left - GAP * size;
                room.clamp(SHRUNK_MIN * width, width)
            }
            _ => width,
        }
    }
}

fn place(word: &ReadWord, scale: Scale) -> Place {
    let region = word.region;
    let (left, top) = (f64::from(region.left) * scale.x, scale.height - f64::from(region.top) * scale.y);
    // A box without area still marks where its word stands.
    Place {
        left,
        right: left + f64::from(region.width.max(1)) * scale.x,
        bottom: top - f64::from(region.height.max(1)) * scale.y,
        top,
    }
}

/// The straight line on which the words of a line stand.
#[derive(Debug, Clone, Copy)]
struct Floor {
    slope: f64,
    /// Height at the left edge of the page.
    start: f64,
    /// Size of the text that fills the line, in points.
    size: f64,
}

impl Floor {
    /// Least squares through the middles of the words' bottoms; none without words.
    fn under(places: &[Place]) -> Option<Floor> {
        let count = places.len() as f64;
        let mean = |pick: fn(&Place) -> f64| places.iter().map(pick).sum::<f64>() / count;
        let middle = |place: &Place| (place.left + place.right) / 2.0;
        let (x, y) = (mean(|place| (place.left + place.right) / 2.0), mean(|place| place.bottom));
        let spread: f64 = places.iter().map(|place| (middle(place) - x).powi(2)).sum();
        let rise: f64 = places.iter().map(|place| (middle(place) - x) * (place.bottom - y)).sum();
        // Two words do not make a slope: a tail below the line would tilt it.
        let slope = if places.len() > 2 && spread > 0.0 { rise / spread } else { 0.0 };
        let slope = if slope.abs() <= SLOPE_MAX { slope } else { 0.0 };
        let mut heights: Vec<f64> = places.iter().map(|place| place.top - place.bottom).collect();
        heights.sort_by(f64::total_cmp);
        let most = heights.get(heights.len() / 2)? * HEIGHT_TO_MIDDLE_MAX;
        let size = heights.last()?.min(most).max(SIZE_MIN);
        Some(Floor { slope, start: y - slope * x, size })
    }

    fn at(&self, x: f64) -> f64 {
        self.start + self.slope * x
    }

    /// Cosine and sine of its angle.
    fn direction(&self) -> (f64, f64) {
        let length = self.slope.hypot(1.0);
        (1.0 / length, self.slope / length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::record::Region;

    const SCALE: Scale = Scale { x: 0.24, y: 0.24, height: 842.0 };

    fn word(text: &str, left: u32, top: u32, width: u32) -> ReadWord {
        ReadWord { text: text.into(), region: Region { left, top, width, height: 40 }, confidence: 90.0 }
    }

    fn drawn(lines: Vec<Vec<ReadWord>>) -> String {
        let reading = Reading {
            engine: "recorded".into(),
            engine_version: String::new(),
            model: String::new(),
            model_sha256: String::new(),
            stages: Vec::new(),
            lines: lines.into_iter().map(|words| ReadLine { words }).collect(),
        };
        commands(&reading, SCALE, &mut Letters::default())
    }

    #[test]
    fn words_are_invisible_in_order_and_apart() {
        let drawn = drawn(vec![
            vec![word("AB", 100, 200, 100), word("A", 210, 200, 50)],
            vec![word("B", 100, 300, 50)],
        ]);
        let shown: Vec<&str> =
            drawn.lines().filter_map(|line| line.split_once('<')).map(|(_, codes)| codes).collect();
        assert_eq!(shown, ["000100020003> Tj", "0001> Tj", "0002> Tj"], "{drawn}");
        assert!(drawn.starts_with("BT\n3 Tr\n/F 9.60 Tf\n") && drawn.ends_with("ET\n"), "{drawn}");
        // 110 pixels to the next word are 26.4 points, less the gap of 1.92: enough for the word's own 24. Two letters of 9.6 points
        // fill 9.6, so they are stretched to 250 %.
        assert!(drawn.contains("250.0 Tz 1.0000 0.0000 -0.0000 1.0000 24.00 786.32 Tm"), "{drawn}");
    }

    #[test]
    fn words_that_touch_are_drawn_apart() {
        let drawn = drawn(vec![vec![word("A", 100, 200, 100), word("B", 195, 200, 100)]]);
        // 95 pixels are 22.8 points, less the gap of 1.92.
        assert!(drawn.contains("435.0 Tz 1.0000"), "{drawn}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing() {
        assert_eq!(drawn(Vec::new()), "");
        assert_eq!(drawn(vec![Vec::new()]), "");
        assert_eq!(drawn(vec![vec![word("\u{0}\u{7}", 0, 0, 10)]]), "");
    }

    #[test]
    fn a_skewed_line_stays_one_line() {
        let words = (0..5).map(|number| word("từ", 300 * number, 100 + 6 * number, 200)).collect();
        let drawn = drawn(vec![words]);
        assert_eq!(drawn.matches("0.9998 -0.0200 0.0200 0.9998").count(), 5, "{drawn}");
        let scattered = vec![word("a", 0, 0, 10), word("b", 20, 400, 10), word("c", 40, 900, 10)];
        assert!(super::tests::drawn(vec![scattered]).contains("Tz 1.0000 0.0000"), "no line at all");
    }

    #[test]
    fn boxes_without_area_are_no_trouble() {
        let mut flat = word("x", 0, 0, 0);
        flat.region.height = 0;
        let drawn = drawn(vec![vec![flat]]);
        assert!(!drawn.contains("inf") && !drawn.contains("NaN") && drawn.contains("Tj"), "{drawn}");
    }
}
