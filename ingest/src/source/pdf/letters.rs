//! The typed letters of a page that are really drawn, gathered into words and lines.

use super::pictures::Survey;
use super::view::{POINTS, Rect, View};
use crate::page::{Raster, TypedLine, TypedWord};
use pdfium_render::prelude::*;
use repository::record::Region;
use unicode_normalization::UnicodeNormalization;

/// Typed pages have at least this many letters; fewer may be a page number on a drawing.
const TYPED_LETTERS_MIN: usize = 16;
/// Letters that run another way than across turn the page when they are this share of all.
const SAME_WAY_SHARE: f32 = 0.8;
/// Letters this far from a quarter turn are slanted, not turned; degrees.
const QUARTER_TOLERANCE: f32 = 10.0;

/// A letter with its place on the shown page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letter {
    pub(super) letter: char,
    pub(super) rect: Rect,
    /// Quarters clockwise by which the page must be turned for this letter to stand upright.
    quarters: u8,
}

/// A line of words of letters.
pub(super) type Line = Vec<Vec<Letter>>;

/// The letters that are drawn and not hidden behind a picture.
pub(super) fn visible(page: &PdfPage, view: &View, survey: &Survey) -> Vec<Letter> {
    let Ok(text) = page.text() else { return Vec::new() };
    let letters = text.chars().iter().filter_map(|c| letter(&c, view)).collect::<Vec<_>>();
    letters.into_iter().filter(|letter| !survey.hides(&letter.rect)).collect()
}

/// Whether there are enough of them to speak of typed text.
pub(super) fn are_text(letters: &[Letter]) -> bool {
    letters.iter().filter(|letter| letter.letter.is_alphanumeric()).count() >= TYPED_LETTERS_MIN
}

fn letter(c: &PdfPageTextChar, view: &View) -> Option<Letter> {
    // Text that is not drawn (an OCR layer under a scan) is no witness of what the page shows.
    if matches!(
        c.render_mode(),
        Ok(PdfPageTextRenderMode::Invisible | PdfPageTextRenderMode::InvisibleClipping)
    ) {
        return None;
    }
    let letter = c.unicode_char()?;
    let bounds = c.loose_bounds().ok()?;
    let rect = view.affine.rect(
        bounds.left().value,
        bounds.bottom().value,
        bounds.right().value,
        bounds.top().value,
    );
    Some(Letter { letter, rect, quarters: quarters(c, view) })
}

/// The direction in which the letter is written, as shown.
fn quarters(c: &PdfPageTextChar, view: &View) -> u8 {
    let Ok(angle) = c.angle_degrees() else { return 0 };
    // Counted from the page's own right to its own top; a turned page turns the letter with it.
    let (sin, cos) = angle.to_radians().sin_cos();
    let (x, y) = (view.affine.a * cos + view.affine.c * sin, view.affine.b * cos + view.affine.d * sin);
    let clockwise = y.atan2(x).to_degrees();
    let quarter = (clockwise / 90.0).round();
    if (clockwise - quarter * 90.0).abs() > QUARTER_TOLERANCE {
        0
    } else {
        (-quarter as i32).rem_euclid(4) as u8
    }
}

/// Turns the page when nearly all of its letters run another way than across.
pub(super) fn upright(letters: Vec<Letter>, view: View) -> (Vec<Letter>, View) {
    let written = || letters.iter().filter(|letter| !letter.letter.is_whitespace());
    let all = written().count() as f32;
    let runs = |quarters: u8| written().filter(|letter| letter.quarters == quarters).count() as f32;
    let Some(quarters) = (1..4).find(|quarters| runs(*quarters) >= SAME_WAY_SHARE * all) else {
        return (letters, view);
    };
    let turned = view.turned(quarters);
    let turn = |letter: &Letter| Letter { rect: turned_rect(&letter.rect, &view, quarters), ..*letter };
    (letters.iter().map(turn).collect(), turned)
}

fn turned_rect(rect: &Rect, view: &View, quarters: u8) -> Rect {
    let (mut rect, mut height, mut width) = (*rect, view.height, view.width);
    for _ in 0..quarters {
        rect =
            Rect { left: height - rect.bottom, top: rect.left, right: height - rect.top, bottom: rect.right };
        (height, width) = (width, height);
    }
    rect
}

/// Cuts the stream of letters into lines (at breaks, or where the next one stands at another height) and words (at spaces).
pub(super) fn lines_of(letters: Vec<Letter>) -> Vec<Line> {
    let mut lines: Vec<Line> = vec![vec![Vec::new()]];
    let mut floor: Option<(f32, f32)> = None;
    for letter in letters {
        let Letter { letter: character, rect, .. } = letter;
        let is_blank = character.is_whitespace();
        let line_break = matches!(character, '\n' | '\r')
            || (!is_blank && floor.is_some_and(|(top, bottom)| rect.top > bottom || rect.bottom < top));
        if line_break {
            lines.push(vec![Vec::new()]);
            floor = None;
        }
        let line = lines.last_mut().expect("there is always a line");
        if is_blank {
            line.push(Vec::new());
            continue;
        }
        floor = Some((rect.top, rect.bottom));
        line.last_mut().expect("a line always has a word").push(letter);
    }
    for line in &mut lines {
        line.retain(|word| !word.is_empty());
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// The renderer tells the lines of a page that the file turns in the order they had before; from top to bottom is what a reader
/// follows.
pub(super) fn in_order(mut lines: Vec<Line>, page: &PdfPage) -> Vec<Line> {
    if !matches!(page.rotation(), Ok(PdfPageRenderRotation::None)) {
        lines.sort_by(|one, other| one[0][0].rect.top.total_cmp(&other[0][0].rect.top));
    }
    lines
}

/// Points become pixels of the drawn page.
pub(super) fn place(lines: &[Line], raster: &Raster) -> Vec<TypedLine> {
    let scale = raster.dpi as f32 / POINTS;
    let (width, height) = (raster.image.width() as f32, raster.image.height() as f32);
    let word = |letters: &Vec<Letter>| {
        let edge = |pick: fn(&Rect) -> f32, fold: fn(f32, f32) -> f32, start: f32| {
            letters.iter().map(|letter| pick(&letter.rect)).fold(start, fold) * scale
        };
        let left = edge(|rect| rect.left, f32::min, f32::MAX).clamp(0.0, width - 1.0);
        let top = edge(|rect| rect.top, f32::min, f32::MAX).clamp(0.0, height - 1.0);
        let right = edge(|rect| rect.right, f32::max, f32::MIN).clamp(left + 1.0, width.max(left + 1.0));
        let bottom = edge(|rect| rect.bottom, f32::max, f32::MIN).clamp(top + 1.0, height.max(top + 1.0));
        let region = Region {
            left: left as u32,
            top: top as u32,
            width: (right - left).ceil() as u32,
            height: (bottom - top).ceil() as u32,
        };
        TypedWord { text: letters.iter().map(|letter| letter.letter).nfc().collect(), region }
    };
    lines.iter().map(|line| TypedLine { words: line.iter().map(word).collect() }).collect()
}
