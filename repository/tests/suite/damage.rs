//! Damaged stores: never served, always described.

use super::fixture::*;
use motlan_repository::Error;
use motlan_repository::record::Finding;
use std::fs;

async fn findings(fixture: &Fixture) -> Vec<Finding> {
    fixture.repository.check(&mut |_, _| {}).await.unwrap()
}

#[tokio::test]
async fn a_flipped_bit_is_never_served_and_is_reported() {
    let fixture = Fixture::new().await;
    let (document, name) = fixture.receive_object("bản quét").await;
    let sha256 = document.original.sha256;
    let good = fixture.sealed(&name).await;
    for position in 0..good.len() {
        let mut bytes = good.clone();
        bytes[position] ^= 1;
        fixture.overwrite(&name, bytes).await;
        let served = fixture.repository.original(&officer(), document.id).await;
        assert!(matches!(served, Err(Error::BytesDamaged { .. })), "byte {position}");
    }
    assert_eq!(findings(&fixture).await, [Finding::BytesChanged { sha256 }]);
    let again = fixture.receive("bản quét").await;
    assert_eq!(again.id, document.id);
    assert_eq!(findings(&fixture).await, [], "the same bytes brought again heal the file");
}

#[tokio::test]
async fn cut_and_missing_files_are_reported() {
    let fixture = Fixture::new().await;
    let (cut, cut_name) = fixture.receive_object("bị cắt").await;
    let (missing, missing_name) = fixture.receive_object("bị mất").await;
    let mut half = fixture.sealed(&cut_name).await;
    half.truncate(half.len() / 2);
    fixture.overwrite(&cut_name, half).await;
    fixture.lose(&missing_name).await;
    let served = async |id| fixture.repository.original(&officer(), id).await;
    assert!(matches!(served(cut.id).await, Err(Error::BytesDamaged { .. })));
    assert!(matches!(served(missing.id).await, Err(Error::BytesMissing { .. })));
    let cut = cut.original.sha256;
    let mut found = findings(&fixture).await;
    found.sort_by_key(|finding| format!("{finding:?}"));
    let sha256 = missing.original.sha256;
    assert_eq!(found, [Finding::BytesChanged { sha256: cut }, Finding::BytesMissing { sha256 }]);
}

#[tokio::test]
async fn a_damaged_page_image_is_never_served() {
    let fixture = Fixture::new().await;
    let document = fixture.receive("bản quét").await;
    let name = fixture.read_object().await;
    let sql = "select image_sha256 from page";
    let sha256 = fixture.sql().await.texts(sql).await.remove(0);
    fixture.overwrite(&name, "khác").await;
    let served = fixture.repository.page_image(&officer(), document.id, 1).await;
    assert!(matches!(served, Err(Error::BytesDamaged { .. })));
    assert_eq!(findings(&fixture).await, [Finding::BytesChanged { sha256 }]);
}

#[tokio::test]
async fn files_that_no_record_names_are_reported() {
    let fixture = Fixture::new().await;
    fixture.read("bản quét").await;
    fixture.overwrite(&"zz/stray.txt".into(), "lạc").await;
    assert_eq!(findings(&fixture).await, [Finding::BytesUntracked { path: "zz/stray.txt".into() }]);
}

#[tokio::test]
async fn incomplete_records_and_missing_changes_are_reported() {
    let fixture = Fixture::new().await;
    let document = fixture.read("bản quét").await;
    for bytes in ["2", "3", "4", "5"] {
        fixture.receive(bytes).await;
    }
    let sql = fixture.sql().await;
    sql.execute(&format!("update document set state = 'stored' where id = '{}'", document.id)).await;
    sql.execute("delete from change where number in (1, 4, 5)").await;
    let expected = [
        Finding::RecordIncomplete { document: document.id, missing: "code".into() },
        Finding::ChangeMissing { number: 1 },
        Finding::ChangeMissing { number: 4 },
    ];
    assert_eq!(findings(&fixture).await, expected);
}

#[tokio::test]
async fn progress_counts_every_stored_object() {
    let fixture = Fixture::new().await;
    fixture.read("bản quét").await;
    fixture.receive("hai").await;
    let mut seen = Vec::new();
    fixture.repository.check(&mut |done, total| seen.push((done, total))).await.unwrap();
    assert_eq!(seen, [(1, 3), (2, 3), (3, 3)]);
}

#[tokio::test]
async fn the_data_folder_is_for_its_user_alone_and_names_no_person() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new().await;
    let document = fixture.read("bản quét").await;
    fixture.repository.confirm(&officer(), document.id, confirmation()).await.unwrap();
    let data = fixture.repository.data_dir();
    assert_eq!(fs::metadata(data).unwrap().permissions().mode() & 0o077, 0);
    let mut folders = vec![data.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert!(!path.to_string_lossy().contains("079099000001"));
            folders.extend(path.is_dir().then_some(path));
        }
    }
}
