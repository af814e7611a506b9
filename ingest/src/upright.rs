//! Which way is up, told by the shapes of letters alone: far cheaper than reading a page to find out.
//!
//! Letters of a line stand beside each other, so neighbours are found along the lines, not across them. And they stand on a
//! common foot: what sticks out (h, đ, l, accents that touch) sticks out above far more often than below (g, p, y).

use crate::marks::Mark;
use ocr::PixelBox;

/// Fewer neighbours than this say nothing about a page: a few lines of text have more.
const NEIGHBOURS_MIN: usize = 60;
/// Lines run where there are this many times more neighbours than the other way; pages of the samples have six times and more.
const LINES_RATIO: usize = 2;
/// How many standard deviations of a fair coin the votes must be apart: once in 30,000 by chance, and a turn is only kept
/// when the turned page reads well.
const VOTES_APART: f32 = 4.0;
/// Heights of letters as parts of the middle one.
const LETTER_HEIGHT: std::ops::RangeInclusive<f32> = 0.5..=2.2;
const LETTER_ASPECT_MAX: f32 = 3.0;
/// Marks from which the middle height is taken, in inches: print of 6 to 40 points without dots and accents.
const MEASURED_HEIGHT: std::ops::RangeInclusive<f32> = 0.045..=0.5;
/// From the end of a letter to the beginning of the next, in letter heights.
const NEIGHBOUR_GAP: std::ops::RangeInclusive<f32> = -0.15..=0.6;
/// Edges no further apart than this part of the letter height are level; edges twice as far are not.
const LEVEL: f32 = 0.08;

/// How a page lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Lie {
    /// Lines run up or down the page instead of across it.
    pub(crate) is_sideways: bool,
    /// The clockwise turn that makes it upright with the share of letters that say so, where they say it clearly.
    pub(crate) turn: Option<(u16, f32)>,
}

/// Looks at the letters among the marks of a page; none when there are too few, or they stand in lines both ways.
pub(crate) fn lie(marks: &[Mark], dpi: u32) -> Option<Lie> {
    let across: Vec<PixelBox> = marks.iter().map(|mark| mark.bounds).collect();
    // The page turned clockwise by a quarter: what was left is up. Rows are counted from some row below all ink.
    let floor = across.iter().map(PixelBox::bottom).max()?;
    let turned = |mark: &PixelBox| PixelBox {
        left: floor - mark.bottom(),
        top: mark.left,
        width: mark.height,
        height: mark.width,
    };
    let down: Vec<PixelBox> = across.iter().map(turned).collect();
    let (across, down) = (Votes::of(across, dpi), Votes::of(down, dpi));
    let is_sideways = down.neighbours > across.neighbours;
    let (more, fewer) = if is_sideways { (down, across) } else { (across, down) };
    if more.neighbours < NEIGHBOURS_MIN || more.neighbours < LINES_RATIO * fewer.neighbours {
        return None;
    }
    let turn = more.are_clear().then(|| {
        let quarter = if is_sideways { 90 } else { 0 };
        let half = if more.level_tops > more.level_feet { 180 } else { 0 };
        (quarter + half, more.share())
    });
    Some(Lie { is_sideways, turn })
}

/// What neighbouring letters say.
#[derive(Clone, Copy)]
struct Votes {
    neighbours: usize,
    /// Neighbours on one foot with tops apart: upright.
    level_feet: usize,
    /// Neighbours under one top with feet apart: upside down.
    level_tops: usize,
}

impl Votes {
    fn of(mut marks: Vec<PixelBox>, dpi: u32) -> Self {
        let mut votes = Votes { neighbours: 0, level_feet: 0, level_tops: 0 };
        let Some(height) = middle_height(&marks, dpi as f32) else { return votes };
        marks.retain(|mark| {
            LETTER_HEIGHT.contains(&(mark.height as f32 / height))
                && (mark.width as f32) < LETTER_ASPECT_MAX * mark.height as f32
        });
        marks.sort_unstable_by_key(|mark| (mark.left, mark.top));
        for mark in &marks {
            if let Some(next) = neighbour(&marks, mark, height) {
                votes.count(mark, next, (LEVEL * height).max(1.0));
            }
        }
        votes
    }

