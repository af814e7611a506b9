//! Ruled tables: where their cells are.
//!
//! False tables wreck the order of a page (seals, frames and photographed edges were taken for some), so a table has at least two
//! rows and two columns inside a whole border.

use crate::leaders;
use crate::marks::Marks;
use ocr::PixelBox;
use std::collections::HashMap;

// Lengths in inches.
/// Upright ink of this length may be a rule: taller than letters of a title.
const VERTICAL_MIN: f32 = 0.2;
/// Ends and places of rules that differ by less are the same.
const TOLERANCE: f32 = 0.05;
/// What goes on so far beyond all rules that it crosses is no rule: the folds of a sheet run from edge to edge.
const OVERSHOOT_MIN: f32 = 0.3;
/// Rules closer to each other are one double rule.
const CELL_MIN: f32 = 0.1;

/// Part of a cell's edge that must be drawn.
const EDGE_DRAWN_MIN: f32 = 0.6;
/// Part of the border that must be drawn.
const BORDER_DRAWN_MIN: f32 = 0.8;
/// Rows and columns of rules: two cells have three.
const RULES_MIN: usize = 3;
/// Rules of one page that are looked at; more are hatching.
const RULES_MAX: usize = 400;

/// A rectangle that leans with its page: `top` is the height that its upper edge has at the left edge of the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

/// A ruled table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) lean: f32,
    pub(crate) area: Area,
    /// Cells from left to right, row by row.
    pub(crate) rows: Vec<Vec<Area>>,
}

impl Table {
    /// Whether a word stands in `area` of this table.
    pub(crate) fn stands_in(&self, area: &Area, word: &PixelBox) -> bool {
        let (x, y) =
            upright((word.left + word.width / 2) as f32, (word.top + word.height / 2) as f32, self.lean);
        (area.left..area.right).contains(&x) && (area.top..area.bottom).contains(&y)
    }

    /// Number of the cell in which a word stands, counted row by row.
    pub(crate) fn cell_of(&self, word: &PixelBox) -> Option<usize> {
        self.rows.iter().flatten().position(|cell| self.stands_in(cell, word))
    }
}

/// A place on the page as if it did not lean.
fn upright(x: f32, y: f32, lean: f32) -> (f32, f32) {
    (x + lean * y, y - lean * x)
}

/// A rule: `at` is its height (or, for an upright one, its distance from the left), `start` and `end` its ends.
#[derive(Clone, Copy, Debug)]
struct Rule {
    at: f32,
    start: f32,
    end: f32,
}

/// Finds the tables of a page, from top to bottom. `lean`: pixels that its text climbs down for each pixel to the right.
pub(crate) fn find_tables(marks: &Marks, lean: f32, dpi: u32) -> Vec<Table> {
    let inch = dpi as f32;
    let across = across(marks, lean, dpi);
    let down = down(marks, lean, inch);
    if across.len() < RULES_MIN || down.len() < RULES_MIN || across.len() + down.len() > RULES_MAX {
        return Vec::new();
    }
    let mut tables: Vec<Table> = connected(&across, &down, inch)
        .into_iter()
        .flat_map(|(across, down)| tables_of(&across, &down, lean, inch))
        .collect();
    tables.sort_by(|a, b| a.area.top.total_cmp(&b.area.top));
    tables
}

fn across(marks: &Marks, lean: f32, dpi: u32) -> Vec<Rule> {
    let rule = |bounds: PixelBox| {
        let (left, right) = (bounds.left as f32, bounds.right() as f32);
        let middle = bounds.top as f32 + bounds.height as f32 / 2.0;
        let at = upright((left + right) / 2.0, middle, lean).1;
        Rule { at, start: left + lean * middle, end: right + lean * middle }
    };
    leaders::rules(marks, dpi).into_iter().map(rule).collect()
}

