//! An existing digitized store brought in by its list: first every file becomes a paper, then, where the list is vouched for, every paper that
//! was read is filed as the list says. Either half is said again after it was cut short, and goes on.

use super::report::{Outcome, Report};
use super::table::{Listed, Row, Table};
use super::{Imported, receive, sentence};
use crate::batches::machine;
use anyhow::{Context, ensure};
use repository::identifier::{Sex, SubjectNumber};
use repository::record::{
    Actor, Confirmation, DocumentId, DocumentState, DocumentView, Priority, Provenance, SubjectClaim,
};
use repository::{DocumentType, Repository};
use std::path::Path;

/// What an import by a list came to.
#[derive(Debug, Default, serde::Serialize)]
pub(super) struct Sums {
    /// Rows of the list.
    pub(super) rows: u64,
    /// Rows that an earlier run had done.
    pub(super) known: u64,
    /// Files that became papers now.
    pub(super) received: u64,
    /// Files whose bytes were held already.
    pub(super) held: u64,
    /// Papers that were filed now.
    pub(super) filed: u64,
    /// Papers of a type that is keyed twice: the list is the first keying, and a person keys them next.
    pub(super) keyed: u64,
    /// Papers that are not read yet; say the same again later.
    pub(super) unread: u64,
    /// Rows that were refused now: the report says why.
    pub(super) refused: u64,
}

/// Takes in every file of the list that an earlier run did not.
pub(super) async fn take_in(
    repository: &Repository,
    actor: &Actor,
    list: &Path,
    report: &mut Report,
    sums: &mut Sums,
) -> anyhow::Result<()> {
    let folder = list.parent().unwrap_or(Path::new(""));
    let mut table = Table::open(list)?;
    while let Some(row) = table.next() {
        sums.rows += 1;
        let row = match row {
            Ok(row) => row,
            Err((line, reason)) => {
                sums.refused += 1;
                report.tell_line(line, &reason)?;
                continue;
            }
        };
        if report.outcome(&row).is_some() {
            sums.known += 1;
            continue;
        }
        match take_in_one(repository, actor, &row, folder).await {
            Ok(Imported { document, already_held, .. }) => {
                *(if already_held { &mut sums.held } else { &mut sums.received }) += 1;
                report.tell(&row, Outcome::Received(document), "")?;
            }
            Err(reason) => {
                sums.refused += 1;
                report.tell(&row, Outcome::Refused, &reason)?;
            }
        }
    }
    report.finish()
}

async fn take_in_one(
    repository: &Repository,
    actor: &Actor,
    row: &Row,
    folder: &Path,
) -> Result<Imported, String> {
    let listed = row.listed(folder)?;
    let received = receive(repository, actor, listed.file, None, listed.subject).await;
    received.map_err(|error| sentence(&error))
}

/// Files every paper that was read as the list says.
pub(super) async fn file(
    repository: &Repository,
    actor: &Actor,
    list: &Path,
    report: &mut Report,
    sums: &mut Sums,
) -> anyhow::Result<()> {
    let folder = list.parent().unwrap_or(Path::new(""));
    let mut table = Table::open(list)?;
    while let Some(row) = table.next() {
        let Ok(row) = row else { continue };
        let Some(Outcome::Received(paper)) = report.outcome(&row) else { continue };
        let state = repository.progress(&[paper]).await?.first().map(|progress| progress.state);
        if matches!(state, Some(DocumentState::Received) | None) {
            sums.unread += 1;
            continue;
        }
        match file_one(repository, actor, &row, folder, paper).await {
            Ok(Filing::Keyed) => sums.keyed += 1,
            Ok(filing) => {
                sums.filed += u64::from(filing == Filing::Now);
                report.tell(&row, Outcome::Filed(paper), "")?;
            }
            Err(error) => {
                sums.refused += 1;
                report.tell(&row, Outcome::Refused, &sentence(&error))?;
            }
        }
    }
    report.finish()
}

/// What came of filing a paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filing {
    /// It was filed now.
    Now,
    /// It was before.
    Before,
    /// It is keyed twice, and the list is the first keying: it goes on waiting.
    Keyed,
}

