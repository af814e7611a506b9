//! The index on a server that speaks as OpenSearch does: contract, comparison, versions, owners that change, two writers, an end.

#[path = "../../tests/cluster/osmem.rs"]
mod osmem;

use super::{ClusterUrl, open_cluster};
use crate::comparison::{agrees_with_memory, finds_vietnamese, returns_what_the_rights_allow};
use crate::contract::{check as check_contract, document_id, keys, paper, put, subject_id};
use crate::{Error, Index, Update};
use osmem::Osmem;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

/// A name that no other test has, on the server that they share.
pub(super) fn fresh() -> ClusterUrl {
    static SERVER: OnceLock<Osmem> = OnceLock::new();
    static NAMES: AtomicUsize = AtomicUsize::new(0);
    let server = SERVER.get_or_init(Osmem::start).address();
    format!("{server}/test{}", NAMES.fetch_add(1, Ordering::Relaxed)).parse().expect("an address")
}

fn request(method: &str, url: &ClusterUrl, path: &str, body: &Value) -> Value {
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}{path}", url.server))
        .header("content-type", "application/json")
        .body(body.to_string())
        .expect("a request");
    let agent = ureq::Agent::config_builder().http_status_as_error(false).build().new_agent();
    agent.run(request).expect("an answer").into_body().read_json().expect("JSON")
}

/// Indexes of a name, with what the alias stands for marked.
fn generations(url: &ClusterUrl) -> Vec<String> {
    let listed = request("GET", url, &format!("/{}-*/_alias", url.name), &json!({}));
    let shown = listed.as_object().expect("an object").iter().map(|(index, about)| {
        let is_current = about["aliases"].get(&url.name).is_some();
        format!("{}{}", index.trim_start_matches(&url.name), if is_current { "*" } else { "" })
    });
    shown.collect()
}

#[test]
fn opensearch_keeps_the_contract() {
    check_contract(|| open_cluster(&fresh()));
}

#[test]
fn opensearch_agrees_with_memory() {
    let url = fresh();
    let mut index = open_cluster(&url);
    agrees_with_memory(|is_restart| {
        if is_restart {
            index = open_cluster(&url);
        }
        index.clone()
    });
}

#[test]
fn a_search_returns_what_the_rights_allow() {
    returns_what_the_rights_allow(&*open_cluster(&fresh()));
}

#[test]
fn vietnamese_is_found_as_people_type_it() {
    finds_vietnamese(&*open_cluster(&fresh()));
}

/// A paper of some owners.
fn owned(key: u128, text: &str, owners: &[u128]) -> Update {
    let mut paper = paper(key, "", text);
    paper.bounds.subjects = owners.iter().map(|owner| subject_id(*owner)).collect();
    Update::Put(Box::new(paper))
}

/// Routings of all papers with a key.
fn routings(url: &ClusterUrl, key: u128) -> Vec<String> {
    let body = json!({ "query": { "term": { "id": document_id(key).0.simple().to_string() } } });
    let found = request("POST", url, &format!("/{}/_search", url.name), &body);
    let hits = found["hits"]["hits"].as_array().expect("hits").iter();
    hits.map(|hit| hit["_routing"].as_str().expect("a routing").to_owned()).collect()
}

#[test]
fn a_paper_lies_with_its_owner_alone() {
    let url = fresh();
    let index = open_cluster(&url);
    index.apply(vec![owned(1, "một", &[7, 8]), put(2, "", "hai")], 1).expect("applied");
    assert_eq!(routings(&url, 1), [subject_id(7).to_string()]);
    assert_eq!(routings(&url, 2), [document_id(2).0.simple().to_string()]);
    index.apply(vec![owned(1, "ba", &[8]), owned(2, "hai", &[8])], 2).expect("applied");
    assert_eq!(
        (routings(&url, 1), routings(&url, 2)),
        (vec![subject_id(8).to_string()], vec![subject_id(8).to_string()])
    );
    assert_eq!((keys(&*index, "một"), keys(&*index, "ba"), keys(&*index, "hai")), (vec![], vec![1], vec![2]));
    index.apply(vec![Update::Remove(document_id(1))], 3).expect("applied");
    assert_eq!((routings(&url, 1), keys(&*index, "ba"), keys(&*index, "hai")), (vec![], vec![], vec![2]));
}

