//! Papers without end for measurements: pages of syllables that are as frequent as in a language (the n-th one 1/n as often as the first),
//! agencies, owners, numbers and days. The same key always gives the same paper.

use jiff::civil::date;
use motlan_search::contract::{paper, subject_id};
use repository::DocumentType;
use repository::record::{IndexableDocument, agency_key};

/// Syllables of a page of running text.
const PAGE_SYLLABLES: usize = 350;

/// Agencies: each has a hundredth of the papers.
pub(crate) const AGENCIES: u64 = 100;

/// Papers of one owner.
const PAPERS_OF_A_SUBJECT: u64 = 10;

/// Numbers that agencies give in a year.
const NUMBERS: u64 = 2_000;

/// Days over which papers were issued: thirty years.
const DAYS: u64 = 10_957;

const ONSETS: &[&str] = &[
    "", "b", "c", "ch", "d", "đ", "g", "gi", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "qu", "r", "s", "t",
    "th", "tr", "v", "x",
];

/// Rimes in the tones ngang, huyền, sắc, nặng.
const RIMES: &[[&str; 4]] = &[
    ["a", "à", "á", "ạ"],
    ["an", "àn", "án", "ạn"],
    ["ân", "ần", "ấn", "ận"],
    ["ang", "àng", "áng", "ạng"],
    ["ao", "ào", "áo", "ạo"],
    ["ay", "ày", "áy", "ạy"],
    ["âm", "ầm", "ấm", "ậm"],
    ["ăng", "ằng", "ắng", "ặng"],
    ["e", "è", "é", "ẹ"],
    ["ên", "ền", "ến", "ện"],
    ["i", "ì", "í", "ị"],
    ["inh", "ình", "ính", "ịnh"],
    ["iêu", "iều", "iếu", "iệu"],
    ["o", "ò", "ó", "ọ"],
    ["oa", "òa", "óa", "ọa"],
    ["ông", "ồng", "ống", "ộng"],
    ["ôi", "ồi", "ối", "ội"],
    ["ơ", "ờ", "ớ", "ợ"],
    ["u", "ù", "ú", "ụ"],
    ["ung", "ùng", "úng", "ụng"],
    ["ương", "ường", "ướng", "ượng"],
    ["uyên", "uyền", "uyến", "uyện"],
];

/// Inventor of papers.
pub(crate) struct Corpus {
    syllables: Vec<String>,
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(u64);

impl Corpus {
    pub(crate) fn new() -> Corpus {
        let tones = 0..RIMES[0].len();
        let all = |tone: usize| {
            let rimes = RIMES.iter().map(move |tones| tones[tone]);
            rimes.flat_map(|rime| ONSETS.iter().map(move |onset| format!("{onset}{rime}")))
        };
        let mut syllables = tones.flat_map(all).collect::<Vec<_>>();
        let mut dice = Dice(7);
        for last in (1..syllables.len()).rev() {
            syllables.swap(last, dice.below(last as u64 + 1) as usize);
        }
        Corpus { syllables }
    }

    pub(crate) fn paper(&self, key: u64) -> IndexableDocument {
        let mut dice = Dice::of(key);
        let kind = DocumentType::ALL[dice.below(DocumentType::ALL.len() as u64) as usize];
        let title = format!("{} {}", kind.label(), self.words(&mut dice, 4).join(" "));
        let text = self.page(key).join(" ");
        let mut paper = paper(key.into(), &title, &format!("Số: {}\n{text}", number(key)));
        let issued =
            date(1996, 1, 1).saturating_add(jiff::SignedDuration::from_hours(24 * (dice.below(DAYS) as i64)));
        let agency = self.agency(key % AGENCIES);
        paper.bounds.agencies = vec![agency_key(&agency)];
        paper.bounds.subjects = vec![subject_id(subject(key).into())];
        paper.document.document_type = kind;
        paper.document.number = Some(number(key));
        paper.document.agency = Some(agency);
        paper.document.issued_on = Some(issued);
        paper
    }

    /// Words of a page.
    pub(crate) fn page(&self, key: u64) -> Vec<&str> {
        self.words(&mut Dice::of(key ^ 0x5851_f42d), PAGE_SYLLABLES)
    }

    pub(crate) fn agency(&self, nth: u64) -> String {
        let name = self.words(&mut Dice::of(nth ^ 0x9e37_79b9), 2).join(" ");
        format!("UBND phường {name} {nth}")
    }

    fn words(&self, dice: &mut Dice, count: usize) -> Vec<&str> {
        (0..count).map(|_| self.syllables[dice.rank(self.syllables.len())].as_str()).collect()
    }
}

/// Số, ký hiệu of a paper.
pub(crate) fn number(key: u64) -> String {
    let year = 1996 + Dice::of(key ^ 0x1234).below(30);
    format!("{}/{year}/QĐ-UBND", 1 + Dice::of(key ^ 0x4321).below(NUMBERS))
}

/// Owner of a paper.
pub(crate) fn subject(key: u64) -> u64 {
    key / PAPERS_OF_A_SUBJECT
}

impl Dice {
    pub(crate) fn of(seed: u64) -> Dice {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0xd1b5_4a32_d192_ed03);
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 11
    }

    pub(crate) fn below(&mut self, sides: u64) -> u64 {
        self.next() % sides
    }

    /// A number below `sides`, n with a weight of 1/(n+1).
    fn rank(&mut self, sides: usize) -> usize {
        let unit = self.next() as f64 / (1_u64 << 53) as f64;
        (((sides as f64 + 1.0).powf(unit)) as usize - 1).min(sides - 1)
    }
}
