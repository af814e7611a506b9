//! Cells of ruled tables, read line by line where the pass over the page took two lines of a cell for one.
//!
//! A label on two lines beside a value on one line stands level with it nowhere; the engine joins what it can and drops the rest.

use super::grid::{Area, Table};
use super::lost_ink::{is_believable, lost_ink};
use super::strip::{Strip, are_level, text_height};
use crate::marks::Mark;
use image::GrayImage;
use ocr::{Engine, Line, PixelBox, Reading, Word};

/// Lines read alone on one page, each about 1 % of its cost; a form's table has some ten cells of two lines.
const LINES_MAX: usize = 24;
/// A word below this in a cell of several lines was read across them.
const DOUBTFUL_CONFIDENCE: f32 = 60.0;
/// A word so many text heights high stands on two lines.
const HEIGHT_MAX: f32 = 1.9;
/// Part of a word that may lie under its neighbour.
const OVERLAP_MAX: f32 = 0.5;
/// Letters in ten that must be there again.
const LETTERS_KEPT_MIN: usize = 8;

/// Lines of cells that were read again, and those of them that were believed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Reread {
    pub(crate) lines: usize,
    pub(crate) read: usize,
}

/// Reads the cells of several lines again whose words do not fit the lines of their ink.
pub(crate) fn read_cells(
    engine: &mut dyn Engine,
    gray: &GrayImage,
    marks: &[Mark],
    tables: &[Table],
    reading: &mut Reading,
    dpi: u32,
) -> Result<Reread, ocr::Error> {
    let text_height = text_height(reading, dpi);
    let mut reread = Reread::default();
    for (table, cell) in
        tables.iter().flat_map(|table| table.rows.iter().flatten().map(move |cell| (table, cell)))
    {
        let lines = lines_in(table, cell, marks, text_height);
        if lines.len() < 2 || reread.lines + lines.len() > LINES_MAX {
            continue;
        }
        let words: Vec<Word> =
            reading.words().filter(|word| table.stands_in(cell, &word.bounds)).cloned().collect();
        if are_of_lines(&words, &lines, text_height) {
            continue;
        }
        reread.lines += lines.len();
        let found = read_lines(engine, gray, &lines, text_height, dpi)?;
        if is_as_much(&found, &words) {
            reread.read += found.len();
            replace(reading, table, cell, found);
        }
    }
    Ok(reread)
}

/// Boxes of the lines of ink in a cell, from top to bottom.
fn lines_in(table: &Table, cell: &Area, marks: &[Mark], text_height: f32) -> Vec<PixelBox> {
    let inside: Vec<Mark> =
        marks.iter().filter(|mark| table.stands_in(cell, &mark.bounds)).copied().collect();
    let mut lines: Vec<PixelBox> = Vec::new();
    for strip in lost_ink(&inside, &[], &[], text_height) {
        match lines.iter_mut().find(|line| are_level(line, &strip.bounds)) {
            Some(line) => *line = line.union(&strip.bounds),
            None => lines.push(strip.bounds),
        }
    }
    lines
}

/// Whether the words are those of the lines: each line has some, none is doubtful, stands on two, or lies over another.
fn are_of_lines(words: &[Word], lines: &[PixelBox], text_height: f32) -> bool {
    let has_words = |line: &PixelBox| words.iter().any(|word| line.contains_center_of(&word.bounds));
    let is_fine = |word: &Word| {
        word.confidence >= DOUBTFUL_CONFIDENCE && (word.bounds.height as f32) < HEIGHT_MAX * text_height
    };
    let is_over = |one: &Word, other: &Word| {
        let shared = one
            .bounds
            .right()
            .min(other.bounds.right())
            .saturating_sub(one.bounds.left.max(other.bounds.left));
        are_level(&one.bounds, &other.bounds)
            && shared as f32 > OVERLAP_MAX * one.bounds.width.min(other.bounds.width) as f32
    };
    let is_apart = |(at, word): (usize, &Word)| !words[at + 1..].iter().any(|other| is_over(word, other));
    lines.iter().all(has_words) && words.iter().all(is_fine) && words.iter().enumerate().all(is_apart)
}

