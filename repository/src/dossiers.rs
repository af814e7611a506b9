//! Dossiers as they are read: with their components and what fills them. How one is opened: `opening`.

use crate::Repository;
use crate::access::Touched;
use crate::database::{self, Connection, Row};
use crate::documents::LIST_MAX;
use crate::error::{Error, Result};
use crate::identifier::DossierCode;
use crate::record::*;
use crate::{apologies, deadlines, dossier_moves, subjects, ties};

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
    /// One dossier. Access entry `View`.
    pub async fn dossier(&self, actor: &Actor, id: DossierId) -> Result<Dossier> {
        self.permit(actor, Action::View, id).await?;
        let found = find(&mut *self.database().read().await?, id).await?.ok_or(Error::NotFound)?;
        self.note_access(actor, Action::View, &[found.subject.id.into()]).await?;
        Ok(found)
    }

    /// Which dossier has this code. Access entry `Search`.
    ///
    /// # Errors
    /// `NotFound` when none has.
    pub async fn dossier_with_code(&self, actor: &Actor, code: &DossierCode) -> Result<DossierId> {
        let found = with_code(&mut *self.database().read().await?, code).await?;
        self.permit(actor, Action::Search, found.as_ref().map(|dossier| dossier.id)).await?;
        let dossier = found.ok_or(Error::NotFound)?;
        self.note_access(actor, Action::Search, &[dossier.subject.id.into()]).await?;
        Ok(dossier.id)
    }

    /// Papers of the dossier with this code that were not destroyed or set aside for a held one: those that came with it, fill its components or
    /// are its outcomes, oldest first. Access entry `View`.
    ///
    /// # Errors
    /// `NotFound` when no dossier has the code.
    pub async fn papers_of_dossier(&self, actor: &Actor, code: &DossierCode) -> Result<Vec<DocumentId>> {
        let found = with_code(&mut *self.database().read().await?, code).await?;
        self.permit(actor, Action::View, found.as_ref().map(|dossier| dossier.id)).await?;
        let dossier = found.ok_or(Error::NotFound)?;
        let papers = database::query(PAPERS).bind(dossier.id.to_string());
        let papers = papers.fetch_all(self.database().reader()).await?;
        self.note_access(actor, Action::View, &[dossier.subject.id.into()]).await?;
        papers.iter().map(|row| database::read_word(row, "id")).collect()
    }

    /// Dossiers of the actor's agency, newest first, at most `limit`. Access entry (`Search`) per subject, or one for an empty list: a list names people too.
    pub async fn dossiers(&self, actor: &Actor, limit: u32) -> Result<Vec<Dossier>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let mut snapshot = self.database().read().await?;
        let sql = select_dossiers!("where d.receiver_key = $1 order by d.id desc limit $2");
        let question = database::query(sql).bind(ties::receiver_key(actor));
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

/// The open dossiers of a subject that an agency received, newest first.
pub(crate) async fn open_of_subject(
    connection: &mut Connection,
    subject: SubjectId,
    receiver: &str,
) -> Result<Vec<Dossier>> {
    let sql = select_dossiers!(
        "where d.subject_id = $1 and d.receiver_key = $2 and d.receiver_key <> '' and d.next_by is not null
         order by d.id desc"
    );
    let question = database::query(sql).bind(subject.to_string()).bind(receiver);
    let rows = question.fetch_all(&mut *connection).await?;
    read_all(connection, &rows).await
}

/// The dossiers of a subject, newest first: those that one agency received, or all.
pub(crate) async fn of_subject(
    connection: &mut Connection,
    subject: SubjectId,
    receiver: Option<&str>,
) -> Result<Vec<Dossier>> {
    let sql = select_dossiers!(
        "where d.subject_id = $1 and ($2 is null or d.receiver_key = $2) order by d.id desc"
    );
    let question = database::query(sql).bind(subject.to_string()).bind(receiver);
    let rows = question.fetch_all(&mut *connection).await?;
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

/// The dossier that has a code.
pub(crate) async fn with_code(connection: &mut Connection, code: &DossierCode) -> Result<Option<Dossier>> {
    let question = database::query(select_dossiers!("where d.code = $1")).bind(code.as_str());
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
