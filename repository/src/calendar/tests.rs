use super::*;
use jiff::civil::{date, datetime, time};

/// 2027 as a list might say it: an invented Tết, a day exchanged for a Saturday.
fn listed() -> WorkCalendar {
    let day = |day: Date, name: &str| ListedDay { day, name: name.into() };
    let tet = (5..=11).map(|of_month| day(date(2027, 2, of_month), "Tết"));
    let list = YearList {
        year: 2027,
        source: "Danh sách thử".into(),
        holidays: tet.chain([day(date(2027, 9, 3), "Quốc khánh")]).collect(),
        make_up_days: vec![day(date(2027, 2, 20), "Làm bù")],
    };
    WorkCalendar::new([list], OfficeHours::default())
}

#[test]
fn weekends_holidays_and_made_up_days() {
    let calendar = listed();
    let check = |day: Date, works: bool, holiday: Option<&str>| {
        assert_eq!((calendar.is_working_day(day), calendar.holiday(day)), (works, holiday), "{day}");
    };
    check(date(2026, 11, 20), true, None);
    check(date(2026, 11, 21), false, None);
    check(date(2027, 1, 1), false, Some("Tết Dương lịch"));
    check(date(2027, 2, 8), false, Some("Tết"));
    check(date(2027, 2, 12), true, None);
    check(date(2027, 2, 20), true, None);
    check(date(2027, 2, 27), false, None);
    check(date(2027, 9, 2), false, Some("Quốc khánh"));
    check(date(2027, 9, 3), false, Some("Quốc khánh"));
}

#[test]
fn a_fixed_holiday_at_a_weekend_gives_the_next_working_day_off() {
    let calendar = WorkCalendar::default();
    let check = |year: i16, expected: &[(i8, i8)]| {
        let days = date(year, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() == year);
        let off = days.filter(|day| calendar.holiday(*day) == Some("Nghỉ bù"));
        assert_eq!(off.map(|day| (day.month(), day.day())).collect::<Vec<_>>(), expected, "{year}");
    };
    // 30/4 a Saturday, 1/5 a Sunday.
    check(2022, &[(1, 3), (5, 2), (5, 3)]);
    // 1/5 a Saturday.
    check(2027, &[(5, 3)]);
    // 30/4 a Sunday: the next day is a holiday itself. 1/1 a Saturday, 2/9 too.
    check(2028, &[(1, 3), (5, 2), (9, 4)]);
    check(2026, &[]);
}

#[test]
fn a_day_off_for_a_holiday_at_a_weekend_is_given_once_though_a_list_names_it() {
    // 2/9/2028 is a Saturday, 30/4/2028 a Sunday, 1/1/2028 a Saturday.
    let day =
        |(month, of_month)| ListedDay { day: date(2028, month, of_month), name: "Quốc khánh".into() };
    let check = |listed: &[(i8, i8)], worked: (i8, i8)| {
        let holidays = listed.iter().copied().map(day).collect();
        let list = YearList { year: 2028, source: "Thử".into(), holidays, make_up_days: Vec::new() };
        let calendar = WorkCalendar::new([list], OfficeHours::default());
        let (last, next) = (date(2028, 9, 1), date(2028, worked.0, worked.1));
        assert_eq!(calendar.next_working_day(last), next, "{listed:?}");
    };
    check(&[], (9, 5));
    check(&[(9, 4)], (9, 5));
    check(&[(9, 4), (9, 5)], (9, 6));
    check(&[(1, 26)], (9, 5));
}

#[test]
fn terms_are_counted_without_their_first_day() {
    let calendar = listed();
    let check = |from: Date, days: u32, expected: Date| {
        assert_eq!(calendar.add_working_days(from, days), expected, "{from} + {days}");
    };
    check(date(2026, 11, 20), 0, date(2026, 11, 20));
    check(date(2026, 11, 20), 1, date(2026, 11, 23));
    check(date(2026, 11, 22), 1, date(2026, 11, 23));
    check(date(2026, 11, 20), 5, date(2026, 11, 27));
    check(date(2026, 12, 31), 1, date(2027, 1, 4));
    check(date(2027, 2, 4), 1, date(2027, 2, 12));
    check(date(2027, 2, 19), 1, date(2027, 2, 20));
    check(date(9999, 12, 30), 9, Date::MAX);
}

