//! kill -9 at any moment: what was acknowledged is there, is read once, and is found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::paper;
use super::support::*;

/// How often the server is killed.
const KILLS: u64 = 12;
/// How often a worker process is killed; each kill costs a lease of ten seconds, and a paper that loses three workers is given up.
const WORKER_KILLS: u64 = 2;
/// Papers sent between two kills.
const PAPERS_PER_ROUND: u8 = 2;
/// The longest a process lives after its first paper was sent: a little longer than a paper is read.
const LIFE_MS_MAX: u64 = 1_500;
/// The same for every other server, which shall die while papers are being sent: longer than two take.
const LIFE_MS_SENDING: u64 = 40;
/// Papers that are confirmed while the server is killed.
const PAPERS_TO_CONFIRM: u8 = 12;
/// The longest a server lives while papers are confirmed: longer than three confirmations take.
const LIFE_MS_CONFIRMING: u64 = 60;
/// Where the random moments begin; another number is another run.
const SEED: u64 = 0x6d6f_746c_616e;

/// Random moments that are the same in every run (xorshift).
struct Moments(u64);

impl Moments {
    fn next_life(&mut self, life_ms_max: u64) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_micros(self.0 % (1_000 * life_ms_max))
    }
}

/// Papers by file name: what a counter has on its pile.
fn pile(round: u64) -> BTreeMap<String, Vec<u8>> {
    let number = |paper: u8| u8::try_from(round).expect("few rounds") * PAPERS_PER_ROUND + paper;
    let mut papers: BTreeMap<String, Vec<u8>> = (0..PAPERS_PER_ROUND)
        .map(|paper| (format!("scan-{}.png", number(paper)), paper::small(number(paper))))
        .collect();
    if round.is_multiple_of(6) {
        // Three pages, so that a kill falls between pages too. Bytes behind the last page harm no TIFF.
        let mut minutes = sample_bytes("meeting-minutes.tif");
        minutes.push(number(0));
        papers.insert(format!("minutes-{round}.tif"), minutes);
    }
    papers
}

/// Sends what nobody acknowledged yet, until the pile is done or the server is gone.
fn send(client: &Client, pile: &BTreeMap<String, Vec<u8>>, acknowledged: &mut BTreeMap<String, String>) {
    for (name, bytes) in pile {
        if acknowledged.contains_key(name) {
            continue;
        }
        let Ok(answer) = client.try_upload(name, bytes) else { return };
        // 200: the server had kept it before it was killed, and only the answer was lost.
        assert!([200, 201].contains(&answer.status), "{}", answer.text());
        acknowledged.insert(name.clone(), text(&answer.json(answer.status)["id"]));
    }
}

/// Every acknowledged paper was read to its end, each page once.
#[track_caller]
fn check_all_read(server: &Server, acknowledged: &BTreeMap<String, String>) {
    for (name, id) in acknowledged {
        let view = server.wait_read(id);
        let document = &view["document"];
        assert_eq!(document["state"], "extracted", "{name}: {document}");
        let pages = if name.ends_with(".tif") { vec![1, 2, 3] } else { vec![1] };
        let read: Vec<u64> = view["pages"]
            .as_array()
            .expect("pages")
            .iter()
            .filter_map(|page| page["number"].as_u64())
            .collect();
        assert_eq!(read, pages, "{name}");
        assert_eq!(document["page_count"], pages.len(), "{name}");
        assert_eq!(document["pages_read"], pages.len(), "{name}");
        assert!(
            view["pages"].as_array().expect("pages").iter().all(|page| page["state"] != "failed"),
            "{name}: {view}"
        );
    }
    let ids: BTreeSet<&String> = acknowledged.values().collect();
    assert_eq!(ids.len(), acknowledged.len(), "each paper has an id of its own");
}

