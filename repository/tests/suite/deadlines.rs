//! By when a dossier has to be dealt with, told on a clock of the test's own.

use super::fixture::*;
use jiff::Timestamp;
use jiff::civil::{Date, date, time};
use motlan_repository::calendar::{ListedDay, OfficeHours, Session, YearList};
use motlan_repository::record::*;
use motlan_repository::{Clock, Error, Repository};
use std::sync::{Arc, Mutex};

/// A clock that the test sets.
#[derive(Clone)]
struct Wall(Arc<Mutex<Timestamp>>);

impl Wall {
    fn set(&self, shown: &str) {
        *self.0.lock().unwrap() = at(shown);
    }
}

/// A moment by the clocks of Việt Nam.
fn at(shown: &str) -> Timestamp {
    format!("{shown}:00+07:00").parse().unwrap()
}

/// The store of a fixture on a clock.
fn on_wall(fixture: &Fixture, shown: &str) -> (Repository, Wall) {
    let wall = Wall(Arc::new(Mutex::new(at(shown))));
    let hands = wall.clone();
    (fixture.repository.clone().with_clock(Clock::new(move || *hands.0.lock().unwrap())), wall)
}

async fn open(repository: &Repository, received_on: Date, state: DossierState) -> Dossier {
    repository.open_dossier(&officer(), NewDossier { received_on, state, ..dossier() }).await.unwrap()
}

async fn go(repository: &Repository, id: DossierId, state: DossierState) -> Dossier {
    let reason = state.needs_reason().then(|| "Thiếu tờ khai".to_owned());
    repository.move_dossier(&officer(), id, DossierMove { state, reason, in_hand: Vec::new() }).await.unwrap()
}

async fn breaches(repository: &Repository, id: DossierId) -> Vec<Breach> {
    let history = repository.dossier_history(&officer(), id).await.unwrap();
    history.into_iter().flat_map(|event| event.breaches).collect()
}

/// Every deadline of a dossier: hand over, notice, due.
fn deadlines(dossier: &Dossier) -> [Option<Timestamp>; 3] {
    let Deadlines { hand_over_by, notice_by, due_at, .. } = dossier.deadlines;
    [hand_over_by, notice_by, due_at]
}

async fn with_term(fixture: &Fixture, term: Option<Term>, cut_off: Option<jiff::civil::Time>) {
    let procedures = [Procedure { term, cut_off, ..procedure() }];
    fixture.repository.put_procedures(&system(), &procedures).await.unwrap();
}

#[tokio::test]
async fn a_dossier_gets_its_appointment_when_it_is_accepted() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-11-20T10:00");
    let check = async |term, cut_off, shown: &str, expected: [Option<&str>; 3]| {
        with_term(&fixture, term, cut_off).await;
        wall.set(shown);
        let opened = open(
            &repository,
            at(shown).to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(7))).date(),
            DossierState::Accepted,
        )
        .await;
        assert_eq!(deadlines(&opened), expected.map(|shown| shown.map(at)), "{term:?} {shown}");
        assert_eq!(repository.dossier(&officer(), opened.id).await.unwrap(), opened);
    };
    let at_three = Some(time(15, 0, 0, 0));
    let five_days = Some(Term::WorkingDays(5));
    let hand_over = Some("2026-11-20T17:00");
    let notice = Some("2026-11-25T17:00");
    check(five_days, None, "2026-11-20T10:00", [hand_over, notice, Some("2026-11-27T17:00")]).await;
    check(five_days, at_three, "2026-11-20T14:59", [hand_over, notice, Some("2026-11-27T17:00")]).await;
    let monday = Some("2026-11-23T07:30");
    check(five_days, at_three, "2026-11-20T15:01", [monday, notice, Some("2026-11-30T17:00")]).await;
    check(five_days, None, "2026-11-20T15:01", [monday, notice, Some("2026-11-27T17:00")]).await;
    let eight_hours = Some(Term::WorkingHours(8));
    check(eight_hours, None, "2026-11-20T10:00", [hand_over, notice, Some("2026-11-23T10:00")]).await;
    check(eight_hours, at_three, "2026-11-20T16:00", [monday, notice, Some("2026-11-23T17:00")]).await;
    check(Some(Term::Direct), None, "2026-11-20T10:00", [None, notice, None]).await;
    check(None, None, "2026-11-20T10:00", [hand_over, notice, None]).await;
}