    fn count(&mut self, mark: &PixelBox, next: &PixelBox, level: f32) {
        self.neighbours += 1;
        let tops = mark.top.abs_diff(next.top) as f32;
        let feet = mark.bottom().abs_diff(next.bottom()) as f32;
        self.level_feet += usize::from(feet <= level && tops > 2.0 * level);
        self.level_tops += usize::from(tops <= level && feet > 2.0 * level);
    }

    fn are_clear(&self) -> bool {
        let apart = self.level_feet.abs_diff(self.level_tops) as f32;
        apart >= VOTES_APART * ((self.level_feet + self.level_tops) as f32).sqrt().max(1.0)
    }

    fn share(&self) -> f32 {
        self.level_feet.max(self.level_tops) as f32 / (self.level_feet + self.level_tops).max(1) as f32
    }
}

fn middle_height(marks: &[PixelBox], inch: f32) -> Option<f32> {
    let heights = marks.iter().map(|mark| mark.height);
    let mut heights: Vec<u32> =
        heights.filter(|height| MEASURED_HEIGHT.contains(&(*height as f32 / inch))).collect();
    heights.sort_unstable();
    heights.get(heights.len() / 2).map(|height| *height as f32)
}

/// The first mark behind the end of `mark` that stands on its level; `marks` are sorted by their left edges.
fn neighbour<'a>(marks: &'a [PixelBox], mark: &PixelBox, height: f32) -> Option<&'a PixelBox> {
    let end = mark.right() as f32;
    let (nearest, farthest) = (end + NEIGHBOUR_GAP.start() * height, end + NEIGHBOUR_GAP.end() * height);
    let first = marks.partition_point(|other| (other.left as f32) < nearest);
    let behind = marks[first..].iter().take_while(|other| other.left as f32 <= farthest);
    behind.filter(|other| *other != mark).find(|other| {
        let shared = mark.bottom().min(other.bottom()).saturating_sub(mark.top.max(other.top));
        shared * 2 > mark.height.min(other.height)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const DPI: u32 = 300;
    const SIDE: u32 = 2000;

    /// Lines of letters; every second one sticks out above by 12 pixels, every sixth below.
    fn text(letters: u32) -> Vec<Mark> {
        let letter = |index: u32| {
            let (left, top) = (100 + index % 60 * 28, 100 + index / 60 * 70);
            let above = if index % 2 == 1 { 12 } else { 0 };
            let below = if index % 6 == 2 { 12 } else { 0 };
            PixelBox { left, top: top - above, width: 20, height: 30 + above + below }
        };
        (0..letters).map(|index| Mark { bounds: letter(index), pixels: 200 }).collect()
    }

    fn quarter(marks: &[Mark]) -> Vec<Mark> {
        let turned = |mark: &Mark| {
            let PixelBox { left, top, width, height } = mark.bounds;
            let bounds = PixelBox { left: SIDE - top - height, top: left, width: height, height: width };
            Mark { bounds, pixels: mark.pixels }
        };
        marks.iter().map(turned).collect()
    }

    #[test]
    fn letters_tell_which_way_is_up() {
        let mut marks = text(600);
        for back in [0, 270, 180, 90] {
            let lie = lie(&marks, DPI).expect("there are lines");
            assert_eq!(lie.is_sideways, back % 180 == 90);
            assert_eq!(lie.turn.map(|(degrees, _)| degrees), Some(back));
            marks = quarter(&marks);
        }
    }

    #[test]
    fn few_letters_and_capitals_tell_nothing() {
        assert_eq!(lie(&text(40), DPI), None, "too few");
        assert_eq!(lie(&[], DPI), None);
        let mut capitals = text(600);
        for mark in &mut capitals {
            mark.bounds = PixelBox { top: mark.bounds.bottom() / 70 * 70, height: 36, ..mark.bounds };
        }
        assert_eq!(lie(&capitals, DPI), Some(Lie { is_sideways: false, turn: None }), "all of one height");
    }
}
