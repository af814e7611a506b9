//! Nhập kép: papers in which a mistake is dear are keyed by two people, the second without seeing what the first keyed. What agrees is
//! filed; where they differ, a third person sees both and decides.
//!
//! Until then what was keyed is nobody's record: it is sealed under the key of the paper, and goes when the paper is filed.

use crate::Repository;
use crate::data_keys::PaperKey;
use crate::database::{self, Connection, Row, Transaction};
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::filing::Filing;
use crate::record::*;
use crate::{DocumentType, access, desk, documents, fields};
use std::collections::HashMap;

/// People whose keying is kept: two, and the third decides.
const KEYINGS: usize = 2;
/// Why a value is right although its check fails, when nobody was asked for a reason: the paper was read again after the first keying.
const KEYED_ALIKE: &str = "Hai người nhập độc lập như nhau";

/// What becomes of a confirmation.
pub(crate) enum Outcome {
    /// It is filed as it stands here.
    File(Filing),
    /// It was kept; the turn is another person's.
    Kept,
}

impl Repository {
    /// What the first two people keyed of a paper, for the third. Access entry `View`.
    ///
    /// # Errors
    /// `NotFound` unless two people keyed it differently; `Forbidden` for these two, and for whoever may not confirm.
    pub async fn keyed(&self, actor: &Actor, id: DocumentId) -> Result<[Keyed; KEYINGS]> {
        self.permit(actor, Action::Confirm, id).await?;
        let mut snapshot = self.database().read().await?;
        documents::find_kept(&mut snapshot, id).await?;
        let keyings = of(&mut snapshot, id).await?;
        if keyings.iter().any(|keying| keying.by == actor.account) {
            return Err(Error::Forbidden);
        }
        let key = self.paper_key(id).await?;
        let first = read(&mut snapshot, &key, 1).await?;
        let second = read(&mut snapshot, &key, 2).await?;
        drop(snapshot);
        let (Some(first), Some(second)) = (first, second) else { return Err(Error::NotFound) };
        self.note_access(actor, Action::View, &[id.into()]).await?;
        Ok([first, second])
    }

    /// Takes in what a person states of a paper that is, or may have to be, keyed twice: of the type that it has, or gets.
    ///
    /// # Errors
    /// `Invalid` when this person keyed it; `KeyedMeanwhile` when somebody did after this person had `seen` so many keyings; `Doubtful` as for a
    /// confirmation, to the first person, because the second does not see what is doubted.
    pub(crate) async fn take_keying(
        &self,
        connection: &mut Connection,
        actor: &Actor,
        id: DocumentId,
        filing: Filing,
        (of_type, seen): (DocumentType, u32),
    ) -> Result<Outcome> {
        let keyings = of(connection, id).await?;
        let turn = KeyingTurn::of(&keyings, of_type, &actor.account);
        if turn == KeyingTurn::OfOthers {
            return Err(Error::invalid(
                "Anh/chị đã nhập giấy này. Loại giấy này cần người khác nhập độc lập, rồi mới lưu kho.",
            ));
        }
        if keyings.len() != seen as usize {
            return Err(Error::KeyedMeanwhile { document: id });
        }
        match turn {
            KeyingTurn::Once | KeyingTurn::Third | KeyingTurn::OfOthers => Ok(Outcome::File(filing)),
            KeyingTurn::First => {
                fields::check_doubts(connection, id, &filing.fields, &filing.reasons).await?;
                self.keep(connection, actor, id, &filing, 1).await
            }
            KeyingTurn::Second => {
                let key = self.paper_key(id).await?;
                let first = read(connection, &key, 1).await?;
                let first = first.ok_or_else(|| Error::Corrupt(format!("the keyings of paper {id}")))?;
                if !first.agrees_with(&Keyed::from(&filing)) {
                    return self.keep(connection, actor, id, &filing, 2).await;
                }
                let mut filing = first.filed_with(filing);
                let keys = fields::unexplained(connection, id, &filing.fields, &filing.reasons).await?;
                filing.reasons.extend(keys.into_iter().map(|key| (key, KEYED_ALIKE.to_owned())));
                Ok(Outcome::File(filing))
            }
        }
    }

