//! Words of the records that can be suggested to someone who types: agencies and numbers of papers inside the scope, never people.

use crate::access::Touched;
use crate::database::{self, Connection, Row};
use crate::documents::{from_row, select_documents};
use crate::error::Result;
use crate::record::*;
use crate::{Repository, scope};

/// Agencies that are looked through. Each costs one step in an index; an office files papers of fewer.
const AGENCIES_READ_MAX: u32 = 500;

/// Agencies whose names fit that are looked at for one inside the scope: each costs three questions, and someone is typing.
const AGENCIES_LOOKED_AT_MAX: usize = 20;

/// Papers of an agency, and papers with a number that begins alike, that are looked at for one inside the scope: a narrow scope may
/// miss a suggestion by this, never gain one.
const PAPERS_READ_MAX: u32 = 24;

/// Comes after every letter that a number begins with.
const AFTER_ALL: char = char::MAX;

impl Repository {
    /// Agencies that issued papers inside the actor's scope and whose names fit, in the order of their letters' numbers; no access entry, since no
    /// one's record is shown.
    pub async fn known_agencies(
        &self,
        actor: &Actor,
        fits: impl Fn(&str) -> bool,
        most: usize,
    ) -> Result<Vec<String>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let scope = self.scope(actor).await?;
        // From each name to the next one in the index, however many papers have it.
        let sql = "with recursive known(agency) as (
                       select min(agency) from document where agency is not null
                       union all
                       select (select min(agency) from document where agency > known.agency)
                       from known where known.agency is not null)
                   select agency from known where agency is not null limit $1";
        let mut snapshot = self.database().read().await?;
        let rows = database::query(sql).bind(i64::from(AGENCIES_READ_MAX)).fetch_all(&mut *snapshot).await?;
        let names = rows.iter().map(|row| row.get::<String>("agency")).collect::<Result<Vec<_>>>()?;
        let mut known = Vec::new();
        for name in names.into_iter().filter(|name| fits(name)).take(AGENCIES_LOOKED_AT_MAX) {
            if known.len() == most {
                break;
            }
            let sql = select_documents!(
                "where d.agency = $1 and d.validity <> 'disposed' order by d.id desc limit $2"
            );
            let newest = database::query(sql).bind(&*name).bind(i64::from(PAPERS_READ_MAX));
            let rows = newest.fetch_all(&mut *snapshot).await?;
            if !inside(&mut snapshot, &scope, &rows).await?.is_empty() {
                known.push(name);
            }
        }
        Ok(known)
    }

    /// Số, ký hiệu that begin like this, of papers inside the actor's scope; no access entry, since no one's record is shown.
    pub async fn known_numbers(&self, actor: &Actor, beginning: &str, most: usize) -> Result<Vec<String>> {
        self.permit(actor, Action::Search, Touched::NONE).await?;
        let scope = self.scope(actor).await?;
        let from = database::exact_key(beginning);
        if from.is_empty() {
            return Ok(Vec::new());
        }
        let sql = select_documents!(
            "where d.number_key >= $1 and d.number_key < $2 and d.number is not null and d.validity <> 'disposed'
             order by d.number_key, d.id limit $3"
        );
        let question = database::query(sql).bind(&*from).bind(format!("{from}{AFTER_ALL}"));
        let mut snapshot = self.database().read().await?;
        let rows = question.bind(i64::from(PAPERS_READ_MAX)).fetch_all(&mut *snapshot).await?;
        let papers = inside(&mut snapshot, &scope, &rows).await?;
        let mut numbers: Vec<String> = papers.into_iter().filter_map(|paper| paper.number).collect();
        numbers.dedup();
        numbers.truncate(most);
        Ok(numbers)
    }
}

/// Papers that the scope covers.
async fn inside(connection: &mut Connection, scope: &Scope, rows: &[Row]) -> Result<Vec<Document>> {
    let mut papers = rows.iter().map(from_row).collect::<Result<Vec<_>>>()?;
    let bounds = scope::bounds(connection, &papers).await?;
    papers.retain(|paper| bounds.get(&paper.id).is_some_and(|bounds| scope.covers(bounds)));
    Ok(papers)
}
