//! Officers of ten agencies scan at once, each with an account and connections of their own, while the machine reads what they send: nobody
//! waits in vain, and nobody is answered with what is another's.
//!
//! `make load` tells it with 200 officers for five minutes in a release build; an ordinary run is short, and its times say little.

use super::signing_in::{Office, PASSWORD, Visitor, make_at};
use super::support::*;
use std::thread;
use std::time::{Duration, Instant};

/// Agencies of the officers.
const AGENCIES: usize = 10;
/// Officers, and for how long they scan, unless `make load` says more: everybody sends one page.
const OFFICERS: usize = 20;
const SECONDS: u64 = 20;
/// How often an officer sends a page.
const PAGE_EVERY: Duration = Duration::from_secs(20);
/// What an officer does between two pages, with as much time before each.
const STEPS: u32 = 5;
/// A scan of usual size: A4 at 300 dpi.
const SCAN: &str = "birth-certificate.jpg";
/// How names of files begin here: whose they are stands behind it.
const MARK: &str = "tai-";

/// What was asked, as it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Asked {
    Upload,
    OwnPapers,
    Queue,
    Review,
    OwnPaper,
}

/// An officer at work.
struct Scanning {
    number: usize,
    visitor: Visitor,
    /// Papers sent.
    papers: Vec<String>,
    times: Vec<(Asked, Duration)>,
    /// What was wrong, in a sentence each.
    wrong: Vec<String>,
}

fn agency(number: usize) -> String {
    format!("UBND xã Tải {:02}", number % AGENCIES)
}

fn name(number: usize) -> String {
    format!("Cán bộ Tải Số {number:03}")
}

/// The scan of the nth page of an officer: no two are alike. Its bytes are told apart by a comment, which no reader looks at.
fn scan(number: usize, page: usize) -> Vec<u8> {
    let (start, rest) = (b"\xff\xd8", &sample_bytes(SCAN)[2..]);
    let comment = format!("{number} {page}");
    let length = u16::try_from(comment.len() + 2).expect("a short comment").to_be_bytes();
    [&start[..], b"\xff\xfe", &length, comment.as_bytes(), rest].concat()
}

impl Scanning {
    /// Asks, and counts how long the answer took.
    fn ask(
        &mut self,
        asked: Asked,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let began = Instant::now();
        let answer = self.visitor.ask(method, path, headers, body);
        self.times.push((asked, began.elapsed()));
        if !(200..300).contains(&answer.status) {
            self.wrong.push(format!("{asked:?} {path}: {} {}", answer.status, answer.text()));
        }
        answer
    }

    fn send_a_page(&mut self) {
        let (number, page) = (self.number, self.papers.len());
        let file_name = format!("{MARK}{:02}-{number:03}-{page}.jpg", number % AGENCIES);
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let body = form(&[], &file_name, &scan(number, page));
        let headers = [("content-type", content_type.as_str())];
        let answer = self.ask(Asked::Upload, "POST", "/api/v1/documents", &headers, &body);
        if answer.status == 201 {
            let received = answer.json(201);
            if received["file_name"] != file_name || received["already_held"] != false {
                self.wrong.push(format!("{file_name} was acknowledged as {received}"));
            }
            self.papers.push(text(&received["id"]));
        }
    }

    /// A page must be this officer's, and name papers of no agency but theirs.
    fn look(&mut self, asked: Asked, path: &str) -> String {
        let page = self.ask(asked, "GET", path, &[], b"").text();
        let (own, mark) = (name(self.number), format!("{:02}-", self.number % AGENCIES));
        if !page.contains(&format!("<bdi>{own}</bdi>")) {
            self.wrong.push(format!("{path} is not {own}'s"));
        }
        if let Some(other) = page.split(MARK).skip(1).find(|rest| !rest.starts_with(&mark)) {
            let other: String = other.chars().take(12).collect();
            self.wrong.push(format!("{path} of {own} names {other}"));
        }
        page
    }

