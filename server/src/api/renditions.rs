//! A paper in other forms, made when asked for: searchable PDF/A-2b, hOCR and ALTO.
//!
//! Not here: how they are made (`ingest::rendition`, [`crate::rendition`]).

use super::extract::{Path, Query};
use super::pages::attachment;
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::state::AppState;
use crate::{codes, rendition};
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use repository::identifier::DocumentCode;
use repository::record::{DocumentId, Page, Reading};
use serde::Deserialize;
use utoipa::IntoParams;

/// Whether a label is wished.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LabelQuery {
    /// `true`: the signed code of the paper stands in a strip of white above the first page; only for papers of the store.
    #[serde(default)]
    label: bool,
}

/// Bản PDF/A tìm kiếm được: the scan as it is, with its recognised words invisibly over it. A digitally signed PDF has none: its
/// original is the only form that is worth something.
#[utoipa::path(get, path = "/documents/{id}/rendition.pdf", tag = "documents",
    params(("id" = String, Path, format = "uuid"), LabelQuery),
    responses(
        (status = 200, description = "PDF/A-2b", content_type = "application/pdf"),
        (status = 409, description = "signed, not read yet, or a page cannot be drawn: take the original", body = ProblemBody,
            content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn pdf(
    State(state): State<AppState>,
    Path(id): Path<DocumentId>,
    Query(query): Query<LabelQuery>,
) -> Result<Response, Problem> {
    let label = match query.label {
        true => Some(qr::draw(&codes::label_text(&state, id).await?).map_err(Problem::internal)?),
        false => None,
    };
    let part = if query.label { "-nhan" } else { "" };
    let made = rendition::make(&state, id, label).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_LENGTH, made.bytes.to_string()),
        (header::CONTENT_DISPOSITION, attachment(&file_name(made.code.as_ref(), part, "pdf"))),
    ];
    Ok((headers, Body::from_stream(made.chunks())).into_response())
}

/// Chữ của một trang dạng hOCR 1.2: words with boxes and confidences.
#[utoipa::path(get, path = "/documents/{id}/pages/{number}/hocr", tag = "pages",
    params(("id" = String, Path, format = "uuid"), ("number" = u32, Path)),
    responses(
        (status = 200, content_type = "application/xhtml+xml"),
        Problem,
))]
pub(crate) async fn hocr(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
) -> Result<impl IntoResponse, Problem> {
    page_text(&state, id, number, "hocr", "application/xhtml+xml", ingest::rendition::hocr).await
}

/// Chữ của một trang dạng ALTO 4: words with boxes and confidences.
#[utoipa::path(get, path = "/documents/{id}/pages/{number}/alto", tag = "pages",
    params(("id" = String, Path, format = "uuid"), ("number" = u32, Path)),
    responses(
        (status = 200, content_type = "application/xml"),
        Problem,
))]
pub(crate) async fn alto(
    State(state): State<AppState>,
    Path((id, number)): Path<(DocumentId, u32)>,
) -> Result<impl IntoResponse, Problem> {
    page_text(&state, id, number, "alto.xml", "application/xml", ingest::rendition::alto).await
}

async fn page_text(
    state: &AppState,
    id: DocumentId,
    number: u32,
    ending: &str,
    content_type: &'static str,
    write: fn(&Page, Option<&Reading>) -> String,
) -> Result<impl IntoResponse + use<>, Problem> {
    let paper = state.repository.hand_out(&state.actor, id).await?;
    let (page, reading) = paper.page(number).await?.ok_or_else(Problem::not_found)?;
    let text = write(&page, reading.as_ref());
    let name = file_name(paper.document.code.as_ref(), &format!("-trang-{number}"), ending);
    Ok((
        [(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, attachment(&name))],
        text,
    ))
}

/// Named by the paper's code, never by what its sender called the file: that may be anything.
fn file_name(code: Option<&DocumentCode>, part: &str, ending: &str) -> String {
    let name = code.map_or("giay-to".to_owned(), ToString::to_string);
    format!("{name}{part}.{ending}")
}
