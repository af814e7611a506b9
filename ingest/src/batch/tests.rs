//! Stacks as they come out of a feeder, and what must become of them.

use super::*;
use TroubleKind::*;

/// A sheet of a stack: what its sides show.
#[derive(Clone)]
struct Paper {
    /// The cover sheet that it is.
    codes: Vec<SheetCode>,
    /// Something is on its back.
    is_printed_behind: bool,
    /// The dossier that it truly belongs to.
    of: usize,
}

fn cover(dossier: usize, sheets: u16) -> Cover {
    Cover {
        dossier: format!("H26.01-261121-{dossier:04}"),
        component: Some("birth-certificate".into()),
        sheets,
        serial: format!("{dossier:016x}"),
        printed_at: Timestamp::UNIX_EPOCH,
    }
}

fn code(says: SheetSays, turned_degrees: u16) -> SheetCode {
    SheetCode { says, turned_degrees }
}

fn cover_sheet(of: usize, sheets: u16) -> Paper {
    let codes = vec![code(SheetSays::Cover(cover(of, sheets)), 0); 4];
    Paper { codes, is_printed_behind: false, of }
}

/// A stack of as many dossiers as counts, each with its cover and so many sheets; every third sheet is printed on both sides.
fn stack_of(counts: &[u16]) -> Vec<Paper> {
    let mut papers = Vec::new();
    for (of, sheets) in (1..).zip(counts) {
        papers.push(cover_sheet(of, *sheets));
        let inner = |sheet: u16| Paper { codes: Vec::new(), is_printed_behind: sheet.is_multiple_of(3), of };
        papers.extend((0..*sheets).map(inner));
    }
    papers
}

/// The pages that a feed makes of papers, and whose each truly is.
fn scanned(papers: &[Paper], feed: Feed) -> (Stack, Vec<usize>) {
    let front = |paper: &Paper| (PageSeen { codes: paper.codes.clone(), ..PageSeen::default() }, paper.of);
    let back =
        |paper: &Paper| (PageSeen { is_blank: !paper.is_printed_behind, ..PageSeen::default() }, paper.of);
    let sides: Vec<(PageSeen, usize)> = match feed {
        Feed::OneSided => papers.iter().map(front).collect(),
        Feed::Duplex => papers.iter().flat_map(|paper| [front(paper), back(paper)]).collect(),
        Feed::TwoPasses => papers.iter().map(front).chain(papers.iter().rev().map(back)).collect(),
    };
    let (mut pages, owners): (Vec<PageSeen>, Vec<usize>) = sides.into_iter().unzip();
    (1..).zip(&mut pages).for_each(|(number, page)| page.number = number);
    (Stack { files: vec![pages.len() as u32], pages }, owners)
}

/// The forty-sheet stack of six dossiers.
fn forty_sheets() -> Vec<Paper> {
    stack_of(&[1, 9, 4, 12, 3, 5])
}

const FEEDS: [Feed; 3] = [Feed::OneSided, Feed::Duplex, Feed::TwoPasses];

/// Every page stands in exactly one list.
#[track_caller]
fn check_whole(stack: &Stack, plan: &Plan) {
    let inner = plan.parts.iter().flat_map(|part| &part.pages).chain(&plan.unplaced);
    let mut numbers: Vec<u32> =
        inner.chain(plan.left_out.iter().map(|out| &out.page)).map(|page| page.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=stack.pages.len() as u32).collect::<Vec<_>>());
}

/// Each page of a part is of the dossier that the part goes to.
fn is_true(plan: &Plan, owners: &[usize]) -> bool {
    let is_of =
        |part: &Part, page: &PlannedPage| part.dossier == cover(owners[page.number as usize - 1], 1).dossier;
    plan.parts.iter().all(|part| part.pages.iter().all(|page| is_of(part, page)))
}

#[track_caller]
fn check_troubles(papers: &[Paper], feed: Feed, expected: &[TroubleKind]) -> Plan {
    let (stack, _) = scanned(papers, feed);
    let plan = plan(&stack, feed);
    check_whole(&stack, &plan);
    let troubles = plan.open_troubles();
    let kinds: Vec<&TroubleKind> = troubles.iter().map(|trouble| &trouble.kind).collect();
    assert_eq!(kinds, expected.iter().collect::<Vec<_>>(), "{feed:?}");
    assert!(troubles.iter().all(|trouble| trouble.vietnamese().contains("Hãy")), "{troubles:?}");
    plan
}

