//! hOCR 1.2 of one page: words with boxes and confidences, as XHTML.

use super::xml::escape;
use repository::record::{Page, ReadLine, Reading, Region};
use std::fmt::Write;

/// Writes the page as hOCR; one that was not read is a page without lines. Boxes are pixels of the upright page.
pub fn hocr(page: &Page, reading: Option<&Reading>) -> String {
    let number = page.number;
    let engine = reading.map_or(String::new(), |reading| {
        format!("{} {} {}", reading.engine, reading.engine_version, reading.model)
    });
    let whole = Region { left: 0, top: 0, width: page.width, height: page.height };
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE html>\n\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang=\"vi\" lang=\"vi\">\n<head>\n<title>Trang {number}</title>\n\
         <meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"/>\n\
         <meta name=\"ocr-system\" content=\"{engine}\"/>\n\
         <meta name=\"ocr-capabilities\" content=\"ocr_page ocr_line ocrx_word\"/>\n</head>\n<body>\n\
         <div class=\"ocr_page\" id=\"page_{number}\" title=\"{whole}; ppageno {ppageno}; scan_res {dpi} {dpi}\">\n",
        engine = escape(engine.trim()),
        whole = bbox(whole),
        ppageno = number.saturating_sub(1),
        dpi = page.dpi,
    );
    for (at, line) in (1..).zip(reading.map_or(&[][..], |reading| &reading.lines)) {
        write_line(&mut text, number, at, line);
    }
    text.push_str("</div>\n</body>\n</html>\n");
    text
}

fn write_line(text: &mut String, page: u32, line_number: usize, line: &ReadLine) {
    let Some(around) = around(line) else { return };
    let _ =
        write!(text, "<span class=\"ocr_line\" id=\"line_{page}_{line_number}\" title=\"{}\">", bbox(around));
    let words = (1..).zip(&line.words).map(|(at, word)| {
        format!(
            "<span class=\"ocrx_word\" id=\"word_{page}_{line_number}_{at}\" title=\"{}; x_wconf {:.0}\">{}</span>",
            bbox(word.region),
            word.confidence,
            escape(&word.text)
        )
    });
    text.push_str(&words.collect::<Vec<_>>().join(" "));
    text.push_str("</span><br/>\n");
}

/// The box around all words of a line; none without words.
pub(super) fn around(line: &ReadLine) -> Option<Region> {
    let edges = |region: &Region| {
        (
            region.left,
            region.top,
            region.left.saturating_add(region.width),
            region.top.saturating_add(region.height),
        )
    };
    let all = line.words.iter().map(|word| edges(&word.region));
    let (left, top, right, bottom) = all.reduce(|one, other| {
        (one.0.min(other.0), one.1.min(other.1), one.2.max(other.2), one.3.max(other.3))
    })?;
    Some(Region { left, top, width: right - left, height: bottom - top })
}

fn bbox(region: Region) -> String {
    let (right, bottom) =
        (region.left.saturating_add(region.width), region.top.saturating_add(region.height));
    format!("bbox {} {} {right} {bottom}", region.left, region.top)
}
