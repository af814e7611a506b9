//! Data folders that earlier versions wrote, kept in `tests/stored/VERSION`: this version opens them, and nothing in them is lost.

use crate::stories::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{Options, Repository};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn stored() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// Set at a release: the folder that this version writes is kept in `tests/stored` for the versions to come.
const KEEP: &str = "MOTLAN_KEEP_STORED_FOLDER";

/// A paper in a dossier that was filed and read again, one that waits for confirmation, one that was given up, and one that waits.
async fn write_folder(target: &Path) {
    let fixture = Fixture::new().await;
    let repository = &fixture.repository;
    let opened = repository.open_dossier(&officer(), dossier()).await.unwrap();
    let place = DossierPlace { dossier: opened.id, component: Some("khai-sinh".into()) };
    let new = NewDocument { place: Some(place), ..paper() };
    let filed = repository.receive(&officer(), new, "đã lưu".into()).await.unwrap().document;
    fixture.read_job(&fixture.claim().await).await;
    repository.confirm(&officer(), filed.id, confirmation_of("12/2024")).await.unwrap();
    fixture.read_again(filed.id, reread_page(1, "TRẦN VĂN MẪU"), proposal()).await;
    fixture.read("chờ xác nhận").await;
    fixture.receive("không đọc được").await;
    repository.give_up_reading(&fixture.claim().await, "Hãy quét lại.").await.unwrap();
    fixture.receive_as("chờ đọc", Priority::Import).await;
    let sql = fixture.sql().await;
    for statement in ["pragma wal_checkpoint(truncate)", "vacuum", "pragma wal_checkpoint(truncate)"] {
        sql.execute(statement).await;
    }
    copy(&fixture.home.folder.path().join("data"), target);
    for rest in ["motlan.sqlite-wal", "motlan.sqlite-shm", "open.lock"] {
        fs::remove_file(target.join(rest)).unwrap();
    }
}

#[tokio::test]
async fn the_folder_of_this_version_is_opened_again() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    write_folder(&data).await;
    if std::env::var_os(KEEP).is_some() {
        let kept = stored().join(env!("CARGO_PKG_VERSION"));
        assert!(!kept.exists(), "a version that was released wrote what it wrote");
        copy(&data, &kept);
    }
    check_stored(&data, &OF_THIS_VERSION).await;
}

#[tokio::test]
async fn folders_of_earlier_versions_are_opened_and_nothing_is_lost() {
    let mut versions = 0;
    for entry in fs::read_dir(stored()).unwrap().map(Result::unwrap) {
        let folder = TempDir::new().unwrap();
        copy(&entry.path(), &folder.path().join("data"));
        check_stored(&folder.path().join("data"), wrote(&entry.path())).await;
        versions += 1;
    }
    assert!(versions >= 1, "there is a folder");
}

/// What a version wrote of the paper that is filed.
struct Wrote {
    trust: TrustLevel,
    values: &'static [&'static str],
}

/// The first version, before the officer's mark and before records had a minimum; its papers count as compared by whoever confirmed them.
const OF_THE_FIRST: Wrote =
    Wrote { trust: TrustLevel::Compared, values: &["12/2024", "Trần Văn Mẫu", "2024-02-03"] };
const OF_THIS_VERSION: Wrote = Wrote {
    trust: TrustLevel::SignedOff,
    values: &["12/2024", "2024-02-03", "UBND phường Mẫu", "Trần Văn Mẫu", "1999-03-04"],
};

fn wrote(version: &Path) -> &'static Wrote {
    if version.ends_with("0.1.0") { &OF_THE_FIRST } else { &OF_THIS_VERSION }
}

async fn check_stored(data: &Path, wrote: &Wrote) {
    let repository = Repository::open(&Options::in_folder(data)).await.unwrap();
    assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), []);
    let papers = repository.documents(&officer(), &DocumentFilter::default(), 9).await.unwrap();
    use DocumentState::{Extracted, Received, Stored, Unreadable};
    let states = papers.iter().map(|paper| paper.state).collect::<Vec<_>>();
    assert_eq!(states, [Received, Unreadable, Extracted, Stored]);
    let filed = repository.document(&officer(), papers[3].id).await.unwrap();
    assert_eq!((filed.pass, filed.document.trust_level), (2, Some(wrote.trust)));
    let values = filed.fields.iter().map(|field| field.value.as_str()).collect::<Vec<_>>();
    assert_eq!(values, wrote.values);
    let (_, bytes) = repository.original(&officer(), filed.document.id).await.unwrap();
    assert_eq!(&bytes[..], "đã lưu".as_bytes());
    let found = repository.documents_by_key(&officer(), claim().number.as_str(), 9).await.unwrap();
    assert_eq!(found.iter().map(|paper| paper.id).collect::<Vec<_>>(), [filed.document.id]);
    let last = repository.last_change().await.unwrap();
    let numbers = async || {
        let log = repository.access_log(&officer(), filed.document.id, 99).await.unwrap();
        log.iter().map(|entry| entry.number).collect::<Vec<_>>()
    };
    let before = numbers().await;
    assert!(before.is_sorted_by(|newer, older| newer > older), "{before:?}");
    // Work goes on where it was left.
    let job = repository.claim_job("thu", LEASE).await.unwrap().expect("one paper waits");
    assert_eq!(job.document, papers[0].id);
    repository.begin_reading(&job, "application/pdf", 1).await.unwrap();
    repository.save_page(&job, page(1)).await.unwrap();
    repository.finish_reading(&job, proposal()).await.unwrap();
    assert_eq!(repository.last_change().await.unwrap(), last + 1);
    assert!(numbers().await.len() > before.len());
}
