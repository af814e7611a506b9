//! The door: who may ask at all, and what every answer carries.

use crate::api::Problem;
use axum::extract::Request;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// What the pages may load: our own files only, no script or style inside the page, nothing framed.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Sent with every answer. The page of a person is never kept by the browser unless a handler says otherwise.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Sent when others reach this server over TLS: for two years their browsers ask for nothing else.
const TLS_FROM_NOW_ON: &str = "max-age=63072000";

/// Refuses what another site started, and puts the headers on.
pub(super) async fn guard(own_host: Option<String>, request: Request, next: Next) -> Response {
    let mut response = match refusal(own_host.as_deref(), request.method(), request.headers()) {
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

/// Why a request is refused, if it is.
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
    let foreign = match text(HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => false,
        Some(_) => !(safe && text(HeaderName::from_static("sec-fetch-mode")) == Some("navigate")),
        None => !safe && text(header::ORIGIN).is_some_and(|origin| origin_host(origin) != Some(host)),
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
    }

    #[test]
    fn other_sites_may_link_but_not_load() {
        let host = ("host", "localhost:8080");
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], false);
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")], true);
        check(Method::GET, &[host, ("sec-fetch-site", "cross-site")], true);
    }
}
