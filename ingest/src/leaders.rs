//! Dotted leaders and lone rules: printed to be written on, and the reason why Tesseract drops whole lines of a form.
//!
//! They are found by their shape and painted over with paper. Rules that meet verticals are tables and stay: without them
//! the cells run together (measured: 0.4 to 58 % of the letters wrong).

use crate::marks::{Ground, Mark, Marks, Run};
use crate::stage;
use image::GrayImage;
use ocr::PixelBox;
use repository::record::{self, Stage};
use std::collections::HashMap;

/// Part of the page's pixels that dots must cover to be worth the change.
const DOTS_SHARE_MIN: f32 = 1e-4;
/// The same for rules.
const RULES_SHARE_MIN: f32 = 2e-4;

// Lengths in inches; each was measured on printed forms.
/// Largest dot.
const DOT: f32 = 0.035;
/// How far neighbouring dots may differ in height.
const DOT_OFFSET: f32 = 0.013;
/// From the middle of one dot to the next.
const PITCH_MIN: f32 = 0.012;
const PITCH_MAX: f32 = 0.085;
/// How far from the end of a chain its leftovers are looked for: a long word may stand on the dots between.
const LEFTOVER_REACH: f32 = 1.5;
/// Ink of a rule is interrupted by no more than this.
const RULE_GAP: f32 = 0.022;
/// Shortest stretch of a rule within one row; a slanting rule is a staircase of such stretches.
const RULE_STEP: f32 = 0.12;
const RULE_LENGTH_MIN: f32 = 0.35;
const RULE_THICKNESS_MAX: f32 = 0.030;
/// Upright ink of this length makes a table or a frame.
const VERTICAL: f32 = 0.30;

/// Fewer rules underline a heading, and without them Tesseract was seen to read blocks in another order.
const RULES_MIN: usize = 3;
/// Fewer dots in a row are an ellipsis.
const CHAIN_DOTS_MIN: usize = 7;
/// Dots between two letters that stand on a leader.
const LEFTOVER_DOTS_MIN: usize = 2;
/// On a page with so many leaders of the same pitch,
const LEADERS_MIN: usize = 3;
/// so many dots are one too: typed before and behind an entry.
const SHORT_DOTS_MIN: usize = 3;
/// How far a pitch may be from the median of its chain to count as regular.
const PITCH_TOLERANCE: f32 = 0.3;
/// Part of the pitches that must be regular.
const REGULAR_MIN: f32 = 0.7;
/// Steepest rule or leader: 3°.
const SLOPE_MAX: f32 = 0.05;
/// A rule is inked throughout; feet of letters side by side are not.
const RULE_FILL_MIN: f32 = 0.85;
/// Part of a rule's columns that may have ink right above and below: writing crosses a rule, letters hide none.
const CROSSED_MAX: f32 = 0.5;

/// What was found to erase.
pub(crate) struct Leaders {
    dots: Vec<Mark>,
    rules: Vec<Rule>,
}

impl Leaders {
    pub(crate) fn find(marks: &Marks, dpi: u32) -> Self {
        let inch = dpi as f32;
        Self { dots: find_dots(&marks.marks, inch), rules: find_rules(marks, inch) }
    }

    /// What there is enough of to disturb the reading; if anything, then all is erased.
    pub(crate) fn stages(&self, page: &GrayImage) -> Vec<Stage> {
        let page_pixels = page.as_raw().len().max(1) as f32;
        let dots: u32 = self.dots.iter().map(|dot| dot.pixels).sum();
        let rules: u32 = self.rules.iter().map(|rule| rule.pixels).sum();
        let dots = dots as f32 / (DOTS_SHARE_MIN * page_pixels);
        let rules = rules as f32 / (RULES_SHARE_MIN * page_pixels);
        let taken = |step: record::Step, times: f32| {
            let is_taken = times > 1.0;
            is_taken.then(|| stage::taken(step, stage::confidence(times)))
        };
        let dots = taken(record::Step::Leaders { dots: self.dots.len() }, dots);
        let rules = taken(record::Step::Rules { rules: self.rules.len() }, rules)
            .filter(|_| self.rules.len() >= RULES_MIN);
        dots.into_iter().chain(rules).collect()
    }

    /// Paints them over; strokes that cross them stay.
    pub(crate) fn erase(&self, gray: &mut GrayImage, ground: &Ground, dpi: u32) {
        let margin = (dpi / 150).max(1);
        for dot in &self.dots {
            erase_dot(gray, ground, dot, margin);
        }
        for rule in &self.rules {
            rule.erase(gray, ground, margin);
        }
    }
}

