//! The child: one process that reads one file (or some pages of a long one) and ends.
//!
//! It takes what it needs from outside (pdfium's code), locks itself in, and only then looks at the file.

use crate::batch::give_looks;
use crate::engines::Engines;
use crate::page;
use crate::protocol::{Frame, Request, Wanted, read_json, write_json};
use crate::rendition::give_pictures;
use crate::source::{self, Source};
use crate::stage::StagePicture;
use crate::strip::give_strip;
use crate::{Problem, jail};
use pdfium_render::prelude::Pdfium;
use repository::record::{Page, PageSource, PageState};
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::ExitCode;

/// Runs the child's side: reads a request and a file from standard input, answers on standard output.
pub fn run_child() -> ExitCode {
    let mut input = io::stdin().lock();
    let mut output = io::BufWriter::new(io::stdout().lock());
    match serve(&mut input, &mut output).and_then(|()| output.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        // The parent went away or sent nonsense: there is nobody to tell.
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    let request: Request = read_json(input)?;
    let pdfium = match load_pdfium(&request) {
        Ok(pdfium) => pdfium,
        Err(sentence) => return say(output, &Frame::Unequipped(sentence)),
    };
    if request.jailed
        && let Err(sentence) = jail::lock(&request.engine.folders(), request.pages.len())
    {
        return say(output, &Frame::Unjailed(sentence));
    }
    if request.file_bytes == 0 {
        return say(output, &Frame::Probed { leaks: jail::leaks() });
    }
    let mut file = Vec::with_capacity(request.file_bytes as usize);
    input.take(request.file_bytes).read_to_end(&mut file)?;
    let is_damaged = request.pages.is_empty() && source::is_damaged(request.kind, &file);
    match source::open(request.kind, file, pdfium.as_ref()) {
        Err(problem) => say(output, &Frame::Refused(problem)),
        Ok(mut source) => match &request.wanted {
            Wanted::Words => read_pages(&request, source.as_mut(), is_damaged, output),
            Wanted::Picture => give_pictures(source.as_mut(), &request.pages, output),
            Wanted::Look => give_looks(source.as_mut(), &request.pages, output),
            Wanted::Strip(strip) => give_strip(source.as_mut(), strip, output),
        },
    }
}

fn read_pages(
    request: &Request,
    source: &mut dyn Source,
    is_damaged: bool,
    output: &mut impl Write,
) -> io::Result<()> {
    let page_count = source.page_count();
    if page_count > crate::problem::PAGE_COUNT_MAX {
        return say(output, &Frame::Refused(Problem::TooManyPages { page_count }));
    }
    say(output, &Frame::Opened { page_count, is_damaged })?;
    // They start with the first page that needs them and stay warm for the rest.
    let mut engines: Option<Engines> = None;
    for &number in request.pages.iter().filter(|number| **number <= page_count) {
        say(output, &Frame::Started { number })?;
        jail::arm_page_clock();
        let content = match source.page(number) {
            Ok(content) => content,
            Err(reason) => {
                say_page(output, failed_page(number, &[reason]), None, None)?;
                continue;
            }
        };
        if engines.is_none() && content.needs_engine() {
            match Engines::start(&request.engine) {
                Ok(started) => engines = Some(started),
                Err(error) => return say(output, &Frame::Unequipped(error.to_string())),
            }
        }
        let read = page::read(number, content, engines.as_mut(), request.pictures);
        for picture in read.stage_pictures {
            say_stage(output, number, picture)?;
        }
        say_page(output, read.page, read.reading, read.picture_jpeg)?;
    }
    Ok(())
}

/// A page that could not be read at all.
pub(crate) fn failed_page(number: u32, reasons: &[&str]) -> Page {
    Page {
        number,
        state: PageState::Failed,
        reasons: reasons.iter().map(|reason| reason.to_string()).collect(),
        source: PageSource::Scan,
        width: 0,
        height: 0,
        dpi: 0,
        rotation_degrees: 0,
        labels: Vec::new(),
        unread: Vec::new(),
        picture_hash: None,
    }
}

fn say(output: &mut impl Write, frame: &Frame) -> io::Result<()> {
    write_json(output, frame)?;
    output.flush()
}

fn say_page(
    output: &mut impl Write,
    page: Page,
    reading: Option<repository::record::Reading>,
    picture: Option<Vec<u8>>,
) -> io::Result<()> {
    let picture = picture.unwrap_or_default();
    let picture_bytes = u32::try_from(picture.len()).map_err(io::Error::other)?;
    write_json(output, &Frame::Page { page: Box::new(page), reading: reading.map(Box::new), picture_bytes })?;
    output.write_all(&picture)?;
    output.flush()
}

fn say_stage(output: &mut impl Write, number: u32, picture: StagePicture) -> io::Result<()> {
    let picture_bytes = u32::try_from(picture.jpeg.len()).map_err(io::Error::other)?;
    write_json(output, &Frame::Stage { number, name: picture.name, picture_bytes })?;
    output.write_all(&picture.jpeg)?;
    output.flush()
}

/// pdfium's code must be loaded before the cell closes; images do not need it.
fn load_pdfium(request: &Request) -> Result<Option<Pdfium>, String> {
    if request.kind != crate::FileKind::Pdf || request.file_bytes == 0 {
        return Ok(None);
    }
    let library: &Path = &request.pdfium_library;
    let bindings = Pdfium::bind_to_library(library)
        .map_err(|error| format!("cannot load {}: {error:?}; run ./setup.sh", library.display()))?;
    Ok(Some(Pdfium::new(bindings)))
}
