//! What a person changes about a plan. Each change gives a new plan or a sentence that says why not; no page is ever lost on the way.

use super::{LeftOut, Part, Plan, PlannedPage, Settled, Trouble, WhyLeftOut};
use serde::{Deserialize, Serialize};

/// Parts of one plan at most: as many as a stack has pages, if a person opened one for each.
const PARTS_MAX: usize = crate::problem::PAGE_COUNT_MAX as usize;
/// Letters of the reason for which a trouble is right as it is, at most: two or three sentences.
const REASON_LETTERS_MAX: usize = 500;

/// One change of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub enum Change {
    /// A page goes to another part, also one that was left out or is nobody's yet.
    Move {
        /// Number of the page as scanned.
        page: u32,
        /// Number of the part.
        part: u32,
    },
    /// A new part begins with this page and takes those that follow it in its part, or among the pages that are nobody's yet.
    Begin {
        /// Number of the page as scanned.
        page: u32,
        /// Mã hồ sơ.
        dossier: String,
        /// Key of the component; none: an outcome.
        component: Option<String>,
    },
    /// A part goes to another dossier or component.
    Place {
        /// Number of the part.
        part: u32,
        /// Mã hồ sơ.
        dossier: String,
        /// Key of the component; none: an outcome.
        component: Option<String>,
    },
    /// A page is turned further.
    Turn {
        /// Number of the page as scanned.
        page: u32,
        /// Clockwise: 90, 180 or 270.
        degrees: u16,
    },
    /// Every page is turned further: the stack lay wrong.
    TurnAll {
        /// Clockwise: 90, 180 or 270.
        degrees: u16,
    },
    /// A page becomes part of no paper. It stays in the batch as scanned.
    LeaveOut {
        /// Number of the page as scanned.
        page: u32,
    },
    /// A part without pages goes.
    Drop {
        /// Number of the part.
        part: u32,
    },
    /// A person looked and says that it is right as it is.
    Settle {
        /// What.
        trouble: Trouble,
        /// Why it is right.
        reason: String,
    },
}

/// Why a plan cannot be changed so. [`ChangeError::vietnamese`] says it to people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// There is no such page.
    #[error("the batch has no page {page}")]
    NoPage {
        /// Number of the page.
        page: u32,
    },
    /// There is no such part.
    #[error("the plan has no part {part}")]
    NoPart {
        /// Number of the part.
        part: u32,
    },
    /// A page that is left out begins no part.
    #[error("page {page} is left out: move it to a part first")]
    IsLeftOut {
        /// Number of the page.
        page: u32,
    },
    /// Cover sheets are no pages of a paper.
    #[error("page {page} is a cover sheet")]
    IsCover {
        /// Number of the page.
        page: u32,
    },
    /// A page is turned by right angles.
    #[error("pages are turned by 90, 180 or 270 degrees, not {degrees}")]
    Degrees {
        /// What was asked.
        degrees: u16,
    },
    /// Pages would be lost.
    #[error("part {part} still has pages")]
    HasPages {
        /// Number of the part.
        part: u32,
    },
    /// More parts than a plan may have.
    #[error("a plan has at most {PARTS_MAX} parts")]
    TooManyParts,
    /// A reason is missing or too long.
    #[error("a reason of 1 to {REASON_LETTERS_MAX} letters is needed")]
    Reason,
    /// The trouble is not there, or must be put right.
    #[error("this cannot be settled: it is not there any more, or must be put right")]
    NotSettleable,
}

impl ChangeError {
    /// The same, for people at a counter.
    pub fn vietnamese(&self) -> String {
        match self {
            ChangeError::NoPage { page } => {
                format!("Tập quét không có trang {page}. Hãy tải lại trang và chọn lại.")
            }
            ChangeError::NoPart { part } => {
                format!("Không có phần {part}. Hãy tải lại trang và chọn lại.")
            }
            ChangeError::IsLeftOut { page } => {
                format!("Trang {page} đang để ngoài. Hãy chuyển trang vào một phần trước.")
            }
            ChangeError::IsCover { page } => {
                format!("Trang {page} là tờ bìa, không phải trang của giấy tờ.")
            }
            ChangeError::Degrees { degrees } => {
                format!("Không xoay được {degrees}°. Hãy chọn 90°, 180° hoặc 270°.")
            }
            ChangeError::HasPages { part } => {
                format!("Phần {part} còn trang. Hãy chuyển hết trang đi rồi mới bỏ phần này.")
            }
            ChangeError::TooManyParts => {
                format!("Tập quét đã có {PARTS_MAX} phần, không thêm được nữa.")
            }
            ChangeError::Reason => {
                format!("Hãy ghi lý do, tối đa {REASON_LETTERS_MAX} chữ.")
            }
            ChangeError::NotSettleable => {
                "Vấn đề này không còn, hoặc phải sửa chứ không bỏ qua được. Hãy tải lại trang.".into()
            }
        }
    }
}

