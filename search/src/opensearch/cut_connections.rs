//! A network that cuts connections anywhere: batches that fail are applied again, and the index is what it would be without.

use super::tests::fresh;
use super::{ClusterUrl, open_cluster};
use crate::comparison::{Dice, random_update};
use crate::{Error, Index, Memory};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of the shortest and of the longest life of a connection; a batch of these tests sends and gets some thousands.
const LIFE_BYTES: std::ops::Range<usize> = 500..12_000;

/// Tries of one batch: each connection lives long enough for some requests, and a try goes on from none.
const TRIES_MAX: usize = 400;

/// A way to the server on which no connection lives long, and how many were cut.
fn bad_way(url: &ClusterUrl) -> (ClusterUrl, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let place = listener.local_addr().expect("it listens");
    let server = url.server.trim_start_matches("http://").to_owned();
    let cuts = Arc::new(AtomicUsize::new(0));
    let counted = cuts.clone();
    std::thread::spawn(move || {
        let mut dice = Dice(20_261_122);
        for near in listener.incoming() {
            let near = near.expect("a connection");
            let far = TcpStream::connect(&server).expect("the server");
            let left = Arc::new(AtomicUsize::new(LIFE_BYTES.start + dice.below(LIFE_BYTES.len())));
            carry(near.try_clone().expect("a copy"), far.try_clone().expect("a copy"), &left, &counted);
            carry(far, near, &left, &counted);
        }
    });
    (format!("http://{place}/{}", url.name).parse().expect("an address"), cuts)
}

/// Carries bytes one way until both ways together have had enough.
fn carry(mut from: TcpStream, mut to: TcpStream, left: &Arc<AtomicUsize>, cuts: &Arc<AtomicUsize>) {
    let (left, cuts) = (left.clone(), cuts.clone());
    std::thread::spawn(move || {
        let mut bytes = [0; 256];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            let enough = left.fetch_sub(count.min(left.load(Ordering::Relaxed)), Ordering::Relaxed) <= count;
            if enough {
                cuts.fetch_add(1, Ordering::Relaxed);
            }
            if enough || to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        // Nothing is left to do where the other side is gone.
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
    });
}

#[test]
fn an_index_behind_a_bad_network_is_what_it_would_be() {
    let good_way = fresh();
    let (bad_way, cuts) = bad_way(&good_way);
    let (writer, reader, memory) = (open_cluster(&bad_way), open_cluster(&good_way), Memory::new());
    let mut dice = Dice(3);
    for step in 1..=40 {
        let batch = (0..=dice.below(8)).map(|_| random_update(&mut dice)).collect::<Vec<_>>();
        memory.apply(batch.clone(), step).expect("applied");
        let is_applied = (0..TRIES_MAX).any(|_| match writer.apply(batch.clone(), step) {
            Ok(()) => true,
            // Its answer may have been lost after it came in: then somebody seems to have been quicker.
            Err(Error::Unavailable { .. } | Error::Busy { .. }) => {
                if reader.last_change().expect("a number") == step {
                    assert_eq!(reader.digests().expect("papers"), memory.digests().expect("papers"));
                }
                false
            }
            Err(error) => panic!("{error}"),
        });
        assert!(is_applied, "batch {step}");
        assert_eq!(reader.last_change().expect("a number"), step);
        assert_eq!(reader.digests().expect("papers"), memory.digests().expect("papers"));
    }
    assert!(cuts.load(Ordering::Relaxed) > 20, "{cuts:?} connections were cut");
}
