//! Rows that follow each other down the pages of a form: paragraphs, facts, tables, signatures. What does not fit goes on the next page.

use super::Faces;
use super::faces::Style;
use super::page::{Align, Format, Page, Printout, leading, lines};

/// From the edge of the paper to the text, in millimetres.
pub(super) const MARGIN: f32 = 15.0;
/// Between two rows, in millimetres.
const GAP: f32 = 1.4;
/// Thickness of the rule under a row, in points.
const RULE: f32 = 0.4;

/// One row of a form.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    cells: Vec<Cell>,
    /// Least height in millimetres.
    height_min: f32,
    has_rule: bool,
}

/// A piece of text in a row.
#[derive(Debug, Clone)]
struct Cell {
    x: f32,
    /// From the top of the row, in millimetres.
    below: f32,
    width: f32,
    style: Style,
    align: Align,
    text: String,
}

impl Row {
    /// A row with one paragraph over the whole width of a page that is so wide.
    pub(super) fn paragraph(page_width: f32, style: Style, text: impl Into<String>) -> Row {
        Row::default().cell(MARGIN, page_width - 2.0 * MARGIN, style, text)
    }

    /// Empty space of so many millimetres.
    pub(super) fn space(height: f32) -> Row {
        Row { height_min: height, ..Row::default() }
    }

    /// Adds text in a column.
    pub(super) fn cell(self, x: f32, width: f32, style: Style, text: impl Into<String>) -> Row {
        self.with(Cell { x, below: 0.0, width, style, align: Align::Left, text: text.into() })
    }

    /// Adds a line around a middle, so far below the top of the row.
    pub(super) fn middle(self, x: f32, below: f32, style: Style, text: impl Into<String>) -> Row {
        self.with(Cell { x, below, width: f32::MAX, style, align: Align::Middle, text: text.into() })
    }

    /// The same row, at least so high.
    pub(super) fn at_least(self, height_min: f32) -> Row {
        Row { height_min, ..self }
    }

    /// The same row with a rule under it.
    pub(super) fn ruled(self) -> Row {
        Row { has_rule: true, ..self }
    }

    fn with(mut self, cell: Cell) -> Row {
        self.cells.push(cell);
        self
    }

    fn height(&self, faces: &Faces) -> f32 {
        let height = |cell: &Cell| {
            let count = lines(faces, cell.style, cell.width, &cell.text).len();
            cell.below + count as f32 * leading(cell.style)
        };
        self.cells.iter().map(height).fold(self.height_min, f32::max) + GAP
    }

    fn draw(&self, page: &mut Page<'_>, faces: &Faces, top: f32, page_width: f32) {
        for cell in &self.cells {
            // Text stands on its base line, a row is given by its top.
            let base = top + cell.below + 0.75 * leading(cell.style);
            let column = lines(faces, cell.style, cell.width, &cell.text);
            page.column(cell.x, base, cell.style, cell.align, &column);
        }
        if self.has_rule {
            let bottom = top + self.height(faces) - GAP / 2.0;
            page.rule(MARGIN, bottom, page_width - 2.0 * MARGIN, RULE);
        }
    }
}

/// What a form is made of.
pub(super) struct Form<'a, H> {
    pub(super) format: Format,
    /// Draws what stands above the rows of the first page, and answers where they begin.
    pub(super) head: H,
    /// What stands at the top of further pages.
    pub(super) again: &'a str,
    /// The row over a table: it comes again on each further page; none: there is no table.
    pub(super) columns: Option<Row>,
    pub(super) rows: Vec<Row>,
}

/// Draws a form on as many pages as it needs.
pub(super) fn draw<H: FnMut(&mut Page<'_>) -> f32>(
    printout: &mut Printout<'_>,
    faces: &Faces,
    mut form: Form<'_, H>,
) -> anyhow::Result<()> {
    let (width, height) = form.format.mm();
    let mut rows = form.rows.as_slice();
    let mut is_first = true;
    loop {
        rows = printout.page(form.format, |page| {
            let mut y = if is_first { (form.head)(page) } else { draw_again(page, form.again) };
            for columns in form.columns.iter().filter(|_| !rows.is_empty()) {
                columns.draw(page, faces, y, width);
                y += columns.height(faces);
            }
            for (number, row) in rows.iter().enumerate() {
                let row_height = row.height(faces);
                if y + row_height > height - MARGIN && number > 0 {
                    return &rows[number..];
                }
                row.draw(page, faces, y, width);
                y += row_height;
            }
            &[]
        })?;
        if rows.is_empty() {
            return Ok(());
        }
        is_first = false;
    }
}

fn draw_again(page: &mut Page<'_>, text: &str) -> f32 {
    page.text(MARGIN, MARGIN, Style::regular(9.0), Align::Left, text);
    MARGIN + 5.0
}
