//! Data folders of versions that did not seal are sealed when they are opened.

use crate::stories::fixture::*;
use motlan_repository::record::*;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;

fn blobs(fixture: &Fixture) -> PathBuf {
    fixture.home.folder.path().join("data/blobs")
}

/// Makes of a data folder what a version that did not seal would have left: two papers with one page image.
async fn unseal(fixture: &Fixture) -> Vec<Document> {
    let documents = vec![fixture.read("một").await, fixture.read("hai").await];
    let blobs = blobs(fixture);
    fs::remove_dir_all(&blobs).unwrap();
    fs::create_dir(&blobs).unwrap();
    for bytes in ["một", "hai", "ảnh trang 1"] {
        plain(fixture, bytes);
    }
    fs::remove_dir_all(fixture.home.folder.path().join("data/keys")).unwrap();
    let sql = fixture.sql().await;
    for table in ["data_key", "master_key", "access_log", "access_entry", "access_owner"] {
        sql.execute(&format!("delete from {table}")).await;
    }
    // The log of that version was not signed either.
    sql.execute("delete from counter where name in ('access_entry', 'access_time')").await;
    documents
}

/// Stores bytes as older versions did.
fn plain(fixture: &Fixture, bytes: &str) -> PathBuf {
    let sha256 = hex::encode(Sha256::digest(bytes));
    let folder = blobs(fixture).join(&sha256[..2]).join(&sha256[2..4]);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(&sha256), bytes).unwrap();
    folder.join(sha256)
}

#[tokio::test]
async fn a_folder_of_a_version_that_did_not_seal_is_sealed_when_it_is_opened() {
    let fixture = Fixture::new().await;
    let documents = unseal(&fixture).await;
    let sealed = fixture.another().await;
    assert_eq!(files(&blobs(&fixture)).len(), 4);
    assert!(
        files(&blobs(&fixture)).iter().all(|path| path.extension().is_some_and(|ending| ending == "sealed"))
    );
    for (document, bytes) in documents.iter().zip(["một", "hai"]) {
        let (_, served) = sealed.original(&officer(), document.id).await.unwrap();
        assert_eq!(served, bytes.as_bytes());
        sealed.page_image(&officer(), document.id, 1).await.unwrap();
    }
    assert_eq!(sealed.check(&mut |_, _| {}).await.unwrap(), vec![]);
    let before = files(&blobs(&fixture));
    // Killed while plain files were removed, and before that, while a paper was sealed.
    for left in [1, 2] {
        plain(&fixture, "hai");
        plain(&fixture, "ảnh trang 1");
        let id = documents[1].id;
        let sql = format!("update data_key set plain_left = {left} where document_id = '{id}'");
        fixture.sql().await.execute(&sql).await;
        let again = fixture.another().await;
        assert_eq!(files(&blobs(&fixture)), before);
        assert_eq!(again.check(&mut |_, _| {}).await.unwrap(), vec![]);
    }
}

#[tokio::test]
async fn damage_that_an_older_version_left_is_told_and_kept() {
    let fixture = Fixture::new().await;
    let documents = unseal(&fixture).await;
    let damaged = plain(&fixture, "một");
    fs::write(&damaged, "mốt").unwrap();
    fs::remove_file(plain(&fixture, "hai")).unwrap();
    let sealed = fixture.another().await;
    let mut findings = sealed.check(&mut |_, _| {}).await.unwrap();
    findings.sort_by_key(|finding| format!("{finding:?}"));
    let mut missing = documents.iter().map(|paper| paper.original.sha256.clone()).collect::<Vec<_>>();
    missing.sort();
    let [first, second] = <[String; 2]>::try_from(missing).unwrap();
    let path = damaged.strip_prefix(blobs(&fixture)).unwrap().to_str().unwrap().into();
    let expected = [
        Finding::BytesMissing { sha256: first },
        Finding::BytesMissing { sha256: second },
        Finding::BytesUntracked { path },
    ];
    assert_eq!(findings, expected);
}
