//! What every [`Index`] must do. Each implementation calls [`check`] in a test.

use crate::index::{Cursor, HITS_MAX, Index, Order, Query, Update};
use crate::{Facets, Filter, Force, Question};
use jiff::civil::{Date, date};
use repository::DocumentType;
use repository::record::{
    Bounds, Document, DocumentId, DocumentState, IndexableDocument, Origin, Original, Period, Right, Scope,
    SubjectId, Validity, agency_key,
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
    words_are_left_out(&*make());
    letters_are_misread(&*make());
    letters_look_alike(&*make());
    numbers_are_known_by_their_end(&*make());
    a_word_is_missing(&*make());
    spellings_are_one(&*make());
    some_words_suffice(&*make());
    filters_choose(&*make());
    days_order(&*make());
    hits_are_counted_by_what_they_are(&*make());
    scopes_hide(&*make());
    digests_tell_papers_apart(&*make());
    a_rebuild_takes_the_place(&*make());
    what_is_forgotten_is_not_missed(&*make());
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
    let bounds = Bounds { subjects: Vec::new(), agencies: Vec::new(), received_on: date(1970, 1, 1) };
    IndexableDocument {
        document,
        owners: Vec::new(),
        fields: Vec::new(),
        pages: vec![(1, text.to_owned())],
        bounds,
    }
}

/// The key of a subject from a number.
pub fn subject_id(key: u128) -> SubjectId {
    SubjectId(document_id(key).0)
}

/// A key from a number; a higher number is a younger paper.
pub fn document_id(key: u128) -> DocumentId {
    DocumentId(format!("{key:032x}").parse().expect("32 hexadecimal digits are a key"))
}

/// The same as a part of a batch.
pub(crate) fn put(key: u128, title: &str, text: &str) -> Update {
    Update::Put(Box::new(paper(key, title, text)))
}

fn apply(index: &dyn Index, updates: Vec<Update>, last_change: u64) {
    index.apply(updates, last_change).expect("the batch is applied");
}

/// Keys of the hits of a question, best first.
pub(crate) fn keys(index: &dyn Index, text: &str) -> Vec<u128> {
    page(index, text, HITS_MAX, None).0
}

/// Keys of a page of hits, and their total.
fn page(index: &dyn Index, text: &str, limit: usize, after: Option<Cursor>) -> (Vec<u128>, usize) {
    answer(index, &Query { after, ..Query::new(Question::words(text), Scope::everything(), limit) })
}

fn answer(index: &dyn Index, query: &Query) -> (Vec<u128>, usize) {
    let found = index.search(query).expect("the query is answered");
    (found.hits.iter().map(|hit| hit.document.0.as_u128()).collect(), found.total)
}

fn asked(index: &dyn Index, question: Question) -> Vec<u128> {
    answer(index, &Query::new(question, Scope::everything(), HITS_MAX)).0
}

fn ranks(index: &dyn Index, question: Question) -> Vec<(u128, f32)> {
    let query = Query::new(question, Scope::everything(), HITS_MAX);
    let hits = index.search(&query).expect("the query is answered").hits;
    hits.iter().map(|hit| (hit.document.0.as_u128(), hit.rank)).collect()
}

fn all_keys(index: &dyn Index) -> Vec<u128> {
    index.digests().expect("the papers are listed").iter().map(|(id, _)| id.0.as_u128()).collect()
}

fn last_change(index: &dyn Index) -> u64 {
    index.last_change().expect("the number is known")
}

