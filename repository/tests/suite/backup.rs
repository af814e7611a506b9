//! Backups: made while papers come in, brought back whole, refused when they are not what was written.

use super::fixture::*;
use motlan_repository::record::*;
use motlan_repository::{
    BackupOptions, BackupReport, Error, KeySource, Options, Repository, RestoreReport, restore,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Tables that the entry of a restore in the access log changes, and those of what was looked at since.
const TOUCHED_SINCE: [&str; 2] = ["access_", "counter"];

pub(crate) async fn back_up(repository: &Repository, to: &Path) -> BackupReport {
    let options = BackupOptions { read_back: true, keep: None };
    repository.backup(&administrator(), to, &options, &mut |_, _| {}).await.expect("the backup is made")
}

/// An empty place for the store of this fixture: a file, on whatever the fixture runs.
pub(crate) fn another_place(fixture: &Fixture, folder: &TempDir) -> Options {
    let keys = KeySource::File(fixture.home.folder.path().join("data/keys/master.key"));
    Options { keys, ..Options::in_folder(folder.path().join("data")) }
}

pub(crate) async fn bring_back(options: &Options, from: &Path) -> Result<(Repository, RestoreReport), Error> {
    restore(options, from, None, &administrator(), &mut |_, _| {}).await
}

/// Rows of the newest state, by table.
pub(crate) fn rows(backup: &Path) -> BTreeMap<String, String> {
    let newest = snapshots(backup).pop().expect("a state");
    let files = fs::read_dir(newest.join("tables")).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut rows: BTreeMap<_, _> =
        files.map(|path| (name(&path), fs::read_to_string(&path).unwrap())).collect();
    rows.retain(|table, _| !TOUCHED_SINCE.iter().any(|start| table.starts_with(start)));
    rows
}

fn snapshots(backup: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> =
        fs::read_dir(backup.join("snapshots")).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// A paper that was filed and read again, one that waits for confirmation, and one that waits to be read.
pub(crate) async fn filled() -> (Fixture, DocumentId) {
    let fixture = Fixture::new().await;
    let filed = fixture.read("đã lưu").await.id;
    fixture.repository.confirm(&officer(), filed, confirmation()).await.unwrap();
    fixture.read_again(filed, reread_page(1, "TRẦN VĂN MẪU"), proposal()).await;
    fixture.read("chờ xác nhận").await;
    fixture.receive("chờ đọc").await;
    (fixture, filed)
}

#[tokio::test]
async fn what_was_backed_up_comes_back_whole() {
    let (fixture, filed) = filled().await;
    let (backup, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let made = back_up(&fixture.repository, backup.path()).await;
    assert_eq!((made.objects, made.objects_copied, made.lost.len()), (6, 6, 0));
    let key = fs::read_to_string(fixture.home.folder.path().join("data/keys/master.key")).unwrap();
    let key = key.lines().find(|line| !line.starts_with('#')).unwrap();
    for file in files(backup.path()) {
        let kept = fs::read(&file).unwrap();
        assert!(!kept.windows(key.len()).any(|words| words == key.as_bytes()), "{}", file.display());
    }
    let (restored, report) = bring_back(&another_place(&fixture, &place), backup.path()).await.unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((report.rows, report.objects), (made.rows, 6));
    assert_eq!((report.log_entries, &report.log_root), (made.log_entries, &made.log_root));
    let (_, bytes) = restored.original(&officer(), filed).await.unwrap();
    assert_eq!(&bytes[..], "đã lưu".as_bytes());
    let view = restored.document(&officer(), filed).await.unwrap();
    assert_eq!(view.fields.len(), 5);
    let again = TempDir::new().unwrap();
    back_up(&restored, again.path()).await;
    assert_eq!(rows(again.path()), rows(backup.path()));
    // Work goes on: the paper that waits is read, numbers follow on.
    let last = restored.last_change().await.unwrap();
    let job = restored.claim_job("thu", LEASE).await.unwrap().expect("one paper waits");
    restored.begin_reading(&job, "application/pdf", 1).await.unwrap();
    restored.receive(&officer(), paper(), "mới".into()).await.unwrap();
    assert_eq!(restored.last_change().await.unwrap(), last + 1);
}

#[tokio::test]
async fn a_second_backup_copies_what_is_new_and_old_ones_can_be_given_up() {
    let (fixture, filed) = filled().await;
    let (backup, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let first = back_up(&fixture.repository, backup.path()).await;
    fixture.receive("bản mới").await;
    let second = back_up(&fixture.repository, backup.path()).await;
    assert_eq!((second.objects, second.objects_copied), (7, 1));
    let name = first.snapshot.file_name().unwrap().to_str().unwrap();
    let options = another_place(&fixture, &place);
    let older = restore(&options, backup.path(), Some(name), &administrator(), &mut |_, _| {}).await.unwrap();
    assert_eq!((older.1.objects, older.1.findings), (6, vec![]));
    fixture.destroy(filed).await;
    let keep = BackupOptions { read_back: false, keep: Some(1) };
    let third =
        fixture.repository.backup(&administrator(), backup.path(), &keep, &mut |_, _| {}).await.unwrap();
    assert_eq!((third.objects, third.given_up), (4, 2));
    assert_eq!(snapshots(backup.path()), [third.snapshot]);
    assert_eq!(files(&backup.path().join("blobs")).len(), 4, "what only older states needed is gone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_backup_among_four_writers_is_one_state() {
    let (fixture, _) = filled().await;
    let backup = TempDir::new().unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let repository = fixture.repository.clone();
            tokio::spawn(async move {
                for number in 0..15 {
                    let scan = format!("bản quét {writer} {number}");
                    repository.receive(&officer(), paper(), scan.into()).await.unwrap();
                }
            })
        })
        .collect();
    let mut made = Vec::new();
    while made.len() < 2 || writers.iter().any(|writer| !writer.is_finished()) && made.len() < 4 {
        made.push(back_up(&fixture.repository, backup.path()).await);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    for one in &made {
        let place = TempDir::new().unwrap();
        let name = one.snapshot.file_name().unwrap().to_str().unwrap();
        let options = another_place(&fixture, &place);
        let (restored, report) =
            restore(&options, backup.path(), Some(name), &administrator(), &mut |_, _| {}).await.unwrap();
        assert_eq!(report.findings, []);
        let papers: u64 = restored.document_counts().await.unwrap().iter().map(|(_, count)| count).sum();
        assert_eq!(papers + 3, report.objects, "a scan each, and three page images");
    }
}

#[tokio::test]
async fn a_damaged_backup_is_refused_before_anything_is_touched_and_the_damage_is_named() {
    let (fixture, _) = filled().await;
    let backup = TempDir::new().unwrap();
    let made = back_up(&fixture.repository, backup.path()).await;
    let check = async |file: &Path, damage: &dyn Fn(&mut Vec<u8>), expected: &str| {
        let whole = fs::read(file).unwrap();
        let mut changed = whole.clone();
        damage(&mut changed);
        match changed.is_empty() {
            true => fs::remove_file(file).unwrap(),
            false => fs::write(file, &changed).unwrap(),
        }
        let place = TempDir::new().unwrap();
        let refused = bring_back(&another_place(&fixture, &place), backup.path()).await;
        let Err(Error::BackupDamaged { files }) = refused else { panic!("{}: {refused:?}", file.display()) };
        let named = format!("{}: {expected}", file.display());
        assert_eq!(files, [named]);
        assert!(!place.path().join("data").exists());
        fs::write(file, whole).unwrap();
    };
    let flip: &dyn Fn(&mut Vec<u8>) = &|bytes| {
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
    };
    let lose: &dyn Fn(&mut Vec<u8>) = &Vec::clear;
    for name in ["manifest.json", "objects.jsonl", "tables/document.jsonl", "tables/access_entry.jsonl"] {
        check(&made.snapshot.join(name), flip, "changed").await;
        check(&made.snapshot.join(name), lose, "missing").await;
    }
    for file in files(&backup.path().join("blobs")) {
        check(&file, flip, "changed").await;
        check(&file, lose, "missing").await;
    }
    let place = TempDir::new().unwrap();
    bring_back(&another_place(&fixture, &place), backup.path()).await.unwrap();
}

#[tokio::test]
async fn a_backup_comes_back_into_an_empty_place_with_its_key_only() {
    let (fixture, _) = filled().await;
    let (backup, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    back_up(&fixture.repository, backup.path()).await;
    let refused = bring_back(&fixture.home.options(), backup.path()).await;
    assert!(matches!(refused, Err(Error::NotEmpty { .. })), "{refused:?}");
    let options = another_place(&fixture, &place);
    let other_key = KeySource::Text(motlan_repository::MasterKey::random().reveal());
    let refused = bring_back(&Options { keys: other_key, ..options.clone() }, backup.path()).await;
    assert!(matches!(refused, Err(Error::Keys { .. })), "{refused:?}");
    fs::create_dir_all(options.data_dir.join("blobs/aa")).unwrap();
    fs::write(options.data_dir.join("blobs/aa/some.sealed"), "lạ").unwrap();
    let refused = bring_back(&options, backup.path()).await;
    assert!(matches!(refused, Err(Error::NotEmpty { .. })), "{refused:?}");
    let refused =
        fixture.repository.backup(&officer(), backup.path(), &BackupOptions::default(), &mut |_, _| {}).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
}

#[tokio::test]
async fn a_backup_that_was_cut_short_counts_for_nothing_and_is_taken_away_by_the_next() {
    let (fixture, _) = filled().await;
    let (backup, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let first = back_up(&fixture.repository, backup.path()).await;
    let left = backup.path().join("snapshots/unfinished-0198");
    fs::create_dir_all(left.join("tables")).unwrap();
    fs::copy(first.snapshot.join("tables/document.jsonl"), left.join("tables/document.jsonl")).unwrap();
    let (_, report) = bring_back(&another_place(&fixture, &place), backup.path()).await.unwrap();
    assert_eq!(report.snapshot, first.snapshot);
    let second = back_up(&fixture.repository, backup.path()).await;
    assert_eq!(snapshots(backup.path()), [first.snapshot, second.snapshot]);
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_opened_by_nobody_and_goes_on() {
    let (fixture, filed) = filled().await;
    let (backup, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let made = back_up(&fixture.repository, backup.path()).await;
    let options = another_place(&fixture, &place);
    // As a kill in the middle leaves it: the mark, some of the files, half a database beside its place.
    fs::create_dir_all(options.data_dir.join("blobs")).unwrap();
    fs::write(options.data_dir.join("restoring"), made.snapshot.to_str().unwrap()).unwrap();
    let blobs = backup.path().join("blobs");
    for (number, file) in files(&blobs).iter().enumerate().take(3) {
        let target = options.data_dir.join("blobs").join(file.strip_prefix(&blobs).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        let bytes = fs::read(file).unwrap();
        fs::write(target, if number == 0 { &bytes[1..] } else { &bytes }).unwrap();
    }
    fs::write(options.data_dir.join("motlan.sqlite.restoring"), "nửa chừng").unwrap();
    let refused = Repository::open(&options).await;
    assert!(matches!(refused, Err(Error::NotEmpty { .. })), "{refused:?}");
    let (restored, report) = bring_back(&options, backup.path()).await.unwrap();
    assert_eq!((report.objects, report.findings), (6, vec![]));
    restored.original(&officer(), filed).await.unwrap();
    drop(restored);
    Repository::open(&options).await.unwrap();
    let refused = bring_back(&options, backup.path()).await;
    assert!(matches!(refused, Err(Error::NotEmpty { .. })), "{refused:?}");
}

#[tokio::test]
async fn what_is_lost_here_is_kept_where_a_backup_has_it_and_named_where_none_has() {
    let fixture = Fixture::new().await;
    let (kept, kept_name) = fixture.receive_object("còn trong bản sao lưu").await;
    let backup = TempDir::new().unwrap();
    back_up(&fixture.repository, backup.path()).await;
    let (lost, lost_name) = fixture.receive_object("mất trước khi sao lưu").await;
    fixture.lose(&kept_name).await;
    fixture.lose(&lost_name).await;
    let made = back_up(&fixture.repository, backup.path()).await;
    assert_eq!((made.objects, made.lost), (1, vec![lost.original.sha256.clone()]));
    let place = TempDir::new().unwrap();
    let (restored, report) = bring_back(&another_place(&fixture, &place), backup.path()).await.unwrap();
    assert_eq!(report.findings, [Finding::BytesMissing { sha256: lost.original.sha256 }]);
    restored.original(&officer(), kept.id).await.unwrap();
}

#[tokio::test]
async fn who_may_not_restore_touches_nothing() {
    let (fixture, _) = filled().await;
    let (backup, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    back_up(&fixture.repository, backup.path()).await;
    let options = another_place(&fixture, &place);
    let refused = restore(&options, backup.path(), None, &officer(), &mut |_, _| {}).await;
    assert!(matches!(refused, Err(Error::Forbidden)), "{refused:?}");
    assert!(!options.data_dir.exists());
}

#[tokio::test]
async fn no_entry_no_backup_and_nothing_is_left_of_it() {
    let (fixture, _) = filled().await;
    let backup = TempDir::new().unwrap();
    let sql = fixture.sql().await;
    sql.execute("alter table access_entry rename to access_entry_elsewhere").await;
    let options = BackupOptions::default();
    let made = fixture.repository.backup(&administrator(), backup.path(), &options, &mut |_, _| {}).await;
    assert!(matches!(made, Err(Error::Database(_))), "{made:?}");
    assert_eq!(files(backup.path()), [backup.path().join("backup.lock")].into());
    sql.execute("alter table access_entry_elsewhere rename to access_entry").await;
    let made = back_up(&fixture.repository, backup.path()).await;
    let entries = fs::read_to_string(made.snapshot.join("tables/access_entry.jsonl")).unwrap();
    assert!(entries.contains("\"backup\""), "the entry of a backup stands in it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paper_that_is_destroyed_while_its_rows_are_kept_is_in_no_backup() {
    let (fixture, filed) = filled().await;
    let backup = TempDir::new().unwrap();
    let options = BackupOptions::default();
    let mut destroy_at_the_end = |done, total| {
        if done == total {
            let destroying = async { fixture.destroy(filed).await };
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(destroying));
        }
    };
    let made =
        fixture.repository.backup(&administrator(), backup.path(), &options, &mut destroy_at_the_end).await;
    assert!(matches!(made, Err(Error::ErasedMeanwhile)), "{made:?}");
    assert!(snapshots(backup.path()).is_empty(), "rows say what the paper said");
    back_up(&fixture.repository, backup.path()).await;
}

#[tokio::test]
async fn the_newest_state_is_the_newest_also_when_the_clock_was_set_back() {
    let (fixture, _) = filled().await;
    let (backup, place) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let first = back_up(&fixture.repository, backup.path()).await;
    let ahead = first.snapshot.with_file_name("20990105T020304.000005Z");
    fs::rename(&first.snapshot, &ahead).unwrap();
    fixture.receive("bản mới").await;
    let keep = BackupOptions { read_back: false, keep: Some(1) };
    let made =
        fixture.repository.backup(&administrator(), backup.path(), &keep, &mut |_, _| {}).await.unwrap();
    assert_eq!(made.snapshot, ahead.with_file_name("20990105T020304.000006Z"));
    assert_eq!(snapshots(backup.path()), [made.snapshot]);
    let (_, report) = bring_back(&another_place(&fixture, &place), backup.path()).await.unwrap();
    assert_eq!((report.made_at, report.objects), (made.made_at, 7));
}

/// A backup that this version's first program wrote, before papers had retention codes, and the key to it.
pub(crate) fn older_backup() -> (PathBuf, KeySource) {
    let backup = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/backups/0.1.0");
    let key = KeySource::File(backup.join("master.key"));
    (backup, key)
}

/// Two papers that wait to be read, and their entries in the access log.
pub(crate) async fn check_older(options: &Options) {
    let (backup, _) = older_backup();
    let (restored, report) = bring_back(options, &backup).await.unwrap();
    assert_eq!((report.rows, report.objects, report.log_entries, report.findings), (22, 2, 2, vec![]));
    let receiver = Actor { agency: "Bộ phận một cửa (dùng thử)".into(), ..officer() };
    let papers = restored.documents(&receiver, &DocumentFilter::default(), 9).await.unwrap();
    let (_, bytes) = restored.original(&receiver, papers[0].id).await.unwrap();
    assert_eq!(&bytes[..], "bản quét mẫu số 2".as_bytes());
    let (retention, holds) = restored.keeping(&receiver, papers[0].id).await.unwrap();
    assert_eq!((retention, holds), (None, vec![]));
}

#[tokio::test]
async fn a_backup_of_an_older_version_comes_back_into_this_one() {
    let place = TempDir::new().unwrap();
    let (_, keys) = older_backup();
    check_older(&Options { keys, ..Options::in_folder(place.path().join("data")) }).await;
}
