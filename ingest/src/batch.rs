//! A stack of paper through the feeder: cover sheet – pages – next cover sheet.
//!
//! [`plan`] is a function of values: what each page shows ([`PageSeen`]) becomes which pages are which paper of which dossier
//! ([`Plan`]). Whatever is odd is a [`Trouble`] and stops the batch before anything is filed, because a separator that was missed glues
//! the pages of one person to the file of another. A person looks, changes the plan ([`Change`]) or says why it is right, and only a
//! plan without open troubles is carried out. Not here: storing anything, and who may do so (`repository`).

mod blank;
mod change;
mod collate;
mod look;
mod part_file;
mod split;
mod trouble;

#[cfg(test)]
mod tests;

pub use change::{Change, ChangeError};
pub(crate) use look::{LOOK_PICTURE_BYTES_MAX, Look, give_looks};
pub use look::{PageLook, Verdict, VerifySheet};
pub use part_file::PartFile;
pub use trouble::{Trouble, TroubleKind};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a stack shows, page by page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// Pages of each file, in the order in which the files were scanned.
    pub files: Vec<u32>,
    /// Every page, numbered from 1 through all files.
    pub pages: Vec<PageSeen>,
}

impl Stack {
    /// The cover sheet on a page; none: there is none that is believed.
    pub fn cover_on(&self, page: u32) -> Option<&Cover> {
        let page = self.pages.iter().find(|seen| seen.number == page)?;
        page.codes.iter().find_map(|code| match &code.says {
            SheetSays::Cover(cover) => Some(cover),
            SheetSays::Untrusted(_) => None,
        })
    }
}

/// What one page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSeen {
    /// Number from 1, through all files of the stack.
    pub number: u32,
    /// Pixels as the page lies in the file.
    pub width: u32,
    /// Pixels as the page lies in the file.
    pub height: u32,
    /// Dots an inch.
    pub dpi: u32,
    /// Nothing is printed, written or stamped on it.
    pub is_blank: bool,
    /// Codes that look like those of our cover sheets. Codes of any other kind never split a batch and do not stand here.
    pub codes: Vec<SheetCode>,
    /// Why the page could not be drawn: a code of [`crate::reason`].
    pub failure: Option<String>,
    /// The file holds more of the page than could be drawn: a paper made of what was drawn would look whole.
    #[serde(default)]
    pub is_incomplete: bool,
}

/// A code that looks like one of our cover sheets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetCode {
    /// What it says, as far as it is believed.
    pub says: SheetSays,
    /// How far the code is turned clockwise: 0, 90, 180 or 270. It stands upright on a sheet whose words do.
    pub turned_degrees: u16,
}

/// What a code of a cover sheet says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetSays {
    /// Our own office signed this.
    Cover(Cover),
    /// It cannot be believed.
    Untrusted(Untrusted),
}

/// Tờ bìa: what a cover sheet says of the sheets that follow it.
#[doc(alias = "tờ bìa")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// Mã hồ sơ.
    pub dossier: String,
    /// Key of the component; none: the paper is an outcome of the dossier.
    pub component: Option<String>,
    /// Sheets of paper that follow; both sides of one count once.
    pub sheets: u16,
    /// What no other printed sheet carries, as hex: seen twice, a sheet is doubled.
    pub serial: String,
    /// When it was printed.
    pub printed_at: Timestamp,
}

/// Why the code of a cover sheet is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Untrusted {
    /// Signed with a key that this office does not know: a sheet of another office.
    UnknownKey,
    /// What it says is not what was signed.
    Forged,
    /// A part of it is missing: the sheet is torn, or the scan is cut off.
    CutOff,
    /// It begins like ours and is none of ours.
    Malformed,
}

/// How the stack went through the scanner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// One side of each sheet.
    #[default]
    OneSided,
    /// Both sides of each sheet, one after the other.
    Duplex,
    /// All fronts, then the stack turned over: all backs, the last sheet first. Two files are the two passes; of any other number of files
    /// the first half of the pages is the first pass.
    TwoPasses,
}

/// Which pages of a stack are which paper. Every page of the stack stands in exactly one of the lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// How the stack was scanned.
    pub feed: Feed,
    /// The papers, in the order of the stack.
    pub parts: Vec<Part>,
    /// Pages of which no cover sheet says whose they are.
    pub unplaced: Vec<PlannedPage>,
    /// Pages that become part of no paper. They stay in the batch as scanned.
    pub left_out: Vec<LeftOut>,
    /// What was seen and stays so, however the plan is changed. What cannot be drawn of a page is no trouble while that page is left out.
    pub seen: Vec<Trouble>,
    /// What a person looked at and found to be right.
    pub settled: Vec<Settled>,
}