fn an_empty_index_answers_nothing(index: &dyn Index) {
    assert_eq!(last_change(index), 0);
    assert_eq!(page(index, "giấy", 10, None), (vec![], 0));
    assert_eq!(page(index, "", 10, None), (vec![], 0));
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
    let once = (keys(index, "giấy phép"), page(index, "giấy phép", 1, None).1);
    apply(index, batch(), 2);
    assert_eq!((keys(index, "giấy phép"), page(index, "giấy phép", 1, None).1), once);
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
    apply(index, (1..=25).map(|key| put(key, if key % 3 == 0 { "giấy" } else { "" }, "giấy")).collect(), 25);
    let whole = ranks(index, Question::words("giấy"));
    let mut turned = Vec::new();
    let mut after = None;
    for _ in 0..4 {
        let query = Query { after, ..Query::new(Question::words("giấy"), Scope::everything(), 7) };
        let found = index.search(&query).expect("the query is answered");
        assert_eq!(found.total, 25);
        turned.extend(found.hits.iter().map(|hit| (hit.document.0.as_u128(), hit.rank)));
        after = found.hits.last().map(|hit| Cursor { rank: hit.rank, document: hit.document });
    }
    assert_eq!(turned, whole);
    assert_eq!(page(index, "giấy", 7, after), (vec![], 25));
    assert_eq!(page(index, "giấy", 0, None), (vec![], 25));
    // The paper of a cursor may be gone when the next page is asked for.
    let (third, rank) = whole[2];
    apply(index, vec![Update::Remove(document_id(third))], 26);
    let after = Some(Cursor { rank, document: document_id(third) });
    let rest = whole[3..].iter().map(|(key, _)| *key).collect::<Vec<_>>();
    assert_eq!(page(index, "giấy", HITS_MAX, after), (rest, 24));
}

fn limits_hold(index: &dyn Index) {
    let count = HITS_MAX as u128 + 1;
    apply(index, (1..=count).map(|key| put(key, "", "giấy")).collect(), 1);
    assert_eq!(page(index, "giấy", usize::MAX, None).0.len(), HITS_MAX);
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
    assert_eq!(keys(index, "12/qd-ubnd"), [1, 2]);
    assert_eq!(keys(index, "12 ubnd"), [1, 2]);
    assert_eq!(keys(index, "ubnd  PHƯỜNG bến mơ"), [1, 2]);
    assert_eq!(keys(index, "QD"), [1, 2]);
    assert_eq!(keys(index, "2/qđ-ubnd"), []);
}

fn scores_rank(index: &dyn Index) {
    let scores = |text: &str| ranks(index, Question::words(text));
    let batch = vec![
        put(1, "Đất ở", "lâu dài"),
        put(2, "Giấy", "đất làm nhà ở"),
        put(3, "Giấy", "đất ở"),
        put(4, "Dat o", "khong dau"),
        put(5, "Giấy", "đất o"),
    ];
    apply(index, batch, 5);
    // Two syllables 2, two tones 20, side by side 6, both in the title 6.
    assert_eq!(scores("đất ở"), [(1, 34.0), (3, 28.0), (2, 22.0), (5, 18.0), (4, 14.0)]);
    assert_eq!(scores("dat o"), [(4, 34.0), (1, 34.0), (5, 28.0), (3, 28.0), (2, 22.0)]);
    assert_eq!(scores("\"đất ở\""), [(1, 28.0), (3, 22.0), (4, 8.0), (5, 2.0)]);
    // Three syllables 33, two pairs 12, all of them 12; one pair 6; none.
    let batch = vec![put(6, "", "an binh xa la"), put(7, "", "xa an la binh xa"), put(8, "", "xa binh an")];
    apply(index, batch, 8);
    assert_eq!(scores("an binh xa"), [(6, 57.0), (7, 39.0), (8, 33.0)]);
    assert_eq!(scores("đất xanh"), []);
}

fn words_are_left_out(index: &dyn Index) {
    apply(index, vec![put(1, "", "giấy đất"), put(2, "", "giấy dat"), put(3, "", "giấy nhà ở")], 3);
    let without = |text: &str| {
        let excluded = Question::words(text).units;
        asked(index, Question { excluded, key: String::new(), ..Question::words("giấy") })
    };
    assert_eq!(without("dat"), [3]);
    assert_eq!(without("đất"), [3, 2]);
    assert_eq!(without("\"nhà ở\""), [2, 1]);
    assert_eq!(without("\"ở nhà\""), [3, 2, 1]);
    assert_eq!(asked(index, Question { excluded: Question::words("đất").units, ..Question::default() }), []);
}