/// Files a paper that was read as its row says, or finds that it is.
async fn file_one(
    repository: &Repository,
    actor: &Actor,
    row: &Row,
    folder: &Path,
    paper: DocumentId,
) -> anyhow::Result<Filing> {
    let listed = row.listed(folder).map_err(anyhow::Error::msg)?;
    let view = repository.document(actor, paper).await?;
    match (view.document.state, view.document.superseded_by) {
        (DocumentState::Stored, _) => check_filed(repository, actor, listed, &view).await?,
        // Set aside: the paper that is used instead is filed.
        (DocumentState::Duplicate, Some(held)) => {
            let held = repository.document(actor, held).await?;
            check_filed(repository, actor, listed, &held).await?;
        }
        _ if view.keyings.iter().any(|keying| keying.by == actor.account) => return Ok(Filing::Keyed),
        (
            DocumentState::Received
            | DocumentState::Extracted
            | DocumentState::Unreadable
            | DocumentState::Duplicate
            | DocumentState::TakenBack,
            _,
        ) => {
            row.check_days().map_err(anyhow::Error::msg)?;
            let confirmation = confirmation(listed, view.document.document_type, view.pass)?;
            let view = repository.confirm(actor, paper, confirmation).await?;
            let is_filed = view.document.state == DocumentState::Stored;
            return Ok(if is_filed { Filing::Now } else { Filing::Keyed });
        }
    }
    Ok(Filing::Before)
}

/// Whether a paper that is filed already is filed as the list says: a run that was cut short did that, another row with the same bytes
/// named someone else, or it is used instead of another scan.
async fn check_filed(
    repository: &Repository,
    actor: &Actor,
    listed: Listed,
    view: &DocumentView,
) -> anyhow::Result<()> {
    let same_type = listed.document_type.is_none_or(|listed| listed == view.document.document_type);
    ensure!(same_type, "held already, filed otherwise: as another type of paper");
    let Some(claim) = listed.subject else { return Ok(()) };
    let subject = repository.find_subject(actor, &claim.number).await?;
    let is_owner =
        subject.is_some_and(|subject| view.owners.iter().any(|owner| owner.subject.id == subject.id));
    ensure!(
        is_owner,
        "held already, filed otherwise: the subject of this row is none of its owners; a person adds them"
    );
    Ok(())
}

/// The record as the list has it; of the type that the machine saw when the list names none.
fn confirmation(listed: Listed, seen: DocumentType, pass: u32) -> anyhow::Result<Confirmation> {
    let document_type = listed.document_type.unwrap_or(seen);
    let subject = listed.subject.context("the list does not say whose paper it is; a person confirms it")?;
    let mut fields = listed.fields;
    fields.extend(of_subject(document_type, &subject, listed.birth_year, &fields));
    let lacking = document_type.lacking(|key| fields.iter().any(|(of, _)| of == key));
    Ok(Confirmation {
        document_type,
        title: listed.title.unwrap_or_else(|| document_type.label().to_owned()),
        subject,
        co_owners: Vec::new(),
        provenance: Provenance { marked: true, ..Provenance::default() },
        pass: Some(pass),
        fields,
        // Why a field of the minimum is not there (DIG-11).
        reasons: lacking.into_iter().map(|key| (key.to_owned(), "Danh sách không có".to_owned())).collect(),
        beside: None,
        rename_subject: false,
        keyings: 0,
    })
}

/// What the list says of the subject, under the names that the type of paper has for it, unless columns of the list have them.
fn of_subject(
    document_type: DocumentType,
    subject: &SubjectClaim,
    birth_year: Option<String>,
    listed: &[(String, String)],
) -> Vec<(String, String)> {
    let keys = SubjectKeys::of(&subject.number);
    // Old papers carry no number of their owner: only of those that must have one is it said.
    let minimum = document_type.lacking(|_| false);
    let number = keys.number.filter(|key| minimum.contains(key));
    let name = keys.names.iter().find(|key| document_type.carries(key)).copied();
    let birth = keys.births.iter().find(|key| document_type.carries(key)).copied();
    let year = Some("birth_year").filter(|key| document_type.carries(key));
    let said = [
        (number, Some(subject.number.as_str().to_owned())),
        (name, Some(subject.name.clone()).filter(|name| !name.is_empty())),
        (birth, subject.birth_date.map(|day| day.to_string())),
        (year, birth_year),
    ];
    let known = said.into_iter().filter_map(|(key, value)| Some((key?.to_owned(), value?)));
    known.filter(|(key, _)| listed.iter().all(|(of, _)| of != key)).collect()
}

/// Keys of the data dictionary under which papers speak of their subject; a type of paper has the first of several that it carries.
struct SubjectKeys {
    number: Option<&'static str>,
    names: &'static [&'static str],
    births: &'static [&'static str],
}

