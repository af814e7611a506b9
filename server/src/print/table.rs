//! Forms that are tables: the control sheet of one dossier and the register of a period (KHO-04, forms 06 and 07).

use super::Faces;
use super::faces::Style;
use super::flow::{self, Form, MARGIN, Row};
use super::head::{self, Head};
use super::letter::signatures;
use super::page::{A4, A4_LEVEL, Align, Page, Printout};

const CELL: Style = Style::regular(8.5);
const COLUMN: Style = Style::bold(8.5);
const TEXT: Style = Style::regular(10.0);
/// Between two columns, in millimetres.
const GUTTER: f32 = 2.5;

/// A form that is a table.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// The text of its code; none: it is of no one dossier.
    pub(crate) code: Option<String>,
    /// Tên biểu mẫu.
    pub(crate) title: String,
    /// Cơ quan.
    pub(crate) agency: String,
    /// Mã hồ sơ, or the period.
    pub(crate) about: String,
    /// Lines above the table.
    pub(crate) lines: Vec<String>,
    /// Names and widths in millimetres.
    pub(crate) columns: Vec<(&'static str, f32)>,
    /// Each with a text for each column.
    pub(crate) rows: Vec<Vec<String>>,
    /// Who signs below; none: nobody.
    pub(crate) signed: Option<[&'static str; 2]>,
    /// Under the right signature.
    pub(crate) officer: String,
    /// The page lies on its side.
    pub(crate) is_level: bool,
}

/// The table as PDF.
///
/// # Errors
/// The PDF cannot be made.
pub(crate) fn table(table: &Table, faces: &Faces) -> anyhow::Result<Vec<u8>> {
    let format = if table.is_level { A4_LEVEL } else { A4 };
    let (width, _) = format.mm();
    let code = table.code.as_deref().map(qr::draw).transpose()?;
    let mut printout = Printout::new(faces, &format!("{} {}", table.title, table.about))?;
    let form = Form {
        format,
        head: |page: &mut Page<'_>| {
            let head = Head { agency: &table.agency, about: table.about.clone() };
            let top = head::draw(page, &head, code.as_ref(), width, MARGIN);
            page.text(width / 2.0, top + 4.0, Style::bold(13.0), Align::Middle, &table.title.to_uppercase());
            let mut y = top + 12.0;
            for line in &table.lines {
                y = page.paragraph(MARGIN, y, TEXT, Align::Left, width - 2.0 * MARGIN, line) + 0.6;
            }
            y
        },
        again: &format!("{} – {} (tiếp theo)", table.title, table.about),
        columns: Some(row(table, COLUMN, table.columns.iter().map(|(name, _)| *name))),
        rows: rows(table, width),
    };
    flow::draw(&mut printout, faces, form)?;
    printout.finish()
}

fn rows(table: &Table, width: f32) -> Vec<Row> {
    let mut rows: Vec<_> =
        table.rows.iter().map(|cells| row(table, CELL, cells.iter().map(String::as_str))).collect();
    if rows.is_empty() {
        rows.push(Row::paragraph(width, CELL, "(không có)"));
    }
    if let Some(signed) = table.signed {
        rows.push(Row::space(4.0));
        rows.push(signatures(signed, &table.officer, [width * 0.28, width * 0.72]));
    }
    rows
}

fn row<'t>(table: &Table, style: Style, texts: impl Iterator<Item = &'t str>) -> Row {
    let mut x = MARGIN;
    let mut row = Row::default().ruled();
    for ((_, width), text) in table.columns.iter().zip(texts) {
        row = row.cell(x, width - GUTTER, style, text);
        x += width;
    }
    row
}
