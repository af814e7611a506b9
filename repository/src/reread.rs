//! Asking for another reading of papers that were read before. What it finds stands beside what is there ([`crate::passes`]).

use crate::Repository;
use crate::access::{self, Touched};
use crate::database;
use crate::documents;
use crate::error::{Error, Result};
use crate::record::*;
use crate::ties;
use crate::{jobs, receive};

impl Repository {
    /// Queues a paper to be read again, by this model or by whichever is configured; access entry `Reread`. What was read before stays
    /// and counts until the new reading is finished. A paper whose reading waits or runs is not queued twice, so the wish may be
    /// repeated; one that was given up as unreadable is tried anew.
    ///
    /// # Errors
    /// `Invalid` when the paper was taken back with its batch: it is nobody's until a batch or a person brings it again.
    pub async fn reread(&self, actor: &Actor, id: DocumentId, model: Option<ReadingModel>) -> Result<Reread> {
        self.permit(actor, Action::Reread, id).await?;
        let mut transaction = self.database().write().await?;
        if documents::find_kept(&mut transaction, id).await?.state == DocumentState::TakenBack {
            return Err(Error::invalid(
                "Giấy tờ này đã được rút khỏi hồ sơ cùng tập quét của nó nên không đọc lại được. Hãy thực hiện lại tập quét, hoặc gửi lại giấy tờ vào hồ sơ.",
            ));
        }
        let queued = receive::begin_again(&mut transaction, id, Priority::Reread, model).await?
            || jobs::begin_pass(&mut transaction, id, model, Priority::Reread).await?;
        access::write(&mut transaction, actor, Action::Reread, id, true).await?;
        let row = database::query("select model from job where document_id = $1").bind(id.to_string());
        let model = database::read_word_or_none(&row.fetch_one(&mut *transaction).await?, "model")?;
        let document = documents::find_kept(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(Reread { document, already_queued: !queued, model })
    }

    /// Keys of the papers that a re-reading would concern, oldest first: all that the actor's agency received, that were read or given up and pass the filter,
    /// but none that was set aside. No access
    /// entry: nothing of them is shown; each wish to read one again leaves its own.
    pub async fn papers_to_reread(&self, actor: &Actor, filter: &RereadFilter) -> Result<Vec<DocumentId>> {
        self.permit(actor, Action::Reread, Touched::NONE).await?;
        let sql = "select d.id from document d
                   where d.receiver_key = $7 and d.state not in ($1, $5, $6) and ($2 is null or d.document_type = $2)
                       and ($3 is null or $3 > coalesce(
                           (select min(coalesce(r.confidence, case p.state when $4 then 100 else 0 end))
                            from page p left join reading r
                                on r.document_id = p.document_id and r.pass = p.pass and r.page_number = p.number
                            where p.document_id = d.id and p.counts = 1), 0))
                   order by d.id";
        let rows = database::query(sql)
            .bind(database::word(&DocumentState::Received))
            .bind(filter.document_type.as_ref().map(database::word))
            .bind(filter.below_confidence.map(f64::from))
            .bind(database::word(&PageState::Done))
            .bind(database::word(&DocumentState::Duplicate))
            .bind(database::word(&DocumentState::TakenBack))
            .bind(ties::receiver_key(actor))
            .fetch_all(self.database().reader())
            .await?;
        rows.iter().map(|row| database::read_word(row, "id")).collect()
    }
}

/// What is known of a paper's re-reading: one that waits or runs, or why the last one came to nothing.
pub(crate) async fn of(
    connection: &mut database::Connection,
    document: &Document,
) -> Result<(Option<Rereading>, Option<String>)> {
    let sql = "select model, page_count, ended_at, last_error,
                   (select count(*) from page where page.document_id = job.document_id and page.pass = job.pass) as pages_read
               from job where document_id = $1";
    let question = database::query(sql).bind(document.id.to_string());
    let Some(row) = question.fetch_optional(connection).await? else { return Ok((None, None)) };
    if matches!(document.state, DocumentState::Received | DocumentState::Unreadable) {
        return Ok((None, None));
    }
    if row.get::<Option<i64>>("ended_at")?.is_some() {
        return Ok((None, row.get("last_error")?));
    }
    let rereading = Rereading {
        model: database::read_word_or_none(&row, "model")?,
        page_count: database::whole_or_none(&row, "page_count")?,
        pages_read: database::whole(&row, "pages_read")?,
    };
    Ok((Some(rereading), None))
}
