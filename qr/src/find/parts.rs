//! Which parts of a page deserve a closer look: those around what looks like corners of codes.

use super::square::Pattern;
use super::{Bounds, Sighting};

/// Corner patterns nearer to each other than so many of their sides may be of one code: version 20 has 97 modules, 14 sides.
const REACH_SIDES: f32 = 14.0;

/// Most parts of a page that are looked at one by one; with more of them the page is looked at as a whole.
const PARTS_MAX: usize = 8;

/// How much longer one side of a code may look than the other, and how far from a right angle they may stand (as a cosine, 20°):
/// paper lies flat on a scanner, and a telephone is held a little aslant.
const LENGTHENED_MAX: f32 = 1.4;
const COSINE_MAX: f32 = 0.35;

/// How much larger one corner pattern of a code may look than another, seen aslant; and two that have to do without the third.
const ENLARGED_MAX: f32 = 1.5;
const ALIKE_MAX: f32 = 1.2;

/// Smallest side of a corner pattern, in pixels, that is worth more means: modules of two pixels. Noise makes smaller ones.
const SIDE_MIN: f32 = 14.0;

/// Sides between two corners of a code, at least: the smallest code measures 14 modules from corner to corner, and a pattern seven.
const APART_SIDES_MIN: f32 = 1.5;

/// Most corner patterns of a part of which some may be of a code: four codes have twelve. Noise makes dozens.
const ASKED_MAX: usize = 12;

/// Parts of a page around the patterns, those with most patterns first.
pub(super) fn parts(patterns: &[Pattern], page: Bounds) -> Vec<Bounds> {
    let mut groups = groups(patterns);
    if groups.len() > PARTS_MAX {
        return vec![page];
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups.iter().map(|group| surroundings(group, page)).collect()
}

/// Whether some of the patterns stand as the corners of a code do: three of them, or two alike when the third is damaged.
pub(super) fn are_of_a_code(patterns: &[Pattern]) -> bool {
    let large: Vec<&Pattern> = patterns.iter().filter(|pattern| pattern.side >= SIDE_MIN).collect();
    let pairs = || large.iter().flat_map(|a| large.iter().map(move |b| (*a, *b)));
    patterns.len() <= ASKED_MAX
        && pairs().any(|(a, b)| {
            let is_corner = || large.iter().any(|c| is_corner(a, b, c));
            are_apart(a, b) && (are_alike(&[a, b], ALIKE_MAX) || is_corner())
        })
}

fn are_apart(a: &Pattern, b: &Pattern) -> bool {
    let side = a.side.max(b.side);
    let distance = (a.middle.0 - b.middle.0).hypot(a.middle.1 - b.middle.1);
    (APART_SIDES_MIN * side..=REACH_SIDES * side).contains(&distance)
}

/// Whether the largest is at most so many times the smallest.
fn are_alike(patterns: &[&Pattern], times_max: f32) -> bool {
    let sides = || patterns.iter().map(|pattern| pattern.side);
    sides().fold(0.0, f32::max) <= times_max * sides().fold(f32::MAX, f32::min)
}

/// Whether two sides of a code meet in the first pattern.
fn is_corner(corner: &Pattern, right: &Pattern, below: &Pattern) -> bool {
    let side = |end: &Pattern| (end.middle.0 - corner.middle.0, end.middle.1 - corner.middle.1);
    let ((right_x, right_y), (below_x, below_y)) = (side(right), side(below));
    let (across, down) = (right_x.hypot(right_y), below_x.hypot(below_y));
    let is_square = across.max(down) <= LENGTHENED_MAX * across.min(down)
        && (right_x * below_x + right_y * below_y).abs() <= COSINE_MAX * across * down;
    is_square && are_apart(corner, below) && are_alike(&[corner, right, below], ENLARGED_MAX)
}

/// Patterns that may belong to one code, each with those within its reach.
fn groups(patterns: &[Pattern]) -> Vec<Vec<Pattern>> {
    let mut groups: Vec<Vec<Pattern>> = Vec::new();
    for pattern in patterns {
        let is_near = |other: &Pattern| {
            let (x, y) = (pattern.middle.0 - other.middle.0, pattern.middle.1 - other.middle.1);
            x.hypot(y) <= REACH_SIDES * pattern.side.max(other.side)
        };
        let (near, far): (Vec<_>, Vec<_>) =
            groups.into_iter().partition(|group: &Vec<Pattern>| group.iter().any(is_near));
        groups = far;
        groups.push(near.into_iter().flatten().chain([*pattern]).collect());
    }
    groups
}

/// A rectangle around the patterns that holds the code whichever of its corners they are.
fn surroundings(group: &[Pattern], page: Bounds) -> Bounds {
    let side = group.iter().map(|pattern| pattern.side).fold(0.0, f32::max);
    let along = |value: fn(&Pattern) -> f32| {
        let values = || group.iter().map(value);
        (values().fold(f32::MAX, f32::min), values().fold(f32::MIN, f32::max))
    };
    let ((left, right), (top, bottom)) =
        (along(|pattern| pattern.middle.0), along(|pattern| pattern.middle.1));
    let span = (right - left).max(bottom - top);
    // Two corners of a code tell its size, a single one does not.
    let margin = if span > side { span + side } else { REACH_SIDES * side };
    let cut = |low: f32, high: f32, end: u32| {
        let first = (low - margin).clamp(0.0, end as f32) as u32;
        (first, ((high + margin).clamp(0.0, end as f32) as u32).saturating_sub(first))
    };
    let ((left, width), (top, height)) = (cut(left, right, page.width), cut(top, bottom, page.height));
    Bounds { left, top, width, height }
}

/// Sightings on a part that was shown so many times enlarged, in pixels of the page.
pub(super) fn moved(sightings: Vec<Sighting>, part: Bounds, times: u32) -> Vec<Sighting> {
    let (left, top, times) = (part.left as f32, part.top as f32, times as f32);
    let on_page = |sighting: Sighting| Sighting {
        corners: sighting.corners.iter().map(|(x, y)| (x / times + left, y / times + top)).collect(),
        ..sighting
    };
    sightings.into_iter().map(on_page).collect()
}
