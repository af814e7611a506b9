//! `motlan batch plan`: what a scanned stack is taken for, from the pixels to the plan.

use std::path::Path;

use image::{GrayImage, ImageFormat, imageops};
use serde_json::{Value, json};

use super::paper;
use super::stack::{self, Office};
use super::support::*;

/// Sheets of the six dossiers of the clean stack: with their covers forty.
const COUNTS: [u16; 6] = [1, 9, 4, 12, 3, 5];

fn code_of(dossier: usize) -> String {
    format!("H26.18-261121-{:04}", dossier + 1)
}

/// Cover and pages of one dossier.
fn part(office: &Office, dossier: usize, sheets: u16) -> Vec<GrayImage> {
    let cover = office.cover(&code_of(dossier), Some("to-khai"), sheets, dossier as u8);
    let inner = (0..u32::from(sheets)).map(|sheet| stack::words(100 * dossier as u32 + sheet));
    std::iter::once(cover).chain(inner).collect()
}

/// Plans a stack and answers the plan; it ends well exactly when nothing is odd.
#[track_caller]
fn plan(folder: &Path, office: &Office, pages: &[GrayImage], feed: &str) -> Value {
    plan_file(folder, office, &stack::pdf(pages), feed)
}

#[track_caller]
fn plan_file(folder: &Path, office: &Office, bytes: &[u8], feed: &str) -> Value {
    let file = folder.join("stack.pdf");
    std::fs::write(&file, bytes).expect("the folder can be written");
    let data = folder.join("data");
    let output = run(motlan(&data)
        .args(["--json", "batch", "plan", "--feed", feed, "--keys"])
        .arg(office.keys(folder))
        .arg(&file));
    let printed: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let is_odd = printed["troubles"] != json!([]);
    assert_eq!(output.status.success(), !is_odd, "{printed}");
    assert!(!data.exists(), "nothing is stored");
    printed
}

fn kinds(plan: &Value) -> Vec<String> {
    let troubles = plan["troubles"].as_array().expect("a list");
    assert!(troubles.iter().all(|trouble| text(&trouble["message"]).contains("Hãy")), "{plan}");
    troubles.iter().map(|trouble| text(&trouble["kind"])).collect()
}

fn pages_of(part: &Value) -> Vec<u64> {
    let pages = part["pages"].as_array().expect("pages");
    pages.iter().map(|page| page["number"].as_u64().expect("a number")).collect()
}

#[test]
fn a_clean_stack_of_forty_sheets_is_six_papers() {
    let (folder, office) = (fresh_folder(), Office::new());
    let mut pages: Vec<GrayImage> =
        COUNTS.iter().enumerate().flat_map(|(dossier, sheets)| part(&office, dossier, *sheets)).collect();
    assert_eq!(pages.len(), 40);
    // Codes of others on inner pages never split, whatever they say.
    pages[4] = stack::with_foreign_code(4, "https://example.vn/?hoso=1");
    pages[5] = stack::with_foreign_code(5, "ML1|H26.18-261121-0001|x");
    pages[6] = stack::with_foreign_code(6, "PATCHT");
    let plan = plan(folder.path(), &office, &pages, "one-sided");
    assert_eq!(kinds(&plan), [""; 0], "{plan}");
    let parts = plan["parts"].as_array().expect("parts");
    let mut next = 2;
    for (dossier, (part, sheets)) in parts.iter().zip(COUNTS).enumerate() {
        assert_eq!(part["dossier"], code_of(dossier), "{part}");
        assert_eq!(pages_of(part), (next..next + u64::from(sheets)).collect::<Vec<_>>());
        next += u64::from(sheets) + 1;
    }
    assert_eq!(parts.len(), 6);
}

#[test]
fn sheets_that_cannot_be_trusted_stop_the_batch() {
    let (folder, office, other) = (fresh_folder(), Office::new(), Office::new());
    let check = |second: GrayImage, expected: &[&str]| {
        let mut pages = part(&office, 0, 1);
        pages.push(second);
        pages.extend(part(&office, 1, 1).drain(1..));
        let plan = plan(folder.path(), &office, &pages, "one-sided");
        assert_eq!(kinds(&plan), expected, "{plan}");
        plan
    };
    let good = office.cover(&code_of(1), Some("to-khai"), 1, 1);
    check(good.clone(), &[]);
    check(stack::torn(&good), &[]);
    let upside_down = check(imageops::rotate180(&good), &["turned_cover"]);
    assert_eq!(upside_down["troubles"][0]["degrees"], 180);
    check(imageops::rotate180(&stack::torn(&good)), &["turned_cover"]);
    let foreign = check(other.cover(&code_of(1), None, 1, 1), &["untrusted_cover", "no_cover_before"]);
    assert_eq!(foreign["troubles"][0]["why"], "unknown_key");
    let text = office.code(&code_of(1), None, 1, 1);
    let cut = check(stack::with_codes(&text[..text.len() - 40]), &["untrusted_cover", "no_cover_before"]);
    assert_eq!(cut["troubles"][0]["why"], "cut_off");
    // Nothing can be read of it: it counts as a page.
    check(stack::words(7), &["wrong_count"]);
    check(office.cover(&code_of(0), Some("to-khai"), 1, 0), &["doubled_cover", "same_place"]);
}

#[test]
fn a_page_that_is_drawn_in_part_stops_the_batch() {
    let (folder, office) = (fresh_folder(), Office::new());
    let pages = part(&office, 0, 2);
    let mut file = stack::pdf(&pages);
    let scanned = paper::encoded(pages[2].clone(), ImageFormat::Jpeg);
    let at = file.windows(scanned.len()).position(|window| window == scanned).expect("it stands in the PDF");
    // The picture ends in the middle: a lenient decoder fills the rest with grey.
    let middle = at + scanned.len() / 2;
    file[middle..middle + 2].copy_from_slice(b"\xff\xd9");
    let told = plan_file(folder.path(), &office, &file, "one-sided");
    assert_eq!(kinds(&told), ["incomplete_page"], "{told}");
    assert_eq!(told["troubles"][0]["page"], 3);
}

#[test]
fn empty_backs_are_left_out_and_told() {
    let (folder, office) = (fresh_folder(), Office::new());
    let fronts: Vec<GrayImage> =
        [2, 3].iter().enumerate().flat_map(|(at, sheets)| part(&office, at, *sheets)).collect();
    // The last sheet is printed on both sides.
    let back = |sheet: usize| if sheet == 6 { stack::words(999) } else { stack::blank() };
    let duplex: Vec<GrayImage> =
        fronts.iter().enumerate().flat_map(|(sheet, front)| [front.clone(), back(sheet)]).collect();
    let told = plan(folder.path(), &office, &duplex, "duplex");
    assert_eq!(kinds(&told), [""; 0], "{told}");
    assert_eq!(pages_of(&told["parts"][1]), [9, 11, 13, 14]);
    assert_eq!(told["left_out"].as_array().expect("a list").len(), 2 + 2 + 4);
    let passes: Vec<GrayImage> = fronts.iter().cloned().chain((0..7).rev().map(back)).collect();
    let told = plan(folder.path(), &office, &passes, "two-passes");
    assert_eq!(kinds(&told), [""; 0], "{told}");
    assert_eq!(pages_of(&told["parts"][1]), [5, 6, 7, 8]);
    let lost = plan(folder.path(), &office, &passes[..13], "two-passes");
    assert_eq!(kinds(&lost)[0], "unequal_passes", "{lost}");
    assert_eq!(lost["parts"], json!([]));
}
