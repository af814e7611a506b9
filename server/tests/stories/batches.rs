//! A stack of paper from the feeder into the dossiers of two people, back out, and in again; also when the program is killed meanwhile.

use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use image::{GrayImage, ImageFormat};
use serde_json::{Value, json};

use super::paper;
use super::sealed::files;
use super::stack::{self, Office};
use super::support::*;

/// Đăng ký khai sinh, and two of its components.
const PROCEDURE: &str = "1.001193";
const FIRST: &str = "to-khai";
const SECOND: &str = "giay-chung-sinh";
/// Invented people: key and code of their dossiers go by this order.
const PEOPLE: [(&str, &str); 2] = [("001319018402", "NGUYỄN KHÁNH AN"), ("040222007731", "HOÀNG GIA BẢO")];

struct Counter {
    office: Office,
    server: Server,
    /// Key and code of each person's dossier.
    dossiers: Vec<(String, String)>,
}

/// The settings that a server of this office has.
fn settings(secrets: &str) -> [(&str, &str); 1] {
    [("MOTLAN_CODE_KEYS", secrets)]
}

impl Counter {
    fn open(data: &Path) -> Counter {
        let office = Office::new();
        let server = Server::start_with(data, &["--no-worker"], &settings(&office.secrets()));
        let dossiers = PEOPLE.map(|(number, name)| {
            let dossier = opened(&server, None, number, name);
            (text(&dossier["id"]), text(&dossier["code"]))
        });
        Counter { office, server, dossiers: dossiers.into() }
    }

    /// The same counter after its server was killed.
    fn restarted(self, data: &Path) -> Counter {
        let Counter { office, server, dossiers } = self;
        server.kill();
        let server = Server::start_with(data, &["--no-worker"], &settings(&office.secrets()));
        Counter { office, server, dossiers }
    }

    /// Two sheets for the first person, one for the second.
    fn pages(&self) -> Vec<GrayImage> {
        let cover = |person: usize, component, sheets| {
            self.office.cover(&self.dossiers[person].1, Some(component), sheets, person as u8)
        };
        vec![cover(0, FIRST, 2), stack::words(1), stack::words(2), cover(1, SECOND, 1), stack::words(3)]
    }

    /// Sends a stack and waits until its pages were looked at.
    #[track_caller]
    fn send(&self, pages: &[GrayImage]) -> Value {
        let file = stack::pdf(pages);
        let sent = self.server.try_send("/api/v1/batches", &[("feed", "one_sided")], "tập.pdf", &file);
        let batch = sent.expect("the server answers").json(201);
        assert_eq!(batch["files"][0]["sha256"], sha256(&file), "{batch}");
        self.wait_looked_at(&batch)
    }

    #[track_caller]
    fn wait_looked_at(&self, batch: &Value) -> Value {
        wait_until("the pages are looked at", || {
            Some(self.view(&text(&batch["id"]))).filter(|view| view["batch"]["state"] != "received")
        })
    }

    fn view(&self, id: &str) -> Value {
        self.server.get(&format!("/api/v1/batches/{id}")).json(200)
    }

    fn act(&self, view: &Value, act: &str, mut wish: Value) -> Answer {
        if wish.get("reason").is_none() {
            wish["version"] = view["batch"]["version"].clone();
        }
        self.server.post(&format!("/api/v1/batches/{}/{act}", text(&view["batch"]["id"])), &wish)
    }

    /// The papers in the two places of the stack.
    fn filed(&self) -> [Value; 2] {
        [(0, FIRST), (1, SECOND)].map(|(person, component): (usize, &str)| {
            let dossier = self.server.get(&format!("/api/v1/dossiers/{}", self.dossiers[person].0)).json(200);
            let components = dossier["components"].as_array().expect("components");
            let one = components.iter().find(|one| one["key"] == component).expect("the component");
            one["document"].clone()
        })
    }
}

/// A dossier that is opened for someone; without a code it gets the next one.
fn opened(server: &Server, code: Option<&str>, number: &str, name: &str) -> Value {
    let subject = json!({ "kind": "citizen", "number": number, "name": name });
    let wish = json!({ "code": code, "procedure": PROCEDURE, "reason": "Nợ giấy", "received_on": "2026-02-02", "subject": subject });
    server.post("/api/v1/dossiers", &wish).json(201)
}

fn kinds(view: &Value) -> Vec<String> {
    let troubles = view["troubles"].as_array().expect("a list");
    troubles.iter().map(|trouble| text(&trouble["facts"]["kind"])).collect()
}