/// The blurred rim of a dot goes too, unless it is ink of something else.
fn erase_dot(gray: &mut GrayImage, ground: &Ground, dot: &Mark, margin: u32) {
    let inside = dot.bounds;
    for y in inside.top.saturating_sub(margin)..(inside.bottom() + margin).min(gray.height()) {
        for x in inside.left.saturating_sub(margin)..(inside.right() + margin).min(gray.width()) {
            let is_inside =
                (inside.left..inside.right()).contains(&x) && (inside.top..inside.bottom()).contains(&y);
            let pixel = &mut gray.get_pixel_mut(x, y).0[0];
            if is_inside || *pixel >= ground.ink_below_at(x, y) {
                *pixel = (*pixel).max(ground.paper_at(x, y));
            }
        }
    }
}

/// Dots on one line; the middles of the first and the last one in pixels.
struct Chain {
    dots: Vec<usize>,
    pitch: f32,
    first: (f32, f32),
    last: (f32, f32),
}

fn find_dots(marks: &[Mark], inch: f32) -> Vec<Mark> {
    let largest = (DOT * inch).max(3.0) as u32;
    let dots: Vec<Mark> = marks
        .iter()
        .filter(|mark| mark.bounds.width <= largest && mark.bounds.height <= largest)
        .copied()
        .collect();
    let (chains, rest): (Vec<Chain>, Vec<Chain>) =
        chains(&dots, inch).into_iter().partition(|chain| is_leader(chain, &dots));
    let belongs = |rest: &&Chain| {
        is_short_leader(rest, &chains, &dots) || chains.iter().any(|chain| continues(chain, rest, inch))
    };
    let leftovers = rest.iter().filter(belongs);
    let found = chains.iter().chain(leftovers);
    found.flat_map(|chain| &chain.dots).map(|dot| dots[*dot]).collect()
}

fn middle(dot: &Mark) -> (f32, f32) {
    let bounds = dot.bounds;
    (bounds.left as f32 + bounds.width as f32 / 2.0, bounds.top as f32 + bounds.height as f32 / 2.0)
}

/// Every dot linked to its nearest neighbour on the right.
fn chains(dots: &[Mark], inch: f32) -> Vec<Chain> {
    let next = right_neighbours(dots, inch);
    let mut is_led_to = vec![false; dots.len()];
    for neighbour in next.iter().flatten() {
        is_led_to[*neighbour] = true;
    }
    let mut is_taken = vec![false; dots.len()];
    let mut chains = Vec::new();
    for head in (0..dots.len()).filter(|dot| !is_led_to[*dot]) {
        let mut chain = Vec::new();
        let mut at = Some(head);
        while let Some(dot) = at.filter(|dot| !is_taken[*dot]) {
            is_taken[dot] = true;
            chain.push(dot);
            at = next[dot];
        }
        if chain.len() >= LEFTOVER_DOTS_MIN {
            chains.push(describe(chain, dots));
        }
    }
    chains
}

fn right_neighbours(dots: &[Mark], inch: f32) -> Vec<Option<usize>> {
    let cell = (PITCH_MAX * inch).max(1.0);
    let cell_of = |(x, y): (f32, f32)| ((x / cell) as i32, (y / cell) as i32);
    let mut cells: HashMap<(i32, i32), Vec<usize>> = HashMap::new();
    for (index, dot) in dots.iter().enumerate() {
        cells.entry(cell_of(middle(dot))).or_default().push(index);
    }
    let nearest = |dot: &Mark| {
        let (x, y) = middle(dot);
        let (column, row) = cell_of((x, y));
        let around = (row - 1..=row + 1).flat_map(|row| [(column, row), (column + 1, row)]);
        let others = around.filter_map(|place| cells.get(&place)).flatten();
        let reachable = others.filter_map(|other| {
            let (other_x, other_y) = middle(&dots[*other]);
            let is_near = (PITCH_MIN * inch..=PITCH_MAX * inch).contains(&(other_x - x))
                && (other_y - y).abs() <= DOT_OFFSET * inch;
            is_near.then_some((other_x - x, *other))
        });
        reachable.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, other)| other)
    };
    dots.iter().map(nearest).collect()
}

fn describe(chain: Vec<usize>, dots: &[Mark]) -> Chain {
    let middles: Vec<(f32, f32)> = chain.iter().map(|dot| middle(&dots[*dot])).collect();
    let mut pitches: Vec<f32> = middles.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    pitches.sort_by(f32::total_cmp);
    let pitch = pitches[pitches.len() / 2];
    Chain { pitch, first: middles[0], last: middles[middles.len() - 1], dots: chain }
}

fn is_leader(chain: &Chain, dots: &[Mark]) -> bool {
    chain.dots.len() >= CHAIN_DOTS_MIN && is_even(chain, dots)
}

