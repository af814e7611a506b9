//! From sheets of paper to papers: each begins with a cover sheet.

use super::collate::Sheet;
use super::{
    Cover, Feed, LeftOut, PageSeen, Part, Plan, PlannedPage, SheetSays, Trouble, TroubleKind, Untrusted,
    WhyLeftOut,
};

/// What a page is for the split.
enum Face<'a> {
    /// A page of some paper.
    Inner,
    /// A cover sheet that is believed.
    Cover { cover: &'a Cover, turned_degrees: u16 },
    /// Meant as a cover sheet, but not to be believed.
    Doubtful(TroubleKind),
}

/// A split in progress.
struct Split<'a> {
    plan: Plan,
    /// Index of the part that pages are added to; none: nobody knows whose they are.
    open: Option<usize>,
    /// Cover sheets seen so far.
    covers: Vec<(&'a Cover, u32)>,
}

/// The papers of a stack.
pub(super) fn split(sheets: &[Sheet<'_>], feed: Feed) -> Plan {
    let mut split = Split { plan: Plan::empty(feed), open: None, covers: Vec::new() };
    for sheet in sheets {
        split.take(sheet);
    }
    split.plan
}

impl<'a> Split<'a> {
    fn take(&mut self, sheet: &Sheet<'a>) {
        let back = sheet.back.map(|page| (page, face(page)));
        match (face(sheet.front), back) {
            (Face::Inner, None | Some((_, Face::Inner))) => self.add(sheet),
            (Face::Inner, Some((back, _))) => {
                self.trouble(back, TroubleKind::CoverOnBack);
                self.begin(back, PlannedPage::of(back, sheet.number, true));
                self.set_aside(sheet.front, PlannedPage::of(sheet.front, sheet.number, false));
            }
            (_, other) => {
                self.begin(sheet.front, PlannedPage::of(sheet.front, sheet.number, false));
                if let Some((back, _)) = other {
                    if !back.is_blank {
                        self.trouble(back, TroubleKind::PrintedBackOfCover);
                    }
                    self.set_aside(back, PlannedPage::of(back, sheet.number, true));
                }
            }
        }
    }

    /// A cover sheet ends the paper before it, also when it is not believed.
    fn begin(&mut self, seen: &'a PageSeen, page: PlannedPage) {
        let why = match face(seen) {
            Face::Inner => unreachable!("only what has a code begins a paper"),
            Face::Doubtful(kind) => {
                self.trouble(seen, kind);
                self.open = None;
                WhyLeftOut::DoubtfulCover
            }
            Face::Cover { cover, turned_degrees } => {
                if turned_degrees > 0 {
                    self.trouble(seen, TroubleKind::TurnedCover { degrees: turned_degrees });
                }
                self.open_part(seen, cover);
                WhyLeftOut::Cover
            }
        };
        self.plan.left_out.push(LeftOut { page, why });
    }

    fn open_part(&mut self, seen: &PageSeen, cover: &'a Cover) {
        let is_same = |(known, _): &&(&Cover, u32)| known.serial == cover.serial;
        let first = self.covers.iter().find(is_same).map(|known| known.1);
        let is_last = self.covers.last().filter(is_same).is_some();
        self.covers.push((cover, seen.number));
        if let Some(first_page) = first {
            self.trouble(seen, TroubleKind::DoubledCover { first_page });
            let is_empty = self.open.is_some_and(|open| self.plan.parts[open].pages.is_empty());
            // Right behind itself it says nothing new; the empty paper of another sheet is not its own.
            if is_last && is_empty {
                return;
            }
        }
        self.open = Some(self.plan.parts.len());
        self.plan.parts.push(Part {
            number: self.plan.parts.len() as u32 + 1,
            dossier: cover.dossier.clone(),
            component: cover.component.clone(),
            cover_page: Some(seen.number),
            expected_sheets: Some(cover.sheets),
            pages: Vec::new(),
        });
    }

    /// The other side of a cover sheet: empty, or nobody's until a person looked.
    fn set_aside(&mut self, seen: &PageSeen, page: PlannedPage) {
        match seen.is_blank {
            true => self.plan.left_out.push(LeftOut { page, why: WhyLeftOut::BackOfCover }),
            false => self.plan.unplaced.push(page),
        }
    }

    /// A sheet of the open paper. Its empty back is left out and told; an empty front stays, for the sheet may lie face down.
    fn add(&mut self, sheet: &Sheet<'_>) {
        let pages = match self.open {
            Some(open) => &mut self.plan.parts[open].pages,
            None => &mut self.plan.unplaced,
        };
        pages.push(PlannedPage::of(sheet.front, sheet.number, false));
        let back = sheet.back.map(|back| PlannedPage::of(back, sheet.number, true));
        match back {
            Some(page) if page.is_blank => {
                self.plan.left_out.push(LeftOut { page, why: WhyLeftOut::BlankBack });
            }
            Some(page) => pages.push(page),
            None => {}
        }
    }

    fn trouble(&mut self, page: &PageSeen, kind: TroubleKind) {
        self.plan.seen.push(Trouble::at(page.number, kind));
    }
}

/// What a page is. A sheet speaks through any one of its codes; what one of them says against another is not settled here.
fn face(page: &PageSeen) -> Face<'_> {
    let mut covers = Vec::new();
    for code in &page.codes {
        match &code.says {
            SheetSays::Cover(cover) => covers.push((cover, code.turned_degrees)),
            SheetSays::Untrusted(why) => return doubtful(*why),
        }
    }
    let Some(&(cover, turned_degrees)) = covers.first() else { return Face::Inner };
    match covers.iter().all(|(other, turned)| *other == cover && *turned == turned_degrees) {
        true => Face::Cover { cover, turned_degrees },
        false => Face::Doubtful(TroubleKind::TwoCovers),
    }
}

fn doubtful(why: Untrusted) -> Face<'static> {
    Face::Doubtful(TroubleKind::UntrustedCover { why })
}
