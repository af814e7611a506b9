//! Subjects: found by number or made, and the store of each: everything that is held for them.

use crate::Repository;
use crate::access::Touched;
use crate::changes;
use crate::database::{self, Connection, Row};
use crate::documents::{self, select_documents};
use crate::dossiers;
use crate::error::{Error, Result};
use crate::identifier::SubjectNumber;
use crate::merging;
use crate::record::*;
use crate::spelling::is_same_but_for_accents;
use crate::ties::{self, Target};
use crate::{break_glass, policy, scope};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;
use std::collections::BTreeSet;

macro_rules! select_subjects {
    ($tail:literal) => {
        concat!(
            "select id as s_id, kind as s_kind, number_kind as s_number_kind, number as s_number, name as s_name,
                    birth_date as s_birth_date from subject ",
            $tail
        )
    };
}

/// The subject that has a number.
pub(crate) const BY_NUMBER: &str = select_subjects!(
    "where id = (select subject_id from subject_number where number_kind = $1 and number = $2)"
);

/// Whether a stored paper `d` belongs to the store of its subject: not a copy on paper (DIG-04), and not only served a dossier that
/// asked for no digitizing (DIG-02) or came to nothing (DOMAIN §4.2). Components that took it over from the store say nothing about that.
macro_rules! promoted {
    () => {
        "(coalesce(d.source_form, 'original') not in ('photocopy', 'certified_paper_copy')
             and ((not exists (select 1 from component c where c.document_id = d.id and c.reused = 0)
                     and not exists (select 1 from outcome o where o.document_id = d.id))
                 or exists (select 1 from component c join dossier x on x.id = c.dossier_id
                     where c.document_id = d.id and c.reused = 0 and c.digitize_basis is not null
                         and x.state not in ('refused', 'withdrawn'))
                 or exists (select 1 from outcome o join dossier x on x.id = o.dossier_id
                     where o.document_id = d.id and x.state not in ('refused', 'withdrawn'))))"
    };
}
pub(crate) use promoted;

/// Reads the subject that a row carries in columns `s_*`; none when they are null.
pub(crate) fn from_row_or_none(row: &Row) -> Result<Option<Subject>> {
    match row.get::<Option<&str>>("s_id")? {
        Some(_) => from_row(row).map(Some),
        None => Ok(None),
    }
}

/// Reads the subject that a row carries in columns `s_*`.
pub(crate) fn from_row(row: &Row) -> Result<Subject> {
    Ok(Subject {
        id: database::read_word(row, "s_id")?,
        kind: database::read_word(row, "s_kind")?,
        number: number_from(row.get("s_number_kind")?, row.get("s_number")?)?,
        name: row.get("s_name")?,
        birth_date: database::read_word_or_none(row, "s_birth_date")?,
    })
}

fn number_from(kind: &str, value: &str) -> Result<SubjectNumber> {
    let number = serde_json::from_value(json!({ "kind": kind, "value": value }));
    number.map_err(|_| Error::Corrupt("number of a subject".into()))
}

/// Whether what is claimed of a subject contradicts itself (DOMAIN §5.5: the number of a citizen carries the year of birth). The name
/// may be unknown until a person confirms it: a backlog is often sorted by number alone.
pub(crate) fn check_claim(claim: &SubjectClaim) -> Result<()> {
    match (&claim.number, claim.kind, claim.birth_date) {
        (SubjectNumber::OldIdNumber(_) | SubjectNumber::Passport(_), SubjectKind::Organization, _) => {
            Err(Error::invalid(
                "Tổ chức cần mã số thuế. Hãy nhập mã số thuế hoặc chọn loại đối tượng là cá nhân.",
            ))
        }
        (SubjectNumber::CitizenId(number), SubjectKind::Citizen, Some(birth_date))
            if !number.agrees_with(birth_date) =>
        {
            Err(Error::invalid(format!(
                "Số định danh cho biết năm sinh {}, nhưng ngày sinh ghi năm {}. Hãy đối chiếu lại với giấy tờ.",
                number.birth_year(),
                birth_date.year()
            )))
        }
        _ => Ok(()),
    }
}