    fn look_at_own_paper(&mut self) {
        let Some(id) = self.papers.last().cloned() else { return };
        let mark =
            format!("{MARK}{:02}-{:03}-{}", self.number % AGENCIES, self.number, self.papers.len() - 1);
        let page = self.look(Asked::OwnPaper, &format!("/documents/{id}"));
        if !page.contains(&mark) {
            self.wrong.push(format!("the page of {mark} does not name it"));
        }
    }

    /// Scans until the end: a page, and then four looks, at even distances.
    fn work(mut self, begin: Instant, end: Instant) -> Scanning {
        let step = PAGE_EVERY / STEPS;
        let mut at = begin;
        for turn in 0.. {
            if at >= end {
                break;
            }
            thread::sleep(at.saturating_duration_since(Instant::now()));
            match turn % STEPS {
                0 => self.send_a_page(),
                1 => drop(self.look(Asked::OwnPapers, "/documents")),
                2 => drop(self.ask(Asked::Queue, "GET", "/api/v1/queue", &[], b"")),
                3 => drop(self.look(Asked::Review, "/review")),
                _ => self.look_at_own_paper(),
            }
            at += step;
        }
        self
    }
}

/// Everybody has an account, has used their link, and is in.
fn sign_in(office: &Office, officers: usize) -> Vec<Scanning> {
    let mut admin = office.admin();
    let password = [("password", PASSWORD), ("again", PASSWORD)];
    let sign_in = |number: usize| {
        let login = format!("tai.{number:03}");
        let link = make_at(&mut admin, &agency(number), &login, &name(number), "counter_officer");
        let mut visitor = Visitor::apart(&office.server);
        assert_eq!(visitor.form(&link, &password).header("location"), "/");
        Scanning { number, visitor, papers: Vec::new(), times: Vec::new(), wrong: Vec::new() }
    };
    (0..officers).map(sign_in).collect()
}

/// The time that so many of a hundred answers took at most.
fn percentile(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

fn tell(done: &[Scanning]) {
    for asked in [Asked::Upload, Asked::OwnPapers, Asked::Queue, Asked::Review, Asked::OwnPaper] {
        let all = done.iter().flat_map(|officer| &officer.times);
        let mut times: Vec<_> = all.filter(|(of, _)| *of == asked).map(|(_, time)| *time).collect();
        times.sort_unstable();
        assert!(!times.is_empty(), "nobody asked for {asked:?}");
        let [half, most, last] = [50, 99, 100].map(|percent| percentile(&times, percent).as_millis());
        println!("{asked:?}: {} answers, median {half} ms, p99 {most} ms, longest {last} ms", times.len());
    }
}

#[test]
fn officers_who_scan_at_once_are_answered_with_what_is_theirs() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse().expect("a number"));
    let officers = number("LOAD_OFFICERS").map_or(OFFICERS, |officers: u64| officers as usize);
    let seconds = number("LOAD_SECONDS").unwrap_or(SECONDS);
    let office = Office::open();
    let all = sign_in(&office, officers);
    let begin = Instant::now();
    let end = begin + Duration::from_secs(seconds);
    let threads = all.into_iter().map(|officer| {
        // Evenly, as people come to work: not all in one moment.
        let first = begin + PAGE_EVERY / STEPS * (officer.number as u32) / (officers as u32);
        thread::spawn(move || officer.work(first, end))
    });
    let threads: Vec<_> = threads.collect();
    let done: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("an officer works")).collect();
    let sent: usize = done.iter().map(|officer| officer.papers.len()).sum();
    println!("{officers} officers of {AGENCIES} agencies, {seconds} s, {sent} pages");
    tell(&done);
    let wrong: Vec<_> = done.iter().flat_map(|officer| &officer.wrong).collect();
    assert!(wrong.is_empty(), "{} answers were wrong: {:?}", wrong.len(), &wrong[..wrong.len().min(5)]);
    // What is another's is answered as what does not exist.
    let strangers = done[1].papers[0].clone();
    let mut first = done.into_iter().next().expect("officers").visitor;
    assert_eq!(first.get(&format!("/api/v1/documents/{strangers}")).status, 404);
    let waiting = first.get("/api/v1/queue").text();
    println!("at the end the queue says {waiting}");
    office.server.stop();
}