impl SubjectKeys {
    /// Which of two spouses someone is, a citizen number tells; older numbers do not.
    fn of(number: &SubjectNumber) -> SubjectKeys {
        let (number, names, births): (_, &[_], &[_]) = match number {
            SubjectNumber::CitizenId(id) => match id.sex() {
                Sex::Male => (
                    Some("citizen_id"),
                    &["full_name", "husband_name", "holder_name"],
                    &["birth_date", "husband_birth_date"],
                ),
                Sex::Female => (
                    Some("citizen_id"),
                    &["full_name", "wife_name", "holder_name"],
                    &["birth_date", "wife_birth_date"],
                ),
            },
            SubjectNumber::OldIdNumber(_) | SubjectNumber::Passport(_) => {
                (None, &["full_name", "holder_name"], &["birth_date"])
            }
            SubjectNumber::TaxCode(_) => (Some("enterprise_code"), &["enterprise_name", "holder_name"], &[]),
        };
        SubjectKeys { number, names, births }
    }
}

/// Papers of imports that wait to be read.
pub(super) async fn waiting(repository: &Repository) -> anyhow::Result<u64> {
    let queue = repository.queue(&machine()).await?;
    let of_import = queue.iter().filter(|count| count.priority == Priority::Import);
    Ok(of_import.map(|count| count.waiting + count.running).sum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use repository::document_type::DocumentType::*;

    /// Fields of the record of a row, and those that are told to be missing.
    fn record(
        document_type: DocumentType,
        subject: (&str, &str),
        birth: &str,
        own: &[(&str, &str)],
    ) -> (Vec<(String, String)>, Vec<String>) {
        let number = SubjectNumber::parse(subject.0).unwrap();
        let birth_date = birth.parse().ok();
        let listed = Listed {
            file: "a.pdf".into(),
            subject: Some(SubjectClaim {
                kind: number.subject_kind(),
                number,
                name: subject.1.to_owned(),
                birth_date,
            }),
            document_type: Some(document_type),
            title: None,
            birth_year: (birth.len() == 4).then(|| birth.to_owned()),
            fields: own.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        };
        let confirmation = confirmation(listed, Other, 1).unwrap();
        let mut lacking: Vec<String> = confirmation.reasons.into_iter().map(|(key, _)| key).collect();
        lacking.sort();
        (confirmation.fields, lacking)
    }

    #[test]
    fn what_the_list_says_of_the_subject_is_not_told_to_be_missing() {
        let check = |document_type, subject, birth, own, expected: &[(&str, &str)], missing: &[&str]| {
            let (fields, lacking) = record(document_type, subject, birth, own);
            let fields: Vec<_> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            assert_eq!(
                (fields.as_slice(), lacking),
                (expected, missing.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()),
                "{document_type:?} {subject:?}"
            );
        };
        let (man, woman) = (("079099000013", "Trần Văn Mẫu"), ("079199000013", "Trần Thị Mẫu"));
        let no_issue = ["agency", "issued_on", "number"];
        let born = [("full_name", "Trần Văn Mẫu"), ("birth_date", "1999-03-08")];
        check(BirthCertificate, man, "1999-03-08", &[], &born, &no_issue);
        let year = [("full_name", "Trần Văn Mẫu"), ("birth_year", "1950")];
        check(BirthCertificate, man, "1950", &[], &year, &no_issue);
        let own = [("full_name", "Trần Văn Con"), ("birth_date", "2020-01-02")];
        check(BirthCertificate, man, "1999-03-08", &own, &own, &no_issue);
        let card = [("citizen_id", man.0), ("full_name", man.1), ("birth_date", "1999-03-08")];
        check(IdentityCard, man, "1999-03-08", &[], &card, &[]);
        let wife = [("wife_name", woman.1), ("wife_birth_date", "1999-03-08")];
        let others = ["agency", "husband_name", "issued_on", "number"];
        check(MarriageCertificate, woman, "1999-03-08", &[], &wife, &others);
        let others = ["agency", "husband_name", "issued_on", "number", "wife_name"];
        check(MarriageCertificate, ("012345678", "Trần Văn Mẫu"), "", &[], &[], &others);
        let enterprise = [("enterprise_code", "0100233488"), ("enterprise_name", "Công ty Mẫu")];
        check(
            BusinessRegistration,
            ("0100233488", "Công ty Mẫu"),
            "",
            &[],
            &enterprise,
            &["agency", "issued_on"],
        );
        check(Decision, man, "1999-03-08", &[], &[], &["agency", "issued_on", "number", "subject_matter"]);
    }
}