/// Whether a few dots are set like the leaders of their page.
fn is_short_leader(chain: &Chain, leaders: &[Chain], dots: &[Mark]) -> bool {
    let alike = leaders.iter().filter(|leader| is_like(chain.pitch, leader.pitch)).count();
    chain.dots.len() >= SHORT_DOTS_MIN && alike >= LEADERS_MIN && is_even(chain, dots)
}

/// Evenly spaced on a level line.
fn is_even(chain: &Chain, dots: &[Mark]) -> bool {
    let middles: Vec<f32> = chain.dots.iter().map(|dot| middle(&dots[*dot]).0).collect();
    let is_regular = |pair: &&[f32]| is_like(pair[1] - pair[0], chain.pitch);
    let regular = middles.windows(2).filter(is_regular).count() as f32;
    let (width, rise) = (chain.last.0 - chain.first.0, chain.last.1 - chain.first.1);
    regular >= REGULAR_MIN * (middles.len() - 1) as f32 && rise.abs() <= SLOPE_MAX * width
}

fn is_like(pitch: f32, other: f32) -> bool {
    (pitch - other).abs() <= PITCH_TOLERANCE * other
}

/// Whether `rest` lies where `chain` would go on: letters standing on the dots have cut it off.
fn continues(chain: &Chain, rest: &Chain, inch: f32) -> bool {
    let slope = (chain.last.1 - chain.first.1) / (chain.last.0 - chain.first.0).max(1.0);
    let height_at = |x: f32| chain.first.1 + slope * (x - chain.first.0);
    let gap = (rest.first.0 - chain.last.0).max(chain.first.0 - rest.last.0);
    let lies_on = |(x, y): (f32, f32)| (height_at(x) - y).abs() <= DOT_OFFSET * inch;
    gap <= LEFTOVER_REACH * inch
        && is_like(rest.pitch, chain.pitch)
        && lies_on(rest.first)
        && lies_on(rest.last)
}

/// A stretch of one row that may belong to a rule.
#[derive(Clone, Copy)]
struct Step {
    row: u32,
    start: u32,
    end: u32,
    ink: u32,
    mark: u32,
}

/// Steps in neighbouring rows.
struct Rule {
    steps: Vec<Step>,
    pixels: u32,
    left: u32,
    right: u32,
}

impl Rule {
    fn new(step: Step) -> Self {
        Self { steps: vec![step], pixels: step.ink, left: step.start, right: step.end }
    }

    fn last(&self) -> Step {
        self.steps[self.steps.len() - 1]
    }

    fn add(&mut self, step: Step) {
        self.steps.push(step);
        self.pixels += step.ink;
        self.left = self.left.min(step.start);
        self.right = self.right.max(step.end);
    }

    fn is_thin_and_long(&self, inch: f32) -> bool {
        let width = (self.right - self.left) as f32;
        let height = (self.last().row - self.steps[0].row + 1) as f32;
        let covered: u32 = self.steps.iter().map(|step| step.end - step.start).sum();
        width >= RULE_LENGTH_MIN * inch
            && self.pixels as f32 / width <= RULE_THICKNESS_MAX * inch
            && height <= RULE_THICKNESS_MAX * inch + SLOPE_MAX * width
            && self.pixels as f32 >= RULE_FILL_MIN * covered as f32
    }

    /// First and last row of the rule in each of its columns; columns without ink of the rule hold an empty range.
    fn rows_by_column(&self) -> Vec<(u32, u32)> {
        let mut rows = vec![(u32::MAX, 0); (self.right - self.left) as usize];
        for step in &self.steps {
            for (top, bottom) in &mut rows[(step.start - self.left) as usize..(step.end - self.left) as usize]
            {
                *top = (*top).min(step.row);
                *bottom = (*bottom).max(step.row);
            }
        }
        rows
    }

    fn erase(&self, gray: &mut GrayImage, ground: &Ground, margin: u32) {
        let rows = self.rows_by_column();
        let is_crossed: Vec<bool> = (self.left..)
            .zip(&rows)
            .map(|(x, (top, bottom))| *top <= *bottom && is_crossed(gray, ground, x, (*top, *bottom), margin))
            .collect();
        let crossed = is_crossed.iter().filter(|crossed| **crossed).count();
        if crossed as f32 > CROSSED_MAX * rows.len() as f32 {
            return;
        }
        for ((x, (top, bottom)), crossed) in (self.left..).zip(rows).zip(is_crossed) {
            if top > bottom || crossed {
                continue;
            }
            for y in top.saturating_sub(margin)..(bottom + margin + 1).min(gray.height()) {
                let pixel = &mut gray.get_pixel_mut(x, y).0[0];
                if (top..=bottom).contains(&y) || *pixel >= ground.ink_below_at(x, y) {
                    *pixel = (*pixel).max(ground.paper_at(x, y));
                }
            }
        }
    }
}

