//! Mở khẩn cấp: looking at the records of a subject to whom nothing ties one. It wants a reason, lasts an hour, a superior is told at once
//! and says afterwards whether it was right; the subject sees all of it.

use crate::Repository;
use crate::access::{self, Touched};
use crate::database::{self, Connection, Query, Row};
use crate::error::{Error, Result};
use crate::filing;
use crate::merging;
use crate::record::*;
use crate::{accounts, policy, subjects};
use jiff::Timestamp;

/// Lượt mở of one list at most: more than an agency has in a year, if all is well.
const LIST_MAX: i64 = 200;

impl Repository {
    /// Opens the records of the subject with this number for [`BREAK_GLASS_TIME`]. Access entry `BreakGlass`, with the reason as its purpose;
    /// for a number that nobody has too.
    ///
    /// # Errors
    /// `Invalid` without a reason, or when whoever shall be told may not judge it; `NotFound` when nobody has the number.
    pub async fn break_glass(&self, actor: &Actor, wish: NewBreakGlass) -> Result<BreakGlass> {
        let mut snapshot = self.database().read().await?;
        let subject = subjects::holder(&mut snapshot, &wish.number).await?;
        let touched = subject.as_ref().map_or(Touched::NONE, |subject| subject.id.into());
        drop(snapshot);
        self.permit(actor, Action::BreakGlass, subject.as_ref().map(|subject| subject.id)).await?;
        let reason = filing::plan_reason(&wish.reason)?;
        let speaking = Actor { purpose: reason.clone(), ..actor.clone() };
        let mut transaction = self.database().write().await?;
        let told = judge(&mut transaction, actor, &wish.told, self.now()).await?;
        let made = match &subject {
            Some(subject) => Some(insert(&mut transaction, &speaking, subject.id, &told, self.now()).await?),
            None => None,
        };
        access::write(&mut transaction, &speaking, Action::BreakGlass, touched, true).await?;
        let made = match made {
            Some(id) => Ok(find(&mut transaction, id).await?),
            None => Err(Error::NotFound),
        };
        transaction.commit().await?;
        made
    }

    /// Who may be told when the actor opens something: who may judge it in the same agency, by login and name.
    pub async fn break_glass_judges(&self, actor: &Actor) -> Result<Vec<(String, String)>> {
        if !policy::may_ever(actor, Action::BreakGlass) {
            return Ok(Vec::new());
        }
        let mut snapshot = self.database().read().await?;
        let rows =
            database::query("select * from account order by name, login").fetch_all(&mut *snapshot).await?;
        let accounts = rows.iter().map(accounts::account_from).collect::<Result<Vec<_>>>()?;
        let judges = accounts.into_iter().filter(|account| may_judge(account, actor, self.now()));
        Ok(judges.map(|account| (account.login, account.name)).collect())
    }

    /// What was opened, newest first: to a superior what concerns the agency, to an auditor everything, to anyone else what they opened.
    pub async fn break_glasses(&self, actor: &Actor) -> Result<Vec<BreakGlass>> {
        let question = concerning(actor, "select * from break_glass where");
        let question = question.with(" order by id desc limit").with_list([LIST_MAX]);
        question.fetch_all(self.database().reader()).await?.iter().map(from_row).collect()
    }

    /// How many openings by others wait for a judgement that this actor may give. All superiors of an agency are told, not only the one who
    /// was named: that one may be away.
    pub async fn break_glasses_waiting(&self, actor: &Actor) -> Result<u64> {
        if !policy::may_ever(actor, Action::ReviewBreakGlass) {
            return Ok(0);
        }
        let question = concerning(actor, "select count(*) as waiting from break_glass where");
        let question = question.with(" and verdict is null and login not in").with_list([&actor.account]);
        database::whole(&question.fetch_one(self.database().reader()).await?, "waiting")
    }

