//! Thời hạn lưu trữ and lệnh giữ: what forbids that a paper is destroyed (ARCH-02, ARCH-04). A term only grows; a hold is lifted by an act
//! of its own.

use crate::Repository;
use crate::access;
use crate::database::{self, Connection, Row};
use crate::documents;
use crate::error::{Error, Result};
use crate::filing;
use crate::record::*;
use jiff::ToSpan;
use jiff::civil::Date;

impl Repository {
    /// Sets how long a paper is kept: by its code from the day on which it was filed, or received; with code 07 to the day stated. Access
    /// entry `Retain`.
    ///
    /// # Errors
    /// `Invalid` when the term would become shorter, or the day does not go with the code.
    pub async fn retain(
        &self,
        actor: &Actor,
        id: DocumentId,
        code: RetentionCode,
        until: Option<Date>,
    ) -> Result<Retention> {
        self.permit(actor, Action::Retain, id).await?;
        let mut transaction = self.database().write().await?;
        let document = documents::find_kept(&mut transaction, id).await?;
        let wanted = plan(of(&mut transaction, id).await?, code, until, first_day(&document))?;
        database::query("update document set retention_code = $2, retain_until = $3 where id = $1")
            .bind(id.to_string())
            .bind(database::word(&wanted.code))
            .bind(wanted.until.map(|day| day.to_string()))
            .execute(&mut *transaction)
            .await?;
        access::write(&mut transaction, actor, Action::Retain, id, true).await?;
        transaction.commit().await?;
        Ok(wanted)
    }

    /// Lets nobody destroy a paper until this is lifted. Access entry `Hold`.
    pub async fn hold(&self, actor: &Actor, id: DocumentId, reason: &str) -> Result<Hold> {
        self.permit(actor, Action::Hold, id).await?;
        let reason = filing::plan_reason(reason)?;
        let hold = HoldId(database::new_key());
        let mut transaction = self.database().write().await?;
        documents::find_kept(&mut transaction, id).await?;
        let sql = "insert into hold (id, document_id, reason, since, placed_by) values ($1, $2, $3, $4, $5)";
        database::query(sql)
            .bind(hold.0.to_string())
            .bind(id.to_string())
            .bind(reason)
            .bind(database::now())
            .bind(&actor.account)
            .execute(&mut *transaction)
            .await?;
        let hold = find_hold(&mut transaction, hold).await?;
        access::write(&mut transaction, actor, Action::Hold, id, true).await?;
        transaction.commit().await?;
        Ok(hold)
    }

    /// Lifts a hold; others on the same paper stay. Access entry `LiftHold`.
    ///
    /// # Errors
    /// `Invalid` when it was lifted before.
    pub async fn lift_hold(&self, actor: &Actor, id: HoldId, reason: &str) -> Result<Hold> {
        let document = find_hold(&mut *self.database().read().await?, id).await.map(|hold| hold.document);
        self.permit(actor, Action::LiftHold, document.as_ref().ok().copied()).await?;
        let (document, reason) = (document?, filing::plan_reason(reason)?);
        let mut transaction = self.database().write().await?;
        let sql = "update hold set lifted_at = $2, lifted_by = $3, lifted_reason = $4
                   where id = $1 and lifted_at is null";
        let lifted = database::query(sql)
            .bind(id.0.to_string())
            .bind(database::now())
            .bind(&actor.account)
            .bind(reason)
            .execute(&mut *transaction)
            .await?;
        if lifted == 0 {
            return Err(Error::invalid("Lệnh giữ này đã được gỡ trước đó. Hãy tải lại trang."));
        }
        let hold = find_hold(&mut transaction, id).await?;
        access::write(&mut transaction, actor, Action::LiftHold, document, true).await?;
        transaction.commit().await?;
        Ok(hold)
    }

    /// How long a paper is kept, and its holds, the oldest first, lifted ones too. Access entry `View`.
    pub async fn keeping(&self, actor: &Actor, id: DocumentId) -> Result<(Option<Retention>, Vec<Hold>)> {
        self.permit(actor, Action::View, id).await?;
        let mut snapshot = self.database().read().await?;
        documents::find(&mut snapshot, id).await?.ok_or(Error::NotFound)?;
        let found = (of(&mut snapshot, id).await?, holds_of(&mut snapshot, id).await?);
        drop(snapshot);
        self.note_access(actor, Action::View, &[id.into()]).await?;
        Ok(found)
    }
}