/// Access entries that a person can read about themselves.
fn looks_at(data: &Path, subject: &str) -> i64 {
    let counted = rows(data, &format!("select count(*) from access_owner where subject_id = '{subject}'"));
    counted[0].parse().expect("a number")
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[test]
fn a_stack_goes_into_its_dossiers_and_out_again() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let counter = Counter::open(&data);
    let pages = counter.pages();
    let planned = counter.send(&pages);
    assert_eq!((&planned["batch"]["state"], kinds(&planned)), (&json!("planned"), Vec::new()), "{planned}");
    let again = counter.server.try_send("/api/v1/batches", &[], "tên khác.pdf", &stack::pdf(&pages));
    assert_eq!(again.expect("the server answers").json(200)["id"], planned["batch"]["id"], "one batch");

    let done = counter.act(&planned, "carry-out", json!({})).json(200);
    assert_eq!(done["batch"]["state"], "carried_out", "{done}");
    let filed = counter.filed();
    assert_eq!([&done["papers"][0]["document"], &done["papers"][1]["document"]], [&filed[0], &filed[1]]);
    for (at, (paper, own, other)) in [(&filed[0], 1, 4), (&filed[1], 4, 1)].into_iter().enumerate() {
        let view = counter.server.document(&text(paper));
        assert_eq!(view["document"]["subject"]["name"], PEOPLE[at].1, "{view}");
        let original = counter.server.get(&format!("/api/v1/documents/{}/original", text(paper)));
        let name = format!("{}-{}.pdf", counter.dossiers[at].1, at + 1);
        let called = original.header("content-disposition");
        assert!(called.contains(&name), "not the stack's name, which may name someone: {called}");
        let scanned = |page: usize| paper::encoded(pages[page].clone(), ImageFormat::Jpeg);
        assert!(contains(&original.bytes, &scanned(own)), "the scanner's own bytes");
        assert!(!contains(&original.bytes, &scanned(other)), "and none of another person");
        assert!(!contains(&original.bytes, &scanned(0)), "nor the cover sheet");
    }
    let late = json!({ "change": { "change": "leave_out", "page": 3 } });
    assert!(text(&counter.act(&done, "changes", late).json(422)["detail"]).contains("hoàn tác trước"));

    let undone = counter.act(&done, "undo", json!({ "reason": "Lẫn hai hồ sơ" })).json(200);
    assert_eq!((&undone["batch"]["state"], counter.filed()), (&json!("undone"), [Value::Null, Value::Null]));
    assert_eq!(undone["batch"]["sha256"], planned["batch"]["sha256"]);
    let again = counter.act(&undone, "carry-out", json!({})).json(200);
    assert_eq!(counter.filed(), filed, "the same papers, not twice");
    let undone = counter.act(&again, "undo", json!({ "reason": "Lẫn hai hồ sơ" })).json(200);
    let anew = counter.act(&undone, "plan", json!({ "feed": "one_sided" })).json(200);
    counter.act(&anew, "carry-out", json!({})).json(200);
    assert_eq!(counter.filed(), filed, "nor when it was planned anew");
    counter.server.wait_indexed();
    counter.server.stop();
    check_is_clean(&data);
}