#[test]
fn a_clean_stack_becomes_its_papers_however_it_was_fed() {
    for feed in FEEDS {
        let papers = forty_sheets();
        let (stack, owners) = scanned(&papers, feed);
        let plan = check_troubles(&papers, feed, &[]);
        assert!(is_true(&plan, &owners));
        let sheets: Vec<usize> = plan.parts.iter().map(Part::sheet_count).collect();
        assert_eq!(sheets, [1, 9, 4, 12, 3, 5], "{feed:?}");
        let why = |wanted| plan.left_out.iter().filter(|out| out.why == wanted).count();
        let backs = if feed == Feed::OneSided { (0, 0) } else { (6, 34 - 13) };
        assert_eq!(
            (why(WhyLeftOut::Cover), why(WhyLeftOut::BackOfCover), why(WhyLeftOut::BlankBack)),
            (6, backs.0, backs.1)
        );
        assert_eq!(stack.pages.len(), if feed == Feed::OneSided { 40 } else { 80 });
    }
}

#[test]
fn two_passes_are_put_together_sheet_by_sheet() {
    let (stack, _) = scanned(&stack_of(&[3]), Feed::TwoPasses);
    let plan = plan(&stack, Feed::TwoPasses);
    let numbers: Vec<u32> = plan.parts[0].pages.iter().map(|page| page.number).collect();
    // Fronts are 1 to 4, backs 8 to 5; the first inner sheet is printed on both sides.
    assert_eq!(numbers, [2, 7, 3, 4]);
}

#[test]
fn a_missing_cover_stops_the_batch() {
    for feed in FEEDS {
        let mut papers = forty_sheets();
        // The cover of the third dossier.
        papers.remove(12);
        check_troubles(&papers, feed, &[WrongCount { expected: 9, counted: 13 }]);
        let mut papers = forty_sheets();
        papers.remove(0);
        let plan = check_troubles(
            &papers,
            feed,
            &[NoCoverBefore { pages: if feed == Feed::OneSided { 1 } else { 2 } }],
        );
        assert_eq!(plan.parts.len(), 5);
    }
}

#[test]
fn a_doubled_cover_stops_the_batch() {
    for feed in FEEDS {
        let mut papers = forty_sheets();
        papers.insert(2, papers[2].clone());
        let first_page = if feed == Feed::Duplex { 5 } else { 3 };
        let plan = check_troubles(&papers, feed, &[DoubledCover { first_page }]);
        assert_eq!(plan.parts.len(), 6, "it opens no second part");
        // A copy of the sheet in the middle of the paper.
        let mut papers = forty_sheets();
        papers.insert(6, papers[2].clone());
        let wrong = |counted| WrongCount { expected: 9, counted };
        check_troubles(
            &papers,
            feed,
            &[DoubledCover { first_page }, wrong(3), wrong(6), SamePlace { other_part: 2 }],
        );
    }
}

#[test]
fn a_copy_of_a_cover_behind_another_cover_takes_its_own_pages() {
    for feed in FEEDS {
        // A, one page, B without pages, A again, and another page of A.
        let mut papers = stack_of(&[2, 1]);
        papers.swap(2, 3);
        papers.insert(3, papers[0].clone());
        papers.truncate(5);
        let (stack, owners) = scanned(&papers, feed);
        let plan = plan(&stack, feed);
        check_whole(&stack, &plan);
        assert!(is_true(&plan, &owners), "{feed:?}");
        assert_eq!(plan.parts.iter().map(Part::sheet_count).collect::<Vec<_>>(), [1, 0, 1], "{feed:?}");
    }
}

#[test]
fn a_page_that_only_looks_like_a_cover_may_be_put_into_its_paper() {
    let mut papers = stack_of(&[3]);
    papers[2].codes = vec![code(SheetSays::Untrusted(Untrusted::Malformed), 0)];
    let (stack, owners) = scanned(&papers, Feed::OneSided);
    let planned = plan(&stack, Feed::OneSided);
    let why: Vec<WhyLeftOut> = planned.left_out.iter().map(|out| out.why).collect();
    assert_eq!(why, [WhyLeftOut::Cover, WhyLeftOut::DoubtfulCover]);
    let moved = change(&planned, Change::Move { page: 3, part: 1 });
    let moved = change(&moved, Change::Move { page: 4, part: 1 });
    check_whole(&stack, &moved);
    assert!(is_true(&moved, &owners));
    let trouble = moved.open_troubles().remove(0);
    assert_eq!(trouble.kind, UntrustedCover { why: Untrusted::Malformed });
    let settled = change(&moved, Change::Settle { trouble, reason: "Là chữ trên giấy.".into() });
    assert_eq!(settled.open_troubles(), []);
}

