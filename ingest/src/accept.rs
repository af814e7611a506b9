//! What the parent believes of a child's page: a child that parsed hostile bytes may say anything, so everything is brought within
//! the limits that honest pages keep.

use crate::StagePicture;
use crate::child::failed_page;
use crate::problem::{PAGE_WORDS_MAX, reason};
use crate::source::PAGE_PIXELS_MAX;
use repository::record::{Label, NewPage, Page, PageState, Reading, Region, Step};

/// Codes on one page at most: a sheet full of labels has about a hundred.
const LABELS_MAX: usize = 200;
/// Letters of a code's text at most: the largest QR code holds 7,089 digits.
const LABEL_LETTERS_MAX: usize = 8_000;
/// Reasons of one page at most: there are fewer kinds.
const REASONS_MAX: usize = 20;
/// Letters of a stage's name at most.
const STAGE_LETTERS_MAX: usize = 40;
/// Stages of one page at most: there are about a dozen kinds.
const STAGES_MAX: usize = 40;
/// Letters of an engine's or model's name, version or hash at most.
const ORIGIN_LETTERS_MAX: usize = 300;
/// Boxes of unread ink at most: the reader tells no more strips.
const UNREAD_MAX: usize = 40;
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
    page.unread.truncate(UNREAD_MAX);
    for unread in &mut page.unread {
        *unread = clip(*unread, page.width, page.height);
    }
    if let Some(reading) = &mut reading {
        bound_origin(reading);
        bound_words(reading, &mut page);
    }
    if page.state == PageState::Done && !(page.reasons.is_empty() && page.unread.is_empty()) {
        page.state = PageState::NeedsReview;
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
    shorten(&mut label.value, LABEL_LETTERS_MAX);
}

/// What the child says of its engine and of what was done.
fn bound_origin(reading: &mut Reading) {
    let Reading { engine, engine_version, model, model_sha256, stages, .. } = reading;
    stages.truncate(STAGES_MAX);
    for stage in stages {
        if let Step::AskedAgain { model, sha256, .. } = &mut stage.step {
            shorten(model, ORIGIN_LETTERS_MAX);
            shorten(sha256, ORIGIN_LETTERS_MAX);
        }
        stage.confidence = percent(stage.confidence);
    }
    for text in [engine, engine_version, model, model_sha256] {
        shorten(text, ORIGIN_LETTERS_MAX);
    }
}

fn shorten(text: &mut String, letters: usize) {
    if let Some((end, _)) = text.char_indices().nth(letters) {
        text.truncate(end);
    }
}

fn percent(confidence: f32) -> f32 {
    if confidence.is_finite() { confidence.clamp(0.0, 100.0) } else { 0.0 }
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
            word.confidence = percent(word.confidence);
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
    use repository::record::{PageSource, ReadLine, ReadWord, Stage};

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
    fn a_page_with_something_to_look_at_is_not_done() {
        let check = |reasons: &[&str], unread: Vec<Region>, expected: PageState| {
            let reasons = reasons.iter().map(|reason| reason.to_string()).collect();
            let told = page(Page { reasons, unread, ..honest_page() }, Some(reading(1, OUTSIDE)), None);
            assert_eq!(told.page.state, expected, "{:?} {:?}", told.page.reasons, told.page.unread);
        };
        check(&[], Vec::new(), PageState::Done);
        check(&[reason::DAMAGED], Vec::new(), PageState::NeedsReview);
        check(&[], vec![OUTSIDE], PageState::NeedsReview);
    }

    #[test]
    fn unread_ink_and_stages_keep_their_limits() {
        let told = Page { unread: vec![OUTSIDE; 10 * UNREAD_MAX], ..honest_page() };
        let long = "x".repeat(10_000);
        let step = Step::AskedAgain { model: long.clone(), sha256: long.clone(), parts: 1, changed: 1 };
        let stage = Stage { step, confidence: f32::INFINITY };
        let said = Reading {
            engine: long.clone(),
            model: long,
            stages: vec![stage; 10 * STAGES_MAX],
            ..reading(1, OUTSIDE)
        };
        let NewPage { page, reading, .. } = page(told, Some(said), None);
        let clipped = Region { left: 900, top: 2000, width: 100, height: 0 };
        assert_eq!(page.unread, [clipped; UNREAD_MAX]);
        let reading = reading.expect("a reading");
        let last = &reading.stages[STAGES_MAX - 1];
        let Step::AskedAgain { model, sha256, .. } = &last.step else { panic!("{last:?}") };
        assert_eq!((reading.stages.len(), last.confidence), (STAGES_MAX, 0.0));
        let texts = [model, sha256, &reading.engine, &reading.model];
        assert_eq!(texts.map(String::len), [ORIGIN_LETTERS_MAX; 4]);
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