/// Whether a stroke goes through the rule in this column: ink a little above it and a little below.
fn is_crossed(gray: &GrayImage, ground: &Ground, x: u32, (top, bottom): (u32, u32), margin: u32) -> bool {
    let is_ink = |y: u32| y < gray.height() && gray.get_pixel(x, y).0[0] < ground.ink_below_at(x, y);
    top > margin && is_ink(top - margin - 1) && is_ink(bottom + margin + 1)
}

/// Boxes of all thin and long rules, those of tables too.
pub(crate) fn rules(marks: &Marks, dpi: u32) -> Vec<PixelBox> {
    let rule = |rule: Rule| {
        let (top, bottom) = (rule.steps[0].row, rule.last().row + 1);
        PixelBox { left: rule.left, top, width: rule.right - rule.left, height: bottom - top }
    };
    all_rules(marks, dpi as f32).into_iter().map(rule).collect()
}

fn find_rules(marks: &Marks, inch: f32) -> Vec<Rule> {
    let mut rules = all_rules(marks, inch);
    let grids = grids(marks, &rules, inch);
    rules.retain(|rule| rule.steps.iter().all(|step| !grids.contains(&step.mark)));
    rules
}

fn all_rules(marks: &Marks, inch: f32) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for row in marks.runs.chunk_by(|a, b| a.row == b.row) {
        let row_number = row[0].row;
        open.retain(|rule| rules[*rule].last().row + 1 >= row_number);
        for step in steps(row, inch).filter(|step| is_drawn_line(&marks.marks[step.mark as usize], inch)) {
            let touches = |rule: &&usize| {
                let last = rules[**rule].last();
                last.row < row_number && last.start <= step.end && step.start <= last.end
            };
            match open.iter().find(touches).copied() {
                Some(rule) => rules[rule].add(step),
                None => {
                    open.push(rules.len());
                    rules.push(Rule::new(step));
                }
            }
        }
    }
    rules.retain(|rule| rule.is_thin_and_long(inch));
    rules
}

/// Whether ink may be part of a rule: thin, or, where writing touches it, long. The bars of two capitals that touch (ỆT) are neither.
fn is_drawn_line(mark: &Mark, inch: f32) -> bool {
    let (width, height) = (mark.bounds.width as f32, mark.bounds.height as f32);
    width >= RULE_LENGTH_MIN * inch || height <= RULE_THICKNESS_MAX * inch + SLOPE_MAX * width
}

/// Runs of one row, joined over small gaps, that are long enough for a rule.
fn steps(row: &[Run], inch: f32) -> impl Iterator<Item = Step> {
    let (gap, length) = ((RULE_GAP * inch) as u32, (RULE_STEP * inch) as u32);
    let groups = row.chunk_by(move |a, b| b.start - a.end <= gap);
    groups.filter_map(move |group| {
        let (first, last) = (group.first()?, group.last()?);
        let longest = group.iter().max_by_key(|run| run.end - run.start)?;
        let ink = group.iter().map(|run| run.end - run.start).sum();
        // Feet of letters side by side are many short runs.
        let is_drawn = longest.end - longest.start >= length;
        let step = Step { row: first.row, start: first.start, end: last.end, ink, mark: longest.mark };
        (is_drawn && ink as f32 >= RULE_FILL_MIN * (last.end - first.start) as f32).then_some(step)
    })
}

/// Marks with a rule and a real upright part.
fn grids(marks: &Marks, rules: &[Rule], inch: f32) -> Vec<u32> {
    let suspects = rules.iter().flat_map(|rule| &rule.steps).map(|step| step.mark).filter(|mark| {
        let bounds = marks.marks[*mark as usize].bounds;
        bounds.height as f32 >= VERTICAL * inch
    });
    // By column of the mark: the row last inked there, and the length of the ink that ends in it.
    let mut columns: HashMap<u32, Vec<(u32, u32)>> =
        suspects.map(|mark| (mark, vec![(0, 0); marks.marks[mark as usize].bounds.width as usize])).collect();
    if columns.is_empty() {
        return Vec::new();
    }
    let mut grids = Vec::new();
    for run in &marks.runs {
        let Some(columns) = columns.get_mut(&run.mark) else { continue };
        let left = marks.marks[run.mark as usize].bounds.left;
        for (row, length) in &mut columns[(run.start - left) as usize..(run.end - left) as usize] {
            *length = if *row + 1 == run.row { *length + 1 } else { 1 };
            *row = run.row;
            if *length as f32 > VERTICAL * inch && grids.last() != Some(&run.mark) {
                grids.push(run.mark);
            }
        }
    }
    grids.sort_unstable();
    grids.dedup();
    grids
}
