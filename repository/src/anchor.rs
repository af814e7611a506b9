//! Where a value stands in another reading of its paper: a field that a person confirmed keeps its value, and its place follows the
//! words of the newest reading. Values in, values out; nothing is stored here.

use crate::record::*;
use crate::spelling::fold;

/// A value of fewer letters (a sex, a short number) stands in many places by chance: only one near the old place is it.
const SHORT_LETTERS: usize = 6;
/// How near that is, as a share of the page's width and height together: some lines of text.
const NEAR: f32 = 0.15;
/// A place on another page is this much farther away than any on the same page.
const PAGE_AWAY: f32 = 10.0;

/// A place in the new reading.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Place {
    /// Page.
    pub(crate) page: u32,
    /// Box of its words.
    pub(crate) region: Region,
    /// The words as they were read.
    pub(crate) written: String,
}

/// The page that a field stood on, as a part of the page to measure by.
#[derive(Debug, Clone, Copy)]
struct Spot {
    page: u32,
    x: f32,
    y: f32,
}

/// The words of a paper as one reading has them.
pub(crate) struct Words<'a> {
    words: Vec<Word<'a>>,
    pages: &'a [(Page, Option<Reading>)],
}

struct Word<'a> {
    page: u32,
    folded: String,
    word: &'a ReadWord,
}

impl<'a> Words<'a> {
    /// The words of these pages.
    pub(crate) fn of(pages: &'a [(Page, Option<Reading>)]) -> Words<'a> {
        let mut words = Vec::new();
        for (page, reading) in pages {
            let lines = reading.iter().flat_map(|reading| &reading.lines);
            words.extend(lines.flat_map(|line| &line.words).map(|word| Word {
                page: page.number,
                folded: fold(&word.text),
                word,
            }));
        }
        Words { words, pages }
    }

    /// Where the new reading has a field: of the words that are its value, or what was written or proposed before, and the place of
    /// what the reading now proposes for it, whichever is nearest to the old place. A name stands on a paper more than once, and the
    /// newer engine may misread it just where the field was. A field without a place gets that of its value.
    pub(crate) fn place_of(
        &self,
        field: &Field,
        page_before: Option<&Page>,
        again: Option<&ProposedField>,
    ) -> Option<Place> {
        let before = page_before.and_then(|page| spot(page, field.region?));
        let known = [&field.value, &field.written, field.proposed.as_ref().unwrap_or(&field.value)];
        let proposed = again.and_then(|again| {
            let (page, region) = (again.page?, again.region?);
            Some(Place { page, region, written: again.written.clone() })
        });
        let says_the_same = again.is_some_and(|again| known.iter().any(|known| **known == again.value));
        let mut found = known.iter().filter_map(|text| self.find(text, before));
        match before {
            Some(_) => self.nearest(found.chain(proposed), before).map(|(_, place)| place),
            None if says_the_same => proposed,
            None => found.next().or(proposed),
        }
    }

    /// Words that together are this text but for accents, case and punctuation; of several the nearest to the old place.
    fn find(&self, text: &str, before: Option<Spot>) -> Option<Place> {
        let wanted = fold(text);
        if wanted.is_empty() {
            return None;
        }
        let places = (0..self.words.len()).filter_map(|first| self.begins_at(first, &wanted));
        let short = wanted.chars().count() < SHORT_LETTERS;
        let nearest = self.nearest(places, before);
        nearest.filter(|(distance, _)| !short || *distance <= NEAR).map(|(_, place)| place)
    }

    /// The nearest place with its distance; of equals the first.
    fn nearest(&self, places: impl Iterator<Item = Place>, before: Option<Spot>) -> Option<(f32, Place)> {
        let distant = places.map(|place| (self.distance(&place, before), place));
        distant.reduce(|best, other| if other.0 < best.0 { other } else { best })
    }

    /// The words from `first` on, if together they are what is wanted.
    fn begins_at(&self, first: usize, wanted: &str) -> Option<Place> {
        let page = self.words[first].page;
        let mut joined = String::new();
        for (last, word) in self.words.iter().enumerate().skip(first) {
            let fits = word.page == page && !(last == first && word.folded.is_empty());
            joined.push_str(&word.folded);
            if !fits || !wanted.starts_with(&joined) {
                return None;
            }
            if joined == wanted {
                let words = self.words[first..=last].iter().map(|word| word.word);
                return Some(Place { page, region: around(words.clone()), written: text(words) });
            }
        }
        None
    }

    /// How far a place is from the old one: the share of the page that lies between; without an old place the first page is nearest.
    fn distance(&self, place: &Place, before: Option<Spot>) -> f32 {
        let here = self.pages.iter().find(|(page, _)| page.number == place.page);
        match (here.and_then(|(page, _)| spot(page, place.region)), before) {
            (Some(here), Some(before)) => {
                let pages = here.page.abs_diff(before.page) as f32;
                pages * PAGE_AWAY + (here.x - before.x).abs() + (here.y - before.y).abs()
            }
            _ => place.page as f32 * PAGE_AWAY,
        }
    }
}

/// Whether a place on the old picture of a page means the same on the new one.
pub(crate) fn same_picture(before: &Page, now: &Page) -> bool {
    let facts = |page: &Page| (page.width, page.height, page.dpi, page.rotation_degrees);
    facts(before) == facts(now)
}

fn spot(page: &Page, region: Region) -> Option<Spot> {
    let share = |start: u32, length: u32, whole: u32| {
        (whole > 0).then(|| (start as f32 + length as f32 / 2.0) / whole as f32)
    };
    Some(Spot {
        page: page.number,
        x: share(region.left, region.width, page.width)?,
        y: share(region.top, region.height, page.height)?,
    })
}

fn around<'a>(words: impl Iterator<Item = &'a ReadWord>) -> Region {
    let bounds = words.map(|word| word.region).map(|region| {
        let (right, bottom) =
            (region.left.saturating_add(region.width), region.top.saturating_add(region.height));
        (region.left, region.top, right, bottom)
    });
    let joined = bounds.reduce(|one, other| {
        (one.0.min(other.0), one.1.min(other.1), one.2.max(other.2), one.3.max(other.3))
    });
    let (left, top, right, bottom) = joined.unwrap_or_default();
    Region { left, top, width: right - left, height: bottom - top }
}

