//! ALTO 4 of one page: words with boxes and confidences, and what read them.

use super::hocr::around;
use super::xml::escape;
use repository::record::{Page, ReadLine, ReadWord, Reading, Region};
use std::fmt::Write;

/// Writes the page as ALTO; one that was not read is a page without lines. Boxes are pixels of the upright page.
pub fn alto(page: &Page, reading: Option<&Reading>) -> String {
    let number = page.number;
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://www.loc.gov/standards/alto/ns-v4# http://www.loc.gov/standards/alto/v4/alto-4-4.xsd\">\n\
         <Description>\n<MeasurementUnit>pixel</MeasurementUnit>\n",
    );
    if let Some(reading) = reading {
        write_processing(&mut text, reading);
    }
    let size = format!("WIDTH=\"{}\" HEIGHT=\"{}\"", page.width, page.height);
    let _ = write!(
        text,
        "</Description>\n<Layout>\n<Page ID=\"page_{number}\" PHYSICAL_IMG_NR=\"{number}\" {size}>\n\
         <PrintSpace HPOS=\"0\" VPOS=\"0\" {size}>\n"
    );
    let lines: Vec<_> = reading
        .map_or(&[][..], |reading| &reading.lines)
        .iter()
        .filter_map(|line| Some((line, around(line)?)))
        .collect();
    if !lines.is_empty() {
        // The record keeps lines in reading order and no blocks, so there is one.
        let _ = writeln!(text, "<TextBlock ID=\"block_{number}\" LANG=\"vi\" HPOS=\"0\" VPOS=\"0\" {size}>");
        for (at, (line, region)) in (1..).zip(lines) {
            write_line(&mut text, &format!("{number}_{at}"), line, region);
        }
        text.push_str("</TextBlock>\n");
    }
    text.push_str("</PrintSpace>\n</Page>\n</Layout>\n</alto>\n");
    text
}

fn write_processing(text: &mut String, reading: &Reading) {
    let stages = reading.stages.iter().map(|stage| stage.step.name()).collect::<Vec<_>>().join(", ");
    let settings =
        [("model", reading.model.as_str()), ("sha256", &reading.model_sha256), ("stages", &stages)];
    let settings: Vec<String> = settings
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}: {}", escape(value)))
        .collect();
    let _ = write!(
        text,
        "<Processing ID=\"reading\">\n<processingCategory>contentGeneration</processingCategory>\n\
         <processingStepSettings>{}</processingStepSettings>\n\
         <processingSoftware>\n<softwareName>{}</softwareName>\n<softwareVersion>{}</softwareVersion>\n</processingSoftware>\n\
         </Processing>\n",
        settings.join("; "),
        escape(&reading.engine),
        escape(&reading.engine_version)
    );
}

fn write_line(text: &mut String, id: &str, line: &ReadLine, region: Region) {
    let _ = writeln!(text, "<TextLine ID=\"line_{id}\" {}>", place(region));
    let mut before: Option<&ReadWord> = None;
    for (at, word) in (1..).zip(&line.words) {
        if let Some(before) = before {
            write_space(text, before.region, word.region);
        }
        let _ = writeln!(
            text,
            "<String ID=\"word_{id}_{at}\" {} WC=\"{:.2}\" CONTENT=\"{}\"/>",
            place(word.region),
            f64::from(word.confidence) / 100.0,
            escape(&word.text)
        );
        before = Some(word);
    }
    text.push_str("</TextLine>\n");
}

fn write_space(text: &mut String, before: Region, after: Region) {
    let end = before.left.saturating_add(before.width);
    let _ = writeln!(
        text,
        "<SP HPOS=\"{end}\" VPOS=\"{}\" WIDTH=\"{}\"/>",
        before.top,
        after.left.saturating_sub(end)
    );
}

fn place(region: Region) -> String {
    let Region { left, top, width, height } = region;
    format!("HPOS=\"{left}\" VPOS=\"{top}\" WIDTH=\"{width}\" HEIGHT=\"{height}\"")
}

