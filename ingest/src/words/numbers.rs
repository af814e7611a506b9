//! A second look at numbers and days that fail their check: cut out and read alone, then as figures only, then so by the other model.
//!
//! Nothing is corrected: a token is replaced only by what was read in its place, surely and passing the check, and the stage
//! counts such tokens. One that still fails stays as it was read first, and so does a number of another kind (of an insurance, of
//! an account), which was read well: figures alone give way only to a surer reading.

use super::noise::figures_meant;
use super::strip::{Strip, text_height, vouched};
use crate::engines::Engines;
use image::GrayImage;
use ocr::{Engine, Reading, Word};
use repository::identifier::{TokenCheck, TokenKind, check_token};

/// Tokens looked at again on one page, each up to four times; a form has no more numbers than this.
const TOKENS_MAX: usize = 8;
/// A second reading is believed from this confidence on.
const BELIEVED_CONFIDENCE: f32 = 60.0;

/// What the second look did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Looked {
    /// Tokens that failed their check.
    pub(crate) failing: usize,
    /// Those of them whose second reading passes.
    pub(crate) replaced: usize,
}

/// Looks again at the tokens of a page that fail their check.
pub(crate) fn look_again(
    engines: &mut Engines,
    gray: &GrayImage,
    reading: &mut Reading,
    dpi: u32,
) -> Result<Looked, ocr::Error> {
    let text_height = text_height(reading, dpi);
    let failing = failing(reading);
    let mut looked = Looked { failing: failing.len(), replaced: 0 };
    for (line, at, kind) in failing {
        let place = reading.lines[line].words[at].bounds;
        let mut others = vouched(reading, text_height);
        others.retain(|other| *other != place);
        let strip = Strip::cut(gray, &place, &others, text_height);
        let word = &mut reading.lines[line].words[at];
        let least = confidence_min(word, kind);
        if let Some(found) = read_again(engines, &strip, kind, dpi)?.filter(|found| found.confidence >= least)
        {
            word.text = with_signs_of(&word.text, &found.text);
            word.confidence = found.confidence;
            looked.replaced += 1;
        }
    }
    Ok(looked)
}

/// What a second reading must exceed. Letters in a number and impossible days are surely wrong; other figures may be right.
fn confidence_min(word: &Word, kind: TokenKind) -> f32 {
    let is_possible = kind != TokenKind::Date && !word.text.contains(char::is_alphabetic);
    if is_possible { word.confidence.max(BELIEVED_CONFIDENCE) } else { BELIEVED_CONFIDENCE }
}

/// Line, word and kind of every token that looks like a number or a day and fails its check.
fn failing(reading: &Reading) -> Vec<(usize, usize, TokenKind)> {
    let words = reading
        .lines
        .iter()
        .enumerate()
        .flat_map(|(line, words)| words.words.iter().enumerate().map(move |(at, word)| (line, at, word)));
    let failing = words.filter_map(|(line, at, word)| {
        let meant = figures_meant(&word.text);
        let kind = TokenKind::of(&meant).filter(|kind| is_of_figures(*kind))?;
        let is_doubtful = matches!(check_token(kind, &meant), TokenCheck::Doubtful(_));
        (is_doubtful || meant != word.text).then_some((line, at, kind))
    });
    failing.take(TOKENS_MAX).collect()
}

fn is_of_figures(kind: TokenKind) -> bool {
    match kind {
        TokenKind::CitizenId | TokenKind::TaxCode | TokenKind::Date | TokenKind::Phone => true,
        TokenKind::DocumentNumber | TokenKind::LandCertificateSerial | TokenKind::InsuranceNumber => false,
    }
}

/// The first reading of the strip that passes: by the model that read the page, by it with figures only, by the other one in both ways.
fn read_again(
    engines: &mut Engines,
    strip: &Strip,
    kind: TokenKind,
    dpi: u32,
) -> Result<Option<Word>, ocr::Error> {
    let found = read_by(engines.first(), strip, kind, dpi)?;
    if found.is_some() {
        return Ok(found);
    }
    engines.second_opinion().map_or(Ok(None), |other| read_by(other, strip, kind, dpi))
}

