//! What stands at the top of every form: the code, the name of the state, the agency and the dossier.

use super::faces::Style;
use super::page::{Align, GRID_DPI, Page, code_side};
use qr::{MODULE_MM_MIN, Modules, module_dots};

const STATE: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
const MOTTO: &str = "Độc lập – Tự do – Hạnh phúc";

/// From the edge of the paper to the white margin of the code, four modules wide: its dark edge stands over that of the text.
const CODE_MARGIN: f32 = 10.0;

/// The values at the top of a form.
#[derive(Debug, Clone)]
pub(super) struct Head<'a> {
    /// Cơ quan.
    pub(super) agency: &'a str,
    /// What is written below it: mã hồ sơ, or a period.
    pub(super) about: String,
}

/// Draws it on a page that is so wide, with so wide a margin at the right, and answers where it ends. The code stands at the top left (QR-02).
pub(super) fn draw(
    page: &mut Page<'_>,
    head: &Head<'_>,
    code: Option<&Modules>,
    page_width: f32,
    margin: f32,
) -> f32 {
    let dots = module_dots(MODULE_MM_MIN, GRID_DPI);
    let side = code.map_or(0.0, |code| code_side(code, dots));
    if let Some(code) = code {
        page.code(CODE_MARGIN, CODE_MARGIN, code, dots);
    }
    let left = CODE_MARGIN + side;
    let (middle, room) = ((left + page_width - margin) / 2.0, page_width - margin - left);
    page.text(middle, 14.0, Style::bold(8.5), Align::Middle, STATE);
    page.text(middle, 18.5, Style::bold(8.5), Align::Middle, MOTTO);
    page.rule(middle - 19.0, 20.0, 38.0, 0.5);
    let y = page.paragraph(middle, 28.0, Style::regular(8.0), Align::Middle, room, head.agency);
    page.text(middle, y + 2.0, Style::bold(11.0), Align::Middle, &head.about);
    (CODE_MARGIN + side).max(y) + 8.0
}
