//! Is this code ours, and what is it worth today?

use super::extract::Json;
use super::problem::Problem;
use crate::asking::State;
use crate::codes::{self, Today};
use crate::state::AppState;
use qr::{Payload, Published};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A code to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VerificationQuestionBody {
    /// Its whole text, as a reader gives it.
    code: String,
}

/// What is found about a code. Nobody's name or number is told, not even the one in the code (QR-06).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerificationBody {
    /// A key of this system signed exactly this.
    genuine: bool,
    /// Câu tiếng Việt: why it is not accepted, and what to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    problem: Option<&'static str>,
    /// `receipt`, `result`, `notice` or `cover_sheet`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    kind: Option<&'static str>,
    /// Mã hồ sơ.
    #[serde(skip_serializing_if = "Option::is_none")]
    dossier: Option<String>,
    /// Mã kết quả số hóa.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Tên giấy tờ.
    #[serde(skip_serializing_if = "Option::is_none")]
    paper: Option<String>,
    /// Tên hệ thống thông tin.
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<String>,
    /// What the store says today of the dossier or the paper, in Vietnamese; left out: it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    today: Option<&'static str>,
}

/// Checks a code that stands on paper, or in a file that someone was sent.
#[utoipa::path(post, path = "/codes/verify", tag = "codes", request_body = VerificationQuestionBody, responses(
    (status = 200, body = VerificationBody),
    Problem,
))]
pub(crate) async fn verify(
    State(state): State<AppState>,
    Json(question): Json<VerificationQuestionBody>,
) -> Result<axum::Json<VerificationBody>, Problem> {
    let verdict = codes::verdict(&state, |codes| codes.verify(&question.code)).await;
    let verdict = verdict.map_err(Problem::internal)?;
    let body = match &verdict.code {
        Ok(verified) => VerificationBody::from(&verified.payload),
        Err(error) => {
            VerificationBody { problem: Some(codes::refusal(error)), ..VerificationBody::nothing() }
        }
    };
    Ok(axum::Json(VerificationBody { today: verdict.today.map(Today::sentence), ..body }))
}

impl VerificationBody {
    fn nothing() -> VerificationBody {
        VerificationBody {
            genuine: false,
            problem: None,
            kind: None,
            dossier: None,
            code: None,
            paper: None,
            system: None,
            today: None,
        }
    }

    fn genuine(kind: &'static str, published: &Published) -> VerificationBody {
        VerificationBody {
            genuine: true,
            kind: Some(kind),
            dossier: Some(published.dossier.clone()),
            paper: Some(published.paper.clone()),
            system: Some(published.system.clone()),
            ..VerificationBody::nothing()
        }
    }
}

impl From<&Payload> for VerificationBody {
    fn from(payload: &Payload) -> VerificationBody {
        match payload {
            Payload::Receipt(receipt) => VerificationBody::genuine("receipt", &receipt.published),
            Payload::Notice(published) => VerificationBody::genuine("notice", published),
            Payload::ResultLabel(label) => VerificationBody {
                code: Some(label.code.clone()),
                ..VerificationBody::genuine("result", &label.published)
            },
            Payload::CoverSheet(sheet) => VerificationBody {
                genuine: true,
                kind: Some("cover_sheet"),
                dossier: Some(sheet.dossier.clone()),
                ..VerificationBody::nothing()
            },
        }
    }
}
