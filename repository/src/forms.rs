//! What is kept beside the printed forms of a dossier: who printed which, which originals were given back, and the register.

use crate::Repository;
use crate::access::{self, Touched};
use crate::database::{self, Connection, Row};
use crate::dossiers::find;
use crate::error::{Error, Result};
use crate::record::*;
use crate::subjects;
use crate::ties::{self, Target};

/// Most dossiers of one register: a month of a busy ward, about 100 pages.
const REGISTER_MAX: i64 = 5000;

impl Repository {
    /// Keeps that a form was printed. The register belongs to no dossier. Access entry `View`.
    pub async fn note_printing(&self, actor: &Actor, form: Form, dossier: Option<DossierId>) -> Result<()> {
        self.permit(actor, Action::View, dossier.map_or(Target::NoOne, Target::Dossier)).await?;
        let mut transaction = self.database().write().await?;
        let touched = match dossier {
            Some(id) => find(&mut transaction, id).await?.ok_or(Error::NotFound)?.subject.id.into(),
            None => Touched::NONE,
        };
        let sql = "insert into form_print (id, dossier_id, form, at, account, agency) values ($1, $2, $3, $4, $5, $6)";
        database::query(sql)
            .bind(database::new_key().to_string())
            .bind(dossier.map(|id| id.to_string()))
            .bind(database::word(&form))
            .bind(database::now())
            .bind(&actor.account)
            .bind(&actor.agency)
            .execute(&mut *transaction)
            .await?;
        access::write(&mut transaction, actor, Action::View, touched, true).await?;
        transaction.commit().await
    }

    /// Trả lại bản chính: keeps that the original of a component was given back after it was scanned (KHO-03). Said again it stays as it is.
    ///
    /// # Errors
    /// `Invalid` when the dossier has no such component, or no paper that was handed in for it: of one that the store had, nobody brought an
    /// original.
    pub async fn return_original(&self, actor: &Actor, id: DossierId, component: &str) -> Result<Dossier> {
        self.permit(actor, Action::Process, id).await?;
        let mut transaction = self.database().write().await?;
        let before = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        let asked = before.components.iter().find(|one| one.key == component);
        let was_handed_in =
            asked.is_some_and(|one| one.document.is_some() && one.digitization.reuse_code() == 0);
        if !was_handed_in {
            return Err(Error::invalid(
                "Không có giấy tờ nào được nộp cho thành phần này nên không có bản chính để trả. Hãy tải lại trang.",
            ));
        }
        let sql = "update component set original_returned_at = $3, original_returned_by = $4
                   where dossier_id = $1 and key = $2 and original_returned_at is null";
        let update = database::query(sql).bind(id.to_string()).bind(component).bind(database::now());
        update.bind(&actor.account).execute(&mut *transaction).await?;
        let dossier = find(&mut transaction, id).await?.ok_or(Error::NotFound)?;
        access::write(&mut transaction, actor, Action::Process, dossier.subject.id, true).await?;
        transaction.commit().await?;
        Ok(dossier)
    }

    /// Sổ theo dõi: the dossiers that the actor's agency received in a period, oldest first. Access entry (`Search`) per subject, or one for an empty list.
    ///
    /// # Errors
    /// `Invalid` when there are more than fit into one register.
    pub async fn register(&self, actor: &Actor, period: Period) -> Result<Vec<RegisterLine>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let sql = "select d.id, d.code, d.procedure_code, d.procedure_name, d.state, d.received_on, d.due_at, d.subject_id,
                       s.name as subject_name,
                       (select max(e.at) from dossier_event e where e.dossier_id = d.id
                           and e.state in ('delivered', 'refused', 'withdrawn', 'stopped')) as ended_at
                   from dossier d join subject s on s.id = d.subject_id
                   where d.receiver_key = $4 and d.received_on >= $1 and d.received_on <= $2 order by d.received_on, d.id limit $3";
        let day = |day: Option<jiff::civil::Date>, otherwise: &str| {
            day.map_or_else(|| otherwise.to_owned(), |day| day.to_string())
        };
        let question = database::query(sql).bind(day(period.from, "")).bind(day(period.to, "9999-12-31"));
        let question = question.bind(REGISTER_MAX + 1).bind(ties::receiver_key(actor));
        let rows = question.fetch_all(&mut *self.database().read().await?).await?;
        if rows.len() as i64 > REGISTER_MAX {
            return Err(Error::invalid(format!(
                "Có nhiều hơn {REGISTER_MAX} hồ sơ trong kỳ này. Hãy in sổ cho một kỳ ngắn hơn."
            )));
        }
        let named = rows.iter().map(|row| database::read_word(row, "subject_id"));
        let named = named.collect::<Result<Vec<SubjectId>>>()?;
        self.note_access(actor, Action::Search, &subjects::touched(named)).await?;
        rows.iter().map(line_from).collect()
    }
}

fn line_from(row: &Row) -> Result<RegisterLine> {
    Ok(RegisterLine {
        id: database::read_word(row, "id")?,
        code: database::read_word(row, "code")?,
        procedure: database::read_word(row, "procedure_code")?,
        procedure_name: row.get("procedure_name")?,
        subject: row.get("subject_name")?,
        received_on: database::read_word(row, "received_on")?,
        due_at: database::read_time_or_none(row, "due_at")?,
        ended_at: database::read_time_or_none(row, "ended_at")?,
        state: database::read_word(row, "state")?,
    })
}

/// Which forms of a dossier were printed, oldest first.
pub(crate) async fn printings_of(connection: &mut Connection, id: DossierId) -> Result<Vec<Printing>> {
    let sql = "select * from form_print where dossier_id = $1 order by id";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(printing_from).collect()
}

fn printing_from(row: &Row) -> Result<Printing> {
    Ok(Printing {
        form: database::read_word(row, "form")?,
        at: database::read_time(row, "at")?,
        account: row.get("account")?,
        agency: row.get("agency")?,
    })
}
