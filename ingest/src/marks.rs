//! The ink of a page as marks: runs of dark pixels, joined to connected shapes.
//!
//! A page of text has some hundred thousand runs and nine million pixels; whatever looks at shapes looks at runs.

use image::GrayImage;
use ocr::PixelBox;

/// Darker than the paper around it by this much is ink; a back side shining through differs by less than 15.
const INK_CONTRAST: u8 = 24;
/// Side of the squares whose mean brightness stands for the paper, in pixels.
const SQUARE: usize = 8;
/// Inches around a pixel that say how bright its surroundings are: two heights of 10-point text.
const SURROUNDINGS_INCHES: f32 = 0.15;
/// Runs on one page; a page of small print has 400,000. More is a screened photograph, where shapes say nothing.
const RUNS_MAX: usize = 3_000_000;

/// A stretch of ink in one row; `end` is the first column after it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Run {
    pub(crate) row: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Number of the mark that the run belongs to.
    pub(crate) mark: u32,
}

/// Connected ink.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Mark {
    pub(crate) bounds: PixelBox,
    pub(crate) pixels: u32,
}

/// All ink of one page; no marks where it is too restless to tell shapes apart.
#[derive(Clone, Default)]
pub(crate) struct Marks {
    pub(crate) marks: Vec<Mark>,
    /// Row by row, left to right.
    pub(crate) runs: Vec<Run>,
    /// There is more ink than can be looked at: that there are no marks says nothing.
    pub(crate) is_restless: bool,
}

/// Brightness of squares of a page.
#[derive(Clone)]
pub(crate) struct Ground {
    columns: usize,
    /// Mean around each square, ink included: what a pixel is compared with.
    surroundings: Vec<u8>,
    /// The brightest square nearby: what the paper looks like where ink is taken away.
    paper: Vec<u8>,
}

impl Ground {
    pub(crate) fn of(gray: &GrayImage, dpi: u32) -> Self {
        let (means, columns, rows) = square_means(gray);
        let reach = ((dpi as f32 * SURROUNDINGS_INCHES / SQUARE as f32 / 2.0).round() as usize).clamp(1, 20);
        let mean = |values: &[u8]| {
            let sum: u32 = values.iter().map(|value| u32::from(*value)).sum();
            (sum / values.len() as u32) as u8
        };
        let surroundings = over_windows(&means, columns, rows, reach, mean);
        let brightest = |values: &[u8]| values.iter().copied().max().unwrap_or(u8::MAX);
        let paper = over_windows(&means, columns, rows, reach, brightest);
        Self { columns, surroundings, paper }
    }

    /// Brightness of the paper at a pixel.
    pub(crate) fn paper_at(&self, x: u32, y: u32) -> u8 {
        self.paper[y as usize / SQUARE * self.columns + x as usize / SQUARE]
    }

    /// Brightness of the paper of every square.
    pub(crate) fn paper(&self) -> &[u8] {
        &self.paper
    }

    /// The brightness below which a pixel is ink.
    pub(crate) fn ink_below_at(&self, x: u32, y: u32) -> u8 {
        self.surroundings[y as usize / SQUARE * self.columns + x as usize / SQUARE]
            .saturating_sub(INK_CONTRAST)
    }
}

impl Marks {
    pub(crate) fn find(gray: &GrayImage, ground: &Ground) -> Self {
        let Some((mut runs, row_starts)) = runs_of(gray, ground) else {
            return Self { is_restless: true, ..Self::default() };
        };
        let marks = join(&mut runs, &row_starts);
        Self { marks, runs, is_restless: false }
    }
}

fn square_means(gray: &GrayImage) -> (Vec<u8>, usize, usize) {
    let (width, height) = (gray.width() as usize, gray.height() as usize);
    let (columns, rows) = (width.div_ceil(SQUARE), height.div_ceil(SQUARE));
    let mut means = Vec::with_capacity(columns * rows);
    let mut sums = vec![0_u32; columns];
    for band in gray.as_raw().chunks((width * SQUARE).max(1)) {
        sums.fill(0);
        for row in band.chunks_exact(width) {
            for (sum, square) in sums.iter_mut().zip(row.chunks(SQUARE)) {
                *sum += square.iter().map(|pixel| u32::from(*pixel)).sum::<u32>();
            }
        }
        let band_rows = band.len() / width;
        means.extend(sums.iter().enumerate().map(|(column, sum)| {
            let square_width = SQUARE.min(width - column * SQUARE);
            (sum / (square_width * band_rows) as u32) as u8
        }));
    }
    (means, columns, rows)
}

