//! Measures the index on invented papers: papers a second, bytes a paper, time of a query.
//!
//! `cargo run --release -p motlan-search --example measure -- 20000`

use motlan_search::contract::paper;
use motlan_search::{Index, Query, Question, Update, open};
use repository::record::Scope;
use std::path::Path;
use std::time::{Duration, Instant};

/// Syllables of an invented page: a page of running text has 300 to 400.
const PAGE_SYLLABLES: u64 = 350;

/// Papers a batch, as the follower makes them.
const BATCH: u64 = 1_000;

/// Times each query is asked.
const ROUNDS: u32 = 50;

const ONSETS: &[&str] = &[
    "", "b", "c", "ch", "d", "đ", "g", "h", "kh", "l", "m", "n", "ng", "nh", "ph", "q", "t", "th", "tr", "v",
];
const RIMES: &[&str] = &[
    "a", "à", "á", "ả", "ã", "ạ", "ân", "ấn", "ần", "ất", "ật", "ăng", "ắng", "ằng", "e", "ế", "ền", "ện",
    "i", "ính", "ình", "ịnh", "o", "ó", "òa", "ông", "ống", "ồng", "ộng", "ơ", "ới", "ời", "u", "ủa", "ước",
    "ường", "ượng", "uyền", "y", "ý",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let papers = std::env::args().nth(1).map_or(Ok(20_000), |count| count.parse::<u64>())?;
    let folder = tempfile::tempdir()?;
    let index = open(folder.path())?;
    let took = fill(&*index, papers)?;
    println!(
        "{papers} papers of {PAGE_SYLLABLES} syllables in {:.1} s: {:.0} a second",
        took.as_secs_f64(),
        papers as f64 / took.as_secs_f64()
    );
    drop(index);
    println!("{} bytes a paper", bytes(&folder.path().join("tantivy-1"))? / papers);
    let index = open(folder.path())?;
    for text in ["quyền", "quyen dat", "\"quyền đất\"", "nhà đất ước tính", "12/QĐ-UBND"] {
        let (took, total) = ask(&*index, text)?;
        println!("{text}: {total} found, {:.2} ms", took.as_secs_f64() * 1e3);
    }
    Ok(())
}

/// Time of applying all papers, without the time of inventing them.
fn fill(index: &dyn Index, papers: u64) -> Result<Duration, Box<dyn std::error::Error>> {
    let mut dice = Dice(1);
    let mut took = Duration::ZERO;
    for first in (0..papers).step_by(BATCH as usize) {
        let batch = (first..papers.min(first + BATCH)).map(|key| invent(key, &mut dice)).collect();
        let start = Instant::now();
        index.apply(batch, first + 1)?;
        took += start.elapsed();
    }
    Ok(took)
}

fn invent(key: u64, dice: &mut Dice) -> Update {
    let mut text = format!("Số {}/QĐ-UBND ", key % 500);
    for _ in 0..PAGE_SYLLABLES {
        text.push_str(ONSETS[dice.below(ONSETS.len())]);
        text.push_str(RIMES[dice.below(RIMES.len())]);
        text.push(' ');
    }
    Update::Put(Box::new(paper(key.into(), "Quyết định giao đất", &text)))
}

fn ask(index: &dyn Index, text: &str) -> Result<(Duration, usize), motlan_search::Error> {
    let query = Query::new(Question::words(text), Scope::everything(), 20);
    let total = index.search(&query)?.total;
    let start = Instant::now();
    for _ in 0..ROUNDS {
        index.search(&query)?;
    }
    Ok((start.elapsed() / ROUNDS, total))
}

fn bytes(dir: &Path) -> std::io::Result<u64> {
    std::fs::read_dir(dir)?.map(|file| Ok(file?.metadata()?.len())).sum()
}

/// Numbers that look random, the small ones oftener, and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let unit = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
        (unit * unit * sides as f64) as usize
    }
}