#[test]
fn a_stopped_stack_is_put_right_on_its_page() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let counter = Counter::open(&data);
    let mut pages = counter.pages();
    // The second cover is missing.
    pages.remove(3);
    let stopped = counter.send(&pages);
    assert_eq!(
        (&stopped["batch"]["state"], kinds(&stopped)),
        (&json!("stopped"), vec!["wrong_count".into()])
    );
    assert!(text(&counter.act(&stopped, "carry-out", json!({})).json(422)["detail"]).contains("Cần xem lại"));
    assert_eq!(counter.filed(), [Value::Null, Value::Null]);

    let id = text(&stopped["batch"]["id"]);
    let page = counter.server.get(&format!("/batches/{id}")).text();
    assert!(page.contains("1 vấn đề") && !page.contains("Thực hiện:"), "{page}");
    let picture = counter.server.get(&format!("/batches/{id}/pages/4"));
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let send = |act: &str, body: &str| {
        let path = format!("/batches/{id}/{act}");
        counter.server.ask("POST", &path, &form, body.as_bytes()).expect("an answer")
    };
    let code = &counter.dossiers[1].1;
    let begin = |version: u64, dossier: &str| {
        send("changes", &format!("version={version}&act=begin&page=4&dossier={dossier}&component={SECOND}"))
    };
    let unknown = begin(2, "H26.18-260202-9999");
    assert_eq!(unknown.status, 303, "{}", unknown.text());
    assert_eq!(kinds(&counter.view(&id)), ["no_dossier"]);
    let stale = begin(2, code);
    assert!(stale.status == 422 && stale.text().contains("vừa được người khác sửa"), "{}", stale.text());
    let placed = send("changes", &format!("version=3&act=place&part=2&dossier={code}&component={SECOND}"));
    assert_eq!(placed.status, 303, "{}", placed.text());
    let page = counter.server.get(&format!("/batches/{id}")).text();
    assert!(page.contains("Thực hiện: 2 giấy tờ"), "{page}");
    assert_eq!(send("carry-out", "version=4").status, 303);
    let filed = counter.filed();
    assert!(filed.iter().all(Value::is_string), "{filed:?}");
    let owner = counter.server.document(&text(&filed[1]))["document"]["subject"]["name"].clone();
    assert_eq!(owner, PEOPLE[1].1);
    let list = counter.server.get("/batches").text();
    assert!(list.contains("Đã thực hiện"), "{list}");
    let steps = counter.view(&id)["events"].as_array().expect("events").len();
    assert_eq!(steps, 5, "received, planned, changed twice, carried out");
    assert_eq!(send("undo", "reason=Nhầm").status, 303);
    assert_eq!(counter.filed(), [Value::Null, Value::Null]);
    let page = counter.server.get(&format!("/batches/{id}")).text();
    assert!(page.contains("Thực hiện: 2 giấy tờ"), "{page}");
    let again = send("carry-out", &format!("version={}", counter.view(&id)["batch"]["version"]));
    assert_eq!(again.status, 303, "what the page offers is done: {}", again.text());
    assert_eq!(counter.filed(), filed);
    counter.server.wait_indexed();
    counter.server.stop();
    check_is_clean(&data);
}

#[test]
fn a_stopped_stack_is_filed_once_its_dossier_is_there() {
    /// A code that no dossier has yet.
    const LATER: &str = "H26.18-260202-0777";
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let counter = Counter::open(&data);
    let stopped = counter.send(&[counter.office.cover(LATER, Some(FIRST), 1, 1), stack::words(1)]);
    assert_eq!(kinds(&stopped), ["no_dossier"]);
    let refused = counter.act(&stopped, "carry-out", json!({})).json(422);
    assert!(text(&refused["detail"]).contains("Cần xem lại"), "{refused}");
    let dossier = opened(&counter.server, Some(LATER), PEOPLE[0].0, PEOPLE[0].1);
    let looks = || looks_at(&data, &text(&dossier["subject"]["id"]));
    let before = looks();
    let id = text(&stopped["batch"]["id"]);
    assert_eq!(counter.server.get(&format!("/batches/{id}/pages/2")).status, 200);
    assert_eq!(looks(), before + 1, "a picture of a page that goes to someone's dossier");
    let done = counter.act(&stopped, "carry-out", json!({})).json(200);
    assert_eq!(done["batch"]["state"], "carried_out", "{done}");
    counter.server.wait_indexed();
    counter.server.stop();
    check_is_clean(&data);
}

#[test]
fn looks_at_pages_that_may_not_be_filed_are_told_too() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let counter = Counter::open(&data);
    let (dossier, code) = &counter.dossiers[0];
    let place = [("dossier", dossier.as_str()), ("component", FIRST)];
    let paper = stack::pdf(&[stack::words(9)]);
    let sent = counter.server.try_send("/api/v1/documents", &place, "nộp ở quầy.pdf", &paper);
    sent.expect("the server answers").json(201);
    let office = &counter.office;
    let stopped = counter.send(&[
        office.cover(code, Some(FIRST), 1, 1),
        stack::words(1),
        office.cover(&counter.dossiers[1].1, Some("khong-co"), 1, 2),
        stack::words(2),
    ]);
    assert_eq!(kinds(&stopped), ["taken_component", "no_component"]);
    let subjects = rows(&data, "select subject_id from dossier order by code");
    let looks = || subjects.iter().map(|subject| looks_at(&data, subject)).collect::<Vec<_>>();
    let before = looks();
    counter.view(&text(&stopped["batch"]["id"]));
    let more = |count: i64| before.iter().map(|before| before + count).collect::<Vec<_>>();
    assert_eq!(looks(), more(1));
    let turn = json!({ "change": { "change": "turn", "page": 2, "degrees": 90 } });
    counter.act(&stopped, "changes", turn).json(200);
    assert_eq!(looks(), more(2), "a change shows the stack once");
    counter.server.stop();
}

