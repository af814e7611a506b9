//! The requests of eSCL, and what their answers mean.

use super::xml::Texts;
use crate::scanning::pause::Pause;
use crate::scanning::tray::PAGE_BYTES_MAX;
use crate::scanning::{Colour, DPI, Feeding, PAGE_MM, Sides, Wish};
use std::io::Read;
use std::sync::Arc;
use std::time::Duration;
use ureq::http::{Request, Response};
use ureq::{Agent, Body};

/// How long a connection may take to come about: the device is in the house.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// Bytes of a description or a status at most: the longest that are known have about 60 thousand.
const XML_BYTES_MAX: u64 = 1 << 20;
/// How long a device may take to take a job back: who has stopped waits for it.
const GIVE_UP_TIME_MAX: Duration = Duration::from_secs(4);
/// Letters of the path of a job at most.
const JOB_LETTERS_MAX: usize = 300;
/// Parts of an inch that regions are counted in.
const UNITS_PER_INCH: u32 = 300;

/// A device, as it is spoken with.
pub(super) struct Connection {
    /// `http://HOST[:PORT]/eSCL`.
    address: String,
    /// `http://HOST[:PORT]`: jobs are paths on it, whatever host a device puts before them.
    host: String,
    agent: Agent,
}

/// What came when the next page was asked for.
pub(super) enum Next {
    Page(Vec<u8>),
    /// The device warms up, or draws the next sheet in.
    NotYet,
    /// The job has no more.
    Nothing,
}

/// A job that a device works on. It is given back when this goes, so that the device is free for others.
pub(super) struct Job {
    device: Arc<Connection>,
    path: String,
}

/// What a device tells of its feeder.
pub(super) enum Feeder {
    Empty,
    /// Sheets lie in it.
    Loaded,
    /// A sheet is on its way.
    Moving,
    /// Something keeps it from feeding.
    Blocked(Pause),
    /// It has no word for it.
    Untold,
}

/// What a device can do.
pub(super) struct Abilities {
    texts: Texts,
}

impl Connection {
    pub(super) fn new(address: &str, request_time: Duration) -> Connection {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            // Devices are in the house, whatever way leads out of it.
            .proxy(None)
            .timeout_connect(Some(CONNECT_TIME_MAX))
            .timeout_global(Some(request_time))
            .build();
        let after_scheme = address.find("://").map_or(0, |at| at + 3);
        let path = address[after_scheme..].find('/').map_or(address.len(), |at| after_scheme + at);
        Connection { address: address.to_owned(), host: address[..path].to_owned(), agent: config.into() }
    }

    /// What the device can do.
    ///
    /// # Errors
    /// It does not say.
    pub(super) fn abilities(&self) -> Result<Abilities, Pause> {
        let texts = self.read_xml("ScannerCapabilities")?;
        if texts.has("ScannerCapabilities") { Ok(Abilities { texts }) } else { Err(Pause::Unreachable) }
    }

    /// How its feeder is.
    ///
    /// # Errors
    /// It does not say.
    pub(super) fn feeder(&self) -> Result<Feeder, Pause> {
        let status = self.read_xml("ScannerStatus")?;
        Ok(match status.all("ScannerStatus", "AdfState").next() {
            None => Feeder::Untold,
            Some("ScannerAdfEmpty") => Feeder::Empty,
            Some("ScannerAdfProcessing") => Feeder::Moving,
            Some("ScannerAdfJam" | "ScannerAdfMispick" | "ScannerAdfMultipickDetected") => {
                Feeder::Blocked(Pause::Jam)
            }
            Some("ScannerAdfHatchOpen") => Feeder::Blocked(Pause::CoverOpen),
            Some(_) => Feeder::Loaded,
        })
    }

    /// Opens a job; none: the device is busy.
    ///
    /// # Errors
    /// It refuses, or does not answer.
    pub(super) fn begin(self: &Arc<Self>, settings: &str) -> Result<Option<Job>, Pause> {
        let request = Request::post(format!("{}/ScanJobs", self.address)).header("content-type", "text/xml");
        let response = self.agent.run(request.body(settings).map_err(|_| Pause::Failed)?).map_err(cut)?;
        match response.status().as_u16() {
            201 => {
                let place = response.headers().get("location").and_then(|place| place.to_str().ok());
                let path = place.and_then(path_of).ok_or(Pause::Failed)?;
                Ok(Some(Job { device: self.clone(), path }))
            }
            409 | 503 => Ok(None),
            status => Err(refused(status)),
        }
    }

    /// Asks for the next page of a job.
    ///
    /// # Errors
    /// The connection was cut, or what came is no page.
    pub(super) fn next(&self, job: &str) -> Result<Next, Pause> {
        let mut response = self.get(&format!("{}{job}/NextDocument", self.host))?;
        match response.status().as_u16() {
            200 if is_jpeg(&response) => read_page(&mut response).map(Next::Page),
            200 => Err(Pause::BadPage),
            503 => Ok(Next::NotYet),
            404 | 410 => Ok(Next::Nothing),
            status => Err(refused(status)),
        }
    }

    fn get(&self, address: &str) -> Result<Response<Body>, Pause> {
        self.agent.get(address).call().map_err(cut)
    }

