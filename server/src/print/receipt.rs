//! Giấy tiếp nhận hồ sơ và hẹn trả kết quả: A5 (KHO-04, KHO-05), the code at the top left (QR-02).

use super::Faces;
use super::faces::Style;
use super::head::{self, Head};
use super::page::{A5, Align, Page, Printout, leading, lines};
use qr::Modules;

const TITLE: &str = "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ";

/// From the edge of the paper to the text, in millimetres.
const MARGIN: f32 = 12.0;
/// Width of the text.
const WIDTH: f32 = 148.0 - 2.0 * MARGIN;
/// Where values stand beside their names.
const VALUE: f32 = MARGIN + 32.0;
/// Where the states of the papers stand.
const STANDING: f32 = MARGIN + 92.0;
/// Lowest line of the papers.
const BOTTOM: f32 = 198.0;
/// Height of the places for two signatures and of the last line.
const SIGNATURES: f32 = 34.0;

const SMALL: Style = Style::regular(8.0);
const TEXT: Style = Style::regular(9.5);
const STRONG: Style = Style::bold(9.5);
const HEADING: Style = Style::bold(12.5);

/// What stands on a receipt. No number of a person is on it: the code names the owner (QR-03).
#[derive(Debug, Clone)]
pub(crate) struct Receipt {
    /// The text of its code.
    pub(crate) code: String,
    /// Mã hồ sơ.
    pub(crate) dossier: String,
    /// Cơ quan tiếp nhận.
    pub(crate) agency: String,
    /// Chủ hồ sơ.
    pub(crate) owner: String,
    /// Tên thủ tục and its code.
    pub(crate) procedure: String,
    /// Ngày tiếp nhận.
    pub(crate) received: String,
    /// Ngày hẹn trả kết quả.
    pub(crate) appointment: String,
    /// Where the code leads, so that a code which leads elsewhere is noticed.
    pub(crate) address: String,
    /// Người tiếp nhận.
    pub(crate) officer: String,
    /// Thành phần hồ sơ.
    pub(crate) papers: Vec<Entry>,
}

/// A component on a receipt.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// Tên giấy tờ.
    pub(crate) name: String,
    /// How it is there.
    pub(crate) standing: Standing,
    /// Its original was given back after it was scanned (KHO-03).
    pub(crate) is_returned: bool,
}

/// Whether a component is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It was handed in.
    HandedIn,
    /// A paper of the store is used.
    InStore,
    /// It is shown at the counter and not kept.
    Shown,
    /// It must still come.
    Missing,
    /// It need not be handed in: the store has it, or a database of the state says the same.
    NotAsked,
    /// It may be left out, and was.
    LeftOut,
}

impl Standing {
    fn label(self) -> &'static str {
        match self {
            Standing::HandedIn => "Đã nộp",
            Standing::InStore => "Có sẵn trong kho",
            Standing::Shown => "Xuất trình",
            Standing::Missing => "Còn thiếu",
            Standing::NotAsked => "Không phải nộp",
            Standing::LeftOut => "Không nộp",
        }
    }
}

/// The receipt as PDF; papers that do not fit go on further pages.
///
/// # Errors
/// The code or the PDF cannot be made.
pub(crate) fn receipt(receipt: &Receipt, faces: &Faces) -> anyhow::Result<Vec<u8>> {
    let code = qr::draw(&receipt.code)?;
    let mut printout = Printout::new(faces, &format!("Giấy tiếp nhận hồ sơ {}", receipt.dossier))?;
    let mut papers: &[Entry] = &receipt.papers;
    let mut number = 1;
    loop {
        let (rest, is_end) = printout.page(A5, |page| {
            let top =
                if number == 1 { draw_head(page, receipt, &code) } else { draw_head_again(page, receipt) };
            let top = if papers.is_empty() { top } else { draw_columns(page, top) };
            let (rest, y) = draw_papers(page, faces, top, receipt.papers.len() - papers.len(), papers);
            let is_end = rest.is_empty() && y + SIGNATURES <= BOTTOM;
            if is_end {
                draw_signatures(page, receipt, y + 6.0);
            }
            (rest, is_end)
        })?;
        if is_end {
            return printout.finish();
        }
        (papers, number) = (rest, number + 1);
    }
}

