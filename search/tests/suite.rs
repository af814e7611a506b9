//! Stories of the index behind a real repository.

#[path = "support/paper.rs"]
mod paper;

use motlan_search::{
    Answer, Error, Hits, Index, Memory, Query, Question, Request, Update, contract, digest, find, follow,
    open, reindex, similar,
};
use paper::officer;
use repository::identifier::SubjectNumber;
use repository::record::*;
use repository::{DocumentType, Options, Repository};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tempfile::TempDir;

struct Office {
    folder: TempDir,
    repository: Repository,
}

impl Office {
    async fn new() -> Office {
        let folder = tempfile::tempdir().expect("a folder");
        let repository =
            Repository::open(&Options::in_folder(folder.path().join("data"))).await.expect("a repository");
        Office { folder, repository }
    }

    fn index_dir(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    async fn receive(&self, name: &str) -> DocumentId {
        paper::receive(&self.repository, name).await.expect("received")
    }

    /// Reads the paper that waits longest.
    async fn read(&self, title: &str, text: &str) {
        self.read_with(title, text, &[]).await;
    }

    /// The same, with entries that the machine proposes.
    async fn read_with(&self, title: &str, text: &str, fields: &[(&str, &str)]) {
        let proposal = Proposal {
            document_type: DocumentType::Decision,
            title: title.to_owned(),
            type_evidence: None,
            fields: fields.iter().map(proposed).collect(),
        };
        paper::read(&self.repository, text, proposal).await.expect("read");
    }

    async fn file(&self, title: &str, text: &str) -> DocumentId {
        let id = self.receive(&format!("{title} {text}")).await;
        self.read(title, text).await;
        id
    }

    async fn confirm(&self, id: DocumentId, title: &str, name: &str, number: &str) {
        let subject = SubjectClaim {
            kind: SubjectKind::Citizen,
            number: SubjectNumber::parse(number).expect("a number"),
            name: name.to_owned(),
            birth_date: None,
        };
        let confirmation = Confirmation {
            document_type: DocumentType::Decision,
            title: title.to_owned(),
            subject,
            pass: None,
            fields: vec![
                ("number".to_owned(), "12/QĐ-UBND".to_owned()),
                ("issued_on".to_owned(), "2023-04-05".to_owned()),
            ],
            reasons: ["agency", "subject_matter"]
                .map(|key| (key.to_owned(), "Không ghi".to_owned()))
                .to_vec(),
            // A story may tell of someone under a new name.
            rename_subject: true,
            keyings: 0,
            co_owners: Vec::new(),
            provenance: Provenance::default(),
            // And of the same decision scanned twice.
            beside: Some(BesideHeld { relation: BesideRelation::Another, reason: "Hai bản".to_owned() }),
        };
        self.repository.confirm(&officer(), id, confirmation).await.expect("confirmed");
    }

    async fn ask(&self, index: &dyn Index, text: &str) -> Answer {
        find(&self.repository, index, &officer(), &request(text)).await.expect("an answer")
    }

    async fn found(&self, index: &dyn Index, text: &str) -> Vec<DocumentId> {
        self.ask(index, text).await.items.iter().map(|item| item.document.id).collect()
    }
}

fn proposed((key, value): &(&str, &str)) -> ProposedField {
    ProposedField {
        key: (*key).to_owned(),
        value: (*value).to_owned(),
        source: FieldSource::Ocr,
        confidence: 95.0,
        page: None,
        region: None,
        written: String::new(),
        doubts: Vec::new(),
    }
}

fn query(text: &str) -> Query {
    Query::new(Question::words(text), Scope::everything(), 20)
}

fn request(text: &str) -> Request {
    Request::new(text, 20, jiff::civil::date(2026, 1, 1))
}

fn reopen(dir: &Path) -> std::sync::Arc<dyn Index> {
    open(dir).expect("an index")
}

/// The index has every paper of the repository, and carries its last change.
async fn assert_equal(repository: &Repository, index: &dyn Index) {
    let ids = repository.document_ids(None, 10_000).await.expect("keys");
    let mut papers = repository.indexables(&ids).await.expect("papers");
    papers.sort_by_key(|paper| paper.document.id);
    let papers = papers.iter().map(|paper| (paper.document.id, digest(paper))).collect::<Vec<_>>();
    assert_eq!(index.digests().expect("papers"), papers);
    assert_eq!(index.last_change().expect("a number"), repository.last_change().await.expect("a number"));
    let fresh = Memory::new();
    reindex(repository, &fresh, &mut |_, _| {}).await.expect("built");
    for text in ["quyết định", "quyet dinh", "đất", "Trần Thị Bưởi", "05/04/2023", "12/QĐ-UBND"]
    {
        assert_eq!(
            index.search(&query(text)).expect("hits"),
            fresh.search(&query(text)).expect("hits"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_paper_is_found_from_the_scanner_to_the_store() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    let id = office.receive("giấy").await;
    assert_eq!(office.ask(&*index, "thửa").await.changes_behind, Some(1));
    follow(&office.repository, &*index).await.expect("followed");
    office.read("Quyết định giao đất", "Giao cho bà Trần Thị Bưởi, số 079199000002,\nthửa đất số 5").await;
    assert!(office.found(&*index, "thua dat").await.is_empty());
    follow(&office.repository, &*index).await.expect("followed");
    let answer = office.ask(&*index, "thua dat").await;
    assert_eq!((answer.total, answer.by_key, answer.changes_behind), (1, false, Some(0)));
    let snippet = answer.items[0].snippet.as_ref().expect("a snippet");
    let shown = snippet.parts.iter().map(|(part, _)| part.as_str()).collect::<String>();
    assert_eq!(shown, "Giao cho bà Trần Thị Bưởi, số 079*******02, thửa đất số 5");
    assert_eq!(snippet.parts.iter().filter(|(_, is_match)| *is_match).count(), 2);
    office.confirm(id, "Quyết định giao đất", "Trần Thị Bưởi", "079199000002").await;
    follow(&office.repository, &*index).await.expect("followed");
    for text in ["tran thi buoi", "Trần Thị Bưởi", "05/04/2023", "5/4/2023", "quyết định giao đất"]
    {
        assert_eq!(office.found(&*index, text).await, [id], "{text}");
    }
    assert_equal(&office.repository, &*index).await;
}

#[tokio::test]
async fn keys_are_answered_by_the_repository_alone() {
    let office = Office::new().await;
    let empty = Memory::new();
    let id = office.file("Quyết định", "nội dung 079199000002").await;
    office.confirm(id, "Quyết định", "Trần Thị Bưởi", "079199000002").await;
    let code = office.ask(&empty, "079199000002").await.items[0].document.code.clone().expect("a code");
    for key in ["079199000002", "079 199 000 002", "Bưởi 079199000002", "12/QĐ-UBND", code.as_str()] {
        let answer = office.ask(&empty, key).await;
        assert_eq!((answer.total, answer.by_key), (1, true), "{key}");
        assert_eq!(answer.items[0].document.id, id);
    }
    let index = reopen(&office.index_dir());
    follow(&office.repository, &*index).await.expect("followed");
    let unknown = office.ask(&*index, "079199000003").await;
    assert_eq!((unknown.total, unknown.by_key), (0, true));
}

#[tokio::test]
async fn a_number_that_no_paper_has_is_found_where_it_is_cited() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    let id = office.file("Công văn", "căn cứ 99/QĐ-UBND").await;
    follow(&office.repository, &*index).await.expect("followed");
    let answer = office.ask(&*index, "99/QĐ-UBND").await;
    assert_eq!((answer.by_key, answer.items[0].document.id), (false, id));
}

#[tokio::test]
async fn who_may_not_search_gets_no_answer() {
    let office = Office::new().await;
    let index = Memory::new();
    office.file("Quyết định", "nội dung").await;
    follow(&office.repository, &index).await.expect("followed");
    for text in ["quyết định", "079199000002", "xyz"] {
        let actor = Actor { role: Role::Administrator, ..officer() };
        let refused = find(&office.repository, &index, &actor, &request(text)).await;
        assert!(matches!(refused, Err(Error::Repository(repository::Error::Forbidden))), "{text}");
    }
}

#[tokio::test]
async fn every_paper_of_an_answer_is_in_the_access_log() {
    let office = Office::new().await;
    let index = Memory::new();
    let id = office.file("Quyết định", "nội dung").await;
    follow(&office.repository, &index).await.expect("followed");
    let searches = async || {
        let log = office.repository.access_log(&officer(), id, 100).await.expect("the log");
        log.iter().filter(|entry| entry.action == Action::Search).count()
    };
    let before = searches().await;
    office.ask(&index, "nội dung").await;
    assert_eq!(searches().await, before + 1);
    office.ask(&index, "không có").await;
    assert_eq!(searches().await, before + 1);
}

#[tokio::test]
async fn a_rebuilt_index_gives_the_same_answers() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    for number in 0..30 {
        let title = if number % 3 == 0 { "Quyết định giao đất" } else { "Quyết định" };
        let id = office.file(title, &format!("tờ {number} {}", ["đất", "dat", "hòa"][number % 3])).await;
        if number % 4 == 0 {
            office.confirm(id, "Quyết định hoà giải", "Trần Thị Bưởi", "079199000002").await;
        }
        follow(&office.repository, &*index).await.expect("followed");
    }
    let texts = ["quyết định", "đất", "hòa", "giao dat", "buoi", "tờ 7"];
    let answers = || texts.map(|text| index.search(&query(text)).expect("hits"));
    let (before, mut steps) = (answers(), Vec::new());
    let carried = reindex(&office.repository, &*index, &mut |done, total| steps.push((done, total))).await;
    assert_eq!(carried.expect("built"), office.repository.last_change().await.expect("a number"));
    assert_eq!(answers(), before);
    assert_eq!(steps, [(30, 30)]);
    assert_equal(&office.repository, &*index).await;
}

/// An index whose process dies at the n-th writing: before it, or after it was durable but before anybody heard.
struct Dying<'a> {
    index: &'a dyn Index,
    left: AtomicUsize,
    after: bool,
}

impl Dying<'_> {
    fn dies(&self) -> bool {
        self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err()
    }