#[test]
fn a_cover_that_does_not_stand_upright_stops_the_batch() {
    for (feed, degrees) in FEEDS.into_iter().zip([180, 90, 270]) {
        let mut papers = forty_sheets();
        papers[2].codes.iter_mut().for_each(|code| code.turned_degrees = degrees);
        let plan = check_troubles(&papers, feed, &[TurnedCover { degrees }]);
        assert_eq!(plan.parts.len(), 6);
    }
}

#[test]
fn a_wrong_count_stops_the_batch() {
    for feed in FEEDS {
        let mut papers = forty_sheets();
        papers.remove(5);
        check_troubles(&papers, feed, &[WrongCount { expected: 9, counted: 8 }]);
        papers.insert(5, papers[4].clone());
        papers.insert(5, papers[4].clone());
        check_troubles(&papers, feed, &[WrongCount { expected: 9, counted: 10 }]);
        // Two covers in a row.
        let mut papers = forty_sheets();
        papers.remove(1);
        check_troubles(&papers, feed, &[WrongCount { expected: 1, counted: 0 }, EmptyPart]);
    }
}

#[test]
fn a_cover_that_is_not_believed_stops_the_batch_and_its_pages_are_nobodys() {
    for why in [Untrusted::UnknownKey, Untrusted::Forged, Untrusted::CutOff, Untrusted::Malformed] {
        let mut papers = stack_of(&[2, 3, 1]);
        papers[3].codes = vec![code(SheetSays::Untrusted(why), 0)];
        let plan =
            check_troubles(&papers, Feed::OneSided, &[UntrustedCover { why }, NoCoverBefore { pages: 3 }]);
        assert_eq!(plan.parts.len(), 2);
        // One corner that cannot be believed spoils the sheet.
        papers[3].codes.extend(cover_sheet(2, 3).codes);
        check_troubles(&papers, Feed::OneSided, &[UntrustedCover { why }, NoCoverBefore { pages: 3 }]);
    }
}

#[test]
fn a_torn_cover_speaks_through_one_corner_and_two_covers_on_one_page_do_not() {
    let mut papers = stack_of(&[2, 3]);
    papers[3].codes.truncate(1);
    check_troubles(&papers, Feed::OneSided, &[]);
    papers[3].codes.extend(cover_sheet(7, 3).codes);
    check_troubles(&papers, Feed::OneSided, &[TwoCovers, NoCoverBefore { pages: 3 }]);
}

#[test]
fn sides_that_do_not_fit_stop_the_batch() {
    let papers = stack_of(&[2, 3]);
    let (mut stack, _) = scanned(&papers, Feed::Duplex);
    // A cover sheet that lies face down.
    stack.pages.swap(6, 7);
    (1..).zip(&mut stack.pages).for_each(|(number, page)| page.number = number);
    let kinds = |stack: &Stack, feed| -> Vec<TroubleKind> {
        let plan = plan(stack, feed);
        check_whole(stack, &plan);
        plan.open_troubles().into_iter().map(|trouble| trouble.kind).collect()
    };
    assert_eq!(kinds(&stack, Feed::Duplex), [CoverOnBack]);
    // Scanned on one side, and told otherwise.
    let (one_sided, _) = scanned(&papers, Feed::OneSided);
    let told = kinds(&one_sided, Feed::Duplex);
    assert!(told.contains(&PrintedBackOfCover) && told.contains(&OddPageCount { pages: 7 }), "{told:?}");
    // The other way round: empty backs count as sheets.
    let (duplex, _) = scanned(&papers, Feed::Duplex);
    assert_eq!(
        kinds(&duplex, Feed::OneSided),
        [WrongCount { expected: 2, counted: 5 }, WrongCount { expected: 3, counted: 7 }]
    );
}

