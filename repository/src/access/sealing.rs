//! Sealing: looks of one agency at one subject are kept from the subject until a day, for cases that would be spoiled otherwise.

use crate::Repository;
use crate::access;
use crate::database;
use crate::error::{Error, Result};
use crate::merging;
use crate::record::{Action, Actor, SubjectId};
use jiff::civil::Date;
use jiff::{Span, ToSpan};

/// Longest time for which looks are kept from a person: then whoever decides has to decide again.
fn longest() -> Span {
    1.year()
}

impl Repository {
    /// From now on, what the actor's agency looks at of this subject is shown to the subject only from that day. The reason is the actor's
    /// purpose. The decision is an entry itself (`Seal`), shown from the same day. Entries that stand in the log stay as they are.
    ///
    /// # Errors
    /// `Invalid` when the day is not to come, or more than a year away; `NotFound` when there is no such subject.
    pub async fn seal_looks(&self, actor: &Actor, subject: SubjectId, visible_from: Date) -> Result<()> {
        self.permit(actor, Action::Seal, subject).await?;
        let today = database::today();
        if visible_from <= today || today.checked_add(longest()).is_ok_and(|latest| visible_from > latest) {
            return Err(Error::invalid(
                "Ngày công khai phải sau hôm nay và không quá một năm. Hãy chọn lại ngày.",
            ));
        }
        let mut transaction = self.database().write().await?;
        let sql =
            "insert into access_sealing (subject_id, agency, visible_from, decided_at, decided_by, reason)
                   select id, $2, $3, $4, $5, $6 from subject where id = $1";
        let person = merging::who_stayed(&mut transaction, subject).await?;
        let sealed = database::query(sql)
            .bind(person.to_string())
            .bind(access::plain(&actor.agency))
            .bind(visible_from.to_string())
            .bind(database::now())
            .bind(&actor.account)
            .bind(&actor.purpose)
            .execute(&mut *transaction)
            .await?;
        if sealed == 0 {
            return Err(Error::NotFound);
        }
        access::write(&mut transaction, actor, Action::Seal, subject, true).await?;
        transaction.commit().await
    }
}
