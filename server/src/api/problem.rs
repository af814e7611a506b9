//! The one place where an error becomes a status and a sentence for people.

use super::body::CertificateBody;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use repository::record::{Certificate, DocumentId};
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

/// How an answer says that it tells of a problem.
const CONTENT_TYPE: &str = "application/problem+json";

/// What went wrong with a request (RFC 9457): the answer as JSON, and the source of the error page in the portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Vietnamese sentence that says what to do next.
    pub(crate) detail: String,
    /// What stays of a paper that was destroyed.
    pub(crate) certificate: Option<Box<Certificate>>,
    /// The paper that it is about, where there is one to look at.
    pub(crate) document: Option<DocumentId>,
    /// Where a query cannot be read: its first character, and how many.
    pub(crate) place: Option<(usize, usize)>,
    /// Seconds after which it may be asked again.
    pub(crate) retry_after_s: Option<u64>,
    /// Whether it goes once the person has given the password again.
    pub(crate) wants_proof: bool,
}

/// An error as `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// Always `about:blank`: the status says the kind.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Tên gọi của mã trạng thái.
    #[schema(value_type = String)]
    title: &'static str,
    /// HTTP status.
    status: u16,
    /// Câu tiếng Việt: việc gì đã xảy ra, làm gì tiếp.
    detail: String,
    /// Chứng nhận tiêu hủy, when the paper was destroyed (410).
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<Box<CertificateBody>>,
    /// Key of the paper that it is about: with 409, the one that is held already, or that somebody else did something with meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uuid")]
    document: Option<DocumentId>,
    /// Address of that paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// First character of the query that cannot be read, counted from 0 in Unicode NFC (422 of a search).
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<usize>,
    /// How many characters cannot be read from there on.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<usize>,
}

impl Problem {
    /// A problem with its sentence.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Problem {
        let (detail, retry_after_s, wants_proof) = (detail.into(), None, false);
        Problem { status, detail, certificate: None, document: None, place: None, retry_after_s, wants_proof }
    }

    /// The password has to be given again first (SEC-11).
    pub(crate) fn unproved() -> Problem {
        let detail = "Việc này cần xác nhận lại mật khẩu trong 5 phút gần đây. Hãy xác nhận rồi làm lại.";
        Problem { wants_proof: true, ..Problem::new(StatusCode::FORBIDDEN, detail) }
    }

    /// No such thing.
    pub(crate) fn not_found() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "Không có nội dung này. Hãy kiểm tra lại đường dẫn.")
    }

    /// A value of the request is wrong; the sentence says which and what is expected.
    pub(crate) fn unprocessable(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    }

    /// Our fault. The cause goes to the log, the person gets a sentence.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Problem {
        tracing::error!(%cause, "request failed");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Máy chủ gặp lỗi khi xử lý. Dữ liệu đã nhận vẫn an toàn; hãy thử lại, nếu còn lỗi hãy báo quản trị.",
        )
    }
}

impl Problem {
    /// The storage of files, or the key to it, cannot be had now. What was asked for did not happen, and may be asked for again.
    fn storage_out_of_reach(cause: repository::Error) -> Problem {
        tracing::error!(%cause, "the storage cannot be used");
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Kho lưu tệp tạm thời không dùng được nên việc này chưa được thực hiện. Hãy thử lại sau ít phút; nếu còn lỗi hãy báo quản trị.",
        )
    }

    /// The index is on another machine that does not answer.
    pub(crate) fn index_out_of_reach(reason: &str) -> Problem {
        tracing::error!(reason, "the index does not answer");
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Chỉ mục tìm kiếm chưa cập nhật: chỉ tra được theo số và mã. Hãy thử lại sau ít phút; nếu còn lỗi hãy báo quản trị.",
        )
    }

    /// A disk is full. What was asked for did not happen, and nothing of it is kept.
    fn no_room(cause: impl std::fmt::Display) -> Problem {
        tracing::error!(%cause, "there is no room left");
        Problem::new(
            StatusCode::INSUFFICIENT_STORAGE,
            "Kho lưu trữ đã hết chỗ nên việc này chưa được thực hiện; dữ liệu đã nhận vẫn an toàn. Hãy báo quản trị thêm dung lượng, rồi thử lại.",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            kind: "about:blank",
            title: title(self.status),
            status: self.status.as_u16(),
            detail: self.detail.clone(),
            certificate: self.certificate.as_deref().cloned().map(CertificateBody::from).map(Box::new),
            document: self.document,
            link: self.document.map(|id| format!("/api/v1/documents/{id}")),
            at: self.place.map(|(at, _)| at),
            length: self.place.map(|(_, length)| length),
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        let content_type = HeaderValue::from_static(CONTENT_TYPE);
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// Statuses of problems, for the description of the API.
const STATUSES: [StatusCode; 14] = [
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::FORBIDDEN,
    StatusCode::NOT_FOUND,
    StatusCode::METHOD_NOT_ALLOWED,
    StatusCode::CONFLICT,
    StatusCode::GONE,
    StatusCode::PAYLOAD_TOO_LARGE,
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    StatusCode::UNPROCESSABLE_ENTITY,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::INSUFFICIENT_STORAGE,
];

impl IntoResponses for Problem {
    /// One for every status that an operation does not describe by itself.
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let meanings = STATUSES.map(|status| format!("{} {}", status.as_u16(), title(status)));
        let description =
            format!("Lỗi; `detail` nói việc gì đã xảy ra và làm gì tiếp. {}.", meanings.join("; "));
        let body = Content::new(Some(Ref::from_schema_name(ProblemBody::name())));
        let response = ResponseBuilder::new().description(description).content(CONTENT_TYPE, body).build();
        BTreeMap::from([("default".to_owned(), response.into())])
    }
}

/// What a status means, in a word or two.
fn title(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "Yêu cầu sai dạng",
        StatusCode::UNAUTHORIZED => "Chưa đăng nhập",
        StatusCode::FORBIDDEN => "Không được phép",
        StatusCode::NOT_FOUND => "Không tìm thấy",
        StatusCode::METHOD_NOT_ALLOWED => "Cách gọi không hợp lệ",
        StatusCode::CONFLICT => "Đã được xử lý",
        StatusCode::GONE => "Đã xóa",
        StatusCode::PAYLOAD_TOO_LARGE => "Quá lớn",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "Sai loại nội dung",
        StatusCode::UNPROCESSABLE_ENTITY => "Giá trị chưa đúng",
        StatusCode::TOO_MANY_REQUESTS => "Quá nhiều lần",
        StatusCode::SERVICE_UNAVAILABLE => "Chưa sẵn sàng",
        StatusCode::INSUFFICIENT_STORAGE => "Hết chỗ lưu",
        status if status.is_client_error() => "Yêu cầu không thực hiện được",
        _ => "Máy chủ gặp lỗi",
    }
}