/// Applies `pool` to windows of `2 × reach + 1` squares, along rows and then along columns.
fn over_windows(
    values: &[u8],
    columns: usize,
    rows: usize,
    reach: usize,
    pool: impl Fn(&[u8]) -> u8,
) -> Vec<u8> {
    let along = |values: &[u8], length: usize| -> Vec<u8> {
        let lines = values.chunks_exact(length.max(1));
        lines
            .flat_map(|line| {
                let pool = &pool;
                (0..length)
                    .map(move |at| pool(&line[at.saturating_sub(reach)..(at + reach + 1).min(line.len())]))
            })
            .collect()
    };
    let turned = transpose(&along(values, columns), columns, rows);
    transpose(&along(&turned, rows), rows, columns)
}

fn transpose(values: &[u8], columns: usize, rows: usize) -> Vec<u8> {
    (0..columns).flat_map(|column| (0..rows).map(move |row| values[row * columns + column])).collect()
}

/// Every run, and where the runs of each row start; nothing when there are too many.
fn runs_of(gray: &GrayImage, ground: &Ground) -> Option<(Vec<Run>, Vec<usize>)> {
    let width = gray.width() as usize;
    let mut runs = Vec::new();
    let mut row_starts = vec![0];
    if width == 0 {
        return Some((runs, row_starts));
    }
    for (row, pixels) in gray.as_raw().chunks_exact(width).enumerate() {
        let first = row / SQUARE * ground.columns;
        let limits = &ground.surroundings[first..first + ground.columns];
        add_runs(row as u32, pixels, limits, &mut runs);
        row_starts.push(runs.len());
        if runs.len() > RUNS_MAX {
            return None;
        }
    }
    Some((runs, row_starts))
}

fn add_runs(row: u32, pixels: &[u8], surroundings: &[u8], runs: &mut Vec<Run>) {
    let mut start = None;
    for (index, (square, surrounding)) in pixels.chunks(SQUARE).zip(surroundings).enumerate() {
        let limit = surrounding.saturating_sub(INK_CONTRAST);
        let darkest = square.iter().copied().fold(u8::MAX, u8::min);
        if darkest >= limit && start.is_none() {
            continue;
        }
        for (offset, pixel) in square.iter().enumerate() {
            let column = (index * SQUARE + offset) as u32;
            match (start, *pixel < limit) {
                (None, true) => start = Some(column),
                (Some(first), false) => {
                    runs.push(Run { row, start: first, end: column, mark: 0 });
                    start = None;
                }
                _ => {}
            }
        }
    }
    if let Some(first) = start {
        runs.push(Run { row, start: first, end: pixels.len() as u32, mark: 0 });
    }
}

/// Numbers the marks in `runs`: runs of neighbouring rows that touch, corners included, are one mark.
fn join(runs: &mut [Run], row_starts: &[usize]) -> Vec<Mark> {
    let mut parents: Vec<u32> = (0..runs.len() as u32).collect();
    for rows in row_starts.windows(3) {
        let mut above = rows[0];
        for index in rows[1]..rows[2] {
            let run = runs[index];
            while above < rows[1] && runs[above].end < run.start {
                above += 1;
            }
            let mut touching = above;
            while touching < rows[1] && runs[touching].start <= run.end {
                unite(&mut parents, touching as u32, index as u32);
                touching += 1;
            }
        }
    }
    let mut marks: Vec<Mark> = Vec::new();
    let mut numbers = vec![u32::MAX; runs.len()];
    for (index, run) in runs.iter_mut().enumerate() {
        let root = root_of(&mut parents, index as u32) as usize;
        let bounds = PixelBox { left: run.start, top: run.row, width: run.end - run.start, height: 1 };
        let pixels = run.end - run.start;
        if numbers[root] == u32::MAX {
            numbers[root] = marks.len() as u32;
            marks.push(Mark { bounds, pixels });
        } else {
            let mark = &mut marks[numbers[root] as usize];
            mark.bounds = mark.bounds.union(&bounds);
            mark.pixels += pixels;
        }
        run.mark = numbers[root];
    }
    marks
}

fn root_of(parents: &mut [u32], mut of: u32) -> u32 {
    while parents[of as usize] != of {
        parents[of as usize] = parents[parents[of as usize] as usize];
        of = parents[of as usize];
    }
    of
}

fn unite(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root_of(parents, a), root_of(parents, b));
    parents[a.max(b) as usize] = a.min(b);
}
