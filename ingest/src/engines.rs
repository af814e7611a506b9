//! The engines of one child: the first reads every page, the second gives a second opinion and starts with the first doubt.

use crate::protocol::{EngineSpec, Fault};
use ocr::{Engine, Model, Tesseract, TesseractOptions};
use std::time::Duration;

/// More time for each page under [`Fault::Slow`].
const FAULT_DELAY: Duration = Duration::from_millis(500);

/// What reads the pages of one file.
pub(crate) struct Engines {
    first: Box<dyn Engine>,
    second: Second,
}

/// The model for a second opinion; loading it costs as much as ten lines (0.09 s), so it waits until it is asked.
enum Second {
    /// Not installed, or it could not be loaded.
    Absent,
    Waiting(TesseractOptions),
    Running(Box<dyn Engine>),
}

impl Engines {
    /// Starts the first engine.
    ///
    /// # Errors
    /// Its model is missing or damaged.
    pub(crate) fn start(spec: &EngineSpec) -> Result<Engines, ocr::Error> {
        let options =
            |model: &Model| TesseractOptions { model: model.clone(), osd_dir: spec.osd_dir.clone() };
        let first: Box<dyn Engine> = Box::new(Tesseract::new(options(&spec.model))?);
        let first = match spec.fault {
            None => first,
            Some(Fault::Crash) => Box::new(ocr::fault::Crashing { inner: first, pages_left: 1 }),
            Some(Fault::Slow) => Box::new(ocr::fault::Slow { inner: first, delay: FAULT_DELAY }),
        };
        let second =
            spec.second_model.as_ref().map_or(Second::Absent, |model| Second::Waiting(options(model)));
        Ok(Engines { first, second })
    }

    /// Engines that run already; for tests.
    #[cfg(test)]
    pub(crate) fn of(first: Box<dyn Engine>, second: Option<Box<dyn Engine>>) -> Engines {
        Engines { first, second: second.map_or(Second::Absent, Second::Running) }
    }

    /// The engine that reads whole pages.
    pub(crate) fn first(&mut self) -> &mut dyn Engine {
        self.first.as_mut()
    }

    /// The other engine, started when it is first asked; none where there is no other.
    pub(crate) fn second_opinion(&mut self) -> Option<&mut dyn Engine> {
        if let Second::Waiting(options) = &self.second {
            let started = Tesseract::new(options.clone());
            self.second = started.map_or(Second::Absent, |engine| Second::Running(Box::new(engine)));
        }
        match &mut self.second {
            Second::Running(engine) => Some(engine.as_mut()),
            _ => None,
        }
    }
}
