//! The index on its folder: contract, Vietnamese, versions, damage, two processes.

use crate::comparison::{agrees_with_memory, finds_vietnamese, returns_what_the_rights_allow};
use crate::contract::{check as check_contract, document_id, keys, paper, put};
use crate::{Error, Index, Update, open, open_reader};
use repository::record::{Field, FieldSource};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Once};
use tantivy::SegmentReader;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn filled(dir: &Path) -> Arc<dyn Index> {
    let index = open(dir).expect("an index");
    index.apply(vec![put(1, "Giấy khai sinh", "họ và tên")], 1).expect("applied");
    index
}

#[test]
fn tantivy_keeps_the_contract() {
    let folders = Mutex::new(Vec::new());
    check_contract(|| {
        let folder = folder();
        let index = open(folder.path()).expect("an index");
        folders.lock().expect("one thread").push(folder);
        index
    });
}

/// Whether a segment on the disk still has a word, be it only of a removed paper.
fn is_in_segments(dir: &Path, word: &str) -> bool {
    let index = tantivy::Index::open_in_dir(dir.join("tantivy-1")).expect("an engine's folder");
    let schema = index.schema();
    let has_word = |segment: &SegmentReader| {
        let indexed = schema.fields().filter(|(_, entry)| entry.is_indexed());
        indexed.into_iter().any(|(field, _)| {
            let inverted = segment.inverted_index(field).expect("an inverted index");
            let mut terms = inverted.terms().stream().expect("terms");
            std::iter::from_fn(|| {
                terms.advance().then(|| String::from_utf8_lossy(terms.key()).contains(word))
            })
            .any(|has_word| has_word)
        })
    };
    index.reader().expect("a reader").searcher().segment_readers().iter().any(has_word)
}

/// Files of segments that no commit names.
fn stray_files(dir: &Path) -> Vec<String> {
    let index = tantivy::Index::open_in_dir(dir.join("tantivy-1")).expect("an engine's folder");
    let living = index.searchable_segment_ids().expect("segments");
    let living: Vec<String> = living.iter().map(|segment| segment.uuid_string()).collect();
    let files = std::fs::read_dir(dir.join("tantivy-1")).expect("the engine's folder");
    let names = files.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let of_segment =
        |name: &String| name.len() > 32 && name.as_bytes()[..32].iter().all(u8::is_ascii_hexdigit);
    names.filter(of_segment).filter(|name| !living.iter().any(|segment| name.starts_with(segment))).collect()
}

#[test]
fn nothing_is_left_on_the_disk_of_papers_that_must_be_gone() {
    let folder = folder();
    let index = open(folder.path()).expect("an index");
    index.apply(vec![put(1, "", "zzpersonzz ở đây"), put(2, "", "giấy khác")], 1).expect("applied");
    index.apply(vec![put(3, "", "zzalonezz")], 2).expect("applied");
    index.apply(vec![Update::Remove(document_id(1)), Update::Remove(document_id(3))], 3).expect("applied");
    assert!(is_in_segments(folder.path(), "zzpersonzz"), "a removal only hides");
    index.forget_removed().expect("forgotten");
    for word in ["zzpersonzz", "zzalonezz"] {
        assert!(!is_in_segments(folder.path(), word), "{word}");
    }
    assert_eq!(stray_files(folder.path()), [""; 0]);
    assert_eq!((keys(&*index, "giay khac"), index.last_change().expect("told")), (vec![2], 3));
    index.apply(vec![put(4, "", "giấy khác nữa")], 4).expect("applied");
    drop(index);
    assert_eq!(keys(&*open(folder.path()).expect("an index"), "giay khac"), [4, 2]);
}

#[test]
fn vietnamese_is_found_as_people_type_it() {
    let folder = folder();
    finds_vietnamese(&*open(folder.path()).expect("an index"));
}