fn letters_are_misread(index: &dyn Index) {
    let batch = vec![
        put(1, "", "quyết định 2024"),
        put(2, "", "quyct dinh 2024"),
        put(3, "", "quyết dịnn 2025"),
        put(4, "", "qyuet đinh"),
        put(5, "", "quyet"),
    ];
    apply(index, batch, 5);
    let tolerant = |text: &str| ranks(index, Question::words(text).tolerant());
    assert_eq!(asked(index, Question::words("quyết định")), [1]);
    // Two syllables and the order, with two tones, one and none.
    assert_eq!(tolerant("quyết định"), [(1, 12.0), (3, 10.0), (2, 8.0)]);
    assert_eq!(tolerant("2024"), [(2, 3.0), (1, 3.0)]);
    assert_eq!(tolerant("dinh 2024"), [(2, 12.0), (1, 12.0)]);
    assert_eq!(tolerant("\"quyet dinh\"").len(), 1);
    assert_eq!(tolerant("đin"), []);
}

fn letters_look_alike(index: &dyn Index) {
    apply(index, vec![put(1, "", "đinh 1âm"), put(2, "", "trang rnẫu"), put(3, "", "lăm")], 3);
    let tolerant = |text: &str| ranks(index, Question::words(text).tolerant());
    assert_eq!(asked(index, Question::words("lâm mẫu")), []);
    // Two words, one as typed, and side by side.
    assert_eq!(tolerant("đinh lâm"), [(1, 10.0)]);
    assert_eq!(tolerant("trang mẫu"), [(2, 10.0)]);
    assert_eq!(tolerant("lâm"), [(3, 1.0), (1, 1.0)]);
    assert_eq!(tolerant("âm"), []);
}

fn numbers_are_known_by_their_end(index: &dyn Index) {
    let batch = vec![
        put(1, "", "số AA 01695788"),
        put(2, "", "95788"),
        put(3, "", "957881"),
        put(4, "", "số 11220788"),
        put(5, "", "788"),
    ];
    apply(index, batch, 5);
    let tolerant = |text: &str| ranks(index, Question::words(text).tolerant());
    assert_eq!(keys(index, "95788"), [2]);
    assert_eq!(tolerant("95788"), [(2, 3.0), (1, 3.0)]);
    assert_eq!(tolerant("788"), [(5, 3.0)]);
    assert_eq!(tolerant("0788"), [(5, 3.0), (4, 3.0)]);
}

fn a_word_is_missing(index: &dyn Index) {
    apply(index, vec![put(1, "", "một hai ba bốn"), put(2, "", "một hai ba"), put(3, "", "một hai")], 3);
    let patient = |text: &str| asked(index, Question::words(text).with_misses());
    assert_eq!(patient("một hai ba năm"), [2, 1]);
    assert_eq!(patient("một hai ba bốn"), [1, 2]);
    assert_eq!(patient("một hai năm"), []);
}

fn spellings_are_one(index: &dyn Index) {
    let mut council = paper(1, "Quyết định", "UBND P. Bến Mơ, ngày 05 tháng 4 năm 2023");
    council.document.issued_on = Some(date(2024, 12, 1));
    let batch = vec![
        Update::Put(Box::new(council)),
        put(2, "", "Uỷ ban nhân dân phường Bến Mơ, 5/4/2023"),
        put(3, "", "lí lịch kĩ thuật"),
    ];
    apply(index, batch, 3);
    let found = |text: &str| {
        let mut keys = keys(index, text);
        keys.sort_unstable();
        keys
    };
    for spelling in ["ubnd phường bến mơ", "ủy ban nhân dân p. bến mơ", "\"UBND phường\"", "nhân dân"]
    {
        assert_eq!(found(spelling), [1, 2], "{spelling}");
    }
    for spelling in ["5/4/2023", "05-04-2023", "5 tháng 4 năm 2023", "tháng 4 năm 2023", "2023-04-05"] {
        assert_eq!(found(spelling), [1, 2], "{spelling}");
    }
    assert_eq!(keys(index, "ngày 1 tháng 12 năm 2024"), [1]);
    assert_eq!((keys(index, "lý lịch kỹ thuật"), keys(index, "li lich")), (vec![3], vec![3]));
}

