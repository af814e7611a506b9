//! Which role may look at what: every route that shows something, asked by everyone who can sign in.

use super::sign_in::{Browser, officer, routes, signing_in};
use super::*;
use repository::record::{DocumentState, Role};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Who can have an account of their own.
const ROLES: [(Role, &str); 4] = [
    (Role::CounterOfficer, "counter-officer"),
    (Role::Leader, "leader"),
    (Role::Administrator, "administrator"),
    (Role::Auditor, "auditor"),
];

/// The table that people read: a change of rights is a change of this file.
const TABLE: &str = include_str!("rights.txt");

/// What an answer says of rights, whatever else it says.
fn said(status: StatusCode) -> &'static str {
    match status {
        StatusCode::FORBIDDEN => "-",
        status if status.is_server_error() => "broken",
        status if status.is_success() || status.is_redirection() => "shown",
        // The paper, the page or the words are missing: whoever comes so far would have been shown them.
        _ => "asked",
    }
}

#[tokio::test]
async fn every_route_shows_what_a_role_may_see() {
    let counter = Counter::open_with(signing_in()).await;
    let paper = counter.read_paper("giay-khai-sinh.jpg").await;
    let mut rows = BTreeMap::<String, Vec<&str>>::new();
    let routes = routes(&Counter::open().await).await;
    for (role, login) in ROLES {
        officer(&counter, login, role).await;
        let mut browser = Browser::new(&counter);
        browser.sign_in(login).await;
        for route in &routes {
            let path = route.replace("{id}", &paper.to_string());
            let parts = path.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            let answer = browser.get(&path).await;
            assert!(!answer.status.is_server_error(), "{login} {path}: {} {}", answer.status, answer.text);
            if answer.status != StatusCode::METHOD_NOT_ALLOWED {
                rows.entry(route.clone()).or_default().push(said(answer.status));
            }
        }
    }
    let state = counter.state.repository.document(&counter.state.actor, paper).await.expect("a paper");
    assert_eq!(state.document.state, DocumentState::Extracted, "looking changes nothing");
    let mut table = format!("{:<58}", "GET");
    table.extend(ROLES.map(|(_, name)| format!("{name:<17}")));
    for (route, cells) in &rows {
        write!(table, "\n{route:<58}").expect("a text");
        table.extend(cells.iter().map(|cell| format!("{cell:<17}")));
    }
    let table = table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n") + "\n";
    assert_eq!(table, TABLE, "rights changed; the table is now:\n{table}");
}