#[test]
fn personal_numbers_are_nowhere_in_the_index() {
    let folder = folder();
    let mut card = paper(1, "Căn cước 079099000001", "Số: 079099000001, CMND 012 345 678 dấu hiệu");
    card.document.number = Some("079099000001".to_owned());
    card.fields =
        vec![field("citizen_id", "C 12"), field("full_name", "An"), field("birth_date", "1999-01-05")];
    open(folder.path()).expect("an index").apply(vec![Update::Put(Box::new(card))], 1).expect("applied");
    let expected = "1 1999 5 KHAC an can cmnd cuoc dau extracted giay hieu khac nam ngay so thang to \
                    ~căn ~cươc1 ~dâu1 ~giây1 ~hiêu5 ~khac1 ~ngay2 ~năm ~sô1 ~thang1 ~tơ2";
    let mut found = terms(folder.path());
    found.dedup(); // What is known stands there twice.
    let mut expected = expected.split_whitespace().collect::<Vec<_>>();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

fn field(key: &str, value: &str) -> Field {
    Field {
        key: key.to_owned(),
        value: value.to_owned(),
        proposed: None,
        source: FieldSource::Manual,
        confidence: 100.0,
        page: None,
        region: None,
        written: String::new(),
        doubts: Vec::new(),
        confirmed_by: None,
        confirmed_at: None,
        reason: None,
    }
}

/// All terms of all text fields.
fn terms(dir: &Path) -> Vec<String> {
    let index = tantivy::Index::open_in_dir(dir.join("tantivy-1")).expect("an index");
    let searcher = index.reader().expect("a reader").searcher();
    let mut terms = Vec::new();
    for (name, _) in index
        .schema()
        .fields()
        .map(|(field, entry)| (field, entry.name().to_owned()))
        .filter(|(field, _)| index.schema().get_field_entry(*field).field_type().is_str())
    {
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(name).expect("an inverted index");
            let mut stream = inverted.terms().stream().expect("a stream");
            while stream.advance() {
                terms.push(String::from_utf8(stream.key().to_vec()).expect("text"));
            }
        }
    }
    terms.sort_unstable();
    terms
}

#[test]
fn papers_and_number_survive_together() {
    let folder = folder();
    drop(filled(folder.path()));
    let index = open(folder.path()).expect("an index");
    assert_eq!((index.last_change().expect("a number"), keys(&*index, "khai sinh")), (1, vec![1]));
    index.apply(vec![put(2, "Giấy khai sinh", "")], 2).expect("applied");
    assert_eq!(keys(&*index, "khai sinh"), [2, 1]);
}

#[test]
fn one_process_writes_and_others_read() {
    let folder = folder();
    assert!(matches!(open_reader(folder.path()), Err(Error::NotBuilt { .. })));
    let writer = filled(folder.path());
    assert!(matches!(open(folder.path()), Err(Error::Busy { .. })));
    let reader = open_reader(folder.path()).expect("a reader");
    assert_eq!((keys(&*reader, "khai sinh"), reader.last_change().expect("a number")), (vec![1], 1));
    writer.apply(vec![put(2, "Giấy khai sinh", "")], 2).expect("applied");
    assert_eq!((keys(&*reader, "khai sinh"), reader.last_change().expect("a number")), (vec![2, 1], 2));
    assert!(matches!(reader.apply(vec![], 3), Err(Error::ReadOnly)));
    assert!(matches!(reader.begin_rebuild(), Err(Error::ReadOnly)));
    drop(writer);
    assert!(open(folder.path()).is_ok());
}

