//! Dossiers: opened with a code, holding places that papers fill.

use crate::Repository;
use crate::access::{self, Touched};
use crate::calendar::WorkCalendar;
use crate::clock::moment_of;
use crate::database::{self, Connection, Row};
use crate::documents::LIST_MAX;
use crate::error::{Error, Result};
use crate::identifier::{AgencyCode, DossierCode};
use crate::record::*;
use crate::{acceptance, apologies, calendar_years, code, deadlines, dossier_moves, procedures, subjects};
use jiff::Timestamp;
use jiff::civil::Date;

/// Every column of a dossier with its subject, from a `dossier` named `d`.
macro_rules! select_dossiers {
    ($tail:literal) => {
        concat!(
            "select d.*, s.id as s_id, s.kind as s_kind, s.number_kind as s_number_kind, s.number as s_number,
                    s.name as s_name, s.birth_date as s_birth_date
             from dossier d join subject s on s.id = d.subject_id ",
            $tail
        )
    };
}

/// Papers of a dossier that were not destroyed or set aside. A union, because PostgreSQL reads all papers there are for an `or`.
pub(crate) const PAPERS: &str = "select id from document
     where validity <> 'disposed' and state <> 'duplicate' and id in (
         select id from document where place_dossier_id = $1
         union select document_id from component where dossier_id = $1 and document_id is not null
         union select document_id from outcome where dossier_id = $1)
     order by id";

impl Repository {
    /// Opens a dossier. With a code that exists already for the same procedure and subject it answers that dossier.
    ///
    /// # Errors
    /// `Invalid` when the procedure is unknown on that day, the day is to come, the code belongs to another dossier, or it would be accepted while
    /// papers are missing and nobody says why; `SubjectDiffers` when the number is known under another name or date of birth.
    pub async fn open_dossier(&self, actor: &Actor, new: NewDossier) -> Result<Dossier> {
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
        let dossier = match held(&mut transaction, &new).await? {
            Some(held) => held,
            None => {
                if let Some(known) = subjects::known_otherwise(&mut transaction, &new.subject).await? {
                    drop(transaction);
                    // The refusal tells that somebody is known under the number: a look like any other.
                    self.note_access(actor, Action::Search, &[known.into()]).await?;
                    return Err(subjects::someone_else());
                }
                let id = open(&mut transaction, self.agency_code(), &new).await?;
                let calendar = calendar_years::read(&mut transaction).await?;
                let dossier = promise(&mut transaction, &calendar, actor, id, now).await?;
                accept(&mut transaction, actor, &new, &dossier, now).await?;
                dossier
            }
        };
        access::write(&mut transaction, actor, Action::Receive, dossier.subject.id, true).await?;
        transaction.commit().await?;
        Ok(dossier)
    }

    /// One dossier. Access entry `View`.
    pub async fn dossier(&self, actor: &Actor, id: DossierId) -> Result<Dossier> {
        self.permit(actor, Action::View, Touched::NONE).await?;
        let found = find(&mut *self.database().read().await?, id).await?.ok_or(Error::NotFound)?;
        self.note_access(actor, Action::View, &[found.subject.id.into()]).await?;
        Ok(found)
    }

    /// Which dossier has this code. Access entry `Search`.
    ///
    /// # Errors
    /// `NotFound` when none has.
    pub async fn dossier_with_code(&self, actor: &Actor, code: &DossierCode) -> Result<DossierId> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let question = database::query("select id, subject_id from dossier where code = $1");
        let row = question.bind(code.as_str()).fetch_optional(&mut *self.database().read().await?).await?;
        let row = row.ok_or(Error::NotFound)?;
        let subject: SubjectId = database::read_word(&row, "subject_id")?;
        self.note_access(actor, Action::Search, &[subject.into()]).await?;
        database::read_word(&row, "id")
    }

    /// Papers of the dossier with this code that were not destroyed or set aside for a held one: those that came with it, fill its components or
    /// are its outcomes, oldest first. Access entry `View`.
    ///
    /// # Errors
    /// `NotFound` when no dossier has the code.
    pub async fn papers_of_dossier(&self, actor: &Actor, code: &DossierCode) -> Result<Vec<DocumentId>> {
        self.permit(actor, Action::View, Touched::NONE).await?;
        let mut snapshot = self.database().read().await?;
        let question = database::query("select id, subject_id from dossier where code = $1");
        let dossier = question.bind(code.as_str()).fetch_optional(&mut *snapshot).await?;
        let dossier = dossier.ok_or(Error::NotFound)?;
        let papers = database::query(PAPERS).bind(dossier.get::<String>("id")?);
        let papers = papers.fetch_all(&mut *snapshot).await?;
        drop(snapshot);
        let subject: SubjectId = database::read_word(&dossier, "subject_id")?;
        self.note_access(actor, Action::View, &[subject.into()]).await?;
        papers.iter().map(|row| database::read_word(row, "id")).collect()
    }

    /// Dossiers, newest first, at most `limit`. Access entry (`Search`) per subject, or one for an empty list: a list names people too.
    pub async fn dossiers(&self, actor: &Actor, limit: u32) -> Result<Vec<Dossier>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let mut snapshot = self.database().read().await?;
        let question = database::query(select_dossiers!("order by d.id desc limit $1"));
        let rows = question.bind(i64::from(limit.min(LIST_MAX))).fetch_all(&mut *snapshot).await?;
        let found = read_all(&mut snapshot, &rows).await?;
        drop(snapshot);
        self.note_access(
            actor,
            Action::Search,
            &subjects::touched(found.iter().map(|dossier| dossier.subject.id)),
        )
        .await?;
        Ok(found)
    }
}