#[test]
fn a_sheet_lost_in_one_of_two_passes_collates_nothing() {
    let (mut stack, _) = scanned(&forty_sheets(), Feed::TwoPasses);
    stack.pages.pop();
    stack.files = vec![79];
    let told = plan(&stack, Feed::TwoPasses);
    check_whole(&stack, &told);
    assert!(told.parts.is_empty());
    assert_eq!(told.unplaced.len(), 79, "both passes are shown");
    assert_eq!(told.open_troubles()[0].kind, UnequalPasses { fronts: 40, backs: 39 });
    stack.files = vec![39, 40];
    assert_eq!(
        plan(&stack, Feed::TwoPasses).open_troubles()[0].kind,
        UnequalPasses { fronts: 39, backs: 40 }
    );
}

#[test]
fn a_page_that_cannot_be_drawn_stops_the_batch() {
    let (mut stack, _) = scanned(&stack_of(&[2]), Feed::OneSided);
    stack.pages[2].failure = Some("damaged".into());
    check_drawing(&stack, UnreadablePage);
    stack.pages[2] = PageSeen { number: 3, is_incomplete: true, ..PageSeen::default() };
    check_drawing(&stack, IncompletePage);
}

/// The third page stops the batch until it is left out: nobody can say that it is right.
#[track_caller]
fn check_drawing(stack: &Stack, kind: TroubleKind) {
    let planned = plan(stack, Feed::OneSided);
    let trouble = Trouble { kind, page: Some(3), part: None };
    assert_eq!(planned.open_troubles(), std::slice::from_ref(&trouble));
    assert!(trouble.vietnamese().contains("Hãy"), "{trouble:?}");
    let settle = Change::Settle { trouble: trouble.clone(), reason: "không sao".into() };
    assert_eq!(planned.changed(&settle), Err(ChangeError::NotSettleable));
    let out = change(&planned, Change::LeaveOut { page: 3 });
    let kinds: Vec<TroubleKind> = out.open_troubles().into_iter().map(|trouble| trouble.kind).collect();
    assert_eq!(kinds, [WrongCount { expected: 2, counted: 1 }]);
    assert_eq!(change(&out, Change::Move { page: 3, part: 1 }), planned, "it is back, and so is the trouble");
}

/// Whatever single thing goes wrong with a stack, a plan that may be carried out gives every page to the dossier that it is of.
#[test]
fn no_single_fault_puts_a_page_into_another_dossier() {
    let mut stopped = 0;
    for feed in FEEDS {
        for at in 0..forty_sheets().len() {
            for fault in faults() {
                let mut papers = forty_sheets();
                fault(&mut papers, at);
                let (stack, owners) = scanned(&papers, feed);
                let plan = plan(&stack, feed);
                check_whole(&stack, &plan);
                if plan.open_troubles().is_empty() {
                    assert!(is_true(&plan, &owners), "{feed:?}, sheet {at}");
                } else {
                    stopped += 1;
                }
            }
        }
    }
    assert!(stopped > 300, "{stopped}");
}

type Fault = fn(&mut Vec<Paper>, usize);

fn faults() -> [Fault; 7] {
    [
        |papers, at| drop(papers.remove(at)),
        |papers, at| papers.insert(at, papers[at].clone()),
        |papers, at| papers[at].codes.clear(),
        |papers, at| {
            let copy = papers[..at].iter().rfind(|paper| !paper.codes.is_empty()).cloned();
            copy.into_iter().for_each(|copy| papers.insert(at + 1, copy));
        },
        |papers, at| papers.swap(at, (at + 1) % 40),
        |papers, at| papers[at].codes.iter_mut().for_each(|code| code.turned_degrees = 180),
        |papers, at| {
            papers[at].codes.iter_mut().for_each(|code| code.says = SheetSays::Untrusted(Untrusted::CutOff));
        },
    ]
}

#[track_caller]
fn change(plan: &Plan, change: Change) -> Plan {
    plan.changed(&change).unwrap_or_else(|error| panic!("{change:?}: {error}"))
}

#[test]
fn a_person_puts_a_missing_cover_right() {
    let mut papers = stack_of(&[2, 3]);
    papers.remove(3);
    let (stack, owners) = scanned(&papers, Feed::OneSided);
    let planned = plan(&stack, Feed::OneSided);
    assert!(!is_true(&planned, &owners));
    let Cover { dossier, component, .. } = cover(2, 3);
    let right = change(&planned, Change::Begin { page: 4, dossier, component });
    check_whole(&stack, &right);
    assert_eq!(right.open_troubles(), []);
    assert!(is_true(&right, &owners));
    let moved = change(&right, Change::Move { page: 5, part: 1 });
    assert_eq!(moved.open_troubles()[0].kind, WrongCount { expected: 2, counted: 3 });
    let out = change(&moved, Change::LeaveOut { page: 5 });
    check_whole(&stack, &out);
    assert_eq!(change(&out, Change::Move { page: 5, part: 2 }), right);
}