#[tokio::test]
async fn nothing_is_promised_for_a_time_that_has_passed() {
    let fixture = Fixture::new().await;
    let (repository, _) = on_wall(&fixture, "2026-11-20T10:00");
    let backlog = open(&repository, date(2026, 1, 5), DossierState::Accepted).await;
    assert_eq!(deadlines(&backlog), [None, None, None]);
    let yesterday = open(&repository, date(2026, 11, 19), DossierState::Accepted).await;
    assert_eq!(deadlines(&yesterday), [None, Some(at("2026-11-24T17:00")), Some(at("2026-11-26T17:00"))]);
    go(&repository, backlog.id, DossierState::Processing).await;
    go(&repository, backlog.id, DossierState::Finished).await;
    assert_eq!(breaches(&repository, backlog.id).await, []);
}

#[tokio::test]
async fn the_days_of_the_lists_are_not_counted() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-02-05T09:00");
    let opened = open(&repository, date(2026, 2, 5), DossierState::Accepted).await;
    assert_eq!(opened.deadlines.due_at, Some(at("2026-02-12T17:00")));
    let day = |day, name: &str| ListedDay { day, name: name.into() };
    let list = YearList {
        year: 2026,
        source: "Quyết định thử".into(),
        holidays: (6..=12).map(|of_month| day(date(2026, 2, of_month), "Tết")).collect(),
        make_up_days: vec![day(date(2026, 2, 14), "Làm bù")],
    };
    let session = Session { from: time(8, 0, 0, 0), to: time(16, 30, 0, 0) };
    let hours = OfficeHours::new(vec![session]).unwrap();
    repository.put_calendar(&administrator(), std::slice::from_ref(&list), Some(&hours)).await.unwrap();
    assert_eq!(repository.calendar_lists().await.unwrap().as_slice(), std::slice::from_ref(&list));
    assert_eq!(repository.dossier(&officer(), opened.id).await.unwrap(), opened, "promises stay");
    let second = open(&repository, date(2026, 2, 5), DossierState::Accepted).await;
    assert_eq!(second.deadlines.due_at, Some(at("2026-02-18T16:30")));
    assert_eq!(second.deadlines.hand_over_by, Some(at("2026-02-05T16:30")));

    let shorter = YearList { holidays: Vec::new(), make_up_days: Vec::new(), ..list.clone() };
    repository.put_calendar(&administrator(), &[shorter], None).await.unwrap();
    wall.set("2026-02-05T10:00");
    let third = open(&repository, date(2026, 2, 5), DossierState::Accepted).await;
    assert_eq!(third.deadlines.due_at, Some(at("2026-02-12T16:30")), "a list replaces that of its year");
    let wrong = YearList { year: 2027, ..list };
    assert!(matches!(
        repository.put_calendar(&administrator(), &[wrong], None).await,
        Err(Error::Invalid { .. })
    ));
    assert!(matches!(repository.put_calendar(&auditor(), &[], None).await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_term_begins_anew_when_the_papers_are_complete_and_stands_still_while_someone_pays() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-10-19T09:00");
    let id = open(&repository, date(2026, 10, 19), DossierState::Accepted).await.id;
    go(&repository, id, DossierState::Processing).await;
    wall.set("2026-10-21T09:00");
    go(&repository, id, DossierState::SupplementAsked).await;
    wall.set("2026-10-26T09:00");
    let back = go(&repository, id, DossierState::Processing).await;
    assert_eq!(deadlines(&back), [None, Some(at("2026-10-29T17:00")), Some(at("2026-11-02T17:00"))]);
    wall.set("2026-10-27T09:00");
    go(&repository, id, DossierState::PaymentAsked).await;
    wall.set("2026-10-29T16:00");
    let paid = go(&repository, id, DossierState::Processing).await;
    assert_eq!(paid.deadlines.due_at, Some(at("2026-11-04T17:00")));
    assert_eq!(breaches(&repository, id).await, []);
    let history = repository.dossier_history(&officer(), id).await.unwrap();
    assert_eq!(history.last().unwrap().due_at, Some(at("2026-11-04T17:00")));
    assert_eq!((history[0].state, history[0].due_at), (DossierState::Accepted, Some(at("2026-10-26T17:00"))));
    assert_eq!(history[2].at, at("2026-10-21T09:00"));
}

#[tokio::test]
async fn while_someone_pays_every_clock_stands_still_in_days_or_in_hours() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-10-19T09:00");
    let pay = async |term, asked: &str, paid: &str, expected: [&str; 3]| {
        with_term(&fixture, Some(term), None).await;
        wall.set("2026-10-19T09:00");
        let id = open(&repository, date(2026, 10, 19), DossierState::Accepted).await.id;
        wall.set(asked);
        go(&repository, id, DossierState::PaymentAsked).await;
        wall.set(paid);
        let back = go(&repository, id, DossierState::Accepted).await;
        assert_eq!(deadlines(&back), expected.map(|shown| Some(at(shown))), "{term:?} {asked} {paid}");
        let on_time = go(&repository, id, DossierState::Processing).await;
        assert_eq!(breaches(&repository, on_time.id).await, []);
    };
    let (days, hours) = (Term::WorkingDays(5), Term::WorkingHours(16));
    let moved = ["2026-10-21T17:00", "2026-10-26T17:00", "2026-10-28T17:00"];
    pay(days, "2026-10-19T10:00", "2026-10-21T16:00", moved).await;
    let same_day = ["2026-10-19T17:00", "2026-10-22T17:00", "2026-10-26T17:00"];
    pay(days, "2026-10-19T10:00", "2026-10-19T16:00", same_day).await;
    let two_hours_and_a_half = ["2026-10-20T10:00", "2026-10-23T10:00", "2026-10-21T11:30"];
    pay(hours, "2026-10-19T10:00", "2026-10-19T14:00", two_hours_and_a_half).await;
}

