//! The queue of a counter: open dossiers by the deadline of their next step. Each page is read from an index behind the last dossier of the
//! page before, and what is counted is counted in an index alone, however many dossiers are open.

use crate::Repository;
use crate::access::Touched;
use crate::calendar::WorkCalendar;
use crate::clock::on_the_wall;
use crate::database::{self, Connection, Query, Row};
use crate::deadlines::{NO_DEADLINE, WAITING};
use crate::error::Result;
use crate::record::*;
use crate::ties;
use crate::{calendar_years, subjects};
use jiff::civil::Date;
use jiff::{Span, Timestamp};

/// Most dossiers of a page.
const PAGE_MAX: u32 = 200;
/// Working days before the deadline during which a dossier is said to be nearly due.
const SOON_DAYS: u32 = 1;
/// Working days are counted one by one: a backlog of thirty years would cost every page of it half a million looks at the calendar. Nobody
/// needs to know of an older dossier by how many days it is too old, nor of a later deadline how far away it is.
const COUNTED_YEARS_MAX: i64 = 2;

/// One line of each dossier; before it may stand how the question is to be explained.
macro_rules! select_lines {
    ($before:literal) => {
        concat!(
            $before,
            "select d.id, d.code, d.procedure_code, d.procedure_name, d.state, d.received_on, d.next_by, d.due_at,
                 d.officer, d.subject_id, s.name as subject_name,
                 (select count(*) from dossier_extension e where e.dossier_id = d.id) as extended
             from dossier d join subject s on s.id = d.subject_id where d.next_by is not null"
        )
    };
}

/// How many dossiers have their deadline before each of three bounds, and how many wait for their owner or have none.
macro_rules! select_counts {
    () => {
        "select cast(sum(case when next_by < $1 then 1 else 0 end) as bigint) as overdue,
         cast(sum(case when next_by >= $1 and next_by < $2 then 1 else 0 end) as bigint) as today,
         cast(sum(case when next_by >= $2 and next_by < $3 then 1 else 0 end) as bigint) as soon,
         cast(sum(case when next_by >= $3 and next_by < $4 then 1 else 0 end) as bigint) as in_time,
         cast(sum(case when next_by = $4 then 1 else 0 end) as bigint) as waiting,
         cast(sum(case when next_by > $4 then 1 else 0 end) as bigint) as without
     from dossier d where d.next_by is not null"
    };
}

/// [`select_counts`] of all.
const COUNTS: &str = select_counts!();
/// Who did the last step of an open dossier.
const OFFICERS: &str = "select distinct officer from dossier
    where receiver_key = $1 and next_by is not null and officer is not null order by officer";

/// Where one urgency ends and the next begins, in what the queue is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// Now: what lies before is overdue.
    overdue: i64,
    /// End of today.
    today: i64,
    /// End of the working days that are soon.
    soon: i64,
}

impl Bounds {
    pub(crate) fn new(calendar: &WorkCalendar, now: Timestamp) -> Bounds {
        let today = on_the_wall(now).date();
        let end = |day: Date| database::start_of(day.tomorrow().unwrap_or(Date::MAX)).as_microsecond();
        let soon = calendar.add_working_days(today, SOON_DAYS);
        Bounds { overdue: now.as_microsecond(), today: end(today), soon: end(soon) }
    }

    pub(crate) fn urgency(self, next_by: i64) -> Urgency {
        match next_by {
            NO_DEADLINE => Urgency::None,
            WAITING => Urgency::Waiting,
            next_by if next_by < self.overdue => Urgency::Overdue,
            next_by if next_by < self.today => Urgency::Today,
            next_by if next_by < self.soon => Urgency::Soon,
            _ => Urgency::InTime,
        }
    }

    /// The first value of an urgency and the first one after it.
    fn range(self, urgency: Urgency) -> (i64, i64) {
        match urgency {
            Urgency::Overdue => (i64::MIN, self.overdue),
            Urgency::Today => (self.overdue, self.today),
            Urgency::Soon => (self.today, self.soon),
            Urgency::InTime => (self.soon, WAITING),
            Urgency::Waiting => (WAITING, NO_DEADLINE),
            // Nothing is greater, so the range has no end.
            Urgency::None => (NO_DEADLINE, NO_DEADLINE),
        }
    }
}

