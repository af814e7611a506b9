//! Who asks, why, and by which way: what the access log says of a request (SEC-04) is settled here, before any handler runs; and whoever
//! is not signed in comes no further than here.
//!
//! Handlers take this [`State`], never axum's own: a lint (`clippy.toml`) refuses that one.

use crate::api::Problem;
use crate::serve::ClientCertificate;
use crate::sign_in::{self, Door};
use crate::state::{AppState, demonstration_officer};
use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request};
use axum::http::header::{AUTHORIZATION, HOST, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use repository::record::{Account, AccountKind, Actor, Role, Route, Way};
use std::net::SocketAddr;
use std::sync::Arc;
use tower_sessions::Session;

/// Header in which a program says why it asks, in UTF-8; the citizen reads it beside the look-up (PDP-03).
const PURPOSE: &str = "motlan-purpose";
/// Header for the legal basis or the code of the dossier for whose sake it asks.
const BASIS: &str = "motlan-basis";
/// Header of what a page asks by itself, without anybody being there.
const UNATTENDED: &str = "motlan-unattended";
/// Header in which a proxy says for whom it asks; the last address is the one that it saw itself.
const FORWARDED: &str = "x-forwarded-for";
/// Longest purpose or basis: a sentence that fits a line of the citizen's log.
const REASON_LETTERS_MAX: usize = 300;
/// Longest address of a page that somebody is brought back to.
const WISH_LETTERS_MAX: usize = 500;

/// What answers those who are not signed in, and nothing else does: a test walks all routes.
pub(crate) const OPEN: [&str; 18] = [
    "/assets/{version}/{name}",
    "/livez",
    "/readyz",
    // Whoever holds a paper may ask whether its code is genuine (QR-06).
    "/V/keys.json",
    "/V/{letters}",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/second-factor",
    "/sign-in/password",
    "/sign-in/links/{secret}",
    "/sign-in/other",
    "/sign-in/other/back",
    "/sign-out",
    // Whoever holds the link, and from then on the phone that opened it, which sends photographs of one paper.
    "/phone/{secret}",
    "/capture/worker.js",
    "/capture/{link}",
    "/capture/{link}/pages/{number}",
    "/capture/{link}/send",
];

/// Who asks, as the door found it.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    /// Who acts; the purpose and the way are still to come.
    pub(crate) actor: Actor,
    /// Their account; none: the demonstration officer, or nobody.
    pub(crate) account: Option<Account>,
    /// Whether they gave their password a moment ago.
    pub(crate) is_proved: bool,
}

/// By what whoever asks was let in. Answers that go on for long ask again whether it still holds.
#[derive(Clone)]
pub(crate) struct Pass {
    /// Key of a program.
    key: Option<String>,
    /// Session of a browser.
    session: Option<Session>,
    /// Certificate of another system, which came by the door for systems.
    certificate: Option<ClientCertificate>,
    /// Whether a person does something, and not their page by itself.
    is_attended: bool,
    path: String,
}

/// The state of the program, with the actor of this request in it.
pub(crate) struct State<S>(pub(crate) S);

/// The way by which somebody comes.
pub(crate) struct Coming(pub(crate) Way);

/// Under which address whoever asks reaches this server.
pub(crate) struct OwnAddress(pub(crate) String);

/// Whoever passes gave their password a moment ago: asked before what cannot be taken back (SEC-11), and before much is taken out.
pub(crate) struct Proved;

/// Lets those pass who are signed in, and everybody to what is open.
pub(crate) async fn admit(state: AppState, mut request: Request, next: Next) -> Response {
    let pass = Pass {
        key: bearer(request.headers()),
        session: request.extensions().get::<Session>().cloned(),
        certificate: request.extensions().get::<ClientCertificate>().cloned(),
        is_attended: !request.headers().contains_key(UNATTENDED),
        path: request.uri().path().to_owned(),
    };
    let asker = pass.asker(&state).await;
    let is_open = request.extensions().get::<MatchedPath>().is_some_and(|path| OPEN.contains(&path.as_str()));
    let asker = match asker {
        Ok(Some(asker)) => asker,
        Ok(None) if is_open => Asker::nobody(),
        Ok(None) => return turned_away(request.method(), request.uri(), request.headers()),
        Err(problem) => return problem.into_response(),
    };
    request.extensions_mut().insert(Arc::new(asker));
    request.extensions_mut().insert(pass);
    next.run(request).await
}

