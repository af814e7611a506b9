//! Answers of look-ups for a case.

use super::name_of;
use super::requirement::CandidateBody;
use repository::record::{LookUp, LookedUp, LookedUpPaper};
use serde::Serialize;
use utoipa::ToSchema;

/// What was asked for a case, and what is held for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookUpBody {
    /// Key.
    #[schema(format = "uuid")]
    id: String,
    /// Mã hồ sơ of the case.
    case: String,
    /// Mã TTHC.
    procedure: String,
    /// Tên thủ tục.
    procedure_name: String,
    /// Căn cứ pháp lý.
    basis: String,
    /// When it was asked (RFC 3339).
    at: String,
    /// Until when the papers may be looked at and taken (RFC 3339).
    ends_at: String,
    /// Name of the person or organization; null when nothing is held for the procedure.
    name: Option<String>,
    /// In the order of the procedure.
    components: Vec<LookedUpBody>,
}

/// Thành phần and what is held for it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookedUpBody {
    /// Key inside the procedure.
    key: String,
    /// Tên giấy tờ.
    name: String,
    /// `held`, `in_source`, `awaiting_confirmation`, `below_trust`, `expired`, `withdrawn` or `not_held`.
    status: String,
    /// Why, and what to do: a Vietnamese sentence.
    reason: String,
    /// Papers that count, best first.
    papers: Vec<LookedUpPaperBody>,
}

/// A paper that counts.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LookedUpPaperBody {
    #[serde(flatten)]
    paper: CandidateBody,
    /// When it was taken for the case (RFC 3339); null: it was not.
    taken_at: Option<String>,
}

impl From<LookUp> for LookUpBody {
    fn from(look_up: LookUp) -> LookUpBody {
        LookUpBody {
            id: look_up.id.to_string(),
            case: look_up.case,
            procedure: look_up.procedure.into(),
            procedure_name: look_up.procedure_name,
            basis: look_up.basis,
            at: look_up.at.to_string(),
            ends_at: look_up.ends_at.to_string(),
            name: look_up.subject.map(|subject| subject.name),
            components: look_up.components.into_iter().map(LookedUpBody::from).collect(),
        }
    }
}

impl From<LookedUp> for LookedUpBody {
    fn from(component: LookedUp) -> LookedUpBody {
        LookedUpBody {
            key: component.key,
            name: component.name,
            status: name_of(component.status),
            reason: component.reason,
            papers: component.papers.into_iter().map(LookedUpPaperBody::from).collect(),
        }
    }
}

impl From<LookedUpPaper> for LookedUpPaperBody {
    fn from(paper: LookedUpPaper) -> LookedUpPaperBody {
        let taken_at = paper.taken_at.map(|at| at.to_string());
        LookedUpPaperBody { paper: paper.document.into(), taken_at }
    }
}