#[tokio::test]
async fn an_appointment_that_passed_is_late_though_papers_are_asked_for_after_it() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-10-19T09:00");
    let processed = async || {
        wall.set("2026-10-19T09:00");
        let id = open(&repository, date(2026, 10, 19), DossierState::Accepted).await.id;
        go(&repository, id, DossierState::Processing).await;
        wall.set("2026-10-27T09:00");
        id
    };
    let asked = processed().await;
    go(&repository, asked, DossierState::SupplementAsked).await;
    go(&repository, asked, DossierState::Processing).await;
    go(&repository, asked, DossierState::Finished).await;
    assert_eq!(breaches(&repository, asked).await, [Breach::LateNotice, Breach::LateResult]);
    let stopped = processed().await;
    go(&repository, stopped, DossierState::Stopped).await;
    assert_eq!(breaches(&repository, stopped).await, [Breach::LateResult]);
    let waiting = processed().await;
    wall.set("2026-10-22T09:00");
    go(&repository, waiting, DossierState::SupplementAsked).await;
    wall.set("2026-11-20T09:00");
    go(&repository, waiting, DossierState::Stopped).await;
    assert_eq!(breaches(&repository, waiting).await, [], "while its owner is waited for, no term runs");
}

#[tokio::test]
async fn broken_rules_are_kept_and_block_nothing() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-10-12T09:00");
    let id = open(&repository, date(2026, 10, 12), DossierState::Accepted).await.id;
    wall.set("2026-10-13T08:00");
    go(&repository, id, DossierState::Processing).await;
    assert_eq!(breaches(&repository, id).await, [Breach::LateHandOver]);
    wall.set("2026-10-16T08:00");
    go(&repository, id, DossierState::SupplementAsked).await;
    go(&repository, id, DossierState::Processing).await;
    assert_eq!(breaches(&repository, id).await, [Breach::LateHandOver, Breach::LateNotice]);
    let asked = go(&repository, id, DossierState::SupplementAsked).await;
    assert_eq!(asked.supplements_asked, 2);
    go(&repository, id, DossierState::Processing).await;
    wall.set("2026-10-27T08:00");
    go(&repository, id, DossierState::Finished).await;
    let all = [Breach::LateHandOver, Breach::LateNotice, Breach::SecondSupplement, Breach::LateResult];
    assert_eq!(breaches(&repository, id).await, all);

    wall.set("2026-11-02T09:00");
    let online = open(&repository, date(2026, 11, 2), DossierState::Submitted).await;
    assert_eq!(deadlines(&online), [None, Some(at("2026-11-05T17:00")), None]);
    wall.set("2026-11-06T09:00");
    go(&repository, online.id, DossierState::Refused).await;
    assert_eq!(breaches(&repository, online.id).await, [Breach::LateNotice]);
}