    fn write(&self, write: impl Fn() -> Result<(), Error>) -> Result<(), Error> {
        let dies = self.dies();
        if !dies || self.after {
            write()?;
        }
        if dies { Err(Error::Engine("killed".to_owned())) } else { Ok(()) }
    }
}

impl Index for Dying<'_> {
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error> {
        self.write(|| self.index.apply(updates.clone(), last_change))
    }
    fn last_change(&self) -> Result<u64, Error> {
        self.index.last_change()
    }
    fn search(&self, query: &Query) -> Result<Hits, Error> {
        self.index.search(query)
    }
    fn begin_rebuild(&self) -> Result<(), Error> {
        self.write(|| self.index.begin_rebuild())
    }
    fn finish_rebuild(&self, last_change: u64) -> Result<(), Error> {
        self.write(|| self.index.finish_rebuild(last_change))
    }
    fn is_outdated(&self) -> bool {
        self.index.is_outdated()
    }
    fn forget_removed(&self) -> Result<(), Error> {
        self.write(|| self.index.forget_removed())
    }
    fn digests(&self) -> Result<Vec<(DocumentId, u64)>, Error> {
        self.index.digests()
    }
}

#[tokio::test]
async fn a_kill_between_repository_and_index_loses_nothing() {
    let office = Office::new().await;
    for round in 0..6 {
        let id = office.file("Quyết định", &format!("đất {round}")).await;
        office.receive(&format!("chưa đọc {round}")).await;
        office.read("Quyết định", "chưa xác nhận").await;
        let index = reopen(&office.index_dir());
        let dying = Dying { index: &*index, left: (round % 3).into(), after: round % 2 == 0 };
        let killed = if round < 3 {
            follow(&office.repository, &dying).await
        } else {
            reindex(&office.repository, &dying, &mut |_, _| {}).await
        };
        assert!(killed.is_err() || round % 3 > 0);
        drop(index);
        office.confirm(id, "Quyết định", "Trần Thị Bưởi", "079199000002").await;
        let index = reopen(&office.index_dir());
        follow(&office.repository, &*index).await.expect("followed");
        assert_equal(&office.repository, &*index).await;
    }
}