/// Draws all above the papers, and answers where their list begins.
fn draw_head(page: &mut Page<'_>, receipt: &Receipt, code: &Modules) -> f32 {
    let about = format!("Mã hồ sơ: {}", receipt.dossier);
    let y = head::draw(page, &Head { agency: &receipt.agency, about }, Some(code), 148.0, MARGIN);
    page.text(74.0, y, HEADING, Align::Middle, TITLE);
    let facts = [
        ("Chủ hồ sơ", &receipt.owner, STRONG),
        ("Thủ tục", &receipt.procedure, TEXT),
        ("Ngày tiếp nhận", &receipt.received, TEXT),
        ("Hẹn trả kết quả", &receipt.appointment, STRONG),
    ];
    let mut y = y + 9.0;
    for (name, value, style) in facts {
        page.text(MARGIN, y, TEXT, Align::Left, name);
        y = page.paragraph(VALUE, y, style, Align::Left, MARGIN + WIDTH - VALUE, value) + 0.8;
    }
    y + 3.0
}

fn draw_head_again(page: &mut Page<'_>, receipt: &Receipt) -> f32 {
    page.text(MARGIN, MARGIN + 2.0, TEXT, Align::Left, &format!("Hồ sơ {} (tiếp theo)", receipt.dossier));
    MARGIN + 9.0
}

fn draw_columns(page: &mut Page<'_>, y: f32) -> f32 {
    page.text(MARGIN, y, STRONG, Align::Left, "Thành phần hồ sơ");
    page.text(STANDING, y, STRONG, Align::Left, "Tình trạng");
    page.rule(MARGIN, y + 1.6, WIDTH, 0.5);
    y + 1.6 + leading(TEXT)
}

/// Draws as many papers as fit, and answers those that are left and where the last one ended.
fn draw_papers<'e>(
    page: &mut Page<'_>,
    faces: &Faces,
    mut y: f32,
    drawn_before: usize,
    papers: &'e [Entry],
) -> (&'e [Entry], f32) {
    for (at, paper) in papers.iter().enumerate() {
        let name = format!("{}. {}", drawn_before + at + 1, paper.name);
        let width = STANDING - MARGIN - 4.0;
        let line_count = lines(faces, TEXT, width, &name).len().max(if paper.is_returned { 2 } else { 1 });
        let height = line_count as f32 * leading(TEXT);
        if y + height > BOTTOM && at > 0 {
            return (&papers[at..], y);
        }
        let standing = paper.standing.label();
        let standing = if paper.is_returned {
            format!("{standing}, đã trả bản chính")
        } else {
            standing.to_owned()
        };
        page.paragraph(STANDING, y, TEXT, Align::Left, MARGIN + WIDTH - STANDING, &standing);
        page.paragraph(MARGIN, y, TEXT, Align::Left, width, &name);
        y += height + 0.8;
    }
    (&[], y)
}

fn draw_signatures(page: &mut Page<'_>, receipt: &Receipt, y: f32) {
    for (middle, who, name) in
        [(43.0, "Người nộp hồ sơ", ""), (105.0, "Người tiếp nhận hồ sơ", receipt.officer.as_str())]
    {
        page.text(middle, y, STRONG, Align::Middle, who);
        page.text(middle, y + 4.2, SMALL, Align::Middle, "(ký, ghi rõ họ tên)");
        page.text(middle, y + 23.0, TEXT, Align::Middle, name);
    }
    let how_far = format!("Quét mã để biết hồ sơ đã giải quyết đến đâu. Mã chỉ mở trang {}", receipt.address);
    page.paragraph(74.0, BOTTOM + 2.0, SMALL, Align::Middle, WIDTH, &how_far);
}
