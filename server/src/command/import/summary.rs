//! What an import brought: one row a paper, and the sums.

use super::Imported;
use repository::Repository;
use repository::record::{Actor, Document, DocumentState};

/// Prints the table and answers how many papers could not be read.
pub(super) async fn print(
    json: bool,
    repository: &Repository,
    actor: &Actor,
    imported: &[Imported],
) -> anyhow::Result<usize> {
    let ids: Vec<_> = imported.iter().map(|one| one.document).collect();
    let documents = repository.documents_by_id(actor, &ids).await?;
    let rows = imported.iter().filter_map(|one| {
        let document = documents.iter().find(|document| document.id == one.document)?;
        Some((one, document))
    });
    let rows: Vec<(&Imported, &Document)> = rows.collect();
    if json {
        print_json(&rows)?;
    } else {
        print_table(&rows);
    }
    Ok(rows.iter().filter(|(_, document)| document.state == DocumentState::Unreadable).count())
}

fn print_json(rows: &[(&Imported, &Document)]) -> anyhow::Result<()> {
    for (one, document) in rows {
        let row = serde_json::json!({
            "file": one.file, "already_held": one.already_held, "id": document.id, "state": document.state,
            "document_type": document.document_type, "title": document.title, "pages": document.page_count,
            "pages_to_review": document.pages_to_review, "problem": document.problem,
        });
        println!("{row}");
    }
    Ok(())
}

fn print_table(rows: &[(&Imported, &Document)]) {
    println!("{:<34} {:>5} {:>6}  {:<26} TITLE", "FILE", "PAGES", "REVIEW", "STATE");
    for (one, document) in rows {
        let name = one.file.file_name().unwrap_or_default().to_string_lossy();
        println!(
            "{:<34} {:>5} {:>6}  {:<26} {}",
            name,
            document.page_count.map_or("-".into(), |count| count.to_string()),
            document.pages_to_review,
            state(one, document),
            document.problem.as_deref().unwrap_or(&document.title)
        );
    }
    let pages: u32 = rows.iter().map(|(_, document)| document.pages_read).sum();
    let new = rows.iter().filter(|(one, _)| !one.already_held).count();
    println!("{} papers, {pages} pages; {new} new, {} held before", rows.len(), rows.len() - new);
}

fn state(one: &Imported, document: &Document) -> String {
    let state = match document.state {
        DocumentState::Received => "waiting to be read",
        DocumentState::Extracted => "to be confirmed",
        DocumentState::Stored => "stored",
        DocumentState::Unreadable => "unreadable",
        DocumentState::Duplicate => "another scan of a held paper",
        DocumentState::TakenBack => "taken back with its batch",
    };
    if one.already_held { format!("{state}, held") } else { state.to_owned() }
}