#[tokio::test]
async fn a_damaged_index_is_filled_again_from_the_first_change() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    office.file("Quyết định", "đất").await;
    follow(&office.repository, &*index).await.expect("followed");
    drop(index);
    std::fs::write(office.index_dir().join("tantivy-1/meta.json"), "{").expect("written");
    let index = reopen(&office.index_dir());
    assert_eq!(index.last_change().expect("a number"), 0);
    follow(&office.repository, &*index).await.expect("followed");
    assert_equal(&office.repository, &*index).await;
}

#[tokio::test]
async fn an_index_ahead_of_the_repository_starts_over() {
    let office = Office::new().await;
    let index = Memory::new();
    let gone = contract::paper(1, "Quyết định", "đất");
    index.apply(vec![Update::Put(Box::new(gone))], 1_000).expect("applied");
    office.file("Quyết định", "đất").await;
    follow(&office.repository, &index).await.expect("followed");
    assert_equal(&office.repository, &index).await;
}

/// Counts what reaches an index.
#[derive(Default)]
struct Counting {
    index: Memory,
    batches: Mutex<Vec<(usize, u64)>>,
}

impl Index for Counting {
    fn apply(&self, updates: Vec<Update>, last_change: u64) -> Result<(), Error> {
        self.batches.lock().expect("one thread").push((updates.len(), last_change));
        self.index.apply(updates, last_change)
    }
    fn last_change(&self) -> Result<u64, Error> {
        self.index.last_change()
    }
    fn search(&self, query: &Query) -> Result<Hits, Error> {
        self.index.search(query)
    }
    fn begin_rebuild(&self) -> Result<(), Error> {
        self.index.begin_rebuild()
    }
    fn finish_rebuild(&self, last_change: u64) -> Result<(), Error> {
        self.index.finish_rebuild(last_change)
    }
    fn is_outdated(&self) -> bool {
        self.index.is_outdated()
    }
    fn forget_removed(&self) -> Result<(), Error> {
        self.index.forget_removed()
    }
    fn digests(&self) -> Result<Vec<(DocumentId, u64)>, Error> {
        self.index.digests()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_changes_of_a_paper_are_one_update() {
    let office = Office::new().await;
    let id = office.file("Quyết định", "đất").await;
    office.confirm(id, "Quyết định", "Trần Thị Bưởi", "079199000002").await;
    office.receive("khác").await;
    let index = Counting::default();
    assert_eq!(follow(&office.repository, &index).await.expect("followed"), 4);
    assert_eq!(follow(&office.repository, &index).await.expect("followed"), 4);
    assert_eq!(*index.batches.lock().expect("one thread"), [(2, 4)]);
}

#[tokio::test]
async fn a_subject_under_a_new_name_is_found_by_it_on_every_paper() {
    let office = Office::new().await;
    let index = Memory::new();
    let (first, second) = (office.file("Quyết định", "đất").await, office.file("Giấy phép", "nhà").await);
    office.confirm(first, "Quyết định", "Trần Thị Cam", "079199000002").await;
    follow(&office.repository, &index).await.expect("followed");
    office.confirm(second, "Giấy phép", "Trần Thị Bưởi", "079199000002").await;
    follow(&office.repository, &index).await.expect("followed");
    assert_equal(&office.repository, &index).await;
}

/// Nothing of an answer speaks of what the rights of an account do not cover, neither hits nor counts nor a look-up by number, and a
/// right that was taken back is gone with the next search.
#[tokio::test]
async fn rights_hold_at_every_search() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    let one = office.file("Quyết định giao đất", "đất").await;
    office.confirm(one, "Quyết định giao đất", "Trần Thị Bưởi", "079199000002").await;
    let other = office.file("Quyết định thu hồi", "đất thu hồi").await;
    office.confirm(other, "Quyết định thu hồi", "Lê Văn Cam", "079099000003").await;
    follow(&office.repository, &*index).await.expect("followed");
    let administrator = Actor { role: Role::Administrator, account: "quan-tri".to_owned(), ..officer() };
    let subject = office.ask(&*index, "Bưởi").await.items[0].document.subject.clone().expect("a subject").id;
    let right = Right { subject: Some(subject), ..Right::default() };
    let granted = office.repository.grant_search(&administrator, "can-bo-so", right, "Thụ lý hồ sơ").await;
    let granted = granted.expect("given");
    let seen = async |text: &str| {
        let request = Request { facets: true, ..request(text) };
        let answer = find(&office.repository, &*index, &stranger(), &request).await.expect("an answer");
        let counted: u64 = answer.facets.types.iter().map(|(_, count)| count).sum();
        (answer.items.iter().map(|item| item.document.id).collect::<Vec<_>>(), answer.total, counted)
    };
    assert_eq!(seen("đất").await, (vec![one], 1, 1));
    assert_eq!(seen("thu hồi").await, (vec![], 0, 0));
    assert_eq!(seen("079099000003").await, (vec![], 0, 0));
    assert_eq!(seen("079199000002").await.0, [one]);
    let colleague = Actor { account: "can-bo-hai".to_owned(), ..officer() };
    let all = find(&office.repository, &*index, &colleague, &request("đất")).await.expect("an answer");
    assert_eq!(all.total, 2);
    office.repository.revoke_search(&administrator, granted.id, "Đã giải quyết xong").await.expect("taken");
    assert_eq!(seen("đất").await, (vec![], 0, 0));
    assert_eq!(seen("079199000002").await, (vec![], 0, 0));
    let again = office.repository.revoke_search(&administrator, granted.id, "Đã giải quyết xong").await;
    assert!(matches!(again, Err(repository::Error::Invalid { .. })), "{again:?}");
    let rights = office.repository.search_rights(&administrator, "can-bo-so").await.expect("listed");
    assert_eq!(
        rights.iter().map(|right| right.revoked_by.as_deref()).collect::<Vec<_>>(),
        [Some("quan-tri")]
    );
    let refused =
        office.repository.search_rights(&Actor { role: Role::Auditor, ..officer() }, "can-bo").await;
    assert!(matches!(refused, Err(repository::Error::Forbidden)));
}

/// An officer of another agency.
fn stranger() -> Actor {
    Actor { account: "can-bo-so".to_owned(), agency: "Sở Mẫu".to_owned(), ..officer() }
}

/// A right over an agency covers what it received and what it issued, and one over days what was received in them.
#[tokio::test]
async fn rights_name_agencies_and_days() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    let id = office.file("Quyết định giao đất", "đất").await;
    follow(&office.repository, &*index).await.expect("followed");
    let administrator = Actor { role: Role::Administrator, account: "quan-tri".to_owned(), ..officer() };
    let check = async |right: Right, expected: &[DocumentId]| {
        let granted =
            office.repository.grant_search(&administrator, "can-bo-so", right, "Thử").await.expect("given");
        let answer =
            find(&office.repository, &*index, &stranger(), &request("đất")).await.expect("an answer");
        let found: Vec<DocumentId> = answer.items.iter().map(|item| item.document.id).collect();
        office.repository.revoke_search(&administrator, granted.id, "Thử xong").await.expect("taken back");
        assert_eq!(found, expected, "{granted:?}");
    };
    let agency = |name: &str| Right { agency: Some(name.to_owned()), ..Right::default() };
    check(agency("ubnd phuong ben mo"), &[id]).await;
    check(agency("UBND phường Bến Mít"), &[]).await;
    let days = |from, to| Right { received: Period { from, to }, ..Right::default() };
    check(days(Some(repository::today()), None), &[id]).await;
    check(days(None, Some(jiff::civil::date(2020, 1, 1))), &[]).await;
}

