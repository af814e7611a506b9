//! Who asks, why, and by which way: what the access log says of a request (SEC-04) is settled here, before any handler runs.
//!
//! Handlers take this [`State`], never axum's own: a lint (`clippy.toml`) refuses that one.

use crate::api::Problem;
use crate::state::AppState;
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath};
use axum::http::header::HOST;
use axum::http::request::Parts;
use repository::record::{Actor, Route};
use std::net::SocketAddr;
use std::sync::Arc;

/// Header in which a program says why it asks, in UTF-8; the citizen reads it beside the look-up (PDP-03).
const PURPOSE: &str = "motlan-purpose";
/// Header for the legal basis or the code of the dossier for whose sake it asks.
const BASIS: &str = "motlan-basis";
/// Longest purpose or basis: a sentence that fits a line of the citizen's log.
const REASON_LETTERS_MAX: usize = 300;

/// The state of the program, with the actor of this request in it.
pub(crate) struct State<S>(pub(crate) S);

impl FromRequestParts<AppState> for State<AppState> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let actor = Actor {
            purpose: reason(parts, PURPOSE)?.unwrap_or_else(|| state.actor.purpose.clone()),
            basis: reason(parts, BASIS)?,
            route: route(parts),
            ..state.actor.as_ref().clone()
        };
        Ok(State(AppState { actor: Arc::new(actor), ..state.clone() }))
    }
}

/// From where to where: the pattern of the route, because what was put into it may name a person.
fn route(parts: &Parts) -> Route {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let pattern = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    Route {
        source: peer.map(|ConnectInfo(peer)| peer.ip().to_string()).unwrap_or_default(),
        destination: format!("{host} {} {pattern}", parts.method).trim_start().to_owned(),
    }
}

fn reason(parts: &Parts, header: &str) -> Result<Option<String>, Problem> {
    let Some(value) = parts.headers.get(header) else { return Ok(None) };
    let text = std::str::from_utf8(value.as_bytes()).ok().map(str::trim);
    match text.filter(|text| !text.is_empty() && text.chars().count() <= REASON_LETTERS_MAX) {
        Some(text) => Ok(Some(text.to_owned())),
        None => Err(Problem::unprocessable(format!(
            "Tiêu đề {header} phải là văn bản UTF-8, từ 1 đến {REASON_LETTERS_MAX} ký tự."
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{Request, StatusCode};

    fn parts(headers: &[(&str, &[u8])]) -> Parts {
        let request = headers
            .iter()
            .fold(Request::post("/subjects/1"), |request, (name, value)| request.header(*name, *value));
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 7], 40_000))));
        parts
    }

    #[test]
    fn a_route_names_addresses_and_no_key() {
        let route = route(&parts(&[("host", b"127.0.0.1:8080")]));
        assert_eq!(
            (route.source.as_str(), route.destination.as_str()),
            ("192.0.2.7", "127.0.0.1:8080 POST ")
        );
    }

    #[test]
    fn a_reason_is_a_line_of_text() {
        let check = |value: &[u8], expected: Result<Option<&str>, StatusCode>| {
            let found = reason(&parts(&[(PURPOSE, value)]), PURPOSE);
            assert_eq!(found.as_ref().map(Option::as_deref).map_err(|problem| problem.status), expected);
        };
        check("Cấp lại giấy khai sinh".as_bytes(), Ok(Some("Cấp lại giấy khai sinh")));
        check("ấ".repeat(REASON_LETTERS_MAX).as_bytes(), Ok(Some("ấ".repeat(REASON_LETTERS_MAX).as_str())));
        check("ấ".repeat(REASON_LETTERS_MAX + 1).as_bytes(), Err(StatusCode::UNPROCESSABLE_ENTITY));
        check(b" ", Err(StatusCode::UNPROCESSABLE_ENTITY));
        check(b"\xff", Err(StatusCode::UNPROCESSABLE_ENTITY));
        assert!(reason(&parts(&[]), PURPOSE).is_ok_and(|reason| reason.is_none()));
    }
}
