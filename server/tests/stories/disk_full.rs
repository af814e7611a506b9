//! A disk that is full: people are told so, nothing is half taken, and once there is room everything goes on by itself.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use super::disk::Disk;
use super::support::*;

/// Room for a new store and some dozen papers.
const DISK_MIB: u64 = 24;
/// What is in the way.
const BALLAST_BYTES: usize = 6 << 20;
/// Bytes of a paper.
const PAPER_BYTES: usize = 200_000;
/// How often one is sent although the disk is full.
const REFUSALS: usize = 10;

fn paper(number: usize) -> Vec<u8> {
    let mut bytes = format!("giấy tờ số {number}\n").into_bytes();
    bytes.resize(PAPER_BYTES, b'.');
    bytes
}

#[test]
fn a_full_disk_is_told_and_passes() {
    let folder = fresh_folder();
    let Some(disk) = Disk::new("a full disk", folder.path(), DISK_MIB) else {
        return;
    };
    let ballast = disk.folder.join("ballast");
    fs::write(&ballast, vec![0; BALLAST_BYTES]).expect("there is room yet");
    let server = Server::start_with(&disk.folder, &["--no-worker"], &[]);
    let (mut taken, mut refused) = (BTreeSet::new(), Vec::new());
    for number in 0.. {
        let answer = server.try_upload("quet.png", &paper(number)).expect("the server answers");
        if answer.status == 201 {
            taken.insert(text(&answer.json(201)["id"]));
            continue;
        }
        assert_eq!(answer.status, 507, "{}", answer.text());
        assert!(answer.text().contains("hết chỗ"), "{}", answer.text());
        refused.push(number);
        if refused.len() == REFUSALS {
            break;
        }
    }
    println!("{} papers were taken in before the disk was full", taken.len());
    fs::remove_file(&ballast).expect("the ballast");
    let list = server.get("/api/v1/documents?limit=200").json(200);
    let listed: BTreeSet<String> =
        list["documents"].as_array().expect("papers").iter().map(|paper| text(&paper["id"])).collect();
    assert_eq!(listed, taken, "nothing is half taken");
    for number in refused {
        taken.insert(server.upload("quet.png", &paper(number)));
    }
    server.wait_indexed();
    server.stop();
    assert_eq!(check_is_clean(&disk.folder)["papers"], json!(taken.len()));
}
