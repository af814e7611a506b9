//! Readings and engines that tests write by hand.

use image::GrayImage;
use ocr::{Engine, EngineIdentity, Error, Line, Orientation, PixelBox, Reading, Word};

pub(crate) fn at(left: u32, top: u32, width: u32, height: u32) -> PixelBox {
    PixelBox { left, top, width, height }
}

pub(crate) fn word(text: &str, bounds: PixelBox, confidence: f32) -> Word {
    Word { text: text.into(), bounds, confidence }
}

pub(crate) fn reading(lines: Vec<Vec<Word>>) -> Reading {
    let engine = EngineIdentity {
        name: "by hand".into(),
        version: "1".into(),
        model: "none".into(),
        model_sha256: String::new(),
    };
    Reading { engine, lines: lines.into_iter().map(|words| Line { words, block: 0 }).collect() }
}

/// Lines of 20-pixel words: each text stands at `(left, top)`, letters 10 pixels apart, words a letter apart.
pub(crate) fn page(lines: &[&[(u32, u32, &str)]]) -> Reading {
    let words = |(left, top, text): &(u32, u32, &str)| {
        let mut left = *left;
        let mut words = Vec::new();
        for part in text.split(' ') {
            let width = 10 * part.chars().count() as u32;
            words.push(word(part, at(left, *top, width, 20), 95.0));
            left += width + 10;
        }
        words
    };
    reading(lines.iter().map(|pieces| pieces.iter().flat_map(words).collect()).collect())
}

/// Says the same about every strip.
pub(crate) struct Says(pub(crate) Reading);

impl Engine for Says {
    fn identity(&self) -> &EngineIdentity {
        &self.0.engine
    }

    fn read(&mut self, _page: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        Ok(self.0.clone())
    }

    fn read_line(&mut self, _strip: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        Ok(self.0.clone())
    }

    fn read_figures(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        self.read_line(strip, dpi)
    }

    fn orientation(&mut self, _page: &GrayImage, _dpi: u32) -> Result<Option<Orientation>, Error> {
        Ok(None)
    }
}
