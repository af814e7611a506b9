//! Letters to the owner of a dossier (KHO-04, forms 02 to 05): A4. What their bodies must say was not at hand; they say what the record says.

use super::Faces;
use super::faces::Style;
use super::flow::{self, Form, MARGIN, Row};
use super::head::{self, Head};
use super::page::{A4, Align, Page, Printout};

const WIDTH: f32 = 210.0;
/// Where values stand beside their names.
const VALUE: f32 = MARGIN + 48.0;
const TEXT: Style = Style::regular(11.0);
const STRONG: Style = Style::bold(11.0);
const SMALL: Style = Style::regular(9.0);
/// Where the places for two signatures are, and how high they are.
const SIGNED: [f32; 2] = [60.0, 150.0];
const SIGNATURES: f32 = 34.0;

/// What stands in a letter. No number of a person is in it.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    /// The text of its code.
    pub(crate) code: String,
    /// Tên biểu mẫu.
    pub(crate) title: String,
    /// Mã hồ sơ.
    pub(crate) dossier: String,
    /// Cơ quan.
    pub(crate) agency: String,
    /// To whom.
    pub(crate) owner: String,
    /// What stands beside its name.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Paragraphs below them.
    pub(crate) body: Vec<Paragraph>,
    /// Who signs at the right.
    pub(crate) officer: String,
    /// When it was printed.
    pub(crate) printed: String,
}

/// A piece of the body.
#[derive(Debug, Clone)]
pub(crate) enum Paragraph {
    /// Plain text.
    Text(String),
    /// Numbered items under a line of their own.
    List(String, Vec<String>),
}

/// The letter as PDF.
///
/// # Errors
/// The code or the PDF cannot be made.
pub(crate) fn letter(letter: &Letter, faces: &Faces) -> anyhow::Result<Vec<u8>> {
    let code = qr::draw(&letter.code)?;
    let mut printout = Printout::new(faces, &format!("{} {}", letter.title, letter.dossier))?;
    let form = Form {
        format: A4,
        head: |page: &mut Page<'_>| {
            let about = format!("Mã hồ sơ: {}", letter.dossier);
            let top = head::draw(page, &Head { agency: &letter.agency, about }, Some(&code), WIDTH, MARGIN);
            let title = letter.title.to_uppercase();
            page.paragraph(
                WIDTH / 2.0,
                top + 6.0,
                Style::bold(14.0),
                Align::Middle,
                WIDTH - 2.0 * MARGIN,
                &title,
            ) + 4.0
        },
        again: &format!("{} {} (tiếp theo)", letter.title, letter.dossier),
        columns: None,
        rows: rows(letter),
    };
    flow::draw(&mut printout, faces, form)?;
    printout.finish()
}

fn rows(letter: &Letter) -> Vec<Row> {
    let fact = |name: &str, value: &str, style| {
        let row = Row::default().cell(MARGIN, VALUE - MARGIN, TEXT, name);
        row.cell(VALUE, WIDTH - MARGIN - VALUE, style, value)
    };
    let mut rows = vec![fact("Kính gửi", &letter.owner, STRONG)];
    rows.extend(letter.facts.iter().map(|(name, value)| fact(name, value, TEXT)));
    rows.push(Row::space(2.0));
    for paragraph in &letter.body {
        match paragraph {
            Paragraph::Text(text) => rows.push(Row::paragraph(WIDTH, TEXT, text)),
            Paragraph::List(title, items) => {
                rows.push(Row::paragraph(WIDTH, STRONG, title));
                let item = |(number, text): (usize, &String)| {
                    let row = Row::default().cell(MARGIN + 4.0, 8.0, TEXT, format!("{}.", number + 1));
                    row.cell(MARGIN + 12.0, WIDTH - 2.0 * MARGIN - 12.0, TEXT, text)
                };
                rows.extend(items.iter().enumerate().map(item));
            }
        }
    }
    rows.push(Row::space(4.0));
    rows.push(signatures(["Người nhận", "Người lập phiếu"], &letter.officer, SIGNED));
    rows.push(Row::paragraph(WIDTH, SMALL, format!("In lúc {}.", letter.printed)));
    rows
}

/// Places for two signatures, the name of the officer under the right one.
pub(super) fn signatures(who: [&str; 2], officer: &str, middles: [f32; 2]) -> Row {
    let row = who.iter().zip(middles).fold(Row::default(), |row, (who, middle)| {
        row.middle(middle, 0.0, STRONG, *who).middle(middle, 5.0, SMALL, "(ký, ghi rõ họ tên)")
    });
    row.middle(middles[1], 26.0, TEXT, officer).at_least(SIGNATURES)
}
