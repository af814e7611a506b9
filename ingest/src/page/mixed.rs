//! Pages whose words come from two sides: typed by the file, and recognised where the drawing shows more.

use super::{
    PageRead, Raster, TypedLine, complete, find_labels, finish, read_copy, read_scanned, read_typed,
    typed_reading, unread_beside,
};
use crate::copy::{self, ReadingCopy};
use crate::engines::Engines;
use crate::problem::reason;
use crate::protocol::Pictures;
use crate::stage::{self, Trace};
use image::{DynamicImage, GrayImage, Luma};
use repository::record::{Page, PageSource, PageState, ReadLine, ReadWord, Reading, Region, Step};
use std::collections::HashSet;

/// Typed words are believed when this share of them is seen on the drawing too: recognition of a clean drawing finds nearly all, of
/// letters that went through the wrong table next to none.
const AGREEMENT_MIN: f32 = 0.6;
/// Typed words are erased with this many pixels around them, of an inch of 300: what drawing smears over their edges.
const ERASED_MARGIN_AT_300_DPI: u32 = 2;
/// Fewer sure letters than this were found beside the typed words: a portrait, a coat of arms, a signature, but no text.
const SURE_LETTERS_MIN: usize = 10;
/// A recognised word belongs to the typed line on its height when the gap between them is at most this many text heights: the value
/// behind a label, not the next column.
const GAP_MAX_HEIGHTS: u32 = 6;

/// Recognises the drawing, then keeps the typed words if it agrees with them.
pub(super) fn read_doubtful(
    number: u32,
    lines: Vec<TypedLine>,
    raster: Raster,
    engines: &mut Engines,
    pictures: Pictures,
) -> PageRead {
    let drawn = Raster {
        image: raster.image.clone(),
        dpi: raster.dpi,
        turned_degrees: raster.turned_degrees,
        reasons: raster.reasons.clone(),
    };
    let mut recognised = read_scanned(number, drawn, engines, pictures);
    let agreement = recognised.reading.as_ref().map_or(0.0, |reading| agreement(&lines, reading));
    if agreement >= AGREEMENT_MIN {
        return read_typed(number, lines, raster, pictures);
    }
    if let Some(reading) = &mut recognised.reading {
        let step = Step::FontMapping { agreement };
        reading.stages.insert(0, stage::taken(step, 100.0 * (1.0 - agreement)));
    }
    recognised
}

/// Share of the typed words that were recognised too, wherever they stand.
fn agreement(lines: &[TypedLine], reading: &Reading) -> f32 {
    let recognised: HashSet<&str> =
        reading.lines.iter().flat_map(|line| &line.words).map(|word| word.text.as_str()).collect();
    let typed = || lines.iter().flat_map(|line| &line.words);
    let seen = typed().filter(|word| recognised.contains(word.text.as_str())).count();
    seen as f32 / typed().count().max(1) as f32
}

/// Recognises what stands in `areas` beside the typed words, and joins both.
pub(super) fn read_mixed(
    number: u32,
    lines: Vec<TypedLine>,
    areas: &[Region],
    mut raster: Raster,
    engines: &mut Engines,
    pictures: Pictures,
) -> PageRead {
    let whole = copy::without_seals(&raster.image, raster.dpi);
    let unread = only_unread(&whole, &lines, areas, raster.dpi);
    let typed = typed_reading(lines);
    let mut trace = Trace::new(pictures.stages);
    let copy = ReadingCopy::of(&DynamicImage::ImageLuma8(unread), raster.dpi, &mut trace);
    let Ok(pass) = read_copy(engines.first(), copy, &mut trace) else {
        raster.reasons.push(reason::ENGINE_FAILED);
        let labels = find_labels(&raster.image);
        return finish(number, raster, PageSource::Mixed, 0, labels, Some(typed), pictures);
    };
    let mut read = complete(number, raster, engines, pass, pictures);
    read.stage_pictures = trace.pictures();
    read.page.source = PageSource::Mixed;
    if let Some(reading) = &mut read.reading {
        if sure_letters(reading) < SURE_LETTERS_MIN {
            reading.lines.clear();
            judge_whole(&mut read.page, &whole, &typed);
        }
        let words = typed.lines.iter().map(|line| line.words.len()).sum();
        reading.stages.insert(0, stage::taken(Step::TypedWords { words }, 100.0));
        reading.lines = joined(typed.lines, std::mem::take(&mut reading.lines));
    }
    read
}

fn sure_letters(reading: &Reading) -> usize {
    let sure = reading
        .lines
        .iter()
        .flat_map(|line| &line.words)
        .filter(|word| word.confidence >= ocr::CONFIDENT_MIN);
    sure.map(|word| word.text.chars().filter(|c| c.is_alphanumeric()).count()).sum()
}

/// There was no text beside the typed words: what is unread is measured on the whole page, not on the picture that was looked at.
fn judge_whole(page: &mut Page, whole: &GrayImage, typed: &Reading) {
    page.reasons.retain(|code| ![reason::UNREAD_INK, reason::LOW_CONFIDENCE].contains(&code.as_str()));
    page.unread = unread_beside(whole, page.dpi, typed, &page.labels);
    if !page.unread.is_empty() {
        page.reasons.push(reason::UNREAD_INK.into());
    }
    page.state = if page.reasons.is_empty() { PageState::Done } else { PageState::NeedsReview };
}

