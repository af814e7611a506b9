//! What the parent believes of a child's page: a child that parsed hostile bytes may say anything, so everything is brought within
//! the limits that honest pages keep.

use crate::StagePicture;
use crate::child::failed_page;
use crate::problem::{PAGE_WORDS_MAX, reason};
use crate::source::PAGE_PIXELS_MAX;
use repository::record::{Label, NewPage, Page, PageState, Reading, Region};

/// Codes on one page at most: a sheet full of labels has about a hundred.
const LABELS_MAX: usize = 200;
/// Letters of a code's text at most: the largest QR code holds 7,089 digits.
const LABEL_LETTERS_MAX: usize = 8_000;
/// Reasons of one page at most: there are fewer kinds.
const REASONS_MAX: usize = 20;
/// Letters of a stage's name at most.
const STAGE_LETTERS_MAX: usize = 40;
/// Letters of a word at most; longer ones are no words.
const WORD_LETTERS_MAX: usize = 500;

/// The page as it is handed on.
pub(crate) fn page(mut page: Page, mut reading: Option<Reading>, image_jpeg: Option<Vec<u8>>) -> NewPage {
    if u64::from(page.width) * u64::from(page.height) > PAGE_PIXELS_MAX {
        let page = failed_page(page.number, &[reason::PIXEL_BUDGET]);
        return NewPage { page, reading: None, image_jpeg: None };
    }
    page.reasons.truncate(REASONS_MAX);
    page.labels.truncate(LABELS_MAX);
    for label in &mut page.labels {
        bound_label(label, page.width, page.height);
    }
    if let Some(reading) = &mut reading {
        bound_words(reading, &mut page);
    }
    NewPage { page, reading, image_jpeg }
}

/// A stage's picture as it is handed on: its name may become that of a file.
pub(crate) fn stage(page: u32, name: String, jpeg: Vec<u8>) -> StagePicture {
    let letters = name.chars().filter(|letter| letter.is_ascii_lowercase() || *letter == '_');
    StagePicture { page, name: letters.take(STAGE_LETTERS_MAX).collect(), jpeg }
}

fn bound_label(label: &mut Label, width: u32, height: u32) {
    label.region = clip(label.region, width, height);
    if label.value.chars().count() > LABEL_LETTERS_MAX {
        label.value = label.value.chars().take(LABEL_LETTERS_MAX).collect();
    }
}

/// Clips every word to the page and leaves out those beyond the limit; the page then says so.
fn bound_words(reading: &mut Reading, page: &mut Page) {
    let mut room = PAGE_WORDS_MAX;
    let mut left_out = false;
    for line in &mut reading.lines {
        left_out |= line.words.len() > room;
        line.words.truncate(room);
        room -= line.words.len();
        line.words.retain(|word| word.text.chars().count() <= WORD_LETTERS_MAX);
        for word in &mut line.words {
            word.region = clip(word.region, page.width, page.height);
            word.confidence =
                if word.confidence.is_finite() { word.confidence.clamp(0.0, 100.0) } else { 0.0 };
        }
    }
    reading.lines.retain(|line| !line.words.is_empty());
    if left_out {
        page.reasons.push(reason::TOO_MANY_WORDS.into());
        page.state = PageState::NeedsReview;
    }
}

fn clip(region: Region, width: u32, height: u32) -> Region {
    let (left, top) = (region.left.min(width), region.top.min(height));
    Region { left, top, width: region.width.min(width - left), height: region.height.min(height - top) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::record::{PageSource, ReadLine, ReadWord};

    fn honest_page() -> Page {
        Page {
            state: PageState::Done,
            source: PageSource::Digital,
            width: 1000,
            height: 2000,
            dpi: 150,
            ..failed_page(1, &[])
        }
    }

    fn reading(words: usize, region: Region) -> Reading {
        let word = ReadWord { text: "x".into(), region, confidence: f32::NAN };
        Reading {
            engine: "digital".into(),
            engine_version: String::new(),
            model: String::new(),
            model_sha256: String::new(),
            stages: Vec::new(),
            lines: vec![ReadLine { words: vec![word; words] }],
        }
    }

    const OUTSIDE: Region = Region { left: 900, top: u32::MAX, width: u32::MAX, height: 7 };

    #[test]
    fn words_are_clipped_to_the_page() {
        let accepted = page(honest_page(), Some(reading(1, OUTSIDE)), None);
        let word = &accepted.reading.expect("a reading").lines[0].words[0];
        assert_eq!(word.region, Region { left: 900, top: 2000, width: 100, height: 0 });
        assert_eq!(word.confidence, 0.0);
        assert_eq!(accepted.page.state, PageState::Done);
    }

    #[test]
    fn names_of_stages_are_safe_names_of_files() {
        let check = |name: &str, expected: &str| assert_eq!(stage(1, name.into(), Vec::new()).name, expected);
        check("red_seal", "red_seal");
        check("../../etc/passwd", "etcpasswd");
        check("A\0é", "");
        check(&"a".repeat(500), &"a".repeat(STAGE_LETTERS_MAX));
    }

    #[test]
    fn too_many_words_are_cut_and_told() {
        let accepted = page(honest_page(), Some(reading(PAGE_WORDS_MAX + 1, OUTSIDE)), None);
        assert_eq!(accepted.reading.expect("a reading").lines[0].words.len(), PAGE_WORDS_MAX);
        assert_eq!(accepted.page.state, PageState::NeedsReview);
        assert_eq!(accepted.page.reasons, [reason::TOO_MANY_WORDS]);
    }

    #[test]
    fn a_page_beyond_the_pixel_budget_is_not_believed() {
        let huge = Page { width: u32::MAX, height: u32::MAX, ..honest_page() };
        assert_eq!(page(huge, Some(reading(1, OUTSIDE)), None).page.state, PageState::Failed);
    }
}