impl From<repository::Error> for Problem {
    fn from(error: repository::Error) -> Problem {
        use repository::Error;
        if error.is_full() {
            return Problem::no_room(error);
        }
        let status = match &error {
            Error::SignInRefused => StatusCode::UNAUTHORIZED,
            Error::TooManyAttempts { retry_after_s } | Error::QuotaReached { retry_after_s, .. } => {
                let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, error.to_string());
                return Problem { retry_after_s: Some(*retry_after_s), ..problem };
            }
            Error::NotFound => StatusCode::NOT_FOUND,
            Error::Forbidden => StatusCode::FORBIDDEN,
            Error::Invalid { .. }
            | Error::SubjectDiffers { .. }
            | Error::Doubtful { .. }
            | Error::Incomplete { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Conflict { .. }
            | Error::ReadAgain { .. }
            | Error::KeyedMeanwhile { .. }
            | Error::MustStay { .. }
            | Error::AlreadyHeld { .. } => StatusCode::CONFLICT,
            Error::DatabaseUnavailable(cause) => {
                tracing::error!(%cause, "the database does not answer");
                StatusCode::SERVICE_UNAVAILABLE
            }
            Error::Disposed { certificate } => {
                let certificate = Some(certificate.clone());
                return Problem { certificate, ..Problem::new(StatusCode::GONE, error.to_string()) };
            }
            Error::Erased { .. } => StatusCode::GONE,
            Error::Bytes(_) | Error::Keys { .. } | Error::Storage { .. } => {
                return Problem::storage_out_of_reach(error);
            }
            Error::ClaimLost
            | Error::BytesDamaged { .. }
            | Error::BytesMissing { .. }
            | Error::Database(_)
            | Error::LogDamaged { .. }
            | Error::DatabaseUnsuitable(_)
            | Error::Migration(_)
            | Error::BackupInUse { .. }
            | Error::BackupDamaged { .. }
            | Error::ErasedMeanwhile
            | Error::NotEmpty { .. }
            | Error::File { .. }
            | Error::Corrupt(_) => return Problem::internal(error),
        };
        let document = match &error {
            Error::AlreadyHeld { document, .. }
            | Error::Conflict { document }
            | Error::ReadAgain { document }
            | Error::KeyedMeanwhile { document } => Some(*document),
            _ => None,
        };
        Problem { document, ..Problem::new(status, sentence(&error)) }
    }
}

/// The repository speaks in clauses; a person reads sentences.
fn sentence(error: &repository::Error) -> String {
    match error {
        repository::Error::NotFound => "Không có giấy tờ, hồ sơ hay chủ hồ sơ này.".to_owned(),
        repository::Error::Forbidden => "Tài khoản này không có quyền thực hiện việc đó.".to_owned(),
        repository::Error::Conflict { .. } => "Giấy tờ đã được xử lý, hãy tải lại trang.".to_owned(),
        repository::Error::DatabaseUnavailable(_) => {
            "Cơ sở dữ liệu đang không trả lời. Dữ liệu đã nhận vẫn an toàn; hãy thử lại sau ít phút."
                .to_owned()
        }
        other => other.to_string(),
    }
}

impl From<search::Error> for Problem {
    fn from(error: search::Error) -> Problem {
        match error {
            search::Error::Repository(error) => error.into(),
            search::Error::Syntax(error) => {
                let place = Some((error.at, error.length));
                Problem { place, ..Problem::unprocessable(error.message) }
            }
            search::Error::Unavailable { reason } => Problem::index_out_of_reach(&reason),
            search::Error::Busy { .. }
            | search::Error::NotBuilt { .. }
            | search::Error::Damaged { .. }
            | search::Error::ReadOnly
            | search::Error::NoRebuild
            | search::Error::Engine(_)
            | search::Error::File { .. } => Problem::internal(error),
        }
    }
}

impl From<repository::identifier::IdentifierError> for Problem {
    fn from(error: repository::identifier::IdentifierError) -> Problem {
        Problem::unprocessable(error.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_vietnamese() {
        for status in (400..600).filter_map(|code| StatusCode::from_u16(code).ok()) {
            let english = status.canonical_reason().unwrap_or_default();
            assert!(!title(status).is_ascii() && title(status) != english, "{status}: {}", title(status));
        }
        assert_eq!(title(StatusCode::NOT_FOUND), "Không tìm thấy");
        assert_eq!(title(StatusCode::IM_A_TEAPOT), "Yêu cầu không thực hiện được");
        assert_eq!(title(StatusCode::BAD_GATEWAY), "Máy chủ gặp lỗi");
    }
}