/// The page with nothing on it but what stands in `areas`, and there without the typed words: nothing is read twice.
fn only_unread(whole: &GrayImage, lines: &[TypedLine], areas: &[Region], dpi: u32) -> GrayImage {
    let mut unread = GrayImage::from_pixel(whole.width(), whole.height(), Luma([u8::MAX]));
    for area in areas {
        for (x, y) in pixels_of(area, 0, whole) {
            unread.put_pixel(x, y, *whole.get_pixel(x, y));
        }
    }
    let margin = ERASED_MARGIN_AT_300_DPI * dpi.div_ceil(300);
    for word in lines.iter().flat_map(|line| &line.words) {
        let paper = pixels_of(&word.region, margin, whole).map(|(x, y)| whole.get_pixel(x, y).0[0]).max();
        for (x, y) in pixels_of(&word.region, margin, whole) {
            let pixel = unread.get_pixel_mut(x, y);
            pixel.0[0] = pixel.0[0].max(paper.unwrap_or(u8::MAX));
        }
    }
    unread
}

fn pixels_of(region: &Region, margin: u32, image: &GrayImage) -> impl Iterator<Item = (u32, u32)> + use<> {
    let Region { left, top, width, height } = *region;
    let right = (left + width + margin).min(image.width());
    let bottom = (top + height + margin).min(image.height());
    let columns = left.saturating_sub(margin)..right;
    (top.saturating_sub(margin)..bottom).flat_map(move |y| columns.clone().map(move |x| (x, y)))
}

/// Both in reading order: a recognised line goes on the typed line at its height when it stands close by, else between the typed
/// lines above and below it.
fn joined(typed: Vec<ReadLine>, recognised: Vec<ReadLine>) -> Vec<ReadLine> {
    let mut lines = typed;
    for line in recognised {
        let Some(place) = bounds(&line) else { continue };
        if let Some(beside) =
            lines.iter_mut().find(|other| bounds(other).is_some_and(|other| is_beside(&other, &place)))
        {
            beside.words.extend(line.words);
            beside.words.sort_by_key(|word| word.region.left);
            continue;
        }
        let is_above = |other: &ReadLine| bounds(other).is_some_and(|other| comes_before(&other, &place));
        let after = lines.iter().rposition(is_above).map_or(0, |index| index + 1);
        lines.insert(after, line);
    }
    lines
}

fn bounds(line: &ReadLine) -> Option<Region> {
    let right = |word: &ReadWord| word.region.left + word.region.width;
    let bottom = |word: &ReadWord| word.region.top + word.region.height;
    let left = line.words.iter().map(|word| word.region.left).min()?;
    let top = line.words.iter().map(|word| word.region.top).min()?;
    let width = line.words.iter().map(right).max()? - left;
    let height = line.words.iter().map(bottom).max()? - top;
    Some(Region { left, top, width, height })
}

fn middle(region: &Region) -> u32 {
    region.top + region.height / 2
}

fn is_beside(one: &Region, other: &Region) -> bool {
    let gap = other
        .left
        .saturating_sub(one.left + one.width)
        .max(one.left.saturating_sub(other.left + other.width));
    shares_row(one, other) && gap <= GAP_MAX_HEIGHTS * one.height.max(other.height)
}

fn comes_before(one: &Region, other: &Region) -> bool {
    if shares_row(one, other) { one.left <= other.left } else { middle(one) <= middle(other) }
}

fn shares_row(one: &Region, other: &Region) -> bool {
    let bottom = (one.top + one.height).min(other.top + other.height);
    bottom.saturating_sub(one.top.max(other.top)) * 2 > one.height.min(other.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::TypedWord;

    fn line(text: &str, left: u32, top: u32) -> ReadLine {
        let word = |(index, text): (usize, &str)| ReadWord {
            text: text.into(),
            region: Region { left: left + index as u32 * 60, top, width: 50, height: 20 },
            confidence: 90.0,
        };
        ReadLine { words: text.split(' ').enumerate().map(word).collect() }
    }

    fn check(typed: &[ReadLine], recognised: &[ReadLine], expected: &str) {
        let reading =
            Reading { lines: joined(typed.to_vec(), recognised.to_vec()), ..typed_reading(Vec::new()) };
        assert_eq!(reading.text(), expected);
    }

    #[test]
    fn recognised_lines_find_their_place() {
        let typed = [line("Họ và tên:", 100, 100), line("Ngày sinh:", 100, 140), line("Nơi sinh:", 100, 300)];
        check(&typed, &[line("Trần Thị Na", 300, 102)], "Họ và tên: Trần Thị Na\nNgày sinh:\nNơi sinh:");
        check(
            &typed,
            &[line("CĂN CƯỚC", 500, 200), line("Số 0123", 500, 240)],
            "Họ và tên:\nNgày sinh:\nCĂN CƯỚC\nSố 0123\nNơi sinh:",
        );
        check(&typed, &[line("cột bên", 900, 137)], "Họ và tên:\nNgày sinh:\ncột bên\nNơi sinh:");
        check(&[], &[line("một mình", 0, 0)], "một mình");
    }

    #[test]
    fn nothing_typed_is_left_to_be_recognised() {
        let mut page = GrayImage::from_pixel(100, 100, Luma([240]));
        for (x, y) in [(10, 10), (50, 50), (90, 90)] {
            page.put_pixel(x, y, Luma([0]));
        }
        let typed =
            TypedWord { text: "x".into(), region: Region { left: 45, top: 45, width: 10, height: 10 } };
        let area = Region { left: 40, top: 40, width: 60, height: 60 };
        let unread = only_unread(&page, &[TypedLine { words: vec![typed] }], &[area], 300);
        assert_eq!(unread.get_pixel(10, 10).0[0], 255, "outside of the area");
        assert_eq!(unread.get_pixel(50, 50).0[0], 240, "under a typed word there is paper");
        assert_eq!(unread.get_pixel(90, 90).0[0], 0, "what nobody typed stays");
    }
}