/// The term as it becomes, if it may.
fn plan(
    known: Option<Retention>,
    code: RetentionCode,
    until: Option<Date>,
    first_day: Date,
) -> Result<Retention> {
    let until = match (code.years(), until) {
        (Some(years), None) => Some(first_day.saturating_add(years.years())),
        (None, None) if code == RetentionCode::Permanent => None,
        (None, Some(day)) if code == RetentionCode::Other => Some(day),
        _ => {
            return Err(Error::invalid(
                "Mã 07 cần ngày cuối của thời hạn lưu trữ; các mã 01 đến 06 thì không. Hãy nhập lại.",
            ));
        }
    };
    let wanted = Retention { code, until };
    match known {
        Some(known) if !wanted.covers(&known) => Err(Error::invalid(format!(
            "Thời hạn lưu trữ chỉ được kéo dài; hiện là «{}»{}.",
            known.code.label(),
            known.until.map(|day| format!(", đến hết ngày {}", day.strftime("%d/%m/%Y"))).unwrap_or_default()
        ))),
        _ => Ok(wanted),
    }
}

/// The day of filing in Việt Nam, or of receipt.
fn first_day(document: &Document) -> Date {
    database::day_of(document.confirmed_at.unwrap_or(document.received_at))
}

/// How long a paper is kept; none: nobody said.
pub(crate) async fn of(connection: &mut Connection, id: DocumentId) -> Result<Option<Retention>> {
    let sql = "select retention_code, retain_until from document where id = $1";
    let row = database::query(sql).bind(id.to_string()).fetch_one(connection).await?;
    let code = database::read_word_or_none(&row, "retention_code")?;
    let until = database::read_word_or_none(&row, "retain_until")?;
    Ok(code.map(|code| Retention { code, until }))
}

/// All holds of a paper, the oldest first.
pub(crate) async fn holds_of(connection: &mut Connection, id: DocumentId) -> Result<Vec<Hold>> {
    let question = database::query("select * from hold where document_id = $1 order by since, id");
    let rows = question.bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(hold_from).collect()
}

async fn find_hold(connection: &mut Connection, id: HoldId) -> Result<Hold> {
    let question = database::query("select * from hold where id = $1").bind(id.0.to_string());
    question.fetch_optional(connection).await?.as_ref().map(hold_from).transpose()?.ok_or(Error::NotFound)
}

fn hold_from(row: &Row) -> Result<Hold> {
    let lifted = match database::read_time_or_none(row, "lifted_at")? {
        None => None,
        Some(at) => Some(Lifting { at, by: row.get("lifted_by")?, reason: row.get("lifted_reason")? }),
    };
    Ok(Hold {
        id: database::read_word(row, "id")?,
        document: database::read_word(row, "document_id")?,
        reason: row.get("reason")?,
        since: database::read_time(row, "since")?,
        placed_by: row.get("placed_by")?,
        lifted,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_only_grows() {
        let day = |day: &str| day.parse::<Date>().unwrap();
        let check = |known: Option<(RetentionCode, Option<&str>)>,
                     code,
                     until: Option<&str>,
                     expected: Option<Option<&str>>| {
            let known = known.map(|(code, until)| Retention { code, until: until.map(day) });
            let planned = plan(known, code, until.map(day), day("2026-02-28"));
            assert_eq!(
                planned.ok().map(|planned| planned.until),
                expected.map(|until| until.map(day)),
                "{known:?} {code:?}"
            );
        };
        use RetentionCode::*;
        check(None, Years10, None, Some(Some("2036-02-28")));
        check(None, Permanent, None, Some(None));
        check(None, Other, Some("2030-01-01"), Some(Some("2030-01-01")));
        check(None, Other, None, None);
        check(None, Years10, Some("2030-01-01"), None);
        check(None, Permanent, Some("2030-01-01"), None);
        check(Some((Years10, Some("2036-02-28"))), Years20, None, Some(Some("2046-02-28")));
        check(Some((Years20, Some("2046-02-28"))), Years10, None, None);
        check(Some((Years20, Some("2046-02-28"))), Other, Some("2046-03-01"), Some(Some("2046-03-01")));
        check(Some((Permanent, None)), Years70, None, None);
        check(Some((Years70, Some("2096-02-28"))), Permanent, None, Some(None));
    }
}