impl Plan {
    /// The plan after a change.
    ///
    /// # Errors
    /// See [`ChangeError`]; this plan stays as it is.
    pub fn changed(&self, change: &Change) -> Result<Plan, ChangeError> {
        let mut plan = self.clone();
        match change {
            Change::Move { page, part } => plan.move_page(*page, *part)?,
            Change::Begin { page, dossier, component } => plan.begin(*page, dossier, component)?,
            Change::Place { part, dossier, component } => {
                let part = plan.part_mut(*part)?;
                (part.dossier, part.component) = (dossier.clone(), component.clone());
            }
            Change::Turn { page, degrees } => plan.page_mut(*page)?.turn(*degrees)?,
            Change::TurnAll { degrees } => plan.turn_all(*degrees)?,
            Change::LeaveOut { page } => {
                let page = plan.take(*page)?;
                plan.left_out.push(LeftOut { page, why: WhyLeftOut::ByPerson });
            }
            Change::Drop { part } => plan.drop_part(*part)?,
            Change::Settle { trouble, reason } => plan.settle(trouble, reason)?,
        }
        Ok(plan)
    }

    fn move_page(&mut self, page: u32, part: u32) -> Result<(), ChangeError> {
        self.part_mut(part)?;
        let page = self.take(page)?;
        let pages = &mut self.part_mut(part)?.pages;
        pages.push(page);
        pages.sort_by_key(|page| (page.sheet, page.is_back));
        Ok(())
    }

    fn begin(&mut self, page: u32, dossier: &str, component: &Option<String>) -> Result<(), ChangeError> {
        if self.parts.len() >= PARTS_MAX {
            return Err(ChangeError::TooManyParts);
        }
        let pages = self.split_off(page)?;
        let number = self.parts.iter().map(|part| part.number).max().unwrap_or(0) + 1;
        let (dossier, component) = (dossier.to_owned(), component.clone());
        let part = Part { number, dossier, component, cover_page: None, expected_sheets: None, pages };
        let first = part.pages[0].sheet;
        let at =
            self.parts.iter().position(|other| other.pages.first().is_some_and(|page| page.sheet > first));
        self.parts.insert(at.unwrap_or(self.parts.len()), part);
        Ok(())
    }

    /// The page and those behind it, taken out of the part where it is, or from the pages that are nobody's as far as they lie together.
    fn split_off(&mut self, page: u32) -> Result<Vec<PlannedPage>, ChangeError> {
        for part in &mut self.parts {
            if let Some(at) = position(&part.pages, page) {
                return Ok(part.pages.split_off(at));
            }
        }
        if let Some(at) = position(&self.unplaced, page) {
            let run = self.unplaced[at..].chunk_by(|one, next| next.sheet <= one.sheet + 1).next();
            let length = run.map_or(1, <[PlannedPage]>::len);
            return Ok(self.unplaced.drain(at..at + length).collect());
        }
        let is_left_out = self.left_out.iter().any(|out| out.page.number == page);
        Err(if is_left_out { ChangeError::IsLeftOut { page } } else { ChangeError::NoPage { page } })
    }

    fn turn_all(&mut self, degrees: u16) -> Result<(), ChangeError> {
        let inner = self.parts.iter_mut().flat_map(|part| &mut part.pages).chain(&mut self.unplaced);
        inner.chain(self.left_out.iter_mut().map(|out| &mut out.page)).try_for_each(|page| page.turn(degrees))
    }

    fn drop_part(&mut self, number: u32) -> Result<(), ChangeError> {
        if !self.part_mut(number)?.pages.is_empty() {
            return Err(ChangeError::HasPages { part: number });
        }
        self.parts.retain(|part| part.number != number);
        Ok(())
    }

    fn settle(&mut self, trouble: &Trouble, reason: &str) -> Result<(), ChangeError> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON_LETTERS_MAX {
            return Err(ChangeError::Reason);
        }
        if !trouble.may_be_settled() || !self.open_troubles().contains(trouble) {
            return Err(ChangeError::NotSettleable);
        }
        self.settled.push(Settled { trouble: trouble.clone(), reason: reason.to_owned() });
        Ok(())
    }

    fn part_mut(&mut self, number: u32) -> Result<&mut Part, ChangeError> {
        let found = self.parts.iter_mut().find(|part| part.number == number);
        found.ok_or(ChangeError::NoPart { part: number })
    }

    fn page_mut(&mut self, number: u32) -> Result<&mut PlannedPage, ChangeError> {
        let inner = self.parts.iter_mut().flat_map(|part| &mut part.pages).chain(&mut self.unplaced);
        let mut all = inner.chain(self.left_out.iter_mut().map(|out| &mut out.page));
        all.find(|page| page.number == number).ok_or(ChangeError::NoPage { page: number })
    }

    /// Takes a page out of wherever it is; cover sheets stay where they are.
    fn take(&mut self, number: u32) -> Result<PlannedPage, ChangeError> {
        let lists = self.parts.iter_mut().map(|part| &mut part.pages).chain([&mut self.unplaced]);
        for pages in lists {
            if let Some(at) = position(pages, number) {
                return Ok(pages.remove(at));
            }
        }
        let at = self.left_out.iter().position(|out| out.page.number == number);
        match at {
            Some(at) if self.left_out[at].why == WhyLeftOut::Cover => {
                Err(ChangeError::IsCover { page: number })
            }
            Some(at) => Ok(self.left_out.remove(at).page),
            None => Err(ChangeError::NoPage { page: number }),
        }
    }
}

fn position(pages: &[PlannedPage], number: u32) -> Option<usize> {
    pages.iter().position(|page| page.number == number)
}

impl PlannedPage {
    fn turn(&mut self, degrees: u16) -> Result<(), ChangeError> {
        if !matches!(degrees, 90 | 180 | 270) {
            return Err(ChangeError::Degrees { degrees });
        }
        self.turn_degrees = (self.turn_degrees + degrees) % 360;
        Ok(())
    }
}
