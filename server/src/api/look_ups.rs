//! Khai thác: what the store holds for one case of an agency, and the papers that are taken for it.

use super::body::LookUpBody;
use super::extract::{Json, Path};
use super::pages::attachment;
use super::problem::{Problem, ProblemBody};
use crate::asking::State;
use crate::package;
use crate::state::AppState;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use repository::identifier::SubjectNumber;
use repository::record::{DocumentId, LookUp, LookUpId, NewLookUp};
use serde::Deserialize;
use utoipa::ToSchema;

/// For which case, by which law, and about whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLookUpBody {
    /// Mã hồ sơ of the case, here or in the caller's own system.
    case: String,
    /// Mã TTHC; the answer has what it asks for and nothing else.
    procedure: String,
    /// Căn cứ pháp lý.
    #[schema(example = "Điều 15 Nghị định 224/2026/NĐ-CP")]
    basis: String,
    /// Số định danh, CMND, hộ chiếu or mã số thuế, exactly.
    number: String,
}

impl TryFrom<NewLookUpBody> for NewLookUp {
    type Error = Problem;

    fn try_from(body: NewLookUpBody) -> Result<NewLookUp, Problem> {
        Ok(NewLookUp {
            case: body.case,
            procedure: body.procedure.parse()?,
            basis: body.basis,
            number: SubjectNumber::parse(&body.number)?,
        })
    }
}

/// Asks what is held for a case. Whoever is not known is answered as somebody of whom nothing is held. A program needs a key that is bound to its certificate.
#[utoipa::path(post, path = "/look-ups", tag = "look-ups", request_body = NewLookUpBody, responses(
    (status = 201, body = LookUpBody),
    Problem,
))]
pub(crate) async fn look_up(
    State(state): State<AppState>,
    Json(body): Json<NewLookUpBody>,
) -> Result<(StatusCode, axum::Json<LookUpBody>), Problem> {
    let look_up = state.repository.look_up(&state.actor, body.try_into()?).await?;
    Ok((StatusCode::CREATED, axum::Json(look_up.into())))
}

/// What was answered, as it stands now; for 24 hours, and for the account that asked.
#[utoipa::path(get, path = "/look-ups/{id}", tag = "look-ups",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = LookUpBody),
        Problem,
))]
pub(crate) async fn one(
    State(state): State<AppState>,
    Path(id): Path<LookUpId>,
) -> Result<axum::Json<LookUpBody>, Problem> {
    Ok(axum::Json(state.repository.look_up_again(&state.actor, id).await?.into()))
}

/// Which paper is taken for which component.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TakeBody {
    /// Key of the component.
    pub(crate) component: String,
    /// Key of a paper that was answered for it.
    #[schema(value_type = String, format = "uuid")]
    pub(crate) document: DocumentId,
}

/// Takes a paper for the case, which is noted as reuse: the component of a dossier here is filled. The same again changes nothing.
#[utoipa::path(post, path = "/look-ups/{id}/papers", tag = "look-ups", request_body = TakeBody,
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, body = LookUpBody),
        Problem,
))]
pub(crate) async fn take(
    State(state): State<AppState>,
    Path(id): Path<LookUpId>,
    Json(body): Json<TakeBody>,
) -> Result<axum::Json<LookUpBody>, Problem> {
    let TakeBody { component, document } = body;
    Ok(axum::Json(state.repository.take_for_case(&state.actor, id, &component, document).await?.into()))
}

/// Gói có ký số: the papers that were taken, with what they say, signed by this system; it can be checked offline.
#[utoipa::path(get, path = "/look-ups/{id}/package", tag = "look-ups",
    params(("id" = String, Path, format = "uuid")),
    responses(
        (status = 200, description = "a BagIt bag in a ZIP", content_type = "application/zip"),
        (status = 409, description = "no paper was taken", body = ProblemBody, content_type = "application/problem+json"),
        Problem,
))]
pub(crate) async fn package(
    State(state): State<AppState>,
    Path(id): Path<LookUpId>,
) -> Result<Response, Problem> {
    let look_up: LookUp = state.repository.look_up_again(&state.actor, id).await?;
    let name = format!("khai-thac-{}.zip", look_up.case);
    let made = package::make(&state, look_up).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_LENGTH, made.bytes.to_string()),
        (header::CONTENT_DISPOSITION, attachment(&name)),
    ];
    Ok((headers, Body::from_stream(made.chunks())).into_response())
}