#[tokio::test]
async fn one_apology_a_day_before_with_a_new_appointment() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-10-19T09:00");
    let apologize = async |id, due_on: Date| {
        let wish = Apology { due_on, reason: "Chờ cơ quan phối hợp trả lời".into() };
        repository.apologize(&officer(), id, wish).await
    };
    let refused = async |id, due_on, expected: &str| match apologize(id, due_on).await {
        Err(Error::Invalid { message }) => assert!(message.contains(expected), "{message}"),
        other => panic!("{other:?}"),
    };
    let opened = open(&repository, date(2026, 10, 19), DossierState::Accepted).await;
    assert_eq!(opened.deadlines.due_at, Some(at("2026-10-26T17:00")));
    go(&repository, opened.id, DossierState::Processing).await;
    wall.set("2026-10-23T16:00");
    refused(opened.id, date(2026, 10, 26), "sau ngày hẹn cũ").await;
    refused(opened.id, date(2026, 10, 31), "ngày làm việc").await;
    refused(opened.id, date(2206, 10, 30), "kiểm tra lại năm").await;
    let put_off = apologize(opened.id, date(2026, 10, 30)).await.unwrap();
    assert_eq!(put_off.deadlines.due_at, Some(at("2026-10-30T17:00")));
    let extension = put_off.extension.clone().unwrap();
    assert_eq!((extension.before, extension.is_late), (at("2026-10-26T17:00"), false));
    assert_eq!(extension.reason, "Chờ cơ quan phối hợp trả lời");
    assert_eq!(repository.dossier(&officer(), opened.id).await.unwrap(), put_off);
    refused(opened.id, date(2026, 11, 2), "một lần").await;
    assert_eq!(put_off.extension_in_force(), Some(&extension));
    go(&repository, opened.id, DossierState::SupplementAsked).await;
    wall.set("2026-10-26T09:00");
    let counted_anew = go(&repository, opened.id, DossierState::Processing).await;
    assert_eq!(
        (counted_anew.extension.as_ref(), counted_anew.extension_in_force()),
        (Some(&extension), None)
    );

    let late = open(&repository, date(2026, 10, 19), DossierState::Accepted).await;
    wall.set("2026-10-27T08:00");
    let said = apologize(late.id, date(2026, 10, 29)).await.unwrap();
    assert!(said.extension.unwrap().is_late);
    with_term(&fixture, None, None).await;
    let open_end = open(&repository, date(2026, 10, 27), DossierState::Accepted).await;
    refused(open_end.id, date(2026, 10, 29), "đã có ngày hẹn").await;
    let forbidden = Apology { due_on: date(2026, 10, 29), reason: "Thử".into() };
    assert!(matches!(repository.apologize(&leader(), late.id, forbidden).await, Err(Error::Forbidden)));
}

/// Codes of a page by their urgency.
fn shown(page: &QueuePage) -> Vec<(String, Urgency, Option<i64>)> {
    let line = |queued: &QueuedDossier| (queued.code.to_string(), queued.urgency, queued.days_left);
    page.dossiers.iter().map(line).collect()
}

#[tokio::test]
async fn days_are_counted_for_two_years_and_no_further() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-11-11T09:00");
    open(&repository, date(2026, 11, 11), DossierState::Accepted).await;
    let left = async |at: &str| {
        wall.set(at);
        let page = repository.queue_page(&officer(), &QueueFilter::default(), None, 10).await.unwrap();
        (page.dossiers[0].urgency, page.dossiers[0].days_left)
    };
    let (overdue, days) = left("2028-11-01T09:00").await;
    assert!(overdue == Urgency::Overdue && days.is_some_and(|days| days < -400), "{days:?}");
    assert_eq!(left("2029-11-01T09:00").await, (Urgency::Overdue, None), "not as if it were two years");
}

