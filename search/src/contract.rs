//! What every [`Index`] must do. Each implementation calls [`check`] in a test.

use crate::index::{HITS_MAX, Index, OFFSET_MAX, Query, Update};
use repository::DocumentType;
use repository::record::{
    Document, DocumentId, DocumentState, IndexableDocument, Origin, Original, Validity,
};
use std::sync::Arc;

/// Checks an implementation; `make` gives a new, empty index each time. Panics where the contract is broken.
pub fn check(make: impl Fn() -> Arc<dyn Index>) {
    an_empty_index_answers_nothing(&*make());
    applied_papers_are_found(&*make());
    a_batch_counts_in_order(&*make());
    applying_twice_is_the_same_as_once(&*make());
    numbers_travel_without_papers(&*make());
    pages_of_hits_fit_together(&*make());
    limits_hold(&*make());
    keys_find_papers(&*make());
    scores_rank(&*make());
    clearing_forgets(&*make());
    a_change_that_is_told_is_found(&*make());
}

/// A paper to put into an index: key, title, text of its only page. Everything else is empty.
pub fn paper(key: u128, title: &str, text: &str) -> IndexableDocument {
    let document = Document {
        id: document_id(key),
        code: None,
        state: DocumentState::Extracted,
        document_type: DocumentType::Other,
        title: title.to_owned(),
        number: None,
        issued_on: None,
        valid_until: None,
        agency: None,
        subject: None,
        place: None,
        original: Original {
            file_name: String::new(),
            media_type: "image/jpeg".to_owned(),
            bytes: 0,
            sha256: String::new(),
        },
        page_count: Some(1),
        pages_read: 1,
        pages_to_review: 0,
        problem: None,
        trust_level: None,
        origin: Origin::default(),
        validity: Validity::Valid,
        superseded_by: None,
        version: 1,
        received_at: jiff::Timestamp::UNIX_EPOCH,
        received_by: "contract".to_owned(),
        confirmed_at: None,
        confirmed_by: None,
    };
    IndexableDocument { document, fields: Vec::new(), pages: vec![(1, text.to_owned())] }
}

/// A key from a number; a higher number is a younger paper.
pub fn document_id(key: u128) -> DocumentId {
    DocumentId(format!("{key:032x}").parse().expect("32 hexadecimal digits are a key"))
}

fn put(key: u128, title: &str, text: &str) -> Update {
    Update::Put(Box::new(paper(key, title, text)))
}

fn apply(index: &dyn Index, updates: Vec<Update>, last_change: u64) {
    index.apply(updates, last_change).expect("the batch is applied");
}

fn keys(index: &dyn Index, text: &str) -> Vec<u128> {
    page(index, text, HITS_MAX, 0).0
}

/// Keys of a page of hits, and their total.
fn page(index: &dyn Index, text: &str, limit: usize, offset: usize) -> (Vec<u128>, usize) {
    let query = Query { text: text.to_owned(), limit, offset };
    let found = index.search(&query).expect("the query is answered");
    (found.hits.iter().map(|hit| hit.document.0.as_u128()).collect(), found.total)
}

fn all_keys(index: &dyn Index) -> Vec<u128> {
    index.document_ids().expect("the keys are listed").iter().map(|id| id.0.as_u128()).collect()
}

fn last_change(index: &dyn Index) -> u64 {
    index.last_change().expect("the number is known")
}

fn an_empty_index_answers_nothing(index: &dyn Index) {
    assert_eq!(last_change(index), 0);
    assert_eq!(page(index, "giấy", 10, 0), (vec![], 0));
    assert_eq!(page(index, "", 10, 0), (vec![], 0));
    assert!(all_keys(index).is_empty());
}

fn applied_papers_are_found(index: &dyn Index) {
    apply(index, vec![put(2, "Giấy khai sinh", "họ và tên"), put(1, "Quyết định", "họ")], 7);
    assert_eq!(last_change(index), 7);
    assert_eq!(keys(index, "khai sinh"), [2]);
    assert_eq!(keys(index, "họ"), [2, 1]);
    assert_eq!(all_keys(index), [1, 2]);
    apply(index, vec![put(2, "Giấy khai sinh", "địa chỉ"), Update::Remove(document_id(1))], 9);
    assert_eq!(last_change(index), 9);
    assert_eq!(keys(index, "họ"), []);
    assert_eq!(keys(index, "địa chỉ"), [2]);
    assert_eq!(all_keys(index), [2]);
}

/// Whoever waits for a change by its number finds its paper at once, also while the next one is written.
fn a_change_that_is_told_is_found(index: &dyn Index) {
    const CHANGES: u64 = 30;
    std::thread::scope(|threads| {
        let writing = threads.spawn(|| {
            for change in 1..=CHANGES {
                apply(index, vec![put(u128::from(change), "", "tờ")], change);
            }
        });
        while !writing.is_finished() {
            let told = last_change(index);
            assert!(keys(index, "tờ").len() as u64 >= told, "change {told} was told before it can be found");
        }
    });
    assert_eq!((last_change(index), keys(index, "tờ").len() as u64), (CHANGES, CHANGES));
}

