//! Filing: a person confirms what the machine proposed, and the paper becomes a record of its owner (DIG-06 steps 3 and 4, DIG-12).
//! First the confirmation is checked as a value, then one transaction carries it out.

use crate::Repository;
use crate::access;
use crate::database::{self, Connection};
use crate::document_type::{FieldKind, field_key};
use crate::error::{Error, Result};
use crate::identifier::{Sex, SubjectNumber};
use crate::record::*;
use crate::{DocumentType, changes, code, documents, fields, owners, passes, reading, subjects};
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

/// Longest title of a paper, longest name of a subject and longest reason, in characters: the longest titles of decisions that offices
/// issue fill a few lines; more is a page pasted by mistake.
pub(crate) const TITLE_CHARS_MAX: usize = 500;
/// Longest value of a field, in characters: a whole page of text, for the rare field that quotes one.
const VALUE_CHARS_MAX: usize = 4_000;

/// A confirmation that passed every check that needs no database.
struct Filing {
    document_type: DocumentType,
    title: String,
    subject: SubjectClaim,
    co_owners: Vec<OwnerClaim>,
    /// NFC, trimmed, none empty, each key once.
    fields: Vec<(String, String)>,
    /// Why fields whose check fails are right; trimmed, none empty.
    reasons: Vec<(String, String)>,
}

impl Filing {
    /// What is stated of each owner, the first one first.
    fn claims(&self) -> impl Iterator<Item = &SubjectClaim> {
        std::iter::once(&self.subject).chain(self.co_owners.iter().map(|owner| &owner.subject))
    }

    /// The role of the first owner: husband beside a wife and the other way round, else the owner.
    fn first_role(&self) -> OwnerRole {
        let has = |role| self.co_owners.iter().any(|owner| owner.role == role);
        match self.document_type {
            DocumentType::MarriageCertificate if has(OwnerRole::Wife) => OwnerRole::Husband,
            DocumentType::MarriageCertificate if has(OwnerRole::Husband) => OwnerRole::Wife,
            _ => OwnerRole::Owner,
        }
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(of, _)| of == key).map(|(_, value)| value.as_str())
    }
}

impl Repository {
    /// Files a paper: fields confirmed, document code issued, subject found or made, state stored, all in one transaction. A paper that
    /// the machine could not read is filed the same way, from fields typed by hand (DOMAIN §4.2).
    ///
    /// # Errors
    /// `Conflict` when the paper is not waiting for confirmation; `ReadAgain` when it was read again since the person looked; `Invalid` when a value is; `Doubtful` when a value whose check fails is
    /// neither changed nor given a reason; `SubjectDiffers` when the number is known under another name or date of birth and the
    /// confirmation does not say that they shall be replaced.
    pub async fn confirm(
        &self,
        actor: &Actor,
        id: DocumentId,
        confirmation: Confirmation,
    ) -> Result<DocumentView> {
        self.permit(actor, Action::Confirm, id).await?;
        let today = database::today();
        let (seen, may_rename) = (confirmation.pass, confirmation.rename_subject);
        let filing = plan(confirmation, today)?;
        let mut transaction = self.database().write().await?;
        check_state(&mut transaction, id).await?;
        check_seen(&mut transaction, id, seen).await?;
        check_promotion(&mut transaction, id, filing.document_type).await?;
        fields::check_doubts(&mut transaction, id, &filing.fields, &filing.reasons).await?;
        for claim in filing.claims().filter(|_| !may_rename) {
            let Some(found) = subjects::difference(&mut transaction, claim).await? else { continue };
            // The sentence tells what is known of someone: a look like any other.
            access::write(&mut transaction, actor, Action::Search, found.subject, true).await?;
            transaction.commit().await?;
            return Err(Error::SubjectDiffers { message: found.message });
        }
        store(&mut transaction, actor, id, &filing, today).await?;
        changes::append(&mut transaction, ChangeKind::Stored, id).await?;
        access::write(&mut transaction, actor, Action::Confirm, id, true).await?;
        let view = documents::view(&mut transaction, id).await?;
        transaction.commit().await?;
        Ok(view)
    }
}

/// Checks a confirmation and brings its values into the form that is stored.
fn plan(confirmation: Confirmation, today: Date) -> Result<Filing> {
    let filing = Filing {
        document_type: confirmation.document_type,
        title: clean(&confirmation.title),
        subject: clean_claim(confirmation.subject),
        co_owners: confirmation.co_owners.into_iter().map(clean_owner).collect(),
        fields: clean_fields(&confirmation.fields, today)?,
        reasons: clean_reasons(&confirmation.reasons)?,
    };
    if filing.title.is_empty() {
        return Err(Error::invalid("Thiếu tên giấy tờ. Hãy nhập tên giấy tờ."));
    }
    check_length("Tên giấy tờ", &filing.title, TITLE_CHARS_MAX)?;
    check_owners(&filing)?;
    check_validity(&filing)?;
    check_subject(&filing)?;
    Ok(filing)
}