#[tokio::test]
async fn the_queue_begins_with_what_is_due_first() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-11-11T09:00");
    let of_day = async |day: i8, state| {
        wall.set(&format!("2026-11-{day:02}T09:00"));
        let opened = open(&repository, date(2026, 11, day), DossierState::Accepted).await;
        go(&repository, opened.id, state).await
    };
    let waiting = of_day(10, DossierState::SupplementAsked).await;
    let overdue = of_day(11, DossierState::Processing).await;
    let soon = of_day(16, DossierState::Processing).await;
    let today = of_day(13, DossierState::Processing).await;
    let in_time = of_day(17, DossierState::Processing).await;
    let withdrawn = of_day(17, DossierState::Withdrawn).await;
    wall.set("2026-11-20T09:00");
    let backlog = open(&repository, date(2026, 1, 5), DossierState::Accepted).await;

    let filter = QueueFilter::default();
    let page = repository.queue_page(&officer(), &filter, None, 10).await.unwrap();
    let expected = [
        (overdue.code.to_string(), Urgency::Overdue, Some(-2)),
        (today.code.to_string(), Urgency::Today, Some(0)),
        (soon.code.to_string(), Urgency::Soon, Some(1)),
        (in_time.code.to_string(), Urgency::InTime, Some(2)),
        (waiting.code.to_string(), Urgency::Waiting, None),
        (backlog.code.to_string(), Urgency::None, None),
    ];
    assert_eq!(shown(&page), expected);
    assert_eq!(page.counts, Urgency::ALL.map(|urgency| (urgency, 1)));
    assert_eq!((page.next, page.officers.as_slice()), (None, ["can.bo.thu".to_owned()].as_slice()));
    assert!(!shown(&page).iter().any(|(code, ..)| *code == withdrawn.code.to_string()));
    assert_eq!((page.dossiers[0].age_days, page.dossiers[0].subject.as_str()), (Some(7), "Trần Văn Mẫu"));

    let mut turned = Vec::new();
    let mut behind = None;
    loop {
        let page = repository.queue_page(&officer(), &filter, behind, 2).await.unwrap();
        turned.extend(shown(&page));
        let Some(place) = page.next else { break };
        behind = Some(place.to_string().parse().unwrap());
    }
    assert_eq!(turned, expected, "page by page");

    for (urgency, line) in Urgency::ALL.into_iter().zip(&expected) {
        let filter = QueueFilter { urgency: Some(urgency), ..QueueFilter::default() };
        let page = repository.queue_page(&officer(), &filter, None, 10).await.unwrap();
        assert_eq!(shown(&page).as_slice(), std::slice::from_ref(line));
        assert_eq!(
            page.counts,
            Urgency::ALL.map(|urgency| (urgency, 1)),
            "counts are those of the other filters"
        );
    }
    let found = async |filter: QueueFilter| {
        repository.queue_page(&officer(), &filter, None, 10).await.unwrap().dossiers.len()
    };
    let all = QueueFilter::default;
    assert_eq!(found(QueueFilter { state: Some(DossierState::Processing), ..all() }).await, 4);
    assert_eq!(found(QueueFilter { procedure: Some(procedure().code), ..all() }).await, 6);
    assert_eq!(found(QueueFilter { procedure: "9.999999".parse().ok(), ..all() }).await, 0);
    assert_eq!(found(QueueFilter { officer: Some("nguoi.khac".into()), ..all() }).await, 0);
    let mine =
        QueueFilter { officer: Some("can.bo.thu".into()), state: Some(DossierState::Accepted), ..all() };
    assert_eq!(found(mine).await, 1);
    let entries = fixture.subject_entries(overdue.subject.id).await;
    repository.queue_page(&officer(), &filter, None, 10).await.unwrap();
    assert_eq!(fixture.subject_entries(overdue.subject.id).await, entries + 1, "a list names people");
    assert!(matches!(repository.queue_page(&auditor(), &filter, None, 10).await, Err(Error::Forbidden)));
}

