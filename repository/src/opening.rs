//! Mở hồ sơ: a dossier gets its code, its components, its deadlines and, where it begins as accepted, the first step of its way.

use crate::Repository;
use crate::access::{self, Touched};
use crate::calendar::WorkCalendar;
use crate::clock::moment_of;
use crate::database::{self, Connection};
use crate::error::{Error, Result};
use crate::identifier::{AgencyCode, DossierCode};
use crate::record::*;
use crate::{
    acceptance, calendar_years, code, deadlines, dossier_moves, dossiers, procedures, subjects, ties,
};
use jiff::Timestamp;
use jiff::civil::Date;

impl Repository {
    /// Opens a dossier. With a code that exists already for the same procedure and subject it answers that dossier.
    ///
    /// # Errors
    /// `Invalid` when the procedure is unknown on that day, the day is to come, the code belongs to another dossier, or it would be accepted while
    /// papers are missing and nobody says why; `SubjectDiffers` when the number is known under another name or date of birth.
    pub async fn open_dossier(&self, actor: &Actor, new: NewDossier) -> Result<Dossier> {
        Ok(self.open_dossier_once(actor, DossierId::unused(), new).await?.0)
    }

    /// The same under a key that was given out with a form ([`DossierId::unused`]): sent again, it answers the dossier of the first time. Whether
    /// it was opened now.
    ///
    /// # Errors
    /// As for [`Repository::open_dossier`]; `Invalid` when the key opened something else.
    pub async fn open_dossier_once(
        &self,
        actor: &Actor,
        key: DossierId,
        new: NewDossier,
    ) -> Result<(Dossier, bool)> {
        self.permit(actor, Action::Receive, Touched::NONE).await?;
        let now = self.now();
        if new.received_on > database::day_of(now) {
            return Err(Error::invalid("Ngày tiếp nhận không được ở tương lai. Hãy kiểm tra lại ngày."));
        }
        if !new.state.may_begin() {
            return Err(Error::invalid(format!(
                "Hồ sơ không bắt đầu ở trạng thái «{}». Hãy mở hồ sơ «Mới đăng ký» hoặc «Được tiếp nhận».",
                new.state.label()
            )));
        }
        let new = NewDossier { reason: acceptance::plan_reason(new.reason.as_deref())?, ..new };
        let mut transaction = self.database().write().await?;
        let held = held(&mut transaction, actor, key, &new).await?;
        let is_new = held.is_none();
        let dossier = match held {
            Some(held) => held,
            None => {
                if let Some(known) =
                    subjects::known_otherwise(&mut transaction, actor, &new.subject, now).await?
                {
                    drop(transaction);
                    // The refusal tells that somebody is known under the number: a look like any other.
                    self.note_access(actor, Action::Search, &[known.into()]).await?;
                    return Err(subjects::someone_else());
                }
                let receiver = ties::receiver_key(actor);
                let id = open(&mut transaction, self.agency_code(), key, &new, &receiver).await?;
                let calendar = calendar_years::read(&mut transaction).await?;
                let dossier = promise(&mut transaction, &calendar, actor, id, now).await?;
                accept(&mut transaction, actor, &new, &dossier, now).await?;
                dossier
            }
        };
        access::write(&mut transaction, actor, Action::Receive, dossier.subject.id, true).await?;
        transaction.commit().await?;
        Ok((dossier, is_new))
    }
}

/// The dossier that has the given code or key already, if it is the same request.
async fn held(
    connection: &mut Connection,
    actor: &Actor,
    key: DossierId,
    new: &NewDossier,
) -> Result<Option<Dossier>> {
    let (dossier, other) = match &new.code {
        Some(code) => (
            dossiers::with_code(connection, code).await?,
            "Mã hồ sơ này đã dùng cho thủ tục hoặc chủ hồ sơ khác. Hãy kiểm tra lại mã hồ sơ.",
        ),
        None => (
            dossiers::find(connection, key).await?,
            "Biểu mẫu này đã mở một hồ sơ khác. Hãy mở lại trang «Hồ sơ mới» rồi nhập.",
        ),
    };
    let Some(dossier) = dossier else { return Ok(None) };
    let subject = subjects::holder(connection, &new.subject.number).await?;
    let same = ties::is_own_dossier(connection, actor, dossier.id).await?
        && dossier.procedure == new.procedure
        && subject.is_some_and(|holder| holder.id == dossier.subject.id);
    same.then_some(Some(dossier)).ok_or_else(|| Error::invalid(other))
}