/// A paper that was being read at three kills is given up, and whoever brings it again has it read.
fn bring_again(server: &Server, sent: &BTreeMap<String, Vec<u8>>, acknowledged: &BTreeMap<String, String>) {
    for (name, id) in acknowledged {
        if server.wait_read(id)["document"]["state"] == "unreadable" {
            let answer = server.try_upload(name, &sent[name]).expect("the server answers");
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
}

/// The index and the list hold exactly the acknowledged papers, and nothing is left over on the disk.
#[track_caller]
fn check_filed_once(server: Server, data: &Path, acknowledged: &BTreeMap<String, String>) {
    let expected: BTreeSet<String> = acknowledged.values().cloned().collect();
    let list = server.get("/api/v1/documents?limit=200").json(200);
    let listed: Vec<String> =
        list["documents"].as_array().expect("papers").iter().map(|paper| text(&paper["id"])).collect();
    assert_eq!(listed.len(), expected.len(), "each paper once");
    assert_eq!(listed.into_iter().collect::<BTreeSet<_>>(), expected);
    let found = server.find_ids("cong hoa xa hoi chu nghia");
    assert_eq!(found.len(), expected.len(), "each paper is found once");
    assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    server.stop();
    assert_eq!(check_is_clean(data)["papers"], expected.len());
}

#[test]
fn a_server_killed_at_any_moment_loses_nothing() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let mut moments = Moments(SEED);
    let mut sent = BTreeMap::new();
    let mut acknowledged = BTreeMap::new();
    for round in 0..KILLS {
        sent.extend(pile(round));
        let server = Server::start(&data);
        let client = server.client();
        acknowledged = thread::scope(|scope| {
            let sender = scope.spawn(|| {
                let mut acknowledged = acknowledged;
                send(&client, &sent, &mut acknowledged);
                acknowledged
            });
            let while_sending = round % 2 == 1;
            thread::sleep(moments.next_life(if while_sending { LIFE_MS_SENDING } else { LIFE_MS_MAX }));
            server.kill();
            sender.join().expect("a sender")
        });
    }
    println!(
        "{} of {} papers were acknowledged while {KILLS} servers were killed",
        acknowledged.len(),
        sent.len()
    );
    let server = Server::start(&data);
    send(&server, &sent, &mut acknowledged);
    assert_eq!(acknowledged.len(), sent.len(), "what was not acknowledged is sent again");
    bring_again(&server, &sent, &acknowledged);
    check_all_read(&server, &acknowledged);
    check_filed_once(server, &data, &acknowledged);
}

fn confirmation(number: usize) -> Value {
    json!({
        "document_type": "KHAC",
        "title": format!("Quyết định số {number}"),
        "subject": { "kind": "citizen", "number": "079198030218", "name": "HUỲNH NGỌC DIỄM QUỲNH" },
        "fields": [{ "key": "number", "value": format!("{number}/QĐ-UBND") }],
    })
}

/// Confirms what nobody confirmed yet, until all is done or the server is gone.
fn confirm(client: &Client, papers: &[String], filed: &mut BTreeSet<String>) {
    for (number, id) in papers.iter().enumerate() {
        if filed.contains(id) {
            continue;
        }
        let path = format!("/api/v1/documents/{id}/confirm");
        let Ok(answer) = client.try_post(&path, &confirmation(number)) else { return };
        // 409: it was filed before the kill, and only the answer was lost.
        assert!([200, 409].contains(&answer.status), "{}", answer.text());
        filed.insert(id.clone());
    }
}

#[test]
fn a_server_killed_while_papers_are_filed_files_each_once() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let upload = |number| server.upload(&format!("scan-{number}.png"), &paper::small(number));
    let papers: Vec<String> = (0..PAPERS_TO_CONFIRM).map(upload).collect();
    for id in &papers {
        server.wait_read(id);
    }
    server.stop();
    let mut moments = Moments(SEED);
    let mut filed = BTreeSet::new();
    for _ in 0..KILLS {
        let server = Server::start(&data);
        let client = server.client();
        filed = thread::scope(|scope| {
            let officer = scope.spawn(|| {
                let mut filed = filed;
                confirm(&client, &papers, &mut filed);
                filed
            });
            thread::sleep(moments.next_life(LIFE_MS_CONFIRMING));
            server.kill();
            officer.join().expect("an officer")
        });
    }
    println!("{} of {} papers were filed while {KILLS} servers were killed", filed.len(), papers.len());
    let server = Server::start(&data);
    confirm(&server, &papers, &mut filed);
    let stored = |id: &String| {
        let document = server.document(id)["document"].clone();
        assert_eq!(document["state"], "stored", "{document}");
        text(&document["code"])
    };
    let codes: BTreeSet<String> = papers.iter().map(stored).collect();
    assert_eq!(codes.len(), papers.len(), "each paper has a code of its own");
    assert_eq!(server.find_ids("079198030218").len(), papers.len(), "the subject holds each paper once");
    server.stop();
    assert_eq!(check_is_clean(&data)["papers"], papers.len());
}

#[test]
fn a_worker_killed_at_any_moment_loses_nothing() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start_with(&data, &["--no-worker"], &[]);
    let mut moments = Moments(SEED ^ 1);
    let mut acknowledged = BTreeMap::new();
    send(&server, &pile(0), &mut acknowledged);
    send(&server, &pile(1), &mut acknowledged);
    let live = AtomicBool::new(true);
    thread::scope(|scope| {
        let _watched = While(&live);
        scope.spawn(|| {
            while live.load(Ordering::Relaxed) {
                assert_eq!(server.get("/livez").status, 200, "the server does not care");
                thread::sleep(Duration::from_millis(20));
            }
        });
        for _ in 0..WORKER_KILLS {
            let worker = Program::work(&data, &[("MOTLAN_READING_FAULT", "slow")]);
            let jobs_taken = |worker: &Program| (!children_of(worker.pid()).is_empty()).then_some(());
            wait_until("the worker reads", || jobs_taken(&worker));
            thread::sleep(moments.next_life(LIFE_MS_MAX));
            worker.kill();
        }
    });
    let worker = Program::work(&data, &[]);
    check_all_read(&server, &acknowledged);
    assert!(worker.stop().success());
    check_filed_once(server, &data, &acknowledged);
}

/// Two workers and the server's own share the queue: nothing is read twice.
#[test]
fn workers_share_the_queue() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let workers = [Program::work(&data, &[]), Program::work(&data, &[])];
    let mut acknowledged = BTreeMap::new();
    for round in 0..3 {
        send(&server, &pile(round), &mut acknowledged);
    }
    check_all_read(&server, &acknowledged);
    for id in acknowledged.values() {
        let log = server.get(&format!("/api/v1/documents/{id}/access")).json(200);
        let claims = |log: &Value| {
            log.as_array().expect("entries").iter().filter(|entry| entry["action"] == "read").count()
        };
        assert_eq!(claims(&log), 1, "claimed once: {log}");
    }
    for worker in workers {
        assert!(worker.stop().success());
    }
    check_filed_once(server, &data, &acknowledged);
}
