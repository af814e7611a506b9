//! Replays what an engine once said about a page, so that most tests need no engine.
//!
//! A recording is a JSON object from the key of a page ([`pixels_sha256`]) to what was said about it. It stands in one
//! file or is spread over the `.json` files of a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use image::GrayImage;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Engine, EngineIdentity, Error, Orientation, Reading};

/// What was said about one page; a question that was never asked stays unanswered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Said {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reading: Option<Reading>,
    /// What was said when the image was shown as a strip with one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    line: Option<Reading>,
    /// What was said when only figures were allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    figures: Option<Reading>,
    /// The outer `None` means that nobody asked, the inner one that the page had too little text.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    orientation: Option<Option<Orientation>>,
}

type Recording = BTreeMap<String, Said>;

/// An engine that knows only the pages that were recorded.
pub struct Recorded {
    identity: EngineIdentity,
    pages: Recording,
}

/// Passes every question to another engine and writes the answers into one file.
pub struct Recorder<E> {
    inner: E,
    path: PathBuf,
    pages: Recording,
}

/// The key of a page: SHA-256 over width, height (four bytes each, lowest first) and the pixels row by row, in hex.
pub fn pixels_sha256(page: &GrayImage) -> String {
    let mut hash = Sha256::new();
    hash.update(page.width().to_le_bytes());
    hash.update(page.height().to_le_bytes());
    hash.update(page.as_raw());
    hex::encode(hash.finalize())
}

impl Recorded {
    /// Loads one file, or every `.json` file of a folder. The identity is that of the engine that was recorded.
    pub fn load(path: &Path) -> Result<Self, Error> {
        let mut pages = Recording::new();
        for file in recording_files(path)? {
            pages.extend(load_file(&file)?);
        }
        let Some(reading) = pages.values().find_map(|said| said.reading.as_ref()) else {
            return Err(unusable(path, "it holds no reading"));
        };
        Ok(Self { identity: reading.engine.clone(), pages })
    }

    fn said(&self, page: &GrayImage) -> Result<&Said, Error> {
        let pixels_sha256 = pixels_sha256(page);
        self.pages.get(&pixels_sha256).ok_or(Error::NotRecorded { pixels_sha256 })
    }
}

impl Engine for Recorded {
    fn identity(&self) -> &EngineIdentity {
        &self.identity
    }

    fn read(&mut self, page: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        let reading = self.said(page)?.reading.clone();
        reading.ok_or_else(|| Error::NotRecorded { pixels_sha256: pixels_sha256(page) })
    }

    fn read_line(&mut self, strip: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        let reading = self.said(strip)?.line.clone();
        reading.ok_or_else(|| Error::NotRecorded { pixels_sha256: pixels_sha256(strip) })
    }

    fn read_figures(&mut self, strip: &GrayImage, _dpi: u32) -> Result<Reading, Error> {
        let reading = self.said(strip)?.figures.clone();
        reading.ok_or_else(|| Error::NotRecorded { pixels_sha256: pixels_sha256(strip) })
    }

    fn orientation(&mut self, page: &GrayImage, _dpi: u32) -> Result<Option<Orientation>, Error> {
        let orientation = self.said(page)?.orientation;
        orientation.ok_or_else(|| Error::NotRecorded { pixels_sha256: pixels_sha256(page) })
    }
}

impl<E: Engine> Recorder<E> {
    /// Records what `inner` says from now on into the file `path`, which is replaced.
    pub fn new(inner: E, path: PathBuf) -> Self {
        Self { inner, path, pages: Recording::new() }
    }

    /// Writes after every answer: a recording that was interrupted keeps what it has.
    fn write(&self) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(&self.pages).map_err(|error| unusable(&self.path, error))?;
        fs::write(&self.path, text + "\n").map_err(|error| unusable(&self.path, error))
    }
}

impl<E: Engine> Engine for Recorder<E> {
    fn identity(&self) -> &EngineIdentity {
        self.inner.identity()
    }

    fn read(&mut self, page: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        let reading = self.inner.read(page, dpi)?;
        self.pages.entry(pixels_sha256(page)).or_default().reading = Some(reading.clone());
        self.write()?;
        Ok(reading)
    }

