//! Đại diện: for whom a citizen's account speaks. For the person whose number it has, always; for a child or an organization as long as
//! somebody with a reason wrote it down, and not a day longer.

use crate::Repository;
use crate::access;
use crate::database::{self, Connection, Row};
use crate::error::{Error, Result};
use crate::filing;
use crate::identifier::SubjectNumber;
use crate::record::*;
use crate::{merging, subjects};

impl Repository {
    /// Lets an account speak for a subject: a child or an organization. Access entry `Amend` for the subject.
    ///
    /// # Errors
    /// `Invalid` without an account of a citizen or a reason, or when it ends before it begins.
    pub async fn represent(&self, actor: &Actor, new: NewRepresentation) -> Result<Representation> {
        self.permit(actor, Action::Amend, new.subject).await?;
        let reason = filing::plan_reason(&new.reason)?;
        if new.period.to.zip(new.period.from).is_some_and(|(last, first)| last < first) {
            return Err(Error::invalid(
                "Ngày hết đại diện đứng trước ngày bắt đầu. Hãy kiểm tra lại hai ngày.",
            ));
        }
        let mut transaction = self.database().write().await?;
        let sql = "select role from account where login = $1";
        let account = database::query(sql).bind(&new.login).fetch_optional(&mut *transaction).await?;
        let role = account.map(|row| database::read_word::<Role>(&row, "role")).transpose()?;
        if role != Some(Role::Citizen) {
            return Err(Error::invalid(
                "Không có tài khoản công dân nào tên như vậy. Hãy kiểm tra lại tên đăng nhập.",
            ));
        }
        let id = RepresentationId(database::new_key());
        let sql = "insert into representation (id, login, subject_id, kind, first_day, last_day, reason, made_by, made_at)
                   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        database::query(sql)
            .bind(id.to_string())
            .bind(&new.login)
            .bind(new.subject.to_string())
            .bind(database::word(&new.kind))
            .bind(new.period.from.unwrap_or_else(database::today).to_string())
            .bind(new.period.to.map(|day| day.to_string()))
            .bind(&reason)
            .bind(&actor.account)
            .bind(database::now())
            .execute(&mut *transaction)
            .await?;
        let made = find(&mut transaction, id).await?;
        access::write(&mut transaction, actor, Action::Amend, new.subject, true).await?;
        transaction.commit().await?;
        Ok(made)
    }

    /// Ends a representation now. Said again it stays as it is. Access entry `Amend` for the subject.
    pub async fn end_representation(&self, actor: &Actor, id: RepresentationId) -> Result<Representation> {
        let found = find(&mut *self.database().read().await?, id).await;
        self.permit(actor, Action::Amend, found.as_ref().ok().map(|found| found.subject)).await?;
        let subject = found?.subject;
        let mut transaction = self.database().write().await?;
        let sql = "update representation set ended_by = $2, ended_at = $3 where id = $1 and ended_at is null";
        let update = database::query(sql).bind(id.to_string()).bind(&actor.account).bind(database::now());
        update.execute(&mut *transaction).await?;
        let ended = find(&mut transaction, id).await?;
        access::write(&mut transaction, actor, Action::Amend, subject, true).await?;
        transaction.commit().await?;
        Ok(ended)
    }
}

/// How a citizen is tied to any of these subjects today.
pub(crate) async fn tie(connection: &mut Connection, actor: &Actor, subjects: &[SubjectId]) -> Result<Tie> {
    let represented = of(connection, &actor.account).await?;
    let is_own = subjects.iter().any(|subject| represented.contains(subject));
    Ok(if is_own { Tie::Own } else { Tie::Stranger })
}

/// The subjects for whom an account speaks today, each as the one it was merged into.
pub(crate) async fn of(connection: &mut Connection, login: &str) -> Result<Vec<SubjectId>> {
    let sql = "select subject_id from representation
               where login = $1 and ended_at is null and first_day <= $2 and (last_day is null or last_day >= $2)";
    let question = database::query(sql).bind(login).bind(database::today().to_string());
    let mut subjects = Vec::new();
    for row in &question.fetch_all(&mut *connection).await? {
        subjects.push(merging::who_stayed(connection, database::read_word(row, "subject_id")?).await?);
    }
    let question = database::query("select number from account where login = $1").bind(login);
    let row = question.fetch_optional(&mut *connection).await?;
    let number = row.map(|row| row.get::<Option<String>>("number")).transpose()?.flatten();
    if let Some(number) = number {
        let holder = subjects::holder(connection, &SubjectNumber::parse(&number)?).await?;
        subjects.extend(holder.map(|holder| holder.id));
    }
    Ok(subjects)
}

async fn find(connection: &mut Connection, id: RepresentationId) -> Result<Representation> {
    let question = database::query("select * from representation where id = $1").bind(id.to_string());
    from_row(&question.fetch_optional(connection).await?.ok_or(Error::NotFound)?)
}

fn from_row(row: &Row) -> Result<Representation> {
    Ok(Representation {
        id: database::read_word(row, "id")?,
        login: row.get("login")?,
        subject: database::read_word(row, "subject_id")?,
        kind: database::read_word(row, "kind")?,
        first_day: database::read_word(row, "first_day")?,
        last_day: database::read_word_or_none(row, "last_day")?,
        reason: row.get("reason")?,
        made_by: row.get("made_by")?,
        ended_at: database::read_time_or_none(row, "ended_at")?,
    })
}