#[tokio::test]
async fn a_result_that_nobody_collects_waits_and_is_not_late() {
    let fixture = Fixture::new().await;
    let (repository, wall) = on_wall(&fixture, "2026-10-19T09:00");
    let id = open(&repository, date(2026, 10, 19), DossierState::Accepted).await.id;
    go(&repository, id, DossierState::Processing).await;
    wall.set("2026-10-23T09:00");
    let finished = go(&repository, id, DossierState::Finished).await;
    wall.set("2026-11-20T09:00");
    let page = repository.queue_page(&officer(), &QueueFilter::default(), None, 10).await.unwrap();
    assert_eq!(shown(&page), [(finished.code.to_string(), Urgency::Waiting, None)]);
    assert_eq!(page.dossiers[0].due_at, Some(at("2026-10-26T17:00")));
    assert_eq!(breaches(&repository, id).await, []);
}

#[tokio::test]
async fn ages_are_counted_over_two_years() {
    let fixture = Fixture::new().await;
    let catalogue = [Procedure { valid_from: date(1990, 1, 1), ..procedure() }];
    fixture.repository.put_procedures(&system(), &catalogue).await.unwrap();
    let (repository, _) = on_wall(&fixture, "2026-11-20T09:00");
    for received_on in [date(2010, 3, 1), date(2024, 11, 19), date(2024, 11, 20), date(2026, 11, 19)] {
        open(&repository, received_on, DossierState::Accepted).await;
    }
    let page = repository.queue_page(&officer(), &QueueFilter::default(), None, 10).await.unwrap();
    let mut ages: Vec<_> = page.dossiers.iter().map(|line| (line.received_on, line.age_days)).collect();
    ages.sort();
    // From a Wednesday to a Friday two years later: 104 weeks and two days, without the eight fixed holidays.
    let expected = [
        (date(2010, 3, 1), None),
        (date(2024, 11, 19), None),
        (date(2024, 11, 20), Some(514)),
        (date(2026, 11, 19), Some(1)),
    ];
    assert_eq!(ages, expected);
}

#[tokio::test]
async fn the_queue_is_mended_where_older_programs_wrote() {
    let fixture = Fixture::new().await;
    let (repository, _) = on_wall(&fixture, "2026-11-20T09:00");
    let open_one = async || open(&repository, date(2026, 11, 20), DossierState::Accepted).await;
    let (unknown, finished, delivered) = (open_one().await, open_one().await, open_one().await);
    let sql = fixture.sql().await;
    for (dossier, set) in
        [(&unknown, "next_by = null"), (&finished, "state = 'finished'"), (&delivered, "state = 'delivered'")]
    {
        sql.execute(&format!("update dossier set {set} where id = '{}'", dossier.id)).await;
    }
    sql.execute("delete from _sqlx_migrations where description = 'mended queue'").await;
    drop(fixture.another().await);
    let page = repository.queue_page(&officer(), &QueueFilter::default(), None, 10).await.unwrap();
    let expected = [
        (finished.code.to_string(), Urgency::Waiting, None),
        (unknown.code.to_string(), Urgency::None, None),
    ];
    assert_eq!(shown(&page), expected);
}

#[tokio::test]
async fn a_term_that_nobody_can_keep_is_refused() {
    let fixture = Fixture::new().await;
    for term in [Term::WorkingDays(0), Term::WorkingDays(501), Term::WorkingHours(0)] {
        let wrong = [Procedure { term: Some(term), ..procedure() }];
        let refused = fixture.repository.put_procedures(&system(), &wrong).await;
        assert!(matches!(refused, Err(Error::Invalid { .. })), "{term:?}");
    }
    let kept =
        Procedure { term: Some(Term::WorkingHours(8)), cut_off: Some(time(15, 0, 0, 0)), ..procedure() };
    fixture.repository.put_procedures(&system(), std::slice::from_ref(&kept)).await.unwrap();
    assert_eq!(fixture.repository.procedures().await.unwrap(), [kept]);
}
