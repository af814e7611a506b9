//! How fast the index is filled and answers, as JSON: one object of the filling, then one for each kind of question.

use crate::corpus::{AGENCIES, Corpus, Dice, number, subject};
use jiff::civil::{Date, date};
use motlan_search::contract::subject_id;
use motlan_search::{Index, Query, Question, Update, open, parse, search_forgiving, snippet};
use repository::record::{IndexableDocument, Right, Scope};
use serde_json::json;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// Papers a batch, as the follower makes them.
const BATCH: u64 = 1_000;

/// Questions of each kind.
const QUESTIONS: u64 = 200;

/// Hits of a screen.
const HITS: usize = 20;

const TODAY: Date = date(2026, 11, 1);

/// What a piece of work took.
#[derive(Clone, Copy)]
struct Took {
    wall: Duration,
    cpu: Duration,
}

/// Fills an index in `dir` with so many papers, or takes the one that is there, and asks it.
pub(crate) fn speed(dir: &Path, count: u64) -> Result<(), Box<dyn Error>> {
    let corpus = Corpus::new();
    let index = open(dir)?;
    if index.last_change()? != count {
        fill(&*index, &corpus, count, dir)?;
    }
    drop(index);
    let index = open(dir)?;
    for (kind, ask) in KINDS {
        let mut took = Vec::new();
        let mut found = 0;
        for nth in 0..QUESTIONS {
            let key = Dice::of(nth ^ 0xabcd).below(count);
            let (one, total) = ask(&*index, &corpus, key)?;
            took.push(one);
            found += total;
        }
        print(kind, took, found as f64 / QUESTIONS as f64);
    }
    visible(&*index, &corpus, count)
}

/// The questions for other engines: words, one line each, with the key of the paper that they stand on.
pub(crate) fn questions(count: u64) {
    let corpus = Corpus::new();
    for nth in 0..QUESTIONS {
        let key = Dice::of(nth ^ 0xabcd).below(count);
        let agency = corpus.agency(key % AGENCIES);
        let line = json!({ "number": number(key), "words": words(&corpus, key, 3), "phrase": words(&corpus, key, 2), "agency": agency,
            "subject": subject(key), "type": corpus.paper(key).document.document_type.code() });
        println!("{line}");
    }
}

/// The papers for other engines, one line each.
pub(crate) fn papers(count: u64) {
    let corpus = Corpus::new();
    for key in 0..count {
        let IndexableDocument { document, pages, .. } = corpus.paper(key);
        let line = json!({ "key": key.to_string(), "type": document.document_type.code(), "title": document.title, "number": document.number,
            "agency": document.agency, "issued_on": document.issued_on, "subject": subject(key).to_string(), "text": pages[0].1 });
        println!("{line}");
    }
}

type Ask = fn(&dyn Index, &Corpus, u64) -> Result<(Took, usize), Box<dyn Error>>;

const KINDS: &[(&str, Ask)] = &[
    ("exact number", |index, _, key| ask(index, Question::words(&number(key)), everything())),
    ("subject + type", |index, corpus, key| {
        let kind = corpus.paper(key).document.document_type.code().to_lowercase();
        let question = parse(&format!("loại:{kind}"), TODAY)?.of_subject(subject_id(subject(key).into()));
        ask(index, question, everything())
    }),
    ("words, scope of one subject", |index, corpus, key| {
        ask(index, Question::words(&words(corpus, key, 3)), of_subject(key))
    }),
    ("words, scope of one agency", |index, corpus, key| {
        ask(index, Question::words(&words(corpus, key, 3)), of_agency(corpus, key))
    }),
    ("tolerant words, scope of one agency", |index, corpus, key| {
        ask(index, Question::words(&words(corpus, key, 3)).tolerant(), of_agency(corpus, key))
    }),
    ("as people ask, scope of one agency", |index, corpus, key| {
        let query = Query::new(Question::words(&words(corpus, key, 4)), of_agency(corpus, key), HITS);
        let (took, found) = timed(|| search_forgiving(index, query));
        Ok((took, found?.1.total))
    }),
    ("words, everything", |index, corpus, key| {
        ask(index, Question::words(&words(corpus, key, 3)), everything())
    }),
    ("words without accents, everything", |index, corpus, key| {
        ask(index, Question::words(&bare(&words(corpus, key, 3))), everything())
    }),
    ("phrase, everything", |index, corpus, key| {
        ask(index, Question::words(&format!("\"{}\"", words(corpus, key, 2))), everything())
    }),
    ("tolerant words, everything", |index, corpus, key| {
        ask(index, Question::words(&words(corpus, key, 3)).tolerant(), everything())
    }),
    ("facets of words, scope of one agency", |index, corpus, key| {
        let question = Question::words(&words(corpus, key, 1));
        let query = Query { facets: true, ..Query::new(question, of_agency(corpus, key), HITS) };
        let (took, found) = timed(|| index.search(&query));
        Ok((took, found?.total))
    }),
    ("facets of words, everything", |index, corpus, key| {
        let query =
            Query { facets: true, ..Query::new(Question::words(&words(corpus, key, 1)), everything(), HITS) };
        let (took, found) = timed(|| index.search(&query));
        Ok((took, found?.total))
    }),
    ("snippets of 20 papers", |_, corpus, key| {
        let question = Question::words(&words(corpus, key, 3));
        let papers = (key..key + HITS as u64).map(|key| corpus.paper(key)).collect::<Vec<_>>();
        let (took, shown) =
            timed(|| papers.iter().filter_map(|paper| snippet(&paper.pages, &question)).count());
        Ok((took, shown))
    }),
];