#[test]
fn a_stack_that_cannot_be_looked_at_keeps_none_waiting() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let counter = Counter::open(&data);
    let first = counter.send(&[stack::words(1)]);
    let Counter { office, server, dossiers } = counter;
    server.stop();
    // As if it had been killed before it looked, and the disk had lost the scan since.
    rows(&data, "update batch set state = 'received', plan = null, stack = null");
    for file in files(&data.join("blobs")) {
        std::fs::write(file, "hỏng").expect("the folder can be written");
    }
    let server = Server::start_with(&data, &["--no-worker"], &settings(&office.secrets()));
    let counter = Counter { office, server, dossiers };
    let second = counter.send(&counter.pages());
    assert_eq!(second["batch"]["state"], "planned", "{second}");
    let id = text(&first["batch"]["id"]);
    assert_eq!(counter.view(&id)["batch"]["state"], "received");
    assert!(counter.server.program().log().contains(&id), "the log says which one");
    counter.server.stop();
}

#[test]
fn an_import_beside_a_server_looks_at_a_stack_as_if_alone() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let office = Office::new();
    let secrets = office.secrets();
    let server = Server::start_with(&data, &["--no-worker"], &settings(&secrets));
    let dossier = opened(&server, None, PEOPLE[0].0, PEOPLE[0].1);
    // So many pages that the server begins to look too before the import has ended.
    let mut pages = vec![office.cover(&text(&dossier["code"]), Some(FIRST), 12, 1)];
    pages.extend((1..=12).map(stack::words));
    let file = folder.path().join("stack.pdf");
    std::fs::write(&file, stack::pdf(&pages)).expect("the folder can be written");
    let mut import = motlan(&data);
    import.args(["--json", "import", "--no-read", "--batch"]).arg(&file);
    let printed = succeed(import.envs(settings(&secrets)));
    let report: Value = serde_json::from_str(&printed).expect("one JSON object");
    assert_eq!(report["state"], "carried_out", "{report}");
    // The server has ended its look too when it looks at the next one.
    let next = server.try_send("/api/v1/batches", &[], "tập.pdf", &stack::pdf(&[stack::words(1)]));
    let next = text(&next.expect("the server answers").json(201)["id"]);
    wait_until("the next one is looked at", || {
        let view = server.get(&format!("/api/v1/batches/{next}")).json(200);
        (view["batch"]["state"] != "received").then_some(())
    });
    let log = server.program().log();
    assert!(!log.contains("could not be looked at"), "{log}");
    server.stop();
}

#[test]
fn fronts_and_backs_of_two_passes_stand_sheet_by_sheet_in_their_paper() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let counter = Counter::open(&data);
    let cover = counter.office.cover(&counter.dossiers[0].1, Some(FIRST), 2, 1);
    let words = [1, 2, 3, 4].map(stack::words);
    let fronts = [cover, words[0].clone(), words[2].clone()];
    // The stack was turned over: the last sheet comes first.
    let backs = [words[3].clone(), words[1].clone(), stack::blank()];
    let files = [("fronts.pdf", stack::pdf(&fronts)), ("backs.pdf", stack::pdf(&backs))];
    let files = files.map(|(name, bytes)| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).expect("the folder can be written");
        file
    });
    let mut import = motlan(&data);
    import.args(["--json", "import", "--batch", "--feed", "two-passes"]).args(files);
    let output = run(import.envs(settings(&counter.office.secrets())));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    assert_eq!(counter.view(&text(&report["batch"]))["batch"]["state"], "carried_out", "{report}");
    let path = format!("/api/v1/documents/{}/original", text(&counter.filed()[0]));
    let paper_file = folder.path().join("paper.pdf");
    std::fs::write(&paper_file, counter.server.get(&path).bytes).expect("the folder can be written");
    // Takes the pictures out page by page, as they stand.
    let taken = Command::new("pdfimages").arg("-j").args([&paper_file, &folder.path().join("page")]).status();
    assert!(taken.expect("pdfimages can be started (./setup.sh)").success());
    for (place, scanned) in words.into_iter().enumerate() {
        let shown = std::fs::read(folder.path().join(format!("page-{place:03}.jpg"))).expect("a picture");
        assert!(shown == paper::encoded(scanned, ImageFormat::Jpeg), "page {}", place + 1);
    }
    counter.server.stop();
}

