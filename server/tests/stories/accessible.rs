//! Pages for everybody: axe-core finds nothing serious on any screen of the office.

use super::browser::{Officer, with_officer};
use super::paper;
use super::support::*;
use serde_json::{Value, json};
use std::path::PathBuf;

/// A form with doubts, crops and reasons.
const PAPER: &str = "birth-certificate.jpg";

/// The judge, as `./setup.sh test` fetched it.
fn axe() -> String {
    let home = std::env::var_os("HOME").map(PathBuf::from).expect("a home folder");
    let file = home.join(".cache/motlan/tools/axe.min.js");
    std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error} (./setup.sh test)", file.display()))
}

/// What is seriously wrong with the page, as the judge says it.
pub(super) async fn serious(officer: &Officer) -> Vec<String> {
    officer.browser.execute(&axe(), vec![]).await.expect("the judge loads");
    let script = "
        const done = arguments[arguments.length - 1];
        axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => done(violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .flatMap(({ id, impact, nodes }) => nodes.map((node) => `${impact} ${id}: ${node.html}`))));";
    let found = officer.browser.execute_async(script, vec![]).await.expect("the judge answers");
    found.as_array().expect("a list").iter().map(|line| text(line)).collect()
}

async fn judge(officer: &Officer, address: &str, shown: &str) {
    for theme in ["light", "dark"] {
        officer.go(address).await;
        let script = "localStorage.setItem('motlan-theme', arguments[0]); return true;";
        officer.browser.execute(script, vec![json!(theme)]).await.expect("the script runs");
        officer.go(address).await;
        officer.see(shown).await;
        let found = serious(officer).await;
        assert!(found.is_empty(), "{address} {theme}:\n{}", found.join("\n"));
    }
}

#[test]
fn no_screen_has_a_serious_barrier() {
    let folder = fresh_folder();
    let server = Server::start(&data_with_procedures(folder.path()));
    let id = server.upload(PAPER, &sample_bytes(PAPER));
    let waiting = server.upload("quét.png", &paper::small(1));
    for paper in [&id, &waiting] {
        server.wait_read(paper);
    }
    let subject = json!({ "kind": "citizen", "number": "092085077145", "name": "THẠCH SƠN TÙNG" });
    let dossier = json!({ "procedure": "1.001193", "reason": "Nợ giấy", "received_on": "2026-01-02", "subject": subject });
    let dossier: Value = server.post("/api/v1/dossiers", &dossier).json(201);
    let dossier = text(&dossier["id"]);
    let other = fresh_folder();
    let (office, _) = Server::start_signing_in(&other.path().join("data"));
    with_officer(async |officer| {
        for (path, shown) in [
            (format!("/documents/{id}"), "#review-form"),
            ("/review".into(), "#review-next"),
            ("/dossiers".into(), "#queue-filter"),
            (format!("/dossiers/{dossier}"), "#dossier-state"),
            ("/search".into(), "#search-form"),
            ("/dossiers/new".into(), "#intake-form"),
            ("/".into(), "#upload-form"),
            ("/documents".into(), ".papers"),
            ("/look-ups".into(), "#look-up-form"),
        ] {
            judge(officer, &format!("{}{path}", server.address), shown).await;
        }
        judge(officer, &format!("{}/sign-in", office.address), "#sign-in-form").await;
    });
    server.stop();
    office.stop();
}