#[test]
fn another_version_is_built_anew() {
    let folder = folder();
    drop(filled(folder.path()));
    // Other words, the same fields: it is searched until it was rebuilt.
    std::fs::write(folder.path().join("format"), "motlan index 1\ntantivy-1\n").expect("written");
    let index = open(folder.path()).expect("an index");
    assert!(index.is_outdated());
    assert_eq!((index.last_change().expect("a number"), keys(&*index, "khai sinh")), (1, vec![1]));
    index.begin_rebuild().expect("begun");
    index.apply(vec![put(2, "Giấy khai sinh", "bản sao")], 0).expect("applied");
    assert_eq!(keys(&*index, "khai sinh"), [1]);
    index.finish_rebuild(5).expect("finished");
    assert!(!index.is_outdated());
    assert_eq!(keys(&*index, "khai sinh"), [2]);
    drop(index);
    // Other fields: nothing can be searched, and it starts over.
    let other = tantivy::schema::Schema::builder().build();
    std::fs::create_dir(folder.path().join("tantivy-9")).expect("a folder");
    tantivy::Index::create_in_dir(folder.path().join("tantivy-9"), other).expect("an engine");
    std::fs::write(folder.path().join("format"), "motlan index 0\ntantivy-9\n").expect("written");
    assert!(matches!(open_reader(folder.path()), Err(Error::NotBuilt { .. })));
    let index = open(folder.path()).expect("an index");
    assert_eq!((index.last_change().expect("a number"), keys(&*index, "khai sinh")), (0, vec![]));
    drop(index);
    std::fs::remove_file(folder.path().join("format")).expect("removed");
    assert_eq!(open(folder.path()).expect("an index").last_change().expect("a number"), 0);
}

/// A rebuild that the end of the process cut off leaves the old index as it was; a reader beside the writer follows a finished one.
#[test]
fn a_rebuild_is_there_whole_or_not_at_all() {
    let folder = folder();
    let index = filled(folder.path());
    index.begin_rebuild().expect("begun");
    index.apply(vec![put(2, "Giấy khai sinh", "")], 0).expect("applied");
    drop(index);
    let index = open(folder.path()).expect("an index");
    let reader = open_reader(folder.path()).expect("a reader");
    assert_eq!((keys(&*index, "khai sinh"), index.last_change().expect("a number")), (vec![1], 1));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 3, "lock, format, one engine");
    index.begin_rebuild().expect("begun");
    index.apply(vec![put(2, "Giấy khai sinh", "")], 0).expect("applied");
    assert_eq!(keys(&*reader, "khai sinh"), [1]);
    index.finish_rebuild(7).expect("finished");
    assert_eq!((keys(&*reader, "khai sinh"), reader.last_change().expect("a number")), (vec![2], 7));
    assert!(matches!(reader.begin_rebuild(), Err(Error::ReadOnly)));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 3);
}

/// The writer changes over, and takes the old files away, between a reader's look at the folder and its question.
#[test]
fn a_reader_asks_again_when_the_index_was_replaced() {
    let folder = folder();
    let index = filled(folder.path());
    let reader = super::folder::reader(folder.path()).expect("a reader");
    let changed_over = Once::new();
    let answer = reader.ask(|engine| {
        changed_over.call_once(|| {
            index.begin_rebuild().expect("begun");
            index.finish_rebuild(7).expect("finished");
        });
        engine.last_change()
    });
    assert_eq!(answer.expect("answered"), 7);
}

/// What was searched before a rebuild cannot be taken away: the new index is searched, and papers are not said to be forgotten.
#[test]
fn an_old_index_that_stays_stops_nothing_but_forgetting() {
    let folder = folder();
    let index = filled(folder.path());
    index.begin_rebuild().expect("begun");
    index.apply(vec![put(2, "Giấy khai sinh", "")], 0).expect("applied");
    let old = folder.path().join("tantivy-1");
    std::fs::rename(&old, folder.path().join("kept-open")).expect("moved");
    std::fs::write(&old, b"no folder").expect("written");
    index.finish_rebuild(5).expect("finished");
    assert_eq!((keys(&*index, "khai sinh"), index.last_change().expect("a number")), (vec![2], 5));
    index.apply(vec![put(3, "Giấy khai sinh", "")], 6).expect("applied");
    assert!(matches!(index.forget_removed(), Err(Error::File { .. })));
    drop(index);
    let index = open(folder.path()).expect("an index");
    assert_eq!(keys(&*index, "khai sinh"), [3, 2]);
    std::fs::remove_file(&old).expect("removed");
    index.forget_removed().expect("forgotten");
}

