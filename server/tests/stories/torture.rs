//! kill -9 again and again under eight counters that send papers at once: nothing that was acknowledged is lost, no row is left dangling,
//! and the index is soon as the records are. A server that acknowledges too early does not pass.
//!
//! Not here: what a killed worker had under way and papers that are confirmed meanwhile ([`super::kill`]); loss of power
//! ([`super::power_cut`]).

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::counters::{Counters, Random, lost};
use super::support::*;

/// How often a server is killed, unless `make torture` says more.
const KILLS: u64 = 10;
/// Kills after which the control has lost something: nearly every one of them loses a paper.
const CONTROL_KILLS: u64 = 10;
/// The longest a server lives while papers are sent: some hundred are.
const LIFE_MS_MAX: u64 = 400;
/// Every so many servers one may live longer, so that each counter also gets its large papers over; until then it sends nothing else.
const LONG_LIFE_EVERY: u64 = 10;
/// The longest that one lives.
const LONG_LIFE_MS_MAX: u64 = 6_000;
/// Every so many servers one is killed while it starts.
const STARTING_EVERY: u64 = 7;
/// The longest that one lives: a start takes a quarter of a second.
const START_MS_MAX: u64 = 250;
/// At every so many restarts the index must catch up before papers are sent again; at the others it falls behind further.
const INDEXED_EVERY: u64 = 5;
/// How long after a restart the index is as the records are.
pub(crate) const INDEXED_WITHIN: Duration = Duration::from_secs(30);
/// Where the random moments begin; another number is another run.
const SEED: u64 = 0x746f_7274_7572;

/// What came of it.
#[derive(Debug, Default)]
struct Outcome {
    /// Numbers of papers that were acknowledged and are not there.
    lost: Vec<u64>,
    /// The longest time from a restart until the index had every change.
    indexed_after: Duration,
}

/// Kills servers with these settings, each after a random time in which papers were sent; until one has lost something.
fn torture(data: &Path, counters: &Counters, kills: u64, settings: &[(&str, &str)]) -> Outcome {
    let (mut random, mut outcome) = (Random(SEED), Outcome::default());
    let mut known = BTreeSet::new();
    for kill in 1..=kills {
        if kill % STARTING_EVERY == 0 {
            kill_while_starting(data, Duration::from_millis(random.below(START_MS_MAX)));
        }
        let restarted = Instant::now();
        let server = Server::start_with(data, &["--no-worker"], settings);
        let acknowledged = counters.acknowledged();
        outcome.lost.extend(lost(&server, acknowledged.iter().filter(|(id, _)| !known.contains(*id))));
        if !outcome.lost.is_empty() {
            break;
        }
        known.extend(acknowledged.into_keys());
        if kill % INDEXED_EVERY == 0 {
            server.wait_indexed();
            outcome.indexed_after = outcome.indexed_after.max(restarted.elapsed());
        }
        let life_ms_max = if kill % LONG_LIFE_EVERY == 0 { LONG_LIFE_MS_MAX } else { LIFE_MS_MAX };
        let life = Duration::from_micros(random.below(1_000 * life_ms_max));
        counters.send_while(&server.client(), || {
            thread::sleep(life);
            server.kill();
        });
    }
    outcome
}

fn kill_while_starting(data: &Path, after: Duration) {
    let mut command = motlan(data);
    command
        .args(["serve", "--demonstration", "--no-worker", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("the built program starts");
    thread::sleep(after);
    child.kill().expect("our own child can be killed");
    child.wait().expect("our own child can be waited for");
}

/// A number that a make target sets for a long run.
pub(crate) fn times(variable: &str, short: u64) -> u64 {
    std::env::var(variable).map_or(short, |text| text.parse().expect("a number of times"))
}

#[test]
fn a_server_killed_under_eight_counters_loses_nothing() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let counters = Counters::new();
    let kills = times("TORTURE_KILLS", KILLS);
    let outcome = torture(&data, &counters, kills, &[]);
    assert_eq!(outcome.lost, [0; 0], "papers that were acknowledged are there");
    let server = Server::start_with(&data, &["--no-worker"], &[]);
    counters.send_while(&server, || {});
    server.wait_indexed();
    server.stop();
    let acknowledged = counters.acknowledged().len();
    println!(
        "{acknowledged} papers were acknowledged while {kills} servers were killed; the index was as the records are {:?} after a restart at the latest",
        outcome.indexed_after
    );
    assert!(outcome.indexed_after <= INDEXED_WITHIN, "{:?}", outcome.indexed_after);
    assert!(acknowledged as u64 > kills, "papers were sent meanwhile");
    assert_eq!(check_is_clean(&data)["papers"], json!(acknowledged), "each paper once, and no other");
    assert_eq!(dangling_rows(&data), [""; 0]);
}

/// The control: the same with a server that answers before it commits.
#[test]
fn a_server_that_acknowledges_too_early_is_found_out() {
    let folder = fresh_folder();
    let settings = [("BROKEN_PROMISE", "committed_first")];
    let outcome = torture(&folder.path().join("data"), &Counters::new(), CONTROL_KILLS, &settings);
    println!("{} acknowledged papers were lost", outcome.lost.len());
    assert!(!outcome.lost.is_empty());
}

/// Rows without those that belong to them: keys without papers, papers without change, job or access entry; and what the database itself
/// finds.
fn dangling_rows(data: &Path) -> Vec<String> {
    let questions = [
        "select 'data_key ' || document_id from data_key where document_id not in (select id from document)",
        "select 'document ' || id from document where id not in (select document_id from change)
             or id not in (select document_id from job) or id not in (select document_id from access_entry where document_id is not null)",
        "pragma foreign_key_check",
        "select * from pragma_integrity_check where integrity_check <> 'ok'",
    ];
    questions.iter().flat_map(|question| rows(data, question)).collect()
}
