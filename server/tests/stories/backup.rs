//! A backup while papers come in, killed at any moment, and brought back by the built program.

use std::path::Path;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::paper;
use super::support::*;

/// How often a backup is killed, each time a little later than the time before.
const KILLS: u64 = 10;
/// What one kill is later than the one before: the last comes when a whole backup would have ended.
const KILL_STEP_MS: u64 = 25;
/// Papers that come in meanwhile.
const PAPERS: u8 = 24;

fn back_up(data: &Path, to: &Path) -> std::process::Command {
    let mut command = motlan(data);
    command.args(["--json", "backup", "--to"]).arg(to);
    command
}

/// Brings the newest state back into a new place and answers what was found.
fn bring_back(data: &Path, from: &Path) -> (tempfile::TempDir, Value) {
    let folder = fresh_folder();
    let mut command = motlan(&folder.path().join("data"));
    command
        .arg("--key-file")
        .arg(data.join("keys/master.key"))
        .args(["--json", "restore", "--from"])
        .arg(from);
    let report = serde_json::from_str(&succeed(&mut command)).expect("a report");
    (folder, report)
}

#[test]
fn a_backup_killed_at_any_moment_leaves_the_one_before_whole() {
    let folder = fresh_folder();
    let (data, backup) = (folder.path().join("data"), folder.path().join("backup"));
    let server = Server::start_with(&data, &["--no-worker"], &[]);
    let client = server.client();
    client.try_upload("first.png", &paper::small(0)).expect("an answer");
    succeed(&mut back_up(&data, &backup));
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 1..PAPERS {
                client.try_upload(&format!("{number}.png"), &paper::small(number)).expect("an answer");
            }
        });
        for kill in 1..=KILLS {
            let mut running =
                back_up(&data, &backup).stdout(std::process::Stdio::null()).spawn().expect("it starts");
            thread::sleep(Duration::from_millis(KILL_STEP_MS * kill));
            running.kill().expect("it can be killed");
            running.wait().expect("it is gone");
            let (_restored, report) = bring_back(&data, &backup);
            assert_eq!(report["findings"], serde_json::json!([]), "after kill {kill}");
            assert!(report["objects"].as_u64() >= Some(1), "{report}");
        }
    });
    let made: Value = serde_json::from_str(&succeed(&mut back_up(&data, &backup))).expect("a report");
    assert_eq!(made["objects"], PAPERS, "{made}");
    server.stop();
    let (restored, _) = bring_back(&data, &backup);
    let place = restored.path().join("data");
    let checked =
        motlan(&place).arg("--key-file").arg(data.join("keys/master.key")).args(["--json", "check"]).output();
    let checked: Value = serde_json::from_slice(&checked.expect("it runs").stdout).expect("a report");
    assert_eq!((&checked["papers"], &checked["success"]), (&PAPERS.into(), &PAPERS.into()), "{checked}");
    assert_eq!(checked["index"]["missing"], serde_json::json!([]), "the index was built anew");
}
