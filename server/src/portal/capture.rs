//! Chụp bằng điện thoại, as the phone sees it: nobody is signed in there. A link is opened once, by one browser, and lets it send pages to one
//! place of one dossier; nothing else can be reached by it, and it shows nobody's name or paper.
//!
//! Not here: what the officer sees (`phone`), and what becomes of the pages (`batches::photographs`).

use super::{assets, page};
use crate::api::{Path, Problem};
use crate::asking::{Coming, State};
use crate::batches::feed_of_photographs;
use crate::sign_in::{new_phone, phone_cookie, phone_of};
use crate::state::AppState;
use askama::Template;
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post, put};
use ingest::FileKind;
use repository::Error;
use repository::record::{
    NewPhonePage, PHONE_PAGE_BYTES_MAX, PHONE_PAGES_MAX, Phone, PhoneLink, PhoneLinkId,
};
use serde_json::json;

/// Header in which the phone says which bytes it sends.
const SHA256: &str = "motlan-sha256";
/// Beside our own files, the page shows the photographs that it has just taken.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
    worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The camera is for this page alone: all others forbid it.
const CAMERA: (HeaderName, &str) = (HeaderName::from_static("permissions-policy"), "camera=(self)");
/// Brands of the files that iPhones and newer Androids may send instead of JPEG (ISO/IEC 23008-12, 10.2).
const HEIC: [&[u8]; 7] = [b"heic", b"heix", b"heim", b"hevc", b"mif1", b"msf1", b"avif"];

pub(super) fn router() -> Router<AppState> {
    Router::new()
        .route("/phone/{secret}", get(open).post(begin))
        .route("/capture/worker.js", get(worker))
        .route("/capture/{link}", get(show))
        .route("/capture/{link}/pages/{number}", put(put_page).delete(remove_page))
        .route("/capture/{link}/send", post(send))
}

/// Before the phone is bound: a program that only looks where a code leads uses nothing up.
#[derive(Template)]
#[template(path = "capture_open.html")]
struct OpenPage {
    assets: &'static str,
    what: String,
    code: String,
    action: String,
}

#[derive(Template)]
#[template(path = "capture.html")]
struct CapturePage {
    assets: &'static str,
    what: String,
    code: String,
    address: String,
    /// Pages that are here, as JSON.
    held: String,
    pages_max: u32,
    page_bytes_max: u64,
}

/// What every link answers that does not work: wrong, used by another phone, sent, or over.
#[derive(Template)]
#[template(path = "capture_over.html")]
struct OverPage {
    assets: &'static str,
}

async fn open(
    State(state): State<AppState>,
    Coming(way): Coming,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let phone = phone_of(&headers).unwrap_or_else(new_phone);
    let link = match state.repository.phone_link_to_open(&way, &secret, &phone).await {
        Ok(link) => link,
        Err(error) => return refused(error),
    };
    let action = format!("/phone/{secret}");
    let template = OpenPage { assets: assets::folder(), what: what(&link), code: link.dossier_code, action };
    Ok(([(SET_COOKIE, phone_cookie(&phone))], page(&template)?).into_response())
}

async fn begin(
    State(state): State<AppState>,
    Coming(way): Coming,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(phone) = phone_of(&headers) else { return over() };
    match state.repository.bind_phone_link(&way, &secret, &phone).await {
        Ok(link) => Ok(Redirect::to(&format!("/capture/{link}")).into_response()),
        Err(error) => refused(error),
    }
}

async fn show(
    State(state): State<AppState>,
    Path(id): Path<PhoneLinkId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(secret) = phone_of(&headers) else { return over() };
    let link = match state.repository.opened_phone_link(Phone { link: id, secret: &secret }).await {
        Ok(link) => link,
        Err(error) => return refused(error),
    };
    let held = link.pages.iter().map(|page| json!({ "number": page.number, "sha256": page.sha256 }));
    let template = CapturePage {
        assets: assets::folder(),
        what: what(&link),
        code: link.dossier_code.clone(),
        address: format!("/capture/{id}"),
        held: held.collect::<serde_json::Value>().to_string(),
        pages_max: PHONE_PAGES_MAX,
        page_bytes_max: PHONE_PAGE_BYTES_MAX,
    };
    Ok(([CAMERA, (CONTENT_SECURITY_POLICY, POLICY)], page(&template)?).into_response())
}