fn ask(index: &dyn Index, question: Question, scope: Scope) -> Result<(Took, usize), Box<dyn Error>> {
    let query = Query::new(question, scope, HITS);
    let (took, found) = timed(|| index.search(&query));
    Ok((took, found?.total))
}

fn everything() -> Scope {
    Scope::everything()
}

fn of_subject(key: u64) -> Scope {
    Scope { rights: vec![Right { subject: Some(subject_id(subject(key).into())), ..Right::default() }] }
}

fn of_agency(corpus: &Corpus, key: u64) -> Scope {
    Scope { rights: vec![Right { agency: Some(corpus.agency(key % AGENCIES)), ..Right::default() }] }
}

/// Words that stand side by side on a paper, so that something is found.
fn words(corpus: &Corpus, key: u64, count: usize) -> String {
    let page = corpus.page(key);
    let start = Dice::of(key ^ 0x77).below((page.len() - count) as u64) as usize;
    page[start..start + count].join(" ")
}

fn bare(text: &str) -> String {
    text.split(' ').map(repository::spelling::fold).collect::<Vec<_>>().join(" ")
}

fn fill(index: &dyn Index, corpus: &Corpus, count: u64, dir: &Path) -> Result<(), Box<dyn Error>> {
    let start = (Instant::now(), process_cpu()?);
    let mut inventing = Took { wall: Duration::ZERO, cpu: Duration::ZERO };
    for first in (0..count).step_by(BATCH as usize) {
        let keys = first..count.min(first + BATCH);
        let (took, batch) =
            timed(|| keys.map(|key| Update::Put(Box::new(corpus.paper(key)))).collect::<Vec<_>>());
        inventing = Took { wall: inventing.wall + took.wall, cpu: inventing.cpu + took.cpu };
        index.apply(batch, (first + BATCH).min(count))?;
    }
    let wall = start.0.elapsed() - inventing.wall;
    let cpu = process_cpu()? - start.1 - inventing.cpu;
    let per = |time: Duration| (count as f64 / time.as_secs_f64()).round();
    let line = json!({ "kind": "filling", "papers": count, "a_second": per(wall), "a_cpu_second": per(cpu), "bytes_a_paper": bytes(dir)? / count });
    println!("{line}");
    Ok(())
}

/// From the call that writes one paper, or a batch, until it was found.
fn visible(index: &dyn Index, corpus: &Corpus, count: u64) -> Result<(), Box<dyn Error>> {
    for (kind, papers) in [("one paper until it is found", 1), ("a batch of 1,000 until it is found", BATCH)]
    {
        let mut took = Vec::new();
        for round in 0..20 {
            let keys = count + round * papers..count + (round + 1) * papers;
            let batch = keys.clone().map(|key| Update::Put(Box::new(corpus.paper(key)))).collect();
            let query = Query::new(
                Question::default().of_subject(subject_id(subject(keys.end - 1).into())),
                everything(),
                1,
            );
            let (one, found) = timed(|| index.apply(batch, count).and_then(|()| index.search(&query)));
            assert!(found?.total > 0, "what was written is found");
            took.push(one);
        }
        print(kind, took, 1.0);
    }
    Ok(())
}

fn print(kind: &str, took: Vec<Took>, found: f64) {
    let (wall, cpu) = (sorted(&took, |one| one.wall), sorted(&took, |one| one.cpu));
    let line = json!({ "kind": kind, "p50_ms": at(0.5, &wall), "p99_ms": at(0.99, &wall), "p50_cpu_ms": at(0.5, &cpu),
        "p99_cpu_ms": at(0.99, &cpu), "found": found.round() });
    println!("{line}");
}

fn sorted(took: &[Took], of: impl Fn(&Took) -> Duration) -> Vec<Duration> {
    let mut times = took.iter().map(of).collect::<Vec<_>>();
    times.sort_unstable();
    times
}

/// Milliseconds in which this share of the questions was answered.
fn at(share: f64, sorted: &[Duration]) -> f64 {
    let nth = ((sorted.len() as f64 * share).ceil() as usize).clamp(1, sorted.len()) - 1;
    (sorted[nth].as_secs_f64() * 1e6).round() / 1e3
}

fn timed<T>(work: impl FnOnce() -> T) -> (Took, T) {
    let start = (Instant::now(), thread_cpu());
    let done = work();
    let (wall, cpu) = (start.0.elapsed(), thread_cpu().saturating_sub(start.1));
    (Took { wall, cpu }, done)
}

/// CPU time of this thread: searching uses no other.
fn thread_cpu() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|nanos| nanos.parse().ok()).unwrap_or_default())
}

/// CPU time of all threads: writing has its own. Linux counts it in hundredths of a second.
fn process_cpu() -> Result<Duration, Box<dyn Error>> {
    let told = std::fs::read_to_string("/proc/self/stat")?;
    let fields = told.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks = fields.skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}

fn bytes(dir: &Path) -> std::io::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        sum += if entry.file_type()?.is_dir() { bytes(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(sum)
}