#[test]
fn the_cluster_keeps_no_texts_and_takes_no_other_fields() {
    let url = fresh();
    let index = open_cluster(&url);
    index.apply(vec![put(1, "Giấy khai sinh", "họ và tên")], 1).expect("applied");
    let path = format!("/{}-1/_doc/{}?routing={1}", url.name, document_id(1).0.simple());
    assert_eq!(request("GET", &url, &path, &json!({}))["_source"], json!({}));
    let refused = request("PUT", &url, &path, &json!({ "id": "x", "note": "y" }));
    assert_eq!(refused["error"]["type"], "strict_dynamic_mapping_exception");
    let unrouted = request("PUT", &url, path.split('?').next().expect("a path"), &json!({ "id": "x" }));
    assert_eq!(unrouted["error"]["type"], "routing_missing_exception");
}

#[test]
fn a_late_batch_undoes_nothing() {
    let url = fresh();
    let index = open_cluster(&url);
    index.apply(vec![put(1, "", "cũ")], 50).expect("applied");
    index.apply(vec![put(1, "", "mới")], 60).expect("applied");
    // The first batch once more, from a connection that was given up. Its number is higher, and says nothing.
    let client = super::Client::new(&url);
    let late = super::batch::write(&client, &format!("{}-1", url.name), vec![put(1, "", "cũ")], 1);
    assert!(matches!(late, Err(Error::Busy { .. })), "{late:?}");
    assert_eq!((keys(&*index, "mới"), keys(&*index, "cũ")), (vec![1], vec![]));
    // A batch in parts, whose first part carries the number before it, replaces what a failed try of it wrote.
    index.apply(vec![put(1, "", "sau cùng")], 55).expect("applied");
    assert_eq!(keys(&*index, "sau cùng"), [1]);
}

#[test]
fn the_number_follows_only_when_nobody_else_wrote() {
    let url = fresh();
    let index = open_cluster(&url);
    index.apply(Vec::new(), 3).expect("applied");
    let (client, name) = (super::Client::new(&url), format!("{}-1", url.name));
    let first = super::Turn::begin(&client, &name).expect("begun");
    let second = super::Turn::begin(&client, &name).expect("begun");
    assert!(first.version < second.version);
    assert!(matches!(first.end(&client, &name, 9), Err(Error::Busy { .. })));
    assert_eq!(index.last_change().expect("a number"), 3);
    second.end(&client, &name, 5).expect("ended");
    assert_eq!(index.last_change().expect("a number"), 5);
}

#[test]
fn one_process_writes_and_all_search() {
    let url = fresh();
    let (first, second) = (open_cluster(&url), open_cluster(&url));
    first.apply(vec![put(1, "", "một")], 1).expect("applied");
    assert!(matches!(second.apply(Vec::new(), 2), Err(Error::Busy { .. })));
    assert!(matches!(second.begin_rebuild(), Err(Error::Busy { .. })));
    assert_eq!((keys(&*second, "một"), second.last_change().expect("a number")), (vec![1], 1));
    first.begin_rebuild().expect("begun");
    first.apply(vec![put(2, "", "hai")], 0).expect("applied");
    assert!(matches!(second.apply(Vec::new(), 2), Err(Error::Busy { .. })));
    first.finish_rebuild(4).expect("finished");
    assert_eq!((keys(&*second, "hai"), second.last_change().expect("a number")), (vec![2], 4));
    first.apply(Vec::new(), 5).expect("applied");
    // Whoever ends lets the others write at once.
    drop(first);
    second.apply(vec![put(3, "", "ba")], 6).expect("applied");
    assert_eq!(second.last_change().expect("a number"), 6);
}