    async fn keep(
        &self,
        connection: &mut Connection,
        actor: &Actor,
        id: DocumentId,
        filing: &Filing,
        number: u32,
    ) -> Result<Outcome> {
        let text = database::json(&Keyed::from(filing));
        let sealed = self.paper_key(id).await?.seal_text(&sealed_as(number), &text);
        let sql = "insert into keying (document_id, number, account, at, keyed) values ($1, $2, $3, $4, $5)";
        database::query(sql)
            .bind(id.to_string())
            .bind(i64::from(number))
            .bind(&actor.account)
            .bind(database::now())
            .bind(sealed)
            .execute(connection)
            .await?;
        Ok(Outcome::Kept)
    }
}

/// What one of two people keyed is kept, and the paper stays as it is. What others typed of it was typed by another sight of it, and goes.
pub(crate) async fn kept(
    mut transaction: Transaction,
    actor: &Actor,
    id: DocumentId,
    (action, reason): (Action, Option<&str>),
) -> Result<DocumentView> {
    desk::clear(&mut transaction, id).await?;
    let event = NewEvent { step: DocumentStep::Key, actor: Some(actor), reason, other: None };
    events::write(&mut transaction, id, event).await?;
    access::write(&mut transaction, actor, action, id, true).await?;
    let view = documents::view(&mut transaction, id).await?;
    transaction.commit().await?;
    Ok(view)
}

/// Who keyed a paper, in order.
pub(crate) async fn of(connection: &mut Connection, id: DocumentId) -> Result<Vec<Mark>> {
    Ok(of_all(connection, &[id]).await?.remove(&id).unwrap_or_default())
}

/// The same of several papers; one that nobody keyed is left out.
pub(crate) async fn of_all(
    connection: &mut Connection,
    ids: &[DocumentId],
) -> Result<HashMap<DocumentId, Vec<Mark>>> {
    let question = database::query("select document_id, account, at from keying where document_id in");
    let question = question.with_list(ids.iter().map(DocumentId::to_string));
    let rows = question.with(" order by document_id, number").fetch_all(connection).await?;
    database::grouped(&rows, mark_from)
}

fn mark_from(row: &Row) -> Result<Mark> {
    Ok(Mark { by: row.get("account")?, at: database::read_time(row, "at")? })
}

/// Takes away what was keyed, because the paper is filed.
pub(crate) async fn clear(connection: &mut Connection, id: DocumentId) -> Result<()> {
    let sql = "delete from keying where document_id = $1";
    database::query(sql).bind(id.to_string()).execute(connection).await?;
    Ok(())
}

async fn read(connection: &mut Connection, key: &PaperKey, number: u32) -> Result<Option<Keyed>> {
    let question = database::query("select keyed from keying where document_id = $1 and number = $2");
    let question = question.bind(key.document().to_string()).bind(i64::from(number));
    let Some(row) = question.fetch_optional(connection).await? else { return Ok(None) };
    let text = key.open_text(&sealed_as(number), row.get("keyed")?)?;
    serde_json::from_str(&text).map(Some).map_err(|_| Error::Corrupt("what was keyed of a paper".into()))
}

fn sealed_as(number: u32) -> String {
    format!("keying {number}")
}

impl From<&Filing> for Keyed {
    fn from(filing: &Filing) -> Keyed {
        Keyed {
            document_type: filing.document_type,
            subject: filing.subject.clone(),
            co_owners: filing.co_owners.clone(),
            fields: filing.fields.clone(),
            reasons: filing.reasons.clone(),
        }
    }
}

impl Keyed {
    /// Keys of the fields that another person keyed otherwise, or not at all.
    pub fn fields_unlike(&self, other: &Keyed) -> Vec<String> {
        let mine = self.fields.iter().map(|(key, _)| key);
        let theirs = other.fields.iter().map(|(key, _)| key);
        let mut unlike: Vec<String> = Vec::new();
        for key in mine.chain(theirs) {
            let is_alike = match (self.value(key), other.value(key)) {
                (Some(one), Some(another)) => is_same(one, another),
                (one, another) => one == another,
            };
            if !is_alike && !unlike.contains(key) {
                unlike.push(key.clone());
            }
        }
        unlike
    }

