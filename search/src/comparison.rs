//! What every engine is tried with beside the contract: Vietnamese as people type it, and a long random life beside [`Memory`].

use crate::contract::{document_id, keys, paper, put, subject_id};
use crate::{Cursor, Filter, Force, Index, Memory, Order, Query, Question, Update};
use jiff::civil::Date;
use repository::record::{Bounds, Period, Right, Scope, agency_key};
use std::sync::Arc;

/// Spellings, phrases and numbers; tones rank first.
pub(crate) fn finds_vietnamese(index: &dyn Index) {
    let check = |query: &str, text: &str, found: bool| {
        index.apply(vec![put(1, "", text)], 1).expect("applied");
        assert_eq!(!keys(index, query).is_empty(), found, "{query:?} in {text:?}");
    };
    check("quyen su dung dat", "Giấy chứng nhận quyền sử dụng đất", true);
    check("QUYEN SU DUNG DAT", "quyền sử dụng đất", true);
    check("quyền sử dụng đất", "QUYỀN SỬ DỤNG ĐẤT", true);
    check("quyền sử dụng đất", "quyen su dung dat", true);
    check("quyen su dung nha", "quyền sử dụng đất", false);
    check("hoà", "hòa", true);
    check("Hòa", "HOÀ", true);
    check("thuý", "thúy", true);
    check("đ", "d", true);
    check("d", "đ", true);
    check("đinh", "dinh", true);
    check("giấy chứng nhận", "gia\u{302}\u{301}y chu\u{31b}\u{301}ng nha\u{323}\u{302}n", true);
    check("gia\u{302}\u{301}y", "giấy", true);
    check("gia", "gia\u{302}\u{301}y", false);
    check("\"khai sinh\"", "giấy khai sinh", true);
    check("\"khai sinh\"", "khai báo ngày sinh", false);
    check("khai sinh", "khai báo ngày sinh", true);
    check("nhân-dân", "Ủy ban nhân dân", true);
    check("nhân dân", "Nhân-Dân", true);
    check("12/QĐ-UBND", "Căn cứ Quyết định số 12/QĐ-UBND ngày", true);
    check("12/qd-ubnd", "số 12/QĐ-UBND", true);
    check("12/QĐ", "số 12/QĐ-UBND", true);
    check("2/QĐ-UBND", "số 12/QĐ-UBND", false);
    check("12/QĐ-UBND", "12 người, theo QĐ của UBND", false);
    check("45/2020/NĐ-CP", "theo 45/2020/NĐ-CP", true);
    check("AB 123456", "số phát hành AB 123456", true);
    check("05/04/2023", "ngày 05/04/2023", true);
    check("nguyen van an", "Nguyễn Văn An,", true);
    check("Nguyễn Văn An 079099000001", "Nguyễn Văn An 079099000001", false);
    check("079099000001", "số 079099000001", false);
    check("079 099 000 001", "số 079 099 000 001", false);
    check("0314409058-002", "MST 0314409058-002", false);
    check("C1234567", "hộ chiếu C1234567", false);
    let batch = vec![put(1, "", "má"), put(2, "ma ma", "ma"), put(3, "", "mã"), put(4, "", "cá má")];
    index.apply(batch, 1).expect("applied");
    assert_eq!(keys(index, "má"), [4, 1, 2, 3]);
    assert_eq!(keys(index, "mã"), [3, 2, 4, 1]);
    assert_eq!(keys(index, "ma"), [2, 4, 3, 1]);
}

/// A long random life, with rebuilds: an engine and the map agree on every answer, to the order and the score. `index` gives the engine,
/// after a restart where that is asked for.
pub(crate) fn agrees_with_memory(mut index: impl FnMut(bool) -> Arc<dyn Index>) {
    let memory = Memory::new();
    let mut dice = Dice(20_261_121);
    for step in 1..=120 {
        let batch = (0..dice.below(8)).map(|_| random_update(&mut dice)).collect::<Vec<_>>();
        index(false).apply(batch.clone(), step).expect("applied");
        memory.apply(batch, step).expect("applied");
        if dice.below(12) == 0 {
            rebuilds(&[&*index(false), &memory], &mut dice, step);
        }
        let is_restart = dice.below(10) == 0;
        check_same(&*index(is_restart), &memory, &mut dice);
    }
}

