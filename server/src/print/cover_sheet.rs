//! Tờ bìa: lies before the pages of one paper in a feeder. A4, its code upright in all four corners, so that a torn, creased or stained
//! sheet is still one, and the same in plain words.

use super::Faces;
use super::faces::Style;
use super::page::{A4, Align, GRID_DPI, Page, Printout, code_side, first_lines};
use qr::{Modules, SHEET_MODULE_MM_MIN, module_dots};

/// From the edge of the paper to the white margin of the codes: printers leave 4 to 5 mm empty, and feeders pull in askew.
const CODE_MARGIN: f32 = 6.0;
const WIDTH: f32 = 210.0;
const HEIGHT: f32 = 297.0;
const MIDDLE: f32 = WIDTH / 2.0;
/// Where the words stand between the codes above and below, and how wide they are.
const WORDS_TOP: f32 = 92.0;
const WORDS_WIDTH: f32 = 170.0;
const NAME: Style = Style::regular(20.0);
/// Most lines of the name of a paper: so many stand above the serial.
const NAME_LINES_MAX: usize = 5;

const WHICH_WAY: &str = "MẶT NÀY LÊN TRÊN, ĐẦU NÀY VÀO TRƯỚC";
const WHAT_FOR: &str = "Tờ bìa không thuộc hồ sơ. Đặt ngay trước các tờ của giấy tờ ghi trên đây; quét xong thì bỏ, không dùng lại.";

/// What stands on a cover sheet.
#[derive(Debug, Clone)]
pub(crate) struct CoverSheet {
    /// The text of its code.
    pub(crate) code: String,
    /// Mã hồ sơ.
    pub(crate) dossier: String,
    /// Tên giấy tờ of the component; of an outcome, that it is one.
    pub(crate) component: String,
    /// Sheets of paper that follow.
    pub(crate) sheets: u16,
    /// Number of the printed sheet, in hexadecimal.
    pub(crate) serial: String,
    /// When it was printed.
    pub(crate) printed: String,
}

/// One page for each sheet.
///
/// # Errors
/// A code or the PDF cannot be made.
pub(crate) fn cover_sheets(sheets: &[CoverSheet], faces: &Faces) -> anyhow::Result<Vec<u8>> {
    let dossier = sheets.first().map(|sheet| sheet.dossier.as_str()).unwrap_or_default();
    let mut printout = Printout::new(faces, &format!("Tờ bìa hồ sơ {dossier}"))?;
    for sheet in sheets {
        let code = qr::draw(&sheet.code)?;
        printout.page(A4, |page| draw(page, faces, sheet, &code))?;
    }
    printout.finish()
}

fn draw(page: &mut Page<'_>, faces: &Faces, sheet: &CoverSheet, code: &Modules) {
    let dots = module_dots(SHEET_MODULE_MM_MIN, GRID_DPI);
    let far = |length: f32| length - CODE_MARGIN - code_side(code, dots);
    for (x, y) in [
        (CODE_MARGIN, CODE_MARGIN),
        (far(WIDTH), CODE_MARGIN),
        (CODE_MARGIN, far(HEIGHT)),
        (far(WIDTH), far(HEIGHT)),
    ] {
        page.code(x, y, code, dots);
    }
    draw_arrow(page);
    page.text(MIDDLE, WORDS_TOP, Style::bold(18.0), Align::Middle, WHICH_WAY);
    page.rule(MIDDLE - WORDS_WIDTH / 2.0, WORDS_TOP + 8.0, WORDS_WIDTH, 0.75);
    page.text(MIDDLE, WORDS_TOP + 24.0, Style::bold(26.0), Align::Middle, &sheet.dossier);
    let name = first_lines(faces, NAME, WORDS_WIDTH, &sheet.component, NAME_LINES_MAX);
    let y = page.column(MIDDLE, WORDS_TOP + 42.0, NAME, Align::Middle, &name);
    page.text(MIDDLE, y + 8.0, Style::bold(34.0), Align::Middle, &format!("{} tờ", sheet.sheets));
    let printed = format!("Tờ bìa số {} · in {}", sheet.serial, sheet.printed);
    page.text(MIDDLE, 208.0, Style::regular(11.0), Align::Middle, &printed);
    page.paragraph(MIDDLE, HEIGHT - 50.0, Style::regular(11.0), Align::Middle, 62.0, WHAT_FOR);
}

/// A big arrow to the edge that goes into the feeder first.
fn draw_arrow(page: &mut Page<'_>) {
    let from_middle =
        [(0.0, 10.0), (22.0, 36.0), (9.0, 36.0), (9.0, 76.0), (-9.0, 76.0), (-9.0, 36.0), (-22.0, 36.0)];
    page.shape(&from_middle.map(|(x, y)| (MIDDLE + x, y)));
}