fn read_by(
    engine: &mut dyn Engine,
    strip: &Strip,
    kind: TokenKind,
    dpi: u32,
) -> Result<Option<Word>, ocr::Error> {
    if let Some(word) = sound(engine.read_line(&strip.gray, dpi)?, kind) {
        return Ok(Some(word));
    }
    Ok(sound(engine.read_figures(&strip.gray, dpi)?, kind))
}

/// The one word of the reading, when it is believed and passes the check.
fn sound(found: Reading, kind: TokenKind) -> Option<Word> {
    let mut words = found.lines.into_iter().flat_map(|line| line.words);
    let word = words.next().filter(|word| word.confidence >= BELIEVED_CONFIDENCE)?;
    let passes =
        check_token(kind, &word.text) == TokenCheck::Sound && TokenKind::of(&word.text) == Some(kind);
    (passes && words.next().is_none()).then_some(word)
}

/// The new token with the punctuation that stood before and behind the old one.
fn with_signs_of(old: &str, new: &str) -> String {
    let is_sign = |c: char| ".,:;()".contains(c);
    let start = &old[..old.len() - old.trim_start_matches(is_sign).len()];
    let end = &old[old.trim_end_matches(is_sign).len()..];
    format!("{start}{}{end}", new.trim_matches(is_sign))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::by_hand::{Says, at, reading, word};
    use image::Luma;

    /// A page says `before`; every further look says `second` with this confidence.
    fn looked(before: &str, second: &str, confidence: f32) -> (String, Looked) {
        let gray = GrayImage::from_pixel(400, 200, Luma([255]));
        let mut page = reading(vec![vec![word(before, at(50, 100, 200, 20), 95.0)]]);
        let says = || Box::new(Says(reading(vec![vec![word(second, at(7, 7, 200, 20), confidence)]])));
        let mut engines = Engines::of(says(), None);
        let looked = look_again(&mut engines, &gray, &mut page, 200).expect("this engine never fails");
        (page.text(), looked)
    }

    #[test]
    fn a_failing_number_gives_way_to_one_that_passes() {
        let check = |before: &str, second: &str, confidence: f32, expected: &str, counts: (usize, usize)| {
            let (text, looked) = looked(before, second, confidence);
            assert_eq!((text.as_str(), (looked.failing, looked.replaced)), (expected, counts), "{before}");
        };
        check("07919803O218;", "079198030218", 90.0, "079198030218;", (1, 1));
        check("07919803O218", "07919803021", 90.0, "07919803O218", (1, 0));
        check("07919803O218", "079198030218", 40.0, "07919803O218", (1, 0));
        check("31/02/1994", "21/02/1994", 90.0, "21/02/1994", (1, 1));
        check("079198030218", "079198030219", 90.0, "079198030218", (0, 0));
        check("Nguyễn", "079198030218", 90.0, "Nguyễn", (0, 0));
        check("2ó/03/1994", "26/03/1994", 90.0, "26/03/1994", (1, 1));
        check("2ó/03/1994", "", 0.0, "2ó/03/1994", (1, 0));
        check("500l", "5001", 90.0, "500l", (0, 0));
    }

    #[test]
    fn figures_that_may_be_right_give_way_to_a_surer_reading_only() {
        let check = |before: &str, second: &str, confidence: f32, expected: &str| {
            assert_eq!(looked(before, second, confidence).0, expected, "{before} at 95");
        };
        check("0912345678", "0100109106", 99.0, "0912345678");
        check("2703918462", "0100109106", 61.0, "2703918462");
        check("0100109107", "0100109106", 94.0, "0100109107");
        check("0100109107", "0100109106", 96.0, "0100109106");
    }
}