fn a_batch_counts_in_order(index: &dyn Index) {
    let remove = || Update::Remove(document_id(1));
    apply(index, vec![put(1, "", "một"), put(1, "", "hai")], 1);
    assert_eq!((keys(index, "một"), keys(index, "hai")), (vec![], vec![1]));
    apply(index, vec![remove(), put(1, "", "ba")], 2);
    assert_eq!(keys(index, "ba"), [1]);
    apply(index, vec![put(1, "", "bốn"), remove()], 3);
    assert!(all_keys(index).is_empty());
    apply(index, vec![remove()], 4);
    assert!(all_keys(index).is_empty());
}

fn applying_twice_is_the_same_as_once(index: &dyn Index) {
    let batch = || vec![put(1, "Giấy phép", "xây dựng"), put(2, "Giấy phép", "lái xe")];
    apply(index, batch(), 2);
    let once = (keys(index, "giấy phép"), page(index, "giấy phép", 1, 0).1);
    apply(index, batch(), 2);
    assert_eq!((keys(index, "giấy phép"), page(index, "giấy phép", 1, 0).1), once);
    assert_eq!(once, (vec![2, 1], 2));
    assert_eq!(all_keys(index), [1, 2]);
}

fn numbers_travel_without_papers(index: &dyn Index) {
    apply(index, vec![], 5);
    assert_eq!(last_change(index), 5);
    apply(index, vec![put(1, "", "giấy")], u64::MAX);
    assert_eq!(last_change(index), u64::MAX);
    apply(index, vec![], 0);
    assert_eq!((last_change(index), keys(index, "giấy")), (0, vec![1]));
}

fn pages_of_hits_fit_together(index: &dyn Index) {
    apply(index, (1..=25).map(|key| put(key, "", "giấy")).collect(), 25);
    let first = page(index, "giấy", 10, 0);
    let last = page(index, "giấy", 10, 20);
    assert_eq!(first, ((16..=25).rev().collect(), 25));
    assert_eq!(last, ((1..=5).rev().collect(), 25));
    assert_eq!(page(index, "giấy", 10, 25), (vec![], 25));
    assert_eq!(page(index, "giấy", 0, 0), (vec![], 25));
}

fn limits_hold(index: &dyn Index) {
    let count = HITS_MAX as u128 + 1;
    apply(index, (1..=count).map(|key| put(key, "", "giấy")).collect(), 1);
    assert_eq!(page(index, "giấy", usize::MAX, 0).0.len(), HITS_MAX);
    assert_eq!(page(index, "giấy", 1, usize::MAX), page(index, "giấy", 1, OFFSET_MAX));
    assert_eq!(keys(index, &"giấy ".repeat(10_000)).len(), HITS_MAX);
    assert_eq!(keys(index, &"x".repeat(100_000)), []);
}

fn keys_find_papers(index: &dyn Index) {
    let mut decision = paper(1, "Quyết định", "nội dung");
    decision.document.document_type = DocumentType::Decision;
    decision.document.number = Some("12/QĐ-UBND".to_owned());
    decision.document.agency = Some("UBND phường Bến Mơ".to_owned());
    let citing = put(2, "Công văn", "căn cứ 12/QĐ-UBND của UBND phường Bến Mơ, mã QD");
    apply(index, vec![Update::Put(Box::new(decision)), citing], 2);
    assert_eq!(keys(index, "12/qđ-ubnd"), [1, 2]);
    assert_eq!(keys(index, "12/qd-ubnd"), [2, 1]);
    assert_eq!(keys(index, "12 ubnd"), [2, 1]);
    assert_eq!(keys(index, "ubnd  PHƯỜNG bến mơ"), [1, 2]);
    assert_eq!(keys(index, "QD"), [1, 2]);
    assert_eq!(keys(index, "2/qđ-ubnd"), []);
}

fn scores_rank(index: &dyn Index) {
    let scores = |text: &str| {
        let query = Query { text: text.to_owned(), limit: 10, offset: 0 };
        let hits = index.search(&query).expect("the query is answered").hits;
        hits.iter().map(|hit| (hit.document.0.as_u128(), hit.score)).collect::<Vec<_>>()
    };
    let batch = vec![
        put(1, "Đất ở", "lâu dài"),
        put(2, "Giấy", "đất làm nhà ở"),
        put(3, "Giấy", "đất ở"),
        put(4, "Dat o", "khong dau"),
        put(5, "Giấy", "đất o"),
    ];
    apply(index, batch, 5);
    // Two syllables 2, two tones 8, order 2, title 1.
    assert_eq!(scores("đất ở"), [(1, 13.0), (3, 12.0), (2, 10.0), (5, 8.0), (4, 5.0)]);
    assert_eq!(scores("dat o"), [(4, 5.0), (1, 5.0), (5, 4.0), (3, 4.0), (2, 2.0)]);
    assert_eq!(scores("\"đất ở\""), [(1, 11.0), (3, 10.0), (4, 3.0), (5, 2.0)]);
    assert_eq!(scores("đất xanh"), []);
}

fn clearing_forgets(index: &dyn Index) {
    apply(index, vec![put(1, "Giấy", "tờ")], 3);
    index.clear().expect("the index is cleared");
    an_empty_index_answers_nothing(index);
    apply(index, vec![put(1, "Giấy", "tờ")], 4);
    assert_eq!((keys(index, "giấy"), last_change(index)), (vec![1], 4));
}
