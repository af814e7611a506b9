//! Papers whose bytes stand in a bucket: while its service stands still people are told so, and afterwards everything goes on.

use std::thread;
use std::time::{Duration, Instant};

use super::s3::{KEY_ID, S3, SECRET};
use super::support::*;
use super::{paper, sealed};

/// Longest that a person waits to be told.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// How long the service stands still.
const OUTAGE: Duration = Duration::from_secs(30);

#[test]
fn an_outage_of_the_storage_is_told_and_passes() {
    let folder = fresh_folder();
    let (data, service) = (folder.path().join("data"), S3::start());
    let endpoint = service.endpoint();
    let settings = [
        ("MOTLAN_BLOBS", "s3://motlan/giay-to"),
        ("MOTLAN_BLOBS_ENDPOINT", &endpoint),
        ("MOTLAN_BLOBS_KEY_ID", KEY_ID),
        ("MOTLAN_BLOBS_SECRET", SECRET),
    ];
    let server = Server::start_with(&data, &[], &settings);
    let held = server.upload("scan-1.png", &paper::small(1));
    server.wait_read(&held);
    service.signal("STOP");
    let began = Instant::now();
    let refused = server.try_upload("scan-2.png", &paper::small(2)).expect("the server answers");
    assert!(began.elapsed() < ANSWER_TIME_MAX, "{:?}", began.elapsed());
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.text().contains("Hãy thử lại"), "{}", refused.text());
    assert_eq!(server.get(&format!("/api/v1/documents/{held}/original")).status, 503);
    assert_eq!(server.get(&format!("/api/v1/documents/{held}")).status, 200, "records are not bytes");
    thread::sleep(OUTAGE.saturating_sub(began.elapsed()));
    service.signal("CONT");
    let list = server.get("/api/v1/documents?limit=10").json(200);
    assert_eq!(list["documents"].as_array().map(Vec::len), Some(1), "nothing half-taken: {list}");
    let image = server.get(&format!("/api/v1/documents/{held}/pages/1/image"));
    assert_eq!((image.status, image.header("content-type")), (200, "image/jpeg"));
    let brought_again = server.upload("scan-2.png", &paper::small(2));
    assert_eq!(server.wait_read(&brought_again)["document"]["state"], "extracted");
    assert_eq!(server.get(&format!("/api/v1/documents/{brought_again}/original")).bytes, paper::small(2));
    server.stop();
    sealed::check_tells_nothing(&data, 0);
    let checked = run(motlan(&data).args(["check", "--json"]).envs(settings));
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn papers_never_travel_in_the_clear() {
    let folder = fresh_folder();
    let data = folder.path().join("data");
    let mut command = motlan(&data);
    command.args(["--blobs", "s3://giay-to", "check"]).env("MOTLAN_BLOBS_ENDPOINT", "http://s3.example");
    let output = run(&mut command);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && errors.contains("in the clear") && errors.contains("https://"),
        "{errors}"
    );
}