    fn read_line(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        let reading = self.inner.read_line(strip, dpi)?;
        self.pages.entry(pixels_sha256(strip)).or_default().line = Some(reading.clone());
        self.write()?;
        Ok(reading)
    }

    fn read_figures(&mut self, strip: &GrayImage, dpi: u32) -> Result<Reading, Error> {
        let reading = self.inner.read_figures(strip, dpi)?;
        self.pages.entry(pixels_sha256(strip)).or_default().figures = Some(reading.clone());
        self.write()?;
        Ok(reading)
    }

    fn orientation(&mut self, page: &GrayImage, dpi: u32) -> Result<Option<Orientation>, Error> {
        let orientation = self.inner.orientation(page, dpi)?;
        self.pages.entry(pixels_sha256(page)).or_default().orientation = Some(orientation);
        self.write()?;
        Ok(orientation)
    }
}

/// Tells `null` (asked, no answer) from a missing field (never asked).
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<Orientation>>, D::Error> {
    Option::deserialize(value).map(Some)
}

fn recording_files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    if !path.is_dir() {
        return Ok(vec![path.into()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(|error| unusable(path, error))? {
        let file = entry.map_err(|error| unusable(path, error))?.path();
        if file.extension().is_some_and(|extension| extension == "json") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn load_file(path: &Path) -> Result<Recording, Error> {
    let text = fs::read_to_string(path).map_err(|error| unusable(path, error))?;
    serde_json::from_str(&text).map_err(|error| unusable(path, error))
}

fn unusable(path: &Path, reason: impl ToString) -> Error {
    Error::Recording { path: path.into(), reason: reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contract, fault};

    /// What Tesseract said about the pages of the contract; `real_tesseract_is_still_as_recorded` writes it anew.
    fn committed() -> Recorded {
        Recorded::load(&contract::fixtures().join("recorded")).expect("the recording is part of the sources")
    }

    #[test]
    fn recorded_readings_keep_the_contract() {
        contract::check(&mut committed());
    }

    #[test]
    fn recorded_text_is_what_the_page_shows() {
        let reading = committed().read(&contract::text_page(), 300).expect("the page was recorded");
        assert!(crate::measure::character_error_rate(&contract::text_expected(), &reading.text()) < 0.01);
    }

    #[test]
    fn an_unknown_page_is_told_by_its_key() {
        let page = GrayImage::from_pixel(3, 2, image::Luma([7]));
        let error = committed().read(&page, 300).expect_err("nobody recorded this page");
        assert!(matches!(error, Error::NotRecorded { pixels_sha256: key } if key == pixels_sha256(&page)));
    }

    #[test]
    fn keys_tell_shapes_apart() {
        assert_ne!(pixels_sha256(&GrayImage::new(2, 3)), pixels_sha256(&GrayImage::new(3, 2)));
    }

    #[test]
    fn what_was_recorded_is_replayed() {
        let path = std::env::temp_dir().join(format!("motlan-recorded-{}.json", std::process::id()));
        let mut recorder = Recorder::new(fault::BadText::default(), path.clone());
        contract::check(&mut recorder);
        let said = recorder.read(&contract::text_page(), 300).expect("the engine never fails");
        let mut replayed = Recorded::load(&path).expect("it was just written");
        contract::check(&mut replayed);
        assert_eq!(replayed.read(&contract::text_page(), 300).expect("it was recorded"), said);
        assert_eq!(replayed.identity(), recorder.identity());
        fs::remove_file(&path).expect("the file was written above");
    }

    #[test]
    fn files_that_are_no_recording_are_refused() {
        let missing = Path::new("no-such-recording.json");
        assert!(matches!(Recorded::load(missing), Err(Error::Recording { path, .. }) if path == missing));
        assert!(matches!(
            Recorded::load(&contract::fixtures().join("draw.py")),
            Err(Error::Recording { .. })
        ));
        assert!(matches!(Recorded::load(&contract::fixtures()), Err(Error::Recording { .. })));
    }
}
