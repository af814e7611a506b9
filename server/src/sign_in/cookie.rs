//! Cookies beside that of the session. By one a browser is known in which somebody signed in before; it opens nothing: with it, failures of
//! strangers do not lock this browser out. By the other a phone is known that opened a link for photographs.

use axum::http::header::COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use tower_sessions::cookie::time::Duration;
use tower_sessions::cookie::{Cookie, SameSite};
use tower_sessions::session::Id;

/// Of a browser in which somebody signed in; the prefix has browsers refuse it from any other site, and without TLS.
const DEVICE: &str = "__Host-motlan-device";
/// How long it is kept: as long as an account that is used.
const DEVICE_DAYS: i64 = 400;
/// Of a phone.
const PHONE: &str = "__Host-motlan-phone";
/// How long it is kept: a link works for a day, and may be opened at the end of one that another link worked for.
const PHONE_DAYS: i64 = 2;
/// Letters of its secret.
const LETTERS: usize = 32;

/// The secret of a browser in which somebody signed in before.
pub(crate) fn known_device(headers: &HeaderMap) -> Option<String> {
    secret(headers, DEVICE)
}

/// The secret of a phone.
pub(crate) fn phone_of(headers: &HeaderMap) -> Option<String> {
    secret(headers, PHONE)
}

/// A secret for a phone that has none.
pub(crate) fn new_phone() -> String {
    format!("{:032x}", Id::default().0.cast_unsigned())
}

/// The secret that a browser sends under a name, if it looks like one of ours.
fn secret(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(Cookie::split_parse).flatten();
    let cookie = cookies.find(|cookie| cookie.name() == name)?;
    let is_ours = |text: &&str| text.len() == LETTERS && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    Some(cookie.value()).filter(is_ours).map(str::to_owned)
}

/// The header that lets a browser keep its secret.
pub(crate) fn device_cookie(secret: &str) -> HeaderValue {
    kept(DEVICE, secret, DEVICE_DAYS)
}

/// The header that lets a phone keep its secret.
pub(crate) fn phone_cookie(secret: &str) -> HeaderValue {
    kept(PHONE, secret, PHONE_DAYS)
}

fn kept(name: &'static str, secret: &str, days: i64) -> HeaderValue {
    let cookie = Cookie::build((name, secret.to_owned()))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(Duration::days(days));
    HeaderValue::try_from(cookie.to_string()).expect("hexadecimal digits stand in a header")
}
