//! The once-only check (REUSE-01): what a procedure asks for against what is held. One indexed question for each type of paper, never a
//! scan; how a paper stands is decided by values alone, in `standing`.

mod standing;

use crate::access::{self, Touched};
use crate::database::{self, Connection};
use crate::documents::{self, select_documents};
use crate::error::{Error, Result};
use crate::record::*;
use crate::subjects::{self, promoted};
use crate::{DocumentType, Repository, procedures};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Papers of one type that are looked at, newest first: a person has a handful; of an organization's thousands of decisions no more
/// need be weighed to find one that counts.
const CANDIDATES_MAX: i64 = 100;

/// Papers of a type that a subject owns, alone or with others, and those that wait to be confirmed as its own. The cross join keeps SQLite
/// from beginning with the papers that are stored, which are nearly all: it does not know how many each subject has.
pub(crate) const PAPERS: &str = select_documents!(
    "where d.id in (
         select document_id from document_subject cross join document
             where id = document_id and document_subject.subject_id = $1 and document_type = $2 and state = 'stored'
         union select id from document where subject_id = $1 and document_type = $2 and state = 'extracted')
     and (d.state = 'extracted' or ",
    promoted!(),
    ")
     order by d.id desc limit $3"
);

impl Repository {
    /// For each component of a procedure: is it held, and if not, why not. Access entry `Search` for the subject, in the same
    /// transaction.
    ///
    /// # Errors
    /// `Invalid` when the procedure is not in force on the day or the statements contradict the number; `SubjectDiffers` when the
    /// number is known under another name or date of birth: nothing of that person is told.
    pub async fn requirements(&self, actor: &Actor, question: &RequirementsQuestion) -> Result<Requirements> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let on = question.on.unwrap_or_else(database::today);
        let mut transaction = self.database().write_beside().await?;
        let procedure = procedures::in_force(&mut transaction, &question.procedure, on).await?;
        let procedure = procedure.ok_or_else(|| not_in_force(question, on))?;
        let subject = subjects::holder(&mut transaction, &question.subject).await?;
        let name = question.name.as_deref().unwrap_or_default();
        let differs =
            subject.as_ref().is_some_and(|known| subjects::differs(known, name, question.birth_date));
        let answer = match differs {
            true => Err(subjects::someone_else()),
            false => answer(&mut transaction, procedure, subject.clone(), on).await,
        };
        let touched = subject.map_or(Touched::NONE, |subject| subject.id.into());
        access::write(&mut transaction, actor, Action::Search, touched, true).await?;
        transaction.commit().await?;
        answer
    }
}

fn not_in_force(question: &RequirementsQuestion, on: Date) -> Error {
    Error::invalid(format!(
        "Không có thủ tục {} có hiệu lực vào ngày {}. Hãy chọn thủ tục trong danh mục.",
        question.procedure,
        on.strftime("%d/%m/%Y")
    ))
}

/// Weighs what a subject has against what a procedure asks for.
pub(crate) async fn answer(
    connection: &mut Connection,
    procedure: Procedure,
    subject: Option<Subject>,
    on: Date,
) -> Result<Requirements> {
    let mut papers = BTreeMap::<_, Vec<Document>>::new();
    for document_type in procedure.components.iter().flat_map(|component| &component.document_types) {
        if let Some(subject) = &subject
            && !papers.contains_key(document_type.code())
        {
            papers.insert(document_type.code(), papers_of(connection, subject.id, *document_type).await?);
        }
    }
    let components = procedure.components.into_iter().map(|component| {
        let types = component.document_types.iter();
        let wanted = types.filter_map(|document_type| papers.get(document_type.code())).flatten();
        standing::weigh(component.clone(), wanted.cloned().collect(), on)
    });
    Ok(Requirements {
        components: components.collect(),
        procedure: procedure.code,
        procedure_name: procedure.name,
        valid_from: procedure.valid_from,
        on,
        subject,
    })
}

/// The one place that knows whose a paper is and whether it may be used again.
pub(crate) async fn papers_of(
    connection: &mut Connection,
    subject: SubjectId,
    document_type: DocumentType,
) -> Result<Vec<Document>> {
    let question = database::query(PAPERS).bind(subject.to_string()).bind(database::word(&document_type));
    let rows = question.bind(CANDIDATES_MAX).fetch_all(connection).await?;
    rows.iter().map(documents::from_row).collect()
}
