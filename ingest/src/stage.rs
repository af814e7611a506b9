//! What was done to a page before it was read: names for the record, and pictures for whoever looks into a reading.

use crate::picture;
use image::{DynamicImage, GrayImage};
use repository::record::{Stage, Step};

/// Pictures of one page at most; there are fewer stages, but the parent counts what the child sends.
pub(crate) const PICTURES_MAX: usize = 40;

/// A step that was taken because its cause was seen: `confidence` says how clearly, from 0 to 100.
pub(crate) fn taken(step: Step, confidence: f32) -> Stage {
    Stage { step, confidence: confidence.clamp(0.0, 100.0) }
}

/// Confidence of a cause that exceeds its limit so many times: 50 at the limit, 75 at three times, 90 at nine times.
pub(crate) fn confidence(times: f32) -> f32 {
    100.0 * times / (1.0 + times)
}

/// A page as it looked after a stage.
pub(crate) struct StagePicture {
    pub(crate) name: String,
    pub(crate) jpeg: Vec<u8>,
}

/// Collects the pictures of one page's stages, if anyone wants them.
pub(crate) struct Trace {
    pictures: Option<Vec<StagePicture>>,
}

impl Trace {
    pub(crate) fn new(is_wanted: bool) -> Self {
        Self { pictures: is_wanted.then(Vec::new) }
    }

    /// Keeps a picture of `gray` as it is now.
    pub(crate) fn show(&mut self, name: &str, gray: &GrayImage) {
        let Some(pictures) = self.pictures.as_mut().filter(|pictures| pictures.len() < PICTURES_MAX) else {
            return;
        };
        let jpeg = picture::of_stage(&DynamicImage::ImageLuma8(gray.clone()));
        pictures.extend(jpeg.map(|jpeg| StagePicture { name: name.into(), jpeg }));
    }

    pub(crate) fn pictures(self) -> Vec<StagePicture> {
        self.pictures.unwrap_or_default()
    }
}
