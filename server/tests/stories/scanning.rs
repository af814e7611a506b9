//! A stack from a scanner at the counter: the real `scanimage` with SANE's own test device, which has a feeder of ten sheets.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::browser::{ENTER, with_officer};
use super::support::*;

/// Sheets in the feeder of the test device.
const SHEETS: u64 = 10;
/// What it is called here.
pub(super) const SCANNER: &str = "Quầy 3";

/// A machine with SANE's test device, and perhaps with a `scanimage` that plays faults before the real one.
pub(super) struct Machine {
    pub(super) folder: TempDir,
    path: String,
}

impl Machine {
    pub(super) fn new() -> Machine {
        let folder = fresh_folder();
        let sane = folder.path().join("sane");
        fs::create_dir(&sane).expect("a folder");
        fs::write(sane.join("dll.conf"), "test\n").expect("the folder can be written");
        fs::write(sane.join("test.conf"), "number_of_devices 2\n").expect("the folder can be written");
        let path = std::env::var("PATH").expect("a search path");
        Machine { folder, path }
    }

    /// The same with a program before `scanimage`. In the script, `$real` is that one, and `$run` counts from 1 how often something is
    /// scanned; other questions pass.
    pub(super) fn with_faults(script: &str) -> Machine {
        let mut machine = Machine::new();
        let programs = machine.folder.path().join("programs");
        fs::create_dir(&programs).expect("a folder");
        let program = programs.join("scanimage");
        let count = programs.join("count").display().to_string();
        let text = format!(
            "#!/bin/sh\nreal=$(PATH='{}' command -v scanimage)\ncase \"$*\" in *--batch=*) ;; *) exec \"$real\" \"$@\";; esac\n\
             echo >>'{count}'\nrun=$(wc -l <'{count}')\n{script}\nexec \"$real\" \"$@\"\n",
            machine.path
        );
        fs::write(&program, text).expect("the folder can be written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its rights can be set");
        machine.path = format!("{}:{}", programs.display(), machine.path);
        machine
    }

    pub(super) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn sane(&self) -> String {
        self.folder.path().join("sane").display().to_string()
    }

    pub(super) fn serve(&self) -> Server {
        self.serve_set(&[])
    }

    fn serve_with(&self, scanners: &str) -> Server {
        self.serve_set(&[("MOTLAN_SCANNERS", scanners)])
    }

    /// With settings that come after the usual ones.
    fn serve_set(&self, more: &[(&str, &str)]) -> Server {
        let (sane, scanners) = (self.sane(), format!("[{{name=\"{SCANNER}\",device=\"test:0\"}}]"));
        let usual =
            [("SANE_CONFIG_DIR", sane.as_str()), ("PATH", &self.path), ("MOTLAN_SCANNERS", &scanners)];
        Server::start_with(&self.data(), &["--no-worker"], &[&usual[..], more].concat())
    }

    fn command(&self) -> Command {
        let mut command = motlan(&self.data());
        command.env("SANE_CONFIG_DIR", self.sane()).env("PATH", &self.path);
        command
    }
}

fn begin(server: &Server) -> String {
    let wish = json!({ "scanner": SCANNER, "sides": "one", "colour": "grey" });
    server.post("/api/v1/scans", &wish).json(201)["id"].to_string()
}

fn view(server: &Server, id: &str) -> Value {
    server.get(&format!("/api/v1/scans/{id}")).json(200)
}

fn act(server: &Server, id: &str, act: &str) -> Answer {
    server.post(&format!("/api/v1/scans/{id}/{act}"), &json!({}))
}

#[track_caller]
fn wait_for(server: &Server, id: &str, state: &str) -> Value {
    wait_until(state, || Some(view(server, id)).filter(|view| view["state"] == state))
}

/// Waits until a scan waits for a person, who is told why.
#[track_caller]
fn wait_paused(server: &Server, id: &str, pause: &str) -> Value {
    let view = wait_for(server, id, "waiting");
    assert_eq!(view["pause"], pause, "{view}");
    view
}

/// The batch that a scan became, once its pages were looked at.
#[track_caller]
fn batch_of(server: &Server, id: &str) -> Value {
    let batch = text(&wait_for(server, id, "finished")["batch"]);
    wait_until("the pages are looked at", || {
        let view = server.get(&format!("/api/v1/batches/{batch}")).json(200);
        Some(view).filter(|view| view["batch"]["state"] != "received")
    })
}