    fn read_xml(&self, name: &str) -> Result<Texts, Pause> {
        let mut response = self.get(&format!("{}/{name}", self.address))?;
        match response.status().as_u16() {
            200 => {
                let body = response.body_mut().with_config().limit(XML_BYTES_MAX).read_to_vec();
                Ok(Texts::read(&body.map_err(cut)?))
            }
            503 => Err(Pause::Busy),
            status => Err(refused(status)),
        }
    }
}

impl Job {
    /// Its path on the device.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let request = self.device.agent.delete(format!("{}{}", self.device.host, self.path));
        // A device that knows the job no more, or does not answer, is left to itself.
        let _ = request.config().timeout_global(Some(GIVE_UP_TIME_MAX)).build().call();
    }
}

impl Abilities {
    /// From where sheets come, and the settings of the job.
    ///
    /// # Errors
    /// It cannot scan both sides.
    pub(super) fn choose(&self, wish: Wish) -> Result<(Feeding, String), Pause> {
        let has_feeder = self.texts.has("Adf");
        let (feeding, caps) = match wish.sides {
            Sides::Both if self.texts.has("AdfDuplexInputCaps") => (Feeding::Feeder, "AdfDuplexInputCaps"),
            Sides::Both => return Err(Pause::NoDuplex),
            Sides::One if has_feeder => (Feeding::Feeder, "AdfSimplexInputCaps"),
            Sides::One => (Feeding::Glass, "PlatenInputCaps"),
        };
        Ok((feeding, self.settings(wish, feeding, caps)))
    }

    fn settings(&self, wish: Wish, feeding: Feeding, caps: &str) -> String {
        let source = match feeding {
            Feeding::Feeder => "Feeder",
            Feeding::Glass => "Platen",
        };
        let mode = match wish.colour {
            Colour::Colour => "RGB24",
            Colour::Grey => "Grayscale8",
        };
        // It goes back into XML: digits and dots only.
        let is_version = |text: &&str| text.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
        let version = self.texts.all("ScannerCapabilities", "Version").find(is_version).unwrap_or("2.0");
        let (width, height) =
            (self.length(caps, "MaxWidth", PAGE_MM.0), self.length(caps, "MaxHeight", PAGE_MM.1));
        let (dpi, duplex) = (self.dpi(caps), wish.sides == Sides::Both);
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
<pwg:Version>{version}</pwg:Version>
<scan:Intent>Document</scan:Intent>
<pwg:ScanRegions><pwg:ScanRegion>
<pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
<pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset><pwg:Width>{width}</pwg:Width><pwg:Height>{height}</pwg:Height>
</pwg:ScanRegion></pwg:ScanRegions>
<pwg:InputSource>{source}</pwg:InputSource>
<scan:ColorMode>{mode}</scan:ColorMode>
<scan:XResolution>{dpi}</scan:XResolution><scan:YResolution>{dpi}</scan:YResolution>
<pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
<scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>
<scan:Duplex>{duplex}</scan:Duplex>
</scan:ScanSettings>
"#
        )
    }

    /// A4, or as much of it as the device takes.
    fn length(&self, caps: &str, most: &str, millimetres: u32) -> u32 {
        let wished = (f64::from(millimetres * UNITS_PER_INCH) / 25.4).round() as u32;
        self.numbers(caps, most).next().map_or(wished, |most| most.min(wished))
    }

    /// The wished resolution, else the next finer one, else the finest; the wished one where the device lists none.
    fn dpi(&self, caps: &str) -> u32 {
        let mut known: Vec<u32> = self.numbers(caps, "XResolution").collect();
        known.sort_unstable();
        known.iter().find(|known| **known >= DPI).or(known.last()).copied().unwrap_or(DPI)
    }

    fn numbers<'a>(&'a self, caps: &'a str, element: &'a str) -> impl Iterator<Item = u32> + 'a {
        self.texts.all(caps, element).filter_map(|text| text.parse().ok()).filter(|number| *number > 0)
    }
}

fn is_jpeg(response: &Response<Body>) -> bool {
    response.body().mime_type().is_some_and(|kind| kind.eq_ignore_ascii_case("image/jpeg"))
}

fn read_page(response: &mut Response<Body>) -> Result<Vec<u8>, Pause> {
    let mut page = Vec::new();
    let mut body = response.body_mut().as_reader().take(PAGE_BYTES_MAX + 1);
    body.read_to_end(&mut page).map_err(|error| cut(ureq::Error::Io(error)))?;
    if page.len() as u64 > PAGE_BYTES_MAX { Err(Pause::TooLarge) } else { Ok(page) }
}

/// The path of a job, without the host that a device puts before it.
fn path_of(place: &str) -> Option<String> {
    let after_scheme =
        place.split_once("://").map_or(Some(place), |(_, rest)| rest.find('/').map(|at| &rest[at..]))?;
    let path = after_scheme.trim_end_matches('/');
    let is_path = path.starts_with('/')
        && path.len() <= JOB_LETTERS_MAX
        && path.bytes().all(|byte| byte.is_ascii_graphic());
    is_path.then(|| path.to_owned())
}

/// The connection broke, or a limit of it was reached.
fn cut(error: ureq::Error) -> Pause {
    tracing::warn!(%error, "a network scanner does not answer as it should");
    Pause::Unreachable
}

fn refused(status: u16) -> Pause {
    tracing::error!(status, "a network scanner refuses");
    Pause::Failed
}
