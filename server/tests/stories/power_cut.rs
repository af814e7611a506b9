//! The power goes off while eight counters send papers: nothing that was acknowledged is lost, and the index is soon as the records are. A
//! server that does not wait for the disk does not pass.
//!
//! The disk is a file; what the power leaves is a copy of it in the middle of the writing, while the server stands still. That is kinder
//! than some disks in one thing: what was handed down is never lost again, even before the disk was told to keep it.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::counters::{Acknowledged, Counters, Random, paper};
use super::disk::Disk;
use super::support::*;
use super::torture::{INDEXED_WITHIN, times};

/// How often the power is cut, unless `make torture` says more.
const CUTS: u64 = 3;
/// Room for the papers of fifty cuts.
const DISK_MIB: u64 = 1_024;
/// The longest that papers are sent between two cuts: several dozen are.
const SENDING_MS_MAX: u64 = 1_000;
/// Where the random moments begin; another number is another run.
const SEED: u64 = 0x706f_7765_7221;

/// Cuts the power again and again, and says what was lost at the first cut that lost something.
fn cut_power(folder: &Path, cuts: u64, settings: &[(&str, &str)]) -> Option<Result<Acknowledged, String>> {
    let disk = Disk::new("power cuts", folder, DISK_MIB)?;
    let (counters, mut random) = (Counters::new(), Random(SEED));
    let server = Server::start_with(&disk.folder, &["--no-worker"], settings);
    disk.sync();
    let lost = counters.send_while(&server.client(), || {
        for cut in 1..=cuts {
            thread::sleep(Duration::from_micros(random.below(1_000 * SENDING_MS_MAX)));
            server.program().signal("STOP");
            // Whoever reads an answer now had it before.
            let acknowledged = counters.acknowledged();
            let copy = disk.as_after_a_power_cut(
                &folder.join(format!("copy-{cut}")),
                &folder.join(format!("after-{cut}")),
            );
            let found = examine(&copy.folder, &acknowledged);
            drop(copy);
            std::fs::remove_file(folder.join(format!("copy-{cut}"))).expect("a copy");
            server.program().signal("CONT");
            found?;
        }
        Ok(())
    });
    server.stop();
    Some(lost.map(|()| counters.acknowledged()))
}

/// Whether everything that was acknowledged is on a disk, and the program finds its way.
fn examine(data: &Path, acknowledged: &Acknowledged) -> Result<(), String> {
    check(data)?;
    let restarted = Instant::now();
    let server = Server::start_with(data, &["--no-worker"], &[]);
    server.wait_indexed();
    let indexed_after = restarted.elapsed();
    server.stop();
    assert!(indexed_after <= INDEXED_WITHIN, "{indexed_after:?}");
    check(data)?;
    let there = rows(data, "select id || ' ' || sha256 from document");
    let lost = acknowledged
        .iter()
        .filter(|(id, number)| !there.contains(&format!("{id} {}", sha256(&paper(**number)))));
    match lost.count() {
        0 => Ok(()),
        lost => Err(format!("{lost} of {} papers are lost", acknowledged.len())),
    }
}

/// `motlan check` finds nothing but the bytes of papers that nobody acknowledged.
fn check(data: &Path) -> Result<(), String> {
    let output = run(motlan(data).args(["check", "--json"]));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value = serde_json::from_slice(&output.stdout).map_err(|_| errors)?;
    let findings = report["findings"].as_array().expect("a list");
    let index = &report["index"];
    let is_right = findings.iter().all(|finding| finding["finding"] == "bytes_untracked")
        && index["problem"].is_null()
        && index["missing"] == Value::Array(Vec::new());
    if is_right { Ok(()) } else { Err(report.to_string()) }
}

#[test]
fn a_power_cut_loses_nothing() {
    let folder = fresh_folder();
    let cuts = times("TORTURE_CUTS", CUTS);
    let Some(outcome) = cut_power(folder.path(), cuts, &[]) else { return };
    let acknowledged = outcome.expect("nothing is lost");
    println!("{} papers were acknowledged while the power was cut {cuts} times", acknowledged.len());
    assert!(acknowledged.len() as u64 > cuts, "papers were sent meanwhile");
}

/// The control: the same with a server that does not wait for the disk.
#[test]
fn a_server_that_does_not_wait_for_the_disk_is_found_out() {
    let folder = fresh_folder();
    let Some(outcome) = cut_power(folder.path(), CUTS, &[("BROKEN_PROMISE", "on_the_disk")]) else { return };
    println!("{outcome:?}");
    assert!(outcome.is_err(), "what was not written to the disk is not there");
}
