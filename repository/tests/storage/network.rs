//! What only happens over a network: large objects in parts, bytes changed on the way, a service that stands still.

use crate::place::{bucket_at, place_in, shared};
use crate::s3::S3;
use crate::stories::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{Error, Options, Repository};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Longest that someone at the counter waits for the answer that the storage is out of reach: half a minute.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// How long the service stands still.
const OUTAGE: Duration = Duration::from_secs(30);

/// Passes bytes on to a service, and changes one of them at this place of every connection; 0: none.
struct Meddler {
    address: SocketAddr,
    upwards: Arc<AtomicU64>,
    downwards: Arc<AtomicU64>,
    cuts: Arc<Cuts>,
}

/// Breaks a connection whenever so many pieces have passed on all of them; 0: never. A small request is one piece, its answer another.
#[derive(Default)]
struct Cuts {
    every: AtomicU64,
    pieces: AtomicU64,
}

impl Cuts {
    fn is_next(&self) -> bool {
        let every = self.every.load(Ordering::Relaxed);
        every > 0 && (self.pieces.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(every)
    }
}

impl Meddler {
    async fn before(service: &S3) -> Meddler {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (upwards, downwards) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let to = service.endpoint().strip_prefix("http://").unwrap().to_owned();
        let (up, down, cuts) = (upwards.clone(), downwards.clone(), Arc::<Cuts>::default());
        let cutting = cuts.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&to).await.unwrap();
                let (client_read, client_write) = client.into_split();
                let (server_read, server_write) = server.into_split();
                tokio::spawn(pass(client_read, server_write, up.clone(), cutting.clone()));
                tokio::spawn(pass(server_read, client_write, down.clone(), cutting.clone()));
            }
        });
        Meddler { address, upwards, downwards, cuts }
    }

    /// One connection a request: what was sent before does not move the place.
    fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    place: Arc<AtomicU64>,
    cuts: Arc<Cuts>,
) {
    let mut buffer = vec![0; 64 << 10];
    let mut passed = 0_u64;
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let place = place.load(Ordering::Relaxed);
        if place > passed && place <= passed + length as u64 {
            buffer[(place - passed - 1) as usize] ^= 1;
        }
        passed += length as u64;
        if cuts.is_next() {
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

fn large(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place / 7 % 251) as u8).collect()
}

/// A store in the bucket of a service that the test disturbs.
async fn fixture_in(service: &S3) -> Fixture {
    let folder = TempDir::new().unwrap();
    let (options, storage) = place_in(&folder, service);
    Fixture::at(Home::with_bytes_in(folder, options, storage).await).await
}

/// Another door to the store of a fixture, through a meddler.
async fn through(fixture: &Fixture, prefix: &str, meddler: &Meddler) -> Repository {
    let options = Options { bucket: Some(bucket_at(prefix, &meddler.endpoint())), ..fixture.home.options() };
    Repository::open(&options).await.unwrap()
}

/// The prefix of a fixture's bucket, as it is printed.
fn prefix(fixture: &Fixture) -> String {
    let bucket = fixture.home.options().bucket.unwrap().to_string();
    bucket.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_byte_changed_on_the_way_is_never_stored_nor_served() {
    let fixture = Fixture::new().await;
    let meddler = Meddler::before(shared()).await;
    let door = through(&fixture, &prefix(&fixture), &meddler).await;
    let scan = large(300_000);
    meddler.upwards.store(200_000, Ordering::Relaxed);
    let refused = door.receive(&officer(), paper(), scan.clone().into()).await;
    assert!(matches!(refused, Err(Error::Bytes(_))), "{refused:?}");
    assert_eq!(fixture.repository.document_counts().await.unwrap(), [], "nothing was acknowledged");
    meddler.upwards.store(0, Ordering::Relaxed);
    let door = through(&fixture, &prefix(&fixture), &meddler).await;
    let document = door.receive(&officer(), paper(), scan.clone().into()).await.unwrap().document;
    meddler.downwards.store(200_000, Ordering::Relaxed);
    let door = through(&fixture, &prefix(&fixture), &meddler).await;
    let served = door.original(&officer(), document.id).await;
    assert!(matches!(served, Err(Error::BytesDamaged { .. })), "{served:?}");
    let (_, served) = fixture.repository.original(&officer(), document.id).await.unwrap();
    assert!(served == scan, "it was the way, not the storage");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_stands_still_is_said_to_be_out_of_reach_and_comes_back_by_itself() {
    let service = S3::start();
    let fixture = fixture_in(&service).await;
    let held = fixture.receive("trước").await;
    let before = fixture.stored().await;
    service.signal("STOP");
    let began = Instant::now();
    let received = fixture.repository.receive(&officer(), paper(), large(9 << 20).into()).await;
    assert!(matches!(received, Err(Error::Bytes(_))), "{received:?}");
    let waited = began.elapsed();
    assert!(waited < ANSWER_TIME_MAX, "{waited:?}");
    let read = fixture.repository.original(&officer(), held.id).await;
    assert!(matches!(read, Err(Error::Bytes(_))), "neither missing nor damaged: {read:?}");
    tokio::time::sleep(OUTAGE.saturating_sub(began.elapsed())).await;
    service.signal("CONT");
    fixture.repository.original(&officer(), held.id).await.unwrap();
    let received = fixture.repository.receive(&officer(), paper(), large(9 << 20).into()).await.unwrap();
    let (_, served) = fixture.repository.original(&officer(), received.document.id).await.unwrap();
    assert!(served == large(9 << 20));
    assert_eq!(fixture.stored().await.len(), before.len() + 1, "nothing half-written is visible");
    let counts = fixture.repository.document_counts().await.unwrap();
    assert_eq!(counts, [(DocumentState::Received, 2)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_break_now_and_then_are_made_again_and_those_that_always_do_are_told() {
    const PAPERS: usize = 6;
    let fixture = Fixture::new().await;
    let meddler = Meddler::before(shared()).await;
    let door = through(&fixture, &prefix(&fixture), &meddler).await;
    let receive = async |length: usize| door.receive(&officer(), paper(), large(length).into()).await;
    meddler.cuts.every.store(3, Ordering::Relaxed);
    for number in 1..=PAPERS {
        let document = receive(1_000 * number).await.unwrap().document;
        let (_, served) = door.original(&officer(), document.id).await.unwrap();
        assert!(served == large(1_000 * number));
    }
    meddler.cuts.every.store(1, Ordering::Relaxed);
    let refused = receive(500).await;
    assert!(matches!(refused, Err(Error::Bytes(_))), "{refused:?}");
    meddler.cuts.every.store(0, Ordering::Relaxed);
    let counts = fixture.repository.document_counts().await.unwrap();
    assert_eq!(counts, [(DocumentState::Received, PAPERS as u64)], "nothing was half taken");
    assert!(!receive(500).await.unwrap().already_held);
    assert_eq!(fixture.stored().await.len(), PAPERS + 1);
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}

#[tokio::test]
async fn an_outage_loses_no_reading() {
    let service = S3::start();
    let fixture = fixture_in(&service).await;
    fixture.receive("bản quét").await;
    let job = fixture.claim().await;
    fixture.repository.begin_reading(&job, "application/pdf", 1).await.unwrap();
    service.signal("STOP");
    let saved = fixture.repository.save_page(&job, page(1)).await;
    assert!(matches!(saved, Err(Error::Bytes(_))), "{saved:?}");
    assert_eq!(fixture.repository.pages_read(&job).await.unwrap(), [0; 0]);
    service.signal("CONT");
    fixture.read_job(&job).await;
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}
