//! The papers that the index finds for judged queries, as a person would: with the second, tolerant look.

use jiff::civil::{Date, date};
use motlan_search::contract::paper;
use motlan_search::{Query, Question, Update, open, parse, search_forgiving};
use repository::DocumentType;
use repository::record::{Field, FieldSource, IndexableDocument, Scope};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::path::Path;

/// Papers a batch, as the follower makes them.
const BATCH: usize = 1_000;

/// Hits that are judged.
const HITS: usize = 10;

/// A line of the file of papers.
#[derive(Deserialize)]
struct Row {
    #[serde(rename = "type")]
    document_type: DocumentType,
    title: String,
    number: Option<String>,
    agency: Option<String>,
    issued_on: Option<Date>,
    subject: Option<String>,
    text: String,
}

/// A line of the file of queries.
#[derive(Deserialize)]
struct Asked {
    text: String,
    filters: Filters,
}

#[derive(Deserialize)]
struct Filters {
    #[serde(rename = "type")]
    document_type: Option<DocumentType>,
    year: Option<i16>,
    agency: Option<String>,
}

/// A line of the answer.
#[derive(Serialize)]
struct Found {
    /// Places of the papers in their file.
    hits: Vec<u128>,
    total: usize,
    tolerant: bool,
}

/// Puts the papers into an index and prints what it finds for each query, one JSON object a line.
pub(crate) fn answer(papers: &Path, queries: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let index = open(folder.path())?;
    let papers = std::fs::read_to_string(papers)?;
    let rows = papers.lines().map(serde_json::from_str).collect::<Result<Vec<Row>, _>>()?;
    let mut updates = (0..).zip(rows).map(|(key, row)| Update::Put(Box::new(indexable(key, row)))).peekable();
    while updates.peek().is_some() {
        index.apply(updates.by_ref().take(BATCH).collect(), 1)?;
    }
    for line in std::fs::read_to_string(queries)?.lines() {
        let query = Query::new(question(serde_json::from_str(line)?)?, Scope::everything(), HITS);
        let (question, found) = search_forgiving(&*index, query)?;
        let hits = found.hits.iter().map(|hit| hit.document.0.as_u128()).collect();
        let found = Found { hits, total: found.total, tolerant: question.is_tolerant() };
        writeln!(std::io::stdout(), "{}", serde_json::to_string(&found)?)?;
    }
    Ok(())
}

fn indexable(key: u128, row: Row) -> IndexableDocument {
    let mut indexable = paper(key, &row.title, &row.text);
    let document = &mut indexable.document;
    document.document_type = row.document_type;
    document.number = row.number;
    document.agency = row.agency;
    document.issued_on = row.issued_on;
    if let Some(name) = row.subject {
        indexable.fields.push(full_name(name));
    }
    indexable
}

/// A name as a person confirmed it.
fn full_name(value: String) -> Field {
    Field {
        key: "full_name".to_owned(),
        value,
        proposed: None,
        source: FieldSource::Manual,
        confidence: 100.0,
        page: None,
        region: None,
        written: String::new(),
        doubts: Vec::new(),
        confirmed_by: Some("judge".to_owned()),
        confirmed_at: None,
        reason: None,
    }
}

/// The words with the filters beside them.
fn question(asked: Asked) -> Result<Question, Box<dyn std::error::Error>> {
    let Filters { document_type, year, agency } = asked.filters;
    let mut text = asked.text;
    if let Some(document_type) = document_type {
        text.push_str(&format!(" loại:{}", document_type.code().to_lowercase()));
    }
    if let Some(year) = year {
        text.push_str(&format!(" ngày:{year}"));
    }
    if let Some(agency) = agency {
        text.push_str(&format!(" cơ-quan:\"{agency}\""));
    }
    Ok(parse(&text, date(2026, 11, 1))?)
}
