//! The description of the API against the server, as everybody who may ask: schemathesis makes requests up by it, and no answer may be a fault of
//! the server, or one that the description does not allow.

use super::paper;
use super::signing_in::*;
use super::support::*;
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// Roles that people have, beside the administrator of the office.
const ROLES: [&str; 6] = ["citizen", "auditor", "counter_officer", "handling_officer", "leader", "archivist"];
/// So many requests are made up for each operation and role beside those at the bounds of what each may be.
const EXAMPLES: &str = "DESCRIBED_EXAMPLES";
/// What is judged of each answer. That wrong values are refused and right ones taken is told elsewhere: what is right here depends on records.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance";
/// File of the description.
const DESCRIPTION: &str = "openapi.json";
/// A stream without an end.
const ENDLESS: &str = "/api/v1/events";
/// A procedure of the samples.
const PROCEDURE: &str = "1.001193";
/// How often keys of records are those that there are.
const SHARE_OF_KNOWN: &str = "0.8";

/// The program, as `./setup.sh test` fetched it.
fn schemathesis() -> Command {
    let home = std::env::var_os("HOME").map(PathBuf::from).expect("a home folder");
    let folder = home.join(".cache/motlan/tools/described");
    assert!(folder.is_dir(), "{} is missing (./setup.sh test)", folder.display());
    let mut command = Command::new("python3");
    command
        .args(["-c", "from schemathesis.cli import schemathesis; schemathesis()"])
        .env("PYTHONPATH", folder);
    command
}

/// What there is to ask about: keys of records by the part of the path before them.
fn records(office: &Office) -> Vec<(&'static str, String)> {
    let mut lan = office.lan();
    let kind = [("content-type", format!("multipart/form-data; boundary={BOUNDARY}"))];
    let kind = [(kind[0].0, kind[0].1.as_str())];
    let mut send = |path: &str, bytes: &[u8]| {
        text(&lan.ask("POST", path, &kind, &form(&[], "quét.png", bytes)).json(201)["id"])
    };
    let (document, batch) =
        (send("/api/v1/documents", &paper::small(1)), send("/api/v1/batches", &paper::small(2)));
    let subject = json!({ "kind": "citizen", "number": "001319018402", "name": "NGUYỄN KHÁNH AN" });
    let dossier = json!({ "procedure": PROCEDURE, "reason": "Nợ giấy", "received_on": "2026-01-02", "subject": subject });
    let json = [("content-type", "application/json")];
    let dossier = lan.ask("POST", "/api/v1/dossiers", &json, dossier.to_string().as_bytes()).json(201);
    wait_until("the paper is read", || {
        let view = lan.get(&format!("/api/v1/documents/{document}")).json(200);
        (view["document"]["state"] != "received").then_some(())
    });
    vec![
        ("documents", document),
        ("batches", batch),
        ("subjects", text(&dossier["subject"]["id"])),
        ("dossiers", text(&dossier["id"])),
    ]
}

/// The description, and what schemathesis shall put in the place of keys.
fn settings(office: &Office, records: &[(&str, String)]) -> TempDir {
    let folder = fresh_folder();
    let description = office.lan().get("/api/openapi.json").bytes;
    std::fs::write(folder.path().join(DESCRIPTION), description).expect("the folder can be written");
    let part = |(of, key): &(&str, String)| {
        format!(
            "[dictionaries.{of}]\nvalues = [\"{key}\"]\n\n[[operations]]\ninclude-path-regex = \"/{of}/\"\n\
             parameters = {{ \"path.id\" = {{ dictionary = \"{of}\", probability = {SHARE_OF_KNOWN} }} }}\n\n"
        )
    };
    let text: String = records.iter().map(part).collect();
    std::fs::write(folder.path().join("schemathesis.toml"), text).expect("the folder can be written");
    folder
}

/// Asks the server whatever the description allows, with this header.
#[track_caller]
fn check(office: &Office, settings: &TempDir, who: &str, header: &str) {
    let server = &office.server;
    let mut command = schemathesis();
    command
        .args(["run", DESCRIPTION, "--url", &server.address])
        .args(["--header", header, "--checks", CHECKS, "--exclude-path", ENDLESS])
        .args(["--seed", "1", "--no-shrink", "--warnings", "off"])
        .args(["--continue-on-failure", "--request-timeout", "30", "--no-color"])
        .current_dir(settings.path());
    match std::env::var(EXAMPLES) {
        Ok(examples) => command.args(["--phases", "coverage,fuzzing", "--max-examples", &examples]),
        Err(_) => command.args(["--phases", "coverage"]),
    };
    let output = run(&mut command);
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{who}:\n{printed}\n{}", String::from_utf8_lossy(&output.stderr));
    let made_up = printed.lines().find(|line| line.contains("generated")).unwrap_or_default();
    println!("{who}: {}", made_up.trim());
}

#[test]
fn no_role_gets_an_answer_that_the_description_does_not_allow() {
    let office = Office::open();
    let scans = fresh_folder();
    std::fs::copy(sample("procedures.toml"), scans.path().join("procedures.toml")).expect("it is copied");
    std::fs::write(scans.path().join("cũ.png"), paper::small(u8::MAX)).expect("the folder can be written");
    succeed(motlan(&office.data).arg("import").arg(scans.path()));
    let settings = settings(&office, &records(&office));
    check(&office, &settings, "nobody", "Accept: */*");
    let mut admin = office.admin();
    for role in ROLES {
        // Nobody gives citizens accounts: they come another way.
        let given = if role == "citizen" { "auditor" } else { role };
        let login = format!("nguoi.{role}");
        let link = make(&mut admin, &login, "Công Tằng Tôn Nữ Thị Lan", given);
        rows(&office.data, &format!("update account set role = '{role}' where login = '{login}'"));
        let mut visitor = Visitor::new(&office.server);
        visitor.form(&link, &[("password", PASSWORD), ("again", PASSWORD)]);
        let cookie = format!("Cookie: __Host-motlan={}", visitor.session());
        check(&office, &settings, role, &cookie);
        assert_eq!(visitor.get("/account").status, 200, "{role} was in until the end");
    }
    let cookie = format!("Cookie: __Host-motlan={}", admin.session());
    check(&office, &settings, "administrator", &cookie);
    assert_eq!(admin.get("/account").status, 200, "the administrator was in until the end");
    check(&office, &settings, "a program with a key", &format!("Authorization: Bearer {}", key(&office)));
    let log = office.server.program().log();
    assert!(!log.contains("panicked"), "{log}");
    office.server.stop();
}

/// The key of another system of the same agency.
fn key(office: &Office) -> String {
    let account = |arguments: &[&str]| succeed(motlan(&office.data).arg("account").args(arguments));
    let agency = ["--agency", "UBND xã Bến Mơ", "--role", "service", "--service"];
    account(&[&["create", "cong", "--name", "Cổng dịch vụ công"][..], &agency].concat());
    let printed =
        account(&["key", "cong", "--name", "Cổng", "--only", "search,view,download,receive", "--days", "9"]);
    printed.lines().last().expect("the key").to_owned()
}