#[test]
fn a_page_that_cannot_be_drawn_stops_the_stack_until_it_is_left_out() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let counter = Counter::open(&data);
    let pages = [counter.office.cover(&counter.dossiers[0].1, Some(FIRST), 2, 1), stack::words(1)];
    let mut broken = paper::encoded(stack::words(2), ImageFormat::Jpeg);
    broken.truncate(broken.len() / 2);
    let files = [("pages.pdf", stack::pdf(&pages)), ("page.jpg", broken)].map(|(name, bytes)| {
        let file = folder.path().join(name);
        std::fs::write(&file, bytes).expect("the folder can be written");
        file
    });
    let mut import = motlan(&data);
    import.args(["--json", "import", "--batch"]).args(files);
    let output = run(import.envs(settings(&counter.office.secrets())));
    let report: Value = serde_json::from_slice(&output.stdout).expect("one JSON object");
    let stopped = counter.view(&text(&report["batch"]));
    assert_eq!(kinds(&stopped), ["unreadable_page"], "{stopped}");
    let trouble = &stopped["troubles"][0]["facts"];
    let settle = json!({ "change": "settle", "trouble": trouble, "reason": "Đã xem giấy" });
    assert_eq!(trouble["page"], 3, "as the stack counts it, not its file");
    let refused = counter.act(&stopped, "changes", json!({ "change": settle })).json(422);
    assert!(text(&refused["detail"]).contains("phải sửa"), "{refused}");
    assert_eq!(counter.filed(), [Value::Null, Value::Null]);
    let left_out = json!({ "change": { "change": "leave_out", "page": 3 } });
    let odd = counter.act(&stopped, "changes", left_out).json(200);
    assert_eq!(kinds(&odd), ["wrong_count"], "it is told that a sheet is missing");
    counter.server.stop();
}

#[test]
fn a_kill_while_a_batch_is_carried_out_leaves_all_or_nothing() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let mut counter = Counter::open(&data);
    let planned = counter.send(&counter.pages());
    let id = text(&planned["batch"]["id"]);
    for delay_ms in [5, 40, 120, 250] {
        let view = counter.view(&id);
        let (client, path) = (counter.server.client(), format!("/api/v1/batches/{id}/carry-out"));
        let wish = json!({ "version": view["batch"]["version"] });
        let acting = thread::spawn(move || client.try_post(&path, &wish).is_ok());
        thread::sleep(Duration::from_millis(delay_ms));
        counter = counter.restarted(&data);
        acting.join().expect("the thread ends");
        let filed = counter.filed();
        let is_done = counter.view(&id)["batch"]["state"] == "carried_out";
        assert!(filed.iter().all(|paper| paper.is_string() == is_done), "all or nothing: {filed:?}");
        if is_done {
            break;
        }
    }
    let view = counter.view(&id);
    if view["batch"]["state"] != "carried_out" {
        counter.act(&view, "carry-out", json!({})).json(200);
    }
    assert!(counter.filed().iter().all(Value::is_string));
    counter.server.wait_indexed();
    counter.server.stop();
    let papers = rows(&data, "select count(*) from document where place_dossier_id is not null");
    assert_eq!(papers, ["2"], "no part was received twice");
    check_is_clean(&data);
}

#[test]
fn what_lies_in_the_hot_folder_becomes_a_batch_once() {
    let folder = fresh_folder();
    let data = data_with_procedures(folder.path());
    let hot = folder.path().join("hot");
    let office = Office::new();
    let secrets = office.secrets();
    let settings = [
        ("MOTLAN_CODE_KEYS", secrets.as_str()),
        ("MOTLAN_HOT_FOLDER", hot.to_str().expect("a path")),
        ("MOTLAN_HOT_FOLDER_FEED", "one_sided"),
    ];
    let server = Server::start_with(&data, &["--no-worker"], &settings);
    let pages = [office.cover("H26.18-260202-0009", None, 1, 1), stack::words(1)];
    let file = stack::pdf(&pages);
    let batches = || server.get("/api/v1/batches").json(200).as_array().expect("a list").clone();
    for name in ["máy quét.pdf", "máy quét lại.pdf"] {
        let path = hot.join(name);
        // As a scanner writes over a network: half of it, and the rest later.
        std::fs::write(&path, &file[..file.len() / 2]).expect("the folder can be written");
        thread::sleep(Duration::from_secs(7));
        assert!(path.exists(), "half a file is not taken");
        std::fs::write(&path, &file).expect("the folder can be written");
        wait_until("the file is taken in", || (!path.exists() && batches().len() == 1).then_some(()));
    }
    let batch = wait_until("its pages are looked at", || {
        batches().into_iter().find(|batch| batch["state"] == "stopped")
    });
    assert_eq!(batch["files"][0]["file_name"], "máy quét.pdf", "{batch}");
    assert_eq!(batches().len(), 1, "the same file twice is one batch");
    server.stop();
    check_is_clean(&data);
}