/// Papers that share entries with one are similar, those that share more first; none outside the rights.
#[tokio::test]
async fn papers_with_the_same_entries_are_similar() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    let (plot, road) = ("Giao thửa đất số 5", "Mở rộng đường liên xã");
    let (hall, school) = ("Phòng Địa chính xã Mơ", "Trường tiểu học Bến Mơ");
    let mut ids = Vec::new();
    for entries in [[plot, hall], [plot, school], [road, school], [plot, hall]] {
        ids.push(office.receive(&format!("{entries:?} {}", ids.len())).await);
        let fields = [("subject_matter", entries[0]), ("recipients", entries[1])];
        office.read_with("Quyết định", &entries.join("\n"), &fields).await;
    }
    follow(&office.repository, &*index).await.expect("followed");
    let alike = async |id: DocumentId| {
        let found = similar(&office.repository, &*index, &officer(), id, 5).await.expect("an answer");
        found.into_iter().map(|item| item.document.id).collect::<Vec<_>>()
    };
    assert_eq!(alike(ids[0]).await, [ids[3], ids[1]]);
    assert_eq!(alike(ids[2]).await, [ids[1]]);
    let found = similar(&office.repository, &*index, &stranger(), ids[0], 5).await.expect("an answer");
    assert!(found.is_empty(), "another agency's");
}