/// Unfinished stacks in a data folder, and the pages in them.
fn left_in(data: &Path) -> Vec<PathBuf> {
    let entries =
        |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries(&data.join("scanning")).flat_map(|tray| entries(&tray).collect::<Vec<_>>()).collect()
}

#[test]
fn a_stack_from_the_feeder_is_a_batch() {
    let machine = Machine::new();
    let server = machine.serve();
    let scanners = server.get("/api/v1/scanners").json(200);
    assert_eq!(scanners, json!({ "scanners": [SCANNER], "is_searching": false, "problem": null }));
    let id = begin(&server);
    let batch = batch_of(&server, &id);
    assert_eq!(batch["batch"]["page_count"], SHEETS, "{batch}");
    let names: Vec<_> = batch["batch"]["files"]
        .as_array()
        .expect("files")
        .iter()
        .map(|file| text(&file["file_name"]))
        .collect();
    assert_eq!((names[0].as_str(), names[9].as_str()), ("Quầy 3 0001.jpg", "Quầy 3 0010.jpg"));
    assert_eq!(batch["batch"]["feed"], "one_sided");
    assert!(left_in(&machine.data()).is_empty(), "nothing is left in the clear");
    assert_eq!(view(&server, &id)["pages"], SHEETS);
    assert_eq!(act(&server, &id, "continue").status, 409);
    server.stop();
}

#[test]
fn what_was_scanned_before_a_jam_is_kept_and_the_next_run_goes_on() {
    let machine = Machine::with_faults(
        "case $run in\n\
         1) \"$real\" \"$@\" --batch-count=3; exec \"$real\" \"$@\" --batch-start=4 --read-return-value=SANE_STATUS_JAMMED;;\n\
         2) exec \"$real\" \"$@\" --read-return-value=SANE_STATUS_COVER_OPEN;;\n\
         3) exec \"$real\" \"$@\" --read-return-value=SANE_STATUS_NO_DOCS;;\n\
         4) exec \"$real\" \"$@\" --read-return-value=SANE_STATUS_DEVICE_BUSY;;\n\
         5) exec \"$real\" \"$@\" --read-return-value=SANE_STATUS_IO_ERROR;;\n\
         6) kill -9 $$;;\n\
         esac",
    );
    let server = machine.serve();
    let id = begin(&server);
    let jammed = wait_paused(&server, &id, "jam");
    assert!(jammed["pages"] == 3 && text(&jammed["message"]).starts_with("Kẹt giấy. Hãy mở nắp"), "{jammed}");
    let page = server.get(&format!("/scans/{id}")).text();
    assert!(
        page.contains("Kẹt giấy") && page.contains("Quét tiếp ⏎") && page.contains("Bỏ 3 trang"),
        "{page}"
    );
    assert!(server.get("/batches").text().contains("Lượt quét dở: Quầy 3 · 3 trang · Đang chờ"));
    for pause in ["cover_open", "no_paper", "busy", "unreachable", "failed"] {
        act(&server, &id, "continue").json(200);
        assert_eq!(wait_paused(&server, &id, pause)["pages"], 3);
    }
    act(&server, &id, "continue").json(200);
    assert_eq!(batch_of(&server, &id)["batch"]["page_count"], 3 + SHEETS);

    let id = begin(&server);
    wait_for(&server, &id, "finished");
    server.stop();
}

#[test]
fn a_driver_that_hangs_after_it_said_why_is_not_waited_for() {
    // As the test device does itself now and then: its reader is ended while it holds the lock of the memory.
    let machine =
        Machine::with_faults("\"$real\" \"$@\" --read-return-value=SANE_STATUS_JAMMED; exec sleep 600");
    let server = machine.serve();
    let began = Instant::now();
    wait_paused(&server, &begin(&server), "jam");
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
    server.stop();
}

#[test]
fn who_stops_decides_what_becomes_of_the_pages() {
    let slow = "--read-delay=yes --read-delay-duration=200000";
    let machine = Machine::with_faults(&format!(
        "\"$real\" \"$@\" --batch-count=2\nexec \"$real\" \"$@\" --batch-start=3 {slow}"
    ));
    let server = machine.serve();
    let stopped = |server: &Server| {
        let id = begin(server);
        wait_until("two pages", || (view(server, &id)["pages"] == 2).then_some(()));
        assert_eq!(act(server, &id, "finish").status, 409, "not while it scans");
        act(server, &id, "stop").json(200);
        assert_eq!(wait_paused(server, &id, "stopped")["pages"], 2);
        id
    };
    let id = stopped(&server);
    act(&server, &id, "discard").json(200);
    wait_for(&server, &id, "discarded");
    wait_until("nothing is kept", || left_in(&machine.data()).is_empty().then_some(()));
    assert_eq!(server.get("/api/v1/batches").json(200), json!([]));

    let id = stopped(&server);
    act(&server, &id, "finish").json(200);
    assert_eq!(batch_of(&server, &id)["batch"]["page_count"], 2);

    // The program ends while a page comes: so does scanimage, and what is left goes with the next start.
    let id = begin(&server);
    wait_until("two pages", || (view(&server, &id)["pages"] == 2).then_some(()));
    let children = children_of(server.program().pid());
    assert!(!children.is_empty());
    server.stop();
    assert!(children.iter().all(|child| !Path::new(&format!("/proc/{child}")).exists()), "{children:?}");
}

