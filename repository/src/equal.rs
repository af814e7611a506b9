//! One paper, one record (DIG-07): what a person confirms is first held against what its owners have already.

use crate::database::{self, Connection};
use crate::documents::{self, select_documents};
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::filing::Filing;
use crate::record::*;
use crate::{amend, subjects};

/// Papers of an owner with this type and number that are in force, newest first.
const EQUAL: &str = select_documents!(
    "where d.id in (select document_id from document_subject where subject_id = $1)
         and d.id <> $2 and d.document_type = $3 and d.number_key = $4 and d.state = 'stored'
         and d.validity in ('valid', 'archived') and (d.valid_until is null or d.valid_until >= $5)
     order by d.id desc limit 1"
);

/// The paper in force that one of the owners has already, of the same type and with the same number. A paper without a number is equal
/// to none.
pub(crate) async fn held(
    connection: &mut Connection,
    id: DocumentId,
    filing: &Filing,
) -> Result<Option<Document>> {
    let Some(number) = filing.value("number") else { return Ok(None) };
    for claim in filing.claims() {
        let Some(owner) = subjects::holder(connection, &claim.number).await? else { continue };
        let question = database::query(EQUAL)
            .bind(owner.id.to_string())
            .bind(id.to_string())
            .bind(database::word(&filing.document_type))
            .bind(database::exact_key(number))
            .bind(database::today().to_string());
        if let Some(row) = question.fetch_optional(&mut *connection).await? {
            return documents::from_row(&row).map(Some);
        }
    }
    Ok(None)
}

/// What a person is told who confirms a paper that is held already.
pub(crate) fn refused(held: &Document) -> Error {
    let number = held.number.as_deref().unwrap_or_default();
    Error::AlreadyHeld {
        document: held.id,
        message: format!(
            "Đã có trong kho: «{}» số {number} của cùng chủ, còn hiệu lực. Nếu đây là giấy khác, hoặc bản cấp mới thay cho giấy đó, hãy chọn và ghi lý do.",
            held.title
        ),
    }
}

/// The step of the confirmation, with why the paper stands beside an equal one.
pub(crate) fn confirmed<'a>(
    actor: &'a Actor,
    held: Option<&Document>,
    beside: Option<&'a BesideHeld>,
) -> NewEvent<'a> {
    let (step, actor) = (DocumentStep::Confirm, Some(actor));
    match held.zip(beside) {
        Some((held, beside)) => NewEvent { step, actor, reason: Some(&beside.reason), other: Some(held.id) },
        None => NewEvent { step, actor, reason: None, other: None },
    }
}

/// Lets a newer issue take the place of the held paper; another paper leaves it as it is.
pub(crate) async fn settle(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    held: &Document,
    beside: &BesideHeld,
) -> Result<()> {
    match beside.relation {
        BesideRelation::Another => Ok(()),
        BesideRelation::NewIssue => {
            let ruling = Ruling::Supersede { by: id };
            amend::carry_out(connection, actor, held.id, ruling, &beside.reason).await
        }
    }
}
