//! The door: who may ask at all, and what every answer carries.

use super::ClientCertificate;
use crate::api::Problem;
use crate::sign_in::Door;
use axum::extract::{ConnectInfo, Request};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::{IpAddr, SocketAddr};

/// What the pages may load: our own files only, no script or style inside the page, nothing framed.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sent with every answer. The page of a person is never kept by the browser unless a handler says otherwise.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Sent when others reach this server over TLS: for two years their browsers ask for nothing else.
const TLS_FROM_NOW_ON: &str = "max-age=63072000";

/// Headers that proxies add, beside those that begin with [`FORWARDED`].
const OF_PROXIES: [&str; 3] = ["forwarded", "via", "x-real-ip"];
/// How the other headers begin that proxies add.
const FORWARDED: &str = "x-forwarded-";

/// Refuses what another site started or a stranger passed on, and puts the headers on.
pub(super) async fn guard(door: Door, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    // Another system comes by its own door, with a certificate, and no browser does.
    let is_system = request.extensions().get::<ClientCertificate>().is_some();
    let own_host = door.proxy().map(|proxy| proxy.host.as_str());
    let refused = detour(&door, peer, request.version(), request.headers());
    let refused = refused.or_else(|| refusal(own_host, request.method(), request.headers()));
    let refused = refused.filter(|_| !is_system);
    let mut response = match refused {
        Some(problem) => problem.into_response(),
        None => next.run(request).await,
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if own_host.is_some() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TLS_FROM_NOW_ON));
    }
    response
}

/// Why a request is refused that came by another way than the operator said.
///
/// Where no proxy was named, whoever sits at this machine asks: in a demonstration they are the officer, and otherwise no second factor is asked
/// of them. A proxy would let everybody be that. Where one was named, others would ask past its TLS.
fn detour(door: &Door, peer: Option<IpAddr>, version: Version, headers: &HeaderMap) -> Option<Problem> {
    let detail = match door.proxy() {
        Some(proxy) if peer.is_some_and(|peer| proxy.is_at(peer)) => return None,
        Some(_) => {
            "Máy chủ chỉ trả lời qua proxy của cơ quan. Hãy mở motlan bằng địa chỉ mà cơ quan đã thông báo."
        }
        None if !is_passed_on(version, headers) => return None,
        None => {
            "Máy chủ này chỉ trả lời trình duyệt trên chính máy này, không qua proxy. Để máy khác dùng, quản trị chạy «serve --behind-tls-proxy»."
        }
    };
    Some(Problem::new(StatusCode::FORBIDDEN, detail))
}

/// Whether a proxy passes a request on: it says so, or speaks HTTP/1.0, as nginx does unless told otherwise and browsers never do.
fn is_passed_on(version: Version, headers: &HeaderMap) -> bool {
    let says_so =
        |name: &HeaderName| name.as_str().starts_with(FORWARDED) || OF_PROXIES.contains(&name.as_str());
    version < Version::HTTP_11 || headers.keys().any(says_so)
}

/// Why a request is refused that another site started.
///
/// A foreign name in `Host` means that a page elsewhere has pointed its own name at this machine (DNS rebinding). A foreign
/// origin means that another site makes the officer's browser act. Programs that are no browser send neither header.
fn refusal(own_host: Option<&str>, method: &Method, headers: &HeaderMap) -> Option<Problem> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    if !is_loopback(host) && own_host != Some(host) {
        let detail =
            "Máy chủ chỉ trả lời địa chỉ của chính nó. Hãy mở motlan bằng địa chỉ mà cơ quan đã thông báo.";
        return Some(Problem::new(StatusCode::FORBIDDEN, detail));
    }
    let safe = method == Method::GET || method == Method::HEAD;
    let origin = text(header::ORIGIN);
    let is_another = |origin: &str| origin_host(origin) != Some(host);
    let foreign = match text(HeaderName::from_static("sec-fetch-site")) {
        // A proxy that puts another name into Host leaves the origin as it is; browsers hide it (“null”) from forms, as our pages ask them to.
        Some("same-origin" | "none") => origin.is_some_and(|origin| origin != "null" && is_another(origin)),
        Some(_) => !(safe && text(HeaderName::from_static("sec-fetch-mode")) == Some("navigate")),
        None => !safe && origin.is_some_and(is_another),
    };
    let detail = "Yêu cầu này đến từ một trang khác nên bị từ chối. Hãy mở motlan trực tiếp và làm lại.";
    foreign.then(|| Problem::new(StatusCode::FORBIDDEN, detail))
}

