//! A printed document and the few things that are drawn on its pages: text, rules, arrows, codes. Black on white, in millimetres from
//! the top left corner of the paper.

use super::faces::{Faces, Style};
use anyhow::anyhow;
use jiff::Zoned;
use krilla::configure::{Archival, Configuration, ConfigurationBuilder};
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};
use qr::Modules;

/// Dots an inch of the grid that pages and codes lie on. Printers have it or a multiple of it (600, 1200), so that a module is a whole
/// number of their dots.
pub(super) const GRID_DPI: u32 = 300;
/// Points of one dot.
const DOT: f32 = 72.0 / GRID_DPI as f32;
/// Points of a millimetre.
const MM: f32 = 72.0 / 25.4;
/// Lines of text stand so many times their size apart: letters with two accents need the room.
const LEADING: f32 = 1.35;
/// Language of everything printed.
const LANGUAGE: &str = "vi";
/// Program that printed.
const CREATOR: &str = "motlan";

/// A size of paper, in dots.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    width: u32,
    height: u32,
}

/// 148 × 210 mm, upright.
pub(super) const A5: Format = Format { width: 1748, height: 2480 };
/// 210 × 297 mm, upright.
pub(super) const A4: Format = Format { width: 2480, height: 3508 };
/// 297 × 210 mm, on its side.
pub(super) const A4_LEVEL: Format = Format { width: 3508, height: 2480 };

impl Format {
    /// Width and height in millimetres.
    pub(super) fn mm(self) -> (f32, f32) {
        (self.width as f32 * DOT / MM, self.height as f32 * DOT / MM)
    }
}

/// A document that grows page by page.
pub(super) struct Printout<'f> {
    document: Document,
    faces: &'f Faces,
}

/// A page that is being drawn.
pub(super) struct Page<'a> {
    surface: Surface<'a>,
    faces: &'a Faces,
}

/// Where a line of text stands relative to the place that is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    /// It begins there.
    Left,
    /// Its middle is there.
    Middle,
}

impl<'f> Printout<'f> {
    /// An empty document; the title stands in its metadata, so no number of a person belongs there.
    pub(super) fn new(faces: &'f Faces, title: &str) -> anyhow::Result<Printout<'f>> {
        let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A2_U).finish();
        let configuration: Configuration = configuration.map_err(|error| anyhow!("PDF/A-2u: {error:?}"))?;
        let mut document =
            Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
        document.set_metadata(
            Metadata::new()
                .title(title.to_owned())
                .language(LANGUAGE.to_owned())
                .creator(CREATOR.to_owned())
                .creation_date(now()),
        );
        Ok(Printout { document, faces })
    }

    /// Adds a page.
    pub(super) fn page<T>(
        &mut self,
        format: Format,
        draw: impl FnOnce(&mut Page<'_>) -> T,
    ) -> anyhow::Result<T> {
        let [width, height] = [format.width, format.height].map(|dots| dots as f32 * DOT);
        let settings = PageSettings::from_wh(width, height).ok_or_else(|| anyhow!("a page without size"))?;
        let mut sheet = self.document.start_page_with(settings);
        let mut page = Page { surface: sheet.surface(), faces: self.faces };
        Ok(draw(&mut page))
    }

    /// The PDF.
    pub(super) fn finish(self) -> anyhow::Result<Vec<u8>> {
        self.document.finish().map_err(|error| anyhow!("the PDF was not made: {error:?}"))
    }
}

impl Page<'_> {
    /// A line of text, `y` is where its letters stand.
    pub(super) fn text(&mut self, x: f32, y: f32, style: Style, align: Align, text: &str) {
        let face = self.faces.of(style);
        let text = face.printable(text);
        let left = match align {
            Align::Left => 0.0,
            Align::Middle => face.width(&text) * style.size / 2.0,
        };
        self.surface.set_fill(Some(black()));
        let start = Point::from_xy(x * MM - left, y * MM);
        self.surface.draw_glyphs(start, &face.glyphs(&text), face.font(), &text, style.size, false);
    }

    /// Text over as many lines as it needs; answers where the next line would stand.
    pub(super) fn paragraph(
        &mut self,
        x: f32,
        y: f32,
        style: Style,
        align: Align,
        width: f32,
        text: &str,
    ) -> f32 {
        self.column(x, y, style, align, &lines(self.faces, style, width, text))
    }