#[test]
fn hours_pass_while_the_counter_is_open() {
    let calendar = listed();
    let check = |from: DateTime, hours: u32, expected: DateTime| {
        let added = calendar.add_working_time(from, WorkingTime::hours(hours));
        assert_eq!(added, expected, "{from} + {hours}");
    };
    check(datetime(2026, 11, 21, 9, 0, 0, 0), 0, datetime(2026, 11, 21, 9, 0, 0, 0));
    check(datetime(2026, 11, 20, 7, 30, 0, 0), 4, datetime(2026, 11, 20, 11, 30, 0, 0));
    check(datetime(2026, 11, 20, 7, 30, 0, 0), 8, datetime(2026, 11, 20, 17, 0, 0, 0));
    check(datetime(2026, 11, 20, 16, 15, 0, 0), 1, datetime(2026, 11, 23, 7, 45, 0, 0));
    check(datetime(2026, 11, 20, 12, 0, 0, 0), 1, datetime(2026, 11, 20, 14, 0, 0, 0));
    check(datetime(2026, 11, 21, 9, 0, 0, 0), 8, datetime(2026, 11, 23, 17, 0, 0, 0));
    check(datetime(2027, 2, 4, 17, 0, 0, 0), 2, datetime(2027, 2, 12, 9, 30, 0, 0));
}

#[test]
fn whole_days_keep_the_hour() {
    let calendar = listed();
    let friday = datetime(2026, 11, 20, 16, 15, 0, 0);
    let added = calendar.add_working_time(friday, WorkingTime::Days(2));
    assert_eq!(added, datetime(2026, 11, 24, 16, 15, 0, 0));
    let between = calendar.working_time_between(friday, datetime(2026, 11, 24, 8, 0, 0, 0), Measure::Days);
    assert_eq!(between, WorkingTime::Days(2));
    let backwards = calendar.working_time_between(added, friday, Measure::Open);
    assert_eq!(backwards, WorkingTime::Open(jiff::SignedDuration::ZERO));
}

#[test]
fn what_comes_after_the_cut_off_counts_from_the_next_working_day() {
    let calendar = listed();
    let check = |received: DateTime, cut_off: Option<Time>, expected: Date| {
        assert_eq!(calendar.counts_from(received, cut_off), expected, "{received}");
    };
    let at_three = Some(time(15, 0, 0, 0));
    check(datetime(2026, 11, 20, 15, 0, 0, 0), at_three, date(2026, 11, 20));
    check(datetime(2026, 11, 20, 15, 0, 1, 0), at_three, date(2026, 11, 23));
    check(datetime(2026, 11, 20, 15, 0, 1, 0), None, date(2026, 11, 20));
    check(datetime(2026, 11, 21, 16, 0, 0, 0), at_three, date(2026, 11, 23));
    check(datetime(2027, 2, 4, 15, 30, 0, 0), at_three, date(2027, 2, 12));
}

#[test]
fn a_year_without_a_list_is_named() {
    let check = |from: Date, to: Date, expected: &[i16]| {
        assert_eq!(listed().missing_lists(from, to), expected);
    };
    check(date(2027, 1, 4), date(2027, 12, 31), &[]);
    check(date(2026, 12, 30), date(2027, 1, 4), &[2026]);
    check(date(2026, 12, 30), date(2028, 1, 4), &[2026, 2028]);
}

#[test]
fn lists_and_hours_that_contradict_themselves_are_refused() {
    let day = |day: Date| ListedDay { day, name: "Tết".into() };
    let list = |holidays: Vec<ListedDay>, make_up_days: Vec<ListedDay>| {
        YearList { year: 2027, source: "Thử".into(), holidays, make_up_days }.check().is_ok()
    };
    assert!(list(vec![day(date(2027, 2, 5))], vec![day(date(2027, 2, 20))]));
    assert!(!list(vec![day(date(2028, 2, 5))], vec![]));
    assert!(!list(vec![day(date(2027, 2, 5))], vec![day(date(2027, 2, 5))]));
    assert!(!list(vec![ListedDay { day: date(2027, 2, 5), name: " ".into() }], vec![]));
    let hours = |times: &[(i8, i8)]| {
        let session = |(from, to): &(i8, i8)| Session { from: time(*from, 0, 0, 0), to: time(*to, 0, 0, 0) };
        OfficeHours::new(times.iter().map(session).collect()).is_ok()
    };
    assert!(hours(&[(8, 12), (13, 17)]) && hours(&[(7, 19)]));
    assert!(
        !hours(&[]) && !hours(&[(12, 8)]) && !hours(&[(8, 13), (12, 17)]) && !hours(&[(13, 17), (8, 12)])
    );
}

/// The slow, obvious version: every day of some years written down, and time that passes minute by minute.
mod obvious {
    use super::*;
    use jiff::ToSpan;