fn origin_host(origin: &str) -> Option<&str> {
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))
}

/// Whether a `Host` value names this machine, with any port.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign_in::Proxy;

    fn check(method: Method, headers: &[(&'static str, &'static str)], expected_refused: bool) {
        let pairs = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let refused = refusal(Some("kho.motlan.example"), &method, &pairs.collect()).is_some();
        assert_eq!(refused, expected_refused, "{method} {headers:?}");
    }

    #[test]
    fn only_this_machine_is_a_host() {
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost:9", "[::1]", "[::1]:8080"] {
            check(Method::GET, &[("host", host)], false);
        }
        for host in
            ["", "motlan.example", "127.0.0.1.example:80", "10.0.0.1:8080", "localhost:80:evil", "[::2]"]
        {
            check(Method::GET, &[("host", host)], true);
        }
        check(Method::GET, &[], true);
        check(Method::GET, &[("host", "kho.motlan.example")], false);
        check(Method::GET, &[("host", "kho.motlan.example:8080")], true);
        check(Method::GET, &[("host", "evil.kho.motlan.example")], true);
    }

    #[test]
    fn other_sites_cannot_act() {
        let host = ("host", "127.0.0.1:8080");
        check(Method::POST, &[host], false);
        check(Method::POST, &[host, ("sec-fetch-site", "same-origin")], false);
        check(Method::POST, &[host, ("sec-fetch-site", "none")], false);
        check(Method::POST, &[host, ("sec-fetch-site", "cross-site")], true);
        check(Method::POST, &[host, ("sec-fetch-site", "same-site")], true);
        check(Method::POST, &[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], true);
        check(Method::POST, &[host, ("origin", "http://127.0.0.1:8080")], false);
        check(Method::POST, &[host, ("origin", "http://127.0.0.1:9")], true);
        check(Method::POST, &[host, ("origin", "null")], true);
        let same = ("sec-fetch-site", "same-origin");
        check(Method::POST, &[host, same, ("origin", "null")], false);
        check(Method::POST, &[host, same, ("origin", "http://127.0.0.1:8080")], false);
        check(Method::POST, &[host, same, ("origin", "https://kho.motlan.example")], true);
    }

    #[test]
    fn nobody_comes_by_another_way_than_the_operator_said() {
        let check =
            |door: &Door, peer: &str, version: Version, header: Option<&'static str>, refused: bool| {
                let names = header.map(|name| (HeaderName::from_static(name), HeaderValue::from_static("x")));
                let found = detour(door, peer.parse().ok(), version, &names.into_iter().collect());
                assert_eq!(found.is_some(), refused, "{door:?} {peer} {version:?} {header:?}");
            };
        for door in [Door::Demonstration, Door::SignIn { proxy: None }] {
            check(&door, "127.0.0.1", Version::HTTP_11, None, false);
            check(&door, "127.0.0.1", Version::HTTP_11, Some("accept"), false);
            check(&door, "127.0.0.1", Version::HTTP_10, None, true);
            for header in
                ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded", "via", "x-real-ip"]
            {
                check(&door, "127.0.0.1", Version::HTTP_11, Some(header), true);
            }
        }
        let addresses = vec!["192.0.2.7".parse().unwrap()];
        let proxied = Door::SignIn { proxy: Some(Proxy { host: "kho.motlan.example".into(), addresses }) };
        for peer in ["127.0.0.1", "::1", "192.0.2.7", "::ffff:192.0.2.7"] {
            check(&proxied, peer, Version::HTTP_10, Some("x-forwarded-for"), false);
        }
        for peer in ["192.0.2.8", "2001:db8::1", "unknown"] {
            check(&proxied, peer, Version::HTTP_11, None, true);
        }
    }

    #[test]
    fn other_sites_may_link_but_not_load() {
        let host = ("host", "localhost:8080");
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], false);
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")], true);
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site")], true);
    }
}
