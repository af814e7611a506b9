//! Thời hạn của hồ sơ: computed by values alone from the calendar, the term of the procedure and the clock (DOMAIN §4.1, from NĐ 61/2018/NĐ-CP).

use crate::calendar::{Measure, WorkCalendar, WorkingTime};
use crate::clock::{moment_of, on_the_wall};
use crate::database::{self, Connection, Row};
use crate::error::Result;
use crate::record::*;
use jiff::Timestamp;
use jiff::civil::{Time, time};

/// After this hour a dossier is handed over on the next working day, unless its procedure names another (NĐ 61/2018/NĐ-CP).
const HAND_OVER_CUT_OFF: Time = time(15, 0, 0, 0);
/// Working days within which the owner is told that a dossier is refused or incomplete (NĐ 61/2018/NĐ-CP).
const NOTICE_DAYS: u32 = 3;

/// Stands in `next_by` of a dossier that waits for its owner, to hand something in or to collect the result: behind every deadline.
pub(crate) const WAITING: i64 = i64::MAX - 1;
/// Stands in `next_by` of a dossier that is open and has no deadline: behind those that wait.
pub(crate) const NO_DEADLINE: i64 = i64::MAX;

/// What a procedure says of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// How long it takes; none: the catalogue does not say.
    pub(crate) term: Option<Term>,
    /// After this hour a dossier counts as received on the next working day; none: it counts at once.
    pub(crate) cut_off: Option<Time>,
}

impl Pace {
    /// What a wait is measured in: half a day of waiting is much of a term of hours, and nothing of one of days.
    fn measure(self) -> Measure {
        match self.term {
            Some(Term::WorkingHours(_)) => Measure::Open,
            Some(Term::WorkingDays(_) | Term::Direct) | None => Measure::Days,
        }
    }
}

impl From<&Procedure> for Pace {
    fn from(procedure: &Procedure) -> Pace {
        Pace { term: procedure.term, cut_off: procedure.cut_off }
    }
}

/// What a step does to the deadlines of a dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) deadlines: Deadlines,
    pub(crate) breaches: Vec<Breach>,
}

/// The deadlines of a dossier that is accepted at a moment.
pub(crate) fn count(calendar: &WorkCalendar, pace: Pace, from: Timestamp) -> Deadlines {
    let received = on_the_wall(from);
    let hand_over = match calendar.counts_from(received, Some(pace.cut_off.unwrap_or(HAND_OVER_CUT_OFF))) {
        day if day == received.date() => calendar.closing(day),
        day => calendar.opening(day),
    };
    let first = calendar.counts_from(received, pace.cut_off);
    let due_at = match pace.term {
        None | Some(Term::Direct) => None,
        Some(Term::WorkingDays(days)) => Some(calendar.closing(calendar.add_working_days(first, days))),
        Some(Term::WorkingHours(hours)) => {
            let begin = if first == received.date() { received } else { calendar.opening(first) };
            Some(calendar.add_working_time(begin, WorkingTime::hours(hours)))
        }
    };
    let is_direct = pace.term == Some(Term::Direct);
    Deadlines {
        counted_from: Some(from),
        hand_over_by: (!is_direct).then_some(moment_of(hand_over)),
        notice_by: Some(notice_by(calendar, from)),
        due_at: due_at.map(moment_of),
    }
}

/// The deadlines of a dossier that was registered and is still to be accepted.
pub(crate) fn registered(calendar: &WorkCalendar, at: Timestamp) -> Deadlines {
    Deadlines { notice_by: Some(notice_by(calendar, at)), ..Deadlines::default() }
}

fn notice_by(calendar: &WorkCalendar, from: Timestamp) -> Timestamp {
    moment_of(calendar.closing(calendar.add_working_days(on_the_wall(from).date(), NOTICE_DAYS)))
}

/// The deadlines that a dossier begins with: of what was over before it was entered nothing is promised.
pub(crate) fn opened(
    calendar: &WorkCalendar,
    pace: Pace,
    state: DossierState,
    from: Timestamp,
    now: Timestamp,
) -> Deadlines {
    let counted = match state {
        DossierState::Submitted => registered(calendar, from),
        _ => count(calendar, pace, from),
    };
    let to_come = |deadline: Option<Timestamp>| deadline.filter(|deadline| *deadline > now);
    Deadlines {
        counted_from: counted.counted_from,
        hand_over_by: to_come(counted.hand_over_by),
        notice_by: to_come(counted.notice_by),
        due_at: to_come(counted.due_at),
    }
}

/// What a move does. `left_at`: when the dossier came to the state in which it waits for its owner.
pub(crate) fn step(
    calendar: &WorkCalendar,
    pace: Pace,
    before: &Dossier,
    next: DossierState,
    left_at: Option<Timestamp>,
    now: Timestamp,
) -> Step {
    Step {
        deadlines: after(calendar, pace, before, next, left_at, now),
        breaches: breaches(before, next, now),
    }
}

