//! An existing digitized store brought in by its list: first every file becomes a paper, then, where the list is vouched for, every paper that
//! was read is filed as the list says. Either half is said again after it was cut short, and goes on.

use super::report::{Outcome, Report};
use super::table::{Listed, Row, Table};
use super::{Imported, receive, sentence};
use anyhow::{Context, ensure};
use repository::Repository;
use repository::record::{Actor, Confirmation, DocumentId, DocumentState, Priority, Provenance};
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
        let filed = match state {
            Some(DocumentState::Extracted | DocumentState::Unreadable) => {
                file_one(repository, actor, &row, folder, paper).await.map(|()| 1)
            }
            Some(DocumentState::Stored) => {
                check_filed(repository, actor, &row, folder, paper).await.map(|()| 0)
            }
            Some(DocumentState::Duplicate) => {
                Err(anyhow::anyhow!("set aside as another scan of a paper that is held"))
            }
            Some(DocumentState::Received) | None => {
                sums.unread += 1;
                continue;
            }
        };
        match filed {
            Ok(now) => {
                sums.filed += now;
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

async fn file_one(
    repository: &Repository,
    actor: &Actor,
    row: &Row,
    folder: &Path,
    paper: DocumentId,
) -> anyhow::Result<()> {
    let listed = row.listed(folder).map_err(anyhow::Error::msg)?;
    let view = repository.document(actor, paper).await?;
    let confirmation = confirmation(listed, view.document.document_type, view.pass)?;
    repository.confirm(actor, paper, confirmation).await?;
    Ok(())
}

/// Whether a paper that is filed already is filed as the list says: a run that was cut short did that, or another row with the same bytes
/// named someone else.
async fn check_filed(
    repository: &Repository,
    actor: &Actor,
    row: &Row,
    folder: &Path,
    paper: DocumentId,
) -> anyhow::Result<()> {
    let listed = row.listed(folder).map_err(anyhow::Error::msg)?;
    let view = repository.document(actor, paper).await?;
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
fn confirmation(listed: Listed, seen: repository::DocumentType, pass: u32) -> anyhow::Result<Confirmation> {
    let document_type = listed.document_type.unwrap_or(seen);
    let lacking = document_type.lacking(|key| listed.fields.iter().any(|(of, _)| of == key));
    Ok(Confirmation {
        document_type,
        title: listed.title.unwrap_or_else(|| document_type.label().to_owned()),
        subject: listed.subject.context("the list does not say whose paper it is; a person confirms it")?,
        co_owners: Vec::new(),
        provenance: Provenance { marked: true, ..Provenance::default() },
        pass: Some(pass),
        fields: listed.fields,
        // Why a field of the minimum is not there (DIG-11).
        reasons: lacking.into_iter().map(|key| (key.to_owned(), "Danh sách không có".to_owned())).collect(),
        beside: None,
        rename_subject: false,
    })
}

/// Papers of imports that wait to be read.
pub(super) async fn waiting(repository: &Repository) -> anyhow::Result<u64> {
    let queue = repository.queue().await?;
    let of_import = queue.iter().filter(|count| count.priority == Priority::Import);
    Ok(of_import.map(|count| count.waiting + count.running).sum())
}
