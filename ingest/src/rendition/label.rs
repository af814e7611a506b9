//! The label of a paper on its rendition: in a strip of white that the first page grows by at its top, so that it never lies on ink or on a
//! seal, at the left (QR-02).
//!
//! No free place on the page itself is looked for: with its margin the code is 38 to 41 mm wide, more than the margins that papers of
//! agencies have at the top and at the left (20 to 35 mm, NĐ 30/2020/NĐ-CP), and what is faint or lies across a fold is seen late.

use super::pdf::PageSize;
use qr::{Modules, Run};
use std::fmt::Write;

/// Points of a module: 7 dots of 300 dpi, 0.59 mm. A page that grew is printed smaller to fit on its paper, and a module must measure
/// 0.45 mm even then.
const MODULE: f64 = 7.0 * 72.0 / 300.0;
/// From the edges of the page to the white margin of the code, 5 mm: printers leave that much empty.
const EDGE: f64 = 5.0 * 72.0 / 25.4;

/// The page with the strip above it; a page narrower than its label grows to the right too.
pub(super) fn sheet(page: PageSize, label: &Modules) -> PageSize {
    let side = f64::from(label.side()) * MODULE + EDGE;
    PageSize { width: page.width.max(side), height: page.height + side }
}

/// Drawing commands for a label at the top left of a sheet.
pub(super) fn commands(sheet: PageSize, label: &Modules) -> String {
    let mut commands = format!("q\n0 g\n{MODULE} 0 0 -{MODULE} {EDGE:.4} {:.4} cm\n", sheet.height - EDGE);
    for Run { column, row, length } in label.runs() {
        let _ = writeln!(commands, "{column} {row} {length} 1 re");
    }
    commands.push_str("f\nQ\n");
    commands
}
