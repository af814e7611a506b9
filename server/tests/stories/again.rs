//! The same paper, handed in more than once.

use std::collections::BTreeSet;
use std::thread;

use super::paper;
use super::support::*;

/// Counters that send the same bytes at the same moment.
const SENDERS: usize = 8;

#[test]
fn the_same_bytes_again_are_held_already() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let id = server.upload("first.png", &paper::small(1));
    let again = server.try_upload("second.png", &paper::small(1)).expect("an answer").json(200);
    assert_eq!(again["already_held"], true);
    assert_eq!(text(&again["id"]), id, "the paper that holds them");
    assert_ne!(server.upload("other.png", &paper::small(2)), id, "other bytes are another paper");
    server.stop();
}

#[test]
fn the_same_bytes_at_once_become_one_paper() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let client = server.client();
            thread::spawn(move || {
                client.try_upload(&format!("scan-{sender}.png"), &paper::small(3)).expect("an answer")
            })
        })
        .collect();
    let answers: Vec<Answer> = senders.into_iter().map(|sender| sender.join().expect("a sender")).collect();
    let new = answers.iter().filter(|answer| answer.status == 201).count();
    let held = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((new, held), (1, SENDERS - 1));
    let ids: BTreeSet<String> =
        answers.iter().map(|answer| text(&answer.json(answer.status)["id"])).collect();
    assert_eq!(ids.len(), 1);
    let id = ids.first().expect("one id");
    let view = server.wait_read(id);
    assert_eq!(view["document"]["state"], "extracted", "{view}");
    assert_eq!(view["pages"].as_array().map(Vec::len), Some(1));
    server.stop();
}
