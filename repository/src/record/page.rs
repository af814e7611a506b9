//! A page: its picture, its words, and what was done to read them.

use serde::{Deserialize, Serialize};

/// Rectangle in pixels of the upright page image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// Pixels from the left edge.
    pub left: u32,
    /// Pixels from the top edge.
    pub top: u32,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Trang of a paper, as read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// 1 for the first page.
    pub number: u32,
    /// Whether every mark on it was read.
    pub state: PageState,
    /// Why it needs a look, as short codes (`low_confidence`, `unread_ink`, `decoder_warning`, `time_limit`, …).
    pub reasons: Vec<String>,
    /// Where its words come from.
    pub source: PageSource,
    /// Width of the upright page image in pixels.
    pub width: u32,
    /// Height of the upright page image in pixels.
    pub height: u32,
    /// Resolution of the page image, dots an inch.
    pub dpi: u32,
    /// Clockwise turn that was applied to make the page upright: 0, 90, 180 or 270 degrees.
    pub rotation_degrees: u16,
    /// Squares and bars found on it.
    pub labels: Vec<Label>,
    /// Ink of letter size that no word accounts for (invariant 8): what a person must look at.
    pub unread: Vec<Region>,
    /// Vân ảnh: 64 signs of how ink lies on the upright page, of which scans of one sheet share nearly all; none: it could not be drawn, or
    /// was read by a version that did not know them.
    pub picture_hash: Option<u64>,
}

/// Whether a page was read wholly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageState {
    /// Every mark was read with confidence.
    Done,
    /// Read in part, or with doubts: a person must look.
    NeedsReview,
    /// Not read at all.
    Failed,
}

/// Where the words of a page come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageSource {
    /// Recognised from pixels.
    Scan,
    /// Typed text that the file itself carries.
    Digital,
    /// Both: typed text, and words recognised where the page shows more than that, e.g. on a scan pasted into it.
    Mixed,
}

/// A code found on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// What it is: `citizen_card`, `our_label`, `cover_sheet`, `payment`, `health_insurance`, `health_certificate`, `url`, `unknown`.
    pub kind: String,
    /// Its text.
    pub value: String,
    /// Where it is.
    pub region: Region,
}

/// Kết quả nhận dạng of one page by one engine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Engine: `tesseract`, or `digital` for typed text.
    pub engine: String,
    /// Version of the engine.
    pub engine_version: String,
    /// Model, e.g. `vie`.
    pub model: String,
    /// SHA-256 of the model file, hex; empty for typed text.
    pub model_sha256: String,
    /// What was done to the reading copy and to the words, in order.
    pub stages: Vec<Stage>,
    /// Lines in reading order.
    pub lines: Vec<ReadLine>,
}

/// Bước xử lý of a reading: taken only where its cause was seen. The scan itself is never changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// What was done, and how much of it.
    #[serde(flatten)]
    pub step: Step,
    /// How sure its cause was, 0–100; of a look again, the share of its questions that it answered.
    pub confidence: f32,
}

/// What can be done to a reading copy or to the words read from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "snake_case")]
pub enum Step {
    /// The copy was turned clockwise by right angles.
    Rotation {
        /// 90, 180 or 270.
        degrees: u16,
    },
    /// The sheet on a photograph was made flat.
    Perspective {
        /// Its corners on the photograph in pixels, from the top left clockwise.
        corners: [(u32, u32); 4],
    },
    /// Slanting lines were made level.
    Skew {
        /// Their slant; positive: they fell to the right.
        degrees: f32,
    },
    /// Dark paper was lit evenly.
    EvenLight {
        /// How bright it was, 0–255.
        brightness: u8,
    },
    /// Print of the back side, seen through the paper, was taken out.
    BleedThrough {
        /// How many of its letters and words.
        marks: usize,
    },
    /// Red ink of seals, and of frames, was taken out.
    RedSeal {
        /// At how many places.
        places: usize,
    },
    /// Blue ink of stamps was taken out.
    BlueStamp {
        /// At how many places.
        places: usize,
    },
    /// Dotted leaders were erased.
    Leaders {
        /// How many dots.
        dots: usize,
    },
    /// Rules that belong to no table were erased.
    Rules {
        /// How many.
        rules: usize,
    },
    /// Ink that the page pass left out was read by itself.
    LostInk {
        /// Lines that words came of.
        lines: usize,
    },
    /// A model was shown doubtful parts of lines alone: the one that read the page, or another about what stayed likely wrong.
    #[serde(alias = "second_model")]
    AskedAgain {
        /// The model, e.g. `vie`.
        model: String,
        /// SHA-256 of the model file, hex.
        sha256: String,
        /// Parts that it was asked about.
        parts: usize,
        /// Places where the words are others now.
        changed: usize,
    },
    /// Numbers that fail their check were read again.
    SecondLook {
        /// How many failed before.
        failing: usize,
        /// How many still do.
        left: usize,
    },
    /// Typed words of the file stand beside the recognised ones.
    TypedWords {
        /// How many.
        words: usize,
    },
    /// Typed words were not believed, since the drawing shows others.
    FontMapping {
        /// Share of them that the drawing shows, 0–1.
        agreement: f32,
    },
}

impl Step {
    /// The name in JSON, in renditions and of debug pictures.
    pub fn name(&self) -> &'static str {
        match self {
            Step::Rotation { .. } => "rotation",
            Step::Perspective { .. } => "perspective",
            Step::Skew { .. } => "skew",
            Step::EvenLight { .. } => "even_light",
            Step::BleedThrough { .. } => "bleed_through",
            Step::RedSeal { .. } => "red_seal",
            Step::BlueStamp { .. } => "blue_stamp",
            Step::Leaders { .. } => "leaders",
            Step::Rules { .. } => "rules",
            Step::LostInk { .. } => "lost_ink",
            Step::AskedAgain { .. } => "asked_again",
            Step::SecondLook { .. } => "second_look",
            Step::TypedWords { .. } => "typed_words",
            Step::FontMapping { .. } => "font_mapping",
        }
    }
}

/// Dòng: words that stand on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadLine {
    /// Words from left to right.
    pub words: Vec<ReadWord>,
}

/// Từ with its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReadWord {
    /// NFC text, never empty.
    pub text: String,
    /// Where it stands.
    pub region: Region,
    /// 0–100.
    pub confidence: f32,
}

impl Reading {
    /// The text, one line each.
    pub fn text(&self) -> String {
        let lines = self
            .lines
            .iter()
            .map(|line| line.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" "));
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// A page as a worker hands it over.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPage {
    /// What is known of it.
    pub page: Page,
    /// Its words; none when the page could not be read.
    pub reading: Option<Reading>,
    /// The picture shown to people (JPEG); none when the page could not be drawn.
    pub image_jpeg: Option<Vec<u8>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_older_readings_are_known() {
        let stored =
            r#"{"name":"second_model","model":"vie","sha256":"00","parts":3,"changed":1,"confidence":33.3}"#;
        let stage: Stage = serde_json::from_str(stored).expect("a stage as it was stored");
        assert_eq!(stage.step.name(), "asked_again");
        assert!(serde_json::to_string(&stage).expect("JSON").contains(r#""name":"asked_again""#));
    }
}