/// Every file of an index, damaged in every way in turn: opening it gives the whole index or an empty one, never a failure.
#[test]
fn damaged_files_are_built_anew() {
    let healthy = folder();
    drop(filled(healthy.path()));
    let names = engine_files(healthy.path());
    assert!(names.len() > 5);
    for name in names.iter().filter(|name| !name.to_string_lossy().contains(".lock")) {
        for damage in [truncate, empty, flip_middle, flip_end, remove] {
            let folder = folder();
            drop(filled(folder.path()));
            // The names of segments differ from index to index, their endings do not.
            let same = engine_files(folder.path()).into_iter().find(|file| same_kind(file, name));
            damage(&same.expect("the same file"));
            check_reopened(folder.path(), name);
        }
    }
}

fn check_reopened(dir: &Path, name: &Path) {
    let read = open_reader(dir).map(|reader| keys(&*reader, "khai sinh"));
    assert!(matches!(&read, Err(Error::Damaged { .. })) || read.is_ok_and(|keys| keys == [1]), "{name:?}");
    let index = open(dir).unwrap_or_else(|error| panic!("{name:?}: {error}"));
    match index.last_change().expect("a number") {
        0 => assert!(keys(&*index, "khai sinh").is_empty(), "{name:?}"),
        _ => assert_eq!(keys(&*index, "khai sinh"), [1], "{name:?}"),
    }
    index.apply(vec![put(1, "Giấy khai sinh", "")], 1).unwrap_or_else(|error| panic!("{name:?}: {error}"));
    assert_eq!(keys(&*index, "khai sinh"), [1], "{name:?}");
}

fn engine_files(dir: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(dir.join("tantivy-1")).expect("the engine's folder");
    files.map(|file| file.expect("a file").path()).collect()
}

fn same_kind(left: &Path, right: &Path) -> bool {
    match (left.extension(), right.extension()) {
        (Some(left), Some(right)) if left != "json" => left == right,
        _ => left.file_name() == right.file_name(),
    }
}

fn truncate(file: &Path) {
    let bytes = std::fs::read(file).expect("read");
    std::fs::write(file, &bytes[..bytes.len() / 2]).expect("written");
}

fn empty(file: &Path) {
    std::fs::write(file, b"").expect("written");
}

fn flip_middle(file: &Path) {
    flip(file, |length| length / 2);
}

fn flip_end(file: &Path) {
    flip(file, |length| length - 1);
}

fn flip(file: &Path, at: impl Fn(usize) -> usize) {
    let mut bytes = std::fs::read(file).expect("read");
    let at = at(bytes.len());
    bytes[at] ^= 0x55;
    std::fs::write(file, bytes).expect("written");
}

fn remove(file: &Path) {
    std::fs::remove_file(file).expect("removed");
}

/// A long random life, with restarts.
#[test]
fn tantivy_agrees_with_memory() {
    let folder = folder();
    let mut tantivy = Some(open(folder.path()).expect("an index"));
    agrees_with_memory(|is_restart| {
        if is_restart {
            drop(tantivy.take());
        }
        tantivy.get_or_insert_with(|| open(folder.path()).expect("an index")).clone()
    });
}

#[test]
fn a_search_returns_what_the_rights_allow() {
    let folder = folder();
    returns_what_the_rights_allow(&*open(folder.path()).expect("an index"));
}

/// A kill after the files of a commit were written and before the commit names them.
#[test]
fn a_commit_that_was_cut_off_is_made_again() {
    let folder = folder();
    let meta = folder.path().join("tantivy-1/meta.json");
    let put = |key, text| Update::Put(Box::new(paper(key, "", text)));
    let index = open(folder.path()).expect("an index");
    index.apply(vec![put(1, "một"), put(2, "hai")], 1).expect("applied");
    drop(index);
    let before = std::fs::read(&meta).expect("the commit");
    let index = open(folder.path()).expect("an index");
    index.apply(vec![put(1, "ba")], 2).expect("applied");
    drop(index);
    std::fs::write(&meta, before).expect("as it was");
    let index = open(folder.path()).expect("an index");
    index.apply(vec![put(1, "ba")], 2).expect("applied again");
    assert_eq!((keys(&*index, "ba"), keys(&*index, "hai"), keys(&*index, "một")), (vec![1], vec![2], vec![]));
}
