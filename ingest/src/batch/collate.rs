//! From pages as they were scanned to sheets of paper.

use super::{Feed, PageSeen, Stack, Trouble, TroubleKind};

/// A sheet of paper: its number in the stack, from 1, and its sides.
pub(super) struct Sheet<'a> {
    pub(super) number: u32,
    pub(super) front: &'a PageSeen,
    pub(super) back: Option<&'a PageSeen>,
}

/// The sheets of a stack, in the order in which they lay.
///
/// # Errors
/// Two passes do not have equally many pages: which sheet was lost cannot be known, and a guess would pair the front of one person's
/// paper with the back of another's.
pub(super) fn collate(stack: &Stack, feed: Feed) -> Result<Vec<Sheet<'_>>, Trouble> {
    let pages = stack.pages.as_slice();
    Ok(match feed {
        Feed::OneSided => number(pages.iter().map(|page| (page, None))),
        Feed::Duplex => number(pages.chunks(2).map(|sides| (&sides[0], sides.get(1)))),
        Feed::TwoPasses => {
            let (fronts, backs) = passes(stack);
            if fronts.len() != backs.len() {
                return Err(unequal(fronts, backs));
            }
            number(fronts.iter().zip(backs.iter().rev().map(Some)))
        }
    })
}

/// A stack of sheets of which both sides were scanned has an even number of pages.
pub(super) fn odd_page(stack: &Stack, feed: Feed) -> Option<Trouble> {
    let last = stack.pages.last()?;
    let is_odd = feed == Feed::Duplex && stack.pages.len() % 2 == 1;
    is_odd.then(|| Trouble::at(last.number, TroubleKind::OddPageCount { pages: stack.pages.len() as u32 }))
}

fn number<'a>(sides: impl Iterator<Item = (&'a PageSeen, Option<&'a PageSeen>)>) -> Vec<Sheet<'a>> {
    (1..).zip(sides).map(|(number, (front, back))| Sheet { number, front, back }).collect()
}

/// Fronts and backs; of an odd number of pages the first pass has one more, for that is where nothing is missing yet.
fn passes(stack: &Stack) -> (&[PageSeen], &[PageSeen]) {
    let fronts = match stack.files.as_slice() {
        [fronts, _] => *fronts as usize,
        _ => stack.pages.len().div_ceil(2),
    };
    stack.pages.split_at(fronts.min(stack.pages.len()))
}

fn unequal(fronts: &[PageSeen], backs: &[PageSeen]) -> Trouble {
    let kind = TroubleKind::UnequalPasses { fronts: fronts.len() as u32, backs: backs.len() as u32 };
    Trouble { kind, page: backs.first().map(|page| page.number), part: None }
}