impl Repository {
    /// A page of the queue of the actor's agency, behind a place. Access entry (`Search`) per subject, or one for an empty page: a list names people too.
    pub async fn queue_page(
        &self,
        actor: &Actor,
        filter: &QueueFilter,
        behind: Option<QueuePlace>,
        limit: u32,
    ) -> Result<QueuePage> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let (now, limit) = (self.now(), limit.clamp(1, PAGE_MAX));
        let mut snapshot = self.database().read().await?;
        let calendar = calendar_years::read(&mut snapshot).await?;
        let bounds = Bounds::new(&calendar, now);
        let question = database::query(select_lines!(""));
        let receiver = ties::receiver_key(actor);
        let mut rows =
            lines(question, &receiver, filter, bounds, behind, limit + 1).fetch_all(&mut *snapshot).await?;
        let counts = counts(&mut snapshot, &receiver, filter, bounds).await?;
        let officers = database::query(OFFICERS).bind(receiver).fetch_all(&mut *snapshot).await?;
        drop(snapshot);
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let named = rows.iter().map(|row| database::read_word(row, "subject_id"));
        let named = named.collect::<Result<Vec<SubjectId>>>()?;
        let next = rows.last().filter(|_| has_more).map(place_of).transpose()?;
        let dossiers = rows.iter().map(|row| dossier_from(row, &calendar, bounds, now));
        let dossiers = dossiers.collect::<Result<_>>()?;
        self.note_access(actor, Action::Search, &subjects::touched(named)).await?;
        let officers = officers.iter().map(|row| row.get("officer")).collect::<Result<_>>()?;
        Ok(QueuePage { dossiers, next, counts, officers })
    }
}

fn lines(
    question: Query,
    receiver: &str,
    filter: &QueueFilter,
    bounds: Bounds,
    behind: Option<QueuePlace>,
    limit: u32,
) -> Query {
    let mut question = narrowed(question, receiver, filter);
    if let Some(urgency) = filter.urgency {
        let (first, end) = bounds.range(urgency);
        question = question.with(" and d.next_by >=").with_list([first]);
        if first < end {
            question = question.with(" and d.next_by <").with_list([end]);
        }
    }
    if let Some(place) = behind {
        let place: [database::Value; 2] = [place.next_by.into(), place.id.to_string().into()];
        question = question.with(" and (d.next_by, d.id) >").with_list(place);
    }
    question.with(" order by d.next_by, d.id limit").with_list([i64::from(limit)])
}

fn narrowed(question: Query, receiver: &str, filter: &QueueFilter) -> Query {
    let mut question = question.with(" and d.receiver_key =").with_list([receiver]);
    if let Some(state) = &filter.state {
        question = question.with(" and d.state =").with_list([database::word(state)]);
    }
    if let Some(procedure) = &filter.procedure {
        question = question.with(" and d.procedure_code =").with_list([procedure.as_str()]);
    }
    if let Some(officer) = &filter.officer {
        question = question.with(" and d.officer =").with_list([officer]);
    }
    question
}

async fn counts(
    connection: &mut Connection,
    receiver: &str,
    filter: &QueueFilter,
    bounds: Bounds,
) -> Result<Vec<(Urgency, u64)>> {
    let question = database::query(COUNTS).bind(bounds.overdue).bind(bounds.today).bind(bounds.soon);
    let row = narrowed(question.bind(WAITING), receiver, filter).fetch_one(connection).await?;
    let column = |urgency: Urgency| match urgency {
        Urgency::Overdue => "overdue",
        Urgency::Today => "today",
        Urgency::Soon => "soon",
        Urgency::InTime => "in_time",
        Urgency::Waiting => "waiting",
        Urgency::None => "without",
    };
    let count = |urgency: Urgency| {
        // Of no dossiers a sum is null.
        Ok((urgency, database::whole_or_none(&row, column(urgency))?.unwrap_or_default()))
    };
    Urgency::ALL.into_iter().map(count).collect()
}

fn place_of(row: &Row) -> Result<QueuePlace> {
    Ok(QueuePlace { next_by: row.get("next_by")?, id: database::read_word(row, "id")? })
}

