//! Nhãn dán: labels of stored papers on A4 sheets of 2 × 7 stickers, 105 × 42.4 mm each. Smaller ones do not hold a signed code: with its
//! margin it measures 37 to 39 mm.

use super::Faces;
use super::faces::Style;
use super::page::{A4, Align, GRID_DPI, Page, Printout, code_side, first_lines};
use qr::{MODULE_MM_MIN, Modules, module_dots};

const COLUMNS: usize = 2;
const ROWS: usize = 7;
/// Stickers on one sheet.
pub(crate) const STICKERS_A_PAGE: usize = COLUMNS * ROWS;
/// Stickers printed at once: twenty sheets.
pub(crate) const STICKERS_MAX: usize = 20 * STICKERS_A_PAGE;

const WIDTH: f32 = 210.0 / COLUMNS as f32;
const HEIGHT: f32 = 297.0 / ROWS as f32;
/// From the left edge of a sticker to the white margin of its code: printers leave 4 to 5 mm of the sheet empty.
const CODE_MARGIN: f32 = 4.0;
/// From the code to the words.
const GAP: f32 = 2.0;
/// From the words to the right edge of a sticker, which may be that of the sheet.
const RIGHT_MARGIN: f32 = 5.0;
/// Most lines of a title: with the lines below it, one each, it fills a sticker.
const TITLE_LINES_MAX: usize = 3;

const TITLE: Style = Style::bold(10.0);
const CODE: Style = Style::bold(9.0);
const TEXT: Style = Style::regular(8.0);

/// What stands on a sticker.
#[derive(Debug, Clone)]
pub(crate) struct Sticker {
    /// Its code.
    pub(crate) modules: Modules,
    /// Tên giấy tờ.
    pub(crate) title: String,
    /// Mã kết quả số hóa.
    pub(crate) code: String,
    /// Further lines: number and day of issue, when it was stored.
    pub(crate) lines: Vec<String>,
}

impl Sticker {
    /// Whether its code has room on a sticker.
    pub(crate) fn fits(&self) -> bool {
        code_side(&self.modules, dots()) <= HEIGHT
    }
}

/// Sheets of stickers; the first `places_used` places of the first sheet stay empty, because its stickers were taken off before.
///
/// # Errors
/// The PDF cannot be made.
pub(crate) fn stickers(stickers: &[Sticker], places_used: usize, faces: &Faces) -> anyhow::Result<Vec<u8>> {
    let mut printout = Printout::new(faces, "Nhãn giấy tờ")?;
    let mut place = places_used % STICKERS_A_PAGE;
    let mut left = stickers;
    while !left.is_empty() {
        let (now, later) = left.split_at(left.len().min(STICKERS_A_PAGE - place));
        printout.page(A4, |page| {
            for (at, sticker) in (place..).zip(now) {
                let corner = ((at % COLUMNS) as f32 * WIDTH, (at / COLUMNS) as f32 * HEIGHT);
                draw(page, faces, corner, sticker);
            }
        })?;
        (place, left) = (0, later);
    }
    printout.finish()
}

fn draw(page: &mut Page<'_>, faces: &Faces, (left, top): (f32, f32), sticker: &Sticker) {
    let side = code_side(&sticker.modules, dots());
    page.code(left + CODE_MARGIN, top + (HEIGHT - side) / 2.0, &sticker.modules, dots());
    let x = left + CODE_MARGIN + side + GAP;
    let room = left + WIDTH - RIGHT_MARGIN - x;
    let title = first_lines(faces, TITLE, room, &sticker.title, TITLE_LINES_MAX);
    let y = page.column(x, top + 9.0, TITLE, Align::Left, &title);
    let mut y = page.paragraph(x, y + 1.0, CODE, Align::Left, room, &sticker.code);
    for line in &sticker.lines {
        y = page.column(x, y, TEXT, Align::Left, &first_lines(faces, TEXT, room, line, 1));
    }
}

fn dots() -> u32 {
    module_dots(MODULE_MM_MIN, GRID_DPI)
}
