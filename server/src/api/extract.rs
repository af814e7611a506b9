//! The extractors of axum with our own error sentences: a wrong id is "not found", a wrong value is named.

use super::Problem;
use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// Parts of the path. What cannot be a key of ours names nothing: 404.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Path(path.0)).map_err(|_: PathRejection| Problem::not_found())
    }
}

/// Parameters of the query string.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        let sentence =
            |error: QueryRejection| format!("Tham số trên địa chỉ không đúng: {}.", error.body_text());
        query.map(|query| Query(query.0)).map_err(|error| Problem::unprocessable(sentence(error)))
    }
}

/// A form of a page.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let form = axum::extract::Form::<T>::from_request(request, state).await;
        let wrong = |_: FormRejection| Problem::unprocessable("Biểu mẫu gửi lên thiếu ô hoặc sai dạng.");
        form.map(|form| Form(form.0)).map_err(wrong)
    }
}

/// A JSON body. The rejected body itself is never repeated: it may hold personal data.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = axum::Json::<T>::from_request(request, state).await;
        body.map(|body| Json(body.0)).map_err(json_problem)
    }
}

fn json_problem(error: JsonRejection) -> Problem {
    let detail = match &error {
        JsonRejection::JsonSyntaxError(_) => "Nội dung gửi lên không phải JSON hợp lệ.",
        JsonRejection::JsonDataError(_) => "JSON gửi lên thiếu trường hoặc sai kiểu; xem /api/openapi.json.",
        JsonRejection::MissingJsonContentType(_) => "Hãy gửi với Content-Type: application/json.",
        _ => "Không nhận được nội dung gửi lên, hoặc nội dung quá lớn.",
    };
    let status = match error.status() {
        StatusCode::BAD_REQUEST => StatusCode::UNPROCESSABLE_ENTITY,
        status => status,
    };
    Problem::new(status, detail)
}