#[test]
fn a_trouble_is_settled_with_a_reason_and_only_as_it_was_seen() {
    let mut papers = stack_of(&[2, 3]);
    papers.remove(1);
    let (stack, _) = scanned(&papers, Feed::OneSided);
    let planned = plan(&stack, Feed::OneSided);
    let trouble = planned.open_troubles()[0].clone();
    let settle = |reason: &str| Change::Settle { trouble: trouble.clone(), reason: reason.into() };
    assert_eq!(planned.changed(&settle("  ")), Err(ChangeError::Reason));
    let settled = change(&planned, settle("Công dân chỉ nộp 1 tờ."));
    assert_eq!(settled.open_troubles(), []);
    assert_eq!(settled.changed(&settle("lần nữa")), Err(ChangeError::NotSettleable));
    let moved = change(&settled, Change::Move { page: 2, part: 2 });
    let kinds: Vec<TroubleKind> = moved.open_troubles().into_iter().map(|trouble| trouble.kind).collect();
    assert_eq!(
        kinds,
        [WrongCount { expected: 2, counted: 0 }, EmptyPart, WrongCount { expected: 3, counted: 4 },],
        "another count is another trouble"
    );
    let empty = moved.open_troubles()[1].clone();
    let refused = moved.changed(&Change::Settle { trouble: empty, reason: "được".into() });
    assert_eq!(refused, Err(ChangeError::NotSettleable));
    assert_eq!(change(&moved, Change::Drop { part: 1 }).parts.len(), 1);
}

#[test]
fn changes_that_make_no_sense_are_refused() {
    let (stack, _) = scanned(&stack_of(&[2, 3]), Feed::Duplex);
    let planned = plan(&stack, Feed::Duplex);
    let check = |change: Change, expected: ChangeError| {
        assert!(expected.vietnamese().ends_with('.'), "{expected:?}");
        assert_eq!(planned.changed(&change), Err(expected), "{change:?}");
    };
    check(Change::Move { page: 1, part: 2 }, ChangeError::IsCover { page: 1 });
    check(Change::Move { page: 99, part: 2 }, ChangeError::NoPage { page: 99 });
    check(Change::Move { page: 3, part: 9 }, ChangeError::NoPart { part: 9 });
    check(Change::LeaveOut { page: 1 }, ChangeError::IsCover { page: 1 });
    check(Change::Turn { page: 3, degrees: 45 }, ChangeError::Degrees { degrees: 45 });
    check(Change::Drop { part: 1 }, ChangeError::HasPages { part: 1 });
    let begin = |page| Change::Begin { page, dossier: "H26.01-261121-0001".into(), component: None };
    check(begin(1), ChangeError::IsLeftOut { page: 1 });
    check(begin(99), ChangeError::NoPage { page: 99 });
}

#[test]
fn a_stack_that_lay_upside_down_is_turned_whole() {
    let (stack, _) = scanned(&stack_of(&[2]), Feed::Duplex);
    let planned = plan(&stack, Feed::Duplex);
    let turned = change(&planned, Change::TurnAll { degrees: 180 });
    let mut degrees = turned.parts[0].pages.iter().map(|page| page.turn_degrees);
    assert!(degrees.all(|degrees| degrees == 180));
    let back = change(&turned, Change::TurnAll { degrees: 180 });
    assert_eq!(back, planned);
    let once = change(
        &change(&planned, Change::Turn { page: 3, degrees: 270 }),
        Change::Turn { page: 3, degrees: 90 },
    );
    assert_eq!(once, planned);
}

#[test]
fn a_plan_survives_being_written_down() {
    let mut papers = forty_sheets();
    papers.remove(12);
    let (stack, _) = scanned(&papers, Feed::Duplex);
    let planned = plan(&stack, Feed::Duplex);
    let text = serde_json::to_string(&(&stack, &planned)).expect("a plan can be written");
    assert_eq!(serde_json::from_str::<(Stack, Plan)>(&text).expect("and read"), (stack, planned));
}
