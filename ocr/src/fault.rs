//! Engines that misbehave on purpose, so that whoever owns the pages can be tested against it.

use std::time::Duration;

use image::GrayImage;

use crate::{Engine, EngineIdentity, Error, Orientation, RawLine, RawWord, Reading, tidy};

/// Aborts the process, as a damaged library would, after so many pages were read in peace.
pub struct Crashing {
    /// Reads the pages before the crash.
    pub inner: Box<dyn Engine>,
    /// Pages left until the process dies.
    pub pages_left: u32,
}

/// Sleeps before every page.
pub struct Slow {
    /// Reads the page afterwards.
    pub inner: Box<dyn Engine>,
    /// How long each page is kept waiting.
    pub delay: Duration,
}

/// Finds words whose bytes are no UTF-8, whose letters are taken apart, and whose boxes leave the page.
pub struct BadText {
    identity: EngineIdentity,
}

/// Reads nothing, whatever the page shows.
pub struct Empty {
    identity: EngineIdentity,
}

impl Default for BadText {
    fn default() -> Self {
        Self { identity: identity("bad-text") }
    }
}

impl Default for Empty {
    fn default() -> Self {
        Self { identity: identity("empty") }
    }
}

fn identity(fault: &str) -> EngineIdentity {
    EngineIdentity {
        name: format!("fault-{fault}"),
        version: "1".into(),
        model: "none".into(),
        model_sha256: "0".repeat(64),
    }
}

impl Engine for Crashing {
    fn identity(&self) -> &EngineIdentity {
        self.inner.identity()
    }

    fn read(&mut self, page: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        if self.pages_left == 0 {
            std::process::abort();
        }
        self.pages_left -= 1;
        self.inner.read(page, dpi)
    }

    fn read_line(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        self.inner.read_line(strip, dpi)
    }

    fn read_figures(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        self.inner.read_figures(strip, dpi)
    }

    fn orientation(&mut self, page: &GrayImage, dpi: u32) -> Result<Option<Orientation>, Error> {
        self.inner.orientation(page, dpi)
    }
}

impl Engine for Slow {
    fn identity(&self) -> &EngineIdentity {
        self.inner.identity()
    }

    fn read(&mut self, page: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        std::thread::sleep(self.delay);
        self.inner.read(page, dpi)
    }

    fn read_line(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        self.inner.read_line(strip, dpi)
    }

    fn read_figures(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        self.inner.read_figures(strip, dpi)
    }

    fn orientation(&mut self, page: &GrayImage, dpi: u32) -> Result<Option<Orientation>, Error> {
        self.inner.orientation(page, dpi)
    }
}

impl Engine for BadText {
    fn identity(&self) -> &EngineIdentity {
        &self.identity
    }

    fn read(&mut self, page: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        let lines = if has_ink(page) { bad_lines() } else { Vec::new() };
        Ok(tidy(&self.identity, lines, page))
    }

    fn read_line(&mut self, strip: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        let lines = if has_ink(strip) { bad_lines() } else { Vec::new() };
        Ok(tidy(&self.identity, lines.into_iter().take(1).collect(), strip))
    }

    fn read_figures(&mut self, _strip: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        Ok(Reading::empty(self.identity.clone()))
    }

    fn orientation(&mut self, _page: &GrayImage, _dpi: u32) -> Result<Option<Orientation>, Error> {
        Ok(None)
    }
}

impl Engine for Empty {
    fn identity(&self) -> &EngineIdentity {
        &self.identity
    }

    fn read(&mut self, _page: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        Ok(Reading::empty(self.identity.clone()))
    }

    fn read_line(&mut self, _strip: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        Ok(Reading::empty(self.identity.clone()))
    }

    fn read_figures(&mut self, _strip: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        Ok(Reading::empty(self.identity.clone()))
    }

    fn orientation(&mut self, _page: &GrayImage, _dpi: u32) -> Result<Option<Orientation>, Error> {
        Ok(None)
    }
}

/// Paper of one even grey carries nothing to misread.
fn has_ink(page: &GrayImage) -> bool {
    let pixels = page.as_raw();
    pixels.iter().any(|pixel| *pixel != pixels[0])
}

fn bad_lines() -> Vec<RawLine> {
    let word = |text: &[u8], left, confidence| RawWord {
        text: text.to_vec(),
        left,
        top: -3,
        width: 40,
        height: 20,
        confidence,
    };
    let taken_apart = "Nguye\u{0302}\u{0303}n";
    vec![
        RawLine {
            words: vec![word(taken_apart.as_bytes(), 0, 250.0), word(b"V\xc4\x83n\xff\xfe", 50, f32::NAN)],
            block: 0,
        },
        RawLine { words: vec![word(b"\xff", 0, 90.0), word(b"beyond", i64::MAX, 90.0)], block: 1 },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[test]
    fn faults_of_text_are_repaired_before_anyone_sees_them() {
        let mut engine = BadText::default();
        contract::check(&mut engine);
        let reading = engine.read(&contract::text_page(), 300).expect("this engine never fails");
        assert_eq!(reading.text(), "Nguyễn Văn");
    }

    #[test]
    fn the_empty_engine_keeps_the_contract() {
        contract::check(&mut Empty::default());
    }

    #[test]
    fn the_slow_engine_keeps_the_contract_and_takes_its_time() {
        let delay = Duration::from_millis(5);
        let mut engine = Slow { inner: Box::new(BadText::default()), delay };
        contract::check(&mut engine);
        let start = std::time::Instant::now();
        engine.read(&contract::text_page(), 300).expect("the inner engine never fails");
        assert!(start.elapsed() >= delay);
    }

    #[test]
    fn the_crashing_engine_reads_until_its_page_has_come() {
        let pages_left = contract::READS;
        let mut engine = Crashing { inner: Box::new(BadText::default()), pages_left };
        contract::check(&mut engine);
        assert_eq!(engine.pages_left, 0);
    }
}