/// Upright rules: stretches of ink in one column of pixels, joined with those of the columns beside.
fn down(marks: &Marks, lean: f32, inch: f32) -> Vec<Rule> {
    let mut stretches = stretches(marks, (VERTICAL_MIN * inch) as u32);
    stretches.sort_unstable();
    let mut rules: Vec<(u32, Rule)> = Vec::new();
    for (x, top, bottom) in stretches {
        let (at, start) = upright(x as f32, top as f32, lean);
        let end = upright(x as f32, bottom as f32, lean).1;
        let reach = TOLERANCE * inch;
        let touches = |(_, rule): &&mut (u32, Rule)| {
            (rule.at - at).abs() <= reach && start <= rule.end + reach && rule.start <= end + reach
        };
        match rules.iter_mut().rev().find(touches) {
            Some((_, rule)) => {
                rule.start = rule.start.min(start);
                rule.end = rule.end.max(end);
            }
            None => rules.push((x, Rule { at, start, end })),
        }
    }
    rules.into_iter().map(|(_, rule)| rule).collect()
}

/// Unbroken ink of at least `length` pixels in one column: column, first row, row after the last.
fn stretches(marks: &Marks, length: u32) -> Vec<(u32, u32, u32)> {
    let is_tall = |mark: &u32| marks.marks[*mark as usize].bounds.height >= length;
    // By mark, for each of its columns: the row last inked there and the length of the ink that ends in it.
    let mut open: HashMap<u32, Vec<(u32, u32)>> = HashMap::new();
    let mut found = Vec::new();
    for run in marks.runs.iter().filter(|run| is_tall(&run.mark)) {
        let bounds = marks.marks[run.mark as usize].bounds;
        let columns = open.entry(run.mark).or_insert_with(|| vec![(0, 0); bounds.width as usize]);
        for x in run.start..run.end {
            let (row, so_far) = &mut columns[(x - bounds.left) as usize];
            if *row + 1 != run.row {
                if *so_far >= length {
                    found.push((x, *row + 1 - *so_far, *row + 1));
                }
                *so_far = 0;
            }
            *so_far += 1;
            *row = run.row;
        }
    }
    for (mark, columns) in open {
        let left = marks.marks[mark as usize].bounds.left;
        let ended = (left..).zip(columns).filter(|(_, (_, so_far))| *so_far >= length);
        found.extend(ended.map(|(x, (row, so_far))| (x, row + 1 - so_far, row + 1)));
    }
    found
}

type Rules = (Vec<Rule>, Vec<Rule>);

/// Rules that meet, directly or through others.
fn connected(across: &[Rule], down: &[Rule], inch: f32) -> Vec<Rules> {
    let reach = TOLERANCE * inch;
    let meet = |a: &Rule, d: &Rule| {
        (a.start - reach..=a.end + reach).contains(&d.at) && (d.start - reach..=d.end + reach).contains(&a.at)
    };
    let mut groups: Vec<Rules> = Vec::new();
    for rule in across {
        let mut group =
            (vec![*rule], down.iter().filter(|other| meet(rule, other)).copied().collect::<Vec<_>>());
        let shares = |other: &Rules| {
            other.1.iter().any(|d| group.1.iter().any(|own| own.at == d.at && own.start == d.start))
        };
        let (joined, apart): (Vec<Rules>, Vec<Rules>) = groups.into_iter().partition(shares);
        for (across, down) in joined {
            group.0.extend(across);
            group.1.extend(down);
        }
        groups = apart;
        groups.push(group);
    }
    groups
}

/// The tables among rules that meet: without the folds that cross them, or with all when that leaves none.
fn tables_of(across: &[Rule], down: &[Rule], lean: f32, inch: f32) -> Vec<Table> {
    let (inner_across, inner_down) = without_folds(across.to_vec(), down.to_vec(), inch);
    let groups = connected(&inner_across, &inner_down, inch);
    let tables: Vec<Table> =
        groups.iter().filter_map(|(across, down)| table(across, down, lean, inch)).collect();
    if tables.is_empty() { table(across, down, lean, inch).into_iter().collect() } else { tables }
}

/// Rules that end where others do.
fn without_folds(mut across: Vec<Rule>, mut down: Vec<Rule>, inch: f32) -> Rules {
    let extent = |rules: &[Rule]| {
        let edges = rules.iter().map(|rule| rule.at);
        let (first, last) = edges.fold((f32::MAX, f32::MIN), |(a, b), at| (a.min(at), b.max(at)));
        first - OVERSHOOT_MIN * inch..=last + OVERSHOOT_MIN * inch
    };
    loop {
        let before = across.len() + down.len();
        let (columns, rows) = (extent(&down), extent(&across));
        across.retain(|rule| columns.contains(&rule.start) && columns.contains(&rule.end));
        down.retain(|rule| rows.contains(&rule.start) && rows.contains(&rule.end));
        if across.len() + down.len() == before {
            return (across, down);
        }
    }
}

