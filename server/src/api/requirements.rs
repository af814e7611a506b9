//! The once-only check: what is held before anything is asked for (REUSE-01). The number stands in the body, never in the address.

use super::body::RequirementsBody;
use super::extract::Json;
use super::problem::Problem;
use crate::asking::State;
use crate::state::AppState;
use jiff::civil::Date;
use repository::identifier::SubjectNumber;
use repository::record::RequirementsQuestion;
use serde::Deserialize;
use utoipa::ToSchema;

/// Whose papers are wanted for what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RequirementsQuestionBody {
    /// Mã TTHC.
    procedure: String,
    /// Số định danh, CMND, hộ chiếu or mã số thuế, as typed.
    number: String,
    /// Name as the person states it: another one than is known under the number is answered by 422, and nothing is told.
    #[serde(default)]
    name: Option<String>,
    /// Ngày sinh as the person states it, `YYYY-MM-DD`; likewise.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "date")]
    birth_date: Option<Date>,
    /// The day to decide about, `YYYY-MM-DD`; left out: today in Việt Nam.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = "date")]
    on: Option<Date>,
}

impl TryFrom<RequirementsQuestionBody> for RequirementsQuestion {
    type Error = Problem;

    fn try_from(body: RequirementsQuestionBody) -> Result<RequirementsQuestion, Problem> {
        Ok(RequirementsQuestion {
            procedure: body.procedure.parse()?,
            subject: SubjectNumber::parse(&body.number)?,
            name: body.name,
            birth_date: body.birth_date,
            on: body.on,
        })
    }
}

/// Tells for each component of a procedure whether a paper of the subject is held already, and why it counts or does not.
#[utoipa::path(post, path = "/requirements/check", tag = "dossiers", request_body = RequirementsQuestionBody, responses(
    (status = 200, body = RequirementsBody),
    Problem,
))]
pub(crate) async fn check(
    State(state): State<AppState>,
    Json(body): Json<RequirementsQuestionBody>,
) -> Result<axum::Json<RequirementsBody>, Problem> {
    let answer = state.repository.requirements(&state.actor, &body.try_into()?).await?;
    Ok(axum::Json(answer.into()))
}