fn some_words_suffice(index: &dyn Index) {
    let batch =
        vec![put(1, "", "một hai ba"), put(2, "", "một bốn"), put(3, "", "hai mot"), put(4, "", "ba")];
    apply(index, batch, 4);
    let least = |text: &str, least: usize| {
        ranks(index, Question { least, key: String::new(), ..Question::words(text) })
    };
    assert_eq!(least("một hai bốn", 2), [(2, 22.0), (1, 22.0), (3, 12.0)]);
    assert_eq!(
        least("một hai ba", 3),
        ranks(index, Question { key: String::new(), ..Question::words("một hai ba") })
    );
    assert_eq!(least("một hai bốn", 3), []);
}

/// A paper with everything that filters ask for.
fn described(
    key: u128,
    document_type: DocumentType,
    agency: &str,
    issued_on: Option<Date>,
) -> IndexableDocument {
    let mut described = paper(key, "Giấy", "tờ");
    described.document.document_type = document_type;
    described.document.agency = (!agency.is_empty()).then(|| agency.to_owned());
    described.document.issued_on = issued_on;
    described
}

fn filters_choose(index: &dyn Index) {
    let mut first = described(1, DocumentType::Decision, "UBND phường Bến Mơ", Some(date(2023, 4, 5)));
    first.document.number = Some("12/QĐ-UBND".to_owned());
    first.document.valid_until = Some(date(2024, 12, 31));
    first.document.state = DocumentState::Stored;
    let mut second = described(2, DocumentType::BirthCertificate, "UBND xã Mơ Bến", Some(date(2024, 1, 1)));
    second.bounds.subjects = vec![subject_id(7), subject_id(8)];
    let third = described(3, DocumentType::Other, "", None);
    apply(index, [first, second, third].map(|paper| Update::Put(Box::new(paper))).into(), 3);
    let of = |filter: Filter| asked(index, Question { filter, ..Question::default() });
    let words = |text: &str| Question::words(text).units;
    let any = Filter::default;
    assert_eq!(of(Filter { types: vec![DocumentType::Decision, DocumentType::Other], ..any() }), [3, 1]);
    assert_eq!(of(Filter { states: vec![DocumentState::Stored], ..any() }), [1]);
    let number = |text: &str| Some(crate::question::number_key(text));
    assert_eq!(of(Filter { number: number("12 qd-ubnd"), ..any() }), [1]);
    assert_eq!(of(Filter { number: number("12/QĐ"), ..any() }), []);
    let issued = |from, to| Filter { issued: Period { from, to }, ..any() };
    assert_eq!(of(issued(Some(date(2023, 4, 5)), Some(date(2023, 12, 31)))), [1]);
    assert_eq!(of(issued(Some(date(2023, 4, 6)), None)), [2]);
    assert_eq!(of(issued(None, Some(date(2024, 1, 1)))), [2, 1]);
    assert_eq!(of(Filter { agency: words("ben mo"), ..any() }), [2, 1]);
    assert_eq!(of(Filter { agency: words("\"ben mo\""), ..any() }), [1]);
    let force = |force, day| Filter { force: Some((force, day)), ..any() };
    assert_eq!(of(force(Force::InForce, date(2024, 12, 31))), [3, 2, 1]);
    assert_eq!(of(force(Force::InForce, date(2025, 1, 1))), [3, 2]);
    assert_eq!(of(force(Force::Expired, date(2025, 1, 1))), [1]);
    assert_eq!(of(Filter { subject: Some(subject_id(8)), ..any() }), [2]);
    assert_eq!(of(Filter { subject: Some(subject_id(9)), ..any() }), []);
    assert_eq!(of(any()), []);
    let both = Question { filter: Filter { agency: words("xã"), ..any() }, ..Question::words("tờ") };
    assert_eq!(asked(index, both), [2]);
}