/// The dossiers of a subject, newest first.
pub(crate) async fn of_subject(connection: &mut Connection, subject: SubjectId) -> Result<Vec<Dossier>> {
    let question = database::query(select_dossiers!("where d.subject_id = $1 order by d.id desc"));
    let rows = question.bind(subject.to_string()).fetch_all(&mut *connection).await?;
    read_all(connection, &rows).await
}

/// One dossier.
pub(crate) async fn find(connection: &mut Connection, id: DossierId) -> Result<Option<Dossier>> {
    let question = database::query(select_dossiers!("where d.id = $1")).bind(id.to_string());
    match question.fetch_optional(&mut *connection).await? {
        Some(row) => read(connection, &row).await.map(Some),
        None => Ok(None),
    }
}

/// Whether a dossier still takes papers, as components or as results ([`DossierState::takes_components`]).
pub(crate) fn check_open(dossier: &Dossier, as_component: bool) -> Result<()> {
    let takes = if as_component { dossier.state.takes_components() } else { dossier.state.takes_outcomes() };
    takes.then_some(()).ok_or_else(|| {
        Error::invalid(format!(
            "Hồ sơ {} đã kết thúc («{}») nên không nhận thêm giấy tờ này. Hãy mở hồ sơ mới.",
            dossier.code,
            dossier.state.label()
        ))
    })
}

/// The dossier that has the given code already, if it is the same request.
async fn held(connection: &mut Connection, new: &NewDossier) -> Result<Option<Dossier>> {
    let Some(code) = &new.code else { return Ok(None) };
    let question = database::query(select_dossiers!("where d.code = $1")).bind(code.as_str());
    let Some(row) = question.fetch_optional(&mut *connection).await? else { return Ok(None) };
    let dossier = read(connection, &row).await?;
    let subject = subjects::holder(connection, &new.subject.number).await?;
    let same =
        dossier.procedure == new.procedure && subject.is_some_and(|holder| holder.id == dossier.subject.id);
    same.then_some(Some(dossier)).ok_or_else(|| {
        Error::invalid("Mã hồ sơ này đã dùng cho thủ tục hoặc chủ hồ sơ khác. Hãy kiểm tra lại mã hồ sơ.")
    })
}

async fn open(connection: &mut Connection, agency: &AgencyCode, new: &NewDossier) -> Result<DossierId> {
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
    let id = DossierId(database::new_key());
    let sql = "insert into dossier (id, code, code_key, procedure_code, procedure_name, subject_id,
                   received_on, opened_at, state)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
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
    let dossier = find(connection, id).await?.ok_or(Error::NotFound)?;
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
    acceptance::check(connection, dossier, &new.in_hand, new.reason.as_deref()).await?;
    dossier_moves::note_acceptance(connection, actor, dossier, new.reason.as_deref(), now).await
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

async fn read_all(connection: &mut Connection, rows: &[Row]) -> Result<Vec<Dossier>> {
    let mut dossiers = Vec::with_capacity(rows.len());
    for row in rows {
        dossiers.push(read(connection, row).await?);
    }
    Ok(dossiers)
}

async fn read(connection: &mut Connection, row: &Row) -> Result<Dossier> {
    let id = database::read_word::<DossierId>(row, "id")?;
    let state = database::read_word(row, "state")?;
    Ok(Dossier {
        id,
        code: database::read_word(row, "code")?,
        procedure: database::read_word(row, "procedure_code")?,
        procedure_name: row.get("procedure_name")?,
        subject: subjects::from_row(row)?,
        received_on: database::read_word(row, "received_on")?,
        state,
        followed_by: dossier_moves::followed_by(connection, id, state).await?,
        supplements_asked: dossier_moves::supplements_asked(connection, id).await?,
        deadlines: deadlines::from_row(row)?,
        extension: apologies::extension_of(connection, id).await?,
        officer: row.get("officer")?,
        components: components_of(connection, id).await?,
        outcomes: outcomes_of(connection, id).await?,
    })
}

async fn components_of(connection: &mut Connection, id: DossierId) -> Result<Vec<Component>> {
    let sql = "select c.key, c.name, c.required, c.submission, c.document_id, c.reused, c.replacement_code,
                   c.original_returned_at, d.state
               from component c left join document d on d.id = c.document_id
               where c.dossier_id = $1 order by c.position";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(component_from).collect()
}

fn component_from(row: &Row) -> Result<Component> {
    Ok(Component {
        key: row.get("key")?,
        name: row.get("name")?,
        required: database::flag(row, "required")?,
        submission: database::read_word(row, "submission")?,
        document: database::read_word_or_none(row, "document_id")?,
        digitization: digitization(row)?,
        replacement_code: database::read_word_or_none(row, "replacement_code")?,
        original_returned_at: database::read_time_or_none(row, "original_returned_at")?,
    })
}

fn digitization(row: &Row) -> Result<Digitization> {
    let state = database::read_word_or_none::<DocumentState>(row, "state")?;
    Ok(match (row.get::<i64>("reused")?, state) {
        (1, _) => Digitization::Reused,
        (2, _) => Digitization::ReusedOutcome,
        (_, Some(DocumentState::Stored)) => Digitization::Digitized,
        _ => Digitization::None,
    })
}

async fn outcomes_of(connection: &mut Connection, id: DossierId) -> Result<Vec<DocumentId>> {
    let sql = "select document_id from outcome where dossier_id = $1 order by document_id";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(|row| database::read_word(row, "document_id")).collect()
}