fn clean_claim(claim: SubjectClaim) -> SubjectClaim {
    SubjectClaim { name: clean(&claim.name), ..claim }
}

fn clean_owner(owner: OwnerClaim) -> OwnerClaim {
    OwnerClaim { subject: clean_claim(owner.subject), ..owner }
}

/// Each owner is stated once, with a name and without contradiction.
fn check_owners(filing: &Filing) -> Result<()> {
    let mut numbers = Vec::new();
    for claim in filing.claims() {
        if claim.name.is_empty() {
            return Err(Error::invalid("Thiếu tên chủ giấy tờ. Hãy nhập họ tên hoặc tên tổ chức."));
        }
        if numbers.contains(&&claim.number) {
            return Err(Error::invalid(
                "Hai chủ giấy tờ có cùng một số. Hãy kiểm tra lại số của từng người, hoặc bỏ bớt một người.",
            ));
        }
        check_length("Tên chủ giấy tờ", &claim.name, TITLE_CHARS_MAX)?;
        subjects::check_claim(claim)?;
        numbers.push(&claim.number);
    }
    Ok(())
}

fn check_length(label: &str, text: &str, chars_max: usize) -> Result<()> {
    match text.chars().count() {
        count if count > chars_max => {
            Err(Error::invalid(format!("{label}: dài {count} ký tự, tối đa {chars_max}. Hãy rút gọn.")))
        }
        _ => Ok(()),
    }
}

fn clean(text: &str) -> String {
    text.trim().nfc().collect()
}

/// Fields of the dictionary with usable values. An empty value is a field left out.
fn clean_fields(fields: &[(String, String)], today: Date) -> Result<Vec<(String, String)>> {
    let mut cleaned: Vec<(String, String)> = Vec::new();
    for (key, value) in fields {
        let entry = field_key(key).ok_or_else(|| {
            Error::invalid(format!("Trường {key:?} không có trong danh mục dữ liệu. Hãy bỏ trường này."))
        })?;
        let value = clean(value);
        if value.is_empty() {
            continue;
        }
        if cleaned.iter().any(|(known, _)| known == key) {
            return Err(Error::invalid(format!("{}: nhập hai lần. Hãy giữ lại một.", entry.label)));
        }
        check_length(entry.label, &value, VALUE_CHARS_MAX)?;
        let value = match entry.kind {
            FieldKind::Text => value,
            FieldKind::Date => check_date(key, entry.label, &value, today).map(|()| value)?,
            FieldKind::PersonalNumber => canonical_number(entry.label, &value)?,
        };
        cleaned.push((key.clone(), value));
    }
    Ok(cleaned)
}

/// Reasons as they are stored. An empty one is none.
fn clean_reasons(reasons: &[(String, String)]) -> Result<Vec<(String, String)>> {
    let mut cleaned = Vec::new();
    for (key, reason) in reasons {
        let reason = clean(reason);
        check_length("Lý do", &reason, TITLE_CHARS_MAX)?;
        if !reason.is_empty() {
            cleaned.push((key.clone(), reason));
        }
    }
    Ok(cleaned)
}

/// A personal number or tax code as it is stored, without the separators that were typed.
fn canonical_number(label: &str, value: &str) -> Result<String> {
    match SubjectNumber::parse(value) {
        Ok(number) => Ok(number.as_str().to_owned()),
        Err(error) => Err(Error::invalid(format!("{label}: {}", error.message))),
    }
}

/// A real day, and not one to come, unless it is the end of validity.
fn check_date(key: &str, label: &str, value: &str, today: Date) -> Result<()> {
    let day = day(value).ok_or_else(|| {
        Error::invalid(format!(
            "{label}: không phải ngày có thật. Hãy nhập năm-tháng-ngày, ví dụ 2023-04-05."
        ))
    })?;
    if day > today && key != "valid_until" {
        return Err(Error::invalid(format!("{label}: ngày ở tương lai. Hãy đối chiếu lại với giấy tờ.")));
    }
    Ok(())
}

/// `YYYY-MM-DD` exactly: other ISO forms of a day would make equal days unequal texts.
fn day(value: &str) -> Option<Date> {
    value.parse::<Date>().ok().filter(|day| day.to_string() == value)
}

fn check_validity(filing: &Filing) -> Result<()> {
    let (issued_on, valid_until) = (filing.value("issued_on"), filing.value("valid_until"));
    match (issued_on, valid_until) {
        (Some(issued_on), Some(valid_until)) if valid_until < issued_on => {
            Err(Error::invalid("Có giá trị đến: trước ngày cấp. Hãy đối chiếu lại hai ngày này với giấy tờ."))
        }
        _ => Ok(()),
    }
}