fn days_order(index: &dyn Index) {
    let days = [Some(date(2023, 4, 5)), None, Some(date(1969, 1, 2)), Some(date(2023, 4, 5)), None];
    let papers = (1..).zip(days).map(|(key, day)| described(key, DocumentType::Other, "", day));
    apply(index, papers.map(|paper| Update::Put(Box::new(paper))).collect(), 5);
    let turned = |order: Order| {
        let mut query = Query { order, ..Query::new(Question::words("giấy"), Scope::everything(), 2) };
        let mut turned = Vec::new();
        for _ in 0..3 {
            let hits = index.search(&query).expect("the query is answered").hits;
            query.after = hits.last().map(|hit| Cursor { rank: hit.rank, document: hit.document });
            turned.extend(hits.iter().map(|hit| hit.document.0.as_u128()));
        }
        turned
    };
    assert_eq!(turned(Order::Newest), [4, 1, 3, 5, 2]);
    assert_eq!(turned(Order::Oldest), [3, 4, 1, 5, 2]);
}

fn hits_are_counted_by_what_they_are(index: &dyn Index) {
    let (birth, other) = (DocumentType::BirthCertificate, DocumentType::Other);
    let (one, two) = (Some(date(2023, 4, 5)), Some(date(2024, 4, 5)));
    let papers =
        [(birth, "UBND xã A", one), (birth, "UBND xã B", two), (other, "UBND xã B", two), (other, "", None)];
    let papers = (1..).zip(papers).map(|(key, (kind, agency, day))| described(key, kind, agency, day));
    apply(index, papers.map(|paper| Update::Put(Box::new(paper))).collect(), 4);
    let facets = |text: &str, scope: Scope| {
        let query = Query { facets: true, ..Query::new(Question::words(text), scope, 1) };
        index.search(&query).expect("the query is answered").facets
    };
    let counted = |values: &[(&str, u64)]| {
        values.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect::<Vec<_>>()
    };
    let expected = Facets {
        types: counted(&[("KHAC", 2), ("KS", 2)]),
        agencies: counted(&[("UBND xã B", 2), ("UBND xã A", 1)]),
        years: counted(&[("2024", 2), ("2023", 1)]),
        states: counted(&[("extracted", 4)]),
    };
    assert_eq!(facets("giấy", Scope::everything()), expected);
    assert_eq!(facets("giấy", Scope::default()), Facets::default());
    let query = Query::new(Question::words("giấy"), Scope::everything(), 1);
    assert_eq!(index.search(&query).expect("the query is answered").facets, Facets::default());
}