#[cfg(test)]
mod tests {
    use super::super::hocr;
    use super::*;
    use repository::record::{PageSource, PageState, Stage, Step};

    fn page() -> Page {
        Page {
            number: 3,
            state: PageState::Done,
            reasons: Vec::new(),
            source: PageSource::Scan,
            width: 827,
            height: 1169,
            dpi: 100,
            rotation_degrees: 0,
            labels: Vec::new(),
            unread: Vec::new(),
            picture_hash: None,
        }
    }

    fn reading(lines: &[&[&str]]) -> Reading {
        let word = |(at, text): (usize, &&str)| ReadWord {
            text: (*text).into(),
            region: Region { left: 100 * at as u32, top: 50, width: 90, height: 20 },
            confidence: 93.4,
        };
        let line = |words: &&[&str]| ReadLine { words: words.iter().enumerate().map(word).collect() };
        Reading {
            engine: "tesseract".into(),
            engine_version: "5.3.0".into(),
            model: "vie".into(),
            model_sha256: "00ff".into(),
            stages: vec![Stage { step: Step::Rotation { degrees: 90 }, confidence: 100.0 }],
            lines: lines.iter().map(line).collect(),
        }
    }

    /// Everything between `<` and `>` nests, and every attribute's value is quoted and closed.
    #[track_caller]
    fn check_well_formed(xml: &str) {
        let mut open: Vec<&str> = Vec::new();
        for part in xml.split('<').skip(1) {
            let (tag, _) = part.split_once('>').unwrap_or_else(|| panic!("{part:?} is not closed in {xml}"));
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
            match (tag.starts_with('/'), tag.starts_with(['?', '!']) || tag.ends_with('/')) {
                (true, _) => assert_eq!(open.pop(), Some(name), "{xml}"),
                (false, false) => open.push(name),
                (false, true) => {}
            }
        }
        assert!(open.is_empty(), "{open:?}");
        assert!(!xml.chars().any(|letter| letter.is_control() && letter != '\n'), "{xml:?}");
    }

    #[track_caller]
    fn check(reading: Option<&Reading>, words: usize) {
        let (alto, hocr) = (alto(&page(), reading), hocr(&page(), reading));
        check_well_formed(&alto);
        check_well_formed(&hocr);
        assert_eq!(alto.matches("<String ").count(), words, "{alto}");
        assert_eq!(hocr.matches("\"ocrx_word\"").count(), words, "{hocr}");
    }

    #[test]
    fn every_reading_becomes_two_texts() {
        check(None, 0);
        check(Some(&reading(&[])), 0);
        check(Some(&reading(&[&[]])), 0);
        check(Some(&reading(&[&["CỘNG", "HÒA"], &["Nguyễn"]])), 3);
        check(Some(&reading(&[&["\"><script>", "]]>", "\u{1b}&\u{0}", "<!--"]])), 4);
    }

    #[test]
    fn words_carry_their_places_and_confidences() {
        let reading = reading(&[&["Độc", "lập"]]);
        let alto = alto(&page(), Some(&reading));
        assert!(alto.contains("<String ID=\"word_3_1_2\" HPOS=\"100\" VPOS=\"50\" WIDTH=\"90\" HEIGHT=\"20\" WC=\"0.93\" CONTENT=\"lập\"/>"), "{alto}");
        assert!(alto.contains("<SP HPOS=\"90\" VPOS=\"50\" WIDTH=\"10\"/>"), "{alto}");
        assert!(
            alto.contains("<softwareVersion>5.3.0</softwareVersion>")
                && alto.contains("model: vie; sha256: 00ff; stages: rotation")
        );
        let hocr = hocr(&page(), Some(&reading));
        assert!(hocr.contains("title=\"bbox 100 50 190 70; x_wconf 93\">lập</span>"), "{hocr}");
        assert!(
            hocr.contains("title=\"bbox 0 50 190 70\"") && hocr.contains("content=\"tesseract 5.3.0 vie\""),
            "{hocr}"
        );
    }
}