fn after(
    calendar: &WorkCalendar,
    pace: Pace,
    before: &Dossier,
    next: DossierState,
    left_at: Option<Timestamp>,
    now: Timestamp,
) -> Deadlines {
    use DossierState::*;
    let known = before.deadlines;
    match (before.state, next) {
        (Submitted, Accepted) | (SupplementAsked, Accepted) => count(calendar, pace, now),
        (SupplementAsked, Submitted) => registered(calendar, now),
        (SupplementAsked, Processing) => Deadlines { hand_over_by: None, ..count(calendar, pace, now) },
        // While the owner pays, every clock stands still; each goes on with what was left of it.
        (PaymentAsked, Accepted | Processing) => {
            let waited = working_time(calendar, left_at.unwrap_or(now), now, pace.measure());
            let put_off = |deadline: Option<Timestamp>| {
                deadline.map(|by| moment_of(calendar.add_working_time(on_the_wall(by), waited)))
            };
            Deadlines {
                counted_from: known.counted_from,
                hand_over_by: put_off(known.hand_over_by),
                notice_by: put_off(known.notice_by),
                due_at: put_off(known.due_at),
            }
        }
        _ => known,
    }
}

fn breaches(before: &Dossier, next: DossierState, now: Timestamp) -> Vec<Breach> {
    use DossierState::*;
    let is_over = |deadline: Option<Timestamp>| deadline.is_some_and(|deadline| deadline < now);
    let known = before.deadlines;
    // Papers that are asked for let the term begin anew, and a stop ends it: that the day had passed without a result is kept with them.
    let is_handled = matches!(before.state, Accepted | Processing);
    let ends_term = is_handled && matches!(next, Finished | SupplementAsked | Stopped);
    let found = [
        (Breach::SecondSupplement, next == SupplementAsked && before.supplements_asked > 0),
        (Breach::LateNotice, matches!(next, Refused | SupplementAsked) && is_over(known.notice_by)),
        (Breach::LateHandOver, (before.state, next) == (Accepted, Processing) && is_over(known.hand_over_by)),
        (Breach::LateResult, ends_term && is_over(known.due_at)),
    ];
    found.into_iter().filter(|(_, is_broken)| *is_broken).map(|(breach, _)| breach).collect()
}

fn working_time(calendar: &WorkCalendar, from: Timestamp, to: Timestamp, measure: Measure) -> WorkingTime {
    calendar.working_time_between(on_the_wall(from), on_the_wall(to), measure)
}

/// Years that the appointment of a dossier was counted over and whose lists of days off are not loaded.
pub(crate) fn unlisted_years(calendar: &WorkCalendar, dossier: &Dossier) -> Vec<i16> {
    let Deadlines { counted_from, due_at, .. } = dossier.deadlines;
    let day = |moment: Timestamp| on_the_wall(moment).date();
    counted_from.zip(due_at).map_or_else(Vec::new, |(from, due)| calendar.missing_lists(day(from), day(due)))
}

/// What the queue sorts an open dossier by: the deadline of its next step; none: nothing is to be done any more.
pub(crate) fn next_by(state: DossierState, deadlines: &Deadlines) -> Option<i64> {
    use DossierState::*;
    let Deadlines { hand_over_by, notice_by, due_at, .. } = *deadlines;
    let next = match state {
        Submitted => notice_by,
        Accepted => hand_over_by.into_iter().chain(due_at).min(),
        Processing => due_at,
        // A result that nobody collects is not late: it is there.
        SupplementAsked | PaymentAsked | Finished => return Some(WAITING),
        Stopped => None,
        Refused | Withdrawn | Delivered => return None,
    };
    Some(next.map_or(NO_DEADLINE, Timestamp::as_microsecond))
}

/// Keeps the deadlines of a dossier in a state, and who did the last step.
pub(crate) async fn save(
    connection: &mut Connection,
    id: DossierId,
    state: DossierState,
    deadlines: &Deadlines,
    officer: &str,
) -> Result<()> {
    let micros = |moment: Option<Timestamp>| moment.map(Timestamp::as_microsecond);
    let sql =
        "update dossier set state = $2, counted_from = $3, hand_over_by = $4, notice_by = $5, due_at = $6,
                   next_by = $7, officer = $8 where id = $1";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&state))
        .bind(micros(deadlines.counted_from))
        .bind(micros(deadlines.hand_over_by))
        .bind(micros(deadlines.notice_by))
        .bind(micros(deadlines.due_at))
        .bind(next_by(state, deadlines))
        .bind(officer)
        .execute(connection)
        .await?;
    Ok(())
}

/// The deadlines in a row of a dossier.
pub(crate) fn from_row(row: &Row) -> Result<Deadlines> {
    Ok(Deadlines {
        counted_from: database::read_time_or_none(row, "counted_from")?,
        hand_over_by: database::read_time_or_none(row, "hand_over_by")?,
        notice_by: database::read_time_or_none(row, "notice_by")?,
        due_at: database::read_time_or_none(row, "due_at")?,
    })
}
