//! Pages and their words.

use super::name_of;
use repository::record::{Label, Page, ReadLine, Reading, Region, Stage};
use serde::Serialize;
use utoipa::ToSchema;

/// Rectangle in pixels of the upright page image.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RegionBody {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl From<Region> for RegionBody {
    fn from(region: Region) -> RegionBody {
        let Region { left, top, width, height } = region;
        RegionBody { left, top, width, height }
    }
}

/// Trang.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageBody {
    /// 1 for the first.
    number: u32,
    /// `done`, `needs_review` or `failed`.
    state: String,
    /// Why it needs a look.
    reasons: Vec<String>,
    /// `scan` or `digital`.
    source: String,
    /// Pixels.
    width: u32,
    /// Pixels.
    height: u32,
    /// Dots an inch.
    dpi: u32,
    /// Clockwise turn that made it upright.
    rotation_degrees: u16,
    /// Codes found on it.
    labels: Vec<LabelBody>,
    /// Ink of letter size that no word accounts for: what a person must look at.
    unread: Vec<RegionBody>,
}

/// A code found on a page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LabelBody {
    /// What it is.
    kind: String,
    /// Its text.
    value: String,
    /// Where it is.
    region: RegionBody,
}

impl From<Page> for PageBody {
    fn from(page: Page) -> PageBody {
        let label =
            |label: Label| LabelBody { kind: label.kind, value: label.value, region: label.region.into() };
        PageBody {
            number: page.number,
            state: name_of(page.state),
            reasons: page.reasons,
            source: name_of(page.source),
            width: page.width,
            height: page.height,
            dpi: page.dpi,
            rotation_degrees: page.rotation_degrees,
            labels: page.labels.into_iter().map(label).collect(),
            unread: page.unread.into_iter().map(RegionBody::from).collect(),
        }
    }
}

/// Kết quả nhận dạng of one page.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadingBody {
    /// Engine.
    engine: String,
    /// Its version.
    engine_version: String,
    /// Model.
    model: String,
    /// SHA-256 of the model file; empty for typed text.
    model_sha256: String,
    /// What was done to the reading copy and to the words, in order.
    stages: Vec<StageBody>,
    /// Lines in reading order.
    lines: Vec<LineBody>,
}

/// Bước xử lý of a reading.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageBody {
    /// Name, e.g. `red_seal`.
    name: &'static str,
    /// How sure its cause was, 0–100; of a look again, the share of its questions that it answered.
    confidence: f32,
    /// How much was done, by name, e.g. `{"places": 2}`.
    figures: serde_json::Map<String, serde_json::Value>,
}

impl From<Stage> for StageBody {
    fn from(stage: Stage) -> StageBody {
        let figures = match serde_json::to_value(&stage.step) {
            Ok(serde_json::Value::Object(figures)) => figures.into_iter().filter(|(key, _)| key != "name"),
            _ => unreachable!("a step is written as an object"),
        };
        StageBody { name: stage.step.name(), confidence: stage.confidence, figures: figures.collect() }
    }
}

/// Dòng.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LineBody {
    /// Words from left to right.
    words: Vec<WordBody>,
}

/// Từ with its place.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WordBody {
    /// NFC.
    text: String,
    /// 0–100.
    confidence: f32,
    /// Where it stands.
    region: RegionBody,
}

/// Lines as the API shows them.
pub(crate) fn lines_of(lines: Vec<ReadLine>) -> Vec<LineBody> {
    let word = |word: repository::record::ReadWord| WordBody {
        text: word.text,
        confidence: word.confidence,
        region: word.region.into(),
    };
    lines.into_iter().map(|line| LineBody { words: line.words.into_iter().map(word).collect() }).collect()
}

impl From<Reading> for ReadingBody {
    fn from(reading: Reading) -> ReadingBody {
        ReadingBody {
            engine: reading.engine,
            engine_version: reading.engine_version,
            model: reading.model,
            model_sha256: reading.model_sha256,
            stages: reading.stages.into_iter().map(StageBody::from).collect(),
            lines: lines_of(reading.lines),
        }
    }
}
