//! Eight counters that send papers at once, and remember which were acknowledged.
//!
//! Not here: what happens to the server meanwhile ([`super::torture`], [`super::power_cut`]).

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use super::support::*;

/// Counters at once.
const COUNTERS: u64 = 8;
/// Numbers of papers between two counters: more than one ever sends.
const NUMBERS_EACH: u64 = 1_000_000;
/// Fewest bytes of a small paper.
const SMALL_BYTES_MIN: u64 = 100;
/// More bytes that one may have.
const SMALL_BYTES_MAX: u64 = 60_000;
/// Bytes of a large paper: it is stored in two parts.
const LARGE_BYTES: u64 = 9 << 20;
/// One in so many is large.
const LARGE_EVERY: u64 = 97;

/// Random numbers that are the same in every run (xorshift).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// The counters of one story.
pub(crate) struct Counters(Vec<Counter>);

/// One of them: the paper that it sends until it is acknowledged, and those that were.
struct Counter {
    next: AtomicU64,
    acknowledged: Mutex<Acknowledged>,
}

/// Papers that the server said it has: number by id.
pub(crate) type Acknowledged = BTreeMap<String, u64>;

/// The bytes of a paper: no two are alike.
pub(crate) fn paper(number: u64) -> Vec<u8> {
    let length = match number % LARGE_EVERY {
        0 => LARGE_BYTES,
        _ => SMALL_BYTES_MIN + Random(number).below(SMALL_BYTES_MAX),
    };
    let mut bytes = format!("giấy tờ số {number}\n").into_bytes();
    bytes.resize(length as usize, b'.');
    bytes
}

impl Counters {
    pub(crate) fn new() -> Counters {
        let first = |place| AtomicU64::new(1 + place * NUMBERS_EACH);
        let counter = |place| Counter { next: first(place), acknowledged: Mutex::default() };
        Counters((0..COUNTERS).map(counter).collect())
    }

    /// Sends papers from every counter while something else happens, and until each has an answer or finds no server. What was not
    /// acknowledged is what it sends first the next time.
    pub(crate) fn send_while<T>(&self, client: &Client, meanwhile: impl FnOnce() -> T) -> T {
        let open = AtomicBool::new(true);
        thread::scope(|scope| {
            let _closing_then = While(&open);
            for counter in &self.0 {
                scope.spawn(|| counter.send(client, &open));
            }
            meanwhile()
        })
    }

    /// What was acknowledged so far.
    pub(crate) fn acknowledged(&self) -> Acknowledged {
        let each =
            self.0.iter().map(|counter| counter.acknowledged.lock().expect("no counter failed").clone());
        each.flatten().collect()
    }
}

impl Counter {
    fn send(&self, client: &Client, open: &AtomicBool) {
        loop {
            let number = self.next.load(Ordering::Relaxed);
            let Ok(answer) = client.try_upload(&format!("scan-{number}.png"), &paper(number)) else { return };
            // 200: the server had kept it before it was killed, and only the answer was lost.
            assert!([200, 201].contains(&answer.status), "{}", answer.text());
            let id = text(&answer.json(answer.status)["id"]);
            self.acknowledged.lock().expect("no counter failed").insert(id, number);
            self.next.store(number + 1, Ordering::Relaxed);
            if !open.load(Ordering::Relaxed) {
                return;
            }
        }
    }
}

/// Those of the papers that the server does not have, or not as they were sent.
pub(crate) fn lost<'a>(client: &Client, papers: impl IntoIterator<Item = (&'a String, &'a u64)>) -> Vec<u64> {
    let is_there = |id: &str, number: u64| {
        let answer = client.get(&format!("/api/v1/documents/{id}"));
        answer.status == 200 && answer.json(200)["document"]["original"]["sha256"] == sha256(&paper(number))
    };
    papers.into_iter().filter(|(id, number)| !is_there(id, **number)).map(|(_, number)| *number).collect()
}