/// Both are built anew, from other papers; until that is done they answer as before.
fn rebuilds(indexes: &[&dyn Index; 2], dice: &mut Dice, step: u64) {
    indexes.iter().for_each(|index| index.begin_rebuild().expect("begun"));
    for _ in 0..dice.below(4) {
        let batch = (0..dice.below(20)).map(|_| random_update(dice)).collect::<Vec<_>>();
        indexes.iter().for_each(|index| index.apply(batch.clone(), 0).expect("applied"));
        check_same(indexes[0], indexes[1], dice);
    }
    indexes.iter().for_each(|index| index.finish_rebuild(step).expect("finished"));
}

fn check_same(left: &dyn Index, right: &dyn Index, dice: &mut Dice) {
    assert_eq!(left.last_change().expect("a number"), right.last_change().expect("a number"));
    assert_eq!(left.digests().expect("papers"), right.digests().expect("papers"));
    for _ in 0..10 {
        let mut query = random_search(dice);
        for _ in 0..3 {
            let found = left.search(&query).expect("answered");
            assert_eq!(found, right.search(&query).expect("answered"), "{query:?}");
            let Some(last) = found.hits.last() else { break };
            query.after = Some(Cursor { rank: last.rank, document: last.document });
        }
    }
}

const WORDS: &[&str] = &[
    "đất",
    "dat",
    "Đát",
    "hòa",
    "hoà",
    "hoa",
    "ở",
    "o",
    "giấy",
    "giay",
    "khai",
    "khaii",
    "gìấv",
    "sinh",
    "sính",
    "12/QĐ-UBND",
    "12",
    "QĐ",
    "UBND",
    "nhân-dân",
    "nhan",
    "dân",
    "079099000001",
    "QD",
    "2024",
    // Long numbers and their tails.
    "01695788",
    "95788",
    "695788",
    "5788",
    // What readings take for one another.
    "đinh",
    "đlnh",
    "lâm",
    "1âm",
    "mẫu",
    "rnẫu",
];

fn random_text(dice: &mut Dice, most: usize) -> String {
    (0..dice.below(most + 1)).map(|_| WORDS[dice.below(WORDS.len())]).collect::<Vec<_>>().join(" ")
}

fn random_search(dice: &mut Dice) -> Query {
    let mut question = Question::words(&random_query(dice));
    if dice.below(4) == 0 {
        question = question.tolerant();
    }
    if dice.below(4) == 0 {
        question.excluded = Question::words(&random_text(dice, 1)).units;
        question.key.clear();
    }
    if dice.below(6) == 0 && question.least > 1 {
        question.least -= 1;
        question.key.clear();
    }
    question.filter = random_filter(dice);
    let order = [Order::Relevance, Order::Relevance, Order::Newest, Order::Oldest][dice.below(4)];
    let facets = dice.below(2) == 0;
    Query { order, facets, ..Query::new(question, random_scope(dice), dice.below(20)) }
}

fn random_filter(dice: &mut Dice) -> Filter {
    let mut filter = Filter::default();
    match dice.below(14) {
        0 => filter.types = vec![repository::DocumentType::Decision],
        1 => filter.states = vec![repository::record::DocumentState::Stored],
        2 => filter.number = Some(crate::question::number_key("12 qd-ubnd")),
        3 => filter.issued = random_period(dice),
        4 => filter.agency = Question::words(&random_text(dice, 2)).units,
        5 => filter.force = Some((Force::InForce, random_day(dice))),
        6 => filter.force = Some((Force::Expired, random_day(dice))),
        7 => filter.subject = Some(subject_id(dice.below(5) as u128)),
        _ => {}
    }
    filter
}

