//! A plan as text for a terminal.

use ingest::batch::{Part, Plan, PlannedPage, Trouble, WhyLeftOut};
use std::fmt::Write;

/// One line for each paper, for what is left out, and for each trouble.
pub(in crate::command) fn of(plan: &Plan, troubles: &[Trouble]) -> String {
    let mut text = String::new();
    for part in &plan.parts {
        let _ = writeln!(text, "{}", of_part(part));
    }
    for (why, called) in [
        (WhyLeftOut::Cover, "cover sheets"),
        (WhyLeftOut::DoubtfulCover, "cover sheets that are not believed"),
        (WhyLeftOut::BackOfCover, "backs of cover sheets"),
        (WhyLeftOut::BlankBack, "empty backs"),
        (WhyLeftOut::ByPerson, "left out by a person"),
    ] {
        let pages: Vec<u32> =
            plan.left_out.iter().filter(|out| out.why == why).map(|out| out.page.number).collect();
        if !pages.is_empty() {
            let _ = writeln!(text, "{called}: pages {}", list(&pages));
        }
    }
    if !plan.unplaced.is_empty() {
        let _ = writeln!(text, "of nobody: pages {}", list(&numbers(&plan.unplaced)));
    }
    for trouble in troubles {
        let _ = writeln!(text, "! {}", trouble.vietnamese());
    }
    let _ = match troubles.len() {
        0 => writeln!(text, "{} papers; nothing is odd", plan.parts.len()),
        count => writeln!(text, "{} papers; {count} things to look at before filing", plan.parts.len()),
    };
    text
}

fn of_part(part: &Part) -> String {
    let place = part.component.as_deref().unwrap_or("outcome");
    let expected = part.expected_sheets.map_or("?".to_owned(), |sheets| sheets.to_string());
    format!(
        "{:>3}  {}  {place}  sheets {} of {expected}  pages {}",
        part.number,
        part.dossier,
        part.sheet_count(),
        list(&numbers(&part.pages))
    )
}

fn numbers(pages: &[PlannedPage]) -> Vec<u32> {
    pages.iter().map(|page| page.number).collect()
}

/// Numbers with runs drawn together: `2-5 8`.
fn list(numbers: &[u32]) -> String {
    let runs = numbers.chunk_by(|one, next| *next == one + 1);
    let run = |run: &[u32]| match run {
        [first, .., last] => format!("{first}-{last}"),
        [only] => only.to_string(),
        [] => String::new(),
    };
    runs.map(run).collect::<Vec<_>>().join(" ")
}