/// Nothing of an answer speaks of a paper outside the scope.
fn scopes_hide(index: &dyn Index) {
    let bounded = |key, subjects: &[u128], agency: &str, received_on| {
        let mut bounded = paper(key, "Giấy", "tờ");
        let subjects = subjects.iter().map(|key| subject_id(*key)).collect();
        bounded.bounds = Bounds { subjects, agencies: vec![agency_key(agency)], received_on };
        Update::Put(Box::new(bounded))
    };
    let batch = vec![
        bounded(1, &[7], "UBND phường Bến Mơ", date(2024, 1, 1)),
        bounded(2, &[7, 8], "UBND xã Mơ Bến", date(2024, 2, 1)),
        bounded(3, &[], "UBND phường Bến Mơ", date(2025, 1, 1)),
    ];
    apply(index, batch, 3);
    let seen = |rights: &[Right]| {
        let query = Query::new(Question::words("giấy"), Scope { rights: rights.to_vec() }, HITS_MAX);
        let (keys, total) = answer(index, &query);
        assert_eq!(keys.len(), total);
        keys
    };
    let subject = |key| Right { subject: Some(subject_id(key)), ..Right::default() };
    let agency = |name: &str| Right { agency: Some(name.to_owned()), ..Right::default() };
    let received = |from, to| Right { received: Period { from, to }, ..Right::default() };
    assert_eq!(seen(&[]), []);
    assert_eq!(seen(&[Right::default()]), [3, 2, 1]);
    assert_eq!(seen(&[subject(7)]), [2, 1]);
    assert_eq!(seen(&[subject(8), agency("ubnd phuong ben mo")]), [3, 2, 1]);
    assert_eq!(seen(&[agency("UBND  PHƯỜNG BẾN MƠ")]), [3, 1]);
    assert_eq!(seen(&[agency("UBND")]), []);
    assert_eq!(seen(&[received(Some(date(2024, 1, 2)), None)]), [3, 2]);
    assert_eq!(seen(&[received(None, Some(date(2024, 1, 1)))]), [1]);
    let narrow = Right { received: Period { from: Some(date(2024, 2, 1)), to: None }, ..subject(7) };
    assert_eq!(seen(&[narrow]), [2]);
    assert_eq!(seen(&[subject(9)]), []);
}

fn digests_tell_papers_apart(index: &dyn Index) {
    let mut papers = [paper(1, "Giấy", "tờ"), paper(2, "Giấy", "tờ"), paper(3, "Giấy", "từ")];
    papers[2].bounds.subjects.push(subject_id(7));
    apply(index, papers.iter().cloned().map(|paper| Update::Put(Box::new(paper))).collect(), 1);
    let digests = || index.digests().expect("the papers are listed");
    let expected = papers.iter().map(|paper| (paper.document.id, crate::digest(paper))).collect::<Vec<_>>();
    assert_eq!(digests(), expected);
    let before = digests();
    papers[2].bounds.subjects.pop();
    apply(index, vec![Update::Put(Box::new(papers[2].clone()))], 2);
    assert_eq!(digests()[..2], before[..2]);
    assert_ne!(digests()[2], before[2]);
}

fn a_rebuild_takes_the_place(index: &dyn Index) {
    apply(index, vec![put(1, "Giấy", "cũ")], 3);
    assert!(!index.is_outdated());
    index.begin_rebuild().expect("a rebuild is begun");
    apply(index, vec![put(2, "Giấy", "bỏ dở")], 0);
    index.begin_rebuild().expect("a rebuild is begun again");
    apply(index, vec![put(3, "Giấy", "mới")], 0);
    assert_eq!((keys(index, "giấy"), last_change(index), all_keys(index)), (vec![1], 3, vec![1]));
    index.finish_rebuild(9).expect("the rebuild is finished");
    assert_eq!((keys(index, "giấy"), last_change(index), all_keys(index)), (vec![3], 9, vec![3]));
    index.finish_rebuild(10).expect_err("no rebuild is under way");
    apply(index, vec![put(4, "Giấy", "sau")], 11);
    assert_eq!((keys(index, "giấy"), last_change(index)), (vec![4, 3], 11));
}

fn what_is_forgotten_is_not_missed(index: &dyn Index) {
    apply(index, vec![put(1, "Giấy", "một"), put(2, "Giấy", "hai"), put(3, "Giấy", "ba")], 3);
    apply(index, vec![Update::Remove(document_id(1)), put(2, "Giấy", "bốn")], 5);
    index.forget_removed().expect("papers are forgotten");
    assert_eq!((keys(index, "giấy"), last_change(index), all_keys(index)), (vec![3, 2], 5, vec![2, 3]));
    assert_eq!((keys(index, "một hai"), keys(index, "bốn")), (vec![], vec![2]));
    index.forget_removed().expect("nothing is left to forget");
    apply(index, vec![put(4, "Giấy", "năm")], 6);
    assert_eq!((keys(index, "giấy"), last_change(index)), (vec![4, 3, 2], 6));
}
