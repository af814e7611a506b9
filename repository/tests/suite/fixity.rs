//! Fixity over years: damage is found by itself, mended from a copy, and what receipts left behind is taken away.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{BytesCopy, Error};
use std::fs;
use std::time::Duration;
use tempfile::TempDir;

/// As fast as the machine reads.
const UNHURRIED: u64 = u64::MAX;

/// Scrubs until a round is over, and answers how many objects were seen.
async fn scrub_round(fixture: &Fixture) -> u64 {
    fixture.sql().await.execute("update scrub set due_at = 0").await;
    let mut seen = 0;
    while let Some(objects @ 1..) = fixture.repository.scrub("one", UNHURRIED).await.unwrap() {
        seen += objects;
    }
    seen
}

/// Keeps everything that is stored in a folder.
async fn copy_of(fixture: &Fixture) -> TempDir {
    let copy = TempDir::new().unwrap();
    for name in fixture.stored().await {
        let path = copy.path().join("blobs").join(name.as_ref());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, fixture.sealed(&name).await).unwrap();
    }
    copy
}

#[tokio::test]
async fn flipped_bits_are_all_found_by_one_scrub_and_mended_from_a_copy() {
    const PAPERS: usize = 60;
    let fixture = Fixture::new().await;
    let mut papers = Vec::new();
    for number in 0..PAPERS {
        let received =
            fixture.repository.receive(&officer(), paper(), format!("bản quét {number}").into()).await;
        papers.push(received.unwrap().document);
    }
    let copy = copy_of(&fixture).await;
    for (place, name) in fixture.stored().await.iter().enumerate() {
        let mut bytes = fixture.sealed(name).await;
        let bit = place * 131 % (8 * bytes.len());
        bytes[bit / 8] ^= 1 << (bit % 8);
        fixture.overwrite(name, bytes).await;
    }
    assert_eq!(scrub_round(&fixture).await, PAPERS as u64);
    let state = fixture.repository.fixity().await.unwrap();
    assert_eq!((state.changed, state.missing), (PAPERS as u64, 0));
    assert_eq!(state.last_round.unwrap().objects, PAPERS as u64);
    for document in &papers {
        let served = fixture.repository.original(&officer(), document.id).await;
        assert!(matches!(served, Err(Error::BytesDamaged { .. })), "{served:?}");
    }
    let copy = BytesCopy::Folder(copy.path().to_owned());
    let repaired = fixture.repository.repair_from(&copy, &mut |_, _| {}).await.unwrap();
    assert_eq!(repaired, PAPERS as u64);
    assert_eq!(fixture.repository.fixity().await.unwrap().changed, 0);
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
    let (_, served) = fixture.repository.original(&officer(), papers[7].id).await.unwrap();
    assert_eq!(served, "bản quét 7".as_bytes());
}

#[tokio::test]
async fn a_copy_that_is_damaged_too_mends_nothing() {
    let fixture = Fixture::new().await;
    let (document, name) = fixture.receive_object("bản quét").await;
    let (_, other) = fixture.receive_object("bản khác").await;
    fixture.overwrite(&name, fixture.sealed(&other).await).await;
    let copy = copy_of(&fixture).await;
    let from = BytesCopy::Folder(copy.path().join("blobs"));
    assert_eq!(fixture.repository.repair_from(&from, &mut |_, _| {}).await.unwrap(), 0);
    let sha256 = document.original.sha256;
    let plain = copy.path().join("blobs").join(&sha256[..2]).join(&sha256[2..4]);
    fs::create_dir_all(&plain).unwrap();
    fs::write(plain.join(&sha256), "bản quét").unwrap();
    let repaired = fixture.repository.repair_from(&from, &mut |_, _| {}).await.unwrap();
    assert_eq!(repaired, 1, "a copy of a version that did not seal");
    fixture.repository.original(&officer(), document.id).await.unwrap();
}

#[tokio::test]
async fn the_scrub_goes_on_where_it_was_and_is_done_by_one_process() {
    let fixture = Fixture::new().await;
    for bytes in ["1", "2", "3"] {
        fixture.receive(bytes).await;
    }
    let (document, lost) = fixture.receive_object("4").await;
    fixture.lose(&lost).await;
    assert_eq!(fixture.repository.scrub("one", UNHURRIED).await.unwrap(), Some(4));
    let state = fixture.repository.fixity().await.unwrap();
    assert_eq!((state.missing, state.scrubbing.unwrap().objects, state.last_round), (1, 4, None));
    let other = fixture.another().await;
    assert_eq!(other.scrub("two", UNHURRIED).await.unwrap(), None, "the first still has its lease");
    fixture.sql().await.execute("update scrub set due_at = 0").await;
    fixture.receive("5").await;
    assert_eq!(
        other.scrub("two", UNHURRIED).await.unwrap(),
        Some(1),
        "after the first died, from where it was"
    );
    assert_eq!(other.scrub("two", UNHURRIED).await.unwrap(), Some(0));
    assert_eq!(other.scrub("two", UNHURRIED).await.unwrap(), None, "the next round is for another day");
    let again = fixture.receive("4").await;
    assert_eq!(again.id, document.id);
    assert_eq!(scrub_round(&fixture).await, 5);
    let state = fixture.repository.fixity().await.unwrap();
    assert_eq!((state.changed, state.missing), (0, 0), "the same paper brought again healed it");
}

#[tokio::test]
async fn what_receipts_left_behind_is_taken_away_once_it_is_old() {
    let fixture = Fixture::new().await;
    let kept = fixture.read("giữ lại").await;
    let before = fixture.stored().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let place = DossierPlace { dossier: opened.id, component: Some("không có".into()) };
    let new = NewDocument { place: Some(place), ..paper() };
    fixture.repository.receive(&officer(), new, "bị cắt ngang".into()).await.unwrap_err();
    fixture.overwrite(&"zz/stray.txt".into(), "lạc").await;
    let remove = async |age| fixture.repository.remove_left_behind(age).await;
    assert_eq!(remove(Duration::from_secs(3_600)).await.unwrap(), 0, "a receipt may be under way");
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(remove(Duration::from_secs(1)).await.unwrap(), 2);
    assert_eq!(fixture.stored().await, before);
    fixture.repository.original(&officer(), kept.id).await.unwrap();
    fixture.receive("bị cắt ngang").await;
    let refused = remove(Duration::ZERO).await;
    assert!(matches!(refused, Err(Error::Invalid { .. })), "while papers are read: {refused:?}");
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}