    /// Lines below each other; answers where the next one would stand.
    pub(super) fn column(&mut self, x: f32, y: f32, style: Style, align: Align, lines: &[String]) -> f32 {
        for (number, line) in lines.iter().enumerate() {
            self.text(x, y + number as f32 * leading(style), style, align, line);
        }
        y + lines.len() as f32 * leading(style)
    }

    /// A level rule, `thickness` in points.
    pub(super) fn rule(&mut self, x: f32, y: f32, width: f32, thickness: f32) {
        self.fill(|path| push(path, x * MM, y * MM, width * MM, thickness));
    }

    /// A filled shape.
    pub(super) fn shape(&mut self, corners: &[(f32, f32)]) {
        self.fill(|path| {
            for (number, (x, y)) in corners.iter().enumerate() {
                match number {
                    0 => path.move_to(x * MM, y * MM),
                    _ => path.line_to(x * MM, y * MM),
                }
            }
            path.close();
        });
    }

    /// A code with its margin, each module a square of so many dots; it lies on the grid next to the place that is given.
    pub(super) fn code(&mut self, x: f32, y: f32, modules: &Modules, module_dots: u32) {
        let [left, top] = [x, y].map(|mm| (mm * MM / DOT).round());
        self.fill(|path| {
            for run in modules.runs() {
                let dots = |modules: u32| (modules * module_dots) as f32;
                let (x, y) = (left + dots(run.column), top + dots(run.row));
                push(path, x * DOT, y * DOT, dots(run.length) * DOT, dots(1) * DOT);
            }
        });
    }

    fn fill(&mut self, draw: impl FnOnce(&mut PathBuilder)) {
        let mut builder = PathBuilder::new();
        draw(&mut builder);
        let path: Option<Path> = builder.finish();
        self.surface.set_fill(Some(black()));
        if let Some(path) = path {
            self.surface.draw_path(&path);
        }
    }
}

/// Adds a rectangle in points; one without extent is nothing.
fn push(path: &mut PathBuilder, x: f32, y: f32, width: f32, height: f32) {
    if let Some(rect) = Rect::from_xywh(x, y, width, height) {
        path.push_rect(rect);
    }
}

/// From one line to the next in millimetres.
pub(super) fn leading(style: Style) -> f32 {
    style.size * LEADING / MM
}

/// Millimetres of a side of a code with its margin.
pub(super) fn code_side(modules: &Modules, module_dots: u32) -> f32 {
    (modules.side() * module_dots) as f32 * DOT / MM
}

/// The lines of a text in a column of `width` millimetres, broken between words; a word that is wider is broken where the column ends.
pub(super) fn lines(faces: &Faces, style: Style, width: f32, text: &str) -> Vec<String> {
    let face = faces.of(style);
    let text = face.printable(text);
    let room = width * MM / style.size;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last_mut().expect("there is always one");
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if face.width(&joined) <= room {
            *line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(String::new());
        }
        for letter in word.chars() {
            let line = lines.last_mut().expect("there is always one");
            line.push(letter);
            if face.width(line) > room && line.chars().count() > 1 {
                line.pop();
                lines.push(letter.to_string());
            }
        }
    }
    lines
}

/// The first lines of a text, with a sign that it goes on where it does.
pub(super) fn first_lines(
    faces: &Faces,
    style: Style,
    width: f32,
    text: &str,
    count_max: usize,
) -> Vec<String> {
    let mut lines = lines(faces, style, width, text);
    if lines.len() > count_max {
        lines.truncate(count_max);
        if let Some(last) = lines.last_mut() {
            // The letter that gives its room to the sign, which is as wide as the widest letters.
            last.pop();
            last.push('…');
        }
    }
    lines
}

fn black() -> Fill {
    Fill {
        paint: krilla::color::luma::Color::black().into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

fn now() -> DateTime {
    let now = Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC);
    DateTime::new(now.year() as u16)
        .month(now.month() as u8)
        .day(now.day() as u8)
        .hour(now.hour() as u8)
        .minute(now.minute() as u8)
        .second(now.second() as u8)
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