    /// Judges an opening, once. Access entry `ReviewBreakGlass` for the subject.
    ///
    /// # Errors
    /// `Invalid` when it was judged before, by whoever opened it, or as not right without a remark.
    pub async fn review_break_glass(
        &self,
        actor: &Actor,
        id: BreakGlassId,
        verdict: BreakGlassVerdict,
        remark: &str,
    ) -> Result<BreakGlass> {
        self.permit(actor, Action::ReviewBreakGlass, Touched::NONE).await?;
        let remark = match verdict {
            BreakGlassVerdict::Justified => remark.trim().to_owned(),
            BreakGlassVerdict::Unjustified => filing::plan_reason(remark)?,
        };
        let mut transaction = self.database().write().await?;
        let before = find(&mut transaction, id).await?;
        let concerns = actor.role == Role::Auditor || agency_key(&before.agency) == agency_key(&actor.agency);
        if !concerns {
            return Err(Error::NotFound);
        }
        if before.login == actor.account {
            return Err(Error::invalid(
                "Người đã mở không tự xem xét lượt mở của mình. Hãy để người khác xem xét.",
            ));
        }
        if before.verdict.is_some() {
            return Err(Error::invalid("Lượt mở này đã được xem xét. Hãy tải lại trang."));
        }
        let sql = "update break_glass set verdict = $2, remark = $3, reviewed_by = $4, reviewed_at = $5 where id = $1";
        database::query(sql)
            .bind(id.to_string())
            .bind(database::word(&verdict))
            .bind(remark)
            .bind(&actor.account)
            .bind(self.now().as_microsecond())
            .execute(&mut *transaction)
            .await?;
        let reviewed = find(&mut transaction, id).await?;
        access::write(&mut transaction, actor, Action::ReviewBreakGlass, before.subject, true).await?;
        transaction.commit().await?;
        Ok(reviewed)
    }
}

/// The openings that concern an actor.
fn concerning(actor: &Actor, sql: &'static str) -> Query {
    let question = database::query(sql);
    match (policy::may_ever(actor, Action::ReviewBreakGlass), actor.role) {
        (true, Role::Auditor) => question.with(" 1 = 1"),
        (true, _) => question.with(" agency_key =").with_list([agency_key(&actor.agency)]),
        (false, _) => question.with(" login =").with_list([&actor.account]),
    }
}

/// Whether an actor opened the records of one of these subjects, and the hour is not over.
pub(crate) async fn is_open(
    connection: &mut Connection,
    actor: &Actor,
    subjects: &[SubjectId],
    now: Timestamp,
) -> Result<bool> {
    let sql = "select subject_id from break_glass where login = $1 and ends_at > $2";
    let question = database::query(sql).bind(&actor.account).bind(now.as_microsecond());
    for row in &question.fetch_all(&mut *connection).await? {
        let opened = merging::who_stayed(connection, database::read_word(row, "subject_id")?).await?;
        if subjects.contains(&opened) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who is told: an open account of the agency that may judge, and of somebody else.
async fn judge(connection: &mut Connection, actor: &Actor, login: &str, now: Timestamp) -> Result<String> {
    let account = accounts::by_login(connection, login).await?;
    let account = account.filter(|account| may_judge(account, actor, now));
    account.map(|account| account.login).ok_or_else(|| {
        Error::invalid("Hãy chọn một lãnh đạo của cơ quan để báo ngay; người đó không phải là chính mình.")
    })
}

fn may_judge(account: &Account, actor: &Actor, now: Timestamp) -> bool {
    let judge = account.actor("Xem xét lượt mở khẩn cấp", &Route::default());
    account.login != actor.account
        && account.role == Role::Leader
        && agency_key(&account.agency) == agency_key(&actor.agency)
        && account.is_open(now)
        && policy::may_ever(&judge, Action::ReviewBreakGlass)
}

async fn insert(
    connection: &mut Connection,
    actor: &Actor,
    subject: SubjectId,
    told: &str,
    now: Timestamp,
) -> Result<BreakGlassId> {
    let id = BreakGlassId(database::new_key());
    let sql = "insert into break_glass (id, login, name, agency, agency_key, subject_id, reason, began_at, ends_at, told)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    database::query(sql)
        .bind(id.to_string())
        .bind(&actor.account)
        .bind(&actor.name)
        .bind(&actor.agency)
        .bind(agency_key(&actor.agency))
        .bind(subject.to_string())
        .bind(&actor.purpose)
        .bind(now.as_microsecond())
        .bind((now + BREAK_GLASS_TIME).as_microsecond())
        .bind(told)
        .execute(connection)
        .await?;
    Ok(id)
}

async fn find(connection: &mut Connection, id: BreakGlassId) -> Result<BreakGlass> {
    let question = database::query("select * from break_glass where id = $1").bind(id.to_string());
    from_row(&question.fetch_optional(connection).await?.ok_or(Error::NotFound)?)
}

fn from_row(row: &Row) -> Result<BreakGlass> {
    Ok(BreakGlass {
        id: database::read_word(row, "id")?,
        login: row.get("login")?,
        name: row.get("name")?,
        agency: row.get("agency")?,
        subject: database::read_word(row, "subject_id")?,
        reason: row.get("reason")?,
        began_at: database::read_time(row, "began_at")?,
        ends_at: database::read_time(row, "ends_at")?,
        told: row.get("told")?,
        verdict: database::read_word_or_none(row, "verdict")?,
        remark: row.get("remark")?,
        reviewed_by: row.get("reviewed_by")?,
        reviewed_at: database::read_time_or_none(row, "reviewed_at")?,
    })
}