/// Takes one page. It answers once the page is durable; the same page again changes nothing.
async fn put_page(
    State(state): State<AppState>,
    Path((id, number)): Path<(PhoneLinkId, u32)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let Some(secret) = phone_of(&parts.headers) else { return over() };
    let phone = Phone { link: id, secret: &secret };
    // Before a byte is read: nobody else's are.
    if let Err(error) = state.repository.opened_phone_link(phone).await {
        return refused(error);
    }
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let sha256 = text(SHA256).unwrap_or_default().to_owned();
    let length = text(CONTENT_LENGTH.as_str()).and_then(|length| length.parse().ok());
    let mib = length.unwrap_or(PHONE_PAGE_BYTES_MAX).min(PHONE_PAGE_BYTES_MAX).div_ceil(1 << 20).max(1);
    let mib = u32::try_from(mib).map_err(Problem::internal)?;
    let _room = state.upload_memory.acquire_many(mib).await.map_err(Problem::internal)?;
    let bytes = to_bytes(body, PHONE_PAGE_BYTES_MAX as usize).await;
    let bytes = bytes.map_err(|_| too_large_or_cut())?;
    let file_name = format!("Trang {number}.{}", ending(&bytes)?);
    let new = NewPhonePage { number, file_name, sha256, bytes };
    answer(state.repository.put_phone_page(phone, new).await)
}

async fn remove_page(
    State(state): State<AppState>,
    Path((id, number)): Path<(PhoneLinkId, u32)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(secret) = phone_of(&headers) else { return over() };
    answer(state.repository.remove_phone_page(Phone { link: id, secret: &secret }, number).await)
}

/// Xong: the pages become a paper, and the link ends.
async fn send(
    State(state): State<AppState>,
    Coming(way): Coming,
    Path(id): Path<PhoneLinkId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(secret) = phone_of(&headers) else { return over() };
    let phone = Phone { link: id, secret: &secret };
    answer(state.repository.send_phone_pages(phone, &way.route, &feed_of_photographs()).await)
}

/// The script that lets the page be opened again where there is no network; it stands here because it may only speak for its own folder.
async fn worker() -> Response {
    let script = include_str!("../../assets/phone-worker.js");
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8")], script).into_response()
}

fn what(link: &PhoneLink) -> String {
    link.component_name.clone().unwrap_or_else(|| "Kết quả giải quyết".to_owned())
}

/// What a photograph's file is called, by what is in it.
fn ending(bytes: &Bytes) -> Result<&'static str, Problem> {
    match FileKind::of(bytes) {
        Some(FileKind::Jpeg) => Ok("jpg"),
        Some(FileKind::Png) => Ok("png"),
        Some(FileKind::WebP) => Ok("webp"),
        _ if is_heic(bytes) => Err(Problem::unprocessable(
            "Ảnh này ở dạng HEIC, máy chủ chưa đọc được. Hãy chọn dạng «Tương thích nhất» (JPEG) trong cài đặt máy ảnh rồi chụp lại.",
        )),
        Some(FileKind::Pdf | FileKind::Tiff) | None => {
            Err(Problem::unprocessable("Tệp này không phải ảnh chụp. Chỉ nhận ảnh JPEG, PNG hoặc WebP."))
        }
    }
}

fn is_heic(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|brand| HEIC.contains(&brand))
}

fn too_large_or_cut() -> Problem {
    Problem::unprocessable(format!(
        "Ảnh nặng quá {} MiB, hoặc bị đứt trên đường gửi. Hãy chụp lại.",
        PHONE_PAGE_BYTES_MAX >> 20
    ))
}

fn answer(done: repository::Result<()>) -> Result<Response, Problem> {
    match done {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(error) => refused(error),
    }
}

fn refused(error: Error) -> Result<Response, Problem> {
    match error {
        Error::NotFound | Error::TooManyAttempts { .. } => over(),
        other => Err(other.into()),
    }
}

fn over() -> Result<Response, Problem> {
    Ok((StatusCode::NOT_FOUND, page(&OverPage { assets: assets::folder() })?).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_photographs_are_taken_by_what_is_in_them() {
        let check = |bytes: &'static [u8], expected: Result<&str, &str>| match (
            ending(&Bytes::from_static(bytes)),
            expected,
        ) {
            (Ok(ending), Ok(expected)) => assert_eq!(ending, expected),
            (Err(problem), Err(word)) => assert!(problem.detail.contains(word), "{}", problem.detail),
            (found, _) => panic!("{found:?} for {bytes:?}"),
        };
        check(b"\xff\xd8\xff\xe0\0\x10JFIF", Ok("jpg"));
        check(b"\x89PNG\r\n\x1a\n", Ok("png"));
        check(b"RIFF\x10\0\0\0WEBPVP8 ", Ok("webp"));
        check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Err("HEIC"));
        check(b"\0\0\0\x18ftypmp42", Err("không phải ảnh"));
        check(b"%PDF-1.7\n", Err("không phải ảnh"));
        check(b"II*\0\x08\0\0\0", Err("không phải ảnh"));
        check(b"<script>", Err("không phải ảnh"));
        check(b"", Err("không phải ảnh"));
    }
}
