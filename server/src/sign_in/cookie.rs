//! The cookie by which a browser is known in which somebody signed in before. It opens nothing: with it, failures of strangers do not lock
//! this browser out.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use tower_sessions::cookie::time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};

/// Its name; the prefix has browsers refuse it from any other site, and without TLS.
const NAME: &str = "__Host-motlan-device";
/// How long it is kept: as long as an account that is used.
const DAYS: i64 = 400;
/// Letters of its secret.
const LETTERS: usize = 32;

/// The secret that a browser sends, if it looks like one of ours.
pub(crate) fn known_device(headers: &HeaderMap) -> Option<String> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
    let cookie = cookies.find(|cookie| cookie.name() == NAME)?;
    let is_ours = |text: &&str| text.len() == LETTERS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(cookie.value()).filter(is_ours).map(str::to_owned)
}

/// The header that lets a browser keep its secret.
pub(crate) fn device_cookie(secret: &str) -> HeaderValue {
    let cookie = Cookie::build((NAME, secret.to_owned()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(DAYS));
    HeaderValue::try_from(cookie.to_string()).expect("hexadecimal digits stand in a header")
}
