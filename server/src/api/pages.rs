//! What a paper is made of: the scanned file, its pages, its label.

use super::body::ReadingBody;
use super::extract::{Path, Query};
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::codes;
use crate::state::AppState;
use axum::http::header;
use axum::response::IntoResponse;
use repository::record::DocumentId;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Media types that are sent under their own name; anything else travels as plain bytes, so that no browser runs it.
const MEDIA_TYPES: [&str; 5] = ["application/pdf", "image/jpeg", "image/png", "image/tiff", "image/webp"];

/// Pixels a module of the label's picture: 8 at 300 dpi are 0.68 mm, well above the 0.45 mm that a scan at 200 dpi needs.
const LABEL_MODULE_PIXELS: u32 = 8;

/// A file as it was scanned.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes the answer in the API description")]
pub(crate) struct ScannedFile(Vec<u8>);

/// Bản gốc: the scanned file, byte for byte.
#[utoipa::path(get, path = "/documents/{id}/original", tag = "documents",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, description = "the bytes as scanned", content(
            (ScannedFile = "application/pdf"),
            (ScannedFile = "image/jpeg"),
            (ScannedFile = "image/png"),
            (ScannedFile = "image/tiff"),
            (ScannedFile = "image/webp"),
            (ScannedFile = "application/octet-stream"),
        )),
        Problem,
))]
pub(crate) async fn original(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<impl IntoResponse, Problem> {
    let (original, bytes) = state.repository.original(&state.actor, id).await?;
    let known = MEDIA_TYPES.into_iter().find(|known| *known == original.media_type);
    let content_type = known.unwrap_or("application/octet-stream");
    let headers = [
        (header::CONTENT_TYPE, content_type.to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&original.file_name)),
    ];
    Ok((headers, bytes))
}

/// Which reading of a page is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PassQuery {
    /// Lượt đọc; left out: the one that counts. Of a page that was scanned again, earlier ones show the scan before.
    pass: Option<u32>,
}

/// Picture of one upright page.
#[utoipa::path(get, path = "/documents/{id}/pages/{number}/image", tag = "pages",
    params(("id" = String, Path, format = "uuid"), ("number" = u32, Path), PassQuery),
    responses(
        (status = 200, content_type = "image/jpeg"),
        Problem,
))]
pub(crate) async fn image(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
    Query(PassQuery { pass }): Query<PassQuery>,
) -> Result<impl IntoResponse, Problem> {
    let jpeg = state.repository.page_image_of(&state.actor, id, number, pass).await?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], jpeg))
}

/// Words of one page with their places.
#[utoipa::path(get, path = "/documents/{id}/pages/{number}/reading", tag = "pages",
    params(("id" = String, Path, format = "uuid"), ("number" = u32, Path)),
    responses(
        (status = 200, body = ReadingBody),
        Problem,
))]
pub(crate) async fn reading(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
) -> Result<axum::Json<ReadingBody>, Problem> {
    let reading = state.repository.reading(&state.actor, id, number).await?;
    Ok(axum::Json(reading.into()))
}

/// Nhãn: the label of a stored paper, to print.
#[utoipa::path(get, path = "/documents/{id}/label.svg", tag = "documents",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, content_type = "image/svg+xml"),
        (status = 409, description = "not stored yet, or of no dossier", body = ProblemBody, content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn label_svg(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<impl IntoResponse, Problem> {
    let svg = qr::draw_svg(&codes::label_text(&state, id).await?).map_err(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg))
}

/// Nhãn as a picture for label printers.
#[utoipa::path(get, path = "/documents/{id}/label.png", tag = "documents",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, content_type = "image/png"),
        (status = 409, description = "not stored yet, or of no dossier", body = ProblemBody, content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn label_png(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
) -> Result<impl IntoResponse, Problem> {
    let png = qr::draw_png(&codes::label_text(&state, id).await?, LABEL_MODULE_PIXELS)
        .map_err(Problem::internal)?;
    Ok(([(header::CONTENT_TYPE, "image/png")], png))
}

/// A `Content-Disposition` that saves under the sender's file name (RFC 6266), whatever stands in it.
pub(super) fn attachment(file_name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | ' ');
    let fallback: String = file_name.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{}", percent_encoded(file_name))
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => encoded.push(byte as char),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file_name: &str, expected: &str) {
        assert_eq!(attachment(file_name), expected);
    }

    #[test]
    fn any_file_name_is_safe_in_a_header() {
        check("a b.pdf", "attachment; filename=\"a b.pdf\"; filename*=UTF-8''a%20b.pdf");
        check(
            "khai \"Á\".pdf",
            "attachment; filename=\"khai ___.pdf\"; filename*=UTF-8''khai%20%22%C3%81%22.pdf",
        );
        check(
            "x\r\nSet-Cookie: a",
            "attachment; filename=\"x__Set-Cookie_ a\"; filename*=UTF-8''x%0D%0ASet-Cookie%3A%20a",
        );
        check("", "attachment; filename=\"\"; filename*=UTF-8''");
    }
}