    /// The value of a field.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(of, _)| of == key).map(|(_, value)| value.as_str())
    }

    /// Whether both state the same owner.
    pub fn has_owner_of(&self, other: &Keyed) -> bool {
        is_same_claim(&self.subject, &other.subject)
    }

    fn agrees_with(&self, other: &Keyed) -> bool {
        let has = |owner: &OwnerClaim, of: &Keyed| {
            of.co_owners
                .iter()
                .any(|one| one.role == owner.role && is_same_claim(&one.subject, &owner.subject))
        };
        self.document_type == other.document_type
            && self.has_owner_of(other)
            && self.co_owners.len() == other.co_owners.len()
            && self.co_owners.iter().all(|owner| has(owner, other))
            && self.fields_unlike(other).is_empty()
    }

    /// What both keyed, as the first spelled it, with the reasons of both; of the rest the second person speaks.
    fn filed_with(self, second: Filing) -> Filing {
        let mut reasons = self.reasons;
        let more =
            second.reasons.into_iter().filter(|(key, _)| reasons.iter().all(|(known, _)| known != key));
        let more: Vec<_> = more.collect();
        reasons.extend(more);
        Filing {
            document_type: self.document_type,
            subject: self.subject,
            co_owners: self.co_owners,
            fields: self.fields,
            reasons,
            ..second
        }
    }
}

fn is_same_claim(one: &SubjectClaim, other: &SubjectClaim) -> bool {
    one.kind == other.kind
        && one.number == other.number
        && one.birth_date == other.birth_date
        && is_same(&one.name, &other.name)
}

/// Whether two people mean the same: how large the letters are and how wide the gaps is not what a paper says.
fn is_same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    plain(one) == plain(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyed(fields: &[(&str, &str)]) -> Keyed {
        Keyed {
            document_type: crate::DocumentType::LandCertificate,
            subject: SubjectClaim {
                kind: SubjectKind::Citizen,
                number: crate::identifier::SubjectNumber::parse("079099000001").unwrap(),
                name: "Trần Văn Mẫu".into(),
                birth_date: None,
            },
            co_owners: Vec::new(),
            fields: fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            reasons: Vec::new(),
        }
    }

    #[test]
    fn letters_and_gaps_make_no_difference_and_accents_do() {
        let check = |one: &[(&str, &str)], other: &[(&str, &str)], expected: &[&str]| {
            assert_eq!(keyed(one).fields_unlike(&keyed(other)), expected, "{one:?} {other:?}");
        };
        check(&[("area", "120 m2")], &[("area", "120  M2")], &[]);
        check(&[("holder_name", "TRẦN VĂN MẪU")], &[("holder_name", "Trần Văn Mẫu")], &[]);
        check(&[("holder_name", "Trần Văn Mẫu")], &[("holder_name", "Trần Văn Mậu")], &["holder_name"]);
        check(&[("area", "120")], &[], &["area"]);
        check(&[], &[("area", "120"), ("land_use", "ODT")], &["area", "land_use"]);
    }

    #[test]
    fn another_owner_or_type_is_a_difference() {
        let one = keyed(&[]);
        assert!(one.agrees_with(&keyed(&[])));
        let mut other = keyed(&[]);
        other.subject.name = "Trần Văn Mậu".into();
        assert!(!one.agrees_with(&other));
        let other = Keyed { document_type: crate::DocumentType::Permit, ..keyed(&[]) };
        assert!(!one.agrees_with(&other));
    }

    #[test]
    fn each_account_has_one_turn() {
        use crate::DocumentType::{BirthCertificate, LandCertificate};
        let mark = |by: &str| Mark { by: by.into(), at: jiff::Timestamp::UNIX_EPOCH };
        let check = |done: &[&str], document_type, account: &str, expected| {
            let done: Vec<Mark> = done.iter().map(|by| mark(by)).collect();
            assert_eq!(KeyingTurn::of(&done, document_type, account), expected, "{done:?} {account}");
        };
        check(&[], BirthCertificate, "a", KeyingTurn::Once);
        check(&[], LandCertificate, "a", KeyingTurn::First);
        check(&["a"], LandCertificate, "a", KeyingTurn::OfOthers);
        check(&["a"], LandCertificate, "b", KeyingTurn::Second);
        check(&["a"], BirthCertificate, "b", KeyingTurn::Second);
        check(&["a", "b"], LandCertificate, "b", KeyingTurn::OfOthers);
        check(&["a", "b"], LandCertificate, "c", KeyingTurn::Third);
    }
}
