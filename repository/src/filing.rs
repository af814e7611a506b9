//! A confirmation as a value: brought into the form that is stored, and checked in everything that needs no database.

use crate::DocumentType;
use crate::document_type::{FieldKind, field_key};
use crate::error::{Error, Result};
use crate::identifier::{Sex, SubjectNumber};
use crate::record::*;
use crate::subjects;
use jiff::civil::Date;
use unicode_normalization::UnicodeNormalization;

/// Longest title of a paper, longest name of a subject and longest reason, in characters: the longest titles of decisions that offices
/// issue fill a few lines; more is a page pasted by mistake.
pub(crate) const TITLE_CHARS_MAX: usize = 500;
/// Longest value of a field, in characters: a whole page of text, for the rare field that quotes one.
const VALUE_CHARS_MAX: usize = 4_000;

/// A confirmation that passed every check that needs no database.
pub(crate) struct Filing {
    pub(crate) document_type: DocumentType,
    pub(crate) title: String,
    pub(crate) subject: SubjectClaim,
    pub(crate) co_owners: Vec<OwnerClaim>,
    /// NFC, trimmed, none empty, each key once.
    pub(crate) fields: Vec<(String, String)>,
    /// Why fields whose check fails are right; trimmed, none empty.
    pub(crate) reasons: Vec<(String, String)>,
    /// What is said of its origin.
    pub(crate) provenance: Provenance,
    /// What it is beside an equal one; its reason is there.
    pub(crate) beside: Option<BesideHeld>,
}

impl Filing {
    /// What is stated of each owner, the first one first.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &SubjectClaim> {
        std::iter::once(&self.subject).chain(self.co_owners.iter().map(|owner| &owner.subject))
    }

    /// The role of the first owner: husband beside a wife and the other way round, else the owner.
    pub(crate) fn first_role(&self) -> OwnerRole {
        let has = |role| self.co_owners.iter().any(|owner| owner.role == role);
        match self.document_type {
            DocumentType::MarriageCertificate if has(OwnerRole::Wife) => OwnerRole::Husband,
            DocumentType::MarriageCertificate if has(OwnerRole::Husband) => OwnerRole::Wife,
            _ => OwnerRole::Owner,
        }
    }

    /// Numbers by which the paper is known, with their fields: số, ký hiệu, and the first that it carries of those of its type. The first one
    /// is the key of the record.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let of_type = self.document_type.known_by().iter().find(|key| self.value(key).is_some());
        let keys = std::iter::once("number").chain(of_type.copied().filter(|key| *key != "number"));
        keys.filter_map(|key| Some((key, self.value(key)?)))
    }

    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.fields.iter().find(|(of, _)| of == key).map(|(_, value)| value.as_str())
    }
}

/// Checks a confirmation and brings its values into the form that is stored.
pub(crate) fn plan(confirmation: Confirmation, today: Date) -> Result<Filing> {
    let filing = Filing {
        document_type: confirmation.document_type,
        title: clean(&confirmation.title),
        subject: clean_claim(confirmation.subject),
        co_owners: confirmation.co_owners.into_iter().map(clean_owner).collect(),
        fields: clean_fields(&confirmation.fields, today)?,
        reasons: clean_reasons(&confirmation.reasons)?,
        provenance: confirmation.provenance,
        beside: confirmation.beside.map(clean_beside).transpose()?,
    };
    if filing.title.is_empty() {
        return Err(Error::invalid("Thiếu tên giấy tờ. Hãy nhập tên giấy tờ."));
    }
    check_length("Tên giấy tờ", &filing.title, TITLE_CHARS_MAX)?;
    check_owners(&filing)?;
    check_minimum(&filing)?;
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

fn clean_beside(beside: BesideHeld) -> Result<BesideHeld> {
    Ok(BesideHeld { reason: plan_reason(&beside.reason)?, ..beside })
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

pub(crate) fn check_length(label: &str, text: &str, chars_max: usize) -> Result<()> {
    match text.chars().count() {
        count if count > chars_max => {
            Err(Error::invalid(format!("{label}: dài {count} ký tự, tối đa {chars_max}. Hãy rút gọn.")))
        }
        _ => Ok(()),
    }
}

pub(crate) fn clean(text: &str) -> String {
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

/// Why something is done to a stored record, as it is kept: it must be said.
pub(crate) fn plan_reason(reason: &str) -> Result<String> {
    let reason = clean(reason);
    check_length("Lý do", &reason, TITLE_CHARS_MAX)?;
    match reason.is_empty() {
        true => {
            Err(Error::invalid("Thiếu lý do. Hãy ghi lý do: người dân và người kiểm tra sẽ đọc câu này."))
        }
        false => Ok(reason),
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

/// The minimum of the type is there, or someone says in writing why a field is not: old papers lack what forms of today ask for.
fn check_minimum(filing: &Filing) -> Result<()> {
    let explained = |key: &str| filing.reasons.iter().any(|(of, _)| of == key);
    let lacking = filing.document_type.lacking(|key| filing.value(key).is_some() || explained(key));
    if lacking.is_empty() {
        return Ok(());
    }
    let labels: Vec<_> = lacking.iter().filter_map(|key| field_key(key)).map(|entry| entry.label).collect();
    let message = format!(
        "{} thiếu trường bắt buộc: {}. Hãy nhập theo giấy tờ; nếu trên giấy không có, hãy ghi rõ là không có.",
        filing.document_type.label(),
        labels.join(", ")
    );
    Err(Error::Incomplete { keys: lacking.into_iter().map(str::to_owned).collect(), message })
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