#[test]
fn a_process_that_was_killed_is_waited_for() {
    let url = fresh();
    let index = open_cluster(&url);
    index.apply(Vec::new(), 1).expect("applied");
    drop(index);
    let lease = |until_ms: u128| {
        let body = json!({ "engine": { "holder": "another", "until_ms": until_ms.to_string() } });
        request("PUT", &url, &format!("/{}-1/_doc/lease?routing=lease", url.name), &body);
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_millis();
    lease(now + 20_000);
    assert!(matches!(open_cluster(&url).apply(Vec::new(), 2), Err(Error::Busy { .. })));
    lease(now - 1);
    open_cluster(&url).apply(Vec::new(), 2).expect("applied");
}

#[test]
fn no_personal_number_is_sent() {
    let mut card = paper(1, "Căn cước 079099000001", "Số: 079099000001, CMND 012 345 678");
    card.document.number = Some("079099000001".to_owned());
    let sent = super::document::document(&crate::entry::Entry::of(card)).to_string();
    assert!(sent.contains("can ~căn cuoc ~cươc1"), "{sent}");
    for number in ["079099000001", "345", "678"] {
        assert!(!sent.contains(number), "{number} in {sent}");
    }
}

/// Indexes of other installations, whose names begin like ours, are left alone.
#[test]
fn a_rebuild_leaves_one_index() {
    let url = fresh();
    let other = format!("{}/{}-9x", url.server, url.name).parse().expect("an address");
    open_cluster(&other).apply(vec![put(1, "", "khác")], 1).expect("applied");
    let index = open_cluster(&url);
    index.apply(vec![put(1, "", "một")], 1).expect("applied");
    index.begin_rebuild().expect("begun");
    drop(index);
    assert_eq!(generations(&url), ["-1*", "-2", "-9x-1"]);
    let index = open_cluster(&url);
    index.begin_rebuild().expect("begun");
    assert_eq!(generations(&url), ["-1*", "-3", "-9x-1"]);
    index.apply(vec![put(2, "", "hai")], 0).expect("applied");
    assert_eq!(keys(&*index, "một"), [1]);
    index.finish_rebuild(2).expect("finished");
    assert_eq!(generations(&url), ["-3*", "-9x-1"]);
    assert_eq!((keys(&*index, "một"), keys(&*index, "hai")), (vec![], vec![2]));
    assert_eq!(keys(&*open_cluster(&other), "khác"), [1]);
}

#[test]
fn a_rebuild_that_another_process_gave_up_does_not_stop_writing() {
    let url = fresh();
    let index = open_cluster(&url);
    index.apply(vec![put(1, "", "một")], 1).expect("applied");
    index.begin_rebuild().expect("begun");
    request("DELETE", &url, &format!("/{}-2", url.name), &json!({}));
    assert!(matches!(index.apply(vec![put(2, "", "hai")], 2), Err(Error::NoRebuild)));
    index.apply(vec![put(2, "", "hai")], 2).expect("applied");
    assert_eq!((generations(&url), keys(&*index, "hai")), (vec!["-1*".to_owned()], vec![2]));
}

/// The cluster has changed over, and its answer was lost.
#[test]
fn a_rebuild_that_is_finished_twice_leaves_its_index() {
    let url = fresh();
    let index = open_cluster(&url);
    index.apply(vec![put(1, "", "một")], 1).expect("applied");
    index.begin_rebuild().expect("begun");
    index.apply(vec![put(2, "", "hai")], 0).expect("applied");
    let actions = json!({ "actions": [
        { "add": { "index": format!("{}-2", url.name), "alias": url.name } },
        { "remove_index": { "index": format!("{}-1", url.name) } },
    ] });
    request("POST", &url, "/_aliases", &actions);
    index.finish_rebuild(2).expect("finished");
    assert_eq!((generations(&url), keys(&*index, "hai")), (vec!["-2*".to_owned()], vec![2]));
    index.apply(vec![put(3, "", "ba")], 3).expect("applied");
    assert_eq!((keys(&*index, "ba"), index.last_change().expect("a number")), (vec![3], 3));
}

#[test]
fn an_index_of_another_version_is_searched_until_it_was_rebuilt() {
    let url = fresh();
    let index = open_cluster(&url);
    index.apply(vec![put(1, "", "một")], 1).expect("applied");
    assert!(!index.is_outdated());
    request("PUT", &url, &format!("/{}-1/_mapping", url.name), &json!({ "_meta": { "format": 0 } }));
    assert!(index.is_outdated());
    assert_eq!(keys(&*index, "một"), [1]);
    index.begin_rebuild().expect("begun");
    index.finish_rebuild(1).expect("finished");
    assert!(!index.is_outdated());
}

/// A way to the server, and what was said on it.
fn overheard(url: &ClusterUrl) -> (ClusterUrl, Arc<Mutex<Vec<u8>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let place = listener.local_addr().expect("it listens");
    let server = url.server.trim_start_matches("http://").to_owned();
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = said.clone();
    std::thread::spawn(move || {
        for near in listener.incoming() {
            let near = near.expect("a connection");
            let far = TcpStream::connect(&server).expect("the server");
            let (mut back, mut to_us) = (far.try_clone().expect("a copy"), near.try_clone().expect("a copy"));
            std::thread::spawn(move || std::io::copy(&mut back, &mut to_us));
            let heard = heard.clone();
            std::thread::spawn(move || pass_on(near, far, &heard));
        }
    });
    (format!("http://{place}/{}", url.name).parse().expect("an address"), said)
}

fn pass_on(mut from: TcpStream, mut to: TcpStream, heard: &Mutex<Vec<u8>>) {
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        heard.lock().expect("nobody failed").extend(&bytes[..count]);
        if to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
}

/// The server of these tests has no files: what it is told to do with them is what can be seen.
#[test]
fn what_was_removed_is_forgotten() {
    let (url, said) = overheard(&fresh());
    let index = open_cluster(&url);
    index.apply(vec![put(1, "", "một"), put(2, "", "hai")], 1).expect("applied");
    index.apply(vec![Update::Remove(document_id(1))], 2).expect("applied");
    said.lock().expect("nobody failed").clear();
    index.forget_removed().expect("forgotten");
    let said = String::from_utf8_lossy(&said.lock().expect("nobody failed")).into_owned();
    let told =
        ["_flush?wait_if_ongoing=true", "_forcemerge?only_expunge_deletes=true", "_refresh", "_stats/docs"];
    let places = told.map(|what| said.find(&format!("/{}-1/{what}", url.name)));
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {said}");
    assert_eq!((keys(&*index, "một"), keys(&*index, "hai")), (vec![], vec![2]));
}

/// Nothing that is asked for stands in the reason.
fn check_unavailable(index: &Arc<dyn Index>) {
    let query =
        crate::Query::new(crate::Question::words("zzzz"), repository::record::Scope::everything(), 10);
    let faults = [
        index.search(&query).map(drop),
        index.last_change().map(drop),
        index.digests().map(drop),
        index.apply(vec![put(1, "", "zzzz")], 1),
        index.begin_rebuild(),
    ];
    for fault in faults {
        match fault {
            Err(Error::Unavailable { reason }) => {
                assert!(!reason.is_empty() && !reason.contains("zzzz"), "{reason}")
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(!index.is_outdated());
}

#[test]
fn a_cluster_that_is_down_says_so() {
    let server = Osmem::start();
    let url: ClusterUrl = server.address().parse().expect("an address");
    let index = open_cluster(&url);
    index.apply(vec![put(1, "", "một")], 1).expect("applied");
    drop(server);
    check_unavailable(&index);
}

#[test]
fn a_cluster_that_is_sick_says_so() {
    for (scheme, answer) in [
        ("http", "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\nconnection: close\r\n\r\nzzzz"),
        ("http", "HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
        ("http", "HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>"),
        (
            "http",
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        ),
        ("http", ""),
        ("https", "no words of TLS"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let place = listener.local_addr().expect("it listens");
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.expect("a connection");
                let _ = connection.read(&mut [0; 4096]);
                let _ = connection.write_all(answer.as_bytes());
            }
        });
        check_unavailable(&open_cluster(&format!("{scheme}://{place}").parse().expect("an address")));
    }
}