fn text<'a>(words: impl Iterator<Item = &'a ReadWord>) -> String {
    words.map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page of one line of words at steps of 100 pixels; `|` begins another line.
    fn page(number: u32, lines: &str) -> (Page, Option<Reading>) {
        let word = |top: usize, (left, text): (usize, &str)| ReadWord {
            text: text.into(),
            region: Region { left: 100 * left as u32, top: 50 * top as u32, width: 90, height: 40 },
            confidence: 90.0,
        };
        let line = |(top, line): (usize, &str)| ReadLine {
            words: line.split_whitespace().enumerate().map(|word_at| word(top, word_at)).collect(),
        };
        let page = Page {
            number,
            state: PageState::Done,
            reasons: Vec::new(),
            source: PageSource::Scan,
            width: 1_000,
            height: 1_000,
            dpi: 100,
            rotation_degrees: 0,
            labels: Vec::new(),
            unread: Vec::new(),
            picture_hash: None,
        };
        let reading = Reading {
            engine: "recorded".into(),
            engine_version: "2".into(),
            model: "vie".into(),
            model_sha256: String::new(),
            stages: Vec::new(),
            lines: lines.split('|').enumerate().map(line).collect(),
        };
        (page, Some(reading))
    }

    /// A field that stood at the left edge of page 1, `top` pixels down.
    fn field(value: &str, proposed: &str, top: u32) -> Field {
        Field {
            key: "full_name".into(),
            value: value.into(),
            proposed: Some(proposed.into()).filter(|proposed: &String| !proposed.is_empty()),
            source: FieldSource::Manual,
            confidence: 100.0,
            page: Some(1),
            region: Some(Region { left: 0, top, width: 90, height: 40 }),
            written: proposed.into(),
            doubts: Vec::new(),
            confirmed_by: None,
            confirmed_at: None,
            reason: None,
        }
    }

    fn check(field: &Field, pages: &[&str], expected: Option<(u32, u32, u32, &str)>) {
        let pages: Vec<_> = (1..).zip(pages).map(|(number, lines)| page(number, lines)).collect();
        let found = Words::of(&pages).place_of(field, Some(&page(1, "").0), None);
        let found = found
            .as_ref()
            .map(|place| (place.page, place.region.left, place.region.top, place.written.as_str()));
        assert_eq!(found, expected, "{}", field.value);
    }

    #[test]
    fn a_value_is_found_but_for_accents_case_and_punctuation() {
        let name = field("Trần Văn Mẫu", "TRẦN VĂN MẦU", 0);
        check(&name, &["Họ tên: TRẦN VĂN MẪU, sinh"], Some((1, 200, 0, "TRẦN VĂN MẪU,")));
        check(&name, &["một", "hai | TRAN VAN MAU"], Some((2, 0, 50, "TRAN VAN MAU")));
        check(&name, &["TRẦN | VĂN MẪU"], Some((1, 0, 0, "TRẦN VĂN MẪU")));
        check(&name, &["TRẦNVĂN MẪU"], Some((1, 0, 0, "TRẦNVĂN MẪU")));
        check(&name, &["TRẦN VĂN MẪUX"], None);
        check(&name, &["TRẦN VĂN", "MẪU"], None);
        check(&name, &[""], None);
        check(&field("--", "", 0), &["-- --"], None);
    }

    #[test]
    fn what_stood_on_the_paper_is_found_when_the_correction_is_not() {
        check(&field("Lê Thị Khác", "TRẦN VĂN MẦU", 0), &["TRẦN VĂN MẪU"], Some((1, 0, 0, "TRẦN VĂN MẪU")));
        let mut date = field("1994-03-08", "1994-03-08", 0);
        date.written = "08 tháng 3 năm 1994".into();
        check(&date, &["ngày 08 tháng 3 năm 1994"], Some((1, 100, 0, "08 tháng 3 năm 1994")));
    }

    #[test]
    fn of_several_places_the_nearest_is_it() {
        let lines = "Nguyễn Văn An | hai | ba | Nguyễn Văn An";
        check(&field("Nguyễn Văn An", "", 0), &[lines], Some((1, 0, 0, "Nguyễn Văn An")));
        check(&field("Nguyễn Văn An", "", 140), &[lines], Some((1, 0, 150, "Nguyễn Văn An")));
        check(&field("Nguyễn Văn An", "", 900), &["x", "Nguyễn Văn An"], Some((2, 0, 0, "Nguyễn Văn An")));
    }

    #[test]
    fn a_short_value_is_found_only_where_it_stood() {
        check(&field("Nam", "", 100), &["một | hai | Nam"], Some((1, 0, 100, "Nam")));
        check(&field("Nam", "", 900), &["một | hai | Nam"], None);
        check(&field("Nam", "", 100), &["một", "Nam"], None);
    }

    #[test]
    fn the_new_proposal_knows_its_place() {
        let pages = [page(1, "TRẦN VĂN MẪU | TRẦN VĂN MẪU")];
        let region = Region { left: 70, top: 870, width: 90, height: 40 };
        let again = |value: &str| ProposedField {
            key: "full_name".into(),
            value: value.into(),
            source: FieldSource::Ocr,
            confidence: 90.0,
            page: Some(1),
            region: Some(region),
            written: "nơi khác".into(),
            doubts: Vec::new(),
        };
        let check = |field: &Field, value: &str, expected: Option<u32>| {
            let place = Words::of(&pages).place_of(field, Some(&page(1, "").0), Some(&again(value)));
            assert_eq!(place.map(|place| place.region.left), expected, "{} {value}", field.value);
        };
        let unplaced = Field { region: None, ..field("Trần Văn Mẫu", "TRẦN VĂN MẦU", 0) };
        check(&unplaced, "Trần Văn Mẫu", Some(70));
        check(&unplaced, "TRẦN VĂN MẦU", Some(70));
        check(&unplaced, "TRẦN VĂN MÂU", Some(0));
        check(&field("Lê Thị Khác", "LÊ THI", 0), "LÊ THỊ KHAC", Some(70));
        check(&field("Trần Văn Mẫu", "TRẦN VĂN MẦU", 0), "Trần Văn Mẫu", Some(0));
        check(&field("Trần Văn Mẫu", "TRẦN VĂN MẦU", 880), "TRẦN VĂN LẪU", Some(70));
    }
}
