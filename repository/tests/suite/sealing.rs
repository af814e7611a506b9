//! Stored bytes are sealed: nobody reads them without the master key, and an erased paper is read by nobody.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{Error, KeySource, MasterKey, Options, Repository};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::PathBuf;

fn key_file(fixture: &Fixture) -> PathBuf {
    fixture.home.folder.path().join("data/keys/master.key")
}

async fn open_with(fixture: &Fixture, keys: KeySource) -> Result<Repository, Error> {
    let options = Options { keys, ..fixture.home.options() };
    Repository::open(&options).await
}

#[track_caller]
fn keys_message(opened: Result<Repository, Error>) -> String {
    match opened {
        Err(Error::Keys { message }) => message,
        other => panic!("{other:?}"),
    }
}

fn holds(file: &[u8], words: &[u8]) -> bool {
    file.windows(words.len()).any(|window| window == words)
}

#[tokio::test]
async fn neither_names_nor_files_tell_what_is_stored() {
    let fixture = Fixture::new().await;
    let document = fixture.read("Trần Văn Mẫu, 079099000001").await;
    let sha256 = document.original.sha256;
    let stored = fixture.stored().await;
    assert_eq!(stored.len(), 2, "the scan and the image of its page");
    for path in stored {
        let object = fixture.sealed(&path).await;
        for words in ["Trần Văn Mẫu", "079099000001", "ảnh trang 1", &sha256] {
            assert!(!holds(&object, words.as_bytes()), "{words} in {path}");
        }
        let name = path.filename().unwrap();
        let of_object = hex::encode(Sha256::digest(&object));
        assert!(!name.contains(&sha256) && !name.contains(&of_object), "{name}");
    }
}

#[tokio::test]
async fn equal_bytes_of_two_papers_share_nothing() {
    let fixture = Fixture::new().await;
    let (first, _) = fixture.receive_object("một").await;
    let first_image = fixture.read_object().await;
    let (second, _) = fixture.receive_object("hai").await;
    let second_image = fixture.read_object().await;
    assert_ne!(first_image, second_image, "the same picture of a page stands once for each paper");
    fixture.destroy(first.id).await;
    let stored = fixture.stored().await;
    assert!(!stored.contains(&first_image) && stored.contains(&second_image));
    let image = fixture.repository.page_image(&officer(), second.id, 1).await.unwrap();
    assert_eq!(image, "ảnh trang 1".as_bytes());
}

#[tokio::test]
async fn a_file_in_anothers_place_is_not_served() {
    let fixture = Fixture::new().await;
    let (document, scan) = fixture.receive_object("bản quét").await;
    let image = fixture.read_object().await;
    fixture.overwrite(&scan, fixture.sealed(&image).await).await;
    let served = fixture.repository.original(&officer(), document.id).await;
    assert!(matches!(served, Err(Error::BytesDamaged { .. })), "{served:?}");
}

#[tokio::test]
async fn large_files_come_back_whole() {
    let fixture = Fixture::new().await;
    for length in [0, 65_535, 65_536, (8 << 20) - 40, (8 << 20) + 1, 20_000_000] {
        let bytes = (0..length).map(|place: u32| (place / 7) as u8).collect::<Vec<_>>();
        let received = fixture.repository.receive(&officer(), paper(), bytes.clone().into()).await.unwrap();
        let (_, served) = fixture.repository.original(&officer(), received.document.id).await.unwrap();
        assert!(served == bytes, "{length}");
    }
}

#[tokio::test]
async fn without_its_master_key_a_store_does_not_open_and_says_why() {
    let fixture = Fixture::new().await;
    let kept = fs::read(key_file(&fixture)).unwrap();
    let other = MasterKey::random();
    let text = KeySource::Text(other.reveal());
    let message = keys_message(open_with(&fixture, text).await);
    assert!(message.contains("put that key back") && message.contains(&other.id()), "{message}");
    assert!(!message.contains(&other.reveal()), "no key in a message");
    fs::remove_file(key_file(&fixture)).unwrap();
    let own = KeySource::OwnFile(key_file(&fixture));
    let message = keys_message(open_with(&fixture, own.clone()).await);
    assert!(message.contains("holds no key") && message.contains("put that key back"), "{message}");
    assert!(!key_file(&fixture).exists(), "no other key is made in its place");
    fs::write(key_file(&fixture), "hỏng").unwrap();
    assert!(keys_message(open_with(&fixture, own.clone()).await).contains("64 hexadecimal digits"));
    fs::write(key_file(&fixture), kept).unwrap();
    open_with(&fixture, own).await.unwrap();
}

