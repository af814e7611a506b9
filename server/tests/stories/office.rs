//! An office of several machines: one server of pages, two of reading, and the records in a PostgreSQL that they share.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use super::paper;
use super::support::*;

/// Papers of the story: enough for both workers.
const PAPERS: u8 = 6;

/// A PostgreSQL server that ends with this value, which closes its standard input.
struct Postgres {
    address: String,
    program: Child,
}

impl Postgres {
    fn start() -> Postgres {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/postgres.sh");
        let mut command = Command::new(script);
        let mut program = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .expect("scripts/postgres.sh starts");
        let output = program.stdout.take().expect("standard output is a pipe");
        let mut address = String::new();
        BufReader::new(output).read_line(&mut address).expect("the address is printed");
        assert!(!address.is_empty(), "no PostgreSQL server: see the message of scripts/postgres.sh above");
        Postgres { address: address.trim().to_owned(), program }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.program.stdin.take());
        // Nothing is left to do when it cannot be waited for.
        let _ = self.program.wait();
    }
}

#[test]
fn machines_share_the_records_on_a_server() {
    let postgres = Postgres::start();
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let address_file = folder.path().join("database");
    std::fs::write(&address_file, &postgres.address).expect("the folder can be written");
    let settings = [("MOTLAN_DATABASE_FILE", address_file.to_str().expect("UTF-8"))];
    let server = Server::start_with(&data, &["--no-worker"], &settings);
    let workers = [Program::work(&data, &settings), Program::work(&data, &settings)];
    let ids: Vec<String> =
        (0..PAPERS).map(|paper| server.upload(&format!("scan-{paper}.png"), &paper::small(paper))).collect();
    for id in &ids {
        let view = server.wait_read(id);
        assert_eq!(view["document"]["state"], "extracted", "{view}");
    }
    let found = server.find_ids("cong hoa xa hoi chu nghia");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), ids.iter().cloned().collect());
    for worker in workers {
        assert!(worker.stop().success());
    }
    server.stop();
    assert!(!data.join("motlan.sqlite").exists(), "the records are on the server");
    let printed = succeed(motlan(&data).envs(settings).args(["check", "--json"]));
    let report: serde_json::Value = serde_json::from_str(&printed).expect("one JSON object");
    assert_eq!((&report["findings"], &report["papers"]), (&json!([]), &json!(PAPERS)), "{report}");
}

#[test]
fn a_wrong_address_is_refused_without_its_password() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let file = folder.path().join("database");
    std::fs::write(&file, "mysql://motlan:bi-mat@db.example/kho").expect("the folder can be written");
    let file = file.to_str().expect("UTF-8");
    let check = |arguments: &[&str], settings: &[(&str, &str)], expected: &str| {
        let output = run(motlan(&data).args(arguments).arg("check").envs(settings.iter().copied()));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(expected) && !said.contains("bi-mat"), "{said}");
    };
    let wrong = "mysql://motlan:bi-mat@db.example/kho";
    check(&["--database", wrong], &[], "begins with postgres://");
    check(&[], &[("MOTLAN_DATABASE", wrong)], "begins with postgres://");
    check(&[], &[("MOTLAN_DATABASE_FILE", file)], "begins with postgres://");
    let right = ("MOTLAN_DATABASE", "postgres://motlan:bi-mat@127.0.0.1:1/kho");
    check(&[], &[right, ("MOTLAN_DATABASE_FILE", file)], "both set");
    check(&[], &[right], "postgres://motlan@127.0.0.1:1/kho");
}