fn read_lines(
    engine: &mut dyn Engine,
    gray: &GrayImage,
    lines: &[PixelBox],
    text_height: f32,
    dpi: u32,
) -> Result<Vec<Vec<Word>>, ocr::Error> {
    let mut found = Vec::new();
    for line in lines {
        let others: Vec<PixelBox> = lines.iter().filter(|other| *other != line).copied().collect();
        let strip = Strip::cut(gray, line, &others, text_height);
        let reading = engine.read_line(&strip.gray, dpi)?;
        if is_believable(&reading) {
            found.push(strip.words(reading));
        }
    }
    Ok(found)
}

/// A second reading that lost letters is no better than the first.
fn is_as_much(found: &[Vec<Word>], before: &[Word]) -> bool {
    let letters = |words: &[Word]| words.iter().map(Word::letters).sum::<usize>();
    let sure = |words: &[Word]| words.iter().map(|word| word.confidence * word.letters() as f32).sum::<f32>();
    let (new, old) = (found.concat(), before);
    letters(&new) * 10 >= letters(old) * LETTERS_KEPT_MIN && sure(&new) >= sure(old)
}

/// Puts the lines where the words of the cell stood; their order among the others is found later.
fn replace(reading: &mut Reading, table: &Table, cell: &Area, lines: Vec<Vec<Word>>) {
    for line in &mut reading.lines {
        line.words.retain(|word| !table.stands_in(cell, &word.bounds));
    }
    reading.lines.retain(|line| !line.words.is_empty());
    let block = reading.lines.last().map_or(0, |line| line.block);
    reading.lines.extend(lines.into_iter().map(|words| Line { words, block }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{Says, at, reading, word};
    use image::Luma;

    /// A cell with two lines of ink, each eight letters of 10 × 20 pixels at rows 100 and 140; these words were read in it.
    fn reread(before: Vec<Word>, says: &str) -> String {
        let gray = GrayImage::from_pixel(400, 300, Luma([255]));
        let letter = |index: u32, top| Mark { bounds: at(60 + index * 14, top, 10, 20), pixels: 90 };
        let marks: Vec<Mark> =
            [100, 140].into_iter().flat_map(|top| (0..8).map(move |index| letter(index, top))).collect();
        let cell = Area { left: 50.0, top: 90.0, right: 200.0, bottom: 170.0 };
        let table = Table { lean: 0.0, area: cell, rows: vec![vec![cell]] };
        let mut lines = vec![before];
        lines.push(vec![word("21/09/1988", at(220, 120, 100, 20), 95.0)]);
        let mut page = reading(lines);
        let mut engine = Says(reading(vec![vec![word(says, at(7, 7, 100, 20), 93.0)]]));
        read_cells(&mut engine, &gray, &marks, &[table], &mut page, 200).expect("this engine never fails");
        page.text()
    }

    #[test]
    fn lines_taken_for_one_are_read_alone() {
        let across = || word("tong:", at(60, 104, 100, 50), 10.0);
        assert_eq!(reread(vec![across()], "Ngày"), "21/09/1988\n\nNgày\nNgày".replace("\n\n", "\n"));
        let upper = || word("Ngày", at(60, 100, 50, 20), 95.0);
        assert_eq!(reread(vec![upper()], "Ngày"), "21/09/1988\nNgày\nNgày", "the lower line was lost");
        let over = || word("Ngày", at(64, 102, 50, 20), 95.0);
        let lower = || word("sinh", at(60, 140, 50, 20), 95.0);
        assert_eq!(
            reread(vec![upper(), over(), lower()], "Ngày, sinh"),
            "21/09/1988\nNgày, sinh\nNgày, sinh"
        );
    }

    #[test]
    fn cells_read_well_and_worse_readings_stay() {
        let upper = || word("Ngày", at(60, 100, 50, 20), 95.0);
        let lower = || word("sinh", at(60, 140, 50, 20), 95.0);
        assert_eq!(reread(vec![upper(), lower()], "Noi"), "Ngày sinh\n21/09/1988");
        assert_eq!(reread(vec![word("Ngàysinh", at(60, 100, 50, 20), 55.0)], "N"), "Ngàysinh\n21/09/1988");
    }
}