#[tokio::test]
async fn keys_come_from_a_variable_or_a_command_too() {
    let folder = tempfile::TempDir::new().unwrap();
    let key = MasterKey::random();
    let command = format!("echo {}", key.reveal());
    for keys in [KeySource::Text(key.reveal()), KeySource::Command(command)] {
        let options = Options { keys, ..Options::in_folder(folder.path().join("data")) };
        let repository = Repository::open(&options).await.unwrap();
        repository.receive(&officer(), paper(), "bản quét".into()).await.unwrap();
        assert_eq!(repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
        let [known] = &repository.master_keys().await.unwrap()[..] else { panic!("one key") };
        assert_eq!((&known.id, known.is_used, known.data_keys), (&key.id(), true, 1));
        let rotated = repository.rotate_keys(&mut |_, _| {}).await;
        assert!(matches!(rotated, Err(Error::Keys { .. })), "the operator brings the new key: {rotated:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keys_are_changed_while_papers_come_and_go() {
    let fixture = Fixture::new().await;
    let old = fixture.repository.master_keys().await.unwrap()[0].id.clone();
    let document = fixture.read("từ trước").await;
    let (serving, rotating) = (fixture.another().await, fixture.another().await);
    let officers = tokio::spawn(async move {
        for number in 0..60 {
            let scan = format!("bản quét {number}");
            let received = serving.receive(&officer(), paper(), scan.clone().into()).await.unwrap();
            let (_, bytes) = serving.original(&officer(), received.document.id).await.unwrap();
            assert_eq!(bytes, scan.as_bytes());
        }
    });
    for _ in 0..3 {
        rotating.rotate_keys(&mut |_, _| {}).await.unwrap();
    }
    officers.await.unwrap();
    let keys = rotating.master_keys().await.unwrap();
    assert_eq!(keys.len(), 4);
    let used = keys.iter().map(|key| (key.is_used, key.data_keys)).collect::<Vec<_>>();
    assert_eq!(used, [(false, 0), (false, 0), (false, 0), (true, 61)], "nothing is left under an old key");
    let old_key = fs::read_to_string(key_file(&fixture)).unwrap();
    let newest = old_key.lines().find(|line| !line.starts_with('#')).unwrap().to_owned();
    fs::write(key_file(&fixture), newest).unwrap();
    let reopened = fixture.another().await;
    assert!(reopened.master_keys().await.unwrap().iter().any(|key| key.id == old && !key.is_held));
    assert_eq!(reopened.check(&mut |_, _| {}).await.unwrap(), vec![]);
    reopened.original(&officer(), document.id).await.unwrap();
}

#[tokio::test]
async fn a_change_of_keys_that_was_cut_short_goes_on() {
    let fixture = Fixture::new().await;
    for bytes in ["1", "2", "3"] {
        fixture.receive(bytes).await;
    }
    let keys = async || {
        let keys = fixture.repository.master_keys().await.unwrap();
        keys.iter().map(|key| key.data_keys).collect::<Vec<_>>()
    };
    // Killed after the new key was put into the file.
    let file = fs::read_to_string(key_file(&fixture)).unwrap();
    fs::write(key_file(&fixture), format!("{}\n{file}", MasterKey::random().reveal())).unwrap();
    let again = fixture.another().await;
    again.rotate_keys(&mut |_, _| {}).await.unwrap();
    assert_eq!(keys().await, [0, 3], "the key that was brought is used, no further one is made");
    // Killed while data keys were wrapped anew.
    let sql = fixture.sql().await;
    let wrapped = sql.texts("select wrapped from data_key order by document_id limit 1").await.remove(0);
    again.rotate_keys(&mut |_, _| {}).await.unwrap();
    sql.execute(&format!(
        "update data_key set wrapped = '{wrapped}',
             master_key_id = (select id from master_key order by added_at limit 1 offset 1)
         where document_id = (select min(document_id) from data_key)"
    ))
    .await;
    assert_eq!(keys().await, [0, 1, 2]);
    let mut steps = Vec::new();
    again.rotate_keys(&mut |done, total| steps.push((done, total))).await.unwrap();
    assert_eq!((keys().await, steps), (vec![0, 0, 3], vec![(1, 1)]));
    assert_eq!(again.check(&mut |_, _| {}).await.unwrap(), vec![]);
}

#[tokio::test]
async fn an_erased_paper_is_read_by_nobody() {
    let fixture = Fixture::new().await;
    let document = fixture.read("cần xóa").await;
    let other = fixture.read("giữ lại").await;
    let mut copies = Vec::new();
    for name in fixture.stored().await {
        copies.push((fixture.sealed(&name).await, name));
    }
    let wrapped = format!("select wrapped from data_key where document_id = '{}'", document.id);
    let wrapped = fixture.sql().await.texts(&wrapped).await.remove(0);
    fixture.destroy(document.id).await;
    assert_eq!(fixture.stored().await.len(), 2, "those of the other paper");
    for (bytes, name) in copies {
        fixture.overwrite(&name, bytes).await;
    }
    // Whoever sets the record back behind the repository's back gets nothing for it.
    fixture.sql().await.execute("update document set validity = 'valid'").await;
    let doors = [fixture.repository.clone(), fixture.another().await];
    for repository in &doors {
        let original = repository.original(&officer(), document.id).await;
        assert!(matches!(original, Err(Error::Erased { document: id }) if id == document.id), "{original:?}");
        repository.original(&officer(), other.id).await.unwrap();
    }
    let again = fixture.repository.receive(&officer(), paper(), "cần xóa".into()).await;
    assert!(matches!(again, Err(Error::Erased { .. })), "{again:?}");
    for file in files(&fixture.home.folder.path().join("data")) {
        assert!(
            !holds(&fs::read(&file).unwrap(), wrapped.as_bytes()),
            "the key is left in {}",
            file.display()
        );
    }
}

#[tokio::test]
async fn a_receipt_that_was_cut_short_leaves_nothing_when_it_is_repeated() {
    let fixture = Fixture::new().await;
    let opened = fixture.repository.open_dossier(&officer(), dossier()).await.unwrap();
    let place = DossierPlace { dossier: opened.id, component: Some("không có".into()) };
    let new = NewDocument { place: Some(place), ..paper() };
    fixture.repository.receive(&officer(), new, "bản quét".into()).await.unwrap_err();
    let left = fixture.stored().await;
    assert_eq!(left.len(), 1);
    let findings = fixture.repository.check(&mut |_, _| {}).await.unwrap();
    assert!(matches!(&findings[..], [Finding::BytesUntracked { .. }]), "{findings:?}");
    fixture.receive("bản quét").await;
    assert_eq!(fixture.stored().await, left, "the same name");
    assert_eq!(fixture.repository.check(&mut |_, _| {}).await.unwrap(), vec![]);
}