/// What the access log names for a list of dossiers: each subject once, or that it found none.
pub(crate) fn touched(found: impl IntoIterator<Item = SubjectId>) -> Vec<Touched> {
    let subjects = found.into_iter().collect::<BTreeSet<_>>();
    match subjects.is_empty() {
        true => vec![Touched::NONE],
        false => subjects.into_iter().map(Touched::from).collect(),
    }
}

/// The subject with the claimed number, made when there is none. What is known of the subject stays as it is, because a claim is not
/// yet confirmed; only what is unknown is filled in.
pub(crate) async fn find_or_make(connection: &mut Connection, claim: &SubjectClaim) -> Result<SubjectId> {
    check_claim(claim)?;
    let Some(known) = holder(connection, &claim.number).await? else {
        return make(connection, claim).await;
    };
    let sql = "update subject set name = case when name = '' then $2 else name end,
                   birth_date = coalesce(birth_date, $3) where id = $1";
    database::query(sql)
        .bind(known.id.to_string())
        .bind(claim.name.trim())
        .bind(claim.birth_date.map(|date| date.to_string()))
        .execute(&mut *connection)
        .await?;
    if known.name.is_empty() && !claim.name.trim().is_empty() {
        tell_of_name(connection, known.id).await?;
    }
    Ok(known.id)
}

/// The subject that has a number, also one that another number of the same person led to.
pub(crate) async fn holder(connection: &mut Connection, number: &SubjectNumber) -> Result<Option<Subject>> {
    let question = database::query(BY_NUMBER).bind(number.kind()).bind(number.as_str());
    question.fetch_optional(connection).await?.as_ref().map(from_row).transpose()
}

/// One subject.
pub(crate) async fn find(connection: &mut Connection, id: SubjectId) -> Result<Option<Subject>> {
    let question = database::query(select_subjects!("where id = $1")).bind(id.to_string());
    question.fetch_optional(connection).await?.as_ref().map(from_row).transpose()
}

/// Every number that leads to a subject, by kind.
pub(crate) async fn numbers(connection: &mut Connection, id: SubjectId) -> Result<Vec<SubjectNumber>> {
    let sql =
        "select number_kind, number from subject_number where subject_id = $1 order by number_kind, number";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(|row| number_from(row.get("number_kind")?, row.get("number")?)).collect()
}

async fn make(connection: &mut Connection, claim: &SubjectClaim) -> Result<SubjectId> {
    let id = SubjectId(database::new_key());
    let sql = "insert into subject (id, kind, number_kind, number, number_key, name, birth_date)
               values ($1, $2, $3, $4, $5, $6, $7)";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&claim.kind))
        .bind(claim.number.kind())
        .bind(claim.number.as_str())
        .bind(database::exact_key(claim.number.as_str()))
        .bind(claim.name.trim())
        .bind(claim.birth_date.map(|date| date.to_string()))
        .execute(&mut *connection)
        .await?;
    let sql = "insert into subject_number (number_kind, number, number_key, subject_id, added_at)
               select number_kind, number, number_key, id, $2 from subject where id = $1";
    let number = database::query(sql).bind(id.to_string()).bind(database::now());
    number.execute(connection).await?;
    Ok(id)
}

/// Writes a change for every paper of a subject: each of them shows another name now, and the index must follow.
pub(crate) async fn tell_of_name(connection: &mut Connection, id: SubjectId) -> Result<()> {
    for document in papers_with_name(connection, id).await? {
        changes::append(connection, ChangeKind::SubjectNamed, document).await?;
    }
    Ok(())
}

/// Every paper that shows the name of a subject.
pub(crate) async fn papers_with_name(connection: &mut Connection, id: SubjectId) -> Result<Vec<DocumentId>> {
    let sql = "select id from document where subject_id = $1
               union select document_id from document_subject where subject_id = $1 order by 1";
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(|row| database::read_word(row, "id")).collect()
}

