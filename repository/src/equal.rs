//! One paper, one record (DIG-07): what a person confirms is first held against what its owners have already.

use crate::database::{self, Connection, Transaction};
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::filing::Filing;
use crate::record::*;
use crate::{access, amend, documents, policy, subjects, ties};
use jiff::Timestamp;

/// Papers of an owner of this type that are in force, newest first, with what may be this number: its key, or a field with its digits in their
/// order, so that of an organization's thousands few are fetched while nobody else can write. A paper that someone told apart from this one
/// is none of them; whoever set one of them aside as another scan, or let it take the other's place, told nothing apart.
pub(crate) const EQUAL: &str =
    "select d.id, d.number_key, f.value from document d
         left join field f on f.document_id = d.id and f.key = $4 and f.key <> 'number'
     where d.id in (select document_id from document_subject where subject_id = $1)
         and d.id <> $2 and d.document_type = $3 and (d.number_key = $5 or f.value like $7) and d.state = 'stored'
         and d.validity in ('valid', 'archived') and (d.valid_until is null or d.valid_until >= $6)
         and not exists (select 1 from document_event e where e.step in ('confirm', 'correct')
             and (e.document_id = $2 and e.other_id = d.id or e.document_id = d.id and e.other_id = $2))
     order by d.id desc";

/// The paper in force that one of the owners has already, of the same type and with the same number. A paper without a number is equal
/// to none.
pub(crate) async fn held(
    connection: &mut Connection,
    id: DocumentId,
    filing: &Filing,
) -> Result<Option<Document>> {
    for claim in filing.claims() {
        let Some(owner) = subjects::holder(connection, &claim.number).await? else { continue };
        for (field, number) in filing.numbers() {
            if let Some(held) = equal(connection, owner.id, id, filing, field, number).await? {
                return documents::find(connection, held).await;
            }
        }
    }
    Ok(None)
}

/// The newest paper of an owner that carries this number: as the key of its record, or in the same field.
async fn equal(
    connection: &mut Connection,
    owner: SubjectId,
    id: DocumentId,
    filing: &Filing,
    field: &str,
    number: &str,
) -> Result<Option<DocumentId>> {
    let key = database::exact_key(number);
    if key.is_empty() {
        return Ok(None);
    }
    let question = database::query(EQUAL)
        .bind(owner.to_string())
        .bind(id.to_string())
        .bind(database::word(&filing.document_type))
        .bind(field)
        .bind(&key)
        .bind(database::today().to_string())
        .bind(with_digits_of(&key));
    for row in question.fetch_all(connection).await? {
        let value = row.get::<Option<&str>>("value")?.map(database::exact_key);
        if value.as_ref() == Some(&key) || row.get::<Option<&str>>("number_key")? == Some(key.as_str()) {
            return database::read_word(&row, "id").map(Some);
        }
    }
    Ok(None)
}

/// What a value is like whose key is this one: a key keeps every digit, while separators, letter case and accents may differ.
fn with_digits_of(key: &str) -> String {
    let digits = key.chars().filter(char::is_ascii_digit).map(|digit| format!("{digit}%"));
    format!("%{}", digits.collect::<String>())
}

/// Tells a person that the paper is held already: a look at that one.
pub(crate) async fn refused<T>(mut transaction: Transaction, actor: &Actor, held: &Document) -> Result<T> {
    access::write(&mut transaction, actor, Action::Search, held.id, true).await?;
    transaction.commit().await?;
    let number = held.number.as_ref().map(|number| format!(" số {number}")).unwrap_or_default();
    Err(Error::AlreadyHeld {
        document: held.id,
        message: format!(
            "Đã có trong kho: «{}»{number} của cùng chủ, còn hiệu lực. Nếu đây là giấy khác, hoặc bản cấp mới thay cho giấy đó, hãy chọn và ghi lý do.",
            held.title
        ),
    })
}

/// The step of the confirmation, with what was said of it, and the equal paper that this one stands beside.
pub(crate) fn confirmed<'a>(
    actor: &'a Actor,
    held: Option<&Document>,
    reason: Option<&'a str>,
) -> NewEvent<'a> {
    let other = held.map(|held| held.id);
    NewEvent { step: DocumentStep::Confirm, actor: Some(actor), reason, other }
}

/// Why a correction made a paper that stands beside an equal one.
pub(crate) fn corrected(reason: &str, held: Option<&Document>, beside: Option<&BesideHeld>) -> String {
    match held.zip(beside) {
        Some((_, beside)) => format!("{reason}; {}", beside.reason),
        None => reason.to_owned(),
    }
}

/// Lets a newer issue take the place of the held paper; another paper leaves it as it is.
///
/// # Errors
/// `Invalid` when the held paper is another agency's: that one answers for it.
pub(crate) async fn settle(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    (held, beside): (&Document, &BesideHeld),
    now: Timestamp,
) -> Result<()> {
    match beside.relation {
        BesideRelation::Another => Ok(()),
        BesideRelation::NewIssue => {
            let tie = ties::find(connection, actor, held.id.into(), now).await?;
            if !policy::may(actor, Action::Amend, tie) {
                return Err(Error::invalid(
                    "Giấy đang có trong kho do cơ quan khác tiếp nhận nên chỉ cơ quan đó thay thế được. Hãy chọn «giấy khác», ghi lý do, và báo cho cơ quan đó.",
                ));
            }
            let ruling = Ruling::Supersede { by: id };
            amend::carry_out(connection, actor, held.id, ruling, &beside.reason).await
        }
    }
}