fn table(across: &[Rule], down: &[Rule], lean: f32, inch: f32) -> Option<Table> {
    let (ys, xs) = (places(across, inch), places(down, inch));
    if ys.len() < RULES_MIN || xs.len() < RULES_MIN {
        return None;
    }
    let area = Area { left: xs[0], top: ys[0], right: xs[xs.len() - 1], bottom: ys[ys.len() - 1] };
    let reach = CELL_MIN * inch;
    let has_border = [area.top, area.bottom]
        .iter()
        .all(|y| drawn(across, *y, area.left, area.right, reach) >= BORDER_DRAWN_MIN)
        && [area.left, area.right]
            .iter()
            .all(|x| drawn(down, *x, area.top, area.bottom, reach) >= BORDER_DRAWN_MIN);
    let rows = cells(across, down, &ys, &xs, reach);
    let is_table = has_border && rows.len() >= 2 && rows.iter().filter(|row| row.len() >= 2).count() >= 2;
    is_table.then_some(Table { lean, area, rows })
}

/// Different places of rules, in order; those of a double rule are one.
fn places(rules: &[Rule], inch: f32) -> Vec<f32> {
    let mut places: Vec<f32> = rules.iter().map(|rule| rule.at).collect();
    places.sort_by(f32::total_cmp);
    places.dedup_by(|next, last| *next - *last < CELL_MIN * inch);
    places
}

/// Part of the way from `start` to `end` along which rules are drawn at `at`.
fn drawn(rules: &[Rule], at: f32, start: f32, end: f32, reach: f32) -> f32 {
    let mut covered: Vec<(f32, f32)> = rules
        .iter()
        .filter(|rule| (rule.at - at).abs() < reach)
        .map(|rule| (rule.start.max(start), rule.end.min(end)))
        .filter(|(start, end)| end > start)
        .collect();
    covered.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut sum, mut last) = (0.0, start);
    for (from, to) in covered {
        sum += (to - from.max(last)).max(0.0);
        last = last.max(to);
    }
    sum / (end - start).max(1.0)
}