/// How a claim differs from what is known under its number, for the person who has to decide.
pub(crate) struct Difference {
    /// Who is known under the number.
    pub(crate) subject: SubjectId,
    /// Vietnamese: what is known and what to do.
    pub(crate) message: String,
}

/// What is said of it to somebody who has nothing of that person: a mistyped number tells no stranger's name.
const KNOWN_OTHERWISE: &str = "Số này đã có trong kho với họ tên hoặc ngày sinh khác. Hãy kiểm tra lại số; nếu đúng là người này, hãy xác nhận việc thay đổi.";

/// Whether the number is known under a clearly different name or another date of birth: most often a mistyped number, and filing under
/// it would rename a stranger.
pub(crate) async fn difference(
    connection: &mut Connection,
    actor: &Actor,
    claim: &SubjectClaim,
    now: Timestamp,
) -> Result<Option<Difference>> {
    let Some(known) = holder(connection, &claim.number).await? else { return Ok(None) };
    let Some(told) = how_different(&known, claim) else { return Ok(None) };
    let tie = ties::find(connection, actor, known.id.into(), now).await?;
    let message = if policy::may(actor, Action::View, tie) { told } else { KNOWN_OTHERWISE.to_owned() };
    Ok(Some(Difference { subject: known.id, message }))
}

fn how_different(known: &Subject, claim: &SubjectClaim) -> Option<String> {
    if !known.name.is_empty() && !is_same_but_for_accents(&known.name, &claim.name) {
        return Some(format!(
            "Số này đã có trong kho với tên «{}». Hãy kiểm tra lại số; nếu đúng là người này, hãy xác nhận việc đổi tên.",
            known.name
        ));
    }
    let (known, claimed) = (known.birth_date?, claim.birth_date?);
    (known != claimed).then(|| {
        format!(
            "Số này đã có trong kho với ngày sinh {}. Hãy kiểm tra lại số và ngày sinh; nếu ngày mới đúng, hãy xác nhận việc thay đổi.",
            known.strftime("%d/%m/%Y")
        )
    })
}

/// Whether somebody who states a name and a date of birth speaks of someone else than whom the number belongs to. What is not stated, or not
/// known, contradicts nothing.
pub(crate) fn differs(known: &Subject, name: &str, birth_date: Option<Date>) -> bool {
    let other_name =
        !name.trim().is_empty() && !known.name.is_empty() && !is_same_but_for_accents(&known.name, name);
    let other_day = known.birth_date.zip(birth_date).is_some_and(|(known, stated)| known != stated);
    other_name || other_day
}

/// Who is known under the number of a claim that speaks of someone else, or names nobody although the actor has nothing of that person: a number
/// alone opens no stranger's records.
pub(crate) async fn known_otherwise(
    connection: &mut Connection,
    actor: &Actor,
    claim: &SubjectClaim,
    now: Timestamp,
) -> Result<Option<SubjectId>> {
    let Some(known) = holder(connection, &claim.number).await? else { return Ok(None) };
    let is_other = differs(&known, &claim.name, claim.birth_date);
    if !is_other && (known.name.is_empty() || !claim.name.trim().is_empty()) {
        return Ok(None);
    }
    let tie = ties::find(connection, actor, known.id.into(), now).await?;
    Ok((is_other || !policy::may(actor, Action::View, tie)).then_some(known.id))
}

/// Unlike at filing, where an officer holds the paper, nobody may say that the known name shall be replaced.
pub(crate) fn someone_else() -> Error {
    let message = "Họ tên hoặc ngày sinh không khớp với người có số này trong kho. Hãy đối chiếu lại số, họ tên và ngày sinh; nếu đúng là người này đã đổi tên, hãy quét và xác nhận giấy tờ ghi tên mới trước.";
    Error::SubjectDiffers { message: message.into() }
}

