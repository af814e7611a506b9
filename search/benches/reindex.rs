//! How fast an index is built anew from stored readings: `cargo bench --package motlan-search --bench reindex -- PAPERS`.
//!
//! The papers are invented: a page of [`PAGE_SYLLABLES`] syllables each, received and read through the public door. Goal: 2,000 papers a
//! second and core.

#[path = "../tests/support/paper.rs"]
mod paper;

use motlan_search::{open, reindex};
use repository::record::Proposal;
use repository::{DocumentType, Options, Repository};
use std::time::Instant;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Papers unless a number is given.
const PAPERS: u64 = 5_000;
/// Syllables of a page: one of running text has 300 to 400.
const PAGE_SYLLABLES: u64 = 350;
/// Words of a line on it.
const LINE_SYLLABLES: u64 = 12;

const SYLLABLES: &[&str] = &[
    "quyền",
    "sử",
    "dụng",
    "đất",
    "nhà",
    "ở",
    "ủy",
    "ban",
    "nhân",
    "dân",
    "phường",
    "xã",
    "họ",
    "tên",
    "ngày",
    "tháng",
    "năm",
    "sinh",
    "giấy",
    "chứng",
    "nhận",
    "đăng",
    "ký",
    "kết",
    "hôn",
    "thửa",
    "tờ",
    "bản",
    "đồ",
    "diện",
    "tích",
    "mục",
    "đích",
    "thời",
    "hạn",
    "nguồn",
    "gốc",
    "căn",
    "cứ",
    "luật",
    "nghị",
    "định",
    "thông",
    "tư",
    "xét",
    "đề",
    "của",
    "ông",
    "bà",
    "nơi",
    "cư",
    "trú",
    "quê",
    "quán",
    "dân",
    "tộc",
];

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let papers = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(PAPERS);
    let folder = tempfile::tempdir()?;
    let repository = Repository::open(&Options::in_folder(folder.path().join("data"))).await?;
    for number in 0..papers {
        file(&repository, number).await?;
        if number % 1_000 == 999 {
            eprintln!("{} of {papers} papers filed", number + 1);
        }
    }
    let index = open(&folder.path().join("index"))?;
    let (began, cpu) = (Instant::now(), cpu_seconds()?);
    reindex(&repository, &*index, &mut |_, _| {}).await?;
    let (wall, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds()? - cpu);
    println!(
        "{papers} papers of one page and {PAGE_SYLLABLES} syllables indexed anew in {wall:.2} s, {cpu:.2} s of CPU"
    );
    println!("{:.0} papers a second, {:.0} a second of CPU", papers as f64 / wall, papers as f64 / cpu);
    Ok(())
}

/// Seconds of CPU of this process, all threads (`/proc/self/stat`, fields 14 and 15, in hundredths).
fn cpu_seconds() -> Result<f64, Failure> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').ok_or("the state of this process")?.1;
    let ticks = after_name.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / 100.0)
}

async fn file(repository: &Repository, number: u64) -> Result<(), Failure> {
    paper::receive(repository, &format!("tờ {number}")).await?;
    let proposal = Proposal {
        document_type: DocumentType::Decision,
        title: "Quyết định giao đất".to_owned(),
        type_evidence: None,
        fields: Vec::new(),
    };
    paper::read(repository, &text(number), proposal).await?;
    Ok(())
}

fn text(number: u64) -> String {
    let mut dice = number;
    let mut text = String::new();
    for nth in 0..PAGE_SYLLABLES {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text.push_str(SYLLABLES[(dice >> 33) as usize % SYLLABLES.len()]);
        text.push(if nth % LINE_SYLLABLES == LINE_SYLLABLES - 1 { '\n' } else { ' ' });
    }
    text
}