/// One paper of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Number, from 1; it stays when other parts go.
    pub number: u32,
    /// Mã hồ sơ.
    pub dossier: String,
    /// Key of the component; none: the paper is an outcome of the dossier.
    pub component: Option<String>,
    /// The cover sheet's page; none: a person opened this part.
    pub cover_page: Option<u32>,
    /// Sheets that the cover sheet counts; none: a person opened this part.
    pub expected_sheets: Option<u16>,
    /// Its pages, in the order of the stack.
    pub pages: Vec<PlannedPage>,
}

/// A page with its place in the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedPage {
    /// Number in the stack as scanned.
    pub number: u32,
    /// The sheet of paper that it is a side of, from 1.
    pub sheet: u32,
    /// It is the second side of its sheet.
    pub is_back: bool,
    /// Nothing is on it.
    pub is_blank: bool,
    /// How far it shall be turned clockwise: 0, 90, 180 or 270.
    pub turn_degrees: u16,
}

/// A page that becomes part of no paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The page.
    pub page: PlannedPage,
    /// Why.
    pub why: WhyLeftOut,
}

/// Why a page becomes part of no paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyLeftOut {
    /// A cover sheet.
    Cover,
    /// Its code is not to be believed. It may be the page of a paper that only looks like a cover sheet, so a person may move it.
    DoubtfulCover,
    /// The empty back of a cover sheet.
    BackOfCover,
    /// The empty back of a page.
    BlankBack,
    /// A person left it out.
    ByPerson,
}

/// A trouble that a person looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The trouble as it was then: another count is another trouble.
    pub trouble: Trouble,
    /// Why it is right as it is.
    pub reason: String,
}

/// Says which pages of a stack are which paper.
pub fn plan(stack: &Stack, feed: Feed) -> Plan {
    let mut plan = match collate::collate(stack, feed) {
        Ok(sheets) => split::split(&sheets, feed),
        Err(unequal) => uncollated(stack, feed, unequal),
    };
    plan.seen.extend(collate::odd_page(stack, feed));
    plan.seen.extend(stack.pages.iter().filter_map(Trouble::of_page));
    plan.seen.sort_by_key(|trouble| trouble.page);
    plan
}

/// Two passes that do not fit together: every page is shown, and nothing is put together by guessing.
fn uncollated(stack: &Stack, feed: Feed, unequal: Trouble) -> Plan {
    let page = |page: &PageSeen| PlannedPage::of(page, page.number, false);
    let unplaced = stack.pages.iter().map(page).collect();
    Plan { unplaced, seen: vec![unequal], ..Plan::empty(feed) }
}

impl Plan {
    fn empty(feed: Feed) -> Plan {
        let (parts, unplaced, left_out) = (Vec::new(), Vec::new(), Vec::new());
        Plan { feed, parts, unplaced, left_out, seen: Vec::new(), settled: Vec::new() }
    }

    /// Everything that is odd and that nobody settled; empty: the plan may be carried out.
    pub fn open_troubles(&self) -> Vec<Trouble> {
        self.troubles().into_iter().filter(|trouble| self.settlement_of(trouble).is_none()).collect()
    }

    /// Everything that is odd, settled or not: what was seen first, then what is wrong with the plan as it is.
    pub fn troubles(&self) -> Vec<Trouble> {
        let seen = self.seen.iter().filter(|trouble| !self.is_left_out(trouble));
        seen.cloned().chain(trouble::of_parts(self)).collect()
    }

    /// Whether a trouble is one of drawing a page that becomes part of no paper.
    fn is_left_out(&self, trouble: &Trouble) -> bool {
        let is_of_drawing = matches!(trouble.kind, TroubleKind::UnreadablePage | TroubleKind::IncompletePage);
        is_of_drawing && self.left_out.iter().any(|out| Some(out.page.number) == trouble.page)
    }

    /// Why a person found this to be right.
    pub fn settlement_of(&self, trouble: &Trouble) -> Option<&Settled> {
        self.settled.iter().find(|settled| settled.trouble == *trouble)
    }

    /// The part of this number.
    pub fn part(&self, number: u32) -> Option<&Part> {
        self.parts.iter().find(|part| part.number == number)
    }
}

impl Part {
    /// Sheets of paper in it; both sides of one count once.
    pub fn sheet_count(&self) -> usize {
        self.pages.chunk_by(|one, next| one.sheet == next.sheet).count()
    }
}

impl PlannedPage {
    fn of(page: &PageSeen, sheet: u32, is_back: bool) -> PlannedPage {
        PlannedPage { number: page.number, sheet, is_back, is_blank: page.is_blank, turn_degrees: 0 }
    }
}