fn random_scope(dice: &mut Dice) -> Scope {
    if dice.below(3) > 0 {
        return Scope::everything();
    }
    Scope { rights: (0..dice.below(4)).map(|_| random_right(dice)).collect() }
}

fn random_right(dice: &mut Dice) -> Right {
    Right {
        subject: (dice.below(2) == 0).then(|| subject_id(dice.below(5) as u128)),
        agency: (dice.below(3) == 0).then(|| WORDS[dice.below(WORDS.len())].to_owned()),
        received: if dice.below(3) == 0 { random_period(dice) } else { Period::default() },
    }
}

fn random_period(dice: &mut Dice) -> Period {
    let day = |dice: &mut Dice| (dice.below(3) > 0).then(|| random_day(dice));
    Period { from: day(dice), to: day(dice) }
}

fn random_day(dice: &mut Dice) -> Date {
    let day = 1 + dice.below(28) as i8;
    jiff::civil::date(1968 + dice.below(4) as i16, 1 + dice.below(12) as i8, day)
}

fn random_bounds(dice: &mut Dice) -> Bounds {
    Bounds {
        subjects: (0..dice.below(3)).map(|_| subject_id(dice.below(5) as u128)).collect(),
        agencies: (0..dice.below(3)).map(|_| agency_key(WORDS[dice.below(WORDS.len())])).collect(),
        received_on: random_day(dice),
    }
}

/// What a search returns is what the rights say, on 100,000 random facts: 500 scopes over 200 papers.
pub(crate) fn returns_what_the_rights_allow(index: &dyn Index) {
    let mut dice = Dice(7);
    let papers = (0..200).map(|key| {
        let mut paper = paper(key, "Giấy", "");
        paper.bounds = random_bounds(&mut dice);
        paper
    });
    let papers = papers.collect::<Vec<_>>();
    index
        .apply(papers.iter().map(|paper| Update::Put(Box::new(paper.clone()))).collect(), 1)
        .expect("applied");
    for _ in 0..500 {
        let scope = Scope { rights: (0..dice.below(4)).map(|_| random_right(&mut dice)).collect() };
        let query = Query::new(Question::words("giấy"), scope.clone(), crate::HITS_MAX);
        let found = index.search(&query).expect("answered");
        let allowed = papers.iter().rev().filter(|paper| scope.covers(&paper.bounds));
        let allowed = allowed.map(|paper| paper.document.id).collect::<Vec<_>>();
        assert_eq!(found.hits.iter().map(|hit| hit.document).collect::<Vec<_>>(), allowed, "{scope:?}");
        assert_eq!(found.total, allowed.len());
    }
}

fn random_query(dice: &mut Dice) -> String {
    let text = random_text(dice, 4);
    if dice.below(5) == 0 { format!("\"{text}\" {}", random_text(dice, 2)) } else { text }
}

pub(crate) fn random_update(dice: &mut Dice) -> Update {
    let key = dice.below(40) as u128;
    if dice.below(4) == 0 {
        return Update::Remove(document_id(key));
    }
    let mut paper = paper(key, &random_text(dice, 4), &random_text(dice, 12));
    paper.pages.push((2, random_text(dice, 12)));
    paper.document.number = (dice.below(3) == 0).then(|| random_text(dice, 2));
    paper.document.agency = (dice.below(3) == 0).then(|| random_text(dice, 2));
    if dice.below(3) == 0 {
        paper.document.document_type = repository::DocumentType::Decision;
        paper.document.state = repository::record::DocumentState::Stored;
    }
    paper.document.issued_on = (dice.below(2) == 0).then(|| random_day(dice));
    paper.document.valid_until = (dice.below(2) == 0).then(|| random_day(dice));
    paper.bounds = random_bounds(dice);
    Update::Put(Box::new(paper))
}

/// Numbers that look random and are the same in every run.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}