/// Cells between the rules; neighbours without a rule between them are one cell.
fn cells(across: &[Rule], down: &[Rule], ys: &[f32], xs: &[f32], reach: f32) -> Vec<Vec<Area>> {
    let mut rows: Vec<Vec<Area>> = Vec::new();
    for row in ys.windows(2) {
        let mut cells: Vec<Area> = Vec::new();
        for column in xs.windows(2) {
            let is_apart = drawn(down, column[0], row[0], row[1], reach) >= EDGE_DRAWN_MIN;
            match cells.last_mut().filter(|_| !is_apart) {
                Some(cell) => cell.right = column[1],
                None => cells.push(Area { left: column[0], top: row[0], right: column[1], bottom: row[1] }),
            }
        }
        // A cell that goes on from the row above belongs to that row.
        let goes_on = |cell: &Area| drawn(across, row[0], cell.left, cell.right, reach) < EDGE_DRAWN_MIN;
        let (lower, new): (Vec<Area>, Vec<Area>) =
            cells.into_iter().partition(|cell| !rows.is_empty() && goes_on(cell));
        for part in lower {
            let upper = rows
                .iter_mut()
                .flatten()
                .find(|cell| cell.bottom == part.top && cell.left <= part.left && part.right <= cell.right);
            if let Some(upper) = upper {
                upper.bottom = part.bottom;
            }
        }
        if !new.is_empty() {
            rows.push(new);
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::marks::Ground;
    use image::{GrayImage, Luma};

    /// A rule as it is drawn: from the left, from the top, width, height.
    type Drawn = (u32, u32, u32, u32);

    fn across(y: u32, left: u32, right: u32) -> Drawn {
        (left, y, right - left + 3, 3)
    }

    fn down(x: u32, top: u32, bottom: u32) -> Drawn {
        (x, top, 3, bottom - top + 3)
    }

    /// Cells in each row of each table on a page of 900 × 700 pixels at 200 dpi.
    fn rows_of_tables(rules: &[Drawn]) -> Vec<Vec<usize>> {
        let mut page = GrayImage::from_pixel(900, 700, Luma([255]));
        for (left, top, width, height) in rules {
            for y in *top..top + height {
                for x in *left..left + width {
                    page.put_pixel(x, y, Luma([20]));
                }
            }
        }
        let tables = find_tables(&Marks::find(&page, &Ground::of(&page, 200)), 0.0, 200);
        tables.iter().map(|table| table.rows.iter().map(Vec::len).collect()).collect()
    }

    /// A table of three rows and three columns without the rules inside.
    fn border() -> Vec<Drawn> {
        vec![across(100, 100, 700), across(400, 100, 700), down(100, 100, 400), down(700, 100, 400)]
    }

    fn with(more: &[Drawn]) -> Vec<Drawn> {
        [border(), more.to_vec()].concat()
    }

    #[test]
    fn ruled_tables_have_rows_of_cells() {
        let check = |rules: &[Drawn], expected: &[&[usize]]| assert_eq!(rows_of_tables(rules), expected);
        let inside = [across(200, 100, 700), across(300, 100, 700), down(300, 100, 400), down(500, 100, 400)];
        check(&with(&inside), &[&[3, 3, 3]]);
        let head = [across(200, 100, 700), across(300, 100, 700), down(300, 100, 400), down(500, 200, 400)];
        check(&with(&head), &[&[2, 3, 3]]);
        let tall = [across(200, 100, 700), across(300, 300, 700), down(300, 100, 400), down(500, 100, 400)];
        check(&with(&tall), &[&[3, 3, 2]]);
        let two: Vec<Drawn> = [across(500, 100, 700), across(560, 100, 700), across(620, 100, 700)]
            .into_iter()
            .chain([down(100, 500, 620), down(400, 500, 620), down(700, 500, 620)])
            .collect();
        check(&[with(&inside), two].concat(), &[&[3, 3, 3], &[2, 2]]);
    }

    #[test]
    fn folds_across_a_table_are_no_rules() {
        let check = |folds: &[Drawn]| {
            let inside =
                [across(200, 100, 700), across(300, 100, 700), down(300, 100, 400), down(500, 100, 400)];
            assert_eq!(rows_of_tables(&[with(&inside), folds.to_vec()].concat()), [[3, 3, 3]], "{folds:?}");
        };
        check(&[down(420, 0, 690)]);
        check(&[down(420, 0, 690), across(550, 0, 890)]);
        check(&[across(250, 0, 890)]);
        check(&[down(420, 0, 690), across(250, 0, 890)]);
    }

    #[test]
    fn frames_leaders_and_open_rules_are_no_tables() {
        let check =
            |rules: &[Drawn]| assert_eq!(rows_of_tables(rules), Vec::<Vec<usize>>::new(), "{rules:?}");
        check(&border());
        check(&with(&[
            across(110, 110, 690),
            across(390, 110, 690),
            down(110, 110, 390),
            down(690, 110, 390),
        ]));
        check(&with(&[across(200, 100, 700), across(300, 100, 700)]));
        check(&[across(100, 100, 700), across(200, 100, 700), across(300, 100, 700)]);
        let open = [
            across(100, 100, 700),
            across(200, 100, 700),
            across(300, 100, 700),
            down(300, 100, 300),
            down(500, 100, 300),
        ];
        check(&open);
    }

    #[test]
    fn words_are_found_in_the_cell_of_a_leaning_page() {
        let cell = |left: f32, top: f32| Area { left, top, right: left + 100.0, bottom: top + 50.0 };
        let area = Area { left: 0.0, top: 0.0, right: 200.0, bottom: 100.0 };
        let rows = vec![vec![cell(0.0, 0.0), cell(100.0, 0.0)], vec![cell(0.0, 50.0), cell(100.0, 50.0)]];
        let check = |lean: f32, left: u32, top: u32, expected: Option<usize>| {
            let table = Table { lean, area, rows: rows.clone() };
            assert_eq!(table.cell_of(&PixelBox { left, top, width: 20, height: 10 }), expected);
        };
        check(0.0, 150, 40, Some(1));
        check(0.0, 150, 46, Some(3));
        check(0.1, 150, 56, Some(1));
        check(0.0, 250, 40, None);
    }
}