#[test]
fn what_a_broken_run_left_behind_is_not_counted_by_the_next() {
    // A page that is none, and a whole one behind it; then one page more, and an end that nobody explains.
    let machine = Machine::with_faults(
        "case $run in\n\
         1) \"$real\" \"$@\" --batch-count=3; cp 0001.jpg 0005.jpg; echo none >part; mv part 0004.jpg; exec sleep 60;;\n\
         2) exec \"$real\" \"$@\" --batch-count=1;;\n\
         esac",
    );
    let server = machine.serve();
    let id = begin(&server);
    assert_eq!(wait_paused(&server, &id, "bad_page")["pages"], 3);
    act(&server, &id, "continue").json(200);
    assert_eq!(wait_paused(&server, &id, "failed")["pages"], 4);
    act(&server, &id, "finish").json(200);
    assert_eq!(batch_of(&server, &id)["batch"]["page_count"], 4);
    server.stop();
}

#[test]
fn the_program_of_scanners_gets_no_secret_and_leaves_nothing_running() {
    let machine = Machine::with_faults(
        "here=$(dirname \"$0\")\nenv >\"$here/env\"\nsleep 1000 &\necho $! >\"$here/helper\"",
    );
    let server = machine.serve_set(&[("MOTLAN_OIDC_SECRET", "a secret of this machine")]);
    let id = begin(&server);
    batch_of(&server, &id);
    let programs = machine.folder.path().join("programs");
    let variables = fs::read_to_string(programs.join("env")).expect("the program ran");
    assert!(variables.contains("SANE_CONFIG_DIR=") && variables.contains("LC_ALL=C"), "{variables}");
    assert!(!variables.contains("MOTLAN") && !variables.contains("secret"), "{variables}");
    let helper = fs::read_to_string(programs.join("helper")).expect("a number");
    // One that ended and was not waited for has no command.
    let command = fs::read(format!("/proc/{}/cmdline", helper.trim())).unwrap_or_default();
    assert!(command.is_empty(), "{}", String::from_utf8_lossy(&command));
    server.stop();
}

#[test]
fn scanners_are_found_and_wrong_wishes_are_refused() {
    let machine = Machine::new();
    let server = machine.serve_with("[]");
    let found = wait_until("the search ends", || {
        Some(server.get("/api/v1/scanners").json(200)).filter(|found| found["is_searching"] == false)
    });
    assert_eq!(found["scanners"], json!(["Noname frontend-tester", "Noname frontend-tester 2"]), "{found}");
    server.post("/api/v1/scanners/search", &json!({})).json(202);
    let refused = |wish: Value, word: &str| {
        let problem = server.post("/api/v1/scans", &wish).json(422);
        assert!(text(&problem["detail"]).contains(word), "{problem}");
    };
    refused(json!({ "scanner": "test:0" }), "Không có máy quét này");
    refused(json!({ "scanner": "--help" }), "Không có máy quét này");
    assert_eq!(server.post("/api/v1/scans", &json!({ "scanner": "x", "sides": "three" })).status, 422);
    assert_eq!(server.get("/api/v1/scans/1").status, 404);
    let both = json!({ "scanner": "Noname frontend-tester 2", "sides": "both" });
    wait_until("the search ends", || {
        (server.get("/api/v1/scanners").json(200)["is_searching"] == false).then_some(())
    });
    let id = server.post("/api/v1/scans", &both).json(201)["id"].to_string();
    wait_paused(&server, &id, "no_duplex");
    server.stop();
}

