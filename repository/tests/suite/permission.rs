//! What SQL leaves out, row by row beside what the rules say: the log of looks is the one list that is not the same for everybody.

use super::fixture::*;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use motlan_repository::record::*;
use motlan_repository::{Error, policy};

/// An entry as it stands in the table.
struct Row {
    number: u64,
    /// The day from which those it concerns may see it.
    visible_from: Option<String>,
}

/// Entries about a paper, newest first, with days on both sides of today and on it.
async fn rows(fixture: &Fixture, id: DocumentId) -> Vec<Row> {
    let sql = fixture.sql().await;
    let today = Timestamp::now().to_zoned(Offset::constant(7).to_time_zone()).date();
    let day = |days: i64| today.checked_add(days.days()).expect("a day").to_string();
    for (rest, day) in [(1, day(-1)), (2, day(0)), (3, day(1)), (4, day(300))] {
        let entries = format!("document_id = '{id}' and number % 6 = {rest}");
        sql.execute(&format!("update access_entry set visible_from = '{day}' where {entries}")).await;
    }
    let entries = format!("from access_entry where document_id = '{id}' order by number desc");
    let texts = sql.texts(&format!("select number || ' ' || coalesce(visible_from, '') {entries}")).await;
    let row = |text: &String| {
        let (number, day) = text.split_once(' ').expect("two words");
        Row {
            number: number.parse().expect("a number"),
            visible_from: Some(day.to_owned()).filter(|day| !day.is_empty()),
        }
    };
    texts.iter().map(row).collect()
}

/// Whether the rules let someone see an entry.
fn may_see(actor: &Actor, row: &Row, today: &str) -> bool {
    let is_open = row.visible_from.as_deref().is_none_or(|day| day <= today);
    policy::may_ever(actor, Action::Audit) && (is_open || policy::may_ever(actor, Action::ExportLog))
}

#[tokio::test]
async fn the_log_shows_each_role_exactly_the_rows_that_the_rules_allow() {
    let fixture = Fixture::new().await;
    let today = Timestamp::now().to_zoned(Offset::constant(7).to_time_zone()).date().to_string();
    let papers = [fixture.read("một").await.id, fixture.read("hai").await.id];
    for (look, id) in (0..40).map(|look| (look, papers[look % 2])) {
        let actor = if look % 3 == 0 { leader() } else { officer() };
        fixture.repository.document(&actor, id).await.unwrap();
    }
    let mut hidden = 0;
    for actor in [officer(), administrator(), auditor(), leader(), system()] {
        for id in papers {
            let rows = rows(&fixture, id).await;
            let expected = rows.iter().filter(|row| may_see(&actor, row, &today)).map(|row| row.number);
            let expected = expected.collect::<Vec<_>>();
            hidden += rows.len() - expected.len();
            match fixture.repository.access_log(&actor, id, 1_000).await {
                Ok(shown) => assert_eq!(shown.iter().map(|entry| entry.number).collect::<Vec<_>>(), expected),
                Err(Error::Forbidden) => assert_eq!(expected, [0; 0], "{:?}", actor.role),
                Err(other) => panic!("{other}"),
            }
        }
    }
    assert!(hidden > 20, "some rows are for some only: {hidden}");
}