/// The number of the subject against what the paper says of the same person: the one whose `citizen_id` it carries.
fn check_subject(filing: &Filing) -> Result<()> {
    let SubjectNumber::CitizenId(number) = &filing.subject.number else { return Ok(()) };
    if filing.value("citizen_id") != Some(number.as_str()) {
        return Ok(());
    }
    let birth_date = filing.value("birth_date").and_then(day);
    if birth_date.is_some_and(|birth_date| !number.agrees_with(birth_date)) {
        return Err(Error::invalid(format!(
            "Số định danh cho biết năm sinh {}, khác với ngày sinh trên giấy tờ. Hãy đối chiếu lại cả hai.",
            number.birth_year()
        )));
    }
    let sex = filing.value("sex").and_then(Sex::from_word);
    if sex.is_some_and(|sex| sex != number.sex()) {
        return Err(Error::invalid(format!(
            "Số định danh cho biết giới tính {}, khác với giấy tờ. Hãy đối chiếu lại cả hai.",
            number.sex().label()
        )));
    }
    Ok(())
}

/// Only a paper that waits may be filed.
async fn check_state(connection: &mut Connection, id: DocumentId) -> Result<()> {
    match documents::find(connection, id).await?.ok_or(Error::NotFound)?.state {
        DocumentState::Extracted | DocumentState::Unreadable => Ok(()),
        DocumentState::Received | DocumentState::Stored => Err(Error::Conflict { document: id }),
    }
}

/// The proposals that a person saw are those that count: against others the doubts of a value could not be told from its changes.
async fn check_seen(connection: &mut Connection, id: DocumentId, seen: Option<u32>) -> Result<()> {
    match passes::newest(connection, id).await? {
        newest if newest > seen.unwrap_or(reading::FIRST_PASS) => Err(Error::ReadAgain { document: id }),
        _ => Ok(()),
    }
}

/// DIG-04: an identity card that is only to be shown is not kept in the store of the person.
async fn check_promotion(
    connection: &mut Connection,
    id: DocumentId,
    document_type: DocumentType,
) -> Result<()> {
    if document_type != DocumentType::IdentityCard {
        return Ok(());
    }
    let sql = "select key from component where document_id = $1 and submission = $2 limit 1";
    let question = database::query(sql).bind(id.to_string()).bind(database::word(&Submission::XuatTrinh));
    match question.fetch_optional(connection).await? {
        Some(_) => Err(Error::invalid(
            "Thành phần này chỉ xuất trình để đối chiếu: không lưu căn cước vào kho của công dân. Hãy trả lại bản gốc.",
        )),
        None => Ok(()),
    }
}

/// Every owner as a subject, the first one first. Two numbers may lead to one person, who is named once.
async fn confirm_owners(connection: &mut Connection, filing: &Filing) -> Result<Vec<(SubjectId, OwnerRole)>> {
    let mut owners = vec![(subjects::confirm(connection, &filing.subject).await?, filing.first_role())];
    for other in &filing.co_owners {
        let subject = subjects::confirm(connection, &other.subject).await?;
        if owners.iter().all(|(known, _)| *known != subject) {
            owners.push((subject, other.role));
        }
    }
    Ok(owners)
}

async fn store(
    connection: &mut Connection,
    actor: &Actor,
    id: DocumentId,
    filing: &Filing,
    today: Date,
) -> Result<()> {
    let now = database::now();
    let owners = confirm_owners(connection, filing).await?;
    owners::put(connection, id, &owners).await?;
    fields::confirm(connection, id, &filing.fields, &filing.reasons, &actor.account, now).await?;
    let sequence = database::next_number(connection, &format!("document:{today}")).await?;
    let code = code::document_code(filing.document_type, today, sequence);
    let number = filing.value("number");
    let sql = "update document set state = $2, document_type = $3, title = $4, code = $5, code_key = $6,
                   number = $7, number_key = $8, issued_on = $9, valid_until = $10, agency = $11, subject_id = $12,
                   trust_level = $13, problem = null, confirmed_at = $14, confirmed_by = $15
               where id = $1";
    database::query(sql)
        .bind(id.to_string())
        .bind(database::word(&DocumentState::Stored))
        .bind(database::word(&filing.document_type))
        .bind(&filing.title)
        .bind(code.as_str())
        .bind(database::exact_key(code.as_str()))
        .bind(number)
        .bind(number.map(database::exact_key))
        .bind(filing.value("issued_on"))
        .bind(filing.value("valid_until"))
        .bind(filing.value("agency"))
        .bind(owners[0].0.to_string())
        .bind(database::word(&TrustLevel::Compared))
        .bind(now)
        .bind(&actor.account)
        .execute(connection)
        .await?;
    Ok(())
}