#[test]
fn the_console_scans_too() {
    let machine = Machine::with_faults(
        "test $run = 1 && { \"$real\" \"$@\" --batch-count=3; exec \"$real\" \"$@\" --batch-start=4 --read-return-value=SANE_STATUS_JAMMED; }",
    );
    let listed = succeed(machine.command().args(["batch", "scan", "--list"]));
    assert_eq!(listed, "Noname frontend-tester\nNoname frontend-tester 2\n");
    let several = run(machine.command().args(["batch", "scan"]));
    assert!(String::from_utf8_lossy(&several.stderr).contains("choose one with --scanner"));
    let scan = ["--json", "batch", "scan", "--scanner", "Noname frontend-tester"];
    let mut child = machine
        .command()
        .args(scan)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("a pipe").write_all(b"\n").expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && errors.contains("paper jam") && errors.contains("3 pages are kept"),
        "{errors}"
    );
    let printed: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!((&printed["pages"], &printed["already_held"]), (&json!(13), &json!(false)));

    // Nobody is there to decide: nothing is stored.
    let machine = Machine::with_faults("exec \"$real\" \"$@\" --read-return-value=SANE_STATUS_JAMMED");
    let alone = run(machine.command().args(&scan[1..]));
    let errors = String::from_utf8_lossy(&alone.stderr);
    assert!(!alone.status.success() && errors.contains("nothing was stored: paper jam"), "{errors}");
    assert!(left_in(&machine.data()).is_empty());
}

#[test]
fn what_the_console_cannot_store_is_kept() {
    // Where stored papers go there is a file: as if that disk were gone.
    let machine =
        Machine::with_faults("rm -rf ../../blobs; touch ../../blobs; set -- \"$@\" --batch-count=2");
    let scan = ["--json", "batch", "scan", "--scanner", "Noname frontend-tester"];
    let start = || {
        let mut command = machine.command();
        command.args(scan).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the program starts")
    };
    // The feeder is not empty after two sheets: finish, which fails; then nobody is there.
    let mut child = start();
    child.stdin.take().expect("a pipe").write_all(b"f\n").expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("Enter: try again"), "{errors}");
    let left: Vec<PathBuf> = left_in(&machine.data());
    assert_eq!(left.len(), 2, "{left:?} {errors}");
    let folder = left[0].parent().expect("a folder").to_owned();
    assert!(errors.contains(&folder.display().to_string()), "{errors}");
    // Put right before the next try.
    let blobs = machine.data().join("blobs");
    fs::remove_file(&blobs).expect("the file goes");
    let mut child = start();
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"f\n").expect("it reads");
    let mut errors = BufReader::new(child.stderr.take().expect("a pipe")).lines().map_while(Result::ok);
    errors.find(|line| line.contains("Enter: try again")).expect("it fails first");
    fs::remove_file(&blobs).expect("the file goes");
    input.write_all(b"\n").expect("it reads");
    drop(input);
    let rest: Vec<String> = errors.collect();
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{rest:?}");
    let printed: Value = serde_json::from_slice(&output.stdout).expect("one object");
    assert_eq!(printed["pages"], 2);
    assert_eq!(left_in(&machine.data()).len(), 2, "what was left is somebody's to bring in");
}

#[test]
fn an_officer_scans_with_one_key_and_goes_on_after_a_jam() {
    let machine = Machine::with_faults(
        "test $run = 1 && { \"$real\" \"$@\" --batch-count=3; exec \"$real\" \"$@\" --batch-start=4 --read-return-value=SANE_STATUS_JAMMED; }",
    );
    let server = machine.serve();
    with_officer(async |officer| {
        officer.go(&format!("{}/batches", server.address)).await;
        officer.see("#scan-form #scan-begin[data-main]").await;
        officer.see("body").await.send_keys(ENTER).await.expect("the page takes keys");
        let message = officer.see("#scan-message").await.text().await.expect("it has a text");
        assert!(message.starts_with("Kẹt giấy."), "{message}");
        assert_eq!(officer.see("#scan-pages").await.text().await.expect("it has a text"), "3");
        officer.see("#scan-go-on[data-main]").await;
        officer.see("body").await.send_keys(ENTER).await.expect("the page takes keys");
        let shown = "const pages = [...document.querySelectorAll('.part img')];
            return location.pathname.startsWith('/batches/') && pages.length === 13
                && pages.every((page) => !page.complete || page.naturalWidth > 0);";
        officer.see_that("the pages of the batch", shown, vec![]).await;
        // What was chosen is chosen again, and nothing is left to do.
        officer.go(&format!("{}/batches", server.address)).await;
        officer.see("#scan-begin").await;
        assert!(!server.get("/batches").text().contains("Lượt quét dở"));
    });
    server.stop();
}