fn dossier_from(row: &Row, calendar: &WorkCalendar, bounds: Bounds, now: Timestamp) -> Result<QueuedDossier> {
    let sorted_by: i64 = row.get("next_by")?;
    let next_by = if sorted_by < WAITING { database::read_time_or_none(row, "next_by")? } else { None };
    let received_on = database::read_word(row, "received_on")?;
    Ok(QueuedDossier {
        id: database::read_word(row, "id")?,
        code: database::read_word(row, "code")?,
        procedure: database::read_word(row, "procedure_code")?,
        procedure_name: row.get("procedure_name")?,
        subject: row.get("subject_name")?,
        state: database::read_word(row, "state")?,
        received_on,
        age_days: age_days(calendar, received_on, on_the_wall(now).date()),
        next_by,
        due_at: database::read_time_or_none(row, "due_at")?,
        urgency: bounds.urgency(sorted_by),
        days_left: next_by.and_then(|next_by| days_left(calendar, now, next_by)),
        officer: row.get("officer")?,
        is_extended: row.get::<i64>("extended")? > 0,
    })
}

fn days_left(calendar: &WorkCalendar, now: Timestamp, next_by: Timestamp) -> Option<i64> {
    let (today, by) = (on_the_wall(now).date(), on_the_wall(next_by).date());
    let counted = today.saturating_sub(counted_span())..=today.saturating_add(counted_span());
    let between = |from, to| i64::from(calendar.working_days_between(from, to));
    counted.contains(&by).then(|| between(today, by) - between(by, today))
}

fn age_days(calendar: &WorkCalendar, received_on: Date, today: Date) -> Option<u32> {
    let is_counted = received_on >= today.saturating_sub(counted_span());
    is_counted.then(|| calendar.working_days_between(received_on, today))
}

fn counted_span() -> Span {
    Span::new().years(COUNTED_YEARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{Database, Schema};

    /// How SQLite means to answer, one line for each table.
    async fn plan(database: &Database, question: Query) -> String {
        let rows = question.fetch_all(database.reader()).await.unwrap();
        rows.iter().map(|row| row.get::<String>("detail").unwrap()).collect::<Vec<_>>().join("\n")
    }

    #[tokio::test]
    async fn pages_and_counts_are_read_from_indexes() {
        let folder = tempfile::TempDir::new().unwrap();
        let database =
            Database::open_file(&folder.path().join("motlan.sqlite"), Schema::Newest).await.unwrap();
        let all = QueueFilter::default;
        let state = QueueFilter { state: Some(DossierState::Processing), ..all() };
        let procedure = QueueFilter { procedure: "1.004194".parse().ok(), ..all() };
        let officer = QueueFilter { officer: Some("can.bo.thu".into()), ..all() };
        let bounds = Bounds { overdue: 1, today: 2, soon: 3 };
        for (filter, index) in [
            (all(), "dossier_by_next"),
            (state, "dossier_by_state_next"),
            (procedure, "dossier_by_procedure_next"),
            (officer, "dossier_by_officer_next"),
        ] {
            for urgency in [None, Some(Urgency::Today), Some(Urgency::None)] {
                let filter = QueueFilter { urgency, ..filter.clone() };
                let behind = Some(QueuePlace { next_by: 2, id: DossierId(database::new_key()) });
                for behind in [None, behind] {
                    let question = database::query(select_lines!("explain query plan "));
                    let plan =
                        plan(&database, lines(question, "ubnd xa mau", &filter, bounds, behind, 50)).await;
                    let is_sorted = !plan.contains("TEMP B-TREE");
                    // Either holds an agency's dossiers in this order; SQLite takes the first where a range of times is asked for.
                    let is_indexed = [index, "dossier_by_next"]
                        .iter()
                        .any(|index| plan.contains(&format!("d USING INDEX {index}")));
                    assert!(is_indexed && is_sorted, "{filter:?}\n{plan}");
                }
            }
            let question = narrowed(
                database::query(COUNTS_EXPLAINED).bind(1).bind(2).bind(3).bind(4),
                "ubnd xa mau",
                &filter,
            );
            let plan = plan(&database, question).await;
            assert!(plan.contains(&format!("d USING COVERING INDEX {index}")), "{filter:?}\n{plan}");
        }
    }

    /// [`COUNTS`] with the wish to be explained before it.
    const COUNTS_EXPLAINED: &str = concat!("explain query plan ", select_counts!());
}
