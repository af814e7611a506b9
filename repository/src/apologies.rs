//! Xin lỗi và hẹn lại: the one new appointment that a dossier may get, and what is kept of it (DOMAIN §4.1).

use crate::Repository;
use crate::access;
use crate::calendar::WorkCalendar;
use crate::clock::{moment_of, on_the_wall};
use crate::database::{self, Connection, Row};
use crate::dossiers::find;
use crate::error::{Error, Result};
use crate::record::*;
use crate::{calendar_years, deadlines, filing};
use jiff::Timestamp;

impl Repository {
    /// Xin lỗi và hẹn lại: promises another day, once.
    ///
    /// # Errors
    /// `Invalid` when nothing was promised, the dossier is not being handled, it was put off before, or the day is off, not later or further away
    /// than the longest term.
    pub async fn apologize(&self, actor: &Actor, id: DossierId, wish: Apology) -> Result<Dossier> {
        self.permit(actor, Action::Process, id).await?;
        let reason = filing::plan_reason(&wish.reason)?;
        let now = self.now();
        let mut transaction = self.database().write().await?;
        let before = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let calendar = calendar_years::read(&mut transaction).await?;
        let extension = plan_extension(&calendar, &before, actor, Apology { reason, ..wish }, now)?;
        put_extension(&mut transaction, id, &extension).await?;
        let promised = Deadlines { due_at: Some(extension.due_at), ..before.deadlines };
        deadlines::save(&mut transaction, id, before.state, &promised, &actor.account).await?;
        let dossier = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        access::write(&mut transaction, actor, Action::Process, dossier.subject.id, true).await?;
        transaction.commit().await?;
        Ok(dossier)
    }
}

fn plan_extension(
    calendar: &WorkCalendar,
    dossier: &Dossier,
    actor: &Actor,
    wish: Apology,
    now: Timestamp,
) -> Result<Extension> {
    let is_handled = matches!(dossier.state, DossierState::Accepted | DossierState::Processing);
    let before = dossier.deadlines.due_at.filter(|_| is_handled).ok_or_else(|| {
        Error::invalid("Chỉ xin lỗi và hẹn lại khi hồ sơ đang được giải quyết và đã có ngày hẹn trả.")
    })?;
    if dossier.extension.is_some() {
        return Err(Error::invalid("Hồ sơ này đã được hẹn lại một lần. Quy định chỉ cho hẹn lại một lần."));
    }
    let due_at = moment_of(calendar.closing(wish.due_on));
    if !calendar.is_working_day(wish.due_on) || due_at <= before || due_at <= now {
        return Err(Error::invalid("Ngày hẹn mới phải là ngày làm việc, sau ngày hẹn cũ và sau hôm nay."));
    }
    if wish.due_on > calendar.add_working_days(on_the_wall(now).date(), Term::DAYS_MAX) {
        return Err(Error::invalid(format!(
            "Ngày hẹn mới xa hơn {} ngày làm việc kể từ hôm nay. Hãy kiểm tra lại năm.",
            Term::DAYS_MAX
        )));
    }
    let is_late = on_the_wall(now).date() >= on_the_wall(before).date();
    let (account, agency) = (actor.account.clone(), actor.agency.clone());
    Ok(Extension { at: now, before, due_at, reason: wish.reason, is_late, account, agency })
}

async fn put_extension(connection: &mut Connection, id: DossierId, extension: &Extension) -> Result<()> {
    let sql =
        "insert into dossier_extension (dossier_id, at, due_before, due_at, is_late, reason, account, agency)
               values ($1, $2, $3, $4, $5, $6, $7, $8)";
    database::query(sql)
        .bind(id.to_string())
        .bind(extension.at.as_microsecond())
        .bind(extension.before.as_microsecond())
        .bind(extension.due_at.as_microsecond())
        .bind(extension.is_late)
        .bind(&extension.reason)
        .bind(&extension.account)
        .bind(&extension.agency)
        .execute(connection)
        .await?;
    Ok(())
}

/// The new appointment of a dossier, if it got one.
pub(crate) async fn extension_of(connection: &mut Connection, id: DossierId) -> Result<Option<Extension>> {
    let sql = "select * from dossier_extension where dossier_id = $1";
    let row = database::query(sql).bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(extension_from).transpose()
}

fn extension_from(row: &Row) -> Result<Extension> {
    Ok(Extension {
        at: database::read_time(row, "at")?,
        before: database::read_time(row, "due_before")?,
        due_at: database::read_time(row, "due_at")?,
        reason: row.get("reason")?,
        is_late: database::flag(row, "is_late")?,
        account: row.get("account")?,
        agency: row.get("agency")?,
    })
}