impl Pass {
    async fn asker(&self, state: &AppState) -> Result<Option<Asker>, Problem> {
        match (&state.door, &self.key, &self.session) {
            (Door::Demonstration, ..) => Ok(Some(Asker::demonstration(&state.agency))),
            // Only this way of proving oneself takes the place of a session: another one may be meant for the proxy.
            (Door::SignIn { .. }, Some(secret), _) => self.program(state, secret).await,
            (Door::SignIn { .. }, None, _) if self.certificate.is_some() => Ok(None),
            (Door::SignIn { .. }, None, Some(session)) => signed_in(state, session, self.is_attended).await,
            (Door::SignIn { .. }, None, None) => Ok(None),
        }
    }

    /// A program with a key. It asks by the API alone; pages are for people.
    async fn program(&self, state: &AppState, secret: &str) -> Result<Option<Asker>, Problem> {
        if !is_for_programs(&self.path) {
            return Ok(None);
        }
        let certificate = self.certificate.as_ref().map(|ClientCertificate(sha256)| &**sha256);
        let found = state.repository.program(secret, certificate).await?;
        Ok(found.map(|(account, key)| {
            let actor = account.program(&key, &Route::default());
            Asker { actor, account: Some(account), is_proved: false }
        }))
    }

    /// Who asks, looked at anew: nobody, once the session or the key has ended, or the account was closed.
    ///
    /// # Errors
    /// Nobody knows.
    pub(crate) async fn asker_now(&self, state: &AppState) -> Result<Option<Asker>, Problem> {
        // What the session knew when the request came is not what its row says now.
        if let Some(session) = self.session.as_ref().filter(|session| session.id().is_some()) {
            session.load().await.map_err(Problem::internal)?;
        }
        // An answer that goes on by itself is no use.
        Pass { is_attended: false, ..self.clone() }.asker(state).await
    }
}

async fn signed_in(state: &AppState, session: &Session, attended: bool) -> Result<Option<Asker>, Problem> {
    let Some(holder) = sign_in::holder(session, attended).await? else { return Ok(None) };
    let now = Timestamp::now();
    let account = state.repository.account(holder.account).await?.filter(|account| account.is_open(now));
    let is_proved = holder.is_proved(now);
    Ok(account.map(|account| Asker::of(account, is_proved)))
}

/// The secret that a program sends.
fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, secret) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim().to_owned())
}

fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path == "/metrics"
}

/// To the page for signing in, and back afterwards; programs are told.
fn turned_away(method: &Method, uri: &axum::http::Uri, headers: &HeaderMap) -> Response {
    let path = uri.path();
    if is_for_programs(path) {
        let problem =
            Problem::new(StatusCode::UNAUTHORIZED, "Chưa đăng nhập, hoặc phiên đã hết. Hãy đăng nhập lại.");
        let mut response = problem.into_response();
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        return response;
    }
    let shown = headers.get("hx-current-url").and_then(|url| url.to_str().ok()).and_then(path_of);
    let is_part = headers.contains_key("hx-request");
    let wish = match method {
        _ if is_part => shown,
        &Method::GET => uri.path_and_query().map(|whole| whole.as_str()),
        _ => paper_of(path),
    };
    let wish = wish.and_then(own_path).filter(|wish| *wish != "/");
    let address = wish.map_or("/sign-in".to_owned(), |wish| format!("/sign-in?next={}", escaped(wish)));
    if !is_part {
        return Redirect::to(&address).into_response();
    }
    let problem = Problem::new(StatusCode::UNAUTHORIZED, "Phiên đã hết. Hãy đăng nhập lại.");
    let mut response = problem.into_response();
    if let Ok(address) = HeaderValue::try_from(address) {
        response.headers_mut().insert("hx-redirect", address);
    }
    response
}