    /// Three of the fixed holidays of this year are at a weekend.
    const FIRST: Date = date(2028, 1, 1);
    const DAYS: i64 = 3 * 365;
    const CALENDARS: u64 = 150;
    const QUESTIONS: u64 = 20;

    /// Numbers that look like chance and are the same in every run (splitmix64).
    struct Chance(u64);

    impl Chance {
        fn below(&mut self, end: i64) -> i64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) % end as u64) as i64
        }

        fn days(&mut self) -> Vec<Date> {
            (0..self.below(14)).map(|_| later(self.below(365))).collect()
        }
    }

    fn later(days: i64) -> Date {
        FIRST.saturating_add(days.days())
    }

    fn calendar(off: &[Date], made_up: &[Date]) -> WorkCalendar {
        let day = |day: &Date| ListedDay { day: *day, name: "Thử".into() };
        let list = YearList {
            year: FIRST.year(),
            source: "Thử".into(),
            holidays: off.iter().map(day).collect(),
            make_up_days: made_up.iter().map(day).collect(),
        };
        WorkCalendar::new([list], OfficeHours::default())
    }

    /// Whether each day is worked, by crossing days out one reason after the other.
    fn works(off: &[Date], made_up: &[Date]) -> BTreeMap<Date, bool> {
        let at_weekend = |day: Date| day.weekday().to_monday_one_offset() > 5;
        let mut works: BTreeMap<_, _> = (0..DAYS).map(later).map(|day| (day, !at_weekend(day))).collect();
        let is_fixed = |day: &Date| [(1, 1), (4, 30), (5, 1), (9, 2)].contains(&(day.month(), day.day()));
        let fixed: Vec<_> = works.keys().copied().filter(is_fixed).collect();
        works.extend(fixed.iter().map(|day| (*day, false)));
        for day in fixed.iter().filter(|day| at_weekend(**day) && !made_up.contains(day)) {
            let next = works.iter().find(|(other, works)| *other > day && **works).map(|(other, _)| *other);
            works.extend(next.map(|next| (next, false)));
        }
        works.extend(off.iter().map(|day| (*day, false)));
        works.extend(made_up.iter().map(|day| (*day, true)));
        works
    }

    #[test]
    fn days_are_those_of_the_obvious_version() {
        for case in 0..CALENDARS {
            let mut chance = Chance(case);
            let (off, made_up) = (chance.days(), chance.days());
            let (calendar, works) = (calendar(&off, &made_up), works(&off, &made_up));
            for (day, works) in &works {
                assert_eq!(calendar.is_working_day(*day), *works, "{day} of calendar {case}");
            }
            let worked: Vec<Date> = works.iter().filter(|(_, works)| **works).map(|(day, _)| *day).collect();
            for _ in 0..QUESTIONS {
                let (from, count) = (later(chance.below(700)), chance.below(60) as u32);
                let after: Vec<Date> = worked.iter().copied().filter(|day| *day > from).collect();
                let last = if count == 0 { from } else { after[count as usize - 1] };
                assert_eq!(
                    calendar.add_working_days(from, count),
                    last,
                    "{from} + {count} of calendar {case}"
                );
                let until = from.saturating_add(i64::from(count).days());
                let between = after.iter().filter(|day| **day <= until).count();
                let counted = calendar.working_days_between(from, until) as usize;
                assert_eq!(counted, between, "{from} to {until} of calendar {case}");
            }
        }
    }

    #[test]
    fn hours_are_those_of_the_obvious_version() {
        for case in 0..CALENDARS {
            let mut chance = Chance(case);
            let (off, made_up) = (chance.days(), chance.days());
            let (calendar, works) = (calendar(&off, &made_up), works(&off, &made_up));
            let begin = later(chance.below(700)).to_datetime(Time::midnight());
            let begin = begin.saturating_add(chance.below(24 * 60).minutes());
            let hours = 1 + chance.below(30) as u32;
            let (mut now, mut passed) = (begin, 0);
            while passed < hours * 60 {
                let of_day = i32::from(now.hour()) * 60 + i32::from(now.minute());
                let is_open = (450..690).contains(&of_day) || (780..1020).contains(&of_day);
                passed += u32::from(is_open && works[&now.date()]);
                now = now.saturating_add(1.minutes());
            }
            let time = WorkingTime::hours(hours);
            assert_eq!(calendar.add_working_time(begin, time), now, "{begin} + {hours} of calendar {case}");
            let between = calendar.working_time_between(begin, now, Measure::Open);
            assert_eq!(between, time, "{begin} to {now} of calendar {case}");
        }
    }
}
