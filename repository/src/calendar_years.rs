//! The lists of days off and the office hours as they are kept: data that an operator loads.

use crate::Repository;
use crate::access::{self, Touched};
use crate::calendar::{OfficeHours, Session, WorkCalendar, YearList};
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::record::*;
use jiff::civil::Time;

impl Repository {
    /// Loads lists of days off, each in place of what was known of its year, and the office hours, if some are given. What was promised
    /// already stays promised.
    ///
    /// # Errors
    /// `Invalid` when a list contradicts itself; nothing is loaded then.
    pub async fn put_calendar(
        &self,
        actor: &Actor,
        lists: &[YearList],
        hours: Option<&OfficeHours>,
    ) -> Result<()> {
        self.permit(actor, Action::Configure, Touched::NONE).await?;
        lists.iter().try_for_each(YearList::check)?;
        let mut transaction = self.database().write().await?;
        for list in lists {
            put_list(&mut transaction, actor, list).await?;
        }
        if let Some(hours) = hours {
            put_hours(&mut transaction, hours).await?;
        }
        access::write(&mut transaction, actor, Action::Configure, Touched::NONE, true).await?;
        transaction.commit().await
    }

    /// The calendar that deadlines are counted by.
    pub async fn calendar(&self) -> Result<WorkCalendar> {
        read(&mut *self.database().read().await?).await
    }

    /// The lists that were loaded, by year.
    pub async fn calendar_lists(&self) -> Result<Vec<YearList>> {
        lists(&mut *self.database().read().await?).await
    }
}

/// The calendar as it is now.
pub(crate) async fn read(connection: &mut Connection) -> Result<WorkCalendar> {
    let lists = lists(connection).await?;
    let sessions = database::query("select * from office_session order by begins");
    let sessions = sessions.fetch_all(connection).await?;
    let sessions = sessions.iter().map(session_from).collect::<Result<Vec<_>>>()?;
    let hours = if sessions.is_empty() { OfficeHours::default() } else { OfficeHours::new(sessions)? };
    Ok(WorkCalendar::new(lists, hours))
}

async fn put_list(connection: &mut Connection, actor: &Actor, list: &YearList) -> Result<()> {
    let year = i64::from(list.year);
    database::query("delete from calendar_day where year = $1").bind(year).execute(&mut *connection).await?;
    let sql = "insert into calendar_year (year, source, loaded_at, loaded_by) values ($1, $2, $3, $4)
               on conflict (year) do update set
                   source = excluded.source, loaded_at = excluded.loaded_at, loaded_by = excluded.loaded_by";
    let statement = database::query(sql).bind(year).bind(&list.source).bind(database::now());
    statement.bind(&actor.account).execute(&mut *connection).await?;
    let off = list.holidays.iter().map(|listed| (listed, false));
    for (listed, is_working) in off.chain(list.make_up_days.iter().map(|listed| (listed, true))) {
        let sql = "insert into calendar_day (day, year, is_working, name) values ($1, $2, $3, $4)";
        let statement = database::query(sql).bind(listed.day.to_string()).bind(year).bind(is_working);
        statement.bind(&listed.name).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn put_hours(connection: &mut Connection, hours: &OfficeHours) -> Result<()> {
    database::query("delete from office_session").execute(&mut *connection).await?;
    for session in hours.sessions() {
        let sql = "insert into office_session (begins, ends) values ($1, $2)";
        let statement = database::query(sql).bind(session.from.to_string()).bind(session.to.to_string());
        statement.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn lists(connection: &mut Connection) -> Result<Vec<YearList>> {
    let years = database::query("select year, source from calendar_year order by year");
    let mut lists = Vec::new();
    for row in years.fetch_all(&mut *connection).await? {
        let (holidays, make_up_days) = (Vec::new(), Vec::new());
        let (year, source) = (database::whole(&row, "year")?, row.get("source")?);
        lists.push(YearList { year, source, holidays, make_up_days });
    }
    let days = database::query("select * from calendar_day order by day").fetch_all(connection).await?;
    for row in &days {
        let year: i16 = database::whole(row, "year")?;
        let list = lists.iter_mut().find(|list| list.year == year);
        let list =
            list.ok_or_else(|| Error::Corrupt(format!("a day of the year {year}, which has no list")))?;
        let of_kind =
            if database::flag(row, "is_working")? { &mut list.make_up_days } else { &mut list.holidays };
        of_kind.push(crate::calendar::ListedDay {
            day: database::read_word(row, "day")?,
            name: row.get("name")?,
        });
    }
    Ok(lists)
}

fn session_from(row: &Row) -> Result<Session> {
    let time = |column: &str| database::read_word::<Time>(row, column);
    Ok(Session { from: time("begins")?, to: time("ends")? })
}