/// The page of the paper that a form was about, which came too late: what was typed is kept there.
fn paper_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("/documents/")?;
    let (id, _) =
        rest.split_once('/').filter(|(id, _)| id.parse::<repository::record::DocumentId>().is_ok())?;
    Some(&path[..path.len() - rest.len() + id.len()])
}

/// An address of ours to be brought to: a path, and never another site.
pub(crate) fn own_path(wish: &str) -> Option<&str> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    let is_ours = wish.starts_with('/') && !wish.starts_with("//") && wish.len() <= WISH_LETTERS_MAX;
    Some(wish).filter(|wish| is_ours && wish.bytes().all(is_plain))
}

/// The part of an address behind its host.
fn path_of(url: &str) -> Option<&str> {
    let rest = url.split_once("://")?.1;
    rest.find('/').map(|at| &rest[at..])
}

/// As a value behind a question mark.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

impl Asker {
    fn demonstration(agency: &str) -> Asker {
        let actor = Actor { agency: agency.to_owned(), ..demonstration_officer() };
        Asker { actor, account: None, is_proved: true }
    }

    /// Nobody: may do nothing.
    pub(crate) fn nobody() -> Asker {
        let actor = Actor {
            account: String::new(),
            name: String::new(),
            agency: String::new(),
            unit: String::new(),
            role: Role::System,
            purpose: String::new(),
            basis: None,
            only: None,
            route: Route::default(),
        };
        Asker { actor, account: None, is_proved: false }
    }

    fn of(account: Account, is_proved: bool) -> Asker {
        let purpose = match account.kind {
            AccountKind::Administration => "Quản trị hệ thống",
            AccountKind::Person | AccountKind::Service => "Tiếp nhận và giải quyết thủ tục hành chính",
        };
        Asker { actor: account.actor(purpose, &Route::default()), account: Some(account), is_proved }
    }
}

impl FromRequestParts<AppState> for State<AppState> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let asker =
            parts.extensions.get::<Arc<Asker>>().cloned().unwrap_or_else(|| Arc::new(Asker::nobody()));
        let actor = Actor {
            purpose: reason(parts, PURPOSE)?.unwrap_or_else(|| asker.actor.purpose.clone()),
            basis: reason(parts, BASIS)?,
            route: route(parts, &state.door),
            ..asker.actor.clone()
        };
        Ok(State(AppState { actor: Arc::new(actor), asker, ..state.clone() }))
    }
}

impl FromRequestParts<AppState> for Coming {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let device = sign_in::known_device(&parts.headers);
        Ok(Coming(Way { route: route(parts, &state.door), device }))
    }
}

impl FromRequestParts<AppState> for Pass {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        parts.extensions.get::<Pass>().cloned().ok_or_else(|| Problem::internal("a request without a pass"))
    }
}

impl FromRequestParts<AppState> for OwnAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let asked = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        Ok(OwnAddress(match state.door.proxy() {
            Some(proxy) => format!("https://{}", proxy.host),
            None => format!("http://{asked}"),
        }))
    }
}

impl FromRequestParts<AppState> for Proved {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        let is_proved = parts.extensions.get::<Arc<Asker>>().is_some_and(|asker| asker.is_proved);
        if is_proved { Ok(Proved) } else { Err(Problem::unproved()) }
    }
}