async fn open(
    connection: &mut Connection,
    agency: &AgencyCode,
    id: DossierId,
    new: &NewDossier,
    receiver: &str,
) -> Result<DossierId> {
    let procedure = procedures::in_force(connection, &new.procedure, new.received_on).await?;
    let procedure = procedure.ok_or_else(|| {
        Error::invalid(format!(
            "Không có thủ tục {} có hiệu lực vào ngày tiếp nhận. Hãy chọn thủ tục trong danh mục.",
            new.procedure
        ))
    })?;
    let code = match &new.code {
        Some(code) => code.clone(),
        None => issue_code(connection, agency, new.received_on).await?,
    };
    let subject = subjects::find_or_make(connection, &new.subject).await?;
    let sql = "insert into dossier (id, code, code_key, procedure_code, procedure_name, subject_id,
                   received_on, opened_at, state, receiver_key)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    database::query(sql)
        .bind(id.to_string())
        .bind(code.as_str())
        .bind(database::exact_key(code.as_str()))
        .bind(procedure.code.as_str())
        .bind(&procedure.name)
        .bind(subject.to_string())
        .bind(new.received_on.to_string())
        .bind(database::now())
        .bind(database::word(&new.state))
        .bind(receiver)
        .execute(&mut *connection)
        .await?;
    add_components(connection, id, &procedure.components).await?;
    Ok(id)
}

/// Gives a dossier that was just opened its deadlines. One that was handed in before today counts from the opening of its day.
async fn promise(
    connection: &mut Connection,
    calendar: &WorkCalendar,
    actor: &Actor,
    id: DossierId,
    now: Timestamp,
) -> Result<Dossier> {
    let dossier = dossiers::find(connection, id).await?.ok_or(Error::NotFound)?;
    let pace = procedures::pace(connection, &dossier).await?;
    let from = match dossier.received_on == database::day_of(now) {
        true => now,
        false => moment_of(calendar.opening(dossier.received_on)),
    };
    let deadlines = deadlines::opened(calendar, pace, dossier.state, from, now);
    deadlines::save(connection, id, dossier.state, &deadlines, &actor.account).await?;
    Ok(Dossier { deadlines, officer: Some(actor.account.clone()), ..dossier })
}

/// Tiếp nhận of a dossier that begins as accepted: the first step of its way.
async fn accept(
    connection: &mut Connection,
    actor: &Actor,
    new: &NewDossier,
    dossier: &Dossier,
    now: Timestamp,
) -> Result<()> {
    if dossier.state != DossierState::Accepted {
        return Ok(());
    }
    let reason = acceptance::owed_because(connection, dossier, &new.in_hand, new.reason.clone()).await?;
    dossier_moves::note_acceptance(connection, actor, dossier, reason.as_deref(), now).await
}

/// The next code of the day (CODE-01). Numbers that another system gave already are passed over.
async fn issue_code(connection: &mut Connection, agency: &AgencyCode, on: Date) -> Result<DossierCode> {
    loop {
        let sequence = database::next_number(connection, &format!("dossier:{agency}:{on}")).await?;
        let code = code::dossier_code(agency, on, sequence);
        let taken = database::query("select id from dossier where code = $1").bind(code.as_str());
        if taken.fetch_optional(&mut *connection).await?.is_none() {
            return Ok(code);
        }
    }
}

async fn add_components(
    connection: &mut Connection,
    dossier: DossierId,
    components: &[ProcedureComponent],
) -> Result<()> {
    let sql = "insert into component (dossier_id, key, position, name, required, submission, digitize_basis)
               values ($1, $2, $3, $4, $5, $6, $7)";
    for (position, component) in components.iter().enumerate() {
        database::query(sql)
            .bind(dossier.to_string())
            .bind(&component.key)
            .bind(position as i64)
            .bind(&component.name)
            .bind(component.required)
            .bind(database::word(&component.submission))
            .bind(component.digitize_basis.as_ref().map(database::word))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