/// A person with more papers than a page lists is turned through, also when the database answers.
#[tokio::test]
async fn papers_of_a_number_are_turned_through() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    let mut ids = Vec::new();
    for number in 0..5 {
        let id = office.file("Quyết định", &format!("đất {number}")).await;
        office.confirm(id, "Quyết định", "Trần Thị Bưởi", "079199000002").await;
        ids.insert(0, id);
    }
    let mut turned = Vec::new();
    let mut asked = Request { limit: 2, ..request("079199000002") };
    loop {
        let answer = find(&office.repository, &*index, &officer(), &asked).await.expect("an answer");
        assert_eq!((answer.total, answer.by_key), (5, true));
        turned.extend(answer.items.iter().map(|item| item.document.id));
        let Some(next) = answer.next else { break };
        asked.from = Some(next.to_string().parse().expect("a place that an address carries"));
    }
    assert_eq!(turned, ids);
}

/// Letter O and digit 0 look alike: a key that nobody has is told as the one that somebody has, never silently changed.
#[tokio::test]
async fn a_key_with_o_for_zero_is_asked_back() {
    let office = Office::new().await;
    let index = reopen(&office.index_dir());
    let id = office.file("Quyết định", "đất").await;
    office.confirm(id, "Quyết định", "Trần Thị Bưởi", "079199000002").await;
    follow(&office.repository, &*index).await.expect("followed");
    let code = office.ask(&*index, "Bưởi").await.items[0].document.code.clone().expect("a code").to_string();
    let misread = code.replace('0', "O");
    assert_ne!(misread, code);
    let answer = office.ask(&*index, &misread).await;
    assert_eq!((answer.total, answer.meant.as_deref()), (0, Some(code.as_str())));
    assert_eq!(office.ask(&*index, &code).await.meant, None);
}