/// From where to where: the pattern of the route, because what was put into it may name a person.
fn route(parts: &Parts, door: &Door) -> Route {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let is_proxied = door.proxy().zip(peer).is_some_and(|(proxy, peer)| proxy.is_at(peer));
    let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let pattern = parts.extensions.get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let peer = peer.map(|peer| peer.to_string()).unwrap_or_default();
    Route {
        source: forwarded(&parts.headers).filter(|_| is_proxied).unwrap_or(peer),
        destination: format!("{host} {} {pattern}", parts.method).trim_start().to_owned(),
    }
}

/// For whom a proxy asks.
fn forwarded(headers: &HeaderMap) -> Option<String> {
    let last = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
    let address = last.rsplit(',').next()?.trim().parse::<std::net::IpAddr>().ok()?;
    Some(address.to_string())
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
    use crate::sign_in::Proxy;
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
        let check = |door: Door, source: &str| {
            let route = route(&parts(&[("host", b"127.0.0.1:8080"), (FORWARDED, b"198.51.100.9")]), &door);
            assert_eq!((route.source.as_str(), route.destination.as_str()), (source, "127.0.0.1:8080 POST "));
        };
        check(Door::Demonstration, "192.0.2.7");
        check(Door::SignIn { proxy: None }, "192.0.2.7");
        let behind = |addresses: &[&str]| {
            let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
            Door::SignIn { proxy: Some(Proxy { host: "motlan.example".to_owned(), addresses }) }
        };
        check(behind(&[]), "192.0.2.7");
        check(behind(&["192.0.2.8"]), "192.0.2.7");
        check(behind(&["192.0.2.8", "192.0.2.7"]), "198.51.100.9");
        check(behind(&["::ffff:192.0.2.7"]), "198.51.100.9");
    }

    #[test]
    fn a_proxy_is_believed_for_the_address_that_it_saw() {
        let check = |header: &[u8], expected: Option<&str>| {
            let parts = parts(&[(FORWARDED, header)]);
            assert_eq!(forwarded(&parts.headers).as_deref(), expected);
        };
        check(b"198.51.100.9", Some("198.51.100.9"));
        check(b"10.0.0.1, 198.51.100.9", Some("198.51.100.9"));
        check(b"198.51.100.9, Nguyen Van A", None);
        check(b"", None);
    }

    #[test]
    fn nobody_is_brought_to_another_site() {
        let check = |wish: &str, expected: bool| assert_eq!(own_path(wish).is_some(), expected, "{wish}");
        check("/documents?state=stored", true);
        check("/", true);
        for wish in [
            "",
            "//example.com",
            "/\\example.com",
            "https://example.com",
            "javascript:alert(1)",
            "/a b",
            "/a\r\nx: y",
        ] {
            check(wish, false);
        }
        check(&format!("/{}", "a".repeat(WISH_LETTERS_MAX)), false);
    }

    #[test]
    fn whoever_is_turned_away_comes_back_to_their_page() {
        let check =
            |method: Method, path: &str, headers: &[(&'static str, &'static str)], expected: (u16, &str)| {
                let headers = headers.iter().map(|(name, value)| {
                    (axum::http::HeaderName::from_static(name), HeaderValue::from_static(value))
                });
                let response = turned_away(&method, &path.parse().unwrap(), &headers.collect());
                let place = ["location", "hx-redirect"].iter().find_map(|name| response.headers().get(*name));
                let place = place.map(|place| place.to_str().unwrap()).unwrap_or_default();
                assert_eq!((response.status().as_u16(), place), expected, "{method} {path}");
            };
        check(
            Method::GET,
            "/documents?state=stored",
            &[],
            (303, "/sign-in?next=/documents%3Fstate%3Dstored"),
        );
        check(Method::GET, "/", &[], (303, "/sign-in"));
        check(Method::POST, "/dossiers", &[], (303, "/sign-in"));
        check(Method::GET, "/api/v1/documents", &[], (401, ""));
        let part = [("hx-request", "true"), ("hx-current-url", "http://127.0.0.1:8080/search?q=x")];
        check(Method::POST, "/search/suggestions", &part, (401, "/sign-in?next=/search%3Fq%3Dx"));
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