/// The subject as a person just confirmed it: the name stated now counts, and so does the date of birth if one is stated. Whether they
/// may replace others is decided before ([`difference`]).
pub(crate) async fn confirm(connection: &mut Connection, claim: &SubjectClaim) -> Result<SubjectId> {
    let name_before = holder(connection, &claim.number).await?.map(|known| known.name);
    let id = find_or_make(connection, claim).await?;
    let sql = "update subject set kind = $2, name = $3, birth_date = coalesce($4, birth_date) where id = $1";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&claim.kind))
        .bind(claim.name.trim())
        .bind(claim.birth_date.map(|date| date.to_string()))
        .execute(&mut *connection)
        .await?;
    if name_before.is_some_and(|name| !name.is_empty() && name != claim.name.trim()) {
        tell_of_name(connection, id).await?;
    }
    Ok(id)
}

impl Repository {
    /// The subject with this number, if the actor is tied to it: of anybody else not even the name is told. Access entry `Search`.
    pub async fn find_subject(&self, actor: &Actor, number: &SubjectNumber) -> Result<Option<Subject>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let question = database::query(BY_NUMBER).bind(number.kind()).bind(number.as_str());
        let row = question.fetch_optional(self.database().reader()).await?;
        let found = row.as_ref().map(from_row).transpose()?;
        let target = found.as_ref().map_or(Target::Nothing, |subject| subject.id.into());
        let is_tied = policy::may(actor, Action::View, self.tie(actor, target).await?);
        let touched = found.as_ref().map_or(Touched::NONE, |subject| subject.id.into());
        self.note_access(actor, Action::Search, &[touched]).await?;
        Ok(found.filter(|_| is_tied))
    }

    /// What is held for a subject (KHO-01), as far as the actor may see it; for one that was merged, that of the one who stayed. Access entry
    /// `View`. Whoever is tied to the subject itself sees everything; an agency sees the papers inside its scope and its own dossiers.
    ///
    /// Papers that only served a dossier are not promoted to the person's store (DIG-02, DIG-04): applications, components that nothing
    /// asks to be digitized, copies on paper, and what came with a dossier that was refused or withdrawn.
    pub async fn store(&self, actor: &Actor, id: SubjectId) -> Result<Store> {
        let tie = self.permit(actor, Action::View, id).await?;
        let mut snapshot = self.database().read().await?;
        let id = merging::who_stayed(&mut snapshot, id).await?;
        let subject = find(&mut snapshot, id).await?.ok_or(Error::NotFound)?;
        let numbers = numbers(&mut snapshot, id).await?;
        let merges = merging::into(&mut snapshot, id).await?;
        let mut promoted = promoted_documents(&mut snapshot, id).await?;
        // An agency that knows the subject too may need what others hold in an emergency.
        let sees_all = match tie {
            Tie::Own | Tie::Emergency => true,
            Tie::NoOne | Tie::Agency | Tie::Shared | Tie::Case | Tie::Stranger => {
                break_glass::is_open(&mut snapshot, actor, &[id], self.now()).await?
            }
        };
        let receiver = ties::receiver_key(actor);
        let seen_by = (!sees_all).then_some(receiver.as_str());
        if seen_by.is_some() {
            let scope = scope::of(&mut snapshot, actor).await?;
            let bounds = scope::bounds(&mut snapshot, &promoted).await?;
            promoted.retain(|paper| bounds.get(&paper.id).is_some_and(|bounds| scope.covers(bounds)));
        }
        let (documents, former) = promoted.into_iter().partition(|held| held.validity.is_searched());
        let dossiers = dossiers::of_subject(&mut snapshot, id, seen_by).await?;
        drop(snapshot);
        self.note_access(actor, Action::View, &[id.into()]).await?;
        Ok(Store { subject, numbers, merges, documents, former, dossiers })
    }
}

async fn promoted_documents(connection: &mut Connection, id: SubjectId) -> Result<Vec<Document>> {
    let sql = select_documents!(
        "where d.id in (select document_id from document_subject where subject_id = $1)
             and d.state = 'stored' and d.document_type <> 'DON' and ",
        promoted!(),
        " order by d.id desc"
    );
    let rows = database::query(sql).bind(id.to_string()).fetch_all(connection).await?;
    rows.iter().map(documents::from_row).collect()
}
